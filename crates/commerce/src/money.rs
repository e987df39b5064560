//! Money as a checked integer of minor units with its currency, and the few divisions that money needs.
//!
//! No float comes near it. Every division names its rounding and where the remainder goes.

use crate::code::CurrencyCode;
use crate::limits::AMOUNT_MAX;
use alloc::vec::Vec;

/// A currency as ISO 4217; the exponent says how many digits its minor unit has.
pub type Currency = CurrencyCode;

const NO_MINOR_UNIT: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XPF",
];
const THREE_DIGITS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl CurrencyCode {
    /// Digits of the minor unit: 2 for most, 0 for the yen, 3 for some dinars (ISO 4217, table A.1).
    pub fn exponent(self) -> u32 {
        let code = self.as_str();
        if NO_MINOR_UNIT.contains(&code) {
            0
        } else if THREE_DIGITS.contains(&code) {
            3
        } else {
            2
        }
    }
}

/// An amount in minor units of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// Minor units: cents for EUR, yen for JPY.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads a decimal amount such as `2.95` exactly; `None` for more digits than the currency has,
    /// signs, exponents, blanks, or an amount over the limit.
    pub fn parse_decimal(text: &str, currency: Currency) -> Option<Self> {
        let exponent = currency.exponent();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !digits(whole)
            || !digits(fraction)
            || fraction.len() > exponent as usize
        {
            return None;
        }
        let mut minor: i64 = 0;
        let padding = core::iter::repeat_n(b'0', exponent as usize - fraction.len());
        for byte in whole.bytes().chain(fraction.bytes()).chain(padding) {
            minor = minor.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
        }
        (minor <= AMOUNT_MAX).then_some(Self { minor, currency })
    }

    /// The decimal form without the currency: `2.95`, `1234` for yen.
    pub fn decimal(self) -> alloc::string::String {
        let exponent = self.currency.exponent() as usize;
        let unit = 10_u64.pow(exponent as u32);
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        if exponent == 0 {
            return alloc::format!("{sign}{minor}");
        }
        alloc::format!("{sign}{}.{:0exponent$}", minor / unit, minor % unit)
    }
}

/// `value × numerator / denominator`, half away from zero. The operands are bounded by the limits of
/// the core, so the 128-bit product cannot overflow.
pub fn scale(value: i64, numerator: i64, denominator: i64) -> i64 {
    assert!(
        denominator > 0 && numerator >= 0,
        "a scale is a non-negative fraction"
    );
    // Most amounts are small, and dividing 64 bits takes a fraction of the time.
    if let Some(product) = value.checked_mul(numerator)
        && let Some(rounded) = product.checked_add(product.signum() * (denominator / 2))
    {
        return rounded / denominator;
    }
    let product = i128::from(value) * i128::from(numerator);
    let denominator = i128::from(denominator);
    let half = if product >= 0 {
        denominator / 2
    } else {
        -(denominator / 2)
    };
    i64::try_from((product + half) / denominator).expect("bounded operands")
}

/// Parts per million of one: the unit of tax and discount rates.
pub const PPM: i64 = 1_000_000;

/// The tax contained in a gross amount, half away from zero; the net is the rest.
pub fn tax_included(gross: i64, rate_ppm: u32) -> i64 {
    scale(gross, i64::from(rate_ppm), PPM + i64::from(rate_ppm))
}

/// The tax to add to a net amount, half away from zero.
pub fn tax_added(net: i64, rate_ppm: u32) -> i64 {
    scale(net, i64::from(rate_ppm), PPM)
}

