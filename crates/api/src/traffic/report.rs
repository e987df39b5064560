//! The report: visits and purchases of a span of days by one of the things that they are told apart by.

use super::KEPT_DAYS;
use super::orders::{OrderKind, Sold};
use super::visits::OTHER;
use crate::app::{App, RETRY_AFTER_S, now_ms};
use crate::error::ApiError;
use crate::screen::{day_of, span_at, span_of, zone_of};
use crate::v1::campaigns::report_csv::safe;
use crate::v1::wire::traffic as wire;
use crate::v1::wire::{Channel, Device, Money};
use ::screen::Span;
use commerce::money::{Currency, scale};
use commerce::switch::Work;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{CountedTouch, VisitKind};

/// Rows of a report; what comes after them is one row.
const ROWS: usize = 200;
/// How long a question waits for one that reads many orders.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came from one place.
#[derive(Debug, Clone, Default)]
struct Part {
    visits: i64,
    purchases: i64,
    /// Orders and revenue by currency.
    sold: BTreeMap<Currency, (i64, i64)>,
}

impl Part {
    fn add_sold(&mut self, currency: Currency, sold: Sold) {
        self.purchases += sold.purchases;
        let sums = self.sold.entry(currency).or_default();
        sums.0 += sold.orders;
        sums.1 += sold.revenue;
    }

    fn add(&mut self, more: &Self) {
        self.visits += more.visits;
        self.purchases += more.purchases;
        for (currency, (orders, revenue)) in &more.sold {
            let sums = self.sold.entry(*currency).or_default();
            sums.0 += orders;
            sums.1 += revenue;
        }
    }

    fn revenue(&self, currency: Currency) -> i64 {
        self.sold.get(&currency).map_or(0, |sums| sums.1)
    }
}

/// Counts what is asked for.
///
/// # Errors
/// When the question makes no sense, reports are put off, another takes long, or rows cannot be read.
pub async fn report(
    app: &App,
    query: &wire::TrafficQuery,
) -> Result<wire::TrafficReport, ApiError> {
    let (zone_name, zone, own) = {
        let world = app.shelf.read();
        let name = crate::screen::time::zone_name_of(&world).to_string();
        (name, zone_of(&world), world.shop().map(|s| s.currency))
    };
    let span = span(query, &zone)?;
    app.admit(Work::Exports)?;
    let touch = match query.touch.unwrap_or_default() {
        wire::TouchChoice::First => CountedTouch::First,
        wire::TouchChoice::Last => CountedTouch::Last,
    };
    if let Err(error) = app.traffic.write().await {
        tracing::warn!(%error, "the latest visits are missing in a report: they cannot be written");
    }
    let book = tokio::time::timeout(PATIENCE, app.traffic.orders.clone().lock_owned()).await;
    let mut book = book.map_err(|_| ApiError::overloaded(RETRY_AFTER_S))?;
    let name = zone_name.clone();
    let days = zone.clone();
    let counted = app.read(move |reader| {
        let orders = book.orders(reader, span, (&name, &days))?;
        drop(book);
        Ok((orders, reader.visits((span.from, span.to), touch)?))
    });
    let (orders, visits) = counted.await?;
    let by = query.by.unwrap_or_default();
    let parts = parts(by, touch, &orders, &visits);
    let mut currencies: Vec<Currency> = orders.iter().map(|(kind, _)| kind.currency).collect();
    currencies.extend(own);
    currencies.sort_by_key(|c| (Some(*c) != own, *c));
    currencies.dedup();
    let (rows, total) = rows(parts, &currencies);
    Ok(wire::TrafficReport {
        from: day_of(span.from, &zone),
        to: day_of(span.to - 1, &zone),
        time_zone: zone_name,
        touch: query.touch.unwrap_or_default(),
        by,
        window_days: app.config.touch_days,
        currencies: currencies.iter().map(ToString::to_string).collect(),
        rows,
        total,
    })
}

/// Whole days where the shop is.
fn span(query: &wire::TrafficQuery, zone: &TimeZone) -> Result<Span, ApiError> {
    let today = span_at(now_ms(), zone);
    let longest = || {
        let reason = format!("it must be from 1 to {KEPT_DAYS} days");
        ApiError::parameter_invalid("days", reason)
    };
    match (query.days, &query.from, &query.to) {
        (days, None, None) => {
            let days = i64::from(days.unwrap_or(1));
            if !(1..=KEPT_DAYS).contains(&days) {
                return Err(longest());
            }
            Ok(Span {
                from: days_before(today, days - 1, zone),
                to: today.to,
            })
        }
        (None, Some(from), Some(to)) => {
            let day = |name, date: &str| {
                let found = span_of(date, zone);
                found.ok_or_else(|| {
                    ApiError::parameter_invalid(name, "it must be a day such as 2026-11-11")
                })
            };
            let (first, last) = (day("from", from)?, day("to", to)?);
            if last.from < first.from {
                let reason = "it must not be before `from`";
                return Err(ApiError::parameter_invalid("to", reason));
            }
            if first.from < days_before(last, KEPT_DAYS - 1, zone) {
                return Err(longest());
            }
            Ok(Span {
                from: first.from,
                to: last.to,
            })
        }
        _ => {
            let reason = "give either `days` alone or both `from` and `to`";
            Err(ApiError::parameter_invalid("days", reason))
        }
    }
}

