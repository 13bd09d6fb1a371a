//! One letter to one couple, from everything that is known of them: the same for whoever looks and for the press.

use std::collections::BTreeMap;

use domain::{
    access::PersonId,
    crises::{Assumptions, CaseId, Couple, Private, Wedding},
    notices::{
        Given, Language, Letter, Purpose, Variable, Way,
        bulk::{self, Addressee, NotReady},
        promised_time,
    },
    time::Millis,
};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::{
    Edited, Filled, NoticeRefused, Notices, Wish, family,
    page_store::{self, Page},
    pages::{self, Link},
    store::Stored,
};
use crate::{
    access::secrets,
    crises,
    db::Tx,
    sealing::{Locked, SealingError},
};

/// A couple with all that a letter to them is made of.
pub(super) struct Known {
    pub stored: crises::Stored,
    /// Why nothing can be written to them where it cannot be read who they are.
    pub couple: Result<Couple, Locked>,
    /// All attempts, doubles and all.
    pub all: Vec<Stored>,
    pub promised: Option<Millis>,
    /// Their page, or the one that is made with the press; `None` before anything was ever sealed.
    pub link: Option<Link>,
}

/// What is to be written to them, as somebody wishes it.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub purpose: Purpose,
    pub way: Way,
    pub to: Option<usize>,
    /// `None` is their own.
    pub language: Option<&'a Language>,
    pub filled: &'a Filled,
    pub edited: Option<&'a Edited>,
}

impl<'a> Wanted<'a> {
    pub fn of(wish: &'a Wish) -> Wanted<'a> {
        let Wish { purpose, way, to, language, filled, edited, .. } = wish;
        let (language, edited) = (language.as_ref(), edited.as_ref());
        Wanted { purpose: *purpose, way: *way, to: *to, language, filled, edited }
    }
}

/// What would go, and to whom.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub to: Private,
    pub letter: Letter,
    /// Their own language, where the text is in English because there is none in it.
    pub no_text_in: Option<Language>,
}

