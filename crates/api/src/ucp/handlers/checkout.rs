//! Checkout sessions: create, get, update, cancel. Completing is in [`super::complete`].

use axum::body::Bytes;
use axum::http::StatusCode;
use commerce::checkout::{Checkout, CheckoutStatus, Intent};
use commerce::command::{Command, Device, OpenCheckout, Outcome, UpdateCheckout};
use commerce::customer::Customer;
use commerce::decide::Decided;
use commerce::id::{CheckoutId, CustomerId};
use commerce::limits::ADDRESSES_MAX;
use commerce::order::Group;
use commerce::refusal::Refusal;
use commerce::world::Record;
use std::sync::Arc;

use crate::app::{DoorError, Submitted, now_ms};
use crate::promise::Outlook;
use crate::ucp::delivery;
use crate::ucp::desk::{Desk, Replayed, Said, Visit};
use crate::ucp::intent::{Draft, Wanted};
use crate::ucp::key::Keyed;
use crate::ucp::note::{NamedAddress, Note};
use crate::ucp::present;
use crate::ucp::problem::Problem;
use crate::ucp::rules::AddressBook;
use crate::ucp::version::Version;
use crate::ucp::view::{self, Message};
use crate::ucp::{v2026_01_11, v2026_04_08};

/// How often an update is tried again when somebody else was faster.
const UPDATE_ATTEMPTS_MAX: usize = 3;

type Book = Vec<(String, commerce::settings::Address)>;

/// A checkout with the note in its extension.
#[derive(Debug)]
pub struct Noted {
    /// The checkout.
    pub checkout: Arc<Checkout>,
    /// The note.
    pub note: Arc<Note>,
}

impl Noted {
    /// With its note, which is read now if it is not known.
    #[must_use]
    pub fn of(checkout: Arc<Checkout>) -> Self {
        let note = Note::of(&checkout.intent.extension);
        Self { checkout, note }
    }

    /// What came of a command.
    fn decided(decided: Decided) -> Result<(Self, Replayed), Problem> {
        match decided.outcome {
            Outcome::Checkout(checkout) => {
                Ok((Self::of(checkout), Replayed::from(decided.replayed)))
            }
            _ => Err(unexpected()),
        }
    }
}

/// Opens a checkout.
///
/// # Errors
/// What is wrong with the request, or nothing of it can be had.
pub async fn create(desk: &Desk, visit: &Visit, body: Bytes) -> Result<Said, Problem> {
    if let Some(answer) = desk.answered(visit).await? {
        return replay(desk, visit, &answer.outcome, StatusCode::CREATED);
    }
    let (wanted, cart) = match desk.version {
        Version::V2026_01_11 => (wanted_2026_01_11(desk.parse(&body)?), None),
        Version::V2026_04_08 => {
            let mut request: v2026_04_08::CheckoutRequest = desk.parse(&body)?;
            let cart = request.cart_id.take();
            (wanted_2026_04_08(request), cart)
        }
    };
    // Whoever waits for the writer holds nothing that is not needed any more: many wait.
    drop(body);
    if let Some(cart) = cart {
        return Box::pin(create_from_cart(desk, visit, &cart, wanted)).await;
    }
    let opening = open(desk, visit, wanted).await?;
    let (opened, replayed) = Noted::decided(opening.await?)?;
    let said = say(desk, visit, &opened, None).with_status(StatusCode::CREATED);
    Ok(said.replayed(replayed))
}

/// Opens a checkout with what is in a cart, or shows the one that it became.
async fn create_from_cart(
    desk: &Desk,
    visit: &Visit,
    cart: &str,
    mut wanted: Wanted,
) -> Result<Said, Problem> {
    if let Some(existing) = super::cart::checkout_of(desk, cart).await? {
        let group = group_of(desk, &existing).await?;
        return Ok(say(desk, visit, &Noted::of(existing), group.as_deref()));
    }
    super::cart::into_wanted(desk, cart, &mut wanted).await?;
    let opening = open(desk, visit, wanted).await?;
    let (opened, replayed) = Noted::decided(opening.await?)?;
    super::cart::link(desk, cart, &opened.checkout).await?;
    let said = say(desk, visit, &opened, None).with_status(StatusCode::CREATED);
    Ok(said.replayed(replayed))
}

