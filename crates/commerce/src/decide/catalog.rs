//! Saving records and products. All of a command's records are saved, or none.

use crate::catalog::{Product, check_code};
use crate::command::{Outcome, ProductDraft, Saved};
use crate::customer::Customer;
use crate::id::{CustomerId, ProductId, VariantId};
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::{BILLING_LINES_MAX, BILLING_MAX, DiscountValue, Seller};
use crate::world::{KeySet, Record, RecordKind, World};
use alloc::string::ToString;
use alloc::vec::Vec;

/// Saves records: one whose code is known replaces that one and keeps its id.
///
/// Checks: number of records, then per record its fields.
pub fn save_records(world: &mut World, records: &[Record]) -> Result<Outcome, Refusal> {
    if records.len() > limits::IMPORT_RECORDS_MAX {
        return Err(Refusal::TooManyLines);
    }
    let mut saved = Saved::default();
    for record in records {
        check_record(world, record)?;
        let known = world.id_of_code(record.kind(), &record.code());
        let existing =
            known.or_else(|| world.record_arc(record.kind(), record.id()).map(|r| r.id()));
        let id = existing.unwrap_or(record.id());
        let record = record.clone().with_id(id);
        saved.ids.push(id);
        match world.record_arc(record.kind(), id) {
            Some(before) if *before == record => saved.unchanged += 1,
            Some(_) => {
                saved.changed += 1;
                world.put_record(record);
            }
            None => {
                saved.created += 1;
                world.put_record(record);
            }
        }
    }
    Ok(Outcome::Saved(saved))
}

fn check_record(world: &World, record: &Record) -> Result<(), Refusal> {
    check_code("code", &record.code())?;
    match record {
        Record::Product(_)
        | Record::Campaign(_)
        | Record::Switch(_)
        | Record::PointsProgram(_)
        | Record::Carrier(_)
        | Record::NumberPool(_)
        | Record::Round(_)
        | Record::RoundBook(_) => Err(Refusal::FieldInvalid { field: "kind" }),
        Record::Gazetteer(gazetteer) => gazetteer.check(),
        Record::Door(door) if !door.point.is_on_earth() => {
            Err(Refusal::FieldInvalid { field: "position" })
        }
        Record::Category(category) => match category.parent {
            Some(parent) if parent == category.id => Err(Refusal::FieldInvalid { field: "parent" }),
            _ if category.title.is_empty() => Err(Refusal::FieldInvalid { field: "title" }),
            _ => Ok(()),
        },
        Record::TaxRate(rate) if i64::from(rate.rate_ppm) > crate::money::PPM => {
            Err(Refusal::FieldInvalid { field: "rate" })
        }
        Record::Discount(discount) => {
            let fits = match discount.value {
                DiscountValue::Percent(ppm) => i64::from(ppm) <= crate::money::PPM,
                DiscountValue::Fixed(money) => (0..=limits::AMOUNT_MAX).contains(&money.minor),
            };
            let upper = crate::pricing::normalize_code(&discount.code) == discount.code;
            if fits && upper {
                Ok(())
            } else {
                Err(Refusal::FieldInvalid { field: "value" })
            }
        }
        Record::ShippingRate(rate)
            if rate
                .prices
                .iter()
                .any(|p| !(0..=limits::AMOUNT_MAX).contains(&p.minor)) =>
        {
            Err(Refusal::FieldInvalid { field: "prices" })
        }
        Record::Seller(seller) => check_billing(seller),
        Record::Customer(customer) => check_customer(world, customer),
        _ => Ok(()),
    }
}

/// Versions of what invoices say rise in time, and each is short enough for a letterhead.
fn check_billing(seller: &Seller) -> Result<(), Refusal> {
    let is_short = |text: &str| text.chars().count() <= limits::NAME_CHARS_MAX;
    let invalid = |field| Err(Refusal::FieldInvalid { field });
    if seller.billing.len() > BILLING_MAX || !seller.billing.is_sorted_by_key(|b| b.since) {
        return invalid("billing");
    }
    for billing in &seller.billing {
        let address = &billing.address;
        let place = [
            &address.street,
            &address.street_2,
            &address.postal_code,
            &address.city,
            &address.region,
        ];
        if billing.name.trim().is_empty() || !is_short(&billing.name) {
            return invalid("name");
        }
        if place.into_iter().any(|part| !is_short(part)) {
            return invalid("address");
        }
        if !is_short(&billing.tax_id) {
            return invalid("tax_id");
        }
        if billing.lines.len() > BILLING_LINES_MAX || billing.lines.iter().any(|l| !is_short(l)) {
            return invalid("lines");
        }
    }
    Ok(())
}

/// A customer is changed by several doors at once: its version must be the next one. Who changes their address takes
/// nobody else's.
fn check_customer(world: &World, customer: &Customer) -> Result<(), Refusal> {
    customer.check()?;
    let by_email = world.id_of_code(RecordKind::Customer, &customer.email);
    let by_id = world.customer(customer.id);
    let is_other = |id: u64| id != customer.id.0;
    if by_id.is_some() && by_email.is_some_and(is_other) {
        return Err(Refusal::CodeTaken {
            code: customer.email.clone(),
        });
    }
    let known = by_id.or_else(|| world.customer(CustomerId(by_email?)));
    let current = known.map_or(0, |c| c.version);
    if customer.version == current + 1 {
        Ok(())
    } else {
        Err(Refusal::VersionConflict { current })
    }
}

