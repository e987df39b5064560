//! Couriers' rounds, for whoever drives them: what is to be brought, and what happened.
//!
//! A phone may be without a network all day and says what happened afterwards, in order. Each event is taken or refused by
//! itself and may be said again; what a courier may see is decided by the round alone.

use super::V1;
use super::carriers::day;
use super::request::{Write, Written, is_key, parse_id};
use super::show::rounds as show;
use super::wire::ErrorInfo;
use super::wire::rounds::{
    CodeChecked, CodeCheckedParcel, CodeTold, CourierEvent, CourierEventResult,
    CourierEventResults, CourierEvents, CourierRound, EventTaken, PhonePosition, RoundList,
};
use crate::app::{App, DoorError};
use crate::auth::guard::{Driver, Staff};
use crate::carriers::key_of;
use crate::error::ApiError;
use crate::rounds::codes;
use crate::{photos, rounds};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::StatusCode;
use commerce::Refusal;
use commerce::command::{Actor, Channel, Command, Envelope, Outcome, RoundEvent, RoundStep};
use commerce::gazetteer::Door;
use commerce::id::{DoorId, RoundId};
use commerce::limits::{ROUND_PARCELS_MAX, ROUND_WRONG_CODES_MAX};
use commerce::round::{CodeMatched, FailReason, Point, Proof, Round, RoundState};
use commerce::settings::Role;
use commerce::world::Record;
use media::PHOTO_BYTES_MAX;
use std::collections::BTreeSet;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Events of one request.
const EVENTS_MAX: usize = 200;
/// A phone that may be further off than this says nothing of a door, in meters.
const DOOR_ACCURACY_METERS: f64 = 50.0;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    let proofs = OpenApiRouter::new()
        .routes(routes!(save_proof))
        .layer(DefaultBodyLimit::max(PHOTO_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(my_rounds))
        .routes(routes!(my_round))
        .routes(routes!(tell_round))
        .routes(routes!(check_code))
        .merge(proofs)
}

/// The rounds that one drives
///
/// The open ones of any day, and those of today.
#[utoipa::path(get, path = "/courier/rounds", tag = "rounds",
    responses((status = 200, body = RoundList)))]
pub async fn my_rounds(
    State(V1 { app, .. }): State<V1>,
    Driver(staff): Driver,
) -> Result<Json<RoundList>, ApiError> {
    let Actor::Operator(me) = staff.actor else {
        return Ok(Json(RoundList { rounds: Vec::new() }));
    };
    let (open, today) = {
        let world = app.shelf.read();
        let book = world.round_book();
        let open = book.into_iter().flat_map(|book| &book.open);
        let mine = open.filter(|r| r.courier == Some(me)).map(|r| r.round);
        let days: BTreeSet<u32> = world.locations().map(|l| day(Some(l))).collect();
        (mine.collect::<Vec<RoundId>>(), days)
    };
    let mut found = rounds::load(&app, open).await?;
    for day in today {
        let of_day = rounds::of_day(&app, day).await?;
        found.extend(
            of_day
                .into_iter()
                .filter(|r| r.courier == Some(me) && r.state == RoundState::Closed),
        );
    }
    found.sort_by_key(|r| (r.day, r.id));
    let world = app.shelf.read();
    let rounds = found.iter().map(|r| show::entry(&world, r)).collect();
    Ok(Json(RoundList { rounds }))
}

/// A round that one drives
#[utoipa::path(get, path = "/courier/rounds/{id}", tag = "rounds",
    params(("id" = String, Path, description = "The round's id.")),
    responses((status = 200, body = CourierRound)))]
pub async fn my_round(
    State(V1 { app, .. }): State<V1>,
    Driver(staff): Driver,
    Path(id): Path<String>,
) -> Result<Json<CourierRound>, ApiError> {
    let round = mine(&app, &staff, &id).await?;
    let groups = rounds::groups(&app, &round).await?;
    Ok(Json(show::round(&app.shelf.read(), &groups, &round)))
}

/// A round that is or was the courier's; staff see all.
async fn mine(app: &App, staff: &Staff, id: &str) -> Result<Round, ApiError> {
    let id = parse_id!(RoundId, id, "round")?;
    let round = rounds::one(app, id).await?;
    let is_mine = match (staff.role, staff.actor) {
        (Role::Owner | Role::Staff, _) => true,
        (Role::Courier, Actor::Operator(me)) => round.couriers.contains(&me),
        (Role::Courier | Role::Hub, _) => false,
    };
    is_mine
        .then_some(round)
        .ok_or_else(|| ApiError::not_found("round"))
}

