//! The report as one page of HTML: readable without a network, in light and dark, on paper, on a phone.

mod bridge;
mod doorstep;
mod event;
mod plot;
mod plots;
mod story;
mod verdict;

use crate::audit::{PAYMENTS, Promise};
use crate::overload::{FACTORS, KEPT_SHARE, Overload, PATIENCE};
use crate::report::Report;
use plot::{escaped, figure};
use std::fmt::Write;

/// The colors, sizes and spaces that all screens of the product have.
const TOKENS: &str = include_str!("../../../../ui/shared/tokens.css");
const STYLE: &str = include_str!("style.css");

/// What the page is made of.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    /// The day, if one was held.
    pub report: Option<&'a Report>,
    /// The overload, if it was measured.
    pub overload: Option<&'a Overload>,
    /// What the audit of the database found; `None` when the database was not at hand.
    pub database: Option<&'a Database>,
    /// The shop that was visited.
    pub url: &'a str,
    /// The product's version.
    pub version: &'a str,
    /// The machine of the load generator, which is the shop's too when both are on one.
    pub machine: &'a str,
    /// When the page was made, for people.
    pub made_at: &'a str,
}

/// The audit of the database: every numbered invariant.
#[derive(Debug, Clone, Default)]
pub struct Database {
    /// Broken invariants, counted.
    pub broken: u64,
    /// The first of them.
    pub findings: Vec<String>,
}

