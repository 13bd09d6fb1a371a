//! Charts that are drawn again, by the server, when something new was sampled.
//!
//! What changes is a whole drawing, and there is no state to hold. The page says it all:
//! `data-redraw` is the address (without the drawing's width), `data-platform-of` whose chart it is,
//! `data-every` how many milliseconds a new drawing waits at least: a year does not change with each poll.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::JsCast;

use crate::{browser, hub};

pub fn start() {
    browser::each("[data-redraw]", |chart| {
        let attribute = |name: &str| chart.get_attribute(name).unwrap_or_default();
        let address = attribute("data-redraw");
        let at_most_every = attribute("data-every").parse::<i64>().unwrap_or_default();
        let drawn_at = Rc::new(Cell::new(hub::now()));
        let chart = chart.clone();
        hub::on_frame(attribute("data-platform-of"), move |frame| {
            // The first frame of a stream is usually the one that the page was made from.
            let newest = frame.polled_at.unwrap_or_default();
            if newest > drawn_at.get() + at_most_every {
                drawn_at.set(newest);
                draw_again(&chart, &address);
            }
        });
    });
}

fn draw_again(chart: &web_sys::Element, address: &str) {
    browser::each_in(chart, "[data-inline]", |element| {
        let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() else { return };
        // A drawing for another width of window is not shown and need not be fetched.
        if element.offset_width() == 0 {
            return;
        }
        let width = element.get_attribute("data-inline").unwrap_or_default();
        let address = format!("{address}&inline={width}");
        let draw = move |svg: Option<String>| {
            if let Some(svg) = svg {
                element.set_inner_html(&svg);
                crate::reader::drawn(&element);
            }
        };
        browser::fetch_text(&address, Box::new(draw));
    });
}
