//! The way to the doorstep on the page: what became of the parcels, what was promised and kept, what they cost, and how fast
//! waybills were booked.

use super::plot::{Plot, Scale, Series, Stroke, escaped, figure};
use super::plots::framed;
use super::{duration, money};
use crate::doorstep::{Cause, DoorstepReport, Pace};
use std::fmt::Write;

/// A mark for each so many hours.
const MARK_HOURS: i64 = 24;

/// What went wrong, in words.
fn words(cause: Cause) -> &'static str {
    match cause {
        Cause::None => "nothing went wrong on the road: the promise was too early",
        Cause::LeftBehind => "left behind at the ramp, and brought a working day later",
        Cause::LineLate => "the night's line came after the tours had left",
        Cause::NobodyHome => "nobody opened",
        Cause::NoAddress => "the address was not found",
        Cause::Lost => "the carrier lost it",
    }
}

/// The figures at the head of the page.
pub fn tiles(way: &DoorstepReport) -> Vec<(&'static str, String, String)> {
    vec![
        (
            "Parcels that ended",
            format!(
                "{} of {}",
                figure((way.parcels - way.not_ended) as f64),
                figure(way.parcels as f64)
            ),
            format!(
                "{} delivered, {} came back, {} lost and paid back",
                figure(way.delivered as f64),
                figure(way.returned as f64),
                figure(way.lost as f64)
            ),
        ),
        (
            "Arrivals kept",
            format!("{:.2} %", way.kept_share() * 100.0),
            format!(
                "of {} that were promised; of the others {} of {} are explained",
                figure(way.promised as f64),
                figure(way.explained as f64),
                figure((way.promised - way.kept) as f64)
            ),
        ),
        (
            "Cost per parcel",
            money(way.cost_per_parcel().round() as i64, &way.currency),
            "what carriers ask, by their rate cards".to_string(),
        ),
        (
            "Waybills",
            format!("{}/s", figure(way.booking.per_second())),
            format!(
                "{} in {}, from the list of open parcels to the last number",
                figure(way.booking.count as f64),
                duration(way.booking.seconds)
            ),
        ),
    ]
}

/// The section.
pub fn section(way: &DoorstepReport, out: &mut String) -> std::fmt::Result {
    write!(
        out,
        "<section><h2>To the doorstep</h2><p>After the day, {} orders became {} parcels. Two carriers of the festival brought them \
         by the timetables that the shop promised by, while its clock was set ahead by {} days. What goes wrong on the road is \
         made up, and drawn for each parcel from the run's seed: of a thousand parcels {} are left behind at the ramp, {} miss the \
         night's line, at {} doors nobody opens, {} addresses are not found, {} is lost.</p>",
        figure(way.orders as f64),
        figure(way.parcels as f64),
        way.days,
        way.world.left_behind,
        way.world.line_late,
        way.world.nobody_home,
        way.world.no_address,
        way.world.lost
    )?;
    arrivals(way, out)?;
    promises(way, out)?;
    cost(way, out)?;
    pace(way, out)?;
    out.write_str("</section>\n")
}

fn arrivals(way: &DoorstepReport, out: &mut String) -> std::fmt::Result {
    let last = way.by_hour.last().map_or(MARK_HOURS, |(hour, _)| *hour);
    let days = (last + MARK_HOURS - 1) / MARK_HOURS;
    let mut points = vec![(0.0, Some(0.0))];
    let mut before = 0;
    for &(hour, sum) in &way.by_hour {
        // Nothing arrives between two tours: the line stays level until the next begins.
        points.push(((hour - 1) as f64, Some(before as f64)));
        points.push((hour as f64, Some(sum as f64)));
        before = sum;
    }
    points.push(((days * MARK_HOURS) as f64, Some(before as f64)));
    let step = days.div_euclid(10) + 1;
    let marks = (0..=days).step_by(usize::try_from(step).unwrap_or(1));
    let marks = marks.map(|day| ((day * MARK_HOURS) as f64, format!("{day} d")));
    let reading = format!(
        "Parcels with their receivers by the time after the first waybill; in the end {} of {}.",
        figure(way.delivered as f64),
        figure(way.parcels as f64)
    );
    let plot = Plot {
        title: format!("Arrivals: {reading}"),
        unit: "parcels".to_string(),
        span: (0.0, (days * MARK_HOURS) as f64),
        marks: marks.collect(),
        moments: Vec::new(),
        scale: Scale::Linear,
        series: vec![Series {
            name: "delivered".to_string(),
            stroke: Stroke::Filled,
            color: 1,
            points,
        }],
    };
    framed("Arrivals", &reading, &plot, out)
}

fn promises(way: &DoorstepReport, out: &mut String) -> std::fmt::Result {
    if way.broken.is_empty() {
        return out.write_str("<p>No promised arrival was missed.</p>");
    }
    out.push_str(
        "<div class=\"scroll\"><table><caption>Promised arrivals that were not kept, by what went wrong first</caption><thead><tr>\
         <th scope=\"col\">What</th><th scope=\"col\">Parcels</th></tr></thead><tbody>",
    );
    for (cause, count) in &way.broken {
        let (what, count) = (words(*cause), figure(*count as f64));
        write!(
            out,
            "<tr><th scope=\"row\">{what}</th><td>{count}</td></tr>"
        )?;
    }
    out.write_str("</tbody></table></div>")
}

fn cost(way: &DoorstepReport, out: &mut String) -> std::fmt::Result {
    out.push_str(
        "<div class=\"scroll\"><table><caption>By carrier</caption><thead><tr><th scope=\"col\">Carrier</th><th scope=\"col\">Parcels</th>\
         <th scope=\"col\">Cost per parcel</th><th scope=\"col\">Arrivals kept</th></tr></thead><tbody>",
    );
    for by in &way.carriers {
        let each = by.cost_minor as f64 / (by.parcels as f64).max(1.0);
        write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{:.2} %</td></tr>",
            escaped(&by.name),
            figure(by.parcels as f64),
            money(each.round() as i64, &way.currency),
            by.kept as f64 / (by.promised as f64).max(1.0) * 100.0
        )?;
    }
    out.push_str("</tbody></table></div>");
    let Some(plan) = &way.sourced else {
        return out.write_str("<p>The shop made no plan for all open parcels in time, so there is no optimality gap.</p>");
    };
    write!(
        out,
        "<p>Where each parcel leaves from was decided when it was ordered. Of the {} oldest parcels together no plan can cost less \
         than {}: as ordered they cost {} ({:.2} % more), planned anew {} ({:.2} % more).</p>",
        figure(plan.parcels as f64),
        money(plan.bound_minor, &way.currency),
        money(plan.cost_minor, &way.currency),
        plan.gap(plan.cost_minor),
        money(plan.planned_minor, &way.currency),
        plan.gap(plan.planned_minor)
    )
}

fn pace(way: &DoorstepReport, out: &mut String) -> std::fmt::Result {
    let told = |what: &str, pace: &Pace| {
        format!(
            "{} {what} in {}: {} a second",
            figure(pace.count as f64),
            duration(pace.seconds),
            figure(pace.per_second())
        )
    };
    let mut said = format!(
        "<p>{}; {}. {}.",
        told("waybills", &way.booking),
        way.binds(),
        told("sightings", &way.telling)
    );
    if !way.not_booked.is_empty() {
        let codes = way.not_booked.iter().map(|(code, n)| format!("{n} {code}"));
        let codes: Vec<String> = codes.collect();
        let _ = write!(
            said,
            " Not booked at the first try: {}.",
            escaped(&codes.join(", "))
        );
    }
    out.push_str(&said);
    out.write_str("</p>")
}
