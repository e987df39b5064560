//! The goods of the official UCP suite's shop, read from the suite's own files: `sesame serve --testing --ucp-suite`.
//!
//! The files are the suite's and stay there; nothing of them is part of this repository.

use api::app::{App, DoorError};
use commerce::catalog::{Offer, Product, Status, TaxCategory, Variant};
use commerce::code::Country;
use commerce::command::{Command, Outcome, ProductDraft, SetStock, StockChange, StockChangeKind};
use commerce::customer::Customer;
use commerce::id::{
    CustomerId, DiscountId, LocationId, ProductId, PromotionId, SellerId, ShippingRateId, VariantId,
};
use commerce::money::{Currency, Money};
use commerce::settings::{
    Address, Discount, DiscountValue, Location, LocationKind, Promotion, Seller, ShippingRate,
    Shop, TaxDisplay,
};
use commerce::text::Text;
use commerce::world::Record;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// The currency of the suite's prices.
const CURRENCY: &str = "USD";
/// The country of the suite's shop.
const COUNTRY: &str = "US";

/// Why the suite's goods could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file cannot be read.
    #[error("{file}: {source}")]
    File {
        /// The file's name.
        file: &'static str,
        /// What is wrong.
        source: csv::Error,
    },
    /// A value cannot be used.
    #[error("{file}: `{value}` cannot be used")]
    Value {
        /// The file's name.
        file: &'static str,
        /// The value.
        value: String,
    },
    /// The core refused it.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The core answered with something else.
    #[error("the products could not be saved")]
    NotSaved,
}

#[derive(Debug, Deserialize)]
struct ProductLine {
    id: String,
    title: String,
    price: i64,
    image_url: String,
}

#[derive(Debug, Deserialize)]
struct StockLine {
    product_id: String,
    quantity: i64,
}

#[derive(Debug, Deserialize)]
struct RateLine {
    id: String,
    country_code: String,
    service_level: String,
    price: i64,
    title: String,
}

#[derive(Debug, Deserialize)]
struct DiscountLine {
    code: String,
    #[serde(rename = "type")]
    kind: String,
    value: i64,
    description: String,
}

#[derive(Debug, Deserialize)]
struct PromotionLine {
    id: String,
    min_subtotal: Option<i64>,
    eligible_item_ids: String,
    description: String,
}

#[derive(Debug, Deserialize)]
struct CustomerLine {
    id: String,
    name: String,
    email: String,
}

#[derive(Debug, Deserialize)]
struct AddressLine {
    id: String,
    customer_id: String,
    street_address: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
}

/// Takes the suite's goods into an empty shop; a shop that has something already is left alone.
///
/// # Errors
/// A file that cannot be read or used.
pub async fn load(app: &App, folder: &Path) -> Result<(), SuiteError> {
    if app.shelf.read().shop().is_some() {
        return Ok(());
    }
    let currency = Currency::parse(CURRENCY).expect("three letters");
    let country = Country::parse(COUNTRY).expect("two letters");
    let seller = SellerId(app.ids.next());
    let location = LocationId(app.ids.next());
    let records = vec![
        shop(currency, country),
        first_party(seller),
        warehouse(location, country),
    ];
    app.system(Command::SaveRecords(records)).await?;
    let products = save_products(app, folder, seller, currency).await?;
    count_stock(app, folder, &products, location).await?;
    let mut records = rates(app, folder, currency)?;
    records.extend(discounts(app, folder, currency)?);
    records.extend(promotions(app, folder, currency, &products)?);
    records.extend(customers(app, folder)?);
    app.system(Command::SaveRecords(records)).await?;
    Ok(())
}

fn lines<T: DeserializeOwned>(folder: &Path, file: &'static str) -> Result<Vec<T>, SuiteError> {
    let broken = |source| SuiteError::File { file, source };
    let reader = csv::Reader::from_path(folder.join(file)).map_err(broken)?;
    reader
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(broken)
}

fn shop(currency: Currency, country: Country) -> Record {
    Record::Shop(Shop {
        name: "Flower Shop".to_owned(),
        country,
        currency,
        currencies: vec![(currency, TaxDisplay::Exclusive)],
        ships_to: Vec::new(),
        returns: Default::default(),
    })
}

fn first_party(id: SellerId) -> Record {
    Record::Seller(Seller {
        id,
        code: "operator".to_owned(),
        name: "Flower Shop".to_owned(),
        first_party: true,
        billing: Vec::new(),
    })
}

fn warehouse(id: LocationId, country: Country) -> Record {
    Record::Location(Location {
        id,
        code: "warehouse".to_owned(),
        name: "Warehouse".to_owned(),
        kind: LocationKind::Warehouse,
        address: Address {
            country: Some(country),
            ..Address::default()
        },
        latitude_micro: 0,
        longitude_micro: 0,
        time_zone: "America/New_York".to_owned(),
        hours: Default::default(),
        hours_text: String::new(),
        closed_on: Vec::new(),
        ships: true,
        collects: false,
        sells: false,
        pickup_lead_minutes: 0,
        ship_cutoff_minute: 0,
        rank: 1,
    })
}

