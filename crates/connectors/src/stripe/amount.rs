//! Amounts between our minor units and Stripe's.
//!
//! Stripe takes the ISO 4217 minor unit, with exceptions: some currencies kept the two digits they once had, one lost
//! them, and amounts with three digits must end in zero. An amount that Stripe cannot express is refused, never rounded.
//! Source: Stripe's documentation, "Supported currencies", special cases.

use commerce::money::Currency;

/// Currencies without a minor unit that Stripe still counts in hundredths.
const COUNTED_IN_HUNDREDTHS: [&str; 2] = ["ISK", "UGX"];

/// Currencies with a minor unit that Stripe counts in whole units.
const COUNTED_IN_WHOLE_UNITS: [&str; 1] = ["MGA"];

/// Our minor units as Stripe counts them; `None` for what Stripe cannot express.
pub fn to_stripe(amount_minor: i64, currency: Currency) -> Option<i64> {
    let code = currency.as_str();
    if COUNTED_IN_HUNDREDTHS.contains(&code) {
        amount_minor.checked_mul(100)
    } else if COUNTED_IN_WHOLE_UNITS.contains(&code) {
        (amount_minor % 100 == 0).then_some(amount_minor / 100)
    } else if currency.exponent() == 3 {
        (amount_minor % 10 == 0).then_some(amount_minor)
    } else {
        Some(amount_minor)
    }
}

/// Stripe's count as our minor units; `None` for a fraction that we don't have.
pub fn from_stripe(amount: i64, currency: Currency) -> Option<i64> {
    let code = currency.as_str();
    if COUNTED_IN_HUNDREDTHS.contains(&code) {
        (amount % 100 == 0).then_some(amount / 100)
    } else if COUNTED_IN_WHOLE_UNITS.contains(&code) {
        amount.checked_mul(100)
    } else {
        Some(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_currency_is_counted_as_stripe_does() {
        for (currency, ours, stripes) in [
            ("EUR", 1290, Some(1290)),
            ("JPY", 500, Some(500)),
            ("KRW", 12_000, Some(12_000)),
            ("KWD", 5_120, Some(5_120)),
            ("KWD", 5_124, None),
            ("TND", 10, Some(10)),
            ("ISK", 5, Some(500)),
            ("UGX", 5, Some(500)),
            ("MGA", 500, Some(5)),
            ("MGA", 501, None),
            ("ISK", i64::MAX, None),
        ] {
            let code = Currency::parse(currency).expect("a code");
            assert_eq!(to_stripe(ours, code), stripes, "{ours} {currency}");
            if let Some(stripes) = stripes {
                assert_eq!(
                    from_stripe(stripes, code),
                    Some(ours),
                    "{stripes} {currency}"
                );
            }
        }
        let krona = Currency::parse("ISK").expect("a code");
        assert_eq!(from_stripe(501, krona), None);
    }
}
