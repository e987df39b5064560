//! Counts visits: in memory, by the hour, written now and then beside the writer.
//!
//! A visit costs a shopper's page one look into a map. The counts may be lost in a crash since they were last written;
//! nothing else depends on them.

use super::attribution::Attribution;
use super::touch::{Landing, Touch};
use commerce::command::Device;
use lru::LruCache;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::{CountedTouch, VisitCount, VisitKind};

/// Kinds of visits that are told apart in an hour. Anybody can make up sources, so there is a bound.
pub const KINDS_PER_HOUR: usize = 2_000;
/// What stands for the sources beyond it.
pub const OTHER: &str = "(other)";
/// Visitors that are remembered, so that who comes twice in a moment is one visit.
const VISITORS_MAX: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();
/// Who comes back within so long, from the same source, is still on the same visit.
const VISIT_MS: i64 = 30 * 60 * 1_000;
/// Programs that read pages for somebody else say so in what they call themselves.
const ROBOTS: [&str; 22] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "facebookexternalhit",
    "whatsapp/",
    "embedly",
    "archiver",
    "monitor",
    "lighthouse",
    "headless",
    "curl/",
    "wget/",
    "python",
    "java/",
    "okhttp",
    "go-http-client",
    "axios",
    "node-fetch",
    "scrapy",
    "feedfetcher",
];

/// Whether a program asks for itself, by what it calls itself: by a word of the list, or by nothing at all.
pub fn is_robot(user_agent: &str) -> bool {
    // Phones of the make Cubot are none.
    let own = user_agent.to_ascii_lowercase().replace("cubot", "");
    own.is_empty() || ROBOTS.iter().any(|word| own.contains(word))
}

/// Somebody who came to the shop.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// A number that the browser keeps for its cart, or a new one.
    pub number: u64,
    /// The kind of device.
    pub device: Device,
    /// The kind of page they came to.
    pub landing: Landing,
    /// What they are attributed to by now; `None` for who came directly, and never otherwise within the window.
    pub attribution: Option<&'a Attribution>,
    /// When, in UTC milliseconds.
    pub at: i64,
}

/// A kind of visits in an hour.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    hour: i64,
    touch: CountedTouch,
    kind: VisitKind,
}

/// Visits that are counted.
pub struct Visits(Mutex<Counting>);

struct Counting {
    hour: i64,
    /// Kinds of this hour that are told apart.
    kinds: usize,
    /// Visits since they were last written. Kinds of this hour stay, so that their number is known.
    counts: HashMap<Key, i64>,
    /// When each visitor came last, and from where.
    visitors: LruCache<u64, (i64, Touch)>,
}

impl Default for Visits {
    fn default() -> Self {
        Self(Mutex::new(Counting {
            hour: 0,
            kinds: 0,
            counts: HashMap::new(),
            visitors: LruCache::new(VISITORS_MAX),
        }))
    }
}

impl Visits {
    fn lock(&self) -> MutexGuard<'_, Counting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a visit that began in the hour `hour`, in UTC milliseconds, unless the visitor is on one already.
    pub fn arrived(&self, visitor: &Visitor<'_>, hour: i64) {
        let mut counting = self.lock();
        let none = Touch::default();
        let last = visitor.attribution.map_or(&none, |a| &a.last);
        let before = counting.visitors.get(&visitor.number);
        let is_same = before.is_some_and(|(at, touch)| {
            visitor.at.saturating_sub(*at) < VISIT_MS && touch.is_like(last)
        });
        let seen = Touch {
            landing: None,
            ..last.clone()
        };
        counting.visitors.put(visitor.number, (visitor.at, seen));
        if is_same {
            return;
        }
        for touch in CountedTouch::ALL {
            let of = match touch {
                CountedTouch::First => visitor.attribution.map_or(&none, |a| &a.first),
                CountedTouch::Last => last,
            };
            counting.add(hour, touch, kind(of, visitor));
        }
    }

    /// What was counted since the last call, in the order in which it is written.
    pub fn take(&self) -> Vec<VisitCount> {
        let mut counting = self.lock();
        let now = counting.hour;
        let mut taken = Vec::new();
        for (key, visits) in &mut counting.counts {
            let visits = std::mem::take(visits);
            if visits > 0 {
                taken.push(VisitCount {
                    hour: key.hour,
                    touch: key.touch,
                    kind: key.kind.clone(),
                    visits,
                });
            }
        }
        counting.counts.retain(|key, _| key.hour == now);
        drop(counting);
        taken.sort_unstable();
        taken
    }

    /// Takes back what could not be written.
    pub fn put_back(&self, counts: &[VisitCount]) {
        let mut counting = self.lock();
        for count in counts {
            let key = Key {
                hour: count.hour,
                touch: count.touch,
                kind: count.kind.clone(),
            };
            *counting.counts.entry(key).or_default() += count.visits;
        }
        // For as long as the database is away, the least that says something is kept.
        if counting.counts.len() > 4 * KINDS_PER_HOUR {
            let now = counting.hour;
            counting.counts.retain(|key, _| key.hour == now);
        }
    }
}

