//! Sending against a console that stops anywhere, a line that is cut anywhere and a server that refuses: the couple has
//! one message or none, or it is in doubt; and never two unless a person decided.

use proptest::prelude::*;

use super::*;

/// Where the console stops, or the line is cut, on the way of one try. In the order of the way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    BeforeIntent,
    AfterIntent,
    Connected,
    MailFrom,
    RcptTo,
    Data,
    /// `Ending` is on disk, and the last byte has not left.
    BeforeLastByte,
    AfterLastByte,
    AfterReply,
    AfterRecord,
}

const PLACES: [Place; 10] = [
    Place::BeforeIntent,
    Place::AfterIntent,
    Place::Connected,
    Place::MailFrom,
    Place::RcptTo,
    Place::Data,
    Place::BeforeLastByte,
    Place::AfterLastByte,
    Place::AfterReply,
    Place::AfterRecord,
];

#[derive(Clone, Copy, Debug)]
enum Luck {
    Well,
    Stop(Place),
    Cut(Place),
    /// The server answers 4xx or 5xx at this command.
    Later(Place),
    Never(Place),
}

/// A console with a disk, and the couple's mailbox.
struct World {
    /// What a console that begins anew reads.
    disk: Attempt,
    mailbox: usize,
    now: Millis,
    /// Whether the present doubt may be one: something was lost after `Ending` was written.
    doubtful: bool,
}

fn world() -> World {
    let mut disk = attempt(Way::Mail);
    disk.press(NOW).unwrap();
    World { disk, mailbox: 0, now: NOW, doubtful: false }
}

impl World {
    /// One try, when it is its turn. What is on disk is what was written before the luck ran out.
    fn try_once(&mut self, luck: Luck) {
        let Next::Send { not_before } = self.disk.next() else { return };
        self.now = self.now.max(not_before);
        let mut attempt = self.disk.clone();
        for place in PLACES {
            match place {
                Place::AfterIntent => {
                    attempt.intend(self.now).unwrap();
                    self.disk = attempt.clone();
                }
                Place::BeforeLastByte => {
                    attempt.end(self.now).unwrap();
                    self.disk = attempt.clone();
                }
                Place::AfterLastByte => {
                    let refused = matches!(luck, Luck::Later(at) | Luck::Never(at) if at == place);
                    self.mailbox += usize::from(!refused);
                }
                Place::AfterRecord => {
                    attempt.answered(Answer::Taken, MINUTE, self.now).unwrap();
                    self.disk = attempt.clone();
                }
                _ => {}
            }
            let sending = (Place::Connected..=Place::AfterLastByte).contains(&place);
            let answer = match luck {
                Luck::Stop(at) if at == place => {
                    self.doubtful |= (Place::BeforeLastByte..Place::AfterRecord).contains(&place);
                    self.disk.resume(self.now);
                    return;
                }
                Luck::Cut(at) if at == place && sending => Answer::Cut,
                Luck::Later(at) if at == place && sending && place != Place::BeforeLastByte => Answer::Later,
                Luck::Never(at) if at == place && sending && place != Place::BeforeLastByte => {
                    Answer::Never { code: 550 }
                }
                _ => continue,
            };
            self.doubtful |= answer == Answer::Cut && place >= Place::BeforeLastByte;
            attempt.answered(answer, MINUTE, self.now).unwrap();
            self.disk = attempt;
            return;
        }
    }
}

#[track_caller]
fn check(luck: Luck, state: &str, mailbox: usize) {
    let mut world = world();
    world.try_once(luck);
    assert_eq!((world.disk.state_word(), world.mailbox), (state, mailbox), "{luck:?}");
    // Whoever goes on with what is due comes to one message, or to somebody who has to look.
    world.try_once(Luck::Well);
    let expected = if state == "queued" { ("sent", 1) } else { (state, mailbox) };
    assert_eq!((world.disk.state_word(), world.mailbox), expected, "{luck:?}");
}

#[test]
fn wherever_the_console_stops_it_is_sent_once_or_in_doubt() {
    check(Luck::Well, "sent", 1);
    for place in &PLACES[..6] {
        check(Luck::Stop(*place), "queued", 0);
        check(
            Luck::Cut(*place),
            if *place >= Place::Connected { "queued" } else { "sent" },
            usize::from(*place < Place::Connected),
        );
    }
    // The record that the last byte goes next, and that byte, cannot be one: between them it is in doubt too.
    check(Luck::Stop(Place::BeforeLastByte), "in doubt", 0);
    check(Luck::Stop(Place::AfterLastByte), "in doubt", 1);
    check(Luck::Stop(Place::AfterReply), "in doubt", 1);
    check(Luck::Stop(Place::AfterRecord), "sent", 1);
    check(Luck::Cut(Place::AfterLastByte), "in doubt", 1);
    check(Luck::Later(Place::RcptTo), "queued", 0);
    check(Luck::Later(Place::AfterLastByte), "queued", 0);
    check(Luck::Never(Place::RcptTo), "failed", 0);
    check(Luck::Never(Place::AfterLastByte), "failed", 0);
}

#[test]
fn a_server_that_is_down_for_an_hour_loses_nothing_and_the_age_stays() {
    let mut world = world();
    let mut tries = 0;
    while world.now < NOW.plus(HOUR) {
        world.try_once(Luck::Cut(Place::Connected));
        tries += 1;
        assert!(matches!(world.disk.state, AttemptState::Queued { since: NOW, .. }));
    }
    assert!((12..40).contains(&tries), "{tries} tries");
    world.try_once(Luck::Well);
    assert_eq!((world.disk.state_word(), world.mailbox), ("sent", 1));
    assert!(world.now < NOW.plus(HOUR + 6 * MINUTE));
}

