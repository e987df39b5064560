//! `sesame serve`: opens the shop, and closes it in order.

use crate::carriers::{Desk, Dispatcher};
use crate::cli::ConfigArguments;
use crate::config::{Config, ConfigError, Settings, TestProviderSettings};
use crate::health::Health;
use crate::http::express::Express;
use crate::http::gate::{self, Gate};
use crate::http::health::Watchers;
use crate::http::{self, Surfaces};
use crate::mail::follow::Pace;
use crate::payments::{Cashier, Providers};
use crate::platforms::{Herald, Outside, Reach};
use crate::run_file::{RunFile, Running};
use crate::shop::{Opened, Shop, ShopError, setup};
use crate::{
    alerts, connections, demo, jobs, listen, mail, photos, push, roads, sourcing, synonyms,
    telemetry, test_provider, ucp_suite,
};
use api::admission::Admission;
use api::admission::hall::Hall;
use api::app::{App, AppConfig, ProviderInfo};
use api::carriers::Carriers;
use api::hex;
use api::screen::{Links, Screens};
use api::together;
use api::ucp::Ucp;
use commerce::command::{Command, Outcome};
use commerce::id::OperatorId;
use commerce::settings::{Operator, Role};
use commerce::world::Record;
use connectors::http::HttpSettings;
use connectors::payment::{MoneyKind, PaymentProvider};
use connectors::standard_webhooks::Secret;
use connectors::stripe::{Stripe, StripeConfig};
use connectors::test_payments::{TestPayments, TestPaymentsConfig};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use storefront::waiting::WaitingRoom;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How often the writer's thread is looked at.
const WRITER_CHECK: Duration = Duration::from_millis(500);
/// How long a mail that is under way may take when the shop closes.
const MAILS_END: Duration = Duration::from_secs(10);
/// The exit code after a second signal: what shells use for Ctrl-C.
const INTERRUPTED: i32 = 130;

/// What a start of the shop may be told on the command line.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Each value may also stand in sesame.toml or in the environment; `sesame config` shows what counts and where it came from."
)]
pub struct ServeArguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// The address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where shoppers reach the shop, such as `https://shop.example`; by default the address it listens on.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Fills an empty shop with demo goods.
    #[arg(long)]
    demo: bool,
    /// Refuses everything that is for tests alone.
    #[arg(long)]
    production: bool,
    /// Opens endpoints that only tests need. Refused in production.
    #[arg(long)]
    testing: bool,
    /// What the test endpoints ask for in the header `Simulation-Secret`.
    #[arg(long, value_name = "SECRET", requires = "testing")]
    testing_secret: Option<String>,
    /// Fills an empty shop with the goods of the UCP suite, from the folder with its CSV files.
    #[arg(long, value_name = "DIR", requires = "testing")]
    ucp_suite: Option<String>,
    /// How log lines look: text or json.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// What is logged: error, warn, info, debug, trace.
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
}

impl ServeArguments {
    /// The configuration as these flags, the environment and the file say.
    ///
    /// # Errors
    /// As for [`Config::load`].
    pub fn load(&self) -> Result<Config, ConfigError> {
        let switch = |on: bool| on.then(|| "true".to_string());
        self.config.load(vec![
            ("listen", self.listen.clone()),
            ("public_url", self.public_url.clone()),
            ("demo", switch(self.demo)),
            ("production", switch(self.production)),
            ("testing", switch(self.testing)),
            ("testing_secret", self.testing_secret.clone()),
            ("ucp_suite", self.ucp_suite.clone()),
            ("log.format", self.log_format.clone()),
            ("log.level", self.log_level.clone()),
        ])
    }
}

/// Why the shop did not open or did not stay open.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data cannot be used.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// The port is taken.
    #[error("{address} is in use already: stop what uses it, or choose another with --listen")]
    PortTaken {
        /// The address.
        address: SocketAddr,
    },
    /// Listening failed for another reason.
    #[error("listening on {address} failed: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The writer's thread panicked.
    #[error("the writer ended early; what was acknowledged is safe: see the log, then start again")]
    WriterEnded,
}

