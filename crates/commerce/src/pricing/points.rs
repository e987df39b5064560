//! Points as money off: the last step for goods, after codes and before free delivery is judged.
//!
//! They take off what all other rules have left, so that a member pays with them for what the goods really cost. Shares
//! of the lines go by largest remainder, as those of every other discount do.

use super::{Missed, Why};
use crate::checkout::{AppliedDiscount, DiscountSource, Intent, Quote};
use crate::money::allocate;
use crate::points::PointsProgram;
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a priced intent has to do with points: nothing of it is set while the shop has no program in its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PricedPoints {
    /// How many are spent on it.
    pub used: i64,
    /// How many could be: what the goods and the balance allow, or 0 if that is fewer than one may spend at once.
    pub usable: i64,
    /// What those would take off, in minor units of the intent's currency.
    pub usable_amount: i64,
    /// How many it earns once all of it was handed over, if all of it is kept; a guest would as a member.
    pub earns: i64,
}

/// The program that intents in this currency are priced with.
pub fn program_for<'w>(world: &'w World, intent: &Intent) -> Option<&'w PointsProgram> {
    let program = world.points_program()?;
    (program.active && program.currency == intent.currency).then_some(program)
}

/// Takes off what the member wants to pay with points, as far as the goods and `balance` allow; else says why not.
pub(super) fn step(
    world: &World,
    (intent, has_presale): (&Intent, bool),
    balance: i64,
    quote: &mut Quote,
    missed: &mut Vec<Missed>,
) -> PricedPoints {
    let wanted = intent.points.most();
    let Some(program) = world.points_program().filter(|p| p.active) else {
        return PricedPoints::default();
    };
    let mut miss = |why| {
        if wanted > 0 {
            missed.push(Missed {
                rule: None,
                title: program.title.get(intent.language).to_string(),
                code: String::new(),
                why,
            });
        }
    };
    let mut found = PricedPoints::default();
    if program.currency != intent.currency {
        miss(Why::OtherCurrency);
        return found;
    }
    if intent.member.is_none() {
        miss(Why::MembersOnly);
        return found;
    }
    if has_presale {
        miss(Why::OnPresale);
        return found;
    }
    let left: Vec<i64> = quote
        .lines
        .iter()
        .map(|l| l.subtotal - l.discount)
        .collect();
    let least = program.points_min.max(1);
    let most = program.usable(left.iter().sum()).min(balance);
    if most >= least {
        found.usable = most;
        found.usable_amount = most * program.worth;
    }
    let points = wanted.min(most);
    if points < least {
        miss(Why::TooFewPoints { least });
        return found;
    }
    found.used = points;
    let amount = points * program.worth;
    let allocations = allocate(amount, &left);
    for (line, part) in quote.lines.iter_mut().zip(&allocations) {
        line.discount += part;
    }
    quote.discount += amount;
    quote.applied.push(AppliedDiscount {
        code: String::new(),
        title: program.title.get(intent.language).to_string(),
        amount,
        allocations,
        source: DiscountSource::Points(points),
    });
    found
}

/// What the goods of a quote earn, by what is paid for them in the end.
pub(super) fn earns(world: &World, intent: &Intent, quote: &Quote) -> i64 {
    program_for(world, intent).map_or(0, |program| {
        program.earned_for(quote.lines.iter().map(|l| l.total).sum())
    })
}
