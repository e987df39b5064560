//! A PostgreSQL of our own, for tests and measurements: a cluster in a folder below the target folder, on a free
//! port of the loopback, durable as in production, ended by its process id.
//!
//! The server refuses to run as root, so a root's cluster belongs to an unprivileged user. Whoever has the port
//! gets in: it must never listen anywhere but on the loopback, and never hold anything that is to be kept.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::files;
use crate::process::{self, Child};
use crate::progress::Progress;
use crate::tools;
use crate::workspace::Workspace;

/// What tests and measurements find the server by.
pub const VARIABLE: &str = "SESAME_TEST_POSTGRES";

/// Where Debian, and builds by hand, put the programs of a version.
const FOLDERS: [&str; 2] = ["/usr/lib/postgresql", "/usr/local/pgsql"];
/// Whom a root's cluster belongs to: the first of these that is there.
const USERS: [&str; 2] = ["postgres", "nobody"];
/// The superuser within the cluster.
const OWNER: &str = "sesame";
const READY_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

/// Nothing is left out that a shop relies on; sizes fit a laptop.
const SETTINGS: [&str; 10] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "max_connections=200",
    "log_checkpoints=off",
    "log_min_messages=warning",
];

/// A cluster that was made and is not running.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
    port: u16,
}

/// A running server; it ends when this is dropped.
pub struct Postgres {
    _process: Child,
    url: String,
}

impl Cluster {
    /// Makes a cluster in an empty folder below the target folder; installs the programs when they are missing and
    /// we may do so.
    pub fn make(workspace: &Workspace, progress: &Progress, name: &str) -> Result<Self, String> {
        let programs = programs(workspace, progress)?;
        let user = unprivileged(workspace)?;
        let folder = folder_for(workspace, name, user)?;
        let cluster = Self {
            programs,
            folder,
            user,
            port: free_port()?,
        };
        let data = cluster.folder.to_string_lossy().into_owned();
        let arguments = [
            "-D",
            &data,
            "-U",
            OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ];
        progress.run(cluster.command(workspace, "initdb", &arguments))?;
        Ok(cluster)
    }

    /// The command that runs the server in the foreground until it is told to stop.
    pub fn server(&self, workspace: &Workspace) -> Command {
        let (data, port) = (self.folder.to_string_lossy(), self.port.to_string());
        let mut arguments = vec!["-D", &data, "-p", &port];
        for setting in SETTINGS {
            arguments.extend(["-c", setting]);
        }
        self.command(workspace, "postgres", &arguments)
    }

    /// Where the running server's maintenance database is.
    pub fn url(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the server and waits until it takes connections.
    pub fn start(self, workspace: &Workspace, progress: &Progress) -> Result<Postgres, String> {
        let mut process = progress.start(self.server(workspace))?;
        let deadline = Instant::now() + READY_LIMIT;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if let Some(ended) = process.wait(POLL) {
                return Err(format!("PostgreSQL ended before it was ready: {ended}"));
            }
            if Instant::now() > deadline {
                let limit = READY_LIMIT.as_secs();
                return Err(format!("PostgreSQL was not ready after {limit} s"));
            }
        }
        let url = self.url();
        Ok(Postgres {
            _process: process,
            url,
        })
    }

    fn command(&self, workspace: &Workspace, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let program = program.to_string_lossy();
        let mut command = match self.user {
            Some(user) => as_user(workspace, user, &program),
            None => workspace.command(&program, &[]),
        };
        command.args(arguments);
        command
    }
}

impl Postgres {
    /// Starts a server on a new cluster, or takes the one that [`VARIABLE`] names.
    pub fn start(
        workspace: &Workspace,
        progress: &Progress,
        name: &str,
    ) -> Result<Option<Self>, String> {
        if std::env::var_os(VARIABLE).is_some() {
            return Ok(None);
        }
        let cluster = Cluster::make(workspace, progress, name)?;
        cluster.start(workspace, progress).map(Some)
    }

    /// Tells a command where the server is.
    pub fn tell(server: Option<&Self>, command: &mut Command) {
        if let Some(server) = server {
            command.env(VARIABLE, &server.url);
        }
    }
}

/// The folder with `initdb` and `postgres`.
fn programs(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, String> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let remedy = format!(
        "PostgreSQL 15 or newer is missing: install it, or name a running one with {VARIABLE}=postgres://…"
    );
    tools::debian_install(workspace, "postgresql", progress)
        .map_err(|error| format!("{remedy} ({error})"))?;
    find().ok_or(remedy)
}

/// The newest version that is installed.
fn find() -> Option<PathBuf> {
    let is_complete = |folder: &PathBuf| {
        ["initdb", "postgres"]
            .iter()
            .all(|p| folder.join(p).is_file())
    };
    let versions = FOLDERS
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, folder)| is_complete(folder))
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, folder)| folder);
    newest.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(is_complete)
    })
}

/// Whom the cluster belongs to when we are root; `None` when we are not.
fn unprivileged(workspace: &Workspace) -> Result<Option<&'static str>, String> {
    if process::read(workspace.command("id", &["-u"]))? != "0" {
        return Ok(None);
    }
    let is_there = |user: &&str| process::read(workspace.command("id", &["-u", user])).is_ok();
    let user = USERS.into_iter().find(|user| is_there(user));
    user.map(Some).ok_or_else(|| {
        format!(
            "PostgreSQL does not run as root, and there is no user {}",
            USERS.join(" or ")
        )
    })
}

fn as_user(workspace: &Workspace, user: &str, program: &str) -> Command {
    let owner = format!("--reuid={user}");
    let group = format!("--regid={}", group_of(user));
    let mut command = workspace.command(
        "setpriv",
        &[&owner, &group, "--clear-groups", "--", program],
    );
    // Wherever we are may be closed to that user.
    command.current_dir("/");
    command
}

fn group_of(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

/// An empty folder that the cluster's user may use: below the target folder, or, where that lies in a home that is
/// closed to others, among temporary files.
fn folder_for(workspace: &Workspace, name: &str, user: Option<&str>) -> Result<PathBuf, String> {
    let folder = workspace.scratch("postgres")?.join(name);
    let Some(user) = user else {
        files::empty_folder(&folder)?;
        return Ok(folder);
    };
    let temporary =
        std::env::temp_dir().join(format!("sesame-postgres-{name}-{}", std::process::id()));
    for folder in [folder, temporary] {
        files::empty_folder(&folder)?;
        let path = folder.to_string_lossy();
        let owner = format!("{user}:{}", group_of(user));
        process::read(workspace.command("chown", &[&owner, &path]))?;
        let mut entered = as_user(workspace, user, "test");
        entered.args(["-w", &path]);
        if process::read(entered).is_ok() {
            return Ok(folder);
        }
    }
    Err(format!(
        "the user {user} can enter neither the target folder nor the folder for temporary files"
    ))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .map_err(|error| format!("no free port: {error}"))?;
    let address = listener
        .local_addr()
        .map_err(|error| format!("no free port: {error}"))?;
    Ok(address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_durable_and_keep_to_the_loopback() {
        for needed in [
            "fsync=on",
            "synchronous_commit=on",
            "listen_addresses=127.0.0.1",
        ] {
            assert!(SETTINGS.contains(&needed), "{needed}");
        }
    }

    #[test]
    fn a_free_port_can_be_listened_on() {
        let port = free_port().expect("a port");
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    }
}
