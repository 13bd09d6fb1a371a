//! Every kind of action against every fault, by the real console: what was done to the platform is counted there, and what
//! the console says of a run has to be so.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod cache;
mod database;
mod fault;
mod gate;
mod kind;
mod mail_sink;
mod matrix;
mod notices;
mod platform;
mod refusals;
mod runs;
mod stand;
#[path = "../world/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod world;

use matrix::row;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_to_the_api() {
    row(&platform::HTTP).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_of_which_only_the_answer_tells() {
    row(&platform::HTTP_BY_ITS_ANSWER).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scaling_a_deployment() {
    row(&platform::SCALE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarting_a_deployment() {
    row(&platform::RESTART).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leading_an_ingress_elsewhere() {
    row(&platform::INGRESS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_from_a_cronjob() {
    row(&platform::JOB).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flushing_the_cache() {
    row(&cache::FLUSH).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_keys_by_their_pattern() {
    row(&cache::DELETE_PATTERN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sequence() {
    row(&cache::SEQUENCE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_old_rows() {
    row(&database::BATCH_DELETE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn analyzing_tables() {
    row(&database::ANALYZE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_to_couples() {
    notices::row().await;
}
