//! From what somebody typed into the form of an action to its values, or to what is wrong in each field.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Action, Values};

/// What is wrong with one field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{label}: {said}")]
pub struct FieldError {
    /// The name of the parameter, as it was sent.
    pub field: String,
    pub label: String,
    /// A sentence.
    pub said: String,
}

/// Reads every field. One that was not sent gets its default; one that was sent empty is an error, because an emptied
/// field is no wish for a number that is not seen.
///
/// # Errors
/// All that is wrong, in the order of the form, and then what does not belong to it.
pub fn check_values(
    action: &Action,
    typed: &BTreeMap<String, String>,
    today: Date,
) -> Result<Values, Vec<FieldError>> {
    let (mut values, mut errors) = (Values::new(), Vec::new());
    for parameter in &action.parameters {
        let error = |said: String| FieldError {
            field: parameter.name.to_string(),
            label: parameter.label.clone(),
            said,
        };
        let given = typed.get(parameter.name.as_str()).or(parameter.default.as_ref());
        match given.map(|given| parameter.kind.read_on(given, today)) {
            Some(Ok(value)) => {
                values.insert(parameter.name.clone(), value);
            }
            Some(Err(wrong)) => errors.push(error(wrong.to_string())),
            None => errors.push(error("It has to be given.".to_owned())),
        }
    }
    for field in typed.keys() {
        if !action.parameters.iter().any(|parameter| parameter.name.as_str() == field) {
            let field: String = field.chars().take(80).collect();
            let said = "The action has no such field.".to_owned();
            errors.push(FieldError { label: field.clone(), field, said });
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}
