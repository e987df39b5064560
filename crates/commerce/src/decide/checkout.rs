//! Carts and checkouts before the order is placed. Nothing is reserved here.

use crate::checkout::{Cart, Checkout, CheckoutStatus, FIRST_VERSION, Intent};
use crate::command::{OpenCheckout, Outcome, SaveCart, UpdateCheckout};
use crate::event::What;
use crate::id::CheckoutId;
use crate::limits;
use crate::planted::{self, Fault};
use crate::points::PointsWanted;
use crate::pricing;
use crate::refusal::Refusal;
use crate::settings::Address;
use crate::world::World;
use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What the edge may keep with an intent, in bytes.
const EXTENSION_BYTES_MAX: usize = limits::NOTE_CHARS_MAX * 4;

/// Replaces a cart. Checks: version, currency, points, number of items, quantities, variants. Quantity 0 takes an item out.
pub fn save_cart(world: &mut World, save: &SaveCart) -> Result<Outcome, Refusal> {
    let current = world.cart(save.id).map_or(0, |c| c.version);
    if save.expected_version.is_some_and(|v| v != current) {
        return Err(Refusal::VersionConflict { current });
    }
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    if shop.tax_display(save.currency).is_none() {
        return Err(Refusal::CurrencyNotOffered {
            currency: save.currency,
        });
    }
    if !is_number(save.points) {
        return Err(Refusal::FieldInvalid { field: "points" });
    }
    let mut items: Vec<crate::checkout::Item> = Vec::new();
    for item in save.items.iter().filter(|i| i.quantity > 0) {
        if item.quantity > limits::QUANTITY_MAX {
            return Err(Refusal::QuantityInvalid);
        }
        pricing::sellable(world, item.variant)?;
        match items
            .iter_mut()
            .find(|i| (i.variant, i.seller) == (item.variant, item.seller))
        {
            Some(same) => same.quantity = (same.quantity + item.quantity).min(limits::QUANTITY_MAX),
            None => items.push(*item),
        }
    }
    if items.len() > limits::LINES_MAX {
        return Err(Refusal::TooManyLines);
    }
    let cart = Cart {
        id: save.id,
        version: current + 1,
        items,
        currency: save.currency,
        language: save.language,
        updated_at: world.now(),
        extension: save.extension.clone(),
        points: save.points,
    };
    Ok(Outcome::Cart(world.put_cart(cart)))
}

/// Opens a checkout; opening the same id again gives the one that exists.
///
/// Checks: that its id is not an order group's that had no checkout, fields, then as in [`pricing::orderable`].
pub fn open(world: &mut World, open: &OpenCheckout) -> Result<Outcome, Refusal> {
    match (world.checkout(open.id), world.group(open.id.group())) {
        (Some(existing), None) => return Ok(Outcome::Checkout(existing.clone())),
        (Some(existing), Some(group)) => {
            let placed = existing.placed(group.placed_at);
            return Ok(Outcome::Checkout(Arc::new(placed)));
        }
        (None, Some(_)) => return Err(Refusal::CheckoutClosed),
        (None, None) => {}
    }
    let intent = normal(&open.intent)?.into_owned();
    let quote = pricing::quote(world, world.now(), &intent)?;
    let now = world.now();
    let checkout = Checkout {
        id: open.id,
        version: FIRST_VERSION,
        status: CheckoutStatus::Open,
        channel: world.channel(),
        device: open.device,
        access_key: open.access_key,
        intent,
        quote,
        created_at: now,
        updated_at: now,
        expires_at: now + limits::CHECKOUT_MS,
    };
    world.emit(What::CheckoutSaved { checkout: open.id });
    Ok(Outcome::Checkout(world.put_checkout(checkout)))
}

/// Replaces what the shopper filled in and prices it anew.
///
/// Checks: the checkout, that it is open and not expired, its version, fields, then as in [`pricing::orderable`].
pub fn update(world: &mut World, update: &UpdateCheckout) -> Result<Outcome, Refusal> {
    let before = world
        .checkout(update.id)
        .ok_or(Refusal::NotFound { what: "checkout" })?
        .clone();
    check_open(world, &before)?;
    let is_stale = update.expected_version.is_some_and(|v| v != before.version);
    if is_stale && !planted::is(Fault::StaleVersionAccepted) {
        return Err(Refusal::VersionConflict {
            current: before.version,
        });
    }
    let intent = normal(&update.intent)?.into_owned();
    let quote = pricing::quote(world, world.now(), &intent)?;
    let now = world.now();
    let checkout = Checkout {
        version: before.version + 1,
        intent,
        quote,
        updated_at: now,
        expires_at: now + limits::CHECKOUT_MS,
        ..*before
    };
    world.emit(What::CheckoutSaved {
        checkout: update.id,
    });
    Ok(Outcome::Checkout(world.put_checkout(checkout)))
}

