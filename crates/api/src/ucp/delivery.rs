//! How a checkout's goods can reach the buyer: destinations, options, and what follows from the choices.
//!
//! One method with one group per checkout. The note holds the choices; what they mean (options, prices) is
//! worked out anew each time from the shop's current rates.

use commerce::campaign::price_in;
use commerce::checkout::{Delivery, Intent, Promise, Quote};
use commerce::code::Country;
use commerce::id::{LocationId, VariantId};
use commerce::pricing;
use commerce::settings::{self, Location};
use commerce::sourcing;
use commerce::world::World;

use crate::promise::{self, Outlook, Sources};

use super::note::{MethodNote, NamedAddress};
use super::rules::{AddressBook, Rules};
use super::shape::{Address, MethodInput};
use super::view::{
    self, DeliveryOption, Destinations, Message, MethodType, OptionDescription, OptionTitle,
};

/// The id of the one option of a collection.
const PICKUP_OPTION: &str = "pickup";
/// Destinations in one request.
const DESTINATIONS_MAX: usize = 10;
/// Shops that are offered for collection.
const SHOPS_MAX: usize = 20;
/// Characters in an id that a platform may give to a destination.
const ID_CHARS_MAX: usize = 100;

/// The addresses that a customer has stored, by their ids.
pub type Book<'a> = &'a [(String, settings::Address)];

/// The protocol's address in the core's form.
#[must_use]
pub fn to_core(address: &Address) -> settings::Address {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let (first_name, last_name) =
        match (&address.first_name, &address.last_name, &address.full_name) {
            (None, None, Some(full)) => split_name(full),
            _ => (text(&address.first_name), text(&address.last_name)),
        };
    settings::Address {
        first_name,
        last_name,
        street: text(&address.street_address),
        street_2: text(&address.extended_address),
        postal_code: text(&address.postal_code),
        city: text(&address.address_locality),
        region: text(&address.address_region),
        country: address.address_country.as_deref().and_then(Country::parse),
        phone: text(&address.phone_number),
    }
}

/// The core's address in the protocol's form.
#[must_use]
pub fn from_core(address: &settings::Address) -> Address {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Address {
        extended_address: part(&address.street_2),
        street_address: part(&address.street),
        address_locality: part(&address.city),
        address_region: part(&address.region),
        address_country: address.country.map(|country| country.to_string()),
        postal_code: part(&address.postal_code),
        first_name: part(&address.first_name),
        last_name: part(&address.last_name),
        full_name: None,
        phone_number: part(&address.phone),
    }
}

/// A whole name as first and last: the last word is the last name.
#[must_use]
pub fn split_name(full: &str) -> (String, String) {
    match full.trim().rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim().to_owned(), last.to_owned()),
        None => (String::new(), full.trim().to_owned()),
    }
}

/// Whether two addresses lead to the same door.
fn same_place(stored: &settings::Address, sent: &settings::Address) -> bool {
    let key = |address: &settings::Address| {
        [
            &address.street,
            &address.street_2,
            &address.postal_code,
            &address.city,
            &address.region,
        ]
        .map(|part| part.trim().to_lowercase())
    };
    stored.country == sent.country && key(stored) == key(sent)
}

/// What a request makes of the method: the choices kept, replaced or dropped. `addresses_new` are those that
/// the customer's book does not have yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The method as it is now.
    pub method: Option<MethodNote>,
    /// Addresses to be added to the customer's book.
    pub addresses_new: Vec<NamedAddress>,
}

