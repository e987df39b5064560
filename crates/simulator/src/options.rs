//! What a run is made of. Each seed picks its own mix and switches kinds of faults on and off (swarm
//! testing: a run in which everything can happen hides what only happens when little else does).

use crate::rng::Rng;

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The options of a run; all are whole numbers, so that a case can be written as text.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Options {
            $($(#[$doc])* pub $name: u32,)*
        }

        impl Options {
            /// The names, in the order of the fields.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// An option by its name.
            pub fn get(&self, name: &str) -> Option<u32> {
                match name {
                    $(stringify!($name) => Some(self.$name),)*
                    _ => None,
                }
            }

            /// Sets an option by its name; `None` for a name that does not exist.
            pub fn set(&mut self, name: &str, value: u32) -> Option<()> {
                match name {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return None,
                }
                Some(())
            }
        }
    };
}

options! {
    /// Actors: shoppers, tills, staff at the shelves, clocks.
    actors,
    /// Milliseconds between two actors, on average.
    gap_ms,
    /// Articles on sale.
    articles,
    /// Pieces of an article at a location, on average.
    pieces,
    /// Warehouses that ship.
    warehouses,
    /// Shops with a till.
    shops,
    /// Sellers.
    sellers,
    /// Percent of shoppers who want the first article.
    hot,
    /// The most articles in one basket.
    lines,
    /// The most pieces of one article.
    quantity,
    /// Percent of shoppers who pay in the currency that tax is added to.
    tax_added,
    /// Percent of shoppers with a discount code.
    discounts,
    /// How scarce what a campaign gives is: the pieces and orders that there are of it, about. 0 for no campaign.
    festival,
    /// Percent of actors that draw a red packet, if the campaign has some. 0 for none.
    packets,
    /// Percent of shoppers who want to pay with points, if there is a campaign, which makes members. 0 for no points.
    points,
    /// Percent of steps at a parcel that are about its waybill. 0 for no carrier.
    parcels,
    /// Percent of steps at a parcel after which goods of it are to leave from elsewhere. 0 for none.
    relocations,
    /// Percent of steps at a waybill's parcel that are about a courier's round. 0 where the carrier is no fleet of the shop's.
    rounds,
    /// Percent of actors that are tills.
    tills,
    /// Percent of actors that count, receive, damage or hold back goods.
    stock_changes,
    /// Percent of actors that change a price or take an article off sale.
    price_changes,
    /// Percent of shoppers who buy in one step.
    buy_now,
    /// Percent of shoppers who leave without an order.
    abandon,
    /// Percent of requests that are clicked twice.
    double_click,
    /// Percent of requests that are given up for a new attempt under a new id.
    new_attempt,
    /// Percent of web orders on account.
    on_account,
    /// Percent of payments that the bank refuses.
    decline,
    /// Percent of payments that need the shopper at the provider's page.
    challenge,
    /// Percent of payments captured by the provider at once.
    capture_at_once,
    /// Percent of payments of which the reply says nothing and a webhook tells.
    told_later,
    /// Percent of orders that somebody cancels.
    cancel,
    /// Percent of handed-over orders of which something comes back.
    returns,
    /// Days in which the shop takes goods back; 0 for at once or never.
    return_days,
    /// Milliseconds in which the driver gathers a batch.
    batch_ms,
    /// Milliseconds that a commit takes at most.
    commit_ms,
    /// Of 1,000 commits: the process dies before it.
    crash_before,
    /// Of 1,000 commits: the process dies in the middle of it.
    crash_during,
    /// Of 1,000 commits: the process dies after it, before anybody hears.
    crash_after,
    /// Of 1,000 commits: the disk is full.
    commit_fails,
    /// Of 1,000 loads: rows cannot be read.
    load_fails,
    /// Of 1,000 commits: it takes a hundred times as long.
    slow_commit,
    /// Of 1,000 requests: lost on the way.
    request_lost,
    /// Of 1,000 replies: lost on the way back.
    reply_lost,
    /// Of 1,000 calls to the provider: lost on the way.
    call_lost,
    /// Of 1,000 answers of the provider: lost on the way back.
    answer_lost,
    /// Of 1,000 webhooks: hours late.
    webhook_late,
    /// Of 1,000 webhooks: sent twice.
    webhook_twice,
    /// Percent of refunds that the provider refuses.
    refund_fails,
    /// Percent of authorizations that the provider lets lapse.
    lapse,
    /// Of 1,000 actors: the clock jumps instead.
    clock_jumps,
}

