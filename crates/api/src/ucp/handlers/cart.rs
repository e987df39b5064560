//! Carts (2026-04-08): what a buyer puts aside, at today's prices, with nothing reserved.

use axum::body::Bytes;
use axum::http::StatusCode;
use commerce::checkout::{Buyer, Cart, Checkout, CheckoutStatus, Intent};
use commerce::command::{Command, Outcome, SaveCart};
use commerce::id::CartId;
use commerce::pricing;
use std::sync::Arc;

use super::checkout::unexpected;
use crate::app::now_ms;
use crate::promise::Outlook;
use crate::ucp::desk::{Desk, Replayed, Said, Visit};
use crate::ucp::intent::{Draft, Wanted};
use crate::ucp::key::Keyed;
use crate::ucp::note::Note;
use crate::ucp::present;
use crate::ucp::problem::Problem;
use crate::ucp::shape::{BuyerInput, DiscountsInput, ItemInput, LineInput};
use crate::ucp::v2026_04_08::{self, CartRequest};

/// Makes a cart.
///
/// # Errors
/// What is wrong with the request.
pub async fn create(desk: &Desk, visit: &Visit, body: &Bytes) -> Result<Said, Problem> {
    if let Some(answer) = desk.answered(visit).await? {
        return replay(desk, visit, &answer.outcome, StatusCode::CREATED);
    }
    let request: CartRequest = desk.parse(body)?;
    let mut draft = desk.start(visit, language(&request));
    draft.note.cart_key = Some(desk.app.access_key());
    let draft = merge(desk, draft, request)?;
    let save = save(CartId(desk.app.ids.next()), draft);
    submit(desk, visit, save, StatusCode::CREATED).await
}

/// Shows a cart.
///
/// # Errors
/// There is none behind this id.
pub async fn get(desk: &Desk, visit: &Visit, id: &str) -> Result<Said, Problem> {
    let (cart, _) = find(desk, id).await?;
    say(desk, visit, &cart)
}

/// Replaces what is in a cart.
///
/// # Errors
/// There is none behind this id, or what is wrong with the request.
pub async fn update(desk: &Desk, visit: &Visit, id: &str, body: &Bytes) -> Result<Said, Problem> {
    if let Some(answer) = desk.answered(visit).await? {
        return replay(desk, visit, &answer.outcome, StatusCode::OK);
    }
    let (cart, _) = find(desk, id).await?;
    let draft = merge(desk, Draft::of(&intent(&cart)), desk.parse(body)?)?;
    submit(desk, visit, save(cart.id, draft), StatusCode::OK).await
}

/// Gives a cart up and shows it a last time.
///
/// # Errors
/// There is none behind this id.
pub async fn cancel(desk: &Desk, visit: &Visit, id: &str) -> Result<Said, Problem> {
    let (cart, mut note) = find(desk, id).await?;
    let last = say(desk, visit, &cart)?;
    note.canceled = true;
    let save = SaveCart {
        id: cart.id,
        items: Vec::new(),
        currency: cart.currency,
        language: cart.language,
        extension: note.write(),
        points: Default::default(),
        expected_version: None,
    };
    // Without the key: a repeated cancel finds no cart, as the protocol says.
    let visit = Visit {
        idempotency: None,
        ..visit.clone()
    };
    desk.submit(&visit, Command::SaveCart(save)).await?;
    Ok(last)
}

fn language(request: &CartRequest) -> Option<&str> {
    request.context.as_ref()?.language.as_deref()
}

fn merge(desk: &Desk, draft: Draft, request: CartRequest) -> Result<Draft, Problem> {
    let wanted = Wanted {
        lines: Some(request.line_items),
        language: request.context.and_then(|context| context.language),
        buyer: Some(request.buyer.unwrap_or_default()),
        discounts: Some(request.discounts.unwrap_or_default()),
        ..Wanted::default()
    };
    let world = desk.app.shelf.read();
    let today = Outlook {
        world: &world,
        board: &desk.app.timetables.board(),
        now: now_ms(),
    };
    let mut draft = draft.merge(today, wanted, &[], desk.shared.around.rules)?;
    draft.note.codes = draft.intent.discount_codes.clone();
    draft.note.buyer = Some(Buyer::clone(&draft.intent.buyer));
    Ok(draft)
}

fn save(id: CartId, draft: Draft) -> SaveCart {
    SaveCart {
        id,
        items: draft.intent.items,
        currency: draft.intent.currency,
        language: draft.intent.language,
        extension: draft.note.write(),
        points: draft.intent.points,
        expected_version: None,
    }
}

async fn submit(
    desk: &Desk,
    visit: &Visit,
    save: SaveCart,
    status: StatusCode,
) -> Result<Said, Problem> {
    let decided = desk.submit(visit, Command::SaveCart(save)).await?;
    let replayed = Replayed::from(decided.replayed);
    let Outcome::Cart(cart) = decided.outcome else {
        return Err(unexpected());
    };
    Ok(say(desk, visit, &cart)?
        .with_status(status)
        .replayed(replayed))
}

