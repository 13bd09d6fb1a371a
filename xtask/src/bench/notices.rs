//! Notices: from one press for a whole wave to the last of them at the mail server.

use super::line::Line;
use super::stage_set::Set;
use super::stand_ins::MailServer;
use crate::http;
use anyhow::{Context, Result, bail};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// As many as one press tells.
const NOTICES: u32 = 500;
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LIST: &str = "/crises/notices";
const SEND: &str = "/crises/notices/send";

/// On a database of its own, with an encryption key and a mail server in this process.
pub fn measure(set: &mut Set) -> Result<Vec<Line>> {
    let (platform, mail) = (set.platform_address(), MailServer::start()?);
    let settings = format!(
        "{}\n[delivery.mail]\nurl = \"smtp://{}\"\nfrom = \"Bellwether <bellwether@bench.example>\"\n\
         [notices]\nfrom = \"Your day <day@bench.example>\"\ncontact = \"the wedding-day team, +44 20 7946 0000\"\n",
        set.sealing_settings()?,
        mail.address
    );
    set.restart_on("notices.db", platform, "1s", &settings, None)?;
    set.manual_mode()?;
    let (address, cookie) = (set.address(), set.cookie_of("support")?);
    let cookie = format!("Cookie: {cookie}");
    set.crisis_wave(NOTICES)?;
    let began = Instant::now();
    let (form, listed) = loop {
        let asked = Instant::now();
        let page = http::get(&address, LIST, &[&cookie])?;
        let took = asked.elapsed();
        let text = String::from_utf8_lossy(&page.body).into_owned();
        let form = form(&text).unwrap_or_default();
        if value(&form, "cases").is_some_and(|cases| cases.split(' ').count() >= NOTICES as usize) {
            break (form, took);
        }
        if began.elapsed() > PATIENCE {
            bail!("the list answers {}, and never had {NOTICES} couples", page.status);
        }
        sleep(LOOK_EVERY * 10);
    };
    let pairs = form.iter().map(|(name, value)| format!("{}={}", http::encoded(name), http::encoded(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    let pressed = Instant::now();
    let answer = http::post_form(&address, SEND, &[&cookie], &body)?;
    let answered = pressed.elapsed();
    let queued = answer.header("location").and_then(|to| to.split_once("sent=")?.1.parse::<usize>().ok());
    let queued = queued.with_context(|| format!("the press was answered {}", answer.status))?;
    while mail.taken() < queued {
        if pressed.elapsed() > PATIENCE {
            bail!("{} of {queued} notices arrived", mail.taken());
        }
        sleep(LOOK_EVERY);
    }
    let took = pressed.elapsed();
    let connections = mail.most_connections() as f64;
    Ok(vec![
        Line::told("couples told by one press", queued as f64, ""),
        Line::told("their list, each with their own text", listed.as_secs_f64() * 1_000.0, "ms"),
        Line::told("the press is answered after", answered.as_secs_f64() * 1_000.0, "ms"),
        Line::at_most("from the press to the last at the mail server", took.as_secs_f64(), 30.0, "s"),
        Line::at_most("connections to the mail server at once", connections, 4.0, ""),
    ])
}

/// The fields of the form that sends, as a browser would send them untouched.
fn form(page: &str) -> Option<Vec<(String, String)>> {
    let begin = page.split("<form").find(|part| part.contains(SEND))?;
    let inside = begin.split("</form>").next()?;
    let inputs = inside.split("<input").skip(1).filter_map(|input| {
        let input = input.split('>').next()?;
        Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default()))
    });
    let areas = inside.split("<textarea").skip(1).filter_map(|area| {
        let (head, rest) = area.split_once('>')?;
        Some((attribute(head, "name")?, plain(rest.split("</textarea>").next()?)))
    });
    Some(inputs.chain(areas).collect())
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn attribute(element: &str, name: &str) -> Option<String> {
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    Some(plain(rest.split('"').next()?))
}

fn plain(written: &str) -> String {
    written
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = "<form action=\"/other\"><input name=\"a\" value=\"1\"></form>\
                    <form method=\"post\" action=\"/crises/notices/send\"><input type=\"hidden\" name=\"cases\" value=\"x y\"/>\
                    <textarea name=\"plan\">Tom &amp; Ann</textarea></form><input name=\"b\" value=\"2\">";
        let form = form(page).unwrap();
        assert_eq!(value(&form, "cases"), Some("x y"));
        assert_eq!(value(&form, "plan"), Some("Tom & Ann"));
        assert_eq!(form.len(), 2);
    }
}
