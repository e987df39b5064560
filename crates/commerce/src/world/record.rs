//! Records: settings, goods and people, saved whole under an id and a unique code.

use crate::campaign::Campaign;
use crate::carrier::{Carrier, Pool};
use crate::catalog::Product;
use crate::customer::Customer;
use crate::follower::Follower;
use crate::gazetteer::{self, Door, Gazetteer};
use crate::points::{self, PointsProgram};
use crate::round::{self, Round, RoundBook};
use crate::settings::{
    Category, Discount, Location, Operator, Promotion, Seller, ShippingRate, Shop, TaxRate,
};
use crate::switch::Switch;
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

/// A record: what is saved whole, under an id and a unique code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is named for the type it holds")]
#[allow(
    clippy::large_enum_variant,
    reason = "records are few, and live behind an `Arc`"
)]
pub enum Record {
    Shop(Shop),
    Seller(Seller),
    Category(Category),
    Location(Location),
    TaxRate(TaxRate),
    ShippingRate(ShippingRate),
    Discount(Discount),
    Promotion(Promotion),
    Product(Product),
    Customer(Customer),
    Operator(Operator),
    Campaign(Campaign),
    Follower(Follower),
    Switch(Switch),
    PointsProgram(PointsProgram),
    Carrier(Carrier),
    NumberPool(Pool),
    Round(Round),
    RoundBook(RoundBook),
    Gazetteer(Gazetteer),
    Door(Door),
}

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "each variant is named for the type it stands for"
)]
pub enum RecordKind {
    Shop,
    Seller,
    Category,
    Location,
    TaxRate,
    ShippingRate,
    Discount,
    Promotion,
    Product,
    Customer,
    Operator,
    Campaign,
    Follower,
    Switch,
    PointsProgram,
    Carrier,
    NumberPool,
    Round,
    RoundBook,
    Gazetteer,
    Door,
}

impl RecordKind {
    /// All kinds.
    pub const ALL: [RecordKind; 21] = [
        RecordKind::Shop,
        RecordKind::Seller,
        RecordKind::Category,
        RecordKind::Location,
        RecordKind::TaxRate,
        RecordKind::ShippingRate,
        RecordKind::Discount,
        RecordKind::Promotion,
        RecordKind::Product,
        RecordKind::Customer,
        RecordKind::Operator,
        RecordKind::Campaign,
        RecordKind::Follower,
        RecordKind::Switch,
        RecordKind::PointsProgram,
        RecordKind::Carrier,
        RecordKind::NumberPool,
        RecordKind::Round,
        RecordKind::RoundBook,
        RecordKind::Gazetteer,
        RecordKind::Door,
    ];

    /// Whether all records of the kind are loaded at start and stay.
    pub fn is_resident(self) -> bool {
        !matches!(
            self,
            RecordKind::Product | RecordKind::Customer | RecordKind::Round | RecordKind::Door
        )
    }
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> RecordKind {
        match self {
            Record::Shop(_) => RecordKind::Shop,
            Record::Seller(_) => RecordKind::Seller,
            Record::Category(_) => RecordKind::Category,
            Record::Location(_) => RecordKind::Location,
            Record::TaxRate(_) => RecordKind::TaxRate,
            Record::ShippingRate(_) => RecordKind::ShippingRate,
            Record::Discount(_) => RecordKind::Discount,
            Record::Promotion(_) => RecordKind::Promotion,
            Record::Product(_) => RecordKind::Product,
            Record::Customer(_) => RecordKind::Customer,
            Record::Operator(_) => RecordKind::Operator,
            Record::Campaign(_) => RecordKind::Campaign,
            Record::Follower(_) => RecordKind::Follower,
            Record::Switch(_) => RecordKind::Switch,
            Record::PointsProgram(_) => RecordKind::PointsProgram,
            Record::Carrier(_) => RecordKind::Carrier,
            Record::NumberPool(_) => RecordKind::NumberPool,
            Record::Round(_) => RecordKind::Round,
            Record::RoundBook(_) => RecordKind::RoundBook,
            Record::Gazetteer(_) => RecordKind::Gazetteer,
            Record::Door(_) => RecordKind::Door,
        }
    }

