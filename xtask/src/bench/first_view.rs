//! What a first visit costs: everything that the page makes a browser ask for, compressed.

use super::line::Line;
use crate::http;
use crate::site::Packed;
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// Asks for the page and all it names, and measures the islands' own size.
pub fn measure(address: &str, cookie: &str, path: &str, packed: &[Packed]) -> Result<Vec<Line>> {
    let cookie = format!("Cookie: {cookie}");
    let plain = http::get(address, path, &[&cookie])?;
    if plain.status != 200 {
        bail!("{path} answers {}", plain.status);
    }
    let html = String::from_utf8_lossy(&plain.body).into_owned();
    let mut bytes = http::get(address, path, &["Accept-Encoding: br", &cookie])?.body.len();
    let named = named(&html);
    let own: Vec<&String> = named.iter().filter(|name| name.starts_with('/')).collect();
    for path in &own {
        let answer = http::get(address, path, &["Accept-Encoding: br", &cookie])?;
        if answer.status != 200 {
            bail!("the page names {path}, which answers {}", answer.status);
        }
        println!("    {path}: {} bytes", answer.body.len());
        bytes += answer.body.len();
    }
    let others = named.len() - own.len();
    let islands: usize = packed
        .iter()
        .filter(|file| file.name.ends_with(".js") || file.name.ends_with(".wasm"))
        .map(Packed::sent)
        .sum();
    Ok(vec![
        Line::at_most(&format!("first view of {path}, compressed"), bytes as f64 / 1_000.0, 120.0, "KB"),
        Line::at_most("first view: requests", (own.len() + 1) as f64, 8.0, ""),
        Line::at_most("first view: from anybody else", others as f64, 0.0, ""),
        Line::at_most("first view: blocking stylesheets", blocking_stylesheets(&html) as f64, 1.0, ""),
        Line::at_most("wasm and script together, brotli", islands as f64 / 1_000.0, 90.0, "KB"),
    ])
}

/// The charts that the page shows as images; none where they are drawn into it.
pub fn charts(html: &str) -> BTreeSet<String> {
    named(html).into_iter().filter(|name| name.starts_with("/charts/")).collect()
}

/// What a browser fetches without being asked to: `src` of anything, `href` of `<link>`s that load. An
/// address on another host keeps its host.
fn named(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for tag in tags(html) {
        let is_loading_link = tag.starts_with("link")
            && ["stylesheet", "icon", "preload", "manifest"]
                .iter()
                .any(|kind| attribute(tag, "rel").is_some_and(|rel| rel.contains(kind)));
        let address = if is_loading_link { attribute(tag, "href") } else { attribute(tag, "src") };
        if let Some(address) = address.filter(|address| !address.starts_with("data:")) {
            found.insert(address.replace("&amp;", "&"));
        }
    }
    found.extend(in_scripts(html).map(str::to_owned));
    found
}

/// What the page's own script asks for: the addresses that stand in it.
fn in_scripts(html: &str) -> impl Iterator<Item = &str> {
    let scripts = html.split("<script").skip(1).filter_map(|rest| rest.split_once("</script>"));
    let texts = scripts.filter_map(|(script, _)| script.split_once('>')).map(|(_, text)| text);
    texts.flat_map(|text| text.split('"').skip(1).step_by(2)).filter(|text| text.starts_with("/pkg/"))
}

fn blocking_stylesheets(html: &str) -> usize {
    let sheets = tags(html).filter(|tag| tag.starts_with("link"));
    sheets
        .filter(|tag| attribute(tag, "rel") == Some("stylesheet"))
        .filter(|tag| attribute(tag, "media").is_none_or(|media| media != "print"))
        .count()
}

/// The inside of each opening tag. Attribute values are escaped by the server, so none holds a `>` .
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = r#"<html><head><link rel="stylesheet" href="/pkg/a.css"><link rel="canonical" href="/x">
        <link rel="modulepreload" href="/pkg/a.js"><link rel="stylesheet" media="print" href="/pkg/p.css"></head>
        <body><img src="/charts/queue.svg?range=6h&amp;platform=a" alt=""><img src="data:x"><a href="/other">o</a>
        <script src="https://elsewhere.example/a.js"></script>
        <script type="module">import("/pkg/b.js").then(m=>m.default("/pkg/b_bg.wasm"))</script></body></html>"#;

    #[test]
    fn what_a_browser_fetches_is_found_once() {
        let expected = [
            "/charts/queue.svg?range=6h&platform=a",
            "/pkg/a.css",
            "/pkg/a.js",
            "/pkg/b.js",
            "/pkg/b_bg.wasm",
            "/pkg/p.css",
            "https://elsewhere.example/a.js",
        ];
        assert_eq!(named(HTML).into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(charts(HTML).len(), 1);
    }

    #[test]
    fn print_styles_do_not_block() {
        assert_eq!(blocking_stylesheets(HTML), 1);
    }
}
