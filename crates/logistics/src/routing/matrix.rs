//! Distances and durations between places.

use super::math;
use super::problem::{PLACES_MAX, VALUE_MAX};
use alloc::vec::Vec;
use core::fmt;

/// Distances and durations from each place to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    places: usize,
    // `[from * places + to]`: the two lie side by side, as who asks for one asks for the other.
    arcs: Vec<Arc>,
}

/// From one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arc {
    pub(super) distance: i32,
    pub(super) duration: i32,
}

/// Why numbers are no matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatrixError {
    /// More than [`PLACES_MAX`] places.
    Places(usize),
    /// Not places × places numbers.
    Length(usize),
    /// A number is negative or above [`VALUE_MAX`].
    Range {
        /// From which place.
        from: usize,
        /// To which place.
        to: usize,
        /// The number.
        value: i64,
    },
    /// A coordinate is no number on the globe, or a factor is not between 1 and 10.
    Coordinate(usize),
}

impl fmt::Display for MatrixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Places(places) => write!(f, "{places} places, {PLACES_MAX} are possible"),
            Self::Length(length) => write!(f, "{length} numbers are no square of places"),
            Self::Range { from, to, value } => write!(
                f,
                "from place {from} to {to} it is {value}, 0 to {VALUE_MAX} are possible"
            ),
            Self::Coordinate(place) => {
                write!(
                    f,
                    "the coordinates, detour or speed of place {place} are out of range"
                )
            }
        }
    }
}

impl core::error::Error for MatrixError {}

/// A point on the globe, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// North of the equator, from -90 to 90.
    pub latitude: f64,
    /// East of Greenwich, from -180 to 180.
    pub longitude: f64,
}

/// How roads differ from great circles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Roads {
    /// How much longer roads are than great circles, from 1 to 10; 1.3 to 1.4 within cities is usual.
    pub detour: f64,
    /// How many metres are driven in an hour, 1 to 1,000,000.
    pub metres_per_hour: u32,
}

/// The mean radius of the earth in metres (IUGG).
const EARTH_METRES: f64 = 6_371_008.8;

impl Matrix {
    /// A matrix over `places` places from numbers in rows.
    ///
    /// # Errors
    /// [`MatrixError`] for too many places, lists of another length than places², numbers out of range.
    pub fn new(places: usize, distances: &[i64], durations: &[i64]) -> Result<Self, MatrixError> {
        if places > PLACES_MAX {
            return Err(MatrixError::Places(places));
        }
        if let Some(list) = [distances, durations]
            .into_iter()
            .find(|list| list.len() != places * places)
        {
            return Err(MatrixError::Length(list.len()));
        }
        let narrow = |at: usize, value| {
            let (from, to) = (at / places, at % places);
            in_range(value).ok_or(MatrixError::Range { from, to, value })
        };
        let pairs = distances.iter().zip(durations).enumerate();
        let arcs = pairs.map(|(at, (&distance, &duration))| {
            Ok(Arc {
                distance: narrow(at, distance)?,
                duration: narrow(at, duration)?,
            })
        });
        let arcs = arcs.collect::<Result<_, _>>()?;
        Ok(Self { places, arcs })
    }

    /// A matrix whose durations are its distances, as in most published instances.
    ///
    /// # Errors
    /// As [`Matrix::new`].
    pub fn of_both(places: usize, numbers: &[i64]) -> Result<Self, MatrixError> {
        Self::new(places, numbers, numbers)
    }

