//! The cart. Every change reads, changes and saves it while other changes of the same cart wait.

use super::{Posted, fields};
use crate::pages::cart::CartNotice;
use crate::pages::{self};
use crate::views::cart::cart_view;
use crate::visit::{Answer, Fault, Visit};
use api::DoorError;
use commerce::Command;
use commerce::checkout::{Cart, Item};
use commerce::command::SaveCart;
use commerce::id::VariantId;
use commerce::limits::QUANTITY_MAX;
use std::sync::Arc;

/// The cart page.
pub async fn show(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let cart = visit.cart().await?.unwrap_or_else(|| empty(&visit));
    let (view, said) = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        let view = cart_view(&reader, &cart);
        let said = said(&visit, &view);
        (view, said)
    };
    let page = pages::cart::cart(&frame, &view, said.as_ref());
    Ok(visit.ok(&frame, &page))
}

/// What the address says happened before.
fn said(visit: &Visit, view: &crate::views::cart::CartView) -> Option<CartNotice> {
    let value = |name: &str| {
        let mut pairs = visit.query.iter().filter(|(n, _)| n == name);
        pairs.next().map(|(_, v)| v.as_str())
    };
    if let Some(id) = value("added").and_then(VariantId::parse) {
        let line = view.lines.iter().find(|l| l.variant == id)?;
        return Some(CartNotice::Added(line.title.clone()));
    }
    if value("refilled").is_some() {
        return Some(CartNotice::Refilled);
    }
    let key = format!("refusal.{}", value("refused")?);
    let text = visit.texts.lookup(&key);
    Some(CartNotice::Failed(
        text.unwrap_or_else(|| visit.texts.t("refusal.other"))
            .to_string(),
    ))
}

/// A cart with nothing in it.
pub fn empty(visit: &Visit) -> Arc<Cart> {
    Arc::new(Cart {
        id: visit.cart_id,
        version: 0,
        items: Vec::new(),
        currency: visit.currency,
        language: visit.texts.language(),
        updated_at: 0,
        extension: String::new(),
    })
}

/// Changes the cart and saves it.
///
/// # Errors
/// The page that says why not.
pub async fn change(
    visit: &Visit,
    change: impl FnOnce(&mut Vec<Item>),
) -> Result<Result<(), commerce::Refusal>, Fault> {
    let _turn = visit.lock_cart().await;
    let before = visit.cart().await?.unwrap_or_else(|| empty(visit));
    let mut items = before.items.clone();
    change(&mut items);
    // What is not sold any more would stop every change: it goes out with the next one.
    {
        let world = visit.shop.app.shelf.read();
        items.retain(|i| commerce::pricing::sellable(&world, i.variant).is_ok());
    }
    let save = SaveCart {
        id: visit.cart_id,
        items,
        currency: visit.currency,
        language: visit.texts.language(),
        extension: before.extension.clone(),
    };
    match visit.submit(Command::SaveCart(save)).await {
        Ok(_) => Ok(Ok(())),
        Err(DoorError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(visit.refused(error).await),
    }
}

/// Puts pieces of a variant in.
pub async fn add(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let Some(variant) = VariantId::parse(fields.get("variant")) else {
        return Err(visit.not_found().await);
    };
    let known = commerce::pricing::sellable(&visit.shop.app.shelf.read(), variant).is_ok();
    if !known {
        return Ok(visit.go("/cart?refused=not_for_sale"));
    }
    let quantity: u32 = fields.get("quantity").trim().parse().unwrap_or(0);
    if quantity == 0 || quantity > QUANTITY_MAX {
        return Ok(visit.go("/cart?refused=quantity_invalid"));
    }
    if is_on_presale(&visit, variant) {
        return Ok(visit.go("/cart?refused=presale_apart"));
    }
    let put_in = |items: &mut Vec<Item>| match items.iter_mut().find(|i| i.variant == variant) {
        Some(item) => item.quantity = item.quantity.saturating_add(quantity).min(QUANTITY_MAX),
        None => items.push(Item {
            variant,
            seller: None,
            quantity,
        }),
    };
    let to = match change(&visit, put_in).await? {
        Ok(()) => format!("/cart?added={variant}"),
        Err(refusal) => format!("/cart?refused={}", refusal.code()),
    };
    Ok(visit.go(&to))
}

/// Whether a variant is on presale now: then it is ordered from its page, by itself.
fn is_on_presale(visit: &Visit, variant: VariantId) -> bool {
    let world = visit.shop.app.shelf.read();
    let reader = visit.reader(&world);
    let product = world.product(variant.parent());
    let known = product.and_then(|p| Some((p, p.variant(variant)?)));
    let price = known.and_then(|(p, v)| crate::views::sale::price_now(&reader, p, v));
    price.is_some_and(|price| price.presale.is_some())
}

/// Sets how many pieces of a variant are in it: `variant:quantity`.
pub async fn set(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let wanted = fields
        .get("set")
        .split_once(':')
        .and_then(|(id, n)| Some((VariantId::parse(id)?, n.parse::<u32>().ok()?)));
    let Some((variant, quantity)) = wanted.filter(|(_, n)| *n <= QUANTITY_MAX) else {
        return Ok(visit.go("/cart?refused=quantity_invalid"));
    };
    let to_set = |items: &mut Vec<Item>| {
        for item in items.iter_mut().filter(|i| i.variant == variant) {
            item.quantity = quantity;
        }
    };
    let to = match change(&visit, to_set).await? {
        Ok(()) => "/cart".to_string(),
        Err(refusal) => format!("/cart?refused={}", refusal.code()),
    };
    Ok(visit.go(&to))
}
