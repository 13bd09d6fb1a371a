//! A mail server without TLS and accounts: it takes every mail. A fault for `/smtp` refuses (its status), waits, or
//! drops the connection after the last line, before the answer.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Kind;
use crate::platform::{Platform, lock};

const LARGEST_MAIL: usize = 4 << 20;
const LONGEST_LINE: u64 = 4_000;
const IDLE: Duration = Duration::from_secs(120);

/// Takes mails until its task is ended.
pub async fn serve(listener: TcpListener, platform: Arc<Platform>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let platform = platform.clone();
                tokio::spawn(async move {
                    // A client that breaks off is its own affair.
                    let _ = tokio::time::timeout(IDLE, talk(stream, &platform)).await;
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

#[derive(Default)]
struct Envelope {
    from: String,
    to: Vec<String>,
}

async fn talk(stream: TcpStream, platform: &Platform) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    write.write_all(b"220 simulator ESMTP\r\n").await?;
    let mut envelope = Envelope::default();
    while let Some(line) = line(&mut read).await? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match word.as_str() {
            "EHLO" => b"250-simulator\r\n250-8BITMIME\r\n250 SIZE 4194304\r\n",
            "MAIL" => {
                envelope = Envelope { from: address(&line), to: Vec::new() };
                b"250 ok\r\n"
            }
            "RCPT" => {
                envelope.to.push(address(&line));
                b"250 ok\r\n"
            }
            "DATA" if envelope.to.is_empty() => b"503 to whom\r\n",
            "DATA" => {
                write.write_all(b"354 end with a dot\r\n").await?;
                let Some(mail) = mail(&mut read).await? else { return Ok(()) };
                let fault = lock(&platform.faults).take("MAIL", "/smtp");
                let fault = fault.as_ref();
                let delay = fault.and_then(|fault| fault.delay_ms).unwrap_or_default();
                tokio::time::sleep(Duration::from_millis(delay)).await;
                if let Some(status) = fault.and_then(|fault| fault.status) {
                    write.write_all(format!("{status} as ordered\r\n").as_bytes()).await?;
                    continue;
                }
                keep(platform, &envelope, mail);
                if fault.is_some_and(|fault| fault.drop || fault.reset) {
                    return Ok(());
                }
                b"250 taken\r\n"
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            "HELO" | "RSET" | "NOOP" => b"250 ok\r\n",
            _ => b"502 not here\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

fn keep(platform: &Platform, envelope: &Envelope, mail: String) {
    let mut headers = BTreeMap::new();
    let head = mail.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
    for line in head.lines() {
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }
    headers.insert("envelope-from".to_owned(), envelope.from.clone());
    headers.insert("envelope-to".to_owned(), envelope.to.join(", "));
    lock(&platform.sinks).add(Kind::Mail, "/smtp", headers, Value::String(mail));
}

/// Without its end; `None` at the end of the connection.
async fn line(read: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if read.take(LONGEST_LINE).read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
}

/// Up to the dot, with lines that end in `\n`. `None` when the connection ended, or it was too much.
async fn mail(read: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<String>> {
    let mut mail = String::new();
    while let Some(line) = line(read).await? {
        if line == "." {
            return Ok(Some(mail));
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
        mail.push('\n');
        if mail.len() > LARGEST_MAIL {
            return Ok(None);
        }
    }
    Ok(None)
}

/// `MAIL FROM:<a@b> SIZE=1` → `a@b`.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// The readable text of a mail: its plain part, decoded where it is quoted-printable.
#[must_use]
pub fn plain(mail: &str) -> String {
    let (head, body) = mail.split_once("\n\n").unwrap_or((mail, ""));
    let part = match body.find("Content-Type: text/plain") {
        Some(begin) => body[begin..].split_once("\n\n").map_or("", |(_, text)| text),
        None => body,
    };
    let end = head
        .replace("\n ", " ")
        .split("boundary=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next().map(|boundary| format!("--{boundary}")))
        .and_then(|boundary| part.find(&boundary));
    quoted_printable(&part[..end.unwrap_or(part.len())])
}

fn quoted_printable(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            bytes.push(*first);
        } else if after.first() == Some(&b'\n') {
            rest = &after[1..];
        } else if let Some(byte) = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(b'=');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_mail_can_be_read() {
        let mail = "Subject: a\nContent-Type: multipart/alternative;\n boundary=\"xyz\"\n\n--xyz\n\
                    Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
                    =E2=97=86 Critical: a=\nb =3D c\n--xyz\nContent-Type: text/html\n\n<p>\n--xyz--\n";
        assert_eq!(plain(mail), "◆ Critical: ab = c\n");
        assert_eq!(address("MAIL FROM:<a@b.c> SIZE=3"), "a@b.c");
        assert_eq!(address("MAIL FROM:"), "");
    }
}
