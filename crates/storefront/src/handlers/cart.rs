//! The cart. Every change reads, changes and saves it while other changes of the same cart wait.

use super::{Posted, fields};
use crate::pages::cart::CartNotice;
use crate::pages::{self};
use crate::views::Reader;
use crate::views::cart::cart_view;
use crate::views::product::row;
use crate::visit::{Answer, Fault, Fields, Visit, member_cart};
use api::DoorError;
use axum::Json;
use axum::response::IntoResponse;
use commerce::checkout::{Cart, Item};
use commerce::command::{Idempotency, SaveCart};
use commerce::id::{CartId, CustomerId, ProductId, VariantId};
use commerce::limits::{LINES_MAX, QUANTITY_MAX};
use commerce::points::PointsWanted;
use commerce::{Command, Refusal};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// How often a change is tried again when another one was faster.
const CHANGE_ATTEMPTS_MAX: usize = 5;
/// Bytes of the key of a tap.
const KEY_BYTES_MAX: usize = 64;

/// The cart page.
pub async fn show(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let id = visit.cart_id().await?;
    let cart = visit.cart_of(id).await?;
    let cart = cart.unwrap_or_else(|| empty(&visit, id));
    let member = visit.member().await?;
    let wallet = match &member {
        Some(member) => super::account::wallet::of(&visit, member).await?,
        None => Vec::new(),
    };
    let points = visit.points().await?;
    let inside: Vec<ProductId> = cart.items.iter().map(|i| i.variant.parent()).collect();
    let partners = visit.partners(&inside);
    let (view, said, together) = {
        let world = visit.shop.app.shelf.read();
        let reader = Reader {
            points,
            ..visit.reader(&world)
        };
        let member = member.as_ref().map(|m| (m, wallet.as_slice()));
        let view = cart_view(&reader, &cart, member);
        let said = said(&visit, &view);
        (view, said, row(&reader, &partners, &inside))
    };
    let page = pages::cart::cart(&frame, &view, said.as_ref(), &together);
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
    Some(CartNotice::Failed(refusal(visit, value("refused")?)))
}

/// A cart with nothing in it.
pub fn empty(visit: &Visit, id: CartId) -> Arc<Cart> {
    Arc::new(Cart {
        id,
        version: 0,
        items: Vec::new(),
        currency: visit.currency,
        language: visit.texts.language(),
        updated_at: 0,
        extension: String::new(),
        points: Default::default(),
    })
}

/// Changes the cart and saves it.
///
/// # Errors
/// The page that says why not.
pub async fn change(
    visit: &Visit,
    how: impl Fn(&mut Vec<Item>),
) -> Result<Result<(), Refusal>, Fault> {
    let id = visit.cart_id().await?;
    change_of(visit, id, None, |content| how(&mut content.items)).await
}

/// What of a cart is changed.
struct Content {
    items: Vec<Item>,
    points: PointsWanted,
}

/// The same of one cart, once for a key. Changes within this server wait for each other; when another server, or
/// another door, was faster, the change is made once more on what it left.
async fn change_of(
    visit: &Visit,
    id: CartId,
    key: Option<Idempotency>,
    change: impl Fn(&mut Content),
) -> Result<Result<(), Refusal>, Fault> {
    let _turn = visit.lock_cart(id).await;
    let mut conflict = Refusal::VersionConflict { current: 0 };
    for _ in 0..CHANGE_ATTEMPTS_MAX {
        let before = visit.cart_of(id).await?;
        let before = before.unwrap_or_else(|| empty(visit, id));
        let mut content = Content {
            items: before.items.clone(),
            points: before.points,
        };
        change(&mut content);
        let Content {
            mut items,
            mut points,
        } = content;
        // What is not sold any more would stop every change: it goes out with the next one.
        {
            let world = visit.shop.app.shelf.read();
            items.retain(|i| commerce::pricing::sellable(&world, i.variant).is_ok());
        }
        // What somebody wanted for these goods says nothing of the next ones.
        if items.is_empty() {
            points = PointsWanted::None;
        }
        let save = SaveCart {
            id,
            items,
            currency: visit.currency,
            language: visit.texts.language(),
            extension: before.extension.clone(),
            points,
            expected_version: Some(before.version),
        };
        match visit.submit_under(key, Command::SaveCart(save)).await {
            Ok(_) => return Ok(Ok(())),
            Err(DoorError::Refused(refusal @ Refusal::VersionConflict { .. })) => {
                conflict = refusal;
            }
            Err(DoorError::Refused(refusal)) => return Ok(Err(refusal)),
            Err(error) => return Err(visit.refused(error).await),
        }
    }
    Ok(Err(conflict))
}

