//! One stream of events a page, heard by every part of it that moves: open while somebody looks, opened again
//! when it broke, and given up for a slow reload where something between here and the console lets no events
//! through.

use std::cell::RefCell;
use std::rc::Rc;

use domain::{
    live::{AlertsFrame, Frame},
    time::SECOND,
};
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent, VisibilityState};

use crate::browser::{self, document, every, meta, on};

/// How often the stream itself is looked after.
const LOOK_EVERY: i32 = 3_000;
/// How long a page of a session that is over stays.
const ENDED_FOR: i32 = 3_000;
/// A page is never loaded again sooner than this.
const RELOAD_AFTER: i64 = 60 * SECOND;

type Listener = Rc<dyn Fn(&Frame)>;

#[derive(Default)]
struct Hub {
    listeners: Vec<(String, Listener)>,
    alerts: Vec<Rc<dyn Fn(&AlertsFrame)>>,
    actions: Vec<Rc<dyn Fn()>>,
    source: Option<EventSource>,
    /// By the browser's clock: when the newest event came, or the stream was opened.
    heard: i64,
    poll_every: i64,
    /// How far the console's clock is ahead of the browser's.
    ahead: i64,
    asking: bool,
}

thread_local! {
    static HUB: RefCell<Hub> = RefCell::default();
}

/// The console's time, as well as the browser knows it.
pub fn now() -> i64 {
    HUB.with_borrow(|hub| hub.ahead) + browser_time()
}

fn browser_time() -> i64 {
    js_sys::Date::now() as i64
}

/// Calls `work` with each frame of the platform; no platform means every one.
pub fn on_frame(platform: String, work: impl Fn(&Frame) + 'static) {
    HUB.with_borrow_mut(|hub| hub.listeners.push((platform, Rc::new(work))));
}

/// Calls `work` with each change of the alerts, and with how they stand whenever the stream is opened.
pub fn on_alerts(work: impl Fn(&AlertsFrame) + 'static) {
    HUB.with_borrow_mut(|hub| hub.alerts.push(Rc::new(work)));
}

/// Calls `work` with each change of a run, and whenever the stream is opened.
pub fn on_actions(work: impl Fn() + 'static) {
    HUB.with_borrow_mut(|hub| hub.actions.push(Rc::new(work)));
}

/// Opens the stream named in the page's head, and looks after it. A page without one stays still.
pub fn start() {
    if meta("live").is_none() {
        return;
    }
    HUB.with_borrow_mut(|hub| {
        hub.poll_every = meta("poll-every").and_then(|text| text.parse().ok()).unwrap_or(30 * SECOND);
        if let Some(sent_at) = meta("sent-at").and_then(|text| text.parse::<i64>().ok()) {
            hub.ahead = sent_at - browser_time();
        }
    });
    if is_seen() {
        open();
    }
    if let Some(document) = document() {
        on(&document, "visibilitychange", |_| if is_seen() { open() } else { close() });
    }
    every(LOOK_EVERY, look_after);
}

fn is_seen() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

fn open() {
    close();
    let Some(source) = meta("live").and_then(|address| EventSource::new(&address).ok()) else { return };
    on(&source, "hello", |event| hear(event, hello));
    on(&source, "frame", |event| hear(event, frame));
    on(&source, "alerts", |event| hear(event, alerts));
    on(&source, "actions", |event| hear(event, |_| actions()));
    on(&source, "ended", |_| ended());
    HUB.with_borrow_mut(|hub| {
        hub.heard = browser_time();
        hub.source = Some(source);
    });
}

fn close() {
    // Six tabs would use up a browser's connections to one host: a tab that nobody sees holds none.
    if let Some(source) = HUB.with_borrow_mut(|hub| hub.source.take()) {
        source.close();
    }
}

fn hear(event: web_sys::Event, work: fn(&str)) {
    HUB.with_borrow_mut(|hub| hub.heard = browser_time());
    let data = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
    if let Some(data) = data {
        work(&data);
    }
}

