//! Members' points: a small row for each account, and beside it every change of it, append-only.

use crate::StoreError;
use crate::codec::{column, raw};
use crate::rows::{Cell, RowSink, Sink, Table, Verb};
use crate::sql::{Columns, Keys, Sql, row, rows};
use commerce::id::{CustomerId, GroupId, OperatorId};
use commerce::points::{PointsAccount, PointsCause, PointsEntry};
use commerce::world::{Delta, KeySet};

static ACCOUNTS: Table = Table::new(
    "points_accounts",
    &["member_id", "balance", "expires_at", "entries", "ended"],
    1,
);
static ENTRIES: Table = Table::new(
    "points_entries",
    &[
        "member_id",
        "number",
        "at",
        "change",
        "balance",
        "kind",
        "subject",
        "note",
    ],
    2,
);

const SELECT_ACCOUNTS: &str =
    "SELECT member_id, balance, expires_at, entries, ended FROM points_accounts";
/// The columns of entries, in the order in which they are read.
const SELECT_ENTRIES: &str =
    "SELECT member_id, number, at, change, balance, kind, subject, note FROM points_entries";
/// Rows of one part of an audit.
const PIECE: usize = 4_096;

/// Writes what a batch changed of points.
pub fn put(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    if delta.points.is_empty() {
        return Ok(());
    }
    let mut accounts = sink.rows(&ACCOUNTS, Verb::Put)?;
    for (member, account) in &delta.points {
        accounts.put(&[
            Cell::Int(column(member.0)),
            Cell::Int(account.balance),
            account.expires_at.into(),
            Cell::Int(column(account.entries)),
            Cell::Int(i64::from(account.ended)),
        ])?;
    }
    accounts.finish()?;
    let mut entries = sink.rows(&ENTRIES, Verb::Append)?;
    for entry in &delta.points_entries {
        let (kind, subject, note) = cause_columns(&entry.cause);
        entries.put(&[
            Cell::Int(column(entry.member.0)),
            Cell::Int(column(entry.number)),
            Cell::Int(entry.at),
            Cell::Int(entry.change),
            Cell::Int(entry.balance),
            Cell::Int(kind),
            subject.into(),
            Cell::Text(note),
        ])?;
    }
    entries.finish()
}

/// The columns `kind`, `subject` and `note` of why points changed.
fn cause_columns(cause: &PointsCause) -> (i64, Option<i64>, &str) {
    let of = |group: &GroupId| Some(column(group.0));
    match cause {
        PointsCause::Earned(group) => (0, of(group), ""),
        PointsCause::TakenBack(group) => (1, of(group), ""),
        PointsCause::Spent(group) => (2, of(group), ""),
        PointsCause::GivenBack(group) => (3, of(group), ""),
        PointsCause::Adjusted { operator, reason } => (4, operator.map(|o| column(o.0)), reason),
        PointsCause::Expired => (5, None, ""),
        PointsCause::GivenUp => (6, None, ""),
    }
}

/// Why points changed, from its columns.
fn cause_from(kind: i64, subject: Option<i64>, note: &str) -> Result<PointsCause, StoreError> {
    let group = subject.map(|id| GroupId(raw(id)));
    Ok(match (kind, group) {
        (0, Some(group)) => PointsCause::Earned(group),
        (1, Some(group)) => PointsCause::TakenBack(group),
        (2, Some(group)) => PointsCause::Spent(group),
        (3, Some(group)) => PointsCause::GivenBack(group),
        (4, _) => PointsCause::Adjusted {
            operator: subject.map(|id| OperatorId(raw(id))),
            reason: note.to_string(),
        },
        (5, None) => PointsCause::Expired,
        (6, None) => PointsCause::GivenUp,
        _ => {
            return Err(StoreError::Row {
                table: ENTRIES.name,
                reason: format!("an entry of kind {kind} about {subject:?}"),
            });
        }
    })
}

fn account_in(r: &dyn Columns) -> Result<(CustomerId, PointsAccount), StoreError> {
    let account = PointsAccount {
        balance: r.int(1)?,
        expires_at: r.int_or_null(2)?,
        entries: r.id(3)?,
        ended: r.int(4)? != 0,
    };
    Ok((CustomerId(r.id(0)?), account))
}

