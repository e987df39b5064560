//! Servers in processes of their own, ended when they are no longer needed.

use crate::empty;
use festival::client::Target;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What a line of the shop that says it is open begins with.
const OPEN: &str = "sesame is open at ";

/// A server in a process of its own; killed when dropped.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// The same as it stands in requests.
    pub authority: String,
}

impl Server {
    /// The shop over the data in `folder`; gives it when it is open.
    ///
    /// # Errors
    /// When it is not built or does not open.
    pub fn shop(folder: &Path) -> Result<Self, String> {
        let mut command = Command::new(sibling()?);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env("SESAME_LOG_LEVEL", "warn")
            .env("SESAME_ON_ACCOUNT", "true")
            .env("SESAME_LOCAL_PLATFORMS", "true")
            // The load's clients show addresses of their own, so that it is not one client for the server.
            .env("SESAME_TRUSTED_PROXIES", "127.0.0.1");
        Self::start(command, OPEN)
    }

    /// Handlers that do nothing.
    ///
    /// # Errors
    /// When it does not open.
    pub fn empty() -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|e| e.to_string())?;
        let mut command = Command::new(own);
        command.arg("--empty-handler");
        Self::start(command, empty::OPEN)
    }

    fn start(mut command: Command, open: &str) -> Result<Self, String> {
        let mut process = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("starting a server: {e}"))?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let url = lines.find_map(|line| Some(line.ok()?.strip_prefix(open)?.to_string()));
        // What it says further on is read and dropped, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let target = match url {
            Some(url) => Target::parse(&url),
            None => Err("the server ended before it was open".to_string()),
        };
        let address = |target: &Target| target.authority.parse::<SocketAddr>().ok();
        match target.as_ref().ok().and_then(address) {
            Some(address) => Ok(Self {
                process,
                address,
                authority: address.to_string(),
            }),
            None => {
                drop(process.kill());
                drop(process.wait());
                Err(target
                    .err()
                    .unwrap_or("the server has no address".to_string()))
            }
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The server's binary, built beside this one.
fn sibling() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let path = own.with_file_name("sesame");
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("{} is not built", path.display()))
    }
}
