//! What campaigns take off, step by step, and why they do not.
//!
//! 0. **Presale** ([`super::presale`]): such lines are left alone by all that follows but delivery.
//! 1. **Price**: each piece costs the lowest price that it can have, as long as there is some of it; pieces beyond a
//!    limit cost the next lowest.
//! 2. **Multi-buys**, 3. **thresholds**, 4. **codes**, in the order in which they were typed: each takes off what the
//!    steps before have left. Within a step rules go in the order of their lists, older campaigns first.
//! 5. **Points** ([`super::points`]): what the member pays with them, of what is left.
//! 6. **Delivery** ([`super::shipping_price`]).
//!
//! A rule reads how much was taken of its limits, and says what it would take ([`Use`]). Amounts are minor units;
//! parts of a piece's price are rounded half away from zero, shares of a discount go by largest remainder.

use super::{Missed, Why, normalize_code};
use crate::campaign::{Campaign, Codes, Counted, Deal, Quota, Rule, Step, Use, price_in};
use crate::catalog::Product;
use crate::checkout::{AppliedDiscount, DiscountSource, Intent, Quote, QuoteLine};
use crate::id::{CustomerId, RuleId, SellerId, VariantId};
use crate::money::{Currency, Money, PPM, allocate, portion, scale};
use crate::packet::Packets;
use crate::planted::{self, Fault};
use crate::settings::DiscountValue;
use crate::text;
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The buyer, as limits know them: a hash of the e-mail address. Few ever share one, and who does shares a limit.
pub fn buyer_of(intent: &Intent) -> Option<Counted> {
    let email = &intent.buyer.email;
    (!email.is_empty()).then(|| buyer_with(email))
}

/// The buyer with an e-mail address, as limits know them.
pub fn buyer_with(email: &str) -> Counted {
    Counted::Buyer(text::key(email))
}

/// What a code or packet takes off, and on what condition.
struct Worth {
    value: DiscountValue,
    /// Goods of at least this price.
    spend: Option<Money>,
}

/// A line that is being priced.
pub(super) struct Good<'w> {
    product: &'w Product,
    pub(super) variant: VariantId,
    pub(super) seller: SellerId,
    pub(super) quantity: u32,
    pub(super) unit_price: i64,
    /// Whether a deposit is paid for it now; then no other rule takes anything off.
    pub(super) on_presale: bool,
    /// What is left of its price.
    left: i64,
    /// The last step that took something off.
    reduced_in: Option<Step>,
    /// The step in which an exclusive rule took something off.
    closed_in: Option<Step>,
}

/// Campaigns at work on one intent.
pub(super) struct Deals<'w> {
    pub(super) world: &'w World,
    pub(super) intent: &'w Intent,
    /// Rules of campaigns that run now, with their ids, in order.
    rules: Vec<(RuleId, &'w Rule)>,
    pub(super) now: i64,
    pub(super) goods: Vec<Good<'w>>,
    /// What the order would take of limits.
    pub(super) uses: Vec<Use>,
    /// What does not apply, and why.
    pub(super) missed: Vec<Missed>,
    /// A variant that cannot be ordered together with the others on presale.
    pub(super) apart: Option<VariantId>,
    /// Whether a presale is limited per buyer, and the buyer has not said who they are.
    pub(super) email_needed: bool,
}

/// Whether a rule is about an offer of a product.
pub(super) fn is_meant(world: &World, rule: &Rule, product: &Product, seller: SellerId) -> bool {
    let is_in = |above| world.is_category_in(product.category, above);
    rule.goods.name(product, seller, is_in)
}

