//! A server that gives the next answer of a script to whatever is asked, and remembers what was asked.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use connectors::payment::HeaderMap;
use reqwest::header::{HeaderName, HeaderValue};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const PATIENCE: Duration = Duration::from_secs(20);

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Such as `POST /v1/refunds`.
    pub line: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }
}

/// One answer of the script.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A status and a body of JSON.
    Json(u16, String),
    /// Nothing: the connection is closed after the request was read.
    HangUp,
    /// Nothing, and the connection stays open.
    Silence,
}

/// What is answered to the line of a request; `None` to hang up.
type Script = Arc<dyn Fn(&str) -> Option<Answer> + Send + Sync>;

/// The server.
pub struct Scripted {
    /// Where it is, without a slash at the end.
    pub base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    /// A server that gives these answers in turn, and the last one for ever.
    pub async fn start(script: Vec<Answer>) -> Self {
        let script = Mutex::new(VecDeque::from(script));
        let next = move |_: &str| {
            let mut script = script.lock().expect("no panic before");
            if script.len() > 1 {
                script.pop_front()
            } else {
                script.front().cloned()
            }
        };
        Self::serve(Arc::new(next)).await
    }

    /// A server whose answer follows from the first line of what it is asked.
    pub async fn start_with(script: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self::serve(Arc::new(move |line| Some(script(line)))).await
    }

    async fn serve(script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&memory), Arc::clone(&script)));
            }
        });
        Self { base_url, asked }
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic before").clone()
    }

    /// Waits for the first request that fits.
    pub async fn wait_for(&self, fits: impl Fn(&Asked) -> bool) -> Asked {
        let start = Instant::now();
        loop {
            if let Some(asked) = self.asked().into_iter().find(|asked| fits(asked)) {
                return asked;
            }
            assert!(start.elapsed() < PATIENCE, "asked only {:?}", self.asked());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn serve(stream: TcpStream, memory: Arc<Mutex<Vec<Asked>>>, script: Script) {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = read(&mut stream).await {
        let answer = script(&asked.line);
        memory.lock().expect("no panic before").push(asked);
        let (status, body) = match answer {
            Some(Answer::Json(status, body)) => (status, body),
            Some(Answer::Silence) => std::future::pending().await,
            Some(Answer::HangUp) | None => return,
        };
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream
            .write_all(format!("{head}{body}").as_bytes())
            .await
            .is_err()
        {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut first = String::new();
    stream.read_line(&mut first).await.ok()?;
    let line = first.trim_end().strip_suffix(" HTTP/1.1")?.to_owned();
    let mut headers = HeaderMap::new();
    loop {
        let mut text = String::new();
        stream.read_line(&mut text).await.ok()?;
        let Some((name, value)) = text.trim_end().split_once(':') else {
            break;
        };
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    let length = headers
        .get("content-length")
        .map_or(Some(0), |value| value.to_str().ok()?.parse().ok())?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        line,
        headers,
        body,
    })
}
