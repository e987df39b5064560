//! Everybody who acts: shoppers, cashiers at tills, staff who pick, ship, cancel, count and price, and
//! whoever sets the server's clock. Each has a stream of random numbers of their own, so that one of them
//! can be left out of a run without changing what the others do.

mod balance;
mod packets;
mod parcels;
mod points;
mod returns;
mod rounds;

use crate::checks::Violation;
use crate::rng::Rng;
use crate::sim::{Asker, Event, Sim};
use crate::town::{DE, EUR, FR, START, US, USD};
use commerce::checkout::{Delivery, Intent, Item};
use commerce::command::{
    BuyNow, CancelOrder, Device, Idempotency, OpenCheckout, Outcome, PlaceOrder, RefundOrder,
    RetryPayment, SaveCart, SetStock, StockChange, StockChangeKind, UpdateCheckout,
};
use commerce::id::{CartId, CheckoutId, EPOCH_MS, GroupId, LocationId, OrderId};
use commerce::limits::CHECKOUT_MS;
use commerce::order::{CancelReason, Group, GroupState};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::settings::Address;
use commerce::text::Language;
use commerce::{Actor, Channel, Command, Envelope};
use parcels::{Habits, next_step};
use std::sync::Arc;
use writer::{Failure, Reply};

/// How often a request is sent again before it is given up.
const TRIES_MAX: u32 = 4;
/// Things that staff do to one order at most.
const CHORES_MAX: u32 = 14;
/// How often somebody looks whether a payment went through.
const LOOKS_MAX: u32 = 12;

/// Where a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not begun.
    Away,
    /// Waits for the reply to a cart.
    Filling,
    /// Waits for the reply to a checkout.
    CheckingOut,
    /// Thinks it over.
    Thinking,
    /// Waits for the reply to an order.
    Placing,
    /// Looks whether it is paid.
    Paying,
    /// Works on the order.
    Serving,
    /// Waits for the reply to something that is done once.
    Once,
    /// Nothing more to do.
    Gone,
}

/// A person with an errand.
#[derive(Debug)]
pub struct Person {
    pub rng: Rng,
    stage: Stage,
    /// Rises with everything that happens to them: older alarms are stale.
    state: u32,
    tries: u32,
    attempt: u32,
    count: u32,
    is_till: bool,
    last: Option<Arc<Envelope>>,
}

impl Person {
    /// Number `index` of a seed.
    pub fn new(seed: u64, index: u32) -> Self {
        Self {
            rng: Rng::of(seed ^ 0x9e0_91e, u64::from(index)),
            stage: Stage::Away,
            state: 0,
            tries: 0,
            attempt: 0,
            count: 0,
            is_till: false,
            last: None,
        }
    }
}

fn envelope(command: Command, actor: Actor, channel: Channel) -> Envelope {
    Envelope {
        command,
        actor,
        channel,
        idempotency: None,
    }
}

/// An id that sorts by the person's number.
fn raw_id(index: u32, attempt: u32) -> u64 {
    let first = ((START - EPOCH_MS) as u64) << 22;
    first + ((u64::from(index) * 8 + u64::from(attempt % 8) + 1) << 8)
}

impl Sim {
    fn checkout_id(&self, index: u32) -> CheckoutId {
        CheckoutId(raw_id(index, self.people[index as usize].attempt))
    }

    fn group_id(&self, index: u32) -> GroupId {
        self.checkout_id(index).group()
    }

    fn person(&mut self, index: u32) -> &mut Person {
        &mut self.people[index as usize]
    }

    /// Acts again after a while, unless something happens before.
    fn later(&mut self, index: u32, wait: i64) {
        let person = self.person(index);
        person.state += 1;
        let state = person.state;
        self.at(self.now + wait, Event::Wake(index, state));
    }

    /// Sends a request and waits for the reply, so long.
    fn send(&mut self, index: u32, envelope: impl Into<Arc<Envelope>>) -> Result<(), Violation> {
        let envelope = envelope.into();
        let (patience, is_double) = {
            let double = self.options.double_click;
            let person = self.person(index);
            (
                person.rng.between(3_000, 30_000),
                person.rng.percent(double),
            )
        };
        self.later(index, patience);
        let state = self.person(index).state;
        self.person(index).last = Some(envelope);
        self.send_last(index, state)?;
        if is_double {
            // The second click comes with the first, or while that is loaded, decided or written.
            let moment = i64::from(self.options.batch_ms + 2 * self.options.commit_ms);
            let wait = self.rng.between(0, moment) * self.rng.between(0, 1);
            self.at(self.now + wait, Event::Again(index, state));
        }
        Ok(())
    }

