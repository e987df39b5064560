//! The order page, live, and finding it again.

use super::checkout::{Where, key_of, pay_choices_for};
use super::{Posted, fields};
use crate::address::country_name;
use crate::arrival;
use crate::hours::opening_hours;
use crate::pages::order::{FindState, OrderView, Place, SeenView, path};
use crate::pages::{self};
use crate::promise;
use crate::views::presale;
use crate::visit::{Answer, Fault, Visit};
use api::DoorError;
use api::invoice::Kind;
use api::rounds::codes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use commerce::command::CancelOrder;
use commerce::event::What;
use commerce::id::{GroupId, OrderId, RefundId};
use commerce::order::{CancelReason, FulfillmentState, Group, GroupState, Method};
use commerce::{Command, Refusal, World};
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// How long one live connection lasts; the browser opens the next by itself.
const LIVE_FOR: Duration = Duration::from_secs(5 * 60);

/// The order at an address, for whoever has its key.
///
/// # Errors
/// The page that says that there is none.
pub async fn load(visit: &Visit, place: &(String, String)) -> Result<Arc<Group>, Fault> {
    let found = match (GroupId::parse(&place.0), key_of(&place.1)) {
        (Some(id), Some(key)) => {
            let found = visit.shop.app.group(id).await;
            let found = found.map_err(|e| visit.broken(&e))?;
            found.filter(|g| g.access_key == key)
        }
        _ => None,
    };
    match found {
        Some(group) => Ok(group),
        None => Err(visit.not_found().await),
    }
}

/// Whether the shopper can still cancel: nobody has begun to pick it.
fn cancelable(group: &Group) -> bool {
    if group.state == GroupState::AwaitingBalance {
        return !presale::is_taking(group);
    }
    let open =
        |s: FulfillmentState| matches!(s, FulfillmentState::Open | FulfillmentState::Canceled);
    group.state == GroupState::Confirmed
        && group.fulfillments.iter().all(|f| open(f.state))
        && group
            .fulfillments
            .iter()
            .any(|f| f.state == FulfillmentState::Open)
}

fn view<'a>(visit: &Visit, world: &World, group: &'a Group) -> OrderView<'a> {
    let t = visit.texts;
    let first = group
        .fulfillments
        .first()
        .and_then(|f| world.location(f.location));
    let zone = first.map_or(jiff::tz::TimeZone::UTC, promise::zone_of);
    let place = |id| world.location(id);
    let pickups = group
        .fulfillments
        .iter()
        .filter(|f| f.method != Method::Ship);
    let places = pickups
        .filter_map(|f| place(f.location))
        .map(|l| Place {
            name: l.name.clone(),
            address: format!("{}, {}", l.address.street, l.address.city),
            hours: opening_hours(t, &l.hours),
        })
        .collect();
    let country = group.destination.as_ref().and_then(|d| d.country);
    let config = &visit.shop.app.config;
    let code = |id| Some((id, codes::shown(config, world, group, id)?));
    OrderView {
        group,
        places,
        placed: t.moment_in(group.placed_at, &zone),
        promise: first
            .and_then(|l| arrival::sold(visit.texts, group, l))
            .unwrap_or_default(),
        late: first.and_then(|l| arrival::late(visit.texts, group, l)),
        country: country.map_or_else(String::new, |c| country_name(c, t.language())),
        cancelable: cancelable(group),
        presale: group.presale.as_ref().map(|p| {
            let of = (group.total, group.currency);
            presale::agreed(&p.deposit, of, api::app::now_ms(), zone.clone())
        }),
        pay: pay_choices_for(visit, true),
        returns: super::returns::view(visit, world, group),
        was_asked: false,
        reviews: Vec::new(),
        seen: Vec::new(),
        codes: group
            .fulfillments
            .iter()
            .filter_map(|f| code(f.id))
            .collect(),
        problem: None,
    }
}

