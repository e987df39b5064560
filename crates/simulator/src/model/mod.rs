//! The reference model: a second, plain account of what should happen. It sees every command in the order
//! in which the writer decided it, and says what the answer must be and how the rows must look afterwards.
//!
//! It is written from the rules, not from the core's code: maps and loops, no journal, no working set, no
//! batches. It must never call anything that decides in `commerce`; it shares the names of things only.

mod compare;
mod festival;
mod packets;
mod parcels;
mod pay;
mod points;
mod presale;
mod price;
mod relocate;
mod returns;
mod rounds;
mod serve;
mod stock;

pub use festival::Used;
pub use packets::PACKETS;
pub use parcels::Note;
pub use points::{Purse, Score};
pub use presale::Advance;
pub use price::{Bill, dealt_out};
pub use returns::Claim;
pub use stock::Shelf;

use crate::hash::Map;
use crate::town::Town;
use commerce::campaign::Counted;
use commerce::checkout::{CheckoutStatus, Delivery, Intent};
use commerce::command::{BuyNow, OpenCheckout, PlaceOrder, SaveCart, UpdateCheckout};
use commerce::id::{
    CartId, CheckoutId, CustomerId, GroupId, LocationId, RoundId, SellerId, VariantId,
};
use commerce::ledger::Account;
use commerce::limits;
use commerce::money::Currency;
use commerce::order::{
    CancelReason, FulfillmentState, GroupState, Method, OrderState, RefundState,
};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::{Command, Envelope};
use packets::Drawn;
use std::collections::BTreeMap;

/// What the answer to a command must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Refused with this code.
    Refused(&'static str),
    /// This group.
    Group(GroupId),
    /// This checkout.
    Checkout(CheckoutId),
    /// This cart.
    Cart(CartId),
    /// The red packet with this number.
    Packet(u32),
    /// Records were saved.
    Saved,
    /// Nothing to show.
    Done,
}

/// Pieces of a line from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    pub line: u16,
    pub variant: VariantId,
    pub place: LocationId,
    pub pieces: u32,
}

/// A checkout that waits.
#[derive(Debug, Clone)]
struct Waiting {
    status: CheckoutStatus,
    version: u32,
    intent: Intent,
    total: i64,
    /// What would be paid at once of each line, if it is on presale.
    advance: Option<Vec<i64>>,
    /// How many points it would be paid with.
    points: i64,
    ends: i64,
}

/// Money and the tax in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    pub total: i64,
    pub tax: i64,
}

impl Part {
    fn add(&mut self, other: Part) {
        self.total += other.total;
        self.tax += other.tax;
    }
}

/// A line that was sold.
#[derive(Debug, Clone)]
pub struct Sold {
    pub number: u16,
    pub variant: VariantId,
    pub quantity: u32,
    pub canceled: u32,
    pub gone: u32,
    pub returned: u32,
    pub price: Part,
    pub canceled_for: Part,
    pub gone_for: Part,
    pub returned_for: Part,
    pub earned: Part,
}

/// What one seller owes.
#[derive(Debug, Clone)]
pub struct Owed {
    pub seller: SellerId,
    pub state: OrderState,
    pub lines: Vec<Sold>,
    pub shipping: Part,
    pub shipping_earned: bool,
}

/// A parcel, a collection, a carry-out.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The order's place in its group.
    pub order: usize,
    pub place: LocationId,
    pub state: FulfillmentState,
    /// When it left or arrived.
    pub since: i64,
    pub picks: Vec<Pick>,
}

/// An attempt to pay.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub by_hand: bool,
    pub state: PaymentState,
    pub amount: i64,
    pub captured: i64,
    pub refunded: i64,
}

/// Money on its way back.
#[derive(Debug, Clone)]
pub struct Back {
    /// The order's place in its group; none for money that came for nothing.
    pub order: Option<usize>,
    pub payment: usize,
    pub amount: i64,
    pub tax: i64,
    /// Taken from the seller and the tax account; otherwise from what is held.
    pub from_seller: bool,
    /// The part of it that is for delivery.
    pub delivery: i64,
    pub state: RefundState,
}

