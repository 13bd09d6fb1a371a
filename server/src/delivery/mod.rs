//! What comes back from messages to staff: links of mails, buttons of the chat, "send again".

mod acknowledge;
mod answers;
pub mod slack;
#[cfg(test)]
mod tests;

use axum::{extract::Path, response::Response};
use backend::{
    access::HandleAlerts,
    delivery::{self, DeliveryId, NotSentAgain},
};
use domain::access::Permission;

use crate::{
    access::asked::{Asked, Refusal, own_address, see},
    routes::{Needs, Routes},
};

/// The routes of delivery.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/ack/{token}", Needs::Anybody, acknowledge::show)
        .post("/ack/{token}", Needs::Anybody, acknowledge::press)
        .post("/api/v1/slack/interactions", Needs::Anybody, slack::interaction)
        .post("/deliveries/{id}/send-again", Needs::Permission(Permission::HandleAlerts), send_again)
}

/// `POST /deliveries/{id}/send-again`: leads back to the page of what it is about.
async fn send_again(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<HandleAlerts>()?;
            let (db, now) = (asked.state.access.db(), asked.state.console.clock.now());
            match delivery::send_again(db, &permit, &DeliveryId::new(id), now).await {
                Ok(sent) => {
                    asked.state.courier.wake();
                    Ok(see(&format!("{}#deliveries", own_address(&sent.path))))
                }
                Err(NotSentAgain::Unknown) => Err(Refusal::NotFound),
                // Somebody else was quicker: the page shows how it stands.
                Err(NotSentAgain::UnderWay) => Err(Refusal::Stale("/")),
                Err(NotSentAgain::Db(error)) => Err(error.into()),
            }
        })
        .await
}
