//! The connector to OSRM against answers in the shape in which an engine gave them. The step `roads` of the suite runs it
//! against the engine itself.

use commerce::round::Point;
use connectors::osrm::{Leg, Osrm, OsrmConfig, OsrmError};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

use crate::support::scripted::{Answer, Scripted};

/// Points in a row, 0.01 degrees apart.
fn points(count: i32) -> Vec<Point> {
    let point = |n: i32| Point {
        latitude_micro: 53_550_000,
        longitude_micro: 10_000_000 + n * 10_000,
    };
    (0..count).map(point).collect()
}

fn engine(base_url: String, limit: Duration) -> Osrm {
    let profile = "driving".to_string();
    let config = OsrmConfig {
        base_url,
        profile,
        limit,
    };
    Osrm::new(config).expect("a client")
}

/// What becomes of an answer, with the lines of what was asked.
async fn ask(
    script: Vec<Answer>,
    points: &[Point],
) -> (Result<Vec<Option<Leg>>, OsrmError>, Vec<String>) {
    let server = Scripted::start(script).await;
    let engine = engine(server.base_url.clone(), Duration::from_secs(10));
    let table = engine.table(points).await;
    (table, server.asked().into_iter().map(|a| a.line).collect())
}

/// An engine's answer for points that all stand at a road.
fn table(distances: Value, durations: Value, points: usize) -> Answer {
    let waypoint = json!({ "location": [10, 53.55], "name": "South", "distance": 0.4 });
    let side = vec![waypoint; points];
    let body = json!({
        "code": "Ok", "distances": distances, "durations": durations, "sources": side, "destinations": side,
    });
    Answer::Json(200, body.to_string())
}

async fn check(answer: Answer, wanted: Result<Vec<Option<(u32, u32)>>, &str>) {
    let (told, _) = ask(vec![answer.clone()], &points(2)).await;
    let told = told.map(|legs| {
        let pairs = legs.into_iter().map(|l| l.map(|l| (l.meters, l.seconds)));
        pairs.collect::<Vec<_>>()
    });
    match (told, wanted) {
        (Ok(told), Ok(wanted)) => assert_eq!(told, wanted, "{answer:?}"),
        (Err(error), Err(wanted)) => {
            assert!(error.to_string().contains(wanted), "{error} {answer:?}");
        }
        (told, wanted) => panic!("{told:?} instead of {wanted:?}: {answer:?}"),
    }
}

#[tokio::test]
async fn a_table_is_asked_for_by_longitude_and_latitude_and_read_rounded() {
    let right = table(
        json!([[0, 2762.5], [2099.3, 0]]),
        json!([[0, 397.8], [302.4, 0]]),
        2,
    );
    let (told, lines) = ask(vec![right.clone()], &points(2)).await;
    assert_eq!(
        lines,
        [
            "GET /table/v1/driving/10.000000,53.550000;10.010000,53.550000?annotations=duration,distance&generate_hints=false"
        ]
    );
    assert_eq!(told.expect("a table").len(), 4);
    let zero = Some((0, 0));
    let both = vec![zero, Some((2_763, 398)), Some((2_099, 302)), zero];
    check(right, Ok(both)).await;
}

#[tokio::test]
async fn where_there_is_no_way_nothing_is_made_up() {
    let zero = Some((0, 0));
    let one_way = table(json!([[0, null], [5, 0]]), json!([[0, null], [1, 0]]), 2);
    check(one_way, Ok(vec![zero, None, Some((5, 1)), zero])).await;
    let without_time = table(json!([[0, 9], [5, 0]]), json!([[0, null], [1, 0]]), 2);
    check(without_time, Ok(vec![zero, None, Some((5, 1)), zero])).await;
    let nothing = Answer::Json(
        400,
        r#"{"code":"NoTable","message":"No table found"}"#.into(),
    );
    check(nothing, Ok(vec![zero, None, None, zero])).await;
    // The second point is far from all that the engine knows: it would measure to wherever its map ends.
    let mut far: Value =
        json!({ "code": "Ok", "distances": [[0, 9], [5, 0]], "durations": [[0, 2], [1, 0]] });
    let side = json!([{ "distance": 3.5 }, { "distance": 139777.9 }]);
    (far["sources"], far["destinations"]) = (side.clone(), side);
    let far = Answer::Json(200, far.to_string());
    check(far, Ok(vec![zero, None, None, zero])).await;
}

