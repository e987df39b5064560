//! What happened, in order: the feed that projections, consoles and integrators follow.

use crate::command::{Actor, Channel, RelocationReason};
use crate::delay::DelayReason;
use crate::follower::MailKind;
use crate::id::{
    CarrierId, CartId, CheckoutId, CustomerId, FulfillmentId, GroupId, LocationId, OrderId,
    PaymentId, ProductId, RefundId, ReturnId, ReviewId, RuleId, VariantId,
};
use crate::order::CancelReason;
use crate::parcel::{SeenBy, TrackingStatus};
use crate::review::ReviewState;
use crate::stock::Level;
use crate::world::RecordKind;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// One event of the ordered feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the feed, rising without gaps.
    pub position: u64,
    /// When it was decided, in UTC milliseconds.
    pub at: i64,
    /// Who caused it.
    pub actor: Actor,
    /// Through which door.
    pub channel: Channel,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "each variant is its name in past tense; each field is named for its type"
)]
pub enum What {
    RecordSaved {
        record: RecordKind,
        id: u64,
    },
    CartSaved {
        cart: CartId,
    },
    CheckoutSaved {
        checkout: CheckoutId,
    },
    CheckoutCanceled {
        checkout: CheckoutId,
    },
    StockChanged {
        variant: VariantId,
        location: LocationId,
        level: Level,
    },
    StockAdjusted {
        variant: VariantId,
        location: LocationId,
        change: i64,
        reason: String,
        note: String,
    },
    GroupPlaced {
        group: GroupId,
        total: i64,
    },
    GroupConfirmed {
        group: GroupId,
    },
    GroupCanceled {
        group: GroupId,
        reason: CancelReason,
    },
    PaymentStarted {
        payment: PaymentId,
    },
    PaymentActionRequired {
        payment: PaymentId,
    },
    PaymentAuthorized {
        payment: PaymentId,
    },
    PaymentDeclined {
        payment: PaymentId,
        code: String,
    },
    PaymentCaptured {
        payment: PaymentId,
        amount: i64,
    },
    PaymentVoided {
        payment: PaymentId,
    },
    PaymentTrouble {
        payment: PaymentId,
        code: String,
        note: String,
    },
    OrderCanceled {
        order: OrderId,
        reason: CancelReason,
    },
    RefundRequested {
        refund: RefundId,
        amount: i64,
        note: String,
    },
    RefundSucceeded {
        refund: RefundId,
        amount: i64,
    },
    RefundFailed {
        refund: RefundId,
        code: String,
    },
    FulfillmentOpened {
        fulfillment: FulfillmentId,
    },
    FulfillmentPicking {
        fulfillment: FulfillmentId,
    },
    FulfillmentPacked {
        fulfillment: FulfillmentId,
    },
    FulfillmentShipped {
        fulfillment: FulfillmentId,
        carrier: String,
        tracking_number: String,
    },
    FulfillmentDelivered {
        fulfillment: FulfillmentId,
    },
    FulfillmentCanceled {
        fulfillment: FulfillmentId,
    },
    NoteAdded {
        group: GroupId,
        note: String,
    },
    DepositPaid {
        group: GroupId,
        amount: i64,
    },
    DepositForfeited {
        group: GroupId,
        amount: i64,
    },
    MailSent {
        group: GroupId,
        mail: MailKind,
    },
    MailGivenUp {
        group: GroupId,
        mail: MailKind,
        reason: String,
    },
    PacketDrawn {
        rule: RuleId,
        member: CustomerId,
        number: u32,
    },
    ReturnRequested {
        r#return: ReturnId,
    },
    ReturnApproved {
        r#return: ReturnId,
    },
    ReturnRefused {
        r#return: ReturnId,
    },
    ReturnReceived {
        r#return: ReturnId,
    },
    ReturnWithdrawn {
        r#return: ReturnId,
    },
    ReviewSaved {
        review: ReviewId,
        product: ProductId,
        state: ReviewState,
    },
    PointsChanged {
        member: CustomerId,
        number: u64,
        change: i64,
        balance: i64,
        group: Option<GroupId>,
    },
    WaybillBooked {
        fulfillment: FulfillmentId,
        carrier: CarrierId,
        number: String,
    },
    WaybillCanceled {
        fulfillment: FulfillmentId,
        carrier: CarrierId,
        number: String,
    },
    ParcelSeen {
        fulfillment: FulfillmentId,
        at: i64,
        status: TrackingStatus,
        reason: String,
        place: String,
        note: String,
        by: SeenBy,
        withdrawn: bool,
    },
    GoodsRelocated {
        fulfillment: FulfillmentId,
        line: u16,
        pieces: u32,
        to: FulfillmentId,
        location: LocationId,
        why: RelocationReason,
    },
    WaybillAnnounced {
        fulfillment: FulfillmentId,
        carrier: CarrierId,
        number: String,
    },
    WaybillRefused {
        fulfillment: FulfillmentId,
        carrier: CarrierId,
        number: String,
        code: String,
        note: String,
    },
    ParcelDelayed {
        fulfillment: FulfillmentId,
        expected: i64,
        reason: DelayReason,
        place: String,
    },
    /// A parcel came to lie at one of the shop's places on its way. It is no news of the order: that it was seen is.
    ParcelLay {
        fulfillment: FulfillmentId,
        location: LocationId,
        /// The place that it was at before.
        from: LocationId,
    },
}

