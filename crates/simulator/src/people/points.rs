//! Members who pay with points, and operators who change what they have and what points are worth.

use super::{Stage, envelope, raw_id};
use crate::checks::Violation;
use crate::loyalty::Loyalty;
use crate::sim::Sim;
use commerce::command::{AdjustPoints, Idempotency};
use commerce::id::{CustomerId, OperatorId};
use commerce::points::PointsWanted;
use commerce::{Actor, Channel, Command};

/// Of so many percent of those who would pay with points one operator is busy with them.
const OPERATORS_OF: u32 = 10;
/// Members of the town, and one that is none.
const SOMEBODY: u64 = 32;

impl Sim {
    /// Whether this person is an operator who is busy with points.
    pub(super) fn adjusts(&mut self, index: u32) -> bool {
        let share = self.options.points.div_ceil(OPERATORS_OF);
        // Without points nothing is rolled: cases from before there were any stay what they were.
        share > 0
            && self.model.town.loyalty.is_some()
            && self.people[index as usize].rng.percent(share)
    }

    /// Gives points or takes some, says anew what they are worth, or ends a member's.
    pub(super) fn adjust(&mut self, index: u32) -> Result<(), Violation> {
        let rng = &mut self.people[index as usize].rng;
        let member = CustomerId((1 + rng.below(SOMEBODY)) << 8);
        let command = match rng.below(100) {
            0..=14 => Loyalty::any(rng).command(),
            15 => Command::EndPoints(member),
            roll => Command::AdjustPoints(AdjustPoints {
                member,
                change: match roll {
                    16..=18 => 0,
                    19..=39 => -rng.between(1, 400),
                    _ => rng.between(1, 2_000),
                },
                reason: String::from("r"),
            }),
        };
        let request = rng.next();
        let with_key = rng.percent(60) && matches!(command, Command::AdjustPoints(_));
        let actor = Actor::Operator(OperatorId(0x100));
        let mut envelope = envelope(command, actor, Channel::Console);
        let key = u128::from(raw_id(index, 5));
        envelope.idempotency = with_key.then_some(Idempotency { key, request });
        self.person(index).stage = Stage::Once;
        self.send(index, envelope)
    }

    /// How many points a shopper wants to pay with.
    pub(super) fn wanted(&mut self, index: u32) -> PointsWanted {
        let share = self.options.points;
        let rng = &mut self.people[index as usize].rng;
        if share == 0 || self.model.town.loyalty.is_none() || !rng.percent(share) {
            return PointsWanted::None;
        }
        if rng.percent(60) {
            PointsWanted::AsManyAsPossible
        } else {
            PointsWanted::UpTo(rng.between(0, 500))
        }
    }
}
