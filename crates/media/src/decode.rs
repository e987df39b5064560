//! From bytes to pixels: what a file is by its first bytes, how large its head says it is, and its pixels upright.

use crate::{BYTES_MAX, Fault, PIXELS_MAX, SIDE_MAX};
use std::fmt;
use std::io::Cursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// A format that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl Format {
    /// The format by the first bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
        })
    }
}

/// How the pixels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Rgb,
    Rgba,
}

impl Layout {
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A picture unpacked, as it is to be seen.
#[derive(Debug, Clone)]
pub(crate) struct Pixels {
    pub width: u32,
    pub height: u32,
    pub layout: Layout,
    pub data: Vec<u8>,
}

/// What the head of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub format: Format,
    /// As it is to be seen: a camera that was held upright turns it.
    pub width: u32,
    pub height: u32,
    turn: Turn,
}

/// How a camera was held (EXIF's orientation, values 1 to 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Turn(u8);

impl Turn {
    fn swaps(self) -> bool {
        self.0 >= 5
    }
}

/// Reads the head of a file, and refuses what would be too large.
pub(crate) fn head(bytes: &[u8]) -> Result<Head, Fault> {
    if bytes.len() > BYTES_MAX {
        let (bytes, allowed) = (bytes.len() as u64, BYTES_MAX);
        return Err(Fault::Bytes { bytes, allowed });
    }
    let format = Format::of(bytes).ok_or(Fault::Format)?;
    let (width, height, turn) = match format {
        Format::Jpeg => jpeg_head(bytes)?,
        Format::Png => png_head(bytes)?,
        Format::Webp => webp_head(bytes)?,
    };
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_MAX || width.max(height) > SIDE_MAX {
        return Err(Fault::Pixels { width, height });
    }
    if pixels == 0 {
        return Err(damaged(format)("it has no pixels"));
    }
    let (width, height) = if turn.swaps() {
        (height, width)
    } else {
        (width, height)
    };
    Ok(Head {
        format,
        width,
        height,
        turn,
    })
}

/// Unpacks a whole picture.
pub(crate) fn pixels(bytes: &[u8]) -> Result<Pixels, Fault> {
    let head = head(bytes)?;
    let found = match head.format {
        Format::Jpeg => jpeg(bytes)?,
        Format::Png => png(bytes)?,
        Format::Webp => webp(bytes)?,
    };
    let whole = found.width as usize * found.height as usize * found.layout.bytes();
    if found.data.len() != whole {
        return Err(damaged(head.format)("it ends early"));
    }
    Ok(turned(found, head.turn))
}

fn damaged<E: fmt::Display>(format: Format) -> impl Fn(E) -> Fault {
    move |reason| Fault::Damaged {
        format,
        reason: reason.to_string(),
    }
}

fn jpeg_options() -> DecoderOptions {
    DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        // Half a picture is worse than the word that it is damaged.
        .set_strict_mode(true)
}

fn jpeg_head(bytes: &[u8]) -> Result<(u32, u32, Turn), Fault> {
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), jpeg_options());
    decoder
        .decode_headers()
        .map_err(|e| damaged(Format::Jpeg)(format!("{e:?}")))?;
    let info = decoder
        .info()
        .ok_or_else(|| damaged(Format::Jpeg)("it has no head"))?;
    let turn = decoder.exif().map_or(Turn(1), |exif| orientation(exif));
    Ok((u32::from(info.width), u32::from(info.height), turn))
}

fn jpeg(bytes: &[u8]) -> Result<Pixels, Fault> {
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), jpeg_options());
    let data = decoder
        .decode()
        .map_err(|e| damaged(Format::Jpeg)(format!("{e:?}")))?;
    let info = decoder
        .info()
        .ok_or_else(|| damaged(Format::Jpeg)("it has no head"))?;
    Ok(Pixels {
        width: u32::from(info.width),
        height: u32::from(info.height),
        layout: Layout::Rgb,
        data,
    })
}

/// The orientation in EXIF data, which is a TIFF file: a byte order, and a first table of twelve bytes per field.
fn orientation(exif: &[u8]) -> Turn {
    const FIELD: u16 = 0x0112;
    let found = || {
        let big = match exif.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let short = |at: usize| {
            let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
            Some(if big {
                u16::from_be_bytes(bytes)
            } else {
                u16::from_le_bytes(bytes)
            })
        };
        let (high, low) = if big { (4, 6) } else { (6, 4) };
        let table = usize::from(short(high)?) << 16 | usize::from(short(low)?);
        let fields = usize::from(short(table)?);
        let field = (0..fields)
            .map(|n| table + 2 + n * 12)
            .find(|&at| short(at) == Some(FIELD))?;
        let value = short(field + 8)?;
        u8::try_from(value).ok().filter(|v| (1..=8).contains(v))
    };
    Turn(found().unwrap_or(1))
}

