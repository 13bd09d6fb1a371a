//! Notices by mail: some workers, each with a connection that it keeps open while there is something to send.

use std::time::Duration;

use domain::notices::{Answer, Way};
use tokio::{sync::watch, time::Instant};

use super::{
    Notices,
    claiming::{Claimed, Job},
    worker::{Counted, LOOK_EVERY, until_due},
};
use crate::connect::{
    mail::Mail,
    notice_mail::{Connection, Handed, NoticeMail},
};

/// Connections to the mail server at the most.
pub(super) const CONNECTIONS: usize = 4;
/// One that was idle for so long is asked whether it is still there before a mail goes by it.
const ASK_AFTER: Duration = Duration::from_secs(5);
/// One that has nothing to do for so long is given back.
const CLOSE_AFTER: Duration = Duration::from_secs(20);
const AFTER_TROUBLE: Duration = Duration::from_millis(500);
/// Until it is looked again whether there is an encryption key.
const LOCKED_WAITS: Duration = Duration::from_secs(5);

struct Open {
    connection: Connection,
    used_at: Instant,
}

/// Sends what is due, until it is told to stop. What is under way then is brought to its end first.
pub(super) async fn work(notices: Notices, mut stop: watch::Receiver<bool>) {
    let Some(server) = &notices.0.mail else { return };
    let mut open: Option<Open> = None;
    let mut due = notices.0.due.subscribe();
    while !*stop.borrow() {
        due.borrow_and_update();
        let wait = match one(&notices, server, &mut open).await {
            None => continue,
            Some(wait) => wait,
        };
        if open.as_ref().is_some_and(|open| open.used_at.elapsed() >= CLOSE_AFTER)
            && let Some(open) = open.take()
        {
            open.connection.quit().await;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Ok(()) = due.changed() => {}
            _ = stop.changed() => {}
        }
    }
    if let Some(open) = open.take() {
        open.connection.quit().await;
    }
}

/// Sends one; how long to wait where there is nothing to send.
async fn one(notices: &Notices, server: &NoticeMail, open: &mut Option<Open>) -> Option<Duration> {
    match until_due(notices, Way::Mail).await {
        Ok(None) => {}
        Ok(Some(wait)) => return Some(wait),
        Err(error) => {
            tracing::warn!(%error, "whether a notice is due cannot be looked up");
            return Some(AFTER_TROUBLE);
        }
    }
    if let Some(left) = notices.0.outage.wait() {
        return Some(left.min(LOOK_EVERY));
    }
    // The connection first: a server that is away costs no attempt a try, and nobody their place.
    let now = notices.0.cases.now();
    let mut ready =
        connected(server, open.take()).await.map_err(|why| notices.0.outage.found(why, now)).ok()?;
    let claimed = notices.claim(Way::Mail).await;
    let job = match claimed {
        Ok(Claimed::Job(job)) => job,
        other => {
            notices.0.outage.untried();
            *open = Some(ready);
            return after(other);
        }
    };
    let _counted = Counted::one(notices);
    let handed = hand_over(notices, server, &mut ready.connection, &job).await;
    let Handed { answer, why, is_outage, goes_on } = handed;
    if is_outage {
        notices.0.outage.found(why.unwrap_or_else(|| "it was cut off".to_owned()), notices.0.cases.now());
    } else {
        if let Some(why) = why {
            tracing::info!(why, notice = job.id.0, "a notice was not taken");
        }
        notices.0.outage.over();
    }
    // What was broken off by ourselves was not taken either.
    notices.answered(&job.id, answer.unwrap_or(Answer::Cut)).await;
    if goes_on {
        ready.used_at = Instant::now();
        *open = Some(ready);
    }
    None
}

/// What to do when there is nothing to send: wait so long, or look again at once.
pub(super) fn after(claimed: Result<Claimed, super::NoticeRefused>) -> Option<Duration> {
    match claimed {
        Ok(Claimed::Job(_) | Claimed::Again) => None,
        // Another worker was faster.
        Ok(Claimed::Nothing) => None,
        Ok(Claimed::Locked(why)) => {
            tracing::warn!(%why, "notices wait for the encryption key");
            Some(LOCKED_WAITS)
        }
        Err(error) if error.is_conflict() => None,
        Err(error) => {
            tracing::warn!(%error, "no notice can be taken up");
            Some(AFTER_TROUBLE)
        }
    }
}

async fn connected(server: &NoticeMail, open: Option<Open>) -> Result<Open, String> {
    if let Some(mut open) = open
        && (open.used_at.elapsed() < ASK_AFTER || open.connection.is_alive().await)
    {
        return Ok(open);
    }
    Ok(Open { connection: server.connect().await?, used_at: Instant::now() })
}

async fn hand_over(notices: &Notices, server: &NoticeMail, connection: &mut Connection, job: &Job) -> Handed {
    let message_id = job.id.message_id(notices.host());
    let letter = &job.contents.letter;
    let mail = Mail {
        to: job.contents.to.expose(),
        subject: letter.subject.expose(),
        text: letter.text.expose(),
        html: job.contents.html.expose(),
        id: message_id.trim_matches(['<', '>']),
        thread: None,
    };
    let Some(prepared) = server.prepare(&mail, &job.id.0) else {
        return Handed {
            answer: Some(Answer::Never { code: 0 }),
            why: Some("no mail can go to this address".to_owned()),
            is_outage: false,
            goes_on: true,
        };
    };
    connection.send(&prepared, notices.end(job)).await
}
