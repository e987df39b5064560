//! The proof of red packets: from what members read in their own wallets, and from what purchases say was spent.

use super::super::members::{Draws, Packet};
use super::super::purchase::Purchase;
use super::Proof;
use crate::audit::{PACKETS, Promise};
use std::collections::BTreeSet;

impl Proof<'_> {
    /// Red packets that a purchase was paid with: its buyer's own, each for what it holds.
    pub(super) fn spent(&mut self, p: &Purchase, index: usize, title: &str) -> i64 {
        let mut sum = 0;
        for (_, code, amount) in p.discounts.iter().filter(|(t, ..)| t == title) {
            let own = self.wallets.get(&p.email);
            let held = own.and_then(|w| w.iter().find(|packet| packet.code == *code));
            let held = held.map(|packet| packet.amount);
            if held != Some(*amount) {
                let what = format!("a red packet took {amount} off; its buyer's holds {held:?}");
                self.wrong(Promise::PriceWrong, p, what);
            }
            let money = (index, "money".to_string());
            *self.taken.ever.entry(money.clone()).or_default() += amount;
            if p.is_live {
                *self.taken.live.entry(money).or_default() += amount;
                let buyer = (index, p.email.clone());
                *self.taken.buyers.entry(buyer).or_default() += 1;
                *self.taken.codes.entry(code.clone()).or_default() += 1;
            }
            sum += amount;
        }
        sum
    }

    /// Red packets hold no more than their budget, and all of them exactly that; none was drawn twice, nobody drew more
    /// than one may, and what is spent is what the purchases say.
    pub(super) fn packets(&mut self, draws: &[Draws]) {
        let kinds = self.event.kinds.iter().enumerate();
        let found = kinds.filter_map(|(index, kind)| Some((index, kind.packets()?)));
        for (index, packets) in found.collect::<Vec<_>>() {
            let all: Vec<&Packet> = self.wallets.values().flatten().collect();
            let codes: BTreeSet<&str> = all.iter().map(|p| p.code.as_str()).collect();
            let told: Vec<u32> = draws
                .iter()
                .flat_map(|d| d.numbers.iter().copied().collect::<BTreeSet<_>>())
                .collect();
            let numbers: BTreeSet<u32> = told.iter().copied().collect();
            let drawn = i64::try_from(all.len()).unwrap_or(i64::MAX);
            let held: i64 = all.iter().map(|p| p.amount).sum();
            let (low, high) = packets.bounds;
            let mut ensure = |promise, holds: bool, what: String| {
                self.findings
                    .ensure(promise, holds, || format!("red packets: {what}"));
            };
            let limit = Promise::PacketWrong;
            let once = codes.len() == all.len() && numbers.len() == told.len();
            ensure(limit, once, "one was drawn twice".to_string());
            let same = told.len() == all.len();
            ensure(
                limit,
                same,
                format!("{} were told, {drawn} are there", told.len()),
            );
            let few = self.wallets.values().map(Vec::len).max().unwrap_or(0);
            let fits = i64::try_from(few).is_ok_and(|few| few <= packets.per_member);
            ensure(
                limit,
                fits,
                format!("a member has {few} of {}", packets.per_member),
            );
            let sums = if drawn == packets.count {
                held == packets.budget
            } else {
                drawn < packets.count && held <= packets.budget
            };
            ensure(
                limit,
                sums,
                format!(
                    "{drawn} of {} hold {held} of {}",
                    packets.count, packets.budget
                ),
            );
            let bounded = all.iter().all(|p| (low..=high).contains(&p.amount));
            ensure(limit, bounded, format!("one holds not {low} to {high}"));
            let used = |p: &&&Packet| self.taken.codes.contains_key(&p.code) != p.is_used;
            let wrong = all.iter().find(used);
            ensure(limit, wrong.is_none(), format!("{wrong:?} is told wrongly"));
            let checked = all.len() as u64;
            self.findings.checked.push((PACKETS, checked));
            for (what, taken) in [("packets", drawn), ("drawn", held)] {
                self.taken.live.insert((index, what.to_string()), taken);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::flash;
    use super::*;
    use crate::audit::Findings;
    use crate::event::Event;
    use crate::event::course::Seen;
    use crate::event::kinds::Line;
    use crate::event::tests::sample;
    use serde_json::json;

    /// A purchase of a member with one red packet that holds `off`.
    fn with_packet(event: &Event, group: &str, off: i64) -> Purchase {
        let good = &event.goods.plain[0];
        Purchase {
            email: "m@example.com".to_string(),
            lines: vec![Line {
                variant: good.variant.clone(),
                pieces: 1,
                unit: good.unit,
                discount: off,
            }],
            goods: good.unit - off,
            total: good.unit - off + 500,
            captured: good.unit - off + 500,
            discounts: vec![("Red packet".to_string(), "HB-1".to_string(), off)],
            ..flash(event, group)
        }
    }

    /// What is found when these were drawn, and purchases spent 30 of the first.
    fn with_wallet(packets: &[(&str, i64, bool)], off: i64, purchases: usize) -> Findings {
        let event = sample();
        let packet = |&(code, amount, is_used): &(&str, i64, bool)| Packet {
            code: code.to_string(),
            amount,
            is_used,
        };
        let mut findings = Findings::default();
        let mut proof = Proof::new(&event, &mut findings);
        let wallet = packets.iter().map(packet).collect();
        proof.wallets.insert("m@example.com".to_string(), wallet);
        for group in 0..purchases {
            proof.purchase(&with_packet(&event, &group.to_string(), off));
        }
        let numbers = (0..).take(packets.len()).collect();
        proof.packets(&[Draws {
            numbers,
            ..Draws::default()
        }]);
        proof.within_limits(&json!({}), &Seen::default(), 0);
        findings
    }

    #[test]
    fn red_packets_that_hold_something_else_or_were_drawn_or_spent_twice_are_found() {
        let clean = |packets: &[(&str, i64, bool)], off, purchases| {
            let findings = with_wallet(packets, off, purchases);
            (findings.count == 0, findings.first.clone())
        };
        let (is_clean, first) = clean(&[("HB-1", 100, true), ("HB-2", 60, false)], 100, 1);
        assert!(is_clean, "{first:?}");
        // A cent more than it holds; spent twice; drawn twice; too many; above what one may hold; told as spent.
        for (packets, off, purchases) in [
            (&[("HB-1", 100, true)][..], 101, 1),
            (&[("HB-1", 100, true)], 100, 2),
            (&[("HB-1", 100, true), ("HB-1", 100, true)], 100, 1),
            (
                &[
                    ("HB-1", 100, true),
                    ("HB-2", 50, false),
                    ("HB-3", 50, false),
                ],
                100,
                1,
            ),
            (&[("HB-1", 100_000, true)], 100_000, 1),
            (&[("HB-1", 100, true), ("HB-2", 60, true)], 100, 1),
        ] {
            assert!(!clean(packets, off, purchases).0, "{packets:?}");
        }
    }
}
