//! The operator's office: hands that ship, cancel and take back orders of the day, as people do in the
//! console. The audit expects what they did.

use crate::plan::{Afterwards, Shopper};
use crate::run::{Fate, Stage, locked};
use crate::shop::{Office, Token};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Mutex as Waiting;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// Steps of a fulfillment at most.
const STEPS_MAX: usize = 4;
/// How often money is asked back that has not arrived yet, and how long after.
const REFUNDS_MAX: usize = 10;
const REFUND_PAUSE: Duration = Duration::from_millis(500);

/// What the office did with a shopper's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterlife {
    /// Canceled before anything was handed over.
    Canceled,
    /// Handed over to the carrier or the shopper.
    Shipped,
    /// Handed over, taken back whole, put on the shelf again and refunded.
    Returned,
}

/// Where confirmed orders are handed in.
pub type Sender = UnboundedSender<Job>;

/// An order and what is to become of it.
pub struct Job {
    shopper: u64,
    key: String,
    order: String,
    wish: Afterwards,
}

/// The office with its hands.
pub struct Counter {
    sender: Sender,
    hands: Vec<JoinHandle<()>>,
    done: Arc<Mutex<BTreeMap<u64, Afterlife>>>,
}

/// Hands in a shopper's order if it was confirmed, stands alone and something is to become of it.
pub(crate) fn hand_in(stage: &Stage, sender: &Sender, shopper: &Shopper, fate: &Fate) {
    let Fate::Bought {
        orders,
        confirmed: true,
        ..
    } = fate
    else {
        return;
    };
    if stage.plan.hands == 0 {
        return;
    }
    let is_ours = |wish: &Afterwards| !stage.plan.doorstep || *wish == Afterwards::Cancel;
    let wish = shopper.afterwards.filter(is_ours);
    if let ([order], Some(wish)) = (orders.as_slice(), wish) {
        let job = Job {
            shopper: shopper.number,
            key: shopper.key.clone(),
            order: order.clone(),
            wish,
        };
        if sender.send(job).is_err() {
            stage.problem(format!("{}: the office is closed", shopper.key));
        }
    }
}

impl Counter {
    /// Opens the office.
    pub(crate) fn open(stage: &Arc<Stage>, token: &Token) -> Self {
        let (sender, jobs) = unbounded_channel();
        let jobs = Arc::new(Waiting::new(jobs));
        let done = Arc::new(Mutex::new(BTreeMap::new()));
        let hand = |_| {
            let hand = Hand {
                office: Office::new(stage.target.clone(), token.clone()),
                stage: stage.clone(),
            };
            tokio::spawn(work(hand, jobs.clone(), done.clone()))
        };
        Self {
            sender,
            hands: (0..stage.plan.hands).map(hand).collect(),
            done,
        }
    }

    /// Where orders are handed in.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Waits until everything handed in is done; gives what was done.
    ///
    /// # Errors
    /// When a hand died, which is a bug.
    pub async fn close(self) -> Result<BTreeMap<u64, Afterlife>, String> {
        drop(self.sender);
        for hand in self.hands {
            hand.await.map_err(|e| e.to_string())?;
        }
        Ok(std::mem::take(&mut *locked(&self.done)))
    }
}

type Jobs = Arc<Waiting<UnboundedReceiver<Job>>>;

async fn work(mut hand: Hand, jobs: Jobs, done: Arc<Mutex<BTreeMap<u64, Afterlife>>>) {
    loop {
        let job = jobs.lock().await.recv().await;
        let Some(job) = job else { return };
        match hand.carry_out(&job).await {
            Ok(Some(afterlife)) => {
                locked(&done).insert(job.shopper, afterlife);
            }
            Ok(None) => {}
            Err(reason) => hand.stage.problem(format!("{}: {reason}", job.order)),
        }
    }
}

struct Hand {
    office: Office,
    stage: Arc<Stage>,
}

impl Hand {
    async fn carry_out(&mut self, job: &Job) -> Result<Option<Afterlife>, String> {
        if job.wish == Afterwards::Cancel {
            let body = json!({"reason": "shopper", "note": "festival"});
            let path = format!("/api/v1/orders/{}/cancel", job.order);
            self.change(&path, &format!("{}-cancel", job.key), &body)
                .await?;
            return Ok(Some(Afterlife::Canceled));
        }
        let order = self.order(&job.order).await?;
        let parts = order["fulfillments"].as_array().cloned();
        let parts = parts.unwrap_or_default();
        if parts.is_empty() {
            return Ok(None);
        }
        for part in &parts {
            self.hand_over(job, part).await?;
        }
        if job.wish == Afterwards::Ship {
            return Ok(Some(Afterlife::Shipped));
        }
        self.take_back(job, &order, &parts[0]["location"]["id"])
            .await
            .map(Some)
    }

    /// Picks, packs, ships; what is collected is handed over.
    async fn hand_over(&mut self, job: &Job, part: &Value) -> Result<(), String> {
        let id = part["id"].as_str().unwrap_or_default();
        let mut next = part["next_step"].clone();
        for _ in 0..STEPS_MAX {
            let Some(step) = next.as_str() else {
                return Ok(());
            };
            let body = match step {
                "ship" => json!({"carrier": "DHL", "tracking_number": job.shopper.to_string()}),
                _ => json!({}),
            };
            let path = format!("/api/v1/fulfillments/{id}/{step}");
            let moved = self
                .change(&path, &format!("{}-{id}-{step}", job.key), &body)
                .await?;
            if step == "ship" {
                return Ok(());
            }
            next = moved["next_step"].clone();
        }
        Ok(())
    }

    /// All pieces come back and go on the shelf that they came from.
    async fn take_back(
        &mut self,
        job: &Job,
        order: &Value,
        shelf: &Value,
    ) -> Result<Afterlife, String> {
        let lines = order["lines"].as_array().map_or(&[][..], Vec::as_slice);
        let lines: Vec<Value> = lines
            .iter()
            .map(|line| json!({"number": line["number"], "quantity": line["quantity"]}))
            .collect();
        let body = json!({"lines": lines, "restock": shelf, "note": "festival"});
        let path = format!("/api/v1/orders/{}/refunds", job.order);
        for attempt in 0..REFUNDS_MAX {
            // A refusal is kept under its key: another try is another request.
            let key = format!("{}-refund-{attempt}", job.key);
            match self.office.persist(&path, &key, &body).await {
                Some((200, _)) => return Ok(Afterlife::Returned),
                // The money is held but not taken yet.
                Some((409 | 422, _)) => tokio::time::sleep(REFUND_PAUSE).await,
                Some((status, answer)) => return Err(format!("{path}: status {status}: {answer}")),
                None => return Err(format!("{path}: no answer")),
            }
        }
        Ok(Afterlife::Shipped)
    }

    async fn order(&mut self, id: &str) -> Result<Value, String> {
        let path = format!("/api/v1/orders/{id}");
        let mut last = String::new();
        for _ in 0..REFUNDS_MAX * 10 {
            match self.office.get(&path).await {
                Ok(order) => return Ok(order),
                Err(error) => last = error,
            }
            tokio::time::sleep(REFUND_PAUSE).await;
        }
        Err(last)
    }

    async fn change(&mut self, path: &str, key: &str, body: &Value) -> Result<Value, String> {
        match self.office.persist(path, key, body).await {
            Some((200, answer)) => Ok(answer),
            Some((status, answer)) => Err(format!("{path}: status {status}: {answer}")),
            None => Err(format!("{path}: no answer")),
        }
    }
}
