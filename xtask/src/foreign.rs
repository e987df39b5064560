//! Programs written by others that the suite tests against, at fixed versions: those in Python as
//! `xtask/foreign/NAME.txt` says, one environment for each file, those in Rust as a [`Crate`] says, those in JavaScript by
//! name and version ([`package`]). They are installed below the target folder and never committed.

use std::path::PathBuf;

use crate::files::{is_stamped, read, write};
use crate::process;
use crate::progress::Progress;
use crate::tools;
use crate::workspace::Workspace;

/// A program that comes from the registry of Rust's packages, without its default features.
pub struct Crate {
    /// The package, and its program.
    pub name: &'static str,
    /// The version, with the dependencies that its authors locked.
    pub version: &'static str,
}

/// The program of a crate, compiled when it is missing or another version.
pub fn program(
    workspace: &Workspace,
    progress: &Progress,
    wanted: &Crate,
) -> Result<PathBuf, String> {
    let folder = workspace.target().join("foreign").join(wanted.name);
    let program = folder.join("bin").join(wanted.name);
    let stamp = folder.join("sesame-installed");
    if is_stamped(&stamp, wanted.version.as_bytes()) {
        return Ok(program);
    }
    let (root, build) = (folder.to_string_lossy(), folder.join("build"));
    // It reads some messages: what optimizing saves there is nothing beside what it costs, half of the build.
    let mut command = workspace.cargo(&["install", "--debug", "--locked"]);
    command.args(["--no-default-features", "--force", "--root", &root]);
    command.args(["--version", wanted.version]);
    command.arg("--target-dir").arg(build).arg(wanted.name);
    progress.run(command)?;
    write(&stamp, wanted.version.as_bytes())?;
    Ok(program)
}

/// The folder of a package of npm, such as `lighthouse@12.8.2`, installed when it is missing or another version.
pub fn package(
    workspace: &Workspace,
    progress: &Progress,
    wanted: &str,
) -> Result<PathBuf, String> {
    let (name, _) = wanted.split_once('@').ok_or("a package has a version")?;
    let folder = workspace.scratch(name)?;
    let stamp = folder.join("sesame-installed");
    if !is_stamped(&stamp, wanted.as_bytes()) {
        let place = folder.to_string_lossy();
        let arguments = [
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            &place,
            wanted,
        ];
        progress.run(workspace.npm(&arguments))?;
        write(&stamp, wanted.as_bytes())?;
    }
    Ok(folder.join("node_modules").join(name))
}

/// The Python of the environment `name`, with the packages of `xtask/foreign/NAME.txt`, installed when they are
/// missing or changed.
pub fn python(workspace: &Workspace, progress: &Progress, name: &str) -> Result<PathBuf, String> {
    let requirements = format!("xtask/foreign/{name}.txt");
    let folder = workspace.target().join("foreign").join(name);
    let python = folder.join("bin/python");
    let wanted = read(&workspace.path(&requirements))?;
    let stamp = folder.join("sesame-installed");
    if is_stamped(&stamp, &wanted) {
        return Ok(python);
    }
    if process::read(workspace.command("python3", &["-c", "import ensurepip"])).is_err() {
        tools::debian_install(workspace, "python3-venv", progress)?;
    }
    let folder_name = folder.to_string_lossy();
    progress.run(workspace.command("python3", &["-m", "venv", "--clear", &folder_name]))?;
    let arguments = [
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--requirement",
        &requirements,
    ];
    progress.run(workspace.command(&python.to_string_lossy(), &arguments))?;
    write(&stamp, &wanted)?;
    Ok(python)
}
