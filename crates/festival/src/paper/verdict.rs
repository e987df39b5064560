//! The verdict: which promise was kept, which was broken, and which was not tried, as nothing came that could have broken
//! it.

use super::Paper;
use super::plot::{escaped, figure};
use crate::audit::{ARTICLES, LIMITS, ORDERS, PACKETS, PARCELS, PAYMENTS, Promise};
use crate::overload::Overload;
use crate::report::Report;
use std::fmt::Write;

/// What came of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was tried, and held every time.
    Kept,
    /// So often it did not hold.
    Broken(u64),
    /// Nothing tried it, with the reason.
    Untried(&'static str),
}

/// A promise in words.
struct Told {
    promise: Promise,
    /// What it is about, in a list.
    name: &'static str,
    text: &'static str,
}

/// All of them, in the order of the page.
const PROMISES: [Told; 11] = [
    Told {
        promise: Promise::Lost,
        name: "lost orders",
        text: "Every order that a shopper was told of is in the shop.",
    },
    Told {
        promise: Promise::Doubled,
        name: "doubled orders",
        text: "No order is there twice, and the shop has none that nobody placed.",
    },
    Told {
        promise: Promise::Changed,
        name: "changed orders",
        text: "Every order is what its shopper was told, or has been paid, shipped or canceled since.",
    },
    Told {
        promise: Promise::Oversold,
        name: "overselling",
        text: "Nothing was sold that was not there; the shelves agree with the orders.",
    },
    Told {
        promise: Promise::ChargedTwice,
        name: "charging twice",
        text: "Nobody was charged twice, by the payment provider's own books.",
    },
    Told {
        promise: Promise::ScreenWrong,
        name: "the big screen",
        text: "The big screen, on which the shop shows the day while it runs, shows what the orders come to",
    },
    Told {
        promise: Promise::LimitExceeded,
        name: "the sale's limits",
        text: "The sale gave away no more than it had: no quota, no budget and no limit per buyer was exceeded, no single-use code \
               was good twice, and what all orders took is what the shop says was taken.",
    },
    Told {
        promise: Promise::PacketWrong,
        name: "red packets",
        text: "No red packet was drawn twice, and each holds what it may; together they hold no more than their budget.",
    },
    Told {
        promise: Promise::PriceWrong,
        name: "the sale's prices",
        text: "Every order costs to the cent what the sale's rules come to for the second it was placed in, worked out anew from \
               their definitions: the usual price before the sale and after it; while it ran, the whole reduction of each rule \
               that was not used up. What was canceled or came back was paid back to the cent, but for the delivery of what \
               came back.",
    },
    Told {
        promise: Promise::ParcelAstray,
        name: "parcels",
        text: "Every parcel has one waybill and one number, and in the end it is with its receiver, back on the shelf, or lost and \
               paid back; of each that came later than was promised the order's page says why.",
    },
    Told {
        promise: Promise::Failed,
        name: "errors of the shop",
        text: "The shop never answered with an error of its own.",
    },
];

impl Told {
    fn is_of(&self, report: &Report) -> bool {
        use Promise::{LimitExceeded, PacketWrong, PriceWrong};
        match self.promise {
            LimitExceeded | PacketWrong | PriceWrong => report.event.is_some(),
            Promise::ParcelAstray => report.doorstep.is_some(),
            _ => true,
        }
    }

    fn outcome(&self, report: &Report) -> Outcome {
        let broken = report.broken_by_promise.get(&self.promise).copied();
        if let Some(often) = broken.filter(|often| *often > 0) {
            return Outcome::Broken(often);
        }
        let count = |what: &str| report.checked.get(what).copied().unwrap_or(0);
        let orders = count(ORDERS);
        let sold = report
            .event
            .as_ref()
            .map_or(0, |e| e.bridge.within.placed.orders);
        let (tried, why) = match self.promise {
            Promise::Lost | Promise::Doubled | Promise::Changed => (orders, "no order was placed"),
            Promise::Oversold => (orders.min(count(ARTICLES)), "no order was placed"),
            Promise::ChargedTwice => (
                count(PAYMENTS),
                "the payment provider's books were not at hand",
            ),
            Promise::ScreenWrong => (
                u64::from(report.screen.is_some()),
                "the calendar's day ended meanwhile",
            ),
            Promise::LimitExceeded => (count(LIMITS), "nothing was taken of them"),
            Promise::PacketWrong => (
                count(PACKETS),
                "no member came to draw one (they sign in with codes from mails, which this run could not read)",
            ),
            Promise::PriceWrong => (sold, "no order was placed while the sale ran"),
            Promise::ParcelAstray => (count(PARCELS), "there was no parcel"),
            Promise::Failed => (report.began, "nobody came"),
        };
        match tried {
            0 => Outcome::Untried(why),
            _ => Outcome::Kept,
        }
    }

