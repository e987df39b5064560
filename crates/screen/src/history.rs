//! Reading the feed again: a page of events with the groups they speak of. Used at the start, after a gap, and to
//! replay a past day. It asks readers alone, in bounded pages.

use crate::day::{Atlas, Day};
use commerce::event::{Event, What};
use commerce::id::GroupId;
use commerce::order::Group;
use std::collections::{BTreeMap, BTreeSet};
use store::{Queries, StoreError};

/// Events of one page.
pub const EVENTS_PER_PAGE: usize = 2_000;
/// So much earlier than a span the feed is read from, and so much later up to, in milliseconds: the clock may have been
/// set back.
pub const EARLIER_MS: i64 = 10 * 60 * 1_000;

/// A page of the feed with all that is needed to count it.
#[derive(Debug, Default)]
pub struct Chapter {
    /// The events, in order.
    pub events: Vec<Event>,
    groups: BTreeMap<GroupId, Group>,
    /// Positions of cancellations of orders that had been confirmed.
    confirmed: BTreeSet<u64>,
}

impl Chapter {
    /// The page after a position; empty at the end of the feed.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn read(reader: &dyn Queries, after: u64) -> Result<Self, StoreError> {
        let mut chapter = Self {
            events: reader.events(after, EVENTS_PER_PAGE)?,
            ..Self::default()
        };
        for event in &chapter.events {
            let Some(id) = event.what.group().filter(|_| Day::counts(&event.what)) else {
                continue;
            };
            if let std::collections::btree_map::Entry::Vacant(place) = chapter.groups.entry(id)
                && let Some(group) = reader.group(id)?
            {
                place.insert(group);
            }
            if matches!(event.what, What::OrderCanceled { .. }) {
                let confirmed = |e: &Event| {
                    e.position < event.position && matches!(e.what, What::GroupConfirmed { .. })
                };
                if reader.history(id)?.iter().any(confirmed) {
                    chapter.confirmed.insert(event.position);
                }
            }
        }
        Ok(chapter)
    }

    /// Counts the events of the page up to a moment, in UTC milliseconds, from the `from`th on; gives how many of the
    /// page are counted by then.
    pub fn count_until(&self, day: &mut Day, from: usize, until: i64, atlas: &impl Atlas) -> usize {
        let mut done = from;
        for event in &self.events[from..] {
            if event.at > until {
                break;
            }
            let group = event.what.group().and_then(|id| self.groups.get(&id));
            day.take(
                event,
                group,
                self.confirmed.contains(&event.position),
                atlas,
            );
            done += 1;
        }
        done
    }

    /// Counts the whole page.
    pub fn count(&self, day: &mut Day, atlas: &impl Atlas) {
        self.count_until(day, 0, i64::MAX, atlas);
    }
}

/// The position of the last event before a moment, in UTC milliseconds, found in a few dozen questions however long
/// the feed is. Where the clock was set back meanwhile it is one of those; so ask for a moment somewhat earlier.
///
/// # Errors
/// When rows cannot be read.
pub fn position_at(reader: &dyn Queries, at: i64) -> Result<u64, StoreError> {
    let is_before = |after: u64| -> Result<bool, StoreError> {
        let next = reader.events(after, 1)?;
        Ok(next.first().is_some_and(|event| event.at < at))
    };
    // All up to `low` are before; what follows `high` is not.
    let (mut low, mut high) = (0, 1_024);
    while is_before(high)? {
        low = high;
        high *= 2;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
