//! One line per step: what runs, for how long, and how it ended.
//! On a terminal the line moves; elsewhere a step that takes long reports once a minute.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::{Child, Ended};

const TERMINAL_TICK: Duration = Duration::from_secs(1);
const PLAIN_TICK: Duration = Duration::from_secs(60);
const TAIL_BYTES: u64 = 4096;
const TAIL_WIDTH: usize = 60;

/// A step under way: its line on the screen, its log file and its deadline.
pub struct Progress {
    title: String,
    log: PathBuf,
    started: Instant,
    limit: Duration,
    moves: bool,
}

impl Progress {
    /// Opens the line and empties the log.
    pub fn begin(title: &str, log: &Path, limit: Duration) -> Result<Self, String> {
        File::create(log).map_err(|error| format!("cannot write {}: {error}", log.display()))?;
        let moves = io::stdout().is_terminal();
        say(&format!("{title} … "));
        Ok(Self {
            title: title.into(),
            log: log.into(),
            started: Instant::now(),
            limit,
            moves,
        })
    }

    /// Runs one command of the step, its output into the log; fails when the command does or the time is over.
    pub fn run(&self, command: Command) -> Result<(), String> {
        let output = self.log_file()?;
        self.run_into(command, output)
    }

    /// The same with its standard output into `output`; what it complains about still goes into the log.
    pub fn run_into(&self, command: Command, output: File) -> Result<(), String> {
        let shown = show(&command);
        let ended = self.follow(&mut self.start_into(command, output)?);
        if ended.is_success() {
            Ok(())
        } else {
            Err(format!("`{shown}`: {ended}"))
        }
    }

    /// Starts a command that runs beside the step, its output into the log.
    pub fn start(&self, command: Command) -> Result<Child, String> {
        self.start_into(command, self.log_file()?)
    }

    fn start_into(&self, mut command: Command, output: File) -> Result<Child, String> {
        self.note(&format!("$ {}", show(&command)))?;
        command.stdout(output).stderr(self.log_file()?);
        Child::spawn(command)
    }

    /// Adds a line of our own to the log.
    pub fn note(&self, line: &str) -> Result<(), String> {
        writeln!(self.log_file()?, "{line}")
            .map_err(|error| format!("cannot write {}: {error}", self.log.display()))
    }

    /// What the step's commands have said so far.
    pub fn output(&self) -> String {
        fs::read(&self.log).map_or_else(
            |_| String::new(),
            |bytes| String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    /// Time left until the step's limit.
    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.started.elapsed())
    }

    /// Closes the line with a word and the time it took.
    pub fn end(self, word: &str) -> Duration {
        let took = self.started.elapsed();
        let start = if self.moves {
            format!("\r\x1b[K{} … ", self.title)
        } else {
            String::new()
        };
        say(&format!("{start}{word} {}\n", seconds(took)));
        took
    }

    fn follow(&self, child: &mut Child) -> Ended {
        let tick = if self.moves {
            TERMINAL_TICK
        } else {
            PLAIN_TICK
        };
        loop {
            let left = self.left();
            if left.is_zero() {
                child.stop();
                return Ended::TimedOut(self.limit);
            }
            if let Some(ended) = child.wait(tick.min(left)) {
                return ended;
            }
            self.tick();
        }
    }

    fn tick(&self) {
        let tail = last_line(&self.log);
        let elapsed = seconds(self.started.elapsed());
        if self.moves {
            say(&format!("\r\x1b[K{} … {elapsed}  {tail}", self.title));
        } else {
            say(&format!("\n    {elapsed} so far: {tail}\n    … "));
        }
    }

    fn log_file(&self) -> Result<File, String> {
        let opened = OpenOptions::new().append(true).open(&self.log);
        opened.map_err(|error| format!("cannot write {}: {error}", self.log.display()))
    }
}

/// A duration for people: tenths below ten seconds, whole seconds above.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.0} s")
    }
}

fn say(text: &str) {
    let mut out = io::stdout();
    // A reader that went away (`| head`) must not fail the work.
    let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn last_line(log: &Path) -> String {
    let Ok(mut file) = File::open(log) else {
        return String::new();
    };
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = Vec::new();
    let from = SeekFrom::Start(length.saturating_sub(TAIL_BYTES));
    if file
        .seek(from)
        .and_then(|_| file.read_to_end(&mut bytes))
        .is_err()
    {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("");
    line.chars()
        .filter(|c| !c.is_control())
        .take(TAIL_WIDTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(340)), "0.3 s");
        assert_eq!(seconds(Duration::from_millis(9_960)), "10 s");
        assert_eq!(seconds(Duration::from_secs(125)), "125 s");
    }

    #[test]
    fn the_tail_is_the_last_line_with_text() {
        let log = std::env::temp_dir().join(format!("xtask-progress-{}", std::process::id()));
        fs::write(&log, "first\n  Compiling store \n\n").expect("a temporary file");
        let tail = last_line(&log);
        fs::remove_file(&log).expect("the temporary file is ours");
        assert_eq!(tail, "Compiling store");
    }
}
