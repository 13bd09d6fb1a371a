use crate::{
    diagnostics::*,
    time::{DAY, HOUR, MINUTE, Millis},
};

const NOW: Millis = Millis(1_795_489_200_000);

fn pod(name: &str, ready: bool, restarts: u32) -> PodSeen {
    PodSeen {
        name: name.to_owned(),
        state: if ready { "Running" } else { "CrashLoopBackOff" }.to_owned(),
        ready: (u32::from(ready), 1),
        restarts,
        last_end: (restarts > 0).then(|| End {
            reason: "OOMKilled".to_owned(),
            exit_code: 137,
            at: Some(NOW.minus(3 * MINUTE)),
        }),
        since: Some(NOW.minus(2 * HOUR)),
        node: None,
        usage: Some(Usage { cpu_millicores: 312, memory_bytes: 1_187 << 20 }),
    }
}

#[track_caller]
fn check(report: &Report, tone: Tone, sentence: &str) {
    assert_eq!((report.tone, report.sentence.replace('\u{a0}', " ").as_str()), (tone, sentence));
}

#[test]
fn pods_are_summed_up() {
    let finished = PodSeen { state: "Completed".to_owned(), ready: (0, 1), ..pod("job", true, 0) };
    let old = PodSeen {
        last_end: Some(End { reason: "Error".to_owned(), exit_code: 1, at: Some(NOW.minus(2 * DAY)) }),
        ..pod("c", true, 1)
    };
    for (pods_seen, tone, sentence) in [
        (vec![], Tone::Critical, "There are no pods."),
        (vec![finished.clone()], Tone::Critical, "No pod is at work; all of them are done."),
        (vec![pod("a", true, 0)], Tone::Well, "The only pod, a, is ready; none has restarted."),
        (
            vec![pod("a", true, 0), pod("b", true, 0), finished],
            Tone::Well,
            "Both pods are ready; none has restarted.",
        ),
        (
            vec![pod("a", true, 0), pod("b", true, 0), pod("c", false, 4)],
            Tone::Warning,
            "2 of 3 pods are ready; one restarted 4 times, last 3 min ago (OOMKilled).",
        ),
        (
            vec![pod("a", true, 2), pod("b", true, 5)],
            Tone::Warning,
            "Both pods are ready; 2 restarted 7 times in all, last 3 min ago (OOMKilled).",
        ),
        (
            vec![pod("a", true, 0), old],
            Tone::Well,
            "Both pods are ready; one restarted once, last 2 d ago (Error).",
        ),
        (vec![pod("a", false, 0)], Tone::Critical, "None of 1 pod are ready; none has restarted."),
    ] {
        check(&pods(&pods_seen, NOW), tone, sentence);
    }
}

#[test]
fn evidence_of_pods_reads_without_the_page() {
    let text = pods(&[pod("a", true, 0), pod("c", false, 4)], NOW).text();
    let expected = "1 of 2 pods is ready; one restarted 4 times, last 3 min ago (OOMKilled).\n\nPods\n\
        Pod | State | Ready | Restarts | Age | CPU | Memory\n\
        a | Running | 1 of 1 | 0 | 2 h | 312 m | 1.2 GiB\n\
        c | CrashLoopBackOff | 0 of 1 | 4, last 3 min ago (OOMKilled) | 2 h | 312 m | 1.2 GiB";
    assert_eq!(text.replace('\u{a0}', " "), expected);
}

fn lines(texts: &[&str]) -> Vec<Line> {
    let at = |number: usize| Some(NOW.minus((texts.len() - number) as i64 * 2_000));
    texts.iter().enumerate().map(|(number, text)| Line { at: at(number), text: (*text).to_owned() }).collect()
}

fn log_of(search: &str, texts: &[&str]) -> LogSeen {
    LogSeen { pod: "a".into(), previous: false, search: search.into(), lines: lines(texts), shown: 2 }
}

