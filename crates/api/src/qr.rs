//! Texts as QR codes, drawn as one SVG path.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// White fields that a reader needs around a code (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// A code as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The dark fields as the `d` of an SVG path.
    pub path: String,
    /// The side of the square that it stands in, in the path's units.
    pub size: usize,
}

/// Draws a text; `None` for one that is too long for a code.
pub fn draw(text: &str) -> Option<Drawn> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    Some(Drawn {
        path: modules(&code),
        size: code.width() + 2 * QUIET,
    })
}

/// The dark fields of a code, a run of each row at a time.
fn modules(code: &QrCode) -> String {
    let (width, colors) = (code.width(), code.to_colors());
    let mut d = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|c| **c == Color::Dark).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(d, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    d
}
