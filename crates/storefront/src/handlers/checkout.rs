//! The checkout up to the order: opening it from the cart, who and where, the order once more.

use super::account::wallet::of as wallet_of;
use super::cart::points_wanted;
use super::{Posted, fields};
use crate::address::{self, COUNTRIES, CountryRule, Errors, Typed, check_address, check_buyer};
use crate::pages::checkout::{DetailsView, PayChoice, ReviewNotice, ReviewView, path};
use crate::pages::{self};
use crate::views::availability::{self, Pickup, Shipping};
use crate::views::points::{PointsView, points_view};
use crate::views::presale::{self, PresaleView};
use crate::views::wallet;
use crate::views::{Reader, availability::intent_of};
use crate::visit::{Answer, Fault, Fields, Visit};
use api::{DoorError, promise};
use axum::extract::Path;
use axum::http::StatusCode;
use commerce::checkout::{Checkout, CheckoutStatus, Delivery, Intent, Item, Promise};
use commerce::code::Country;
use commerce::command::{OpenCheckout, UpdateCheckout};
use commerce::customer::{Customer, Membership, SavedPayment};
use commerce::id::{CheckoutId, LocationId, ShippingRateId, VariantId};
use commerce::limits::QUANTITY_MAX;
use commerce::points::PointsWanted;
use commerce::settings::Address;
use commerce::{Command, Money, Outcome, Refusal, World, pricing};
use std::sync::Arc;

/// The id and the key in an address.
pub type Where = Path<(String, String)>;

/// Opens a checkout for one article, if the form names one, else for what is in the cart.
pub async fn open(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let (items, wanted_points) = if fields.get("variant").is_empty() {
        let cart = visit.cart().await?;
        cart.map_or_else(Default::default, |c| (c.items.clone(), c.points))
    } else {
        let Some(item) = wanted(&fields) else {
            return Ok(visit.go("/cart?refused=quantity_invalid"));
        };
        (vec![item], PointsWanted::None)
    };
    if items.is_empty() {
        return Ok(visit.go("/cart"));
    }
    let member = visit.member().await?;
    let wallet = match &member {
        Some(member) => wallet_of(&visit, member).await?,
        None => Vec::new(),
    };
    let points = visit.points().await?;
    let intent = {
        let world = visit.shop.app.shelf.read();
        let reader = Reader {
            points,
            ..visit.reader(&world)
        };
        let mut intent = intent_of(&reader, items);
        intent.extension = visit.touches.extension();
        if let Some(member) = &member {
            fill_in_member(&reader, &mut intent, member);
            intent.points = wanted_points;
        }
        // Delivery counts from the first price on: the cheapest way, until another is chosen.
        choose_cheapest(&reader, &mut intent);
        wallet::use_wallet(&reader, &mut intent, &wallet);
        intent
    };
    let open = OpenCheckout {
        id: CheckoutId(visit.shop.app.ids.next()),
        access_key: visit.shop.app.access_key(),
        device: visit.device,
        intent,
    };
    match visit.submit(Command::OpenCheckout(open)).await {
        Ok(Outcome::Checkout(checkout)) => Ok(visit.go(&next_step(&checkout))),
        Ok(_) => Ok(visit.go("/cart")),
        Err(DoorError::Refused(refusal)) => {
            Ok(visit.go(&format!("/cart?refused={}", refusal.code())))
        }
        Err(error) => Err(visit.refused(error).await),
    }
}

/// The article that a form names, and how many pieces.
pub fn wanted(fields: &Fields) -> Option<Item> {
    let quantity: u32 = fields.get("quantity").trim().parse().ok()?;
    (1..=QUANTITY_MAX).contains(&quantity).then_some(Item {
        variant: VariantId::parse(fields.get("variant"))?,
        seller: None,
        quantity,
    })
}

/// Where a checkout goes on: who is known well need not fill in anything.
fn next_step(checkout: &Checkout) -> String {
    if is_filled_in(&checkout.intent) {
        format!("{}/review", path(checkout))
    } else {
        path(checkout)
    }
}

