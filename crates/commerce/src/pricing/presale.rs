//! Goods on presale: what a piece costs in all, and what of it is paid at once.
//!
//! Presales come before all other steps. The offer that costs the least in all counts, if there is enough of it for
//! all pieces of a line and a piece costs no more than outside campaigns; other rules and codes leave such a line
//! alone. Goods that are carried out at once are not on presale.

use super::Why;
use super::deals::{Deals, buyer_of, line_number};
use crate::campaign::{Campaign, Counted, Deal, PresaleOffer, PresaleTerms, Rule};
use crate::checkout::{Delivery, Deposit, Quote};
use crate::id::{RuleId, SellerId, VariantId};
use crate::money::Currency;
use crate::planted::{self, Fault};
use crate::text::Text;
use crate::world::World;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// An offer that a line may have.
struct Offered<'w> {
    rule_id: RuleId,
    rule: &'w Rule,
    terms: PresaleTerms,
}

/// The terms of an offer in a currency.
pub(super) fn terms_in(offer: &PresaleOffer, currency: Currency) -> Option<PresaleTerms> {
    let mut terms = offer.terms.iter();
    terms.find(|t| t.price.currency == currency).copied()
}

/// What the presales that run offer of a seller's variant for at most `regular`, the cheapest first, older campaigns
/// first.
fn offers<'w>(
    world: &'w World,
    now: i64,
    (variant, seller): (VariantId, SellerId),
    (currency, regular): (Currency, i64),
) -> Vec<Offered<'w>> {
    let found = world.presale_offers(variant).into_iter();
    let found = found.filter_map(
        |(campaign, rule, offer): (&Campaign, &Rule, &PresaleOffer)| {
            let terms = terms_in(offer, currency)?;
            let fits = campaign.runs(now) && offer.seller == seller && terms.in_all() <= regular;
            fits.then(|| Offered {
                rule_id: campaign.rule_id(rule),
                rule,
                terms,
            })
        },
    );
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|o| (o.terms.in_all(), o.rule_id));
    found
}

impl<'w> Deals<'w> {
    /// The least that a piece of a seller's offer costs in a presale that runs, deposit and balance together.
    pub(super) fn presale_price(
        &self,
        variant: VariantId,
        seller: SellerId,
        regular: i64,
    ) -> Option<i64> {
        let currency = self.intent.currency;
        let found = offers(self.world, self.now, (variant, seller), (currency, regular));
        let is_left = |o: &&Offered<'_>| {
            (self.intent.member.is_some() || !o.rule.members_only)
                && self.left(o.rule_id, o.rule, Counted::Variant(variant)) > 0
        };
        found.iter().find(is_left).map(|o| o.terms.in_all())
    }

    /// Puts lines on presale, and says what of the total is paid at once.
    pub(super) fn presale_step(&mut self, quote: &mut Quote) {
        if matches!(self.intent.delivery, Some(Delivery::CarryOut(_))) {
            return;
        }
        let mut parts = alloc::vec![0; quote.lines.len()];
        let mut deposit: Option<Box<Deposit>> = None;
        for (line, part) in parts.iter_mut().enumerate() {
            let Some(offered) = self.chosen(line) else {
                continue;
            };
            let Deal::Presale {
                balance_from,
                balance_until,
                forfeit,
                ref counts_title,
                ..
            } = offered.rule.deal
            else {
                continue;
            };
            let pieces = i64::from(self.goods[line].quantity);
            let terms = offered.terms;
            self.reduce_on_presale(quote, line, &offered, counts_title);
            *part = terms.deposit * pieces;
            let whole = deposit.get_or_insert_with(|| {
                Box::new(Deposit {
                    amount: 0,
                    counts_as: 0,
                    parts: Vec::new(),
                    balance_from,
                    balance_until,
                    forfeit,
                })
            });
            whole.amount += *part;
            whole.counts_as = whole
                .counts_as
                .saturating_add(terms.counts_as.saturating_mul(pieces));
            let agreed = (whole.balance_from, whole.balance_until, whole.forfeit);
            if agreed != (balance_from, balance_until, forfeit) {
                self.apart.get_or_insert(self.goods[line].variant);
            }
        }
        let Some(mut deposit) = deposit else {
            return;
        };
        let other = self.goods.iter().find(|g| !g.on_presale);
        if let Some(other) = other {
            self.apart.get_or_insert(other.variant);
        }
        deposit.parts = parts;
        quote.deposit = Some(deposit);
    }

    /// The offer for all pieces of a line.
    fn chosen(&mut self, line: usize) -> Option<Offered<'w>> {
        let good = &self.goods[line];
        let (variant, pieces) = (good.variant, i64::from(good.quantity));
        let regular = good.unit_price;
        let found = offers(
            self.world,
            self.now,
            (variant, good.seller),
            (self.intent.currency, regular),
        );
        for offered in found {
            let (id, rule) = (offered.rule_id, offered.rule);
            let counted = Counted::Variant(variant);
            let allowed = match self.allowance(id, rule, counted) {
                Ok(allowed) => allowed,
                // It is shown as it will be: who orders says who they are first.
                Err(Why::EmailNeeded) => {
                    self.email_needed = true;
                    self.left(id, rule, counted)
                }
                Err(why) => {
                    self.miss(id, rule, "", why);
                    continue;
                }
            };
            let off = regular - offered.terms.in_all();
            let allowed = match self.left(id, rule, Counted::Budget).checked_div(off) {
                Some(affordable) => allowed.min(affordable),
                None => allowed,
            };
            if allowed >= pieces {
                return Some(offered);
            }
            let own = buyer_of(self.intent).map(|b| self.left(id, rule, b));
            let why = match (rule.limits.per_buyer, own) {
                (Some(limit), Some(own)) if own < pieces => Why::LimitReached { limit },
                _ => Why::UsedUp,
            };
            self.miss(id, rule, "", why);
        }
        None
    }

    /// Takes off what the presale's price saves, and what the deposit counts for above itself.
    fn reduce_on_presale(
        &mut self,
        quote: &mut Quote,
        line: usize,
        offered: &Offered<'w>,
        counts_title: &Text,
    ) {
        let good = &mut self.goods[line];
        good.on_presale = true;
        let (regular, pieces) = (good.unit_price, i64::from(good.quantity));
        let (variant, terms) = (good.variant, offered.terms);
        let rule = (offered.rule_id, offered.rule);
        let by_price = (regular - terms.price.minor).max(0);
        let by_deposit = regular - terms.in_all() - by_price;
        let mut off = self.reduce(quote, rule, "", &[(line, by_price * pieces)]);
        let counted_twice = if planted::is(Fault::DepositNotCounted) {
            0
        } else {
            by_deposit * pieces
        };
        let title = counts_title.get(self.intent.language);
        off += self.reduce_as(quote, rule, ("", title), &[(line, counted_twice)]);
        let counted = Counted::Variant(variant);
        self.count(rule, counted, line_number(line), (pieces, off));
    }
}
