//! What the pages of on call may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

mod world;

use domain::access::Permission;

use self::world::{NOW, address, board, empty, hostile, long, ready, test, tier_view};
use super::{OnCallCard, OnCallView, ReadyView, TestView, on_call_page, ready_page, test_page, tier_page};
use crate::{
    Shell, ShellViewer,
    access::{Troubles, samples::Page},
    monitoring::samples::{HOSTILE, shell},
};
use backend::oncall::Board;
use domain::access::PersonId;

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let signed_in = |name: &str, permissions: &[Permission]| {
        let permissions = permissions.iter().copied().collect();
        let viewer = Some(ShellViewer { name: name.to_owned(), permissions, services: None });
        dress(Shell { viewer, path_and_query: "/on-call".to_owned(), ..shell(&["wedsync"]) })
    };
    let lead = signed_in("Leonie Falk", &[Permission::SeeStatus, Permission::ChangeSchedules]);
    let operator = signed_in("Priya Nair", &[Permission::SeeStatus]);
    let bad = signed_in(HOSTILE, &[Permission::SeeStatus]);
    let page = |name: &'static str, html: String| Page { name, html };
    let overview = |shell: &Shell, board: Board, me: &str, may_change: bool| {
        let view = OnCallView {
            board,
            me: Some(PersonId::new(me)),
            may_change,
            saved: None,
            troubles: Troubles::default(),
            address: None,
        };
        on_call_page(shell, &view)
    };
    let made = OnCallView {
        board: board(),
        me: Some(PersonId::new("priya")),
        may_change: false,
        saved: Some("The calendar is made.".to_owned()),
        troubles: Troubles::default(),
        address: Some(address()),
    };
    let refused = OnCallView {
        troubles: Troubles::default().and("", HOSTILE),
        saved: Some(HOSTILE.to_owned()),
        address: None,
        board: hostile(),
        ..made.clone()
    };
    let tier = |shell: &Shell, view| tier_page(shell, &view).unwrap_or_default();
    let tests = |board: Board, me: &str, troubles| TestView {
        now: NOW,
        test: test(),
        tiers: board.chain.tiers.iter().map(|tier| (tier.number, tier.name.clone())).collect(),
        people: board.people,
        me: Some(PersonId::new(me)),
        saved: None,
        troubles,
    };
    vec![
        page("on-call-empty", overview(&lead, empty(), "leonie", true)),
        page("on-call-full", overview(&lead, board(), "leonie", true)),
        page("on-call-operator", overview(&operator, board(), "priya", false)),
        page("on-call-calendar", on_call_page(&operator, &made)),
        page("on-call-long", overview(&lead, long(), "leonie", true)),
        page("on-call-hostile", on_call_page(&bad, &refused)),
        page("on-call-tier", tier(&lead, tier_view(board(), 2, true))),
        page("on-call-tier-people", tier(&lead, tier_view(board(), 4, true))),
        page("on-call-tier-empty", tier(&lead, tier_view(empty(), 1, true))),
        page("on-call-tier-no-rights", tier(&operator, tier_view(board(), 3, false))),
        page("on-call-tier-member", tier(&operator, tier_view(board(), 1, false))),
        page("on-call-tier-refused", tier(&lead, world::refused())),
        page("on-call-tier-conflict", tier(&lead, world::conflict())),
        page("on-call-tier-hostile", tier(&bad, world::refused_hostile())),
        page("on-call-ready-empty", ready_page(&lead, &ReadyView { ready: ready(empty()), me: None })),
        page(
            "on-call-ready",
            ready_page(&operator, &ReadyView { ready: ready(board()), me: Some(PersonId::new("priya")) }),
        ),
        page("on-call-ready-hostile", ready_page(&bad, &ReadyView { ready: ready(hostile()), me: None })),
        page("on-call-test", test_page(&operator, &tests(board(), "priya", Troubles::default()))),
        page(
            "on-call-test-hostile",
            test_page(&bad, &tests(hostile(), "sam", Troubles::default().and("", HOSTILE))),
        ),
    ]
}

/// The card of other pages.
pub fn on_call_card() -> OnCallCard {
    let board = board();
    OnCallCard { roster: board.chain.roster(NOW), people: board.people, me: Some(PersonId::new("priya")) }
}