impl<'w> Deals<'w> {
    pub(super) fn new(world: &'w World, now: i64, intent: &'w Intent) -> Self {
        let mut deals = Self {
            world,
            intent,
            rules: Vec::new(),
            now,
            goods: Vec::new(),
            uses: Vec::new(),
            missed: Vec::new(),
            apart: None,
            email_needed: false,
        };
        if world.has_campaigns() {
            let running = world.approved_campaigns().filter(|c| c.runs(now));
            for campaign in running {
                let rules = campaign.rules.iter();
                deals.rules.extend(rules.map(|r| (campaign.rule_id(r), r)));
            }
        }
        deals
    }

    /// Whether nothing runs.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn currency(&self) -> Currency {
        self.intent.currency
    }

    /// The least that a piece of a seller's offer costs now, if a campaign has a price for it.
    pub(super) fn sale_price(&self, variant: VariantId, seller: SellerId) -> Option<i64> {
        if self.is_empty() {
            return None;
        }
        let prices = self.world.sale_prices(variant);
        let meant = |campaign: &Campaign, rule: &Rule| {
            campaign.runs(self.now) && (self.intent.member.is_some() || !rule.members_only)
        };
        let found = prices.into_iter().filter_map(|(campaign, rule, price)| {
            let is_meant = meant(campaign, rule) && price.seller == seller;
            let id = campaign.rule_id(rule);
            let is_left = self.left(id, rule, Counted::Variant(variant)) > 0;
            let minor = price_in(&price.prices, self.currency())?;
            (is_meant && is_left).then_some(minor)
        });
        found.min()
    }

    /// Takes the lines on, and works through the steps before codes.
    pub(super) fn apply(&mut self, quote: &mut Quote) {
        if self.is_empty() {
            return;
        }
        self.goods = quote
            .lines
            .iter()
            .filter_map(|line| self.good(line))
            .collect();
        assert!(
            self.goods.len() == quote.lines.len(),
            "a line that has a price has a product"
        );
        self.presale_step(quote);
        self.price_step(quote);
        for (id, rule) in self.rules_of(Step::MultiBuy) {
            match &rule.deal {
                Deal::BuyGet { buy, get, percent } => {
                    self.buy_get(quote, (id, rule), (*buy, *get), *percent);
                }
                Deal::Bundle { parts, prices } => self.bundle(quote, (id, rule), parts, prices),
                _ => {}
            }
        }
        for (id, rule) in self.rules_of(Step::Threshold) {
            self.threshold(quote, id, rule);
        }
    }

    fn good(&self, line: &QuoteLine) -> Option<Good<'w>> {
        Some(Good {
            product: self.world.product(line.variant.parent())?,
            variant: line.variant,
            seller: line.seller,
            quantity: line.quantity,
            unit_price: line.unit_price,
            left: line.subtotal,
            on_presale: false,
            reduced_in: None,
            closed_in: None,
        })
    }

    fn rules_of(&self, step: Step) -> Vec<(RuleId, &'w Rule)> {
        let of_step = |(_, rule): &&(RuleId, &'w Rule)| rule.deal.step() == step;
        self.rules.iter().filter(of_step).copied().collect()
    }

    // ---- limits --------------------------------------------------------------------------------

    /// What is left of a limit, after what this order takes of it already.
    pub(super) fn left(&self, rule_id: RuleId, rule: &Rule, counted: Counted) -> i64 {
        let Some(limit) = rule.limit(counted) else {
            return i64::MAX;
        };
        let quota = Quota {
            rule: rule_id,
            counted,
        };
        let own = self.uses.iter().filter(|u| u.quota == quota);
        let taken = if planted::is(Fault::QuotaNotRead) {
            0
        } else {
            self.world.taken(&quota)
        };
        limit - taken - own.map(|u| u.taken).sum::<i64>()
    }

    /// Notes what is taken of a limit, if there is one.
    fn take(&mut self, rule_id: RuleId, rule: &Rule, counted: Counted, line: u16, taken: i64) {
        if rule.limit(counted).is_none() || taken == 0 {
            return;
        }
        let quota = Quota {
            rule: rule_id,
            counted,
        };
        self.uses.push(Use {
            quota,
            line,
            taken,
            given_back: 0,
        });
    }

    pub(super) fn miss(&mut self, rule_id: RuleId, rule: &Rule, code: &str, why: Why) {
        let known = |m: &Missed| m.rule == Some(rule_id) && m.code == code;
        if !self.missed.iter().any(known) {
            self.missed.push(Missed {
                rule: Some(rule_id),
                title: rule.title.get(self.intent.language).to_string(),
                code: code.to_string(),
                why,
            });
        }
    }

    /// How often a rule may give at most, counted in pieces or orders; else why not.
    pub(super) fn allowance(
        &self,
        rule_id: RuleId,
        rule: &Rule,
        counted: Counted,
    ) -> Result<i64, Why> {
        if rule.members_only && self.intent.member.is_none() {
            return Err(Why::MembersOnly);
        }
        if let Some(budget) = rule.limits.budget
            && (budget.currency != self.currency()
                || self.left(rule_id, rule, Counted::Budget) <= 0)
        {
            return Err(Why::UsedUp);
        }
        let total = self.left(rule_id, rule, counted);
        if total <= 0 {
            return Err(Why::UsedUp);
        }
        let Some(limit) = rule.limits.per_buyer else {
            return Ok(total);
        };
        let buyer = buyer_of(self.intent).ok_or(Why::EmailNeeded)?;
        match self.left(rule_id, rule, buyer) {
            ..=0 => Err(Why::LimitReached { limit }),
            own => Ok(total.min(own)),
        }
    }

    /// Notes pieces or orders, and the money, against all limits of a rule.
    pub(super) fn count(
        &mut self,
        (id, rule): (RuleId, &Rule),
        counted: Counted,
        line: u16,
        (often, money): (i64, i64),
    ) {
        self.take(id, rule, counted, line, often);
        if let Some(buyer) = buyer_of(self.intent) {
            self.take(id, rule, buyer, line, often);
        }
        self.take(id, rule, Counted::Budget, line, money);
    }

    // ---- which goods ---------------------------------------------------------------------------

    /// Whether the goods of a line are named by a rule.
    fn is_named(&self, rule: &Rule, good: &Good<'_>) -> bool {
        is_meant(self.world, rule, good.product, good.seller)
    }

    /// The lines that a rule may still reduce.
    fn open(&self, rule: &Rule) -> Vec<usize> {
        let step = rule.deal.step();
        let may = |good: &Good<'_>| {
            let is_reduced = good.reduced_in.is_some();
            self.is_named(rule, good)
                && good.left > 0
                && !good.on_presale
                && !(rule.only_full_price && is_reduced)
                && good.closed_in != Some(step)
                && !(rule.exclusive && good.reduced_in == Some(step))
        };
        let lines = self.goods.iter().enumerate();
        lines
            .filter(|(_, good)| may(good))
            .map(|(i, _)| i)
            .collect()
    }

    fn is_any_named(&self, rule: &Rule) -> bool {
        self.goods.iter().any(|g| self.is_named(rule, g))
    }

    /// Takes amounts off lines and writes them down as one discount.
    pub(super) fn reduce(
        &mut self,
        quote: &mut Quote,
        (id, rule): (RuleId, &Rule),
        code: &str,
        parts: &[(usize, i64)],
    ) -> i64 {
        let title = rule.title.get(self.intent.language);
        self.reduce_as(quote, (id, rule), (code, title), parts)
    }

    /// The same under a title of its own.
    pub(super) fn reduce_as(
        &mut self,
        quote: &mut Quote,
        (id, rule): (RuleId, &Rule),
        (code, title): (&str, &str),
        parts: &[(usize, i64)],
    ) -> i64 {
        let amount: i64 = parts.iter().map(|(_, part)| part).sum();
        if amount == 0 {
            return 0;
        }
        let step = rule.deal.step();
        let mut allocations = alloc::vec![0; quote.lines.len()];
        for &(line, part) in parts.iter().filter(|(_, part)| *part > 0) {
            let good = &mut self.goods[line];
            assert!(part <= good.left, "no more is taken off than is left");
            good.left -= part;
            good.reduced_in = Some(step);
            if rule.exclusive {
                good.closed_in = Some(step);
            }
            allocations[line] += part;
            quote.lines[line].discount += part;
        }
        quote.discount += amount;
        let is_known =
            |a: &&mut AppliedDiscount| a.rule() == Some(id) && a.code == code && a.title == title;
        match quote.applied.iter_mut().find(is_known) {
            Some(known) => {
                known.amount += amount;
                let sums = known.allocations.iter_mut().zip(&allocations);
                sums.for_each(|(sum, part)| *sum += part);
            }
            None => quote.applied.push(AppliedDiscount {
                code: code.to_string(),
                title: title.to_string(),
                amount,
                allocations,
                source: DiscountSource::Rule(id),
            }),
        }
        amount
    }

    // ---- the steps -----------------------------------------------------------------------------

    fn price_step(&mut self, quote: &mut Quote) {
        for line in 0..self.goods.len() {
            if self.goods[line].on_presale {
                continue;
            }
            let mut prices = self.prices_of(line);
            prices.sort_by_key(|(price, id, _)| (*price, *id));
            let mut pieces = i64::from(self.goods[line].quantity);
            for (price, id, rule) in prices {
                if pieces == 0 {
                    break;
                }
                let good = &self.goods[line];
                let counted = Counted::Variant(good.variant);
                let off = good.unit_price - price;
                let allowed = match self.allowance(id, rule, counted) {
                    Ok(allowed) => allowed.min(self.left(id, rule, Counted::Budget) / off),
                    Err(why) => {
                        self.miss(id, rule, "", why);
                        continue;
                    }
                };
                let taken = pieces.min(allowed);
                if taken < pieces {
                    let limit = rule.limits.per_buyer;
                    let own = buyer_of(self.intent).map(|b| self.left(id, rule, b));
                    let why = match (limit, own) {
                        (Some(limit), Some(own)) if own == taken => Why::LimitReached { limit },
                        _ => Why::UsedUp,
                    };
                    self.miss(id, rule, "", why);
                }
                pieces -= taken;
                let number = line_number(line);
                let amount = self.reduce(quote, (id, rule), "", &[(line, off * taken)]);
                self.count((id, rule), counted, number, (taken, amount));
            }
        }
    }

    /// The prices below its own that a piece of a line may have.
    fn prices_of(&self, line: usize) -> Vec<(i64, RuleId, &'w Rule)> {
        let good = &self.goods[line];
        let mut found = Vec::new();
        for (campaign, rule, price) in self.world.sale_prices(good.variant) {
            let minor = price_in(&price.prices, self.currency());
            if let Some(minor) = minor.filter(|_| campaign.runs(self.now))
                && price.seller == good.seller
            {
                found.push((minor, campaign.rule_id(rule), rule));
            }
        }
        for (id, rule) in self.rules_of(Step::Price) {
            if let Deal::Percent(ppm) = rule.deal
                && self.is_named(rule, good)
            {
                let off = scale(good.unit_price, i64::from(ppm), PPM);
                found.push((good.unit_price - off, id, rule));
            }
        }
        found.retain(|(price, ..)| *price < good.unit_price);
        found
    }

    fn buy_get(
        &mut self,
        quote: &mut Quote,
        (id, rule): (RuleId, &'w Rule),
        (buy, get): (u32, u32),
        percent: u32,
    ) {
        let mut lines = self.open(rule);
        let pieces: u64 = lines
            .iter()
            .map(|&i| u64::from(self.goods[i].quantity))
            .sum();
        let mut free = (pieces / u64::from(buy + get) * u64::from(get)) as i64;
        if free == 0 {
            if pieces > 0 {
                let missing = i64::from(buy + get) - pieces as i64;
                self.miss(id, rule, "", Why::BuyMore { pieces: missing });
            }
            return;
        }
        // The cheapest are reduced; of equally cheap ones those that were put in last.
        let each = |i: usize| self.goods[i].left / i64::from(self.goods[i].quantity);
        lines.sort_by_key(|&i| (each(i), core::cmp::Reverse(i)));
        for line in lines {
            let good = &self.goods[line];
            let counted = Counted::Variant(good.variant);
            let allowed = match self.allowance(id, rule, counted) {
                Ok(allowed) => allowed,
                Err(why) => {
                    self.miss(id, rule, "", why);
                    continue;
                }
            };
            let taken = free.min(i64::from(good.quantity)).min(allowed);
            let taken = u32::try_from(taken).unwrap_or(0);
            let price = portion(good.left, 0, taken, good.quantity);
            let off = scale(price, i64::from(percent), PPM);
            if taken == 0 || off > self.left(id, rule, Counted::Budget) {
                continue;
            }
            free -= i64::from(taken);
            let amount = self.reduce(quote, (id, rule), "", &[(line, off)]);
            let often = i64::from(taken);
            self.count((id, rule), counted, line_number(line), (often, amount));
        }
    }

    fn bundle(
        &mut self,
        quote: &mut Quote,
        (id, rule): (RuleId, &'w Rule),
        parts: &[(VariantId, u32)],
        prices: &[Money],
    ) {
        let Some(price) = price_in(prices, self.currency()) else {
            return;
        };
        let open = self.open(rule);
        let line_of = |variant: VariantId| {
            let mut lines = open.iter().copied();
            lines.find(|&i| self.goods[i].variant == variant)
        };
        let lines: Vec<Option<(usize, u32)>> = parts
            .iter()
            .map(|&(variant, pieces)| line_of(variant).map(|line| (line, pieces)))
            .collect();
        let there = lines.iter().flatten().count();
        let Some(lines) = lines.into_iter().collect::<Option<Vec<_>>>() else {
            if there > 0 {
                let pieces = (parts.len() - there) as i64;
                self.miss(id, rule, "", Why::BuyMore { pieces });
            }
            return;
        };
        let in_line = |(line, pieces): &(usize, u32)| self.goods[*line].quantity / pieces;
        let sets = lines.iter().map(in_line).min().unwrap_or(0);
        if sets == 0 {
            return;
        }
        let allowed = match self.allowance(id, rule, Counted::Orders) {
            Ok(allowed) => allowed,
            Err(why) => return self.miss(id, rule, "", why),
        };
        let sets = u32::try_from(i64::from(sets).min(allowed)).unwrap_or(sets);
        let regular: Vec<i64> = lines
            .iter()
            .map(|&(line, pieces)| {
                let good = &self.goods[line];
                portion(good.left, 0, pieces * sets, good.quantity)
            })
            .collect();
        let off = regular.iter().sum::<i64>() - price * i64::from(sets);
        if off <= 0 || off > self.left(id, rule, Counted::Budget) {
            return;
        }
        let off = allocate(off, &regular);
        let parts: Vec<_> = lines.iter().map(|(line, _)| *line).zip(off).collect();
        let amount = self.reduce(quote, (id, rule), "", &parts);
        let often = i64::from(sets);
        self.count((id, rule), Counted::Orders, 0, (often, amount));
    }

    fn threshold(&mut self, quote: &mut Quote, id: RuleId, rule: &'w Rule) {
        let Deal::Threshold { steps, times } = &rule.deal else {
            return;
        };
        let step = steps.iter().find(|s| s.spend.currency == self.currency());
        let lines = self.open(rule);
        let base: i64 = lines.iter().map(|&i| self.goods[i].left).sum();
        let Some(step) = step.filter(|_| base > 0) else {
            return;
        };
        let reached = (base / step.spend.minor).min(i64::from(*times));
        if reached == 0 {
            let missing = step.spend.minor - base;
            return self.miss(id, rule, "", Why::SpendMore { missing });
        }
        if let Err(why) = self.allowance(id, rule, Counted::Orders) {
            return self.miss(id, rule, "", why);
        }
        // Whole steps only: part of one would be a sum that nobody was told of.
        let affordable = self.left(id, rule, Counted::Budget) / step.off.max(1);
        let off = step.off * reached.min(affordable);
        if off == 0 {
            return self.miss(id, rule, "", Why::UsedUp);
        }
        let amount = self.spread(quote, (id, rule), "", &lines, off);
        self.count((id, rule), Counted::Orders, 0, (1, amount));
    }

    /// Takes an amount off lines, each by its share of what is left of them.
    fn spread(
        &mut self,
        quote: &mut Quote,
        rule: (RuleId, &Rule),
        code: &str,
        lines: &[usize],
        amount: i64,
    ) -> i64 {
        let left: Vec<i64> = lines.iter().map(|&i| self.goods[i].left).collect();
        let amount = amount.min(left.iter().sum());
        let parts = allocate(amount, &left);
        let parts: Vec<_> = lines.iter().copied().zip(parts).collect();
        self.reduce(quote, rule, code, &parts)
    }

    /// Applies a code that is a coupon or packet of a running campaign; whether it is one.
    pub(super) fn coupon(&mut self, quote: &mut Quote, typed: &str) -> bool {
        let member = self.intent.member;
        let found = self.rules_of(Step::Coupon).into_iter().find_map(|(id, r)| {
            let (code, number) = r.code(id, typed, member)?;
            Some((id, r, code, number))
        });
        let Some((id, rule, code, number)) = found else {
            return false;
        };
        if let Err(why) = self.redeem(quote, (id, rule), &code, number) {
            self.miss(id, rule, &code, why);
            quote.rejected_codes.push(typed.to_string());
        }
        true
    }

    fn redeem(
        &mut self,
        quote: &mut Quote,
        (id, rule): (RuleId, &'w Rule),
        code: &str,
        number: Option<u32>,
    ) -> Result<(), Why> {
        let worth = self.worth((id, rule), number)?;
        if let Some(number) = number
            && self.left(id, rule, Counted::Code(number)) <= 0
        {
            return Err(Why::UsedUp);
        }
        let lines = self.open(rule);
        let base: i64 = lines.iter().map(|&i| self.goods[i].left).sum();
        if base == 0 {
            let is_named = self.is_any_named(rule);
            return Err(if is_named {
                Why::Reduced
            } else {
                Why::OtherGoods
            });
        }
        if let Some(spend) = worth.spend {
            if spend.currency != self.currency() {
                return Err(Why::OtherCurrency);
            }
            if base < spend.minor {
                let missing = spend.minor - base;
                return Err(Why::SpendMore { missing });
            }
        }
        let off = match worth.value {
            DiscountValue::Percent(ppm) => scale(base, i64::from(ppm), PPM),
            DiscountValue::Fixed(money) if money.currency == self.currency() => money.minor,
            DiscountValue::Fixed(_) => return Err(Why::OtherCurrency),
        };
        let off = off.min(self.left(id, rule, Counted::Budget));
        if off == 0 {
            return Err(Why::UsedUp);
        }
        let amount = self.spread(quote, (id, rule), code, &lines, off);
        match rule.deal {
            // A member's limit counts what they draw.
            Deal::RedPackets { .. } => self.take(id, rule, Counted::Budget, 0, amount),
            _ => self.count((id, rule), Counted::Orders, 0, (1, amount)),
        }
        let is_forgotten =
            planted::is(Fault::PacketSpentTwice) && matches!(rule.deal, Deal::RedPackets { .. });
        if let Some(number) = number.filter(|_| !is_forgotten) {
            self.take(id, rule, Counted::Code(number), 0, 1);
        }
        Ok(())
    }

    /// What a code takes off; else why it does nothing, whatever the goods are.
    fn worth(&self, (id, rule): (RuleId, &Rule), number: Option<u32>) -> Result<Worth, Why> {
        match &rule.deal {
            Deal::Coupon { value, spend, .. } => {
                self.allowance(id, rule, Counted::Orders)?;
                Ok(Worth {
                    value: *value,
                    spend: *spend,
                })
            }
            Deal::RedPackets {
                spend, spend_until, ..
            } => {
                if self.now >= *spend_until {
                    return Err(Why::Expired);
                }
                let packets = Packets::of(id, rule).ok_or(Why::UsedUp)?;
                let held = Money {
                    minor: packets.amount(number.ok_or(Why::UsedUp)?),
                    currency: packets.currency,
                };
                // A packet is spent whole: what it holds more than the goods cost would be lost.
                let least = spend.map_or(held.minor, |s| s.minor.max(held.minor));
                Ok(Worth {
                    value: DiscountValue::Fixed(held),
                    spend: Some(Money {
                        minor: least,
                        ..held
                    }),
                })
            }
            _ => Err(Why::UsedUp),
        }
    }

    /// Notes that a code does not apply because enough others do.
    pub(super) fn one_too_many(&mut self, code: &str) {
        let limit = crate::limits::DISCOUNT_CODES_MAX;
        self.missed.push(Missed {
            rule: None,
            title: String::new(),
            code: code.to_string(),
            why: Why::EnoughCodes { limit },
        });
    }

    /// Notes that a code does not apply, unless it is said already why.
    pub(super) fn rejected(&mut self, code: &str) {
        if !self.missed.iter().any(|m| m.code == code) {
            self.missed.push(Missed {
                rule: None,
                title: String::new(),
                code: code.to_string(),
                why: Why::UnknownCode,
            });
        }
    }

    /// Whether something is on presale; codes do not apply then.
    pub(super) fn has_presale(&self) -> bool {
        self.goods.iter().any(|g| g.on_presale)
    }

    /// Notes that a code does not apply to goods on presale.
    pub(super) fn not_on_presale(&mut self, code: &str) {
        self.missed.push(Missed {
            rule: None,
            title: String::new(),
            code: code.to_string(),
            why: Why::OnPresale,
        });
    }

    /// Keeps the lines in step with what an older discount code took off.
    pub(super) fn reduced_by_code(&mut self, allocations: &[i64]) {
        for (good, part) in self.goods.iter_mut().zip(allocations) {
            good.left -= part;
            if *part > 0 {
                good.reduced_in = Some(Step::Coupon);
            }
        }
    }
}

impl Rule {
    /// The code in its stored form, and its number if it is good for one order, if `typed` is one of this coupon's
    /// or one of this member's packets.
    pub fn code(
        &self,
        id: RuleId,
        typed: &str,
        member: Option<CustomerId>,
    ) -> Option<(String, Option<u32>)> {
        match &self.deal {
            Deal::Coupon { codes, .. } => match codes {
                Codes::Shared(code) => {
                    (normalize_code(typed) == *code).then(|| (code.clone(), None))
                }
                Codes::Single {
                    prefix,
                    count,
                    secret,
                } => {
                    let number = crate::coupon::number(id, (prefix, *count), *secret, typed)?;
                    let code = crate::coupon::code(id, prefix, *secret, number);
                    Some((code, Some(number)))
                }
            },
            Deal::RedPackets { .. } => {
                let packets = Packets::of(id, self)?;
                let member = member?;
                let number = packets.number(member, typed)?;
                Some((packets.code(number, member), Some(number)))
            }
            _ => None,
        }
    }
}

/// The number of a line within its group, from 1.
pub(super) fn line_number(line: usize) -> u16 {
    u16::try_from(line + 1).expect("there are few lines")
}
