//! Solomon (1987) and Gehring & Homberger (1999): time windows, one line for each customer. Li & Lim (2001): the same
//! with pickups and deliveries and another head.

use super::lines::{Line, lines, missing};
use super::{FormatError, FormatReason, Instance, Rounding, Row, Table, euclidean, scaled};
use crate::routing::problem::{PLACES_MAX, Window};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

struct Customers {
    rows: Vec<Row>,
    points: Vec<(f64, f64)>,
}

/// Reads the form of Solomon.
pub(super) fn read(text: &str, rounding: Rounding) -> Result<Instance, FormatError> {
    let mut rest = lines(text);
    let name = rest.next().ok_or_else(|| missing("name"))?;
    let starts = |line: &Line<'_>, word: &str| line.fields[0].eq_ignore_ascii_case(word);
    let head = rest.find(|line| starts(line, "NUMBER"));
    head.ok_or_else(|| missing("VEHICLE"))?;
    let fleet = rest.next().ok_or_else(|| missing("NUMBER"))?;
    let (vehicles, capacity) = (fleet.count(0, "NUMBER")?, fleet.whole(1, "CAPACITY")?);
    rest.find(|line| starts(line, "CUSTOMER"))
        .ok_or_else(|| missing("CUSTOMER"))?;
    let is_row = |line: &Line<'_>| !line.text.starts_with(|first: char| first.is_alphabetic());
    let mut customers = Customers {
        rows: Vec::new(),
        points: Vec::new(),
    };
    for line in rest.filter(is_row) {
        customers.add(&line, rounding)?;
    }
    finish(
        name.text.to_string(),
        vehicles,
        capacity,
        customers,
        rounding,
    )
}

/// Reads the form of Li and Lim.
pub(super) fn read_li_lim(text: &str, rounding: Rounding) -> Result<Instance, FormatError> {
    let mut rest = lines(text);
    let head = rest.next().ok_or_else(|| missing("vehicles"))?;
    let (vehicles, capacity) = (head.count(0, "vehicles")?, head.whole(1, "capacity")?);
    let mut customers = Customers {
        rows: Vec::new(),
        points: Vec::new(),
    };
    let mut all = Vec::new();
    for line in rest {
        customers.add(&line, rounding)?;
        all.push(line);
    }
    for (at, line) in all.iter().enumerate().skip(1) {
        let (pickup, delivery) = (line.count(7, "pickup")?, line.count(8, "delivery")?);
        let other = |number: usize, field, other_field: usize| {
            let wrong = || line.wrong(field, FormatReason::Reference(number.to_string()));
            let other = all.get(number).ok_or_else(wrong)?;
            // Both name each other.
            if number == at || number == 0 || other.count(other_field, field)? != at {
                return Err(wrong());
            }
            Ok(number)
        };
        let row = &mut customers.rows[at];
        match (pickup, delivery) {
            (0, 0) => {}
            (0, _) => row.delivery = Some(other(delivery, "delivery", 7)?),
            (_, 0) => row.pickup = Some(other(pickup, "pickup", 8)?),
            _ => {
                let reason = FormatReason::Unsupported(line.text.to_string());
                return Err(line.wrong("pickup", reason));
            }
        }
    }
    finish(String::new(), vehicles, capacity, customers, rounding)
}

impl Customers {
    fn add(&mut self, line: &Line<'_>, rounding: Rounding) -> Result<(), FormatError> {
        let number = line.count(0, "number")?;
        if number != self.rows.len() || number >= PLACES_MAX {
            let reason = FormatReason::Reference(number.to_string());
            return Err(line.wrong("number", reason));
        }
        let time = |at: usize, name: &'static str| {
            let value = line.real(at, name)?;
            scaled(value, rounding.scale())
                .ok_or_else(|| line.wrong(name, FormatReason::Number(line.fields[at].to_string())))
        };
        self.points.push((line.real(1, "x")?, line.real(2, "y")?));
        self.rows.push(Row {
            line: line.number,
            demand: line.whole(3, "demand")?,
            window: Window {
                open: time(4, "ready time")?,
                close: time(5, "due date")?,
            },
            service: time(6, "service time")?,
            pickup: None,
            delivery: None,
        });
        Ok(())
    }
}

fn finish(
    name: String,
    vehicles: usize,
    capacity: i64,
    customers: Customers,
    rounding: Rounding,
) -> Result<Instance, FormatError> {
    if customers.rows.is_empty() {
        return Err(missing("depot"));
    }
    let matrix = euclidean(&customers.points, rounding)?;
    let table = Table {
        name,
        vehicles,
        capacity,
        rows: customers.rows,
    };
    table.instance(matrix, rounding.scale())
}
