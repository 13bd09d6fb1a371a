//! Nobody is signed in, or somebody may not go on.

use domain::access::Permission;

use super::{HOSTILE, LONG, LONG_EMAIL, Page, hostile_troubles, page};
use crate::{
    Shell,
    access::{
        Code, Connect, Forbidden, Link, LinkKind, Prove, Provider, SignIn, Trouble, Troubles, code_page,
        connect_page, forbidden_page, link_dead_page, link_page, prove_page, sign_in_page,
        sign_on_refused_page,
    },
};

/// Nobody is signed in.
pub(super) fn before(shell: &Shell) -> Vec<Page> {
    let sign_in = |view: SignIn| sign_in_page(shell, &view);
    let code = |view: Code| code_page(shell, &view);
    let empty = SignIn { next: "/".to_owned(), ..SignIn::default() };
    let typed = SignIn { email: "priya.nair@wedsync.example".to_owned(), ..empty.clone() };
    let link = |kind, name: &str, email: &str, troubles| Link {
        kind,
        email: email.to_owned(),
        name: name.to_owned(),
        troubles,
        token_path: "/invite/h3Jx".to_owned(),
    };
    let short = Troubles::default()
        .and("password", "This password has 7 letters; it needs at least 12.")
        .and("password_again", "The two are not the same.");
    vec![
        page("sign-in", sign_in(empty.clone())),
        page("sign-in-refused", sign_in(SignIn { trouble: Some(Trouble::NotRecognised), ..typed.clone() })),
        page("sign-in-wait", sign_in(SignIn { wait_seconds: Some(130), ..typed.clone() })),
        page("sign-in-ended", sign_in(SignIn { trouble: Some(Trouble::Ended), ..empty.clone() })),
        page(
            "sign-in-provider",
            sign_in(SignIn {
                providers: vec![provider("WedSync account")],
                trouble: Some(Trouble::Said(
                    "WedSync account does not answer as it should (connection refused): try again later, or sign in by a \
                     password."
                        .to_owned(),
                )),
                ..empty.clone()
            }),
        ),
        page("sign-in-demo", sign_in(demo())),
        page("sign-in-hostile", sign_in(hostile_sign_in())),
        page("code", code(Code { next: "/performance?range=6h".to_owned(), ..Code::default() })),
        page("code-refused", code(Code { trouble: Some(Trouble::UsedCode), ..Code::default() })),
        page("code-recovery", code(Code { recovery: true, ..Code::default() })),
        page(
            "code-hostile",
            code(Code {
                next: HOSTILE.to_owned(),
                trouble: Some(Trouble::Said(HOSTILE.to_owned())),
                wait_seconds: None,
                recovery: true,
            }),
        ),
        page(
            "link-setup",
            link_page(shell, &link(LinkKind::Setup, "", "ade@wedsync.example", Troubles::default())),
        ),
        page("link-invite", link_page(shell, &link(LinkKind::Invite, LONG, LONG_EMAIL, short))),
        page(
            "link-reset",
            link_page(
                shell,
                &link(LinkKind::Reset, "Priya Nair", "priya.nair@wedsync.example", Troubles::default()),
            ),
        ),
        page(
            "link-hostile",
            link_page(
                shell,
                &Link {
                    token_path: HOSTILE.to_owned(),
                    ..link(
                        LinkKind::Reset,
                        HOSTILE,
                        HOSTILE,
                        hostile_troubles(&["", "password", "password_again"]),
                    )
                },
            ),
        ),
        page("link-dead", link_dead_page(shell)),
    ]
}

fn provider(label: &str) -> Provider {
    Provider { name: label.to_lowercase(), label: label.to_owned() }
}

fn demo() -> SignIn {
    let account = |name: &str| (format!("{}@demo.example", name.to_lowercase()), name.to_owned());
    SignIn {
        providers: vec![provider("WedSync account"), provider("Agency")],
        demo_accounts: ["Viewer", "Executive", "Support", "Operator", "Lead", "Admin", "Auditor"]
            .map(account)
            .to_vec(),
        demo_password: Some("a calm day at the altar".to_owned()),
        next: "/".to_owned(),
        ..SignIn::default()
    }
}

fn hostile_sign_in() -> SignIn {
    SignIn {
        email: HOSTILE.to_owned(),
        next: HOSTILE.to_owned(),
        trouble: Some(Trouble::Said(HOSTILE.to_owned())),
        wait_seconds: None,
        providers: vec![provider(HOSTILE)],
        demo_accounts: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        demo_password: Some(HOSTILE.to_owned()),
    }
}

/// Signed in, and not allowed, or not without the password again.
pub(super) fn refused(shell: &Shell, long: &Shell) -> Vec<Page> {
    let prove = Prove {
        next: "/settings/second-factor".to_owned(),
        back: "/settings".to_owned(),
        email: "priya.nair@wedsync.example".to_owned(),
        what: "remove your second factor".to_owned(),
        ..Prove::default()
    };
    let hostile = Prove {
        next: HOSTILE.to_owned(),
        back: HOSTILE.to_owned(),
        email: HOSTILE.to_owned(),
        what: HOSTILE.to_owned(),
        trouble: Some(Trouble::Said(HOSTILE.to_owned())),
        ..Prove::default()
    };
    let forbidden = |missing, own: &str, roles: &[&str]| Forbidden {
        missing,
        own_role: Some(own.to_owned()),
        roles_with_it: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    vec![
        page("prove", prove_page(shell, &prove)),
        page(
            "prove-refused",
            prove_page(shell, &Prove { trouble: Some(Trouble::WrongPassword), ..prove.clone() }),
        ),
        page(
            "prove-provider",
            prove_page(shell, &Prove { with_provider: Some("WedSync account".to_owned()), ..prove }),
        ),
        page(
            "link-sign-on",
            connect_page(
                shell,
                &Connect {
                    provider: "WedSync account".to_owned(),
                    url: "https://login.wedsync.example/auth?state=x".to_owned(),
                },
            ),
        ),
        page(
            "link-sign-on-refused",
            sign_on_refused_page(
                shell,
                "WedSync account knows you by another e-mail address: nothing was connected.",
            ),
        ),
        page(
            "link-sign-on-hostile",
            connect_page(
                shell,
                &Connect { provider: HOSTILE.to_owned(), url: "https://a.example/".to_owned() },
            ),
        ),
        page("prove-hostile", prove_page(shell, &hostile)),
        page(
            "forbidden",
            forbidden_page(shell, &forbidden(Permission::ReadAudit, "Viewer", &["Lead", "Admin", "Auditor"])),
        ),
        page(
            "forbidden-nobody",
            forbidden_page(long, &forbidden(Permission::RunDangerousActions, LONG, &[])),
        ),
        page(
            "forbidden-hostile",
            forbidden_page(shell, &forbidden(Permission::ReadAudit, HOSTILE, &[HOSTILE])),
        ),
    ]
}
