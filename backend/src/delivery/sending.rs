//! One try of one way: the message in its form, by its connection.

use std::borrow::Cow;

use domain::delivery::{
    Again, Occasion,
    forms::{Outgoing, mail, pagerduty, slack, webhook},
};
use secrecy::ExposeSecret;

use super::{
    connection::Connection, courier::Inner, courier_store, courier_store::Thread, links, queue_store,
    queue_store::Job,
};
use crate::{
    clock::Clock,
    connect::{
        chat::{App, Posted},
        hand_over::NotTaken,
        mail::{Mail, MailServer},
    },
};

/// What came of it.
pub enum Sent {
    /// With the thread that it began, when it did.
    Taken {
        began: Option<Thread>,
    },
    NotTaken(NotTaken),
    /// It was stopped meanwhile, and did not leave.
    Stopped,
}

pub async fn send(inner: &Inner, job: &Job) -> Sent {
    if job.message.occasion.calls() {
        match queue_store::is_stopped(inner.db.read(), &job.delivery).await {
            Ok(true) => return Sent::Stopped,
            Ok(false) => {}
            // Better once too often than not at all.
            Err(error) => tracing::warn!(%error, "whether a page was stopped cannot be looked up"),
        }
    }
    let Some((connection, _)) = inner.connections.get(&job.destination) else {
        return Sent::NotTaken(NotTaken::for_good("it is not configured any more"));
    };
    let link = format!("{}{}", inner.public_url, job.message.path);
    let answer = match &job.message.asks {
        None => None,
        Some(asks) => match links::answer_link(&inner.db, &inner.public_url, asks, inner.clock.now()).await {
            Ok(address) => Some((asks.answer.as_str(), address)),
            Err(error) => {
                tracing::warn!(%error, "no link to answer by can be made");
                // Without it nobody could answer.
                return Sent::NotTaken(NotTaken::for_now("no link to answer by can be made"));
            }
        },
    };
    // A mail has a button of its own; elsewhere the link is one more line.
    let message = match (&answer, connection) {
        (Some((words, address)), connection) if !matches!(connection, Connection::Mail(..)) => {
            let mut message = job.message.clone();
            message.lines.push(format!("{words}: {}", address.expose_secret()));
            Cow::Owned(message)
        }
        _ => Cow::Borrowed(&job.message),
    };
    let outgoing = Outgoing {
        message: &message,
        id: job.delivery.as_str(),
        link: &link,
        at: job.created_at,
        is_repeated: job.is_repeated,
    };
    let has_buttons = inner.config.slack_app.is_some();
    let taken = match connection {
        Connection::Hook(hook, _) => hook.post(&slack::body(&outgoing, has_buttons)).await.map(|()| None),
        Connection::App(app) => by_app(inner, app, job, &outgoing).await,
        Connection::Mail(server, _) => {
            let answer =
                answer.as_ref().map(|(words, link)| mail::Press::answer(words, link.expose_secret()));
            by_mail(inner, server, job, &outgoing, answer).await.map(|()| None)
        }
        Connection::Webhook(receiver, _) => {
            let now = Clock::system().now().0 / 1_000;
            receiver.post(job.delivery.as_str(), now, &webhook::body(&outgoing)).await.map(|()| None)
        }
        Connection::PagerDuty(service) => {
            service.post(|key| pagerduty::event(&outgoing, key)).await.map(|()| None)
        }
    };
    taken.map_or_else(Sent::NotTaken, |began| Sent::Taken { began })
}

/// One thread for each alert: the first message is changed in place, the rest stands below it.
async fn by_app(
    inner: &Inner,
    app: &App,
    job: &Job,
    outgoing: &Outgoing<'_>,
) -> Result<Option<Thread>, NotTaken> {
    let body = slack::body(outgoing, true);
    let first = match &job.thread {
        Some(thread) => {
            let found = courier_store::thread(inner.db.read(), &job.destination, &job.target, thread).await;
            found.map_err(|_| NotTaken::for_now("the thread of this alert cannot be looked up"))?
        }
        None => None,
    };
    let Some(first) = first else { return begin(app, job, body).await };
    let place = Posted { channel: first.channel, ts: first.message };
    match job.message.occasion {
        Occasion::Acknowledged | Occasion::Resolved => match app.update(&place, body.clone()).await {
            // Somebody deleted the first message.
            Err(NotTaken { again: Again::Never, .. }) => return begin(app, job, body).await,
            other => {
                other?;
                also(
                    app.post(&place.channel, Some(&place.ts), false, slack::body(outgoing, false))
                        .await
                        .map(|_| ()),
                );
            }
        },
        occasion => {
            app.post(&place.channel, Some(&place.ts), occasion.calls(), body.clone()).await?;
            if occasion.calls() {
                also(app.update(&place, body).await);
            }
        }
    }
    Ok(None)
}

async fn begin(app: &App, job: &Job, body: serde_json::Value) -> Result<Option<Thread>, NotTaken> {
    let posted = app.post(&job.target, None, false, body).await?;
    Ok(Some(Thread { channel: posted.channel, message: posted.ts }))
}

/// What is good to have beside it. The message itself has arrived.
fn also(done: Result<(), NotTaken>) {
    if let Err(NotTaken { why, .. }) = done {
        tracing::info!(reason = %why, "the thread of an alert in the chat is not up to date");
    }
}

async fn by_mail(
    inner: &Inner,
    server: &MailServer,
    job: &Job,
    outgoing: &Outgoing<'_>,
    answer: Option<mail::Press<'_>>,
) -> Result<(), NotTaken> {
    let acknowledge = match (&job.message.alert, &job.person) {
        (Some(alert), Some(person)) if outgoing.can_be_acknowledged() => {
            let link = links::ack_link(&inner.db, &inner.public_url, alert, person, inner.clock.now()).await;
            // A page without the link is better than none.
            link.map_err(|error| tracing::warn!(%error, "no link to acknowledge can be made")).ok()
        }
        _ => None,
    };
    let acknowledge = acknowledge.as_ref().map(|link| mail::Press::acknowledge(link.expose_secret()));
    let letter = mail::letter(outgoing, answer.or(acknowledge));
    let host = inner.public_url.split_once("://").map_or("bellwether", |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or("bellwether");
    let id = format!("{}@{host}", job.delivery.as_str());
    let thread = job.message.alert.as_ref().map(|alert| format!("alert-{alert}@{host}"));
    server
        .send(&Mail {
            to: &job.target,
            subject: &letter.subject,
            text: &letter.text,
            html: &letter.html,
            id: &id,
            thread: thread.as_deref(),
        })
        .await
}
