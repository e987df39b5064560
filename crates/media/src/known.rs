//! What is known of the pictures below the media folder, and the file that remembers it over a restart: reading all
//! pictures again would take minutes.

use crate::variants::{useful, width_of};
use crate::{Fault, PATH_CHARS_MAX};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// The first half of the SHA-256 of a picture's file: what its variants are found under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(u128);

impl Hash {
    /// The hash of a file.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(bytes);
        let half = digest.iter().take(16);
        Self(half.fold(0, |n, &byte| n << 8 | u128::from(byte)))
    }

    /// A hash as a number.
    pub fn number(self) -> u128 {
        self.0
    }

    /// The hash with this number.
    pub fn of_number(number: u128) -> Self {
        Self(number)
    }

    /// A hash as it is printed.
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours =
            text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        is_ours
            .then(|| u128::from_str_radix(text, 16).ok())?
            .map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A picture that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Its content.
    pub hash: Hash,
    /// Its own width in pixels.
    pub width: u32,
    /// Its own height in pixels.
    pub height: u32,
}

impl Picture {
    /// The address of the variant at one of [`crate::WIDTHS`], or of the one that holds all of the picture.
    pub fn src(&self, width: u32) -> String {
        let width = useful(self.width).find(|w| *w >= width);
        let width = width.unwrap_or_else(|| useful(self.width).last().unwrap_or(width_of(0, 0)));
        format!("/media/v/{}/{width}.webp", self.hash)
    }

    /// All variants with their widths, as `srcset` has them.
    pub fn srcset(&self) -> String {
        let one = |width| {
            let across = width_of(self.width, width);
            format!("/media/v/{}/{width}.webp {across}w", self.hash)
        };
        useful(self.width).map(one).collect::<Vec<_>>().join(", ")
    }

    /// Width and height of the variant at a width.
    pub fn size(&self, width: u32) -> (u32, u32) {
        let across = width_of(self.width, width);
        let down = u64::from(self.height) * u64::from(across) / u64::from(self.width.max(1));
        (across, u32::try_from(down).unwrap_or(1).max(1))
    }
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It can be shown.
    Picture(Picture),
    /// It cannot, and why.
    Broken(String),
}

/// A file as the folder shows it: another length or time means another content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub bytes: u64,
    pub modified_ms: i64,
}

/// All that is known, by path and by content.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub by_path: BTreeMap<Box<str>, (Stamp, Known)>,
    by_hash: HashMap<Hash, Box<str>>,
}

impl Catalog {
    pub fn set(&mut self, path: &str, stamp: Stamp, known: Known) {
        if let Known::Picture(picture) = &known {
            self.by_hash.insert(picture.hash, path.into());
        }
        self.by_path.insert(path.into(), (stamp, known));
    }

    pub fn forget(&mut self, path: &str) {
        if let Some((_, Known::Picture(picture))) = self.by_path.remove(path)
            && self
                .by_hash
                .get(&picture.hash)
                .is_some_and(|p| **p == *path)
        {
            self.by_hash.remove(&picture.hash);
            // The same content may lie under another name, too.
            let is_same =
                |known: &Known| matches!(known, Known::Picture(p) if p.hash == picture.hash);
            let mut others = self.by_path.iter();
            if let Some((other, _)) = others.find(|(_, (_, known))| is_same(known)) {
                self.by_hash.insert(picture.hash, other.clone());
            }
        }
    }

    pub fn path_of(&self, hash: Hash) -> Option<&str> {
        self.by_hash.get(&hash).map(|path| &**path)
    }

    /// One line per picture, fields parted by tabs, which no path has: length, time, then hash, width and height or
    /// the word `broken` with its reason, then the path.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (path, (stamp, known)) in &self.by_path {
            let what = match known {
                Known::Picture(p) => format!("{}\t{}\t{}", p.hash, p.width, p.height),
                Known::Broken(reason) => {
                    format!("broken\t{}\t", reason.replace(['\t', '\n', '\r'], " "))
                }
            };
            let Stamp { bytes, modified_ms } = stamp;
            text.push_str(&format!("{bytes}\t{modified_ms}\t{what}\t{path}\n"));
        }
        text
    }

    /// What was written by [`Catalog::to_text`]; a line that makes no sense is left out, its picture is read again.
    pub fn from_text(text: &str) -> Self {
        let mut catalog = Self::default();
        for line in text.lines() {
            let mut fields = line.split('\t');
            let mut read = || {
                let stamp = Stamp {
                    bytes: fields.next()?.parse().ok()?,
                    modified_ms: fields.next()?.parse().ok()?,
                };
                let (what, first, second) = (fields.next()?, fields.next()?, fields.next()?);
                let known = match what {
                    "broken" => Known::Broken(first.to_string()),
                    hash => Known::Picture(Picture {
                        hash: Hash::parse(hash)?,
                        width: first.parse().ok().filter(|n| *n > 0)?,
                        height: second.parse().ok().filter(|n| *n > 0)?,
                    }),
                };
                Some((fields.next()?, stamp, known))
            };
            if let Some((path, stamp, known)) = read()
                && check_path(path).is_ok()
            {
                catalog.set(path, stamp, known);
            }
        }
        catalog
    }
}

/// The ends of names that we look at.
const ENDS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
/// Where variants are served, and so no folder of pictures.
const VARIANTS: &str = "v";

/// Refuses what is no path of a picture: parts that climb or hide, signs that files and addresses do not share, an end
/// that no picture has.
pub(crate) fn check_path(path: &str) -> Result<(), Fault> {
    let parts: Vec<&str> = path.split('/').collect();
    let sound = parts.iter().all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.contains(|c: char| c.is_control() || c == '\\')
    });
    let end = path
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    let ends_well = end.is_some_and(|end| ENDS.contains(&&*end));
    let is_long = path.chars().count() > PATH_CHARS_MAX;
    if sound && ends_well && !is_long && (parts.len() == 1 || parts[0] != VARIANTS) {
        Ok(())
    } else {
        Err(Fault::Path)
    }
}
