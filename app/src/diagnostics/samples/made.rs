//! The looks that the samples are made of, by the rules that the console uses.

use std::time::Duration;

use backend::diagnostics::{Look, LookId};
use domain::{
    diagnostics::{
        self, CacheSeen, CallEnd, CallSeen, Condition, Dependency, DependencySeen, End, Line, LogSeen,
        ModelSeen, Noted, Panel, PodSeen, Question, Report, Rows, Stage, Thing, ThingSeen, Unseen, Usage,
    },
    time::{DAY, HOUR, MINUTE, SECOND},
};

use crate::monitoring::samples::{HOSTILE, NOW};

pub(super) fn look(question: Question, seen: Result<Report, Unseen>) -> Look {
    let id = seen.is_ok().then(|| LookId::of(&format!("look-{}", question.panel().word())));
    Look { id, question, at: NOW, took: Duration::from_millis(84), seen }
}

fn pod(end: &str, ready: bool, restarts: u32) -> PodSeen {
    PodSeen {
        name: format!("ai-optimization-engine-7d9f8b6c5-{end}"),
        state: if ready { "Running" } else { "CrashLoopBackOff" }.to_owned(),
        ready: (u32::from(ready), 1),
        restarts,
        last_end: (restarts > 0).then(|| End {
            reason: "OOMKilled".to_owned(),
            exit_code: 137,
            at: Some(NOW.minus(3 * MINUTE)),
        }),
        since: Some(NOW.minus(19 * DAY)),
        node: Some("node-4".to_owned()),
        usage: ready.then_some(Usage { cpu_millicores: 312, memory_bytes: 1_187 << 20 }),
    }
}

fn rows(columns: &[&str], cells: &[&[&str]]) -> Rows {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Rows { columns: texts(columns), rows: cells.iter().map(|row| texts(row)).collect(), notes: Vec::new() }
}

fn model(name: &str, status: &str, accuracy: f64) -> ModelSeen {
    ModelSeen {
        name: name.to_owned(),
        version: "v2.1".to_owned(),
        accuracy: Some(accuracy),
        trained_at: Some(NOW.minus(9 * DAY)),
        status: Some(status.to_owned()),
        traffic: Some(1.0),
    }
}

fn described(warning: bool) -> Report {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let ready = if warning { "2" } else { "3" };
    let event = |reason: &str, message: &str, minutes: i64| Noted {
        warning: reason != "Scaled",
        reason: reason.to_owned(),
        message: message.to_owned(),
        count: 4,
        last_seen: Some(NOW.minus(minutes * MINUTE)),
    };
    let mut events = vec![event("Scaled", "Scaled up replica set to 3", 200)];
    if warning {
        events.push(event(
            "BackOff",
            "Back-off restarting failed container engine in pod ai-optimization-engine",
            3,
        ));
    }
    diagnostics::thing(
        &ThingSeen {
            thing: Thing::Deployment("ai-optimization-engine".to_owned()),
            facts: vec![
                fact("pods wanted", "3"),
                fact("pods ready", ready),
                fact("revision", "14"),
                fact("image of engine", "registry.wedsync.example/ai/optimization-engine:2026-11-20"),
                fact("variables of engine", "MODEL_PATH, REDIS_URL, OPENAI_KEY"),
                fact("engine may use", "2 cpu, 4Gi memory"),
            ],
            conditions: vec![Condition {
                name: "Available".to_owned(),
                status: "True".to_owned(),
                reason: "MinimumReplicasAvailable".to_owned(),
                message: "Deployment has minimum availability.".to_owned(),
            }],
            events,
        },
        NOW,
    )
}

pub(super) fn lines() -> Vec<&'static str> {
    vec![
        "INFO  request=0a1b2c3d wedding=w-12345 optimized, took_ms=250",
        "WARN  request=8f3a91bc wedding=w-90210 cache miss, took_ms=712",
        "ERROR request=77aa01ce wedding=w-31337 upstream time-out after 30000 ms",
        "INFO  mail to ada.okafor@example.com queued",
    ]
}

