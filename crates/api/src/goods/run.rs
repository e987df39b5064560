//! Carrying a plan out through the door.

use super::{FileErrors, FileSummary, Progress, Reading};
use crate::app::{Door, DoorError, Ids};
use commerce::Refusal;
use commerce::command::{Actor, Channel, Envelope};
use serde::{Deserialize, Serialize};
use store::Shelf;
use utoipa::ToSchema;

/// Plans per import: goods may be changed between planning and writing, and are planned anew then.
const PLANS_MAX: u32 = 3;

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// What became of each file's lines.
    pub files: Vec<FileSummary>,
    /// New categories that no category file names: those that products name, and parents.
    pub categories_created: u32,
    /// Whether it was only checked: nothing was written then.
    pub checked_only: bool,
}

/// Why an import did not do all it should.
#[derive(Debug)]
pub enum ImportError {
    /// Lines are bad; nothing was written.
    Bad(Vec<FileErrors>),
    /// A command was not carried out. What is named was written before it and stays.
    Failed {
        /// Why.
        error: DoorError,
        /// The steps that were written.
        written: Vec<&'static str>,
    },
}

/// Whether a good import is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Write,
    /// It is only checked.
    Check,
}

/// What an import needs of the shop.
#[derive(Clone, Copy)]
pub struct Shop<'a> {
    /// The way in for its commands.
    pub door: &'a Door,
    /// What it is checked against.
    pub shelf: &'a Shelf,
    /// Ids of new records.
    pub ids: &'a Ids,
}

/// Plans and writes what was read, on a thread that may block. `on_step` hears of each command before
/// it is sent.
///
/// Each command is one transaction. One that is refused because goods were changed since they were
/// planned is planned anew.
///
/// # Errors
/// As [`ImportError`] says.
pub fn carry_out(
    shop: Shop,
    actor: Actor,
    reading: &Reading,
    mode: Mode,
    on_step: &mut dyn FnMut(&'static str, Progress),
) -> Result<ImportReport, ImportError> {
    let mut written = Vec::new();
    let mut first_report = None;
    for attempt in 1..=PLANS_MAX {
        let plan = reading
            .plan(&shop.shelf.read(), &mut || shop.ids.next())
            .map_err(ImportError::Bad)?;
        let report = first_report.get_or_insert(ImportReport {
            files: plan.files,
            categories_created: plan.categories_created,
            checked_only: mode == Mode::Check,
        });
        if mode == Mode::Check {
            return Ok(report.clone());
        }
        let of = plan.steps.len() as u64;
        let mut stale = false;
        for (done, step) in (0..).zip(plan.steps) {
            on_step(step.title, Progress { done, of });
            let envelope = Envelope {
                command: step.command,
                actor,
                channel: Channel::Import,
                idempotency: None,
            };
            match shop.door.submit_blocking(envelope) {
                Ok(_) => written.push(step.title),
                Err(DoorError::Refused(refusal)) if is_stale(&refusal) && attempt < PLANS_MAX => {
                    stale = true;
                    break;
                }
                Err(error) => return Err(ImportError::Failed { error, written }),
            }
        }
        if !stale {
            break;
        }
    }
    Ok(first_report.expect("planned once at least"))
}

/// Whether goods were changed between planning and writing.
fn is_stale(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::VersionConflict { .. } | Refusal::CodeTaken { .. }
    )
}
