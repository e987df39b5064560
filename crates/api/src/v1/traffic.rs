//! Where visits and orders come from.

use super::V1;
use super::request::Params;
use super::wire::traffic::{LinkQuery, TrafficQuery, TrafficReport};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::qr;
use crate::traffic::report;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::html;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Characters of a link that is drawn: more fields than that no camera tells apart.
const LINK_CHARS_MAX: usize = 1_000;

/// The routes with what they say of themselves.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(get_traffic))
        .routes(routes!(get_traffic_csv))
        .routes(routes!(draw_link))
}

/// Where visits and orders come from
///
/// Visits, purchases and revenue of whole days by source, medium, campaign, referral code, landing page, door or device.
/// Purchases are counted from the ordered feed and are exact; visits may lack those of the last moments before a crash.
#[utoipa::path(get, path = "/traffic", tag = "traffic", params(TrafficQuery),
    responses((status = 200, body = TrafficReport)))]
pub async fn get_traffic(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<TrafficQuery>,
) -> Result<Json<TrafficReport>, ApiError> {
    Ok(Json(report::report(&app, &query).await?))
}

/// Where visits and orders come from, as CSV
///
/// The same figures, a line for each row and currency.
#[utoipa::path(get, path = "/traffic.csv", tag = "traffic", params(TrafficQuery),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn get_traffic_csv(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<TrafficQuery>,
) -> Result<Response, ApiError> {
    let report = report::report(&app, &query).await?;
    let text = report::csv(&report).map_err(|e| ApiError::internal(&e.to_string()))?;
    let name = format!(
        "attachment; filename=\"traffic-{}-{}-{}.csv\"",
        report.by.word(),
        report.from,
        report.to
    );
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// Draw a link
///
/// As a QR code in SVG, dark on white, for posters and letters.
#[utoipa::path(get, path = "/traffic/code.svg", tag = "traffic", params(LinkQuery),
    responses((status = 200, description = "The code.", body = String, content_type = "image/svg+xml")))]
pub async fn draw_link(
    _staff: Staff,
    Params(query): Params<LinkQuery>,
) -> Result<Response, ApiError> {
    let is_short = query.link.chars().take(LINK_CHARS_MAX + 1).count() <= LINK_CHARS_MAX;
    let drawn = qr::draw(&query.link).filter(|_| is_short && !query.link.is_empty());
    let drawn = drawn.ok_or_else(|| {
        ApiError::parameter_invalid(
            "link",
            format!("it must have 1 to {LINK_CHARS_MAX} characters"),
        )
    })?;
    let size = drawn.size;
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {size} {size}")) {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(drawn.path) {}
        }
    };
    let kind = [(header::CONTENT_TYPE, "image/svg+xml")];
    Ok((kind, svg.into_string()).into_response())
}
