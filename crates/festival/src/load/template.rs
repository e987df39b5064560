//! Requests as bytes with holes.

use std::fmt::Write;

/// Digits that a request's number is printed with, so that every body has the same length.
const NUMBER_DIGITS: usize = 12;
/// Spreads neighboring numbers over all choices.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A request whose changing bytes are filled in. In its text, `{number}` stands for the flow's number in
/// 12 digits, `{choice}` for one of the scenario's choices, `{client}` for a made-up address of the
/// client, `{found}` for what an earlier answer of the flow held; the last two only in the head.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Bytes(Vec<u8>),
    Number,
    Choice,
    Client,
    Found,
}

const HOLES: [(&str, Part); 4] = [
    ("{number}", Part::Number),
    ("{choice}", Part::Choice),
    ("{client}", Part::Client),
    ("{found}", Part::Found),
];

impl Template {
    /// A request to `authority`. `headers` are whole lines with their ends; `choice_bytes` is the length
    /// of every choice.
    ///
    /// # Errors
    /// When the body holds what has no fixed length.
    pub fn new(
        request_line: &str,
        authority: &str,
        headers: &str,
        body: &str,
        choice_bytes: usize,
    ) -> Result<Self, String> {
        let body_parts = parts(body);
        let mut length = 0;
        for part in &body_parts {
            length += match part {
                Part::Bytes(bytes) => bytes.len(),
                Part::Number => NUMBER_DIGITS,
                Part::Choice => choice_bytes,
                Part::Client | Part::Found => {
                    return Err(format!("the body of {request_line} has no fixed length"));
                }
            };
        }
        let mut head = format!("{request_line} HTTP/1.1\r\nhost: {authority}\r\n{headers}");
        if !request_line.starts_with("GET ") {
            write!(head, "content-length: {length}\r\n").expect("a string takes all");
        }
        head.push_str("\r\n");
        let mut all = parts(&head);
        all.extend(body_parts);
        Ok(Self { parts: all })
    }

    /// Writes the request of the flow `number` to `out`, which is emptied before.
    pub fn fill(&self, number: u64, choices: &[String], found: &[u8], out: &mut Vec<u8>) {
        out.clear();
        for part in &self.parts {
            match part {
                Part::Bytes(bytes) => out.extend_from_slice(bytes),
                Part::Number => push_digits(number, out),
                Part::Choice => {
                    let spread = (number.wrapping_mul(SPREAD) >> 40) as usize;
                    out.extend_from_slice(choices[spread % choices.len()].as_bytes());
                }
                Part::Client => push_address(number, out),
                Part::Found => out.extend_from_slice(found),
            }
        }
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    let next = |rest: &str| {
        let found = HOLES.iter().filter_map(|(name, part)| {
            let at = rest.find(name)?;
            Some((at, name.len(), part.clone()))
        });
        found.min_by_key(|(at, ..)| *at)
    };
    while let Some((at, length, part)) = next(rest) {
        parts.push(Part::Bytes(rest.as_bytes()[..at].to_vec()));
        parts.push(part);
        rest = &rest[at + length..];
    }
    parts.push(Part::Bytes(rest.as_bytes().to_vec()));
    parts.retain(|part| !matches!(part, Part::Bytes(bytes) if bytes.is_empty()));
    parts
}

fn push_digits(number: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; NUMBER_DIGITS];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

/// An address of a private network: a server that trusts us as a proxy sees many clients, any other one.
fn push_address(number: u64, out: &mut Vec<u8>) {
    let [a, b, c, ..] = number.wrapping_mul(SPREAD).to_be_bytes();
    out.extend_from_slice(b"10");
    for byte in [a, b, c] {
        out.push(b'.');
        if byte >= 100 {
            out.push(b'0' + byte / 100);
        }
        if byte >= 10 {
            out.push(b'0' + byte / 10 % 10);
        }
        out.push(b'0' + byte % 10);
    }
}

/// What a good answer's body must hold.
#[derive(Debug, Clone, Copy)]
pub enum Hold {
    /// Nothing in particular.
    Anything,
    /// This text.
    Text(&'static str),
    /// This text; what follows up to the next quotation mark fills the holes `{found}` from now on.
    Finding(&'static str),
}

/// One request of a flow.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is asked.
    pub template: Template,
    /// The status of a good answer.
    pub expected: u16,
    /// What its body must hold.
    pub hold: Hold,
}

/// What a client does from beginning to end: one request after the other on its connection.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The requests.
    pub steps: Vec<Step>,
    /// What fills the holes `{choice}`: all of the same length.
    pub choices: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_the_length_is_the_bodys() {
        let body = r#"{"variant":"{choice}","mail":"{number}@x"}"#;
        let headers = "key: k-{number}\r\nx-forwarded-for: {client}\r\n";
        let template = Template::new("POST /a/{found}", "h:1", headers, body, 3);
        let template = template.expect("a body of fixed length");
        let mut out = b"old".to_vec();
        template.fill(0, &["abc".to_string()], b"f-1", &mut out);
        let text = String::from_utf8(out).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert_eq!(body, r#"{"variant":"abc","mail":"000000000000@x"}"#);
        let expected = format!(
            "POST /a/f-1 HTTP/1.1\r\nhost: h:1\r\nkey: k-000000000000\r\nx-forwarded-for: 10.0.0.0\r\ncontent-length: {}",
            body.len()
        );
        assert_eq!(head, expected);
        assert!(Template::new("POST /", "h", "", "{found}", 0).is_err());
    }

    #[test]
    fn numbers_have_their_digits() {
        let mut out = Vec::new();
        push_digits(1_234_567, &mut out);
        assert_eq!(out, b"000001234567");
        for number in 0..1_000 {
            out.clear();
            push_address(number, &mut out);
            let text = std::str::from_utf8(&out).expect("text");
            assert!(text.parse::<std::net::Ipv4Addr>().is_ok(), "{text}");
        }
    }
}