impl Paper<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let mut body = String::new();
        self.write(&mut body).expect("a string takes all");
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Sesame: festival report</title>\n<style>\n{TOKENS}\n{STYLE}</style>\n</head>\n<body>\n\
             <main>\n{body}</main>\n</body>\n</html>\n"
        )
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let (is_clean, verdict) = self.headline_verdict();
        let (mark, class) = if is_clean {
            ("✓", "kept")
        } else {
            ("✗", "broken")
        };
        write!(
            out,
            "<header><p class=\"overline\">Sesame · festival report · simulated shoppers, test money · {}</p>\
             <h1 class=\"{class}\"><span aria-hidden=\"true\">{mark}</span> {verdict}</h1>{}</header>",
            escaped(self.made_at),
            self.lead()
        )?;
        self.headline(out)?;
        if let Some(report) = self.report {
            story::words(out);
            if let Some(held) = &report.event {
                story::story(report, held, out)?;
            }
            self.verdict(report, out)?;
            if let Some(held) = &report.event {
                event::section(report, held, out)?;
            }
            if let Some(way) = &report.doorstep {
                doorstep::section(way, out)?;
            }
            plots::day(report, out)?;
        }
        if let Some(overload) = self.overload {
            overload_section(overload, out)?;
        }
        out.push_str("<section><h2>For who wants to know how it was measured</h2>");
        self.how(out)?;
        if let Some(report) = self.report {
            plots::machine(report, out)?;
        }
        self.not_covered(out)?;
        out.push_str("</section>\n");
        Ok(())
    }

    fn lead(&self) -> String {
        let mut lead = String::new();
        if let Some(report) = self.report {
            let (orders, shoppers) = (figure(report.orders as f64), figure(report.began as f64));
            lead += &format!(
                "<p class=\"lead\">A rehearsal: {shoppers} simulated shoppers visited a running shop and paid with test money. They \
                 came in the rhythm of Singles' Day, 11 November 2017, whose hours were played in {}{}. {orders} orders were \
                 placed; each was looked for afterwards, one by one. {}</p>",
                duration(report.course.day_s),
                match &report.event {
                    Some(event) => format!(
                        ", and {} more came for a sale in the middle of it",
                        figure(event.visitors as f64)
                    ),
                    None => String::new(),
                },
                without_order(report)
            );
        }
        if let Some(overload) = self.overload {
            lead += &format!(
                "<p class=\"lead\">Then up to {}× of what the shop can serve was asked of it: it served {:.0} % of its best.</p>",
                FACTORS[FACTORS.len() - 1],
                overload.kept() * 100.0
            );
        }
        let untried = self.untried();
        if !untried.is_empty() {
            lead += &format!(
                "<p>Not tried in this run: {}; the verdict below says why.</p>",
                untried.join(", ")
            );
        }
        lead
    }

    fn headline(&self, out: &mut String) -> std::fmt::Result {
        let held = self.report.and_then(|r| r.event.as_ref());
        let mut tiles = held.map_or(Vec::new(), event::tiles);
        tiles.extend(self.report.map_or(Vec::new(), day_tiles));
        let way = self.report.and_then(|r| r.doorstep.as_ref());
        tiles.extend(way.map_or(Vec::new(), doorstep::tiles));
        if let Some(overload) = self.overload {
            tiles.push((
                "Capacity",
                format!("{} orders/s", figure(overload.capacity_per_s)),
                "in a closed loop, durable".to_string(),
            ));
            tiles.push((
                "Goodput at 5× of it",
                format!("{:.0} %", overload.kept() * 100.0),
                format!("of the best; {:.0} % is asked", KEPT_SHARE * 100.0),
            ));
        }
        out.push_str("<dl class=\"tiles\">");
        for (name, value, note) in tiles {
            let (value, note) = (escaped(&value), escaped(&note));
            write!(
                out,
                "<div><dt>{name}</dt><dd>{value}</dd><dd class=\"note\">{note}</dd></div>"
            )?;
        }
        out.push_str("</dl>\n");
        Ok(())
    }

    fn how(&self, out: &mut String) -> std::fmt::Result {
        out.push_str("<dl class=\"facts\">");
        let mut fact = |name: &str, value: &str| {
            write!(out, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value))
        };
        fact("Version", self.version)?;
        fact("Shop", self.url)?;
        fact("Machine", self.machine)?;
        if let Some(report) = self.report {
            fact(
                "Day",
                &format!(
                    "{} to {} o'clock in {}, {:.0} times as fast as the clock",
                    figure(report.hours.from),
                    figure(report.hours.to),
                    duration(report.course.day_s),
                    report.hours.seconds() / report.course.day_s.max(f64::EPSILON)
                ),
            )?;
            fact(
                "Shoppers",
                &format!(
                    "{} of {}, {} connections at most",
                    report.began, report.shoppers, report.connections
                ),
            )?;
            fact(
                "Afterwards",
                &format!(
                    "{} orders shipped or handed over, {} of them taken back, {} canceled by the office at the shopper's wish; {} given up after a declined card",
                    report.shipped, report.returned, report.canceled, report.gave_up
                ),
            )?;
            fact("Seed", &report.seed.to_string())?;
        }
        out.push_str("</dl>");
        out.push_str(
            "<p>Shoppers arrive at random moments on the day's curve, whatever the shop does (an open loop), and a \
             latency counts from the moment when the shopper wanted the page or the order, not from when a \
             connection was free: a shop that stalls is not flattered. The peak (325,000 orders a second, 18.7 \
             times the day's mean) and the sums between the marks at 0:11, 0:40, 9:00, 13:09 and 24:00 are those \
             published for 11 November 2017; the course between two marks is our own drawing.</p>\n",
        );
        Ok(())
    }

    fn not_covered(&self, out: &mut String) -> std::fmt::Result {
        let mut items = vec![
            "The payment provider is the built-in one, over HTTP on the same machine: a real one is slower and fails in its own ways.",
            "The load generator shares the machine with the shop unless it was run from another one: its share of the processors is missing to the shop.",
            "Networks, TLS and the proxy in front of a shop are not part of the run.",
            "A machine that lies about what is durable (a disk that loses what it confirmed) cannot be found out this way.",
        ];
        if self.database.is_none() {
            items.push(
                "The database was not audited: the report says what can be seen from outside.",
            );
        }
        if self
            .report
            .is_some_and(|r| r.course.samples.iter().all(|s| s.server_cores.is_none()))
        {
            items.push("Processor and memory of the server were not measured: the festival was not told which process it is. It reads that from the run.json of a shop on the same machine.");
        }
        if self.overload.is_none() {
            items.push("Overload was not measured in this run.");
        }
        let items: String = items
            .iter()
            .map(|i| format!("<li>{}</li>", escaped(i)))
            .collect();
        write!(out, "<h3>What this does not show</h3><ul>{items}</ul>")
    }
}

