//! The proof of the event from outside: every purchase of the run is read, and what it cost is worked out anew from the
//! rules' definitions; then what all of them took is held against quotas, budgets and limits.

mod packets;

use super::bridge::Bridge;
use super::course::{Counter, Seen, limits};
use super::kinds::{Buyer, Kind, Line, Way};
use super::members::{self, Packet};
use super::purchase::{Purchase, read_all};
use super::told::{EventReport, RuleReport, Rush, slices};
use super::trade::Trade;
use super::{CROWD_FROM, Event};
use crate::audit::{Findings, LIMITS, Promise};
use crate::client::Target;
use crate::counter::Afterlife;
use crate::report::Latency;
use crate::run::{Day, Fate};
use crate::shop::{Office, Token};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Proves the event; `orders` are the ids of all orders of the run with the numbers of their shoppers, `foreign` how many
/// orders of others came meanwhile.
///
/// # Errors
/// When the shop cannot be read.
pub(crate) async fn prove(
    findings: &mut Findings,
    (event, seen): (&Event, &Seen),
    day: &Day,
    (target, token): (&Target, &Token),
    (orders, foreign): (&[(u64, String)], u64),
) -> Result<EventReport, String> {
    let purchases = read_all(target, token, orders, day).await?;
    let mut office = Office::new(target.clone(), token.clone());
    let entry = office
        .get(&format!("/api/v1/campaigns/{}", event.id))
        .await?;
    let mut wallets = BTreeMap::new();
    for member in &event.members {
        wallets.insert(member.email.clone(), members::wallet(target, member).await?);
    }
    let mut proof = Proof::new(event, findings);
    proof.wallets = wallets;
    purchases.iter().for_each(|p| proof.purchase(p));
    purchases
        .iter()
        .for_each(|p| proof.money_back(p, day.afterlives.get(&p.number)));
    proof.packets(&day.draws);
    proof.within_limits(&entry, seen, foreign);
    proof.nobody_missed_out(&purchases);
    let trade = Trade::read(&mut office, event, &entry).await?;
    Ok(proof.report(&purchases, day, (&entry, seen, trade)))
}

/// What was taken by purchases.
#[derive(Debug, Default)]
struct Taken {
    /// By those that stand.
    live: BTreeMap<Counter, i64>,
    /// By all that ever were.
    ever: BTreeMap<Counter, i64>,
    /// By each buyer, of those that stand.
    buyers: BTreeMap<(usize, String), i64>,
    /// Purchases that stand by the code they used.
    codes: BTreeMap<String, u64>,
    /// Purchases that stand and whose delivery cost nothing, by rule.
    freed: BTreeMap<usize, u64>,
    /// Purchases that got less than the whole, with what was missing to it.
    short: BTreeMap<usize, Vec<String>>,
}

struct Proof<'a> {
    event: &'a Event,
    findings: &'a mut Findings,
    taken: Taken,
    units: BTreeMap<String, i64>,
    /// Red packets by their owner's address, as the owner's file shows them.
    wallets: BTreeMap<String, Vec<Packet>>,
}

impl<'a> Proof<'a> {
    fn new(event: &'a Event, findings: &'a mut Findings) -> Self {
        Self {
            event,
            findings,
            taken: Taken::default(),
            units: event.goods.units(),
            wallets: BTreeMap::new(),
        }
    }

    fn wrong(&mut self, promise: Promise, purchase: &Purchase, what: String) {
        let at = purchase.placed_at - self.event.starts_at;
        self.findings.ensure(promise, false, || {
            format!(
                "{} (placed {at} ms after the event's second): {what}",
                purchase.group
            )
        });
    }

