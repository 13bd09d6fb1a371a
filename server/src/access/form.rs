//! Forms as browsers send them: pairs in their order, a name as often as it likes.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Every field of a form. Shows none of it in a debug print: passwords are among them.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, SecretString)>);

impl Fields {
    /// The first value of that name, without the blanks around it; "" when there is none.
    pub fn text(&self, name: &str) -> String {
        self.first(name).map(|value| value.expose_secret().trim().to_owned()).unwrap_or_default()
    }

    /// Exactly as it was typed.
    pub fn secret(&self, name: &str) -> SecretString {
        self.first(name).cloned().unwrap_or_default()
    }

    /// Every value of that name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(own, _)| own == name)
            .map(|(_, value)| value.expose_secret().trim().to_owned())
            .collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    fn first(&self, name: &str) -> Option<&SecretString> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}