async fn save_products(
    app: &App,
    folder: &Path,
    seller: SellerId,
    currency: Currency,
) -> Result<BTreeMap<String, ProductId>, SuiteError> {
    let found: Vec<ProductLine> = lines(folder, "products.csv")?;
    let draft = |line: &ProductLine| {
        let id = ProductId(app.ids.next());
        let variant = Variant {
            id: VariantId::under(id, 1),
            sku: line.id.clone(),
            gtin: None,
            option_values: Vec::new(),
            weight_grams: 0,
            image: line.image_url.clone(),
            status: Status::Active,
            offers: vec![Offer {
                past: Vec::new(),
                seller,
                prices: vec![Money {
                    minor: line.price,
                    currency,
                }],
            }],
        };
        let product = Product {
            id,
            version: 0,
            handle: line.id.clone(),
            title: Text::en(line.title.clone()),
            description: Text::en(line.title.clone()),
            brand: String::new(),
            category: None,
            option_names: Vec::new(),
            option_words: Default::default(),
            tax_category: TaxCategory::Zero,
            status: Status::Active,
            variants: vec![variant],
            created_at: 0,
            updated_at: 0,
        };
        ProductDraft {
            product,
            expected_version: None,
        }
    };
    let drafts = found.iter().map(draft).collect();
    let decided = app.system(Command::SaveProducts(drafts)).await?;
    let Outcome::Saved(saved) = decided.outcome else {
        return Err(SuiteError::NotSaved);
    };
    Ok(found
        .into_iter()
        .map(|line| line.id)
        .zip(saved.ids.into_iter().map(ProductId))
        .collect())
}

async fn count_stock(
    app: &App,
    folder: &Path,
    products: &BTreeMap<String, ProductId>,
    location: LocationId,
) -> Result<(), SuiteError> {
    const FILE: &str = "inventory.csv";
    let change = |line: StockLine| match products.get(&line.product_id) {
        Some(product) => Ok(StockChange {
            variant: VariantId::under(*product, 1),
            location,
            kind: StockChangeKind::Counted(line.quantity),
        }),
        None => Err(SuiteError::Value {
            file: FILE,
            value: line.product_id,
        }),
    };
    let changes = lines(folder, FILE)?
        .into_iter()
        .map(change)
        .collect::<Result<_, _>>()?;
    let set = SetStock {
        cause: app.ids.next(),
        changes,
        note: "UCP suite".to_owned(),
    };
    app.system(Command::SetStock(set)).await?;
    Ok(())
}

fn rates(app: &App, folder: &Path, currency: Currency) -> Result<Vec<Record>, SuiteError> {
    let rate = |line: RateLine| {
        Record::ShippingRate(ShippingRate {
            id: ShippingRateId(app.ids.next()),
            code: line.id,
            title: Text::en(line.title),
            country: Country::parse(&line.country_code),
            service_level: line.service_level,
            prices: vec![Money {
                minor: line.price,
                currency,
            }],
            transit_days: (2, 5),
        })
    };
    Ok(lines(folder, "shipping_rates.csv")?
        .into_iter()
        .map(rate)
        .collect())
}

fn discounts(app: &App, folder: &Path, currency: Currency) -> Result<Vec<Record>, SuiteError> {
    const FILE: &str = "discounts.csv";
    let discount = |line: DiscountLine| {
        let value = match (line.kind.as_str(), u32::try_from(line.value)) {
            ("percentage", Ok(percent)) => DiscountValue::Percent(percent.saturating_mul(10_000)),
            ("fixed_amount", Ok(_)) => DiscountValue::Fixed(Money {
                minor: line.value,
                currency,
            }),
            _ => {
                return Err(SuiteError::Value {
                    file: FILE,
                    value: line.kind,
                });
            }
        };
        Ok(Record::Discount(Discount {
            id: DiscountId(app.ids.next()),
            code: line.code.to_uppercase(),
            title: Text::en(line.description),
            value,
            active: true,
        }))
    };
    lines(folder, FILE)?.into_iter().map(discount).collect()
}

fn promotions(
    app: &App,
    folder: &Path,
    currency: Currency,
    products: &BTreeMap<String, ProductId>,
) -> Result<Vec<Record>, SuiteError> {
    const FILE: &str = "promotions.csv";
    let promotion = |line: PromotionLine| {
        let ids: Vec<String> = match line.eligible_item_ids.as_str() {
            "" => Vec::new(),
            list => serde_json::from_str(list).map_err(|_| SuiteError::Value {
                file: FILE,
                value: list.to_owned(),
            })?,
        };
        Ok(Record::Promotion(Promotion {
            id: PromotionId(app.ids.next()),
            code: line.id,
            title: Text::en(line.description),
            subtotal_min: line.min_subtotal.map(|minor| Money { minor, currency }),
            products: ids
                .iter()
                .filter_map(|id| products.get(id).copied())
                .collect(),
            service_level: "standard".to_owned(),
            active: true,
        }))
    };
    lines(folder, FILE)?.into_iter().map(promotion).collect()
}

fn customers(app: &App, folder: &Path) -> Result<Vec<Record>, SuiteError> {
    let addresses: Vec<AddressLine> = lines(folder, "addresses.csv")?;
    let customer = |line: CustomerLine| {
        let own = addresses
            .iter()
            .filter(|address| address.customer_id == line.id);
        Record::Customer(Customer {
            version: 1,
            name: line.name,
            addresses: own
                .map(|address| (address.id.clone(), postal(address)))
                .collect(),
            ..Customer::new(CustomerId(app.ids.next()), line.email.to_lowercase())
        })
    };
    Ok(lines(folder, "customers.csv")?
        .into_iter()
        .map(customer)
        .collect())
}

fn postal(line: &AddressLine) -> Address {
    Address {
        street: line.street_address.clone(),
        city: line.city.clone(),
        region: line.state.clone(),
        postal_code: line.postal_code.clone(),
        country: Country::parse(&line.country),
        ..Address::default()
    }
}
