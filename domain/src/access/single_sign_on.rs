//! What a provider of single sign-on decides here: which role somebody has, and whether they were just asked who they are.

use super::PROOF;
use crate::time::{MINUTE, Millis, SECOND};

/// The way to a provider and back.
pub const TRIP: i64 = 10 * MINUTE;
/// How far a provider's clock may be from ours where it says how long something holds.
pub const PROVIDER_LEEWAY: i64 = 30 * SECOND;

/// People of this group have this role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupRole {
    /// As the provider names it.
    pub group: String,
    /// The name of a role.
    pub role: String,
}

/// The role of somebody in these groups: that of the first of the list that they are in, else the default. `None` has no
/// business here.
pub fn role_of_groups<'a>(
    listed: &'a [GroupRole],
    default: Option<&'a str>,
    groups: &[String],
) -> Option<&'a str> {
    let first = listed.iter().find(|listed| groups.contains(&listed.group));
    first.map(|listed| listed.role.as_str()).or(default)
}

/// Whether somebody who was sent to their provider at `began` gave their proof there on that trip and not before, and not
/// too long ago. Providers tell whole seconds.
pub fn is_proof_of_trip(authenticated: Option<Millis>, began: Millis, now: Millis) -> bool {
    let began = Millis(began.0 - began.0.rem_euclid(SECOND));
    authenticated
        .is_some_and(|at| at.since(began) >= 0 && now.since(at) < PROOF && at.since(now) <= PROVIDER_LEEWAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_list_counts_whatever_the_order_of_the_groups() {
        let listed = [("ops-leads", "lead"), ("ops", "operator"), ("staff", "viewer")]
            .map(|(group, role)| GroupRole { group: group.to_owned(), role: role.to_owned() });
        for (groups, default, role) in [
            (vec!["staff", "ops-leads", "ops"], None, Some("lead")),
            (vec!["staff", "ops"], Some("auditor"), Some("operator")),
            (vec!["Staff", "others"], Some("auditor"), Some("auditor")),
            (vec!["others"], None, None),
            (vec![], None, None),
        ] {
            let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
            assert_eq!(role_of_groups(&listed, default, &groups), role, "{groups:?}");
        }
    }

    #[test]
    fn a_proof_is_one_of_this_trip() {
        let began = Millis(1_000_000_700);
        for (authenticated, now, is_one) in [
            (Some(1_000_000_000), 1_000_009_000, true),
            (Some(1_000_005_000), 1_000_009_000, true),
            (Some(999_999_000), 1_000_009_000, false),
            (None, 1_000_009_000, false),
            (Some(1_000_005_000), 1_000_005_000 + PROOF, false),
            (Some(1_000_039_000), 1_000_009_000, true),
            (Some(1_000_040_000), 1_000_009_000, false),
        ] {
            assert_eq!(
                is_proof_of_trip(authenticated.map(Millis), began, Millis(now)),
                is_one,
                "{authenticated:?}"
            );
        }
    }
}
