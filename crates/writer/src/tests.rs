//! The machine stepped by hand, with a store that does as it is told.

use super::*;
use commerce::command::{Command, Idempotency, Outcome, SetStock, StockChange, StockChangeKind};
use commerce::id::{LocationId, ProductId, VariantId};
use commerce::settings::{Address, Location, LocationKind};
use commerce::stock::Level;
use commerce::world::{Record, Sequences};

const LOCATION: LocationId = LocationId(0x100);
/// The level of this product is unsound in the store, as if a disk had lied: touching it panics.
const UNSOUND: u64 = 0xbad00;

fn location() -> Record {
    Record::Location(Location {
        id: LOCATION,
        code: "w".to_string(),
        name: "w".to_string(),
        kind: LocationKind::Warehouse,
        address: Address::default(),
        latitude_micro: 0,
        longitude_micro: 0,
        time_zone: "UTC".to_string(),
        hours: Default::default(),
        hours_text: String::new(),
        closed_on: Vec::new(),
        ships: true,
        collects: false,
        sells: false,
        pickup_lead_minutes: 0,
        ship_cutoff_minute: 0,
        rank: 0,
    })
}

fn product(raw: u64) -> Record {
    use commerce::catalog::{Product, Status, TaxCategory, Variant};
    use commerce::text::Text;
    let id = ProductId(raw);
    let variant = Variant {
        id: VariantId::under(id, 1),
        sku: raw.to_string(),
        gtin: None,
        option_values: Vec::new(),
        weight_grams: 0,
        image: String::new(),
        status: Status::Active,
        offers: Vec::new(),
    };
    Record::Product(Product {
        id,
        version: 1,
        handle: raw.to_string(),
        title: Text::en("p"),
        description: Text::default(),
        brand: String::new(),
        category: None,
        option_names: Vec::new(),
        option_words: Default::default(),
        tax_category: TaxCategory::Standard,
        status: Status::Active,
        variants: vec![variant],
        created_at: 0,
        updated_at: 0,
    })
}

/// A driver whose store answers from nothing and commits as told.
struct Bench {
    writer: Writer<u32>,
    commits: Vec<Arc<Delta>>,
    log: Vec<String>,
    commit_result: Result<(), String>,
}

impl Bench {
    fn new() -> Self {
        let writer = Writer::new(World::new(vec![location()], Sequences::default(), 0));
        Self {
            writer,
            commits: Vec::new(),
            log: Vec::new(),
            commit_result: Ok(()),
        }
    }

    fn submit(&mut self, ticket: u32, envelope: Envelope) {
        self.step(Input::Submit(ticket, Box::new(envelope)));
    }

    fn step(&mut self, input: Input<u32>) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut out = Vec::new();
            self.writer.step(1, input, &mut out);
            for output in out {
                match output {
                    Output::Load(keys) => inputs.push(Input::Loaded(Ok(self.rows(&keys)))),
                    Output::Commit(delta) => {
                        self.log.push("commit".to_string());
                        self.commits.push(delta);
                        inputs.push(Input::Committed(self.commit_result.clone()));
                    }
                    Output::Publish(_) => self.log.push("publish".to_string()),
                    Output::Reply(ticket, reply) => {
                        self.log.push(format!("{ticket} {}", show(&reply)))
                    }
                }
            }
        }
    }

    fn rows(&mut self, keys: &KeySet) -> Rows {
        self.log.push("load".to_string());
        let records = keys.records.iter().map(|(_, id)| product(*id)).collect();
        let unsound = Level {
            on_hand: 1,
            reserved: 5,
            ..Level::default()
        };
        let levels = keys
            .levels
            .iter()
            .filter(|p| p.0 == UNSOUND)
            .map(|p| (VariantId::under(*p, 1), LOCATION, unsound))
            .collect();
        Rows {
            records,
            levels,
            ..Rows::default()
        }
    }

    fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }
}

fn show(reply: &Reply) -> String {
    match reply {
        Ok(decided) => match &decided.outcome {
            Outcome::Saved(saved) => format!("changed {}", saved.changed),
            _ => "ok".to_string(),
        },
        Err(Failure::Refused(refusal)) => refusal.code().to_string(),
        Err(Failure::Overloaded) => "overloaded".to_string(),
        Err(Failure::Unavailable(reason)) => format!("unavailable: {reason}"),
    }
}

fn receive(product: u64, pieces: u32) -> Envelope {
    let variant = VariantId::under(ProductId(product), 1);
    let change = StockChange {
        variant,
        location: LOCATION,
        kind: StockChangeKind::Received(pieces),
    };
    Envelope::system(Command::SetStock(SetStock {
        cause: 1,
        changes: vec![change],
        note: String::new(),
    }))
}