/// Splits `total` over `weights` so that the parts add up to it exactly: each gets the floor of its
/// share, and the units that remain go to the largest remainders, the earlier one first on a tie.
/// All weights zero: the first part takes all.
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    assert!(
        total >= 0 && weights.iter().all(|&w| w >= 0),
        "shares are of non-negative amounts"
    );
    if let [_] = weights {
        return alloc::vec![total];
    }
    let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    if sum == 0 {
        let mut parts = alloc::vec![0; weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return parts;
    }
    let share = |w: i64| (i128::from(total) * i128::from(w)).div_euclid(sum) as i64;
    let remainder = |w: i64| (i128::from(total) * i128::from(w)).rem_euclid(sum);
    let mut parts: Vec<i64> = weights.iter().map(|&w| share(w)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| (core::cmp::Reverse(remainder(weights[i])), i));
    if crate::planted::is(crate::planted::Fault::DiscountLeak) {
        return parts;
    }
    let missing = total - parts.iter().sum::<i64>();
    for &i in order.iter().take(missing as usize) {
        parts[i] += 1;
    }
    debug_assert_eq!(parts.iter().sum::<i64>(), total);
    parts
}

/// What units `done` to `done + more` out of `of` are worth of `total`: the difference of two
/// cumulative shares, so that any sequence of parts adds up to `total` exactly.
pub fn portion(total: i64, done: u32, more: u32, of: u32) -> i64 {
    assert!(
        of > 0 && done + more <= of,
        "a portion lies within its whole"
    );
    let upto = |n: u32| scale(total, i64::from(n), i64::from(of));
    upto(done + more) - upto(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EUR: Currency = Currency::parse("EUR").expect("a code");
    const JPY: Currency = Currency::parse("JPY").expect("a code");

    #[test]
    fn decimal_amounts_are_exact_or_refused() {
        for (text, currency, minor) in [
            ("2.95", EUR, Some(295)),
            ("2.9", EUR, Some(290)),
            ("3", EUR, Some(300)),
            ("0.00", EUR, Some(0)),
            ("120", JPY, Some(120)),
            ("2.955", EUR, None),
            ("1.5", JPY, None),
            ("-1", EUR, None),
            ("1e3", EUR, None),
            ("", EUR, None),
            (".5", EUR, None),
            ("99999999999999999999", EUR, None),
        ] {
            let read = Money::parse_decimal(text, currency);
            assert_eq!(read.map(|m| m.minor), minor, "{text}");
            if let Some(money) = read {
                assert_eq!(
                    Money::parse_decimal(&money.decimal(), currency),
                    Some(money)
                );
            }
        }
    }

    proptest! {
        #[test]
        fn parts_add_up(total in 0..1_000_000_000i64, weights in prop::collection::vec(0..1_000_000i64, 1..20)) {
            let parts = allocate(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().all(|&p| p >= 0));
        }

        #[test]
        fn portions_add_up(total in 0..1_000_000_000i64, of in 1..1000u32, cut in 0..1000u32) {
            let cut = cut % (of + 1);
            prop_assert_eq!(portion(total, 0, cut, of) + portion(total, cut, of - cut, of), total);
        }

        #[test]
        fn portions_of_any_sequence_add_up(total in 0..1_000_000_000i64, parts in prop::collection::vec(1..50u32, 1..20)) {
            let of = parts.iter().sum();
            let mut done = 0;
            let mut sum = 0;
            for &part in &parts {
                let worth = portion(total, done, part, of);
                prop_assert!(worth >= 0);
                sum += worth;
                done += part;
            }
            prop_assert_eq!(sum, total);
        }

        #[test]
        fn no_part_is_a_whole_unit_off_its_share(total in 0..1_000_000_000i64, weights in prop::collection::vec(0..1_000_000i64, 1..20)) {
            let sum: i64 = weights.iter().sum();
            for (part, weight) in allocate(total, &weights).into_iter().zip(weights).filter(|_| sum > 0) {
                let off = i128::from(part) * i128::from(sum) - i128::from(total) * i128::from(weight);
                prop_assert!(off.abs() < i128::from(sum));
            }
        }

        #[test]
        fn included_tax_is_the_added_tax_of_the_net(gross in 0..100_000_000i64, rate in 0..500_000u32) {
            let tax = tax_included(gross, rate);
            prop_assert!((tax_added(gross - tax, rate) - tax).abs() <= 1);
        }
    }
}
