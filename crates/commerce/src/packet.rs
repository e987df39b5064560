//! Red packets: a budget in packets of different worth, none of which is stored before it is drawn.
//!
//! What a packet holds is worked out from its number and a secret. All numbers are the leaves of a binary tree whose
//! root holds the budget. The sum of a node is divided between its halves by a keyed hash (SipHash-2-4, Aumasson and
//! Bernstein 2012) of the node. So:
//!
//! - **All packets add up to the budget, exactly**: a right half holds what its left half does not.
//! - **Every packet holds at least `low` and at most `high`**: a node of `n` packets holds at least `n × low` and at
//!   most `n × high`. If that is true of a node, there is a sum for its left half with which it is true of both
//!   halves, and only such sums are chosen. It is true of the root if the rule was checked ([`Packets::are_possible`]).
//! - **One packet takes one way down**: 25 steps for the largest number of packets, and nothing beside it.
//! - **No number is better than another**: the sum of a left half lies evenly around its fair share. Rounding aside,
//!   each packet can be expected to hold the average, whoever comes first.
//! - **Nobody can foresee one** who does not know the secret, neither from others' packets nor from what is left.
//!
//! How far a left half may be off its fair share grows with the root of its packets, as it does for sums of
//! independent amounts: halves of a million packets are nearly alike, two last ones may be `low` and `high`.
//!
//! A packet is spent with a code that only its owner can use: the hash in it is of the member, too. A code that
//! somebody else saw is worth nothing to them.

use crate::campaign::{Deal, Rule};
use crate::coupon;
use crate::id::{CustomerId, RuleId};
use crate::money::{Currency, Money};
use crate::planted::{self, Fault};
use alloc::string::String;
use core::hash::Hasher;
use siphasher::sip::SipHasher24;

/// How many packets one rule may have: what a code's digits hold.
pub const COUNT_MAX: u32 = coupon::COUNT_MAX;
/// How many packets of one rule a member may draw: wallets are short.
pub const PER_MEMBER_MAX: u32 = 20;
/// What codes of packets begin with.
pub const PREFIX: &str = "HB";

/// The packets of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packets {
    /// Whose they are.
    pub rule: RuleId,
    /// How many there are.
    pub count: u32,
    /// What they hold together, in minor units.
    pub budget: i64,
    /// What each holds at least, in minor units.
    pub low: i64,
    /// What each holds at most, in minor units.
    pub high: i64,
    /// The budget's currency.
    pub currency: Currency,
    /// The secret, in two halves.
    pub secret: (u64, u64),
}

impl Packets {
    /// The packets of a rule, if it is about packets.
    pub fn of(id: RuleId, rule: &Rule) -> Option<Self> {
        let Deal::RedPackets {
            count,
            low,
            high,
            secret,
            ..
        } = rule.deal
        else {
            return None;
        };
        let Money { minor, currency } = rule.limits.budget?;
        Some(Self {
            rule: id,
            count,
            budget: minor,
            low,
            high,
            currency,
            secret,
        })
    }

    /// Whether the budget can be divided so at all.
    pub fn are_possible(&self) -> bool {
        let count = i128::from(self.count);
        (1..=COUNT_MAX).contains(&self.count)
            && (1..=self.high).contains(&self.low)
            && count * i128::from(self.low) <= i128::from(self.budget)
            && i128::from(self.budget) <= count * i128::from(self.high)
    }

    /// What the packet with a number holds, in minor units; 0 if there is none.
    pub fn amount(&self, number: u32) -> i64 {
        if number >= self.count {
            return 0;
        }
        let (_, amount) = self.way_to(number);
        let leak = planted::is(Fault::PacketsDoNotAddUp) && number % 4 == 3;
        amount + i64::from(leak)
    }

    /// What the first so many packets hold together, in minor units.
    pub fn first(&self, count: u32) -> i64 {
        if count >= self.count {
            return self.budget;
        }
        let (before, _) = self.way_to(count);
        before
    }

