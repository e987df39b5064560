//! What the world asks of the core, and what it answers.

mod returns;
mod rounds;

pub use returns::{
    AnswerReturn, DeliveryBack, ReceiveReturn, ReceivedLine, RequestReturn, ReturnAnswer,
};
pub use rounds::{AssignRound, MoveRoundParcel, RoundDraft, RoundEvent, RoundStep, StopDraft};

use crate::campaign::Campaign;
use crate::carrier::Carrier;
use crate::catalog::Product;
use crate::checkout::{Cart, Checkout, Intent, Item};
use crate::delay::Expected;
use crate::follower::{Followed, Follower};
use crate::id::{
    CampaignId, CarrierId, CartId, CheckoutId, CustomerId, FulfillmentId, GroupId, LocationId,
    OperatorId, OrderId, PaymentId, ReviewId, RuleId, VariantId,
};
use crate::money::{Currency, Money};
use crate::order::{CancelReason, Group};
use crate::parcel::Sighting;
use crate::payment::{PaymentMethod, ProviderNews};
use crate::points::{PointsProgram, PointsWanted};
use crate::review::{Mark, ReviewStep, SaveReview};
use crate::switch::{Plan, Position, Work};
use crate::text::Language;
use crate::wish::Letter;
use crate::world::Record;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The door a command came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The web shop.
    Web,
    /// A shopping app.
    App,
    /// A till.
    Till,
    /// An agent that shops for a person.
    Agent,
    /// Somebody on the phone with an operator.
    Phone,
    /// The operator's console.
    Console,
    /// A file.
    Import,
    /// The system itself: jobs and provider messages.
    System,
}

impl Channel {
    /// The word used in files and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Web => "web",
            Channel::App => "app",
            Channel::Till => "till",
            Channel::Agent => "agent",
            Channel::Phone => "phone",
            Channel::Console => "console",
            Channel::Import => "import",
            Channel::System => "system",
        }
    }
}

/// The kind of device a shopper used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A phone.
    Phone,
    /// A tablet.
    Tablet,
    /// A computer with a keyboard.
    Desktop,
    /// Not known.
    Unknown,
}

/// Who caused a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A shopper.
    Shopper,
    /// An operator who is signed in.
    Operator(OperatorId),
    /// A platform or agent through the store interface.
    Platform,
    /// A payment provider.
    Provider,
    /// The system itself.
    System,
}

/// The key under which a caller may repeat a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// A hash of the caller and its key.
    pub key: u128,
    /// A hash of the request; the same key with another one is refused.
    pub request: u64,
}

/// A command with who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What is asked.
    pub command: Command,
    /// Who asks.
    pub actor: Actor,
    /// Through which door.
    pub channel: Channel,
    /// The key under which it may be repeated.
    pub idempotency: Option<Idempotency>,
}

