//! The plots of the report, each with a sentence that says what to see in it.

use super::plot::{Plot, Scale, Series, Stroke, escaped, figure};
use super::story::named;
use super::{duration, milliseconds};
use crate::overload::Overload;
use crate::report::Report;
use crate::timeline::{Sample, Stretch};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Marks of the clock that are tried, in hours: the first that gives no more than [`MARKS_MAX`].
const MARK_HOURS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0];
const MARKS_MAX: f64 = 13.0;
/// Reasons of refusals with a line of their own; further ones are one line.
const REASONS_MAX: usize = 5;

/// All plots of the day.
pub fn day(report: &Report, out: &mut String) -> std::fmt::Result {
    let day = DayAxis::of(report);
    out.push_str("<section><h2>The course of the day</h2>");
    orders(report, &day, out)?;
    latency(report, &day, out)?;
    refusals(report, &day, out)?;
    shelf(report, &day, out)?;
    out.push_str("</section>\n");
    Ok(())
}

/// A moment of the run, in seconds, as the clock of the day that is played shows it.
pub fn clock(report: &Report, seconds: f64) -> String {
    let hours = report.hours;
    let passed = seconds / report.course.day_s.max(f64::EPSILON);
    let minutes = ((hours.from + passed * (hours.to - hours.from)) * 60.0).round() as u64;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// The level axis of the day: seconds of the run, marked with the clock of the day that is played.
struct DayAxis {
    span: (f64, f64),
    marks: Vec<(f64, String)>,
    moments: Vec<(f64, String)>,
}

impl DayAxis {
    fn of(report: &Report) -> Self {
        let course = &report.course;
        let last = course.stretches.last();
        let last = last.map_or(0.0, |s| s.at_s + course.stretch_s / 2.0);
        let end = course.day_s.max(last).max(f64::EPSILON);
        let hours = report.hours;
        let length = hours.to - hours.from;
        let step = MARK_HOURS.iter().find(|step| length / *step < MARKS_MAX);
        let step = step.copied().unwrap_or(6.0);
        let mut marks = Vec::new();
        let mut at = (hours.from / step).ceil() * step;
        while at <= hours.to + 1e-9 {
            let seconds = (at - hours.from) / length * course.day_s;
            marks.push((seconds, clock(report, seconds)));
            at += step;
        }
        let moments = report.event.iter().flat_map(|event| {
            let (begins, lasts) = event.played_s;
            let moment = |at: f64, text: &str| (at, text.to_string());
            [moment(begins, "sale"), moment(begins + lasts, "its end")]
        });
        Self {
            span: (0.0, end),
            marks,
            moments: moments.collect(),
        }
    }

    fn figure(
        &self,
        title: &str,
        reading: &str,
        (unit, scale): (&'static str, Scale),
        series: Vec<Series>,
        out: &mut String,
    ) -> std::fmt::Result {
        let plot = Plot {
            title: format!("{title}: {reading}"),
            unit: unit.to_string(),
            span: self.span,
            marks: self.marks.clone(),
            moments: self.moments.clone(),
            scale,
            series,
        };
        framed(title, reading, &plot, out)
    }
}

/// A plot with its title and what to see in it.
pub fn framed(title: &str, reading: &str, plot: &Plot, out: &mut String) -> std::fmt::Result {
    write!(
        out,
        "<figure><figcaption><h3>{}</h3><p>{}</p></figcaption>{}{}</figure>",
        escaped(title),
        escaped(reading),
        plot.legend(),
        plot.svg()
    )
}

fn series(name: &str, stroke: Stroke, color: u8, points: Vec<(f64, Option<f64>)>) -> Series {
    Series {
        name: name.to_string(),
        stroke,
        color,
        points,
    }
}

fn over(stretches: &[Stretch], value: impl Fn(&Stretch) -> Option<f64>) -> Vec<(f64, Option<f64>)> {
    stretches.iter().map(|s| (s.at_s, value(s))).collect()
}

fn seen(samples: &[Sample], value: impl Fn(&Sample) -> Option<f64>) -> Vec<(f64, Option<f64>)> {
    samples.iter().map(|s| (s.at_s, value(s))).collect()
}

fn highest(points: &[(f64, Option<f64>)]) -> f64 {
    points
        .iter()
        .filter_map(|(_, value)| *value)
        .fold(0.0, f64::max)
}

/// What a second of the run is on the clock of the day that is played.
fn pace(report: &Report) -> String {
    let seconds = report.hours.seconds() / report.course.day_s.max(f64::EPSILON);
    if (seconds - 1.0).abs() < 0.01 {
        return "The day was played at its real speed.".to_string();
    }
    format!(
        "A second of the run is {} of the day that was played.",
        duration(seconds)
    )
}

fn orders(report: &Report, day: &DayAxis, out: &mut String) -> std::fmt::Result {
    let stretches = &report.course.stretches;
    let stretch = report.course.stretch_s;
    let came = over(stretches, |s| Some(s.orders_per_s));
    let planned = over(stretches, |s| Some(s.planned_per_s));
    let busiest = stretches
        .iter()
        .max_by(|a, b| a.orders_per_s.total_cmp(&b.orders_per_s));
    let opening = report.event.as_ref().zip(busiest).filter(|(event, s)| {
        (event.played_s.0 - stretch..event.played_s.0 + 2.0 * stretch).contains(&s.at_s)
    });
    let mut reading = format!(
        "All orders that were placed, by the moment when the shop took them. {} The busiest {} brought {} orders a second, {} times \
         the mean of the run{}. ",
        pace(report),
        duration(stretch),
        figure(highest(&came)),
        figure(highest(&came) / report.orders_per_second.max(f64::EPSILON)),
        match opening {
            Some(_) => ": the opening of the sale, not midnight",
            None => "",
        }
    );
    if report.hours.from == 0.0 {
        reading += &format!(
            "At midnight {} shoppers a second were planned: the published peak of one second, 18.7 times the day's mean, is spread \
             over the {} that a stretch of the chart lasts on that clock. ",
            figure(planned.first().and_then(|(_, value)| *value).unwrap_or(0.0)),
            duration(stretch * report.hours.seconds() / report.course.day_s.max(f64::EPSILON))
        );
    }
    if let Some(event) = &report.event {
        reading += &format!(
            "The {} visitors of the sale come on top of the shoppers of the day. ",
            figure(event.visitors as f64)
        );
    }
    reading += "Where orders come later than shoppers were planned, they waited; how long is the next figure.";
    let all = vec![
        series("orders placed", Stroke::Filled, 1, came),
        series(
            "shoppers of the day, as planned",
            Stroke::Dashed,
            3,
            planned,
        ),
    ];
    let axis = ("a second of the run", Scale::Linear);
    day.figure("Orders placed a second", &reading, axis, all, out)
}

fn latency(report: &Report, day: &DayAxis, out: &mut String) -> std::fmt::Result {
    let stretches = &report.course.stretches;
    let l = &report.order_latency;
    let reading = format!(
        "From the moment when the shopper wanted it to the shop's answer that it is placed. Over the whole day half of the orders took \
         no longer than {}, 99 of 100 no longer than {}, 999 of 1,000 no longer than {}. Each line of the grid is ten times the \
         one below.{}",
        milliseconds(l.p50_ms),
        milliseconds(l.p99_ms),
        milliseconds(l.p999_ms),
        unexplained(report)
    );
    let all = vec![
        series("99 of 100", Stroke::Solid, 4, over(stretches, |s| s.p99_ms)),
        series("half", Stroke::Solid, 2, over(stretches, |s| s.p50_ms)),
    ];
    let axis = ("milliseconds", Scale::Log);
    day.figure(
        "How long it took to place an order",
        &reading,
        axis,
        all,
        out,
    )
}

/// How many times as long as over the whole day half of the orders take where they are called slow.
const SLOW: f64 = 3.0;

/// Where orders took long though no more came than usual.
fn unexplained(report: &Report) -> String {
    let usual = report.order_latency.p50_ms * SLOW;
    let mean = report.orders_per_second * 2.0;
    let is_odd = |s: &&Stretch| s.p50_ms.is_some_and(|ms| ms > usual) && s.orders_per_s < mean;
    let odd: Vec<&Stretch> = report.course.stretches.iter().filter(is_odd).collect();
    let (Some(first), Some(last)) = (odd.first(), odd.last()) else {
        return String::new();
    };
    format!(
        " In {} of the {} stretches between {} and {} they took long though no more came than usual: something else kept the machine or \
         its disk busy, which this report does not see.",
        odd.len(),
        report.course.stretches.len(),
        clock(report, first.at_s),
        clock(report, last.at_s)
    )
}

fn refusals(report: &Report, day: &DayAxis, out: &mut String) -> std::fmt::Result {
    let stretches = &report.course.stretches;
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    for (reason, count) in stretches.iter().flat_map(|s| &s.refused) {
        *totals.entry(reason.clone()).or_default() += count;
    }
    let title = "Turned away and refused";
    if totals.is_empty() {
        return write!(
            out,
            "<figure><figcaption><h3>{title}</h3><p>Nobody was turned away or refused.</p></figcaption></figure>"
        );
    }
    let reasons = by_count(&totals);
    let per_s = |count: u64| count as f64 / report.course.stretch_s;
    let named: Vec<&str> = reasons
        .iter()
        .take(REASONS_MAX)
        .map(|(r, _)| r.as_str())
        .collect();
    let mut all: Vec<Series> = (1..)
        .zip(&named)
        .map(|(color, reason)| {
            let points = over(stretches, |s| {
                Some(per_s(s.refused.get(*reason).copied().unwrap_or(0)))
            });
            series(&reason_in_words(reason), Stroke::Solid, color, points)
        })
        .collect();
    if reasons.len() > named.len() {
        let points = over(stretches, |s| {
            let others = s
                .refused
                .iter()
                .filter(|(r, _)| !named.contains(&r.as_str()));
            Some(per_s(others.map(|(_, n)| n).sum()))
        });
        all.push(series("other reasons", Stroke::Dashed, 6, points));
    }
    let axis = ("a second of the run", Scale::Linear);
    let reading = format!(
        "Shoppers who left without an order, and requests that were sent away: {}. {}",
        refused_in_words(&totals),
        pace(report)
    );
    day.figure(title, &reading, axis, all, out)
}

/// Reasons, the most frequent first.
fn by_count(refused: &BTreeMap<String, u64>) -> Vec<(&String, u64)> {
    let mut reasons: Vec<(&String, u64)> = refused.iter().map(|(r, n)| (r, *n)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons
}

/// How many were refused for which reason, the most frequent first.
pub fn refused_in_words(refused: &BTreeMap<String, u64>) -> String {
    let told = |(reason, count): (&String, u64)| {
        let count = figure(count as f64);
        match reason.as_str() {
            "out_of_stock" => format!("{count} found the goods sold out"),
            "sold_meanwhile" => {
                format!("{count} had the goods in the cart when the last of them went to others")
            }
            code => format!("{count} times {}", reason_in_words(code)),
        }
    };
    let all: Vec<String> = by_count(refused).into_iter().map(told).collect();
    all.join("; ")
}

/// Why somebody was refused, for people; a code that is not known here stays what it is.
fn reason_in_words(reason: &str) -> String {
    match reason {
        "429" => "too many requests (429)".to_string(),
        "503" => "come back later (503)".to_string(),
        "connection_broke" => "connection broke".to_string(),
        "out_of_stock" => "sold out".to_string(),
        "sold_meanwhile" => "gone while in the cart".to_string(),
        "presale_apart" => "presale goods with others in one order".to_string(),
        code => code.replace('_', " "),
    }
}

fn shelf(report: &Report, day: &DayAxis, out: &mut String) -> std::fmt::Result {
    let Some((sold, pieces)) = report.hot_sold_of else {
        return Ok(());
    };
    let left = seen(&report.course.samples, |s| s.hot_left.map(|n| n as f64));
    let lowest = report
        .course
        .samples
        .iter()
        .filter_map(|s| s.hot_left)
        .min();
    let seen = match lowest {
        Some(lowest) => format!("The lowest the shelf was seen at is {lowest}."),
        None => "The shelf could not be read meanwhile.".to_string(),
    };
    let price = match report.event {
        Some(_) => " None of the sale's rules is for it alone.",
        None => "",
    };
    let reading = format!(
        "The test made {} scarce: before the day its stock was set to {} pieces, and a quarter of the day's shoppers want one.{price} {} \
         wanted one, {} were sold, {} were refused. Orders of it are neither canceled nor returned in the test, so that no piece \
         comes back. {seen}",
        report.hot_article.as_ref().map(named).unwrap_or_default(),
        figure(pieces as f64),
        figure(report.after_hot() as f64),
        figure(sold as f64),
        figure(report.hot_missed as f64)
    );
    let all = vec![series(
        "pieces that can be promised",
        Stroke::Filled,
        5,
        left,
    )];
    let axis = ("pieces", Scale::Linear);
    day.figure("The shelf of the scarce article", &reading, axis, all, out)
}

/// What the day asked of the machine.
pub fn machine(report: &Report, out: &mut String) -> std::fmt::Result {
    let day = DayAxis::of(report);
    let samples = &report.course.samples;
    let server = seen(samples, |s| s.server_cores);
    if highest(&server) == 0.0 {
        return out.write_str(
            "<figure><figcaption><h3>The machine</h3><p>Not measured: the festival was not told which process the server is.</p></figcaption></figure>",
        );
    }
    let own = seen(samples, |s| s.own_cores);
    let reading = format!(
        "The shop kept {} processors busy at its busiest, the load generator beside it {}.",
        figure(highest(&server)),
        figure(highest(&own))
    );
    let all = vec![
        series("the shop", Stroke::Solid, 1, server),
        series("the load generator", Stroke::Solid, 2, own),
    ];
    let axis = ("processors", Scale::Linear);
    day.figure("Processors", &reading, axis, all, out)?;
    let memory = seen(samples, |s| s.server_mib);
    let reading = format!("The shop held {} MiB at most.", figure(highest(&memory)));
    let all = vec![series("the shop", Stroke::Filled, 2, memory)];
    day.figure("Memory", &reading, ("MiB", Scale::Linear), all, out)
}

/// The goodput and the latency over the offered load.
pub fn overload(overload: &Overload, out: &mut String) -> std::fmt::Result {
    let points = &overload.points;
    let last = points.last().map_or(1.0, |p| p.factor);
    let marks: Vec<(f64, String)> = points
        .iter()
        .map(|p| (p.factor, format!("{}×", p.factor)))
        .collect();
    let over = |value: &dyn Fn(&crate::overload::Point) -> f64| {
        points.iter().map(|p| (p.factor, Some(value(p)))).collect()
    };
    let plot = |unit: &str, scale, series| Plot {
        title: "Over the offered load, as multiples of the capacity".to_string(),
        unit: unit.to_string(),
        span: (0.0, last),
        marks: marks.clone(),
        moments: Vec::new(),
        scale,
        series,
    };
    let best = overload.best_per_s();
    let goodput = plot(
        "orders a second",
        Scale::Linear,
        vec![
            series("good orders", Stroke::Dotted, 5, over(&|p| p.good_per_s)),
            series(
                "sent away (503, 429)",
                Stroke::Dotted,
                4,
                over(&|p| p.shed_per_s),
            ),
            series("offered", Stroke::Dashed, 3, over(&|p| p.offered_per_s)),
            series("90 % of the best", Stroke::Dashed, 1, over(&|_| best * 0.9)),
        ],
    );
    let reading = format!("The best was {} good orders a second.", figure(best));
    framed("Goodput over the offered load", &reading, &goodput, out)?;
    let latency = plot(
        "milliseconds",
        Scale::Log,
        vec![
            series(
                "good orders, p50",
                Stroke::Dotted,
                2,
                over(&|p| p.latency.p50_ms),
            ),
            series(
                "good orders, p99",
                Stroke::Dotted,
                1,
                over(&|p| p.latency.p99_ms),
            ),
            series(
                "sent away, p99",
                Stroke::Dotted,
                4,
                over(&|p| p.shed_latency.p99_ms),
            ),
        ],
    );
    let reading = "Counted from the moment the order was wanted. Who is sent away should be sent away at once.";
    framed("Latency over the offered load", reading, &latency, out)
}
