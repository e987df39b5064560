//! Events as the wire shows them: one flat shape for the history and the feed.

use super::super::wire::live::{ActorKind, Entry, Seen};
use commerce::World;
use commerce::command::Actor;
use commerce::event::{Event, What};
use commerce::id::print_with;
use commerce::world::RecordKind;

/// What a record of this kind prints before its id.
fn record_prefix(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Shop => "shop",
        RecordKind::Seller => "seller",
        RecordKind::Category => "category",
        RecordKind::Location => "location",
        RecordKind::TaxRate => "taxrate",
        RecordKind::ShippingRate => "shiprate",
        RecordKind::Discount => "discount",
        RecordKind::Promotion => "promotion",
        RecordKind::Product => "product",
        RecordKind::Customer => "customer",
        RecordKind::Operator => "operator",
        RecordKind::Campaign => "campaign",
        RecordKind::Follower => "follower",
        RecordKind::Switch => "switch",
        RecordKind::PointsProgram => "points",
        RecordKind::Carrier | RecordKind::NumberPool => "carrier",
        RecordKind::Round => "round",
        RecordKind::RoundBook => "rounds",
        RecordKind::Gazetteer => "gazetteer",
        RecordKind::Door => "door",
    }
}

/// One event as the wire shows it.
pub fn entry(world: &World, event: &Event) -> Entry {
    let (actor, operator) = match event.actor {
        Actor::Shopper => (ActorKind::Shopper, None),
        Actor::Operator(id) => {
            let name = world.operator(id).map(|o| o.name.clone());
            (
                ActorKind::Operator,
                Some(name.unwrap_or_else(|| id.to_string())),
            )
        }
        Actor::Platform => (ActorKind::Platform, None),
        Actor::Provider => (ActorKind::Provider, None),
        Actor::System => (ActorKind::System, None),
    };
    let blank = Entry {
        position: event.position,
        at: event.at,
        actor,
        operator,
        channel: event.channel.into(),
        what: event.what.name().to_owned(),
        subject: String::new(),
        group: event.what.group().map(|g| g.to_string()),
        location: None,
        amount_minor: None,
        pieces: None,
        reason: None,
        note: None,
        code: None,
        carrier: None,
        tracking_number: None,
        seen: None,
    };
    fill(blank, &event.what)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

// Long because each event that says more than its name is one arm.
fn fill(blank: Entry, what: &What) -> Entry {
    let subject = subject(what);
    let with = Entry { subject, ..blank };
    match what {
        What::RecordSaved { record, .. } => Entry {
            code: some(record_prefix(*record)),
            ..with
        },
        What::StockChanged {
            location, level, ..
        } => Entry {
            location: Some(location.to_string()),
            pieces: Some(level.on_hand),
            ..with
        },
        What::StockAdjusted {
            location,
            change,
            reason,
            note,
            ..
        } => Entry {
            location: Some(location.to_string()),
            pieces: Some(*change),
            code: some(reason),
            note: some(note),
            ..with
        },
        What::GroupPlaced { total, .. } => Entry {
            amount_minor: Some(*total),
            ..with
        },
        What::GroupCanceled { reason, .. } | What::OrderCanceled { reason, .. } => Entry {
            reason: Some((*reason).into()),
            ..with
        },
        What::PaymentDeclined { code, .. } | What::RefundFailed { code, .. } => Entry {
            code: some(code),
            ..with
        },
        What::PaymentCaptured { amount, .. }
        | What::RefundSucceeded { amount, .. }
        | What::DepositPaid { amount, .. }
        | What::DepositForfeited { amount, .. } => Entry {
            amount_minor: Some(*amount),
            ..with
        },
        What::RefundRequested { amount, note, .. } => Entry {
            amount_minor: Some(*amount),
            note: some(note),
            ..with
        },
        What::FulfillmentShipped {
            carrier,
            tracking_number,
            ..
        } => Entry {
            carrier: some(carrier),
            tracking_number: some(tracking_number),
            ..with
        },
        What::PaymentTrouble { code, note, .. } => Entry {
            code: some(code),
            note: some(note),
            ..with
        },
        What::NoteAdded { note, .. } => Entry {
            note: some(note),
            ..with
        },
        What::PacketDrawn { rule, number, .. } => Entry {
            code: some(&rule.to_string()),
            pieces: Some(i64::from(*number)),
            ..with
        },
        What::PointsChanged { change, .. } => Entry {
            pieces: Some(*change),
            ..with
        },
        What::MailSent { .. } | What::MailGivenUp { .. } => fill_mail(with, what),
        _ => fill_parcel(with, what),
    }
}

fn fill_parcel(blank: Entry, what: &What) -> Entry {
    match what {
        What::WaybillBooked { number, .. }
        | What::WaybillCanceled { number, .. }
        | What::WaybillAnnounced { number, .. } => Entry {
            tracking_number: some(number),
            ..blank
        },
        What::WaybillRefused {
            number, code, note, ..
        } => Entry {
            tracking_number: some(number),
            code: some(code),
            note: some(note),
            ..blank
        },
        What::ParcelDelayed { reason, place, .. } => Entry {
            code: some(reason.word()),
            note: some(place),
            ..blank
        },
        What::ParcelLay { location, .. } => Entry {
            location: Some(location.to_string()),
            ..blank
        },
        What::GoodsRelocated {
            pieces,
            location,
            why,
            ..
        } => Entry {
            pieces: Some(i64::from(*pieces)),
            location: Some(location.to_string()),
            code: some(why.word()),
            ..blank
        },
        What::ParcelSeen {
            at,
            status,
            reason,
            place,
            note,
            withdrawn,
            ..
        } => Entry {
            code: some(reason),
            note: some(note),
            seen: Some(Seen {
                at: *at,
                status: (*status).into(),
                place: place.clone(),
                withdrawn: *withdrawn,
            }),
            ..blank
        },
        _ => blank,
    }
}

fn fill_mail(blank: Entry, what: &What) -> Entry {
    match what {
        What::MailSent { mail, .. } => Entry {
            code: some(mail.word()),
            ..blank
        },
        What::MailGivenUp { mail, reason, .. } => Entry {
            code: some(mail.word()),
            note: some(reason),
            ..blank
        },
        _ => blank,
    }
}

fn subject(what: &What) -> String {
    match what {
        What::RecordSaved { record, id } => print_with(record_prefix(*record), *id),
        What::CartSaved { cart } => cart.to_string(),
        What::CheckoutSaved { checkout } | What::CheckoutCanceled { checkout } => {
            checkout.to_string()
        }
        What::StockChanged { variant, .. } | What::StockAdjusted { variant, .. } => {
            variant.to_string()
        }
        What::GroupPlaced { group, .. }
        | What::GroupConfirmed { group }
        | What::GroupCanceled { group, .. }
        | What::NoteAdded { group, .. }
        | What::DepositPaid { group, .. }
        | What::DepositForfeited { group, .. }
        | What::MailSent { group, .. }
        | What::MailGivenUp { group, .. } => group.to_string(),
        What::PaymentStarted { payment }
        | What::PaymentActionRequired { payment }
        | What::PaymentAuthorized { payment }
        | What::PaymentDeclined { payment, .. }
        | What::PaymentCaptured { payment, .. }
        | What::PaymentVoided { payment }
        | What::PaymentTrouble { payment, .. } => payment.to_string(),
        What::ReturnRequested { r#return }
        | What::ReturnApproved { r#return }
        | What::ReturnRefused { r#return }
        | What::ReturnReceived { r#return }
        | What::ReturnWithdrawn { r#return } => r#return.to_string(),
        What::OrderCanceled { order, .. } => order.to_string(),
        What::ReviewSaved { review, .. } => review.to_string(),
        What::RefundRequested { refund, .. }
        | What::RefundSucceeded { refund, .. }
        | What::RefundFailed { refund, .. } => refund.to_string(),
        What::FulfillmentOpened { fulfillment }
        | What::FulfillmentPicking { fulfillment }
        | What::FulfillmentPacked { fulfillment }
        | What::FulfillmentShipped { fulfillment, .. }
        | What::FulfillmentDelivered { fulfillment }
        | What::FulfillmentCanceled { fulfillment } => fulfillment.to_string(),
        What::WaybillBooked { fulfillment, .. }
        | What::WaybillCanceled { fulfillment, .. }
        | What::ParcelSeen { fulfillment, .. }
        | What::GoodsRelocated { fulfillment, .. }
        | What::WaybillAnnounced { fulfillment, .. }
        | What::WaybillRefused { fulfillment, .. }
        | What::ParcelDelayed { fulfillment, .. }
        | What::ParcelLay { fulfillment, .. } => fulfillment.to_string(),
        What::PacketDrawn { member, .. } | What::PointsChanged { member, .. } => member.to_string(),
    }
}
