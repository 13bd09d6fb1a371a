//! The first minutes of a wedding-day crisis.

use super::{
    Names,
    draft::{About, Draft, draft, enabled, post},
};
use crate::{
    actions::{Base, Goal, Look, Precondition},
    time::{MINUTE, SECOND},
};

const SWITCH: &str = "manual crisis mode";

fn about<'a>(key: &'a str, name: &'a str, changes: &'a str) -> About<'a> {
    About { goal: Goal::Crisis, key, name, changes, procedure: "wedding-day-crisis" }
}

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let switch = |about: &About<'_>, path, on, undone_by| {
        draft(names, about, Ok(post(Base::Api, path, &[])), enabled("/crisis/manual-mode", on), 30 * SECOND)
            .of(&["crisis"])
            .in_a_crisis()
            .needs(Precondition::NotYetInPlace)
            .undone_by(undone_by)
            .touches(SWITCH)
    };
    vec![
        switch(
            &about(
                "enable-manual-mode",
                "Enable manual crisis mode",
                "Crises go to people at once and no longer wait for the AI's answer.",
            ),
            "/crisis/manual-mode/enable",
            true,
            "disable-manual-mode",
        ),
        switch(
            &about("disable-manual-mode", "Disable manual crisis mode", "The AI answers crises first again."),
            "/crisis/manual-mode/disable",
            false,
            "enable-manual-mode",
        ),
        draft(
            names,
            &about(
                "send-emergency-alert",
                "Send the emergency alert",
                "The emergency team is alerted that the AI's crisis response fails.",
            ),
            Ok(post(Base::Alerts, "/emergency", &[("type", "ai_crisis_failure"), ("severity", "critical")])),
            Look::AnswerOnly,
            30 * SECOND,
        )
        .of(&["crisis"])
        .in_a_crisis()
        .for_good("An alert that people have had cannot be called back; tell them yourself.")
        .rests(5 * MINUTE),
    ]
}
