//! Campaigns between the wire and the core.

use super::phase;
use crate::v1::wire::campaigns as wire;
use crate::v1::wire::{Money as WireMoney, Named};
use commerce::campaign::{
    Campaign, CampaignState, Codes, Counted, Deal, Goods, Limits, PresaleOffer, PresaleTerms,
    Quota, Rule, SalePrice, ThresholdStep,
};
use commerce::code::CurrencyCode;
use commerce::id::{CampaignId, CategoryId, OperatorId, ProductId, SellerId, VariantId};
use commerce::money::Money;
use commerce::packet::Packets;
use commerce::pricing::normalize_code;
use commerce::settings::DiscountValue;
use commerce::{Refusal, World};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rand::Rng;

fn invalid(field: &'static str) -> Refusal {
    Refusal::FieldInvalid { field }
}

fn money(from: &WireMoney, field: &'static str) -> Result<Money, Refusal> {
    Ok(Money {
        minor: from.amount,
        currency: CurrencyCode::parse(&from.currency).ok_or_else(|| invalid(field))?,
    })
}

fn all_money(from: &[WireMoney], field: &'static str) -> Result<Vec<Money>, Refusal> {
    from.iter().map(|m| money(m, field)).collect()
}

fn some_money(from: Option<&WireMoney>, field: &'static str) -> Result<Option<Money>, Refusal> {
    from.map(|m| money(m, field)).transpose()
}

/// A moment as clocks in a zone show it, in UTC milliseconds. One that they skip or show twice is refused: nobody
/// could say when a campaign begins then.
fn moment(text: &str, zone: &TimeZone, field: &'static str) -> Result<i64, Refusal> {
    let civil: DateTime = text.parse().map_err(|_| invalid(field))?;
    let at = zone.to_ambiguous_timestamp(civil).unambiguous();
    let at = at.map_err(|_| invalid(field))?;
    Ok(at.as_millisecond())
}

fn local(at: i64, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    zone.to_datetime(at).to_string()
}

/// The campaign that a body describes.
pub fn campaign(
    world: &World,
    id: CampaignId,
    body: &wire::CampaignBody,
) -> Result<Campaign, Refusal> {
    let zone = TimeZone::get(&body.time_zone).map_err(|_| invalid("time_zone"))?;
    let before = world.campaign(id);
    let rules = body.rules.iter().map(|r| rule(world, (before, &zone), r));
    Ok(Campaign {
        id,
        version: 0,
        code: body.code.trim().to_string(),
        title: body.title.clone().into(),
        time_zone: body.time_zone.clone(),
        starts_at: moment(&body.starts, &zone, "starts")?,
        ends_at: moment(&body.ends, &zone, "ends")?,
        state: CampaignState::Draft,
        proposed_by: None,
        approved_by: None,
        rules: rules.collect::<Result<_, _>>()?,
    })
}

fn rule(
    world: &World,
    (before, zone): (Option<&Campaign>, &TimeZone),
    from: &wire::Rule,
) -> Result<Rule, Refusal> {
    let before = before.and_then(|c| c.rules.iter().find(|r| r.number == from.number));
    Ok(Rule {
        number: from.number,
        title: from.title.clone().into(),
        deal: deal(world, (before, zone), &from.deal)?,
        goods: goods(world, &from.goods)?,
        members_only: from.members_only,
        exclusive: from.exclusive,
        only_full_price: from.only_full_price,
        limits: Limits {
            total: from.limits.total,
            per_buyer: from.limits.per_buyer,
            budget: some_money(from.limits.budget.as_ref(), "rules.limits")?,
        },
    })
}

/// Ids of things that are there.
fn ids<T>(
    texts: &[String],
    what: &'static str,
    parse: impl Fn(&str) -> Option<T>,
    is_there: impl Fn(&T) -> bool,
) -> Result<Vec<T>, Refusal> {
    let id = |text: &String| parse(text).filter(&is_there);
    let found = texts.iter().map(id).collect::<Option<_>>();
    found.ok_or(Refusal::NotFound { what })
}

fn goods(world: &World, from: &wire::Goods) -> Result<Goods, Refusal> {
    let is_product = |id: &ProductId| world.product(*id).is_some();
    let is_category = |id: &CategoryId| world.category(*id).is_some();
    let is_seller = |id: &SellerId| world.seller(*id).is_some();
    Ok(Goods {
        products: ids(&from.products, "product", ProductId::parse, is_product)?,
        categories: ids(&from.categories, "category", CategoryId::parse, is_category)?,
        sellers: ids(&from.sellers, "seller", SellerId::parse, is_seller)?,
        except: ids(&from.except, "product", ProductId::parse, is_product)?,
    })
}

