//! Priced carts as a text table: what campaigns take off, why, and what it takes of their limits.
//!
//! `carts.txt` is read line by line: `at` begins a cart, what is indented below it is what comes of it. A cart that
//! comes out differently is shown whole, with the table as it would be in `target/carts.txt`.
//! Long because the shop, its rules and the reading of the table belong together.

extern crate std;

use super::*;
use crate::campaign::{
    Campaign, CampaignState, Codes, Counted, Goods, Limits, PresaleOffer, PresaleTerms, Quota,
    Rule, SalePrice, ThresholdStep,
};
use crate::catalog::Offer;
use crate::checkout::Buyer;
use crate::coupon;
use crate::id::{
    CampaignId, CategoryId, CustomerId, DiscountId, LocationId, ProductId, ShippingRateId,
    TaxRateId, VariantId,
};
use crate::money::Money;
use crate::packet::Packets;
use crate::points::{PointsAccount, PointsProgram, PointsWanted};
use crate::settings::{Address, Category, LocationKind, Seller, Shop, TaxRate};
use crate::text::{Language, Text};
use crate::world::{KeySet, Record, Rows, Sequences};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec;

const EUR: Currency = Currency::parse("EUR").expect("a code");
const USD: Currency = Currency::parse("USD").expect("a code");
const DE: Country = Country::parse("DE").expect("a code");
const OWN: SellerId = SellerId(0x100);
const BRAND: SellerId = SellerId(0x200);
const HOME: CategoryId = CategoryId(0x100);
const LIGHTS: CategoryId = CategoryId(0x200);
const TEXTILES: CategoryId = CategoryId(0x300);
const FOOD: CategoryId = CategoryId(0x400);
const RATE: ShippingRateId = ShippingRateId(0x700);
const SHOP: LocationId = LocationId(0x900);
const SECRET: (u64, u64) = (7, 11);
const MEMBER: CustomerId = CustomerId(0x100);
/// The festival: from this moment to before the other.
const STARTS: i64 = 1_000;
const ENDS: i64 = 2_000;
/// The campaigns: an older one that overlaps, the festival, one that is a draft, one that was stopped.
const WEEK: CampaignId = CampaignId(0x1000);
const FESTIVAL: CampaignId = CampaignId(0x2000);
/// Presales, from 3000 to before 4000.
const PRESALE: CampaignId = CampaignId(0x5000);

/// Name, category, tax, and price in EUR of the shop itself and of the brand, in cents.
const ARTICLES: [(&str, CategoryId, TaxCategory, [Option<i64>; 2]); 8] = [
    (
        "lamp",
        LIGHTS,
        TaxCategory::Standard,
        [Some(4_990), Some(4_490)],
    ),
    ("bulb", LIGHTS, TaxCategory::Standard, [Some(450), None]),
    ("rug", TEXTILES, TaxCategory::Standard, [Some(12_000), None]),
    (
        "sheet",
        TEXTILES,
        TaxCategory::Standard,
        [Some(2_495), None],
    ),
    ("tea", FOOD, TaxCategory::Reduced, [Some(320), None]),
    ("cake", FOOD, TaxCategory::Reduced, [Some(999), None]),
    ("vase", HOME, TaxCategory::Standard, [None, Some(8_000)]),
    ("pin", HOME, TaxCategory::Standard, [Some(1), None]),
];

fn eur(minor: i64) -> Money {
    Money {
        minor,
        currency: EUR,
    }
}

fn variant(name: &str) -> VariantId {
    let place = ARTICLES.iter().position(|a| a.0 == name);
    let place = place.unwrap_or_else(|| panic!("no article {name}"));
    VariantId::under(ProductId((place as u64 + 1) << 16), 1)
}

fn rule(number: u8, title: &str, deal: Deal) -> Rule {
    Rule {
        number,
        title: Text::en(title),
        deal,
        goods: Goods::default(),
        members_only: false,
        exclusive: false,
        only_full_price: false,
        limits: Limits::default(),
    }
}

fn campaign(id: CampaignId, (starts_at, ends_at): (i64, i64), rules: Vec<Rule>) -> Campaign {
    Campaign {
        id,
        version: 1,
        code: format!("{id}"),
        title: Text::en("c"),
        time_zone: "Europe/Berlin".to_string(),
        starts_at,
        ends_at,
        state: CampaignState::Approved,
        proposed_by: None,
        approved_by: None,
        rules,
    }
}

