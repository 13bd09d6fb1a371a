//! The watched parts of the platform and the state of each.

use domain::live::ServiceFrame;
use leptos::prelude::*;

use crate::{
    hub,
    shape::{Mark, Shown},
};

/// The rows stay where they are; a service that is told of for the first time appears with the next page.
#[island]
pub fn Services(platform: String, services: Vec<ServiceFrame>) -> impl IntoView {
    let mut rows = Vec::new();
    let mut marks = Vec::new();
    for service in services {
        let mark = Mark::worded(Shown::of(service.level, service.known), &service.state);
        marks.push((service.key, mark));
        rows.push(
            view! { <li>{mark.view()}<span class="service-name">{service.name}</span></li> }.into_any(),
        );
    }
    hub::on_frame(platform, move |frame| {
        for service in &frame.services {
            if let Some((_, mark)) = marks.iter().find(|(key, _)| *key == service.key) {
                mark.put(Shown::of(service.level, service.known), &service.state);
            }
        }
    });
    view! { <ul class="rows" data-part="services">{rows}</ul> }
}
