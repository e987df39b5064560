//! What all pages are drawn with: inks, and lines of text.

use crate::PaperError;
use crate::fonts::{HEAVIER_PERMILLE, Run};
use crate::lines::Line;
use krilla::color::rgb;
use krilla::geom::Point;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

/// What something is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As running text.
    Ink,
    /// As what is looked up rather than read.
    Quiet,
    /// As a thermal printer does: it knows nothing between black and white.
    Black,
}

pub(crate) fn unsound(reason: impl std::fmt::Debug) -> PaperError {
    PaperError::Unsound(format!("{reason:?}"))
}

fn color(tone: Tone) -> rgb::Color {
    match tone {
        Tone::Ink => rgb::Color::new(29, 26, 22),
        Tone::Quiet => rgb::Color::new(84, 78, 70),
        Tone::Black => rgb::Color::new(0, 0, 0),
    }
}

pub(crate) fn fill(tone: Tone) -> Fill {
    Fill {
        paint: color(tone).into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }
}

pub(crate) fn stroke(tone: Tone, width: f32) -> Stroke {
    Stroke {
        paint: color(tone).into(),
        width,
        ..Stroke::default()
    }
}

/// Draws a line of text with its baseline at a point.
pub(crate) fn draw_line(surface: &mut Surface<'_>, (x, y): (f32, f32), line: &Line, tone: Tone) {
    let mut x = x;
    for Run {
        font,
        text,
        glyphs,
        width,
        is_heavier,
    } in &line.runs
    {
        surface.set_fill(Some(fill(tone)));
        let heavier = stroke(tone, line.size * HEAVIER_PERMILLE / 1_000.0);
        surface.set_stroke(is_heavier.then_some(heavier));
        let at = Point::from_xy(x, y);
        surface.draw_glyphs(at, glyphs, font.clone(), text, line.size, false);
        x += width * line.size;
    }
}
