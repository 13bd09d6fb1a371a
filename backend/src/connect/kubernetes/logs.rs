//! What a pod writes: its last lines, and those that follow.

use domain::{diagnostics::Line, time::Millis};
use futures::{AsyncBufReadExt, Stream, StreamExt, TryStreamExt, stream};
use http::Request;
use http_body_util::BodyExt;
use k8s_openapi::api::core::v1::Pod;
use kube::client::Body;
use uuid::Uuid;

use super::{
    super::failure::{Because, Failure},
    Cluster,
    exchange::{refused, unaddressable},
    pods::query,
};

/// What is longer is cut off: a page shows lines, not files.
const LONGEST_LINE: usize = 8 * 1024;
const MOST_LINES: u32 = 5_000;

/// The last lines of a log, oldest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogTail {
    pub pod: String,
    pub lines: Vec<Line>,
}

impl Cluster {
    /// The last `lines` lines of a pod (5,000 at most); with `before` those of its container before the last restart.
    ///
    /// # Errors
    /// When there is no such pod, its container has not started, or it cannot be read.
    pub async fn log_tail(
        &self,
        pod: &str,
        container: Option<&str>,
        lines: u32,
        before: bool,
    ) -> Result<LogTail, Failure> {
        let path = self.log_path(pod, container, lines, before, false)?;
        let body = self.ask_for_bytes(&path, "").await?;
        let text = String::from_utf8_lossy(&body);
        Ok(LogTail { pod: pod.to_owned(), lines: text.lines().map(line).collect() })
    }

    /// The same, and then every further line until the pod ends or the stream is dropped.
    ///
    /// # Errors
    /// As `log_tail`; once it has begun, the stream ends with the failure that broke it.
    pub async fn log_live(
        &self,
        pod: &str,
        container: Option<&str>,
        lines: u32,
    ) -> Result<impl Stream<Item = Result<Line, Failure>> + Send + use<>, Failure> {
        let path = self.log_path(pod, container, lines, false, true)?;
        let request = Request::get(path).body(Body::empty()).map_err(|_| unaddressable())?;
        let id = Uuid::now_v7().to_string();
        let begun = tokio::time::timeout(self.deadline, self.begin(request, &id));
        let late = |_| Failure::nothing(Because::Unreachable, "the cluster did not begin to answer in time");
        let response = begun.await.map_err(late)?.map_err(Failure::of_a_question)?;
        let (parts, body) = response.into_parts();
        if !parts.status.is_success() {
            let body = tokio::time::timeout(self.deadline, body.collect()).await;
            let body = body.ok().and_then(Result::ok).map(|body| body.to_bytes()).unwrap_or_default();
            return Err(refused(parts.status, &parts.headers, &body, false));
        }
        let reader = body.into_data_stream().map_err(std::io::Error::other).into_async_read();
        Ok(stream::unfold(Some(reader), |reader| async move {
            let mut reader = reader?;
            let mut bytes = Vec::new();
            match read_line(&mut reader, &mut bytes).await {
                Ok(0) => None,
                Ok(_) => Some((Ok(line(&String::from_utf8_lossy(&bytes))), Some(reader))),
                Err(_) => {
                    let broken = Failure::nothing(Because::Unreachable, "the connection to the log broke");
                    Some((Err(broken), None))
                }
            }
        })
        .boxed())
    }

    fn log_path(
        &self,
        pod: &str,
        container: Option<&str>,
        lines: u32,
        before: bool,
        follow: bool,
    ) -> Result<String, Failure> {
        let lines = lines.min(MOST_LINES).to_string();
        let mut pairs = vec![("tailLines", lines.as_str()), ("timestamps", "true")];
        if let Some(container) = container {
            pairs.push(("container", container));
        }
        if before {
            pairs.push(("previous", "true"));
        }
        if follow {
            pairs.push(("follow", "true"));
        }
        Ok(format!("{}/log{}", self.path::<Pod>(Some(pod))?, query(&pairs)))
    }
}

/// Reads to the end of a line, of which no more is kept than fits. Returns how much was read; 0 at the end.
async fn read_line(
    reader: &mut (impl futures::AsyncBufRead + Unpin),
    bytes: &mut Vec<u8>,
) -> std::io::Result<usize> {
    let mut read = 0;
    loop {
        let (used, ended) = {
            let available = reader.fill_buf().await?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(available.len(), |end| end + 1);
            let room = (LONGEST_LINE + 64).saturating_sub(bytes.len()).min(used);
            bytes.extend(available.iter().take(room));
            (used, end.is_some() || available.is_empty())
        };
        reader.consume_unpin(used);
        read += used;
        if ended {
            return Ok(read);
        }
    }
}

/// Parts the time from the text. Signs that move a cursor or change colours are taken out.
fn line(text: &str) -> Line {
    let text = text.trim_end_matches(['\r', '\n']);
    let (at, text) = match text.split_once(' ').map(|(at, rest)| (at.parse::<jiff::Timestamp>(), rest)) {
        Some((Ok(at), rest)) => (Some(Millis(at.as_millisecond())), rest),
        _ => (None, text),
    };
    let clean: String =
        text.chars().filter(|sign| !sign.is_control() || *sign == '\t').take(LONGEST_LINE).collect();
    Line { at, text: clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_time_and_no_signs_that_do_something() {
        let told = line("2026-11-24T12:00:00.250000000Z \u{1b}[31mERROR\u{1b}[0m\tupstream\r\n");
        assert_eq!(told, Line { at: Some(Millis(1_795_521_600_250)), text: "[31mERROR[0m\tupstream".into() });
        assert_eq!(line("no time here").at, None);
        assert_eq!(line(&"x".repeat(20_000)).text.len(), LONGEST_LINE);
    }
}