/// When the day so many days before another began; days may be an hour longer or shorter.
fn days_before(day: Span, days: i64, zone: &TimeZone) -> i64 {
    const HALF_DAY_MS: i64 = 12 * 60 * 60 * 1_000;
    span_at(day.from + HALF_DAY_MS - days * 2 * HALF_DAY_MS, zone).from
}

fn word<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_string()
}

fn parts(
    by: wire::TrafficDimension,
    touch: CountedTouch,
    orders: &[(OrderKind, Sold)],
    visits: &[(VisitKind, i64)],
) -> BTreeMap<String, Part> {
    use wire::TrafficDimension as By;
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    for (kind, sold) in orders.iter().filter(|(kind, _)| kind.touch == touch) {
        let value = match by {
            By::Source => kind.source.clone(),
            By::Medium => kind.medium.clone(),
            By::Campaign => kind.campaign.clone(),
            By::Referral => kind.referral.clone(),
            By::Landing => kind.landing.to_string(),
            By::Channel => word(&Channel::from(kind.channel)),
            By::Device => word(&Device::from(kind.device)),
        };
        parts
            .entry(value)
            .or_default()
            .add_sold(kind.currency, *sold);
    }
    for (kind, seen) in visits {
        let value = match by {
            By::Source => &kind.source,
            By::Medium => &kind.medium,
            By::Campaign => &kind.campaign,
            By::Referral => &kind.referral,
            By::Landing => &kind.landing,
            By::Channel => "web",
            By::Device => &kind.device,
        };
        match parts.get_mut(value) {
            Some(part) => part.visits += seen,
            None => parts.entry(value.to_string()).or_default().visits = *seen,
        }
    }
    parts
}

/// The rows, the most revenue in the first currency first, and all of them together.
fn rows(
    mut parts: BTreeMap<String, Part>,
    currencies: &[Currency],
) -> (Vec<wire::TrafficRow>, wire::TrafficRow) {
    let mut total = Part::default();
    parts.values().for_each(|part| total.add(part));
    let mut rest = parts.remove(OTHER);
    let mut all: Vec<(String, Part)> = parts.into_iter().collect();
    let most = |part: &Part| currencies.first().map_or(0, |c| part.revenue(*c));
    all.sort_by_key(|(_, part)| Reverse((most(part), part.purchases, part.visits)));
    for (_, part) in all.split_off(all.len().min(ROWS)) {
        rest.get_or_insert_default().add(&part);
    }
    let shown = |value: String, is_rest, part: &Part| wire::TrafficRow {
        value,
        is_rest,
        visits: part.visits,
        purchases: part.purchases,
        conversion_ppm: (part.visits > 0).then(|| scale(part.purchases, 1_000_000, part.visits)),
        sales: currencies.iter().map(|c| sales(*c, part, &total)).collect(),
    };
    let mut rows: Vec<wire::TrafficRow> = all
        .into_iter()
        .map(|(value, part)| shown(value, false, &part))
        .collect();
    rows.extend(rest.map(|part| shown(String::new(), true, &part)));
    let together = shown(String::new(), false, &total);
    (rows, together)
}

fn sales(currency: Currency, part: &Part, total: &Part) -> wire::TrafficSales {
    let (orders, revenue) = part.sold.get(&currency).copied().unwrap_or_default();
    let all = total.revenue(currency);
    let average = (orders > 0).then(|| Money::new(scale(revenue, 1, orders), currency));
    wire::TrafficSales {
        orders,
        revenue: Money::new(revenue, currency),
        average,
        share_permille: if all > 0 {
            scale(1_000, revenue, all)
        } else {
            0
        },
    }
}

const COLUMNS: [&str; 9] = [
    "value",
    "visits",
    "purchases",
    "conversion_percent",
    "currency",
    "orders",
    "revenue",
    "average_order",
    "revenue_share_percent",
];

/// The report as UTF-8 with a header: a line per row and currency, the rest and the total last.
///
/// # Errors
/// When memory does not take it.
pub fn csv(report: &wire::TrafficReport) -> std::io::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    let named = report.rows.iter().map(|row| {
        let name = match row.value.as_str() {
            _ if row.is_rest => OTHER.to_string(),
            "" => "(none)".to_string(),
            value => safe(value.to_string()),
        };
        (name, row)
    });
    for (name, row) in named.chain([("(total)".to_string(), &report.total)]) {
        for (currency, sales) in report.currencies.iter().zip(&row.sales) {
            let money = |money: &Money| match Currency::parse(&money.currency) {
                Some(currency) => commerce::Money {
                    minor: money.amount,
                    currency,
                }
                .decimal(),
                None => money.amount.to_string(),
            };
            csv.write_record([
                &name,
                &row.visits.to_string(),
                &row.purchases.to_string(),
                &row.conversion_ppm
                    .map(|ppm| percent(ppm, 4))
                    .unwrap_or_default(),
                currency,
                &sales.orders.to_string(),
                &money(&sales.revenue),
                &sales.average.as_ref().map(money).unwrap_or_default(),
                &percent(sales.share_permille, 1),
            ])?;
        }
    }
    let text = csv.into_inner();
    text.map_err(|e| std::io::Error::other(e.to_string()))
}

/// A count of parts with its point: 12345 with two digits behind it is 123.45.
fn percent(parts: i64, digits: u32) -> String {
    let unit = 10_i64.pow(digits);
    format!(
        "{}.{:0width$}",
        parts / unit,
        parts % unit,
        width = digits as usize
    )
}