/// Makes a member the buyer, and their first address the destination if a parcel can go there.
fn fill_in_member(reader: &Reader<'_>, intent: &mut Intent, member: &Customer) {
    intent.member = Some(member.id);
    let buyer = Arc::make_mut(&mut intent.buyer);
    buyer.email.clone_from(&member.email);
    let goes_to = |address: &&Address| {
        let country = address.country.map(|c| c.to_string());
        served(reader.world)
            .iter()
            .any(|r| Some(r.code) == country.as_deref())
    };
    let mut book = member.addresses.iter().map(|(_, address)| address);
    if let Some(address) = book.find(goes_to) {
        buyer.first_name.clone_from(&address.first_name);
        buyer.last_name.clone_from(&address.last_name);
        buyer.phone.clone_from(&address.phone);
        intent.destination = Some(Arc::new(address.clone()));
    }
}

/// A checkout that a guest opened becomes the member's who signed in since.
async fn take_over(visit: &Visit, checkout: Arc<Checkout>) -> Result<Arc<Checkout>, Fault> {
    if visit.claims.is_none() || checkout.intent.member.is_some() {
        return Ok(checkout);
    }
    let Some(member) = visit.member().await? else {
        return Ok(checkout);
    };
    let wallet = wallet_of(visit, &member).await?;
    let points = visit.points_of(member.id).await?;
    let mut intent = checkout.intent.clone();
    {
        let world = visit.shop.app.shelf.read();
        let reader = reader_of(visit, &world, (&checkout, points));
        fill_in_member(&reader, &mut intent, &member);
        wallet::use_wallet(&reader, &mut intent, &wallet);
        if !matches!(intent.delivery, Some(Delivery::Pickup(_))) {
            choose_cheapest(&reader, &mut intent);
        }
    }
    let saved = update(visit, &checkout, intent).await;
    match saved {
        Ok(saved) => Ok(saved),
        Err(error) => Err(visit.refused(error).await),
    }
}

fn choose_cheapest(reader: &Reader<'_>, intent: &mut Intent) {
    let Some(country) = intent.destination.as_ref().and_then(|d| d.country) else {
        return;
    };
    let kept = match intent.delivery {
        Some(Delivery::Ship(rate)) => Some(rate),
        _ => None,
    };
    let found = shippings(reader, intent, country);
    let shipping = found
        .iter()
        .find(|s| Some(s.rate) == kept)
        .or(found.first());
    intent.delivery = shipping.map(|s| Delivery::Ship(s.rate));
    intent.promise = shipping.and_then(|s| s.promise);
}

/// The ways of shipping an intent's goods, cheapest first.
fn shippings(reader: &Reader<'_>, intent: &Intent, country: Country) -> Vec<Shipping> {
    let undelivered = Intent {
        delivery: None,
        ..intent.clone()
    };
    reader.price(&undelivered).map_or_else(
        |_| Vec::new(),
        |priced| availability::shippings(reader, intent, country, &priced.quote),
    )
}

/// The checkout in an address, if the key fits.
///
/// # Errors
/// The page that says that there is nothing.
pub async fn load(visit: &Visit, place: &(String, String)) -> Result<Arc<Checkout>, Fault> {
    let found = match (CheckoutId::parse(&place.0), key_of(&place.1)) {
        (Some(id), Some(key)) => {
            let found = visit.shop.app.checkout(id).await;
            let found = found.map_err(|e| visit.broken(&e))?;
            found.filter(|c| c.access_key == key)
        }
        _ => None,
    };
    match found {
        Some(checkout) => Ok(checkout),
        None => Err(visit.not_found().await),
    }
}

