//! The pages of crises, through the real router.

use axum::http::{Method, StatusCode};
use backend::delivery::answer_link;
use domain::{
    audit::Origin,
    crises::CaseId,
    delivery::Asks,
    time::{HOUR, MINUTE},
};
use secrecy::ExposeSecret;

use crate::walk::{
    WITHOUT_SECOND_FACTOR,
    world::{Answer, Walker, World},
};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "type=vendor_cancelled&names=Marked+Okafor%2C+Nils+%3Cb%3ELindqvist&reach=marked%40couple.example&date=2026-11-19\
                   &time=12%3A30&zone=Europe%2FStockholm&venue=Marked+Venue&summary=The+florist+cancelled";

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |location| location.to_str().unwrap())
}

async fn sealed() -> World {
    World::with(WITHOUT_SECOND_FACTOR, &[("AI_ENCRYPTION_KEY", KEY)]).await
}

/// Its address.
async fn opened(world: &World, by: &mut Walker) -> String {
    let answer = world.post(by, "/crises/new", NEW).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let (address, done) = location(&answer).split_once('?').unwrap();
    assert_eq!(done, "done=opened");
    address.to_owned()
}

#[tokio::test]
async fn a_case_is_opened_by_hand_and_stands_on_the_board_on_now_and_in_the_navigation() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let empty = world.get(&mut support, "/crises").await;
    assert!(empty.body.contains("No couple waits"), "{}", empty.body);
    assert!(!empty.body.contains("data-part=\"crises-count\""));
    let address = opened(&world, &mut support).await;
    let board = world.get(&mut support, "/crises").await;
    assert!(board.body.contains("1 couple waits, and somebody has the case."), "{}", board.body);
    assert!(board.body.contains(&format!("href=\"{address}\"")));
    for page in ["/", "/alerts", &address] {
        let page = world.get(&mut support, page).await;
        assert!(page.body.contains("data-part=\"crises-count\""), "{}", page.body);
    }
    let now = world.get(&mut support, "/").await;
    assert!(now.body.contains(&format!("href=\"{address}\"")));
}

#[tokio::test]
async fn what_was_typed_is_kept_when_it_cannot_be_used() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let form = "type=weather&reach=ask+her+mother&date=2026-02-30&time=25%3A00&zone=CEST&summary=Snow+on+%3Ci%3Eall%3C%2Fi%3E+roads";
    let refused = world.post(&mut support, "/crises/new", form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["ask her mother", "2026-02-30", "25:00", "CEST", "Snow on &lt;i&gt;all&lt;/i&gt; roads"] {
        assert!(refused.body.contains(kept), "{kept}");
    }
    for why in ["neither a telephone number", "is not a day", "is not a time", "no time zone of that name"] {
        assert!(refused.body.contains(why), "{why}");
    }
    assert!(world.get(&mut support, "/crises").await.body.contains("No couple waits"));
}

#[tokio::test]
async fn a_couple_is_seen_by_who_may_after_they_ask_and_that_is_on_record() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let address = opened(&world, &mut support).await;
    let private = ["Okafor", "marked@couple.example", "Marked Venue", "florist cancelled"];
    let masked = world.get(&mut support, &address).await;
    let seen = world.get(&mut viewer, &address).await;
    for private in private {
        assert!(!masked.body.contains(private), "masked: {private}");
        assert!(!seen.body.contains(private), "a viewer: {private}");
    }
    assert!(masked.body.contains("m\u{2022}\u{2022}\u{2022}@couple.example"), "{}", masked.body);
    assert!(seen.body.contains("You may not see who they are") && seen.body.contains("Tell the couple"));
    assert!(!seen.body.contains("method=\"post\" action=\"/crises"));
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 0);
    let shown = world.post(&mut support, &format!("{address}/show"), "").await;
    assert_eq!(shown.status, StatusCode::OK);
    for private in private {
        assert!(shown.body.contains(private), "{private}");
    }
    assert!(shown.body.contains("&lt;b&gt;Lindqvist") && !shown.body.contains("<b>Lindqvist"));
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 1);
    let refused = world.post(&mut viewer, &format!("{address}/show"), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 1);
}

