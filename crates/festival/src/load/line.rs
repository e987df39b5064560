//! One kept connection: whole requests out, as little of the answers read as needed.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest answer that is taken, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Room for an answer before it comes, in bytes.
const ROOM: usize = 4 * 1024;

/// What an answer's head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Seconds after which to come back, if it says so.
    pub retry_after_s: Option<u32>,
    /// Where the body is in what was read.
    body: Range<usize>,
    keep: bool,
}

/// A connection, opened when it is needed.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    stream: Option<TcpStream>,
    input: Vec<u8>,
}

impl Line {
    /// A connection that is not open yet.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            input: Vec::with_capacity(ROOM),
        }
    }

    /// Opens the connection if it is not open.
    ///
    /// # Errors
    /// When it cannot be opened.
    async fn open(&mut self) -> io::Result<&mut TcpStream> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        self.stream
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// When the connection fails or the answer has no stated length; the connection is closed then.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.input.clear();
        let result = self.try_exchange(request).await;
        if !result.as_ref().is_ok_and(|reply| reply.keep) {
            self.stream = None;
        }
        result
    }

    async fn try_exchange(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.open().await?.write_all(request).await?;
        let mut reply = None;
        loop {
            if reply.is_none() {
                reply = head(&self.input)?;
            }
            match &reply {
                Some(reply) if self.input.len() >= reply.body.end => return Ok(reply.clone()),
                Some(reply) => self.input.reserve(reply.body.end - self.input.len()),
                None => self.input.reserve(ROOM),
            }
            let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
            if stream.read_buf(&mut self.input).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The body of the last answer.
    pub fn body(&self, reply: &Reply) -> &[u8] {
        &self.input[reply.body.clone()]
    }
}

/// Reads the head if it is there whole.
fn head(input: &[u8]) -> io::Result<Option<Reply>> {
    let Some(end) = input.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if input.len() > ANSWER_BYTES_MAX {
            Err(bad("the head is too long"))
        } else {
            Ok(None)
        };
    };
    let status = input.get(9..12).and_then(number);
    let status = status.ok_or_else(|| bad("no status"))? as u16;
    let (mut length, mut retry_after_s, mut keep) = (None, None, true);
    for line in input[..end].split(|&byte| byte == b'\n').skip(1) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(value) = value_of(line, b"content-length:") {
            length = number(value);
        } else if let Some(value) = value_of(line, b"retry-after:") {
            retry_after_s = number(value);
        } else if let Some(value) = value_of(line, b"connection:") {
            keep = !value.eq_ignore_ascii_case(b"close");
        }
    }
    let length = match (length, status) {
        (Some(length), _) => length as usize,
        (None, 204 | 304) => 0,
        (None, _) => return Err(bad("no length")),
    };
    if length > ANSWER_BYTES_MAX {
        return Err(bad("the body is too long"));
    }
    let start = end + 4;
    Ok(Some(Reply {
        status,
        retry_after_s,
        body: start..start + length,
        keep,
    }))
}

fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    start
        .eq_ignore_ascii_case(name)
        .then(|| rest.trim_ascii_start())
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

fn bad(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        let text = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc";
        let expected = Reply {
            status: 503,
            retry_after_s: Some(2),
            body: text.len() - 3..text.len(),
            keep: false,
        };
        assert_eq!(head(text).expect("a head"), Some(expected));
        assert_eq!(head(&text[..20]).expect("a part"), None);
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err(), "no length");
        assert!(head(b"HTTP/1.1 204 No Content\r\n\r\n").is_ok());
        assert!(head(b"nonsense\r\n\r\n").is_err());
    }
}
