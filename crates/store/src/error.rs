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
    /// The address of a database cannot be used.
    #[error("the database's address cannot be used: {0}")]
    Address(String),
    /// The server is there and lets us not in.
    #[error("the database refuses: {0}")]
    Refused(String),
    /// The server's version is not enough.
    #[error("the database is PostgreSQL {found}, needed is {needed} or newer: upgrade it")]
    TooOld {
        /// Its major version.
        found: i32,
        /// The oldest that works.
        needed: i32,
    },
    /// There is no connection now; nothing was written.
    #[error("the database cannot be reached; it is tried again ({0})")]
    Unreachable(String),
    /// Others work on the database and did not make room in time; nothing was written.
    #[error("the database is held by others; it is tried again")]
    Busy,
    /// The connection was lost in the middle of writing, and what became of it could not be found out.
    #[error(
        "the connection was lost in the middle of writing, and it is not known yet what became of it"
    )]
    OutcomeUnknown,
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