fn in_category(category: CategoryId) -> Goods {
    Goods {
        categories: vec![category],
        ..Goods::default()
    }
}

fn shared(code: &str) -> Codes {
    Codes::Shared(code.to_string())
}

fn coupon_rule(number: u8, codes: Codes, value: DiscountValue, spend: Option<i64>) -> Rule {
    let deal = Deal::Coupon {
        codes,
        value,
        spend: spend.map(eur),
    };
    rule(number, "coupon", deal)
}

/// So many packets of a budget, each within bounds.
fn packets(
    number: u8,
    (count, budget): (u32, i64),
    (low, high): (i64, i64),
    spend: Option<i64>,
) -> Rule {
    let deal = Deal::RedPackets {
        count,
        low,
        high,
        secret: SECRET,
        draw_from: 800,
        spend: spend.map(eur),
        spend_until: 1_900,
    };
    Rule {
        limits: Limits {
            per_buyer: Some(2),
            budget: Some(eur(budget)),
            total: None,
        },
        ..rule(number, "packet", deal)
    }
}

// Long because each rule of the table is spelled out.
fn festival() -> Campaign {
    let price = |name, minor, total| SalePrice {
        variant: variant(name),
        seller: OWN,
        prices: vec![eur(minor)],
        total,
    };
    let flash = Rule {
        limits: Limits {
            total: Some(100),
            per_buyer: Some(2),
            budget: None,
        },
        ..rule(
            1,
            "flash",
            Deal::Prices(vec![
                price("lamp", 3_990, Some(10)),
                price("bulb", 300, None),
            ]),
        )
    };
    let members = Rule {
        members_only: true,
        goods: in_category(TEXTILES),
        ..rule(2, "members", Deal::Percent(100_000))
    };
    let tea = Rule {
        goods: Goods {
            products: vec![variant("tea").parent(), variant("cake").parent()],
            ..Goods::default()
        },
        limits: Limits {
            total: Some(5),
            ..Limits::default()
        },
        ..rule(
            3,
            "3 for 2",
            Deal::BuyGet {
                buy: 2,
                get: 1,
                percent: 1_000_000,
            },
        )
    };
    let bundle = rule(
        4,
        "set",
        Deal::Bundle {
            parts: vec![(variant("rug"), 1), (variant("sheet"), 2)],
            prices: vec![eur(15_000)],
        },
    );
    let threshold = rule(
        5,
        "10 per 100",
        Deal::Threshold {
            steps: vec![ThresholdStep {
                spend: eur(10_000),
                off: 1_000,
            }],
            times: 3,
        },
    );
    let save = Rule {
        limits: Limits {
            total: Some(1_000),
            per_buyer: Some(1),
            budget: None,
        },
        ..coupon_rule(
            6,
            shared("SAVE5"),
            DiscountValue::Fixed(eur(500)),
            Some(3_000),
        )
    };
    let once = Codes::Single {
        prefix: "ONCE".to_string(),
        count: 100,
        secret: SECRET,
    };
    let once = Rule {
        goods: Goods {
            sellers: vec![BRAND],
            ..Goods::default()
        },
        ..coupon_rule(7, once, DiscountValue::Percent(200_000), None)
    };
    let full = Rule {
        only_full_price: true,
        ..coupon_rule(8, shared("FULL15"), DiscountValue::Percent(150_000), None)
    };
    let budgeted = Rule {
        limits: Limits {
            budget: Some(eur(2_000)),
            ..Limits::default()
        },
        ..coupon_rule(9, shared("POT"), DiscountValue::Percent(500_000), None)
    };
    let free = rule(
        10,
        "free delivery",
        Deal::FreeShipping {
            service_level: "standard".to_string(),
            spend: Some(eur(5_000)),
        },
    );
    let brand_packets = Rule {
        goods: Goods {
            sellers: vec![BRAND],
            ..Goods::default()
        },
        only_full_price: true,
        ..packets(12, (4, 1_000), (250, 250), None)
    };
    let rules = vec![
        flash,
        members,
        tea,
        bundle,
        threshold,
        save,
        once,
        full,
        budgeted,
        free,
        packets(11, (10, 2_000), (50, 400), Some(3_000)),
        brand_packets,
    ];
    campaign(FESTIVAL, (STARTS, ENDS), rules)
}

