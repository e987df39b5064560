//! Admission: how busy the shop is, who waits, and who was let in.

use crate::admission::journal::LineOrder;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How admission stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AdmissionState {
    /// The waiting room, when it is open.
    pub room: Option<WaitingRoom>,
    /// What was turned away since the server started, by class; classes without any are left out.
    pub turned_away: Vec<TurnedAway>,
}

/// The open waiting room.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitingRoom {
    /// Its number.
    pub room: u32,
    /// Since when, UTC milliseconds.
    pub since: i64,
    /// Who opened it: an operator's address, or `the shop itself`.
    pub by: String,
    /// What for; may be empty.
    pub campaign: String,
    /// In which order shoppers are let in.
    pub order: LineOrder,
    /// Before this nobody is let in, UTC milliseconds.
    pub opens_at: Option<i64>,
    /// SHA-256 of the seed of the draw, to be published before anybody comes.
    pub commitment: Option<String>,
    /// Whether the draw was done.
    pub drawn: bool,
    /// Tickets given.
    pub issued: u32,
    /// Tickets that wait.
    pub waiting: u32,
    /// Shoppers inside, and those who may come in.
    pub inside: u64,
    /// Let in during the last minute.
    pub let_in_last_minute: u64,
    /// How many are let in a minute now.
    pub per_minute: u32,
    /// Whether the shop's load decides how many.
    pub follows_load: bool,
}

/// Requests of a class that were turned away.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TurnedAway {
    /// `begun`, `begin`, `read` or `operators`.
    pub class: String,
    /// Because more was in work than the shop can do.
    pub overloaded: u64,
    /// Because their client asked for too much.
    pub too_many: u64,
}

/// What opens the waiting room.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenRoom {
    /// What for; at most 100 characters.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub campaign: String,
    /// In which order shoppers are let in. While the room is open it stays as it is.
    pub order: LineOrder,
    /// Before this nobody is let in, UTC milliseconds. While the room is open it stays as it is.
    #[serde(default)]
    pub opens_at: Option<i64>,
    /// How many are let in a minute, 1 to 1,000,000; without it as many as the shop serves.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub per_minute: Option<u32>,
}

/// Which ticket is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TicketQuery {
    /// The room's number.
    pub room: u32,
    /// The ticket's number.
    pub ticket: u32,
}

/// What the record says of a ticket.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketRecord {
    /// The room's number.
    pub room: u32,
    /// The ticket's number.
    pub ticket: u32,
    /// What happened to it, oldest first.
    pub items: Vec<TicketEvent>,
}

/// What happened to a ticket.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketEvent {
    /// When, UTC milliseconds, to the second.
    pub at: i64,
    /// `issued`, `place_reached`, `lottery_draw` or `fell_out`.
    pub what: String,
    /// The number of the record's block that says so.
    pub block: u64,
}
