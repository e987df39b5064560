//! Labels of parcels, 100 × 150 mm, as ZPL II for label printers and as PDF for all others.
//!
//! One description of a label gives both, laid out once ([`layout`](self)), in dots of a printer with 203 dpi: what a
//! scanner reads is where and as large as the other has it. Nothing here knows a clock, a file, a network or an order.
//!
//! The number stands on it twice. As bars, as standards for parcels want it: GS1-128 with application identifier (00) for
//! an SSCC (GS1 General Specifications 6.6, modules of 0.5 mm, bars 31.75 mm high), Code 128 for S10 (UPU S10-12) and
//! carriers' own numbers. And as Data Matrix, which fixed scanners read in any orientation: of the two codes that GS1
//! allows beside the bars it is the smaller one, with a quiet zone of one module where QR needs four.
//!
//! It must never happen that a text prints something else than itself: whatever stands in a name, it stays in its field.

mod code128;
mod layout;
mod matrix;
mod pdf;
#[cfg(test)]
mod tests;
mod zpl;

pub use code128::Code128;
pub use pdf::pdf;
pub use zpl::zpl;

/// The width of a label in dots of an eighth of a millimeter.
pub const WIDTH_DOTS: u32 = 800;
/// Its height in the same.
pub const HEIGHT_DOTS: u32 = 1_200;
/// Characters of a number that is no SSCC.
pub const NUMBER_CHARS_MAX: usize = 30;

/// What stands on a label. Any text may be empty, and as long as it likes: what does not fit is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Who brings the parcel.
    pub carrier: String,
    /// How, in the carrier's words.
    pub service: String,
    /// What the carrier's machine sorts it by.
    pub sorting: String,
    /// Who sends it, a line each, the name first.
    pub sender: Vec<String>,
    /// Who gets it.
    pub receiver: Receiver,
    /// What everybody scans.
    pub number: Number,
    /// The order's number.
    pub order: String,
    /// What the scales showed, in grams.
    pub weight_grams: u32,
    /// Which parcel of its order it is, from 1, and how many there are.
    pub parcel: (u16, u16),
    /// How many times it was printed, this time included. From the second time on, the label says so.
    pub printed: u16,
}

/// Who gets a parcel, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receiver {
    /// The person or company.
    pub name: String,
    /// Street and house.
    pub street: String,
    /// What else is needed to find it.
    pub street_2: String,
    /// Postal code and town.
    pub place: String,
    /// State or province.
    pub region: String,
    /// The country.
    pub country: String,
    /// The number that a courier calls.
    pub phone: String,
}

/// How a number is written in bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbology {
    /// GS1-128 and GS1 Data Matrix with application identifier (00).
    Sscc,
    /// Code 128 and Data Matrix, as it is.
    Plain,
}

/// A parcel's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    text: String,
    symbology: Symbology,
}

/// Why a text is no number that a label can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not the 18 digits of an SSCC.
    #[error("an SSCC has 18 digits")]
    Sscc,
    /// Not what is read the same by every scanner.
    #[error("a parcel's number has 1 to {NUMBER_CHARS_MAX} capitals and digits")]
    Plain,
}

impl Number {
    /// Takes a number.
    ///
    /// # Errors
    /// As [`NumberError`] says.
    pub fn new(text: &str, symbology: Symbology) -> Result<Self, NumberError> {
        let is_digits = text.bytes().all(|b| b.is_ascii_digit());
        let is_plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        match symbology {
            Symbology::Sscc if text.len() != 18 || !is_digits => return Err(NumberError::Sscc),
            Symbology::Plain if !(1..=NUMBER_CHARS_MAX).contains(&text.len()) => {
                return Err(NumberError::Plain);
            }
            Symbology::Plain if !text.bytes().all(is_plain) => return Err(NumberError::Plain),
            Symbology::Sscc | Symbology::Plain => {}
        }
        Ok(Self {
            text: text.to_owned(),
            symbology,
        })
    }

    /// As people read it below the bars.
    fn shown(&self) -> String {
        match self.symbology {
            Symbology::Sscc => format!("(00) {}", self.text),
            Symbology::Plain => self.text.clone(),
        }
    }

    /// What the codes hold, behind FNC1 for an SSCC.
    fn data(&self) -> String {
        match self.symbology {
            Symbology::Sscc => format!("00{}", self.text),
            Symbology::Plain => self.text.clone(),
        }
    }
}
