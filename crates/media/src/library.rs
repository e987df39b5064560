//! The library: what pages ask it, and the one thread that reads pictures.

use crate::decode::{head, pixels};
use crate::files::{private_folder, write_whole};
use crate::known::{Catalog, Hash, Known, Picture, Stamp, check_path};
use crate::photos::{Album, Photos};
use crate::variants::{make, useful};
use crate::{BYTES_MAX, Fault, PICTURES_MAX, QUEUE_MAX};
use std::collections::VecDeque;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often the folder is looked through for pictures that were put there by hand.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long variants of a picture that is no longer there are kept: pages in caches still name them.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Folders within folders.
const DEPTH_MAX: usize = 8;
/// The folder with pictures as they were brought, below the data folder.
const FOLDER: &str = "media";
/// The folder with what is made from them; it may be deleted at any time.
const CACHE: &str = "media-cache";
/// What is known of them, in the cache's folder.
const KNOWN: &str = "known.tsv";

/// Too many pictures wait to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many pictures wait to be read")]
pub struct Busy;

/// What came of asking for the variants of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// They are there.
    Ready,
    /// The picture cannot be shown.
    Broken,
    /// No picture has this content any more.
    Gone,
}

type Told<T> = Box<dyn FnOnce(T) + Send>;

enum Task {
    Make(Hash, Told<Made>),
    Save(Box<Upload>),
    Photo(Box<Sent>),
}

struct Upload {
    path: String,
    bytes: Vec<u8>,
    done: Told<Result<Picture, Fault>>,
}

struct Sent {
    album: Album,
    bytes: Vec<u8>,
    done: Told<Result<Hash, Fault>>,
}

/// The pictures of a shop.
#[derive(Debug, Default)]
pub struct Library {
    shared: Arc<Shared>,
    photos: Photos,
    /// `None` in a library without a folder.
    tasks: Option<SyncSender<Task>>,
}

#[derive(Debug, Default)]
struct Shared {
    folder: PathBuf,
    cache: PathBuf,
    catalog: RwLock<Catalog>,
}

impl Library {
    /// The library of a data folder; makes its folders and starts its thread, which ends with the library.
    ///
    /// # Errors
    /// When the folders cannot be made or read.
    pub fn open(data: &Path) -> io::Result<Self> {
        let (folder, cache) = (data.join(FOLDER), data.join(CACHE));
        private_folder(&folder)?;
        private_folder(&cache)?;
        // What is not there is made anew from the pictures themselves.
        let text = fs::read_to_string(cache.join(KNOWN)).unwrap_or_default();
        let shared = Arc::new(Shared {
            folder,
            cache,
            catalog: RwLock::new(Catalog::from_text(&text)),
        });
        let photos = Photos::open(data)?;
        let (tasks, inbox) = sync_channel(QUEUE_MAX);
        let worker = Worker {
            shared: shared.clone(),
            photos: photos.clone(),
            changed: false,
        };
        std::thread::Builder::new()
            .name("media".to_string())
            .spawn(move || worker.run(&inbox))?;
        Ok(Self {
            shared,
            photos,
            tasks: Some(tasks),
        })
    }

    /// What shoppers sent.
    pub fn photos(&self) -> &Photos {
        &self.photos
    }

    /// Reads a photo that a shopper sent and keeps it small in an album, where it waits until something refers to it
    /// ([`Photos::keep`]). `done` is told on the library's thread.
    ///
    /// # Errors
    /// When too many wait.
    pub fn save_photo(
        &self,
        album: Album,
        bytes: Vec<u8>,
        done: impl FnOnce(Result<Hash, Fault>) + Send + 'static,
    ) -> Result<(), Busy> {
        let done = Box::new(done);
        self.send(Task::Photo(Box::new(Sent { album, bytes, done })))
    }

    /// What is known of the picture at a path below the media folder; asks memory alone.
    pub fn known(&self, path: &str) -> Option<Known> {
        let catalog = self.shared.catalog.read();
        let catalog = catalog.unwrap_or_else(PoisonError::into_inner);
        catalog.by_path.get(path).map(|(_, known)| known.clone())
    }

