//! The purchases of a run, read one by one from the operator's interface.

use super::kinds::Line;
use crate::client::Target;
use crate::run::Day;
use crate::shop::{Office, Token};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// Orders that are read at once.
const READERS: usize = 12;
/// How often an order is read again whose refund is still on its way, and how long after.
const AGAIN_MAX: usize = 20;
const AGAIN: Duration = Duration::from_millis(500);
/// A purchase as its orders show it. Amounts in minor units.
#[derive(Debug, Clone, Default)]
pub struct Purchase {
    /// The shopper's number.
    pub number: u64,
    /// What was paid for in one go.
    pub group: String,
    /// The buyer's address.
    pub email: String,
    /// When it was placed, in UTC milliseconds.
    pub placed_at: i64,
    /// When it was confirmed, which is when the money was held or taken, all of it; `None` when it never was.
    pub confirmed_at: Option<i64>,
    /// Where the latest attempt to pay is, or empty.
    pub last_payment: String,
    /// Whether anything of it stands.
    pub is_live: bool,
    /// Why it ended, or empty.
    pub cancel_reason: String,
    /// What was bought.
    pub lines: Vec<Line>,
    /// What lines cost as paid, in all.
    pub goods: i64,
    /// What was paid for delivery.
    pub shipping: i64,
    /// What the group costs.
    pub total: i64,
    /// Whether it goes by parcel.
    pub is_parcel: bool,
    /// Title, code and amount of each discount.
    pub discounts: Vec<(String, String, i64)>,
    /// What went back, or is on its way back.
    pub refunded: i64,
    /// What was taken.
    pub captured: i64,
    /// The same by payment, those without left out.
    pub payments: Vec<i64>,
    /// Its deposit was paid, and its balance not yet.
    pub awaits_balance: bool,
}

/// Reads all orders, several at once, and puts together those that were paid for in one go.
///
/// # Errors
/// When one cannot be read.
pub async fn read_all(
    target: &Target,
    token: &Token,
    orders: &[(u64, String)],
    day: &Day,
) -> Result<Vec<Purchase>, String> {
    let mut tasks = tokio::task::JoinSet::new();
    for part in orders.chunks(orders.len().div_ceil(READERS).max(1)) {
        let mut office = Office::new(target.clone(), token.clone());
        let part: Vec<_> = part
            .iter()
            .map(|(number, id)| (*number, id.clone(), day.afterlives.get(number).copied()))
            .collect();
        tasks.spawn(async move {
            let mut found = Vec::new();
            for (number, id, afterlife) in part {
                let path = format!("/api/v1/orders/{id}");
                let mut order = office.get(&path).await?;
                for _ in 0..AGAIN_MAX {
                    if afterlife.is_none() || is_settled(&order) {
                        break;
                    }
                    tokio::time::sleep(AGAIN).await;
                    order = office.get(&path).await?;
                }
                found.push((number, order));
            }
            Ok::<_, String>(found)
        });
    }
    let mut groups: BTreeMap<String, Purchase> = BTreeMap::new();
    while let Some(part) = tasks.join_next().await {
        for (number, order) in part.map_err(|e| e.to_string())?? {
            let group = order["group"].as_str().unwrap_or_default().to_string();
            let purchase = groups.entry(group.clone()).or_insert_with(|| Purchase {
                number,
                group,
                ..Purchase::default()
            });
            purchase.add(&order);
        }
    }
    Ok(groups.into_values().collect())
}

/// Whether all that was taken for a canceled order went back.
fn is_settled(order: &Value) -> bool {
    let mut read = Purchase::default();
    read.add(order);
    read.is_live || read.captured == read.refunded
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Purchase {
    /// Takes one of its orders on.
    fn add(&mut self, order: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let amount = |value: &Value| value["amount"].as_i64().unwrap_or(0);
        self.email = text(&order["buyer"]["email"]);
        self.placed_at = order["placed_at"].as_i64().unwrap_or(0);
        self.is_live |= order["state"] != "canceled";
        self.cancel_reason = text(&order["cancel_reason"]);
        let mut confirmed = all(&order["history"]).filter(|h| h["what"] == "group_confirmed");
        self.confirmed_at = confirmed.next().and_then(|h| h["at"].as_i64());
        let last = all(&order["payments"]).last();
        self.last_payment = last.map_or(String::new(), |p| text(&p["state"]));
        self.awaits_balance = order["group_state"] == "awaiting_balance";
        self.is_parcel = order["delivery"]["method"] == "ship";
        self.lines.extend(all(&order["lines"]).map(|line| Line {
            variant: text(&line["variant"]),
            pieces: line["quantity"].as_i64().unwrap_or(0),
            unit: amount(&line["unit_price"]),
            discount: amount(&line["discount"]),
        }));
        let totals = &order["totals"];
        self.goods += amount(&totals["goods"]);
        self.shipping += amount(&totals["shipping"]);
        self.total = amount(&totals["group_total"]);
        let discount = |d: &Value| (text(&d["title"]), text(&d["code"]), amount(&d["amount"]));
        self.discounts = all(&order["discounts"]).map(discount).collect();
        self.refunded += all(&order["refunds"])
            .map(|r| amount(&r["amount"]))
            .sum::<i64>();
        let payments = all(&order["payments"]).map(|p| amount(&p["captured"]));
        self.payments = payments.filter(|taken| *taken > 0).collect();
        self.captured = self.payments.iter().sum();
    }

    /// What all rules took off.
    pub fn off_in_all(&self) -> i64 {
        self.discounts.iter().map(|(.., amount)| amount).sum()
    }

    /// What the rule with this title took off.
    pub fn off(&self, title: &str) -> i64 {
        let own = self.discounts.iter().filter(|(t, ..)| t == title);
        own.map(|(.., amount)| amount).sum()
    }
}
