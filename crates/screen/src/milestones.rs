//! Milestones: amounts that are worth a cheer, with the moment at which the day reached them.

use commerce::money::Currency;

/// Milestones of a day at most.
pub const MILESTONES_MAX: usize = 50;
/// The first of those that nobody chose, in whole units.
const FIRST: i64 = 1_000;
/// The last of them: what the largest day in retail came to, rounded up.
const LAST: i64 = 500_000_000_000;

/// Amounts in whole units of a currency, rising.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestones(Vec<i64>);

/// A milestone that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Minor units.
    pub amount: i64,
    /// When, in UTC milliseconds.
    pub at: i64,
}

impl Default for Milestones {
    /// 1,000, 2,000, 5,000, 10,000 and so on.
    fn default() -> Self {
        let mut all = Vec::new();
        let mut unit = FIRST;
        while unit <= LAST {
            all.extend(
                [unit, 2 * unit, 5 * unit]
                    .into_iter()
                    .filter(|n| *n <= LAST),
            );
            unit *= 10;
        }
        Self(all)
    }
}

impl Milestones {
    /// The milestones that somebody chose, in whole units.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn of(amounts: &[i64]) -> Result<Self, String> {
        let rise = amounts.windows(2).all(|pair| pair[0] < pair[1]);
        let fit = amounts.iter().all(|n| (1..=LAST).contains(n));
        if amounts.is_empty() || amounts.len() > MILESTONES_MAX || !rise || !fit {
            return Err(format!(
                "it must be 1 to {MILESTONES_MAX} whole amounts that rise, up to {LAST}"
            ));
        }
        Ok(Self(amounts.to_vec()))
    }

    /// The one after the first `reached`, in minor units of a currency.
    pub fn next(&self, reached: usize, currency: Currency) -> Option<i64> {
        let unit = 10_i64.pow(currency.exponent());
        self.0.get(reached).map(|whole| whole * unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milestones_rise_and_are_few() {
        let euro = Currency::parse("EUR").expect("a currency");
        let yen = Currency::parse("JPY").expect("a currency");
        let all = Milestones::default();
        assert!(all.0.len() <= MILESTONES_MAX && all.0.is_sorted());
        assert_eq!(
            (all.next(0, euro), all.next(4, yen)),
            (Some(100_000), Some(20_000))
        );
        assert_eq!(all.next(all.0.len(), euro), None);
        assert!(Milestones::of(&[10, 20]).is_ok());
        for bad in [&[][..], &[0], &[2, 1], &[5, 5], &[i64::MAX]] {
            assert!(Milestones::of(bad).is_err(), "{bad:?}");
        }
    }
}
