//! Invariant 9 over a whole database: what the big screen adds up from the feed is what the ledger and the kept sales
//! say. Fed by the audit with postings, groups and events, in this order.

use crate::audit::AuditReport;
use crate::sums::{QUARTER_MS, Sums};
use crate::takings::{Counted, Sale, Takings};
use commerce::command::Device;
use commerce::event::{Event, What};
use commerce::id::GroupId;
use commerce::invariants::Broken;
use commerce::ledger::{Account, Posting, PostingCause};
use commerce::money::Currency;
use commerce::order::Group;
use std::collections::BTreeMap;

/// What is remembered of a purchase between its row and its events: as little as possible, there are many.
#[derive(Debug)]
struct Known {
    id: GroupId,
    currency: Currency,
    is_phone: bool,
    was_confirmed: bool,
    /// The quarter of an hour in which it was placed.
    quarter: i64,
    /// Where the totals of its orders begin, and how many there are.
    totals: (usize, u8),
}

/// A purchase that is remembered, with the totals of all.
struct KnownSale<'k>(&'k Known, &'k [i64]);

impl Sale for KnownSale<'_> {
    fn is_phone(&self) -> bool {
        self.0.is_phone
    }

    fn was_confirmed(&self) -> bool {
        self.0.was_confirmed
    }

    fn orders(&self) -> impl Iterator<Item = (u8, i64)> {
        let (from, count) = self.0.totals;
        (1..).zip(self.1[from..from + usize::from(count)].iter().copied())
    }
}

type Key = (i64, Currency);

/// The books, kept twice.
#[derive(Debug, Default)]
pub struct Books {
    /// In the order of their ids.
    sales: Vec<Known>,
    totals: Vec<i64>,
    /// Taken and given back by quarter of an hour of the event, as the ledger says.
    posted: BTreeMap<Key, [i64; 2]>,
    /// The same as the feed says.
    moved: BTreeMap<Key, [i64; 2]>,
    /// By the quarter of an hour in which the purchase was placed.
    standing: BTreeMap<Key, Takings>,
}

impl Books {
    /// The next posting.
    pub fn posting(&mut self, posting: &Posting) {
        let [taken, given_back] = self
            .posted
            .entry((quarter(posting.at), posting.currency))
            .or_default();
        match posting.cause {
            PostingCause::Capture(_) => *taken += posting.amount,
            // What goes from the seller to the held money and from there to the shopper is one refund.
            PostingCause::Refund(_) if posting.to == Account::Shopper => {
                *given_back += posting.amount;
            }
            PostingCause::Refund(_) | PostingCause::Earn(_) | PostingCause::Forfeit(_) => {}
        }
    }

    /// The next group, by id.
    pub fn group(&mut self, group: &Group) {
        self.sales.push(Known {
            id: group.id,
            currency: group.currency,
            is_phone: group.device == Device::Phone,
            was_confirmed: false,
            quarter: quarter(group.placed_at),
            totals: (
                self.totals.len(),
                u8::try_from(group.orders.len()).unwrap_or(u8::MAX),
            ),
        });
        self.totals.extend(group.orders.iter().map(|o| o.total));
    }

    /// The next event; says whether it counts.
    pub fn event(&mut self, event: &Event) -> bool {
        let (Some(counted), Some(id)) = (Counted::of(&event.what), event.what.group()) else {
            return false;
        };
        let Ok(place) = self.sales.binary_search_by_key(&id, |known| known.id) else {
            // An event without its group shows in the sums.
            return false;
        };
        let known = &mut self.sales[place];
        let mut own = Takings::default();
        own.count(counted, &KnownSale(known, &self.totals));
        known.was_confirmed |= matches!(event.what, What::GroupConfirmed { .. });
        *self
            .standing
            .entry((known.quarter, known.currency))
            .or_default() += own;
        let moved = self
            .moved
            .entry((quarter(event.at), known.currency))
            .or_default();
        moved[0] += own.taken;
        moved[1] += own.given_back;
        true
    }

    /// All was fed in: notes where the two differ.
    pub fn compare(mut self, kept: &Sums, report: &mut AuditReport) {
        let mut differs = |what: &str, key: &Key, feed: String, books: String| {
            let (quarter, currency) = key;
            report.note(Err(Broken {
                number: 9,
                detail: format!("{what} of {quarter} in {currency}: the feed says {feed}, {books}"),
            }));
        };
        self.posted.retain(|_, sums| *sums != [0; 2]);
        self.moved.retain(|_, sums| *sums != [0; 2]);
        for (key, posted) in &self.posted {
            let moved = self.moved.remove(key).unwrap_or_default();
            if moved != *posted {
                let books = format!("the ledger {posted:?}");
                differs(
                    "money taken and given back",
                    key,
                    format!("{moved:?}"),
                    books,
                );
            }
        }
        for (key, moved) in &self.moved {
            let books = "the ledger nothing".to_string();
            differs(
                "money taken and given back",
                key,
                format!("{moved:?}"),
                books,
            );
        }
        let standing: BTreeMap<Key, [i64; 3]> = self
            .standing
            .iter()
            .map(|(key, takings)| (*key, takings.standing()))
            .collect();
        let keys: std::collections::BTreeSet<&Key> =
            standing.keys().chain(kept.sold.keys()).collect();
        for key in keys {
            let feed = standing.get(key).copied().unwrap_or_default();
            let sales = kept.sold.get(key).copied().unwrap_or_default();
            if feed != sales {
                let books = format!("the sales {sales:?}");
                differs("orders, worth and phones", key, format!("{feed:?}"), books);
            }
        }
    }
}

fn quarter(at: i64) -> i64 {
    at.div_euclid(QUARTER_MS) * QUARTER_MS
}
