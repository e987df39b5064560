//! How far it is between the places of a plan: along roads where an engine measured it, else an estimate of great circles.
//!
//! A plan is never refused for want of roads. What it was made with is said with it ([`Ways::measured`]), and why the engine
//! measured nothing ([`Ways::failure`]).

use crate::roads::{Leg, RoadEngine, RoadsError};
use commerce::round::{Distances, Point};
use logistics::routing::{self, Matrix, MatrixError, Roads};
use std::collections::BTreeMap;

/// How much longer roads within cities are than great circles, in percent (LOGISTICS, section 4: 1.3 to 1.4).
pub const DETOUR_PERCENT: u32 = 135;
/// How fast a van gets on within a city, in meters per hour. Nobody measured it here: a dispatcher who knows better gives
/// couriers more or less time.
const METERS_PER_HOUR: u32 = 25_000;

/// Distances and times from each place of a plan to each.
#[derive(Debug, Clone)]
pub struct Ways {
    /// Meters and seconds.
    pub matrix: Matrix,
    /// Whether each pair was measured along roads, row by row.
    is_road: Vec<bool>,
    /// Why the engine that is configured measured nothing.
    pub failure: Option<RoadsError>,
}

impl Ways {
    /// Measures the ways between places, by the engine if there is one.
    ///
    /// # Errors
    /// When there are more places than a plan can have, or one is not on the earth.
    pub async fn measure(roads: &RoadEngine, places: &[Point]) -> Result<Self, MatrixError> {
        let estimate = estimate(places)?;
        let (points, point_of) = distinct(places);
        let asked = match roads.engine() {
            Some(engine) if points.len() > 1 => engine.table(&points).await,
            _ => return Ok(Self::estimated(estimate)),
        };
        let measured = asked.and_then(|legs| check(&legs, points.len()).map(|()| legs));
        match measured {
            Ok(legs) => {
                let leg =
                    |from: usize, to: usize| legs[point_of[from] * points.len() + point_of[to]];
                Self::along(&estimate, leg)
            }
            Err(failure) => {
                tracing::warn!(%failure, "rounds are planned with straight lines");
                Ok(Self {
                    failure: Some(failure),
                    ..Self::estimated(estimate)
                })
            }
        }
    }

    fn estimated(estimate: Matrix) -> Self {
        Self {
            is_road: vec![false; estimate.places() * estimate.places()],
            matrix: estimate,
            failure: None,
        }
    }

    /// Roads where they are known, and the estimate elsewhere.
    fn along(
        estimate: &Matrix,
        leg: impl Fn(usize, usize) -> Option<Leg>,
    ) -> Result<Self, MatrixError> {
        let places = estimate.places();
        let pairs = (0..places).flat_map(|from| (0..places).map(move |to| (from, to)));
        let (mut distances, mut durations, mut is_road) = (Vec::new(), Vec::new(), Vec::new());
        for (from, to) in pairs {
            let known = leg(from, to);
            let (meters, seconds) = match known {
                Some(leg) => (i64::from(leg.meters), i64::from(leg.seconds)),
                None => (estimate.distance(from, to), estimate.duration(from, to)),
            };
            distances.push(meters);
            durations.push(seconds);
            is_road.push(known.is_some());
        }
        Ok(Self {
            matrix: Matrix::new(places, &distances, &durations)?,
            is_road,
            failure: None,
        })
    }

    /// How the ways from each of these places to the next one were measured.
    pub fn measured(&self, places: &[usize]) -> Distances {
        let pairs = places.windows(2).map(|pair| (pair[0], pair[1]));
        let kinds = pairs.map(|(from, to)| {
            if self.is_road[from * self.matrix.places() + to] {
                Distances::Road
            } else {
                Distances::Beeline
            }
        });
        together(kinds)
    }
}

/// How several ways were measured; those of nothing are estimates.
pub fn together(mut kinds: impl Iterator<Item = Distances>) -> Distances {
    let first = kinds.next().unwrap_or(Distances::Beeline);
    if kinds.all(|kind| kind == first) {
        first
    } else {
        Distances::Mixed
    }
}

/// Refuses a table that says nothing of any two points, or has another size.
fn check(legs: &[Option<Leg>], points: usize) -> Result<(), RoadsError> {
    if legs.len() != points * points {
        let detail = format!("{} numbers for {points} places", legs.len());
        return Err(RoadsError::Nonsense(detail));
    }
    let between = legs.iter().enumerate();
    let mut between = between.filter(|(at, _)| at / points != at % points);
    if between.all(|(_, leg)| leg.is_none()) {
        return Err(RoadsError::NoWay);
    }
    Ok(())
}

