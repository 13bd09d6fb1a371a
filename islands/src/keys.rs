//! The keyboard: `g` then a letter goes to a page, `?` shows all keys. Single keys can be switched off.
//!
//! The dialog is plain HTML of the shell; here are only its listeners.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use crate::browser;

/// How long `g` waits for its letter, in milliseconds.
const WAIT: f64 = 1_500.0;

pub fn start() {
    let Some(document) = browser::document() else { return };
    say();
    browser::on(&document, "click", |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        match target.and_then(|target| target.get_attribute("data-keys")).as_deref() {
            Some("show") => show(),
            Some("switch") => {
                if let Some(storage) = storage() {
                    let _ = storage.set_item("single-keys", if are_on() { "off" } else { "on" });
                }
                say();
            }
            _ => {}
        }
    });
    let began = Cell::new(f64::NEG_INFINITY);
    browser::on(&document, "keydown", move |event| {
        let Ok(event) = event.dyn_into::<web_sys::KeyboardEvent>() else { return };
        let with_another = event.ctrl_key() || event.meta_key() || event.alt_key();
        if with_another || browser::is_typing() || !are_on() {
            return;
        }
        let after_g = js_sys::Date::now() - began.replace(f64::NEG_INFINITY) < WAIT;
        match (after_g, event.key().as_str()) {
            (false, "g") => began.set(js_sys::Date::now()),
            (true, "n") => go("/"),
            (true, "p") => go("/performance"),
            (true, "a") => go("/alerts"),
            (true, "c") => go("/crises"),
            (false, "a") => crate::alerts::acknowledge(),
            (false, "j") => crate::alerts::step(1),
            (false, "k") => crate::alerts::step(-1),
            (_, "?") => show(),
            _ => {}
        }
    });
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn are_on() -> bool {
    storage().and_then(|storage| storage.get_item("single-keys").ok().flatten()).as_deref() != Some("off")
}

/// The switch says what it does next.
fn say() {
    let words = if are_on() { "Switch single keys off" } else { "Switch single keys on" };
    browser::each("[data-keys=switch]", |button| button.set_text_content(Some(words)));
}

fn show() {
    browser::each("#keys", |dialog| {
        if let Ok(dialog) = dialog.dyn_into::<HtmlDialogElement>()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
}

fn go(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().assign(address);
    }
}