/// Merges the wanted method into the one before.
#[must_use]
pub fn merge(
    before: Option<&MethodNote>,
    wanted: MethodInput,
    book: Book<'_>,
    rules: Rules,
) -> Merged {
    let method_type = wanted
        .method_type
        .or_else(|| before.map(|method| method.method_type))
        .unwrap_or(MethodType::Shipping);
    let before = before.filter(|method| method.method_type == method_type);
    let mut merged = Merged::default();
    let are_named = wanted.destinations.is_some();
    let destinations = match (method_type, wanted.destinations) {
        (MethodType::Pickup, _) => None,
        (MethodType::Shipping, Some(sent)) if !sent.is_empty() => {
            let named = sent.into_iter().take(DESTINATIONS_MAX).enumerate();
            Some(
                named
                    .map(|(index, sent)| name(index, sent, book, rules, &mut merged.addresses_new))
                    .collect(),
            )
        }
        (MethodType::Shipping, _) => before
            .and_then(|method| method.destinations.clone())
            .or_else(|| offered(book, rules)),
    };
    let only = |destinations: &Vec<NamedAddress>| {
        (destinations.len() == 1 && are_named).then(|| destinations[0].id.clone())
    };
    // A destination that was named without an id may be chosen by the place it is at now.
    let selected_destination_id = wanted
        .selected_destination_id
        .or_else(|| destinations.as_ref().and_then(only))
        .or_else(|| before.and_then(|method| method.selected_destination_id.clone()))
        .filter(|id| match &destinations {
            Some(destinations) => destinations.iter().any(|destination| destination.id == *id),
            None => method_type == MethodType::Pickup,
        });
    let selected_option_id = match wanted.groups {
        Some(groups) => groups
            .into_iter()
            .next()
            .and_then(|group| group.selected_option_id),
        None => before.and_then(|method| method.selected_option_id.clone()),
    };
    merged.method = Some(MethodNote {
        id: before.map_or_else(|| "method_1".to_owned(), |method| method.id.clone()),
        method_type,
        destinations,
        selected_destination_id,
        selected_option_id,
        option_title: None,
    });
    merged
}

/// Gives a sent destination its id: the platform's, that of the same place in the book, or a new one.
fn name(
    index: usize,
    sent: super::shape::DestinationInput,
    book: Book<'_>,
    rules: Rules,
    addresses_new: &mut Vec<NamedAddress>,
) -> NamedAddress {
    let address = sent.address;
    let fits = |id: &String| !id.is_empty() && id.chars().count() <= ID_CHARS_MAX;
    if let Some(id) = sent.id.filter(fits) {
        return NamedAddress { id, address };
    }
    if rules.address_book == AddressBook::ByEmail {
        let place = to_core(&address);
        if let Some((id, _)) = book.iter().find(|(_, stored)| same_place(stored, &place)) {
            return NamedAddress {
                id: id.clone(),
                address,
            };
        }
        let id = format!("addr_{}", book.len() + addresses_new.len() + 1);
        let id = if book.iter().any(|(known, _)| *known == id) {
            format!("{id}_{index}")
        } else {
            id
        };
        let named = NamedAddress { id, address };
        addresses_new.push(named.clone());
        return named;
    }
    NamedAddress {
        id: format!("dest_{}", index + 1),
        address,
    }
}

/// The customer's own addresses, for platforms that may see them.
fn offered(book: Book<'_>, rules: Rules) -> Option<Vec<NamedAddress>> {
    if rules.address_book == AddressBook::Closed || book.is_empty() {
        return None;
    }
    let named = |(id, address): &(String, settings::Address)| NamedAddress {
        id: id.clone(),
        address: from_core(address),
    };
    Some(book.iter().map(named).collect())
}

/// The country of an address, as far as it is one.
fn country_of(address: &Address) -> Option<Country> {
    Country::parse(address.address_country.as_deref()?)
}

/// The options for the chosen destination, cheapest first; `None` while there is none.
#[must_use]
pub fn options<'w>(
    today: Outlook<'w>,
    intent: &Intent,
    goods: &Quote,
    method: &MethodNote,
) -> Option<Vec<DeliveryOption<'w>>> {
    match method.method_type {
        MethodType::Shipping => {
            let country = country_of(&method.selected_address()?.address)?;
            let sources = promise::sources(today.world, intent);
            let option = |rate| shipping_option(today, intent, goods, rate, sources.as_ref());
            let rates = pricing::rates_to(today.world, country);
            let mut options: Vec<DeliveryOption<'_>> = rates.filter_map(option).collect();
            options.sort_by_key(|option| option.price);
            Some(options)
        }
        MethodType::Pickup => Some(vec![pickup_option(today, intent, method)?]),
    }
}

