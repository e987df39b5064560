//! VRPLIB, the form of TSPLIB for vehicle routing: `KEY : value` lines and sections.

use super::lines::{Line, lines, missing};
use super::{FormatError, FormatReason, Instance, Rounding, Row, Table, euclidean, scaled};
use crate::routing::matrix::Matrix;
use crate::routing::problem::{PLACES_MAX, VALUE_MAX, Window};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

#[derive(Default)]
struct File {
    name: String,
    size: usize,
    vehicles: Option<usize>,
    capacity: Option<i64>,
    weights: String,
    layout: String,
    service: i64,
    rows: Vec<Row>,
    points: Vec<Option<(f64, f64)>>,
    numbers: Vec<i64>,
}

/// Reads an instance. Without `VEHICLES` there are as many as customers.
pub(super) fn read(text: &str, rounding: Rounding) -> Result<Instance, FormatError> {
    let mut file = File::default();
    let mut section = String::new();
    for line in lines(text) {
        let word = line.fields[0].trim_end_matches(':');
        let is_word = word.starts_with(|first: char| first.is_alphabetic());
        if word == "EOF" {
            break;
        } else if is_word && word.ends_with("_SECTION") {
            section = word.to_string();
            file.begin()?;
        } else if is_word {
            section.clear();
            file.key(&line, word, rounding)?;
        } else {
            file.data(&line, &section, rounding)?;
        }
    }
    file.finish(rounding)
}

impl File {
    fn key(&mut self, line: &Line<'_>, key: &str, rounding: Rounding) -> Result<(), FormatError> {
        let after = line
            .text
            .split_once(':')
            .map_or("", |(_, after)| after)
            .trim();
        let fields = after.split_whitespace().collect();
        let value = Line {
            number: line.number,
            text: after,
            fields,
        };
        match key {
            "NAME" => self.name = after.to_string(),
            "DIMENSION" => {
                self.size = value.count(0, "DIMENSION")?;
                if !(1..=PLACES_MAX).contains(&self.size) {
                    let reason = FormatReason::Number(after.to_string());
                    return Err(line.wrong("DIMENSION", reason));
                }
            }
            "CAPACITY" => self.capacity = Some(value.whole(0, "CAPACITY")?),
            "VEHICLES" => self.vehicles = Some(value.count(0, "VEHICLES")?),
            "SERVICE_TIME" => self.service = time(&value, 0, "SERVICE_TIME", rounding)?,
            "EDGE_WEIGHT_TYPE" => self.weights = after.to_string(),
            "EDGE_WEIGHT_FORMAT" => self.layout = after.to_string(),
            "TYPE" if !matches!(after, "CVRP" | "VRPTW") => {
                return Err(line.wrong("TYPE", FormatReason::Unsupported(after.to_string())));
            }
            "DISTANCE" => {
                return Err(line.wrong("DISTANCE", FormatReason::Unsupported(after.to_string())));
            }
            _ => {}
        }
        Ok(())
    }

    // Before the first section, now that the size is known.
    fn begin(&mut self) -> Result<(), FormatError> {
        if self.size == 0 {
            return Err(missing("DIMENSION"));
        }
        if self.rows.is_empty() {
            let row = Row {
                line: 0,
                demand: 0,
                window: Window::ALWAYS,
                service: self.service,
                pickup: None,
                delivery: None,
            };
            self.rows = vec![row; self.size];
            self.rows[0].service = 0;
            self.points = vec![None; self.size];
        }
        Ok(())
    }