fn variant(world: &World, text: &str) -> Result<VariantId, Refusal> {
    let found = VariantId::parse(text).filter(|id| {
        let product = world.product(id.parent());
        product.is_some_and(|p| p.variant(*id).is_some())
    });
    found.ok_or(Refusal::NotFound { what: "variant" })
}

fn deal(
    world: &World,
    (before, zone): (Option<&Rule>, &TimeZone),
    from: &wire::Deal,
) -> Result<Deal, Refusal> {
    Ok(match from {
        wire::Deal::Prices { prices } => {
            let prices = prices.iter().map(|p| sale_price(world, p));
            Deal::Prices(prices.collect::<Result<_, _>>()?)
        }
        wire::Deal::Presale { .. } => presale(world, zone, from)?,
        wire::Deal::Percent { percent } => Deal::Percent(*percent),
        wire::Deal::BuyGet { buy, get, percent } => Deal::BuyGet {
            buy: *buy,
            get: *get,
            percent: *percent,
        },
        wire::Deal::Bundle { parts, prices } => {
            let part = |p: &wire::Part| Ok((variant(world, &p.variant)?, p.quantity));
            Deal::Bundle {
                parts: parts.iter().map(part).collect::<Result<_, Refusal>>()?,
                prices: all_money(prices, "rules.deal")?,
            }
        }
        wire::Deal::Threshold { steps, times } => {
            let step = |s: &wire::ThresholdStep| {
                Ok(ThresholdStep {
                    spend: money(&s.spend, "rules.deal")?,
                    off: s.off,
                })
            };
            Deal::Threshold {
                steps: steps.iter().map(step).collect::<Result<_, Refusal>>()?,
                times: *times,
            }
        }
        wire::Deal::Coupon {
            codes: from,
            value,
            spend,
        } => Deal::Coupon {
            codes: codes(before, from),
            value: match value {
                wire::CouponValue::Percent(ppm) => DiscountValue::Percent(*ppm),
                wire::CouponValue::Fixed(m) => DiscountValue::Fixed(money(m, "rules.deal")?),
            },
            spend: some_money(spend.as_ref(), "rules.deal")?,
        },
        wire::Deal::RedPackets { .. } => red_packets((before, zone), from)?,
        wire::Deal::FreeShipping {
            service_level,
            spend,
        } => Deal::FreeShipping {
            service_level: service_level.clone(),
            spend: some_money(spend.as_ref(), "rules.deal")?,
        },
    })
}

fn sale_price(world: &World, from: &wire::SalePrice) -> Result<SalePrice, Refusal> {
    Ok(SalePrice {
        variant: variant(world, &from.variant)?,
        seller: seller(world, from.seller.as_deref())?,
        prices: all_money(&from.prices, "rules.deal")?,
        total: from.total,
    })
}

/// The seller that is named, or the operator itself.
fn seller(world: &World, named: Option<&str>) -> Result<SellerId, Refusal> {
    let found = match named {
        Some(text) => SellerId::parse(text).filter(|id| world.seller(*id).is_some()),
        None => world.sellers().find(|s| s.first_party).map(|s| s.id),
    };
    found.ok_or(Refusal::NotFound { what: "seller" })
}

fn presale(world: &World, zone: &TimeZone, from: &wire::Deal) -> Result<Deal, Refusal> {
    let wire::Deal::Presale {
        offers,
        counts_title,
        balance_from,
        balance_until,
        forfeit,
    } = from
    else {
        return Err(invalid("rules.deal"));
    };
    let offers = offers.iter().map(|o| presale_offer(world, o));
    Ok(Deal::Presale {
        offers: offers.collect::<Result<_, _>>()?,
        counts_title: counts_title.clone().into(),
        balance_from: moment(balance_from, zone, "rules.deal.balance_from")?,
        balance_until: moment(balance_until, zone, "rules.deal.balance_until")?,
        forfeit: *forfeit,
    })
}

fn presale_offer(world: &World, from: &wire::PresaleOffer) -> Result<PresaleOffer, Refusal> {
    let terms = |t: &wire::PresaleTerms| {
        Ok(PresaleTerms {
            price: money(&t.price, "rules.deal")?,
            deposit: t.deposit,
            counts_as: t.counts_as,
        })
    };
    Ok(PresaleOffer {
        variant: variant(world, &from.variant)?,
        seller: seller(world, from.seller.as_deref())?,
        terms: from
            .terms
            .iter()
            .map(terms)
            .collect::<Result<_, Refusal>>()?,
        total: from.total,
    })
}

/// Codes keep their secret while their rule stays: lists of them may have been printed.
fn codes(before: Option<&Rule>, from: &wire::Codes) -> Codes {
    match from {
        wire::Codes::Shared { code } => Codes::Shared(normalize_code(code)),
        wire::Codes::Single { prefix, count } => {
            let kept = before.and_then(|rule| match &rule.deal {
                Deal::Coupon {
                    codes: Codes::Single { secret, .. },
                    ..
                } => Some(*secret),
                _ => None,
            });
            Codes::Single {
                prefix: normalize_code(prefix),
                count: *count,
                secret: kept.unwrap_or_else(new_secret),
            }
        }
    }
}

