//! Files that their owner alone may read: they hold people's names, addresses and the shop's secrets.
//!
//! Whatever the umask says. A folder that is there already keeps its permissions: it may be shared on purpose.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What a folder's owner may do with it.
const FOLDER_MODE: u32 = 0o700;
/// What a file's owner may do with it.
const FILE_MODE: u32 = 0o600;

/// Makes a folder and those above it, unless they are there.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
}

/// Opens a file for reading and writing, and makes it when it is not there. One that is there with wider
/// permissions, as older versions left it, gets these.
///
/// # Errors
/// When it cannot be opened or made, or belongs to somebody else.
pub fn open_file(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(FILE_MODE)
        .open(path)?;
    tighten(path)?;
    Ok(file)
}

/// Writes a file beside itself first, so that it is whole whatever happens.
///
/// # Errors
/// When it cannot be written; then it is as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = open_file(&beside)?;
    file.set_len(0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

/// Takes a file's permissions from everybody but its owner, by its path: to open and close a database's file
/// would free the locks that this process has on it.
///
/// # Errors
/// When it is not there, or belongs to somebody else.
pub fn tighten(path: &Path) -> io::Result<()> {
    if std::fs::metadata(path)?.permissions().mode() & 0o777 == FILE_MODE {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(FILE_MODE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{SqliteStore, copy};

    fn mode(path: &Path) -> u32 {
        let metadata = std::fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o777
    }

    #[test]
    fn databases_and_copies_are_their_owners_alone() {
        let folder = std::env::temp_dir().join(format!("sesame-private-{}", std::process::id()));
        let open = || SqliteStore::open(&folder).expect("a database");
        let file = |name: &str| folder.join(name);
        let store = open();
        assert_eq!(mode(&folder), FOLDER_MODE);
        let names = ["sesame.db", "sesame.db-wal", "sesame.db-shm"];
        for name in names {
            assert_eq!(mode(&file(name)), FILE_MODE, "{name}");
        }
        copy(&file("sesame.db"), &file("copy.db"), &mut |_, _| {}).expect("copied");
        assert_eq!(mode(&file("copy.db")), FILE_MODE);
        // As versions before left them.
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("set");
        for name in names {
            std::fs::set_permissions(file(name), Permissions::from_mode(0o644)).expect("set");
        }
        let second = open();
        for name in names {
            assert_eq!(mode(&file(name)), FILE_MODE, "{name} of before");
        }
        assert_eq!(mode(&folder), 0o755, "it may be shared on purpose");
        drop((store, second));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
