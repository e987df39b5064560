//! What the tables run on: a small shop, a script language for it, and checks after every line.
#![allow(missing_docs, reason = "test support")]

use super::super::*;
use crate::catalog::{Offer, Product, Status, TaxCategory, Variant};
use crate::checkout::{Buyer, Delivery, Intent, Item};
use crate::code::Country;
use crate::command::*;
use crate::event::{Task, What};
use crate::id::*;
use crate::invariants::{
    MoneyTally, PacketTally, PointsTally, QuotaTally, StockTally, check_level,
};
use crate::ledger::Posting;
use crate::money::{Currency, Money};
use crate::order::{CancelReason, RefundState};
use crate::packet::Packets;
use crate::payment::{PaymentMethod, ProviderNews};
use crate::points::PointsEntry;
use crate::settings::*;
use crate::stock::{Level, Movement};
use crate::text::{Language, Text};
use crate::world::{Record, Rows, Sequences};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

const EUR: Currency = Currency::parse("EUR").expect("a code");
pub const USD: Currency = Currency::parse("USD").expect("a code");
const DE: Country = Country::parse("DE").expect("a code");
const STANDARD: ShippingRateId = ShippingRateId(0x700);
pub const MINUTE: i64 = 60_000;

/// Everything a script needs: the world, and all that was ever written.
pub struct Bench {
    pub world: World,
    pub now: i64,
    movements: Vec<Movement>,
    postings: Vec<Posting>,
    tasks: Vec<Task>,
    draws: Vec<(RuleId, u32)>,
    pub points: Vec<PointsEntry>,
    pub events: Vec<What>,
    pub groups: BTreeMap<String, GroupId>,
}

pub fn product(raw: u64, handle: &str, price: i64, tax: TaxCategory) -> Product {
    let id = ProductId(raw);
    let prices = vec![
        Money {
            minor: price,
            currency: EUR,
        },
        Money {
            minor: price,
            currency: USD,
        },
    ];
    let variant = Variant {
        id: VariantId::under(id, 1),
        sku: handle.to_uppercase(),
        gtin: None,
        option_values: Vec::new(),
        weight_grams: 100,
        image: String::new(),
        status: Status::Active,
        offers: vec![Offer {
            past: Vec::new(),
            seller: SellerId(if handle == "c" { 0x200 } else { 0x100 }),
            prices,
        }],
    };
    Product {
        id,
        version: 0,
        handle: handle.to_string(),
        title: Text::en(handle),
        description: Text::default(),
        brand: String::new(),
        category: None,
        option_names: Vec::new(),
        option_words: Default::default(),
        tax_category: tax,
        status: Status::Active,
        variants: vec![variant],
        created_at: 0,
        updated_at: 0,
    }
}

fn location(raw: u64, code: &str, kind: LocationKind) -> Location {
    Location {
        id: LocationId(raw),
        code: code.to_string(),
        name: code.to_string(),
        kind,
        address: Address {
            country: Some(DE),
            ..Address::default()
        },
        latitude_micro: 0,
        longitude_micro: 0,
        time_zone: "Europe/Berlin".to_string(),
        hours: Default::default(),
        hours_text: String::new(),
        closed_on: Vec::new(),
        ships: kind == LocationKind::Warehouse,
        collects: kind == LocationKind::Shop,
        sells: kind == LocationKind::Shop,
        pickup_lead_minutes: 60,
        ship_cutoff_minute: 840,
        rank: raw as u32,
    }
}