/// The day's figures: what it is, how much, and a further word.
fn day_tiles(report: &Report) -> Vec<(&'static str, String, String)> {
    let peak = report.course.stretches.iter().map(|s| s.orders_per_s);
    let peak = peak.fold(0.0, f64::max);
    let broken = |promise| report.broken_by_promise.get(&promise).copied().unwrap_or(0);
    let latency = &report.order_latency;
    let hot = report.hot_sold_of;
    let payments = report.checked.get(PAYMENTS);
    vec![
        (
            "Orders placed",
            figure(report.orders as f64),
            format!(
                "{} a second of the run on average, over {}",
                figure(report.orders_per_second),
                duration(report.seconds)
            ),
        ),
        (
            "Orders in the busiest moment",
            figure((peak * report.course.stretch_s).round()),
            format!(
                "in {}: {} a second",
                duration(report.course.stretch_s),
                figure(peak)
            ),
        ),
        (
            "99 of 100 orders placed within",
            milliseconds(latency.p99_ms),
            format!("half of them within {}", milliseconds(latency.p50_ms)),
        ),
        (
            "Lost orders",
            broken(Promise::Lost).to_string(),
            format!("there twice: {}", broken(Promise::Doubled)),
        ),
        (
            "Oversold",
            broken(Promise::Oversold).to_string(),
            hot.map_or("pieces that were not there".to_string(), |(sold, of)| {
                let wanted = figure(report.after_hot() as f64);
                format!("{wanted} wanted one of {of} pieces, {sold} were sold")
            }),
        ),
        (
            "Charged twice",
            if verdict::is_tried(report, Promise::ChargedTwice) {
                broken(Promise::ChargedTwice).to_string()
            } else {
                "not tried".to_string()
            },
            match payments {
                Some(payments) => format!(
                    "of {} payments; some orders have several: a declined card, or a deposit",
                    figure(*payments as f64)
                ),
                None => "the provider's books were not at hand".to_string(),
            },
        ),
    ]
}

/// Why shoppers left without an order, in a sentence.
fn without_order(report: &Report) -> String {
    let sum: u64 = report.refused.values().sum();
    if sum == 0 {
        return "Nobody was refused.".to_string();
    }
    let told = escaped(&plots::refused_in_words(&report.refused));
    format!("{} shoppers got none: {told}.", figure(sum as f64))
}

