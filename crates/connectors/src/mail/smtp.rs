//! Mail through an SMTP server: connections that are kept for the next letter, a limit on all waiting, and errors
//! sorted by who is at fault.
//!
//! The conversation is led command by command, since only whoever knows which command was refused can tell an address
//! that does not exist from a server that wants another sender, another password or a moment's pause.

use super::letter::{Ready, Sender};
use super::{BadSetting, Letter, MailError};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::{Error, SUBMISSION_PORT, SUBMISSIONS_PORT};
use std::error::Error as _;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Connections to the server at once.
pub const CONNECTIONS_MAX: usize = 4;
/// How long a connection may lie idle and still be used.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// Time for everything that sending one letter takes, milliseconds.
const TIMEOUT_MS: u64 = 60_000;
/// Characters that are kept of what a server says.
const REASON_CHARACTERS_MAX: usize = 300;

/// How the line to the server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything of worth is said, or nothing is said.
    StartTls,
    /// None.
    Open,
}

/// A mail server as an operator names it.
#[derive(Debug, Clone)]
pub struct Address {
    host: String,
    port: u16,
    secrecy: Secrecy,
    login: Option<Login>,
    /// Whether the server is on this machine, where mails of tests may go.
    is_here: bool,
}

#[derive(Clone)]
struct Login {
    user: String,
    password: String,
}

/// A password must not reach a log.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(…)")
    }
}

impl Address {
    /// Reads `smtps://user:password@host:465` (TLS at once) or `smtp://user:password@host:587` (STARTTLS). A server on
    /// this machine, and one with `?tls=none`, is spoken to without TLS, which takes no password to other machines.
    ///
    /// # Errors
    /// When it is not of this form.
    pub fn parse(text: &str) -> Result<Self, BadSetting> {
        let wrong = |why: &str| {
            BadSetting(format!(
                "{why}: it must be like smtps://user:password@mail.example"
            ))
        };
        let url = reqwest::Url::parse(text).map_err(|e| wrong(&e.to_string()))?;
        let host = url.host_str().filter(|h| !h.is_empty());
        let host = host.ok_or_else(|| wrong("there is no host"))?.to_string();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong("there is something after the host"));
        }
        let is_here = is_this_machine(&host);
        let secrecy = match (url.scheme(), url.query()) {
            ("smtps", None) => Secrecy::Tls,
            ("smtp", None) if is_here => Secrecy::Open,
            ("smtp", None) => Secrecy::StartTls,
            ("smtp", Some("tls=none")) => Secrecy::Open,
            ("smtps" | "smtp", _) => return Err(wrong("only `?tls=none` is known, with smtp://")),
            _ => return Err(wrong("the scheme is neither smtps nor smtp")),
        };
        let part = |text: &str| decoded(text).ok_or_else(|| wrong("user or password is not UTF-8"));
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) => return Err(wrong("there is a password without a user")),
            (_, None) => return Err(wrong("there is a user without a password")),
            (user, Some(password)) => Some(Login {
                user: part(user)?,
                password: part(password)?,
            }),
        };
        if login.is_some() && secrecy == Secrecy::Open && !is_here {
            return Err(wrong(
                "`?tls=none` would send the password where others can read it",
            ));
        }
        let usual = match secrecy {
            Secrecy::Tls => SUBMISSIONS_PORT,
            Secrecy::StartTls | Secrecy::Open => SUBMISSION_PORT,
        };
        Ok(Self {
            port: url.port().unwrap_or(usual),
            host,
            secrecy,
            login,
            is_here,
        })
    }

    /// The server without user and password, as it may be shown.
    pub fn shown(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    let address: Option<IpAddr> = bare.parse().ok();
    host == "localhost" || address.is_some_and(|a| a.is_loopback())
}

/// Domains that are set apart for examples and tests (RFC 2606 and 6761): simulated shoppers have addresses there.
fn is_reserved(domain: &str) -> bool {
    const TOPS: [&str; 4] = ["example", "test", "invalid", "localhost"];
    const DOMAINS: [&str; 3] = ["example.com", "example.net", "example.org"];
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let top = domain.rsplit('.').next().unwrap_or("");
    let is_below = |d: &&str| {
        domain
            .strip_suffix(*d)
            .is_some_and(|s| s.is_empty() || s.ends_with('.'))
    };
    TOPS.contains(&top) || DOMAINS.iter().any(is_below)
}

fn decoded(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.ok().map(|text| text.into_owned())
}

/// A connection that waits for the next letter.
struct Idle {
    line: AsyncSmtpConnection,
    since: Instant,
}

/// A way to send mail through a server.
pub struct Smtp {
    address: Address,
    sender: Sender,
    timeout: Duration,
    tls: TlsParameters,
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Smtp").field(&self.address.shown()).finish()
    }
}

