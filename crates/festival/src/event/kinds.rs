//! Every kind of rule that a campaign may have, each with all that the festival knows of it: how it is asked for, what
//! shoppers put into a cart for its sake, and what it may take off a purchase. A further kind is one entry more in
//! `all`.
//!
//! What a rule takes off is worked out here from its definition alone, without the shop's code.

mod packets;
mod presale;

use super::goods::{Good, Goods};
use packets::RedPackets;
use presale::Presale;
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Parts per million of the whole.
const WHOLE: i64 = 1_000_000;

/// How much a rule gives at most.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// In all: pieces of each article, or orders.
    pub total: Option<i64>,
    /// Per buyer: pieces or orders.
    pub per_buyer: Option<i64>,
    /// Money in minor units.
    pub budget: Option<i64>,
}

/// A cart made for the sake of a rule.
#[derive(Debug, Clone, Default)]
pub struct Cart {
    /// Indexes into the shop's articles, with pieces.
    pub lines: Vec<(usize, u32)>,
    /// A code that is typed.
    pub code: Option<String>,
}

/// A line of a purchase as the shop shows it. Amounts in minor units.
#[derive(Debug, Clone)]
pub struct Line {
    /// The variant.
    pub variant: String,
    /// Pieces ordered.
    pub pieces: i64,
    /// The price of one.
    pub unit: i64,
    /// What all rules took off it.
    pub discount: i64,
}

/// A way in which a rule may have applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// What it took off.
    pub off: i64,
    /// What it took of its limit: pieces by variant, or orders under the empty name.
    pub taken: Vec<(String, i64)>,
    /// Whether it gave all that it gives without limits.
    pub is_full: bool,
}

/// Who bought, as far as rules ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct Buyer {
    /// Whether the receipt names a code of the rule.
    pub has_code: bool,
    /// Whether a member was signed in.
    pub is_member: bool,
}

/// The red packets of a rule. Amounts in minor units.
#[derive(Debug, Clone, Copy)]
pub struct Packets {
    /// How many there are.
    pub count: i64,
    /// What they hold together.
    pub budget: i64,
    /// What each holds at least and at most.
    pub bounds: (i64, i64),
    /// How many a member may draw.
    pub per_member: i64,
}

/// What a kind of rule is.
pub trait Kind: std::fmt::Debug + Send + Sync {
    /// What the receipt says, in English and German; no two rules say the same.
    fn title(&self) -> (&'static str, &'static str);
    /// What it does, in a sentence for the report.
    fn story(&self, money: &dyn Fn(i64) -> String) -> String;
    /// The deal as the interface takes it.
    fn deal(&self) -> Value;
    /// To which goods; all when there are none.
    fn products(&self) -> Vec<String> {
        Vec::new()
    }
    /// Whether it is for members alone.
    fn is_for_members(&self) -> bool {
        false
    }
    /// How much of it there is.
    fn limits(&self) -> Limits {
        Limits::default()
    }
    /// How many of a hundred in the crowd come for its sake.
    fn share(&self) -> u32;
    /// What such a shopper wants; `codes` are the rule's single-use codes.
    fn cart(&self, rng: &mut StdRng, codes: &[String]) -> Cart;
    /// In which ways it may have applied to a purchase, the full one first. `left` is what earlier rules have left of
    /// the goods' price.
    fn ways(&self, lines: &[Line], left: i64, buyer: Buyer) -> Vec<Way>;
    /// What its red packets are, if it has some: each purchase spends those that its buyer drew.
    fn packets(&self) -> Option<Packets> {
        None
    }
    /// Whether it is a presale: then the receipt says under a title of its own what the deposit counts for above itself.
    fn is_presale(&self) -> bool {
        false
    }
    /// That title.
    fn counts_title(&self) -> Option<&'static str> {
        None
    }
    /// What of the lines is paid at once, the rest later.
    fn at_once(&self, _lines: &[Line]) -> i64 {
        0
    }
    /// Whether delivery must cost nothing when that much is left after all rules.
    fn frees_delivery(&self, _left: i64) -> bool {
        false
    }
    /// The shared code, if it has one.
    fn code(&self) -> Option<&str> {
        None
    }
    /// How many single-use codes it has.
    fn codes(&self) -> u32 {
        0
    }
}

