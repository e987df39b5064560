//! Code 128 (ISO/IEC 15417): texts of printable ASCII, and GS1-128, which has FNC1 behind its start.
//!
//! Digits at the beginning are in code set C, two to a symbol, all else in B. From B it never goes back to C, though the
//! standard's own rule would, which saves a few symbols: some that understand ZPL do not know that switch (zebrash takes it
//! for another function), and the numbers of parcels are short.

/// Widths of bar, space, bar, … per symbol value, in modules; the last one is the stop pattern.
const PATTERNS: [&[u8]; 107] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312",
    b"132212", b"221213", b"221312", b"231212", b"112232", b"122132", b"122231", b"113222",
    b"123122", b"123221", b"223211", b"221132", b"221231", b"213212", b"223112", b"312131",
    b"311222", b"321122", b"321221", b"312212", b"322112", b"322211", b"212123", b"212321",
    b"232121", b"111323", b"131123", b"131321", b"112313", b"132113", b"132311", b"211313",
    b"231113", b"231311", b"112133", b"112331", b"132131", b"113123", b"113321", b"133121",
    b"313121", b"211331", b"231131", b"213113", b"213311", b"213131", b"311123", b"311321",
    b"331121", b"312113", b"312311", b"332111", b"314111", b"221411", b"431111", b"111224",
    b"111422", b"121124", b"121421", b"141122", b"141221", b"112214", b"112412", b"122114",
    b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111",
    b"111242", b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112",
    b"421211", b"212141", b"214121", b"412121", b"111143", b"111341", b"131141", b"114113",
    b"114311", b"411113", b"411311", b"113141", b"114131", b"311141", b"411131", b"211412",
    b"211214", b"211232", b"2331112",
];
const TO_B: u8 = 100;
const FNC1: u8 = 102;
const START_B: u8 = 104;
const START_C: u8 = 105;
const STOP: u8 = 106;
/// The modulus of the check symbol.
const CHECK: usize = 103;
/// Digits at the beginning from which on code set C is shorter.
const DIGITS_MIN: usize = 4;

/// White modules that a reader needs on both sides.
pub(crate) const QUIET: u32 = 10;

/// A text in bars, without the white beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code128 {
    /// Symbol values from start to stop.
    values: Vec<u8>,
}

impl Code128 {
    /// White modules that a reader needs on both sides.
    pub const QUIET_MODULES: u32 = QUIET;

    /// A text of printable ASCII; `None` for any other.
    pub fn new(text: &str) -> Option<Self> {
        let is_printable = text.bytes().all(|b| (b' '..=b'~').contains(&b));
        is_printable.then(|| Self::of(text, &[]))
    }

    /// An element string of GS1, which is printable ASCII as well.
    pub(crate) fn gs1(data: &str) -> Option<Self> {
        Self::new(data).map(|_| Self::of(data, &[FNC1]))
    }

    fn of(text: &str, behind_start: &[u8]) -> Self {
        let bytes = text.as_bytes();
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let mut is_c = digits(0) >= DIGITS_MIN || (bytes.len() == 2 && digits(0) == 2);
        let mut values = vec![if is_c { START_C } else { START_B }];
        values.extend(behind_start);
        let mut at = 0;
        while at < bytes.len() {
            if is_c && digits(at) < 2 {
                is_c = false;
                values.push(TO_B);
            }
            if is_c {
                values.push((bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0'));
                at += 2;
            } else {
                values.push(bytes[at] - b' ');
                at += 1;
            }
        }
        let weighed = values.iter().enumerate();
        let sum: usize = weighed.map(|(i, v)| i.max(1) * usize::from(*v)).sum();
        values.push((sum % CHECK) as u8);
        values.push(STOP);
        Self { values }
    }

    /// How wide it is, in modules.
    pub fn modules(&self) -> u32 {
        // The stop pattern has a bar of two modules more than others.
        u32::try_from(self.values.len()).expect("short") * 11 + 2
    }

    /// Its bars from left to right: where each begins and how wide it is, in modules.
    pub fn bars(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let widths = self.values.iter().flat_map(|v| PATTERNS[usize::from(*v)]);
        let mut x = 0;
        let placed = widths.map(move |digit| {
            let (at, width) = (x, u32::from(digit - b'0'));
            x += width;
            (at, width)
        });
        // Bars and spaces take turns, and there are as many of each but for the stop pattern's last bar, so that the turn
        // is the same in every symbol.
        placed.step_by(2)
    }

    /// The symbols as the invocation codes and characters of ZPL's `^BC` in mode N, without check and stop.
    pub(crate) fn zpl(&self) -> String {
        let mut out = String::new();
        let mut is_c = false;
        for value in &self.values[..self.values.len() - 2] {
            match *value {
                START_B => out.push_str(">:"),
                START_C => out.push_str(">;"),
                FNC1 => out.push_str(">8"),
                TO_B if is_c => out.push_str(">6"),
                pair if is_c => out.push_str(&format!("{pair:02}")),
                character => out.push(char::from(character + b' ')),
            }
            is_c = *value == START_C || is_c && *value != TO_B;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_eleven_modules_wide_and_unlike_the_others() {
        for (value, pattern) in PATTERNS.iter().enumerate() {
            let width: u32 = pattern.iter().map(|b| u32::from(b - b'0')).sum();
            assert_eq!(width, if value == usize::from(STOP) { 13 } else { 11 });
            assert_eq!(PATTERNS.iter().filter(|p| *p == pattern).count(), 1);
        }
    }

    /// `PJJ123C` in code set B with its check symbol 55 is the example that handbooks show; the others follow from the
    /// standard's rule by hand.
    #[test]
    fn symbols_are_those_of_the_standard() {
        for (text, values, zpl) in [
            (
                "PJJ123C",
                &[104, 48, 42, 42, 17, 18, 19, 35, 55, 106][..],
                ">:PJJ123C",
            ),
            ("12", &[105, 12, 14, 106], ">;12"),
            (
                "1234567",
                &[105, 12, 34, 56, 100, 23, 44, 106],
                ">;123456>67",
            ),
            (
                "RR473124829GB",
                &[
                    104, 50, 50, 20, 23, 19, 17, 18, 20, 24, 18, 25, 39, 34, 101, 106,
                ],
                ">:RR473124829GB",
            ),
            ("A99", &[104, 33, 25, 25, 56, 106], ">:A99"),
        ] {
            let code = Code128::new(text).expect("ASCII");
            assert_eq!(code.values, values, "{text}");
            assert_eq!(code.zpl(), zpl);
        }
        assert_eq!(Code128::new("Müller"), None);
        assert_eq!(Code128::new("a\n"), None);
    }

    #[test]
    fn an_sscc_is_156_modules_wide() {
        let code = Code128::gs1("00340123450000000079").expect("digits");
        assert_eq!(code.values[..4], [START_C, FNC1, 0, 34]);
        assert_eq!(code.modules(), 156);
        assert_eq!(code.zpl(), ">;>800340123450000000079");
        let (last, width) = code.bars().last().expect("bars");
        assert_eq!(last + width, code.modules());
        assert_eq!(code.bars().next(), Some((0, 2)));
    }
}