impl Envelope {
    /// A command of the system itself.
    pub fn system(command: Command) -> Self {
        Self {
            command,
            actor: Actor::System,
            channel: Channel::System,
            idempotency: None,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Saves records: settings, customers, operators. All or none.
    SaveRecords(Vec<Record>),
    /// Saves products with their variants. All or none.
    SaveProducts(Vec<ProductDraft>),
    /// Saves a campaign as a draft.
    SaveCampaign(CampaignDraft),
    /// Approves, stops or ends a campaign, if it has the expected version; `None` does not check.
    MoveCampaign(CampaignId, Option<u32>, CampaignStep),
    /// A member draws a red packet of a rule.
    DrawPacket(RuleId, CustomerId),
    /// Throws the switch of a kind of optional work, or plans for it.
    SetSwitch(SetSwitch),
    /// Counts or changes stock. All or none.
    SetStock(SetStock),
    /// Replaces a cart.
    SaveCart(SaveCart),
    /// Opens a checkout.
    OpenCheckout(OpenCheckout),
    /// Replaces what the shopper filled in.
    UpdateCheckout(UpdateCheckout),
    /// Gives a checkout up.
    CancelCheckout(CheckoutId),
    /// Turns a checkout into an order group: sets the goods aside and starts the payment.
    PlaceOrder(PlaceOrder),
    /// Opens a checkout and places it in one go.
    BuyNow(BuyNow),
    /// Pays for a group that still waits, in another way or once more.
    RetryPayment(RetryPayment),
    /// What a provider says of a payment.
    PaymentNews(PaymentNews),
    /// A payment needs an operator's look.
    ReportTrouble(PaymentTrouble),
    /// The money of a payment on account has come in.
    RecordPaid(PaymentId),
    /// An effect was carried out and has nothing more to say.
    EffectDone(u64),
    /// Gives the goods of unpaid groups back whose time is over.
    ExpireGroups(Vec<GroupId>),
    /// Moves a fulfillment on.
    MoveFulfillment(FulfillmentId, FulfillmentStep),
    /// Cancels what was not handed over.
    CancelOrder(CancelOrder),
    /// Gives money back.
    RefundOrder(RefundOrder),
    /// Asks to send goods back.
    RequestReturn(RequestReturn),
    /// Approves, refuses or withdraws a return.
    AnswerReturn(AnswerReturn),
    /// Goods of a return came.
    ReceiveReturn(ReceiveReturn),
    /// Adds a note to a group's history.
    AddNote(GroupId, String),
    /// How far a follower of the feed has come, and what it did.
    Followed(Followed),
    /// Changes what a customer keeps and wants to be told. All or none.
    ChangeWishes(CustomerId, Vec<WishChange>),
    /// How far the follower of wishes has come, and whom it tells.
    TellWishes(TellWishes),
    /// Saves what a buyer says of a product.
    SaveReview(SaveReview),
    /// Moves a review on, if it has the expected version; `None` does not check.
    MoveReview(ReviewId, Option<u32>, ReviewStep),
    /// Puts a shopper's mark on a review.
    MarkReview(Mark),
    /// Says what points are worth.
    SetPointsProgram(SetPointsProgram),
    /// Gives a member points, or takes some away.
    AdjustPoints(AdjustPoints),
    /// Takes the points of members whose time is over.
    ExpirePoints(Vec<CustomerId>),
    /// Ends the points of a member who was erased.
    EndPoints(CustomerId),
    /// Saves a carrier with the blocks of its numbers.
    SaveCarrier(SaveCarrier),
    /// Something was seen of a parcel.
    SeeParcel(FulfillmentId, Sighting),
    /// Labels of parcels are printed. All or none.
    PrintLabels(Vec<FulfillmentId>),
    /// A carrier answered to the announcement of a parcel.
    CarrierAnswer(CarrierAnswer),
    /// It is known anew when a parcel will be there.
    Expect(Expected),
    /// Saves rounds that were planned. All or none.
    SaveRounds(Vec<RoundDraft>),
    /// Gives a round to a courier.
    AssignRound(AssignRound),
    /// Moves a parcel to another round.
    MoveRoundParcel(MoveRoundParcel),
    /// A courier says something of their round.
    RoundEvent(RoundEvent),
}

/// A product to be saved: a new one or another version of a known one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// The product; its id and its variants' ids are kept when its handle or their SKUs are known.
    pub product: Product,
    /// Refused with `version_conflict` unless the known one has this version; `None` does not check.
    pub expected_version: Option<u32>,
}

/// A campaign to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignDraft {
    /// The campaign. Its version, its state, and who proposed and approved it, are the core's to say.
    pub campaign: Campaign,
    /// Refused with `version_conflict` unless the known one has this version; `None` does not check.
    pub expected_version: Option<u32>,
}

/// How a campaign moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignStep {
    /// A second person agrees.
    Approve,
    /// It ends at once.
    Stop,
    /// Its time is over.
    End,
}

/// A program of points to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPointsProgram {
    /// The program. Its version is the core's to say.
    pub program: PointsProgram,
    /// Refused with `version_conflict` unless the known one has this version, 0 for none; `None` does not check.
    pub expected_version: Option<u32>,
}

