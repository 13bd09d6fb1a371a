//! `[crises]`: what is taken, and what is said about the rest.

use std::collections::BTreeSet;

use domain::{
    crises::{Asked, CaseType, How, Stage, StepDeclaration},
    monitoring::Level,
    notices::{Language, Purpose},
    time::{HOUR, MINUTE, Millis},
};

use super::{Config, Problem, channel_of_outsider, load};

const MAIL: &str =
    "[delivery.mail]\nurl = \"smtp://127.0.0.1:2525\"\nfrom = \"Bellwether <bellwether@example.com>\"\n";

fn loaded(text: &str) -> Result<Config, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    std::fs::write(&file, text).unwrap();
    load(Some(&file), std::iter::empty())
}

fn of<'a>(config: &'a Config, key: &str) -> &'a CaseType {
    config.crises.types.get(key).unwrap_or_else(|| panic!("no type {key}"))
}

fn step<'a>(of: &'a CaseType, key: &str) -> Option<&'a StepDeclaration> {
    of.checklist.iter().find(|step| step.key.as_str() == key)
}

/// One problem, at this line, which says this of this key.
#[track_caller]
fn check(text: &str, line: usize, key: &str, words: &str) {
    let problems = loaded(text).expect_err("it should have been refused");
    let as_expected = problems.len() == 1
        && problems[0].key == key
        && problems[0].line == Some(line)
        && problems[0].message.contains(words);
    assert!(as_expected, "expected only {line}: {key}: … {words}, got {problems:#?}");
}

const FLOOD: &str = r#"
[[crises.type]]
key = "flood"
name = "Flood"
aliases = ["water_damage"]
severity = 4
notices = ["we_know"]
procedure = "none"

[[crises.type.step]]
key = "boats"
name = "Find boats"
within = "20m"
required = "on"
people = "boatmen"

[[crises.type.step]]
key = "start_vendor_network"
left_out = "on"

[[crises.type.step]]
key = "deploy_planners"
within = "40m"
automatic = "on"

[[crises.people]]
name = "boatmen"
outside = [{ name = "Per on the quay", mail = "marked-person-per@example.com" }]
enough = 2
holds = "30m"
subject = "Boats: {{case}}"
"#;

#[test]
fn a_new_type_has_what_is_done_in_every_crisis_and_steps_of_its_own() {
    let config = loaded(&format!("{MAIL}{FLOOD}")).unwrap();
    let flood = of(&config, "flood");
    assert_eq!((flood.name.as_str(), flood.severity), ("Flood", Level::Emergency));
    assert_eq!((flood.notices.as_slice(), &flood.procedure), ([Purpose::WeKnow].as_slice(), &None));
    let (read, declared) = config.crises.types.read("water_damage");
    assert_eq!((read.words().as_str(), declared), ("Flood", Some(flood)));
    let boats = step(flood, "boats").unwrap();
    assert_eq!((boats.within, boats.stage), (20 * MINUTE, Stage::HalfHour));
    assert!(boats.required && !boats.automatic);
    assert_eq!(boats.how, How::AsksPeople { people: "boatmen".to_owned() });
    assert_eq!(step(flood, "start_vendor_network"), None);
    let planners = step(flood, "deploy_planners").unwrap();
    assert_eq!((planners.within, planners.stage, planners.automatic), (40 * MINUTE, Stage::Later, true));
    assert_eq!(planners.name, "Send an emergency planner", "what it leaves out stays");
    assert!(step(flood, "manual_mode").is_some_and(|step| step.automatic));
    // The others are as they were.
    assert!(step(of(&config, "weather"), "start_vendor_network").is_some());
}

