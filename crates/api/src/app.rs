//! What every handler shares: the door to the writer, read access, and what the configuration says.

use crate::admission::Admission;
use crate::carriers::Carriers;
use crate::delays::Delays;
use crate::error::ApiError;
use crate::mail::Mailer;
use crate::push::Pusher;
use crate::roads::RoadEngine;
use crate::sourcing::Sourcing;
use crate::timetables::Timetables;
use crate::together::Together;
use crate::traffic::Traffic;
use commerce::checkout::{Cart, Checkout};
use commerce::command::Envelope;
use commerce::decide::Decided;
use commerce::id::{CartId, CheckoutId, GroupId, IdGenerator};
use commerce::order::Group;
use commerce::review::Moderation;
use commerce::switch::{Shed, Work};
use commerce::world::{Answer, Delta};
use commerce::{Command, Refusal};
use rand::Rng;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use store::{Reader, Recent, Shelf, StoreError};
use tokio::sync::{broadcast, oneshot, watch};
use writer::{Failure, Reply};

pub use crate::clock::now_ms;

/// Seconds after which a caller who was turned away should come back.
pub const RETRY_AFTER_S: u32 = 1;
/// Batches that a slow follower may lag behind before it must catch up from the database.
const FEED_BATCHES_MAX: usize = 64;

/// A command on its way to the writer.
pub struct Job {
    /// The command.
    pub envelope: Box<Envelope>,
    /// Where the reply goes.
    pub reply: oneshot::Sender<Reply>,
    /// Since when it waits.
    pub at: Instant,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// The core refused it; nothing was changed.
    #[error("{0}")]
    Refused(Refusal),
    /// Too much is waiting; nothing was changed.
    #[error("the shop is busy; try again in {retry_after_s} s")]
    Overloaded {
        /// When to try again.
        retry_after_s: u32,
    },
    /// The database cannot be written now; nothing was changed.
    #[error("the shop cannot write now: {0}")]
    Unavailable(String),
    /// There was no answer: the server stops, or lost the database for long in the middle of writing. Whether
    /// something was changed is not known; the same request with the same key learns it.
    #[error("there was no answer; ask again to learn what came of it")]
    Unanswered,
}

/// The only way in for writes: a bounded queue before the writer.
#[derive(Clone)]
pub struct Door {
    queue: SyncSender<Job>,
}

impl Door {
    /// A door before this queue.
    pub fn new(queue: SyncSender<Job>) -> Self {
        Self { queue }
    }

    /// Has a command decided: it is on its way when this returns, and what is returned is waited for. When that
    /// gives `Ok`, what the command did is durable; else, but for [`DoorError::Unanswered`], nothing was changed.
    ///
    /// Who waits keeps nothing of the command: as many commands wait as the door lets in.
    pub fn submit(&self, envelope: Envelope) -> Submitted {
        let (reply, answer) = oneshot::channel();
        Submitted(self.send(envelope, reply).map(|()| answer).map_err(Some))
    }

    /// Has a command decided, from a thread that may block.
    ///
    /// # Errors
    /// As for [`Door::submit`].
    pub fn submit_blocking(&self, envelope: Envelope) -> Result<Decided, DoorError> {
        let (reply, answer) = oneshot::channel();
        self.send(envelope, reply)?;
        convert(answer.blocking_recv().map_err(|_| DoorError::Unanswered)?)
    }

    fn send(&self, envelope: Envelope, reply: oneshot::Sender<Reply>) -> Result<(), DoorError> {
        let at = Instant::now();
        let job = Job {
            envelope: Box::new(envelope),
            reply,
            at,
        };
        self.queue.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => DoorError::Overloaded {
                retry_after_s: RETRY_AFTER_S,
            },
            TrySendError::Disconnected(_) => {
                DoorError::Unavailable("the server is stopping".to_string())
            }
        })
    }
}

/// A command on its way, and what will come of it.
#[must_use = "what came of it is told to who waits"]
pub struct Submitted(Result<oneshot::Receiver<Reply>, Option<DoorError>>);

impl Future for Submitted {
    type Output = Result<Decided, DoorError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(answer) => Pin::new(answer)
                .poll(context)
                .map(|reply| convert(reply.map_err(|_| DoorError::Unanswered)?)),
            Err(error) => Poll::Ready(Err(error.take().unwrap_or(DoorError::Unanswered))),
        }
    }
}

fn convert(reply: Reply) -> Result<Decided, DoorError> {
    reply.map_err(|failure| match failure {
        Failure::Refused(refusal) => DoorError::Refused(refusal),
        Failure::Overloaded => DoorError::Overloaded {
            retry_after_s: RETRY_AFTER_S,
        },
        Failure::Unavailable(reason) => DoorError::Unavailable(reason),
    })
}

/// Tells those who wait for a group, and those who follow the feed, of each durable batch.
pub struct Watch {
    groups: Mutex<HashMap<GroupId, watch::Sender<Option<Arc<Group>>>>>,
    feed: broadcast::Sender<Arc<Delta>>,
    elsewhere: watch::Sender<u64>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            groups: Mutex::new(HashMap::new()),
            feed: broadcast::channel(FEED_BATCHES_MAX).0,
            elsewhere: watch::channel(0).0,
        }
    }
}

