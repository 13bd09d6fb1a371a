use super::*;

/// What each text comes to: the value, or the sentence that the person reads.
#[track_caller]
fn check(kind: &ParameterKind, cases: &[(&str, Result<&str, &str>)]) {
    for (typed, expected) in cases {
        let read = kind.read_on(typed, "2026-03-28".parse().unwrap());
        let read = read.map(|value| value.to_string()).map_err(|wrong| wrong.to_string());
        assert_eq!(read.as_deref().map_err(String::as_str), *expected, "{typed:?}");
    }
}

#[test]
fn replicas_are_whole_numbers_within_their_bounds() {
    const WRONG: Result<&str, &str> = Err("Give a whole number from 1 to 20, in the digits 0 to 9.");
    check(
        &ParameterKind::Number { min: 1, max: 20 },
        &[
            ("10", Ok("10")),
            (" 10 ", Ok("10")),
            ("010", Ok("10")),
            ("1", Ok("1")),
            ("20", Ok("20")),
            ("0", Err("0 is less than 1, the least that may be given.")),
            ("-1", Err("-1 is less than 1, the least that may be given.")),
            ("-0", Err("0 is less than 1, the least that may be given.")),
            ("21", Err("21 is more than 20, the most that may be given.")),
            ("100000", Err("100000 is more than 20, the most that may be given.")),
            ("99999999999999999999999", WRONG),
            ("", WRONG),
            ("   ", WRONG),
            ("-", WRONG),
            ("--1", WRONG),
            ("+5", WRONG),
            ("ten", WRONG),
            ("10.0", WRONG),
            ("1e1", WRONG),
            ("0x0a", WRONG),
            ("1 0", WRONG),
            ("1_0", WRONG),
            ("10; rm -rf /", WRONG),
            ("10\n", WRONG),
            ("\u{a0}10", WRONG),
            ("１０", WRONG),
            ("१०", WRONG),
            ("−1", WRONG),
            ("10\u{200b}", WRONG),
        ],
    );
}

#[test]
fn choices_versions_months_and_days_are_exactly_what_they_say() {
    const CHOICE: Result<&str, &str> = Err("Choose one of: production, staging.");
    let among = ["production", "staging"].map(str::to_owned).to_vec();
    check(
        &ParameterKind::Choice { among },
        &[("staging", Ok("staging")), ("Staging", CHOICE), ("", CHOICE), ("staging,production", CHOICE)],
    );
    const VERSION: Result<&str, &str> = Err("Give a version such as v2.1.");
    check(
        &ParameterKind::Version { like: "v2.1".to_owned() },
        &[
            ("v2.1", Ok("v2.1")),
            ("v10.0", Ok("v10.0")),
            ("v2", VERSION),
            ("v2.1.3", VERSION),
            ("2.1", VERSION),
            ("v02.1", VERSION),
            ("v2.", VERSION),
            ("v2.1-rc1", VERSION),
            ("v2.1 && reboot", VERSION),
            ("v２.1", VERSION),
            ("v999999.1", VERSION),
            ("", VERSION),
        ],
    );
    const MONTH: Result<&str, &str> = Err("Give a month as year and month, such as 2026-03.");
    check(
        &ParameterKind::Month,
        &[
            ("2026-02", Ok("2026-02")),
            ("2026-03", Ok("2026-03")),
            ("2026-04", Err("2026-04 has not begun yet.")),
            ("2026-13", MONTH),
            ("2026-00", MONTH),
            ("2026-2", MONTH),
            ("26-02", MONTH),
            ("0001-02", MONTH),
            ("2026-02-01", MONTH),
            ("February", MONTH),
            ("", MONTH),
        ],
    );
    const DAY: Result<&str, &str> = Err("Give a day as year, month and day, such as 2026-03-28.");
    check(
        &ParameterKind::Date,
        &[
            ("2026-03-28", Ok("2026-03-28")),
            ("2024-02-29", Ok("2024-02-29")),
            ("2026-03-29", Err("2026-03-29 has not begun yet.")),
            ("2026-02-29", DAY),
            ("20260301", DAY),
            ("2026-03-28T00:00:00Z", DAY),
            ("1970-01-01", DAY),
            ("", DAY),
        ],
    );
}

#[test]
fn a_form_tells_all_that_is_wrong_and_an_emptied_field_is_not_its_default() {
    let catalogue = catalogue();
    let scale = catalogue.get(&key("scale-optimization")).unwrap();
    let read = |typed: &[(&str, &str)]| {
        let typed = typed
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<BTreeMap<_, _>>();
        let read = check_values(scale, &typed, "2026-03-28".parse().unwrap());
        read.map(|values| values.values().map(Value::to_string).collect::<Vec<_>>())
            .map_err(|errors| errors.iter().map(FieldError::to_string).collect::<Vec<_>>())
    };
    assert_eq!(read(&[]), Ok(vec!["10".to_owned()]));
    assert_eq!(read(&[("replicas", "4")]), Ok(vec!["4".to_owned()]));
    let wrong = read(&[("replicas", ""), ("command", "reboot")]).unwrap_err();
    assert_eq!(
        wrong,
        [
            "Replicas: Give a whole number from 1 to 20, in the digits 0 to 9.",
            "command: The action has no such field."
        ]
    );
    let retrain = catalogue.get(&key("retrain")).unwrap();
    let missing = check_values(retrain, &BTreeMap::new(), "2026-03-28".parse().unwrap()).unwrap_err();
    assert_eq!(missing[0].to_string(), "Month of the data: It has to be given.");
}

#[test]
fn values_are_the_same_after_they_were_stored() {
    for action in ["scale-optimization", "retrain", "prepare-ab-test", "restore-database"] {
        let values = values(action);
        let stored = serde_json::to_string(&values).unwrap();
        assert_eq!(serde_json::from_str::<Values>(&stored).unwrap(), values, "{stored}");
    }
    assert!(serde_json::from_str::<Value>(r#"{"kind":"month","value":"2026-13"}"#).is_err());
}
