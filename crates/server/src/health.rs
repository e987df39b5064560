//! Whether the server can do its work: what `/readyz` says, and the word that it is stopping.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the server asks for no requests after a batch could not be written: what failed once fails
/// soon again.
const FAILURE_HOLD: Duration = Duration::from_secs(3);
/// How long the answer of a disk that was tried is good for.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);
/// What is written to try the disk, in bytes: one page of the database.
const PROBE_BYTES: usize = 4_096;

/// What the parts of the server tell of themselves.
pub struct Health {
    folder: PathBuf,
    /// What is said when batches cannot be written.
    unwritable: &'static str,
    writer_alive: AtomicBool,
    commits: Mutex<Commits>,
    index_filled: AtomicBool,
    probe: Mutex<Option<(Instant, bool)>>,
    stopping: watch::Sender<bool>,
}

impl Health {
    /// Of a server whose data lies in `folder`.
    pub fn new(folder: PathBuf) -> Arc<Self> {
        Self::with(folder, "the disk cannot be written")
    }

    /// Of a server whose database is another machine's.
    pub fn beside_a_database(folder: PathBuf) -> Arc<Self> {
        Self::with(folder, "the database cannot be reached or written")
    }

    fn with(folder: PathBuf, unwritable: &'static str) -> Arc<Self> {
        Arc::new(Self {
            folder,
            unwritable,
            writer_alive: AtomicBool::new(true),
            commits: Mutex::default(),
            index_filled: AtomicBool::new(false),
            probe: Mutex::new(None),
            stopping: watch::channel(false).0,
        })
    }

    /// The writer's thread has ended.
    pub fn writer_ended(&self) {
        self.writer_alive.store(false, Ordering::Release);
    }

    /// Whether the writer's thread runs.
    pub fn is_writer_alive(&self) -> bool {
        self.writer_alive.load(Ordering::Acquire)
    }

    /// A batch was written, or could not be.
    pub fn committed(&self, worked: Result<(), ()>) {
        self.commits().take_in(Instant::now(), worked);
    }

    /// Whether batches can be written, as far as the last ones tell.
    pub fn commits_work(&self) -> bool {
        self.commits().failed_at.is_none()
    }

    fn commits(&self) -> MutexGuard<'_, Commits> {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The product index holds everything.
    pub fn index_filled(&self) {
        self.index_filled.store(true, Ordering::Release);
    }

    /// From now on the server is stopping.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the server is stopping.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until the server is stopping.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.subscribe();
        async move {
            // The sender lives as long as the server.
            drop(stopping.wait_for(|stop| *stop).await);
        }
    }

    /// Why the server should get no requests now; `None` when it should. Blocks for as long as the disk does.
    pub fn complaint(&self) -> Option<&'static str> {
        if self.is_stopping() {
            return Some("stopping");
        }
        if !self.is_writer_alive() {
            return Some("the writer has ended");
        }
        if !self.index_filled.load(Ordering::Acquire) {
            return Some("the product index is being filled");
        }
        if !self.commits_work() {
            return Some(self.unwritable);
        }
        if !self.can_write() {
            return Some("the disk cannot be written");
        }
        None
    }

    /// Whether the data folder takes a page; tried at most once a second.
    fn can_write(&self) -> bool {
        let mut probe = self.probe.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, worked)) = *probe
            && at.elapsed() < PROBE_INTERVAL
        {
            return worked;
        }
        let file = self.folder.join("probe");
        let written = std::fs::write(&file, [0; PROBE_BYTES])
            .and_then(|()| std::fs::File::open(&file)?.sync_all());
        drop(std::fs::remove_file(&file));
        if let Err(error) = &written {
            tracing::error!(%error, "the data folder cannot be written");
        }
        *probe = Some((Instant::now(), written.is_ok()));
        written.is_ok()
    }
}

/// Whether batches can be written. A file beside the database says nothing about the database: only a
/// batch that is written ends a failure, and not before [`FAILURE_HOLD`] is over.
#[derive(Debug, Default)]
struct Commits {
    failed_at: Option<Instant>,
}

impl Commits {
    fn take_in(&mut self, now: Instant, worked: Result<(), ()>) {
        match (worked, self.failed_at) {
            (Err(()), _) => self.failed_at = Some(now),
            (Ok(()), Some(at)) if now.duration_since(at) >= FAILURE_HOLD => self.failed_at = None,
            (Ok(()), _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_complaint_in_its_turn() {
        let folder = std::env::temp_dir().join(format!("sesame-health-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let health = Health::new(folder.clone());
        assert_eq!(
            health.complaint(),
            Some("the product index is being filled")
        );
        health.index_filled();
        assert_eq!(health.complaint(), None);
        health.committed(Err(()));
        assert_eq!(health.complaint(), Some("the disk cannot be written"));
        health.committed(Ok(()));
        assert_eq!(
            health.complaint(),
            Some("the disk cannot be written"),
            "neither a file that can be written nor one batch ends it at once"
        );
        *health.commits() = Commits::default();
        assert_eq!(health.complaint(), None);
        health.writer_ended();
        assert_eq!(health.complaint(), Some("the writer has ended"));
        health.stop();
        assert_eq!(health.complaint(), Some("stopping"));
        std::fs::remove_dir_all(&folder).expect("removed");
        let gone = Health::new(folder.join("gone"));
        gone.index_filled();
        assert_eq!(gone.complaint(), Some("the disk cannot be written"));
    }

    #[test]
    fn a_batch_that_is_written_ends_a_failure_after_a_while() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut commits = Commits::default();
        for (at_ms, worked, works) in [
            (0, Ok(()), true),
            (10, Err(()), false),
            (20, Ok(()), false),
            (2_000, Err(()), false),
            (4_999, Ok(()), false),
            (5_000, Ok(()), true),
            (5_001, Ok(()), true),
        ] {
            commits.take_in(after(at_ms), worked);
            assert_eq!(commits.failed_at.is_none(), works, "at {at_ms} ms");
        }
    }
}
