//! Couriers' rounds as handlers and jobs read them, and how they are planned.

pub mod codes;
pub mod plan;
pub mod ways;

use crate::app::App;
use crate::error::ApiError;
use crate::v1::show::rounds::Groups;
use commerce::id::RoundId;
use commerce::round::Round;
use commerce::settings::Address;
use commerce::world::{KeySet, Record, RecordKind};
use sha2::{Digest, Sha256};

/// Rounds of a day that are listed.
pub const ROUNDS_OF_DAY_MAX: usize = 500;

/// Rounds by their ids; those that don't exist are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn load(app: &App, ids: Vec<RoundId>) -> Result<Vec<Round>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let keys = KeySet {
        records: ids.iter().map(|id| (RecordKind::Round, id.0)).collect(),
        ..KeySet::default()
    };
    let found = app.read(move |q| q.records_named(&keys)).await?;
    Ok(found.into_iter().filter_map(round_of).collect())
}

/// A round.
///
/// # Errors
/// `not_found`, or when the database cannot be read.
pub async fn one(app: &App, id: RoundId) -> Result<Round, ApiError> {
    let found = load(app, vec![id]).await?.pop();
    found.ok_or_else(|| ApiError::not_found("round"))
}

/// The rounds of a day, in the order in which they were planned.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_day(app: &App, day: u32) -> Result<Vec<Round>, ApiError> {
    let under = format!("{day}/");
    let asked = app.read(move |q| q.records_under(RecordKind::Round, &under, ROUNDS_OF_DAY_MAX));
    Ok(asked.await?.into_iter().filter_map(round_of).collect())
}

fn round_of(record: Record) -> Option<Round> {
    match record {
        Record::Round(round) => Some(round),
        _ => None,
    }
}

/// The order groups of a round's parcels.
///
/// # Errors
/// When the database cannot be read.
pub async fn groups(app: &App, round: &Round) -> Result<Groups, ApiError> {
    let mut groups = Groups::new();
    for parcel in round.parcels() {
        let id = parcel.fulfillment.parent();
        if !groups.contains_key(&id)
            && let Some(group) = app.group(id).await?
        {
            groups.insert(id, group);
        }
    }
    Ok(groups)
}

/// What the point of an address is kept under: a hash, which says nothing about who lives there.
pub fn door_code(address: &Address) -> String {
    let country = address.country.map(|c| c.to_string()).unwrap_or_default();
    let parts = [
        country.as_str(),
        &address.postal_code,
        &address.city,
        &address.street,
        &address.street_2,
    ];
    let plain = parts.map(|part| part.trim().to_lowercase());
    crate::hex::of(&Sha256::digest(plain.join("\n"))[..16])
}
