//! The cell `options`: `Colour=Red;Size=L`. A `;`, `=` or `\` that belongs to a name or value is
//! written after a `\`.

use commerce::limits;

/// Reads names and values in order.
pub fn options_parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut options: Vec<(String, String)> = Vec::new();
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    loop {
        match chars.next() {
            Some('\\') => {
                let escaped = chars.next().filter(|c| matches!(c, '\\' | ';' | '='));
                let last = parts.last_mut().ok_or("is empty")?;
                last.push(escaped.ok_or("a \\ stands before ; = or \\ alone")?);
            }
            Some('=') if parts.len() == 1 => parts.push(String::new()),
            Some(c) if c != ';' => parts.last_mut().ok_or("is empty")?.push(c),
            end => {
                take(&mut options, &parts, end.is_some())?;
                parts = vec![String::new()];
                if end.is_none() {
                    return Ok(options);
                }
            }
        }
    }
}

/// Takes in one option; nothing after the last `;` is none.
fn take(options: &mut Vec<(String, String)>, parts: &[String], more: bool) -> Result<(), String> {
    let parts: Vec<&str> = parts.iter().map(|p| p.trim()).collect();
    let [name, value] = parts[..] else {
        let only_blank = parts == [""];
        return if only_blank && !more && !options.is_empty() {
            Ok(())
        } else {
            Err("is not Name=Value, or several with ; between them".to_string())
        };
    };
    if name.is_empty() || value.is_empty() {
        return Err("an option needs a name and a value, such as Colour=Red".to_string());
    }
    if name.chars().chain(value.chars()).any(char::is_control) {
        return Err("has a control character or a line break".to_string());
    }
    let max = limits::NAME_CHARS_MAX;
    if name.chars().count() > max || value.chars().count() > max {
        return Err(format!("a name or value is longer than {max} characters"));
    }
    if options.iter().any(|(n, _)| n == name) {
        return Err(format!("the option `{name}` is there twice"));
    }
    options.push((name.to_string(), value.to_string()));
    Ok(())
}

/// Writes names and values as [`options_parse`] reads them.
pub fn options_show<'a>(options: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let escape = |text: &str| {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, '\\' | ';' | '=') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        escaped
    };
    let pair = |(name, value): (&str, &str)| format!("{}={}", escape(name), escape(value));
    options.map(pair).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_back_as_written_or_the_fault_is_named() {
        for (text, expected) in [
            ("Colour=Red", "Colour=Red"),
            (" Colour = Red ; Size=L; ", "Colour=Red;Size=L"),
            (r"Size=3\;4;Form=a\=b", r"Size=3\;4;Form=a\=b"),
            ("Formula=a=b", r"Formula=a\=b"),
            ("Red", "! is not Name=Value, or several with ; between them"),
            (
                "Colour=Red;;Size=L",
                "! is not Name=Value, or several with ; between them",
            ),
            (
                "=Red",
                "! an option needs a name and a value, such as Colour=Red",
            ),
            (
                "Colour=",
                "! an option needs a name and a value, such as Colour=Red",
            ),
            (
                "Colour=Red;Colour=Blue",
                "! the option `Colour` is there twice",
            ),
            (r"Path=C:\temp", r"! a \ stands before ; = or \ alone"),
        ] {
            let shown = match options_parse(text) {
                Ok(options) => options_show(options.iter().map(|(n, v)| (n.as_str(), v.as_str()))),
                Err(reason) => format!("! {reason}"),
            };
            assert_eq!(shown, expected, "{text}");
        }
    }
}