/// A change of a member's points by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustPoints {
    /// Whose.
    pub member: CustomerId,
    /// By how much: above 0 to give, below to take away.
    pub change: i64,
    /// Why, in words that the member may read; at most [`crate::limits::POINTS_REASON_CHARS_MAX`] characters.
    pub reason: String,
}

/// What is done with a switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSwitch {
    /// Of which work.
    pub work: Work,
    /// Refused with `version_conflict` unless the known one has this version; `None` does not check. A switch that was
    /// never touched has version 0.
    pub expected_version: Option<u32>,
    /// What is done.
    pub step: SwitchStep,
}

/// What is done with a switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchStep {
    /// It is thrown by hand, until a moment in UTC milliseconds or until further notice.
    Throw(Position, Option<i64>),
    /// It follows its plans again.
    LeaveToPlans,
    /// Its plans become these. Who planned them, and when, is the core's to say.
    Plan(Vec<Plan>),
}

/// One change of stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockChange {
    /// Of what.
    pub variant: VariantId,
    /// Where.
    pub location: LocationId,
    /// What changes.
    pub kind: StockChangeKind,
}

/// What a change of stock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockChangeKind {
    /// So many are there: a count or a file.
    Counted(i64),
    /// So many came in.
    Received(u32),
    /// So many are damaged or lost.
    Damaged(u32),
    /// So many are never promised online.
    SafetyStock(i64),
}

/// Changes of stock with one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStock {
    /// Names the cause in movements.
    pub cause: u64,
    /// The changes.
    pub changes: Vec<StockChange>,
    /// Why, in the operator's words.
    pub note: String,
}

/// A cart to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveCart {
    /// The cart's id, new or known.
    pub id: CartId,
    /// What is in it; quantity 0 takes an item out.
    pub items: Vec<Item>,
    /// The currency it is shown in.
    pub currency: Currency,
    /// The language it is shown in.
    pub language: Language,
    /// What the edge keeps with it.
    pub extension: String,
    /// How many points the member wants to pay with.
    pub points: PointsWanted,
    /// Refused with `version_conflict` unless it has this version, 0 for a new one; `None` does not check.
    pub expected_version: Option<u32>,
}

/// A step that changes what a customer keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WishChange {
    /// Keeps an article; one that is kept stays as it is.
    Keep {
        /// Which.
        variant: VariantId,
        /// What it costs now.
        price: Option<Money>,
    },
    /// Does not keep it any more, nor wants to be told of it.
    Drop(VariantId),
    /// Keeps it, and wants to be told when it can be had again.
    TellBack {
        /// Which.
        variant: VariantId,
        /// What it costs now.
        price: Option<Money>,
    },
    /// Keeps it, and wants to be told when it costs no more than this.
    TellCheaper {
        /// Which.
        variant: VariantId,
        /// The most it may cost.
        at_most: Money,
        /// What it costs now.
        price: Option<Money>,
    },
    /// Reads this language.
    Reads(Language),
    /// Wants to be told nothing more of an article, or of all.
    Quiet(Option<VariantId>),
    /// Keeps nothing more, and nothing is known of what was.
    Forget,
}

impl WishChange {
    /// The article that is kept with it.
    pub fn kept(&self) -> Option<VariantId> {
        match self {
            WishChange::Keep { variant, .. }
            | WishChange::TellBack { variant, .. }
            | WishChange::TellCheaper { variant, .. } => Some(*variant),
            WishChange::Drop(_)
            | WishChange::Reads(_)
            | WishChange::Quiet(_)
            | WishChange::Forget => None,
        }
    }
}

/// How far the follower of wishes has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellWishes {
    /// The follower as it is now, without the letters that were sent.
    pub follower: Follower,
    /// Whom to tell what. Numbers and times are given when it is decided.
    pub tell: Vec<Letter>,
    /// Letters that are not to be sent, since what they say is no longer true.
    pub returned: Vec<Letter>,
}

