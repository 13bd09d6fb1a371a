//! The console of one cell: a copy of a database in which two people have a session, and a configuration of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    kind::Kind,
    world::{Console, TOKEN, console, look, press, signed_in_as},
};

/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(180);

/// Made once for each kind of action; copied for each cell.
pub struct People {
    folder: tempfile::TempDir,
    /// What whoever asks sends with each request, and what whoever approves does.
    pub asks: String,
    pub approves: String,
}

impl People {
    pub async fn new() -> People {
        let folder = tempfile::tempdir().unwrap();
        let file = configure(folder.path(), 1, "");
        let (running, address) = console(&file);
        let asks = signed_in_as(&file, &address, "operator").await;
        let approves = signed_in_as(&file, &address, "lead").await;
        drop(running);
        People { folder, asks, approves }
    }
}

fn configure(folder: &Path, times: u32, sections: &str) -> PathBuf {
    fs::write(folder.join("token"), TOKEN).unwrap();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite://{}/test.db\"\n[access]\nsecond_factor = \"off\"\n\
         [demo]\nfast_clock = {times}\n{sections}",
        folder.display()
    );
    let file = folder.join("bellwether.toml");
    fs::write(&file, text).unwrap();
    file
}

/// The console on its own copy.
pub struct Stand<'a> {
    pub folder: tempfile::TempDir,
    pub people: &'a People,
    file: PathBuf,
    running: Option<(Console, String)>,
}

/// What the console reports of a run.
pub struct Told {
    pub state: String,
    /// What it says is known, and its story.
    pub lines: Vec<String>,
}

impl<'a> Stand<'a> {
    pub fn new(people: &'a People) -> Stand<'a> {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(people.folder.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        let file = folder.path().join("bellwether.toml");
        Stand { folder, people, file, running: None }
    }

    /// With a clock that runs so many times as fast.
    pub fn configure(&mut self, times: u32, sections: &str) {
        self.file = configure(self.folder.path(), times.max(1), sections);
    }

    pub async fn start(&mut self) {
        let file = self.file.clone();
        self.running = Some(tokio::task::spawn_blocking(move || console(&file)).await.unwrap());
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        let running = self.running.take();
        tokio::task::spawn_blocking(move || drop(running)).await.unwrap();
    }

    pub fn address(&self) -> &str {
        &self.running.as_ref().unwrap().1
    }

    /// Asks for a run on the action's page, and has it approved where that is needed. Its id.
    pub async fn ask(&self, kind: &Kind) -> Result<String, String> {
        let seen = self.look_at(kind.action).await?;
        let id = self.press(kind.action, &seen).await?;
        if kind.by_two {
            self.approve(&id).await?;
        }
        Ok(id)
    }

    /// What the page of an action shows, as its form sends it back; or the page, where it offers nothing to press.
    pub async fn look_at(&self, action: &str) -> Result<String, String> {
        self.seen_at(&format!("/actions/{action}")).await
    }

    async fn seen_at(&self, path: &str) -> Result<String, String> {
        let page = look(self.address(), path, &self.people.asks).await;
        let field = |name: &str| {
            let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
            Some(rest.split('"').next()?.replace("&quot;", "\"").replace("&amp;", "&"))
        };
        let seen = field("seen").ok_or_else(|| words(&page))?;
        Ok(format!("seen={seen}&was={}", encoded(&field("was").unwrap_or_default())))
    }

    /// The run, or the page that says why there is none.
    pub async fn press(&self, action: &str, seen: &str) -> Result<String, String> {
        let form = format!("{seen}&reason=the+test+wants+it");
        let answer = press(self.address(), &format!("/actions/{action}"), &self.people.asks, &form).await;
        run_in(&answer).ok_or_else(|| words(&answer))
    }

    pub async fn approve(&self, id: &str) -> Result<(), String> {
        let path = format!("/runs/{id}/approve");
        let answer = press(self.address(), &path, &self.people.approves, "comment=go").await;
        run_in(&answer).map(|_| ()).ok_or_else(|| words(&answer))
    }

    /// Asks for the run that takes another one back.
    pub async fn undo(&self, id: &str) -> Result<String, String> {
        let path = format!("/runs/{id}/undo");
        let form = format!("{}&reason=the+test+wants+it", self.seen_at(&path).await?);
        let answer = press(self.address(), &path, &self.people.asks, &form).await;
        run_in(&answer).ok_or_else(|| words(&answer))
    }

    /// The run as `/api/v1` tells it once it is over.
    pub async fn ended(&self, id: &str) -> Result<Told, String> {
        let begun = Instant::now();
        loop {
            let answer = look(self.address(), &format!("/api/v1/runs/{id}"), &self.people.asks).await;
            let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
            let run: Value = serde_json::from_str(body).map_err(|error| format!("{error}: {answer}"))?;
            let list = |name: &str| run[name].as_array().cloned().unwrap_or_default();
            if run["over"] == true {
                let known = list("known").into_iter();
                let story = list("story").into_iter().map(|line| line["text"].clone());
                let lines = known.chain(story).filter_map(|line| line.as_str().map(str::to_owned)).collect();
                return Ok(Told { state: run["state"].as_str().unwrap_or_default().to_owned(), lines });
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("it is not over: {run}"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The run that an answer leads to.
pub fn run_in(answer: &str) -> Option<String> {
    let place = answer.lines().find_map(|line| line.strip_prefix("location: /runs/"))?;
    Some(place.split(['?', '/']).next().unwrap_or_default().to_owned())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A page without its tags, its head left out.
pub fn words(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap_or(page);
    let text: String =
        main.split('<').filter_map(|part| part.split('>').nth(1)).collect::<Vec<_>>().join(" ");
    let text = if text.trim().is_empty() { page } else { &text };
    text.split_whitespace().take(150).collect::<Vec<_>>().join(" ")
}