fn overload_section(overload: &Overload, out: &mut String) -> std::fmt::Result {
    let word = if overload.is_flat() {
        "stays flat"
    } else {
        "falls"
    };
    write!(
        out,
        "<section><h2>More than can be served</h2>\
         <p>In a closed loop of {} connections the shop serves {} orders a second: its capacity. Then it is offered shares and multiples of \
         that, {} each, at random moments, over {} connections. An order counts as good when it is acknowledged within {} s \
         of being wanted. At {}× the goodput is {:.0} % of the best: it {word} (asked: {:.0} %).</p>",
        figure(overload.closed_connections as f64),
        figure(overload.capacity_per_s),
        duration(overload.seconds),
        figure(overload.connections as f64),
        PATIENCE.as_secs(),
        FACTORS[FACTORS.len() - 1],
        overload.kept() * 100.0,
        KEPT_SHARE * 100.0
    )?;
    plots::overload(overload, out)?;
    out.push_str(
        "<div class=\"scroll\"><table><caption>Every load</caption><thead><tr><th>Load</th><th>Offered/s</th><th>Good/s</th>\
         <th>Sent away/s</th><th>Retry-After</th><th>Other</th><th>Broken</th><th>Not sent</th><th>p50</th>\
         <th>p99</th><th>p99.9</th><th>Cores shop, load</th></tr></thead><tbody>",
    );
    for p in &overload.points {
        let cores = |cores: Option<f64>| cores.map_or("–".to_string(), |c| format!("{c:.2}"));
        let waits: Vec<String> = p.retry_after_s.keys().map(|s| format!("{s} s")).collect();
        let waits = match (waits.first(), waits.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(only), _) => only.clone(),
            _ => "–".to_string(),
        };
        let others: u64 = p.refused.values().sum();
        let cells = [
            format!("{}×", p.factor),
            figure(p.offered_per_s),
            figure(p.good_per_s),
            figure(p.shed_per_s),
            waits,
            figure(others as f64),
            figure(p.broken as f64),
            figure(p.unsent as f64),
            milliseconds(p.latency.p50_ms),
            milliseconds(p.latency.p99_ms),
            milliseconds(p.latency.p999_ms),
            format!("{}, {}", cores(p.server_cores), cores(p.own_cores)),
        ];
        write!(out, "<tr><td>{}</td></tr>", cells.join("</td><td>"))?;
    }
    out.push_str(
        "</tbody></table></div><p>\u{201c}Broken\u{201d} and \u{201c}not sent\u{201d} are failures on the client's side: a connection that broke, \
         an answer that never came, a request that found no free connection for half a second. They are no answers of the shop \
         and count as not served.</p></section>\n",
    );
    Ok(())
}

/// Currencies whose smallest unit is the whole.
const WHOLE_CURRENCIES: [&str; 7] = ["CLP", "ISK", "JPY", "KRW", "PYG", "VND", "XPF"];

/// An amount of minor units for people.
pub(crate) fn money(minor: i64, currency: &str) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let part = i64::try_from(minor.unsigned_abs()).unwrap_or(i64::MAX);
    let unit = unit_of(currency);
    let whole = thousands(part / unit);
    match unit {
        1 => format!("{sign}{whole} {currency}"),
        _ => format!("{sign}{whole}.{:02} {currency}", part % unit),
    }
}

/// The same without the currency, where a table says it once.
fn amount(minor: i64, currency: &str) -> String {
    let said = money(minor, currency);
    said.trim_end_matches(currency).trim_end().to_string()
}

/// Minor units in a whole one.
fn unit_of(currency: &str) -> i64 {
    if WHOLE_CURRENCIES.contains(&currency) {
        1
    } else {
        100
    }
}

/// A number that is not negative, with its thousands apart.
fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time span for people.
fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1_000.0)
    } else if seconds < 120.0 {
        format!("{} s", figure(seconds))
    } else if seconds < 7_200.0 {
        format!("{} min", figure(seconds / 60.0))
    } else {
        format!("{} h", figure(seconds / 3_600.0))
    }
}