/// What was seen of a group's parcels and stands, the latest first. The words are in the feed alone, which is asked only
/// if there is something.
async fn seen(visit: &Visit, group: &Group) -> Result<Vec<SeenView>, Fault> {
    if group.parcels.iter().all(|parcel| parcel.seen.is_empty()) {
        return Ok(Vec::new());
    }
    let id = group.id;
    let history = visit.shop.app.read(move |q| q.history(id)).await;
    let history = history.map_err(|e| visit.broken(&e))?;
    let world = visit.shop.app.shelf.read();
    let mut found: Vec<(i64, SeenView)> = Vec::new();
    for event in history {
        let What::ParcelSeen {
            fulfillment,
            at,
            status,
            place,
            // What was taken back is as if it had never been said, and that it was is no sighting.
            withdrawn: false,
            ..
        } = event.what
        else {
            continue;
        };
        let from = group.fulfillments.iter().find(|f| f.id == fulfillment);
        let zone = from.and_then(|f| world.location(f.location));
        let zone = zone.map_or(jiff::tz::TimeZone::UTC, promise::zone_of);
        let view = SeenView {
            fulfillment,
            status,
            when: visit.texts.moment_in(at, &zone),
            place,
        };
        let stands = |s: &commerce::parcel::Seen| s.at == at && s.status == status && !s.withdrawn;
        let parcel = group.parcel(fulfillment);
        if parcel.is_some_and(|parcel| parcel.seen.iter().any(stands)) {
            found.push((at, view));
        }
    }
    found.sort_by_key(|(at, view)| std::cmp::Reverse((*at, view.status)));
    Ok(found.into_iter().map(|(_, view)| view).collect())
}

/// The order page.
pub async fn show(visit: Visit, Path(place): Where) -> Answer {
    let group = load(&visit, &place).await?;
    let frame = visit.frame().await;
    let reviews = super::reviews::of_order(&visit, &group).await?;
    let seen = seen(&visit, &group).await?;
    let mut view = view(&visit, &visit.shop.app.shelf.read(), &group);
    view.seen = seen;
    view.was_asked = visit.query.iter().any(|(n, _)| n == "returned");
    view.reviews = {
        let world = visit.shop.app.shelf.read();
        let with_handle = |(id, state)| Some((id, world.product(id)?.handle.clone(), state));
        reviews.into_iter().filter_map(with_handle).collect()
    };
    let refused = visit.query.iter().find(|(n, _)| n == "refused");
    view.problem = refused.map(|(_, code)| {
        let text = visit.texts.lookup(&format!("refusal.{code}"));
        text.unwrap_or_else(|| visit.texts.t("refusal.other"))
            .to_string()
    });
    Ok(visit.ok(&frame, &pages::order::order(&frame, &view)))
}

/// The part of the page that changes.
pub async fn status(visit: Visit, Path(place): Where) -> Answer {
    let group = load(&visit, &place).await?;
    let frame = visit.frame().await;
    let seen = seen(&visit, &group).await?;
    let mut view = view(&visit, &visit.shop.app.shelf.read(), &group);
    view.seen = seen;
    let html = Html(pages::order::status(&frame, &view).into_string());
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, html).into_response())
}

/// Says each time that the order has changed.
pub async fn events(visit: Visit, Path(place): Where) -> Answer {
    let changes = visit.shop.app.watch.group(match GroupId::parse(&place.0) {
        Some(id) => id,
        None => return Err(visit.not_found().await),
    });
    let group = load(&visit, &place).await?;
    let version = |version: u32| Event::default().event("order").data(version.to_string());
    // The first event says where it is now: a change between page and connection is not missed.
    let first = Some(version(group.version));
    let until = tokio::time::Instant::now() + LIVE_FOR;
    let events = stream::unfold((changes, first), move |(mut changes, first)| async move {
        if let Some(event) = first {
            return Some((Ok::<_, Infallible>(event), (changes, None)));
        }
        let changed = tokio::time::timeout_at(until, changes.changed()).await;
        changed.ok()?.ok()?;
        let now = changes
            .borrow_and_update()
            .as_ref()
            .map_or(0, |g| g.version);
        Some((Ok(version(now)), (changes, None)))
    });
    let mut response: Response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response();
    // Compression would hold events back.
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        axum::http::HeaderValue::from_static("no-store, no-transform"),
    );
    Ok(response)
}

