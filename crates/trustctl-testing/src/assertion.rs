//! Trailing comments that say what is to be found at their line.
//!
//! They are no part of the trust file: it is read without them, so that they can stand where YAML has no room for a
//! comment. `# ^ error: …` on a line of its own is about the line above.

use trustctl_analysis::Finding;

/// What sort of thing is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A diagnostic of the reader.
    Error,
    /// A reason why the policy does not load for deciding.
    Refused,
    /// A finding of the linter.
    Lint,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Refused => "refused",
            Self::Lint => "lint",
        }
    }
}

/// One thing expected at one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) kind: Kind,
    pub(crate) code: String,
    /// Must be in the message, in a label or in the help.
    pub(crate) text: Option<String>,
    /// Line of the trust file, from 1.
    pub(crate) line: usize,
    /// Line of the Markdown file, from 1.
    pub(crate) at: usize,
}

/// A trust file freed from its assertions.
#[derive(Debug)]
pub(crate) struct Stripped {
    pub(crate) text: String,
    pub(crate) expected: Vec<Expected>,
    /// For each line of `text`, its line in the Markdown file.
    pub(crate) lines: Vec<usize>,
}

/// Takes the assertions out of a block whose first line is line `first` of the Markdown file.
///
/// # Errors
///
/// A comment that begins like an assertion and is none: its line and what is wrong.
pub(crate) fn strip(block: &[String], first: usize) -> Result<Stripped, (usize, String)> {
    let mut stripped = Stripped { text: String::new(), expected: Vec::new(), lines: Vec::new() };
    for (line, at) in block.iter().zip(first..) {
        let Some((before, kind, rest)) = comment(line) else {
            stripped.push(line, at);
            continue;
        };
        let about = match before {
            Before::Line(text) => {
                stripped.push(text, at);
                stripped.lines.len()
            }
            Before::Above => stripped.lines.len(),
        };
        for (code, text) in items(rest).map_err(|problem| (at, problem))? {
            stripped.expected.push(Expected { kind, code, text, line: about, at });
        }
    }
    Ok(stripped)
}

impl Stripped {
    fn push(&mut self, line: &str, at: usize) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines.push(at);
    }
}

enum Before<'l> {
    Line(&'l str),
    Above,
}

fn comment(line: &str) -> Option<(Before<'_>, Kind, &str)> {
    let kinds = [Kind::Error, Kind::Refused, Kind::Lint];
    let of = |text: &'_ str| -> Option<(Kind, usize)> {
        let kind = kinds
            .into_iter()
            .find(|kind| text.strip_prefix(kind.word()).is_some_and(|rest| rest.starts_with(": [")))?;
        Some((kind, kind.word().len() + 1))
    };
    if let Some(rest) = line.trim_start().strip_prefix("# ^ ") {
        let (kind, len) = of(rest)?;
        return Some((Before::Above, kind, rest.get(len..)?));
    }
    // The last ` # ` that begins an assertion: what is before may hold a `#` of its own.
    let (at, kind, len) = line.rmatch_indices("# ").find_map(|(at, mark)| {
        let blank_before = at == 0 || line.get(..at).is_some_and(|before| before.ends_with(' '));
        let (kind, len) = of(line.get(at + mark.len()..)?)?;
        blank_before.then_some((at, kind, at + mark.len() + len))
    })?;
    Some((Before::Line(line.get(..at)?.trim_end()), kind, line.get(len..)?))
}

/// `[code] "text"; [code]`.
fn items(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    loop {
        let (code, after) = rest
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .ok_or_else(|| format!("`{rest}` is no assertion: write `[code] \"text\"`"))?;
        let after = after.trim_start();
        let (text, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (text, after) = quoted.split_once('"').ok_or("the text of an assertion is not closed")?;
                (Some(text.to_owned()), after.trim_start())
            }
            None => (None, after),
        };
        found.push((code.to_owned(), text));
        match after.strip_prefix(';') {
            Some(more) => rest = more.trim_start(),
            None if after.is_empty() => return Ok(found),
            None => return Err(format!("`{after}` follows an assertion")),
        }
    }
}

/// A diagnostic or a finding, as far as assertions look at it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) code: &'static str,
    pub(crate) line: usize,
    texts: Vec<String>,
}

impl Found {
    pub(crate) fn new(kind: Kind, line: usize, finding: &Finding) -> Self {
        let labels = finding.labels.iter().map(|label| label.text.clone());
        let texts = std::iter::once(finding.message.clone()).chain(labels).chain(finding.help.clone()).collect();
        Self { kind, code: finding.rule, line, texts }
    }

    fn meets(&self, expected: &Expected) -> bool {
        let text = |wanted: &String| self.texts.iter().any(|text| text.contains(wanted.as_str()));
        self.kind == expected.kind
            && self.code == expected.code
            && self.line == expected.line
            && expected.text.as_ref().is_none_or(text)
    }

    pub(crate) fn shown(&self) -> String {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        format!("{}: [{}] {}", self.kind.word(), self.code, texts.join(" | "))
    }
}

/// Pairs what was expected with what was found; what is left of both is wrong.
pub(crate) fn compare(expected: &[Expected], found: Vec<Found>) -> (Vec<Expected>, Vec<Found>) {
    let mut left = found;
    let mut unmet = Vec::new();
    // Those with a text first: they are choosier.
    let mut order: Vec<&Expected> = expected.iter().collect();
    order.sort_by_key(|expected| expected.text.is_none());
    for wanted in order {
        match left.iter().position(|found| found.meets(wanted)) {
            Some(at) => drop(left.remove(at)),
            None => unmet.push(wanted.clone()),
        }
    }
    (unmet, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_without_its_assertion() {
        let block =
            ["a: b # c # error: [one] \"t;\"; [two]", "# ^ refused: [three]", "x: '# error'", "e: # error: [four]"];
        let stripped = strip(&block.map(str::to_owned), 7).unwrap();
        assert_eq!(stripped.text, "a: b # c\nx: '# error'\ne:\n");
        assert_eq!(stripped.lines, [7, 9, 10]);
        let shown: Vec<_> =
            stripped.expected.iter().map(|e| (e.code.as_str(), e.text.as_deref(), e.line, e.at)).collect();
        assert_eq!(
            shown,
            [("one", Some("t;"), 1, 7), ("two", None, 1, 7), ("three", None, 1, 8), ("four", None, 3, 10)]
        );
    }

    #[test]
    fn a_slip_in_an_assertion_is_told() {
        assert!(strip(&["a: # error: [one] text".to_owned()], 1).is_err());
        assert!(strip(&["a: # error: [one] \"text".to_owned()], 1).is_err());
    }
}