/// All kinds, in the order in which the shop works through them.
pub fn all(goods: &Goods, crowd: u32, run: &str) -> Vec<Box<dyn Kind>> {
    let each = i64::from(crowd / 12).max(2);
    let spend = goods.plain[0].unit * 2;
    vec![
        Box::new(Flash {
            goods: goods.flash.clone(),
            each,
            per_buyer: 2,
        }),
        Box::new(Presale {
            good: goods.presale.clone(),
            each,
        }),
        Box::new(Percent {
            good: goods.percent.clone(),
            ppm: 150_000,
            for_members: false,
        }),
        Box::new(Percent {
            good: goods.members.clone(),
            ppm: 200_000,
            for_members: true,
        }),
        Box::new(BuyGet {
            good: goods.buy_get.clone(),
            buy: 2,
            get: 1,
        }),
        Box::new(Bundle {
            price: (goods.bundle[0].unit + goods.bundle[1].unit) * 3 / 4,
            parts: goods.bundle.clone(),
        }),
        Box::new(Threshold {
            goods: goods.plain.clone(),
            spend,
            off: (spend / 10).max(1),
            times: 3,
            budget: (spend / 10).max(1) * each,
        }),
        Box::new(Coupon {
            goods: goods.plain.clone(),
            code: format!("ALL-{}", run.to_uppercase()),
            ppm: 50_000,
            total: each,
        }),
        Box::new(SingleCodes {
            goods: goods.plain.clone(),
            prefix: format!("ONE-{}", run.to_uppercase()),
            count: u32::try_from(each).unwrap_or(u32::MAX),
            off: (goods.plain[0].unit / 10).max(1),
            currency: goods.currency.clone(),
        }),
        Box::new(RedPackets::of(goods, crowd)),
        Box::new(FreeDelivery {
            goods: goods.plain.clone(),
            level: goods.service_level.clone(),
            delivery: goods.delivery,
            spend: spend * 4,
            currency: goods.currency.clone(),
        }),
    ]
}

/// A share, rounded half away from zero.
fn part(amount: i64, ppm: i64) -> i64 {
    let product = i128::from(amount) * i128::from(ppm);
    i64::try_from((product + i128::from(WHOLE / 2)) / i128::from(WHOLE)).unwrap_or(i64::MAX)
}

/// Pieces of a good among lines.
fn pieces_of(lines: &[Line], good: &Good) -> i64 {
    let own = lines.iter().filter(|l| l.variant == good.variant);
    own.map(|l| l.pieces).sum()
}

fn money(amount: i64, currency: &str) -> Value {
    json!({"amount": amount, "currency": currency})
}

/// The only way of a rule without limits.
fn only(off: i64) -> Vec<Way> {
    vec![Way {
        off,
        taken: Vec::new(),
        is_full: true,
    }]
}

/// Taken whole or not at all, one order of the limit.
fn all_or_nothing(off: i64) -> Vec<Way> {
    let whole = Way {
        off,
        taken: vec![(String::new(), 1)],
        is_full: true,
    };
    vec![whole, Way::default()]
}

fn any<'g>(rng: &mut StdRng, goods: &'g [Good]) -> &'g Good {
    &goods[rng.random_range(0..goods.len())]
}

/// Half the price for few pieces, few per buyer, within a budget.
#[derive(Debug)]
struct Flash {
    goods: Vec<Good>,
    each: i64,
    per_buyer: i64,
}

impl Flash {
    fn off(good: &Good) -> i64 {
        good.unit - good.unit / 2
    }
}

impl Kind for Flash {
    fn title(&self) -> (&'static str, &'static str) {
        ("Flash price", "Blitzpreis")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        let price = |g: &Good| {
            format!(
                "\u{201c}{}\u{201d} for {} instead of {}",
                g.title,
                money(g.unit / 2),
                money(g.unit)
            )
        };
        let prices: Vec<String> = self.goods.iter().map(price).collect();
        format!(
            "{}: {} pieces of each, at most {} of each per buyer, until the rule has taken off {} in all",
            prices.join(", "),
            self.each,
            self.per_buyer,
            money(self.limits().budget.unwrap_or(0))
        )
    }

