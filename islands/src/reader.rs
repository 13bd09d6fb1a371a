//! A pointer or the arrow keys on a chart: a thin line at the nearest point, and above the plot what it says.
//!
//! The drawings are the server's and may be replaced at any time; the words stand beside them, over nothing
//! that is drawn, and take no room of their own. Without a script the table says the same.

use std::cell::RefCell;

use domain::monitoring::Metric;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

use crate::{
    browser::{self, clock_words, day_words, each, each_in, on, read, say, set},
    reading::{Moment, Plot, Point, moved, nearest, points},
};

/// Between the words and the plot, in pixels.
const APART: f64 = 4.0;
/// A held key says nothing to a listener until it rests for so many milliseconds.
const REST: i32 = 250;

/// The one reading on the page.
struct Held {
    drawing: Element,
    /// Its place in the drawing's own pixels.
    point: Point,
    by_key: bool,
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

pub fn start() {
    each(".drawings", |drawings| {
        // Two lists of words: what is seen follows each move, what is heard waits for a rest.
        let words = "<p class=\"reading\" aria-hidden=\"true\" hidden><span></span><strong></strong><span></span></p>\
                     <p class=\"unseen\" aria-live=\"polite\"></p>";
        let _ = drawings.insert_adjacent_html("beforeend", words);
        each_in(&drawings, "[data-inline]", |drawing| {
            drawn(&drawing);
            listen(drawing);
        });
    });
    // A finger leaves its reading standing until it touches something else.
    if let Some(document) = browser::document() {
        on(&document, "pointerdown", |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let inside = target.and_then(|target| target.closest("[data-inline]").ok().flatten());
            if inside.is_none() {
                hide();
            }
        });
    }
}

fn listen(drawing: Element) {
    for name in ["pointermove", "pointerdown"] {
        let own = drawing.clone();
        on(&drawing, name, move |event| point_at(&own, &event));
    }
    on(&drawing, "pointerleave", |event| {
        let by_mouse = event.dyn_into::<PointerEvent>().is_ok_and(|event| event.pointer_type() == "mouse");
        if by_mouse && HELD.with_borrow(|held| held.as_ref().is_some_and(|held| !held.by_key)) {
            hide();
        }
    });
    let own = drawing.clone();
    on(&drawing, "focus", move |_| {
        // Reached by the keyboard it shows what the keys will do; a click has its own point.
        if own.matches(":focus-visible").unwrap_or_default()
            && let Some(newest) = points_of(&own).pop()
        {
            show(&own, newest, true);
            announce(&own);
        }
    });
    on(&drawing, "blur", |_| hide());
    let own = drawing.clone();
    on(&drawing, "keydown", move |event| press(&own, event));
}

/// To be called whenever a drawing was put into the page: an empty one is no stop for the keyboard, and a
/// reading goes on at the same place.
pub fn drawn(drawing: &Element) {
    let points = points_of(drawing);
    if points.is_empty() {
        let _ = drawing.remove_attribute("tabindex");
        let _ = drawing.remove_attribute("role");
        let _ = drawing.remove_attribute("aria-label");
    } else {
        let mut name = String::new();
        if let Some(figure) = drawing.closest("figure").ok().flatten() {
            each_in(&figure, "h3", |heading| name = heading.text_content().unwrap_or_default());
        }
        set(drawing, "tabindex", "0");
        // All keys go to the chart itself, also where a screen reader has its own use for arrows.
        set(drawing, "role", "application");
        set(drawing, "aria-label", &format!("{name}: arrow keys read the values"));
    }
    let held = HELD.with_borrow_mut(|held| held.take_if(|held| held.drawing == *drawing));
    if let Some(Held { point, by_key, .. }) = held {
        match nearest(&points, point.x, point.y).and_then(|index| points.get(index)) {
            Some(point) => show(drawing, *point, by_key),
            None => hide(),
        }
    }
}

fn point_at(drawing: &Element, event: &web_sys::Event) {
    let (Some(event), Some(svg)) = (event.dyn_ref::<PointerEvent>(), svg_of(drawing)) else { return };
    let rect = svg.get_bounding_client_rect();
    let scale = scale_of(&svg);
    let (x, y) = (f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top());
    let points = points_of(drawing);
    if let Some(point) = nearest(&points, x / scale, y / scale).and_then(|index| points.get(index)) {
        show(drawing, *point, false);
    }
}

fn press(drawing: &Element, event: web_sys::Event) {
    let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    if event.key() == "Escape" {
        return hide();
    }
    let points = points_of(drawing);
    let current = HELD.with_borrow(|held| {
        let own = held.as_ref().filter(|held| held.drawing == *drawing)?;
        points.iter().position(|point| *point == own.point)
    });
    if let Some(point) =
        moved(&event.key(), event.shift_key(), current, points.len()).and_then(|index| points.get(index))
    {
        // The page must not scroll under the reader.
        event.prevent_default();
        show(drawing, *point, true);
        announce(drawing);
    }
}

