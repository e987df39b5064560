//! `sesame serve`: opens the shop, and closes it in order.

use crate::payments::{Cashier, Providers};
use crate::platforms::{Herald, Outside, Reach};
use crate::{demo, driver, http, jobs, test_provider, ucp_suite};
use api::app::{App, AppConfig, Door, Ids, ProviderInfo, Watch};
use api::ucp::Ucp;
use commerce::World;
use commerce::command::{Command, Outcome};
use commerce::id::OperatorId;
use commerce::settings::{Operator, Role};
use commerce::world::Record;
use connectors::http::HttpSettings;
use connectors::payment::PaymentProvider;
use connectors::standard_webhooks::Secret;
use connectors::test_payments::{TestPayments, TestPaymentsConfig};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::sqlite::SqliteStore;
use store::{Reader, Shelf, Start, Store};
use tokio::net::TcpListener;
use writer::{QUEUE_MAX, Writer};

/// What a start of the shop needs to know.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArguments {
    /// The folder that holds the shop's data; made if it does not exist.
    #[arg(long, default_value = "data", env = "SESAME_DATA")]
    pub data: PathBuf,
    /// The address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "SESAME_LISTEN")]
    pub listen: SocketAddr,
    /// Where shoppers reach the shop, without a slash at the end; by default the address it listens on.
    #[arg(long, env = "SESAME_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Fills an empty shop with demo goods.
    #[arg(long)]
    pub demo: bool,
    /// Opens endpoints that only tests need. Refused together with a real payment provider.
    #[arg(long, env = "SESAME_TESTING")]
    pub testing: bool,
    /// What the test endpoints ask for in the header `Simulation-Secret`.
    #[arg(
        long,
        env = "SESAME_TESTING_SECRET",
        requires = "testing",
        hide_env_values = true
    )]
    pub testing_secret: Option<String>,
    /// Fills an empty shop with the goods of the UCP suite, from the folder with its CSV files.
    #[arg(long, env = "SESAME_UCP_SUITE", requires = "testing")]
    pub ucp_suite: Option<PathBuf>,
}

/// Why the shop did not open or did not stay open.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another server works on the same data.
    #[error("another server is using {0}: stop it, or choose another folder with --data")]
    Locked(PathBuf),
    /// The folder cannot be used.
    #[error("the data folder {folder} cannot be used: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
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
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A part could not be set up.
    #[error("setting up {part} failed: {reason}")]
    Setup {
        /// The part.
        part: &'static str,
        /// Why.
        reason: String,
    },
}

fn setup(part: &'static str) -> impl Fn(String) -> ServeError {
    move |reason| ServeError::Setup { part, reason }
}

