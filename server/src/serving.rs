//! Connections: each is accepted, served by hyper, and taken out of hyper when its answer is a stream of
//! events. An open page holds such a stream for hours; hyper would keep two buffers and its whole state
//! machine for it, thirty kilobytes where three are enough.

use std::{convert::Infallible, future::pending, io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Method, header, response::Parts},
    response::Response,
};
use futures::StreamExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
};
use tower::ServiceExt;

/// A client that has not sent the head of a request by then is sent away.
const HEAD_WITHIN: Duration = Duration::from_secs(60);
/// A viewer that takes nothing for so long is gone.
const TAKE_WITHIN: Duration = Duration::from_secs(30);

/// Marks a response that has no end of its own: it is written to the bare connection.
#[derive(Clone, Copy, Debug)]
pub struct Endless;

/// A stream of server-sent events, which no proxy should hold back.
pub fn events(body: Body) -> Response {
    let mut response = Response::new(body);
    response.extensions_mut().insert(Endless);
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Serves until told to stop, then until the last request is answered.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let (alive, mut all_gone) = mpsc::channel::<()>(1);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Without it each streamed page waits 40 ms for an acknowledgement.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY was refused");
                }
                tokio::spawn(connection(stream, peer, router.clone(), stop.clone(), alive.clone()));
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, as a rule: some must be closed before another can be opened.
                tracing::error!(%error, "a connection cannot be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    drop((listener, alive));
    all_gone.recv().await;
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
    alive: mpsc::Sender<()>,
) {
    let (hand_over, mut handed_over) = mpsc::channel::<Response>(1);
    let service = service_fn(move |request| answer(request, peer, router.clone(), hand_over.clone()));
    let mut serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    let mut told = false;
    let endless = loop {
        tokio::select! {
            ended = &mut serving => {
                if let Err(error) = ended {
                    tracing::trace!(%error, "a connection broke");
                }
                return;
            }
            Some(response) = handed_over.recv() => break response,
            _ = stop.wait_for(|stop| *stop), if !told => {
                told = true;
                std::pin::Pin::new(&mut serving).graceful_shutdown();
            }
        }
    };
    let stream = serving.into_parts().io.into_inner();
    // A task of its own, so that a viewer does not hold what this one needed.
    tokio::spawn(async move {
        if let Err(error) = write_for_ever(stream, endless).await {
            tracing::trace!(%error, "a viewer left");
        }
        drop(alive);
    });
}

/// Writes the head, then each piece of the body as it comes; the end of the connection is the end of the body.
async fn write_for_ever(mut stream: TcpStream, response: Response) -> io::Result<()> {
    let (head, body) = response.into_parts();
    write(&mut stream, &head_of(&head)).await?;
    drop(head);
    let mut pieces = body.into_data_stream();
    let mut heard = [0; 16];
    loop {
        tokio::select! {
            piece = pieces.next() => match piece {
                Some(Ok(piece)) => write(&mut stream, &piece).await?,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return stream.shutdown().await,
            },
            // Whatever the other side still says, it was told that this connection answers nothing more.
            read = stream.read(&mut heard) => if read? == 0 {
                return Ok(());
            },
        }
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    match tokio::time::timeout(TAKE_WITHIN, stream.write_all(bytes)).await {
        Ok(written) => written,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn head_of(head: &Parts) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"connection: close\r\n\r\n");
    text
}

async fn answer(
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    router: Router,
    hand_over: mpsc::Sender<Response>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let has_body = request.method() != Method::HEAD;
    let response = router.oneshot(request).await?;
    if has_body && response.extensions().get::<Endless>().is_some() {
        hand_over.send(response).await.ok();
        return pending().await;
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use axum::{response::IntoResponse, routing::get};
    use bytes::Bytes;
    use futures::stream;

    use super::*;

    struct Gone(Arc<AtomicBool>);

    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    /// A console with one plain page and one stream of three events that then waits for ever.
    async fn console() -> (SocketAddr, watch::Sender<bool>, Arc<AtomicBool>, tokio::task::JoinHandle<()>) {
        let gone = Arc::new(AtomicBool::new(false));
        let marked = gone.clone();
        let events = move || {
            let gone = Gone(marked.clone());
            let three =
                stream::iter(1..=3).map(|n| Ok::<_, Infallible>(Bytes::from(format!("data: {n}\n\n"))));
            let rest = stream::once(async move {
                let _held = gone;
                pending::<Result<Bytes, Infallible>>().await
            });
            let mut response = Body::from_stream(three.chain(rest)).into_response();
            response.extensions_mut().insert(Endless);
            async move { response }
        };
        let router = Router::new().route("/page", get(|| async { "a page" })).route("/live", get(events));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stopping, stop) = watch::channel(false);
        (address, stopping, gone, tokio::spawn(serve(listener, router, stop)))
    }

    async fn read_until(stream: &mut TcpStream, end: &str) -> String {
        let mut seen = Vec::new();
        let mut buffer = [0; 1024];
        while !String::from_utf8_lossy(&seen).contains(end) {
            let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer))
                .await
                .unwrap()
                .unwrap();
            assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8(seen).unwrap()
    }

    #[tokio::test]
    async fn a_page_keeps_its_connection_and_a_stream_takes_it() {
        let (address, stopping, gone, serving) = console().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        for _ in 0..2 {
            stream.write_all(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            assert!(read_until(&mut stream, "a page").await.starts_with("HTTP/1.1 200 OK\r\n"));
        }
        stream.write_all(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let seen = read_until(&mut stream, "data: 3\n\n").await;
        let (head, body) = seen.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains("connection: close"), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(body, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
        assert!(!gone.load(Ordering::SeqCst));

        drop(stream);
        for _ in 0..1_500 {
            if gone.load(Ordering::SeqCst) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(gone.load(Ordering::SeqCst), "a viewer that left is still held");

        stopping.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(30), serving).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn only_the_head_of_a_stream_is_an_answer_with_an_end() {
        let (address, _stopping, _, _serving) = console().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"HEAD /live HTTP/1.1\r\nHost: x\r\n\r\nGET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(read_until(&mut stream, "a page").await.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"));
    }

    #[tokio::test]
    async fn a_stop_ends_idle_connections_at_once() {
        let (address, stopping, _, serving) = console().await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        read_until(&mut idle, "a page").await;
        stopping.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(3), serving).await.unwrap().unwrap();
    }
}
