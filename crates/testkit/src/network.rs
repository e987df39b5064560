//! A shop whose carrier drives by a timetable as large as a country's.

use crate::harness::Harness;
use crate::shop::{NOW, SmallShop};
use commerce::carrier::{Area, Carrier, CheckDigit, Numbering, Rate, Service, Timetable};
use commerce::command::{Command, Envelope, SaveCarrier};
use commerce::id::CarrierId;
use std::fmt::Write;
use std::path::Path;
use store::StoreError;
use store::sqlite::SqliteStore;

/// Hubs of the carrier.
const HUBS: usize = 30;
/// Its lines between hubs, beside those from the warehouse.
const LINES: usize = 390;
/// Its delivery areas, each with two tours a day.
pub const NETWORK_AREAS: usize = 3_000;

/// Makes a shop in a folder, with a carrier of 30 hubs, 400 lines and 3,000 areas: postal codes begin with `0000` to
/// `2999`.
///
/// # Errors
/// When it cannot be written.
///
/// # Panics
/// When the core refuses the shop, which it does not.
pub fn fill_network(folder: &Path, shop: &SmallShop) -> Result<(), StoreError> {
    let mut harness = Harness::new(SqliteStore::open(folder)?)?;
    let carrier = Envelope::system(Command::SaveCarrier(SaveCarrier {
        carrier: carrier(shop),
        blocks: vec![(0, 999_999)],
        expected_version: Some(0),
    }));
    for command in shop.commands().into_iter().chain([carrier]) {
        harness.submit(NOW, command).expect("the shop can be made");
    }
    Ok(())
}

fn carrier(shop: &SmallShop) -> Carrier {
    let area = |n: usize| Area {
        country: shop.country,
        prefix: format!("{n:04}"),
        zone: "1".to_string(),
        sorting: format!("A{n:04}"),
        closed: false,
    };
    Carrier {
        connector: String::new(),
        id: CarrierId(1 << 20),
        version: 0,
        code: "net".to_string(),
        name: "Net".to_string(),
        active: true,
        own_fleet: false,
        numbering: Numbering::Plain {
            prefix: "N".to_string(),
            digits: 6,
            check: CheckDigit::None,
        },
        tracking_url: String::new(),
        locations: Vec::new(),
        daily_quota: None,
        currency: shop.currency,
        volume_divisor: 0,
        services: vec![Service {
            code: "parcel".to_string(),
            name: "Parcel".to_string(),
            levels: vec!["standard".to_string()],
            weight_max_grams: 31_500,
            side_max_mm: 0,
            girth_max_mm: 0,
        }],
        areas: (0..NETWORK_AREAS).map(area).collect(),
        rates: vec![Rate {
            service: "parcel".to_string(),
            zone: "1".to_string(),
            up_to_grams: 31_500,
            price: 400,
        }],
        surcharges: Vec::new(),
        timetables: vec![timetable()],
    }
}

/// Waves to ten hubs, lines from hub to hub over the day, tours in the morning and in the afternoon.
fn timetable() -> Timetable {
    let mut calendars = "calendar,day,hours\n".to_string();
    for day in ["mon", "tue", "wed", "thu", "fri", "sat"] {
        let _ = writeln!(calendars, "all,{day},00:00-24:00");
    }
    let mut hubs = "code,time_zone,calendar\n".to_string();
    for hub in 0..HUBS {
        let _ = writeln!(hubs, "h{hub},Europe/Berlin,all");
    }
    let mut lines = "code,from,to,calendar,cutoff,depart,arrive,capacity\n".to_string();
    let time = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut line = |code: &str, from: &str, to: &str, (cutoff, takes): (usize, usize)| {
        let (depart, arrive) = (time(cutoff + 15), time(cutoff + 15 + takes));
        let cutoff = time(cutoff);
        let _ = writeln!(
            lines,
            "{code},{from},{to},all,{cutoff},{depart},{arrive},500"
        );
    };
    for hub in 0..10 {
        let to = format!("h{}", hub * 3);
        line(&format!("w{hub}"), "warehouse-1", &to, (900 + hub * 20, 90));
    }
    for n in 0..LINES {
        let (from, step) = (n % HUBS, 1 + n / HUBS % 7);
        let (from, to) = (format!("h{from}"), format!("h{}", (from + step) % HUBS));
        line(
            &format!("l{n}"),
            &from,
            &to,
            (n * 97 % 1_440, 60 + n % 5 * 60),
        );
    }
    let mut zones = "zone,hub,time_zone,calendar,cutoff,from,to,capacity\n".to_string();
    for area in 0..NETWORK_AREAS {
        for (cutoff, from, to) in [("06:00", "09:00", "14:00"), ("13:00", "15:00", "20:00")] {
            let hub = area % HUBS;
            let _ = writeln!(
                zones,
                "A{area:04},h{hub},Europe/Berlin,all,{cutoff},{from},{to},200"
            );
        }
    }
    Timetable {
        service: "parcel".to_string(),
        calendars,
        hubs,
        lines,
        zones,
        programmes: String::new(),
        closures: String::new(),
    }
}
