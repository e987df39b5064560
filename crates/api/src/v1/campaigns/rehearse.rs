//! A rehearsal: yesterday's orders, priced again as if they came in the campaign's first day.
//!
//! It works on a world of its own, with the records that pricing needs, so that the shop goes on meanwhile.

use super::convert::named_variant;
use crate::v1::wire::campaigns::{GoodsEffect, Rehearsal, RuleEffect};
use crate::v1::wire::{Money as WireMoney, Named};
use commerce::World;
use commerce::campaign::{Campaign, CampaignState, Counted, Deal};
use commerce::checkout::{Intent, Item};
use commerce::id::{CustomerId, EPOCH_MS, GroupId, ProductId, RuleId, VariantId};
use commerce::money::Currency;
use commerce::order::Group;
use commerce::packet::Packets;
use commerce::pricing::{self, Priced, Why};
use commerce::world::{KeySet, Record, RecordKind, Rows, Sequences};
use std::collections::{BTreeMap, BTreeSet};
use store::{Queries, Shelf, StoreError};

/// Orders that are looked at.
const ORDERS_MAX: usize = 5_000;
/// Orders that are read at once.
const PIECE: usize = 500;
/// Goods that are listed.
const GOODS_MAX: usize = 100;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Amounts per currency.
type Sums = BTreeMap<Currency, i64>;

fn shown(sums: &Sums) -> Vec<WireMoney> {
    let money = |(currency, minor): (&Currency, &i64)| WireMoney::new(*minor, *currency);
    sums.iter().map(money).collect()
}

/// The least id of what was made at a time or later.
fn id_at(at: i64) -> GroupId {
    GroupId(u64::try_from(at - EPOCH_MS).unwrap_or(0) << 22)
}

/// The orders of a span of time, oldest first, and whether there were more.
fn orders(reader: &dyn Queries, from: i64, to: i64) -> Result<(Vec<Group>, bool), StoreError> {
    let mut found = Vec::new();
    let mut after = id_at(from);
    loop {
        let ids = reader.group_ids(after, PIECE)?;
        for id in &ids {
            let group = reader.group(*id)?;
            let Some(group) = group.filter(|g| g.placed_at < to) else {
                continue;
            };
            if found.len() == ORDERS_MAX {
                return Ok((found, true));
            }
            found.push(group);
        }
        match ids.last() {
            Some(last) if ids.len() == PIECE => after = *last,
            _ => return Ok((found, false)),
        }
    }
}

/// What the shopper wanted then.
fn intent(group: &Group) -> Intent {
    let item = |line: &commerce::order::Line, seller| Item {
        variant: line.variant,
        seller: Some(seller),
        quantity: line.quantity,
    };
    let lines = group
        .orders
        .iter()
        .flat_map(|o| o.lines.iter().map(move |l| (l.number, item(l, o.seller))));
    let mut items: Vec<_> = lines.collect();
    items.sort_by_key(|(number, _)| *number);
    let codes = group.discounts.iter().map(|d| d.code.clone());
    Intent {
        currency: group.currency,
        language: group.language,
        items: items.into_iter().map(|(_, item)| item).collect(),
        buyer: group.buyer.clone(),
        destination: group.destination.clone(),
        billing: None,
        delivery: Some(group.delivery),
        promise: None,
        discount_codes: codes.filter(|c| !c.is_empty()).collect(),
        member: group.member,
        extension: Default::default(),
        points: Default::default(),
    }
}

/// A world with the campaign approved and its limits full.
fn world(shelf: &Shelf, campaign: &Campaign, products: &BTreeSet<ProductId>) -> World {
    let mut records = Vec::new();
    {
        let shop = shelf.read();
        // Products are added as orders name them; who may sign in makes no price.
        let kinds = RecordKind::ALL.into_iter().filter(|k| k.is_resident());
        for kind in kinds.filter(|k| *k != RecordKind::Operator) {
            records.extend(shop.all_records(kind).cloned());
        }
        let product = |id: &ProductId| shop.product(*id).cloned().map(Record::Product);
        records.extend(products.iter().filter_map(product));
    }
    records.retain(|r| (r.kind(), r.id()) != (RecordKind::Campaign, campaign.id.0));
    records.push(Record::Campaign(Campaign {
        state: CampaignState::Approved,
        ..campaign.clone()
    }));
    World::new(records, Sequences::default(), 0)
}

#[derive(Default)]
struct Effects {
    orders: u32,
    reduced: u32,
    before: Sums,
    after: Sums,
    rules: BTreeMap<u8, (u32, Sums, u32)>,
    goods: BTreeMap<VariantId, (i64, Sums)>,
}

impl Effects {
    fn note(&mut self, campaign: &Campaign, group: &Group, priced: &Priced) {
        let quote = &priced.quote;
        let cost: i64 = group
            .lines()
            .map(|l| l.unit_price * i64::from(l.quantity) - l.discount)
            .sum();
        let costs = quote.subtotal - quote.discount;
        self.orders += 1;
        self.reduced += u32::from(costs < cost);
        *self.before.entry(group.currency).or_insert(0) += cost;
        *self.after.entry(group.currency).or_insert(0) += costs;
        let own = |rule: Option<commerce::id::RuleId>| {
            rule.filter(|id| id.base() == campaign.id.0)
                .map(|id| id.sub())
        };
        for applied in &quote.applied {
            if let Some(number) = own(applied.rule()) {
                let (orders, off, _) = self.rules.entry(number).or_default();
                *orders += 1;
                *off.entry(group.currency).or_insert(0) += applied.amount;
            }
        }
        for missed in &priced.missed {
            if let Some(number) = own(missed.rule).filter(|_| missed.why == Why::UsedUp) {
                self.rules.entry(number).or_default().2 += 1;
            }
        }
        for line in &quote.lines {
            let (pieces, off) = self.goods.entry(line.variant).or_default();
            *pieces += i64::from(line.quantity);
            *off.entry(group.currency).or_insert(0) += line.discount;
        }
    }
}

