//! Photos that shoppers sent.

use media::PhotoSize;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which size of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhotoWidth {
    /// At most 1600 pixels along a side.
    #[default]
    Whole,
    /// At most 320 pixels along a side.
    Small,
}

impl From<PhotoWidth> for PhotoSize {
    fn from(width: PhotoWidth) -> Self {
        match width {
            PhotoWidth::Whole => Self::Whole,
            PhotoWidth::Small => Self::Small,
        }
    }
}

/// Which size of a photo is shown.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PhotoQuery {
    /// `small` for one of at most 320 pixels along a side.
    #[serde(default)]
    #[param(inline)]
    pub size: PhotoWidth,
}
