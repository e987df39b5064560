//! The event in the report, told to somebody who was not there: what it was, what it brought, how it went, what it gave.

use super::bridge;
use super::plot::{Plot, Scale, Series, Stroke, escaped, figure};
use super::plots::clock;
use super::story::{hot_gone_s, named, seconds, used_up};
use super::{duration, milliseconds, money};
use crate::event::{EventReport, Ranking, Slice};
use crate::report::Report;
use std::fmt::Write;

/// Marks of the level axis at most.
const MARKS_MAX: i64 = 10;

/// The section.
pub fn section(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    out.push_str("<section><h2>The sale</h2>");
    what_it_was(report, event, out)?;
    out.push_str("<h3>What it brought</h3>");
    bridge::section(report, event, out)?;
    out.push_str("<h3>What was sold in it</h3>");
    brought(event, out)?;
    out.push_str("<h3>How it went</h3>");
    timeline(report, event, out)?;
    plots(event, out)?;
    rules(event, out)?;
    out.push_str("</section>\n");
    Ok(())
}

/// The figures at the head of the page.
pub fn tiles(event: &EventReport) -> Vec<(&'static str, String, String)> {
    let amount = |minor| money(minor, &event.currency);
    let within = &event.bridge.within;
    let gave = event.rules.iter().filter(|r| r.off_minor > 0).count();
    let free: i64 = event.rules.iter().map(|r| r.delivery_minor).sum();
    vec![
        (
            "Confirmed of what was placed in the sale",
            amount(within.confirmed.minor),
            format!(
                "{} orders; {} without delivery; {} left after cancellations and returns",
                figure(within.confirmed.orders as f64),
                amount(within.goods_minor()),
                amount(within.left.minor)
            ),
        ),
        (
            "Orders placed in its first second",
            figure(in_second(event, 0) as f64),
            format!(
                "{} in the second before; 99 of 100 took no longer than {}",
                figure(in_second(event, -1) as f64),
                milliseconds(event.rush.latency.p99_ms)
            ),
        ),
        (
            "Taken off by its rules",
            amount(event.off_minor),
            format!(
                "by {gave} of its {} rules, of orders neither canceled nor given up; delivery for {} was free",
                event.rules.len(),
                amount(free)
            ),
        ),
    ]
}

/// Orders placed in a second of the sale, counted from 0.
fn in_second(event: &EventReport, second: i64) -> u64 {
    let mut slices = event.slices.iter();
    let found = slices.find(|s| s.second == second);
    found.map_or(0, |s| s.placed)
}

/// Who bought in it, and what was sold of what, where to and by whom.
fn brought(event: &EventReport, out: &mut String) -> std::fmt::Result {
    let trade = &event.trade;
    let count = |number: i64| figure(number as f64);
    write!(
        out,
        "<p>By the shop's own report, of the {} orders worth {} that were confirmed while the sale ran; cancellations and returns \
         are not taken off. {} buyers had one, {} of them their first: simulated shoppers are nearly all new to the shop, so \
         this says nothing of a real sale. {}</p><div class=\"rankings\">",
        count(trade.within.orders),
        escaped(&money(trade.within.revenue, &event.currency)),
        count(trade.buyers),
        count(trade.new_buyers),
        worth(event)
    )?;
    for ranking in trade.rankings.iter().filter(|r| r.parts.len() > 1) {
        bars(ranking, &event.currency, out)?;
    }
    out.push_str("</div>");
    Ok(())
}

/// What its rules cost beside what they brought.
fn worth(event: &EventReport) -> String {
    let within = &event.bridge.within;
    if within.off_minor <= 0 {
        return String::new();
    }
    let said = |minor: f64| escaped(&money(minor.round() as i64, &event.currency));
    let unit = super::unit_of(&event.currency) as f64;
    format!(
        "Of the confirmed orders that were placed in it, goods for {} were sold for each {} that the rules took off them.",
        said(within.goods_minor() as f64 * unit / within.off_minor as f64),
        said(unit)
    )
}