fn show(drawing: &Element, point: Point, by_key: bool) {
    let (Some(svg), Some(beside)) = (svg_of(drawing), drawing.parent_element()) else { return };
    let (Some(plot), Some(metric)) = (plot_of(&svg), metric_of(drawing)) else { return };
    let words = plot.read(&point, &metric);
    let at = match words.at {
        Moment::Clock(at) => clock_words(at),
        Moment::Day(at) => day_words(at),
    };
    hide();
    // In tenths, as the drawing has them.
    let tenths = |pixels: f64| (pixels * 10.0).round() as i32;
    let mark = format!(
        "<g class=\"reading-mark\" transform=\"scale(.1)\"><path d=\"M{x} {top}V{bottom}\"/>\
         <circle cx=\"{x}\" cy=\"{y}\" r=\"35\"/></g>",
        x = tenths(point.x),
        y = tenths(point.y),
        top = tenths(plot.top),
        bottom = tenths(plot.bottom)
    );
    let _ = svg.insert_adjacent_html("beforeend", &mark);
    each_in(&beside, ".reading", |box_of_words| {
        let _ = box_of_words.remove_attribute("hidden");
        let mut parts = [at.as_str(), &words.value, words.status].into_iter();
        each_in(&box_of_words, "span, strong", |part| say(&part, parts.next().unwrap_or_default()));
        if let Ok(box_of_words) = box_of_words.dyn_into::<HtmlElement>() {
            place(&box_of_words, &svg, &beside, point.x, plot.top);
        }
    });
    HELD.set(Some(Held { drawing: drawing.clone(), point, by_key }));
}

/// Above the plot and over the point, but never beyond the chart's sides.
fn place(words: &HtmlElement, svg: &Element, beside: &Element, x: f64, top: f64) {
    let (inner, outer, scale) =
        (svg.get_bounding_client_rect(), beside.get_bounding_client_rect(), scale_of(svg));
    let (width, height) = (f64::from(words.offset_width()), f64::from(words.offset_height()));
    let middle = inner.left() - outer.left() + x * scale;
    let left = (middle - width / 2.0).min(outer.width() - width).max(0.0);
    let upper = inner.top() - outer.top() + top * scale - height - APART;
    let _ = words.style().set_property("left", &format!("{}px", left as i32));
    let _ = words.style().set_property("top", &format!("{}px", upper as i32));
}

/// Says what is shown once the keys rest. A pointer's reading is seen, and would only interrupt.
fn announce(drawing: &Element) {
    thread_local! {
        static NEWEST: RefCell<u32> = const { RefCell::new(0) };
    }
    let own = NEWEST.with_borrow_mut(|newest| {
        *newest = newest.wrapping_add(1);
        *newest
    });
    let Some(beside) = drawing.parent_element() else { return };
    browser::after(REST, move || {
        if NEWEST.with_borrow(|newest| *newest == own) {
            let mut words: Vec<String> = Vec::new();
            each_in(&beside, ".reading:not([hidden]) > *", |part| words.extend(part.text_content()));
            each_in(&beside, "[aria-live]", |part| say(&part, &words.join(", ")));
        }
    });
}

fn hide() {
    let Some(held) = HELD.take() else { return };
    each_in(&held.drawing, ".reading-mark", |mark| mark.remove());
    if let Some(beside) = held.drawing.parent_element() {
        each_in(&beside, ".reading", |words| set(&words, "hidden", ""));
    }
}

fn svg_of(drawing: &Element) -> Option<Element> {
    drawing.query_selector("svg.chart").ok().flatten()
}

/// How many pixels of the window one of the drawing takes.
fn scale_of(svg: &Element) -> f64 {
    let width = read(svg, "viewBox").split(' ').nth(2).map_or(f64::NAN, number);
    svg.get_bounding_client_rect().width() / width
}

fn points_of(drawing: &Element) -> Vec<Point> {
    // The signal colours of the drawing: 010101 is the line of values, 030303 what encloses it.
    let mut lines = Vec::new();
    each_in(drawing, "polyline[stroke='#010101'], circle[fill='#010101']", |line| {
        let alone = || format!("{},{}", read(&line, "cx"), read(&line, "cy"));
        lines.push(line.get_attribute("points").unwrap_or_else(alone));
    });
    let mut bands = Vec::new();
    each_in(drawing, "[fill='#030303'], [stroke='#030303']", |band| bands.push(read(&band, "points")));
    points(&lines, &bands)
}

fn plot_of(svg: &Element) -> Option<Plot> {
    let sides = read(svg, "data-plot");
    let mut sides = sides.split(' ').map(number);
    let own = |name: &str| number(&read(svg, name));
    Some(Plot {
        left: sides.next()?,
        top: sides.next()?,
        right: sides.next()?,
        bottom: sides.next()?,
        from: own("data-from"),
        to: own("data-to"),
        low: own("data-low"),
        high: own("data-high"),
    })
}

/// By the browser: reading decimals is code that need not be loaded.
fn number(text: &str) -> f64 {
    js_sys::Number::parse_float(text)
}

fn metric_of(drawing: &Element) -> Option<Metric> {
    let figure = drawing.closest("[data-measure]").ok()??;
    serde_json::from_str(&read(&figure, "data-measure")).ok()
}
