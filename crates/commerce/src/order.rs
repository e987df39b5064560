//! What was bought: the order group, its orders, reservations, payments, fulfillments and refunds.
//!
//! The group is the unit that decisions load and change; its parts are numbered under it.

use crate::campaign::Use;
use crate::checkout::{AppliedDiscount, Buyer, Delivery, Deposit, Promise};
use crate::code::Country;
use crate::command::{Channel, Device};
use crate::delay::Delay;
use crate::extension::Extension;
use crate::id::{
    CustomerId, FulfillmentId, GroupId, LocationId, OrderId, PaymentId, RefundId, SellerId,
    VariantId,
};
use crate::limits;
use crate::money::Currency;
use crate::parcel::{Parcel, Scan, Seen, TrackingStatus};
use crate::payment::{Payment, PaymentState};
use crate::planted::{self, Fault};
use crate::points::GroupPoints;
use crate::returns::Return;
use crate::settings::Address;
use crate::text::Language;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Where a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// Goods are set aside until `expires_at`; the payment is under way.
    PendingPayment,
    /// Paid for, or to be paid later by agreement: the goods are owed.
    Confirmed,
    /// Not paid in time, given up, or canceled whole.
    Canceled,
    /// The deposit was paid: goods are set aside until the balance is, at the latest at `expires_at`.
    AwaitingBalance,
}

impl GroupState {
    /// Whether it waits for money before its goods are owed.
    pub fn waits(self) -> bool {
        matches!(
            self,
            GroupState::PendingPayment | GroupState::AwaitingBalance
        )
    }
}

/// Why a group or order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Not paid in time.
    Expired,
    /// The shopper changed their mind.
    Shopper,
    /// The operator canceled it.
    Operator,
    /// The goods were not there.
    OutOfStock,
    /// Suspected fraud.
    Fraud,
}

/// What a shopper paid for in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The group's id: the checkout's.
    pub id: GroupId,
    /// Rises by one with each change.
    pub version: u32,
    /// Where it is.
    pub state: GroupState,
    /// Why it ended.
    pub cancel_reason: Option<CancelReason>,
    /// The door it came through.
    pub channel: Channel,
    /// The kind of device it came from.
    pub device: Device,
    /// The language of texts and mails.
    pub language: Language,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Whoever shows this secret may see the order.
    pub access_key: u64,
    /// Who bought.
    pub buyer: Arc<Buyer>,
    /// Where parcels go; `None` for collection.
    pub destination: Option<Arc<Address>>,
    /// The address on the invoice; `None` for the destination.
    pub billing: Option<Arc<Address>>,
    /// How the goods reach the shopper.
    pub delivery: Delivery,
    /// The name of the delivery when it was sold.
    pub delivery_title: String,
    /// The arrival that was sold with the order; never computed anew (invariant 8).
    pub promise: Option<Promise>,
    /// Whose tax it is: the destination's country, or the one of the place of collection.
    pub tax_country: Country,
    /// What was to be paid, in minor units.
    pub total: i64,
    /// All tax in it, in minor units.
    pub tax: i64,
    /// The discounts that applied, in order.
    pub discounts: Vec<AppliedDiscount>,
    /// One per seller, numbered from 1.
    pub orders: Vec<Order>,
    /// What is or was set aside.
    pub reservations: Vec<Reservation>,
    /// Attempts to pay, numbered from 1.
    pub payments: Vec<Payment>,
    /// Parcels and collections, numbered from 1.
    pub fulfillments: Vec<Fulfillment>,
    /// Money given back, numbered from 1.
    pub refunds: Vec<Refund>,
    /// When it was placed, in UTC milliseconds.
    pub placed_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
    /// Until when the goods are set aside while it is not paid; `None` also while money for a presale is held and
    /// about to be taken.
    pub expires_at: Option<i64>,
    /// What the edge keeps with it; the core does not read it.
    #[serde(default)]
    pub extension: Extension,
    /// Whether it is known that no platform wants to hear what becomes of it.
    #[serde(default)]
    pub unheard: bool,
    /// What it took of limits of campaigns.
    #[serde(default)]
    pub uses: Vec<Use>,
    /// The member who bought, if they were signed in.
    #[serde(default)]
    pub member: Option<CustomerId>,
    /// What is paid in two parts, if its goods were on presale.
    #[serde(default)]
    pub presale: Option<Box<Presale>>,
    /// What shoppers want to send back, numbered from 1.
    #[serde(default)]
    pub returns: Vec<Return>,
    /// The terms under which it earns points and gives them back, if a member bought it while there was a program.
    #[serde(default)]
    pub points: Option<Box<GroupPoints>>,
    /// The waybills of its fulfillments, in the order in which they were booked.
    #[serde(default)]
    pub parcels: Vec<Parcel>,
    /// Its parcels that will be later than was promised.
    #[serde(default)]
    pub delays: Vec<Delay>,
    /// Where its parcels were seen, of sightings at places of the shop.
    #[serde(default)]
    pub scans: Vec<Scan>,
}