    /// Sends the last request, which may have been sent before.
    pub fn send_last(&mut self, index: u32, state: u32) -> Result<(), Violation> {
        let Some(envelope) = self.person(index).last.clone() else {
            return Ok(());
        };
        if self.rng.per_mille(self.options.request_lost) {
            return Ok(());
        }
        let is_lost = self.rng.per_mille(self.options.reply_lost);
        let asker = if is_lost {
            Asker::Nobody
        } else {
            Asker::Person(index, state)
        };
        self.submit(asker, envelope).map(|_| ())
    }

    /// A person's alarm.
    pub fn wake(&mut self, index: u32, state: u32) -> Result<(), Violation> {
        let person = self.person(index);
        if person.state != state || person.stage == Stage::Gone {
            return Ok(());
        }
        let stage = person.stage;
        self.trace
            .note(self.now, "wake", u64::from(index), stage as u64);
        match stage {
            Stage::Away => self.begin(index),
            Stage::Filling | Stage::CheckingOut | Stage::Placing | Stage::Once => {
                self.no_reply(index)
            }
            Stage::Thinking => self.place(index),
            Stage::Paying => self.look(index),
            Stage::Serving => self.serve(index),
            Stage::Gone => Ok(()),
        }
    }

    /// A request without a reply: once more, under a new id, or never mind.
    fn no_reply(&mut self, index: u32) -> Result<(), Violation> {
        let anew = self.options.new_attempt;
        let person = self.person(index);
        person.tries += 1;
        if person.stage == Stage::Placing && person.attempt < 6 && person.rng.percent(anew) {
            person.attempt += 1;
            person.tries = 0;
            return self.buy_in_one(index);
        }
        if person.tries >= TRIES_MAX {
            // The order may stand all the same: then somebody has to serve it.
            let next = if person.stage == Stage::Placing {
                Stage::Paying
            } else {
                Stage::Gone
            };
            person.stage = next;
            self.later(index, 60_000);
            return Ok(());
        }
        let last = person.last.take().expect("something was sent");
        self.send(index, last)
    }

    fn begin(&mut self, index: u32) -> Result<(), Violation> {
        if self.draws(index) {
            return self.draw(index);
        }
        if self.adjusts(index) {
            return self.adjust(index);
        }
        let o = &self.options;
        let (jumps, stock, prices, tills) =
            (o.clock_jumps, o.stock_changes, o.price_changes, o.tills);
        let (in_one, leave) = (o.buy_now, o.abandon);
        let rng = &mut self.people[index as usize].rng;
        let rolls = (
            rng.per_mille(jumps),
            rng.percent(stock),
            rng.percent(prices),
            rng.percent(tills),
            rng.percent(in_one),
            rng.percent(leave),
        );
        match rolls {
            (true, ..) => {
                let by = if rng.percent(60) {
                    rng.between(1, 30 * 60_000)
                } else {
                    -rng.between(1, 5_000)
                };
                self.trace.note(self.now, "clock", by as u64, 0);
                self.jump_clock(by);
                self.person(index).stage = Stage::Gone;
                Ok(())
            }
            (_, true, ..) => self.change_stock(index),
            (_, _, true, ..) => self.change_price(index),
            (.., true, _, _) => {
                self.person(index).is_till = true;
                self.buy_in_one(index)
            }
            (.., true, _) => self.buy_in_one(index),
            (.., leaves) => self.fill(index, leaves),
        }
    }

    // ---- staff at the shelves ------------------------------------------------------------------

