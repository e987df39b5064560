//! Copies of a running database.

use super::{configure, known_version, open_read_only};
use crate::{StoreError, private};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::path::Path;

/// Pages copied between two reports of progress.
const PAGES_PER_STEP: i32 = 2_000;

/// Copies a database to a new file while it is in use, as of one moment; says how many of how many
/// pages are done. The copy is a single file that needs no log beside it.
///
/// # Errors
/// A target that exists or cannot be written, a source that cannot be read.
pub fn copy(
    source: &Path,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    if target.exists() {
        return Err(StoreError::ReadOnly(format!(
            "{} exists already",
            target.display()
        )));
    }
    let source = open_read_only(source)?;
    // One read transaction over all steps: otherwise each commit of the shop would begin the copy anew.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
    private::open_file(target)
        .map_err(|e| StoreError::ReadOnly(format!("{}: {e}", target.display())))?;
    let mut copy = Connection::open(target)?;
    copy.pragma_update(None, "synchronous", "FULL")?;
    let backup = Backup::new(&source, &mut copy)?;
    loop {
        let step = backup.step(PAGES_PER_STEP)?;
        let state = backup.progress();
        let (total, left) = (state.pagecount.max(0) as u64, state.remaining.max(0) as u64);
        progress(total - left, total);
        match step {
            StepResult::Done => break,
            StepResult::Busy | StepResult::Locked => std::thread::yield_now(),
            _ => {}
        }
    }
    drop(backup);
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// Checks that a file is a whole database of a schema this program knows.
///
/// # Errors
/// [`StoreError::Damaged`] or [`StoreError::NewerSchema`].
pub fn verify(file: &Path) -> Result<(), StoreError> {
    let connection = open_read_only(file)?;
    configure(&connection)?;
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::Damaged(verdict));
    }
    match known_version(&connection)? {
        0 => Err(StoreError::Damaged(format!(
            "{} is not a database of this program",
            file.display()
        ))),
        _ => Ok(()),
    }
}
