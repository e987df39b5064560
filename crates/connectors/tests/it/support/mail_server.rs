//! A small mail server of the tests' own: it speaks SMTP over real sockets, with STARTTLS and TLS, keeps the letters
//! that it takes, and misbehaves as it is told.

// The tests of two crates use it, each another part of it.
#![allow(dead_code)]

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A letter that the server took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// The message, without the dots that the line adds.
    pub message: String,
    /// Whether it came over TLS.
    pub over_tls: bool,
}

/// What the server does instead of its duty.
#[derive(Clone, Debug)]
pub enum Act {
    /// It says this.
    Say(&'static str),
    /// It closes the line without a word.
    HangUp,
    /// It takes its time, then does its duty.
    Dawdle(Duration),
}

/// When it does that: at a command that begins so (`MESSAGE` is the end of a message), so many times.
#[derive(Clone, Debug)]
pub struct Rule {
    pub at: &'static str,
    pub act: Act,
    pub times: usize,
}

/// How the server behaves.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// What it says that it can do, such as `SMTPUTF8`.
    pub extensions: Vec<&'static str>,
    /// The user and password that it asks for.
    pub login: Option<(&'static str, &'static str)>,
    /// What it does instead of its duty.
    pub rules: Vec<Rule>,
    /// Whether the line is TLS from its first byte.
    pub tls_at_once: bool,
}

struct Inner {
    behaviour: Mutex<Behaviour>,
    taken: Mutex<Vec<Taken>>,
    said: Mutex<Vec<String>>,
    lines: Mutex<usize>,
    tls: Arc<ServerConfig>,
}

/// The server; its threads end with the process.
pub struct MailServer {
    /// Its port on `127.0.0.1`.
    pub port: u16,
    /// Its certificate, for `localhost` and `0.0.0.0`, as PEM.
    pub certificate: String,
    inner: Arc<Inner>,
}

impl MailServer {
    /// A server that behaves so.
    pub fn start(behaviour: Behaviour) -> Self {
        let names = ["localhost".to_string(), "0.0.0.0".to_string()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
            .expect("a key that fits");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let inner = Arc::new(Inner {
            behaviour: Mutex::new(behaviour),
            taken: Mutex::default(),
            said: Mutex::default(),
            lines: Mutex::default(),
            tls: Arc::new(tls),
        });
        let shared = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = shared.clone();
                std::thread::spawn(move || serve(stream, &inner));
            }
        });
        Self {
            port,
            certificate: made.cert.pem(),
            inner,
        }
    }

    /// Behaves otherwise from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.inner.behaviour.lock().expect("no panic before") = behaviour;
    }

    /// The letters that it took.
    pub fn taken(&self) -> Vec<Taken> {
        self.inner.taken.lock().expect("no panic before").clone()
    }

    /// All that was said to it, line by line, without messages.
    pub fn said(&self) -> Vec<String> {
        self.inner.said.lock().expect("no panic before").clone()
    }

    /// How often somebody connected.
    pub fn lines(&self) -> usize {
        *self.inner.lines.lock().expect("no panic before")
    }
}

trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

/// Nobody listens any more, or the server hangs up.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

struct Conversation<'a> {
    inner: &'a Inner,
    line: BufReader<Box<dyn Line>>,
    over_tls: bool,
    from: String,
    to: String,
}

fn serve(stream: TcpStream, inner: &Inner) {
    *inner.lines.lock().expect("no panic before") += 1;
    let at_once = inner.behaviour.lock().expect("no panic before").tls_at_once;
    let mut conversation = Conversation {
        inner,
        line: BufReader::new(secured(&stream, inner, at_once)),
        over_tls: at_once,
        from: String::new(),
        to: String::new(),
    };
    // Whoever hangs up ends the conversation.
    drop(conversation.hold(&stream));
}

fn secured(stream: &TcpStream, inner: &Inner, with_tls: bool) -> Box<dyn Line> {
    let stream = stream.try_clone().expect("a second handle");
    if !with_tls {
        return Box::new(stream);
    }
    let session = ServerConnection::new(inner.tls.clone()).expect("a session");
    Box::new(StreamOwned::new(session, stream))
}

