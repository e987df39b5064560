//! One connection with its prepared statements, speaking the dialect that all engines share.

use super::connect::Location;
use crate::StoreError;
use crate::rows::Cell;
use crate::sql::{Columns, Keys, Sql, Take};
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};
use std::cell::{RefCell, RefMut};
use std::collections::HashMap;

/// A parameter of a statement.
pub type Parameter<'p> = &'p (dyn ToSql + Sync);

/// An open connection.
pub struct Session {
    /// There until this is dropped.
    client: Option<RefCell<Client>>,
    /// Texts are ours alone, so there is a bounded number of them.
    statements: RefCell<HashMap<String, Statement>>,
}

impl Session {
    /// Opens a connection.
    ///
    /// # Errors
    /// As for [`Location::connect`].
    pub fn open(location: &Location, purpose: &str) -> Result<Self, StoreError> {
        Ok(Self {
            client: Some(RefCell::new(location.connect(purpose)?)),
            statements: RefCell::default(),
        })
    }

    fn client(&self) -> RefMut<'_, Client> {
        let client = self.client.as_ref().expect("there until this is dropped");
        client.borrow_mut()
    }

    /// Whether the connection is known to be gone.
    pub fn is_closed(&self) -> bool {
        self.client().is_closed()
    }

    /// The connection itself.
    pub fn with<T>(&self, work: impl FnOnce(&mut Client) -> T) -> T {
        work(&mut self.client())
    }

    /// Carries out statements without parameters or answers.
    ///
    /// # Errors
    /// When the server fails.
    pub fn plain(&self, text: &str) -> Result<(), StoreError> {
        Ok(self.client().batch_execute(text)?)
    }

    /// A statement, prepared when it is asked for the first time.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn prepared(&self, text: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client().prepare(text)?;
        let mut statements = self.statements.borrow_mut();
        statements.insert(text.to_string(), statement.clone());
        Ok(statement)
    }

    /// The rows that a statement of this dialect gives.
    ///
    /// # Errors
    /// When the server fails.
    pub fn query(&self, text: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(text)?;
        Ok(self.client().query(&statement, parameters)?)
    }

    /// Carries out a statement of this dialect; returns how many rows changed.
    ///
    /// # Errors
    /// When the server fails.
    pub fn change(&self, text: &str, parameters: &[Parameter<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepared(text)?;
        Ok(self.client().execute(&statement, parameters)?)
    }
}

impl Drop for Session {
    // A connection waits for its end, which no thread of an asynchronous runtime may do.
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(std::thread::spawn(move || drop(client)).join());
        }
    }
}

/// Texts of the common dialect have no question mark but before a parameter's number.
fn own(text: &str) -> String {
    text.replace('?', "$")
}

fn boxed<'c>(cell: &Cell<'c>) -> Box<dyn ToSql + Sync + 'c> {
    match *cell {
        Cell::Null => Box::new(None::<i64>),
        Cell::Int(number) => Box::new(number),
        Cell::Text(text) => Box::new(text),
        Cell::Blob(bytes) => Box::new(bytes),
    }
}

impl Sql for Session {
    fn ask(&self, text: &str, parameters: &[Cell<'_>], take: Take<'_>) -> Result<(), StoreError> {
        let values: Vec<_> = parameters.iter().map(boxed).collect();
        let values: Vec<Parameter<'_>> = values.iter().map(|v| &**v as Parameter<'_>).collect();
        self.query(&own(text), &values)?
            .iter()
            .try_for_each(|row| take(row))
    }

    fn ask_any(
        &self,
        text: &str,
        by: &str,
        keys: &Keys<'_>,
        take: Take<'_>,
    ) -> Result<(), StoreError> {
        let list: Parameter<'_> = match keys {
            Keys::Ids(ids) => ids,
            Keys::Texts(texts) => texts,
        };
        let text = format!("{} WHERE {by} = ANY($1)", own(text));
        self.query(&text, &[list])?
            .iter()
            .try_for_each(|row| take(row))
    }

    fn ask_under(
        &self,
        text: &str,
        by: &str,
        parents: &[i64],
        take: Take<'_>,
    ) -> Result<(), StoreError> {
        let text = format!(
            "{} JOIN unnest($1::bigint[]) AS p (parent) ON {by} BETWEEN p.parent AND p.parent + 255",
            own(text)
        );
        let rows = self.query(&text, &[&parents])?;
        rows.iter().try_for_each(|row| take(row))
    }

    fn execute(&self, text: &str, parameters: &[Cell<'_>]) -> Result<u64, StoreError> {
        let values: Vec<_> = parameters.iter().map(boxed).collect();
        let values: Vec<Parameter<'_>> = values.iter().map(|v| &**v as Parameter<'_>).collect();
        self.change(&own(text), &values)
    }
}

fn unreadable(error: &postgres::Error) -> StoreError {
    StoreError::Row {
        table: "an answer",
        reason: error.to_string(),
    }
}

impl Columns for Row {
    fn int(&self, index: usize) -> Result<i64, StoreError> {
        self.try_get(index).map_err(|e| unreadable(&e))
    }

    fn int_or_null(&self, index: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(index).map_err(|e| unreadable(&e))
    }

    fn text(&self, index: usize) -> Result<&str, StoreError> {
        self.try_get(index).map_err(|e| unreadable(&e))
    }

    fn bytes(&self, index: usize) -> Result<&[u8], StoreError> {
        self.try_get(index).map_err(|e| unreadable(&e))
    }

    fn bytes_or_null(&self, index: usize) -> Result<Option<&[u8]>, StoreError> {
        self.try_get(index).map_err(|e| unreadable(&e))
    }
}
