//! The report of a campaign as one table for spreadsheets: a row per figure, with what it is about in the first columns.

use crate::v1::wire::Texts;
use crate::v1::wire::campaign_report::{CampaignReport, Compared, ReportFigures, ReportRow};
use commerce::campaign::Campaign;
use commerce::code::CurrencyCode;
use commerce::money::Money;
use jiff::tz::TimeZone;
use std::io;

const COLUMNS: [&str; 8] = [
    "section",
    "name",
    "figure",
    "currency",
    "now",
    "before",
    "change_percent",
    "note",
];

/// What a figure is counted in.
#[derive(Clone, Copy)]
enum Unit<'a> {
    Number,
    Permille,
    Money(&'a str),
}

struct Table {
    csv: csv::Writer<Vec<u8>>,
}

/// Writes the report as UTF-8 with a header.
///
/// # Errors
/// When memory does not take it.
pub fn write(campaign: &Campaign, report: &CampaignReport) -> io::Result<Vec<u8>> {
    let mut table = Table {
        csv: csv::Writer::from_writer(Vec::new()),
    };
    table.csv.write_record(COLUMNS)?;
    let zone = TimeZone::get(&report.time_zone).unwrap_or(TimeZone::UTC);
    let clock = |at: i64| {
        let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
        zone.to_datetime(at)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    };
    table.span("from", report, &clock)?;
    table.span("to", report, &clock)?;
    table.line("buyers", ("", "buyers"), Unit::Number, &report.buyers)?;
    table.line(
        "buyers",
        ("", "new_buyers"),
        Unit::Number,
        &report.new_buyers,
    )?;
    for figures in &report.figures {
        table.figures(campaign, figures, &clock)?;
    }
    table
        .csv
        .into_inner()
        .map_err(|e| io::Error::other(e.to_string()))
}

impl Table {
    fn span(
        &mut self,
        end: &str,
        report: &CampaignReport,
        clock: &dyn Fn(i64) -> String,
    ) -> io::Result<()> {
        let of = |span: &crate::v1::wire::campaign_report::ReportSpan| match end {
            "from" => clock(span.from),
            _ => clock(span.to),
        };
        let before = report.compared.as_ref().map(of).unwrap_or_default();
        let (now, zone) = (of(&report.span), &report.time_zone);
        Ok(self
            .csv
            .write_record(["time", "", end, "", &now, &before, "", zone])?)
    }

    fn figures(
        &mut self,
        campaign: &Campaign,
        figures: &ReportFigures,
        clock: &dyn Fn(i64) -> String,
    ) -> io::Result<()> {
        let money = Unit::Money(&figures.currency);
        for (name, unit, value) in [
            ("revenue", money, &figures.revenue),
            ("orders", Unit::Number, &figures.orders),
            ("average_order", money, &figures.average),
            (
                "phone_orders_percent",
                Unit::Permille,
                &figures.phone_permille,
            ),
            ("phone_revenue", money, &figures.phone_revenue),
            ("pieces", Unit::Number, &figures.pieces),
            ("delivery", money, &figures.delivery),
            ("canceled_orders", Unit::Number, &figures.canceled_orders),
            ("canceled", money, &figures.canceled),
            ("returned", money, &figures.returned),
            ("kept", money, &figures.kept),
        ] {
            self.line("all", ("", name), unit, value)?;
        }
        for (section, rows) in [
            ("category", &figures.categories),
            ("region", &figures.regions),
            ("seller", &figures.sellers),
        ] {
            let count = if section == "category" {
                "lines"
            } else {
                "orders"
            };
            for row in rows {
                let name = name_of(row);
                self.line(section, (&name, "revenue"), money, &row.revenue)?;
                self.line(section, (&name, count), Unit::Number, &row.count)?;
                self.line(section, (&name, "pieces"), Unit::Number, &row.pieces)?;
            }
        }
        for step in &figures.course {
            let name = clock(step.at);
            self.line("course", (&name, "revenue"), money, &step.revenue)?;
            self.line("course", (&name, "orders"), Unit::Number, &step.orders)?;
            self.line("course", (&name, "pieces"), Unit::Number, &step.pieces)?;
        }
        for given in &figures.rules {
            let rule = campaign.rules.iter().find(|r| r.number == given.rule);
            let title = rule.map_or_else(String::new, |r| text(&(&r.title).into()));
            let name = safe(format!("{} {title}", given.rule));
            let only = |now| Compared {
                now,
                before: None,
                change_permille: None,
            };
            self.line("rule", (&name, "off"), money, &only(given.off))?;
            self.line(
                "rule",
                (&name, "purchases"),
                Unit::Number,
                &only(given.purchases),
            )?;
        }
        Ok(())
    }

    fn line(
        &mut self,
        section: &str,
        (name, figure): (&str, &str),
        unit: Unit<'_>,
        value: &Compared,
    ) -> io::Result<()> {
        let (currency, now) = match unit {
            Unit::Money(currency) => (currency, written(value.now, unit)),
            Unit::Number | Unit::Permille => ("", written(value.now, unit)),
        };
        let before = value.before.map(|b| written(b, unit)).unwrap_or_default();
        let change = value.change_permille.map(|c| written(c, Unit::Permille));
        let change = change.unwrap_or_default();
        let cells = [section, name, figure, currency, &now, &before, &change, ""];
        Ok(self.csv.write_record(cells)?)
    }
}

/// A value with its point: money as its currency has it, thousandths as per cent.
fn written(value: i64, unit: Unit<'_>) -> String {
    match unit {
        Unit::Number => value.to_string(),
        Unit::Permille => {
            let sign = if value < 0 { "-" } else { "" };
            format!("{sign}{}.{}", value.abs() / 10, value.abs() % 10)
        }
        Unit::Money(currency) => match CurrencyCode::parse(currency) {
            Some(currency) => Money {
                minor: value,
                currency,
            }
            .decimal(),
            None => value.to_string(),
        },
    }
}

fn text(texts: &Texts) -> String {
    let all = [&texts.en, &texts.de, &texts.zh];
    all.into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
}

fn name_of(row: &ReportRow) -> String {
    if row.is_rest {
        return "(rest)".to_string();
    }
    match text(&row.title) {
        name if name.is_empty() => "(none)".to_string(),
        name => safe(name),
    }
}

/// Shoppers write regions: a spreadsheet must not take one for a formula.
pub(crate) fn safe(name: String) -> String {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_exact_and_no_formulas() {
        assert_eq!(written(-5, Unit::Permille), "-0.5");
        assert_eq!(written(390, Unit::Permille), "39.0");
        assert_eq!(written(123_456, Unit::Money("EUR")), "1234.56");
        assert_eq!(written(1_234, Unit::Money("JPY")), "1234");
        assert_eq!(safe("=cmd()".to_string()), "'=cmd()");
        assert_eq!(safe("Hessen".to_string()), "Hessen");
    }
}
