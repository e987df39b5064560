//! What identifies a parcel: numbers from a carrier's pool, each given once and never again.
//!
//! Sources: SSCC-18 is GS1 General Specifications 3.3 with the check digit of 7.9; S10 is UPU standard S10-12, annex A.

use crate::code::Country;
use crate::id::CarrierId;
use crate::limits;
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How a carrier's numbers are made of serials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// The GS1 serial shipping container code, 18 digits.
    Sscc {
        /// The digit before the prefix, 0 to 9.
        extension: u8,
        /// The company's GS1 prefix, 4 to 12 digits.
        prefix: String,
    },
    /// The postal identifier of the UPU, such as `RR473124829GB`.
    S10 {
        /// Two letters that say which service.
        service: String,
        /// The country of the post that issues it.
        country: Country,
    },
    /// A carrier's own: a prefix, digits, maybe a check digit.
    Plain {
        /// Capitals and digits before the serial; may be empty.
        prefix: String,
        /// Digits of the serial, 4 to 15.
        digits: u8,
        /// What follows it.
        check: CheckDigit,
    },
    /// The carrier gives them, when it is told of a parcel. Serials only count how many it gave.
    Given,
}

/// What follows a serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckDigit {
    /// Nothing.
    None,
    /// The GS1 check digit of the digits before it.
    Mod10,
}

/// Digits that count what carriers gave.
const GIVEN_DIGITS: usize = 15;
/// Digits of an SSCC before its check digit, without the extension.
const SSCC_DIGITS: usize = 16;

impl Numbering {
    /// Whether numbers can be made in this way.
    ///
    /// # Errors
    /// `field_invalid`.
    pub fn check(&self) -> Result<(), Refusal> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let is_sound = match self {
            Numbering::Sscc { extension, prefix } => {
                *extension <= 9 && (4..=12).contains(&prefix.len()) && digits(prefix)
            }
            Numbering::S10 { service, .. } => {
                service.len() == 2 && service.bytes().all(|b| b.is_ascii_uppercase())
            }
            Numbering::Plain { prefix, digits, .. } => {
                let is_one = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
                prefix.len() <= limits::NUMBER_PREFIX_MAX
                    && prefix.bytes().all(is_one)
                    && (4..=15).contains(digits)
            }
            Numbering::Given => true,
        };
        if is_sound {
            Ok(())
        } else {
            Err(Refusal::FieldInvalid { field: "numbering" })
        }
    }

    /// How many serials there are, from 0 on.
    pub fn serials(&self) -> u64 {
        let digits = match self {
            Numbering::Sscc { prefix, .. } => SSCC_DIGITS - prefix.len(),
            Numbering::S10 { .. } => 8,
            Numbering::Plain { digits, .. } => usize::from(*digits),
            Numbering::Given => GIVEN_DIGITS,
        };
        10u64.pow(u32::try_from(digits).expect("at most 15"))
    }

    /// The number with a serial, which is below [`Numbering::serials`], where it is made of one.
    pub fn number(&self, serial: u64) -> String {
        assert!(serial < self.serials(), "a serial has its digits");
        assert!(*self != Numbering::Given, "the carrier gives it");
        match self {
            Numbering::Sscc { extension, prefix } => {
                let width = SSCC_DIGITS - prefix.len();
                let digits = format!("{extension}{prefix}{serial:0width$}");
                let check = mod10(&digits);
                format!("{digits}{check}")
            }
            Numbering::S10 { service, country } => {
                let check = s10_check(serial);
                format!("{service}{serial:08}{check}{country}")
            }
            Numbering::Plain {
                prefix,
                digits,
                check,
            } => {
                let width = usize::from(*digits);
                let text = format!("{prefix}{serial:0width$}");
                match check {
                    CheckDigit::None => text,
                    CheckDigit::Mod10 => {
                        let check = mod10(&text);
                        format!("{text}{check}")
                    }
                }
            }
            Numbering::Given => String::new(),
        }
    }
}

