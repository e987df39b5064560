//! What the fuzz targets reach beside the public parsers: the readers of outside input within handlers, without a shop
//! behind them. Nothing else uses it.

use crate::app::now_ms;
use crate::promise::Outlook;
use crate::timetables::Board;
use crate::v1::buy_now;
use crate::v1::request;
use crate::v1::wire::buy_now::BuyNow;
use axum::http::HeaderMap;
use commerce::{Refusal, World};

/// Reads a purchase against a world.
///
/// # Errors
/// As the handler refuses it.
pub fn read_buy_now(world: &World, body: BuyNow) -> Result<(), Refusal> {
    let outlook = Outlook {
        world,
        board: &Board::default(),
        now: now_ms(),
    };
    buy_now::intent(outlook, body).map(drop)
}

/// The idempotency key of a request.
pub fn idempotency_key(headers: &HeaderMap) -> Option<String> {
    request::key_of(headers).ok().flatten()
}
