//! Small cases by hand. `best` holds plans against all plans there are, `days` whole days against what must be true; a
//! failing case names its seed.

mod best;
mod days;

use super::*;
use alloc::vec;
use alloc::vec::Vec;

const WAREHOUSE: Location = Location {
    rank: 0,
    kind: Kind::Warehouse,
    is_open: true,
};

fn lane(parcel: u32) -> Option<Lane> {
    Some(Lane {
        parcel,
        unit: 10,
        days: 2,
        carrier: 0,
    })
}

/// One region; a parcel costs what the list says for each location.
fn input(parcels: &[u32]) -> Input {
    Input {
        locations: vec![WAREHOUSE; parcels.len()],
        regions: 1,
        carriers: 2,
        lanes: parcels.iter().map(|&parcel| lane(parcel)).collect(),
        promises: vec![
            Promise {
                days: 3,
                late_per_day: 100,
            },
            Promise {
                days: 1,
                late_per_day: 50,
            },
        ],
        rules: Rules {
            shops_ship: true,
            parcels_max: 9,
            extra_parcel: 1_000,
            unserved_unit: 5_000,
        },
    }
}

const ORDER: Order = Order {
    region: 0,
    promise: 0,
    wave: 0,
    excluded: 0,
};

fn line(variant: u32, quantity: u32) -> Line {
    Line { variant, quantity }
}

/// Stock by variant and location.
fn left(network: &Network, units: &[&[u32]]) -> Left {
    let mut stock = Stock::new(units.len(), network.locations()).expect("a small table");
    for (variant, row) in units.iter().enumerate() {
        for (location, &units) in row.iter().enumerate() {
            stock
                .set(variant as u32, location, units)
                .expect("a place of the table");
        }
    }
    let limits = Limits::new(network, 1).expect("one wave");
    Left { stock, limits }
}

fn no_prices(network: &Network, left: &Left) -> Prices {
    Prices::none(network, left.limits.waves(), left.stock.variants())
}

/// Parts as `line@location*quantity`.
fn show(plan: &Plan) -> alloc::string::String {
    let parts = plan
        .parts
        .iter()
        .map(|part| alloc::format!("{}@{}*{}", part.line, part.location, part.quantity));
    parts.collect::<Vec<_>>().join(" ")
}

fn decided(
    input: Input,
    units: &[&[u32]],
    order: &Order,
    lines: &[Line],
) -> (alloc::string::String, i64) {
    let network = Network::new(input).expect("a network");
    let left = left(&network, units);
    let mut desk = Desk::new(&network, no_prices(&network, &left), 1);
    let mut plan = Plan::default();
    desk.decide(&left, order, lines, &mut plan)
        .expect("an order");
    (show(&plan), network.cost(order, lines, &plan, 0).total())
}

#[test]
fn plans_are_as_the_table_says() {
    let (one, two) = ([line(0, 1)], [line(0, 1), line(1, 1)]);
    type Row<'a> = (
        &'a str,
        &'a [u32],
        &'a [&'a [u32]],
        &'a [Line],
        (&'a str, i64),
    );
    let table: [Row<'_>; 8] = [
        (
            "the cheapest that has it",
            &[300, 200, 100],
            &[&[5, 5, 0]],
            &one,
            ("0@1*1", 210),
        ),
        (
            "equal costs: the first",
            &[200, 200],
            &[&[1, 1]],
            &one,
            ("0@0*1", 210),
        ),
        (
            "one parcel rather than two",
            &[300, 200, 210],
            &[&[1, 1, 0], &[1, 0, 1]],
            &two,
            ("0@0*1 1@0*1", 320),
        ),
        (
            "two parcels where that is cheaper",
            &[900, 200, 210],
            &[&[1, 1, 0], &[1, 0, 1]],
            &two,
            ("0@1*1 1@2*1", 430),
        ),
        (
            "whole rather than split",
            &[100, 100, 900],
            &[&[1, 1, 2]],
            &[line(0, 2)],
            ("0@2*2", 920),
        ),
        (
            "split where it is nowhere whole",
            &[100, 100, 900],
            &[&[1, 1, 1]],
            &[line(0, 2)],
            ("0@0*1 0@1*1", 220),
        ),
        (
            "what there is",
            &[100, 100],
            &[&[1, 0]],
            &[line(0, 3)],
            ("0@0*1", 10_110),
        ),
        ("nothing", &[100, 100], &[&[0, 0]], &one, ("", 5_000)),
    ];
    for (name, parcels, units, lines, (plan, cost)) in table {
        assert_eq!(
            decided(input(parcels), units, &ORDER, lines),
            (plan.into(), cost),
            "{name}"
        );
    }
}

