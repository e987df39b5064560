//! What stands on an invoice and on a credit note, as texts in the reader's language.

use super::texts::postal;
use super::{Issued, Occasion, charged, credit_note_number, invoice_number};
use crate::i18n::Texts;
use crate::screen::time;
use crate::v1::show::orders::person;
use commerce::World;
use commerce::catalog::TaxCategory;
use commerce::code::Country;
use commerce::money::{Money, tax_added, tax_included};
use commerce::order::{Group, Order, Refund, Share};
use commerce::payment::PaymentMethod;
use commerce::settings::TaxDisplay;
use commerce::text::Language;
use jiff::tz::TimeZone;
use paper::{Cell, Column, Document, Row, Side, Table};
use std::collections::BTreeMap;

/// Writes the documents of one order.
pub(super) struct Writer<'w> {
    world: &'w World,
    group: &'w Group,
    order: &'w Order,
    texts: Texts,
    zone: TimeZone,
}

/// A part of the sum: what was charged at which rate. `None` where the rate of delivery is not known any more.
type Rates = BTreeMap<Option<u32>, Share>;

impl<'w> Writer<'w> {
    pub(super) fn new(
        world: &'w World,
        group: &'w Group,
        order: &'w Order,
        language: Language,
    ) -> Self {
        Self {
            world,
            group,
            order,
            texts: Texts::of(language),
            zone: time::zone_of(world),
        }
    }

    fn money(&self, minor: i64) -> String {
        self.texts.money(Money {
            minor,
            currency: self.group.currency,
        })
    }

    fn date(&self, at: i64) -> String {
        self.texts.date_in(at, &self.zone)
    }

    fn country(&self, country: Country) -> String {
        country.to_string()
    }

    /// The order's invoice.
    pub(super) fn invoice(&self, issued: Issued) -> Document {
        let t = self.texts;
        let number = invoice_number(self.order.id);
        let mut facts = vec![
            self.fact("invoice.date", self.date(issued.at)),
            self.fact("invoice.number", number.clone()),
        ];
        match issued.occasion {
            Occasion::Paid => facts.push(self.fact("invoice.paid_on", self.date(issued.at))),
            Occasion::Supplied { from } => {
                let (first, last) = (self.date(from), self.date(issued.at));
                let span = if first == last {
                    first
                } else {
                    format!("{first} – {last}")
                };
                facts.push(self.fact("invoice.supplied_on", span));
            }
        }
        facts.push(self.fact("invoice.order", self.order.id.to_string()));
        facts.push(self.fact("invoice.ordered_on", self.date(self.group.placed_at)));
        let (goods, mut rates, sum) = self.goods();
        let shipping = Share {
            total: self.order.shipping,
            tax: self.order.shipping_tax,
        };
        if shipping != Share::default() {
            add(&mut rates, self.shipping_rate(), shipping);
        }
        let total = sum.plus(shipping);
        let mut notes = vec![match issued.occasion {
            Occasion::Paid => t.with("invoice.note_paid", &[("amount", &self.money(total.total))]),
            Occasion::Supplied { .. } => t.with(
                "invoice.note_to_pay",
                &[("amount", &self.money(total.total))],
            ),
        }];
        notes.extend(self.presale_note());
        if issued.occasion == Occasion::Paid {
            notes.push(t.t("invoice.note_before_supply").to_owned());
        }
        Document {
            title: t.with("invoice.title", &[("number", &number)]),
            tables: vec![goods, self.sums(sum, shipping), self.tax_table(&rates)],
            notes,
            ..self.letter(facts, issued.at, (issued.at, number))
        }
    }

    /// The credit note for a refund.
    pub(super) fn credit_note(&self, refund: &Refund, (issued, at): (Issued, i64)) -> Document {
        let t = self.texts;
        let number = credit_note_number(self.order.id, refund.id);
        let facts = vec![
            self.fact("invoice.credit_date", self.date(at)),
            self.fact("invoice.credit_number", number.clone()),
            self.fact("invoice.to_number", invoice_number(self.order.id)),
            self.fact("invoice.to_date", self.date(issued.at)),
            self.fact("invoice.order", self.order.id.to_string()),
        ];
        let line = |number: &u16| self.order.lines.iter().find(|l| l.number == *number);
        let mut rows: Vec<Row> = Vec::new();
        let mut rest = refund.amount;
        for (number, pieces, amount) in &refund.lines {
            let Some(line) = line(number) else { continue };
            rest -= amount;
            rows.push(row(vec![
                Cell {
                    text: line.title.clone(),
                    below: below(&line.options, &line.sku),
                },
                t.number(i64::from(*pieces)).into(),
                t.percent(line.tax_rate_ppm).into(),
                self.money(*amount).into(),
            ]));
        }
        rest -= refund.shipping;
        for (name, amount) in [
            (t.t("invoice.delivery"), refund.shipping),
            (t.t("invoice.goodwill"), rest),
        ] {
            if amount != 0 {
                let cells = vec![name.into(), "".into(), "".into(), self.money(amount).into()];
                rows.push(row(cells));
            }
        }
        let columns = vec![
            self.column("invoice.article", (530, Side::Left)),
            self.column("invoice.pieces", (110, Side::Right)),
            self.column("invoice.tax_rate", (140, Side::Right)),
            self.column("invoice.amount", (220, Side::Right)),
        ];
        let goods = Table {
            title: String::new(),
            columns,
            rows,
        };
        let sums = [
            (t.t("invoice.net"), refund.amount - refund.tax, false),
            (t.t("invoice.tax"), refund.tax, false),
            (t.t("invoice.credit_total"), refund.amount, true),
        ];
        Document {
            title: t.with("invoice.credit_title", &[("number", &number)]),
            tables: vec![goods, self.sum_table(&sums)],
            notes: vec![t.t("invoice.credit_note").to_owned()],
            ..self.letter(facts, at, (issued.at, number))
        }
    }

