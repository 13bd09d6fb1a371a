//! The keyboard: `g` then a letter goes to a page, `?` shows all keys. Single keys can be switched off.

use leptos::prelude::*;

/// What the keys do, as the dialog tells it: keys, meaning.
const KEYS: [(&str, &str); 3] =
    [("g n", "go to Now"), ("g p", "go to Performance"), ("?", "show these keys")];

#[island]
pub fn Keys() -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let on = RwSignal::new(true);
    #[cfg(target_arch = "wasm32")]
    {
        on.set(listen::are_on());
        listen::listen(dialog, on);
    }
    let show = move |_| {
        #[cfg(target_arch = "wasm32")]
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let switch = move |_| {
        on.update(|on| *on = !*on);
        #[cfg(target_arch = "wasm32")]
        listen::remember(on.get_untracked());
    };
    let rows = KEYS.map(|(keys, meaning)| {
        view! { <dt><kbd>{keys}</kbd></dt><dd>{meaning}</dd> }
    });
    view! {
        <button type="button" class="quiet needs-script" on:click=show>"Keyboard"</button>
        <dialog class="keys" node_ref=dialog aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <dl>{rows.into_iter().collect_view()}</dl>
            <form method="dialog" class="row">
                <button type="button" aria-pressed=move || on.get().to_string() on:click=switch>
                    {move || if on.get() { "Switch single keys off" } else { "Switch single keys on" }}
                </button>
                <button>"Close"</button>
            </form>
        </dialog>
    }
}

#[cfg(target_arch = "wasm32")]
mod listen {
    use super::*;
    use crate::browser;
    use std::cell::Cell;
    use wasm_bindgen::JsCast;

    /// How long `g` waits for its letter.
    const WAIT: f64 = 1_500.0;

    fn storage() -> Option<web_sys::Storage> {
        web_sys::window()?.local_storage().ok()?
    }

    pub fn are_on() -> bool {
        storage().and_then(|storage| storage.get_item("single-keys").ok().flatten()).as_deref() != Some("off")
    }

    pub fn remember(on: bool) {
        if let Some(storage) = storage() {
            let _ = storage.set_item("single-keys", if on { "on" } else { "off" });
        }
    }

    pub fn listen(dialog: NodeRef<leptos::html::Dialog>, on: RwSignal<bool>) {
        let Some(document) = browser::document() else { return };
        let began = Cell::new(f64::NEG_INFINITY);
        browser::on(&document, "keydown", move |event| {
            let Ok(event) = event.dyn_into::<web_sys::KeyboardEvent>() else { return };
            if !on.get_untracked()
                || event.ctrl_key()
                || event.meta_key()
                || event.alt_key()
                || browser::is_typing()
            {
                return;
            }
            let after_g = js_sys::Date::now() - began.replace(f64::NEG_INFINITY) < WAIT;
            match (after_g, event.key().as_str()) {
                (false, "g") => began.set(js_sys::Date::now()),
                (true, "n") => go("/"),
                (true, "p") => go("/performance"),
                (_, "?") => {
                    if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
                        let _ = dialog.show_modal();
                    }
                }
                _ => {}
            }
        });
    }

    fn go(address: &str) {
        if let Some(window) = web_sys::window() {
            let _ = window.location().assign(address);
        }
    }
}
