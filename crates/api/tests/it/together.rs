//! What is bought together: counted as orders come, kept over a restart without reading the feed again.

use crate::harness::Stage;
use api::app::App;
use api::together;
use commerce::id::ProductId;
use std::sync::Arc;
use std::time::Duration;
use testkit::TempFolder;
use tokio::sync::oneshot;

/// Waits until everything that was ordered is counted.
async fn counted(app: &App) {
    let end = app.shelf.position();
    for _ in 0..500 {
        if app.together.position() >= end {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("counted to {} of {end}", app.together.position());
}

/// Counts for as long as `within` takes.
async fn while_counting(app: &App, folder: &TempFolder, within: impl AsyncFnOnce()) {
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { stopped.await.expect("it is told") };
    let counting = tokio::spawn(together::follow(
        app.clone(),
        folder.path().to_path_buf(),
        stopped,
    ));
    within().await;
    counted(app).await;
    stop.send(()).expect("it listens");
    counting.await.expect("it ends");
}

#[tokio::test]
async fn orders_say_what_is_bought_together_also_after_a_restart() {
    let stage = Stage::open();
    let folder = TempFolder::new("together-it");
    let product = |n: usize| -> ProductId { stage.shop.variants[n].parent() };
    // Before anybody counts: the feed is read from where there is nothing yet.
    stage.buy().await;
    let app = &stage.app;
    // Others buy other things, so that these two are no chance.
    let apart = async || {
        for _ in 0..4 {
            stage.buy_one(2).await;
        }
    };
    while_counting(app, &folder, async || {
        stage.buy().await;
        apart().await;
    })
    .await;
    assert_eq!(app.together.partners(product(0)), [product(1)]);
    assert_eq!(app.together.partners(product(2)), []);
    assert_eq!(
        app.together.partners_of(&[product(0), product(2)]),
        [product(1)]
    );
    let position = app.together.position();
    // Another start of the same shop, with nothing in memory.
    let again = App {
        together: Arc::default(),
        ..app.clone()
    };
    assert_eq!(again.together.partners(product(0)), []);
    while_counting(&again, &folder, async || {}).await;
    assert_eq!(again.together.position(), position);
    assert_eq!(again.together.partners(product(0)), [product(1)]);
    // A file of another shop is of no use, and the feed is read instead.
    let other = Stage::open();
    other.buy_one(2).await;
    while_counting(&other.app, &folder, async || {}).await;
    assert_eq!(other.app.together.partners(product(0)), []);
    assert_eq!(other.app.together.position(), other.app.shelf.position());
}
