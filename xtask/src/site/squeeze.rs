//! Takes comments and needless white space out of a stylesheet, and changes nothing else: no rule is
//! merged, no value rewritten. Where a space may have a meaning it stays.

/// The same stylesheet, shorter.
pub fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    // What was seen since the last sign that was written.
    let mut gap = Gap::None;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest[2..].find("*/").map_or("", |end| &rest[2 + end + 2..]);
            gap = gap.max(Gap::Comment);
        } else if next.is_whitespace() {
            rest = &rest[next.len_utf8()..];
            gap = Gap::Space;
        } else {
            let length = token_length(rest, next);
            if matters_between(out.chars().next_back(), next) {
                out.push_str(match gap {
                    Gap::None => "",
                    Gap::Comment => "/**/",
                    Gap::Space => " ",
                });
            }
            // The last declaration of a block needs no semicolon.
            if next == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            gap = Gap::None;
        }
    }
    out
}

/// A comment parts two words without being a space: `.a/**/.b` is one thing, `.a .b` two.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Comment,
    Space,
}

/// A string is one token, whatever stands in it; so is `url(...)` without quotes; an escaped sign stays with
/// its backslash; all else goes sign by sign.
fn token_length(rest: &str, next: char) -> usize {
    if next == '"' || next == '\'' {
        let mut escaped = false;
        for (at, sign) in rest.char_indices().skip(1) {
            if sign == next && !escaped {
                return at + 1;
            }
            escaped = sign == '\\' && !escaped;
        }
        return rest.len();
    }
    if rest.starts_with("url(") && !rest[4..].trim_start().starts_with(['"', '\'']) {
        return rest.find(')').map_or(rest.len(), |end| end + 1);
    }
    if next == '\\' {
        return 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
    }
    next.len_utf8()
}

/// A gap is needless beside these signs only. Before a colon it can mean "any descendant", around `+`,
/// `-`, `*`, `>` it can be part of a sum, and before a bracket it parts `and (`.
fn matters_between(before: Option<char>, next: char) -> bool {
    let Some(before) = before else { return false };
    !matches!(before, '{' | '}' | ';' | ',' | ':') && !matches!(next, '{' | '}' | ';' | ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(css: &str, expected: &str) {
        assert_eq!(squeeze(css), expected);
    }

    #[test]
    fn a_rule_is_shortened() {
        check(
            "/* why */\n.card,\n.row {\n  color: var(--ink);\n  margin: 0 auto;\n}\n",
            ".card,.row{color:var(--ink);margin:0 auto}",
        );
    }

    #[test]
    fn spaces_with_a_meaning_stay() {
        check("a :hover { x: calc(1px + 2px) }", "a :hover{x:calc(1px + 2px)}");
        check(
            "@media (width < 40rem) and (hover) { b > c {} }",
            "@media (width < 40rem) and (hover){b > c{}}",
        );
        check("p { color: red !important; }", "p{color:red !important}");
        check("a /* one */ b {}", "a b{}");
        check(".a/* one */.b {}", ".a/**/.b{}");
        check(".a\\\"b { c: d }", ".a\\\"b{c:d}");
    }

    #[test]
    fn strings_and_addresses_are_left_alone() {
        check("q::before { content: \"/* a ;  b */ \\\" }\" }", "q::before{content:\"/* a ;  b */ \\\" }\"}");
        check("a { b: url(data:image/svg+xml,%3C/*x*/  y) ; }", "a{b:url(data:image/svg+xml,%3C/*x*/  y)}");
    }

    #[test]
    fn what_never_ends_is_no_reason_to_stop() {
        check("a { /* open", "a{");
        check("a { b: \"open", "a{b:\"open");
    }
}
