//! Instances of the kinds that are published, made from a seed, as texts in the published forms.
//!
//! The classes are those of Solomon (1987), as Gehring and Homberger (1999) made them larger: customers at random (R), in
//! clusters (C) or half and half (RC); a short horizon and small vehicles (1: many short routes) or a long horizon and
//! large vehicles (2: few long routes); narrow or wide time windows. Li and Lim (2001) paired customers of such instances.

use crate::random::Random;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// Where customers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Anywhere.
    Random,
    /// In clusters.
    Clustered,
    /// Half of them in clusters.
    Mixed,
}

/// How long a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Horizon {
    /// Few stops for each vehicle.
    Short,
    /// Many stops for each vehicle.
    Long,
}

/// How wide time windows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Windows {
    /// A twentieth to a tenth of the day.
    Narrow,
    /// A fifth to half of the day, and a quarter of the customers have none.
    Wide,
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// How many customers; pairs take two each.
    pub customers: usize,
    /// Where they are.
    pub layout: Layout,
    /// How long a day is.
    pub horizon: Horizon,
    /// How wide time windows are.
    pub windows: Windows,
    /// The same seed makes the same instance.
    pub seed: u64,
}

struct Customer {
    x: i64,
    y: i64,
    demand: i64,
    open: i64,
    close: i64,
}

struct Draft {
    side: i64,
    vehicles: usize,
    capacity: i64,
    horizon: i64,
    service: i64,
    customers: Vec<Customer>,
}

/// An instance in the form of Solomon. At most 10,000 customers are made.
pub fn solomon(kind: Kind) -> String {
    let draft = draft(kind);
    let mut text = String::new();
    writeln!(text, "{}\n\nVEHICLE\nNUMBER CAPACITY", name(kind)).expect("a string takes all");
    writeln!(text, "{} {}\n\nCUSTOMER", draft.vehicles, draft.capacity)
        .expect("a string takes all");
    text.push_str("CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\n\n");
    let centre = draft.side / 2;
    writeln!(text, "0 {centre} {centre} 0 0 {} 0", draft.horizon).expect("a string takes all");
    for (at, one) in draft.customers.iter().enumerate() {
        let (number, service) = (at + 1, draft.service);
        let Customer {
            x,
            y,
            demand,
            open,
            close,
        } = one;
        writeln!(text, "{number} {x} {y} {demand} {open} {close} {service}")
            .expect("a string takes all");
    }
    text
}

/// An instance of pairs in the form of Li and Lim: neighbours in time are paired so that each pair can be served.
pub fn li_lim(kind: Kind) -> String {
    let mut draft = draft(kind);
    let mut random = Random::of(kind.seed, 7);
    draft.customers.truncate(kind.customers / 2 * 2);
    // In the order of their windows, each is paired with one of the next few.
    draft
        .customers
        .sort_by_key(|one| (one.open + one.close, one.x, one.y));
    let mut left: Vec<usize> = (0..draft.customers.len()).collect();
    let mut partner = alloc::vec![0; draft.customers.len()];
    let mut is_pickup = alloc::vec![false; draft.customers.len()];
    while left.len() > 1 {
        let pickup = left.remove(0);
        let delivery = left.remove(random.below(left.len().min(8)));
        (partner[pickup], partner[delivery]) = (delivery, pickup);
        is_pickup[pickup] = true;
        let way = distance(&draft.customers[pickup], &draft.customers[delivery]);
        let latest = draft.horizon - home(&draft, &draft.customers[delivery]) - draft.service;
        let home = home(&draft, &draft.customers[pickup]);
        // A vehicle on its own can be at the pickup, then at the delivery, and be back.
        let limit = latest - way - draft.service;
        let first = &mut draft.customers[pickup];
        first.open = first.open.min(limit);
        first.close = first.close.clamp(home.max(first.open), limit);
        let reach = home.max(first.open) + draft.service + way;
        let second = &mut draft.customers[delivery];
        second.close = second.close.clamp(reach, latest);
        second.open = second.open.min(second.close);
    }
    let mut text = String::new();
    writeln!(text, "{} {} 1", draft.vehicles, draft.capacity).expect("a string takes all");
    let centre = draft.side / 2;
    writeln!(text, "0 {centre} {centre} 0 0 {} 0 0 0", draft.horizon).expect("a string takes all");
    for (at, one) in draft.customers.iter().enumerate() {
        let (number, service, other) = (at + 1, draft.service, partner[at] + 1);
        let Customer {
            x, y, open, close, ..
        } = one;
        let (demand, pickup, delivery) = if is_pickup[at] {
            (one.demand, 0, other)
        } else {
            (-draft.customers[partner[at]].demand, other, 0)
        };
        writeln!(
            text,
            "{number} {x} {y} {demand} {open} {close} {service} {pickup} {delivery}"
        )
        .expect("a string takes all");
    }
    text
}

