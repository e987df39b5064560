//! What lanes learn: counts that merge and are forgotten, curves that are shrunk to their parents.

use super::super::lanes::{begin_s, bin};
use crate::promise::{
    BINS, Beliefs, Count, Curves, DAY_S, LEVELS, Lanes, LearnError, PERIOD_DAYS, PERIODS,
};
use crate::random::Random;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

const NOW_S: i64 = 20_000 * DAY_S;

/// Four origins in two areas, six destinations in three.
fn lanes() -> Lanes {
    Lanes::new(vec![0, 0, 1, 1], vec![0, 0, 1, 1, 2, 2], NOW_S)
}

// A lane and how long a parcel takes on it, in seconds.
fn draw(random: &mut Random) -> ((u32, u32), i64) {
    let lane = (random.below(4) as u32, random.below(6) as u32);
    let span_s = 3_600 * (60 + 40 * lane.1 as usize);
    (lane, 36_000 + random.below(span_s) as i64)
}

fn learned(seed: u64, parcels: usize) -> Lanes {
    let mut lanes = lanes();
    let mut random = Random::of(seed, 4);
    for _ in 0..parcels {
        let (lane, takes_s) = draw(&mut random);
        let delivered_s = NOW_S - random.below(300 * 86_400) as i64;
        lanes
            .learn(lane, delivered_s - takes_s, delivered_s)
            .expect("learned");
    }
    lanes
}

#[test]
fn bins_follow_each_other() {
    for number in 0..BINS {
        assert_eq!(bin(begin_s(number)), number);
        assert_eq!(bin(begin_s(number + 1) - 1), number);
        let width_s = begin_s(number + 1) - begin_s(number);
        assert!(width_s <= 900.max(begin_s(number) / 16));
    }
    assert_eq!(bin(i64::MAX), BINS - 1);
    assert_eq!(begin_s(BINS) / DAY_S, 341);
}

#[test]
fn histograms_merge_in_any_order() {
    let parts: Vec<Lanes> = (0..4).map(|seed| learned(seed, 500)).collect();
    let merged = |order: [usize; 4]| {
        let mut all = lanes();
        for part in order {
            all.merge(&parts[part]).expect("the same lanes");
        }
        all
    };
    let all = merged([0, 1, 2, 3]);
    assert_eq!(all, merged([3, 1, 0, 2]));
    // Counts that were stored bring all of it back.
    let mut restored = lanes();
    for count in all.counts() {
        restored.count(count).expect("a count");
    }
    assert_eq!(restored, all);
    let mut pairs = parts[0].clone();
    pairs.merge(&parts[1]).expect("the same lanes");
    let mut others = parts[2].clone();
    others.merge(&parts[3]).expect("the same lanes");
    others.merge(&pairs).expect("the same lanes");
    assert_eq!(others, all);
}

#[test]
fn what_is_old_is_forgotten() {
    let mut lanes = lanes();
    lanes
        .learn((0, 0), NOW_S - 5 * DAY_S, NOW_S)
        .expect("learned");
    lanes.go_on(NOW_S + (i64::from(PERIODS) - 1) * PERIOD_DAYS * DAY_S);
    assert_eq!(lanes.len(), 1);
    lanes.go_on(i64::MIN);
    lanes.go_on(i64::MAX);
    assert_eq!(lanes.len(), 1);
    let later_s = NOW_S + i64::from(PERIODS) * PERIOD_DAYS * DAY_S;
    lanes.go_on(later_s);
    assert!(lanes.is_empty());
    // What comes late is forgotten at once.
    lanes
        .learn((0, 0), NOW_S - 5 * DAY_S, NOW_S)
        .expect("learned");
    assert!(lanes.is_empty());
}

#[test]
fn what_is_newer_weighs_more() {
    let mut lanes = lanes();
    let last_s = NOW_S + (i64::from(PERIODS) - 1) * PERIOD_DAYS * DAY_S;
    for (parcels, takes, delivered_s) in [(60, 5, NOW_S), (40, 2, last_s)] {
        lanes.go_on(delivered_s);
        for _ in 0..parcels {
            let handed_s = delivered_s - takes * DAY_S;
            lanes.learn((0, 0), handed_s, delivered_s).expect("learned");
        }
        let beliefs = Beliefs::new(&lanes).expect("learned");
        let p50_s = i64::from(beliefs.curve(&lanes, (0, 0)).p50_s());
        assert!((p50_s - takes * DAY_S).abs() < DAY_S / 2, "{p50_s}");
    }
}

