//! Admission, for operators: the switch of the waiting room, how it stands, and who was let in, when, and why.

use super::V1;
use super::request::{Nothing, Params, Write};
use super::wire::admission::{
    AdmissionState, OpenRoom, TicketEvent, TicketQuery, TicketRecord, TurnedAway, WaitingRoom,
};
use crate::admission::Admission;
use crate::admission::hall::{Opening, View};
use crate::admission::journal::{Block, Entry, LineOrder, Why, each_line, from_runs, read_line};
use crate::admission::room::TICKETS_MAX;
use crate::app::now_ms;
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use commerce::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const CAMPAIGN_CHARS_MAX: usize = 100;
const PER_MINUTE_MAX: u32 = 1_000_000;
/// How far ahead a room may open its doors.
const OPENS_IN_MAX_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// The routes with what they say of themselves.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(get_admission))
        .routes(routes!(open_room, close_room))
        .routes(routes!(find_ticket))
}

/// How admission stands
#[utoipa::path(get, path = "/admission", tag = "admission",
    responses((status = 200, body = AdmissionState)))]
pub async fn get_admission(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
) -> Json<AdmissionState> {
    Json(state(&app.admission))
}

/// Open the waiting room
///
/// New shoppers wait their turn from now on; who has begun a checkout passes. If the room is open already, its
/// campaign's name and its pace change, and nothing else.
#[utoipa::path(post, path = "/admission/room", tag = "admission", request_body = OpenRoom,
    responses((status = 200, body = AdmissionState)))]
pub async fn open_room(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    write: Write<OpenRoom>,
) -> Result<Json<AdmissionState>, ApiError> {
    let (opening, by) = (opening(write.body)?, name(&staff));
    let admission = app.admission.clone();
    let opened = blocking(move || admission.hall.open(now_ms(), &by, opening));
    opened.await?;
    Ok(Json(state(&app.admission)))
}

/// Close the waiting room
///
/// Everybody may come in from now on.
#[utoipa::path(delete, path = "/admission/room", tag = "admission",
    responses((status = 200, body = AdmissionState)))]
pub async fn close_room(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    _write: Write<Nothing>,
) -> Result<Json<AdmissionState>, ApiError> {
    let (admission, by) = (app.admission.clone(), name(&staff));
    blocking(move || admission.hall.close(now_ms(), &by)).await?;
    Ok(Json(state(&app.admission)))
}

/// What became of a ticket
///
/// When it was given, and when and why it was let in, as the record says.
#[utoipa::path(get, path = "/admission/tickets", tag = "admission", params(TicketQuery),
    responses((status = 200, body = TicketRecord)))]
pub async fn find_ticket(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<TicketQuery>,
) -> Result<Json<TicketRecord>, ApiError> {
    let folder = app.admission.hall.record_folder();
    let found = blocking(move || {
        let mut found = Finder {
            query,
            issued: 0,
            items: Vec::new(),
        };
        if let Some(folder) = folder {
            each_line(&folder, |line| {
                if let Ok((block, _)) = read_line(line) {
                    found.block(&block);
                }
            })?;
        }
        Ok(found)
    })
    .await?;
    if found.items.is_empty() {
        return Err(ApiError::not_found("ticket"));
    }
    Ok(Json(TicketRecord {
        room: found.query.room,
        ticket: found.query.ticket,
        items: found.items,
    }))
}

/// Looks for a ticket in the record.
struct Finder {
    query: TicketQuery,
    issued: u32,
    items: Vec<TicketEvent>,
}

impl Finder {
    fn block(&mut self, block: &Block) {
        if block.room != self.query.room {
            return;
        }
        for entry in &block.entries {
            let ticket = self.query.ticket;
            let has = |runs: &str| {
                let numbers = from_runs(runs, TICKETS_MAX + 1).unwrap_or_default();
                numbers.contains(&ticket)
            };
            let what = match entry {
                Entry::Issued { up_to } => {
                    let given = (self.issued + 1..=*up_to).contains(&ticket);
                    self.issued = *up_to;
                    given.then_some("issued")
                }
                Entry::LetIn { why, tickets } => has(tickets).then_some(match why {
                    Why::PlaceReached => "place_reached",
                    Why::LotteryDraw => "lottery_draw",
                }),
                Entry::FellOut { tickets } => has(tickets).then_some("fell_out"),
                _ => None,
            };
            self.items.extend(what.map(|what| TicketEvent {
                at: block.at,
                what: what.to_owned(),
                block: block.block,
            }));
        }
    }
}

/// The record is a file: what reads or writes it may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| ApiError::internal(&e.to_string()))?;
    done.map_err(|e| ApiError::unavailable(&e.to_string()))
}

/// Who acts, for a record of it.
pub(super) fn name(staff: &Staff) -> String {
    let operator = staff.signed_in.as_ref().map(|(o, _)| o.email.clone());
    operator.unwrap_or_else(|| "a command on this machine".to_owned())
}

fn opening(body: OpenRoom) -> Result<Opening, Refusal> {
    let invalid = |field| Refusal::FieldInvalid { field };
    let campaign = body.campaign.trim().to_owned();
    if campaign.chars().count() > CAMPAIGN_CHARS_MAX || campaign.chars().any(char::is_control) {
        return Err(invalid("campaign"));
    }
    if body
        .per_minute
        .is_some_and(|n| !(1..=PER_MINUTE_MAX).contains(&n))
    {
        return Err(invalid("per_minute"));
    }
    let now = now_ms();
    if body
        .opens_at
        .is_some_and(|at| !(now..now + OPENS_IN_MAX_MS).contains(&at))
    {
        return Err(invalid("opens_at"));
    }
    if body.order == LineOrder::Lottery && body.opens_at.is_none() {
        // Without a time before it there is nobody to draw.
        return Err(invalid("opens_at"));
    }
    Ok(Opening {
        campaign,
        order: body.order,
        opens_at: body.opens_at,
        per_minute: body.per_minute,
    })
}

fn state(admission: &Admission) -> AdmissionState {
    let tallies = admission.tallies().into_iter();
    AdmissionState {
        room: admission.hall.view().map(room),
        turned_away: tallies
            .filter(|t| t.overloaded + t.too_fast > 0)
            .map(|t| TurnedAway {
                class: t.class.word().to_owned(),
                overloaded: t.overloaded,
                too_many: t.too_fast,
            })
            .collect(),
    }
}

fn room(view: View) -> WaitingRoom {
    WaitingRoom {
        room: view.room,
        since: view.since,
        by: view.by,
        campaign: view.opening.campaign,
        order: view.opening.order,
        opens_at: view.opening.opens_at,
        commitment: view.commitment,
        drawn: view.drawn,
        issued: view.issued,
        waiting: view.waiting,
        inside: view.inside as u64,
        let_in_last_minute: view.let_in_last_minute,
        per_minute: view.per_minute,
        follows_load: view.opening.per_minute.is_none(),
    }
}
