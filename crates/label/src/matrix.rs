//! Data Matrix ECC 200 (ISO/IEC 16022): texts of ASCII in squares of one region, 10 × 10 to 26 × 26 modules.

/// Side of a symbol, code words of data, code words of correction (table 7 of the standard).
const SIZES: [(usize, usize, usize); 9] = [
    (10, 3, 5),
    (12, 5, 7),
    (14, 8, 10),
    (16, 12, 12),
    (18, 18, 14),
    (20, 22, 18),
    (22, 30, 20),
    (24, 36, 24),
    (26, 44, 28),
];
const FNC1: u8 = 232;
const PAD: u8 = 129;
/// The polynomial of the field: x⁸ + x⁵ + x³ + x² + 1.
const FIELD: u16 = 0x12d;

/// White modules that a reader needs on all sides.
pub(crate) const QUIET: u32 = 1;

/// A text in a square.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matrix {
    side: usize,
    dark: Vec<bool>,
    /// What it holds, as ZPL's `^BX` takes it with `_` before what is no character.
    zpl: String,
}

impl Matrix {
    /// A text of ASCII; `None` for any other, and for one that is too long.
    pub(crate) fn new(text: &str) -> Option<Self> {
        Self::of(words(text, &[])?, text.to_owned())
    }

    /// An element string of GS1.
    pub(crate) fn gs1(data: &str) -> Option<Self> {
        Self::of(words(data, &[FNC1])?, format!("_1{data}"))
    }

    fn of(mut words: Vec<u8>, zpl: String) -> Option<Self> {
        let fits = |(_, data, _): &&(usize, usize, usize)| *data >= words.len();
        let &(side, data, correction) = SIZES.iter().find(fits)?;
        if words.len() < data {
            words.push(PAD);
        }
        while words.len() < data {
            // Pads behind the first look like noise, so that no large area is of one color (annex B.1).
            let noise = 149 * (words.len() + 1) % 253 + 1;
            let word = (usize::from(PAD) + noise) % 254;
            words.push(if word == 0 { 254 } else { word as u8 });
        }
        words.extend(corrections(&words, correction));
        let mut matrix = Self {
            side,
            dark: vec![false; side * side],
            zpl,
        };
        let inner = side - 2;
        let places = places(inner);
        for (at, place) in places.iter().enumerate() {
            let is_dark = match *place {
                Place::Bit { word, bit } => words[word] >> bit & 1 == 1,
                Place::Fixed(is_dark) => is_dark,
            };
            let (row, column) = (at / inner, at % inner);
            matrix.dark[(row + 1) * side + column + 1] = is_dark;
        }
        // What a reader finds it by: two edges dark, the two others taking turns.
        for i in 0..side {
            matrix.dark[i * side] = true;
            matrix.dark[(side - 1) * side + i] = true;
            matrix.dark[i] = i % 2 == 0;
            matrix.dark[i * side + side - 1] = i % 2 == 1;
        }
        Some(matrix)
    }

    /// Its side, in modules.
    pub(crate) fn side(&self) -> u32 {
        u32::try_from(self.side).expect("at most 26")
    }

    /// What it holds, for a printer that draws it.
    pub(crate) fn zpl(&self) -> &str {
        &self.zpl
    }

    /// Its dark modules as runs: column, row and length.
    pub(crate) fn runs(&self) -> Vec<(u32, u32, u32)> {
        let mut runs: Vec<(u32, u32, u32)> = Vec::new();
        let (mut x, mut y) = (0, 0);
        for is_dark in &self.dark {
            match runs.last_mut() {
                Some((from, row, length)) if *is_dark && *row == y && *from + *length == x => {
                    *length += 1;
                }
                _ if *is_dark => runs.push((x, y, 1)),
                _ => {}
            }
            x += 1;
            if x == self.side() {
                (x, y) = (0, y + 1);
            }
        }
        runs
    }
}

