//! Photos that shoppers send: private, small, and gone when nothing came of them.
//!
//! An [`Album`] holds the photos of one thing, such as an order's returns. A photo is known by the hash of the file
//! that was sent, within its album alone: the same file sent twice is one photo, and knowing its hash is of no use to
//! whoever may not open the album. What was sent is never kept: its pixels are written anew, small, so that place,
//! time and camera of the file are gone, and whatever else hid in it.
//!
//! A new photo *waits*: a mark says so, until [`Photos::keep`] takes the mark away, when something refers to the photo.
//! What still waits after a while is asked about with [`Photos::waiting`], and removed.
//!
//! Nothing here knows who may see a photo: whoever serves one asks first.

use crate::decode::{head, pixels};
use crate::files::{private_folder, write_whole};
use crate::variants::fitting;
use crate::{Fault, Hash};
use std::fmt;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Bytes of a photo as it is sent. Phones make photos of 2 to 8 MB.
pub const PHOTO_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Photos of an album, those included that still wait.
pub const ALBUM_PHOTOS_MAX: usize = 24;
/// Pixels along the longer side of a photo as it is kept: enough to see a scratch.
const WHOLE_SIDE: u32 = 1600;
/// Pixels along the longer side of the small one.
const SMALL_SIDE: u32 = 320;
/// The folder of photos, below the data folder.
const FOLDER: &str = "photos";
/// The folder with a mark for each photo that waits; no album is called so.
const WAITING: &str = ".waiting";
/// Characters of an album's name.
const ALBUM_CHARS_MAX: usize = 64;

/// What photos belong to, by name: the caller's own kind and id, such as `return-order_01abc`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Album(String);

impl Album {
    /// An album by its name: at most 64 of a–z, 0–9, `-` and `_`, since folders are called so.
    pub fn new(name: &str) -> Option<Self> {
        let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
        let fits = !name.is_empty() && name.len() <= ALBUM_CHARS_MAX && name.bytes().all(sound);
        fits.then(|| Self(name.to_string()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Album {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of the two sizes of a photo is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoSize {
    /// At most 1600 pixels along a side.
    Whole,
    /// At most 320 pixels along a side.
    Small,
}

/// The photos of a data folder.
#[derive(Debug, Clone, Default)]
pub struct Photos {
    folder: PathBuf,
}

impl Photos {
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        private_folder(&folder.join(WAITING))?;
        Ok(Self { folder })
    }

    /// Where a photo lies, if it is there.
    pub fn file(&self, album: &Album, photo: Hash, size: PhotoSize) -> PathBuf {
        let name = match size {
            PhotoSize::Whole => format!("{photo}.webp"),
            PhotoSize::Small => format!("{photo}.small.webp"),
        };
        self.home(album).join(name)
    }

    /// Whether an album has a photo. Asks the disk.
    pub fn has(&self, album: &Album, photo: Hash) -> bool {
        self.file(album, photo, PhotoSize::Whole).is_file()
    }

    /// Something refers to a photo now: it waits no longer.
    ///
    /// # Errors
    /// When the disk does not do as asked. It is asked again then by whoever goes through what waits.
    pub fn keep(&self, album: &Album, photo: Hash) -> io::Result<()> {
        gone(fs::remove_file(self.mark(album, photo)))
    }

    /// Takes a photo away.
    ///
    /// # Errors
    /// When the disk does not do as asked.
    pub fn remove(&self, album: &Album, photo: Hash) -> io::Result<()> {
        for size in [PhotoSize::Whole, PhotoSize::Small] {
            gone(fs::remove_file(self.file(album, photo, size)))?;
        }
        // The mark goes last: what is left half way is found again by it.
        gone(fs::remove_file(self.mark(album, photo)))
    }

    /// Photos that have waited for so long, at most `limit` of them.
    pub fn waiting(&self, longer_than: Duration, limit: usize) -> Vec<(Album, Hash)> {
        let marks = fs::read_dir(self.folder.join(WAITING));
        let old = marks.into_iter().flatten().flatten().filter(|mark| {
            let since = mark.metadata().and_then(|m| m.modified());
            since.is_ok_and(|at| {
                SystemTime::now()
                    .duration_since(at)
                    .is_ok_and(|age| age >= longer_than)
            })
        });
        let named = old.filter_map(|mark| {
            let name = mark.file_name();
            let (photo, album) = name.to_str()?.split_once('+')?;
            Some((Album::new(album)?, Hash::parse(photo)?))
        });
        named.take(limit).collect()
    }

    /// Reads what was sent and keeps it small, as a photo that waits. On the library's thread.
    pub(crate) fn save(&self, album: &Album, bytes: &[u8]) -> Result<Hash, Fault> {
        if bytes.len() > PHOTO_BYTES_MAX {
            let (bytes, allowed) = (bytes.len() as u64, PHOTO_BYTES_MAX);
            return Err(Fault::Bytes { bytes, allowed });
        }
        let photo = Hash::of(bytes);
        if self.has(album, photo) {
            return Ok(photo);
        }
        let there = fs::read_dir(self.home(album)).into_iter().flatten().count();
        // Two files for each.
        if there / 2 >= ALBUM_PHOTOS_MAX {
            return Err(Fault::AlbumFull);
        }
        let format = head(bytes)?.format;
        let made = catch_unwind(AssertUnwindSafe(|| {
            fitting(pixels(bytes)?, [WHOLE_SIDE, SMALL_SIDE])
        }));
        let [whole, small] = made.unwrap_or_else(|_| {
            let reason = "its decoder gave up".to_string();
            Err(Fault::Damaged { format, reason })
        })?;
        // The mark comes first and the whole photo last: what is there is found, and what is found is complete.
        write_whole(&self.mark(album, photo), &[])?;
        write_whole(&self.file(album, photo, PhotoSize::Small), &small)?;
        write_whole(&self.file(album, photo, PhotoSize::Whole), &whole)?;
        Ok(photo)
    }

    /// The folder of an album. They are spread over 256 folders, so that none gets long.
    fn home(&self, album: &Album) -> PathBuf {
        let spread = Hash::of(album.0.as_bytes()).to_string();
        self.folder.join(&spread[..2]).join(&album.0)
    }

    fn mark(&self, album: &Album, photo: Hash) -> PathBuf {
        self.folder.join(WAITING).join(format!("{photo}+{album}"))
    }
}

/// A file that is not there any more was removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
