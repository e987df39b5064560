//! `sesame backup`: a copy of the database as of one moment, made while the shop is open.

use super::progress::{Progress, grouped};
use super::{ConfigArguments, Failure, about};
use std::fs::File;
use std::path::{Path, PathBuf};
use store::sqlite::{copy, verify};

/// Where from and where to.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The copy is one file, checked after it was written. It holds everything: goods, orders, people, secrets.\nKeep it as safe as the shop itself. `sesame restore` puts it back."
)]
pub struct BackupArguments {
    /// The file to make; or a folder, then the file is named after the time. Nothing is overwritten.
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    #[command(flatten)]
    config: ConfigArguments,
}

/// Makes the copy, checks it, and gives it its name.
///
/// # Errors
/// When the target exists or cannot be written, or the source cannot be read.
pub fn run(arguments: &BackupArguments) -> Result<(), Failure> {
    let place = arguments.config.place()?;
    place.embedded()?;
    let source = arguments.config.shop()?.file();
    let target = if arguments.target.is_dir() {
        arguments.target.join(format!("sesame-{}.db", stamp()))
    } else {
        arguments.target.clone()
    };
    copy_checked(&source, &target)?;
    let bytes = target.metadata().map(|m| m.len()).unwrap_or(0);
    println!("{} ({} bytes, checked)", target.display(), grouped(bytes));
    Ok(())
}

/// The time now as part of a file name.
pub fn stamp() -> String {
    jiff::Timestamp::now()
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

/// Copies a database to a file that does not exist yet. Under its name there is a whole, checked
/// copy or nothing.
///
/// # Errors
/// When either file cannot be used, or the copy is not sound.
pub fn copy_checked(source: &Path, target: &Path) -> Result<(), Failure> {
    if target.exists() {
        let reason = format!(
            "{} exists already: choose another name, nothing is overwritten",
            target.display()
        );
        return Err(Failure::new(reason));
    }
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    remove(&partial)?;
    let made = fill(source, &partial).and_then(|()| {
        std::fs::rename(&partial, target).map_err(about("naming", target))?;
        sync_folder(target)
    });
    if made.is_err() {
        drop(remove(&partial));
    }
    made
}

fn fill(source: &Path, partial: &Path) -> Result<(), Failure> {
    let mut progress = Progress::new();
    copy(source, partial, &mut |done, total| {
        let percent = done.saturating_mul(100) / total.max(1);
        progress.say(|| format!("copying: {percent} %"));
    })
    .map_err(about("writing", partial))?;
    verify(partial).map_err(about("checking", partial))?;
    File::open(partial)
        .and_then(|file| file.sync_all())
        .map_err(about("writing", partial))
}

fn remove(file: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(about("removing", file)(e)),
        _ => Ok(()),
    }
}

/// Makes a new name in a folder durable.
///
/// # Errors
/// When the folder cannot be synced.
pub fn sync_folder(file: &Path) -> Result<(), Failure> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(about("writing", folder))
}