#[test]
fn what_cannot_be_learned_is_said() {
    let mut lanes = learned(1, 10);
    let before = lanes.clone();
    let cases = [
        ((4, 0), NOW_S, NOW_S, "from: there is no origin 4"),
        ((0, 6), NOW_S, NOW_S, "to: there is no destination 6"),
        (
            (0, 0),
            NOW_S,
            NOW_S - 1,
            "delivered: before it was handed over",
        ),
        ((0, 0), i64::MIN, -1, "delivered: out of range"),
        (
            (0, 0),
            NOW_S,
            NOW_S + PERIOD_DAYS * DAY_S,
            "delivered: that is still to come",
        ),
        ((0, 0), i64::MIN, i64::MAX, "delivered: out of range"),
    ];
    for (lane, handed_s, delivered_s, text) in cases {
        let error = lanes.learn(lane, handed_s, delivered_s).expect_err(text);
        assert_eq!(error.to_string(), text);
    }
    let count = Count {
        from: 0,
        to: 0,
        period: 1_400,
        bin: 255,
        parcels: 1,
    };
    assert_eq!(lanes.count(count), Err(LearnError::Bin(255)));
    let other = Lanes::new(vec![0], vec![0], NOW_S);
    assert_eq!(lanes.merge(&other), Err(LearnError::OtherLanes));
    assert_eq!(lanes, before);
}

#[test]
fn a_lane_with_few_parcels_is_like_its_parent() {
    let mut lanes = lanes();
    let takes = |lanes: &mut Lanes, lane, days: i64, parcels| {
        for _ in 0..parcels {
            lanes
                .learn(lane, NOW_S - days * DAY_S, NOW_S)
                .expect("learned");
        }
    };
    // Lanes of one parent that are nearly alike, and one that has a single parcel, which took long.
    for parcel in 0..400 {
        takes(&mut lanes, (0, 0), 2 + parcel % 5, 1);
        takes(&mut lanes, (1, 0), 2 + parcel % 5, 1);
    }
    takes(&mut lanes, (0, 1), 20, 1);
    let alike = Beliefs::new(&lanes).expect("learned");
    assert!(alike.parent_worth() > 5.0, "{}", alike.parent_worth());
    let days = |beliefs: &Beliefs, lanes: &Lanes, lane| {
        let curve = beliefs.curve(lanes, lane);
        (curve.p50_s() / 86_400, curve.p90_s() / 86_400)
    };
    assert!(days(&alike, &lanes, (0, 1)).0 < 6);
    // With many parcels it is itself.
    takes(&mut lanes, (0, 1), 20, 20_000);
    let itself = Beliefs::new(&lanes).expect("learned");
    assert!((19..=21).contains(&days(&itself, &lanes, (0, 1)).0));
    // Lanes that nobody has seen are like their parents; where there is none of those either, like all.
    assert_eq!(
        itself.curve(&lanes, (1, 1)),
        itself.curve(&lanes, (0, u32::MAX))
    );
}

#[test]
fn curves_are_what_beliefs_say() {
    let lanes = learned(3, 2_000);
    let beliefs = Beliefs::new(&lanes).expect("learned");
    let curves = Curves::new(&lanes);
    for from in 0..4 {
        for to in 0..6 {
            let curve = *curves.of(from, to).expect("a curve");
            assert_eq!(curve, beliefs.curve(&lanes, (from as u32, to as u32)));
            assert!(curve.durations_s().is_sorted());
            for (level, at_s) in LEVELS.iter().zip(curve.durations_s()) {
                assert!(curve.within_permille(i64::from(*at_s)) >= *level);
            }
            assert_eq!(curve.within_permille(i64::MAX), 990);
            assert_eq!(curve.within_permille(i64::MIN), 0);
        }
    }
    assert_eq!(curves.of(4, 0), None);
    assert_eq!(curves.of(0, 6), None);
    assert_eq!(Curves::new(&self::lanes()).of(0, 0), None);
}

#[test]
fn a_promise_is_kept_as_often_as_it_says() {
    // Quantiles that were learned on some parcels, held against others.
    let lanes = learned(11, 240_000);
    let beliefs = Beliefs::new(&lanes).expect("learned");
    let mut random = Random::of(12, 4);
    let mut seen: BTreeMap<(u32, u32), [u32; 3]> = BTreeMap::new();
    for _ in 0..240_000 {
        let (lane, takes_s) = draw(&mut random);
        let curve = beliefs.curve(&lanes, lane);
        let counts = seen.entry(lane).or_default();
        counts[0] += 1;
        counts[1] += u32::from(takes_s <= i64::from(curve.p50_s()));
        counts[2] += u32::from(takes_s <= i64::from(curve.p90_s()));
    }
    for (lane, [all, half, most]) in seen {
        let (half, most) = (half * 1_000 / all, most * 1_000 / all);
        let is_near = half.abs_diff(500) < 50 && most.abs_diff(900) < 30;
        assert!(is_near, "{lane:?}: {half} and {most} of a thousand");
    }
}