impl Watch {
    /// Changes of a group from now on; the value is `None` until it changes.
    pub fn group(&self, id: GroupId) -> watch::Receiver<Option<Arc<Group>>> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups
            .entry(id)
            .or_insert_with(|| watch::channel(None).0)
            .subscribe()
    }

    /// Durable batches from now on. Who lags behind catches up from the database's feed.
    pub fn feed(&self) -> broadcast::Receiver<Arc<Delta>> {
        self.feed.subscribe()
    }

    /// Those of some groups that somebody waits for.
    pub fn awaited(&self, groups: &[GroupId]) -> Vec<GroupId> {
        let waiting = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let is_awaited = |id: &&GroupId| waiting.contains_key(id);
        groups.iter().filter(is_awaited).copied().collect()
    }

    /// Counts what other servers on the same database wrote: it changes with each of their batches that is heard of.
    pub fn elsewhere(&self) -> watch::Receiver<u64> {
        self.elsewhere.subscribe()
    }

    /// Batches of other servers are durable: `groups` are those that somebody waits for, as they are now. The
    /// feed's delta names no groups.
    pub fn publish_elsewhere(&self, delta: &Arc<Delta>, groups: &[Arc<Group>]) {
        {
            let waiting = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
            for group in groups {
                if let Some(sender) = waiting.get(&group.id) {
                    sender.send_replace(Some(group.clone()));
                }
            }
        }
        drop(self.feed.send(delta.clone()));
        self.elsewhere.send_modify(|count| *count += 1);
    }

    /// A batch is durable.
    pub fn publish(&self, delta: &Arc<Delta>) {
        {
            let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
            let waited_for = delta.groups.iter().filter(|_| !groups.is_empty());
            for (_, group) in waited_for {
                if let Some(sender) = groups.get(&group.id) {
                    sender.send_replace(Some(group.clone()));
                }
            }
            groups.retain(|_, sender| sender.receiver_count() > 0);
        }
        // Nobody following is not an error.
        drop(self.feed.send(delta.clone()));
    }

    /// Waits until `done` holds of a group, at most for `limit`; gives the last state seen, if it changed at all.
    pub async fn until(
        mut changes: watch::Receiver<Option<Arc<Group>>>,
        limit: Duration,
        done: impl Fn(&Group) -> bool,
    ) -> Option<Arc<Group>> {
        let wait = changes.wait_for(|group| group.as_ref().is_some_and(|g| done(g)));
        let found = tokio::time::timeout(limit, wait)
            .await
            .ok()
            .and_then(Result::ok)
            .and_then(|g| g.clone());
        match found {
            Some(group) => Some(group),
            None => changes.borrow().clone(),
        }
    }
}

/// Makes ids. One per process: ids rise, whatever the clock does.
pub struct Ids(Mutex<IdGenerator>);

impl Ids {
    /// Ids of this node above `floor`.
    pub fn new(node: u8, floor: u64) -> Self {
        Self(Mutex::new(IdGenerator::new(node, floor)))
    }

    /// The next raw id.
    pub fn next(&self) -> u64 {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(now_ms())
    }
}

/// A payment provider that shoppers can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Its name in `PaymentMethod::Provider`.
    pub name: String,
    /// Whether it moves no real money; every screen says so.
    pub test_money: bool,
}

/// What handlers need of the configuration. By default nothing is open.
#[derive(Debug, Clone, Default)]
pub struct AppConfig {
    /// Where shoppers reach the shop, without a slash at the end.
    pub public_url: String,
    /// Whether test endpoints exist; never in production.
    pub testing: bool,
    /// The secret that `/testing` endpoints ask for, when they exist.
    pub testing_secret: Option<String>,
    /// Payment providers, the preferred one first; empty when only payment on account is possible.
    pub providers: Vec<ProviderInfo>,
    /// Whether shoppers may order on account.
    pub on_account: bool,
    /// A secret of this shop: sessions, form tokens and sealed ids are signed with keys derived from it.
    pub secret: Vec<u8>,
    /// What local commands such as `sesame import` show as a bearer token.
    pub local_token: String,
    /// Whether UCP platforms on this machine are let in over plain HTTP; never in production.
    pub local_platforms: bool,
    /// Addresses of the UCP platforms whose word about a buyer is trusted.
    pub trusted_platforms: Vec<String>,
    /// How mail leaves.
    pub mailer: Mailer,
    /// How many days a visitor's touch counts; 0 where browsers are asked to keep none.
    pub touch_days: u32,
    /// How messages reach members' devices.
    pub pusher: Pusher,
    /// How carriers are asked.
    pub carriers: Carriers,
    /// Who measures roads for couriers' rounds.
    pub roads: RoadEngine,
    /// What invoices and labels are set in; `None` where the program was built without the UI, which brings them.
    pub fonts: Option<Arc<paper::Fonts>>,
    /// Which reviews wait for somebody of the shop.
    pub reviews: Moderation,
}

