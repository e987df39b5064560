//! Following what other servers write, and being the one that carries out what only one may, on one connection.

use super::connect::Location;
use super::session::Session;
use super::turn::{self, CHANNEL, Numbers};
use crate::StoreError;
use crate::turn::{Feed, News};
use postgres::fallible_iterator::FallibleIterator;
use std::time::Duration;

/// The follower of one server.
pub struct PostgresFeed {
    location: Location,
    session: Option<Session>,
    known: Numbers,
    me: i64,
    leads: bool,
}

impl PostgresFeed {
    /// Follows from what is known on; batches of `me` are left out.
    pub(super) fn new(location: Location, known: Numbers, me: i64) -> Self {
        Self {
            location,
            session: None,
            known,
            me,
            leads: false,
        }
    }

    /// The connection; a new one when the old one is gone, and with that what it held.
    fn session(&mut self) -> Result<&Session, StoreError> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.leads = false;
            self.session = None;
            let session = Session::open(&self.location, "follower")?;
            session.plain(&format!("LISTEN {CHANNEL}"))?;
            self.session = Some(session);
        }
        Ok(self.session.as_ref().expect("it was just opened"))
    }

    /// Lets go of a connection that failed.
    fn told<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if result.is_err() {
            self.session = None;
            self.leads = false;
        }
        result
    }

    fn look(&mut self) -> Result<News, StoreError> {
        let (known, me) = (self.known, self.me);
        let session = self.session()?;
        let Some(since) = turn::since(session, &known, me)? else {
            // Whoever reads everything after this knows all up to here.
            let last = turn::last_numbers(session)?;
            self.known = last.unwrap_or(known);
            return Ok(News::Everything);
        };
        let news = if since.touched.is_empty() {
            News::Nothing
        } else {
            News::Batch(Box::new(turn::foreign_batch(session, &known, &since)?))
        };
        self.known = since.numbers;
        Ok(news)
    }

    fn wait(&mut self, wait: Duration) -> Result<(), StoreError> {
        self.session()?.with(|client| {
            let mut notifications = client.notifications();
            notifications.timeout_iter(wait).next()?;
            // One look answers all of them.
            while notifications.iter().next()?.is_some() {}
            Ok(())
        })
    }
}

impl Feed for PostgresFeed {
    fn news(&mut self, wait: Duration) -> Result<News, StoreError> {
        let found = self.look();
        let found = self.told(found)?;
        if !matches!(found, News::Nothing) {
            return Ok(found);
        }
        let waited = self.wait(wait);
        self.told(waited)?;
        let found = self.look();
        self.told(found)
    }

    fn leads(&mut self) -> Result<bool, StoreError> {
        if self.session().is_ok() && self.leads {
            return Ok(true);
        }
        let asked = self.session().and_then(turn::lead);
        self.leads = self.told(asked)?;
        Ok(self.leads)
    }
}
