//! The proof of the way to the doorstep: the shop shows each parcel as it ended, once, and says of each that is late why.

use super::desk::Desk;
use super::journey::End;
use super::parcels::Parcel;
use crate::shop::Office;
use serde_json::Value;
use std::collections::BTreeMap;

/// States in which fulfillments may be found.
const STATES: &str = "open,picking,packed,shipped,delivered";
/// What of a parcel's way says that it will be late, or not arrive.
const REASONS: [&str; 4] = [
    "on_hold",
    "delivery_delayed",
    "delivery_failed",
    "return_to_sender",
];

/// Compares what the shop shows with what became of the parcels; how many broken promises the orders' pages explain.
///
/// # Errors
/// When the shop cannot be read.
pub async fn prove(
    office: &mut Office,
    problems: &mut Vec<String>,
    parcels: &[Parcel],
) -> Result<u64, String> {
    let by_id: BTreeMap<&str, &Parcel> = parcels
        .iter()
        .map(|p| (p.fulfillment.as_str(), p))
        .collect();
    let mut numbers: Vec<&str> = parcels.iter().map(|p| p.number.as_str()).collect();
    numbers.sort_unstable();
    for two in numbers.windows(2).filter(|two| two[0] == two[1]) {
        problems.push(format!("{}: one number, two parcels", two[0]));
    }
    let mut found = 0;
    let mut wrong = Vec::new();
    Desk::list(office, STATES, |listed| {
        let Some(parcel) = by_id.get(listed.id.as_str()) else {
            if listed.method == "ship" && listed.state == "open" {
                wrong.push(format!("{}: a parcel that was never booked", listed.id));
            }
            return;
        };
        found += 1;
        let Some(waybill) = &listed.parcel else {
            wrong.push(format!("{}: its waybill is gone", listed.id));
            return;
        };
        if waybill.number != parcel.number {
            let (told, shown) = (&parcel.number, &waybill.number);
            wrong.push(format!("{}: {told} was told, {shown} is shown", listed.id));
        }
        let expected = match parcel.end {
            Some(End::Delivered) => ("delivered", "delivered"),
            Some(End::Returned) => ("shipped", "return_to_sender"),
            Some(End::Lost) => ("shipped", "on_hold"),
            None => return,
        };
        let shown = (listed.state.as_str(), waybill.status.as_str());
        if shown != expected {
            let number = &parcel.number;
            wrong.push(format!(
                "{number} is {expected:?}, the shop shows {shown:?}"
            ));
        }
    })
    .await?;
    problems.append(&mut wrong);
    if found != by_id.len() {
        problems.push(format!(
            "{} parcels have a waybill, the shop shows {found}",
            by_id.len()
        ));
    }
    for parcel in parcels.iter().filter(|p| p.end.is_none()) {
        problems.push(format!("{}: it never ended", parcel.number));
    }
    explained(office, problems, parcels).await
}

/// How many of the parcels that broke a promise the shop explains: each one's order is read.
async fn explained(
    office: &mut Office,
    problems: &mut Vec<String>,
    parcels: &[Parcel],
) -> Result<u64, String> {
    let mut explained = 0;
    for parcel in parcels.iter().filter(|p| p.is_kept() == Some(false)) {
        let path = format!("/api/v1/orders/{}", parcel.order);
        let order = office.get(&path).await?;
        let mut history = order["history"].as_array().into_iter().flatten();
        if history.any(|entry| entry["subject"] == *parcel.fulfillment && explains(entry)) {
            explained += 1;
        } else {
            let number = &parcel.number;
            problems.push(format!(
                "{number} came later than promised, and nothing says why"
            ));
        }
    }
    Ok(explained)
}

/// Whether an entry of an order's history says why a parcel is late: what its carrier told of it, or a delay that the shop
/// found itself.
fn explains(entry: &Value) -> bool {
    match entry["what"].as_str() {
        Some("parcel_delayed") => true,
        Some("parcel_seen") => {
            let status = entry["seen"]["status"].as_str().unwrap_or_default();
            REASONS.contains(&status)
        }
        _ => false,
    }
}
