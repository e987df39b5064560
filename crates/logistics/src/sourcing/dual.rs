//! Prices of scarce things, and what no plan can cost less than.
//!
//! Stock, capacity and quotas are taken out of the constraints and into the costs (Lagrangian relaxation: Geoffrion
//! 1974, Fisher 1981): for any prices the orders fall apart, each is planned exactly at its priced costs, and the sum less
//! what the scarce things are worth is at most what any plan costs. Prices climb by the subgradient, which is what is
//! asked for beyond what is there (Held, Wolfe, Crowder 1974), with Polyak's step (1969) in a space where each thing is
//! measured by how much there is of it. The value is counted in integers, so the bound holds to the last unit.

use super::desk::{Desk, EXACT_LINES, Masks, NOWHERE, Pick, Wish};
use super::limits::UNLIMITED;
use super::network::{COST_MAX, Mask, Network, each};
use super::orders::{Line, Order, Orders};
use super::plan::{Left, Plan, carrier};
use super::prices::{Prices, SCALE};
use super::stock::Stock;
use alloc::vec::Vec;

/// Rounds without a better value after which steps become shorter.
const PATIENCE: u32 = 2;
/// The first step, as a part of Polyak's, and by what steps become shorter.
const FIRST_STEP: f64 = 1.0;
const SHORTER: f64 = 0.6;
/// Shorter than this part of Polyak's, steps change nothing any more.
const STEP_MIN: f64 = 0.002;
/// Steps aim at what the known plans cost, but not higher than this part above the best value so far.
const AIM: f64 = 0.05;
/// How much of the direction before stays in it (Camerini, Fratta, Maffioli 1975).
const MOMENTUM: f64 = 0.6;

/// A thing that can be scarce.
#[derive(Debug, Clone, Copy)]
enum Thing {
    Unit { variant: u32, location: u8 },
    Location { wave: u8, location: u8 },
    Carrier(u8),
}

/// A thing that was asked for beyond what is there at least once.
#[derive(Debug, Clone, Copy)]
struct Scarce {
    thing: Thing,
    /// How much there is.
    there: f64,
    price: f64,
    direction: f64,
}

/// The relaxed problem: who takes what at the present prices.
#[derive(Debug)]
pub(super) struct Dual<'a> {
    network: &'a Network,
    pub(super) desk: Desk<'a>,
    orders: &'a Orders,
    left: &'a Left,
    /// How often what is left is there: once for each sample day.
    days: u32,
    /// What is planned of each order: its lines, or single units of them where a line could come from several places.
    slots: Slots,
    /// By slot: where it comes from.
    location: Vec<u8>,
    /// By order, scaled.
    value: Vec<u64>,
    // `units[variant * locations + location]`, `parcels[wave * locations + location]`.
    units: Vec<u32>,
    parcels: Vec<u32>,
    carriers: Vec<u32>,
    scarce: Vec<Scarce>,
    is_unit_scarce: Vec<bool>,
    is_parcel_scarce: Vec<bool>,
    is_carrier_scarce: Vec<bool>,
    // What the last change of prices touched.
    touched_variant: Vec<bool>,
    touched_wave: Vec<Mask>,
    touched_carrier: u64,
}

/// What climbing came to.
#[derive(Debug, Clone)]
pub(super) struct Best {
    pub(super) prices: Prices,
    /// Minor units that no plan can cost less than.
    pub(super) bound: i64,
    pub(super) rounds: u32,
}

impl<'a> Dual<'a> {
    /// The orders' variants must be numbers of `left`'s rows.
    pub(super) fn new(network: &'a Network, orders: &'a Orders, left: &'a Left, days: u32) -> Self {
        let waves = left.limits.waves();
        let (variants, locations) = (left.stock.variants(), network.locations());
        let prices = Prices::none(network, waves, variants);
        let desk = Desk::for_batch(network, prices, waves);
        let slots = Slots::of(&desk, orders, left);
        Self {
            network,
            desk,
            orders,
            left,
            days,
            location: alloc::vec![NOWHERE; slots.lines.len()],
            slots,
            value: alloc::vec![0; orders.len()],
            units: alloc::vec![0; variants * locations],
            parcels: alloc::vec![0; waves * locations],
            carriers: alloc::vec![0; network.carriers()],
            scarce: Vec::new(),
            is_unit_scarce: alloc::vec![false; variants * locations],
            is_parcel_scarce: alloc::vec![false; waves * locations],
            is_carrier_scarce: alloc::vec![false; network.carriers()],
            touched_variant: alloc::vec![true; variants],
            touched_wave: alloc::vec![Mask::MAX; waves],
            touched_carrier: u64::MAX,
        }
    }