/// Tell what happened in a round
///
/// Each event is taken or refused by itself, in order; one that was heard before changes nothing. That a parcel was
/// delivered, failed or brought back is never refused for a parcel that ever was in the round.
#[utoipa::path(post, path = "/courier/rounds/{id}/events", tag = "rounds",
    params(("id" = String, Path, description = "The round's id.")),
    request_body = CourierEvents, responses((status = 200, body = CourierEventResults)))]
pub async fn tell_round(
    State(V1 { app, .. }): State<V1>,
    Driver(staff): Driver,
    Path(id): Path<String>,
    write: Write<CourierEvents>,
) -> Result<Written<CourierEventResults>, ApiError> {
    let (told, _) = write.apart();
    if !(1..=EVENTS_MAX).contains(&told.events.len()) {
        return Err(Refusal::FieldInvalid { field: "events" }.into());
    }
    let round = mine(&app, &staff, &id).await?;
    let id = round.id;
    let mut heard = Vec::with_capacity(told.events.len());
    for event in &told.events {
        // One after another: what follows may depend on what comes before.
        let decided = match step(&app, &round, event) {
            Ok(step) => hear(&app, &staff, told_of(id, event, step)).await?,
            Err(refusal) => Err(refusal),
        };
        heard.push(decided);
    }
    let round = rounds::one(&app, id).await?;
    let groups = rounds::groups(&app, &round).await?;
    let results = told.events.iter().zip(&heard).map(|(event, decided)| {
        let of = event.parcel.as_deref();
        let parcel = round.parcels().find(|p| Some(p.number.as_str()) == of);
        let conflict = parcel.and_then(|p| show::conflict(&groups, p));
        result(event, decided, conflict.map(|c| c.word()))
    });
    let results = results.collect();
    remember_doors(&app, &staff, (&round, &groups), (&told.events, &heard)).await;
    Ok(Written {
        body: CourierEventResults {
            round: show::round(&app.shelf.read(), &groups, &round),
            results,
        },
        replayed: false,
    })
}

/// What the core says to an event: whether it changed something.
type Decided = Result<bool, Refusal>;

fn told_of(round: RoundId, event: &CourierEvent, step: RoundStep) -> RoundEvent {
    RoundEvent {
        round,
        key: event_key(round, &event.key),
        at: event.at,
        step,
    }
}

async fn hear(app: &App, staff: &Staff, event: RoundEvent) -> Result<Decided, ApiError> {
    let decided = app.door.submit(Envelope {
        command: Command::RoundEvent(event),
        actor: staff.actor,
        channel: Channel::Console,
        idempotency: None,
    });
    match decided.await {
        Ok(decided) => {
            let is_news = matches!(decided.outcome, Outcome::Saved(saved) if saved.changed > 0);
            Ok(Ok(is_news))
        }
        Err(DoorError::Refused(refusal)) => Ok(Err(refusal)),
        // Whether it counts is not known: the phone says all of it again.
        Err(error) => Err(error.into()),
    }
}

/// A phone's key within its round.
fn event_key(round: RoundId, key: &str) -> u64 {
    key_of(&format!("{round}\n{key}"))
}

/// What an event says.
fn step(app: &App, round: &Round, event: &CourierEvent) -> Result<RoundStep, Refusal> {
    let invalid = |field| Refusal::FieldInvalid { field };
    let key = |key: &Option<String>, field| {
        let key = key.as_deref().filter(|key| is_key(key));
        key.map(|key| event_key(round.id, key))
            .ok_or(invalid(field))
    };
    if !is_key(&event.key) {
        return Err(invalid("key"));
    }
    let number = || {
        let number = event.parcel.as_deref().map(str::trim);
        number.map(str::to_owned).ok_or(invalid("parcel"))
    };
    Ok(match event.what.as_str() {
        "load" => RoundStep::Load { number: number()? },
        "start" => RoundStep::Start,
        "reorder" => RoundStep::Reorder {
            order: event.order.clone().ok_or(invalid("order"))?,
            reason: event.reason.clone().unwrap_or_default(),
        },
        "reached" => RoundStep::Reached {
            stop: event.stop.ok_or(invalid("stop"))?,
        },
        "delivered" => {
            let proof = event.proof.as_ref().ok_or(invalid("proof"))?;
            let picture = match &proof.picture {
                Some(_) => Some(key(&proof.picture, "picture")?),
                None => None,
            };
            let (number, code) = (number()?, line(proof.code.as_deref()));
            RoundStep::Delivered {
                proof: Proof {
                    by: proof.by.into(),
                    name: line(proof.name.as_deref()),
                    code_matched: matched(app, round, (&number, &code)),
                    code,
                    picture,
                    position: event.position.and_then(point),
                },
                number,
            }
        }
        "failed" => {
            let is_it = |r: &FailReason| Some(r.word()) == event.reason.as_deref();
            let reason = FailReason::ALL.into_iter().find(is_it);
            RoundStep::Failed {
                number: number()?,
                reason: reason.ok_or(invalid("reason"))?,
            }
        }
        "returned" => RoundStep::Returned { number: number()? },
        "undo" => RoundStep::TakeBack {
            key: key(&event.undoes, "undoes")?,
        },
        "close" => RoundStep::Close,
        _ => return Err(invalid("what")),
    })
}

