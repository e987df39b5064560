//! Parcels as text tables: waybills booked and canceled, quotas, numbers, and what was seen on the way.

use super::*;
use crate::carrier::{
    Area, Carrier, CheckDigit, Numbering, Offer, Rate, Service, Shipment, Surcharge,
    SurchargeAmount, SurchargeWhen, cheapest, offers,
};
use crate::code::Country;
use crate::command::{Booking, SaveCarrier};
use crate::event::What;
use crate::id::CarrierId;
use crate::limits;
use crate::money::Currency;
use crate::order::Group;
use crate::parcel::{NoLabel, SeenBy, Sighting, TrackingStatus};
use alloc::string::ToString;
use alloc::vec::Vec;

const EUR: Currency = Currency::parse("EUR").expect("a code");
const SLOW: CarrierId = CarrierId(0xa000);
pub const QUICK: CarrierId = CarrierId(0xb000);
pub const DAY: u32 = 20_261_111;

/// The verbs of parcels: `book o [n] [carrier/service|-] grams [level]`, `unbook o [n]`, `label o [n]`, `hand-over o [n]`,
/// `see o n key status minutes [number[@place]]`: minutes from now, at a place by its id; `unsee` takes it back.
pub fn command(group: GroupId, now: i64, words: &[&str]) -> Command {
    let number = words.get(2).map_or(1, |w| w.parse().expect("a number"));
    let id = FulfillmentId::under(group, number);
    let step = match words[0] {
        "book" => FulfillmentStep::Book(Booking {
            service: words[3].split_once('/').map(|(carrier, service)| {
                let carrier = if carrier == "slow" { SLOW } else { QUICK };
                (carrier, service.to_string())
            }),
            preferred: Vec::new(),
            level: words.get(5).map(ToString::to_string),
            weight_grams: words[4].parse().expect("grams"),
            size_mm: None,
            day: DAY,
            number: None,
        }),
        "unbook" => FulfillmentStep::CancelWaybill,
        "label" => return Command::PrintLabels(vec![id]),
        "hand-over" => FulfillmentStep::Ship {
            carrier: String::new(),
            tracking_number: String::new(),
            tracking_url: String::new(),
        },
        see => {
            let is_status = |s: &&TrackingStatus| s.word() == words[4];
            let minutes: i64 = words[5].parse().expect("minutes");
            let told = *words.get(6).unwrap_or(&"SL00010");
            let (number, place) = told.split_once('@').unwrap_or((told, ""));
            let place = u64::from_str_radix(place, 16).ok();
            let sighting = Sighting {
                number: number.to_string(),
                key: words[3].parse().expect("a key"),
                at: now + minutes * 60_000,
                status: *TrackingStatus::ALL
                    .iter()
                    .find(is_status)
                    .expect("a status"),
                reason: String::new(),
                place: "Hub".to_string(),
                note: String::new(),
                by: SeenBy::Carrier,
                withdraws: see == "unsee",
                location: place.map(LocationId),
            };
            return Command::SeeParcel(id, sighting);
        }
    };
    Command::MoveFulfillment(id, step)
}

/// What a table shows of a group's parcels: number, price and where it is.
pub fn show(group: &Group) -> String {
    let one = |p: &crate::parcel::Parcel| {
        let lies = group.lies_at(p.fulfillment);
        let lies = lies.map_or_else(String::new, |place| format!(" @{:x}", place.0));
        format!(" [{} {} {}{lies}]", p.number, p.price, p.status().word())
    };
    group.parcels.iter().map(one).collect()
}

