//! What an intent costs. One function prices the cart, the checkout and the order alike.
//!
//! Order of the rules: price per piece, what campaigns take off it (`deals.rs`), discount codes in the order
//! they were typed, points (`points.rs`), delivery and its promotions, tax per line and for delivery. Rounding: half away from zero
//! per line; shares of a discount go by largest remainder.

#[cfg(test)]
mod carts;
mod deals;
mod points;
mod presale;
#[cfg(test)]
mod tests;
mod today;

pub use deals::{buyer_of, buyer_with};
pub use points::{PricedPoints, program_for as points_program_for};
pub use today::{PresaleNow, PriceNow, Reduction, price_now};

use crate::campaign::{Deal, Use, price_in};
use crate::catalog::{Product, Status, TaxCategory, Variant};
use crate::checkout::{AppliedDiscount, Delivery, DiscountSource, Intent, Item, Quote, QuoteLine};
use crate::code::Country;
use crate::id::{RuleId, SellerId, VariantId};
use crate::limits;
use crate::money::{Currency, PPM, allocate, scale, tax_added, tax_included};
use crate::refusal::Refusal;
use crate::settings::{Discount, DiscountValue, Location, Promotion, ShippingRate, TaxDisplay};
use crate::world::{RecordKind, World};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use deals::Deals;

/// What an intent costs, what it takes of limits, and what does not apply to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Priced {
    /// What it costs.
    pub quote: Quote,
    /// What placing it takes of limits of campaigns.
    pub uses: Vec<Use>,
    /// Rules and codes that do not apply, and why.
    pub missed: Vec<Missed>,
    /// A variant that cannot be ordered together with the others, since some are on presale: such an intent has a
    /// price to look at, and is refused when it is to be ordered.
    pub apart: Option<VariantId>,
    /// Whether ordering needs the buyer's e-mail address, since a presale is limited per buyer.
    pub email_needed: bool,
    /// What it has to do with the member's points.
    pub points: PricedPoints,
}

/// A rule or code that does not apply, or not to all pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The campaign's rule; `None` for a code that is none's.
    pub rule: Option<RuleId>,
    /// What the rule says on the receipt, or empty.
    pub title: String,
    /// The code, or empty for a rule that applies by itself.
    pub code: String,
    /// Why.
    pub why: Why,
}

/// Why a rule or code does not apply. Amounts are minor units of the intent's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There is no such code, or none that can be used now.
    UnknownCode,
    /// All of it was taken by others.
    UsedUp,
    /// This buyer has had as much as one may.
    LimitReached {
        /// How much that is, in pieces or orders.
        limit: u32,
    },
    /// It is limited per buyer, and the buyer has not said who they are.
    EmailNeeded,
    /// It is for members who are signed in.
    MembersOnly,
    /// More must be spent on the goods that it is for.
    SpendMore {
        /// How much more.
        missing: i64,
    },
    /// More pieces must be bought of the goods that it is for.
    BuyMore {
        /// How many more.
        pieces: i64,
    },
    /// It is not for goods that are reduced already.
    Reduced,
    /// It is for other goods.
    OtherGoods,
    /// It is for another currency.
    OtherCurrency,
    /// Codes do not apply to goods on presale.
    OnPresale,
    /// It was to be used before.
    Expired,
    /// One may not pay with so few points.
    TooFewPoints {
        /// How many it takes at least.
        least: i64,
    },
    /// As many codes apply as may apply to one order.
    EnoughCodes {
        /// How many that are.
        limit: usize,
    },
}

/// Prices an intent at `now` (UTC milliseconds): [`orderable`] without what it takes and misses.
///
/// # Errors
/// As [`orderable`].
pub fn quote(world: &World, now: i64, intent: &Intent) -> Result<Quote, Refusal> {
    orderable(world, now, intent).map(|priced| priced.quote)
}

/// [`price`] of what is to be ordered.
///
/// # Errors
/// As [`price`]; then, that goods on presale are together with others.
pub fn orderable(world: &World, now: i64, intent: &Intent) -> Result<Priced, Refusal> {
    let priced = price(world, now, intent)?;
    match priced.apart {
        Some(variant) => Err(Refusal::PresaleApart { variant }),
        None => Ok(priced),
    }
}

/// Prices an intent at `now` (UTC milliseconds). Delivery counts once it is chosen; discount codes that do not
/// apply are listed. A world that does not hold the member's points, as outside the writer, prices it without any: see
/// [`price_with_points`].
///
/// # Errors
/// The first of: currency not offered, too many lines, then per item: quantity, unknown variant, not
/// on sale, no price; then the amount, the delivery.
pub fn price(world: &World, now: i64, intent: &Intent) -> Result<Priced, Refusal> {
    let balance = intent
        .member
        .map_or(0, |member| world.points(member).spendable(now));
    price_with_points(world, now, intent, balance)
}

