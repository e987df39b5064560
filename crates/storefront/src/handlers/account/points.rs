//! The member's points.

use super::member;
use crate::pages::account::points as pages;
use crate::pages::order::path as order_path;
use crate::promise;
use crate::views::Reader;
use crate::views::points::{AccountView, EntryLine, program};
use crate::visit::{Answer, Fault, Visit};
use api::members::points;
use commerce::points::{PointsCause, PointsEntry};
use jiff::tz::TimeZone;

/// Entries of one page.
const PAGE: usize = 20;

/// The page, from the newest entry on or from those before one; there is none while the shop has no program.
pub async fn show(visit: Visit) -> Answer {
    if !visit.has_points() {
        return Err(visit.not_found().await);
    }
    let member = member(&visit).await?;
    let app = &visit.shop.app;
    let before = visit.query.iter().find(|(name, _)| name == "before");
    let before = before.and_then(|(_, number)| number.parse().ok());
    let account = points::of(app, member.id).await;
    let account = account.map_err(|e| visit.broken(&e))?;
    let read = points::entries(app, member.id, before, PAGE).await;
    let (entries, next) = read.map_err(|e| visit.broken(&e))?;
    let zone = {
        let world = app.shelf.read();
        let first = world.locations().next();
        first.map_or(TimeZone::UTC, promise::zone_of)
    };
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        lines.push(line(&visit, entry, &zone).await?);
    }
    let view = {
        let world = app.shelf.read();
        let reader = visit.reader(&world);
        let points = account.spendable(reader.now);
        let reader = Reader { points, ..reader };
        program(&reader).map(|program| AccountView {
            expires: account.expires_at.map(|at| visit.texts.date_in(at, &zone)),
            entries: lines,
            next,
            is_older: before.is_some(),
            ..AccountView::of(&reader, program, account.balance)
        })
    };
    let Some(view) = view else {
        return Err(visit.not_found().await);
    };
    let frame = visit.frame().await;
    Ok(visit.ok(&frame, &pages::points(&frame, &view)))
}

async fn line(visit: &Visit, entry: PointsEntry, zone: &TimeZone) -> Result<EntryLine, Fault> {
    let group = match entry.cause.group() {
        Some(id) => {
            let found = visit.shop.app.group(id).await;
            found.map_err(|e| visit.broken(&e))?
        }
        None => None,
    };
    let order = group.and_then(|group| {
        let number = group.orders.first()?.id.to_string();
        Some((number, order_path(&group)))
    });
    let why = match entry.cause {
        PointsCause::Earned(_) => "points.earned",
        PointsCause::TakenBack(_) => "points.taken_back",
        PointsCause::Spent(_) => "points.spent",
        PointsCause::GivenBack(_) => "points.given_back",
        PointsCause::Adjusted { .. } => "points.adjusted",
        PointsCause::Expired => "points.expired",
        PointsCause::GivenUp => "points.given_up",
    };
    let reason = match entry.cause {
        PointsCause::Adjusted { reason, .. } => reason,
        _ => String::new(),
    };
    Ok(EntryLine {
        why,
        reason,
        when: visit.texts.moment_in(entry.at, zone),
        order,
        change: entry.change,
        balance: entry.balance,
    })
}
