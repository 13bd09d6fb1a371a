//! A real console and real simulators for tests, on loopback, with a folder of their own.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub const TOKEN: &str = "a-token-for-tests";
const PASSWORD: &str = "marked-password-of-somebody";

/// Ends with the test, whatever came of it.
pub struct Console(pub Child);

impl Drop for Console {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub async fn request(address: &str, head: &str, body: &str) -> String {
    send(address, &format!("{head} HTTP/1.1"), "application/json", body).await
}

pub async fn send(address: &str, head: &str, kind: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = format!(
        "{head}\r\nhost: {address}\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Somebody who may look at everything and change nothing, with a session; what is to be sent with each request.
pub async fn signed_in(file: &Path, address: &str) -> String {
    signed_in_as(file, address, "viewer").await
}

/// Somebody of this role, with a session.
pub async fn signed_in_as(file: &Path, address: &str, role: &str) -> String {
    let email = format!("marked-person-{role}@example.com");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.arg("--config").arg(file).args(["user", "add", "--password-stdin", "--role", role]);
    let mut child = command
        .args(["--name", role, "--email", &email])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let form = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
    let answer = press(address, "/sign-in", "", &form).await;
    let cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let cookie =
        cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with("session="));
    assert!(cookie.is_some(), "no session: {answer}");
    let cookie = cookie.unwrap().to_owned();
    note(cookie.trim_start_matches("session="));
    cookie
}

/// A GET by whoever has this cookie.
pub async fn look(address: &str, path: &str, cookie: &str) -> String {
    send(address, &format!("GET {path} HTTP/1.1\r\ncookie: {cookie}"), "text/plain", "").await
}

/// A form, as a page of the console sends it.
pub async fn press(address: &str, path: &str, cookie: &str, form: &str) -> String {
    let head = format!("POST {path} HTTP/1.1\r\norigin: http://{address}\r\ncookie: {cookie}");
    send(address, &head, "application/x-www-form-urlencoded", form).await
}

pub async fn simulator(name: &str, seed: u64) -> simulator::serve::Running {
    simulator_at(name, seed, 1.0).await
}

/// Its time runs `speed` times as fast.
pub async fn simulator_at(name: &str, seed: u64, speed: f64) -> simulator::serve::Running {
    simulator::serve::start(simulator::serve::Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        seed,
        name: name.to_owned(),
        token: TOKEN.to_owned(),
        start: simulator::clock::real_time(),
        speed,
        scenario: simulator::scenario::Scenario::Calm,
        truth: None,
    })
    .await
    .unwrap()
}

/// Writes a configuration that polls these platforms five times a second.
pub fn configure(folder: &Path, platforms: &[(&str, SocketAddr)]) -> PathBuf {
    std::fs::write(folder.join("token"), TOKEN).unwrap();
    let mut text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite://{}/test.db\"\n",
        folder.display()
    );
    for (name, address) in platforms {
        text.push_str(&format!(
            "[[platform]]\nname = \"{name}\"\napi_url = \"http://{address}\"\ntoken_file = \"token\"\npoll_every = \"200ms\"\n"
        ));
    }
    let file = folder.join("bellwether.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// Where the gate searches for what must not be told; nowhere when no folder is named.
fn log() -> Stdio {
    match std::env::var("BELLWETHER_TEST_LOGS") {
        Ok(folder) => {
            let file = format!("{folder}/console-{}.log", std::process::id());
            File::options().append(true).create(true).open(file).unwrap().into()
        }
        Err(_) => Stdio::null(),
    }
}

/// Notes a secret that was made at random, for that search.
fn note(secret: &str) {
    if let Ok(file) = std::env::var("BELLWETHER_TEST_SECRETS") {
        let mut file = File::options().append(true).create(true).open(file).unwrap();
        file.write_all(format!("{secret}\n").as_bytes()).unwrap();
    }
}

/// Starts the console and reads the address that it prints.
pub fn console(file: &Path) -> (Console, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .arg("--config")
        .arg(file)
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(log())
        .env("BELLWETHER__LOG__FILTER", "debug")
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim().strip_prefix("listening on http://").unwrap().to_owned();
    (Console(child), address)
}
