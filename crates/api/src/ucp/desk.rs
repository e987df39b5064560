//! Where a request is received: who asks, in which version, with which capabilities, under which key; and where
//! the answer is spelled.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use commerce::checkout::{Cart, Checkout};
use commerce::command::{Actor, Channel, Command, Envelope, Idempotency};
use commerce::id::{CartId, CheckoutId, GroupId};
use commerce::money::Currency;
use commerce::order::Group;
use commerce::text::Language;
use commerce::world::Answer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::agent::{Agent, ProfileError};
use super::intent::Draft;
use super::note::PlatformNote;
use super::platform::{Common, Platforms, ProfileAddresses};
use super::present::{Moment, Surroundings};
use super::problem::{Problem, ProblemKind};
use super::testing::Overlay;
use super::version::Version;
use super::{json, v2026_01_11, v2026_04_08};
use crate::app::{App, DoorError, Submitted, now_ms};

/// Says that an answer was given before.
const REPLAYED_HEADER: &str = "idempotent-replayed";
/// What most messages fit into, in bytes.
const MESSAGE_BYTES: usize = 4_096;
/// The longest idempotency key.
const KEY_CHARS_MAX: usize = 255;

/// What all handlers of this door share.
#[derive(Debug)]
pub struct Shared {
    /// What the shop adds to everything it says.
    pub around: Surroundings,
    /// The profiles that were seen.
    pub platforms: Platforms,
    /// What test suites have made up, with the testing flag.
    pub overlay: Option<Overlay>,
}

/// The door in one version; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The system.
    pub app: App,
    /// What all handlers share.
    pub shared: Arc<Shared>,
    /// The version of this endpoint.
    pub version: Version,
}

/// A request as it came in.
#[derive(Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The address.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Received {
    /// The body alone; nothing else is kept.
    #[must_use]
    pub fn into_body(self) -> Bytes {
        self.body
    }
}

/// Who asks for what under which conditions.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The capabilities of both sides.
    pub negotiated: Common,
    /// The platform, as it is kept with what it does.
    pub platform: Arc<PlatformNote>,
    /// The key under which the request may be repeated.
    pub idempotency: Option<Idempotency>,
    /// The buyer's language, as far as said.
    pub language: Option<Language>,
}

/// An answer: a body of this version with its status.
#[derive(Debug)]
pub struct Said {
    /// The status.
    pub status: StatusCode,
    /// The body, in JSON.
    pub body: Vec<u8>,
    /// Whether it is a repetition.
    pub replayed: bool,
}

impl Said {
    /// 200 with this body.
    #[must_use]
    pub fn ok(body: &impl Serialize) -> Self {
        Self {
            status: StatusCode::OK,
            body: to_json(body),
            replayed: false,
        }
    }

    /// 200 with a body whose `ucp` member is spelled already. `rest` has all other members.
    #[must_use]
    pub fn enveloped(envelope: &[u8], rest: &impl Serialize) -> Self {
        let mut body = Vec::with_capacity(MESSAGE_BYTES);
        body.extend_from_slice(b"{\"ucp\":");
        body.extend_from_slice(envelope);
        let place = body.len();
        append_json(&mut body, rest);
        // Where the rest would begin, its members follow the first one.
        body[place] = b',';
        Self {
            status: StatusCode::OK,
            body,
            replayed: false,
        }
    }

    /// The same with another status.
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same, marked as a repetition if it is one.
    #[must_use]
    pub const fn replayed(mut self, replayed: Replayed) -> Self {
        self.replayed = matches!(replayed, Replayed::Yes);
        self
    }
}

/// Whether an answer was given before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// It was.
    Yes,
    /// It is new.
    No,
}

impl From<bool> for Replayed {
    fn from(replayed: bool) -> Self {
        if replayed { Self::Yes } else { Self::No }
    }
}

