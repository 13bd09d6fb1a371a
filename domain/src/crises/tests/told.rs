use super::*;

/// What is odd about a crisis that is changed so, one a line; the rest of it is taken.
#[track_caller]
fn check(changes: Value, expected: &[&str]) {
    let read = told(&with(changes));
    let said: Vec<String> = read.troubles.iter().map(ToString::to_string).collect();
    assert_eq!(said, expected);
    assert_eq!(read.id.as_str(), "cr-1");
}

#[test]
fn what_is_as_it_should_be_is_read_without_trouble() {
    check(json!({}), &[]);
    let Told { couple, wedding, .. } = told(&crisis());
    assert_eq!(couple.names.expose(), "Ada and Nils");
    assert_eq!(couple.phones, [Private::new("+46701234567")]);
    assert_eq!(couple.language.unwrap().as_str(), "sv");
    assert_eq!(wedding.date.unwrap().to_string(), "2026-06-20");
}

#[test]
fn an_odd_field_is_named_and_the_rest_is_taken() {
    check(json!({"couple": {"email": null}}), &["The platform gives no e-mail address."]);
    check(json!({"couple": {"email": "  "}}), &["The platform gives no e-mail address."]);
    check(
        json!({"couple": {"email": "a@example.com; b@example.com"}}),
        &["The platform gives more than one e-mail address: somebody has to say which."],
    );
    check(
        json!({"couple": {"email": ["a@example.com", "b@example.com"]}}),
        &["The platform gives more than one e-mail address: somebody has to say which."],
    );
    check(json!({"couple": {"email": ["a@example.com", "A@example.com"]}}), &[]);
    check(
        json!({"couple": {"email": "ada at example"}}),
        &["The e-mail address that the platform gives cannot be read."],
    );
    check(json!({"couple": {"email": 7}}), &["The e-mail address that the platform gives cannot be read."]);
    check(
        json!({"couple": {"phone": "call me"}}),
        &["The telephone number that the platform gives cannot be read."],
    );
    check(
        json!({"couple": {"language": "Swedish, please"}}),
        &["The console does not know the language that the platform gives."],
    );
    check(
        json!({"wedding_date": "soon"}),
        &["The day of the wedding that the platform gives cannot be read."],
    );
    check(
        json!({"wedding_date": "2026-02-30"}),
        &["The day of the wedding that the platform gives cannot be read."],
    );
    check(json!({"wedding_zone": "UTC+2"}), &["The time zone that the platform gives cannot be read."]);
    check(json!({"status": "dancing"}), &["The console does not know the status that the platform gives."]);
    check(json!({"created_at": null}), &["The platform gives no time of its detection."]);
    check(
        json!({"created_at": "2027-01-01T00:00:00Z"}),
        &["The time of its detection lies in the future; what was read is taken as now."],
    );
    check(json!({"summary": {"a": 1}}), &["The summary that the platform gives cannot be read."]);
    check(
        json!({"couple": {"names": "Ada\r\nBcc: everybody@example.com"}}),
        &["Signs that cannot be seen were taken out of the names."],
    );
}

#[test]
fn without_an_id_it_cannot_be_told_from_another() {
    for id in
        [json!(null), json!(""), json!(" x "), json!("a\nb"), json!([]), json!(1.5), json!("x".repeat(201))]
    {
        assert_eq!(Told::parse(&with(json!({"id": id})), NOW), Err(NotTold::NoId));
    }
    assert_eq!(Told::parse(&json!([]), NOW), Err(NotTold::NoObject));
    assert_eq!(told(&with(json!({"id": 7}))).id.as_str(), "7");
}

#[track_caller]
fn check_names(given: &str, expected: &str) {
    let read = told(&with(json!({"couple": {"names": given}})));
    assert_eq!(read.couple.names.expose(), expected);
}

#[test]
fn names_of_every_script_are_kept_whole_and_in_one_line() {
    let long = "ገ".repeat(300);
    check_names(&long, &long);
    check_names("عائشة و يوسف", "عائشة و يوسف");
    check_names("Ada\u{202e}sliN", "AdasliN");
    check_names("Ada\r\nBcc: x@example.com", "Ada Bcc: x@example.com");
    check_names("  Ada \t and\u{0}  Nils ", "Ada and Nils");
    check_names("<script>alert(1)</script>", "<script>alert(1)</script>");
    check_names("👩\u{200d}❤\u{fe0f}\u{200d}👨", "👩\u{200d}❤\u{fe0f}\u{200d}👨");
}

#[test]
fn what_cannot_be_used_is_kept_for_people_to_see() {
    let read = told(&with(json!({"couple": {"email": "ada at example", "language": "Swedish"}})));
    let kept: Vec<(Field, &str)> =
        read.couple.unusable.iter().map(|unusable| (unusable.field, unusable.given.expose())).collect();
    assert_eq!(kept, [(Field::Email, "ada at example"), (Field::Language, "Swedish")]);
    assert!(read.couple.emails.is_empty());
}

#[test]
fn a_summary_keeps_its_lines_and_its_markup_is_text() {
    let read = told(&with(json!({"summary": "<b>No</b> flowers.\r\nCall\u{7} them."})));
    assert_eq!(read.couple.summary.expose(), "<b>No</b> flowers.\nCall them.");
}

#[test]
fn nothing_personal_shows_itself_in_a_log() {
    let shown = format!("{:?}", told(&crisis()).couple);
    for secret in ["Ada", "example", "4670", "florist"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let stored = serde_json::to_string(&working()).unwrap();
    let marked = stored.replace("Names/Ada and Nils", "").to_lowercase();
    assert!(!marked.contains("and nils"), "{marked}");
}
