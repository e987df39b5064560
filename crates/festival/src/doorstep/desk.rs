//! The hands on the way to the doorstep: they book waybills, tell what was seen, and pay back what does not arrive; each with
//! a connection of its own, through the interface that people and carriers use.

use super::journey::{End, Told};
use super::parcels::{Listed, Parcel};
use crate::client::Target;
use crate::shop::{Office, Token};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// Parcels whose waybills are asked for at once.
pub const BOOKED: usize = 500;
/// Sightings that are told at once.
pub const TOLD: usize = 1_000;
/// Fulfillments of a page.
const PAGE: usize = 200;
/// How often money is asked back that has not arrived yet, and how long after.
const REFUNDS_MAX: usize = 10;
const REFUND_PAUSE: Duration = Duration::from_millis(500);

/// One page of fulfillments.
#[derive(Debug, Deserialize)]
struct Page {
    items: Vec<Listed>,
    next: Option<String>,
}

/// What booking answers.
#[derive(Debug, Deserialize)]
pub struct Booked {
    /// Of which fulfillment.
    pub fulfillment: String,
    /// Its waybill, if it has one now.
    pub waybill: Option<Waybill>,
    /// Why not.
    pub error: Option<Problem>,
}

/// Why something was not done.
#[derive(Debug, Deserialize)]
pub struct Problem {
    /// The code of the error.
    pub code: String,
}

/// A waybill.
#[derive(Debug, Clone, Deserialize)]
pub struct Waybill {
    /// The carrier.
    pub carrier: Id,
    /// The number.
    pub number: String,
    /// What the sorting machine reads.
    pub sorting: String,
    /// What it costs.
    pub price: Minor,
    /// When it was booked, in UTC milliseconds.
    pub booked_at: i64,
    /// Where it is.
    pub status: String,
}

/// Something with an id.
#[derive(Debug, Clone, Deserialize)]
pub struct Id {
    /// The id.
    pub id: String,
}

/// An amount.
#[derive(Debug, Clone, Deserialize)]
pub struct Minor {
    /// In minor units.
    pub amount: i64,
}

/// Several hands that share their work.
pub struct Desk {
    target: Target,
    token: Token,
    hands: usize,
}

impl Desk {
    /// So many hands at a shop.
    pub fn new(target: &Target, token: &Token, hands: usize) -> Self {
        Self {
            target: target.clone(),
            token: token.clone(),
            hands: hands.max(1),
        }
    }

