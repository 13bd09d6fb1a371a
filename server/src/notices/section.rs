//! What the page of a case shows of its notices.

use app::{
    access::Troubles,
    crises::{CallForm, LinkView, NoticesView, PromiseForm, PurposeView},
    notices::{AttemptView, Content, LetterWords, Said, To},
};
use backend::{
    crises::Stored,
    notices::{CaseNotices, ReadNotice, ToldRow},
};
use domain::{
    crises::{Case, CaseId, Unsettled},
    notices::{Notice, Purpose, Way},
};
use secrecy::ExposeSecret;

use super::{
    attempt, outage, refused,
    write::{typed_moment, zone},
};
use crate::{
    access::asked::{Asked, Refusal},
    crises::Context,
};

/// What the page says of notices beside what is stored.
#[derive(Default)]
pub struct Saying {
    pub call: CallForm,
    /// A promise as it was typed, and what is wrong with it.
    pub promise: PromiseForm,
    /// One that somebody asked to read.
    pub read: Option<ReadNotice>,
    pub troubles: Troubles,
}

/// # Errors
/// When there is no such case.
pub async fn of_case(asked: &Asked, context: &Context, id: &CaseId) -> Result<CaseNotices, Refusal> {
    let notices = &asked.state.notices;
    notices.of_case(&context.see, context.personal.as_ref(), id).await.map_err(refused)
}

fn notice(case: &Case, told: &CaseNotices, purpose: Purpose) -> Notice {
    let attempts = told.rows.iter().map(|row| &row.attempt).filter(|attempt| attempt.purpose == purpose);
    Notice { attempts: attempts.cloned().collect(), ..Notice::new(case.id.clone(), purpose) }
}

/// Why the case cannot be resolved because of them.
pub fn unsettled(case: &Case, told: &CaseNotices) -> Vec<Unsettled> {
    let all: Vec<Notice> = Purpose::ALL.into_iter().map(|purpose| notice(case, told, purpose)).collect();
    domain::notices::unsettled(&all)
}

/// # Errors
/// When the database cannot be read.
pub async fn section(
    asked: &Asked,
    context: &Context,
    stored: &Stored,
    told: &CaseNotices,
    saying: Saying,
) -> Result<NoticesView, Refusal> {
    let (notices, case) = (&asked.state.notices, &stored.case);
    let standing = notices.standing(&context.see).await.map_err(refused)?;
    let waits = told.rows.iter().any(|row| row.age(told.now).is_some());
    let purposes = Purpose::ALL.into_iter().map(|purpose| {
        let rows = told.rows.iter().filter(|row| row.attempt.purpose == purpose);
        let words = rows.map(|row| of_row(row, case, context, saying.read.as_ref())).collect();
        PurposeView::of(case, &notice(case, told, purpose), words)
    });
    let zone = zone(asked, stored);
    let clock = |at| app::weekday(at, context.now, &context.zone);
    let link = match &told.page {
        Some(page) => LinkView::Open {
            address: Some(page.address.expose_secret().to_owned()),
            words: format!(
                "Made {}; it holds until {}.",
                clock(page.made_at),
                app::full(page.expires_at, &context.zone)
            ),
        },
        None if told.has_page => LinkView::Open {
            address: None,
            words: "They have a page; its address is not shown to you.".to_owned(),
        },
        None => LinkView::None,
    };
    let promise = PromiseForm {
        at: match (&saying.promise.at, told.promised) {
            (typed, _) if !typed.is_empty() => typed.clone(),
            (_, Some(at)) => typed_moment(at, &zone),
            (_, None) => String::new(),
        },
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        troubles: saying.promise.troubles,
    };
    let ways: Vec<Way> = [Way::Mail, Way::Sms].into_iter().filter(|way| notices.can_send(*way)).collect();
    let outage = match ways.as_slice() {
        [] => Some(
            "Nothing can leave from here, for no mail server is configured: couples are told by telephone."
                .to_owned(),
        ),
        _ => outage(&standing, context).filter(|_| waits),
    };
    Ok(NoticesView {
        purposes: purposes.collect(),
        ways,
        link,
        promised: told.promised.map(|at| match at >= told.now {
            true => clock(at),
            false => format!("{}: that is over", clock(at)),
        }),
        outage,
        call: saying.call,
        promise,
        troubles: saying.troubles,
    })
}

fn of_row(row: &ToldRow, case: &Case, context: &Context, read: Option<&ReadNotice>) -> AttemptView {
    if let Some(read) = read.filter(|read| read.row.attempt.id == row.attempt.id) {
        let text = read.letter.text.expose();
        let content = match (row.attempt.way, text.is_empty()) {
            (_, true) => Content::Nothing,
            (Way::Telephone, false) => Content::Said(Said(text.to_owned())),
            (Way::Mail | Way::Sms, false) => Content::Letter(LetterWords::of(&read.letter)),
        };
        let to = Some(read.to.expose()).filter(|to| !to.is_empty()).map(|to| To::Shown(to.to_owned()));
        let reason = read.reason.as_ref().map(|reason| Said(reason.expose().to_owned()));
        let view = attempt(row, content, context.now, &context.zone);
        return AttemptView { to, reason, ..view };
    }
    let content = match (row.has_text, &context.personal) {
        (false, _) if case.erased_at.is_some() => Content::Erased,
        (false, _) => Content::Nothing,
        (true, Some(_)) => Content::Folded,
        (true, None) => Content::Hidden,
    };
    attempt(row, content, context.now, &context.zone)
}