/// A latency for people.
fn milliseconds(ms: f64) -> String {
    if ms < 1_000.0 {
        format!("{} ms", figure(ms))
    } else {
        format!("{:.1} s", ms / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{ARTICLES, Findings, LIMITS, ORDERS, PACKETS};
    use crate::curve::Hours;
    use crate::run::{Day, DayPlan};
    use crate::timeline::{Event, Sample, Timeline};
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn report(findings: Findings) -> Report {
        let mut timeline = Timeline::new(Duration::from_secs(12));
        for second in 0..12 {
            let at = Duration::from_secs(second);
            timeline.add(at, Event::Order(Duration::from_millis(5 + second)));
            timeline.add(at, Event::Shed(503));
        }
        let plan = DayPlan {
            shoppers: 0,
            connections: 1,
            hours: Hours::DAY,
            day: Duration::from_secs(12),
            limit: Duration::ZERO,
            hands: 0,
            seed: 1,
            run: "r".to_string(),
            event: None,
            doorstep: false,
        };
        let mut course = timeline.course(Hours::DAY, 12);
        course.samples = vec![Sample {
            at_s: 1.0,
            hot_left: Some(3),
            server_cores: Some(1.5),
            server_mib: Some(200.0),
            own_cores: Some(0.1),
        }];
        let day = Day {
            took: Duration::from_secs(12),
            course,
            ..Day::empty()
        };
        Report::new(&plan, &day, findings, None)
    }

    fn page(report: &Report, database: Option<&Database>) -> String {
        Paper {
            report: Some(report),
            overload: None,
            database,
            url: "http://127.0.0.1:8080",
            version: "1",
            machine: "<a machine>",
            made_at: "today",
        }
        .html()
    }

    #[test]
    fn the_page_says_what_was_found_and_loads_nothing() {
        let clean = page(&report(Findings::default()), Some(&Database::default()));
        assert!(clean.contains("All promises that could be tried were kept"));
        assert!(clean.contains("come back later (503)") && clean.contains("&lt;a machine&gt;"));
        // Two of each: orders, latency, refusals, processors, memory. Without a hot article no shelf; no sale's moments.
        assert_eq!(clean.matches("<svg").count(), 10);
        assert!(!clean.contains("class=\"moment\""));
        for loading in ["<link", "<script", "<img", "src=", "url(", "@import"] {
            assert!(!clean.contains(loading), "{loading}");
        }
        assert!(!clean.contains("NaN"));

        let findings = Findings {
            first: vec!["order <1> is gone".to_string()],
            count: 1,
            broken: BTreeMap::from([(Promise::Lost, 1)]),
            ..Findings::default()
        };
        let broken = page(&report(findings), None);
        assert!(broken.contains("A promise was broken") && broken.contains("Broken 1×"));
        assert!(
            broken.contains("order &lt;1&gt; is gone") && broken.contains("it was not at hand")
        );
    }

    /// An event with something of everything.
    fn event() -> crate::event::EventReport {
        use crate::event::{EventReport, RuleReport, Rush, Slice};
        let rule = |title: &str, orders, delivery_minor| RuleReport {
            title: title.to_string(),
            story: "Half the price".to_string(),
            orders,
            off_minor: if delivery_minor == 0 {
                500 * orders as i64
            } else {
                0
            },
            delivery_minor,
            short: 20,
            limits: vec![("A lamp".to_string(), 8, 8, Some(1_250))],
        };
        let histogram = hdrhistogram::Histogram::new(3).expect("fit bounds");
        EventReport {
            campaign: "campaign_1".to_string(),
            code: "festival-r".to_string(),
            starts_at: 1_000,
            ends_at: 61_000,
            approved_by: "Second <person>".to_string(),
            rehearsed_orders: 12,
            rehearsed_reduced: 5,
            visitors: 100,
            visitors_by_period: [6, 86, 8],
            visitors_bought: 97,
            visitors_refused: BTreeMap::from([("out_of_stock".to_string(), 3)]),
            first_sale_ms: Some(12),
            rush: Rush {
                orders: 50,
                latency: crate::report::Latency::of(&histogram),
            },
            currency: "EUR".to_string(),
            off_minor: 12_345,
            bridge: crate::event::tests::bridge(),
            rules: vec![
                rule("Flash price", 0, 0),
                rule("Free delivery", 1, 395),
                rule("The set", 2, 0),
            ],
            slices: vec![Slice::default(); 3],
            looks: 77,
            played_s: (3.0, 6.0),
            trade: crate::event::tests::trade(),
        }
    }

    #[test]
    fn a_promise_that_nothing_tried_is_not_called_kept() {
        let mut held = report(Findings {
            checked: vec![(ORDERS, 3), (ARTICLES, 2), (PAYMENTS, 4)],
            ..Findings::default()
        });
        held.began = 3;
        held.shoppers = 3;
        held.screen = Some(crate::screen::Beside {
            screen: crate::screen::Sums::default(),
            ledger: crate::screen::Sums::default(),
        });
        let clean = page(&held, Some(&Database::default()));
        assert!(clean.contains("All promises were kept") && !clean.contains("Not tried"));
        // No books and no packet: no tick for them, and the headline says so.
        held.event = Some(event());
        held.checked.remove(PAYMENTS);
        held.checked.insert(LIMITS, 7);
        held.checked.insert(PACKETS, 0);
        let told = page(&held, Some(&Database::default()));
        assert!(told.contains("All promises that could be tried were kept"));
        assert!(told.contains("Not tried in this run: charging twice, red packets;"));
        assert!(told.contains("<dt>Charged twice</dt><dd>not tried</dd>"));
        assert_eq!(told.matches("<li class=\"open\">").count(), 2);
        // What is broken is broken, though little was looked at.
        held.broken = 1;
        held.broken_by_promise.insert(Promise::PacketWrong, 1);
        let broken = page(&held, Some(&Database::default()));
        assert!(broken.contains("A promise was broken") && broken.contains("Broken 1×"));
    }

    #[test]
    fn the_event_is_told_to_who_was_not_there() {
        let mut held = report(Findings::default());
        assert!(!page(&held, None).contains("The sale"));
        held.event = Some(event());
        held.screen = Some(crate::screen::Beside {
            screen: crate::screen::Sums::default(),
            ledger: crate::screen::Sums::default(),
        });
        let told = page(&held, None);
        for text in [
            "Second &lt;person&gt;\u{201d} approved it",
            "<b>12 ms</b> The first order",
            "<b>1.2 s</b> Flash price: all 8 pieces",
            "<b>0 ms</b> The sale begins.",
            "after 1.2 s all 8 pieces of \u{201c}A lamp\u{201d} had been sold at its price (Flash price)",
            "From 6:00 to 18:00",
            "97 of them placed an order, 3 were refused one",
            "− card declined, order given up",
            "= Left after cancellations and returns",
            "3.95 EUR of delivery",
            "none: not tried",
            "by 1 of its 3 rules",
            "Category &lt;9&gt;",
            "class=\"moment\"",
        ] {
            assert!(told.contains(text), "{text}");
        }
        for old in ["purchase", "Kept</th>", "NaN"] {
            assert!(!told.contains(old), "{old}");
        }
        // The story stands before the list of promises.
        let place = |text: &str| told.find(text).expect("it is told");
        assert!(place("What happened") < place("The verdict"));
        assert_eq!(
            (money(-5, "EUR"), money(7, "JPY")),
            ("-0.05 EUR".to_string(), "7 JPY".to_string())
        );
    }

    #[test]
    fn the_way_to_the_doorstep_is_told() {
        let mut held = report(Findings::default());
        assert!(!page(&held, None).contains("To the doorstep"));
        held.doorstep = Some(crate::doorstep::tests::report());
        let told = page(&held, None);
        for text in [
            "<dt>Parcels that ended</dt><dd>4 of 5</dd>",
            "<dt>Arrivals kept</dt><dd>40.00 %</dd>",
            "<dt>Cost per parcel</dt><dd>4.40 EUR</dd>",
            "2 delivered, 1 came back, 1 lost and paid back",
            "nobody opened</th><td>1</td>",
            "A &lt;carrier&gt;</th><td>5</td>",
            "(10.00 % more), planned anew",
            "Not booked at the first try: 2 no_carrier.",
            "Every parcel has one waybill",
        ] {
            assert!(told.contains(text), "{text}");
        }
        assert!(!told.contains("NaN"));
        held.doorstep = Some(crate::doorstep::DoorstepReport::default());
        let nothing = page(&held, None);
        assert!(nothing.contains("No promised arrival was missed") && !nothing.contains("NaN"));
    }

    #[test]
    fn spans_read_well() {
        assert_eq!(duration(0.25), "250 ms");
        assert_eq!(duration(12.0), "12 s");
        assert_eq!(duration(600.0), "10 min");
        assert_eq!(duration(86_400.0), "24 h");
        assert_eq!(milliseconds(2.5), "2.5 ms");
        assert_eq!(milliseconds(1_500.0), "1.5 s");
    }
}
