//! What the pages of access may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

mod before;
mod connections;
mod others;
mod own;

use domain::access::Permission;

use super::{Choice, Troubles};
use crate::{
    Shell, ShellViewer,
    monitoring::samples::{HOSTILE, NOW, shell},
};

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

const LONG: &str = "Wilhelmina Alexandrovna Featherstonehaugh-Cholmondeley of Oberwiesenthal an der Zschopau";
const LONG_EMAIL: &str = "wilhelmina.alexandrovna.featherstonehaugh-cholmondeley@weddings.example.museum";

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let nobody = dress(shell(&["wedsync"]));
    let signed_in = |name: &str, permissions: &[Permission]| {
        let permissions = permissions.iter().copied().collect();
        let viewer = Some(ShellViewer { name: name.to_owned(), permissions, services: None });
        dress(Shell { viewer, path_and_query: "/settings".to_owned(), ..shell(&["wedsync"]) })
    };
    let viewer = signed_in("Priya Nair", &[Permission::SeeStatus]);
    let long = signed_in(LONG, &[]);
    let hostile = signed_in(HOSTILE, &[Permission::SeeStatus]);
    let mut all = before::before(&nobody);
    all.extend(before::refused(&viewer, &long));
    all.extend(own::own(&viewer, &long, &hostile));
    all.extend(others::people(&viewer, &hostile));
    all.extend(others::one_person(&viewer, &hostile));
    all.extend(others::tokens(&viewer, &hostile));
    all.extend(connections::connections(&viewer, &hostile));
    all
}

fn page(name: &'static str, html: String) -> Page {
    Page { name, html }
}

fn hostile_troubles(fields: &[&str]) -> Troubles {
    fields.iter().fold(Troubles::default(), |troubles, field| troubles.and(*field, HOSTILE))
}

fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs
        .iter()
        .map(|(value, label)| Choice { value: (*value).to_owned(), label: (*label).to_owned() })
        .collect()
}
