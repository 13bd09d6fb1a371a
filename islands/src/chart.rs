//! A chart that is drawn again, by the server, when something new was sampled.

use leptos::prelude::*;

/// The drawings are children, rendered once by the server: as properties they would be in the page twice.
/// `address` is without the drawing's width; `None` for a range that ends in the past. `at_most_every` is in
/// milliseconds: a year's chart does not change with each poll.
#[island]
pub fn LiveChart(
    platform: String,
    address: Option<String>,
    at_most_every: i64,
    children: Children,
) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    let part = NodeRef::<leptos::html::Div>::new();
    #[cfg(not(target_arch = "wasm32"))]
    let part = {
        let _ = (platform, address, at_most_every);
        NodeRef::<leptos::html::Div>::new()
    };
    #[cfg(target_arch = "wasm32")]
    if let Some(address) = address {
        draw_again(part, platform, address, at_most_every);
    }
    view! { <div class="drawings" node_ref=part>{children()}</div> }
}

#[cfg(target_arch = "wasm32")]
fn draw_again(part: NodeRef<leptos::html::Div>, platform: String, address: String, at_most_every: i64) {
    use crate::{browser, hub};
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::JsCast;

    let drawn_at = Rc::new(Cell::new(hub::now()));
    hub::on_frame(platform, move |frame| {
        // The first frame of a stream is usually the one that the page was made from.
        let newest = frame.polled_at.unwrap_or_default();
        if newest - drawn_at.get() < at_most_every {
            return;
        }
        let Some(part) = part.get_untracked() else { return };
        let Ok(drawings) = part.query_selector_all("[data-inline]") else { return };
        drawn_at.set(newest);
        for index in 0..drawings.length() {
            let element = drawings.item(index).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
            // A drawing for another width of window is not shown and need not be fetched.
            let Some(element) = element.filter(|element| element.offset_width() > 0) else { continue };
            let width = element.get_attribute("data-inline").unwrap_or_default();
            let address = format!("{address}&inline={width}");
            wasm_bindgen_futures::spawn_local(async move {
                if let Some(svg) = browser::fetch_text(&address).await {
                    element.set_inner_html(&svg);
                }
            });
        }
    });
}