impl What {
    /// The name in snake case, as in the serialized form.
    pub fn name(&self) -> &'static str {
        match self {
            What::RecordSaved { .. } => "record_saved",
            What::CartSaved { .. } => "cart_saved",
            What::CheckoutSaved { .. } => "checkout_saved",
            What::CheckoutCanceled { .. } => "checkout_canceled",
            What::StockChanged { .. } => "stock_changed",
            What::StockAdjusted { .. } => "stock_adjusted",
            What::GroupPlaced { .. } => "group_placed",
            What::GroupConfirmed { .. } => "group_confirmed",
            What::GroupCanceled { .. } => "group_canceled",
            What::PaymentStarted { .. } => "payment_started",
            What::PaymentActionRequired { .. } => "payment_action_required",
            What::PaymentAuthorized { .. } => "payment_authorized",
            What::PaymentDeclined { .. } => "payment_declined",
            What::PaymentCaptured { .. } => "payment_captured",
            What::PaymentVoided { .. } => "payment_voided",
            What::PaymentTrouble { .. } => "payment_trouble",
            What::OrderCanceled { .. } => "order_canceled",
            What::RefundRequested { .. } => "refund_requested",
            What::RefundSucceeded { .. } => "refund_succeeded",
            What::RefundFailed { .. } => "refund_failed",
            What::FulfillmentOpened { .. } => "fulfillment_opened",
            What::FulfillmentPicking { .. } => "fulfillment_picking",
            What::FulfillmentPacked { .. } => "fulfillment_packed",
            What::FulfillmentShipped { .. } => "fulfillment_shipped",
            What::FulfillmentDelivered { .. } => "fulfillment_delivered",
            What::FulfillmentCanceled { .. } => "fulfillment_canceled",
            What::NoteAdded { .. } => "note_added",
            What::DepositPaid { .. } => "deposit_paid",
            What::DepositForfeited { .. } => "deposit_forfeited",
            What::MailSent { .. } => "mail_sent",
            What::MailGivenUp { .. } => "mail_given_up",
            What::PacketDrawn { .. } => "packet_drawn",
            What::ReturnRequested { .. } => "return_requested",
            What::ReturnApproved { .. } => "return_approved",
            What::ReturnRefused { .. } => "return_refused",
            What::ReturnReceived { .. } => "return_received",
            What::ReturnWithdrawn { .. } => "return_withdrawn",
            What::ReviewSaved { .. } => "review_saved",
            What::PointsChanged { .. } => "points_changed",
            What::WaybillBooked { .. } => "waybill_booked",
            What::WaybillCanceled { .. } => "waybill_canceled",
            What::ParcelSeen { .. } => "parcel_seen",
            What::GoodsRelocated { .. } => "goods_relocated",
            What::WaybillAnnounced { .. } => "waybill_announced",
            What::WaybillRefused { .. } => "waybill_refused",
            What::ParcelDelayed { .. } => "parcel_delayed",
            What::ParcelLay { .. } => "parcel_lay",
        }
    }

    /// The order group it belongs to, if any: what an order's history is made of.
    pub fn group(&self) -> Option<GroupId> {
        match *self {
            What::GroupPlaced { group, .. }
            | What::GroupConfirmed { group }
            | What::GroupCanceled { group, .. }
            | What::NoteAdded { group, .. }
            | What::DepositPaid { group, .. }
            | What::DepositForfeited { group, .. }
            | What::MailSent { group, .. }
            | What::MailGivenUp { group, .. } => Some(group),
            What::PointsChanged { group, .. } => group,
            What::PaymentStarted { payment }
            | What::PaymentActionRequired { payment }
            | What::PaymentAuthorized { payment }
            | What::PaymentDeclined { payment, .. }
            | What::PaymentCaptured { payment, .. }
            | What::PaymentVoided { payment }
            | What::PaymentTrouble { payment, .. } => Some(payment.parent()),
            What::OrderCanceled { order, .. } => Some(order.parent()),
            What::RefundRequested { refund, .. }
            | What::RefundSucceeded { refund, .. }
            | What::RefundFailed { refund, .. } => Some(refund.parent()),
            What::FulfillmentOpened { fulfillment }
            | What::FulfillmentPicking { fulfillment }
            | What::FulfillmentPacked { fulfillment }
            | What::FulfillmentShipped { fulfillment, .. }
            | What::FulfillmentDelivered { fulfillment }
            | What::FulfillmentCanceled { fulfillment }
            | What::WaybillBooked { fulfillment, .. }
            | What::WaybillCanceled { fulfillment, .. }
            | What::ParcelSeen { fulfillment, .. }
            | What::GoodsRelocated { fulfillment, .. }
            | What::WaybillAnnounced { fulfillment, .. }
            | What::WaybillRefused { fulfillment, .. }
            | What::ParcelDelayed { fulfillment, .. } => Some(fulfillment.parent()),
            What::ReturnRequested { r#return }
            | What::ReturnApproved { r#return }
            | What::ReturnRefused { r#return }
            | What::ReturnReceived { r#return }
            | What::ReturnWithdrawn { r#return } => Some(r#return.parent()),
            What::RecordSaved { .. }
            | What::CartSaved { .. }
            | What::CheckoutSaved { .. }
            | What::CheckoutCanceled { .. }
            | What::StockChanged { .. }
            | What::StockAdjusted { .. }
            | What::PacketDrawn { .. }
            | What::ParcelLay { .. }
            | What::ReviewSaved { .. } => None,
        }
    }
}

/// Work for the outside world, carried out after the commit by jobs that may run twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Its number, rising; gone from the table when it is done.
    pub number: u64,
    /// When it was asked for, in UTC milliseconds.
    pub at: i64,
    /// What is to be done.
    pub task: Task,
}

/// What a platform is told of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderNews {
    /// It is confirmed.
    Placed,
    /// A fulfillment left.
    Shipped,
    /// A fulfillment arrived or was collected.
    Delivered,
    /// Part or all of it was canceled.
    Canceled,
    /// Money went back.
    Refunded,
}

/// What an effect asks for. Each is safe to repeat: the provider sees the same idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Ask the provider for the money.
    StartPayment(PaymentId),
    /// Take the money that is held.
    CapturePayment(PaymentId),
    /// Let go of money that is or may be held.
    VoidPayment(PaymentId),
    /// Give money back.
    RefundPayment(RefundId),
    /// Tell the platform that an order came through what became of it.
    NotifyPlatform(GroupId, OrderNews),
    /// Tell the carrier of a parcel that it will get, by the number of its waybill.
    AnnounceParcel(FulfillmentId, String),
    /// Tell a carrier that the parcel with a number does not come.
    RecallParcel(FulfillmentId, CarrierId, String),
}
