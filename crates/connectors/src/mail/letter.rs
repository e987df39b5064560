//! From a letter to the bytes of a message: headers encoded, the text in both forms, the same `Message-ID` each time.

use super::{BadSetting, Letter, MailError};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

/// Octets that an address may have (RFC 5321, 4.5.3.1.3, without its angle brackets).
const ADDRESS_BYTES_MAX: usize = 254;
/// Characters of a subject; what is longer is cut.
const SUBJECT_CHARACTERS_MAX: usize = 200;
/// Bytes of an address in a header: a line has 998 at most (RFC 5322, 2.1.1).
const URL_BYTES_MAX: usize = 900;
/// Characters of a name that a `Message-ID` is made of.
const NAME_CHARACTERS_MAX: usize = 120;

/// Who a shop's letters are from.
#[derive(Debug, Clone)]
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// A message that is ready to be sent.
pub(super) struct Ready {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

impl Sender {
    /// A sender, from `Shop <orders@shop.example>` or an address alone.
    ///
    /// # Errors
    /// When one of them is no address.
    pub fn parse(from: &str, reply_to: Option<&str>) -> Result<Self, BadSetting> {
        let mailbox = |text: &str| {
            mailbox(text).ok_or_else(|| {
                BadSetting(format!(
                    "`{text}` is no address: it must be like `Shop <orders@shop.example>`"
                ))
            })
        };
        Ok(Self {
            from: mailbox(from)?,
            reply_to: reply_to.map(mailbox).transpose()?,
        })
    }

    /// The address that letters come from, without the name.
    pub fn address(&self) -> &str {
        self.from.email.as_ref()
    }

    /// The domain that letters come from, in ASCII: what this machine calls itself before a mail server.
    pub(super) fn domain(&self) -> &str {
        self.from.email.domain()
    }

    pub(super) fn ready(&self, letter: &Letter<'_>) -> Result<Ready, MailError> {
        let to = address(letter.to)
            .ok_or_else(|| MailError::Address("it is not written like an address".to_string()))?;
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(one_line(letter.subject))
            .message_id(Some(self.message_id(letter.name)))
            // Out-of-office programs answer nobody who says this (RFC 3834).
            .raw_header(HeaderValue::new(auto, "auto-generated".to_string()));
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        if let Some(url) = letter.unsubscribe.filter(|url| is_plain(url)) {
            for (name, value) in [
                ("List-Unsubscribe", format!("<{url}>")),
                (
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_string(),
                ),
            ] {
                let name = HeaderName::new_from_ascii_str(name);
                message = message.raw_header(HeaderValue::dangerous_new_pre_encoded(
                    name,
                    value.clone(),
                    value,
                ));
            }
        }
        let part = |kind: ContentType, body: &str| {
            SinglePart::builder().header(kind).body(body.to_string())
        };
        let both = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, letter.text))
            .singlepart(part(ContentType::TEXT_HTML, letter.html));
        let message = message
            .multipart(both)
            .map_err(|error| MailError::Later(format!("the message cannot be made: {error}")))?;
        Ok(Ready {
            from: self.from.email.clone(),
            to,
            bytes: message.formatted(),
        })
    }

    fn message_id(&self, name: &str) -> String {
        format!("<{}@{}>", file_name(name), self.domain())
    }
}

/// A letter's name with nothing in it that a header or a folder could take for more than a name.
pub(super) fn file_name(name: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => c,
        _ => '-',
    };
    // Dots are kept between two other characters alone: an atom of a `Message-ID` is never empty.
    let mut made = String::new();
    for c in name.chars().take(NAME_CHARACTERS_MAX) {
        let dot = c == '.' && !made.is_empty() && !made.ends_with('.');
        made.push(if dot { '.' } else { plain(c) });
    }
    if made.is_empty() || made.ends_with('.') {
        made.push('-');
    }
    made
}

/// Whether an address can stand in a header as it is, on one line: words that are encoded or cut are no address.
fn is_plain(url: &str) -> bool {
    url.len() <= URL_BYTES_MAX && url.bytes().all(|b| b.is_ascii_graphic() && b != b'>')
}

fn one_line(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    shown.take(SUBJECT_CHARACTERS_MAX).collect()
}

fn mailbox(text: &str) -> Option<Mailbox> {
    let text = text.trim();
    let Some((name, rest)) = text.rsplit_once('<') else {
        return Some(Mailbox::new(None, address(text)?));
    };
    let name = name.trim().trim_matches('"');
    if name.chars().any(char::is_control) {
        return None;
    }
    let name = (!name.is_empty()).then(|| name.to_string());
    Some(Mailbox::new(name, address(rest.strip_suffix('>')?)?))
}

