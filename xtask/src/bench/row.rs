//! One measurement as `sesame-bench` prints it and as `target/bench.json` keeps it.
//! Reads flat JSON objects of strings, numbers and nulls, which is all that a row may be.

use std::collections::BTreeMap;
use std::fmt::Write;

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What was measured, as on the command line.
    pub name: String,
    /// How much, in `unit`.
    pub value: f64,
    /// Such as `orders/s`.
    pub unit: String,
    /// What it is compared with, measured in the same run.
    pub reference: Option<String>,
    /// How much that was, in the same unit.
    pub reference_value: Option<f64>,
    /// What else was measured, in the order of [`FURTHER`].
    pub further: [Option<f64>; FURTHER.len()],
}

/// Further figures of a row and what the table calls them: connections; latencies of a closed loop; of an open loop
/// the rate of arrivals, those that were served well, and latencies; processors used by load generator
/// and server; of a filled database what an order takes, the writer's memory, and a server's start; latencies of what
/// takes microseconds, and how long a timetable takes to build.
pub const FURTHER: [(&str, &str); 17] = [
    ("connections", "connections"),
    ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
    ("p999_ms", "p99.9 ms"),
    ("open_offered", "open loop at"),
    ("open_value", "served"),
    ("open_p50_ms", "p50 ms"),
    ("open_p99_ms", "p99 ms"),
    ("open_p999_ms", "p99.9 ms"),
    ("generator_cores", "cores load"),
    ("server_cores", "cores server"),
    ("bytes_per_order", "bytes/order"),
    ("memory_mib", "memory MiB"),
    ("start_up_s", "start-up s"),
    ("p50_us", "p50 µs"),
    ("p99_us", "p99 µs"),
    ("rebuild_ms", "rebuild ms"),
];

impl Row {
    /// Value over reference value.
    pub fn ratio(&self) -> Option<f64> {
        self.reference_value
            .filter(|reference| *reference != 0.0)
            .map(|reference| self.value / reference)
    }
}

/// Reads one line.
pub fn parse(line: &str) -> Result<Row, String> {
    let broken = || format!("sesame-bench printed a line that is no row: {line}");
    let mut fields = object(line.trim()).ok_or_else(broken)?;
    let mut text = |name: &str| match fields.remove(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    let (name, unit, reference) = (text("name"), text("unit"), text("reference"));
    let number = |name: &str| match fields.get(name) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    Ok(Row {
        name: name.ok_or_else(broken)?,
        value: number("value").ok_or_else(broken)?,
        unit: unit.ok_or_else(broken)?,
        reference,
        reference_value: number("reference_value"),
        further: FURTHER.map(|(name, _)| number(name)),
    })
}

/// All rows as one JSON object under their names.
pub fn report(rows: &[Row]) -> String {
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let mut entry = format!(
            "  {}: {{\"value\": {}, \"unit\": {}",
            quote(&row.name),
            row.value,
            quote(&row.unit)
        );
        if let Some(reference) = &row.reference {
            write!(entry, ", \"reference\": {}", quote(reference)).expect("a string takes all");
        }
        let numbers = [
            ("reference_value", row.reference_value),
            ("ratio", row.ratio()),
        ];
        let further = FURTHER.iter().zip(row.further);
        let further = further.map(|((name, _), number)| (*name, number));
        for (name, number) in numbers.into_iter().chain(further) {
            if let Some(number) = number {
                write!(entry, ", \"{name}\": {number}").expect("a string takes all");
            }
        }
        entries.push(entry + "}");
    }
    format!("{{\n{}\n}}\n", entries.join(",\n"))
}

enum Value {
    Text(String),
    Number(f64),
    Null,
}

fn object(text: &str) -> Option<BTreeMap<String, Value>> {
    let mut rest = text.strip_prefix('{')?.trim_start();
    let mut fields = BTreeMap::new();
    while !rest.starts_with('}') {
        let (name, after) = string(rest)?;
        let (value, after) = value(after.trim_start().strip_prefix(':')?.trim_start())?;
        fields.insert(name, value);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None => after.starts_with('}').then_some(after)?,
        };
    }
    (rest == "}").then_some(fields)
}

fn value(text: &str) -> Option<(Value, &str)> {
    if text.starts_with('"') {
        return string(text).map(|(text, rest)| (Value::Text(text), rest));
    }
    let (word, rest) = text.split_at(text.find([',', '}', ' '])?);
    let value = if word == "null" {
        Value::Null
    } else {
        Value::Number(word.parse().ok()?)
    };
    Some((value, rest))
}

fn string(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('"')?;
    let mut read = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((read, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                plain @ ('"' | '\\' | '/') => read.push(plain),
                'n' => read.push('\n'),
                't' => read.push('\t'),
                _ => return None,
            },
            plain => read.push(plain),
        }
    }
    None
}

fn quote(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
            .replace('\t', "\\t")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_written() {
        let line = r#"{"name": "a", "value": 2.5, "unit": "x/s", "reference": "the \"raw\" thing", "reference_value": 5, "p50_ms": null}"#;
        let row = parse(line).expect("a row");
        assert_eq!(row.ratio(), Some(0.5));
        assert_eq!(row.further, [None; FURTHER.len()]);
        let expected = "{\n  \"a\": {\"value\": 2.5, \"unit\": \"x/s\", \"reference\": \"the \\\"raw\\\" thing\", \"reference_value\": 5, \"ratio\": 0.5}\n}\n";
        assert_eq!(report(&[row]), expected);
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for line in [
            "",
            "{}",
            "warming up",
            r#"{"name": "a"}"#,
            r#"{"name": "a", "value": 1, "unit": "x""#,
            r#"{"name": "a", "value": "1", "unit": "x"}"#,
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
