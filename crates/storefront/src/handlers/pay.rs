//! From the placed order to the paid one, with every way it can fail. The checkout's id is the key:
//! placing it twice, by a double click or a reload, gives the same order.

use super::checkout::{SAVED, Where, load, pay_choices_for, promise_now, saved_payment, update};
use super::{Posted, cart, fields};
use crate::pages::checkout::path;
use crate::pages::order::path as order_path;
use crate::pages::pay::{PayState, PayView};
use crate::pages::{self};
use crate::promise;
use crate::visit::{Answer, Fault, Fields, Visit};
use api::{DoorError, Watch};
use axum::extract::Path;
use commerce::checkout::{Checkout, CheckoutStatus, Item};
use commerce::command::{CancelOrder, PlaceOrder, RetryPayment};
use commerce::customer::{Customer, Membership};
use commerce::order::{CancelReason, Group, GroupState};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::{Command, Money, Refusal};
use std::sync::Arc;
use std::time::Duration;

/// How long a page waits for the provider before it shows itself.
const WAIT_FOR_PROVIDER: Duration = Duration::from_secs(5);

/// Places the order and starts the payment.
pub async fn place(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let mut checkout = load(&visit, &place).await?;
    let here = path(&checkout);
    if checkout.status == CheckoutStatus::Placed {
        return Ok(visit.go(&format!("{here}/pay?go=1")));
    }
    let promise = promise_now(&visit, &checkout);
    if promise != checkout.intent.promise && checkout.status == CheckoutStatus::Open {
        let intent = commerce::checkout::Intent {
            promise,
            ..checkout.intent.clone()
        };
        match update(&visit, &checkout, intent).await {
            Ok(saved) => checkout = saved,
            Err(error) => return Err(visit.refused(error).await),
        }
    }
    note_keeping(&visit, &fields).await?;
    let command = PlaceOrder {
        checkout: checkout.id,
        expected_total: fields.get("expected_total").parse().ok(),
        method: method(&visit, &fields).await?,
        return_url: format!("{}{here}/return", visit.shop.app.config.public_url),
        // A shopper may finish by hand what a platform began.
        unheard: false,
    };
    match visit.submit(Command::PlaceOrder(command)).await {
        Ok(_) => {
            take_out_of_cart(&visit, &checkout).await?;
            Ok(visit.go(&format!("{here}/pay?go=1")))
        }
        Err(error) => not_placed(&visit, &checkout, error).await,
    }
}

/// Why an order was not placed: shown where it can be mended.
async fn not_placed(visit: &Visit, checkout: &Checkout, error: DoorError) -> Answer {
    let here = path(checkout);
    let to = match error {
        DoorError::Refused(Refusal::PriceChanged { expected, .. }) => {
            // Priced anew, so that the review shows what it costs now.
            if let Err(error) = update(visit, checkout, checkout.intent.clone()).await {
                return Err(visit.refused(error).await);
            }
            format!("{here}/review?before={expected}")
        }
        DoorError::Refused(Refusal::OutOfStock { variant, available }) => {
            format!("{here}/review?short={variant}&left={}", available.max(0))
        }
        DoorError::Refused(Refusal::CheckoutIncomplete { .. }) => here,
        DoorError::Refused(refusal) if refusal != Refusal::CheckoutExpired => {
            format!("{here}/review?refused={}", refusal.code())
        }
        other => return Err(visit.refused(other).await),
    };
    Ok(visit.go(&to))
}

/// Takes note of whether a member wants the card that they will show to be kept. Before the payment begins: the
/// provider is told then.
async fn note_keeping(visit: &Visit, fields: &Fields) -> Result<(), Fault> {
    let Some(member) = visit
        .member()
        .await?
        .filter(|_| fields.get("may_keep") == "1")
    else {
        return Ok(());
    };
    let keeps = fields.get("keep") == "1";
    if member
        .membership
        .as_ref()
        .is_some_and(|m| m.keeps_payment == keeps)
    {
        return Ok(());
    }
    let note = |_: &mut Customer, member: &mut Membership| member.keeps_payment = keeps;
    if let Err(error) = visit.shop.members.change(member.id, note).await {
        // The order matters more: the card is asked for once more next time.
        tracing::info!(%error, "whether a card is to be kept was not noted");
    }
    Ok(())
}

/// How the shopper wants to pay: one of the ways that were offered.
async fn method(visit: &Visit, fields: &Fields) -> Result<PaymentMethod, Fault> {
    let chosen = fields.get("pay");
    let config = &visit.shop.app.config;
    if chosen == SAVED {
        let member = visit.member().await?.and_then(|m| m.membership);
        if let Some(saved) = saved_payment(visit, member.as_ref()) {
            return Ok(PaymentMethod::Provider {
                provider: saved.provider.clone(),
                token: Some(saved.token.clone()),
            });
        }
    }
    if let Some(provider) = config.providers.iter().find(|p| p.name == chosen) {
        return Ok(PaymentMethod::Provider {
            provider: provider.name.clone(),
            token: None,
        });
    }
    if chosen.is_empty() && config.on_account {
        return Ok(PaymentMethod::OnAccount);
    }
    let refusal = Refusal::FieldInvalid { field: "pay" };
    Err(visit.refused(DoorError::Refused(refusal)).await)
}

