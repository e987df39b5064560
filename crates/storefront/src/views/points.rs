//! Points as shoppers see them: what they have, what an order takes of them and adds to them, and the rules in sentences
//! made from the program's numbers.

use super::Reader;
use super::sale::discount_title;
use api::i18n::Texts;
use commerce::Money;
use commerce::checkout::{AppliedDiscount, Intent};
use commerce::points::PointsProgram;
use commerce::pricing::{self, PricedPoints};

/// Points of which it is said what they are worth, so that the amount is one that people pay with.
const EXAMPLE_POINTS: i64 = 100;
const PPM: u32 = 1_000_000;

/// So many points, and what they take off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// How many.
    pub points: i64,
    /// What they take off.
    pub amount: Money,
}

impl Worth {
    fn of(program: &PointsProgram, points: i64) -> Self {
        let minor = points.saturating_mul(program.worth);
        Self {
            points,
            amount: Money {
                minor,
                currency: program.currency,
            },
        }
    }

    /// "1,250 points"
    pub fn words(&self, t: Texts) -> String {
        count(t, self.points)
    }
}

/// "1,250 points"
pub fn count(t: Texts, points: i64) -> String {
    // Below zero there are none that anything could be paid with.
    t.count("points.count", u64::try_from(points).unwrap_or(0), &[])
}

/// What an order has to do with points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsView {
    /// The member's own; `None` for a guest.
    pub own: Option<Own>,
    /// What the order earns; a guest would as a member.
    pub earns: Worth,
    /// The rules, a sentence each.
    pub rules: Vec<String>,
}

/// A member's points at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    /// What they can spend.
    pub balance: Worth,
    /// What of it the order is paid with.
    pub used: Worth,
    /// What it could be paid with at most.
    pub usable: Worth,
}

/// The program, if there is one and it is on.
pub fn program<'w>(reader: &Reader<'w>) -> Option<&'w PointsProgram> {
    reader.world.points_program().filter(|p| p.active)
}

/// What a priced intent has to do with points; `None` while there is no program for its currency.
pub fn points_view(
    reader: &Reader<'_>,
    intent: &Intent,
    priced: &PricedPoints,
) -> Option<PointsView> {
    let program = pricing::points_program_for(reader.world, intent)?;
    let worth = |points| Worth::of(program, points);
    Some(PointsView {
        own: intent.member.map(|_| Own {
            balance: worth(reader.points),
            used: worth(priced.used),
            usable: worth(priced.usable.max(priced.used)),
        }),
        earns: worth(priced.earns),
        rules: rules(reader.texts, program),
    })
}

/// A member's account as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// How many there are: below zero after some were taken back that had been spent.
    pub balance: i64,
    /// What can be spent.
    pub spendable: Worth,
    /// Until when, written out; `None` for ever.
    pub expires: Option<String>,
    /// The rules, a sentence each.
    pub rules: Vec<String>,
    /// What changed, the newest first.
    pub entries: Vec<EntryLine>,
    /// The number before which the next page begins.
    pub next: Option<u64>,
    /// Whether the newest are on another page.
    pub is_older: bool,
}

/// A change of a member's points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    /// The key of the text that says why.
    pub why: &'static str,
    /// The shop's own words, or empty.
    pub reason: String,
    /// When, written out.
    pub when: String,
    /// The number and the page of the order that it is about.
    pub order: Option<(String, String)>,
    /// By how much.
    pub change: i64,
    /// What there was after it.
    pub balance: i64,
}

impl AccountView {
    /// An account that nothing was read of yet but what there is.
    pub fn of(reader: &Reader<'_>, program: &PointsProgram, balance: i64) -> Self {
        Self {
            balance,
            spendable: Worth::of(program, reader.points),
            expires: None,
            rules: rules(reader.texts, program),
            entries: Vec::new(),
            next: None,
            is_older: false,
        }
    }
}

/// How a program works, a sentence for each of its numbers.
pub fn rules(t: Texts, program: &PointsProgram) -> Vec<String> {
    let money = |minor| {
        t.money(Money {
            minor,
            currency: program.currency,
        })
    };
    let spend = money(program.spend_per_point);
    let example = Worth::of(program, EXAMPLE_POINTS);
    let (points, amount) = (example.words(t), t.money(example.amount));
    let mut rules = vec![
        t.with("points.rule_earn", &[("spend", &spend)]),
        t.with(
            "points.rule_worth",
            &[("points", &points), ("amount", &amount)],
        ),
    ];
    if program.share_max_ppm < PPM {
        let share = t.percent(program.share_max_ppm);
        rules.push(t.with("points.rule_share", &[("share", &share)]));
    }
    if program.points_min > 1 {
        let least = count(t, program.points_min);
        rules.push(t.with("points.rule_least", &[("least", &least)]));
    }
    rules.push(match program.expires_after_days {
        0 => t.t("points.rule_never").to_string(),
        days => t.count("points.rule_days", u64::from(days), &[]),
    });
    rules
}

/// What a discount is called on a list of sums, with the number of points where they are one.
pub fn applied_title(t: Texts, applied: &AppliedDiscount) -> String {
    match applied.points() {
        Some(points) => {
            let n = t.number(points);
            t.with("points.line", &[("title", &applied.title), ("n", &n)])
        }
        None => discount_title(&applied.title, &applied.code),
    }
}
