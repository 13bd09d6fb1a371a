//! Connections that can break on command: an answer cannot reset or drop its own connection, the wire under it can.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: u8 = 0;
const DROPPED: u8 = 1;
const RESET: u8 = 2;

/// What is to become of one connection. Handlers get it as `ConnectInfo<Fate>`.
#[derive(Debug, Clone, Default)]
pub struct Fate(Arc<AtomicU8>);

impl Fate {
    /// Closes the connection instead of the next write.
    pub fn hang_up(&self) {
        self.0.store(DROPPED, Ordering::Relaxed);
    }

    /// Resets the connection (RST, not FIN) instead of the next write.
    pub fn reset(&self) {
        self.0.store(RESET, Ordering::Relaxed);
    }
}

/// A listener whose connections have no delay and a fate.
#[derive(Debug)]
pub struct Wires(pub TcpListener);

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        // Without it a small answer may wait 40 ms for the peer's acknowledgement; a socket that is gone shows later.
        let _ = stream.set_nodelay(true);
        (Wire { stream, fate: Fate::default() }, peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Fate {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().fate.clone()
    }
}

/// One connection.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    fate: Fate,
}

impl Wire {
    fn broken(&self) -> Option<io::Error> {
        match self.fate.0.load(Ordering::Relaxed) {
            DROPPED => Some(io::ErrorKind::ConnectionAborted.into()),
            RESET => {
                // With nothing to linger for, closing sends RST.
                let _ = self.stream.set_zero_linger();
                Some(io::ErrorKind::ConnectionReset.into())
            }
            WHOLE | 3.. => None,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.broken() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.broken() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_write_vectored(context, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
