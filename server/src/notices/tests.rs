//! The pages of notices, through the real router. Nothing leaves: nobody runs the worker that sends.

mod couple;
mod many;
mod writing;

use axum::http::{Method, StatusCode};
use domain::time::{DAY, HOUR, MINUTE};
use scraper::{Html, Selector};

use crate::walk::{
    WITHOUT_SECOND_FACTOR,
    world::{Answer, Walker, World},
};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const MAIL: &str = "[delivery.mail]\nurl = \"smtp://127.0.0.1:9\"\nfrom = \"console@example.com\"\n";

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |location| location.to_str().unwrap())
}

async fn world() -> World {
    World::with(&format!("{WITHOUT_SECOND_FACTOR}{MAIL}"), &[("AI_ENCRYPTION_KEY", KEY)]).await
}

/// The address of a case of this couple.
async fn opened(world: &World, by: &mut Walker, names: &str, reach: &str, language: &str) -> String {
    let form = format!(
        "type=vendor_cancelled&names={names}&reach={reach}&date=2026-11-19&time=12%3A30&zone=Europe%2FStockholm\
         &language={language}&venue=Marked+Venue&summary=The+florist+cancelled"
    );
    let answer = world.post(by, "/crises/new", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    location(&answer).split('?').next().unwrap().to_owned()
}

async fn of_ada(world: &World, by: &mut Walker) -> String {
    opened(world, by, "Marked+Okafor", "marked%40couple.example", "en").await
}

fn all(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let words = |element: scraper::ElementRef<'_>| {
        element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.select(&selector).map(words).collect()
}

/// What the browser would send with the form on this page, as it stands: hidden fields and all.
fn form(body: &str, selector: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(body);
    let fields = format!("{selector} :is(input, textarea, select)");
    let fields = Selector::parse(&fields).unwrap();
    let chosen = Selector::parse("option[selected]").unwrap();
    page.select(&fields)
        .filter_map(|field| {
            let own = field.value();
            let is_off =
                matches!(own.attr("type"), Some("radio" | "checkbox")) && own.attr("checked").is_none();
            let value = match own.name() {
                "textarea" => field.text().collect::<String>().replace('\n', "\r\n"),
                "select" => field
                    .select(&chosen)
                    .next()
                    .and_then(|one| one.value().attr("value"))
                    .unwrap_or_default()
                    .to_owned(),
                _ => own.attr("value").unwrap_or_default().to_owned(),
            };
            own.attr("name").filter(|_| !is_off).map(|name| (name.to_owned(), value))
        })
        .collect()
}

/// A notice that somebody begins: its form with whom they may call.
async fn begun(world: &World, by: &mut Walker, case: &str, purpose: &str) -> Vec<(String, String)> {
    let new = world.get(by, &format!("{case}/notices/new?purpose={purpose}")).await;
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    fields
}

/// It as it is shown with what was typed.
async fn shown_with(world: &World, by: &mut Walker, case: &str, typed: &[(String, String)]) -> Answer {
    world.post(by, &format!("{case}/notices/new"), &encoded(typed)).await
}

fn encoded(form: &[(String, String)]) -> String {
    serde_urlencoded::to_string(form).unwrap()
}

fn set(form: &mut [(String, String)], name: &str, value: &str) {
    form.iter_mut().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no field {name}")).1 =
        value.to_owned();
}

/// A notice is written and sent off as it is offered; only the contact is typed.
async fn told(world: &World, by: &mut Walker, case: &str) -> Answer {
    let new = world.get(by, &format!("{case}/notices/new?purpose=we_know")).await;
    assert_eq!(new.status, StatusCode::OK, "{}", new.body);
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    let seen = world.post(by, &format!("{case}/notices/new"), &encoded(&fields)).await;
    world.post(by, &format!("{case}/notices/send"), &encoded(&form(&seen.body, "form.sides"))).await
}

/// The ids of the attempts on the page of a case.
async fn attempts(world: &World, by: &mut Walker, case: &str) -> Vec<String> {
    let page = Html::parse_document(&world.get(by, case).await.body);
    let selector = Selector::parse("[data-attempt]").unwrap();
    page.select(&selector).map(|row| row.value().attr("data-attempt").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn who_may_not_see_who_they_are_sees_no_name_no_address_and_no_text() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let case = of_ada(&world, &mut support).await;
    assert_eq!(told(&world, &mut support, &case).await.status, StatusCode::SEE_OTHER);
    let call = "purpose=we_have_a_plan&reached=yes&text=Marked+wants+tulips&reason=";
    assert_eq!(
        location(&world.post(&mut support, &format!("{case}/notices/called"), call).await),
        format!("{case}?done=called#notices")
    );
    for address in
        [case.clone(), format!("{case}/part/notices"), format!("{case}/part/timeline"), "/notices".to_owned()]
    {
        let page = world.get(&mut viewer, &address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        for private in ["Okafor", "couple.example", "Dear ", "tulips", "/c/", "+46 8 123"] {
            assert!(!page.body.contains(private), "{address}: {private}");
        }
    }
    let attempt = attempts(&world, &mut support, &case).await.remove(0);
    for (method, address) in [
        (Method::GET, format!("{case}/notices/new?purpose=we_know")),
        (Method::GET, "/crises/notices?purpose=we_know".to_owned()),
        (Method::POST, format!("{case}/notices/{attempt}/read")),
        (Method::POST, format!("{case}/notices/{attempt}/withdraw")),
        (Method::POST, format!("{case}/link/make")),
    ] {
        let refused = match method {
            Method::GET => world.get(&mut viewer, &address).await,
            _ => world.post(&mut viewer, &address, "").await,
        };
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{address}");
    }
    // The text is there for who asks, and that is on record; an attempt of another case is none of this one's.
    let seen = world.get(&mut support, &case).await;
    assert!(!seen.body.contains("Dear Marked") && !seen.body.contains("tulips"));
    let read = world.post(&mut support, &format!("{case}/notices/{attempt}/read"), "").await;
    assert!(
        read.body.contains("Dear Marked Okafor,") && read.body.contains("marked@couple.example"),
        "{}",
        read.body
    );
    assert_eq!(world.on_record("notice.read_a_notice_to_the_couple_of").await, 1);
    let other = opened(&world, &mut support, "Marked+Berg", "berg%40couple.example", "sv").await;
    let wrong = world.post(&mut support, &format!("{other}/notices/{attempt}/read"), "").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    assert_eq!(world.on_record("notice.read_a_notice_to_the_couple_of").await, 1);
}

#[tokio::test]
async fn one_is_taken_back_and_a_call_is_recorded_or_kept_as_it_was_typed() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    told(&world, &mut support, &case).await;
    let attempt = attempts(&world, &mut support, &case).await.remove(0);
    let press = |what: &str| format!("{case}/notices/{attempt}/{what}");
    let early = world.post(&mut support, &press("arrived"), "").await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.body.contains("there is nothing to decide"), "{}", early.body);
    assert_eq!(world.post(&mut support, &press("nothing"), "").await.status, StatusCode::NOT_FOUND);
    let back = world.post(&mut support, &press("withdraw"), "").await;
    assert_eq!(location(&back), format!("{case}?done=withdraw#notices"));
    let twice = world.post(&mut support, &press("withdraw"), "").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let called = format!("{case}/notices/called");
    let unsaid = world.post(&mut support, &called, "purpose=we_know&text=They+cried").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.body.contains("Say whether you reached them.") && unsaid.body.contains("They cried"));
    let done = world.post(&mut support, &called, "purpose=we_know&reached=yes&text=They+cried").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let again = world.post(&mut support, &called, "purpose=we_know&reached=no&text=Second+call").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Say why they should be told again.") && again.body.contains("Second call"));
    world.post(&mut support, &format!("{case}/no-contact"), "text=Her+sister+speaks+for+them").await;
    let silent = world.post(&mut support, &called, "purpose=solved&reached=yes").await;
    assert_eq!(silent.status, StatusCode::CONFLICT);
    assert!(silent.body.contains("The couple is not to be contacted."));
    assert!(!world.get(&mut support, &case).await.body.contains("/notices/new?"), "nothing is offered");
}

