//! Sourcing, measured on days that are made up: how many orders a second are decided, how many planned anew, and how far
//! from the best.

mod foreign;
mod model;
mod reference;

use crate::{Length, row::Row};
use logistics::sourcing::generate::{Scarcity, Scenario, Trial};
use logistics::sourcing::{
    Batch, Budget, Cost, Desk, Left, Line, Order, Orders, Plan, Prices, batch, learn,
};
use reference::Rules;
use std::fmt::Display;
use std::time::Instant;

pub use foreign::compare as compare_with_solver;

const LOCATIONS: usize = 24;
const REGIONS: usize = 300;
/// Rounds in which prices are learned from sample days.
const LEARN_ROUNDS: u32 = 60;
const SAMPLE_DAYS: u64 = 3;
const BY_RULES: &str = "fewest splits, then nearest";

/// Days that differ from a plain one in one thing or in none.
fn scenarios(orders: usize, variants: usize) -> Vec<(&'static str, Scenario)> {
    let plain = |scarcity| Scenario {
        seed: 1,
        variants,
        locations: LOCATIONS,
        regions: REGIONS,
        orders,
        scarcity,
        has_flash: false,
        has_outage: false,
        is_forecast_wrong: false,
    };
    let (mild, severe) = (plain(Scarcity::Mild), plain(Scarcity::Severe));
    vec![
        ("mild", mild),
        ("severe", severe),
        (
            "severe, flash",
            Scenario {
                has_flash: true,
                ..severe
            },
        ),
        (
            "severe, outage",
            Scenario {
                has_outage: true,
                ..severe
            },
        ),
        (
            "severe, wrong forecast",
            Scenario {
                is_forecast_wrong: true,
                ..severe
            },
        ),
    ]
}

fn text(error: impl Display) -> String {
    error.to_string()
}

/// A day on which each order was decided when it came.
struct Decided {
    plans: Vec<Plan>,
    left: Left,
    cost: Cost,
    /// Orders decided and booked in a second.
    per_second: f64,
}

fn decide_all(
    trial: &Trial,
    mut decide: impl FnMut(&Left, &Order, &[Line], &mut Plan) -> Result<(), String>,
) -> Result<Decided, String> {
    let mut left = trial.left.clone();
    let mut plans = vec![Plan::default(); trial.orders.len()];
    let start = Instant::now();
    for ((order, lines), plan) in trial.orders.iter().zip(&mut plans) {
        decide(&left, order, lines, plan)?;
        left.book(&trial.network, order, lines, plan, 0);
    }
    let per_second = trial.orders.len() as f64 / start.elapsed().as_secs_f64();
    let mut cost = Cost::default();
    for ((order, lines), plan) in trial.orders.iter().zip(&plans) {
        cost.add(&trial.network.cost(order, lines, plan, 0));
    }
    Ok(Decided {
        plans,
        left,
        cost,
        per_second,
    })
}

fn by_rules(trial: &Trial) -> Result<Decided, String> {
    let rules = Rules::new(&trial.network, &trial.distance_km);
    decide_all(trial, |left, order, lines, plan| {
        rules.plan(left, order, lines, plan);
        Ok(())
    })
}

fn by_desk(trial: &Trial, prices: Prices) -> Result<Decided, String> {
    let mut desk = Desk::new(&trial.network, prices, trial.left.limits.waves());
    decide_all(trial, |left, order, lines, plan| {
        desk.decide(left, order, lines, plan).map_err(text)
    })
}

fn no_prices(trial: &Trial) -> Prices {
    let (limits, stock) = (&trial.left.limits, &trial.left.stock);
    Prices::none(&trial.network, limits.waves(), stock.variants())
}

fn learned_prices(trial: &Trial, orders: usize) -> Result<Prices, String> {
    let days = (0..SAMPLE_DAYS).map(|seed| trial.sample_day(orders, seed));
    let days: Vec<Orders> = days.collect::<Result<_, _>>().map_err(text)?;
    learn(
        &trial.network,
        &trial.left,
        &days,
        LEARN_ROUNDS,
        &mut || true,
    )
    .map_err(text)
}

/// Orders decided one by one, and booked, on one core: with prices, on a stock of a million variants.
pub fn measure_online(length: Length) -> Result<Vec<Row>, String> {
    let count = match length {
        Length::Full => 1_000_000,
        Length::Quick => 100_000,
    };
    let (_, scenario) = scenarios(count, count)[0];
    let trial = Trial::generate(&scenario).map_err(text)?;
    let prices = learned_prices(&trial, count / 10)?;
    let rules = by_rules(&trial)?;
    let priced = by_desk(&trial, prices)?;
    let plain = by_desk(&trial, no_prices(&trial))?;
    let memory_mib = trial.left.stock.bytes() as f64 / f64::from(1 << 20);
    let row = |name: &str, decided: &Decided| Row {
        name: name.to_owned(),
        value: decided.per_second,
        unit: "orders/s",
        reference: BY_RULES,
        reference_value: rules.per_second,
        further: vec![("memory_mib", memory_mib)],
    };
    Ok(vec![
        row("sourcing_online", &priced),
        row("sourcing_online, no prices", &plain),
    ])
}

/// Orders planned anew together, and how far from the bound each way of planning stays.
pub fn measure_batch(length: Length) -> Result<Vec<Row>, String> {
    let count = match length {
        Length::Full => 20_000,
        Length::Quick => 2_000,
    };
    let mut rows = Vec::new();
    for (name, scenario) in scenarios(count, count) {
        let trial = Trial::generate(&scenario).map_err(text)?;
        let rules = by_rules(&trial)?;
        let plain = by_desk(&trial, no_prices(&trial))?;
        let priced = by_desk(&trial, learned_prices(&trial, count)?)?;
        let start = Instant::now();
        let batch = plan_anew(&trial, &plain)?;
        let seconds = start.elapsed().as_secs_f64();
        let gap = |cost: &Cost| 100.0 * (cost.total() - batch.bound) as f64 / batch.bound as f64;
        rows.push(Row {
            name: format!("sourcing_batch {name}"),
            value: trial.orders.len() as f64 / seconds,
            unit: "orders/s",
            reference: BY_RULES,
            reference_value: rules.per_second,
            further: Vec::new(),
        });
        let ways = [
            ("no prices", &plain.cost),
            ("prices", &priced.cost),
            ("batch", &batch.after),
        ];
        rows.extend(ways.map(|(way, cost)| Row {
            name: format!("sourcing_gap {name}: {way}"),
            value: gap(cost),
            unit: "% above the bound",
            reference: BY_RULES,
            reference_value: gap(&rules.cost),
            further: Vec::new(),
        }));
    }
    Ok(rows)
}

fn plan_anew(trial: &Trial, decided: &Decided) -> Result<Batch, String> {
    let prices = no_prices(trial);
    let (orders, plans) = (&trial.orders, &decided.plans);
    let go_on = &mut || true;
    batch(
        &trial.network,
        &decided.left,
        orders,
        plans,
        &prices,
        &Budget::USUAL,
        go_on,
    )
    .map_err(text)
}
