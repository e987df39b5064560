//! What a campaign came to, beside the campaign before it or any other span of time: counted from the feed when it is
//! asked for, one report at a time.

use super::known;
use crate::app::{App, now_ms};
use crate::error::ApiError;
use crate::screen::Records;
use crate::v1::wire::campaign_report as wire;
use crate::v1::wire::{Named, Texts};
use ::screen::{Part, Period, PeriodFigures, Span};
use commerce::campaign::{Campaign, CampaignState, LENGTH_MAX};
use commerce::id::CampaignId;
use commerce::money::{Currency, scale};
use commerce::switch::Work;
use commerce::text::{Language, Text};
use commerce::{Refusal, World};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::Semaphore;

/// Rows of a list; what comes after them is one row.
const ROWS: usize = 100;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Up to this length a campaign is told by the minute, and up to that by the hour.
const BY_MINUTE_MS: i64 = 3 * HOUR_MS;
const BY_HOUR_MS: i64 = 14 * DAY_MS;
/// A report reads all orders of its time: one at a time, so that the shop goes on.
static COUNTING: Semaphore = Semaphore::const_new(1);
/// When to come back while another report is counted, in seconds.
const BUSY_S: u32 = 5;

/// What is to be counted.
struct Wanted {
    campaign: Campaign,
    span: Span,
    step_ms: i64,
    is_running: bool,
    compared: Option<(Option<Campaign>, Span)>,
}

/// The report of a campaign that has begun.
///
/// # Errors
/// When the campaign has not begun, what it is to be compared with makes no sense, another report is being counted, or
/// rows cannot be read.
pub async fn report(
    app: &App,
    id: &str,
    query: &wire::ReportQuery,
) -> Result<(Campaign, wire::CampaignReport), ApiError> {
    let wanted = wanted(app, known(app, id)?, query)?;
    app.admit(Work::Exports)?;
    let permit = COUNTING.try_acquire();
    let permit = permit.map_err(|_| ApiError::overloaded(BUSY_S))?;
    let (span, step) = (wanted.span, wanted.step_ms);
    let other = wanted.compared.as_ref().map(|(_, span)| *span);
    let shelf = app.shelf.clone();
    let counted = app.read(move |reader| {
        // It is held until the counting is over, whether or not somebody still waits for it.
        let _permit = permit;
        let records = Records::new(shelf);
        let now = Period::read(reader, (span, step), &records)?;
        let before = other.map(|span| Period::read(reader, (span, step), &records));
        Ok((now, before.transpose()?))
    });
    let (now, before) = counted.await?;
    let shown = shown(&app.shelf.read(), &wanted, &now, before.as_ref());
    Ok((wanted.campaign, shown))
}

fn wanted(app: &App, campaign: Campaign, query: &wire::ReportQuery) -> Result<Wanted, ApiError> {
    let now = now_ms();
    if campaign.state == CampaignState::Draft || campaign.starts_at > now {
        return Err(Refusal::WrongState { state: "not begun" }.into());
    }
    let is_running = campaign.state == CampaignState::Approved && now < campaign.ends_at;
    let to = campaign.ends_at.min(now);
    let span = Span {
        from: campaign.starts_at,
        to,
    };
    let mut compared = other(app, &campaign, query)?;
    if let Some((_, other)) = &mut compared
        && is_running
    {
        other.to = other.to.min(other.from + (span.to - span.from));
    }
    Ok(Wanted {
        span,
        step_ms: step_of(campaign.ends_at - campaign.starts_at),
        is_running,
        compared,
        campaign,
    })
}

/// How long a step of a campaign of a length is.
fn step_of(length: i64) -> i64 {
    if length <= BY_MINUTE_MS {
        MINUTE_MS
    } else if length <= BY_HOUR_MS {
        HOUR_MS
    } else {
        DAY_MS
    }
}

/// The time that a campaign is compared with, and whose it is.
fn other(
    app: &App,
    campaign: &Campaign,
    query: &wire::ReportQuery,
) -> Result<Option<(Option<Campaign>, Span)>, ApiError> {
    let of = |campaign: Campaign| {
        let span = Span {
            from: campaign.starts_at,
            to: campaign.ends_at,
        };
        Some((Some(campaign), span))
    };
    match (query.compare.as_deref(), query.from, query.to) {
        (Some("none"), None, None) => Ok(None),
        (Some(id), None, None) => {
            let other = known(app, id)?;
            let has_run = |c: &Campaign| c.state != CampaignState::Draft && c.id != campaign.id;
            let other = Some(other).filter(has_run).ok_or_else(|| {
                ApiError::parameter_invalid("compare", "another campaign that was approved is")
            })?;
            Ok(of(other))
        }
        (None, Some(from), Some(to)) => {
            let is_span = (0..to).contains(&from) && to - from <= LENGTH_MAX;
            if !is_span {
                let reason = "a time before `to`, and at most 400 days before it, is";
                return Err(ApiError::parameter_invalid("from", reason));
            }
            Ok(Some((None, Span { from, to })))
        }
        (None, None, None) => {
            let before = before(&app.shelf.read(), campaign.id);
            Ok(before.and_then(of))
        }
        _ => {
            let reason = "either `compare` alone or both `from` and `to` are";
            Err(ApiError::parameter_invalid("compare", reason))
        }
    }
}

