//! `[[crises.notice]]`: texts of notices to couples, before those that come with the console, and in other languages.

use domain::{
    crises::{CaseTypes, TypeKey},
    notices::{Flaw, Language, Purpose, Template, Templates},
};

use super::{crises::one_of, document::Table, problem::Place, read::Reader};

/// Those of the file, each checked as a whole, before the shipped ones.
pub(super) fn read(reader: &mut Reader<'_>, section: &Table, types: &CaseTypes) -> Templates {
    let mut all: Vec<Template> = Vec::new();
    let sections = reader.list(section, "crises", "notice").unwrap_or_default();
    for (index, (table, place)) in sections.into_iter().enumerate() {
        let path = format!("crises.notice[{index}]");
        let Some(template) = one(reader, table, place, &path, types) else { continue };
        let same = |other: &Template| {
            (&other.of, other.purpose, &other.language)
                == (&template.of, template.purpose, &template.language)
        };
        if all.iter().any(same) {
            let message = "there is another text for this type, purpose and language; expected one";
            reader.complain(place, &path, message);
            continue;
        }
        all.push(template);
    }
    Templates::shipped_and(all).unwrap_or_else(|flaws| {
        for flaw in flaws {
            reader.complain(&Place::Nowhere, "crises.notice", flaw.to_string());
        }
        Templates::default()
    })
}

fn one(
    reader: &mut Reader<'_>,
    table: &Table,
    place: &Place,
    path: &str,
    types: &CaseTypes,
) -> Option<Template> {
    let needed = ["purpose", "language", "subject", "text"];
    let missing: Vec<&str> = needed.into_iter().filter(|name| !table.contains_key(*name)).collect();
    for name in &missing {
        reader.complain(place, &format!("{path}.{name}"), "is missing");
    }
    let of = reader.text(table, path, "type", |text| {
        // The text for `other` is the one for every type that has none of its own.
        one_of("type", text, types.iter().map(|of| of.key.as_str()))?;
        TypeKey::parse(text).map_err(|wrong| wrong.to_string())
    });
    let is_wrong = of.is_none() && table.contains_key("type");
    let purpose = reader.text(table, path, "purpose", purpose);
    let language = reader.text(table, path, "language", |text| {
        Language::parse(text).map_err(|wrong| format!("{text:?}: {wrong}"))
    });
    let as_it_is = |text: &str| Ok::<_, String>(text.to_owned());
    let subject = reader.text(table, path, "subject", as_it_is);
    let text = reader.text(table, path, "text", as_it_is);
    let html = reader.text(table, path, "html", as_it_is);
    let (purpose, language, subject, text) = (purpose?, language?, subject?, text?);
    if is_wrong {
        return None;
    }
    let of = of.filter(|of| of.as_str() != "other");
    let template = Template::parse(of, purpose, language, &subject, &text);
    let template = template.and_then(|template| match &html {
        Some(html) => template.with_html(html),
        None => Ok(template),
    });
    match template {
        Ok(template) => Some(template),
        Err(flaws) => {
            for flaw in flaws {
                tell(reader, table, place, path, &flaw);
            }
            None
        }
    }
}

pub(super) fn purpose(text: &str) -> Result<Purpose, String> {
    one_of("purpose", text, Purpose::ALL.map(Purpose::word))?;
    Purpose::from_word(text).ok_or_else(|| "is no purpose".to_owned())
}

/// At the text that has it.
fn tell(reader: &mut Reader<'_>, table: &Table, section: &Place, path: &str, flaw: &Flaw) {
    let of = flaw.of();
    let place = table.get(of).map_or(section, |node| &node.place);
    reader.complain(place, &format!("{path}.{of}"), flaw.to_string());
}