/// A checkout to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCheckout {
    /// Its id, made by the caller; opening it twice gives the first one.
    pub id: CheckoutId,
    /// Whoever shows this secret may see it.
    pub access_key: u64,
    /// The kind of device.
    pub device: Device,
    /// What the shopper filled in so far.
    pub intent: Intent,
}

/// A checkout to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateCheckout {
    /// Which.
    pub id: CheckoutId,
    /// Refused with `version_conflict` unless it has this version; `None` does not check.
    pub expected_version: Option<u32>,
    /// What the shopper filled in now, whole.
    pub intent: Intent,
}

/// A checkout to be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// Which.
    pub checkout: CheckoutId,
    /// What the shopper was shown as the total; `None` for what the checkout says.
    pub expected_total: Option<i64>,
    /// How it is paid.
    pub method: PaymentMethod,
    /// The page the provider sends the shopper back to.
    pub return_url: String,
    /// Whether it is known that no platform wants to hear what becomes of the order.
    pub unheard: bool,
}

/// A checkout to be opened and completed in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyNow {
    /// The checkout.
    pub open: OpenCheckout,
    /// What the shopper was shown as the total, in minor units; `None` when nothing was shown.
    pub expected_total: Option<i64>,
    /// What of that they were told to pay at once as a deposit, in minor units; looked at if a total was shown.
    pub expected_deposit: Option<i64>,
    /// How it is paid.
    pub method: PaymentMethod,
    /// The page the provider sends the shopper back to.
    pub return_url: String,
}

/// Another attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPayment {
    /// For which group.
    pub group: GroupId,
    /// How.
    pub method: PaymentMethod,
    /// The page the provider sends the shopper back to.
    pub return_url: String,
}

/// What a provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentNews {
    /// Of which payment.
    pub payment: PaymentId,
    /// The provider's id of it, if the message has it.
    pub provider_ref: Option<String>,
    /// What.
    pub news: ProviderNews,
    /// The effect that asked, which is done with this.
    pub effect: Option<u64>,
}

/// What the system cannot settle with a provider by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTrouble {
    /// With which payment.
    pub payment: PaymentId,
    /// What kind of trouble, in snake case, such as `capture_refused`.
    pub code: String,
    /// What the provider said, for people; at most [`crate::limits::NOTE_CHARS_MAX`] characters.
    pub note: String,
}

/// How a fulfillment moves on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FulfillmentStep {
    /// Somebody starts to pick it.
    Pick,
    /// It is packed: ready for the carrier or the shopper.
    Pack,
    /// A waybill is booked for it.
    Book(Booking),
    /// Its waybill is canceled.
    CancelWaybill,
    /// Goods of it leave from elsewhere.
    Relocate(Relocation),
    /// It is with the carrier.
    Ship {
        /// The carrier's name; empty for the one of its waybill.
        carrier: String,
        /// The label's number, or empty.
        tracking_number: String,
        /// Where the shopper can follow it, or empty.
        tracking_url: String,
    },
    /// It is at its destination, or the shopper collected it.
    Deliver,
}

/// Goods of a parcel that are to leave from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// Which; what is not named stays.
    pub lines: Vec<RelocatedLine>,
    /// Why.
    pub why: RelocationReason,
}

/// Pieces of a line that are to leave from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelocatedLine {
    /// The line's number within the group.
    pub line: u16,
    /// How many pieces; at least 1.
    pub pieces: u32,
    /// From where; `None` for wherever they are planned from now, but not from where they were.
    pub to: Option<LocationId>,
}

/// Why goods leave from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelocationReason {
    /// They were looked for and not found: they are written off where they were.
    NotFound,
    /// They are damaged: they are written off where they were.
    Damaged,
    /// A count or a till says that there are fewer than are set aside.
    Shortage,
    /// The place sends nothing for now.
    Closed,
    /// The place has more to send than it can.
    Full,
    /// It costs less from there.
    Cheaper,
    /// Somebody decided so.
    Other,
}

