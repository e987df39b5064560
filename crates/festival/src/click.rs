//! Pressing a button over a bad line: asked until there is an answer, lost on the way, pressed twice.

use crate::client::{Answer, Ask, Client, PROVIDER};
use crate::plan::Mishap;
use crate::run::Stage;
use crate::timeline::Event;
use std::time::Duration;

/// How often a shopper who is turned away, or whose connection breaks, asks again.
const ATTEMPTS_MAX: u32 = 120;
/// Of an answer that must not be, so many characters are told.
const SAMPLE_CHARS: usize = 300;
/// The longest wait before asking again.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Asks until there is an answer that is not "come back later"; `None` when none came in the end.
pub(crate) async fn persist(stage: &Stage, client: &mut Client, ask: &Ask<'_>) -> Option<Answer> {
    let mut pause = Duration::from_millis(100);
    for _ in 0..ATTEMPTS_MAX {
        match client.ask(ask).await {
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                stage.happened(Event::Shed(answer.status));
                let wished = answer.retry_after_s.map(Duration::from_secs);
                tokio::time::sleep(wished.unwrap_or(pause).min(PAUSE_MAX)).await;
            }
            Ok(answer) => {
                // The built-in provider is not the shop: its failures are the shop's to bear.
                if answer.status >= 500 && !ask.path.starts_with(PROVIDER) {
                    let (status, body) = (answer.status, answer.text());
                    let body: String = body.chars().take(SAMPLE_CHARS).collect();
                    let problem = format!("{} {}: status {status}: {body}", ask.method, ask.path);
                    stage.problem(problem);
                }
                return Some(answer);
            }
            Err(_) => {
                stage.happened(Event::Broken);
                client.hang_up();
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
        stage.repeated();
    }
    None
}

/// Asks as it happens to the shopper: once, once more after a lost reply, or twice at the same time.
/// Gives the answer, and the second click's if there was one.
pub(crate) async fn press(
    stage: &Stage,
    client: &mut Client,
    ask: &Ask<'_>,
    mishap: Mishap,
) -> (Option<Answer>, Option<Answer>) {
    if mishap == Mishap::None {
        return (persist(stage, client, ask).await, None);
    }
    stage.repeated();
    let mut other = Client::new(stage.target.clone());
    if let Mishap::LostReply(ms) = mishap {
        // Whatever came of it, the shopper does not know.
        drop(tokio::time::timeout(Duration::from_millis(ms), other.ask(ask)).await);
        return (persist(stage, client, ask).await, None);
    }
    tokio::join!(persist(stage, client, ask), persist(stage, &mut other, ask))
}
