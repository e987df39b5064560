//! Plans held against all plans there are, on small worlds.

use super::super::desk::Wish;
use super::super::network::each;
use super::*;
use crate::random::Random;

/// A small random world: up to 4 locations, 4 variants, prices, and rules that bite.
fn small(random: &mut Random) -> (Network, Left, Prices) {
    let parcels: Vec<u32> = (0..2 + random.below(3))
        .map(|_| 50 + random.below(300) as u32)
        .collect();
    let mut input = input(&parcels);
    input.rules.parcels_max = 1 + random.below(3) as u8;
    input.rules.extra_parcel = random.below(200) as u32;
    for (place, lane) in input.locations.iter_mut().zip(&mut input.lanes) {
        place.rank = random.below(3) as u16;
        let open = lane.as_mut().expect("open");
        open.unit = random.below(60) as u32;
        open.days = random.below(5) as u8;
    }
    let network = Network::new(input).expect("a network");
    let units: Vec<Vec<u32>> = (0..4)
        .map(|_| parcels.iter().map(|_| random.below(3) as u32).collect())
        .collect();
    let units: Vec<&[u32]> = units.iter().map(Vec::as_slice).collect();
    let left = left(&network, &units);
    let mut prices = no_prices(&network, &left);
    for variant in 0..4 {
        for location in 0..parcels.len() {
            let price = random.below(100) as u32 * SCALE;
            prices.set_unit(variant, location, price).expect("a price");
        }
    }
    prices
        .set_location(0, 0, random.below(100) as u32 * SCALE)
        .expect("a price");
    (network, left, prices)
}

fn priced(network: &Network, prices: &Prices, order: &Order, lines: &[Line], plan: &Plan) -> i64 {
    let scale = i64::from(SCALE);
    let mut cost = network.cost(order, lines, plan, 0).total() * scale;
    for part in &plan.parts {
        let variant = lines[usize::from(part.line)].variant;
        cost +=
            i64::from(prices.unit(variant, usize::from(part.location))) * i64::from(part.quantity);
    }
    cost + each(plan.locations())
        .map(|w| i64::from(prices.location(0, w)))
        .sum::<i64>()
}

/// All plans that send each line whole or not at all.
fn all_plans(locations: usize, lines: &[Line]) -> Vec<Plan> {
    let mut plans = vec![Plan::default()];
    for (index, line) in lines.iter().enumerate() {
        let with = |plan: &Plan, location: usize| {
            let mut plan = plan.clone();
            plan.parts.push(Part {
                line: index as u16,
                location: location as u8,
                quantity: line.quantity,
            });
            plan
        };
        let more: Vec<Plan> = plans
            .iter()
            .flat_map(|plan| (0..locations).map(move |w| with(plan, w)))
            .collect();
        plans.extend(more);
    }
    plans
}

fn is_possible(left: &Left, lines: &[Line], plan: &Plan) -> bool {
    plan.parts.iter().all(|part| {
        let variant = lines[usize::from(part.line)].variant;
        left.stock.units(variant, usize::from(part.location)) >= part.quantity
    })
}

#[test]
fn an_order_is_planned_as_well_as_any_plan() {
    for seed in 0..600 {
        let mut random = Random::of(seed, 7);
        let (network, left, prices) = small(&mut random);
        let order = Order {
            promise: random.below(2) as u8,
            ..ORDER
        };
        let count = 1 + random.below(4);
        let lines: Vec<Line> = (0..count as u32)
            .map(|variant| line(variant, 1 + random.below(2) as u32))
            .collect();
        let mut desk = Desk::for_batch(&network, prices.clone(), 1);
        let wish = Wish {
            order: &order,
            lines: &lines,
            paid: 0,
        };
        let mut plan = Plan::default();
        let cost = desk.plan(&left, &wish, &[], &mut plan);
        assert_eq!(
            cost as i64,
            priced(&network, &prices, &order, &lines, &plan),
            "seed {seed}"
        );
        let whole_somewhere = |line: &Line| {
            left.stock.available(line.variant) == 0
                || (0..network.locations())
                    .any(|w| left.stock.units(line.variant, w) >= line.quantity)
        };
        if !lines.iter().all(whole_somewhere) {
            continue;
        }
        let possible = all_plans(network.locations(), &lines)
            .into_iter()
            .filter(|plan| is_possible(&left, &lines, plan));
        let best = possible
            .map(|plan| priced(&network, &prices, &order, &lines, &plan))
            .min();
        assert_eq!(Some(cost as i64), best, "seed {seed}");
    }
}

