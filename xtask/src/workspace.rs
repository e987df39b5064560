//! Where things are: the repository's root, the target folder, and folders below them that we write to.
//! Nothing here knows what a command does.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files;

/// The repository that the current folder belongs to.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the root by walking up from the current folder.
    pub fn find() -> Result<Self, String> {
        let here = env::current_dir()
            .map_err(|error| format!("cannot tell the current folder: {error}"))?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .ok_or("this is not inside the repository: change into it and try again")?
            .to_owned();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    /// A path below the root.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's target folder.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A folder of ours below the target folder, made when missing.
    pub fn scratch(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.target.join("xtask").join(name);
        files::make_folder(&folder)?;
        Ok(folder)
    }

    /// A command that runs at the root.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// A cargo command that runs at the root.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        self.command("cargo", arguments)
    }

    /// An npm command that runs in `ui/`, plain and without questions.
    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("npm", arguments);
        command
            .current_dir(self.path("ui"))
            .env("CI", "true")
            .env("NO_COLOR", "1");
        command
    }
}
