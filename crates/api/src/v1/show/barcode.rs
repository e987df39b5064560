//! Code 128 (ISO/IEC 15417) as widths of bars and spaces, in code set B: printable ASCII.

/// Widths of bar, space, bar, … per symbol value, in modules; the last one is the stop pattern.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const START_B: usize = 104;
const STOP: usize = 106;
/// White modules that a reader needs on both sides.
const QUIET: u32 = 10;

/// The bars of `text` as an SVG path `d` of unit-wide modules and height 1, and the width of the whole
/// in modules, quiet zones included; `None` when a character has no place in code set B.
pub fn code128(text: &str) -> Option<(String, u32)> {
    let mut values = vec![START_B];
    for character in text.chars() {
        if !(' '..='~').contains(&character) {
            return None;
        }
        values.push(character as usize - 32);
    }
    let weighted = values.iter().enumerate().map(|(i, v)| i.max(1) * v);
    values.push(weighted.sum::<usize>() % 103);
    values.push(STOP);
    let mut path = String::new();
    let mut x = QUIET;
    for value in values {
        for (i, digit) in PATTERNS[value].bytes().enumerate() {
            let width = u32::from(digit - b'0');
            if i % 2 == 0 {
                path.push_str(&format!("M{x} 0h{width}v1h-{width}z"));
            }
            x += width;
        }
    }
    Some((path, x + QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_eleven_modules_wide_and_unlike_the_others() {
        let width = |pattern: &str| pattern.bytes().map(|b| u32::from(b - b'0')).sum::<u32>();
        for (value, pattern) in PATTERNS.iter().enumerate() {
            assert_eq!(width(pattern), if value == STOP { 13 } else { 11 });
            assert_eq!(PATTERNS.iter().filter(|p| *p == pattern).count(), 1);
        }
    }

    /// The example that handbooks show: `PJJ123C` in code set B has the check symbol 55.
    #[test]
    fn the_check_symbol_is_the_one_of_the_standard() {
        let (path, modules) = code128("PJJ123C").expect("ASCII");
        assert_eq!(modules, 2 * QUIET + 11 * 9 + 13);
        let check = PATTERNS[55];
        let x = QUIET + 11 * 8;
        let first = check.as_bytes()[0] - b'0';
        assert!(path.contains(&format!("M{x} 0h{first}v1")), "{path}");
    }

    #[test]
    fn what_code_set_b_has_no_place_for_is_none() {
        assert_eq!(code128("Müller"), None);
        assert_eq!(code128("a\n"), None);
    }
}
