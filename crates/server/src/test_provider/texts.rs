//! The hosted pages' sentences in English, German and Chinese.

use commerce::text::Language;
use connectors::test_payments::wire::Problem;

use super::cards::Behavior;

/// The language's name in itself.
pub fn name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::De => "Deutsch",
        Language::Zh => "中文",
    }
}

/// All sentences of a language.
pub fn texts(language: Language) -> &'static Texts {
    match language {
        Language::En => &ENGLISH,
        Language::De => &GERMAN,
        Language::Zh => &CHINESE,
    }
}

/// A decimal amount as it is written in a language: `1,290.00 EUR`, `1.290,00 EUR`.
pub fn amount(language: Language, decimal: &str, currency: &str) -> String {
    let (group_mark, decimal_mark) = match language {
        Language::De => ('.', ','),
        Language::En | Language::Zh => (',', '.'),
    };
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let mut text = String::with_capacity(decimal.len() + 8);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(group_mark);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(decimal_mark);
        text.push_str(fraction);
    }
    format!("{text}\u{a0}{currency}")
}

/// The sentences of one language.
pub struct Texts {
    /// The banner on every page.
    pub banner: &'static str,
    /// The title of the card page.
    pub pay_title: &'static str,
    /// Before the amount.
    pub to_pay: &'static str,
    /// Over the cards.
    pub choose_card: &'static str,
    /// Over the field for a typed number.
    pub other_number: &'static str,
    /// Under it.
    pub other_number_hint: &'static str,
    /// The wide button.
    pub pay: &'static str,
    /// The way back without paying.
    pub back: &'static str,
    /// The title of the challenge page.
    pub challenge_title: &'static str,
    /// What the bank asks.
    pub challenge_question: &'static str,
    /// It is me.
    pub approve: &'static str,
    /// It is not me.
    pub refuse: &'static str,
    /// Go away without an answer.
    pub leave: &'static str,
    /// The title when nothing is left to do.
    pub done_title: &'static str,
    /// The payment went through.
    pub done_paid: &'static str,
    /// It ended without money.
    pub done_unpaid: &'static str,
    /// To the shop.
    pub continue_to_shop: &'static str,
    /// The title when there is no such payment.
    pub missing_title: &'static str,
    /// What to do then.
    pub missing: &'static str,
    /// The title when the test provider itself is in trouble.
    pub broken_title: &'static str,
    /// What to do then.
    pub broken: &'static str,
    /// Over the choice of languages.
    pub language: &'static str,
    declined: &'static str,
    insufficient_funds: &'static str,
    unknown_card: &'static str,
    behaviors: [(&'static str, &'static str); 8],
}

impl Texts {
    /// A card's name and what it does.
    pub fn card(&self, behavior: Behavior) -> (&'static str, &'static str) {
        let index = match behavior {
            Behavior::Success => 0,
            Behavior::Challenge => 1,
            Behavior::Declined => 2,
            Behavior::InsufficientFunds => 3,
            Behavior::Timeout => 4,
            Behavior::WebhookLate => 5,
            Behavior::WebhookTwice => 6,
            Behavior::WebhookFirst => 7,
        };
        self.behaviors[index]
    }

    /// Why the last attempt did not work, and what to do.
    pub fn problem(&self, problem: &Problem) -> &'static str {
        match problem.code.as_str() {
            "insufficient_funds" => self.insufficient_funds,
            "unknown_card" => self.unknown_card,
            _ => self.declined,
        }
    }
}

const ENGLISH: Texts = Texts {
    banner: "Test money. No real card is charged.",
    pay_title: "Pay by card",
    to_pay: "To pay",
    choose_card: "Choose a test card",
    other_number: "Or type a test card's number",
    other_number_hint: "Never a real one: it would be refused.",
    pay: "Pay",
    back: "Back to the shop without paying",
    challenge_title: "Your bank asks",
    challenge_question: "Do you want to make this payment?",
    approve: "Yes, confirm",
    refuse: "No, it was not me",
    leave: "Leave without answering",
    done_title: "Nothing left to do here",
    done_paid: "This payment went through.",
    done_unpaid: "This payment has ended. Nothing was charged.",
    continue_to_shop: "Continue to the shop",
    missing_title: "There is no such payment",
    missing: "The address is wrong, or the test provider was restarted. Go back to the shop and start the payment again.",
    broken_title: "The payment could not be saved",
    broken: "Go back to the shop: it shows how the payment stands. Then try again.",
    language: "Language",
    declined: "The card was declined. Nothing was charged. Choose another card.",
    insufficient_funds: "The account does not hold enough money. Nothing was charged. Choose another card.",
    unknown_card: "That is none of the test cards. Nothing was charged. Choose one of the list.",
    behaviors: [
        ("Works", "The payment goes through."),
        ("Asks first", "The bank wants a confirmation (3-D Secure)."),
        ("Declined", "The bank refuses."),
        ("Account empty", "The bank refuses: not enough money."),
        (
            "Slow answer",
            "Goes through, but the answer comes very late.",
        ),
        ("Late message", "The shop is told late."),
        ("Message twice", "The shop is told twice."),
        ("Message first", "The shop is told before the answer."),
    ],
};