    fn deal(&self) -> Value {
        let price = |good: &Good| {
            json!({"variant": good.variant, "seller": good.seller, "total": self.each,
                   "prices": [money(good.unit / 2, &good.currency)]})
        };
        let prices: Vec<Value> = self.goods.iter().map(price).collect();
        json!({"type": "prices", "prices": prices})
    }

    fn limits(&self) -> Limits {
        let all: i64 = self.goods.iter().map(|g| Self::off(g) * self.each).sum();
        let least = self.goods.iter().map(Self::off).min().unwrap_or(0);
        Limits {
            total: Some(self.each),
            per_buyer: Some(self.per_buyer),
            // One piece short of the quotas: the last article is ended by the budget.
            budget: Some((all - least).max(1)),
        }
    }

    fn share(&self) -> u32 {
        34
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        // Some ask for more than they may have.
        let pieces = rng.random_range(1..=3);
        Cart {
            lines: vec![(any(rng, &self.goods).article, pieces)],
            code: None,
        }
    }

    fn ways(&self, lines: &[Line], _left: i64, _buyer: Buyer) -> Vec<Way> {
        let mut ways = vec![Way {
            is_full: true,
            ..Way::default()
        }];
        for line in lines {
            let Some(good) = self.goods.iter().find(|g| g.variant == line.variant) else {
                continue;
            };
            let most = line.pieces.min(self.per_buyer);
            let with = |way: &Way, pieces: i64| Way {
                off: way.off + Self::off(good) * pieces,
                taken: [way.taken.clone(), vec![(good.variant.clone(), pieces)]].concat(),
                is_full: way.is_full && pieces == most,
            };
            // What the line as a whole lost says how many pieces there can be.
            let fits = |pieces: &i64| Self::off(good) * pieces <= line.discount;
            let more = ways.iter().flat_map(|way| {
                (0..=most)
                    .rev()
                    .filter(fits)
                    .map(move |pieces| with(way, pieces))
            });
            ways = more.collect();
        }
        ways
    }
}

/// A share off one article, for everybody or for members.
#[derive(Debug)]
struct Percent {
    good: Good,
    ppm: i64,
    for_members: bool,
}

impl Kind for Percent {
    fn title(&self) -> (&'static str, &'static str) {
        match self.for_members {
            true => ("Members' fifth", "Mitglieder-Fünftel"),
            false => ("Fifteen off", "Fünfzehn Prozent"),
        }
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        let (good, share) = (&self.good, self.ppm / 10_000);
        let whom = match self.for_members {
            true => "for members, and for nobody else",
            false => "for everybody",
        };
        format!(
            "\u{201c}{}\u{201d} for {} instead of {} ({share} % off), {whom}",
            good.title,
            money(good.unit - part(good.unit, self.ppm)),
            money(good.unit)
        )
    }

    fn deal(&self) -> Value {
        json!({"type": "percent", "percent": self.ppm})
    }

    fn products(&self) -> Vec<String> {
        vec![self.good.product.clone()]
    }

    fn is_for_members(&self) -> bool {
        self.for_members
    }

    fn share(&self) -> u32 {
        4
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        Cart {
            lines: vec![(self.good.article, rng.random_range(1..=3))],
            code: None,
        }
    }

    fn ways(&self, lines: &[Line], _left: i64, buyer: Buyer) -> Vec<Way> {
        let pieces = if self.for_members && !buyer.is_member {
            0
        } else {
            pieces_of(lines, &self.good)
        };
        only(part(self.good.unit, self.ppm) * pieces)
    }
}

/// Of every `buy + get` pieces `get` are free.
#[derive(Debug)]
struct BuyGet {
    good: Good,
    buy: u32,
    get: u32,
}