pub fn carrier(id: CarrierId, code: &str, prices: &[(&str, u32, i64)]) -> Carrier {
    let de = Country::parse("DE").expect("a country");
    let area = |prefix: &str, zone: &str, closed| Area {
        country: de,
        prefix: prefix.to_string(),
        zone: zone.to_string(),
        sorting: format!("{code}-{zone}"),
        closed,
    };
    let service = |name: &str, levels: &[&str], most| Service {
        code: name.to_string(),
        name: name.to_string(),
        levels: levels.iter().map(ToString::to_string).collect(),
        weight_max_grams: most,
        side_max_mm: 1_200,
        girth_max_mm: 3_000,
    };
    Carrier {
        id,
        version: 0,
        code: code.to_string(),
        name: code.to_uppercase(),
        active: true,
        own_fleet: false,
        numbering: Numbering::Plain {
            prefix: code[..2].to_uppercase(),
            digits: 5,
            check: CheckDigit::None,
        },
        connector: String::new(),
        tracking_url: "https://track.example/{number}".to_string(),
        locations: Vec::new(),
        daily_quota: None,
        currency: EUR,
        volume_divisor: 5_000,
        services: vec![
            service("parcel", &["standard"], 31_500),
            service("express", &["express", "standard"], 10_000),
        ],
        areas: vec![
            area("", "1", false),
            area("2749", "island", false),
            area("99", "1", true),
        ],
        rates: prices
            .iter()
            .flat_map(|&(service, up_to_grams, price)| {
                ["1", "island"].map(|zone| Rate {
                    service: service.to_string(),
                    zone: zone.to_string(),
                    up_to_grams,
                    price,
                })
            })
            .collect(),
        timetables: vec![],
        surcharges: vec![
            Surcharge {
                code: "island".to_string(),
                when: SurchargeWhen::Zone("island".to_string()),
                amount: SurchargeAmount::Fixed(1_500),
            },
            Surcharge {
                code: "fuel".to_string(),
                when: SurchargeWhen::Always,
                amount: SurchargeAmount::Percent(75_000),
            },
        ],
    }
}

pub fn slow() -> Carrier {
    carrier(
        SLOW,
        "slow",
        &[
            ("parcel", 2_000, 419),
            ("parcel", 10_000, 699),
            ("express", 5_000, 1_290),
        ],
    )
}

pub fn save(
    bench: &mut Bench,
    carrier: Carrier,
    blocks: &[(u64, u64)],
) -> Result<Outcome, Refusal> {
    bench.run(Command::SaveCarrier(SaveCarrier {
        carrier,
        blocks: blocks.to_vec(),
        expected_version: None,
    }))
}

/// A shop with two carriers of few numbers, and an order that is paid.
pub fn bench() -> Bench {
    let mut bench = Bench::new();
    save(&mut bench, slow(), &[(10, 12)]).expect("sound");
    let mut quick = carrier(
        QUICK,
        "quick",
        &[("parcel", 31_500, 899), ("express", 5_000, 990)],
    );
    quick.daily_quota = Some(1);
    save(&mut bench, quick, &[(0, 9)]).expect("sound");
    check_on(
        &mut bench,
        "stock a W1 50
         buy o 2a ship card => pendingpayment 2490 pending | pending
         book o 1 - 500     => order_not_confirmed
         authorized o       => confirmed 2490 authorized | open
         captured o         => confirmed 2490 captured | open",
    );
    bench
}

#[test]
fn a_waybill_is_booked_once_canceled_and_its_number_never_given_again() {
    // 4.19 and 7.5 % of it for fuel, rounded half up: 4.50.
    check_on(
        &mut bench(),
        "book o 1 - 0                     => field_invalid
         book o 7 - 500                   => not_found
         book o 1 - 500                   => confirmed 2490 captured | open [SL00010 450 pending]
         book o 1 - 500                   => confirmed 2490 captured | open [SL00010 450 pending]
         book o 1 slow/parcel 900         => confirmed 2490 captured | open [SL00010 450 pending]
         book o 1 quick/parcel 500        => waybill_exists
         label o                          => ok
         ship o                           => wrong_state
         pack o                           => confirmed 2490 captured | packed [SL00010 450 pending]
         ship o                           => waybill_exists
         unbook o                         => confirmed 2490 captured | packed
         unbook o                         => confirmed 2490 captured | packed
         label o                          => labels_refused
         book o 1 - 9000                  => confirmed 2490 captured | packed [SL00011 751 pending]
         hand-over o                      => confirmed 2490 captured | shipped [SL00011 751 pending]
         hand-over o                      => confirmed 2490 captured | shipped [SL00011 751 pending]
         unbook o                         => wrong_state
         book o 1 - 500                   => confirmed 2490 captured | shipped [SL00011 751 pending]",
    );
}

