//! The head of the page: what happened, in a few plain sentences, and what the words mean that the page uses.

use super::plot::{escaped, figure};
use super::plots::clock;
use super::{duration, milliseconds, money};
use crate::event::EventReport;
use crate::report::Report;
use crate::shop::HotArticle;
use std::fmt::Write;

/// Limits that the story names, those that were used up first.
const GONE_MAX: usize = 3;
/// How many times as long as usual orders take where the story says that they waited.
const SLOW: f64 = 2.0;
/// Why orders wait in a rush.
const AT_ONCE: &str = "Orders that come at the same moment are placed together, as many as fit, and those behind wait for them";

/// The words, each used on the page for this alone.
pub fn words(out: &mut String) {
    out.push_str(
        "<dl class=\"facts words\">\
         <dt>Placed</dt><dd>The shop took the order and gave it a number. Orders a second, and how long an order took, are about this.</dd>\
         <dt>Confirmed</dt><dd>A placed order was paid, or the whole sum is held on the card.</dd>\
         <dt>Canceled</dt><dd>A confirmed order was called off before it was handed over.</dd>\
         <dt>Returned</dt><dd>A confirmed order was handed over and came back.</dd>\
         <dt>Left</dt><dd>What remains of the confirmed after cancellations and returns.</dd></dl>\n",
    );
}

/// What happened in the sale.
pub fn story(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    let sentences = [
        midnight(report),
        opening(report, event),
        soon_gone(event),
        scarce(report),
        empty_handed(report, event),
        sold(event),
    ];
    out.push_str("<section><h2>What happened</h2><ol class=\"story\">");
    for sentence in sentences.into_iter().flatten() {
        write!(out, "<li>{}</li>", escaped(&sentence))?;
    }
    out.write_str("</ol></section>\n")
}

/// How the first stretch of a day went that begins at midnight, if its shoppers waited longer than is usual; and why.
fn midnight(report: &Report) -> Option<String> {
    let course = &report.course;
    let first = course
        .stretches
        .first()
        .filter(|_| report.hours.from == 0.0)?;
    let (half, most) = first.p50_ms.zip(first.p99_ms)?;
    let usual = report.order_latency.p50_ms;
    let stretch = course.stretch_s;
    let came = |per_s: f64| figure((per_s * stretch).round());
    let mean = report.shoppers as f64 / course.day_s.max(f64::EPSILON);
    let mut told = format!(
        "Midnight, in whose first {} of the run {} shoppers were due, {:.1} times the day's mean, saw {} orders placed in that time, half \
         of them within {}, 99 of 100 within {}",
        duration(stretch),
        came(first.planned_per_s),
        first.planned_per_s / mean.max(f64::EPSILON),
        came(first.orders_per_s),
        milliseconds(half),
        milliseconds(most),
    );
    if half < SLOW * usual {
        told += ", no slower than the rest of the day.";
        return Some(told);
    }
    let calm = course
        .stretches
        .iter()
        .find(|s| s.p50_ms.is_some_and(|ms| ms < SLOW * usual));
    told += &format!(
        "; over the whole day half of the orders took {} or less. {AT_ONCE}",
        milliseconds(usual)
    );
    if let Some(calm) = calm {
        told += &format!(
            "; by {} the wait was over",
            clock(report, calm.at_s - stretch / 2.0)
        );
    }
    told.push('.');
    Some(told)
}

fn opening(report: &Report, event: &EventReport) -> Option<String> {
    let placed = |second: i64| {
        let mut slices = event.slices.iter();
        slices.find(|s| s.second == second).map_or(0, |s| s.placed)
    };
    let rush = event.rush;
    let felt = if rush.orders == 0 {
        String::new()
    } else {
        format!(
            "; whoever ordered in it had their order placed within {} in half of the cases, within {} in 99 of 100. {AT_ONCE}",
            milliseconds(rush.latency.p50_ms),
            milliseconds(rush.latency.p99_ms)
        )
    };
    Some(format!(
        "The sale began at {} of the day that was played, and in its first second {} orders were placed, after {} in the second \
         before{felt}.",
        clock(report, event.played_s.0),
        figure(placed(0) as f64),
        figure(placed(-1) as f64)
    ))
}