/// What a guest had in the cart comes along when they sign in: of each article the larger number of pieces stays, so
/// that nothing is lost, and nothing doubles however often it is done. What does not fit a cart stays in the browser's.
///
/// # Errors
/// The page that says why not.
pub async fn take_along(visit: &Visit, member: CustomerId) -> Result<(), Fault> {
    let Some(guests) = visit.cart_of(visit.visitor).await? else {
        return Ok(());
    };
    if guests.items.is_empty() {
        return Ok(());
    }
    let joined = change_of(visit, member_cart(member), None, |content| {
        join(&mut content.items, &guests.items);
    });
    if joined.await?.is_err() {
        return Ok(());
    }
    let theirs = visit.cart_of(member_cart(member)).await?;
    let has = |item: &Item| {
        let mut items = theirs.iter().flat_map(|c| &c.items);
        items.any(|i| is_same(i, item) && i.quantity >= item.quantity)
    };
    let is_sold = |item: &Item| {
        let world = visit.shop.app.shelf.read();
        commerce::pricing::sellable(&world, item.variant).is_ok()
    };
    let emptied = change_of(visit, visit.visitor, None, |content| {
        content.items.retain(|item| is_sold(item) && !has(item));
    });
    emptied.await.map(drop)
}

/// Joins what is in two carts: of each article the larger number, as many articles as fit.
fn join(items: &mut Vec<Item>, others: &[Item]) {
    for other in others {
        let place = items.iter().position(|i| is_same(i, other));
        match place {
            Some(place) => items[place].quantity = items[place].quantity.max(other.quantity),
            None if items.len() < LINES_MAX => items.push(*other),
            None => {}
        }
    }
}

fn is_same(a: &Item, b: &Item) -> bool {
    (a.variant, a.seller) == (b.variant, b.seller)
}

/// The key that a page with a script puts into a form: the same tap may come again when its answer was lost.
fn key_of(visit: &Visit, fields: &Fields, what: &str) -> Option<Idempotency> {
    let key = fields.get("key");
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return None;
    }
    let caller = Sha256::digest(format!("storefront cart\n{}\n{key}", visit.visitor));
    let request = Sha256::digest(format!("{what}\n{}", fields.get("quantity")));
    let number = |bytes: &[u8]| bytes.iter().fold(0_u128, |n, &b| n << 8 | u128::from(b));
    Some(Idempotency {
        key: number(&caller[..16]),
        request: u64::try_from(number(&request[..8])).unwrap_or(u64::MAX),
    })
}