/// An older campaign that runs until the middle of the festival.
fn week() -> Campaign {
    let lights = Rule {
        goods: Goods {
            except: vec![variant("bulb").parent()],
            ..in_category(LIGHTS)
        },
        ..rule(1, "lights", Deal::Percent(50_000))
    };
    let rugs = Rule {
        goods: in_category(HOME),
        exclusive: true,
        limits: Limits {
            budget: Some(eur(6_000)),
            ..Limits::default()
        },
        ..rule(
            2,
            "30 off 200",
            Deal::Threshold {
                steps: vec![ThresholdStep {
                    spend: eur(20_000),
                    off: 3_000,
                }],
                times: 1,
            },
        )
    };
    campaign(WEEK, (500, 1_500), vec![lights, rugs])
}

/// Two presales with windows of their own, and what does not touch their goods.
// Long because each record of the table is spelled out.
fn presales() -> Campaign {
    let offer = |name, seller, [price, deposit, counts_as]: [i64; 3], total| PresaleOffer {
        variant: variant(name),
        seller,
        terms: vec![PresaleTerms {
            price: eur(price),
            deposit,
            counts_as,
        }],
        total,
    };
    let presale = |number, title, offers, (balance_from, balance_until), forfeit| {
        let deal = Deal::Presale {
            offers,
            counts_title: Text::en("deposit counts more"),
            balance_from,
            balance_until,
            forfeit,
        };
        rule(number, title, deal)
    };
    let early = Rule {
        limits: Limits {
            per_buyer: Some(3),
            ..Limits::default()
        },
        ..presale(
            1,
            "early",
            vec![
                offer("lamp", OWN, [4_000, 500, 1_000], Some(5)),
                offer("vase", BRAND, [8_000, 1_000, 1_000], None),
            ],
            (4_000, 5_000),
            true,
        )
    };
    let later = Rule {
        limits: Limits {
            budget: Some(eur(4_000)),
            ..Limits::default()
        },
        ..presale(
            2,
            "later",
            vec![
                offer("rug", OWN, [11_000, 1_000, 2_000], None),
                // Dearer than it is anyway.
                offer("cake", OWN, [1_200, 100, 200], None),
            ],
            (4_500, 6_000),
            false,
        )
    };
    let members = Rule {
        members_only: true,
        ..presale(
            3,
            "members first",
            vec![offer("tea", OWN, [300, 300, 300], None)],
            (4_000, 5_000),
            true,
        )
    };
    let percent = rule(4, "all", Deal::Percent(100_000));
    let coupon = coupon_rule(5, shared("PRE"), DiscountValue::Fixed(eur(500)), None);
    campaign(
        PRESALE,
        (3_000, 4_000),
        vec![early, later, members, percent, coupon],
    )
}

// Long because each record of the table is spelled out.
fn settings() -> Vec<Record> {
    let category = |id, path: &str, parent| {
        Record::Category(Category {
            id,
            path: path.to_string(),
            title: Text::en(path),
            parent,
            position: 0,
            image: String::new(),
        })
    };
    let seller = |id, code: &str| {
        Record::Seller(Seller {
            id,
            code: code.to_string(),
            name: code.to_string(),
            first_party: id == OWN,
            billing: Vec::new(),
        })
    };
    let tax = |n: u64, category, rate_ppm| {
        Record::TaxRate(TaxRate {
            id: TaxRateId(n << 8),
            country: DE,
            category,
            rate_ppm,
        })
    };
    vec![
        Record::Shop(Shop {
            name: "s".to_string(),
            country: DE,
            currency: EUR,
            currencies: vec![(EUR, TaxDisplay::Inclusive), (USD, TaxDisplay::Exclusive)],
            ships_to: Vec::new(),
            returns: Default::default(),
        }),
        seller(OWN, "own"),
        seller(BRAND, "brand"),
        category(HOME, "home", None),
        category(LIGHTS, "home > lights", Some(HOME)),
        category(TEXTILES, "home > textiles", Some(HOME)),
        category(FOOD, "food", None),
        tax(1, TaxCategory::Standard, 190_000),
        tax(2, TaxCategory::Reduced, 70_000),
        Record::Location(Location {
            id: SHOP,
            code: "shop".to_string(),
            name: "shop".to_string(),
            kind: LocationKind::Shop,
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
            ships: false,
            collects: true,
            sells: true,
            pickup_lead_minutes: 0,
            ship_cutoff_minute: 0,
            rank: 0,
        }),
        Record::ShippingRate(ShippingRate {
            id: RATE,
            code: "r".to_string(),
            title: Text::en("r"),
            country: None,
            service_level: "standard".to_string(),
            prices: vec![eur(490)],
            transit_days: (1, 2),
        }),
        Record::Discount(Discount {
            id: DiscountId(0x100),
            code: "OLD10".to_string(),
            title: Text::en("old"),
            value: DiscountValue::Percent(100_000),
            active: true,
        }),
    ]
}

