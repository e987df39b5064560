//! What only test suites need: orders that a platform edits, and parcels that leave on command.
//!
//! Mounted with the explicit testing flag alone, which production refuses. Edits live in memory beside the
//! order, never in it; shipping goes the normal way through the core.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use commerce::command::{Command, FulfillmentStep};
use commerce::id::GroupId;
use commerce::order::{FulfillmentState, Group};
use commerce::refusal::Refusal;
use serde_json::{Value, json};

use super::desk::{Desk, Said, Visit};
use super::problem::Problem;
use crate::app::DoorError;

/// What a suite added to an order.
#[derive(Debug, Clone, Default)]
struct Edits {
    events: Vec<Value>,
    adjustments: Vec<Value>,
}

/// The edits of all orders.
#[derive(Debug, Default)]
pub struct Overlay {
    orders: Mutex<HashMap<GroupId, Edits>>,
}

impl Overlay {
    /// Takes over the events and adjustments of an edited order.
    ///
    /// # Errors
    /// They are not what the protocol's schema says.
    pub fn edit(&self, group: GroupId, order: &Value) -> Result<(), Problem> {
        let adjustments = checked(order.get("adjustments"), is_adjustment, "adjustments")?;
        let events = checked(
            order.pointer("/fulfillment/events"),
            is_event,
            "fulfillment.events",
        )?;
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.insert(
            group,
            Edits {
                events,
                adjustments,
            },
        );
        Ok(())
    }

    /// Adds the edits to an order's message.
    pub fn show(&self, group: GroupId, order: &mut Value) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(edits) = orders.get(&group) else {
            return;
        };
        add(order.pointer_mut("/fulfillment/events"), &edits.events);
        add(order.get_mut("adjustments"), &edits.adjustments);
    }
}

fn add(list: Option<&mut Value>, edits: &[Value]) {
    let Some(Value::Array(list)) = list else {
        return;
    };
    for edit in edits {
        if !list.iter().any(|known| known.get("id") == edit.get("id")) {
            list.push(edit.clone());
        }
    }
}

fn checked(
    list: Option<&Value>,
    fits: fn(&Value) -> bool,
    what: &str,
) -> Result<Vec<Value>, Problem> {
    match list {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) if list.iter().all(fits) => Ok(list.clone()),
        Some(_) => Err(Problem::protocol(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            format!("`{what}` does not follow the schema."),
        )),
    }
}

fn has_text(value: &Value, members: &[&str]) -> bool {
    members
        .iter()
        .all(|member| value.get(member).is_some_and(Value::is_string))
}

fn is_adjustment(value: &Value) -> bool {
    let status = value.get("status").and_then(Value::as_str);
    has_text(value, &["id", "type", "occurred_at"])
        && matches!(status, Some("pending" | "completed" | "failed"))
}

fn is_event(value: &Value) -> bool {
    has_text(value, &["id", "type", "occurred_at"])
        && value.get("line_items").is_some_and(Value::is_array)
}

/// Ships all that is open of a group, the normal way.
///
/// # Errors
/// What the core refuses.
pub async fn ship(desk: &Desk, visit: &Visit, group: &Group) -> Result<Said, Problem> {
    let open = group.fulfillments.iter().filter(|fulfillment| {
        matches!(
            fulfillment.state,
            FulfillmentState::Open | FulfillmentState::Picking | FulfillmentState::Packed
        )
    });
    let ship = || FulfillmentStep::Ship {
        carrier: "Test carrier".to_owned(),
        tracking_number: "TEST1".to_owned(),
        tracking_url: String::new(),
    };
    let visit = Visit {
        idempotency: None,
        ..visit.clone()
    };
    for fulfillment in open {
        for step in [FulfillmentStep::Pick, FulfillmentStep::Pack, ship()] {
            match desk
                .submit(&visit, Command::MoveFulfillment(fulfillment.id, step))
                .await
            {
                // A step that was taken before.
                Ok(_) | Err(DoorError::Refused(Refusal::WrongState { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(Said::ok(&json!({"status": "shipped"})))
}

/// Whether the secret that guards these endpoints was shown.
///
/// # Errors
/// It was not, or there is none.
pub fn check_secret(expected: Option<&str>, shown: Option<&str>) -> Result<(), Problem> {
    match (expected, shown) {
        (Some(expected), Some(shown)) if !expected.is_empty() && expected == shown => Ok(()),
        _ => Err(Problem::protocol(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Invalid Simulation-Secret.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_must_follow_the_schema() {
        let overlay = Overlay::default();
        let check = |order: Value, fits: bool| {
            assert_eq!(overlay.edit(GroupId(256), &order).is_ok(), fits, "{order}");
        };
        let adjustment = |status: &str| json!({"id": "a", "type": "refund", "occurred_at": "t", "status": status});
        check(json!({}), true);
        check(
            json!({"adjustments": [adjustment("INVALID_STATUS")]}),
            false,
        );
        check(json!({"adjustments": {"id": "a"}}), false);
        check(json!({"fulfillment": {"events": [{"id": "e"}]}}), false);
        check(json!({"adjustments": [adjustment("pending")]}), true);
        let mut shown = json!({"adjustments": [], "fulfillment": {"events": []}});
        overlay.show(GroupId(256), &mut shown);
        assert_eq!(shown["adjustments"][0]["id"], "a");
    }

    #[test]
    fn the_secret_is_needed() {
        assert!(check_secret(None, None).is_err());
        assert!(check_secret(Some("s"), None).is_err());
        assert!(check_secret(Some("s"), Some("x")).is_err());
        assert!(check_secret(Some(""), Some("")).is_err());
        assert!(check_secret(Some("s"), Some("s")).is_ok());
    }
}
