//! A connection for counts of visits, beside the one that takes turns at writing.

use super::connect::Location;
use super::session::Session;
use crate::StoreError;
use crate::rows::Cell;
use crate::sql::Sql;
use crate::visits::Step;

/// Opens one.
///
/// # Errors
/// When the server cannot be reached.
pub fn visit_connection(location: &Location) -> Result<Box<dyn Step + Send>, StoreError> {
    let session = Session::open(location, "visits")?;
    // Counters may be lost with the server's memory; then nobody waits for its disk.
    session.plain("SET synchronous_commit = off")?;
    Ok(Box::new(session))
}

impl Step for Session {
    fn carry_out(&mut self, text: &str, rows: &[Vec<Cell<'_>>]) -> Result<(), StoreError> {
        self.plain("BEGIN")?;
        // A failed transaction ends with its connection.
        for row in rows {
            self.execute(text, row)?;
        }
        self.plain("COMMIT")
    }
}
