//! Members who draw red packets, and spend them.

use super::{Stage, envelope, raw_id};
use crate::checks::Violation;
use crate::model::PACKETS;
use crate::sim::Sim;
use crate::town::{FESTIVAL, Packets};
use commerce::command::Idempotency;
use commerce::id::{CustomerId, RuleId};
use commerce::{Actor, Channel, Command};

/// Members of the town, and one that is none.
const SOMEBODY: u64 = 32;

impl Sim {
    fn packets(&self) -> Option<&Packets> {
        self.model.town.festival.as_ref()?.packets.as_ref()
    }

    /// Whether this person draws a packet instead of buying something.
    pub(super) fn draws(&mut self, index: u32) -> bool {
        let share = self.options.packets;
        // Without packets nothing is rolled: cases from before there were any stay what they were.
        share > 0 && self.packets().is_some() && self.people[index as usize].rng.percent(share)
    }

    /// Draws a packet, now and then of a rule that has none.
    pub(super) fn draw(&mut self, index: u32) -> Result<(), Violation> {
        let rng = &mut self.people[index as usize].rng;
        let member = CustomerId((1 + rng.below(SOMEBODY)) << 8);
        let rule = if rng.percent(2) { PACKETS - 1 } else { PACKETS };
        let request = rng.next();
        let with_key = rng.percent(60);
        let command = Command::DrawPacket(RuleId::under(FESTIVAL, rule), member);
        let mut envelope = envelope(command, Actor::Shopper, Channel::Web);
        let key = u128::from(raw_id(index, 6));
        envelope.idempotency = with_key.then_some(Idempotency { key, request });
        self.person(index).stage = Stage::Once;
        self.send(index, envelope)
    }

    /// The member who shops, and codes of some packets: of theirs, and rarely of somebody else's.
    pub(super) fn member_and_codes(&mut self, index: u32) -> (Option<CustomerId>, Vec<String>) {
        let known = self.model.town.member(index);
        let (Some(packets), Some(member), true) = (self.packets(), known, self.options.packets > 0)
        else {
            let has_points = self.model.town.loyalty.is_some();
            return (known.filter(|_| has_points), Vec::new());
        };
        let told = packets.as_told();
        let own = self.disk.packets_of(member);
        let drawn = self.model.drawn.owners.len();
        let rng = &mut self.people[index as usize].rng;
        let mut codes = Vec::new();
        if rng.percent(10) {
            return (None, codes);
        }
        for _ in 0..rng.between(0, 3) {
            if drawn > 0 && rng.percent(5) {
                let number = rng.index(drawn);
                codes.push(told.code(number as u32, self.model.drawn.owners[number]));
            } else if !own.is_empty() {
                codes.push(told.code(rng.pick(&own), member));
            }
        }
        (Some(member), codes)
    }
}