#[tokio::test]
async fn what_cannot_be_is_told_and_not_used() {
    let fine = || json!([[0, 9], [9, 0]]);
    for (answer, why) in [
        (table(json!([[0, 9]]), fine(), 2), "distances are no table"),
        (
            table(fine(), json!([[0, 9], [9]]), 2),
            "durations are no table",
        ),
        (table(Value::Null, fine(), 2), "distances are no table"),
        (table(fine(), fine(), 3), "3 sources instead of 2"),
        (table(json!([[0, -1], [9, 0]]), fine(), 2), "-1 meters"),
        (table(fine(), json!([[0, 9e9], [9, 0]]), 2), "seconds"),
        (
            table(json!([[0, "9"], [9, 0]]), fine(), 2),
            "cannot be: invalid type",
        ),
        (Answer::Json(200, "<html>".into()), "cannot be: expected"),
        (
            Answer::Json(
                400,
                r#"{"code":"TooBig","message":"Too many table coordinates"}"#.into(),
            ),
            "refused with TooBig: Too many table coordinates",
        ),
        (
            Answer::Json(404, "<html>not here</html>".into()),
            "could not be asked: status 404",
        ),
        (Answer::HangUp, "could not be asked"),
    ] {
        check(answer, Err(why)).await;
    }
    let nobody = engine("http://127.0.0.1:1".to_string(), Duration::from_secs(10));
    let refused = nobody.table(&points(2)).await;
    assert!(matches!(refused, Err(OsrmError::Unreachable(_))));
}

#[tokio::test]
async fn who_is_slow_is_not_waited_for() {
    let server = Scripted::start(vec![Answer::Silence]).await;
    let engine = engine(server.base_url.clone(), Duration::from_millis(300));
    let began = Instant::now();
    assert_eq!(engine.table(&points(2)).await, Err(OsrmError::TimedOut));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn many_points_are_asked_for_in_parts() {
    // 101 points are 51 and 50: four tables. Each pair's number says which of them it came from.
    let part = |rows: usize, columns: usize| {
        let numbers = vec![vec![rows * 1_000 + columns; columns]; rows];
        let body = json!({ "code": "Ok", "distances": numbers, "durations": numbers });
        Answer::Json(200, body.to_string())
    };
    let server = Scripted::start_with(move |line| {
        let sides = line.split_once("&sources=").map(|(_, sides)| sides);
        let count = |list: &str| list.split(';').count();
        match sides.and_then(|sides| sides.split_once("&destinations=")) {
            Some((rows, columns)) => part(count(rows), count(columns)),
            None => part(count(line), count(line)),
        }
    });
    let server = server.await;
    let engine = engine(server.base_url.clone(), Duration::from_secs(10));
    let table = engine.table(&points(101)).await.expect("a table");
    assert_eq!((table.len(), server.asked().len()), (101 * 101, 4));
    let at = |from: usize, to: usize| table[from * 101 + to].map(|leg| leg.meters);
    assert_eq!((at(0, 50), at(0, 51)), (Some(51_051), Some(51_050)));
    assert_eq!((at(51, 0), at(100, 99)), (Some(50_051), Some(50_050)));
    assert_eq!(at(100, 100), Some(0));
    let refused = vec![
        part(51, 51),
        Answer::Json(400, r#"{"code":"TooBig"}"#.into()),
    ];
    let (told, _) = ask(refused, &points(101)).await;
    assert!(told.is_err(), "one part is missing, and there is none");
}
