//! What these parts may have to show: nothing, one message, a storm of failures, nothing that may be done, a stranger's
//! text. Drawn in tests, and to be looked at: `cargo run -p app --example pages`.

use backend::delivery::{Attempt, AttemptOutcome, Delivery, DeliveryId, DeliveryWay};
use domain::{
    delivery::{DeliveryState, Medium, Occasion, Recipient, WayState},
    monitoring::Level,
    time::{HOUR, MINUTE, Millis, SECOND},
};
use leptos::prelude::*;

use super::{Acknowledge, Acknowledged, Fates, acknowledge_page, acknowledged_page, fates, link_over_page};
use crate::{
    Shell,
    monitoring::samples::{HOSTILE, NOW, shell},
    shell::Place,
};

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let shell = dress(shell(&["wedsync"]));
    let page = |name, html| Page { name, html };
    let part = |name, deliveries: Vec<Delivery>, may_send_again| {
        let view = Fates { now: NOW, deliveries, may_send_again };
        let html = shell.page(Place::Elsewhere, "Who was told", &[], Some(NOW), || {
            view! { <div class="page"><h1>"An alert"</h1>{fates(&shell.zone, &view)}</div> }
        });
        page(name, html)
    };
    let link = Acknowledge {
        title: "Response time 16 s on wedsync".to_owned(),
        level: Some(Level::Critical),
        name: "Priya Nair".to_owned(),
        now: NOW,
        expires_at: NOW.plus(20 * HOUR),
        token_path: "/ack/h3Jx".to_owned(),
        trouble: None,
    };
    let refused = Acknowledge {
        trouble: Some("Your role may not acknowledge, resolve, silence alerts.".to_owned()),
        ..link.clone()
    };
    let bad = Acknowledge { title: HOSTILE.to_owned(), name: HOSTILE.to_owned(), ..refused.clone() };
    let done = Acknowledged {
        title: link.title.clone(),
        what: "Nobody else is called for it now.".to_owned(),
        path: "/alerts/0199".to_owned(),
    };
    vec![
        part("fates-empty", Vec::new(), true),
        part("fates-one", vec![arrived()], true),
        part("fates-storm", storm(), true),
        part("fates-no-rights", storm(), false),
        part("fates-hostile", vec![hostile()], true),
        page("ack", acknowledge_page(&shell, &link)),
        page("ack-refused", acknowledge_page(&shell, &refused)),
        page("ack-hostile", acknowledge_page(&shell, &bad)),
        page("ack-done", acknowledged_page(&shell, &done)),
        page("ack-over", link_over_page(&shell)),
    ]
}

fn delivery(to: &str, state: DeliveryState, minutes: i64, ways: Vec<DeliveryWay>) -> Delivery {
    let created_at = NOW.minus(minutes * MINUTE);
    Delivery {
        id: DeliveryId::new("0199"),
        created_at,
        occasion: Occasion::Page,
        level: Some(Level::Critical),
        title: "Response time 16 s on wedsync".to_owned(),
        to: Recipient::Channel { name: "ai-ops-alerts".to_owned() },
        to_words: to.to_owned(),
        state,
        settled_at: (state != DeliveryState::Open).then(|| created_at.plus(SECOND)),
        why: None,
        again_of: None,
        ways,
    }
}

fn way(
    medium: Medium,
    words: &str,
    state: WayState,
    why: Option<&str>,
    attempts: Vec<Attempt>,
) -> DeliveryWay {
    DeliveryWay { medium, words: words.to_owned(), state, why: why.map(str::to_owned), attempts }
}

fn attempt(number: u32, minutes: i64, outcome: AttemptOutcome, said: Option<&str>) -> Attempt {
    Attempt {
        number,
        at: NOW.minus(minutes * MINUTE),
        took: (outcome != AttemptOutcome::Sending).then_some(140),
        outcome,
        said: said.map(str::to_owned),
        is_repeated: false,
    }
}

fn arrived() -> Delivery {
    let sent = vec![attempt(1, 32, AttemptOutcome::Sent, None)];
    let ways = vec![way(Medium::Chat, "Slack channel ai-ops-alerts", WayState::Sent, None, sent)];
    delivery("the channel ai-ops-alerts", DeliveryState::Sent, 32, ways)
}

fn storm() -> Vec<Delivery> {
    use AttemptOutcome::{Doubt, Failed, Sending, Sent};
    let busy = Some("answered 429: too many requests");
    let cut = Some("the connection was closed without an answer");
    let repeated = Attempt { is_repeated: true, ..attempt(2, 30, Sent, None) };
    let to_priya = delivery(
        "Priya Nair",
        DeliveryState::Sent,
        31,
        vec![
            way(
                Medium::Chat,
                "Chat",
                WayState::Unneeded,
                busy,
                vec![attempt(1, 31, Failed, busy), attempt(2, 31, Failed, busy)],
            ),
            way(Medium::Mail, "Mail", WayState::Sent, cut, vec![attempt(1, 31, Doubt, cut), repeated]),
            way(Medium::Webhook, "Webhook desk", WayState::Unneeded, None, Vec::new()),
        ],
    );
    let to_nobody = Delivery {
        why: Some("no way to reach this person is noted in their profile.".to_owned()),
        ..delivery("Jonas Berg", DeliveryState::Exhausted, 20, Vec::new())
    };
    let not_possible = delivery(
        "Amara Okafor",
        DeliveryState::Exhausted,
        19,
        vec![
            way(Medium::Chat, "Chat", WayState::Failed, Some("no Slack app is configured"), Vec::new()),
            way(
                Medium::Mail,
                "Mail",
                WayState::Failed,
                Some("answered 550: it takes no mail for this address"),
                vec![attempt(1, 19, Failed, Some("answered 550: it takes no mail for this address"))],
            ),
        ],
    );
    let under_way = delivery(
        "the channel platform-engineering",
        DeliveryState::Open,
        1,
        vec![
            way(Medium::Chat, "Slack channel", WayState::Sending, None, vec![attempt(1, 1, Sending, None)]),
            way(
                Medium::PagerDuty,
                "PagerDuty primary",
                WayState::Due(NOW.plus(90 * SECOND)),
                Some("answered 503"),
                vec![attempt(1, 1, Failed, Some("answered 503"))],
            ),
        ],
    );
    let stopped = delivery(
        "Priya Nair",
        DeliveryState::Stopped,
        2,
        vec![way(Medium::Chat, "Chat", WayState::Stopped, None, Vec::new())],
    );
    let by_hand = Delivery { again_of: Some(DeliveryId::new("0198")), ..arrived() };
    vec![arrived(), to_priya, to_nobody, not_possible, by_hand, stopped, under_way]
}

fn hostile() -> Delivery {
    let said = vec![
        attempt(1, 2, AttemptOutcome::Failed, Some(HOSTILE)),
        attempt(2, 2, AttemptOutcome::Failed, Some(HOSTILE)),
    ];
    Delivery {
        id: DeliveryId::new(HOSTILE),
        why: Some(HOSTILE.to_owned()),
        ..delivery(
            HOSTILE,
            DeliveryState::Exhausted,
            3,
            vec![way(Medium::Chat, HOSTILE, WayState::Failed, Some(HOSTILE), said)],
        )
    }
}

/// For pages that show this part among others.
pub fn some(now: Millis) -> Fates {
    Fates { now, deliveries: storm(), may_send_again: true }
}
