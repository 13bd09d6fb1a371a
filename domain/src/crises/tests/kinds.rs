use super::*;

#[test]
fn the_built_in_types_hold_and_every_crisis_has_the_clocks_of_the_policy() {
    let types = types();
    assert_eq!(types.iter().count(), 9);
    for of in types.iter() {
        let steps = of.steps(NOW);
        let due = |stage: Stage| {
            steps.iter().filter(|step| step.declared.stage == stage).map(|step| step.due.since(NOW)).max()
        };
        assert_eq!(due(Stage::FirstMinutes), Some(5 * MINUTE), "{}", of.key);
        assert_eq!(due(Stage::HalfHour), Some(30 * MINUTE), "{}", of.key);
        let names: Vec<&str> = steps.iter().take(3).map(|step| step.declared.name.as_str()).collect();
        assert_eq!(
            names,
            ["Alert the emergency team", "Switch to manual crisis management", "Tell the couple"],
            "{}",
            of.key
        );
    }
}

#[test]
fn the_actions_of_the_checklists_are_in_the_catalogue() {
    let names = crate::actions::wedsync::Names::default();
    let catalogue = crate::actions::Catalogue::wedsync(&names).unwrap();
    for step in types().iter().flat_map(|of| of.steps(NOW)) {
        if let How::Action { action } = &step.declared.how {
            assert!(catalogue.get(action).is_some(), "{action}");
        }
    }
}

#[track_caller]
fn check(word: &str, key: &str, words: &str) {
    let types = types();
    let (of, declared) = types.read(word);
    assert_eq!((of.key(), of.words().as_str()), (key, words));
    assert_eq!(declared.map(|of| of.key.as_str()), Some(key));
}

#[test]
fn the_platforms_words_are_read_and_an_unknown_one_is_kept() {
    check("vendor_cancelled", "vendor_cancelled", "Vendor cancelled");
    check("vendor_no_show", "vendor_cancelled", "Vendor cancelled");
    check("supplier_delay", "vendor_cancelled", "Vendor cancelled");
    check("weather_emergency", "weather", "Weather");
    check("dragons", "other", "Crisis of an unknown type (dragons)");
    check("<b>x</b>\r\nBcc: y", "other", "Crisis of an unknown type (<b>x</b> Bcc: y)");
    check("", "other", "Crisis of no type");
    check("other", "other", "Crisis of no type");
}

#[test]
fn types_are_read_as_the_configuration_writes_them() {
    let written = r#"
        key = "flood"
        name = "Flood"
        severity = "emergency"
        notices = ["we_know"]
        [[checklist]]
        key = "boats"
        name = "Find boats"
        stage = "half_hour"
        within = 600000
        how = "asks_people"
        people = "boatmen"
        [[checklist]]
        key = "alert"
        name = "Alert the emergency team"
        stage = "first_minutes"
        within = 300000
        required = true
        automatic = true
        how = "action"
        action = "send-emergency-alert"
    "#;
    let of: CaseType = toml::from_str(written).unwrap();
    let steps = of.steps(NOW);
    assert_eq!(steps[0].key().as_str(), "alert", "what is due first comes first");
    assert_eq!(steps[1].declared.how, How::AsksPeople { people: "boatmen".to_owned() });
    let stored = serde_json::to_string(&steps).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Step>>(&stored).unwrap(), steps);
}

#[track_caller]
fn check_problem(change: impl Fn(&mut Vec<CaseType>), expected: &str) {
    let mut all: Vec<CaseType> = types().iter().cloned().collect();
    change(&mut all);
    let problems = CaseTypes::new(all).unwrap_err();
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said.join("; "), expected);
}

#[test]
fn what_is_wrong_with_a_type_is_named() {
    check_problem(|all| all.retain(|of| of.key.as_str() != "other"), &Problem::NoOther.to_string());
    check_problem(
        |all| all[0].aliases.push(TypeKey::parse("weather").unwrap()),
        &Problem::TypeTwice(TypeKey::parse("weather").unwrap()).to_string(),
    );
    check_problem(|all| all[0].name.clear(), "the type ai_failed has no name");
    check_problem(
        |all| all[0].checklist[2].automatic = true,
        "the step tell_the_couple of the type ai_failed cannot be automatic: a notice is seen by a person before it goes, \
         and what is done by hand is not done by itself",
    );
    check_problem(
        |all| all[0].checklist[0].within = 0,
        "the step alert_emergency_team of the type ai_failed has to be done within 1 s to 1 d",
    );
    check_problem(
        |all| {
            let again = all[0].checklist[0].clone();
            all[0].checklist.push(again);
        },
        "the type ai_failed has two steps alert_emergency_team",
    );
}
