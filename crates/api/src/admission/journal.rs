//! The record of a waiting room: who was let in, when, and why. Lines that only grow, each with a checksum over
//! itself and the one before, so that nothing can be changed, taken out or put in afterwards without a trace.
//!
//! A line is `CHECKSUM {"block", "previous", "at", "room", "entries"}`. Files have a bounded size and number.

use crate::hex;
use commerce::invariants::{AdmissionTally, Broken};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use super::room::Number;
use store::private;

/// The folder's name in the data folder.
pub const FOLDER: &str = "admission";
/// A file that is this long is followed by a new one.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Files that are kept; the oldest go first. A million let in by lot are about half a file.
const FILES_MAX: usize = 16;
/// Bytes of a checksum that are kept.
const CHECKSUM_BYTES: usize = 16;
/// What the first line follows.
const BEGINNING: &str = "";

/// In which order those who wait are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineOrder {
    /// First come first served.
    FirstCome,
    /// Drawn by lot among those who came before the opening; after them, first come first served.
    Lottery,
}

/// Why tickets were let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Their place was reached.
    PlaceReached,
    /// Their lot was reached.
    LotteryDraw,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    /// The room was opened.
    Opened {
        /// By whom: an operator's address, or `the shop itself`.
        by: String,
        /// What for.
        campaign: String,
        /// The order.
        order: LineOrder,
        /// Before this nobody is let in, UTC milliseconds.
        opens_at: Option<i64>,
        /// How many are let in a minute; `None` when the shop's load decides.
        per_minute: Option<u32>,
        /// SHA-256 of the draw's seed, in hexadecimal: the seed was fixed before anybody came.
        commitment: Option<String>,
    },
    /// Tickets up to this number were given.
    Issued {
        /// The number.
        up_to: Number,
    },
    /// The order of the tickets given so far was drawn.
    Drawn {
        /// The seed.
        seed: String,
        /// How many tickets.
        tickets: Number,
    },
    /// Tickets were let in, in this order.
    LetIn {
        /// Why.
        why: Why,
        /// Their numbers, such as `1-50,52`.
        tickets: String,
    },
    /// Tickets lost their place: their holders were away.
    FellOut {
        /// Their numbers.
        tickets: String,
    },
    /// Requests passed without a ticket because what they belong to was begun.
    Priority {
        /// How many.
        requests: u64,
    },
    /// The room was closed: everybody may come in.
    Closed {
        /// By whom.
        by: String,
    },
}

/// What happened at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its number, from 1.
    pub block: u64,
    /// The checksum of the block before.
    pub previous: String,
    /// When, UTC milliseconds.
    pub at: i64,
    /// The room's number.
    pub room: u32,
    /// What happened.
    pub entries: Vec<Entry>,
}

/// Numbers as runs: `1-50,52`.
pub fn to_runs(numbers: &[Number]) -> String {
    let mut out = String::new();
    let mut rest = numbers;
    while let Some(&first) = rest.first() {
        let follows = |(i, n): &(usize, &Number)| u64::from(**n) == u64::from(first) + *i as u64;
        let length = rest.iter().enumerate().take_while(follows).count();
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&first.to_string());
        if length > 1 {
            out.push('-');
            out.push_str(&rest[length - 1].to_string());
        }
        rest = &rest[length..];
    }
    out
}

/// Reads runs; `None` when the text is none. At most `max` numbers.
pub fn from_runs(text: &str, max: usize) -> Option<Vec<Number>> {
    let mut numbers = Vec::new();
    for run in text.split(',').filter(|r| !r.is_empty()) {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (first, last): (Number, Number) = (first.parse().ok()?, last.parse().ok()?);
        if last < first || numbers.len() + (last - first) as usize >= max {
            return None;
        }
        numbers.extend(first..=last);
    }
    Some(numbers)
}

/// What is published of a seed before the draw.
pub fn commitment(seed: &str) -> String {
    hex::of(&Sha256::digest(seed))
}

/// The order of the tickets 1 to `count`: by the SHA-256 of `seed:room:number`, the smallest first.
pub fn drawn_order(seed: &str, room: u32, count: Number) -> Vec<Number> {
    let lot = |number: &Number| {
        let digest = Sha256::digest(format!("{seed}:{room}:{number}"));
        let mut lot = [0; 16];
        lot.copy_from_slice(&digest[..16]);
        (lot, *number)
    };
    let mut numbers: Vec<Number> = (1..=count).collect();
    numbers.sort_by_cached_key(lot);
    numbers
}