    fn change_stock(&mut self, index: u32) -> Result<(), Violation> {
        let pieces = i64::from(self.options.pieces);
        let articles = self.model.town.articles.len();
        let places: Vec<LocationId> = self.model.town.places.iter().map(|p| p.id).collect();
        let rng = &mut self.people[index as usize].rng;
        let mut changes = Vec::new();
        for _ in 0..rng.between(1, 3) {
            let kind = match rng.below(8) {
                0..=3 => StockChangeKind::Received(rng.between(1, pieces) as u32),
                4 | 5 => StockChangeKind::Counted(rng.between(0, 2 * pieces)),
                6 => StockChangeKind::Damaged(rng.between(1, 3) as u32),
                _ => StockChangeKind::SafetyStock(rng.between(0, pieces / 4)),
            };
            let variant = self.model.town.articles[rng.index(articles)].variant;
            changes.push(StockChange {
                variant,
                location: rng.pick(&places),
                kind,
            });
        }
        let request = rng.next();
        let set = SetStock {
            cause: raw_id(index, 0),
            changes,
            note: String::new(),
        };
        let mut envelope = envelope(Command::SetStock(set), Actor::System, Channel::Console);
        // Whoever reuses a key for something else is told.
        let stranger = if rng.percent(10) { index / 2 } else { index };
        envelope.idempotency = Some(Idempotency {
            key: u128::from(raw_id(stranger, 7)),
            request,
        });
        self.person(index).stage = Stage::Once;
        self.send(index, envelope)
    }

    fn change_price(&mut self, index: u32) -> Result<(), Violation> {
        let articles = self.model.town.articles.len();
        let rng = &mut self.people[index as usize].rng;
        let article = rng.index(articles);
        let mut town = self.model.town.clone();
        let changed = &mut town.articles[article];
        if rng.percent(20) {
            changed.on_sale = !changed.on_sale;
        }
        for (_, prices) in &mut changed.offers {
            *prices = [rng.between(0, 9_999), rng.between(1, 9_999)];
        }
        let command = Command::SaveProducts(vec![town.draft(article)]);
        self.person(index).stage = Stage::Once;
        self.send(index, envelope(command, Actor::System, Channel::Console))
    }

    // ---- shoppers ------------------------------------------------------------------------------

    /// What somebody wants: now and then nothing of it, or the same twice.
    fn items(&mut self, index: u32) -> Vec<Item> {
        let o = &self.options;
        let (hot, lines, quantity) = (o.hot, o.lines, o.quantity);
        let articles = &self.model.town.articles;
        let rng = &mut self.people[index as usize].rng;
        let mut items: Vec<Item> = Vec::new();
        for n in 0..rng.between(1, i64::from(lines.max(1))) {
            let is_hot = n == 0 && rng.percent(hot);
            let article = if is_hot { 0 } else { rng.index(articles.len()) };
            let article = &articles[article];
            let seller = rng.percent(20).then(|| rng.pick(&article.offers).0);
            let is_none = rng.per_mille(3);
            let pieces = rng.between(1, i64::from(quantity.max(1))) as u32;
            let item = Item {
                variant: article.variant,
                seller,
                quantity: if is_none { 0 } else { pieces },
            };
            let is_same = |i: &Item| (i.variant, i.seller) == (item.variant, item.seller);
            if !items.iter().any(is_same) || rng.per_mille(20) {
                items.push(item);
            }
        }
        items
    }

    fn intent(&mut self, index: u32) -> Intent {
        let items = self.items(index);
        let (added, codes) = (self.options.tax_added, self.options.discounts);
        let (member, packets) = self.member_and_codes(index);
        let points = self.wanted(index);
        let town = &self.model.town;
        let person = &mut self.people[index as usize];
        let rng = &mut person.rng;
        let to = if rng.percent(90) {
            DE
        } else {
            rng.pick(&[US, FR])
        };
        let stores: Vec<LocationId> = town
            .places
            .iter()
            .filter(|p| p.sells)
            .map(|p| p.id)
            .collect();
        let delivery = match (person.is_till, rng.below(100)) {
            (true, _) => Some(Delivery::CarryOut(rng.pick(&stores))),
            (_, 0..=69) => Some(Delivery::Ship(town.rates[usize::from(to == DE)].id)),
            (_, 70..=71) => Some(Delivery::Ship(town.rates[rng.index(2)].id)),
            (_, 72..=97) => Some(Delivery::Pickup(rng.pick(&stores))),
            (_, 98) => Some(Delivery::Pickup(town.places[0].id)),
            _ => None,
        };
        let mut discount_codes = Vec::new();
        if rng.percent(codes) {
            for _ in 0..rng.between(1, 3) {
                discount_codes.push(
                    rng.pick(&["ten", "THIRD", " fiver ", "fest", "GONE"])
                        .to_string(),
                );
            }
        }
        discount_codes.extend(packets);
        Intent {
            currency: if rng.percent(added) { USD } else { EUR },
            language: Language::En,
            items,
            buyer: town.buyer(index).into(),
            destination: rng.per_mille(990).then(|| {
                Arc::new(Address {
                    country: Some(to),
                    ..Address::default()
                })
            }),
            billing: None,
            delivery,
            promise: None,
            discount_codes,
            member,
            extension: Default::default(),
            points,
        }
    }

