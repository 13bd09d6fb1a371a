//! The types of crises and their checklists as they come with the console; the configuration adds to them and changes
//! them.

use super::{
    CaseType, CaseTypes, How, Problem, Stage, StepDeclaration, StepKey, TypeKey,
    step::{FIRST_MINUTES, HALF_HOUR},
};
use crate::{
    actions::{ActionKey, ProcedureSlug},
    monitoring::Level,
    notices::Purpose,
    time::MINUTE,
};

/// Everything that a type adds to what is done in every crisis.
struct Kind {
    key: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    severity: Level,
    /// Key and name of what somebody does by hand within half an hour.
    by_hand: &'static [(&'static str, &'static str)],
}

const KINDS: [Kind; 9] = [
    Kind {
        key: "ai_failed",
        name: "AI crisis response failed",
        aliases: &["ai_crisis_failure"],
        severity: Level::Emergency,
        by_hand: &[("read_what_the_ai_did", "Read what the AI has already told or booked")],
    },
    Kind {
        key: "vendor_cancelled",
        name: "Vendor cancelled",
        aliases: &["vendor_no_show", "supplier_delay"],
        severity: Level::Critical,
        by_hand: &[
            ("confirm_with_vendor", "Hear from the vendor what is certain"),
            ("choose_replacement", "Offer the couple replacements near the venue"),
        ],
    },
    Kind {
        key: "venue_unavailable",
        name: "Venue unavailable",
        aliases: &["venue_issue"],
        severity: Level::Emergency,
        by_hand: &[
            ("confirm_with_venue", "Hear from the venue what is certain"),
            ("find_other_venue", "Find another venue, or another room of it"),
            ("tell_vendors", "Tell the vendors where to go"),
        ],
    },
    Kind {
        key: "weather",
        name: "Weather",
        aliases: &["weather_emergency"],
        severity: Level::Critical,
        by_hand: &[
            ("read_forecast", "Read the forecast for the hours of the ceremony"),
            ("choose_shelter", "Agree on the plan under a roof"),
        ],
    },
    Kind {
        key: "transport",
        name: "Transport",
        aliases: &["transport_failure"],
        severity: Level::Critical,
        by_hand: &[
            ("locate_guests", "Find out who is stranded, and where"),
            ("book_transport", "Book another way to the venue"),
        ],
    },
    Kind {
        key: "illness",
        name: "Illness",
        aliases: &["medical_emergency"],
        severity: Level::Critical,
        by_hand: &[
            ("ask_how_they_are", "Ask how they are, and whether help has been called"),
            ("agree_what_goes_on", "Agree with the family on what goes on"),
        ],
    },
    Kind {
        key: "payment",
        name: "Payment",
        aliases: &["payment_failure"],
        severity: Level::Warning,
        by_hand: &[("ask_finance", "Have finance vouch for the open sum to the vendor")],
    },
    Kind {
        key: "schedule_conflict",
        name: "Schedule conflict",
        aliases: &["double_booking"],
        severity: Level::Critical,
        by_hand: &[("agree_on_times", "Agree on the times with everybody who is booked")],
    },
    Kind {
        key: "other",
        name: "Something else",
        aliases: &[],
        severity: Level::Critical,
        by_hand: &[("find_out", "Find out what happened, and choose the type")],
    },
];

/// # Errors
/// When a name in this file is none; a test shows that all are.
pub fn built_in() -> Result<CaseTypes, Vec<Problem>> {
    let types: Result<Vec<CaseType>, Problem> = KINDS.iter().map(case_type).collect();
    CaseTypes::new(types.map_err(|problem| vec![problem])?)
}

fn case_type(kind: &Kind) -> Result<CaseType, Problem> {
    let mut of = CaseType::blank(TypeKey::parse(kind.key).map_err(name)?)?;
    kind.name.clone_into(&mut of.name);
    of.severity = kind.severity;
    of.aliases =
        kind.aliases.iter().map(|key| TypeKey::parse(key).map_err(name)).collect::<Result<_, _>>()?;
    for (key, name) in kind.by_hand {
        of.checklist.push(step(key, name, Stage::HalfHour, How::ByHand)?);
    }
    Ok(of)
}

impl CaseType {
    /// A type without a name, with what is done in every crisis and nothing else: what the configuration begins a new one
    /// with.
    ///
    /// # Errors
    /// When a name in this file is none; a test shows that all are.
    pub fn blank(key: TypeKey) -> Result<CaseType, Problem> {
        Ok(CaseType {
            key,
            name: String::new(),
            aliases: Vec::new(),
            severity: Level::Critical,
            checklist: in_every_crisis()?,
            notices: vec![Purpose::WeKnow, Purpose::WeHaveAPlan, Purpose::Solved],
            procedure: Some(ProcedureSlug::parse("wedding-day-crisis").map_err(name)?),
        })
    }
}

/// The clocks of every crisis (`policy.md`, section 7), and the last word to the couple.
fn in_every_crisis() -> Result<Vec<StepDeclaration>, Problem> {
    let action = |key: &str| ActionKey::parse(key).map_err(name).map(|action| How::Action { action });
    let asks = |people: &str| How::AsksPeople { people: people.to_owned() };
    let automatic = |declared: StepDeclaration| StepDeclaration { automatic: true, ..declared };
    let first = Stage::FirstMinutes;
    let then = Stage::HalfHour;
    Ok(vec![
        automatic(step(
            "alert_emergency_team",
            "Alert the emergency team",
            first,
            action("send-emergency-alert")?,
        )?),
        automatic(step(
            "manual_mode",
            "Switch to manual crisis management",
            first,
            action("enable-manual-mode")?,
        )?),
        step("tell_the_couple", "Tell the couple", first, notice(Purpose::WeKnow))?,
        step("deploy_planners", "Send an emergency planner", then, asks("planners"))?,
        step("start_vendor_network", "Start the vendor network", then, asks("vendor-network"))?,
        step("tell_executives", "Tell the executives", then, asks("executives"))?,
        step("begin_communication", "Begin the communication protocol", then, asks("communication"))?,
        StepDeclaration {
            within: 24 * 60 * MINUTE,
            required: false,
            ..step(
                "tell_it_is_solved",
                "Tell the couple that it is solved",
                Stage::Later,
                notice(Purpose::Solved),
            )?
        },
    ])
}

fn notice(purpose: Purpose) -> How {
    How::Notice { purpose }
}

fn step(key: &str, label: &str, stage: Stage, how: How) -> Result<StepDeclaration, Problem> {
    Ok(StepDeclaration {
        key: StepKey::parse(key).map_err(name)?,
        name: label.to_owned(),
        stage,
        within: if stage == Stage::FirstMinutes { FIRST_MINUTES } else { HALF_HOUR },
        required: true,
        automatic: false,
        how,
    })
}

fn name(not: impl ToString) -> Problem {
    Problem::Name(not.to_string())
}
