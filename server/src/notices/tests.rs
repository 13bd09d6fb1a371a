//! The pages of notices, through the real router. Nothing leaves: nobody runs the worker that sends.

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

#[tokio::test]
async fn a_notice_is_seen_in_full_and_sent_once_by_one_press() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let page = world.get(&mut support, &case).await;
    assert!(page.body.contains(&format!("{case}/notices/new?purpose=we_know&amp;way=mail")), "{}", page.body);
    let new = world.get(&mut support, &format!("{case}/notices/new?purpose=we_know&way=mail")).await;
    let shown = Html::parse_document(&new.body);
    assert_eq!(all(&shown, "[data-part=missing] li"), ["Say whom they may call."]);
    assert_eq!(all(&shown, "button.primary"), Vec::<String>::new());
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    let seen = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&fields)).await;
    let shown = Html::parse_document(&seen.body);
    let text = all(&shown, "[data-part=text]").join("");
    assert!(text.starts_with("Dear Marked Okafor,") && text.contains("call Priya, +46 8 123"), "{text}");
    assert!(!seen.body.contains("marked@couple.example"), "the address is masked");
    assert_eq!(
        all(&shown, "button.primary"),
        ["Send: \u{201c}we know\u{201d} to m\u{2022}\u{2022}\u{2022}@couple.example"]
    );
    let press = encoded(&form(&seen.body, "form.sides"));
    let sent = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(location(&sent), format!("{case}?done=notice#notices"), "{}", sent.body);
    let again = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let why = all(&Html::parse_document(&again.body), "[data-part=cannot-be-sent] li");
    assert_eq!(why, ["One is on its way: a second would tell them twice."]);
    let page = Html::parse_document(&world.get(&mut support, &case).await.body);
    let row = all(&page, "[data-purpose=we_know] [data-attempt]");
    assert!(row.len() == 1 && row[0].contains("Has waited to be sent for 0 s"), "{row:?}");
    let list = Html::parse_document(&world.get(&mut support, "/notices").await.body);
    assert_eq!(all(&list, ".told-list > li").len(), 1);
    assert!(all(&list, "[data-part=standing]")[0].starts_with("1 waits to be sent"));
    assert_eq!(
        all(
            &Html::parse_document(&world.get(&mut support, "/notices?state=failed").await.body),
            ".told-list > li"
        )
        .len(),
        0
    );
    assert_eq!(world.get(&mut support, "/notices?state=asleep").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_not_as_it_was_seen_is_not_sent_and_nothing_that_was_typed_is_lost() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let new = world.get(&mut support, &format!("{case}/notices/new?purpose=we_have_a_plan")).await;
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    set(&mut fields, "plan", "Four florists are near.\r\nYou choose one.");
    let seen = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&fields)).await;
    let mut press = form(&seen.body, "form.sides");
    // Typed and sent without being shown first.
    set(&mut press, "plan", "Five florists are near.");
    let text: String = press.iter().find(|(name, _)| name == "text").unwrap().1.clone();
    assert!(text.contains("Four florists"), "{text}");
    let refused = world.post(&mut support, &format!("{case}/notices/send"), &encoded(&press)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = Html::parse_document(&refused.body);
    assert_eq!(all(&page, "[data-part=changed] li"), ["The text changed."]);
    assert_eq!(all(&page, "#write-plan"), ["Five florists are near."]);
    assert!(all(&page, "[data-part=text]")[0].contains("Five florists are near."));
    // Who they are was corrected meanwhile.
    let correct = "names=Marked+Okafor&email=other%40couple.example&date=2026-11-19&time=12%3A30&zone=Europe%2FStockholm&language=de";
    let corrected = world.post(&mut support, &format!("{case}/correct"), correct).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.body);
    let press = encoded(&form(&refused.body, "form.sides"));
    let refused = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    let page = Html::parse_document(&refused.body);
    assert_eq!(
        all(&page, "[data-part=changed] li"),
        ["The address changed.", "The language changed.", "The subject changed.", "The text changed."]
    );
    assert!(all(&page, "[data-part=text]")[0].starts_with("Liebes Brautpaar Marked Okafor,"));
    let press = encoded(&form(&refused.body, "form.sides"));
    let sent = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

