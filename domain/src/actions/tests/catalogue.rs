use super::*;
use crate::{
    access::Permission,
    time::{DAY, HOUR},
};

#[test]
fn the_default_catalogue_has_everything_that_people_do_by_hand() {
    let catalogue = catalogue();
    for expected in [
        "scale-optimization",
        "scale-recommendation",
        "restart-optimization",
        "restart-recommendation",
        "reroute-to-backup-region",
        "fail-over-to-backup-infrastructure",
        "return-from-backup-region",
        "return-from-backup-infrastructure",
        "enable-fallback",
        "disable-fallback",
        "flush-and-warm-cache",
        "clear-stale-cache",
        "enable-manual-mode",
        "disable-manual-mode",
        "send-emergency-alert",
        "deploy-models",
        "validate-models",
        "retrain",
        "prepare-ab-test",
        "backup-models",
        "backup-database",
        "restore-models",
        "restore-database",
        "recover-services",
        "clean-old-optimizations",
        "analyze-tables",
    ] {
        let action = catalogue.get(&key(expected)).unwrap_or_else(|| panic!("no {expected}"));
        assert!(action.changes.ends_with('.'), "{expected}: {}", action.changes);
        let plan = catalogue.plan(&action.key, &values(expected)).unwrap();
        assert!(
            plan.steps.iter().all(|step| (SECOND..=12 * HOUR).contains(&step.effect.within)),
            "{expected}"
        );
        let stored = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&stored).unwrap(), plan, "{stored}");
    }
    let of_goals: usize = catalogue.by_goal().iter().map(|(_, actions)| actions.len()).sum();
    assert_eq!(of_goals, catalogue.iter().count());
}

#[test]
fn an_entry_reads_the_same_after_it_was_written() {
    for action in catalogue().iter() {
        let written = serde_json::to_string(action).unwrap();
        assert_eq!(&serde_json::from_str::<Action>(&written).unwrap(), action, "{written}");
    }
}

