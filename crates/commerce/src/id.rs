//! Typed 64-bit ids in time order, printed as `prefix_` and 13 characters of Crockford base32.
//!
//! Layout, high to low: 41 bits of milliseconds since 2020, 4 bits of node, 10 bits of sequence,
//! 8 bits of sub-number (0 for the thing itself; 1 to 255 for what is numbered under it, such as
//! the orders of a group or the variants of a product). The top bit stays 0, so that an id fits a
//! signed column and sorts by time.

use alloc::string::String;
use core::fmt;

/// 2020-01-01T00:00:00Z in UTC milliseconds.
pub const EPOCH_MS: i64 = 1_577_836_800_000;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ENCODED_LEN: usize = 13;
const SUB_BITS: u32 = 8;
const SEQUENCE_BITS: u32 = 10;
const NODE_BITS: u32 = 4;

/// Writes `value` in Crockford base32, most significant digit first.
pub(crate) fn encode(value: u64, out: &mut [u8]) {
    let mut rest = value;
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
}

/// No digit.
const NONE: u8 = u8::MAX;

/// What each byte is worth as a digit; `i`, `l` read as 1 and `o` as 0, case is ignored.
const DIGITS: [u8; 256] = {
    let mut digits = [NONE; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        let letter = ALPHABET[value];
        digits[letter as usize] = value as u8;
        digits[letter.to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    let also = [
        (b'i', 1),
        (b'I', 1),
        (b'l', 1),
        (b'L', 1),
        (b'o', 0),
        (b'O', 0),
    ];
    let mut place = 0;
    while place < also.len() {
        digits[also[place].0 as usize] = also[place].1;
        place += 1;
    }
    digits
};

/// Reads an id's Crockford base32.
fn decode(text: &str) -> Option<u64> {
    if text.len() != ENCODED_LEN {
        return None;
    }
    number(text).filter(|&value| value <= i64::MAX as u64)
}

/// Reads Crockford base32 of any length; `None` for another digit, or what does not fit.
pub(crate) fn number(text: &str) -> Option<u64> {
    let mut value: u64 = 0;
    for byte in text.bytes() {
        let digit = DIGITS[usize::from(byte)];
        if digit == NONE {
            return None;
        }
        value = value.checked_mul(32)?.checked_add(u64::from(digit))?;
    }
    Some(value)
}

/// Makes ids that never repeat on one node and sort by time, even when the clock stands or jumps back.
#[derive(Debug, Clone)]
pub struct IdGenerator {
    node: u64,
    last: u64,
}

impl IdGenerator {
    /// A generator for one of 16 nodes; `floor` is the largest id known to exist, or 0.
    pub fn new(node: u8, floor: u64) -> Self {
        let node = u64::from(node) & ((1 << NODE_BITS) - 1);
        Self {
            node,
            last: floor >> SUB_BITS,
        }
    }

    /// The next raw id, with sub-number 0.
    pub fn next(&mut self, now_ms: i64) -> u64 {
        let ms = u64::try_from(now_ms - EPOCH_MS).unwrap_or(0);
        let fresh = (ms << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS);
        let mut next = fresh.max(self.last + 1);
        // A full sequence carries into the node bits: step on to this node's slot of the next millisecond.
        if (next >> SEQUENCE_BITS) & ((1 << NODE_BITS) - 1) != self.node {
            let ms_next = (next >> (NODE_BITS + SEQUENCE_BITS)) + 1;
            next = (ms_next << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS);
        }
        self.last = next;
        next << SUB_BITS
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// What the printed form starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Reads the printed form; `None` for another prefix, length or digit.
            pub fn parse(text: &str) -> Option<Self> {
                decode(text.strip_prefix($prefix)?.strip_prefix('_')?).map(Self)
            }

            /// The raw value without its sub-number.
            pub fn base(self) -> u64 {
                self.0 >> SUB_BITS << SUB_BITS
            }

            /// The sub-number: 0 for the thing itself.
            pub fn sub(self) -> u8 {
                (self.0 & 0xff) as u8
            }

            /// When the id was made, in UTC milliseconds.
            pub fn created_at_ms(self) -> i64 {
                (self.0 >> (SUB_BITS + SEQUENCE_BITS + NODE_BITS)) as i64 + EPOCH_MS
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const DIGITS_AT: usize = $prefix.len() + 1;
                let mut out = [b'_'; DIGITS_AT + ENCODED_LEN];
                out[..$prefix.len()].copy_from_slice($prefix.as_bytes());
                encode(self.0, &mut out[DIGITS_AT..]);
                f.write_str(core::str::from_utf8(&out).expect("the alphabet is ASCII"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

ids! {
    /// A product: what a shopper sees.
    ProductId = "product";
    /// A variant: what is bought; numbered under its product.
    VariantId = "variant";
    /// A category.
    CategoryId = "category";
    /// A seller.
    SellerId = "seller";
    /// A location where goods are.
    LocationId = "location";
    /// A tax rate.
    TaxRateId = "taxrate";
    /// A shipping rate.
    ShippingRateId = "shiprate";
    /// A discount code.
    DiscountId = "discount";
    /// A promotion.
    PromotionId = "promotion";
    /// A sale event.
    CampaignId = "campaign";
    /// A rule of a sale event; numbered under it.
    RuleId = "rule";
    /// A customer known by e-mail address.
    CustomerId = "customer";
    /// An operator who may sign in to the console.
    OperatorId = "operator";
    /// A review; made from its product and its author, not from the time.
    ReviewId = "review";
    /// A follower of the feed that sends something out.
    FollowerId = "follower";
    /// The switch of a kind of optional work.
    SwitchId = "switch";
    /// A carrier.
    CarrierId = "carrier";
    /// A courier's round.
    RoundId = "round";
    /// The point of a door, once somebody knows it.
    DoorId = "door";
    /// A cart.
    CartId = "cart";
    /// A checkout; its id becomes the order group's id.
    CheckoutId = "checkout";
    /// An order group: what was paid for in one go.
    GroupId = "group";
    /// An order: the part of a group that one seller owes; numbered under the group.
    OrderId = "order";
    /// A payment; numbered under the group.
    PaymentId = "payment";
    /// A fulfillment; numbered under the group.
    FulfillmentId = "fulfillment";
    /// A refund; numbered under the group.
    RefundId = "refund";
    /// A return; numbered under the group.
    ReturnId = "return";
}

macro_rules! under {
    ($parent:ident => $($child:ident),*) => {$(
        impl $child {
            /// The `n`th of its kind under `parent`, counted from 1.
            pub fn under(parent: $parent, n: u8) -> Self {
                assert!(n > 0, "a sub-number starts at 1");
                Self(parent.base() | u64::from(n))
            }

            /// What it is numbered under.
            pub fn parent(self) -> $parent {
                $parent(self.base())
            }
        }
    )*};
}

under!(GroupId => OrderId, PaymentId, FulfillmentId, RefundId, ReturnId);
under!(ProductId => VariantId);
under!(CampaignId => RuleId);

impl CheckoutId {
    /// The order group that completing this checkout gives: same value, so twice can only give the same.
    pub fn group(self) -> GroupId {
        GroupId(self.0)
    }
}

impl GroupId {
    /// The checkout this group came from.
    pub fn checkout(self) -> CheckoutId {
        CheckoutId(self.0)
    }
}

/// Prints any raw id with a prefix, for messages that hold ids of several kinds.
pub fn print_with(prefix: &str, raw: u64) -> String {
    let mut out = [0u8; ENCODED_LEN];
    encode(raw, &mut out);
    let mut text = String::with_capacity(prefix.len() + 1 + ENCODED_LEN);
    text.push_str(prefix);
    text.push('_');
    text.extend(out.iter().map(|&b| b as char));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn printed_form_reads_back_and_bad_forms_do_not() {
        let mut ids = IdGenerator::new(3, 0);
        let group = GroupId(ids.next(EPOCH_MS + 123_456));
        let order = OrderId::under(group, 7);
        assert_eq!(OrderId::parse(&order.to_string()), Some(order));
        assert_eq!((order.parent(), order.sub()), (group, 7));
        assert_eq!(group.created_at_ms(), EPOCH_MS + 123_456);
        for bad in [
            "",
            "order_",
            "group_0000000000000",
            "order_zzzzzzzzzzzzz",
            "order_00000000000u0",
            "order_é000000000000",
        ] {
            assert_eq!(OrderId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn ids_rise_when_the_clock_stands_jumps_back_or_the_sequence_is_full() {
        let mut ids = IdGenerator::new(5, 0);
        let mut last = 0;
        for i in 0..10_000i64 {
            let now = EPOCH_MS + 1_000_000 - if i % 3 == 0 { 500 } else { 0 };
            let next = ids.next(now);
            assert!(next > last);
            assert_eq!((next >> 18) & 15, 5);
            last = next;
        }
    }
}
