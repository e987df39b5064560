//! Requests of the lanes out of bytes, and answers into bytes. What is not plainly a request of a lane, whole and
//! without anything unusual in its head, is left as it came: another reader of HTTP decides about it.
//!
//! It must never take for one request what another reader would take for two: lengths are read strictly, and a
//! head that could be read in two ways is none of ours.

use super::Lane;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use bytes::{Bytes, BytesMut};
use std::cell::RefCell;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// How requests of lanes begin. The rest of their paths is looked at when the head is there.
const BEGINNINGS: [&[u8]; 4] = [
    b"POST /api/v1/buy-now",
    b"POST /ucp/",
    b"PUT /ucp/",
    b"GET /healthz",
];
/// The longest request that goes this way, in bytes.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// The most header lines of such a request.
const HEADERS_MAX: usize = 32;

/// What came.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is taken apart where it is made"
)]
pub enum Taken {
    /// A request of a lane, and whether the connection is kept after it.
    Request(Lane, Request<Bytes>, Keep),
    /// The beginning of one, or nothing.
    Part,
    /// Something else; nothing of it was taken.
    Other,
}

/// Whether a connection is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Another request may follow.
    Open,
    /// It is closed after the answer.
    Closed,
}

/// Takes a request off the front of `input`.
pub fn take(input: &mut BytesMut) -> Taken {
    let may_become = |beginning: &&[u8]| {
        let length = beginning.len().min(input.len());
        beginning[..length] == input[..length]
    };
    if !BEGINNINGS.iter().any(may_become) {
        return Taken::Other;
    }
    let Some(head) = Head::read(input) else {
        return Taken::Other;
    };
    let Some(head) = head else {
        return if input.len() < REQUEST_BYTES_MAX {
            Taken::Part
        } else {
            Taken::Other
        };
    };
    let length = head.bytes + head.body_bytes;
    if length > REQUEST_BYTES_MAX {
        return Taken::Other;
    }
    if input.len() < length {
        return Taken::Part;
    }
    // Asked before the bytes are taken: whoever else reads them needs them whole.
    let path = &input[head.path.clone()];
    let Some(lane) = std::str::from_utf8(path)
        .ok()
        .and_then(|path| Lane::named(&head.method, path.split('?').next().unwrap_or(path)))
    else {
        return Taken::Other;
    };
    let keep = head.keep;
    match head.request(input) {
        Some(request) => Taken::Request(lane, request, keep),
        None => Taken::Other,
    }
}

/// Where a header is: its name's and its value's beginning and length.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    name: (u32, u32),
    value: (u32, u32),
}

/// Where the parts of a head are.
struct Head {
    method: Method,
    path: Range<usize>,
    lines: [Line; HEADERS_MAX],
    count: usize,
    bytes: usize,
    body_bytes: usize,
    keep: Keep,
}

impl Head {
    /// `None` for what is none of ours, `Some(None)` for what is not there whole.
    fn read(input: &[u8]) -> Option<Option<Self>> {
        let mut places = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut parsed = httparse::Request::new(&mut places);
        let bytes = match parsed.parse(input).ok()? {
            httparse::Status::Complete(bytes) => bytes,
            httparse::Status::Partial => return Some(None),
        };
        // No head is read that is longer than what goes this way.
        let at = |part: &[u8]| {
            let start = part.as_ptr() as usize - input.as_ptr() as usize;
            (start as u32, part.len() as u32)
        };
        let method = match parsed.method? {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "GET" => Method::GET,
            _ => return None,
        };
        if parsed.version? != 1 {
            return None;
        }
        let mut head = Self {
            method,
            path: range(at(parsed.path?.as_bytes())),
            lines: [Line::default(); HEADERS_MAX],
            count: parsed.headers.len(),
            bytes,
            body_bytes: 0,
            keep: Keep::Open,
        };
        let mut length = None;
        for (place, line) in head.lines.iter_mut().zip(parsed.headers.iter()) {
            let is = |name: &str| line.name.eq_ignore_ascii_case(name);
            match line.name.len() {
                14 if is("content-length") => {
                    let earlier = length.replace(digits(line.value)?);
                    earlier.is_none().then_some(())?;
                }
                10 if is("connection") => head.keep = keep(line.value)?,
                17 if is("transfer-encoding") => return None,
                6 if is("expect") => return None,
                7 if is("upgrade") || is("trailer") => return None,
                _ => {}
            }
            *place = Line {
                name: at(line.name.as_bytes()),
                value: at(line.value),
            };
        }
        head.body_bytes = match length {
            None if head.method == Method::GET => 0,
            length => length?,
        };
        Some(Some(head))
    }

