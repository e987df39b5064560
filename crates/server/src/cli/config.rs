//! `sesame config`: the configuration that counts, and where each value came from.

use super::Failure;
use crate::config::Settings;
use crate::serve::ServeArguments;

/// Shows all keys as a configuration file; secrets are hidden. Takes the flags of `sesame serve`.
///
/// # Errors
/// When the configuration cannot be used: what can be shown is shown before.
pub fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let config = arguments.load()?;
    print!("{}", config.show());
    Settings::of(&config)?;
    Ok(())
}