    /// Great circles (haversine formula) made longer by a detour: metres and seconds, rounded to the nearest.
    ///
    /// # Errors
    /// [`MatrixError::Places`] and [`MatrixError::Coordinate`].
    pub fn geodesic(points: &[Point], roads: Roads) -> Result<Self, MatrixError> {
        let places = points.len();
        if places > PLACES_MAX {
            return Err(MatrixError::Places(places));
        }
        let is_fit = |point: &Point| {
            (-90.0..=90.0).contains(&point.latitude) && (-180.0..=180.0).contains(&point.longitude)
        };
        if let Some(wrong) = points.iter().position(|point| !is_fit(point)) {
            return Err(MatrixError::Coordinate(wrong));
        }
        if !(1.0..=10.0).contains(&roads.detour)
            || !(1..=1_000_000).contains(&roads.metres_per_hour)
        {
            return Err(MatrixError::Coordinate(0));
        }
        let radians = |degrees: f64| degrees * (core::f64::consts::PI / 180.0);
        let cosines: Vec<f64> = points
            .iter()
            .map(|point| math::cos(radians(point.latitude)))
            .collect();
        let mut arcs = Vec::with_capacity(places * places);
        for (from, a) in points.iter().enumerate() {
            for (to, b) in points.iter().enumerate() {
                let north = math::sin(radians(b.latitude - a.latitude) / 2.0);
                let east = math::sin(radians(b.longitude - a.longitude) / 2.0);
                let h = north * north + cosines[from] * cosines[to] * east * east;
                let arc = 2.0 * math::asin(math::sqrt(h.clamp(0.0, 1.0)));
                let metres = (EARTH_METRES * arc * roads.detour + 0.5) as i64;
                let seconds = (metres * 3600 + i64::from(roads.metres_per_hour) / 2)
                    / i64::from(roads.metres_per_hour);
                let fit = |value| in_range(value).ok_or(MatrixError::Range { from, to, value });
                arcs.push(Arc {
                    distance: fit(metres)?,
                    duration: fit(seconds)?,
                });
            }
        }
        Ok(Self { places, arcs })
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.places
    }

    /// From one place to another.
    ///
    /// # Panics
    /// For a place that does not exist.
    pub fn distance(&self, from: usize, to: usize) -> i64 {
        i64::from(self.row(from)[to].distance)
    }

    /// From one place to another.
    ///
    /// # Panics
    /// For a place that does not exist.
    pub fn duration(&self, from: usize, to: usize) -> i64 {
        i64::from(self.row(from)[to].duration)
    }

    /// From one place to each.
    pub(super) fn row(&self, from: usize) -> &[Arc] {
        &self.arcs[from * self.places..][..self.places]
    }

    /// To one place from each, as rows; `None` where they are the same as [`Matrix::row`].
    pub(super) fn turned(&self) -> Option<Self> {
        let places = self.places;
        let arc = |at: usize| self.arcs[(at % places) * places + at / places];
        let is_same = (0..self.arcs.len()).all(|at| arc(at) == self.arcs[at]);
        (!is_same).then(|| Self {
            places,
            arcs: (0..self.arcs.len()).map(arc).collect(),
        })
    }
}

fn in_range(value: i64) -> Option<i32> {
    (0..=VALUE_MAX)
        .contains(&value)
        .then(|| i32::try_from(value).expect("the limit is below 32 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn great_circles_are_as_long_as_they_are() {
        // Berlin, Munich, Sydney; metres by the haversine formula with the same radius, worked out elsewhere.
        let points = [(52.52, 13.405), (48.1372, 11.5755), (-33.8688, 151.2093)].map(
            |(latitude, longitude)| Point {
                latitude,
                longitude,
            },
        );
        let roads = Roads {
            detour: 1.0,
            metres_per_hour: 36_000,
        };
        let matrix = Matrix::geodesic(&points, roads).expect("points on the globe");
        let close = |value: i64, expected: i64| (value - expected).abs() <= expected / 2_000;
        assert!(
            close(matrix.distance(0, 1), 504_300),
            "{}",
            matrix.distance(0, 1)
        );
        assert!(
            close(matrix.distance(0, 2), 16_093_000),
            "{}",
            matrix.distance(0, 2)
        );
        assert_eq!(matrix.distance(1, 2), matrix.distance(2, 1));
        assert_eq!(matrix.distance(1, 1), 0);
        assert_eq!(matrix.duration(0, 1), (matrix.distance(0, 1) + 5) / 10);
    }

    #[test]
    fn what_is_no_matrix_is_refused() {
        assert_eq!(Matrix::of_both(2, &[0; 3]), Err(MatrixError::Length(3)));
        let negative = Matrix::of_both(2, &[0, 1, -1, 0]);
        assert_eq!(
            negative,
            Err(MatrixError::Range {
                from: 1,
                to: 0,
                value: -1
            })
        );
        let roads = Roads {
            detour: f64::NAN,
            metres_per_hour: 1,
        };
        let nowhere = [Point {
            latitude: f64::NAN,
            longitude: 0.0,
        }];
        assert_eq!(
            Matrix::geodesic(&nowhere, roads),
            Err(MatrixError::Coordinate(0))
        );
        assert_eq!(
            Matrix::geodesic(&[], roads),
            Err(MatrixError::Coordinate(0))
        );
    }
}
