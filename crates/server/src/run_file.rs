//! `run.json` in the data folder: how commands on the same machine reach the running server. It holds a
//! token that may do everything, so only its owner may read it.

use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "run.json";
/// Its owner alone may read and write it.
const MODE: u32 = 0o600;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Where the server listens.
    pub address: SocketAddr,
    /// What it takes as a bearer token from local commands.
    pub token: String,
    /// The server's process.
    pub pid: u32,
    /// What the built-in test provider takes as a bearer token, for a look at its books; absent when it is not
    /// in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_provider_key: Option<String>,
}

/// The file, as long as the server runs; removed when dropped.
pub struct RunFile(PathBuf);

impl RunFile {
    /// Writes the file into the data folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(folder: &Path, running: &Running) -> io::Result<Self> {
        let path = folder.join(FILE_NAME);
        // One that a killed server left may have another owner or mode.
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(MODE)
            .open(&path)?;
        file.write_all(serde_json::to_string(running)?.as_bytes())?;
        Ok(Self(path))
    }
}

impl Drop for RunFile {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// What the running server says of itself; it may have been killed since.
///
/// # Errors
/// When there is no such file, or it may not be read.
pub fn read(folder: &Path) -> io::Result<Running> {
    let text = std::fs::read_to_string(folder.join(FILE_NAME))?;
    Ok(serde_json::from_str(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn its_owner_alone_reads_it_while_the_server_runs() {
        let folder = std::env::temp_dir().join(format!("sesame-run-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let running = Running {
            address: "127.0.0.1:1".parse().expect("an address"),
            token: "secret".to_string(),
            pid: 7,
            test_provider_key: None,
        };
        std::fs::write(folder.join(FILE_NAME), "left by a killed server").expect("a file");
        let file = RunFile::write(&folder, &running).expect("written");
        assert_eq!(read(&folder).expect("read"), running);
        let mode = std::fs::metadata(folder.join(FILE_NAME))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, MODE);
        drop(file);
        assert!(read(&folder).is_err(), "removed");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