/// The line of a block, and its checksum.
fn line(block: &Block) -> (String, String) {
    let json = serde_json::to_string(block).expect("a block is plain data");
    let checksum = hex::of(&Sha256::digest(&json)[..CHECKSUM_BYTES]);
    (format!("{checksum} {json}\n"), checksum)
}

/// Reads a line; gives its block and its checksum, or what is wrong with it.
pub fn read_line(text: &str) -> Result<(Block, String), &'static str> {
    let (checksum, json) = text.split_once(' ').ok_or("a line has no checksum")?;
    if hex::of(&Sha256::digest(json)[..CHECKSUM_BYTES]) != checksum {
        return Err("a line does not fit its checksum");
    }
    let block = serde_json::from_str(json).map_err(|_| "a line is no block")?;
    Ok((block, checksum.to_owned()))
}

/// Checks a record, line by line: that it is whole, and invariant 10 in it.
#[derive(Debug, Default)]
pub struct Check {
    /// What is wrong, the first [`FINDINGS_MAX`] of it.
    pub findings: Vec<Broken>,
    /// Lines read.
    pub blocks: u64,
    /// All that is wrong, counted.
    pub broken: u64,
    /// Tickets let in.
    pub let_in: u64,
    before: Option<(u64, String)>,
    room: u32,
    commitment: Option<String>,
    tally: AdmissionTally,
    place_of: Vec<Number>,
}

/// Findings that are kept.
pub const FINDINGS_MAX: usize = 20;

impl Check {
    /// Reads the next line.
    pub fn line(&mut self, text: &str) {
        self.blocks += 1;
        match read_line(text) {
            Ok((block, checksum)) => {
                self.follows(&block);
                self.before = Some((block.block, checksum));
                for entry in &block.entries {
                    if let Err(broken) = self.entry(&block, entry) {
                        self.found(broken);
                    }
                }
            }
            Err(reason) => {
                let at = self.blocks;
                self.found(broken(format!("admission line {at}: {reason}")));
            }
        }
    }

    fn found(&mut self, broken: Broken) {
        self.broken += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(broken);
        }
    }

    fn follows(&mut self, block: &Block) {
        // The first line that is kept follows one that is not.
        let Some((number, checksum)) = &self.before else {
            return;
        };
        if block.block != number + 1 || block.previous != *checksum {
            let (number, then) = (*number, block.block);
            self.found(broken(format!(
                "admission block {then} does not follow block {number}: lines were changed or are missing"
            )));
        }
    }

    fn entry(&mut self, block: &Block, entry: &Entry) -> Result<(), Broken> {
        if block.room != self.room || matches!(entry, Entry::Opened { .. }) {
            self.room = block.room;
            self.tally = AdmissionTally::default();
            self.place_of.clear();
        }
        match entry {
            Entry::Opened { commitment, .. } => {
                self.commitment.clone_from(commitment);
                Ok(())
            }
            Entry::Issued { up_to } => self.tally.issued(u64::from(*up_to)),
            Entry::Drawn { seed, tickets } => {
                if self.commitment.as_ref() != Some(&commitment(seed)) {
                    let detail = "the seed of a draw is not the one that was committed to";
                    return Err(broken(detail.to_owned()));
                }
                let order = drawn_order(seed, block.room, *tickets);
                self.place_of = vec![0; order.len()];
                for (place, number) in (1..).zip(order) {
                    self.place_of[number as usize - 1] = place;
                }
                Ok(())
            }
            Entry::LetIn { tickets, .. } => {
                let numbers = from_runs(tickets, super::room::TICKETS_MAX + 1);
                let numbers = numbers.ok_or_else(|| broken("runs cannot be read".to_owned()))?;
                self.let_in += numbers.len() as u64;
                numbers.into_iter().try_for_each(|number| {
                    let drawn = self.place_of.get((number as usize).wrapping_sub(1));
                    let place = drawn.copied().unwrap_or(number);
                    self.tally.let_in(u64::from(place))
                })
            }
            Entry::FellOut { .. } | Entry::Priority { .. } | Entry::Closed { .. } => Ok(()),
        }
    }
}

