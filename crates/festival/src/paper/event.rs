//! The event in the report, told to somebody who was not there: what it was, how it went, what it gave, and the proof.

use super::plot::{Plot, Scale, Series, Stroke, escaped, figure};
use super::{duration, line, money};
use crate::audit::Promise;
use crate::event::{EventReport, Slice};
use crate::report::Report;
use std::fmt::Write;

/// Marks of the level axis at most.
const MARKS_MAX: i64 = 10;

/// The section.
pub fn section(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    let amount = |minor| money(minor, &event.currency);
    out.push_str("<section><h2>The event</h2>");
    what_it_was(event, out)?;
    out.push_str("<h3>How it went</h3>");
    timeline(event, out)?;
    plots(event, out)?;
    rules(event, out)?;
    out.push_str("<h3>What was canceled or came back, in the whole run</h3>");
    if event.gone.is_empty() {
        out.push_str("<p>Nothing was canceled, and nothing came back.</p>");
    } else {
        out.push_str("<ul>");
        for gone in &event.gone {
            write!(
                out,
                "<li>{} {} worth {}: {}; {} was paid back.</li>",
                figure(gone.purchases as f64),
                if gone.purchases == 1 {
                    "purchase"
                } else {
                    "purchases"
                },
                escaped(&amount(gone.worth_minor)),
                why(&gone.why),
                escaped(&amount(gone.paid_back_minor)),
            )?;
        }
        out.push_str(
            "</ul><p>An order that was never paid has nothing to be paid back, and delivery is not paid back for goods that \
             were delivered. What a canceled purchase had taken of a quota, a budget or a code went back to the event and \
             could be had by others.</p>",
        );
    }
    proof(report, event, out)?;
    out.push_str("</section>\n");
    Ok(())
}

fn why(reason: &str) -> &'static str {
    match reason {
        "returned" => "handed over, then taken back whole",
        "shopper" => "canceled at the shopper's wish, or given up after a declined card",
        "expired" => "not paid in time",
        "operator" => "canceled by the shop",
        "out_of_stock" => "the goods were not there",
        "fraud" => "suspected of fraud",
        _ => "for another reason",
    }
}

fn what_it_was(event: &EventReport, out: &mut String) -> std::fmt::Result {
    let length = (event.ends_at - event.starts_at) as f64 / 1_000.0;
    let rehearsal = match event.rehearsed_orders {
        0 => "there were none".to_string(),
        orders => format!(
            "{} priced again, {} would have cost less",
            figure(orders as f64),
            figure(event.rehearsed_reduced as f64)
        ),
    };
    write!(
        out,
        "<p class=\"lead\">During the day the shop held a sale: {} rules, for {}, started by the clock at a second that was set \
         before. {} more visitors came for it beside the shoppers of the day, half of them at that very second.</p>\
         <p>It was prepared as a draft and rehearsed on the orders of the 24 hours before ({}). The one who had prepared it \
         tried to approve it and was refused, as the shop asks for a second person: {} approved it.</p>",
        event.rules.len(),
        duration(length),
        figure(event.visitors as f64),
        rehearsal,
        escaped(&event.approved_by),
    )
}

/// What happened when, in order.
fn timeline(event: &EventReport, out: &mut String) -> std::fmt::Result {
    let mut moments: Vec<(i64, String)> = Vec::new();
    if let Some(first) = event.first_sale_ms {
        moments.push((
            first,
            "The first order at a price of the sale is placed.".to_string(),
        ));
    }
    for rule in &event.rules {
        for (what, _, total, gone) in &rule.limits {
            let what = match what.as_str() {
                // That all packets are drawn says as much.
                "drawn" => continue,
                "packets" => format!("all {total} red packets have been drawn."),
                "money" => format!(
                    "the budget of {} is used up for the first time.",
                    money(*total, &event.currency)
                ),
                "orders" => format!(
                    "all {total} orders that could have it have had it, for the first time."
                ),
                article => format!(
                    "all {total} pieces of \u{201c}{article}\u{201d} are sold at its price, for the first time."
                ),
            };
            moments.extend(gone.map(|ms| (ms, format!("{}: {what}", rule.title))));
        }
    }
    let end = event.ends_at - event.starts_at;
    moments.push((
        end,
        "The sale ends: everything has its usual price again.".to_string(),
    ));
    moments.push((0, "The sale begins.".to_string()));
    moments.sort();
    let [before, within, after] = event.purchases;
    write!(
        out,
        "<p>{} purchases were placed before the sale, {} while it ran, {} after its end. Times are counted from its start, \
         by the shop's own clock; when something was used up was seen by looking {} times, about ten times a second. What a \
         canceled order had taken can be had again, so that something may be used up more than once.</p>\
         <ol class=\"moments\">",
        figure(before as f64),
        figure(within as f64),
        figure(after as f64),
        figure(event.looks as f64),
    )?;
    for (ms, what) in moments {
        write!(out, "<li><b>{}</b> {}</li>", seconds(ms), escaped(&what))?;
    }
    out.push_str("</ol>");
    Ok(())
}

fn seconds(ms: i64) -> String {
    if ms.abs() < 1_000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1_000, ms.abs() % 1_000 / 100)
    }
}

/// Where the seconds of the event are, from some before it to some after.
struct Seconds {
    span: (f64, f64),
    marks: Vec<(f64, String)>,
}

