//! Red packets, worked out a second time: the whole budget is divided at once, packet by packet, and a list says
//! whose each is.

use super::festival::Counter;
use super::price::Line;
use super::{Answer, Expected, Model};
use crate::town::{EUR, FESTIVAL, Packets};
use commerce::campaign::Counted;
use commerce::checkout::Intent;
use commerce::id::{CustomerId, RuleId};
use siphasher::sip::SipHasher24;
use std::collections::BTreeMap;
use std::hash::Hasher;

/// The rule's number.
pub const PACKETS: u8 = 5;

/// What became of the packets.
#[derive(Debug, Default)]
pub struct Drawn {
    /// What each holds.
    amounts: Vec<i64>,
    /// Whose each is that was drawn, in order.
    pub owners: Vec<CustomerId>,
    /// Their codes, with their numbers.
    codes: BTreeMap<String, u32>,
}

/// Divides a sum among packets that follow each other.
fn divide(packets: &Packets, (first, count, sum): (u32, u32, i64), amounts: &mut Vec<i64>) {
    if count == 1 {
        return amounts.push(sum);
    }
    let left = count / 2;
    let (own, other) = (i64::from(left), i64::from(count - left));
    let least = (own * packets.low).max(sum - other * packets.high);
    let most = (own * packets.high).min(sum - other * packets.low);
    let fair = sum * own;
    let below = fair / i64::from(count);
    let above = (fair + i64::from(count) - 1) / i64::from(count);
    let wide = i64::from(left.isqrt()) * (packets.high - packets.low + 1) / 2;
    let off = wide.min(below - least).min(most - above);
    let mut hasher = SipHasher24::new_with_keys(packets.secret.0, packets.secret.1);
    hasher.write_u64(RuleId::under(FESTIVAL, PACKETS).0);
    hasher.write_u32(first);
    hasher.write_u32(count);
    let choices = u128::from((above - below + 2 * off + 1) as u64);
    let chosen = ((u128::from(hasher.finish()) * choices) >> 64) as i64;
    let part = below - off + chosen;
    divide(packets, (first, left, part), amounts);
    divide(packets, (first + left, count - left, sum - part), amounts);
}

impl Drawn {
    /// Before anybody drew.
    pub fn of(packets: &Packets) -> Self {
        let mut amounts = Vec::new();
        divide(packets, (0, packets.count, packets.budget), &mut amounts);
        let sum: i64 = amounts.iter().sum();
        assert!(
            sum == packets.budget,
            "the model's packets add up to the budget"
        );
        Self {
            amounts,
            ..Self::default()
        }
    }
}

impl Model {
    /// A member draws a packet.
    pub(super) fn draw(&mut self, now: i64, rule: RuleId, member: CustomerId) -> Answer {
        let festival = self.town.festival.as_ref();
        let packets = festival.and_then(|f| f.packets.as_ref());
        let packets = packets.filter(|_| rule == RuleId::under(FESTIVAL, PACKETS));
        let packets = packets.ok_or("not_found")?.clone();
        if now >= packets.until {
            return Err("draw_over");
        }
        if now < packets.from {
            return Err("draw_not_open");
        }
        let email = self.town.email_of(member).ok_or("not_found")?;
        let own = (PACKETS, commerce::pricing::buyer_with(&email));
        if self.taken.get(&own).copied().unwrap_or(0) >= packets.per_member {
            return Err("packet_limit_reached");
        }
        let number = self.drawn.owners.len() as u32;
        if number >= packets.count {
            return Err("packets_gone");
        }
        self.drawn.owners.push(member);
        // How a code is written is a name for the packet, and decides nothing.
        let code = packets.as_told().code(number, member);
        self.drawn.codes.insert(code, number);
        *self.taken.entry(own).or_insert(0) += 1;
        let drawn = (PACKETS, Counted::Drawn);
        *self.taken.entry(drawn).or_insert(0) += 1;
        Ok(Expected::Packet(number))
    }

    /// The numbers of a member's packets.
    pub fn packets_of(&self, member: CustomerId) -> Vec<u32> {
        let owners = (0..).zip(&self.drawn.owners);
        let own = owners.filter(|(_, owner)| **owner == member);
        own.map(|(number, _)| number).collect()
    }
}

impl Counter<'_> {
    /// A packet by its code; whether it took something off.
    pub(super) fn packet(&mut self, lines: &mut [Line], intent: &Intent, typed: &str) -> bool {
        let drawn = &self.drawn();
        let Some(&number) = drawn.codes.get(typed) else {
            return false;
        };
        let is_theirs = Some(drawn.owners[number as usize]) == intent.member;
        let amount = drawn.amounts[number as usize];
        let goods: i64 = lines.iter().map(|l| l.goods).sum();
        let packets = self.festival().and_then(|f| f.packets.as_ref());
        let is_good = packets.is_some_and(|p| {
            let least = p.spend.unwrap_or(0).max(amount);
            self.now() < p.until && intent.currency == EUR && goods >= least
        });
        let used = Counted::Code(number);
        if !is_theirs || !is_good || self.so_far(PACKETS, used) > 0 {
            return false;
        }
        Self::share_out(lines, amount);
        self.note(PACKETS, Counted::Budget, 0, amount);
        self.note(PACKETS, used, 0, 1);
        true
    }
}
