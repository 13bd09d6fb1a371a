//! The two cookies: which session, and whether this browser was used before.

use axum::http::{HeaderMap, HeaderValue, header};
use backend::access::KNOWN_BROWSER;
use domain::{access::ABSOLUTE, time::SECOND};
use secrecy::{ExposeSecret, SecretString};
use tower_sessions_core::session::Id;

/// Names and attributes, which depend on whether browsers reach the console over TLS.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    over_tls: bool,
}

impl Cookies {
    pub fn new(public_url: &str) -> Cookies {
        Cookies { over_tls: public_url.starts_with("https://") }
    }

    pub fn over_tls(self) -> bool {
        self.over_tls
    }

    pub fn session(self, headers: &HeaderMap) -> Option<Id> {
        self.read(headers, "session")?.parse().ok()
    }

    pub fn known_browser(self, headers: &HeaderMap) -> Option<SecretString> {
        self.read(headers, "browser").map(SecretString::from)
    }

    pub fn set_session(self, id: Id) -> Option<HeaderValue> {
        self.written("session", &id.to_string(), ABSOLUTE / SECOND)
    }

    pub fn end_session(self) -> Option<HeaderValue> {
        self.written("session", "", 0)
    }

    pub fn set_known_browser(self, token: &SecretString) -> Option<HeaderValue> {
        self.written("browser", token.expose_secret(), KNOWN_BROWSER / SECOND)
    }

    /// `__Host-` makes a browser refuse the cookie from anybody but this very host over TLS.
    fn name(self, name: &str) -> String {
        if self.over_tls { format!("__Host-{name}") } else { name.to_owned() }
    }

    fn written(self, name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.over_tls { "; Secure" } else { "" };
        let name = self.name(name);
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn read(self, headers: &HeaderMap, name: &str) -> Option<String> {
        let name = self.name(name);
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_cookie_is_read_as_it_was_written_and_only_under_its_own_name() {
        let id = Id::default();
        for url in ["http://127.0.0.1:7700", "https://ops.example"] {
            let cookies = Cookies::new(url);
            let written = cookies.set_session(id).unwrap();
            let pair = written.to_str().unwrap().split(';').next().unwrap();
            assert_eq!(cookies.session(&headers(&format!("theme=dark; {pair}; a=b"))), Some(id));
        }
        let plain = format!("session={id}");
        assert_eq!(Cookies::new("https://ops.example").session(&headers(&plain)), None, "set by a neighbour");
    }

    #[test]
    fn attributes_keep_it_from_scripts_and_other_sites() {
        let written = Cookies::new("https://ops.example").set_session(Id::default()).unwrap();
        let text = written.to_str().unwrap();
        assert!(text.starts_with("__Host-session="), "{text}");
        assert!(text.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure"), "{text}");
        assert!(written.is_sensitive());
    }

    #[test]
    fn nonsense_is_nobody() {
        for cookie in ["session", "session=", "session=../../etc", "session=%00", "=", ";;;"] {
            assert_eq!(Cookies::new("http://a").session(&headers(cookie)), None, "{cookie}");
        }
    }
}
