//! Where an order came from, as the wire shows it and takes it.

use super::super::wire::traffic::{GivenAttribution, OrderAttribution, OrderTouch};
use crate::traffic::{Attribution, Touch};
use commerce::order::Group;

/// Where an order came from; `None` for one that came directly.
pub fn attribution(group: &Group) -> Option<OrderAttribution> {
    let found = Attribution::of(group)?;
    Some(OrderAttribution {
        first: touch(found.first),
        last: touch(found.last),
    })
}

fn touch(from: Touch) -> OrderTouch {
    OrderTouch {
        source: from.source,
        medium: from.medium,
        campaign: from.campaign,
        term: from.term,
        content: from.content,
        referral: from.referral,
        at: Some(from.at),
    }
}

/// What an app says of where a buyer came from; `None` if it says nothing that is left after cleaning.
pub fn given(from: GivenAttribution, now: i64) -> Option<Attribution> {
    let last = given_touch(from.last, now)?;
    Some(match from.first.and_then(|first| given_touch(first, now)) {
        Some(first) => Attribution::begun(first).followed_by(last),
        None => Attribution::begun(last),
    })
}

fn given_touch(from: OrderTouch, now: i64) -> Option<Touch> {
    let touch = Touch {
        source: from.source,
        medium: from.medium,
        campaign: from.campaign,
        term: from.term,
        content: from.content,
        referral: from.referral,
        landing: None,
        at: from.at.unwrap_or(now),
    };
    touch.cleaned()
}
