//! Links for walls: whoever has the secret in one sees the screen and nothing else. An owner makes and revokes them.
//!
//! They are kept in a file of the data folder, each as a hash: who reads the file cannot use them. Where several
//! servers work on one database, a link is good for the server that made it.

use crate::app::now_ms;
use crate::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::private;
use tokio::sync::watch;

/// The file in the data folder.
const FILE: &str = "screen-links.json";
/// Links at most.
pub const LINKS_MAX: usize = 50;

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its number.
    pub id: u64,
    /// Which wall it is for.
    pub name: String,
    /// When it was made, in UTC milliseconds.
    pub made_at: i64,
    /// Who made it.
    pub made_by: String,
    hash: String,
}

/// A link that was just made, with its secret, which is told once.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// The link.
    pub link: Link,
    /// The secret.
    pub key: String,
}

/// Why a link was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There are as many as there may be.
    #[error("there are {LINKS_MAX} links for walls already: revoke one first")]
    TooMany,
    /// The file cannot be written.
    #[error("writing the links for walls failed: {0}")]
    File(#[from] std::io::Error),
}

/// All links. Calls that change them block.
pub struct Links {
    folder: Option<PathBuf>,
    kept: Mutex<Vec<Link>>,
    changes: watch::Sender<()>,
}

impl Links {
    /// Links that are forgotten with the process.
    pub fn in_memory() -> Self {
        Self {
            folder: None,
            kept: Mutex::default(),
            changes: watch::channel(()).0,
        }
    }

    /// The links of a data folder.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open_folder(folder: &Path) -> std::io::Result<Self> {
        let mut text = String::new();
        let kept = match File::open(folder.join(FILE)) {
            Ok(mut file) => {
                file.read_to_string(&mut text)?;
                serde_json::from_str(&text).map_err(std::io::Error::other)?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            folder: Some(folder.to_path_buf()),
            kept: Mutex::new(kept),
            ..Self::in_memory()
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Link>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All links, oldest first.
    pub fn list(&self) -> Vec<Link> {
        self.lock().clone()
    }

    /// Makes a link.
    ///
    /// # Errors
    /// As [`LinkError`] says; then there is none.
    pub fn make(&self, name: &str, by: &str) -> Result<NewLink, LinkError> {
        let key = hex::secret();
        let mut kept = self.lock();
        if kept.len() >= LINKS_MAX {
            return Err(LinkError::TooMany);
        }
        let link = Link {
            id: kept.iter().map(|l| l.id).max().unwrap_or(0) + 1,
            name: name.to_owned(),
            made_at: now_ms(),
            made_by: by.to_owned(),
            hash: hash(&key),
        };
        let mut changed = kept.clone();
        changed.push(link.clone());
        self.write(&changed)?;
        *kept = changed;
        Ok(NewLink { link, key })
    }

    /// Revokes a link; says whether there was one. Screens that it opened go dark.
    ///
    /// # Errors
    /// When the file cannot be written; then the link stays.
    pub fn revoke(&self, id: u64) -> Result<bool, LinkError> {
        let mut kept = self.lock();
        let changed: Vec<Link> = kept.iter().filter(|l| l.id != id).cloned().collect();
        if changed.len() == kept.len() {
            return Ok(false);
        }
        self.write(&changed)?;
        *kept = changed;
        drop(kept);
        self.changes.send_replace(());
        Ok(true)
    }

    /// The link that a secret opens. Digests are compared, so that the time taken says nothing about the secret.
    pub fn find(&self, key: &str) -> Option<u64> {
        let hash = hash(key);
        self.lock().iter().find(|l| l.hash == hash).map(|l| l.id)
    }

    /// Whether a link is there.
    pub fn has(&self, id: u64) -> bool {
        self.lock().iter().any(|l| l.id == id)
    }

    /// Tells when a link was revoked.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn write(&self, links: &[Link]) -> std::io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let json = serde_json::to_vec_pretty(links).map_err(std::io::Error::other)?;
        private::write_whole(&folder.join(FILE), &json)
    }
}

fn hash(key: &str) -> String {
    hex::of(&Sha256::digest(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::TempFolder;

    #[test]
    fn a_link_opens_until_it_is_revoked_also_after_a_restart() {
        let folder = TempFolder::new("screen-links");
        let links = Links::open_folder(folder.path()).expect("no file yet");
        let one = links.make("lobby", "owner@example.com").expect("a link");
        let other = links.make("stage", "owner@example.com").expect("a link");
        assert_eq!(links.find(&one.key), Some(one.link.id));
        assert_eq!(links.find(&one.key[1..]), None);
        let changes = links.changes();
        assert!(links.revoke(one.link.id).expect("written"));
        assert!(!links.revoke(one.link.id).expect("nothing to do"));
        assert!(changes.has_changed().expect("open"));
        let again = Links::open_folder(folder.path()).expect("a file");
        assert_eq!(again.list(), std::slice::from_ref(&other.link));
        assert_eq!(
            (again.find(&one.key), again.find(&other.key)),
            (None, Some(other.link.id))
        );
        let text = std::fs::read_to_string(folder.path().join(FILE)).expect("a file");
        assert!(!text.contains(&other.key), "a secret is not kept");
        for n in 1..LINKS_MAX {
            links.make(&n.to_string(), "").expect("there is room");
        }
        assert!(matches!(
            links.make("one more", ""),
            Err(LinkError::TooMany)
        ));
    }
}