#[test]
fn a_log_is_searched_as_it_is_shown() {
    let texts = ["INFO one", "error two ada@example.com", "INFO three"];
    check(
        &log(&log_of("", &texts), NOW),
        Tone::Warning,
        "The last 2 lines of a: the newest was written 2 s ago and 1 says that something went wrong.",
    );
    check(
        &log(&log_of("info", &texts), NOW),
        Tone::Plain,
        "2 of the last 3 lines of a hold \u{201c}info\u{201d}: the newest was written 2 s ago and none says that something went wrong.",
    );
    let nothing = log(&log_of("example.com", &texts), NOW);
    check(&nothing, Tone::Plain, "None of the last 3 lines of a holds \u{201c}example.com\u{201d}.");
    check(&log(&log_of("", &[]), NOW), Tone::Plain, "a wrote nothing.");
    let personal = log(&log_of("ada@example.com", &texts), NOW);
    assert!(!personal.text().contains("ada"), "{}", personal.text());
}

#[test]
fn evidence_has_a_bound_and_says_that_it_was_cut() {
    let long = "x".repeat(500);
    let texts: Vec<&str> = std::iter::repeat_n(long.as_str(), 200).chain(["the newest"]).collect();
    let text = log(&LogSeen { shown: 500, ..log_of("", &texts) }, NOW).text();
    assert!(text.len() <= LONGEST_EVIDENCE && text.len() > LONGEST_EVIDENCE - 1_000, "{}", text.len());
    assert!(text.contains("The rest is left out") && text.ends_with("the newest"), "{}", &text[..300]);
    let many: Vec<PodSeen> = (0..1_000).map(|number| pod(&format!("pod-\u{fc}-{number}"), true, 0)).collect();
    let text = pods(&many, NOW).text();
    assert!(text.len() <= LONGEST_EVIDENCE, "{}", text.len());
    assert!(text.starts_with("All 1000 pods") && text.ends_with("longer than 32 KiB.)"));
}

fn rows(columns: &[&str], cells: &[&[&str]]) -> Rows {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Rows { columns: texts(columns), rows: cells.iter().map(|row| texts(row)).collect(), notes: Vec::new() }
}

#[test]
fn the_database_is_summed_up() {
    let columns = ["pid", "role", "seconds", "waits_for", "query"];
    check(&active(&rows(&[], &[])), Tone::Well, "No statement runs at this moment.");
    check(
        &active(&rows(
            &columns,
            &[&["7", "app", "42.5", "Lock", "UPDATE x"], &["8", "app", "0.1", "", "SELECT"]],
        )),
        Tone::Warning,
        "2 statements run, the longest for 42.5 s, waiting for Lock.",
    );
    let slow = rows(&["query", "mean_ms", "total_ms", "calls"], &[&["SELECT 'x'", "812.4", "9000", "1204"]]);
    check(
        &slowest(&slow),
        Tone::Well,
        "The slowest statement takes 812 ms on average, over 1\u{202f}204 calls.",
    );
    check(
        &feedback(&rows(
            &["rating", "outcome", "count"],
            &[&["5", "accepted", "3"], &["1", "rejected", "1"]],
        )),
        Tone::Plain,
        "4 answers in 24 hours, rated 4.0 of 5 on average.",
    );
    let long = rows(&["query", "total_ms"], &[&["SELECT 'ada@example.com'", "1234567890.5"]]);
    let text = slowest(&long).text();
    assert!(text.contains("1234567890.5") && !text.contains("ada"), "{text}");
    let gaps =
        rows(&["status", "without_score", "under_0_7", "optimizations"], &[&["active", "1", "1", "3"]]);
    check(
        &quality(&gaps),
        Tone::Warning,
        "Of 3 optimizations in 24 hours 1 is without a quality score and 1 under 0.7.",
    );
    let columns = ["wedding_id", "crisis_type", "status", "created_at"];
    let waits: &[&str] = &["w-1", "weather", "ai_processing", "2026-11-24 03:02"];
    check(&crises(&rows(&columns, &[])), Tone::Well, "No crisis of the last hour waits for the AI.");
    check(&crises(&rows(&columns, &[waits])), Tone::Warning, "1 crisis of the last hour waits for the AI.");
    check(
        &crises(&rows(&columns, &[waits, waits])),
        Tone::Warning,
        "2 crises of the last hour wait for the AI.",
    );
}

