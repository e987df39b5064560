//! `cargo xtask run`: from a fresh checkout to an open shop.

use std::time::Duration;

use crate::process::{self, Ended};
use crate::progress::Progress;
use crate::tools;
use crate::ui;
use crate::workspace::Workspace;

const STEP_LIMIT: Duration = Duration::from_secs(45 * 60);
/// A shop is open until somebody closes it; a year stands for that.
const OPEN_LIMIT: Duration = Duration::from_secs(366 * 24 * 3600);

/// Builds what is needed, then runs the server until it ends; returns its exit status.
pub fn run(workspace: &Workspace, server_arguments: &[String]) -> Result<u8, String> {
    step(workspace, "tools", |_| tools::check(workspace))?;
    step(workspace, "ui packages", |progress| {
        ui::install(workspace, progress).map(str::to_owned)
    })?;
    step(workspace, "ui build", |progress| {
        ui::build(workspace, progress).map(str::to_owned)
    })?;
    step(workspace, "server (release)", |progress| {
        progress.run(workspace.cargo(&["build", "--release", "-p", "server"]))?;
        Ok("built".into())
    })?;
    serve(workspace, server_arguments)
}

fn step(
    workspace: &Workspace,
    name: &str,
    work: impl FnOnce(&Progress) -> Result<String, String>,
) -> Result<(), String> {
    let log = workspace.scratch("log")?.join("run.log");
    let progress = Progress::begin(&format!("{name:<18}"), &log, STEP_LIMIT)?;
    match work(&progress) {
        Ok(word) => {
            progress.end(&format!("{word}, "));
            Ok(())
        }
        Err(error) => {
            let output = progress.output();
            progress.end("failed, ");
            Err(format!("{output}\n{error}"))
        }
    }
}

fn serve(workspace: &Workspace, server_arguments: &[String]) -> Result<u8, String> {
    let binary = workspace.target().join("release/sesame");
    let mut command = workspace.command(&binary.to_string_lossy(), &["serve", "--demo"]);
    let names_data = server_arguments
        .iter()
        .any(|argument| argument == "--data" || argument.starts_with("--data="));
    if !names_data {
        command.args(["--data", "data"]);
    }
    command.args(server_arguments);
    process::forward_signals();
    match process::run(command, OPEN_LIMIT)? {
        Ended::Code(code) => Ok(u8::try_from(code).unwrap_or(1)),
        Ended::Signal(signal) => Ok(u8::try_from(128 + signal).unwrap_or(1)),
        Ended::TimedOut(_) => Err("the shop was open for a year: restart it".into()),
    }
}
