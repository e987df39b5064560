//! Prices, merged into the offers of planned or known products.

use super::*;

/// A line of a price file; `None` for what the file or a bad cell leaves open.
#[derive(Debug)]
pub struct PriceLine {
    line: u64,
    sku: String,
    price: Option<Money>,
    seller: Option<String>,
}

impl PriceLine {
    pub fn read(cells: &mut Cells) -> Self {
        let code = cells.get("currency").unwrap_or_default();
        let currency = Currency::parse(code);
        if currency.is_none() {
            cells.fail(
                "currency",
                format!(
                    "`{}` is not a code of three letters, such as EUR",
                    short(code)
                ),
            );
        }
        let text = cells.get("amount").unwrap_or_default();
        let price = currency.and_then(|currency| Money::parse_decimal(text, currency));
        if let (None, Some(currency)) = (price, currency) {
            cells.fail(
                "amount",
                format!("`{}` {}", short(text), amount_fault(text, currency)),
            );
        }
        let seller = cells
            .get("seller")
            .filter(|s| !s.is_empty())
            .map(str::to_string);
        Self {
            line: cells.line,
            sku: cells.code("sku"),
            price,
            seller,
        }
    }
}

fn amount_fault(text: &str, currency: Currency) -> String {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let decimals = currency.exponent();
    let fraction = text.split_once('.').map(|(_, fraction)| fraction);
    if text.is_empty() {
        "is no amount: the cell is empty".to_string()
    } else if text.starts_with('-') {
        "is negative".to_string()
    } else if text.contains(',') {
        "has a comma; write a decimal point and no thousands separator, such as 2.95".to_string()
    } else if fraction.is_some_and(|f| digits(f) && f.len() > decimals as usize) {
        format!("has too many decimals; {currency} has {decimals}")
    } else if digits(&text.replacen('.', "", 1)) && !text.starts_with('.') {
        let currency_max = Money {
            minor: limits::AMOUNT_MAX,
            currency,
        };
        format!("is more than {}", currency_max.decimal())
    } else {
        "is not an amount such as 2.95".to_string()
    }
}

impl<'w> Products<'w> {
    /// Takes in the lines of price files.
    pub(super) fn prices(
        &mut self,
        contents: &[&Content],
        errors: &mut [FileErrors],
        counts: &mut [Counts],
    ) {
        let mut seen = HashMap::new();
        for (file, content) in contents.iter().enumerate() {
            let Content::Prices(lines) = content else {
                continue;
            };
            for line in lines {
                let variant = match self.find(&line.sku) {
                    Found::Variant(variant) => variant,
                    Found::OnBadLine => continue,
                    Found::Nothing => {
                        errors[file].at(
                            line.line,
                            "sku",
                            format!("there is no SKU `{}`", short(&line.sku)),
                        );
                        continue;
                    }
                };
                let Some(price) = line.price else { continue };
                let key = (variant, price.currency, line.seller.as_deref());
                if let Some(before) = seen.insert(key, line.line) {
                    let reason = format!(
                        "the price of `{}` in {} is given on line {before} already",
                        short(&line.sku),
                        price.currency
                    );
                    errors[file].at(line.line, "sku", reason);
                    continue;
                }
                match self.price(variant, price, file, line) {
                    Ok(state) => counts[file].note(state),
                    Err((column, reason)) => errors[file].at(line.line, column, reason),
                }
            }
        }
    }

    /// Sets one price, or says in which column the fault is.
    fn price(
        &mut self,
        id: VariantId,
        price: Money,
        file: usize,
        line: &PriceLine,
    ) -> Result<LineState, (&'static str, String)> {
        let sellers = &self.sellers;
        let seller =
            match line.seller.as_deref() {
                None => None,
                Some(code) => {
                    let seller = sellers.get(code).copied();
                    Some(seller.ok_or_else(|| {
                        ("seller", format!("there is no seller `{}`", short(code)))
                    })?)
                }
            };
        let offered = self
            .world
            .shop()
            .is_some_and(|s| s.tax_display(price.currency).is_some());
        let own = sellers.get("").copied();
        let product = self.planned_product(id.parent(), file, line.line);
        let variant = product.and_then(|p| p.after.variants.iter_mut().find(|v| v.id == id));
        let variant =
            variant.ok_or_else(|| ("sku", format!("there is no SKU `{}`", short(&line.sku))))?;
        let place = match seller {
            Some(seller) => variant.offers.iter().position(|o| o.seller == seller),
            None => (!variant.offers.is_empty()).then_some(0),
        };
        let known = place.and_then(|p| {
            variant.offers[p]
                .prices
                .iter_mut()
                .find(|m| m.currency == price.currency)
        });
        if known.as_ref().is_some_and(|known| **known == price) {
            return Ok(LineState::Unchanged);
        }
        if !offered {
            let reason = format!(
                "the shop does not sell in {}; add it in the settings first",
                price.currency
            );
            return Err(("currency", reason));
        }
        if let Some(known) = known {
            *known = price;
            return Ok(LineState::Changed);
        }
        match (place, seller.or(own)) {
            (Some(place), _) => variant.offers[place].prices.push(price),
            (None, Some(seller)) => variant.offers.push(Offer {
                past: Vec::new(),
                seller,
                prices: vec![price],
            }),
            (None, None) => {
                return Err((
                    "sku",
                    "the shop has no seller of its own; start it once first".to_string(),
                ));
            }
        }
        Ok(LineState::Created)
    }

    /// The product as planned; a known one that no file named so far is planned as it is.
    fn planned_product(
        &mut self,
        id: ProductId,
        file: usize,
        line: u64,
    ) -> Option<&mut Planned<'w>> {
        let place = match self.by_id.get(&id) {
            Some(&place) => place,
            None => {
                let known = self.world.product(id)?;
                self.by_id.insert(id, self.planned.len());
                self.planned.push(Planned {
                    known: Some(known),
                    after: known.clone(),
                    file,
                    line,
                });
                self.planned.len() - 1
            }
        };
        self.planned.get_mut(place)
    }
}