    /// What all documents have: from whom, to whom, the foot. The seller is as they were when the invoice was issued.
    fn letter(
        &self,
        facts: Vec<(String, String)>,
        made_at: i64,
        (issued_at, identity): (i64, String),
    ) -> Document {
        let made = jiff::Timestamp::from_millisecond(made_at).unwrap_or_default();
        let made = made.to_zoned(self.zone.clone()).date();
        let number = |n: i8| u8::try_from(n).unwrap_or(1);
        Document {
            language: self.texts.language().tag(),
            issuer: self.issuer(issued_at),
            recipient: self.recipient(),
            facts,
            foot: self.texts.t("invoice.foot").to_owned(),
            made: (
                u16::try_from(made.year()).unwrap_or(1970),
                number(made.month()),
                number(made.day()),
            ),
            identity,
            ..Document::default()
        }
    }

    fn issuer(&self, at: i64) -> Vec<String> {
        let seller = self.world.seller(self.order.seller);
        let Some(billing) = seller.and_then(|s| s.billing_at(at)) else {
            let name = seller.map_or_else(|| self.order.seller.to_string(), |s| s.name.clone());
            return vec![name];
        };
        let mut lines = vec![billing.name.clone()];
        lines.extend(postal(&billing.address, |c| self.country(c)));
        if !billing.tax_id.is_empty() {
            let id = [("id", &billing.tax_id as &dyn std::fmt::Display)];
            lines.push(self.texts.with("invoice.tax_id", &id));
        }
        lines.extend(billing.lines.iter().cloned());
        lines
    }

    fn recipient(&self) -> Vec<String> {
        let group = self.group;
        let address = group.billing.as_ref().or(group.destination.as_ref());
        let mut lines = address.map_or_else(Vec::new, |a| postal(a, |c| self.country(c)));
        let name = person(&group.buyer.first_name, &group.buyer.last_name);
        let has_name = address.is_some_and(|a| !person(&a.first_name, &a.last_name).is_empty());
        if !has_name && !name.is_empty() {
            lines.insert(0, name);
        }
        if lines.is_empty() {
            lines.push(group.buyer.email.clone());
        }
        lines
    }

    fn fact(&self, name: &'static str, value: String) -> (String, String) {
        (self.texts.t(name).to_owned(), value)
    }

    fn column(&self, head: &'static str, (permille, side): (u16, Side)) -> Column {
        Column {
            head: self.texts.t(head).to_owned(),
            permille,
            side,
        }
    }

    /// The lines that were charged, what they come to at each rate, and in all.
    fn goods(&self) -> (Table, Rates, Share) {
        let columns = vec![
            self.column("invoice.article", (345, Side::Left)),
            self.column("invoice.pieces", (80, Side::Right)),
            self.column("invoice.unit_price", (150, Side::Right)),
            self.column("invoice.tax_rate", (115, Side::Right)),
            self.column("invoice.net", (150, Side::Right)),
            self.column("invoice.gross", (160, Side::Right)),
        ];
        let (mut rates, mut sum) = (Rates::new(), Share::default());
        let mut rows = Vec::new();
        for line in &self.order.lines {
            let (pieces, share) = charged(self.group, self.order, line);
            if pieces == 0 {
                continue;
            }
            sum = sum.plus(share);
            add(&mut rates, Some(line.tax_rate_ppm), share);
            let mut below = below(&line.options, &line.sku);
            let taken = self.is_exclusive(share.tax, line.tax_rate_ppm, share.total);
            let shown = if taken {
                share.total - share.tax
            } else {
                share.total
            };
            let off = line.unit_price * i64::from(pieces) - shown;
            if off != 0 {
                let off = [("amount", &self.money(-off) as &dyn std::fmt::Display)];
                below.push(self.texts.with("invoice.off", &off));
            }
            rows.push(row(vec![
                Cell {
                    text: line.title.clone(),
                    below,
                },
                self.texts.number(i64::from(pieces)).into(),
                self.money(line.unit_price).into(),
                self.texts.percent(line.tax_rate_ppm).into(),
                self.money(share.total - share.tax).into(),
                self.money(share.total).into(),
            ]));
        }
        let table = Table {
            title: String::new(),
            columns,
            rows,
        };
        (table, rates, sum)
    }

