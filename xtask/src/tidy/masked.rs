//! Rust source with its comments and literals told apart from its code, as far as rules about lines need it.
//! It is a scanner, not a parser: macros are code like any other.

/// A source file in which code, strings and comments no longer look alike.
pub struct Masked {
    /// The source with every comment and literal blanked by spaces; lines stay where they were.
    pub code: String,
    /// Line (from 1) and content of every string literal.
    pub strings: Vec<(usize, String)>,
}

/// A function: its name, the line of its `fn`, and its length in lines from there to its closing brace.
#[derive(Debug, PartialEq, Eq)]
pub struct Function<'a> {
    pub name: &'a str,
    pub line: usize,
    pub lines: usize,
}

/// Scans `source`.
pub fn mask(source: &str) -> Masked {
    let mut scanner = Scanner {
        rest: source,
        line: 1,
        code: String::with_capacity(source.len()),
        strings: Vec::new(),
    };
    while !scanner.rest.is_empty() {
        scanner.step();
    }
    Masked {
        code: scanner.code,
        strings: scanner.strings,
    }
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Scanner<'_> {
    fn step(&mut self) {
        let follows_word = self
            .code
            .ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment_length(self.rest));
        } else if let Some((open, hashes)) = raw_string_start(self.rest).filter(|_| !follows_word) {
            let close = format!("\"{}", "#".repeat(hashes));
            let content = self.rest[open..]
                .find(&close)
                .unwrap_or(self.rest.len() - open);
            self.string(open, content, close.len());
        } else if self.rest.starts_with('"') {
            let content = quoted_length(&self.rest[1..], '"');
            self.string(1, content, 1);
        } else if let Some(length) = char_literal_length(self.rest) {
            self.blank(length);
        } else {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            self.keep(length);
        }
    }

    fn string(&mut self, open: usize, content: usize, close: usize) {
        self.strings
            .push((self.line, self.rest[open..open + content].to_owned()));
        self.blank((open + content + close).min(self.rest.len()));
    }

    fn keep(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.code.push_str(taken);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.code
            .extend(taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

fn block_comment_length(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

// Length of `r#"`, `br"` and their like, and the number of hashes.
fn raw_string_start(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        let rest = text.strip_prefix(prefix).unwrap_or_default();
        rest.starts_with('"') || rest.starts_with('#')
    })?;
    let hashes = text[prefix.len()..]
        .bytes()
        .take_while(|byte| *byte == b'#')
        .count();
    let open = prefix.len() + hashes;
    text[open..].starts_with('"').then_some((open + 1, hashes))
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}

// A quote starts a character when it is closed after one character or one escape; otherwise it is a lifetime.
fn char_literal_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let first = rest.chars().next()?;
    if first == '\\' {
        return Some(1 + quoted_length(rest, '\'') + 1).filter(|length| *length <= text.len());
    }
    rest[first.len_utf8()..]
        .starts_with('\'')
        .then(|| first.len_utf8() + 2)
}

impl Masked {
    /// All functions that have a body, in the order of their lines.
    pub fn functions(&self) -> Vec<Function<'_>> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("fn ") {
            let starts_word = !self.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let name = self.code[at + 3..]
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or("");
            if let Some(end) = body_end(&self.code, at).filter(|_| starts_word && !name.is_empty())
            {
                let line = 1 + self.code[..at].matches('\n').count();
                found.push(Function {
                    name,
                    line,
                    lines: 1 + self.code[at..end].matches('\n').count(),
                });
            }
        }
        found
    }
}

// Where the body of the function at `start` closes; `None` for a declaration without a body.
fn body_end(code: &str, start: usize) -> Option<usize> {
    let mut round = 0usize;
    let mut curly = 0usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => round += 1,
            b')' | b']' => round = round.saturating_sub(1),
            b';' if round == 0 && curly == 0 => return None,
            b'{' => curly += 1,
            b'}' if curly <= 1 => return Some(at),
            b'}' => curly -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        let table = [
            ("let a = 1; // todo!()", "let a = 1;"),
            (
                "/* a /* nested */ b */ let a = 1;",
                "                       let a = 1;",
            ),
            (
                r#"call("a \" b", 'x', '\'', 'l)"#,
                r"call(        ,    ,     , 'l)",
            ),
            ("r#\"raw \" text\"# + b", "                + b"),
            ("fn a<'a>(b: &'a str) {}", "fn a<'a>(b: &'a str) {}"),
        ];
        for (source, code) in table {
            assert_eq!(mask(source).code.trim_end(), code, "{source}");
        }
    }

    #[test]
    fn strings_keep_their_line() {
        let masked = mask("let a = \"one\";\nlet b = r#\"two\nlines\"#;\nlet c = \"three\";");
        let expected = [
            (1, "one".to_owned()),
            (2, "two\nlines".to_owned()),
            (4, "three".to_owned()),
        ];
        assert_eq!(masked.strings, expected);
    }

    #[test]
    fn functions_are_measured_from_fn_to_their_brace() {
        let source = "trait T {\n  fn declared(&self, a: [u8; 2]);\n}\nfn short() {}\nfn long(\n  a: u8,\n) -> u8 {\n  if a > 0 { a } else { 0 }\n}\n";
        let masked = mask(source);
        let expected = vec![
            Function {
                name: "short",
                line: 4,
                lines: 1,
            },
            Function {
                name: "long",
                line: 5,
                lines: 5,
            },
        ];
        assert_eq!(masked.functions(), expected);
    }
}
