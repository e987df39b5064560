//! `sesame export`: goods as a CSV file, also while the shop is open.

use super::{ConfigArguments, Failure, about};
use crate::shop::off_runtime;
use api::goods::{self, Kind};
use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use store::Shelf;

/// What is exported where.
#[derive(Debug, clap::Args)]
#[command(after_help = "Importing the file again changes nothing.")]
pub struct ExportArguments {
    /// What: products, prices, stock, locations or categories.
    #[arg(value_name = "KIND", value_parser = kind)]
    kind: Kind,
    /// The file to write, replaced if it is there; standard output by default.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArguments,
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
        format!("it is one of {}", words.join(", "))
    })
}

/// Writes the file.
///
/// # Errors
/// When the database cannot be read or the file cannot be written.
pub fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let reader = arguments.config.shop()?.reader()?;
    let shelf = off_runtime(|| Shelf::load(&*reader, reader.levels()?))?;
    match &arguments.output {
        None => {
            goods::export(
                &shelf.read(),
                arguments.kind,
                BufWriter::new(stdout().lock()),
            )?;
            Ok(())
        }
        Some(path) => write_file(&shelf, arguments.kind, path),
    }
}

/// Writes beside the file and then in its place, so that a full disk leaves the old one whole.
fn write_file(shelf: &Shelf, kind: Kind, path: &Path) -> Result<(), Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let written = File::create(&partial).and_then(|file| {
        let mut out = BufWriter::new(file);
        goods::export(&shelf.read(), kind, &mut out)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&partial, path)
    });
    if written.is_err() {
        drop(std::fs::remove_file(&partial));
    }
    written.map_err(about("writing", path))
}
