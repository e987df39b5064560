//! What a mail says, once: from the same parts come its plain text and its HTML.
//!
//! The HTML is tables with inline styles, as mail programs want it; no picture and no script is fetched from anywhere.
//! Both grounds, light and dark, are named with the colors on them: a program that swaps one of them alone would make
//! a text unreadable.

use crate::i18n::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The columns of plain text.
const TEXT_COLUMNS: usize = 72;

/// A mail as parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The language of all texts.
    pub language: Language,
    /// The shop's name.
    pub shop: String,
    /// The subject.
    pub subject: String,
    /// What stands largest in it.
    pub title: String,
    /// What it says, from top to bottom.
    pub parts: Vec<Part>,
    /// What stands small at its end.
    pub small: Vec<String>,
}

/// A part of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Words(String),
    /// A paragraph that matters most.
    Strong(String),
    /// What is typed somewhere else, such as a code to sign in with.
    Code(String),
    /// A link to what is next.
    Button {
        /// What it says.
        label: String,
        /// Where it leads, absolute.
        url: String,
    },
    /// What comes now is called so.
    Heading(String),
    /// Goods, one line each.
    Goods(Vec<Goods>),
    /// Amounts with their names; the last one is the total when it is strong.
    Sums(Vec<Sum>),
    /// What is what, such as an address.
    Facts(Vec<Fact>),
}

/// A line of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The name.
    pub title: String,
    /// Options, pieces, price of one.
    pub details: Vec<String>,
    /// What the line costs; empty where no price belongs.
    pub amount: String,
}

/// An amount with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The name.
    pub label: String,
    /// The amount, written out.
    pub amount: String,
    /// Whether it is what all others make.
    pub is_total: bool,
}

/// What is what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub label: String,
    /// What it is, line by line.
    pub lines: Vec<String>,
}

const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif;";
/// The shop's colors for a dark ground: programs that know of dark mode take these, all others what stands inline.
const DARK: &str = "
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.ground{background:#171411!important}.card{background:#221e1a!important}
.text{color:#f3ede3!important}.quiet{color:#b0a799!important}
.line{border-color:#3a342d!important}
.button{background:#ff6b4f!important}.button a{color:#1d1a16!important}
.link{color:#ff8a72!important}.code{background:#100e0c!important;color:#f3ede3!important}
}
@media (max-width:480px){.card{padding:20px 16px!important}}";

const TEXT: &str = "color:#1d1a16;";
const QUIET: &str = "color:#655e54;";
const LINE: &str = "border-top:1px solid #e2dacd;";

impl Letter {
    /// The mail as an HTML document.
    pub fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    title { (self.subject) }
                    style { (PreEscaped(DARK)) }
                }
                body class="ground" style="margin:0;padding:0;background:#fffcf7;" {
                    table class="ground" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#fffcf7;" {
                        tr { td align="center" style="padding:24px 12px;" {
                            table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;text-align:left;" {
                                tr { td class="text" style=(format!("{FONT}{TEXT}font-size:20px;font-weight:600;padding:0 0 16px;")) { (self.shop) } }
                                tr { td class="card line" style="background:#ffffff;border:1px solid #e2dacd;border-radius:12px;padding:28px 28px 24px;" {
                                    h1 class="text" style=(format!("{FONT}{TEXT}font-size:26px;line-height:1.25;font-weight:600;margin:0 0 16px;")) { (self.title) }
                                    @for part in &self.parts { (part.html()) }
                                } }
                                tr { td style="padding:16px 4px 0;" {
                                    @for text in &self.small {
                                        p class="quiet" style=(format!("{FONT}{QUIET}font-size:13px;line-height:1.5;margin:0 0 8px;")) { (text) }
                                    }
                                } }
                            }
                        } }
                    }
                }
            }
        };
        page.into_string()
    }

    /// The mail as plain text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n\n{}\n\n", self.shop, self.title);
        for part in &self.parts {
            out.push_str(&part.text());
            out.push('\n');
        }
        out.push_str("-- \n");
        for text in &self.small {
            out.push_str(&wrapped(text));
            out.push('\n');
        }
        out
    }
}

impl Part {
    fn html(&self) -> Markup {
        let words = |weight: &str| {
            format!("{FONT}{TEXT}font-size:16px;line-height:1.5;margin:0 0 16px;{weight}")
        };
        match self {
            Part::Words(text) => html! { p class="text" style=(words("")) { (text) } },
            Part::Strong(text) => {
                html! { p class="text" style=(words("font-weight:600;")) { (text) } }
            }
            Part::Code(code) => html! {
                p class="code" style="font-family:ui-monospace,Menlo,Consolas,monospace;font-size:32px;line-height:1.2;font-weight:600;letter-spacing:6px;text-align:center;background:#f6f1e8;color:#1d1a16;border-radius:8px;margin:0 0 16px;padding:16px 8px;" { (code) }
            },
            Part::Button { label, url } => html! {
                table role="presentation" cellpadding="0" cellspacing="0" style="margin:4px 0 20px;" {
                    tr { td class="button" style="background:#d9381e;border-radius:8px;" {
                        a href=(url) style=(format!("{FONT}display:inline-block;color:#ffffff;font-size:16px;line-height:20px;font-weight:600;text-decoration:none;padding:12px 24px;")) { (label) }
                    } }
                }
            },
            Part::Heading(text) => html! {
                h2 class="text line" style=(format!("{FONT}{TEXT}{LINE}font-size:16px;line-height:1.4;font-weight:600;margin:8px 0 0;padding:16px 0 8px;")) { (text) }
            },
            Part::Goods(goods) => table(html! { @for line in goods { (line.html()) } }),
            Part::Sums(sums) => table(html! { @for sum in sums { (sum.html()) } }),
            Part::Facts(facts) => html! {
                @for fact in facts {
                    p class="text" style=(words("")) {
                        span class="quiet" style=(format!("{QUIET}font-size:14px;")) { (fact.label) }
                        @for line in &fact.lines { br; (line) }
                    }
                }
            },
        }
    }

