//! A test of a statement as a condition of the trust language, types kept.

use std::fmt::Write as _;

use trustctl_catalog::profile::{Direction, Profile};
use trustctl_catalog::{ClaimType, Provider, Role};
use trustctl_pattern::{Answer, Pattern};

use crate::said::{Ask, Condition, Form, Loss};
use crate::statements::{self, Scalar, Test, TestOf, translate_ruby};

/// What a test is in the trust language.
pub(super) enum Turned {
    /// No token of the provider meets it.
    Never,
    /// Those that meet this.
    Condition(Condition),
}

/// Turns tests into conditions, and keeps what is lost on the way.
pub(super) struct Turner<'t> {
    pub(super) profile: &'t Profile,
    provider: &'t Provider,
    pub(super) losses: Vec<Loss>,
    /// Claims that the provider's entry lacks.
    pub(super) claims: Vec<(String, ClaimType)>,
}

/// The text that a test asks for, where it is one.
pub(super) fn only_text(asks: &TestOf) -> Option<&str> {
    match super::texts(asks)?.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

impl<'t> Turner<'t> {
    pub(super) fn new(profile: &'t Profile, provider: &'t Provider) -> Self {
        Self { profile, provider, losses: Vec::new(), claims: Vec::new() }
    }

    /// The condition that a test is.
    pub(super) fn turn(&mut self, test: &Test) -> Result<Turned, String> {
        let name = test.claim.as_str();
        let kind = self.kind(test)?;
        let asks = match &test.asks {
            TestOf::In(scalars) => match (values(scalars, kind), scalars.contains(&Scalar::Null)) {
                (values, _) if values.iter().any(String::is_empty) => {
                    return Err(format!("`{name}` may be empty, which is no value in a trust file"));
                }
                (values, true) if values.is_empty() => {
                    let title = &self.profile.title;
                    let about = format!(
                        "{title} wants `{name}` to be null, and a trust file takes it for that where it is missing"
                    );
                    self.lose(Direction::Wider, name, about);
                    Ask::Absent
                }
                (_, true) => return Err(format!("`{name}` may be null or a value")),
                (values, false) if values.is_empty() => return Ok(Turned::Never),
                (values, false) => Ask::Equals(values),
            },
            TestOf::NotIn(scalars) => {
                self.wants_value(name);
                match values(scalars, kind) {
                    values if values.is_empty() => Ask::Present,
                    values => Ask::Not(values),
                }
            }
            TestOf::Matches { others_pass, .. } if kind != ClaimType::String => {
                return Ok(if *others_pass { Turned::Condition(condition(name, Ask::Present)) } else { Turned::Never });
            }
            TestOf::Matches { forms, others_pass } => {
                if *others_pass {
                    self.wants_value(name);
                }
                self.matches(name, forms)?
            }
        };
        Ok(Turned::Condition(condition(name, asks)))
    }

    /// A condition of which every token that meets it does not meet this one; `None` where there is none.
    pub(super) fn negated(&mut self, turned: &Condition) -> Option<Condition> {
        let name = turned.claim.as_str();
        self.wants_value(name);
        let is_composed = self.provider.claims.get(name).is_some_and(|claim| claim.shape.is_some());
        let asks = match &turned.asks {
            // A null that is wanted is missed by whatever is there.
            Ask::Absent => Ask::Present,
            Ask::Equals(values) => Ask::Not(values.clone()),
            Ask::Not(values) => Ask::Equals(values.clone()),
            Ask::Matches { any, none } if none.is_empty() => Ask::Matches { any: Vec::new(), none: any.clone() },
            _ => return None,
        };
        // Only whole values stand on a claim that is put together of parts, and none of them in a `not`.
        (!is_composed).then(|| condition(name, asks))
    }

    fn matches(&mut self, name: &str, forms: &[statements::Form]) -> Result<Ask, String> {
        let claim = self.provider.claims.get(name);
        let mut any = Vec::new();
        for form in forms {
            match form {
                statements::Form::Text(text) => any.push(Form::Text(text.clone())),
                statements::Form::Prefix(prefix) if prefix.is_empty() => return Ok(Ask::Present),
                statements::Form::Prefix(prefix) => any.push(Form::Prefix(prefix.clone())),
                statements::Form::Glob(glob) => any.push(Form::Regex(of_glob(glob))),
                statements::Form::Search(text) => any.push(of_search(text).map_err(|why| {
                    format!("`{text}`, which `{name}` must match, is not said in a trust file: {why}")
                })?),
            }
        }
        let texts: Option<Vec<String>> =
            any.iter().map(|form| if let Form::Text(text) = form { Some(text.clone()) } else { None }).collect();
        if let Some(texts) = texts {
            return Ok(Ask::Equals(texts));
        }
        if claim.is_some_and(|claim| claim.shape.is_some()) {
            return Err(format!("no pattern stands on `{name}` in a trust file, for it is put together from parts"));
        }
        let title = &self.profile.title;
        let about = format!("patterns of a trust file see printable ASCII in `{name}`, and those of {title} all");
        self.lose(Direction::Narrower, name, about);
        Ok(Ask::Matches { any, none: Vec::new() })
    }

    /// The type of the claim, which is declared where the provider's entry lacks it.
    fn kind(&mut self, test: &Test) -> Result<ClaimType, String> {
        let name = test.claim.as_str();
        match self.provider.claims.get(name) {
            Some(claim) if claim.role == Role::Envelope => {
                Err(format!("`{name}` is checked of every token, and is no condition"))
            }
            Some(claim) if claim.derived.is_some() || claim.at.is_some() => {
                Err(format!("`{name}` is another claim in a trust file"))
            }
            Some(claim) => Ok(claim.kind),
            None if self.provider.families.iter().any(|family| name.starts_with(family.as_str())) => {
                Ok(ClaimType::String)
            }
            None => {
                let kind = match &test.asks {
                    TestOf::In(scalars) | TestOf::NotIn(scalars) => scalars.iter().find_map(kind_of),
                    TestOf::Matches { .. } => None,
                };
                let kind = kind.unwrap_or(ClaimType::String);
                if !self.claims.iter().any(|(known, _)| known == name) {
                    self.claims.push((name.to_owned(), kind));
                }
                Ok(kind)
            }
        }
    }

    /// That a claim without a value passes there, and not in a trust file.
    fn wants_value(&mut self, name: &str) {
        if self.provider.claims.get(name).is_none_or(|claim| claim.optional) {
            let about = format!("a trust file wants `{name}` to be there; {} does not everywhere", self.profile.title);
            self.lose(Direction::Narrower, name, about);
        }
    }

    fn lose(&mut self, is: Direction, claim: &str, about: String) {
        let loss = Loss { is, claims: vec![claim.to_owned()], about };
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }
}

fn condition(claim: &str, asks: Ask) -> Condition {
    Condition { claim: claim.to_owned(), asks }
}

/// The values that a claim of this type can have, as a trust file writes them.
fn values(scalars: &[Scalar], kind: ClaimType) -> Vec<String> {
    let values = scalars.iter().filter(|scalar| kind_of(scalar) == Some(kind)).map(|scalar| match scalar {
        Scalar::Text(text) | Scalar::Number(text) => text.clone(),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Null => String::new(),
    });
    values.collect()
}

fn kind_of(scalar: &Scalar) -> Option<ClaimType> {
    match scalar {
        Scalar::Null => None,
        Scalar::Boolean(_) => Some(ClaimType::Boolean),
        Scalar::Text(_) => Some(ClaimType::String),
        // Numbers that are not whole are no claim of the trust language.
        Scalar::Number(text) => text
            .strip_prefix('-')
            .unwrap_or(text)
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(ClaimType::Integer),
    }
}

/// A glob whose wildcards take every character, as a regular expression.
fn of_glob(glob: &str) -> String {
    let mut regex = String::new();
    for c in glob.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            c => literal(&mut regex, c),
        }
    }
    regex
}

