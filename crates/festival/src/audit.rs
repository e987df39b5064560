//! The proof from outside: what the shop acknowledged is there once and as acknowledged, and nothing
//! was sold that was not there.

use crate::counter::Afterlife;
use crate::doorstep::Brought;
use crate::plan::Way;
use crate::run::{Day, DayPlan, Fate};
use crate::shop::{Article, HotArticle, Office, Shop, articles};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Findings named in full; further ones are only counted.
const FINDINGS_MAX: usize = 50;
/// Of so many shoppers through one door, one at least must have got an order.
const DOOR_SHOPPERS: usize = 20;

/// Which promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// An order that was acknowledged is not there.
    Lost,
    /// An order is there that nobody was told of, or one more than was told.
    Doubled,
    /// An order is there, but not as it was told.
    Changed,
    /// More was sold than there was, or goods and orders do not agree.
    Oversold,
    /// More was given of a sale event than there is: a quota, a budget, a limit per buyer, a code.
    LimitExceeded,
    /// A red packet was drawn twice, or holds or is said to hold something else than it may.
    PacketWrong,
    /// An order costs something else than the event's rules and its second say.
    PriceWrong,
    /// Somebody was charged more than once.
    ChargedTwice,
    /// The big screen shows other than the ledger.
    ScreenWrong,
    /// A parcel has no end, two numbers or none, or is late and nothing says why.
    ParcelAstray,
    /// The shop answered what it must never answer, or brought no order at all.
    Failed,
}

/// What the audit saw.
#[derive(Debug, Default)]
pub struct Findings {
    /// The first broken promises.
    pub first: Vec<String>,
    /// All of them.
    pub count: u64,
    /// How often each promise was broken.
    pub broken: BTreeMap<Promise, u64>,
    /// What was looked at.
    pub checked: Vec<(&'static str, u64)>,
    /// Pieces of the hot article that were sold, and how many were there.
    pub hot: Option<(i64, i64)>,
    /// How many of the shoppers who wanted it were refused.
    pub hot_missed: u64,
    /// That article.
    pub hot_article: Option<HotArticle>,
    /// What the orders that count are worth, in minor units.
    pub revenue_minor: i64,
    /// The orders of the run, by their shoppers' numbers, and how many others there were meanwhile.
    pub orders: (Vec<(u64, String)>, u64),
}

impl Findings {
    fn note(&mut self, promise: Promise, finding: String) {
        self.count += 1;
        *self.broken.entry(promise).or_default() += 1;
        if self.first.len() < FINDINGS_MAX {
            self.first.push(finding);
        }
    }

