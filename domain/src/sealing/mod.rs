//! Personal data: a text that does not show itself, and by which words it can be found while it is sealed.

mod private;
mod terms;
#[cfg(test)]
mod tests;

pub use private::Private;
pub use terms::{
    LONGEST_TERM, mail_term, name_query, name_terms, name_words, telephone_query, telephone_terms,
};
