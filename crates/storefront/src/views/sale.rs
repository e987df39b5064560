//! Sale events as shoppers see them: reduced prices with their reasons, what runs and what comes, and why a cart costs
//! what it does.

use super::points::applied_title;
use super::wallet::{self, PacketsView};
use super::{Card, Reader, card, escape_query, on_sale};
use commerce::Money;
use commerce::campaign::{Campaign, CampaignState, Deal};
use commerce::catalog::{Product, Variant};
use commerce::customer::Customer;
use commerce::id::{CampaignId, ProductId};
use commerce::packet::PREFIX;
use commerce::pricing::{self, Missed, PriceNow, Priced, Why};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// How long before its start an event is announced, in milliseconds.
const ANNOUNCED_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Goods on an event's page.
const GOODS_MAX: usize = 120;

/// A reduced price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// What it costs outside the event.
    pub regular: Money,
    /// The share taken off, in parts per million, rounded down to a per cent.
    pub off_ppm: u32,
    /// What the receipt says.
    pub title: String,
    /// When the event ends, in UTC milliseconds.
    pub ends_at: i64,
    /// The event's time zone.
    pub zone: TimeZone,
    /// Pieces left at this price.
    pub left: Option<i64>,
    /// Pieces that one person may have.
    pub per_buyer: Option<u32>,
    /// The lowest price of the 30 days before.
    pub lowest_before: Money,
}

/// What a piece of a variant costs now, for a guest.
pub fn price_now(reader: &Reader<'_>, product: &Product, variant: &Variant) -> Option<PriceNow> {
    let guest = false;
    pricing::price_now(
        reader.world,
        reader.now,
        (product, variant),
        (reader.currency, guest),
    )
}

/// Why a price is reduced, if it is.
pub fn sale(reader: &Reader<'_>, price: &PriceNow) -> Option<Sale> {
    // A presale may cost what the goods cost anyway.
    let reduction = price.reduction.filter(|_| price.price < price.regular)?;
    let (campaign, rule) = reader.world.rule(reduction.rule)?;
    let percent = (price.regular - price.price) * 100 / price.regular.max(1);
    Some(Sale {
        regular: reader.money(price.regular),
        off_ppm: u32::try_from(percent * 10_000).unwrap_or(0),
        title: rule.title.get(reader.texts.language()).to_string(),
        ends_at: reduction.ends_at,
        zone: zone(campaign),
        left: reduction.left,
        per_buyer: reduction.per_buyer,
        lowest_before: reader.money(reduction.lowest_before),
    })
}

/// An event that runs or is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// Its name.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Whether it runs.
    pub is_running: bool,
    /// When it begins, or ends if it runs, in UTC milliseconds.
    pub next_at: i64,
    /// The moment of the page, in UTC milliseconds.
    pub now: i64,
    /// Its time zone.
    pub zone: TimeZone,
    /// Its red packets.
    pub packets: Vec<PacketsView>,
}

/// An event's time zone.
pub fn zone(campaign: &Campaign) -> TimeZone {
    TimeZone::get(&campaign.time_zone).unwrap_or(TimeZone::UTC)
}

fn event(reader: &Reader<'_>, campaign: &Campaign, member: Option<&Customer>) -> EventView {
    let is_running = campaign.runs(reader.now);
    EventView {
        title: campaign.title.get(reader.texts.language()).to_string(),
        href: format!("/events/{}", escape_query(&campaign.code)),
        is_running,
        next_at: if is_running {
            campaign.ends_at
        } else {
            campaign.starts_at
        },
        now: reader.now,
        zone: zone(campaign),
        packets: wallet::packets(reader, campaign, member),
    }
}

/// Whether shoppers may know of it: it runs, or begins within a week.
fn is_public(campaign: &Campaign, now: i64) -> bool {
    campaign.state == CampaignState::Approved
        && now < campaign.ends_at
        && campaign.starts_at - ANNOUNCED_MS <= now
}

/// The event to be shown first: the one that runs and ends soonest, else the one that begins soonest.
pub fn event_now(reader: &Reader<'_>, member: Option<&Customer>) -> Option<EventView> {
    let public = reader.world.approved_campaigns();
    let public = public.filter(|c| is_public(c, reader.now));
    let first = public.map(|c| event(reader, c, member));
    first.min_by_key(|e| (!e.is_running, e.next_at))
}

/// An event's page.
#[derive(Debug)]
pub struct EventPage {
    /// The event.
    pub event: EventView,
    /// What it offers beside prices of single goods.
    pub offers: Vec<String>,
    /// The goods that it names.
    pub goods: Vec<Card>,
}

