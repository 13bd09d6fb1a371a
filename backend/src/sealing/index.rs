//! The blind index: sealed values are found by keyed hashes of their terms.

use std::collections::BTreeSet;

use domain::sealing::{mail_term, name_query, name_terms, telephone_query, telephone_terms};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Sealing, SealingError, cipher::Secret};
use crate::db::Tx;

/// Whose data key the hashes are made with. It is wrapped like any other, and never replaced: a rotation changes no hash.
pub const INDEX_OWNER: &str = "blind-index";

/// What is hashed is led by its kind, so that a name and an address with the same letters have nothing in common.
#[derive(Clone, Copy)]
enum Kind {
    Name,
    Mail,
    Telephone,
    Text,
}

/// Makes the hashes: 32 hexadecimal letters each. Whoever has the database alone can see which rows share a term, and
/// not which one; whoever has the key can try terms.
pub struct Index(Secret);

impl Sealing {
    /// # Errors
    /// As `make_key`.
    pub async fn index(&self, tx: &mut Tx) -> Result<Index, SealingError> {
        Ok(Index(self.make_key(tx, INDEX_OWNER).await?.0))
    }

    /// The index for looking something up in a transaction that only reads.
    ///
    /// # Errors
    /// As `open_key`; `NoDataKey` before anything was indexed.
    pub async fn index_to_search(&self, tx: &mut Tx) -> Result<Index, SealingError> {
        Ok(Index(self.open_key(tx, INDEX_OWNER).await?.0))
    }
}

impl Index {
    /// Everything that a name, or the names of a couple, are found by.
    pub fn of_name(&self, name: &str) -> BTreeSet<String> {
        name_terms(name).iter().map(|term| self.hash(Kind::Name, term)).collect()
    }

    /// A row is found when it has all of these; none when no word was typed, and then nothing is found.
    pub fn for_name(&self, typed: &str) -> BTreeSet<String> {
        name_query(typed).iter().map(|term| self.hash(Kind::Name, term)).collect()
    }

    /// For storing and for finding; `None` for nothing.
    pub fn of_mail(&self, address: &str) -> Option<String> {
        Some(self.hash(Kind::Mail, &mail_term(address)?))
    }

    pub fn of_telephone(&self, number: &str) -> BTreeSet<String> {
        telephone_terms(number).iter().map(|term| self.hash(Kind::Telephone, term)).collect()
    }

    /// `None` when what was typed is too short.
    pub fn for_telephone(&self, typed: &str) -> Option<String> {
        Some(self.hash(Kind::Telephone, &telephone_query(typed)?))
    }

    /// Of a whole text, to see whether it has changed: texts about different things have nothing in common.
    pub fn of_text(&self, about: &str, text: &str) -> String {
        // Led by its length, so that no two pairs are the same term.
        self.hash(Kind::Text, &format!("{}:{about}{text}", about.len()))
    }

    fn hash(&self, kind: Kind, term: &str) -> String {
        let kind = match kind {
            Kind::Name => "name",
            Kind::Mail => "mail",
            Kind::Telephone => "telephone",
            Kind::Text => "text",
        };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_ref()) else {
            // HMAC takes a key of any length.
            return String::new();
        };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(term.as_bytes());
        mac.finalize().into_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
