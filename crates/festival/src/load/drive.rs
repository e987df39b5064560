//! Driving a scenario over many connections from one thread.

use super::line::{Line, Reply};
use super::tally::{Fate, Tally};
use super::template::{Hold, Scenario, Step};
use super::usage;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore};

/// How often due requests are looked for in an open loop. Latencies are counted from the exact moment a
/// request was due, so they are at most this much too long.
const TICK: Duration = Duration::from_micros(250);
/// A request that found no free connection for so long is given up and counted as unsent: shoppers each have a
/// connection of their own, and a long wait for one of ours would be counted as the shop's.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long answers are waited for when the run is over.
const DRAIN: Duration = Duration::from_secs(10);
/// How long all connections may take to open.
const OPEN_LIMIT: Duration = Duration::from_secs(30);

/// When requests come.
#[derive(Debug, Clone, Copy)]
pub enum Arrivals {
    /// Each connection asks again as soon as it has its answer.
    Closed,
    /// So many flows per second begin, at random moments, whatever the server does.
    Open {
        /// Flows per second on average.
        per_second: f64,
        /// The random moments.
        seed: u64,
    },
}

/// What is to be driven.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where the server is.
    pub address: SocketAddr,
    /// What each client does.
    pub scenario: Arc<Scenario>,
    /// Connections.
    pub connections: usize,
    /// How long flows begin.
    pub length: Duration,
    /// A good flow takes no longer.
    pub promised: Duration,
    /// The next flow's number; shared by runs against the same server, so that no number comes twice.
    pub numbers: Arc<AtomicU64>,
}

struct Stage {
    load: Load,
    began: Instant,
    ends: Instant,
    tally: Mutex<Tally>,
    due: Mutex<VecDeque<Instant>>,
    /// One permit per due flow.
    permits: Semaphore,
    tick: Notify,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drives the load in the calling thread and gives what was counted.
///
/// # Errors
/// When no runtime can be made or no connection opened.
pub fn drive(load: &Load, arrivals: Arrivals) -> Result<Tally, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(run(load.clone(), arrivals))
}

async fn run(load: Load, arrivals: Arrivals) -> Result<Tally, String> {
    let lines = tokio::time::timeout(OPEN_LIMIT, open(&load)).await;
    let lines = lines.map_err(|_| "the connections could not be opened in time".to_string())??;
    let own = std::process::id();
    let (began, cpu) = (Instant::now(), usage::cpu_seconds(own));
    let stage = Arc::new(Stage {
        began,
        ends: began + load.length,
        load,
        tally: Mutex::new(Tally::new()),
        due: Mutex::default(),
        permits: Semaphore::new(0),
        tick: Notify::new(),
    });
    let mut workers = tokio::task::JoinSet::new();
    let pacer = match arrivals {
        Arrivals::Closed => {
            for line in lines {
                workers.spawn(closed(stage.clone(), line));
            }
            None
        }
        Arrivals::Open { per_second, seed } => {
            for line in lines {
                workers.spawn(open_loop(stage.clone(), line));
            }
            workers.spawn(dispatch(stage.clone(), per_second, seed));
            let (stop, stopped) = channel();
            let ticking = stage.clone();
            let ticks = std::thread::spawn(move || tick(&ticking, &stopped));
            Some((stop, ticks))
        }
    };
    tokio::time::sleep_until(stage.ends.into()).await;
    let own_cpu_s = usage::cpu_seconds(own).and_then(|now| Some(now - cpu?));
    let drained = tokio::time::timeout(DRAIN, async {
        while workers.join_next().await.is_some() {}
    });
    let drained = drained.await.is_ok();
    if let Some((stop, ticks)) = pacer {
        drop(stop);
        ticks.join().map_err(|_| "the pacer died")?;
    }
    let mut tally = std::mem::replace(&mut *locked(&stage.tally), Tally::new());
    tally.unsent += locked(&stage.due).len() as u64;
    if !drained {
        let ended = tally.done + tally.shed + tally.refused.values().sum::<u64>();
        let missing = tally.offered - (ended + tally.broken + tally.unsent).min(tally.offered);
        tally.broken += missing;
        let text = || format!("no answer within {} s", DRAIN.as_secs());
        tally.sample.get_or_insert_with(text);
    }
    tally.own_cpu_s = own_cpu_s;
    tally.seconds = match arrivals {
        // Flows that were under way at the end are counted, so their time is too.
        Arrivals::Closed if drained => stage.began.elapsed().as_secs_f64(),
        _ => stage.load.length.as_secs_f64(),
    };
    Ok(tally)
}