/// A group as it should be.
#[derive(Debug, Clone)]
pub struct Deal {
    pub state: GroupState,
    pub reason: Option<CancelReason>,
    pub currency: Currency,
    pub country: commerce::code::Country,
    pub method: Method,
    pub total: i64,
    pub tax: i64,
    pub ends: Option<i64>,
    pub orders: Vec<Owed>,
    pub parcels: Vec<Parcel>,
    pub attempts: Vec<Attempt>,
    pub backs: Vec<Back>,
    pub used: Vec<Used>,
    pub id: GroupId,
    pub placed: i64,
    pub advance: Option<Advance>,
    pub claims: Vec<Claim>,
    pub score: Option<Score>,
    pub notes: Vec<Note>,
}

/// The model.
pub struct Model {
    pub town: Town,
    pub shelves: BTreeMap<(VariantId, LocationId), Shelf>,
    pub deals: Map<GroupId, Box<Deal>>,
    pub money: BTreeMap<(Account, Currency), i64>,
    /// What was taken of the festival's limits, by rule.
    pub taken: BTreeMap<(u8, Counted), i64>,
    /// What became of its red packets.
    pub drawn: Drawn,
    /// Members' points.
    pub purses: BTreeMap<CustomerId, Purse>,
    /// What the carrier gave.
    desk: parcels::Desk,
    /// Couriers' rounds.
    tours: BTreeMap<RoundId, rounds::Tour>,
    checkouts: Map<CheckoutId, Waiting>,
    answers: Map<u128, (u64, Expected)>,
    /// When what is decided is decided.
    now: i64,
}

type Answer = Result<Expected, &'static str>;

impl Model {
    /// A model of a town; its first stock comes by commands like everything else.
    pub fn new(town: Town) -> Self {
        let packets = town.festival.as_ref().and_then(|f| f.packets.as_ref());
        let drawn = packets.map_or_else(Drawn::default, Drawn::of);
        Self {
            town,
            shelves: BTreeMap::new(),
            deals: Map::default(),
            money: BTreeMap::new(),
            taken: BTreeMap::new(),
            drawn,
            purses: BTreeMap::new(),
            desk: parcels::Desk::default(),
            tours: BTreeMap::new(),
            checkouts: Map::default(),
            answers: Map::default(),
            now: 0,
        }
    }

    /// Takes a command that the writer decided at `now`: what its answer must be, and whether that answer
    /// must be a replay.
    pub fn decide(&mut self, now: i64, envelope: &Envelope) -> (Expected, bool) {
        if let Some(idempotency) = envelope.idempotency
            && let Some(&(request, told)) = self.answers.get(&idempotency.key)
        {
            return if request == idempotency.request {
                (told, true)
            } else {
                (Expected::Refused("idempotency_key_reused"), false)
            };
        }
        match self.command(now, envelope) {
            Ok(told) => {
                if let Some(idempotency) = envelope.idempotency {
                    self.answers
                        .insert(idempotency.key, (idempotency.request, told));
                }
                (told, false)
            }
            Err(code) => (Expected::Refused(code), false),
        }
    }

