//! How far it is along roads, as planning asks whoever measures it; how is a connector's.

use commerce::round::Point;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// The future that a question for a table returns.
pub type Measuring<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Option<Leg>>, RoadsError>> + Send + 'a>>;

/// From one point to another along roads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// How far it is, in meters.
    pub meters: u32,
    /// How long it takes, in seconds.
    pub seconds: u32,
}

/// Why distances are not those of roads though an engine is configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoadsError {
    /// There was no answer, or none of the engine itself.
    #[error("the engine for roads could not be asked: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the engine for roads did not answer in time")]
    TimedOut,
    /// It understood and refused.
    #[error("the engine for roads refused: {0}")]
    Refused(String),
    /// Its answer cannot be.
    #[error("the answer of the engine for roads cannot be: {0}")]
    Nonsense(String),
    /// It knows no way between any two of the places: its map is of somewhere else.
    #[error("the engine for roads knows no way between any two of the places")]
    NoWay,
}

/// Whoever measures roads.
pub trait MeasureRoads: Send + Sync {
    /// From each point to each, row by row; `None` where no way is known. No two points are the same.
    fn table<'a>(&'a self, points: &'a [Point]) -> Measuring<'a>;
}

/// The shop's engine for roads, if it has one.
#[derive(Clone, Default)]
pub struct RoadEngine(Option<Arc<dyn MeasureRoads>>);

impl RoadEngine {
    /// Asks this one.
    pub fn of(engine: Arc<dyn MeasureRoads>) -> Self {
        Self(Some(engine))
    }

    /// The engine; `None` where none is configured.
    pub fn engine(&self) -> Option<&dyn MeasureRoads> {
        self.0.as_deref()
    }
}

impl fmt::Debug for RoadEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RoadEngine")
            .field(&self.0.is_some())
            .finish()
    }
}