/// Gives a checkout up; doing so twice changes nothing.
pub fn cancel(world: &mut World, id: CheckoutId) -> Result<Outcome, Refusal> {
    let before = world
        .checkout(id)
        .ok_or(Refusal::NotFound { what: "checkout" })?
        .clone();
    if is_placed(world, &before) {
        return Err(Refusal::CheckoutClosed);
    }
    match before.status {
        CheckoutStatus::Placed => Err(Refusal::CheckoutClosed),
        CheckoutStatus::Canceled => Ok(Outcome::Checkout(before)),
        CheckoutStatus::Open => {
            let mut checkout = Checkout::clone(&before);
            checkout.status = CheckoutStatus::Canceled;
            checkout.version += 1;
            checkout.updated_at = world.now();
            world.emit(What::CheckoutCanceled { checkout: id });
            Ok(Outcome::Checkout(world.put_checkout(checkout)))
        }
    }
}

/// Whether the checkout can still be changed or completed.
pub fn check_open(world: &World, checkout: &Checkout) -> Result<(), Refusal> {
    if checkout.status != CheckoutStatus::Open || is_placed(world, checkout) {
        return Err(Refusal::CheckoutClosed);
    }
    if world.now() >= checkout.expires_at && !planted::is(Fault::ExpiredCheckoutAccepted) {
        return Err(Refusal::CheckoutExpired);
    }
    Ok(())
}

/// Whether the checkout became an order group, whatever it says of itself.
fn is_placed(world: &World, checkout: &Checkout) -> bool {
    world.group(checkout.id.group()).is_some()
}

/// What people typed, trimmed and bounded, an e-mail address in lower case. It is copied only if something of it
/// has to be changed.
pub fn normal(intent: &Intent) -> Result<Cow<'_, Intent>, Refusal> {
    if is_normal(intent) {
        return Ok(Cow::Borrowed(intent));
    }
    let mut own = intent.clone();
    normalize(&mut own)?;
    Ok(Cow::Owned(own))
}

/// Whether [`normalize`] would refuse nothing and change nothing.
fn is_normal(intent: &Intent) -> bool {
    let buyer = &*intent.buyer;
    let is_email_normal = buyer.email.is_empty()
        || is_email(&buyer.email) && is_plain(&buyer.email) && is_lower_case(&buyer.email);
    let addresses = [&intent.destination, &intent.billing];
    is_email_normal
        && [&buyer.first_name, &buyer.last_name, &buyer.phone].map(|text| is_plain(text))
            == [true; 3]
        && addresses
            .into_iter()
            .flatten()
            .all(|address| is_plain_address(address))
        && intent.extension.len() <= EXTENSION_BYTES_MAX
        && is_number(intent.points)
}

/// Whether it is a number of points that somebody can mean.
fn is_number(wanted: PointsWanted) -> bool {
    match wanted {
        PointsWanted::UpTo(points) => (0..=limits::POINTS_MAX).contains(&points),
        PointsWanted::None | PointsWanted::AsManyAsPossible => true,
    }
}

/// Whether a text is trimmed, short enough and without control characters.
fn is_plain(text: &str) -> bool {
    let is_ascii_plain = |b: u8| (b' '..=b'~').contains(&b);
    let bytes = text.as_bytes();
    if bytes.iter().fold(true, |all, &b| all & is_ascii_plain(b)) {
        let is_blank = |end: Option<&u8>| end == Some(&b' ');
        return bytes.len() <= limits::NAME_CHARS_MAX
            && !is_blank(bytes.first())
            && !is_blank(bytes.last());
    }
    text.trim().len() == text.len()
        && text.chars().count() <= limits::NAME_CHARS_MAX
        && !text.chars().any(char::is_control)
}

fn is_lower_case(text: &str) -> bool {
    if text.is_ascii() {
        !text.bytes().any(|b| b.is_ascii_uppercase())
    } else {
        text.to_lowercase() == text
    }
}

fn is_plain_address(address: &Address) -> bool {
    let Address {
        first_name,
        last_name,
        street,
        street_2,
        postal_code,
        city,
        region,
        phone,
        ..
    } = address;
    let texts = [
        first_name,
        last_name,
        street,
        street_2,
        postal_code,
        city,
        region,
        phone,
    ];
    texts.into_iter().all(|text| is_plain(text))
}

