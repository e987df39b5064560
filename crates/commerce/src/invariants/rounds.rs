//! Invariant 14: couriers' rounds and the book of those that are open.

use super::{Broken, ensure};
use crate::limits;
use crate::round::{Round, RoundBook, RoundState};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

/// Invariant 14 within one round: parcels are in it once, all stops are visited once, each thing was said once, and no
/// more wrong codes counted than may be.
///
/// # Errors
/// When it does not hold.
pub fn check_round(round: &Round) -> Result<(), Broken> {
    let once = |mut all: Vec<u64>| {
        let all_of_them = all.len();
        all.sort_unstable();
        all.dedup();
        all.len() == all_of_them
    };
    let parcels = round.parcels().map(|p| p.fulfillment.0).collect();
    ensure(14, once(parcels), || {
        format!("{}: a parcel twice", round.id)
    })?;
    let mut order = round.order.clone();
    order.sort_unstable();
    let mut stops: Vec<u16> = round.stops.iter().map(|s| s.number).collect();
    stops.sort_unstable();
    let numbers = stops.iter().map(|n| u64::from(*n)).collect();
    ensure(14, once(numbers) && order == stops, || {
        format!("{}: stops {stops:?}, visited {order:?}", round.id)
    })?;
    for parcel in round.parcels() {
        let said = parcel.said.iter().map(|s| s.key).collect();
        ensure(14, once(said), || {
            format!("{}: something twice of {}", round.id, parcel.number)
        })?;
        let wrong = parcel.wrong_codes;
        ensure(14, wrong <= limits::ROUND_WRONG_CODES_MAX, || {
            format!("{}: {wrong} wrong codes of {}", round.id, parcel.number)
        })?;
    }
    Ok(())
}

/// Invariant 14 over all rounds and then the book of open ones.
#[derive(Debug, Default)]
pub struct RoundTally {
    open: RoundBook,
}

impl RoundTally {
    /// Takes in a round.
    ///
    /// # Errors
    /// When it is not sound.
    pub fn round(&mut self, round: &Round) -> Result<(), Broken> {
        if round.state != RoundState::Closed {
            self.open.put(round.entry());
        }
        check_round(round)
    }

    /// All rounds were given.
    ///
    /// # Errors
    /// When the book has other rounds than are open, other parcels than are in them, or one parcel twice.
    pub fn finish(self, book: Option<&RoundBook>) -> Result<(), Broken> {
        let none = RoundBook::default();
        let (open, book) = (self.open, book.unwrap_or(&none));
        ensure(14, open == *book, || {
            format!("open rounds {:?}, in the book {:?}", open.open, book.open)
        })?;
        let mut seen = BTreeMap::new();
        for round in &book.open {
            for parcel in &round.parcels {
                let before = seen.insert(*parcel, round.round);
                ensure(14, before.is_none(), || {
                    format!("{parcel} is in {} and in {before:?}", round.round)
                })?;
            }
        }
        Ok(())
    }
}
