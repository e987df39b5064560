//! A member's devices: where they are told what they wait for instead of by mail.
//!
//! A device is let go with the session on it: whoever takes it into their hands next is told nothing.

use super::super::{Posted, fields};
use super::{member, unchanged};
use crate::devices::{Here, id_of, name_of};
use crate::pages::wishes::{DeviceLine, DevicesView};
use crate::visit::{Answer, Visit};
use api::app::now_ms;
use api::members;
use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::customer::{Customer, Membership, PushDevice};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

/// Where the devices are shown.
const PAGE: &str = "/account/favourites";

/// A subscription as browsers write it (Push API, `PushSubscription.toJSON`), and the form token.
#[derive(Deserialize)]
struct Sent {
    token: String,
    subscription: Subscription,
}

#[derive(Deserialize)]
struct Subscription {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// What the page shows of a member's devices; `None` in a shop that has no way to them.
pub fn view(visit: &Visit, member: &Customer) -> Option<DevicesView> {
    let config = &visit.shop.app.config;
    let way = config.pusher.way().filter(|_| config.mailer.is_there())?;
    let devices = member.membership.iter().flat_map(|m| &m.devices);
    let (here, others): (Vec<_>, Vec<_>) = devices.partition(|d| visit.is_here(d));
    let line = |device: &PushDevice| DeviceLine {
        id: id_of(device),
        name: match device.name.as_str() {
            "" => visit.texts.t("push.unnamed").to_string(),
            name => name.to_string(),
        },
        since: visit.texts.moment_in(device.since, &TimeZone::UTC),
    };
    Some(DevicesView {
        key: way.public_key().to_string(),
        is_here: !here.is_empty(),
        others: others.into_iter().rev().map(line).collect(),
    })
}

/// This browser is to be told from now on.
pub async fn keep(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let sent = serde_json::from_slice::<Sent>(&body).ok();
    let sent = sent.filter(|sent| visit.is_ours(&sent.token));
    let (sent, member) = match (sent, visit.member().await) {
        (Some(sent), Ok(Some(member))) => (sent, member),
        _ => return visit.with_cookies(StatusCode::FORBIDDEN.into_response()),
    };
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Subscription { endpoint, keys } = sent.subscription;
    let device = PushDevice {
        endpoint,
        p256dh: keys.p256dh,
        auth: keys.auth,
        since: now_ms(),
        name: name_of(agent),
    };
    let way = visit.shop.app.config.pusher.way();
    if !way.is_some_and(|way| way.accepts(&device)) {
        tracing::info!("a device's push service is not known, or its keys are none");
        return visit.with_cookies(StatusCode::UNPROCESSABLE_ENTITY.into_response());
    }
    let add = |_: &mut Customer, member: &mut Membership| {
        // What this browser had before, it has given up.
        member.devices.retain(|d| !visit.is_here(d));
        member.add_device(device.clone());
    };
    if let Err(error) = members::change(&visit.shop.app, member.id, add).await {
        tracing::warn!(%error, "a device is not told");
        return visit.with_cookies(StatusCode::SERVICE_UNAVAILABLE.into_response());
    }
    let to = json!({ "to": format!("{PAGE}?done=push.on") });
    let mut response = visit.with_cookies(Json(to).into_response());
    let here = Here {
        member: member.id,
        device: id_of(&device),
    };
    visit.keep_here(&mut response, Some(&here));
    response
}

/// This browser is to be told no more.
pub async fn off(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let forget = |_: &mut Customer, member: &mut Membership| {
        member.devices.retain(|d| !visit.is_here(d));
    };
    if let Err(error) = members::change(&visit.shop.app, member.id, forget).await {
        return Err(unchanged(&visit, error).await);
    }
    let mut response = visit.go(&format!("{PAGE}?done=push.off"));
    visit.keep_here(&mut response, None);
    Ok(response)
}

/// Another device is to be told no more.
pub async fn forget(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let id = fields.get("id");
    let forget = |_: &mut Customer, member: &mut Membership| {
        member.devices.retain(|d| id_of(d) != id);
    };
    match members::change(&visit.shop.app, member.id, forget).await {
        Ok(_) => Ok(visit.go(&format!("{PAGE}?done=push.forgotten"))),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Lets go of the device that this browser is, whoever's it was. What cannot be written now is not held against who
/// signs out; the browser's own subscription ends, too, and the next message finds that out.
pub async fn forget_here(visit: &Visit, response: &mut Response) {
    let Some(here) = &visit.here else {
        return;
    };
    let forget = |_: &mut Customer, member: &mut Membership| {
        member.devices.retain(|d| !visit.is_here(d));
    };
    match members::change(&visit.shop.app, here.member, forget).await {
        Ok(_) | Err(members::ChangeError::Gone) => visit.keep_here(response, None),
        Err(error) => tracing::warn!(%error, member = %here.member, "a device is not forgotten"),
    }
}
