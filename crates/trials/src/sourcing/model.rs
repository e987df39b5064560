//! A day's sourcing as a mathematical program in the text that solvers read (CPLEX's LP format), with or without the
//! demand that parcels and units are whole.

use logistics::sourcing::generate::Trial;
use logistics::sourcing::{Line, Mask, Order, UNLIMITED};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What parcels and units may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Any part of one: a bound that is found fast.
    Any,
    /// Whole ones.
    Whole,
}

/// The program: `y` is a parcel of an order from a location, `n` units of a line from there, `u` units that are not sent,
/// `e` parcels beyond the merchant's rule. The cost is in minor units.
pub fn write(trial: &Trial, numbers: Numbers) -> String {
    let mut model = Model::default();
    for (index, (order, lines)) in trial.orders.iter().enumerate() {
        model.add(trial, index, order, lines);
    }
    model.text(trial, numbers)
}

#[derive(Default)]
struct Model {
    objective: String,
    rows: String,
    bounds: String,
    parcels: String,
    units: String,
    // What asks for each unit row and each limit.
    stock: BTreeMap<(u32, usize), String>,
    locations: BTreeMap<(usize, usize), String>,
    carriers: BTreeMap<usize, String>,
}

impl Model {
    fn add(&mut self, trial: &Trial, index: usize, order: &Order, lines: &[Line]) {
        let region = usize::from(order.region);
        let usable = trial.network.usable(region) & !order.excluded;
        let bits = |mask: Mask| (0..trial.network.locations()).filter(move |w| mask >> w & 1 == 1);
        let mut any = 0;
        for (at, line) in lines.iter().enumerate() {
            let some = trial.left.stock.available(line.variant) & usable;
            any |= some;
            let mut row = format!("u{index}_{at}");
            self.bounds += &format!("u{index}_{at} <= {}\n", line.quantity);
            self.objective += &format!("+ {} u{index}_{at}\n", trial.network.rules().unserved_unit);
            for w in bits(some) {
                let lane = trial
                    .network
                    .lane(region, w)
                    .expect("usable lanes are open");
                let name = format!("n{index}_{at}_{w}");
                self.objective += &format!("+ {} {name}\n", lane.unit);
                row += &format!(" + {name}\n");
                let most = trial.left.stock.units(line.variant, w).min(line.quantity);
                self.rows += &format!("{name} - {most} y{index}_{w} <= 0\n");
                self.units += &format!("{name}\n");
                let stock = self.stock.entry((line.variant, w)).or_default();
                *stock += &format!("+ {name}\n");
            }
            self.rows += &format!("{row} = {}\n", line.quantity);
        }
        let mut all = String::new();
        for w in bits(any) {
            let lane = trial
                .network
                .lane(region, w)
                .expect("usable lanes are open");
            let cost = lane.parcel + trial.network.late(usize::from(order.promise), lane);
            let name = format!("y{index}_{w}");
            self.objective += &format!("+ {cost} {name}\n");
            self.parcels += &format!("{name}\n");
            self.bounds += &format!("{name} <= 1\n");
            all += &format!("+ {name}\n");
            let location = self
                .locations
                .entry((usize::from(order.wave), w))
                .or_default();
            *location += &format!("+ {name}\n");
            *self.carriers.entry(usize::from(lane.carrier)).or_default() += &format!("+ {name}\n");
        }
        if any.count_ones() > u32::from(trial.network.rules().parcels_max) {
            self.objective += &format!("+ {} e{index}\n", trial.network.rules().extra_parcel);
            self.rows += &format!(
                "{all} - e{index} <= {}\n",
                trial.network.rules().parcels_max
            );
        }
    }

    fn text(self, trial: &Trial, numbers: Numbers) -> String {
        let mut text = format!(
            "Minimize\n cost: {}Subject To\n{}",
            self.objective, self.rows
        );
        let mut limit = |sum: &str, most: u32| {
            if most != UNLIMITED {
                writeln!(text, "{sum} <= {most}").expect("a string takes all");
            }
        };
        for ((variant, w), sum) in &self.stock {
            limit(sum, trial.left.stock.units(*variant, *w));
        }
        for ((wave, w), sum) in &self.locations {
            limit(sum, trial.left.limits.location(*wave, *w));
        }
        for (carrier, sum) in &self.carriers {
            limit(sum, trial.left.limits.carrier(*carrier));
        }
        text += &format!("Bounds\n{}", self.bounds);
        if numbers == Numbers::Whole {
            text += &format!("Binary\n{}General\n{}", self.parcels, self.units);
        }
        text + "End\n"
    }
}
