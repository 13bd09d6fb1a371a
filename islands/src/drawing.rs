//! Parts of a page that are drawn anew from what the console sends. What says the same stays the very same element, and under
//! a finger nothing is drawn: a link must be the one that was pressed when the finger is lifted, or the press is lost.

use std::cell::{Cell, RefCell};

use wasm_bindgen::JsCast;
use web_sys::{Element, Node, PointerEvent};

use crate::browser::{self, document, each_in, on};

/// So much later than the finger is lifted its click has come, in milliseconds.
const CLICK_WITHIN: i32 = 350;
/// A press whose end nobody tells, as where a menu of the browser opens over it, is over after so many milliseconds.
const LONGEST_PRESS: i32 = 10_000;

thread_local! {
    /// Where a finger or a button is down.
    static PRESSED: RefCell<Option<Node>> = const { RefCell::new(None) };
    /// The number of the newest press: the end of an older one ends nothing.
    static PRESSES: Cell<u32> = const { Cell::new(0) };
    static LIFTED: RefCell<Vec<fn()>> = RefCell::default();
}

pub fn start() {
    let Some(document) = document() else { return };
    on(&document, "pointerdown", |event| {
        let is_first = event.dyn_ref::<PointerEvent>().is_some_and(|event| event.button() == 0);
        let Some(target) = event.target().filter(|_| is_first) else { return };
        PRESSED.set(target.dyn_into().ok());
        PRESSES.set(PRESSES.get().wrapping_add(1));
        lift_after(LONGEST_PRESS);
    });
    for end in ["pointerup", "pointercancel"] {
        on(&document, end, |_| lift_after(CLICK_WITHIN));
    }
}

fn lift_after(milliseconds: i32) {
    let number = PRESSES.get();
    browser::after(milliseconds, move || {
        if number == PRESSES.get() && PRESSED.take().is_some() {
            LIFTED.with_borrow(Clone::clone).into_iter().for_each(|work| work());
        }
    });
}

/// Calls `work` after each press, when its click has come.
pub fn on_lifted(work: fn()) {
    LIFTED.with_borrow_mut(|lifted| lifted.push(work));
}

/// Whether a finger or a button is down on something in the part.
pub fn is_pressed(part: &Element) -> bool {
    PRESSED.with_borrow(|pressed| pressed.as_ref().is_some_and(|pressed| part.contains(Some(pressed))))
}

/// What `html` would put into the part, with its foldings as they are there now. `None` when the part says that already.
pub fn news(part: &Element, html: &str) -> Option<Element> {
    let fresh = document()?.create_element(&part.tag_name()).ok()?;
    fresh.set_inner_html(html);
    let mut open = Vec::new();
    each_in(part, "details", |details| open.push(details.has_attribute("open")));
    let mut open = open.into_iter();
    each_in(&fresh, "details", |details| {
        if let Some(is_open) = open.next() {
            let _ = details.toggle_attribute_with_force("open", is_open);
        }
    });
    (part.inner_html() != fresh.inner_html()).then_some(fresh)
}

/// Makes the inside of `old` that of `fresh`, which loses what it had. What both have stays, also where its words are others
/// and something has come or gone beside it.
pub fn put(old: &Node, fresh: &Node) {
    let (have, want) = (children(old), children(fresh));
    let head = have.iter().zip(&want).take_while(|(one, other)| are_same(one, other)).count();
    let (have, want) = (&have[head..], &want[head..]);
    let pairs_from_the_end = have.iter().rev().zip(want.iter().rev());
    let tail = pairs_from_the_end.take_while(|(one, other)| are_same(one, other)).count();
    let (after, have) = (have.get(have.len() - tail), &have[..have.len() - tail]);
    let want = &want[..want.len() - tail];
    let mut left = have.iter();
    for new in want {
        let rest = left.as_slice();
        let stays = rest.iter().position(|one| are_same(one, new));
        let Some(index) = stays.or_else(|| rest.iter().position(|one| are_alike(one, new))) else {
            let _ = old.insert_before(new, rest.first().or(after));
            continue;
        };
        for gone in left.by_ref().take(index) {
            let _ = old.remove_child(gone);
        }
        if let Some(one) = left.next().filter(|_| stays.is_none()) {
            put(one, new);
        }
    }
    for gone in left {
        let _ = old.remove_child(gone);
    }
}

fn children(node: &Node) -> Vec<Node> {
    let mut children = Vec::new();
    let mut next = node.first_child();
    while let Some(child) = next {
        next = child.next_sibling();
        children.push(child);
    }
    children
}

fn are_same(one: &Node, other: &Node) -> bool {
    one.is_equal_node(Some(other))
}

/// Elements of the same name with the same attributes, whatever stands in them.
fn are_alike(one: &Node, other: &Node) -> bool {
    let bare = |node: &Node| node.dyn_ref::<Element>().and_then(|element| element.clone_node().ok());
    match (bare(one), bare(other)) {
        (Some(one), Some(other)) => are_same(&one, &other),
        _ => false,
    }
}