#[tokio::test]
async fn a_name_is_looked_for_by_who_may_see_names() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let address = opened(&world, &mut support).await;
    let link = format!("href=\"{address}\"");
    assert!(world.get(&mut support, "/crises?text=okafor").await.body.contains(&link));
    assert!(!world.get(&mut support, "/crises?text=nobody").await.body.contains(&link));
    assert!(!world.get(&mut viewer, "/crises?text=okafor").await.body.contains(&link));
    for (query, status) in [
        ("state=asleep", 400),
        ("mine=1&untold=1", 200),
        ("page=last", 400),
        ("page=4000000000", 200),
        ("nothing=1", 400),
        ("text=%27%3B--", 200),
        ("text=%3Cscript%3E", 200),
    ] {
        let answer = world.get(&mut support, &format!("/crises?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
        assert!(!answer.body.contains("<script>"), "{query}");
    }
}

#[tokio::test]
async fn a_case_is_worked_from_its_first_step_to_its_review() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut lead = world.signed_in("lead", "lead").await;
    let address = opened(&world, &mut support).await;
    let press = |what: &str| format!("{address}/{what}");
    // Nothing is left out without a reason; it is asked for where it belongs.
    let without = world.post(&mut support, &press("not-needed"), "step=manual_mode&text=+").await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.body.contains("Say why.") && without.body.contains("not-needed-manual_mode-trouble"));
    let early = world.post(&mut support, &press("resolve"), "text=").await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.body.contains("Tell the couple"), "every reason is named");
    world.clock.advance(6 * MINUTE);
    let steps = [
        "alert_emergency_team",
        "manual_mode",
        "deploy_planners",
        "start_vendor_network",
        "tell_executives",
        "begin_communication",
        "confirm_with_vendor",
        "choose_replacement",
    ];
    for step in steps {
        let done = world.post(&mut support, &press("done"), &format!("step={step}")).await;
        assert_eq!(location(&done), format!("{address}?done=done"), "{step}");
    }
    let told = world.post(&mut support, &press("done"), "step=tell_the_couple").await;
    assert_eq!(told.status, StatusCode::CONFLICT, "only a notice does that");
    let reason = "step=tell_the_couple&text=I+am+with+them+on+the+telephone";
    assert_eq!(world.post(&mut support, &press("not-needed"), reason).await.status, StatusCode::SEE_OTHER);
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains("1 min late"), "late for ever");
    let taken = world.post(&mut lead, &press("acknowledge"), "").await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.body.contains("support has it already."), "{}", taken.body);
    let over = world.post(&mut support, &press("resolve"), "text=New+flowers").await;
    assert_eq!(location(&over), format!("{address}?done=resolve"));
    let empty = world.post(&mut support, &press("review"), "helped=&to_change=").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let review = "helped=The+network&to_change=&task=Ask+for+a+second+van&owner=nobody&due=";
    let nobodys = world.post(&mut support, &press("review"), review).await;
    assert_eq!(nobodys.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobodys.body.contains("Ask for a second van"), "what was typed is kept");
    let review = world.post(&mut support, &press("review"), "helped=The+network&to_change=").await;
    assert_eq!(location(&review), format!("{address}?done=review"));
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains("The network") && page.body.contains("How it went"));
    assert!(page.body.contains("No notice told the couple anything.") && page.body.contains("by 1 min"));
    assert_eq!(world.on_record("crisis.reviewed").await, 1);
}

#[tokio::test]
async fn without_a_key_a_case_opens_locked_and_says_why() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut support = world.signed_in("support", "support").await;
    assert!(world.get(&mut support, "/crises/new").await.body.contains("there is no encryption key"));
    let answer = world.post(&mut support, "/crises/new", NEW).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = world.get(&mut support, location(&answer)).await;
    assert!(page.body.contains("was not kept"), "{}", page.body);
    assert!(!page.body.contains("Okafor"));
    let address = location(&answer).split('?').next().unwrap().to_owned();
    let note = world.post(&mut support, &format!("{address}/note"), "text=They+know").await;
    assert_eq!(note.status, StatusCode::CONFLICT);
    assert!(
        note.body.contains("there is no encryption key") && note.body.contains("They know"),
        "it is kept"
    );
}

