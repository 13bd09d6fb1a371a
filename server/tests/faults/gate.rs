//! Between the console and what it acts on: lets everything through but for the one request that a fault is for.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    fault::{Done, Fault},
    kind::{Kind, Target, Wire},
    runs::Runs,
};

const PIECE: usize = 64 * 1024;

/// Ends with the test.
pub struct Gate {
    pub address: SocketAddr,
    pub shared: Arc<Shared>,
}

pub struct Shared {
    kind: &'static Kind,
    fault: Fault,
    /// So many requests look before a step begins; after them nobody gets in any more when connections are refused.
    looks: usize,
    target: Arc<dyn Target>,
    runs: Runs,
    looked: AtomicUsize,
    spoilt: AtomicBool,
    sent: AtomicUsize,
    again: AtomicUsize,
    struck: watch::Sender<bool>,
    shut: watch::Sender<bool>,
    over: watch::Sender<bool>,
}

/// What becomes of a request, or of an answer.
enum Fate {
    Pass,
    /// The answer decides.
    Watch,
    Cut,
    Hold,
    /// It goes through, and its answer does not come back.
    PassAndHold,
}

impl Gate {
    pub async fn open(
        kind: &'static Kind,
        fault: Fault,
        looks: usize,
        target: Arc<dyn Target>,
        runs: Runs,
    ) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            kind,
            fault,
            looks,
            target,
            runs,
            looked: AtomicUsize::new(0),
            spoilt: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            again: AtomicUsize::new(0),
            struck: watch::Sender::new(false),
            shut: watch::Sender::new(false),
            over: watch::Sender::new(false),
        });
        if fault == Fault::Refused && looks == 0 {
            // Nothing is looked at before: nobody ever gets in.
            shared.strike();
        } else {
            tokio::spawn(accept(listener, shared.clone()));
        }
        Gate { address, shared }
    }

    /// Waits until the fault has come about.
    pub async fn strikes(&self) {
        self.shared.struck.subscribe().wait_for(|struck| *struck).await.unwrap();
    }

    /// Waits until what had arrived is done.
    ///
    /// # Errors
    /// When it never is.
    pub async fn settles(&self) -> Result<(), String> {
        for _ in 0..1_200 {
            if self.shared.target.truth().await.step_done {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("what had arrived was never done".to_owned())
    }

    /// Ends what is held.
    pub fn let_go(&self) {
        self.shared.over.send_replace(true);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.let_go();
        self.shared.shut.send_replace(true);
    }
}

impl Shared {
    pub fn has_struck(&self) -> bool {
        *self.struck.borrow()
    }

    /// Requests that looked before the step began.
    pub fn looked(&self) -> usize {
        self.looked.load(Ordering::SeqCst)
    }

    /// Requests of the effect that left after the fault.
    pub fn sent_again(&self) -> usize {
        self.again.load(Ordering::SeqCst)
    }

    fn strike(&self) {
        self.struck.send_replace(true);
    }

    async fn fate_of_request(&self, request: &[u8]) -> Fate {
        if !(self.kind.concerns)(request) {
            return Fate::Pass;
        }
        let decides = (self.kind.decides)(request);
        if decides && (self.has_struck() || self.sent.fetch_add(1, Ordering::SeqCst) > 0) {
            let is_one_of_several = self.kind.in_parts && !self.has_struck();
            self.again.fetch_add(usize::from(!is_one_of_several), Ordering::SeqCst);
        }
        if self.has_struck() {
            return Fate::Pass;
        }
        let spoils = self.fault == Fault::Error || (self.fault == Fault::KilledDuring && self.kind.late);
        if spoils
            && !self.spoilt.load(Ordering::SeqCst)
            && self.runs.has_begun(self.kind.step).await
            && !self.spoilt.swap(true, Ordering::SeqCst)
        {
            self.target.spoil(self.fault).await;
        }
        if self.fault == Fault::Crossed && decides {
            self.target.spoil(self.fault).await;
        }
        match self.fault {
            Fault::Nothing | Fault::Refused => {
                let looks = looks(request, self.kind.wire);
                if looks && self.runs.state().await.as_deref() == Some("approved") {
                    let looked = self.looked.fetch_add(1, Ordering::SeqCst) + 1;
                    if self.fault == Fault::Refused && looked == self.looks {
                        self.shut.send_replace(true);
                        self.strike();
                    }
                }
                Fate::Pass
            }
            Fault::KilledBefore if self.runs.has_begun(self.kind.step).await => {
                self.strike();
                Fate::Hold
            }
            Fault::ResetBefore if decides => {
                self.strike();
                Fate::Cut
            }
            Fault::TimeOutBefore if decides => {
                self.strike();
                Fate::Hold
            }
            Fault::ResetAfter | Fault::TimeOutAfter | Fault::KilledAfter if decides => Fate::Watch,
            Fault::KilledDuring if decides && self.kind.late => Fate::PassAndHold,
            Fault::KilledDuring if decides => {
                if self.kind.in_parts && self.target.truth().await.done == Done::Nothing {
                    return Fate::Pass;
                }
                self.strike();
                Fate::Hold
            }
            _ => Fate::Pass,
        }
    }

    /// Of an answer to a request that brings the effect about, or a part of it.
    async fn fate_of_answer(&self) -> Fate {
        if self.has_struck() || !self.target.truth().await.step_done {
            return Fate::Pass;
        }
        self.strike();
        if self.fault == Fault::ResetAfter { Fate::Cut } else { Fate::Hold }
    }

    async fn until_over(&self) {
        self.over.subscribe().wait_for(|over| *over).await.ok();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut shut = shared.shut.subscribe();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                tokio::spawn(carry(client, shared.clone()));
            }
            () = is_so(&mut shut) => return,
        }
    }
}

