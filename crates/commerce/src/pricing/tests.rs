//! Prices of any basket add up, to the minor unit.

use super::*;
use crate::catalog::Offer;
use crate::id::{DiscountId, ProductId, ShippingRateId, TaxRateId, VariantId};
use crate::money::Money;
use crate::settings::{Address, Seller, Shop, TaxRate};
use crate::text::Language;
use crate::text::Text;
use crate::world::{Record, Sequences};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec;
use proptest::prelude::*;

const EUR: Currency = Currency::parse("EUR").expect("a code");
const DE: Country = Country::parse("DE").expect("a code");
const RATE: ShippingRateId = ShippingRateId(0x700);

/// A basket and the rules it is priced by. Amounts are minor units, rates parts per million.
#[derive(Debug, Clone)]
struct Basket {
    /// Price of a piece, pieces, tax category.
    lines: Vec<(i64, u32, TaxCategory)>,
    /// Tax of standard and reduced goods.
    rates: [u32; 2],
    codes: Vec<DiscountValue>,
    shipping: i64,
    display: TaxDisplay,
}

fn basket() -> impl Strategy<Value = Basket> {
    let category = prop_oneof![
        Just(TaxCategory::Standard),
        Just(TaxCategory::Reduced),
        Just(TaxCategory::Zero)
    ];
    let code = prop_oneof![
        (0..=1_000_000u32).prop_map(DiscountValue::Percent),
        (0..2_000_000i64).prop_map(|minor| {
            DiscountValue::Fixed(Money {
                minor,
                currency: EUR,
            })
        })
    ];
    let lines = prop::collection::vec((0..1_000_000i64, 1..200u32, category), 1..12);
    let codes = prop::collection::vec(code, 0..5);
    let display = prop_oneof![Just(TaxDisplay::Inclusive), Just(TaxDisplay::Exclusive)];
    let rates = [0..600_000u32, 0..600_000u32];
    (lines, rates, codes, 0..100_000i64, display).prop_map(
        |(lines, rates, codes, shipping, display)| Basket {
            lines,
            rates,
            codes,
            shipping,
            display,
        },
    )
}

fn variant(n: usize) -> crate::id::VariantId {
    VariantId::under(ProductId((n as u64 + 1) << 16), 1)
}

fn product(n: usize, price: i64, tax_category: TaxCategory) -> Record {
    let offer = Offer {
        past: Vec::new(),
        seller: SellerId(0x100),
        prices: vec![Money {
            minor: price,
            currency: EUR,
        }],
    };
    let variant = Variant {
        id: variant(n),
        sku: format!("{n}"),
        gtin: None,
        option_values: Vec::new(),
        weight_grams: 0,
        image: String::new(),
        status: Status::Active,
        offers: vec![offer],
    };
    Record::Product(Product {
        id: variant.id.parent(),
        version: 1,
        handle: format!("{n}"),
        title: Text::en("p"),
        description: Text::default(),
        brand: String::new(),
        category: None,
        option_names: Vec::new(),
        option_words: Default::default(),
        tax_category,
        status: Status::Active,
        variants: vec![variant],
        created_at: 0,
        updated_at: 0,
    })
}

fn world(basket: &Basket) -> World {
    let mut records = vec![
        Record::Shop(Shop {
            name: "s".to_string(),
            country: DE,
            currency: EUR,
            currencies: vec![(EUR, basket.display)],
            ships_to: Vec::new(),
            returns: Default::default(),
        }),
        Record::Seller(Seller {
            id: SellerId(0x100),
            code: "s".to_string(),
            name: "s".to_string(),
            first_party: true,
            billing: Vec::new(),
        }),
        Record::ShippingRate(ShippingRate {
            id: RATE,
            code: "r".to_string(),
            title: Text::en("r"),
            country: None,
            service_level: "standard".to_string(),
            prices: vec![Money {
                minor: basket.shipping,
                currency: EUR,
            }],
            transit_days: (1, 2),
        }),
    ];
    let categories = [TaxCategory::Standard, TaxCategory::Reduced];
    for (n, (category, rate_ppm)) in categories.into_iter().zip(basket.rates).enumerate() {
        records.push(Record::TaxRate(TaxRate {
            id: TaxRateId((n as u64 + 1) << 8),
            country: DE,
            category,
            rate_ppm,
        }));
    }
    for (n, &value) in basket.codes.iter().enumerate() {
        records.push(Record::Discount(Discount {
            id: DiscountId((n as u64 + 1) << 8),
            code: format!("CODE{n}"),
            title: Text::en("c"),
            value,
            active: true,
        }));
    }
    for (n, &(price, _, category)) in basket.lines.iter().enumerate() {
        records.push(product(n, price, category));
    }
    World::new(records, Sequences::default(), 0)
}

