//! Forms with photos: read with bounds, kept in an album, shown to whoever the caller lets in.
//!
//! A shopper's form comes as `multipart/form-data`, its fields of text before its files. [`PhotoForm::open`] reads the
//! fields and, at most, the first file; the caller then checks whose form it is, and only after that
//! [`PhotoForm::keep_photos`] keeps anything. Whatever is wrong with a file is told beside the fields, so that the
//! form can be shown again with all that was typed and with the photos that were good: those are named in it from then
//! on ([`FIELD_KEPT`]) instead of being sent again.
//!
//! Memory is bounded: one file of one form at a time, and a few forms.

use crate::app::App;
use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::id::{GroupId, RoundId};
use media::{Album, Fault, Hash, PHOTO_BYTES_MAX, PhotoSize};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

/// The field with files.
pub const FIELD_FILES: &str = "photos";
/// The field that names a photo which was kept before.
pub const FIELD_KEPT: &str = "photo";
/// The field that names a photo which is to be left out, though it was kept before.
pub const FIELD_DROPPED: &str = "drop_photo";
/// Photos of a form.
pub const FORM_PHOTOS_MAX: usize = 4;
/// Bytes of a form. What is too long for a photo is still read up to here, so that an answer can say so.
pub const FORM_BYTES_MAX: usize = 96 * 1024 * 1024;
/// Forms whose photos are in memory at once.
const FORMS_MAX: usize = 6;
/// How long a form waits for its turn.
const TURN_PATIENCE: Duration = Duration::from_secs(20);
/// How long a photo may take to be read, those before it included.
const READ_PATIENCE: Duration = Duration::from_secs(20);
/// Fields of text.
const FIELDS_MAX: usize = 256;
/// Bytes of all fields of text together.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Characters of a file's name that are repeated.
const NAME_CHARS_MAX: usize = 60;
/// Seconds after which a program that met a full queue should come back.
const RETRY_AFTER_S: u32 = 5;
/// How long a browser may show a photo again: an hour, and no proxy may.
const CACHE: &str = "private, max-age=3600";

static PLACES: Semaphore = Semaphore::const_new(FORMS_MAX);

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is longer than [`PHOTO_BYTES_MAX`].
    TooLong,
    /// It is one more than allowed.
    TooMany,
    /// It is no picture of a format that we read.
    Format,
    /// It is damaged, or moves.
    Damaged,
    /// It has too many pixels.
    Pixels,
    /// Too many send photos just now, or our own side failed.
    Busy,
    /// It did not arrive whole.
    Incomplete,
}

impl Wrong {
    /// What a program is told.
    pub fn refused(self) -> ApiError {
        let what = match self {
            Self::TooLong => return ApiError::body_too_large(),
            Self::Busy => return ApiError::overloaded(RETRY_AFTER_S),
            Self::Incomplete => return ApiError::body_invalid("it did not arrive whole"),
            Self::TooMany => "is one too many: this order has as many as it may",
            Self::Format => "is neither a JPEG nor a PNG nor a WebP: save it as one of these",
            Self::Damaged => "cannot be read: it is damaged, or it moves; save it again",
            Self::Pixels => "has too many pixels: save it smaller",
        };
        ApiError::picture_invalid(&what)
    }
}

impl From<&Fault> for Wrong {
    fn from(fault: &Fault) -> Self {
        match fault {
            Fault::Bytes { .. } => Self::TooLong,
            Fault::AlbumFull => Self::TooMany,
            Fault::Format | Fault::Path => Self::Format,
            Fault::Damaged { .. } | Fault::Animated => Self::Damaged,
            Fault::Pixels { .. } => Self::Pixels,
            Fault::Failed { .. } => Self::Busy,
        }
    }
}

/// A file that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name as the shopper knows it, cut to a length; may be empty.
    pub file: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// A file as it was read.
struct Sent {
    name: String,
    bytes: Result<Bytes, Wrong>,
}

/// A form on its way in.
pub struct PhotoForm {
    /// The fields of text, in their order.
    pub fields: Vec<(String, String)>,
    rest: Option<Multipart>,
    first: Option<Sent>,
    turn: Option<SemaphorePermit<'static>>,
}

/// What a form brought.
#[derive(Debug, Default)]
pub struct Kept {
    /// Photos of the album, those first that were kept before; at most [`FORM_PHOTOS_MAX`].
    pub photos: Vec<Hash>,
    /// Files that were not kept.
    pub problems: Vec<Problem>,
}