fn png_decoder(bytes: &[u8]) -> png::Decoder<Cursor<&[u8]>> {
    // Bytes of the unpacked picture at most; 16 bits a channel and four channels.
    let limits = png::Limits {
        bytes: PIXELS_MAX as usize * 8,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder
}

fn png_head(bytes: &[u8]) -> Result<(u32, u32, Turn), Fault> {
    let mut decoder = png_decoder(bytes);
    let info = decoder.read_header_info().map_err(damaged(Format::Png))?;
    Ok((info.width, info.height, Turn(1)))
}

fn png(bytes: &[u8]) -> Result<Pixels, Fault> {
    let mut reader = png_decoder(bytes)
        .read_info()
        .map_err(damaged(Format::Png))?;
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| damaged(Format::Png)("it is too large"))?;
    let mut data = vec![0; length];
    let frame = reader.next_frame(&mut data).map_err(damaged(Format::Png))?;
    data.truncate(frame.buffer_size());
    let (layout, data) = match frame.color_type {
        png::ColorType::Rgb => (Layout::Rgb, data),
        png::ColorType::Rgba => (Layout::Rgba, data),
        png::ColorType::Grayscale => (Layout::Rgb, data.iter().flat_map(|&g| [g; 3]).collect()),
        png::ColorType::GrayscaleAlpha => {
            let pairs = data.chunks_exact(2);
            let all = pairs.flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]]);
            (Layout::Rgba, all.collect())
        }
        png::ColorType::Indexed => {
            return Err(damaged(Format::Png)("its palette was not applied"));
        }
    };
    Ok(Pixels {
        width: frame.width,
        height: frame.height,
        layout,
        data,
    })
}

fn webp_head(bytes: &[u8]) -> Result<(u32, u32, Turn), Fault> {
    let features = webp::BitstreamFeatures::new(bytes)
        .ok_or_else(|| damaged(Format::Webp)("it has no head"))?;
    if features.has_animation() {
        return Err(Fault::Animated);
    }
    Ok((features.width(), features.height(), Turn(1)))
}

fn webp(bytes: &[u8]) -> Result<Pixels, Fault> {
    let image = webp::Decoder::new(bytes)
        .decode()
        .ok_or_else(|| damaged(Format::Webp)("its content makes no sense"))?;
    let layout = match image.layout() {
        webp::PixelLayout::Rgb => Layout::Rgb,
        webp::PixelLayout::Rgba => Layout::Rgba,
    };
    Ok(Pixels {
        width: image.width(),
        height: image.height(),
        layout,
        data: image.to_vec(),
    })
}

/// The picture as it was seen when it was taken.
fn turned(from: Pixels, turn: Turn) -> Pixels {
    if turn.0 <= 1 {
        return from;
    }
    let (width, height) = (from.width as usize, from.height as usize);
    let (across, down) = if turn.swaps() {
        (height, width)
    } else {
        (width, height)
    };
    let size = from.layout.bytes();
    let mut data = Vec::with_capacity(from.data.len());
    for y in 0..down {
        for x in 0..across {
            // Where the pixel at (x, y) of the upright picture lies in the one that was taken.
            let (sx, sy) = match turn.0 {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            let at = (sy * width + sx) * size;
            data.extend_from_slice(&from.data[at..at + size]);
        }
    }
    Pixels {
        width: across as u32,
        height: down as u32,
        layout: from.layout,
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_held_upright_is_believed() {
        let exif = |order: &[u8], value: [u8; 2]| {
            let big = order == b"MM\0*";
            let short = |n: u16| {
                if big {
                    n.to_be_bytes()
                } else {
                    n.to_le_bytes()
                }
            };
            let long = |n: u32| {
                if big {
                    n.to_be_bytes()
                } else {
                    n.to_le_bytes()
                }
            };
            let mut data = order.to_vec();
            data.extend(long(8));
            data.extend(short(1));
            data.extend(short(0x0112));
            data.extend(short(3));
            data.extend(long(1));
            data.extend(value);
            data.extend([0; 6]);
            data
        };
        assert_eq!(orientation(&exif(b"MM\0*", [0, 6])), Turn(6));
        assert_eq!(orientation(&exif(b"II*\0", [8, 0])), Turn(8));
        assert_eq!(
            orientation(&exif(b"II*\0", [9, 0])),
            Turn(1),
            "no such value"
        );
        assert_eq!(orientation(b"MM\0*\xff\xff\xff\xff"), Turn(1));
        assert_eq!(orientation(b""), Turn(1));
    }

    #[test]
    fn each_turn_leads_to_the_same_upright_picture() {
        // Upright it reads 1 2 3 over 4 5 6; how it lies in the file for each way of holding the camera.
        let lying: [(u8, u32, &[u8]); 8] = [
            (1, 3, &[1, 2, 3, 4, 5, 6]),
            (2, 3, &[3, 2, 1, 6, 5, 4]),
            (3, 3, &[6, 5, 4, 3, 2, 1]),
            (4, 3, &[4, 5, 6, 1, 2, 3]),
            (5, 2, &[1, 4, 2, 5, 3, 6]),
            (6, 2, &[3, 6, 2, 5, 1, 4]),
            (7, 2, &[6, 3, 5, 2, 4, 1]),
            (8, 2, &[4, 1, 5, 2, 6, 3]),
        ];
        for (turn, width, values) in lying {
            let pixels = Pixels {
                width,
                height: 6 / width,
                layout: Layout::Rgb,
                data: values.iter().flat_map(|&v| [v; 3]).collect(),
            };
            let upright = turned(pixels, Turn(turn));
            let read: Vec<u8> = upright.data.chunks(3).map(|c| c[0]).collect();
            assert_eq!((upright.width, read), (3, vec![1, 2, 3, 4, 5, 6]), "{turn}");
        }
    }
}
