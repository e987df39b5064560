//! How far it is along roads, by an engine that speaks version 5 of OSRM's HTTP API: its `table` service.
//!
//! What the engine says is checked and never mended: a number that cannot be is the whole answer's end, and who asked has
//! an estimate of their own. Reading is all that is done here, so any call may be made twice.

use std::time::Duration;

use commerce::round::Point;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde::Deserialize;

use crate::carrier::HeaderMap;
use crate::http::{HttpCall, HttpClient, HttpError, HttpSettings};

/// Most points on one side of a table: an engine answers tables of up to `max-table-size` × `max-table-size` pairs, which
/// is 100 unless its operator says otherwise.
pub const SIDE_MAX: usize = 100;
/// Tables that are asked for at the same time.
const AT_ONCE: usize = 4;
/// A point further than this from the next road is on no map of the engine's, which takes the nearest road it knows,
/// wherever that is. Meters.
const SNAP_METERS_MAX: f64 = 2_000.0;
/// No drive is longer, meters: once around the earth.
const METERS_MAX: f64 = 40_000_000.0;
/// No drive takes longer, seconds: 100 days.
const SECONDS_MAX: f64 = 8_640_000.0;
/// Characters of the engine's own words that are passed on.
const WORDS_MAX: usize = 200;
/// How long a call may take beyond the limit for all of them, which ends it before. Milliseconds.
const BEYOND_MS: u64 = 1_000;

/// How to reach an engine.
#[derive(Clone, Debug)]
pub struct OsrmConfig {
    /// Where it is, without a slash at the end.
    pub base_url: String,
    /// The name of what is driven, as a part of addresses.
    pub profile: String,
    /// Time for all tables of one question together.
    pub limit: Duration,
}

/// From one point to another along roads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Meters, rounded to the nearest.
    pub meters: u32,
    /// Seconds, rounded to the nearest.
    pub seconds: u32,
}

/// Why an engine measured nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OsrmError {
    /// There was no answer, or none of the engine itself.
    #[error("the engine could not be asked: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the engine did not answer in time")]
    TimedOut,
    /// It understood and refused.
    #[error("the engine refused with {code}: {message}")]
    Refused {
        /// Its code, such as `TooBig`.
        code: String,
        /// Its sentence.
        message: String,
    },
    /// Its answer cannot be.
    #[error("the engine's answer cannot be: {0}")]
    Nonsense(String),
}

/// The connector.
#[derive(Clone, Debug)]
pub struct Osrm {
    config: OsrmConfig,
    http: HttpClient,
}

/// A part of a table: rows and columns as ranges of points.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
}

#[derive(Deserialize)]
struct Answer {
    code: String,
    #[serde(default)]
    message: String,
    durations: Option<Numbers>,
    distances: Option<Numbers>,
    sources: Option<Vec<Waypoint>>,
    destinations: Option<Vec<Waypoint>>,
}

type Numbers = Vec<Vec<Option<f64>>>;

#[derive(Deserialize)]
struct Waypoint {
    /// From the point that was asked about to the road that was taken for it, meters.
    #[serde(default)]
    distance: f64,
}

impl Osrm {
    /// A connector for this engine.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(config: OsrmConfig) -> Result<Self, HttpError> {
        let limit_ms = u64::try_from(config.limit.as_millis()).unwrap_or(u64::MAX);
        let http = HttpClient::new(HttpSettings {
            timeout_ms: limit_ms.saturating_add(BEYOND_MS),
            ..HttpSettings::default()
        })?;
        Ok(Self { config, http })
    }

    /// From each point to each, row by row; `None` where the engine knows no way. Points should differ.
    ///
    /// # Errors
    /// As [`OsrmError`] says: one table that fails, and there is none.
    pub async fn table(&self, points: &[Point]) -> Result<Vec<Option<Leg>>, OsrmError> {
        let all = tokio::time::timeout(self.config.limit, self.blocks(points));
        all.await.unwrap_or(Err(OsrmError::TimedOut))
    }

    async fn blocks(&self, points: &[Point]) -> Result<Vec<Option<Leg>>, OsrmError> {
        let mut table = vec![None; points.len() * points.len()];
        let asked = blocks(points.len())
            .into_iter()
            .map(|block| self.block(points, block));
        let mut answers = stream::iter(asked).buffer_unordered(AT_ONCE);
        while let Some((block, legs)) = answers.try_next().await? {
            let width = block.columns.len();
            for (row, legs) in block.rows.zip(legs.chunks(width)) {
                table[row * points.len() + block.columns.start..][..width].copy_from_slice(legs);
            }
        }
        for place in 0..points.len() {
            table[place * points.len() + place] = Some(Leg {
                meters: 0,
                seconds: 0,
            });
        }
        Ok(table)
    }

    async fn block(
        &self,
        points: &[Point],
        block: Block,
    ) -> Result<(Block, Vec<Option<Leg>>), OsrmError> {
        let call = HttpCall {
            method: Method::GET,
            url: self.address(points, &block),
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        let answer = self.http.call(&call).await.map_err(|error| {
            let (HttpError::NotSent(detail) | HttpError::Unclear(detail)) = error;
            OsrmError::Unreachable(detail)
        })?;
        let legs = match serde_json::from_slice::<Answer>(&answer.body) {
            Ok(said) => legs(&said, &block)?,
            Err(_) if answer.status != 200 => {
                let detail = format!("status {}", answer.status);
                return Err(OsrmError::Unreachable(detail));
            }
            Err(error) => return Err(OsrmError::Nonsense(error.to_string())),
        };
        Ok((block, legs))
    }

    fn address(&self, points: &[Point], block: &Block) -> String {
        let OsrmConfig {
            base_url, profile, ..
        } = &self.config;
        let (rows, columns) = (&points[block.rows.clone()], &points[block.columns.clone()]);
        let is_square = block.rows == block.columns;
        let further = if is_square { &[] } else { columns };
        let places = rows.iter().chain(further).map(|point| {
            let degrees = |micro: i32| f64::from(micro) / 1e6;
            let (longitude, latitude) = (
                degrees(point.longitude_micro),
                degrees(point.latitude_micro),
            );
            format!("{longitude:.6},{latitude:.6}")
        });
        let places = places.collect::<Vec<_>>().join(";");
        let list = |numbers: std::ops::Range<usize>| {
            let texts: Vec<String> = numbers.map(|n| n.to_string()).collect();
            texts.join(";")
        };
        let sides = if is_square {
            String::new()
        } else {
            let sources = list(0..rows.len());
            let destinations = list(rows.len()..rows.len() + columns.len());
            format!("&sources={sources}&destinations={destinations}")
        };
        format!(
            "{base_url}/table/v1/{profile}/{places}?annotations=duration,distance&generate_hints=false{sides}"
        )
    }
}

