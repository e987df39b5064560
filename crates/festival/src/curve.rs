//! When shoppers come: the course of 11 November 2017.
//!
//! **Published.** Alibaba's orders peaked at 325,000 a second, in the rush of midnight, with about 1.5
//! billion orders in the day: 17,361 a second on average, so the peak is 18.7 times the mean. And it was
//! published when the day's turnover passed which mark: 0:00:11 (0.1 bn yuan), 0:00:28 (1 bn), 0:03:01
//! (10 bn), 0:40:12 (50 bn): info.vansky.com/news/fina/138308.html; 0:11:13 (30 bn): colamg.com,
//! "双11狂欢节成交额"; 9:00:04 (100 bn): hkstv.tv/index/detail/id/69707.html; 13:09 (120.7 bn) and 24:00
//! (168.3 bn): qz.com/1127087.
//!
//! **Made of it.** In the first eleven minutes 18 % of the turnover came, more than orders at the peak rate
//! could bring at the mean basket: the first orders were dearer. Their number is drawn from the published
//! peak alone, falling steadily; from 0:11:13 on, orders follow the turnover. How the trade moves *between*
//! two marks is our own drawing (a quiet night, a morning, an evening, a last hour), with the published
//! sums kept; the test below checks both.

/// Seconds after midnight, and orders per second as a multiple of the day's mean.
const KNOTS: [(f64, f64); 20] = [
    (0.0, 18.72),
    (60.0, 15.6),
    (181.0, 13.0),
    (673.0, 8.4),
    (2_412.0, 4.7),
    (3_600.0, 2.5),
    (7_200.0, 1.25),
    (14_400.0, 0.45),
    (21_600.0, 0.38),
    (27_000.0, 0.75),
    (32_404.0, 1.05),
    (36_000.0, 0.98),
    (41_400.0, 0.66),
    (47_340.0, 0.62),
    (57_600.0, 0.52),
    (64_800.0, 0.55),
    (72_000.0, 0.78),
    (79_200.0, 0.85),
    (82_800.0, 0.80),
    (86_400.0, 1.45),
];
/// Seconds of the whole day.
pub const DAY_S: f64 = 86_400.0;

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Hours {
    /// The first, from 0.
    pub from: f64,
    /// The last, up to 24.
    pub to: f64,
}

impl Hours {
    /// All of it.
    pub const DAY: Self = Self {
        from: 0.0,
        to: 24.0,
    };

    /// Reads `FROM-TO`, such as `0-1`.
    ///
    /// # Errors
    /// When it is no part of a day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('-');
        let number = |part: &str| part.trim().parse::<f64>().ok();
        let hours = parts.and_then(|(from, to)| Some((number(from)?, number(to)?)));
        match hours {
            Some((from, to)) if 0.0 <= from && from < to && to <= 24.0 => Ok(Self { from, to }),
            _ => Err(format!("{text} is no part of a day: say 0-24, or 0-1")),
        }
    }

    /// Seconds of it.
    pub fn seconds(self) -> f64 {
        (self.to - self.from) * 3_600.0
    }

    /// When the shopper comes before whom the share `done` (0 to 1) of this part's trade was done, as a
    /// share of this part.
    pub fn arrival(self, done: f64) -> f64 {
        let (start, end) = (orders_by(self.from * 3_600.0), orders_by(self.to * 3_600.0));
        let wanted = start + done.clamp(0.0, 1.0) * (end - start);
        let share = (time_of(wanted) - self.from * 3_600.0) / self.seconds();
        share.clamp(0.0, 1.0)
    }

    /// The share of this part's trade that is done in a stretch of it; both ends as shares of this part.
    pub fn trade(self, from: f64, to: f64) -> f64 {
        let at = |share: f64| orders_by((self.from * 3_600.0) + share * self.seconds());
        let all = at(1.0) - at(0.0);
        (at(to.clamp(0.0, 1.0)) - at(from.clamp(0.0, 1.0))) / all
    }
}

/// Orders by a time, in seconds of the mean rate.
fn orders_by(at_s: f64) -> f64 {
    let mut sum = 0.0;
    for pair in KNOTS.windows(2) {
        let ((from, rate), (to, next)) = (pair[0], pair[1]);
        if at_s <= from {
            break;
        }
        let end = at_s.min(to);
        let rate_at_end = rate + (next - rate) * (end - from) / (to - from);
        sum += (rate + rate_at_end) / 2.0 * (end - from);
    }
    sum
}

/// The time by which so many orders had come: the inverse of [`orders_by`].
fn time_of(orders: f64) -> f64 {
    let mut sum = 0.0;
    for pair in KNOTS.windows(2) {
        let ((from, rate), (to, next)) = (pair[0], pair[1]);
        let here = (rate + next) / 2.0 * (to - from);
        if sum + here >= orders {
            // Half the slope times t² plus the rate times t is what is left, in the form that is stable
            // for a small slope.
            let (left, slope) = (orders - sum, (next - rate) / (to - from));
            let root = (rate * rate + 2.0 * slope * left).max(0.0).sqrt();
            return from + 2.0 * left / (rate + root);
        }
        sum += here;
    }
    DAY_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_has_the_published_peak_and_the_published_sums() {
        let all = orders_by(DAY_S);
        let mean = all / DAY_S;
        assert!((mean - 1.0).abs() < 0.01, "the mean is the mean: {mean}");
        assert!((KNOTS[0].1 / mean - 325_000.0 / 17_361.0).abs() < 0.2);
        // From 0:11:13 on, each stretch has its share of what was turned over from then on.
        let rest = all - orders_by(673.0);
        for (from, to, billions) in [
            (673.0, 2_412.0, 20.0),
            (2_412.0, 32_404.0, 50.0),
            (32_404.0, 47_340.0, 20.7),
            (47_340.0, DAY_S, 47.6),
        ] {
            let share = (orders_by(to) - orders_by(from)) / rest;
            let published = billions / 138.3;
            assert!(
                (share / published - 1.0).abs() < 0.03,
                "{from}: {share} of orders, {published} of turnover"
            );
        }
    }

    #[test]
    fn arrivals_follow_the_curve() {
        for hours in [
            Hours::DAY,
            Hours {
                from: 20.0,
                to: 24.0,
            },
        ] {
            assert_eq!(hours.arrival(0.0), 0.0);
            assert!((hours.arrival(1.0) - 1.0).abs() < 1e-9);
            let mut last = 0.0;
            for i in 1..=1_000 {
                let done = f64::from(i) / 1_000.0;
                let next = hours.arrival(done);
                assert!(next >= last, "{done}");
                assert!((hours.trade(0.0, next) - done).abs() < 1e-9, "{done}");
                last = next;
            }
        }
        assert_eq!(Hours::parse("0-1"), Ok(Hours { from: 0.0, to: 1.0 }));
        for wrong in ["", "1", "2-1", "-1-3", "0-25", "a-b"] {
            assert!(Hours::parse(wrong).is_err(), "{wrong}");
        }
    }
}
