//! The demo's carriers with their timetables: couriers of its own around Hamburg, and a post that goes far. Neither is a real company's terms.

use super::{EUR, TAX_RATES, UNION_OUTSIDERS, country};
use commerce::carrier::{
    Area, Carrier, CheckDigit, Numbering, Rate, Service, Surcharge, SurchargeAmount, SurchargeWhen,
    Timetable,
};
use commerce::command::{Command, SaveCarrier};
use commerce::id::CarrierId;

/// Where the couriers go: postal codes of Hamburg and around it.
const CITY: [&str; 4] = ["20", "21", "22", "255"];
/// Islands without a bridge: ferries cost extra.
const ISLANDS: [&str; 6] = ["25849", "25859", "25938", "26465", "26548", "27498"];
/// Countries further away that the post goes to.
const FAR: [&str; 8] = ["AU", "CA", "CH", "CN", "GB", "JP", "NO", "US"];
/// Service, zone, weight in grams, price in cents.
const POST_RATES: [(&str, &str, u32, i64); 12] = [
    ("parcel", "1", 2_000, 419),
    ("parcel", "1", 5_000, 549),
    ("parcel", "1", 10_000, 749),
    ("parcel", "1", 31_500, 1_199),
    ("parcel", "2", 2_000, 899),
    ("parcel", "2", 10_000, 1_399),
    ("parcel", "2", 31_500, 2_290),
    ("parcel", "3", 2_000, 1_690),
    ("parcel", "3", 20_000, 4_990),
    ("express", "1", 20_000, 1_290),
    ("express", "2", 20_000, 2_990),
    ("express", "3", 20_000, 5_990),
];

/// Both of them; the post is told of its parcels by this connector, or by people where it is empty.
pub fn carriers(next_id: &mut dyn FnMut() -> u64, of_post: &str) -> Vec<Command> {
    let save = |(carrier, last)| {
        Command::SaveCarrier(SaveCarrier {
            carrier,
            blocks: vec![(0, last)],
            expected_version: Some(0),
        })
    };
    let mut id = || CarrierId(next_id());
    [
        (couriers(id()), 999_999_999),
        (post(id(), of_post), 9_999_999_999),
    ]
    .map(save)
    .into()
}

fn plain(prefix: &str, digits: u8) -> Numbering {
    Numbering::Plain {
        prefix: prefix.to_string(),
        digits,
        check: CheckDigit::Mod10,
    }
}

fn area(code: &str, prefix: &str, zone: &str) -> Area {
    Area {
        country: country(code),
        prefix: prefix.to_string(),
        zone: zone.to_string(),
        sorting: format!("{code} {prefix}").trim_end().to_string(),
        closed: false,
    }
}

fn service(code: &str, name: &str, levels: &[&str], weight_max_grams: u32) -> Service {
    Service {
        code: code.to_string(),
        name: name.to_string(),
        levels: levels.iter().map(ToString::to_string).collect(),
        weight_max_grams,
        side_max_mm: 1_200,
        girth_max_mm: 3_000,
    }
}

fn couriers(id: CarrierId) -> Carrier {
    let rate = |up_to_grams, price| Rate {
        service: "courier".to_string(),
        zone: "city".to_string(),
        up_to_grams,
        price,
    };
    Carrier {
        id,
        version: 0,
        code: "own".to_string(),
        name: "Our couriers".to_string(),
        active: true,
        own_fleet: true,
        numbering: plain("SE", 9),
        connector: String::new(),
        tracking_url: String::new(),
        locations: Vec::new(),
        daily_quota: Some(400),
        currency: EUR,
        volume_divisor: 0,
        services: vec![service(
            "courier",
            "Courier",
            &["standard", "express"],
            20_000,
        )],
        areas: CITY
            .iter()
            .map(|prefix| area("DE", prefix, "city"))
            .collect(),
        rates: vec![rate(5_000, 390), rate(20_000, 590)],
        surcharges: Vec::new(),
        timetables: vec![Timetable {
            service: "courier".to_string(),
            calendars: include_str!("timetables/courier/calendars.csv").to_string(),
            hubs: String::new(),
            lines: include_str!("timetables/courier/lines.csv").to_string(),
            zones: include_str!("timetables/courier/zones.csv").to_string(),
            programmes: include_str!("timetables/courier/programmes.csv").to_string(),
            closures: String::new(),
        }],
    }
}

/// Both services ride on the same lines, and express is brought first.
fn post_timetable(service: &str, zones: &str) -> Timetable {
    Timetable {
        service: service.to_string(),
        calendars: include_str!("timetables/post/calendars.csv").to_string(),
        hubs: include_str!("timetables/post/hubs.csv").to_string(),
        lines: include_str!("timetables/post/lines.csv").to_string(),
        zones: zones.to_string(),
        programmes: String::new(),
        closures: String::new(),
    }
}

fn post(id: CarrierId, connector: &str) -> Carrier {
    let union = TAX_RATES.iter().map(|&(code, ..)| code);
    let union = union.filter(|code| *code != "DE" && !UNION_OUTSIDERS.contains(code));
    let mut areas = vec![area("DE", "", "1")];
    areas.extend(ISLANDS.iter().map(|prefix| area("DE", prefix, "1-island")));
    areas.extend(union.map(|code| area(code, "", "2")));
    areas.extend(FAR.iter().map(|code| area(code, "", "3")));
    let rate = |zone: &str, (service, up_to_grams, price): (&str, u32, i64)| Rate {
        service: service.to_string(),
        zone: zone.to_string(),
        up_to_grams,
        price,
    };
    let mut rates = Vec::new();
    for (service, zone, grams, price) in POST_RATES {
        rates.push(rate(zone, (service, grams, price)));
        if zone == "1" {
            rates.push(rate("1-island", (service, grams, price)));
        }
    }
    let surcharge = |code: &str, when, amount| Surcharge {
        code: code.to_string(),
        when,
        amount,
    };
    let island = SurchargeWhen::Zone("1-island".to_string());
    Carrier {
        id,
        version: 0,
        code: "post".to_string(),
        name: "Parcel Post".to_string(),
        active: true,
        own_fleet: false,
        numbering: plain("PP", 10),
        connector: connector.to_string(),
        tracking_url: String::new(),
        locations: Vec::new(),
        daily_quota: None,
        currency: EUR,
        volume_divisor: 5_000,
        services: vec![
            service("parcel", "Parcel", &["standard"], 31_500),
            service("express", "Express", &["express"], 20_000),
        ],
        areas,
        rates,
        timetables: vec![
            post_timetable("parcel", include_str!("timetables/post/zones.csv")),
            post_timetable("express", include_str!("timetables/post/express.csv")),
        ],
        surcharges: vec![
            surcharge("island", island, SurchargeAmount::Fixed(1_500)),
            surcharge(
                "bulky",
                SurchargeWhen::LongerThan(1_000),
                SurchargeAmount::Fixed(490),
            ),
            surcharge(
                "fuel",
                SurchargeWhen::Always,
                SurchargeAmount::Percent(50_000),
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::command::Envelope;
    use commerce::decide;
    use commerce::world::{Sequences, World};

    #[test]
    fn they_are_sound() {
        let mut last = 0;
        let mut next = || {
            last += 256;
            last
        };
        let mut world = World::new(Vec::new(), Sequences::default(), 0);
        for command in carriers(&mut next, "") {
            decide(0, &Envelope::system(command), &mut world).expect("sound");
        }
        let areas: Vec<usize> = world.carriers().map(|c| c.areas.len()).collect();
        assert_eq!(world.carriers().count(), 2);
        assert!(areas.iter().all(|n| *n > 0));
    }
}
