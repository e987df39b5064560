//! A test provider's memory over a restart: a file that is only ever appended to, one JSON line per change.
//!
//! A line holds one step, and reading the file is taking the steps again. One thread writes; many changes share one flush
//! to the disk, and nobody is answered before his line is on it.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};

use super::Refusal;

/// Changes that may wait for the writing thread.
const QUEUE_LENGTH: usize = 4096;

/// Changes that share one flush at most.
const BATCH_LENGTH: usize = 1024;

/// Appends lines to an open file.
#[derive(Debug)]
pub struct Journal {
    sender: mpsc::Sender<Entry>,
}

#[derive(Debug)]
struct Entry {
    line: String,
    done: Option<oneshot::Sender<()>>,
}

/// The file cannot be written any more: the provider must refuse changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalFailed;

/// A place in the queue: using it neither waits nor fails, so that it can be done under a lock.
pub struct Permit(mpsc::OwnedPermit<Entry>);

/// Resolves when the line is on the disk.
pub struct Durable(oneshot::Receiver<()>);

impl Journal {
    /// Opens the file, reads what is in it, and starts the writing thread. A last line that was cut off by a crash is
    /// removed: nobody was answered for it.
    ///
    /// # Errors
    /// The file cannot be opened or read, is used by another process, or holds a line that is no line of ours.
    pub fn open<L: DeserializeOwned>(path: &Path) -> io::Result<(Self, Vec<L>)> {
        let mut file = store::private::open_file(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let detail = format!("{} is in use by another process", path.display());
                return Err(io::Error::new(io::ErrorKind::WouldBlock, detail));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let (lines, end) = read(&mut file, path)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let (sender, receiver) = mpsc::channel(QUEUE_LENGTH);
        std::thread::Builder::new()
            .name("test-journal".into())
            .spawn(move || write(file, receiver))?;
        Ok((Self { sender }, lines))
    }

    /// Waits for a place in the queue.
    pub async fn reserve(&self) -> Result<Permit, JournalFailed> {
        self.sender
            .clone()
            .reserve_owned()
            .await
            .map(Permit)
            .map_err(|_| JournalFailed)
    }

    /// Writes a line that nobody waits for, or drops it when the queue is full.
    pub fn note(&self, line: &impl Serialize) {
        let entry = Entry {
            line: to_text(line),
            done: None,
        };
        // Losing it means that an event is delivered again after a restart, which receivers must bear anyway.
        drop(self.sender.try_send(entry));
    }
}

impl Permit {
    /// Queues a line. The order of calls is the order in the file.
    pub fn append(self, line: &impl Serialize) -> Durable {
        self.queue(to_text(line))
    }

    /// Queues several lines, of which a crash leaves the first ones or all.
    pub fn append_all<L: Serialize>(self, lines: &[L]) -> Durable {
        self.queue(lines.iter().map(to_text).collect())
    }

    /// Queues nothing, to learn when all earlier lines are on the disk.
    pub fn barrier(self) -> Durable {
        self.queue(String::new())
    }

    fn queue(self, line: String) -> Durable {
        let (done, durable) = oneshot::channel();
        self.0.send(Entry {
            line,
            done: Some(done),
        });
        Durable(durable)
    }
}

impl Durable {
    /// Waits for the disk.
    pub async fn wait(self) -> Result<(), JournalFailed> {
        self.0.await.map_err(|_| JournalFailed)
    }
}

fn to_text(line: &impl Serialize) -> String {
    let mut text = serde_json::to_string(line).expect("a line has only fields that JSON can hold");
    text.push('\n');
    text
}

/// All whole lines, and the position after the last of them.
fn read<L: DeserializeOwned>(file: &mut File, path: &Path) -> io::Result<(Vec<L>, u64)> {
    let mut reader = BufReader::new(file);
    let mut lines = Vec::new();
    let mut end = 0;
    let mut text = Vec::new();
    loop {
        text.clear();
        let length = reader.read_until(b'\n', &mut text)?;
        if text.last() != Some(&b'\n') {
            return Ok((lines, end));
        }
        let line = serde_json::from_slice(&text).map_err(|error| {
            let detail = format!("{}, line {}: {error}", path.display(), lines.len() + 1);
            io::Error::new(io::ErrorKind::InvalidData, detail)
        })?;
        lines.push(line);
        end += length as u64;
    }
}

/// Writes until the provider is gone or the disk fails; then waiting and future callers get [`JournalFailed`].
fn write(mut file: File, mut receiver: mpsc::Receiver<Entry>) {
    let mut batch = Vec::with_capacity(BATCH_LENGTH);
    while receiver.blocking_recv_many(&mut batch, BATCH_LENGTH) > 0 {
        let text: String = batch.iter().map(|entry| entry.line.as_str()).collect();
        if let Err(error) = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_data())
        {
            tracing::error!(%error, "writing the test provider's journal: it takes no more changes");
            return;
        }
        for done in batch.drain(..).filter_map(|entry| entry.done) {
            // Nobody waits any more: the client has gone.
            let _ = done.send(());
        }
    }
}

/// Waits for the disk, where there is one.
pub async fn wait(durable: Option<Durable>) -> Result<(), Refusal> {
    match durable {
        Some(durable) => durable.wait().await.map_err(journal_failed),
        None => Ok(()),
    }
}

/// What callers are told when nothing can be written any more.
pub fn journal_failed(_: JournalFailed) -> Refusal {
    Refusal::new(
        500,
        "journal_failed",
        "The test provider cannot write its journal.",
    )
}