impl Desk {
    /// What `say` makes of the shop as it is now.
    pub fn now<T>(&self, say: impl FnOnce(Moment<'_>) -> T) -> T {
        say(Moment {
            world: &self.app.shelf.read(),
            board: &self.app.timetables.board(),
            now: now_ms(),
            around: &self.shared.around,
        })
    }

    /// An empty checkout or cart for this visitor, in the language that was asked for or the visitor's own.
    #[must_use]
    pub fn start(&self, visit: &Visit, language: Option<&str>) -> Draft {
        let shop = self.app.shelf.read().shop().map(|shop| shop.currency);
        let currency = shop.unwrap_or(Currency::parse("EUR").expect("three letters"));
        let language = language.and_then(Language::parse).or(visit.language);
        let mut draft = Draft::empty(currency, language.unwrap_or_default());
        draft.note.platform = Some(visit.platform.clone());
        draft
    }

    /// Lets a request in: version, profile, capabilities, idempotency key.
    ///
    /// # Errors
    /// The first of: a version we don't speak, an unusable profile, no common capability `root`, a bad key.
    pub async fn admit(&self, request: &Received, root: &'static str) -> Result<Visit, Problem> {
        let agent = request
            .headers
            .get("ucp-agent")
            .and_then(|value| value.to_str().ok())
            .map(Agent::parse);
        let agent = agent.unwrap_or_default();
        if let Some(version) = agent.version.as_deref()
            && Version::parse(version).is_none()
        {
            return Err(self.version_unsupported(version));
        }
        let (negotiated, platform) = self.negotiate(&agent).await?;
        if !negotiated.iter().any(|capability| capability.name == root) {
            return Err(Problem::business(
                StatusCode::OK,
                "capabilities_incompatible",
                format!("The platform and this shop have no common version of {root}."),
            ));
        }
        let language = request
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Ok(Visit {
            negotiated,
            idempotency: idempotency(request, agent.profile.as_deref())?,
            platform,
            language: language.and_then(Language::parse),
        })
    }

    fn version_unsupported(&self, version: &str) -> Problem {
        let shown: String = version.chars().take(20).collect();
        let spoken = Version::ALL.map(Version::as_str).join(" and ");
        let status = match self.version {
            Version::V2026_01_11 => StatusCode::BAD_REQUEST,
            Version::V2026_04_08 => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let content = format!("Version {shown} is not supported. This shop speaks {spoken}.");
        Problem::protocol(status, "version_unsupported", content)
    }

    /// What both sides can do, and the platform as it is kept.
    async fn negotiate(&self, agent: &Agent<'_>) -> Result<(Common, Arc<PlatformNote>), Problem> {
        let everything = || Common::new(self.version.capabilities().iter().collect());
        let stranger = || {
            Arc::new(PlatformNote {
                profile: agent.profile.as_deref().map(str::to_owned),
                webhook_url: None,
                version: self.version,
            })
        };
        let platforms = &self.shared.platforms;
        let url = agent.profile.as_deref().unwrap_or("");
        let profile = platforms.profile(url, now_ms()).await;
        match (self.version, profile) {
            // This version does not require a profile that can be fetched; it is read for the webhook alone.
            (Version::V2026_01_11, Ok(known)) => Ok((everything(), known.note(self.version))),
            (Version::V2026_01_11, Err(_)) => Ok((everything(), stranger())),
            (Version::V2026_04_08, Ok(known))
                if Version::parse(&known.profile.version).is_none() =>
            {
                Err(self.version_unsupported(&known.profile.version))
            }
            (Version::V2026_04_08, Ok(known)) => {
                Ok((known.common(self.version), known.note(self.version)))
            }
            (Version::V2026_04_08, Err(ProfileError::Unreachable(_)))
                if platforms.addresses() == ProfileAddresses::Testing =>
            {
                Ok((everything(), stranger()))
            }
            (Version::V2026_04_08, Err(error)) => Err(profile_problem(&error)),
        }
    }

    /// The body, read.
    ///
    /// # Errors
    /// It is not the JSON that is expected.
    pub fn parse<T: DeserializeOwned>(&self, body: &Bytes) -> Result<T, Problem> {
        let invalid = |error: &dyn std::fmt::Display| {
            let status = match self.version {
                Version::V2026_01_11 => StatusCode::UNPROCESSABLE_ENTITY,
                Version::V2026_04_08 => StatusCode::BAD_REQUEST,
            };
            Problem::protocol(
                status,
                "invalid_request",
                format!("The body cannot be read: {error}."),
            )
        };
        // As text, so that it is looked at once, not string by string.
        let text = std::str::from_utf8(body).map_err(|error| invalid(&error))?;
        serde_json::from_str(text).map_err(|error| invalid(&error))
    }

    /// The stored answer to this request, if it was carried out before.
    ///
    /// # Errors
    /// The key was used for another request, or the database cannot be read.
    pub async fn answered(&self, visit: &Visit) -> Result<Option<Answer>, Problem> {
        let Some(idempotency) = visit.idempotency else {
            return Ok(None);
        };
        let answer = self.app.answer(idempotency.key).await;
        match or_unavailable(answer)? {
            Some(answer) if answer.request == idempotency.request => Ok(Some(answer)),
            Some(_) => Err(commerce::Refusal::IdempotencyKeyReused.into()),
            None => Ok(None),
        }
    }

    /// Has a platform's command decided; see [`crate::app::Door::submit`].
    pub fn submit(&self, visit: &Visit, command: Command) -> Submitted {
        let envelope = Envelope {
            command,
            actor: Actor::Platform,
            channel: Channel::Agent,
            idempotency: visit.idempotency,
        };
        self.app.door.submit(envelope)
    }

    /// A cart.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn cart(&self, id: CartId) -> Result<Option<Arc<Cart>>, Problem> {
        or_unavailable(self.app.cart(id).await)
    }

    /// A checkout.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn checkout(&self, id: CheckoutId) -> Result<Option<Arc<Checkout>>, Problem> {
        or_unavailable(self.app.checkout(id).await)
    }

