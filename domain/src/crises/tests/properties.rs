//! Whatever the platform tells and whoever does what, in any order: a case is one, late stays late, nothing that a couple
//! waits for is left behind by a resolved case, and a refusal changes nothing.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Event {
    Wait(i64),
    Read { status: usize, summary: usize, wedding: usize },
    Vanish,
    Acknowledge(usize),
    Begin(usize),
    HandOver(usize),
    Release,
    Ask(usize),
    AskAgain(usize),
    Answer(usize),
    Done(usize),
    NotNeeded(usize),
    NotDone(usize),
    Nothing(usize),
    Queue,
    Sent,
    Failed,
    Resolve { left: bool },
    Reopen,
    Review,
    Erase,
}

const PEOPLE: [&str; 2] = ["ada", "ben"];
const STATUSES: [&str; 5] = ["ai_processing", "ai_failed", "manual", "resolved", "odd"];

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..20 * MINUTE).prop_map(Event::Wait),
        4 => (0..5usize, 0..2usize, 0..8usize)
            .prop_map(|(status, summary, wedding)| Event::Read { status, summary, wedding }),
        1 => Just(Event::Vanish),
        3 => (0..2usize).prop_map(Event::Acknowledge),
        2 => (0..2usize).prop_map(Event::Begin),
        1 => (0..2usize).prop_map(Event::HandOver),
        1 => Just(Event::Release),
        3 => (0..10usize).prop_map(Event::Ask),
        1 => (0..10usize).prop_map(Event::AskAgain),
        3 => (0..10usize).prop_map(Event::Answer),
        12 => (0..10usize).prop_map(Event::Done),
        4 => (0..10usize).prop_map(Event::NotNeeded),
        1 => (0..10usize).prop_map(Event::NotDone),
        1 => (0..10usize).prop_map(Event::Nothing),
        2 => Just(Event::Queue),
        3 => Just(Event::Sent),
        1 => Just(Event::Failed),
        4 => any::<bool>().prop_map(|left| Event::Resolve { left }),
        1 => Just(Event::Reopen),
        1 => Just(Event::Review),
        1 => Just(Event::Erase),
    ]
}

fn step_at(case: &Case, place: usize) -> StepKey {
    case.steps[place % case.steps.len()].key().clone()
}

/// With links that hold for ten minutes.
fn asking(enough: usize, now: Millis) -> Asking {
    let people = vec!["Marta".to_owned(), "Ola".to_owned()];
    Asking { people, enough, until: now.plus(10 * MINUTE) }
}

