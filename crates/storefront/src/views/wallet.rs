//! A member's wallet: red packets that they drew and coupons that they saved, with what each is worth, until when, and
//! whether it is still good.

use super::{Reader, availability, sale};
use commerce::campaign::{Campaign, CampaignState, Counted, Deal, Quota, Rule};
use commerce::checkout::Intent;
use commerce::customer::{Customer, Kept, KeptWhat};
use commerce::id::{DiscountId, RuleId};
use commerce::packet::Packets;
use commerce::pricing::{Missed, buyer_with, normalize_code};
use commerce::settings::DiscountValue;
use commerce::world::RecordKind;
use commerce::{Money, World};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// Whether something in a wallet is good. The order is the one in which the page shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It can be used now.
    Ready,
    /// It can be used from this moment on, in UTC milliseconds.
    From(i64),
    /// It was used.
    Used,
    /// Others have used all that there was of it.
    Gone,
    /// Its time is over.
    Over,
}

/// Something in a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The code that it is used with.
    pub code: String,
    /// What the receipt says, or empty.
    pub title: String,
    /// What it takes off.
    pub value: Option<DiscountValue>,
    /// Goods of at least this price.
    pub spend: Option<Money>,
    /// Until when, in UTC milliseconds, in its event's time zone; `None` without an end.
    pub until: Option<(i64, TimeZone)>,
    /// Whether it is good.
    pub state: State,
    /// The rule whose red packet it is; `None` for a coupon.
    pub packet_of: Option<RuleId>,
}

/// What something in a wallet was found to be.
struct Found<'w> {
    campaign: &'w Campaign,
    rule: &'w Rule,
    id: RuleId,
    code: String,
    number: Option<u32>,
}

fn find<'w>(world: &'w World, member: &Customer, kept: &Kept) -> Option<Found<'w>> {
    match &kept.what {
        KeptWhat::Packet(packet) => {
            let (campaign, rule) = world.rule(packet.rule)?;
            let packets = Packets::of(packet.rule, rule)?;
            Some(Found {
                campaign,
                rule,
                id: packet.rule,
                code: packets.code(packet.number, member.id),
                number: Some(packet.number),
            })
        }
        KeptWhat::Coupon(typed) => coupon(world, typed),
    }
}

/// The coupon behind a code: one that runs or is to come, else one that was.
fn coupon<'w>(world: &'w World, typed: &str) -> Option<Found<'w>> {
    let known = world
        .campaigns()
        .filter(|c| c.state != CampaignState::Draft);
    let mut found: Vec<Found<'w>> = known
        .flat_map(|campaign| campaign.rules.iter().map(move |rule| (campaign, rule)))
        .filter_map(|(campaign, rule)| {
            let id = campaign.rule_id(rule);
            let (code, number) = rule.code(id, typed, None)?;
            Some(Found {
                campaign,
                rule,
                id,
                code,
                number,
            })
        })
        .collect();
    found.sort_by_key(|f| {
        (
            f.campaign.state != CampaignState::Approved,
            f.campaign.ends_at,
        )
    });
    found.into_iter().next()
}

/// The limit that says whether it was used by the member.
fn limit(found: &Found<'_>, member: &Customer) -> Option<Quota> {
    let counted = match (found.number, found.rule.limits.per_buyer) {
        (Some(number), _) => Counted::Code(number),
        (None, Some(_)) => buyer_with(&member.email),
        (None, None) => return None,
    };
    let rule = found.id;
    Some(Quota { rule, counted })
}

/// The limits that must be asked for to know what of a wallet was used.
pub fn limits(world: &World, member: &Customer) -> BTreeSet<Quota> {
    let wallet = member.membership.iter().flat_map(|m| &m.wallet);
    let found = wallet.filter_map(|kept| limit(&find(world, member, kept)?, member));
    found.collect()
}

/// A wallet: what can be used first, what ends soonest before the rest; then what was used and what is over.
pub fn wallet(reader: &Reader<'_>, member: &Customer, taken: &BTreeMap<Quota, i64>) -> Vec<Entry> {
    let wallet = member.membership.iter().flat_map(|m| &m.wallet);
    let mut entries: Vec<Entry> = wallet
        .map(
            |kept| match (find(reader.world, member, kept), &kept.what) {
                (Some(found), _) => entry(reader, member, &found, taken),
                (None, KeptWhat::Coupon(typed)) => plain(reader, typed),
                // Its campaign is not there any more.
                (None, KeptWhat::Packet(packet)) => Entry {
                    packet_of: Some(packet.rule),
                    ..over(String::new())
                },
            },
        )
        .collect();
    let ends = |e: &Entry| e.until.as_ref().map_or(i64::MAX, |(at, _)| *at);
    let worth = |e: &Entry| match e.value {
        Some(DiscountValue::Fixed(money)) => money.minor,
        Some(DiscountValue::Percent(_)) | None => 0,
    };
    let rank = |e: &Entry| match e.state {
        State::Ready => 0,
        State::From(_) => 1,
        State::Used | State::Gone | State::Over => 2,
    };
    entries.sort_by_key(|e| (rank(e), ends(e), std::cmp::Reverse(worth(e))));
    entries
}

