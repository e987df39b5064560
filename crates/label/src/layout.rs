//! Where everything stands on a label, in dots from its upper left corner. Both writers draw the same plan.
//!
//! From the top: who sends it and who brings it; who gets it, as large as fits; what the carrier's machine sorts by, beside
//! the number as Data Matrix; what is looked up; the number in bars with the digits below. Beside the bars nothing stands,
//! from edge to edge.

use crate::code128::{self, Code128};
use crate::matrix::{self, Matrix};
use crate::{Label, Symbology, WIDTH_DOTS};
use paper::{Fonts, Style, Weight};

/// What is left free at the edges.
const MARGIN: u32 = 40;
const INNER: u32 = WIDTH_DOTS - 2 * MARGIN;
/// What a line takes of its size, in thousandths.
const LEADING_PERMILLE: u32 = 1_200;
/// How thick lines are.
const RULE: u32 = 4;

const SENDER_WIDTH: u32 = 380;
const CARRIER_X: u32 = 440;
const HEAD_BOTTOM: u32 = 216;
const RECEIVER_TOP: u32 = 232;
const RECEIVER_BOTTOM: u32 = 588;
const SORTING_TOP: u32 = 612;
const SORTING_BOTTOM: u32 = 764;
const FACTS_TOP: u32 = 784;
/// Bars of GS1's logistic label are 31.75 mm high.
const BARS_TOP: u32 = 884;
const BARS_HEIGHT: u32 = 254;
const SHOWN_TOP: u32 = 1_146;
/// The widest number, of capitals W alone, fits in the last one.
const SHOWN_SIZES: [u32; 3] = [36, 30, 24];

/// How wide a module of bars is, the first that fits: an SSCC has 0.5 mm, above the 0.495 mm that GS1 asks for.
const BAR_MODULES: [u32; 3] = [4, 3, 2];
/// How wide a module of the Data Matrix is: 0.75 mm, above the 0.743 mm that GS1 asks for on parcels.
const MATRIX_MODULE: u32 = 6;

/// Sizes that the receiver is tried in. In the last one, texts are cut.
const RECEIVER_SIZES: [u32; 5] = [52, 44, 38, 31, 25];
const CAPTION_SIZE: u32 = 22;

/// Something on a label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A line of text.
    Text {
        x: u32,
        /// The top of its line.
        y: u32,
        size: u32,
        weight: Weight,
        text: String,
    },
    /// A line in the middle of the label: who does not know the font's widths centers it anew.
    Centered {
        x: u32,
        y: u32,
        size: u32,
        text: String,
    },
    /// A black rectangle.
    Area {
        x: u32,
        y: u32,
        width: u32,
        height: u32,
    },
    /// The number in bars.
    Bars {
        x: u32,
        y: u32,
        module: u32,
        height: u32,
        code: Code128,
    },
    /// The number as Data Matrix.
    Matrix {
        x: u32,
        y: u32,
        module: u32,
        matrix: Matrix,
    },
}

/// A text that wants to stand on a label.
struct Wish<'t> {
    text: &'t str,
    weight: Weight,
    /// Lines that it may take where there is little room.
    most: usize,
}

fn wish(text: &str, weight: Weight, most: usize) -> Wish<'_> {
    Wish { text, weight, most }
}

struct Planner<'p> {
    fonts: &'p Fonts,
    marks: Vec<Mark>,
}

/// Says where everything stands.
pub(crate) fn plan(fonts: &Fonts, label: &Label) -> Vec<Mark> {
    let mut planner = Planner {
        fonts,
        marks: Vec::new(),
    };
    planner.head(label);
    planner.receiver(label);
    planner.sorting(label);
    planner.facts(label);
    planner.bars(label);
    planner.marks
}

fn style(size: u32, weight: Weight) -> Style {
    Style {
        size: size as f32,
        weight,
    }
}

fn leading(size: u32) -> u32 {
    size * LEADING_PERMILLE / 1_000
}