/// The parts in which a table over so many points is asked for, all about as large: none has a point alone, which the
/// engine refuses.
fn blocks(points: usize) -> Vec<Block> {
    if points < 2 {
        return Vec::new();
    }
    let side = points.div_ceil(points.div_ceil(SIDE_MAX));
    let ranges = (0..points)
        .step_by(side)
        .map(|start| start..(start + side).min(points));
    let ranges: Vec<_> = ranges.collect();
    let block = |rows: &std::ops::Range<usize>, columns: &std::ops::Range<usize>| Block {
        rows: rows.clone(),
        columns: columns.clone(),
    };
    let pairs = ranges
        .iter()
        .flat_map(|rows| ranges.iter().map(move |columns| block(rows, columns)));
    pairs.collect()
}

/// What an answer says of a block, row by row.
fn legs(answer: &Answer, block: &Block) -> Result<Vec<Option<Leg>>, OsrmError> {
    let (rows, columns) = (block.rows.len(), block.columns.len());
    match answer.code.as_str() {
        "Ok" => {}
        "NoTable" => return Ok(vec![None; rows * columns]),
        code => {
            let words = |text: &str| text.chars().take(WORDS_MAX).collect();
            return Err(OsrmError::Refused {
                code: words(code),
                message: words(&answer.message),
            });
        }
    }
    let durations = numbers(answer.durations.as_ref(), ("durations", rows, columns))?;
    let distances = numbers(answer.distances.as_ref(), ("distances", rows, columns))?;
    let is_near = [
        (&answer.sources, "sources", rows),
        (&answer.destinations, "destinations", columns),
    ]
    .map(|(waypoints, name, wanted)| near(waypoints.as_deref(), (name, wanted)));
    let [from_near, to_near] = is_near;
    let (from_near, to_near) = (from_near?, to_near?);
    let pairs = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let legs = pairs.zip(distances).zip(durations);
    legs.map(|(((row, column), meters), seconds)| {
        let (Some(meters), Some(seconds)) = (meters, seconds) else {
            return Ok(None);
        };
        let meters = whole(meters, METERS_MAX, "meters")?;
        let seconds = whole(seconds, SECONDS_MAX, "seconds")?;
        Ok((from_near[row] && to_near[column]).then_some(Leg { meters, seconds }))
    })
    .collect()
}

/// The numbers of a table, row by row, if there are as many as were asked for.
fn numbers<'a>(
    table: Option<&'a Numbers>,
    (name, rows, columns): (&str, usize, usize),
) -> Result<impl Iterator<Item = Option<f64>> + use<'a>, OsrmError> {
    let fits = |t: &&Numbers| t.len() == rows && t.iter().all(|row| row.len() == columns);
    let table = table.filter(fits).ok_or_else(|| {
        OsrmError::Nonsense(format!("{name} are no table of {rows} times {columns}"))
    })?;
    Ok(table.iter().flatten().copied())
}

/// Whether each point of a side is near a road. Engines that say nothing of it are believed.
fn near(
    waypoints: Option<&[Waypoint]>,
    (name, wanted): (&str, usize),
) -> Result<Vec<bool>, OsrmError> {
    let Some(waypoints) = waypoints else {
        return Ok(vec![true; wanted]);
    };
    if waypoints.len() != wanted {
        let detail = format!("{} {name} instead of {wanted}", waypoints.len());
        return Err(OsrmError::Nonsense(detail));
    }
    let is_near = |w: &Waypoint| w.distance <= SNAP_METERS_MAX;
    Ok(waypoints.iter().map(is_near).collect())
}

fn whole(value: f64, most: f64, unit: &str) -> Result<u32, OsrmError> {
    if !(0.0..=most).contains(&value) {
        return Err(OsrmError::Nonsense(format!("{value} {unit}")));
    }
    // In range, it fits.
    Ok(value.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_asked_for_in_parts_that_cover_it_once_and_leave_no_point_alone() {
        for points in [0, 1, 2, 99, 100, 101, 199, 200, 201, 1_000] {
            let mut covered = vec![0_u8; points * points];
            for block in blocks(points) {
                assert!(block.rows.len() <= SIDE_MAX && block.columns.len() <= SIDE_MAX);
                assert!(block.rows.len() > 1 && block.columns.len() > 1, "{points}");
                for row in block.rows {
                    for column in block.columns.clone() {
                        covered[row * points + column] += 1;
                    }
                }
            }
            let wanted = u8::from(points > 1);
            assert!(covered.iter().all(|n| *n == wanted), "{points}");
        }
    }
}
