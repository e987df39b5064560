//! Documents read as text tables: what is understood, and what is refused with which reason.

use super::document::EpcisDocument;
use super::names::{self, OURS};
use super::read::{self, CONTEXT, Reader, Told};
use commerce::carrier::Numbering;
use commerce::id::{FulfillmentId, LocationId};
use commerce::parcel::{SeenBy, Sighting, TrackingStatus};
use serde_json::{Value, json};

const BASE: &str = "https://shop.example";
const HUB: LocationId = LocationId(0x400);
const SSCC: &str = "340123450000000017";

fn told(event: &Value) -> Result<Told, String> {
    let reader = Reader {
        base: BASE,
        place_name: &|id| (id == HUB).then(|| "Hub Nord".to_owned()),
    };
    read::event(&reader, &["sesame".to_owned()], event)
}

/// An event of a parcel that left, with other fields.
fn event(other: Value) -> Value {
    let mut event = json!({
        "type": "ObjectEvent", "action": "OBSERVE", "epcList": [format!("https://id.gs1.org/00/{SSCC}")],
        "eventTime": "2026-11-11T09:30:00+01:00", "eventTimeZoneOffset": "+01:00",
        "bizStep": "departing", "disposition": "in_transit", "eventID": "ni:///sha-256;00ff?ver=CBV2.0",
    });
    for (name, value) in other.as_object().expect("fields") {
        event[name] = value.clone();
    }
    event
}

fn sighting(other: Value) -> Sighting {
    let told = told(&event(other)).expect("it is understood");
    told.sighting(SSCC.to_owned())
}

#[test]
fn parcels_are_called_by_uris_and_found_by_them() {
    let sscc = Numbering::Sscc {
        extension: 3,
        prefix: "4012345".to_owned(),
    };
    assert_eq!(
        names::epc(Some(&sscc), SSCC),
        "https://id.gs1.org/00/340123450000000017"
    );
    let given = names::epc(Some(&Numbering::Given), "00 ä/7");
    assert_eq!(given, "urn:sesame:parcel:00%20%C3%A4%2F7");
    assert_eq!(names::number(&given).as_deref(), Ok("00 ä/7"));
    // epc → number
    for (epc, number) in [
        ("https://id.gs1.org/00/340123450000000017", Some(SSCC)),
        (
            "http://dl.example/some/way/00/340123450000000017/?linkType=x#y",
            Some(SSCC),
        ),
        ("urn:epc:id:sscc:4012345.3000000001", Some(SSCC)),
        ("urn:epc:id:sscc:401234500000.30001", Some(SSCC)),
        ("urn:sesame:parcel:RR123456785DE", Some("RR123456785DE")),
        ("urn:sesame:parcel:", None),
        ("https://id.gs1.org/00/340123450000000018", None),
        ("https://id.gs1.org/00/34012345000000001", None),
        ("https://id.gs1.org/01/09506000134352/21/12345", None),
        ("ftp://id.gs1.org/00/340123450000000017", None),
        ("urn:epc:id:sscc:4012345.30000000011", None),
        ("urn:epc:id:sscc:4012345.", None),
        ("urn:epc:id:sscc:40ü2345.3000000001", None),
        ("urn:epc:id:sscc:", None),
        ("340123450000000017", None),
        ("", None),
    ] {
        assert_eq!(names::number(epc).ok().as_deref(), number, "{epc}");
    }
}

#[test]
fn places_and_events_of_the_shop_are_known_again() {
    assert_eq!(names::own_place(BASE, &names::place(BASE, HUB)), Some(HUB));
    let parcel = FulfillmentId(0x101);
    let uri = names::event(BASE, parcel, 0xff);
    assert_eq!(names::own_event(BASE, &uri), Some((parcel, 0xff)));
    for other in [
        "https://other.example/locations/x",
        "https://shop.example/locations/",
        "https://shop.example/parcels/x/events/00000000000000ff",
        "",
    ] {
        assert_eq!(names::own_place(BASE, other), None, "{other}");
        assert_eq!(names::own_event(BASE, other), None, "{other}");
    }
    // Written otherwise, it is another name.
    let short = uri.replace("00000000000000ff", "ff");
    assert_eq!(names::own_event(BASE, &short), None);
    let same = sighting(json!({ "eventID": uri }));
    assert_eq!(same.key, 0xff);
}