fn luck() -> impl Strategy<Value = Luck> {
    let place = || (0..PLACES.len()).prop_map(|number| PLACES[number]);
    prop_oneof![
        2 => Just(Luck::Well),
        6 => place().prop_map(Luck::Stop),
        4 => place().prop_map(Luck::Cut),
        2 => place().prop_map(Luck::Later),
        1 => place().prop_map(Luck::Never),
    ]
}

#[derive(Clone, Debug)]
enum Event {
    Try(Luck),
    Press,
    Resume,
    Withdraw,
    Wait(i64),
    Bounce,
    Tells,
    Draft { reason: bool },
    Decide,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => luck().prop_map(Event::Try),
        3 => Just(Event::Press),
        1 => Just(Event::Resume),
        1 => Just(Event::Withdraw),
        2 => (0..2 * MINUTE).prop_map(Event::Wait),
        1 => Just(Event::Bounce),
        1 => Just(Event::Tells),
        3 => any::<bool>().prop_map(|reason| Event::Draft { reason }),
        1 => Just(Event::Decide),
    ]
}

proptest! {
    /// One attempt, whatever happens to it.
    #[test]
    fn an_attempt_leads_to_one_message_or_none_or_a_doubt(lucks in prop::collection::vec(luck(), 0..30)) {
        let mut world = world();
        for luck in lucks {
            world.try_once(luck);
            prop_assert!(world.mailbox <= 1);
            let in_doubt = world.disk.state_word() == "in doubt";
            prop_assert!(!in_doubt || world.doubtful, "in doubt, and nothing was lost after the last byte");
            match world.disk.state_word() {
                "queued" | "failed" => prop_assert_eq!(world.mailbox, 0),
                "sent" => prop_assert_eq!(world.mailbox, 1),
                _ => {}
            }
            let stored = serde_json::to_string(&world.disk).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Attempt>(&stored).unwrap(), &world.disk);
        }
        world.try_once(Luck::Well);
        prop_assert!(world.mailbox == 1 || matches!(world.disk.state_word(), "failed" | "in doubt"));
        prop_assert!(!matches!(world.disk.state_word(), "queued" | "sending"), "it is never forgotten");
    }

    /// All attempts of a notice: a couple has a second message only after a person decided that the first did not arrive,
    /// a bounce said so, or somebody gave a reason.
    #[test]
    fn nobody_is_told_twice_unless_a_person_decides(events in prop::collection::vec(event(), 0..60)) {
        let mut notice = notice();
        let (mut now, mut mailbox, mut allowed) = (NOW, 0_usize, 1_usize);
        for event in events {
            let last = notice.attempts.last().cloned();
            let mut counted = false;
            match (event, last) {
                (Event::Draft { reason }, _) => {
                    let number = notice.attempts.len();
                    let (told, why) = (notice.is_told(), if reason { "they ask" } else { "" });
                    let made = notice.draft(id(number), Way::Mail, person("ada"), why, &Contact::Allowed, now);
                    if made.is_ok() {
                        prop_assert!(!told || reason);
                        allowed += usize::from(told);
                    }
                }
                (Event::Try(luck), Some(disk)) => {
                    let before = mailbox;
                    let mut world = World { disk, mailbox, now, doubtful: false };
                    world.try_once(luck);
                    (mailbox, now) = (world.mailbox, world.now);
                    counted = mailbox > before;
                    *notice.attempts.last_mut().unwrap() = world.disk;
                }
                (Event::Wait(length), _) => now = now.plus(length),
                (_, None) => {}
                (event, Some(before)) => {
                    let attempt = notice.attempts.last_mut().unwrap();
                    let changed = match event {
                        Event::Press => attempt.press(now).is_ok(),
                        Event::Resume => attempt.resume(now),
                        Event::Withdraw => attempt.withdraw(person("ada"), now).is_ok(),
                        Event::Bounce => attempt.reported(Report::Bounced, now).is_ok(),
                        Event::Tells => attempt.reported(Report::Delivered, now).is_ok(),
                        _ => attempt.decide(false, person("ada"), now).is_ok(),
                    };
                    prop_assert!(changed || *attempt == before, "a refusal changes nothing");
                    // A bounced one was none; one that a person calls lost may be told again.
                    allowed += usize::from(changed && attempt.state_word() == "failed");
                }
            }
            if let Some(attempt) = notice.attempts.last_mut() {
                attempt.advance(now);
            }
            prop_assert!(mailbox <= allowed, "{mailbox} messages, {allowed} allowed");
            prop_assert!(!counted || notice.attempts.last().unwrap().way == Way::Mail);
            prop_assert!(notice.attempts.iter().filter(|attempt| attempt.is_live()).count() <= 1);
        }
    }
}

/// What a backup says waited may have been sent after it was made.
#[test]
fn what_waited_in_a_backup_is_in_doubt_and_nothing_else_is() {
    let mut queued = attempt(Way::Mail);
    assert!(!queued.may_have_left(NOW), "nobody pressed yet");
    queued.press(NOW).unwrap();
    let mut intended = queued.clone();
    intended.intend(NOW).unwrap();
    for mut waited in [queued, intended] {
        assert!(waited.may_have_left(NOW));
        assert!(!waited.may_have_left(NOW), "once");
        assert!(waited.resume(NOW));
        assert!(matches!(waited.state, AttemptState::InDoubt { why: Doubt::Stopped, .. }));
        assert!(!waited.may_have_left(NOW));
    }
}
