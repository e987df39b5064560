//! Completing a checkout: the order is placed, and its payment is waited for, but not for long.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use commerce::checkout::{Checkout, CheckoutStatus, Intent};
use commerce::command::{Command, Outcome, PlaceOrder, RetryPayment, UpdateCheckout};
use commerce::decide::Decided;
use commerce::id::GroupId;
use commerce::order::{Group, GroupState};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::refusal::Refusal;

use super::checkout::{Noted, find, group_of, say, say_2026_04_08, unexpected};
use crate::app::{DoorError, Watch, now_ms};
use crate::promise::Outlook;
use crate::ucp::desk::{Desk, Replayed, Said, Visit};
use crate::ucp::present;
use crate::ucp::problem::{Problem, fulfillment_missing};
use crate::ucp::shape::InstrumentInput;
use crate::ucp::version::Version;
use crate::ucp::view::Message;
use crate::ucp::{payment, v2026_01_11, v2026_04_08};

/// How long a provider is waited for before the answer is "in progress".
const PAYMENT_WAIT: Duration = Duration::from_secs(10);

/// News of a group.
type Changes = tokio::sync::watch::Receiver<Option<Arc<Group>>>;

/// Places the order and says how its payment went.
///
/// # Errors
/// The checkout is over, something is missing, the payment was declined (as this version says it).
pub async fn complete(desk: &Desk, visit: &Visit, id: &str, body: Bytes) -> Result<Said, Problem> {
    let instrument = instrument(desk, &body);
    drop(body);
    let found = Noted::of(find(desk, id).await?);
    if desk.answered(visit).await?.is_some() {
        let group = group_of(desk, &found.checkout).await?;
        let group = group.ok_or_else(unexpected)?;
        return tell(desk, visit, &found, &group, Replayed::Yes);
    }
    let method = payment::method(&desk.app.config, &instrument?)?;
    // What is rare has a place of its own, so that those who wait for the writer need little room: they are many.
    match group_of(desk, &found.checkout).await? {
        Some(group) => Box::pin(again(desk, visit, found, group, method)).await,
        None => first(desk, visit, found, method).await,
    }
}

fn instrument(desk: &Desk, body: &Bytes) -> Result<InstrumentInput, Problem> {
    match desk.version {
        Version::V2026_01_11 => Ok(desk
            .parse::<v2026_01_11::CompleteRequest>(body)?
            .payment_data),
        Version::V2026_04_08 => {
            let request: v2026_04_08::CompleteRequest = desk.parse(body)?;
            let selected = request.payment.selected().cloned();
            selected.ok_or_else(|| {
                let content = "Name the one instrument to pay with.";
                Problem::business(StatusCode::BAD_REQUEST, "missing", content)
                    .at("$.payment.instruments")
            })
        }
    }
}

