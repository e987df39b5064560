//! Who comes for the event: most at its very second, some too early, some too late, some for more than they may have.

use super::{Event, Member};
use crate::plan::{Afterwards, Mishap, Shopper, Way};
use crate::shop::Shop;
use crate::towns;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;

/// The number of the first visitor: shoppers of the day have smaller ones.
pub const CROWD_FROM: u64 = 1 << 32;

/// Of a hundred visitors: before the event's second, at it, after its end; the others come while it runs.
const EARLY_PER_CENT: u32 = 6;
const AT_ONCE_PER_CENT: u32 = 50;
const LATE_PER_CENT: u32 = 8;
/// How long before and after they come.
const AROUND: Duration = Duration::from_millis(1_500);
/// Within which time balances are paid once they can be.
const BALANCE_WITHIN: Duration = Duration::from_millis(1_500);
/// Not closer to the end, so that what is asked before it is decided before it.
const MARGIN: Duration = Duration::from_millis(400);
/// Within which time all of those come who wait for the second.
const RUSH: Duration = Duration::from_millis(150);
/// Visitors who share one e-mail address to get more than one may have, of a hundred, and how many share it.
const GREEDY_PER_CENT: u32 = 15;
const SHARED_BY: u64 = 3;
/// Orders of visitors that the office cancels, takes back, or hands over, of a hundred.
const CANCEL_PER_CENT: u32 = 10;
const RETURN_PER_CENT: u32 = 8;
const SHIP_PER_CENT: u32 = 10;

/// When somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// So long before the event's second.
    Before(Duration),
    /// So long after it.
    After(Duration),
}

/// A visitor.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// What they do.
    pub shopper: Shopper,
    /// When.
    pub turn: Turn,
}

/// Plans the crowd.
pub fn plan(event: &Event, shop: &Shop, (seed, run): (u64, &str), size: u32) -> Vec<Visitor> {
    let mut rng = StdRng::seed_from_u64(seed ^ CROWD_FROM);
    let mut crowd: Vec<Visitor> = (0..u64::from(size))
        .map(|place| visitor(event, shop, (run, CROWD_FROM + place), &mut rng))
        .collect();
    for (place, one) in (u64::from(size)..).zip(&event.members) {
        crowd.push(member(
            event,
            shop,
            (run, CROWD_FROM + place),
            (one, &mut rng),
        ));
    }
    crowd
}

fn visitor(event: &Event, shop: &Shop, (run, number): (&str, u64), rng: &mut StdRng) -> Visitor {
    let turn = turn(event, rng);
    let shares: u32 = event.kinds.iter().map(|k| k.share()).sum();
    let mut drawn = rng.random_range(0..shares);
    let place = event.kinds.iter().position(|kind| {
        let is_here = drawn < kind.share();
        drawn = drawn.saturating_sub(kind.share());
        is_here
    });
    let place = place.unwrap_or(0);
    let codes = event.codes.iter().find(|(index, _)| *index == place);
    let cart = event.kinds[place].cart(rng, codes.map_or(&[], |(_, codes)| codes));
    let chance = rng.random_range(0..100);
    let is_greedy = rng.random_ratio(GREEDY_PER_CENT, 100);
    let shared = (number - CROWD_FROM) / SHARED_BY;
    let balance_at = event.kinds[place]
        .is_presale()
        .then(|| event.balance_from + MARGIN + BALANCE_WITHIN.mul_f64(rng.random::<f64>()));
    Visitor {
        turn,
        shopper: Shopper {
            number,
            // The balance is paid on the page of the order.
            way: if balance_at.is_some() {
                Way::Web
            } else {
                Way::App
            },
            on_phone: rng.random_ratio(9, 10),
            lines: cart.lines,
            pickup: None,
            town: towns::any(&shop.country, rng),
            browses: false,
            token: "tok_success",
            mishap: match rng.random_range(0..25) {
                0 => Mishap::LostReply(rng.random_range(0..8)),
                1 => Mishap::DoubleClick,
                _ => Mishap::None,
            },
            afterwards: afterwards(chance),
            key: format!("festival-{run}-{number}"),
            code: cart.code,
            email: is_greedy.then(|| format!("{run}-greedy-{shared}@festival.example")),
            member: None,
            balance_at,
        },
    }
}

/// A member who comes for their packets and the members' price, while the event runs.
fn member(
    event: &Event,
    shop: &Shop,
    (run, number): (&str, u64),
    (member, rng): (&Member, &mut StdRng),
) -> Visitor {
    let span = event.lasts.saturating_sub(MARGIN * 2);
    let goods = &event.goods;
    let plain = &goods.plain[rng.random_range(0..goods.plain.len())];
    // Some take the article of which members pay less, too.
    let mut lines = vec![(plain.article, rng.random_range(1..=2))];
    if rng.random_ratio(1, 3) {
        lines.push((goods.members.article, 1));
    }
    Visitor {
        turn: Turn::After(MARGIN + span.mul_f64(rng.random::<f64>() / 2.0)),
        shopper: Shopper {
            number,
            way: Way::Web,
            on_phone: true,
            lines,
            pickup: None,
            town: towns::any(&shop.country, rng),
            browses: false,
            token: "tok_success",
            mishap: match rng.random_range(0..10) {
                0 => Mishap::LostReply(rng.random_range(0..8)),
                1 => Mishap::DoubleClick,
                _ => Mishap::None,
            },
            afterwards: afterwards(rng.random_range(0..100)),
            key: format!("festival-{run}-{number}"),
            code: None,
            email: Some(member.email.clone()),
            member: Some(member.clone()),
            balance_at: None,
        },
    }
}

fn turn(event: &Event, rng: &mut StdRng) -> Turn {
    let mut within = |span: Duration| span.mul_f64(rng.random::<f64>());
    let (around, rush) = (within(AROUND), within(RUSH));
    let meanwhile = within(event.lasts.saturating_sub(MARGIN));
    let late = event.lasts + MARGIN + within(AROUND);
    match rng.random_range(0..100) {
        n if n < EARLY_PER_CENT => Turn::Before(MARGIN + around),
        n if n < EARLY_PER_CENT + AT_ONCE_PER_CENT => Turn::After(rush),
        n if n < EARLY_PER_CENT + AT_ONCE_PER_CENT + LATE_PER_CENT => Turn::After(late),
        _ => Turn::After(meanwhile),
    }
}

fn afterwards(chance: u32) -> Option<Afterwards> {
    const RETURN: u32 = CANCEL_PER_CENT + RETURN_PER_CENT;
    const SHIP: u32 = RETURN + SHIP_PER_CENT;
    match chance {
        ..CANCEL_PER_CENT => Some(Afterwards::Cancel),
        CANCEL_PER_CENT..RETURN => Some(Afterwards::Return),
        RETURN..SHIP => Some(Afterwards::Ship),
        _ => None,
    }
}
