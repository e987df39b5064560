//! Which carriers take a parcel, and at which price.

use super::{Area, Carrier, Service, SurchargeAmount, SurchargeWhen, postal};
use crate::code::Country;
use crate::id::{CarrierId, LocationId};
use crate::money::{PPM, scale};
use crate::planted::{self, Fault};
use crate::world::World;
use alloc::string::String;
use alloc::vec::Vec;

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipment<'a> {
    /// From where.
    pub location: LocationId,
    /// To which country.
    pub country: Country,
    /// The postal code there, as it was written.
    pub postal_code: &'a str,
    /// The service level that was sold; `None` for any.
    pub level: Option<&'a str>,
    /// What the scales show, in grams.
    pub weight_grams: u32,
    /// Length, width and height in millimeters, if they were measured.
    pub size_mm: Option<[u16; 3]>,
    /// The day on which it is booked, as `yyyymmdd`.
    pub day: u32,
}

/// A carrier's service that takes a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Whose.
    pub carrier: CarrierId,
    /// The service's code.
    pub service: String,
    /// The zone of its rate card.
    pub zone: String,
    /// What the sorting machine reads.
    pub sorting: String,
    /// The weight that is charged, in grams.
    pub charged_grams: u32,
    /// The rate card's price, in minor units of the carrier's currency.
    pub base: i64,
    /// What is charged on top, by code.
    pub surcharges: Vec<(String, i64)>,
    /// All of it.
    pub price: i64,
}

/// A carrier's service that does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Whose.
    pub carrier: CarrierId,
    /// The service's code; empty where it is the carrier as a whole.
    pub service: String,
    /// Why.
    pub why: Why,
}

/// Why a parcel is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The carrier is switched off.
    Inactive,
    /// It does not collect there.
    NotFromHere,
    /// It does not go there.
    NotThere,
    /// Nothing goes there for now.
    Closed,
    /// It took all that it takes in this day.
    Full,
    /// Its numbers are used up.
    NoNumbers,
    /// The service is not of the level that was sold.
    OtherLevel,
    /// The parcel is too heavy for the service, or for its rate card.
    TooHeavy,
    /// The parcel is too long or too thick.
    TooLarge,
}

impl Why {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Why::Inactive => "inactive",
            Why::NotFromHere => "not_from_here",
            Why::NotThere => "not_there",
            Why::Closed => "closed",
            Why::Full => "full",
            Why::NoNumbers => "no_numbers",
            Why::OtherLevel => "other_level",
            Why::TooHeavy => "too_heavy",
            Why::TooLarge => "too_large",
        }
    }
}

/// What all carriers say of a parcel: who takes it, the cheapest first (then by the carrier's code and the order of its
/// services), and who does not and why.
pub fn offers(world: &World, shipment: &Shipment<'_>) -> (Vec<Offer>, Vec<Declined>) {
    let (mut found, mut declined) = (Vec::new(), Vec::new());
    let mut carriers: Vec<&Carrier> = world.carriers().collect();
    carriers.sort_by(|a, b| a.code.cmp(&b.code));
    for carrier in carriers {
        let area = match area_for(world, carrier, shipment) {
            Ok(area) => area,
            Err(why) => {
                declined.push(Declined {
                    carrier: carrier.id,
                    service: String::new(),
                    why,
                });
                continue;
            }
        };
        for service in &carrier.services {
            match offer(carrier, service, area, shipment) {
                Ok(offer) => found.push(offer),
                Err(why) => declined.push(Declined {
                    carrier: carrier.id,
                    service: service.code.clone(),
                    why,
                }),
            }
        }
    }
    found.sort_by_key(|offer| offer.price);
    (found, declined)
}

/// The offer that is booked where nobody names one: the cheapest of the preferred services, or of all where none of these
/// takes the parcel.
///
/// # Errors
/// Why nobody takes it.
pub fn cheapest(
    world: &World,
    shipment: &Shipment<'_>,
    preferred: &[(CarrierId, String)],
) -> Result<Offer, Vec<Declined>> {
    let (mut found, declined) = offers(world, shipment);
    let is_preferred = |offer: &Offer| {
        let is_it = |(carrier, service): &(CarrierId, String)| {
            (*carrier, service) == (offer.carrier, &offer.service)
        };
        preferred.iter().any(is_it)
    };
    let chosen = found.iter().position(is_preferred).unwrap_or(0);
    if found.is_empty() {
        return Err(declined);
    }
    Ok(found.swap_remove(chosen))
}

/// What one service says of a parcel.
///
/// # Errors
/// Why it does not take it.
pub(crate) fn offer_of(
    world: &World,
    carrier: &Carrier,
    service: &Service,
    shipment: &Shipment<'_>,
) -> Result<Offer, Why> {
    let area = area_for(world, carrier, shipment)?;
    offer(carrier, service, area, shipment)
}