/// Opens all connections, and has each answer once: the system says that a connection is open before
/// the server has taken it, and a server that is slow to take many would seem to lose requests.
async fn open(load: &Load) -> Result<Vec<Line>, String> {
    let failed = |e: std::io::Error| format!("connecting to {}: {e}", load.address);
    let hello = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", load.address);
    let mut lines = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        let mut line = Line::new(load.address);
        line.exchange(hello.as_bytes()).await.map_err(failed)?;
        lines.push(line);
    }
    Ok(lines)
}

async fn closed(stage: Arc<Stage>, mut line: Line) {
    let mut flow = Flow::new(&stage.load.scenario);
    while Instant::now() < stage.ends {
        locked(&stage.tally).offered += 1;
        let due = Instant::now();
        let fate = flow.run(&stage.load, &mut line).await;
        count(&stage, fate, due);
    }
}

async fn open_loop(stage: Arc<Stage>, mut line: Line) {
    let mut flow = Flow::new(&stage.load.scenario);
    loop {
        match stage.permits.acquire().await {
            Ok(permit) => permit.forget(),
            Err(_) => return,
        }
        let Some(due) = locked(&stage.due).pop_front() else {
            return;
        };
        if due.elapsed() > PATIENCE {
            locked(&stage.tally).unsent += 1;
            continue;
        }
        let fate = flow.run(&stage.load, &mut line).await;
        count(&stage, fate, due);
    }
}

fn count(stage: &Stage, fate: Fate, due: Instant) {
    let now = Instant::now();
    let promised = (now <= stage.ends).then_some(stage.load.promised);
    locked(&stage.tally).add(fate, now - due, promised);
}

/// Wakes the dispatcher until the other end of the channel is gone. A thread of its own, since the
/// runtime's timers know milliseconds only.
fn tick(stage: &Stage, stopped: &Receiver<()>) {
    while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        stage.tick.notify_one();
    }
}

/// Puts flows in line when they are due, and lets the connections go home after the last one.
async fn dispatch(stage: Arc<Stage>, per_second: f64, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut gap = || {
        let share: f64 = rng.random();
        Duration::from_secs_f64(-(1.0 - share).ln() / per_second)
    };
    let mut next = stage.began + gap();
    while next < stage.ends {
        stage.tick.notified().await;
        let now = Instant::now();
        let mut count = 0;
        let mut due = locked(&stage.due);
        while next <= now && next < stage.ends {
            due.push_back(next);
            next += gap();
            count += 1;
        }
        drop(due);
        locked(&stage.tally).offered += count;
        stage.permits.add_permits(count as usize);
    }
    stage.permits.add_permits(stage.load.connections);
}

/// What one connection needs to run flows, kept from one to the next.
struct Flow {
    request: Vec<u8>,
    found: Vec<u8>,
    /// Per step, where in the body the wanted text was last: it is there again nearly always.
    hints: Vec<usize>,
}

impl Flow {
    fn new(scenario: &Scenario) -> Self {
        Self {
            request: Vec::new(),
            found: Vec::new(),
            hints: vec![0; scenario.steps.len()],
        }
    }

    async fn run(&mut self, load: &Load, line: &mut Line) -> Fate {
        let number = load.numbers.fetch_add(1, Ordering::Relaxed);
        let scenario = &load.scenario;
        for (at, step) in scenario.steps.iter().enumerate() {
            let template = &step.template;
            template.fill(number, &scenario.choices, &self.found, &mut self.request);
            let reply = match line.exchange(&self.request).await {
                Ok(reply) => reply,
                Err(error) => return Fate::Broken(error.to_string()),
            };
            if !self.is_good(at, step, &reply, line.body(&reply)) {
                return match reply.status {
                    429 | 503 => Fate::Shed(reply),
                    _ => {
                        let body = String::from_utf8_lossy(line.body(&reply)).into_owned();
                        Fate::Refused(reply, body)
                    }
                };
            }
        }
        Fate::Done
    }