/// As [`price`], where `balance` says how many points the member can spend.
///
/// # Errors
/// As [`price`].
pub fn price_with_points(
    world: &World,
    now: i64,
    intent: &Intent,
    balance: i64,
) -> Result<Priced, Refusal> {
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    let currency = intent.currency;
    let display = shop
        .tax_display(currency)
        .ok_or(Refusal::CurrencyNotOffered { currency })?;
    check_items(&intent.items)?;
    let country = tax_country(world, intent).unwrap_or(shop.country);
    let mut quote = Quote {
        lines: Vec::with_capacity(intent.items.len()),
        ..Quote::default()
    };
    let mut deals = Deals::new(world, now, intent);
    for item in &intent.items {
        quote
            .lines
            .push(price_item(&deals, world, item, (intent, country))?);
    }
    quote.subtotal = quote.lines.iter().map(|l| l.subtotal).sum();
    if quote.subtotal > limits::AMOUNT_MAX {
        return Err(Refusal::AmountTooLarge);
    }
    deals.apply(&mut quote);
    apply_codes(world, intent, &mut quote, &mut deals);
    let with_presale = (intent, deals.has_presale());
    let mut points = points::step(world, with_presale, balance, &mut quote, &mut deals.missed);
    (quote.shipping, quote.delivery_title) = delivery_price(world, now, intent, &quote)?;
    add_tax(
        &mut quote,
        display,
        tax_rate(world, country, TaxCategory::Standard),
    );
    quote.total = quote.subtotal - quote.discount + quote.shipping + quote.tax_added;
    points.earns = points::earns(world, intent, &quote);
    Ok(Priced {
        quote,
        uses: deals.uses,
        missed: deals.missed,
        apart: deals.apart,
        email_needed: deals.email_needed,
        points,
    })
}

fn check_items(items: &[Item]) -> Result<(), Refusal> {
    if items.len() > limits::LINES_MAX {
        return Err(Refusal::TooManyLines);
    }
    let wrong = |item: &Item| item.quantity == 0 || item.quantity > limits::QUANTITY_MAX;
    for (i, item) in items.iter().enumerate() {
        if wrong(item) {
            return Err(Refusal::QuantityInvalid);
        }
        let same = |other: &Item| (other.variant, other.seller) == (item.variant, item.seller);
        if items[..i].iter().any(same) {
            return Err(Refusal::FieldInvalid { field: "items" });
        }
    }
    Ok(())
}

/// The country whose tax applies: where the parcel goes, or where the goods are collected.
pub fn tax_country(world: &World, intent: &Intent) -> Option<Country> {
    match intent.delivery {
        Some(Delivery::Pickup(id) | Delivery::CarryOut(id)) => world.location(id)?.address.country,
        Some(Delivery::Ship(_)) | None => intent.destination.as_ref()?.country,
    }
}

/// The tax rate of a category of goods in a country, in parts per million; 0 where none is set.
pub fn tax_rate(world: &World, country: Country, category: TaxCategory) -> u32 {
    world.tax_rate_ppm(country, category).unwrap_or(0)
}

/// The product and variant of an item, if both can be bought.
///
/// # Errors
/// `unknown_variant`, `not_for_sale`.
pub fn sellable(world: &World, variant: VariantId) -> Result<(&Product, &Variant), Refusal> {
    let product = world
        .product(variant.parent())
        .ok_or(Refusal::UnknownVariant { variant })?;
    let found = product
        .variant(variant)
        .ok_or(Refusal::UnknownVariant { variant })?;
    if product.status != Status::Active || found.status != Status::Active {
        return Err(Refusal::NotForSale { variant });
    }
    Ok((product, found))
}