/// A group that is paid in two parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presale {
    /// What was agreed.
    pub deposit: Deposit,
    /// The payment that took the deposit; payments after it are for the balance.
    pub paid_by: Option<PaymentId>,
    /// What sellers kept because the balance was not paid, in minor units: 0 or the deposit.
    pub forfeited: i64,
}

/// Where an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Waits for the payment.
    Pending,
    /// Owed.
    Confirmed,
    /// Part of it was handed over.
    PartlyFulfilled,
    /// All that was not canceled was handed over.
    Fulfilled,
    /// Canceled whole.
    Canceled,
}

/// The part of a group that one seller owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order's id.
    pub id: OrderId,
    /// Who owes it.
    pub seller: SellerId,
    /// Where it is.
    pub state: OrderState,
    /// What it consists of.
    pub lines: Vec<Line>,
    /// Its part of the delivery price as paid, tax included, in minor units.
    pub shipping: i64,
    /// The tax contained in `shipping`.
    pub shipping_tax: i64,
    /// Lines and shipping as paid, in minor units.
    pub total: i64,
    /// Whether the seller has been credited for `shipping`.
    pub shipping_earned: bool,
}

/// One line of an order, as it was sold. Amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number within the group, from 1.
    pub number: u16,
    /// What.
    pub variant: VariantId,
    /// The SKU when it was sold.
    pub sku: String,
    /// The name when it was sold.
    pub title: String,
    /// The options when it was sold.
    pub options: String,
    /// The picture when it was sold.
    pub image: String,
    /// Pieces ordered.
    pub quantity: u32,
    /// Pieces canceled before they were handed over.
    pub canceled: u32,
    /// Pieces handed over.
    pub fulfilled: u32,
    /// Handed-over pieces whose money went back or is on its way back.
    pub returned: u32,
    /// What the canceled pieces cost.
    pub canceled_share: Share,
    /// What the handed-over pieces cost.
    pub fulfilled_share: Share,
    /// The part of `fulfilled_share` that the seller has been credited for.
    pub earned_share: Share,
    /// The part of `fulfilled_share` that went back with returned pieces.
    pub returned_share: Share,
    /// The price of one piece.
    pub unit_price: i64,
    /// This line's part of the discounts.
    pub discount: i64,
    /// The tax contained in `total`.
    pub tax: i64,
    /// The tax rate in parts per million.
    pub tax_rate_ppm: u32,
    /// What was paid for the line, tax included.
    pub total: i64,
}

/// A part of a line's price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// Minor units, tax included.
    pub total: i64,
    /// The tax contained in `total`.
    pub tax: i64,
}

impl Share {
    /// Both parts added.
    pub fn plus(self, other: Share) -> Share {
        Share {
            total: self.total + other.total,
            tax: self.tax + other.tax,
        }
    }

    /// What is left after taking `other` away.
    pub fn minus(self, other: Share) -> Share {
        Share {
            total: self.total - other.total,
            tax: self.tax - other.tax,
        }
    }
}

impl Line {
    /// What the next `pieces` that are handed over or canceled cost: the shares of any sequence of
    /// pieces add up to the line's total exactly.
    pub fn next_share(&self, pieces: u32) -> Share {
        let done = if planted::is(Fault::RoundingLeak) {
            0
        } else {
            self.canceled + self.fulfilled
        };
        let part = |whole| crate::money::portion(whole, done, pieces, self.quantity);
        Share {
            total: part(self.total),
            tax: part(self.tax),
        }
    }