/// Code words of a text: two digits share one.
fn words(text: &str, before: &[u8]) -> Option<Vec<u8>> {
    let mut words = before.to_vec();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let next = after.first().filter(|b| b.is_ascii_digit());
        match next.filter(|_| first.is_ascii_digit()) {
            Some(next) => {
                words.push(130 + (first - b'0') * 10 + (next - b'0'));
                rest = &after[1..];
            }
            None if first.is_ascii() => {
                words.push(first + 1);
                rest = after;
            }
            None => return None,
        }
    }
    Some(words)
}

/// Reed-Solomon code words of correction, the roots of whose polynomial are the powers of 2 from the first on.
fn corrections(data: &[u8], count: usize) -> Vec<u8> {
    let multiply = |a: u8, b: u8| {
        let (mut a, mut b, mut product) = (u16::from(a), b, 0);
        while b > 0 {
            if b & 1 == 1 {
                product ^= a;
            }
            a <<= 1;
            if a & 0x100 != 0 {
                a ^= FIELD;
            }
            b >>= 1;
        }
        product as u8
    };
    // From the second highest coefficient on; the highest is 1.
    let mut generator = vec![0; count];
    let mut root = 1;
    for degree in 0..count {
        root = multiply(root, 2);
        let mut above = 1;
        let mut next = vec![0; count];
        // (x^degree + …)(x + root), coefficient by coefficient.
        for i in 0..=degree {
            let own = if i < degree { generator[i] } else { 0 };
            next[i] = own ^ multiply(above, root);
            above = own;
        }
        generator = next;
    }
    let mut rest = vec![0; count];
    for word in data {
        let factor = word ^ rest[0];
        rest.rotate_left(1);
        rest[count - 1] = 0;
        for (rest, coefficient) in rest.iter_mut().zip(&generator) {
            *rest ^= multiply(factor, *coefficient);
        }
    }
    rest
}

/// What stands at a place within the edges.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// A bit of a code word, the lowest being 0.
    Bit { word: usize, bit: u8 },
    /// One of the corner that no code word reaches.
    Fixed(bool),
}

/// Where the bits of code words stand in a square of such a side (annex F).
fn places(side: usize) -> Vec<Place> {
    let mut placer = Placer {
        side: side as isize,
        places: vec![None; side * side],
        word: 0,
    };
    placer.walk();
    let last = side * side - 1;
    let corner = [last, last - side - 1];
    let fixed =
        |(at, place): (usize, Option<Place>)| place.unwrap_or(Place::Fixed(corner.contains(&at)));
    placer.places.into_iter().enumerate().map(fixed).collect()
}

struct Placer {
    side: isize,
    places: Vec<Option<Place>>,
    word: usize,
}

impl Placer {
    /// Diagonals up and down, with the four odd shapes at corners.
    // Long because the corners, eight places each, are part of one walk.
    fn walk(&mut self) {
        let side = self.side;
        let (mut row, mut column) = (4, 0);
        loop {
            if row == side && column == 0 {
                self.corner([
                    (-1, 0),
                    (-1, 1),
                    (-1, 2),
                    (0, -2),
                    (0, -1),
                    (1, -1),
                    (2, -1),
                    (3, -1),
                ]);
            }
            if row == side - 2 && column == 0 && side % 4 != 0 {
                self.corner([
                    (-3, 0),
                    (-2, 0),
                    (-1, 0),
                    (0, -4),
                    (0, -3),
                    (0, -2),
                    (0, -1),
                    (1, -1),
                ]);
            }
            if row == side - 2 && column == 0 && side % 8 == 4 {
                self.corner([
                    (-3, 0),
                    (-2, 0),
                    (-1, 0),
                    (0, -2),
                    (0, -1),
                    (1, -1),
                    (2, -1),
                    (3, -1),
                ]);
            }
            if row == side + 4 && column == 2 && side % 8 == 0 {
                self.corner([
                    (-1, 0),
                    (-1, -1),
                    (0, -3),
                    (0, -2),
                    (0, -1),
                    (1, -3),
                    (1, -2),
                    (1, -1),
                ]);
            }
            loop {
                self.shape(row, column);
                (row, column) = (row - 2, column + 2);
                if row < 0 || column >= side {
                    break;
                }
            }
            (row, column) = (row + 1, column + 3);
            loop {
                self.shape(row, column);
                (row, column) = (row + 2, column - 2);
                if row >= side || column < 0 {
                    break;
                }
            }
            (row, column) = (row + 3, column + 1);
            if row >= side && column >= side {
                return;
            }
        }
    }

