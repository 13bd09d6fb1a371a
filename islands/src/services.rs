//! The watched parts of the platform and the state of each.

use domain::live::ServiceFrame;
use leptos::prelude::*;

use crate::{hub, shape::Shown, shape::shape};

#[island]
pub fn Services(platform: String, services: Vec<ServiceFrame>) -> impl IntoView {
    let services = RwSignal::new(services);
    hub::on_frame(platform, move |frame| {
        if services.with_untracked(|old| *old != frame.services) {
            services.set(frame.services.clone());
        }
    });
    let row = |service: ServiceFrame| {
        let shown = Shown::of(service.level, service.known);
        view! {
            <li data-service=service.key>
                <span class="level" data-level=shown.code()>
                    {shape(move || shown)}
                    <span class="word">{service.state}</span>
                </span>
                <span class="service-name">{service.name}</span>
            </li>
        }
    };
    view! { <ul class="rows" data-part="services">{move || services.get().into_iter().map(row).collect_view()}</ul> }
}
