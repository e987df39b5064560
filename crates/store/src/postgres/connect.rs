//! Ways to a server: what an operator wrote, a session that is set up as the store needs it, and errors that say
//! what to do. A password is never part of a text.

use crate::StoreError;
use postgres::config::{Host, TargetSessionAttrs};
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use std::time::Duration;

/// The oldest major version that is known to work.
const VERSION_MIN: i32 = 15;
/// How long a server may take to answer a new connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// After this time without an answer from the other machine a connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// How often a silent connection is tried.
const KEEPALIVE: Duration = Duration::from_secs(5);
/// How each session is set up. A commit that returns is on disk, whatever the server's own settings say; each
/// statement sees what was committed before it began, on which taking turns relies.
const SESSION: &str = "
    SET default_transaction_isolation = 'read committed';
    SET default_transaction_read_only = off;
    SET statement_timeout = 0;
    SET idle_session_timeout = 0;
    SET idle_in_transaction_session_timeout = '60s';
    SET lock_timeout = '10s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Where a database is.
#[derive(Clone)]
pub struct Location {
    config: Config,
    shown: String,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Location {
    /// Reads `postgres://user:password@host:port/database`.
    ///
    /// # Errors
    /// When it is something else, names no user, host or database, or asks for what is not there, such as TLS.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        let wrong = |reason: &str| StoreError::Address(reason.to_string());
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|s| url.starts_with(s))
        {
            return Err(wrong("it must begin with postgres://"));
        }
        let mode = url
            .split(['?', '&'])
            .find_map(|part| part.strip_prefix("sslmode="));
        if mode.is_some_and(|mode| !matches!(mode, "disable" | "prefer")) {
            return Err(wrong(
                "TLS to the database is not built in: use a private network or a tunnel, and sslmode=disable",
            ));
        }
        // What the parser complains about may hold a part of the password.
        let mut config: Config = url.parse().map_err(|_| {
            wrong("it must be like postgres://user:password@host:5432/database, with special characters written as %40")
        })?;
        let user = config.get_user().ok_or_else(|| wrong("it names no user"))?;
        let database = config
            .get_dbname()
            .ok_or_else(|| wrong("it names no database"))?;
        if config.get_hosts().is_empty() {
            return Err(wrong("it names no host"));
        }
        let ports = config.get_ports();
        let port = |i: usize| ports.get(i).or(ports.first()).copied().unwrap_or(5432);
        let hosts: Vec<String> = config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(i, host)| match host {
                Host::Tcp(name) => format!("{name}:{}", port(i)),
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        let shown = format!("postgres://{user}@{}/{database}", hosts.join(","));
        config
            .connect_timeout(CONNECT_MAX)
            .tcp_user_timeout(SILENCE_MAX)
            .keepalives_idle(KEEPALIVE)
            .keepalives_interval(KEEPALIVE)
            .keepalives_retries(2)
            // Of several hosts the one that takes writes: after a failover that is another one.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self { config, shown })
    }

    /// Opens a session; `purpose` is what an operator sees in `pg_stat_activity`.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or is too old.
    pub fn connect(&self, purpose: &str) -> Result<Client, StoreError> {
        let mut config = self.config.clone();
        config.application_name(&format!("sesame {purpose}"));
        let mut client = config.connect(NoTls).map_err(|e| self.refused(&e))?;
        let version: String = client.query_one("SHOW server_version_num", &[])?.get(0);
        let major = version.parse::<i32>().unwrap_or(0) / 10_000;
        if major < VERSION_MIN {
            return Err(StoreError::TooOld {
                found: major,
                needed: VERSION_MIN,
            });
        }
        client.batch_execute(SESSION)?;
        Ok(client)
    }

    /// Why a session could not be opened.
    fn refused(&self, error: &postgres::Error) -> StoreError {
        let about = |what: &str| StoreError::Unreachable(format!("{self}: {what}"));
        match error.code() {
            Some(code) if *code == SqlState::INVALID_PASSWORD => {
                StoreError::Refused(format!("{self}: wrong user or password"))
            }
            Some(code) if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                StoreError::Refused(format!("{self}: {}", text(error)))
            }
            Some(code) if *code == SqlState::INVALID_CATALOG_NAME => StoreError::Refused(format!(
                "{self}: there is no such database: make it with `createdb`"
            )),
            Some(code) if *code == SqlState::TOO_MANY_CONNECTIONS => {
                about("it has no room for another connection: raise max_connections")
            }
            _ => about(&text(error)),
        }
    }
}

/// What went wrong, with what the server or the system says of it.
fn text(error: &postgres::Error) -> String {
    use std::error::Error as _;
    match (error.as_db_error(), error.source()) {
        (Some(told), _) => told.message().to_string(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        let Some(code) = error.code() else {
            return StoreError::Unreachable(text(&error));
        };
        let told = text(&error);
        match code.code() {
            "53100" => StoreError::DiskFull,
            "25006" | "42501" => StoreError::ReadOnly(told),
            "XX001" | "XX002" => StoreError::Damaged(told),
            "55P03" => StoreError::Busy,
            // Shutting down, crashed, starting up, or a session that somebody ended.
            "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => StoreError::Unreachable(told),
            code if code.starts_with("08") => StoreError::Unreachable(told),
            _ => StoreError::Engine(told),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_shown_without_its_password() {
        let url = "postgres://shop:geh%40im@db.example:6432/sesame?sslmode=disable";
        let location = Location::parse(url).expect("it can be read");
        assert_eq!(
            location.to_string(),
            "postgres://shop@db.example:6432/sesame"
        );
        assert!(!format!("{location:?}").contains("geh"));
        let many = Location::parse("postgresql://shop@a,b:7/sesame").expect("two hosts");
        assert_eq!(many.to_string(), "postgres://shop@a:5432,b:7/sesame");
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said_without_its_password() {
        for (url, told) in [
            ("mysql://a:geheim@b/c", "begin with postgres://"),
            ("postgres://a:geheim@b/c?sslmode=require", "TLS"),
            ("postgres://a:geheim@b/c?sslmode=verify-full", "TLS"),
            ("postgres://a:geheim@b:port/c", "be like postgres://"),
            ("postgres://b/c", "no user"),
            ("postgres://a:geheim@b", "no database"),
            ("postgres://", "no user"),
        ] {
            let error = Location::parse(url).expect_err(url).to_string();
            assert!(error.contains(told), "{url}: {error}");
            assert!(!error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn nobody_there_is_unreachable() {
        let location = Location::parse("postgres://shop:geheim@127.0.0.1:1/sesame");
        let error = location.expect("it can be read").connect("test");
        let Err(StoreError::Unreachable(told)) = error else {
            panic!("nobody listens on port 1");
        };
        assert!(
            told.contains("postgres://shop@127.0.0.1:1/sesame"),
            "{told}"
        );
        assert!(!told.contains("geheim"), "{told}");
    }
}