impl Planner<'_> {
    fn area(&mut self, x: u32, y: u32, width: u32, height: u32) {
        self.marks.push(Mark::Area {
            x,
            y,
            width,
            height,
        });
    }

    fn rule(&mut self, y: u32) {
        self.area(MARGIN, y, INNER, RULE);
    }

    /// Puts a text at a place, in as many lines as it may have, and says where it ends.
    fn text(&mut self, (x, y): (u32, u32), width: u32, size: u32, wish: &Wish<'_>) -> u32 {
        let style = style(size, wish.weight);
        let lines = self.fonts.lines(wish.text, width as f32, style, wish.most);
        let mut y = y;
        for text in lines {
            self.marks.push(Mark::Text {
                x,
                y,
                size,
                weight: wish.weight,
                text,
            });
            y += leading(size);
        }
        y
    }

    /// Puts a text on one line, in the largest of some sizes in which it fits; in the last one it is cut.
    fn line(&mut self, place: (u32, u32), width: u32, sizes: &[u32], wish: &Wish<'_>) -> u32 {
        let fits = |size: &&u32| {
            let style = style(**size, wish.weight);
            self.fonts.lines(wish.text, width as f32, style, 2).len() < 2
        };
        let size = sizes.iter().find(fits).or(sizes.last());
        self.text(place, width, *size.expect("there are sizes"), wish)
    }

    fn head(&mut self, label: &Label) {
        let mut y = MARGIN;
        for (at, text) in label.sender.iter().enumerate() {
            let (size, weight) = match at {
                0 => (26, Weight::Bold),
                _ => (CAPTION_SIZE, Weight::Plain),
            };
            let room = usize::try_from((HEAD_BOTTOM - y) / leading(size)).unwrap_or(0);
            let wish = wish(text, weight, room.min(2));
            if room > 0 {
                y = self.text((MARGIN, y), SENDER_WIDTH, size, &wish);
            }
        }
        let width = WIDTH_DOTS - MARGIN - CARRIER_X;
        let carrier = wish(&label.carrier, Weight::Bold, 1);
        let y = self.line((CARRIER_X, MARGIN), width, &[48, 40, 32, 26], &carrier);
        let service = wish(&label.service, Weight::Plain, 1);
        let y = self.line((CARRIER_X, y), width, &[32, 26], &service);
        let (own, all) = label.parcel;
        let pieces = format!("{own} of {all}");
        self.text((CARRIER_X, y), width, 32, &wish(&pieces, Weight::Bold, 1));
        self.rule(HEAD_BOTTOM + RULE);
    }

    fn receiver(&mut self, label: &Label) {
        let caption = wish("To", Weight::Plain, 1);
        let top = self.text((MARGIN, RECEIVER_TOP), INNER, CAPTION_SIZE, &caption);
        let to = &label.receiver;
        let wishes = [
            wish(&to.name, Weight::Bold, 2),
            wish(&to.street, Weight::Plain, 2),
            wish(&to.street_2, Weight::Plain, 2),
            wish(&to.place, Weight::Bold, 2),
            wish(&to.region, Weight::Plain, 1),
            wish(&to.country, Weight::Bold, 1),
            wish(&to.phone, Weight::Plain, 1),
        ];
        let lines = |wish: &Wish<'_>, size: u32, most: usize| {
            let style = style(size, wish.weight);
            self.fonts.lines(wish.text, INNER as f32, style, most).len()
        };
        let all = |size: u32| -> usize { wishes.iter().map(|w| lines(w, size, usize::MAX)).sum() };
        let room =
            |size: u32| usize::try_from((RECEIVER_BOTTOM - top) / leading(size)).unwrap_or(0);
        let mut sizes = RECEIVER_SIZES.into_iter();
        let size = sizes.find(|size| all(*size) <= room(*size));
        let size = size.unwrap_or(RECEIVER_SIZES[RECEIVER_SIZES.len() - 1]);
        // What is left when each has what it needs at least goes to the first that want more.
        let mut spare = room(size);
        let mut granted = wishes.each_ref().map(|w| lines(w, size, w.most));
        spare = spare.saturating_sub(granted.iter().sum());
        for (wish, granted) in wishes.iter().zip(&mut granted) {
            let more = lines(wish, size, usize::MAX) - *granted;
            *granted += more.min(spare);
            spare -= more.min(spare);
        }
        let mut y = top;
        for (mut wish, granted) in wishes.into_iter().zip(granted) {
            wish.most = granted;
            y = self.text((MARGIN, y), INNER, size, &wish);
        }
        self.rule(RECEIVER_BOTTOM + RULE);
    }

    fn sorting(&mut self, label: &Label) {
        let matrix = match label.number.symbology {
            Symbology::Sscc => Matrix::gs1(&label.number.data()),
            Symbology::Plain => Matrix::new(&label.number.data()),
        };
        let matrix = matrix.expect("numbers are short and of ASCII");
        let side = (matrix.side() + 2 * matrix::QUIET) * MATRIX_MODULE;
        let x = WIDTH_DOTS - MARGIN - side;
        let sorting = wish(&label.sorting, Weight::Bold, 1);
        let width = x - MARGIN - MATRIX_MODULE;
        self.line(
            (MARGIN, SORTING_TOP),
            width,
            &[110, 90, 70, 54, 40, 28],
            &sorting,
        );
        let quiet = matrix::QUIET * MATRIX_MODULE;
        let y = SORTING_TOP + (SORTING_BOTTOM - SORTING_TOP - side) / 2;
        self.marks.push(Mark::Matrix {
            x: x + quiet,
            y: y + quiet,
            module: MATRIX_MODULE,
            matrix,
        });
        self.rule(SORTING_BOTTOM + RULE);
    }

    fn facts(&mut self, label: &Label) {
        let is_again = label.printed > 1;
        let width = if is_again { 440 } else { INNER };
        let order = format!("Order {}", label.order);
        let y = self.line(
            (MARGIN, FACTS_TOP),
            width,
            &[32, 26, 22],
            &wish(&order, Weight::Plain, 1),
        );
        let weight = kilograms(label.weight_grams);
        self.text((MARGIN, y), width, 32, &wish(&weight, Weight::Plain, 1));
        if is_again {
            let text = format!("REPRINT {}", label.printed);
            let (x, right) = (500, WIDTH_DOTS - MARGIN);
            let (top, bottom) = (FACTS_TOP + 4, FACTS_TOP + 80);
            self.line(
                (x + 16, top + 16),
                right - x - 32,
                &[40, 32],
                &wish(&text, Weight::Bold, 1),
            );
            self.area(x, top, right - x, RULE);
            self.area(x, bottom - RULE, right - x, RULE);
            self.area(x, top, RULE, bottom - top);
            self.area(right - RULE, top, RULE, bottom - top);
        }
    }

    fn bars(&mut self, label: &Label) {
        let code = match label.number.symbology {
            Symbology::Sscc => Code128::gs1(&label.number.data()),
            Symbology::Plain => Code128::new(&label.number.data()),
        };
        let code = code.expect("numbers are of ASCII");
        let whole = code.modules() + 2 * code128::QUIET;
        let fits = |module: &u32| whole * module <= WIDTH_DOTS;
        let module = BAR_MODULES.into_iter().find(fits);
        let module = module.expect("numbers are short");
        self.marks.push(Mark::Bars {
            x: (WIDTH_DOTS - code.modules() * module) / 2,
            y: BARS_TOP,
            module,
            height: BARS_HEIGHT,
            code,
        });
        let text = label.number.shown();
        let width = |size: u32| {
            let width = self.fonts.line_width(&text, style(size, Weight::Plain));
            width.ceil() as u32
        };
        let fits = |size: &u32| width(*size) <= INNER;
        let size = SHOWN_SIZES.into_iter().find(fits);
        let size = size.expect("numbers are short");
        self.marks.push(Mark::Centered {
            x: (WIDTH_DOTS - width(size)) / 2,
            y: SHOWN_TOP,
            size,
            text,
        });
    }
}

/// A weight as people read it: `1.25 kg`.
fn kilograms(grams: u32) -> String {
    let (whole, rest) = (grams / 1_000, grams % 1_000);
    let text = format!("{whole}.{rest:03}");
    format!("{} kg", text.trim_end_matches('0').trim_end_matches('.'))
}