/// The key in an address: sixteen hexadecimal digits.
pub fn key_of(text: &str) -> Option<u64> {
    let plain = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// A checkout that can still be filled in; else where the shopper is sent instead.
async fn load_open(visit: &Visit, place: &(String, String)) -> Result<Arc<Checkout>, Fault> {
    let checkout = load(visit, place).await?;
    match checkout.status {
        CheckoutStatus::Placed => Err(visit.go(&format!("{}/pay", path(&checkout))).into()),
        CheckoutStatus::Canceled => Err(visit.go("/cart").into()),
        CheckoutStatus::Open if api::app::now_ms() >= checkout.expires_at => Err(visit
            .refused(DoorError::Refused(Refusal::CheckoutExpired))
            .await),
        CheckoutStatus::Open => Ok(checkout),
    }
}

/// Who and where.
pub async fn details(visit: Visit, Path(place): Where) -> Answer {
    let opened = load_open(&visit, &place).await?;
    let was_member = opened.intent.member.is_some();
    let checkout = take_over(&visit, opened).await?;
    if !was_member && checkout.intent.member.is_some() && is_filled_in(&checkout.intent) {
        return Ok(visit.go(&next_step(&checkout)));
    }
    let typed = typed_of(&checkout.intent);
    let method = method_of(&checkout.intent);
    show_details(&visit, &checkout, &typed, &Errors::new(), &method).await
}

fn typed_of(intent: &Intent) -> Typed {
    let buyer = &intent.buyer;
    Typed {
        email: buyer.email.clone(),
        first_name: buyer.first_name.clone(),
        last_name: buyer.last_name.clone(),
        phone: buyer.phone.clone(),
        ..typed_address(intent.destination.as_deref().unwrap_or(&Address::default()))
    }
}

/// An address as it stands in a form.
pub fn typed_address(address: &Address) -> Typed {
    let address = address.clone();
    Typed {
        email: String::new(),
        first_name: address.first_name,
        last_name: address.last_name,
        phone: address.phone,
        street: address.street,
        street_2: address.street_2,
        postal_code: address.postal_code,
        city: address.city,
        region: address.region,
        country: address.country.map_or_else(String::new, |c| c.to_string()),
    }
}

fn method_of(intent: &Intent) -> String {
    match intent.delivery {
        Some(Delivery::Pickup(location) | Delivery::CarryOut(location)) => location.to_string(),
        Some(Delivery::Ship(_)) | None => "ship".to_string(),
    }
}

async fn show_details(
    visit: &Visit,
    checkout: &Checkout,
    typed: &Typed,
    errors: &Errors,
    method: &str,
) -> Answer {
    let frame = visit.frame().await;
    let points = points_at(visit, checkout).await?;
    let (shipping, pickups, countries, tax_included) = {
        let world = visit.shop.app.shelf.read();
        let reader = reader_of(visit, &world, (checkout, points));
        let country = Country::parse(&typed.country).unwrap_or(visit.country);
        let shipping = shippings(&reader, &checkout.intent, country)
            .into_iter()
            .next();
        let pickups = availability::pickups(&reader, &checkout.intent.items);
        (shipping, pickups, served(&world), reader.tax_included())
    };
    let view = DetailsView {
        checkout,
        typed,
        errors,
        method,
        shipping: shipping.as_ref(),
        pickups: &pickups,
        countries: &countries,
        tax_included,
        signed_in: checkout.intent.member.is_some(),
    };
    let page = pages::checkout::details(&frame, &view);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page(status, &frame, &page))
}

/// A reader in the checkout's currency, which was fixed when it was opened, with the points of its member.
fn reader_of<'w>(
    visit: &'w Visit,
    world: &'w World,
    (checkout, points): (&Checkout, i64),
) -> Reader<'w> {
    Reader {
        currency: checkout.intent.currency,
        points,
        ..visit.reader(world)
    }
}

/// How many points the member can spend whose checkout it is; 0 of a guest's.
async fn points_at(visit: &Visit, checkout: &Checkout) -> Result<i64, Fault> {
    match checkout.intent.member {
        Some(member) => visit.points_of(member).await,
        None => Ok(0),
    }
}

/// The known countries that a shipping rate reaches, the shop's own first.
pub fn served(world: &World) -> Vec<&'static CountryRule> {
    let home = world.shop().map(|s| s.country);
    let reached = |rule: &&CountryRule| {
        Country::parse(rule.code).is_some_and(|c| pricing::rates_to(world, c).next().is_some())
    };
    let mut found: Vec<&'static CountryRule> = COUNTRIES.iter().filter(reached).collect();
    found.sort_by_key(|r| home.is_none_or(|h| h.as_str() != r.code));
    found
}

