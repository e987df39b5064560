//! A shop as a process, spoken to byte by byte: a test may send what no client would.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// How long the shop may take to open, to close, and to come to itself again.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long one answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(40);

/// A folder of a test's own; removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let (pid, salt) = (std::process::id(), rand::random::<u32>());
        let folder = std::env::temp_dir().join(format!("sesame-{name}-{pid}-{salt:08x}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The binary, to be run on a data folder.
pub fn sesame(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sesame"));
    on(&mut command, data);
    command
}

fn on(command: &mut Command, data: &Path) {
    command
        .env("SESAME_DATA", data)
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null());
}

pub fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

pub fn run(command: &mut Command) -> Output {
    command.output().expect("the command runs")
}

/// What a command says that must fail.
pub fn complaint(command: &mut Command) -> String {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Open(child.spawn().expect("the command runs"));
    until("the command ends", || {
        child.0.try_wait().expect("a child").is_some()
    });
    let mut told = String::new();
    let stderr = child.0.stderr.as_mut().expect("piped");
    stderr.read_to_string(&mut told).expect("UTF-8");
    assert!(!child.0.wait().expect("a child").success(), "{told}");
    told
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

/// A process; killed when dropped.
struct Open(Child);

impl Drop for Open {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A running shop; killed when dropped.
pub struct Shop {
    child: Open,
    pub address: SocketAddr,
    pub token: String,
    log: PathBuf,
}

impl Shop {
    /// Opens a shop on a folder, with further flags.
    pub fn open(data: &Path, flags: &[&str]) -> Self {
        Self::start(sesame(data), data, flags)
    }

    /// Opens a shop on a disk of its own, with so many MiB; `None` where the system lets nobody make one. The folder
    /// is as the shop sees it: [`Shop::inside`] leads there.
    pub fn open_on_small_disk(data: &Path, mebibytes: u32, flags: &[&str]) -> Option<Self> {
        std::fs::create_dir_all(data).expect("a folder");
        let mount = format!("mount -t tmpfs -o size={mebibytes}m none \"$0\" && exec \"$@\"");
        let on_disk = |arguments: &[&str]| {
            let mut command = Command::new("unshare");
            command.args(["--mount", "--map-root-user", "sh", "-c", &mount]);
            command.arg(data).args(arguments);
            on(&mut command, data);
            command
        };
        let possible = on_disk(&["true"]).stderr(Stdio::null()).status();
        if !possible.is_ok_and(|status| status.success()) {
            return None;
        }
        let command = on_disk(&[env!("CARGO_BIN_EXE_sesame")]);
        Some(Self::start(command, data, flags))
    }

    fn start(mut command: Command, data: &Path, flags: &[&str]) -> Self {
        let mut log = data.as_os_str().to_owned();
        log.push(".log");
        let log = PathBuf::from(log);
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags)
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("a log"));
        let child = Open(command.spawn().expect("the shop starts"));
        let run = inside_of(&child.0, data).join("run.json");
        let mut shop = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: String::new(),
            log,
        };
        until("the shop opens", || {
            let written = std::fs::read(&run).unwrap_or_default();
            let ended = shop.child.0.try_wait().expect("a child");
            assert!(ended.is_none(), "{}", shop.log());
            let Ok(running) = serde_json::from_slice::<Value>(&written) else {
                return false;
            };
            let word = |key: &str| running[key].as_str().unwrap_or_default().to_string();
            shop.address = word("address").parse().expect("an address");
            shop.token = word("token");
            true
        });
        shop
    }

    /// A path as the shop's process sees it, which may have a disk of its own.
    pub fn inside(&self, path: &Path) -> PathBuf {
        inside_of(&self.child.0, path)
    }

    /// What the shop has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks the shop to stop.
    pub fn tell_to_stop(&self) {
        let pid = self.child.0.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill runs").success());
    }

    /// Stops the shop in order.
    pub fn stop(mut self) -> ExitStatus {
        self.tell_to_stop();
        self.ended()
    }

    /// Waits until the shop's process has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("the shop closes", || {
            status = self.child.0.try_wait().expect("a child");
            status.is_some()
        });
        status.expect("it has ended")
    }

    /// Sends a request and reads the answer.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.send_head(method, path, headers, body.len());
        // A body that is too large may be refused before it was sent whole.
        drop(stream.write_all(body));
        Answer::read(stream)
    }

    /// Sends the head of a request; its body is to follow.
    pub fn send_head(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body_bytes: usize,
    ) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("the shop listens");
        stream
            .set_read_timeout(Some(ANSWER_MAX))
            .expect("a time limit");
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {body_bytes}\r\n\r\n"));
        stream.write_all(head.as_bytes()).expect("sent");
        stream
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    /// Asks `/api/v1` as commands on this machine do.
    pub fn as_operator(&self, method: &str, path: &str, body: &Value) -> Answer {
        let token = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/json"),
        ];
        let body = if method == "GET" {
            String::new()
        } else {
            body.to_string()
        };
        self.ask(method, &format!("/api/v1{path}"), &headers, body.as_bytes())
    }

    /// Buys an article under a key.
    pub fn buy(&self, key: &str) -> Answer {
        self.ask("POST", "/api/v1/buy-now", &buying(key), &purchase(1))
    }

    /// The position of the last event: it stays while nothing changes.
    pub fn position(&self) -> String {
        let figures = self.get("/metrics").text();
        let line = figures
            .lines()
            .find(|l| l.starts_with("sesame_feed_position"));
        line.expect("the position is a figure").to_string()
    }
}

fn inside_of(child: &Child, path: &Path) -> PathBuf {
    let root = PathBuf::from(format!("/proc/{}/root", child.id()));
    root.join(path.strip_prefix("/").expect("an absolute path"))
}

/// The headers of a purchase.
pub fn buying(key: &str) -> [(&str, &str); 2] {
    [
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ]
}

/// A purchase of an article of the demo, on account.
pub fn purchase(quantity: i64) -> Vec<u8> {
    let body = json!({
        "lines": [{ "sku": "85123A", "quantity": quantity }],
        "buyer": { "first_name": "Ada", "last_name": "Byte", "email": "ada@example.com" },
        "destination": { "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
        "delivery": { "ship": "standard-de" },
        "payment": { "on_account": {} },
    });
    body.to_string().into_bytes()
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end.
    pub fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        // Who sends more than is read gets a reset after the answer.
        drop(stream.read_to_end(&mut bytes));
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {:?}", text(&bytes)));
        let head = text(&bytes[..end]);
        let mut lines = head.lines();
        let status = lines.next().and_then(|l| l.split(' ').nth(1));
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_string()))
        };
        let headers: Vec<(String, String)> = lines.filter_map(header).collect();
        let cookies = headers.iter().filter(|(name, _)| name == "set-cookie");
        Self {
            cookies: cookies.map(|(_, value)| value.clone()).collect(),
            status: status.and_then(|s| s.parse().ok()).expect("a status"),
            headers: headers.into_iter().collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub fn text(&self) -> String {
        text(&self.body)
    }

    /// What the answer asks a browser to keep, cookie by cookie.
    pub fn cookies(&self) -> Vec<&str> {
        self.cookies.iter().map(String::as_str).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The error's code, or empty.
    pub fn code(&self) -> String {
        let json = self.json();
        json["error"]["code"].as_str().unwrap_or("").to_string()
    }
}
