//! Child processes that are bounded in time and never outlive us.
//!
//! Every child leads a process group of its own and is entered in one list. Whatever ends us (the end of the work, a
//! failed step, Ctrl-C), the groups in the list are ended too, by their ids and never by name.
//! It must never wait without a limit, and never hand our standard input to a child.

use std::fmt;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long a group may take to end after it was asked to, before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(20);

static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
static GROUP_ENDED: Condvar = Condvar::new();
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static FORWARDING: AtomicBool = AtomicBool::new(false);

/// A running child and its process group.
pub struct Child {
    pid: Pid,
    ended: Receiver<io::Result<ExitStatus>>,
    status: Option<ExitStatus>,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this status.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It was still running at the limit and was stopped.
    TimedOut(Duration),
}

impl Ended {
    /// Whether it did what it was asked to.
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit status {code}"),
            Self::Signal(signal) => write!(f, "ended by signal {signal}"),
            Self::TimedOut(limit) => write!(f, "stopped after its limit of {} s", limit.as_secs()),
        }
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or(0)),
        }
    }
}

impl Child {
    /// Starts `command` as the leader of a group of its own, without standard input.
    pub fn spawn(mut command: Command) -> Result<Self, String> {
        command.stdin(Stdio::null()).process_group(0);
        clean_environment(&mut command);
        // The list stays locked until the child is in it, so that a signal cannot fall between.
        let mut groups = groups();
        if INTERRUPTED.load(Ordering::SeqCst) {
            return Err("interrupted".into());
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot start {program}: {error}"))?;
        let pid = Pid::from_child(&child);
        groups.push(pid);
        drop(groups);
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait()));
        Ok(Self {
            pid,
            ended,
            status: None,
        })
    }

    /// Waits up to `limit`; `None` while it still runs.
    pub fn wait(&mut self, limit: Duration) -> Option<Ended> {
        if self.status.is_none() {
            match self.ended.recv_timeout(limit) {
                Ok(Ok(status)) => self.leave(status),
                Err(RecvTimeoutError::Timeout) => return None,
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                    self.leave(ExitStatus::from_raw(1 << 8))
                }
            }
        }
        self.status.map(Ended::from)
    }

    /// Asks the group to end, and kills what is left of it at the limit.
    pub fn stop(&mut self) -> Ended {
        if self.status.is_none() {
            signal_group(self.pid, Signal::TERM);
        }
        if let Some(ended) = self.wait(STOP_LIMIT) {
            return ended;
        }
        self.kill()
    }

    /// Kills the group at once, as a power cut would.
    pub fn kill(&mut self) -> Ended {
        if self.status.is_none() {
            signal_group(self.pid, Signal::KILL);
        }
        self.wait(STOP_LIMIT)
            .unwrap_or(Ended::Signal(Signal::KILL.as_raw()))
    }

    /// Waits up to `limit`, then stops the group.
    pub fn wait_or_stop(&mut self, limit: Duration) -> Ended {
        match self.wait(limit) {
            Some(ended) => ended,
            None => {
                self.stop();
                Ended::TimedOut(limit)
            }
        }
    }

    // The leader has ended: whatever it left behind in its group ends now.
    fn leave(&mut self, status: ExitStatus) {
        signal_group(self.pid, Signal::KILL);
        self.status = Some(status);
        groups().retain(|pid| *pid != self.pid);
        GROUP_ENDED.notify_all();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs `command` to its end with its output as ours, within `limit`.
pub fn run(command: Command, limit: Duration) -> Result<Ended, String> {
    Ok(Child::spawn(command)?.wait_or_stop(limit))
}

/// The standard output of a short command, or why it could not be had.
pub fn read(mut command: Command) -> Result<String, String> {
    command.stdin(Stdio::null());
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{program} failed: {}", complaint.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// From now on: the first signal ends all groups and us.
pub fn handle_signals() -> Result<(), String> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(|error| format!("cannot catch signals: {error}"))?;
    thread::spawn(move || {
        for (count, signal) in signals.forever().enumerate() {
            if FORWARDING.load(Ordering::SeqCst) {
                forward(signal, count);
            } else {
                end_everything(signal);
            }
        }
    });
    Ok(())
}

/// From now on signals go to the children, who end in their own way; a repeated one kills them.
pub fn forward_signals() {
    FORWARDING.store(true, Ordering::SeqCst);
}

fn forward(signal: i32, count: usize) {
    let signal = if count == 0 {
        Signal::from_named_raw(signal)
    } else {
        Some(Signal::KILL)
    };
    for pid in groups().iter() {
        signal_group(*pid, signal.unwrap_or(Signal::TERM));
    }
}

fn end_everything(signal: i32) {
    let mut groups = groups();
    INTERRUPTED.store(true, Ordering::SeqCst);
    eprintln!("\nstopping what was started …");
    for pid in groups.iter() {
        signal_group(*pid, Signal::TERM);
    }
    let deadline = Instant::now() + STOP_LIMIT;
    while !groups.is_empty() && Instant::now() < deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        groups = GROUP_ENDED
            .wait_timeout(groups, left)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
    for pid in groups.iter() {
        signal_group(*pid, Signal::KILL);
    }
    std::process::exit(128 + signal);
}

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

// A group that is already gone is what we wanted.
fn signal_group(pid: Pid, signal: Signal) {
    let _gone = kill_process_group(pid, signal);
}

// `cargo run` describes our own package to us in variables. Passed on, they make build scripts that watch them run
// again, and a build through us and a build by hand would undo each other.
fn clean_environment(command: &mut Command) {
    const OURS: [&str; 5] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ];
    for (name, _) in std::env::vars_os() {
        if OURS
            .iter()
            .any(|prefix| name.to_string_lossy().starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_status_of_a_child_is_reported() {
        let limit = Duration::from_secs(10);
        assert_eq!(run(shell("exit 0"), limit), Ok(Ended::Code(0)));
        assert_eq!(run(shell("exit 7"), limit), Ok(Ended::Code(7)));
        assert_eq!(run(shell("kill -9 $$"), limit), Ok(Ended::Signal(9)));
    }

    #[test]
    fn a_child_past_its_limit_is_stopped() {
        let limit = Duration::from_millis(50);
        assert_eq!(run(shell("sleep 30"), limit), Ok(Ended::TimedOut(limit)));
    }

    #[test]
    fn what_a_child_leaves_behind_ends_with_it() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let mut command = shell("sleep 300 &");
        command.stdout(writer);
        assert_eq!(run(command, Duration::from_secs(10)), Ok(Ended::Code(0)));
        // The pipe is closed when the last process that holds it has ended.
        let (sender, closed) = mpsc::channel();
        thread::spawn(move || sender.send(io::copy(&mut reader, &mut io::sink())));
        assert!(
            closed.recv_timeout(Duration::from_secs(10)).is_ok(),
            "the grandchild still runs"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(Command::new("no-such-program-here"), Duration::from_secs(1))
            .expect_err("it does not exist");
        assert!(error.contains("no-such-program-here"), "{error}");
    }
}
