//! Members' points, for who shows them: what there is, what changed, and the end with the member.

use super::ChangeError;
use crate::app::{App, now_ms};
use commerce::command::{Actor, Channel, Command, Envelope};
use commerce::id::CustomerId;
use commerce::points::{PointsAccount, PointsEntry};
use store::StoreError;

/// Entries of one page at most.
const PAGE_MAX: usize = 200;

/// A member's entries, the newest first, and the number before which the next page begins; `None` on the last one.
pub type EntryPage = (Vec<PointsEntry>, Option<u64>);

/// A member's account; an empty one if they never had points.
///
/// # Errors
/// When it cannot be read.
pub async fn of(app: &App, member: CustomerId) -> Result<PointsAccount, StoreError> {
    app.read(move |q| q.points(member)).await
}

/// How many points a member can spend now.
///
/// # Errors
/// When they cannot be read.
pub async fn spendable(app: &App, member: CustomerId) -> Result<i64, StoreError> {
    Ok(of(app, member).await?.spendable(now_ms()))
}

/// A page of a member's entries, from those below a number on, or from the newest.
///
/// # Errors
/// When they cannot be read.
pub async fn entries(
    app: &App,
    member: CustomerId,
    before: Option<u64>,
    limit: usize,
) -> Result<EntryPage, StoreError> {
    let limit = limit.clamp(1, PAGE_MAX);
    let read = app.read(move |q| q.points_entries(member, before, limit));
    let found = read.await?;
    let last = found.last().map(|entry| entry.number);
    Ok((found, last.filter(|number| *number > 1)))
}

/// All entries of a member, the newest first, for the file that they take away.
///
/// # Errors
/// When they cannot be read.
pub async fn all_entries(app: &App, member: CustomerId) -> Result<Vec<PointsEntry>, StoreError> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let (page, next) = entries(app, member, before, PAGE_MAX).await?;
        all.extend(page);
        if next.is_none() {
            return Ok(all);
        }
        before = next;
    }
}

/// Ends a member's points: what they have is given up.
///
/// # Errors
/// As [`ChangeError`] says.
pub async fn end(app: &App, member: CustomerId) -> Result<(), ChangeError> {
    let envelope = Envelope {
        command: Command::EndPoints(member),
        actor: Actor::Shopper,
        channel: Channel::Web,
        idempotency: None,
    };
    app.door.submit(envelope).await?;
    Ok(())
}
