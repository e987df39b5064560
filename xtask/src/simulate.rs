//! `cargo xtask simulate`: builds the simulator in release and runs it.
//!
//! With `--faults` the build has deliberately planted bugs in it. It names the simulator's package alone, so that
//! cargo's feature unification cannot carry them into another program.

use std::process::Command;
use std::time::Duration;

use crate::process::{self, Ended};
use crate::workspace::Workspace;

/// An hour of seeds, and room for a build.
const LIMIT: Duration = Duration::from_secs(24 * 3600);

/// Runs the simulator with these arguments; returns its exit status.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match process::run(command(workspace, &words), LIMIT)? {
        Ended::Code(code) => Ok(u8::try_from(code).unwrap_or(1)),
        ended => Err(format!("the simulator: {ended}")),
    }
}

/// The command that builds and runs it.
pub fn command(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.cargo(&["run", "--quiet", "--release", "--package", "simulator"]);
    if arguments.contains(&"--faults") {
        command.args(["--features", "planted-faults"]);
    }
    command.arg("--").args(arguments);
    command
}
