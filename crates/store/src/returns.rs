//! Returns in lists: which of a group a list shows, which wait, and what is kept of those that do.

use crate::audit::AuditReport;
use crate::query::Page;
use commerce::id::{OrderId, ReturnId};
use commerce::invariants::Broken;
use commerce::money::Currency;
use commerce::order::Group;
use commerce::returns::{Return, ReturnReason, ReturnState};
use commerce::world::Delta;
use std::collections::BTreeSet;

/// Which returns to list: those that are open oldest first, others newest first.
#[derive(Debug, Clone, Default)]
pub struct ReturnFilter {
    /// Any of these states; empty for all.
    pub states: Vec<ReturnState>,
    /// The `next` of the page before.
    pub after: Option<u64>,
    /// Rows, 1 to 500.
    pub limit: usize,
}

impl ReturnFilter {
    /// Whether it asks for open returns alone: they are kept in the order in which they were asked for.
    pub fn is_queue(&self) -> bool {
        !self.states.is_empty() && self.states.iter().all(|state| state.is_open())
    }

    fn shows(&self, found: &Return) -> bool {
        self.states.is_empty() || self.states.contains(&found.state)
    }
}

/// A return in a list.
#[derive(Debug, Clone)]
pub struct ReturnRow {
    /// The return.
    pub id: ReturnId,
    /// Its order.
    pub order: OrderId,
    /// Where it is.
    pub state: ReturnState,
    /// When it was asked for, in UTC milliseconds.
    pub requested_at: i64,
    /// Pieces asked for.
    pub pieces: u32,
    /// Why, of each line.
    pub reasons: Vec<ReturnReason>,
    /// What the first line is called.
    pub title: String,
    /// How many photos came with it.
    pub photos: usize,
    /// The buyer's name.
    pub buyer: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// The currency of `amount`.
    pub currency: Currency,
    /// What goes back for it, in minor units.
    pub amount: i64,
}

/// The returns of a group that a list shows, newest first, with their keys.
pub fn of_group(group: &Group, filter: &ReturnFilter) -> Vec<(u64, ReturnRow)> {
    let before = |r: &&Return| filter.after.is_none_or(|after| r.id.0 < after);
    let shown = group.returns.iter().rev().filter(before);
    let shown = shown.filter(|r| filter.shows(r));
    shown.map(|r| (r.id.0, row(group, r))).collect()
}

/// One of those that wait, as the list shows it.
pub fn waiting(group: &Group, id: u64, filter: &ReturnFilter) -> Option<ReturnRow> {
    let found = group.return_of(ReturnId(id))?;
    filter.shows(found).then(|| row(group, found))
}

fn row(group: &Group, found: &Return) -> ReturnRow {
    let first = found.lines.first().map(|l| l.number);
    let title = group.lines().find(|l| Some(l.number) == first);
    let buyer = format!("{} {}", group.buyer.first_name, group.buyer.last_name);
    ReturnRow {
        id: found.id,
        order: found.order,
        state: found.state,
        requested_at: found.requested_at,
        pieces: found.lines.iter().map(|l| l.pieces).sum(),
        reasons: found.lines.iter().map(|l| l.reason).collect(),
        title: title.map(|l| l.title.clone()).unwrap_or_default(),
        photos: found.photos.len(),
        buyer: buyer.trim().to_string(),
        email: group.buyer.email.clone(),
        currency: group.currency,
        amount: found.amount,
    }
}

/// Asks for those that wait after a moment, so many and all that were asked for in the same millisecond as the last: a
/// page never ends between two of them.
pub const QUEUE: &str = "SELECT o.requested_at, o.return_id, g.body
    FROM open_returns o JOIN order_groups g ON g.id = o.group_id
    WHERE o.requested_at > ?1 AND o.requested_at <= coalesce(
        (SELECT requested_at FROM open_returns WHERE requested_at > ?1
         ORDER BY requested_at LIMIT 1 OFFSET ?2), 9223372036854775807)
    ORDER BY o.requested_at, o.return_id";

/// The page of those that wait: each with when it was asked for, and none if the list does not show it.
pub fn queue(found: Vec<(i64, Option<ReturnRow>)>, limit: usize) -> Page<ReturnRow> {
    let last = found.last().map(|(at, _)| *at);
    let next = last.filter(|_| found.len() >= limit);
    Page {
        next: next.and_then(|at| u64::try_from(at).ok()),
        rows: found.into_iter().filter_map(|(_, row)| row).collect(),
    }
}

/// When it was asked for, its id and its group's: a row of those that wait.
pub type Waiting = (i64, u64, u64);

/// A group's returns that wait.
pub fn waiting_of(group: &Group) -> impl Iterator<Item = Waiting> {
    let open = group.returns.iter().filter(|r| r.state.is_open());
    open.map(|r| (r.requested_at, r.id.0, group.id.0))
}

/// Those that a batch made wait, and those that it ended.
pub fn changes(delta: &Delta) -> (Vec<Waiting>, Vec<Waiting>) {
    let (mut begun, mut ended) = (Vec::new(), Vec::new());
    for (before, group) in delta.groups.iter().filter(|(_, g)| !g.returns.is_empty()) {
        let were: BTreeSet<Waiting> = before.iter().flat_map(|g| waiting_of(g)).collect();
        let are: BTreeSet<Waiting> = waiting_of(group).collect();
        begun.extend(are.difference(&were));
        ended.extend(were.difference(&are));
    }
    (begun, ended)
}

/// Notes where what is kept differs from what the groups say.
pub fn compare(own: &BTreeSet<Waiting>, kept: &BTreeSet<Waiting>, report: &mut AuditReport) {
    if let Some((_, id, _)) = own.symmetric_difference(kept).next() {
        report.note(Err(Broken {
            number: 8,
            detail: format!(
                "{}: listed as open, or not, and is not, or is",
                ReturnId(*id)
            ),
        }));
    }
}