fn intent(basket: &Basket) -> Intent {
    let item = |(n, line): (usize, &(i64, u32, TaxCategory))| Item {
        variant: variant(n),
        seller: None,
        quantity: line.1,
    };
    Intent {
        currency: EUR,
        language: Language::En,
        items: basket.lines.iter().enumerate().map(item).collect(),
        buyer: Default::default(),
        destination: Some(Arc::new(Address {
            country: Some(DE),
            ..Address::default()
        })),
        billing: None,
        delivery: Some(Delivery::Ship(RATE)),
        promise: None,
        member: None,
        discount_codes: (0..basket.codes.len())
            .map(|n| format!("code{n}"))
            .collect(),
        extension: Default::default(),
        points: Default::default(),
    }
}

/// Whether a tax is the exact one, rounded to the nearest minor unit.
fn is_nearest(tax: i64, amount: i64, rate: u32, display: TaxDisplay) -> bool {
    let (rate, ppm) = (i128::from(rate), i128::from(PPM));
    let divisor = match display {
        TaxDisplay::Inclusive => ppm + rate,
        TaxDisplay::Exclusive => ppm,
    };
    2 * (i128::from(tax) * divisor - i128::from(amount) * rate).abs() <= divisor
}

proptest! {
    #[test]
    fn any_basket_adds_up(basket in basket()) {
        let quote = quote(&world(&basket), 0, &intent(&basket)).expect("it can be bought");
        let goods: i64 = basket.lines.iter().map(|l| l.0 * i64::from(l.1)).sum();
        prop_assert_eq!(quote.subtotal, goods);
        prop_assert_eq!(quote.shipping, basket.shipping);
        let added = |tax| match basket.display {
            TaxDisplay::Inclusive => 0,
            TaxDisplay::Exclusive => tax,
        };
        for line in &quote.lines {
            let left = line.subtotal - line.discount;
            prop_assert!(line.discount >= 0 && left >= 0);
            prop_assert_eq!(line.total, left + added(line.tax));
            prop_assert!(is_nearest(line.tax, left, line.tax_rate_ppm, basket.display));
        }
        prop_assert!(is_nearest(quote.shipping_tax, quote.shipping, basket.rates[0], basket.display));
        let sum = |of: fn(&QuoteLine) -> i64| quote.lines.iter().map(of).sum::<i64>();
        prop_assert_eq!(sum(|l| l.discount), quote.discount);
        prop_assert_eq!(sum(|l| l.tax) + quote.shipping_tax, quote.tax);
        prop_assert_eq!(quote.tax_added, added(quote.tax));
        prop_assert_eq!(sum(|l| l.total) + quote.shipping + added(quote.shipping_tax), quote.total);
        prop_assert_eq!(quote.applied.iter().map(|a| a.amount).sum::<i64>(), quote.discount);
        for (n, applied) in quote.applied.iter().enumerate() {
            prop_assert_eq!(applied.allocations.iter().sum::<i64>(), applied.amount);
            if let DiscountValue::Fixed(money) = basket.codes[n] {
                prop_assert!(applied.amount <= money.minor);
            }
        }
        prop_assert!(quote.rejected_codes.is_empty());
    }
}