    /// Goes down to a packet: what those before it hold, and what it holds.
    fn way_to(&self, number: u32) -> (i64, i64) {
        let mut node = Node {
            first: 0,
            count: self.count,
            sum: i128::from(self.budget),
        };
        let mut before = 0;
        while node.count > 1 {
            let (left, right) = self.halves(&node);
            if number < right.first {
                node = left;
            } else {
                before += left.sum;
                node = right;
            }
        }
        assert!(
            (i128::from(self.low)..=i128::from(self.high)).contains(&node.sum),
            "a packet keeps its bounds"
        );
        let minor = |sum| i64::try_from(sum).expect("a part of the budget fits where it fits");
        (minor(before), minor(node.sum))
    }

    /// Divides a node of at least two packets.
    fn halves(&self, node: &Node) -> (Node, Node) {
        let left = node.count / 2;
        let right = node.count - left;
        let (low, high) = (i128::from(self.low), i128::from(self.high));
        let (own, other) = (i128::from(left), i128::from(right));
        // What the left half may hold, so that both keep their bounds.
        let least = (own * low).max(node.sum - other * high);
        let most = (own * high).min(node.sum - other * low);
        // Its fair share, rounded either way.
        let whole = node.sum * own;
        let (floor, rest) = (
            whole / i128::from(node.count),
            whole % i128::from(node.count),
        );
        let ceiling = floor + i128::from(rest > 0);
        assert!(least <= floor && ceiling <= most, "a node can be divided");
        let wide = i128::from(left.isqrt()) * (high - low + 1) / 2;
        let off = wide.min(floor - least).min(most - ceiling);
        let span = ceiling - floor + 2 * off + 1;
        let sum = floor - off + self.chosen(node, span);
        let first = Node {
            first: node.first,
            count: left,
            sum,
        };
        let second = Node {
            first: node.first + left,
            count: right,
            sum: node.sum - sum,
        };
        (first, second)
    }

    /// A number below `span`, the same for a node each time; each is as likely as another but for 2^-64 of the span.
    fn chosen(&self, node: &Node, span: i128) -> i128 {
        let mut hasher = SipHasher24::new_with_keys(self.secret.0, self.secret.1);
        hasher.write_u64(self.rule.0);
        hasher.write_u32(node.first);
        hasher.write_u32(node.count);
        let span = u128::try_from(span).expect("there is something to choose from");
        let chosen = (u128::from(hasher.finish()) * span) >> u64::BITS;
        i128::try_from(chosen).expect("it is below the span")
    }

    /// The code with which a member spends the packet with a number.
    pub fn code(&self, number: u32, member: CustomerId) -> String {
        coupon::code(self.rule, PREFIX, self.secret_of(member), number)
    }

    /// The number of a member's packet by its code as somebody typed it; `None` if it is none of theirs.
    pub fn number(&self, member: CustomerId, typed: &str) -> Option<u32> {
        let of = (PREFIX, self.count);
        coupon::number(self.rule, of, self.secret_of(member), typed)
    }

    /// The secret of a member's codes: who knows it knows nothing of amounts, nor of others' codes.
    fn secret_of(&self, member: CustomerId) -> (u64, u64) {
        let half = |place: u8| {
            let mut hasher = SipHasher24::new_with_keys(self.secret.0, self.secret.1);
            hasher.write_u64(member.0);
            hasher.write_u8(place);
            hasher.finish()
        };
        (half(0), half(1))
    }
}

/// Packets that follow each other, and what they hold together.
struct Node {
    first: u32,
    count: u32,
    sum: i128,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CampaignId;
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    const EUR: Currency = Currency::parse("EUR").expect("a code");

    fn packets(count: u32, budget: i64, (low, high): (i64, i64), secret: (u64, u64)) -> Packets {
        Packets {
            rule: RuleId::under(CampaignId(0x4200), 3),
            count,
            budget,
            low,
            high,
            currency: EUR,
            secret,
        }
    }

    /// Any packets that are possible.
    fn any_packets() -> impl Strategy<Value = Packets> {
        let secret = (any::<u64>(), any::<u64>());
        let bounds = (1..10_000_i64, 0..100_000_i64);
        (1..3_000_u32, bounds, 0..=1_000_000_i64, secret).prop_map(
            |(count, (low, more), share, secret)| {
                let all = i64::from(count);
                // From all at the least to all at the most.
                let budget = all * low + all * more * share / 1_000_000;
                packets(count, budget, (low, low + more), secret)
            },
        )
    }

