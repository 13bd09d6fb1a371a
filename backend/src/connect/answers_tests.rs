//! Answers are read back exactly, broken fields spoil only themselves, and no bytes do harm.

use domain::{
    crises::UpstreamStatus,
    monitoring::{EngineState, Metric, Outcome, PlatformStatus, Sample, metric::defaults},
    time::Millis,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::answers::{self, read_health};
use crate::config::{self, Service};

const AT: Millis = Millis(1_764_000_000_000);

fn services() -> Vec<Service> {
    config::load(None, std::iter::empty()).unwrap().platforms.remove(0).services
}

fn metrics() -> Vec<Metric> {
    defaults()
}

fn read(answer: &Value) -> Sample {
    read_health(answer.to_string().as_bytes(), &metrics(), &services(), AT)
}

/// Every field of a health answer, each there or not, each with any possible value.
fn valid() -> impl Strategy<Value = Map<String, Value>> {
    let word = |words: &'static [&'static str]| proptest::option::of(proptest::sample::select(words));
    let engine = || word(&["operational", "degraded", "down"]);
    let ratio = || proptest::option::of(0.0..=1.0_f64);
    (
        word(&["healthy", "degraded", "down"]),
        (engine(), engine(), engine()),
        proptest::option::of(0.0..=1e9_f64),
        (ratio(), ratio(), ratio()),
        proptest::option::of(0..1_000_000_u64),
        proptest::option::of(0..10_000_u32),
    )
        .prop_map(|(status, engines, time, ratios, queue, weddings)| {
            let fields = [
                ("status", status.map(Value::from)),
                ("optimization_engine", engines.0.map(Value::from)),
                ("recommendation_engine", engines.1.map(Value::from)),
                ("crisis_manager", engines.2.map(Value::from)),
                ("response_time_ms", time.map(Value::from)),
                ("accuracy_rate", ratios.0.map(Value::from)),
                ("availability", ratios.1.map(Value::from)),
                ("error_rate", ratios.2.map(Value::from)),
                ("queue_length", queue.map(Value::from)),
                ("weddings_today", weddings.map(Value::from)),
            ];
            let there = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            there.chain([("something_new".to_owned(), json!({ "deep": [1, "two"] }))]).collect()
        })
}

/// What a sample says of a field, in the words of the answer.
fn told(sample: &Sample, field: &str) -> Option<Value> {
    let word = |state: Value| Some(state);
    match field {
        "status" => sample.status.and_then(|status| word(serde_json::to_value(status).unwrap())),
        "weddings_today" => sample.weddings_today.map(Value::from),
        _ => match services().iter().find(|service| service.field == field) {
            Some(service) => {
                sample.services.get(&service.key).and_then(|state| word(serde_json::to_value(state).unwrap()))
            }
            None => sample.readings.get(field).copied().map(Value::from),
        },
    }
}

const FIELDS: [&str; 10] = [
    "status",
    "optimization_engine",
    "recommendation_engine",
    "crisis_manager",
    "response_time_ms",
    "accuracy_rate",
    "availability",
    "error_rate",
    "queue_length",
    "weddings_today",
];

fn same(told: &Option<Value>, answered: Option<&Value>) -> bool {
    match (told, answered) {
        (None, None) => true,
        (Some(told), Some(answered)) => match (told.as_f64(), answered.as_f64()) {
            (Some(told), Some(answered)) => told == answered,
            _ => told == answered,
        },
        _ => false,
    }
}

/// What no field takes, in any of the ways in which a field can be wrong.
fn broken(field: &str) -> BoxedStrategy<Value> {
    let wrong_kind =
        prop_oneof![Just(json!([0.5])), Just(json!({ "is": 1 })), any::<bool>().prop_map(Value::from),];
    if ["status", "optimization_engine", "recommendation_engine", "crisis_manager"].contains(&field) {
        prop_oneof![
            wrong_kind,
            any::<f64>().prop_filter("a number", |n| n.is_finite()).prop_map(Value::from),
            "[A-Z]{0,60}".prop_map(Value::from)
        ]
        .boxed()
    } else {
        prop_oneof![
            wrong_kind,
            any::<String>().prop_map(Value::from),
            (-1e9..-1e-3_f64).prop_map(Value::from),
            Just(json!(1e300))
        ]
        .boxed()
    }
}

fn one_broken() -> impl Strategy<Value = (Map<String, Value>, &'static str, Value)> {
    (valid(), proptest::sample::select(&FIELDS[..]))
        .prop_flat_map(|(answer, field)| (Just(answer), Just(field), broken(field)))
}