/// Limits that were used up: after how many milliseconds that was first seen, of which rule, and what was.
pub fn used_up(event: &EventReport) -> Vec<(i64, &str, String)> {
    let mut moments = Vec::new();
    for rule in &event.rules {
        for (what, _, total, gone) in &rule.limits {
            let Some(ms) = gone else { continue };
            let what = match what.as_str() {
                // That all packets are drawn says as much.
                "drawn" | "codes" => continue,
                "packets" => format!("all {total} red packets had been drawn"),
                "money" => format!(
                    "the whole budget of {} had been taken",
                    money(*total, &event.currency)
                ),
                "orders" => format!("all {total} orders that could have it had had it"),
                article => format!(
                    "all {total} pieces of \u{201c}{article}\u{201d} had been sold at its price"
                ),
            };
            moments.push((*ms, rule.title.as_str(), what));
        }
    }
    moments.sort();
    moments
}

fn soon_gone(event: &EventReport) -> Option<String> {
    let moments = used_up(event);
    // Red packets are drawn before it begins.
    let told = moments.iter().filter(|(ms, ..)| *ms >= 0).take(GONE_MAX);
    let told: Vec<String> = told
        .map(|(ms, rule, what)| format!("after {} {what} ({rule})", seconds(*ms)))
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "What there was little of was soon gone: {}.",
            told.join("; ")
        )
    })
}

/// When the last piece of the hot article was seen to be gone, in seconds of the run.
pub fn hot_gone_s(report: &Report) -> Option<f64> {
    let mut samples = report.course.samples.iter();
    samples.find(|s| s.hot_left == Some(0)).map(|s| s.at_s)
}

/// An article with its price, as the page calls it.
pub fn named(hot: &HotArticle) -> String {
    let price = hot.unit_minor.map(|minor| money(minor, &hot.currency));
    let price = price.map_or(String::new(), |price| format!(", {price}"));
    format!("\u{201c}{}\u{201d} ({}{price})", hot.title, hot.sku)
}

fn scarce(report: &Report) -> Option<String> {
    let (sold, pieces) = report.hot_sold_of?;
    let gone = hot_gone_s(report);
    let gone = gone.map_or("was not seen to sell out".to_string(), |at| {
        format!("was sold out at {}", clock(report, at))
    });
    Some(format!(
        "The article that the test had made scarce, {}, {gone}: {} shoppers wanted one of {} pieces, {} were sold.",
        report.hot_article.as_ref().map(named).unwrap_or_default(),
        figure(report.after_hot() as f64),
        figure(pieces as f64),
        figure(sold as f64)
    ))
}

fn empty_handed(report: &Report, event: &EventReport) -> Option<String> {
    let refused: u64 = report.refused.values().sum();
    let hot = match report.hot_missed {
        0 => String::new(),
        missed => format!(
            ", {} of them for the scarce article and {} for other goods",
            figure(missed as f64),
            figure(refused.saturating_sub(missed) as f64)
        ),
    };
    let visitors = figure(event.visitors as f64);
    let came = match event.visitors_refused.values().sum::<u64>() {
        0 => format!(
            "of the {visitors} visitors who came for the sale nobody was refused an order, though some came too late for a price"
        ),
        some => format!(
            "of the {visitors} visitors who came for the sale {} were refused an order",
            figure(some as f64)
        ),
    };
    Some(match refused {
        0 => format!("Nobody left empty-handed; {came}."),
        _ => format!(
            "{} shoppers left empty-handed{hot}; {came}.",
            figure(refused as f64)
        ),
    })
}

fn sold(event: &EventReport) -> Option<String> {
    let within = &event.bridge.within;
    let said = |minor: i64| money(minor, &event.currency);
    let seconds = event.played_s.1.max(f64::EPSILON);
    let a_second = |minor: i64| said((minor as f64 / seconds).round() as i64);
    Some(format!(
        "Of the {} orders placed in the sale {} were confirmed, worth {}: goods for {} and delivery for {}; that is {} for each second \
         of the run, {} without delivery. After cancellations and returns {} is left; the sale's rules took {} off the \
         orders that are neither canceled nor given up. Without the sale these hours would have brought {} less.",
        figure(within.placed.orders as f64),
        figure(within.confirmed.orders as f64),
        said(within.confirmed.minor),
        said(within.goods_minor()),
        said(within.delivery_minor),
        a_second(within.confirmed.minor),
        a_second(within.goods_minor()),
        said(within.left.minor),
        said(event.off_minor),
        said(within.added_minor())
    ))
}

/// A moment of the sale, counted from its beginning.
pub fn seconds(ms: i64) -> String {
    if ms.abs() < 1_000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1_000, ms.abs() % 1_000 / 100)
    }
}