fn pickup_option<'w>(
    today: Outlook<'w>,
    intent: &Intent,
    method: &MethodNote,
) -> Option<DeliveryOption<'w>> {
    let place = LocationId::parse(method.selected_destination_id.as_deref()?)?;
    let shop = today.world.location(place)?;
    let promise = today.promised(intent, Delivery::Pickup(shop.id));
    let hours = shop.hours_text.as_str();
    Some(DeliveryOption {
        id: PICKUP_OPTION,
        title: OptionTitle::Collect(&shop.name),
        description: (!hours.is_empty()).then_some(OptionDescription::Open(hours)),
        earliest_ms: promise.map(|promise| promise.earliest),
        latest_ms: promise.map(|promise| promise.latest),
        price: 0,
    })
}

fn shipping_option<'w>(
    today: Outlook<'w>,
    intent: &Intent,
    goods: &Quote,
    rate: &'w settings::ShippingRate,
    sources: Option<&Sources>,
) -> Option<DeliveryOption<'w>> {
    let price = pricing::shipping_price(today.world, today.now, rate, (intent, goods))?;
    let listed = price_in(&rate.prices, intent.currency)?;
    let title = rate.title.get(intent.language);
    let (least, most) = rate.transit_days;
    let destination = intent.destination.as_ref();
    let to = destination.and_then(|d| Some((d.country?, d.postal_code.as_str())));
    let arrival = sources.and_then(|sources| today.arrival(sources, rate, to?));
    let promise = arrival.map(|arrival| arrival.promise);
    Some(DeliveryOption {
        id: &rate.code,
        title: if price == 0 && listed > 0 {
            OptionTitle::FreeRate(title)
        } else {
            OptionTitle::Rate(title)
        },
        description: (most > 0).then_some(OptionDescription::Days(least, most)),
        earliest_ms: promise.map(|promise| promise.earliest),
        latest_ms: promise.map(|promise| promise.latest),
        price,
    })
}

/// The chosen option, if it holds: a shop has one for collection, which need not be chosen.
fn chosen<'w>(
    today: Outlook<'w>,
    intent: &Intent,
    goods: &Quote,
    method: &MethodNote,
) -> Option<DeliveryOption<'w>> {
    match method.method_type {
        MethodType::Shipping => {
            let code = method.selected_option_id.as_deref()?;
            let country = country_of(&method.selected_address()?.address)?;
            let sources = promise::sources(today.world, intent);
            pricing::rates_to(today.world, country)
                .filter(|rate| rate.code == code)
                .find_map(|rate| shipping_option(today, intent, goods, rate, sources.as_ref()))
        }
        MethodType::Pickup => pickup_option(today, intent, method),
    }
}

/// What the core needs of the choices, in an intent that has the destination alone. A choice that does not hold (any
/// more) is dropped from the note.
pub fn apply(today: Outlook<'_>, intent: &mut Intent, goods: &Quote, method: &mut MethodNote) {
    let Some(option) = chosen(today, intent, goods, method) else {
        method.selected_option_id = None;
        method.option_title = None;
        return;
    };
    if method.method_type == MethodType::Pickup {
        method.selected_option_id = Some(PICKUP_OPTION.to_owned());
    }
    method.option_title = Some(option.title.to_string());
    intent.promise = option
        .earliest_ms
        .zip(option.latest_ms)
        .map(|(earliest, latest)| Promise { earliest, latest });
    intent.delivery = match method.method_type {
        MethodType::Shipping => today
            .world
            .shipping_rates()
            .find(|rate| rate.code == option.id)
            .map(|rate| Delivery::Ship(rate.id)),
        MethodType::Pickup => method
            .selected_destination_id
            .as_deref()
            .and_then(LocationId::parse)
            .filter(|location| {
                today
                    .world
                    .location(*location)
                    .is_some_and(|shop| shop.collects)
            })
            .map(Delivery::Pickup),
    };
}

/// Pieces of a variant that can still be promised at places that ship or hand over.
#[must_use]
pub fn available(world: &World, variant: VariantId) -> i64 {
    let reachable = |location: LocationId| {
        world
            .location(location)
            .is_some_and(|place| place.ships || place.collects)
    };
    world
        .levels(variant)
        .filter(|(location, _)| reachable(*location))
        .map(|(_, level)| level.available())
        .sum()
}