fn over(code: String) -> Entry {
    Entry {
        code,
        title: String::new(),
        value: None,
        spend: None,
        until: None,
        state: State::Over,
        packet_of: None,
    }
}

/// A code that no campaign knows: an older discount, or nothing any more.
fn plain(reader: &Reader<'_>, typed: &str) -> Entry {
    let code = normalize_code(typed);
    let id = reader.world.id_of_code(RecordKind::Discount, &code);
    let found = id.and_then(|id| reader.world.discount(DiscountId(id)));
    let Some(discount) = found else {
        return over(code);
    };
    Entry {
        title: discount.title.get(reader.texts.language()).to_string(),
        value: Some(discount.value),
        state: if discount.active {
            State::Ready
        } else {
            State::Over
        },
        ..over(code)
    }
}

fn entry(
    reader: &Reader<'_>,
    member: &Customer,
    found: &Found<'_>,
    taken: &BTreeMap<Quota, i64>,
) -> Entry {
    let (campaign, rule) = (found.campaign, found.rule);
    let packets = Packets::of(found.id, rule);
    let held = packets.zip(found.number).map(|(packets, number)| Money {
        minor: packets.amount(number),
        currency: packets.currency,
    });
    let (value, spend, until) = match (&rule.deal, held) {
        (
            Deal::RedPackets {
                spend, spend_until, ..
            },
            Some(held),
        ) => {
            let least = spend.filter(|s| s.minor > held.minor).unwrap_or(held);
            (DiscountValue::Fixed(held), Some(least), *spend_until)
        }
        (Deal::Coupon { value, spend, .. }, _) => (*value, *spend, campaign.ends_at),
        _ => return over(found.code.clone()),
    };
    let until = until.min(campaign.ends_at);
    let used = limit(found, member).is_some_and(|quota| {
        let taken = taken.get(&quota).copied().unwrap_or(0);
        rule.limit(quota.counted)
            .is_some_and(|limit| taken >= limit)
    });
    let is_left = |counted| {
        let rule_id = found.id;
        let taken = reader.world.taken(&Quota {
            rule: rule_id,
            counted,
        });
        rule.limit(counted).is_none_or(|limit| taken < limit)
    };
    let state = if used {
        State::Used
    } else if campaign.state != CampaignState::Approved || reader.now >= until {
        State::Over
    } else if held.is_none() && !(is_left(Counted::Orders) && is_left(Counted::Budget)) {
        State::Gone
    } else if reader.now < campaign.starts_at {
        State::From(campaign.starts_at)
    } else {
        State::Ready
    };
    Entry {
        code: found.code.clone(),
        title: rule.title.get(reader.texts.language()).to_string(),
        value: Some(value),
        spend,
        until: Some((until, sale::zone(campaign))),
        state,
        packet_of: held.map(|_| found.id),
    }
}

/// Whether a code is a coupon's that a member may save: one that runs or is to come.
pub fn can_be_saved(reader: &Reader<'_>, typed: &str) -> bool {
    let is_coming = |found: &Found<'_>| {
        let campaign = found.campaign;
        campaign.state == CampaignState::Approved && reader.now < campaign.ends_at
    };
    let own = coupon(reader.world, typed);
    own.is_some_and(|f| is_coming(&f)) || plain(reader, typed).state == State::Ready
}

/// The codes that can be used now.
pub fn codes(entries: &[Entry]) -> impl Iterator<Item = &str> {
    let ready = entries.iter().filter(|e| e.state == State::Ready);
    ready.map(|e| e.code.as_str())
}

/// Makes a member the one who buys what an intent names, with those codes of their wallet that apply to it.
pub fn use_wallet(reader: &Reader<'_>, intent: &mut Intent, entries: &[Entry]) {
    let typed = intent.discount_codes.clone();
    intent
        .discount_codes
        .extend(codes(entries).map(str::to_string));
    let priced = reader.price(intent).unwrap_or_default();
    let applied = priced.quote.applied.iter().map(|a| a.code.clone());
    let of_wallet = |code: &String| codes(entries).any(|own| own == code);
    let found: Vec<String> = applied.filter(|code| of_wallet(code)).collect();
    intent.discount_codes = typed;
    intent.discount_codes.extend(found);
}

