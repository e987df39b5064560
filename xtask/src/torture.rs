//! `cargo xtask torture`: the real server, in release, mistreated in the middle of a festival: killed, frozen, its disk
//! full, read-only, slow and failing, its clock jumping. The script does the work; this builds, installs what it needs
//! and shows its table. Its arguments go on to the script: `--kills N`, `--engine postgres`, `--only NAME,…`, `--seed N`,
//! and for two servers on one PostgreSQL `--shoppers N` and `--per-second N`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::process;
use crate::progress::Progress;
use crate::tools;
use crate::workspace::Workspace;

/// The script, below the repository's root.
pub const SCRIPT: &str = "crates/server/tests/torture.py";
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
const KILLS: &str = "100";
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);

/// Tortures with these arguments for the script: `--kills N`, `--only NAME,…`, `--seed N`.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8, String> {
    let log = workspace.scratch("log")?.join("torture.log");
    let progress = Progress::begin("torture", &log, LIMIT)?;
    let table = workspace.target().join("torture.md");
    match torture(workspace, &progress, &table, arguments) {
        Ok(()) => {
            let skipped = progress.output();
            progress.end("ok");
            let is_told = |line: &&str| line.contains(": not run: ") || line.starts_with("seed ");
            skipped
                .lines()
                .filter(is_told)
                .for_each(|line| println!("{line}"));
            let text = fs::read_to_string(&table).unwrap_or_default();
            println!("{text}written to {}", table.display());
            Ok(0)
        }
        Err(error) => {
            let output = progress.output();
            progress.end("FAILED");
            Err(format!("{output}\n{error}"))
        }
    }
}

fn torture(
    workspace: &Workspace,
    progress: &Progress,
    table: &Path,
    arguments: &[String],
) -> Result<(), String> {
    progress.run(workspace.cargo(&["build", "--release", "-p", "server"]))?;
    let is_missing =
        |program: &str| process::read(workspace.command(program, &["--version"])).is_err();
    for (package, missing) in [
        ("strace", is_missing("strace")),
        ("faketime", !Path::new(FAKETIME).exists()),
    ] {
        if missing && let Err(error) = tools::debian_install(workspace, package, progress) {
            // The script says what it leaves out for want of it.
            progress.note(&error)?;
        }
    }
    let binary = workspace.target().join("release/sesame");
    let mut command = workspace.command("python3", &[SCRIPT, &binary.to_string_lossy()]);
    command.args(["--kills", KILLS, "--table", &table.to_string_lossy()]);
    command.args(arguments);
    progress.run(command)
}