/// Opens the shop and serves until a signal says stop. What was accepted by then is answered.
///
/// # Errors
/// As [`ServeError`] says.
// Long because it is the order in which everything begins and ends.
pub async fn serve(arguments: ServeArguments) -> Result<(), ServeError> {
    let settings = Settings::of(&arguments.load()?)?;
    telemetry::start_logs(&settings.log_level, settings.log_format);
    let figures = telemetry::start_metrics().map_err(setup("the metrics"))?;
    let mut opened = Opened::open(&settings.data, settings.database.as_ref())?;
    let (listener, address) = bind(settings.listen).await?;
    let token = hex::secret();
    let public_url = public_url(&settings, address);
    let payments = payments(&settings, &mut opened, address, &public_url)?;
    let carriers = connections::carriers(&settings, &mut opened, address)?;
    let config = AppConfig {
        public_url: public_url.clone(),
        providers: payments.infos,
        carriers: Carriers::of(Arc::new(Desk::new(carriers.connectors.clone()))),
        secret: opened.secret("server_secret", hex::secret)?.into_bytes(),
        local_token: token.clone(),
        ..app_config(&settings)?
    };
    let config = AppConfig {
        pusher: push::pusher(&settings, &config)?,
        ..config
    };
    let health = health(&settings);
    // Before anybody can know that the shop is there: a signal that nobody listens for ends the process at once.
    let signals = Signals::listen().map_err(setup("listening for signals"))?;
    let signals = tokio::spawn(signals.stop(health.clone()));
    let admission = admission(&settings, &config)?;
    let shop = opened.run(config, admission.clone(), &health)?;
    let app = shop.app.clone();
    synonyms::follow(&app, &settings.data);
    let (ucp, herald) = platforms(&app)?;
    let cashier = Cashier {
        app: app.clone(),
        providers: payments.providers,
        webhook_base: format!("http://{address}/webhooks/payments"),
        herald,
        dispatcher: Dispatcher {
            app: app.clone(),
            connectors: carriers.connectors,
            webhook_base: format!("http://{address}/webhooks/carriers"),
        },
    };
    let jobs = tokio::spawn(jobs::lead(cashier.clone(), shop.leads()));
    let mails = Mails::begin(&settings, &shop, &health);
    let sourcing = sourcing::lead(
        app.clone(),
        settings.sourcing,
        shop.leads(),
        health.stopped(),
    );
    let sourcing = tokio::spawn(sourcing);
    let data = settings.data.clone();
    let together = tokio::spawn(together::follow(app.clone(), data, health.stopped()));
    fill(&app, &settings).await?;
    let running = Running {
        address,
        token,
        pid: std::process::id(),
        test_provider_key: payments.test_provider.as_ref().map(|p| p.api_key.clone()),
    };
    let run_file = RunFile::write(&settings.data, &running).map_err(setup("run.json"))?;
    let surfaces = Surfaces {
        ucp: ucp.router(),
        screens: screens(&settings)?,
        test_provider: payments.test_provider.and_then(|p| p.router),
        test_carrier: carriers.test_carrier,
    };
    let watchers = Watchers {
        health: health.clone(),
        figures,
        metrics_from: Arc::new(settings.metrics_from),
    };
    let waiting = WaitingRoom::new(app.shelf.clone(), &app.config, http::scripts().islands);
    let express = Arc::new(Express::new(app.clone(), ucp.clone()));
    let router = http::router(app, cashier, surfaces, watchers);
    let (proxies, unlimited) = (settings.trusted_proxies, settings.unlimited_clients);
    let gate = Gate::new(admission.clone(), waiting, proxies, unlimited);
    let keeper = tokio::spawn(keep_tidy(admission, shop.app.clone()));
    println!("sesame is open at {public_url}");
    tracing::info!(%address, public_url, "the shop is open");
    listen::serve(listener, router, Arc::new(gate), express, &health).await;
    let writer_worked = health.is_writer_alive();
    jobs.abort();
    keeper.abort();
    mails.end().await;
    drop(together.await);
    sourcing.abort();
    shop.close().await;
    drop(run_file);
    signals.abort();
    tracing::info!("the shop is closed");
    writer_worked.then_some(()).ok_or(ServeError::WriterEnded)
}

/// What is looked after on every server, until it stops.
async fn keep_tidy(admission: Arc<Admission>, app: App) {
    tokio::join!(
        gate::keep(admission),
        photos::tidy(app.clone()),
        api::timetables::keep(app.clone()),
        api::delays::keep(app.clone()),
        api::traffic::keep(app)
    );
}

fn public_url(settings: &Settings, address: SocketAddr) -> String {
    let said = settings.public_url.clone();
    said.unwrap_or_else(|| format!("http://{address}"))
}

/// What tells shoppers by mail what becomes of their orders, and what they wish for.
struct Mails(tokio::task::JoinHandle<()>);