fn area_for<'c>(
    world: &World,
    carrier: &'c Carrier,
    shipment: &Shipment<'_>,
) -> Result<&'c Area, Why> {
    if !carrier.active {
        return Err(Why::Inactive);
    }
    if !carrier.locations.is_empty() && !carrier.locations.contains(&shipment.location) {
        return Err(Why::NotFromHere);
    }
    let area = carrier
        .area(shipment.country, shipment.postal_code)
        .ok_or(Why::NotThere)?;
    if area.closed {
        return Err(Why::Closed);
    }
    let pool = world.number_pool(carrier.id);
    if pool.is_none_or(|pool| pool.left() == 0) {
        return Err(Why::NoNumbers);
    }
    let booked = pool.map_or(0, |pool| pool.booked_on(shipment.day));
    if planted::is(Fault::QuotaOfDayIgnored) {
        return Ok(area);
    }
    if carrier.daily_quota.is_some_and(|quota| booked >= quota) {
        return Err(Why::Full);
    }
    Ok(area)
}

fn offer(
    carrier: &Carrier,
    service: &Service,
    area: &Area,
    shipment: &Shipment<'_>,
) -> Result<Offer, Why> {
    let serves = |level: &str| service.levels.iter().any(|own| own == level);
    if shipment.level.is_some_and(|level| !serves(level)) {
        return Err(Why::OtherLevel);
    }
    if shipment.weight_grams > service.weight_max_grams {
        return Err(Why::TooHeavy);
    }
    let longest = shipment.size_mm.map_or(0, longest_mm);
    let girth = shipment.size_mm.map_or(0, girth_mm);
    let exceeds = |found: u32, most: u16| most > 0 && found > u32::from(most);
    if exceeds(longest, service.side_max_mm) || exceeds(girth, service.girth_max_mm) {
        return Err(Why::TooLarge);
    }
    let charged_grams = carrier.charged_grams(shipment.weight_grams, shipment.size_mm);
    let base = carrier
        .rate(&service.code, &area.zone, charged_grams)
        .ok_or(Why::TooHeavy)?;
    let applies = |when: &SurchargeWhen| match when {
        SurchargeWhen::Always => true,
        SurchargeWhen::Zone(zone) => *zone == area.zone,
        SurchargeWhen::HeavierThan(grams) => shipment.weight_grams > *grams,
        SurchargeWhen::LongerThan(mm) => longest > u32::from(*mm),
    };
    let due = carrier.surcharges.iter().filter(|s| applies(&s.when));
    let surcharges: Vec<(String, i64)> = due
        .map(|s| {
            let amount = match s.amount {
                SurchargeAmount::Fixed(minor) => minor,
                SurchargeAmount::Percent(ppm) => scale(base, i64::from(ppm), PPM),
            };
            (s.code.clone(), amount)
        })
        .collect();
    let price = base + surcharges.iter().map(|(_, amount)| amount).sum::<i64>();
    Ok(Offer {
        carrier: carrier.id,
        service: service.code.clone(),
        zone: area.zone.clone(),
        sorting: area.sorting.clone(),
        charged_grams,
        base,
        surcharges,
        price,
    })
}

fn longest_mm(size: [u16; 3]) -> u32 {
    u32::from(size.into_iter().max().unwrap_or(0))
}

/// The longest side and the girth around the other two.
fn girth_mm(size: [u16; 3]) -> u32 {
    let all: u32 = size.into_iter().map(u32::from).sum();
    let longest = longest_mm(size);
    longest + 2 * (all - longest)
}

impl Carrier {
    /// The area of an address: that with the longest prefix of its postal code. Its tables are in order.
    pub fn area(&self, country: Country, postal_code: &str) -> Option<&Area> {
        let code = postal(postal_code);
        let ends = code.char_indices().map(|(at, _)| at).chain([code.len()]);
        let ends: Vec<usize> = ends.collect();
        ends.into_iter().rev().find_map(|end| {
            let wanted = (country, &code[..end]);
            let found = self
                .areas
                .binary_search_by(|a| (a.country, a.prefix.as_str()).cmp(&wanted));
            Some(&self.areas[found.ok()?])
        })
    }

    /// The weight that is charged, in grams: what the scales show or what the volume stands for, whichever is more. A
    /// begun gram counts.
    pub fn charged_grams(&self, weight_grams: u32, size_mm: Option<[u16; 3]>) -> u32 {
        let volume: u64 = size_mm.map_or(0, |size| size.into_iter().map(u64::from).product());
        // A cubic centimeter has a thousand cubic millimeters, a kilogram a thousand grams.
        let by_volume = match self.volume_divisor {
            0 => 0,
            divisor => volume.div_ceil(u64::from(divisor)),
        };
        weight_grams.max(u32::try_from(by_volume).unwrap_or(u32::MAX))
    }

    /// The rate card's price for a weight: that of the first step that reaches it. Its tables are in order.
    fn rate(&self, service: &str, zone: &str, grams: u32) -> Option<i64> {
        let wanted = (service, zone, grams);
        let at = self
            .rates
            .partition_point(|r| (r.service.as_str(), r.zone.as_str(), r.up_to_grams) < wanted);
        let rate = self.rates.get(at)?;
        (rate.service == service && rate.zone == zone).then_some(rate.price)
    }
}