/// Whether a connection is good for another letter.
enum After {
    Keep,
    Close,
}

impl Smtp {
    /// Letters of this sender go through this server.
    ///
    /// # Errors
    /// When this machine can do no TLS.
    pub fn new(address: Address, sender: Sender) -> Result<Self, BadSetting> {
        let tls = TlsParameters::new(address.host.clone());
        let tls = tls.map_err(|error| BadSetting(format!("TLS cannot be set up: {error}")))?;
        Ok(Self {
            address,
            sender,
            timeout: Duration::from_millis(TIMEOUT_MS),
            tls,
            slots: Semaphore::new(CONNECTIONS_MAX),
            idle: Mutex::default(),
        })
    }

    /// The server, as it may be shown.
    pub fn server(&self) -> String {
        self.address.shown()
    }

    /// The same with another limit on the time that one letter takes.
    #[must_use]
    pub fn with_timeout_ms(mut self, timeout_ms: u64) -> Self {
        self.timeout = Duration::from_millis(timeout_ms);
        self
    }

    /// Gives a letter to the server; with `Ok`, the server has it.
    ///
    /// # Errors
    /// As [`MailError`] says. After [`MailError::Later`] the server may have it all the same, when the line broke
    /// between its last word and ours; the next attempt has the same `Message-ID`.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), MailError> {
        let ready = self.sender.ready(letter)?;
        if !self.address.is_here && is_reserved(ready.to.domain()) {
            let reason = "its domain is one for examples and tests, where nobody reads";
            return Err(MailError::Address(reason.to_string()));
        }
        let Ok(done) = tokio::time::timeout(self.timeout, self.converse(&ready)).await else {
            let seconds = self.timeout.as_secs_f32();
            let host = self.address.shown();
            let reason = format!("{host} did not answer within {seconds} s");
            return Err(MailError::Later(reason));
        };
        done
    }

    async fn converse(&self, ready: &Ready) -> Result<(), MailError> {
        let closed = |_| MailError::Later("the shop is closing".to_string());
        let _slot = self.slots.acquire().await.map_err(closed)?;
        let mut line = match self.take_idle().await {
            Some(line) => line,
            None => self.connect().await?,
        };
        let (done, after) = deliver(&mut line, ready).await;
        match after {
            After::Keep => {
                let since = Instant::now();
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                idle.push(Idle { line, since });
            }
            After::Close => line.abort().await,
        }
        done
    }

    /// A connection from before that still answers.
    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let Idle { mut line, since } = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                idle.retain(|i| i.since.elapsed() < IDLE_MAX);
                idle.pop()?
            };
            if since.elapsed() < IDLE_MAX && line.command("RSET\r\n").await.is_ok() {
                return Some(line);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let Address {
            host,
            port,
            secrecy,
            login,
            ..
        } = &self.address;
        let name = ClientId::Domain(self.sender.domain().to_string());
        let at_once = (*secrecy == Secrecy::Tls).then(|| self.tls.clone());
        // A resolver knows no brackets around an address.
        let server = (host.trim_matches(['[', ']']), *port);
        let line =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &name, at_once, None);
        let mut line = line.await.map_err(|e| self.failed("connecting to", &e))?;
        if *secrecy == Secrecy::StartTls {
            let secured = line.starttls(self.tls.clone(), &name).await;
            secured.map_err(|e| self.failed("a secure line (STARTTLS) to", &e))?;
        }
        if let Some(Login { user, password }) = login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let known = line.auth(DEFAULT_MECHANISMS, &credentials).await;
            known.map_err(|e| self.failed("signing in at", &e))?;
        }
        Ok(line)
    }

    fn failed(&self, what: &str, error: &Error) -> MailError {
        let host = self.address.shown();
        MailError::Later(format!("{what} {host} failed: {}", told(error)))
    }
}

/// Leads one letter's conversation on a connection that is ready for it.
async fn deliver(line: &mut AsyncSmtpConnection, ready: &Ready) -> (Result<(), MailError>, After) {
    let mut options = Vec::new();
    if !ready.to.user().is_ascii() || !ready.from.user().is_ascii() {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            let reason = "the mail server takes no addresses with such letters before the @";
            return (Err(MailError::Address(reason.to_string())), After::Keep);
        }
        options.push(MailParameter::SmtpUtfEight);
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let from = Mail::new(Some(ready.from.clone()), options);
    if let Err(error) = line.command(from).await {
        return (Err(refused("the sender", &error)), after(&error));
    }
    if let Err(error) = line.command(Rcpt::new(ready.to.clone(), Vec::new())).await {
        let sorted = if is_about_the_address(&error) {
            MailError::Address(told(&error))
        } else {
            refused("the address, for now,", &error)
        };
        return (Err(sorted), after(&error));
    }
    if let Err(error) = line.command(Data).await {
        return (Err(refused("the message", &error)), after(&error));
    }
    match line.message(&ready.bytes).await {
        Ok(_) => (Ok(()), After::Keep),
        Err(error) => (Err(refused("the message", &error)), after(&error)),
    }
}