/// Red packets in a rehearsal: whoever bought as a member has drawn as many before as one may, who bought first first.
struct Drawn {
    rules: Vec<(Packets, u32)>,
    owners: BTreeMap<(RuleId, CustomerId), Vec<u32>>,
    next: BTreeMap<RuleId, u32>,
}

impl Drawn {
    fn of(campaign: &Campaign) -> Self {
        let rules = campaign.rules.iter().filter_map(|rule| {
            let packets = Packets::of(campaign.rule_id(rule), rule)?;
            Some((packets, rule.limits.per_buyer.unwrap_or(0)))
        });
        Self {
            rules: rules.collect(),
            owners: BTreeMap::new(),
            next: BTreeMap::new(),
        }
    }

    /// Adds the codes of a member's packets.
    fn put_in(&mut self, intent: &mut Intent) {
        let Some(member) = intent.member else {
            return;
        };
        for (packets, each) in &self.rules {
            let next = self.next.entry(packets.rule).or_default();
            let own = self.owners.entry((packets.rule, member));
            let own = own.or_insert_with(|| {
                let first = *next;
                *next = packets.count.min(first.saturating_add(*each));
                (first..*next).collect()
            });
            let codes = own.iter().map(|number| packets.code(*number, member));
            intent.discount_codes.extend(codes);
        }
    }
}

/// Rehearses a campaign on the orders of the 24 hours before `now`.
///
/// # Errors
/// When orders cannot be read.
pub fn rehearse(
    reader: &dyn Queries,
    shelf: &Shelf,
    campaign: &Campaign,
    now: i64,
) -> Result<Rehearsal, StoreError> {
    let from = now - DAY_MS;
    let (groups, more) = orders(reader, from, now)?;
    let products = groups
        .iter()
        .flat_map(|g| g.lines().map(|l| l.variant.parent()));
    let mut world = world(shelf, campaign, &products.collect());
    let mut effects = Effects::default();
    let mut packets = Drawn::of(campaign);
    for rule in &campaign.rules {
        effects.rules.insert(rule.number, Default::default());
    }
    for group in &groups {
        let at = campaign.starts_at + (group.placed_at - from);
        let mut intent = intent(group);
        packets.put_in(&mut intent);
        let Ok(priced) = pricing::price(&world, at, &intent) else {
            // An article is not sold any more, or not in this currency.
            continue;
        };
        let keys = KeySet {
            quotas: priced.uses.iter().map(|u| u.quota).collect(),
            ..KeySet::default()
        };
        let mut taken: Rows = Rows::default();
        for used in &priced.uses {
            let before = taken.quotas.iter().rev().find(|(q, _)| *q == used.quota);
            let before = before.map_or(world.taken(&used.quota), |(_, n)| *n);
            taken.quotas.push((used.quota, before + used.taken));
        }
        world.absorb(&keys, taken);
        effects.note(campaign, group, &priced);
    }
    Ok(Rehearsal {
        orders: effects.orders,
        reduced: effects.reduced,
        more,
        before: shown(&effects.before),
        after: shown(&effects.after),
        rules: effects
            .rules
            .iter()
            .map(|(rule, (orders, off, used_up))| RuleEffect {
                rule: *rule,
                orders: *orders,
                off: shown(off),
                used_up: *used_up,
            })
            .collect(),
        goods: goods(shelf, campaign, effects.goods),
    })
}

/// Pieces of a variant that the campaign promises at a price of their own.
fn promised(campaign: &Campaign, variant: VariantId) -> Option<i64> {
    let rules = campaign.rules.iter().filter(|rule| match &rule.deal {
        Deal::Prices(prices) => prices.iter().any(|p| p.variant == variant),
        Deal::Presale { offers, .. } => offers.iter().any(|o| o.variant == variant),
        _ => false,
    });
    let limits = rules.map(|rule| rule.limit(Counted::Variant(variant)));
    limits.flatten().max()
}

/// The goods of the orders and those with a price of their own, the most pieces first.
fn goods(
    shelf: &Shelf,
    campaign: &Campaign,
    mut found: BTreeMap<VariantId, (i64, Sums)>,
) -> Vec<GoodsEffect> {
    for rule in &campaign.rules {
        let named: Vec<VariantId> = match &rule.deal {
            Deal::Prices(prices) => prices.iter().map(|p| p.variant).collect(),
            Deal::Presale { offers, .. } => offers.iter().map(|o| o.variant).collect(),
            _ => Vec::new(),
        };
        for variant in named {
            found.entry(variant).or_default();
        }
    }
    let shop = shelf.read();
    let effect = |(id, (pieces, off)): (VariantId, (i64, Sums))| {
        let (variant, sku): (Named, String) = named_variant(&shop, id);
        let available: i64 = shop
            .levels(id)
            .map(|(_, level)| level.available().max(0))
            .sum();
        let promised = promised(campaign, id);
        GoodsEffect {
            variant,
            sku,
            pieces,
            off: shown(&off),
            available,
            promised,
            at_risk: pieces.max(promised.unwrap_or(0)) > available,
        }
    };
    let mut goods: Vec<GoodsEffect> = found.into_iter().map(effect).collect();
    goods.sort_by_key(|g| std::cmp::Reverse((g.at_risk, g.pieces, g.promised)));
    goods.truncate(GOODS_MAX);
    goods
}
