//! What the town's carrier was told of parcels. It is its own master: what it does, it does though the shop dies.

use crate::provider::Answer;
use commerce::id::FulfillmentId;
use commerce::planted::{self, Fault};
use std::collections::BTreeSet;

/// One number in so many is refused.
const REFUSED_EVERY: u64 = 7;

/// A parcel that the carrier waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    pub parcel: FulfillmentId,
    pub number: u64,
}

/// The carrier's books.
#[derive(Debug, Default)]
pub struct Depot {
    /// Parcels that it waits for; an announcement under a known number is none.
    pub standing: Vec<Announced>,
    /// Numbers that will not come, announced or not.
    recalled: BTreeSet<u64>,
}

impl Depot {
    /// Whether the carrier refuses the parcel with a number, however often it is asked.
    pub fn refuses(number: u64) -> bool {
        number % REFUSED_EVERY == 3
    }

    pub fn announce(&mut self, parcel: FulfillmentId, number: u64) -> Answer {
        if Self::refuses(number) || self.recalled.contains(&number) {
            return Answer::Refused;
        }
        let is_known = self.standing.iter().any(|a| a.number == number);
        if !is_known || planted::is(Fault::AnnouncedTwice) {
            self.standing.push(Announced { parcel, number });
        }
        Answer::Facts(Vec::new())
    }

    pub fn recall(&mut self, number: u64) -> Answer {
        self.recalled.insert(number);
        self.standing.retain(|a| a.number != number);
        Answer::Facts(Vec::new())
    }
}
