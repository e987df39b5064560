//! Single-use coupon codes, worked out from a secret: a million of them take no row until they are used.
//!
//! A code is its prefix, its number in five digits of Crockford base32, and eight digits of a keyed hash
//! (SipHash-2-4, Aumasson and Bernstein 2012) of the rule and the number: whoever guesses hits one of 2^40.
//! Grouping, case and the letters that look like digits do not matter.

use crate::id::{self, RuleId};
use alloc::string::String;
use core::hash::Hasher;
use siphasher::sip::SipHasher24;

/// Digits of the number.
const NUMBER_DIGITS: usize = 5;
/// Digits of the hash.
const HASH_DIGITS: usize = 8;
/// How many codes one rule may have: what the number's digits hold.
pub const COUNT_MAX: u32 = 1 << (5 * NUMBER_DIGITS);
/// How many are listed at once.
pub const LIST_MAX: u32 = 1_000_000;

fn hash(rule: RuleId, secret: (u64, u64), number: u32) -> u64 {
    let mut hasher = SipHasher24::new_with_keys(secret.0, secret.1);
    hasher.write_u64(rule.0);
    hasher.write_u32(number);
    hasher.finish() >> (64 - 5 * HASH_DIGITS)
}

/// The code with a number, grouped for people: `FEST-00002-7X3MQ8ZD`.
pub fn code(rule: RuleId, prefix: &str, secret: (u64, u64), number: u32) -> String {
    let mut digits = [0; NUMBER_DIGITS + HASH_DIGITS];
    let (first, rest) = digits.split_at_mut(NUMBER_DIGITS);
    id::encode(u64::from(number), first);
    id::encode(hash(rule, secret, number), rest);
    let text = |part: &[u8]| String::from_utf8_lossy(part).to_uppercase();
    alloc::format!("{prefix}-{}-{}", text(first), text(rest))
}

/// The number of a code as somebody typed it; `None` if it is none of this rule's first `count`.
pub fn number(
    rule: RuleId,
    (prefix, count): (&str, u32),
    secret: (u64, u64),
    typed: &str,
) -> Option<u32> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_uppercase)
        .collect();
    let prefix = prefix.chars().filter(|c| *c != '-').collect::<String>();
    let digits = plain.strip_prefix(prefix.as_str())?;
    if digits.len() != NUMBER_DIGITS + HASH_DIGITS || !digits.is_ascii() {
        return None;
    }
    let (first, rest) = digits.split_at(NUMBER_DIGITS);
    let number = u32::try_from(id::number(first)?).ok()?;
    let is_right = id::number(rest)? == hash(rule, secret, number);
    (number < count && is_right).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CampaignId;

    const SECRET: (u64, u64) = (0x0123_4567_89ab_cdef, 0xfeed);

    #[test]
    fn a_code_is_read_however_it_is_typed_and_no_other_is() {
        let rule = RuleId::under(CampaignId(0x4200), 3);
        let own = code(rule, "FEST-11", SECRET, 1_234);
        assert!(
            own.starts_with("FEST-11-00016J-") || own.starts_with("FEST-11-0016J-"),
            "{own}"
        );
        let read = |typed: &str, count| number(rule, ("FEST-11", count), SECRET, typed);
        assert_eq!(read(&own, 2_000), Some(1_234));
        assert_eq!(
            read(&own.to_lowercase().replace('-', " "), 2_000),
            Some(1_234)
        );
        assert_eq!(read(&own.replace('0', "O"), 2_000), Some(1_234));
        assert_eq!(read(&own, 1_234), None, "there are no so many");
        for wrong in [
            "",
            "FEST",
            "FEST11",
            "é",
            "FEST-11-00016-",
            &own[..own.len() - 1],
        ] {
            assert_eq!(read(wrong, 2_000), None, "{wrong}");
        }
        let other = RuleId::under(CampaignId(0x4200), 4);
        assert_eq!(number(other, ("FEST-11", 2_000), SECRET, &own), None);
        assert_eq!(number(rule, ("FEST-11", 2_000), (1, 2), &own), None);
    }

    #[test]
    fn numbers_do_not_share_codes() {
        let rule = RuleId::under(CampaignId(0x100), 1);
        let codes: alloc::collections::BTreeSet<String> =
            (0..2_000).map(|n| code(rule, "A", SECRET, n)).collect();
        assert_eq!(codes.len(), 2_000);
        let last = COUNT_MAX - 1;
        let own = code(rule, "A", SECRET, last);
        assert_eq!(number(rule, ("A", COUNT_MAX), SECRET, &own), Some(last));
    }
}