fn act(case: &mut Case, event: &Event, now: Millis) -> Result<Vec<Line>, Refusal> {
    let ada = person("ada");
    match event {
        Event::Wait(_) => {
            let mut lines = case.ai_waits(now);
            lines.extend(case.call(now));
            lines.extend(case.answers_lapse(now));
            Ok(lines)
        }
        Event::Read { status, summary, wedding } => {
            let told = told(&with(json!({
                "status": (STATUSES[*status]),
                "summary": (["it is so", "it is worse"][*summary]),
                "wedding_id": if *wedding == 0 { "w-2" } else { "w-1" },
            })));
            let marks = marks(&told);
            match take_in(Some(case.clone()), case.id.clone(), &told, marks, types(), now) {
                Intake::Changed { case: new, lines, .. } | Intake::StatusOnly { case: new, lines } => {
                    *case = *new;
                    Ok(lines)
                }
                Intake::AnotherCouple { case: Some(new), lines } => {
                    *case = *new;
                    Ok(lines)
                }
                Intake::New { .. } => panic!("a known case is not new"),
                _ => Ok(Vec::new()),
            }
        }
        Event::Vanish => Ok(vanish(case, now)),
        Event::Acknowledge(by) => case.acknowledge(holder(PEOPLE[*by]), now),
        Event::Begin(by) => case.begin(&holder(PEOPLE[*by]), now),
        Event::HandOver(to) => case.hand_over(ada, holder(PEOPLE[*to]), "note", now),
        Event::Release => case.release(ada, "note", now),
        Event::Ask(place) => case.asked(&step_at(case, *place), ada.into(), asking(2, now), now),
        Event::AskAgain(place) => case.asked_again(&step_at(case, *place), ada.into(), asking(1, now), now),
        Event::Answer(place) => case.answered(&step_at(case, *place), "Marta", now),
        Event::Done(place) => case.done(&step_at(case, *place), ada.into(), now),
        Event::NotNeeded(place) => case.not_needed(&step_at(case, *place), ada, "why", now),
        Event::NotDone(place) => case.not_done(&step_at(case, *place), ada, "why", now),
        Event::Nothing(place) => case.came_to_nothing(&step_at(case, *place)),
        Event::Queue => Ok(case.notice_queued(Purpose::WeKnow, Way::Mail, ada, now)),
        Event::Sent => Ok(case.notice_sent(Purpose::WeKnow, Way::Mail, &ada, now)),
        Event::Failed => Ok(case.notice_failed(Purpose::WeKnow, Way::Mail)),
        Event::Resolve { left } => {
            let left = if *left { vec![Unsettled::Queued(Purpose::WeKnow)] } else { Vec::new() };
            case.resolve(ada, "", &left, now)
        }
        Event::Reopen => case.reopen(ada, "why", now),
        Event::Review => {
            let findings = Findings { helped: Private::new("calm"), ..Findings::default() };
            case.review(ada, findings, now).map(|(_, lines)| lines)
        }
        Event::Erase => Ok(case.erase(ada, now)),
    }
}