/// The GS1 check digit of what stands before it: weights 3 and 1 from the right. Letters count nothing.
pub fn mod10(text: &str) -> u64 {
    let weighed = text.bytes().rev().enumerate().map(|(place, byte)| {
        let digit = if byte.is_ascii_digit() {
            u64::from(byte - b'0')
        } else {
            0
        };
        digit * if place % 2 == 0 { 3 } else { 1 }
    });
    (10 - weighed.sum::<u64>() % 10) % 10
}

/// The check digit of an S10 identifier: weights 8 6 4 2 3 5 9 7; 11 less the rest by 11, where 10 is 0 and 11 is 5.
fn s10_check(serial: u64) -> u64 {
    const WEIGHTS: [u64; 8] = [7, 9, 5, 3, 2, 4, 6, 8];
    let mut rest = serial;
    let mut sum = 0;
    for weight in WEIGHTS {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit => digit,
    }
}

/// Serials that a carrier leased to the shop, or that the shop gives itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The first serial.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// The next one to be given: `first` when it is fresh, `last + 1` when it is used up.
    pub next: u64,
}

impl Block {
    /// A fresh one.
    pub fn fresh(first: u64, last: u64) -> Self {
        Self {
            first,
            last,
            next: first,
        }
    }

    /// Serials that are left.
    pub fn left(&self) -> u64 {
        self.last + 1 - self.next
    }
}

/// The numbers of one carrier, and how many of its parcels were booked on its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Whose.
    pub carrier: CarrierId,
    /// Used from the front.
    pub blocks: Vec<Block>,
    /// The last day on which something was booked, as `yyyymmdd`; 0 for none.
    pub day: u32,
    /// Parcels that were booked on it and not canceled.
    pub booked: u32,
}

impl Pool {
    /// Of a carrier that has none yet.
    pub fn empty(carrier: CarrierId) -> Self {
        Self {
            carrier,
            blocks: Vec::new(),
            day: 0,
            booked: 0,
        }
    }

    /// Numbers that are left.
    pub fn left(&self) -> u64 {
        self.blocks.iter().map(Block::left).sum()
    }

    /// Numbers that were given.
    pub fn given(&self) -> u64 {
        self.blocks.iter().map(|b| b.next - b.first).sum()
    }

    /// The next serial, which is never given again; `None` when all were.
    pub fn take(&mut self) -> Option<u64> {
        let block = self.blocks.iter_mut().find(|b| b.left() > 0)?;
        let serial = block.next;
        if !(planted::is(Fault::NumberGivenTwice) && serial.is_multiple_of(10)) {
            block.next += 1;
        }
        Some(serial)
    }

    /// Parcels that were booked on a day.
    pub fn booked_on(&self, day: u32) -> u32 {
        if day <= self.day { self.booked } else { 0 }
    }

    /// Counts a parcel on a day. A day before the last one counts as the last: a clock that jumps back opens no quota.
    pub fn count(&mut self, day: u32) {
        self.booked = self.booked_on(day) + 1;
        self.day = self.day.max(day);
    }

    /// Takes a parcel of a day out of the count again.
    pub fn uncount(&mut self, day: u32) {
        if day == self.day {
            self.booked = self.booked.saturating_sub(1);
        }
    }

