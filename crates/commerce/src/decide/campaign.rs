//! Campaigns: prepared by one person, approved by another, stopped at once when something is wrong.

use crate::campaign::{
    Campaign, CampaignState, Codes, Counted, Deal, LENGTH_MAX, PresaleTerms, Quota, Rule, Step,
};
use crate::catalog::check_code;
use crate::checkout::Intent;
use crate::command::{Actor, CampaignDraft, CampaignStep, Outcome, Saved};
use crate::coupon;
use crate::id::{CampaignId, OperatorId};
use crate::limits;
use crate::money::{Money, PPM};
use crate::packet::{self, Packets};
use crate::pricing::{buyer_of, normalize_code};
use crate::refusal::Refusal;
use crate::settings::DiscountValue;
use crate::world::{KeySet, Record, RecordKind, World};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Saves a campaign as a draft. Whoever changes it proposes it.
///
/// Checks: that a known one is a draft and has the expected version, its code, then its fields in their order.
pub fn save(world: &mut World, draft: &CampaignDraft) -> Result<Outcome, Refusal> {
    let mut campaign = draft.campaign.clone();
    let known = world.campaign(campaign.id);
    let before = known.map(|known| (known.state, known.version));
    if let Some((state, current)) = before {
        check_state(state, CampaignState::Draft)?;
        check_version(draft.expected_version, current)?;
    }
    let holder = world.id_of_code(RecordKind::Campaign, &campaign.code);
    if holder.is_some_and(|id| id != campaign.id.0) {
        return Err(Refusal::CodeTaken {
            code: campaign.code,
        });
    }
    check(world, &campaign)?;
    campaign.version = before.map_or(0, |(_, version)| version) + 1;
    campaign.state = CampaignState::Draft;
    campaign.proposed_by = operator(world);
    campaign.approved_by = None;
    let saved = Saved {
        created: u32::from(before.is_none()),
        changed: u32::from(before.is_some()),
        unchanged: 0,
        ids: alloc::vec![campaign.id.0],
    };
    world.put_record(Record::Campaign(campaign));
    Ok(Outcome::Saved(saved))
}

/// Approves a campaign, stops it, or ends it for good once its time is over. To do so twice changes nothing.
///
/// Checks: the campaign, its state, its version, who asks, that its end is to come, that its codes are nobody else's.
pub fn advance(
    world: &mut World,
    (id, expected_version): (CampaignId, Option<u32>),
    step: CampaignStep,
) -> Result<Outcome, Refusal> {
    let campaign = world.campaign(id).cloned();
    let mut campaign = campaign.ok_or(Refusal::NotFound { what: "campaign" })?;
    let target = match step {
        CampaignStep::Approve => CampaignState::Approved,
        CampaignStep::Stop => CampaignState::Stopped,
        CampaignStep::End => CampaignState::Ended,
    };
    let mut saved = Saved {
        ids: alloc::vec![id.0],
        ..Saved::default()
    };
    if campaign.state == target {
        saved.unchanged = 1;
        return Ok(Outcome::Saved(saved));
    }
    match step {
        CampaignStep::Approve => {
            check_state(campaign.state, CampaignState::Draft)?;
            check_version(expected_version, campaign.version)?;
            check_second_person(world, &campaign)?;
            if campaign.ends_at <= world.now() {
                return Err(Refusal::FieldInvalid { field: "ends_at" });
            }
            if campaign.rules.is_empty() {
                return Err(Refusal::FieldInvalid { field: "rules" });
            }
            check_codes_free(world, &campaign)?;
            campaign.approved_by = operator(world);
        }
        CampaignStep::Stop => {
            check_state(campaign.state, CampaignState::Approved)?;
            check_version(expected_version, campaign.version)?;
            campaign.ends_at = campaign.ends_at.min(world.now()).max(campaign.starts_at);
        }
        CampaignStep::End => {
            check_state(campaign.state, CampaignState::Approved)?;
            if campaign.ends_at > world.now() {
                return Err(Refusal::WrongState { state: "running" });
            }
        }
    }
    campaign.state = target;
    campaign.version += 1;
    saved.changed = 1;
    world.put_record(Record::Campaign(campaign));
    Ok(Outcome::Saved(saved))
}

