//! Parcels and collections: pick lists, and the steps from open to delivered.

use super::V1;
use super::carriers::day_number;
use super::orders::{group_in, states};
use super::request::{Nothing, Params, Write, Written, cursor, limit, parse_id, query_id};
use super::show::orders as show;
use super::wire::orders::{Fulfillment, FulfillmentList, FulfillmentQuery, Shipping};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::{Path, State};
use commerce::command::{Command, FulfillmentStep};
use commerce::id::CarrierId;
use commerce::order::FulfillmentState;
use commerce::parcel::Parcel;
use store::FulfillmentFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_fulfillments))
        .routes(routes!(pick))
        .routes(routes!(pack))
        .routes(routes!(ship))
        .routes(routes!(deliver))
}

/// List parcels and collections to be handled
///
/// Oldest first.
#[utoipa::path(get, path = "/fulfillments", tag = "fulfillments", params(FulfillmentQuery),
    responses((status = 200, body = FulfillmentList)))]
pub async fn list_fulfillments(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<FulfillmentQuery>,
) -> Result<Json<FulfillmentList>, ApiError> {
    let filter = filter(&query)?;
    let waybills = Waybills::asked(&query)?;
    let (groups, next) = app
        .read(move |reader| {
            let page = reader.fulfillment_list(&filter)?;
            let mut groups = Vec::with_capacity(page.rows.len());
            for row in page.rows {
                groups.extend(reader.group(row.id.parent())?.map(|group| (row.id, group)));
            }
            Ok((groups, page.next))
        })
        .await?;
    let world = app.shelf.read();
    let items = groups.iter().filter_map(|(id, group)| {
        let fulfillment = group.fulfillments.iter().find(|f| f.id == *id)?;
        if !waybills.have(group.parcel(*id)) {
            return None;
        }
        Some(show::fulfillment(&world, group, fulfillment))
    });
    Ok(Json(FulfillmentList {
        items: items.collect(),
        next: next.map(|n| n.to_string()),
    }))
}

/// What is asked of parcels' waybills.
struct Waybills {
    carrier: Option<CarrierId>,
    /// As `yyyymmdd`.
    booked_on: Option<u32>,
    labeled: Option<bool>,
}

impl Waybills {
    fn asked(query: &FulfillmentQuery) -> Result<Self, ApiError> {
        let day = |text: &str| {
            let date: Result<jiff::civil::Date, _> = text.parse();
            date.map(day_number)
                .map_err(|e| ApiError::parameter_invalid("booked_on", e))
        };
        let booked_on = query.booked_on.as_deref().filter(|text| !text.is_empty());
        Ok(Self {
            carrier: query_id!(CarrierId, query.carrier.as_deref(), "carrier")?,
            booked_on: booked_on.map(day).transpose()?,
            labeled: query.labeled,
        })
    }

    /// Whether a parcel has what is asked; one without a waybill has, if nothing is.
    fn have(&self, parcel: Option<&Parcel>) -> bool {
        let Some(parcel) = parcel else {
            return (self.carrier, self.booked_on, self.labeled) == (None, None, None);
        };
        self.carrier.is_none_or(|carrier| carrier == parcel.carrier)
            && self.booked_on.is_none_or(|day| day == parcel.booked_day)
            && self
                .labeled
                .is_none_or(|labeled| labeled == (parcel.labels > 0))
    }
}

fn filter(query: &FulfillmentQuery) -> Result<FulfillmentFilter, ApiError> {
    let mut states =
        states::<super::wire::FulfillmentState, FulfillmentState>(query.state.as_deref())?;
    if states.is_empty() {
        use FulfillmentState::{Open, Packed, Picking};
        states = vec![Open, Picking, Packed];
    }
    Ok(FulfillmentFilter {
        states,
        location: query_id!(LocationId, query.location.as_deref(), "location")?,
        after: cursor(query.cursor.as_deref())?,
        limit: limit(query.limit)?,
    })
}

/// Start picking
#[utoipa::path(post, path = "/fulfillments/{id}/pick", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = Fulfillment)))]
pub async fn pick(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Nothing>,
) -> Result<Written<Fulfillment>, ApiError> {
    advance(&app, &staff, &id, &write, FulfillmentStep::Pick).await
}

/// Mark as packed
#[utoipa::path(post, path = "/fulfillments/{id}/pack", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = Fulfillment)))]
pub async fn pack(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Nothing>,
) -> Result<Written<Fulfillment>, ApiError> {
    advance(&app, &staff, &id, &write, FulfillmentStep::Pack).await
}

/// Hand over to the carrier
#[utoipa::path(post, path = "/fulfillments/{id}/ship", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    request_body = Shipping, responses((status = 200, body = Fulfillment)))]
pub async fn ship(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Shipping>,
) -> Result<Written<Fulfillment>, ApiError> {
    let Shipping {
        carrier,
        tracking_number,
        tracking_url,
    } = &write.body;
    // Who names nobody means the carrier of the waybill.
    let named = [carrier, tracking_number, tracking_url].map(|text| !text.trim().is_empty());
    if carrier.trim().is_empty() && (named[1] || named[2]) {
        return Err(commerce::Refusal::FieldInvalid { field: "carrier" }.into());
    }
    // Shoppers are shown this as a link: nothing but a web address may become one.
    let is_web = tracking_url.starts_with("https://") || tracking_url.starts_with("http://");
    if !tracking_url.is_empty() && !is_web {
        let field = "tracking_url";
        return Err(commerce::Refusal::FieldInvalid { field }.into());
    }
    let step = FulfillmentStep::Ship {
        carrier: carrier.trim().to_owned(),
        tracking_number: tracking_number.trim().to_owned(),
        tracking_url: tracking_url.clone(),
    };
    advance(&app, &staff, &id, &write, step).await
}

/// Mark as delivered or collected
#[utoipa::path(post, path = "/fulfillments/{id}/deliver", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = Fulfillment)))]
pub async fn deliver(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Nothing>,
) -> Result<Written<Fulfillment>, ApiError> {
    advance(&app, &staff, &id, &write, FulfillmentStep::Deliver).await
}

pub(super) async fn advance<T>(
    app: &App,
    staff: &Staff,
    id: &str,
    write: &Write<T>,
    step: FulfillmentStep,
) -> Result<Written<Fulfillment>, ApiError> {
    let id = parse_id!(FulfillmentId, id, "fulfillment")?;
    let command = Command::MoveFulfillment(id, step);
    let decided = write.submit(app, staff, command).await?;
    let group = group_in(&decided)?;
    let fulfillment = group.fulfillments.iter().find(|f| f.id == id);
    let fulfillment = fulfillment.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    Ok(Written {
        body: show::fulfillment(&app.shelf.read(), &group, fulfillment),
        replayed: decided.replayed,
    })
}