    /// What a purchase cost follows from the rules and from when it was placed.
    fn purchase(&mut self, p: &Purchase) {
        let subtotal: i64 = p.lines.iter().map(|l| l.unit * l.pieces).sum();
        let off: i64 = p.discounts.iter().map(|(.., amount)| amount).sum();
        let on_lines: i64 = p.lines.iter().map(|l| l.discount).sum();
        if off != on_lines || p.goods != subtotal - off || p.total != p.goods + p.shipping {
            let what = format!(
                "{subtotal} less {off} ({on_lines} on its lines) and {} for delivery are shown as {} of goods and {} in all",
                p.shipping, p.goods, p.total
            );
            self.wrong(Promise::PriceWrong, p, what);
        }
        for line in &p.lines {
            let own = self.units.get(&line.variant).copied();
            if own.is_some_and(|unit| unit != line.unit) || line.discount > line.unit * line.pieces
            {
                self.wrong(
                    Promise::PriceWrong,
                    p,
                    format!("a line is {line:?}, its price {own:?}"),
                );
            }
        }
        let kinds = self.event.kinds.iter();
        let titles = kinds
            .flat_map(|k| [Some(k.title().0), k.counts_title()])
            .flatten();
        let titles: BTreeSet<&str> = titles.collect();
        let other = p
            .discounts
            .iter()
            .find(|(title, ..)| !titles.contains(title.as_str()));
        if let Some((title, ..)) = other {
            self.wrong(
                Promise::PriceWrong,
                p,
                format!("`{title}` is no rule of the event"),
            );
        }
        if self.event.runs(p.placed_at) {
            self.within(p, subtotal);
        } else if off != 0 {
            self.wrong(
                Promise::PriceWrong,
                p,
                format!("{off} off outside the event"),
            );
        }
    }

    /// One rule after the other takes off what it may, of what those before have left.
    fn within(&mut self, p: &Purchase, subtotal: i64) {
        let mut left = subtotal;
        let event = self.event;
        for (index, kind) in event.kinds.iter().enumerate() {
            let title = kind.title().0;
            if kind.packets().is_some() {
                left -= self.spent(p, index, title);
                continue;
            }
            let off = off_by(&**kind, p);
            let code = p.discounts.iter().find(|(t, ..)| t == title);
            let code = code
                .map(|(_, code, _)| code.as_str())
                .filter(|c| !c.is_empty());
            let buyer = Buyer {
                has_code: code.is_some(),
                is_member: self.wallets.contains_key(&p.email),
            };
            let ways = kind.ways(&p.lines, left, buyer);
            let Some(way) = ways.iter().find(|way| way.off == off) else {
                let may: Vec<i64> = ways.iter().map(|w| w.off).collect();
                let what = format!("`{title}` took {off} off {left}, it may take one of {may:?}");
                self.wrong(Promise::PriceWrong, p, what);
                return;
            };
            if kind.is_presale() && off > 0 && p.captured > 0 {
                let deposit = kind.at_once(&p.lines);
                let parts = [deposit, p.total - deposit];
                // Whoever does not come back has paid the deposit, and waits for nothing.
                let due = if p.awaits_balance {
                    &parts[..1]
                } else {
                    &parts
                };
                if p.payments != due {
                    let what = format!("{:?} were paid, it should be {due:?}", p.payments);
                    self.wrong(Promise::PriceWrong, p, what);
                }
            }
            self.count(p, index, way, code);
            left -= off;
        }
        let freed = event.kinds.iter().position(|k| k.frees_delivery(left));
        if freed.is_some() && p.is_parcel && p.shipping != 0 {
            self.wrong(
                Promise::PriceWrong,
                p,
                format!("delivery cost {}", p.shipping),
            );
        }
        if let Some(index) = freed.filter(|_| p.is_parcel && p.is_live) {
            *self.taken.freed.entry(index).or_default() += 1;
        }
    }

    fn count(&mut self, p: &Purchase, index: usize, way: &Way, code: Option<&str>) {
        let counted: Vec<(String, i64)> = way
            .taken
            .iter()
            .map(|(what, often)| match what.as_str() {
                "" => ("orders".to_string(), *often),
                variant => (variant.to_string(), *often),
            })
            .chain([("money".to_string(), way.off)])
            .collect();
        let often: i64 = way.taken.iter().map(|(_, often)| often).sum();
        for (what, often) in counted {
            *self.taken.ever.entry((index, what.clone())).or_default() += often;
            if p.is_live {
                *self.taken.live.entry((index, what)).or_default() += often;
            }
        }
        if p.is_live {
            *self
                .taken
                .buyers
                .entry((index, p.email.clone()))
                .or_default() += often;
            if let Some(code) = code {
                *self.taken.codes.entry(code.to_string()).or_default() += 1;
            }
        }
        if !way.is_full {
            self.taken
                .short
                .entry(index)
                .or_default()
                .push(p.group.clone());
        }
    }

