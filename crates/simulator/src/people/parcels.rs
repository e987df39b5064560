//! What staff do next with a parcel or a collection.

use crate::rng::Rng;
use commerce::command::FulfillmentStep;
use commerce::id::FulfillmentId;
use commerce::order::{FulfillmentState, Group, Method};

/// The next step of the first fulfillment that is not done; now and then one that makes no sense.
pub(super) fn next_step(group: &Group, rng: &mut Rng) -> Option<(FulfillmentId, FulfillmentStep)> {
    let ship = || FulfillmentStep::Ship {
        carrier: String::new(),
        tracking_number: String::new(),
        tracking_url: String::new(),
    };
    if rng.percent(3) {
        let any = &group.fulfillments[rng.index(group.fulfillments.len())];
        let step = match rng.below(4) {
            0 => FulfillmentStep::Pick,
            1 => FulfillmentStep::Pack,
            2 => ship(),
            _ => FulfillmentStep::Deliver,
        };
        return Some((any.id, step));
    }
    let is_open = |state| {
        !matches!(
            state,
            FulfillmentState::Delivered | FulfillmentState::Canceled
        )
    };
    let next = group.fulfillments.iter().find(|f| is_open(f.state))?;
    let step = match next.state {
        FulfillmentState::Open if rng.percent(50) => FulfillmentStep::Pick,
        FulfillmentState::Packed if next.method == Method::Ship => ship(),
        FulfillmentState::Packed | FulfillmentState::Shipped => FulfillmentStep::Deliver,
        _ if next.method == Method::CarryOut => FulfillmentStep::Deliver,
        _ => FulfillmentStep::Pack,
    };
    Some((next.id, step))
}
