//! Bytes and numbers as hexadecimal digits, in lower case.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Bytes as digits, two for each.
pub fn of(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The bytes of digits in lower or upper case; `None` for any other text.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits
        .chunks(2)
        .map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok())
        .collect()
}

/// A number as its 16 digits, without asking for memory.
pub fn digits(number: u64) -> [u8; 16] {
    std::array::from_fn(|place| DIGITS[(number >> (60 - 4 * place) & 15) as usize])
}

/// A secret that nobody can guess: 32 random bytes as digits.
pub fn secret() -> String {
    of(&rand::random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spelled_is_read_again() {
        assert_eq!(of(&[0, 0x0a, 0xf1]), "000af1");
        for (text, read) in [
            ("", Some(&[][..])),
            ("000af1", Some(&[0, 0x0a, 0xf1])),
            ("0A", Some(&[0x0a])),
            ("0", None),
            ("0g", None),
            ("+1", None),
            ("é", None),
        ] {
            assert_eq!(bytes(text).as_deref(), read, "{text}");
        }
        assert_eq!(&digits(0xab << 56 | 0x0c), b"ab0000000000000c");
        assert_eq!(secret().len(), 64);
    }
}
