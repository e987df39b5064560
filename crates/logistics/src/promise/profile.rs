//! The best ways between places: for each place that tours leave from, and each other place, every departure worth taking
//! with its arrival there; so that the earliest arrival from any moment on is one binary search.
//!
//! Made by one scan over all runs, the latest first, for each target (profile Connection Scan: Dibbelt, Pajor, Strasser,
//! Wagner, *Intriguingly Simple and Fast Transit Routing*, SEA 2013). A run is scanned by its cut-off in place of its
//! departure: whatever reaches it in time arrives by its cut-off, so it has an earlier one itself. The same order serves the
//! scan forwards from one place, for when runs are full.

use super::network::{Network, Run};
use alloc::vec::Vec;

/// A departure that no later one beats: it arrives earlier than all that leave later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) cutoff: u32,
    // At the target.
    pub(super) arrive: u32,
    // The run to take, by its number in the order of cut-offs.
    run: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Profiles {
    places: usize,
    // By place, which target it is.
    slots: Vec<Option<u32>>,
    // Where the entries of `target * places + place` begin.
    begins: Vec<u32>,
    // Cut-offs and arrivals both rise.
    entries: Vec<Entry>,
}

impl Profiles {
    /// Runs in the order of their cut-offs. O(targets · runs), but for the few departures that are looked through at each
    /// change.
    pub(super) fn new(runs: &[Run], places: usize, targets: &[u32]) -> Self {
        let mut slots = alloc::vec![None; places];
        let mut begins = Vec::with_capacity(targets.len() * places + 1);
        let mut entries = Vec::new();
        // By place, the latest departure first.
        let mut worth: Vec<Vec<Entry>> = alloc::vec![Vec::new(); places];
        begins.push(0);
        for (slot, &target) in targets.iter().enumerate() {
            slots[target as usize] = Some(slot as u32);
            for (number, run) in runs.iter().enumerate().rev() {
                let arrive = if u32::from(run.to) == target {
                    run.arrive
                } else {
                    let onwards = worth[usize::from(run.to)].iter().rev();
                    match onwards.into_iter().find(|entry| entry.cutoff >= run.arrive) {
                        Some(entry) => entry.arrive,
                        None => continue,
                    }
                };
                let from = &mut worth[usize::from(run.from)];
                let entry = Entry {
                    cutoff: run.cutoff,
                    arrive,
                    run: number as u32,
                };
                match from.last_mut() {
                    Some(last) if last.arrive <= arrive => {}
                    Some(last) if last.cutoff == run.cutoff => *last = entry,
                    _ => from.push(entry),
                }
            }
            for from in &mut worth {
                entries.extend(from.drain(..).rev());
                begins.push(entries.len() as u32);
            }
        }
        Self {
            places,
            slots,
            begins,
            entries,
        }
    }

    pub(super) fn entries(&self) -> usize {
        self.entries.len()
    }

    // All departures worth taking from a place, or none where nobody asked for the target.
    fn of(&self, from: usize, target: usize) -> &[Entry] {
        let Some(slot) = self.slots[target] else {
            return &[];
        };
        let at = slot as usize * self.places + from;
        &self.entries[self.begins[at] as usize..self.begins[at + 1] as usize]
    }

    /// The way that arrives first of all that can be reached at a moment.
    pub(super) fn best(&self, from: usize, target: usize, at: u32) -> Option<&Entry> {
        let entries = self.of(from, target);
        entries.get(entries.partition_point(|entry| entry.cutoff < at))
    }
}

/// What is left on runs and tours, less what the same question has taken already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room<'a> {
    pub(super) left: &'a [i32],
    pub(super) taken: &'a [u32],
}

impl Room<'_> {
    pub(super) fn has(&self, seat: u32) -> bool {
        let left = self.left[seat as usize];
        if self.taken.is_empty() {
            return left > 0;
        }
        let taken = self.taken.iter().filter(|taken| **taken == seat).count();
        i64::from(left) > taken as i64
    }
}

/// A way from a place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) arrive: u32,
    /// Who comes to its begin by then goes the same way; at least the moment that was asked about.
    pub(super) until: u32,
}

/// Why there is no way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoWay {
    /// No line leads there within the timetable.
    None,
    /// Lines lead there, and are full.
    Full,
}

impl Network {
    /// The way that arrives first, on runs with room; its runs are added to `legs`, which comes empty.
    /// Where a run is full, O(runs); else a binary search for each leg.
    pub(super) fn way(
        &self,
        room: Room<'_>,
        (from, target): (usize, usize),
        at: u32,
        legs: &mut Vec<Run>,
    ) -> Result<Way, NoWay> {
        if from == target {
            return Ok(Way {
                arrive: at,
                until: u32::MAX,
            });
        }
        let best = self.profiles.best(from, target, at).ok_or(NoWay::None)?;
        let is_whole = self.walk(room, (from, target), at, legs);
        let first = legs.first().map_or(u32::MAX, |run| run.cutoff);
        let until = best.cutoff.min(first);
        if is_whole {
            let arrive = best.arrive;
            return Ok(Way { arrive, until });
        }
        legs.clear();
        let arrive = self
            .scan(room, (from, target), at, legs)
            .ok_or(NoWay::Full)?;
        let until = until.min(legs[0].cutoff);
        Ok(Way { arrive, until })
    }

    // Along the profile. Of the runs that keep its arrival, the first to the same next place is taken, so that later ones
    // keep room for parcels that come later. Whether all of them had room; if not, the legs end before the one that had
    // none.
    fn walk(
        &self,
        room: Room<'_>,
        (from, target): (usize, usize),
        at: u32,
        legs: &mut Vec<Run>,
    ) -> bool {
        let (mut place, mut now) = (from, at);
        while place != target {
            let Some(entry) = self.profiles.best(place, target, now) else {
                return false;
            };
            let last = &self.runs[entry.run as usize];
            let departures = self.departures.of(place);
            let reachable = &departures[departures.partition_point(|run| run.cutoff < now)..];
            let in_time = reachable.iter().take_while(|run| run.cutoff <= last.cutoff);
            let mut fitting = in_time
                .filter(|run| run.to == last.to && run.arrive <= last.arrive && room.has(run.seat));
            let Some(run) = fitting.next() else {
                return false;
            };
            legs.push(*run);
            (place, now) = (usize::from(run.to), run.arrive);
        }
        true
    }

    // Connection Scan forwards: each run that can be reached and has room brings its end forward.
    fn scan(
        &self,
        room: Room<'_>,
        (from, target): (usize, usize),
        at: u32,
        legs: &mut Vec<Run>,
    ) -> Option<u32> {
        let mut reached = alloc::vec![u32::MAX; self.input.places.len()];
        let mut by: Vec<Option<&Run>> = alloc::vec![None; reached.len()];
        reached[from] = at;
        let begin = self.runs.partition_point(|run| run.cutoff < at);
        for run in &self.runs[begin..] {
            if run.cutoff >= reached[target] {
                break;
            }
            let (here, there) = (usize::from(run.from), usize::from(run.to));
            if reached[here] <= run.cutoff && run.arrive < reached[there] && room.has(run.seat) {
                reached[there] = run.arrive;
                by[there] = Some(run);
            }
        }
        let mut place = target;
        while place != from {
            let run = by[place]?;
            legs.push(*run);
            place = usize::from(run.from);
        }
        legs.reverse();
        Some(reached[target])
    }
}
