//! The log of a pod on an open page: followed as it is written, and searched while somebody types.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Element, EventSource, MessageEvent};

use crate::browser::{document, each, each_in, on, read, say, set};

/// Older lines go: a page is no file.
const MOST_LINES: u32 = 2_000;
/// As near to the top as somebody is who reads the newest line, in pixels.
const AT_THE_TOP: i32 = 24;

const FOLLOW: &str = "Follow live";
const STOP: &str = "Stop following";

thread_local! {
    static SOURCE: Cell<Option<EventSource>> = const { Cell::new(None) };
}

pub fn start() {
    each("[data-log-live]", |part| {
        let address = read(&part, "data-log-live");
        each_in(&part, "button", |button| {
            let (pressed, address) = (button.clone(), address.clone());
            on(&button, "click", move |_| match SOURCE.take() {
                Some(source) => {
                    source.close();
                    stopped(&pressed, "");
                }
                None => follow(&pressed, &address),
            });
        });
    });
    each("[data-log-search]", |field| {
        on(&field, "input", |_| each("[data-part=lines] > li", |line| sift(&line, &search())));
    });
}

fn follow(button: &Element, address: &str) {
    let Ok(source) = EventSource::new(address) else { return };
    set(button, "aria-pressed", "true");
    say(button, STOP);
    told("Following: what is written comes at the top.");
    each("[data-part=lines]", |list| {
        let _ = list.remove_attribute("hidden");
        list.set_inner_html("");
    });
    on(&source, "line", |event| {
        let data = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
        if let Some(data) = data {
            each("[data-part=lines]", |list| add(&list, &data));
        }
    });
    let (over, broken) = (button.clone(), button.clone());
    on(&source, "over", move |_| {
        if let Some(source) = SOURCE.take() {
            source.close();
        }
        stopped(&over, "The log has ended, or you may not follow it any more.");
    });
    let own = source.clone();
    on(&source, "error", move |_| {
        // The browser tries again by itself unless the answer was no stream.
        if own.ready_state() == EventSource::CLOSED && SOURCE.take().is_some() {
            stopped(&broken, "It cannot be followed at this moment. Look again to see why.");
        }
    });
    SOURCE.set(Some(source));
}

fn stopped(button: &Element, why: &str) {
    set(button, "aria-pressed", "false");
    say(button, FOLLOW);
    told(why);
}

fn told(words: &str) {
    each("[data-part=follow-said]", |part| say(&part, words));
}

/// One line more at the top. Who reads further down stays there.
fn add(list: &Element, data: &str) {
    let Ok(line) = js_sys::JSON::parse(data) else { return };
    let field = |name: &str| js_sys::Reflect::get(&line, &name.into()).ok();
    let text = |name: &str| field(name).and_then(|value| value.as_string()).unwrap_or_default();
    let Some(document) = document() else { return };
    let made = |name: &str, words: &str| {
        let element = document.create_element(name).ok()?;
        element.set_text_content(Some(words));
        Some(element)
    };
    let (Some(row), Some(time), Some(words)) =
        (made("li", ""), made("time", &format!("{} ", text("at"))), made("span", &text("text")))
    else {
        return;
    };
    if field("trouble").is_some_and(|trouble| trouble.is_truthy()) {
        set(&row, "data-trouble", "");
    }
    let (read_at, high) = (list.scroll_top(), list.scroll_height());
    let _ = row.append_child(&time);
    let _ = row.append_child(&words);
    sift(&row, &search());
    let _ = list.insert_before(&row, list.first_child().as_ref());
    while list.child_element_count() > MOST_LINES {
        let Some(oldest) = list.last_element_child() else { break };
        oldest.remove();
    }
    if read_at > AT_THE_TOP {
        list.set_scroll_top(read_at + list.scroll_height() - high);
    }
}

fn search() -> String {
    let mut wanted = String::new();
    each("[data-log-search]", |field| {
        let value = js_sys::Reflect::get(&field, &"value".into()).ok().and_then(|value| value.as_string());
        wanted = value.unwrap_or_default().trim().to_lowercase();
    });
    wanted
}

/// Shows the line when it holds what is looked for.
fn sift(line: &Element, wanted: &str) {
    let holds = wanted.is_empty() || line.text_content().unwrap_or_default().to_lowercase().contains(wanted);
    let _ = line.toggle_attribute_with_force("hidden", !holds);
}