#[test]
fn people_outside_are_reached_by_a_channel_of_their_own() {
    let config = loaded(&format!("{MAIL}{FLOOD}")).unwrap();
    let boatmen = &config.crises.people["boatmen"];
    assert_eq!((boatmen.enough, boatmen.holds), (2, HOUR / 2));
    let asked = Asked { case: "case 7", crisis: "Flood", step: "", by: "", until: Millis(0) };
    assert_eq!(boatmen.subject.fill(&asked, |_| String::new()), "Boats: case 7");
    let channel = channel_of_outsider(boatmen, &boatmen.outside[0]);
    assert_eq!(config.delivery.channel[&channel].mail, ["marked-person-per@example.com"]);
    assert!(!format!("{:?}", config.crises).contains("marked-person"), "an address is nobody's business");
}

#[test]
fn a_section_changes_a_built_in_type_and_another_takes_one_away() {
    let config = loaded(
        "[[crises.type]]\nkey = \"weather\"\nname = \"Storm\"\n[[crises.type.step]]\nkey = \"tell_executives\"\n\
         required = \"off\"\nby_hand = \"on\"\n[[crises.type]]\nkey = \"payment\"\nleft_out = \"on\"\n",
    )
    .unwrap();
    let weather = of(&config, "weather");
    assert_eq!((weather.name.as_str(), weather.aliases.len()), ("Storm", 1));
    let told = step(weather, "tell_executives").unwrap();
    assert_eq!((told.required, &told.how), (false, &How::ByHand));
    assert!(step(weather, "choose_shelter").is_some());
    assert!(config.crises.types.get("payment").is_none());
}

#[test]
fn what_no_action_does_any_more_is_done_by_hand() {
    let config = loaded("[actions]\nbuilt_in = \"off\"\n").unwrap();
    let manual = step(of(&config, "weather"), "manual_mode").unwrap();
    assert_eq!((&manual.how, manual.automatic, manual.required), (&How::ByHand, false, true));
}

#[test]
fn built_in_people_are_those_whom_the_file_has() {
    let config = loaded("").unwrap();
    assert_eq!(config.crises.people["executives"].roles, ["executive"]);
    assert_eq!(config.crises.people["planners"].tiers, ["Wedding Day Support"]);
    let other = loaded("[[tier]]\nnumber = 1\nname = \"Duty\"\n[crises]\ntier = \"Duty\"\n").unwrap();
    assert_eq!(other.crises.people["planners"].tiers, ["Duty"]);
    let gone = loaded("[[tier]]\nnumber = 1\nname = \"Duty\"\n").unwrap();
    assert!(gone.crises.people["planners"].is_nobody());
}

#[test]
fn texts_of_the_file_come_before_the_shipped_ones_and_in_other_languages() {
    let config = loaded(
        "[[crises.notice]]\npurpose = \"we_know\"\nlanguage = \"nl\"\nsubject = \"Nieuws\"\ntext = \"Beste {{names}}\"\n\
         html = \"<p>Beste <b>{{names}}</b></p>\"\n\
         [[crises.notice]]\ntype = \"weather\"\npurpose = \"solved\"\nlanguage = \"en\"\nsubject = \"Sun\"\ntext = \"Sun\"\n",
    )
    .unwrap();
    let chosen = |of: &str, purpose: Purpose, tag: &str| {
        let language = Language::parse(tag).unwrap();
        let chosen = config.crises.templates.choose(of, purpose, &language).unwrap();
        (chosen.template.language.to_string(), chosen.template.of.is_some(), chosen.no_text_in.is_some())
    };
    assert_eq!(chosen("weather", Purpose::WeKnow, "nl-BE"), ("nl".to_owned(), false, false));
    assert_eq!(chosen("weather", Purpose::Solved, "en"), ("en".to_owned(), true, false));
    assert_eq!(chosen("illness", Purpose::Solved, "en"), ("en".to_owned(), false, false));
    assert_eq!(chosen("illness", Purpose::Solved, "nl"), ("en".to_owned(), false, true));
    let languages: BTreeSet<&str> =
        config.crises.templates.iter().map(|template| template.language.as_str()).collect();
    assert_eq!(languages, BTreeSet::from(["de", "en", "es", "fr", "nl", "sv"]));
}