/// The console says which build it is: this page's script may be older than what it speaks with.
fn hello(data: &str) {
    let field = |name: &str| {
        let value = js_sys::JSON::parse(data).ok()?;
        js_sys::Reflect::get(&value, &name.into()).ok()
    };
    if let Some(time) = field("now").and_then(|value| value.as_f64()) {
        HUB.with_borrow_mut(|hub| hub.ahead = time as i64 - browser_time());
    }
    let Some(build) = field("build").and_then(|value| value.as_string()) else { return };
    let Some(window) = web_sys::window() else { return };
    let storage = window.session_storage().ok().flatten();
    let already = storage.as_ref().and_then(|storage| storage.get_item("loaded-for").ok().flatten());
    if meta("build").is_some_and(|own| own != build) && already.as_deref() != Some(build.as_str()) {
        if let Some(storage) = storage {
            let _ = storage.set_item("loaded-for", &build);
        }
        let _ = window.location().reload();
    }
}

/// The session is over: loaded again, the page says so. Whoever signed out here is on the way to another page
/// already, and must not be held up. Not while somebody types; then the silence does it later.
fn ended() {
    close();
    browser::after(ENDED_FOR, || {
        if let Some(window) = web_sys::window().filter(|_| !browser::is_typing()) {
            let _ = window.location().reload();
        }
    });
}

fn frame(data: &str) {
    let Ok(frame) = serde_json::from_str::<Frame>(data) else { return };
    // Copied out, so that a listener may itself ask the hub.
    let listeners: Vec<Listener> = HUB.with_borrow_mut(|hub| {
        hub.poll_every = frame.poll_every;
        // What was polled lies in the past: a clock that disagrees is behind.
        if let Some(newest) = frame.polled_at.max(frame.answered_at) {
            hub.ahead = hub.ahead.max(newest - browser_time());
        }
        let heard = |platform: &str| platform.is_empty() || platform == frame.platform;
        hub.listeners.iter().filter(|(platform, _)| heard(platform)).map(|(_, work)| work.clone()).collect()
    });
    for listener in listeners {
        listener(&frame);
    }
}

fn alerts(data: &str) {
    let Ok(frame) = serde_json::from_str::<AlertsFrame>(data) else { return };
    let listeners = HUB.with_borrow(|hub| hub.alerts.clone());
    for listener in listeners {
        listener(&frame);
    }
}

fn actions() {
    let listeners = HUB.with_borrow(|hub| hub.actions.clone());
    for listener in listeners {
        listener();
    }
}

fn look_after() {
    if !is_seen() {
        return;
    }
    let (state, silent_for, patience) = HUB.with_borrow(|hub| {
        let state = hub.source.as_ref().map(EventSource::ready_state);
        (state, browser_time() - hub.heard, 2 * hub.poll_every + 10 * SECOND)
    });
    if silent_for > patience.max(RELOAD_AFTER) && !browser::is_typing() {
        reload_if_reachable();
    } else if state.is_none_or(|state| state == EventSource::CLOSED) {
        // An answer that was no stream ends the browser's own attempts. The silence goes on counting.
        let heard = HUB.with_borrow(|hub| hub.heard);
        open();
        HUB.with_borrow_mut(|hub| hub.heard = heard.max(1));
    }
}

/// A page that cannot be had again is better than none: first ask, then reload.
fn reload_if_reachable() {
    if HUB.with_borrow_mut(|hub| std::mem::replace(&mut hub.asking, true)) {
        return;
    }
    let end = |healthy: Option<String>| {
        HUB.with_borrow_mut(|hub| {
            hub.asking = false;
            if healthy.is_none() {
                // Begin the wait anew, and try the stream again meanwhile.
                hub.heard = browser_time();
            }
        });
        if healthy.is_some()
            && let Some(window) = web_sys::window()
        {
            let _ = window.location().reload();
        }
    };
    browser::fetch_text("/healthz", Box::new(end));
}
