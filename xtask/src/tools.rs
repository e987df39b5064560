//! The tools that the commands call: are they there, are they new enough, and what to do if not.

use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

const NODE_MIN: (u32, u32) = (20, 19);
const CHROMIUM: &str = "/usr/bin/chromium";

/// Checks cargo, node and npm; one line with their versions.
pub fn check(workspace: &Workspace) -> Result<String, String> {
    let cargo = version(workspace, "cargo", "install Rust from https://rustup.rs")?;
    let node = version(
        workspace,
        "node",
        "install Node.js 20.19 or newer (Debian: apt-get install nodejs npm)",
    )?;
    let npm = version(
        workspace,
        "npm",
        "install npm (Debian: apt-get install npm)",
    )?;
    let number = node.trim_start_matches('v');
    if major_minor(number).is_none_or(|found| found < NODE_MIN) {
        let (major, minor) = NODE_MIN;
        return Err(format!(
            "node is {number}, the UI build needs {major}.{minor} or newer: install a newer Node.js"
        ));
    }
    let cargo = cargo.split(' ').nth(1).unwrap_or(&cargo);
    Ok(format!("cargo {cargo}, node {number}, npm {npm}"))
}

/// The path of Chromium, which is installed from Debian's archive when it is missing and we may do so.
pub fn chromium(workspace: &Workspace, progress: &Progress) -> Result<String, String> {
    if let Ok(chosen) = std::env::var("SESAME_CHROMIUM") {
        return Ok(chosen);
    }
    if !std::path::Path::new(CHROMIUM).exists() {
        debian_install(workspace, "chromium", progress)?;
    }
    Ok(CHROMIUM.into())
}

/// Installs a Debian package, as root or through a sudo that asks nothing.
pub fn debian_install(
    workspace: &Workspace,
    package: &str,
    progress: &Progress,
) -> Result<(), String> {
    let remedy = format!("{package} is missing: install it with `apt-get install {package}`");
    process::read(workspace.command("apt-get", &["--version"])).map_err(|_| remedy.clone())?;
    let is_root = process::read(workspace.command("id", &["-u"])).is_ok_and(|id| id == "0");
    if !is_root && process::read(workspace.command("sudo", &["-n", "true"])).is_err() {
        return Err(format!(
            "{remedy} (this needs root, and sudo would ask for a password)"
        ));
    }
    let prefix: &[&str] = if is_root { &[] } else { &["-n"] };
    let program = if is_root { "env" } else { "sudo" };
    for arguments in [
        &["update", "-q"][..],
        &["install", "-q", "-y", "--no-install-recommends", package],
    ] {
        let mut command = workspace.command(program, prefix);
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        progress
            .run(command)
            .map_err(|error| format!("{remedy} ({error})"))?;
    }
    Ok(())
}

fn version(workspace: &Workspace, program: &str, remedy: &str) -> Result<String, String> {
    process::read(workspace.command(program, &["--version"]))
        .map_err(|error| format!("{error}\n{remedy}"))
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(major_minor("20.9.1"), Some((20, 9)));
        assert!(major_minor("20.9.1") < Some(NODE_MIN));
        assert!(major_minor("22.0.0") > Some(NODE_MIN));
        assert_eq!(major_minor("next"), None);
    }
}