#[test]
fn rules_are_masks_and_penalties() {
    let units: &[&[u32]] = &[&[1, 1, 1]];
    let with = |change: fn(&mut Input, &mut Order)| {
        let (mut input, mut order) = (input(&[100, 200, 300]), ORDER);
        change(&mut input, &mut order);
        decided(input, units, &order, &[line(0, 1)])
    };
    assert_eq!(with(|_, _| ()), ("0@0*1".into(), 110));
    assert_eq!(with(|_, order| order.excluded = 1), ("0@1*1".into(), 210));
    assert_eq!(
        with(|input, _| input.locations[0].is_open = false),
        ("0@1*1".into(), 210)
    );
    assert_eq!(
        with(|input, _| input.lanes[0] = None),
        ("0@1*1".into(), 210)
    );
    let shops = |input: &mut Input, _: &mut Order| {
        input.locations[0].kind = Kind::Shop;
        input.rules.shops_ship = false;
    };
    assert_eq!(with(shops), ("0@1*1".into(), 210));
    let ranked = |input: &mut Input, _: &mut Order| {
        input.lanes = vec![lane(100); 3];
        input.locations[0].rank = 2;
        input.locations[1].rank = 1;
    };
    assert_eq!(with(ranked), ("0@2*1".into(), 110));
    // Next day by a lane of two: 50 for being late, 0 where the lane is faster.
    assert_eq!(with(|_, order| order.promise = 1), ("0@0*1".into(), 160));
    let mut few = input(&[100, 100, 500]);
    let two = [line(0, 1), line(1, 1)];
    let split: &[&[u32]] = &[&[1, 0, 1], &[0, 1, 1]];
    assert_eq!(
        decided(few.clone(), split, &ORDER, &two),
        ("0@0*1 1@1*1".into(), 220)
    );
    few.rules.parcels_max = 1;
    assert_eq!(
        decided(few.clone(), split, &ORDER, &two),
        ("0@2*1 1@2*1".into(), 520)
    );
    few.rules.extra_parcel = 50;
    assert_eq!(
        decided(few, split, &ORDER, &two),
        ("0@0*1 1@1*1".into(), 270)
    );
}

#[test]
fn limits_and_what_is_kept_back_are_kept() {
    let mut given = input(&[100, 200, 300]);
    given.lanes[1].as_mut().expect("open").carrier = 1;
    let network = Network::new(given).expect("a network");
    let mut left = left(&network, &[&[9, 9, 9], &[0, 9, 0], &[9, 0, 0]]);
    left.limits.set_location(0, 0, 1).expect("a location");
    left.limits.set_carrier(0, 2).expect("a carrier");
    left.stock.keep_back(2, 8).expect("a location");
    left.stock.exclude(1, 1 << 0).expect("a variant");
    let mut desk = Desk::new(&network, no_prices(&network, &left), 1);
    let mut plan = Plan::default();
    let mut plans = Vec::new();
    for _ in 0..3 {
        desk.decide(&left, &ORDER, &[line(0, 2)], &mut plan)
            .expect("an order");
        left.book(&network, &ORDER, &[line(0, 2)], &plan, 0);
        plans.push(show(&plan));
    }
    assert_eq!(plans, ["0@0*2", "0@1*2", "0@1*2"]);
    desk.decide(&left, &ORDER, &[line(0, 1)], &mut plan)
        .expect("an order");
    assert_eq!(show(&plan), "0@1*1");
    assert_eq!(left.stock.units(0, 2), 1);
    // Lines 0 and 2 would need two parcels of a carrier that takes one.
    left.limits.set_location(0, 0, 5).expect("a location");
    left.limits.set_carrier(0, 1).expect("a carrier");
    let lines = [line(0, 1), line(2, 1), line(1, 1)];
    desk.decide(&left, &ORDER, &lines, &mut plan)
        .expect("an order");
    left.book(&network, &ORDER, &lines, &plan, 0);
    assert_eq!(left.limits.carrier(0), 0);
    assert_eq!(plan.parts.len(), 3);
}

