//! What a basket costs, worked out a second time, line by line with pencil and paper.

use super::Model;
use super::festival::{Counter, Used};
use super::presale::Advance;
use crate::town::{DE, EUR, FR, US, USD};
use commerce::checkout::{Delivery, Intent};
use commerce::code::Country;
use commerce::id::{SellerId, VariantId};
use commerce::limits;
use commerce::settings::DiscountValue;

/// A priced line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub variant: VariantId,
    pub seller: SellerId,
    pub quantity: u32,
    /// After discounts, before tax that is added.
    pub goods: i64,
    pub tax: i64,
    pub total: i64,
    /// On presale: nothing else takes anything off.
    pub is_early: bool,
}

/// A priced basket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bill {
    pub lines: Vec<Line>,
    pub shipping: i64,
    pub shipping_tax: i64,
    pub tax: i64,
    pub total: i64,
    /// What it takes of the festival's limits.
    pub used: Vec<Used>,
    /// What is paid at once, if it is on presale.
    pub advance: Option<Advance>,
    /// On presale for somebody who has not said who they are.
    pub is_nobodys: bool,
    /// How many points it is paid with, and how much of each line.
    pub points: (i64, Vec<i64>),
}

/// A fraction, half away from zero.
pub fn rounded(value: i64, numerator: i64, denominator: i64) -> i64 {
    let exact = i128::from(value) * i128::from(numerator);
    let denominator = i128::from(denominator);
    let (whole, rest) = (exact / denominator, exact % denominator);
    let up = if 2 * rest.abs() >= denominator {
        exact.signum()
    } else {
        0
    };
    (whole + up) as i64
}

/// Shares of an amount by weights: unit by unit to whoever lacks most, as one would deal out coins.
pub fn dealt_out(amount: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    let mut parts = vec![0; weights.len()];
    if sum == 0 {
        if let Some(first) = parts.first_mut() {
            *first = amount;
        }
        return parts;
    }
    let exact = |w: i64| i128::from(amount) * i128::from(w);
    for (part, &w) in parts.iter_mut().zip(weights) {
        *part = (exact(w) / sum) as i64;
    }
    let mut given = vec![false; weights.len()];
    let mut left = amount - parts.iter().sum::<i64>();
    while left > 0 {
        let mut most: Option<(i128, usize)> = None;
        for (i, &w) in weights.iter().enumerate() {
            let lacks = exact(w) % sum;
            if !given[i] && most.is_none_or(|(best, _)| lacks > best) {
                most = Some((lacks, i));
            }
        }
        let (_, i) = most.expect("fewer units than parts");
        given[i] = true;
        parts[i] += 1;
        left -= 1;
    }
    parts
}