impl RelocationReason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NotFound,
        Self::Damaged,
        Self::Shortage,
        Self::Closed,
        Self::Full,
        Self::Cheaper,
        Self::Other,
    ];

    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Damaged => "damaged",
            Self::Shortage => "shortage",
            Self::Closed => "closed",
            Self::Full => "full",
            Self::Cheaper => "cheaper",
            Self::Other => "other",
        }
    }

    /// Whether the goods are gone from where they were.
    pub fn is_loss(self) -> bool {
        matches!(self, Self::NotFound | Self::Damaged)
    }
}

/// A waybill to be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The carrier and its service's code; `None` for the cheapest that takes the parcel.
    pub service: Option<(CarrierId, String)>,
    /// Where nobody is named, the services among which the cheapest is looked for first: those that keep what was promised.
    pub preferred: Vec<(CarrierId, String)>,
    /// The service level that was sold; `None` for any.
    pub level: Option<String>,
    /// What the scales show, in grams.
    pub weight_grams: u32,
    /// Length, width and height in millimeters, if they were measured.
    pub size_mm: Option<[u16; 3]>,
    /// The day where it leaves from, as `yyyymmdd`: quotas are counted by it.
    pub day: u32,
    /// The number that the carrier gave, where carriers give them ([`crate::carrier::Numbering::Given`]).
    pub number: Option<String>,
}

/// What a carrier says to the announcement of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierAnswer {
    /// Of which parcel.
    pub fulfillment: FulfillmentId,
    /// Its waybill's number when it was announced.
    pub number: String,
    /// Why the carrier does not take it; `None` where it does.
    pub refused: Option<CarrierRefusal>,
    /// The effect that asked, which is done with this.
    pub effect: u64,
}

/// Why a carrier does not take a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierRefusal {
    /// The carrier's code.
    pub code: String,
    /// The carrier's sentence; at most [`crate::limits::NOTE_CHARS_MAX`] characters.
    pub note: String,
}

/// A carrier to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveCarrier {
    /// The carrier. Its version is the core's to say.
    pub carrier: Carrier,
    /// First and last serial of each block of its numbers, in the order in which they are used.
    pub blocks: Vec<(u64, u64)>,
    /// Refused with `version_conflict` unless the known one has this version, 0 for none; `None` does not check.
    pub expected_version: Option<u32>,
}

/// What is to be canceled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOrder {
    /// Of which order.
    pub order: OrderId,
    /// Why.
    pub reason: CancelReason,
    /// Why, in the operator's words.
    pub note: String,
}

/// What is to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundOrder {
    /// Of which order.
    pub order: OrderId,
    /// Line numbers and handed-over pieces that come back or are paid back.
    pub lines: Vec<(u16, u32)>,
    /// A further amount, for delivery or goodwill, in minor units.
    pub extra: i64,
    /// Where returned pieces are put back into stock, if they are.
    pub restock: Option<LocationId>,
    /// Why, in the operator's words.
    pub note: String,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done; there is nothing to show.
    Done,
    /// Records or products were saved.
    Saved(Saved),
    /// The cart as it is now.
    Cart(Arc<Cart>),
    /// The checkout as it is now.
    Checkout(Arc<Checkout>),
    /// The group as it is now.
    Group(Arc<Group>),
    /// A red packet that a member drew.
    Packet(DrawnPacket),
}

/// A red packet that a member drew. What it holds is worked out from the number: [`crate::packet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnPacket {
    /// Of which rule.
    pub rule: RuleId,
    /// Its number, from 0.
    pub number: u32,
}

/// How many of what was sent were new, changed or the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Saved {
    /// New ones.
    pub created: u32,
    /// Changed ones.
    pub changed: u32,
    /// Those that were the same already.
    pub unchanged: u32,
    /// The raw ids, in the order they were sent.
    pub ids: Vec<u64>,
}
