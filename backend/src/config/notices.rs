//! `[notices]`: how couples are told, by whose texts, and how it is heard what became of it.

use std::time::Duration;

use domain::{
    crises::TypeKey,
    notices::{Language, Purpose, Template},
};
use lettre::message::Mailbox;
use secrecy::SecretString;

use super::{
    Webhook,
    delivery::{secret, webhook},
    document::Table,
    read::Reader,
    values,
};

const BOUNCE_WINDOW: Duration = Duration::from_secs(3_600);
const LONGEST_WINDOW: Duration = Duration::from_secs(7 * 24 * 3_600);
const PAGE_DAYS: u16 = 90;
const MOST_PAGE_DAYS: f64 = 730.0;
const LONGEST_CONTACT: usize = 200;

/// How couples are told.
#[derive(Clone, Debug)]
pub struct Notices {
    /// The sender, where it is another than that of mails to staff.
    pub from: Option<Mailbox>,
    /// Whom couples may call, as they read it: name and number.
    pub contact: Option<String>,
    /// Who sends text messages; signed JSON is posted there (Standard Webhooks).
    pub sms: Option<Webhook>,
    /// A mail is delivered when no bounce came for so long.
    pub bounce_window: Duration,
    /// The page of a couple ends by itself after so many days.
    pub page_days: u16,
    /// In the place of the shipped texts, or besides them.
    pub templates: Vec<Template>,
    pub bounces: Bounces,
}

/// By whose word it is believed what became of a mail.
#[derive(Clone, Default, Debug)]
pub struct Bounces {
    /// Of signed JSON (Standard Webhooks).
    pub secret: Option<SecretString>,
    /// Mailgun's signing key.
    pub mailgun_key: Option<SecretString>,
    /// The password that Postmark sends with the user `postmark`.
    pub postmark: Option<SecretString>,
    /// SendGrid's public key, as it shows it.
    pub sendgrid_key: Option<String>,
    /// The topics of Amazon SNS that SES tells.
    pub ses_topics: Vec<String>,
}

impl Default for Notices {
    fn default() -> Notices {
        Notices {
            from: None,
            contact: None,
            sms: None,
            bounce_window: BOUNCE_WINDOW,
            page_days: PAGE_DAYS,
            templates: Vec::new(),
            bounces: Bounces::default(),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Notices {
    let none = Table::new();
    let path = "notices";
    let table = reader.section(tree, "", path).unwrap_or(&none);
    let from = reader.text(table, path, "from", |text| {
        text.parse::<Mailbox>().map_err(|_| {
            format!("{text:?} is not a sender; expected \"Your Wedding Day Team <day@example.com>\"")
        })
    });
    let contact = reader.text(table, path, "contact", |text| {
        let text = text.trim();
        match text.chars().count() > LONGEST_CONTACT || text.chars().any(char::is_control) {
            true => Err(format!("expected one line of at most {LONGEST_CONTACT} characters")),
            false => Ok(text.to_owned()),
        }
    });
    let bounce_window = reader.text(table, path, "bounce_window", |text| {
        let window = values::duration(text).filter(|window| *window <= LONGEST_WINDOW);
        window.ok_or_else(|| format!("{text:?} is not possible; expected a time such as 1h, at most 168h"))
    });
    let page_days = reader.number(table, path, "page_days").and_then(|(days, place)| {
        if days.fract() == 0.0 && (1.0..=MOST_PAGE_DAYS).contains(&days) {
            return Some(days as u16);
        }
        let message = format!("{days} is not possible; expected a whole number from 1 to {MOST_PAGE_DAYS}");
        reader.complain(place, "notices.page_days", message);
        None
    });
    let sms = reader.section(table, path, "sms").and_then(|sms| webhook(reader, sms, "notices.sms"));
    let templates = templates(reader, table);
    let bounces = reader.section(table, path, "bounces").map(|section| bounces(reader, section));
    Notices {
        from,
        contact,
        sms,
        bounce_window: bounce_window.unwrap_or(BOUNCE_WINDOW),
        page_days: page_days.unwrap_or(PAGE_DAYS),
        templates,
        bounces: bounces.unwrap_or_default(),
    }
}

fn templates(reader: &mut Reader<'_>, table: &Table) -> Vec<Template> {
    let mut templates = Vec::new();
    let entries = reader.list(table, "notices", "template").unwrap_or_default();
    for (index, (entry, place)) in entries.into_iter().enumerate() {
        let path = format!("notices.template[{index}]");
        let of =
            reader.text(entry, &path, "type", |text| TypeKey::parse(text).map_err(|why| why.to_string()));
        if of.is_none() && entry.contains_key("type") {
            continue;
        }
        for key in ["purpose", "language", "subject", "text"] {
            if !entry.contains_key(key) {
                reader.complain(place, &format!("{path}.{key}"), "is missing");
            }
        }
        let purpose = reader.text(entry, &path, "purpose", |word| {
            Purpose::from_word(word).ok_or_else(|| {
                format!(
                    "{word:?} is no purpose; expected one of {}",
                    Purpose::ALL.map(Purpose::word).join(", ")
                )
            })
        });
        let language =
            reader.text(entry, &path, "language", |tag| Language::parse(tag).map_err(|why| why.to_string()));
        let as_it_is = |text: &str| Ok::<_, String>(text.to_owned());
        let subject = reader.text(entry, &path, "subject", as_it_is);
        let text = reader.text(entry, &path, "text", as_it_is);
        let (Some(purpose), Some(language), Some(subject), Some(text)) = (purpose, language, subject, text)
        else {
            continue;
        };
        match Template::parse(of, purpose, language, &subject, &text) {
            Ok(template) => templates.push(template),
            Err(flaws) => {
                for flaw in flaws {
                    reader.complain(place, &path, flaw.to_string());
                }
            }
        }
    }
    templates
}

fn bounces(reader: &mut Reader<'_>, table: &Table) -> Bounces {
    let path = "notices.bounces";
    let mut secret_of = |name: &str| {
        let is_given = table.contains_key(name) || table.contains_key(&format!("{name}_file"));
        is_given.then(|| secret(reader, table, path, name)).flatten()
    };
    let (own, mailgun_key, postmark) =
        (secret_of("secret"), secret_of("mailgun_key"), secret_of("postmark_password"));
    let sendgrid_key =
        reader.text(table, path, "sendgrid_key", |text| match crate::notices::is_sendgrid_key(text.trim()) {
            true => Ok(text.trim().to_owned()),
            false => Err("is no key; expected the verification key that SendGrid shows, in base64"),
        });
    let ses_topics = reader.texts(table, path, "ses_topics", |text| {
        match text.starts_with("arn:aws") && text.contains(":sns:") && !text.contains(char::is_whitespace) {
            true => Ok(text.to_owned()),
            false => {
                Err(format!("{text:?} is no topic; expected one such as arn:aws:sns:eu-north-1:1234:bounces"))
            }
        }
    });
    Bounces { secret: own, mailgun_key, postmark, sendgrid_key, ses_topics: ses_topics.unwrap_or_default() }
}
