//! Ejection search: an order that is dearer than it should be takes what it lacks from other orders; they are planned anew
//! and may take from further ones in turn, and what is cheaper in sum is kept (ejection chains: Glover 1996).
//!
//! Prices lead it. At good prices every order of the best plan is nearly as cheap as it could be if it chose alone, so an
//! order's excess over that says whom to help first; and what an order would lose by giving something up, at the prices,
//! says whom to ask first, and when a chain cannot pay any more.

use super::desk::{Desk, EXACT_LINES, Masks, NOWHERE, Wish, masks_of};
use super::network::{Mask, Network, each};
use super::orders::Orders;
use super::plan::{Left, Plan, carrier};
use super::prices::{Prices, SCALE};
use crate::random::Random;
use alloc::vec::Vec;

/// How long a chain may become.
const CHAIN_MAX: usize = 6;
/// How many ways to help an order are tried, by place in the chain.
const TRIED: [usize; CHAIN_MAX] = [6, 2, 1, 1, 1, 1];
/// How many holders of a thing are looked at.
const LOOKED_AT: usize = 64;
/// After so many plans the caller is asked whether to go on.
const PLANS_PER_QUESTION: u64 = 4_096;
/// Which stream of random numbers this is.
const STREAM: u64 = 0x5ea2;

/// Who holds what: a line that is sent whole from a location holds a unit's row there and a place in its parcels.
#[derive(Debug)]
struct Holders {
    lists: Vec<Vec<u32>>,
    // By line: its index in its list.
    slot: Vec<u32>,
}

impl Holders {
    fn new(lists: usize, lines: usize) -> Self {
        Self {
            lists: alloc::vec![Vec::new(); lists],
            slot: alloc::vec![0; lines],
        }
    }

    fn add(&mut self, list: usize, line: usize) {
        self.slot[line] = self.lists[list].len() as u32;
        self.lists[list].push(line as u32);
    }

    fn remove(&mut self, list: usize, line: usize) {
        let slot = self.slot[line] as usize;
        let list = &mut self.lists[list];
        list.swap_remove(slot);
        if let Some(&moved) = list.get(slot) {
            self.slot[moved as usize] = slot as u32;
        }
    }
}

/// A thing that can be used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Unit { variant: u32, location: usize },
    Parcel { wave: usize, location: usize },
    Carrier(usize),
}

/// What an order would cost, with prices, without a thing that it holds now.
#[derive(Debug, Clone, Copy)]
struct Without {
    location: u8,
    cost: u64,
}

/// What an order is held to deserve that begins a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// What is best at the prices: right for nearly all, and cheap to follow.
    Cautious,
    /// What it would have alone. Where prices are as high as leaving something unsent, they say nothing about who should
    /// be sent it.
    Bold,
}

/// A place in a chain.
#[derive(Debug, Clone, Copy)]
struct Link {
    mode: Mode,
    /// What was taken from the order.
    lost: Option<Thing>,
    depth: usize,
}

/// What an order was before a chain touched it.
#[derive(Debug)]
struct Before {
    order: usize,
    plan: Plan,
    cost: i64,
}