#[test]
fn many_lines_are_covered_nearly_as_well() {
    let (mut found, mut best) = (0, 0);
    for seed in 0..60 {
        let mut random = Random::of(seed, 8);
        let parcels: Vec<u32> = (0..4).map(|_| 50 + random.below(300) as u32).collect();
        let network = Network::new(input(&parcels)).expect("a network");
        let units: Vec<Vec<u32>> = (0..6)
            .map(|_| (0..4).map(|_| random.below(2) as u32).collect())
            .collect();
        let units: Vec<&[u32]> = units.iter().map(Vec::as_slice).collect();
        let left = left(&network, &units);
        let lines: Vec<Line> = (0..6).map(|variant| line(variant, 1)).collect();
        let mut desk = Desk::new(&network, no_prices(&network, &left), 1);
        let mut plan = Plan::default();
        desk.decide(&left, &ORDER, &lines, &mut plan)
            .expect("an order");
        let cost = |plan: &Plan| network.cost(&ORDER, &lines, plan, 0).total();
        let possible = all_plans(4, &lines)
            .into_iter()
            .filter(|plan| is_possible(&left, &lines, plan));
        let least = possible
            .map(|plan| cost(&plan))
            .min()
            .expect("nothing is always possible");
        assert!(cost(&plan) >= least, "seed {seed}");
        found += cost(&plan);
        best += least;
    }
    assert!(found * 100 <= best * 101, "{found} instead of {best}");
}

/// The least cost of orders together, trying all plans of each.
fn least(network: &Network, left: &Left, orders: &Orders, from: usize) -> i64 {
    if from == orders.len() {
        return 0;
    }
    let (order, lines) = orders.get(from);
    let mut best = i64::MAX;
    for plan in all_plans(network.locations(), lines) {
        let has_room = each(plan.locations()).all(|w| left.limits.location(0, w) > 0);
        if has_room && is_possible(left, lines, &plan) {
            let mut rest = left.clone();
            rest.book(network, order, lines, &plan, 0);
            let cost = network.cost(order, lines, &plan, 0).total();
            best = best.min(cost + least(network, &rest, orders, from + 1));
        }
    }
    best
}

#[test]
fn orders_together_come_to_the_best_nearly_always() {
    const CASES: u64 = 150;
    let mut hits = 0;
    for seed in 0..CASES {
        let mut random = Random::of(seed, 9);
        let (network, mut left, _) = small(&mut random);
        left.limits
            .set_location(0, 0, 1 + random.below(3) as u32)
            .expect("a location");
        let mut orders = Orders::new(Bounds::of(&network, 1, 4));
        for _ in 0..3 + random.below(2) {
            let first = random.below(4) as u32;
            let lines = [line(first, 1), line((first + 1) % 4, 1)];
            orders
                .push(ORDER, &lines[..1 + random.below(2)])
                .expect("an order");
        }
        let best = least(&network, &left, &orders, 0);
        let plans = vec![Plan::default(); orders.len()];
        let none = no_prices(&network, &left);
        let result = batch(
            &network,
            &left,
            &orders,
            &plans,
            &none,
            &Budget::USUAL,
            &mut || true,
        )
        .expect("a batch");
        assert!(
            result.bound <= best,
            "seed {seed}: bound {} above {best}",
            result.bound
        );
        assert!(result.after.total() >= best, "seed {seed}");
        hits += u64::from(result.after.total() == best);
    }
    assert!(hits * 100 >= CASES * 90, "{hits} of {CASES}");
}
