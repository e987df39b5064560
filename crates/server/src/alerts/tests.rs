//! People of a real shop wait for goods, and are told when they are back or cost less.

mod devices;

use super::*;
use crate::demo;
use crate::health::Health;
use crate::shop::{Opened, Shop};
use api::app::AppConfig;
use api::mail::{Mail, Mailer, SendMail, Sending};
use api::push::Pusher;
use commerce::command::{
    ProductDraft, SetStock, SetSwitch, StockChange, StockChangeKind, SwitchStep, WishChange,
};
use commerce::customer::Customer;
use commerce::id::{CustomerId, LocationId};
use commerce::limits::ALERTS_PER_DAY_MAX;
use commerce::switch::Position;
use commerce::text::Language;
use commerce::world::Record;
use commerce::{Currency, Money};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(30);
/// How long it is waited to see that nothing more comes.
const QUIET: Duration = Duration::from_millis(400);

/// A mail server that keeps what it is given, or refuses.
#[derive(Default)]
struct Mailbox {
    mails: Mutex<Vec<Mail>>,
    is_down: AtomicBool,
}

impl SendMail for Mailbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            if self.is_down.load(Ordering::Relaxed) {
                return Err(MailError::Later("it is down".to_string()));
            }
            self.mails.lock().expect("held briefly").push(mail.clone());
            Ok(())
        })
    }
}

struct Scene {
    folder: PathBuf,
    shop: Shop,
    mailbox: Arc<Mailbox>,
    pace: Pace,
    leads: watch::Sender<bool>,
    end: Option<(oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
}

impl Scene {
    async fn new(name: &str, pace: Pace) -> Self {
        Self::with(name, pace, Pusher::default()).await
    }