impl PhotoForm {
    /// Reads the fields of text, and the first file if there is one. A body that is no such form, or breaks off, has
    /// the fields that came.
    pub async fn open(request: Request) -> Self {
        let mut form = Self {
            fields: Vec::new(),
            rest: None,
            first: None,
            turn: None,
        };
        let Ok(mut parts) = Multipart::from_request(request, &()).await else {
            return form;
        };
        let mut room = TEXT_BYTES_MAX;
        while let Ok(Some(mut part)) = parts.next_field().await {
            if part.file_name().is_some() {
                form.first = sent(&mut part, &mut form.turn).await;
                drop(part);
                if form.first.is_none() {
                    continue;
                }
                form.rest = Some(parts);
                break;
            }
            let name = part.name().unwrap_or_default().to_string();
            let Ok(bytes) = read(&mut part, room).await else {
                break;
            };
            room -= bytes.len();
            if form.fields.len() == FIELDS_MAX {
                break;
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            form.fields.push((name, text));
        }
        form
    }

    /// Photos that the form names as kept before, as far as the album has them.
    pub async fn kept_before(&self, app: &App, album: &Album) -> Vec<Hash> {
        named(app, album, &self.fields).await
    }

    /// Keeps the photos in an album, where they wait until something refers to them. Photos that the form names as
    /// kept before are taken if the album has them.
    pub async fn keep_photos(&mut self, app: &App, album: &Album) -> Kept {
        let mut kept = Kept {
            photos: self.kept_before(app, album).await,
            problems: Vec::new(),
        };
        let mut next = self.first.take();
        while let Some(Sent { name, bytes }) = next {
            let saved = match bytes {
                Ok(_) if kept.photos.len() >= FORM_PHOTOS_MAX => Err(Wrong::TooMany),
                Ok(bytes) => save(app, album, bytes).await,
                Err(wrong) => Err(wrong),
            };
            match saved {
                Ok(photo) if kept.photos.contains(&photo) => {}
                Ok(photo) => kept.photos.push(photo),
                Err(wrong) => kept.problems.push(Problem { file: name, wrong }),
            }
            // More files than that are not even named.
            if kept.problems.len() > FORM_PHOTOS_MAX {
                break;
            }
            next = self.next().await;
        }
        self.turn = None;
        kept
    }

    async fn next(&mut self) -> Option<Sent> {
        let parts = self.rest.as_mut()?;
        loop {
            let mut part = parts.next_field().await.ok()??;
            // Text behind the files belongs to no form of ours.
            if part.file_name().is_some()
                && let Some(found) = sent(&mut part, &mut self.turn).await
            {
                return Some(found);
            }
        }
    }
}

/// Photos that a form names as kept before, as far as they are there.
async fn named(app: &App, album: &Album, fields: &[(String, String)]) -> Vec<Hash> {
    let of = |field: &str| -> Vec<Hash> {
        let found = fields.iter().filter(|(name, _)| name == field);
        let mut photos: Vec<Hash> = found.filter_map(|(_, v)| Hash::parse(v)).collect();
        photos.truncate(FORM_PHOTOS_MAX);
        photos
    };
    let dropped = of(FIELD_DROPPED);
    let mut photos: Vec<Hash> = Vec::new();
    for photo in of(FIELD_KEPT) {
        if !dropped.contains(&photo) && !photos.contains(&photo) {
            photos.push(photo);
        }
    }
    let (media, album) = (app.media.clone(), album.clone());
    let there = move || {
        photos.retain(|photo| media.photos().has(&album, *photo));
        photos
    };
    tokio::task::spawn_blocking(there).await.unwrap_or_default()
}

/// Reads a file; `None` for the empty one that a browser sends when none was chosen.
async fn sent(part: &mut Field<'_>, turn: &mut Option<SemaphorePermit<'static>>) -> Option<Sent> {
    let name = part.file_name().unwrap_or_default();
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    if turn.is_none() {
        let place = tokio::time::timeout(TURN_PATIENCE, PLACES.acquire()).await;
        *turn = place.ok().and_then(Result::ok);
    }
    let room = if turn.is_some() { PHOTO_BYTES_MAX } else { 0 };
    let bytes = match read(part, room).await {
        Ok(bytes) if bytes.is_empty() && name.is_empty() => return None,
        Err(Wrong::TooLong) if turn.is_none() => Err(Wrong::Busy),
        read => read.map(Bytes::from),
    };
    Some(Sent { name, bytes })
}

/// Reads a part whole. Of one that is too long nothing is kept, but the rest is read, so that what follows is found.
async fn read(part: &mut Field<'_>, room: usize) -> Result<Vec<u8>, Wrong> {
    let mut bytes = Vec::new();
    let mut fits = true;
    loop {
        match part.chunk().await {
            Ok(Some(chunk)) => {
                fits = fits && bytes.len() + chunk.len() <= room;
                if fits {
                    bytes.extend_from_slice(&chunk);
                } else {
                    bytes = Vec::new();
                }
            }
            Ok(None) if fits => return Ok(bytes),
            Ok(None) => return Err(Wrong::TooLong),
            Err(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(Wrong::TooLong),
            Err(_) => return Err(Wrong::Incomplete),
        }
    }
}

/// Keeps a photo in an album, where it waits until something refers to it.
///
/// # Errors
/// What is wrong with it.
pub async fn save(app: &App, album: &Album, bytes: Bytes) -> Result<Hash, Wrong> {
    if bytes.len() > PHOTO_BYTES_MAX {
        return Err(Wrong::TooLong);
    }
    let (told, answer) = oneshot::channel();
    // Who asked may have left.
    let tell = move |saved| drop(told.send(saved));
    let asked = app.media.save_photo(album.clone(), bytes.into(), tell);
    asked.map_err(|_| Wrong::Busy)?;
    let saved = tokio::time::timeout(READ_PATIENCE, answer).await;
    match saved {
        Ok(Ok(Ok(photo))) => Ok(photo),
        Ok(Ok(Err(fault))) => {
            if let Fault::Failed { reason } = &fault {
                tracing::error!(reason, "a photo could not be kept");
            }
            Err(Wrong::from(&fault))
        }
        Ok(Err(_)) | Err(_) => Err(Wrong::Busy),
    }
}

/// Something refers to these photos now: they wait no longer. What fails here is made good by whoever goes through the
/// photos that wait.
pub async fn keep(app: &App, album: &Album, photos: Vec<Hash>) {
    let (media, album) = (app.media.clone(), album.clone());
    let keep = move || {
        for photo in photos {
            if let Err(error) = media.photos().keep(&album, photo) {
                tracing::warn!(%error, "a photo still waits");
            }
        }
    };
    if let Err(error) = tokio::task::spawn_blocking(keep).await {
        tracing::error!(%error, "keeping photos ended early");
    }
}

/// A photo for whoever the caller has let in; `None` if it is not there.
pub async fn show(app: &App, album: &Album, photo: Hash, size: PhotoSize) -> Option<Response> {
    let file = app.media.photos().file(album, photo, size);
    let bytes = tokio::fs::read(file).await.ok()?;
    let headers = [
        (header::CONTENT_TYPE, "image/webp"),
        (header::CACHE_CONTROL, CACHE),
    ];
    Some((headers, bytes).into_response())
}

/// What albums of returns are called before their group's id.
const RETURNS: &str = "return-";

/// The album of photos that came with returns of an order group.
pub fn of_returns(group: GroupId) -> Album {
    Album::new(&format!("{RETURNS}{group}")).expect("an id is such a name")
}

/// The order group whose returns' photos are in this album; `None` for an album of something else.
pub fn album_of_returns(album: &Album) -> Option<GroupId> {
    GroupId::parse(album.name().strip_prefix(RETURNS)?)
}

/// What albums of rounds are called before their round's id.
const ROUNDS: &str = "round-";

/// The album of the picture that a courier's phone sent under a key of a round: one each, so that no round has too many.
pub fn of_round(round: RoundId, key: u64) -> Album {
    Album::new(&format!("{ROUNDS}{round}-{key:016x}")).expect("an id and digits are such a name")
}

/// The round and the key whose picture is in this album; `None` for an album of something else.
pub fn album_of_round(album: &Album) -> Option<(RoundId, u64)> {
    let (round, key) = album.name().strip_prefix(ROUNDS)?.rsplit_once('-')?;
    Some((RoundId::parse(round)?, u64::from_str_radix(key, 16).ok()?))
}

/// Whether an album has all of these photos.
pub async fn all_there(app: &App, album: &Album, photos: &[Hash]) -> bool {
    if photos.is_empty() {
        return true;
    }
    let (media, album, photos) = (app.media.clone(), album.clone(), photos.to_vec());
    let there = move || photos.iter().all(|p| media.photos().has(&album, *p));
    tokio::task::spawn_blocking(there).await.unwrap_or(false)
}