    /// The usual shape of a code word, whose lowest bit is at a place; nothing where that is taken or outside.
    fn shape(&mut self, row: isize, column: isize) {
        let is_inside = row >= 0 && row < self.side && column >= 0 && column < self.side;
        if !is_inside || self.places[(row * self.side + column) as usize].is_some() {
            return;
        }
        let bits = [
            (-2, -2),
            (-2, -1),
            (-1, -2),
            (-1, -1),
            (-1, 0),
            (0, -2),
            (0, -1),
            (0, 0),
        ];
        for (bit, (down, right)) in (0..8).rev().zip(bits) {
            self.put(row + down, column + right, bit);
        }
        self.word += 1;
    }

    /// A shape at corners: places from the upper left corner, negative ones from the end.
    fn corner(&mut self, bits: [(isize, isize); 8]) {
        let at = |place: isize| if place < 0 { place + self.side } else { place };
        for (bit, (row, column)) in (0..8).rev().zip(bits.map(|(r, c)| (at(r), at(c)))) {
            self.put(row, column, bit);
        }
        self.word += 1;
    }

    /// A bit. What is outside comes in at the opposite edge, shifted.
    fn put(&mut self, row: isize, column: isize, bit: u8) {
        let side = self.side;
        let (mut row, mut column) = (row, column);
        if row < 0 {
            row += side;
            column += 4 - (side + 4) % 8;
        }
        if column < 0 {
            column += side;
            row += 4 - (side + 4) % 8;
        }
        let word = self.word;
        self.places[(row * side + column) as usize] = Some(Place::Bit { word, bit });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of ISO/IEC 16022, annex O: the text `123456`.
    #[test]
    fn code_words_are_those_of_the_standards_example() {
        let data = words("123456", &[]).expect("ASCII");
        assert_eq!(data, [142, 164, 186]);
        assert_eq!(corrections(&data, 5), [114, 25, 5, 88, 102]);
        assert_eq!(words("A1é", &[]), None);
    }

    #[test]
    fn each_size_has_each_bit_of_each_code_word_once() {
        for (side, data, correction) in SIZES {
            let mut bits = vec![0u8; data + correction];
            let mut fixed = 0;
            for place in places(side - 2) {
                match place {
                    Place::Bit { word, bit } => {
                        assert_eq!(bits[word] >> bit & 1, 0, "{side}");
                        bits[word] |= 1 << bit;
                    }
                    Place::Fixed(_) => fixed += 1,
                }
            }
            assert!(bits.iter().all(|b| *b == 255), "{side}");
            assert_eq!(fixed, (side - 2) * (side - 2) - 8 * bits.len(), "{side}");
        }
    }

    #[test]
    fn a_number_takes_the_smallest_square() {
        for (text, side) in [("123456", 10), ("RR473124829GB", 16), ("A", 10)] {
            assert_eq!(Matrix::new(text).expect("ASCII").side(), side, "{text}");
        }
        let sscc = Matrix::gs1("00340123450000000079").expect("digits");
        assert_eq!(sscc.side(), 16);
        let runs = sscc.runs();
        // The left and the lower edge are dark.
        assert!(runs.contains(&(0, 15, 16)));
        assert_eq!(runs.iter().filter(|(x, ..)| *x == 0).count(), 16);
        assert_eq!(Matrix::new(&"A".repeat(45)), None);
    }
}
