//! The cart's values: its lines as they are priced now, and what delivery would cost.

use super::availability::{self, Pickup, Shipping};
use super::points::{PointsView, points_view};
use super::sale::{self, Applied};
use super::wallet::{self, Entry};
use super::{Reader, media, on_sale, product_href};
use commerce::Money;
use commerce::checkout::{Cart, Item, Quote};
use commerce::customer::Customer;
use commerce::id::VariantId;
use commerce::pricing::Priced;
use commerce::settings::{Promotion, TaxDisplay};

/// One line of a cart.
#[derive(Debug, Clone)]
pub struct CartLine {
    /// What.
    pub variant: VariantId,
    /// The product's name.
    pub title: String,
    /// The variant's options, or empty.
    pub options: String,
    /// Its page.
    pub href: String,
    /// Its picture's address.
    pub image: String,
    /// How many pieces.
    pub quantity: u32,
    /// The price of one piece.
    pub unit: Money,
    /// The price of all pieces, outside events.
    pub regular: Money,
    /// What they cost, after discounts.
    pub total: Money,
    /// The discounts on them: what each is called, and what it takes off, negative.
    pub off: Vec<(String, Money)>,
    /// What stands in the way of buying it, if anything.
    pub problem: Option<Problem>,
}

/// Why a line cannot be bought as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It is not sold any more, or not in this currency.
    Gone,
    /// Only so many pieces can be had.
    Only(i64),
}

/// A cart as it can be bought now.
#[derive(Debug)]
pub struct CartView {
    /// Its lines.
    pub lines: Vec<CartLine>,
    /// What the lines that can be bought cost before discounts.
    pub subtotal: Money,
    /// The discounts, in the order in which they apply.
    pub applied: Vec<Applied>,
    /// What else could be had, in words.
    pub hints: Vec<String>,
    /// The tax added to prices where they exclude it.
    pub tax_added: Money,
    /// All tax.
    pub tax: Money,
    /// Whether prices include tax.
    pub tax_included: bool,
    /// The cheapest way of shipping it.
    pub shipping: Option<Shipping>,
    /// Where all of it can be collected, the soonest first.
    pub pickups: Vec<Pickup>,
    /// Goods and delivery, tax included.
    pub total: Money,
    /// How much is missing for free delivery, if a promotion offers it.
    pub free_from: Option<Money>,
    /// What it has to do with points, in a shop that has a program.
    pub points: Option<PointsView>,
}

impl CartView {
    /// Pieces in it.
    pub fn pieces(&self) -> u64 {
        self.lines.iter().map(|l| u64::from(l.quantity)).sum()
    }

    /// Whether it can be taken to the checkout.
    pub fn buyable(&self) -> bool {
        !self.lines.is_empty()
            && self.lines.iter().all(|l| l.problem.is_none())
            && (self.shipping.is_some() || self.pickups.iter().any(|p| p.ready.is_some()))
    }
}

/// A cart as it can be bought now, by a member with what is in their wallet. Items that are gone stay in sight until they are taken out.
pub fn cart_view(
    reader: &Reader<'_>,
    cart: &Cart,
    member: Option<(&Customer, &[Entry])>,
) -> CartView {
    let mut lines: Vec<CartLine> = cart.items.iter().map(|item| line(reader, item)).collect();
    let sound: Vec<Item> = cart
        .items
        .iter()
        .zip(&lines)
        .filter(|(_, line)| line.problem != Some(Problem::Gone))
        .map(|(item, _)| *item)
        .collect();
    let mut intent = match member {
        Some(member) => wallet::intent_of_member(reader, sound, member),
        None => availability::intent_of(reader, sound),
    };
    intent.points = cart.points;
    let priced = reader.price(&intent).unwrap_or_default().quote;
    let shipping = if intent.items.is_empty() {
        None
    } else {
        let found = availability::shippings(reader, &intent, reader.country, &priced);
        found.into_iter().next()
    };
    let pickups = availability::pickups(reader, &intent.items);
    // With the delivery chosen the same function that prices orders gives the total.
    intent.delivery = shipping
        .as_ref()
        .map(|s| commerce::checkout::Delivery::Ship(s.rate));
    let whole = reader.price(&intent);
    let whole = whole.unwrap_or_else(|_| Priced {
        quote: priced.clone(),
        ..Priced::default()
    });
    let applied = sale::applied(reader, &whole);
    let hints = sale::hints(reader, &whole);
    let points = points_view(reader, &intent, &whole.points);
    let whole = whole.quote;
    explain(reader, &mut lines, (&whole, &applied));
    CartView {
        lines,
        subtotal: reader.money(whole.subtotal),
        applied,
        hints,
        tax_added: reader.money(whole.tax_added),
        tax: reader.money(whole.tax),
        tax_included: reader
            .world
            .shop()
            .and_then(|s| s.tax_display(reader.currency))
            != Some(TaxDisplay::Exclusive),
        free_from: free_from(reader, &priced, shipping.as_ref()),
        shipping,
        pickups,
        total: reader.money(whole.total),
        points,
    }
}