const GERMAN: Texts = Texts {
    banner: "Testgeld. Keine echte Karte wird belastet.",
    pay_title: "Mit Karte zahlen",
    to_pay: "Zu zahlen",
    choose_card: "Testkarte wählen",
    other_number: "Oder die Nummer einer Testkarte eingeben",
    other_number_hint: "Keine echte: Sie würde abgelehnt.",
    pay: "Bezahlen",
    back: "Ohne Zahlung zurück zum Shop",
    challenge_title: "Ihre Bank fragt nach",
    challenge_question: "Möchten Sie diese Zahlung ausführen?",
    approve: "Ja, bestätigen",
    refuse: "Nein, das war ich nicht",
    leave: "Ohne Antwort verlassen",
    done_title: "Hier ist nichts mehr zu tun",
    done_paid: "Diese Zahlung ist erfolgt.",
    done_unpaid: "Diese Zahlung ist beendet. Es wurde nichts abgebucht.",
    continue_to_shop: "Weiter zum Shop",
    missing_title: "Diese Zahlung gibt es nicht",
    missing: "Die Adresse stimmt nicht, oder der Testanbieter wurde neu gestartet. Gehen Sie zurück zum Shop und \
              beginnen Sie die Zahlung neu.",
    broken_title: "Die Zahlung konnte nicht gespeichert werden",
    broken: "Gehen Sie zurück zum Shop: Er zeigt, wie die Zahlung steht. Versuchen Sie es dann noch einmal.",
    language: "Sprache",
    declined: "Die Karte wurde abgelehnt. Es wurde nichts abgebucht. Wählen Sie eine andere Karte.",
    insufficient_funds: "Auf dem Konto ist nicht genug Geld. Es wurde nichts abgebucht. Wählen Sie eine andere Karte.",
    unknown_card: "Das ist keine der Testkarten. Es wurde nichts abgebucht. Wählen Sie eine aus der Liste.",
    behaviors: [
        ("Funktioniert", "Die Zahlung gelingt."),
        (
            "Fragt nach",
            "Die Bank verlangt eine Bestätigung (3-D Secure).",
        ),
        ("Abgelehnt", "Die Bank lehnt ab."),
        ("Konto leer", "Die Bank lehnt ab: zu wenig Geld."),
        (
            "Langsame Antwort",
            "Gelingt, aber die Antwort kommt sehr spät.",
        ),
        ("Späte Nachricht", "Der Shop erfährt es spät."),
        ("Doppelte Nachricht", "Der Shop erfährt es zweimal."),
        ("Frühe Nachricht", "Der Shop erfährt es vor der Antwort."),
    ],
};

const CHINESE: Texts = Texts {
    banner: "测试货币，不会从真实银行卡扣款。",
    pay_title: "银行卡支付",
    to_pay: "应付金额",
    choose_card: "选择一张测试卡",
    other_number: "或输入测试卡号",
    other_number_hint: "请勿输入真实卡号，真实卡会被拒绝。",
    pay: "支付",
    back: "不支付，返回商店",
    challenge_title: "银行需要您确认",
    challenge_question: "您要进行这笔支付吗？",
    approve: "是的，确认支付",
    refuse: "不，不是我操作的",
    leave: "不作答并离开",
    done_title: "这里无需再操作",
    done_paid: "这笔支付已成功。",
    done_unpaid: "这笔支付已结束，未扣款。",
    continue_to_shop: "继续前往商店",
    missing_title: "找不到这笔支付",
    missing: "网址有误，或测试支付服务已重新启动。请返回商店重新支付。",
    broken_title: "支付未能保存",
    broken: "请返回商店查看支付状态，然后重试。",
    language: "语言",
    declined: "银行卡被拒绝，未扣款。请换一张卡。",
    insufficient_funds: "账户余额不足，未扣款。请换一张卡。",
    unknown_card: "这不是测试卡，未扣款。请从列表中选择。",
    behaviors: [
        ("成功", "支付成功。"),
        ("需要确认", "银行要求确认（3-D Secure）。"),
        ("被拒绝", "银行拒绝支付。"),
        ("余额不足", "银行拒绝支付：余额不足。"),
        ("响应缓慢", "支付成功，但响应很晚。"),
        ("通知延迟", "商店很晚才收到通知。"),
        ("重复通知", "商店会收到两次通知。"),
        ("通知先到", "商店在响应之前收到通知。"),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_language_does() {
        for (language, decimal, text) in [
            (Language::En, "12.90", "12.90\u{a0}EUR"),
            (Language::De, "0.05", "0,05\u{a0}EUR"),
            (Language::De, "1234567.00", "1.234.567,00\u{a0}EUR"),
            (Language::Zh, "123456", "123,456\u{a0}EUR"),
            (Language::En, "1000.000", "1,000.000\u{a0}EUR"),
        ] {
            assert_eq!(amount(language, decimal, "EUR"), text);
        }
    }
}