fn product(name: &str, category: CategoryId, tax: TaxCategory, prices: [Option<i64>; 2]) -> Record {
    let offer = |(seller, minor): (SellerId, Option<i64>)| {
        minor.map(|minor| Offer {
            past: Vec::new(),
            seller,
            // A dollar price beside, for the shop itself.
            prices: if seller == OWN {
                vec![
                    eur(minor),
                    Money {
                        minor,
                        currency: USD,
                    },
                ]
            } else {
                vec![eur(minor)]
            },
        })
    };
    let offers = [(OWN, prices[0]), (BRAND, prices[1])];
    let variant = Variant {
        id: variant(name),
        sku: name.to_string(),
        gtin: None,
        option_values: Vec::new(),
        weight_grams: 0,
        image: String::new(),
        status: Status::Active,
        offers: offers.into_iter().filter_map(offer).collect(),
    };
    Record::Product(Product {
        id: variant.id.parent(),
        version: 1,
        handle: name.to_string(),
        title: Text::en(name),
        description: Text::default(),
        brand: String::new(),
        category: Some(category),
        option_names: Vec::new(),
        option_words: Default::default(),
        tax_category: tax,
        status: Status::Active,
        variants: vec![variant],
        created_at: 0,
        updated_at: 0,
    })
}

/// A point for each euro; one takes off 3 cents, at least 20 at once, for at most three quarters of the goods' price.
fn program(active: bool) -> PointsProgram {
    PointsProgram {
        version: 1,
        title: Text::en("points"),
        currency: EUR,
        spend_per_point: 100,
        worth: 3,
        share_max_ppm: 750_000,
        points_min: 20,
        expires_after_days: 0,
        active,
    }
}

/// The world, with what was taken of limits before, and with the member's points.
fn world((taken, balance): (Vec<(Quota, i64)>, Option<i64>)) -> World {
    let mut records = settings();
    let goods = ARTICLES
        .iter()
        .map(|&(name, category, tax, prices)| product(name, category, tax, prices));
    records.extend(goods);
    let mut draft = campaign(CampaignId(0x3000), (0, 9_000), week().rules);
    draft.state = CampaignState::Draft;
    let mut stopped = campaign(CampaignId(0x4000), (0, 9_000), festival().rules);
    stopped.state = CampaignState::Stopped;
    records.extend([festival(), week(), draft, stopped, presales()].map(Record::Campaign));
    // Who has no points shops as if there were none.
    let is_on = balance.is_some();
    records.push(Record::PointsProgram(program(is_on)));
    let mut world = World::new(records, Sequences::default(), 0);
    let rows = Rows {
        quotas: taken,
        points: balance
            .map(|balance| (MEMBER, account(balance)))
            .into_iter()
            .collect(),
        ..Rows::default()
    };
    world.absorb(&KeySet::default(), rows);
    world
}

/// A member's account; what is there expires at 1700.
fn account(balance: i64) -> PointsAccount {
    PointsAccount {
        balance,
        expires_at: Some(1_700),
        ..PointsAccount::default()
    }
}

/// What a line of the table says.
struct Case {
    now: i64,
    intent: Intent,
    taken: Vec<(Quota, i64)>,
    /// The member's points, where there is a program.
    balance: Option<i64>,
}

fn quota(name: &str) -> Quota {
    let (rule, of) = name.split_once('/').expect("rule/what");
    let (campaign, number) = match rule.strip_prefix('w') {
        Some(number) => (WEEK, number),
        None => match rule.strip_prefix('p') {
            Some(number) => (PRESALE, number),
            None => (FESTIVAL, rule),
        },
    };
    let counted = match of {
        "orders" => Counted::Orders,
        "money" => Counted::Budget,
        _ if of.contains('@') => {
            let buyer = Buyer {
                email: of.to_string(),
                ..Buyer::default()
            };
            let mut intent = intent();
            intent.buyer = Arc::new(buyer);
            buyer_of(&intent).expect("an address")
        }
        _ => match of.parse() {
            Ok(number) => Counted::Code(number),
            Err(_) => Counted::Variant(variant(of)),
        },
    };
    let number = number.parse().expect("a rule's number");
    Quota {
        rule: RuleId::under(campaign, number),
        counted,
    }
}