/// What became of a tap.
enum Tapped {
    /// Pieces of this variant were put in.
    Added(VariantId),
    /// The number of pieces was set.
    Set,
    /// It was refused under this code.
    Refused(&'static str),
}

/// Sends the browser on to the cart; who sends a kept tap is told what became of it, in the visitor's words.
async fn told(visit: &Visit, tapped: Tapped) -> Answer {
    if !visit.is_kept_tap {
        return Ok(visit.go(&match tapped {
            Tapped::Added(variant) => format!("/cart?added={variant}"),
            Tapped::Set => "/cart".to_string(),
            Tapped::Refused(code) => format!("/cart?refused={code}"),
        }));
    }
    let cart = visit.cart().await?;
    let t = visit.texts;
    let text = match tapped {
        Tapped::Added(variant) => {
            let world = visit.shop.app.shelf.read();
            let product = world.product(variant.parent());
            let title = product.map_or("", |p| p.title.get(t.language()));
            t.with("cart.added", &[("title", &title)])
        }
        Tapped::Set => t.t("cart.changed").to_string(),
        Tapped::Refused(code) => refusal(visit, code),
    };
    let pieces = cart.map_or(0, |c| c.items.iter().map(|i| u64::from(i.quantity)).sum());
    let done = !matches!(tapped, Tapped::Refused(_));
    let body = json!({ "done": done, "text": text, "pieces": pieces });
    Ok(visit.with_cookies(Json(body).into_response()))
}

/// A refusal in the visitor's words.
fn refusal(visit: &Visit, code: &str) -> String {
    let text = visit.texts.lookup(&format!("refusal.{code}"));
    text.unwrap_or_else(|| visit.texts.t("refusal.other"))
        .to_string()
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
        return told(&visit, Tapped::Refused("not_for_sale")).await;
    }
    let quantity: u32 = fields.get("quantity").trim().parse().unwrap_or(0);
    if quantity == 0 || quantity > QUANTITY_MAX {
        return told(&visit, Tapped::Refused("quantity_invalid")).await;
    }
    if is_on_presale(&visit, variant) {
        return Ok(visit.go("/cart?refused=presale_apart"));
    }
    let put_in =
        |Content { items, .. }: &mut Content| match items.iter_mut().find(|i| i.variant == variant)
        {
            Some(item) => item.quantity = item.quantity.saturating_add(quantity).min(QUANTITY_MAX),
            None => items.push(Item {
                variant,
                seller: None,
                quantity,
            }),
        };
    let key = key_of(&visit, &fields, fields.get("variant"));
    let id = visit.cart_id().await?;
    let tapped = match change_of(&visit, id, key, put_in).await? {
        Ok(()) => Tapped::Added(variant),
        Err(refusal) => Tapped::Refused(refusal.code()),
    };
    told(&visit, tapped).await
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
        return told(&visit, Tapped::Refused("quantity_invalid")).await;
    };
    let to_set = |content: &mut Content| {
        for item in content.items.iter_mut().filter(|i| i.variant == variant) {
            item.quantity = quantity;
        }
    };
    let key = key_of(&visit, &fields, fields.get("set"));
    let id = visit.cart_id().await?;
    let tapped = match change_of(&visit, id, key, to_set).await? {
        Ok(()) => Tapped::Set,
        Err(refusal) => Tapped::Refused(refusal.code()),
    };
    told(&visit, tapped).await
}

/// How many points a form wants to pay with: as many as possible, or none.
pub fn points_wanted(fields: &Fields) -> PointsWanted {
    match fields.get("points") {
        pages::points::ALL => PointsWanted::AsManyAsPossible,
        _ => PointsWanted::None,
    }
}

/// Uses a member's points for what is in the cart, or takes them back.
pub async fn set_points(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = super::account::member(&visit).await?;
    let wanted = points_wanted(&fields);
    let set = |content: &mut Content| content.points = wanted;
    let tapped = match change_of(&visit, member_cart(member.id), None, set).await? {
        Ok(()) => Tapped::Set,
        Err(refusal) => Tapped::Refused(refusal.code()),
    };
    told(&visit, tapped).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::id::ProductId;

    fn item(product: u64, quantity: u32) -> Item {
        Item {
            variant: VariantId::under(ProductId(product << 8), 1),
            seller: None,
            quantity,
        }
    }

    #[test]
    fn two_carts_become_one_without_loss_and_without_doubling() {
        let (phone, computer) = ([item(1, 2), item(2, 1)], [item(2, 3), item(3, 1)]);
        let mut joined = computer.to_vec();
        join(&mut joined, &phone);
        assert_eq!(joined, [item(2, 3), item(3, 1), item(1, 2)]);
        let once = joined.clone();
        join(&mut joined, &phone);
        assert_eq!(joined, once, "once more changes nothing");
        let many: Vec<Item> = (10..200).map(|n| item(n, 1)).collect();
        join(&mut joined, &many);
        assert_eq!(joined.len(), LINES_MAX);
        assert_eq!(joined[..3], once);
    }
}
