//! Every key of the configuration, once: its name, what it is without a word from the operator, and
//! whether it may be shown.

/// A key.
#[derive(Debug)]
pub struct Key {
    /// Its name in the file, with dots between tables.
    pub name: &'static str,
    /// Its value when nobody says anything; empty for "not set".
    pub default: &'static str,
    /// Whether its value is hidden when the configuration is shown.
    pub secret: bool,
}

const fn key(name: &'static str, default: &'static str) -> Key {
    Key {
        name,
        default,
        secret: false,
    }
}

const fn secret(name: &'static str) -> Key {
    Key {
        name,
        default: "",
        secret: true,
    }
}

/// All keys, in the order in which they are shown. `docs/configuration.md` explains each; a test sees to it.
pub const KEYS: &[Key] = &[
    key("data", "data"),
    key("listen", "127.0.0.1:8080"),
    key("public_url", ""),
    key("production", "false"),
    key("demo", "false"),
    key("testing", "false"),
    secret("testing_secret"),
    key("ucp_suite", ""),
    key("on_account", ""),
    key("trusted_platforms", ""),
    key("trusted_proxies", ""),
    key("metrics_from", "127.0.0.0/8, ::1"),
    key("log.level", "info"),
    key("log.format", "text"),
    key("payments.test", ""),
    secret("payments.stripe.secret_key"),
    secret("payments.stripe.webhook_secrets"),
    key(
        "payments.stripe.base_url",
        connectors::stripe::DEFAULT_BASE_URL,
    ),
];

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|k| k.name == name)
}

/// The environment's name for a key: `log.level` is `SESAME_LOG_LEVEL`.
pub fn environment_name(key: &str) -> String {
    format!("SESAME_{}", key.replace('.', "_").to_uppercase())
}

/// The known name that is nearest to a mistyped one, if one is near at all.
pub fn nearest(wrong: &str) -> Option<&'static str> {
    let distances = KEYS.iter().map(|k| (distance(wrong, k.name), k.name));
    let (steps, name) = distances.min()?;
    (steps <= wrong.len().max(3) / 3).then_some(name)
}

/// Letters to change, add or take away between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_key_is_told_its_nearest() {
        for (wrong, right) in [
            ("pubic_url", Some("public_url")),
            ("lisen", Some("listen")),
            ("log.levle", Some("log.level")),
            ("colour", None),
        ] {
            assert_eq!(nearest(wrong), right, "{wrong}");
        }
    }

    #[test]
    fn every_key_is_documented() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let page = std::fs::read_to_string(path).expect("the page is there");
        for key in KEYS {
            let row = page
                .lines()
                .find(|line| line.starts_with(&format!("| `{}` ", key.name)));
            let row = row.unwrap_or_else(|| panic!("{} is not in docs/configuration.md", key.name));
            let environment = environment_name(key.name);
            assert!(
                row.contains(&format!("`{environment}`")),
                "{environment} is missing: {row}"
            );
            let default = row.contains(&format!("`{}`", key.default));
            assert!(
                key.default.is_empty() || default,
                "the default is missing: {row}"
            );
        }
    }
}
