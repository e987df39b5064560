//! `sesame restore`: puts a backup where the shop's database is, and keeps what was there.

use super::backup::{copy_checked, stamp, sync_folder};
use super::{ConfigArguments, Failure, about};
use crate::shop::lock_folder;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use store::sqlite::{FILE_NAME, verify};

/// Which backup goes where.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The shop must be stopped. With --replace, the database that was there is kept beside the new one, under a name that ends with the time."
)]
pub struct RestoreArguments {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    config: ConfigArguments,
    /// Puts the backup in place of a database that is there already.
    #[arg(long)]
    replace: bool,
}

/// Checks the backup and puts it in place.
///
/// # Errors
/// When the backup is not sound, the shop is running, or there is a database and it may not be replaced.
pub fn run(arguments: &RestoreArguments) -> Result<(), Failure> {
    let (file, place) = (&arguments.file, arguments.config.place()?);
    let (database, folder) = (place.embedded()?, &place.folder);
    if !file.is_file() {
        return Err(Failure::new(format!("there is no file {}", file.display())));
    }
    verify(file)?;
    let _lock = lock_folder(folder)?;
    let occupied = database.exists();
    if occupied && !arguments.replace {
        let reason = format!(
            "there is a shop in {} already: --replace puts the backup in its place and keeps the old one beside it",
            folder.display()
        );
        return Err(Failure::new(reason));
    }
    // The copy is whole before anything is touched.
    let fresh = folder.join(format!("restored-{}.db", stamp()));
    copy_checked(file, &fresh)?;
    if occupied {
        let kept = folder.join(format!("{FILE_NAME}.before-{}", stamp()));
        move_aside(&database, &kept)?;
        println!("the old database is kept as {}", kept.display());
    }
    std::fs::rename(&fresh, &database).map_err(about("naming", &database))?;
    sync_folder(&database)?;
    println!("restored {} to {}", file.display(), database.display());
    Ok(())
}

/// Moves a database with its write-ahead log, so that the old one can still be opened.
fn move_aside(database: &Path, kept: &Path) -> Result<(), Failure> {
    for suffix in ["-wal", "-shm", ""] {
        let with = |path: &Path| {
            let mut name = OsString::from(path);
            name.push(suffix);
            PathBuf::from(name)
        };
        let from = with(database);
        if from.exists() {
            std::fs::rename(&from, with(kept)).map_err(about("moving", &from))?;
        }
    }
    Ok(())
}
