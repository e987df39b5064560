//! The event in the report, told to somebody who was not there: what it was, how it went, what it gave, and the proof.

use super::plot::{Plot, Scale, Series, Stroke, escaped, figure};
use super::plots::{clock, reason_in_words};
use super::{duration, line, money};
use crate::audit::Promise;
use crate::event::{EventReport, Gone, Ranking, Slice, Span};
use crate::report::Report;
use std::fmt::Write;

/// Marks of the level axis at most.
const MARKS_MAX: i64 = 10;

/// The section.
pub fn section(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    out.push_str("<section><h2>The sale</h2>");
    what_it_was(report, event, out)?;
    out.push_str("<h3>What it brought</h3>");
    brought(report, event, out)?;
    out.push_str("<h3>How it went</h3>");
    timeline(event, out)?;
    plots(event, out)?;
    rules(event, out)?;
    out.push_str("<h3>What was canceled or came back, in the whole run</h3>");
    gone(event, out)?;
    proof(report, event, out)?;
    out.push_str("</section>\n");
    Ok(())
}

fn gone(event: &EventReport, out: &mut String) -> std::fmt::Result {
    if event.gone.is_empty() {
        return out.write_str("<p>Nothing was canceled, and nothing came back.</p>");
    }
    let amount = |minor| escaped(&money(minor, &event.currency));
    let told = |gone: &Gone| {
        let mut told = format!("Paid back: {}", amount(gone.paid_back_minor));
        if gone.unpaid_minor > 0 {
            told += &format!("; {} had never been paid", amount(gone.unpaid_minor));
        }
        if gone.kept_minor > 0 {
            told += &format!(
                "; {} for delivery was kept, as the shop's terms said in this run",
                amount(gone.kept_minor)
            );
        }
        told
    };
    out.push_str("<ul>");
    for gone in &event.gone {
        let word = match gone.purchases {
            1 => "purchase",
            _ => "purchases",
        };
        let count = figure(gone.purchases as f64);
        let (worth, why) = (amount(gone.worth_minor), why(&gone.why));
        write!(
            out,
            "<li>{count} {word} worth {worth}: {why}. {}.</li>",
            told(gone)
        )?;
    }
    out.write_str(
        "</ul><p>What a canceled purchase had taken of a quota, a budget or a code went back to the sale and could be had by \
         others. Purchases that were never confirmed are among these; the table of what the sale brought has none of them.</p>",
    )
}

fn why(reason: &str) -> &'static str {
    match reason {
        "returned" => "handed over, then taken back whole",
        "shopper" => {
            "canceled by the office at the shopper's wish, or given up after a declined card"
        }
        "expired" => "not paid in time",
        "operator" => "canceled by the shop",
        "out_of_stock" => "the goods were not there",
        "fraud" => "suspected of fraud",
        _ => "for another reason",
    }
}

/// The figures at the head of the page.
pub fn tiles(event: &EventReport) -> Vec<(&'static str, String, String)> {
    let amount = |minor| money(minor, &event.currency);
    let within = event.trade.within;
    vec![
        (
            "Revenue of the sale",
            amount(within.revenue),
            format!(
                "from {} orders of {} on average",
                figure(within.orders as f64),
                amount(within.average)
            ),
        ),
        (
            "Purchases in its first second",
            figure(in_second(event, 0) as f64),
            format!(
                "{} in the second before",
                figure(in_second(event, -1) as f64)
            ),
        ),
        (
            "Taken off by its rules",
            amount(event.off_minor),
            format!("by {} rules, within their limits", event.rules.len()),
        ),
    ]
}

/// Purchases that stand and were placed in a second of the sale, counted from 0.
fn in_second(event: &EventReport, second: i64) -> u64 {
    let mut slices = event.slices.iter();
    let found = slices.find(|s| s.second == second);
    found.map_or(0, |s| s.purchases)
}