/// Saves who and where.
pub async fn save_details(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load_open(&visit, &place).await?;
    let typed = read_typed(&fields);
    let method = fields.get("method").to_string();
    let mut errors = Errors::new();
    check_buyer(&typed, &mut errors);
    let points = points_at(&visit, &checkout).await?;
    let mut intent = checkout.intent.clone();
    {
        let world = visit.shop.app.shelf.read();
        let reader = reader_of(&visit, &world, (&checkout, points));
        fill_in(&reader, &mut intent, &typed, &method, &mut errors);
    }
    if errors.is_empty() {
        let saved = update(&visit, &checkout, intent).await;
        match saved {
            Ok(saved) => return Ok(visit.go(&format!("{}/review", path(&saved)))),
            Err(DoorError::Refused(Refusal::FieldInvalid { field })) => {
                errors.insert(field, "field.too_long");
            }
            Err(error) => return Err(visit.refused(error).await),
        }
    }
    show_details(&visit, &checkout, &typed, &errors, &method).await
}

/// Puts what was typed into the intent, or says what is wrong with it.
fn fill_in(
    reader: &Reader<'_>,
    intent: &mut Intent,
    typed: &Typed,
    method: &str,
    errors: &mut Errors,
) {
    let clean = |text: &str| text.trim().to_string();
    let buyer = Arc::make_mut(&mut intent.buyer);
    buyer.email = clean(&typed.email);
    buyer.first_name = clean(&typed.first_name);
    buyer.last_name = clean(&typed.last_name);
    buyer.phone = clean(&typed.phone);
    intent.language = reader.texts.language();
    if method == "ship" {
        let countries: Vec<Country> = served(reader.world)
            .iter()
            .filter_map(|r| Country::parse(r.code))
            .collect();
        if let Some(address) = check_address(typed, &countries, errors) {
            intent.destination = Some(Arc::new(address));
            choose_cheapest(reader, intent);
            if intent.delivery.is_none() {
                errors.insert("method", "checkout.ship_not");
            }
        }
        return;
    }
    let place = LocationId::parse(method);
    let pickups = availability::pickups(reader, &intent.items);
    let ready = pickups
        .iter()
        .find(|p| Some(p.location) == place)
        .and_then(|p| Some((p, p.ready.as_ref()?)));
    match ready {
        Some((pickup, ready)) => {
            intent.destination = None;
            intent.delivery = Some(Delivery::Pickup(pickup.location));
            intent.promise = Some(ready.promise);
        }
        None => {
            errors.insert("method", "checkout.method_missing");
        }
    }
}

