//! `sesame audit`: all invariants over one consistent view of a database, and over the record of admission.

use super::progress::{Progress, grouped};
use super::{ConfigArguments, Failure};
use crate::shop::off_runtime;
use api::admission::journal;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Instant;
use store::sqlite::{SqliteReader, verify};
use store::{AuditReport, Finding, Queries, StoreError};

/// The exit code when the database could not be checked, so that scripts can tell it from a broken one.
const NOT_CHECKED: u8 = 2;

/// What is checked, and how the result is shown.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 when all invariants hold, 1 when one is broken, 2 when the database could not be checked.\nThe shop may be open: the audit sees one moment of it and does not hold it up."
)]
pub struct AuditArguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// A database file to check instead, such as a backup.
    #[arg(value_name = "FILE", conflicts_with_all = ["data", "config"])]
    file: Option<PathBuf>,
    /// Prints the result as JSON: `{"clean", "broken", "findings": [{"invariant", "detail"}], "rows"}`.
    #[arg(long)]
    json: bool,
}

/// Checks and shows what was found.
///
/// # Errors
/// When something is broken, or the database cannot be read.
pub fn run(arguments: &AuditArguments) -> Result<(), Failure> {
    let not_checked = |failure: Failure| Failure {
        exit_code: NOT_CHECKED,
        ..failure
    };
    let started = Instant::now();
    let mut data = None;
    let report = match &arguments.file {
        Some(file) if file.is_file() => check_file(file),
        Some(file) => {
            let reason = format!("there is no file {}", file.display());
            return Err(not_checked(Failure::new(reason)));
        }
        None => {
            let place = arguments.config.shop().map_err(not_checked)?;
            data = Some(place.folder.clone());
            match place.server {
                None => check_file(&place.file()),
                Some(_) => place.reader().and_then(|reader| check(&*reader)),
            }
        }
    };
    let mut report = report.map_err(|e| not_checked(e.into()))?;
    if let Some(data) = data {
        check_admission(&data, &mut report).map_err(not_checked)?;
    }
    if arguments.json {
        println!("{}", as_json(&report));
    } else {
        print!("{}", as_text(&report, started.elapsed().as_secs_f64()));
    }
    if report.is_clean() {
        return Ok(());
    }
    Err(Failure {
        reason: String::new(),
        exit_code: 1,
    })
}

fn check_file(file: &Path) -> Result<AuditReport, StoreError> {
    let mut progress = Progress::new();
    progress.say(|| "checking the file".to_string());
    verify(file)?;
    drop(progress);
    check(&SqliteReader::new(file.to_path_buf()))
}

fn check(reader: &dyn Queries) -> Result<AuditReport, StoreError> {
    off_runtime(|| {
        let mut progress = Progress::new();
        reader.audit(&mut |table, rows| {
            progress.say(|| format!("{table}: {}", grouped(rows)));
        })
    })
}

/// Invariant 10: who waited was let in in order, and the record of it is whole.
fn check_admission(data: &Path, report: &mut AuditReport) -> Result<(), Failure> {
    let mut check = journal::Check::default();
    let read = journal::each_line(&data.join(journal::FOLDER), |line| check.line(line));
    read.map_err(|e| Failure::new(format!("reading the record of admission failed: {e}")))?;
    report.rows.push(("admission", check.blocks));
    report.broken += check.broken;
    let findings = check.findings.into_iter().map(|f| Finding {
        number: f.number,
        detail: f.detail,
    });
    report.findings.extend(findings);
    Ok(())
}

fn as_json(report: &AuditReport) -> serde_json::Value {
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|f| json!({ "invariant": f.number, "detail": f.detail }))
        .collect();
    let rows: serde_json::Map<_, _> = report
        .rows
        .iter()
        .map(|(table, count)| ((*table).to_string(), json!(count)))
        .collect();
    json!({ "clean": report.is_clean(), "broken": report.broken, "findings": findings, "rows": rows })
}

fn as_text(report: &AuditReport, seconds: f64) -> String {
    let mut out = String::new();
    for (table, count) in &report.rows {
        out.push_str(&format!("{table:20}{:>14}\n", grouped(*count)));
    }
    for finding in &report.findings {
        out.push_str(&format!(
            "invariant {} is broken: {}\n",
            finding.number, finding.detail
        ));
    }
    let more = report.broken - report.findings.len() as u64;
    if more > 0 {
        out.push_str(&format!("and {} more\n", grouped(more)));
    }
    let verdict = match report.broken {
        0 => "all invariants hold".to_string(),
        1 => "1 finding".to_string(),
        n => format!("{} findings", grouped(n)),
    };
    out.push_str(&format!("{verdict} (checked in {seconds:.1} s)\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_each_broken_invariant() {
        let report = AuditReport {
            rows: vec![("events", 1_200)],
            findings: vec![Finding {
                number: 3,
                detail: "two captures".to_string(),
            }],
            broken: 2,
        };
        let text = as_text(&report, 0.25);
        assert_eq!(
            text,
            "events                       1,200\ninvariant 3 is broken: two captures\nand 1 more\n\
             2 findings (checked in 0.2 s)\n"
        );
        let json = as_json(&report);
        assert_eq!(json["clean"], false);
        assert_eq!(json["findings"][0]["invariant"], 3);
        assert_eq!(json["rows"]["events"], 1_200);
        let clean = as_text(&AuditReport::default(), 0.0);
        assert_eq!(clean, "all invariants hold (checked in 0.0 s)\n");
    }
}