impl Kind for BuyGet {
    fn title(&self) -> (&'static str, &'static str) {
        ("Three for two", "Drei für zwei")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        let (all, good) = (self.buy + self.get, &self.good);
        format!(
            "{all} of \u{201c}{}\u{201d} for {} instead of {}: {} of them free",
            good.title,
            money(good.unit * i64::from(self.buy)),
            money(good.unit * i64::from(all)),
            self.get
        )
    }

    fn deal(&self) -> Value {
        json!({"type": "buy_get", "buy": self.buy, "get": self.get, "percent": WHOLE})
    }

    fn products(&self) -> Vec<String> {
        vec![self.good.product.clone()]
    }

    fn share(&self) -> u32 {
        8
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        Cart {
            lines: vec![(self.good.article, rng.random_range(2..=7))],
            code: None,
        }
    }

    fn ways(&self, lines: &[Line], _left: i64, _buyer: Buyer) -> Vec<Way> {
        let together = i64::from(self.buy + self.get);
        let free = pieces_of(lines, &self.good) / together * i64::from(self.get);
        only(self.good.unit * free)
    }
}

/// Two articles together at one price.
#[derive(Debug)]
struct Bundle {
    parts: Vec<Good>,
    price: i64,
}

impl Kind for Bundle {
    fn title(&self) -> (&'static str, &'static str) {
        ("The set", "Das Set")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        let names = self
            .parts
            .iter()
            .map(|g| format!("\u{201c}{}\u{201d}", g.title));
        format!(
            "{} together for {} instead of {}",
            names.collect::<Vec<_>>().join(" and "),
            money(self.price),
            money(self.parts.iter().map(|g| g.unit).sum())
        )
    }

    fn deal(&self) -> Value {
        let part = |good: &Good| json!({"variant": good.variant, "quantity": 1});
        let parts: Vec<Value> = self.parts.iter().map(part).collect();
        json!({"type": "bundle", "parts": parts, "prices": [money(self.price, &self.parts[0].currency)]})
    }

    fn share(&self) -> u32 {
        8
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        let lines = self
            .parts
            .iter()
            .map(|g| (g.article, rng.random_range(1..=3)));
        Cart {
            lines: lines.collect(),
            code: None,
        }
    }

    fn ways(&self, lines: &[Line], _left: i64, _buyer: Buyer) -> Vec<Way> {
        let sets = self.parts.iter().map(|g| pieces_of(lines, g)).min();
        let apart: i64 = self.parts.iter().map(|g| g.unit).sum();
        only((apart - self.price) * sets.unwrap_or(0))
    }
}

/// So much off for so much spent on anything, several times, within a budget.
#[derive(Debug)]
struct Threshold {
    goods: Vec<Good>,
    spend: i64,
    off: i64,
    times: i64,
    budget: i64,
}

impl Kind for Threshold {
    fn title(&self) -> (&'static str, &'static str) {
        ("Spend more, save more", "Mehr kaufen, mehr sparen")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        format!(
            "{} off for every {} spent on any goods, up to {} times in an order, until the rule has taken off {} in all",
            money(self.off),
            money(self.spend),
            self.times,
            money(self.budget)
        )
    }

    fn deal(&self) -> Value {
        json!({"type": "threshold", "times": self.times,
               "steps": [{"spend": money(self.spend, &self.goods[0].currency), "off": self.off}]})
    }

    fn limits(&self) -> Limits {
        Limits {
            budget: Some(self.budget),
            ..Limits::default()
        }
    }

    fn share(&self) -> u32 {
        14
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        // Carts that just reach one to four steps, over several sellers where there are some.
        let mut rest = self.spend * rng.random_range(1..=4);
        let mut pieces: BTreeMap<usize, u32> = BTreeMap::new();
        while rest > 0 {
            let good = any(rng, &self.goods);
            *pieces.entry(good.article).or_default() += 1;
            rest -= good.unit;
        }
        Cart {
            lines: pieces.into_iter().collect(),
            code: None,
        }
    }

    fn ways(&self, _lines: &[Line], left: i64, _buyer: Buyer) -> Vec<Way> {
        let most = (left / self.spend).min(self.times);
        let way = |steps: i64| Way {
            off: self.off * steps,
            taken: Vec::new(),
            is_full: steps == most,
        };
        (0..=most).rev().map(way).collect()
    }
}

