//! The least HTTP that we need: one request on a connection of its own, to a program on this machine.

use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// What came back: the status, the head in lower case, the body as it was sent.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key == name).then_some(value.trim())
        })
    }
}

/// GET with extra header lines (`Name: value`), to an address such as `127.0.0.1:3000`.
pub fn get(address: &str, path: &str, headers: &[&str]) -> Result<Answer> {
    ask(address, "GET", path, headers, "")
}

/// POST of JSON by a machine with a token.
pub fn post_json(address: &str, path: &str, token: &str, body: &str) -> Result<Answer> {
    let headers = [
        &format!("Authorization: Bearer {token}"),
        "Content-Type: application/json",
        &format!("Content-Length: {}", body.len()),
    ];
    ask(address, "POST", path, &headers, body)
}

/// POST of a form as a page of the console sends it, with extra header lines. The form is encoded already.
pub fn post_form(address: &str, path: &str, headers: &[&str], form: &str) -> Result<Answer> {
    let own = form_headers(address, form);
    let headers: Vec<&str> = own.iter().map(String::as_str).chain(headers.iter().copied()).collect();
    ask(address, "POST", path, &headers, form)
}

/// One name or value, as a form has it.
pub fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

/// Without its origin the console takes no form: it would be another site's.
pub fn form_headers(address: &str, form: &str) -> [String; 3] {
    [
        format!("Origin: http://{address}"),
        "Content-Type: application/x-www-form-urlencoded".to_owned(),
        format!("Content-Length: {}", form.len()),
    ]
}

/// Signs in as the page does; the cookie of the session, to be sent with each request.
pub fn sign_in(address: &str, email: &str, password: &str) -> Result<String> {
    let form = format!("email={}&password={password}", email.replace('@', "%40"));
    let answer = post_form(address, "/sign-in", &[], &form)?;
    let mut cookies = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie:"));
    let session = cookies
        .find_map(|cookie| cookie.trim().split(';').next().filter(|pair| pair.starts_with("session=")));
    match session {
        Some(session) if answer.status == 303 => Ok(session.to_owned()),
        _ => bail!("{email} cannot sign in at {address}: {}", answer.status),
    }
}

fn ask(address: &str, method: &str, path: &str, headers: &[&str], body: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("nobody answers at {address}"))?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for header in headers {
        request += &format!("{header}\r\n");
    }
    request += "\r\n";
    request += body;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).with_context(|| format!("{address}{path} broke off its answer"))?;
    read_answer(&bytes).with_context(|| format!("{address}{path}"))
}

/// Takes a whole answer apart.
fn read_answer(bytes: &[u8]) -> Result<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("no end of the head")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status")?;
    let lines: Vec<String> = head
        .lines()
        .skip(1)
        .map(|line| match line.split_once(':') {
            Some((key, value)) => format!("{}:{value}", key.to_ascii_lowercase()),
            None => line.to_owned(),
        })
        .collect();
    let mut answer = Answer { status, head: lines.join("\n"), body: bytes[end + 4..].to_vec() };
    if answer.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        answer.body = unchunk(&answer.body)?;
    }
    Ok(answer)
}

fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").context("a chunk without its size")?;
        let size = std::str::from_utf8(&rest[..end])?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Ok(body);
        }
        if rest.len() < size + 2 {
            bail!("a chunk broke off");
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}

/// Waits until `path` answers 200; `None` when the time is over or `give_up` says so.
pub fn wait_until_ready(
    address: &str,
    path: &str,
    within: Duration,
    mut give_up: impl FnMut() -> bool,
) -> Option<Duration> {
    let began = Instant::now();
    while began.elapsed() < within && !give_up() {
        if get(address, path, &[]).is_ok_and(|answer| answer.status == 200) {
            return Some(began.elapsed());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_answer_is_read() {
        let answer = read_answer(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\ngone").unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("content-type"), Some("text/plain"));
        assert_eq!(answer.body, b"gone");
    }

    #[test]
    fn chunks_are_put_together() {
        let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        assert_eq!(read_answer(bytes).unwrap().body, b"abcde");
    }

    #[test]
    fn a_chunk_cut_short_is_an_error() {
        let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc";
        assert!(read_answer(bytes).is_err());
    }

    #[test]
    fn a_name_is_encoded_for_a_form() {
        assert_eq!(encoded("Ada Öz&"), "Ada%20%C3%96z%26");
    }
}