/// The shopper changed their mind.
pub async fn cancel(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let group = load(&visit, &place).await?;
    let here = path(&group);
    if group.state == GroupState::Confirmed && !cancelable(&group) {
        return Ok(visit.go(&format!("{here}?refused=nothing_to_cancel")));
    }
    for order in &group.orders {
        let cancel = CancelOrder {
            order: order.id,
            reason: CancelReason::Shopper,
            note: String::new(),
        };
        match visit.submit(Command::CancelOrder(cancel)).await {
            Ok(_) => {}
            Err(DoorError::Refused(Refusal::NothingToCancel)) => {
                return Ok(visit.go(&format!("{here}?refused=nothing_to_cancel")));
            }
            Err(error) => return Err(visit.refused(error).await),
        }
    }
    Ok(visit.go(&here))
}

/// Which document of an order is asked for: the order with its key, and the order or refund.
type PaperPlace = Path<(String, String, String)>;

/// An order's invoice.
pub async fn invoice(visit: Visit, Path((id, key, order)): PaperPlace) -> Answer {
    let group = load(&visit, &(id, key)).await?;
    match OrderId::parse(&order) {
        Some(order) => paper(&visit, group, (order, Kind::Invoice)).await,
        None => Err(visit.not_found().await),
    }
}

/// The credit note for a refund.
pub async fn credit_note(visit: Visit, Path((id, key, refund)): PaperPlace) -> Answer {
    let group = load(&visit, &(id, key)).await?;
    let found = RefundId::parse(&refund);
    let found = group.refunds.iter().find(|r| Some(r.id) == found);
    match found.and_then(|refund| Some((refund.order?, Kind::CreditNote(refund.id)))) {
        Some(wanted) => paper(&visit, group.clone(), wanted).await,
        None => Err(visit.not_found().await),
    }
}

/// In the language of the page it is asked for from. What is not there yet is not found.
async fn paper(visit: &Visit, group: Arc<Group>, wanted: (OrderId, Kind)) -> Answer {
    let language = Some(visit.texts.language());
    match api::invoice::answer(&visit.shop.app, group, wanted, language).await {
        Ok(file) => Ok(file),
        Err(error) if error.status == StatusCode::SERVICE_UNAVAILABLE => Ok(error.into_response()),
        Err(_) => Err(visit.not_found().await),
    }
}

/// "Find my order".
pub async fn find(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let page = pages::order::find(&frame, "", "", FindState::Asking);
    Ok(visit.ok(&frame, &page))
}

/// Leads to the order with this number and e-mail address. It never says which of both is wrong.
pub async fn found(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let (number, email) = (fields.get("number").trim(), fields.get("email").trim());
    let key = email.to_lowercase();
    let now = api::app::now_ms();
    let allowed = visit.shop.find_limiter.attempt(&key, now).is_ok();
    let id = OrderId::parse(number).map(OrderId::parent);
    let id = id.or_else(|| GroupId::parse(number)).filter(|_| allowed);
    let group = match id {
        Some(id) => {
            let found = visit.shop.app.group(id).await;
            found.map_err(|e| visit.broken(&e))?
        }
        None => None,
    };
    if let Some(group) = group.filter(|g| !key.is_empty() && g.buyer.email == key) {
        return Ok(visit.go(&path(&group)));
    }
    let frame = visit.frame().await;
    let state = if allowed {
        FindState::Wrong
    } else {
        FindState::TooOften
    };
    let page = pages::order::find(&frame, number, email, state);
    Ok(visit.page(StatusCode::UNPROCESSABLE_ENTITY, &frame, &page))
}