fn operator(world: &World) -> Option<OperatorId> {
    match world.actor() {
        Actor::Operator(id) => Some(id),
        Actor::Shopper | Actor::Platform | Actor::Provider | Actor::System => None,
    }
}

fn check_state(state: CampaignState, wanted: CampaignState) -> Result<(), Refusal> {
    if state == wanted {
        return Ok(());
    }
    let state = match state {
        CampaignState::Draft => "a draft",
        CampaignState::Approved => "approved",
        CampaignState::Stopped => "stopped",
        CampaignState::Ended => "over",
    };
    Err(Refusal::WrongState { state })
}

fn check_version(expected: Option<u32>, current: u32) -> Result<(), Refusal> {
    if expected.is_some_and(|version| version != current) {
        Err(Refusal::VersionConflict { current })
    } else {
        Ok(())
    }
}

/// Nobody approves what they proposed, unless there is nobody else.
fn check_second_person(world: &World, campaign: &Campaign) -> Result<(), Refusal> {
    let active = world.operators().filter(|o| o.active).count();
    if active > 1 && operator(world) == campaign.proposed_by {
        Err(Refusal::SecondPersonNeeded)
    } else {
        Ok(())
    }
}

/// A code means one thing: no discount's, no other campaign's that may run.
fn check_codes_free(world: &World, campaign: &Campaign) -> Result<(), Refusal> {
    let mut taken: BTreeSet<&str> = world.discounts().map(|d| d.code.as_str()).collect();
    let others = world.approved_campaigns().filter(|c| c.id != campaign.id);
    taken.extend(others.flat_map(|c| &c.rules).filter_map(code_of));
    for code in campaign.rules.iter().filter_map(code_of) {
        if !taken.insert(code) {
            return Err(Refusal::CodeTaken { code: code.into() });
        }
    }
    Ok(())
}

/// What a coupon's codes are known by.
fn code_of(rule: &Rule) -> Option<&str> {
    match &rule.deal {
        Deal::Coupon {
            codes: Codes::Shared(code) | Codes::Single { prefix: code, .. },
            ..
        } => Some(code),
        _ => None,
    }
}

/// What must hold of any saved campaign, in the order of the fields.
fn check(world: &World, campaign: &Campaign) -> Result<(), Refusal> {
    let wrong = |field| Err(Refusal::FieldInvalid { field });
    check_code("code", &campaign.code)?;
    if campaign.title.is_empty() || campaign.title.chars_max() > limits::NAME_CHARS_MAX {
        return wrong("title");
    }
    if campaign.time_zone.is_empty() || campaign.time_zone.len() > limits::NAME_CHARS_MAX {
        return wrong("time_zone");
    }
    let length = campaign.ends_at.checked_sub(campaign.starts_at);
    if campaign.starts_at < 0 || !length.is_some_and(|ms| (1..=LENGTH_MAX).contains(&ms)) {
        return wrong("ends_at");
    }
    let mut numbers = BTreeSet::new();
    for rule in &campaign.rules {
        if rule.number == 0 || !numbers.insert(rule.number) {
            return wrong("rules.number");
        }
        if rule.title.is_empty() || rule.title.chars_max() > limits::NAME_CHARS_MAX {
            return wrong("rules.title");
        }
        check_limits(world, rule)?;
        check_deal(world, campaign, rule)?;
    }
    Ok(())
}

fn check_limits(world: &World, rule: &Rule) -> Result<(), Refusal> {
    let limits = &rule.limits;
    let is_none = *limits == crate::campaign::Limits::default();
    let fits = limits.total != Some(0)
        && limits.per_buyer != Some(0)
        && limits
            .budget
            .is_none_or(|b| is_amount(world, b) && b.minor > 0)
        && match rule.deal {
            // Delivery for nothing takes nothing off the goods.
            Deal::FreeShipping { .. } => is_none,
            // There is no packet without a budget, and whoever is quick does not take all.
            Deal::RedPackets { .. } => {
                let is_few = |n: u32| n <= packet::PER_MEMBER_MAX;
                limits.total.is_none()
                    && limits.budget.is_some()
                    && limits.per_buyer.is_some_and(is_few)
            }
            _ => true,
        };
    let orders_goods =
        rule.goods.products.len() + rule.goods.except.len() <= limits::CAMPAIGN_GOODS_MAX;
    match (fits, orders_goods) {
        (false, _) => Err(Refusal::FieldInvalid {
            field: "rules.limits",
        }),
        (_, false) => Err(Refusal::FieldInvalid {
            field: "rules.goods",
        }),
        _ => Ok(()),
    }
}

