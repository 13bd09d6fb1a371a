//! One thread for each alert, its first message changed in place.

use domain::delivery::{Occasion, Recipient};

use super::{
    configured,
    couriers::{Working, sent},
    page, person,
    sinks::{Does, Sink},
    told,
};
use crate::{access::WayKind, config::Config, testing::worlds};

fn by_app(sink: &Sink) -> Config {
    configured(
        &format!(
            "[delivery.slack_app]\ntoken_file = \"t\"\nsigning_secret_file = \"s\"\napi_url = \"{}\"\n\
             [delivery.channel.ops]\nslack_channel = \"C1\"\n",
            sink.url("/api")
        ),
        &[("t", "marked-password-slack-token"), ("s", "marked-password-slack-signing")],
    )
}

#[tokio::test]
async fn an_alert_is_one_thread_from_its_page_to_its_end() {
    for world in worlds().await {
        let sink = Sink::new(|_| Does::Takes).await;
        let config = by_app(&sink);
        let ada = person(&world, &config, "ada", &[(WayKind::Chat, "U1")]).await;
        let working = Working::start(&world.db, &config);
        let first = page("a1", &Recipient::Person { id: ada });
        sent(&world.db, &working.courier, std::slice::from_ref(&first)).await;
        sink.after(1).await;
        sent(
            &world.db,
            &working.courier,
            &[told(&first, Occasion::Reminder), told(&first, Occasion::Acknowledged)],
        )
        .await;
        let arrived = sink.after(5).await;
        let short: Vec<_> = arrived
            .iter()
            .map(|one| {
                let field = |name: &str| one.body[name].as_str().unwrap_or("-").to_owned();
                format!("{} {} {} {}", one.path, field("channel"), field("thread_ts"), field("ts"))
            })
            .collect();
        assert_eq!(
            short,
            [
                "/api/chat.postMessage U1 - -",
                "/api/chat.postMessage D0 1700.0 -",
                "/api/chat.update D0 - 1700.0",
                "/api/chat.update D0 - 1700.0",
                "/api/chat.postMessage D0 1700.0 -",
            ],
            "{}",
            world.name
        );
        assert_eq!(arrived[0].headers["authorization"], "Bearer marked-password-slack-token");
        let buttons = |place: usize| arrived[place].body["attachments"][0]["blocks"].to_string();
        assert!(buttons(0).contains("alert_acknowledge"), "{}", buttons(0));
        assert!(!buttons(3).contains("alert_acknowledge"), "{}", buttons(3));
        assert!(arrived[3].body["text"].as_str().unwrap().starts_with("Acknowledged: "));
        working.end().await;
    }
}