fn settings() -> Vec<Record> {
    let seller = |raw, code: &str, first_party| {
        Record::Seller(Seller {
            id: SellerId(raw),
            code: code.to_string(),
            name: code.to_string(),
            first_party,
            billing: Vec::new(),
        })
    };
    let tax = |raw, category, rate_ppm| {
        Record::TaxRate(TaxRate {
            id: TaxRateId(raw),
            country: DE,
            category,
            rate_ppm,
        })
    };
    let discount = |raw, code: &str, value| {
        let code = code.to_string();
        Record::Discount(Discount {
            id: DiscountId(raw),
            title: Text::en(code.clone()),
            code,
            value,
            active: true,
        })
    };
    let price = |currency| Money {
        minor: 490,
        currency,
    };
    vec![
        Record::Shop(Shop {
            name: "Test".to_string(),
            country: DE,
            currency: EUR,
            currencies: vec![(EUR, TaxDisplay::Inclusive), (USD, TaxDisplay::Exclusive)],
            ships_to: vec![DE],
            returns: Default::default(),
        }),
        seller(0x100, "own", true),
        seller(0x200, "brand", false),
        Record::Location(location(0x300, "W1", LocationKind::Warehouse)),
        Record::Location(location(0x400, "W2", LocationKind::Warehouse)),
        Record::Location(location(0x500, "S1", LocationKind::Shop)),
        tax(0x600, TaxCategory::Standard, 190_000),
        tax(0x601, TaxCategory::Reduced, 70_000),
        Record::ShippingRate(ShippingRate {
            id: STANDARD,
            code: "standard".to_string(),
            title: Text::en("Standard"),
            country: None,
            service_level: "standard".to_string(),
            prices: vec![price(EUR), price(USD)],
            transit_days: (1, 3),
        }),
        discount(0x800, "TEN", DiscountValue::Percent(100_000)),
        discount(
            0x900,
            "FIVE",
            DiscountValue::Fixed(Money {
                minor: 500,
                currency: EUR,
            }),
        ),
    ]
}

impl Bench {
    pub fn new() -> Self {
        let world = World::new(settings(), Sequences::default(), 0);
        let mut bench = Self {
            world,
            now: EPOCH_MS,
            movements: Vec::new(),
            postings: Vec::new(),
            tasks: Vec::new(),
            draws: Vec::new(),
            points: Vec::new(),
            events: Vec::new(),
            groups: BTreeMap::new(),
        };
        let goods = [
            product(0x1000, "a", 1000, TaxCategory::Standard),
            product(0x2000, "b", 499, TaxCategory::Reduced),
            product(0x3000, "c", 3333, TaxCategory::Standard),
        ];
        let drafts = goods
            .into_iter()
            .map(|product| ProductDraft {
                product,
                expected_version: None,
            })
            .collect();
        bench
            .run(Command::SaveProducts(drafts))
            .expect("goods are sound");
        bench
    }

    pub fn run(&mut self, command: Command) -> Result<Outcome, Refusal> {
        self.run_as(Actor::System, command)
    }

    pub fn run_as(&mut self, actor: Actor, command: Command) -> Result<Outcome, Refusal> {
        let mut envelope = Envelope::system(command);
        envelope.actor = actor;
        // Nothing was taken of a limit that was not heard of before, nor had a member points.
        let mut asked = KeySet::default();
        keys(&envelope, &self.world, &mut asked);
        let asked = KeySet {
            quotas: asked.quotas,
            points: asked.points,
            ..KeySet::default()
        };
        self.world.absorb(&asked, Rows::default());
        let result = decide(self.now, &envelope, &mut self.world).map(|d| d.outcome);
        let delta = self.world.delta();
        let is_changed = !(delta.groups.is_empty() && delta.checkouts.is_empty());
        assert!(
            !(is_changed && delta.is_empty()),
            "what a command changed is written"
        );
        self.world.committed();
        self.movements.extend(delta.movements);
        self.points.extend(delta.points_entries);
        self.postings.extend(delta.postings);
        self.tasks
            .extend(delta.effects.iter().map(|e| e.task.clone()));
        self.draws
            .extend(delta.events.iter().filter_map(|e| match e.what {
                What::PacketDrawn { rule, number, .. } => Some((rule, number)),
                _ => None,
            }));
        self.events.extend(delta.events.into_iter().map(|e| e.what));
        self.check_invariants();
        result
    }

