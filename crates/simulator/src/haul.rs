//! The town's carrier, in a form of its own that the reference model reads: it goes to one of the town's two countries,
//! has few numbers, and takes so many parcels a day.

use crate::options::Options;
use crate::rng::Rng;
use crate::town::{DE, EUR};
use commerce::Command;
use commerce::carrier::{Area, Carrier, CheckDigit, Numbering, Rate, Service};
use commerce::command::SaveCarrier;
use commerce::id::CarrierId;

/// The carrier's id.
pub const CARRIER: CarrierId = CarrierId(0x8800);
/// The heaviest parcel that it takes, in grams.
pub const GRAMS_MAX: u32 = 10_000;

/// What it has.
#[derive(Debug, Clone)]
pub struct Haul {
    /// So many numbers, from 0 on.
    pub numbers: u64,
    /// So many parcels a day.
    pub quota: Option<u32>,
    /// Whether the shop tells it of parcels.
    pub connected: bool,
    /// Whether it is the shop's own fleet.
    pub fleet: bool,
}

impl Haul {
    /// The carrier of a seed, from random numbers of its own.
    pub fn new(seed: u64, options: &Options) -> Option<Self> {
        let mut rng = Rng::of(seed, 0x00ca_221e);
        (options.parcels > 0).then(|| Self {
            numbers: rng.pick(&[20, 500, 100_000]),
            quota: rng.percent(40).then(|| rng.pick(&[3, 50])),
            connected: rng.percent(60),
            fleet: options.rounds > 0,
        })
    }

    /// What tells the product of it.
    pub fn command(&self) -> Command {
        let carrier = Carrier {
            id: CARRIER,
            version: 0,
            code: "c".to_string(),
            name: "c".to_string(),
            active: true,
            own_fleet: self.fleet,
            numbering: Numbering::Plain {
                prefix: String::new(),
                digits: 6,
                check: CheckDigit::None,
            },
            connector: match self.connected {
                true => "depot".to_string(),
                false => String::new(),
            },
            tracking_url: String::new(),
            locations: Vec::new(),
            daily_quota: self.quota,
            currency: EUR,
            volume_divisor: 0,
            services: vec![Service {
                code: "s".to_string(),
                name: "s".to_string(),
                levels: vec!["standard".to_string()],
                weight_max_grams: GRAMS_MAX,
                side_max_mm: 0,
                girth_max_mm: 0,
            }],
            areas: vec![Area {
                country: DE,
                prefix: String::new(),
                zone: "z".to_string(),
                sorting: String::new(),
                closed: false,
            }],
            rates: vec![Rate {
                service: "s".to_string(),
                zone: "z".to_string(),
                up_to_grams: GRAMS_MAX,
                price: 100,
            }],
            surcharges: Vec::new(),
            timetables: Vec::new(),
        };
        Command::SaveCarrier(SaveCarrier {
            carrier,
            blocks: vec![(0, self.numbers - 1)],
            expected_version: None,
        })
    }
}
