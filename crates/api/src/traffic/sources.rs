//! Who sends visitors to shops: search engines, networks, mail programs and assistants by their hosts, and advertising
//! systems by the parameter that they add to links.
//!
//! The table is short on purpose. It has the services that send most visitors to shops in Europe, America and China; a
//! host that is not in it is told by its own name, which loses nothing.

/// What brought a visitor, where no tag says it.
pub mod medium {
    /// A search engine's result that nobody paid for.
    pub const ORGANIC: &str = "organic";
    /// A click that was paid for.
    pub const PAID: &str = "cpc";
    /// A network of people.
    pub const SOCIAL: &str = "social";
    /// A mail that was read in a browser.
    pub const EMAIL: &str = "email";
    /// A program that answers questions.
    pub const ASSISTANT: &str = "assistant";
    /// Another site, or somebody's code.
    pub const REFERRAL: &str = "referral";
    /// A program that buys for somebody.
    pub const AGENT: &str = "agent";
}

/// A service's host without its end (`google` stands for `google.com`, `www.google.co.uk`) or with it, and what it is.
struct Service {
    host: &'static str,
    source: &'static str,
    medium: &'static str,
}

const fn service(host: &'static str, source: &'static str, medium: &'static str) -> Service {
    Service {
        host,
        source,
        medium,
    }
}

use medium::{ASSISTANT, EMAIL, ORGANIC, PAID, SOCIAL};

/// Longer hosts stand before those that they end with.
const SERVICES: [Service; 62] = [
    service("mail.google.com", "gmail", EMAIL),
    service("gemini.google.com", "gemini", ASSISTANT),
    service("outlook.live.com", "outlook", EMAIL),
    service("outlook.office.com", "outlook", EMAIL),
    service("mail.yahoo.com", "yahoo mail", EMAIL),
    service("navigator.gmx.net", "gmx", EMAIL),
    service("navigator.web.de", "web.de", EMAIL),
    service("mail.qq.com", "qq mail", EMAIL),
    service("mail.163.com", "163 mail", EMAIL),
    service("chatgpt.com", "chatgpt", ASSISTANT),
    service("chat.openai.com", "chatgpt", ASSISTANT),
    service("claude.ai", "claude", ASSISTANT),
    service("perplexity.ai", "perplexity", ASSISTANT),
    service("copilot.microsoft.com", "copilot", ASSISTANT),
    service("chat.deepseek.com", "deepseek", ASSISTANT),
    service("doubao.com", "doubao", ASSISTANT),
    service("google.*", "google", ORGANIC),
    service("bing.com", "bing", ORGANIC),
    service("duckduckgo.com", "duckduckgo", ORGANIC),
    service("yahoo.*", "yahoo", ORGANIC),
    service("ecosia.org", "ecosia", ORGANIC),
    service("startpage.com", "startpage", ORGANIC),
    service("qwant.com", "qwant", ORGANIC),
    service("search.brave.com", "brave", ORGANIC),
    service("yandex.*", "yandex", ORGANIC),
    service("ya.ru", "yandex", ORGANIC),
    service("tieba.baidu.com", "tieba", SOCIAL),
    service("baidu.com", "baidu", ORGANIC),
    service("sogou.com", "sogou", ORGANIC),
    service("so.com", "so.com", ORGANIC),
    service("sm.cn", "shenma", ORGANIC),
    service("naver.com", "naver", ORGANIC),
    service("seznam.cz", "seznam", ORGANIC),
    service("facebook.com", "facebook", SOCIAL),
    service("fb.com", "facebook", SOCIAL),
    service("messenger.com", "facebook", SOCIAL),
    service("instagram.com", "instagram", SOCIAL),
    service("threads.net", "threads", SOCIAL),
    service("whatsapp.com", "whatsapp", SOCIAL),
    service("t.co", "x", SOCIAL),
    service("twitter.com", "x", SOCIAL),
    service("x.com", "x", SOCIAL),
    service("tiktok.com", "tiktok", SOCIAL),
    service("youtube.com", "youtube", SOCIAL),
    service("youtu.be", "youtube", SOCIAL),
    service("pinterest.*", "pinterest", SOCIAL),
    service("linkedin.com", "linkedin", SOCIAL),
    service("lnkd.in", "linkedin", SOCIAL),
    service("reddit.com", "reddit", SOCIAL),
    service("snapchat.com", "snapchat", SOCIAL),
    service("t.me", "telegram", SOCIAL),
    service("telegram.org", "telegram", SOCIAL),
    service("bsky.app", "bluesky", SOCIAL),
    service("mastodon.social", "mastodon", SOCIAL),
    service("weixin.qq.com", "wechat", SOCIAL),
    service("weibo.com", "weibo", SOCIAL),
    service("weibo.cn", "weibo", SOCIAL),
    service("xiaohongshu.com", "xiaohongshu", SOCIAL),
    service("douyin.com", "douyin", SOCIAL),
    service("zhihu.com", "zhihu", SOCIAL),
    service("bilibili.com", "bilibili", SOCIAL),
    service("nebenan.de", "nebenan", SOCIAL),
];

