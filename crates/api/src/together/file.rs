//! How far the counting has come, kept in the data folder, so that a start need not read the feed again: numbers in the
//! order of the types, and a digest over them. A file that is damaged, or of another database, counts as none.

use super::pairs::{Entry, PARTNERS, PRODUCTS_MAX, Pairs, Partner};
use commerce::id::ProductId;
use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;
use store::private;

/// The file in the data folder.
pub const FILE: &str = "bought-together.bin";
/// What it begins with: its format.
const HEAD: &[u8; 8] = b"sesame-1";
/// Bytes of the digest at its end.
const DIGEST_BYTES: usize = 32;

/// What was counted, up to an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// The position of the last event that was counted; 0 before the first.
    pub position: u64,
    /// When that event happened, in UTC milliseconds: another database has another event there.
    pub at: i64,
    /// What was counted.
    pub pairs: Pairs,
}

/// Writes it whole, or leaves the one before.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(folder: &Path, kept: &Kept) -> io::Result<()> {
    private::write_whole(&folder.join(FILE), &pack(kept))
}

/// Reads it; `None` when there is none that can be read.
pub fn read(folder: &Path) -> Option<Kept> {
    unpack(&std::fs::read(folder.join(FILE)).ok()?)
}

fn pack(kept: &Kept) -> Vec<u8> {
    let mut bytes = HEAD.to_vec();
    let mut put = |number: u64| bytes.extend_from_slice(&number.to_le_bytes());
    put(kept.position);
    put(kept.at.cast_unsigned());
    put(kept.pairs.purchases);
    put(kept.pairs.since);
    put(kept.pairs.entries.len() as u64);
    for (product, entry) in &kept.pairs.entries {
        put(product.0);
        put(u64::from(entry.purchases));
        put(entry.partners.len() as u64);
        for partner in &entry.partners {
            put(partner.product.0);
            put(u64::from(partner.count) << 32 | u64::from(partner.error));
        }
    }
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

fn unpack(bytes: &[u8]) -> Option<Kept> {
    let (body, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let mut numbers = body.strip_prefix(HEAD)?.chunks_exact(8);
    let mut next = || -> Option<u64> { Some(u64::from_le_bytes(numbers.next()?.try_into().ok()?)) };
    let mut kept = Kept {
        position: next()?,
        at: next()?.cast_signed(),
        pairs: Pairs {
            purchases: next()?,
            since: next()?,
            ..Pairs::default()
        },
    };
    let products = usize::try_from(next()?)
        .ok()
        .filter(|n| *n <= PRODUCTS_MAX)?;
    for _ in 0..products {
        let product = ProductId(next()?);
        let purchases = u32::try_from(next()?).ok()?;
        let partners = usize::try_from(next()?).ok().filter(|n| *n <= PARTNERS)?;
        let mut entry = Entry {
            purchases,
            partners: Vec::with_capacity(partners),
        };
        for _ in 0..partners {
            let (product, counts) = (ProductId(next()?), next()?);
            let count = u32::try_from(counts >> 32).ok()?;
            let error = u32::try_from(counts & u64::from(u32::MAX)).ok()?;
            entry.partners.push(Partner {
                product,
                count,
                error: error.min(count),
            });
        }
        kept.pairs.entries.insert(product, entry);
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::TempFolder;

    #[test]
    fn what_was_counted_comes_back_and_a_damaged_file_does_not() {
        let folder = TempFolder::new("together");
        assert_eq!(read(folder.path()), None);
        let mut kept = Kept {
            position: 77,
            at: -5,
            pairs: Pairs::default(),
        };
        for n in 0..40_u64 {
            let basket = (0..5).map(|k| ProductId(((n * 7 + k * 3) % 30) << 8));
            kept.pairs.count(basket);
        }
        write(folder.path(), &kept).expect("written");
        assert_eq!(read(folder.path()), Some(kept.clone()));
        let whole = pack(&kept);
        for cut in [0, 7, 40, whole.len() - 1] {
            assert_eq!(unpack(&whole[..cut]), None, "{cut} bytes");
        }
        let mut flipped = whole;
        flipped[60] ^= 1;
        assert_eq!(unpack(&flipped), None);
    }
}
