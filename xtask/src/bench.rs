//! `cargo xtask bench`: measures in release, prints a table, writes `target/bench.json`.
//!
//! The measuring is done by `sesame-bench` in crates/festival, and by `sesame-trials` in crates/trials for what needs no
//! server; `logistics` names all of the latter, and what of the way to the doorstep is measured at a server. They print one flat JSON object per line:
//! `{"name": …, "value": …, "unit": …, "reference": …, "reference_value": …, "p50_ms": …, "p99_ms": …, …}`, of which
//! name, value and unit are always there. A value is only comparable with the reference of the same run.

mod row;

use std::fs;
use std::time::Duration;

use crate::files;
use crate::foreign;
use crate::postgres::Postgres;
use crate::progress::Progress;
use crate::ui;
use crate::workspace::Workspace;
use row::{FURTHER, Row};

const BUILD_LIMIT: Duration = Duration::from_secs(45 * 60);
const MEASURE_LIMIT: Duration = Duration::from_secs(60 * 60);

/// Runs the named measurements, or all of them; with `--long` first, fills a database with 50 million orders
/// instead, or with what the arguments behind it say.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8, String> {
    let (mut names, report) = match arguments.split_first() {
        Some((first, rest)) if first == "--long" => {
            ([&["fill".to_owned()], rest].concat(), "bench-long.json")
        }
        _ => (arguments.to_vec(), "bench.json"),
    };
    // What of the way to the doorstep is measured at a server.
    if names.iter().any(|name| name == "logistics") {
        names.extend(["http_promise", "http_parcels"].map(str::to_owned));
    }
    let programs = Program::those_for(&names);
    let mut build = vec!["build", "--release", "--bins"];
    build.extend(programs.iter().flat_map(|program| program.packages));
    step(workspace, "build (release)", BUILD_LIMIT, |progress| {
        progress.run(workspace.cargo(&build))
    })?;
    let rows_file = workspace.scratch("bench")?.join("rows.jsonl");
    step(workspace, "measure", MEASURE_LIMIT, |progress| {
        let rows = fs::File::create(&rows_file)
            .map_err(|error| format!("cannot write {}: {error}", rows_file.display()))?;
        for program in &programs {
            let rows = rows.try_clone();
            let rows = rows.map_err(|error| format!("cannot write the rows: {error}"))?;
            program.measure(workspace, progress, &names, rows)?;
        }
        Ok(())
    })?;
    let text = fs::read_to_string(&rows_file)
        .map_err(|error| format!("cannot read {}: {error}", rows_file.display()))?;
    let rows = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(row::parse)
        .collect::<Result<Vec<_>, _>>()?;
    println!("\n{}", table(&rows));
    let report = workspace.target().join(report);
    files::write(&report, row::report(&rows).as_bytes())?;
    println!("written to {}", report.display());
    Ok(0)
}

/// A program that measures.
struct Program {
    binary: &'static str,
    /// What cargo is told to build for it.
    packages: &'static [&'static str],
    /// What stands before the names on its command line.
    before: &'static [&'static str],
    /// The name of all its measurements together, if it has one.
    group: Option<&'static str>,
    /// Which of the names are its own.
    is_its_own: fn(&str) -> bool,
}

const PROGRAMS: [Program; 2] = [
    Program {
        binary: "release/sesame-bench",
        packages: &["-p", "server", "-p", "festival"],
        before: &[],
        group: None,
        is_its_own: |name| !is_trial(name),
    },
    Program {
        binary: "release/sesame-trials",
        packages: &["-p", "trials"],
        before: &["bench"],
        group: Some("logistics"),
        is_its_own: is_trial,
    },
];

// The optimisers and the writers of labels are measured without a server.
fn is_trial(name: &str) -> bool {
    matches!(name, "logistics" | "labels" | "promise")
        || name.starts_with("sourcing_")
        || name.starts_with("routing_")
}

impl Program {
    // All of them where nothing is named.
    fn those_for(names: &[String]) -> Vec<Self> {
        let is_wanted = |program: &Self| {
            names.is_empty() || names.iter().any(|name| (program.is_its_own)(name))
        };
        PROGRAMS.into_iter().filter(is_wanted).collect()
    }

