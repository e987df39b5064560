//! The big screen beside the ledger: what it shows is what the day's orders and the payment provider's books come to
//! (invariant 9).

use crate::audit::{Findings, Promise};
use crate::shop::Office;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// How often, and each time how long, the last reports of the provider are waited for.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_secs(1);

/// Sums in minor units of the shop's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Orders of the day that were confirmed and not canceled.
    pub orders: i64,
    /// What they are worth.
    pub standing_minor: i64,
    /// Money taken during the run; 0 when the provider's books are not known.
    pub taken_minor: i64,
    /// Money given back during the run; 0 when the provider's books are not known.
    pub given_back_minor: i64,
}

/// The big screen beside the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// What the screen shows.
    pub screen: Sums,
    /// What the orders and the provider's books say.
    pub ledger: Sums,
}

/// What the screen and the books showed at a moment.
#[derive(Debug)]
pub struct Moment {
    day: String,
    day_from: i64,
    currency: String,
    orders: i64,
    standing: i64,
    /// Taken and given back, as the screen shows them.
    money: (i64, i64),
    /// The same in the provider's books, all in all.
    books: Option<(i64, i64)>,
}

impl Moment {
    /// Reads both.
    ///
    /// # Errors
    /// When the shop does not answer.
    pub async fn read(office: &mut Office) -> Result<Self, String> {
        let state = office.get("/api/v1/screen").await?;
        let sums = &state["figures"][0]["sums"];
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let currency = text(&sums["currency"]);
        let books = office.provider_books().await?.map(|books| {
            let all = books["totals"]["currencies"].as_array();
            let own = all.and_then(|all| all.iter().find(|c| c["currency"] == currency.as_str()));
            let own = own.cloned().unwrap_or_default();
            (
                number(&own["captured_minor"]),
                number(&own["refunded_minor"]),
            )
        });
        Ok(Self {
            day: text(&state["day"]),
            day_from: number(&state["day_from"]),
            currency,
            orders: number(&sums["orders_standing"]),
            standing: number(&sums["standing"]),
            money: (number(&sums["taken"]), number(&sums["given_back"])),
            books,
        })
    }

    /// This moment beside the day's orders, and its money since another moment.
    fn beside(&self, before: &Self, (orders, standing): (i64, i64)) -> Beside {
        let since = |now: (i64, i64), before: (i64, i64)| (now.0 - before.0, now.1 - before.1);
        let (shown, booked) = match (self.books, before.books) {
            (Some(now), Some(then)) => (since(self.money, before.money), since(now, then)),
            _ => ((0, 0), (0, 0)),
        };
        let sums = |orders, standing_minor, (taken_minor, given_back_minor)| Sums {
            orders,
            standing_minor,
            taken_minor,
            given_back_minor,
        };
        Beside {
            screen: sums(self.orders, self.standing, shown),
            ledger: sums(orders, standing, booked),
        }
    }
}

/// How many orders since a moment stand, and what they are worth.
async fn standing(office: &mut Office, from: i64, currency: &str) -> Result<(i64, i64), String> {
    let all = office.list(&format!("/api/v1/orders?from={from}")).await?;
    let stands = |order: &&Value| {
        let state = order["state"].as_str().unwrap_or_default();
        order["total"]["currency"] == currency && !matches!(state, "pending" | "canceled")
    };
    let worth = |order: &Value| order["total"]["amount"].as_i64().unwrap_or(0);
    let (mut count, mut sum) = (0, 0);
    for order in all.iter().filter(stands) {
        count += 1;
        sum += worth(order);
    }
    Ok((count, sum))
}

/// Holds the screen against the ledger. While orders and the provider's reports still come in, the two are not of one
/// moment: they are read again. `None` when the day ended meanwhile.
///
/// # Errors
/// When the shop does not answer.
pub async fn check(
    office: &mut Office,
    before: &Moment,
    findings: &mut Findings,
) -> Result<Option<Beside>, String> {
    let mut found = None;
    for _ in 0..ATTEMPTS {
        let orders = standing(office, before.day_from, &before.currency).await?;
        let now = Moment::read(office).await?;
        if now.day != before.day {
            return Ok(None);
        }
        let beside = now.beside(before, orders);
        found = Some(beside);
        if beside.screen == beside.ledger {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    if let Some(Beside { screen, ledger }) = found {
        findings.ensure(Promise::ScreenWrong, screen == ledger, || {
            format!("the big screen shows {screen:?}, the ledger {ledger:?}")
        });
    }
    Ok(found)
}