/// Lines that do not fit any screen.
pub(super) fn storm() -> Vec<&'static str> {
    std::iter::repeat_n(
        "ERROR java.lang.IllegalStateException:no/model/for/this/request/within/three/tries/and/nothing/else/was/left/to/try/so/that/the/fallback/answers/instead/which/is/less/accurate/than/the/model/it/stands/in/for",
        120,
    )
    .collect()
}

pub(super) fn log_of(texts: &[&str]) -> Report {
    let count = texts.len() as i64;
    let lines = texts.iter().zip(0..).map(|(text, number)| Line {
        at: Some(NOW.minus((count - number) * 2 * SECOND)),
        text: (*text).to_owned(),
    });
    diagnostics::log(
        &LogSeen {
            pod: "ai-optimization-engine-7d9f8b6c5-x2x4z".to_owned(),
            previous: false,
            search: String::new(),
            lines: lines.collect(),
            shown: 2_000,
        },
        NOW,
    )
}

fn call(first_byte: f64, end: CallEnd) -> Report {
    diagnostics::call(&CallSeen {
        request: "GET https://api.wedsync.com/ai/health".to_owned(),
        stages: vec![
            (Stage::Name, 1.4),
            (Stage::Connect, 12.1),
            (Stage::Tls, 24.8),
            (Stage::FirstByte, first_byte),
            (Stage::Rest, 0.3),
        ],
        end,
    })
}

fn outside(state: Dependency) -> Report {
    let one = |name: &str, address: &str, state| DependencySeen {
        name: name.to_owned(),
        address: address.to_owned(),
        state,
    };
    diagnostics::dependencies(&[
        one("OpenAI", "https://api.openai.com/v1/models", state),
        one(
            "The alerts host",
            "https://alerts.wedsync.com/",
            Dependency::Answers { status: 404, milliseconds: 31.0 },
        ),
    ])
}

fn database(seconds: &str, mean: &str, without: &str) -> [(Panel, Report); 5] {
    let query = "SELECT o.id, o.quality_score FROM wedding_optimizations o JOIN ai_recommendations r ON r.optimization_id = o.id WHERE o.status = '\u{2026}'";
    [
        (
            Panel::Active,
            diagnostics::active(&rows(
                &["pid", "role", "seconds", "waits_for", "query"],
                &[&["4711", "app", seconds, "", query], &["4714", "app", "0.1", "", "COMMIT"]],
            )),
        ),
        (
            Panel::Slowest,
            diagnostics::slowest(&rows(
                &["query", "mean_ms", "total_ms", "calls"],
                &[&[query, mean, "978129.6", "1204"], &["SELECT $1", "0.4", "11.2", "28"]],
            )),
        ),
        (
            Panel::Feedback,
            diagnostics::feedback(&rows(
                &["rating", "outcome", "count"],
                &[&["2", "rejected", "14"], &["4", "accepted", "90"], &["5", "accepted", "80"]],
            )),
        ),
        (
            Panel::Quality,
            diagnostics::quality(&rows(
                &["status", "without_score", "under_0_7", "optimizations"],
                &[&["active", without, "31", "640"], &["completed", "0", "4", "200"]],
            )),
        ),
        (
            Panel::Crises,
            diagnostics::crises(&rows(
                &["wedding_id", "crisis_type", "status", "created_at"],
                &[&["w-2041", "vendor_cancelled", "ai_processing", "2026-11-24 03:02:11+00"]],
            )),
        ),
    ]
}

fn all(reports: impl IntoIterator<Item = (Panel, Report)>) -> Vec<Look> {
    reports.into_iter().map(|(panel, report)| look(Question::of(panel), Ok(report))).collect()
}

pub(super) fn fine() -> Vec<Look> {
    let pods = [pod("k8m2p", true, 0), pod("x2x4z", true, 0), pod("zz9q1", true, 0)];
    let cache = CacheSeen {
        version: "7.2".to_owned(),
        role: "master".to_owned(),
        keys: 90_412,
        used_bytes: 41 << 20,
        most_bytes: Some(256 << 20),
        hits: 934_000,
        misses: 66_000,
        evicted: 0,
    };
    let models = [model("optimization", "healthy", 0.921), model("crisis", "healthy", 0.93)];
    let first = [
        (Panel::Pods, diagnostics::pods(&pods, NOW)),
        (Panel::Describe, described(false)),
        (Panel::Log, log_of(&lines()[..2])),
        (Panel::Call, call(198.4, CallEnd::Answered { status: 200 })),
        (Panel::Dependencies, outside(Dependency::Answers { status: 401, milliseconds: 84.0 })),
        (Panel::Models, diagnostics::models(&models, NOW)),
        (Panel::Cache, diagnostics::cache(&cache)),
    ];
    all(first.into_iter().chain(database("0.4", "812.4", "12")))
}