#[tokio::test]
async fn a_file_is_kept_and_handed_out_as_a_download_only() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let address = opened(&world, &mut support).await;
    let files = format!("{address}/files");
    let html = "<script>alert(1)</script>";
    let added = world.upload(&mut support, &files, "a \"contract\".html", html.as_bytes()).await;
    assert_eq!(location(&added), format!("{address}?done=files"), "{}", added.body);
    let page = world.get(&mut support, &address).await;
    let from = page.body.find(&format!("{files}/")).unwrap();
    let link: String = page.body[from..].chars().take_while(|letter| *letter != '"').collect();
    let file = world.get(&mut support, &link).await;
    assert_eq!((file.status, file.body.as_str()), (StatusCode::OK, html));
    let told = |name: &str| file.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(told("content-type"), "text/plain; charset=utf-8");
    assert!(told("content-disposition").starts_with("attachment; filename*=UTF-8''a%20"));
    assert_eq!(told("x-content-type-options"), "nosniff");
    assert_eq!(world.get(&mut viewer, &link).await.status, StatusCode::FORBIDDEN);
    let program = world.upload(&mut support, &files, "photo.png", b"\x7fELF\x00\x00").await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(program.body.contains("of no type that is taken"), "{}", program.body);
    let large = world.upload(&mut support, &files, "large.txt", &vec![b'a'; 10 * 1024 * 1024 + 1]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fits = world.upload(&mut support, &files, "fits.txt", &vec![b'a'; 10 * 1024 * 1024]).await;
    assert_eq!(fits.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_known_of_a_couple_is_corrected_and_they_are_found_by_it() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    let correct = format!("{address}/correct");
    let refused = world.post(&mut support, &correct, "names=Marked+Berg&email=at+home&date=2026-11-19").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("at home") && refused.body.contains("It is not an e-mail address."));
    let sent =
        "names=Marked+Berg&email=berg%40couple.example&date=2026-11-19&time=15%3A00&zone=Europe%2FStockholm";
    let done = world.post(&mut support, &correct, sent).await;
    assert_eq!(location(&done), format!("{address}?done=correct"), "{}", done.body);
    let link = format!("href=\"{address}\"");
    assert!(world.get(&mut support, "/crises?text=berg").await.body.contains(&link));
    assert!(!world.get(&mut support, "/crises?text=okafor").await.body.contains(&link));
    assert!(world.get(&mut support, &address).await.body.contains("15:00, Europe/Stockholm"));
}

#[tokio::test]
async fn nothing_hostile_in_an_address_gets_far() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    for path in [
        "/crises/..%2F..%2Fetc",
        "/crises/%3Cscript%3E",
        "/crises/part/nothing",
        "/crises/none/part/head",
        &format!("{address}/part/nothing"),
        &format!("{address}/files/none"),
        &format!("{address}/files/%27"),
    ] {
        let answer = world.get(&mut support, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("<script>"), "{path}");
    }
    let nothing = world.post(&mut support, &format!("{address}/nothing"), "").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let nowhere = world.post(&mut support, &format!("{address}/merge"), "to=none").await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn whoever_is_asked_answers_by_a_link_without_an_account_and_once() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    world.signed_in("executive", "executive").await;
    let address = opened(&world, &mut support).await;
    let id = CaseId(address.trim_start_matches("/crises/").to_owned());
    let refused = world.post(&mut support, &format!("{address}/ask"), "step=deploy_planners").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("There is nobody whom the step could ask"), "{}", refused.body);
    let asked = world.post(&mut support, &format!("{address}/ask"), "step=tell_executives").await;
    assert_eq!(location(&asked), format!("{address}?done=ask"), "{}", asked.body);
    let page = world.get(&mut support, &address).await;
    assert!(
        page.body.contains("data-asked=\"awaited\"") && page.body.contains("no answer yet"),
        "{}",
        page.body
    );
    let vera = world.person("vera", "viewer").await;
    let vera = world.access.acting_by_message(&vera, Origin::default(), "a test").await.unwrap().unwrap();
    let see = vera.permit().unwrap();
    let asked = world.cases.asked_of(&see, &id).await.unwrap();
    let now = world.clock.now();
    let asks = Asks { id: asked[0].id.clone(), answer: String::new(), until: asked[0].until };
    let link = answer_link(world.access.db(), "", &asks, now).await.unwrap();
    let link = link.expose_secret();
    let mut nobody = Walker::nobody("nobody");
    for _ in 0..2 {
        let looked = world.get(&mut nobody, link).await;
        assert_eq!(looked.status, StatusCode::OK);
        assert!(
            looked.body.contains("I have read it") && looked.body.contains("You are executive."),
            "{}",
            looked.body
        );
        for private in ["Okafor", "Lindqvist", "Marked Venue", "florist"] {
            assert!(!looked.body.contains(private), "{private}");
        }
    }
    assert_eq!(world.on_record("crisis.answered_yes_for").await, 0, "looking answers nothing");
    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let other_site = world.ask(&mut nobody, Method::POST, link, &evil, "").await;
    assert_eq!(other_site.status, StatusCode::FORBIDDEN);
    let said = world.post(&mut nobody, link, "").await;
    assert!(said.body.contains("Your answer has arrived"), "{}", said.body);
    let again = world.post(&mut nobody, link, "").await;
    assert!(again.body.contains("You answered at"), "{}", again.body);
    assert_eq!(world.on_record("crisis.answered_yes_for").await, 1);
    let page = world.get(&mut support, &address).await;
    assert!(
        page.body.contains("data-asked=\"yes\"") && page.body.contains("executive says yes"),
        "{}",
        page.body
    );
    for none in ["/yes/marked-token-of-nobody", "/yes/%00", "/yes/..%2F..%2Fetc"] {
        let over = world.get(&mut nobody, none).await;
        assert_eq!(over.status, StatusCode::GONE, "{none}");
        assert!(over.body.contains("This link does not work"), "{none}");
        assert_eq!(world.post(&mut nobody, none, "").await.status, StatusCode::GONE, "{none}");
    }
    world.clock.advance(2 * HOUR);
    assert_eq!(world.get(&mut nobody, link).await.status, StatusCode::GONE, "its time is over");
}

