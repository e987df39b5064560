//! Goods as CSV files: reading, checking and planning an import, and writing an export.
//!
//! Everything here is a pure function of the files, the world and a source of ids: the HTTP route and
//! the command line share it. A plan is made only when no line of any file is bad; it never writes
//! anything itself, and what an export wrote, an import leaves unchanged.
//!
//! [`read()`] parses the files, which takes most of the time and needs nothing else; [`Reading::plan`]
//! checks what they say against the world and makes at most three commands of it.

pub(crate) mod carriers;
mod cells;
mod columns;
mod export;
pub mod gazetteer;
mod hours;
pub(crate) mod http;
mod places;
mod products;
mod read;
mod report;
mod run;
mod stock;
#[cfg(test)]
mod tests;

pub use columns::Kind;
pub use export::export;
pub use hours::{hours_parse, minute_parse};
pub use report::{FileErrors, FileSummary, LineError};
pub use run::{ImportError, ImportReport, Mode, Shop, carry_out};

use commerce::command::{Command, SetStock};
use commerce::{World, limits};
use read::Content;

/// Lines of one file, without its header.
pub const LINES_MAX: usize = limits::IMPORT_RECORDS_MAX;
/// Bytes of all files of one import together.
pub const BYTES_MAX: usize = 128 * 1024 * 1024;
/// Files of one import.
pub const FILES_MAX: usize = 50;
/// Bad lines that are reported for one file; further ones are counted.
pub const ERRORS_MAX: usize = 1_000;
/// Lines after which progress is told again.
const PROGRESS_LINES: u64 = 1_000;

/// A file to be imported.
#[derive(Debug, Clone, Copy)]
pub struct InputFile<'a> {
    /// Its name, for messages alone: the kind is told by its header.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// How far a step of the import is, in lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Lines done.
    pub done: u64,
    /// Lines in all; an estimate while files are read.
    pub of: u64,
}

/// Files as parsed: what can be said of them without the world.
#[derive(Debug)]
pub struct Reading {
    files: Vec<(FileErrors, Content)>,
}

/// One command of an import: one transaction.
#[derive(Debug)]
pub struct Step {
    /// What it writes, for people.
    pub title: &'static str,
    /// The command, for [`commerce::Channel::Import`].
    pub command: Command,
}

/// What an import does.
#[derive(Debug)]
pub struct Plan {
    /// The commands in the order in which they must be carried out; none when nothing changes.
    pub steps: Vec<Step>,
    /// What becomes of each file's lines.
    pub files: Vec<FileSummary>,
    /// New categories that no category file names: those that products name, and parents.
    pub categories_created: u32,
}

/// Parses files. Faults are kept in the reading, so that all of them are told together.
pub fn read(files: &[InputFile], on_progress: &mut dyn FnMut(Progress)) -> Reading {
    let newlines = |f: &InputFile| f.bytes.iter().filter(|&&b| b == b'\n').count() as u64;
    let of = files.iter().map(newlines).sum();
    let bytes: usize = files.iter().map(|f| f.bytes.len()).sum();
    let mut done = 0;
    let mut tick = || {
        done += 1;
        if done % PROGRESS_LINES == 0 {
            on_progress(Progress { done, of });
        }
    };
    let mut read_one = |file: &InputFile| {
        let mut errors = FileErrors::new(file.name);
        let content = if bytes > BYTES_MAX || files.len() > FILES_MAX {
            errors.file(format!(
                "one import takes at most {FILES_MAX} files with {} MiB together",
                BYTES_MAX / (1024 * 1024)
            ));
            Content::Unknown
        } else {
            read::read_file(file.bytes, &mut errors, &mut tick)
        };
        (errors, content)
    };
    Reading {
        files: files.iter().map(&mut read_one).collect(),
    }
}

impl Reading {
    /// Checks the files against the world and each other and plans what is to be written.
    ///
    /// `next_id` gives raw ids that nothing else has.
    ///
    /// # Errors
    /// The files that have bad lines, with all of them: nothing of any file is to be written.
    pub fn plan(
        &self,
        world: &World,
        next_id: &mut dyn FnMut() -> u64,
    ) -> Result<Plan, Vec<FileErrors>> {
        let mut errors: Vec<FileErrors> = self.files.iter().map(|(e, _)| e.clone()).collect();
        let contents: Vec<&Content> = self.files.iter().map(|(_, c)| c).collect();
        let mut places = places::Places::new(world);
        let place_counts = places.plan(&contents, &mut errors, next_id);
        let mut products = products::Products::new(world);
        let product_counts = products.plan(&contents, &mut places, &mut errors, next_id);
        let (changes, stock_counts) =
            stock::plan(world, &contents, &products, &places, &mut errors);
        let drafts = products.drafts(&mut errors);
        if errors.iter().any(|e| e.total > 0) {
            errors.retain(|e| e.total > 0);
            errors.iter_mut().for_each(FileErrors::sort);
            return Err(errors);
        }
        let mut steps = Vec::new();
        let categories_created = places.created_unnamed;
        let records = places.into_records();
        if !records.is_empty() {
            steps.push(Step {
                title: "locations and categories",
                command: Command::SaveRecords(records),
            });
        }
        if !drafts.is_empty() {
            steps.push(Step {
                title: "products and prices",
                command: Command::SaveProducts(drafts),
            });
        }
        if !changes.is_empty() {
            let names = self
                .files
                .iter()
                .filter(|(_, c)| matches!(c, Content::Stock(_)));
            let names: Vec<&str> = names.map(|(e, _)| e.name.as_str()).collect();
            let set = SetStock {
                cause: next_id(),
                changes,
                note: names.join(", "),
            };
            steps.push(Step {
                title: "stock",
                command: Command::SetStock(set),
            });
        }
        let count = |i: usize| place_counts[i] + product_counts[i] + stock_counts[i];
        let summary = |(i, (file, content)): (usize, &(FileErrors, Content))| {
            FileSummary::new(&file.name, content.kind(), count(i))
        };
        Ok(Plan {
            steps,
            files: self.files.iter().enumerate().map(summary).collect(),
            categories_created,
        })
    }
}