/// Says at each line that can be bought what it costs after discounts, and why.
fn explain(reader: &Reader<'_>, lines: &mut [CartLine], (quote, applied): (&Quote, &[Applied])) {
    let sound = lines
        .iter_mut()
        .filter(|l| l.problem != Some(Problem::Gone));
    for (at, (line, priced)) in sound.zip(&quote.lines).enumerate() {
        line.unit = reader.money(priced.unit_price);
        line.regular = reader.money(priced.subtotal);
        line.total = reader.money(priced.subtotal - priced.discount);
        let parts = applied.iter().filter(|a| a.parts[at] > 0);
        line.off = parts
            .map(|a| (a.title.clone(), reader.money(-a.parts[at])))
            .collect();
    }
}

fn line(reader: &Reader<'_>, item: &Item) -> CartLine {
    let world = reader.world;
    let product = world.product(item.variant.parent());
    let variant = product.and_then(|p| on_sale(p).find(|v| v.id == item.variant));
    let price = variant.and_then(|v| match item.seller {
        Some(seller) => v.price(seller, reader.currency),
        None => product.and_then(|p| Some(sale::price_now(reader, p, v)?.regular)),
    });
    let known = product.and_then(|p| p.variant(item.variant));
    let available = most_at_once(reader, item.variant);
    let problem = match price {
        None => Some(Problem::Gone),
        Some(_) if available < i64::from(item.quantity) => Some(Problem::Only(available)),
        Some(_) => None,
    };
    let unit = price.unwrap_or(0);
    let language = reader.texts.language();
    CartLine {
        variant: item.variant,
        title: product.map_or_else(String::new, |p| p.title.get(language).to_string()),
        options: product
            .zip(known)
            .map_or_else(String::new, |(p, v)| p.options_line(v, language)),
        href: product.map_or_else(
            || "/".to_string(),
            |p| {
                let sku = known.map_or("", |v| v.sku.as_str());
                format!("{}?v={}", product_href(p), super::escape_query(sku))
            },
        ),
        image: media(known.map_or("", |v| v.image.as_str())),
        quantity: item.quantity,
        unit: reader.money(unit),
        regular: reader.money(unit.saturating_mul(i64::from(item.quantity))),
        total: reader.money(unit.saturating_mul(i64::from(item.quantity))),
        off: Vec::new(),
        problem,
    }
}

/// The most pieces of a variant that one order can have: shipped from everywhere, or from one shop.
pub fn most_at_once(reader: &Reader<'_>, variant: VariantId) -> i64 {
    let collected = reader
        .world
        .levels(variant)
        .filter(|(id, _)| reader.world.location(*id).is_some_and(|l| l.collects))
        .map(|(_, level)| level.available())
        .max();
    super::shippable(reader.world, variant).max(collected.unwrap_or(0))
}

/// What is missing until a promotion makes the delivery free.
fn free_from(reader: &Reader<'_>, quote: &Quote, shipping: Option<&Shipping>) -> Option<Money> {
    let shipping = shipping.filter(|s| s.price.minor > 0)?;
    let rate = reader.world.shipping_rate(shipping.rate)?;
    let missing = |p: &Promotion| {
        let min = p.subtotal_min.filter(|m| m.currency == reader.currency)?;
        let level = p.active && p.products.is_empty() && p.service_level == rate.service_level;
        level.then(|| min.minor - quote.subtotal).filter(|m| *m > 0)
    };
    let least = reader.world.promotions().filter_map(missing).min()?;
    Some(reader.money(least))
}