    pub(crate) fn ensure(
        &mut self,
        promise: Promise,
        holds: bool,
        finding: impl FnOnce() -> String,
    ) {
        if !holds {
            self.note(promise, finding());
        }
    }
}

/// An order as the operator's list shows it.
struct Listed {
    id: String,
    state: String,
    pieces: i64,
    total_minor: i64,
}

/// Compares what shoppers were told with what the shop shows. `before` is the shop at the start, `since`
/// the start in UTC milliseconds; with what was brought to the doorstep, if it was.
///
/// # Errors
/// When the shop cannot be read.
pub async fn audit(
    office: &mut Office,
    findings: &mut Findings,
    before: &Shop,
    (plan, day, brought): (&DayPlan, &Day, Option<&Brought>),
    since: i64,
) -> Result<(), String> {
    for problem in &day.problems {
        findings.note(Promise::Failed, problem.clone());
    }
    let (mine, foreign) = listed(office, plan, since).await?;
    let after = articles(office, &before.places).await?;
    let sold = orders(findings, before, plan, day, &mine);
    let mut gone = sold.clone();
    if let Some(brought) = brought {
        for problem in &brought.problems {
            findings.note(Promise::ParcelAstray, problem.clone());
        }
        let parcels = brought.parcels.len() as u64;
        findings.checked.push((PARCELS, parcels));
        put_back(&mut gone, before, &brought.back);
    }
    stock(findings, before, &after, (&sold, &gone), foreign);
    hot(findings, before, plan, day, &sold);
    doors(findings, before, plan, day);
    money(findings, office).await?;
    let numbered = |(number, all): (&u64, &Vec<Listed>)| {
        let number = *number;
        let ids: Vec<_> = all.iter().map(|l| (number, l.id.clone())).collect();
        ids
    };
    findings.orders = (mine.iter().flat_map(numbered).collect(), foreign);
    let count: usize = mine.values().map(Vec::len).sum();
    findings.checked.push((ORDERS, count as u64));
    findings
        .checked
        .push((ARTICLES, before.articles.len() as u64));
    Ok(())
}

/// What came back from the road is on the shelves again.
fn put_back(gone: &mut BTreeMap<usize, i64>, shop: &Shop, back: &BTreeMap<String, i64>) {
    for (index, article) in shop.articles.iter().enumerate() {
        if let Some(pieces) = back.get(&article.variant) {
            *gone.entry(index).or_default() -= pieces;
        }
    }
}

/// The orders of this run by shopper, and how many there are of others.
async fn listed(
    office: &mut Office,
    plan: &DayPlan,
    since: i64,
) -> Result<(BTreeMap<u64, Vec<Listed>>, u64), String> {
    let mut mine: BTreeMap<u64, Vec<Listed>> = BTreeMap::new();
    let mut foreign = 0;
    let prefix = format!("Festival {}-", plan.run);
    for order in office.list(&format!("/api/v1/orders?from={since}")).await? {
        let buyer = order["buyer"].as_str().unwrap_or_default();
        let number = buyer.strip_prefix(&prefix).and_then(|n| n.parse().ok());
        let Some(number) = number else {
            foreign += 1;
            continue;
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        mine.entry(number).or_default().push(Listed {
            id: text(&order["id"]),
            state: text(&order["state"]),
            pieces: order["pieces"].as_i64().unwrap_or(0),
            total_minor: order["total"]["amount"].as_i64().unwrap_or(0),
        });
    }
    Ok((mine, foreign))
}

/// Checks each shopper's orders; gives the pieces that live orders hold, per article.
fn orders(
    findings: &mut Findings,
    shop: &Shop,
    plan: &DayPlan,
    day: &Day,
    mine: &BTreeMap<u64, Vec<Listed>>,
) -> BTreeMap<usize, i64> {
    let mut sold: BTreeMap<usize, i64> = BTreeMap::new();
    let nothing = Vec::new();
    for (&number, fate) in &day.fates {
        let found = mine.get(&number).unwrap_or(&nothing);
        let shopper = plan.shopper(shop, number);
        let key = &shopper.key;
        let afterlife = day.afterlives.get(&number);
        match fate {
            Fate::Bought { group, orders, .. } if afterlife == Some(&Afterlife::Canceled) => {
                acknowledged(findings, key, (group, orders, false), found);
                let ended = found.iter().all(|l| l.state == "canceled");
                findings.ensure(Promise::Changed, ended, || {
                    format!("{key} was canceled by the office, the shop shows it alive")
                });
            }
            Fate::Bought {
                group,
                orders,
                confirmed,
            } => acknowledged(findings, key, (group, orders, *confirmed), found),
            Fate::GaveUp => {
                let ended = found.iter().all(|l| l.state == "canceled");
                findings.ensure(Promise::Changed, !found.is_empty() && ended, || {
                    let states: Vec<&str> = found.iter().map(|l| l.state.as_str()).collect();
                    format!("{key} gave an order up, the shop shows {states:?}")
                });
            }
            Fate::Refused(code) => findings.ensure(Promise::Doubled, found.is_empty(), || {
                format!("{key} was refused with {code}, but has an order")
            }),
            // Without an answer there may be an order or none, but not two.
            Fate::Lost => {}
        }
        let live: Vec<&Listed> = found.iter().filter(|l| l.state != "canceled").collect();
        let wanted: i64 = shopper
            .lines
            .iter()
            .map(|(_, pieces)| i64::from(*pieces))
            .sum();
        let pieces: i64 = live.iter().map(|l| l.pieces).sum();
        findings.ensure(
            pieces_kind(pieces, wanted),
            live.is_empty() || pieces == wanted,
            || format!("{key} wanted {wanted} pieces, live orders have {pieces}"),
        );
        // What came back is on the shelf again.
        if !live.is_empty() && afterlife != Some(&Afterlife::Returned) {
            for &(article, pieces) in &shopper.lines {
                *sold.entry(article).or_default() += i64::from(pieces);
            }
        }
        let paid = live.iter().filter(|l| l.state != "pending");
        findings.revenue_minor += paid.map(|l| l.total_minor).sum::<i64>();
    }
    for number in mine.keys().filter(|n| !day.fates.contains_key(n)) {
        let finding = format!("shopper {number} never began, but has an order");
        findings.note(Promise::Doubled, finding);
    }
    sold
}

/// More pieces than wanted are an order too many, fewer are one too few.
fn pieces_kind(pieces: i64, wanted: i64) -> Promise {
    if pieces > wanted {
        Promise::Doubled
    } else {
        Promise::Changed
    }
}

/// An order that was acknowledged is there, once, and as it was told: as a group, with these orders, confirmed
/// or not. A shopper who has not seen the orders' numbers knows that there is one.
fn acknowledged(
    findings: &mut Findings,
    key: &str,
    (group, orders, confirmed): (&str, &[String], bool),
    found: &[Listed],
) {
    let told: BTreeSet<&str> = orders.iter().map(String::as_str).collect();
    let there: BTreeSet<&str> = found.iter().map(|l| l.id.as_str()).collect();
    let as_told = match told.len() {
        0 => there.len() == 1,
        _ => told == there,
    };
    let missing = there.is_empty() || told.iter().any(|id| !there.contains(id));
    let promise = if missing {
        Promise::Lost
    } else {
        Promise::Doubled
    };
    findings.ensure(promise, as_told && found.len() == there.len(), || {
        format!("{key} was told {group} with {told:?}, the shop shows {there:?}")
    });
    let kept = |l: &Listed| !matches!(l.state.as_str(), "pending" | "canceled");
    findings.ensure(
        Promise::Changed,
        !confirmed || found.iter().all(kept),
        || {
            let states: Vec<&str> = found.iter().map(|l| l.state.as_str()).collect();
            format!("{key} was told {group} is confirmed, the shop shows {states:?}")
        },
    );
}

/// Nobody was charged twice, by the books of the payment provider itself. Only the built-in test provider shows
/// them, and only to who has the token file of a running server.
async fn money(findings: &mut Findings, office: &mut Office) -> Result<(), String> {
    let Some(books) = office.provider_books().await? else {
        return Ok(());
    };
    let totals = &books["totals"];
    let count = |name: &str| totals[name].as_u64();
    let (Some(payments), Some(twice)) = (count("payments"), count("refs_charged_more_than_once"))
    else {
        return Err("the payment provider's audit has no totals".to_string());
    };
    findings.ensure(Promise::ChargedTwice, twice == 0, || {
        format!("{twice} payments were charged more than once at the provider")
    });
    findings.checked.push((PAYMENTS, payments));
    Ok(())
}

/// No door was closed: with enough shoppers, each way brought an order.
fn doors(findings: &mut Findings, shop: &Shop, plan: &DayPlan, day: &Day) {
    for (way, name) in [(Way::App, "in one call"), (Way::Web, "on the web")] {
        let through = |(number, _): &(&u64, &Fate)| plan.shopper(shop, **number).way == way;
        let came = day.fates.iter().filter(through).count();
        let bought = day.fates.iter().filter(through);
        let bought = bought.filter(|(_, fate)| matches!(fate, Fate::Bought { .. }));
        let bought = bought.count();
        findings.ensure(Promise::Failed, bought > 0 || came < DOOR_SHOPPERS, || {
            format!("{came} shoppers bought {name}, and none got an order")
        });
    }
}

/// What is gone from the shelves is what was sold and did not come back, and no shelf is below zero.
fn stock(
    findings: &mut Findings,
    before: &Shop,
    after: &[Article],
    (sold, left): (&BTreeMap<usize, i64>, &BTreeMap<usize, i64>),
    foreign: u64,
) {
    for (index, article) in before.articles.iter().enumerate() {
        let of = |pieces: &BTreeMap<usize, i64>| pieces.get(&index).copied().unwrap_or(0);
        let (sold, left) = (of(sold), of(left));
        let there = article.available();
        findings.ensure(Promise::Oversold, sold <= there, || {
            format!("{}: {sold} sold of {there}", article.sku)
        });
        let now = after.iter().find(|a| a.variant == article.variant);
        let Some(now) = now else {
            let finding = format!("{} is no longer there", article.sku);
            findings.note(Promise::Oversold, finding);
            continue;
        };
        findings.ensure(
            Promise::Oversold,
            now.available.iter().all(|&n| n >= 0),
            || format!("{}: below zero: {:?}", article.sku, now.available),
        );
        // Other people's orders in the same time would be in the difference too.
        let gone = there - now.available();
        findings.ensure(Promise::Oversold, foreign > 0 || gone == left, || {
            format!("{}: {gone} gone from the shelves, {left} sold", article.sku)
        });
    }
}

/// What red packets are counted as.
pub const PACKETS: &str = "red packets";
/// What comparisons with the event's limits are counted as.
pub const LIMITS: &str = "comparisons with a limit of the sale";
/// What parcels are counted as.
pub const PARCELS: &str = "parcels";
/// What payments are counted as.
pub const PAYMENTS: &str = "payments in the provider's books";
/// What orders are counted as.
pub const ORDERS: &str = "orders";
/// What articles are counted as.
pub const ARTICLES: &str = "articles";
/// What shoppers who wanted the hot article are counted as.
pub const AFTER_HOT: &str = "shoppers after the hot article";

/// When enough shoppers wanted the hot article, it is sold to the last piece.
fn hot(
    findings: &mut Findings,
    shop: &Shop,
    plan: &DayPlan,
    day: &Day,
    sold: &BTreeMap<usize, i64>,
) {
    let Some(index) = shop.hot else { return };
    let pieces = shop.articles[index].available();
    let sold = sold.get(&index).copied().unwrap_or(0);
    let wants = |&&number: &&u64| {
        let shopper = plan.shopper(shop, number);
        shopper.lines.iter().any(|(article, _)| *article == index)
    };
    let wanted = day.fates.keys().filter(wants).count() as i64;
    let expected = pieces.min(wanted);
    findings.ensure(Promise::Oversold, sold == expected, || {
        format!(
            "{}: {wanted} shoppers wanted one of {pieces} pieces, {sold} were sold",
            shop.articles[index].sku
        )
    });
    findings.checked.push((AFTER_HOT, wanted as u64));
    findings.hot = Some((sold, pieces));
    let missed = |(number, fate): &(&u64, &Fate)| matches!(fate, Fate::Refused(_)) && wants(number);
    findings.hot_missed = day.fates.iter().filter(missed).count() as u64;
    findings.hot_article.clone_from(&shop.hot_article);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Shopper;
    use std::time::Duration;

    const SHOPPERS: u64 = 4;

    fn plan() -> DayPlan {
        DayPlan {
            shoppers: SHOPPERS,
            connections: 1,
            hours: crate::curve::Hours::DAY,
            hands: 0,
            day: Duration::ZERO,
            limit: Duration::ZERO,
            seed: 1,
            run: "r".to_string(),
            event: None,
            doorstep: false,
        }
    }

    fn day(fates: Vec<Fate>) -> Day {
        Day {
            fates: (0..).zip(fates).collect(),
            ..Day::empty()
        }
    }

    fn bought(id: &str) -> Fate {
        Fate::Bought {
            group: format!("group_{id}"),
            orders: vec![id.to_string()],
            confirmed: true,
        }
    }

    /// An order of one shopper's whole basket.
    fn order(shop: &Shop, number: u64, id: &str, state: &str) -> Listed {
        let shopper = Shopper::plan(shop, 1, "r", number);
        Listed {
            id: id.to_string(),
            state: state.to_string(),
            pieces: shopper.lines.iter().map(|(_, n)| i64::from(*n)).sum(),
            total_minor: 100,
        }
    }

    /// What the orders of shopper 0 must look like after this fate.
    fn check(fate: Fate, listed: &[(&str, &str)]) -> u64 {
        let shop = Shop::sample(&[("A", 10), ("B", 10)], None);
        let all = listed.iter().map(|(id, state)| order(&shop, 0, id, state));
        let mine = BTreeMap::from([(0, all.collect())]);
        let mut findings = Findings::default();
        orders(&mut findings, &shop, &plan(), &day(vec![fate]), &mine);
        findings.count
    }

    #[test]
    fn what_was_told_is_there_once_and_as_told() {
        let unseen = || Fate::Bought {
            group: "g".to_string(),
            orders: Vec::new(),
            confirmed: false,
        };
        let refused = || Fate::Refused("out_of_stock".to_string());
        assert_eq!(check(bought("o1"), &[("o1", "confirmed")]), 0);
        assert_eq!(check(bought("o1"), &[("o1", "fulfilled")]), 0);
        assert_eq!(check(refused(), &[]), 0);
        assert_eq!(check(Fate::Lost, &[("o1", "confirmed")]), 0);
        assert_eq!(check(Fate::GaveUp, &[("o1", "canceled")]), 0);
        assert_eq!(check(unseen(), &[("o1", "pending")]), 0);
        // Lost, another one, canceled, twice, or there although it was refused.
        assert!(check(bought("o1"), &[]) > 0);
        assert!(check(bought("o1"), &[("o2", "confirmed")]) > 0);
        assert!(check(bought("o1"), &[("o1", "canceled")]) > 0);
        assert!(check(bought("o1"), &[("o1", "confirmed"), ("o2", "confirmed")]) > 0);
        assert!(check(refused(), &[("o1", "pending")]) > 0);
        assert!(check(Fate::GaveUp, &[("o1", "confirmed")]) > 0);
        assert!(check(Fate::GaveUp, &[]) > 0);
        assert!(check(unseen(), &[]) > 0);
        assert!(check(unseen(), &[("o1", "pending"), ("o2", "pending")]) > 0);
        assert!(check(Fate::Lost, &[("o1", "confirmed"), ("o2", "confirmed")]) > 0);
    }

    #[test]
    fn what_the_office_did_is_expected() {
        let shop = Shop::sample(&[("A", 10), ("B", 10)], None);
        let check = |afterlife, state: &str| {
            let mut day = day(vec![bought("o1")]);
            day.afterlives.insert(0, afterlife);
            let mine = BTreeMap::from([(0, vec![order(&shop, 0, "o1", state)])]);
            let mut findings = Findings::default();
            let sold = orders(&mut findings, &shop, &plan(), &day, &mine);
            (findings.count, sold.is_empty())
        };
        assert_eq!(check(Afterlife::Canceled, "canceled"), (0, true));
        assert_eq!(check(Afterlife::Canceled, "confirmed").0, 1);
        assert_eq!(check(Afterlife::Shipped, "fulfilled"), (0, false));
        assert_eq!(check(Afterlife::Returned, "fulfilled"), (0, true));
        assert_eq!(check(Afterlife::Shipped, "canceled").0, 1);
    }

    #[test]
    fn a_door_that_brings_no_order_is_closed() {
        let shop = Shop::sample(&[("A", 10), ("B", 10)], None);
        let check = |fate: &dyn Fn(Way) -> Fate| {
            let fates = (0..200).map(|n| fate(Shopper::plan(&shop, 1, "r", n).way));
            let mut findings = Findings::default();
            doors(&mut findings, &shop, &plan(), &day(fates.collect()));
            findings.count
        };
        let refused = || Fate::Refused("odd".to_string());
        assert_eq!(check(&|_| bought("o")), 0);
        assert_eq!(
            check(&|way| if way == Way::App {
                bought("o")
            } else {
                refused()
            }),
            1
        );
        assert_eq!(check(&|_| refused()), 2);
    }

    #[test]
    fn what_is_gone_from_the_shelves_is_what_was_sold() {
        let before = Shop::sample(&[("A", 10)], None);
        let check = |sold: i64, left: i64, foreign: u64| {
            let after = Shop::sample(&[("A", left)], None).articles;
            let mut findings = Findings::default();
            let sold = BTreeMap::from([(0, sold)]);
            stock(&mut findings, &before, &after, (&sold, &sold), foreign);
            findings.count
        };
        assert_eq!(check(10, 0, 0), 0);
        assert_eq!(check(3, 6, 1), 0);
        assert!(check(3, 6, 0) > 0);
        assert!(check(11, 0, 1) > 0);
        assert!(check(11, -1, 0) > 0);
    }

    #[test]
    fn a_hot_article_that_enough_shoppers_want_is_sold_to_the_last_piece() {
        let shop = Shop::sample(&[("A", 1_000), ("B", 3)], Some(1));
        let fates = (0..60).map(|_| Fate::Lost).collect();
        let day = day(fates);
        let check = |sold: i64| {
            let mut findings = Findings::default();
            hot(
                &mut findings,
                &shop,
                &plan(),
                &day,
                &BTreeMap::from([(1, sold)]),
            );
            findings.count
        };
        assert_eq!((check(3), check(2), check(4)), (0, 1, 1));
    }
}
