//! Members of the shop in the crowd: they sign in before the day with codes from their mails, draw red packets in a rush,
//! and buy with them at members' prices. What lies in their wallets afterwards is read as they read it themselves.
//!
//! A shop that is tried out keeps its mails in a folder; where that folder is not at hand, nobody can sign in, and the
//! event is held without members.

use crate::click::press;
use crate::client::{Answer, Ask, Client, Target};
use crate::plan::{Mishap, Shopper};
use crate::run::{Stage, browser};
use crate::shop::Token;
use crate::web::{encoded, hidden};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a mail may take, and how often the folder is looked at.
const MAIL_MS: u128 = 20_000;
const LOOK: Duration = Duration::from_millis(50);
/// Members who sign in at the same time.
const AT_ONCE: usize = 8;
/// The digits of a code.
const DIGITS: usize = 6;

/// A member who is signed in.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their address.
    pub email: String,
    /// The cookies of their browser.
    pub cookies: String,
    /// The token of their forms.
    pub token: String,
}

/// A red packet as its owner's file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// The code that it is spent with.
    pub code: String,
    /// What it holds, in minor units.
    pub amount: i64,
    /// Whether the file says that it was spent.
    pub is_used: bool,
}

/// So many members, where they can sign in.
///
/// # Errors
/// When one cannot be signed in where mails come.
pub async fn come(
    target: &Target,
    token: &Token,
    (run, count): (&str, u32),
) -> Result<Vec<Member>, String> {
    match mails(token) {
        Some(mails) => sign_in(target, &mails, (run, count)).await,
        None => Ok(Vec::new()),
    }
}

/// Where the mails of a shop on this machine lie, if they lie in a folder.
fn mails(token: &Token) -> Option<PathBuf> {
    let Token::RunFile(run) = token else {
        return None;
    };
    let folder = run.parent()?.join("mails");
    // It is made with the first mail: the folder of the data is what must be there.
    run.parent()?.is_dir().then_some(folder)
}

/// Signs so many members in, several at a time; nobody where the shop keeps no mails in that folder.
async fn sign_in(
    target: &Target,
    mails: &Path,
    (run, count): (&str, u32),
) -> Result<Vec<Member>, String> {
    let address = |number: u32| format!("{run}-member-{number}@festival.example");
    let Some(first) = one(target, mails, address(0), 0).await? else {
        return Ok(Vec::new());
    };
    let mut members = vec![first];
    let numbers: Vec<u32> = (1..count).collect();
    for part in numbers.chunks(AT_ONCE) {
        let mut tasks = tokio::task::JoinSet::new();
        for number in part {
            let email = address(*number);
            let (target, mails) = (target.clone(), mails.to_path_buf());
            let number = u64::from(*number);
            tasks.spawn(async move { one(&target, &mails, email, number).await });
        }
        while let Some(member) = tasks.join_next().await {
            members.extend(member.map_err(|e| e.to_string())??);
        }
    }
    members.sort_by(|a: &Member, b| a.email.cmp(&b.email));
    Ok(members)
}

/// One of them; `None` where no mail comes into the folder.
async fn one(
    target: &Target,
    mails: &Path,
    email: String,
    number: u64,
) -> Result<Option<Member>, String> {
    let mut browser = Browser {
        client: Client::new(target.first()),
        cookies: BTreeMap::new(),
        number,
    };
    let page = browser.ask("GET", "/account/sign-in", "").await?.text();
    let token = hidden(&page, "token").ok_or("a sign-in page without a form token")?;
    let body = format!("token={token}&email={}", encoded(&email));
    let sent = browser.ask("POST", "/account/code", &body).await?;
    // A shop without mail says so; one with a mail server writes no files.
    if sent.status != 303 || !mails.is_dir() {
        return Ok(None);
    }
    let code = code(mails, &email).await?;
    let body = format!("token={token}&code={code}");
    let checked = browser.ask("POST", "/account/code/check", &body).await?;
    if checked.location.as_deref() != Some("/account") {
        return Err(format!("{email} was not let in: {:?}", checked.location));
    }
    Ok(Some(Member {
        email,
        cookies: browser.cookies(),
        token,
    }))
}

/// A browser that keeps cookies.
struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    number: u64,
}

impl Browser {
    fn cookies(&self) -> String {
        let all = self.cookies.iter().map(|(name, v)| format!("{name}={v}"));
        all.collect::<Vec<_>>().join("; ")
    }

    async fn ask(
        &mut self,
        method: &'static str,
        path: &str,
        body: &str,
    ) -> Result<Answer, String> {
        let [.., c, d] = self.number.to_be_bytes();
        let headers = format!(
            "x-forwarded-for: 10.255.{c}.{d}\r\ncookie: {}\r\naccept-language: en\r\n\
             content-type: application/x-www-form-urlencoded\r\n",
            self.cookies()
        );
        let ask = Ask {
            method,
            path,
            headers: &headers,
            body: body.as_bytes(),
        };
        let answer = self.client.ask(&ask).await;
        let answer = answer.map_err(|e| format!("{method} {path}: {e}"))?;
        for cookie in &answer.cookies {
            if let Some((name, value)) = cookie.split_once('=') {
                self.cookies.insert(name.to_string(), value.to_string());
            }
        }
        Ok(answer)
    }
}

