//! What an intent costs. One function prices the cart, the checkout and the order alike.
//!
//! Order of the rules: price per piece, discount codes in the order they were typed, delivery and its
//! promotions, tax per line and for delivery. Rounding: half away from zero per line; shares of a
//! discount go by largest remainder.

#[cfg(test)]
mod tests;

use crate::catalog::{Product, Status, TaxCategory, Variant};
use crate::checkout::{AppliedDiscount, Delivery, Intent, Item, Quote, QuoteLine};
use crate::code::Country;
use crate::id::SellerId;
use crate::limits;
use crate::money::{Currency, PPM, allocate, scale, tax_added, tax_included};
use crate::refusal::Refusal;
use crate::settings::{Discount, DiscountValue, Location, Promotion, ShippingRate, TaxDisplay};
use crate::text::Language;
use crate::world::{RecordKind, World};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Prices an intent. Delivery counts once it is chosen; discount codes that do not apply are listed.
///
/// # Errors
/// The first of: currency not offered, too many lines, then per item: quantity, unknown variant, not
/// on sale, no price; then the amount, the delivery.
pub fn quote(world: &World, intent: &Intent) -> Result<Quote, Refusal> {
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
    for item in &intent.items {
        quote
            .lines
            .push(price_item(world, item, currency, intent.language, country)?);
    }
    quote.subtotal = quote.lines.iter().map(|l| l.subtotal).sum();
    if quote.subtotal > limits::AMOUNT_MAX {
        return Err(Refusal::AmountTooLarge);
    }
    apply_discounts(world, intent, &mut quote);
    (quote.shipping, quote.delivery_title) = delivery_price(world, intent, &quote)?;
    add_tax(
        &mut quote,
        display,
        tax_rate(world, country, TaxCategory::Standard),
    );
    quote.total = quote.subtotal - quote.discount + quote.shipping + quote.tax_added;
    Ok(quote)
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
pub fn sellable(
    world: &World,
    variant: crate::id::VariantId,
) -> Result<(&Product, &Variant), Refusal> {
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
    world: &World,
    item: &Item,
    currency: Currency,
    language: Language,
    country: Country,
) -> Result<QuoteLine, Refusal> {
    let (product, variant) = sellable(world, item.variant)?;
    let offer: Option<(SellerId, i64)> = match item.seller {
        Some(seller) => variant.price(seller, currency).map(|price| (seller, price)),
        None => variant.best_offer(currency),
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

fn apply_discounts(world: &World, intent: &Intent, quote: &mut Quote) {
    let mut seen = BTreeSet::new();
    for typed in &intent.discount_codes {
        let code = normalize_code(typed);
        let fits = quote.applied.len() < limits::DISCOUNT_CODES_MAX && seen.insert(code.clone());
        match active_discount(world, &code).filter(|_| fits) {
            Some(discount) => apply_one(discount, intent, quote),
            None => quote.rejected_codes.push(typed.clone()),
        }
    }
}

fn active_discount<'w>(world: &'w World, code: &str) -> Option<&'w Discount> {
    let id = world.id_of_code(RecordKind::Discount, code)?;
    world
        .discount(crate::id::DiscountId(id))
        .filter(|d| d.active)
}

fn apply_one(discount: &Discount, intent: &Intent, quote: &mut Quote) {
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
    let title = discount.title.get(intent.language).to_string();
    quote.applied.push(AppliedDiscount {
        code: discount.code.clone(),
        title,
        amount,
        allocations,
    });
}

fn delivery_price(world: &World, intent: &Intent, quote: &Quote) -> Result<(i64, String), Refusal> {
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
    let price = shipping_price(world, rate, intent.currency, quote).ok_or(Refusal::NotFound {
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

/// What a shipping rate costs for these goods, after promotions; `None` without a price in the currency.
pub fn shipping_price(
    world: &World,
    rate: &ShippingRate,
    currency: Currency,
    quote: &Quote,
) -> Option<i64> {
    let price = rate.prices.iter().find(|p| p.currency == currency)?.minor;
    let free = world
        .promotions()
        .any(|p| promotion_applies(p, rate, currency, quote));
    Some(if free { 0 } else { price })
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
