//! Notices by text message: signed JSON to whoever sends them. Its last byte cannot be held back, so that it is the whole
//! request before which its end is on disk.

use std::time::Duration;

use domain::{
    delivery::Again,
    notices::{Answer, Way},
};
use serde_json::json;
use tokio::sync::watch;

use super::{
    Notices,
    claiming::{Claimed, Job},
    mailing::after,
    worker::{Counted, until_due},
};
use crate::{
    clock::Clock,
    connect::{hand_over::NotTaken, webhook::Webhook},
};

const AFTER_TROUBLE: Duration = Duration::from_millis(500);

/// Sends what is due, until it is told to stop.
pub(super) async fn work(notices: Notices, mut stop: watch::Receiver<bool>) {
    let Some(sms) = &notices.0.sms else { return };
    let mut due = notices.0.due.subscribe();
    while !*stop.borrow() {
        due.borrow_and_update();
        let wait = match until_due(&notices, Way::Sms).await {
            Ok(None) => one(&notices, sms).await,
            Ok(Some(wait)) => Some(wait),
            Err(error) => {
                tracing::warn!(%error, "whether a notice is due cannot be looked up");
                Some(AFTER_TROUBLE)
            }
        };
        let Some(wait) = wait else { continue };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Ok(()) = due.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

async fn one(notices: &Notices, sms: &Webhook) -> Option<Duration> {
    let job = match notices.claim(Way::Sms).await {
        Ok(Claimed::Job(job)) => job,
        other => return after(other),
    };
    let _counted = Counted::one(notices);
    let answer = match notices.end(&job).await {
        false => Answer::Cut,
        true => post(sms, &job).await,
    };
    notices.answered(&job.id, answer).await;
    None
}

async fn post(sms: &Webhook, job: &Job) -> Answer {
    let body = json!({
        "type": "notice.text_message",
        "id": job.id.0,
        "to": job.contents.to.expose(),
        "text": job.contents.letter.text.expose(),
        "language": job.contents.letter.language.as_str(),
    });
    let now = Clock::system().now().0 / 1_000;
    match sms.post(&job.id.0, now, &body).await {
        Ok(()) => Answer::Taken,
        Err(not) => {
            tracing::info!(why = not.why, notice = job.id.0, "a text message was not taken");
            answer(&not)
        }
    }
}

fn answer(not: &NotTaken) -> Answer {
    match not.again {
        _ if not.in_doubt => Answer::Cut,
        Again::Never => Answer::Never { code: code_in(&not.why) },
        Again::Later { .. } => Answer::Later,
    }
}

/// "answered 404: there is nothing at this address"; 0 where nothing was answered.
fn code_in(why: &str) -> u16 {
    let told = why.strip_prefix("answered ").unwrap_or_default();
    told.get(..3).and_then(|code| code.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_from_what_was_not_taken() {
        assert_eq!(
            answer(&NotTaken::for_good("answered 404: there is nothing")),
            Answer::Never { code: 404 }
        );
        assert_eq!(answer(&NotTaken::for_good("the secret cannot sign")), Answer::Never { code: 0 });
        assert_eq!(answer(&NotTaken::for_now("connection refused")), Answer::Later);
        assert_eq!(answer(&NotTaken::in_doubt("no answer within 5 s")), Answer::Cut);
    }
}
