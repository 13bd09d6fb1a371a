//! The calendar of weddings: for each date the same 5 to 20, whenever it is asked for.

use jiff::civil::Date;
use serde::Serialize;

use crate::chance::{Stream, between, pick, unit};

/// How many more weddings a date has in `wedding-day`.
const EXTRA: i64 = 28;
/// Room for the weddings of one date in the numbering of chance.
const NUMBERS_A_DAY: i64 = 100;

const VENUES: [(&str, &str); 16] = [
    ("Hartwell Manor, Aylesbury", "Europe/London"),
    ("The Old Mill, Bath", "Europe/London"),
    ("Kilronan Castle, Roscommon", "Europe/Dublin"),
    ("Eastside Loft, London", "Europe/London"),
    ("Abbey Barn, Cirencester", "Europe/London"),
    ("Château de Varennes, Dijon", "Europe/Paris"),
    ("Villa Cimbrone, Ravello", "Europe/Rome"),
    ("Finca La Cabra, Málaga", "Europe/Madrid"),
    ("Quinta do Lago, Faro", "Europe/Lisbon"),
    ("Schloss Eckberg, Dresden", "Europe/Berlin"),
    ("Brooklyn Winery, New York", "America/New_York"),
    ("Calamigos Ranch, Malibu", "America/Los_Angeles"),
    ("Lake House, Austin", "America/Chicago"),
    ("Taj Garden Retreat, Udaipur", "Asia/Kolkata"),
    ("Glass Chapel, Karuizawa", "Asia/Tokyo"),
    ("Gunners Barracks, Sydney", "Australia/Sydney"),
];

const FIRST_NAMES: [&str; 32] = [
    "Amara", "Tom", "Sofia", "Liam", "Priya", "Jonas", "Mei", "Oscar", "Fatima", "Daniel", "Chloé", "Rhys",
    "Zuzana", "Kwame", "Elena", "Hugo", "Niamh", "Arjun", "Ingrid", "Mateo", "Yara", "Felix", "Hana", "Noah",
    "Aoife", "Samir", "Lucía", "Ewan", "Thandi", "Kenji", "Isla", "Marco",
];

const LAST_NAMES: [&str; 32] = [
    "Okafor",
    "Bell",
    "Rossi",
    "O'Neill",
    "Sharma",
    "Weber",
    "Chen",
    "Lindqvist",
    "Haddad",
    "Price",
    "Dubois",
    "Morgan",
    "Nováková",
    "Mensah",
    "Petrova",
    "Martin",
    "Byrne",
    "Patel",
    "Larsen",
    "García",
    "Nasser",
    "Schmidt",
    "Sato",
    "Clarke",
    "Kelly",
    "Aziz",
    "Fernández",
    "Murray",
    "Dlamini",
    "Tanaka",
    "Campbell",
    "Bianchi",
];

const LANGUAGES: [&str; 8] = ["en", "en", "en", "en", "fr", "es", "de", "it"];

/// The two who marry, and how to reach them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Couple {
    pub names: String,
    pub email: String,
    pub phone: String,
    pub language: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wedding {
    /// Sorts by date, then by number: `w-20261124-03`.
    pub id: String,
    pub date: Date,
    /// `14:30`, at the venue.
    pub time: String,
    /// An IANA zone.
    pub zone: &'static str,
    pub venue: &'static str,
    pub couple: Couple,
}

/// A wedding as `/weddings` lists it: of the couple, the names only.
#[derive(Debug, Serialize)]
pub struct Listed<'a> {
    id: &'a str,
    date: Date,
    time: &'a str,
    zone: &'a str,
    venue: &'a str,
    couple: Names<'a>,
    status: &'static str,
}

#[derive(Debug, Serialize)]
struct Names<'a> {
    names: &'a str,
}

impl Wedding {
    /// As it is listed on the day `today`.
    #[must_use]
    pub fn listed(&self, today: Date) -> Listed<'_> {
        Listed {
            id: &self.id,
            date: self.date,
            time: &self.time,
            zone: self.zone,
            venue: self.venue,
            couple: Names { names: &self.couple.names },
            status: if self.date < today { "completed" } else { "confirmed" },
        }
    }

    /// Whether `wanted`, in small letters, is part of its id, its names or its venue.
    #[must_use]
    pub fn matches(&self, wanted: &str) -> bool {
        [self.id.as_str(), &self.couple.names, self.venue]
            .iter()
            .any(|text| text.to_lowercase().contains(wanted))
    }
}

