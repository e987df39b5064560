//! The operator's synonyms: a file `synonyms.txt` in the data folder, read at the start and whenever it changes.

use api::App;
use search::Synonyms;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The file in the data folder.
const FILE: &str = "synonyms.txt";
/// A longer file is not read, in bytes.
const BYTES_MAX: u64 = 1_000_000;
/// How often is looked whether it changed.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Follows the file in `folder` for as long as the runtime runs. A file with a fault changes nothing: the log says
/// what is wrong with it, and searches go on with what was read before.
pub fn follow(app: &App, folder: &Path) {
    let (search, path) = (app.search.clone(), folder.join(FILE));
    tokio::spawn(async move {
        let mut seen = None;
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let now = changed_at(&path).await;
            if now == seen {
                continue;
            }
            seen = now;
            match read(&path, now.is_some()).await {
                Ok(synonyms) => {
                    tracing::info!(phrases = synonyms.len(), "synonyms were read");
                    search.set_synonyms(synonyms);
                }
                Err(reason) => {
                    tracing::warn!(file = %path.display(), %reason, "synonyms stay as they were")
                }
            }
        }
    });
}

/// When the file changed last and how long it is; `None` if there is none.
async fn changed_at(path: &PathBuf) -> Option<(SystemTime, u64)> {
    let about = tokio::fs::metadata(path).await.ok()?;
    Some((about.modified().ok()?, about.len()))
}

async fn read(path: &PathBuf, is_there: bool) -> Result<Synonyms, String> {
    if !is_there {
        return Ok(Synonyms::default());
    }
    let about = tokio::fs::metadata(path).await.map_err(|e| e.to_string())?;
    if about.len() > BYTES_MAX {
        return Err(format!("it is longer than {BYTES_MAX} bytes"));
    }
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|e| e.to_string())?;
    Synonyms::parse(&text).map_err(|e| e.to_string())
}
