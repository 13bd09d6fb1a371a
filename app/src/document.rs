//! The frame of every document: head, theme, scripts. What the browser loads has hashed names.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// Names under `/pkg/`; `None` when that part was not built, and then the page goes without.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Assets {
    pub output_name: Option<String>,
    pub style: Option<String>,
    pub favicon: Option<String>,
}

/// Light, dark, or as the system says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// In the cookie, in the form of `POST /theme` and in `data-theme`.
    pub fn code(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn from_code(code: &str) -> Option<Theme> {
        [Theme::System, Theme::Light, Theme::Dark].into_iter().find(|theme| theme.code() == code)
    }

    /// What the one button of the switch changes to.
    pub(crate) fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }
}

/// What stands in the head of one page.
pub(crate) struct Head {
    pub title: String,
    pub build: String,
    pub theme: Theme,
    pub zone: String,
    /// Only on pages that show the present.
    pub live: Option<Live>,
    pub stale: bool,
    /// Seconds after which it is loaded again without a script, so that it still shows the present.
    pub reloads: Option<u32>,
}

pub(crate) struct Live {
    /// Where the stream of events is.
    pub address: String,
    pub poll_every: i64,
    /// The console's time.
    pub sent_at: i64,
}

/// A whole document around `body`.
pub(crate) fn document<V: IntoView + 'static>(
    assets: &Assets,
    head: Head,
    body: impl FnOnce() -> V,
) -> String {
    let html = rendered(move || {
        let theme = (head.theme != Theme::System).then_some(head.theme.code());
        let reload = head.reloads.filter(|_| head.live.is_some());
        let live = head.live.map(|live| {
            view! {
                <meta name="live" content=live.address/>
                <meta name="poll-every" content=live.poll_every.to_string()/>
                <meta name="sent-at" content=live.sent_at.to_string()/>
            }
        });
        let body = body();
        view! {
            <html lang="en" data-theme=theme data-zone=head.zone>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content=match head.theme {
                        Theme::System => "light dark",
                        Theme::Light => "light",
                        Theme::Dark => "dark",
                    }/>
                    {page_title(&head.title)}
                    <meta name="build" content=head.build/>
                    {live}
                    {assets.style.clone().map(|name| view! {
                        <link rel="stylesheet" href=format!("/pkg/{name}")/>
                    })}
                    {assets.favicon.clone().map(|name| view! {
                        <link rel="icon" type="image/svg+xml" href=format!("/pkg/{name}")/>
                    })}
                    {scripts(assets)}
                    // Without a script the page is loaded again, so that it still shows the present.
                    {reload.map(|seconds| view! {
                        <noscript><meta http-equiv="refresh" content=seconds.to_string()/></noscript>
                    })}
                </head>
                <body data-stale=head.stale.then_some("")>{body}</body>
            </html>
        }
        .into_any()
    });
    format!("<!DOCTYPE html>{html}")
}

/// What stands in the head of a page for somebody who is not of the console.
pub(crate) struct Bare {
    pub title: String,
    /// A tag: "de".
    pub language: String,
    pub right_to_left: bool,
}

/// A whole document in its own language with our looks and nothing else: no script, no way to other pages. No search engine
/// keeps it, and no link tells where it is.
pub(crate) fn bare(assets: &Assets, head: Bare, body: impl FnOnce() -> AnyView) -> String {
    let style = assets.style.clone();
    let html = rendered(move || {
        let body = body();
        view! {
            <html lang=head.language dir=if head.right_to_left { "rtl" } else { "ltr" }>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <meta name="robots" content="noindex, nofollow"/>
                    <meta name="referrer" content="no-referrer"/>
                    {page_title(&head.title)}
                    {style.map(|name| view! { <link rel="stylesheet" href=format!("/pkg/{name}")/> })}
                </head>
                <body>{body}</body>
            </html>
        }
        .into_any()
    });
    format!("<!DOCTYPE html>{html}")
}

/// The only place where a document's title is written: as text that cannot end its element. Inside a title
/// a browser reads no comments, so the marks that the renderer sets after text would be seen.
fn page_title(text: &str) -> impl IntoView + use<> {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <title inner_html=escaped></title> }
}

fn scripts(assets: &Assets) -> Option<impl IntoView + use<>> {
    let text = start_script(assets);
    (!text.is_empty()).then(|| view! { <script type="module" inner_html=text></script> })
}

/// The text of the inline script that starts the moving parts, exactly as it stands in every page, for the
/// Content-Security-Policy's hash. Empty when no script was built. It waits for the first frame: the page
/// says it all without the script, and must not be late because of it.
pub fn start_script(assets: &Assets) -> String {
    let Some(name) = &assets.output_name else { return String::new() };
    format!(
        "requestAnimationFrame(()=>setTimeout(async()=>{{const m=await import(\"/pkg/{name}.js\");\
         await m.default({{module_or_path:\"/pkg/{name}_bg.wasm\"}});m.start()}}))"
    )
}

/// Renders with the marks by which the browser finds its islands, and with no others.
pub(crate) fn rendered(view: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_script_is_the_one_in_the_page() {
        let assets = Assets { output_name: Some("islands.0f".to_owned()), ..Assets::default() };
        let script = start_script(&assets);
        assert!(script.contains("islands.0f_bg"), "{script}");
        let head = Head {
            title: "a".to_owned(),
            build: "b".to_owned(),
            theme: Theme::Dark,
            zone: "UTC".to_owned(),
            live: None,
            stale: false,
            reloads: Some(30),
        };
        let page = document(&assets, head, || view! { <p>"text"</p> });
        assert!(page.contains(&format!("<script type=\"module\">{script}</script>")), "{page}");
        assert!(page.starts_with("<!DOCTYPE html><html"), "{page}");
        assert_eq!(start_script(&Assets::default()), "");
    }

    #[test]
    fn a_theme_is_read_as_it_is_written() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::from_code(theme.code()), Some(theme));
            assert_ne!(theme.next(), theme);
        }
        assert_eq!(Theme::from_code("pink"), None);
    }
}