    fn command(&mut self, now: i64, envelope: &Envelope) -> Answer {
        self.now = now;
        match &envelope.command {
            Command::SaveRecords(_) => Ok(Expected::Saved),
            Command::SaveProducts(drafts) => self.save_products(drafts),
            // Nobody in the town prepares campaigns or throws switches: they are there from the start.
            Command::SaveCampaign(_) | Command::MoveCampaign(..) | Command::SetSwitch(_) => {
                Ok(Expected::Saved)
            }
            Command::DrawPacket(rule, member) => self.draw(now, *rule, *member),
            Command::SetStock(set) => self.stock(set).map(|()| Expected::Saved),
            Command::SaveCart(save) => self.save_cart(save),
            Command::OpenCheckout(open) => self.open(now, open),
            Command::UpdateCheckout(update) => self.update(now, update),
            Command::CancelCheckout(id) => self.cancel_checkout(*id),
            Command::PlaceOrder(place) => self.place(now, place),
            Command::BuyNow(buy) => self.buy_now(now, buy),
            Command::RetryPayment(retry) => self.retry(now, retry),
            Command::PaymentNews(news) => self.news(now, news),
            Command::ReportTrouble(trouble) => self
                .known_payment(trouble.payment)
                .map(|(group, _)| Expected::Group(group)),
            Command::RecordPaid(id) => self.record_paid(*id),
            Command::EffectDone(_)
            | Command::Followed(_)
            | Command::ChangeWishes(..)
            | Command::TellWishes(_) => Ok(Expected::Done),
            Command::ExpireGroups(ids) => self.expire(now, ids),
            Command::MoveFulfillment(id, step) => self.advance(*id, step),
            Command::CancelOrder(cancel) => self.cancel_order(cancel),
            Command::RefundOrder(refund) => self.refund_order(refund),
            Command::RequestReturn(asked) => self.ask_return(envelope.actor, asked),
            Command::AnswerReturn(given) => self.answer_return(given),
            Command::ReceiveReturn(came) => self.receive_return(came),
            Command::AddNote(id, _) if self.deals.contains_key(id) => Ok(Expected::Group(*id)),
            Command::AddNote(..) => Err("not_found"),
            Command::SetPointsProgram(set) => self.set_loyalty(set),
            Command::AdjustPoints(adjust) => self.adjust(adjust),
            Command::ExpirePoints(members) => self.expire_points(members),
            Command::EndPoints(member) => self.close_purse(*member),
            Command::SeeParcel(id, sighting) => self.see(*id, sighting),
            // Nobody in the town says when parcels will be there.
            Command::Expect(_) => Err("not_found"),
            Command::CarrierAnswer(answer) => self.carrier_answers(answer),
            Command::SaveRounds(drafts) => self.save_rounds(drafts),
            Command::MoveRoundParcel(moved) => self.move_round_parcel(moved),
            Command::RoundEvent(event) => self.round_event(event),
            // The town's couriers have no names.
            Command::AssignRound(_) => Err("not_found"),
            // Nobody in the town prints labels.
            Command::PrintLabels(_) => Err("labels_refused"),
            // The carrier is there from the start.
            Command::SaveCarrier(_) => Ok(Expected::Saved),
            // Nobody in the town reviews anything.
            Command::SaveReview(_) | Command::MoveReview(..) | Command::MarkReview(_) => {
                Err("not_found")
            }
        }
    }

    /// Articles as the drafts say.
    fn save_products(&mut self, drafts: &[commerce::command::ProductDraft]) -> Answer {
        for draft in drafts {
            let variant = &draft.product.variants[0];
            let article = self
                .town
                .articles
                .iter_mut()
                .find(|a| a.variant == variant.id);
            let article = article.expect("drafts are made from the town's articles");
            article.on_sale = variant.status == commerce::catalog::Status::Active;
            for (offer, said) in article.offers.iter_mut().zip(&variant.offers) {
                offer.1 = [said.prices[0].minor, said.prices[1].minor];
            }
        }
        Ok(Expected::Saved)
    }

    fn save_cart(&mut self, save: &SaveCart) -> Answer {
        for item in save.items.iter().filter(|i| i.quantity > 0) {
            if item.quantity > limits::QUANTITY_MAX {
                return Err("quantity_invalid");
            }
            let article = self.town.article(item.variant).ok_or("unknown_variant")?;
            if !article.on_sale {
                return Err("not_for_sale");
            }
        }
        Ok(Expected::Cart(save.id))
    }

    fn open(&mut self, now: i64, open: &OpenCheckout) -> Answer {
        if !self.checkouts.contains_key(&open.id) {
            if self.deals.contains_key(&open.id.group()) {
                return Err("checkout_closed");
            }
            let Bill {
                total,
                advance,
                points,
                ..
            } = self.bill(now, &open.intent)?;
            let waiting = Waiting {
                status: CheckoutStatus::Open,
                version: 1,
                intent: open.intent.clone(),
                total,
                advance: advance.map(|a| a.parts),
                points: points.0,
                ends: now + limits::CHECKOUT_MS,
            };
            self.checkouts.insert(open.id, waiting);
        }
        Ok(Expected::Checkout(open.id))
    }

