//! One line of a `decide` block.

use serde_json::value::RawValue;

/// A line.
pub(crate) enum Line {
    /// `at 2026-11-21T00:00:00Z`: the time of the lines below.
    At(i64),
    Decision(Decision),
}

/// `EFFECT ACTION NAME[@VERSION] [at REGISTRY] as CLAIMS [with NAME=JSON, …] [without NAME, …][: EXPECTED; …]`
pub(crate) struct Decision {
    pub(crate) allow: bool,
    pub(crate) what: What,
    pub(crate) registry: Option<String>,
    pub(crate) claims: String,
    pub(crate) with: Vec<(String, Box<RawValue>)>,
    pub(crate) without: Vec<String>,
    pub(crate) expected: Vec<String>,
}

/// What is asked for.
pub(crate) enum What {
    Package { name: String, version: Option<String>, action: String },
    Account { name: String },
}

/// Reads a line.
///
/// # Errors
///
/// What it does not have.
pub(crate) fn read(text: &str) -> Result<Line, String> {
    let mut rest = Rest(text);
    match rest.word() {
        "at" => {
            let time: jiff::Timestamp = rest.0.trim().parse().map_err(|_| format!("`{}` is no time", rest.0))?;
            Ok(Line::At(time.as_second()))
        }
        "allow" => decision(true, rest).map(Line::Decision),
        "deny" => decision(false, rest).map(Line::Decision),
        other => Err(format!("`{other}` is neither `allow`, `deny` nor `at`")),
    }
}

fn decision(allow: bool, mut rest: Rest<'_>) -> Result<Decision, String> {
    let action = rest.word().to_owned();
    let (name, version) = rest.name()?;
    let what = match (action.as_str(), version) {
        ("account", None) => What::Account { name },
        ("account", Some(version)) => What::Account { name: format!("{name}@{version}") },
        (_, version) => What::Package { name, version, action },
    };
    let registry = rest.takes("at ").then(|| rest.word().to_owned());
    if !rest.takes("as ") {
        return Err("it does not say `as CLAIMS`".to_owned());
    }
    let claims = rest.until(&[' ', ':']).to_owned();
    let mut line =
        Decision { allow, what, registry, claims, with: Vec::new(), without: Vec::new(), expected: Vec::new() };
    rest.skip();
    if rest.takes("with ") {
        loop {
            rest.skip();
            let name = rest.until(&['=']).trim().to_owned();
            if !rest.takes("=") {
                return Err(format!("`{name}` has no value: write `with {name}=JSON`"));
            }
            line.with.push((name, rest.json()?));
            if !rest.takes(",") {
                break;
            }
        }
    }
    rest.skip();
    if rest.takes("without ") {
        loop {
            rest.skip();
            line.without.push(rest.until(&[',', ' ', ':']).to_owned());
            if !rest.takes(",") {
                break;
            }
        }
    }
    rest.skip();
    if rest.takes(":") {
        line.expected = rest.0.split(';').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
    } else if !rest.0.is_empty() {
        return Err(format!("`{}` is not understood", rest.0));
    }
    Ok(line)
}

/// What is left of a line.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn skip(&mut self) {
        self.0 = self.0.trim_start();
    }

    /// Takes what stands before the next of `ends`, or all.
    fn until(&mut self, ends: &[char]) -> &'t str {
        let (before, after) = self.0.split_at(self.0.find(ends).unwrap_or(self.0.len()));
        self.0 = after;
        before
    }

    fn word(&mut self) -> &'t str {
        let word = self.until(&[' ']);
        self.skip();
        word
    }

    fn takes(&mut self, text: &str) -> bool {
        let after = self.0.strip_prefix(text);
        self.0 = after.unwrap_or(self.0);
        after.is_some()
    }

    /// A name, perhaps with `@VERSION`; either may be a JSON string.
    fn name(&mut self) -> Result<(String, Option<String>), String> {
        if self.0.starts_with('"') {
            let name = text(&self.json()?)?;
            let version = match self.takes("@") {
                true if self.0.starts_with('"') => Some(text(&self.json()?)?),
                true => Some(self.word().to_owned()),
                false => None,
            };
            self.skip();
            return Ok((name, version));
        }
        let word = self.word();
        Ok(match word.rfind('@') {
            Some(at) if at > 0 => {
                let (name, version) = word.split_at(at);
                (name.to_owned(), Some(version.trim_start_matches('@').to_owned()))
            }
            _ => (word.to_owned(), None),
        })
    }

    fn json(&mut self) -> Result<Box<RawValue>, String> {
        let mut stream = serde_json::Deserializer::from_str(self.0).into_iter::<Box<RawValue>>();
        let value = match stream.next() {
            Some(Ok(value)) => value,
            _ => return Err(format!("`{}` does not begin with JSON", self.0)),
        };
        let (_, after) = self.0.split_at(stream.byte_offset());
        self.0 = after;
        Ok(value)
    }
}

fn text(json: &RawValue) -> Result<String, String> {
    serde_json::from_str(json.get()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match read(text) {
            Err(problem) => format!("error: {problem}"),
            Ok(Line::At(time)) => format!("at {time}"),
            Ok(Line::Decision(line)) => {
                let what = match line.what {
                    What::Account { name } => format!("account {name}"),
                    What::Package { name, version, action } => format!("{action} {name} {version:?}"),
                };
                let with: Vec<_> = line.with.iter().map(|(name, json)| format!("{name}={}", json.get())).collect();
                format!(
                    "{} | {what} | {:?} | {} | {with:?} | {:?} | {:?}",
                    line.allow, line.registry, line.claims, line.without, line.expected
                )
            }
        }
    }

    #[test]
    fn lines_are_read_whole() {
        assert_eq!(
            shown(
                "deny publish @acme/widgets@1.4.0-rc.1 at npm as release with a:b/c={\"d\": [1, 2]}, e=\"x: y\" without f, g: fail a; ..."
            ),
            "false | publish @acme/widgets Some(\"1.4.0-rc.1\") | Some(\"npm\") | release | [\"a:b/c={\\\"d\\\": [1, 2]}\", \"e=\\\"x: y\\\"\"] | [\"f\", \"g\"] | [\"fail a\", \"...\"]"
        );
        assert_eq!(shown("allow account ci-publisher as a"), "true | account ci-publisher | None | a | [] | [] | []");
        assert_eq!(
            shown("deny publish \"a b\"@\"1 \" as a: bad-request"),
            "false | publish a b Some(\"1 \") | None | a | [] | [] | [\"bad-request\"]"
        );
        assert_eq!(shown("at 1970-01-02T00:00:00Z"), "at 86400");
    }

    #[test]
    fn slips_are_told() {
        for text in [
            "maybe x",
            "allow publish x",
            "allow publish x as a b",
            "allow publish x as a with b",
            "allow publish x as a with b=c",
            "at noon",
        ] {
            assert!(shown(text).starts_with("error"), "{text}: {}", shown(text));
        }
    }
}