#[test]
fn what_it_leans_on_is_summed_up() {
    let seen = CacheSeen {
        used_bytes: 41 << 20,
        most_bytes: Some(256 << 20),
        hits: 934,
        misses: 66,
        ..CacheSeen::default()
    };
    check(&cache(&seen), Tone::Well, "41 MiB of 256 MiB are used (16 %); 93.4 % of reads found their key.");
    let broken = CallSeen {
        request: "GET https://api/ai/health".into(),
        stages: vec![(Stage::Name, 0.4), (Stage::Connect, 1.2)],
        end: CallEnd::Broke { during: Stage::Tls, why: "its certificate is not trusted".into() },
    };
    check(&call(&broken), Tone::Critical, "It broke while agreeing on TLS: its certificate is not trusted.");
    let fine = CallSeen {
        stages: vec![
            (Stage::Name, 0.4),
            (Stage::Connect, 1.2),
            (Stage::FirstByte, 250.0),
            (Stage::Rest, 0.1),
        ],
        end: CallEnd::Answered { status: 200 },
        ..broken
    };
    check(
        &call(&fine),
        Tone::Well,
        "Answered 200 in 252 ms, of which 250 ms went into waiting for the first byte.",
    );
    let dependency =
        |name: &str, state| DependencySeen { name: name.into(), address: "https://x".into(), state };
    let open = dependency("OpenAI", Dependency::Answers { status: 401, milliseconds: 80.0 });
    check(&dependencies(std::slice::from_ref(&open)), Tone::Well, "OpenAI answers.");
    check(
        &dependencies(&[open, dependency("Mail", Dependency::Silent { why: "connection refused".into() })]),
        Tone::Warning,
        "1 of 2 cannot be used: Mail (connection refused).",
    );
    let model = ModelSeen {
        name: "optimization".into(),
        version: "v2.1".into(),
        accuracy: Some(0.921),
        trained_at: Some(NOW.minus(9 * DAY)),
        status: Some("healthy".into()),
        traffic: Some(1.0),
    };
    let degraded =
        ModelSeen { name: "crisis".into(), status: Some("degraded".into()), accuracy: None, ..model.clone() };
    check(
        &models(&[model, degraded], NOW),
        Tone::Warning,
        "1 of 2 models are not healthy: crisis (degraded); the least accurate is optimization v2.1 with 92.1 %.",
    );
}

#[test]
fn an_object_is_summed_up() {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut seen = ThingSeen {
        thing: Thing::Deployment("engine".into()),
        facts: vec![fact("pods wanted", "3"), fact("pods ready", "3")],
        conditions: Vec::new(),
        events: Vec::new(),
    };
    check(&thing(&seen, NOW), Tone::Well, "engine has 3 of 3 pods ready; the cluster noted no warning.");
    seen.events.push(Noted {
        warning: true,
        reason: "FailedScheduling".into(),
        message: "0/3 nodes are available".into(),
        count: 4,
        last_seen: Some(NOW.minus(4 * MINUTE)),
    });
    seen.conditions.push(Condition {
        name: "Available".into(),
        status: "False".into(),
        reason: "MinimumReplicasUnavailable".into(),
        message: String::new(),
    });
    check(
        &thing(&seen, NOW),
        Tone::Warning,
        "engine does not meet its condition Available (MinimumReplicasUnavailable); the cluster noted 1 warning, the last 4 min ago: FailedScheduling.",
    );
}

#[test]
fn what_cannot_be_seen_says_why_and_what_to_do() {
    let right = "list pods in ai-services".to_owned();
    let why = format!("the console's account in the cluster lacks a right: {right}");
    let forbidden = Unseen::Forbidden { right, why };
    assert_eq!(
        forbidden.sentence(),
        "The console's account in the cluster lacks a right: list pods in ai-services."
    );
    assert_eq!(Unseen::Late { milliseconds: 2_500 }.sentence(), "It did not answer within 2.5 s.");
    let missing = Unseen::NotConfigured { what: "No cluster".into(), key: "[platform.kubernetes]".into() };
    assert_eq!(
        missing.sentence(),
        "No cluster is configured for this platform: [platform.kubernetes] says where it is."
    );
    for panel in Panel::ALL {
        assert_eq!(Panel::from_word(panel.word()), Some(panel));
        assert_eq!(Question::of(panel).panel(), panel);
    }
}