fn json_of_any_shape() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = prop_oneof![
            proptest::sample::select(&FIELDS[..]).prop_map(str::to_owned),
            proptest::sample::select(&["crises", "errors", "weddings", "next", "id", "count"][..])
                .prop_map(str::to_owned),
            ".{0,6}",
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Reads the bytes in every way there is; what is taken in is possible for its unit.
fn read_all(bytes: &[u8]) -> Sample {
    let _ = answers::read_error_rate(bytes)
        .map(|rate| assert!(rate.is_none_or(|rate| (0.0..=1.0).contains(&rate))));
    let _ = answers::read_queue(bytes);
    let _ = answers::read_weddings(bytes);
    let _ = answers::read_crises(bytes, AT);
    let _ = answers::read_calendar(bytes, AT);
    let _ = answers::read_errors(bytes);
    let _ = answers::read_models(bytes);
    let sample = read_health(bytes, &metrics(), &services(), AT);
    for metric in metrics() {
        if let Some(value) = sample.reading(&metric.key) {
            assert_eq!(metric.unit.accept(value), Ok(value));
        }
    }
    sample
}

proptest! {
    #[test]
    fn every_valid_answer_is_read_back_exactly(answer in valid()) {
        let sample = read(&Value::Object(answer.clone()));
        prop_assert_eq!(&sample.outcome, &Outcome::Answered);
        prop_assert_eq!(&sample.faults, &Vec::<String>::new());
        for field in FIELDS {
            let told = told(&sample, field);
            prop_assert!(same(&told, answer.get(field)), "{}: {:?}", field, told);
        }
        prop_assert_eq!(sample.at, AT);
    }

    #[test]
    fn one_broken_field_makes_only_itself_unknown((answer, field, wrong) in one_broken()) {
        let mut answer = answer;
        answer.insert(field.to_owned(), wrong);
        let sample = read(&Value::Object(answer.clone()));
        prop_assert_eq!(&sample.outcome, &Outcome::Answered);
        prop_assert_eq!(sample.faults.len(), 1, "{:?}", sample.faults);
        let start = format!("{field}: ");
        prop_assert!(sample.faults[0].starts_with(&start), "{:?}", sample.faults);
        prop_assert_eq!(told(&sample, field), None);
        for other in FIELDS.into_iter().filter(|other| *other != field) {
            prop_assert!(same(&told(&sample, other), answer.get(other)), "{}", other);
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn arbitrary_json_does_no_harm(value in json_of_any_shape()) {
        let sample = read_all(value.to_string().as_bytes());
        prop_assert_eq!(sample.is_answered(), value.is_object());
    }

    #[test]
    fn an_answer_cut_off_anywhere_is_bad(answer in valid(), part in 0.0..1.0_f64) {
        let whole = Value::Object(answer).to_string();
        let cut = &whole.as_bytes()[..(whole.len() as f64 * part) as usize];
        let is_bad = matches!(read_all(cut).outcome, Outcome::Bad { .. });
        prop_assert!(is_bad);
    }
}

#[track_caller]
fn fault(field: &str, written: &str, expected: &str) {
    let sample = read_all(format!("{{\"{field}\":{written},\"availability\":0.5}}").as_bytes());
    assert_eq!(sample.faults, [expected], "{written}");
    assert!(sample.is_answered());
    assert_eq!(sample.reading(&"availability".into()), Some(0.5));
}

#[test]
fn faults_say_what_is_wrong() {
    fault("accuracy_rate", "1.7", "accuracy_rate: 1.7 is above 1");
    fault("response_time_ms", "-250", "response_time_ms: -250 is below 0");
    fault("response_time_ms", "\"fast\"", "response_time_ms: text, expected a number");
    fault("response_time_ms", "1e999", "response_time_ms: a number too large");
    fault("status", "\"great\"", "status: \"great\" is not a status");
    fault("status", "5", "status: a number, expected text");
    fault("status", "\"\\ud800\"", "status: cannot be read, expected text");
    fault("crisis_manager", "\"asleep\"", "crisis_manager: \"asleep\" is not a state");
    fault("weddings_today", "2.5", "weddings_today: 2.5 is not a whole number");
    fault("error_rate", "0.1,\"error_rate\":0.2", "error_rate: stands there twice");
    let long = format!("\"{}\"", "x".repeat(500));
    fault("status", &long, &format!("status: \"{}…\" is not a status", "x".repeat(40)));
    let deep = format!("{}{}", "[".repeat(9_000), "]".repeat(9_000));
    fault("accuracy_rate", &deep, "accuracy_rate: cannot be read, expected a number");
}

#[test]
fn what_is_no_object_is_bad() {
    for (bytes, reason) in [
        ("", "an empty answer"),
        (" \n", "an empty answer"),
        ("<!doctype html><title>Hello</title>", "HTML, not JSON"),
        ("{\"accuracy_rate\":NaN}", "not JSON"),
        ("{\"accuracy_rate\":0.9", "not JSON: it ends too early"),
        ("[]", "JSON, but not an object"),
        ("null", "JSON, but not an object"),
        ("{} {}", "not JSON"),
        ("It works", "not JSON"),
    ] {
        assert_eq!(read_all(bytes.as_bytes()), Sample::bad(AT, reason), "{bytes}");
    }
}

#[test]
fn null_is_unknown_and_no_fault() {
    let sample = read(
        &json!({ "status": null, "error_rate": null, "weddings_today": null, "crisis_manager": "down" }),
    );
    assert_eq!((sample.faults.len(), sample.status, sample.weddings_today), (0, None, None));
    assert_eq!(sample.services["crisis"], EngineState::Down);
    assert_eq!(read(&json!({ "status": "down" })).status, Some(PlatformStatus::Down));
}

#[test]
fn our_own_round_trip_is_not_taken_from_the_platform() {
    assert!(read(&json!({ "health_answer_ms": 3 })).readings.is_empty());
}

#[test]
fn the_other_answers_are_read_strictly() {
    let rate = |text: &str| answers::read_error_rate(text.as_bytes()).map_err(|error| error.to_string());
    assert_eq!(rate(r#"{"requests":200,"errors":3}"#), Ok(Some(0.015)));
    assert_eq!(rate(r#"{"requests":0,"errors":0}"#), Ok(None));
    assert_eq!(rate(r#"{"requests":1,"errors":2}"#), Err("errors: more than there were requests".to_owned()));
    assert_eq!(rate(r#"{"requests":1}"#), Err("errors: missing".to_owned()));
}

/// One that cannot be read spoils no other; one that cannot be told from others is counted.
#[test]
fn crises_are_read_one_by_one() {
    let crisis = r#"{"id":"c1","wedding_id":"w","crisis_type":"vendor","status":"STATUS","created_at":"2026-11-24T12:00:00Z","couple":{"email":"ada@example.com"}}"#;
    let crises = |status: &str| {
        let text = format!(
            "{{\"next\":null,\"crises\":[{},{{\"status\":\"manual\"}},7,{{\"id\":\"c2\",\"created_at\":[],\"couple\":\"x\"}}]}}",
            crisis.replace("STATUS", status)
        );
        answers::read_crises(text.as_bytes(), AT).unwrap()
    };
    let (found, unreadable, next) = crises("ai_failed");
    assert_eq!((found.len(), unreadable, next), (2, 2, None));
    assert_eq!((found[0].id.as_str(), found[0].created_at), ("c1", Some(Millis(1_795_521_600_000))));
    assert_eq!((found[0].status.clone(), found[1].status.clone()), (Some(UpstreamStatus::AiFailed), None));
    assert!(!format!("{found:?}").contains("ada@"));
    assert_eq!(crises("odd").0[0].status, Some(UpstreamStatus::Other("odd".to_owned())));
    let not_a_list = answers::read_crises(br#"{"crises":{}}"#, AT);
    assert!(not_a_list.is_err());
}

#[test]
fn a_calendar_is_read_wedding_by_wedding() {
    let text = r#"{"weddings":[{"id":"w-1","date":"2026-11-28","time":"14:30","zone":"Europe/Stockholm","venue":"Barn",
        "couple":{"names":"Ada and Nils"},"status":"confirmed"},{"id":7,"date":"soon"},{"date":"2026-11-28"},3],"next":"w-7"}"#;
    let (weddings, more) = answers::read_calendar(text.as_bytes(), AT).unwrap();
    assert_eq!((weddings.len(), more), (2, true));
    let first = &weddings[0];
    assert_eq!(first.wedding.id.as_ref().unwrap().as_str(), "w-1");
    assert_eq!((first.couple.names.expose(), first.couple.venue.expose()), ("Ada and Nils", "Barn"));
    assert!(first.wedding.time.is_some() && first.wedding.zone.is_some());
    assert_eq!(weddings[1].wedding.date, None);
    assert!(!format!("{weddings:?}").contains("Nils"));
    assert!(answers::read_calendar(br#"{"weddings":{}}"#, AT).is_err());
}

#[test]
fn models_are_read_with_what_is_known_of_them() {
    let read = |text: &str| answers::read_models(text.as_bytes()).map_err(|error| error.to_string());
    let models = read(
        r#"{"models":[{"name":"optimization","version":"v2.1","accuracy":0.92,"trained_at":"2026-11-01T02:00:00Z",
           "status":"healthy","traffic_share":0.1,"shown":10,"accepted":9},
           {"name":"crisis","version":"v1.3","accuracy":1.7,"trained_at":"yesterday"}]}"#,
    )
    .unwrap();
    assert_eq!((models[0].accuracy, models[0].traffic_share), (Some(0.92), Some(0.1)));
    assert_eq!(models[0].trained_at, Some(Millis(1_793_498_400_000)));
    assert_eq!((&models[1].name[..], models[1].accuracy, models[1].trained_at), ("crisis", None, None));
    assert!(read(r#"{"models":[{"name":"crisis"}]}"#).unwrap_err().contains("models[0].version: missing"));
    assert!(read(r#"{"models":{}}"#).unwrap_err().contains("models: not a list"));
    assert_eq!(read(r#"{"models":[]}"#), Ok(Vec::new()));
}