fn intent() -> Intent {
    Intent {
        currency: EUR,
        language: Language::En,
        items: Vec::new(),
        buyer: Default::default(),
        destination: Some(Arc::new(Address {
            country: Some(DE),
            ..Address::default()
        })),
        billing: None,
        delivery: Some(Delivery::Ship(RATE)),
        promise: None,
        discount_codes: Vec::new(),
        member: None,
        extension: Default::default(),
        points: Default::default(),
    }
}

/// Reads `at 1000 lamp 2, bulb@brand 1; buyer ada@x.org; member; code SAVE5; taken 1/lamp 8; usd`, and of points
/// `has 500; points 40` or `has 500; points all`.
fn parse(line: &str) -> Case {
    let mut case = Case {
        now: 0,
        intent: intent(),
        taken: Vec::new(),
        balance: None,
    };
    let rest = line.strip_prefix("at ").expect("a case begins with `at`");
    let (now, rest) = rest.split_once(' ').expect("a moment and goods");
    case.now = now.parse().expect("a moment");
    let mut parts = rest.split(';').map(str::trim);
    for item in parts.next().expect("goods").split(',').map(str::trim) {
        let (name, quantity) = item.split_once(' ').expect("what and how many");
        let (name, seller) = match name.split_once('@') {
            Some((name, "brand")) => (name, Some(BRAND)),
            Some((name, _)) => (name, Some(OWN)),
            None => (name, None),
        };
        case.intent.items.push(Item {
            variant: variant(name),
            seller,
            quantity: quantity.parse().expect("how many"),
        });
    }
    for part in parts {
        let (word, value) = part.split_once(' ').unwrap_or((part, ""));
        match word {
            "buyer" => {
                case.intent.buyer = Arc::new(Buyer {
                    email: value.to_string(),
                    ..Buyer::default()
                });
            }
            "member" => case.intent.member = Some(MEMBER),
            "has" => case.balance = Some(value.parse().expect("points")),
            "points" => {
                case.intent.points = match value {
                    "all" => PointsWanted::AsManyAsPossible,
                    number => PointsWanted::UpTo(number.parse().expect("points")),
                };
            }
            "usd" => case.intent.currency = USD,
            "collect" => case.intent.delivery = None,
            "carry" => case.intent.delivery = Some(Delivery::CarryOut(SHOP)),
            "code" => {
                case.intent.discount_codes.push(code(value));
            }
            "taken" => {
                let (name, taken) = value.split_once(' ').expect("of what and how much");
                case.taken
                    .push((quota(name), taken.parse().expect("how much")));
            }
            _ => panic!("`{part}` is not understood"),
        }
    }
    case
}

/// A code as the table says it: `ONCE 3` is the third single-use code, `HB 3` the member's packet with that number
/// (`HB2` of the other rule), `THEIRS 3` somebody else's; anything else is a code itself.
fn code(value: &str) -> String {
    let Some((word, number)) = value.split_once(' ') else {
        return value.to_string();
    };
    let number = number.parse().expect("a number");
    let packet = |rule, member| {
        let festival = festival();
        let mut rules = festival.rules.iter();
        let found = rules.find(|r| r.number == rule).expect("a rule");
        let packets = Packets::of(festival.rule_id(found), found);
        packets.expect("a rule about packets").code(number, member)
    };
    match word {
        "ONCE" => coupon::code(RuleId::under(FESTIVAL, 7), word, SECRET, number),
        "HB" => packet(11, MEMBER),
        "HB2" => packet(12, MEMBER),
        "THEIRS" => packet(11, CustomerId(0x200)),
        _ => panic!("`{value}` is not understood"),
    }
}

fn rule_name(id: RuleId) -> String {
    let of = match CampaignId(id.base()) {
        WEEK => "w",
        PRESALE => "p",
        _ => "",
    };
    format!("{of}{}", id.sub())
}

fn shown(minor: i64) -> String {
    eur(minor).decimal()
}

