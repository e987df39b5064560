//! A real shop for the steps that need one: the `sesame` binary on a free port with a data folder of its own,
//! stopped by its process id when the step lets go of it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Stage, Stop};
use crate::files;
use crate::process::Child;

const READY_LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(200);
const REPLY_LIMIT: Duration = Duration::from_secs(5);

/// A running shop with demo goods.
pub struct Shop {
    process: Child,
    address: SocketAddr,
    data: PathBuf,
}

impl Shop {
    /// Builds the server if need be and opens a shop with demo goods.
    pub fn open(stage: &Stage, name: &str) -> Result<Self, Stop> {
        Self::open_with(stage, name, &["--demo"])
    }

    /// The same with these arguments for the server, which say what goods there are.
    pub fn open_with(stage: &Stage, name: &str, further: &[&str]) -> Result<Self, Stop> {
        stage.run(stage.workspace.cargo(&["build", "-p", "server"]))?;
        Self::start(stage, "debug/sesame", name, further)
    }

    /// The same, reached under a name: passkeys are not bound to addresses.
    pub fn open_on_localhost(stage: &Stage, name: &str) -> Result<Self, Stop> {
        stage.run(stage.workspace.cargo(&["build", "-p", "server"]))?;
        let address = free_address()?;
        let url = format!("http://localhost:{}", address.port());
        // The test carrier's parcels travel while a test looks on.
        let quick = "carriers.test.step_seconds=2";
        let further = ["--demo", "--public-url", &url, "--set", quick];
        Self::start_at(stage, address, "debug/sesame", name, &further)
    }

    /// The same as retailers run it.
    pub fn open_release(stage: &Stage, name: &str) -> Result<Self, Stop> {
        stage.run(
            stage
                .workspace
                .cargo(&["build", "--release", "-p", "server"]),
        )?;
        Self::start(stage, "release/sesame", name, &["--demo"])
    }

    fn start(stage: &Stage, binary: &str, name: &str, further: &[&str]) -> Result<Self, Stop> {
        Self::start_at(stage, free_address()?, binary, name, further)
    }

    fn start_at(
        stage: &Stage,
        address: SocketAddr,
        binary: &str,
        name: &str,
        further: &[&str],
    ) -> Result<Self, Stop> {
        let data = stage.workspace.scratch("shops")?.join(name);
        files::empty_folder(&data)?;
        let binary = stage.workspace.target().join(binary);
        let (data_text, address_text) = (data.to_string_lossy(), address.to_string());
        let mut arguments = vec!["serve", "--data", &data_text, "--listen", &address_text];
        arguments.extend(further);
        let process = stage.start(
            stage
                .workspace
                .command(&binary.to_string_lossy(), &arguments),
        )?;
        let mut shop = Self {
            process,
            address,
            data,
        };
        wait_until_ready(&mut shop.process, address, "/healthz")?;
        Ok(shop)
    }

    /// The first operator's password, which the server shows once: of the shop that the step opened last.
    pub fn operator_password(&self, stage: &Stage) -> Result<String, String> {
        let output = stage.progress.output();
        let line = output
            .lines()
            .rfind(|line| line.starts_with("first operator: "));
        let password = line.and_then(|line| line.split_once("password ")?.1.split(' ').next());
        password
            .map(str::to_owned)
            .ok_or_else(|| "the server showed no first operator".into())
    }

    /// Where its data is.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where it is reached, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same under the machine's own name.
    pub fn localhost_url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }
}

/// Waits until a server answers a path with 200.
pub fn wait_until_ready(
    process: &mut Child,
    address: SocketAddr,
    path: &str,
) -> Result<(), String> {
    let deadline = Instant::now() + READY_LIMIT;
    while Instant::now() < deadline {
        if let Some(ended) = process.wait(POLL) {
            return Err(format!("the server ended before it was open: {ended}"));
        }
        if status(address, path).is_some_and(|status| status == 200) {
            return Ok(());
        }
    }
    Err(format!(
        "the server was not ready after {} s",
        READY_LIMIT.as_secs()
    ))
}

/// An address with a free port. It is taken and given back at once: between that and a server's start nobody else is
/// expected to ask for it.
pub fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .map_err(|error| format!("no free port: {error}"))?;
    listener
        .local_addr()
        .map_err(|error| format!("no free port: {error}"))
}

// The status that a GET is answered with, if it is answered.
fn status(address: SocketAddr, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, REPLY_LIMIT).ok()?;
    stream.set_read_timeout(Some(REPLY_LIMIT)).ok()?;
    // In one piece: `write!` on a socket sends each fragment on its own.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head)
        .ok()?
        .strip_prefix("HTTP/1.1 ")?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_and_silence_is_none() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("one caller");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut piece = [0; 256];
                let length = stream.read(&mut piece).expect("a request");
                assert!(length > 0, "the caller left after {request:?}");
                request.extend_from_slice(&piece[..length]);
            }
            stream
                .write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
                .expect("a reply");
            String::from_utf8(request).expect("a request in text")
        });
        assert_eq!(status(address, "/healthz"), Some(503));
        assert!(
            server
                .join()
                .expect("the server ended")
                .starts_with("GET /healthz HTTP/1.1\r\n")
        );
        assert_eq!(status(address, "/healthz"), None);
    }
}
