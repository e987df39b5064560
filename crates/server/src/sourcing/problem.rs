//! Open parcels as the optimiser sees them: places, regions, carriers and variants as small numbers, what a parcel costs
//! from each place to each region, and what is left on the shelves.

use api::app::now_ms;
use commerce::World;
use commerce::carrier::{Carrier, Shipment, offers, postal};
use commerce::checkout::Delivery;
use commerce::code::Country;
use commerce::id::{CarrierId, FulfillmentId, LocationId, OrderId, VariantId};
use commerce::order::{Fulfillment, FulfillmentState, Group, Method};
use commerce::settings::Location;
use logistics::sourcing::{
    Bounds, COST_MAX, Input, Kind, LOCATIONS_MAX, Lane, Left, Limits, Line, Location as Site,
    Network, Order, Orders, Part, Plan, Promise, REGIONS_MAX, Rules, Stock,
};
use std::collections::BTreeMap;

/// Weights that parcels are priced for, in grams: the first that is not below what the articles weigh.
const CLASSES_GRAMS: [u32; 7] = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 31_500];
/// What an order is held to weigh whose articles' weight is not known.
const UNKNOWN_GRAMS: u32 = 1_000;

/// Pieces of a line in an open parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The parcel.
    pub fulfillment: FulfillmentId,
    /// Where it leaves from.
    pub location: LocationId,
    /// The line's place in [`Case::lines`].
    pub line: usize,
    /// How many pieces.
    pub pieces: u32,
}

/// The open parcels of one order.
#[derive(Debug, Clone)]
pub struct Case {
    /// Numbers of the lines.
    pub lines: Vec<u16>,
    /// What is where now.
    pub held: Vec<Held>,
}

/// What is known of an order before regions have numbers.
struct Draft {
    case: Case,
    wanted: Vec<(VariantId, u32)>,
    region: Region,
}

/// Addresses and weights that cost the same from everywhere, as far as it is known without asking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Region {
    country: Country,
    postal: String,
    level: Option<String>,
    grams: u32,
}

/// The way from a place: what the cheapest carrier asks, and who it is.
type Way = Option<(u32, CarrierId)>;

/// Drafts that were collected, a few groups at a time, so that nobody waits for long.
#[derive(Default)]
pub struct Collected {
    drafts: Vec<Draft>,
    ways: BTreeMap<Region, Vec<Way>>,
}

/// Open parcels to be planned anew.
pub struct Problem {
    /// What is known before orders come.
    pub network: Network,
    /// The orders.
    pub orders: Orders,
    /// How they are sent now.
    pub plans: Vec<Plan>,
    /// What is left beside them.
    pub left: Left,
    /// What each order is.
    pub cases: Vec<Case>,
    /// The place at each number.
    pub places: Vec<LocationId>,
}

/// Places that send parcels, the better-ranked first; no more than can be told apart.
pub fn places(world: &World) -> Vec<LocationId> {
    let mut able: Vec<&Location> = world.locations().filter(|l| l.ships).collect();
    able.sort_by_key(|l| (l.rank, l.id));
    able.iter().map(|l| l.id).take(LOCATIONS_MAX).collect()
}

/// Whether a parcel may leave from elsewhere: nobody has begun with it, and no carrier was told of it.
pub fn is_free(group: &Group, of: &Fulfillment) -> bool {
    of.method == Method::Ship && of.state == FulfillmentState::Open && group.parcel(of.id).is_none()
}

impl Collected {
    /// Takes a group's orders in.
    pub fn add(&mut self, world: &World, places: &[LocationId], group: &Group) {
        for order in &group.orders {
            let Some(draft) = draft(world, group, order.id) else {
                continue;
            };
            if !self.ways.contains_key(&draft.region) {
                let ways = places.iter().map(|&place| way(world, place, &draft.region));
                let ways: Vec<Way> = ways.collect();
                self.ways.insert(draft.region.clone(), ways);
            }
            self.drafts.push(draft);
        }
    }

