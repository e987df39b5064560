//! Measurements over HTTP: the real server in a process of its own, an empty axum handler in another as
//! the reference, and the same load generator for both, on the same processors.

use crate::row::{Cores, OpenLoop, Row};
use crate::scenarios::{self, Pay, To};
use crate::servers::Server;
use crate::{Effort, Length};
use festival::Token;
use festival::client::Target;
use festival::load::{Arrivals, Load, Percentiles, Scenario, Tally, drive, usage};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::{RACE_SHOP, SmallShop, StoreError, TempFolder, fill, fill_network};

/// The open loop offers this share of what the closed loop reached.
const OPEN_SHARE: f64 = 0.7;
/// An answer within this time counts in the open loop.
const PROMISED: Duration = Duration::from_secs(1);
/// The random arrivals: any run has the same.
const SEED: u64 = 20_171_111;

/// Connections, if nothing else is said: with fewer the disk is waited for, with more the processors' caches hold
/// less of what is under way.
const CONNECTIONS: usize = 512;
/// Connections of those who buy in one call, as many as on the day: each order waits longer, and a batch is larger.
const BUYERS: usize = 2_048;
/// Connections of those who ask when goods would be there: an answer takes no disk.
const ASKING: usize = 32;
/// Hands that book waybills, each for hundreds of parcels at once.
const HANDS: usize = 4;

/// Orders per second in one call, durable.
pub fn buy_now(effort: Effort) -> Result<Row, String> {
    let shop = SmallShop::new(RACE_SHOP);
    let effort = Effort {
        connections: effort.connections.or(Some(BUYERS)),
        ..effort
    };
    compare(effort, "orders/s", &|to| scenarios::buy_now(to, &shop))
}

/// Orders per second in the three calls of the store API for platforms, paid on account.
pub fn checkout(effort: Effort) -> Result<Row, String> {
    checkout_paid(effort, Pay::OnAccount)
}

/// The same, paid by card at the test provider, which shares the processors.
pub fn checkout_card(effort: Effort) -> Result<Row, String> {
    checkout_paid(effort, Pay::Card)
}

fn checkout_paid(effort: Effort, pay: Pay) -> Result<Row, String> {
    let shop = SmallShop::new(RACE_SHOP);
    compare(effort, "orders/s", &|to| {
        scenarios::checkout(to, &shop, pay)
    })
}

/// Product pages per second.
pub fn product_page(effort: Effort) -> Result<Row, String> {
    compare(effort, "pages/s", &scenarios::product_page)
}

/// Questions per second when goods would be there, by a timetable as large as a country's.
pub fn promise(effort: Effort) -> Result<Row, String> {
    let shop = SmallShop::new(RACE_SHOP);
    let effort = Effort {
        connections: effort.connections.or(Some(ASKING)),
        ..effort
    };
    compare_in(fill_network, effort, "answers/s", &|to| {
        scenarios::promise(to, &shop)
    })
}

/// Parcels per second from the order to the waybill: orders in one call for a while, then a waybill for each, booked by
/// hands that list what is open. The rate is that at which both are done in turn.
pub fn parcels(effort: Effort) -> Result<Row, String> {
    let folder = TempFolder::new("bench");
    let sample = SmallShop::new(RACE_SHOP);
    fill_network(folder.path(), &sample).map_err(|e| e.to_string())?;
    let (shop, empty) = (Server::shop(folder.path())?, Server::empty()?);
    let effort = Effort {
        connections: effort.connections.or(Some(BUYERS)),
        ..effort
    };
    let load = load(&shop, &empty, effort, &|to| scenarios::buy_now(to, &sample))?;
    let ordered = run(&load, length(effort), Arrivals::Closed)?;
    let target = Target::parse(&format!("http://{}", shop.authority))?;
    let token = Token::RunFile(folder.path().join("run.json"));
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    let booked = runtime.block_on(festival::book_all(&target, token, HANDS))?;
    eprintln!(
        "  {:.0} orders/s, {:.0} waybills/s",
        ordered.per_second(),
        booked.per_second()
    );
    let each_s = 1.0 / ordered.per_second() + 1.0 / booked.per_second();
    let cores = booked.own_cores.zip(booked.server_cores);
    Ok(Row {
        value: 1.0 / each_s,
        unit: "parcels/s",
        reference: "the orders alone, without waybills",
        reference_value: ordered.per_second(),
        latency: Percentiles::of(&ordered.done_us),
        open: None,
        cores: cores.map(|(generator, server)| Cores { generator, server }),
        connections: Some(connections(effort)),
        memory_mib: None,
        start_up_s: None,
    })
}