fn red_packets(
    (before, zone): (Option<&Rule>, &TimeZone),
    from: &wire::Deal,
) -> Result<Deal, Refusal> {
    let wire::Deal::RedPackets {
        count,
        low,
        high,
        draw_from,
        spend,
        spend_until,
    } = from
    else {
        return Err(invalid("rules.deal"));
    };
    Ok(Deal::RedPackets {
        count: *count,
        low: *low,
        high: *high,
        secret: packets_secret(before),
        draw_from: moment(draw_from, zone, "rules.deal.draw_from")?,
        spend: some_money(spend.as_ref(), "rules.deal")?,
        spend_until: moment(spend_until, zone, "rules.deal.spend_until")?,
    })
}

/// Red packets of a draft that is changed hold what they held, as long as their number, bounds and budget stay.
fn packets_secret(before: Option<&Rule>) -> (u64, u64) {
    match before.map(|rule| &rule.deal) {
        Some(Deal::RedPackets { secret, .. }) => *secret,
        _ => new_secret(),
    }
}

fn new_secret() -> (u64, u64) {
    let mut random = rand::rng();
    // The store's numbers have a sign.
    (random.next_u64() >> 1, random.next_u64() >> 1)
}

/// A campaign as the wire shows it.
pub fn entry(world: &World, campaign: &Campaign, now: i64) -> wire::CampaignEntry {
    let zone = TimeZone::get(&campaign.time_zone).unwrap_or(TimeZone::UTC);
    let named = |id: OperatorId| Named {
        id: id.to_string(),
        name: world
            .operator(id)
            .map_or_else(|| id.to_string(), |o| o.name.clone()),
    };
    wire::CampaignEntry {
        id: campaign.id.to_string(),
        phase: phase(campaign, now),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        proposed_by: campaign.proposed_by.map(named),
        approved_by: campaign.approved_by.map(named),
        saved: wire::CampaignBody {
            version: Some(campaign.version),
            code: campaign.code.clone(),
            title: (&campaign.title).into(),
            time_zone: campaign.time_zone.clone(),
            starts: local(campaign.starts_at, &zone),
            ends: local(campaign.ends_at, &zone),
            rules: campaign.rules.iter().map(|r| wire_rule(r, &zone)).collect(),
        },
        taken: taken(world, campaign),
        now,
    }
}

fn wire_rule(rule: &Rule, zone: &TimeZone) -> wire::Rule {
    let texts = |ids: &[ProductId]| ids.iter().map(ToString::to_string).collect();
    let goods = &rule.goods;
    wire::Rule {
        number: rule.number,
        title: (&rule.title).into(),
        deal: wire_deal(&rule.deal, zone),
        goods: wire::Goods {
            products: texts(&goods.products),
            categories: goods.categories.iter().map(ToString::to_string).collect(),
            sellers: goods.sellers.iter().map(ToString::to_string).collect(),
            except: texts(&goods.except),
        },
        members_only: rule.members_only,
        exclusive: rule.exclusive,
        only_full_price: rule.only_full_price,
        limits: wire::Limits {
            total: rule.limits.total,
            per_buyer: rule.limits.per_buyer,
            budget: rule.limits.budget.map(Into::into),
        },
    }
}

// Long because each kind of deal is one arm.
fn wire_deal(deal: &Deal, zone: &TimeZone) -> wire::Deal {
    let all = |prices: &[Money]| prices.iter().map(|p| (*p).into()).collect();
    match deal {
        Deal::Prices(prices) => {
            let price = |p: &SalePrice| wire::SalePrice {
                variant: p.variant.to_string(),
                seller: Some(p.seller.to_string()),
                prices: all(&p.prices),
                total: p.total,
            };
            wire::Deal::Prices {
                prices: prices.iter().map(price).collect(),
            }
        }
        Deal::Presale { .. } => wire_presale(deal, zone),
        Deal::Percent(ppm) => wire::Deal::Percent { percent: *ppm },
        Deal::BuyGet { buy, get, percent } => wire::Deal::BuyGet {
            buy: *buy,
            get: *get,
            percent: *percent,
        },
        Deal::Bundle { parts, prices } => {
            let part = |&(variant, quantity): &(VariantId, u32)| wire::Part {
                variant: variant.to_string(),
                quantity,
            };
            wire::Deal::Bundle {
                parts: parts.iter().map(part).collect(),
                prices: all(prices),
            }
        }
        Deal::Threshold { steps, times } => {
            let step = |s: &ThresholdStep| wire::ThresholdStep {
                spend: s.spend.into(),
                off: s.off,
            };
            wire::Deal::Threshold {
                steps: steps.iter().map(step).collect(),
                times: *times,
            }
        }
        Deal::Coupon {
            codes,
            value,
            spend,
        } => wire::Deal::Coupon {
            codes: match codes {
                Codes::Shared(code) => wire::Codes::Shared { code: code.clone() },
                Codes::Single { prefix, count, .. } => wire::Codes::Single {
                    prefix: prefix.clone(),
                    count: *count,
                },
            },
            value: match value {
                DiscountValue::Percent(ppm) => wire::CouponValue::Percent(*ppm),
                DiscountValue::Fixed(money) => wire::CouponValue::Fixed((*money).into()),
            },
            spend: spend.map(Into::into),
        },
        Deal::RedPackets {
            count,
            low,
            high,
            draw_from,
            spend,
            spend_until,
            ..
        } => wire::Deal::RedPackets {
            count: *count,
            low: *low,
            high: *high,
            draw_from: local(*draw_from, zone),
            spend: spend.map(Into::into),
            spend_until: local(*spend_until, zone),
        },
        Deal::FreeShipping {
            service_level,
            spend,
        } => wire::Deal::FreeShipping {
            service_level: service_level.clone(),
            spend: spend.map(Into::into),
        },
    }
}

