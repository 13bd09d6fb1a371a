use super::*;
use crate::oncall::{Document, Fault, Field, Season};

const WORKED: &str = r#"{"zone":"Europe/Stockholm","first_day":"2026-01-05","handover_time":"09:00","length_weeks":1,"people":["a","b","c"],"overrides":[{"from":"2026-03-28T20:00:00Z","to":"2026-03-29T08:00:00Z","person":"b","made_at":"2026-03-01T10:00:00Z"}]}"#;

#[test]
fn the_worked_case_is_read() {
    let document = Document::parse(WORKED).unwrap();
    assert_eq!(document.rotation.people(), people("a b c"));
    assert_eq!(document.overrides.len(), 1);
    assert_eq!(document.left, Left::new());
}

#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    assert!(WORKED.contains(from));
    let error = Document::parse(&WORKED.replace(from, to)).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_wrong_with_a_document_is_said_in_words() {
    refused("Europe/Stockholm", "Europe/Atlantis", "there is no time zone \"Europe/Atlantis\"");
    refused("Europe/Stockholm", "", "there is no time zone \"\"");
    refused("2026-01-05", "2026-02-30", "\"2026-02-30\" is not a day");
    refused("2026-01-05", "0005-01-05", "is not a day between 1970 and 2199");
    refused("09:00\"", "24:00\"", "\"24:00\" is not a time of day");
    refused("09:00\"", "9\"", "\"9\" is not a time of day");
    refused("\"length_weeks\":1", "\"length_weeks\":0", "a turn of 0 weeks cannot be; it has 1 to 52");
    refused("\"length_weeks\":1", "\"length_weeks\":-1", "a turn of -1 weeks cannot be");
    refused("\"length_weeks\":1", "\"length_weeks\":53", "a turn of 53 weeks cannot be");
    refused(
        "\"length_weeks\":1",
        "\"length_weeks\":1.5",
        "it is not a rotation: invalid type: floating point",
    );
    refused("[\"a\",\"b\",\"c\"]", "[]", "nobody is in it, so nobody would be called");
    refused("[\"a\",\"b\",\"c\"]", "[\"a\",\"b\",\"a\"]", "a is in it twice");
    refused("[\"a\",\"b\",\"c\"]", "[\"a\",\" \"]", "one of its people has no name");
    refused(
        "2026-03-29T08:00:00Z",
        "2026-03-28T20:00:00Z",
        "overrides[0] ends at 2026-03-28T20:00:00Z, which is not after",
    );
    refused(
        "2026-03-29T08:00:00Z",
        "2026-03-29 08:00",
        "overrides[0].to: \"2026-03-29 08:00\" is not a moment",
    );
    refused("\"person\":\"b\"", "\"person\":\"\"", "overrides[0] names nobody");
    refused("\"overrides\"", "\"swaps\"", "unknown field `swaps`");
    refused("\"zone\":\"Europe/Stockholm\",", "", "missing field `zone`");
    assert!(Document::parse("").unwrap_err().to_string().contains("it is not a rotation: EOF"));
}

#[test]
fn an_override_by_a_colleague_from_outside_is_taken() {
    let document = Document::parse(&WORKED.replace("\"person\":\"b\"", "\"person\":\"colleague\"")).unwrap();
    assert_eq!(document.overrides[0].person, person("colleague"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_at_its_field() {
    let written = Written {
        zone: "+02:00".to_owned(),
        first_day: "soon".to_owned(),
        handover_time: "nine".to_owned(),
        length_weeks: 100,
        people: people("a a b b"),
    };
    let faults = written.check().unwrap_err();
    let fields: Vec<_> = faults.iter().map(Fault::field).collect();
    use Field as F;
    assert_eq!(fields, [F::Zone, F::FirstDay, F::HandoverTime, F::LengthWeeks, F::People, F::People]);
    let crowd = Written { people: (0..101).map(|n| person(&n.to_string())).collect(), ..written };
    assert!(crowd.check().unwrap_err().contains(&Fault::TooManyPeople(101)));
}

#[test]
fn a_season_is_two_days_of_the_year() {
    let summer: Season = "05-01 to 09-30".parse().unwrap();
    assert_eq!(summer.to_string(), "05-01 to 09-30");
    assert_eq!(summer.words(), "1 May to 30 September");
    for wrong in [
        "",
        "May to June",
        "05-01 to 13-01",
        "05-01 to 04-31",
        "05-01",
        "2026-05-01 to 2026-09-30",
        "5-1 to 9-30",
    ] {
        assert!(wrong.parse::<Season>().is_err(), "{wrong}");
    }
}
