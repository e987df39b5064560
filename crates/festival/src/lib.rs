//! A day's trade against a running shop, seen from outside: it loads the shop over HTTP as shoppers
//! would, and then proves from outside that every acknowledged order is there and nothing was oversold.
//!
//! It must never reach around the interfaces: what it knows of the shop, it was told over HTTP.

mod app;
mod audit;
mod click;
pub mod client;
mod counter;
mod curve;
mod doorstep;
mod event;
pub mod load;
mod overload;
mod paper;
mod plan;
mod report;
mod run;
mod screen;
mod shop;
mod timeline;
mod towns;
mod web;

pub use curve::Hours;
pub use doorstep::{ByCarrier, Cause, DoorstepReport, Pace, Sourced, World, book_all};
pub use event::{Bridge, Column, EventReport, RuleReport, Rush, Slice, Sum, Unconfirmed};
pub use overload::{Overload, OverloadOptions, overload};
pub use paper::{Database, Paper};
pub use report::{Latency, Report};
pub use shop::Token;

use client::Target;
use doorstep::Doorstep;
use run::DayPlan;
use shop::{Office, Shop};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Shoppers per second that a day is made for when no length is asked for.
const SHOPPERS_PER_S: u64 = 500;
/// The shortest and the longest day when none is asked for, in seconds.
const DAY_S: (u64, u64) = (5, 600);

/// What festival is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// `http://host:port` of the shop; of each server if several serve it: shoppers spread over them, and turn to
    /// another when theirs is away.
    pub urls: Vec<String>,
    /// `http://host:port` of the test payment provider, if it is a process of its own.
    pub payments: Option<String>,
    /// What opens the operator's interface.
    pub token: Token,
    /// Shoppers.
    pub shoppers: u64,
    /// Connections at once.
    pub connections: usize,
    /// The part of the day that is played.
    pub hours: Hours,
    /// How long playing it takes; by the number of shoppers when absent.
    pub day: Option<Duration>,
    /// When no further shopper begins; by the day's length when absent.
    pub limit: Option<Duration>,
    /// The SKU of the hot article; the shop's first one when absent.
    pub hot: Option<String>,
    /// Pieces of the hot article; its stock is counted to this before. 0 for no hot article.
    pub hot_pieces: u32,
    /// Hands in the operator's office that ship, cancel and take back orders. 0 for none.
    pub hands: usize,
    /// The run's random choices.
    pub seed: u64,
    /// Whether a sale event is held in the middle of the day.
    pub event: bool,
    /// Whether orders are brought to the doorstep afterwards.
    pub doorstep: bool,
    /// By how much the shop's clock may be behind ours, or is set back meanwhile.
    pub clock_behind: Duration,
}

/// Holds a festival and audits it.
///
/// # Errors
/// When the shop cannot be read, takes real money or has nothing to sell. Broken promises are no error:
/// they stand in the report.
pub async fn festival(options: &Options) -> Result<Report, String> {
    let target = Target::all(&options.urls, options.payments.as_deref())?;
    let mut office = Office::new(target.clone(), options.token.clone());
    let mut shop = Shop::read(&mut office).await?;
    if options.hot_pieces > 0 {
        let pieces = i64::from(options.hot_pieces);
        shop.heat(&mut office, options.hot.as_deref(), pieces)
            .await?;
    }
    let doorstep = if options.doorstep {
        let hands = (&target, &options.token, options.hands);
        let prepared = Doorstep::prepare(&mut office, &mut shop, hands, options.shoppers);
        Some(prepared.await?)
    } else {
        None
    };
    let held = hold(&mut office, shop, &target, (options, doorstep.as_ref())).await;
    // Whatever came of it, the shop has its own carriers again.
    if let Some(doorstep) = &doorstep {
        doorstep.put_back(&mut office).await?;
    }
    held
}

/// Lets the day pass, has its orders brought to the doorstep if they are to be, and audits both.
async fn hold(
    office: &mut Office,
    mut shop: Shop,
    target: &Target,
    (options, doorstep): (&Options, Option<&Doorstep>),
) -> Result<Report, String> {
    let (plan, since) = planned(office, &mut shop, target, (options, doorstep)).await?;
    let shop = Arc::new(shop);
    let screen = screen::Moment::read(office).await?;
    let day = run::run(plan.clone(), shop.clone(), target.clone(), &options.token).await?;
    eprintln!("the day is over; auditing");
    let mut findings = audit::Findings::default();
    let brought = match doorstep {
        Some(doorstep) => {
            // Days pass on the way to the doorstep, and the screen shows one.
            let beside = screen::check(office, &screen, &mut findings).await?;
            let run = (plan.run.as_str(), plan.seed);
            let brought = doorstep.bring(office, run, options.token.pid()).await?;
            Some((brought, beside))
        }
        None => None,
    };
    let on_the_way = brought.as_ref().map(|(brought, _)| brought);
    let told = (&plan, &day, on_the_way);
    audit::audit(office, &mut findings, &shop, told, since).await?;
    let event = match &plan.event {
        Some(event) => {
            let orders = std::mem::take(&mut findings.orders);
            let run = (target, &options.token);
            let held = (&**event, &day.seen);
            let proved = event::prove(&mut findings, held, &day, run, (&orders.0, orders.1));
            Some(proved.await?)
        }
        None => None,
    };
    let (doorstep, beside) = match brought {
        Some((brought, beside)) => (Some(brought.report), beside),
        None => (None, screen::check(office, &screen, &mut findings).await?),
    };
    Ok(Report {
        event,
        doorstep,
        ..Report::new(&plan, &day, findings, beside)
    })
}

/// How the day is to be, and since when its orders are looked for, in UTC milliseconds.
async fn planned(
    office: &mut Office,
    shop: &mut Shop,
    target: &Target,
    (options, doorstep): (&Options, Option<&Doorstep>),
) -> Result<(DayPlan, i64), String> {
    let now_ms = match doorstep {
        // A shop whose clock was set ahead before is ahead still.
        Some(_) => Doorstep::now(office).await?,
        None => {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
            since_epoch.map_or(0, |d| d.as_millis() as i64)
        }
    };
    let day_s = (options.shoppers / SHOPPERS_PER_S).clamp(DAY_S.0, DAY_S.1);
    let day = options.day.unwrap_or(Duration::from_secs(day_s));
    let run = format!("{now_ms:x}");
    let event = if options.event {
        let wish = event::Wish {
            shoppers: options.shoppers,
            day,
            seed: options.seed,
            run: &run,
        };
        eprintln!("preparing the event");
        let shop = (shop, target, &options.token);
        Some(Arc::new(event::Event::prepare(office, shop, &wish).await?))
    } else {
        None
    };
    let slowest = Duration::from_secs(300 + options.shoppers / 20);
    let clock_behind_ms = i64::try_from(options.clock_behind.as_millis()).unwrap_or(now_ms);
    let plan = DayPlan {
        shoppers: options.shoppers,
        connections: options.connections.max(1),
        hours: options.hours,
        day,
        hands: options.hands,
        limit: options.limit.unwrap_or(day * 2 + slowest),
        seed: options.seed,
        run,
        event,
        doorstep: options.doorstep,
    };
    Ok((plan, now_ms - clock_behind_ms))
}
