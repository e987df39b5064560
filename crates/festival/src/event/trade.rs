//! What the event brought, as the shop's own report of it says: beside the time before and after it, and what was sold
//! of what, where to and by whom.

use super::Event;
use crate::shop::Office;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// Rows of a ranking; all others are one row.
const ROWS: usize = 8;

/// The shop's report. Amounts in minor units.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Trade {
    /// From the first shopper of the day to the event's second.
    pub before: Span,
    /// The event.
    pub within: Span,
    /// From its end until all was paid.
    pub after: Span,
    /// Buyers in the event, by e-mail address.
    pub buyers: i64,
    /// Those of them who had begun no purchase before.
    pub new_buyers: i64,
    /// What was sold in the event, by what.
    pub rankings: Vec<Ranking>,
}

/// What was confirmed in a span of time.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Span {
    /// How long shoppers came in it, in seconds.
    pub seconds: f64,
    /// What its orders were worth when they were confirmed, delivery and tax included.
    pub revenue: i64,
    /// These orders, one per seller.
    pub orders: i64,
    /// What one was worth on average.
    pub average: i64,
    /// Orders from phones, in thousandths.
    pub phone_permille: i64,
    /// Pieces.
    pub pieces: i64,
    /// What was paid for delivery.
    pub delivery: i64,
    /// What was canceled of them since.
    pub canceled: i64,
    /// What the goods cost that came back since.
    pub returned: i64,
    /// What is left of the revenue after both.
    pub kept: i64,
}

/// Parts of what was sold, the most revenue first.
#[derive(Debug, Clone, Serialize)]
pub struct Ranking {
    /// What the parts are: `categories`, `regions`, `sellers`.
    pub of: &'static str,
    /// The parts.
    pub parts: Vec<Part>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    /// Its name; empty for what has none.
    pub title: String,
    /// Whether these are all others together.
    pub is_rest: bool,
    /// What was sold.
    pub revenue: i64,
    /// Orders; lines for a category.
    pub count: i64,
}

/// Which of two compared figures is meant.
#[derive(Debug, Clone, Copy)]
enum Side {
    Now,
    Compared,
}

impl Trade {
    /// Asks the shop for it; `entry` is the campaign as the shop shows it after the day.
    ///
    /// # Errors
    /// When the shop does not tell.
    pub(super) async fn read(
        office: &mut Office,
        event: &Event,
        entry: &Value,
    ) -> Result<Self, String> {
        let now = entry["now"].as_i64().ok_or("a campaign without a clock")?;
        let early = event.begins.duration_since(event.day_begins);
        let rest = event.day.saturating_sub(early + event.lasts);
        let ms = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let path = |(from, to): (i64, i64)| {
            format!("/api/v1/campaigns/{}/report?from={from}&to={to}", event.id)
        };
        let begin = (event.starts_at - ms(early), event.starts_at);
        let before = office.get(&path(begin)).await?;
        let end = (event.ends_at, now.max(event.ends_at + 1));
        let after = office.get(&path(end)).await?;
        let lengths = [early, event.lasts, rest].map(|span| span.as_secs_f64());
        Ok(Self::of((&before, &after), &event.goods.currency, lengths))
    }

    /// From two reports, one compared with the time before, one with the time after.
    fn of((before, after): (&Value, &Value), currency: &str, lengths: [f64; 3]) -> Self {
        let figures = |report: &Value| {
            let all = report["figures"].as_array().into_iter().flatten();
            let own = all.into_iter().find(|f| f["currency"] == currency);
            own.cloned().unwrap_or_default()
        };
        let (own, later) = (figures(before), figures(after));
        let [first, second, third] = lengths;
        let rankings = ["categories", "regions", "sellers"];
        let number = |value: &Value| value["now"].as_i64().unwrap_or(0);
        Self {
            before: Span::of(&own, Side::Compared, first),
            within: Span::of(&own, Side::Now, second),
            after: Span::of(&later, Side::Compared, third),
            buyers: number(&before["buyers"]),
            new_buyers: number(&before["new_buyers"]),
            rankings: rankings.map(|of| Ranking::read(of, &own[of])).into(),
        }
    }
}