impl Mails {
    fn begin(settings: &Settings, shop: &Shop, health: &Health) -> Self {
        let pace = Pace::of(settings.mails_per_second);
        let (app, leads) = (shop.app.clone(), shop.leads());
        let mails = mail::follow::lead(app.clone(), pace, leads.clone(), health.stopped());
        let pace = alerts::Pace::of(settings.mails_per_second);
        let alerts = alerts::lead(app, pace, leads, health.stopped());
        Self(tokio::spawn(async move {
            tokio::join!(mails, alerts);
        }))
    }

    /// Waits until what is under way is sent and noted, so that no mail is sent twice; not for long.
    async fn end(mut self) {
        if tokio::time::timeout(MAILS_END, &mut self.0).await.is_err() {
            self.0.abort();
        }
    }
}

fn health(settings: &Settings) -> Arc<Health> {
    match settings.database {
        None => Health::new(settings.data.clone()),
        Some(_) => Health::beside_a_database(settings.data.clone()),
    }
}

/// What handlers need of the settings; the rest comes from the start itself.
fn app_config(settings: &Settings) -> Result<AppConfig, ShopError> {
    Ok(AppConfig {
        testing: settings.testing,
        testing_secret: settings.testing_secret.clone(),
        on_account: settings.on_account,
        local_platforms: settings.local_platforms,
        trusted_platforms: settings.trusted_platforms.clone(),
        mailer: mail::mailer(settings)?,
        touch_days: settings.touch_days,
        fonts: http::fonts().map(Arc::new),
        reviews: settings.reviews,
        roads: roads::engine(settings.roads.as_ref())?,
        ..AppConfig::default()
    })
}

/// Admission with its waiting room as it was left.
fn admission(settings: &Settings, config: &AppConfig) -> Result<Arc<Admission>, ShopError> {
    let hall = Hall::open_folder(
        &settings.data,
        config.key("waiting room ticket"),
        settings.room_opens_by_itself,
        api::app::now_ms(),
    );
    let hall = hall.map_err(setup("the record of the waiting room"))?;
    Ok(Arc::new(Admission::new(settings.client_limits, hall)))
}