/// Plans of all orders, and who holds what.
pub(super) struct Search<'a> {
    network: &'a Network,
    orders: &'a Orders,
    left: Left,
    // True costs; and those with prices, which say what an order should be like.
    desk: Desk<'a>,
    priced: Desk<'a>,
    // By line: where it is whole while nobody else has taken anything.
    whole: Vec<Mask>,
    order_of_line: Vec<u32>,
    plans: Vec<Plan>,
    // By order: minor units; with prices, scaled; the same if it could choose alone.
    cost: Vec<i64>,
    priced_cost: Vec<u64>,
    ideal_cost: Vec<u64>,
    // By order, minor units: what it would cost alone, without prices.
    alone_cost: Vec<i64>,
    is_booked: Vec<bool>,
    // By line.
    without_unit: Vec<Without>,
    without_parcel: Vec<Without>,
    units: Holders,
    parcels: Holders,
    carriers: Holders,
    journal: Vec<Before>,
    random: Random,
    made: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        network: &'a Network,
        orders: &'a Orders,
        all: &Left,
        prices: &Prices,
    ) -> Self {
        let waves = all.limits.waves();
        let none = Prices::none(network, waves, all.stock.variants());
        let (count, lines) = (orders.len(), orders.lines().len());
        let mut order_of_line = Vec::with_capacity(lines);
        for index in 0..count {
            order_of_line.resize(orders.span(index).end, index as u32);
        }
        let desk = Desk::for_batch(network, none, waves);
        let mut whole = Vec::with_capacity(lines);
        for (order, lines) in orders.iter() {
            let open = desk.open(
                &all.limits,
                &Wish {
                    order,
                    lines,
                    paid: 0,
                },
            );
            whole.extend(
                lines
                    .iter()
                    .map(|line| masks_of(&all.stock, line, open).whole),
            );
        }
        let unknown = Without {
            location: NOWHERE,
            cost: 0,
        };
        let mut search = Self {
            network,
            orders,
            left: all.clone(),
            desk,
            priced: Desk::for_batch(network, prices.clone(), waves),
            whole,
            order_of_line,
            plans: alloc::vec![Plan::default(); count],
            cost: alloc::vec![0; count],
            priced_cost: alloc::vec![0; count],
            ideal_cost: alloc::vec![0; count],
            alone_cost: alloc::vec![0; count],
            is_booked: alloc::vec![false; count],
            without_unit: alloc::vec![unknown; lines],
            without_parcel: alloc::vec![unknown; lines],
            units: Holders::new(all.stock.variants() * network.locations(), lines),
            parcels: Holders::new(waves * network.locations(), lines),
            carriers: Holders::new(network.carriers(), lines),
            journal: Vec::new(),
            random: Random::of(STREAM, count as u64),
            made: 0,
        };
        let mut plan = Plan::default();
        for index in 0..count {
            search.ideal_cost[index] = search.ideal(index, &[], &mut plan);
            search.alone(index, &mut plan);
            search.alone_cost[index] = search.true_cost(index, &plan);
        }
        search
    }

    /// Begins with the given plans, or with what the prices alone lead to where that is cheaper.
    pub(super) fn start(&mut self, plans: &[Plan], cost: i64) {
        let mut by_prices = Vec::with_capacity(plans.len());
        let mut rest = self.left.clone();
        let mut total = 0;
        for (order, lines) in self.orders.iter() {
            let mut plan = Plan::default();
            self.priced.plan(
                &rest,
                &Wish {
                    order,
                    lines,
                    paid: 0,
                },
                &[],
                &mut plan,
            );
            rest.book(self.network, order, lines, &plan, 0);
            total += self.network.cost(order, lines, &plan, 0).total();
            by_prices.push(plan);
        }
        self.made += plans.len() as u64;
        let better = if total < cost { &by_prices } else { plans };
        for (index, plan) in better.iter().enumerate() {
            self.plans[index].clone_from(plan);
            self.cost[index] = self.true_cost(index, plan);
            self.book(index);
        }
    }

    pub(super) fn plans_made(&self) -> u64 {
        self.made
    }

    pub(super) fn into_plans(self) -> Vec<Plan> {
        self.plans
    }

    /// Passes over the orders that are dearer than they should be, the dearest first: cautious ones as long as they
    /// help, then a bold one, and so on, until neither helps.
    pub(super) fn run(&mut self, passes: u32, plans_max: u64, go_on: &mut dyn FnMut() -> bool) {
        let mut asked = self.made;
        let (mut mode, mut is_last_chance) = (Mode::Cautious, false);
        for _ in 0..passes {
            let mut dear: Vec<(u64, usize)> = (0..self.orders.len())
                .map(|index| (self.excess(index, mode), index))
                .filter(|&(excess, _)| excess >= u64::from(SCALE))
                .collect();
            dear.sort_unstable_by_key(|&(excess, index)| (core::cmp::Reverse(excess), index));
            let mut is_better = false;
            for (_, index) in dear {
                if self.made >= plans_max {
                    return;
                }
                if self.made - asked >= PLANS_PER_QUESTION {
                    asked = self.made;
                    if !go_on() {
                        return;
                    }
                }
                is_better |= self.improve(index, mode);
            }
            if !is_better && is_last_chance {
                return;
            }
            is_last_chance = !is_better;
            mode = match mode {
                Mode::Cautious if !is_better => Mode::Bold,
                _ => Mode::Cautious,
            };
        }
    }

    // How much dearer an order is than it would be if it could choose, scaled: with prices, or without.
    fn excess(&self, index: usize, mode: Mode) -> u64 {
        match mode {
            Mode::Cautious => self.priced_cost[index].saturating_sub(self.ideal_cost[index]),
            Mode::Bold => {
                let beyond = self.cost[index].saturating_sub(self.alone_cost[index]);
                u64::try_from(beyond).unwrap_or(0) * u64::from(SCALE)
            }
        }
    }

    fn improve(&mut self, index: usize, mode: Mode) -> bool {
        let hope = i64::try_from(self.excess(index, mode)).unwrap_or(i64::MAX);
        let limit = self.cost[index];
        self.journal.clear();
        self.release(index);
        let link = Link {
            mode,
            lost: None,
            depth: 0,
        };
        if self.place(index, limit, hope, link).is_some() {
            return true;
        }
        self.roll_back(0);
        false
    }

    // Finds a plan for an order that holds nothing, such that it and the change of those that lose something to it cost
    // less than `limit` together, and says how much. `hope` is what is left to lose, at the prices, before a chain cannot
    // pay. Without success everything is as it was, and the order holds nothing.
    fn place(&mut self, index: usize, limit: i64, hope: i64, link: Link) -> Option<i64> {
        let cost = self.plan(index);
        if cost < limit {
            self.book(index);
            return Some(cost);
        }
        if link.depth == CHAIN_MAX {
            return None;
        }
        let mut wanted = Plan::default();
        match link.mode {
            Mode::Cautious => self.ideal(index, link.lost.as_slice(), &mut wanted),
            Mode::Bold => self.alone(index, &mut wanted),
        };
        let cost = self.true_cost(index, &wanted);
        if cost >= limit {
            return None;
        }
        let mark = self.journal.len();
        for choice in 0..TRIED[link.depth] {
            let Some((others, hope)) = self.make_room(index, &wanted, choice, hope) else {
                self.roll_back(mark);
                return None;
            };
            if hope > 0 {
                self.plans[index].clone_from(&wanted);
                self.cost[index] = cost;
                self.book(index);
                if let Some(total) = self.place_all(&others, cost, limit, hope, link.depth) {
                    return Some(total);
                }
                self.unbook(index);
            }
            self.roll_back(mark);
        }
        None
    }

    fn place_all(
        &mut self,
        others: &[(usize, Thing)],
        cost: i64,
        limit: i64,
        hope: i64,
        depth: usize,
    ) -> Option<i64> {
        let mut total = cost;
        for &(other, thing) in others {
            let before = self.cost_before(other);
            let link = Link {
                mode: Mode::Cautious,
                lost: Some(thing),
                depth: depth + 1,
            };
            total += self.place(other, limit - total + before, hope, link)? - before;
        }
        (total < limit).then_some(total)
    }

    fn cost_before(&self, order: usize) -> i64 {
        let before = self
            .journal
            .iter()
            .rev()
            .find(|before| before.order == order);
        before.expect("released orders are in the journal").cost
    }

    // Takes from others what a plan lacks: of the first thing from the holder that loses least, second least and so on by
    // `choice`, of others from the one that loses least. Gives them, and the hope that is left; nothing when nobody has it.
    fn make_room(
        &mut self,
        index: usize,
        wanted: &Plan,
        choice: usize,
        hope: i64,
    ) -> Option<(Vec<(usize, Thing)>, i64)> {
        let mut others = Vec::new();
        let (mut hope, mut choice) = (hope, choice);
        // Each round takes one thing; a plan lacks no more than its lines and parcels.
        for _ in 0..2 * wanted.parts.len() + 1 {
            let Some(thing) = self.lack(index, wanted) else {
                return Some((others, hope));
            };
            let (loss, other) = self.holder(thing, choice)?;
            hope = hope.saturating_sub(loss);
            self.release(other);
            others.push((other, thing));
            choice = 0;
            if hope <= 0 {
                return Some((others, hope));
            }
        }
        None
    }

    // The holder of a thing that loses least, or the `choice`-th of them, and what it loses.
    fn holder(&mut self, thing: Thing, choice: usize) -> Option<(i64, usize)> {
        let locations = self.network.locations();
        let pick = |holders: &Holders, list: usize| holders.lists[list].len();
        let count = match thing {
            Thing::Unit { variant, location } => {
                pick(&self.units, variant as usize * locations + location)
            }
            Thing::Parcel { wave, location } => pick(&self.parcels, wave * locations + location),
            Thing::Carrier(carrier) => pick(&self.carriers, carrier),
        };
        let start = self.random.below(count);
        let mut least: Vec<(i64, usize)> = Vec::with_capacity(choice + 1);
        for step in 0..count.min(LOOKED_AT) {
            let at = (start + step) % count;
            let line = match thing {
                Thing::Unit { variant, location } => {
                    self.units.lists[variant as usize * locations + location][at]
                }
                Thing::Parcel { wave, location } => {
                    self.parcels.lists[wave * locations + location][at]
                }
                Thing::Carrier(carrier) => self.carriers.lists[carrier][at],
            };
            let other = self.order_of_line[line as usize] as usize;
            let is_in_chain = self.journal.iter().any(|before| before.order == other);
            if is_in_chain || least.iter().any(|&(_, known)| known == other) {
                continue;
            }
            let loss = self.loss(line as usize, other, thing);
            let place = least.partition_point(|&known| known <= (loss, other));
            if place <= choice {
                least.truncate(choice);
                least.insert(place, (loss, other));
            }
        }
        least.get(choice).copied()
    }

    // What an order loses, at the prices, that gives a thing up.
    fn loss(&mut self, line: usize, other: usize, thing: Thing) -> i64 {
        let (known, location) = match thing {
            Thing::Unit { location, .. } => (&self.without_unit[line], location),
            Thing::Parcel { location, .. } => (&self.without_parcel[line], location),
            Thing::Carrier(_) => {
                let without = self.ideal(other, &[thing], &mut Plan::default());
                return without as i64 - self.priced_cost[other] as i64;
            }
        };
        if usize::from(known.location) == location {
            return known.cost as i64 - self.priced_cost[other] as i64;
        }
        let cost = self.ideal(other, &[thing], &mut Plan::default());
        let known = match thing {
            Thing::Unit { .. } => &mut self.without_unit[line],
            _ => &mut self.without_parcel[line],
        };
        *known = Without {
            location: location as u8,
            cost,
        };
        cost as i64 - self.priced_cost[other] as i64
    }

    // The first thing that a plan needs and that is used up.
    fn lack(&self, index: usize, plan: &Plan) -> Option<Thing> {
        let (order, lines) = self.orders.get(index);
        let wave = usize::from(order.wave);
        for part in &plan.parts {
            let (variant, location) = (
                lines[usize::from(part.line)].variant,
                usize::from(part.location),
            );
            if self.left.stock.units(variant, location) < part.quantity {
                return Some(Thing::Unit { variant, location });
            }
        }
        for location in each(plan.locations()) {
            if self.left.limits.location(wave, location) == 0 {
                return Some(Thing::Parcel { wave, location });
            }
            let carrier = carrier(self.network, order, location as u8);
            let own = self.network.carried(carrier, usize::from(order.region)) & plan.locations();
            if self.left.limits.carrier(carrier) < own.count_ones() {
                return Some(Thing::Carrier(carrier));
            }
        }
        None
    }

    // What an order would be like without some things if it could choose the others at the prices, and what it would
    // cost with them.
    fn ideal(&mut self, index: usize, without: &[Thing], plan: &mut Plan) -> u64 {
        let (order, lines) = self.orders.get(index);
        let masks = &self.whole[self.orders.span(index)];
        let mask = |line: usize| {
            let without = without.iter().map(|thing| match *thing {
                Thing::Unit { variant, location } if variant == lines[line].variant => {
                    1 << location
                }
                Thing::Unit { .. } => 0,
                Thing::Parcel { location, .. } => 1 << location,
                Thing::Carrier(carrier) => self.network.carried(carrier, usize::from(order.region)),
            });
            masks[line] & !without.fold(0, |all, mask: Mask| all | mask)
        };
        let wish = Wish {
            order,
            lines,
            paid: 0,
        };
        self.made += 1;
        if lines.len() <= EXACT_LINES {
            let mut whole = [0; EXACT_LINES];
            for (line, whole) in whole[..lines.len()].iter_mut().enumerate() {
                *whole = mask(line);
            }
            let pick = self.priced.pick(&wish, &whole);
            pick.write(lines, plan);
            return pick.cost;
        }
        let masks = (0..lines.len())
            .map(mask)
            .map(|some| Masks { some, whole: some });
        let masks: Vec<Masks> = masks.collect();
        self.priced.solve(&self.left.stock, &wish, &masks, plan)
    }

    // What an order would be like, without prices, if it were alone, and what it would cost then, scaled.
    fn alone(&mut self, index: usize, plan: &mut Plan) -> u64 {
        let (order, lines) = self.orders.get(index);
        let masks = &self.whole[self.orders.span(index)];
        let masks: Vec<Masks> = masks
            .iter()
            .map(|&whole| Masks { some: whole, whole })
            .collect();
        let wish = Wish {
            order,
            lines,
            paid: 0,
        };
        self.made += 1;
        self.desk.solve(&self.left.stock, &wish, &masks, plan)
    }

    // Plans an order at true costs from what is left.
    fn plan(&mut self, index: usize) -> i64 {
        let (order, lines) = self.orders.get(index);
        let plan = &mut self.plans[index];
        self.desk.plan(
            &self.left,
            &Wish {
                order,
                lines,
                paid: 0,
            },
            &[],
            plan,
        );
        self.cost[index] = self.network.cost(order, lines, plan, 0).total();
        self.made += 1;
        self.cost[index]
    }

    fn true_cost(&self, index: usize, plan: &Plan) -> i64 {
        let (order, lines) = self.orders.get(index);
        self.network.cost(order, lines, plan, 0).total()
    }

    // With prices, scaled.
    fn price(&self, index: usize) -> u64 {
        let (order, lines) = self.orders.get(index);
        let prices = self.priced.prices();
        let cost = u64::try_from(self.cost[index]).expect("costs are not negative");
        let mut cost = cost * u64::from(SCALE);
        for part in &self.plans[index].parts {
            let price = prices.unit(
                lines[usize::from(part.line)].variant,
                usize::from(part.location),
            );
            cost += u64::from(part.quantity) * u64::from(price);
        }
        for location in each(self.plans[index].locations()) {
            let carrier = carrier(self.network, order, location as u8);
            cost += u64::from(prices.location(usize::from(order.wave), location));
            cost += u64::from(prices.carrier(carrier));
        }
        cost
    }

    fn release(&mut self, index: usize) {
        self.unbook(index);
        self.journal.push(Before {
            order: index,
            plan: self.plans[index].clone(),
            cost: self.cost[index],
        });
    }

    // Takes back everything since the journal was so long; what is released stays so only above that.
    fn roll_back(&mut self, mark: usize) {
        for at in mark..self.journal.len() {
            if self.is_booked[self.journal[at].order] {
                self.unbook(self.journal[at].order);
            }
        }
        while self.journal.len() > mark {
            let before = self.journal.pop().expect("it is longer than the mark");
            self.plans[before.order] = before.plan;
            self.cost[before.order] = before.cost;
            self.book(before.order);
        }
    }

    fn book(&mut self, index: usize) {
        let (order, lines) = self.orders.get(index);
        self.left
            .book(self.network, order, lines, &self.plans[index], 0);
        self.is_booked[index] = true;
        self.priced_cost[index] = self.price(index);
        self.each_whole(index, Holders::add);
    }

    fn unbook(&mut self, index: usize) {
        let (order, lines) = self.orders.get(index);
        self.left
            .unbook(self.network, order, lines, &self.plans[index], 0);
        self.is_booked[index] = false;
        self.each_whole(index, Holders::remove);
    }

    fn each_whole(&mut self, index: usize, change: fn(&mut Holders, usize, usize)) {
        let (order, lines) = self.orders.get(index);
        let (start, locations) = (self.orders.span(index).start, self.network.locations());
        for part in &self.plans[index].parts {
            let line = &lines[usize::from(part.line)];
            if part.quantity == line.quantity {
                let (at, location) = (start + usize::from(part.line), usize::from(part.location));
                change(
                    &mut self.units,
                    line.variant as usize * locations + location,
                    at,
                );
                change(
                    &mut self.parcels,
                    usize::from(order.wave) * locations + location,
                    at,
                );
                change(
                    &mut self.carriers,
                    carrier(self.network, order, part.location),
                    at,
                );
            }
        }
    }
}
