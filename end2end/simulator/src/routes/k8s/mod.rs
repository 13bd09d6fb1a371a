//! The Kubernetes API, under `/k8s`: as much of it as the console and `kubectl` use.

mod discovery;
mod logs;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;

use crate::answer;
use crate::cluster::refusal::Refusal;
use crate::cluster::resource::{Resource, Target};
use crate::cluster::verbs::{Params, Wanted};
use crate::effects;
use crate::platform::Platform;

const LARGEST_BODY: usize = 3 * 1024 * 1024;

/// Answers every request below `/k8s`.
pub async fn serve(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    answer_it(platform, request).await.unwrap_or_else(|refusal| refusal.answer())
}

async fn answer_it(platform: Arc<Platform>, request: Request) -> Result<Response, Refusal> {
    let path = request.uri().path().strip_prefix("/k8s").unwrap_or_default().to_owned();
    let read: Query<BTreeMap<String, String>> =
        Query::try_from_uri(request.uri()).map_err(|error| Refusal::bad_request(error.body_text()))?;
    let params = Params(read.0);
    if let Some(described) = discovery::describe(&path) {
        return Ok(answer::ok(&described));
    }
    let target = Target::read(&path).ok_or_else(Refusal::no_such_address)?;
    let method = request.method().clone();
    let verb = verb(&method, &target, &params).ok_or_else(Refusal::method_not_allowed)?;
    allow(&platform, verb, &target)?;
    match verb {
        "get" if target.subresource.as_deref() == Some("log") => logs::read(platform, &target, &params),
        "get" => Ok(answer::ok(&read_one(&platform, &target)?)),
        "list" => {
            let (world, now) = platform.world();
            Ok(answer::ok(&world.cluster.list(&target, &params, world.strain(now))?))
        }
        "watch" => watch::begin(platform, &target, &params),
        verb => change(&platform, verb, &target, &params, request).await,
    }
}

/// What the request wants, in the words of rights.
fn verb(method: &Method, target: &Target, params: &Params) -> Option<&'static str> {
    let verb = match (method.as_str(), &target.name) {
        ("GET", None) if params.flag("watch") => "watch",
        ("GET", None) => "list",
        ("GET", Some(_)) => "get",
        ("POST", None) => "create",
        ("PUT", Some(_)) => "update",
        ("PATCH", Some(_)) => "patch",
        ("DELETE", Some(_)) => "delete",
        _ => return None,
    };
    target.resource.facts().verbs.contains(&verb).then_some(verb)
}

fn allow(platform: &Platform, verb: &str, target: &Target) -> Result<(), Refusal> {
    let (world, _) = platform.world();
    if world.cluster.orders.denies(verb, &target.right()) {
        return Err(Refusal::forbidden(verb, target));
    }
    Ok(())
}

fn read_one(platform: &Platform, target: &Target) -> Result<serde_json::Value, Refusal> {
    let (world, now) = platform.world();
    if target.resource != Resource::PodMetrics {
        return world.cluster.get(target);
    }
    let usage = world.cluster.usage(world.strain(now));
    usage
        .into_iter()
        .find(|usage| usage["metadata"]["name"] == target.name())
        .ok_or_else(|| Refusal::not_found(target.resource, target.name()))
}

async fn change(
    platform: &Platform,
    verb: &str,
    target: &Target,
    params: &Params,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let body: Bytes =
        to_bytes(body, LARGEST_BODY).await.map_err(|error| Refusal::bad_request(error.to_string()))?;
    let wanted = Wanted { verb, content_type: content_type.unwrap_or_default(), body: &body };
    let rehearsal = params.text("dryRun").is_some();
    let (mut world, _) = platform.world();
    // A dry run is the real thing on a copy.
    let done = if rehearsal {
        world.cluster.clone().change(target, wanted)?
    } else {
        world.cluster.change(target, wanted)?
    };
    let code = StatusCode::from_u16(done.code).unwrap_or(StatusCode::OK);
    let response = answer::json(code, &done.object);
    if rehearsal { Ok(response) } else { Ok(effects::applied(response, done.what, done.changed)) }
}