impl Notices {
    /// Everything that is known of these cases, in the order in which they are given; those that are not there are left
    /// out.
    pub(super) async fn known(&self, tx: &mut Tx, ids: &[CaseId]) -> Result<Vec<Known>, NoticeRefused> {
        let (cases, now) = (&self.0.cases, self.0.cases.now());
        let texts: Vec<&str> = ids.iter().map(CaseId::as_str).collect();
        let mut stored: BTreeMap<CaseId, crises::Stored> = BTreeMap::new();
        for one in cases.these(tx, &texts).await? {
            stored.insert(one.case.id.clone(), one);
        }
        let mut couples = cases.couples(tx, &texts).await?;
        let of: Vec<&domain::crises::Case> = stored.values().map(|one| &one.case).collect();
        let mut attempts = family::attempts(cases, tx, &of).await?;
        let promises = page_store::promises(tx, &texts).await?;
        let pages = page_store::newest_of(tx, &texts).await?;
        let index = match self.sealing().index_to_search(tx).await {
            Ok(index) => Some(index),
            Err(SealingError::Database(error)) => return Err(error.into()),
            // Without a key nothing can be sealed, and nothing is sent; who looks is told with the couple.
            Err(_) => None,
        };
        let mut known = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(stored) = stored.remove(id) else { continue };
            let page: Option<Page> = pages.get(id.as_str()).cloned();
            let public_url = &self.0.config.server.public_url;
            known.push(Known {
                link: index.as_ref().map(|index| pages::link(index, public_url, id, page, now)),
                couple: couples.remove(id.as_str()).unwrap_or_else(|| Ok(Couple::default())),
                all: attempts.remove(id).unwrap_or_default(),
                promised: promises.get(id.as_str()).copied().map(Millis),
                stored,
            });
        }
        Ok(known)
    }

    /// The same of one case.
    pub(super) async fn known_of(&self, tx: &mut Tx, id: &CaseId) -> Result<Known, NoticeRefused> {
        let known = self.known(tx, std::slice::from_ref(id)).await?.pop();
        known.ok_or(NoticeRefused::Case(crises::CaseRefused::Unknown))
    }

    /// What would go to them. Whether it may go again is not asked here.
    ///
    /// # Errors
    /// With what is missing, or keeps them from being written to.
    pub(super) fn draft(&self, known: &Known, wanted: Wanted<'_>) -> Result<Draft, NoticeRefused> {
        let Wanted { purpose, way, to, filled, edited, .. } = wanted;
        if way == Way::Telephone {
            return Err(NoticeRefused::NotCalled);
        }
        if !self.can_send(way) {
            return Err(NoticeRefused::NotConfigured(way));
        }
        let now = self.0.cases.now();
        if filled.promised_at.is_some_and(|at| at <= now) {
            return Err(NoticeRefused::PastPromise);
        }
        let couple = known.couple.as_ref().map_err(Clone::clone)?;
        let addresses = addresses(couple, way);
        let emails = match to {
            Some(at) => vec![addresses.get(at).cloned().ok_or(NoticeRefused::NoSuchAddress)?],
            None if way == Way::Sms && addresses.is_empty() => return Err(NoticeRefused::NoNumber),
            None if way == Way::Sms && addresses.len() > 1 => {
                return Err(NoticeRefused::SeveralNumbers(addresses.len()));
            }
            None => addresses.to_vec(),
        };
        let case = &known.stored.case;
        let language = match wanted.language {
            Some(language) if !self.templates().languages(case.of.key(), purpose).contains(language) => {
                return Err(NoticeRefused::NoSuchLanguage);
            }
            Some(language) => Some(language.clone()),
            None => couple.language.clone(),
        };
        // That there is none in their own is said also where somebody chose another one.
        let no_text_in = self.no_text_in(known, couple, purpose);
        let couple = Couple { emails, language, ..couple.clone() };
        let given = self.given(known, &couple, purpose, filled);
        let listed = bulk::list(
            purpose,
            self.templates(),
            [Addressee { case, couple: &couple, notice: None, given: &given }],
        );
        let Some(bulk::Listed { ready, .. }) = listed.into_iter().next() else {
            return Err(NoticeRefused::Unknown);
        };
        let Some(Edited { subject, text }) = edited else {
            let bulk::Ready { to, letter, .. } = ready?;
            return Ok(Draft { to, letter, no_text_in });
        };
        match ready {
            // Whoever wrote it themselves needs nothing to be filled in.
            Ok(_) | Err(NotReady::Missing(_) | NotReady::NoText) => {}
            Err(other) => return Err(other.into()),
        }
        let letter = Letter::edited(self.language(known, &couple, purpose), subject, text)?;
        let to = couple.emails.first().cloned().ok_or(NotReady::NoAddress)?;
        Ok(Draft { to, letter, no_text_in })
    }

    /// The language of the text that they get.
    pub(super) fn language(&self, known: &Known, couple: &Couple, purpose: Purpose) -> Language {
        let theirs = couple.language.clone().unwrap_or_else(Language::english);
        let chosen = self.templates().choose(known.stored.case.of.key(), purpose, &theirs);
        chosen.map_or(theirs, |chosen| chosen.template.language.clone())
    }

    /// Their own language, where there is no text in it.
    pub(super) fn no_text_in(&self, known: &Known, couple: &Couple, purpose: Purpose) -> Option<Language> {
        let theirs = couple.language.as_ref()?;
        self.templates().choose(known.stored.case.of.key(), purpose, theirs)?.no_text_in
    }

    /// What the variables stand for; those that nobody knows are left out.
    fn given(&self, known: &Known, couple: &Couple, purpose: Purpose, filled: &Filled) -> Given {
        let language = self.language(known, couple, purpose);
        let (wedding, assumed) = (&known.stored.case.wedding, self.0.cases.assumed());
        let zone = zone(wedding, assumed);
        let now = self.0.cases.now();
        let promised = filled.promised_at.or(known.promised).filter(|at| *at > now);
        let promised = promised.map(|at| promised_time(at, &language, &zone)).unwrap_or_default();
        // A time that is only assumed is told to nobody.
        let ceremony = wedding.ceremony(assumed).filter(|ceremony| !ceremony.time_assumed);
        let ceremony = ceremony.map(|at| promised_time(at.at, &language, &at.zone)).unwrap_or_default();
        let contact = match filled.contact.trim() {
            "" => self.0.config.notices.contact.as_deref().unwrap_or_default(),
            contact => contact,
        };
        Given::default()
            .with(Variable::Names, couple.names.expose())
            .with(Variable::PromisedTime, &promised)
            .with(Variable::Contact, contact)
            .with(Variable::Plan, &filled.plan)
            .with(Variable::Venue, couple.venue.expose())
            .with(Variable::Ceremony, &ceremony)
            .with(Variable::StatusPage, known.link.as_ref().map_or("", |link| &link.address))
    }

    /// What goes with a press besides the letter: the promise is kept, and a page that the letter names is made. True
    /// when one was.
    pub(super) async fn keep(
        &self,
        tx: &mut Tx,
        known: &Known,
        draft: &Draft,
        filled: &Filled,
        (by, now): (&PersonId, Millis),
    ) -> Result<bool, NoticeRefused> {
        let id = &known.stored.case.id;
        if let Some(at) = filled.promised_at {
            page_store::put_promise(tx, id, at, by.as_str(), now).await?;
        }
        let Some(link) =
            known.link.as_ref().filter(|link| !link.is_made && draft.letter.holds(&link.address))
        else {
            return Ok(false);
        };
        self.make_page(tx, id, link, now).await?;
        Ok(true)
    }

    pub(super) async fn make_page(
        &self,
        tx: &mut Tx,
        id: &CaseId,
        link: &Link,
        now: Millis,
    ) -> Result<(), NoticeRefused> {
        let keeps = i64::from(self.0.config.notices.page_days).saturating_mul(domain::time::DAY);
        let page = Page {
            crisis: id.as_str().to_owned(),
            number: link.number,
            made_at: now.0,
            expires_at: now.plus(keeps).0,
            revoked_at: None,
        };
        page_store::insert(tx, &page, &secrets::hash(link.token.as_bytes())).await?;
        Ok(())
    }
}