#[test]
fn labels_are_counted_all_or_none_and_all_that_cannot_be_printed_are_told() {
    let mut bench = bench();
    check_on(
        &mut bench,
        "book o 1 - 500     => confirmed 2490 captured | open [SL00010 450 pending]
         buy p 1a ship card => pendingpayment 1490 pending | pending
         authorized p       => confirmed 1490 authorized | open
         book p 1 - 500     => confirmed 1490 authorized | open [SL00011 450 pending]
         buy q 1a ship card => pendingpayment 1490 pending | pending
         authorized q       => confirmed 1490 authorized | open",
    );
    let id = |bench: &Bench, name| FulfillmentId::under(bench.group(name), 1);
    let [o, p, q, unknown] = ["o", "p", "q", "x"].map(|name| id(&bench, name));
    let print = |bench: &mut Bench, ids: &[FulfillmentId]| {
        let answer = bench.run(Command::PrintLabels(ids.to_vec()));
        let count = |of: FulfillmentId| {
            let group = bench.world.group(of.parent()).expect("known");
            group.parcel(of).map(|parcel| parcel.labels)
        };
        (answer, count(o), count(p))
    };
    assert_eq!(
        print(&mut bench, &[p, o]),
        (Ok(Outcome::Done), Some(1), Some(1))
    );
    assert_eq!(
        print(&mut bench, &[o]),
        (Ok(Outcome::Done), Some(2), Some(1))
    );
    let refused = vec![(q, NoLabel::NoWaybill), (unknown, NoLabel::Unknown)];
    let refusal = Err(Refusal::LabelsRefused { refused });
    assert_eq!(
        print(&mut bench, &[q, o, unknown, p]),
        (refusal, Some(2), Some(1))
    );
    let field = "fulfillments";
    for bad in [vec![], vec![o, p, o], vec![o; limits::LABELS_MAX + 1]] {
        let refusal = Err(Refusal::FieldInvalid { field });
        assert_eq!(print(&mut bench, &bad), (refusal, Some(2), Some(1)));
    }
    check_on(
        &mut bench,
        "cancel p => canceled 1490 voided | canceled
         see o 1 1 delivered 0 => confirmed 2490 captured | delivered [SL00010 450 delivered]",
    );
    let refused = vec![(o, NoLabel::Delivered), (p, NoLabel::Canceled)];
    let refusal = Err(Refusal::LabelsRefused { refused });
    assert_eq!(print(&mut bench, &[o, p]), (refusal, Some(2), None));
}

#[test]
fn a_parcel_lies_where_it_was_scanned_last_whatever_was_heard_when() {
    check_on(
        &mut bench(),
        "book o 1 - 500                            => confirmed 2490 captured | open [SL00010 450 pending]
         see o 1 4 pending 0 SL00010@400           => field_invalid
         see o 1 4 in_transit 0 SL00010@9900       => not_found
         see o 1 1 in_transit 0 SL00010@400        => confirmed 2490 captured | shipped [SL00010 450 in_transit @400]
         see o 1 1 in_transit 0 SL00010@300        => confirmed 2490 captured | shipped [SL00010 450 in_transit @400]
         # It goes on, and an earlier scan is heard late.
         see o 1 2 in_transit 5                    => confirmed 2490 captured | shipped [SL00010 450 in_transit]
         see o 1 3 in_transit 3 SL00010@300        => confirmed 2490 captured | shipped [SL00010 450 in_transit]
         unsee o 1 2 in_transit 5                  => confirmed 2490 captured | shipped [SL00010 450 in_transit @300]
         unsee o 1 3 in_transit 3                  => confirmed 2490 captured | shipped [SL00010 450 in_transit @400]
         see o 1 5 on_hold 7 SL00010@300           => confirmed 2490 captured | shipped [SL00010 450 on_hold @300]
         see o 1 6 out_for_delivery 8              => confirmed 2490 captured | shipped [SL00010 450 out_for_delivery]
         see o 1 7 delivered 9 SL00010@300         => confirmed 2490 captured | delivered [SL00010 450 delivered]",
    );
}