fn broken(detail: String) -> Broken {
    Broken { number: 10, detail }
}

/// The files of a record, oldest first.
///
/// # Errors
/// When the folder cannot be read; a folder that is not there has none.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "log") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Gives every whole line of a record to `each`; one that is being written now is not yet whole.
///
/// # Errors
/// When a file cannot be read.
pub fn each_line(folder: &Path, mut each: impl FnMut(&str)) -> io::Result<()> {
    for path in files(folder)? {
        let (mut file, mut line) = (BufReader::new(File::open(path)?), Vec::new());
        while file.read_until(b'\n', &mut line)? > 0 {
            if let Some(whole) = line.strip_suffix(b"\n") {
                each(&String::from_utf8_lossy(whole));
            }
            line.clear();
        }
    }
    Ok(())
}

/// A record that is being written.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    file: File,
    bytes: u64,
    next: u64,
    previous: String,
}

impl Journal {
    /// Opens the record in a folder, and gives every block so far to `each`. What a crash left of a line at the end
    /// is cut off: nobody was told of it.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(folder: &Path, mut each: impl FnMut(Block)) -> io::Result<Self> {
        private::make_folder(folder)?;
        let (mut next, mut previous) = (1, BEGINNING.to_owned());
        let files = files(folder)?;
        if let Some(last) = files.last() {
            cut_torn_line(last)?;
        }
        each_line(folder, |text| {
            if let Ok((block, checksum)) = read_line(text) {
                (next, previous) = (block.block + 1, checksum);
                each(block);
            }
        })?;
        let path = files.last().cloned();
        let path = path.unwrap_or_else(|| file_name(folder, next));
        let file = append_to(&path)?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            folder: folder.to_owned(),
            file,
            bytes,
            next,
            previous,
        })
    }

    /// Adds what happened. It is in the system's hands when this returns; [`Journal::to_sync`] makes it durable.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, at: i64, room: u32, entries: Vec<Entry>) -> io::Result<()> {
        if self.bytes >= FILE_BYTES_MAX {
            self.file.sync_data()?;
            self.file = append_to(&file_name(&self.folder, self.next))?;
            self.bytes = 0;
            let files = files(&self.folder)?;
            for old in files.iter().take(files.len().saturating_sub(FILES_MAX)) {
                std::fs::remove_file(old)?;
            }
        }
        let block = Block {
            block: self.next,
            previous: self.previous.clone(),
            at,
            room,
            entries,
        };
        let (text, checksum) = line(&block);
        self.file.write_all(text.as_bytes())?;
        self.bytes += text.len() as u64;
        self.next += 1;
        self.previous = checksum;
        Ok(())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A handle with which what was written so far can be made durable, beside further lines.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn to_sync(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

/// Files are named by their first block, so that their names sort.
fn file_name(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:012}.log"))
}

fn append_to(path: &Path) -> io::Result<File> {
    // The record names tickets: it is its owner's alone, like all data.
    drop(private::open_file(path)?);
    OpenOptions::new().append(true).open(path)
}

