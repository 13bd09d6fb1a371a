//! 403: which permission is missing, who has it, and what to do.

use domain::access::Permission;
use leptos::prelude::*;

use crate::shell::{Place, Shell, ShellViewer};

/// A request that needs more than its sender may do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forbidden {
    pub missing: Permission,
    /// The role of the person who asked.
    pub own_role: Option<String>,
    /// The labels of the roles that have it.
    pub roles_with_it: Vec<String>,
}

pub fn forbidden_page(shell: &Shell, view: &Forbidden) -> String {
    let title = "You may not do this \u{2013} Bellwether";
    let view = view.clone();
    // Never from one refusal to the next.
    let sees = |viewer: &ShellViewer| viewer.permissions.has(Permission::SeeStatus);
    let (address, words) = if shell.viewer.as_ref().is_none_or(sees) {
        ("/", "Go to Now")
    } else {
        ("/settings", "Go to your settings")
    };
    shell.page(Place::Elsewhere, title, &[], None, move || {
        let own = view.own_role.map(|role| view! { <dt>"Your role"</dt><dd>{role}</dd> });
        let others = match view.roles_with_it.len() {
            0 => "no role".to_owned(),
            _ => view.roles_with_it.join(", "),
        };
        view! {
            <article class="card error" data-part="forbidden">
                <p class="dim">"Error 403"</p>
                <h1>"You may not do this"</h1>
                <p>"Nothing was changed or shown. It needs a permission that you do not have."</p>
                <dl class="pairs">
                    <dt>"Missing"</dt>
                    <dd><strong>{view.missing.words()}</strong>" "<code class="dim">{view.missing.key()}</code></dd>
                    {own}
                    <dt>"Has it"</dt>
                    <dd>{others}</dd>
                </dl>
                <p>"If it is yours to do, ask an administrator for another role. "
                    "If it only has to be done, ask somebody who has it."</p>
                <p class="row"><a class="button" href=address>{words}</a></p>
            </article>
        }
    })
}