    /// All fulfillments in these states, page by page.
    ///
    /// # Errors
    /// When the shop cannot be read.
    pub async fn list(
        office: &mut Office,
        states: &str,
        mut each: impl FnMut(Listed),
    ) -> Result<(), String> {
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/fulfillments?state={states}&limit={PAGE}{cursor}");
            let text = office.text(&path).await?;
            let page: Page = serde_json::from_str(&text).map_err(|e| format!("{path}: {e}"))?;
            page.items.into_iter().for_each(&mut each);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(()),
            }
        }
    }

    /// Books waybills for all parcels that are open and have none, while they are being listed: what the shop listed, and
    /// what came of each, in any order.
    ///
    /// # Errors
    /// When the shop does not answer as it should.
    pub async fn book(
        &self,
        office: &mut Office,
        run: &str,
    ) -> Result<(Vec<Listed>, Vec<Booked>), String> {
        let crew = self.crew();
        let mut listed = Vec::new();
        let mut next: Vec<String> = Vec::new();
        let ask = |ids: Vec<String>| {
            if let Some(first) = ids.first() {
                let key = format!("{run}-book-{first}");
                crew.give(("/api/v1/waybills", key, json!({"fulfillments": ids})));
            }
        };
        let each = |one: Listed| {
            if one.method != "ship" || one.parcel.is_some() {
                return;
            }
            next.push(one.id.clone());
            listed.push(one);
            if next.len() == BOOKED {
                ask(std::mem::take(&mut next));
            }
        };
        Self::list(office, "open", each).await?;
        ask(next);
        let mut booked = Vec::with_capacity(listed.len());
        for mut answer in crew.done().await? {
            let results = serde_json::from_value::<Vec<Booked>>(answer["results"].take());
            booked.extend(results.map_err(|e| format!("/api/v1/waybills: {e}"))?);
        }
        Ok((listed, booked))
    }

    /// Tells what was seen; the number and the code of each that the shop did not take.
    ///
    /// # Errors
    /// As for [`Desk::book`].
    pub async fn tell(
        &self,
        run: &str,
        seen: &[(&Parcel, Told)],
        place: impl Fn(&Parcel, &Told) -> String,
    ) -> Result<Vec<(String, String)>, String> {
        let event = |(parcel, told): &(&Parcel, Told)| {
            let at = jiff::Timestamp::from_millisecond(told.at).unwrap_or_default();
            json!({
                "number": parcel.number, "at": at.to_string(), "status": told.status,
                "reason": told.reason, "place": place(parcel, told),
            })
        };
        let crew = self.crew();
        for some in seen.chunks(TOLD) {
            let key = format!("{run}-tell-{}-{}", some[0].0.number, some[0].1.at);
            let events: Vec<Value> = some.iter().map(event).collect();
            crew.give(("/api/v1/parcels/events", key, json!({"events": events})));
        }
        let mut refused = Vec::new();
        for answer in crew.done().await? {
            for result in answer["results"].as_array().into_iter().flatten() {
                if result["taken"] != true {
                    let text = |name: &str| result[name].as_str().unwrap_or_default().to_string();
                    refused.push((text("number"), text("code")));
                }
            }
        }
        Ok(refused)
    }

    fn crew(&self) -> Crew {
        let (sender, jobs) = unbounded_channel();
        let jobs = Arc::new(Mutex::new(jobs));
        let hand = |_| {
            let office = Office::new(self.target.clone(), self.token.clone());
            tokio::spawn(work(office, jobs.clone()))
        };
        Crew {
            sender,
            hands: (0..self.hands).map(hand).collect(),
        }
    }

    /// Pays back what did not arrive: what came back goes on the shelf that it left from, what was lost does not.
    ///
    /// # Errors
    /// When the shop does not pay it back in the end.
    pub async fn pay_back(office: &mut Office, run: &str, parcel: &Parcel) -> Result<(), String> {
        let lines: Vec<Value> = parcel
            .lines
            .iter()
            .map(|line| json!({"number": line.number, "quantity": line.quantity}))
            .collect();
        let mut body = json!({"lines": lines, "note": "festival: the parcel did not arrive"});
        if parcel.will_end == End::Returned {
            body["restock"] = json!(parcel.location);
        }
        let path = format!("/api/v1/orders/{}/refunds", parcel.order);
        let mut last = String::new();
        for attempt in 0..REFUNDS_MAX {
            // A refusal is kept under its key: another try is another request.
            let key = format!("{run}-back-{}-{attempt}", parcel.number);
            match office.persist(&path, &key, &body).await {
                Some((200, _)) => return Ok(()),
                // The money is held but not taken yet.
                Some((status, answer)) => last = format!("{path}: status {status}: {answer}"),
                None => last = format!("{path}: no answer"),
            }
            tokio::time::sleep(REFUND_PAUSE).await;
        }
        Err(last)
    }
}

/// A change under a key: its path, the key, the body.
type Job = (&'static str, String, Value);

/// Hands at work, each taking the next job.
struct Crew {
    sender: UnboundedSender<Job>,
    hands: Vec<JoinHandle<Result<Vec<Value>, String>>>,
}

impl Crew {
    fn give(&self, job: Job) {
        // Without a hand left, the reason is in what `done` gives.
        let _ = self.sender.send(job);
    }

    /// The answers, in any order, once all is done.
    async fn done(self) -> Result<Vec<Value>, String> {
        drop(self.sender);
        let mut answers = Vec::new();
        for hand in self.hands {
            answers.extend(hand.await.map_err(|e| e.to_string())??);
        }
        Ok(answers)
    }
}

async fn work(
    mut office: Office,
    jobs: Arc<Mutex<UnboundedReceiver<Job>>>,
) -> Result<Vec<Value>, String> {
    let mut answers = Vec::new();
    loop {
        let job = jobs.lock().await.recv().await;
        let Some((path, key, body)) = job else {
            return Ok(answers);
        };
        match office.persist(path, &key, &body).await {
            Some((200, answer)) => answers.push(answer),
            Some((status, answer)) => return Err(format!("{path}: status {status}: {answer}")),
            None => return Err(format!("{path}: no answer")),
        }
    }
}
