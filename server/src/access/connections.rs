//! `/settings/connections`: how the polls and the forwarding of the audit log go.

use app::access::{self as pages, Connections, PlatformRow, ProviderRow, ReceiverRow, WayRow};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{Grant, ManageAccess},
    audit,
    config::{Siem, SiemTo},
    delivery::Standing,
};
use domain::time::Millis;
use serde::Deserialize;

use super::asked::{Asked, Refusal, see};

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    tested: String,
}

pub async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            asked.viewer()?.permit::<ManageAccess>()?;
            let config = asked.state.console.config();
            let platforms = config.platforms.iter().map(|platform| {
                let frame = asked.state.console.hub.frame(&platform.name);
                PlatformRow {
                    name: platform.name.clone(),
                    address: platform.api_url.clone(),
                    last_answer: frame.as_ref().and_then(|frame| frame.answered_at).map(Millis),
                    trouble: frame.and_then(|frame| frame.trouble.clone()),
                }
            });
            let standings = audit::forwardings(asked.state.access.db(), &config.siem).await?;
            let receivers = config.siem.iter().zip(standings).map(|(target, standing)| ReceiverRow {
                name: target.name.clone(),
                what: in_words(target),
                lag: standing.lag,
                last_success: standing.last_success,
                last_failure: standing.last_failure,
                failures: standing.failures,
            });
            let now = asked.state.access.now();
            let providers = asked.state.access.providers();
            // Asked now, all at once, unless they answered a moment ago.
            futures::future::join_all(providers.iter().map(|provider| provider.look(now))).await;
            let providers = providers.iter().map(|provider| {
                let standing = provider.standing();
                ProviderRow {
                    label: provider.config.label.clone(),
                    issuer: provider.config.issuer.clone(),
                    redirect: provider.redirect_url().to_owned(),
                    last_answer: standing.last_success,
                    last_failure: standing.last_failure,
                }
            });
            let tested = config.siem.iter().any(|target| target.name == wanted.tested);
            let view = Connections {
                now,
                platforms: platforms.collect(),
                ways: ways(&asked).await?,
                providers: providers.collect(),
                receivers: receivers.collect(),
                saved: tested.then(|| {
                    format!(
                        "A test record is on its way to {}: it has arrived when none is still to come.",
                        wanted.tested
                    )
                }),
            };
            Ok(asked.page(StatusCode::OK, pages::connections_page(&asked.shell(), &view)))
        })
        .await
}

/// `POST /settings/connections/{name}/test`
pub async fn test(asked: Asked, Path(name): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ManageAccess>()?;
            if !asked.state.console.config().siem.iter().any(|target| target.name == name) {
                return Err(Refusal::NotFound);
            }
            let (db, now) = (asked.state.access.db().clone(), asked.state.access.now());
            let (who, target) = ((permit.actor(), permit.origin().clone()), name.clone());
            let sent = tokio::spawn(async move {
                audit::send_test(&db, now, &target, who, ManageAccess::PERMISSION.key()).await
            });
            sent.await.map_err(|error| Refusal::Inside(error.to_string()))??;
            Ok(see(&format!("/settings/connections?tested={}", super::asked::encoded(&name))))
        })
        .await
}

/// How the connections to staff do.
async fn ways(asked: &Asked) -> Result<Vec<WayRow>, Refusal> {
    let standings = asked.state.courier.standings().await?;
    let row = |standing: Standing| WayRow {
        name: standing.name,
        what: standing.what,
        waiting: standing.waiting,
        oldest: standing.oldest,
        last_success: standing.last_success,
        last_failure: standing.last_failure,
        failures: standing.failures,
    };
    Ok(standings.into_iter().map(row).collect())
}

fn in_words(target: &Siem) -> String {
    match &target.to {
        SiemTo::SyslogTcp { host, port } => format!("syslog over TCP to {host}:{port}"),
        SiemTo::SyslogTls { host, port } => format!("syslog over TLS to {host}:{port}"),
        SiemTo::Https { url, .. } => format!("JSON by HTTPS to {url}"),
    }
}