/// What was ordered leaves the cart; what was put in meanwhile stays.
async fn take_out_of_cart(visit: &Visit, checkout: &Checkout) -> Result<(), Fault> {
    let ordered = &checkout.intent.items;
    let take = |items: &mut Vec<Item>| {
        for item in items.iter_mut() {
            let taken: u32 = ordered
                .iter()
                .filter(|o| o.variant == item.variant)
                .map(|o| o.quantity)
                .sum();
            item.quantity = item.quantity.saturating_sub(taken);
        }
        items.retain(|i| i.quantity > 0);
    };
    // The order stands, whatever becomes of the cart.
    let _ = cart::change(visit, take).await?;
    Ok(())
}

/// The group of a checkout.
async fn group_of(visit: &Visit, checkout: &Checkout) -> Result<Option<Arc<Group>>, Fault> {
    let id = checkout.id.group();
    let found = visit.shop.app.group(id).await;
    found.map_err(|e| visit.broken(&e))
}

/// The group once its last payment is no longer in one of the states that `waits` names, or after a while.
async fn settled(
    visit: &Visit,
    checkout: &Checkout,
    waits: fn(PaymentState) -> bool,
) -> Result<Option<Arc<Group>>, Fault> {
    let done = move |g: &Group| {
        // Money for a presale counts once it is taken, which is under way.
        let taking = |s| g.presale.is_some() && s == PaymentState::Authorized;
        let open = g
            .last_payment()
            .is_some_and(|p| waits(p.state) || taking(p.state));
        !g.state.waits() || !open
    };
    // Following starts before the question, so that no answer falls in between.
    let changes = visit.shop.app.watch.group(checkout.id.group());
    let group = group_of(visit, checkout).await?;
    match group {
        Some(group) if !done(&group) => {
            let newer = Watch::until(changes, WAIT_FOR_PROVIDER, done).await;
            Ok(Some(newer.unwrap_or(group)))
        }
        other => Ok(other),
    }
}

/// Where the payment stands, and on to the provider when that is next.
pub async fn show(visit: Visit, Path(place): Where) -> Answer {
    let checkout = load(&visit, &place).await?;
    let here = path(&checkout);
    let group = settled(&visit, &checkout, |s| s == PaymentState::Pending).await?;
    let Some(group) = group else {
        return Ok(visit.go(&format!("{here}/review")));
    };
    let frame = visit.frame().await;
    match group.state {
        GroupState::Confirmed => return Ok(visit.go(&order_path(&group))),
        GroupState::Canceled
            if group.cancel_reason == Some(CancelReason::Expired)
                && group.presale.as_ref().is_none_or(|p| p.paid_by.is_none()) =>
        {
            return Ok(visit.ok(&frame, &pages::pay::expired(&frame, &here)));
        }
        GroupState::Canceled => return Ok(visit.go(&order_path(&group))),
        GroupState::AwaitingBalance if !is_balance_begun(&group) => {
            return Ok(visit.go(&order_path(&group)));
        }
        GroupState::PendingPayment | GroupState::AwaitingBalance => {}
    }
    let state = pay_state(&group);
    let on_the_way = visit.query.iter().any(|(n, _)| n == "go");
    if let (PayState::Unfinished { action_url }, true) = (&state, on_the_way) {
        return Ok(visit.ok(&frame, &pages::pay::leave(&frame, action_url)));
    }
    let problem = visit
        .query
        .iter()
        .find(|(n, _)| n == "refused")
        .map(|(_, code)| {
            let text = visit.texts.lookup(&format!("refusal.{code}"));
            text.unwrap_or_else(|| visit.texts.t("refusal.other"))
                .to_string()
        });
    let pay = pay_choices_for(&visit, group.presale.is_some());
    let total = Money {
        minor: group.due(),
        currency: group.currency,
    };
    let view = PayView {
        state: &state,
        here: &here,
        total: visit.texts.money(total),
        kept_until: kept_until(&visit, &group),
        pay: &pay,
        problem,
        can_give_up: group.state == GroupState::PendingPayment,
    };
    Ok(visit.ok(&frame, &pages::pay::pay(&frame, &view)))
}

/// Whether the shopper has begun to pay the balance.
fn is_balance_begun(group: &Group) -> bool {
    let last = group.last_payment();
    last.is_some_and(|p| group.is_for_balance(p.id))
}