    fn open_one(&self, now: i64, id: CheckoutId) -> Result<&Waiting, &'static str> {
        let waiting = self.checkouts.get(&id).ok_or("not_found")?;
        if waiting.status != CheckoutStatus::Open {
            return Err("checkout_closed");
        }
        if now >= waiting.ends {
            Err("checkout_expired")
        } else {
            Ok(waiting)
        }
    }

    fn update(&mut self, now: i64, update: &UpdateCheckout) -> Answer {
        let version = self.open_one(now, update.id)?.version;
        if update.expected_version.is_some_and(|v| v != version) {
            return Err("version_conflict");
        }
        let Bill {
            total,
            advance,
            points,
            ..
        } = self.bill(now, &update.intent)?;
        let waiting = self.checkouts.get_mut(&update.id).expect("found before");
        waiting.version += 1;
        waiting.intent = update.intent.clone();
        waiting.total = total;
        waiting.advance = advance.map(|a| a.parts);
        waiting.points = points.0;
        waiting.ends = now + limits::CHECKOUT_MS;
        Ok(Expected::Checkout(update.id))
    }

    fn cancel_checkout(&mut self, id: CheckoutId) -> Answer {
        let waiting = self.checkouts.get_mut(&id).ok_or("not_found")?;
        if waiting.status == CheckoutStatus::Placed {
            return Err("checkout_closed");
        }
        waiting.status = CheckoutStatus::Canceled;
        Ok(Expected::Checkout(id))
    }

    fn place(&mut self, now: i64, place: &PlaceOrder) -> Answer {
        let id = place.checkout.group();
        if self.deals.contains_key(&id) {
            return Ok(Expected::Group(id));
        }
        let waiting = self.open_one(now, place.checkout)?.clone();
        complete(&waiting.intent)?;
        let bill = self.bill(now, &waiting.intent)?;
        bill.check_buyer()?;
        if bill.total != place.expected_total.unwrap_or(waiting.total) {
            return Err("price_changed");
        }
        if bill.advance.as_ref().map(|a| &a.parts) != waiting.advance.as_ref() {
            return Err("price_changed");
        }
        if bill.points.0 != waiting.points {
            return Err("price_changed");
        }
        self.deal(now, id, &waiting.intent, &bill, &place.method)?;
        let waiting = self
            .checkouts
            .get_mut(&place.checkout)
            .expect("found before");
        waiting.status = CheckoutStatus::Placed;
        Ok(Expected::Group(id))
    }

    fn buy_now(&mut self, now: i64, buy: &BuyNow) -> Answer {
        let id = buy.open.id.group();
        if self.deals.contains_key(&id) {
            return Ok(Expected::Group(id));
        }
        if self.checkouts.contains_key(&buy.open.id) {
            return Err("checkout_closed");
        }
        let bill = self.bill(now, &buy.open.intent)?;
        complete(&buy.open.intent)?;
        bill.check_buyer()?;
        let deposit = bill.advance.as_ref().map(|a| a.parts.iter().sum());
        let shown = (bill.total, deposit);
        if buy
            .expected_total
            .is_some_and(|t| (t, buy.expected_deposit) != shown)
        {
            return Err("price_changed");
        }
        self.deal(now, id, &buy.open.intent, &bill, &buy.method)?;
        Ok(Expected::Group(id))
    }

    /// The basket is sold: one part per seller, goods set aside, the first attempt to pay.
    // Long because a deal is made of that many parts.
    fn deal(
        &mut self,
        now: i64,
        id: GroupId,
        intent: &Intent,
        bill: &Bill,
        method: &PaymentMethod,
    ) -> Result<(), &'static str> {
        let delivery = intent.delivery.expect("complete");
        let to = intent.destination.as_ref().and_then(|d| d.country);
        let orders = by_seller(bill);
        let wants: Vec<_> = orders
            .iter()
            .flat_map(|o| o.lines.iter().map(|l| (l.number, l.variant, l.quantity)))
            .collect();
        let picks = self.sources(&wants, delivery, to)?;
        if bill.advance.is_some() && *method == PaymentMethod::OnAccount {
            return Err("presale_needs_provider");
        }
        let mut deal = Deal {
            state: GroupState::PendingPayment,
            reason: None,
            currency: intent.currency,
            country: self.tax_country(intent),
            method: match delivery {
                Delivery::Ship(_) => Method::Ship,
                Delivery::Pickup(_) => Method::Pickup,
                Delivery::CarryOut(_) => Method::CarryOut,
            },
            total: bill.total,
            tax: bill.tax,
            ends: Some(now + limits::RESERVATION_MS),
            orders,
            parcels: Vec::new(),
            attempts: Vec::new(),
            backs: Vec::new(),
            used: bill.used.clone(),
            id,
            placed: now,
            advance: bill.advance.clone(),
            claims: Vec::new(),
            score: self.score(intent, (bill.points.0, &bill.points.1)),
            notes: Vec::new(),
        };
        self.take_all(&deal.used);
        for pick in picks {
            self.set_aside(pick.variant, pick.place, pick.pieces);
            let order = deal
                .orders
                .iter()
                .position(|o| o.lines.iter().any(|l| l.number == pick.line));
            let order = order.expect("every line belongs to an order");
            let known = deal
                .parcels
                .iter_mut()
                .find(|p| (p.order, p.place) == (order, pick.place));
            match known {
                Some(parcel) => parcel.picks.push(pick),
                None => deal.parcels.push(Parcel {
                    order,
                    place: pick.place,
                    state: FulfillmentState::Pending,
                    since: now,
                    picks: vec![pick],
                }),
            }
        }
        self.try_to_pay(&mut deal, method);
        if deal.attempts[0].by_hand {
            self.confirm(&mut deal);
        }
        self.deals.insert(id, Box::new(deal));
        Ok(())
    }

    fn try_to_pay(&mut self, deal: &mut Deal, method: &PaymentMethod) {
        let due = deal.due();
        let by_hand = due == 0 || *method == PaymentMethod::OnAccount;
        let state = if by_hand {
            PaymentState::OnAccount
        } else {
            PaymentState::Pending
        };
        deal.attempts.push(Attempt {
            by_hand,
            state,
            amount: due,
            captured: 0,
            refunded: 0,
        });
    }

    /// Moves money from one account to another.
    fn pay(&mut self, from: Account, to: Account, amount: i64, currency: Currency) {
        if amount != 0 {
            *self.money.entry((from, currency)).or_insert(0) -= amount;
            *self.money.entry((to, currency)).or_insert(0) += amount;
        }
    }
}

