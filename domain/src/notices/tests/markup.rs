use proptest::prelude::*;

use super::*;

fn template() -> Template {
    Template::parse(None, Purpose::WeKnow, Language::english(), "For {{names}}", "Dear {{names}}, {{plan}}")
        .unwrap()
}

fn letter(html: &str, names: &str) -> Letter {
    let template = template().with_html(html).unwrap();
    let given = Given::default()
        .with(Variable::Names, names)
        .with(Variable::Plan, "one\ntwo <b>")
        .with(Variable::StatusPage, "https://here.example/c/1?a=b&c=d");
    Letter::fill(&template, &given).unwrap()
}

#[test]
fn a_body_of_ones_own_is_filled_in_and_nothing_of_what_fills_it_is_markup() {
    let written = "<p style=\"color: #333\">Dear <b>{{names}}</b>,<br>{{plan}}</p>\n<p><a href=\"{{status_page}}\">Your page</a></p>";
    let letter = letter(written, "<i>Ada</i>");
    let html = letter.html();
    assert!(
        html.contains(
            "<p style=\"color: #333\">Dear <b>&lt;i&gt;Ada&lt;/i&gt;</b>,<br>one<br>\ntwo &lt;b&gt;</p>"
        ),
        "{html}"
    );
    assert!(html.contains("<a href=\"https://here.example/c/1?a=b&amp;c=d\">Your page</a>"), "{html}");
    assert!(
        html.starts_with("<!doctype html>") && html.contains("<title>For &lt;i&gt;Ada&lt;/i&gt;</title>")
    );
    assert_eq!(letter.text.expose(), "Dear <i>Ada</i>, one\ntwo <b>");
    let stored = serde_json::to_string(&letter).unwrap();
    assert_eq!(serde_json::from_str::<Letter>(&stored).unwrap(), letter);
}

#[test]
fn a_letter_that_somebody_changed_says_what_they_wrote() {
    let changed = Letter::edited(Language::english(), "Hello", "Mine").unwrap();
    assert!(changed.html().contains("<p dir=\"auto\">Mine</p>"));
    // What was seen with another body is another letter.
    let (one, other) = (letter("<p>a</p>", "Ada"), letter("<p>b</p>", "Ada"));
    assert_eq!(one.text, other.text);
    assert_ne!(one.fingerprint(), other.fingerprint());
}

#[test]
fn what_the_body_needs_is_known_before_it_goes() {
    let template = template().with_html("<p>{{venue}}</p>").unwrap();
    let given = Given::default().with(Variable::Names, "Ada").with(Variable::Plan, "x");
    assert_eq!(Letter::fill(&template, &given).unwrap_err(), Missing(vec![Variable::Venue]));
}

#[track_caller]
fn check(html: &str, expected: &str) {
    let flaws = template().with_html(html).unwrap_err();
    let said: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    let fits = said.len() == 1 && said[0].starts_with("html, line ") && said[0].contains(expected);
    assert!(fits, "expected only {expected}, got {said:?}");
    assert_eq!(flaws[0].of(), "html");
}

#[test]
fn nothing_that_loads_runs_or_hides_is_taken() {
    check("<p>a</p>\n<p>b", "line 2, column 1: <p> is not closed.");
    check("<p>a</b></p>", "</b> closes nothing that is open");
    check("<script>alert(1)</script>", "there is no element <script>");
    check("<img src=\"https://x.example/a.png\"/>", "there is no element <img>");
    check("<P>a</P>", "there is no element <P>");
    check("<!-- a -->", "there is no element <!-->");
    check("a < b", "write &lt; for the sign");
    check("<p onclick=\"x()\">a</p>", "there is no attribute onclick");
    check("<p class=a>a</p>", "an attribute is written name=\"value\"");
    check("<a href=\"javascript:alert(1)\">a</a>", "a link begins with one of https://");
    check("<a href=\" JavaScript:alert(1)\">a</a>", "a link begins with one of https://");
    check("<a href=\"http://x.example\">a</a>", "a link begins with one of https://");
    check("<p style=\"background: URL(//x.example)\">a</p>", "a style has none of");
    check("<p style=\"a: \\75rl(x)\">a</p>", "a style has none of");
    check("<p style=\"a<b\">a</p>", "the value of an attribute has no < and no >");
    check("<p lang=\"{{names}}\">a</p>", "of all attributes only");
    check("<a href=\"https://x.example/{{names}}\">a</a>", "of all attributes only");
    check("<p>{{nobody}}</p>", "there is no {{nobody}}");
    check("<p>\u{202e}a</p>", "a sign that cannot be seen");
}

proptest! {
    /// Whatever is written and whatever fills it, what comes of it holds only elements that are on the list.
    #[test]
    fn only_elements_of_the_list_come_out(
        parts in prop::collection::vec(
            prop_oneof![
                Just("<p>".to_owned()), Just("</p>".to_owned()), Just("<br>".to_owned()), Just("{{names}}".to_owned()),
                Just("<b style=\"".to_owned()), Just("\">".to_owned()), Just("</b>".to_owned()), Just("<scr".to_owned()),
                Just("ipt>".to_owned()), Just("<a href=\"".to_owned()), Just("{{status_page}}".to_owned()), "[a-z<>\"'&/= ]{0,4}",
            ],
            0..12,
        ),
        names in "[a-z<>\"'&/{}]{1,12}",
    ) {
        let written: String = parts.concat();
        let Ok(template) = template().with_html(&written) else { return Ok(()) };
        let given = Given::default()
            .with(Variable::Names, &names)
            .with(Variable::Plan, "x")
            .with(Variable::StatusPage, "https://here.example/c/1");
        let Ok(letter) = Letter::fill(&template, &given) else { return Ok(()) };
        let html = letter.html();
        let body = html.split_once("<body>").unwrap().1.split_once("</body>").unwrap().0;
        for tag in body.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap();
            prop_assert!(["p", "br", "b", "i", "a"].contains(&name), "{} of {}", name, written);
        }
    }
}