    /// Begins with prices of before.
    pub(super) fn start_from(&mut self, prices: &Prices, variants: &[u32]) {
        let locations = self.network.locations();
        for wave in 0..self.left.limits.waves() {
            for location in 0..locations {
                self.add_scarce(
                    Thing::Location {
                        wave: wave as u8,
                        location: location as u8,
                    },
                    prices.location(wave, location),
                );
            }
        }
        for carrier in 0..self.network.carriers() {
            self.add_scarce(Thing::Carrier(carrier as u8), prices.carrier(carrier));
        }
        for (index, &variant) in variants.iter().enumerate() {
            let Some(row) = prices.units(variant) else {
                continue;
            };
            for (location, &price) in row.iter().enumerate() {
                let thing = Thing::Unit {
                    variant: index as u32,
                    location: location as u8,
                };
                self.add_scarce(thing, price);
            }
        }
        self.set_prices();
    }

    /// Climbs for at most so many rounds, as long as `go_on` says so, towards what a known plan costs.
    pub(super) fn climb(
        &mut self,
        rounds: u32,
        known: i64,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Best {
        let mut best = Best {
            prices: self.desk.prices().clone(),
            bound: i64::MIN,
            rounds: 0,
        };
        let (mut highest, mut step, mut waited) = (i64::MIN, FIRST_STEP, 0);
        while best.rounds < rounds && step > STEP_MIN && (best.rounds == 0 || go_on()) {
            best.rounds += 1;
            self.plan_touched();
            let value = self.value();
            if value > highest {
                highest = value;
                best.prices.clone_from(self.desk.prices());
                waited = 0;
            } else {
                waited += 1;
            }
            if waited >= PATIENCE {
                (step, waited) = (step * SHORTER, 0);
            }
            let known = known as f64 * f64::from(SCALE);
            let aim = known.min(highest as f64 * (1.0 + AIM)).max(highest as f64);
            if !self.step(step, aim - value as f64) {
                break;
            }
        }
        // A plan costs a whole number of minor units, so that the bound may be rounded up.
        best.bound = highest.div_euclid(i64::from(SCALE))
            + i64::from(highest.rem_euclid(i64::from(SCALE)) > 0);
        best
    }

    // Plans the orders anew whose costs the last step changed.
    fn plan_touched(&mut self) {
        for index in 0..self.orders.len() {
            if !self.is_touched(index) {
                continue;
            }
            let span = self.slots.span(index);
            let count = span.len();
            if count > EXACT_LINES {
                self.count(index, u32::wrapping_sub);
                self.plan_many(index);
                self.count(index, u32::wrapping_add);
                self.note(index);
                continue;
            }
            let (order, _) = self.orders.get(index);
            let pick = self.slots.pick(&self.desk, &self.left.stock, order, index);
            self.value[index] = pick.cost;
            // Most orders stay where they are.
            if self.location[span.clone()] != pick.location[..count] {
                self.count(index, u32::wrapping_sub);
                self.location[span].copy_from_slice(&pick.location[..count]);
                self.count(index, u32::wrapping_add);
                self.note(index);
            }
        }
        self.touched_variant.fill(false);
        self.touched_wave.fill(0);
        self.touched_carrier = 0;
    }

    fn is_touched(&self, index: usize) -> bool {
        let (order, _) = self.orders.get(index);
        let span = self.slots.span(index);
        let (lines, masks) = (&self.slots.lines[span.clone()], &self.slots.masks[span]);
        let mut locations = self.touched_wave[usize::from(order.wave)];
        for carrier in
            each(self.touched_carrier).filter(|&carrier| carrier < self.network.carriers())
        {
            locations |= self.network.carried(carrier, usize::from(order.region));
        }
        let is_touched = |(line, mask): (&Line, &Mask)| {
            mask & locations != 0 || self.touched_variant[line.variant as usize]
        };
        lines.iter().zip(masks).any(is_touched)
    }

    // More lines than are planned exactly: the value must not be more than the least cost, so it comes from below.
    fn plan_many(&mut self, index: usize) {
        let (order, lines) = self.orders.get(index);
        let wish = &Wish {
            order,
            lines,
            paid: 0,
        };
        let span = self.slots.span(index);
        let masks = self.slots.masks[span.clone()]
            .iter()
            .map(|&some| Masks { some, whole: some });
        let masks: Vec<Masks> = masks.collect();
        let mut plan = Plan::default();
        self.desk.solve(&self.left.stock, wish, &masks, &mut plan);
        self.location[span.clone()].fill(NOWHERE);
        for part in &plan.parts {
            self.location[span.start + usize::from(part.line)] = part.location;
        }
        self.value[index] = ascend(&self.desk, wish, &masks);
    }

    // Adds what an order takes to what is taken, or takes it off: counters never wrap, what is taken off was added.
    fn count(&mut self, index: usize, change: fn(u32, u32) -> u32) {
        let (order, _) = self.orders.get(index);
        let locations = self.network.locations();
        let mut parcels: Mask = 0;
        for at in self.slots.span(index) {
            let (line, location) = (self.slots.lines[at], self.location[at]);
            if location != NOWHERE {
                let units =
                    &mut self.units[line.variant as usize * locations + usize::from(location)];
                *units = change(*units, line.quantity);
                parcels |= 1 << location;
            }
        }
        for location in each(parcels) {
            let sent = &mut self.parcels[usize::from(order.wave) * locations + location];
            *sent = change(*sent, 1);
            let driven = &mut self.carriers[carrier(self.network, order, location as u8)];
            *driven = change(*driven, 1);
        }
    }

    // Notes what an order takes that is scarce by now.
    fn note(&mut self, index: usize) {
        let (order, _) = self.orders.get(index);
        let locations = self.network.locations();
        for at in self.slots.span(index) {
            let (line, location) = (self.slots.lines[at], self.location[at]);
            if location == NOWHERE {
                continue;
            }
            let unit = line.variant as usize * locations + usize::from(location);
            if !self.is_unit_scarce[unit]
                && self.units[unit] > self.there_unit(line.variant, location)
            {
                self.add_scarce(
                    Thing::Unit {
                        variant: line.variant,
                        location,
                    },
                    0,
                );
            }
            self.note_parcel(order, location);
        }
    }

    fn note_parcel(&mut self, order: &Order, location: u8) {
        let at = usize::from(order.wave) * self.network.locations() + usize::from(location);
        let there = self
            .left
            .limits
            .location(usize::from(order.wave), usize::from(location));
        if !self.is_parcel_scarce[at] && is_beyond(self.parcels[at], there, self.days) {
            self.add_scarce(
                Thing::Location {
                    wave: order.wave,
                    location,
                },
                0,
            );
        }
        let carrier = carrier(self.network, order, location);
        let there = self.left.limits.carrier(carrier);
        if !self.is_carrier_scarce[carrier] && is_beyond(self.carriers[carrier], there, self.days) {
            self.add_scarce(Thing::Carrier(carrier as u8), 0);
        }
    }

    fn there_unit(&self, variant: u32, location: u8) -> u32 {
        self.left
            .stock
            .units(variant, usize::from(location))
            .saturating_mul(self.days)
    }

    fn add_scarce(&mut self, thing: Thing, price: u32) {
        let locations = self.network.locations();
        let (is_scarce, there) = match thing {
            Thing::Unit { variant, location } => (
                &mut self.is_unit_scarce[variant as usize * locations + usize::from(location)],
                self.left.stock.units(variant, usize::from(location)),
            ),
            Thing::Location { wave, location } => (
                &mut self.is_parcel_scarce[usize::from(wave) * locations + usize::from(location)],
                self.left
                    .limits
                    .location(usize::from(wave), usize::from(location)),
            ),
            Thing::Carrier(carrier) => (
                &mut self.is_carrier_scarce[usize::from(carrier)],
                self.left.limits.carrier(usize::from(carrier)),
            ),
        };
        if *is_scarce || there == UNLIMITED {
            return;
        }
        *is_scarce = true;
        self.scarce.push(Scarce {
            thing,
            there: f64::from(there) * f64::from(self.days),
            price: f64::from(price),
            direction: 0.0,
        });
    }

    fn price(&self, thing: Thing) -> u32 {
        let prices = self.desk.prices();
        match thing {
            Thing::Unit { variant, location } => prices.unit(variant, usize::from(location)),
            Thing::Location { wave, location } => {
                prices.location(usize::from(wave), usize::from(location))
            }
            Thing::Carrier(carrier) => prices.carrier(usize::from(carrier)),
        }
    }

    fn used(&self, thing: Thing) -> u32 {
        let locations = self.network.locations();
        match thing {
            Thing::Unit { variant, location } => {
                self.units[variant as usize * locations + usize::from(location)]
            }
            Thing::Location { wave, location } => {
                self.parcels[usize::from(wave) * locations + usize::from(location)]
            }
            Thing::Carrier(carrier) => self.carriers[usize::from(carrier)],
        }
    }

    // The value of the relaxed problem at the present prices, scaled.
    fn value(&self) -> i64 {
        let orders: i128 = self.value.iter().map(|&value| i128::from(value)).sum();
        let worth = |scarce: &Scarce| i128::from(self.price(scarce.thing)) * scarce.there as i128;
        let worth: i128 = self.scarce.iter().map(worth).sum();
        i64::try_from(orders - worth).unwrap_or(i64::MIN)
    }

    // One step along the subgradient; false when nothing is asked for beyond what is there and nothing unused has a price.
    fn step(&mut self, part: f64, missing: f64) -> bool {
        let mut norm = 0.0;
        for index in 0..self.scarce.len() {
            let scarce = self.scarce[index];
            let beyond = f64::from(self.used(scarce.thing)) - scarce.there;
            let is_free = beyond < 0.0 && scarce.price <= 0.0;
            let subgradient = if is_free { 0.0 } else { beyond };
            let direction = subgradient + MOMENTUM * scarce.direction;
            self.scarce[index].direction = direction;
            norm += direction * direction / scarce.there.max(1.0);
        }
        if norm <= 0.0 {
            return false;
        }
        let length = part * missing.max(f64::from(SCALE)) / norm;
        let most = f64::from(COST_MAX) * f64::from(SCALE);
        for scarce in &mut self.scarce {
            let moved = scarce.price + length * scarce.direction / scarce.there.max(1.0);
            scarce.price = moved.clamp(0.0, most);
        }
        self.set_prices();
        true
    }

    // Writes rounded prices where they changed, and notes whom that touches.
    fn set_prices(&mut self) {
        let mut is_tariff_new = false;
        for index in 0..self.scarce.len() {
            let Scarce { thing, price, .. } = self.scarce[index];
            let rounded = (price + 0.5) as u32;
            let rounded = rounded.min(COST_MAX * SCALE);
            if rounded == self.price(thing) {
                continue;
            }
            let prices = &mut self.desk.prices;
            let set = match thing {
                Thing::Unit { variant, location } => {
                    self.touched_variant[variant as usize] = true;
                    prices.set_unit(variant, usize::from(location), rounded)
                }
                Thing::Location { wave, location } => {
                    is_tariff_new = true;
                    self.touched_wave[usize::from(wave)] |= 1 << location;
                    prices.set_location(usize::from(wave), usize::from(location), rounded)
                }
                Thing::Carrier(carrier) => {
                    is_tariff_new = true;
                    self.touched_carrier |= 1 << carrier;
                    prices.set_carrier(usize::from(carrier), rounded)
                }
            };
            set.expect("things are known and prices are below the most");
        }
        if is_tariff_new {
            self.desk.tariff.price(self.network, &self.desk.prices);
        }
    }
}

fn is_beyond(used: u32, there: u32, days: u32) -> bool {
    there != UNLIMITED && used > there.saturating_mul(days)
}

/// The lines of all orders, some of them cut into units. A line of several units of which some location has fewer could
/// come from several, and each parcel then carries only what is there: the relaxation says so too, where that is exact.
#[derive(Debug)]
struct Slots {
    starts: Vec<u32>,
    lines: Vec<Line>,
    /// Where any of it can be had.
    masks: Vec<Mask>,
    /// By order: whether it has lines that were cut.
    is_cut: Vec<bool>,
}

impl Slots {
    fn of(desk: &Desk<'_>, orders: &Orders, left: &Left) -> Self {
        let mut slots = Self {
            starts: alloc::vec![0],
            lines: Vec::with_capacity(orders.lines().len()),
            masks: Vec::with_capacity(orders.lines().len()),
            is_cut: Vec::with_capacity(orders.len()),
        };
        for (order, lines) in orders.iter() {
            let open = desk.open(
                &left.limits,
                &Wish {
                    order,
                    lines,
                    paid: 0,
                },
            );
            let some = |line: &Line| left.stock.available(line.variant) & open;
            let is_short = |line: &Line| {
                left.stock.whole(line.variant, line.quantity, some(line)) != some(line)
            };
            let size = |line: &Line| {
                if is_short(line) {
                    line.quantity as usize
                } else {
                    1
                }
            };
            let all: usize = lines.iter().map(size).sum();
            let is_cut = all > lines.len() && all <= EXACT_LINES;
            for line in lines {
                let (count, quantity) = match size(line) {
                    units if is_cut && units > 1 => (units, 1),
                    _ => (1, line.quantity),
                };
                for _ in 0..count {
                    slots.lines.push(Line { quantity, ..*line });
                    slots.masks.push(some(line));
                }
            }
            slots.is_cut.push(is_cut);
            slots.starts.push(slots.lines.len() as u32);
        }
        slots
    }

