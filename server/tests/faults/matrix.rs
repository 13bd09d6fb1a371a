//! One row of the table: a kind of action against every fault, each in a world of its own, side by side.

use std::{fmt::Write as _, time::Duration};

use futures::StreamExt;

use crate::{
    fault::{Done, Fault, Seen, Truth, honest},
    gate::Gate,
    kind::Kind,
    runs::Runs,
    stand::{People, Stand, Told},
};

/// Cells of one kind at the same time: they mostly wait.
const AT_ONCE: usize = 8;
/// Where the machine was too slow for a clock that runs fast, a run lapses: then once more, with one that is half as fast.
const TRIES: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(120);

/// What came of one cell.
struct Cell {
    fault: Fault,
    shown: String,
    wrong: Vec<String>,
    looked: usize,
}

/// Fills in the row, prints it, and tells every cell that is wrong.
pub async fn row(kind: &'static Kind) {
    if (kind.begin)(Fault::Nothing).await.is_none() {
        println!("{}: SKIPPED, nothing was tested: the server that it needs is not here", kind.name);
        return;
    }
    let people = People::new().await;
    let people = &people;
    let first = cell(kind, people, Fault::Nothing, 0).await;
    let looked = first.looked;
    let rest = Fault::ALL.into_iter().skip(1);
    let rest = futures::stream::iter(rest.map(|fault| cell(kind, people, fault, looked)));
    let mut cells = vec![first];
    cells.extend(rest.buffered(AT_ONCE).collect::<Vec<_>>().await);
    let mut table = String::new();
    for cell in &cells {
        let mark = if cell.wrong.is_empty() { "ok" } else { "WRONG" };
        writeln!(table, "{:28} {:15} {:60} {mark}", kind.name, cell.fault, cell.shown).unwrap();
    }
    println!("{table}");
    let wrong: Vec<String> = cells
        .iter()
        .flat_map(|cell| cell.wrong.iter().map(move |why| format!("{}, {}: {why}", kind.name, cell.fault)))
        .collect();
    assert!(wrong.is_empty(), "{} cells or parts of cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

async fn cell(kind: &'static Kind, people: &People, fault: Fault, looked: usize) -> Cell {
    let mut cell = tried(kind, people, fault, looked, kind.times).await;
    for halved in 1..TRIES {
        if cell.shown.starts_with("lapsed") {
            cell = tried(kind, people, fault, looked, kind.times >> halved).await;
        }
    }
    cell
}

async fn tried(kind: &'static Kind, people: &People, fault: Fault, looked: usize, times: u32) -> Cell {
    let target = (kind.begin)(fault).await.unwrap();
    let mut stand = Stand::new(people);
    let runs = Runs::of(stand.folder.path()).await;
    let gate = Gate::open(kind, fault, looked, target.clone(), runs).await;
    stand.configure(times, &target.configuration(gate.address, stand.folder.path()));
    stand.start().await;
    let mut wrong = Vec::new();
    let told = lived_through(&mut stand, &gate, kind, fault, &mut wrong).await;
    gate.let_go();
    let truth = target.truth().await;
    let shown = match told {
        Ok(told) => {
            judge(kind, fault, &told, truth, &gate, &mut wrong);
            format!("{:10} done {:7?} at most {} times", told.state, truth.done, truth.most)
        }
        Err(why) => {
            wrong.push(why);
            format!("no end; done {:?}", truth.done)
        }
    };
    stand.kill().await;
    Cell { fault, shown, wrong, looked: gate.shared.looked() }
}

/// From the press of the button to the end of the run, with the fault on the way.
async fn lived_through(
    stand: &mut Stand<'_>,
    gate: &Gate,
    kind: &'static Kind,
    fault: Fault,
    wrong: &mut Vec<String>,
) -> Result<Told, String> {
    let id = stand.ask(kind).await?;
    if fault.kills() {
        if tokio::time::timeout(PATIENCE, gate.strikes()).await.is_err() {
            wrong.push("the moment of the kill never came".to_owned());
        }
        stand.kill().await;
        gate.let_go();
        if fault == Fault::KilledDuring && kind.late {
            gate.settles().await?;
        }
        stand.start().await;
    }
    stand.ended(&id).await
}

fn judge(kind: &Kind, fault: Fault, told: &Told, truth: Truth, gate: &Gate, wrong: &mut Vec<String>) {
    let mut say = |why: String| wrong.push(format!("{why}; it says {:?}", told.lines));
    let Told { state, lines } = told;
    let expected = honest(fault, kind.seen, kind.late, kind.refuses);
    if state != expected {
        say(format!("{state}, and {expected} is right: done is {:?}", truth.done));
    }
    match (state.as_str(), truth.done) {
        ("succeeded", Done::Whole) => {}
        ("succeeded", done) => say(format!("succeeded, and done is {done:?}")),
        ("failed", Done::Whole) => say("failed, and all of it is done".to_owned()),
        ("unknown", Done::Whole) if kind.seen != Seen::Answered => {
            say("unknown, and it is there to be seen".to_owned());
        }
        _ => {}
    }
    if truth.most > 1 || (fault == Fault::Nothing && truth.most != 1) {
        say(format!("the effect was brought about {} times", truth.most));
    }
    if gate.shared.sent_again() > 0 && fault != Fault::Refused {
        say(format!("{} requests of it left again", gate.shared.sent_again()));
    }
    let no_fault = matches!(fault, Fault::Nothing | Fault::Error);
    if !no_fault && !gate.shared.has_struck() {
        say("the fault did not come about".to_owned());
    }
    if fault == Fault::Refused && !lines.iter().any(|line| line.starts_with("No connection could be made")) {
        say("no connection was refused".to_owned());
    }
}
