//! A picture at each of the widths, in WebP.

use crate::decode::{Layout, Pixels};
use crate::{Fault, WIDTHS};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};

/// libwebp's quality: above it files grow fast and eyes see little of it.
const QUALITY: f32 = 78.0;

/// How wide a variant is of a picture that is `natural` pixels wide.
pub(crate) fn width_of(natural: u32, width: u32) -> u32 {
    natural.min(width)
}

/// The widths that are of use for a picture: up to the first that holds all of it.
pub(crate) fn useful(natural: u32) -> impl Iterator<Item = u32> {
    let smaller = WIDTHS.iter().take_while(|w| **w < natural).count();
    WIDTHS.into_iter().take(smaller + 1)
}

/// Makes the variants of a picture and hands each on, the widest first: each is made from the one before, which
/// still has more than it needs.
pub(crate) fn make(
    mut from: Pixels,
    mut each: impl FnMut(u32, &[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let natural = from.width;
    let widths: Vec<u32> = useful(natural).collect();
    for &width in widths.iter().rev() {
        let across = width_of(natural, width);
        if across < from.width {
            from = resized(&from, across)?;
        }
        each(width, &encoded(&from)?)?;
    }
    Ok(())
}

/// A picture in WebP with its longer side at most as long as each of these, which fall.
pub(crate) fn fitting<const N: usize>(
    mut from: Pixels,
    sides: [u32; N],
) -> Result<[Vec<u8>; N], Fault> {
    let mut made = [const { Vec::new() }; N];
    for (side, webp) in sides.into_iter().zip(&mut made) {
        let longer = from.width.max(from.height);
        if longer > side {
            let width = u64::from(from.width) * u64::from(side) / u64::from(longer);
            from = resized(&from, u32::try_from(width).unwrap_or(side).max(1))?;
        }
        *webp = encoded(&from)?;
    }
    Ok(made)
}

fn resized(from: &Pixels, width: u32) -> Result<Pixels, Fault> {
    let exact = u64::from(from.height) * u64::from(width) / u64::from(from.width);
    let height = u32::try_from(exact).unwrap_or(1).max(1);
    let kind = match from.layout {
        Layout::Rgb => PixelType::U8x3,
        Layout::Rgba => PixelType::U8x4,
    };
    let failed = |reason: String| Fault::Failed { reason };
    let source = ImageRef::new(from.width, from.height, &from.data, kind)
        .map_err(|e| failed(e.to_string()))?;
    let mut target = Image::new(width, height, kind);
    Resizer::new()
        .resize(&source, &mut target, None)
        .map_err(|e| failed(e.to_string()))?;
    Ok(Pixels {
        width,
        height,
        layout: from.layout,
        data: target.into_vec(),
    })
}

fn encoded(pixels: &Pixels) -> Result<Vec<u8>, Fault> {
    let layout = match pixels.layout {
        Layout::Rgb => webp::PixelLayout::Rgb,
        Layout::Rgba => webp::PixelLayout::Rgba,
    };
    let encoder = webp::Encoder::new(&pixels.data, layout, pixels.width, pixels.height);
    let made = encoder.encode_simple(false, QUALITY);
    let made = made.map_err(|e| Fault::Failed {
        reason: format!("libwebp: {e:?}"),
    })?;
    Ok(made.to_vec())
}
