//! The big screen beside the ledger: what it shows of the run is what the orders and the payment provider's books come
//! to (invariant 9).

use crate::audit::{Findings, Promise};
use crate::shop::Office;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// How often, and each time how long, the last reports of the provider are waited for.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_secs(1);

/// Sums of a run, in minor units of the shop's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Orders that were confirmed and not canceled.
    pub orders: i64,
    /// What they are worth.
    pub standing_minor: i64,
    /// Money taken; 0 when the provider's books are not known.
    pub taken_minor: i64,
    /// Money given back; 0 when the provider's books are not known.
    pub given_back_minor: i64,
}

impl Sums {
    fn minus(self, before: Self) -> Self {
        Self {
            orders: self.orders - before.orders,
            standing_minor: self.standing_minor - before.standing_minor,
            taken_minor: self.taken_minor - before.taken_minor,
            given_back_minor: self.given_back_minor - before.given_back_minor,
        }
    }
}

/// The big screen beside the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// What the screen shows of the run.
    pub screen: Sums,
    /// What the orders and the provider's books say of it.
    pub ledger: Sums,
}

/// What the screen and the books showed at a moment.
#[derive(Debug)]
pub struct Moment {
    day: String,
    screen: Sums,
    books: Option<(i64, i64)>,
}

impl Moment {
    /// Reads both.
    ///
    /// # Errors
    /// When the shop does not answer.
    pub async fn read(office: &mut Office) -> Result<Self, String> {
        // The books first: what the screen shows can only be newer.
        let books = office.provider_books().await?;
        let state = office.get("/api/v1/screen").await?;
        let sums = &state["figures"][0]["sums"];
        let currency = sums["currency"].as_str().unwrap_or_default();
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        let books = books.map(|books| {
            let all = books["totals"]["currencies"].as_array();
            let own = all.and_then(|all| all.iter().find(|c| c["currency"] == currency));
            let own = own.cloned().unwrap_or_default();
            (
                number(&own["captured_minor"]),
                number(&own["refunded_minor"]),
            )
        });
        let known = |amount: i64| books.map_or(0, |_| amount);
        Ok(Self {
            day: state["day"].as_str().unwrap_or_default().to_string(),
            screen: Sums {
                orders: number(&sums["orders_standing"]),
                standing_minor: number(&sums["standing"]),
                taken_minor: known(number(&sums["taken"])),
                given_back_minor: known(number(&sums["given_back"])),
            },
            books,
        })
    }

    fn since(&self, before: &Self, findings: &Findings) -> Beside {
        let (taken, given_back) = self.books.unwrap_or_default();
        let (taken_before, given_back_before) = before.books.unwrap_or_default();
        Beside {
            screen: self.screen.minus(before.screen),
            ledger: Sums {
                orders: findings.standing,
                standing_minor: findings.revenue_minor,
                taken_minor: taken - taken_before,
                given_back_minor: given_back - given_back_before,
            },
        }
    }
}

/// Holds the screen against the ledger, once the last reports of the provider are in. `None` when the day ended
/// meanwhile, or others ordered too.
///
/// # Errors
/// When the shop does not answer.
pub async fn check(
    office: &mut Office,
    before: &Moment,
    findings: &mut Findings,
) -> Result<Option<Beside>, String> {
    let mut beside = None;
    for _ in 0..ATTEMPTS {
        let now = Moment::read(office).await?;
        if now.day != before.day || findings.foreign > 0 {
            return Ok(None);
        }
        let found = now.since(before, findings);
        beside = Some(found);
        if found.screen == found.ledger {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    if let Some(Beside { screen, ledger }) = beside {
        findings.ensure(Promise::ScreenWrong, screen == ledger, || {
            format!("the big screen shows {screen:?}, the ledger {ledger:?}")
        });
    }
    Ok(beside)
}
