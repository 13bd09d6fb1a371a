//! A connection that holds the last byte of what is written back, until it is let go. A mail server takes a mail with its
//! last byte and not before, so what has to be on disk by then can be put there in between. That holds for what lies
//! above TLS as for what lies under it: a TLS record without its last byte cannot be read.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

/// The grip on one connection. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hold(Arc<Shared>);

#[derive(Default)]
struct Shared {
    held: Mutex<Held>,
    reached: Notify,
}

#[derive(Default)]
struct Held {
    is_armed: bool,
    is_released: bool,
    reader: Option<Waker>,
}

impl Hold {
    /// From now on the last byte of what is written stays behind.
    pub fn arm(&self) {
        let mut held = self.held();
        held.is_armed = true;
        held.is_released = false;
    }

    /// Comes when an answer is awaited, and everything but the last byte has left.
    pub async fn reached(&self) {
        self.0.reached.notified().await;
    }

    /// Lets the last byte go.
    pub fn release(&self) {
        let mut held = self.held();
        held.is_released = true;
        if let Some(reader) = held.reader.take() {
            reader.wake();
        }
    }

    fn is_armed(&self) -> bool {
        self.held().is_armed
    }

    /// Whether the last byte may leave; if not, whoever waits for an answer is woken once it may.
    fn may_end(&self, context: &Context<'_>) -> bool {
        let mut held = self.held();
        if !held.is_released {
            held.reader = Some(context.waker().clone());
            self.0.reached.notify_one();
        }
        held.is_released
    }

    fn ended(&self) {
        *self.held() = Held::default();
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection under such a grip.
pub struct Holding<S> {
    inner: S,
    peer: SocketAddr,
    hold: Hold,
    /// What was written while the grip is on, and has not left.
    behind: Vec<u8>,
}

impl<S> Holding<S> {
    pub fn new(inner: S, peer: SocketAddr, hold: Hold) -> Holding<S> {
        Holding { inner, peer, hold, behind: Vec::new() }
    }
}

/// What is behind is somebody's mail.
impl<S> fmt::Debug for Holding<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holding").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl<S: AsyncWrite + Unpin> Holding<S> {
    /// Lets out what is behind, but for so many bytes.
    fn poll_out(&mut self, context: &mut Context<'_>, kept: usize) -> Poll<io::Result<()>> {
        while self.behind.len() > kept {
            let end = self.behind.len() - kept;
            let out = self.behind.get(..end).unwrap_or_default();
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, out))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.behind.drain(..written);
        }
        Pin::new(&mut self.inner).poll_flush(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Holding<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // An answer is awaited: what was written is whole.
        if !this.behind.is_empty() {
            ready!(this.poll_out(context, 1))?;
            if !this.hold.may_end(context) {
                return Poll::Pending;
            }
            ready!(this.poll_out(context, 0))?;
            this.hold.ended();
        }
        Pin::new(&mut this.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Holding<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.hold.is_armed() {
            this.behind.extend_from_slice(buffer);
            return Poll::Ready(Ok(buffer.len()));
        }
        Pin::new(&mut this.inner).poll_write(context, buffer)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_out(context, 1)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Holding<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn the_last_byte_leaves_when_it_is_let_go() {
        let (near, mut far) = duplex(16);
        let hold = Hold::default();
        let mut held = Holding::new(near, "127.0.0.1:25".parse().unwrap(), hold.clone());
        held.write_all(b"EHLO\r\n").await.unwrap();
        held.flush().await.unwrap();
        let mut seen = vec![0; 6];
        far.read_exact(&mut seen).await.unwrap();
        assert_eq!(seen, b"EHLO\r\n");

        hold.arm();
        let talk = async {
            // More than the pipe takes at once, in two parts that are both flushed.
            held.write_all(&[b'x'; 40]).await.unwrap();
            held.flush().await.unwrap();
            held.write_all(b"\r\n.\r\n").await.unwrap();
            held.flush().await.unwrap();
            let mut answer = [0; 3];
            held.read_exact(&mut answer).await.unwrap();
            answer
        };
        let watch = async {
            let mut seen = vec![0; 44];
            far.read_exact(&mut seen).await.unwrap();
            assert!(seen.ends_with(b"x\r\n.\r"));
            hold.reached().await;
            let more = tokio::time::timeout(std::time::Duration::from_millis(20), far.read_u8()).await;
            assert!(more.is_err(), "{more:?}");
            hold.release();
            assert_eq!(far.read_u8().await.unwrap(), b'\n');
            far.write_all(b"250").await.unwrap();
        };
        let (answer, ()) = tokio::join!(talk, watch);
        assert_eq!(&answer, b"250");
        // And the next command goes as the first did.
        held.write_all(b"QUIT").await.unwrap();
        held.flush().await.unwrap();
        let mut seen = [0; 4];
        far.read_exact(&mut seen).await.unwrap();
        assert_eq!(&seen, b"QUIT");
    }
}
