//! The bridge as a table: from what was placed to what is left, by period; each step meets the next.

use super::plot::{escaped, figure};
use super::plots::clock;
use super::{amount, duration, money};
use crate::event::{Column, EventReport, Sum, Unconfirmed};
use crate::report::Report;
use std::fmt::Write;

/// A table with a column for each period and one for the whole day.
struct Table<'a> {
    currency: &'a str,
    out: &'a mut String,
}

impl Table<'_> {
    fn row(&mut self, (name, class): (&str, &str), cells: [String; 4]) -> std::fmt::Result {
        let cells = cells.join("</td><td>");
        write!(
            self.out,
            "<tr class=\"{class}\"><th scope=\"row\">{name}</th><td>{cells}</td></tr>"
        )
    }

    /// Orders, and below them what they are worth.
    fn sums(&mut self, row: (&str, &str), sums: [Sum; 4]) -> std::fmt::Result {
        let cell = |sum: Sum| {
            let worth = escaped(&amount(sum.minor, self.currency));
            format!("{}<br><span>{worth}</span>", figure(sum.orders as f64))
        };
        self.row(row, sums.map(cell))
    }

    fn amounts(&mut self, name: &str, minor: [i64; 4]) -> std::fmt::Result {
        let cells = minor.map(|minor| escaped(&amount(minor, self.currency)));
        self.row((name, ""), cells)
    }
}

const STEP: &str = "step";

/// The table with what is to be said of it.
pub fn section(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    write!(
        out,
        "<p>An order stands in the period in which it was placed, whatever became of it later. Each cell says how many orders, and \
         below it what they are worth in {}, delivery and tax included.</p>\
         <table class=\"figures\"><caption>From placed to left</caption><thead><tr><td></td><th scope=\"col\">Before</th>\
         <th scope=\"col\">The sale</th><th scope=\"col\">After</th><th scope=\"col\">Whole day</th></tr></thead><tbody>",
        escaped(&event.currency)
    )?;
    let columns = event.bridge.columns();
    let mut table = Table {
        currency: &event.currency,
        out,
    };
    periods(report, event, &mut table)?;
    steps(columns, &mut table)?;
    details(event, columns, &mut table)?;
    out.push_str("</tbody></table>");
    gone(event, out)?;
    baseline(report, event, out)
}

/// Seconds of the run in which shoppers came, by period and in all.
fn lengths(report: &Report, event: &EventReport) -> [f64; 4] {
    let (begins, lasts) = event.played_s;
    let day = report.course.day_s;
    [begins, lasts, (day - begins - lasts).max(0.0), day]
}

/// The shoppers of the day whom the published curve brings, by period and in all.
fn due(report: &Report, event: &EventReport) -> [f64; 4] {
    let [before, within, _, day] = lengths(report, event);
    let day = day.max(f64::EPSILON);
    let (begins, ends) = (before / day, (before + within) / day);
    let trade = |from, to| report.hours.trade(from, to) * report.shoppers as f64;
    [
        trade(0.0, begins),
        trade(begins, ends),
        trade(ends, 1.0),
        trade(0.0, 1.0),
    ]
}

fn periods(report: &Report, event: &EventReport, table: &mut Table) -> std::fmt::Result {
    let lengths = lengths(report, event);
    let (begins, ends) = (lengths[0], lengths[0] + lengths[1]);
    let hours = [
        (0.0, begins),
        (begins, ends),
        (ends, lengths[3]),
        (0.0, lengths[3]),
    ];
    let hours =
        hours.map(|(from, to)| format!("{} to<br>{}", clock(report, from), clock(report, to)));
    table.row(("Hours of the day that was played", ""), hours)?;
    table.row(("These took", ""), lengths.map(duration))?;
    let due = due(report, event).map(|shoppers| figure(shoppers.round()));
    table.row(("Shoppers of the day due, by the published curve", ""), due)?;
    let [before, within, after] = event.visitors_by_period;
    let visitors = [before, within, after, event.visitors].map(|n| figure(n as f64));
    table.row(("Visitors due who came for the sale alone", ""), visitors)
}

fn steps(columns: [&Column; 4], table: &mut Table) -> std::fmt::Result {
    table.sums(("Placed", STEP), columns.map(|c| c.placed))?;
    for (why, name) in [
        (Unconfirmed::GaveUp, "− card declined, order given up"),
        (
            Unconfirmed::Declined,
            "− card declined, no other one tried yet",
        ),
        (
            Unconfirmed::AtTheBank,
            "− shopper not back from the bank's page",
        ),
        (
            Unconfirmed::BalanceOpen,
            "− presale: deposit paid, balance not yet",
        ),
        (Unconfirmed::Canceled, "− called off before all was paid"),
    ] {
        let of = |c: &Column| c.unconfirmed.get(&why).copied().unwrap_or_default();
        if columns.iter().any(|c| of(c).orders > 0) {
            table.sums((name, ""), columns.map(of))?;
        }
    }
    table.sums(("= Confirmed", STEP), columns.map(|c| c.confirmed))?;
    table.sums(("− Canceled", ""), columns.map(|c| c.canceled))?;
    table.sums(
        ("− Returned, with what was paid back", ""),
        columns.map(|c| c.returned),
    )?;
    table.sums(
        ("= Left after cancellations and returns", STEP),
        columns.map(|c| c.left),
    )
}

