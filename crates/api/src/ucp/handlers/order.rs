//! Orders: what a platform may see of what it bought, and what it is told of it.

use axum::body::Bytes;
use commerce::event::{Event, OrderNews};
use commerce::id::GroupId;
use commerce::order::{Group, GroupState};
use serde_json::Value;
use std::sync::Arc;

use crate::ucp::desk::{Desk, Said, Visit};
use crate::ucp::key::Keyed;
use crate::ucp::present;
use crate::ucp::problem::Problem;
use crate::ucp::version::{Capability, Version};
use crate::ucp::{testing, v2026_01_11, v2026_04_08};

/// Shows an order.
///
/// # Errors
/// There is none behind this id.
pub async fn get(desk: &Desk, visit: &Visit, id: &str) -> Result<Said, Problem> {
    let group = find(desk, id).await?;
    show(desk, &visit.negotiated, &group).await
}

async fn show(
    desk: &Desk,
    negotiated: &[&'static Capability],
    group: &Group,
) -> Result<Said, Problem> {
    let id = group.id;
    let history = desk.read(move |queries| queries.history(id)).await?;
    let mut message = message(desk, negotiated, group, &history);
    if let Some(overlay) = &desk.shared.overlay {
        overlay.show(group.id, &mut message);
    }
    Ok(Said::ok(&message))
}

/// The order in this version.
#[must_use]
pub fn message(
    desk: &Desk,
    negotiated: &[&'static Capability],
    group: &Group,
    history: &[Event],
) -> Value {
    let message = desk.now(|at| {
        let view = present::order(at, group, history);
        match desk.version {
            Version::V2026_01_11 => serde_json::to_value(v2026_01_11::order(&view)),
            Version::V2026_04_08 => serde_json::to_value(v2026_04_08::order(&view, negotiated)),
        }
    });
    message.unwrap_or_default()
}

/// The group behind a keyed id, once it is an order.
async fn find(desk: &Desk, id: &str) -> Result<Arc<Group>, Problem> {
    let missing = || Problem::not_found("order");
    let keyed = Keyed::<GroupId>::parse(id).ok_or_else(missing)?;
    let found = desk.group(keyed.id).await?;
    found
        .filter(|group| keyed.opens(group.access_key) && group.state != GroupState::PendingPayment)
        .ok_or_else(missing)
}

/// Takes over a test suite's edits of an order.
///
/// # Errors
/// There is none behind this id, or the edits don't follow the schema.
pub async fn edit(desk: &Desk, visit: &Visit, id: &str, body: &Bytes) -> Result<Said, Problem> {
    let group = find(desk, id).await?;
    let order: Value = desk.parse(body)?;
    if let Some(overlay) = &desk.shared.overlay {
        overlay.edit(group.id, &order)?;
    }
    show(desk, &visit.negotiated, &group).await
}

/// Ships an order for a test suite.
///
/// # Errors
/// There is none behind this id, or what the core refuses.
pub async fn ship(desk: &Desk, visit: &Visit, id: &str) -> Result<Said, Problem> {
    let group = find(desk, id).await?;
    testing::ship(desk, visit, &group).await
}

/// The name of a piece of news where a version has one for it.
#[must_use]
pub const fn news_name(news: OrderNews) -> &'static str {
    match news {
        OrderNews::Placed => "order_placed",
        OrderNews::Shipped => "order_shipped",
        OrderNews::Delivered => "order_delivered",
        OrderNews::Canceled => "order_canceled",
        OrderNews::Refunded => "order_refunded",
    }
}