/// The shops where all lines could be collected, by id.
fn shops<'w>(world: &'w World, intent: &Intent) -> impl Iterator<Item = &'w Location> {
    world
        .locations()
        .filter(|place| place.collects && sourcing::is_whole_at(world, &intent.items, place.id))
}

/// The same by name, as many as are offered.
fn shops_by_name<'w>(world: &'w World, intent: &Intent) -> Vec<view::Shop<'w>> {
    let mut shops: Vec<&Location> = shops(world, intent).collect();
    shops.sort_by(|a, b| a.name.cmp(&b.name));
    shops.truncate(SHOPS_MAX);
    shops.into_iter().map(shop).collect()
}

/// The same in words, for who does not want to collect.
fn collectable<'w>(world: &'w World, intent: &Intent) -> Option<view::Collectable<'w>> {
    let mut found: Option<view::Collectable<'_>> = None;
    for place in shops(world, intent) {
        let (shops, first) = match found {
            Some(found) => (found.shops + 1, found.first.min(&place.name)),
            None => (1, place.name.as_str()),
        };
        found = Some(view::Collectable {
            shops: shops.min(SHOPS_MAX),
            first,
        });
    }
    found
}

/// The fulfillment part of a checkout.
#[must_use]
pub fn view<'a>(
    today: Outlook<'a>,
    intent: &Intent,
    goods: &Quote,
    method: Option<&'a MethodNote>,
) -> Option<view::Fulfillment<'a>> {
    let method = method?;
    let (destinations, collectable) = match method.method_type {
        MethodType::Shipping => {
            let named = method.destinations.as_deref();
            let collectable = collectable(today.world, intent);
            (named.map(Destinations::Addresses), collectable)
        }
        MethodType::Pickup => {
            let shops = shops_by_name(today.world, intent);
            (Some(Destinations::Shops(shops)), None)
        }
    };
    let mut options = options(today, intent, goods, method);
    let is_chosen =
        |option: &&mut DeliveryOption<'_>| method.selected_option_id.as_deref() == Some(option.id);
    let chosen = options.iter_mut().flatten().find(is_chosen);
    // What is sold is what was shown when it was chosen.
    if let (Some(option), Some(promise)) = (chosen, intent.promise) {
        (option.earliest_ms, option.latest_ms) = (Some(promise.earliest), Some(promise.latest));
    }
    Some(view::Fulfillment {
        id: &method.id,
        method_type: method.method_type,
        destinations,
        selected_destination_id: method.selected_destination_id.as_deref(),
        options,
        selected_option_id: method.selected_option_id.as_deref(),
        collectable,
    })
}

fn shop(place: &Location) -> view::Shop<'_> {
    view::Shop {
        id: place.id,
        name: &place.name,
        address: from_core(&place.address),
    }
}

/// What is missing for the goods to be sent or collected, the first thing.
#[must_use]
pub fn missing(intent: &Intent, method: Option<&MethodNote>, rules: Rules) -> Option<Message> {
    let missing = |path: &'static str, content: &'static str| {
        Some(Message::recoverable("missing", path, content))
    };
    let Some(method) = method else {
        return missing("$.fulfillment", "Choose shipping or pickup.");
    };
    if method.selected_destination_id.is_none() {
        let content = match method.method_type {
            MethodType::Shipping => "Name an address to ship to.",
            MethodType::Pickup => "Choose a shop to collect at.",
        };
        let path = "$.fulfillment.methods[0].selected_destination_id";
        return missing(path, content);
    }
    if let (MethodType::Shipping, Some(address)) = (method.method_type, &intent.destination)
        && let Some(content) = address_missing(address, rules)
    {
        return missing("$.fulfillment.methods[0].destinations", content);
    }
    if intent.delivery.is_none() {
        let path = "$.fulfillment.methods[0].groups[0].selected_option_id";
        return missing(path, "Choose one of the delivery options.");
    }
    None
}

fn address_missing(address: &settings::Address, rules: Rules) -> Option<&'static str> {
    let strict = rules.addresses == super::rules::AddressRule::Deliverable;
    if address.country.is_none() {
        Some("The address needs a country, as two letters.")
    } else if strict && address.street.is_empty() {
        Some("The address needs a street.")
    } else if strict && address.city.is_empty() {
        Some("The address needs a town.")
    } else {
        None
    }
}
