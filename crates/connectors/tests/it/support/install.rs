//! Installs the foreign programs, once per target folder and version, whoever comes first.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Python packages, with the versions that these tests were written against.
const PYTHON_PACKAGES: [&str; 2] = ["localstripe==1.15.10", "standardwebhooks==1.1.0"];

/// Node packages.
const NODE_PACKAGES: [&str; 1] = ["stripe-stateful-mock@0.0.16"];

/// The Python with the packages in it.
pub fn python() -> PathBuf {
    let folder = installed("python", &PYTHON_PACKAGES, |folder| {
        let folder_text = folder.to_str().expect("a path in UTF-8");
        run(
            Command::new("python3").args(["-m", "venv", "--clear", folder_text]),
            "Python 3 with its venv module",
        )?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(PYTHON_PACKAGES);
        run(&mut pip, "PyPI")
    });
    folder.join("bin/python")
}

/// The folder in which Node finds the packages.
pub fn node_folder() -> PathBuf {
    installed("node", &NODE_PACKAGES, |folder| {
        fs::create_dir_all(folder)
            .map_err(|error| format!("making {}: {error}", folder.display()))?;
        fs::write(folder.join("package.json"), "{\"private\": true}\n")
            .map_err(|error| format!("writing in {}: {error}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.current_dir(folder)
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .args(NODE_PACKAGES);
        run(&mut npm, "npm, Node.js and its registry")
    })
}

/// The folder `name` below the target folder, filled by `fill` unless it was before. Tests run in several processes: a
/// lock on a file beside it keeps them from filling it at once.
fn installed(
    name: &str,
    packages: &[&str],
    fill: impl FnOnce(&Path) -> Result<(), String>,
) -> PathBuf {
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign");
    fs::create_dir_all(&base).expect("the target folder can be written");
    let lock =
        File::create(base.join(format!("{name}.lock"))).expect("the target folder can be written");
    lock.lock().expect("files can be locked");
    let folder = base.join(name);
    let stamp = base.join(format!("{name}.installed"));
    let wanted = packages.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return folder;
    }
    if let Err(problem) = fill(&folder) {
        panic!(
            "the foreign programs for these tests cannot be installed ({}): {problem}",
            packages.join(", ")
        );
    }
    fs::write(&stamp, wanted).expect("the target folder can be written");
    folder
}

fn run(command: &mut Command, needs: &str) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?} does not start: {error}; it needs {needs}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed, it needs {needs}:\n{text}"))
}