    /// What `pieces` of the handed-over ones give back: the last of them give back all that is left.
    pub fn return_share(&self, pieces: u32) -> Share {
        let left = self.fulfilled_share.minus(self.returned_share);
        if self.returned + pieces == self.fulfilled {
            return left;
        }
        let part = |whole| crate::money::scale(whole, i64::from(pieces), i64::from(self.fulfilled));
        Share {
            total: part(self.fulfilled_share.total).min(left.total),
            tax: part(self.fulfilled_share.tax).min(left.tax),
        }
    }

    /// Pieces that are still owed.
    pub fn open(&self) -> u32 {
        self.quantity - self.canceled - self.fulfilled
    }
}

/// Where a reservation is. It leaves `Held` exactly once (invariant 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReservationState {
    /// Goods are set aside.
    Held,
    /// The goods were handed over.
    Taken,
    /// Given back by a cancellation.
    Released,
    /// Given back because it was not paid in time.
    Expired,
}

/// Goods set aside for a line at a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Its number within the group, from 1.
    pub number: u16,
    /// The line it serves.
    pub line: u16,
    /// The fulfillment that will take it.
    pub fulfillment: FulfillmentId,
    /// What.
    pub variant: VariantId,
    /// Where.
    pub location: LocationId,
    /// How many pieces.
    pub quantity: u32,
    /// Where it is.
    pub state: ReservationState,
}

/// How a fulfillment is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A parcel.
    Ship,
    /// Collection by the shopper.
    Pickup,
    /// Carried out of the shop at once.
    CarryOut,
}

/// Where a fulfillment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentState {
    /// Waits for the payment.
    Pending,
    /// To be picked.
    Open,
    /// Somebody is picking it.
    Picking,
    /// Packed; a parcel waits for its carrier, a collection for its shopper.
    Packed,
    /// With the carrier.
    Shipped,
    /// At its destination, collected or carried out.
    Delivered,
    /// Canceled.
    Canceled,
}

impl FulfillmentState {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            FulfillmentState::Pending => "pending",
            FulfillmentState::Open => "open",
            FulfillmentState::Picking => "picking",
            FulfillmentState::Packed => "packed",
            FulfillmentState::Shipped => "shipped",
            FulfillmentState::Delivered => "delivered",
            FulfillmentState::Canceled => "canceled",
        }
    }
}

/// A parcel, a collection or a carry-out: which lines leave which location how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfillment {
    /// The fulfillment's id.
    pub id: FulfillmentId,
    /// The order it belongs to.
    pub order: OrderId,
    /// Where it leaves from.
    pub location: LocationId,
    /// How it is handed over.
    pub method: Method,
    /// Where it is.
    pub state: FulfillmentState,
    /// Line numbers and pieces.
    pub lines: Vec<(u16, u32)>,
    /// The carrier's name, or empty.
    pub carrier: String,
    /// The label's number, or empty.
    pub tracking_number: String,
    /// Where the shopper can follow it, or empty.
    pub tracking_url: String,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

/// Where a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Waits for the capture or for the provider.
    Pending,
    /// The provider gave the money back.
    Succeeded,
    /// The provider refused; somebody must look.
    Failed,
}

/// Which account a refund is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundSource {
    /// Goods that were canceled before they were handed over: the money is still held.
    Held,
    /// Goods that were handed over, or goodwill: the seller and the tax account give it back.
    Seller,
}

/// Money given back. Amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The refund's id; the idempotency key at the provider.
    pub id: RefundId,
    /// The order it belongs to; `None` when money came without an order.
    pub order: Option<OrderId>,
    /// The payment it goes back through.
    pub payment: PaymentId,
    /// Line numbers, pieces and amounts.
    pub lines: Vec<(u16, u32, i64)>,
    /// The part of `amount` that is delivery.
    pub shipping: i64,
    /// All of it.
    pub amount: i64,
    /// The tax contained in `amount`.
    pub tax: i64,
    /// Which account it is taken from.
    pub source: RefundSource,
    /// Where it is.
    pub state: RefundState,
    /// Why, in the operator's words.
    pub note: String,
    /// When it was asked for, in UTC milliseconds.
    pub created_at: i64,
    /// Set when it was made at the provider and not asked for by us.
    #[serde(default)]
    pub outside: Option<OutsideRefund>,
}

