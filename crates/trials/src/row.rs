//! One measurement as a line of JSON, the form that `cargo xtask bench` reads.

use serde_json::{Value, json};

/// What was measured, and what it is compared with.
#[derive(Debug)]
pub struct Row {
    /// The row's name: the measurement's, with what it was done on behind it where there are several.
    pub name: String,
    /// How much, in `unit`.
    pub value: f64,
    /// Such as `orders/s`.
    pub unit: &'static str,
    /// What it is compared with, measured in the same run.
    pub reference: &'static str,
    /// How much that was, in the same unit.
    pub reference_value: f64,
    /// Further figures, by the names that `cargo xtask bench` knows.
    pub further: Vec<(&'static str, f64)>,
}

impl Row {
    /// The line, without its end.
    pub fn line(&self) -> String {
        let mut line = json!({
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "reference": self.reference,
            "reference_value": self.reference_value,
        });
        for &(name, value) in &self.further {
            line[name] = Value::from(value);
        }
        line.to_string()
    }
}