    async fn with(name: &str, pace: Pace, pusher: Pusher) -> Self {
        let folder = format!("sesame-alerts-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let mailbox = Arc::new(Mailbox::default());
        let config = AppConfig {
            public_url: "https://sesame-shop.de".to_string(),
            secret: vec![7; 32],
            mailer: Mailer::of(mailbox.clone()),
            pusher,
            ..AppConfig::default()
        };
        let health = Health::new(folder.clone());
        let shop = Opened::open(&folder, None)
            .and_then(|opened| opened.run(config, Arc::default(), &health))
            .expect("the shop opens");
        demo::fill(&shop.app, demo::Start::Demo)
            .await
            .expect("filled");
        let mut scene = Self {
            folder,
            shop,
            mailbox,
            pace,
            leads: watch::channel(true).0,
            end: None,
        };
        scene.begin().await;
        scene
    }

    async fn begin(&mut self) {
        let (end, ended) = oneshot::channel();
        let ended = async { drop(ended.await) };
        let telling = lead(
            self.shop.app.clone(),
            self.pace,
            self.leads.subscribe(),
            ended,
        );
        self.end = Some((end, tokio::spawn(telling)));
        let started = Instant::now();
        while self.shop.app.shelf.read().follower(ALERTS).is_none() {
            assert!(started.elapsed() < PATIENCE, "it does not begin");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it in the middle of whatever it does, as a crash would.
    async fn crash(&mut self) {
        let (_, task) = self.end.take().expect("it runs");
        task.abort();
        drop(task.await);
    }

    async fn close(mut self) {
        let (end, task) = self.end.take().expect("it runs");
        drop(end);
        task.await.expect("it ends in order");
        self.shop.close().await;
        std::fs::remove_dir_all(&self.folder).expect("removed");
    }

    async fn do_it(&self, command: Command) {
        self.shop.app.system(command).await.expect("it is done");
    }

    fn article(&self) -> VariantId {
        let world = self.shop.app.shelf.read();
        world.variant_of_sku("85123A").expect("an article")
    }

    async fn stock(&self, variant: VariantId, pieces: i64) {
        let places: Vec<LocationId> = {
            let world = self.shop.app.shelf.read();
            world.levels(variant).map(|(id, _)| id).collect()
        };
        let ships = {
            let world = self.shop.app.shelf.read();
            let ships = |id: &&LocationId| world.location(**id).is_some_and(|l| l.ships);
            places
                .iter()
                .find(ships)
                .copied()
                .expect("a warehouse has it")
        };
        let count = |location| StockChange {
            variant,
            location,
            kind: StockChangeKind::Counted(if location == ships { pieces } else { 0 }),
        };
        self.do_it(Command::SetStock(SetStock {
            cause: self.shop.app.ids.next(),
            changes: places.into_iter().map(count).collect(),
            note: String::new(),
        }))
        .await;
    }

    /// Somebody who wants something.
    async fn somebody(&self, email: &str, wants: Vec<WishChange>) -> CustomerId {
        let id = CustomerId(self.shop.app.ids.next());
        let customer = Customer {
            version: 1,
            ..Customer::new(id, email.to_string())
        };
        self.do_it(Command::SaveRecords(vec![Record::Customer(customer)]))
            .await;
        self.do_it(Command::ChangeWishes(id, wants)).await;
        id
    }

    fn told(&self) -> Vec<String> {
        let mails = self.mailbox.mails.lock().expect("held briefly");
        mails.iter().map(|m| m.to.clone()).collect()
    }

    /// Waits until so many were told, and that no more are.
    async fn told_are(&self, count: usize) -> Vec<String> {
        let started = Instant::now();
        while self.told().len() < count {
            assert!(started.elapsed() < PATIENCE, "{:?} of {count}", self.told());
            sleep(Duration::from_millis(10)).await;
        }
        sleep(QUIET).await;
        let mut told = self.told();
        assert_eq!(told.len(), count, "{told:?}");
        told.sort();
        told
    }

    fn price(&self, variant: VariantId) -> Money {
        let world = self.shop.app.shelf.read();
        let eur = Currency::parse("EUR").expect("a code");
        alerts::price(&world, now_ms(), variant, eur).expect("a price")
    }

    async fn reprice(&self, variant: VariantId, minor: i64) {
        let mut product = {
            let world = self.shop.app.shelf.read();
            world.product(variant.parent()).expect("a product").clone()
        };
        for found in product.variants.iter_mut().filter(|v| v.id == variant) {
            for price in found.offers.iter_mut().flat_map(|o| &mut o.prices) {
                price.minor = minor;
            }
        }
        let draft = ProductDraft {
            product,
            expected_version: None,
        };
        self.do_it(Command::SaveProducts(vec![draft])).await;
    }
}

fn pace(wave_ms: i64) -> Pace {
    Pace {
        retry_ms: 100,
        wave_ms,
        ..Pace::of(2_000)
    }
}

fn back(variant: VariantId) -> WishChange {
    WishChange::TellBack {
        variant,
        price: None,
    }
}

fn names(of: std::ops::Range<usize>) -> Vec<String> {
    of.map(|n| format!("p{n:02}@sesame-shop.de")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_asked_first_are_told_first_in_waves_and_once() {
    let hour = 60 * 60_000;
    let mut scene = Scene::new("waves", pace(hour)).await;
    let article = scene.article();
    scene.stock(article, 0).await;
    for name in names(0..10) {
        scene
            .somebody(&name, vec![WishChange::Reads(Language::De), back(article)])
            .await;
    }
    scene.stock(article, 3).await;
    assert_eq!(scene.told_are(6).await, names(0..6), "two for each piece");
    {
        let mails = scene.mailbox.mails.lock().expect("held briefly");
        let mail = mails.first().expect("a mail");
        assert!(mail.subject.contains("wieder da"), "{}", mail.subject);
        let quiet = mail.unsubscribe.as_deref().expect("a way to end it");
        assert!(quiet.starts_with("https://sesame-shop.de/alerts/quiet?t="));
        assert!(mail.text.contains(quiet), "{}", mail.text);
    }
    // Who was told and is no member is forgotten.
    for name in names(0..10) {
        let customer = scene
            .shop
            .app
            .read(move |r| r.customer_by_email(&name))
            .await;
        let id = customer.expect("read").expect("known").id;
        let kept = scene.shop.app.read(move |r| r.wishes(id)).await;
        let kept = kept.expect("read").expect("counted");
        assert_eq!(kept.list.is_empty(), kept.told == 1, "{kept:?}");
    }
    // A crash in the middle of a wave repeats nothing, and the pause lasts.
    scene.crash().await;
    scene.pace = pace(0);
    scene.begin().await;
    scene.stock(article, 4).await;
    scene.told_are(6).await;
    // Sold out: the wave ends. Back again: a new one, with those who are left, and nobody twice.
    scene.stock(article, 0).await;
    let due = scene.shop.app.shelf.read().follower(ALERTS).cloned();
    assert_eq!(due.expect("known").telling.waves.len(), 1);
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waves_follow_while_there_is_something_and_survive_a_mail_server_that_is_down() {
    let mut scene = Scene::new("down", pace(50)).await;
    let article = scene.article();
    scene.stock(article, 0).await;
    for name in names(0..7) {
        scene.somebody(&name, vec![back(article)]).await;
    }
    scene.mailbox.is_down.store(true, Ordering::Relaxed);
    scene.stock(article, 1).await;
    let started = Instant::now();
    loop {
        let known = scene.shop.app.shelf.read().follower(ALERTS).cloned();
        let known = known.expect("known");
        if known.trouble.is_some() && known.telling.letters.iter().any(|l| l.attempts > 0) {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{known:?}");
        sleep(Duration::from_millis(10)).await;
    }
    scene.crash().await;
    scene.mailbox.is_down.store(false, Ordering::Relaxed);
    scene.begin().await;
    assert_eq!(scene.told_are(7).await, names(0..7), "each once");
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_out_again_before_the_mail_left_is_not_told() {
    let scene = Scene::new("stale", pace(50)).await;
    let article = scene.article();
    scene.stock(article, 0).await;
    let id = scene
        .somebody("ann@sesame-shop.de", vec![back(article)])
        .await;
    scene.mailbox.is_down.store(true, Ordering::Relaxed);
    scene.stock(article, 5).await;
    let started = Instant::now();
    loop {
        let known = scene.shop.app.shelf.read().follower(ALERTS).cloned();
        if known.is_some_and(|k| k.telling.letters.iter().any(|l| l.attempts > 0)) {
            break;
        }
        assert!(started.elapsed() < PATIENCE);
        sleep(Duration::from_millis(10)).await;
    }
    scene.stock(article, 0).await;
    scene.mailbox.is_down.store(false, Ordering::Relaxed);
    let started = Instant::now();
    loop {
        let known = scene.shop.app.shelf.read().follower(ALERTS).cloned();
        if known.is_some_and(|k| k.telling.letters.is_empty()) {
            break;
        }
        assert!(started.elapsed() < PATIENCE);
        sleep(Duration::from_millis(10)).await;
    }
    scene.told_are(0).await;
    let kept = scene.shop.app.read(move |r| r.wishes(id)).await;
    let kept = kept.expect("read").expect("they wait as before");
    assert!(
        kept.of(article).is_some_and(|w| w.back.is_some()),
        "{kept:?}"
    );
    assert_eq!(kept.told, 0);
    scene.stock(article, 5).await;
    scene.told_are(1).await;
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_that_fell_is_told_to_those_it_is_low_enough_for_and_not_too_much_in_a_day() {
    let scene = Scene::new("prices", pace(50)).await;
    let article = scene.article();
    scene.stock(article, 100).await;
    let now = scene.price(article);
    let cheaper = |minor| WishChange::TellCheaper {
        variant: article,
        at_most: Money { minor, ..now },
        price: Some(now),
    };
    scene
        .somebody("modest@sesame-shop.de", vec![cheaper(now.minor - 1)])
        .await;
    scene
        .somebody("greedy@sesame-shop.de", vec![cheaper(1)])
        .await;
    scene.stock(article, 99).await;
    scene.told_are(0).await;
    scene.reprice(article, now.minor - 10).await;
    assert_eq!(scene.told_are(1).await, ["modest@sesame-shop.de"]);
    scene.reprice(article, now.minor).await;
    scene.reprice(article, now.minor - 20).await;
    scene.told_are(1).await;
    // Somebody who waits for many things hears of so many in a day.
    let many: Vec<VariantId> = {
        let world = scene.shop.app.shelf.read();
        let products = world.loaded_products();
        let first = products.filter_map(|p| p.variants.first().map(|v| v.id));
        let sold = first.filter(|v| alerts::free(&world, *v) > 0 && *v != article);
        sold.take(ALERTS_PER_DAY_MAX as usize + 3).collect()
    };
    let wants = many.iter().map(|v| back(*v)).collect();
    scene.somebody("keen@sesame-shop.de", wants).await;
    for variant in many {
        scene.stock(variant, 4_321).await;
    }
    let told = scene.told_are(1 + ALERTS_PER_DAY_MAX as usize).await;
    let keen = told.iter().filter(|to| to.starts_with("keen")).count();
    assert_eq!(keen, ALERTS_PER_DAY_MAX as usize);
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_that_are_shed_are_told_afterwards() {
    let mut scene = Scene::new("shed", pace(50)).await;
    let article = scene.article();
    scene.stock(article, 0).await;
    scene
        .somebody("ann@sesame-shop.de", vec![back(article)])
        .await;
    let switch = |position| {
        Command::SetSwitch(SetSwitch {
            work: Work::Alerts,
            expected_version: None,
            step: SwitchStep::Throw(position, None),
        })
    };
    scene.do_it(switch(Position::Shed)).await;
    scene.stock(article, 5).await;
    scene.told_are(0).await;
    // Another server takes over meanwhile: it waits as well, and goes on where the first one stopped.
    scene.crash().await;
    scene.begin().await;
    scene.told_are(0).await;
    scene.do_it(switch(Position::Serve)).await;
    assert_eq!(scene.told_are(1).await, ["ann@sesame-shop.de"]);
    scene.close().await;
}
