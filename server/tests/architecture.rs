//! The rules of ARCHITECTURE.md that a machine can check.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no {ending} files under {folder}");
    found
}

#[test]
fn crates_depend_only_on_what_lies_to_their_left() {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &[] as &[&str]),
        ("backend", &["domain"]),
        ("islands", &["domain"]),
        ("app", &["domain", "backend", "islands"]),
        ("bellwether", &["domain", "backend", "islands", "app"]),
        ("simulator", &[]),
        ("xtask", &[]),
    ]);
    let packages = metadata["packages"].as_array().unwrap();
    assert_eq!(packages.len(), allowed.len());
    for package in packages {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            // Tests may use the simulator; the product never does.
            if allowed.contains_key(on) && !(on == "simulator" && dependency["kind"] == "dev") {
                assert!(allowed[name].contains(&on), "{name} may not depend on {on}");
            }
        }
    }
}

#[test]
fn sql_stands_only_where_it_may() {
    for folder in ["domain/src", "backend/src", "app/src", "islands/src", "server/src"] {
        for (name, text) in files(folder, "rs") {
            let may = name.ends_with("store.rs")
                || name == "backend/src/db.rs"
                || name == "backend/src/testing.rs"
                // The platform's own database, which is no feature's.
                || name.starts_with("backend/src/connect/postgres/");
            assert!(may || !text.contains("sqlx"), "{name} says sqlx");
        }
    }
}

/// Each may use what stands before it.
const FEATURES: [&str; 13] = [
    "audit",
    "access",
    "sealing",
    "schedule",
    "monitoring",
    "windows",
    "delivery",
    "oncall",
    "alerts",
    "actions",
    "failover",
    "diagnostics",
    "crises",
];
/// What the policy remembers between samples is kept beside the samples: one lock for both.
const EXCEPT: [&str; 1] = ["backend/src/monitoring/watch.rs"];

#[test]
fn features_use_only_those_to_their_left() {
    for folder in ["domain/src", "backend/src", "app/src"] {
        for (name, text) in files(folder, "rs") {
            let is_test = name.contains("tests") || name.contains("samples");
            let own = FEATURES.iter().position(|feature| name.starts_with(&format!("{folder}/{feature}/")));
            let Some(own) = own.filter(|_| !is_test && !EXCEPT.contains(&name.as_str())) else { continue };
            for right in &FEATURES[own + 1..] {
                assert!(!text.contains(&format!("{right}::")), "{name} uses {right}");
            }
        }
    }
}

#[test]
fn colours_stand_only_in_the_tokens() {
    for (name, text) in files("style", "css") {
        if name.ends_with("tokens.css") {
            continue;
        }
        // Signal colours of the charts stand in attribute selectors: they are names, not colours.
        let without_selectors =
            text.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
        for part in without_selectors {
            for (place, _) in part.match_indices('#') {
                let digits = part[place + 1..].chars().take_while(char::is_ascii_hexdigit).count();
                let rest = part[place + 1 + digits..].chars().next();
                let is_colour =
                    matches!(digits, 3 | 4 | 6 | 8) && !rest.is_some_and(|c| c.is_alphanumeric() || c == '-');
                assert!(!is_colour, "{name}: {}", &part[place..place + 1 + digits]);
            }
            for function in ["rgb(", "rgba(", "hsl(", "hsla(", "oklch("] {
                assert!(!part.contains(function), "{name} says {function}");
            }
        }
    }
}

#[test]
fn unescaped_elements_stand_nowhere() {
    for folder in ["app/src", "islands/src", "server/src"] {
        for (name, text) in files(folder, "rs") {
            let is_test = name.contains("tests") || name.contains("samples");
            for raw in ["<textarea", "<Title"] {
                assert!(is_test || !text.contains(raw), "{name} says {raw}");
            }
        }
    }
}

#[test]
fn only_the_wasm_build_looks_at_the_target() {
    for folder in ["app/src", "server/src", "backend/src", "domain/src"] {
        for (name, text) in files(folder, "rs") {
            assert!(!text.contains("target_arch"), "{name} looks at the target");
        }
    }
}