/// Each point once, and the number of each place's point: doors of one postal code often have the same.
fn distinct(places: &[Point]) -> (Vec<Point>, Vec<usize>) {
    let mut points = Vec::new();
    let mut numbers = BTreeMap::new();
    let point_of = places.iter().map(|place| {
        *numbers.entry(*place).or_insert_with(|| {
            points.push(*place);
            points.len() - 1
        })
    });
    let point_of = point_of.collect();
    (points, point_of)
}

/// Great circles, longer by a factor.
fn estimate(places: &[Point]) -> Result<Matrix, MatrixError> {
    let degrees = |point: &Point| routing::Point {
        latitude: f64::from(point.latitude_micro) / 1e6,
        longitude: f64::from(point.longitude_micro) / 1e6,
    };
    let points: Vec<_> = places.iter().map(degrees).collect();
    let roads = Roads {
        detour: f64::from(DETOUR_PERCENT) / 100.0,
        metres_per_hour: METERS_PER_HOUR,
    };
    Matrix::geodesic(&points, roads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roads::{MeasureRoads, Measuring};
    use std::sync::{Arc, Mutex};

    /// An engine that gives one answer, and remembers how many points it was asked about.
    struct Engine(
        Result<Vec<Option<(u32, u32)>>, RoadsError>,
        Mutex<Vec<usize>>,
    );

    impl MeasureRoads for Engine {
        fn table<'a>(&'a self, points: &'a [Point]) -> Measuring<'a> {
            self.1.lock().expect("no panic before").push(points.len());
            let leg = |(meters, seconds)| Leg { meters, seconds };
            let answer = self.0.clone();
            let legs = answer.map(|legs| legs.into_iter().map(|l| l.map(leg)).collect());
            Box::pin(std::future::ready(legs))
        }
    }

    fn place(latitude_micro: i32) -> Point {
        Point {
            latitude_micro,
            longitude_micro: 10_000_000,
        }
    }

    /// What is said of the ways 0 → 1 → 2 between three places of which the last two are one point.
    async fn check(
        answer: Result<Vec<Option<(u32, u32)>>, RoadsError>,
        wanted: (Distances, Option<RoadsError>),
    ) -> Ways {
        let engine = Arc::new(Engine(answer, Mutex::default()));
        let places = [place(53_000_000), place(53_010_000), place(53_010_000)];
        let roads = RoadEngine::of(engine.clone());
        let ways = Ways::measure(&roads, &places).await.expect("places");
        assert_eq!((ways.measured(&[0, 1, 2]), ways.failure.clone()), wanted);
        assert_eq!(*engine.1.lock().expect("no panic"), [2], "points once");
        ways
    }

    #[tokio::test]
    async fn roads_count_where_they_are_known_and_the_estimate_elsewhere() {
        let zero = Some((0, 0));
        let both = vec![zero, Some((4_000, 300)), Some((5_000, 400)), zero];
        let ways = check(Ok(both), (Distances::Road, None)).await;
        let there = (ways.matrix.distance(0, 2), ways.matrix.duration(0, 2));
        assert_eq!((there, ways.matrix.distance(2, 0)), ((4_000, 300), 5_000));
        assert_eq!(ways.matrix.distance(1, 2), 0);
        let one_way = vec![zero, None, Some((5_000, 400)), zero];
        let ways = check(Ok(one_way), (Distances::Mixed, None)).await;
        // 0.01 degrees of latitude are 1,112 meters.
        assert_eq!(ways.matrix.distance(0, 1), 1_501);
        assert_eq!(ways.measured(&[1, 0]), Distances::Road);
    }

    #[tokio::test]
    async fn without_an_answer_all_is_the_estimate_and_why_is_said() {
        for failure in [
            RoadsError::TimedOut,
            RoadsError::Unreachable("closed".to_string()),
            RoadsError::Refused("TooBig".to_string()),
        ] {
            let wanted = (Distances::Beeline, Some(failure.clone()));
            let ways = check(Err(failure), wanted).await;
            assert_eq!(ways.matrix.distance(0, 1), 1_501);
        }
        let nowhere = vec![Some((0, 0)), None, None, Some((0, 0))];
        let wanted = (Distances::Beeline, Some(RoadsError::NoWay));
        check(Ok(nowhere), wanted).await;
        let detail = "3 numbers for 2 places".to_string();
        let wanted = (Distances::Beeline, Some(RoadsError::Nonsense(detail)));
        check(Ok(vec![None; 3]), wanted).await;
    }

    #[tokio::test]
    async fn without_an_engine_nothing_is_missing() {
        let places = [place(53_000_000), place(53_010_000)];
        let ways = Ways::measure(&RoadEngine::default(), &places).await;
        let ways = ways.expect("places");
        assert_eq!(ways.measured(&[0, 1, 0]), Distances::Beeline);
        assert_eq!(ways.failure, None);
    }
}
