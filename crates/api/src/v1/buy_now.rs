//! Buying in one call: no cart, no session, no steps in between. It is for apps and integrators, and
//! for load: the goods are set aside and the payment begins in one decision.
//!
//! The key under which a purchase may be repeated is required: a reply that was lost is asked for
//! again and never bought twice.

use super::V1;
use super::request::{Write, Written};
use super::show::orders::presale;
use super::show::traffic;
use super::wire::Money;
use super::wire::buy_now::{
    Bought, BoughtOrder, BoughtPayment, BuyAddress, BuyDelivery, BuyLine, BuyNow, BuyPayment,
};
use crate::app::{App, AppConfig, Submitted, Watch, now_ms};
use crate::error::ApiError;
use crate::promise::Outlook;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use commerce::Refusal;
use commerce::checkout::{Buyer, Delivery, Intent, Item};
use commerce::code::{Country, CurrencyCode};
use commerce::command::{self, Actor, Channel, Command, Device, OpenCheckout, Outcome};
use commerce::id::{CheckoutId, GroupId, LocationId, ShippingRateId, VariantId};
use commerce::limits;
use commerce::order::{Group, GroupState};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::settings::Address;
use commerce::text::Language;
use commerce::world::{RecordKind, World};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Where purchases go.
pub const PATH: &str = "/api/v1/buy-now";
/// How long the provider is waited for; after that the answer says that the payment is pending.
const PAYMENT_WAIT: Duration = Duration::from_secs(10);

/// Buy in one call
///
/// Sets the goods aside and starts the payment. Answers when the provider has said something, or after
/// ten seconds. The same key and request give the same group, as it is by then.
#[utoipa::path(post, path = "/buy-now", tag = "store", request_body = BuyNow, security(()),
    responses((status = 201, body = Bought)))]
pub async fn buy_now(
    State(V1 { app, .. }): State<V1>,
    write: Write<BuyNow>,
) -> Result<Response, ApiError> {
    let written = finish(&app, begin(&app, write)?).await?;
    Ok((StatusCode::CREATED, written).into_response())
}

/// The same without a router: for who has the head and the whole body of a request to [`PATH`] in hand.
pub async fn express(app: &App, head: &Parts, body: &[u8]) -> Response {
    let begun = Write::read(head, body).and_then(|write| begin(app, write));
    let bought = match begun {
        Ok(begun) => finish(app, begun).await,
        Err(error) => Err(error),
    };
    match bought {
        Ok(written) => (StatusCode::CREATED, written).into_response(),
        Err(error) => error.into_response(),
    }
}

/// A purchase on its way, with the news of its group if a provider will have some.
type Begun = (Submitted, Option<watch::Receiver<Option<Arc<Group>>>>);

async fn finish(app: &App, (submitted, changes): Begun) -> Result<Written<Bought>, ApiError> {
    let decided = submitted.await?;
    let Outcome::Group(placed) = decided.outcome else {
        return Err(ApiError::internal("a purchase gave no group"));
    };
    // Purchases on account are over here; what others wait with is kept apart, for they are many.
    let group = match changes {
        _ if decided.replayed => Box::pin(now(app, placed)).await?,
        Some(changes) if !is_settled(&placed) => {
            let settled = Box::pin(Watch::until(changes, PAYMENT_WAIT, is_settled)).await;
            settled.unwrap_or(placed)
        }
        _ => placed,
    };
    Ok(Written {
        body: bought(&app.config, &group)?,
        replayed: decided.replayed,
    })
}

fn begin(app: &App, write: Write<BuyNow>) -> Result<Begun, ApiError> {
    let (body, write) = write.apart();
    let method = method(&app.config, &body.payment)?;
    let (expected_total, expected_deposit) = (body.expected_total, body.expected_deposit);
    let id = CheckoutId(app.ids.next());
    let access_key = app.access_key();
    let open = {
        let board = app.timetables.board();
        let world = app.shelf.read();
        let outlook = Outlook {
            world: &world,
            board: &board,
            now: now_ms(),
        };
        OpenCheckout {
            id,
            access_key,
            device: body.device.map_or(Device::Unknown, Into::into),
            intent: intent(outlook, body)?,
        }
    };
    // Before the command, so that no word of the provider is missed; on account there is none.
    let changes = (method != PaymentMethod::OnAccount).then(|| app.watch.group(id.group()));
    let command = Command::BuyNow(command::BuyNow {
        open,
        expected_total,
        expected_deposit,
        return_url: order_url(&app.config, id.group(), access_key),
        method,
    });
    let submitted = write.submit_with_key(app, Actor::Shopper, Channel::App, command)?;
    Ok((submitted, changes))
}

/// The group as it is now: the stored answer is from when it was placed. A payment that is under way
/// is waited for, like the first time.
async fn now(app: &App, placed: Arc<Group>) -> Result<Arc<Group>, ApiError> {
    let id = placed.id;
    let changes = app.watch.group(id);
    let group = app.group(id).await?;
    let group = group.unwrap_or(placed);
    if is_settled(&group) {
        return Ok(group);
    }
    let settled = Watch::until(changes, PAYMENT_WAIT, is_settled).await;
    Ok(settled.unwrap_or(group))
}

/// Whether the provider has said something.
fn is_settled(group: &Group) -> bool {
    group.state != GroupState::PendingPayment
        || group
            .last_payment()
            .is_some_and(|payment| payment.state != PaymentState::Pending)
}

fn order_url(config: &AppConfig, group: GroupId, access_key: u64) -> String {
    format!("{}/orders/{group}/{access_key:016x}", config.public_url)
}