    /// All of it with numbers. `None` where there is nothing to plan: no place, no carrier that goes anywhere, no order.
    pub fn problem(self, world: &World, places: Vec<LocationId>) -> Option<Problem> {
        let Self { mut drafts, ways } = self;
        let numbers: BTreeMap<Region, u16> = ways.keys().cloned().zip(0..).collect();
        if places.is_empty() || numbers.is_empty() || numbers.len() >= REGIONS_MAX {
            return None;
        }
        let carriers = numbered(
            ways.values()
                .flatten()
                .flatten()
                .map(|(_, carrier)| *carrier),
        );
        let network = network(world, &places, &ways, &carriers)?;
        // What leaves from where no carrier collects, or where nothing is sent, is not weighed against anything.
        drafts.retain(|draft| {
            let ways = &ways[&draft.region];
            let mut held = draft.case.held.iter();
            held.all(|h| {
                let place = places.iter().position(|p| *p == h.location);
                place.is_some_and(|place| ways[place].is_some())
            })
        });
        let variants = numbered(drafts.iter().flat_map(|d| d.wanted.iter().map(|(v, _)| *v)));
        if variants.is_empty() {
            return None;
        }
        let mut left = left(world, &network, (&places, &variants, &carriers))?;
        let mut orders = Orders::new(Bounds::of(&network, 1, variants.len()));
        let (mut plans, mut cases) = (Vec::new(), Vec::new());
        for draft in drafts {
            let order = Order {
                region: numbers[&draft.region],
                promise: 0,
                wave: 0,
                excluded: 0,
            };
            let line = |(variant, quantity): &(VariantId, u32)| Line {
                variant: variants[variant],
                quantity: *quantity,
            };
            let lines: Vec<Line> = draft.wanted.iter().map(line).collect();
            // One that cannot be planned stays as it is.
            if orders.push(order, &lines).is_err() {
                continue;
            }
            let plan = plan_of(&draft.case, &places);
            take_places(&mut left.limits, &network, &order, &plan);
            plans.push(plan);
            cases.push(draft.case);
        }
        (!cases.is_empty()).then_some(Problem {
            network,
            orders,
            plans,
            left,
            cases,
            places,
        })
    }
}

/// Things with numbers, from 0 in their order.
fn numbered<T: Ord>(things: impl Iterator<Item = T>) -> BTreeMap<T, u32> {
    let mut numbers: BTreeMap<T, u32> = things.map(|thing| (thing, 0)).collect();
    for (number, of) in (0..).zip(numbers.values_mut()) {
        *of = number;
    }
    numbers
}

/// An order's open parcels; `None` where there is none, or where two lines are of one variant, which a plan can't tell apart.
fn draft(world: &World, group: &Group, order: OrderId) -> Option<Draft> {
    let address = group.destination.as_ref()?;
    let (mut case, mut wanted) = (
        Case {
            lines: Vec::new(),
            held: Vec::new(),
        },
        Vec::<(VariantId, u32)>::new(),
    );
    let own = |f: &&Fulfillment| f.order == order && is_free(group, f);
    for f in group.fulfillments.iter().filter(own) {
        for &(number, pieces) in &f.lines {
            let line = case.lines.iter().position(|n| *n == number);
            let line = match line {
                Some(line) => line,
                None => {
                    let variant = group.lines().find(|l| l.number == number)?.variant;
                    if wanted.iter().any(|(known, _)| *known == variant) {
                        return None;
                    }
                    case.lines.push(number);
                    wanted.push((variant, 0));
                    case.lines.len() - 1
                }
            };
            wanted[line].1 += pieces;
            case.held.push(Held {
                fulfillment: f.id,
                location: f.location,
                line,
                pieces,
            });
        }
    }
    let level = match group.delivery {
        Delivery::Ship(rate) => world.shipping_rate(rate).map(|r| r.service_level.clone()),
        Delivery::Pickup(_) | Delivery::CarryOut(_) => None,
    };
    let region = Region {
        country: address.country?,
        postal: postal(&address.postal_code),
        level,
        grams: class(grams(world, &wanted)),
    };
    (!wanted.is_empty()).then_some(Draft {
        case,
        wanted,
        region,
    })
}

/// What articles weigh by the catalog, if that is known of all.
fn grams(world: &World, wanted: &[(VariantId, u32)]) -> Option<u64> {
    let one = |(variant, pieces): &(VariantId, u32)| {
        let product = world.product(variant.parent())?;
        let grams = product.variant(*variant)?.weight_grams;
        (grams > 0).then_some(u64::from(grams) * u64::from(*pieces))
    };
    wanted.iter().map(one).sum()
}

fn class(grams: Option<u64>) -> u32 {
    let grams = grams.unwrap_or(u64::from(UNKNOWN_GRAMS));
    let fits = CLASSES_GRAMS.iter().find(|most| u64::from(**most) >= grams);
    let heaviest = || u32::try_from(grams).unwrap_or(u32::MAX);
    fits.copied().unwrap_or_else(heaviest)
}