// Long because each kind of line of the table is one paragraph.
fn show(case: &Case) -> String {
    let world = world((case.taken.clone(), case.balance));
    let priced = match price(&world, case.now, &case.intent) {
        Ok(priced) => priced,
        Err(refusal) => return format!("    refused: {}\n", refusal.code()),
    };
    let mut out = String::new();
    let quote = &priced.quote;
    for line in &quote.lines {
        let seller = if line.seller == BRAND { "@brand" } else { "" };
        out += &format!(
            "    {}{seller} {} × {}, less {} = {}\n",
            line.sku,
            line.quantity,
            shown(line.unit_price),
            shown(line.discount),
            shown(line.total),
        );
    }
    for applied in &quote.applied {
        let parts: Vec<String> = applied.allocations.iter().map(|a| shown(*a)).collect();
        let code = match applied.code.split_once('-') {
            Some((prefix, _)) => &format!(" {prefix}"),
            None => &format!(" {}", applied.code),
        };
        out += &format!(
            "    {}{}: {} ({})\n",
            applied.title,
            if code == " " { "" } else { code },
            shown(applied.amount),
            parts.join(", ")
        );
    }
    for missed in &priced.missed {
        let name = missed.rule.map_or("?".to_string(), rule_name);
        out += &format!("    not {name}: {:?}\n", missed.why);
    }
    for taken in &priced.uses {
        let of = match taken.quota.counted {
            Counted::Orders => "orders".to_string(),
            Counted::Budget => "money".to_string(),
            Counted::Variant(v) => ARTICLES[(v.0 >> 16) as usize - 1].0.to_string(),
            Counted::Buyer(_) => "buyer".to_string(),
            Counted::Code(number) => format!("code {number}"),
            Counted::Drawn => panic!("nobody draws at a checkout"),
        };
        let name = rule_name(taken.quota.rule);
        out += &format!(
            "    takes {} of {name}/{of} for line {}\n",
            taken.taken, taken.line
        );
    }
    out += &format!(
        "    delivery {}, tax {}, total {}\n",
        shown(quote.shipping),
        shown(quote.tax),
        shown(quote.total)
    );
    if case.balance.is_some() {
        let points = priced.points;
        out += &format!(
            "    points {}, could be {} for {}; earns {}\n",
            points.used,
            points.usable,
            shown(points.usable_amount),
            points.earns
        );
    }
    if let Some(deposit) = &quote.deposit {
        let parts: Vec<String> = deposit.parts.iter().map(|p| shown(*p)).collect();
        out += &format!(
            "    now {} ({}), counts as {}; then {} from {} to {}, or it is {}\n",
            shown(deposit.amount),
            parts.join(", "),
            shown(deposit.counts_as),
            shown(quote.total - deposit.amount),
            deposit.balance_from,
            deposit.balance_until,
            if deposit.forfeit {
                "lost"
            } else {
                "given back"
            },
        );
    }
    if let Some(variant) = priced.apart {
        let name = ARTICLES[(variant.0 >> 16) as usize - 1].0;
        out += &format!("    refused when ordered: {name} goes apart\n");
    }
    if priced.email_needed {
        out += "    refused when ordered: whose is it?\n";
    }
    check_sums(&priced);
    out
}

/// What holds of any priced cart.
fn check_sums(priced: &Priced) {
    let quote = &priced.quote;
    let lines: i64 = quote.lines.iter().map(|l| l.discount).sum();
    assert_eq!(lines, quote.discount);
    let applied: i64 = quote.applied.iter().map(|a| a.amount).sum();
    assert_eq!(applied, quote.discount);
    for a in &quote.applied {
        assert_eq!(a.allocations.iter().sum::<i64>(), a.amount);
    }
    for (i, line) in quote.lines.iter().enumerate() {
        let parts: i64 = quote.applied.iter().map(|a| a.allocations[i]).sum();
        assert_eq!(parts, line.discount);
        assert!((0..=line.subtotal).contains(&line.discount));
    }
    assert!(priced.uses.iter().all(|u| u.taken > 0 && u.given_back == 0));
}

#[test]
fn carts_are_priced_as_the_table_says() {
    let table = include_str!("carts.txt");
    let mut actual = String::new();
    let mut cases = 0;
    for line in table.lines().filter(|l| !l.starts_with("    ")) {
        actual += line;
        actual.push('\n');
        if line.starts_with("at ") {
            actual += &show(&parse(line));
            cases += 1;
        }
    }
    if actual != table {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/carts.txt");
        std::fs::write(path, &actual).expect("the target folder is there");
        let differs = actual.lines().zip(table.lines()).find(|(a, t)| a != t);
        panic!("a cart is priced differently (see target/carts.txt): {differs:?}");
    }
    assert!(cases >= 60, "{cases} carts");
}