/// A ranking as bars, the longest for the most revenue.
fn bars(ranking: &Ranking, currency: &str, out: &mut String) -> std::fmt::Result {
    let (title, counted, none, rest) = match ranking.of {
        "categories" => (
            "What was sold",
            "Goods of the sale, without delivery",
            "without a category",
            "all other categories",
        ),
        "regions" => (
            "Where to",
            "Goods and delivery of the sale",
            "collected, or without a region",
            "all other regions",
        ),
        _ => (
            "By whom",
            "Goods and delivery of the sale",
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
        0 => "the shop had had none yet then, so that there was nothing to try it on".to_string(),
        orders => format!(
            "{} were priced again, {} would have cost less",
            figure(orders as f64),
            figure(event.rehearsed_reduced as f64)
        ),
    };
    let refused = match event.visitors_refused.values().sum::<u64>() {
        0 => "none was refused one".to_string(),
        some => format!("{} were refused one", figure(some as f64)),
    };
    write!(
        out,
        "<p class=\"lead\">From {} to {} on the clock of the day that was played, which took {}, the shop held a sale with {} rules. It \
         began and ended by the shop's own clock, at seconds that were set before. {} visitors came for it alone, half of them \
         around its first second; {} of them placed an order, {refused}.</p>\
         <p>Before the day began the sale was prepared as a draft and rehearsed on the orders of the 24 hours before ({rehearsal}). \
         The operator who had prepared it tried to approve it and was refused, as the shop asks for a second person; \u{201c}{}\u{201d} \
         approved it.</p>",
        clock(report, begins),
        clock(report, begins + lasts),
        duration(lasts),
        event.rules.len(),
        figure(event.visitors as f64),
        figure(event.visitors_bought as f64),
        escaped(&event.approved_by),
    )
}

/// What happened when, in order.
fn timeline(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    let told = |(ms, rule, what): (i64, &str, String)| {
        (ms, format!("{rule}: {what}, for the first time."))
    };
    let mut moments: Vec<(i64, String)> = used_up(event).into_iter().map(told).collect();
    if let Some(first) = event.first_sale_ms {
        let what = "The first order at a price of the sale is placed.";
        moments.push((first, what.to_string()));
    }
    if let (Some(at), Some(hot)) = (hot_gone_s(report), &report.hot_article) {
        let ms = ((at - event.played_s.0) * 1_000.0).round() as i64;
        let what = format!(
            "The scarce article, {}, is seen to be sold out; it is none of the sale's goods.",
            named(hot)
        );
        moments.push((ms, what));
    }
    let end = event.ends_at - event.starts_at;
    let ends = "The sale ends: everything has its usual price again.";
    moments.push((end, ends.to_string()));
    moments.push((0, "The sale begins.".to_string()));
    moments.sort();
    write!(
        out,
        "<p>Times are counted from the start of the sale, by the shop's own clock. What was used up was seen by looking {} times, \
         about ten times a second. What a canceled order had taken can be had again, so that something may be used up more than \
         once.</p><ol class=\"moments\">",
        figure(event.looks as f64),
    )?;
    for (ms, what) in moments {
        let when = match ms {
            ..0 => format!("{} before", seconds(-ms)),
            _ => seconds(ms),
        };
        write!(out, "<li><b>{when}</b> {}</li>", escaped(&what))?;
    }
    out.push_str("</ol>");
    Ok(())
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
    let busiest = within.max_by_key(|s| s.placed);
    let busiest = busiest.copied().unwrap_or_default();
    let sum = event.bridge.within.placed.orders;
    let reading = format!(
        "All orders that were placed, whatever became of them; the seconds of the sale make the {} that the table shows. The busiest \
         of its {length} seconds was number {}, with {}.",
        figure(sum as f64),
        busiest.second + 1,
        figure(busiest.placed as f64)
    );
    let all = ("orders placed", Stroke::Filled, 1);
    let all = vec![series(event, all, |s| s.placed as f64)];
    let title = "Orders placed in each second, around the sale and in it";
    seconds.figure((title, &reading), "orders", all, out)?;
    let unit = super::unit_of(&event.currency) as f64;
    let within = &event.bridge.within;
    let reading = format!(
        "Confirmed orders by the second in which they were placed, before cancellations and returns: the seconds of the sale make \
         the {} that the table shows, {} without delivery. The sale's rules had taken {} off them.",
        money(within.confirmed.minor, &event.currency),
        money(within.goods_minor(), &event.currency),
        money(within.off_minor, &event.currency)
    );
    let all = vec![
        series(event, ("with delivery", Stroke::Filled, 5), |s| {
            s.confirmed_minor as f64 / unit
        }),
        series(event, ("without delivery", Stroke::Solid, 2), |s| {
            s.goods_minor as f64 / unit
        }),
        series(event, ("taken off", Stroke::Solid, 1), |s| {
            s.off_minor as f64 / unit
        }),
    ];
    let title = ("Revenue of each second", reading.as_str());
    seconds.figure(title, &event.currency, all, out)
}

fn rules(event: &EventReport, out: &mut String) -> std::fmt::Result {
    let said = |minor: i64| escaped(&money(minor, &event.currency));
    write!(
        out,
        "<h3>What each rule gave</h3><p>Of orders that are neither canceled nor given up at the end of the run, confirmed or not yet: \
         these are what the shop counts against a rule's limits. Together the rules took {} off them; the {} in the table \
         above is of the confirmed alone, with those that were canceled since. An order came too late for a rule that would \
         have applied to it when the rule was used up, wholly or in part, or when its buyer had had all that one buyer may \
         have; it was placed all the same, without that reduction or with a part of it.</p><table class=\"cards\"><thead><tr>\
         <th>Rule</th><th>Orders</th><th>Taken off</th><th>Came too late for it</th><th class=\"told\">Used of its limits</th></tr></thead><tbody>",
        said(event.off_minor),
        said(event.bridge.within.off_minor)
    )?;
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
            "<tr><td class=\"told\"><b>{}</b><br>{}</td><td data-name=\"Orders\">{}</td><td data-name=\"Taken off\">{}</td>\
             <td data-name=\"Came too late for it\">{}</td><td class=\"told\" data-name=\"Used of its limits\">{}</td></tr>",
            escaped(&rule.title),
            escaped(&rule.story),
            match rule.orders {
                0 => "none: not tried".to_string(),
                some => figure(some as f64),
            },
            match rule.delivery_minor {
                0 => escaped(&money(rule.off_minor, &event.currency)),
                free => format!("{} of delivery", escaped(&money(free, &event.currency))),
            },
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
