//! What really happened to money, for checks from outside: sums, and every movement per `payment_ref`, page by page.

use std::collections::BTreeMap;
use std::ops::Bound;

use connectors::test_payments::wire::{
    AuditEntry, AuditFact, AuditPage, AuditTotals, CurrencyTotals,
};

use super::ledger::{Ledger, SHARDS, Shard};
use super::record::Record;
use crate::third_party::Refusal;

/// Entries of one page at most.
pub const MAX_LIMIT: usize = 1000;

/// Adds one payment's or one shard's sums to others, or takes them away with a `direction` of -1.
pub(super) fn add(totals: &mut CurrencyTotals, sums: &CurrencyTotals, direction: i64) {
    let count = |total: &mut u64, count: u64| {
        *total = if direction < 0 {
            *total - count
        } else {
            *total + count
        };
    };
    count(&mut totals.authorizations, sums.authorizations);
    count(&mut totals.captures, sums.captures);
    count(&mut totals.voids, sums.voids);
    count(&mut totals.refunds, sums.refunds);
    totals.authorized_minor += direction * sums.authorized_minor;
    totals.captured_minor += direction * sums.captured_minor;
    totals.refunded_minor += direction * sums.refunded_minor;
}

/// The page after `after`: entries go shard by shard and by `payment_ref` within each. The cursor is the shard's number
/// and the last `payment_ref`, with a colon between.
pub(super) fn page(
    ledger: &Ledger,
    after: Option<&str>,
    limit: usize,
) -> Result<AuditPage, Refusal> {
    let (first_shard, mut after_ref) = match after {
        None => (0, None),
        Some(cursor) => {
            let (shard, payment_ref) = cursor.split_once(':').ok_or_else(bad_cursor)?;
            let shard: usize = shard.parse().map_err(|_| bad_cursor())?;
            if shard >= SHARDS {
                return Err(bad_cursor());
            }
            (shard, Some(payment_ref.to_owned()))
        }
    };
    let limit = limit.clamp(1, MAX_LIMIT);
    let mut payments = Vec::new();
    let mut next = None;
    for index in first_shard..SHARDS {
        let shard = ledger.shard_at(index);
        let start = after_ref.take().map_or(Bound::Unbounded, Bound::Excluded);
        for (payment_ref, numbers) in shard.by_ref.range((start, Bound::Unbounded)) {
            if payments.len() == limit {
                next = payments
                    .last()
                    .map(|(at, entry): &(usize, AuditEntry)| format!("{at}:{}", entry.payment_ref));
                break;
            }
            payments.push((index, entry(&shard, payment_ref, numbers)));
        }
        if next.is_some() {
            break;
        }
    }
    let payments = payments.into_iter().map(|(_, entry)| entry).collect();
    Ok(AuditPage {
        totals: totals(ledger),
        payments,
        next,
    })
}

fn bad_cursor() -> Refusal {
    Refusal::new(
        400,
        "invalid_request",
        "`after` is not a cursor of this audit.",
    )
}

fn totals(ledger: &Ledger) -> AuditTotals {
    let mut currencies: BTreeMap<String, CurrencyTotals> = BTreeMap::new();
    let mut refs_charged_more_than_once = 0;
    for index in 0..SHARDS {
        let shard = ledger.shard_at(index);
        for (currency, sums) in &shard.totals {
            let totals = currencies
                .entry(currency.clone())
                .or_insert_with(|| CurrencyTotals {
                    currency: currency.clone(),
                    ..CurrencyTotals::default()
                });
            add(totals, sums, 1);
        }
        let repeated = shard.by_ref.values().filter(|numbers| {
            // One payment per id is the rule: only the rest has to be looked up.
            numbers.len() > 1
                && records(&shard, numbers)
                    .filter(|record| record.authorized_at_ms.is_some())
                    .count()
                    > 1
        });
        refs_charged_more_than_once += repeated.count() as u64;
    }
    let payments = ledger.count() as u64;
    AuditTotals {
        payments,
        currencies: currencies.into_values().collect(),
        refs_charged_more_than_once,
    }
}

fn records<'a>(shard: &'a Shard, numbers: &'a [u64]) -> impl Iterator<Item = &'a Record> {
    numbers.iter().filter_map(|number| shard.payment(*number))
}

fn entry(shard: &Shard, payment_ref: &str, numbers: &[u64]) -> AuditEntry {
    let mut entry = AuditEntry {
        payment_ref: payment_ref.into(),
        group_ref: String::new(),
        currency: String::new(),
        authorizations: Vec::new(),
        captures: Vec::new(),
        voids: Vec::new(),
        refunds: Vec::new(),
    };
    for record in records(shard, numbers) {
        entry.group_ref.clone_from(&record.create.group_ref);
        entry.currency.clone_from(&record.create.currency);
        let fact = |amount_minor: i64, at_ms: i64| AuditFact {
            id: record.id(),
            amount_minor,
            at_ms,
        };
        entry.authorizations.extend(
            record
                .authorized_at_ms
                .map(|at_ms| fact(record.now.authorized_minor, at_ms)),
        );
        entry.captures.extend(
            record
                .captured_at_ms
                .map(|at_ms| fact(record.now.captured_minor, at_ms)),
        );
        entry.voids.extend(
            record
                .released_at_ms
                .map(|at_ms| fact(record.now.authorized_minor, at_ms)),
        );
        entry.refunds.extend(
            record
                .refunds
                .iter()
                .map(|refund| fact(refund.amount_minor, refund.at_ms)),
        );
    }
    entry
}