    fn check_invariants(&self) {
        let mut stock = StockTally::default();
        self.movements
            .iter()
            .for_each(|m| stock.add(m).expect("movements are sound"));
        for raw in [0x1000, 0x2000, 0x3000] {
            let variant = VariantId::under(ProductId(raw), 1);
            for (location, level) in self.world.levels(variant) {
                check_level(level).expect("levels are sound");
                stock
                    .compare(variant, location, level)
                    .expect("levels equal their movements");
            }
        }
        stock.finish().expect("no movement without a level");
        let mut money = MoneyTally::default();
        self.postings
            .iter()
            .for_each(|p| money.add(p).expect("postings are sound"));
        let mut quotas = QuotaTally::default();
        for id in self.groups.values() {
            if let Some(group) = self.world.group(*id) {
                quotas.add(group).expect("uses are sound");
            }
        }
        let mut packets = PacketTally::default();
        for (rule, number) in &self.draws {
            packets
                .drawn(*rule, *number)
                .expect("a packet is drawn once");
        }
        for (quota, taken) in self.world.known_quotas() {
            let limit = self.world.limit(&quota);
            let rule = self.world.rule(quota.rule);
            let of = rule.and_then(|(_, rule)| Packets::of(quota.rule, rule));
            let of_draws = of.is_some_and(|of| {
                let row = packets.row(&of, (quota, taken, limit));
                row.expect("what was drawn is within its limit")
            });
            if of_draws {
                continue;
            }
            let same = quotas.compare(quota, taken, limit);
            same.expect("what was taken is what orders took, and within its limit");
        }
        quotas.finish().expect("nothing was taken unseen");
        self.check_points();
        let packets = packets.finish();
        packets.expect("draws and what was spent are what the rows say");
        for id in self.groups.values() {
            if let Some(group) = self.world.group(*id) {
                check_group_sound(group);
                money
                    .compare(group)
                    .expect("what is held is what the rows say");
            }
        }
        money.finish().expect("the books balance");
    }

    fn check_points(&self) {
        let mut points = PointsTally::default();
        for entry in &self.points {
            points.add(entry).expect("entries follow from each other");
        }
        for id in self.groups.values() {
            if let Some(group) = self.world.group(*id) {
                points.group(group);
            }
        }
        for (member, account) in self.world.known_points() {
            let same = points.compare(member, &account);
            same.expect("a balance is the sum of its entries");
        }
        points
            .finish()
            .expect("orders earned, spent and gave back what they say");
    }

    pub fn intent(&self, items: &str, delivery: &str, codes: &str) -> Intent {
        Intent {
            currency: EUR,
            language: Language::En,
            items: items.split('+').map(item).collect(),
            buyer: Arc::new(Buyer {
                email: "ada@example.com".to_string(),
                ..Buyer::default()
            }),
            destination: Some(Arc::new(Address {
                country: Some(DE),
                ..Address::default()
            })),
            billing: None,
            delivery: Some(delivery_of(delivery)),
            promise: None,
            member: None,
            discount_codes: codes
                .split(',')
                .filter(|c| !c.is_empty())
                .map(ToString::to_string)
                .collect(),
            extension: Default::default(),
            points: Default::default(),
        }
    }

    pub fn group(&self, name: &str) -> GroupId {
        self.groups.get(name).copied().unwrap_or(GroupId(0xdead00))
    }

