//! The command line: what there is to ask for, and how answers and errors are shown.
//!
//! Each command is one file. Results go to standard output, progress and errors to standard error.

mod audit;
mod backup;
mod festival;
mod progress;
mod restore;
mod test_provider;

use crate::serve;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

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
}

/// Where the shop's data is.
#[derive(Debug, Clone, clap::Args)]
pub struct DataArguments {
    /// The folder that holds the shop's data.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "data",
        env = "SESAME_DATA",
        hide_env_values = true
    )]
    pub data: PathBuf,
}

impl DataArguments {
    /// The database in the folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn database(&self) -> Result<PathBuf, Failure> {
        let file = self.data.join(store::sqlite::FILE_NAME);
        if file.is_file() {
            return Ok(file);
        }
        let folder = self.data.display();
        Err(Failure::new(format!(
            "there is no shop in {folder}: name its folder with --data"
        )))
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
    let filter = EnvFilter::try_from_env("SESAME_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .init();
    let result = match Arguments::parse().command {
        Command::Serve(arguments) => serve::serve(arguments).await.map_err(Failure::from),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Festival(arguments) => festival::run(arguments).await,
        Command::TestProvider(arguments) => test_provider::run(arguments).await,
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
