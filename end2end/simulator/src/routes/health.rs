//! How it is now: `/ai/health`, `/ai/queue`, `/ai/models/health`.

use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::metrics::last_hours;
use crate::answer;
use crate::figures::Figures;
use crate::lies::Lie;
use crate::past;
use crate::platform::Platform;
use crate::scenario::Scenario;
use crate::vitals::{Engine, Status, Vitals};
use crate::wire::Fate;
use crate::world::{World, day_of};

#[derive(Serialize)]
struct Health {
    status: Status,
    optimization_engine: Engine,
    recommendation_engine: Engine,
    crisis_manager: Engine,
    response_time_ms: u64,
    accuracy_rate: f64,
    availability: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weddings_today: Option<usize>,
}

pub async fn health(State(platform): State<Arc<Platform>>, ConnectInfo(fate): ConnectInfo<Fate>) -> Response {
    let (mut world, now) = platform.world();
    let turn = world.ask("/ai/health");
    let vitals = world.vitals_in_turn(now, turn % 2 == 1);
    let order = world.order();
    let more = !order.minimal;
    let health = Health {
        status: vitals.status(),
        optimization_engine: vitals.optimization,
        recommendation_engine: vitals.recommendation,
        crisis_manager: vitals.crisis_manager,
        response_time_ms: vitals.response_time_ms as u64,
        accuracy_rate: vitals.accuracy_rate,
        availability: vitals.availability,
        error_rate: more.then_some(vitals.error_rate),
        queue_length: more.then_some(vitals.queue_length as u64),
        weddings_today: more.then(|| world.weddings_on(day_of(now), now).len()),
    };
    if order.scenario != Scenario::Lying {
        return answer::ok(&health);
    }
    let lie = order.lie.unwrap_or(Lie::ALL[(turn % Lie::ALL.len() as u64) as usize]);
    let elsewhere = order
        .redirect_to
        .unwrap_or_else(|| format!("http://127.0.0.2:{}/ai/health", platform.address.port()));
    let honest = serde_json::to_value(&health).unwrap_or(Value::Null);
    lie.tell(&honest, &elsewhere, &fate)
}

pub async fn queue(State(platform): State<Arc<Platform>>) -> Response {
    let (world, now) = platform.world();
    let vitals = world.vitals_in_turn(now, world.good_turn());
    // Whoever waits longest waits about as long as those before take, but not longer than the trouble has lasted.
    let pending = vitals.queue_length as u64;
    let usual = (vitals.queue_length * vitals.response_time_ms / 1_000.0 / 3.0).ceil();
    let trouble = now.duration_since(world.since()).as_secs_f64().ceil() + 1.0;
    let oldest = if pending > 10 { usual.min(trouble) } else { usual };
    answer::ok(&json!({ "pending": pending, "oldest_seconds": if pending == 0 { 0 } else { oldest as u64 } }))
}

#[derive(Serialize)]
struct Model {
    name: &'static str,
    version: String,
    accuracy: f64,
    trained_at: Timestamp,
    status: &'static str,
    /// Of the requests for this kind of model.
    traffic_share: f64,
    /// In the last 24 hours.
    shown: u64,
    accepted: u64,
}

pub async fn models(State(platform): State<Arc<Platform>>) -> Response {
    let (world, now) = platform.world();
    let vitals = world.vitals_in_turn(now, world.good_turn());
    let day = Figures::sum(last_hours(&world, now, 24).iter()).told().recommendations;
    let optimization = past::model(now);
    // The other two are retrained with it, some days later; until then they are those of before.
    let trained = |days: i64, number: i64| {
        let at = now.saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        let change = past::model(at);
        let version = change.version.trim_start_matches("v2.").parse::<i64>().unwrap_or_default();
        let trained_at = change.at.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(change.at);
        (format!("v{number}.{}", version + 3), trained_at)
    };
    let (recommendation_version, recommendation_trained) = trained(7, 3);
    let (crisis_version, crisis_trained) = trained(14, 1);
    let share =
        |part: f64| ((day.shown as f64 * part).round() as u64, (day.accepted as f64 * part).round() as u64);
    let model = |name, version, trained_at, engine, offset: f64, part| {
        let (shown, accepted) = share(part);
        Model {
            name,
            version,
            accuracy: ((accuracy_of(&world, &vitals, now) + offset).clamp(0.0, 1.0) * 10_000.0).round()
                / 10_000.0,
            trained_at,
            status: if engine == Engine::Operational { "healthy" } else { engine_word(engine) },
            traffic_share: 1.0,
            shown,
            accepted,
        }
    };
    answer::ok(&json!({ "models": [
        model("optimization", optimization.version, optimization.at, vitals.optimization, 0.002, 0.55),
        model("recommendation", recommendation_version, recommendation_trained, vitals.recommendation, -0.004, 0.43),
        model("crisis", crisis_version, crisis_trained, vitals.crisis_manager, 0.006, 0.02),
    ] }))
}

/// The models are as right as they were: what the fallback answers is not theirs.
fn accuracy_of(world: &World, vitals: &Vitals, now: Timestamp) -> f64 {
    if world.fallback.is_on(now) && world.order().scenario != Scenario::Inaccurate {
        Vitals::calm(world.seed, now).accuracy_rate
    } else {
        vitals.accuracy_rate
    }
}

fn engine_word(engine: Engine) -> &'static str {
    match engine {
        Engine::Operational => "operational",
        Engine::Degraded => "degraded",
        Engine::Down => "down",
    }
}
