//! Pictures as operators bring them, and the small ones that phones get.
//!
//! A [`Library`] knows the pictures below the media folder by path: how large they are, or why they cannot be shown.
//! From each it makes variants in WebP at the widths of [`WIDTHS`], once, and keeps them below the cache folder under
//! the hash of the picture's content. Everything that reads a picture happens on one thread of its own behind a
//! bounded queue: a picture costs the shop's requests neither their threads nor more memory than [`PIXELS_MAX`] says.
//!
//! [`Photos`] are what shoppers send, private and small; they are read on the same thread.
//!
//! What a file holds is never trusted: its head says how large it would be before anything is unpacked.

mod decode;
mod files;
mod known;
mod library;
mod photos;
#[cfg(test)]
mod tests;
mod variants;

pub use decode::Format;
pub use known::{Hash, Known, Picture};
pub use library::{Busy, Library, Made};
pub use photos::{ALBUM_PHOTOS_MAX, Album, PHOTO_BYTES_MAX, PhotoSize, Photos};

/// Widths of variants, in pixels. One that is wider than the picture has the picture's own width.
pub const WIDTHS: [u32; 6] = [160, 320, 480, 640, 960, 1440];
/// Bytes of a picture as it is brought.
pub const BYTES_MAX: usize = 25 * 1024 * 1024;
/// Pixels of a picture. Unpacked it takes four bytes for each, and while a progressive JPEG is read six more.
pub const PIXELS_MAX: u64 = 30_000_000;
/// Pixels along one side; WebP ends at 16,383.
pub const SIDE_MAX: u32 = 16_000;
/// Characters of a picture's path.
pub const PATH_CHARS_MAX: usize = 300;
/// Pictures that are known at most; what is beyond is served as it is.
pub const PICTURES_MAX: usize = 200_000;
/// Requests that wait for the thread at most.
pub const QUEUE_MAX: usize = 256;

/// Why a picture cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is none of the formats that we read.
    #[error("is neither a JPEG nor a PNG nor a WebP: save it as one of these")]
    Format,
    /// Its content ends early or makes no sense.
    #[error("cannot be read as {format}: it is damaged; save it again ({reason})")]
    Damaged {
        /// What it seems to be.
        format: Format,
        /// What the decoder says.
        reason: String,
    },
    /// It has too many pixels, says its head.
    #[error(
        "has {width} × {height} pixels: {} million pixels and {SIDE_MAX} along a side are allowed; save it smaller",
        PIXELS_MAX / 1_000_000
    )]
    Pixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Its file is too long.
    #[error("has {bytes} bytes: {allowed} are allowed; save it smaller")]
    Bytes {
        /// How long it is.
        bytes: u64,
        /// How long it may be.
        allowed: usize,
    },
    /// Its album has as many photos as an album may have.
    #[error("is one too many: {ALBUM_PHOTOS_MAX} photos are allowed here")]
    AlbumFull,
    /// It moves.
    #[error("is animated: pictures of goods stand still")]
    Animated,
    /// Its path leads out of the media folder, or has signs that addresses and files do not share.
    #[error(
        "is no path below the media folder such as mugs/blue.jpg, ending in .jpg, .jpeg, .png or .webp"
    )]
    Path,
    /// Our own side failed: the disk, or what makes pictures smaller.
    #[error("cannot be made smaller and kept now: {reason}")]
    Failed {
        /// What it says.
        reason: String,
    },
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Failed {
            reason: error.to_string(),
        }
    }
}
