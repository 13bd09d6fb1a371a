//! Many couples at once, after an outage: each with their own text, and what keeps one from going does not hold the
//! others.

use super::{
    Attempt, Fate, Purpose, Template, Templates,
    letter::{Given, Letter, Missing},
    notice::{Notice, Refusal},
};
use crate::crises::{Case, CaseId, Couple, Private};

/// One couple of many, as they are listed before anything goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    pub case: CaseId,
    pub ready: Result<Ready, NotReady>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ready {
    pub to: Private,
    pub letter: Letter,
    /// Their own language, where the text is in English because there is none in it.
    pub no_text_in: Option<super::Language>,
}

/// Why this couple is not among those that are sent something.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotReady {
    #[error("The case is {0}.")]
    IsOver(&'static str),
    #[error("There is no address that can be used.")]
    NoAddress,
    #[error("There are {0} addresses: somebody has to say which.")]
    SeveralAddresses(usize),
    #[error("There is no text for this.")]
    NoText,
    #[error("{0}")]
    Missing(#[from] Missing),
    #[error("{0}")]
    Refused(#[from] Refusal),
}

/// One couple with what is known of them.
#[derive(Clone, Copy, Debug)]
pub struct Addressee<'a> {
    pub case: &'a Case,
    pub couple: &'a Couple,
    /// Of this purpose; `None` when nothing was tried.
    pub notice: Option<&'a Notice>,
    pub given: &'a Given,
}

/// Everybody, in the order in which they were given: ready, or why not.
pub fn list<'a>(
    purpose: Purpose,
    templates: &Templates,
    everybody: impl IntoIterator<Item = Addressee<'a>>,
) -> Vec<Listed> {
    let one = |addressee: Addressee<'_>| Listed {
        case: addressee.case.id.clone(),
        ready: ready(purpose, templates, addressee),
    };
    everybody.into_iter().map(one).collect()
}

fn ready(purpose: Purpose, templates: &Templates, of: Addressee<'_>) -> Result<Ready, NotReady> {
    let Addressee { case, couple, notice, given } = of;
    // Also after the end a couple may be told that it is solved, or that we are sorry.
    let after = matches!(purpose, Purpose::Solved | Purpose::Apology);
    if !(case.is_open() || after && matches!(case.state_word(), "resolved" | "reviewed")) {
        return Err(NotReady::IsOver(case.state_word()));
    }
    if !case.contact.is_allowed() {
        return Err(Refusal::NotWanted.into());
    }
    if let Some(notice) = notice {
        notice.may_begin("")?;
    }
    let to = match couple.emails.as_slice() {
        [] => return Err(NotReady::NoAddress),
        [one] => one.clone(),
        several => return Err(NotReady::SeveralAddresses(several.len())),
    };
    let language = couple.language.clone().unwrap_or_else(super::Language::english);
    let chosen = templates.choose(case.of.key(), purpose, &language).ok_or(NotReady::NoText)?;
    let template: &Template = chosen.template;
    Ok(Ready { to, letter: Letter::fill(template, given)?, no_text_in: chosen.no_text_in })
}

/// How far many attempts are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub drafted: usize,
    /// Queued, or being sent.
    pub waiting: usize,
    pub sent: usize,
    pub delivered: usize,
    pub failed: usize,
    pub in_doubt: usize,
    pub withdrawn: usize,
}

impl Progress {
    pub fn of<'a>(attempts: impl IntoIterator<Item = &'a Attempt>) -> Progress {
        Progress::counted(attempts.into_iter().map(|attempt| (Fate::of(&attempt.state), 1)))
    }

    /// The same where somebody else has counted them; a fate may come several times.
    pub fn counted(of_each: impl IntoIterator<Item = (Fate, usize)>) -> Progress {
        let mut progress = Progress::default();
        for (fate, many) in of_each {
            let count = match fate {
                Fate::Drafted => &mut progress.drafted,
                Fate::Waiting => &mut progress.waiting,
                Fate::Sent => &mut progress.sent,
                Fate::Delivered => &mut progress.delivered,
                Fate::Failed => &mut progress.failed,
                Fate::InDoubt => &mut progress.in_doubt,
                Fate::TakenBack => &mut progress.withdrawn,
            };
            *count += many;
        }
        progress
    }

    pub fn count(&self, fate: Fate) -> usize {
        match fate {
            Fate::Drafted => self.drafted,
            Fate::Waiting => self.waiting,
            Fate::Sent => self.sent,
            Fate::Delivered => self.delivered,
            Fate::Failed => self.failed,
            Fate::InDoubt => self.in_doubt,
            Fate::TakenBack => self.withdrawn,
        }
    }

    pub fn all(&self) -> usize {
        Fate::ALL.into_iter().map(|fate| self.count(fate)).sum()
    }

    pub fn words(&self) -> String {
        let counts = [
            (self.waiting, "waiting"),
            (self.sent + self.delivered, "sent"),
            (self.failed, "failed"),
            (self.in_doubt, "in doubt"),
            (self.drafted, "not sent off"),
            (self.withdrawn, "taken back"),
        ];
        let some: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if some.is_empty() { "nobody is to be told".to_owned() } else { some.join(", ") }
    }
}
