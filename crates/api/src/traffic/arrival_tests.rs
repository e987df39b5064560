//! A row per address and page before: what is recognised in it.

use super::*;

/// The address after `?`, the page before, and what is recognised: source / medium / campaign / referral.
const CASES: &str = "
    utm_source=Newsletter&utm_medium=Email&utm_campaign=Spring | | newsletter / email / spring /
    utm_source=newsletter | | newsletter / / /
    utm_campaign=11.11 | | / / 11.11 /
    utm_campaign=11.11 | https://www.google.de/ | google / organic / 11.11 /
    utm_medium=cpc&gclid=Cj0K | | google / cpc / /
    utm_source=partner&gclid=Cj0K | | partner / cpc / /
    gclid=Cj0KCQiA | | google / cpc / /
    wbraid=1 | https://www.google.com/ | google / cpc / /
    msclkid=77 | | bing / cpc / /
    fbclid=IwAR0 | https://l.facebook.com/ | facebook / social / /
    fbclid=IwAR0 | | facebook / social / /
    ScCid=x | | snapchat / cpc / /
    ttclid= | | tiktok / cpc / /
    ref=ANNA-10 | | referral / referral / / anna-10
    ref=anna&utm_source=instagram | | instagram / referral / / anna
    ref=anna | https://blog.example/post | blog.example / referral / / anna
    ref= | | direct
    | | direct
    q=mug | | direct
    | https://shop.example/p/mug | within
    | https://SHOP.example:8443/ | within
    | https://www.shop.example/ | within
    utm_source=mail | https://shop.example/ | mail / / /
    | https://www.google.com/ | google / organic / /
    | https://www.google.co.uk/search | google / organic / /
    | https://news.google.com/ | google / organic / /
    | https://mail.google.com/mail | gmail / email / /
    | https://google.evil.example/ | google.evil.example / referral / /
    | https://notgoogle.com/ | notgoogle.com / referral / /
    | https://www.bing.com/ | bing / organic / /
    | https://m.baidu.com/s | baidu / organic / /
    | https://tieba.baidu.com/p/1 | tieba / social / /
    | https://t.co/abc | x / social / /
    | https://reddit.com/r/x | reddit / social / /
    | https://tt.co/ | tt.co / referral / /
    | https://mp.weixin.qq.com/s | wechat / social / /
    | https://chatgpt.com/ | chatgpt / assistant / /
    | https://www.Blog.Example/post?secret=1 | blog.example / referral / /
    | http://[2001:db8::1]:8080/ | [2001:db8::1] / referral / /
    | http://user:word@blog.example/ | blog.example / referral / /
    | android-app://com.google.android.gm/ | gmail / email / /
    | android-app://org.example.reader | org.example.reader / referral / /
    | android-app:/// | direct
    | javascript:alert(1) | direct
    | file:///etc/passwd | direct
    | not an address | direct
    | https:// | direct
    | https://a_b.example/ | direct
    utm_source=%E2%80%AE%00%00 | | direct
    utm_source=(direct)&utm_medium=(none) | | direct / none / /
    utm_source=%3Cscript%3E | | <script> / / /
    utm_source=a&utm_source=b | | a / / /
    utm_source=&utm_source=b | | b / / /
    utm_source=%F0%9F%8E%89 | | 🎉 / / /
    UTM_SOURCE=loud | | direct
    utm_source=+++&ref=anna | | referral / referral / / anna
";

fn shown(arrival: Arrival) -> String {
    match arrival {
        Arrival::Within => "within".to_string(),
        Arrival::Direct => "direct".to_string(),
        Arrival::Outside(t) => {
            let text = format!(
                "{} / {} / {} / {}",
                t.source, t.medium, t.campaign, t.referral
            );
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

fn parameters(query: &str) -> Vec<(String, String)> {
    let uri: Uri = format!("/?{query}").parse().expect("an address");
    axum::extract::Query::try_from_uri(&uri).expect("pairs").0
}

fn arrival(query: &str, referrer: &str) -> Arrival {
    let asked = Asked {
        landing: Landing::Product,
        parameters: &parameters(query),
        referrer,
        own_hosts: &["shop.example"],
        at: 7,
    };
    asked.arrival()
}

#[test]
fn each_way_into_the_shop_is_recognised() {
    let mut seen = 0;
    for case in CASES.lines().filter(|line| !line.trim().is_empty()) {
        let mut parts = case.split('|').map(str::trim);
        let mut next = || parts.next().expect("three parts");
        let (query, referrer, told) = (next(), next(), next());
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(shown(arrival(query, referrer)), told, "{case}");
        seen += 1;
    }
    assert!(seen > 50);
}

#[test]
fn all_tags_are_kept_and_a_click_is_not() {
    let query =
        "utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e&ref=f&gclid=SECRET";
    let Arrival::Outside(touch) = arrival(query, "https://blog.example/?token=SECRET") else {
        panic!("tagged");
    };
    let told = Touch {
        source: "a".into(),
        medium: "b".into(),
        campaign: "c".into(),
        term: "d".into(),
        content: "e".into(),
        referral: "f".into(),
        landing: Some(Landing::Product),
        at: 7,
    };
    assert_eq!(touch, told);
}

#[test]
fn a_link_of_a_megabyte_is_cut() {
    let long = "x".repeat(1 << 20);
    let asked = Asked {
        landing: Landing::Home,
        parameters: &[
            ("utm_source".to_string(), long.clone()),
            ("ref".to_string(), long.clone()),
        ],
        referrer: &format!("https://{long}/"),
        own_hosts: &[],
        at: 0,
    };
    let Arrival::Outside(touch) = asked.arrival() else {
        panic!("tagged");
    };
    assert_eq!((touch.source.len(), touch.referral.len()), (64, 32));
}
