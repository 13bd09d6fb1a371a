//! What only a browser can tell or do.

const TIME: [(&str, &str); 3] = [("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")];
const DAY: [(&str, &str); 3] = [("weekday", "short"), ("day", "numeric"), ("month", "short")];
const DATE: [(&str, &str); 3] = [("day", "numeric"), ("month", "short"), ("year", "numeric")];

/// A moment in the zone of the page: "02:56", with the day before it when that is not today.
pub fn clock_words(at: i64) -> String {
    let day = format_time(at, &DAY);
    if day == format_time(crate::hub::now(), &DAY) {
        format_time(at, &TIME)
    } else {
        format!("{day} {}", format_time(at, &TIME))
    }
}

/// "24 Nov 2026" in the zone of the page.
pub fn day_words(at: i64) -> String {
    format_time(at, &DATE)
}

fn format_time(at: i64, parts: &[(&str, &str)]) -> String {
    use js_sys::{Array, Date, Intl, Object, Reflect};
    let zone = document_element().and_then(|root| root.get_attribute("data-zone"));
    let options = Object::new();
    for (name, value) in parts.iter().copied().chain(zone.as_deref().map(|zone| ("timeZone", zone))) {
        // Setting a field of a fresh object cannot fail.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let date = Date::new(&(at as f64).into());
    let written = Intl::DateTimeFormat::new(&Array::of1(&"en-GB".into()), &options)
        .format()
        .call1(&wasm_bindgen::JsValue::UNDEFINED, &date);
    written.ok().and_then(|text| text.as_string()).unwrap_or_default().replace(',', "")
}

pub fn document() -> Option<web_sys::Document> {
    web_sys::window().and_then(|window| window.document())
}

pub fn document_element() -> Option<web_sys::Element> {
    document().and_then(|document| document.document_element())
}

/// Calls `work` with each element of the page that `selector` matches.
pub fn each(selector: &str, work: impl FnMut(web_sys::Element)) {
    if let Some(root) = document_element() {
        each_in(&root, selector, work);
    }
}

pub fn each_in(part: &web_sys::Element, selector: &str, mut work: impl FnMut(web_sys::Element)) {
    use wasm_bindgen::JsCast;
    let Ok(found) = part.query_selector_all(selector) else { return };
    for index in 0..found.length() {
        if let Some(element) = found.item(index).and_then(|node| node.dyn_into().ok()) {
            work(element);
        }
    }
}

pub fn set(part: &web_sys::Element, name: &str, value: &str) {
    // Refused are only names that no attribute can have.
    let _ = part.set_attribute(name, value);
}

/// Writes what differs only: an unchanged sentence must not be announced again.
pub fn say(part: &web_sys::Element, words: &str) {
    if part.text_content().as_deref() != Some(words) {
        part.set_text_content(Some(words));
    }
}

/// The attribute's text; empty without one.
pub fn read(part: &web_sys::Element, name: &str) -> String {
    part.get_attribute(name).unwrap_or_default()
}

/// The content of `<meta name=…>`.
pub fn meta(name: &str) -> Option<String> {
    document()?.query_selector(&format!("meta[name={name}]")).ok()??.get_attribute("content")
}

/// Whether somebody is writing: then no key means anything else, and no page is loaded again.
pub fn is_typing() -> bool {
    document().and_then(|document| document.active_element()).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.has_attribute("contenteditable")
    })
}

/// Runs `work` every `milliseconds` for as long as the page lives.
pub fn every(milliseconds: i32, work: impl FnMut() + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(window) = web_sys::window() else { return };
    let work = Closure::<dyn FnMut()>::new(work).into_js_value();
    let _ = window.set_interval_with_callback_and_timeout_and_arguments_0(work.unchecked_ref(), milliseconds);
}

/// Runs `work` once, `milliseconds` from now.
pub fn after(milliseconds: i32, work: impl FnOnce() + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(window) = web_sys::window() else { return };
    let work = Closure::once_into_js(work);
    let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(work.unchecked_ref(), milliseconds);
}

/// Listens to an event of `target` for as long as the page lives.
pub fn on(target: &web_sys::EventTarget, name: &str, work: impl FnMut(web_sys::Event) + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let work = Closure::<dyn FnMut(web_sys::Event)>::new(work).into_js_value();
    let _ = target.add_event_listener_with_callback(name, work.unchecked_ref());
}

/// Hands the text at an address to `work`, or `None` when it could not be had. By promises, not by `async`:
/// the machinery of futures is more than the page should have to load.
pub fn fetch_text(address: &str, work: Box<dyn FnOnce(Option<String>)>) {
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    let Some(window) = web_sys::window() else { return };
    let text = Closure::<dyn FnMut(JsValue) -> JsValue>::new(|response: JsValue| {
        let response: web_sys::Response = response.unchecked_into();
        let text = response.ok().then(|| response.text().ok()).flatten();
        text.map_or(JsValue::UNDEFINED, JsValue::from)
    });
    // Both ways end here: the text arrived, or any step before failed (then it is an error, not a string).
    let end = Closure::once_into_js(move |text: JsValue| work(text.as_string()));
    let end: &js_sys::Function = end.unchecked_ref();
    let then = |promise: &JsValue, done: &JsValue, failed: &JsValue| {
        let then = js_sys::Reflect::get(promise, &"then".into()).ok()?;
        then.unchecked_into::<js_sys::Function>().call2(promise, done, failed).ok()
    };
    let fetched: JsValue = window.fetch_with_str(address).into();
    if let Some(text) = then(&fetched, &text.into_js_value(), &JsValue::UNDEFINED) {
        then(&text, end, end);
    }
}
