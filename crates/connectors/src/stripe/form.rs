//! Stripe's request bodies: forms whose keys nest in brackets, `metadata[payment_ref]=…`.

/// A form in the making.
#[derive(Clone, Debug, Default)]
pub struct Form {
    text: String,
}

impl Form {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field. `path` is the outer key and the keys inside it: `["line_items", "0", "quantity"]` becomes
    /// `line_items[0][quantity]`.
    #[must_use]
    pub fn field(mut self, path: &[&str], value: &str) -> Self {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        for (depth, key) in path.iter().enumerate() {
            let (open, close) = if depth == 0 { ("", "") } else { ("%5B", "%5D") };
            self.text.push_str(open);
            encode(key, &mut self.text);
            self.text.push_str(close);
        }
        self.text.push('=');
        encode(value, &mut self.text);
        self
    }

    /// The body, `application/x-www-form-urlencoded`; also good as a query.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn encode(text: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_nest_and_everything_unusual_is_escaped() {
        let form = Form::new()
            .field(&["amount"], "1290")
            .field(
                &["line_items", "0", "price_data", "product_data", "name"],
                "Tee & Öl, 3 = 1+2",
            )
            .field(&["metadata", "a[b]"], "");
        assert_eq!(
            form.text(),
            "amount=1290&line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=\
             Tee%20%26%20%C3%96l%2C%203%20%3D%201%2B2&metadata%5Ba%5Bb%5D%5D="
        );
    }
}