/// What makes a refund one that somebody made at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideRefund {
    /// The provider's id of it: told twice, it is booked once.
    pub reference: String,
    /// What the seller got back of it from held money, since it turned out to be for canceled goods; in
    /// minor units, at most the refund's amount.
    pub from_held: i64,
}

impl Fulfillment {
    /// Whether all of it leaves from elsewhere: it is none any more.
    pub fn is_relocated(&self) -> bool {
        self.state == FulfillmentState::Canceled && self.lines.is_empty()
    }
}

impl Group {
    /// The place of the shop at which a parcel was seen last, or else the one that it leaves from. `None` if it is none of
    /// the group's.
    pub fn last_place(&self, id: FulfillmentId) -> Option<LocationId> {
        let of = self.fulfillments.iter().find(|f| f.id == id)?;
        let scan = self
            .standing_scans(id)
            .max_by_key(|(seen, _)| (seen.at, seen.key));
        Some(scan.map_or(of.location, |(_, scan)| scan.location))
    }

    /// The place of the shop at which a parcel lies that has left and is not with its receiver: where it was seen last, if
    /// that was at one.
    pub fn lies_at(&self, id: FulfillmentId) -> Option<LocationId> {
        use TrackingStatus::{DeliveryFailed, InTransit, OnHold, ReturnToSender};
        let of = self.fulfillments.iter().find(|f| f.id == id)?;
        let latest = self.parcel(id)?.latest()?;
        let lies = of.state == FulfillmentState::Shipped
            && matches!(
                latest.status,
                InTransit | OnHold | DeliveryFailed | ReturnToSender
            );
        let mut scans = self.standing_scans(id).filter(|_| lies);
        let found = scans.find(|(seen, _)| seen.key == latest.key);
        found.map(|(_, scan)| scan.location)
    }

    /// Where a parcel was seen, by what was not taken back.
    fn standing_scans(&self, id: FulfillmentId) -> impl Iterator<Item = (&Seen, &Scan)> {
        let scans = self.scans.iter().filter(move |scan| scan.fulfillment == id);
        scans.filter_map(move |scan| {
            let seen = self.parcel(id)?.said(scan.key)?;
            (!seen.withdrawn).then_some((seen, scan))
        })
    }

    /// What is expected of a fulfillment that will be later than was promised.
    pub fn delay(&self, id: FulfillmentId) -> Option<&Delay> {
        self.delays.iter().find(|d| d.fulfillment == id)
    }

    /// The waybill of a fulfillment, if one was booked.
    pub fn parcel(&self, of: FulfillmentId) -> Option<&Parcel> {
        self.parcels.iter().find(|parcel| parcel.fulfillment == of)
    }

    /// The same, to be changed.
    pub fn parcel_mut(&mut self, of: FulfillmentId) -> Option<&mut Parcel> {
        self.parcels
            .iter_mut()
            .find(|parcel| parcel.fulfillment == of)
    }