    /// Pictures in the order of their paths, those after `after`.
    pub fn list(&self, after: &str, broken_only: bool, limit: usize) -> Vec<(String, Known)> {
        use std::ops::Bound::{Excluded, Unbounded};
        let catalog = self.shared.catalog.read();
        let catalog = catalog.unwrap_or_else(PoisonError::into_inner);
        let rest = catalog
            .by_path
            .range::<str, _>((Excluded(after), Unbounded));
        rest.filter(|(_, (_, known))| !broken_only || matches!(known, Known::Broken(_)))
            .take(limit)
            .map(|(path, (_, known))| (path.to_string(), known.clone()))
            .collect()
    }

    /// Where a picture lies as it was brought; `None` if that is no path of a picture.
    pub fn original(&self, path: &str) -> Option<PathBuf> {
        (self.tasks.is_some() && check_path(path).is_ok()).then(|| self.shared.folder.join(path))
    }

    /// Where a variant lies once it is made.
    pub fn variant(&self, hash: Hash, width: u32) -> PathBuf {
        self.shared.variant(hash, width)
    }

    /// The path of the picture with this content.
    pub fn path_of(&self, hash: Hash) -> Option<String> {
        let catalog = self.shared.catalog.read();
        let catalog = catalog.unwrap_or_else(PoisonError::into_inner);
        catalog.path_of(hash).map(str::to_string)
    }

    /// Has the variants of a picture made; `done` is told on the library's thread.
    ///
    /// # Errors
    /// When too many wait.
    pub fn make(&self, hash: Hash, done: impl FnOnce(Made) + Send + 'static) -> Result<(), Busy> {
        self.send(Task::Make(hash, Box::new(done)))
    }

    /// Reads a picture, makes its variants and keeps it under a path, in place of one that was there. A picture that
    /// cannot be read changes nothing. `done` is told on the library's thread.
    ///
    /// # Errors
    /// When too many wait.
    pub fn save(
        &self,
        path: String,
        bytes: Vec<u8>,
        done: impl FnOnce(Result<Picture, Fault>) + Send + 'static,
    ) -> Result<(), Busy> {
        let done = Box::new(done);
        self.send(Task::Save(Box::new(Upload { path, bytes, done })))
    }

    /// Takes a picture away; says whether it was there. Blocks.
    ///
    /// # Errors
    /// When the path is none, or the disk does not do as asked.
    pub fn remove(&self, path: &str) -> Result<bool, Fault> {
        let file = self.original(path).ok_or(Fault::Path)?;
        match fs::remove_file(file) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(e.into()),
        }
        self.shared.forget(path);
        Ok(true)
    }

    fn send(&self, task: Task) -> Result<(), Busy> {
        let tasks = self.tasks.as_ref().ok_or(Busy)?;
        tasks.try_send(task).map_err(|_| Busy)
    }
}

impl Shared {
    fn variant(&self, hash: Hash, width: u32) -> PathBuf {
        self.home(hash).join(format!("{width}.webp"))
    }

    /// The folder of a picture's variants. They are spread over 256 folders, so that none gets long.
    fn home(&self, hash: Hash) -> PathBuf {
        let name = hash.to_string();
        self.cache.join(&name[..2]).join(name)
    }

    fn set(&self, path: &str, stamp: Stamp, known: Known) {
        let mut catalog = self.catalog.write().unwrap_or_else(PoisonError::into_inner);
        catalog.set(path, stamp, known);
    }

    fn forget(&self, path: &str) {
        let mut catalog = self.catalog.write().unwrap_or_else(PoisonError::into_inner);
        catalog.forget(path);
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let catalog = self.catalog.read().unwrap_or_else(PoisonError::into_inner);
        catalog.by_path.get(path).map(|(stamp, _)| *stamp)
    }
}

/// The thread that reads pictures. What somebody waits for comes before what is only looked at.
struct Worker {
    shared: Arc<Shared>,
    photos: Photos,
    /// Whether more is known than is written down.
    changed: bool,
}

