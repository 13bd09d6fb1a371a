//! Personal data: a text that does not show itself, and by which words it can be found while it is sealed.

mod personal;
mod terms;
#[cfg(test)]
mod tests;

pub use personal::Personal;
pub use terms::{
    LONGEST_TERM, mail_term, name_query, name_terms, name_words, telephone_query, telephone_terms,
};
