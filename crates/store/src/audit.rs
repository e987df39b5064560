//! The numbered invariants over a whole database. Engines feed rows in; the predicates are the core's.

use crate::books::Books;
use crate::returns::{self, Waiting};
use crate::sql::Sql;
use crate::sums::Sums;
use crate::yards::{self, Lying};
use crate::{StoreError, points};
use commerce::campaign::Quota;
use commerce::checkout::{Checkout, CheckoutStatus};
use commerce::event::{Event, What};
use commerce::id::{LocationId, ProductId, VariantId};
use commerce::invariants::{
    Broken, MoneyTally, PacketTally, PointsTally, QuotaTally, RoundTally, StockTally, WaybillTally,
    check_group, check_level,
};
use commerce::ledger::Posting;
use commerce::order::{Group, ReservationState};
use commerce::packet::Packets;
use commerce::review::{Rating, Review};
use commerce::stock::{Level, Movement};
use commerce::world::{Record, Sequences, World};
use std::collections::{BTreeMap, BTreeSet};

/// Findings kept in full; further ones are only counted.
const FINDINGS_MAX: usize = 100;

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The invariant's number.
    pub number: u8,
    /// What was found.
    pub detail: String,
}

/// What an audit saw.
#[derive(Debug, Clone, Default)]
pub struct AuditReport {
    /// Rows looked at, per table.
    pub rows: Vec<(&'static str, u64)>,
    /// Broken invariants, the first hundred.
    pub findings: Vec<Finding>,
    /// All broken invariants, counted.
    pub broken: u64,
}

impl AuditReport {
    /// Whether all invariants hold.
    pub fn is_clean(&self) -> bool {
        self.broken == 0
    }

    /// Takes note of a check's result.
    pub fn note(&mut self, result: Result<(), Broken>) {
        if let Err(Broken { number, detail }) = result {
            self.broken += 1;
            if self.findings.len() < FINDINGS_MAX {
                self.findings.push(Finding { number, detail });
            }
        }
    }
}

/// Takes rows in the order movements, levels, postings, groups, campaigns, quotas, reviews, ratings, events, and says what is broken.
#[derive(Default)]
pub struct Auditor {
    report: AuditReport,
    stock: StockTally,
    money: MoneyTally,
    quotas: QuotaTally,
    packets: PacketTally,
    points: PointsTally,
    waybills: WaybillTally,
    rounds: RoundTally,
    pools: Vec<Record>,
    campaigns: World,
    reserved_by_levels: BTreeMap<(VariantId, LocationId), i64>,
    reserved_by_groups: BTreeMap<(VariantId, LocationId), i64>,
    last_position: u64,
    counts: BTreeMap<&'static str, u64>,
    sums: Sums,
    kept: Sums,
    books: Books,
    open_returns: BTreeSet<Waiting>,
    lying: BTreeSet<Lying>,
    ratings: BTreeMap<ProductId, Rating>,
}

impl Auditor {
    fn count(&mut self, table: &'static str) {
        *self.counts.entry(table).or_insert(0) += 1;
    }

    /// The next stock movement by number.
    pub fn movement(&mut self, movement: &Movement) {
        self.count("stock_movements");
        let result = self.stock.add(movement);
        self.report.note(result);
    }

    /// A level.
    pub fn level(&mut self, variant: VariantId, location: LocationId, level: Level) {
        self.count("inventory_levels");
        self.report.note(check_level(level));
        let result = self.stock.compare(variant, location, level);
        self.report.note(result);
        if level.reserved != 0 {
            self.reserved_by_levels
                .insert((variant, location), level.reserved);
        }
    }

    /// The next posting by number.
    pub fn posting(&mut self, posting: &Posting) {
        self.count("postings");
        self.books.posting(posting);
        let result = self.money.add(posting);
        self.report.note(result);
    }

    /// A block, with how many entries its row says it has.
    pub fn block(&mut self, table: &'static str, said: i64, found: usize) {
        self.ensure(4, usize::try_from(said) == Ok(found), || {
            format!("a block of {table} says {said} entries and has {found}")
        });
    }

    /// A group, with the columns that jobs and lists look at.
    pub fn group(&mut self, group: &Group, to_do: Option<i64>, expires_at: Option<i64>) {
        self.count("order_groups");
        self.report.note(check_group(group));
        self.report.note(self.money.compare(group));
        self.points.group(group);
        let result = self.quotas.add(group);
        self.report.note(result);
        for r in group
            .reservations
            .iter()
            .filter(|r| r.state == ReservationState::Held)
        {
            *self
                .reserved_by_groups
                .entry((r.variant, r.location))
                .or_insert(0) += i64::from(r.quantity);
        }
        self.sums.add(group, 1);
        self.books.group(group);
        self.open_returns.extend(returns::waiting_of(group));
        self.lying.extend(yards::lying_of(group));
        let wanted = crate::rows::to_do(group);
        self.ensure(8, to_do == wanted && expires_at == group.expires_at, || {
            format!("{}: listed with {to_do:?} and {expires_at:?}", group.id)
        });
        let waits = group.deadline().is_some();
        self.ensure(2, waits == group.expires_at.is_some(), || {
            format!("{}: expiry of {:?}", group.id, group.state)
        });
    }

    /// All campaigns: what their limits are.
    pub fn campaigns(&mut self, campaigns: Vec<Record>) {
        self.campaigns = World::new(campaigns, Sequences::default(), 0);
    }

    /// All pools of numbers.
    pub fn number_pools(&mut self, pools: Vec<Record>) {
        self.pools = pools;
    }