fn price_item(
    deals: &Deals<'_>,
    world: &World,
    item: &Item,
    (intent, country): (&Intent, Country),
) -> Result<QuoteLine, Refusal> {
    let (currency, language) = (intent.currency, intent.language);
    let (product, variant) = sellable(world, item.variant)?;
    let offer: Option<(SellerId, i64)> = match item.seller {
        Some(seller) => variant.price(seller, currency).map(|price| (seller, price)),
        None if deals.is_empty() => variant.best_offer(currency),
        None => best_offer_now(deals, variant, currency),
    };
    let (seller, unit_price) = offer.ok_or(Refusal::NoPrice {
        variant: item.variant,
    })?;
    let subtotal = unit_price
        .checked_mul(i64::from(item.quantity))
        .filter(|&s| s <= limits::AMOUNT_MAX)
        .ok_or(Refusal::AmountTooLarge)?;
    Ok(QuoteLine {
        variant: item.variant,
        seller,
        quantity: item.quantity,
        unit_price,
        subtotal,
        discount: 0,
        tax: 0,
        total: 0,
        tax_rate_ppm: tax_rate(world, country, product.tax_category),
        title: product.title.get(language).to_string(),
        options: product.options_line(variant, language),
        sku: variant.sku.clone(),
        image: variant.image.clone(),
    })
}

/// The offer that is the cheapest now, the earlier one on a tie; with its price outside campaigns.
fn best_offer_now(
    deals: &Deals<'_>,
    variant: &Variant,
    currency: Currency,
) -> Option<(SellerId, i64)> {
    let priced = variant.offers.iter().filter_map(|offer| {
        let regular = price_in(&offer.prices, currency)?;
        let presale = deals.presale_price(variant.id, offer.seller, regular);
        let now = presale
            .or_else(|| deals.sale_price(variant.id, offer.seller))
            .unwrap_or(regular);
        Some((now.min(regular), offer.seller, regular))
    });
    let best = priced.min_by_key(|(now, ..)| *now);
    best.map(|(_, seller, regular)| (seller, regular))
}

fn apply_codes(world: &World, intent: &Intent, quote: &mut Quote, deals: &mut Deals<'_>) {
    let mut seen = BTreeSet::new();
    let mut used = 0;
    for typed in &intent.discount_codes {
        let code = normalize_code(typed);
        if deals.has_presale() {
            quote.rejected_codes.push(typed.clone());
            if seen.insert(code.clone()) {
                deals.not_on_presale(&code);
            }
            continue;
        }
        let is_new = seen.insert(code.clone());
        if used == limits::DISCOUNT_CODES_MAX {
            quote.rejected_codes.push(typed.clone());
            if is_new {
                deals.one_too_many(&code);
            }
            continue;
        }
        let rejected = quote.rejected_codes.len();
        match active_discount(world, &code).filter(|_| is_new) {
            Some(discount) => apply_one(discount, intent, quote, deals),
            None if is_new && deals.coupon(quote, typed) => {}
            None => quote.rejected_codes.push(typed.clone()),
        }
        if quote.rejected_codes.len() == rejected {
            used += 1;
        } else if !quote.applied.iter().any(|a| a.code == code) {
            deals.rejected(&code);
        }
    }
}

fn active_discount<'w>(world: &'w World, code: &str) -> Option<&'w Discount> {
    let id = world.id_of_code(RecordKind::Discount, code)?;
    world
        .discount(crate::id::DiscountId(id))
        .filter(|d| d.active)
}

fn apply_one(discount: &Discount, intent: &Intent, quote: &mut Quote, deals: &mut Deals<'_>) {
    let left: Vec<i64> = quote
        .lines
        .iter()
        .map(|l| l.subtotal - l.discount)
        .collect();
    let goods: i64 = left.iter().sum();
    let amount = match discount.value {
        DiscountValue::Percent(ppm) => scale(goods, i64::from(ppm), PPM).min(goods),
        DiscountValue::Fixed(money) if money.currency == intent.currency => money.minor.min(goods),
        DiscountValue::Fixed(_) => {
            quote.rejected_codes.push(discount.code.clone());
            return;
        }
    };
    let allocations = allocate(amount, &left);
    for (line, part) in quote.lines.iter_mut().zip(&allocations) {
        line.discount += part;
    }
    quote.discount += amount;
    deals.reduced_by_code(&allocations);
    let title = discount.title.get(intent.language).to_string();
    quote.applied.push(AppliedDiscount {
        code: discount.code.clone(),
        title,
        amount,
        allocations,
        source: DiscountSource::Code,
    });
}

fn delivery_price(
    world: &World,
    now: i64,
    intent: &Intent,
    quote: &Quote,
) -> Result<(i64, String), Refusal> {
    let place = |id, able: fn(&Location) -> bool| {
        let place = world
            .location(id)
            .ok_or(Refusal::NotFound { what: "location" })?;
        if able(place) {
            Ok((0, place.name.clone()))
        } else {
            Err(Refusal::LocationCannot { location: id })
        }
    };
    let rate_id = match intent.delivery {
        Some(Delivery::Ship(id)) => id,
        Some(Delivery::Pickup(id)) => return place(id, |l| l.collects),
        Some(Delivery::CarryOut(id)) => return place(id, |l| l.sells),
        None => return Ok((0, String::new())),
    };
    let rate = world.shipping_rate(rate_id).ok_or(Refusal::NotFound {
        what: "shipping rate",
    })?;
    let country = intent.destination.as_ref().and_then(|d| d.country);
    if let Some(country) = country
        && !serves(world, rate, country)
    {
        return Err(Refusal::CountryNotServed { country });
    }
    let price = shipping_price(world, now, rate, (intent, quote)).ok_or(Refusal::NotFound {
        what: "shipping price in this currency",
    })?;
    Ok((price, rate.title.get(intent.language).to_string()))
}