/// What the cheapest carrier asks that bills in the shop's currency.
fn way(world: &World, place: LocationId, region: &Region) -> Way {
    let location = world.location(place)?;
    let today = api::promise::local(location, now_ms()).date();
    let part = |number: i16| u32::try_from(number).unwrap_or(0);
    let shipment = Shipment {
        location: place,
        country: region.country,
        postal_code: &region.postal,
        level: region.level.as_deref(),
        weight_grams: region.grams,
        size_mm: None,
        day: part(today.year()) * 10_000
            + part(today.month().into()) * 100
            + part(today.day().into()),
    };
    let currency = world.shop()?.currency;
    let (found, _) = offers(world, &shipment);
    let is_ours = |id| {
        world
            .carrier(id)
            .is_some_and(|c: &Carrier| c.currency == currency)
    };
    let cheapest = found.iter().find(|offer| is_ours(offer.carrier))?;
    let price = u32::try_from(cheapest.price).unwrap_or(COST_MAX);
    Some((price.min(COST_MAX), cheapest.carrier))
}

fn network(
    world: &World,
    places: &[LocationId],
    ways: &BTreeMap<Region, Vec<Way>>,
    carriers: &BTreeMap<CarrierId, u32>,
) -> Option<Network> {
    let site = |id: &LocationId| Site {
        rank: world
            .location(*id)
            .map_or(u16::MAX, |l| u16::try_from(l.rank).unwrap_or(u16::MAX)),
        kind: Kind::Warehouse,
        is_open: true,
    };
    let lane = |way: &Way| {
        let (parcel, carrier) = (*way)?;
        Some(Lane {
            parcel,
            unit: 0,
            days: 0,
            carrier: u8::try_from(carriers[&carrier]).ok()?,
        })
    };
    let made = Network::new(Input {
        locations: places.iter().map(site).collect(),
        regions: ways.len(),
        carriers: carriers.len(),
        lanes: ways.values().flatten().map(lane).collect(),
        promises: vec![Promise {
            days: 0,
            late_per_day: 0,
        }],
        rules: Rules {
            shops_ship: true,
            parcels_max: u8::MAX,
            extra_parcel: 0,
            unserved_unit: COST_MAX,
        },
    });
    made.inspect_err(|error| tracing::debug!(%error, "parcels cannot be planned anew"))
        .ok()
}

fn left(
    world: &World,
    network: &Network,
    (places, variants, carriers): (
        &[LocationId],
        &BTreeMap<VariantId, u32>,
        &BTreeMap<CarrierId, u32>,
    ),
) -> Option<Left> {
    let mut stock = Stock::new(variants.len(), places.len()).ok()?;
    for (&variant, &number) in variants {
        for (place, &location) in places.iter().enumerate() {
            let available = world.level(variant, location).available();
            let units = u32::try_from(available).unwrap_or(0);
            stock.set(number, place, units).ok()?;
        }
    }
    let mut limits = Limits::new(network, 1).ok()?;
    for (&id, &number) in carriers {
        let quota = world.carrier(id).and_then(|c| c.daily_quota);
        if let Some(quota) = quota {
            let booked = world.number_pool(id).map_or(0, |pool| pool.booked);
            let left = quota.saturating_sub(booked);
            limits.set_carrier(number as usize, left).ok()?;
        }
    }
    Some(Left { stock, limits })
}

fn plan_of(case: &Case, places: &[LocationId]) -> Plan {
    let mut parts: Vec<Part> = Vec::with_capacity(case.held.len());
    for held in &case.held {
        let place = places.iter().position(|p| *p == held.location);
        let location = place
            .and_then(|at| u8::try_from(at).ok())
            .unwrap_or(u8::MAX);
        let line = u16::try_from(held.line).unwrap_or(u16::MAX);
        // Two parcels of one order may leave from one place.
        let same = parts
            .iter_mut()
            .find(|p| (p.line, p.location) == (line, location));
        match same {
            Some(part) => part.quantity += held.pieces,
            None => parts.push(Part {
                line,
                location,
                quantity: held.pieces,
            }),
        }
    }
    parts.sort_unstable();
    Plan { parts }
}

/// What is left of carriers' days beside a plan.
fn take_places(limits: &mut Limits, network: &Network, order: &Order, plan: &Plan) {
    let places = plan.locations();
    for place in (0..network.locations()).filter(|place| places >> place & 1 == 1) {
        if let Some(lane) = network.lane(usize::from(order.region), place) {
            let carrier = usize::from(lane.carrier);
            let left = limits.carrier(carrier);
            if left != logistics::sourcing::UNLIMITED {
                let set = limits.set_carrier(carrier, left.saturating_sub(1));
                set.expect("a lane's carrier is one of the network's");
            }
        }
    }
}
