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
    secret("database"),
    key("listen", "127.0.0.1:8080"),
    key("public_url", ""),
    key("production", "false"),
    key("demo", "false"),
    key("testing", "false"),
    secret("testing_secret"),
    key("ucp_suite", ""),
    key("on_account", ""),
    key("local_platforms", ""),
    key("trusted_platforms", ""),
    key("trusted_proxies", ""),
    key("metrics_from", "127.0.0.0/8, ::1"),
    key("admission.client_requests", "500"),
    key("admission.client_begins", "50"),
    key("admission.unlimited_clients", "127.0.0.0/8, ::1"),
    key("admission.room", "by_hand"),
    key("screen.milestones", ""),
    key("reviews.moderation", "before"),
    key("traffic.touch_days", "30"),
    key("sourcing.every_seconds", "60"),
    key("sourcing.saves", "false"),
    secret("mail.url"),
    key("mail.from", ""),
    key("mail.reply_to", ""),
    key("mail.per_second", "10"),
    key("push.hosts", ""),
    key("log.level", "info"),
    key("log.format", "text"),
    key("payments.test", ""),
    key("payments.test_url", ""),
    secret("payments.test_api_key"),
    secret("payments.test_webhook_secret"),
    secret("payments.stripe.secret_key"),
    secret("payments.stripe.webhook_secrets"),
    key(
        "payments.stripe.base_url",
        connectors::stripe::DEFAULT_BASE_URL,
    ),
    key("carriers.test.enabled", ""),
    key("carriers.test.step_seconds", "120"),
    key("carriers.test.url", ""),
    secret("carriers.test.api_key"),
    secret("carriers.test.webhook_secret"),
    key("carriers.karrio.url", ""),
    secret("carriers.karrio.token"),
    secret("carriers.karrio.webhook_secrets"),
    key("roads.url", ""),
    key("roads.profile", "driving"),
    key("roads.timeout_seconds", "10"),
];

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|k| k.name == name)
}

/// The environment's name for a key: `log.level` is `SESAME_LOG_LEVEL`.
pub fn environment_name(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// What the environment's names of ours begin with.
pub const PREFIX: &str = "SESAME_";

/// Variables of ours that are no keys: the server leaves them alone. `docs/configuration.md` explains each; a
/// test sees to it.
pub const OTHER_VARIABLES: [&str; 10] = [
    "SESAME_CONFIG",
    "SESAME_TOKEN",
    "SESAME_TEST_PROVIDER_API_KEY",
    "SESAME_TEST_PROVIDER_WEBHOOK_SECRET",
    "SESAME_URL",
    "SESAME_OPERATOR_PASSWORD",
    "SESAME_CHROMIUM",
    "SESAME_UPDATE",
    "SESAME_UCP_CONFORMANCE",
    "SESAME_TEST_POSTGRES",
];

/// What is said of a variable of ours that nobody knows; `None` for a known one.
pub fn unknown_variable(name: &str) -> Option<String> {
    let ours = KEYS.iter().map(|k| environment_name(k.name));
    let known: Vec<String> = ours
        .chain(OTHER_VARIABLES.map(ToString::to_string))
        .collect();
    if known.iter().any(|k| k == name) {
        return None;
    }
    Some(match nearest_of(name, known.iter().map(String::as_str)) {
        Some(near) => format!("there is no variable `{name}`: did you mean `{near}`?"),
        None => format!("there is no variable `{name}`: docs/configuration.md lists all"),
    })
}

/// The known name that is nearest to a mistyped one, if one is near at all.
pub fn nearest(wrong: &str) -> Option<&'static str> {
    nearest_of(wrong, KEYS.iter().map(|k| k.name))
}

fn nearest_of<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let (steps, name) = known.map(|name| (distance(wrong, name), name)).min()?;
    // What all names begin with says nothing about which was meant.
    let own = wrong.strip_prefix(PREFIX).unwrap_or(wrong);
    (steps <= own.len().max(3) / 3).then_some(name)
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
    fn a_mistyped_variable_is_told_its_nearest() {
        for (wrong, told) in [
            ("SESAME_LISEN", "did you mean `SESAME_LISTEN`?"),
            ("SESAME_LOG", "there is no variable `SESAME_LOG`"),
            (
                "SESAME_TRUSTED_PROXY",
                "did you mean `SESAME_TRUSTED_PROXIES`?",
            ),
            ("SESAME_FLOWERS", "docs/configuration.md lists all"),
        ] {
            let found = unknown_variable(wrong).expect(wrong);
            assert!(found.contains(told), "{found}");
        }
        for known in ["SESAME_LISTEN", "SESAME_LOG_LEVEL", "SESAME_URL"] {
            assert_eq!(unknown_variable(known), None);
        }
    }

    #[test]
    fn every_key_is_documented() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let page = std::fs::read_to_string(path).expect("the page is there");
        for name in OTHER_VARIABLES {
            assert!(page.contains(&format!("`{name}`")), "{name} is missing");
        }
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