/// Whether the code that a parcel was handed over by is its receiver's; `None` where none was told.
fn matched(app: &App, round: &Round, (number, code): (&str, &str)) -> Option<CodeMatched> {
    (!code.is_empty()).then(|| {
        if codes::is_right(&app.config, round, number, code) {
            CodeMatched::Yes
        } else {
            CodeMatched::No
        }
    })
}

/// Check a receiver's code
///
/// Before parcels are handed over by it, so that the courier can ask again or choose another proof. A wrong one counts;
/// after five for a parcel of the round, it is locked. Codes are those of `/orders` pages, for parcels that are out for
/// delivery.
#[utoipa::path(post, path = "/courier/rounds/{id}/codes", tag = "rounds",
    params(("id" = String, Path, description = "The round's id.")),
    request_body = CodeTold, responses((status = 200, body = CodeChecked)))]
pub async fn check_code(
    State(V1 { app, .. }): State<V1>,
    Driver(staff): Driver,
    Path(id): Path<String>,
    write: Write<CodeTold>,
) -> Result<Written<CodeChecked>, ApiError> {
    let (told, _) = write.apart();
    let invalid = |field| ApiError::from(Refusal::FieldInvalid { field });
    if !is_key(&told.key) {
        return Err(invalid("key"));
    }
    let code = line(Some(&told.code));
    if code.is_empty() {
        return Err(invalid("code"));
    }
    if !(1..=ROUND_PARCELS_MAX).contains(&told.parcels.len()) {
        return Err(invalid("parcels"));
    }
    let round = mine(&app, &staff, &id).await?;
    let mut right = Vec::with_capacity(told.parcels.len());
    for number in &told.parcels {
        let is_right = codes::is_right(&app.config, &round, number, &code);
        let event = RoundEvent {
            round: round.id,
            // Another code or parcel under the same key is another try.
            key: event_key(round.id, &format!("{}\n{number}\n{code}", told.key)),
            at: crate::app::now_ms(),
            step: RoundStep::TryCode {
                number: number.clone(),
                is_right,
            },
        };
        hear(&app, &staff, event).await??;
        right.push(is_right);
    }
    // By what all tries have come to: of two at the same time, none goes uncounted.
    let round = rounds::one(&app, round.id).await?;
    let parcels = told.parcels.iter().zip(right);
    let parcels = parcels.map(|(number, is_right)| CodeCheckedParcel {
        number: number.clone(),
        code_matched: checked(&round, number, is_right).into(),
    });
    Ok(Written {
        body: CodeChecked {
            parcels: parcels.collect(),
        },
        replayed: false,
    })
}

/// What a courier is told of a code: nothing any more once too many were wrong.
fn checked(round: &Round, number: &str, is_right: bool) -> CodeMatched {
    let parcel = round.parcels().find(|p| p.number == number);
    let wrong = parcel.map_or(0, |p| p.wrong_codes);
    match is_right {
        _ if wrong >= ROUND_WRONG_CODES_MAX => CodeMatched::Locked,
        true => CodeMatched::Yes,
        false => CodeMatched::No,
    }
}

/// A name or a code as far as it is kept: for its length alone a delivery is not refused.
fn line(text: Option<&str>) -> String {
    let kept = text.unwrap_or_default().trim().chars();
    kept.filter(|c| !c.is_control())
        .take(commerce::limits::NAME_CHARS_MAX)
        .collect()
}