#[test]
fn a_parcel_is_told_to_have_come_in_once_for_each_time_that_it_comes() {
    let mut bench = bench();
    let told = |bench: &mut Bench, line: &str| {
        let (words, before) = (line.split(' ').collect::<Vec<_>>(), bench.events.len());
        let asked = command(bench.group("o"), bench.now, &words);
        bench.run(asked).expect("taken");
        let came = bench.events[before..].iter().filter_map(|what| match what {
            What::ParcelLay { location, from, .. } => Some((from.0, location.0)),
            _ => None,
        });
        came.collect::<Vec<_>>()
    };
    told(&mut bench, "book o 1 - 500");
    for (line, came) in [
        ("see o 1 1 in_transit 0 SL00010@400", vec![(0x300, 0x400)]),
        // Another key at the same place: it is scanned again, or looked at.
        ("see o 1 2 in_transit 1 SL00010@400", vec![]),
        ("see o 1 3 on_hold 2 SL00010@400", vec![]),
        ("see o 1 4 in_transit 3 SL00010", vec![]),
        ("see o 1 5 in_transit 4 SL00010@300", vec![(0x400, 0x300)]),
        ("see o 1 6 in_transit 3 SL00010@400", vec![]),
        // The one before was heard late. It comes back; that a scan was a mistake brings it nowhere.
        ("see o 1 7 in_transit 5 SL00010@400", vec![(0x300, 0x400)]),
        ("unsee o 1 7 in_transit 5 SL00010@400", vec![]),
        ("see o 1 8 in_transit 6 SL00010", vec![]),
        ("see o 1 9 on_hold 7 SL00010@300", vec![(0x300, 0x300)]),
    ] {
        assert_eq!(told(&mut bench, line), came, "{line}");
    }
}

#[test]
fn numbers_and_quotas_run_dry_and_say_so() {
    let mut bench = bench();
    check_on(
        &mut bench,
        "book o 1 quick/parcel 500  => confirmed 2490 captured | open [QU00000 966 pending]
         unbook o                   => confirmed 2490 captured | open
         book o 1 quick/express 500 => confirmed 2490 captured | open [QU00001 1064 pending]
         buy p 1a ship card         => pendingpayment 1490 pending | pending
         authorized p               => confirmed 1490 authorized | open
         # One parcel a day: the other carrier gets what is left.
         book p 1 quick/parcel 500  => carrier_declines
         book p 1 - 500 express     => confirmed 1490 authorized | open [SL00010 1387 pending]
         unbook p
         book p 1 - 500             => confirmed 1490 authorized | open [SL00011 450 pending]
         unbook p
         book p 1 - 500             => confirmed 1490 authorized | open [SL00012 450 pending]
         unbook p                   => confirmed 1490 authorized | open
         book p 1 slow/parcel 500   => numbers_used_up
         book p 1 - 500             => no_carrier
         book p 1 slow/parcel 31501 => numbers_used_up
         # A canceled order gives its place in the day's quota back.
         cancel o
         book p 1 - 500             => confirmed 1490 authorized | open [QU00002 966 pending]"
            .replace(
                "unbook p\n",
                "unbook p => confirmed 1490 authorized | open\n",
            )
            .replace(
                "cancel o\n",
                "cancel o => canceled 2490 captured | canceled | 2490?\n",
            )
            .as_str(),
    );
    // A further block, and on it goes.
    save(&mut bench, slow(), &[(10, 12), (80, 89)]).expect("added");
    check_on(
        &mut bench,
        "unbook p               => confirmed 1490 authorized | open
         book p 1 slow/parcel 1 => confirmed 1490 authorized | open [SL00080 450 pending]",
    );
}

#[test]
fn numbers_are_made_in_one_way_once_one_was_given() {
    let mut bench = bench();
    let mut other = slow();
    other.numbering = Numbering::Plain {
        prefix: "S".to_string(),
        digits: 6,
        check: CheckDigit::None,
    };
    save(&mut bench, other.clone(), &[(10, 12)]).expect("none was given");
    check_on(
        &mut bench,
        "book o 1 slow/parcel 500 => confirmed 2490 captured | open [S000010 450 pending]
         unbook o                 => confirmed 2490 captured | open",
    );
    let refused = save(&mut bench, slow(), &[(10, 12)]);
    let field = "numbering";
    assert_eq!(refused, Err(Refusal::FieldInvalid { field }));
    save(&mut bench, other, &[(10, 12), (20, 29)]).expect("the same way");
}