    proptest! {
        #[test]
        fn any_packets_add_up_to_the_budget_and_keep_their_bounds(packets in any_packets()) {
            prop_assert!(packets.are_possible());
            let mut sum = 0;
            for number in 0..packets.count {
                prop_assert_eq!(packets.first(number), sum);
                let amount = packets.amount(number);
                prop_assert!((packets.low..=packets.high).contains(&amount));
                sum += amount;
            }
            prop_assert_eq!(sum, packets.budget);
            prop_assert_eq!(packets.first(packets.count), packets.budget);
            prop_assert_eq!(packets.amount(packets.count), 0);
        }

        #[test]
        fn the_largest_budgets_in_the_most_packets_keep_their_bounds(
            secret in (any::<u64>(), any::<u64>()),
            numbers in prop::collection::vec(0..COUNT_MAX, 1..20),
            high in 1_000_000..crate::limits::AMOUNT_MAX,
        ) {
            let budget = crate::limits::AMOUNT_MAX;
            let packets = packets(COUNT_MAX, budget, (1, high), secret);
            prop_assert!(packets.are_possible());
            for number in numbers {
                let amount = packets.amount(number);
                prop_assert!((1..=high).contains(&amount));
                prop_assert_eq!(packets.first(number) + amount, packets.first(number + 1));
            }
        }
    }

    #[test]
    fn extremes_leave_nothing_to_choose_or_everything() {
        let all = |p: &Packets| (0..p.count).map(|n| p.amount(n)).collect::<Vec<_>>();
        assert_eq!(all(&packets(1, 777, (1, 1_000), (1, 2))), [777]);
        assert_eq!(all(&packets(4, 400, (100, 100), (1, 2))), [100; 4]);
        assert_eq!(all(&packets(3, 30, (10, 500), (1, 2))), [10; 3]);
        assert_eq!(all(&packets(3, 1_500, (10, 500), (1, 2))), [500; 3]);
        // A cent more than the least, and one less than the most, goes to somebody, not always to the same.
        let mut whose = BTreeSet::new();
        for secret in 0..200 {
            let one_more = all(&packets(5, 51, (10, 500), (secret, 9)));
            whose.insert(one_more.iter().position(|a| *a == 11));
            let one_less = all(&packets(5, 2_499, (10, 500), (secret, 9)));
            whose.insert(one_less.iter().position(|a| *a == 499));
        }
        assert_eq!(whose.len(), 5, "{whose:?}");
        for (count, budget, bounds) in [
            (0, 0, (1, 1)),
            (2, 1, (1, 1)),
            (2, 3, (1, 1)),
            (1, 5, (6, 5)),
            (3, 0, (0, 5)),
            (COUNT_MAX + 1, i64::MAX, (1, i64::MAX)),
        ] {
            let wrong = packets(count, budget, bounds, (1, 2));
            assert!(!wrong.are_possible(), "{wrong:?}");
        }
    }

    #[test]
    fn packets_differ_and_no_number_is_better_than_another() {
        let (count, average) = (16, 500_i64);
        let mut sums = [0_i64; 16];
        let mut worths = BTreeSet::new();
        let draws = 4_000;
        for secret in 0..draws {
            let of = packets(count, average * 16, (100, 2_000), (secret, 77));
            for number in 0..count {
                let amount = of.amount(number);
                sums[number as usize] += amount;
                worths.insert(amount);
            }
        }
        assert!(worths.len() > 1_000, "{} different ones", worths.len());
        for (number, sum) in sums.iter().enumerate() {
            // One amount is off by less than 500 mostly, the mean of 4,000 of them by less than 8; five times that
            // is chance no more.
            let mean = sum / i64::try_from(draws).expect("few");
            assert!((mean - average).abs() < 40, "number {number}: {mean}");
        }
    }

    #[test]
    fn a_code_is_its_owners_alone() {
        let of = packets(50, 5_000, (50, 200), (3, 4));
        let (ada, bob) = (CustomerId(0x100), CustomerId(0x200));
        let own = of.code(7, ada);
        assert!(own.starts_with("HB-"), "{own}");
        assert_eq!(of.number(ada, &own), Some(7));
        assert_eq!(of.number(ada, &own.to_lowercase()), Some(7));
        assert_eq!(of.number(bob, &own), None);
        assert_ne!(own, of.code(7, bob));
        let fewer = Packets { count: 7, ..of };
        assert_eq!(fewer.number(ada, &own), None, "there are no so many");
    }
}