/// An address with its domain in ASCII, so that a server need not know other letters for it.
pub(super) fn address(text: &str) -> Option<Address> {
    let text = text.trim();
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',');
    if text.len() > ADDRESS_BYTES_MAX || text.chars().any(odd) {
        return None;
    }
    let address: Address = text.parse().ok()?;
    if address.domain().is_ascii() {
        return Some(address);
    }
    let url = reqwest::Url::parse(&format!("http://{}/", address.domain())).ok()?;
    Address::new(address.user(), url.host_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender() -> Sender {
        Sender::parse(
            "Käse & Brot <laden@shop.example>",
            Some("hilfe@shop.example"),
        )
        .expect("a sender")
    }

    fn letter<'a>(to: &'a str, subject: &'a str, name: &'a str) -> Letter<'a> {
        Letter {
            to,
            subject,
            text: "Grüße\n.\nQUIT\n",
            html: "<p>Grüße</p>",
            name,
            unsubscribe: None,
        }
    }

    fn text(letter: &Letter<'_>) -> String {
        let ready = sender().ready(letter).expect("a message");
        String::from_utf8(ready.bytes).expect("text")
    }

    #[test]
    fn addresses() {
        for (text, told) in [
            ("ann@shop.example", Some("ann@shop.example")),
            (" ann@shop.example ", Some("ann@shop.example")),
            ("ann@bücher.example", Some("ann@xn--bcher-kva.example")),
            ("ann@例子.example", Some("ann@xn--fsqu00a.example")),
            ("жду@shop.example", Some("жду@shop.example")),
            ("o'hara+1@shop.example", Some("o'hara+1@shop.example")),
            ("", None),
            ("ann", None),
            ("ann@", None),
            ("@shop.example", None),
            ("ann@shop.example\r\nBcc: eve@evil.example", None),
            ("ann@shop.example\nRCPT TO:<eve@evil.example>", None),
            ("ann@shop.example> SIZE=1", None),
            ("ann@shop.example,eve@evil.example", None),
            ("Ann <ann@shop.example>", None),
            ("ann@shop.example/../x", None),
        ] {
            let found = address(text).map(|a| a.to_string());
            assert_eq!(found.as_deref(), told, "{text:?}");
        }
        let long = format!("{}@shop.example", "a".repeat(300));
        assert!(address(&long).is_none());
    }

    #[test]
    fn a_subject_becomes_no_header_of_its_own() {
        let eve = "Your order\r\nBcc: eve@evil.example\r\n\r\nhello";
        let text = text(&letter("ann@shop.example", eve, "order.1"));
        let head = text.split("\r\n\r\n").next().expect("a head");
        let bcc = head
            .lines()
            .any(|l| l.to_ascii_lowercase().starts_with("bcc"));
        assert!(!bcc, "{head}");
        assert!(
            head.contains("Subject: Your order  Bcc: eve@evil.example"),
            "{head}"
        );
    }

    #[test]
    fn headers_are_encoded_and_name_the_letter() {
        let text = text(&letter(
            "ann@bücher.example",
            "Bestellung bestätigt 已确认",
            "a/b..c d",
        ));
        for part in [
            "Message-ID: <a-b.-c-d@shop.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "To: ann@xn--bcher-kva.example\r\n",
            "Reply-To: hilfe@shop.example\r\n",
            "Subject: Bestellung =?utf-8?b?",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        assert!(text.is_ascii(), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 998));
        let plain = text.find("text/plain").expect("plain text");
        assert!(
            plain < text.find("text/html").expect("HTML"),
            "the last is preferred"
        );
    }

    #[test]
    fn senders() {
        for wrong in [
            "shop",
            "Shop <shop>",
            "Shop <a@b.example",
            "Sh\nop <a@b.example>",
            "",
        ] {
            let refused = Sender::parse(wrong, None).expect_err(wrong);
            assert!(refused.to_string().contains("is no address"));
        }
        let quoted = Sender::parse("\"Shop, the\" <a@b.example>", None).expect("a sender");
        assert_eq!(quoted.from.name.as_deref(), Some("Shop, the"));
    }

    #[test]
    fn who_asked_for_a_letter_ends_it_with_one_click() {
        let url = format!("https://shop.example/alerts/quiet?t={}", "a".repeat(300));
        let one = Letter {
            unsubscribe: Some(&url),
            ..letter("ann@example.com", "Back again", "alert.1")
        };
        let ready = sender().ready(&one).expect("a message");
        let text = String::from_utf8(ready.bytes).expect("text");
        assert!(
            text.contains(&format!("List-Unsubscribe: <{url}>\r\n")),
            "{text}"
        );
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        let odd = Letter {
            unsubscribe: Some("https://shop.example/>\r\nBcc: eve@example.com"),
            ..one
        };
        let ready = sender().ready(&odd).expect("a message");
        let text = String::from_utf8(ready.bytes).expect("text");
        assert!(
            !text.contains("List-Unsubscribe") && !text.contains("eve@"),
            "{text}"
        );
    }
}
