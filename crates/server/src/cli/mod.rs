//! The command line: what there is to ask for, and how answers and errors are shown.
//!
//! Each command is one file. Results go to standard output, progress and errors to standard error.

mod audit;
mod backup;
mod config;
mod export;
mod festival;
mod import;
mod local;
mod mail;
mod operator;
mod progress;
mod restore;
mod test_carrier;
mod test_provider;

use crate::config::{Config, ConfigError, Flags, LogFormat, database, environment, parse_set};
use crate::shop::off_runtime;
use crate::{serve, telemetry};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::postgres::{Location, PostgresReader};
use store::sqlite::SqliteReader;
use store::{Reader, StoreError};

#[derive(Parser)]
#[command(
    name = "sesame",
    version,
    about = "A shop that never sells what is not there",
    after_help = "Each command explains itself: sesame COMMAND --help"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Opens the shop.
    Serve(serve::ServeArguments),
    /// Shows the configuration that counts, and where each value came from; secrets are hidden.
    Config(serve::ServeArguments),
    /// Makes operators and gives them new passwords, while the shop is open or closed.
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// Tries the way by which the shop's mail leaves.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Reads goods from CSV files, into a shop that is open or closed.
    Import(import::ImportArguments),
    /// Writes goods as a CSV file, also while the shop is open.
    Export(export::ExportArguments),
    /// Checks all invariants of a shop's database, also while the shop is open.
    Audit(audit::AuditArguments),
    /// Copies a shop's database, also while the shop is open.
    Backup(backup::BackupArguments),
    /// Puts a backup in place of a shop's database.
    Restore(restore::RestoreArguments),
    /// Holds a busy day against a running shop, and proves that it kept its promises.
    Festival(festival::FestivalArguments),
    /// Runs the built-in test payment provider as a process of its own. It moves no money.
    TestProvider(test_provider::TestProviderArguments),
    /// Runs the test carrier by itself. It moves no parcels.
    TestCarrier(test_carrier::TestCarrierArguments),
    /// Shows the version of this program.
    Version,
}

/// Where the configuration comes from.
#[derive(Debug, Clone, clap::Args)]
pub struct ConfigArguments {
    /// The folder that holds the shop's data [default: data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The database beside the shop, `postgres://user:password@host/database`; by default the embedded one in
    /// the data folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The configuration file; by default sesame.toml in the data folder, if it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets any key of the configuration, such as `--set log.level=debug`. May be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_set)]
    set: Vec<(&'static str, String)>,
}

impl ConfigArguments {
    /// The configuration, with flags that a command has of its own.
    ///
    /// # Errors
    /// As for [`Config::load`].
    pub fn load(&self, own: Vec<(&'static str, Option<String>)>) -> Result<Config, ConfigError> {
        let set = self
            .set
            .iter()
            .map(|(key, text)| (*key, text.clone(), format!("--set {key}")));
        let data = self.data.as_ref().map(|d| d.display().to_string());
        let own = own
            .into_iter()
            .chain([("data", data), ("database", self.database.clone())]);
        let own = own.filter_map(|(key, text)| {
            Some((key, text?, format!("--{}", key.replace(['_', '.'], "-"))))
        });
        let flags = Flags {
            file: self.config.clone(),
            values: set.chain(own).collect(),
        };
        Config::load(flags, &environment()?)
    }

    /// Where the shop is, which may not be there yet.
    ///
    /// # Errors
    /// As for [`Config::load`].
    pub fn place(&self) -> Result<Place, ConfigError> {
        let config = self.load(Vec::new())?;
        Ok(Place {
            folder: config.data(),
            server: database(&config)?,
        })
    }

    /// Where a shop is.
    ///
    /// # Errors
    /// When there is none.
    pub fn shop(&self) -> Result<Place, Failure> {
        let place = self.place()?;
        if place.server.is_none() && !place.file().is_file() {
            let folder = place.folder.display();
            return Err(Failure::new(format!(
                "there is no shop in {folder}: name its folder with --data, or its database with --database"
            )));
        }
        Ok(place)
    }
}

/// Where a shop is.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its data folder.
    pub folder: PathBuf,
    /// Its database, if that is not in the folder.
    pub server: Option<Location>,
}

impl Place {
    /// Read access to its database.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Ok(match &self.server {
            None => Arc::new(SqliteReader::new(self.file())),
            Some(location) => Arc::new(off_runtime(|| PostgresReader::open(location))?),
        })
    }

    /// The embedded database's file, which may not be there.
    pub fn file(&self) -> PathBuf {
        self.folder.join(store::sqlite::FILE_NAME)
    }

    /// The embedded database's file, for what a database server has tools of its own for.
    ///
    /// # Errors
    /// When the database is one.
    pub fn embedded(&self) -> Result<PathBuf, Failure> {
        match &self.server {
            None => Ok(self.file()),
            Some(location) => Err(Failure::new(format!(
                "the shop's database is {location}: save and restore it with PostgreSQL's own tools, \
                 pg_dump and pg_restore, or pg_basebackup (docs/postgresql.md)"
            ))),
        }
    }
}

/// Why a command did not do what was asked, and the process's exit code.
#[derive(Debug)]
pub struct Failure {
    /// For people: what was attempted and what to do. Empty when everything was said already.
    pub reason: String,
    /// What the process ends with.
    pub exit_code: u8,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            exit_code: 1,
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

/// Says which file an error is about.
fn about<E: std::fmt::Display>(what: &'static str, file: &Path) -> impl Fn(E) -> Failure {
    move |error| Failure::new(format!("{what} {} failed: {error}", file.display()))
}

/// Does what the command line asks for.
pub async fn run() -> ExitCode {
    let command = Arguments::parse().command;
    if !matches!(command, Command::Serve(_)) {
        telemetry::start_logs("warn", LogFormat::Text);
    }
    let result = match command {
        Command::Serve(arguments) => serve::serve(arguments).await.map_err(Failure::from),
        Command::Config(arguments) => config::run(&arguments),
        Command::Operator(command) => operator::run(command).await,
        Command::Mail(command) => mail::run(command).await,
        Command::Import(arguments) => import::run(arguments).await,
        Command::Export(arguments) => export::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Festival(arguments) => festival::run(arguments).await,
        Command::TestProvider(arguments) => test_provider::run(arguments).await,
        Command::TestCarrier(arguments) => test_carrier::run(arguments).await,
        Command::Version => {
            println!("sesame {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.reason.is_empty() {
                eprintln!("error: {}", failure.reason);
            }
            ExitCode::from(failure.exit_code)
        }
    }
}
