//! The member's orders: all that were placed with their address, whichever door they came through.

use super::member;
use crate::pages::account::orders::{OrderLine, orders};
use crate::visit::{Answer, Fault, Visit};
use commerce::customer::Customer;
use jiff::tz::TimeZone;

/// Orders in the list.
const SHOWN_MAX: usize = 100;

/// The newest orders of a member.
pub async fn of(visit: &Visit, member: &Customer, limit: usize) -> Result<Vec<OrderLine>, Fault> {
    let email = member.email.clone();
    let ids = visit
        .shop
        .app
        .read(move |q| q.groups_by_email(&email, limit));
    let ids = ids.await.map_err(|e| visit.broken(&e))?;
    let zone = {
        let world = visit.shop.app.shelf.read();
        let first = world.locations().next();
        first.map_or(TimeZone::UTC, crate::promise::zone_of)
    };
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let found = visit.shop.app.group(id).await;
        if let Some(group) = found.map_err(|e| visit.broken(&e))? {
            let placed = visit.texts.moment_in(group.placed_at, &zone);
            lines.push(OrderLine { group, placed });
        }
    }
    Ok(lines)
}

/// The list.
pub async fn list(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    let lines = of(&visit, &member, SHOWN_MAX).await?;
    let frame = visit.frame().await;
    Ok(visit.ok(&frame, &orders(&frame, &lines)))
}
