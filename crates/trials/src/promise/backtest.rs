//! `sesame-trials promise-backtest`: reads a history of orders, quotes each from what was known then, prints how good the
//! quotes were.

use logistics::promise::backtest::{WARM_PERCENT, read, run};
use logistics::promise::generate::history;
use std::fs;

const USAGE: &str = "usage: sesame-trials promise-backtest FILE | promise-backtest --generate ORDERS SEED, \
    which prints a history that is made up";
/// So many wrong lines are named; all are counted.
const NAMED_MAX: usize = 20;

/// Runs the command.
pub fn backtest(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [flag, orders, seed] if flag == "--generate" => {
            let wrong = |text: &str| format!("{text}: no number that fits");
            let orders = orders.parse().map_err(|_| wrong(orders))?;
            print!(
                "{}",
                history(seed.parse().map_err(|_| wrong(seed))?, orders)
            );
            Ok(())
        }
        [path] if !path.starts_with('-') => {
            let text =
                fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
            report(path, &text)
        }
        _ => Err(USAGE.to_owned()),
    }
}

fn report(path: &str, text: &str) -> Result<(), String> {
    let history = read(text).map_err(|error| format!("{path}: {error}"))?;
    for error in history.errors.iter().take(NAMED_MAX) {
        eprintln!("{path}, {error}");
    }
    let (from, to) = (&history.from.names, &history.to.names);
    println!(
        "{} orders from {} origins to {} destinations; {} lines left out; the first {WARM_PERCENT} % are not quoted",
        history.trips.len(),
        from.len(),
        to.len(),
        history.errors.len()
    );
    let scores = run(&history);
    if scores.is_empty() {
        return Err(format!("{path}: too few orders to quote any"));
    }
    println!(
        "{:<28} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "quotes", "by p50 %", "by p90 %", "p90 days", "p90-p50", "loss p50", "loss p90"
    );
    for score in scores {
        println!(
            "{:<28} {:>7} {:>9.1} {:>9.1} {:>9.2} {:>9.2} {:>9.3} {:>9.3}",
            score.name,
            score.quotes,
            score.within_estimate_permille / 10.0,
            score.within_promise_permille / 10.0,
            score.promise_days,
            score.width_days,
            score.estimate_loss_days,
            score.promise_loss_days
        );
    }
    Ok(())
}
