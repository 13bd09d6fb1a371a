//! The one place where an answer to a message becomes something that is done to an alert.

use backend::{
    access::{HandleAlerts, Viewer},
    alerts::{AlertRefused, Stored},
    db::DbError,
};
use domain::{
    alerts::{AlertId, AlertState},
    audit::Object,
};

use crate::http::State;

/// What somebody wants of an alert, by a button or a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    Acknowledge,
    Resolve,
}

/// What was done, in a sentence.
pub type Said = Result<String, NotDone>;

/// Why nothing was done, in a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotDone {
    /// They were not called, and may not handle alerts.
    Forbidden(String),
    /// Somebody has it, it is over, or it was never there.
    Otherwise(String),
}

impl NotDone {
    pub fn into_words(self) -> String {
        match self {
            NotDone::Forbidden(words) | NotDone::Otherwise(words) => words,
        }
    }
}

/// Does it. Whoever was called may acknowledge; to resolve takes the permission. What is refused for the lack of it is on
/// record.
///
/// # Errors
/// When the database refuses.
pub async fn carry_out(state: &State, viewer: &Viewer, alert: &str, wish: Wish) -> Result<Said, DbError> {
    let (alerts, id) = (&state.console.alerts, AlertId(alert.to_owned()));
    let done = match wish {
        Wish::Acknowledge => alerts.acknowledge_called(viewer, &id).await,
        Wish::Resolve => match viewer.permit::<HandleAlerts>() {
            Ok(permit) => alerts.resolve(&permit, &id, "").await,
            Err(missing) => Err(missing.into()),
        },
    };
    match done {
        Ok(stored) => Ok(Ok(in_words(&stored))),
        Err(AlertRefused::Db(error)) => Err(error),
        Err(AlertRefused::Missing(missing)) => {
            let verb = match wish {
                Wish::Acknowledge => "alert.acknowledged",
                Wish::Resolve => "alert.resolved",
            };
            let object = Object::new("alert", alert, alert);
            state.access.refused(viewer, verb, &missing, Some(object)).await?;
            Ok(Err(NotDone::Forbidden(format!("Nothing was done: {missing}."))))
        }
        Err(refused) => Ok(Err(NotDone::Otherwise(format!("Nothing was done. {refused}")))),
    }
}

fn in_words(stored: &Stored) -> String {
    match &stored.alert.state {
        AlertState::Acknowledged { by, .. } => {
            format!("{} has it now. Nobody else is called for it.", by.name)
        }
        AlertState::Resolved { .. } => "It is resolved. Nobody is called for it any more.".to_owned(),
        AlertState::Firing => "It is still firing.".to_owned(),
    }
}