/// Options that are faults: healing switches them off, shrinking tries without each.
pub const FAULTS: &[&str] = &[
    "crash_before",
    "crash_during",
    "crash_after",
    "commit_fails",
    "load_fails",
    "slow_commit",
    "request_lost",
    "reply_lost",
    "call_lost",
    "answer_lost",
    "webhook_late",
    "webhook_twice",
    "refund_fails",
    "lapse",
    "clock_jumps",
];

/// How many actors a run has unless told.
pub const ACTORS: u32 = 4_000;

impl Options {
    /// The mix of a seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut rng = Rng::of(seed, 0x5eed);
        let mut on = |share: u32, values: &[u32]| {
            let is_on = rng.percent(share);
            let value = rng.pick(values);
            if is_on { value } else { 0 }
        };
        let mut options = Self {
            actors: ACTORS,
            gap_ms: on(100, &[1, 5, 50, 500, 2_000]),
            articles: on(100, &[1, 3, 10, 40, 200]),
            pieces: on(100, &[3, 300, 5_000, 100_000, 100_000]),
            warehouses: on(100, &[1, 2, 3]),
            shops: on(100, &[1, 2]),
            sellers: on(100, &[1, 2, 3]),
            hot: on(50, &[10, 30, 90]),
            lines: on(100, &[1, 2, 3, 6]),
            quantity: on(100, &[1, 2, 5]),
            tax_added: on(50, &[10, 50, 100]),
            discounts: on(50, &[10, 60]),
            festival: on(60, &[2, 20, 300]),
            tills: on(60, &[5, 30, 80]),
            stock_changes: on(60, &[2, 10]),
            price_changes: on(50, &[1, 5]),
            buy_now: on(90, &[20, 60, 100]),
            abandon: on(50, &[5, 30]),
            double_click: on(50, &[2, 20]),
            new_attempt: on(50, &[10, 50]),
            on_account: on(50, &[5, 50]),
            decline: on(50, &[5, 30]),
            challenge: on(60, &[10, 50]),
            capture_at_once: on(30, &[5, 50]),
            told_later: on(40, &[5, 50]),
            cancel: on(60, &[5, 30]),
            returns: on(60, &[5, 30]),
            batch_ms: on(90, &[1, 5, 40, 400]),
            commit_ms: on(90, &[1, 5, 40]),
            return_days: on(70, &[1, 30]),
            ..Self::default()
        };
        options.pick_faults(&mut rng);
        // Last, so that the rest of a seed's mix stays what it was.
        if rng.percent(60) {
            options.packets = rng.pick(&[2, 10, 40]);
        }
        if rng.percent(60) {
            options.points = rng.pick(&[10, 40, 90]);
        }
        if rng.percent(60) {
            options.parcels = rng.pick(&[20, 60]);
        }
        if rng.percent(60) {
            options.relocations = rng.pick(&[10, 40]);
        }
        if rng.percent(60) {
            options.rounds = rng.pick(&[30, 80]);
        }
        options
    }

    fn pick_faults(&mut self, rng: &mut Rng) {
        let mut on = |values: &[u32]| {
            let is_on = rng.percent(35);
            let value = rng.pick(values);
            if is_on { value } else { 0 }
        };
        self.crash_before = on(&[1, 5, 20]);
        self.crash_during = on(&[1, 5, 20]);
        self.crash_after = on(&[1, 5, 20]);
        self.commit_fails = on(&[2, 20, 100]);
        self.load_fails = on(&[5, 50]);
        self.slow_commit = on(&[2, 20]);
        self.request_lost = on(&[5, 50]);
        self.reply_lost = on(&[5, 50, 200]);
        self.call_lost = on(&[5, 50, 300]);
        self.answer_lost = on(&[5, 50, 300]);
        self.webhook_late = on(&[10, 200]);
        self.webhook_twice = on(&[10, 200]);
        self.refund_fails = on(&[5, 30]);
        self.lapse = on(&[2, 10]);
        self.clock_jumps = on(&[2, 10]);
    }

    /// The same mix without faults.
    pub fn healed(&self) -> Self {
        let mut healed = self.clone();
        for name in FAULTS {
            healed.set(name, 0).expect("a fault is an option");
        }
        healed
    }
}
