//! Whole days that are made up: nothing is promised twice, limits are kept, sums are right, gains are real.

use super::super::generate::{Scarcity, Scenario, Trial};
use super::super::network::each;
use super::*;

fn scenario(seed: u64) -> Scenario {
    Scenario {
        seed,
        variants: 150,
        locations: 10,
        regions: 20,
        orders: 300,
        scarcity: if seed.is_multiple_of(2) {
            Scarcity::Mild
        } else {
            Scarcity::Severe
        },
        has_flash: seed.is_multiple_of(3),
        has_outage: seed.is_multiple_of(5),
        is_forecast_wrong: seed.is_multiple_of(7),
    }
}

fn decide_day(trial: &Trial, prices: Prices) -> (Left, Vec<Plan>) {
    let mut desk = Desk::new(&trial.network, prices, trial.left.limits.waves());
    let (mut left, mut plans) = (trial.left.clone(), Vec::new());
    for (order, lines) in trial.orders.iter() {
        let mut plan = Plan::default();
        desk.decide(&left, order, lines, &mut plan)
            .expect("an order");
        left.book(&trial.network, order, lines, &plan, 0);
        plans.push(plan);
    }
    (left, plans)
}

fn total(trial: &Trial, plans: &[Plan]) -> i64 {
    let each = trial.orders.iter().zip(plans);
    each.map(|((order, lines), plan)| trial.network.cost(order, lines, plan, 0).total())
        .sum()
}

/// Books all plans from the morning on: what is promised twice, or more than limits allow, panics there.
fn check_plans(trial: &Trial, plans: &[Plan]) -> Left {
    let mut left = trial.left.clone();
    for ((order, lines), plan) in trial.orders.iter().zip(plans) {
        for location in each(plan.locations()) {
            assert!(left.limits.location(usize::from(order.wave), location) > 0);
        }
        for (index, line) in lines.iter().enumerate() {
            assert!(plan.unserved(index, line.quantity) <= line.quantity);
        }
        left.book(&trial.network, order, lines, plan, 0);
    }
    left
}

#[test]
fn whole_days_keep_to_what_there_is() {
    for seed in 0..20 {
        let trial = Trial::generate(&scenario(seed)).expect("a day");
        let none = no_prices(&trial.network, &trial.left);
        let (left, mut plans) = decide_day(&trial, none.clone());
        check_plans(&trial, &plans);
        let before = total(&trial, &plans);
        let anew = || {
            batch(
                &trial.network,
                &left,
                &trial.orders,
                &plans,
                &none,
                &Budget::USUAL,
                &mut || true,
            )
        };
        let (result, again) = (anew().expect("a batch"), anew().expect("a batch"));
        assert_eq!(
            result.moves, again.moves,
            "seed {seed}: the same input, the same plans"
        );
        assert_eq!(result.before.total(), before, "seed {seed}");
        assert!(
            result.bound <= result.after.total() && result.after.total() <= before,
            "seed {seed}"
        );
        for moved in result.moves {
            plans[moved.order] = moved.plan;
        }
        check_plans(&trial, &plans);
        assert_eq!(total(&trial, &plans), result.after.total(), "seed {seed}");
    }
}

#[test]
fn unbooking_brings_everything_back() {
    let trial = Trial::generate(&scenario(1)).expect("a day");
    let (mut left, plans) = decide_day(&trial, no_prices(&trial.network, &trial.left));
    for ((order, lines), plan) in trial.orders.iter().zip(&plans) {
        left.unbook(&trial.network, order, lines, plan, 0);
    }
    for variant in 0..150 {
        assert_eq!(
            left.stock.available(variant),
            trial.left.stock.available(variant)
        );
        for location in 0..10 {
            assert_eq!(
                left.stock.units(variant, location),
                trial.left.stock.units(variant, location)
            );
        }
    }
}

#[test]
fn prices_from_sample_days_help() {
    let trial = Trial::generate(&Scenario {
        orders: 2_000,
        ..scenario(11)
    })
    .expect("a day");
    let days: Vec<Orders> = (0..3)
        .map(|seed| trial.sample_day(2_000, seed).expect("a day"))
        .collect();
    let prices = learn(&trial.network, &trial.left, &days, 60, &mut || true).expect("prices");
    let (_, plain) = decide_day(&trial, no_prices(&trial.network, &trial.left));
    let (_, priced) = decide_day(&trial, prices);
    assert!(total(&trial, &priced) < total(&trial, &plain));
}

#[test]
fn a_batch_ends_when_it_is_told_to() {
    let trial = Trial::generate(&scenario(3)).expect("a day");
    let none = no_prices(&trial.network, &trial.left);
    let (left, plans) = decide_day(&trial, none.clone());
    let result = batch(
        &trial.network,
        &left,
        &trial.orders,
        &plans,
        &none,
        &Budget::USUAL,
        &mut || false,
    );
    let result = result.expect("a batch");
    assert_eq!(result.price_rounds, 1);
    assert!(result.after.total() <= result.before.total());
}
