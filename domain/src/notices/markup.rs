//! The HTML that somebody wrote for a notice: a few elements, nothing that loads, runs or looks like another page. Whatever
//! is not on these lists is refused, with its place.

use super::{Flaw, Place};

const ELEMENTS: [&str; 19] = [
    "p", "br", "hr", "strong", "b", "em", "i", "h1", "h2", "h3", "ul", "ol", "li", "a", "div", "span",
    "table", "tr", "td",
];
const WITHOUT_END: [&str; 2] = ["br", "hr"];
const ATTRIBUTES: [&str; 9] =
    ["style", "dir", "lang", "href", "align", "width", "cellpadding", "cellspacing", "role"];
/// What a link may begin with.
const LINKS: [&str; 4] = ["https://", "mailto:", "tel:", "{{status_page}}"];
/// What a style must not have: each loads something, or hides what it says.
const NOT_IN_STYLES: [&str; 5] = ["url(", "expression", "@", "\\", "/*"];

/// Everything that is wrong with it but its variables.
pub(super) fn flaws(html: &str) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|found| at + found) {
        let inside = &html[start + 1..];
        let Some(length) = end_of(inside) else {
            flaws.push(flaw(
                html,
                start,
                "< begins an element that is not closed with >; write &lt; for the sign",
            ));
            return flaws;
        };
        let tag = &inside[..length];
        at = start + length + 2;
        match tag.strip_prefix('/') {
            Some(name) => match open.last() {
                Some((opened, _)) if *opened == name.trim() => drop(open.pop()),
                _ => {
                    flaws.push(flaw(html, start, &format!("</{}> closes nothing that is open", short(name))))
                }
            },
            None => {
                let name =
                    tag.split(|letter: char| letter.is_whitespace() || letter == '/').next().unwrap_or("");
                let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric());
                if is_name && !WITHOUT_END.contains(&name) && !tag.ends_with('/') {
                    open.push((name, start));
                }
                if ELEMENTS.contains(&name) {
                    let said = attributes(&tag[name.len()..]);
                    flaws.extend(said.into_iter().map(|said| flaw(html, start, &said)));
                } else {
                    let known = ELEMENTS.join(", ");
                    let said = format!("there is no element <{}>; there are {known}", short(name));
                    flaws.push(flaw(html, start, &said));
                }
            }
        }
    }
    flaws.extend(open.into_iter().map(|(name, start)| flaw(html, start, &format!("<{name}> is not closed"))));
    flaws
}

/// Where the `>` of an element stands, beyond those within quotes.
fn end_of(tag: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, letter) in tag.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at),
            '<' if !quoted => return None,
            _ => {}
        }
    }
    None
}

/// `name="value"`, as many as there are; what is wrong with them.
fn attributes(written: &str) -> Vec<String> {
    let mut said = Vec::new();
    let mut rest = written.trim().trim_end_matches('/').trim();
    while !rest.is_empty() {
        let parsed = rest.split_once("=\"").and_then(|(name, after)| Some((name, after.split_once('"')?)));
        let Some((name, (value, after))) = parsed else {
            said.push("an attribute is written name=\"value\"".to_owned());
            break;
        };
        if !ATTRIBUTES.contains(&name) {
            said.push(format!("there is no attribute {}; there are {}", short(name), ATTRIBUTES.join(", ")));
        }
        let value = value.trim().to_ascii_lowercase();
        if name == "href" && !LINKS.iter().any(|start| value.starts_with(start)) {
            said.push(format!("a link begins with one of {}", LINKS.join(", ")));
        }
        if name == "style" && NOT_IN_STYLES.iter().any(|not| value.contains(not)) {
            said.push(format!("a style has none of {}", NOT_IN_STYLES.join(" ")));
        }
        if value.contains(['<', '>']) {
            said.push("the value of an attribute has no < and no >".to_owned());
        }
        let may_vary = name == "href" && value == "{{status_page}}";
        if value.contains("{{") && !may_vary {
            said.push("of all attributes only href=\"{{status_page}}\" has a variable".to_owned());
        }
        rest = after.trim();
    }
    said
}

fn short(name: &str) -> String {
    name.trim().chars().filter(|letter| !letter.is_control()).take(20).collect()
}

fn flaw(html: &str, at: usize, said: &str) -> Flaw {
    let before = &html[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let place = Place {
        of: "html",
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    };
    Flaw::Markup { said: said.to_owned(), place }
}