/// What saving products reads: handles, SKUs, and the products behind them.
pub fn keys(drafts: &[ProductDraft], world: &World, keys: &mut KeySet) {
    for draft in drafts {
        let product = &draft.product;
        keys.want_code(world, RecordKind::Product, &product.handle);
        keys.want_record(world, RecordKind::Product, product.id.0);
        if let Some(known) = world.id_of_code(RecordKind::Product, &product.handle) {
            keys.want_record(world, RecordKind::Product, known);
        }
        for variant in &product.variants {
            keys.want_sku(world, &variant.sku);
        }
    }
}

/// Saves products. One whose handle (else id) is known becomes its next version; variants keep their
/// ids by SKU, and variants that are no longer named are kept as archived, for the orders that name them.
///
/// Checks per product: its fields, the expected version, then each SKU.
pub fn save_products(world: &mut World, drafts: &[ProductDraft]) -> Result<Outcome, Refusal> {
    if drafts.len() > limits::IMPORT_RECORDS_MAX {
        return Err(Refusal::TooManyLines);
    }
    let mut saved = Saved::default();
    for draft in drafts {
        save_product(world, draft, &mut saved)?;
    }
    Ok(Outcome::Saved(saved))
}

fn save_product(world: &mut World, draft: &ProductDraft, saved: &mut Saved) -> Result<(), Refusal> {
    draft.product.check()?;
    if draft
        .product
        .category
        .is_some_and(|id| world.category(id).is_none())
    {
        return Err(Refusal::NotFound { what: "category" });
    }
    let offers = draft.product.variants.iter().flat_map(|v| &v.offers);
    if offers.into_iter().any(|o| world.seller(o.seller).is_none()) {
        return Err(Refusal::NotFound { what: "seller" });
    }
    let by_handle = world
        .id_of_code(RecordKind::Product, &draft.product.handle)
        .map(ProductId);
    let id = by_handle.unwrap_or(draft.product.id);
    let before = world.product(id).cloned();
    if let Some(expected) = draft.expected_version {
        let current = before.as_ref().map_or(0, |p| p.version);
        if expected != current {
            return Err(Refusal::VersionConflict { current });
        }
    }
    let mut product = draft.product.clone();
    product.id = id;
    product.variants = merge_variants(world, before.as_ref(), &product)?;
    product.version = before.as_ref().map_or(0, |p| p.version);
    product.created_at = before.as_ref().map_or(world.now(), |p| p.created_at);
    product.updated_at = before.as_ref().map_or(world.now(), |p| p.updated_at);
    saved.ids.push(id.0);
    if before.as_ref() == Some(&product) {
        saved.unchanged += 1;
        return Ok(());
    }
    if before.is_some() {
        saved.changed += 1
    } else {
        saved.created += 1
    }
    product.version += 1;
    product.updated_at = world.now();
    for variant in &product.variants {
        if world.variant_of_sku(&variant.sku).is_none() {
            world.put_sku(&variant.sku, variant.id);
        }
    }
    world.put_record(Record::Product(product));
    Ok(())
}

fn merge_variants(
    world: &World,
    before: Option<&Product>,
    product: &Product,
) -> Result<Vec<crate::catalog::Variant>, Refusal> {
    let known = before.map_or(&[][..], |p| &p.variants);
    let mut next = known.iter().map(|v| v.id.sub()).max().unwrap_or(0);
    let mut merged = known.to_vec();
    for variant in &mut merged {
        variant.status = crate::catalog::Status::Archived;
        // The product may have other options now; a variant that is kept for old orders keeps its place.
        variant
            .option_values
            .resize(product.option_names.len(), "—".to_string());
    }
    for variant in &product.variants {
        let mut variant = variant.clone();
        match world.variant_of_sku(&variant.sku) {
            Some(id) if id.parent() == product.id => {
                variant.id = id;
                let place = merged
                    .iter()
                    .position(|v| v.id == id)
                    .ok_or(Refusal::CodeTaken {
                        code: variant.sku.clone(),
                    })?;
                for offer in &mut variant.offers {
                    let known = merged[place].offers.iter();
                    match known.clone().find(|o| o.seller == offer.seller) {
                        Some(before) => offer.remember(before, world.now()),
                        None => offer.past.clear(),
                    }
                }
                merged[place] = variant;
            }
            Some(_) => return Err(Refusal::CodeTaken { code: variant.sku }),
            None => {
                next = next.checked_add(1).ok_or(Refusal::TooManyLines)?;
                variant.id = VariantId::under(product.id, next);
                variant.offers.iter_mut().for_each(|o| o.past.clear());
                merged.push(variant);
            }
        }
    }
    Ok(merged)
}