impl Worker {
    fn run(mut self, inbox: &Receiver<Task>) {
        let mut pending: VecDeque<(String, Stamp)> = VecDeque::new();
        let mut next_look = Instant::now();
        let mut is_tidied = false;
        loop {
            let wait = match pending.is_empty() {
                true => next_look.saturating_duration_since(Instant::now()),
                false => Duration::ZERO,
            };
            match inbox.recv_timeout(wait) {
                Ok(task) => self.carry_out(task),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => match pending.pop_front() {
                    Some((path, stamp)) => self.look_at(&path, stamp),
                    None => {
                        pending = self.look_around();
                        next_look = Instant::now() + LOOK_EVERY;
                        if pending.is_empty() && !is_tidied {
                            self.tidy_up();
                            is_tidied = true;
                        }
                    }
                },
            }
            if pending.is_empty() {
                self.write_down();
            }
        }
        self.write_down();
    }

    fn carry_out(&mut self, task: Task) {
        match task {
            Task::Make(hash, done) => done(self.make(hash)),
            Task::Save(upload) => {
                let Upload { path, bytes, done } = *upload;
                let saved = self.save(&path, &bytes);
                self.changed |= saved.is_ok();
                done(saved);
            }
            Task::Photo(sent) => {
                let Sent { album, bytes, done } = *sent;
                done(self.photos.save(&album, &bytes));
            }
        }
    }

    fn make(&mut self, hash: Hash) -> Made {
        let path = {
            let catalog = self.shared.catalog.read();
            let catalog = catalog.unwrap_or_else(PoisonError::into_inner);
            catalog.path_of(hash).map(str::to_string)
        };
        let Some(path) = path else {
            return Made::Gone;
        };
        let Some((bytes, stamp)) = self.read(&path) else {
            return Made::Gone;
        };
        if Hash::of(&bytes) != hash {
            // It was replaced by hand since it was looked at.
            self.look_at(&path, stamp);
            return Made::Gone;
        }
        match self.make_variants(hash, &bytes) {
            Ok(_) => Made::Ready,
            Err(fault @ Fault::Failed { .. }) => {
                tracing::error!(path, %fault, "a picture could not be made smaller");
                Made::Gone
            }
            Err(fault) => {
                self.is_broken(&path, stamp, &fault);
                Made::Broken
            }
        }
    }

    fn save(&mut self, path: &str, bytes: &[u8]) -> Result<Picture, Fault> {
        check_path(path)?;
        let hash = Hash::of(bytes);
        let picture = self.make_variants(hash, bytes)?;
        let file = self.shared.folder.join(path);
        write_whole(&file, bytes)?;
        let stamp = stamp_of(&fs::metadata(&file)?);
        self.shared.forget(path);
        self.shared.set(path, stamp, Known::Picture(picture));
        Ok(picture)
    }

    /// Unpacks a picture and writes those of its variants that are not there.
    fn make_variants(&self, hash: Hash, bytes: &[u8]) -> Result<Picture, Fault> {
        let head = head(bytes)?;
        let picture = Picture {
            hash,
            width: head.width,
            height: head.height,
        };
        let is_made = |width| self.shared.variant(hash, width).is_file();
        if useful(head.width).all(is_made) {
            return Ok(picture);
        }
        let write = |width: u32, webp: &[u8]| {
            write_whole(&self.shared.variant(hash, width), webp)?;
            Ok(())
        };
        // A decoder that gives up on a hostile file must not take the thread with it.
        let made = catch_unwind(AssertUnwindSafe(|| make(pixels(bytes)?, write)));
        made.unwrap_or_else(|_| {
            let reason = "its decoder gave up".to_string();
            let format = head.format;
            Err(Fault::Damaged { format, reason })
        })?;
        Ok(picture)
    }

    /// Reads what a file's head says and remembers it.
    fn look_at(&mut self, path: &str, stamp: Stamp) {
        if stamp.bytes > BYTES_MAX as u64 {
            let (bytes, allowed) = (stamp.bytes, BYTES_MAX);
            return self.is_broken(path, stamp, &Fault::Bytes { bytes, allowed });
        }
        let Some((bytes, stamp)) = self.read(path) else {
            return;
        };
        match catch_unwind(|| head(&bytes)) {
            Ok(Ok(head)) => {
                let picture = Picture {
                    hash: Hash::of(&bytes),
                    width: head.width,
                    height: head.height,
                };
                self.shared.forget(path);
                self.shared.set(path, stamp, Known::Picture(picture));
                self.changed = true;
            }
            Ok(Err(fault)) => self.is_broken(path, stamp, &fault),
            Err(_) => self.is_broken(path, stamp, &Fault::Format),
        }
    }