fn details(event: &EventReport, columns: [&Column; 4], table: &mut Table) -> std::fmt::Result {
    table.amounts("Of the confirmed: goods", columns.map(Column::goods_minor))?;
    table.amounts(
        "Of the confirmed: delivery",
        columns.map(|c| c.delivery_minor),
    )?;
    table.amounts(
        "Taken off the confirmed by the sale's rules, before these sums",
        columns.map(|c| c.off_minor),
    )?;
    // Rounded to the minor unit, half up.
    let average = |c: &Column| {
        let orders = i64::try_from(c.confirmed.orders.max(1)).unwrap_or(1);
        (2 * c.confirmed.minor + orders) / (2 * orders)
    };
    table.amounts("A confirmed order on average", columns.map(average))?;
    let count = |n: i64| figure(n as f64);
    table.row(
        ("Pieces in the confirmed", ""),
        columns.map(|c| count(c.pieces)),
    )?;
    let collected = columns.map(|c| figure(c.collected as f64));
    table.row(
        ("Confirmed that paid no delivery: collected in a shop", ""),
        collected,
    )?;
    let free = columns.map(|c| figure(c.delivered_free as f64));
    table.row(("Confirmed that paid no delivery: sent free", ""), free)?;
    let by_visitors = columns.map(|c| figure(c.by_visitors as f64));
    table.row(
        ("Placed by visitors who came for the sale", ""),
        by_visitors,
    )?;
    table.sums(
        ("Confirmed of what they placed", ""),
        columns.map(|c| c.visitors_confirmed),
    )?;
    let trade = &event.trade;
    let spans = [&trade.before, &trade.within, &trade.after];
    let mut own = [Sum::default(); 4];
    for (place, span) in spans.into_iter().enumerate() {
        let orders = u64::try_from(span.orders).unwrap_or(0);
        for at in [place, 3] {
            own[at].orders += orders;
            own[at].minor += span.revenue;
        }
    }
    table.sums(
        (
            "For comparison, by the shop's own report: confirmed in this period, whenever placed",
            "",
        ),
        own,
    )
}

/// What became of the money of what is not left.
fn gone(event: &EventReport, out: &mut String) -> std::fmt::Result {
    let whole = &event.bridge.whole;
    let said = |minor: i64| escaped(&money(minor, &event.currency));
    let held = whole.canceled.minor - whole.paid_back_minor;
    write!(
        out,
        "<p>A simulated office canceled and took back orders on purpose. Of the {} of canceled orders {} had been taken and was paid \
         back; the other {} was only held on the shoppers' cards and was let go. For returned goods {} was paid back; their \
         delivery, {}, stayed with the shop and is in what is left. What a canceled order had taken of a quota, a budget or a \
         code went back to the sale and could be had by others.</p>",
        said(whole.canceled.minor),
        said(whole.paid_back_minor),
        said(held),
        said(whole.returned.minor),
        said(whole.delivery_of_returned_minor)
    )?;
    let own = event.trade.before.orders + event.trade.within.orders + event.trade.after.orders;
    let confirmed = i64::try_from(whole.confirmed.orders).unwrap_or(i64::MAX);
    let compared = if own == confirmed {
        "over the whole day both count the same orders"
    } else {
        "it also counts orders of others, and an order of several sellers several times"
    };
    write!(
        out,
        "<p>The shop's own report counts an order in the second in which it was confirmed: one that was placed shortly before a \
         period's end, or on presale, may stand in the next one there; {compared}.</p>"
    )
}

/// What the sale can be compared with.
fn baseline(report: &Report, event: &EventReport, out: &mut String) -> std::fmt::Result {
    let within = &event.bridge.within;
    let said = |minor: i64| escaped(&money(minor, &event.currency));
    let due = due(report, event)[1].round();
    let rush = match report.hours.from {
        0.0 => "it has the rush of midnight in it, and ",
        _ => "",
    };
    let own = within.placed.orders - within.by_visitors;
    write!(
        out,
        "<p>The time before is no fair baseline: {rush}other hours bring other shoppers on any day. A fair one is the same hours without \
         the sale. By the published curve {} shoppers of the day were due in them (who comes is left to chance), and they placed {} \
         orders; they do not buy more because of a sale, nor wait for one, so these are orders that would have come anyway. The \
         other {} orders placed in it are of visitors who came for the sale: {} of these were confirmed, worth {}. Against that stands \
         what the rules took off confirmed orders of shoppers who would have come anyway, {}, delivery that was free for them not \
         counted. So in these hours the sale added {} of revenue, before cancellations, returns and what the goods cost the shop. \
         How many visitors come is set by the test: this is what they brought, and no forecast.</p>",
        figure(due),
        figure(own as f64),
        figure(within.by_visitors as f64),
        figure(within.visitors_confirmed.orders as f64),
        said(within.visitors_confirmed.minor),
        said(within.off_others_minor()),
        said(within.added_minor()),
    )
}
