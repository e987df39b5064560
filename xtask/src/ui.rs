//! The UI build, done only when it has to be: packages when the lockfile changed, the build when a source changed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::files::{is_stamped, read, write};
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Installs the packages that the lockfile names, unless they are there; says what it did.
pub fn install(workspace: &Workspace, progress: &Progress) -> Result<&'static str, String> {
    let lock = read(&workspace.path("ui/package-lock.json"))?;
    // The stamp lies inside: removing node_modules removes it too.
    let stamp = workspace.path("ui/node_modules/.sesame-installed");
    if is_stamped(&stamp, &lock) {
        return Ok("as they are");
    }
    progress.run(workspace.npm(&["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, &lock)?;
    Ok("installed")
}

/// Builds `ui/dist`, unless nothing changed since it was built; says what it did.
pub fn build(workspace: &Workspace, progress: &Progress) -> Result<&'static str, String> {
    let stamp = workspace.scratch("ui")?.join("built");
    let sources = fingerprint(&workspace.path("ui"))?;
    let is_built = workspace.path("ui/dist/manifest.json").is_file();
    if is_built && is_stamped(&stamp, sources.as_bytes()) {
        return Ok("as it is");
    }
    progress.run(workspace.npm(&["run", "build"]))?;
    write(&stamp, sources.as_bytes())?;
    Ok("built")
}

// Changes when any source, its path or its content does. A mistaken match would need a 64-bit collision.
fn fingerprint(ui: &Path) -> Result<String, String> {
    let mut files = BTreeMap::new();
    collect(ui, &mut files)?;
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "node_modules" && name != "dist" {
                collect(&path, files)?;
            }
        } else {
            files.insert(path.clone(), read(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_changes_the_fingerprint_and_the_build_does_not() {
        let ui = std::env::temp_dir().join(format!("xtask-ui-{}", std::process::id()));
        fs::create_dir_all(ui.join("dist")).expect("a temporary folder");
        fs::write(ui.join("main.ts"), "a").expect("a temporary file");
        let before = fingerprint(&ui);
        fs::write(ui.join("dist/main.js"), "x").expect("a temporary file");
        let after_build = fingerprint(&ui);
        fs::write(ui.join("main.ts"), "b").expect("a temporary file");
        let after_edit = fingerprint(&ui);
        fs::remove_dir_all(&ui).expect("the temporary folder is ours");
        assert_eq!(before, after_build);
        assert_ne!(before, after_edit);
    }
}