    fn data(
        &mut self,
        line: &Line<'_>,
        section: &str,
        rounding: Rounding,
    ) -> Result<(), FormatError> {
        if section == "EDGE_WEIGHT_SECTION" {
            for at in 0..line.fields.len() {
                self.numbers.push(time(line, at, "weight", rounding)?);
            }
            return Ok(());
        }
        if section == "DEPOT_SECTION" {
            return match line.whole(0, "depot")? {
                1 | -1 => Ok(()),
                other => Err(line.wrong("depot", FormatReason::Unsupported(other.to_string()))),
            };
        }
        if !matches!(
            section,
            "NODE_COORD_SECTION"
                | "DEMAND_SECTION"
                | "TIME_WINDOW_SECTION"
                | "SERVICE_TIME_SECTION"
        ) {
            let section = section.to_string();
            return Err(line.wrong("section", FormatReason::Unsupported(section)));
        }
        let number = line.count(0, "number")?;
        let at = number.checked_sub(1).filter(|&at| at < self.size);
        let wrong = || line.wrong("number", FormatReason::Reference(number.to_string()));
        let at = at.ok_or_else(wrong)?;
        let row = &mut self.rows[at];
        row.line = line.number;
        match section {
            "NODE_COORD_SECTION" => {
                self.points[at] = Some((line.real(1, "x")?, line.real(2, "y")?));
            }
            "DEMAND_SECTION" => row.demand = line.whole(1, "demand")?,
            "TIME_WINDOW_SECTION" => {
                row.window = Window {
                    open: time(line, 1, "opens", rounding)?,
                    close: time(line, 2, "closes", rounding)?,
                };
            }
            _ => row.service = time(line, 1, "service time", rounding)?,
        }
        Ok(())
    }

    fn finish(self, rounding: Rounding) -> Result<Instance, FormatError> {
        if self.rows.is_empty() {
            return Err(missing("DEMAND_SECTION"));
        }
        let matrix = match self.weights.as_str() {
            "EUC_2D" => {
                let points: Option<Vec<(f64, f64)>> = self.points.iter().copied().collect();
                euclidean(
                    &points.ok_or_else(|| missing("NODE_COORD_SECTION"))?,
                    rounding,
                )?
            }
            "EXPLICIT" => self.explicit()?,
            other => {
                return Err(FormatError {
                    line: 0,
                    field: "EDGE_WEIGHT_TYPE",
                    reason: FormatReason::Unsupported(other.to_string()),
                });
            }
        };
        let table = Table {
            name: self.name,
            vehicles: self.vehicles.unwrap_or((self.size - 1).max(1)),
            capacity: self.capacity.ok_or_else(|| missing("CAPACITY"))?,
            rows: self.rows,
        };
        table.instance(matrix, rounding.scale())
    }

    // The weights as they lie in the file, each put where it belongs.
    fn explicit(&self) -> Result<Matrix, FormatError> {
        let size = self.size;
        let both = |from: usize, to: usize| [from * size + to, to * size + from];
        let of_row = |row: usize| match self.layout.as_str() {
            "FULL_MATRIX" => Some(0..size),
            "LOWER_ROW" => Some(0..row),
            "LOWER_DIAG_ROW" => Some(0..row + 1),
            "UPPER_ROW" => Some(row + 1..size),
            "UPPER_DIAG_ROW" => Some(row..size),
            _ => None,
        };
        let mut full = vec![0; size * size];
        let mut numbers = self.numbers.iter();
        for row in 0..size {
            let columns = of_row(row).ok_or_else(|| FormatError {
                line: 0,
                field: "EDGE_WEIGHT_FORMAT",
                reason: FormatReason::Unsupported(self.layout.clone()),
            })?;
            for column in columns {
                let number = numbers
                    .next()
                    .ok_or_else(|| missing("EDGE_WEIGHT_SECTION"))?;
                let [here, there] = both(row, column);
                full[here] = *number;
                if self.layout != "FULL_MATRIX" {
                    full[there] = *number;
                }
            }
        }
        if numbers.next().is_some() {
            return Err(FormatError {
                line: 0,
                field: "EDGE_WEIGHT_SECTION",
                reason: FormatReason::Unsupported("more numbers than places".to_string()),
            });
        }
        Matrix::of_both(size, &full).map_err(|error| FormatError {
            line: 0,
            field: "EDGE_WEIGHT_SECTION",
            reason: FormatReason::Matrix(error),
        })
    }
}

fn time(
    line: &Line<'_>,
    at: usize,
    name: &'static str,
    rounding: Rounding,
) -> Result<i64, FormatError> {
    let value = line.real(at, name)?;
    // Horizons beyond all limits stand for none.
    if value * rounding.scale() as f64 > VALUE_MAX as f64 && name == "closes" {
        return Ok(VALUE_MAX);
    }
    scaled(value, rounding.scale())
        .ok_or_else(|| line.wrong(name, FormatReason::Number(line.fields[at].to_string())))
}
