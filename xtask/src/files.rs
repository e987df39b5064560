//! Reading and writing files with errors that name the file, and the stamp that tells what was last installed or built.

use std::fs;
use std::path::Path;

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Replaces the content of a file.
pub fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|error| format!("cannot make {}: {error}", path.display()))
}

/// Makes a folder that has nothing in it, whatever was there before.
pub fn empty_folder(path: &Path) -> Result<(), String> {
    if path.exists() {
        fs::remove_dir_all(path)
            .map_err(|error| format!("cannot empty {}: {error}", path.display()))?;
    }
    make_folder(path)
}

/// Whether the stamp at `path` says that exactly `wanted` is in place.
pub fn is_stamped(path: &Path, wanted: &[u8]) -> bool {
    fs::read(path).is_ok_and(|stamped| stamped == wanted)
}