#[test]
fn a_parcel_is_where_its_carrier_saw_it_whatever_the_office_clicked() {
    check_on(
        &mut bench(),
        "book o 1 slow/parcel 500         => confirmed 2490 captured | open [SL00010 450 pending]
         see o 1 1 pending 0              => confirmed 2490 captured | open [SL00010 450 pending]
         see o 1 2 in_transit 0 SL00099   => not_found
         see o 1 2 in_transit 11          => field_invalid
         see o 1 2 in_transit -1500       => field_invalid
         level a W1                       => 2 of 50
         # Nobody clicked on shipped: it has left all the same, and the seller has earned it.
         see o 1 2 in_transit 5           => confirmed 2490 captured | shipped [SL00010 450 in_transit]
         see o 1 2 in_transit 5           => confirmed 2490 captured | shipped [SL00010 450 in_transit]
         level a W1                       => 0 of 48
         account o                        => 0
         see o 1 3 picked_up 1            => confirmed 2490 captured | shipped [SL00010 450 in_transit]
         see o 1 4 out_for_delivery 7     => confirmed 2490 captured | shipped [SL00010 450 out_for_delivery]
         see o 1 5 delivered 8            => confirmed 2490 captured | delivered [SL00010 450 delivered]
         see o 1 6 in_transit 9           => confirmed 2490 captured | delivered [SL00010 450 delivered]
         # It was the neighbours' parcel.
         unsee o 1 5 delivered 8          => confirmed 2490 captured | delivered [SL00010 450 in_transit]
         unsee o 1 5 delivered 8          => confirmed 2490 captured | delivered [SL00010 450 in_transit]
         see o 1 5 delivered 8            => confirmed 2490 captured | delivered [SL00010 450 in_transit]
         # What is taken back may come first.
         unsee o 1 7 delivered 9          => confirmed 2490 captured | delivered [SL00010 450 in_transit]
         see o 1 7 delivered 9            => confirmed 2490 captured | delivered [SL00010 450 in_transit]",
    );
}

#[test]
fn a_parcel_that_left_though_a_count_says_its_goods_are_not_there_waits_for_somebody() {
    check_on(
        &mut bench(),
        "book o 1 slow/parcel 500 => confirmed 2490 captured | open [SL00010 450 pending]
         stock a W1 1             => ok
         see o 1 1 in_transit 0   => confirmed 2490 captured | open [SL00010 450 in_transit]
         unbook o                 => wrong_state
         stock a W1 2             => ok
         pack o                   => confirmed 2490 captured | packed [SL00010 450 in_transit]
         hand-over o              => confirmed 2490 captured | shipped [SL00010 450 in_transit]",
    );
}

#[test]
fn a_carrier_is_saved_whole_or_not_at_all() {
    let mut bench = bench();
    let saved = |result: Result<Outcome, Refusal>| match result {
        Ok(Outcome::Saved(saved)) => Ok((saved.created, saved.changed, saved.unchanged)),
        Ok(other) => panic!("not saved: {other:?}"),
        Err(refusal) => Err(refusal),
    };
    assert_eq!(saved(save(&mut bench, slow(), &[(10, 12)])), Ok((0, 0, 1)));
    let mut turned = slow();
    turned.areas.reverse();
    turned.rates.reverse();
    assert_eq!(saved(save(&mut bench, turned, &[(10, 12)])), Ok((0, 0, 1)));
    assert_eq!(saved(save(&mut bench, slow(), &[(10, 15)])), Ok((0, 1, 0)));
    let twin = Carrier {
        id: CarrierId(0xc000),
        ..slow()
    };
    assert!(matches!(
        save(&mut bench, twin, &[]),
        Err(Refusal::CodeTaken { .. })
    ));
    type Spoil = fn(&mut Carrier);
    let cases: [(&str, Spoil); 14] = [
        ("code", |c| c.code = "with space".into()),
        ("name", |c| c.name = " ".into()),
        ("tracking_url", |c| {
            c.tracking_url = "javascript:alert(1)".into()
        }),
        ("numbering", |c| {
            c.numbering = Numbering::Sscc {
                extension: 10,
                prefix: "4012345".into(),
            }
        }),
        ("services", |c| c.services.clear()),
        ("services", |c| c.services[1].code = "parcel".into()),
        ("services", |c| c.services[0].levels.clear()),
        ("areas", |c| c.areas[1].prefix = "27 49".into()),
        ("areas", |c| c.areas[1].prefix = String::new()),
        ("rates", |c| c.rates[0].price = -1),
        ("rates", |c| c.rates[0].service = "none".into()),
        ("rates", |c| c.rates[0] = c.rates[1].clone()),
        ("surcharges", |c| c.surcharges[1].code = "island".into()),
        ("blocks", |_| {}),
    ];
    for (field, spoil) in cases {
        let mut spoiled = slow();
        spoil(&mut spoiled);
        let blocks: &[(u64, u64)] = if field == "blocks" {
            &[(0, 100_000)]
        } else {
            &[(10, 12)]
        };
        let refused = save(&mut bench, spoiled, blocks);
        assert_eq!(refused, Err(Refusal::FieldInvalid { field }), "{field}");
    }
}