    /// The request, off the front of `input`; `None`, and nothing is taken, if its parts cannot stand in one.
    fn request(&self, input: &mut BytesMut) -> Option<Request<Bytes>> {
        let whole = input.split_to(self.bytes + self.body_bytes).freeze();
        let request = self.within(&whole);
        if request.is_none() {
            let mut back = BytesMut::from(&whole[..]);
            back.extend_from_slice(input);
            *input = back;
        }
        request
    }

    fn within(&self, whole: &Bytes) -> Option<Request<Bytes>> {
        let mut request = Request::new(whole.slice(self.bytes..));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = Uri::from_maybe_shared(whole.slice(self.path.clone())).ok()?;
        let headers = request.headers_mut();
        headers.reserve(self.count);
        for line in &self.lines[..self.count] {
            let name = HeaderName::from_bytes(&whole[range(line.name)]).ok()?;
            let value = whole.slice(range(line.value));
            let value = HeaderValue::from_maybe_shared(value).ok()?;
            headers.append(name, value);
        }
        Some(request)
    }
}

fn range((start, length): (u32, u32)) -> Range<usize> {
    let start = start as usize;
    start..start + length as usize
}

/// A length as digits alone: what `parse` takes beyond them, such as a sign, others may read differently.
fn digits(value: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(value).ok()?;
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok())?
}

fn keep(value: &[u8]) -> Option<Keep> {
    if value.eq_ignore_ascii_case(b"keep-alive") {
        Some(Keep::Open)
    } else if value.eq_ignore_ascii_case(b"close") {
        Some(Keep::Closed)
    } else {
        None
    }
}

