//! The embedded engine behind the trait that questions are written over once for every engine ([`crate::sql`]).

use crate::StoreError;
use crate::rows::Cell;
use crate::sql::{Columns, Keys, Sql, Take};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Params, Row, params_from_iter};
use std::rc::Rc;

/// A connection to be asked.
pub struct Asked<'c>(pub &'c Connection);

impl Columns for Row<'_> {
    fn int(&self, index: usize) -> Result<i64, StoreError> {
        Ok(self.get(index)?)
    }

    fn int_or_null(&self, index: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.get(index)?)
    }

    fn text(&self, index: usize) -> Result<&str, StoreError> {
        let value = self.get_ref(index)?;
        value
            .as_str()
            .map_err(|e| StoreError::Engine(e.to_string()))
    }

    fn bytes(&self, index: usize) -> Result<&[u8], StoreError> {
        let value = self.get_ref(index)?;
        value
            .as_blob()
            .map_err(|e| StoreError::Engine(e.to_string()))
    }

    fn bytes_or_null(&self, index: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.get_ref(index)? {
            ValueRef::Null => Ok(None),
            _ => self.bytes(index).map(Some),
        }
    }
}

impl Asked<'_> {
    fn each(&self, sql: &str, parameters: impl Params, take: Take<'_>) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut found = statement.query(parameters)?;
        while let Some(row) = found.next()? {
            take(row)?;
        }
        Ok(())
    }
}

impl Sql for Asked<'_> {
    fn ask(&self, sql: &str, parameters: &[Cell<'_>], take: Take<'_>) -> Result<(), StoreError> {
        self.each(sql, params_from_iter(parameters), take)
    }

    fn ask_any(
        &self,
        sql: &str,
        by: &str,
        keys: &Keys<'_>,
        take: Take<'_>,
    ) -> Result<(), StoreError> {
        let keys: Vec<Value> = match keys {
            Keys::Ids(ids) => ids.iter().map(|id| Value::Integer(*id)).collect(),
            Keys::Texts(texts) => texts.iter().map(|t| Value::Text((*t).into())).collect(),
        };
        let sql = format!("{sql} WHERE {by} IN rarray(?1)");
        self.each(&sql, [Rc::new(keys)], take)
    }

    fn ask_under(
        &self,
        sql: &str,
        by: &str,
        parents: &[i64],
        take: Take<'_>,
    ) -> Result<(), StoreError> {
        let sql = format!("{sql} WHERE {by} BETWEEN ?1 AND ?2");
        for parent in parents {
            self.each(&sql, [*parent, parent | 0xff], &mut *take)?;
        }
        Ok(())
    }

    fn execute(&self, sql: &str, parameters: &[Cell<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        Ok(statement.execute(params_from_iter(parameters))? as u64)
    }
}