/// Has a new checkout opened.
async fn open(desk: &Desk, visit: &Visit, wanted: Wanted) -> Result<Submitted, Problem> {
    let book = book(desk, &wanted, "").await?;
    let draft = desk.start(visit, wanted.language.as_deref());
    let draft = fill_in(desk, draft, wanted, &book)?;
    check_stock(desk, &draft.intent)?;
    let open = OpenCheckout {
        id: CheckoutId(desk.app.ids.next()),
        access_key: desk.app.access_key(),
        device: Device::Unknown,
        intent: with_addresses_saved(desk, draft).await?,
    };
    Ok(desk.submit(visit, Command::OpenCheckout(open)))
}

/// The draft with what is wanted.
fn fill_in(desk: &Desk, draft: Draft, wanted: Wanted, book: &Book) -> Result<Draft, Problem> {
    let rules = desk.shared.around.rules;
    let world = desk.app.shelf.read();
    let today = Outlook {
        world: &world,
        board: &desk.app.timetables.board(),
        now: now_ms(),
    };
    draft.merge(today, wanted, book, rules)
}

/// The stored addresses of whoever has the mail address that is wanted, or was there before; where platforms may
/// see them.
async fn book(desk: &Desk, wanted: &Wanted, before: &str) -> Result<Book, Problem> {
    let sent = wanted.buyer.as_ref().and_then(|b| b.email.as_deref());
    let email = sent.unwrap_or(before).trim();
    if desk.shared.around.rules.address_book == AddressBook::Closed || email.is_empty() {
        return Ok(Book::new());
    }
    let email = email.to_lowercase();
    let customer = desk
        .read(move |queries| queries.customer_by_email(&email))
        .await?;
    Ok(customer
        .map(|customer| customer.addresses)
        .unwrap_or_default())
}

/// The intent of a draft, with its new addresses added to the customer's book.
async fn with_addresses_saved(desk: &Desk, draft: Draft) -> Result<Intent, Problem> {
    let (intent, addresses_new) = draft.finish();
    if addresses_new.is_empty() || intent.buyer.email.is_empty() {
        return Ok(intent);
    }
    // In a place of its own: it is rare, and nobody else needs its room.
    Box::pin(save_addresses(
        desk,
        intent.buyer.email.clone(),
        addresses_new,
    ))
    .await?;
    Ok(intent)
}

async fn save_addresses(
    desk: &Desk,
    email: String,
    addresses_new: Vec<NamedAddress>,
) -> Result<(), Problem> {
    let key = email.clone();
    let known = desk
        .read(move |queries| queries.customer_by_email(&key))
        .await?;
    let mut customer =
        known.unwrap_or_else(|| Customer::new(CustomerId(desk.app.ids.next()), email));
    // A member's own book is not for strangers to write in.
    let is_closed = desk.shared.around.rules.address_book == AddressBook::Closed;
    if is_closed && customer.is_member() {
        return Ok(());
    }
    let stored = |new: NamedAddress| (new.id, delivery::to_core(&new.address));
    customer.version += 1;
    let room = ADDRESSES_MAX.saturating_sub(customer.addresses.len());
    customer
        .addresses
        .extend(addresses_new.into_iter().take(room).map(stored));
    desk.app
        .system(Command::SaveRecords(vec![Record::Customer(customer)]))
        .await?;
    Ok(())
}

