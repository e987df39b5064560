//! What makes parcels late, and which.

use super::V1;
use super::wire::Named;
use super::wire::delays::{DelayIncident, DelayIncidents, DelayedParcel};
use crate::auth::guard::Staff;
use crate::delays::Incident;
use axum::Json;
use axum::extract::State;
use commerce::World;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new().routes(routes!(list_delays))
}

/// What makes parcels late
///
/// One incident for each cause, that with most parcels first, as of the last look: within seconds of a change of a
/// timetable, and every few minutes. Buyers are told once for each cause.
#[utoipa::path(get, path = "/delays", tag = "carriers", responses((status = 200, body = DelayIncidents)))]
pub async fn list_delays(State(V1 { app, .. }): State<V1>, _staff: Staff) -> Json<DelayIncidents> {
    let looked = app.delays.looked();
    let world = app.shelf.read();
    let incidents = looked.incidents.iter().map(|i| show(&world, i));
    Json(DelayIncidents {
        looked_at: looked.at,
        incidents: incidents.collect(),
    })
}

fn show(world: &World, incident: &Incident) -> DelayIncident {
    let named = incident.named.iter();
    DelayIncident {
        reason: incident.reason.into(),
        place: incident.place.clone(),
        carrier: Named::carrier(world, incident.carrier),
        until: incident.until,
        parcels: incident.parcels,
        waiting: incident.waiting,
        rescuable: incident.rescuable,
        latest: incident.latest,
        first: named
            .map(|(fulfillment, order)| DelayedParcel {
                fulfillment: fulfillment.to_string(),
                order: order.to_string(),
            })
            .collect(),
    }
}