    /// A courier's round.
    pub fn round(&mut self, record: &Record) {
        self.count("rounds");
        if let Record::Round(round) = record {
            let result = self.rounds.round(round);
            self.report.note(result);
        }
    }

    /// The book of open rounds, once all rounds were given.
    pub fn round_books(&mut self, books: Vec<Record>) {
        let book = books.iter().find_map(|record| match record {
            Record::RoundBook(book) => Some(book),
            _ => None,
        });
        let rounds = std::mem::take(&mut self.rounds);
        self.report.note(rounds.finish(book));
    }

    /// What was taken of a limit, once all groups and campaigns were given.
    pub fn quota(&mut self, quota: Quota, taken: i64) {
        self.count("quotas");
        let limit = self.campaigns.limit(&quota);
        let rule = self.campaigns.rule(quota.rule);
        if let Some(packets) = rule.and_then(|(_, rule)| Packets::of(quota.rule, rule)) {
            match self.packets.row(&packets, (quota, taken, limit)) {
                Ok(true) => return,
                Ok(false) => {}
                Err(broken) => return self.report.note(Err(broken)),
            }
        }
        let result = self.quotas.compare(quota, taken, limit);
        self.report.note(result);
    }

    /// A review.
    pub fn review(&mut self, review: &Review) {
        self.count("reviews");
        self.ratings.entry(review.product).or_default().add(review);
    }

    /// The ratings that are kept, once all reviews were given: each equals a recount.
    pub fn ratings(&mut self, kept: Vec<(ProductId, Rating)>) {
        let mut counted = std::mem::take(&mut self.ratings);
        for (product, kept) in kept {
            self.count("ratings");
            let own = counted.remove(&product).unwrap_or_default();
            self.ensure(9, own == kept, || {
                format!("rating of {product}: kept {kept:?}, counted {own:?}")
            });
        }
        for (product, own) in counted {
            self.ensure(9, own == Rating::default(), || {
                format!("rating of {product}: nothing kept, counted {own:?}")
            });
        }
    }

    /// All entries of points, then all accounts.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn points(&mut self, sql: &impl Sql) -> Result<(), StoreError> {
        points::each_entry(sql, &mut |entry| {
            self.count("points_entries");
            let result = self.points.add(entry);
            self.report.note(result);
        })?;
        points::each_account(sql, &mut |member, account| {
            self.count("points_accounts");
            let result = self.points.compare(member, &account);
            self.report.note(result);
        })
    }

    /// The sums that are kept, once all groups were given.
    pub fn sums(&mut self, kept: Sums) {
        self.sums.compare(&kept, &mut self.report);
        self.kept = kept;
    }

    /// The returns that are kept as open, once all groups were given.
    pub fn open_returns(&mut self, kept: Vec<Waiting>) {
        let kept = kept.into_iter().collect();
        returns::compare(&self.open_returns, &kept, &mut self.report);
    }

    /// The parcels that are kept as lying at a place, once all groups were given.
    pub fn lying_parcels(&mut self, kept: Vec<Lying>) {
        let kept = kept.into_iter().collect();
        yards::compare(&self.lying, &kept, &mut self.report);
    }

    /// A checkout that was completed must have become a group, and none that was given up.
    pub fn checkout(&mut self, checkout: &Checkout, has_group: bool) {
        let holds = match checkout.status {
            CheckoutStatus::Open => true,
            CheckoutStatus::Placed => has_group,
            CheckoutStatus::Canceled => !has_group,
        };
        if has_group || !holds {
            self.count("checkouts");
        }
        self.ensure(3, holds, || {
            let status = checkout.status;
            format!("{}: {status:?}, group: {has_group}", checkout.id)
        });
    }

    /// The next event, once all groups were given.
    pub fn event(&mut self, event: &Event) {
        self.count("events");
        if let What::PacketDrawn { rule, number, .. } = event.what {
            let result = self.packets.drawn(rule, number);
            self.report.note(result);
        }
        if let What::WaybillBooked { carrier, .. } = event.what {
            self.count("waybills");
            self.waybills.booked(carrier);
        }
        if self.books.event(event) {
            self.count("takings");
        }
        let position = event.position;
        let expected = self.last_position + 1;
        self.ensure(4, position == expected, || {
            format!("event {position} follows {}", expected - 1)
        });
        self.last_position = position;
    }

    fn ensure(&mut self, number: u8, holds: bool, detail: impl FnOnce() -> String) {
        if !holds {
            self.report.note(Err(Broken {
                number,
                detail: detail(),
            }));
        }
    }

    /// Everything was fed in.
    pub fn finish(mut self) -> AuditReport {
        let same = self.reserved_by_levels == self.reserved_by_groups;
        let (levels, groups) = (
            self.reserved_by_levels.clone(),
            self.reserved_by_groups.clone(),
        );
        self.ensure(2, same, || {
            let differs = levels.iter().find(|(key, n)| groups.get(key) != Some(n));
            let other = groups.iter().find(|(key, n)| levels.get(key) != Some(n));
            format!("reserved by levels and by orders differ: {differs:?} / {other:?}")
        });
        self.books.compare(&self.kept, &mut self.report);
        for record in &self.pools {
            if let Record::NumberPool(pool) = record {
                let result = self.waybills.compare(pool);
                self.report.note(result);
            }
        }
        self.report.note(self.waybills.finish());
        self.report.note(self.stock.finish());
        self.report.note(self.money.finish());
        self.report.note(self.quotas.finish());
        self.report.note(self.packets.finish());
        self.report.note(self.points.finish());
        self.report.rows = self.counts.into_iter().collect();
        self.report
    }
}