proptest! {
    #[test]
    fn a_case_keeps_its_word(events in prop::collection::vec(event(), 0..60)) {
        let mut case = case();
        let mut now = NOW;
        for event in &events {
            if let Event::Wait(length) = event {
                now = now.plus(*length);
            }
            let before = case.clone();
            let late_before: Vec<i64> = before.steps.iter().map(|step| step.late_by(now)).collect();
            let ai_late_before = before.is_ai_late(now);
            let result = act(&mut case, event, now);

            // Stored and read back it is the same.
            let stored = serde_json::to_string(&case).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Case>(&stored).unwrap(), &case);
            // Clocks stay; late is late for ever, of each step and of the AI.
            prop_assert_eq!((case.detected_at, case.steps.len()), (before.detected_at, before.steps.len()));
            for (step, (late, old)) in case.steps.iter().zip(late_before.iter().zip(&before.steps)) {
                prop_assert!(step.late_by(now) >= *late);
                prop_assert_eq!(step.due, old.due);
            }
            prop_assert!(case.is_ai_late(now) || !ai_late_before);
            match (&result, event) {
                (Err(_), _) => prop_assert_eq!(&case, &before, "a refusal changes nothing"),
                // Nothing but a person ends a case.
                (Ok(_), Event::Resolve { left }) => {
                    prop_assert!(!left);
                    prop_assert!(case.steps.iter().all(|step| !step.declared.required || step.is_settled()));
                }
                (Ok(_), Event::Review | Event::Reopen) => {}
                (Ok(_), _) => prop_assert_eq!(case.is_open(), before.is_open()),
            }
            // Nothing waits for answers that cannot come any more once the time has been looked at.
            if let Event::Wait(_) = event && case.is_open() {
                prop_assert!(case.due_at().is_none_or(|due| due > now));
            }
            // A step that waits for answers has fewer than are enough.
            for step in &case.steps {
                if let StepState::Waiting { wait: Wait::Answer { asked, answered, enough, .. }, .. } = step.state {
                    prop_assert!(answered < enough.min(asked));
                }
            }
            // Somebody has it, or somebody is called for.
            if case.is_open() {
                prop_assert!(case.holder().is_some() != case.call_due().is_some());
            }
            if let Ok(lines) = &result {
                for line in lines {
                    prop_assert!(wording::told(line, true, clock).ends_with(['.', 'e', 'y', 't']));
                }
            }
        }
    }

    /// Of anything at all something is read, or it has no id.
    #[test]
    fn whatever_the_platform_tells_is_read(
        names in ".{0,40}",
        email in prop_oneof![".{0,30}", "[a-z]{1,5}@[a-z]{1,5}\\.com(, ?[a-z]{1,5}@x\\.org)?"],
        phone in prop_oneof![".{0,20}", "\\+?[0-9 -]{4,18}"],
        language in prop_oneof![".{0,10}", "[a-zA-Z]{2}(-[A-Z]{2})?"],
        date in prop_oneof![".{0,10}", "20[0-9]{2}-[01][0-9]-[0-3][0-9]"],
        summary in "(?s).{0,60}",
    ) {
        let told = Told::parse(&with(json!({
            "couple": {"names": names, "email": email, "phone": phone, "language": language},
            "wedding_date": date,
            "summary": summary,
        })), NOW).unwrap();
        let unseen = |text: &str| text.chars().any(|letter| is_unseen(letter) && letter != '\n' && letter != '\t');
        let couple = &told.couple;
        prop_assert!(!couple.names.expose().chars().any(is_unseen));
        prop_assert!(!unseen(couple.summary.expose()));
        for email in &couple.emails {
            prop_assert!(crate::access::EmailAddress::parse(email.expose()).is_ok());
        }
        for unusable in &couple.unusable {
            prop_assert!(!unusable.given.expose().chars().any(is_unseen));
        }
        // Read again, it is the same.
        let marks = marks(&told);
        let id = CaseId("c1".to_owned());
        let Intake::New { case, .. } = take_in(None, id.clone(), &told, marks.clone(), types(), NOW) else {
            panic!("new")
        };
        prop_assert_eq!(take_in(Some(*case), id, &told, marks, types(), NOW), Intake::Unchanged);
    }

    #[test]
    fn a_filter_is_read_back(
        of in proptest::option::of("[a-z][a-z_]{0,10}"),
        states in 0..8usize,
        flags in any::<[bool; 3]>(),
        text in proptest::option::of("[a-zåäö&=%][a-zåäö&=% ]{0,20}[a-z]"),
    ) {
        let text = text.map(|text| one_line(&text, 100).0);
        let filter = Filter {
            of: of.map(|of| TypeKey::parse(&of).unwrap()),
            states: States::EVERY[states],
            mine: flags[0],
            untold: flags[1],
            late: flags[2],
            text,
        };
        let pairs = filter.pairs();
        let read = Filter::parse(pairs.iter().map(|(name, value)| (*name, value.as_str())));
        let address = filter.in_address();
        let of_address = Filter::parse(address.iter().map(|(name, value)| (*name, value.as_str())));
        prop_assert_eq!(of_address, Ok(Filter { text: None, ..filter.clone() }));
        prop_assert_eq!(read, Ok(filter));
    }

    /// The order of the board is one order.
    #[test]
    fn the_board_has_one_order(days in prop::collection::vec((0..40i64, any::<bool>()), 3)) {
        let cases: Vec<Case> = days.iter().enumerate().map(|(number, (day, known))| {
            let mut case = case();
            case.id = CaseId(number.to_string());
            let date: jiff::civil::Date = "2026-06-01".parse().unwrap();
            case.wedding.date = known.then(|| date.checked_add(jiff::Span::new().days(*day)).unwrap());
            case
        }).collect();
        let assumed = Assumptions::default();
        let order = |one: usize, other: usize| board_order(&cases[one], &cases[other], &assumed, NOW);
        prop_assert_eq!(order(0, 1), order(1, 0).reverse());
        if order(0, 1).is_lt() && order(1, 2).is_lt() {
            prop_assert!(order(0, 2).is_lt());
        }
    }
}