    /// The text, which says of the big screen what it was held against.
    fn text(&self, report: &Report) -> String {
        let books = report.checked.contains_key(PAYMENTS);
        match (self.promise, books) {
            (Promise::ScreenWrong, true) => {
                format!("{}, and the payment provider's books.", self.text)
            }
            (Promise::ScreenWrong, false) => {
                format!(
                    "{}; the payment provider's books were not at hand.",
                    self.text
                )
            }
            _ => self.text.to_string(),
        }
    }
}

impl Paper<'_> {
    /// What was not tried, in a word or two each.
    pub fn untried(&self) -> Vec<&'static str> {
        let Some(report) = self.report else {
            return Vec::new();
        };
        let own = PROMISES.iter().filter(|told| told.is_of(report));
        let open = own.filter(|told| matches!(told.outcome(report), Outcome::Untried(_)));
        let database = self.database.is_none().then_some("the database itself");
        open.map(|told| told.name).chain(database).collect()
    }

    /// Whether no promise was broken, and what the headline says.
    pub(super) fn headline_verdict(&self) -> (bool, &'static str) {
        let day = self.report.is_none_or(Report::is_clean);
        if !day || self.database.is_some_and(|d| d.broken > 0) {
            return (false, "A promise was broken");
        }
        if !self.overload.is_none_or(Overload::is_flat) {
            return (false, "The goodput falls when more come than can be served");
        }
        if self.untried().is_empty() {
            (true, "All promises were kept")
        } else {
            (true, "All promises that could be tried were kept")
        }
    }

    /// The list of promises.
    pub(super) fn verdict(&self, report: &Report, out: &mut String) -> std::fmt::Result {
        out.push_str("<section><h2>The verdict</h2><ul class=\"verdict\">");
        for told in PROMISES.iter().filter(|told| told.is_of(report)) {
            line(told.outcome(report), &told.text(report), out)?;
        }
        let database = match self.database.map(|d| d.broken) {
            Some(0) => Outcome::Kept,
            Some(often) => Outcome::Broken(often),
            None => Outcome::Untried("it was not at hand"),
        };
        line(
            database,
            "The shop's own books agree in its database: stock, reservations and payments, and every movement of goods and money \
             is booked where it left and where it went.",
            out,
        )?;
        out.push_str("</ul>");
        let findings = report.findings.iter();
        let findings = findings.chain(self.database.iter().flat_map(|d| &d.findings));
        let findings: Vec<String> = findings
            .map(|f| format!("<li>{}</li>", escaped(f)))
            .collect();
        if !findings.is_empty() {
            write!(out, "<h3>Findings</h3><ol>{}</ol>", findings.concat())?;
        }
        let checked = report.checked.iter().filter(|(_, n)| **n > 0);
        let checked: Vec<String> = checked
            .map(|(what, n)| format!("{} {what}", figure(*n as f64)))
            .collect();
        if checked.is_empty() {
            return out.write_str("</section>");
        }
        write!(
            out,
            "<p>Looked at one by one: {}.</p></section>",
            escaped(&checked.join(", "))
        )
    }
}

/// Whether a promise was tried at all, for the figures at the head of the page.
pub fn is_tried(report: &Report, promise: Promise) -> bool {
    let mut own = PROMISES.iter().filter(|told| told.promise == promise);
    own.all(|told| !matches!(told.outcome(report), Outcome::Untried(_)))
}

fn line(outcome: Outcome, text: &str, out: &mut String) -> std::fmt::Result {
    let (class, mark, word, why) = match outcome {
        Outcome::Kept => ("kept", "✓", "Kept".to_string(), String::new()),
        Outcome::Broken(often) => ("broken", "✗", format!("Broken {often}×"), String::new()),
        Outcome::Untried(why) => (
            "open",
            "–",
            "Not tried".to_string(),
            format!("<br>Not tried: {why}."),
        ),
    };
    write!(
        out,
        "<li class=\"{class}\"><b><span aria-hidden=\"true\">{mark}</span> {word}</b> <span>{text}{why}</span></li>"
    )
}
