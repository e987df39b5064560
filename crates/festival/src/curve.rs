//! When shoppers come: the published course of 11 November 2017.
//!
//! Alibaba published when the day's turnover passed which mark. Read as a share of the day's 168.3
//! billion yuan, the marks give the share of the trade that was done by a time; between two marks the
//! trade is taken as even. Sources of the marks:
//! 0:00:11 (0.1 bn), 0:00:28 (1 bn), 0:03:01 (10 bn), 0:40:12 (50 bn): info.vansky.com/news/fina/138308.html;
//! 0:11:13 (30 bn): colamg.com, "双11狂欢节成交额"; 9:00:04 (100 bn): hkstv.tv/index/detail/id/69707.html;
//! 13:09 (120.7 bn) and 24:00 (168.3 bn): qz.com/1127087.

/// Seconds after midnight, and billions of yuan by then.
const MARKS: [(f64, f64); 9] = [
    (0.0, 0.0),
    (11.0, 0.1),
    (28.0, 1.0),
    (181.0, 10.0),
    (673.0, 30.0),
    (2_412.0, 50.0),
    (32_404.0, 100.0),
    (47_340.0, 120.7),
    (86_400.0, 168.3),
];

/// When the shopper comes before whom the share `done` (0 to 1) of the day's trade was done, as a share
/// of the day.
pub fn arrival(done: f64) -> f64 {
    let (day_s, total) = MARKS[MARKS.len() - 1];
    let wanted = done.clamp(0.0, 1.0) * total;
    let found = MARKS.windows(2).find(|pair| wanted <= pair[1].1);
    found.map_or(1.0, |pair| {
        let ((from_s, from), (to_s, to)) = (pair[0], pair[1]);
        let share = (wanted - from) / (to - from);
        (from_s + share * (to_s - from_s)) / day_s
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_with_a_storm_and_ends_on_time() {
        assert_eq!(arrival(0.0), 0.0);
        assert!((arrival(1.0) - 1.0).abs() < 1e-9);
        // 10 of 168.3 billion in the first 181 of 86,400 seconds.
        assert!((arrival(10.0 / 168.3) - 181.0 / 86_400.0).abs() < 1e-9);
        let mut last = 0.0;
        for i in 0..=1_000 {
            let next = arrival(f64::from(i) / 1_000.0);
            assert!(next >= last);
            last = next;
        }
    }
}