/// An amount in a currency that the shop sells in.
fn is_amount(world: &World, money: Money) -> bool {
    let is_sold_in = |shop: &crate::settings::Shop| shop.tax_display(money.currency).is_some();
    (0..=limits::AMOUNT_MAX).contains(&money.minor) && world.shop().is_some_and(is_sold_in)
}

/// At most one amount per currency, and at least one.
fn are_amounts(world: &World, amounts: impl Iterator<Item = Money>) -> bool {
    let mut seen = BTreeSet::new();
    let mut are_good = true;
    amounts.for_each(|m| are_good &= is_amount(world, m) && seen.insert(m.currency));
    are_good && !seen.is_empty()
}

fn check_deal(world: &World, campaign: &Campaign, rule: &Rule) -> Result<(), Refusal> {
    let is_share = |ppm: u32| ppm > 0 && i64::from(ppm) <= PPM;
    let is_spend = |spend: &Option<Money>| spend.is_none_or(|s| is_amount(world, s));
    let fits = match &rule.deal {
        Deal::Prices(prices) => {
            let mut seen = BTreeSet::new();
            !prices.is_empty()
                && prices.len() <= limits::CAMPAIGN_GOODS_MAX
                && prices.iter().all(|price| {
                    seen.insert(price.variant)
                        && price.total != Some(0)
                        && are_amounts(world, price.prices.iter().copied())
                })
        }
        Deal::Presale { .. } => is_presale(world, campaign, &rule.deal),
        Deal::Percent(ppm) => is_share(*ppm),
        Deal::BuyGet { buy, get, percent } => {
            let fits = |n: &u32| (1..=limits::QUANTITY_MAX).contains(n);
            fits(buy) && fits(get) && is_share(*percent)
        }
        Deal::Bundle { parts, prices } => {
            let mut seen = BTreeSet::new();
            (2..=limits::LINES_MAX).contains(&parts.len())
                && parts.iter().all(|(variant, pieces)| {
                    seen.insert(*variant) && (1..=limits::QUANTITY_MAX).contains(pieces)
                })
                && are_amounts(world, prices.iter().copied())
        }
        Deal::Threshold { steps, times } => {
            *times > 0
                && steps.iter().all(|s| s.off > 0 && s.off <= s.spend.minor)
                && are_amounts(world, steps.iter().map(|s| s.spend))
        }
        Deal::Coupon {
            codes,
            value,
            spend,
        } => {
            let is_value = match *value {
                DiscountValue::Percent(ppm) => is_share(ppm),
                DiscountValue::Fixed(money) => is_amount(world, money) && money.minor > 0,
            };
            check_codes(codes)? && is_value && is_spend(spend)
        }
        Deal::RedPackets { .. } => are_packets(world, campaign, rule),
        Deal::FreeShipping {
            service_level,
            spend,
        } => {
            let mut rates = world.shipping_rates();
            rates.any(|r| r.service_level == *service_level) && is_spend(spend)
        }
    };
    // Only the lowest price counts in the first step: what excludes others there says nothing.
    let is_first = rule.deal.step() == Step::Price;
    if fits && !(is_first && (rule.exclusive || rule.only_full_price)) {
        Ok(())
    } else {
        Err(Refusal::FieldInvalid {
            field: "rules.deal",
        })
    }
}