/// The code in the mail to an address.
async fn code(mails: &Path, email: &str) -> Result<String, String> {
    let asked = Instant::now();
    while asked.elapsed().as_millis() < MAIL_MS {
        let files = std::fs::read_dir(mails).into_iter().flatten().flatten();
        for file in files.filter(|f| f.path().extension().is_some_and(|e| e == "eml")) {
            // One that is gone by now was another's.
            let mail = std::fs::read_to_string(file.path()).unwrap_or_default();
            if mail.contains(email)
                && let Some(code) = code_in(&mail)
            {
                return Ok(code);
            }
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(format!("no mail to {email} lies in {}", mails.display()))
}

/// The code in a mail's subject.
fn code_in(mail: &str) -> Option<String> {
    let subject = mail.lines().find_map(|l| l.strip_prefix("Subject: "))?;
    let mut words = subject.split(|c: char| !c.is_ascii_digit());
    words.find(|w| w.len() == DIGITS).map(str::to_string)
}

/// What a member's tries to draw came to: the numbers of packets, and refusals by code.
#[derive(Debug, Clone, Default)]
pub struct Draws {
    /// Numbers that the shop told the member, in order.
    pub numbers: Vec<u32>,
    /// Refusals.
    pub refused: BTreeMap<String, u64>,
}

/// Draws so often under `path`, each time under a key of its own; some taps come twice.
pub(crate) async fn draw(
    stage: &Stage,
    shopper: &Shopper,
    (member, path, often): (&Member, &str, u32),
) -> Draws {
    let mut client = Client::new(stage.target.clone());
    let mut draws = Draws::default();
    for attempt in 0..often {
        let body = format!("token={}&key={}-{attempt}", member.token, shopper.key);
        let headers = format!(
            "{}cookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n",
            browser(shopper),
            member.cookies
        );
        let ask = Ask {
            method: "POST",
            path,
            headers: &headers,
            body: body.as_bytes(),
        };
        let mishap = match attempt {
            0 => Mishap::DoubleClick,
            1 => Mishap::LostReply(2),
            _ => Mishap::None,
        };
        let (one, two) = press(stage, &mut client, &ask, mishap).await;
        let told = one.and_then(|a| a.location);
        let again = two.and_then(|a| a.location);
        if let (Some(a), Some(b)) = (&told, &again)
            && a != b
        {
            stage.problem(format!(
                "one key, two packets: {} gave {a} and {b}",
                shopper.key
            ));
        }
        let Some(to) = told.or(again) else {
            continue;
        };
        let number = to.split_once("drawn=").and_then(|(_, n)| n.parse().ok());
        match (number, to.split_once("refused=")) {
            (Some(number), _) => draws.numbers.push(number),
            (None, Some((_, code))) => *draws.refused.entry(code.to_string()).or_default() += 1,
            (None, None) => stage.problem(format!("{}: a draw led to {to}", shopper.key)),
        }
    }
    draws
}

/// The red packets in a member's wallet, as the file says that they can take away.
///
/// # Errors
/// When it cannot be read.
pub async fn wallet(target: &Target, member: &Member) -> Result<Vec<Packet>, String> {
    let mut client = Client::new(target.first());
    let headers = format!("cookie: {}\r\n", member.cookies);
    let path = "/account/data/export";
    let ask = Ask {
        method: "GET",
        path,
        headers: &headers,
        body: &[],
    };
    let answer = client.ask(&ask).await.map_err(|e| format!("{path}: {e}"))?;
    if answer.status != 200 {
        return Err(format!(
            "{path}: status {} for {}",
            answer.status, member.email
        ));
    }
    let file = answer.json();
    let wallet = file["member"]["wallet"].as_array().cloned();
    let packets = wallet.unwrap_or_default();
    let packet = |one: &Value| {
        let is_packet = one["kind"] == "red_packet";
        is_packet.then(|| Packet {
            code: one["code"].as_str().unwrap_or_default().to_string(),
            amount: one["value"]["amount"].as_i64().unwrap_or(0),
            is_used: one["state"] == "used",
        })
    };
    Ok(packets.iter().filter_map(packet).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_mails() {
        let mail = "From: shop\r\nSubject: 123456 is your code\r\n\r\n2026-11-11 999999";
        assert_eq!(code_in(mail).as_deref(), Some("123456"));
        assert_eq!(code_in("Subject: Your order 12345678\r\n\r\n123456"), None);
        assert_eq!(code_in("no mail"), None);
    }
}