/// The campaign before one: of those that began earlier and took any time, the one that began latest.
fn before(world: &World, id: CampaignId) -> Option<Campaign> {
    let own = world.campaign(id)?;
    let has_run = |c: &&Campaign| {
        c.state != CampaignState::Draft && c.starts_at < own.starts_at && c.ends_at > c.starts_at
    };
    let earlier = world.campaigns().filter(has_run);
    earlier.max_by_key(|c| (c.starts_at, c.id)).cloned()
}

fn compared(now: i64, before: Option<i64>) -> wire::Compared {
    let change = |before: i64| {
        let change = now - before;
        let size = scale(change.abs(), 1_000, before);
        if change < 0 { -size } else { size }
    };
    wire::Compared {
        now,
        before,
        change_permille: before.filter(|b| *b > 0).map(change),
    }
}

fn shown(
    world: &World,
    wanted: &Wanted,
    now: &Period,
    before: Option<&Period>,
) -> wire::CampaignReport {
    let own = world.shop().map(|s| s.currency);
    let periods = [Some(now), before].into_iter().flatten();
    let all: BTreeSet<Currency> = periods.flat_map(|p| p.figures.keys().copied()).collect();
    let mut currencies: Vec<Currency> = all.into_iter().collect();
    currencies.extend(own.filter(|c| !currencies.contains(c)));
    currencies.sort_by_key(|c| (Some(*c) != own, *c));
    let span = |campaign: Option<&Campaign>, period: &Period| wire::ReportSpan {
        campaign: campaign.map(|c| c.id.to_string()),
        title: campaign.map_or_else(Texts::default, |c| Texts::from(&c.title)),
        from: period.span.from,
        to: period.span.to,
        more: period.is_cut,
    };
    let other = wanted.compared.as_ref().and_then(|(c, _)| c.as_ref());
    wire::CampaignReport {
        span: span(Some(&wanted.campaign), now),
        compared: before.map(|period| span(other, period)),
        time_zone: wanted.campaign.time_zone.clone(),
        is_running: wanted.is_running,
        step_minutes: u32::try_from(wanted.step_ms / MINUTE_MS).unwrap_or(1),
        buyers: compared(now.buyers(), before.map(Period::buyers)),
        new_buyers: compared(now.new_buyers, before.map(|p| p.new_buyers)),
        figures: currencies
            .into_iter()
            .map(|currency| figures(world, wanted, currency, (now, before)))
            .collect(),
    }
}

fn figures(
    world: &World,
    wanted: &Wanted,
    currency: Currency,
    (period, other): (&Period, Option<&Period>),
) -> wire::ReportFigures {
    let none = PeriodFigures::default();
    let now = period.figures.get(&currency).unwrap_or(&none);
    let before = other.map(|p| p.figures.get(&currency).unwrap_or(&none));
    let both = |value: &dyn Fn(&PeriodFigures) -> i64| compared(value(now), before.map(value));
    let share = |f: &PeriodFigures, part: i64, whole: i64| {
        if f.takings.orders == 0 {
            0
        } else {
            scale(whole, part, f.takings.orders)
        }
    };
    let category = |id: &Option<_>| {
        let found = id.and_then(|id| world.category(id));
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        (id, found.map_or_else(Texts::default, |c| (&c.title).into()))
    };
    let seller = |id: &_| {
        let Named { id, name } = Named::seller(world, *id);
        (id, plain(&name))
    };
    wire::ReportFigures {
        currency: currency.to_string(),
        revenue: both(&|f| f.takings.sold),
        orders: both(&|f| f.takings.orders),
        average: both(&|f| share(f, 1, f.takings.sold)),
        phone_permille: both(&|f| share(f, f.takings.phone_orders, 1_000)),
        phone_revenue: both(&|f| f.phone_sold),
        pieces: both(&|f| f.pieces),
        delivery: both(&|f| f.delivery),
        canceled_orders: both(&|f| f.canceled_orders),
        canceled: both(&|f| f.canceled),
        returned: both(&|f| f.returned),
        kept: both(&PeriodFigures::kept),
        categories: rows(&now.categories, before.map(|f| &f.categories), category),
        regions: rows(&now.regions, before.map(|f| &f.regions), |name| {
            (name.clone(), plain(name))
        }),
        sellers: rows(&now.sellers, before.map(|f| &f.sellers), seller),
        course: course(period, now, before),
        rules: rules(&wanted.campaign, now),
    }
}

