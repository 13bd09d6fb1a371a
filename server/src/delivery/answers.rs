//! The one place where an answer to a message becomes something that is done to an alert.

use backend::{
    access::{HandleAlerts, Permit},
    db::DbError,
    delivery,
};

use crate::http::State;

/// What somebody wants of an alert, by a button or a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    Acknowledge,
    Resolve,
}

/// Does it, and says what was done in a sentence. Every call that is still to be sent about the alert is stopped.
///
/// # Errors
/// When the database refuses.
pub async fn carry_out(
    state: &State,
    permit: &Permit<HandleAlerts>,
    alert: &str,
    wish: Wish,
) -> Result<String, DbError> {
    let stopped = delivery::stop_calls(state.access.db(), permit, alert, state.console.clock.now()).await?;
    let done = match wish {
        Wish::Acknowledge => "Nobody else is called for it now.",
        Wish::Resolve => "Nobody is called for it any more.",
    };
    Ok(match stopped {
        0 => format!("{done} Nothing was on its way."),
        1 => format!("{done} 1 call was stopped."),
        many => format!("{done} {many} calls were stopped."),
    })
}
