//! Made-up days of trade to measure sourcing on, the same for the same seed on every machine: even powers are worked out
//! here, because a processor's library is allowed to round them as it likes.
//!
//! A country with regions of very different size, warehouses and shops, goods of which few sell most. Stock lies where a
//! forecast wanted it. Nothing here is needed to source real orders.

use super::limits::{LimitError, Limits};
use super::network::{Input, Kind, Lane, Location, Network, NetworkError, Promise, Rules};
use super::orders::{Bounds, Line, Order, OrderError, Orders};
use super::plan::Left;
use super::stock::{Stock, StockError};
use crate::random::Random;
use alloc::vec::Vec;
use core::fmt;

/// How unevenly variants sell: the weight of the n-th is n to the power of minus this.
const ZIPF: f64 = 0.95;
/// The same for regions.
const REGION_POWER: f64 = 0.8;
/// Orders with one line, two, and so on, in percent.
const BASKETS: [usize; 5] = [62, 20, 10, 5, 3];
/// Lines of one unit, two and three, in percent.
const QUANTITIES: [usize; 3] = [94, 5, 1];
/// Variants that are everywhere, and those at six sites, in percent; the best sellers first. The rest is at one to three.
const BROAD: usize = 5;
const AT_SIX: usize = 20;
/// Orders to be there the next day, in percent.
const NEXT_DAY: usize = 30;
/// Orders that contain the flash variant, in percent.
const FLASH: usize = 30;
/// Every so many-th site is a warehouse, the others are shops.
const WAREHOUSE_EVERY: usize = 3;
/// The country is a square with sides of so many kilometers.
const SIDE_KM: f64 = 1_000.0;
/// Lanes from shops that are closed, in percent.
const CLOSED: usize = 5;
/// How often a shopper looks for something that is not sold out.
const DRAWS_MAX: usize = 64;
/// Waves of picking in a day.
const WAVES: usize = 2;
const CARRIERS: usize = 3;

/// How much there is of what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scarcity {
    /// A third more units than a day asks for, and half as many parcels more.
    Mild,
    /// As many units as a day asks for, and hardly more parcels.
    Severe,
}

/// What day is to be made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// Another seed, another day.
    pub seed: u64,
    /// How many variants; at least 1.
    pub variants: usize,
    /// How many locations; at least 1.
    pub locations: usize,
    /// How many regions; at least 1.
    pub regions: usize,
    /// How many orders the day has.
    pub orders: usize,
    /// How much there is of what they want.
    pub scarcity: Scarcity,
    /// Whether one variant is in three of ten orders.
    pub has_flash: bool,
    /// Whether the largest warehouse is closed.
    pub has_outage: bool,
    /// Whether stock was laid out for a day that this is not.
    pub is_forecast_wrong: bool,
}

/// A day.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Locations, lanes and rules.
    pub network: Network,
    /// `distance_km[region * locations + location]`.
    pub distance_km: Vec<u32>,
    /// What is there in the morning.
    pub left: Left,
    /// What is ordered, in the order of time.
    pub orders: Orders,
    /// What was expected.
    forecast: Demand,
    // By variant, how many units there are in all.
    sellable: Vec<u32>,
    bounds: Bounds,
}