#[test]
fn bad_networks_are_refused_by_name() {
    let wrong = |change: fn(&mut Input)| {
        let mut input = input(&[1, 2]);
        change(&mut input);
        Network::new(input).expect_err("wrong")
    };
    assert_eq!(
        wrong(|input| input.locations.clear()),
        NetworkError::Locations(0)
    );
    assert_eq!(wrong(|input| input.regions = 0), NetworkError::Regions(0));
    assert_eq!(
        wrong(|input| input.carriers = 65),
        NetworkError::Carriers(65)
    );
    assert_eq!(
        wrong(|input| input.promises.clear()),
        NetworkError::Promises(0)
    );
    assert_eq!(
        wrong(|input| input.regions = 2),
        NetworkError::Lanes {
            expected: 4,
            found: 2
        }
    );
    assert_eq!(
        wrong(|input| input.lanes[1] = lane(COST_MAX + 1)),
        NetworkError::Lane {
            region: 0,
            location: 1
        }
    );
    assert_eq!(
        wrong(|input| input.promises[1].late_per_day = u32::MAX),
        NetworkError::Late(1)
    );
    assert_eq!(
        wrong(|input| input.rules.unserved_unit = u32::MAX),
        NetworkError::Rules
    );
    assert_eq!(
        wrong(|input| input.rules.parcels_max = 0),
        NetworkError::Rules
    );
}

#[test]
fn bad_orders_are_refused_by_name() {
    let bounds = Bounds {
        regions: 1,
        promises: 1,
        waves: 1,
        variants: 2,
    };
    let mut orders = Orders::new(bounds);
    let mut push = |order: Order, lines: &[Line]| orders.push(order, lines).expect_err("wrong");
    assert_eq!(
        push(Order { region: 1, ..ORDER }, &[line(0, 1)]),
        OrderError::Region(1)
    );
    assert_eq!(
        push(
            Order {
                promise: 1,
                ..ORDER
            },
            &[line(0, 1)]
        ),
        OrderError::Promise(1)
    );
    assert_eq!(
        push(Order { wave: 1, ..ORDER }, &[line(0, 1)]),
        OrderError::Wave(1)
    );
    assert_eq!(push(ORDER, &[]), OrderError::Lines(0));
    assert_eq!(
        push(ORDER, &[line(2, 1)]),
        OrderError::Variant {
            line: 0,
            variant: 2
        }
    );
    assert_eq!(
        push(ORDER, &[line(0, 0)]),
        OrderError::Quantity {
            line: 0,
            quantity: 0
        }
    );
    assert_eq!(
        push(ORDER, &[line(0, 1), line(0, 1)]),
        OrderError::Twice {
            line: 1,
            variant: 0
        }
    );
}

#[test]
fn bad_stock_is_refused_by_name() {
    assert!(
        Stock::new(0, 1).is_err()
            && Stock::new(1, 65).is_err()
            && Stock::new(usize::MAX, 64).is_err()
    );
    let mut stock = Stock::new(1, 1).expect("a small table");
    let short = StockError::Short {
        variant: 0,
        location: 0,
        available: 0,
    };
    assert_eq!(stock.take(0, 0, 1), Err(short));
    assert_eq!(
        stock.take(0, 1, 1),
        Err(StockError::Place {
            variant: 0,
            location: 1
        })
    );
    stock.set(0, 0, u32::MAX).expect("a place");
    assert_eq!(
        stock.give(0, 0, 1),
        Err(StockError::Full {
            variant: 0,
            location: 0
        })
    );
}