fn entry_in(r: &dyn Columns) -> Result<PointsEntry, StoreError> {
    Ok(PointsEntry {
        member: CustomerId(r.id(0)?),
        number: r.id(1)?,
        at: r.int(2)?,
        change: r.int(3)?,
        balance: r.int(4)?,
        cause: cause_from(r.int(5)?, r.int_or_null(6)?, r.text(7)?)?,
    })
}

/// The accounts of members.
pub fn load(sql: &impl Sql, keys: &KeySet) -> Result<Vec<(CustomerId, PointsAccount)>, StoreError> {
    let mut found = Vec::new();
    if !keys.points.is_empty() {
        let ids = Keys::ids(keys.points.iter().map(|k| k.0));
        sql.ask_any(SELECT_ACCOUNTS, "member_id", &ids, &mut |r| {
            found.push(account_in(r)?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The account of one member; an empty one where there is none.
pub fn of(sql: &impl Sql, member: CustomerId) -> Result<PointsAccount, StoreError> {
    let text = format!("{SELECT_ACCOUNTS} WHERE member_id = ?1");
    let found = row(sql, &text, &[Cell::Int(column(member.0))], account_in)?;
    Ok(found.map(|(_, account)| account).unwrap_or_default())
}

/// A member's entries below a number, the newest first.
pub fn entries(
    sql: &impl Sql,
    member: CustomerId,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<PointsEntry>, StoreError> {
    let text = format!(
        "{SELECT_ENTRIES} WHERE member_id = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3"
    );
    let before = before.map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let asked = [column(member.0), before, limit].map(Cell::Int);
    rows(sql, &text, &asked, entry_in)
}

/// Members whose points have expired by `now`, those that wait longest first.
pub fn due(sql: &impl Sql, now: i64, limit: usize) -> Result<Vec<CustomerId>, StoreError> {
    let text = "SELECT member_id FROM points_accounts
        WHERE expires_at IS NOT NULL AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    rows(sql, text, &[now, limit].map(Cell::Int), |r| {
        Ok(CustomerId(r.id(0)?))
    })
}

/// All accounts, in any order.
pub fn each_account(
    sql: &impl Sql,
    take: &mut dyn FnMut(CustomerId, PointsAccount),
) -> Result<(), StoreError> {
    sql.ask(SELECT_ACCOUNTS, &[], &mut |r| {
        let (member, account) = account_in(r)?;
        take(member, account);
        Ok(())
    })
}

/// All entries, each member's in order, a part at a time.
pub fn each_entry(sql: &impl Sql, take: &mut dyn FnMut(&PointsEntry)) -> Result<(), StoreError> {
    let text = format!(
        "{SELECT_ENTRIES} WHERE (member_id, number) > (?1, ?2) ORDER BY member_id, number LIMIT {PIECE}"
    );
    let mut after = (-1, 0);
    loop {
        let (mut last, mut count) = (after, 0);
        sql.ask(&text, &[after.0, after.1].map(Cell::Int), &mut |r| {
            let entry = entry_in(r)?;
            take(&entry);
            (last, count) = ((column(entry.member.0), column(entry.number)), count + 1);
            Ok(())
        })?;
        after = last;
        if count < PIECE {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_points_changed_is_read_back_from_its_columns() {
        let group = GroupId(0x4200);
        let adjusted = |operator| PointsCause::Adjusted {
            operator,
            reason: "a reason".to_string(),
        };
        for cause in [
            PointsCause::Earned(group),
            PointsCause::TakenBack(group),
            PointsCause::Spent(group),
            PointsCause::GivenBack(group),
            adjusted(Some(OperatorId(0x100))),
            adjusted(None),
            PointsCause::Expired,
            PointsCause::GivenUp,
        ] {
            let (kind, subject, note) = cause_columns(&cause);
            assert_eq!(cause_from(kind, subject, note).ok(), Some(cause.clone()));
        }
        for (kind, subject) in [(0, None), (5, Some(1)), (7, None), (-1, Some(1))] {
            assert!(cause_from(kind, subject, "").is_err(), "{kind} {subject:?}");
        }
    }
}