#[test]
fn replies_come_after_the_commit_and_a_touched_level_is_written_once() {
    let mut bench = Bench::new();
    (1..=3).for_each(|ticket| bench.submit(ticket, receive(0x1000, ticket)));
    bench.step(Input::Tick);
    assert_eq!(
        bench.take_log(),
        [
            "load",
            "commit",
            "publish",
            "1 changed 1",
            "2 changed 1",
            "3 changed 1"
        ]
    );
    let delta = &bench.commits[0];
    assert_eq!((delta.levels.len(), delta.movements.len()), (1, 3));
    assert_eq!(delta.levels[0].2.on_hand, 6);
    bench.submit(4, receive(0x1000, 1));
    bench.step(Input::Tick);
    assert_eq!(
        bench.take_log(),
        ["commit", "publish", "4 changed 1"],
        "the rows are warm"
    );
}

#[test]
fn a_failed_commit_leaves_no_trace() {
    let mut bench = Bench::new();
    bench.submit(1, receive(0x1000, 5));
    bench.commit_result = Err("the disk is full".to_string());
    bench.step(Input::Tick);
    assert_eq!(
        bench.take_log(),
        ["load", "commit", "1 unavailable: the disk is full"]
    );
    bench.commit_result = Ok(());
    bench.submit(2, receive(0x1000, 7));
    bench.step(Input::Tick);
    assert_eq!(bench.take_log(), ["commit", "publish", "2 changed 1"]);
    let (failed, written) = (&bench.commits[0], &bench.commits[1]);
    assert_eq!(
        written.levels[0].2.on_hand, 7,
        "the five pieces are not there"
    );
    assert_eq!(
        failed.events[0].position, written.events[0].position,
        "the feed has no gap"
    );
    assert_eq!(failed.movements[0].number, written.movements[0].number);
}

#[test]
fn a_command_that_panics_is_refused_alone() {
    let mut bench = Bench::new();
    for (ticket, product) in [(1, 0x1000), (2, UNSOUND), (3, 0x1000), (4, UNSOUND)] {
        bench.submit(ticket, receive(product, 1));
    }
    bench.step(Input::Tick);
    let expected = [
        "load",
        "commit",
        "publish",
        "1 changed 1",
        "2 internal_invariant",
        "3 changed 1",
        "4 internal_invariant",
    ];
    assert_eq!(bench.take_log(), expected);
    assert_eq!(bench.commits[0].movements.len(), 2);
}

#[test]
fn who_comes_to_a_full_queue_is_turned_away_at_once() {
    let mut bench = Bench::new();
    for ticket in 0..=QUEUE_MAX as u32 {
        bench.submit(ticket, receive(0x1000, 1));
    }
    assert_eq!(bench.take_log(), [format!("{QUEUE_MAX} overloaded")]);
    while !bench.writer.is_idle() {
        bench.step(Input::Tick);
    }
    assert_eq!(bench.commits.len(), QUEUE_MAX.div_ceil(BATCH_MAX));
    assert_eq!(
        bench
            .commits
            .iter()
            .map(|d| d.movements.len())
            .sum::<usize>(),
        QUEUE_MAX
    );
}

#[test]
fn rows_that_cannot_be_loaded_change_nothing() {
    let mut writer: Writer<u32> =
        Writer::new(World::new(vec![location()], Sequences::default(), 0));
    let mut out = Vec::new();
    writer.step(1, Input::Submit(1, Box::new(receive(0x1000, 1))), &mut out);
    writer.step(1, Input::Tick, &mut out);
    assert!(matches!(out.pop(), Some(Output::Load(_))));
    writer.step(1, Input::Loaded(Err("no disk".to_string())), &mut out);
    assert!(matches!(
        out.pop(),
        Some(Output::Reply(1, Err(Failure::Unavailable(_))))
    ));
    assert!(writer.is_idle());
}

/// A writer whose commits are answered when the test says so; rows are loaded at once.
fn slow(writer: &mut Writer<u32>, bench: &mut Bench, input: Input<u32>) -> Vec<String> {
    let mut log = Vec::new();
    let mut inputs = vec![input];
    while let Some(input) = inputs.pop() {
        let mut out = Vec::new();
        writer.step(1, input, &mut out);
        for output in out {
            match output {
                Output::Load(keys) => inputs.push(Input::Loaded(Ok(bench.rows(&keys)))),
                Output::Commit(delta) => {
                    let level = delta.levels.last().map_or(0, |(_, _, level)| level.on_hand);
                    log.push(format!(
                        "commit from {} to {level}",
                        delta.events[0].position
                    ));
                }
                Output::Publish(_) => log.push("publish".to_string()),
                Output::Reply(ticket, reply) => log.push(format!("{ticket} {}", show(&reply))),
            }
        }
    }
    log
}