    /// Whether prices of this order were shown without tax: by the shop's setting for the currency, as long as that
    /// fits what was charged.
    fn is_exclusive(&self, tax: i64, rate_ppm: u32, total: i64) -> bool {
        let setting = self
            .world
            .shop()
            .and_then(|s| s.tax_display(self.group.currency));
        let fits_added = tax_added(total - tax, rate_ppm) == tax;
        setting == Some(TaxDisplay::Exclusive) && fits_added
    }

    /// The rate that delivery was taxed at: the standard one of the country, or one of the goods', whichever gives what
    /// was charged for the whole purchase.
    fn shipping_rate(&self) -> Option<u32> {
        let orders = self.group.orders.iter();
        let (total, tax) = orders.fold((0, 0), |(total, tax), order| {
            (total + order.shipping, tax + order.shipping_tax)
        });
        let country = self.group.tax_country;
        let standard = self.world.tax_rate_ppm(country, TaxCategory::Standard);
        let of_goods = self.group.lines().map(|line| line.tax_rate_ppm);
        let fits =
            |rate: &u32| tax_included(total, *rate) == tax || tax_added(total - tax, *rate) == tax;
        standard.into_iter().chain(of_goods).find(fits)
    }

    fn sums(&self, goods: Share, shipping: Share) -> Table {
        let t = self.texts;
        let total = goods.plus(shipping);
        let mut sums = vec![(t.t("invoice.goods"), goods.total, false)];
        let delivery = format!("{} {}", t.t("invoice.delivery"), self.group.delivery_title);
        if !self.group.delivery_title.is_empty() || shipping.total != 0 {
            sums.push((delivery.trim(), shipping.total, false));
        }
        sums.push((t.t("invoice.net_total"), total.total - total.tax, false));
        sums.push((t.t("invoice.tax"), total.tax, false));
        sums.push((t.t("invoice.total"), total.total, true));
        self.sum_table(&sums)
    }

    fn sum_table(&self, sums: &[(&str, i64, bool)]) -> Table {
        let sum = |&(name, amount, is_sum): &(&str, i64, bool)| Row {
            cells: vec![name.into(), self.money(amount).into()],
            is_sum,
        };
        Table {
            title: self.texts.t("invoice.sums").to_owned(),
            columns: vec![
                self.column("invoice.what", (700, Side::Left)),
                self.column("invoice.amount", (300, Side::Right)),
            ],
            rows: sums.iter().map(sum).collect(),
        }
    }

    fn tax_table(&self, rates: &Rates) -> Table {
        let t = self.texts;
        let rate = |(rate, share): (&Option<u32>, &Share)| {
            let name = rate.map_or_else(|| t.t("invoice.delivery").to_owned(), |r| t.percent(r));
            row(vec![
                name.into(),
                self.money(share.total - share.tax).into(),
                self.money(share.tax).into(),
                self.money(share.total).into(),
            ])
        };
        Table {
            title: t.t("invoice.taxes").to_owned(),
            columns: vec![
                self.column("invoice.tax_rate", (250, Side::Left)),
                self.column("invoice.net", (250, Side::Right)),
                self.column("invoice.tax", (250, Side::Right)),
                self.column("invoice.gross", (250, Side::Right)),
            ],
            rows: rates.iter().map(rate).collect(),
        }
    }

    /// How it was paid in two parts, and how a payment on account is made out.
    fn presale_note(&self) -> Option<String> {
        let presale = self.group.presale.as_ref()?;
        let by_provider = |method: &PaymentMethod| *method != PaymentMethod::OnAccount;
        let is_paid = self
            .group
            .settled_payments()
            .all(|p| by_provider(&p.method));
        let deposit = self.money(presale.deposit.amount);
        let balance = self.money(self.group.balance());
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("deposit", &deposit), ("balance", &balance)];
        is_paid.then(|| self.texts.with("invoice.note_presale", &values))
    }
}

fn add(rates: &mut Rates, rate: Option<u32>, share: Share) {
    let known = rates.entry(rate).or_default();
    *known = known.plus(share);
}

fn row(cells: Vec<Cell>) -> Row {
    Row {
        cells,
        is_sum: false,
    }
}

fn below(options: &str, sku: &str) -> Vec<String> {
    let parts = [options, sku].map(str::to_owned);
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}