impl Conversation<'_> {
    fn hold(&mut self, stream: &TcpStream) -> Result<(), Over> {
        if !self.acts("CONNECT")? {
            self.say("220 mail.test ready")?;
        }
        loop {
            let said = self.read()?;
            self.inner
                .said
                .lock()
                .expect("no panic before")
                .push(said.clone());
            let verb = said
                .split([' ', ':'])
                .next()
                .unwrap_or("")
                .to_ascii_uppercase();
            if self.acts(&said)? {
                continue;
            }
            match verb.as_str() {
                "EHLO" => self.greet()?,
                "STARTTLS" => {
                    self.say("220 go ahead")?;
                    self.line = BufReader::new(secured(stream, self.inner, true));
                    self.over_tls = true;
                }
                "AUTH" => self.sign_in(&said)?,
                "MAIL" => {
                    self.from = between(&said);
                    self.say("250 ok")?;
                }
                "RCPT" => {
                    self.to = between(&said);
                    self.say("250 ok")?;
                }
                "DATA" => self.take()?,
                "RSET" | "NOOP" => self.say("250 ok")?,
                "QUIT" => {
                    self.say("221 bye")?;
                    return Err(Over);
                }
                _ => self.say("502 what?")?,
            }
        }
    }

    fn greet(&mut self) -> Result<(), Over> {
        let behaviour = self
            .inner
            .behaviour
            .lock()
            .expect("no panic before")
            .clone();
        let mut lines = vec!["250-mail.test".to_string()];
        lines.extend(behaviour.extensions.iter().map(|e| format!("250-{e}")));
        if behaviour.login.is_some() {
            lines.push("250-AUTH PLAIN LOGIN".to_string());
        }
        lines.push("250 HELP".to_string());
        self.say(&lines.join("\r\n"))
    }

    fn sign_in(&mut self, said: &str) -> Result<(), Over> {
        use base64::Engine as _;
        let login = self.inner.behaviour.lock().expect("no panic before").login;
        let (user, password) = login.expect("only asked when it was offered");
        let plain = format!("\0{user}\0{password}");
        let right = base64::engine::general_purpose::STANDARD.encode(plain);
        if said == format!("AUTH PLAIN {right}") {
            self.say("235 welcome")
        } else {
            self.say("535 5.7.8 wrong user or password")
        }
    }

    fn take(&mut self) -> Result<(), Over> {
        self.say("354 go on")?;
        let mut message = String::new();
        loop {
            let line = self.read()?;
            if line == "." {
                break;
            }
            message.push_str(line.strip_prefix('.').unwrap_or(&line));
            message.push('\n');
        }
        if self.acts("MESSAGE")? {
            return Ok(());
        }
        let taken = Taken {
            from: self.from.clone(),
            to: self.to.clone(),
            message,
            over_tls: self.over_tls,
        };
        self.inner
            .taken
            .lock()
            .expect("no panic before")
            .push(taken);
        self.say("250 taken")
    }

    /// Does what a rule says at this point; gives whether that was all.
    fn acts(&mut self, said: &str) -> Result<bool, Over> {
        let act = {
            let mut behaviour = self.inner.behaviour.lock().expect("no panic before");
            let fits = |rule: &&mut Rule| rule.times > 0 && said.starts_with(rule.at);
            behaviour.rules.iter_mut().find(fits).map(|rule| {
                rule.times -= 1;
                rule.act.clone()
            })
        };
        match act {
            None => Ok(false),
            Some(Act::Say(words)) => {
                self.say(words)?;
                Ok(true)
            }
            Some(Act::HangUp) => Err(Over),
            Some(Act::Dawdle(pause)) => {
                std::thread::park_timeout(pause);
                Ok(false)
            }
        }
    }

    fn say(&mut self, words: &str) -> Result<(), Over> {
        let line = self.line.get_mut();
        line.write_all(format!("{words}\r\n").as_bytes())?;
        Ok(line.flush()?)
    }

    fn read(&mut self) -> Result<String, Over> {
        let mut line = String::new();
        if self.line.read_line(&mut line)? == 0 {
            return Err(Over);
        }
        assert!(line.ends_with("\r\n"), "a bare line break: {line:?}");
        Ok(line.trim_end_matches("\r\n").to_string())
    }
}

fn between(said: &str) -> String {
    let inner = said
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map(|(address, _)| address.to_string())
        .unwrap_or_default()
}
