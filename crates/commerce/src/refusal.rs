//! Why a command is refused: an enum with stable codes, never an exception. Each code has a page in
//! `docs/errors`.

use crate::code::Country;
use crate::id::{CarrierId, FulfillmentId, LocationId, RoundId, VariantId};
use crate::money::Currency;
use crate::parcel::NoLabel;
use alloc::string::String;
use alloc::vec::Vec;

/// Why a command was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "fields are named for what they hold; `message` says the rest"
)]
pub enum Refusal {
    // The request itself.
    FieldInvalid {
        field: &'static str,
    },
    QuantityInvalid,
    TooManyLines,
    TooManyWishes,
    AmountTooLarge,
    IdempotencyKeyReused,
    VersionConflict {
        current: u32,
    },
    CodeTaken {
        code: String,
    },
    // What it names.
    NotFound {
        what: &'static str,
    },
    UnknownVariant {
        variant: VariantId,
    },
    NotForSale {
        variant: VariantId,
    },
    CurrencyNotOffered {
        currency: Currency,
    },
    NoPrice {
        variant: VariantId,
    },
    LocationCannot {
        location: LocationId,
    },
    CountryNotServed {
        country: Country,
    },
    // Where things are.
    CheckoutEmpty,
    CheckoutIncomplete {
        missing: &'static str,
    },
    CheckoutExpired,
    CheckoutClosed,
    PriceChanged {
        expected: i64,
        current: i64,
    },
    OutOfStock {
        variant: VariantId,
        available: i64,
    },
    StockBelowZero {
        on_hand: i64,
    },
    GroupExpired,
    GroupNotPayable,
    PaymentInProgress,
    TooManyPaymentAttempts,
    PaymentMismatch,
    OrderNotConfirmed,
    WrongState {
        state: &'static str,
    },
    NothingToCancel,
    RefundTooLarge {
        refundable: i64,
    },
    NotPaid,
    SecondPersonNeeded,
    // Returns.
    NotReturnable {
        line: u16,
        returnable: u32,
    },
    ReturnWindowOver {
        until: i64,
    },
    TooManyReturns,
    // Presales.
    PresaleApart {
        variant: VariantId,
    },
    PresaleNeedsProvider,
    BalanceNotDue {
        from: i64,
    },
    BalanceOverdue {
        until: i64,
    },
    // Red packets.
    DrawNotOpen {
        from: i64,
    },
    DrawOver,
    PacketLimitReached {
        limit: u32,
    },
    PacketsGone,
    WalletFull,
    // Points.
    PointsBelowZero {
        balance: i64,
    },
    // Parcels.
    WaybillExists {
        number: String,
    },
    NoCarrier {
        asked: u32,
    },
    CarrierDeclines {
        carrier: CarrierId,
        why: &'static str,
    },
    NumbersUsedUp {
        carrier: CarrierId,
    },
    // Couriers' rounds.
    ParcelInRound {
        round: RoundId,
    },
    ParcelNotInRound {
        number: String,
        round: Option<RoundId>,
    },
    RoundNotDone {
        left: Vec<String>,
    },
    LabelsRefused {
        refused: Vec<(FulfillmentId, NoLabel)>,
    },
    // Reviews.
    NotReceived,
    // Ours.
    InternalInvariant,
}

