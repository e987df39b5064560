//! What the shop says was taken of the event's limits, looked at again and again while it runs: no look may show more than
//! there is, and the first that shows all of it says when it was sold out.

use super::Event;
use crate::client::Target;
use crate::run::locked;
use crate::shop::{Office, Token};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// What of a rule's limit is counted: the rule's place, and the variant or the word for it.
pub(crate) type Counter = (usize, String);

/// What all looks showed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// How often somebody looked.
    pub looks: u64,
    /// When a limit was first seen to be taken whole, in milliseconds after the event's second.
    pub gone_ms: BTreeMap<Counter, i64>,
    /// Looks that showed more than there is.
    pub too_much: Vec<String>,
}

impl Seen {
    /// Takes a look's answer.
    pub fn note(&mut self, event: &Event, answer: &Value) {
        let Some(now) = answer["now"].as_i64() else {
            return;
        };
        self.looks += 1;
        for (counter, taken, total) in limits(answer) {
            if taken > total {
                let (rule, what) = &counter;
                let finding = format!("rule {}: {taken} of {total} taken ({what})", rule + 1);
                self.too_much.push(finding);
            }
            if taken >= total {
                self.gone_ms.entry(counter).or_insert(now - event.starts_at);
            }
        }
    }
}

/// The limits in a campaign's entry: what is counted, how much was taken, how much there is.
pub(crate) fn limits(answer: &Value) -> Vec<(Counter, i64, i64)> {
    let all = answer["taken"].as_array().map_or(&[][..], Vec::as_slice);
    let limit = |one: &Value| {
        let rule = usize::try_from(one["rule"].as_u64()?)
            .ok()?
            .checked_sub(1)?;
        let what = one["variant"]["id"].as_str().or(one["counted"].as_str())?;
        Some((
            (rule, what.to_string()),
            one["taken"].as_i64()?,
            one["total"].as_i64()?,
        ))
    };
    all.iter().filter_map(limit).collect()
}

/// Looks until it is told to end.
pub(crate) struct Watch {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Begins to look.
    pub fn begin(event: Arc<Event>, target: &Target, token: &Token) -> Self {
        let mut office = Office::new(target.clone(), token.clone());
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let notes = seen.clone();
        let task = tokio::spawn(async move {
            let path = format!("/api/v1/campaigns/{}", event.id);
            loop {
                // A look that fails is one less: the orders are the proof.
                if let Ok(answer) = office.get(&path).await {
                    locked(&notes).note(&event, &answer);
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        Self { seen, task }
    }

    /// What was seen.
    pub fn end(self) -> Seen {
        self.task.abort();
        std::mem::take(&mut *locked(&self.seen))
    }
}
