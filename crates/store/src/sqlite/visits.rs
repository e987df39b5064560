//! A second writing connection, for counts of visits alone.

use super::configure;
use crate::StoreError;
use crate::rows::Cell;
use crate::visits::Step;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params_from_iter};
use std::path::Path;

/// The connection. It does not wait for the disk: what it wrote is made durable by the next batch.
pub struct VisitConnection(Connection);

impl VisitConnection {
    /// Opens a database that is there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        configure(&connection)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // The writer's own connection moves the log into the database.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(Self(connection))
    }
}

impl Step for VisitConnection {
    fn carry_out(&mut self, text: &str, rows: &[Vec<Cell<'_>>]) -> Result<(), StoreError> {
        let transaction = self
            .0
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut statement = transaction.prepare_cached(text)?;
            for row in rows {
                statement.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}