/// Goods that can't be had: this version's way to say so.
fn check_stock(desk: &Desk, intent: &Intent) -> Result<(), Problem> {
    let world = desk.app.shelf.read();
    if present::is_in_stock(&world, intent) {
        return Ok(());
    }
    let quote = commerce::pricing::quote(&world, crate::app::now_ms(), intent)?;
    let short = present::stock(&world, intent, &quote);
    let Some(first) = short.first() else {
        return Ok(());
    };
    let all = short.len() == intent.items.len();
    match desk.version {
        Version::V2026_04_08 if !all => Ok(()),
        Version::V2026_01_11 | Version::V2026_04_08 => Err(out_of_stock(first)),
    }
}

fn out_of_stock(message: &Message) -> Problem {
    let problem = Problem::business(
        StatusCode::BAD_REQUEST,
        "out_of_stock",
        message.content.clone(),
    );
    match &message.path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    }
}

/// Shows a checkout.
///
/// # Errors
/// There is none behind this id.
pub async fn get(desk: &Desk, visit: &Visit, id: &str) -> Result<Said, Problem> {
    let checkout = find(desk, id).await?;
    let group = group_of(desk, &checkout).await?;
    Ok(say(desk, visit, &Noted::of(checkout), group.as_deref()))
}

/// Replaces what was filled in.
///
/// # Errors
/// What is wrong with the request, or the checkout is over.
pub async fn update(desk: &Desk, visit: &Visit, id: &str, body: Bytes) -> Result<Said, Problem> {
    if let Some(answer) = desk.answered(visit).await? {
        return replay(desk, visit, &answer.outcome, StatusCode::OK);
    }
    for _ in 0..UPDATE_ATTEMPTS_MAX {
        // Read anew in each attempt: whoever waits for the writer holds the body alone, and there is rarely a second.
        let wanted = match desk.version {
            Version::V2026_01_11 => wanted_2026_01_11(desk.parse(&body)?),
            Version::V2026_04_08 => wanted_2026_04_08(desk.parse(&body)?),
        };
        let changing = change(desk, visit, id, wanted).await?;
        match changing.await {
            Ok(decided) => {
                let (changed, replayed) = Noted::decided(decided)?;
                return Ok(say(desk, visit, &changed, None).replayed(replayed));
            }
            Err(DoorError::Refused(Refusal::VersionConflict { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::protocol(
        StatusCode::CONFLICT,
        "version_conflict",
        "The checkout is being changed by others.",
    ))
}

/// Has an open checkout changed to what is wanted.
async fn change(
    desk: &Desk,
    visit: &Visit,
    id: &str,
    wanted: Wanted,
) -> Result<Submitted, Problem> {
    let before = find(desk, id).await?;
    if before.status != CheckoutStatus::Open || now_ms() >= before.expires_at {
        return Err(Problem::closed());
    }
    let book = book(desk, &wanted, &before.intent.buyer.email).await?;
    let mut draft = Draft::of(&before.intent);
    draft.note.platform = Some(visit.platform.clone());
    let draft = fill_in(desk, draft, wanted, &book)?;
    if desk.version == Version::V2026_01_11 {
        check_stock(desk, &draft.intent)?;
    }
    let command = UpdateCheckout {
        id: before.id,
        expected_version: Some(before.version),
        intent: with_addresses_saved(desk, draft).await?,
    };
    Ok(desk.submit(visit, Command::UpdateCheckout(command)))
}

/// Gives a checkout up.
///
/// # Errors
/// There is none behind this id, or it is over already.
pub async fn cancel(desk: &Desk, visit: &Visit, id: &str) -> Result<Said, Problem> {
    if let Some(answer) = desk.answered(visit).await? {
        return replay(desk, visit, &answer.outcome, StatusCode::OK);
    }
    let checkout = find(desk, id).await?;
    if checkout.status != CheckoutStatus::Open {
        return Err(Problem::closed());
    }
    let decided = desk
        .submit(visit, Command::CancelCheckout(checkout.id))
        .await?;
    let Outcome::Checkout(checkout) = decided.outcome else {
        return Err(unexpected());
    };
    let said = say(desk, visit, &Noted::of(checkout), None);
    Ok(said.replayed(Replayed::from(decided.replayed)))
}

/// The checkout behind a keyed id.
///
/// # Errors
/// There is none, or the key does not fit.
pub async fn find(desk: &Desk, id: &str) -> Result<Arc<Checkout>, Problem> {
    let missing = || Problem::not_found("checkout session");
    let keyed = Keyed::<CheckoutId>::parse(id).ok_or_else(missing)?;
    let found = desk.checkout(keyed.id).await?;
    found
        .filter(|checkout| keyed.opens(checkout.access_key))
        .ok_or_else(missing)
}

/// The group that a checkout became, if it was placed.
///
/// # Errors
/// The database cannot be read.
pub async fn group_of(desk: &Desk, checkout: &Checkout) -> Result<Option<Arc<Group>>, Problem> {
    if checkout.status != CheckoutStatus::Placed {
        return Ok(None);
    }
    let id = checkout.id.group();
    desk.group(id).await
}

/// The checkout in this version.
#[must_use]
pub fn say(desk: &Desk, visit: &Visit, said: &Noted, group: Option<&Group>) -> Said {
    desk.now(|at| {
        let view = present::checkout(at, &said.checkout, &said.note, group);
        match desk.version {
            Version::V2026_01_11 => say_2026_01_11(&view),
            Version::V2026_04_08 => say_2026_04_08(visit, &view),
        }
    })
}

/// A checkout in version 2026-01-11.
#[must_use]
pub fn say_2026_01_11(view: &view::Checkout<'_>) -> Said {
    let envelope = v2026_01_11::checkout_envelope();
    Said::enveloped(envelope, &v2026_01_11::checkout(view))
}

/// A checkout in version 2026-04-08.
#[must_use]
pub fn say_2026_04_08(visit: &Visit, view: &view::Checkout<'_>) -> Said {
    let negotiated = &visit.negotiated;
    let spell = || v2026_04_08::checkout_envelope(negotiated, view.handlers);
    let envelope = negotiated.checkout_envelope(spell);
    Said::enveloped(envelope, &v2026_04_08::checkout(view, negotiated))
}

/// The stored outcome once more.
fn replay(
    desk: &Desk,
    visit: &Visit,
    outcome: &Outcome,
    status: StatusCode,
) -> Result<Said, Problem> {
    match outcome {
        Outcome::Checkout(checkout) => {
            let said = say(desk, visit, &Noted::of(checkout.clone()), None);
            Ok(said.with_status(status).replayed(Replayed::Yes))
        }
        _ => Err(unexpected()),
    }
}

/// The core answered with something else than what was asked for.
#[must_use]
pub fn unexpected() -> Problem {
    let content = "A check inside the system failed; nothing was changed.";
    Problem::protocol(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal_invariant",
        content,
    )
}

fn wanted_2026_01_11(request: v2026_01_11::CheckoutRequest) -> Wanted {
    let payment = (!request.payment.is_null()).then(|| request.payment());
    Wanted {
        lines: (!request.line_items.is_empty()).then_some(request.line_items),
        currency: request.currency,
        language: None,
        buyer: request.buyer,
        fulfillment: request.fulfillment,
        discounts: request.discounts,
        payment,
    }
}

/// This version replaces the whole session: what is absent is cleared.
fn wanted_2026_04_08(request: v2026_04_08::CheckoutRequest) -> Wanted {
    let context = request.context.unwrap_or_default();
    Wanted {
        lines: Some(request.line_items),
        currency: None,
        language: context.language,
        buyer: Some(request.buyer.unwrap_or_default()),
        fulfillment: Some(request.fulfillment.unwrap_or_default()),
        discounts: Some(request.discounts.unwrap_or_default()),
        payment: Some(request.payment.unwrap_or_default()),
    }
}