    fn method(&mut self, index: u32) -> PaymentMethod {
        let on_account = self.options.on_account;
        let person = self.person(index);
        let by_hand = if person.is_till { 70 } else { on_account };
        if person.rng.percent(by_hand) {
            return PaymentMethod::OnAccount;
        }
        PaymentMethod::Provider {
            provider: String::from("p"),
            token: None,
        }
    }

    fn channel(&self, index: u32) -> Channel {
        match (self.people[index as usize].is_till, index % 8) {
            (true, _) => Channel::Till,
            (_, 0) => Channel::Agent,
            (_, 1) => Channel::App,
            _ => Channel::Web,
        }
    }

    fn opening(&mut self, index: u32) -> OpenCheckout {
        let mut intent = self.intent(index);
        if self.channel(index) == Channel::Agent {
            intent.extension = String::from("a").into();
        }
        OpenCheckout {
            id: self.checkout_id(index),
            access_key: 1,
            device: Device::Phone,
            intent,
        }
    }

    fn buy_in_one(&mut self, index: u32) -> Result<(), Violation> {
        let open = self.opening(index);
        let method = self.method(index);
        let shown = self
            .model
            .bill(self.wall(), &open.intent)
            .ok()
            .map(|bill| (bill.total, bill.advance.map(|a| a.parts.iter().sum())));
        let rng = &mut self.people[index as usize].rng;
        let expected = match rng.below(100) {
            0 => shown.map(|(total, deposit)| (total + 1, deposit)),
            1 => shown.map(|(total, deposit)| (total, deposit.xor(Some(total)))),
            2..=49 => shown,
            _ => None,
        };
        let request = rng.next();
        let with_key = rng.percent(60);
        let buy = BuyNow {
            open,
            expected_total: expected.map(|(total, _)| total),
            expected_deposit: expected.and_then(|(_, deposit)| deposit),
            method,
            return_url: String::new(),
        };
        let mut envelope = envelope(Command::BuyNow(buy), Actor::Shopper, self.channel(index));
        let key = u128::from(self.checkout_id(index).0);
        envelope.idempotency = with_key.then_some(Idempotency { key, request });
        self.person(index).stage = Stage::Placing;
        self.send(index, envelope)
    }

    fn fill(&mut self, index: u32, leaves: bool) -> Result<(), Violation> {
        let open = self.opening(index);
        let rng = &mut self.people[index as usize].rng;
        if leaves && rng.percent(50) {
            let intent = open.intent;
            let save = SaveCart {
                id: CartId(open.id.0),
                items: intent.items,
                currency: intent.currency,
                language: intent.language,
                extension: Default::default(),
                points: intent.points,
                expected_version: None,
            };
            self.person(index).stage = Stage::Filling;
            return self.send(
                index,
                envelope(Command::SaveCart(save), Actor::Shopper, Channel::Web),
            );
        }
        self.person(index).stage = Stage::CheckingOut;
        self.person(index).count = u32::from(leaves) * 8;
        let channel = self.channel(index);
        self.send(
            index,
            envelope(Command::OpenCheckout(open), Actor::Shopper, channel),
        )
    }

    /// A reply reaches the person; one to an older request only says what they know already.
    pub fn hear(&mut self, index: u32, state: u32, reply: Reply) -> Result<(), Violation> {
        if let Ok(decided) = &reply
            && let Outcome::Group(group) = &decided.outcome
        {
            self.acknowledged.insert(group.id);
        }
        let person = self.person(index);
        if person.state != state {
            return Ok(());
        }
        person.tries = 0;
        match (person.stage, reply) {
            // The shop says that it cannot now: the same again, as after silence.
            (Stage::Serving, Err(Failure::Unavailable(_) | Failure::Overloaded)) => {
                self.later(index, 5_000)
            }
            (_, Err(Failure::Unavailable(_) | Failure::Overloaded)) => {}
            (Stage::CheckingOut, Ok(_)) => return self.checked_out(index),
            (Stage::CheckingOut, Err(_)) => self.person(index).stage = Stage::Gone,
            (Stage::Placing, Ok(_)) => {
                person.stage = Stage::Paying;
                person.count = 0;
                let wait = person.rng.between(500, 5_000);
                self.later(index, wait);
            }
            (Stage::Placing, Err(Failure::Refused(refusal))) => {
                // A price that changed is looked at once more; who gets nothing goes away.
                let again = refusal.code() == "price_changed" && person.attempt < 3;
                person.attempt += u32::from(again);
                if again {
                    return self.buy_in_one(index);
                }
                self.person(index).stage = Stage::Gone;
            }
            (Stage::Paying | Stage::Serving, result) => {
                let wait = self.person(index).rng.between(1_000, 600_000);
                self.later(index, wait);
                if let Err(Failure::Refused(refusal)) = result
                    && refusal.code() == "stock_below_zero"
                {
                    return self.cancel(index, CancelReason::OutOfStock);
                }
            }
            (Stage::Filling | Stage::Thinking | Stage::Once | Stage::Away | Stage::Gone, _) => {
                self.person(index).stage = Stage::Gone
            }
        }
        Ok(())
    }