impl Span {
    fn of(figures: &Value, side: Side, seconds: f64) -> Self {
        let number = |name: &str| {
            let side = match side {
                Side::Now => "now",
                Side::Compared => "before",
            };
            figures[name][side].as_i64().unwrap_or(0)
        };
        Self {
            seconds,
            revenue: number("revenue"),
            orders: number("orders"),
            average: number("average"),
            phone_permille: number("phone_permille"),
            pieces: number("pieces"),
            delivery: number("delivery"),
            canceled: number("canceled"),
            returned: number("returned"),
            kept: number("kept"),
        }
    }
}

impl Ranking {
    fn read(of: &'static str, rows: &Value) -> Self {
        let part = |row: &Value| {
            let title = &row["title"];
            let texts = ["en", "de", "zh"].map(|language| title[language].as_str());
            Part {
                title: texts
                    .into_iter()
                    .flatten()
                    .next()
                    .unwrap_or_default()
                    .to_string(),
                is_rest: row["is_rest"] == true,
                revenue: row["revenue"]["now"].as_i64().unwrap_or(0),
                count: row["count"]["now"].as_i64().unwrap_or(0),
            }
        };
        let all = rows.as_array().into_iter().flatten().map(part);
        // A part may have been sold in the time that is compared alone.
        let mut parts: Vec<Part> = all.filter(|p| p.count > 0).collect();
        if parts.len() > ROWS {
            let rest = parts.split_off(ROWS - 1);
            parts.push(Part {
                title: String::new(),
                is_rest: true,
                revenue: rest.iter().map(|p| p.revenue).sum(),
                count: rest.iter().map(|p| p.count).sum(),
            });
        }
        Self { of, parts }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// A report with nine categories, the least of which was sold before the event alone.
    pub fn sample() -> Trade {
        let both = |now: i64, before: i64| json!({"now": now, "before": before});
        let row = |n: i64| {
            json!({"title": {"en": format!("Category <{n}>")}, "is_rest": false,
                   "revenue": both(1_000 * n, 7), "count": both(n, 1)})
        };
        let rows: Vec<Value> = (0..=9).rev().map(row).collect();
        let figures = |orders: i64| {
            json!([{"currency": "CHF"}, {
                "currency": "EUR", "revenue": both(100_001, 5_000), "orders": both(90, orders),
                "average": both(1_111, 500), "phone_permille": both(900, 800), "pieces": both(200, 20),
                "delivery": both(400, 40), "canceled": both(10, 1), "returned": both(20, 2), "kept": both(99_971, 4_997),
                "categories": rows, "regions": [], "sellers": [rows[0]],
            }])
        };
        let report = |orders| json!({"figures": figures(orders), "buyers": both(80, 9), "new_buyers": both(70, 8)});
        Trade::of((&report(10), &report(6)), "EUR", [20.0, 30.0, 10.0])
    }

    #[test]
    fn both_reports_are_read_in_the_shops_currency() {
        let trade = sample();
        assert_eq!(
            (trade.before.orders, trade.within.orders, trade.after.orders),
            (10, 90, 6)
        );
        assert_eq!((trade.within.revenue, trade.within.kept), (100_001, 99_971));
        assert_eq!((trade.buyers, trade.new_buyers), (80, 70));
    }

    #[test]
    fn a_ranking_loses_nothing_to_the_rest() {
        let trade = sample();
        let categories = &trade.rankings[0];
        assert_eq!(
            (categories.of, categories.parts.len()),
            ("categories", ROWS)
        );
        let sum: i64 = categories.parts.iter().map(|p| p.revenue).sum();
        assert_eq!(sum, (1..=9).map(|n| 1_000 * n).sum::<i64>());
        assert!(categories.parts[ROWS - 1].is_rest);
        assert!(trade.rankings[1].parts.is_empty());
    }
}
