//! Orders, their fulfillments, payments and refunds.

use super::delays::Delay;
use super::invoices::OrderPaper;
use super::live::Entry;
use super::parcels::Parcel;
use super::points::OrderPoints;
use super::traffic::OrderAttribution;
use super::{
    Address, CancelReason, Channel, Device, FulfillmentState, GroupState, Method, Money, Named,
    OrderState, PaymentState, RefundState,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which orders are listed. All conditions that are set must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// States, separated by commas.
    #[param(example = "confirmed,partly_fulfilled")]
    pub state: Option<String>,
    /// The door the order came through.
    pub channel: Option<Channel>,
    /// The seller's id.
    pub seller: Option<String>,
    /// The id of a location that something leaves from.
    pub location: Option<String>,
    /// Order number, e-mail address, name or SKU.
    #[param(max_length = 200)]
    pub query: Option<String>,
    /// Placed at this time or later, in UTC milliseconds.
    pub from: Option<i64>,
    /// Placed before this time, in UTC milliseconds.
    pub to: Option<i64>,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// One page of orders, newest first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderList {
    /// The orders.
    pub items: Vec<OrderSummary>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// An order in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderSummary {
    /// The order's id, which is its number.
    pub id: String,
    /// Who owes it.
    pub seller: Named,
    /// Where it is.
    pub state: OrderState,
    /// The door it came through.
    pub channel: Channel,
    /// The kind of device it came from.
    pub device: Device,
    /// The buyer's name, or their e-mail address when there is none.
    pub buyer: String,
    /// Where it goes: the city, or the place of collection.
    pub place: String,
    /// Pieces ordered.
    pub pieces: u32,
    /// What was to be paid for it.
    pub total: Money,
    /// Where the latest attempt to pay is.
    #[schema(required)]
    pub payment: Option<PaymentState>,
    /// Its parcels and collections.
    pub fulfillments: Vec<FulfillmentSummary>,
    /// When it was placed, in UTC milliseconds.
    pub placed_at: i64,
}

/// A parcel or collection in a list of orders.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FulfillmentSummary {
    /// The fulfillment's id.
    pub id: String,
    /// Where it is.
    pub state: FulfillmentState,
    /// How it is handed over.
    pub method: Method,
    /// Where it leaves from.
    pub location: Named,
}

/// An order with everything that belongs to it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// The order's id, which is its number.
    pub id: String,
    /// What was paid for in one go: the group.
    pub group: String,
    /// The version of the group.
    pub version: u32,
    /// Who owes it.
    pub seller: Named,
    /// Where it is.
    pub state: OrderState,
    /// Where the group is.
    pub group_state: GroupState,
    /// Why the group ended.
    #[schema(required)]
    pub cancel_reason: Option<CancelReason>,
    /// The door it came through.
    pub channel: Channel,
    /// The kind of device it came from.
    pub device: Device,
    /// The language of its mails.
    pub language: String,
    /// Who bought.
    pub buyer: Buyer,
    /// Where parcels go.
    #[schema(required)]
    pub destination: Option<Address>,
    /// The address on the invoice; `null` for the destination.
    #[schema(required)]
    pub billing: Option<Address>,
    /// How the goods reach the shopper.
    pub delivery: Delivery,
    /// What it consists of.
    pub lines: Vec<OrderLine>,
    /// What it costs.
    pub totals: Totals,
    /// The discounts that applied to the group.
    pub discounts: Vec<Discount>,
    /// Attempts to pay for the group.
    pub payments: Vec<Payment>,
    /// Its parcels and collections.
    pub fulfillments: Vec<Fulfillment>,
    /// Money given back.
    pub refunds: Vec<Refund>,
    /// Its invoice and credit notes, as far as there are any.
    pub papers: Vec<OrderPaper>,
    /// What the shopper wants to send back, and what came of it.
    pub returns: Vec<super::returns::Return>,
    /// What can be done with it now.
    pub actions: Actions,
    /// Other orders that were paid for in the same go.
    pub siblings: Vec<Named>,
    /// What happened, oldest first.
    pub history: Vec<Entry>,
    /// When it was placed, in UTC milliseconds.
    pub placed_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
    /// Until when the goods are set aside while it is not paid, in UTC milliseconds.
    #[schema(required)]
    pub expires_at: Option<i64>,
    /// What was paid at once and when the rest is due, if the goods were on presale.
    #[schema(required)]
    pub presale: Option<Presale>,
    /// What points did for it; `null` unless a member bought it while there was a program.
    #[schema(required)]
    pub points: Option<OrderPoints>,
    /// Where the buyer came from; `null` for one who came directly, or of whom nothing is known.
    #[schema(required)]
    pub attribution: Option<OrderAttribution>,
}

