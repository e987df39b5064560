//! Parcels at the shop's places on their way: what a label says, and where a parcel goes next.

use crate::timetables::{Board, Sending};
use commerce::World;
use commerce::id::LocationId;
use commerce::order::{Fulfillment, FulfillmentState, Group};
use commerce::parcel::{Parcel, TrackingStatus};

/// Digits of an SSCC.
const SSCC_DIGITS: usize = 18;

/// Where a parcel goes next from a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direction {
    /// How.
    pub kind: DirectionKind,
    /// Where to or with whom, in words; may be empty.
    pub to: String,
    /// The timetable's line or zone, by its code; may be empty.
    pub line: String,
    /// When that leaves, in UTC milliseconds, if it is known.
    pub leaves: Option<i64>,
    /// When it is with its receiver then, in UTC milliseconds, if a timetable knows it.
    pub arrives: Option<i64>,
}

/// How a parcel goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectionKind {
    /// With a line of the timetable, to another place.
    Line,
    /// To its receiver from here; it is in nobody's round yet.
    Tour,
    /// With a courier's round.
    Round,
    /// To another carrier, which takes it from here.
    Carrier,
    /// Back to its sender.
    Back,
    /// It stays: somebody has to look at it.
    Held,
    /// It is with its receiver, or goes nowhere any more.
    Done,
    /// No timetable knows a way from here: it is at the wrong place.
    Unknown,
}

impl Direction {
    fn of(kind: DirectionKind, to: impl Into<String>) -> Self {
        Self {
            kind,
            to: to.into(),
            line: String::new(),
            leaves: None,
            arrives: None,
        }
    }
}

/// Where a parcel goes next that lies at a place now.
#[must_use]
pub fn direction(
    (world, board): (&World, &Board),
    (group, of, parcel): (&Group, &Fulfillment, &Parcel),
    (place, now): (LocationId, i64),
) -> Direction {
    let status = parcel.status();
    let is_over = matches!(
        of.state,
        FulfillmentState::Canceled | FulfillmentState::Delivered
    );
    if is_over || status == TrackingStatus::Delivered {
        return Direction::of(DirectionKind::Done, "");
    }
    if status == TrackingStatus::ReturnToSender {
        let from = world.location(of.location).map(|l| l.name.clone());
        return Direction::of(DirectionKind::Back, from.unwrap_or_default());
    }
    if status == TrackingStatus::OnHold {
        return Direction::of(DirectionKind::Held, "");
    }
    if let Some(found) = in_round(world, of) {
        return found;
    }
    let to = group.destination.as_deref();
    let sending = Sending {
        country: to.and_then(|to| to.country).unwrap_or(group.tax_country),
        postal_code: to.map_or("", |to| to.postal_code.as_str()),
        level: "",
        place,
        grams: parcel.weight_grams,
        at: now,
    };
    let onward = board.onward(world, (parcel.carrier, &parcel.service), &sending);
    let carrier = world.carrier(parcel.carrier);
    if let Some(carrier) = carrier.filter(|c| !c.own_fleet) {
        let mut found = Direction::of(DirectionKind::Carrier, carrier.name.clone());
        if let Some(onward) = onward {
            (found.line, found.leaves) = (onward.line, Some(onward.leaves));
            found.arrives = Some(onward.arrives);
        }
        return found;
    }
    match onward {
        Some(onward) => Direction {
            kind: match onward.to.is_empty() {
                true => DirectionKind::Tour,
                false => DirectionKind::Line,
            },
            to: place_name(world, onward.to),
            line: onward.line,
            leaves: Some(onward.leaves),
            arrives: Some(onward.arrives),
        },
        None => Direction::of(DirectionKind::Unknown, ""),
    }
}

/// The round that a parcel is in.
fn in_round(world: &World, of: &Fulfillment) -> Option<Direction> {
    let book = world.round_book()?;
    let id = book.round_of(of.id)?;
    let entry = book.open.iter().find(|entry| entry.round == id)?;
    let courier = entry.courier.and_then(|id| world.operator(id));
    let name = courier.map_or_else(String::new, |courier| courier.name.clone());
    Some(Direction::of(DirectionKind::Round, name))
}

/// What a place of a timetable is called: the shop's own by their names, hubs of carriers by their codes.
fn place_name(world: &World, code: String) -> String {
    let own = world.locations().find(|location| location.code == code);
    own.map_or(code, |location| location.name.clone())
}

/// The numbers that a label may mean, as scanners and people read them.
///
/// Scanners put a symbology identifier before what they read (`]C1`, ISO/IEC 15424) and pass on the separators of GS1
/// element strings; an SSCC follows its application identifier 00 (GS1 General Specifications, 3.2).
#[must_use]
pub fn numbers(label: &str) -> Vec<String> {
    let mut read = label.trim();
    if let Some(rest) = read.strip_prefix(']') {
        read = rest.get(2..).unwrap_or_default();
    }
    let is_kept = |c: &char| !c.is_whitespace() && !c.is_control() && !matches!(c, '(' | ')');
    let plain: String = read.chars().filter(is_kept).collect();
    let plain = plain.to_uppercase();
    let sscc = plain.strip_prefix("00").filter(|rest| {
        rest.len() == SSCC_DIGITS && rest.bytes().all(|digit| digit.is_ascii_digit())
    });
    let mut found: Vec<String> = sscc.map(str::to_owned).into_iter().collect();
    for other in [plain.clone(), label.trim().to_owned()] {
        if !other.is_empty() && !found.contains(&other) {
            found.push(other);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn labels_are_read_as_scanners_and_people_read_them() {
        let sscc = "340123450000000018";
        for label in [
            "340123450000000018",
            "00340123450000000018",
            "]C100340123450000000018",
            "]d200340123450000000018\u{1d}",
            "(00) 3 4012345 000000001 8",
        ] {
            assert!(numbers(label).iter().any(|n| n == sscc), "{label}");
        }
        assert_eq!(numbers(" rr 12345678 5 de")[0], "RR123456785DE");
        // A carrier's own number of twenty digits that happens to begin like one.
        assert!(numbers("00340123450000000018").contains(&"00340123450000000018".to_owned()));
        assert!(numbers(" \u{1d} ").iter().all(|n| !n.is_empty()));
        assert!(numbers("]").is_empty() || numbers("]") == ["]"]);
        assert_eq!(numbers("]ü").len(), 1);
    }
}