    fn is_good(&mut self, at: usize, step: &Step, reply: &Reply, body: &[u8]) -> bool {
        if reply.status != step.expected {
            return false;
        }
        let (Hold::Text(text) | Hold::Finding(text)) = step.hold else {
            return true;
        };
        let Some(start) = find(body, text.as_bytes(), self.hints[at]) else {
            return false;
        };
        self.hints[at] = start;
        if let Hold::Finding(_) = step.hold {
            let rest = &body[start + text.len()..];
            let end = rest.iter().position(|&byte| byte == b'"');
            self.found.clear();
            self.found.extend_from_slice(&rest[..end.unwrap_or(0)]);
        }
        true
    }
}

/// Where `text` is in `body`, looked for at `hint` first.
fn find(body: &[u8], text: &[u8], hint: usize) -> Option<usize> {
    if body.get(hint..).is_some_and(|rest| rest.starts_with(text)) {
        return Some(hint);
    }
    body.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};

    /// A server that opens things with an id, and sheds every tenth completion.
    fn serve(stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().expect("a copy")).lines();
        while let Some(Ok(first)) = lines.next() {
            let mut number = 0;
            for line in lines.by_ref().map_while(Result::ok) {
                if line.is_empty() {
                    break;
                }
                if let Some(key) = line.strip_prefix("key: ") {
                    number = key.parse::<u64>().expect("digits");
                }
            }
            let answer = match first.as_str() {
                "GET /healthz HTTP/1.1" => "200 OK\r\n|".to_string(),
                "GET /open HTTP/1.1" => format!("200 OK\r\n|{{\"x\":1,\"id\":\"thing-{number}\"}}"),
                other => {
                    assert_eq!(other, format!("GET /close/{number} HTTP/1.1"));
                    match number % 10 {
                        0 => "503 Busy\r\nretry-after: 3\r\n|".to_string(),
                        _ => "200 OK\r\n|closed".to_string(),
                    }
                }
            };
            let (head, body) = answer.split_once('|').expect("two parts");
            let answer = format!(
                "HTTP/1.1 {head}content-length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut stream = &stream;
            stream.write_all(answer.as_bytes()).expect("sent");
        }
    }

    fn server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || serve(stream));
            }
        });
        address
    }

    fn load(address: SocketAddr) -> Load {
        let step = |line: &str, hold| Step {
            template: Template::new(line, "h", "key: {number}\r\n", "", 0).expect("fixed"),
            expected: 200,
            hold,
        };
        let steps = vec![
            step("GET /open", Hold::Finding("\"id\":\"thing-")),
            step("GET /close/{found}", Hold::Text("closed")),
        ];
        let scenario = Scenario {
            steps,
            choices: Vec::new(),
        };
        Load {
            address,
            scenario: Arc::new(scenario),
            connections: 4,
            length: Duration::from_millis(400),
            promised: Duration::from_secs(1),
            numbers: Arc::default(),
        }
    }

    #[test]
    fn flows_run_closed_and_open() {
        let load = load(server());
        let closed = drive(&load, Arrivals::Closed).expect("a run");
        assert_eq!(closed.done + closed.shed, closed.offered);
        assert_eq!(closed.offered, load.numbers.load(Ordering::Relaxed));
        assert_eq!(closed.shed, closed.offered.div_ceil(10));
        assert_eq!(closed.retry_after_s.get(&3), Some(&closed.shed));
        assert!(closed.good > 0 && closed.sample.is_none());
        let arrivals = Arrivals::Open {
            per_second: 500.0,
            seed: 1,
        };
        let open = drive(&load, arrivals).expect("a run");
        // 200 are due on average; seven standard deviations to both sides.
        assert!((100..300).contains(&open.offered), "{}", open.offered);
        assert_eq!(open.done + open.shed + open.unsent, open.offered);
        assert!(open.checked().is_ok());
    }

    #[test]
    fn what_is_not_expected_is_told() {
        let mut load = load(server());
        let mut scenario = (*load.scenario).clone();
        scenario.steps[1].hold = Hold::Text("open");
        load.scenario = Arc::new(scenario);
        let tally = drive(&load, Arrivals::Closed).expect("a run");
        assert_eq!(tally.done, 0);
        let error = tally.checked().expect_err("nothing went well");
        assert!(error.contains("status 200: closed"), "{error}");
    }
}
