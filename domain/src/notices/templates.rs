//! Which text is for whom: the shipped ones, and those of the configuration before them.

use super::{Flaw, Language, Purpose, Template, texts};

/// None at all by default.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Templates(Vec<Template>);

/// The text for a couple, and whether it is the one that one would wish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen<'a> {
    pub template: &'a Template,
    /// Their language, where there is no text in it: the text is in English.
    pub no_text_in: Option<Language>,
}

impl Templates {
    /// The shipped ones. One of `more` takes the place of that with the same type, purpose and language.
    ///
    /// # Errors
    /// When a shipped one has a flaw.
    pub fn shipped_and(more: Vec<Template>) -> Result<Templates, Vec<Flaw>> {
        let mut all = more;
        all.extend(texts::templates()?);
        Ok(Templates(all))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.0.iter()
    }

    /// First their language and region, then the language, then English; within each first the type's own text. `None`
    /// when not even English has one.
    pub fn choose(&self, of: &str, purpose: Purpose, language: &Language) -> Option<Chosen<'_>> {
        let find = |language: &Language, of: Option<&str>| {
            self.0.iter().find(|template| {
                template.purpose == purpose
                    && template.language == *language
                    && template.of.as_ref().map(|of| of.as_str()) == of
            })
        };
        let in_language = |language: &Language| find(language, Some(of)).or_else(|| find(language, None));
        let theirs = in_language(language).or_else(|| in_language(&language.plain()));
        match theirs {
            Some(template) => Some(Chosen { template, no_text_in: None }),
            None => in_language(&Language::english())
                .map(|template| Chosen { template, no_text_in: Some(language.clone()) }),
        }
    }

    /// The languages in which there is a text for this, each once, in the order of their names.
    pub fn languages(&self, of: &str, purpose: Purpose) -> Vec<Language> {
        let is_for = |template: &&Template| {
            template.purpose == purpose && template.of.as_ref().is_none_or(|own| own.as_str() == of)
        };
        let mut languages: Vec<Language> =
            self.0.iter().filter(is_for).map(|template| template.language.clone()).collect();
        languages.sort_by(|one, other| (one.label(), one).cmp(&(other.label(), other)));
        languages.dedup();
        languages
    }
}