/// The sale beside the time before and after it, and what was sold in it.
fn brought(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    let trade = &event.trade;
    let spans = [&trade.before, &trade.within, &trade.after];
    // The currency is said once: three amounts in a row have to fit on a phone.
    let amount = |minor: i64| {
        let said = money(minor, &event.currency);
        escaped(said.trim_end_matches(event.currency.as_str()).trim_end())
    };
    let (from, lasts) = event.played_s;
    let rush = match report.hours.from {
        0.0 => " The time before has the rush of midnight in it.",
        _ => "",
    };
    let hours = [
        (0.0, from),
        (from, from + lasts),
        (from + lasts, report.course.day_s),
    ];
    let hours = hours.map(|(from, to)| format!("{} to {}", clock(report, from), clock(report, to)));
    write!(
        out,
        "<p>These are the figures of the shop's own report of the sale. An order counts where it was confirmed, which is when it \
         was paid or placed on account, with what was to be paid then, delivery and tax included; what was canceled or came back \
         since stands below it.{rush}</p><div class=\"scroll\"><table class=\"figures\"><caption>Amounts in {}; hours are those of the day that was played</caption>\
         <thead><tr><td></td><th scope=\"col\">Before</th><th scope=\"col\">The sale</th><th scope=\"col\">After</th></tr></thead><tbody>",
        escaped(&event.currency)
    )?;
    let mut row = |name: &str, cells: [String; 3]| {
        let cells = cells.join("</td><td>");
        write!(
            out,
            "<tr><th scope=\"row\">{name}</th><td>{cells}</td></tr>"
        )
    };
    let of = |value: &dyn Fn(&Span) -> String| spans.map(value);
    let count = |number: i64| figure(number as f64);
    row("Hours of the day", hours)?;
    row("It took", of(&|s| duration(s.seconds)))?;
    row("Revenue", of(&|s| amount(s.revenue)))?;
    row("Orders confirmed", of(&|s| count(s.orders)))?;
    row("Orders a second", of(&|s| figure(s.orders_per_s())))?;
    row("An order on average", of(&|s| amount(s.average)))?;
    row(
        "From phones",
        of(&|s| format!("{} %", figure(s.phone_permille as f64 / 10.0))),
    )?;
    row("Pieces", of(&|s| count(s.pieces)))?;
    row("Delivery, in the revenue", of(&|s| amount(s.delivery)))?;
    row("Canceled since", of(&|s| amount(s.canceled)))?;
    row("Came back since", of(&|s| amount(s.returned)))?;
    row("Kept", of(&|s| amount(s.kept)))?;
    write!(
        out,
        "</tbody></table></div><p>{} buyers bought in the sale, {} of them for the first time. {} {}</p><div class=\"rankings\">",
        count(trade.buyers),
        count(trade.new_buyers),
        worth(event),
        never_confirmed(report, event)
    )?;
    for ranking in trade.rankings.iter().filter(|r| r.parts.len() > 1) {
        bars(ranking, &event.currency, out)?;
    }
    out.push_str("</div>");
    Ok(())
}

/// What a second of it sold, beside seconds before and after, and what its rules cost.
fn worth(event: &EventReport) -> String {
    let trade = &event.trade;
    let goods = |span: &Span| span.revenue - span.delivery;
    let said = |minor: f64| escaped(&money(minor.round() as i64, &event.currency));
    let a_second = |span: &Span| said(goods(span) as f64 / span.seconds.max(f64::EPSILON));
    let mut told = format!(
        "Without delivery, a second of the sale sold goods for {}, a second before it for {}, one after it for {}.",
        a_second(&trade.within),
        a_second(&trade.before),
        a_second(&trade.after)
    );
    if event.off_minor > 0 {
        let unit = super::unit_of(&event.currency) as f64;
        told += &format!(
            " For each {} that its rules took off, goods for {} were sold.",
            said(unit),
            said(goods(&trade.within) as f64 * unit / event.off_minor as f64)
        );
    }
    told
}

/// How many of the orders that were placed are not in the table.
fn never_confirmed(report: &Report, event: &EventReport) -> String {
    let trade = &event.trade;
    let confirmed = trade.before.orders + trade.within.orders + trade.after.orders;
    let open = report
        .orders
        .saturating_sub(u64::try_from(confirmed).unwrap_or(0));
    format!(
        "Of the {} orders that were placed in the whole run {} were never confirmed: their card was declined, they were canceled \
         first, or a presale's balance was not paid.",
        figure(report.orders as f64),
        figure(open as f64)
    )
}

/// A ranking as bars, the longest for the most revenue.
fn bars(ranking: &Ranking, currency: &str, out: &mut String) -> std::fmt::Result {
    let (title, counted, none, rest) = match ranking.of {
        "categories" => (
            "What was sold",
            "Goods, without delivery",
            "without a category",
            "all other categories",
        ),
        "regions" => (
            "Where to",
            "Goods and delivery",
            "collected, or without a region",
            "all other regions",
        ),
        _ => (
            "By whom",
            "Goods and delivery",
            "without a name",
            "all other sellers",
        ),
    };
    let most = ranking.parts.iter().map(|p| p.revenue).max();
    let most = most.unwrap_or(0).max(1);
    write!(
        out,
        "<figure><figcaption><h3>{title}</h3><p>{counted}</p></figcaption><ol class=\"bars\">"
    )?;
    for part in &ranking.parts {
        let name = match part.title.as_str() {
            _ if part.is_rest => rest,
            "" => none,
            title => title,
        };
        write!(
            out,
            "<li><span>{}</span><b>{}</b><i style=\"width:{:.1}%\"></i></li>",
            escaped(name),
            escaped(&money(part.revenue, currency)),
            part.revenue.max(0) as f64 * 100.0 / most as f64
        )?;
    }
    out.write_str("</ol></figure>")
}