/// A text as a regular expression of it alone.
pub(super) fn escaped(text: &str) -> String {
    let mut regex = String::new();
    text.chars().for_each(|c| literal(&mut regex, c));
    regex
}

fn literal(regex: &mut String, c: char) {
    if c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '@' | ':' | ' ') || !c.is_ascii() {
        regex.push(c);
    } else {
        _ = write!(regex, "\\{c}");
    }
}

/// A pattern of Ruby's that is found anywhere, as one of the whole text that says the very same.
fn of_search(text: &str) -> Result<Form, String> {
    let translated = translate_ruby(text)?;
    let searched = Pattern::search(&translated).map_err(|error| error.to_string())?;
    let (mut inner, mut before, mut after) = (translated.as_ref(), ".*", ".*");
    if let Some(rest) = ["\\A", "^"].iter().find_map(|anchor| inner.strip_prefix(anchor)) {
        (inner, before) = (rest, "");
    }
    if let Some(rest) = ["\\z", "$"].iter().find_map(|anchor| inner.strip_suffix(anchor)) {
        (inner, after) = (rest, "");
    }
    let plain = inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '@' | ':' | ' '));
    let form = match (before, after, plain) {
        ("", "", true) => Form::Text(inner.to_owned()),
        ("", ".*", true) => Form::Prefix(inner.to_owned()),
        _ if inner.contains('|') => Form::Regex(format!("{before}({inner}){after}")),
        _ => Form::Regex(format!("{before}{inner}{after}")),
    };
    let whole = match &form {
        Form::Text(text) => Pattern::regex(text),
        Form::Prefix(prefix) => Pattern::regex(&format!("{prefix}.*")),
        Form::Regex(regex) => Pattern::regex(regex),
    };
    let (one, other) = (whole.map_err(|error| error.to_string())?.language(), searched.language());
    // Only what is proved to be the same is written.
    match (one.is_subset_of(&other), other.is_subset_of(&one)) {
        (Answer::Yes, Answer::Yes) => Ok(form),
        _ => Err("it cannot be shown to mean the same there".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_becomes_the_same_pattern_of_the_whole_text_or_none() {
        for (search, form) in [
            ("\\Aacme/widgets\\z", Ok(Form::Text("acme/widgets".to_owned()))),
            ("^acme/", Ok(Form::Prefix("acme/".to_owned()))),
            ("acme", Ok(Form::Regex(".*acme.*".to_owned()))),
            ("\\Av[0-9]+\\.[0-9]+\\Z", Ok(Form::Regex("v[0-9]+\\.[0-9]+".to_owned()))),
            ("a|b", Ok(Form::Regex(".*(a|b).*".to_owned()))),
        ] {
            assert_eq!(of_search(search), form, "{search}");
        }
        for search in ["a\\b", "(?=a)", "\\Aa|b\\z"] {
            assert!(of_search(search).is_err(), "{search}");
        }
    }

    #[test]
    fn globs_take_every_character() {
        assert_eq!(of_glob("release/*.?"), "release/.*\\..");
    }
}
