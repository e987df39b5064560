//! The town's points: what they are worth, in a form of its own that the reference model reads.

use crate::options::Options;
use crate::rng::Rng;
use crate::town::EUR;
use commerce::Command;
use commerce::command::SetPointsProgram;
use commerce::points::PointsProgram;
use commerce::text::Text;

/// What points are worth. Amounts are euro cents.
#[derive(Debug, Clone)]
pub struct Loyalty {
    /// So much is paid for goods per point.
    pub spend: i64,
    /// So much one takes off.
    pub worth: i64,
    /// So much of the goods' price may be paid with them, in parts per million.
    pub share: i64,
    /// So few may not be spent.
    pub least: i64,
    /// After so many days they expire; 0 for never.
    pub days: i64,
    pub is_on: bool,
}

impl Loyalty {
    /// The town's first one, from random numbers of their own: with or without points, the rest of it is the same.
    pub fn new(seed: u64, options: &Options) -> Option<Self> {
        (options.points > 0 && options.festival > 0)
            .then(|| Self::any(&mut Rng::of(seed, 0x0010_7a17)))
    }

    /// Any that makes sense; now and then it is off.
    pub fn any(rng: &mut Rng) -> Self {
        let worth = rng.between(1, 40);
        Self {
            spend: worth * rng.between(1, 4) + rng.between(0, 60),
            worth,
            share: rng.between(1, 1_000_000).max(1_000_000 * rng.between(0, 1)),
            least: rng.between(0, 30) * rng.between(0, 1),
            days: rng.between(0, 2),
            is_on: rng.percent(90),
        }
    }

    /// What tells the product of it.
    pub fn command(&self) -> Command {
        let program = PointsProgram {
            version: 0,
            title: Text::en("p"),
            currency: EUR,
            spend_per_point: self.spend,
            worth: self.worth,
            share_max_ppm: self.share as u32,
            points_min: self.least,
            expires_after_days: self.days as u16,
            active: self.is_on,
        };
        Command::SetPointsProgram(SetPointsProgram {
            program,
            expected_version: None,
        })
    }
}
