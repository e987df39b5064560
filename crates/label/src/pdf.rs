//! PDF: a page of 100 × 150 mm for each label, bars as vectors.

use crate::layout::{Mark, plan};
use crate::{HEIGHT_DOTS, Label, WIDTH_DOTS};
use paper::{Fonts, Page, PaperError, Style, Weight, write_pages};

/// Points in a dot of an eighth of a millimeter.
const POINTS: f32 = 72.0 / 25.4 / 8.0;
/// How far below the top of its line a baseline is, in sizes of the font.
const BASELINE: f32 = 0.9;

/// Writes labels, a page each. The same labels give the same bytes.
///
/// # Errors
/// For more labels than [`paper::PAGES_MAX`].
pub fn pdf(fonts: &Fonts, labels: &[Label]) -> Result<Vec<u8>, PaperError> {
    let page = |label: &Label| Page {
        size: (points(WIDTH_DOTS), points(HEIGHT_DOTS)),
        marks: plan(fonts, label).iter().map(draw).collect(),
    };
    let pages: Vec<Page> = labels.iter().map(page).collect();
    let title = match labels {
        [only] => only.number.text.clone(),
        _ => format!("{} labels", labels.len()),
    };
    write_pages(fonts, &title, &pages)
}

fn points(dots: u32) -> f32 {
    dots as f32 * POINTS
}

fn area(x: u32, y: u32, width: u32, height: u32) -> [f32; 4] {
    [x, y, width, height].map(points)
}

fn line((x, y): (u32, u32), size: u32, weight: Weight, text: &str) -> paper::Mark {
    let size = points(size);
    paper::Mark::Line {
        at: (points(x), points(y) + BASELINE * size),
        text: text.to_owned(),
        style: Style { size, weight },
    }
}

fn draw(mark: &Mark) -> paper::Mark {
    match mark {
        Mark::Text {
            x,
            y,
            size,
            weight,
            text,
        } => line((*x, *y), *size, *weight, text),
        Mark::Centered { x, y, size, text } => line((*x, *y), *size, Weight::Plain, text),
        Mark::Area {
            x,
            y,
            width,
            height,
        } => paper::Mark::Area(vec![area(*x, *y, *width, *height)]),
        Mark::Bars {
            x,
            y,
            module,
            height,
            code,
        } => {
            let bar = |(at, width)| area(x + at * module, *y, width * module, *height);
            paper::Mark::Area(code.bars().map(bar).collect())
        }
        Mark::Matrix {
            x,
            y,
            module,
            matrix,
        } => {
            let run = |&(column, row, length): &(u32, u32, u32)| {
                let (x, y) = (x + column * module, y + row * module);
                area(x, y, length * module, *module)
            };
            paper::Mark::Area(matrix.runs().iter().map(run).collect())
        }
    }
}
