//! The engine for roads, as planning asks it.

use crate::config::RoadsSettings;
use crate::shop::{ShopError, setup};
use api::roads::{Leg, MeasureRoads, Measuring, RoadEngine, RoadsError};
use commerce::round::Point;
use connectors::osrm::{self, Osrm, OsrmConfig, OsrmError};
use std::sync::Arc;

/// An engine that speaks OSRM's API.
struct Surveyor(Osrm);

/// The engine that the configuration names, if it names one. It is not asked yet.
///
/// # Errors
/// A system without HTTP.
pub fn engine(settings: Option<&RoadsSettings>) -> Result<RoadEngine, ShopError> {
    let Some(settings) = settings else {
        return Ok(RoadEngine::default());
    };
    let osrm = Osrm::new(OsrmConfig {
        base_url: settings.url.clone(),
        profile: settings.profile.clone(),
        limit: settings.limit,
    });
    let osrm = osrm.map_err(setup("the engine for roads"))?;
    Ok(RoadEngine::of(Arc::new(Surveyor(osrm))))
}

impl MeasureRoads for Surveyor {
    fn table<'a>(&'a self, points: &'a [Point]) -> Measuring<'a> {
        Box::pin(async move {
            let legs = self.0.table(points).await.map_err(error)?;
            Ok(legs.into_iter().map(|known| known.map(leg)).collect())
        })
    }
}

fn leg(osrm::Leg { meters, seconds }: osrm::Leg) -> Leg {
    Leg { meters, seconds }
}

fn error(error: OsrmError) -> RoadsError {
    match error {
        OsrmError::Unreachable(detail) => RoadsError::Unreachable(detail),
        OsrmError::TimedOut => RoadsError::TimedOut,
        OsrmError::Refused { code, message } => RoadsError::Refused(format!("{code}: {message}")),
        OsrmError::Nonsense(detail) => RoadsError::Nonsense(detail),
    }
}
