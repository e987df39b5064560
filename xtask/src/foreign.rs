//! Programs written by others that the suite tests against, at fixed versions: those in Python as
//! `xtask/foreign/NAME.txt` says, one environment for each file, those in Rust as a [`Crate`] says, those in JavaScript by
//! name and version ([`package`]), and so those that a wheel of Python's registry brings compiled ([`wheel`]). They are
//! installed below the target folder and never committed.

use std::path::{Path, PathBuf};

use crate::files::{is_stamped, read, write};
use crate::process;
use crate::progress::Progress;
use crate::tools;
use crate::workspace::Workspace;

/// The Python that wheels are taken for: the oldest that the ones wanted here are made for.
const WHEEL_PYTHON: &str = "3.12";

/// A small package that stands where one of Node's own modules is named.
const NOBODY_ASKS: &str = "npm:is-plain-object@5.0.0";

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
    package_on_node(workspace, progress, wanted, &[])
}

/// The same of a package that names some of Node's own modules among its dependencies: registries have empty packages of
/// these names, or none. Another one is put in their place, which nobody ever asks, as Node's own come first.
///
/// # Errors
/// As for [`package`].
pub fn package_on_node(
    workspace: &Workspace,
    progress: &Progress,
    wanted: &str,
    of_node: &[&str],
) -> Result<PathBuf, String> {
    let (name, version) = wanted.split_once('@').ok_or("a package has a version")?;
    let folder = workspace.scratch(name)?;
    let stamp = folder.join("sesame-installed");
    if !is_stamped(&stamp, wanted.as_bytes()) {
        let instead = of_node
            .iter()
            .map(|module| format!("\"{module}\": \"{NOBODY_ASKS}\""));
        let instead: Vec<String> = instead.collect();
        let manifest = format!(
            "{{\"private\": true, \"dependencies\": {{\"{name}\": \"{version}\"}}, \"overrides\": {{{}}}}}\n",
            instead.join(", ")
        );
        write(&folder.join("package.json"), manifest.as_bytes())?;
        let place = folder.to_string_lossy();
        let arguments = ["install", "--no-audit", "--no-fund", "--prefix", &place];
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
    make_environment(workspace, progress, &folder)?;
    pip_install(
        workspace,
        progress,
        &python,
        &["--requirement", &requirements],
    )?;
    write(&stamp, &wanted)?;
    Ok(python)
}

/// The folder of a wheel whose programs need no Python, such as `osrm-bindings==26.10.0`, installed when it is missing or
/// another version. It is taken for the Python that it was made for, whichever is here.
pub fn wheel(workspace: &Workspace, progress: &Progress, wanted: &str) -> Result<PathBuf, String> {
    let (name, _) = wanted.split_once("==").ok_or("a wheel has a version")?;
    let folder = workspace.target().join("foreign").join(name);
    let stamp = folder.join("sesame-installed");
    let wheel = folder.join("wheel");
    if is_stamped(&stamp, wanted.as_bytes()) {
        return Ok(wheel);
    }
    make_environment(workspace, progress, &folder)?;
    let place = wheel.to_string_lossy();
    let arguments = [
        "--target",
        &place,
        "--no-deps",
        "--only-binary=:all:",
        "--python-version",
        WHEEL_PYTHON,
        wanted,
    ];
    pip_install(workspace, progress, &folder.join("bin/python"), &arguments)?;
    write(&stamp, wanted.as_bytes())?;
    Ok(wheel)
}

/// Makes an environment of Python in a folder, anew.
fn make_environment(
    workspace: &Workspace,
    progress: &Progress,
    folder: &Path,
) -> Result<(), String> {
    if process::read(workspace.command("python3", &["-c", "import ensurepip"])).is_err() {
        tools::debian_install(workspace, "python3-venv", progress)?;
    }
    let folder = folder.to_string_lossy();
    progress.run(workspace.command("python3", &["-m", "venv", "--clear", &folder]))
}

fn pip_install(
    workspace: &Workspace,
    progress: &Progress,
    python: &Path,
    wanted: &[&str],
) -> Result<(), String> {
    let arguments = [
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
    ];
    let mut command = workspace.command(&python.to_string_lossy(), &arguments);
    command.args(wanted);
    progress.run(command)
}
