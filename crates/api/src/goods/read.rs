//! From bytes to lines of one kind. Faults that a line shows by itself are found here.

use super::LINES_MAX;
use super::cells::Cells;
use super::columns::{Columns, Header, Kind};
use super::places::{CategoryLine, LocationLine};
use super::products::{PriceLine, ProductLine};
use super::report::FileErrors;
use super::stock::StockLine;
use csv::{ByteRecord, ReaderBuilder};

/// The lines of one file.
#[derive(Debug)]
pub(super) enum Content {
    /// The header told nothing.
    Unknown,
    Locations(Vec<LocationLine>),
    Categories(Vec<CategoryLine>),
    Products(Vec<ProductLine>),
    Prices(Vec<PriceLine>),
    Stock(Vec<StockLine>),
}

impl Content {
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Content::Unknown => None,
            Content::Locations(_) => Some(Kind::Locations),
            Content::Categories(_) => Some(Kind::Categories),
            Content::Products(_) => Some(Kind::Products),
            Content::Prices(_) => Some(Kind::Prices),
            Content::Stock(_) => Some(Kind::Stock),
        }
    }
}

/// Parses one file; `tick` is called for each line.
pub(super) fn read_file(bytes: &[u8], errors: &mut FileErrors, tick: &mut dyn FnMut()) -> Content {
    let Some((mut records, names)) = begin(bytes, errors) else {
        return Content::Unknown;
    };
    let Some((kind, header)) = understood(Header::parse(&names), &mut records, errors) else {
        return Content::Unknown;
    };
    let table = &mut Table {
        records,
        header: &header,
        errors,
        tick,
    };
    match kind {
        Kind::Locations => Content::Locations(table.lines(LocationLine::read)),
        Kind::Categories => Content::Categories(table.lines(CategoryLine::read)),
        Kind::Products => Content::Products(table.lines(ProductLine::read)),
        Kind::Prices => Content::Prices(table.lines(PriceLine::read)),
        Kind::Stock => Content::Stock(table.lines(StockLine::read)),
    }
}

/// Parses a file that can only be one table.
pub(super) fn read_table<T>(
    bytes: &[u8],
    columns: Columns,
    errors: &mut FileErrors,
    read: impl Fn(&mut Cells) -> T,
) -> Vec<T> {
    let Some((mut records, names)) = begin(bytes, errors) else {
        return Vec::new();
    };
    let Some(header) = understood(Header::of(columns, &names), &mut records, errors) else {
        return Vec::new();
    };
    let table = &mut Table {
        records,
        header: &header,
        errors,
        tick: &mut || {},
    };
    table.lines(read)
}

/// The records of a file behind its header, with the names in that.
fn begin<'a>(bytes: &'a [u8], errors: &mut FileErrors) -> Option<(Records<'a>, Vec<String>)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        errors.file("the file is UTF-16; save it as UTF-8");
        return None;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.iter().all(u8::is_ascii_whitespace) {
        errors.file("the file is empty");
        return None;
    }
    let mut records = Records::new(text);
    let RawLine {
        line,
        record,
        quote_is_open,
    } = records.next()?;
    if quote_is_open {
        errors.at(line, "", OPEN_QUOTE);
        return None;
    }
    let names = match texts(record) {
        Ok(texts) => texts.iter().map(|t| t.to_ascii_lowercase()).collect(),
        Err((field, reason)) => {
            errors.at(line, "", format!("column {}: {reason}", field + 1));
            return None;
        }
    };
    Some((records, names))
}

/// What a header says; what is wrong with it is noted with its line.
fn understood<T>(
    header: Result<T, Vec<String>>,
    records: &mut Records,
    errors: &mut FileErrors,
) -> Option<T> {
    match header {
        Ok(header) => Some(header),
        Err(faults) => {
            let (_, line) = records.counted;
            faults.into_iter().for_each(|f| errors.at(line, "", f));
            None
        }
    }
}

const OPEN_QUOTE: &str = "a quotation mark opens a field here and never closes it";

struct Table<'a, 't> {
    records: Records<'a>,
    header: &'t Header,
    errors: &'t mut FileErrors,
    tick: &'t mut dyn FnMut(),
}