fn method(config: &AppConfig, payment: &BuyPayment) -> Result<PaymentMethod, ApiError> {
    let refused = || Refusal::FieldInvalid { field: "payment" };
    match payment {
        BuyPayment::OnAccount {} if config.on_account => Ok(PaymentMethod::OnAccount),
        BuyPayment::Provider { name, token }
            if config.providers.iter().any(|p| p.name == *name) =>
        {
            Ok(PaymentMethod::Provider {
                provider: name.clone(),
                token: token.clone(),
            })
        }
        BuyPayment::OnAccount {} | BuyPayment::Provider { .. } => Err(refused().into()),
    }
}

pub(crate) fn intent(outlook: Outlook<'_>, body: BuyNow) -> Result<Intent, Refusal> {
    let world = outlook.world;
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    let currency = match &body.currency {
        None => shop.currency,
        Some(code) => {
            CurrencyCode::parse(code).ok_or(Refusal::FieldInvalid { field: "currency" })?
        }
    };
    let language = match &body.language {
        None => Language::En,
        Some(tag) => Language::parse(tag).ok_or(Refusal::FieldInvalid { field: "language" })?,
    };
    if body.lines.len() > limits::LINES_MAX {
        return Err(Refusal::TooManyLines);
    }
    let items: Result<Vec<Item>, Refusal> =
        body.lines.iter().map(|line| item(world, line)).collect();
    let destination = body.destination.map(address).transpose()?;
    let email = lowercase(body.buyer.email);
    if !email.contains('@') {
        return Err(Refusal::FieldInvalid { field: "email" });
    }
    let country = destination.as_ref().and_then(|d| d.country);
    let delivery = delivery(world, &body.delivery, country)?;
    let came = body.attribution;
    let came = came.and_then(|came| traffic::given(came, outlook.now));
    let kept = came.map(|came| came.keep());
    let mut intent = Intent {
        currency,
        language,
        items: items?,
        buyer: Arc::new(Buyer {
            first_name: body.buyer.first_name,
            last_name: body.buyer.last_name,
            email,
            phone: body.buyer.phone,
        }),
        delivery: Some(delivery),
        destination: destination.map(Arc::new),
        billing: None,
        promise: None,
        discount_codes: body.discount_codes,
        member: None,
        extension: kept.unwrap_or_default(),
        points: Default::default(),
    };
    intent.promise = outlook.promised(&intent, delivery);
    Ok(intent)
}

/// A mail address as it is kept; most come like that.
fn lowercase(email: String) -> String {
    let is_kept = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase() && byte > b' ';
    if email.bytes().all(is_kept) {
        email
    } else {
        email.trim().to_lowercase()
    }
}

pub(super) fn item(world: &World, line: &BuyLine) -> Result<Item, Refusal> {
    let unknown = Refusal::NotFound { what: "variant" };
    let variant = match (&line.variant, &line.sku) {
        (Some(id), None) => VariantId::parse(id),
        (None, Some(sku)) => world.variant_of_sku(sku),
        _ => return Err(Refusal::FieldInvalid { field: "lines" }),
    };
    Ok(Item {
        variant: variant.ok_or(unknown)?,
        seller: None,
        quantity: line.quantity,
    })
}

/// An address that a parcel can reach.
fn address(from: BuyAddress) -> Result<Address, Refusal> {
    let field = |field| Refusal::FieldInvalid { field };
    if from.street.trim().is_empty() {
        return Err(field("street"));
    }
    if from.city.trim().is_empty() {
        return Err(field("city"));
    }
    let country = Country::parse(&from.country).ok_or(field("country"))?;
    Ok(Address {
        first_name: from.first_name,
        last_name: from.last_name,
        street: from.street,
        street_2: from.street_2,
        postal_code: from.postal_code,
        city: from.city,
        region: from.region,
        country: Some(country),
        phone: from.phone,
    })
}

fn delivery(
    world: &World,
    wanted: &BuyDelivery,
    country: Option<Country>,
) -> Result<Delivery, Refusal> {
    match wanted {
        BuyDelivery::Ship(code) => {
            country.ok_or(Refusal::CheckoutIncomplete {
                missing: "destination",
            })?;
            let id = world.id_of_code(RecordKind::ShippingRate, code);
            let id = id.ok_or(Refusal::NotFound {
                what: "shipping rate",
            })?;
            Ok(Delivery::Ship(ShippingRateId(id)))
        }
        BuyDelivery::Pickup(text) => {
            let by_code = || world.id_of_code(RecordKind::Location, text).map(LocationId);
            let id = LocationId::parse(text).or_else(by_code);
            let id = id.ok_or(Refusal::NotFound { what: "location" })?;
            Ok(Delivery::Pickup(id))
        }
    }
}

fn bought(config: &AppConfig, group: &Group) -> Result<Bought, ApiError> {
    let payment = group.settled_payment().or(group.last_payment());
    let payment = payment.ok_or_else(|| ApiError::internal("a group without a payment"))?;
    Ok(Bought {
        group: group.id.to_string(),
        state: group.state.into(),
        orders: group
            .orders
            .iter()
            .map(|order| BoughtOrder {
                id: order.id.to_string(),
                state: order.state.into(),
            })
            .collect(),
        total: Money::new(group.total, group.currency),
        presale: presale(group),
        payment: BoughtPayment {
            id: payment.id.to_string(),
            state: payment.state.into(),
            action_url: payment.action_url.clone(),
            decline_code: payment.decline_code.clone(),
        },
        order_url: order_url(config, group.id, group.access_key),
        expires_at: group.expires_at,
    })
}