    /// What was taken is what the shop says, and within every limit, now and at every look.
    fn within_limits(&mut self, entry: &Value, seen: &Seen, foreign: u64) {
        let mut checked = 0;
        for ((index, what), said, total) in limits(entry) {
            let counter = (index, what.clone());
            let own = self.taken.live.get(&counter).copied().unwrap_or(0);
            let rule = index + 1;
            checked += 1;
            self.findings.ensure(
                Promise::LimitExceeded,
                own <= total && said <= total,
                || {
                    format!(
                        "rule {rule}: orders took {own}, the shop says {said}, of {total} ({what})"
                    )
                },
            );
            // Others may have bought, too.
            let agree = own == said || (foreign > 0 && own < said);
            self.findings.ensure(Promise::LimitExceeded, agree, || {
                format!("rule {rule}: orders took {own}, the shop says {said} ({what})")
            });
        }
        for (index, kind) in self.event.kinds.iter().enumerate() {
            let limits = kind.limits();
            for (what, limit) in [("money", limits.budget), ("orders", limits.total)] {
                let own = self
                    .taken
                    .live
                    .get(&(index, what.to_string()))
                    .copied()
                    .unwrap_or(0);
                self.findings.ensure(
                    Promise::LimitExceeded,
                    limit.is_none_or(|l| own <= l),
                    || format!("rule {}: {own} of {limit:?} ({what})", index + 1),
                );
            }
            let buyers = self.taken.buyers.iter().filter(|((i, _), _)| *i == index);
            for ((_, email), often) in buyers.filter(|_| limits.per_buyer.is_some()) {
                checked += 1;
                let fits = limits.per_buyer.is_none_or(|limit| *often <= limit);
                self.findings.ensure(Promise::LimitExceeded, fits, || {
                    format!(
                        "rule {}: {email} got {often} of {:?}",
                        index + 1,
                        limits.per_buyer
                    )
                });
            }
        }
        let event = self.event;
        let shared: BTreeSet<&str> = event.kinds.iter().filter_map(|k| k.code()).collect();
        for (code, often) in &self.taken.codes {
            checked += 1;
            let once = shared.contains(code.as_str()) || *often <= 1;
            self.findings.ensure(Promise::LimitExceeded, once, || {
                format!("the code {code} was used {often} times")
            });
        }
        for finding in &seen.too_much {
            self.findings
                .ensure(Promise::LimitExceeded, false, || finding.clone());
        }
        self.findings.checked.push((LIMITS, checked));
    }

    /// As long as there is enough of a rule, everybody gets all of it.
    fn nobody_missed_out(&mut self, purchases: &[Purchase]) {
        let missed: Vec<(usize, &Purchase)> = self.missed(purchases);
        for (index, p) in missed {
            let title = self.event.kinds[index].title().0;
            let what = format!("`{title}` gave less than it says, with some left");
            self.wrong(Promise::PriceWrong, p, what);
        }
    }