    /// Its raw id; records of which there is one alone have id 1.
    pub fn id(&self) -> u64 {
        match self {
            Record::Shop(_) => 1,
            Record::Seller(r) => r.id.0,
            Record::Category(r) => r.id.0,
            Record::Location(r) => r.id.0,
            Record::TaxRate(r) => r.id.0,
            Record::ShippingRate(r) => r.id.0,
            Record::Discount(r) => r.id.0,
            Record::Promotion(r) => r.id.0,
            Record::Product(r) => r.id.0,
            Record::Customer(r) => r.id.0,
            Record::Operator(r) => r.id.0,
            Record::Campaign(r) => r.id.0,
            Record::Follower(r) => r.id.0,
            Record::Switch(r) => r.id.0,
            Record::PointsProgram(_) => points::ID,
            Record::Carrier(r) => r.id.0,
            Record::NumberPool(r) => r.carrier.0,
            Record::Round(r) => r.id.0,
            Record::RoundBook(_) => round::BOOK_ID,
            Record::Gazetteer(_) => gazetteer::ID,
            Record::Door(r) => r.id.0,
        }
    }

    /// The same record under another id.
    pub fn with_id(mut self, id: u64) -> Self {
        match &mut self {
            Record::Shop(_)
            | Record::PointsProgram(_)
            | Record::RoundBook(_)
            | Record::Gazetteer(_) => {}
            Record::Seller(r) => r.id.0 = id,
            Record::Category(r) => r.id.0 = id,
            Record::Location(r) => r.id.0 = id,
            Record::TaxRate(r) => r.id.0 = id,
            Record::ShippingRate(r) => r.id.0 = id,
            Record::Discount(r) => r.id.0 = id,
            Record::Promotion(r) => r.id.0 = id,
            Record::Product(r) => r.id.0 = id,
            Record::Customer(r) => r.id.0 = id,
            Record::Operator(r) => r.id.0 = id,
            Record::Campaign(r) => r.id.0 = id,
            Record::Follower(r) => r.id.0 = id,
            Record::Switch(r) => r.id.0 = id,
            Record::Carrier(r) => r.id.0 = id,
            Record::NumberPool(r) => r.carrier.0 = id,
            Record::Round(r) => r.id.0 = id,
            Record::Door(r) => r.id.0 = id,
        }
        self
    }

    /// Its unique code within the kind.
    pub fn code(&self) -> String {
        match self {
            Record::Shop(_) => "shop".to_string(),
            Record::Seller(r) => r.code.clone(),
            Record::Category(r) => r.path.clone(),
            Record::Location(r) => r.code.clone(),
            Record::TaxRate(r) => alloc::format!("{}/{}", r.country, r.category.word()),
            Record::ShippingRate(r) => r.code.clone(),
            Record::Discount(r) => r.code.clone(),
            Record::Promotion(r) => r.code.clone(),
            Record::Product(r) => r.handle.clone(),
            Record::Customer(r) => r.email.clone(),
            Record::Operator(r) => r.email.clone(),
            Record::Campaign(r) => r.code.clone(),
            Record::Follower(r) => r.name.clone(),
            Record::Switch(r) => r.work.word().to_string(),
            Record::PointsProgram(_) => points::CODE.to_string(),
            Record::Carrier(r) => r.code.clone(),
            Record::NumberPool(r) => r.carrier.to_string(),
            Record::Round(r) => r.code(),
            Record::RoundBook(_) => round::BOOK_CODE.to_string(),
            Record::Gazetteer(_) => gazetteer::CODE.to_string(),
            Record::Door(r) => r.code.clone(),
        }
    }
}