/// One code for everybody, for so many orders.
#[derive(Debug)]
struct Coupon {
    goods: Vec<Good>,
    code: String,
    ppm: i64,
    total: i64,
}

impl Kind for Coupon {
    fn title(&self) -> (&'static str, &'static str) {
        ("Code for all", "Code für alle")
    }

    fn story(&self, _money: &dyn Fn(i64) -> String) -> String {
        format!(
            "{} % off all goods of an order with a code that everybody knows, for the first {} orders, one per buyer",
            self.ppm / 10_000,
            self.total
        )
    }

    fn deal(&self) -> Value {
        json!({"type": "coupon", "codes": {"type": "shared", "code": self.code}, "value": {"percent": self.ppm}})
    }

    fn limits(&self) -> Limits {
        Limits {
            total: Some(self.total),
            per_buyer: Some(1),
            budget: None,
        }
    }

    fn share(&self) -> u32 {
        12
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        Cart {
            lines: vec![(any(rng, &self.goods).article, 1)],
            code: Some(self.code.clone()),
        }
    }

    fn ways(&self, _lines: &[Line], left: i64, buyer: Buyer) -> Vec<Way> {
        let off = if buyer.has_code {
            part(left, self.ppm)
        } else {
            0
        };
        if off > 0 {
            all_or_nothing(off)
        } else {
            only(0)
        }
    }

    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}

/// Codes that are good for one order each; more shoppers than codes try them.
#[derive(Debug)]
struct SingleCodes {
    goods: Vec<Good>,
    prefix: String,
    count: u32,
    off: i64,
    currency: String,
}

impl Kind for SingleCodes {
    fn title(&self) -> (&'static str, &'static str) {
        ("Own code", "Eigener Code")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        format!(
            "{} off an order with one of {} codes, each good for one order; several shoppers try the same one",
            money(self.off),
            self.count
        )
    }

    fn deal(&self) -> Value {
        json!({"type": "coupon", "codes": {"type": "single", "prefix": self.prefix, "count": self.count},
               "value": {"fixed": money(self.off, &self.currency)}})
    }

    fn share(&self) -> u32 {
        8
    }

    fn cart(&self, rng: &mut StdRng, codes: &[String]) -> Cart {
        // The first few codes went round among friends.
        let known = codes.len().div_ceil(2).max(1);
        let at = (rng.next_u64() % known as u64) as usize;
        Cart {
            lines: vec![(any(rng, &self.goods).article, 1)],
            code: codes.get(at).cloned(),
        }
    }

    fn ways(&self, _lines: &[Line], left: i64, buyer: Buyer) -> Vec<Way> {
        let off = if buyer.has_code {
            self.off.min(left)
        } else {
            0
        };
        if off > 0 {
            all_or_nothing(off)
        } else {
            only(0)
        }
    }

    fn codes(&self) -> u32 {
        self.count
    }
}

/// Delivery for nothing from a sum on.
#[derive(Debug)]
struct FreeDelivery {
    goods: Vec<Good>,
    level: String,
    delivery: i64,
    spend: i64,
    currency: String,
}

impl Kind for FreeDelivery {
    fn title(&self) -> (&'static str, &'static str) {
        ("Free delivery", "Freie Lieferung")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        format!(
            "Delivery for nothing instead of {}, for goods of {} or more after all reductions",
            money(self.delivery),
            money(self.spend)
        )
    }

    fn deal(&self) -> Value {
        json!({"type": "free_shipping", "service_level": self.level, "spend": money(self.spend, &self.currency)})
    }

    fn share(&self) -> u32 {
        2
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        let good = any(rng, &self.goods);
        let pieces = self.spend / good.unit + 2;
        Cart {
            lines: vec![(good.article, u32::try_from(pieces).unwrap_or(1))],
            code: None,
        }
    }

    fn ways(&self, _lines: &[Line], _left: i64, _buyer: Buyer) -> Vec<Way> {
        only(0)
    }

    fn frees_delivery(&self, left: i64) -> bool {
        left >= self.spend
    }
}
