//! The page Now: what is watched, and beside it what the other features have to say. It stands above them.

use backend::monitoring::shown::Now;
use leptos::prelude::*;

use crate::{
    monitoring,
    oncall::{self, OnCallCard},
    shell::Shell,
};

/// `on_call` is `None` where it could not be read: what is watched is shown all the same.
pub fn now_page(shell: &Shell, view: &Now, on_call: Option<&OnCallCard>) -> String {
    monitoring::now_page(shell, view, || on_call.map(|card| oncall::card(card).into_any()))
}