/// Takes the lock that keeps a second server off the folder. It is freed when the file is closed.
///
/// # Errors
/// When another process has it, or the folder cannot be used.
pub fn lock_folder(folder: &Path) -> Result<File, ServeError> {
    let unusable = |source| ServeError::Folder {
        folder: folder.to_path_buf(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServeError::Locked(folder.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// Opens the shop and serves until a signal says stop. What was accepted by then is answered.
///
/// # Errors
/// As [`ServeError`] says, before anything is served.
pub async fn serve(arguments: ServeArguments) -> Result<(), ServeError> {
    let _lock = lock_folder(&arguments.data)?;
    let mut store = SqliteStore::open(&arguments.data)?;
    let start = store.start()?;
    let listener = listen(arguments.listen).await?;
    let address = listener.local_addr().map_err(|source| ServeError::Listen {
        address: arguments.listen,
        source,
    })?;
    let config = app_config(&arguments, &mut store, address)?;
    let (test_router, providers) =
        test_payments(&arguments, &mut store, address, &config.public_url)?;
    let Start {
        resident,
        sequences,
        fresh_from,
        effects,
    } = start;
    let reader: Reader = Arc::new(store.reader());
    let shelf = Arc::new(Shelf::load(&*reader, store.all_levels()?)?);
    let search = search::Index::new().map_err(|e| setup("the product index")(e.to_string()))?;
    let watch = Arc::new(Watch::default());
    let (queue, jobs_in) = std::sync::mpsc::sync_channel(QUEUE_MAX);
    let app = App {
        door: Door::new(queue),
        reader,
        shelf: shelf.clone(),
        search: Arc::new(search),
        ids: Arc::new(Ids::new(0, fresh_from)),
        watch: watch.clone(),
        config: Arc::new(config),
    };
    let (ucp, herald) = platforms(&app)?;
    let cashier = Cashier {
        app: app.clone(),
        providers,
        webhook_base: format!("http://{address}/webhooks/payments"),
        herald,
    };
    let runner = jobs::Runner::new(cashier.clone());
    let writer = Writer::new(World::new(resident, sequences, fresh_from));
    let thread = driver::start(store, writer, jobs_in, driver::Followers { shelf, watch })
        .map_err(|e| setup("the writer's thread")(e.to_string()))?;
    let jobs = [
        tokio::spawn(runner.run(effects)),
        tokio::spawn(jobs::expire(app.clone())),
        tokio::spawn(storefront::keep_index(app.clone())),
    ];
    first_operator(&app).await?;
    fill(&app, &arguments).await?;
    let router = http::router(app, cashier, test_router, ucp.router());
    println!("sesame is open at {}", public_url(&arguments, address));
    // Handlers may ask who the client is: attempts to sign in are counted per address.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(stop_signal())
        .await;
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
    drop(jobs);
    finish(thread).await;
    served.map_err(|source| ServeError::Listen { address, source })
}

/// Puts into an empty shop what it starts with. The UCP suite brings its own.
async fn fill(app: &App, arguments: &ServeArguments) -> Result<(), ServeError> {
    if let Some(folder) = &arguments.ucp_suite {
        let loaded = ucp_suite::load(app, folder).await;
        return loaded.map_err(|e| setup("the UCP suite's goods")(e.to_string()));
    }
    let start = if arguments.demo {
        demo::Start::Demo
    } else {
        demo::Start::Bare
    };
    let filled = demo::fill(app, start).await;
    filled.map_err(setup("the shop's first records"))
}

/// Waits until the writer has answered what it accepted.
async fn finish(thread: std::thread::JoinHandle<()>) {
    let joined = tokio::task::spawn_blocking(move || thread.join()).await;
    if !matches!(joined, Ok(Ok(()))) {
        tracing::error!("the writer's thread ended early");
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServeError::PortTaken { address },
            _ => ServeError::Listen { address, source },
        })
}

fn public_url(arguments: &ServeArguments, address: SocketAddr) -> String {
    arguments
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"))
}

fn random_hex() -> String {
    format!(
        "{:032x}{:032x}",
        rand::random::<u128>(),
        rand::random::<u128>()
    )
}

fn app_config(
    arguments: &ServeArguments,
    store: &mut SqliteStore,
    address: SocketAddr,
) -> Result<AppConfig, ServeError> {
    Ok(AppConfig {
        public_url: public_url(arguments, address)
            .trim_end_matches('/')
            .to_string(),
        testing: arguments.testing,
        testing_secret: arguments.testing_secret.clone(),
        providers: vec![ProviderInfo {
            name: connectors::test_payments::NAME.to_string(),
            test_money: true,
        }],
        on_account: arguments.testing,
        secret: store.secret("server_secret", random_hex)?.into_bytes(),
        local_token: random_hex(),
        trusted_platforms: Vec::new(),
    })
}

/// The built-in test provider, mounted beside the shop and spoken to over HTTP like any other.
fn test_payments(
    arguments: &ServeArguments,
    store: &mut SqliteStore,
    address: SocketAddr,
    public_url: &str,
) -> Result<(Option<axum::Router>, Providers), ServeError> {
    let broken = |e: &dyn std::fmt::Display| setup("the test payment provider")(e.to_string());
    let api_key = store.secret("test_provider_api_key", random_hex)?;
    let text = store.secret("test_provider_webhook_secret", || {
        Secret::from_bytes(rand::random()).to_text()
    })?;
    let secret = Secret::parse(&text).map_err(|e| broken(&e))?;
    let router = test_provider::router(test_provider::Config {
        base_url: format!("{public_url}/test-payments"),
        api_key: api_key.clone(),
        webhook_secret: secret.clone(),
        journal: Some(arguments.data.join("test-payments.journal")),
        timings: test_provider::Timings::default(),
    })
    .map_err(|e| broken(&e))?;
    let client = TestPayments::new(TestPaymentsConfig {
        base_url: format!("http://{address}/test-payments"),
        api_key,
        webhook_secrets: vec![secret],
        http: HttpSettings::default(),
    })
    .map_err(|e| broken(&e))?;
    let client: Arc<dyn PaymentProvider> = Arc::new(client);
    let providers = BTreeMap::from([(client.name().to_string(), client)]);
    Ok((Some(router), Arc::new(providers)))
}

/// The store API for platforms, and the way to tell them of their orders.
fn platforms(app: &App) -> Result<(Ucp, Herald), ServeError> {
    let reach = if app.config.testing {
        Reach::Local
    } else {
        Reach::Public
    };
    let outside = Outside::new(reach).map_err(|e| setup("the way to platforms")(e.to_string()))?;
    let outside = Arc::new(outside);
    let ucp = Ucp::new(app.clone(), outside.clone());
    Ok((ucp.clone(), Herald::new(ucp, outside)))
}

/// On the first start there is nobody who could sign in: makes an owner and shows the password once.
async fn first_operator(app: &App) -> Result<(), ServeError> {
    if app.shelf.read().operators().next().is_some() {
        return Ok(());
    }
    let broken = setup("the first operator");
    let password = api::auth::one_time_password();
    let hashed = password.clone();
    let hash = tokio::task::spawn_blocking(move || api::auth::hash_password(&hashed))
        .await
        .map_err(|e| broken(e.to_string()))?;
    let operator = Operator {
        id: OperatorId(app.ids.next()),
        version: 1,
        email: "owner@shop.local".to_string(),
        name: "Owner".to_string(),
        role: Role::Owner,
        password_hash: hash,
        active: true,
    };
    let saved = app
        .system(Command::SaveRecords(vec![Record::Operator(operator)]))
        .await;
    match saved.map_err(|e| broken(e.to_string()))?.outcome {
        Outcome::Saved(_) => {
            println!(
                "first operator: owner@shop.local, password {password} (shown once; change it after signing in)"
            );
            Ok(())
        }
        other => Err(broken(format!("unexpected outcome {other:?}"))),
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "signals cannot be heard; stop the server with kill -9");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => drop(result),
    }
    tracing::info!("stopping: no new requests, the accepted ones are answered");
}