fn name(kind: Kind) -> String {
    let layout = match kind.layout {
        Layout::Random => "R",
        Layout::Clustered => "C",
        Layout::Mixed => "RC",
    };
    let horizon = match kind.horizon {
        Horizon::Short => 1,
        Horizon::Long => 2,
    };
    let windows = match kind.windows {
        Windows::Narrow => 'n',
        Windows::Wide => 'w',
    };
    let mut name = String::new();
    write!(
        name,
        "{layout}{horizon}{windows}_{}_{}",
        kind.customers, kind.seed
    )
    .expect("a string takes all");
    name
}

fn draft(kind: Kind) -> Draft {
    let mut random = Random::of(kind.seed, 6);
    let count = kind.customers.clamp(1, 10_000);
    // As large as Homberger's: a side of 140 for 200 customers, 500 for 1,000, and in proportion.
    let side = (count as i64 * 9 / 20 + 50).max(100);
    let service = if kind.layout == Layout::Clustered {
        90
    } else {
        10
    };
    let day = side * 4 + 90 * 6;
    let (capacity, horizon) = match kind.horizon {
        Horizon::Short => (200, day + service * 8),
        Horizon::Long => (1000, day * 3 + service * 30),
    };
    let mut draft = Draft {
        side,
        vehicles: (count / 4).max(2),
        capacity,
        horizon,
        service,
        customers: Vec::with_capacity(count),
    };
    let clusters: Vec<(i64, i64)> = (0..(count / 25).max(2))
        .map(|_| (between(&mut random, 0, side), between(&mut random, 0, side)))
        .collect();
    for at in 0..count {
        let is_in_cluster = match kind.layout {
            Layout::Random => false,
            Layout::Clustered => true,
            Layout::Mixed => at % 2 == 0,
        };
        let (x, y) = if is_in_cluster {
            let centre = clusters[random.below(clusters.len())];
            // The sum of three is dense in the middle.
            let mut off = || (0..3).map(|_| between(&mut random, -5, 5)).sum::<i64>();
            let (x, y) = (centre.0 + off(), centre.1 + off());
            (x.clamp(0, side), y.clamp(0, side))
        } else {
            (between(&mut random, 0, side), between(&mut random, 0, side))
        };
        let demand = match kind.layout {
            Layout::Random => between(&mut random, 1, 40),
            _ => between(&mut random, 1, 4) * 10,
        };
        let mut customer = Customer {
            x,
            y,
            demand,
            open: 0,
            close: 0,
        };
        window(kind.windows, &draft, &mut random, &mut customer);
        draft.customers.push(customer);
    }
    draft
}

// A window that a vehicle on its own can keep.
fn window(windows: Windows, draft: &Draft, random: &mut Random, customer: &mut Customer) {
    let home = home(draft, customer);
    let (first, last) = (home, (draft.horizon - home - draft.service).max(home));
    let width = match windows {
        Windows::Narrow => between(random, draft.horizon / 20, draft.horizon / 10),
        Windows::Wide if random.below(4) == 0 => draft.horizon,
        Windows::Wide => between(random, draft.horizon / 5, draft.horizon / 2),
    };
    let centre = between(random, first, last);
    customer.open = (centre - width / 2).clamp(0, last);
    customer.close = (centre + width / 2).clamp(first, last);
}

// From the depot, rounded up.
fn home(draft: &Draft, customer: &Customer) -> i64 {
    let centre = draft.side / 2;
    let (x, y) = (customer.x - centre, customer.y - centre);
    (x * x + y * y).isqrt() + 1
}

fn distance(a: &Customer, b: &Customer) -> i64 {
    let (x, y) = (a.x - b.x, a.y - b.y);
    (x * x + y * y).isqrt() + 1
}

// Both ends within.
fn between(random: &mut Random, low: i64, high: i64) -> i64 {
    low + random.below((high - low + 1).max(1) as usize) as i64
}
