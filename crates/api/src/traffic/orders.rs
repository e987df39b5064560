//! What orders came from where, by the day: counted from the ordered feed, each purchase once, when it was confirmed.
//!
//! It begins with the first question and reads only what happened since on the next one; a question about earlier days
//! reads these. The feed is all there is: after a restart the same sums are read again, and nothing is kept that could
//! differ from it. It asks readers alone, never the writer.

use super::attribution::Attribution;
use super::touch::Touch;
use super::visits::OTHER;
use crate::screen::span_at;
use ::screen::{EARLIER_MS, Span, position_at};
use commerce::command::{Channel, Device};
use commerce::event::What;
use commerce::money::Currency;
use commerce::order::Group;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use store::takings::{Counted, GroupSale, Takings};
use store::{CountedTouch, Queries, StoreError};

/// Events that are read at once.
const EVENTS_PER_PAGE: usize = 2_000;
/// Kinds of orders of all days that are told apart; the sources of further ones go together.
const KINDS_MAX: usize = 200_000;

/// What orders are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct OrderKind {
    pub touch: CountedTouch,
    pub source: String,
    pub medium: String,
    pub campaign: String,
    pub referral: String,
    pub landing: &'static str,
    pub channel: Channel,
    pub device: Device,
    pub currency: Currency,
}

/// What was sold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sold {
    /// Purchases: what was paid for in one go.
    pub purchases: i64,
    /// Their orders, one per seller.
    pub orders: i64,
    /// Their worth in minor units, as the big screen counts it.
    pub revenue: i64,
}

impl AddAssign for Sold {
    fn add_assign(&mut self, more: Self) {
        self.purchases += more.purchases;
        self.orders += more.orders;
        self.revenue += more.revenue;
    }
}

/// Orders by the beginning of their day.
type Days = BTreeMap<i64, BTreeMap<OrderKind, Sold>>;

/// The orders of the days that were asked for, and of all since.
#[derive(Default)]
pub struct OrderBook {
    /// The name of the time zone that tells the days.
    zone: String,
    /// Since when all is here, in UTC milliseconds; `None` before the first question.
    from: Option<i64>,
    /// The position before the first event that was read, and that of the last one.
    read: (u64, u64),
    days: Days,
    kinds: usize,
}

/// Days in a zone, without looking the same day up twice.
struct Calendar<'z> {
    zone: &'z TimeZone,
    today: Span,
}

impl Calendar<'_> {
    fn day(&mut self, at: i64) -> i64 {
        if !self.today.has(at) {
            self.today = span_at(at, self.zone);
        }
        self.today.from
    }
}

impl OrderBook {
    /// The orders of a span of whole days in a zone, with all that is in the feed by now.
    ///
    /// # Errors
    /// When rows cannot be read. What was read before stays.
    pub fn orders(
        &mut self,
        reader: &dyn Queries,
        span: Span,
        (zone_name, zone): (&str, &TimeZone),
    ) -> Result<Vec<(OrderKind, Sold)>, StoreError> {
        if self.zone != zone_name {
            *self = Self {
                zone: zone_name.to_string(),
                ..Self::default()
            };
        }
        self.read_earlier(reader, span.from, zone)?;
        self.read_on(reader, zone)?;
        let mut sums: BTreeMap<&OrderKind, Sold> = BTreeMap::new();
        for day in self.days.range(span.from..span.to).map(|(_, day)| day) {
            for (kind, sold) in day {
                *sums.entry(kind).or_default() += *sold;
            }
        }
        Ok(sums.into_iter().map(|(k, s)| (k.clone(), s)).collect())
    }

    /// Reads what happened between a moment and what is here already.
    fn read_earlier(
        &mut self,
        reader: &dyn Queries,
        from: i64,
        zone: &TimeZone,
    ) -> Result<(), StoreError> {
        if self.from.is_some_and(|known| known <= from) {
            return Ok(());
        }
        let begin = position_at(reader, from.saturating_sub(EARLIER_MS))?;
        if self.from.is_none() {
            self.read = (begin, begin);
        } else {
            // Beside what is here, so that nothing is half read when it fails.
            let mut earlier = Self::default();
            earlier.read_between(reader, (begin, self.read.0), zone)?;
            self.read.0 = begin.min(self.read.0);
            for (day, kinds) in earlier.days {
                for (kind, sold) in kinds {
                    self.add(day, kind, sold);
                }
            }
        }
        self.from = Some(from);
        Ok(())
    }

    fn read_on(&mut self, reader: &dyn Queries, zone: &TimeZone) -> Result<(), StoreError> {
        self.read_between(reader, (self.read.1, u64::MAX), zone)
    }

    /// Counts the events after one position up to another.
    fn read_between(
        &mut self,
        reader: &dyn Queries,
        (after, until): (u64, u64),
        zone: &TimeZone,
    ) -> Result<(), StoreError> {
        let mut calendar = Calendar {
            zone,
            today: Span { from: 0, to: 0 },
        };
        self.read.1 = after;
        while self.read.1 < until {
            let events = reader.events(self.read.1, EVENTS_PER_PAGE)?;
            if events.is_empty() {
                break;
            }
            for event in events.iter().take_while(|e| e.position <= until) {
                if let What::GroupConfirmed { group } = event.what
                    && let Some(group) = reader.group(group)?
                {
                    self.confirmed(calendar.day(event.at), &group);
                }
                self.read.1 = event.position;
            }
            if events.last().is_some_and(|last| last.position >= until) {
                break;
            }
        }
        Ok(())
    }

    fn confirmed(&mut self, day: i64, group: &Group) {
        let mut takings = Takings::default();
        let sale = GroupSale {
            group,
            was_confirmed: false,
        };
        takings.count(Counted::Sold, &sale);
        let sold = Sold {
            purchases: takings.purchases,
            orders: takings.orders,
            revenue: takings.sold,
        };
        let attribution = Attribution::of(group).unwrap_or_default();
        for touch in CountedTouch::ALL {
            let of = match touch {
                CountedTouch::First => &attribution.first,
                CountedTouch::Last => &attribution.last,
            };
            self.add(day, kind(touch, of, group), sold);
        }
    }

    fn add(&mut self, day: i64, mut kind: OrderKind, sold: Sold) {
        let orders = self.days.entry(day).or_default();
        if !orders.contains_key(&kind) {
            if self.kinds >= KINDS_MAX {
                for text in [
                    &mut kind.source,
                    &mut kind.medium,
                    &mut kind.campaign,
                    &mut kind.referral,
                ] {
                    *text = OTHER.to_string();
                }
            } else {
                self.kinds += 1;
            }
        }
        *orders.entry(kind).or_default() += sold;
    }
}

fn kind(touch: CountedTouch, of: &Touch, group: &Group) -> OrderKind {
    OrderKind {
        touch,
        source: of.source.clone(),
        medium: of.medium.clone(),
        campaign: of.campaign.clone(),
        referral: of.referral.clone(),
        landing: of.landing.map_or("", |l| l.word()),
        channel: group.channel,
        device: group.device,
        currency: group.currency,
    }
}
