//! Databases for tests and measurements: made anew on a server that is named by the environment, and dropped
//! afterwards. It is no place for a shop.

use super::connect::Location;
use super::session::Session;
use crate::StoreError;

/// What names the server: the address of its maintenance database.
pub const VARIABLE: &str = "SESAME_TEST_POSTGRES";

/// A database of one test's own; dropped with this.
#[derive(Debug)]
pub struct Scratch {
    server: String,
    name: String,
    url: String,
}

impl Scratch {
    /// Makes an empty database; `None` when the environment names no server.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us make one.
    pub fn make(purpose: &str) -> Result<Option<Self>, StoreError> {
        let Ok(server) = std::env::var(VARIABLE) else {
            return Ok(None);
        };
        let salt = super::draw();
        let name = format!(
            "sesame_{}_{salt:x}",
            purpose.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        );
        let session = Session::open(&Location::parse(&server)?, "test")?;
        session.plain(&format!("CREATE DATABASE {name}"))?;
        let (base, _) = server.rsplit_once('/').unwrap_or((&server, ""));
        let url = format!("{base}/{name}");
        Ok(Some(Self { server, name, url }))
    }

    /// Where it is, as an operator would write it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it is.
    ///
    /// # Panics
    /// When the server's address cannot be read, which it could.
    pub fn location(&self) -> Location {
        Location::parse(&self.url).expect("the server's address was read already")
    }

    /// Ends all other connections to it, as a server that is restarted does.
    ///
    /// # Errors
    /// When the server fails.
    pub fn cut_connections(&self) -> Result<(), StoreError> {
        let session = Session::open(&Location::parse(&self.server)?, "test")?;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        session.query(cut, &[&self.name])?;
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let dropped = Location::parse(&self.server)
            .and_then(|location| Session::open(&location, "test"))
            .and_then(|session| {
                session.plain(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
            });
        if let Err(error) = dropped {
            eprintln!("the database {} stays: {error}", self.name);
        }
    }
}