/// Trims what people type and bounds it; an e-mail address goes to lower case.
fn normalize(intent: &mut Intent) -> Result<(), Refusal> {
    let buyer = Arc::make_mut(&mut intent.buyer);
    buyer.email = buyer.email.trim().to_lowercase();
    if !buyer.email.is_empty() && !is_email(&buyer.email) {
        return Err(Refusal::FieldInvalid { field: "email" });
    }
    for (field, text) in [
        ("first_name", &mut buyer.first_name),
        ("last_name", &mut buyer.last_name),
        ("phone", &mut buyer.phone),
    ] {
        trim(field, text)?;
    }
    for address in [&mut intent.destination, &mut intent.billing]
        .into_iter()
        .flatten()
    {
        normalize_address(Arc::make_mut(address))?;
    }
    if intent.extension.len() > EXTENSION_BYTES_MAX {
        return Err(Refusal::FieldInvalid { field: "extension" });
    }
    if !is_number(intent.points) {
        return Err(Refusal::FieldInvalid { field: "points" });
    }
    Ok(())
}

/// Trims and bounds an address.
pub fn normalize_address(address: &mut Address) -> Result<(), Refusal> {
    for (field, text) in [
        ("first_name", &mut address.first_name),
        ("last_name", &mut address.last_name),
        ("street", &mut address.street),
        ("street_2", &mut address.street_2),
        ("postal_code", &mut address.postal_code),
        ("city", &mut address.city),
        ("region", &mut address.region),
        ("phone", &mut address.phone),
    ] {
        trim(field, text)?;
    }
    Ok(())
}

fn trim(field: &'static str, text: &mut alloc::string::String) -> Result<(), Refusal> {
    let trimmed = text.trim();
    if trimmed.chars().count() > limits::NAME_CHARS_MAX || trimmed.chars().any(char::is_control) {
        return Err(Refusal::FieldInvalid { field });
    }
    if trimmed.len() != text.len() {
        *text = trimmed.into();
    }
    Ok(())
}

/// One `@` with something on both sides and a dot in the domain; the mail itself is the real test.
pub fn is_email(text: &str) -> bool {
    // What is looked for is ASCII, which is part of no other character.
    let bytes = text.as_bytes();
    let mut at = None;
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'@' if at.is_none() => at = Some(place),
            b'@' | b' ' | b',' | b';' | b'<' | b'>' | b'"' => return false,
            _ if byte.is_ascii_control() => return false,
            _ => {}
        }
    }
    let Some(at) = at.filter(|at| *at > 0) else {
        return false;
    };
    let domain = &bytes[at + 1..];
    let dotted = domain.contains(&b'.')
        && !domain.starts_with(b".")
        && !domain.ends_with(b".")
        && !domain.windows(2).any(|pair| pair == b"..");
    // The other control characters.
    let is_plain = text.is_ascii() || !text.chars().any(char::is_control);
    let is_short =
        bytes.len() <= limits::CODE_CHARS_MAX || text.chars().count() <= limits::CODE_CHARS_MAX;
    dotted && is_plain && is_short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people_are_told_from_what_cannot_be_one() {
        for (text, expected) in [
            ("ada@example.com", true),
            ("a.b+c@mail.example.co.uk", true),
            ("jürgen@bücher.example", true),
            ("ada@example", false),
            ("ada@.com", false),
            ("ada@example.", false),
            ("ada@exa..mple.com", false),
            ("@example.com", false),
            ("ada@", false),
            ("ada", false),
            ("", false),
            ("a@b@example.com", false),
            ("ada lovelace@example.com", false),
            ("<ada@example.com>", false),
            ("ada@exam\u{7}ple.com", false),
            ("ada@exam\u{85}ple.com", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
        let long = alloc::format!("{}@example.com", "a".repeat(limits::CODE_CHARS_MAX));
        assert!(!is_email(&long));
    }

    #[test]
    fn what_is_normal_is_not_copied_and_the_rest_becomes_normal() {
        for (first_name, is_kept) in [
            ("Ada", true),
            ("Jürgen", true),
            ("Anna Maria", true),
            ("", true),
            (" Ada", false),
            ("Ada ", false),
            ("\u{3000}Ada", false),
        ] {
            assert_eq!(is_plain(first_name), is_kept, "{first_name:?}");
            let mut text = alloc::string::String::from(first_name);
            trim("first_name", &mut text).expect("not refused");
            assert_eq!(text == first_name, is_kept, "{first_name:?}");
        }
        for refused in ["a\tb", "a\u{85}b", &"x".repeat(limits::NAME_CHARS_MAX + 1)] {
            assert!(!is_plain(refused), "{refused:?}");
        }
        assert!(is_lower_case("ada@example.com") && is_lower_case("jürgen"));
        assert!(!is_lower_case("Ada") && !is_lower_case("JÜRGEN"));
    }
}