    /// The checkout is there: change it, give it up, leave it, or place it.
    fn checked_out(&mut self, index: u32) -> Result<(), Violation> {
        let id = self.checkout_id(index);
        let Some(version) = self.disk.checkout(id).map(|c| c.version) else {
            return Ok(());
        };
        let person = self.person(index);
        person.count += 1;
        let (count, roll) = (person.count, person.rng.below(100));
        let channel = self.channel(index);
        if count > 8 {
            // Left alone, or given up in words.
            let person = self.person(index);
            person.stage = if roll < 50 { Stage::Once } else { Stage::Gone };
            if roll < 50 {
                return self.send(
                    index,
                    envelope(Command::CancelCheckout(id), Actor::Shopper, channel),
                );
            }
            return Ok(());
        }
        if roll < 30 {
            let intent = self.intent(index);
            let stale = self.person(index).rng.percent(5);
            let expected_version = (roll < 20).then_some(version - u32::from(stale));
            let update = UpdateCheckout {
                id,
                expected_version,
                intent,
            };
            return self.send(
                index,
                envelope(Command::UpdateCheckout(update), Actor::Shopper, channel),
            );
        }
        if roll > 96 {
            // Some come back after the checkout's time is over, or just before.
            let person = self.person(index);
            person.stage = Stage::Thinking;
            let wait = person
                .rng
                .between(CHECKOUT_MS - 600_000, CHECKOUT_MS + 300_000);
            self.later(index, wait);
            return Ok(());
        }
        self.place(index)
    }

    fn place(&mut self, index: u32) -> Result<(), Violation> {
        let id = self.checkout_id(index);
        let total = self.disk.checkout(id).map(|c| c.quote.total);
        let channel = self.channel(index);
        let method = self.method(index);
        let rng = &mut self.people[index as usize].rng;
        let expected_total = if rng.percent(50) { total } else { None };
        let place = PlaceOrder {
            checkout: id,
            expected_total,
            method,
            return_url: String::new(),
            unheard: false,
        };
        let mut envelope = envelope(Command::PlaceOrder(place), Actor::Shopper, channel);
        let request = rng.next();
        envelope.idempotency = rng.percent(60).then_some(Idempotency {
            key: u128::from(id.0) | 1 << 64,
            request,
        });
        self.person(index).stage = Stage::Placing;
        self.send(index, envelope)
    }

    /// Looks at the order's page.
    fn look(&mut self, index: u32) -> Result<(), Violation> {
        let Some(group) = self.disk.group(self.group_id(index)).cloned() else {
            self.person(index).stage = Stage::Gone;
            return Ok(());
        };
        let person = self.person(index);
        person.count += 1;
        let (count, roll) = (person.count, person.rng.below(100));
        match group.state {
            GroupState::Canceled => {
                person.stage = Stage::Gone;
                return Ok(());
            }
            GroupState::Confirmed => {
                person.stage = Stage::Serving;
                person.count = 0;
                return self.serve(index);
            }
            GroupState::AwaitingBalance => return self.wait_for_balance(index, &group),
            GroupState::PendingPayment => {}
        }
        let last = group
            .payments
            .last()
            .expect("an order begins with a payment");
        let wait = self.person(index).rng.between(2_000, 300_000);
        if count > LOOKS_MAX {
            // Time runs out by itself; what is paid in the last moment is served.
            self.later(index, 3_600_000);
            self.person(index).stage = if count > 2 * LOOKS_MAX {
                Stage::Gone
            } else {
                Stage::Paying
            };
            return Ok(());
        }
        self.later(index, wait);
        match last.state {
            PaymentState::ActionRequired if roll < 70 => {
                self.at(self.now + wait / 2, Event::Page(last.id))
            }
            PaymentState::ActionRequired | PaymentState::Declined | PaymentState::Pending
                if roll < 90 =>
            {
                let method = self.method(index);
                let retry = RetryPayment {
                    group: group.id,
                    method,
                    return_url: String::new(),
                };
                let channel = self.channel(index);
                return self.send(
                    index,
                    envelope(Command::RetryPayment(retry), Actor::Shopper, channel),
                );
            }
            _ if roll > 97 => return self.cancel(index, CancelReason::Shopper),
            _ => {}
        }
        Ok(())
    }

