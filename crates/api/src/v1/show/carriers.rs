//! Carriers, what they say of a parcel, and parcels with their waybills.

use super::super::wire::carriers as wire;
use super::super::wire::parcels::Parcel;
use super::super::wire::{Money, Named};
use crate::carriers::{AskError, Quoted};
use crate::error::ApiError;
use commerce::World;
use commerce::carrier::{
    Block, Carrier, Declined, Numbering, Offer, Pool, Service, Surcharge, SurchargeAmount,
    SurchargeWhen,
};
use commerce::id::CarrierId;
use commerce::money::Currency;
use commerce::parcel;

/// A carrier with its numbers.
pub fn carrier(world: &World, carrier: &Carrier) -> wire::Carrier {
    wire::Carrier {
        id: carrier.id.to_string(),
        version: carrier.version,
        terms: terms(carrier),
        areas: carrier.areas.len(),
        rates: carrier.rates.len(),
        numbers: pool(world.number_pool(carrier.id)),
    }
}

fn terms(carrier: &Carrier) -> wire::CarrierTerms {
    wire::CarrierTerms {
        code: carrier.code.clone(),
        name: carrier.name.clone(),
        active: carrier.active,
        own_fleet: carrier.own_fleet,
        numbering: numbering(&carrier.numbering),
        connector: carrier.connector.clone(),
        tracking_url: carrier.tracking_url.clone(),
        locations: carrier.locations.iter().map(ToString::to_string).collect(),
        daily_quota: carrier.daily_quota,
        currency: carrier.currency.to_string(),
        volume_divisor: carrier.volume_divisor,
        services: carrier.services.iter().map(service).collect(),
        surcharges: carrier.surcharges.iter().map(surcharge).collect(),
    }
}

fn numbering(numbering: &Numbering) -> wire::Numbering {
    match numbering {
        Numbering::Sscc { extension, prefix } => wire::Numbering::Sscc {
            extension: *extension,
            prefix: prefix.clone(),
        },
        Numbering::S10 { service, country } => wire::Numbering::S10 {
            service: service.clone(),
            country: country.to_string(),
        },
        Numbering::Plain {
            prefix,
            digits,
            check,
        } => wire::Numbering::Plain {
            prefix: prefix.clone(),
            digits: *digits,
            check: (*check).into(),
        },
        Numbering::Given => wire::Numbering::Given,
    }
}

fn service(service: &Service) -> wire::CarrierService {
    wire::CarrierService {
        code: service.code.clone(),
        name: service.name.clone(),
        levels: service.levels.clone(),
        weight_max_grams: service.weight_max_grams,
        side_max_mm: service.side_max_mm,
        girth_max_mm: service.girth_max_mm,
    }
}

fn surcharge(surcharge: &Surcharge) -> wire::Surcharge {
    wire::Surcharge {
        code: surcharge.code.clone(),
        when: match &surcharge.when {
            SurchargeWhen::Always => wire::SurchargeWhen::Always,
            SurchargeWhen::Zone(zone) => wire::SurchargeWhen::Zone(zone.clone()),
            SurchargeWhen::HeavierThan(grams) => wire::SurchargeWhen::HeavierThan(*grams),
            SurchargeWhen::LongerThan(mm) => wire::SurchargeWhen::LongerThan(*mm),
        },
        amount: match surcharge.amount {
            SurchargeAmount::Fixed(minor) => wire::SurchargeAmount::Fixed(minor),
            SurchargeAmount::Percent(ppm) => wire::SurchargeAmount::Percent(ppm),
        },
    }
}

fn pool(pool: Option<&Pool>) -> wire::NumberPool {
    let block = |block: &Block| wire::NumberBlock {
        first: block.first,
        last: block.last,
        given: block.next - block.first,
    };
    wire::NumberPool {
        left: pool.map_or(0, Pool::left),
        booked: pool.map_or(0, |p| p.booked),
        day: pool.map_or(0, |p| p.day),
        blocks: pool.map_or(Vec::new(), |p| p.blocks.iter().map(block).collect()),
    }
}

/// What a carrier says that takes a parcel.
pub fn offer(world: &World, offer: &Offer) -> Option<wire::CarrierOffer> {
    let carrier = world.carrier(offer.carrier)?;
    let money = |minor| Money::new(minor, carrier.currency);
    let charged = |(code, minor): &(String, i64)| wire::ChargedSurcharge {
        code: code.clone(),
        amount: money(*minor),
    };
    let name = carrier.service(&offer.service).map(|s| s.name.clone());
    Some(wire::CarrierOffer {
        carrier: Named::carrier(world, offer.carrier),
        service: offer.service.clone(),
        service_name: name.unwrap_or_else(|| offer.service.clone()),
        zone: offer.zone.clone(),
        charged_grams: offer.charged_grams,
        base: money(offer.base),
        surcharges: offer.surcharges.iter().map(charged).collect(),
        price: money(offer.price),
        arrives: None,
        in_time: None,
        is_usual: false,
    })
}

/// What a carrier says that does not.
pub fn declined(world: &World, declined: &Declined) -> wire::CarrierDeclined {
    wire::CarrierDeclined {
        carrier: Named::carrier(world, declined.carrier),
        service: declined.service.clone(),
        why: declined.why.word().to_owned(),
    }
}

/// What a carrier says when it is asked.
pub fn quotes(
    world: &World,
    carrier: CarrierId,
    answer: Result<Vec<Quoted>, AskError>,
) -> wire::CarrierQuotes {
    let quote = |quoted: Quoted| wire::CarrierQuote {
        service: quoted.service,
        price: quoted.price.into(),
        transit_days: quoted.transit_days,
    };
    let (quotes, problem) = match answer {
        Ok(quotes) => (quotes, None),
        Err(error) => (Vec::new(), Some(ApiError::from(error))),
    };
    wire::CarrierQuotes {
        carrier: Named::carrier(world, carrier),
        quotes: quotes.into_iter().map(quote).collect(),
        message: problem
            .as_ref()
            .map_or_else(String::new, |p| p.message.clone()),
        problem: problem.map(|p| p.code.to_owned()),
    }
}

/// A parcel with its waybill. Of a carrier that is gone, the price is in the shop's currency.
pub fn parcel(world: &World, parcel: &parcel::Parcel) -> Parcel {
    let shops = || world.shop().map(|shop| shop.currency);
    let carrier = world.carrier(parcel.carrier);
    let currency = carrier.map(|c| c.currency);
    let currency: Option<Currency> = currency.or_else(shops);
    let price = currency.map(|currency| Money::new(parcel.price, currency));
    Parcel {
        carrier: Named::carrier(world, parcel.carrier),
        service: parcel.service.clone(),
        number: parcel.number.clone(),
        zone: parcel.zone.clone(),
        sorting: parcel.sorting.clone(),
        weight_grams: parcel.weight_grams,
        size_mm: parcel.size_mm,
        price: price.unwrap_or_else(|| Money {
            amount: parcel.price,
            currency: String::new(),
        }),
        booked_at: parcel.booked_at,
        labels: parcel.labels,
        carrier_draws_label: carrier.is_some_and(|c| c.numbering == Numbering::Given),
        status: parcel.status().into(),
        status_at: parcel.latest().map(|seen| seen.at),
    }
}