#[test]
fn an_entry_of_the_configuration_is_read_as_it_looks() {
    let written = r#"
        key = "purge-answers"
        name = "Purge answers"
        goal = "cache"
        changes = "Answers of one version are gone."
        platform = "other"
        services = ["answers"]
        permission = "run_dangerous_actions"
        danger = { danger = "dangerous", because = "They are computed anew." }
        procedure = "cache"
        cooldown = 60_000
        effect = { look = "answer", base = "api", path = "/purge", field = "left", is = 0, within = 30_000 }
        undo = { undo = "impossible", because = "They are gone." }
        preconditions = [{ precondition = "may_change" }, { precondition = "backend_ready", least = 2 }]
        touches = [{ target = "redis", database = 0 }]

        [does]
        kind = "http"
        method = "POST"
        base = "api"
        path = ["purge", { parameter = "version" }]
        body = [["hard", true], ["version", { parameter = "version" }], ["most", 100]]

        [[parameters]]
        name = "version"
        label = "Version"
        kind = "version"
        like = "v2.1"
    "#;
    let action: Action = toml::from_str(written).unwrap();
    let catalogue = Catalogue::new(vec![action]).unwrap();
    let values =
        Values::from([(ParameterName::parse("version").unwrap(), Value::Version("v3.0".to_owned()))]);
    let plan = catalogue.plan(&key("purge-answers"), &values).unwrap();
    let Step::Http { path, body, .. } = &plan.steps[0].step else { panic!("{plan:?}") };
    assert_eq!(
        (path.as_str(), body.json().as_str()),
        ("/purge/v3.0", r#"{"hard":true,"version":"v3.0","most":100}"#)
    );
    for (kind, expected) in [
        ("kind = 'kubernetes.scale'\ndeployment = { namespace = 'a', name = 'b' }\nreplicas = 3", true),
        ("kind = 'kubernetes.scale'\ndeployment = { namespace = 'a', name = 'b;c' }\nreplicas = 3", false),
        ("kind = 'kubernetes.scale'\ndeployment = { namespace = 'a', name = 'b' }\nreplicas = 'many'", false),
        ("kind = 'redis.delete_pattern'\ndatabase = 0\npattern = '*'\nbatch = 10", false),
        ("kind = 'shell'\ncommand = 'reboot'", false),
    ] {
        assert_eq!(toml::from_str::<Kind>(kind).is_ok(), expected, "{kind}");
    }
}

/// What the steps of an action are, as a person would say them.
fn steps(action: &str) -> Vec<String> {
    let plan = catalogue().plan(&key(action), &values(action)).unwrap();
    let words = |step: &Step| match step {
        Step::Http { method, path, body, .. } => format!("{} {path} {}", method.word(), body.json()),
        Step::KubernetesScale { deployment, replicas, autoscaler } => {
            format!("scale {} to {replicas} by {autoscaler:?}", deployment.name)
        }
        Step::KubernetesRestart { deployment } => format!("restart {}", deployment.name),
        Step::KubernetesIngressBackend { at, to, .. } => format!("{}{} to {to}", at.host, at.path),
        Step::KubernetesJobFromCronjob { cronjob, env } => {
            let env: Vec<String> = env.iter().map(|(name, value)| format!(" {name}={value}")).collect();
            format!("{}{}", cronjob.name, env.concat())
        }
        Step::RedisFlush { database } => format!("flush {database}"),
        Step::RedisDeletePattern { pattern, batch, .. } => format!("delete {pattern} by {batch}"),
        Step::SqlBatchDelete { statement, older_than_days, batch, .. } => {
            format!("{statement} over {older_than_days} d by {batch}")
        }
        Step::SqlAnalyze { tables } => format!("analyze {} tables", tables.len()),
    };
    plan.steps.iter().map(|planned| words(&planned.step)).collect()
}

#[test]
fn plans_are_the_steps_of_the_operations_document() {
    for (action, expected) in [
        ("enable-fallback", vec!["POST /ai/fallback/enable {}"]),
        (
            "send-emergency-alert",
            vec![r#"POST /emergency {"type":"ai_crisis_failure","severity":"critical"}"#],
        ),
        (
            "scale-optimization",
            vec![r#"scale ai-optimization-engine to 10 by Some(KubeName("ai-optimization-hpa"))"#],
        ),
        ("scale-recommendation", vec!["scale ai-recommendation-engine to 8 by None"]),
        ("reroute-to-backup-region", vec!["api.wedsync.com/ai/ to ai-backup:80"]),
        ("fail-over-to-backup-infrastructure", vec!["api.wedsync.com/ai/ to ai-backup-services:80"]),
        ("flush-and-warm-cache", vec!["flush 0", "POST /ai/cache/warm {}"]),
        (
            "clear-stale-cache",
            vec!["delete ai:* by 500", "delete optimization:* by 500", "POST /ai/cache/warm {}"],
        ),
        (
            "retrain",
            vec![
                "extract-training-data MONTH=2026-02",
                "validate-training-data MONTH=2026-02",
                "train-optimization-model",
                "train-recommendation-model",
                "validate-trained-models",
                "deploy-models-staging ENVIRONMENT=staging",
            ],
        ),
        ("prepare-ab-test", vec!["setup-ab-test MODEL_VERSION=v2.1"]),
        (
            "recover-services",
            vec![
                "recover-ai-services BACKUP=latest STEP=restore-models",
                "recover-ai-services CONFIG_MAP=ai-model-config STEP=apply-configuration",
                "restart ai-optimization-engine",
                "restart ai-recommendation-engine",
                "validate-recovery",
            ],
        ),
        ("clean-old-optimizations", vec!["completed_optimizations over 90 d by 5000"]),
        ("analyze-tables", vec!["analyze 3 tables"]),
    ] {
        assert_eq!(steps(action), expected, "{action}");
    }
}

/// The default catalogue with one entry changed, and what is said of that.
#[track_caller]
fn wrong(action: &str, change: impl FnOnce(&mut Action), expected: &[&str]) {
    let mut actions = super::wedsync::actions(&Names::default()).unwrap();
    change(actions.iter_mut().find(|one| one.key == key(action)).unwrap());
    let problems = Catalogue::new(actions).unwrap_err();
    let said: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert_eq!(said, expected);
}

fn replicas(action: &mut Action, min: i64, max: i64, default: &str) {
    action.parameters[0].kind = ParameterKind::Number { min, max };
    action.parameters[0].default = Some(default.to_owned());
}

#[test]
fn what_makes_no_sense_is_told_by_entry_and_field() {
    wrong(
        "enable-fallback",
        |action| action.undo = Undo::Action { key: key("nothing") },
        &[
            "action enable-fallback, undo: there is no action nothing",
            "action disable-fallback, undo: enable-fallback undoes it, but is itself undone by nothing, which does not \
             lead back",
        ],
    );
    wrong(
        "enable-fallback",
        |action| action.undo = Undo::Action { key: key("enable-fallback") },
        &[
            "action enable-fallback, undo: it cannot undo itself",
            "action disable-fallback, undo: enable-fallback undoes it, but is itself undone by enable-fallback, which \
             does not lead back",
        ],
    );
    wrong(
        "warm-cache",
        |action| action.undo = Undo::OldValue,
        &["action warm-cache, undo: it finds no old value that could be put back"],
    );
    wrong(
        "backup-models",
        |action| action.undo = Undo::Action { key: key("restore-database") },
        &["action backup-models, undo: restore-database cannot undo by itself: its day has no default"],
    );
    wrong(
        "scale-optimization",
        |action| replicas(action, 20, 1, "10"),
        &["action scale-optimization, parameters: of replicas the least, 20, is more than the most, 1"],
    );
    wrong(
        "scale-optimization",
        |action| replicas(action, 1, 20, "21"),
        &[
            "action scale-optimization, parameters: the default of replicas may not be given: 21 is more than 20, the \
             most that may be given.",
        ],
    );
    wrong(
        "scale-optimization",
        |action| replicas(action, 0, 100_000, "10"),
        &["action scale-optimization, does.replicas: 0 to 100000 goes beyond 0 to 1000"],
    );
    wrong(
        "scale-optimization",
        |action| action.parameters.clear(),
        &["action scale-optimization, does: it uses replicas, which is not declared"],
    );
    wrong(
        "warm-cache",
        |action| {
            action.parameters.push(Parameter {
                name: ParameterName::parse("how").unwrap(),
                label: "How".to_owned(),
                kind: ParameterKind::Choice { among: vec![] },
                default: None,
            });
        },
        &[
            // The sequences that it is part of cannot give it.
            "action flush-and-warm-cache, does.parts: warm-cache: The values do not fit: nothing is given for how.",
            "action clear-stale-cache, does.parts: warm-cache: The values do not fit: nothing is given for how.",
            "action warm-cache, parameters: how is declared, but nothing uses it",
            "action warm-cache, parameters: how leaves nothing to choose",
        ],
    );
}

#[test]
fn deadlines_rights_and_sequences_are_checked() {
    wrong(
        "analyze-tables",
        |action| action.effect.within = 0,
        &["action analyze-tables, effect.within: it has no deadline"],
    );
    wrong(
        "analyze-tables",
        |action| action.effect.within = 3 * DAY,
        &["action analyze-tables, effect.within: the deadline is 3 d, and 12 h is the longest"],
    );
    wrong(
        "analyze-tables",
        |action| action.effect.look = Look::RolledOut,
        &["action analyze-tables, effect.look: its effect cannot be seen in this way"],
    );
    wrong(
        "deploy-models",
        |action| action.permission = Permission::RunOrdinaryActions,
        &[
            "action deploy-models, permission: what is dangerous needs run_dangerous_actions or run_crisis_actions",
        ],
    );
    wrong(
        "warm-cache",
        |action| {
            action.permission = Permission::Approve;
            action.two_person = true;
            action.name = " ".to_owned();
            action.cooldown = -1;
        },
        &[
            "action warm-cache, name: it is empty",
            "action warm-cache, permission: approve does not allow to run anything",
            "action warm-cache, two_person: what needs two people is dangerous: say why",
            "action warm-cache, cooldown: it is not between 0 and 1 d",
        ],
    );
    wrong(
        "flush-cache",
        |action| action.key = key("warm-cache"),
        &[
            "action flush-and-warm-cache, does.parts: there is no action flush-cache",
            "action warm-cache, key: another entry has the same key",
        ],
    );
    let part = |action: &str| Part { action: key(action), with: BTreeMap::new() };
    wrong(
        "flush-and-warm-cache",
        |action| {
            action.does = Kind::Sequence { parts: vec![part("flush-cache"), part("flush-and-warm-cache")] }
        },
        &["action flush-and-warm-cache, does.parts: it leads back to itself: flush-and-warm-cache, then \
             flush-and-warm-cache"],
    );
    wrong(
        "flush-and-warm-cache",
        |action| action.does = Kind::Sequence { parts: vec![] },
        &["action flush-and-warm-cache, does.parts: a sequence has at least one action"],
    );
    wrong(
        "flush-and-warm-cache",
        |action| action.does = Kind::Sequence { parts: vec![part("retrain"); 6] },
        &["action flush-and-warm-cache, does.parts: it has 36 steps, and 30 is the most"],
    );
}

#[test]
fn names_cannot_be_commands() {
    for (given, is) in
        [("ai:*", true), ("*", false), ("a*", false), ("ai:*\n", false), ("ai *", false), ("?i:*", false)]
    {
        assert_eq!(RedisPattern::parse(given).is_ok(), is, "{given:?}");
    }
    for given in ["", "A", "a b", "a/b", "../x", "a;b", "-a", "a-", "ä", &"a".repeat(64)] {
        assert!(KubeName::parse(given).is_err() || given == "a".repeat(63), "{given:?}");
    }
    assert!(SqlName::parse("ai_feedback; drop table x").is_err());
    assert!(serde_json::from_str::<SqlName>(r#""x; --""#).is_err());
    let sneaky = Kind::Http {
        method: Method::Post,
        base: Base::Api,
        path: vec![
            Text::Fixed("crisis".to_owned()),
            Text::Of { parameter: ParameterName::parse("which").unwrap() },
        ],
        body: vec![],
    };
    for (typed, path) in [("a/../b?c=d#e", "/crisis/a%2F..%2Fb%3Fc%3Dd%23e"), ("..", "/crisis/%2E%2E")] {
        let values =
            Values::from([(ParameterName::parse("which").unwrap(), Value::Choice(typed.to_owned()))]);
        let Step::Http { path: filled, .. } = sneaky.fill(&values).unwrap() else { panic!("no request") };
        assert_eq!(filled, path);
    }
}

#[test]
fn targets_overlap_where_one_is_part_of_the_other() {
    let http = |path: &str| Target::Http { base: Base::Api, path: path.to_owned() };
    for (one, other, expected) in [
        ("/ai/fallback", "/ai/fallback/enable", true),
        ("/ai/fallback/", "/ai/fallback", true),
        ("/ai/fallback/enable", "/ai/fallback/disable", false),
        ("/ai/fall", "/ai/fallback", false),
        ("/", "/ai", true),
    ] {
        assert_eq!(http(one).overlaps(&http(other)), expected, "{one} {other}");
        assert_eq!(http(other).overlaps(&http(one)), expected, "{other} {one}");
    }
    let touched = |action: &str| catalogue().plan(&key(action), &values(action)).unwrap().targets();
    for (one, other, expected) in [
        ("enable-fallback", "disable-fallback", true),
        ("scale-optimization", "restart-optimization", true),
        ("scale-optimization", "scale-recommendation", false),
        ("recover-services", "restart-recommendation", true),
        ("recover-services", "deploy-models", true),
        ("flush-and-warm-cache", "clear-ai-keys", true),
        ("reroute-to-backup-region", "fail-over-to-backup-infrastructure", true),
        ("clean-old-optimizations", "analyze-tables", true),
        ("restore-models", "restore-database", true),
        ("backup-models", "backup-database", false),
    ] {
        assert_eq!(overlap(&touched(one), &touched(other)), expected, "{one} {other}");
    }
}