/// A group that is paid in two parts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Presale {
    /// What is paid at once.
    pub deposit: Money,
    /// What that counts as.
    pub counts_as: Money,
    /// Whether the deposit was paid.
    pub is_deposit_paid: bool,
    /// What is left to pay after the deposit, with delivery and all tax.
    pub balance: Money,
    /// From when the balance can be paid, in UTC milliseconds.
    pub balance_from: i64,
    /// Until when it must be paid, in UTC milliseconds.
    pub balance_until: i64,
    /// Whether sellers keep the deposit when the balance is not paid or the shopper cancels before; else it goes back.
    pub forfeit: bool,
    /// What sellers kept of the deposit.
    pub forfeited: Money,
}

/// What a payment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentPurpose {
    /// All of the group.
    Whole,
    /// The deposit of a presale.
    Deposit,
    /// The balance of a presale.
    Balance,
}

/// Who bought.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct Buyer {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone: String,
}

/// How the goods reach the shopper.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// How.
    pub method: Method,
    /// The delivery's name when it was sold, or the place of collection.
    pub name: String,
    /// The arrival that was sold with the order.
    #[schema(required)]
    pub promise: Option<Promise>,
}

/// When the goods are to arrive, or to be ready for collection.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Promise {
    /// Not before, in UTC milliseconds.
    pub earliest: i64,
    /// Not after, in UTC milliseconds.
    pub latest: i64,
    /// The IANA time zone of the place that the goods come from: the shopper was told days of that place.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
}

/// One line of an order, as it was sold.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// Its number.
    pub number: u16,
    /// What.
    pub variant: String,
    /// The SKU.
    pub sku: String,
    /// The name.
    pub title: String,
    /// The options, or empty.
    pub options: String,
    /// The picture, or empty.
    pub image: String,
    /// Pieces ordered.
    pub quantity: u32,
    /// Pieces canceled before they were handed over.
    pub canceled: u32,
    /// Pieces handed over.
    pub fulfilled: u32,
    /// Handed-over pieces whose money went back or is on its way back.
    pub returned: u32,
    /// The price of one piece.
    pub unit_price: Money,
    /// This line's part of the discounts.
    pub discount: Money,
    /// The tax contained in `total`.
    pub tax: Money,
    /// The tax rate in parts per million.
    pub tax_rate_ppm: u32,
    /// What was paid for the line, tax included.
    pub total: Money,
}

/// What an order costs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// The lines as paid.
    pub goods: Money,
    /// Its part of the delivery price as paid.
    pub shipping: Money,
    /// The tax contained in `total`.
    pub tax: Money,
    /// What was to be paid for this order.
    pub total: Money,
    /// What went back for this order or is on its way back.
    pub refunded: Money,
    /// What was to be paid for the whole group.
    pub group_total: Money,
}

/// A discount that applied.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Discount {
    /// The code, or empty for one that applied by itself.
    pub code: String,
    /// What the receipt says.
    pub title: String,
    /// What it took off the group.
    pub amount: Money,
    /// The member's points that paid for it; `null` for other discounts.
    #[schema(required)]
    pub points: Option<i64>,
}

/// An attempt to pay.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// The payment's id.
    pub id: String,
    /// The provider's name; `null` for payment on account.
    #[schema(required)]
    pub provider: Option<String>,
    /// Whether it moves test money alone.
    pub test_money: bool,
    /// What it is for.
    pub purpose: PaymentPurpose,
    /// Where it is.
    pub state: PaymentState,
    /// What is to be paid.
    pub amount: Money,
    /// What was taken.
    pub captured: Money,
    /// What the provider gave back.
    pub refunded: Money,
    /// The provider's own id.
    #[schema(required)]
    pub provider_ref: Option<String>,
    /// The provider's code of a refusal, or empty.
    pub decline_code: String,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

/// A parcel, a collection or a carry-out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Fulfillment {
    /// The fulfillment's id.
    pub id: String,
    /// The order it belongs to.
    pub order: String,
    /// Where it leaves from.
    pub location: Named,
    /// How it is handed over.
    pub method: Method,
    /// Where it is.
    pub state: FulfillmentState,
    /// What can be done next.
    #[schema(required)]
    pub next_step: Option<Step>,
    /// What is in it.
    pub lines: Vec<PickLine>,
    /// Who gets it.
    pub recipient: String,
    /// Where it goes: the city, or the place of collection.
    pub place: String,
    /// The carrier's name, or empty.
    pub carrier: String,
    /// The label's number, or empty.
    pub tracking_number: String,
    /// Where the shopper can follow it, or empty.
    pub tracking_url: String,
    /// Its waybill, if one was booked.
    #[schema(required)]
    pub parcel: Option<Parcel>,
    /// By when it was promised, in UTC milliseconds; `null` where nothing was.
    #[schema(required)]
    pub promised: Option<i64>,
    /// What is expected of it, if it will be later than was promised.
    #[schema(required)]
    pub delay: Option<Delay>,
    /// When the order was placed, in UTC milliseconds.
    pub placed_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

