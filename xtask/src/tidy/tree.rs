//! The files that a rule looks at: what git tracks or would track, in the order of their paths.

use std::fs;

use crate::process;
use crate::workspace::Workspace;

/// One file of the repository.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Path below the root, with forward slashes.
    pub path: String,
    /// Its text, or `None` when it is not UTF-8.
    pub text: Option<String>,
    /// Whether its owner may execute it.
    pub is_executable: bool,
}

/// All files of the repository.
#[derive(Debug, Default)]
pub struct Tree {
    /// Sorted by path.
    pub files: Vec<File>,
}

impl Tree {
    /// Reads the files that git tracks and the new ones that it doesn't ignore.
    pub fn read(workspace: &Workspace) -> Result<Self, String> {
        let arguments = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let listed = process::read(workspace.command("git", &arguments))
            .map_err(|error| format!("tidy asks git which files are ours: {error}"))?;
        let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        // A file that was deleted but not yet committed is still listed.
        let files = paths
            .into_iter()
            .filter_map(|path| read_file(workspace, path))
            .collect();
        Ok(Self { files })
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Texts of the files whose path ends with one of `endings`.
    pub fn texts<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let matches = |path: &str| endings.iter().any(|ending| path.ends_with(ending));
        let chosen = self.files.iter().filter(move |file| matches(&file.path));
        chosen.filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// A tree made of these paths and texts, for the tests of the rules.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).into(),
            text: Some((*text).into()),
            is_executable: false,
        };
        Self {
            files: files.iter().map(file).collect(),
        }
    }
}

fn read_file(workspace: &Workspace, path: &str) -> Option<File> {
    use std::os::unix::fs::PermissionsExt;
    let full = workspace.path(path);
    let metadata = fs::metadata(&full).ok().filter(fs::Metadata::is_file)?;
    let text = fs::read(&full)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    Some(File {
        path: path.into(),
        text,
        is_executable: metadata.permissions().mode() & 0o100 != 0,
    })
}
