//! Mail into a folder, one file each: for shops that are tried out, and for tests. Nothing leaves the machine.
//!
//! A file is there whole or not at all; only its owner may read it, as it holds people's names.

use super::letter::{Sender, file_name};
use super::{Letter, MailError};
use crate::http::now_ms;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Letters that are kept; the oldest go.
pub const LETTERS_MAX: usize = 1_000;

const SUFFIX: &str = ".eml";

/// A folder that takes letters.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    sender: Sender,
}

impl Folder {
    /// Letters of this sender go into this folder, which is made with the first one.
    pub fn new(path: PathBuf, sender: Sender) -> Self {
        Self { path, sender }
    }

    /// Keeps a letter and gives its file.
    ///
    /// # Errors
    /// An address that is none, or a folder that cannot be written.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<PathBuf, MailError> {
        let ready = self.sender.ready(letter)?;
        let name = format!("{:015}-{}{SUFFIX}", now_ms(), file_name(letter.name));
        let folder = self.path.clone();
        let kept = tokio::task::spawn_blocking(move || keep(&folder, &name, &ready.bytes)).await;
        let later = |what: &str| {
            MailError::Later(format!("writing to {} failed: {what}", self.path.display()))
        };
        match kept {
            Ok(Ok(file)) => Ok(file),
            Ok(Err(error)) => Err(later(&error.to_string())),
            Err(error) => Err(later(&error.to_string())),
        }
    }
}

fn keep(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let whole = folder.join(name);
    let draft = folder.join(format!("{name}.part"));
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(bytes)?;
    drop(file);
    std::fs::rename(&draft, &whole)?;
    forget_the_oldest(folder)?;
    Ok(whole)
}

/// Names begin with the time, so that the oldest come first.
fn forget_the_oldest(folder: &Path) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        if name.to_str().is_some_and(|n| n.ends_with(SUFFIX)) {
            names.push(name);
        }
    }
    let Some(surplus) = names.len().checked_sub(LETTERS_MAX) else {
        return Ok(());
    };
    names.sort_unstable();
    for name in &names[..surplus] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn letters_are_files_and_the_oldest_go() {
        let path = std::env::temp_dir().join(format!("sesame-letters-{}", std::process::id()));
        let sender = Sender::parse("shop@localhost", None).expect("a sender");
        let folder = Folder::new(path.clone(), sender);
        let letter = Letter {
            to: "ann@shop.example",
            subject: "Hello",
            text: "text",
            html: "<p>html</p>",
            name: "../../hello",
            unsubscribe: None,
        };
        let file = folder.send(&letter).await.expect("kept");
        assert_eq!(file.parent(), Some(&*path));
        let mode = std::fs::metadata(&file)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let text = std::fs::read_to_string(&file).expect("it can be read");
        assert!(text.contains("To: ann@shop.example"), "{text}");
        for index in 0..LETTERS_MAX {
            let old = path.join(format!("{index:015}-old.eml"));
            std::fs::write(old, "old").expect("written");
        }
        folder.send(&letter).await.expect("kept");
        let names = std::fs::read_dir(&path).expect("a folder");
        let names: Vec<String> = names
            .map(|e| {
                e.expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("text")
            })
            .collect();
        assert_eq!(names.len(), LETTERS_MAX);
        assert!(!names.contains(&"000000000000001-old.eml".to_string()));
        assert_eq!(names.iter().filter(|n| n.ends_with("hello.eml")).count(), 2);
        let nobody = Letter {
            to: "ann",
            ..letter
        };
        let refused = folder.send(&nobody).await;
        assert!(matches!(refused, Err(MailError::Address(_))), "{refused:?}");
        std::fs::remove_dir_all(&path).expect("removed");
    }
}