impl Model {
    /// Prices an intent at `now`, or says with which code it is refused.
    pub fn bill(&self, now: i64, intent: &Intent) -> Result<Bill, &'static str> {
        let column = match intent.currency {
            EUR => 0,
            USD => 1,
            _ => return Err("currency_not_offered"),
        };
        self.check_items(intent)?;
        let country = self.tax_country(intent);
        let mut lines = Vec::with_capacity(intent.items.len());
        let mut subtotal = 0;
        let mut counter = self.counter(now, intent, column);
        let mut regular = Vec::with_capacity(intent.items.len());
        for item in &intent.items {
            let article = self.town.article(item.variant).ok_or("unknown_variant")?;
            if !article.on_sale {
                return Err("not_for_sale");
            }
            let mut best: Option<(SellerId, i64, i64)> = None;
            for &(seller, prices) in &article.offers {
                let wanted = item.seller.is_none_or(|s| s == seller);
                let flash = counter.flash(item.variant, seller);
                let early = counter.early(item.variant, seller, prices[column]);
                let now = early
                    .map(|(price, _)| price)
                    .or(flash.map(|(price, _)| price));
                let now = now.map_or(prices[column], |price| price.min(prices[column]));
                if wanted && best.is_none_or(|(_, _, least)| now < least) {
                    best = Some((seller, prices[column], now));
                }
            }
            let (seller, price, _) = best.ok_or("no_price")?;
            regular.push(price);
            let goods = price * i64::from(item.quantity);
            subtotal += goods;
            lines.push(Line {
                variant: item.variant,
                seller,
                quantity: item.quantity,
                goods,
                tax: 0,
                total: 0,
                is_early: false,
            });
        }
        let is_carried = matches!(intent.delivery, Some(Delivery::CarryOut(_)));
        let advance = if is_carried {
            None
        } else {
            counter.presale(&mut lines, &regular)
        };
        if advance.is_none() {
            for (i, line) in lines.iter_mut().enumerate() {
                counter.price(i as u16 + 1, line, regular[i]);
            }
            counter.threshold(&mut lines, intent);
            self.take_off(intent, &mut lines, &mut counter);
        }
        let (used, is_nobodys) = (counter.used, counter.is_nobodys);
        let shipping = self.shipping(intent, column, subtotal)?;
        if advance.is_some() && lines.iter().any(|l| !l.is_early) {
            return Err("presale_apart");
        }
        Ok(Bill {
            used,
            points: self.pay_with_points((now, advance.is_some()), intent, &mut lines),
            advance,
            is_nobodys,
            ..self.with_tax(lines, shipping, column, country)
        })
    }

    fn check_items(&self, intent: &Intent) -> Result<(), &'static str> {
        if intent.items.len() > limits::LINES_MAX {
            return Err("too_many_lines");
        }
        for (i, item) in intent.items.iter().enumerate() {
            if item.quantity == 0 || item.quantity > limits::QUANTITY_MAX {
                return Err("quantity_invalid");
            }
            let same = |other: &commerce::checkout::Item| {
                (other.variant, other.seller) == (item.variant, item.seller)
            };
            if intent.items[..i].iter().any(same) {
                return Err("field_invalid");
            }
        }
        Ok(())
    }

    /// Whose tax it is.
    pub fn tax_country(&self, intent: &Intent) -> Country {
        match intent.delivery {
            Some(Delivery::Pickup(id) | Delivery::CarryOut(id)) => {
                self.town.place(id).map(|p| p.country)
            }
            _ => intent.destination.as_ref().and_then(|d| d.country),
        }
        .unwrap_or(DE)
    }

    fn take_off(&self, intent: &Intent, lines: &mut [Line], counter: &mut Counter<'_>) {
        let mut used: Vec<String> = Vec::new();
        let mut applied = 0;
        for typed in &intent.discount_codes {
            let typed = typed.trim().to_uppercase();
            let known = self.town.codes.iter().find(|c| c.code == typed);
            if applied >= limits::DISCOUNT_CODES_MAX || used.contains(&typed) {
                continue;
            }
            used.push(typed.clone());
            if known.is_none() && typed == "FEST" {
                applied += usize::from(counter.coupon(lines));
                continue;
            }
            if counter.packet(lines, intent, &typed) {
                applied += 1;
                continue;
            }
            let left: Vec<i64> = lines.iter().map(|l| l.goods).collect();
            let all: i64 = left.iter().sum();
            let off = match known.map(|c| c.value) {
                Some(DiscountValue::Percent(ppm)) => {
                    rounded(all, i64::from(ppm), 1_000_000).min(all)
                }
                Some(DiscountValue::Fixed(money)) if money.currency == intent.currency => {
                    money.minor.min(all)
                }
                _ => continue,
            };
            applied += 1;
            for (line, part) in lines.iter_mut().zip(dealt_out(off, &left)) {
                line.goods -= part;
            }
        }
    }

    fn shipping(&self, intent: &Intent, column: usize, subtotal: i64) -> Result<i64, &'static str> {
        let rate = match intent.delivery {
            None => return Ok(0),
            Some(Delivery::Pickup(id) | Delivery::CarryOut(id)) => {
                let place = self.town.place(id).ok_or("not_found")?;
                return if place.sells {
                    Ok(0)
                } else {
                    Err("location_cannot")
                };
            }
            Some(Delivery::Ship(id)) => id,
        };
        let rate = self
            .town
            .rates
            .iter()
            .find(|r| r.id == rate)
            .ok_or("not_found")?;
        let country = intent.destination.as_ref().and_then(|d| d.country);
        // Germany has a rate of its own, the United States take the general one, France none.
        let served = match country {
            None => true,
            Some(DE) => rate.country == Some(DE),
            Some(US) => rate.country.is_none(),
            Some(FR) | Some(_) => false,
        };
        if !served {
            return Err("country_not_served");
        }
        let free = column == 0 && self.town.free_from.is_some_and(|min| subtotal >= min);
        Ok(if free { 0 } else { rate.prices[column] })
    }

    fn with_tax(
        &self,
        mut lines: Vec<Line>,
        shipping: i64,
        column: usize,
        country: Country,
    ) -> Bill {
        let tax_of = |amount: i64, ppm: i64| match column {
            0 => rounded(amount, ppm, 1_000_000 + ppm),
            _ => rounded(amount, ppm, 1_000_000),
        };
        let rate = |category| {
            let found = self
                .town
                .taxes
                .iter()
                .find(|t| (t.0, t.1) == (country, category));
            found.map_or(0, |t| i64::from(t.2))
        };
        let mut bill = Bill {
            shipping,
            ..Bill::default()
        };
        for line in &mut lines {
            let category = self
                .town
                .article(line.variant)
                .expect("priced before")
                .category;
            line.tax = tax_of(line.goods, rate(category));
            line.total = line.goods + if column == 1 { line.tax } else { 0 };
            bill.tax += line.tax;
            bill.total += line.total;
        }
        bill.shipping_tax = tax_of(shipping, rate(commerce::catalog::TaxCategory::Standard));
        bill.tax += bill.shipping_tax;
        if column == 1 {
            bill.shipping += bill.shipping_tax;
        }
        bill.total += bill.shipping;
        bill.lines = lines;
        bill
    }
}