    /// The order with this id.
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.iter().find(|o| o.id == id)
    }

    /// The payment that holds or took the money for this group, if any; of a presale the deposit's. Money that came
    /// twice or too late, and goes back whole, is not meant.
    pub fn settled_payment(&self) -> Option<&Payment> {
        self.settled_payments().next()
    }

    /// All such payments: one, or of a presale two.
    pub fn settled_payments(&self) -> impl DoubleEndedIterator<Item = &Payment> {
        let is_settled = |p: &&Payment| p.state.holds_money() && !self.is_stray(p);
        self.payments.iter().filter(is_settled)
    }

    /// Whether a payment is one for the balance of a presale.
    pub fn is_for_balance(&self, payment: PaymentId) -> bool {
        let deposit = self.presale.as_ref().and_then(|p| p.paid_by);
        deposit.is_some_and(|deposit| payment > deposit)
    }

    /// What the next payment is for, in minor units: all, or of a presale the deposit or the balance.
    pub fn due(&self) -> i64 {
        match &self.presale {
            None => self.total,
            Some(presale) if presale.paid_by.is_none() => presale.deposit.amount,
            Some(_) => self.balance(),
        }
    }

    /// What is left to pay after the deposit, in minor units; all without one.
    pub fn balance(&self) -> i64 {
        let deposit = self.presale.as_ref().map_or(0, |p| p.deposit.amount);
        self.total - deposit
    }

    /// The part of the deposit that is for an order's goods, in minor units.
    pub fn deposit_of(&self, order: &Order) -> i64 {
        let part = |l: &Line| {
            let presale = self.presale.as_ref()?;
            let place = usize::from(l.number).checked_sub(1)?;
            presale.deposit.parts.get(place).copied()
        };
        order.lines.iter().filter_map(part).sum()
    }

    /// When it ends by itself, in UTC milliseconds: while it waits, and no money for a presale is about to be taken.
    pub fn deadline(&self) -> Option<i64> {
        let is_held = |p: &Payment| p.state == PaymentState::Authorized && !self.is_stray(p);
        if self.presale.is_some() && self.payments.iter().any(is_held) {
            return None;
        }
        match (self.state, &self.presale) {
            (GroupState::PendingPayment, _) => Some(self.placed_at + limits::RESERVATION_MS),
            (GroupState::AwaitingBalance, Some(presale)) => Some(presale.deposit.balance_until),
            _ => None,
        }
    }

    /// Whether a payment's money is not owed and goes back whole.
    pub fn is_stray(&self, payment: &Payment) -> bool {
        self.refunds
            .iter()
            .any(|r| r.payment == payment.id && r.order.is_none())
    }

    /// Whether a refund came to nothing because its payment was let go before anything was taken.
    pub fn is_moot(&self, refund: &Refund) -> bool {
        let took_nothing = |p: &Payment| p.id == refund.payment && p.captured == 0;
        refund.state == RefundState::Failed && self.payments.iter().any(took_nothing)
    }

    /// The latest attempt to pay.
    pub fn last_payment(&self) -> Option<&Payment> {
        self.payments.last()
    }

    /// All lines of all orders.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.orders.iter().flat_map(|o| o.lines.iter())
    }

    /// What can still be asked back from the provider, in minor units; `None` before the capture.
    pub fn left_to_refund(&self) -> Option<i64> {
        let left = self.captured()? - self.refunded();
        Some(left.max(0))
    }

    /// What was taken for it, in minor units; `None` unless all that was agreed to was. Where nothing was to be paid,
    /// nothing is waited for.
    pub fn captured(&self) -> Option<i64> {
        self.settled_payments().try_fold(None, |sum, p| {
            let is_free = p.state == PaymentState::OnAccount && p.amount == 0;
            let is_taken = p.state == PaymentState::Captured || is_free;
            is_taken.then(|| Some(sum.unwrap_or(0) + p.captured))
        })?
    }

    /// What of an amount can go back through which payment, the latest first: never more than is left of each.
    pub fn refund_parts(&self, amount: i64) -> Vec<(PaymentId, i64)> {
        let mut rest = amount;
        let mut parts = Vec::with_capacity(1);
        for payment in self.settled_payments().rev() {
            let counts = |r: &&Refund| {
                r.payment == payment.id && r.order.is_some() && r.state != RefundState::Failed
            };
            let asked: i64 = self.refunds.iter().filter(counts).map(|r| r.amount).sum();
            let taken = match payment.state {
                PaymentState::Captured => payment.captured,
                _ => payment.amount,
            };
            let part = rest.min(taken - asked);
            if part > 0 {
                parts.push((payment.id, part));
                rest -= part;
            }
        }
        parts
    }

    /// What was given back or is on its way back to the shopper for orders, in minor units.
    pub fn refunded(&self) -> i64 {
        self.refunds
            .iter()
            .filter(|r| r.order.is_some() && r.state != RefundState::Failed)
            .map(|r| r.amount)
            .sum()
    }
}