    fn span(&self, index: usize) -> core::ops::Range<usize> {
        self.starts[index] as usize..self.starts[index + 1] as usize
    }

    // The cheapest plan of an order's slots, at most as many as are planned exactly.
    fn pick(&self, desk: &Desk<'_>, stock: &Stock, order: &Order, index: usize) -> Pick {
        let span = self.span(index);
        let lines = &self.lines[span.clone()];
        let wish = Wish {
            order,
            lines,
            paid: 0,
        };
        let mut whole = [0; EXACT_LINES];
        whole[..lines.len()].copy_from_slice(&self.masks[span]);
        if !self.is_cut[index] {
            return desk.pick(&wish, &whole);
        }
        desk.pick_fitting(&wish, &whole, |set, location| {
            each(set as Mask).all(|slot| {
                let same =
                    each(set as Mask).filter(|&other| lines[other].variant == lines[slot].variant);
                let units: u32 = same.map(|other| lines[other].quantity).sum();
                lines[slot].quantity > 1 || units <= stock.units(lines[slot].variant, location)
            })
        })
    }
}

// A bound from below on the cost of an order by dual ascent (Erlenkotter 1978): each line pays more and more, in turns, as
// long as no location's parcel is paid for beyond its cost.
fn ascend(desk: &Desk<'_>, wish: &Wish<'_>, masks: &[Masks]) -> u64 {
    let parcels = desk.tariff.parcels(wish.order);
    let units = desk.tariff.units(wish.order);
    let mut room: Vec<u64> = parcels.iter().map(|&parcel| u64::from(parcel)).collect();
    let cost = |line: usize, w: usize| {
        let price = desk.prices().unit(wish.lines[line].variant, w);
        u64::from(wish.lines[line].quantity) * (u64::from(units[w]) + u64::from(price))
    };
    let leave = |line: usize| u64::from(wish.lines[line].quantity) * desk.leave;
    let least = |line: usize| {
        let costs = each(masks[line].some).map(|w| cost(line, w));
        costs
            .min()
            .map_or(leave(line), |cost| cost.min(leave(line)))
    };
    let mut pays: Vec<u64> = (0..wish.lines.len()).map(least).collect();
    loop {
        let mut is_higher = false;
        for line in 0..wish.lines.len() {
            let now = pays[line];
            let costs = each(masks[line].some).map(|w| cost(line, w));
            let next = costs.filter(|&cost| cost > now).min();
            let next = next.map_or(leave(line), |cost| cost.min(leave(line)));
            let pressed = each(masks[line].some).filter(|&w| cost(line, w) <= now);
            let slack = pressed.map(|w| room[w]).min().unwrap_or(u64::MAX);
            let raise = next.saturating_sub(now).min(slack);
            if raise == 0 {
                continue;
            }
            for w in each(masks[line].some).filter(|&w| cost(line, w) <= now) {
                room[w] -= raise;
            }
            pays[line] += raise;
            is_higher = true;
        }
        if !is_higher {
            return pays.iter().sum();
        }
    }
}
