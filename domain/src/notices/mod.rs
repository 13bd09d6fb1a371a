//! What couples are told of their crisis: in their language, seen in full before it goes, and never twice unseen.

mod language;
mod purpose;
mod way;

pub use language::Language;
pub use purpose::Purpose;
pub use way::Way;
