//! Pages on which everything stands where somebody else put it, such as labels: lines of text and black areas, drawn as
//! vectors. They are read by printers and scanners, and their structure is not tagged.

use crate::PaperError;
use crate::draw::{Tone, draw_line, fill, unsound};
use crate::fonts::Fonts;
use crate::lines::{Style, line};
use krilla::geom::{PathBuilder, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;

/// Pages of one file.
pub const PAGES_MAX: usize = 1_000;

/// A page. Places are in points from its upper left corner, x to the right and y down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Its width and height, in points.
    pub size: (f32, f32),
    /// What stands on it, in the order in which it is read.
    pub marks: Vec<Mark>,
}

/// What stands on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// One line of text, as [`Fonts::lines`] gives it.
    Line {
        /// Where its baseline begins.
        at: (f32, f32),
        /// What is written.
        text: String,
        /// How.
        style: Style,
    },
    /// Black rectangles as one area: x, y, width and height of each. Where they touch, nothing shows between them.
    Area(Vec<[f32; 4]>),
}

/// Writes pages as one file. The same pages give the same bytes.
///
/// # Errors
/// [`PaperError::TooLong`] for more than [`PAGES_MAX`], [`PaperError::Unsound`] for a page without a size.
pub fn write_pages(fonts: &Fonts, title: &str, pages: &[Page]) -> Result<Vec<u8>, PaperError> {
    if pages.len() > PAGES_MAX {
        return Err(PaperError::TooLong);
    }
    let mut pdf = krilla::Document::new();
    for Page { size, marks } in pages {
        let size = PageSettings::from_wh(size.0, size.1).ok_or_else(|| unsound("no page"))?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(fonts, &mut surface, mark);
        }
        surface.finish();
        page.finish();
    }
    let metadata = Metadata::new()
        .title(fonts.writable(title))
        .creator("Sesame".to_owned());
    pdf.set_metadata(metadata);
    pdf.finish().map_err(unsound)
}

fn draw(fonts: &Fonts, surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Line { at, text, style } => {
            draw_line(surface, *at, &line(fonts, text, *style), Tone::Black);
        }
        Mark::Area(rectangles) => {
            let mut path = PathBuilder::new();
            for [x, y, width, height] in rectangles {
                if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(rectangle);
                }
            }
            surface.set_fill(Some(fill(Tone::Black)));
            surface.set_stroke(None);
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}