async fn carry(mut client: TcpStream, shared: Arc<Shared>) {
    let Ok(mut server) = TcpStream::connect(shared.target.upstream()).await else { return };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let mut shut = shared.shut.subscribe();
    let (mut up, mut down) = (vec![0; PIECE], vec![0; PIECE]);
    let (mut watches, mut is_asked) = (false, false);
    let refuses = shared.fault == Fault::Refused;
    loop {
        tokio::select! {
            // What the console keeps open would be used where it should be refused.
            () = is_so(&mut shut), if refuses && shared.kind.wire == Wire::Postgres && !is_asked => return,
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                is_asked = true;
                let fate = shared.fate_of_request(&up[..length]).await;
                match fate {
                    Fate::Cut => return reset(&client),
                    Fate::Hold => return shared.until_over().await,
                    Fate::Pass | Fate::Watch | Fate::PassAndHold => {}
                }
                watches |= matches!(fate, Fate::Watch);
                let request = if refuses { without_keeping(&up[..length], shared.kind.wire) } else { up[..length].to_vec() };
                if server.write_all(&request).await.is_err() {
                    return;
                }
                if matches!(fate, Fate::PassAndHold) {
                    shared.strike();
                    return shared.until_over().await;
                }
            }
            read = server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                let answer = &down[..length];
                if watches {
                    match shared.fate_of_answer().await {
                        Fate::Cut => return reset(&client),
                        Fate::Hold => return shared.until_over().await,
                        _ => watches = false,
                    }
                }
                is_asked = !is_whole(answer, shared.kind.wire);
                if client.write_all(answer).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn is_so(flag: &mut watch::Receiver<bool>) {
    flag.wait_for(|flag| *flag).await.ok();
}

/// RST, not FIN.
fn reset(client: &TcpStream) {
    client.set_zero_linger().ok();
}

/// A request after which the connection is not kept, so that the next one needs a new one.
fn without_keeping(request: &[u8], wire: Wire) -> Vec<u8> {
    let end = request.windows(2).position(|pair| pair == b"\r\n").filter(|_| wire == Wire::Http);
    let Some(end) = end.filter(|end| request[..*end].ends_with(b"HTTP/1.1")) else { return request.to_vec() };
    [&request[..end], b"\r\nconnection: close", &request[end..]].concat()
}

/// Whether a request looks at something. The pool of a database decides how many connections it opens meanwhile, and each
/// begins with messages of its own; what is asked on them is the same each time, and begins with Bind.
fn looks(request: &[u8], wire: Wire) -> bool {
    wire != Wire::Postgres || request.starts_with(b"B")
}

/// PostgreSQL ends each answer by saying that it is ready.
fn is_whole(answer: &[u8], wire: Wire) -> bool {
    let ready = answer.len() >= 6 && answer[answer.len() - 6..].starts_with(&[b'Z', 0, 0, 0, 5]);
    wire != Wire::Postgres || ready
}