    fn text(&self) -> String {
        match self {
            Part::Words(text) | Part::Strong(text) => wrapped(text),
            Part::Code(code) => format!("    {code}\n"),
            // An address is never broken: it would lead nowhere.
            Part::Button { label, url } => format!("{label}:\n{url}\n"),
            Part::Heading(text) => format!("{text}\n{}\n", "-".repeat(columns(text).max(3))),
            Part::Goods(goods) => goods.iter().map(Goods::text).collect(),
            Part::Sums(sums) => sums.iter().map(Sum::text).collect(),
            Part::Facts(facts) => {
                let lines = facts.iter().map(|f| {
                    let lines: String = f.lines.iter().map(|l| format!("  {l}\n")).collect();
                    format!("{}\n{lines}", f.label)
                });
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

fn table(rows: Markup) -> Markup {
    html! {
        table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 12px;border-collapse:collapse;" { (rows) }
    }
}

impl Goods {
    fn html(&self) -> Markup {
        html! {
            tr {
                td class="text" valign="top" style=(format!("{FONT}{TEXT}font-size:16px;line-height:1.4;padding:8px 12px 8px 0;")) {
                    (self.title)
                    @for detail in &self.details {
                        br; span class="quiet" style=(format!("{QUIET}font-size:14px;")) { (detail) }
                    }
                }
                td class="text" align="right" valign="top" style=(format!("{FONT}{TEXT}font-size:16px;line-height:1.4;padding:8px 0;white-space:nowrap;font-variant-numeric:tabular-nums;")) { (self.amount) }
            }
        }
    }

    fn text(&self) -> String {
        let details: String = self.details.iter().map(|d| format!("  {d}\n")).collect();
        format!("{}{details}", between(&self.title, &self.amount))
    }
}

impl Sum {
    fn html(&self) -> Markup {
        let (class, look) = match self.is_total {
            true => (
                "text",
                format!("{TEXT}font-size:18px;font-weight:600;padding:10px 0;"),
            ),
            false => ("quiet", format!("{QUIET}font-size:14px;padding:4px 0;")),
        };
        let amount = format!("{FONT}{look}white-space:nowrap;font-variant-numeric:tabular-nums;");
        html! {
            tr {
                td class=(class) style=(format!("{FONT}{look}")) { (self.label) }
                td class=(class) align="right" valign="top" style=(amount) { (self.amount) }
            }
        }
    }

    fn text(&self) -> String {
        between(&self.label, &self.amount)
    }
}

/// Columns that a text takes where Chinese takes two for each character.
fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// Two texts at the two ends of a line; of two lines, if they do not fit.
fn between(left: &str, right: &str) -> String {
    if right.is_empty() {
        return format!("{left}\n");
    }
    match TEXT_COLUMNS.checked_sub(columns(left) + columns(right)) {
        Some(blank @ 2..) => format!("{left}{}{right}\n", " ".repeat(blank)),
        _ => format!("{left}\n{right:>TEXT_COLUMNS$}\n"),
    }
}

/// A text in lines that are not too long, broken at blanks.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for word in text.split(' ') {
        let long = columns(word);
        if at > 0 && at + 1 + long > TEXT_COLUMNS {
            out.push('\n');
            at = 0;
        } else if at > 0 {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += long;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same_and_markup_stays_text() {
        let letter = Letter {
            language: Language::De,
            shop: "Käse & <b>Brot</b>".to_string(),
            subject: "Hallo".to_string(),
            title: "Titel".to_string(),
            parts: vec![
                Part::Words("Ein <i>Satz</i>".to_string()),
                Part::Button {
                    label: "Weiter".to_string(),
                    url: "https://shop.example/a?b=\"c\"&d".to_string(),
                },
                Part::Goods(vec![Goods {
                    title: "Lampe".to_string(),
                    details: vec!["2 × 5 €".to_string()],
                    amount: "10 €".to_string(),
                }]),
                Part::Sums(vec![Sum {
                    label: "Summe".to_string(),
                    amount: "10 €".to_string(),
                    is_total: true,
                }]),
            ],
            small: vec!["Klein".to_string()],
        };
        let (html, text) = (letter.html(), letter.text());
        for part in [
            "Titel",
            "Satz",
            "Weiter",
            "Lampe",
            "2 × 5 €",
            "Summe",
            "Klein",
        ] {
            assert!(html.contains(part) && text.contains(part), "{part}");
        }
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
        assert!(html.contains("b=&quot;c&quot;&amp;d"));
        assert!(text.contains("https://shop.example/a?b=\"c\"&d\n"));
        let fetched = ["<img", "<link", "<script", "url(", "src="];
        assert!(
            fetched.iter().all(|f| !html.contains(f)),
            "nothing is fetched"
        );
    }

    #[test]
    fn plain_text_keeps_to_its_columns() {
        let long = "wort ".repeat(60);
        assert!(
            wrapped(long.trim())
                .lines()
                .all(|l| l.len() <= TEXT_COLUMNS)
        );
        for (left, right) in [
            ("Lampe", "10,00 €"),
            ("台灯", "¥10.00"),
            (&"x".repeat(70), "1 €"),
        ] {
            let lines = between(left, right);
            assert!(lines.lines().all(|l| columns(l) <= TEXT_COLUMNS), "{lines}");
            assert!(lines.ends_with(&format!("{right}\n")));
        }
    }
}