/// A name that is the same in all languages.
fn plain(name: &str) -> Texts {
    let mut text = Text::default();
    text.set(Language::En, name.to_string());
    Texts::from(&text)
}

/// One row for each key of either time, the most revenue first, and one for all that come after the first hundred.
fn rows<K: Ord>(
    now: &BTreeMap<K, Part>,
    before: Option<&BTreeMap<K, Part>>,
    name: impl Fn(&K) -> (String, Texts),
) -> Vec<wire::ReportRow> {
    let keys: BTreeSet<&K> = now
        .keys()
        .chain(before.into_iter().flat_map(|b| b.keys()))
        .collect();
    let part = |of: &BTreeMap<K, Part>, key: &K| of.get(key).copied().unwrap_or_default();
    let both = |key| (key, part(now, key), before.map(|b| part(b, key)));
    let mut all: Vec<(&K, Part, Option<Part>)> = keys.into_iter().map(both).collect();
    all.sort_by_key(|(_, now, before)| Reverse((now.amount, before.map(|b| b.amount))));
    let rest = all.split_off(all.len().min(ROWS));
    let row = |(id, title), is_rest, (now, before): (Part, Option<Part>)| wire::ReportRow {
        id,
        title,
        is_rest,
        revenue: compared(now.amount, before.map(|b| b.amount)),
        count: compared(now.count, before.map(|b| b.count)),
        pieces: compared(now.pieces, before.map(|b| b.pieces)),
    };
    let mut out: Vec<wire::ReportRow> = all
        .into_iter()
        .map(|(key, now, before)| row(name(key), false, (now, before)))
        .collect();
    if !rest.is_empty() {
        let now: Part = rest.iter().map(|(_, now, _)| *now).sum();
        let others = before.map(|_| rest.iter().filter_map(|(.., before)| *before).sum());
        out.push(row(Default::default(), true, (now, others)));
    }
    out
}

/// Every step of the campaign's time so far, with the same step of the other time.
fn course(
    period: &Period,
    now: &PeriodFigures,
    before: Option<&PeriodFigures>,
) -> Vec<wire::ReportStep> {
    let length = period.span.to - period.span.from;
    let steps = (length + period.step_ms - 1) / period.step_ms;
    let step = |step: i64| {
        let part = |f: &PeriodFigures| f.steps.get(&step).copied().unwrap_or_default();
        let (now, before) = (part(now), before.map(part));
        wire::ReportStep {
            at: period.span.from + step * period.step_ms,
            revenue: compared(now.amount, before.map(|b| b.amount)),
            orders: compared(now.count, before.map(|b| b.count)),
            pieces: compared(now.pieces, before.map(|b| b.pieces)),
        }
    };
    (0..steps).map(step).collect()
}

/// What each rule of the campaign gave, those that gave nothing among them.
fn rules(campaign: &Campaign, figures: &PeriodFigures) -> Vec<wire::ReportRule> {
    let rule = |rule: &commerce::campaign::Rule| {
        let given = figures.rules.get(&campaign.rule_id(rule));
        wire::ReportRule {
            rule: rule.number,
            purchases: given.map_or(0, |g| g.purchases),
            off: given.map_or(0, |g| g.off),
            first_at: given.map(|g| g.first_at),
            last_at: given.map(|g| g.last_at),
        }
    };
    campaign.rules.iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_in_thousandths_of_what_was_before() {
        let change = |now, before| compared(now, Some(before)).change_permille;
        assert_eq!(change(139, 100), Some(390));
        assert_eq!(change(2, 3), Some(-333));
        assert_eq!(change(0, 7), Some(-1_000));
        assert_eq!((change(5, 0), change(0, 0)), (None, None));
        assert_eq!(compared(5, None).change_permille, None);
    }

    #[test]
    fn what_has_no_row_of_its_own_is_in_the_last_one() {
        let part = |amount| Part {
            count: 1,
            pieces: 2,
            amount,
        };
        let now: BTreeMap<i64, Part> = (1..=120).map(|n| (n, part(n))).collect();
        let before = BTreeMap::from([(3, part(9)), (500, part(8))]);
        let rows = rows(&now, Some(&before), |n| (n.to_string(), plain("x")));
        assert_eq!(rows.len(), ROWS + 1);
        assert_eq!((rows[0].id.as_str(), rows[0].revenue.now), ("120", 120));
        let all: i64 = rows.iter().map(|r| r.revenue.now).sum();
        assert_eq!(all, (1..=120).sum::<i64>());
        let earlier: i64 = rows.iter().filter_map(|r| r.revenue.before).sum();
        assert_eq!(earlier, 17);
        assert!(rows[ROWS].is_rest && rows[ROWS].count.now == 20);
    }
}