    fn is_broken(&mut self, path: &str, stamp: Stamp, fault: &Fault) {
        tracing::warn!(path, "a picture {fault}");
        self.shared.forget(path);
        self.shared
            .set(path, stamp, Known::Broken(fault.to_string()));
        self.changed = true;
    }

    fn read(&self, path: &str) -> Option<(Vec<u8>, Stamp)> {
        let file = self.shared.folder.join(path);
        let stamp = stamp_of(&fs::metadata(&file).ok()?);
        let short = stamp.bytes <= BYTES_MAX as u64;
        let bytes = short.then(|| fs::read(&file).ok())??;
        Some((bytes, stamp))
    }

    /// The files that are new or changed; those that vanished are forgotten.
    fn look_around(&mut self) -> VecDeque<(String, Stamp)> {
        let mut found = Vec::new();
        walk(&self.shared.folder, "", DEPTH_MAX, &mut found);
        if found.len() >= PICTURES_MAX {
            tracing::warn!(
                max = PICTURES_MAX,
                "there are more pictures than are looked at"
            );
        }
        let here: std::collections::HashSet<&str> = found.iter().map(|(p, _)| p.as_str()).collect();
        let gone: Vec<Box<str>> = {
            let catalog = self.shared.catalog.read();
            let catalog = catalog.unwrap_or_else(PoisonError::into_inner);
            let all = catalog.by_path.keys();
            all.filter(|path| !here.contains(&***path))
                .cloned()
                .collect()
        };
        for path in &gone {
            self.shared.forget(path);
        }
        self.changed |= !gone.is_empty();
        found.retain(|(path, stamp)| self.shared.stamp(path) != Some(*stamp));
        found.into()
    }

    /// Deletes variants of pictures that have not been there for long.
    fn tidy_up(&self) {
        let is_kept = |folder: &fs::DirEntry| {
            let name = folder.file_name();
            let hash = name.to_str().and_then(Hash::parse);
            let old = folder.metadata().and_then(|m| m.modified()).ok();
            let is_old = old
                .and_then(|at| at.elapsed().ok())
                .is_some_and(|age| age > KEPT_FOR);
            let catalog = self.shared.catalog.read();
            let catalog = catalog.unwrap_or_else(PoisonError::into_inner);
            !is_old || hash.is_none_or(|hash| catalog.path_of(hash).is_some())
        };
        let spread = fs::read_dir(&self.shared.cache)
            .into_iter()
            .flatten()
            .flatten();
        for folder in spread
            .flat_map(|s| fs::read_dir(s.path()))
            .flatten()
            .flatten()
        {
            if !is_kept(&folder)
                && let Err(error) = fs::remove_dir_all(folder.path())
            {
                tracing::warn!(%error, "old variants of a picture could not be deleted");
            }
        }
    }

    fn write_down(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let text = {
            let catalog = self.shared.catalog.read();
            catalog.unwrap_or_else(PoisonError::into_inner).to_text()
        };
        if let Err(error) = write_whole(&self.shared.cache.join(KNOWN), text.as_bytes()) {
            tracing::warn!(%error, "what is known of pictures could not be written down");
        }
    }
}

fn stamp_of(metadata: &fs::Metadata) -> Stamp {
    let at = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp {
        bytes: metadata.len(),
        modified_ms: i64::try_from(since.as_millis()).unwrap_or(0),
    }
}

/// Pictures below a folder, with their paths below the topmost one.
fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<(String, Stamp)>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let Some(path) = name.to_str().map(|name| format!("{prefix}{name}")) else {
            continue;
        };
        let Ok(metadata) = fs::metadata(entry.path()) else {
            continue;
        };
        if metadata.is_dir() && depth > 0 {
            walk(&entry.path(), &format!("{path}/"), depth - 1, found);
        } else if metadata.is_file() && check_path(&path).is_ok() {
            found.push((path, stamp_of(&metadata)));
        }
        if found.len() >= PICTURES_MAX {
            return;
        }
    }
}