    fn cancel(&mut self, index: u32, reason: CancelReason) -> Result<(), Violation> {
        let group = self.group_id(index);
        let orders = self.disk.group(group).map_or(1, |g| g.orders.len());
        let number = self.person(index).rng.index(orders) as u8 + 1;
        let order = OrderId::under(group, number);
        let cancel = CancelOrder {
            order,
            reason,
            note: String::new(),
        };
        self.send(
            index,
            envelope(
                Command::CancelOrder(cancel),
                Actor::System,
                Channel::Console,
            ),
        )
    }

    // ---- staff at the orders -------------------------------------------------------------------

    /// Does the next thing that a confirmed order needs, or something that it does not need.
    fn serve(&mut self, index: u32) -> Result<(), Violation> {
        let Some(group) = self.disk.group(self.group_id(index)).cloned() else {
            return Ok(());
        };
        let (cancels, returns) = (self.options.cancel, self.options.returns);
        let habits = Habits {
            now: self.wall(),
            waybills: self.options.parcels,
            relocations: self.options.relocations,
            rounds: self.options.rounds,
            book: self.disk.round_book().cloned().unwrap_or_default(),
        };
        let person = self.person(index);
        person.count += 1;
        if person.count > CHORES_MAX || group.state != GroupState::Confirmed && person.count > 2 {
            person.stage = Stage::Gone;
            return Ok(());
        }
        let wait = person.rng.between(1_000, 1_200_000);
        let is_unpaid = group
            .payments
            .iter()
            .find(|p| p.state == PaymentState::OnAccount)
            .map(|p| p.id);
        if let Some(id) = is_unpaid
            && person.rng.percent(40)
        {
            return self.send(
                index,
                envelope(Command::RecordPaid(id), Actor::System, Channel::Console),
            );
        }
        if person.rng.percent(cancels / 3) {
            return self.cancel(index, CancelReason::Operator);
        }
        if let Some(command) = next_step(&group, &mut person.rng, &habits) {
            return self.send(index, envelope(command, Actor::System, Channel::Console));
        }
        if person.rng.percent(returns) {
            return match person.rng.percent(40) {
                true => self.give_back(index, &group),
                false => self.send_back(index, &group),
            };
        }
        if is_unpaid.is_none() {
            person.stage = Stage::Gone;
        } else {
            self.later(index, wait);
        }
        Ok(())
    }

    fn give_back(&mut self, index: u32, group: &Arc<Group>) -> Result<(), Violation> {
        let places = &self.model.town.places;
        let rng = &mut self.people[index as usize].rng;
        let order = &group.orders[rng.index(group.orders.len())];
        let mut lines = Vec::new();
        for line in &order.lines {
            let most = i64::from(line.fulfilled - line.returned) + i64::from(rng.percent(5));
            if most > 0 && rng.percent(60) {
                lines.push((line.number, rng.between(1, most) as u32));
            }
        }
        let extra = match rng.below(10) {
            0 => order.shipping,
            1 => rng.between(0, order.total.max(1) * 2),
            _ => 0,
        };
        let restock = rng.percent(70).then(|| places[rng.index(places.len())].id);
        let request = rng.next();
        let key = u128::from(raw_id(index, 0)) | u128::from(rng.below(1 << 30)) << 66;
        let refund = RefundOrder {
            order: order.id,
            lines,
            extra,
            restock,
            note: String::new(),
        };
        let mut envelope = envelope(
            Command::RefundOrder(refund),
            Actor::System,
            Channel::Console,
        );
        envelope.idempotency = Some(Idempotency { key, request });
        self.send(index, envelope)
    }
}