impl Seconds {
    fn of(event: &EventReport) -> Option<Self> {
        let (first, last) = event.slices.first().zip(event.slices.last())?;
        let length = last.second - first.second + 1;
        let step = (length / MARKS_MAX).max(1);
        let marks = (first.second..=last.second).filter(|s| s % step == 0);
        Some(Self {
            span: (first.second as f64, last.second as f64 + 1.0),
            marks: marks.map(|s| (s as f64, format!("{s} s"))).collect(),
        })
    }

    fn figure(
        &self,
        (title, reading): (&str, &str),
        unit: &'static str,
        series: Vec<Series>,
        out: &mut String,
    ) -> std::fmt::Result {
        let plot = Plot {
            title: format!("{title}: {reading}"),
            unit,
            span: self.span,
            marks: self.marks.clone(),
            scale: Scale::Linear,
            series,
        };
        super::plots::framed(title, reading, &plot, out)
    }
}

fn series(
    event: &EventReport,
    (name, stroke, color): (&str, Stroke, u8),
    value: impl Fn(&Slice) -> f64,
) -> Series {
    let point = |s: &Slice| (s.second as f64 + 0.5, Some(value(s)));
    Series {
        name: name.to_string(),
        stroke,
        color,
        points: event.slices.iter().map(point).collect(),
    }
}

fn plots(event: &EventReport, out: &mut String) -> std::fmt::Result {
    let Some(seconds) = Seconds::of(event) else {
        return Ok(());
    };
    let length = (event.ends_at - event.starts_at) / 1_000;
    let within = event
        .slices
        .iter()
        .filter(|s| (0..length).contains(&s.second));
    let busiest = within.max_by_key(|s| s.purchases);
    let busiest = busiest.copied().unwrap_or_default();
    let reading = format!(
        "Its busiest second was the one after {} s, with {}.",
        busiest.second, busiest.purchases
    );
    let all = ("purchases", Stroke::Filled, 1);
    let all = vec![series(event, all, |s| s.purchases as f64)];
    let title = "Purchases a second, from before the sale to after it";
    seconds.figure((title, &reading), "purchases", all, out)?;
    let unit = super::unit_of(&event.currency) as f64;
    let reading = format!(
        "Purchases placed while it ran and not canceled since brought {}; its rules took {} off.",
        money(event.revenue_minor, &event.currency),
        money(event.off_minor, &event.currency)
    );
    let both = vec![
        series(event, ("revenue", Stroke::Filled, 5), |s| {
            s.revenue_minor as f64 / unit
        }),
        series(event, ("taken off", Stroke::Solid, 1), |s| {
            s.off_minor as f64 / unit
        }),
    ];
    let title = ("Revenue a second", reading.as_str());
    seconds.figure(title, "in the shop's currency", both, out)
}

fn rules(event: &EventReport, out: &mut String) -> std::fmt::Result {
    out.push_str(
        "<h3>What each rule gave</h3><div class=\"scroll\"><table><caption>Of purchases that were not canceled</caption><thead><tr>\
         <th>Rule</th><th>Purchases</th><th>Taken off</th><th>Would have had more, but it was used up</th><th>Used of its limits</th></tr></thead><tbody>",
    );
    for rule in &event.rules {
        let limit = |(what, taken, total, _): &(String, i64, i64, Option<i64>)| match what.as_str()
        {
            "packets" => format!("{taken} of {total} packets drawn"),
            "drawn" => format!("{} in them", money(*taken, &event.currency)),
            "money" => format!(
                "{} of {}",
                money(*taken, &event.currency),
                money(*total, &event.currency)
            ),
            "orders" => format!("{taken} of {total} orders"),
            article => format!("{taken} of {total} {article}"),
        };
        let limits: Vec<String> = rule.limits.iter().map(|l| escaped(&limit(l))).collect();
        write!(
            out,
            "<tr><td class=\"told\"><b>{}</b><br>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"told\">{}</td></tr>",
            escaped(&rule.title),
            escaped(&rule.story),
            figure(rule.purchases as f64),
            escaped(&money(rule.off_minor, &event.currency)),
            figure(rule.short as f64),
            if limits.is_empty() {
                "no limit".to_string()
            } else {
                limits.join("<br>")
            },
        )?;
    }
    out.push_str("</tbody></table></div>");
    Ok(())
}

fn proof(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    out.push_str("<h3>The proof</h3><ul class=\"verdict\">");
    let broken = |promise| report.broken_by_promise.get(&promise).copied().unwrap_or(0);
    line(
        broken(Promise::LimitExceeded),
        "No quota, no budget, no limit per buyer was exceeded, and no single-use code was good twice; what all orders took is \
         what the shop says was taken.",
        out,
    )?;
    line(
        broken(Promise::PriceWrong),
        "Every order costs to the cent what the rules come to, worked out anew from their definitions: its usual price before \
         the sale and after it, and while it ran all that was left of each rule. What was canceled or came \
         back was paid back to the cent.",
        out,
    )?;
    let refused: Vec<String> = event
        .visitors_refused
        .iter()
        .map(|(code, n)| {
            format!(
                "{} with \u{201c}{}\u{201d}",
                figure(*n as f64),
                escaped(code)
            )
        })
        .collect();
    let refused = if refused.is_empty() {
        "nobody was refused".to_string()
    } else {
        format!("refused were {}", refused.join(", "))
    };
    write!(
        out,
        "</ul><p>Of the {} visitors who came for the sale {} got an order; {refused}.</p>",
        figure(event.visitors as f64),
        figure(event.visitors_bought as f64),
    )
}