fn pay_state(group: &Group) -> PayState {
    let Some(payment) = group.last_payment() else {
        return PayState::GivenUp;
    };
    match payment.state {
        PaymentState::ActionRequired => PayState::Unfinished {
            action_url: payment.action_url.clone().unwrap_or_default(),
        },
        PaymentState::Declined => PayState::Declined {
            code: payment.decline_code.clone(),
        },
        PaymentState::Voided => PayState::GivenUp,
        PaymentState::Pending
        | PaymentState::Authorized
        | PaymentState::Captured
        | PaymentState::OnAccount => PayState::Waiting,
    }
}

/// Until when the goods are set aside, on the clock of the place they come from.
fn kept_until(visit: &Visit, group: &Group) -> String {
    let world = visit.shop.app.shelf.read();
    let place = group
        .fulfillments
        .first()
        .and_then(|f| world.location(f.location));
    match (place, group.expires_at) {
        (Some(place), Some(at)) if group.state == GroupState::AwaitingBalance => {
            visit.texts.moment_in(at, &promise::zone_of(place))
        }
        (Some(place), Some(at)) => visit.texts.time(promise::local(place, at).time()),
        _ => String::new(),
    }
}

/// Pays in another way or once more.
pub async fn retry(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load(&visit, &place).await?;
    let here = path(&checkout);
    let command = RetryPayment {
        group: checkout.id.group(),
        method: method(&visit, &fields).await?,
        return_url: format!("{}{here}/return", visit.shop.app.config.public_url),
    };
    match visit.submit(Command::RetryPayment(command)).await {
        Ok(_) => Ok(visit.go(&format!("{here}/pay?go=1"))),
        // A second click finds the first one's payment under way; an order that expired says so there.
        Err(DoorError::Refused(Refusal::PaymentInProgress | Refusal::GroupExpired)) => {
            Ok(visit.go(&format!("{here}/pay")))
        }
        Err(DoorError::Refused(
            refusal @ (Refusal::BalanceNotDue { .. } | Refusal::BalanceOverdue { .. }),
        )) => {
            let group = group_of(&visit, &checkout).await?;
            let order = group.map_or_else(|| here.clone(), |g| order_path(&g));
            Ok(visit.go(&format!("{order}?refused={}", refusal.code())))
        }
        Err(DoorError::Refused(refusal)) => {
            Ok(visit.go(&format!("{here}/pay?refused={}", refusal.code())))
        }
        Err(error) => Err(visit.refused(error).await),
    }
}

/// The provider sent the shopper back: its message may still be on the way.
pub async fn came_back(visit: Visit, Path(place): Where) -> Answer {
    let checkout = load(&visit, &place).await?;
    let group = settled(&visit, &checkout, PaymentState::is_open).await?;
    let to = match group {
        Some(group) if group.state == GroupState::Confirmed => order_path(&group),
        _ => format!("{}/pay", path(&checkout)),
    };
    Ok(visit.go(&to))
}

/// Gives the order up before it is paid and puts its goods back into the cart.
pub async fn give_up(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load(&visit, &place).await?;
    let Some(group) = group_of(&visit, &checkout).await? else {
        return Ok(visit.go("/cart"));
    };
    // Paid meanwhile, in another tab or by a late message: then it is an order.
    if matches!(
        group.state,
        GroupState::Confirmed | GroupState::AwaitingBalance
    ) {
        return Ok(visit.go(&order_path(&group)));
    }
    if let (GroupState::PendingPayment, Some(order)) = (group.state, group.orders.first()) {
        let cancel = CancelOrder {
            order: order.id,
            reason: CancelReason::Shopper,
            note: String::new(),
        };
        match visit.submit(Command::CancelOrder(cancel)).await {
            Ok(_) | Err(DoorError::Refused(Refusal::NothingToCancel)) => {}
            Err(error) => return Err(visit.refused(error).await),
        }
    }
    put_back(&visit, &group).await
}

/// Puts the goods of an order that ended back into the cart.
pub async fn refill(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let checkout = load(&visit, &place).await?;
    match group_of(&visit, &checkout).await? {
        Some(group) if group.state == GroupState::Canceled => put_back(&visit, &group).await,
        Some(group) => Ok(visit.go(&order_path(&group))),
        None => Ok(visit.go("/cart")),
    }
}

/// At least as many pieces of each line as were ordered: a second click adds nothing.
async fn put_back(visit: &Visit, group: &Group) -> Answer {
    let wanted: Vec<Item> = group
        .lines()
        .map(|l| Item {
            variant: l.variant,
            seller: None,
            quantity: l.quantity,
        })
        .collect();
    let put = |items: &mut Vec<Item>| {
        for want in &wanted {
            match items.iter_mut().find(|i| i.variant == want.variant) {
                Some(item) => item.quantity = item.quantity.max(want.quantity),
                None => items.push(*want),
            }
        }
    };
    match cart::change(visit, put).await? {
        Ok(()) => Ok(visit.go("/cart?refilled=1")),
        Err(refusal) => Ok(visit.go(&format!("/cart?refused={}", refusal.code()))),
    }
}
