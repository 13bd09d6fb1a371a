//! A wedding is found while somebody is on the telephone, and what is found is typed no second time.

use axum::{
    Json, Router,
    extract::RawQuery,
    http::{StatusCode, Uri},
    routing::get,
};
use serde_json::{Value, json};

use crate::walk::{
    WITHOUT_SECOND_FACTOR,
    world::{Answer, Walker, World},
};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The calendar of a platform; it says what it was asked for in the venue.
async fn calendar(RawQuery(query): RawQuery) -> Json<Value> {
    let query = query.unwrap_or_default();
    let wedding = |id: &str, names: &str| {
        json!({ "id": id, "date": "2026-11-20", "time": "14:30", "zone": "Europe/Stockholm", "venue": query,
            "couple": { "names": names }, "status": "confirmed" })
    };
    let weddings = match query.contains("q=marked-nobody") {
        true => Vec::new(),
        false => vec![wedding("w-41", "Marked Okafor \u{202e}& <b>Nils</b>"), json!("no wedding"), json!({})],
    };
    Json(json!({ "weddings": weddings, "next": null }))
}

/// A console whose platform has a calendar, or one that does not answer.
async fn world(answers: bool) -> World {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    if answers {
        let router = Router::new()
            .route("/weddings", get(calendar))
            .fallback(|uri: Uri| async move { (StatusCode::NOT_FOUND, uri.to_string()) });
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    let platform = format!("\n[[platform]]\nname = \"wedsync\"\napi_url = \"http://{address}\"\n");
    World::with(&format!("{WITHOUT_SECOND_FACTOR}{platform}"), &[("AI_ENCRYPTION_KEY", KEY)]).await
}

async fn find(world: &World, by: &mut Walker, query: &str) -> Answer {
    world.post(by, "/crises/new/find", query).await
}

/// The hidden fields of the first form that uses something, as a browser sends them.
fn fields(page: &str) -> String {
    let form = page.split("action=\"/crises/new/use\"").nth(1).unwrap().split("</form>").next().unwrap();
    let hidden = form.split("<input type=\"hidden\"").skip(1).map(|input| {
        let of = |name: &str| input.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        let value = of("value").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        (of("name").to_owned(), value)
    });
    serde_urlencoded::to_string(hidden.collect::<Vec<_>>()).unwrap()
}

#[tokio::test]
async fn a_wedding_of_the_calendar_is_found_used_and_opened() {
    let world = world(true).await;
    let mut support = world.signed_in("support", "support").await;
    let found = find(&world, &mut support, "name=okafor&day=").await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.body.contains("Marked Okafor &amp; &lt;b&gt;Nils&lt;/b&gt;"), "{}", found.body);
    assert!(
        found.body.contains("q=okafor") && found.body.contains("Fri 20 Nov 2026 14:30, Europe/Stockholm")
    );
    assert_eq!(world.on_record("crisis.looked_at_the_names_of").await, 1);
    let used = world.post(&mut support, "/crises/new/use", &fields(&found.body)).await;
    assert_eq!(used.status, StatusCode::OK);
    for value in ["value=\"w-41\"", "value=\"2026-11-20\"", "value=\"14:30\"", "value=\"Europe/Stockholm\""] {
        assert!(used.body.contains(value), "{value}");
    }
    let form = "type=weather&wedding=w-41&names=Marked+Okafor&date=2026-11-20&time=14%3A30&zone=Europe%2FStockholm\
                &reach=%2B46+70+123+41+18%2C+marked%40couple.example";
    let opened = world.post(&mut support, "/crises/new", form).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let address =
        opened.headers.get("location").unwrap().to_str().unwrap().split('?').next().unwrap().to_owned();

    // The next who calls is told that there is a case; by name, by its day, and by neither of others.
    let link = format!("href=\"{address}\"");
    for (query, is_there) in [
        ("name=okafor", true),
        ("name=&day=2026-11-20", true),
        ("name=okafor&day=2026-11-20", true),
        ("name=okafor&day=2026-11-21", false),
        ("name=marked-nobody", false),
    ] {
        let again = find(&world, &mut support, query).await;
        assert_eq!(again.body.contains(&link), is_there, "{query}");
    }
    // Another case of the same couple is filled in from it, and that look is on record.
    let looks = world.on_record("crisis.looked_at_the_couple_of").await;
    let case = address.trim_start_matches("/crises/");
    let used = world.post(&mut support, "/crises/new/use", &format!("case={case}")).await;
    for value in
        ["value=\"+46701234118, marked@couple.example\"", "value=\"w-41\"", "value=\"Marked Okafor\""]
    {
        assert!(used.body.contains(value), "{value}: {}", used.body);
    }
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, looks + 1);
}

#[tokio::test]
async fn what_is_not_found_stands_in_the_form_and_a_platform_that_is_silent_keeps_nobody_waiting() {
    let world = world(true).await;
    let mut support = world.signed_in("support", "support").await;
    let nothing = find(&world, &mut support, "name=marked-nobody&day=2026-11-21").await;
    assert!(nothing.body.contains("No wedding is found by that."), "{}", nothing.body);
    assert!(
        nothing.body.contains("value=\"marked-nobody\"") && nothing.body.contains("value=\"2026-11-21\"")
    );
    for (query, why) in [("name=+&day=", "names, or the day"), ("name=x&day=soon", "It is not a day")] {
        let refused = find(&world, &mut support, query).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(refused.body.contains(why), "{query}");
    }
    let two = "type=weather&names=A&reach=a%40b.example%2C+c%40d.example";
    let two = world.post(&mut support, "/crises/new", two).await;
    assert!(two.body.contains("one number, one address, or one of each"), "{}", two.body);

    let silent = self::world(false).await;
    let mut support = silent.signed_in("support", "support").await;
    let begun = std::time::Instant::now();
    let answer = find(&silent, &mut support, "name=okafor").await;
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    assert!(answer.body.contains("calendar cannot be read"), "{}", answer.body);
    assert!(answer.body.contains("value=\"okafor\""));
    let mut viewer = silent.signed_in("viewer", "viewer").await;
    assert_eq!(find(&silent, &mut viewer, "name=okafor").await.status, StatusCode::FORBIDDEN);
}