impl Table<'_, '_> {
    fn lines<T>(&mut self, read: impl Fn(&mut Cells) -> T) -> Vec<T> {
        let mut lines = Vec::new();
        while let Some(RawLine {
            line,
            record,
            quote_is_open,
        }) = self.records.next()
        {
            (self.tick)();
            if quote_is_open {
                self.errors.at(line, "", OPEN_QUOTE);
                break;
            }
            match texts(record) {
                // Spreadsheets like to end a file with lines that hold delimiters alone.
                Ok(texts) if texts.iter().all(|t| t.is_empty()) => {}
                Ok(texts) if texts.len() != self.header.width => {
                    let (has, wants) = (texts.len(), self.header.width);
                    let reason = format!("{has} fields where the header has {wants}");
                    self.errors.at(line, "", reason);
                }
                Ok(texts) => {
                    if lines.len() == LINES_MAX {
                        let reason = format!("more than {LINES_MAX} lines; split the file");
                        self.errors.at(line, "", reason);
                        break;
                    }
                    lines.push(read(&mut Cells::new(
                        line,
                        self.header,
                        &texts,
                        self.errors,
                    )));
                }
                Err((field, reason)) => {
                    let columns = self.header.columns.iter();
                    let mut named = columns.zip(&self.header.fields);
                    let column = named
                        .find(|(_, f)| **f == Some(field))
                        .map_or("", |(c, _)| c);
                    self.errors.at(line, column, reason);
                }
            }
        }
        lines
    }
}

/// The fields as texts without blanks around them, or the first that is none.
fn texts(record: &ByteRecord) -> Result<Vec<&str>, (usize, &'static str)> {
    let text = |(i, field)| {
        let text: &str = std::str::from_utf8(field).map_err(|_| (i, "not UTF-8"))?;
        if text.contains('\0') {
            return Err((i, "a NUL byte, which no text has"));
        }
        Ok(text.trim())
    };
    record.iter().enumerate().map(text).collect()
}

/// The records of a text with the line each starts on.
struct Records<'a> {
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    record: ByteRecord,
    delimiter: u8,
    /// The place up to which lines are counted, and the line there.
    counted: (usize, u64),
}

/// A record and the line it starts on.
struct RawLine<'r> {
    line: u64,
    record: &'r ByteRecord,
    /// Whether the text ends within its quotation marks.
    quote_is_open: bool,
}

impl<'a> Records<'a> {
    fn new(text: &'a [u8]) -> Self {
        let delimiter = delimiter(text);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text);
        Self {
            text,
            reader,
            record: ByteRecord::new(),
            delimiter,
            counted: (0, 1),
        }
    }

    fn next(&mut self) -> Option<RawLine<'_>> {
        // Reading from memory with any number of fields allowed cannot fail.
        let more = self
            .reader
            .read_byte_record(&mut self.record)
            .unwrap_or(false);
        if !more {
            return None;
        }
        let mut start = self.record.position().map_or(0, |p| p.byte() as usize);
        // The reader's position may lie before line ends that it skips: the rest of CRLF, empty lines.
        while matches!(self.text.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let (from, line) = self.counted;
        self.counted = (start, line + line_ends(&self.text[from..start]));
        let end = self.reader.position().byte() as usize;
        Some(RawLine {
            line: self.counted.1,
            record: &self.record,
            quote_is_open: end >= self.text.len()
                && ends_quoted(&self.text[start..], self.delimiter),
        })
    }
}

/// Line ends: LF, CRLF, or a CR alone.
fn line_ends(text: &[u8]) -> u64 {
    let ends = |(i, &byte): (usize, &u8)| {
        byte == b'\n' || (byte == b'\r' && text.get(i + 1) != Some(&b'\n'))
    };
    text.iter().enumerate().filter(|&at| ends(at)).count() as u64
}

/// The delimiter that the first line shows: comma, semicolon or tab.
fn delimiter(text: &[u8]) -> u8 {
    let mut lines = text.split(|b| matches!(b, b'\r' | b'\n'));
    let header = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let count = |d: &u8| header.iter().filter(|b| *b == d).count();
    // The last of equals wins, so that a header without any has the comma.
    *[b'\t', b';', b',']
        .iter()
        .max_by_key(|d| count(d))
        .unwrap_or(&b',')
}

/// Whether a record's raw text ends within quotation marks.
fn ends_quoted(raw: &[u8], delimiter: u8) -> bool {
    #[derive(PartialEq)]
    enum At {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }
    let mut at = At::FieldStart;
    for &byte in raw {
        at = match (at, byte) {
            (At::FieldStart, b'"') | (At::QuoteInQuoted, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::Quoted, _) => At::Quoted,
            (_, b'\r' | b'\n') => At::FieldStart,
            (_, other) if other == delimiter => At::FieldStart,
            _ => At::Plain,
        };
    }
    at == At::Quoted
}