/// Whether a shipping rate serves a country: as its own, or as a general one of a level that the country
/// has no own rate for.
fn serves(world: &World, rate: &ShippingRate, country: Country) -> bool {
    let shop = world.shop();
    if shop.is_some_and(|s| !s.ships_to.is_empty() && !s.ships_to.contains(&country)) {
        return false;
    }
    let is_own = |r: &ShippingRate| r.country == Some(country);
    let mut rates = world.shipping_rates();
    is_own(rate)
        || rate.country.is_none()
            && !rates.any(|r| is_own(r) && r.service_level == rate.service_level)
}

/// The shipping rates to a country: its own, and general ones of levels it has no own rate for.
pub fn rates_to(world: &World, country: Country) -> impl Iterator<Item = &ShippingRate> {
    world
        .shipping_rates()
        .filter(move |rate| serves(world, rate, country))
}

/// What a shipping rate costs for these goods at `now`, after promotions; `None` without a price in the currency.
pub fn shipping_price(
    world: &World,
    now: i64,
    rate: &ShippingRate,
    (intent, quote): (&Intent, &Quote),
) -> Option<i64> {
    let price = price_in(&rate.prices, intent.currency)?;
    let free = world
        .promotions()
        .any(|p| promotion_applies(p, rate, intent.currency, quote));
    let free =
        free || world.has_campaigns() && is_free_in_campaign(world, now, rate, (intent, quote));
    Some(if free { 0 } else { price })
}

/// Whether a running campaign delivers for nothing: to members only if it says so, and if enough is left of the
/// goods' price after all discounts.
fn is_free_in_campaign(
    world: &World,
    now: i64,
    rate: &ShippingRate,
    (intent, quote): (&Intent, &Quote),
) -> bool {
    let goods = quote.subtotal - quote.discount;
    let mut running = world.approved_campaigns().filter(|c| c.runs(now));
    running.any(|campaign| {
        campaign.rules.iter().any(|rule| match &rule.deal {
            Deal::FreeShipping {
                service_level,
                spend,
            } => {
                let is_enough =
                    spend.is_none_or(|s| s.currency == intent.currency && goods >= s.minor);
                let is_meant = intent.member.is_some() || !rule.members_only;
                *service_level == rate.service_level && is_enough && is_meant
            }
            _ => false,
        })
    })
}

fn promotion_applies(
    promotion: &Promotion,
    rate: &ShippingRate,
    currency: Currency,
    quote: &Quote,
) -> bool {
    let enough = match promotion.subtotal_min {
        Some(min) => min.currency == currency && quote.subtotal >= min.minor,
        None => true,
    };
    let eligible = promotion.products.is_empty()
        || quote
            .lines
            .iter()
            .any(|l| promotion.products.contains(&l.variant.parent()));
    promotion.active && promotion.service_level == rate.service_level && enough && eligible
}

fn add_tax(quote: &mut Quote, display: TaxDisplay, shipping_rate_ppm: u32) {
    let tax_of = |amount, rate| match display {
        TaxDisplay::Inclusive => tax_included(amount, rate),
        TaxDisplay::Exclusive => tax_added(amount, rate),
    };
    for line in &mut quote.lines {
        let goods = line.subtotal - line.discount;
        line.tax = tax_of(goods, line.tax_rate_ppm);
        line.total = match display {
            TaxDisplay::Inclusive => goods,
            TaxDisplay::Exclusive => goods + line.tax,
        };
    }
    quote.shipping_tax = tax_of(quote.shipping, shipping_rate_ppm);
    quote.tax = quote.shipping_tax + quote.lines.iter().map(|l| l.tax).sum::<i64>();
    quote.tax_added = match display {
        TaxDisplay::Inclusive => 0,
        TaxDisplay::Exclusive => quote.tax,
    };
}

/// A code as shoppers may type it, in its stored form.
pub fn normalize_code(typed: &str) -> String {
    typed.trim().to_uppercase()
}