#[tokio::test]
async fn nothing_hostile_in_an_address_or_a_form_gets_far() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    world.clock.advance(MINUTE);
    for (path, status) in [
        (format!("{case}/notices/new"), 404),
        (format!("{case}/notices/new?purpose=%3Cscript%3E"), 404),
        (format!("{case}/notices/new?purpose=we_know&way=telephone"), 404),
        (format!("{case}/notices/new?purpose=we_know&way=pigeon"), 404),
        ("/crises/none/notices/new?purpose=we_know".to_owned(), 404),
        ("/notices?before=%27%3B--".to_owned(), 200),
        ("/c/..%2F..%2Fetc".to_owned(), 410),
        (format!("/c/{}", "a".repeat(4_000)), 410),
    ] {
        let answer = world.get(&mut support, &path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(!answer.body.contains("<script>alert"), "{path}");
    }
    let typed = "purpose=we_know&way=mail&to=7&promised=%3Cscript%3Ealert(1)&contact=%3C%2Ftextarea%3E&seen=%27&shown=x&text=&subject=";
    let shown = world.post(&mut support, &format!("{case}/notices/new"), typed).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !shown.body.contains("<script>alert") && shown.body.contains("It is not a time"),
        "{}",
        shown.body
    );
    let sent = world.post(&mut support, &format!("{case}/notices/send"), typed).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(attempts(&world, &mut support, &case).await, Vec::<String>::new());
}