/// Why a day cannot be made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerateError {
    /// Wrong counts for a network.
    Network(NetworkError),
    /// Wrong counts for stock.
    Stock(StockError),
    /// A limit that cannot be.
    Limit(LimitError),
    /// More orders than can be counted.
    Order(OrderError),
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such day can be made up: ")?;
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Stock(error) => error.fmt(f),
            Self::Limit(error) => error.fmt(f),
            Self::Order(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for GenerateError {}

impl From<NetworkError> for GenerateError {
    fn from(error: NetworkError) -> Self {
        Self::Network(error)
    }
}

impl From<StockError> for GenerateError {
    fn from(error: StockError) -> Self {
        Self::Stock(error)
    }
}

impl From<LimitError> for GenerateError {
    fn from(error: LimitError) -> Self {
        Self::Limit(error)
    }
}

impl From<OrderError> for GenerateError {
    fn from(error: OrderError) -> Self {
        Self::Order(error)
    }
}

impl Trial {
    /// Makes a day up.
    ///
    /// # Errors
    /// [`GenerateError`] for counts of nothing or of too much.
    pub fn generate(scenario: &Scenario) -> Result<Self, GenerateError> {
        let mut random = Random::of(scenario.seed, 1);
        let country = Country::of(scenario, &mut random);
        let network = Network::new(country.input(scenario, &mut random))?;
        let bounds = Bounds::of(&network, WAVES, scenario.variants);
        let forecast = Demand::of(scenario);
        let demand = match scenario.is_forecast_wrong {
            false => forecast.clone(),
            true => forecast.distorted(&mut random),
        };
        let stock = country.stock(scenario, &forecast, &mut random)?;
        let limits = country.limits(scenario, &network)?;
        let sellable = sellable(&network, &stock);
        let draws = &mut Random::of(scenario.seed, 2);
        let orders = demand.draw(bounds, scenario.orders, sellable.clone(), draws)?;
        Ok(Self {
            network,
            distance_km: country.distance_km,
            left: Left { stock, limits },
            orders,
            forecast,
            sellable,
            bounds,
        })
    }

    /// A day of so many orders as the forecast expects it.
    ///
    /// # Errors
    /// More orders than can be counted.
    pub fn sample_day(&self, orders: usize, seed: u64) -> Result<Orders, OrderError> {
        let sellable = self.sellable.clone();
        self.forecast
            .draw(self.bounds, orders, sellable, &mut Random::of(seed, 3))
    }
}

// Units at places that are open: more than that a shop does not sell.
fn sellable(network: &Network, stock: &Stock) -> Vec<u32> {
    let open: Vec<usize> = (0..network.locations())
        .filter(|&site| network.input().locations[site].is_open)
        .collect();
    let units = |variant: usize| {
        open.iter()
            .map(|&site| stock.units(variant as u32, site))
            .sum()
    };
    (0..stock.variants()).map(units).collect()
}

struct Country {
    kinds: Vec<Kind>,
    distance_km: Vec<u32>,
    // By location, how much of the country's demand it is near to; sums up to one.
    pull: Vec<f64>,
}

impl Country {
    fn of(scenario: &Scenario, random: &mut Random) -> Self {
        let mut somewhere = || (random.unit() * SIDE_KM, random.unit() * SIDE_KM);
        let regions: Vec<(f64, f64)> = (0..scenario.regions).map(|_| somewhere()).collect();
        let mut sites: Vec<(f64, f64)> = Vec::new();
        for site in 0..scenario.locations {
            // Shops are where the people are, warehouses where land was to be had.
            let is_shop = !site.is_multiple_of(WAREHOUSE_EVERY);
            let region = regions.get(site / 2).copied().filter(|_| is_shop);
            sites.push(region.unwrap_or_else(&mut somewhere));
        }
        let away = |from: (f64, f64), to: (f64, f64)| {
            root((from.0 - to.0) * (from.0 - to.0) + (from.1 - to.1) * (from.1 - to.1))
        };
        let pairs = regions
            .iter()
            .flat_map(|&region| sites.iter().map(move |&site| (region, site)));
        let distance_km: Vec<u32> = pairs
            .map(|(region, site)| away(region, site) as u32)
            .collect();
        let weights: Vec<f64> = (0..scenario.regions)
            .map(|n| power((n + 1) as f64, -REGION_POWER))
            .collect();
        let kind = |site: usize| {
            if site.is_multiple_of(WAREHOUSE_EVERY) {
                Kind::Warehouse
            } else {
                Kind::Shop
            }
        };
        let kinds: Vec<Kind> = (0..scenario.locations).map(kind).collect();
        let mut pull = alloc::vec![0.0; scenario.locations];
        for (region, weight) in weights.iter().enumerate() {
            for (site, pull) in pull.iter_mut().enumerate() {
                let near = f64::from(distance_km[region * scenario.locations + site]) / 150.0;
                let size = if kinds[site] == Kind::Warehouse {
                    4.0
                } else {
                    1.0
                };
                *pull += size * weight / (1.0 + near * near);
            }
        }
        let sum: f64 = pull.iter().sum();
        pull.iter_mut().for_each(|pull| *pull /= sum);
        Self {
            kinds,
            distance_km,
            pull,
        }
    }

    fn largest_warehouse(&self) -> usize {
        let larger = |a: &usize, b: &usize| self.pull[*a].total_cmp(&self.pull[*b]);
        self.warehouses().max_by(larger).unwrap_or(0)
    }

    fn warehouses(&self) -> impl Iterator<Item = usize> {
        (0..self.kinds.len()).filter(|&site| self.kinds[site] == Kind::Warehouse)
    }

    fn input(&self, scenario: &Scenario, random: &mut Random) -> Input {
        let outage = scenario.has_outage.then(|| self.largest_warehouse());
        let location = |(site, &kind): (usize, &Kind)| Location {
            rank: site as u16,
            kind,
            is_open: Some(site) != outage,
        };
        let lanes = self.distance_km.iter().enumerate().map(|(index, &km)| {
            let (region, site) = (index / scenario.locations, index % scenario.locations);
            let is_shop = self.kinds[site] == Kind::Shop;
            let is_closed = is_shop && random.below(100) < CLOSED;
            let handling = if is_shop { 130 } else { 60 };
            let lane = Lane {
                parcel: 240 + handling + km / 4,
                unit: 12 + km / 30,
                days: (1 + km / 300) as u8,
                carrier: ((region + site) % CARRIERS) as u8,
            };
            (!is_closed).then_some(lane)
        });
        Input {
            lanes: lanes.collect(),
            locations: self.kinds.iter().enumerate().map(location).collect(),
            regions: scenario.regions,
            carriers: CARRIERS,
            promises: alloc::vec![
                Promise {
                    days: 3,
                    late_per_day: 100
                },
                Promise {
                    days: 1,
                    late_per_day: 250
                },
            ],
            rules: Rules {
                shops_ship: true,
                parcels_max: 4,
                extra_parcel: 200,
                unserved_unit: 2_500,
            },
        }
    }

    // Stock as the forecast wants it: where the variant is, by how near the location is to the people.
    fn stock(
        &self,
        scenario: &Scenario,
        forecast: &Demand,
        random: &mut Random,
    ) -> Result<Stock, StockError> {
        let mut stock = Stock::new(scenario.variants, scenario.locations)?;
        let more = match scenario.scarcity {
            Scarcity::Mild => 1.33,
            Scarcity::Severe => 1.0,
        };
        let mut sites: Vec<usize> = (0..scenario.locations).collect();
        let warehouses: Vec<usize> = self.warehouses().collect();
        for variant in 0..scenario.variants {
            let expected = forecast.expected_units(variant, scenario.orders) * more;
            let count = match variant * 100 / scenario.variants {
                percent if percent < BROAD => scenario.locations,
                percent if percent < BROAD + AT_SIX => 6,
                _ => 1 + random.below(3),
            };
            let count = count.min(scenario.locations);
            for place in 0..count {
                sites.swap(place, place + random.below(scenario.locations - place));
            }
            // Shops don't reach everybody: what is at few sites is at a warehouse in any case.
            let first = warehouses[random.below(warehouses.len())];
            if let Some(at) = sites.iter().position(|&site| site == first) {
                sites.swap(0, at);
            }
            let share =
                |&site: &usize, random: &mut Random| self.pull[site] * (0.5 + random.unit());
            let shares: Vec<f64> = sites[..count]
                .iter()
                .map(|site| share(site, random))
                .collect();
            let sum: f64 = shares.iter().sum();
            for (&site, share) in sites[..count].iter().zip(shares) {
                // A part of a unit is a unit by chance, so that slow sellers are not everywhere.
                let units = (expected * share / sum + random.unit()) as u32;
                stock.set(variant as u32, site, units)?;
            }
        }
        Ok(stock)
    }

    fn limits(&self, scenario: &Scenario, network: &Network) -> Result<Limits, LimitError> {
        let mut limits = Limits::new(network, WAVES)?;
        let (parcels_per_order, more, quota) = match scenario.scarcity {
            Scarcity::Mild => (1.2, 1.5, 1.2),
            Scarcity::Severe => (1.3, 1.1, 1.0),
        };
        let parcels = scenario.orders as f64 * parcels_per_order;
        for wave in 0..WAVES {
            for (site, pull) in self.pull.iter().enumerate() {
                let share = parcels * more * pull / WAVES as f64;
                limits.set_location(wave, site, 1 + share as u32)?;
            }
        }
        limits.set_carrier(0, 1 + (parcels * quota / CARRIERS as f64) as u32)?;
        Ok(limits)
    }
}

/// What people order: variants and regions by weight.
#[derive(Debug, Clone)]
struct Demand {
    // Sums of weights up to each.
    variants: Vec<f64>,
    regions: Vec<f64>,
    has_flash: bool,
}

impl Demand {
    fn of(scenario: &Scenario) -> Self {
        let weights =
            |count: usize, exponent: f64| (0..count).map(move |n| power((n + 1) as f64, -exponent));
        Self {
            variants: sums(weights(scenario.variants, ZIPF)),
            regions: sums(weights(scenario.regions, REGION_POWER)),
            has_flash: scenario.has_flash,
        }
    }

    // What happens instead of what was expected: everything sells between half and twice as well.
    fn distorted(&self, random: &mut Random) -> Self {
        let mut distort = |sum: &[f64]| {
            let weights = (0..sum.len()).map(|n| sum[n] - if n == 0 { 0.0 } else { sum[n - 1] });
            sums(weights.map(|weight| weight * power(2.0, 2.0 * random.unit() - 1.0)))
        };
        Self {
            variants: distort(&self.variants),
            regions: distort(&self.regions),
            has_flash: self.has_flash,
        }
    }

    fn expected_units(&self, variant: usize, orders: usize) -> f64 {
        let mean = |table: &[usize]| {
            let sum: usize = table
                .iter()
                .enumerate()
                .map(|(index, percent)| (index + 1) * percent)
                .sum();
            sum as f64 / 100.0
        };
        let before = if variant == 0 {
            0.0
        } else {
            self.variants[variant - 1]
        };
        let all = self.variants[self.variants.len() - 1];
        let lines = orders as f64 * mean(&BASKETS) * (self.variants[variant] - before) / all;
        let flash = if self.has_flash && variant == 0 {
            orders as f64 * FLASH as f64 / 100.0
        } else {
            0.0
        };
        (lines + flash) * mean(&QUANTITIES)
    }

    // Orders for what is there: who wants what is sold out takes something else, or less.
    fn draw(
        &self,
        bounds: Bounds,
        count: usize,
        mut sellable: Vec<u32>,
        random: &mut Random,
    ) -> Result<Orders, OrderError> {
        let mut orders = Orders::new(bounds);
        let mut lines: Vec<Line> = Vec::new();
        for index in 0..count {
            let order = Order {
                region: pick(&self.regions, random) as u16,
                promise: u8::from(random.below(100) < NEXT_DAY),
                wave: (index * bounds.waves / count) as u8,
                excluded: 0,
            };
            lines.clear();
            let mut add = |variant: usize, lines: &mut Vec<Line>, random: &mut Random| {
                let line = Line {
                    variant: variant as u32,
                    quantity: quantity(random),
                };
                let is_other = lines.iter().all(|before| before.variant != line.variant);
                if is_other && sellable[variant] >= line.quantity {
                    sellable[variant] -= line.quantity;
                    lines.push(line);
                }
            };
            if self.has_flash && random.below(100) < FLASH {
                add(0, &mut lines, random);
            }
            let wanted = (1 + percentile(&BASKETS, random)).min(bounds.variants);
            for _ in 0..DRAWS_MAX {
                if lines.len() < wanted {
                    add(pick(&self.variants, random), &mut lines, random);
                }
            }
            if !lines.is_empty() {
                orders.push(order, &lines)?;
            }
        }
        Ok(orders)
    }
}

fn quantity(random: &mut Random) -> u32 {
    1 + percentile(&QUANTITIES, random) as u32
}

fn percentile(table: &[usize], random: &mut Random) -> usize {
    let mut drawn = random.below(100);
    let below = |&percent: &usize| {
        let is_here = drawn < percent;
        drawn = drawn.saturating_sub(percent);
        is_here
    };
    table.iter().position(below).unwrap_or(0)
}

fn sums(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let up_to = weights.map(|weight| {
        sum += weight;
        sum
    });
    up_to.collect()
}

fn pick(sums: &[f64], random: &mut Random) -> usize {
    let drawn = random.unit() * sums[sums.len() - 1];
    sums.partition_point(|&sum| sum <= drawn)
        .min(sums.len() - 1)
}

/// `base` to the power of `exponent`, for a base above 0: to a millionth or so, and the same on every machine.
fn power(base: f64, exponent: f64) -> f64 {
    const LN_2: f64 = core::f64::consts::LN_2;
    let bits = base.to_bits();
    let twos = (bits >> 52 & 0x7ff) as f64 - 1023.0;
    let mantissa = f64::from_bits(bits & !(0x7ff << 52) | 1023 << 52);
    // ln m = 2 artanh((m - 1) / (m + 1)), whose series ends soon for a mantissa between 1 and 2.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let series = (0..12)
        .rev()
        .fold(0.0, |sum, n| sum * t * t + 1.0 / f64::from(2 * n + 1));
    let logarithm = (twos * LN_2 + 2.0 * t * series) * exponent;
    let whole = (logarithm / LN_2) as i64;
    let rest = logarithm - whole as f64 * LN_2;
    let exponential = (1..16)
        .rev()
        .fold(1.0, |sum, n| sum * rest / f64::from(n) + 1.0);
    exponential * f64::from_bits(((1023 + whole.clamp(-1022, 1023)) as u64) << 52)
}

/// The square root by Newton's method.
fn root(square: f64) -> f64 {
    if square <= 0.0 {
        return 0.0;
    }
    let start = f64::from_bits((square.to_bits() >> 1) + (1023 << 51));
    (0..5).fold(start, |root, _| 0.5 * (root + square / root))
}