/// The page of the event with a code, if shoppers may know of it.
pub fn event_page(reader: &Reader<'_>, code: &str, member: Option<&Customer>) -> Option<EventPage> {
    let id = reader
        .world
        .id_of_code(commerce::world::RecordKind::Campaign, code)?;
    let campaign = reader.world.campaign(CampaignId(id))?;
    if !is_public(campaign, reader.now) {
        return None;
    }
    let mut seen: BTreeSet<ProductId> = BTreeSet::new();
    let mut named: Vec<ProductId> = Vec::new();
    let mut offers = Vec::new();
    for rule in &campaign.rules {
        match &rule.deal {
            Deal::Prices(prices) => {
                let products = prices.iter().map(|p| p.variant.parent());
                named.extend(products.filter(|id| seen.insert(*id)));
            }
            Deal::Presale { offers, .. } => {
                let products = offers.iter().map(|o| o.variant.parent());
                named.extend(products.filter(|id| seen.insert(*id)));
            }
            // Whoever has a code knows what it is for; packets stand for themselves.
            Deal::Coupon { .. } | Deal::RedPackets { .. } => {}
            _ => {
                let products = rule.goods.products.iter().copied();
                named.extend(products.filter(|id| seen.insert(*id)));
                offers.push(rule.title.get(reader.texts.language()).to_string());
            }
        }
    }
    let goods = named.into_iter().filter_map(|id| reader.world.product(id));
    let goods = goods.filter(|p| on_sale(p).next().is_some());
    Some(EventPage {
        event: event(reader, campaign, member),
        offers,
        goods: goods.take(GOODS_MAX).map(|p| card(reader, p)).collect(),
    })
}

/// A discount, as the cart says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its title, with the code if it is for one.
    pub title: String,
    /// What it takes off, negative.
    pub amount: Money,
    /// What it takes off each line, in order.
    pub parts: Vec<i64>,
}

/// The discounts of a priced cart.
pub fn applied(reader: &Reader<'_>, priced: &Priced) -> Vec<Applied> {
    let quote = &priced.quote;
    let one = |a: &commerce::checkout::AppliedDiscount| Applied {
        title: applied_title(reader.texts, a),
        amount: reader.money(-a.amount),
        parts: a.allocations.clone(),
    };
    quote.applied.iter().map(one).collect()
}

/// What a discount is called: its title, and the code if it is for one that somebody typed.
pub fn discount_title(title: &str, code: &str) -> String {
    let is_packet = code
        .split_once('-')
        .is_some_and(|(first, _)| first == PREFIX);
    match (title.is_empty(), code.is_empty() || is_packet) {
        (_, true) => title.to_string(),
        (true, false) => code.to_string(),
        (false, false) => format!("{title} ({code})"),
    }
}

/// What else could be had, in words. What nobody can do anything about any more is left out.
pub fn hints(reader: &Reader<'_>, priced: &Priced) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for hint in priced.missed.iter().filter_map(|m| hint(reader, m)) {
        // Of several packets that do not fit, one line says so.
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    hints
}

/// Why a rule or code does not apply, in words.
pub fn hint(reader: &Reader<'_>, missed: &Missed) -> Option<String> {
    let t = reader.texts;
    let title = discount_title(&missed.title, &missed.code);
    let with = |key| t.with(key, &[("title", &title)]);
    Some(match missed.why {
        Why::UnknownCode => with("why.unknown_code"),
        Why::UsedUp => with("why.used_up"),
        Why::LimitReached { limit } => {
            t.count("why.limit_reached", u64::from(limit), &[("title", &title)])
        }
        Why::EmailNeeded => with("why.email_needed"),
        Why::MembersOnly => return None,
        Why::SpendMore { missing } => {
            let missing = t.money(reader.money(missing));
            t.with(
                "why.spend_more",
                &[("title", &title), ("missing", &missing)],
            )
        }
        Why::BuyMore { pieces } => {
            let pieces = u64::try_from(pieces).unwrap_or(0);
            t.count("why.buy_more", pieces, &[("title", &title)])
        }
        Why::Reduced => with("why.reduced"),
        Why::OtherGoods => with("why.other_goods"),
        Why::OtherCurrency => with("why.other_currency"),
        Why::OnPresale => with("why.on_presale"),
        Why::Expired => with("why.expired"),
        Why::TooFewPoints { least } => {
            let least = u64::try_from(least).unwrap_or(0);
            t.count("why.too_few_points", least, &[("title", &title)])
        }
        Why::EnoughCodes { limit } => t.with("why.enough_codes", &[("limit", &limit)]),
    })
}
