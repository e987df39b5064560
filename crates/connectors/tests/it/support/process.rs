//! A foreign program as a process: it says its port, and ends with us however we end.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to say its port.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running program. It ends when its standard input does, so it cannot outlive this process.
pub struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    /// Where it listens, without a slash at the end.
    pub base_url: String,
}

impl Program {
    /// Starts a program that prints the port it listens on, on 127.0.0.1, as its first line.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // The first line is the port; the rest is read so that the program never blocks on a full pipe.
            for line in lines.by_ref().map_while(Result::ok) {
                drop(sender.send(line));
            }
        });
        let started = Instant::now();
        let port = receiver
            .recv_timeout(START_LIMIT)
            .ok()
            .and_then(|line| line.trim().parse::<u16>().ok());
        let Some(port) = port else {
            drop(stdin);
            drop(child.kill());
            let mut text = String::new();
            drop(
                child
                    .stderr
                    .take()
                    .expect("piped")
                    .read_to_string(&mut text),
            );
            panic!(
                "{command:?} said no port in {:?}:\n{text}",
                started.elapsed()
            );
        };
        let mut errors = child.stderr.take().expect("piped");
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        Self {
            child,
            stdin,
            base_url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.stdin.take());
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a program to its end with this input, and gives what it printed; it must succeed.
pub fn output(command: &mut Command, input: &[u8]) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(input)
        .expect("the program reads its input");
    let output = child.wait_with_output().expect("the program ends");
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the program prints text")
}
