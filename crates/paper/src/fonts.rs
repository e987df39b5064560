//! Fonts: which of them has a character, and how wide what is written with it becomes.
//!
//! The first font is the one for Latin, Greek and Cyrillic; the others are asked in their order. What no font has, such
//! as most emoji, becomes an empty box: a name is never a reason not to write an invoice.

use crate::PaperError;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::script::UNKNOWN;
use rustybuzz::{Direction, Face, Script, ShapePlan, UnicodeBuffer};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What stands for a character that no font has.
const BOX: char = '\u{25a1}';
/// The same where no font has even that.
const MARK: char = '?';
/// Scripts of a font whose shaping is kept.
const PLANS_MAX: usize = 64;
/// How much heavier a font without a bold cut is drawn, in thousandths of its size.
pub(crate) const HEAVIER_PERMILLE: f32 = 20.0;

/// The files of fonts, for as long as the program runs.
#[derive(Debug, Clone)]
pub struct FontFiles {
    /// Latin, Greek and Cyrillic.
    pub plain: &'static [u8],
    /// The same, bold.
    pub bold: &'static [u8],
    /// Other scripts, the preferred one first.
    pub others: Vec<&'static [u8]>,
}

impl FontFiles {
    /// The fonts as the packages of the UI have them, for programs that are not built with them: tests and measurements.
    /// They stay in memory.
    ///
    /// # Errors
    /// When a file cannot be read: `npm ci` in `ui` brings them.
    pub fn of_packages(ui: &Path) -> std::io::Result<Self> {
        let file = |name: &str| {
            let bytes = std::fs::read(ui.join("node_modules/@embedpdf").join(name))?;
            Ok(&*Box::leak(bytes.into_boxed_slice()))
        };
        let others = [
            "fonts-sc/fonts/NotoSansHans-Regular.otf",
            "fonts-arabic/fonts/NotoNaskhArabic-Regular.ttf",
            "fonts-hebrew/fonts/NotoSansHebrew-Regular.ttf",
        ];
        Ok(Self {
            plain: file("fonts-latin/fonts/NotoSans-Regular.ttf")?,
            bold: file("fonts-latin/fonts/NotoSans-Bold.ttf")?,
            others: others
                .into_iter()
                .map(file)
                .collect::<std::io::Result<_>>()?,
        })
    }
}

/// How texts of a script are shaped.
type Planned = ((Direction, Script), Arc<ShapePlan>);

struct Cut {
    font: Font,
    face: Face<'static>,
    /// How a script is shaped. To work it out costs far more than to shape a word, and texts are of few scripts.
    plans: Mutex<Vec<Planned>>,
}

impl Cut {
    fn plan(&self, direction: Direction, script: Script) -> Arc<ShapePlan> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let known = plans.iter().find(|(key, _)| *key == (direction, script));
        if let Some((_, plan)) = known {
            return plan.clone();
        }
        // Digits and signs alone are of no script.
        let named = (script != UNKNOWN).then_some(script);
        let plan = ShapePlan::new(&self.face, direction, named, None, &[]);
        let plan = Arc::new(plan);
        if plans.len() < PLANS_MAX {
            plans.push(((direction, script), plan.clone()));
        }
        plan
    }
}

/// Fonts that can be written with.
pub struct Fonts {
    /// The plain one, then the others.
    cuts: Vec<Cut>,
    bold: Cut,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({} + bold)", self.cuts.len())
    }
}

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As in running text.
    Plain,
    /// As in headings.
    Bold,
}

/// A part of a line that one font writes in one direction.
#[derive(Clone)]
pub(crate) struct Run {
    /// With which font.
    pub(crate) font: Font,
    /// What is written.
    pub(crate) text: String,
    /// Glyphs, in the order in which they are drawn.
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// How far they reach, in sizes of the font.
    pub(crate) width: f32,
    /// Whether it is drawn heavier because its font has no bold cut.
    pub(crate) is_heavier: bool,
}

fn cut(at: usize, file: &'static [u8]) -> Result<Cut, PaperError> {
    let face = Face::from_slice(file, 0).ok_or(PaperError::Font(at))?;
    let font = Font::new(file.into(), 0).ok_or(PaperError::Font(at))?;
    Ok(Cut {
        font,
        face,
        plans: Mutex::default(),
    })
}