#[test]
fn what_is_wrong_with_a_type_is_told_with_its_place_and_what_is_possible() {
    let of = |more: &str| format!("[[crises.type]]\nkey = \"flood\"\nname = \"Flood\"\n{more}");
    let step = |more: &str| {
        of(&format!("[[crises.type.step]]\nkey = \"boats\"\nname = \"Boats\"\nwithin = \"5m\"\n{more}"))
    };
    check("[[crises.type]]\nkey = \"flood\"\n", 1, "crises.type[0].name", "a new type needs one");
    check("[[crises.type]]\nname = \"x\"\n", 2, "crises.type[0].key", "is missing");
    check("[[crises.type]]\nkey = \"No\"\n", 2, "crises.type[0].key", "small letters, digits and _");
    check(&of("severity = 5\n"), 4, "crises.type[0].severity", "expected 1, 2, 3 or 4");
    check(
        &of("notices = [\"hello\"]\n"),
        4,
        "crises.type[0].notices",
        "expected one of we_know, we_have_a_plan, solved, apology",
    );
    check(&of("aliases = [\"weather\"]\n"), 1, "crises.type[0]", "two types go by");
    check(&of("left_out = \"on\"\n"), 4, "crises.type[0].left_out", "there is no type flood to leave out");
    check(
        "[[crises.type]]\nkey = \"other\"\nleft_out = \"on\"\n",
        3,
        "crises.type[0].left_out",
        "it is what no other type fits",
    );
    check(&format!("{}{}", of(""), of("")), 5, "crises.type[1].key", "another section for flood");
    check(&of("steps = []\n"), 4, "crises.type[0].steps", "there is no such key; known here are key, name");
    check(
        &of("[[crises.type.step]]\nkey = \"boats\"\nname = \"Boats\"\n"),
        4,
        "crises.type[0].step[0].within",
        "new step",
    );
    check(&step("within_ = \"1m\"\n"), 8, "crises.type[0].step[0].within_", "there is no such key");
    check(
        &step("people = \"boatmen\"\n"),
        8,
        "crises.type[0].step[0].people",
        "expected one of communication, executives, planners, vendor-network",
    );
    check(&step("action = \"fly\"\n"), 8, "crises.type[0].step[0].action", "expected one of ");
    check(&step("notice = \"fly\"\n"), 8, "crises.type[0].step[0].notice", "expected one of we_know");
    check(
        &step("by_hand = \"off\"\n"),
        8,
        "crises.type[0].step[0].by_hand",
        "expected action, people or notice",
    );
    check(
        &step("people = \"planners\"\naction = \"enable-manual-mode\"\n"),
        8,
        "crises.type[0].step[0].people",
        "in one way",
    );
    check(&step("automatic = \"on\"\n"), 4, "crises.type[0].step[0]", "cannot be automatic");
    check(&step("required = true\n"), 8, "crises.type[0].step[0].required", "expected text in quotes");
    check(
        &of("[[crises.type.step]]\nkey = \"boats\"\nname = \"Boats\"\nwithin = \"2d\"\n"),
        7,
        "crises.type[0].step[0].within",
        "expected a time from 1s to 24h",
    );
    check(
        &of("[[crises.type.step]]\nkey = \"boats\"\nleft_out = \"on\"\n"),
        6,
        "crises.type[0].step[0].left_out",
        "no step boats",
    );
    check(
        &format!("{}[[crises.type.step]]\nkey = \"boats\"\n", step("")),
        9,
        "crises.type[0].step[1].key",
        "another section",
    );
}