/// Completes an open checkout.
async fn first(
    desk: &Desk,
    visit: &Visit,
    found: Noted,
    method: PaymentMethod,
) -> Result<Said, Problem> {
    let open = &found.checkout;
    if open.status != CheckoutStatus::Open || now_ms() >= open.expires_at {
        return Err(Problem::closed());
    }
    if let Some(blocked) = blocked(desk, visit, &found) {
        return blocked;
    }
    // What the buyer saw; whatever follows must not cost more.
    let expected_total = Some(open.quote.total);
    let found = Noted {
        checkout: with_promise_of_today(desk, visit, found.checkout).await?,
        ..found
    };
    let changes = changes(desk, found.checkout.id.group(), &method);
    let command = PlaceOrder {
        checkout: found.checkout.id,
        expected_total,
        method,
        return_url: return_url(desk, &found.checkout),
        unheard: found.note.is_unheard(),
    };
    match desk.submit(visit, Command::PlaceOrder(command)).await {
        Ok(decided) => settle(desk, visit, &found, decided, changes).await,
        Err(DoorError::Refused(Refusal::PriceChanged { .. })) => {
            Box::pin(price_changed(desk, visit, found)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What the provider will say of a group, from before it is asked, so that no word is missed; on account there is
/// nobody to ask.
fn changes(desk: &Desk, group: GroupId, method: &PaymentMethod) -> Option<Changes> {
    (*method != PaymentMethod::OnAccount).then(|| desk.app.watch.group(group))
}

/// The checkout with the arrival that can be promised now: it may have been filled in hours ago.
async fn with_promise_of_today(
    desk: &Desk,
    visit: &Visit,
    checkout: Arc<Checkout>,
) -> Result<Arc<Checkout>, Problem> {
    let promise = checkout.intent.delivery.and_then(|delivery| {
        let today = Outlook {
            world: &desk.app.shelf.read(),
            board: &desk.app.timetables.board(),
            now: now_ms(),
        };
        today.promised(&checkout.intent, delivery)
    });
    if promise == checkout.intent.promise {
        return Ok(checkout);
    }
    let intent = Intent {
        promise,
        ..checkout.intent.clone()
    };
    Box::pin(change(desk, visit, &checkout, intent)).await
}

/// Changes an open checkout on our own account, beside the platform's request.
async fn change(
    desk: &Desk,
    visit: &Visit,
    checkout: &Checkout,
    intent: Intent,
) -> Result<Arc<Checkout>, Problem> {
    let command = UpdateCheckout {
        id: checkout.id,
        expected_version: Some(checkout.version),
        intent,
    };
    let visit_without_key = Visit {
        idempotency: None,
        ..visit.clone()
    };
    let decided = desk
        .submit(&visit_without_key, Command::UpdateCheckout(command))
        .await?;
    match decided.outcome {
        Outcome::Checkout(checkout) => Ok(checkout),
        _ => Err(unexpected()),
    }
}

/// Pays once more for a checkout whose payment was declined or left at the provider's page.
async fn again(
    desk: &Desk,
    visit: &Visit,
    found: Noted,
    group: Arc<Group>,
    method: PaymentMethod,
) -> Result<Said, Problem> {
    let waits = group.state == GroupState::PendingPayment;
    if !waits
        || group
            .last_payment()
            .is_none_or(|payment| payment.state == PaymentState::Pending)
    {
        return Err(Problem::closed());
    }
    let changes = changes(desk, group.id, &method);
    let command = RetryPayment {
        group: group.id,
        method,
        return_url: return_url(desk, &found.checkout),
    };
    let decided = desk.submit(visit, Command::RetryPayment(command)).await?;
    settle(desk, visit, &found, decided, changes).await
}

fn return_url(desk: &Desk, checkout: &Checkout) -> String {
    let (id, key) = (checkout.id.group(), checkout.access_key);
    format!("{}/orders/{id}/{key:016x}", desk.shared.around.public_url)
}

/// What keeps the checkout from being completed, as this version says it.
fn blocked(desk: &Desk, visit: &Visit, found: &Noted) -> Option<Result<Said, Problem>> {
    let first = desk.now(|at| present::obstacle(at, &found.checkout, &found.note))?;
    Some(match desk.version {
        Version::V2026_04_08 => Ok(say(desk, visit, found, None)),
        Version::V2026_01_11 => Err(match &first.path {
            Some(path) if path.starts_with("$.fulfillment") => fulfillment_missing(),
            _ => Problem::business(StatusCode::BAD_REQUEST, first.code, first.content.clone()),
        }),
    })
}

/// Waits for the provider and tells how it went.
async fn settle(
    desk: &Desk,
    visit: &Visit,
    found: &Noted,
    decided: Decided,
    changes: Option<Changes>,
) -> Result<Said, Problem> {
    let Outcome::Group(placed) = decided.outcome else {
        return Err(unexpected());
    };
    let replayed = Replayed::from(decided.replayed);
    let group = if is_settled(&placed) {
        placed
    } else {
        // Without changes somebody else placed it, at the same time and to be paid in another way.
        let changes = changes.unwrap_or_else(|| desk.app.watch.group(placed.id));
        let settled = Box::pin(Watch::until(changes, PAYMENT_WAIT, is_settled));
        settled.await.unwrap_or(placed)
    };
    tell(desk, visit, found, &group, replayed)
}

/// Whether the provider has said something.
fn is_settled(group: &Group) -> bool {
    group.state != GroupState::PendingPayment
        || group
            .last_payment()
            .is_some_and(|payment| payment.state != PaymentState::Pending)
}

/// The checkout with the order it became, or that its payment was declined.
fn tell(
    desk: &Desk,
    visit: &Visit,
    found: &Noted,
    group: &Group,
    replayed: Replayed,
) -> Result<Said, Problem> {
    let lost = group
        .last_payment()
        .filter(|payment| group.state == GroupState::PendingPayment && present::is_lost(payment));
    match (desk.version, lost) {
        (Version::V2026_01_11, Some(payment)) => Err(Problem::business(
            StatusCode::PAYMENT_REQUIRED,
            "payment_failed",
            present::declined(payment).content,
        )),
        _ => Ok(say(desk, visit, found, Some(group)).replayed(replayed)),
    }
}

/// The shop's prices are not those that the buyer saw: the checkout shows the new ones, nothing is charged.
async fn price_changed(desk: &Desk, visit: &Visit, found: Noted) -> Result<Said, Problem> {
    let intent = found.checkout.intent.clone();
    let checkout = change(desk, visit, &found.checkout, intent).await?;
    let problem = || {
        let content = "The price has changed since it was shown; nothing was charged.";
        Problem::business(StatusCode::CONFLICT, "price_changed", content).at("$.totals")
    };
    if desk.version == Version::V2026_01_11 {
        return Err(problem());
    }
    let warning = Message::warning("price_changed", "$.totals", problem().content);
    Ok(desk.now(|at| {
        let mut view = present::checkout(at, &checkout, &found.note, None);
        view.messages.insert(0, warning);
        say_2026_04_08(visit, &view)
    }))
}