impl Fonts {
    /// Reads the fonts.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn new(files: &FontFiles) -> Result<Self, PaperError> {
        let all = std::iter::once(&files.plain).chain(&files.others);
        let cuts = all.enumerate().map(|(at, file)| cut(at, file));
        let cuts: Vec<Cut> = cuts.collect::<Result<_, _>>()?;
        let bold = cut(cuts.len(), files.bold)?;
        Ok(Self { cuts, bold })
    }

    fn has(&self, cut: usize, c: char) -> bool {
        self.cuts[cut].face.glyph_index(c).is_some()
    }

    fn first_with(&self, c: char) -> Option<usize> {
        (0..self.cuts.len()).find(|cut| self.has(*cut, c))
    }

    /// A text as it can be written: without characters that show nothing or turn others around, and with a box for
    /// those that no font has, one for any number of them in a row.
    pub(crate) fn writable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let instead = self.first_with(BOX).map_or(MARK, |_| BOX);
        let mut was_missing = false;
        for c in text.chars().take(crate::TEXT_CHARS_MAX) {
            if c.is_whitespace() && c != NO_BREAK {
                was_missing = false;
                out.push(' ');
            } else if is_unseen(c) {
                // An emoji may be several characters with such between them.
            } else if self.first_with(c).is_some() {
                was_missing = false;
                out.push(c);
            } else if !was_missing {
                was_missing = true;
                out.push(instead);
            }
        }
        out
    }

    /// What is written, part by part from left to right. `text` is writable.
    pub(crate) fn runs(&self, text: &str, weight: Weight) -> Vec<Run> {
        self.parts(text)
            .into_iter()
            .map(|(cut, range)| self.run(cut, &text[range], weight))
            .collect()
    }

    /// How wide a text is, in sizes of the font.
    pub(crate) fn width(&self, text: &str, weight: Weight) -> f32 {
        self.runs(text, weight).iter().map(|run| run.width).sum()
    }

    /// Parts that one font writes. Marks between two letters of a font that is not the first belong to it, so that
    /// words which run from right to left stay in their order.
    fn parts(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        for (at, c) in text.char_indices() {
            let last = parts.last().map(|(cut, _)| *cut);
            let fits_last = |cut: &usize| self.has(*cut, c);
            let cut = match last.filter(fits_last) {
                Some(cut) if !c.is_alphanumeric() && self.goes_on(cut, &text[at..]) => cut,
                _ => self.first_with(c).unwrap_or(0),
            };
            let end = at + c.len_utf8();
            match parts.last_mut() {
                Some((known, range)) if *known == cut => range.end = end,
                _ => parts.push((cut, at..end)),
            }
        }
        parts
    }

    /// Whether the next letter is written with a font.
    fn goes_on(&self, cut: usize, text: &str) -> bool {
        let next = text.chars().find(|c| c.is_alphanumeric());
        next.is_some_and(|c| self.first_with(c) == Some(cut))
    }

    fn run(&self, cut: usize, text: &str, weight: Weight) -> Run {
        let can_be_bold = |c| self.bold.face.glyph_index(c).is_some();
        let is_bold = weight == Weight::Bold && cut == 0 && text.chars().all(can_be_bold);
        let chosen = if is_bold { &self.bold } else { &self.cuts[cut] };
        let glyphs = shape(chosen, text);
        Run {
            font: chosen.font.clone(),
            text: text.to_owned(),
            width: glyphs.iter().map(|glyph| glyph.x_advance).sum(),
            glyphs,
            is_heavier: weight == Weight::Bold && !is_bold,
        }
    }
}

/// The blank at which no line is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// Characters that show nothing, turn others around, or stand for what only their maker knows.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

fn shape(cut: &Cut, text: &str) -> Vec<KrillaGlyph> {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    let forward = buffer.direction() != Direction::RightToLeft;
    let plan = cut.plan(buffer.direction(), buffer.script());
    let shaped = rustybuzz::shape_with_plan(&cut.face, &plan, buffer);
    let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
    // Where the text of each glyph ends: where the next one's begins, in the order of the text.
    let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
    starts.push(text.len());
    starts.sort_unstable();
    starts.dedup();
    let end_of = |start: usize| {
        let next = starts.partition_point(|known| *known <= start);
        starts.get(next).copied().unwrap_or(text.len())
    };
    let units = cut.font.units_per_em();
    let em = |value: i32| value as f32 / units;
    debug_assert!(forward || infos.windows(2).all(|w| w[0].cluster >= w[1].cluster));
    infos
        .iter()
        .zip(positions)
        .map(|(info, position)| {
            let start = info.cluster as usize;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(position.x_advance),
                em(position.x_offset),
                em(position.y_offset),
                em(position.y_advance),
                start..end_of(start),
                None,
            )
        })
        .collect()
}
