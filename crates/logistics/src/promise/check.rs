//! Earliest arrivals found in the plainest manner: Dijkstra's algorithm on the time-expanded graph, whose nodes are the
//! departures of each place, each joined to the next departure there and to the first one that its run can reach (Pyrga,
//! Schulz, Wagner, Zaroliagis, *Efficient Models for Timetable Information in Public Transportation Systems*, 2008).
//! Tests and measurements hold [`Network::promise`] against it.

use super::load::Load;
use super::network::Network;
use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

/// When a parcel that is ready at a place can be at a hub, on runs with room, in seconds since 1970; none if it cannot
/// within the timetable, or where there is no such place. O(runs · log runs).
pub fn arrival_s(
    network: &Network,
    load: &Load,
    (place, hub): (u32, u32),
    ready_s: i64,
) -> Option<i64> {
    let (place, hub) = (place as usize, hub as usize);
    let ready = network.time(ready_s).ok()?;
    if place.max(hub) >= network.input().places.len() || !load.belongs_to(network) {
        return None;
    }
    if place == hub {
        return Some(ready_s);
    }
    // When, which place, and which of its departures.
    let mut queue = BinaryHeap::new();
    let mut settled = alloc::vec![false; network.runs()];
    let first_after = |place: usize, at: u32| {
        let runs = network.departures.of(place);
        let next = runs.partition_point(|run| run.cutoff < at);
        runs.get(next)
            .map(|run| Reverse((run.cutoff, place, next, false)))
    };
    queue.extend(first_after(place, ready));
    while let Some(Reverse((at, place, number, has_arrived))) = queue.pop() {
        if has_arrived {
            return Some(network.instant_s(at));
        }
        let node = network.departures.begin(place) + number;
        if core::mem::replace(&mut settled[node], true) {
            continue;
        }
        let runs = network.departures.of(place);
        if let Some(next) = runs.get(number + 1) {
            queue.push(Reverse((next.cutoff, place, number + 1, false)));
        }
        let run = &runs[number];
        if !load.room(&[]).has(run.seat) {
            continue;
        }
        if usize::from(run.to) == hub {
            queue.push(Reverse((run.arrive, hub, 0, true)));
        } else {
            queue.extend(first_after(usize::from(run.to), run.arrive));
        }
    }
    None
}