pub(crate) fn read_typed(fields: &Fields) -> Typed {
    let text = |name: &str| fields.get(name).to_string();
    Typed {
        email: text("email"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        street: text("street"),
        street_2: text("street_2"),
        postal_code: text("postal_code"),
        city: text("city"),
        region: text("region"),
        country: text("country"),
        phone: text("phone"),
    }
}

/// Replaces what the shopper filled in.
///
/// # Errors
/// As [`DoorError`] says.
pub async fn update(
    visit: &Visit,
    checkout: &Checkout,
    intent: Intent,
) -> Result<Arc<Checkout>, DoorError> {
    let update = UpdateCheckout {
        id: checkout.id,
        expected_version: None,
        intent,
    };
    match visit.submit(Command::UpdateCheckout(update)).await? {
        Outcome::Checkout(saved) => Ok(saved),
        _ => Ok(Arc::new(checkout.clone())),
    }
}

/// Whether everything is filled in that an order through the shop needs.
fn is_filled_in(intent: &Intent) -> bool {
    let to = |address: &Address| !address.street.is_empty() && !address.city.is_empty();
    let delivered = match intent.delivery {
        Some(Delivery::Ship(_)) => intent.destination.as_deref().is_some_and(to),
        Some(Delivery::Pickup(_)) => true,
        Some(Delivery::CarryOut(_)) | None => false,
    };
    delivered && !intent.buyer.email.is_empty()
}

/// The order once more.
pub async fn review(visit: Visit, Path(place): Where) -> Answer {
    let checkout = load_open(&visit, &place).await?;
    if !is_filled_in(&checkout.intent) {
        return Ok(visit.go(&path(&checkout)));
    }
    let frame = visit.frame().await;
    let said = said(&visit, &checkout);
    let member = visit.member().await?;
    let is_theirs = member.as_ref().map(|m| m.id) == checkout.intent.member;
    let wallet = match &member {
        Some(member) if is_theirs => wallet_of(&visit, member).await?,
        _ => Vec::new(),
    };
    let member = member.and_then(|m| m.membership);
    let mut pay = saved_choice(&visit, member.as_ref());
    pay.extend(pay_choices_for(&visit, checkout.quote.deposit.is_some()));
    let presale = presale_of(&visit, &checkout);
    let points = points_at(&visit, &checkout).await?;
    let (shippings, pickup, country, tax_included, spare, points) = {
        let world = visit.shop.app.shelf.read();
        let reader = reader_of(&visit, &world, (&checkout, points));
        let intent = &checkout.intent;
        let country = intent.destination.as_ref().and_then(|d| d.country);
        let shippings = country.map_or_else(Vec::new, |c| shippings(&reader, intent, c));
        let pickup: Option<Pickup> = match intent.delivery {
            Some(Delivery::Pickup(id)) => {
                let all = availability::pickups(&reader, &intent.items);
                all.into_iter().find(|p| p.location == id)
            }
            _ => None,
        };
        let name = country.map_or_else(String::new, |c| {
            address::country_name(c, visit.texts.language())
        });
        let spare = wallet::spare(&reader, intent, &wallet);
        let points = points_shown(&reader, &checkout, is_theirs);
        (
            shippings,
            pickup,
            name,
            reader.tax_included(),
            spare,
            points,
        )
    };
    let view = ReviewView {
        checkout: &checkout,
        shippings: &shippings,
        pickup: pickup.as_ref(),
        pay: &pay,
        keeps: member.map(|m| m.keeps_payment),
        said: said.as_ref(),
        tax_included,
        country,
        presale,
        spare: &spare,
        points,
    };
    Ok(visit.ok(&frame, &pages::checkout::review(&frame, &view)))
}

/// What a checkout has to do with points, for the member whose it is and for a guest. How many points a member has is
/// nobody else's business, and the address may have been passed on.
fn points_shown(reader: &Reader<'_>, checkout: &Checkout, is_theirs: bool) -> Option<PointsView> {
    let intent = &checkout.intent;
    if !is_theirs || checkout.quote.deposit.is_some() {
        return None;
    }
    let priced = reader.price(intent).ok()?;
    points_view(reader, intent, &priced.points)
}

/// What the address says happened before.
fn said(visit: &Visit, checkout: &Checkout) -> Option<ReviewNotice> {
    let value = |name: &str| {
        let mut pairs = visit.query.iter().filter(|(n, _)| n == name);
        pairs.next().map(|(_, v)| v.as_str())
    };
    let currency = checkout.intent.currency;
    if let Some(minor) = value("before").and_then(|v| v.parse().ok()) {
        let before = Money { minor, currency };
        let now = Money {
            minor: checkout.quote.total,
            currency,
        };
        return (before != now).then_some(ReviewNotice::PriceChanged { before, now });
    }
    if let Some(variant) = value("short").and_then(VariantId::parse) {
        let line = checkout.quote.lines.iter().find(|l| l.variant == variant)?;
        let left = value("left").and_then(|v| v.parse().ok()).unwrap_or(0);
        let title = line.title.clone();
        return Some(ReviewNotice::OutOfStock { title, left });
    }
    if let Some(code) = checkout.quote.rejected_codes.last() {
        return Some(ReviewNotice::CodeRejected(code.clone()));
    }
    let key = format!("refusal.{}", value("refused")?);
    let text = visit.texts.lookup(&key);
    Some(ReviewNotice::Failed(
        text.unwrap_or_else(|| visit.texts.t("refusal.other"))
            .to_string(),
    ))
}

/// What the form says when the card that a member keeps is to pay.
pub const SAVED: &str = "saved";

/// The card that a member keeps, if its provider is still there.
pub fn saved_payment<'m>(
    visit: &Visit,
    member: Option<&'m Membership>,
) -> Option<&'m SavedPayment> {
    let saved = member?.saved_payment.as_ref()?;
    let providers = &visit.shop.app.config.providers;
    let is_there = providers.iter().any(|p| p.name == saved.provider);
    is_there.then_some(saved)
}