/// The big screens, with the links for walls as they were left.
fn screens(settings: &Settings) -> Result<Arc<Screens>, ShopError> {
    let links = Links::open_folder(&settings.data).map_err(setup("the links for walls"))?;
    Ok(Arc::new(Screens::new(links, settings.milestones.clone())))
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::PortTaken { address },
        _ => ServeError::Listen { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Payment providers, as jobs and as shoppers see them.
struct Payments {
    providers: Providers,
    infos: Vec<ProviderInfo>,
    test_provider: Option<TestProvider>,
}

/// The test provider and what opens it.
struct TestProvider {
    /// Its pages and its API, when it is within this process.
    router: Option<axum::Router>,
    api_key: String,
}

fn payments(
    settings: &Settings,
    opened: &mut Opened,
    address: SocketAddr,
    public_url: &str,
) -> Result<Payments, ShopError> {
    let mut all: Vec<Arc<dyn PaymentProvider>> = Vec::new();
    if let Some(stripe) = &settings.stripe {
        let config = StripeConfig {
            secret_key: stripe.secret_key.clone(),
            webhook_secrets: stripe.webhook_secrets.clone(),
            base_url: stripe.base_url.clone(),
            http: HttpSettings::default(),
        };
        all.push(Arc::new(Stripe::new(&config).map_err(setup("Stripe"))?));
    }
    let mut test_provider = None;
    if settings.test_payments {
        let (provider, client) = match &settings.test_provider {
            Some(beside) => test_payments_beside(beside)?,
            None => test_payments(settings, opened, address, public_url)?,
        };
        test_provider = Some(provider);
        all.push(Arc::new(client));
    }
    let info = |p: &Arc<dyn PaymentProvider>| ProviderInfo {
        name: p.name().to_string(),
        test_money: p.money() == MoneyKind::Test,
    };
    let infos = all.iter().map(info).collect();
    let by_name: BTreeMap<_, _> = all.into_iter().map(|p| (p.name().to_string(), p)).collect();
    Ok(Payments {
        providers: Arc::new(by_name),
        infos,
        test_provider,
    })
}

/// A test provider in a process of its own, which several servers of one shop need.
fn test_payments_beside(
    beside: &TestProviderSettings,
) -> Result<(TestProvider, TestPayments), ShopError> {
    const PART: &str = "the test payment provider";
    let secret = Secret::parse(&beside.webhook_secret).map_err(setup(PART))?;
    let client = TestPayments::new(TestPaymentsConfig {
        base_url: beside.url.clone(),
        api_key: beside.api_key.clone(),
        webhook_secrets: vec![secret],
        http: HttpSettings::default(),
    })
    .map_err(setup(PART))?;
    let provider = TestProvider {
        router: None,
        api_key: beside.api_key.clone(),
    };
    Ok((provider, client))
}

/// The built-in test provider, mounted beside the shop and spoken to over HTTP like any other.
fn test_payments(
    settings: &Settings,
    opened: &mut Opened,
    address: SocketAddr,
    public_url: &str,
) -> Result<(TestProvider, TestPayments), ShopError> {
    const PART: &str = "the test payment provider";
    let api_key = opened.secret("test_provider_api_key", hex::secret)?;
    let text = opened.secret("test_provider_webhook_secret", || {
        Secret::from_bytes(rand::random()).to_text()
    })?;
    let secret = Secret::parse(&text).map_err(setup(PART))?;
    let router = test_provider::router(test_provider::Config {
        base_url: format!("{public_url}/test-payments"),
        api_key: api_key.clone(),
        webhook_secret: secret.clone(),
        journal: Some(settings.data.join("test-payments.journal")),
        timings: test_provider::Timings::default(),
    })
    .map_err(setup(PART))?;
    let client = TestPayments::new(TestPaymentsConfig {
        base_url: format!("http://{address}/test-payments"),
        api_key: api_key.clone(),
        webhook_secrets: vec![secret],
        http: HttpSettings::default(),
    })
    .map_err(setup(PART))?;
    let router = Some(router);
    Ok((TestProvider { router, api_key }, client))
}

/// The store API for platforms, and the way to tell them of their orders.
pub fn platforms(app: &App) -> Result<(Ucp, Herald), ShopError> {
    let reach = if app.config.testing || app.config.local_platforms {
        Reach::Local
    } else {
        Reach::Public
    };
    let outside = Outside::new(reach).map_err(setup("the way to platforms"))?;
    let outside = Arc::new(outside);
    let ucp = Ucp::new(app.clone(), outside.clone());
    Ok((ucp.clone(), Herald::new(ucp, outside)))
}

/// What an empty shop starts with: records, and an owner. The UCP suite brings its own records.
async fn fill(app: &App, settings: &Settings) -> Result<(), ShopError> {
    if let Some(folder) = &settings.ucp_suite {
        let loaded = ucp_suite::load(app, folder).await;
        loaded.map_err(setup("the UCP suite's goods"))?;
    } else {
        let content = if settings.demo {
            demo::Start::Demo
        } else {
            demo::Start::Bare
        };
        let filled = demo::fill(app, content).await;
        filled.map_err(setup("the shop's first records"))?;
    }
    first_operator(app).await
}

/// On the first start there is nobody who could sign in: makes an owner and shows the password once.
async fn first_operator(app: &App) -> Result<(), ShopError> {
    if app.shelf.read().operators().next().is_some() {
        return Ok(());
    }
    const PART: &str = "the first operator";
    let password = api::auth::one_time_password();
    let operator = owner(app, password.clone()).await?;
    let saved = app
        .system(Command::SaveRecords(vec![Record::Operator(operator)]))
        .await;
    match saved.map_err(setup(PART))?.outcome {
        Outcome::Saved(_) => {
            println!(
                "first operator: owner@shop.local, password {password} (shown once; change it after signing in)"
            );
            Ok(())
        }
        other => Err(setup(PART)(format!("unexpected outcome {other:?}"))),
    }
}

async fn owner(app: &App, password: String) -> Result<Operator, ShopError> {
    let hash = tokio::task::spawn_blocking(move || api::auth::hash_password(&password))
        .await
        .map_err(setup("the first operator"))?;
    Ok(Operator {
        id: OperatorId(app.ids.next()),
        version: 1,
        email: "owner@shop.local".to_string(),
        name: "Owner".to_string(),
        role: Role::Owner,
        password_hash: hash,
        active: true,
    })
}

/// The signals that end the shop, caught from the moment this is made.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Tells everybody to stop when a signal says so, or the writer has ended; a second signal ends the
    /// process at once.
    async fn stop(mut self, health: Arc<Health>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => break,
                _ = self.interrupt.recv() => break,
                () = tokio::time::sleep(WRITER_CHECK) => {
                    if !health.is_writer_alive() {
                        tracing::error!("the writer's thread has ended: the server stops");
                        break;
                    }
                }
            }
        }
        health.stop();
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        eprintln!("stopped at once; what was acknowledged is safe");
        std::process::exit(INTERRUPTED);
    }
}