/// What is to be picked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PickLine {
    /// The line's number in the order.
    pub number: u16,
    /// What.
    pub variant: String,
    /// The SKU.
    pub sku: String,
    /// The trade item number, or empty.
    pub gtin: String,
    /// The name.
    pub title: String,
    /// The options, or empty.
    pub options: String,
    /// The picture, or empty.
    pub image: String,
    /// Pieces.
    pub quantity: u32,
}

/// How a fulfillment moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Somebody starts to pick it.
    Pick,
    /// It is packed.
    Pack,
    /// It is with the carrier.
    Ship,
    /// It is at its destination, or the shopper collected it.
    Deliver,
}

/// Which fulfillments are listed. All conditions that are set must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FulfillmentQuery {
    /// The id of the location they leave from.
    pub location: Option<String>,
    /// States, separated by commas; `open,picking,packed` when absent.
    #[param(example = "open,picking")]
    pub state: Option<String>,
    /// The id of a carrier: those alone for which it has a waybill.
    pub carrier: Option<String>,
    /// The day on which their waybills were booked, where they leave from.
    #[param(example = "2026-11-11")]
    pub booked_on: Option<String>,
    /// Those alone that have a waybill whose label was printed before, or was not.
    pub labeled: Option<bool>,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// One page of fulfillments, oldest first. What is asked of waybills is looked for page by page: a page may have fewer than
/// its limit, or none, and others follow all the same.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FulfillmentList {
    /// The fulfillments.
    pub items: Vec<Fulfillment>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// With whom a parcel leaves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shipping {
    /// The carrier's name; empty for the carrier of its waybill.
    #[serde(default)]
    #[schema(max_length = 200, example = "DHL")]
    pub carrier: String,
    /// The label's number, or empty.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub tracking_number: String,
    /// Where the shopper can follow it: an `https:` or `http:` address, or empty.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub tracking_url: String,
}

/// Money given back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// The refund's id.
    pub id: String,
    /// Where it is.
    pub state: RefundState,
    /// All of it.
    pub amount: Money,
    /// The part of `amount` that is delivery or goodwill.
    pub extra: Money,
    /// What came back.
    pub lines: Vec<RefundLine>,
    /// Why, in the operator's words.
    pub note: String,
    /// When it was asked for, in UTC milliseconds.
    pub created_at: i64,
}

/// Pieces of a line that were paid back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundLine {
    /// The line's number.
    pub number: u16,
    /// Pieces.
    pub quantity: u32,
    /// What they cost.
    pub amount: Money,
}

/// What can be done with an order now, and to how much.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Actions {
    /// What canceling would do; `null` when nothing can be canceled.
    #[schema(required)]
    pub cancel: Option<CancelEffect>,
    /// The most that can be given back for handed-over goods, delivery or goodwill; `null` when nothing
    /// can.
    #[schema(required)]
    pub refund: Option<Money>,
    /// The payment on account whose money can be recorded as received.
    #[schema(required)]
    pub record_paid: Option<String>,
}

/// What canceling would do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CancelEffect {
    /// Pieces that will not be handed over and go back into stock.
    pub pieces: u32,
    /// What goes back to the shopper, delivery included; 0 when nothing was taken or will be.
    pub refund: Money,
    /// What sellers keep instead when it is the shopper who cancels: the deposit of a presale.
    #[schema(required)]
    pub kept_for_shopper: Option<Money>,
    /// Whether the whole group ends because it is not paid yet.
    pub whole_group: bool,
}

/// Why an order is canceled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// Why: `expired` is the system's own reason and refused here.
    pub reason: CancelReason,
    /// Why, in the operator's words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub note: String,
}

/// What is to be given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Handed-over pieces by line.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub lines: Vec<RefundPieces>,
    /// A further amount, for delivery or goodwill, in minor units of the order's currency.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub extra: i64,
    /// The id of the location where the pieces are put back into stock; absent when they are not.
    #[serde(default)]
    pub restock: Option<String>,
    /// Why, in the operator's words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub note: String,
}

/// Pieces of a line that are to be paid back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundPieces {
    /// The line's number.
    #[schema(minimum = 1)]
    pub number: u16,
    /// Pieces.
    #[schema(minimum = 1)]
    pub quantity: u32,
}

/// What a refund would give back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundPreview {
    /// All of it.
    pub amount: Money,
    /// What each line gives back.
    pub lines: Vec<RefundLine>,
    /// The most that can be given back now.
    pub refundable: Money,
}

/// A note for an order's history.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteCreate {
    /// The note.
    #[schema(min_length = 1, max_length = 5000)]
    pub note: String,
}