#[test]
fn explanations_name_alternatives_and_reasons() {
    let mut given = input(&[100, 200, 300, 50, 60, 70, 80]);
    given.locations[3].is_open = false;
    given.lanes[4] = None;
    given.locations[5].kind = Kind::Shop;
    given.rules.shops_ship = false;
    let network = Network::new(given).expect("a network");
    let mut left = left(&network, &[&[1, 2, 0, 9, 9, 9, 9], &[0, 3, 1, 9, 9, 9, 9]]);
    left.limits.set_location(0, 6, 0).expect("a location");
    let mut desk = Desk::new(&network, no_prices(&network, &left), 1);
    let lines = [line(0, 1), line(1, 2)];
    let found = desk.explain(&left, &ORDER, &lines, 2).expect("an order");
    assert_eq!(show(&found.chosen.plan), "0@1*1 1@1*2");
    assert_eq!(found.chosen.cost.total(), 230);
    let others: Vec<_> = found
        .others
        .iter()
        .map(|other| (show(&other.plan), other.cost.total()))
        .collect();
    assert_eq!(others, [("0@0*1 1@1*2".into(), 330)]);
    use Why::{
        Chosen, Dearer, LaneClosed, LocationClosed, LocationFull, NoStock, ShopsDontShip, TooFew,
    };
    let closed = [LocationClosed, LaneClosed, ShopsDontShip, LocationFull];
    let expected = [
        &[Dearer, Chosen, NoStock][..],
        &closed,
        &[NoStock, Chosen, TooFew { units: 1 }],
        &closed,
    ]
    .concat();
    assert_eq!(found.why, expected);
}

#[test]
fn lines_that_move_use_parcels_that_are_open() {
    let network = Network::new(input(&[100, 150, 200])).expect("a network");
    let mut left = left(&network, &[&[5, 5, 5]]);
    let mut desk = Desk::new(&network, no_prices(&network, &left), 1);
    let moving = [Moving {
        line: line(0, 2),
        away: 1 << 0,
    }];
    let fresh = desk.again(&left, &ORDER, &moving, 0).expect("a plan");
    assert_eq!(
        (show(&fresh.plan), fresh.cost.total()),
        ("0@1*2".into(), 170)
    );
    left.limits.set_location(0, 2, 0).expect("a location");
    let joined = desk.again(&left, &ORDER, &moving, 1 << 2).expect("a plan");
    assert_eq!(
        (show(&joined.plan), joined.cost.total()),
        ("0@2*2".into(), 20)
    );
    left.book(&network, &ORDER, &[line(0, 2)], &joined.plan, 1 << 2);
    assert_eq!(left.stock.units(0, 2), 3);
    let nobody = [Moving {
        line: line(0, 1),
        away: 0b111,
    }];
    assert_eq!(
        desk.again(&left, &ORDER, &nobody, 0)
            .expect("a plan")
            .cost
            .unserved,
        5_000
    );
}

#[test]
fn what_if_compares_the_same_day() {
    let mut given = input(&[300, 100, 200]);
    given.locations[1].is_open = false;
    let network = Network::new(given).expect("a network");
    let left = left(&network, &[&[9, 9, 2]]);
    let mut orders = Orders::new(Bounds::of(&network, 1, 1));
    for _ in 0..4 {
        orders.push(ORDER, &[line(0, 1)]).expect("an order");
    }
    let none = no_prices(&network, &left);
    let run = |changes: &[Change]| {
        let policy = Policy::AsTheyCame(&none);
        compare(&network, &left, &orders, changes, policy)
            .map(|result| (result.before.cost.total(), result.after))
    };
    let (before, opened) = run(&[Change::Open(1)]).expect("a day");
    assert_eq!(
        (before, opened.cost.total(), opened.shares[1].parcels),
        (1_040, 440, 4)
    );
    let capped = [
        Change::Open(1),
        Change::Limit {
            location: 1,
            wave: 0,
            parcels: 1,
        },
    ];
    let (_, capped) = run(&capped).expect("a day");
    let parcels: Vec<u64> = capped.shares.iter().map(|share| share.parcels).collect();
    assert_eq!((capped.cost.total(), parcels), (840, vec![1, 1, 2]));
    let (_, closed) = run(&[Change::Close(0)]).expect("a day");
    assert_eq!((closed.all().unserved, closed.shares[2].unserved), (2, 2));
    let rate = Change::Rate {
        region: 0,
        location: 0,
        lane: lane(150),
    };
    assert_eq!(run(&[rate]).expect("a day").1.cost.total(), 640);
    assert_eq!(run(&[Change::Close(3)]), Err(WhatIfError::Location(3)));
    let together = compare(
        &network,
        &left,
        &orders,
        &[],
        Policy::Together(&Budget::USUAL),
    )
    .expect("a day");
    assert_eq!(together.before, together.after);
}