    /// An order group, whole.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn group(&self, id: GroupId) -> Result<Option<Arc<Group>>, Problem> {
        or_unavailable(self.app.group(id).await)
    }

    /// Asks the database.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn store::Queries) -> Result<T, store::StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        or_unavailable(self.app.read(question).await)
    }

    /// The answer as a response.
    #[must_use]
    pub fn respond(
        &self,
        said: Result<Said, Problem>,
        visit: Option<&Visit>,
        root: &'static str,
    ) -> Response {
        match said {
            Ok(said) => {
                let mut response = answer(said.status, said.body);
                if said.replayed {
                    response
                        .headers_mut()
                        .insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
                }
                response
            }
            Err(problem) => self.refuse(&problem, visit, root),
        }
    }

    fn refuse(&self, problem: &Problem, visit: Option<&Visit>, root: &'static str) -> Response {
        let home = format!("{}/", self.shared.around.public_url);
        let mut response = match (self.version, problem.kind) {
            (Version::V2026_01_11, _) => {
                let status = match problem.status {
                    StatusCode::OK => StatusCode::BAD_REQUEST,
                    status => status,
                };
                json(
                    status,
                    &v2026_01_11::Failure {
                        detail: &problem.content,
                        code: problem.code,
                    },
                )
            }
            (Version::V2026_04_08, ProblemKind::Business) => {
                let negotiated = visit.map_or(&[][..], |visit| &visit.negotiated[..]);
                let messages = [problem.message()];
                json(
                    StatusCode::OK,
                    &v2026_04_08::failure(&messages, Some(&home), negotiated, root),
                )
            }
            (Version::V2026_04_08, ProblemKind::Protocol) => {
                let error = v2026_04_08::ProtocolError {
                    code: problem.code,
                    content: &problem.content,
                    continue_url: Some(&home),
                };
                json(problem.status, &error)
            }
        };
        if let Some(seconds) = problem.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    answer(status, to_json(body))
}

/// A message, spelled. There is none that cannot be: they have only fields that JSON can hold.
fn to_json(message: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(MESSAGE_BYTES);
    append_json(&mut body, message);
    body
}

fn append_json(body: &mut Vec<u8>, message: &impl Serialize) {
    let place = body.len();
    if let Err(error) = json::append(body, message) {
        tracing::error!(%error, "a message cannot be spelled");
        body.truncate(place);
        body.extend_from_slice(b"null");
    }
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

fn or_unavailable<T>(read: Result<T, store::StoreError>) -> Result<T, Problem> {
    read.map_err(|error| unavailable(&error.to_string()))
}

/// The database does not answer.
fn unavailable(reason: &str) -> Problem {
    tracing::error!(reason, "the database cannot be read");
    let content = "The shop cannot look this up now.";
    let problem = Problem::protocol(StatusCode::SERVICE_UNAVAILABLE, "unavailable", content);
    Problem {
        retry_after_s: Some(crate::app::RETRY_AFTER_S),
        ..problem
    }
}

fn profile_problem(error: &ProfileError) -> Problem {
    let (status, code) = match error {
        ProfileError::InvalidUrl => (StatusCode::BAD_REQUEST, "invalid_profile_url"),
        ProfileError::Unreachable(_) => (StatusCode::FAILED_DEPENDENCY, "profile_unreachable"),
        ProfileError::Malformed(_) => (StatusCode::UNPROCESSABLE_ENTITY, "profile_malformed"),
    };
    Problem::protocol(status, code, error.to_string())
}

impl From<DoorError> for Problem {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Refused(refusal) => refusal.into(),
            DoorError::Overloaded { retry_after_s } => {
                let content = "The shop is busy; nothing was changed.";
                let problem =
                    Self::protocol(StatusCode::SERVICE_UNAVAILABLE, "overloaded", content);
                Self {
                    retry_after_s: Some(retry_after_s),
                    ..problem
                }
            }
            DoorError::Unavailable(reason) => unavailable(&reason),
            DoorError::Unanswered => {
                let content = "The answer took too long; ask again with the same Idempotency-Key to learn what came of it.";
                let problem = Self::protocol(StatusCode::SERVICE_UNAVAILABLE, "timed_out", content);
                Self {
                    retry_after_s: Some(crate::app::RETRY_AFTER_S),
                    ..problem
                }
            }
        }
    }
}

/// The key of the request: who with which key, for what exactly.
fn idempotency(request: &Received, profile: Option<&str>) -> Result<Option<Idempotency>, Problem> {
    let Some(value) = request.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.chars().count() <= KEY_CHARS_MAX);
    let key = key.ok_or_else(|| {
        let content =
            format!("The Idempotency-Key must have 1 to {KEY_CHARS_MAX} visible characters.");
        Problem::protocol(StatusCode::BAD_REQUEST, "invalid_idempotency_key", content)
    })?;
    let digest = |parts: [&[u8]; 3]| {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        digest
    };
    let who = digest([b"ucp", profile.unwrap_or("").as_bytes(), key.as_bytes()]);
    let what = digest([
        request.method.as_str().as_bytes(),
        request.uri.path().as_bytes(),
        &request.body,
    ]);
    let mut key = [0; 16];
    key.copy_from_slice(&who[..16]);
    let mut request = [0; 8];
    request.copy_from_slice(&what[..8]);
    Ok(Some(Idempotency {
        key: u128::from_be_bytes(key),
        request: u64::from_be_bytes(request),
    }))
}
