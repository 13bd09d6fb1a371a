//! The pages of crises, through the real router.

mod board;
mod files;
mod links;

use axum::http::StatusCode;
use domain::time::MINUTE;

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
