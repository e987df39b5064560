//! The configuration: what flags, environment and file say, in this order of precedence, and where
//! each value came from.
//!
//! Values are texts until [`Settings`] reads them, so that an error can say which place to mend.

mod file;
pub mod keys;
mod network;
mod settings;

pub use network::Network;
pub use settings::{
    KarrioSettings, LogFormat, MailSettings, MailWay, RoadsSettings, Settings, SourcingSettings,
    TestProviderSettings, database,
};

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The configuration file's name in the data folder.
pub const FILE_NAME: &str = "sesame.toml";

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("reading the configuration {path} failed: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A line of the file is wrong.
    #[error("{path}:{line}: {reason}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A variable of the environment is wrong.
    #[error("the environment: {0}")]
    Environment(String),
    /// A value is wrong.
    #[error("{source_name}: `{key}` is `{value}`: {reason}")]
    Value {
        /// Where it came from.
        source_name: String,
        /// The key.
        key: &'static str,
        /// The value; hidden when it is a secret.
        value: String,
        /// What it should be.
        reason: String,
    },
    /// Values that don't go together.
    #[error("{0}")]
    Conflict(String),
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// The configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
    /// The command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File { path, line } => write!(f, "{}:{line}", path.display()),
            Source::Environment(name) => f.write_str(name),
            Source::Flag(flag) => f.write_str(flag),
        }
    }
}

/// The variables of this process that are ours.
///
/// # Errors
/// When one of them is not UTF-8.
pub fn environment() -> Result<BTreeMap<String, String>, ConfigError> {
    let mut ours = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|n| n.starts_with(keys::PREFIX)) else {
            continue;
        };
        let value = value.into_string();
        let value =
            value.map_err(|_| ConfigError::Environment(format!("`{name}` is not UTF-8")))?;
        ours.insert(name.to_string(), value);
    }
    Ok(ours)
}

/// A value and where it came from.
#[derive(Debug, Clone)]
pub struct Value {
    /// The value as text; a list has commas between its items.
    pub text: String,
    /// Where it came from.
    pub source: Source,
}

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The file named by `--config`.
    pub file: Option<PathBuf>,
    /// Values by key, with the flag that said so.
    pub values: Vec<(&'static str, String, String)>,
}

/// All keys with their values.
#[derive(Debug, Clone)]
pub struct Config {
    values: BTreeMap<&'static str, Value>,
}

impl Config {
    /// Puts flags, environment, file and defaults together.
    ///
    /// `environment` holds the variables that begin with [`keys::PREFIX`], and no others.
    ///
    /// # Errors
    /// A variable that nobody knows, a file that was named and cannot be read, and whatever is wrong in a file.
    pub fn load(flags: Flags, environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        if let Some(told) = environment.keys().find_map(|n| keys::unknown_variable(n)) {
            return Err(ConfigError::Environment(told));
        }
        let defaults = keys::KEYS.iter().map(|key| {
            let value = Value {
                text: key.default.to_string(),
                source: Source::Default,
            };
            (key.name, value)
        });
        let mut config = Self {
            values: defaults.collect(),
        };
        let mut above = Vec::new();
        for key in keys::KEYS {
            let name = keys::environment_name(key.name);
            if let Some(text) = environment.get(&name) {
                above.push((key.name, text.clone(), Source::Environment(name)));
            }
        }
        let said = flags.values.into_iter();
        above.extend(said.map(|(key, text, flag)| (key, text, Source::Flag(flag))));
        let data = above.iter().rev().find(|(key, ..)| *key == "data");
        let data = PathBuf::from(data.map_or("data", |(_, text, _)| text));
        let named = flags
            .file
            .or_else(|| environment.get("SESAME_CONFIG").map(PathBuf::from));
        let beside = data.join(FILE_NAME);
        if let Some(path) = &named {
            config.take_file(path)?;
        } else if beside.is_file() {
            config.take_file(&beside)?;
            if matches!(config.value("data").source, Source::File { .. }) {
                let reason = "`data` cannot be set in the file that lies in the data folder: use --config, --data or SESAME_DATA";
                return Err(ConfigError::Conflict(format!(
                    "{}: {reason}",
                    beside.display()
                )));
            }
        }
        for (key, text, source) in above {
            config.values.insert(key, Value { text, source });
        }
        Ok(config)
    }

