//! What happened to a parcel, in the words of CBV 2.0, and in ours where it has none.

use super::names::{OURS, own_term};
use commerce::parcel::TrackingStatus;

/// Business steps of our own.
const DELAYED: &str = "urn:sesame:epcis:delivery_delayed";
const OUT: &str = "urn:sesame:epcis:out_for_delivery";
const FAILED: &str = "urn:sesame:epcis:delivery_failed";

/// Of a damaged parcel, the disposition and the reason.
const DAMAGED: &str = "damaged";
/// A disposition that adds nothing (CBV 2.0): it is read as none.
const IN_PROGRESS: &str = "in_progress";

/// What the forms of a word of CBV begin with: in its context, whole, and as EPCIS 1 wrote it.
const STEPS: [&str; 3] = [
    "cbv:BizStep-",
    "https://ref.gs1.org/cbv/BizStep-",
    "urn:epcglobal:cbv:bizstep:",
];
const DISPOSITIONS: [&str; 3] = [
    "cbv:Disp-",
    "https://ref.gs1.org/cbv/Disp-",
    "urn:epcglobal:cbv:disp:",
];

/// Where a parcel is after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It lies where it was seen.
    There,
    /// It is on its way, or with somebody.
    Gone,
}

/// What words say of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// Where it is.
    pub status: TrackingStatus,
    /// Why, where the words say so; else empty.
    pub reason: &'static str,
    /// Whether it lies there.
    pub after: After,
}

