//! Roles: named sets of permissions, given by the configuration over these defaults.

use super::{Permission, Permissions};

/// Whether people of a role need a second factor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecondFactor {
    /// Without one they can do nothing but set one up.
    Required,
    /// They may set one up; it is asked for when they have.
    Optional,
}

/// A named set of permissions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    /// `lead`: what is stored with a person.
    pub name: String,
    /// "Lead": what people read.
    pub label: String,
    pub permissions: Permissions,
    /// The keys of the services that it is limited to; `None` is all of them.
    pub services: Option<Vec<String>>,
    pub second_factor: SecondFactor,
}

impl Role {
    /// Whether it holds for this service.
    pub fn covers(&self, service: &str) -> bool {
        self.services.as_ref().is_none_or(|services| services.iter().any(|one| one == service))
    }
}

/// The roles that are there when the configuration names none.
pub fn default_roles() -> Vec<Role> {
    use Permission as P;
    const EVERYBODY: [Permission; 2] = [P::SeeStatus, P::SeeReports];
    let role = |name: &str, label: &str, second_factor: SecondFactor, more: &[Permission]| Role {
        name: name.to_owned(),
        label: label.to_owned(),
        permissions: EVERYBODY.iter().chain(more).copied().collect(),
        services: None,
        second_factor,
    };
    let (required, optional) = (SecondFactor::Required, SecondFactor::Optional);
    vec![
        role("viewer", "Viewer", optional, &[]),
        role("executive", "Executive", optional, &[]),
        role(
            "support",
            "Support",
            optional,
            &[P::SeePersonalData, P::WorkCases, P::RunCrisisActions, P::EditDrafts],
        ),
        role(
            "operator",
            "Operator",
            optional,
            &[
                P::HandleAlerts,
                P::RunCrisisActions,
                P::RunOrdinaryActions,
                P::RunDangerousActions,
                P::EditDrafts,
            ],
        ),
        role(
            "lead",
            "Lead",
            required,
            &[
                P::SeePersonalData,
                P::HandleAlerts,
                P::WorkCases,
                P::RunCrisisActions,
                P::RunOrdinaryActions,
                P::RunDangerousActions,
                P::Approve,
                P::EditDrafts,
                P::PublishProcedures,
                P::ChangeSchedules,
                P::ReadAudit,
            ],
        ),
        role("admin", "Admin", required, &[P::ChangeSchedules, P::ManageAccess, P::ReadAudit]),
        role("auditor", "Auditor", optional, &[P::ReadAudit]),
    ]
}