impl Refusal {
    /// The stable code, as it appears in interfaces and in `docs/errors`.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::FieldInvalid { .. } => "field_invalid",
            Refusal::QuantityInvalid => "quantity_invalid",
            Refusal::TooManyLines => "too_many_lines",
            Refusal::TooManyWishes => "too_many_wishes",
            Refusal::AmountTooLarge => "amount_too_large",
            Refusal::IdempotencyKeyReused => "idempotency_key_reused",
            Refusal::VersionConflict { .. } => "version_conflict",
            Refusal::CodeTaken { .. } => "code_taken",
            Refusal::NotFound { .. } => "not_found",
            Refusal::UnknownVariant { .. } => "unknown_variant",
            Refusal::NotForSale { .. } => "not_for_sale",
            Refusal::CurrencyNotOffered { .. } => "currency_not_offered",
            Refusal::NoPrice { .. } => "no_price",
            Refusal::LocationCannot { .. } => "location_cannot",
            Refusal::CountryNotServed { .. } => "country_not_served",
            Refusal::CheckoutEmpty => "checkout_empty",
            Refusal::CheckoutIncomplete { .. } => "checkout_incomplete",
            Refusal::CheckoutExpired => "checkout_expired",
            Refusal::CheckoutClosed => "checkout_closed",
            Refusal::PriceChanged { .. } => "price_changed",
            Refusal::OutOfStock { .. } => "out_of_stock",
            Refusal::StockBelowZero { .. } => "stock_below_zero",
            Refusal::GroupExpired => "group_expired",
            Refusal::GroupNotPayable => "group_not_payable",
            Refusal::PaymentInProgress => "payment_in_progress",
            Refusal::TooManyPaymentAttempts => "too_many_payment_attempts",
            Refusal::PaymentMismatch => "payment_mismatch",
            Refusal::OrderNotConfirmed => "order_not_confirmed",
            Refusal::WrongState { .. } => "wrong_state",
            Refusal::NothingToCancel => "nothing_to_cancel",
            Refusal::RefundTooLarge { .. } => "refund_too_large",
            Refusal::NotPaid => "not_paid",
            Refusal::SecondPersonNeeded => "second_person_needed",
            Refusal::NotReturnable { .. } => "not_returnable",
            Refusal::ReturnWindowOver { .. } => "return_window_over",
            Refusal::TooManyReturns => "too_many_returns",
            Refusal::PresaleApart { .. } => "presale_apart",
            Refusal::PresaleNeedsProvider => "presale_needs_provider",
            Refusal::BalanceNotDue { .. } => "balance_not_due",
            Refusal::BalanceOverdue { .. } => "balance_overdue",
            Refusal::DrawNotOpen { .. } => "draw_not_open",
            Refusal::DrawOver => "draw_over",
            Refusal::PacketLimitReached { .. } => "packet_limit_reached",
            Refusal::PacketsGone => "packets_gone",
            Refusal::WalletFull => "wallet_full",
            Refusal::PointsBelowZero { .. } => "points_below_zero",
            Refusal::WaybillExists { .. } => "waybill_exists",
            Refusal::NoCarrier { .. } => "no_carrier",
            Refusal::CarrierDeclines { .. } => "carrier_declines",
            Refusal::NumbersUsedUp { .. } => "numbers_used_up",
            Refusal::ParcelInRound { .. } => "parcel_in_round",
            Refusal::ParcelNotInRound { .. } => "parcel_not_in_round",
            Refusal::RoundNotDone { .. } => "round_not_done",
            Refusal::LabelsRefused { .. } => "labels_refused",
            Refusal::NotReceived => "not_received",
            Refusal::InternalInvariant => "internal_invariant",
        }
    }

    /// All codes, for the documentation's completeness test.
    pub const CODES: [&'static str; 56] = [
        "field_invalid",
        "quantity_invalid",
        "too_many_lines",
        "too_many_wishes",
        "amount_too_large",
        "idempotency_key_reused",
        "version_conflict",
        "code_taken",
        "not_found",
        "unknown_variant",
        "not_for_sale",
        "currency_not_offered",
        "no_price",
        "location_cannot",
        "country_not_served",
        "checkout_empty",
        "checkout_incomplete",
        "checkout_expired",
        "checkout_closed",
        "price_changed",
        "out_of_stock",
        "stock_below_zero",
        "group_expired",
        "group_not_payable",
        "payment_in_progress",
        "too_many_payment_attempts",
        "payment_mismatch",
        "order_not_confirmed",
        "wrong_state",
        "nothing_to_cancel",
        "refund_too_large",
        "not_paid",
        "second_person_needed",
        "not_returnable",
        "return_window_over",
        "too_many_returns",
        "presale_apart",
        "presale_needs_provider",
        "balance_not_due",
        "balance_overdue",
        "draw_not_open",
        "draw_over",
        "packet_limit_reached",
        "packets_gone",
        "wallet_full",
        "points_below_zero",
        "waybill_exists",
        "no_carrier",
        "carrier_declines",
        "numbers_used_up",
        "parcel_in_round",
        "parcel_not_in_round",
        "round_not_done",
        "labels_refused",
        "not_received",
        "internal_invariant",
    ];
}

