//! The codes by which receivers show couriers that a parcel is theirs.
//!
//! A code follows from the shop's secret and the parcel, and lies nowhere. It is shown to the buyer alone, and only while
//! the parcel is on its way to their door: phones of couriers ask whether what they were told is right, and never get one.

use crate::app::AppConfig;
use commerce::World;
use commerce::id::FulfillmentId;
use commerce::order::Group;
use commerce::parcel::TrackingStatus;
use commerce::round::Round;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many codes there are: those of four digits.
const CODES: u64 = 10_000;

/// The code of a parcel.
fn code(config: &AppConfig, parcel: FulfillmentId) -> String {
    let key = config.key("receivers' codes");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length of key is allowed");
    mac.update(&parcel.0.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let number = digest.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b));
    format!("{:04}", number % CODES)
}

/// The code that the buyer is shown for a parcel: while it is out for delivery with a courier's round.
pub fn shown(
    config: &AppConfig,
    world: &World,
    group: &Group,
    parcel: FulfillmentId,
) -> Option<String> {
    let status = group.parcel(parcel)?.status();
    let is_in_round = world.round_book()?.round_of(parcel).is_some();
    (is_in_round && status == TrackingStatus::OutForDelivery).then(|| code(config, parcel))
}

/// Whether a code that was told for a parcel of a round is right: it is the parcel's, or that of another parcel of the same
/// order in this round, as parcels of one order are handed over together. Spaces and hyphens don't count.
pub fn is_right(config: &AppConfig, round: &Round, number: &str, told: &str) -> bool {
    let counts = |c: &char| !c.is_whitespace() && *c != '-';
    let told: String = told.chars().filter(counts).collect();
    let Some(parcel) = round.parcels().find(|p| p.number == number) else {
        return false;
    };
    let order = parcel.fulfillment.parent();
    let mut of_order = round.parcels().filter(|p| p.fulfillment.parent() == order);
    of_order.any(|p| code(config, p.fulfillment) == told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_of_four_digits_and_each_shops_own() {
        let shop = |secret: &str| AppConfig {
            secret: secret.as_bytes().to_vec(),
            ..AppConfig::default()
        };
        let codes = |secret| {
            let config = shop(secret);
            let codes = (1..=200).map(|n| code(&config, FulfillmentId(n << 8 | 1)));
            codes.collect::<Vec<_>>()
        };
        let (one, other) = (codes("one"), codes("other"));
        let is_code = |c: &String| c.len() == 4 && c.bytes().all(|b| b.is_ascii_digit());
        assert!(one.iter().chain(&other).all(is_code));
        let differ = one.iter().zip(&other).filter(|(a, b)| a != b).count();
        assert!(differ > 190, "{differ} of 200");
        let distinct: std::collections::BTreeSet<_> = one.iter().collect();
        assert!(distinct.len() > 180, "{} of 200", distinct.len());
    }
}
