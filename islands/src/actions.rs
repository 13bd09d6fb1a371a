//! Runs on an open page: its parts are drawn anew with each change, so that a page follows a run step by step. While somebody
//! types in a part it stays as it is, and a bar says that there is something new.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use crate::{
    browser::{self, each, each_in, read, set},
    drawing, hub,
};

thread_local! {
    /// What was last drawn at an address: the same is not drawn a second time, so nothing moves without a reason.
    static DRAWN: RefCell<HashMap<String, String>> = RefCell::default();
    /// Of each address, the number of the newest question; an answer to an older one is late.
    static ASKED: RefCell<HashMap<String, u32>> = RefCell::default();
    /// Something came while a part was pressed, and is drawn afterwards.
    static LATE: Cell<bool> = const { Cell::new(false) };
}

const ALL: &str = "[data-actions-part]";
/// What an emergency makes possible.
const WITH_ALERTS: &str = "[data-actions-part][data-with-alerts]";

pub fn start() {
    hub::on_actions(|| draw(ALL, false));
    hub::on_alerts(|_| draw(WITH_ALERTS, false));
    drawing::on_lifted(|| {
        if LATE.take() {
            draw(ALL, false);
        }
    });
    each("[data-actions-bar] button", |button| {
        browser::on(&button, "click", |_| draw(ALL, true));
    });
}

/// `wanted`: by the bar, whatever somebody is at.
fn draw(parts: &str, wanted: bool) {
    each("[data-actions-bar]", |bar| set(&bar, "hidden", ""));
    each(parts, |part| {
        let address = read(&part, "data-actions-part");
        let number = ASKED.with_borrow_mut(|asked| {
            let number = asked.entry(address.clone()).or_default();
            *number += 1;
            *number
        });
        let (place, asked_at) = (part.clone(), address.clone());
        let put = move |html: Option<String>| {
            let Some(html) = html else { return };
            let is_late = ASKED.with_borrow(|asked| asked.get(&asked_at) != Some(&number));
            let is_known = DRAWN.with_borrow(|drawn| drawn.get(&asked_at) == Some(&html));
            if is_late || is_known {
                return;
            }
            if drawing::is_pressed(&place) {
                LATE.set(true);
                return;
            }
            let Some(fresh) = drawing::news(&place, &html) else { return };
            if !wanted && is_used(&place) {
                each("[data-actions-bar]", |bar| {
                    let _ = bar.remove_attribute("hidden");
                });
                return;
            }
            drawing::put(&place, &fresh);
            let _ = place.remove_attribute("data-kept");
            DRAWN.with_borrow_mut(|drawn| drawn.insert(asked_at.clone(), html));
        };
        browser::fetch_text(&address, Box::new(put));
    });
}

/// With the focus in it, with something typed, or with what was typed before and refused.
fn is_used(part: &web_sys::Element) -> bool {
    let mut used = part.matches(":focus-within, [data-kept]").unwrap_or(false);
    each_in(part, "textarea, input:not([type=hidden])", |field| {
        let says = |what: &str| js_sys::Reflect::get(&field, &what.into()).ok();
        used |= says("value") != says("defaultValue");
    });
    used
}