/// Whether a refused recipient stays refused: 5xx, but for what is said about us (relaying, policy, quotas of the
/// server: RFC 3463, subjects 3, 4, 5 and 7), which an operator can mend.
fn is_about_the_address(error: &Error) -> bool {
    if !error.is_permanent() {
        return false;
    }
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let status = said.split_whitespace().next().and_then(|word| {
        let mut parts = word.split('.').map(|part| part.parse::<u16>().ok());
        match (parts.next()?, parts.next()?, parts.next()?) {
            (Some(5), subject, Some(_)) => subject,
            _ => None,
        }
    });
    match status {
        // Without an enhanced status, the plain codes that speak of a mailbox (RFC 5321, 4.2.3).
        None => {
            let code = error.status().map(u16::from);
            matches!(code, Some(501 | 510 | 511 | 550 | 551 | 553 | 556))
        }
        Some(subject) => matches!(subject, 0..=2),
    }
}

fn refused(what: &str, error: &Error) -> MailError {
    let said = told(error);
    MailError::Later(if error.status().is_some() {
        format!("the mail server refuses {what} with {said}")
    } else {
        format!("the line to the mail server broke: {said}")
    })
}

/// A server that answered in order can be asked again; 421 says that it closes the line.
fn after(error: &Error) -> After {
    match error.status().map(u16::from) {
        Some(421) | None => After::Close,
        Some(_) => After::Keep,
    }
}

/// What went wrong, in the server's words where it has said any, on one line.
fn told(error: &Error) -> String {
    let said = match (error.status(), error.source()) {
        (Some(code), Some(words)) => format!("{code} {words}"),
        (Some(code), None) => code.to_string(),
        (None, Some(cause)) if !error.is_timeout() => innermost(cause).to_string(),
        (None, _) => error.to_string(),
    };
    let one_line = said.chars().map(|c| if c.is_control() { ' ' } else { c });
    one_line.take(REASON_CHARACTERS_MAX).collect()
}

fn innermost<'e>(error: &'e (dyn std::error::Error + 'static)) -> &'e dyn std::error::Error {
    error.source().map_or(error, innermost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_for_examples() {
        for domain in [
            "example.com",
            "mail.example.org",
            "shop.example",
            "x.TEST",
            "localhost",
        ] {
            assert!(is_reserved(domain), "{domain}");
        }
        for domain in ["notexample.com", "example.com.de", "shop.de", "testing"] {
            assert!(!is_reserved(domain), "{domain}");
        }
    }

    #[test]
    fn addresses_of_servers() {
        for (text, told) in [
            ("smtps://u:p@mail.example", "mail.example:465 Tls u p"),
            ("smtp://u:p@mail.example", "mail.example:587 StartTls u p"),
            ("smtp://mail.example:2525", "mail.example:2525 StartTls"),
            ("smtp://localhost:25", "localhost:25 Open"),
            ("smtp://u:p@127.0.0.1:25", "127.0.0.1:25 Open u p"),
            ("smtp://[::1]:25", "[::1]:25 Open"),
            ("smtp://mailpit:1025?tls=none", "mailpit:1025 Open"),
            (
                "smtps://a%40b.example:p%3A%2F%20q@mail.example/",
                "mail.example:465 Tls a@b.example p:/ q",
            ),
        ] {
            let found = Address::parse(text).expect(text);
            let login = found.login.as_ref();
            let login = login.map(|l| format!(" {} {}", l.user, l.password));
            let shown = format!(
                "{} {:?}{}",
                found.shown(),
                found.secrecy,
                login.unwrap_or_default()
            );
            assert_eq!(shown, told, "{text}");
            assert!(
                !format!("{found:?}").contains("p:/ q"),
                "a password in a log"
            );
        }
        for (text, told) in [
            ("mail.example", "smtps://"),
            ("http://mail.example", "neither smtps nor smtp"),
            ("smtps://", "host"),
            ("smtps://u@mail.example", "user without a password"),
            ("smtps://:p@mail.example", "password without a user"),
            ("smtp://u:p@mail.example?tls=none", "others can read it"),
            ("smtps://mail.example?tls=none", "only `?tls=none`"),
            ("smtp://mail.example?tls=maybe", "only `?tls=none`"),
            ("smtps://mail.example/inbox", "after the host"),
            ("smtps://%ff:p@mail.example", "not UTF-8"),
        ] {
            let refused = Address::parse(text).expect_err(text).to_string();
            assert!(refused.contains(told), "{text}: {refused}");
        }
    }
}
