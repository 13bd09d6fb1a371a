use super::*;

#[test]
fn a_fingerprint_is_of_what_it_rests_on_and_of_nothing_else() {
    let seen = preview("scale-optimization");
    let mut later = seen.clone();
    later.made_at = NOW.plus(MINUTE);
    later.steps[0].also.push(fact("pods", "4"));
    later.steps[0].requests.push(Request::new("PATCH", "https://cluster/x"));
    assert_eq!(later.fingerprint(), seen.fingerprint());
    assert_eq!(seen.changed_in(&later), []);

    let mut other = seen.clone();
    other.steps[0].rests_on[0].value = "restarted".to_owned();
    assert_ne!(other.fingerprint(), seen.fingerprint());
    other.steps[0].rests_on.push(fact("owner", "hpa"));
    let changed: Vec<String> = seen.changed_in(&other).iter().map(Changed::to_string).collect();
    assert_eq!(
        changed,
        ["The state was calm and is restarted now", "The owner is hpa and was not there before"]
    );
    let changed: Vec<String> = other.changed_in(&seen).iter().map(Changed::to_string).collect();
    assert_eq!(
        changed,
        ["The state was restarted and is calm now", "The owner was hpa and is not found any more"]
    );
    // What could not be looked at is not gone.
    let mut blind = seen.clone();
    blind.steps[0].rests_on.clear();
    blind.steps[0].unseen = Some("the cluster did not answer within 5 s".to_owned());
    let changed: Vec<String> = seen.changed_in(&blind).iter().map(Changed::to_string).collect();
    assert_eq!(
        changed,
        ["The state was calm and could not be looked at again: the cluster did not answer within 5 s"]
    );
    let changed: Vec<String> = blind.changed_in(&seen).iter().map(Changed::to_string).collect();
    assert_eq!(changed, ["The state is calm and could not be looked at before"]);

    let mut old = seen.clone();
    old.steps[0].old = None;
    assert_ne!(old.fingerprint(), seen.fingerprint());
    assert_eq!(seen.changed_in(&old)[0].to_string(), "What would be put back by an undo is different");
    // What is only compared with later is nothing that somebody agreed to.
    let analyze = preview("analyze-tables");
    let mut analyzed = analyze.clone();
    analyzed.steps[0].old = Some(OldValue::Analyzed { times: vec![1, 0, 0] });
    assert_eq!(analyzed.fingerprint(), analyze.fingerprint());
    assert_eq!(analyze.changed_in(&analyzed), []);
    let mut plan = seen.clone();
    plan.plan.values = Values::new();
    assert_ne!(plan.fingerprint(), seen.fingerprint());
    assert_eq!(seen.changed_in(&plan)[0].to_string(), "What the action does is different");
}

#[test]
fn facts_cannot_run_into_each_other() {
    let with = |key: &str, value: &str| {
        let mut preview = preview("scale-optimization");
        preview.steps[0].rests_on = vec![fact(key, value)];
        preview.fingerprint()
    };
    assert_ne!(with("ab", "c"), with("a", "bc"));
    assert_eq!(with("a", "b").as_str().len(), 64);
    assert_eq!(Fingerprint::from_form(&format!(" {}\n", with("a", "b"))), with("a", "b"));
}

#[test]
fn checks_that_fail_and_warn_are_gathered() {
    let mut preview = preview("flush-and-warm-cache");
    let check = |found| Check { what: "x".to_owned(), found };
    preview.steps[0].checks = vec![check(Found::Fails("It is a replica.".to_owned()))];
    preview.steps[1].checks = vec![check(Found::Warns("It is busy.".to_owned()))];
    assert_eq!(preview.failing(), ["It is a replica."]);
    assert_eq!(preview.warnings(), ["It is busy."]);
}