    /// Runs one line: `verb arguments`.
    // Long because each verb of the tables is one arm.
    pub fn line(&mut self, text: &str) -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        let number = |i: usize| words[i].parse::<i64>().expect("a number");
        let sub = |i: usize| {
            words
                .get(i)
                .map_or(1, |w| w.parse::<u8>().expect("a number"))
        };
        let group = words
            .get(1)
            .map(|name| self.group(name))
            .unwrap_or(GroupId(0));
        let payment = |n: u8| PaymentId::under(group, n);
        let news = |n: u8, news| {
            Command::PaymentNews(PaymentNews {
                payment: payment(n),
                provider_ref: None,
                news,
                effect: None,
            })
        };
        let asked = |n: u8| {
            let group = self.world.group(group);
            let payment = group.and_then(|g| g.payments.get(usize::from(n) - 1));
            payment.map_or(0, |p| p.amount)
        };
        let command = match words[0] {
            "wait" => {
                self.now += number(1) * MINUTE;
                return "ok".to_string();
            }
            "level" => {
                return show_level(self.world.level(item(words[1]).variant, place(words[2])));
            }
            "account" => return self.account(words[1]),
            "stock" => self.stock(words[1], words[2], StockChangeKind::Counted(number(3))),
            "damage" => self.stock(
                words[1],
                words[2],
                StockChangeKind::Damaged(number(3) as u32),
            ),
            "safety" => self.stock(words[1], words[2], StockChangeKind::SafetyStock(number(3))),
            "buy" => {
                let id = self.groups.len() as u64 * 0x100 + 0x10_0000;
                let group = *self
                    .groups
                    .entry(words[1].to_string())
                    .or_insert(GroupId(id));
                let intent = self.intent(words[2], words[3], words.get(5).unwrap_or(&""));
                let open = OpenCheckout {
                    id: group.checkout(),
                    access_key: 7,
                    device: Device::Phone,
                    intent,
                };
                Command::BuyNow(BuyNow {
                    open,
                    expected_total: None,
                    expected_deposit: None,
                    method: method(words.get(4).unwrap_or(&"card")),
                    return_url: String::new(),
                })
            }
            "retry" => Command::RetryPayment(RetryPayment {
                group,
                method: method("card"),
                return_url: String::new(),
            }),
            "action" => news(
                sub(2),
                ProviderNews::ActionRequired {
                    url: "u".to_string(),
                },
            ),
            "authorized" => news(
                sub(2),
                ProviderNews::Authorized {
                    amount: asked(sub(2)),
                },
            ),
            "authorized-less" => news(
                sub(2),
                ProviderNews::Authorized {
                    amount: asked(sub(2)) - 1,
                },
            ),
            "captured" => news(
                sub(2),
                ProviderNews::Captured {
                    amount: asked(sub(2)),
                },
            ),
            "captured-less" => news(
                sub(2),
                ProviderNews::Captured {
                    amount: asked(sub(2)) - 1,
                },
            ),
            "declined" => news(
                sub(2),
                ProviderNews::Declined {
                    code: "no".to_string(),
                },
            ),
            "voided" => news(sub(2), ProviderNews::Voided),
            "refunded" => news(
                // Of a presale that was paid in two parts the second payment may be meant.
                words.get(3).map_or(1, |w| w.parse().expect("a number")),
                ProviderNews::Refunded {
                    refund: RefundId::under(group, sub(2)),
                },
            ),
            "outside" => news(
                sub(2),
                ProviderNews::RefundedOutside {
                    reference: words[4].to_string(),
                    amount: number(3),
                },
            ),
            "refund-failed" => news(
                1,
                ProviderNews::RefundFailed {
                    refund: RefundId::under(group, sub(2)),
                    code: "x".to_string(),
                },
            ),
            "trouble" => Command::ReportTrouble(PaymentTrouble {
                payment: payment(sub(2)),
                code: "capture_refused".to_string(),
                note: "no".to_string(),
            }),
            "paid" => Command::RecordPaid(payment(sub(2))),
            "expire" => Command::ExpireGroups(vec![group]),
            "cancel" | "give-up" => Command::CancelOrder(CancelOrder {
                order: OrderId::under(group, sub(2)),
                reason: if words[0] == "cancel" {
                    CancelReason::Operator
                } else {
                    CancelReason::Shopper
                },
                note: String::new(),
            }),
            "refund" => Command::RefundOrder(RefundOrder {
                order: OrderId::under(group, 1),
                lines: words[2]
                    .split(',')
                    .filter(|w| *w != "-")
                    .map(line_pieces)
                    .collect(),
                extra: number(3),
                restock: words.get(4).map(|w| place(w)),
                note: String::new(),
            }),
            "return" | "return-anyway" | "approve" | "refuse" | "withdraw" | "receive" => {
                super::returns::command(group, &words)
            }
            "book" | "unbook" | "label" | "hand-over" | "see" | "unsee" => {
                super::parcels::command(group, self.now, &words)
            }
            "move" => super::relocations::command(group, &words),
            step => {
                let step = match step {
                    "pick" => FulfillmentStep::Pick,
                    "pack" => FulfillmentStep::Pack,
                    "ship" => FulfillmentStep::Ship {
                        carrier: "c".to_string(),
                        tracking_number: "1".to_string(),
                        tracking_url: String::new(),
                    },
                    "deliver" => FulfillmentStep::Deliver,
                    other => panic!("no such verb: {other}"),
                };
                Command::MoveFulfillment(FulfillmentId::under(group, sub(2)), step)
            }
        };
        let actor = match words[0] {
            "return-anyway" => Actor::Operator(OperatorId(0x600)),
            _ => Actor::System,
        };
        match self.run_as(actor, command) {
            Ok(Outcome::Group(group)) => show_group(&group),
            Ok(_) => "ok".to_string(),
            Err(refusal) => refusal.code().to_string(),
        }
    }

    fn stock(&self, what: &str, at: &str, kind: StockChangeKind) -> Command {
        let change = StockChange {
            variant: item(what).variant,
            location: place(at),
            kind,
        };
        Command::SetStock(SetStock {
            cause: 1,
            changes: vec![change],
            note: String::new(),
        })
    }

    fn account(&self, name: &str) -> String {
        let mut money = MoneyTally::default();
        self.postings
            .iter()
            .for_each(|p| money.add(p).expect("postings are sound"));
        let account = match name {
            "own" => crate::ledger::Account::Seller(SellerId(0x100)),
            "brand" => crate::ledger::Account::Seller(SellerId(0x200)),
            "tax" => crate::ledger::Account::Tax(DE),
            "shopper" => crate::ledger::Account::Shopper,
            group => crate::ledger::Account::Held(self.group(group)),
        };
        money.balance(account, EUR).to_string()
    }
}

