//! Mails about an order: which event is worth one, and what it says. Pure: the group as it is now goes in.
//!
//! They tell of what the shopper ordered and nothing else; none of them advertises. A mail that is overtaken by what
//! happened since is not sent: nobody needs to read that an order is ready that they have collected.

mod returns;

use crate::address::country_name;
use crate::arrival;
use crate::hours::opening_hours;
use crate::pages::order::{checkout_path, path};
use crate::promise;
use crate::views::points::applied_title;
use api::i18n::{Language, Texts};
use api::mail::Mail;
use api::mail::letter::{Fact, Goods, Letter, Part, Sum};
use commerce::event::What;
use commerce::follower::MailKind;
use commerce::id::{FulfillmentId, OrderId, PaymentId, RefundId, ReturnId};
use commerce::order::{
    CancelReason, Fulfillment, FulfillmentState, Group, GroupState, Line, Method, Order,
    OrderState, Refund, RefundSource, RefundState,
};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::settings::Location;
use commerce::{Money, World};

/// What of a group a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// All of it.
    Group,
    /// An attempt to pay.
    Payment(PaymentId),
    /// A parcel or a collection.
    Fulfillment(FulfillmentId),
    /// One seller's part.
    Order(OrderId),
    /// A parcel that will be later than was promised, told until when.
    Delay(FulfillmentId, i64),
    /// Money given back.
    Refund(RefundId),
    /// Goods that a shopper wants to send back.
    Return(ReturnId),
}

/// Whether an event may be worth a mail; what its group says decides.
pub fn may_be_told(what: &What) -> bool {
    matches!(
        what,
        What::GroupConfirmed { .. }
            | What::GroupCanceled { .. }
            | What::OrderCanceled { .. }
            | What::PaymentDeclined { .. }
            | What::FulfillmentPacked { .. }
            | What::FulfillmentShipped { .. }
            | What::RefundSucceeded { .. }
            | What::ReturnRequested { .. }
            | What::ReturnApproved { .. }
            | What::ReturnRefused { .. }
            | What::ParcelDelayed { .. }
    )
}

/// The mail that an event is worth, if any, as things stand with its group now. `was_confirmed` says whether the group
/// ever was.
pub fn due(what: &What, group: &Group, was_confirmed: bool) -> Option<(MailKind, About)> {
    let is_gone = group.state == GroupState::Canceled;
    match *what {
        What::GroupConfirmed { .. } if !is_gone => Some((MailKind::Confirmed, About::Group)),
        What::GroupCanceled { reason, .. } => match (reason, was_confirmed) {
            (CancelReason::Expired, _) => Some((MailKind::Expired, About::Group)),
            // Who turns back on the payment page knows it.
            (CancelReason::Shopper, false) => None,
            _ => Some((MailKind::Canceled, About::Group)),
        },
        // The end of the whole group is one mail, not one for each seller.
        What::OrderCanceled { order, .. } if !is_gone => {
            Some((MailKind::Canceled, About::Order(order)))
        }
        What::PaymentDeclined { payment, .. } => {
            let declined = |p: &&commerce::payment::Payment| p.state == PaymentState::Declined;
            let is_first = group.payments.iter().find(declined).map(|p| p.id) == Some(payment);
            let waits = group.state == GroupState::PendingPayment
                && group.payments.iter().all(|p| !p.state.is_open());
            (is_first && waits).then_some((MailKind::PaymentFailed, About::Payment(payment)))
        }
        What::FulfillmentPacked { fulfillment } => {
            let f = group.fulfillments.iter().find(|f| f.id == fulfillment)?;
            let waits = f.method == Method::Pickup && f.state == FulfillmentState::Packed;
            waits.then_some((MailKind::Ready, About::Fulfillment(fulfillment)))
        }
        What::FulfillmentShipped { fulfillment, .. } => {
            Some((MailKind::Shipped, About::Fulfillment(fulfillment)))
        }
        What::ParcelDelayed { fulfillment, .. } => {
            // What is expected by now counts: it may be in time again, or told anew.
            let delay = group.delay(fulfillment)?;
            let f = group.fulfillments.iter().find(|f| f.id == fulfillment)?;
            let is_told = is_gone
                || matches!(
                    f.state,
                    FulfillmentState::Delivered | FulfillmentState::Canceled
                );
            (!is_told).then_some((MailKind::Delayed, About::Delay(fulfillment, delay.told)))
        }
        What::RefundSucceeded { refund, .. } => {
            let given = group.refunds.iter().find(|r| r.id == refund)?;
            let order = given.order.and_then(|id| group.order(id));
            // The mail that says that an order is canceled has said it.
            let is_known = given.source == RefundSource::Held
                && order.is_some_and(|o| o.state == OrderState::Canceled);
            (!is_known).then_some((MailKind::Refunded, About::Refund(refund)))
        }
        _ => returns::due(what, group).map(|(kind, id)| (kind, About::Return(id))),
    }
}