fn what_it_was(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    let (begins, lasts) = event.played_s;
    let rehearsal = match event.rehearsed_orders {
        0 => "there were none yet, so that nothing could be priced again".to_string(),
        orders => format!(
            "{} priced again, {} would have cost less",
            figure(orders as f64),
            figure(event.rehearsed_reduced as f64)
        ),
    };
    write!(
        out,
        "<p class=\"lead\">In the middle of the day the shop held a sale with {} rules: from {} to {} on the clock of the day that was \
         played, which took {}. It began and ended by the shop's own clock, at seconds that were set before. {} visitors came \
         for it alone, half of them around its first second.</p>\
         <p>It was prepared as a draft and rehearsed on the orders of the 24 hours before ({}). The operator who had prepared it \
         tried to approve it and was refused, as the shop asks for a second person; \u{201c}{}\u{201d} approved it.</p>",
        event.rules.len(),
        clock(report, begins),
        clock(report, begins + lasts),
        duration(lasts),
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
                "drawn" | "codes" => continue,
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
    moments: Vec<(f64, String)>,
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
            moments: vec![
                (0.0, "sale".to_string()),
                (event.played_s.1, "its end".to_string()),
            ],
        })
    }

    fn figure(
        &self,
        (title, reading): (&str, &str),
        unit: &str,
        series: Vec<Series>,
        out: &mut String,
    ) -> std::fmt::Result {
        let plot = Plot {
            title: format!("{title}: {reading}"),
            unit: unit.to_string(),
            span: self.span,
            marks: self.marks.clone(),
            moments: self.moments.clone(),
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
        "The busiest of its {length} seconds was number {}, with {}.",
        busiest.second + 1,
        busiest.purchases
    );
    let all = ("purchases", Stroke::Filled, 1);
    let all = vec![series(event, all, |s| s.purchases as f64)];
    let title = "Purchases a second, around the sale and in it";
    seconds.figure((title, &reading), "purchases", all, out)?;
    let unit = super::unit_of(&event.currency) as f64;
    let reading = format!(
        "Purchases that were not canceled, by the second in which they were placed; the sale's rules took {} off them.",
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
    seconds.figure(title, &event.currency, both, out)
}

fn rules(event: &EventReport, out: &mut String) -> std::fmt::Result {
    out.push_str(
        "<h3>What each rule gave</h3><table class=\"cards\"><caption>Of purchases that were not canceled, until the end of the run</caption><thead><tr>\
         <th>Rule</th><th>Purchases</th><th>Taken off</th><th>Got less, as it was used up</th><th class=\"told\">Used of its limits</th></tr></thead><tbody>",
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
            "codes" => format!("{taken} of {total} codes"),
            article => format!("{taken} of {total} {article}"),
        };
        let limits: Vec<String> = rule.limits.iter().map(|l| escaped(&limit(l))).collect();
        write!(
            out,
            "<tr><td class=\"told\"><b>{}</b><br>{}</td><td data-name=\"Purchases\">{}</td><td data-name=\"Taken off\">{}</td>\
             <td data-name=\"Got less, as it was used up\">{}</td><td class=\"told\" data-name=\"Used of its limits\">{}</td></tr>",
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
    out.push_str("</tbody></table>");
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
         back was paid back to the cent, but for the delivery of what came back.",
        out,
    )?;
    let refused = &event.visitors_refused;
    let told: Vec<String> = refused
        .iter()
        .map(|(code, n)| format!("{} {}", figure(*n as f64), reason_in_words(code)))
        .collect();
    let sum: u64 = refused.values().sum();
    let refused = if sum == 0 {
        "none of them was refused".to_string()
    } else {
        format!(
            "{} left without: {}",
            figure(sum as f64),
            escaped(&told.join(", "))
        )
    };
    write!(
        out,
        "</ul><p>Of the {} visitors who came for the sale {} got an order; {refused}.</p>",
        figure(event.visitors as f64),
        figure(event.visitors_bought as f64),
    )
}
