//! Settings and locations, to be read.

use super::V1;
use super::show::settings as show;
use super::wire::settings::{LocationList, PaymentProvider, Settings};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;

/// The shop's settings
#[utoipa::path(get, path = "/settings", tag = "settings",
    responses((status = 200, body = Settings)))]
pub async fn get_settings(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
) -> Result<Json<Settings>, ApiError> {
    let providers = app.config.providers.iter().map(|p| PaymentProvider {
        name: p.name.clone(),
        test_money: p.test_money,
    });
    let world = app.shelf.read();
    let has_mail = app.config.mailer.is_there();
    show::settings(
        &world,
        &app.config.public_url,
        providers.collect(),
        has_mail,
    )
    .map(Json)
    .ok_or_else(|| ApiError::not_found("shop"))
}

/// All locations
#[utoipa::path(get, path = "/locations", tag = "settings",
    responses((status = 200, body = LocationList)))]
pub async fn list_locations(State(V1 { app, .. }): State<V1>, _staff: Staff) -> Json<LocationList> {
    Json(show::locations(&app.shelf.read()))
}
