//! Settings and locations as the wire shows them.

use super::super::wire::invoices::{BillingBody, SellerBilling};
use super::super::wire::settings as wire;
use commerce::World;
use commerce::follower::MAILS;
use commerce::settings::{Billing, Location, ShippingRate};

/// The shop's settings as far as they are records; `None` before the first import.
pub fn settings(
    world: &World,
    public_url: &str,
    providers: Vec<wire::PaymentProvider>,
    has_mail: bool,
) -> Option<wire::Settings> {
    let shop = world.shop()?;
    let currencies = shop.currencies.iter();
    Some(wire::Settings {
        shop_name: shop.name.clone(),
        public_url: public_url.to_owned(),
        country: shop.country.to_string(),
        currency: shop.currency.to_string(),
        currencies: currencies
            .map(|&(currency, tax)| wire::CurrencySetting {
                currency: currency.to_string(),
                tax: tax.into(),
            })
            .collect(),
        ships_to: shop.ships_to.iter().map(ToString::to_string).collect(),
        sellers: world
            .sellers()
            .map(|s| wire::Seller {
                id: s.id.to_string(),
                code: s.code.clone(),
                name: s.name.clone(),
                first_party: s.first_party,
                billing: s.billing.last().map(billing),
            })
            .collect(),
        tax_rates: world
            .tax_rates()
            .map(|t| wire::TaxRate {
                country: t.country.to_string(),
                category: t.category.into(),
                rate_ppm: t.rate_ppm,
            })
            .collect(),
        shipping_rates: world.shipping_rates().map(shipping_rate).collect(),
        payment_providers: providers,
        mail: mail(world, has_mail),
    })
}

/// What invoices say of a seller.
pub fn billing(billing: &Billing) -> SellerBilling {
    let address = &billing.address;
    SellerBilling {
        since: billing.since,
        says: BillingBody {
            name: billing.name.clone(),
            street: address.street.clone(),
            street_2: address.street_2.clone(),
            postal_code: address.postal_code.clone(),
            city: address.city.clone(),
            region: address.region.clone(),
            country: address.country.map(|c| c.to_string()).unwrap_or_default(),
            tax_id: billing.tax_id.clone(),
            lines: billing.lines.clone(),
        },
    }
}

fn mail(world: &World, configured: bool) -> wire::MailStatus {
    let follower = world.follower(MAILS);
    let trouble = follower.and_then(|f| f.trouble.as_ref());
    wire::MailStatus {
        configured,
        waiting: follower.map_or(0, |f| u32::try_from(f.waiting.len()).unwrap_or(u32::MAX)),
        sent_at: follower.and_then(|f| f.sent_at),
        failed_at: trouble.map(|t| t.at),
        failure: trouble.map(|t| t.reason.clone()),
    }
}

fn shipping_rate(rate: &ShippingRate) -> wire::ShippingRate {
    wire::ShippingRate {
        id: rate.id.to_string(),
        code: rate.code.clone(),
        title: (&rate.title).into(),
        country: rate.country.map(|c| c.to_string()),
        service_level: rate.service_level.clone(),
        prices: rate.prices.iter().map(|&p| p.into()).collect(),
        transit_days_min: rate.transit_days.0,
        transit_days_max: rate.transit_days.1,
    }
}

/// All locations by name.
pub fn locations(world: &World) -> wire::LocationList {
    let mut items: Vec<_> = world.locations().map(location).collect();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    wire::LocationList { items }
}

fn location(location: &Location) -> wire::Location {
    wire::Location {
        id: location.id.to_string(),
        code: location.code.clone(),
        name: location.name.clone(),
        kind: location.kind.into(),
        address: (&location.address).into(),
        time_zone: location.time_zone.clone(),
        opening_hours: location.hours_text.clone(),
        ships: location.ships,
        collects: location.collects,
        sells: location.sells,
        pickup_lead_minutes: location.pickup_lead_minutes,
        ship_cutoff_minute: location.ship_cutoff_minute,
    }
}