/// Whether the offers of a presale make sense, and its balance can be paid after the goods could be ordered.
fn is_presale(world: &World, campaign: &Campaign, deal: &Deal) -> bool {
    let Deal::Presale {
        offers,
        counts_title,
        balance_from,
        balance_until,
        ..
    } = deal
    else {
        return false;
    };
    let mut seen = BTreeSet::new();
    let are_terms = |terms: &[PresaleTerms]| {
        are_amounts(world, terms.iter().map(|t| t.price))
            && terms
                .iter()
                .all(|t| (1..=t.counts_as).contains(&t.deposit) && t.counts_as <= t.price.minor)
    };
    let length = balance_until.checked_sub(campaign.starts_at);
    !offers.is_empty()
        && offers.len() <= limits::CAMPAIGN_GOODS_MAX
        && !counts_title.is_empty()
        && counts_title.chars_max() <= limits::NAME_CHARS_MAX
        && (campaign.starts_at..*balance_until).contains(balance_from)
        && *balance_until >= campaign.ends_at
        && length.is_some_and(|ms| ms <= LENGTH_MAX)
        && offers.iter().all(|offer| {
            seen.insert(offer.variant) && offer.total != Some(0) && are_terms(&offer.terms)
        })
}

/// Whether the budget can be divided into such packets, and there is time to draw and to spend them.
fn are_packets(world: &World, campaign: &Campaign, rule: &Rule) -> bool {
    let Deal::RedPackets {
        draw_from,
        spend,
        spend_until,
        ..
    } = rule.deal
    else {
        return false;
    };
    let packets = Packets::of(campaign.rule_id(rule), rule);
    let Some(packets) = packets.filter(Packets::are_possible) else {
        return false;
    };
    let time = spend_until.checked_sub(draw_from);
    spend.is_none_or(|s| s.currency == packets.currency && is_amount(world, s))
        && campaign.starts_at < spend_until
        && spend_until <= campaign.ends_at
        && draw_from >= 0
        && time.is_some_and(|ms| (1..=LENGTH_MAX).contains(&ms))
}

/// Whether there are codes; their words are checked as all codes are.
fn check_codes(codes: &Codes) -> Result<bool, Refusal> {
    let (word, count) = match codes {
        Codes::Shared(code) => (code, 1),
        Codes::Single { prefix, count, .. } => (prefix, *count),
    };
    check_code("rules.deal.codes", word)?;
    Ok(normalize_code(word) == *word && (1..=coupon::COUNT_MAX).contains(&count))
}

/// Asks how much was taken of the limits that may matter to an intent: of all campaigns that were approved, whatever
/// the clock says by the time it is decided.
pub fn quotas(keys: &mut KeySet, world: &World, intent: &Intent) {
    let buyer = buyer_of(intent);
    let variants: Vec<_> = intent.items.iter().map(|i| i.variant).collect();
    for campaign in world.approved_campaigns() {
        for rule in &campaign.rules {
            let id = campaign.rule_id(rule);
            let mut want = |counted| {
                if rule.limit(counted).is_some() {
                    let quota = Quota { rule: id, counted };
                    keys.want_quota(world, quota);
                }
            };
            want(Counted::Budget);
            // What a member drew matters when they draw, not when they buy.
            if !matches!(rule.deal, Deal::RedPackets { .. }) {
                buyer.into_iter().for_each(&mut want);
            }
            if !rule.deal.counts_pieces() || matches!(rule.deal, Deal::Bundle { .. }) {
                want(Counted::Orders);
            } else if !matches!(rule.deal, Deal::Prices(_) | Deal::Presale { .. }) {
                variants.iter().for_each(|v| want(Counted::Variant(*v)));
            }
            for typed in &intent.discount_codes {
                if let Some((_, Some(number))) = rule.code(id, typed, intent.member) {
                    want(Counted::Code(number));
                }
            }
        }
    }
    for variant in variants {
        let sales = world.sale_prices(variant).into_iter();
        let sales = sales.map(|(campaign, rule, _)| (campaign, rule));
        let presales = world.presale_offers(variant).into_iter();
        let presales = presales.map(|(campaign, rule, _)| (campaign, rule));
        for (campaign, rule) in sales.chain(presales) {
            let quota = Quota {
                rule: campaign.rule_id(rule),
                counted: Counted::Variant(variant),
            };
            if rule.limit(quota.counted).is_some() {
                keys.want_quota(world, quota);
            }
        }
    }
}