#[tokio::test]
async fn a_file_is_removed_for_good_with_a_reason() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    world.upload(&mut support, &format!("{address}/files"), "guests.txt", b"marked-guest").await;
    let page = world.get(&mut support, &address).await;
    let file =
        page.body.split(&format!("{address}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let remove = format!("{address}/remove-file");
    let why = world.post(&mut support, &remove, &format!("step={file}&text=+")).await;
    assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(why.body.contains("Say why.") && why.body.contains(&format!("remove-file-{file}-trouble")));
    let done = world.post(&mut support, &remove, &format!("step={file}&text=sent+by+mistake")).await;
    assert_eq!(location(&done), format!("{address}?done=remove-file"));
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains("removed a file") && page.body.contains("sent by mistake"));
    assert!(!page.body.contains("guests.txt"));
    let gone = world.get(&mut support, &format!("{address}/files/{file}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let again = world.post(&mut support, &remove, &format!("step={file}&text=again")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("There is no such file."));
}

/// The id of an alert that somebody else's watch has sent.
async fn fired(world: &World, by: &mut Walker) -> String {
    world.person("sender", "lead").await;
    let mut sender = world.token_by_command("sender", backend::access::Permission::HandleAlerts).await;
    let labels = r#"{"alertname":"slow","severity":"critical","service":"crisis"}"#;
    let alert =
        format!(r#"{{"version":"4","alerts":[{{"status":"firing","fingerprint":"a","labels":{labels}}}]}}"#);
    let webhook = "/api/v1/alerts/webhook";
    let sent = world.ask(&mut sender, axum::http::Method::POST, webhook, &[], &alert).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    let listed = world.get(by, "/api/v1/alerts").await;
    let listed: serde_json::Value = serde_json::from_str(&listed.body).unwrap();
    listed["alerts"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_alert_that_caused_a_case_is_linked_and_its_story_stands_in_the_timeline() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    let page = world.get(&mut support, &address).await;
    assert!(!page.body.contains("The alert that caused it"), "there is no alert to choose from");
    let alert = fired(&world, &mut support).await;
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains(&format!("<option value=\"{alert}\"")), "{}", page.body);
    let none = world.post(&mut support, &format!("{address}/link"), "to=none").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("There is no such alert."));
    let linked = world.post(&mut support, &format!("{address}/link"), &format!("to={alert}")).await;
    assert_eq!(location(&linked), format!("{address}?done=link"));
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains("Caused by"), "{}", page.body);
    assert!(page.body.contains("The alert that caused it: Fired at level"), "{}", page.body);
    assert_eq!(world.on_record("crisis.linked_an_alert_to").await, 1);
    let unlinked = world.post(&mut support, &format!("{address}/unlink"), "").await;
    assert_eq!(location(&unlinked), format!("{address}?done=unlink"));
    let page = world.get(&mut support, &address).await;
    assert!(!page.body.contains("Caused by") && page.body.contains("the alert did not cause it"));
    let twice = world.post(&mut support, &format!("{address}/unlink"), "").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_mine_is_counted_and_a_month_is_told_in_numbers() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let empty = world.get(&mut viewer, "/crises/figures").await;
    assert!(empty.body.contains("No case in this month"), "{}", empty.body);
    opened(&world, &mut support).await;
    let mine = |page: &Answer| {
        let counts =
            page.body.split("case-counts").nth(1).unwrap().split("</nav>").next().unwrap().to_owned();
        counts.split("mine=1").nth(1).unwrap().split("<strong>").nth(1).unwrap().chars().next()
    };
    assert_eq!(mine(&world.get(&mut support, "/crises").await), Some('1'));
    assert_eq!(mine(&world.get(&mut viewer, "/crises").await), Some('0'));
    world.clock.advance(6 * MINUTE);
    let month = world.get(&mut viewer, "/crises/figures").await;
    for words in ["November 2026", "Vendor cancelled", "0 of 1", "3 in 1 case"] {
        assert!(month.body.contains(words), "{words}: {}", month.body);
    }
}