/// Makes the scenario against a server.
type Make<'a> = &'a dyn Fn(&To) -> Result<Scenario, String>;

/// The shop in a closed loop, the shop in an open loop, the empty handler in a closed loop.
fn compare(effort: Effort, unit: &'static str, make: Make) -> Result<Row, String> {
    compare_in(fill, effort, unit, make)
}

/// Makes a shop in a folder.
type Fill = fn(&Path, &SmallShop) -> Result<(), StoreError>;

/// The same in a shop that is made like this.
fn compare_in(fill: Fill, effort: Effort, unit: &'static str, make: Make) -> Result<Row, String> {
    let length = length(effort);
    let folder = TempFolder::new("bench");
    fill(folder.path(), &SmallShop::new(RACE_SHOP)).map_err(|e| e.to_string())?;
    let (shop, empty) = (Server::shop(folder.path())?, Server::empty()?);
    let load = load(&shop, &empty, effort, make)?;
    run(&load, length / 5, Arrivals::Closed)?;
    let cpu = usage::cpu_seconds(shop.pid());
    let closed = run(&load, length, Arrivals::Closed)?;
    let server = usage::cpu_seconds(shop.pid()).zip(cpu);
    let server = server.map(|(after, before)| (after - before) / closed.seconds);
    let cores = closed.own_cores().zip(server);
    let offered = closed.per_second() * OPEN_SHARE;
    let arrivals = Arrivals::Open {
        per_second: offered,
        seed: SEED,
    };
    let open = run(&load, length, arrivals)?;
    drop(shop);
    let load = self::load(&empty, &empty, effort, make)?;
    run(&load, length / 10, Arrivals::Closed)?;
    let reference = run(&load, length / 2, Arrivals::Closed)?;
    Ok(Row {
        value: closed.per_second(),
        unit,
        reference: "empty axum handler, same requests",
        reference_value: reference.per_second(),
        latency: Percentiles::of(&closed.done_us),
        open: Some(OpenLoop {
            offered,
            value: open.good_per_second(),
            latency: Percentiles::of(&open.done_us),
        }),
        cores: cores.map(|(generator, server)| Cores { generator, server }),
        connections: Some(connections(effort)),
        memory_mib: None,
        start_up_s: None,
    })
}

/// How long orders are placed.
fn length(effort: Effort) -> Duration {
    match effort.length {
        Length::Full => Duration::from_secs(10),
        Length::Quick => Duration::from_secs(1),
    }
}

fn connections(effort: Effort) -> usize {
    effort.connections.unwrap_or(CONNECTIONS)
}

fn load(server: &Server, empty: &Server, effort: Effort, make: Make) -> Result<Load, String> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let profile_url = format!("http://{}/profile", empty.authority);
    let scenario = make(&To {
        authority: &server.authority,
        profile_url: &profile_url,
        run: since.map_or(0, |d| d.as_nanos()),
    })?;
    Ok(Load {
        address: server.address,
        scenario: Arc::new(scenario),
        connections: connections(effort),
        length: Duration::ZERO,
        promised: PROMISED,
        numbers: Arc::default(),
    })
}

fn run(load: &Load, length: Duration, arrivals: Arrivals) -> Result<Tally, String> {
    let load = Load {
        length,
        ..load.clone()
    };
    let tally = drive(&load, arrivals)?.checked()?;
    if tally.shed > 0 {
        eprintln!(
            "  {} of {} requests were turned away",
            tally.shed, tally.offered
        );
    }
    Ok(tally)
}
