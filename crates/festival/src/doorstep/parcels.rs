//! The parcels of a festival, as its hands know them.

use super::desk::{Id, Waybill};
use super::journey::{Cause, End};
use serde::Deserialize;

/// A parcel as the shop lists it.
#[derive(Debug, Deserialize)]
pub struct Listed {
    /// The fulfillment's id.
    pub id: String,
    /// The order's.
    pub order: String,
    /// How it is handed over.
    pub method: String,
    /// Where it is.
    pub state: String,
    /// Where it leaves from.
    pub location: Id,
    /// What is in it.
    pub lines: Vec<Line>,
    /// Its waybill.
    pub parcel: Option<Waybill>,
    /// By when it was promised, in UTC milliseconds.
    pub promised: Option<i64>,
}

/// A line of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// Its number in the order.
    pub number: u16,
    /// The variant's id.
    pub variant: String,
    /// Pieces.
    pub quantity: u32,
}

/// A parcel with a waybill.
#[derive(Debug)]
pub struct Parcel {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The order's.
    pub order: String,
    /// The id of the place that it leaves from.
    pub location: String,
    /// What is in it.
    pub lines: Vec<Line>,
    /// By when it was promised, in UTC milliseconds.
    pub promised: Option<i64>,
    /// The waybill's number.
    pub number: String,
    /// The carrier, by its place in the festival's list.
    pub carrier: usize,
    /// The region that it goes to.
    pub region: u8,
    /// What it costs, in minor units.
    pub price: i64,
    /// How it will end.
    pub will_end: End,
    /// How it ended.
    pub end: Option<End>,
    /// When that is, in UTC milliseconds.
    pub ended_at: i64,
    /// What went wrong on its way.
    pub cause: Cause,
}

impl Parcel {
    /// Whether it arrived by when it was promised; `None` where nothing was promised.
    pub fn is_kept(&self) -> Option<bool> {
        let promised = self.promised?;
        Some(self.end == Some(End::Delivered) && self.ended_at <= promised)
    }
}
