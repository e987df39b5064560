//! ZPL II, the language of Zebra's label printers and of most that others make: one format a label, in UTF-8.
//!
//! The printer draws bars and Data Matrix itself, in modules of whole dots. Latin texts are written with the font `0`,
//! which each printer has; lines with other letters with the font [`FONT`], which somebody stored in the printer.

use crate::layout::{Mark, plan};
use crate::{HEIGHT_DOTS, Label, WIDTH_DOTS};
use paper::{Fonts, Weight};
use std::fmt::Write;

/// The font for lines that are not all Latin: a TrueType file under this name in the printer's flash memory. Without it
/// the printer takes its default font, and such a line cannot be read; bars and all other lines are as they should.
const FONT: &str = "E:SESAME.TTF";

/// What each format begins with: texts in UTF-8, measures in dots.
const BEGIN: &str = "^XA^CI28^MUD";
/// No offset; a box for letters that the font lacks, right to left, joined and placed as their scripts want it.
const SCRIPTS: &str = "^LH0,0^LS0^PA1,1,1,1";

/// Writes labels, one format after the other. Lines are broken by the widths of the fonts that are given, which are wider
/// than the printer's own.
pub fn zpl(fonts: &Fonts, labels: &[Label]) -> String {
    let mut out = String::new();
    for label in labels {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{BEGIN}^PW{WIDTH_DOTS}^LL{HEIGHT_DOTS}{SCRIPTS}");
        for mark in plan(fonts, label) {
            write_mark(&mut out, &mark);
        }
        out.push_str("^XZ\n");
    }
    out
}

fn write_mark(out: &mut String, mark: &Mark) {
    // Writing to a string cannot fail.
    let _ = match mark {
        Mark::Text {
            x,
            y,
            size,
            weight,
            text,
        } => {
            let font = if text.chars().all(is_latin) {
                format!("^A0N,{size}")
            } else {
                format!("^A@N,{size},{size},{FONT}")
            };
            let field = format!("{font}^FH_^FD{}^FS", escaped(text));
            // The font has one weight: what is bold elsewhere is printed twice, a dot apart.
            match weight {
                Weight::Plain => writeln!(out, "^FO{x},{y}{field}"),
                Weight::Bold => writeln!(out, "^FO{x},{y}{field}^FO{},{y}{field}", x + 1),
            }
        }
        Mark::Centered { y, size, text, .. } => {
            let text = escaped(text);
            writeln!(
                out,
                "^FO0,{y}^A0N,{size}^FB{WIDTH_DOTS},1,0,C^FH_^FD{text}^FS"
            )
        }
        Mark::Area {
            x,
            y,
            width,
            height,
        } => {
            let thickness = width.min(height);
            writeln!(out, "^FO{x},{y}^GB{width},{height},{thickness}^FS")
        }
        Mark::Bars {
            x,
            y,
            module,
            height,
            code,
        } => {
            let data = code.zpl();
            writeln!(
                out,
                "^FO{x},{y}^BY{module}^BCN,{height},N,N,N,N^FD{data}^FS"
            )
        }
        Mark::Matrix {
            x,
            y,
            module,
            matrix,
        } => {
            let (side, data) = (matrix.side(), matrix.zpl());
            writeln!(
                out,
                "^FO{x},{y}^BXN,{module},200,{side},{side},6,_^FD{data}^FS"
            )
        }
    };
}

/// Whether the printer's own font has a character.
fn is_latin(c: char) -> bool {
    c < '\u{250}' || "–—‘’‚“”„•…€".contains(c)
}

/// A text in which nothing is a command: what is not surely harmless stands as hexadecimal bytes behind `_`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || " .,-/()'+#:".contains(c) || !c.is_ascii() {
            out.push(c);
        } else {
            let _ = write!(out, "_{:02X}", u32::from(c));
        }
    }
    out
}