/// Writes an answer whose whole body is `body` to the end of `out`.
pub fn put(answer: &Response<()>, body: &[u8], keep: Keep, out: &mut Vec<u8>) {
    let status = answer.status();
    let reason = status.canonical_reason().unwrap_or("");
    for part in ["HTTP/1.1 ", status.as_str(), " ", reason, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
    for (name, value) in answer.headers() {
        // Both are told below, as they are.
        if name != header::CONTENT_LENGTH && name != header::DATE {
            line(name.as_str(), value.as_bytes(), out);
        }
    }
    let mut digits = [0; 20];
    line("content-length", decimal(body.len(), &mut digits), out);
    put_date(out);
    if keep == Keep::Closed {
        line("connection", b"close", out);
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
}

fn line(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn decimal(number: usize, digits: &mut [u8; 20]) -> &[u8] {
    let mut rest = number;
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return &digits[at..];
        }
    }
}

thread_local! {
    /// The second and its date, which is the same for all answers of the second.
    static DATE: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

fn put_date(out: &mut Vec<u8>) {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    DATE.with_borrow_mut(|(second, text)| {
        if *second != since || text.is_empty() {
            *second = since;
            *text = httpdate::fmt_http_date(now);
        }
        line("date", text.as_bytes(), out);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    const BUY: &str = "POST /api/v1/buy-now HTTP/1.1\r\nhost: shop\r\nIdempotency-Key: k\r\ncontent-length: 2\r\n\r\n{}";

    fn taken(text: &str) -> (Taken, usize) {
        let mut input = BytesMut::from(text);
        let taken = take(&mut input);
        (taken, input.len())
    }

    #[test]
    fn requests_of_lanes_are_taken_one_after_the_other() {
        let mut input = BytesMut::from(&*format!("{BUY}{BUY}PUT /u"));
        for _ in 0..2 {
            let Taken::Request(Lane::BuyNow, request, Keep::Open) = take(&mut input) else {
                panic!("a request");
            };
            assert_eq!(request.body(), "{}");
            assert_eq!(request.headers()["idempotency-key"], "k");
            assert_eq!(request.uri().path(), "/api/v1/buy-now");
        }
        assert!(matches!(take(&mut input), Taken::Part));
        assert_eq!(input, "PUT /u");
        for end in 0..BUY.len() {
            let (taken, left) = taken(&BUY[..end]);
            assert!(matches!(taken, Taken::Part), "{end}: {taken:?}");
            assert_eq!(left, end);
        }
    }

    #[test]
    fn what_asks_for_nothing_but_life_has_no_body() {
        let (taken, left) = taken("GET /healthz HTTP/1.1\r\nhost: shop\r\n\r\nGET /");
        assert!(
            matches!(taken, Taken::Request(Lane::Health, ..)),
            "{taken:?}"
        );
        assert_eq!(left, 5);
    }

    #[test]
    fn a_connection_is_closed_when_the_client_says_so() {
        let close = BUY.replace("host: shop", "Connection: Close");
        let (taken, left) = taken(&close);
        assert!(
            matches!(taken, Taken::Request(_, _, Keep::Closed)),
            "{taken:?}"
        );
        assert_eq!(left, 0);
    }

    #[test]
    fn what_is_unusual_is_left_as_it_came() {
        let with = |line: &str| BUY.replace("host: shop", line);
        for other in [
            "GET /healthzz HTTP/1.1\r\n\r\n".to_string(),
            "GET / HTTP/1.1\r\n\r\n".to_string(),
            "POST /api/v1/orders HTTP/1.1\r\n\r\n".to_string(),
            "POST /ucp/2026-04-08/carts HTTP/1.1\r\ncontent-length: 0\r\n\r\n".to_string(),
            BUY.replace("buy-now", "buy-nowx"),
            BUY.replace("HTTP/1.1", "HTTP/1.0"),
            BUY.replace("content-length: 2", "content-length: +2"),
            BUY.replace("content-length: 2", "content-length: 2, 2"),
            BUY.replace("content-length: 2", "content-length: 99999999"),
            BUY.replace(
                "content-length: 2",
                "content-length: 99999999999999999999999",
            ),
            BUY.replace("content-length: 2\r\n", ""),
            BUY.replace("POST", "PATCH"),
            with("Content-Length: 2"),
            with("transfer-encoding: chunked"),
            with("expect: 100-continue"),
            with("connection: upgrade"),
            with("upgrade: h2c"),
            with("trailer: x"),
            with("content-length : 2"),
            with(&"a: b\r\n".repeat(40)),
        ] {
            let (taken, left) = taken(&other);
            assert!(matches!(taken, Taken::Other), "{other}: {taken:?}");
            assert_eq!(left, other.len(), "{other}");
        }
    }

    #[test]
    fn answers_have_a_length_and_a_date() {
        let mut answer = Response::new(());
        *answer.status_mut() = StatusCode::CREATED;
        let headers = answer.headers_mut();
        headers.insert("x-a", HeaderValue::from_static("b"));
        headers.insert("content-length", HeaderValue::from_static("99"));
        let mut out = Vec::new();
        put(&answer, b"0123456789", Keep::Closed, &mut out);
        let text = String::from_utf8(out).expect("text");
        let (start, rest) = text.split_once("date: ").expect("a date");
        assert_eq!(
            start,
            "HTTP/1.1 201 Created\r\nx-a: b\r\ncontent-length: 10\r\n"
        );
        let (date, rest) = rest.split_once("\r\n").expect("its end");
        assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
        assert_eq!(rest, "connection: close\r\n\r\n0123456789");
        assert_eq!(decimal(0, &mut [0; 20]), b"0");
    }
}