/// All weddings of `date`, by id; `many` adds those of the scenario `wedding-day`.
#[must_use]
pub fn on(seed: u64, date: Date, many: bool) -> Vec<Wedding> {
    let count = usual_count(seed, date) + if many { EXTRA } else { 0 };
    (0..count).map(|number| wedding(seed, date, number)).collect()
}

/// 5 to 20: most on Saturdays and in summer.
fn usual_count(seed: u64, date: Date) -> i64 {
    use jiff::civil::Weekday;
    let weekday = match date.weekday() {
        Weekday::Saturday => 12,
        Weekday::Sunday => 8,
        Weekday::Friday => 7,
        _ => 5,
    };
    let summer = if (5..=9).contains(&date.month()) { 3 } else { 0 };
    (weekday + summer + between(seed, Stream::WeddingCount, day_number(date), 0, 5)).min(20)
}

fn wedding(seed: u64, date: Date, number: i64) -> Wedding {
    let index = (day_number(date) * NUMBERS_A_DAY + number) * 8;
    let (venue, zone) = pick(seed, Stream::Wedding, index, &VENUES);
    let hour = between(seed, Stream::Wedding, index + 1, 11, 18);
    let minute = pick(seed, Stream::Wedding, index + 2, &[0, 0, 15, 30, 30, 45]);
    Wedding {
        id: format!("w-{}-{number:02}", date.strftime("%Y%m%d")),
        date,
        time: format!("{hour:02}:{minute:02}"),
        zone,
        venue,
        couple: couple(seed, index + 3),
    }
}

/// A couple that does not exist: example.com, and numbers set aside for fiction.
fn couple(seed: u64, index: i64) -> Couple {
    let name = |offset: i64, names: &[&'static str]| pick(seed, Stream::Wedding, index + offset, names);
    let first = between(seed, Stream::Wedding, index, 0, FIRST_NAMES.len() as i64 - 1) as usize;
    // Never the same name twice, so that a reader can tell the two apart.
    let step = between(seed, Stream::Wedding, index + 2, 1, FIRST_NAMES.len() as i64 - 1) as usize;
    let one = FIRST_NAMES[first];
    let last = name(1, &LAST_NAMES);
    let other = FIRST_NAMES[(first + step) % FIRST_NAMES.len()];
    let number = (unit(seed, Stream::Wedding, index + 3) * 1_000.0) as u32;
    let plain: String = format!("{one}.{last}")
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphabetic() || *c == '.')
        .collect();
    Couple {
        names: format!("{one} {last} & {other} {}", name(4, &LAST_NAMES)),
        email: format!("{plain}.{number}@example.com"),
        phone: format!("+447700900{number:03}"),
        language: pick(seed, Stream::Crisis, index, &LANGUAGES).to_owned(),
    }
}

fn day_number(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_date_has_five_to_twenty_and_always_the_same() {
        let mut date = Date::constant(2026, 1, 1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..365 {
            let weddings = on(7, date, false);
            assert!((5..=20).contains(&weddings.len()), "{date}: {}", weddings.len());
            assert_eq!(weddings, on(7, date, false));
            for wedding in weddings {
                assert!(jiff::tz::TimeZone::get(wedding.zone).is_ok(), "{}", wedding.zone);
                assert!(wedding.time.parse::<jiff::civil::Time>().is_ok(), "{}", wedding.time);
                assert!(seen.insert(wedding.id.clone()), "{} twice", wedding.id);
            }
            date = date.tomorrow().unwrap();
        }
        assert_ne!(on(7, date, false), on(8, date, false));
    }

    #[test]
    fn a_wedding_day_adds_to_those_that_were_there() {
        let date = Date::constant(2026, 11, 24);
        let usual = on(7, date, false);
        let many = on(7, date, true);
        assert_eq!(many.len(), usual.len() + 28);
        assert_eq!(many[..usual.len()], usual);
    }
}