    fn measure(
        &self,
        workspace: &Workspace,
        progress: &Progress,
        names: &[String],
        rows: fs::File,
    ) -> Result<(), String> {
        let binary = workspace.target().join(self.binary);
        let mut command = workspace.command(&binary.to_string_lossy(), self.before);
        let is_group = |name: &String| Some(name.as_str()) == self.group;
        if !names.iter().any(is_group) {
            command.args(names.iter().filter(|name| (self.is_its_own)(name)));
        }
        let is_postgres = |name: &String| name.contains("postgres");
        let wants_postgres =
            self.group.is_none() && (names.is_empty() || names.iter().any(is_postgres));
        let postgres = wants_postgres.then(|| Postgres::start(workspace, progress, "bench"));
        let postgres = postgres.transpose()?.flatten();
        Postgres::tell(postgres.as_ref(), &mut command);
        if self.wants_pyvrp(names) {
            let python = foreign::python(workspace, progress, "pyvrp")?;
            command.env("SESAME_PYVRP", python);
        }
        if self.group.is_some() {
            // They bring the fonts of labels.
            ui::install(workspace, progress)?;
        }
        progress.run_into(command, rows)
    }

    // The routing solver is held against a solver of others.
    fn wants_pyvrp(&self, names: &[String]) -> bool {
        let is_measured =
            |name: &String| Some(name.as_str()) == self.group || name.starts_with("routing_");
        self.group.is_some() && (names.is_empty() || names.iter().any(is_measured))
    }
}

fn step(
    workspace: &Workspace,
    name: &str,
    limit: Duration,
    work: impl FnOnce(&Progress) -> Result<(), String>,
) -> Result<(), String> {
    let log = workspace.scratch("log")?.join("bench.log");
    let progress = Progress::begin(&format!("{name:<16}"), &log, limit)?;
    match work(&progress) {
        Ok(()) => {
            progress.end("ok");
            Ok(())
        }
        Err(error) => {
            let output = progress.output();
            progress.end("FAILED");
            Err(format!("{output}\n{error}"))
        }
    }
}

fn table(rows: &[Row]) -> String {
    let mut head = vec!["name", "value", "unit", "ratio", "reference value"];
    head.extend(FURTHER.map(|(_, title)| title));
    head.push("reference");
    let titles = head.iter().map(ToString::to_string).collect();
    let lines: Vec<Vec<String>> = std::iter::once(titles)
        .chain(rows.iter().map(cells))
        .collect();
    let width = |column: usize| {
        lines
            .iter()
            .map(|cells| cells[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    // What no row has measured needs no column.
    let is_used = |column: usize| lines[1..].iter().any(|cells| !cells[column].is_empty());
    let used: Vec<usize> = (0..head.len()).filter(|&column| is_used(column)).collect();
    let mut text = String::new();
    for cells in &lines {
        for &column in &used {
            let (cell, width) = (&cells[column], widths[column]);
            let cell = if matches!(head[column], "name" | "unit" | "reference") {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            };
            text.push_str(&cell);
            text.push_str("  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn cells(row: &Row) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, figure);
    let mut cells = vec![
        row.name.clone(),
        figure(row.value),
        row.unit.clone(),
        row.ratio()
            .map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        number(row.reference_value),
    ];
    cells.extend(row.further.map(number));
    cells.push(row.reference.clone().unwrap_or_default());
    cells
}

// Whole numbers with thousands apart from 100 on, three significant digits below.
fn figure(value: f64) -> String {
    if value.abs() < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(figure(0.5), "0.50");
        assert_eq!(figure(999.6), "1,000");
        assert_eq!(figure(1_234_567.0), "1,234,567");
        assert_eq!(figure(100.0), "100");
    }

    #[test]
    fn the_table_is_aligned() {
        let line = r#"{"name":"writer_sqlite","value":310000,"unit":"orders/s","reference":"raw append","reference_value":620000,"p50_ms":1.5,"p99_ms":4}"#;
        let rows = [
            row::parse(line).expect("a row"),
            row::parse(r#"{"name":"a","value":1,"unit":"x"}"#).expect("a row"),
        ];
        let expected = "\
name             value  unit      ratio  reference value  p50 ms  p99 ms  reference
writer_sqlite  310,000  orders/s   0.50          620,000    1.50    4.00  raw append
a                 1.00  x
";
        assert_eq!(table(&rows), expected);
    }
}