/// What mails are made from.
pub struct Writer<'w> {
    /// The shop's settings.
    pub world: &'w World,
    /// Where shoppers reach the shop, without a slash at the end.
    pub public_url: &'w str,
    /// The group.
    pub group: &'w Group,
}

impl Writer<'_> {
    /// The mail; `None` when the group has no address, or no longer the part that it is about.
    pub fn mail(&self, kind: MailKind, about: About) -> Option<Mail> {
        let email = &self.group.buyer.email;
        if email.is_empty() {
            return None;
        }
        let letter = self.letter(kind, about)?;
        let word = kind.word();
        let name = match about {
            About::Group => format!("{word}.{}", self.group.id),
            About::Payment(id) => format!("{word}.{id}"),
            About::Fulfillment(id) => format!("{word}.{id}"),
            // Each new moment is a mail of its own.
            About::Delay(id, told) => format!("{word}.{id}.{told}"),
            About::Order(id) => format!("{word}.{id}"),
            About::Refund(id) => format!("{word}.{id}"),
            About::Return(id) => format!("{word}.{id}"),
        };
        Some(Mail {
            to: email.clone(),
            text: letter.text(),
            html: letter.html(),
            subject: letter.subject,
            name,
            unsubscribe: None,
        })
    }

    fn letter(&self, kind: MailKind, about: About) -> Option<Letter> {
        let (title, subject, parts) = match (kind, about) {
            (MailKind::Confirmed, _) => self.confirmed(),
            (MailKind::PaymentFailed, _) => self.payment_failed()?,
            (MailKind::Expired, _) => self.expired(),
            (MailKind::Shipped, About::Fulfillment(id)) => self.shipped(id)?,
            (MailKind::Ready, About::Fulfillment(id)) => self.ready(id)?,
            (MailKind::Delayed, About::Delay(id, _)) => self.delayed(id)?,
            (MailKind::Canceled, About::Order(id)) => self.canceled(Some(self.group.order(id)?)),
            (MailKind::Canceled, _) => self.canceled(None),
            (MailKind::Refunded, About::Refund(id)) => self.refunded(id)?,
            (
                MailKind::ReturnRequested | MailKind::ReturnApproved | MailKind::ReturnRefused,
                About::Return(id),
            ) => self.returned(kind, id)?,
            (
                MailKind::Shipped
                | MailKind::Ready
                | MailKind::Delayed
                | MailKind::Refunded
                | MailKind::ReturnRequested
                | MailKind::ReturnApproved
                | MailKind::ReturnRefused,
                _,
            ) => return None,
        };
        let t = self.texts();
        let mut all = vec![Part::Words(self.hello())];
        all.extend(parts);
        all.push(Part::Facts(self.numbers()));
        Some(Letter {
            language: t.language(),
            shop: self.shop(),
            subject,
            title,
            parts: all,
            small: vec![t.with("mail.small", &[("shop", &self.shop())])],
        })
    }

    fn texts(&self) -> Texts {
        Texts::of(self.group.language)
    }

    fn shop(&self) -> String {
        self.world
            .shop()
            .map_or_else(String::new, |s| s.name.clone())
    }

    fn money(&self, minor: i64) -> String {
        let currency = self.group.currency;
        self.texts().money(Money { minor, currency })
    }

    /// A subject or a title that names the shop.
    fn named(&self, key: &'static str) -> String {
        self.texts().with(key, &[("shop", &self.shop())])
    }

    fn words(&self, key: &'static str) -> Part {
        Part::Words(self.texts().t(key).to_string())
    }

    fn hello(&self) -> String {
        let buyer = &self.group.buyer;
        let name = match self.group.language {
            Language::Zh => format!("{}{}", buyer.last_name, buyer.first_name),
            _ => format!("{} {}", buyer.first_name, buyer.last_name),
        };
        match name.trim() {
            "" => self.texts().t("mail.hello_nobody").to_string(),
            name => self.texts().with("mail.hello", &[("name", &name)]),
        }
    }

    fn button(&self, key: &'static str, path: &str) -> Part {
        Part::Button {
            label: self.texts().t(key).to_string(),
            url: format!("{}{path}", self.public_url),
        }
    }

    fn order_button(&self) -> Part {
        self.button("mail.button.order", &path(self.group))
    }

    /// The place that the group's days are counted by.
    fn place(&self) -> Option<&Location> {
        let first = self.group.fulfillments.first()?;
        self.world.location(first.location)
    }

    fn numbers(&self) -> Vec<Fact> {
        let t = self.texts();
        let zone = self
            .place()
            .map_or(jiff::tz::TimeZone::UTC, promise::zone_of);
        let fact = |key, lines| Fact {
            label: t.t(key).to_string(),
            lines,
        };
        let numbers = self.group.orders.iter().map(|o| o.id.to_string());
        vec![
            fact("mail.number", numbers.collect()),
            fact(
                "mail.placed",
                vec![t.moment_in(self.group.placed_at, &zone)],
            ),
        ]
    }

    fn goods(&self, line: &Line, pieces: u32, amount: String) -> Goods {
        let mut details = Vec::new();
        if !line.options.is_empty() {
            details.push(line.options.clone());
        }
        let price = self.money(line.unit_price);
        details.push(
            self.texts()
                .with("mail.pieces", &[("n", &pieces), ("price", &price)]),
        );
        Goods {
            title: line.title.clone(),
            details,
            amount,
        }
    }

    fn confirmed(&self) -> (String, String, Vec<Part>) {
        let (t, group) = (self.texts(), self.group);
        let has = |method| group.fulfillments.iter().any(|f| f.method == method);
        let lead = if has(Method::Ship) {
            "mail.confirmed.lead"
        } else if has(Method::Pickup) {
            "mail.confirmed.lead_collect"
        } else {
            "mail.confirmed.lead_now"
        };
        let mut parts = vec![self.words(lead)];
        parts.extend(self.promised().map(Part::Strong));
        parts.push(self.order_button());
        parts.push(Part::Heading(t.t("order.goods").to_string()));
        let goods = group.lines().map(|l| {
            self.goods(
                l,
                l.quantity,
                self.money(l.unit_price * i64::from(l.quantity)),
            )
        });
        parts.push(Part::Goods(goods.collect()));
        parts.push(Part::Sums(self.sums()));
        let total = self.money(group.total);
        let on_account = group
            .settled_payment()
            .is_some_and(|p| p.method == PaymentMethod::OnAccount);
        let paid = if on_account {
            "order.on_account"
        } else {
            "order.paid"
        };
        parts.push(Part::Words(t.with(paid, &[("total", &total)])));
        parts.push(Part::Facts(self.delivery_to()));
        (
            t.t("mail.confirmed.title").to_string(),
            self.named("mail.confirmed.subject"),
            parts,
        )
    }

    /// The arrival that was sold, in words.
    fn promised(&self) -> Option<String> {
        arrival::sold(self.texts(), self.group, self.place()?)
    }

    fn sums(&self) -> Vec<Sum> {
        let (t, group) = (self.texts(), self.group);
        let sum = |label: String, minor| Sum {
            label,
            amount: self.money(minor),
            is_total: false,
        };
        let mut sums: Vec<Sum> = group
            .discounts
            .iter()
            .map(|d| sum(applied_title(t, d), -d.amount))
            .collect();
        let shipping: i64 = group.orders.iter().map(|o| o.shipping).sum();
        let ships = group.fulfillments.iter().any(|f| f.method == Method::Ship);
        let how = t.t(if ships {
            "sum.delivery"
        } else {
            "review.collect"
        });
        let mut delivery = sum(
            format!("{how} {}", group.delivery_title).trim().to_string(),
            shipping,
        );
        if shipping == 0 {
            delivery.amount = t.t("price.free").to_string();
        }
        sums.push(delivery);
        sums.push(Sum {
            is_total: true,
            ..sum(t.t("sum.total").to_string(), group.total)
        });
        sums.push(sum(t.t("sum.tax_included").to_string(), group.tax));
        sums
    }

    fn delivery_to(&self) -> Vec<Fact> {
        let (t, group) = (self.texts(), self.group);
        let collected = group
            .fulfillments
            .iter()
            .filter(|f| f.method != Method::Ship);
        let mut places: Vec<_> = collected.map(|f| f.location).collect();
        places.dedup();
        let places = places.into_iter().filter_map(|id| self.world.location(id));
        let mut facts: Vec<Fact> = places.map(|l| self.where_it_is(l)).collect();
        if let Some(a) = group.destination.as_ref().filter(|_| facts.is_empty()) {
            let name = format!("{} {}", group.buyer.first_name, group.buyer.last_name);
            let country = a.country.map(|c| country_name(c, t.language()));
            let lines = [
                name.trim().to_string(),
                a.street.clone(),
                a.street_2.clone(),
                format!("{} {}", a.postal_code, a.city).trim().to_string(),
                country.unwrap_or_default(),
            ];
            facts.push(Fact {
                label: t.t("review.to").to_string(),
                lines: lines.into_iter().filter(|l| !l.is_empty()).collect(),
            });
        }
        facts
    }

    fn where_it_is(&self, place: &Location) -> Fact {
        let t = self.texts();
        let hours = opening_hours(t, &place.hours);
        let address = format!("{}, {}", place.address.street, place.address.city);
        let lines = [place.name.clone(), address, hours];
        Fact {
            label: t.t("review.collect").to_string(),
            lines: lines.into_iter().filter(|l| !l.is_empty()).collect(),
        }
    }

    fn payment_failed(&self) -> Option<(String, String, Vec<Part>)> {
        let t = self.texts();
        let zone = self
            .place()
            .map_or(jiff::tz::TimeZone::UTC, promise::zone_of);
        let until = self.group.expires_at?;
        let until = jiff::Timestamp::from_millisecond(until)
            .ok()?
            .to_zoned(zone);
        let time = t.time(until.time());
        let pay = format!("{}/pay", checkout_path(self.group));
        let parts = vec![
            Part::Words(t.with("mail.failed.lead", &[("time", &time)])),
            self.button("mail.button.pay", &pay),
        ];
        Some((
            t.t("mail.failed.title").to_string(),
            self.named("mail.failed.subject"),
            parts,
        ))
    }

    fn expired(&self) -> (String, String, Vec<Part>) {
        let title = self.texts().t("mail.expired.title").to_string();
        let has_deposit = self
            .group
            .presale
            .as_ref()
            .is_some_and(|p| p.paid_by.is_some());
        let lead = if has_deposit {
            let late = self.texts().t("presale.late");
            Part::Words(format!("{late} {}", self.what_became_of_the_money(None)))
        } else {
            self.words("mail.expired.lead")
        };
        let parts = vec![lead, self.button("mail.button.again", &path(self.group))];
        (title, self.named("mail.expired.subject"), parts)
    }

    fn fulfillment(&self, id: FulfillmentId) -> Option<&Fulfillment> {
        self.group.fulfillments.iter().find(|f| f.id == id)
    }

    fn contents(&self, fulfillment: &Fulfillment) -> Part {
        let line = |number: &u16| self.group.lines().find(|l| l.number == *number);
        let goods = fulfillment
            .lines
            .iter()
            .filter_map(|(number, pieces)| Some(self.goods(line(number)?, *pieces, String::new())));
        Part::Goods(goods.collect())
    }

    fn shipped(&self, id: FulfillmentId) -> Option<(String, String, Vec<Part>)> {
        let (t, parcel) = (self.texts(), self.fulfillment(id)?);
        let mut parts = vec![self.words("mail.shipped.lead")];
        let is_open = |f: &Fulfillment| f.id != id && f.state < FulfillmentState::Shipped;
        if self.group.fulfillments.iter().any(is_open) {
            parts.push(self.words("mail.shipped.more"));
        }
        parts.extend(self.promised().map(Part::Strong));
        // A program's address is not ours to judge, but it must be one for people.
        if parcel.tracking_url.starts_with("https://") {
            parts.push(Part::Button {
                label: t.t("mail.button.track").to_string(),
                url: parcel.tracking_url.clone(),
            });
        } else {
            parts.push(self.order_button());
        }
        let facts = [
            ("mail.carrier", &parcel.carrier),
            ("mail.tracking", &parcel.tracking_number),
        ];
        let facts = facts.into_iter().filter(|(_, text)| !text.is_empty());
        let facts = facts.map(|(key, text)| Fact {
            label: t.t(key).to_string(),
            lines: vec![text.clone()],
        });
        parts.push(Part::Facts(facts.collect()));
        parts.push(Part::Heading(t.t("mail.in_parcel").to_string()));
        parts.push(self.contents(parcel));
        if parcel.tracking_url.starts_with("https://") {
            parts.push(self.order_button());
        }
        Some((
            t.t("mail.shipped.title").to_string(),
            self.named("mail.shipped.subject"),
            parts,
        ))
    }

    fn delayed(&self, id: FulfillmentId) -> Option<(String, String, Vec<Part>)> {
        let (t, parcel) = (self.texts(), self.fulfillment(id)?);
        let delay = self.group.delay(id)?;
        let from = self.world.location(parcel.location)?;
        let parts = vec![
            self.words(arrival::reason(delay.reason)),
            Part::Strong(arrival::expected(t, delay, from)),
            self.words("mail.delayed.nothing_to_do"),
            self.order_button(),
            Part::Heading(t.t("mail.in_parcel").to_string()),
            self.contents(parcel),
        ];
        Some((
            t.t("mail.delayed.title").to_string(),
            self.named("mail.delayed.subject"),
            parts,
        ))
    }

    fn ready(&self, id: FulfillmentId) -> Option<(String, String, Vec<Part>)> {
        let (t, collection) = (self.texts(), self.fulfillment(id)?);
        let place = self.world.location(collection.location)?;
        let parts = vec![
            Part::Words(t.with("mail.ready.lead", &[("place", &place.name)])),
            self.order_button(),
            Part::Facts(vec![self.where_it_is(place)]),
            Part::Heading(t.t("mail.to_collect").to_string()),
            self.contents(collection),
        ];
        Some((
            t.t("mail.ready.title").to_string(),
            self.named("mail.ready.subject"),
            parts,
        ))
    }

    fn canceled(&self, part: Option<&Order>) -> (String, String, Vec<Part>) {
        let (t, group) = (self.texts(), self.group);
        let why = match group.cancel_reason {
            Some(CancelReason::Shopper) => "mail.canceled.by_you",
            Some(CancelReason::OutOfStock) => "mail.canceled.stock",
            _ => "mail.canceled.by_shop",
        };
        let mut parts = vec![self.words(why)];
        if part.is_some() {
            parts.push(self.words("mail.canceled.part"));
        }
        parts.push(Part::Strong(self.what_became_of_the_money(part)));
        parts.push(self.order_button());
        parts.push(Part::Heading(t.t("mail.canceled_goods").to_string()));
        let orders = group
            .orders
            .iter()
            .filter(|o| part.is_none_or(|p| p.id == o.id));
        let lines = orders.flat_map(|o| &o.lines).filter(|l| l.canceled > 0);
        let goods = lines.map(|l| self.goods(l, l.canceled, self.money(l.canceled_share.total)));
        parts.push(Part::Goods(goods.collect()));
        (
            t.t("mail.canceled.title").to_string(),
            self.named("mail.canceled.subject"),
            parts,
        )
    }

    fn what_became_of_the_money(&self, part: Option<&Order>) -> String {
        let (t, group) = (self.texts(), self.group);
        let is_meant = |r: &&Refund| {
            r.state != RefundState::Failed
                && r.source == RefundSource::Held
                && part.is_none_or(|p| r.order == Some(p.id))
        };
        let back: i64 = group
            .refunds
            .iter()
            .filter(is_meant)
            .map(|r| r.amount)
            .sum();
        if back > 0 {
            let amount = self.money(back);
            return t.with("mail.money.back", &[("amount", &amount)]);
        }
        let forfeited = group.presale.as_ref().map_or(0, |p| p.forfeited);
        if forfeited > 0 {
            let deposit = self.money(forfeited);
            return t.with("presale.kept", &[("deposit", &deposit)]);
        }
        let of = |is: fn(&commerce::payment::Payment) -> bool| group.payments.iter().any(is);
        let key = if of(|p| p.method == PaymentMethod::OnAccount) {
            "mail.money.account"
        } else if of(|p| p.state == PaymentState::Voided) {
            "mail.money.released"
        } else {
            "mail.money.none"
        };
        t.t(key).to_string()
    }

    fn refunded(&self, id: RefundId) -> Option<(String, String, Vec<Part>)> {
        let t = self.texts();
        let refund = self.group.refunds.iter().find(|r| r.id == id)?;
        let amount = self.money(refund.amount);
        let lead = match refund.order {
            Some(_) => "mail.refunded.lead",
            None => "mail.refunded.stray",
        };
        let mut parts = vec![self.words(lead)];
        if refund.order.is_some() && refund.source == RefundSource::Held {
            parts.push(self.words("mail.refunded.canceled"));
        }
        parts.push(self.order_button());
        let line = |number: &u16| self.group.lines().find(|l| l.number == *number);
        let goods = refund.lines.iter().filter_map(|(number, pieces, minor)| {
            Some(self.goods(line(number)?, *pieces, self.money(*minor)))
        });
        let goods: Vec<Goods> = goods.collect();
        if !goods.is_empty() {
            parts.push(Part::Goods(goods));
        }
        let with = [("amount", &amount as &dyn std::fmt::Display)];
        let title = t.with("mail.refunded.title", &with);
        Some((title, t.with("mail.refunded.subject", &with), parts))
    }
}