#[test]
fn an_event_is_a_sighting() {
    let plain = sighting(json!({}));
    assert_eq!(
        (plain.at, plain.status, plain.by, plain.withdraws),
        (
            1_794_385_800_000,
            TrackingStatus::InTransit,
            SeenBy::Carrier,
            false
        )
    );
    let place = names::place(BASE, HUB);
    let came = sighting(json!({ "bizStep": "arriving", "disposition": "in_progress",
        "readPoint": { "id": place }, "sesame:place": "elsewhere" }));
    assert_eq!(
        (came.location, came.place.as_str()),
        (Some(HUB), "Hub Nord")
    );
    let left = sighting(json!({ "readPoint": { "id": place } }));
    assert_eq!((left.location, left.place.as_str()), (None, "Hub Nord"));
    let strange = sighting(json!({ "bizLocation": { "id": "urn:epc:id:sgln:0614141.00888.0" } }));
    assert_eq!(strange.place, "urn:epc:id:sgln:0614141.00888.0");
    let said = sighting(
        json!({ "sesame:place": " Depot 7 ", "urn:sesame:epcis:reason": "customs",
        "other:note": "no", "sesame:note": "late", "bizStep": "holding", "disposition": null,
        "readPoint": { "id": "urn:x:1" } }),
    );
    assert_eq!(
        (
            said.place.as_str(),
            said.reason.as_str(),
            said.note.as_str()
        ),
        ("Depot 7", "customs", "late")
    );
    let broken = sighting(json!({ "bizStep": "arriving", "disposition": "damaged" }));
    assert_eq!(
        (broken.status, broken.reason.as_str()),
        (TrackingStatus::OnHold, "damaged")
    );
    // A prefix that the event itself brings; a pallet's parcels.
    let own = sighting(
        json!({ "@context": [{ "s": OURS }], "bizStep": "s:delivery_failed",
        "s:reason": "nobody_home" }),
    );
    assert_eq!(
        (own.status, own.reason.as_str()),
        (TrackingStatus::DeliveryFailed, "nobody_home")
    );
    let pallet = told(&event(
        json!({ "type": "AggregationEvent", "action": "DELETE", "epcList": [],
        "parentID": "urn:x:pallet", "childEPCs": ["urn:x:1", "urn:x:2"], "bizStep": "unloading" }),
    ));
    assert_eq!(pallet.expect("understood").epcs, ["urn:x:1", "urn:x:2"]);
}

#[test]
fn what_makes_two_events_one_is_the_id_or_all_that_is_said() {
    let key = |other| sighting(other).key;
    let (none, here) = (Value::Null, json!({ "id": "urn:x:1" }));
    assert_eq!(key(json!({})), key(json!({ "bizStep": "loading" })));
    assert_ne!(key(json!({})), key(json!({ "eventID": "urn:uuid:1" })));
    assert_ne!(key(json!({})), key(json!({ "eventID": none })));
    assert_eq!(
        key(json!({ "eventID": none, "recordTime": "2026-11-11T09:31:00Z" })),
        key(json!({ "eventID": none }))
    );
    assert_ne!(
        key(json!({ "eventID": none, "readPoint": here })),
        key(json!({ "eventID": none }))
    );
    let gone = json!({ "errorDeclaration": { "declarationTime": "2026-11-12T00:00:00Z", "reason": "did_not_occur" } });
    let gone = sighting(gone);
    assert_eq!(
        (gone.withdraws, gone.note.as_str(), gone.key),
        (true, "did_not_occur", key(json!({})))
    );
}

