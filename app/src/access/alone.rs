//! A page for nobody yet: one card in the middle, no way to other pages, and no script.

use leptos::prelude::*;

use crate::{
    Assets, Shell,
    document::{Head, document},
    shell::bell,
    when,
};

pub(crate) fn alone<V: IntoView + 'static>(shell: &Shell, title: String, main: impl FnOnce() -> V) -> String {
    let head = Head {
        title,
        build: shell.build.clone(),
        theme: shell.theme,
        zone: when::zone_name(&shell.zone, domain::time::Millis::default()),
        live: None,
        stale: false,
        reloads: None,
    };
    let assets = Assets { output_name: None, ..shell.assets.clone() };
    document(&assets, head, || {
        view! {
            <div class="alone">
                <header class="alone-top">
                    <p class="brand">{bell()}"Bellwether"</p>
                    {shell.theme_switch()}
                </header>
                <main id="main" class="card">{main()}</main>
            </div>
        }
    })
}