#[tokio::test]
async fn a_letter_in_ones_own_words_is_what_goes_and_what_is_wrong_with_it_is_said_there() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let new = world.get(&mut support, &format!("{case}/notices/new?purpose=we_know")).await;
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    let seen = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&fields)).await;
    let mut own = form(&seen.body, "form.sides");
    assert!(!own.iter().any(|(name, _)| name == "edited"), "it is the template's so far");
    set(&mut own, "subject", "Your flowers\r\nBcc: everybody@example.com");
    set(&mut own, "text", "Dear <b>Marked</b>,\r\n\r\nyour florist cancelled. {{plan}}");
    let seen = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&own)).await;
    let page = Html::parse_document(&seen.body);
    assert_eq!(all(&page, "#write-text-trouble"), ["The text still has {{ in it: fill it in."]);
    assert_eq!(all(&page, "button.primary").len(), 0);
    let mut own = form(&seen.body, "form.sides");
    set(&mut own, "text", "Dear <b>Marked</b>,\r\n\r\nyour florist cancelled.");
    let seen = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&own)).await;
    let page = Html::parse_document(&seen.body);
    assert_eq!(all(&page, "[data-part=subject]"), ["Your flowers Bcc: everybody@example.com"]);
    assert_eq!(all(&page, "[data-part=text]"), ["Dear <b>Marked</b>, your florist cancelled."]);
    assert_eq!(all(&page, "[data-part=html] b").len(), 0);
    let sent = world
        .post(&mut support, &format!("{case}/notices/send"), &encoded(&form(&seen.body, "form.sides")))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

#[tokio::test]
async fn an_address_is_shown_to_who_asks_and_that_is_on_record() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let new = world.get(&mut support, &format!("{case}/notices/new?purpose=we_know")).await;
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    let masked = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&fields)).await;
    assert!(!masked.body.contains("marked@couple.example"));
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 0);
    fields.push(("reveal".to_owned(), "1".to_owned()));
    let shown = world.post(&mut support, &format!("{case}/notices/new"), &encoded(&fields)).await;
    assert!(shown.body.contains("marked@couple.example") && shown.body.contains("shown to you; recorded"));
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 1);
    assert!(shown.body.contains("Priya, +46 8 123"), "what was typed is there");
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

/// The ids of the attempts on the page of a case.
async fn attempts(world: &World, by: &mut Walker, case: &str) -> Vec<String> {
    let page = Html::parse_document(&world.get(by, case).await.body);
    let selector = Selector::parse("[data-attempt]").unwrap();
    page.select(&selector).map(|row| row.value().attr("data-attempt").unwrap().to_owned()).collect()
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
async fn many_couples_are_told_by_one_press_each_with_their_own_text() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let first = of_ada(&world, &mut support).await;
    opened(&world, &mut support, "Marked+Schneider", "schneider%40couple.example", "de").await;
    let no_mail = opened(&world, &mut support, "Marked+Berg", "%2B46701234567", "sv").await;
    let board = world.get(&mut support, "/crises?type=vendor_cancelled").await;
    assert!(board.body.contains("href=\"/crises/notices?type=vendor_cancelled\""), "{}", board.body);
    let listed = world.get(&mut support, "/crises/notices?purpose=we_know&type=vendor_cancelled").await;
    let page = Html::parse_document(&listed.body);
    assert_eq!(all(&page, ".everybody > li").len(), 0, "nobody has said whom they may call");
    assert_eq!(all(&page, "#bulk-contact-trouble"), ["Say whom they may call."]);
    let mut fields = form(&listed.body, "form.sides");
    set(&mut fields, "contact", "Support, +46 8 1");
    let listed = world.post(&mut support, "/crises/notices", &encoded(&fields)).await;
    let page = Html::parse_document(&listed.body);
    let rows = all(&page, ".everybody > li").join("\n");
    assert!(
        rows.contains("Dear Marked Okafor,") && rows.contains("Liebes Brautpaar Marked Schneider,"),
        "{rows}"
    );
    assert!(!listed.body.contains("schneider@couple.example"), "addresses are masked");
    let left_out = all(&page, "[data-part=left-out] li").join("\n");
    assert!(left_out.contains("There is no address that can be used."), "{left_out}");
    assert!(listed.body.contains(&format!("href=\"{no_mail}#notices\"")));
    assert_eq!(all(&page, "button.primary"), ["Send: \u{201c}we know\u{201d} to 2 couples"]);
    // Somebody tells one of them meanwhile: then nobody is sent anything, and it is said whose it is.
    let press = encoded(&form(&listed.body, "form.sides"));
    told(&world, &mut support, &first).await;
    let refused = world.post(&mut support, "/crises/notices/send", &press).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(all(&Html::parse_document(&refused.body), "[data-part=changed] li").len(), 1);
    assert!(refused.body.contains("Support, +46 8 1"), "what was typed is kept");
    let press = encoded(&form(&refused.body, "form.sides"));
    let pressed = world.post(&mut support, "/crises/notices/send", &press).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.body);
    let progress = location(&pressed).to_owned();
    let shown = world.get(&mut support, &progress).await;
    let page = Html::parse_document(&shown.body);
    assert_eq!(all(&page, "[data-part=standing]"), ["1 waiting."]);
    assert!(shown.body.contains("http-equiv=\"refresh\""), "it follows without a script");
    let part = format!("{}/part/progress", progress.split('?').next().unwrap());
    let part = world.get(&mut support, &part).await;
    assert!(part.status == StatusCode::OK && part.body.contains("1 waiting."), "{}", part.body);
    for (address, status) in [
        ("/crises/notices/none", 404),
        ("/crises/notices?purpose=nothing", 400),
        ("/crises/notices?state=asleep", 400),
        ("/crises/notices?text=%3Cscript%3E", 200),
    ] {
        let answer = world.get(&mut support, address).await;
        assert_eq!(answer.status.as_u16(), status, "{address}");
        assert!(!answer.body.contains("<script>alert"), "{address}");
    }
}

