//! Looks for parcels that will be late: when timetables change, and every few minutes, since what has not left by now
//! leaves later.

use super::{Causes, Found};
use crate::app::{App, DoorError, now_ms};
use crate::timetables::Board;
use commerce::command::Command;
use commerce::id::GroupId;
use commerce::order::{FulfillmentState, Group};
use std::sync::Arc;
use std::time::Duration;
use store::FulfillmentFilter;
use tokio::time::MissedTickBehavior;

/// How often is looked whether timetables have changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the last look is good for as long as they have not, milliseconds.
const GOOD_FOR_MS: i64 = 5 * 60 * 1_000;
/// Rows read at once.
const PAGE: usize = 500;

/// Looks again and again, until the server stops.
pub async fn keep(app: App) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last: Option<(Arc<Board>, i64)> = None;
    loop {
        ticks.tick().await;
        let board = app.timetables.board();
        let is_good = last.as_ref().is_some_and(|(known, at)| {
            // By the shop's clock: if that jumps, parcels may have missed their departures.
            let is_fresh = (*at..*at + GOOD_FOR_MS).contains(&now_ms());
            Arc::ptr_eq(known, &board) && (board.is_empty() || is_fresh)
        });
        if is_good {
            continue;
        }
        let now = now_ms();
        match look_at_all(&app, &board).await {
            Ok(()) => last = Some((board, now)),
            Err(reason) => tracing::warn!(reason, "looking for late parcels is tried again"),
        }
    }
}

/// Looks at all parcels that buyers wait for, page by page, by the timetables of a board.
///
/// # Errors
/// What could not be read or written; what was looked at before stays as it was.
pub async fn look_at_all(app: &App, board: &Arc<Board>) -> Result<(), String> {
    let mut causes = Causes::default();
    let (mut after, mut seen) = (None, None);
    while !board.is_empty() {
        let (groups, next) = page(app, after, seen).await?;
        seen = groups.last().map(|group| group.id).or(seen);
        for looked in looked_at(app, board, groups).await? {
            take(app, &looked, &mut causes).await?;
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    app.delays.set(causes);
    Ok(())
}

/// The next groups with parcels under way, and where the page after them begins. Fulfillments of a group lie together, and
/// the one that ended the last page is not read again.
async fn page(
    app: &App,
    after: Option<u64>,
    seen: Option<GroupId>,
) -> Result<(Vec<Group>, Option<u64>), String> {
    let read = app.read(move |reader| {
        let page = reader.fulfillment_list(&FulfillmentFilter {
            states: vec![
                FulfillmentState::Open,
                FulfillmentState::Picking,
                FulfillmentState::Packed,
                FulfillmentState::Shipped,
            ],
            location: None,
            after,
            limit: PAGE,
        })?;
        let mut ids: Vec<GroupId> = page.rows.iter().map(|row| row.id.parent()).collect();
        ids.dedup();
        ids.retain(|id| Some(*id) != seen);
        let mut groups = Vec::with_capacity(ids.len());
        for id in ids {
            groups.extend(reader.group(id)?);
        }
        Ok((groups, page.next))
    });
    read.await.map_err(|e| e.to_string())
}

/// A parcel that is late, or that was and is not any more.
struct Compared {
    found: Found,
    /// Whether it is late.
    is_late: bool,
    /// Whether its order does not know that yet.
    is_news: bool,
}

/// What is expected of the parcels of groups; beside the async threads, since each asks a timetable some times.
async fn looked_at(
    app: &App,
    board: &Arc<Board>,
    groups: Vec<Group>,
) -> Result<Vec<Compared>, String> {
    let (app, board) = (app.clone(), board.clone());
    let look = move || {
        let now = now_ms();
        let mut all = Vec::new();
        for group in &groups {
            // For one group at a time: the writer must not wait for timetables.
            let world = app.shelf.read();
            for of in &group.fulfillments {
                let found = super::look((&world, &board), group, of, now);
                all.extend(found.map(|found| compared(group, found)));
            }
        }
        all.retain(|looked| looked.is_late || looked.is_news);
        all
    };
    tokio::task::spawn_blocking(look)
        .await
        .map_err(|e| e.to_string())
}

/// What is expected of a parcel beside what its order knows.
fn compared(group: &Group, found: Found) -> Compared {
    let said = &found.expected;
    let is_late = group.promise.is_some_and(|p| said.latest > p.latest);
    let is_news = match group.delay(said.fulfillment) {
        Some(known) => {
            let known = (known.reason, known.expected, &known.place);
            !is_late || known != (said.reason, said.latest, &said.place)
        }
        None => is_late,
    };
    Compared {
        found,
        is_late,
        is_news,
    }
}

/// Keeps what is expected of a parcel with its order.
async fn take(app: &App, looked: &Compared, causes: &mut Causes) -> Result<(), String> {
    if looked.is_late {
        causes.add(&looked.found);
    }
    if !looked.is_news {
        return Ok(());
    }
    let expect = Command::Expect(looked.found.expected.clone());
    match app.system(expect).await {
        Ok(_) | Err(DoorError::Refused(_)) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