impl Counting {
    fn add(&mut self, hour: i64, touch: CountedTouch, kind: VisitKind) {
        if hour != self.hour {
            self.hour = hour;
            self.kinds = 0;
        }
        let mut key = Key { hour, touch, kind };
        if !self.counts.contains_key(&key) {
            if self.kinds >= KINDS_PER_HOUR {
                for text in [
                    &mut key.kind.source,
                    &mut key.kind.medium,
                    &mut key.kind.campaign,
                    &mut key.kind.referral,
                ] {
                    *text = OTHER.to_string();
                }
            } else {
                self.kinds += 1;
            }
        }
        *self.counts.entry(key).or_default() += 1;
    }
}

fn kind(touch: &Touch, visitor: &Visitor<'_>) -> VisitKind {
    let device = match visitor.device {
        Device::Phone => "phone",
        Device::Tablet => "tablet",
        Device::Desktop => "desktop",
        Device::Unknown => "unknown",
    };
    VisitKind {
        source: touch.source.clone(),
        medium: touch.medium.clone(),
        campaign: touch.campaign.clone(),
        referral: touch.referral.clone(),
        landing: visitor.landing.word().to_string(),
        device: device.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn from(source: &str) -> Attribution {
        Attribution::begun(Touch {
            source: source.to_string(),
            ..Touch::default()
        })
    }

    fn come(visits: &Visits, number: u64, attribution: Option<&Attribution>, at: i64) {
        let visitor = Visitor {
            number,
            device: Device::Phone,
            landing: Landing::Home,
            attribution,
            at,
        };
        visits.arrived(&visitor, at / HOUR * HOUR);
    }

    fn last_touches(visits: &Visits) -> Vec<(i64, String, i64)> {
        let taken = visits.take();
        let last = taken.into_iter().filter(|c| c.touch == CountedTouch::Last);
        last.map(|c| (c.hour / HOUR, c.kind.source, c.visits))
            .collect()
    }

    #[test]
    fn who_comes_twice_in_a_moment_is_one_visit() {
        let visits = Visits::default();
        let (mail, search) = (from("mail"), from("search"));
        come(&visits, 1, Some(&mail), 0);
        come(&visits, 1, Some(&mail), 60_000);
        come(&visits, 2, Some(&mail), 60_000);
        // Another source, half an hour, and a direct visit are new ones.
        come(&visits, 1, Some(&search), 61_000);
        come(&visits, 1, Some(&search), 61_000 + VISIT_MS);
        come(&visits, 3, None, HOUR);
        let told = [
            (0, "mail".to_string(), 2),
            (0, "search".to_string(), 2),
            (1, String::new(), 1),
        ];
        assert_eq!(last_touches(&visits), told);
        assert_eq!(last_touches(&visits), []);
    }

    #[test]
    fn each_visit_counts_once_by_either_touch() {
        let visits = Visits::default();
        let chain = from("mail").followed_by(from("search").last);
        come(&visits, 1, Some(&chain), 0);
        let told: Vec<_> = visits
            .take()
            .into_iter()
            .map(|c| (c.touch, c.kind.source))
            .collect();
        let expected = [
            (CountedTouch::First, "mail"),
            (CountedTouch::Last, "search"),
        ];
        assert_eq!(
            told,
            expected.map(|(touch, source)| (touch, source.to_string()))
        );
    }

    #[test]
    fn made_up_sources_go_together_and_none_is_lost() {
        let visits = Visits::default();
        let all = 3 * KINDS_PER_HOUR as u64;
        for number in 0..all {
            come(&visits, number, Some(&from(&format!("s{number}"))), 0);
        }
        let taken = visits.take();
        assert!(taken.len() <= KINDS_PER_HOUR + 2);
        let sum: i64 = taken.iter().map(|c| c.visits).sum();
        assert_eq!(sum, 2 * all as i64);
        let others = taken.iter().filter(|c| c.kind.source == OTHER);
        assert_eq!(others.count(), 2);
        // Another hour tells them apart again.
        come(&visits, 1, Some(&from("s1")), HOUR);
        assert_eq!(last_touches(&visits), [(1, "s1".to_string(), 1)]);
    }

    #[test]
    fn what_was_not_written_is_counted_again() {
        let visits = Visits::default();
        come(&visits, 1, None, 0);
        let taken = visits.take();
        come(&visits, 2, None, 0);
        visits.put_back(&taken);
        assert_eq!(last_touches(&visits), [(0, String::new(), 2)]);
    }

    #[test]
    fn robots_say_so() {
        for robot in [
            "",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0",
            "curl/8.0",
            "Baiduspider+(+http://www.baidu.com/search/spider.htm)",
        ] {
            assert!(is_robot(robot), "{robot}");
        }
        for person in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
        ] {
            assert!(!is_robot(person), "{person}");
        }
    }
}