fn saved_choice(visit: &Visit, member: Option<&Membership>) -> Vec<PayChoice> {
    let choice = |saved: &SavedPayment| PayChoice {
        value: SAVED.to_string(),
        label: saved.label.clone(),
    };
    saved_payment(visit, member)
        .map(choice)
        .into_iter()
        .collect()
}

/// What is paid at once and what later, if a checkout's goods are on presale.
fn presale_of(visit: &Visit, checkout: &Checkout) -> Option<PresaleView> {
    let deposit = checkout.quote.deposit.as_deref()?;
    let world = visit.shop.app.shelf.read();
    let first = world.locations().min_by_key(|l| l.rank);
    let zone = first.map_or(jiff::tz::TimeZone::UTC, promise::zone_of);
    let of = (checkout.quote.total, checkout.intent.currency);
    Some(presale::agreed(deposit, of, api::app::now_ms(), zone))
}

/// The ways to pay; goods on presale are paid for at once.
pub fn pay_choices_for(visit: &Visit, on_presale: bool) -> Vec<PayChoice> {
    let mut choices = pay_choices(visit);
    choices.retain(|c| !on_presale || !c.value.is_empty());
    choices
}

/// The ways to pay, the preferred one first.
pub fn pay_choices(visit: &Visit) -> Vec<PayChoice> {
    let t = visit.texts;
    let config = &visit.shop.app.config;
    let providers = config.providers.iter().map(|p| PayChoice {
        value: p.name.clone(),
        label: if p.test_money {
            t.t("review.card_test").to_string()
        } else {
            t.t("review.card").to_string()
        },
    });
    let on_account = config.on_account.then(|| PayChoice {
        value: String::new(),
        label: t.t("review.on_account").to_string(),
    });
    providers.chain(on_account).collect()
}

/// Another way of shipping.
pub async fn choose_delivery(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load_open(&visit, &place).await?;
    let mut intent = checkout.intent.clone();
    if let Some(rate) = ShippingRateId::parse(fields.get("rate")) {
        let points = points_at(&visit, &checkout).await?;
        let world = visit.shop.app.shelf.read();
        let reader = reader_of(&visit, &world, (&checkout, points));
        intent.delivery = Some(Delivery::Ship(rate));
        choose_cheapest(&reader, &mut intent);
    }
    save_and_review(&visit, &checkout, intent).await
}

/// Pays with the member's points as far as they go, or without.
pub async fn set_points(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load_open(&visit, &place).await?;
    let mut intent = checkout.intent.clone();
    intent.points = points_wanted(&fields);
    save_and_review(&visit, &checkout, intent).await
}

/// A discount code more or less.
pub async fn change_discount(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load_open(&visit, &place).await?;
    let mut intent = checkout.intent.clone();
    let remove = fields.get("remove");
    // Codes that did not apply are forgotten: the page has said so.
    let applied = &checkout.quote.applied;
    intent.discount_codes = applied
        .iter()
        .map(|a| a.code.clone())
        .filter(|c| !c.is_empty() && c != remove)
        .collect();
    let typed: String = fields.get("code").trim().chars().take(60).collect();
    if remove.is_empty() && !typed.is_empty() {
        intent.discount_codes.push(typed);
    }
    save_and_review(&visit, &checkout, intent).await
}

async fn save_and_review(visit: &Visit, checkout: &Checkout, intent: Intent) -> Answer {
    match update(visit, checkout, intent).await {
        Ok(saved) => Ok(visit.go(&format!("{}/review", path(&saved)))),
        Err(error) => Err(visit.refused(error).await),
    }
}

/// The arrival as it would be sold now.
pub fn promise_now(visit: &Visit, checkout: &Checkout) -> Option<Promise> {
    let world = visit.shop.app.shelf.read();
    let intent = &checkout.intent;
    let reader = visit.reader(&world);
    reader.outlook().promised(intent, intent.delivery?)
}
