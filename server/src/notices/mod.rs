//! What couples are told: one notice before it goes, many at once, how far they are, everything that was told, what is pressed
//! on the page of a case, the couple's own page, and the reports of providers.

mod couple;
pub mod hooks;
mod many;
mod press;
mod progress;
mod section;
#[cfg(test)]
mod tests;
mod told;
mod write;

use app::notices::{AttemptView, Content, To, ToldRow as Row};
use backend::{
    access::Permission,
    notices::{NoticeRefused, Standing, ToldRow},
};
use domain::{
    monitoring::range::rfc3339,
    notices::Fate,
    time::{Millis, lasting},
};
use jiff::tz::TimeZone;

pub use self::section::{Saying, of_case, section, unsettled};
use crate::{
    access::asked::Refusal,
    crises::Context,
    routes::{Needs, Routes},
};

pub fn routes(routes: Routes) -> Routes {
    let see = Needs::Permission(Permission::SeeStatus);
    let work = Needs::Permission(Permission::WorkCases);
    let personal = Needs::Permission(Permission::SeePersonalData);
    routes
        .post(hooks::ROUTE, Needs::Nothing, hooks::report)
        .get("/c/{token}", Needs::Nothing, couple::show)
        .get("/notices", see, told::show)
        .get("/crises/notices", work, many::show)
        .post("/crises/notices", work, many::again)
        .post("/crises/notices/send", work, many::send)
        .get("/crises/notices/{batch}", see, progress::show)
        .get("/crises/notices/{batch}/part/{part}", see, progress::part)
        .get("/crises/{id}/notices/new", work, write::show)
        .post("/crises/{id}/notices/new", work, write::again)
        .post("/crises/{id}/notices/send", work, write::send)
        .post("/crises/{id}/notices/called", work, press::called)
        .post("/crises/{id}/notices/{attempt}/read", personal, press::read_one)
        .post("/crises/{id}/notices/{attempt}/{what}", work, press::decide)
        .post("/crises/{id}/link/{what}", work, press::link)
}

/// What goes wrong where nothing was to be refused.
fn refused(why: NoticeRefused) -> Refusal {
    match why {
        NoticeRefused::Unknown => Refusal::NotFound,
        NoticeRefused::Case(why) => crate::crises::refused(why),
        NoticeRefused::Missing(missing) => Refusal::Missing(missing),
        NoticeRefused::Db(error) => error.into(),
        other => Refusal::Inside(other.to_string()),
    }
}

/// "the text" as the beginning of a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// An attempt in a list, where what it says is not read.
fn attempt(told: &ToldRow, content: Content, now: Millis, zone: &TimeZone) -> AttemptView {
    let to = told.to.clone().map(To::Masked);
    AttemptView { to, ..AttemptView::of(&told.attempt, content, now, zone) }
}

fn row(told: &ToldRow, context: &Context) -> Row {
    let at = told.attempt.made_at;
    Row {
        case: told.case.to_string(),
        name: told.case_name.clone(),
        attempt: attempt(told, Content::Nothing, context.now, &context.zone),
        when: app::weekday(at, context.now, &context.zone),
        moment: rfc3339(at),
        // What they know already, nothing keeps back any more.
        no_contact: told.no_contact && !matches!(Fate::of(&told.attempt.state), Fate::Sent | Fate::Delivered),
    }
}

/// Why nothing leaves just now; nothing is lost by it.
fn outage(standing: &Standing, context: &Context) -> Option<String> {
    if let Some(why) = &standing.locked {
        return Some(why.to_string());
    }
    standing.outage.as_ref().map(|outage| {
        let since = app::weekday(outage.since, context.now, &context.zone);
        let lasted = lasting(standing.now.since(outage.since));
        format!(
            "The mail server cannot be sent to since {since} ({lasted}): {} Nothing is lost, and the order is kept.",
            outage.why
        )
    })
}