/// Country, postal code, level, grams, size, and what carriers say of it.
type Case = (
    Country,
    &'static str,
    Option<&'static str>,
    u32,
    Option<[u16; 3]>,
    &'static str,
);

// Long because it is one table.
#[test]
fn the_longest_prefix_the_heavier_weight_and_all_surcharges_make_the_price() {
    let bench = bench();
    let de = Country::parse("DE").expect("a country");
    let at = Country::parse("AT").expect("a country");
    // country, postal code, level, grams, size → who takes it at which price, who does not and why
    let cases: &[Case] = &[
        (
            de,
            "10115",
            Some("standard"),
            2_000,
            None,
            "slow/parcel 450, quick/parcel 966, quick/express 1064, slow/express 1387 |",
        ),
        (
            de,
            "D-27 498",
            Some("standard"),
            2_000,
            None,
            "slow/parcel 450, quick/parcel 966, quick/express 1064, slow/express 1387 |",
        ),
        (
            de,
            "27 498",
            Some("standard"),
            2_000,
            None,
            "slow/parcel 1950, quick/parcel 2466, quick/express 2564, slow/express 2887 |",
        ),
        (
            de,
            "99084",
            None,
            2_000,
            None,
            "| quick closed, slow closed",
        ),
        (
            at,
            "1010",
            None,
            2_000,
            None,
            "| quick not_there, slow not_there",
        ),
        (
            de,
            "10115",
            Some("express"),
            2_001,
            None,
            "quick/express 1064, slow/express 1387 | quick/parcel other_level, slow/parcel other_level",
        ),
        (
            de,
            "10115",
            Some("overnight"),
            1,
            None,
            "| quick/parcel other_level, quick/express other_level, slow/parcel other_level, slow/express other_level",
        ),
        (
            de,
            "10115",
            None,
            12_000,
            None,
            "quick/parcel 966 | quick/express too_heavy, slow/parcel too_heavy, slow/express too_heavy",
        ),
        // 600 × 400 × 300 mm stand for 14.4 kg.
        (
            de,
            "10115",
            None,
            500,
            Some([600, 400, 300]),
            "quick/parcel 966 | quick/express too_heavy, slow/parcel too_heavy, slow/express too_heavy",
        ),
        // 200 × 150 × 60 mm stand for 360 g; the scales say more.
        (
            de,
            "10115",
            Some("standard"),
            500,
            Some([60, 200, 150]),
            "slow/parcel 450, quick/parcel 966, quick/express 1064, slow/express 1387 |",
        ),
        (
            de,
            "10115",
            Some("standard"),
            500,
            Some([1_201, 10, 10]),
            "| quick/parcel too_large, quick/express too_large, slow/parcel too_large, slow/express too_large",
        ),
        (
            de,
            "10115",
            Some("standard"),
            500,
            Some([1_000, 600, 500]),
            "| quick/parcel too_large, quick/express too_large, slow/parcel too_large, slow/express too_large",
        ),
    ];
    for &(country, postal_code, level, weight_grams, size_mm, expected) in cases {
        let shipment = Shipment {
            location: place("W1"),
            country,
            postal_code,
            level,
            weight_grams,
            size_mm,
            day: DAY,
        };
        let (found, declined) = offers(&bench.world, &shipment);
        let preferred = [
            (QUICK, "express".to_string()),
            (QUICK, "parcel".to_string()),
        ];
        let is_preferred = |o: &&Offer| o.carrier == QUICK;
        let first = found.iter().find(is_preferred).or(found.first());
        let chosen = cheapest(&bench.world, &shipment, &preferred);
        assert_eq!(chosen.as_ref().ok(), first, "{country} {postal_code}");
        assert_eq!(chosen.err(), found.is_empty().then(|| declined.clone()));
        let name = |id: CarrierId| if id == SLOW { "slow" } else { "quick" };
        let found: Vec<String> = found
            .iter()
            .map(|o| format!("{}/{} {}", name(o.carrier), o.service, o.price))
            .collect();
        let declined: Vec<String> = declined
            .iter()
            .map(|d| match d.service.as_str() {
                "" => format!("{} {}", name(d.carrier), d.why.word()),
                service => format!("{}/{service} {}", name(d.carrier), d.why.word()),
            })
            .collect();
        let shown = format!("{} | {}", found.join(", "), declined.join(", "));
        assert_eq!(
            shown.trim(),
            expected,
            "{country} {postal_code} {weight_grams} {size_mm:?}"
        );
    }
}
