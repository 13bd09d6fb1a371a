//! The one switch for everything automatic: as every page says it, and `POST /actions/automatic`.

use std::sync::{Arc, Mutex, PoisonError};

use app::{access::Troubles, actions::SwitchView};
use axum::{Form, http::StatusCode, response::Response};
use backend::{
    access::HandleAlerts,
    actions::{ActionRefused, Actions},
};
use domain::{
    actions::{Automation, Refusal as Refused},
    time::{Millis, SECOND},
};

use super::{list, refused};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

/// Another process on the same database may have turned it.
const LOOK_EVERY: i64 = SECOND;

/// How the switch stood when it was last looked at. Every page says when it is off, so it is kept at hand.
#[derive(Clone, Debug, Default)]
pub struct Switch(Arc<Mutex<Option<Seen>>>);

#[derive(Clone, Debug)]
struct Seen {
    automation: Automation,
    /// Of runs and the switch, counted by this process.
    changes: u64,
    at: Millis,
}

impl Switch {
    /// Looks again where it may have been turned since. `now` is real time. Where it cannot be read it stays as it was.
    pub async fn look(&self, actions: &Actions, now: Millis) {
        let changes = *actions.changes().borrow();
        let is_new = |seen: &Seen| seen.changes == changes && (0..LOOK_EVERY).contains(&now.since(seen.at));
        if self.seen().as_ref().is_some_and(is_new) {
            return;
        }
        match actions.automation().await {
            Ok(automation) => *self.lock() = Some(Seen { automation, changes, at: now }),
            Err(error) => tracing::warn!(%error, "the switch for everything automatic cannot be read"),
        }
    }

    /// As it was last seen.
    pub fn automation(&self) -> Automation {
        self.seen().map(|seen| seen.automation).unwrap_or_default()
    }

    fn seen(&self) -> Option<Seen> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How it stands, and whether whoever looks may turn it.
pub(super) fn view(asked: &Asked, automation: Automation) -> Result<SwitchView, Refusal> {
    let may_turn = asked.viewer()?.permit::<HandleAlerts>().map(|_| ()).map_err(|missing| {
        match asked.roles_with(missing.permission).as_slice() {
            [] => "No role may turn it.".to_owned(),
            roles => format!("{} may turn it.", domain::monitoring::wording::listed(roles)),
        }
    });
    Ok(SwitchView { automation, may_turn, reason: String::new(), troubles: Troubles::default() })
}

/// `POST /actions/automatic`
pub(super) async fn turn(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<HandleAlerts>()?;
            let (turn, reason) = (fields.text("turn"), fields.text("reason"));
            if !matches!(turn.as_str(), "on" | "off") {
                return Err(Refusal::Stale("/actions#automatic"));
            }
            let actions = &asked.state.actions;
            match actions.turn_automation(&permit, turn == "on", reason.clone()).await {
                Ok(_) => {
                    asked.state.switch.look(actions, asked.state.access.now()).await;
                    Ok(see(&format!("/actions?done={turn}")))
                }
                Err(ActionRefused::Refusal(why)) => {
                    let field = matches!(why, Refused::NeedsReason | Refused::LongReason);
                    let words = match why {
                        Refused::NeedsReason => {
                            "Say why: it is read on every page while it is off.".to_owned()
                        }
                        other => other.to_string(),
                    };
                    let troubles = Troubles::default().and(if field { "reason" } else { "" }, words);
                    let status = if field { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
                    list::draw(
                        &asked,
                        status,
                        list::Saying { switch: Some((reason, troubles)), ..list::Saying::default() },
                    )
                    .await
                }
                Err(other) => Err(refused(other)),
            }
        })
        .await
}