pub(super) fn broken() -> Vec<Look> {
    let pods = [pod("k8m2p", true, 0), pod("x2x4z", false, 4), pod("zz9q1", true, 0)];
    let cache = CacheSeen {
        version: "7.2".to_owned(),
        role: "master".to_owned(),
        keys: 90_412,
        used_bytes: 250 << 20,
        most_bytes: Some(256 << 20),
        hits: 400_000,
        misses: 600_000,
        evicted: 12_004,
    };
    let models = [model("optimization", "degraded", 0.741), model("crisis", "healthy", 0.93)];
    let first = [
        (Panel::Pods, diagnostics::pods(&pods, NOW)),
        (Panel::Describe, described(true)),
        (Panel::Log, log_of(&lines())),
        (
            Panel::Call,
            diagnostics::call(&CallSeen {
                request: "GET https://api.wedsync.com/ai/health".to_owned(),
                stages: vec![(Stage::Name, 1.4), (Stage::Connect, 12.1)],
                end: CallEnd::Broke { during: Stage::Tls, why: "its certificate is not trusted".to_owned() },
            }),
        ),
        (Panel::Dependencies, outside(Dependency::Silent { why: "no connection in time".to_owned() })),
        (Panel::Models, diagnostics::models(&models, NOW)),
        (Panel::Cache, diagnostics::cache(&cache)),
    ];
    all(first.into_iter().chain(database("42.5", "2812.4", "212")))
}

pub(super) fn forbidden(panel: Panel) -> Unseen {
    match panel {
        Panel::Pods | Panel::Describe | Panel::Log => {
            let right = "list pods in ai-services".to_owned();
            Unseen::Forbidden {
                why: format!("the console's account in the cluster lacks a right: {right}"),
                right,
            }
        }
        Panel::Models => late(),
        Panel::Cache => Unseen::Failed { why: "the cache refused the connection".to_owned() },
        _ => Unseen::Failed { why: "no connection to the database in time".to_owned() },
    }
}

pub(super) fn late() -> Unseen {
    Unseen::Late { milliseconds: 2_500 }
}

fn not_configured(what: &str, key: &str) -> Unseen {
    Unseen::NotConfigured { what: what.to_owned(), key: key.to_owned() }
}

pub(super) fn cluster_missing() -> Look {
    look(Question::of(Panel::Log), Err(not_configured("No cluster", "[platform.kubernetes]")))
}

/// A platform of which only its API is configured.
pub(super) fn missing() -> Vec<Look> {
    let of = |look: Look| {
        let lacks = match look.question.panel() {
            Panel::Pods | Panel::Log => not_configured("No cluster", "[platform.kubernetes]"),
            Panel::Cache => not_configured("No cache", "[platform.redis]"),
            Panel::Active | Panel::Slowest | Panel::Feedback | Panel::Quality | Panel::Crises => {
                not_configured("No database", "[platform.postgres]")
            }
            _ => return look,
        };
        self::look(look.question, Err(lacks))
    };
    fine().into_iter().filter(|look| look.question.panel() != Panel::Describe).map(of).collect()
}

/// Names, messages and lines that want to break out of the page.
pub(super) fn hostile() -> Vec<Look> {
    let pods = [PodSeen { name: HOSTILE.to_owned(), state: HOSTILE.to_owned(), ..pod("x", false, 1) }];
    let failed = look(Question::Models, Err(Unseen::Failed { why: HOSTILE.to_owned() }));
    let statements = rows(&["pid", "query"], &[&[HOSTILE, HOSTILE]]);
    let mut all = all([
        (Panel::Pods, diagnostics::pods(&pods, NOW.plus(HOUR))),
        (Panel::Log, log_of(&[HOSTILE])),
        (Panel::Active, diagnostics::active(&statements)),
    ]);
    all.push(failed);
    all
}