#[test]
fn what_is_wrong_with_people_is_told_with_its_place_and_what_is_possible() {
    let of = |more: &str| format!("[[crises.people]]\nname = \"planners\"\n{more}");
    check("[[crises.people]]\nname = \"A B\"\n", 2, "crises.people[0].name", "small letters, digits and -");
    check(
        "[[crises.people]]\nname = \"boatmen\"\n",
        1,
        "crises.people[0]",
        "expected some of roles, tiers and outside",
    );
    check(
        &of("roles = [\"king\"]\ntiers = [\"Wedding Day Support\"]\n"),
        3,
        "crises.people[0].roles",
        "expected one of admin",
    );
    check(
        &of("tiers = [\"Night\"]\nroles = [\"lead\"]\n"),
        3,
        "crises.people[0].tiers",
        "Wedding Day Support",
    );
    check(&of("enough = 0\n"), 3, "crises.people[0].enough", "from 1 to 100");
    check(&of("holds = \"2d\"\n"), 3, "crises.people[0].holds", "from 1m to 24h");
    check(&of("answer = \"a\\nb\"\n"), 3, "crises.people[0].answer", "one line");
    check(&of("subject = \"{{names}}\"\n"), 3, "crises.people[0].subject", "there are {{case}}, {{crisis}}");
    check(&of("text = \"{{case\"\n"), 3, "crises.people[0].text", "not closed");
    check(&format!("{}{}", of(""), of("")), 4, "crises.people[1].name", "another section for planners");
    let outside = of("outside = [{ name = \"Per\", mail = \"marked-person-per@example.com\" }]\n");
    check(&outside, 3, "crises.people[0].outside[0].mail", "expected a section [delivery.mail]");
    let outside = |written: &str| format!("{MAIL}{}", of(&format!("outside = [{written}]\n")));
    check(&outside("{ name = \"Per\" }"), 6, "crises.people[0].outside[0].mail", "is missing");
    check(
        &outside("{ name = \"Per\", mail = \"quay\" }"),
        6,
        "crises.people[0].outside[0].mail",
        "is no e-mail address",
    );
    check(
        &outside("{ name = \"P/r\", mail = \"a@b.example\" }"),
        6,
        "crises.people[0].outside[0].name",
        "a / in it",
    );
    let per = "{ name = \"Per\", mail = \"a@b.example\" }";
    check(
        &outside(&format!("{per}, {per}")),
        6,
        "crises.people[0].outside[1].name",
        "expected distinct names",
    );
}

#[test]
fn what_is_wrong_with_a_text_is_told_with_its_place_and_what_is_possible() {
    let of = |more: &str| {
        format!("[[crises.notice]]\npurpose = \"we_know\"\nlanguage = \"nl\"\nsubject = \"Nieuws\"\n{more}")
    };
    check(&of(""), 1, "crises.notice[0].text", "is missing");
    check(
        &of("text = \"Beste\\n{{name}}\"\n"),
        5,
        "crises.notice[0].text",
        "text, line 2, column 1: there is no {{name}}; there are {{names}}, {{promised_time}}",
    );
    check(
        &of("text = \"a\"\ntype = \"flood\"\n"),
        6,
        "crises.notice[0].type",
        "expected one of ai_failed, vendor_cancelled",
    );
    check(
        &of("text = \"a\"\nhtml = \"<p>a\"\n"),
        6,
        "crises.notice[0].html",
        "html, line 1, column 1: <p> is not closed",
    );
    check(&of("text = \"a\"\nhtml = \"{{name}}\"\n"), 6, "crises.notice[0].html", "there is no {{name}}");
    check(
        &format!("{}{}", of("text = \"a\"\n"), of("text = \"b\"\n")),
        6,
        "crises.notice[1]",
        "expected one",
    );
    check(
        "[[crises.notice]]\npurpose = \"hello\"\nlanguage = \"nl\"\nsubject = \"a\"\ntext = \"b\"\n",
        2,
        "crises.notice[0].purpose",
        "expected one of we_know",
    );
    check(
        "[[crises.notice]]\npurpose = \"we_know\"\nlanguage = \"Dutch language\"\nsubject = \"a\"\ntext = \"b\"\n",
        3,
        "crises.notice[0].language",
        "such as en or de-CH",
    );
}
