//! What can go wrong in a store, said so that an operator knows what to do.

/// Why rows could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk has no room; nothing was written.
    #[error("the disk is full: free some room; nothing was lost")]
    DiskFull,
    /// The folder or file cannot be written.
    #[error("the database cannot be written: check the folder's permissions ({0})")]
    ReadOnly(String),
    /// The database was made by a newer program.
    #[error(
        "the database has schema version {found}, this program knows {known}: start a newer program"
    )]
    NewerSchema {
        /// The version in the database.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The database was made by a preview of this program.
    #[error(
        "the database has schema version {found}, made by a preview: export the goods with that program and import them anew"
    )]
    OlderSchema {
        /// The version in the database.
        found: i64,
    },
    /// Not a database, or damaged.
    #[error("the database is damaged or not a database: restore a backup ({0})")]
    Damaged(String),
    /// A row does not say what it should.
    #[error("a row of {table} cannot be read: {reason}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Anything else the engine says.
    #[error("the database failed: {0}")]
    Engine(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly(text)
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged(text),
            _ => StoreError::Engine(text),
        }
    }
}