/// Apps for Android that name themselves instead of a host.
const APPS: [Service; 5] = [
    service("com.google.android.googlequicksearchbox", "google", ORGANIC),
    service("com.google.android.gm", "gmail", EMAIL),
    service("com.facebook.katana", "facebook", SOCIAL),
    service("com.twitter.android", "x", SOCIAL),
    service("com.linkedin.android", "linkedin", SOCIAL),
];

/// Parameters that advertising systems and networks add to links. What follows them names a single click: it is never
/// read, only that it is there.
const CLICKS: [Service; 15] = [
    service("gclid", "google", PAID),
    service("gbraid", "google", PAID),
    service("wbraid", "google", PAID),
    service("dclid", "google", PAID),
    service("msclkid", "bing", PAID),
    service("ttclid", "tiktok", PAID),
    service("twclid", "x", PAID),
    service("li_fat_id", "linkedin", PAID),
    service("yclid", "yandex", PAID),
    service("rdt_cid", "reddit", PAID),
    service("sccid", "snapchat", PAID),
    service("epik", "pinterest", PAID),
    service("bd_vid", "baidu", PAID),
    // These two also stand on links that people share.
    service("fbclid", "facebook", SOCIAL),
    service("igshid", "instagram", SOCIAL),
];

/// What is known of a sender: the source and the medium.
pub type Known = (&'static str, &'static str);

impl Service {
    fn known(&self) -> Known {
        (self.source, self.medium)
    }

    fn is_at(&self, host: &str) -> bool {
        match self.host.strip_suffix(".*") {
            Some(name) => is_under_name(host, name),
            None => is_within(host, self.host),
        }
    }
}

/// Whether a host is a domain or within it.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether a host is `name` under one end of a country or two (`google.de`, `www.google.co.uk`): a name further in front
/// could be anybody's (`google.example.com`).
fn is_under_name(host: &str, name: &str) -> bool {
    const SECOND: [&str; 5] = ["co", "com", "org", "net", "ne"];
    let parts: Vec<&str> = host.split('.').collect();
    match parts.as_slice() {
        [.., own, end] if *own == name => end.len() <= 4,
        [.., own, second, end] => *own == name && SECOND.contains(second) && end.len() == 2,
        _ => false,
    }
}

/// The service at a host.
pub fn by_host(host: &str) -> Option<Known> {
    SERVICES.iter().find(|s| s.is_at(host)).map(Service::known)
}

/// The app with a name.
pub fn by_app(name: &str) -> Option<Known> {
    APPS.iter().find(|s| s.host == name).map(Service::known)
}

/// The system that adds a parameter.
pub fn by_click(parameter: &str) -> Option<Known> {
    let is = |s: &&Service| s.host.eq_ignore_ascii_case(parameter);
    CLICKS.iter().find(is).map(Service::known)
}
