//! Global Trade Item Numbers: 8, 12, 13 or 14 digits with a GS1 mod-10 check digit.

use core::fmt;

/// A GTIN with a verified check digit, held as 14 digits (GS1 General Specifications, 7.9).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Gtin(u64);

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits; `None` for another length, a non-digit or a wrong check digit.
    pub fn parse(text: &str) -> Option<Self> {
        if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = text.bytes().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        let sum: u64 = text
            .bytes()
            .rev()
            .enumerate()
            .map(|(i, b)| u64::from(b - b'0') * if i % 2 == 1 { 3 } else { 1 })
            .sum();
        (number > 0 && sum.is_multiple_of(10)).then_some(Self(number))
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn check_digit_decides() {
        assert_eq!(
            Gtin::parse("4006381333931").expect("valid").to_string(),
            "04006381333931"
        );
        assert_eq!(Gtin::parse("96385074"), Gtin::parse("00000096385074"));
        for bad in [
            "4006381333932",
            "",
            "400638133393",
            "40063813339a1",
            "0000000000000",
        ] {
            assert_eq!(Gtin::parse(bad), None, "{bad}");
        }
    }
}