#[tokio::test]
async fn a_couples_page_is_theirs_alone_until_it_ends_or_is_taken_back() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let mut couple = Walker::nobody("couple");
    let case = opened(&world, &mut support, "Marked+Schneider", "schneider%40couple.example", "de").await;
    let made = world.post(&mut support, &format!("{case}/link/make"), "").await;
    assert_eq!(location(&made), format!("{case}?done=link-made#notices"), "{}", made.body);
    let link = link(&world, &mut support, &case).await;
    let page = world.get(&mut couple, &link).await;
    assert_eq!(page.status, StatusCode::OK, "{link}");
    let told = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(told("referrer-policy"), "no-referrer");
    assert_eq!(told("cache-control"), "no-store");
    assert!(told("x-robots-tag").contains("noindex"));
    assert!(told("set-cookie").is_empty());
    assert!(
        page.body.contains("<html lang=\"de\" dir=\"ltr\"")
            && page.body.contains("Wir wissen, was geschehen ist")
    );
    for internal in
        ["Schneider", "couple.example", "florist", "support", "Bellwether", "<script", "/crises", "<form"]
    {
        assert!(!page.body.contains(internal), "{internal}");
    }
    let typed = "promised=2026-11-18T13%3A15";
    let promised = world.post(&mut support, &format!("{case}/link/promise"), typed).await;
    assert_eq!(promised.status, StatusCode::SEE_OTHER, "{}", promised.body);
    assert!(world.get(&mut couple, &link).await.body.contains("13:15 Uhr am 18.11.2026"));
    world.clock.advance(3 * HOUR);
    assert!(world.get(&mut couple, &link).await.body.contains("data-late"));
    for wrong in ["", "promised=soon", "promised=2026-11-18T01%3A00"] {
        let refused = world.post(&mut support, &format!("{case}/link/promise"), wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    // Unknown, taken back and expired say the same.
    let revoked = world.post(&mut support, &format!("{case}/link/revoke"), "").await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER, "{}", revoked.body);
    let back = world.get(&mut couple, &link).await;
    let unknown = world.get(&mut couple, "/c/AAAAAAAAAAAAAAAAAAAAAA").await;
    world.post(&mut support, &format!("{case}/link/make"), "").await;
    let newer = self::link(&world, &mut support, &case).await;
    assert_ne!(newer, link);
    assert_eq!(world.get(&mut couple, &newer).await.status, StatusCode::OK);
    assert_eq!(world.get(&mut couple, &link).await.status, StatusCode::GONE, "the one before stays over");
    world.clock.advance(400 * DAY);
    let expired = world.get(&mut couple, &newer).await;
    for (name, gone) in [("taken back", &back), ("unknown", &unknown), ("expired", &expired)] {
        assert_eq!((gone.status, &gone.body), (StatusCode::GONE, &unknown.body), "{name}");
    }
    assert!(unknown.body.contains("This link does not lead anywhere any more"));
    let german = [("accept-language", "de-AT,en;q=0.5")];
    let german = world.ask(&mut couple, Method::GET, "/c/none", &german, "").await;
    assert!(german.body.contains("lang=\"de\"") && german.body.contains("Dieser Link"), "{}", german.body);
}

/// The path of the couple's page, as the page of the case says it.
async fn link(world: &World, by: &mut Walker, case: &str) -> String {
    let page = Html::parse_document(&world.get(by, case).await.body);
    let address = all(&page, ".couple-link a").pop().unwrap();
    format!("/c/{}", address.rsplit('/').next().unwrap())
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