    fn take_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        for (key, text, line) in file::read(path)? {
            let source = Source::File {
                path: path.to_path_buf(),
                line,
            };
            self.values.insert(key, Value { text, source });
        }
        Ok(())
    }

    /// A key's value.
    ///
    /// # Panics
    /// When there is no such key: a fault of ours.
    pub fn value(&self, key: &str) -> &Value {
        &self.values[key]
    }

    /// The folder that holds the shop's data.
    pub fn data(&self) -> PathBuf {
        PathBuf::from(&self.value("data").text)
    }

    /// All values as a configuration file that says where each came from; secrets are hidden.
    pub fn show(&self) -> String {
        let mut out = String::new();
        for key in keys::KEYS {
            let value = self.value(key.name);
            let shown = if value.text.is_empty() {
                format!("# {} is not set", key.name)
            } else if key.secret {
                format!("{} = \"(hidden)\"", key.name)
            } else {
                format!("{} = {:?}", key.name, value.text)
            };
            out.push_str(&format!("{shown:50} # {}\n", value.source));
        }
        out
    }
}

/// Reads `KEY=VALUE` of `--set`.
///
/// # Errors
/// Without `=`, or when nobody knows the key.
pub fn parse_set(text: &str) -> Result<(&'static str, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is not KEY=VALUE"))?;
    let key = keys::find(name.trim()).ok_or_else(|| file::unknown(name.trim()))?;
    Ok((key.name, value.trim().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(values: &[(&'static str, &str)]) -> Flags {
        let values = values
            .iter()
            .map(|(key, text)| (*key, (*text).to_string(), format!("--{key}")));
        Flags {
            file: None,
            values: values.collect(),
        }
    }

    #[test]
    fn flags_come_before_environment_before_file_before_default() {
        let folder = std::env::temp_dir().join(format!("sesame-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = "listen = \"1.1.1.1:1\"\npublic_url = \"http://file\"\nlog.level = \"warn\"\n";
        std::fs::write(folder.join(FILE_NAME), text).expect("a file");
        let data = folder.display().to_string();
        let environment = [
            ("SESAME_DATA", data.as_str()),
            ("SESAME_LISTEN", "2.2.2.2:2"),
            ("SESAME_PUBLIC_URL", "http://environment"),
            ("SESAME_URL", "of a test"),
        ];
        let environment = environment.map(|(name, text)| (name.to_string(), text.to_string()));
        let environment = BTreeMap::from(environment);
        let config = Config::load(flags(&[("listen", "3.3.3.3:3")]), &environment).expect("loads");
        std::fs::remove_dir_all(&folder).expect("removed");
        let seen = |key| {
            (
                config.value(key).text.as_str(),
                config.value(key).source.to_string(),
            )
        };
        assert_eq!(seen("listen"), ("3.3.3.3:3", "--listen".to_string()));
        assert_eq!(
            seen("public_url"),
            ("http://environment", "SESAME_PUBLIC_URL".to_string())
        );
        let line = format!("{data}/sesame.toml:3");
        assert_eq!(seen("log.level"), ("warn", line));
        assert_eq!(seen("log.format"), ("text", "default".to_string()));
    }

    #[test]
    fn a_variable_that_nobody_knows_is_refused() {
        let wrong = BTreeMap::from([("SESAME_LISEN".to_string(), "0.0.0.0:80".to_string())]);
        let refused = Config::load(Flags::default(), &wrong).expect_err("a slip");
        assert_eq!(
            refused.to_string(),
            "the environment: there is no variable `SESAME_LISEN`: did you mean `SESAME_LISTEN`?"
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = flags(&[("payments.stripe.secret_key", "sk_live_very_secret")]);
        let config = Config::load(secret, &BTreeMap::new()).expect("loads");
        let shown = config.show();
        assert!(!shown.contains("very_secret"), "{shown}");
        assert!(shown.contains("payments.stripe.secret_key = \"(hidden)\""));
        for key in keys::KEYS {
            assert!(shown.contains(key.name), "{} is not shown", key.name);
        }
    }

    #[test]
    fn set_takes_known_keys_alone() {
        assert_eq!(
            parse_set("log.level=debug"),
            Ok(("log.level", "debug".to_string()))
        );
        assert!(parse_set("log.level").is_err());
        let unknown = parse_set("demmo=true").expect_err("unknown");
        assert!(unknown.contains("`demo`"), "{unknown}");
    }
}
