//! Decisions as text tables: a line is a command and what it must give. After every line the numbered
//! invariants are checked over everything that was ever written.

extern crate std;

use super::*;
use crate::catalog::{Offer, Product, Status, TaxCategory, Variant};
use crate::checkout::{Buyer, Delivery, Intent, Item};
use crate::code::Country;
use crate::command::*;
use crate::event::Task;
use crate::id::*;
use crate::invariants::{MoneyTally, StockTally, check_level};
use crate::ledger::Posting;
use crate::money::{Currency, Money};
use crate::order::{CancelReason, RefundState};
use crate::payment::{PaymentMethod, PaymentState, ProviderNews};
use crate::settings::*;
use crate::stock::{Level, Movement};
use crate::text::{Language, Text};
use crate::world::{Record, Sequences};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

const EUR: Currency = Currency::parse("EUR").expect("a code");
const USD: Currency = Currency::parse("USD").expect("a code");
const DE: Country = Country::parse("DE").expect("a code");
const STANDARD: ShippingRateId = ShippingRateId(0x700);
const MINUTE: i64 = 60_000;

/// Everything a script needs: the world, and all that was ever written.
struct Bench {
    world: World,
    now: i64,
    movements: Vec<Movement>,
    postings: Vec<Posting>,
    tasks: Vec<Task>,
    groups: BTreeMap<String, GroupId>,
}