    /// Purchases that got less than the whole of a rule of which there was enough for all, from first to last.
    fn missed<'p>(&self, purchases: &'p [Purchase]) -> Vec<(usize, &'p Purchase)> {
        let mut missed = Vec::new();
        for (index, kind) in self.event.kinds.iter().enumerate() {
            let limits = kind.limits();
            let is_gone = |what: &str, limit: Option<i64>, margin: i64| {
                let ever = self.taken.ever.get(&(index, what.to_string()));
                limit.is_some_and(|limit| ever.copied().unwrap_or(0) + margin > limit)
            };
            // The dearest single gift says how much of a budget may be too little for somebody.
            let gifts = purchases.iter().map(|p| off_by(&**kind, p));
            let margin = gifts.max().unwrap_or(0);
            if is_gone("money", limits.budget, margin) || is_gone("orders", limits.total, 1) {
                continue;
            }
            let short = self.taken.short.get(&index).into_iter().flatten();
            let known = |group: &String| purchases.iter().find(|p| p.group == *group);
            missed.extend(short.filter_map(known).filter_map(|p| {
                let pieces = |l: &Line| is_gone(&l.variant, limits.total, l.pieces);
                let of_buyer = purchases.iter().filter(|q| q.email == p.email).count();
                let is_alone = of_buyer == 1 && !p.lines.iter().any(pieces);
                is_alone.then_some((index, p))
            }));
        }
        missed
    }

    /// What was canceled or came back was paid back to the cent, and nothing else was.
    fn money_back(&mut self, p: &Purchase, afterlife: Option<&Afterlife>) {
        let expected = match afterlife {
            _ if !p.is_live => p.captured,
            Some(Afterlife::Returned) => p.goods,
            _ => 0,
        };
        if p.refunded != expected {
            let what = format!(
                "{} was paid back of {} taken, it should be {expected} ({afterlife:?})",
                p.refunded, p.captured
            );
            self.wrong(Promise::PriceWrong, p, what);
        }
    }

    fn report(
        &self,
        purchases: &[Purchase],
        day: &Day,
        (entry, seen, trade): (&Value, &Seen, Trade),
    ) -> EventReport {
        let event = self.event;
        let live = || purchases.iter().filter(|p| p.is_live);
        let reduced = purchases.iter().filter(|p| p.off_in_all() > 0);
        let crowd = || {
            day.fates
                .iter()
                .filter(|(number, _)| **number >= CROWD_FROM)
        };
        let mut refused: BTreeMap<String, u64> = BTreeMap::new();
        for (_, fate) in crowd() {
            if let Fate::Refused(code) = fate {
                *refused.entry(code.clone()).or_default() += 1;
            }
        }
        let bought = crowd().filter(|(_, fate)| matches!(fate, Fate::Bought { .. }));
        EventReport {
            campaign: event.id.clone(),
            code: event.code.clone(),
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            approved_by: event.approved_by.clone(),
            rehearsed_orders: event.rehearsed.0,
            rehearsed_reduced: event.rehearsed.1,
            visitors: event.crowd.len() as u64,
            visitors_by_period: event.visitors_by_period(),
            visitors_bought: bought.count() as u64,
            visitors_refused: refused,
            first_sale_ms: reduced.map(|p| p.placed_at - event.starts_at).min(),
            rush: Rush {
                orders: day.rush_us.len(),
                latency: Latency::of(&day.rush_us),
            },
            currency: event.goods.currency.clone(),
            off_minor: live().map(Purchase::off_in_all).sum(),
            bridge: Bridge::of(event, purchases, day),
            rules: self.rules(purchases, (entry, seen)),
            slices: slices(event, purchases),
            looks: seen.looks,
            played_s: (
                event.begins.duration_since(event.day_begins).as_secs_f64(),
                event.lasts.as_secs_f64(),
            ),
            trade,
        }
    }

    fn rules(&self, purchases: &[Purchase], (entry, seen): (&Value, &Seen)) -> Vec<RuleReport> {
        let event = self.event;
        let limits = limits(entry);
        let money = |minor| crate::paper::money(minor, &event.goods.currency);
        let named = |what: &str| {
            let mut goods = event.goods.all();
            goods
                .find(|g| g.variant == what)
                .map_or(what.to_string(), |g| g.title.clone())
        };
        let kinds = event.kinds.iter().enumerate();
        kinds
            .map(|(index, kind)| {
                let title = kind.title().0;
                let off = |p: &Purchase| off_by(&**kind, p);
                let reduced = || purchases.iter().filter(|p| p.is_live && off(p) > 0);
                let own = limits.iter().filter(|((rule, _), ..)| *rule == index);
                let freed = self.taken.freed.get(&index).copied().unwrap_or(0);
                let short = self.taken.short.get(&index).map_or(0, Vec::len);
                let in_vain = purchases.iter().filter(|p| self.typed_in_vain(p, index));
                RuleReport {
                    title: title.to_string(),
                    story: kind.story(&money),
                    orders: reduced().count() as u64 + freed,
                    off_minor: reduced().map(off).sum(),
                    delivery_minor: event.goods.delivery * i64::try_from(freed).unwrap_or(0),
                    short: (short + in_vain.count()) as u64,
                    limits: own
                        .map(|(counter, taken, total)| {
                            let gone = seen.gone_ms.get(counter).copied();
                            (named(&counter.1), *taken, *total, gone)
                        })
                        .chain(single_codes(&**kind, reduced().count()))
                        .collect(),
                }
            })
            .collect()
    }

    /// Whether somebody typed a code of this rule, in the event, and the receipt has none: it was used up, or its buyer
    /// had had all that one may have.
    fn typed_in_vain(&self, p: &Purchase, index: usize) -> bool {
        let (event, kind) = (self.event, &self.event.kinds[index]);
        let visitor = event.visitor(p.number);
        let Some(typed) = visitor.and_then(|v| v.shopper.code.as_deref()) else {
            return false;
        };
        let single = event.codes.iter().filter(|(rule, _)| *rule == index);
        let is_own = kind.code() == Some(typed)
            || single
                .flat_map(|(_, codes)| codes)
                .any(|code| code == typed);
        is_own && event.runs(p.placed_at) && off_by(&**kind, p) == 0
    }
}

