//! A lean HTTP/1.1 client over one kept connection: a load generator must cost less than what it loads.
//! It speaks plain HTTP alone; a shop behind TLS is loaded behind its proxy.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The longest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The longest body of an answer, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long an answer may take: a payment provider is waited for within it.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// Paths below this are the test payment provider's.
pub(crate) const PROVIDER: &str = "/test-payments/";

/// Where the shop is: one server, or several that serve the same shop.
#[derive(Debug, Clone)]
pub struct Target {
    /// Host and port; of the first server if there are several.
    pub authority: String,
    /// Those of the further servers.
    others: Arc<[String]>,
    /// Host and port of the payment provider, if it is not within the servers.
    payments: Option<Arc<str>>,
    /// Clients so far: they take the servers in turn.
    clients: Arc<AtomicUsize>,
}

impl Target {
    /// Reads `http://host:port`.
    ///
    /// # Errors
    /// For another scheme, or a path.
    pub fn parse(url: &str) -> Result<Self, String> {
        Self::all(&[url.to_string()], None)
    }

    /// Reads the addresses of all servers of a shop, and that of the test payment provider if it is a process of
    /// its own, each as `http://host:port`.
    ///
    /// # Errors
    /// For another scheme, a path, or no server.
    pub fn all(urls: &[String], payments: Option<&str>) -> Result<Self, String> {
        let authorities: Result<Vec<_>, _> = urls.iter().map(|url| authority(url)).collect();
        let mut authorities = authorities?.into_iter();
        Ok(Self {
            authority: authorities.next().ok_or("no server is named")?,
            others: authorities.collect(),
            payments: payments.map(authority).transpose()?.map(Into::into),
            clients: Arc::default(),
        })
    }

    /// The first server alone.
    pub(crate) fn first(&self) -> Self {
        Self {
            others: Arc::default(),
            ..self.clone()
        }
    }

    /// Host and port of the server with this number; numbers begin anew after the last one.
    fn server(&self, number: usize) -> &str {
        match number % (self.others.len() + 1) {
            0 => &self.authority,
            other => &self.others[other - 1],
        }
    }
}

/// Host and port of `http://host:port`.
fn authority(url: &str) -> Result<String, String> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| format!("{url} does not begin with http://"))?;
    let authority = rest.trim_end_matches('/');
    if authority.is_empty() || authority.contains('/') {
        return Err(format!("{url} must be a host and a port alone"));
    }
    let has_port = authority.rsplit_once(':').is_some();
    Ok(if has_port {
        authority.to_string()
    } else {
        format!("{authority}:80")
    })
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

/// One connection, opened when it is needed, to one of the servers: the next one when it is not there.
#[derive(Debug)]
pub struct Client {
    target: Target,
    /// The number of the server that it turns to first.
    own: usize,
    line: Option<Line>,
}

/// An open connection.
#[derive(Debug)]
struct Line {
    stream: BufReader<TcpStream>,
    to: To,
}

/// Whom a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// How many servers further than the client's own.
    Server(usize),
    Payments,
}

impl Client {
    /// A client that has not connected yet.
    pub fn new(target: Target) -> Self {
        let own = target.clients.fetch_add(1, Ordering::Relaxed);
        Self {
            target,
            own,
            line: None,
        }
    }

    /// For somebody new: not a connection that leads elsewhere since the client's own server was away.
    pub(crate) fn come_in(&mut self) {
        if self.line.as_ref().is_some_and(|l| l.to != To::Server(0)) {
            self.hang_up();
        }
    }

    /// Closes the connection, whatever is under way on it.
    pub fn hang_up(&mut self) {
        self.line = None;
    }

    /// Asks and waits for the whole answer. A kept connection that the shop has closed is opened anew
    /// when nothing of an answer had come: the caller's key makes that harmless.
    ///
    /// # Errors
    /// When the connection fails or the answer is no HTTP or takes too long.
    pub async fn ask(&mut self, ask: &Ask<'_>) -> io::Result<Answer> {
        let kept = self.line.is_some();
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
        let payments = self.target.payments.is_some();
        let to_payments = payments.then(|| ask.path.strip_prefix(PROVIDER)).flatten();
        let kept = self.line.take();
        let kept = kept.filter(|line| (line.to == To::Payments) == to_payments.is_some());
        let mut line = match kept {
            Some(line) => line,
            None if to_payments.is_some() => self.open(To::Payments).await?,
            None => self.open_any().await?,
        };
        let mut head = match to_payments {
            Some(path) => format!("{} /{path} HTTP/1.1\r\n", ask.method),
            None => format!("{} {} HTTP/1.1\r\n", ask.method, ask.path),
        };
        head.push_str("host: ");
        head.push_str(self.authority(line.to));
        head.push_str("\r\n");
        head.push_str(ask.headers);
        if ask.method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", ask.body.len()));
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend_from_slice(ask.body);
        line.stream.write_all(&message).await?;
        let (answer, keep) = read_answer(&mut line.stream).await?;
        if keep {
            self.line = Some(line);
        }
        Ok(answer)
    }

    fn authority(&self, to: To) -> &str {
        match (to, &self.target.payments) {
            (To::Payments, Some(payments)) => payments,
            (To::Payments, None) => &self.target.authority,
            (To::Server(further), _) => self.target.server(self.own + further),
        }
    }

    async fn open(&self, to: To) -> io::Result<Line> {
        let stream = TcpStream::connect(self.authority(to)).await?;
        stream.set_nodelay(true)?;
        Ok(Line {
            stream: BufReader::new(stream),
            to,
        })
    }

    /// The first server that is there, from the client's own on.
    async fn open_any(&self) -> io::Result<Line> {
        for further in 0..self.target.others.len() {
            if let Ok(line) = self.open(To::Server(further)).await {
                return Ok(line);
            }
        }
        self.open(To::Server(self.target.others.len())).await
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
        Target::parse(&format!("http://{authority}")).expect("host and port")
    }

    #[tokio::test]
    async fn clients_take_servers_in_turn_and_the_next_one_when_theirs_is_away() {
        const ONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
        const TWO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2";
        const PAID: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";
        let (one, two) = (answers(&[ONE]).await, answers(&[TWO, TWO]).await);
        let payments = answers(&[PAID]).await;
        let url = |target: &Target| format!("http://{}", target.authority);
        let target = Target::all(&[url(&one), url(&two)], Some(&url(&payments)));
        let target = target.expect("three addresses");
        assert!(Target::all(&[], None).is_err());
        let ask = Ask {
            method: "GET",
            path: "/",
            headers: "",
            body: b"",
        };
        let mut said = Vec::new();
        for _ in 0..2 {
            let mut client = Client::new(target.clone());
            said.push(client.ask(&ask).await.expect("an answer").text());
        }
        assert_eq!(said, ["1", "2"]);
        // The first server has given its only answer and is gone.
        let mut client = Client::new(target);
        assert_eq!(client.ask(&ask).await.expect("an answer").text(), "2");
        let pay = Ask {
            path: "/test-payments/pay/1",
            ..ask
        };
        assert_eq!(client.ask(&pay).await.expect("an answer").text(), "paid");
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