impl AppConfig {
    /// A key for one purpose, derived from the shop's secret.
    pub fn key(&self, purpose: &str) -> Vec<u8> {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&self.secret)
            .expect("any length of key is allowed");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

/// Everything a handler may use; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// For writes.
    pub door: Door,
    /// For questions to the database; they block, so ask through [`App::read`].
    pub reader: Reader,
    /// Goods, settings and stock in memory.
    pub shelf: Arc<Shelf>,
    /// What shoppers are in the middle of, in memory; ask through [`App::cart`] and its like.
    pub recent: Arc<Recent>,
    /// The product index.
    pub search: Arc<search::Index>,
    /// Pictures of goods.
    pub media: Arc<media::Library>,
    /// For new ids.
    pub ids: Arc<Ids>,
    /// For waiting and following.
    pub watch: Arc<Watch>,
    /// What the configuration says.
    pub config: Arc<AppConfig>,
    /// Who is let in when more come than can be served.
    pub admission: Arc<Admission>,
    /// What is bought together.
    pub together: Arc<Together>,
    /// Where visitors come from.
    pub traffic: Arc<Traffic>,
    /// What looking at open parcels again came to.
    pub sourcing: Sourcing,
    /// Carriers' timetables.
    pub timetables: Timetables,
    /// What makes parcels late.
    pub delays: Delays,
}

impl App {
    /// A random secret for a link.
    pub fn access_key(&self) -> u64 {
        // The top bit stays clear, so that the key fits a signed column and a JSON number of any reader.
        rand::rng().next_u64() >> 1
    }

    /// Asks the database on a thread that may block: the question is on its way when this returns, and who waits
    /// for its answer keeps nothing of it. An error says that rows cannot be read.
    pub fn read<T, Q>(&self, question: Q) -> impl Future<Output = Result<T, StoreError>> + use<T, Q>
    where
        T: Send + 'static,
        Q: FnOnce(&dyn store::Queries) -> Result<T, StoreError> + Send + 'static,
    {
        let (reader, admission) = (self.reader.clone(), self.admission.clone());
        let asked = Instant::now();
        let answer = tokio::task::spawn_blocking(move || {
            admission.flow.read_waited(asked.elapsed());
            question(&*reader)
        });
        async move {
            let answer = answer.await;
            answer.unwrap_or_else(|e| Err(StoreError::Engine(e.to_string())))
        }
    }

    /// A cart.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn cart(&self, id: CartId) -> Result<Option<Arc<Cart>>, StoreError> {
        match self.recent.cart(id) {
            Some(cart) => Ok(Some(cart)),
            None => self.read(move |q| q.cart(id).map(shared)).await,
        }
    }

    /// A checkout.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn checkout(&self, id: CheckoutId) -> Result<Option<Arc<Checkout>>, StoreError> {
        match self.recent.checkout(id) {
            Some(checkout) => Ok(Some(checkout)),
            None => self.read(move |q| q.checkout(id).map(shared)).await,
        }
    }

    /// An order group, whole.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn group(&self, id: GroupId) -> Result<Option<Arc<Group>>, StoreError> {
        match self.recent.group(id) {
            Some(group) => Ok(Some(group)),
            None => self.read(move |q| q.group(id).map(shared)).await,
        }
    }

    /// Those of groups that there are, read together.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn groups(
        &self,
        ids: impl IntoIterator<Item = GroupId>,
    ) -> Result<HashMap<GroupId, Arc<Group>>, StoreError> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.recent.group(id) {
                Some(group) => drop(found.insert(id, group)),
                None => missing.push(id),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            let read = self.read(move |q| {
                let read = missing.into_iter().map(|id| Ok((id, q.group(id)?)));
                read.collect::<Result<Vec<_>, StoreError>>()
            });
            for (id, group) in read.await? {
                found.extend(group.map(|group| (id, Arc::new(group))));
            }
        }
        Ok(found)
    }

    /// The stored answer to a request with an idempotency key.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn answer(&self, key: u128) -> Result<Option<Answer>, StoreError> {
        if self.reader.is_surely_new(key) {
            return Ok(None);
        }
        self.read(move |q| q.answer(key)).await
    }

    /// Whether a kind of optional work is shed at `now`, and until when: for what can be left out of a page.
    pub fn sheds(&self, work: Work, now: i64) -> Option<Shed> {
        self.shelf.read().sheds(work, now)
    }

    /// Lets a request for optional work pass, unless that is shed now.
    ///
    /// # Errors
    /// `work_shed` with when to come again; nothing was done.
    pub fn admit(&self, work: Work) -> Result<(), ApiError> {
        let now = now_ms();
        match self.sheds(work, now) {
            Some(shed) => Err(ApiError::work_shed(shed, now)),
            None => Ok(()),
        }
    }

    /// Has a command of the system itself decided; see [`Door::submit`].
    pub fn system(&self, command: Command) -> Submitted {
        self.door.submit(Envelope::system(command))
    }
}

fn shared<T>(found: Option<T>) -> Option<Arc<T>> {
    found.map(Arc::new)
}