fn wire_presale(deal: &Deal, zone: &TimeZone) -> wire::Deal {
    let Deal::Presale {
        offers,
        counts_title,
        balance_from,
        balance_until,
        forfeit,
    } = deal
    else {
        unreachable!("the caller found a presale");
    };
    let terms = |t: &PresaleTerms| wire::PresaleTerms {
        price: t.price.into(),
        deposit: t.deposit,
        counts_as: t.counts_as,
    };
    let offer = |o: &PresaleOffer| wire::PresaleOffer {
        variant: o.variant.to_string(),
        seller: Some(o.seller.to_string()),
        terms: o.terms.iter().map(terms).collect(),
        total: o.total,
    };
    wire::Deal::Presale {
        offers: offers.iter().map(offer).collect(),
        counts_title: counts_title.into(),
        balance_from: local(*balance_from, zone),
        balance_until: local(*balance_until, zone),
        forfeit: *forfeit,
    }
}

/// A variant by its product's name and its options.
pub fn named_variant(world: &World, id: VariantId) -> (Named, String) {
    let product = world.product(id.parent());
    let variant = product.and_then(|p| p.variant(id));
    let title = product.map_or_else(
        || id.to_string(),
        |p| p.title.get(commerce::text::Language::En).to_string(),
    );
    let named = Named {
        id: id.to_string(),
        name: title,
    };
    (named, variant.map(|v| v.sku.clone()).unwrap_or_default())
}

/// How much was taken of the limits that are everybody's, those without a number left out.
fn taken(world: &World, campaign: &Campaign) -> Vec<wire::Taken> {
    let mut found = Vec::new();
    for rule in &campaign.rules {
        let mut note = |counted: Counted, word: &str| {
            let quota = Quota {
                rule: campaign.rule_id(rule),
                counted,
            };
            if let Some(total) = rule.limit(counted) {
                found.push(wire::Taken {
                    rule: rule.number,
                    counted: word.to_string(),
                    variant: match counted {
                        Counted::Variant(id) => Some(named_variant(world, id).0),
                        _ => None,
                    },
                    taken: world.taken(&quota),
                    total,
                });
            }
        };
        note(Counted::Budget, "money");
        match &rule.deal {
            Deal::Prices(prices) => {
                for price in prices {
                    note(Counted::Variant(price.variant), "pieces");
                }
            }
            Deal::Presale { offers, .. } => {
                for offer in offers {
                    note(Counted::Variant(offer.variant), "pieces");
                }
            }
            Deal::RedPackets { .. } => {
                note(Counted::Drawn, "packets");
                found.extend(drawn_money(world, campaign, rule));
            }
            // Of goods that are not named one by one only those that were sold are known.
            Deal::Percent(_) | Deal::BuyGet { .. } => {}
            Deal::Bundle { .. }
            | Deal::Threshold { .. }
            | Deal::Coupon { .. }
            | Deal::FreeShipping { .. } => note(Counted::Orders, "orders"),
        }
    }
    found
}

/// What the red packets hold that were drawn.
fn drawn_money(world: &World, campaign: &Campaign, rule: &Rule) -> Option<wire::Taken> {
    let id = campaign.rule_id(rule);
    let packets = Packets::of(id, rule)?;
    let drawn = world.taken(&Quota {
        rule: id,
        counted: Counted::Drawn,
    });
    Some(wire::Taken {
        rule: rule.number,
        counted: "drawn".to_string(),
        variant: None,
        taken: packets.first(u32::try_from(drawn).unwrap_or(u32::MAX)),
        total: packets.budget,
    })
}