#[test]
fn what_is_not_understood_is_refused_with_a_reason() {
    let declared = json!({ "declarationTime": "2026-11-12T00:00:00Z" });
    let missing = names::place(BASE, LocationId(0x500));
    for (other, reason) in [
        (json!({ "eventTime": "2026-11-11T09:30:00" }), "eventTime"),
        (json!({ "eventTime": "2026-11-11" }), "eventTime"),
        (json!({ "eventTime": "2026-13-11T09:30:00Z" }), "eventTime"),
        (
            json!({ "eventTime": "2026-11-11T09:30:00+01:00[Europe/Berlin]" }),
            "eventTime",
        ),
        (json!({ "eventTime": "ü" }), "eventTime"),
        (json!({ "eventTime": 7 }), "integer `7`"),
        (
            json!({ "eventTimeZoneOffset": "+02:00" }),
            "is not the offset",
        ),
        (
            json!({ "eventTimeZoneOffset": "CET" }),
            "eventTimeZoneOffset",
        ),
        (
            json!({ "eventTimeZoneOffset": "+14:01" }),
            "eventTimeZoneOffset",
        ),
        (json!({ "eventTimeZoneOffset": "Z" }), "eventTimeZoneOffset"),
        (json!({ "eventTimeZoneOffset": null }), "invalid type: null"),
        (json!({ "recordTime": "yesterday" }), "recordTime"),
        (
            json!({ "type": "TransformationEvent" }),
            "TransformationEvent",
        ),
        (json!({ "action": "MOVE" }), "MOVE"),
        (json!({ "action": "DELETE" }), "DELETE"),
        (json!({ "epcList": [] }), "epcList"),
        (json!({ "type": "AggregationEvent" }), "childEPCs"),
        (json!({ "bizStep": null }), "bizStep"),
        (json!({ "bizStep": "teleporting" }), "teleporting"),
        (json!({ "disposition": "stolen" }), "stolen"),
        (
            json!({ "bizStep": "accepting", "disposition": null }),
            "without a `disposition`",
        ),
        (
            json!({ "readPoint": { "id": missing } }),
            "no place of this shop",
        ),
        (json!({ "eventID": "7" }), "eventID"),
        (
            json!({ "eventID": null, "errorDeclaration": declared }),
            "needs the `eventID`",
        ),
        (json!({ "errorDeclaration": {} }), "declarationTime"),
        (
            json!({ "@context": "https://other.example/context.jsonld" }),
            "other.example",
        ),
        (
            json!({ "@context": { "bizStep": "http://x.example/" } }),
            "another meaning",
        ),
    ] {
        let refused = told(&event(other.clone())).expect_err("it is not understood");
        assert!(refused.contains(reason), "{other}: {refused}");
    }
    assert!(told(&json!("departing")).is_err() && told(&json!(null)).is_err());
    // Written in UTC, it may have happened anywhere.
    assert!(told(&event(json!({ "eventTime": "2026-11-11T08:30:00.000Z" }))).is_ok());
}

#[test]
fn a_document_is_one_of_epcis_2_with_contexts_that_are_known() {
    let read = |other: Value| {
        let mut document = json!({ "@context": [CONTEXT, { "sesame": OURS, "x": "urn:x:" }],
            "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-11T09:30:00Z",
            "epcisBody": { "eventList": [] } });
        for (name, value) in other.as_object().expect("fields") {
            document[name] = value.clone();
        }
        let document: EpcisDocument = serde_json::from_value(document).expect("its shape");
        read::document(&document)
    };
    assert_eq!(read(json!({})), Ok(vec!["sesame".to_owned()]));
    assert_eq!(
        read(json!({ "@context": CONTEXT, "sender": "x" })),
        Ok(vec![])
    );
    for (other, reason) in [
        (json!({ "@context": [{ "sesame": OURS }] }), "lacks"),
        (json!({ "@context": "http://schema.org" }), "not known here"),
        (
            json!({ "@context": [CONTEXT, "http://schema.org"] }),
            "not known here",
        ),
        (
            json!({ "@context": [CONTEXT, { "@vocab": "http://schema.org" }] }),
            "@vocab",
        ),
        (json!({ "@context": 7 }), "neither"),
        (
            json!({ "type": "EPCISQueryDocument" }),
            "EPCISQueryDocument",
        ),
        (json!({ "schemaVersion": "1.2" }), "1.2"),
        (json!({ "creationDate": "today" }), "creationDate"),
    ] {
        let refused = read(other.clone()).expect_err("it is not read");
        assert!(refused.contains(reason), "{other}: {refused}");
    }
}
