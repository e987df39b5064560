//! A lean HTTP/1.1 client over one kept connection: a load generator must cost less than what it loads.
//! It speaks plain HTTP alone; a shop behind TLS is loaded behind its proxy.

use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The longest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The longest body of an answer, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long an answer may take: a payment provider is waited for within it.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// Where the shop is.
#[derive(Debug, Clone)]
pub struct Target {
    /// Host and port.
    pub authority: String,
}

impl Target {
    /// Reads `http://host:port`.
    ///
    /// # Errors
    /// For another scheme, or a path.
    pub fn parse(url: &str) -> Result<Self, String> {
        let rest = url
            .strip_prefix("http://")
            .ok_or_else(|| format!("{url} does not begin with http://"))?;
        let authority = rest.trim_end_matches('/');
        if authority.is_empty() || authority.contains('/') {
            return Err(format!("{url} must be a host and a port alone"));
        }
        let has_port = authority.rsplit_once(':').is_some();
        Ok(Self {
            authority: if has_port {
                authority.to_string()
            } else {
                format!("{authority}:80")
            },
        })
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// From the slash on.
    pub path: &'a str,
    /// Header lines beyond the usual ones, each with its line end.
    pub headers: &'a str,
    /// The body, or empty.
    pub body: &'a [u8],
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds after which to come back, if it says so.
    pub retry_after_s: Option<u64>,
    /// Where it sends the browser, if it does.
    pub location: Option<String>,
    /// The cookies that it sets, each as `name=value`.
    pub cookies: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text, as far as it is.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// One connection, opened when it is needed.
#[derive(Debug)]
pub struct Client {
    target: Target,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A client that has not connected yet.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            stream: None,
        }
    }

    /// Closes the connection, whatever is under way on it.
    pub fn hang_up(&mut self) {
        self.stream = None;
    }

    /// Asks and waits for the whole answer. A kept connection that the shop has closed is opened anew
    /// when nothing of an answer had come: the caller's key makes that harmless.
    ///
    /// # Errors
    /// When the connection fails or the answer is no HTTP or takes too long.
    pub async fn ask(&mut self, ask: &Ask<'_>) -> io::Result<Answer> {
        let kept = self.stream.is_some();
        match tokio::time::timeout(ANSWER_LIMIT, self.exchange(ask)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if kept && error.kind() != io::ErrorKind::InvalidData => {
                self.hang_up();
                tokio::time::timeout(ANSWER_LIMIT, self.exchange(ask))
                    .await
                    .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            }
            Ok(Err(error)) => {
                self.hang_up();
                Err(error)
            }
            Err(_) => {
                self.hang_up();
                Err(io::ErrorKind::TimedOut.into())
            }
        }
    }

    async fn exchange(&mut self, ask: &Ask<'_>) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.target.authority).await?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\n{}",
            ask.method, ask.path, self.target.authority, ask.headers
        );
        if ask.method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", ask.body.len()));
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend_from_slice(ask.body);
        stream.write_all(&message).await?;
        let (answer, keep) = read_answer(&mut stream).await?;
        if keep {
            self.stream = Some(stream);
        }
        Ok(answer)
    }
}

async fn read_answer(stream: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let mut line = String::new();
    read_line(stream, &mut line).await?;
    let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
    let status: u16 = status.ok_or_else(|| bad("no status line"))?;
    let mut answer = Answer {
        status,
        retry_after_s: None,
        location: None,
        cookies: Vec::new(),
        body: Vec::new(),
    };
    let (mut length, mut chunked, mut keep, mut head_bytes) = (None, false, true, line.len());
    loop {
        read_line(stream, &mut line).await?;
        head_bytes += line.len();
        if head_bytes > HEAD_BYTES_MAX {
            return Err(bad("the head is too long"));
        }
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(bad("a header without a colon"));
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse::<usize>().ok(),
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "retry-after" => answer.retry_after_s = value.parse().ok(),
            "location" => answer.location = Some(value.to_string()),
            "set-cookie" => {
                let cookie = value.split(';').next().unwrap_or_default();
                answer.cookies.push(cookie.to_string());
            }
            "connection" => keep = !value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    if chunked {
        read_chunks(stream, &mut answer.body).await?;
    } else if let Some(length) = length {
        if length > BODY_BYTES_MAX {
            return Err(bad("the body is too long"));
        }
        answer.body.resize(length, 0);
        stream.read_exact(&mut answer.body).await?;
    } else if !matches!(status, 204 | 304) {
        keep = false;
        stream.read_to_end(&mut answer.body).await?;
    }
    Ok((answer, keep))
}

async fn read_chunks(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> io::Result<()> {
    let mut line = String::new();
    loop {
        read_line(stream, &mut line).await?;
        let size = line.split(';').next().unwrap_or("").trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| bad("a chunk without a size"))?;
        let start = body.len();
        if start + size > BODY_BYTES_MAX {
            return Err(bad("the body is too long"));
        }
        body.resize(start + size, 0);
        stream.read_exact(&mut body[start..]).await?;
        read_line(stream, &mut line).await?;
        if size == 0 {
            return Ok(());
        }
    }
}

/// Reads a line without its end.
async fn read_line(stream: &mut BufReader<TcpStream>, line: &mut String) -> io::Result<()> {
    line.clear();
    let read = (&mut *stream)
        .take(HEAD_BYTES_MAX as u64)
        .read_line(line)
        .await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(())
}

fn bad(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_hosts_and_ports() {
        let authority = |url| Target::parse(url).map(|t| t.authority);
        assert_eq!(
            authority("http://127.0.0.1:80/"),
            Ok("127.0.0.1:80".to_string())
        );
        assert_eq!(authority("http://shop"), Ok("shop:80".to_string()));
        for bad in ["https://shop", "shop:80", "http://", "http://shop/x"] {
            assert!(Target::parse(bad).is_err(), "{bad}");
        }
    }

    /// Answers each of these in turn to whoever connects, one connection after the other.
    async fn answers(all: &'static [&'static str]) -> Target {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let authority = listener.local_addr().expect("its address").to_string();
        tokio::spawn(async move {
            for answer in all {
                let (mut stream, _) = listener.accept().await.expect("somebody");
                let mut request = [0; 1024];
                let read = stream.read(&mut request).await.expect("a request");
                assert!(read > 0);
                stream.write_all(answer.as_bytes()).await.expect("sent");
            }
        });
        Target { authority }
    }

    #[tokio::test]
    async fn answers_are_read_whole_and_a_closed_connection_is_opened_anew() {
        let target = answers(&[
            "HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\nno",
            "HTTP/1.1 303 See Other\r\nLocation: /cart\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nuntil the end",
            "not HTTP\r\n\r\n",
        ])
        .await;
        let mut client = Client::new(target);
        let ask = Ask {
            method: "POST",
            path: "/",
            headers: "",
            body: b"x",
        };
        let busy = client.ask(&ask).await.expect("an answer");
        assert_eq!((busy.status, busy.retry_after_s), (503, Some(2)));
        assert_eq!(busy.body, b"no");
        // The first connection is closed by now: the client finds out and connects again.
        let sent_on = client.ask(&ask).await.expect("an answer");
        assert_eq!(sent_on.location.as_deref(), Some("/cart"));
        assert_eq!(sent_on.cookies, ["a=1"]);
        let chunked = client.ask(&ask).await.expect("an answer");
        assert_eq!(chunked.json()["a"], 1);
        let whole = client.ask(&ask).await.expect("an answer");
        assert_eq!(whole.body, b"until the end");
        assert!(client.ask(&ask).await.is_err());
    }
}
