//! Writes every sample page into a folder, in both themes, with the stylesheet beside them, to be looked at:
//! `cargo run -p app --example pages -- FOLDER`.

use std::{env, error::Error, fs, path::PathBuf};

use app::{
    RefusedRange, Shell, Theme, access, actions, alerts, audit, crises, delivery, diagnostics, error_page,
    failover, notices, now_page, oncall, performance_page, refused_range_page, samples,
};
use domain::monitoring::range::RangeError;

/// The order of the stylesheet, as `cargo xtask wasm` puts it together.
const STYLE: [&str; 16] = [
    "tokens.css",
    "base.css",
    "layout.css",
    "components.css",
    "access.css",
    "actions.css",
    "alerts.css",
    "audit.css",
    "charts.css",
    "crises.css",
    "delivery.css",
    "diagnostics.css",
    "failover.css",
    "monitoring.css",
    "notices.css",
    "oncall.css",
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name a folder")?);
    fs::create_dir_all(&folder)?;
    let style = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../style");
    let css: String = STYLE.iter().filter_map(|name| fs::read_to_string(style.join(name)).ok()).collect();
    fs::write(folder.join("style.css"), css)?;
    let mut shell = samples::shell(&["wedsync"]);
    shell.assets.style = Some("style.css".to_owned());
    for (name, view) in audit::samples::samples() {
        for theme in [Theme::Light, Theme::Dark] {
            shell.theme = theme;
            let html = audit::audit_page(&shell, &view);
            let file = folder.join(format!("audit-{name}-{}.html", theme.code()));
            fs::write(file, html.replace("/pkg/style.css", "style.css"))?;
        }
    }
    for theme in [Theme::Light, Theme::Dark] {
        let dress = |mut shell: Shell| {
            shell.assets.style = Some("style.css".to_owned());
            shell.theme = theme;
            shell
        };
        let own = access::samples::pages(dress).into_iter().chain(oncall::samples::pages(dress));
        let own = own.map(|page| (page.name, page.html));
        let more = delivery::samples::pages(dress).into_iter().map(|page| (page.name, page.html));
        let breakers = failover::samples::pages(dress).into_iter().map(|page| (page.name, page.html));
        for (name, html) in own.chain(more).chain(breakers) {
            let file = folder.join(format!("{name}-{}.html", theme.code()));
            fs::write(file, html.replace("/pkg/style.css", "style.css"))?;
        }
        for page in diagnostics::samples::pages(dress) {
            let file = folder.join(format!("{}-{}.html", page.name, theme.code()));
            fs::write(file, page.html.replace("/pkg/style.css", "style.css"))?;
        }
        for page in actions::samples::pages(dress) {
            let file = folder.join(format!("{}-{}.html", page.name, theme.code()));
            fs::write(file, page.html.replace("/pkg/style.css", "style.css"))?;
        }
        for page in crises::samples::pages(dress) {
            let file = folder.join(format!("{}-{}.html", page.name, theme.code()));
            fs::write(file, page.html.replace("/pkg/style.css", "style.css"))?;
        }
        let told = notices::samples::pages(dress).into_iter().chain(notices::samples::couple_pages(dress));
        for page in told {
            let file = folder.join(format!("{}-{}.html", page.name, theme.code()));
            fs::write(file, page.html.replace("/pkg/style.css", "style.css"))?;
        }
        for page in alerts::samples::pages(dress) {
            let file = folder.join(format!("{}-{}.html", page.name, theme.code()));
            fs::write(file, page.html.replace("/pkg/style.css", "style.css"))?;
        }
    }
    for mut world in samples::samples() {
        world.shell.assets.style = Some("style.css".to_owned());
        // With the name that `cargo xtask wasm` gave to the islands, the pages come alive behind a server.
        world.shell.assets.output_name = env::args().nth(2);
        for theme in [Theme::Light, Theme::Dark] {
            world.shell.theme = theme;
            let drawn = samples::drawings(&world.performance);
            let error = error_page(
                &world.shell,
                404,
                "There is no such page",
                "Nothing is kept under this address.",
                "Go to Now, or check the address for a slip.",
            );
            let refused = RefusedRange {
                platform: world.performance.platform.clone(),
                from: "last night".to_owned(),
                to: "2026-11-24T03:00".to_owned(),
                why: RangeError::NotATime("last night".to_owned()),
            };
            let breakers = app::failover::samples::breakers(world.name);
            let on_now: Vec<_> = breakers.iter().map(|row| ("wedsync".to_owned(), row.clone())).collect();
            let pages = [
                ("performance", performance_page(&world.shell, &world.performance, &drawn, &breakers)),
                (
                    "now",
                    now_page(
                        &world.shell,
                        &world.now,
                        &crises::samples::now_cases(world.name),
                        &alerts::samples::now_list(world.name),
                        &actions::samples::now_runs(world.name),
                        &on_now,
                        Some(&oncall::samples::on_call_card()),
                    ),
                ),
                ("error", error),
                ("refused", refused_range_page(&world.shell, &refused, samples::NOW)),
            ];
            for (name, html) in pages {
                let file = folder.join(format!("{name}-{}-{}.html", world.name, theme.code()));
                fs::write(file, html.replace("/pkg/style.css", "style.css"))?;
            }
        }
    }
    Ok(())
}