/// How many of a rule's single-use codes stand on receipts.
fn single_codes(kind: &dyn Kind, used: usize) -> Option<(String, i64, i64, Option<i64>)> {
    let used = i64::try_from(used).unwrap_or(i64::MAX);
    let codes = i64::from(kind.codes());
    (codes > 0).then(|| ("codes".to_string(), used, codes, None))
}

/// What a rule took off a purchase, under all that the receipt says of it.
fn off_by(kind: &dyn Kind, p: &Purchase) -> i64 {
    let further = kind.counts_title().map_or(0, |title| p.off(title));
    p.off(kind.title().0) + further
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::tests::sample;
    use serde_json::json;

    /// A purchase of one piece of a flash article at half its price, placed in the event's first second.
    pub(super) fn flash(event: &Event, group: &str) -> Purchase {
        let good = &event.goods.flash[0];
        let off = good.unit - good.unit / 2;
        Purchase {
            group: group.to_string(),
            email: format!("{group}@example.com"),
            placed_at: event.starts_at,
            is_live: true,
            lines: vec![Line {
                variant: good.variant.clone(),
                pieces: 1,
                unit: good.unit,
                discount: off,
            }],
            goods: good.unit - off,
            shipping: 500,
            total: good.unit - off + 500,
            is_parcel: true,
            discounts: vec![("Flash price".to_string(), String::new(), off)],
            captured: good.unit - off + 500,
            ..Purchase::default()
        }
    }

    /// The campaign's entry as the shop shows it, with what was taken.
    fn entry(event: &Event, pieces: i64, money: i64) -> Value {
        let total = event.kinds[0].limits().total;
        json!({"now": event.starts_at, "taken": [
            {"rule": 1, "counted": "pieces", "variant": {"id": event.goods.flash[0].variant}, "taken": pieces, "total": total},
            {"rule": 1, "counted": "money", "variant": null, "taken": money, "total": event.kinds[0].limits().budget},
        ]})
    }

    /// What is found in purchases beside what the shop says was taken.
    fn broken(event: &Event, purchases: &[Purchase], entry: &Value) -> Findings {
        let mut findings = Findings::default();
        let mut proof = Proof::new(event, &mut findings);
        purchases.iter().for_each(|p| proof.purchase(p));
        purchases.iter().for_each(|p| proof.money_back(p, None));
        let mut seen = Seen::default();
        seen.note(event, entry);
        proof.within_limits(entry, &seen, 0);
        proof.nobody_missed_out(purchases);
        findings
    }

    #[track_caller]
    fn is_found(event: &Event, purchases: &[Purchase], entry: &Value, promise: Promise) {
        let findings = broken(event, purchases, entry);
        assert!(
            findings.broken.contains_key(&promise),
            "{:?}",
            findings.first
        );
    }

    #[test]
    fn an_event_that_kept_its_word_is_clean() {
        let event = sample();
        let all = [flash(&event, "a"), flash(&event, "b")];
        let off = all[0].off("Flash price");
        let findings = broken(&event, &all, &entry(&event, 2, 2 * off));
        assert_eq!(findings.count, 0, "{:?}", findings.first);
    }

    #[test]
    fn prices_that_do_not_follow_from_the_rules_are_found() {
        let event = sample();
        let good = flash(&event, "a");
        let off = good.off("Flash price");
        let doctored = |change: &dyn Fn(&mut Purchase)| {
            let mut p = good.clone();
            change(&mut p);
            is_found(&event, &[p], &entry(&event, 1, off), Promise::PriceWrong);
        };
        // A cent too much, on the line, in the sum, at the end.
        doctored(&|p| p.discounts[0].2 += 1);
        doctored(&|p| p.lines[0].discount += 1);
        doctored(&|p| p.total += 1);
        doctored(&|p| {
            p.discounts[0].2 += 1;
            p.lines[0].discount += 1;
            p.goods -= 1;
            p.total -= 1;
        });
        // Too early, too late, by a rule that is none, at another price.
        doctored(&|p| p.placed_at -= 1);
        doctored(&|p| p.placed_at = event.ends_at);
        doctored(&|p| p.discounts[0].0 = "A present".to_string());
        doctored(&|p| {
            p.lines[0].unit += 2;
            p.goods += 2;
            p.total += 2;
        });
        // Money that went back for nothing, and money that did not go back.
        doctored(&|p| p.refunded = 1);
        doctored(&|p| p.is_live = false);
    }

    #[test]
    fn who_does_not_get_what_there_is_is_found() {
        let event = sample();
        let mut p = flash(&event, "a");
        p.discounts.clear();
        p.lines[0].discount = 0;
        p.goods = p.lines[0].unit;
        (p.total, p.captured) = (p.goods + 500, p.goods + 500);
        is_found(
            &event,
            &[p.clone()],
            &entry(&event, 0, 0),
            Promise::PriceWrong,
        );
        // Before its second it is right.
        p.placed_at = event.starts_at - 1;
        assert_eq!(broken(&event, &[p], &entry(&event, 0, 0)).count, 0);
    }

    #[test]
    fn limits_that_were_exceeded_are_found() {
        let event = sample();
        let limits = event.kinds[0].limits();
        let total = limits.total.expect("there are so many pieces");
        let off = flash(&event, "a").off("Flash price");
        let all = |count: i64| -> Vec<Purchase> {
            (0..count).map(|n| flash(&event, &n.to_string())).collect()
        };
        let found = |purchases: &[Purchase], entry: &Value| {
            is_found(&event, purchases, entry, Promise::LimitExceeded);
        };
        // One piece too many; less or more than the shop says; a look that showed too much.
        found(
            &all(total + 1),
            &entry(&event, total + 1, (total + 1) * off),
        );
        found(&all(2), &entry(&event, 1, 2 * off));
        found(&all(1), &entry(&event, 1, 2 * off));
        found(&all(1), &entry(&event, total + 1, off));
        // One buyer with more than one may have.
        let mut greedy = all(3);
        greedy
            .iter_mut()
            .for_each(|p| p.email = "one@example.com".to_string());
        found(&greedy, &entry(&event, 3, 3 * off));
    }

    #[test]
    fn a_code_that_was_good_twice_is_found() {
        let event = sample();
        let good = &event.goods.plain[0];
        let off = (good.unit / 10).max(1);
        let with_code = |group: &str| Purchase {
            lines: vec![Line {
                variant: good.variant.clone(),
                pieces: 1,
                unit: good.unit,
                discount: off,
            }],
            goods: good.unit - off,
            total: good.unit - off + 500,
            captured: good.unit - off + 500,
            discounts: vec![("Own code".to_string(), "ONE-R-1".to_string(), off)],
            ..flash(&event, group)
        };
        let nothing = entry(&event, 0, 0);
        assert_eq!(broken(&event, &[with_code("a")], &nothing).count, 0);
        is_found(
            &event,
            &[with_code("a"), with_code("b")],
            &nothing,
            Promise::LimitExceeded,
        );
    }
}