fn replay(
    desk: &Desk,
    visit: &Visit,
    outcome: &Outcome,
    status: StatusCode,
) -> Result<Said, Problem> {
    let Outcome::Cart(cart) = outcome else {
        return Err(unexpected());
    };
    Ok(say(desk, visit, cart)?
        .with_status(status)
        .replayed(Replayed::Yes))
}

/// The cart with its note, if the key fits and it was not given up.
async fn find(desk: &Desk, id: &str) -> Result<(Arc<Cart>, Note), Problem> {
    let missing = || Problem::not_found("cart");
    let keyed = Keyed::<CartId>::parse(id).ok_or_else(missing)?;
    let cart = desk.cart(keyed.id).await?.ok_or_else(missing)?;
    let note = Note::read(&cart.extension).ok_or_else(missing)?;
    let open = note.cart_key.is_some_and(|key| keyed.opens(key)) && !note.canceled;
    if open {
        Ok((cart, note))
    } else {
        Err(missing())
    }
}

/// The cart as something that can be priced.
fn intent(cart: &Cart) -> Intent {
    let note = Note::read(&cart.extension).unwrap_or_default();
    let mut draft = Draft::empty(cart.currency, cart.language);
    draft.intent.items = cart.items.clone();
    draft.intent.discount_codes = note.codes.clone();
    draft.intent.buyer = note.buyer.clone().unwrap_or_default().into();
    draft.intent.extension = cart.extension.clone().into();
    draft.intent
}

fn say(desk: &Desk, visit: &Visit, cart: &Cart) -> Result<Said, Problem> {
    let intent = intent(cart);
    let note = Note::read(&cart.extension).unwrap_or_default();
    let keyed = Keyed {
        id: cart.id,
        access_key: note.cart_key.unwrap_or_default(),
    };
    let world = desk.app.shelf.read();
    let quote = pricing::quote(&world, crate::app::now_ms(), &intent)?;
    let mut view = present::cart(&desk.shared.around, keyed, &intent, &quote, &note);
    view.messages
        .extend(present::stock(&world, &intent, &quote));
    Ok(Said::ok(&v2026_04_08::cart(&view, &visit.negotiated)))
}

/// The open checkout that a cart became, if there is one.
///
/// # Errors
/// There is no cart behind this id.
pub async fn checkout_of(desk: &Desk, id: &str) -> Result<Option<Arc<Checkout>>, Problem> {
    let (_, note) = find(desk, id).await?;
    let Some(checkout) = note.cart_checkout else {
        return Ok(None);
    };
    let found = desk.checkout(checkout).await?;
    Ok(found.filter(|found| found.status == CheckoutStatus::Open && now_ms() < found.expires_at))
}

/// Puts a cart's contents in the place of what the request says.
///
/// # Errors
/// There is no cart behind this id.
pub async fn into_wanted(desk: &Desk, id: &str, wanted: &mut Wanted) -> Result<(), Problem> {
    let (cart, note) = find(desk, id).await?;
    let line = |(index, item): (usize, &commerce::checkout::Item)| LineInput {
        id: Some(note.line_id(index)),
        item: ItemInput {
            id: item.variant.to_string(),
        },
        quantity: i64::from(item.quantity),
    };
    wanted.lines = Some(cart.items.iter().enumerate().map(line).collect());
    wanted.language = Some(cart.language.tag().to_owned());
    wanted.currency = Some(cart.currency.to_string());
    if !note.codes.is_empty() {
        wanted.discounts = Some(DiscountsInput {
            codes: note.codes.clone(),
        });
    }
    if let Some(buyer) = note
        .buyer
        .filter(|buyer| *buyer != commerce::checkout::Buyer::default())
    {
        let part = |text: String| (!text.is_empty()).then_some(text);
        wanted.buyer = Some(BuyerInput {
            first_name: part(buyer.first_name),
            last_name: part(buyer.last_name),
            full_name: note.full_name,
            email: part(buyer.email),
            phone_number: part(buyer.phone),
            consent: note.consent,
        });
    }
    Ok(())
}

/// Remembers the checkout that a cart became.
///
/// # Errors
/// The cart cannot be saved.
pub async fn link(desk: &Desk, id: &str, checkout: &Checkout) -> Result<(), Problem> {
    let (cart, mut note) = find(desk, id).await?;
    note.cart_checkout = Some(checkout.id);
    let save = SaveCart {
        id: cart.id,
        items: cart.items.clone(),
        currency: cart.currency,
        language: cart.language,
        extension: note.write(),
        points: cart.points,
        expected_version: None,
    };
    desk.app.system(Command::SaveCart(save)).await?;
    Ok(())
}
