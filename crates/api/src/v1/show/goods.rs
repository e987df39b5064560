//! Products, levels and movements as the wire shows them.

use super::super::wire::{Money, Named, goods as wire, stock};
use commerce::World;
use commerce::catalog::{Product, Status, Variant};
use commerce::id::{GroupId, LocationId};
use commerce::money::Currency;
use commerce::stock::{Level, Movement, StockAccount, StockCause};
use commerce::text::Language;

/// A product in a list, with prices in the shop's currency.
pub fn summary(
    world: &World,
    product: &Product,
    currency: Option<Currency>,
) -> wire::ProductSummary {
    let live = || {
        let variants = product.variants.iter();
        variants.filter(|v| v.status != Status::Archived)
    };
    let prices = || {
        let price = |v: &Variant| currency.and_then(|c| Some((c, v.best_offer(c)?.1)));
        live().filter_map(price)
    };
    let money = |(currency, minor)| Money::new(minor, currency);
    wire::ProductSummary {
        id: product.id.to_string(),
        handle: product.handle.clone(),
        title: (&product.title).into(),
        brand: product.brand.clone(),
        status: product.status.into(),
        image: live().map(|v| v.image.clone()).next().unwrap_or_default(),
        variants: u32::try_from(live().count()).unwrap_or(u32::MAX),
        price_from: prices().min_by_key(|p| p.1).map(money),
        price_to: prices().max_by_key(|p| p.1).map(money),
        available: live().map(|v| available(world, v)).sum(),
    }
}

/// A product with its variants.
pub fn product(world: &World, product: &Product) -> wire::Product {
    let category = product.category.and_then(|id| world.category(id));
    wire::Product {
        id: product.id.to_string(),
        version: product.version,
        handle: product.handle.clone(),
        title: (&product.title).into(),
        description: (&product.description).into(),
        brand: product.brand.clone(),
        category: category.map(|c| Named {
            id: c.id.to_string(),
            name: c.path.clone(),
        }),
        tax_category: product.tax_category.into(),
        status: product.status.into(),
        variants: product
            .variants
            .iter()
            .map(|v| variant(world, product, v))
            .collect(),
        created_at: product.created_at,
        updated_at: product.updated_at,
    }
}

fn variant(world: &World, product: &Product, variant: &Variant) -> wire::Variant {
    let offers = variant.offers.iter();
    wire::Variant {
        id: variant.id.to_string(),
        sku: variant.sku.clone(),
        gtin: variant
            .gtin
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        options: product.options_line(variant, Language::En),
        weight_grams: variant.weight_grams,
        image: variant.image.clone(),
        status: variant.status.into(),
        offers: offers
            .map(|offer| wire::Offer {
                seller: Named::seller(world, offer.seller),
                prices: offer.prices.iter().map(|&p| p.into()).collect(),
            })
            .collect(),
        available: available(world, variant),
    }
}

fn available(world: &World, variant: &Variant) -> i64 {
    world.levels(variant.id).map(|(_, l)| l.available()).sum()
}

/// What is there of a variant at a location.
pub fn level(
    world: &World,
    product: &Product,
    variant: &Variant,
    location: LocationId,
    level: Level,
) -> stock::StockLevel {
    stock::StockLevel {
        variant: variant.id.to_string(),
        product: product.id.to_string(),
        sku: variant.sku.clone(),
        title: (&product.title).into(),
        options: product.options_line(variant, Language::En),
        image: variant.image.clone(),
        location: Named::location(world, location),
        on_hand: level.on_hand,
        reserved: level.reserved,
        safety_stock: level.safety_stock,
        available: level.available(),
        shortage: level.shortage,
    }
}

/// One movement of goods.
pub fn movement(movement: &Movement) -> stock::StockMovement {
    stock::StockMovement {
        number: movement.number,
        at: movement.at,
        quantity: movement.quantity,
        from: account(movement.from),
        to: account(movement.to),
        cause: cause(movement.cause),
        order: group_of(movement.cause).map(|g| g.to_string()),
    }
}

fn account(account: StockAccount) -> stock::StockAccount {
    match account {
        StockAccount::Free(_) => stock::StockAccount::Free,
        StockAccount::Reserved(_) => stock::StockAccount::Reserved,
        StockAccount::Supplier => stock::StockAccount::Supplier,
        StockAccount::Customer => stock::StockAccount::Customer,
        StockAccount::Adjustment => stock::StockAccount::Adjustment,
    }
}

fn cause(cause: StockCause) -> stock::StockCause {
    match cause {
        StockCause::Reserve(_) => stock::StockCause::Reserve,
        StockCause::Release(_) => stock::StockCause::Release,
        StockCause::Expire(_) => stock::StockCause::Expire,
        StockCause::Fulfill(_) => stock::StockCause::Fulfill,
        StockCause::Return(_) => stock::StockCause::Return,
        StockCause::Count(_) => stock::StockCause::Count,
        StockCause::Receive(_) => stock::StockCause::Receive,
        StockCause::Damage(_) => stock::StockCause::Damage,
        StockCause::Import(_) => stock::StockCause::Import,
    }
}

/// The group behind a cause that belongs to one: what the cause names is numbered under it.
fn group_of(cause: StockCause) -> Option<GroupId> {
    match cause {
        StockCause::Reserve(id)
        | StockCause::Release(id)
        | StockCause::Expire(id)
        | StockCause::Fulfill(id)
        | StockCause::Return(id) => Some(GroupId(GroupId(id).base())),
        StockCause::Count(_)
        | StockCause::Receive(_)
        | StockCause::Damage(_)
        | StockCause::Import(_) => None,
    }
}