/// The addresses or numbers by which this way goes.
pub(super) fn addresses(couple: &Couple, way: Way) -> &[Private] {
    match way {
        Way::Mail => &couple.emails,
        Way::Sms | Way::Telephone => &couple.phones,
    }
}

/// What somebody wrote, without what cannot be seen.
pub(super) fn kept_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.trim().chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect()
}

/// The couple's own; where nobody said it, the one that is assumed.
pub(super) fn zone(wedding: &Wedding, assumed: &Assumptions) -> TimeZone {
    let known = wedding.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    known.filter(|zone| zone.iana_name().is_some()).unwrap_or_else(|| assumed.zone.clone())
}

/// What somebody has seen, part by part, so that it can be said which of them changed.
const PARTS: [&str; 4] = ["the address", "the language", "the subject", "the text"];

/// In 67 signs; nothing can be read out of it.
pub(super) fn seen(case: &CaseId, purpose: Purpose, way: Way, draft: &Draft) -> String {
    let Draft { to, letter, .. } = draft;
    let part = |about: &str, text: &str| -> String {
        let mut hash = Sha256::new();
        // With its length, and with what it is about: what was seen of one couple is not another's.
        for part in [case.as_str(), purpose.word(), way.word(), about, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    };
    let texts = [to.expose(), letter.language.as_str(), letter.subject.expose(), letter.text.expose()];
    let parts: Vec<String> = PARTS.iter().zip(texts).map(|(about, text)| part(about, text)).collect();
    parts.join(".")
}

/// What is not as it was seen.
pub(super) fn changed(was: &str, is: &str) -> Vec<&'static str> {
    if was == is {
        return Vec::new();
    }
    let old: Vec<&str> = was.split('.').collect();
    let differs: Vec<&'static str> = match old.len() == PARTS.len() {
        true => PARTS
            .iter()
            .zip(old.iter().zip(is.split('.')))
            .filter(|(_, (old, new))| *old != new)
            .map(|(name, _)| *name)
            .collect(),
        false => Vec::new(),
    };
    if differs.is_empty() { vec!["everything"] } else { differs }
}
