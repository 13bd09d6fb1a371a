//! The fourteen permissions. Each is one row of the table that roles are made of.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person may be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    SeeStatus,
    SeeReports,
    SeePersonalData,
    HandleAlerts,
    WorkCases,
    RunCrisisActions,
    RunOrdinaryActions,
    RunDangerousActions,
    Approve,
    EditDrafts,
    PublishProcedures,
    ChangeSchedules,
    ManageAccess,
    ReadAudit,
}

impl Permission {
    /// All of them, in the order of the table.
    pub const ALL: [Permission; 14] = [
        Permission::SeeStatus,
        Permission::SeeReports,
        Permission::SeePersonalData,
        Permission::HandleAlerts,
        Permission::WorkCases,
        Permission::RunCrisisActions,
        Permission::RunOrdinaryActions,
        Permission::RunDangerousActions,
        Permission::Approve,
        Permission::EditDrafts,
        Permission::PublishProcedures,
        Permission::ChangeSchedules,
        Permission::ManageAccess,
        Permission::ReadAudit,
    ];

    /// As it is written in the configuration, in tokens and in the audit log.
    pub fn key(self) -> &'static str {
        match self {
            Permission::SeeStatus => "see_status",
            Permission::SeeReports => "see_reports",
            Permission::SeePersonalData => "see_personal_data",
            Permission::HandleAlerts => "handle_alerts",
            Permission::WorkCases => "work_cases",
            Permission::RunCrisisActions => "run_crisis_actions",
            Permission::RunOrdinaryActions => "run_ordinary_actions",
            Permission::RunDangerousActions => "run_dangerous_actions",
            Permission::Approve => "approve",
            Permission::EditDrafts => "edit_drafts",
            Permission::PublishProcedures => "publish_procedures",
            Permission::ChangeSchedules => "change_schedules",
            Permission::ManageAccess => "manage_access",
            Permission::ReadAudit => "read_audit",
        }
    }

    /// As a person reads it, after "may".
    pub fn words(self) -> &'static str {
        match self {
            Permission::SeeStatus => "see status, alerts, runbook",
            Permission::SeeReports => "see business reports, export them",
            Permission::SeePersonalData => "see couples' personal data",
            Permission::HandleAlerts => "acknowledge, resolve, silence alerts",
            Permission::WorkCases => "work on crisis cases, send notices",
            Permission::RunCrisisActions => "run crisis actions (manual mode, emergency alert)",
            Permission::RunOrdinaryActions => "run ordinary actions",
            Permission::RunDangerousActions => "run dangerous actions (with a reason and the password again)",
            Permission::Approve => "approve what needs two people",
            Permission::EditDrafts => "edit runbook drafts",
            Permission::PublishProcedures => "approve and publish procedures (never one's own change)",
            Permission::ChangeSchedules => "change schedules, contacts, training records",
            Permission::ManageAccess => "manage users, roles, keys, tokens",
            Permission::ReadAudit => "read the audit log",
        }
    }

    /// The permission with this key.
    pub fn from_key(key: &str) -> Option<Permission> {
        Permission::ALL.into_iter().find(|permission| permission.key() == key)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Permissions(u16);

impl Permissions {
    pub const NONE: Permissions = Permissions(0);

    pub fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    #[must_use]
    pub fn with(self, permission: Permission) -> Permissions {
        Permissions(self.0 | permission.bit())
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Permissions) -> Permissions {
        Permissions(self.0 & other.0)
    }

    /// Whether all of these are in `other` too.
    pub fn within(self, other: Permissions) -> bool {
        self.0 & !other.0 == 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.has(*permission))
    }

    /// The keys, with blanks between: as a token's permissions are stored.
    pub fn keys(self) -> String {
        self.iter().map(Permission::key).collect::<Vec<_>>().join(" ")
    }

    /// From `keys`. A key that is not known any more gives nothing.
    pub fn from_keys(keys: &str) -> Permissions {
        keys.split_whitespace().filter_map(Permission::from_key).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Permissions {
        permissions.into_iter().fold(Permissions::NONE, Permissions::with)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::key)).finish()
    }
}