/// A row of the table: a step, the dispositions that it may have (empty for none), and what both say.
type Row = (&'static str, &'static [&'static str], Meaning);

const fn gone(status: TrackingStatus) -> Meaning {
    Meaning {
        status,
        reason: "",
        after: After::Gone,
    }
}

const fn there(status: TrackingStatus) -> Meaning {
    Meaning {
        after: After::There,
        ..gone(status)
    }
}

const HELD_DAMAGED: Meaning = Meaning {
    reason: DAMAGED,
    ..there(TrackingStatus::OnHold)
};

/// All that is understood.
const TABLE: [Row; 26] = {
    use TrackingStatus::{
        Delivered, DeliveryDelayed, DeliveryFailed, InTransit, OnHold, OutForDelivery, Pending,
        PickedUp, ReadyForPickup, ReturnToSender,
    };
    const MOVES: &[&str] = &["in_transit", ""];
    const BROKEN: &[&str] = &[DAMAGED];
    const BACK: &[&str] = &["returned"];
    [
        ("staging_outbound", &["", "container_closed"], gone(Pending)),
        ("shipping", MOVES, gone(PickedUp)),
        ("consigning", MOVES, gone(PickedUp)),
        // Without the disposition it is not said who accepts: the carrier or the receiver.
        ("accepting", &["in_transit"], gone(PickedUp)),
        ("arriving", MOVES, there(InTransit)),
        ("departing", MOVES, gone(InTransit)),
        ("transporting", MOVES, gone(InTransit)),
        ("loading", MOVES, gone(InTransit)),
        ("unloading", MOVES, there(InTransit)),
        ("holding", MOVES, there(OnHold)),
        ("holding", BROKEN, HELD_DAMAGED),
        ("arriving", BROKEN, HELD_DAMAGED),
        ("inspecting", BROKEN, HELD_DAMAGED),
        ("unloading", BROKEN, HELD_DAMAGED),
        (DELAYED, MOVES, gone(DeliveryDelayed)),
        (OUT, MOVES, gone(OutForDelivery)),
        (FAILED, MOVES, gone(DeliveryFailed)),
        // CBV's own example: sold, and awaiting the customer's pick-up.
        ("storing", &["non_sellable_other"], gone(ReadyForPickup)),
        ("shipping", BACK, gone(ReturnToSender)),
        ("departing", BACK, gone(ReturnToSender)),
        ("transporting", BACK, gone(ReturnToSender)),
        ("arriving", BACK, there(ReturnToSender)),
        ("unloading", BACK, there(ReturnToSender)),
        ("holding", BACK, there(ReturnToSender)),
        ("receiving", BACK, there(ReturnToSender)),
        ("receiving", &[""], gone(Delivered)),
    ]
};

/// What is known of the place of a sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// It lies at one of the shop's own.
    Lies,
    /// It was seen to leave one of them.
    Leaves,
    /// Nothing.
    Unsaid,
}

/// The step and disposition, empty for none, that a sighting is written with.
#[must_use]
pub fn spell(status: TrackingStatus, reason: &str, stay: Stay) -> (&'static str, &'static str) {
    use TrackingStatus::{
        Delivered, DeliveryDelayed, DeliveryFailed, InTransit, OnHold, OutForDelivery, Pending,
        PickedUp, ReadyForPickup, ReturnToSender,
    };
    match (status, stay) {
        (Pending, _) => ("staging_outbound", ""),
        (PickedUp, _) => ("shipping", "in_transit"),
        (InTransit, Stay::Lies) => ("arriving", ""),
        (InTransit, Stay::Leaves) => ("departing", "in_transit"),
        (InTransit, Stay::Unsaid) => ("transporting", "in_transit"),
        (OnHold, _) if reason == DAMAGED => ("holding", DAMAGED),
        (OnHold, _) => ("holding", ""),
        (DeliveryDelayed, _) => (DELAYED, "in_transit"),
        (OutForDelivery, _) => (OUT, "in_transit"),
        (DeliveryFailed, _) => (FAILED, "in_transit"),
        (ReadyForPickup, _) => ("storing", "non_sellable_other"),
        (ReturnToSender, Stay::Lies) => ("arriving", "returned"),
        (ReturnToSender, _) => ("shipping", "returned"),
        (Delivered, _) => ("receiving", ""),
    }
}

/// What a step and a disposition say, as they stand in an event at one of the shop's own places or elsewhere; `own` are the
/// prefixes that stand for our terms.
///
/// # Errors
/// Why that is not known, as a sentence.
pub fn read(
    step: Option<&str>,
    disposition: Option<&str>,
    is_ours: bool,
    own: &[String],
) -> Result<Meaning, String> {
    let Some(said) = step else {
        return Err("`bizStep` is missing: it is not said what happened".to_owned());
    };
    let ours = own_term(said, own).map(|term| format!("{OURS}{term}"));
    let step = ours.as_deref().unwrap_or(bare(said, &STEPS));
    let disposition = bare(disposition.unwrap_or_default(), &DISPOSITIONS);
    let disposition = if disposition == IN_PROGRESS {
        ""
    } else {
        disposition
    };
    // Only its receiver takes a parcel into their inventory; the shop's hubs pass it on.
    let passes = is_ours && step == "receiving" && disposition != "returned";
    let step = if passes { "arriving" } else { step };
    let row = TABLE
        .iter()
        .find(|row| row.0 == step && row.1.contains(&disposition));
    row.map(|row| row.2).ok_or_else(|| {
        let with = match disposition {
            "" => "without a `disposition`".to_owned(),
            disposition => format!("with the `disposition` `{disposition}`"),
        };
        format!("`bizStep` `{said}` {with} says nothing of a parcel's way that is known here")
    })
}

fn bare<'a>(word: &'a str, beginnings: &[&str]) -> &'a str {
    let rest = beginnings.iter().find_map(|b| word.strip_prefix(b));
    rest.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for status in TrackingStatus::ALL {
            for stay in [Stay::Lies, Stay::Leaves, Stay::Unsaid] {
                for reason in ["", DAMAGED] {
                    let (step, disposition) = spell(status, reason, stay);
                    let disposition = Some(disposition).filter(|d| !d.is_empty());
                    let is_ours = stay != Stay::Unsaid && status != TrackingStatus::Delivered;
                    let read = read(Some(step), disposition, is_ours, &[]).expect("it is known");
                    assert_eq!(read.status, status, "{step}");
                    let is_damaged = status == TrackingStatus::OnHold && reason == DAMAGED;
                    assert_eq!(read.reason == DAMAGED, is_damaged, "{step}");
                    let lies = matches!(
                        status,
                        TrackingStatus::InTransit | TrackingStatus::ReturnToSender
                    );
                    if lies {
                        assert_eq!(read.after == After::There, stay == Stay::Lies, "{step}");
                    }
                }
            }
        }
    }

    #[test]
    fn words_are_read_in_all_their_forms_and_strange_ones_are_not_guessed() {
        use TrackingStatus::{Delivered, InTransit, OnHold, OutForDelivery, PickedUp};
        let own = ["s".to_owned()];
        // step, disposition, at a place of ours → status
        for (step, disposition, is_ours, expected) in [
            ("shipping", "", false, Some(PickedUp)),
            (
                "cbv:BizStep-shipping",
                "cbv:Disp-in_transit",
                false,
                Some(PickedUp),
            ),
            (
                "https://ref.gs1.org/cbv/BizStep-arriving",
                "https://ref.gs1.org/cbv/Disp-damaged",
                false,
                Some(OnHold),
            ),
            (
                "urn:epcglobal:cbv:bizstep:departing",
                "urn:epcglobal:cbv:disp:in_transit",
                false,
                Some(InTransit),
            ),
            ("s:out_for_delivery", "", false, Some(OutForDelivery)),
            (OUT, "in_transit", false, Some(OutForDelivery)),
            ("x:out_for_delivery", "", false, None),
            ("receiving", "in_progress", false, Some(Delivered)),
            ("receiving", "in_progress", true, Some(InTransit)),
            ("receiving", "in_transit", false, None),
            ("accepting", "", false, None),
            ("accepting", "in_transit", false, Some(PickedUp)),
            ("Shipping", "", false, None),
            ("void_shipping", "", false, None),
            ("transporting", "stolen", false, None),
            ("", "", false, None),
        ] {
            let disposition = Some(disposition).filter(|d| !d.is_empty());
            let found = read(Some(step), disposition, is_ours, &own);
            assert_eq!(found.map(|m| m.status).ok(), expected, "{step}");
        }
        assert!(read(None, None, false, &own).is_err());
    }
}
