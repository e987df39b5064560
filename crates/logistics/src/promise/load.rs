//! How much of the timetable has been promised. Nothing is promised that is not there: what a promise takes is taken whole
//! or not at all, and given back no more often than it was taken.

use super::network::{Network, Seat};
use super::profile::Room;
use alloc::vec::Vec;
use core::fmt;

/// What is left of each run, tour and programme's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    // By the seat's number. Below zero where a table was changed to less than had been promised.
    left: Vec<i32>,
    first_day: i32,
}

/// Why seats are not taken, or not given back. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadError {
    /// No parcel fits there any more.
    Full(Seat),
    /// More would be given back than was taken.
    NotTaken(Seat),
    /// The timetable has no such row or day.
    Unknown(Seat),
    /// This load belongs to another timetable.
    OtherNetwork,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seat = |f: &mut fmt::Formatter<'_>, seat: &Seat| {
            let name = seat.table.name();
            write!(f, "{name}, row {}, day {}: ", seat.row, seat.day)
        };
        match self {
            Self::Full(at) => seat(f, at).and_then(|()| f.write_str("full")),
            Self::NotTaken(at) => {
                seat(f, at).and_then(|()| f.write_str("more given back than was taken"))
            }
            Self::Unknown(at) => seat(f, at).and_then(|()| f.write_str("not in this timetable")),
            Self::OtherNetwork => f.write_str("the load belongs to another timetable"),
        }
    }
}

impl core::error::Error for LoadError {}

impl Load {
    /// Nothing is promised yet. Four bytes for each row and day.
    pub fn new(network: &Network) -> Self {
        Self {
            left: network.capacities(),
            first_day: network.input().first_day,
        }
    }

    /// What was promised on one timetable, on the timetable that follows it; linear in the seats. `row` says which row a
    /// row has become; what has none, or lies on a day that the new timetable has not, is forgotten. A row that takes less
    /// than was promised on it takes nothing until enough is given back.
    pub fn carried(
        &self,
        old: &Network,
        new: &Network,
        mut row: impl FnMut(Seat) -> Option<u32>,
    ) -> Self {
        let mut carried = Self::new(new);
        for (number, (left, capacity)) in self.left.iter().zip(old.capacities()).enumerate() {
            let promised = capacity - left;
            if promised == 0 {
                continue;
            }
            let seat = old.seat(number as u32);
            let seat = row(seat).map(|row| Seat { row, ..seat });
            if let Some(number) = seat.and_then(|seat| new.seat_number(seat)) {
                carried.left[number as usize] -= promised;
            }
        }
        carried
    }

    pub(super) fn belongs_to(&self, network: &Network) -> bool {
        self.first_day == network.input().first_day && self.left.len() == network.seats()
    }

    pub(super) fn room<'a>(&'a self, taken: &'a [u32]) -> Room<'a> {
        Room {
            left: &self.left,
            taken,
        }
    }

    /// How many parcels still fit.
    ///
    /// # Errors
    /// [`LoadError::Unknown`], [`LoadError::OtherNetwork`].
    pub fn left(&self, network: &Network, seat: Seat) -> Result<u32, LoadError> {
        let number = self.number(network, seat)?;
        Ok(u32::try_from(self.left[number]).unwrap_or(0))
    }

    /// Takes one parcel's room on each of the seats, one that is named twice twice.
    ///
    /// # Errors
    /// [`LoadError::Full`], [`LoadError::Unknown`], [`LoadError::OtherNetwork`].
    pub fn take(&mut self, network: &Network, seats: &[Seat]) -> Result<(), LoadError> {
        self.change(network, seats, |left, _| {
            let room = *left > 0;
            *left -= i32::from(room);
            room.then_some(()).ok_or(LoadError::Full as _)
        })
    }

    /// Gives back what was taken.
    ///
    /// # Errors
    /// [`LoadError::NotTaken`], [`LoadError::Unknown`], [`LoadError::OtherNetwork`].
    pub fn give_back(&mut self, network: &Network, seats: &[Seat]) -> Result<(), LoadError> {
        self.change(network, seats, |left, capacity| {
            let is_taken = *left < capacity;
            *left += i32::from(is_taken);
            is_taken.then_some(()).ok_or(LoadError::NotTaken as _)
        })
    }

    // All of it, or nothing.
    fn change(
        &mut self,
        network: &Network,
        seats: &[Seat],
        mut one: impl FnMut(&mut i32, i32) -> Result<(), fn(Seat) -> LoadError>,
    ) -> Result<(), LoadError> {
        let mut before = Vec::with_capacity(seats.len());
        for seat in seats {
            let changed = self.number(network, *seat).and_then(|number| {
                before.push((number, self.left[number]));
                let capacity = network.capacity(*seat) as i32;
                one(&mut self.left[number], capacity).map_err(|wrong| wrong(*seat))
            });
            if let Err(error) = changed {
                for (number, left) in before.into_iter().rev() {
                    self.left[number] = left;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn number(&self, network: &Network, seat: Seat) -> Result<usize, LoadError> {
        if !self.belongs_to(network) {
            return Err(LoadError::OtherNetwork);
        }
        let number = network.seat_number(seat);
        number
            .map(|number| number as usize)
            .ok_or(LoadError::Unknown(seat))
    }
}