/// Where a phone was, if there is such a place.
fn point(position: PhonePosition) -> Option<Point> {
    let micro = |degrees: f64, most: f64| {
        // In range, it fits.
        (degrees.is_finite() && degrees.abs() <= most).then(|| (degrees * 1e6).round() as i32)
    };
    Some(Point {
        latitude_micro: micro(position.latitude, 90.0)?,
        longitude_micro: micro(position.longitude, 180.0)?,
    })
}

fn result(
    event: &CourierEvent,
    decided: &Decided,
    conflict: Option<&'static str>,
) -> CourierEventResult {
    let (result, code, message) = match (decided, conflict) {
        (Err(refusal), _) => {
            let told = ErrorInfo::from(ApiError::from(refusal.clone()));
            (EventTaken::Refused, told.code, told.message)
        }
        (Ok(false), _) => (EventTaken::Known, String::new(), String::new()),
        (Ok(true), Some(code)) => {
            let message = match code {
                "recalled" => "the parcel's waybill was canceled",
                _ => "the parcel is in another courier's round",
            };
            (EventTaken::Conflict, code.to_owned(), message.to_owned())
        }
        (Ok(true), None) => (EventTaken::Taken, String::new(), String::new()),
    };
    CourierEventResult {
        key: event.key.clone(),
        result,
        code,
        message,
    }
}

/// Remembers where doors are at which something was handed over. It helps the next plan; that it fails does not matter.
async fn remember_doors(
    app: &App,
    staff: &Staff,
    (round, groups): (&Round, &show::Groups),
    (events, heard): (&[CourierEvent], &[Decided]),
) {
    let news = events.iter().zip(heard).filter(|(_, d)| **d == Ok(true));
    let mut doors: Vec<Door> = Vec::new();
    for (event, _) in news {
        let near = event.position.filter(|p| {
            let is_near = |meters: f64| (0.0..=DOOR_ACCURACY_METERS).contains(&meters);
            event.what == "delivered" && p.accuracy_meters.is_some_and(is_near)
        });
        let of = event.parcel.as_deref();
        let parcel = round.parcels().find(|p| Some(p.number.as_str()) == of);
        let group = parcel.and_then(|p| groups.get(&p.fulfillment.parent()));
        let address = group.and_then(|g| g.destination.as_deref());
        let (Some(point), Some(address)) = (near.and_then(point), address) else {
            continue;
        };
        let code = rounds::door_code(address);
        if doors.iter().all(|d| d.code != code) {
            let id = DoorId(app.ids.next());
            doors.push(Door { id, code, point });
        }
    }
    if doors.is_empty() {
        return;
    }
    let saved = app.door.submit(Envelope {
        command: Command::SaveRecords(doors.into_iter().map(Record::Door).collect()),
        actor: staff.actor,
        channel: Channel::Console,
        idempotency: None,
    });
    if let Err(error) = saved.await {
        tracing::warn!(%error, "where doors are is not remembered");
    }
}

/// Send the picture of a proof
///
/// A JPEG, a PNG or a WebP, before the event that names it by its key. Sent again, it changes nothing.
#[utoipa::path(put, path = "/courier/rounds/{id}/proofs/{key}", tag = "rounds",
    params(("id" = String, Path, description = "The round's id."),
        ("key" = String, Path, description = "Made on the phone, such as a UUID.")),
    request_body(content_type = "application/octet-stream", content = inline(String)),
    responses((status = 204)))]
pub async fn save_proof(
    State(V1 { app, .. }): State<V1>,
    Driver(staff): Driver,
    Path((id, key)): Path<(String, String)>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let round = mine(&app, &staff, &id).await?;
    if !is_key(&key) {
        return Err(ApiError::not_found("proof"));
    }
    let key = event_key(round.id, &key);
    if round.pictures.iter().any(|(known, _)| *known == key) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let bytes = Bytes::from_request(request, &()).await.map_err(|e| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::body_too_large()
        } else {
            ApiError::body_invalid("it did not arrive whole")
        }
    })?;
    let album = photos::of_round(round.id, key);
    let photo = photos::save(&app, &album, bytes).await;
    let photo = photo.map_err(photos::Wrong::refused)?;
    let event = RoundEvent {
        round: round.id,
        key,
        at: crate::app::now_ms(),
        step: RoundStep::Picture {
            photo: photo.number(),
        },
    };
    let saved = app.door.submit(Envelope {
        command: Command::RoundEvent(event),
        actor: staff.actor,
        channel: Channel::Console,
        idempotency: None,
    });
    saved.await?;
    photos::keep(&app, &album, vec![photo]).await;
    Ok(StatusCode::NO_CONTENT)
}
