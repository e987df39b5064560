//! Search as you type in a shop of a million products, while others look at 1,000 product pages a second: all of it over
//! HTTP, on the same processors. The reference is the least that a suggestion can be, a code that is looked up in the
//! dictionary, asked at the same rate beside the same pages.

use crate::row::{OpenLoop, Row};
use crate::scenarios::{self, To};
use crate::servers::Server;
use crate::{Effort, Length};
use festival::load::{
    Arrivals, Hold, Load, Percentiles, Scenario, Step, Tally, Template, drive, usage,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{SmallShop, TempFolder, fill_assortment, typed};

/// Product pages a second beside the searches.
const PAGES_PER_SECOND: f64 = 1_000.0;
/// Searches a second.
const SEARCHES_PER_SECOND: f64 = 100.0;
/// Different things that are typed.
const TYPED: u64 = 20_000;
/// An answer within this time counts.
const PROMISED: Duration = Duration::from_millis(30);
/// How long the index may take until it is filled.
const FILLED_WITHIN: Duration = Duration::from_secs(600);
const CONNECTIONS: usize = 64;
const SEED: u64 = 20_171_111;

/// The time in which 99 of 100 suggestions came, in milliseconds.
pub fn suggest(effort: Effort) -> Result<Row, String> {
    let (products, length) = match effort.length {
        Length::Full => (1_000_000, Duration::from_secs(20)),
        Length::Quick => (10_000, Duration::from_secs(2)),
    };
    let folder = TempFolder::new("search");
    fill_assortment(folder.path(), products).map_err(|e| e.to_string())?;
    let started = Instant::now();
    let shop = Server::shop(folder.path())?;
    wait_until_filled(&shop)?;
    let start_up = started.elapsed();
    let pages = scenarios::product_page(&To {
        authority: &shop.authority,
        profile_url: "",
        run: 0,
    })?;
    let codes = (0..products.min(50_000)).map(SmallShop::sku).collect();
    let codes = beside(
        &shop,
        &pages,
        &get(&shop, "/search/suggest?q={choice}", codes)?,
        length,
    )?;
    let words = typed(products, TYPED)
        .iter()
        .map(|t| t.replace(' ', "+"))
        .collect();
    let words = beside(
        &shop,
        &pages,
        &get(&shop, "/search/suggest?q={choice}", words)?,
        length,
    )?;
    let memory = usage::resident_bytes(shop.pid());
    let (value, reference) = (
        Percentiles::of(&words.done_us),
        Percentiles::of(&codes.done_us),
    );
    Ok(Row {
        value: value.p99_ms,
        unit: "ms p99",
        reference: "a code in the dictionary, same load",
        reference_value: reference.p99_ms,
        latency: value,
        open: Some(OpenLoop {
            offered: SEARCHES_PER_SECOND,
            value: words.good_per_second(),
            latency: value,
        }),
        cores: None,
        connections: Some(CONNECTIONS),
        memory_mib: memory.map(|bytes| bytes >> 20),
        start_up_s: Some(start_up.as_secs_f64()),
    })
}

/// A request that finds what it asks for.
fn get(shop: &Server, path: &str, choices: Vec<String>) -> Result<Scenario, String> {
    let template = Template::new(
        &format!("GET {path}"),
        &shop.authority,
        "accept-language: en\r\n",
        "",
        0,
    )?;
    let step = Step {
        template,
        expected: 200,
        hold: Hold::Anything,
    };
    Ok(Scenario {
        steps: vec![step],
        choices,
    })
}

/// Searches while pages are looked at.
fn beside(
    shop: &Server,
    pages: &Scenario,
    searches: &Scenario,
    length: Duration,
) -> Result<Tally, String> {
    let load = |scenario: &Scenario| Load {
        address: shop.address,
        scenario: Arc::new(scenario.clone()),
        connections: CONNECTIONS,
        length,
        promised: PROMISED,
        numbers: Arc::default(),
    };
    let open = |per_second, seed| Arrivals::Open { per_second, seed };
    let (pages, searches) = (load(pages), load(searches));
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| drive(&pages, open(PAGES_PER_SECOND, SEED)));
        let typing = drive(&searches, open(SEARCHES_PER_SECOND, SEED + 1));
        let looked = looking
            .join()
            .map_err(|_| "the page load ended early".to_string())??
            .checked()?;
        eprintln!("  beside {:.0} pages/s", looked.per_second());
        typing?.checked()
    })
}

/// Until then the server says that it is not ready.
fn wait_until_filled(shop: &Server) -> Result<(), String> {
    let ready = Load {
        address: shop.address,
        scenario: Arc::new(get(shop, "/readyz", vec![String::new()])?),
        connections: 1,
        length: Duration::from_millis(500),
        promised: PROMISED,
        numbers: Arc::default(),
    };
    let began = Instant::now();
    while began.elapsed() < FILLED_WITHIN {
        let asked = drive(
            &ready,
            Arrivals::Open {
                per_second: 10.0,
                seed: SEED,
            },
        )?;
        if asked.done > 0 && asked.refused.is_empty() && asked.shed == 0 {
            return Ok(());
        }
    }
    Err("the index was not filled in time".to_string())
}