/// Something in the wallet that an order does without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spare {
    /// What it is.
    pub entry: Entry,
    /// Why it does not apply, in words; `None` if it would.
    pub why: Option<String>,
}

/// What of a wallet an intent does without, and why.
pub fn spare(reader: &Reader<'_>, intent: &Intent, entries: &[Entry]) -> Vec<Spare> {
    let is_in = |entry: &Entry| intent.discount_codes.contains(&entry.code);
    let left: Vec<&Entry> = entries
        .iter()
        .filter(|e| e.state == State::Ready && !is_in(e))
        .collect();
    if left.is_empty() {
        return Vec::new();
    }
    let mut all = intent.clone();
    let others = left.iter().map(|e| e.code.clone());
    all.discount_codes.extend(others);
    let priced = reader.price(&all).unwrap_or_default();
    let why = |entry: &Entry| {
        let of = |m: &&Missed| m.code == entry.code;
        let missed = priced.missed.iter().find(of)?;
        sale::hint(reader, missed)
    };
    let spare = |entry: &Entry| Spare {
        why: why(entry),
        entry: entry.clone(),
    };
    left.into_iter().map(spare).collect()
}

/// An intent to buy what is in a member's cart, for pricing what the page shows.
pub fn intent_of_member(
    reader: &Reader<'_>,
    items: Vec<commerce::checkout::Item>,
    (member, entries): (&Customer, &[Entry]),
) -> Intent {
    let mut intent = availability::intent_of(reader, items);
    intent.member = Some(member.id);
    std::sync::Arc::make_mut(&mut intent.buyer)
        .email
        .clone_from(&member.email);
    intent.discount_codes = codes(entries).map(str::to_string).collect();
    intent
}

/// Where a rule's red packets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draw {
    /// They can be drawn from this moment on, in UTC milliseconds.
    From(i64),
    /// They can be drawn.
    Open,
    /// This member has drawn all that one may.
    Had,
    /// All are drawn.
    Gone,
}

/// A rule's red packets, as shoppers see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketsView {
    /// The rule.
    pub rule: RuleId,
    /// What the receipt says.
    pub title: String,
    /// Their page.
    pub href: String,
    /// Where they are.
    pub draw: Draw,
    /// How many are left.
    pub left: u64,
    /// How many one member may draw.
    pub per_member: u64,
    /// What each holds at least and at most.
    pub bounds: (Money, Money),
    /// Until when they can be drawn and spent, in UTC milliseconds.
    pub until: i64,
    /// The event's time zone.
    pub zone: TimeZone,
}

/// The red packets of an event that are to be drawn, or were; those whose time is over are left out.
pub fn packets(
    reader: &Reader<'_>,
    campaign: &Campaign,
    member: Option<&Customer>,
) -> Vec<PacketsView> {
    if campaign.state != CampaignState::Approved {
        return Vec::new();
    }
    let rules = campaign.rules.iter();
    rules
        .filter_map(|rule| packets_of(reader, (campaign, rule), member))
        .collect()
}

fn packets_of(
    reader: &Reader<'_>,
    (campaign, rule): (&Campaign, &Rule),
    member: Option<&Customer>,
) -> Option<PacketsView> {
    let Deal::RedPackets {
        draw_from,
        spend_until,
        ..
    } = rule.deal
    else {
        return None;
    };
    let id = campaign.rule_id(rule);
    let packets = Packets::of(id, rule)?;
    let drawn = reader.world.taken(&Quota {
        rule: id,
        counted: Counted::Drawn,
    });
    let left = u64::try_from(i64::from(packets.count) - drawn).unwrap_or(0);
    let wallet = member.and_then(|m| m.membership.as_ref());
    let own = wallet.map_or(0, |m| {
        let of_rule = |k: &&Kept| matches!(k.what, KeptWhat::Packet(p) if p.rule == id);
        m.wallet.iter().filter(of_rule).count()
    });
    let per_member = u64::from(rule.limits.per_buyer.unwrap_or(0));
    let draw = match reader.now {
        now if now >= spend_until => return None,
        now if now < draw_from => Draw::From(draw_from),
        _ if own as u64 >= per_member => Draw::Had,
        _ if left == 0 => Draw::Gone,
        _ => Draw::Open,
    };
    let money = |minor| Money {
        minor,
        currency: packets.currency,
    };
    Some(PacketsView {
        rule: id,
        title: rule.title.get(reader.texts.language()).to_string(),
        href: format!(
            "/events/{}/packets/{}",
            super::escape_query(&campaign.code),
            rule.number
        ),
        draw,
        left,
        per_member,
        bounds: (money(packets.low), money(packets.high)),
        until: spend_until,
        zone: sale::zone(campaign),
    })
}
