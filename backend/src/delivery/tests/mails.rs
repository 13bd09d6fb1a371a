//! Mail over real SMTP dialogues.

use domain::{
    delivery::{Asks, DeliveryState, Message, Recipient},
    time::HOUR,
};
use secrecy::SecretString;

use super::{
    START, configured,
    couriers::{Working, sent, settled},
    page, person,
    sinks::MailSink,
};
use crate::{
    access::WayKind,
    clock::Clock,
    config::{Channel, Config},
    delivery::{AttemptOutcome, ack_link, answer_to, last_arrivals, redeem},
    testing::{outbox, worlds},
};

fn by_mail(sink: &MailSink) -> Config {
    configured(
        &format!(
            "[server]\npublic_url = \"https://console.example.com\"\n\
             [delivery.mail]\nurl = \"smtp://{}\"\nfrom = \"Bellwether <bellwether@example.com>\"\n",
            sink.address
        ),
        &[],
    )
}

/// Bodies of mails are coded; long lines are cut with "=".
fn plain(mail: &str) -> String {
    mail.replace("=\n", "").replace("=3D", "=")
}

#[tokio::test]
async fn a_mail_has_a_stable_id_a_thread_and_a_link_of_its_own() {
    for world in worlds().await {
        let sink = MailSink::new(0).await;
        let config = by_mail(&sink);
        let ada = person(&world, &config, "ada", &[(WayKind::Mail, "marked-person-ada@home.example")]).await;
        let working = Working::start(&world.db, &config);
        let ids =
            sent(&world.db, &working.courier, &[page("a1", &Recipient::Person { id: ada.clone() })]).await;
        let mail = plain(&sink.after(1).await[0]);
        assert!(mail.contains(&format!("Message-ID: <{}@console.example.com>", ids[0])), "{mail}");
        assert!(mail.contains("References: <alert-a1@console.example.com>"), "{mail}");
        assert!(mail.contains("To: marked-person-ada@home.example"), "{mail}");
        assert!(mail.contains("multipart/alternative"), "{mail}");
        assert!(mail.contains("https://console.example.com/alerts/a1"), "{mail}");
        let begin = mail.find("https://console.example.com/ack/").unwrap();
        let token: String = mail[begin + 32..]
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
            .collect();
        let now = Clock::system().now();
        let link = redeem(&world.db, &SecretString::from(token), now).await.unwrap().unwrap();
        assert_eq!((link.alert.as_str(), &link.person), ("a1", &ada));
        assert_eq!(link.title, "Response time 16 s on wedsync");
        settled(&world.db, "a1").await;
        let arrivals = last_arrivals(&world.db, std::slice::from_ref(&ada)).await.unwrap();
        assert_eq!(arrivals.len(), 1);
        assert_eq!((&arrivals[0].person, arrivals[0].way), (&ada, WayKind::Mail));
        working.end().await;
    }
}

#[tokio::test]
async fn a_server_that_breaks_off_after_the_last_line_gets_it_again_marked() {
    for world in worlds().await {
        let sink = MailSink::new(1).await;
        let config = by_mail(&sink);
        let ada = person(&world, &config, "ada", &[(WayKind::Mail, "marked-person-ada@home.example")]).await;
        let working = Working::start(&world.db, &config);
        sent(&world.db, &working.courier, &[page("a1", &Recipient::Person { id: ada })]).await;
        let mails = sink.after(2).await;
        let delivery = settled(&world.db, "a1").await;
        assert_eq!(delivery.state, DeliveryState::Sent, "{}", world.name);
        let attempts = &delivery.ways[0].attempts;
        assert_eq!(attempts.len(), 2, "{attempts:?}");
        assert_eq!(attempts[0].outcome, AttemptOutcome::Doubt, "{attempts:?}");
        assert!(attempts[0].said.is_some());
        assert_eq!((attempts[1].outcome, attempts[1].is_repeated), (AttemptOutcome::Sent, true));
        let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
        assert_eq!(id(&mails[0]), id(&mails[1]));
        assert!(!plain(&mails[0]).contains("Repeated: "), "{}", mails[0]);
        assert!(plain(&mails[1]).contains("Repeated: it is not known"), "{}", mails[1]);
        working.end().await;
    }
}