fn check_group_sound(group: &Group) {
    crate::invariants::check_group(group).expect("groups are sound");
}

fn item(text: &str) -> Item {
    let (pieces, what) = text.split_at(text.len() - 1);
    let raw = match what {
        "a" => 0x1000,
        "b" => 0x2000,
        "c" => 0x3000,
        _ => 0x9000,
    };
    let quantity = if pieces.is_empty() {
        1
    } else {
        pieces.parse().expect("a number")
    };
    Item {
        variant: VariantId::under(ProductId(raw), 1),
        seller: None,
        quantity,
    }
}

pub fn line_pieces(text: &str) -> (u16, u32) {
    let (line, pieces) = text.split_once(':').expect("line:pieces");
    (
        line.parse().expect("a number"),
        pieces.parse().expect("a number"),
    )
}

pub fn place(code: &str) -> LocationId {
    match code {
        "W1" => LocationId(0x300),
        "W2" => LocationId(0x400),
        "S1" => LocationId(0x500),
        _ => LocationId(0x999),
    }
}

fn delivery_of(word: &str) -> Delivery {
    match word {
        "ship" => Delivery::Ship(STANDARD),
        "carry" => Delivery::CarryOut(place("S1")),
        code => Delivery::Pickup(place(code)),
    }
}

pub fn method(word: &str) -> PaymentMethod {
    match word {
        "account" => PaymentMethod::OnAccount,
        _ => PaymentMethod::Provider {
            provider: "test".to_string(),
            token: None,
        },
    }
}

fn show_level(level: Level) -> String {
    let short = if level.shortage > 0 {
        format!(" short {}", level.shortage)
    } else {
        String::new()
    };
    format!("{} of {}{short}", level.reserved, level.on_hand)
}

fn show_group(group: &Group) -> String {
    let word = |debug: String| debug.to_lowercase();
    let mut text = word(format!("{:?} {}", group.state, group.total));
    for p in &group.payments {
        text.push_str(&word(format!(" {:?}", p.state)));
    }
    text.push_str(" |");
    for f in &group.fulfillments {
        text.push_str(&word(format!(" {:?}", f.state)));
    }
    text.push_str(&super::returns::show(group));
    text.push_str(&super::parcels::show(group));
    if !group.refunds.is_empty() {
        text.push_str(" |");
    }
    for r in &group.refunds {
        let mark = match r.state {
            RefundState::Pending => "?",
            RefundState::Succeeded => "",
            RefundState::Failed => "!",
        };
        text.push_str(&format!(" {}{mark}", r.amount));
    }
    text
}

/// Runs a table of `command => expected` lines, and fails with all that differ.
pub fn check(table: &str) {
    check_on(&mut Bench::new(), table);
}

/// The same on a bench that is there already.
pub fn check_on(bench: &mut Bench, table: &str) {
    let mut wrong = String::new();
    for line in table
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        let (command, expected) = line.split_once("=>").unwrap_or((line, "ok"));
        let found = bench.line(command);
        if found != expected.trim() {
            wrong.push_str(&format!("\n  {}\n    gave     {found}", line));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