impl core::fmt::Display for Refusal {
    // Long because each refusal is one arm.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Refusal::FieldInvalid { field } => {
                write!(f, "the field `{field}` is missing, too long or malformed")
            }
            Refusal::QuantityInvalid => write!(
                f,
                "a quantity must be between 1 and {}",
                crate::limits::QUANTITY_MAX
            ),
            Refusal::TooManyLines => write!(
                f,
                "at most {} different articles fit one order",
                crate::limits::LINES_MAX
            ),
            Refusal::TooManyWishes => write!(
                f,
                "at most {} favourites are kept; remove some first",
                crate::limits::WISHES_MAX
            ),
            Refusal::AmountTooLarge => f.write_str("the amount is larger than one order may be"),
            Refusal::IdempotencyKeyReused => {
                f.write_str("this idempotency key was used for another request")
            }
            Refusal::VersionConflict { current } => write!(
                f,
                "it was changed meanwhile and is now at version {current}"
            ),
            Refusal::CodeTaken { code } => write!(f, "`{code}` is in use already"),
            Refusal::NotFound { what } => write!(f, "there is no such {what}"),
            Refusal::UnknownVariant { variant } => write!(f, "there is no article {variant}"),
            Refusal::NotForSale { variant } => write!(f, "the article {variant} is not on sale"),
            Refusal::CurrencyNotOffered { currency } => {
                write!(f, "this shop does not sell in {currency}")
            }
            Refusal::NoPrice { variant } => {
                write!(f, "the article {variant} has no price in this currency")
            }
            Refusal::LocationCannot { location } => {
                write!(f, "the location {location} does not do this")
            }
            Refusal::CountryNotServed { country } => {
                write!(f, "nothing is shipped to {country} in this way")
            }
            Refusal::CheckoutEmpty => f.write_str("there is nothing in it"),
            Refusal::CheckoutIncomplete { missing } => {
                write!(f, "the checkout still needs: {missing}")
            }
            Refusal::CheckoutExpired => {
                f.write_str("the checkout has expired; nothing was charged")
            }
            Refusal::CheckoutClosed => {
                f.write_str("the checkout is completed or canceled and cannot be changed")
            }
            Refusal::PriceChanged { .. } => {
                f.write_str("the price has changed since it was shown; nothing was charged")
            }
            Refusal::OutOfStock { available, .. } => {
                write!(f, "only {available} of this article can be had")
            }
            Refusal::StockBelowZero { on_hand } => write!(f, "only {on_hand} pieces are there"),
            Refusal::GroupExpired => f.write_str(
                "the goods were set aside for a limited time, which is over; nothing was charged",
            ),
            Refusal::GroupNotPayable => f.write_str("this order does not wait for a payment"),
            Refusal::PaymentInProgress => f.write_str("a payment for this order is under way"),
            Refusal::TooManyPaymentAttempts => {
                f.write_str("there were too many attempts to pay for this order")
            }
            Refusal::PaymentMismatch => {
                f.write_str("the provider's message does not fit the payment")
            }
            Refusal::OrderNotConfirmed => f.write_str("the order is not confirmed"),
            Refusal::WrongState { state } => write!(f, "this cannot be done while it is {state}"),
            Refusal::NothingToCancel => f.write_str("nothing of it can be canceled any more"),
            Refusal::RefundTooLarge { .. } => {
                f.write_str("more than what was paid and not yet refunded")
            }
            Refusal::NotPaid => f.write_str("nothing was paid yet"),
            Refusal::SecondPersonNeeded => {
                f.write_str("whoever changed it last cannot approve it; ask somebody else to")
            }
            Refusal::NotReturnable { line, returnable } => write!(
                f,
                "of line {line} {returnable} pieces can be returned: the others were not handed over, went back, or are \
                 in a return that is open"
            ),
            Refusal::ReturnWindowOver { .. } => {
                f.write_str("the time in which this shop takes it back is over")
            }
            Refusal::TooManyReturns => write!(
                f,
                "an order has at most {} returns",
                crate::limits::RETURNS_MAX
            ),
            Refusal::PresaleApart { variant } => write!(
                f,
                "goods on presale are ordered by themselves, only together with goods whose balance is due at the same \
                 time: order {variant} separately"
            ),
            Refusal::PresaleNeedsProvider => {
                f.write_str("goods on presale are paid for at once, not on account")
            }
            Refusal::BalanceNotDue { .. } => {
                f.write_str("the balance of this order cannot be paid yet; nothing was charged")
            }
            Refusal::BalanceOverdue { .. } => f.write_str(
                "the time to pay the balance of this order is over; nothing more was charged",
            ),
            Refusal::DrawNotOpen { .. } => {
                f.write_str("these red packets cannot be drawn yet; draw one when they open")
            }
            Refusal::DrawOver => f.write_str("the time to draw these red packets is over"),
            Refusal::PacketLimitReached { limit } => {
                write!(
                    f,
                    "you have drawn all of these red packets that one member may have: {limit}"
                )
            }
            Refusal::PacketsGone => f.write_str("all of these red packets have been drawn"),
            Refusal::WalletFull => write!(
                f,
                "the wallet holds {} packets and coupons already; take a coupon out and draw again",
                crate::limits::WALLET_MAX
            ),
            Refusal::PointsBelowZero { balance } => {
                write!(
                    f,
                    "the member has {balance} points; no more can be taken away"
                )
            }
            Refusal::WaybillExists { number } => write!(
                f,
                "the parcel has the waybill {number}; cancel it before another one is booked"
            ),
            Refusal::NoCarrier { .. } => {
                f.write_str("no carrier takes this parcel; the offers say why")
            }
            Refusal::CarrierDeclines { why, .. } => {
                write!(f, "the carrier does not take this parcel: {why}")
            }
            Refusal::NumbersUsedUp { .. } => {
                f.write_str("the carrier's numbers are used up; add a block of numbers to it")
            }
            Refusal::ParcelInRound { round } => write!(
                f,
                "the parcel is in the open round {round}; move it from there"
            ),
            Refusal::ParcelNotInRound { number, .. } => {
                write!(f, "the parcel {number} is not in this round")
            }
            Refusal::RoundNotDone { left } => write!(
                f,
                "of {} parcels nobody said what became of them: deliver them, or bring them back",
                left.len()
            ),
            Refusal::LabelsRefused { refused } => write!(
                f,
                "{} of these labels cannot be printed; none was",
                refused.len()
            ),
            Refusal::NotReceived => {
                f.write_str("only who bought the article and has got it can review it")
            }
            Refusal::InternalInvariant => {
                f.write_str("a check inside the system failed; nothing was changed")
            }
        }
    }
}