fn complete(intent: &Intent) -> Result<(), &'static str> {
    if intent.items.is_empty() {
        return Err("checkout_empty");
    }
    match (intent.delivery, &intent.destination) {
        (None, _) | (Some(Delivery::Ship(_)), None) => Err("checkout_incomplete"),
        (Some(Delivery::Ship(_)), Some(to)) if to.country.is_none() => Err("checkout_incomplete"),
        _ => Ok(()),
    }
}

/// One part per seller, in the order of the lines; delivery is dealt out by the goods' price.
fn by_seller(bill: &Bill) -> Vec<Owed> {
    let mut orders: Vec<Owed> = Vec::new();
    let mut goods: Vec<i64> = Vec::new();
    for (i, line) in bill.lines.iter().enumerate() {
        let at = orders
            .iter()
            .position(|o| o.seller == line.seller)
            .unwrap_or_else(|| {
                orders.push(Owed {
                    seller: line.seller,
                    state: OrderState::Pending,
                    lines: Vec::new(),
                    shipping: Part::default(),
                    shipping_earned: false,
                });
                goods.push(0);
                orders.len() - 1
            });
        goods[at] += line.goods;
        orders[at].lines.push(Sold {
            number: i as u16 + 1,
            variant: line.variant,
            quantity: line.quantity,
            canceled: 0,
            gone: 0,
            returned: 0,
            price: Part {
                total: line.total,
                tax: line.tax,
            },
            canceled_for: Part::default(),
            gone_for: Part::default(),
            returned_for: Part::default(),
            earned: Part::default(),
        });
    }
    let shipping = dealt_out(bill.shipping, &goods);
    let taxes = dealt_out(bill.shipping_tax, &shipping);
    for ((order, total), tax) in orders.iter_mut().zip(shipping).zip(taxes) {
        order.shipping = Part { total, tax };
    }
    orders
}