fn cut_torn_line(path: &Path) -> io::Result<()> {
    let text = std::fs::read(path)?;
    let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    if whole < text.len() {
        OpenOptions::new()
            .write(true)
            .open(path)?
            .set_len(whole as u64)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(order: LineOrder, seed: &str) -> Entry {
        Entry::Opened {
            by: "owner@shop.local".to_owned(),
            campaign: "11.11".to_owned(),
            order,
            opens_at: None,
            per_minute: Some(60),
            commitment: Some(commitment(seed)),
        }
    }

    fn let_in(tickets: &str) -> Entry {
        Entry::LetIn {
            why: Why::PlaceReached,
            tickets: tickets.to_owned(),
        }
    }

    /// The findings in a record of one room with these entries, one a block.
    fn check(entries: &[Entry]) -> Vec<String> {
        let (mut check, mut previous) = (Check::default(), String::new());
        for (number, entry) in (1..).zip(entries) {
            let block = Block {
                block: number,
                previous,
                at: 0,
                room: 3,
                entries: vec![entry.clone()],
            };
            let (text, checksum) = line(&block);
            check.line(text.trim_end());
            previous = checksum;
        }
        check.findings.into_iter().map(|f| f.detail).collect()
    }

    #[test]
    fn runs_read_back() {
        for (numbers, text) in [
            (vec![], ""),
            (vec![7], "7"),
            (vec![1, 2, 3, 5, 9, 10], "1-3,5,9-10"),
            (vec![3, 1, 2, 2], "3,1-2,2"),
            (vec![u32::MAX], "4294967295"),
        ] {
            assert_eq!(to_runs(&numbers), text);
            assert_eq!(from_runs(text, 10), Some(numbers));
        }
        for wrong in ["x", "1-", "5-3", "1-4000000000", "-1", "1-2-3"] {
            assert_eq!(from_runs(wrong, 10), None, "{wrong}");
        }
    }

    #[test]
    fn an_order_that_was_not_kept_is_found() {
        let issued = Entry::Issued { up_to: 10 };
        let start = [opened(LineOrder::FirstCome, "s"), issued.clone()];
        let with = |more: &[Entry]| check(&[&start[..], more].concat());
        assert_eq!(with(&[let_in("1-3"), let_in("5,7-10")]), [""; 0]);
        assert_eq!(
            with(&[let_in("1-3"), let_in("5,4")]),
            ["place 4 was let in after place 5"]
        );
        assert_eq!(
            with(&[let_in("1-3"), let_in("3")]),
            ["place 3 was let in after place 3"]
        );
        assert_eq!(
            with(&[let_in("11")]),
            ["place 11 was let in, but only 10 tickets were given"]
        );
        let again = [
            let_in("9"),
            opened(LineOrder::FirstCome, "s"),
            issued,
            let_in("1"),
        ];
        assert_eq!(with(&again), [""; 0], "another room begins anew");
    }

    #[test]
    fn a_draw_is_held_against_its_seed() {
        let order = drawn_order("seed", 3, 10);
        let start = |seed: &str| {
            [
                opened(LineOrder::Lottery, "seed"),
                Entry::Issued { up_to: 10 },
                Entry::Drawn {
                    seed: seed.to_owned(),
                    tickets: 10,
                },
            ]
        };
        let kept = [
            let_in(&to_runs(&order)),
            Entry::Issued { up_to: 11 },
            let_in("11"),
        ];
        assert_eq!(check(&[&start("seed")[..], &kept].concat()), [""; 0]);
        let mut swapped = order.clone();
        swapped.swap(2, 3);
        let jumped = [let_in(&to_runs(&swapped))];
        let found = check(&[&start("seed")[..], &jumped].concat());
        assert_eq!(found, ["place 3 was let in after place 4"]);
        let found = check(&start("another seed"));
        assert_eq!(
            found,
            ["the seed of a draw is not the one that was committed to"]
        );
        assert_ne!(
            order,
            drawn_order("seed", 4, 10),
            "each room has its own draw"
        );
    }

    #[test]
    fn a_record_survives_a_crash_and_shows_every_change() {
        let name = format!("sesame-journal-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let write = |count: u32, from: u32| {
            let mut seen = 0;
            let mut journal = Journal::open(&folder, |_| seen += 1).expect("a journal");
            for n in from..from + count {
                let entries = vec![Entry::Issued { up_to: n }];
                journal.append(7, 1, entries).expect("written");
            }
            seen
        };
        assert_eq!(write(3, 1), 0);
        let path = files(&folder).expect("a folder").remove(0);
        let mut file = OpenOptions::new().append(true).open(&path).expect("a file");
        file.write_all(b"0123 {\"block\":4,").expect("a torn line");
        assert_eq!(write(2, 4), 3);
        let findings = || {
            let mut check = Check::default();
            each_line(&folder, |text| check.line(text)).expect("read");
            (check.blocks, check.findings.len())
        };
        assert_eq!(findings(), (5, 0));
        let text = std::fs::read_to_string(&path).expect("read");
        std::fs::write(&path, text.replace("\"up_to\":2", "\"up_to\":9")).expect("written");
        assert!(findings().1 > 0, "a changed line");
        let without: Vec<&str> = text
            .lines()
            .filter(|l| !l.contains("\"up_to\":3"))
            .collect();
        std::fs::write(&path, without.join("\n") + "\n").expect("written");
        assert_eq!(findings(), (4, 1), "a line taken out");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