    /// Replaces its blocks: what was given out of one stays given.
    ///
    /// Checks: how many there are, their order and that they lie apart, that serials have their digits, and that no
    /// serial comes back that was given: a block that has given some keeps its first serial, and does not end before them.
    ///
    /// # Errors
    /// `field_invalid`.
    pub fn set_blocks(&mut self, blocks: &[(u64, u64)], serials: u64) -> Result<(), Refusal> {
        let invalid = Err(Refusal::FieldInvalid { field: "blocks" });
        if blocks.len() > limits::NUMBER_BLOCKS_MAX {
            return invalid;
        }
        if blocks
            .iter()
            .any(|&(first, last)| first > last || last >= serials)
        {
            return invalid;
        }
        let mut sorted = blocks.to_vec();
        sorted.sort_unstable();
        if sorted.windows(2).any(|two| two[0].1 >= two[1].0) {
            return invalid;
        }
        let given: Vec<Block> = self
            .blocks
            .iter()
            .copied()
            .filter(|b| b.next > b.first)
            .collect();
        let mut kept = Vec::with_capacity(blocks.len());
        for &(first, last) in blocks {
            let block = match given.iter().find(|b| b.first == first) {
                Some(known) if last + 1 >= known.next => Block { last, ..*known },
                Some(_) => return invalid,
                None if given.iter().any(|b| first < b.next && last >= b.first) => return invalid,
                None => Block::fresh(first, last),
            };
            kept.push(block);
        }
        let is_kept = |b: &Block| kept.iter().any(|k| k.first == b.first);
        if !given.iter().all(is_kept) {
            return invalid;
        }
        self.blocks = kept;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_their_standards() {
        // The examples of GS1's check digit calculator page, of UPU S10-12 (RR 473124829 GB), and one with letters.
        let sscc = Numbering::Sscc {
            extension: 1,
            prefix: "0614141".into(),
        };
        assert_eq!(sscc.number(234_567_890), "106141412345678908");
        let gb = Country::parse("GB").expect("a country");
        let s10 = Numbering::S10 {
            service: "RR".into(),
            country: gb,
        };
        assert_eq!(s10.number(47_312_482), "RR473124829GB");
        let plain = Numbering::Plain {
            prefix: "SE".into(),
            digits: 9,
            check: CheckDigit::Mod10,
        };
        assert_eq!(plain.number(1), "SE0000000017");
        assert_eq!(
            (sscc.serials(), s10.serials()),
            (1_000_000_000, 100_000_000)
        );
    }

    fn pool(blocks: &[(u64, u64)]) -> Pool {
        let mut pool = Pool::empty(CarrierId(1 << 8));
        pool.set_blocks(blocks, 1_000).expect("sound blocks");
        pool
    }

    #[test]
    fn a_serial_is_given_once_and_a_dry_pool_gives_none() {
        let mut pool = pool(&[(10, 12), (0, 1)]);
        let given: Vec<u64> = core::iter::from_fn(|| pool.take()).collect();
        assert_eq!(given, [10, 11, 12, 0, 1]);
        assert_eq!((pool.left(), pool.take()), (0, None));
        // A further block at the end; those before stay used up.
        pool.set_blocks(&[(10, 12), (0, 1), (500, 999)], 1_000)
            .expect("added");
        assert_eq!((pool.take(), pool.left()), (Some(500), 499));
    }

    #[test]
    fn blocks_that_would_give_a_number_twice_are_refused() {
        let mut pool = pool(&[(10, 99)]);
        let taken: Vec<u64> = (0..5).filter_map(|_| pool.take()).collect();
        assert_eq!(taken, [10, 11, 12, 13, 14]);
        for bad in [
            &[][..],                // what was given is forgotten
            &[(10, 13)],            // ends before what was given
            &[(11, 99)],            // begins within what was given
            &[(10, 99), (99, 120)], // lie over one another
            &[(10, 1_000)],         // has more digits than there are
            &[(10, 99), (200, 150)],
        ] {
            assert!(pool.set_blocks(bad, 1_000).is_err(), "{bad:?}");
        }
        pool.set_blocks(&[(10, 14), (300, 310)], 1_000)
            .expect("cut to what was given");
        assert_eq!(pool.take(), Some(300));
    }

    #[test]
    fn a_day_counts_its_parcels_and_a_clock_that_jumps_back_opens_no_quota() {
        let mut pool = pool(&[(0, 99)]);
        pool.count(20_261_111);
        pool.count(20_261_111);
        pool.count(20_261_110);
        assert_eq!(pool.booked_on(20_261_111), 3);
        pool.uncount(20_261_111);
        pool.uncount(20_261_110);
        assert_eq!(pool.booked_on(20_261_111), 2);
        assert_eq!(pool.booked_on(20_261_112), 0);
        pool.count(20_261_112);
        assert_eq!((pool.day, pool.booked), (20_261_112, 1));
    }
}