#[tokio::test]
async fn a_refused_address_goes_on_to_the_next_way_at_once() {
    for world in worlds().await {
        let sink = MailSink::new(0).await;
        let config = by_mail(&sink);
        let ways = [(WayKind::Mail, "nobody@home.example"), (WayKind::Mail, "marked-person-b@home.example")];
        let ada = person(&world, &config, "ada", &ways).await;
        let working = Working::start(&world.db, &config);
        sent(&world.db, &working.courier, &[page("a1", &Recipient::Person { id: ada })]).await;
        let delivery = settled(&world.db, "a1").await;
        assert_eq!(delivery.state, DeliveryState::Sent, "{}", world.name);
        let said = delivery.ways[0].why.as_deref();
        assert_eq!(said, Some("answered 550: it takes no mail for this address"));
        assert!(!format!("{delivery:?}").contains("home.example"));
        working.end().await;
    }
}

#[tokio::test]
async fn a_link_to_acknowledge_ends_after_a_day() {
    for world in worlds().await {
        let config = configured("", &[]);
        let ada = person(&world, &config, "ada", &[]).await;
        let mut tx = world.db.begin().await.unwrap();
        let order = page("a1", &Recipient::Person { id: ada.clone() });
        crate::delivery::enqueue(&mut tx, START, &order).await.unwrap();
        tx.commit().await.unwrap();
        let url = ack_link(&world.db, "http://here", "a1", &ada, START).await.unwrap();
        use secrecy::ExposeSecret;
        let token = SecretString::from(url.expose_secret().strip_prefix("http://here/ack/").unwrap());
        let day = domain::time::DAY;
        assert!(redeem(&world.db, &token, START.plus(day - 1)).await.unwrap().is_some(), "{}", world.name);
        assert_eq!(redeem(&world.db, &token, START.plus(day)).await.unwrap(), None);
        let other = SecretString::from("marked-password-none");
        assert_eq!(redeem(&world.db, &other, START).await.unwrap(), None);
        let stored = crate::testing::everything_stored(&world.db, "acknowledge_link", &["token_hash"]).await;
        assert!(!stored.contains(token.expose_secret()));
    }
}

#[tokio::test]
async fn somebody_who_is_asked_has_a_link_to_answer_by_in_their_mail_alone() {
    for world in worlds().await {
        let sink = MailSink::new(0).await;
        let mut config = by_mail(&sink);
        let marta =
            Channel { mail: vec!["marked-person-marta@home.example".to_owned()], ..Channel::default() };
        config.delivery.channel.insert("planners: Marta".to_owned(), marta);
        let working = Working::start(&world.db, &config);
        let now = Clock::system().now();
        let mut order = page("none", &Recipient::Channel { name: "planners: Marta".to_owned() });
        let asks =
            Asks { id: "asked-1".to_owned(), answer: "Yes, on my way".to_owned(), until: now.plus(HOUR) };
        order.message = Message { alert: None, asks: Some(asks), ..order.message };
        sent(&world.db, &working.courier, &[order]).await;
        let mail = plain(&sink.after(1).await[0]);
        assert!(mail.contains("Yes, on my way: https://console.example.com/yes/"), "{mail}");
        assert!(mail.contains("needs no account"), "{mail}");
        let begin = mail.find("https://console.example.com/yes/").unwrap();
        let token: String = mail[begin + 32..]
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
            .collect();
        assert_eq!(token.len(), 43);
        let stored = outbox(&world.db).await;
        assert!(
            stored.iter().all(|(_, message, _)| !message.contains(&token)),
            "the link stands in the mail alone"
        );
        let token = SecretString::from(token);
        let to = async |token: &SecretString, at| answer_to(&world.db, token, at).await.unwrap();
        assert_eq!(to(&token, now).await.as_deref(), Some("asked-1"));
        assert_eq!(to(&token, now.plus(HOUR)).await, None);
        assert_eq!(to(&SecretString::from("marked-token-of-nobody"), now).await, None);
        working.end().await;
    }
}
