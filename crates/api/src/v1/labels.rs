//! Labels of parcels with waybills, many at once, for label printers (ZPL) and all others (PDF).
//!
//! All that are asked for are printed and counted, or none: who holds a stack of labels need not look which one is missing.
//! The count comes first, so that a label on paper is always counted; asked for again under the same key, the same labels
//! are written without counting.

use super::V1;
use super::request::Write;
use super::show::orders::person;
use super::wire::parcels::{LabelFormat, LabelsRequest};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use commerce::carrier::Numbering;
use commerce::command::Command;
use commerce::id::FulfillmentId;
use commerce::order::{Fulfillment, FulfillmentState, Group, Method};
use commerce::parcel::{NoLabel, Parcel};
use commerce::settings::Address;
use commerce::{Refusal, World};
use label::{Label, Number, Receiver, Symbology};

/// Print labels
///
/// A document with a label of 100 × 150 mm for each parcel, in the order in which they are asked for. Each is counted,
/// and from the second time on marked as a reprint. If one of them cannot be printed, none is, and `labels_refused` says
/// which and why. Repeated under the same `Idempotency-Key`, nothing is counted again.
#[utoipa::path(post, path = "/labels", tag = "carriers", request_body = LabelsRequest,
    responses((status = 200, description = "The document.", content(
        (String = "application/pdf"), (String = "application/zpl"))),
        (status = 409, description = "Some cannot be printed; none was.", body = super::wire::ErrorBody)))]
pub async fn print_labels(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<LabelsRequest>,
) -> Result<Response, ApiError> {
    let ids = parse(&write.body.fulfillments)?;
    // Without fonts nothing can be written: that must be known before anything is counted.
    let fonts = app.config.fonts.clone();
    let fonts =
        fonts.ok_or_else(|| ApiError::unavailable("the fonts of labels are not built in"))?;
    let command = Command::PrintLabels(ids.clone());
    let decided = write.submit(&app, &staff, command).await?;
    let labels = labels(&app, &ids).await?;
    let format = write.body.format;
    let written = tokio::task::spawn_blocking(move || match format {
        LabelFormat::Zpl => Ok(label::zpl(&fonts, &labels).into_bytes()),
        LabelFormat::Pdf => label::pdf(&fonts, &labels),
    });
    let written = written
        .await
        .map_err(|e| ApiError::internal(&e.to_string()))?;
    let bytes = written.map_err(|e| ApiError::internal(&e.to_string()))?;
    let (kind, disposition) = match format {
        LabelFormat::Zpl => ("application/zpl", "attachment; filename=\"labels.zpl\""),
        LabelFormat::Pdf => ("application/pdf", "inline; filename=\"labels.pdf\""),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let mut response = (headers, bytes).into_response();
    if decided.replayed {
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert("idempotent-replayed", yes);
    }
    Ok(response)
}

/// The ids. What is none names no parcel.
fn parse(asked: &[String]) -> Result<Vec<FulfillmentId>, ApiError> {
    let is_none = |id: &&String| FulfillmentId::parse(id).is_none();
    let strange: Vec<&String> = asked.iter().filter(is_none).collect();
    if !strange.is_empty() {
        let refused = strange.into_iter().map(|id| (id.clone(), NoLabel::Unknown));
        return Err(ApiError::labels_refused(refused.collect()));
    }
    Ok(asked
        .iter()
        .filter_map(|id| FulfillmentId::parse(id))
        .collect())
}

/// What stands on the labels, after they were counted.
async fn labels(app: &App, ids: &[FulfillmentId]) -> Result<Vec<Label>, ApiError> {
    let mut groups = Vec::with_capacity(ids.len());
    for id in ids {
        groups.push((*id, app.group(id.parent()).await?));
    }
    let world = app.shelf.read();
    let mut labels = Vec::with_capacity(ids.len());
    // A waybill may be canceled between the count and now, or before the request is repeated.
    let mut refused = Vec::new();
    for (id, group) in &groups {
        let of = group.as_ref().and_then(|group| {
            let of = group.fulfillments.iter().find(|f| f.id == *id)?;
            Some((group, of, group.parcel(*id)?))
        });
        match of {
            Some((group, of, parcel)) => labels.push(label_of(&world, group, of, parcel)?),
            None => refused.push((*id, NoLabel::NoWaybill)),
        }
    }
    if refused.is_empty() {
        Ok(labels)
    } else {
        Err(Refusal::LabelsRefused { refused }.into())
    }
}

fn label_of(
    world: &World,
    group: &Group,
    of: &Fulfillment,
    parcel: &Parcel,
) -> Result<Label, ApiError> {
    let carrier = world.carrier(parcel.carrier);
    let symbology = match carrier.map(|c| &c.numbering) {
        Some(Numbering::Sscc { .. }) => Symbology::Sscc,
        Some(Numbering::S10 { .. } | Numbering::Plain { .. } | Numbering::Given) | None => {
            Symbology::Plain
        }
    };
    let number = Number::new(&parcel.number, symbology);
    let service = carrier.and_then(|c| c.service(&parcel.service));
    let order = of.order.to_string();
    Ok(Label {
        carrier: carrier.map_or_else(String::new, |c| c.name.clone()),
        service: service.map_or_else(|| parcel.service.clone(), |s| s.name.clone()),
        sorting: parcel.sorting.clone(),
        sender: sender(world, of),
        receiver: group
            .destination
            .as_deref()
            .map_or_else(Receiver::default, receiver),
        number: number.map_err(|e| ApiError::internal(&e.to_string()))?,
        order: order.trim_start_matches("order_").to_uppercase(),
        weight_grams: parcel.weight_grams,
        parcel: place(group, of),
        printed: parcel.labels,
    })
}

/// The shop, and where the parcel leaves from.
fn sender(world: &World, of: &Fulfillment) -> Vec<String> {
    let shop = world.shop().map(|shop| shop.name.clone());
    let mut lines: Vec<String> = shop.into_iter().collect();
    if let Some(location) = world.location(of.location) {
        lines.push(location.name.clone());
        let to = receiver(&location.address);
        lines.extend([to.street, to.street_2, to.place, to.country]);
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn receiver(address: &Address) -> Receiver {
    Receiver {
        name: person(&address.first_name, &address.last_name),
        street: address.street.clone(),
        street_2: address.street_2.clone(),
        place: person(&address.postal_code, &address.city),
        region: address.region.clone(),
        country: address.country.map_or_else(String::new, |c| c.to_string()),
        phone: address.phone.clone(),
    }
}

/// Which parcel of its order it is, and how many there are.
fn place(group: &Group, of: &Fulfillment) -> (u16, u16) {
    let is_one = |f: &&Fulfillment| {
        f.order == of.order && f.method == Method::Ship && f.state != FulfillmentState::Canceled
    };
    let all = || group.fulfillments.iter().filter(is_one);
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let before = all().take_while(|f| f.id != of.id).count();
    (count(before + 1), count(all().count()))
}
