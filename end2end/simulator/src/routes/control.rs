//! `/control`: where scenarios and faults are ordered, and where the truth is read. Open to whoever can reach it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer;
use crate::cluster::orders::{ClusterOrder, JobOrder};
use crate::control_page;
use crate::crises::{Added, CrisisStatus};
use crate::faults::Fault;
use crate::order::Ordered;
use crate::platform::{Platform, lock};
use crate::scenario::Order;
use crate::world::World;

type Shared = State<Arc<Platform>>;

pub fn router() -> Router<Arc<Platform>> {
    Router::new()
        .route("/control", get(page))
        .route("/control/state", get(state))
        .route("/control/truth", get(truth))
        .route("/control/effects", get(effects))
        .route("/control/cluster", post(cluster))
        .route("/control/job", post(job))
        .route("/control/scenario", post(scenario))
        .route("/control/fault", post(fault))
        .route("/control/clear", post(clear))
        .route("/control/reset", post(reset))
        .route("/control/crisis", post(crisis))
        .route("/control/crises/end", post(end_crises))
}

async fn page(State(platform): Shared) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], control_page::draw(&told(&platform)))
        .into_response()
}

async fn state(State(platform): Shared) -> Response {
    answer::ok(&told(&platform))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

/// What was told from number `since` on; `next` is the number to ask for next.
async fn truth(State(platform): Shared, Query(Since { since }): Query<Since>) -> Response {
    let (next, told) = platform.truth.since(since);
    answer::ok(&json!({ "next": next, "told": told }))
}

/// What was done from number `since` on; `next` is the number to ask for next.
async fn effects(State(platform): Shared, Query(Since { since }): Query<Since>) -> Response {
    let (next, effects) = platform.effects.since(since);
    answer::ok(&json!({ "next": next, "effects": effects }))
}

async fn cluster(State(platform): Shared, ordered: Ordered<ClusterOrder>) -> Response {
    let by_form = ordered.by_form();
    let obeyed = platform.world().0.cluster.obey(ordered.value);
    match obeyed {
        Ok(()) => Ordered::<ClusterOrder>::done(by_form, &told(&platform)),
        Err(why) => answer::refuse(StatusCode::BAD_REQUEST, &why),
    }
}

/// How jobs of one CronJob end from now on.
async fn job(State(platform): Shared, ordered: Ordered<JobOrder>) -> Response {
    let by_form = ordered.by_form();
    if crate::cluster::work_named(&ordered.value.cronjob).is_none() {
        return answer::refuse(StatusCode::BAD_REQUEST, "cronjob: there is none of that name");
    }
    platform.world().0.cluster.orders.order_job(ordered.value);
    Ordered::<JobOrder>::done(by_form, &told(&platform))
}

async fn scenario(State(platform): Shared, ordered: Ordered<Order>) -> Response {
    let by_form = ordered.by_form();
    {
        let (mut world, now) = platform.world();
        world.switch(ordered.value, now);
    }
    Ordered::<Order>::done(by_form, &told(&platform))
}

async fn fault(State(platform): Shared, ordered: Ordered<Fault>) -> Response {
    if let Err(why) = ordered.value.check() {
        return answer::refuse(StatusCode::BAD_REQUEST, &why);
    }
    let by_form = ordered.by_form();
    lock(&platform.faults).add(ordered.value);
    Ordered::<Fault>::done(by_form, &told(&platform))
}

#[derive(Deserialize)]
struct Back {
    /// Given by the forms of the page, which want to come back to it.
    #[serde(default)]
    page: bool,
}

/// Ends all faults; the scenario goes on.
async fn clear(State(platform): Shared, Query(back): Query<Back>) -> Response {
    lock(&platform.faults).clear();
    Ordered::<Fault>::done(back.page, &told(&platform))
}

/// Ends everything that was ordered or done: calm, no faults, no crises. The time and the truth go on.
async fn reset(State(platform): Shared, Query(back): Query<Back>) -> Response {
    lock(&platform.faults).clear();
    {
        let (mut world, now) = platform.world();
        *world = world.afresh(now);
    }
    Ordered::<Fault>::done(back.page, &told(&platform))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenCrisis {
    crisis_type: Option<String>,
    summary: Option<String>,
    couple: Option<GivenCouple>,
    wedding_id: Option<String>,
    wedding_date: Option<Date>,
    status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenCouple {
    names: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    language: Option<String>,
}

/// Adds one crisis; what is left out is made up. Answers with the crisis.
async fn crisis(State(platform): Shared, ordered: Ordered<GivenCrisis>) -> Response {
    let by_form = ordered.by_form();
    let given = ordered.value;
    let couple = given.couple.unwrap_or_default();
    let added = Added {
        kind: given.crisis_type,
        summary: given.summary,
        names: couple.names,
        email: couple.email,
        phone: couple.phone,
        language: couple.language,
        wedding_id: given.wedding_id,
        wedding_date: given.wedding_date,
        status: given.status,
    };
    let (mut world, now) = platform.world();
    let weddings = world.weddings_near(now);
    let seed = world.seed;
    match world.crises.add(seed, now, added, &weddings) {
        Ok(id) => match world.crises.find(&id, now, &world.manual_mode) {
            Ok(crisis) => Ordered::<GivenCrisis>::done(by_form, &crisis),
            Err(_) => answer::refuse(StatusCode::NOT_FOUND, "no such crisis"),
        },
        Err(why) => answer::refuse(StatusCode::BAD_REQUEST, &why),
    }
}

/// Ends every crisis, and a wave of them; the scenario goes on.
async fn end_crises(State(platform): Shared, Query(back): Query<Back>) -> Response {
    {
        let (mut world, now) = platform.world();
        let World { crises, manual_mode, .. } = &mut *world;
        crises.end_all(now, manual_mode);
    }
    Ordered::<Fault>::done(back.page, &told(&platform))
}

/// Everything that the page shows, as JSON.
fn told(platform: &Platform) -> Value {
    let (world, now) = platform.world();
    let vitals = world.vitals_in_turn(now, world.good_turn());
    let crises = world.crises(now);
    let count = |wanted: CrisisStatus| crises.iter().filter(|crisis| crisis.status == wanted).count();
    let order = world.order();
    json!({
        "name": world.name,
        "seed": world.seed,
        "now": now,
        "fast_clock": platform.clock.speed(),
        "scenario": order.scenario,
        "since": world.since(),
        "order": order,
        "fallback": world.fallback.position(),
        "manual_mode": world.manual_mode.position(),
        "vitals": {
            "status": vitals.status(),
            "response_time_ms": vitals.response_time_ms as u64,
            "accuracy_rate": vitals.accuracy_rate,
            "availability": vitals.availability,
            "error_rate": vitals.error_rate,
            "queue_length": vitals.queue_length as u64,
        },
        "faults": lock(&platform.faults).all(),
        "crises": {
            "ai_processing": count(CrisisStatus::AiProcessing),
            "ai_failed": count(CrisisStatus::AiFailed),
            "manual": count(CrisisStatus::Manual),
            "resolved": count(CrisisStatus::Resolved),
        },
        "emergency": world.emergencies,
        "cluster": world.cluster.in_short(),
        "effects": platform.effects.since(u64::MAX).0 - 1,
        "told": platform.truth.since(u64::MAX).0,
    })
}