#[test]
fn the_next_batch_is_decided_while_a_commit_is_under_way_and_committed_after_it() {
    let (mut bench, mut writer) = (Bench::new(), Bench::new().writer);
    let submit = |ticket, pieces| Input::Submit(ticket, Box::new(receive(0x1000, pieces)));
    slow(&mut writer, &mut bench, submit(1, 5));
    let log = slow(&mut writer, &mut bench, Input::Tick);
    assert_eq!(log, ["commit from 1 to 5"]);
    slow(&mut writer, &mut bench, submit(2, 2));
    assert!(slow(&mut writer, &mut bench, Input::Tick).is_empty());
    slow(&mut writer, &mut bench, submit(3, 1));
    let waits = slow(&mut writer, &mut bench, Input::Tick);
    assert!(waits.is_empty(), "two batches are not decided ahead");
    let log = slow(&mut writer, &mut bench, Input::Committed(Ok(())));
    assert_eq!(log, ["commit from 3 to 7", "publish", "1 changed 1"]);
    slow(&mut writer, &mut bench, Input::Tick);
    let log = slow(&mut writer, &mut bench, Input::Committed(Ok(())));
    assert_eq!(log, ["commit from 5 to 8", "publish", "2 changed 1"]);
    let log = slow(&mut writer, &mut bench, Input::Committed(Ok(())));
    assert_eq!(log, ["publish", "3 changed 1"]);
    assert!(writer.is_idle());
}

#[test]
fn a_failed_commit_takes_the_batch_with_it_that_was_decided_on_top() {
    let (mut bench, mut writer) = (Bench::new(), Bench::new().writer);
    let submit = |ticket, pieces| Input::Submit(ticket, Box::new(receive(0x1000, pieces)));
    for ticket in 1..=2 {
        slow(&mut writer, &mut bench, submit(ticket, 5));
        slow(&mut writer, &mut bench, Input::Tick);
    }
    let failed = Input::Committed(Err("full".to_string()));
    let log = slow(&mut writer, &mut bench, failed);
    assert_eq!(log, ["1 unavailable: full", "2 unavailable: full"]);
    slow(&mut writer, &mut bench, submit(3, 2));
    let log = slow(&mut writer, &mut bench, Input::Tick);
    assert_eq!(
        log,
        ["commit from 1 to 2"],
        "neither number nor piece is left"
    );
}

#[test]
fn what_changes_nothing_is_told_no_sooner_than_what_it_rests_on_is_durable() {
    let (mut bench, mut writer) = (Bench::new(), Bench::new().writer);
    let submit = |ticket, envelope| Input::Submit(ticket, Box::new(envelope));
    slow(&mut writer, &mut bench, submit(1, receive(0x1000, 5)));
    slow(&mut writer, &mut bench, Input::Tick);
    // A batch of a refusal alone.
    slow(&mut writer, &mut bench, submit(2, receive(UNSOUND, 1)));
    assert!(slow(&mut writer, &mut bench, Input::Tick).is_empty());
    let log = slow(&mut writer, &mut bench, Input::Committed(Ok(())));
    assert_eq!(log, ["publish", "1 changed 1", "2 internal_invariant"]);
    assert!(writer.is_idle());
}

#[test]
fn a_repeat_that_is_loaded_while_its_first_becomes_durable_is_told_the_same() {
    let (mut bench, mut writer) = (Bench::new(), Bench::new().writer);
    let keyed = |product| Envelope {
        idempotency: Some(Idempotency { key: 7, request: 1 }),
        ..receive(product, 5)
    };
    let submit = |ticket, envelope| Input::Submit(ticket, Box::new(envelope));
    slow(&mut writer, &mut bench, submit(1, keyed(0x1000)));
    let log = slow(&mut writer, &mut bench, Input::Tick);
    assert_eq!(log, ["commit from 1 to 5"]);
    // The batch of the repeat loads something of another command's.
    let mut out = Vec::new();
    writer.step(1, submit(2, keyed(0x1000)), &mut out);
    writer.step(1, submit(3, receive(0x2000, 1)), &mut out);
    writer.step(1, Input::Tick, &mut out);
    let Some(Output::Load(asked)) = out.pop() else {
        panic!("the other product is not in memory")
    };
    assert!(asked.answers.is_empty(), "the first is still in memory");
    let log = slow(&mut writer, &mut bench, Input::Committed(Ok(())));
    assert_eq!(log, ["publish", "1 changed 1"]);
    let rows = bench.rows(&asked);
    let log = slow(&mut writer, &mut bench, Input::Loaded(Ok(rows)));
    assert_eq!(log, ["commit from 3 to 1"]);
    let log = slow(&mut writer, &mut bench, Input::Committed(Ok(())));
    assert_eq!(log, ["publish", "2 changed 1", "3 changed 1"]);
    // Once it is forgotten it is asked for.
    writer.step(1, submit(4, keyed(0x1000)), &mut out);
    writer.step(1, Input::Tick, &mut out);
    let Some(Output::Load(asked)) = out.pop() else {
        panic!("the answer is read back")
    };
    assert_eq!(asked.answers.iter().copied().collect::<Vec<_>>(), [7]);
}
