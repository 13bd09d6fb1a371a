//! A calendar as RFC 5545 wants it: lines of at most 75 bytes that end with CR LF, times in UTC, ids that stay. Written
//! here, because the crate for it makes up times and ids and folds a byte too late; a test reads it with that crate.

use domain::{
    access::PersonId,
    oncall::{OnCall, Shift, Tier},
    time::{DAY, Millis},
};
use jiff::Timestamp;

use super::{change::names, feeds::Feed, load::Loaded};

/// Shifts that ended longer ago are left out.
const SHOWN_BACK: i64 = 30 * DAY;

/// The shifts of the feed. Those that reach over the end of the range are not in it yet, and what goes on for ever is no
/// shift.
pub(super) fn text(
    loaded: &Loaded,
    feed: &Feed,
    public_url: &str,
    (from, to): (Millis, Millis),
    now: Millis,
) -> String {
    let names = names(&loaded.people);
    let tiers = loaded.chain.tiers.iter().filter(|tier| feed.tier.is_none_or(|wanted| wanted == tier.number));
    let title = match (feed.tier.and_then(|tier| loaded.chain.tier(tier)), names.get(&feed.person)) {
        (Some(tier), _) => format!("On call: {}", tier.name),
        (None, name) => format!("On call: {}", name.copied().unwrap_or_default()),
    };
    let mut lines = Lines::default();
    lines.put("BEGIN", "VCALENDAR");
    lines.put("VERSION", "2.0");
    lines.put("PRODID", "-//Bellwether//On call//EN");
    lines.put("CALSCALE", "GREGORIAN");
    lines.put_text("NAME", &title);
    lines.put_text("X-WR-CALNAME", &title);
    lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    lines.put("X-PUBLISHED-TTL", "PT1H");
    for tier in tiers {
        for shift in loaded.chain.shifts(tier, from, to) {
            let people = shift.on.people();
            let theirs = feed.tier.is_some() || people.contains(&feed.person);
            let whole = shift.from > from && shift.to < to;
            if people.is_empty() || !theirs || !whole || shift.to <= now.minus(SHOWN_BACK) {
                continue;
            }
            let who: Vec<&str> = people
                .iter()
                .map(|person| names.get(person).copied().unwrap_or("somebody removed"))
                .collect();
            event(&mut lines, loaded, tier, &shift, &who.join(", "), public_url);
        }
    }
    lines.put("END", "VCALENDAR");
    lines.text
}

fn event(
    lines: &mut Lines,
    loaded: &Loaded,
    tier: &Tier,
    shift: &Shift<OnCall>,
    who: &str,
    public_url: &str,
) {
    let people: Vec<&str> = shift.on.people().iter().map(PersonId::as_str).collect();
    let summary = format!("On call, tier {}: {who}", tier.number);
    let mut what = format!("{} of tier {}, {}.", who, tier.number, tier.name);
    if let OnCall::StandIn { why, .. } = &shift.on {
        what.push_str(&format!(" Stand-in: {why}."));
    }
    lines.put("BEGIN", "VEVENT");
    lines.put_text("UID", &format!("tier-{}-{}-{}@bellwether", tier.number, shift.from, people.join("+")));
    lines.put("DTSTAMP", &moment(loaded.changed_at));
    lines.put("DTSTART", &moment(shift.from));
    lines.put("DTEND", &moment(shift.to));
    lines.put_text("SUMMARY", &summary);
    lines.put_text("DESCRIPTION", &what);
    lines.put("URL", &format!("{public_url}/on-call"));
    lines.put("TRANSP", "TRANSPARENT");
    lines.put("BEGIN", "VALARM");
    lines.put("ACTION", "DISPLAY");
    lines.put("TRIGGER", "-PT1H");
    lines.put_text("DESCRIPTION", &format!("In an hour: {summary}"));
    lines.put("END", "VALARM");
    lines.put("END", "VEVENT");
}

/// `20260329T080000Z`
fn moment(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map(|at| at.strftime("%Y%m%dT%H%M%SZ").to_string()).unwrap_or_default()
}

/// What has been written.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    /// A value that holds nothing to be escaped.
    fn put(&mut self, name: &str, value: &str) {
        /// Bytes of a line, without its end.
        const LONGEST: usize = 75;
        let mut used = 0;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if used + letter.len_utf8() > LONGEST {
                self.text.push_str("\r\n ");
                used = 1;
            }
            self.text.push(letter);
            used += letter.len_utf8();
        }
        self.text.push_str("\r\n");
    }

    /// A text of people.
    fn put_text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for letter in value.chars() {
            match letter {
                '\\' | ';' | ',' => escaped.extend(['\\', letter]),
                '\n' => escaped.push_str("\\n"),
                letter if letter.is_control() => {}
                letter => escaped.push(letter),
            }
        }
        self.put(name, &escaped);
    }
}
