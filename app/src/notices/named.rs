//! What the texts name and somebody says: the fields that one letter and many at once have alike.

use domain::notices::Variable;
use leptos::prelude::*;

use crate::access::{Troubles, form::Field};

/// Of one form.
pub(super) struct Named<'a> {
    /// What the form's fields are named after: "write"
    pub of: &'static str,
    /// What the text names.
    pub names: &'a [Variable],
    /// Of these, what nobody has said yet.
    pub missing: &'a [Variable],
    pub troubles: &'a Troubles,
}

impl Named<'_> {
    pub fn names(&self, variable: Variable) -> bool {
        self.names.contains(&variable)
    }

    /// What is wrong with a field, or that it is missing.
    pub fn trouble(&self, name: &str, variable: Variable) -> Option<String> {
        let is_missing = self.missing.contains(&variable);
        self.troubles.of(name).or_else(|| is_missing.then(|| missing_words(variable).to_owned()))
    }

    /// When they hear from us again, where the text names it.
    pub fn promised(&self, value: &str, hint: String) -> Option<AnyView> {
        self.names(Variable::PromisedTime).then(|| {
            Field::moment("promised", "They hear from us again by")
                .inside(self.of)
                .value(value.to_owned())
                .optional()
                .hint(hint)
                .trouble(self.trouble("promised", Variable::PromisedTime))
                .draw()
        })
    }

    /// Whom they may call, where the text names it.
    pub fn contact(&self, value: &str) -> Option<AnyView> {
        self.names(Variable::Contact).then(|| {
            Field::text("contact", "Whom they may call")
                .inside(self.of)
                .value(value.to_owned())
                .optional()
                .autocomplete("off")
                .hint("Name and number.")
                .trouble(self.trouble("contact", Variable::Contact))
                .draw()
        })
    }
}

/// What is asked for where it is not known.
pub(super) fn missing_words(variable: Variable) -> &'static str {
    match variable {
        Variable::Names => "Their names are not known: correct that on the page of the case.",
        Variable::PromisedTime => "Say when they hear from us again.",
        Variable::Contact => "Say whom they may call.",
        Variable::Plan => "Say what is being done for them.",
        Variable::Venue => "The venue is not known: correct that on the page of the case.",
        Variable::Ceremony => "The day of the wedding is not known: correct that on the page of the case.",
        Variable::StatusPage => "They have no page, and none can be made for them now.",
    }
}
