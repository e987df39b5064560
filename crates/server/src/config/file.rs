//! Reading `sesame.toml`: each value with the line it stands in, and no key that nobody knows.

use super::ConfigError;
use super::keys;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A key's name, its value as text, and its line.
pub type Entry = (&'static str, String, usize);

/// Reads a configuration file.
///
/// # Errors
/// A file that cannot be read or is not TOML, an unknown key, a value of the wrong kind.
pub fn read(path: &Path) -> Result<Vec<Entry>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|e| ConfigError::File {
        path: path.to_path_buf(),
        reason: e.to_string(),
    })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Entry>, ConfigError> {
    let line_at = |offset: usize| 1 + text[..offset.min(text.len())].matches('\n').count();
    let at = |offset: usize, reason: String| ConfigError::Line {
        path: path.to_path_buf(),
        line: line_at(offset),
        reason,
    };
    let table = DeTable::parse(text).map_err(|e| {
        let offset = e.span().map_or(0, |span| span.start);
        at(offset, e.message().to_string())
    })?;
    let mut entries = Vec::new();
    let mut open = vec![(String::new(), table.get_ref())];
    while let Some((prefix, table)) = open.pop() {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            if let Some(inner) = value.get_ref().as_table() {
                open.push((format!("{name}."), inner));
                continue;
            }
            let offset = key.span().start;
            let known = keys::find(&name).ok_or_else(|| at(offset, unknown(&name)))?;
            let text = scalar_or_list(value).ok_or_else(|| {
                let kind = value.get_ref().type_str();
                at(offset, format!("`{name}` cannot be of the kind {kind}"))
            })?;
            entries.push((known.name, text, line_at(offset)));
        }
    }
    Ok(entries)
}

/// What is said of a key that nobody knows.
pub fn unknown(name: &str) -> String {
    match keys::nearest(name) {
        Some(near) => format!("there is no key `{name}`: did you mean `{near}`?"),
        None => format!("there is no key `{name}`: docs/configuration.md lists all"),
    }
}

fn scalar_or_list(value: &Spanned<DeValue<'_>>) -> Option<String> {
    let scalar = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        _ => None,
    };
    match value.get_ref() {
        DeValue::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(|i| scalar(i.get_ref())).collect();
            Some(items?.join(", "))
        }
        single => scalar(single),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Vec<Entry>, String> {
        parse(Path::new("sesame.toml"), text).map_err(|e| e.to_string())
    }

    #[test]
    fn tables_dots_and_lists_are_one_thing() {
        let text = "listen = \"[::1]:80\"\ndemo = true\ntrusted_proxies = [\"::1\", \"10.0.0.1\"]\n\
                    payments.test = false\n[log]\nlevel = \"debug\"\n";
        let mut entries = check(text).expect("it can be read");
        entries.sort();
        let expected = [
            ("demo", "true", 2),
            ("listen", "[::1]:80", 1),
            ("log.level", "debug", 6),
            ("payments.test", "false", 4),
            ("trusted_proxies", "::1, 10.0.0.1", 3),
        ];
        let expected: Vec<Entry> = expected
            .into_iter()
            .map(|(k, v, line)| (k, v.to_string(), line))
            .collect();
        assert_eq!(entries, expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, message) in [
            (
                "demo = true\npubic_url = \"x\"\n",
                "sesame.toml:2: there is no key `pubic_url`: did you mean `public_url`?",
            ),
            (
                "[log]\nlevle = \"info\"\n",
                "sesame.toml:2: there is no key `log.levle`: did you mean `log.level`?",
            ),
            (
                "\n\nlisten = 1.5\n",
                "sesame.toml:3: `listen` cannot be of the kind float",
            ),
        ] {
            assert_eq!(check(text), Err(message.to_string()));
        }
        let broken = check("demo = true\nlisten = \n").expect_err("no value");
        assert!(broken.starts_with("sesame.toml:2: "), "{broken}");
    }
}