fn product(raw: u64, handle: &str, price: i64, tax: TaxCategory) -> Product {
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
    fn new() -> Self {
        let world = World::new(settings(), Sequences::default(), 0);
        let mut bench = Self {
            world,
            now: EPOCH_MS,
            movements: Vec::new(),
            postings: Vec::new(),
            tasks: Vec::new(),
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

    fn run(&mut self, command: Command) -> Result<Outcome, Refusal> {
        let result =
            decide(self.now, &Envelope::system(command), &mut self.world).map(|d| d.outcome);
        let delta = self.world.delta();
        self.world.committed();
        self.movements.extend(delta.movements);
        self.postings.extend(delta.postings);
        self.tasks.extend(delta.effects.iter().map(|e| e.task));
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

    fn intent(&self, items: &str, delivery: &str, codes: &str) -> Intent {
        Intent {
            currency: EUR,
            language: Language::En,
            items: items.split('+').map(item).collect(),
            buyer: Buyer {
                email: "ada@example.com".to_string(),
                ..Buyer::default()
            },
            destination: Some(Address {
                country: Some(DE),
                ..Address::default()
            }),
            billing: None,
            delivery: Some(delivery_of(delivery)),
            promise: None,
            discount_codes: codes
                .split(',')
                .filter(|c| !c.is_empty())
                .map(ToString::to_string)
                .collect(),
            extension: String::new(),
        }
    }

    fn group(&self, name: &str) -> GroupId {
        self.groups.get(name).copied().unwrap_or(GroupId(0xdead00))
    }

    /// Runs one line: `verb arguments`.
    fn line(&mut self, text: &str) -> String {
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
        let total = self.world.group(group).map_or(0, |g| g.total);
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
                Command::BuyNow(open, method(words.get(4).unwrap_or(&"card")), String::new())
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
            "authorized" => news(sub(2), ProviderNews::Authorized { amount: total }),
            "authorized-less" => news(sub(2), ProviderNews::Authorized { amount: total - 1 }),
            "captured" => news(sub(2), ProviderNews::Captured { amount: total }),
            "captured-less" => news(sub(2), ProviderNews::Captured { amount: total - 1 }),
            "declined" => news(
                sub(2),
                ProviderNews::Declined {
                    code: "no".to_string(),
                },
            ),
            "voided" => news(sub(2), ProviderNews::Voided),
            "refunded" => news(
                1,
                ProviderNews::Refunded {
                    refund: RefundId::under(group, sub(2)),
                },
            ),
            "refund-failed" => news(
                1,
                ProviderNews::RefundFailed {
                    refund: RefundId::under(group, sub(2)),
                    code: "x".to_string(),
                },
            ),
            "paid" => Command::RecordPaid(payment(sub(2))),
            "expire" => Command::ExpireGroups(vec![group]),
            "cancel" => Command::CancelOrder(CancelOrder {
                order: OrderId::under(group, sub(2)),
                reason: CancelReason::Operator,
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
        match self.run(command) {
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

fn line_pieces(text: &str) -> (u16, u32) {
    let (line, pieces) = text.split_once(':').expect("line:pieces");
    (
        line.parse().expect("a number"),
        pieces.parse().expect("a number"),
    )
}

fn place(code: &str) -> LocationId {
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

fn method(word: &str) -> PaymentMethod {
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
fn check(table: &str) {
    let mut bench = Bench::new();
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

#[test]
fn an_order_is_reserved_paid_shipped_and_earned() {
    check(
        "stock a W1 10
         buy o 2a ship        => pendingpayment 2490 pending | pending
         level a W1           => 2 of 10
         authorized o         => confirmed 2490 authorized | open
         captured o           => confirmed 2490 captured | open
         account o            => 2490
         ship o               => wrong_state
         pick o               => confirmed 2490 captured | picking
         pick o               => confirmed 2490 captured | picking
         pack o               => confirmed 2490 captured | packed
         pick o               => wrong_state
         deliver o            => wrong_state
         ship o               => confirmed 2490 captured | shipped
         ship o               => confirmed 2490 captured | shipped
         level a W1           => 0 of 8
         account o            => 0
         account own          => 2093
         account tax          => 397
         deliver o            => confirmed 2490 captured | delivered
         cancel o             => nothing_to_cancel",
    );
}

#[test]
fn the_last_piece_is_sold_once() {
    check(
        "stock a W1 1
         buy o a ship   => pendingpayment 1490 pending | pending
         buy p a ship   => out_of_stock
         buy o a ship   => pendingpayment 1490 pending | pending
         level a W1     => 1 of 1
         safety a W1 1
         stock a W1 2
         buy q a ship   => out_of_stock
         stock a W1 3
         buy q a ship   => pendingpayment 1490 pending | pending",
    );
}

#[test]
fn what_is_not_paid_in_time_is_given_back_and_late_money_goes_back() {
    check(
        "stock a W1 5
         buy o a ship   => pendingpayment 1490 pending | pending
         wait 19
         expire o
         level a W1     => 1 of 5
         wait 1
         expire o
         level a W1     => 0 of 5
         expire o
         authorized o   => canceled 1490 voided | canceled
         captured o     => canceled 1490 captured | canceled | 1490?
         captured o     => canceled 1490 captured | canceled | 1490?
         account o      => 1490
         refunded o     => canceled 1490 captured | canceled | 1490
         refunded o     => canceled 1490 captured | canceled | 1490
         account o      => 0
         account shopper => 0
         retry o        => group_expired",
    );
}

#[test]
fn provider_messages_come_late_twice_and_out_of_order() {
    check(
        "stock a W1 50
         # The capture overtakes the authorization.
         buy o a ship      => pendingpayment 1490 pending | pending
         captured o        => confirmed 1490 captured | open
         authorized o      => confirmed 1490 captured | open
         action o          => confirmed 1490 captured | open
         declined o        => confirmed 1490 captured | open
         voided o          => confirmed 1490 captured | open
         account o         => 1490
         # Declined, then another card; the first one comes through after all.
         buy p a ship      => pendingpayment 1490 pending | pending
         retry p           => payment_in_progress
         declined p        => pendingpayment 1490 declined | pending
         retry p           => pendingpayment 1490 declined pending | pending
         authorized p 2    => confirmed 1490 declined authorized | open
         authorized p 1    => confirmed 1490 voided authorized | open
         captured p 2      => confirmed 1490 voided captured | open
         captured p 1      => confirmed 1490 captured captured | open | 1490?
         # A hosted page goes on after a refused card.
         buy q a ship      => pendingpayment 1490 pending | pending
         action q          => pendingpayment 1490 actionrequired | pending
         declined q        => pendingpayment 1490 declined | pending
         authorized q      => confirmed 1490 authorized | open
         # Left at the provider's page, then tried again.
         buy r a ship      => pendingpayment 1490 pending | pending
         action r          => pendingpayment 1490 actionrequired | pending
         retry r           => pendingpayment 1490 voided pending | pending
         authorized r 1    => pendingpayment 1490 voided pending | pending
         authorized r 2    => confirmed 1490 voided authorized | open
         # Not the amount that was asked for.
         buy s a ship      => pendingpayment 1490 pending | pending
         authorized-less s => pendingpayment 1490 voided | pending
         captured-less s   => payment_mismatch
         # The authorization lapses before the capture.
         buy t a ship      => pendingpayment 1490 pending | pending
         authorized t      => confirmed 1490 authorized | open
         voided t          => canceled 1490 voided | canceled
         authorized nobody => not_found",
    );
}

#[test]
fn orders_are_canceled_and_refunded_to_the_cent() {
    check(
        "stock a W1 50
         stock b W1 50
         buy o 3a+2b ship card TEN => pendingpayment 4088 pending | pending
         authorized o              => confirmed 4088 authorized | open
         captured o                => confirmed 4088 captured | open
         refund o 1:1 0            => quantity_invalid
         pick o                    => confirmed 4088 captured | picking
         pack o                    => confirmed 4088 captured | packed
         ship o                    => confirmed 4088 captured | shipped
         account o                 => 0
         refund o 1:1 0 S1         => confirmed 4088 captured | shipped | 900?
         level a S1                => 0 of 1
         refund o 1:3 0            => quantity_invalid
         refund o 1:2,2:2 490      => confirmed 4088 captured | shipped | 900? 3188?
         refund o - 1              => refund_too_large
         refunded o 2              => confirmed 4088 captured | shipped | 900? 3188
         refund-failed o 1         => confirmed 4088 captured | shipped | 900! 3188
         refund o - 901            => refund_too_large
         refund o - 900            => confirmed 4088 captured | shipped | 900! 3188 900?
         refunded o 3              => confirmed 4088 captured | shipped | 900! 3188 900
         account o                 => 0
         account shopper           => 0",
    );
}

#[test]
fn a_cancellation_gives_goods_and_money_back_at_every_stage() {
    check(
        "stock a W1 50
         # Before the payment: the whole group is given up.
         buy o a ship   => pendingpayment 1490 pending | pending
         cancel o       => canceled 1490 voided | canceled
         cancel o       => canceled 1490 voided | canceled
         # Authorized: the provider lets go.
         buy p a ship   => pendingpayment 1490 pending | pending
         authorized p   => confirmed 1490 authorized | open
         cancel p       => canceled 1490 voided | canceled
         # The capture was under way: the money goes back by itself.
         captured p     => canceled 1490 captured | canceled | 1490?
         refunded p     => canceled 1490 captured | canceled | 1490
         # Captured: a refund.
         buy q a ship   => pendingpayment 1490 pending | pending
         authorized q   => confirmed 1490 authorized | open
         captured q     => confirmed 1490 captured | open
         pick q         => confirmed 1490 captured | picking
         cancel q       => canceled 1490 captured | canceled | 1490?
         pack q         => order_not_confirmed
         refunded q     => canceled 1490 captured | canceled | 1490
         level a W1     => 0 of 50
         account shopper => 0",
    );
}

#[test]
fn parcels_are_few_and_lines_are_split_only_when_they_must() {
    check(
        "stock a W1 3
         stock a W2 5
         stock b W2 5
         buy o a+b ship   => pendingpayment 1989 pending | pending
         level a W2       => 1 of 5
         level a W1       => 0 of 3
         buy p 6a ship    => pendingpayment 6490 pending | pending pending
         buy q 2a ship    => out_of_stock
         buy r a ship     => pendingpayment 1490 pending | pending
         level a W1       => 3 of 3
         level a W2       => 5 of 5",
    );
}

#[test]
fn one_group_holds_orders_of_several_sellers() {
    check(
        "stock a W1 5
         stock c W1 5
         buy o a+c ship => pendingpayment 4823 pending | pending pending
         authorized o   => confirmed 4823 authorized | open open
         captured o     => confirmed 4823 captured | open open
         cancel o 2     => confirmed 4823 captured | open canceled | 3710?
         pick o 1       => confirmed 4823 captured | picking canceled | 3710?
         pack o 1       => confirmed 4823 captured | packed canceled | 3710?
         ship o 1       => confirmed 4823 captured | shipped canceled | 3710?
         refunded o     => confirmed 4823 captured | shipped canceled | 3710
         account o      => 0
         account brand  => 0
         account own    => 935",
    );
}

#[test]
fn goods_are_collected_or_carried_out() {
    check(
        "stock a S1 2
         buy o a ship         => out_of_stock
         buy o a W1           => location_cannot
         buy o a S1           => pendingpayment 1000 pending | pending
         authorized o         => confirmed 1000 authorized | open
         captured o           => confirmed 1000 captured | open
         pack o               => confirmed 1000 captured | packed
         ship o               => wrong_state
         deliver o            => confirmed 1000 captured | delivered
         account own          => 840
         safety a S1 1
         buy p a S1           => out_of_stock
         buy p a carry account => confirmed 1000 onaccount | delivered
         paid p               => confirmed 1000 captured | delivered
         paid p               => confirmed 1000 captured | delivered
         level a S1           => 0 of 0
         account own          => 1680",
    );
}

#[test]
fn a_count_below_what_is_reserved_is_a_recorded_shortage() {
    check(
        "stock a W1 3
         buy o 3a ship account => confirmed 3490 onaccount | open
         damage a W1 2
         level a W1            => 3 of 1 short 2
         damage a W1 2         => stock_below_zero
         pack o                => confirmed 3490 onaccount | packed
         ship o                => stock_below_zero
         stock a W1 2
         level a W1            => 3 of 2 short 1
         stock a W1 4
         level a W1            => 3 of 4
         ship o                => confirmed 3490 onaccount | shipped
         level a W1            => 0 of 1",
    );
}

#[test]
fn bad_input_is_refused_with_a_code() {
    check(
        "stock a W1 5
         stock a W1 -1          => quantity_invalid
         stock a W1 9999999999  => quantity_invalid
         stock a X1 1           => not_found
         stock z W1 1           => unknown_variant
         buy o 0a ship          => quantity_invalid
         buy o 2000000a ship    => quantity_invalid
         buy o z ship           => unknown_variant
         buy o a+a ship         => field_invalid
         buy o a X1             => not_found
         buy o a ship card NOPE => pendingpayment 1490 pending | pending
         buy p a ship card FIVE,TEN => pendingpayment 940 pending | pending
         buy q a ship card five,FIVE => pendingpayment 990 pending | pending",
    );
}

#[test]
fn an_idempotency_key_gives_the_stored_answer_and_refuses_another_request() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    let intent = bench.intent("a", "ship", "");
    let open = OpenCheckout {
        id: CheckoutId(0x50_0000),
        access_key: 1,
        device: Device::Phone,
        intent,
    };
    let mut envelope = Envelope::system(Command::OpenCheckout(open));
    envelope.idempotency = Some(Idempotency { key: 9, request: 1 });
    let first = decide(bench.now, &envelope, &mut bench.world).expect("opens");
    let again = decide(bench.now + 5, &envelope, &mut bench.world).expect("answers");
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.outcome, again.outcome);
    envelope.idempotency = Some(Idempotency { key: 9, request: 2 });
    assert_eq!(
        decide(bench.now, &envelope, &mut bench.world),
        Err(Refusal::IdempotencyKeyReused)
    );
}

#[test]
fn a_price_that_changed_is_told_and_nothing_is_placed() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    let id = CheckoutId(0x50_0000);
    let open = OpenCheckout {
        id,
        access_key: 1,
        device: Device::Phone,
        intent: bench.intent("a", "ship", ""),
    };
    bench.run(Command::OpenCheckout(open)).expect("opens");
    let draft = ProductDraft {
        product: product(0x1000, "a", 1100, TaxCategory::Standard),
        expected_version: Some(1),
    };
    bench
        .run(Command::SaveProducts(vec![draft.clone()]))
        .expect("a new price");
    assert_eq!(
        bench.run(Command::SaveProducts(vec![draft])),
        Err(Refusal::VersionConflict { current: 2 })
    );
    let place = |expected_total| {
        Command::PlaceOrder(PlaceOrder {
            checkout: id,
            expected_total,
            method: method("card"),
            return_url: String::new(),
        })
    };
    let changed = Refusal::PriceChanged {
        expected: 1490,
        current: 1590,
    };
    assert_eq!(bench.run(place(None)), Err(changed));
    let placed = bench
        .run(place(Some(1590)))
        .expect("the new price was shown");
    assert_eq!(
        bench.run(place(Some(1490))),
        Ok(placed),
        "completing twice gives the same group"
    );
    bench.now += crate::limits::CHECKOUT_MS;
    let update = UpdateCheckout {
        id,
        expected_version: None,
        intent: bench.intent("a", "ship", ""),
    };
    assert_eq!(
        bench.run(Command::UpdateCheckout(update)),
        Err(Refusal::CheckoutClosed)
    );
}

#[test]
fn tax_is_added_where_prices_exclude_it() {
    let bench = Bench::new();
    let mut intent = bench.intent("3a+b", "ship", "TEN");
    intent.currency = USD;
    let quote = crate::pricing::quote(&bench.world, &intent).expect("a price");
    // 3499 − 350 = 3149 goods; 19 % of 2700, 7 % of 449, 19 % of 490.
    assert_eq!(
        (quote.subtotal, quote.discount, quote.shipping),
        (3499, 350, 490)
    );
    assert_eq!(
        (quote.tax, quote.tax_added, quote.total),
        (513 + 31 + 93, 637, 3149 + 490 + 637)
    );
}

#[test]
fn a_refused_command_leaves_no_trace() {
    let mut bench = Bench::new();
    bench.line("stock a W1 2");
    let before = format!("{:?}", bench.world);
    for line in ["buy o a+9b ship", "buy o 3a ship", "ship nobody"] {
        bench.line(line);
        bench.groups.clear();
    }
    assert_eq!(
        format!("{:?}", bench.world).replace("now", ""),
        before.replace("now", "")
    );
}

fn any_line() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["o", "p", "q"]);
    let goods = prop::sample::select(vec!["a", "2a", "3a+b", "2b+c", "a+b+2c"]);
    let how = prop::sample::select(vec![
        "ship",
        "S1",
        "carry",
        "ship card TEN,FIVE",
        "ship account",
    ]);
    let after = prop::sample::select(vec![
        "authorized",
        "authorized-less",
        "captured",
        "declined",
        "voided",
        "action",
        "retry",
        "expire",
        "cancel",
        "refunded",
        "refund-failed",
        "paid",
        "pick",
        "pack",
        "ship",
        "deliver",
    ]);
    prop_oneof![
        2 => (name.clone(), goods, how).prop_map(|(n, g, h)| format!("buy {n} {g} {h}")),
        8 => (after, name.clone(), 1..3u8).prop_map(|(verb, n, i)| format!("{verb} {n} {i}")),
        1 => (name, 0..4u8, 0..600u16).prop_map(|(n, pieces, extra)| {
            if pieces == 0 { format!("refund {n} - {extra}") } else { format!("refund {n} 1:{pieces} {extra} S1") }
        }),
        1 => (prop::sample::select(vec!["a", "b", "c"]), prop::sample::select(vec!["W1", "W2", "S1"]), 0..6u8)
            .prop_map(|(v, l, n)| format!("stock {v} {l} {n}")),
        1 => (1..25u8).prop_map(|minutes| format!("wait {minutes}")),
    ]
}

proptest! {
    /// Whatever is asked in whatever order: nothing panics, and the invariants hold after every step.
    #[test]
    fn invariants_hold_in_any_order(lines in prop::collection::vec(any_line(), 1..60)) {
        let mut bench = Bench::new();
        for stock in ["stock a W1 4", "stock b W1 3", "stock b W2 3", "stock c W2 4", "stock a S1 3"] {
            bench.line(stock);
        }
        for line in &lines {
            bench.line(line);
        }
        // Liveness: when time is over, nothing unpaid holds goods.
        bench.now += 60 * MINUTE;
        for name in ["o", "p", "q"] {
            bench.line(&format!("expire {name}"));
            let group = bench.world.group(bench.group(name)).cloned();
            let waits = group.is_some_and(|g| g.payments.iter().any(|p| p.state == PaymentState::Pending && g.expires_at.is_some()));
            prop_assert!(!waits);
        }
    }
}
