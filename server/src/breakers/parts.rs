//! `GET /breakers/part/{part}`: what other pages and this one draw anew when a breaker moves.

use app::failover::{card_part, now_marks, sentence_part, strip};
use axum::{
    extract::{Path, Query},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    for_now,
    page::{self, Stories},
};
use crate::access::asked::{Asked, Refusal};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    platform: String,
    service: String,
}

pub(super) async fn part(asked: Asked, Path(part): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let platform = page::platform(&asked, &wanted.platform)?;
            let html = match part.as_str() {
                "sentence" => sentence_part(&page::rows(&asked, &platform, Stories::OfTrouble).await?),
                "strip" => strip(&page::rows(&asked, &platform, Stories::OfTrouble).await?),
                "card" => {
                    let rows = page::rows(&asked, &platform, Stories::OfAll).await?;
                    card_part(&rows, &platform, &wanted.service).ok_or(Refusal::NotFound)?
                }
                "now" => now_marks(&for_now(&asked).await?),
                _ => return Err(Refusal::NotFound),
            };
            Ok(Html(html).into_response())
        })
        .await
}
