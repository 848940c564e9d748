//! A policy as its author wrote it.

use serde_json::Value as Json;
use trustctl_catalog::profile::Publisher;
use trustctl_claims::ClaimKey;
use trustctl_pattern::Pattern;

use super::{Asks, Matcher, Policy, Rule, Statement};
use crate::profile_pattern::compiled;
use crate::statements::shape::{Problems, below, listed};
use crate::statements::value::{Scalar, kind};
use crate::{FieldValue, Record, RecordProblem};

/// Most bytes of a glob, most globs of a matcher, and most bytes of all globs of a policy. Ours: Buildkite names no bounds,
/// and matching takes time with the product of a glob's length and a claim's.
const LONGEST_GLOB: usize = 1024;
const MOST_GLOBS: usize = 100;
const LONGEST_GLOBS: usize = 16 * 1024;

/// Reads a policy, with everything that the registry would object to.
pub(in crate::statements) fn read(
    publisher: &Publisher,
    record: &Record,
    at: &dyn Fn(&str) -> String,
) -> (Policy, Vec<RecordProblem>) {
    let example = publisher.field("statements").map_or("", |field| field.example.as_str());
    let issuers = publisher.issuer_pattern.as_deref().and_then(compiled);
    let mut reader = Reader { publisher, issuers, example, glob_bytes: 0, problems: Problems::new("statements") };
    let at = at("statements");
    let statements = match record.fields.get("statements") {
        Some(FieldValue::Any(value)) => {
            let items = reader.problems.list(&at, "a policy", example, value);
            if items.is_empty() && reader.problems.is_empty() {
                reader.problems.add(&at, "a policy without a statement lets nobody in", format!("as in `{example}`"));
            }
            items
        }
        _ => &[],
    };
    let statements =
        statements.iter().enumerate().map(|(index, value)| reader.statement(&format!("{at}/{index}"), value)).collect();
    (Policy { statements }, reader.problems.into_list())
}

struct Reader<'p> {
    publisher: &'p Publisher,
    issuers: Option<Pattern>,
    /// A policy that is taken.
    example: &'p str,
    /// Of all globs so far.
    glob_bytes: usize,
    problems: Problems,
}

impl Reader<'_> {
    fn statement(&mut self, at: &str, value: &Json) -> Statement {
        let before = self.problems.len();
        let nothing = Statement { issuer: None, scopes: Vec::new(), rules: Vec::new() };
        let Some(members) = self.problems.object(at, "a statement", self.example, value) else { return nothing };
        self.problems.known(at, "a statement", members, &["iss", "scopes", "claims"]);
        let issuer = self.problems.text(at, "a statement", self.example, members, "iss");
        if let Some(issuer) = issuer {
            self.issuer(&below(at, "iss"), issuer);
        }
        let scopes = self.scopes(&below(at, "scopes"), members.get("scopes"));
        let rules = self.rules(&below(at, "claims"), members.get("claims"));
        if self.problems.len() > before {
            return nothing;
        }
        Statement { issuer: issuer.map(str::to_owned), scopes, rules }
    }

    fn issuer(&mut self, at: &str, issuer: &str) {
        let is_known = self.publisher.issuers.iter().any(|known| known == issuer)
            || self.issuers.as_ref().is_some_and(|pattern| pattern.is_match(issuer));
        if !is_known {
            let mend = format!("those of {}, each issuer exactly as its tokens have it", self.publisher.title);
            self.problems.add(at, format!("tokens of `{issuer}` are not taken"), mend);
        }
    }

    fn scopes(&mut self, at: &str, value: Option<&Json>) -> Vec<String> {
        let known = &self.publisher.scopes;
        let mend = format!("one or more of {}", listed(known));
        let Some(value) = value else {
            self.problems.add(at, "a statement has no `scopes`", mend);
            return Vec::new();
        };
        let items = self.problems.list(at, "`scopes`", "scopes: [read_packages]", value);
        if items.is_empty() && value.is_array() {
            self.problems.add(at, "a statement without scopes grants nothing", mend.clone());
        }
        let mut scopes: Vec<String> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str().filter(|scope| known.iter().any(|known| known == scope)) {
                Some(scope) if scopes.iter().any(|other| other == scope) => {}
                Some(scope) => scopes.push(scope.to_owned()),
                None => {
                    let shown =
                        Scalar::read(item).map_or_else(|| kind(item).to_owned(), |item| format!("`{}`", item.shown()));
                    self.problems.add(&format!("{at}/{index}"), format!("{shown} is no scope"), mend.clone());
                }
            }
        }
        scopes
    }

    fn rules(&mut self, at: &str, value: Option<&Json>) -> Vec<Rule> {
        const RULE: &str = "claims: {organization_slug: acme}";
        let Some(value) = value else {
            self.problems.add(at, "a statement has no `claims`", format!("as in `{RULE}`"));
            return Vec::new();
        };
        let Some(members) = self.problems.object(at, "`claims`", RULE, value) else { return Vec::new() };
        let rules = members.iter().map(|(claim, rule)| Rule {
            claim: ClaimKey::new(claim),
            matchers: self.matchers(&below(at, claim), rule),
        });
        rules.collect()
    }

    fn matchers(&mut self, rule_at: &str, rule: &Json) -> Vec<Matcher> {
        const MATCHERS: &str = "`equals`, `not_equals`, `in`, `not_in` and `matches`";
        if let Some(scalar) = Scalar::read(rule) {
            return vec![Matcher { name: "equals", asks: Asks::In(vec![scalar]) }];
        }
        let Json::Object(members) = rule else {
            self.problems.add(
                rule_at,
                "a claim's rule is one value or its matchers",
                "several values are `{in: [a, b]}`",
            );
            return Vec::new();
        };
        if members.is_empty() {
            self.problems.add(rule_at, "a claim's rule asks nothing", format!("a value, or some of {MATCHERS}"));
        }
        let mut matchers = Vec::new();
        for (name, value) in members {
            let at = below(rule_at, name);
            let asks = match name.as_str() {
                "equals" => self.scalar(&at, name, value).map(|scalar| ("equals", Asks::In(vec![scalar]))),
                "not_equals" => self.scalar(&at, name, value).map(|scalar| ("not_equals", Asks::NotIn(vec![scalar]))),
                "in" => self.scalars(&at, value).map(|scalars| ("in", Asks::In(scalars))),
                "not_in" => self.scalars(&at, value).map(|scalars| ("not_in", Asks::NotIn(scalars))),
                "matches" => self.globs(&at, value).map(|globs| ("matches", Asks::Matches(globs))),
                other => {
                    let mend = format!("the matchers are {MATCHERS}");
                    self.problems.unknown(rule_at, other, "there is no such matcher", mend);
                    None
                }
            };
            matchers.extend(asks.map(|(name, asks)| Matcher { name, asks }));
        }
        matchers
    }

    fn scalar(&mut self, at: &str, name: &str, value: &Json) -> Option<Scalar> {
        let scalar = Scalar::read(value);
        if scalar.is_none() {
            let several = if name == "equals" { "in" } else { "not_in" };
            let reason = format!("`{name}` has one value, and this is {}", kind(value));
            self.problems.add(at, reason, format!("several values are `{several}: [a, b]`"));
        }
        scalar
    }

    fn scalars(&mut self, at: &str, value: &Json) -> Option<Vec<Scalar>> {
        let scalars = value.as_array().and_then(|items| items.iter().map(Scalar::read).collect());
        if scalars.is_none() {
            self.problems.add(at, "this is no list of values", "values between brackets: `[a, b]`");
        }
        scalars
    }

    fn globs(&mut self, at: &str, value: &Json) -> Option<Vec<String>> {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let globs: Option<Vec<String>> = match value {
            Json::Array(items) => items.iter().map(text).collect(),
            one => text(one).map(|glob| vec![glob]),
        };
        let Some(globs) = globs else {
            self.problems.add(at, "`matches` has a glob or a list of globs", "as in `matches: [main, feature/*]`");
            return None;
        };
        self.glob_bytes = globs.iter().fold(self.glob_bytes, |sum, glob| sum.saturating_add(glob.len()));
        let reason = if globs.len() > MOST_GLOBS {
            format!("`matches` has {} globs, and more than {MOST_GLOBS} are not read here", globs.len())
        } else if globs.iter().any(|glob| glob.len() > LONGEST_GLOB) {
            format!("a glob of more than {LONGEST_GLOB} bytes is not read here")
        } else if self.glob_bytes > LONGEST_GLOBS {
            format!("the policy's globs are longer than {LONGEST_GLOBS} bytes together, and are not read here")
        } else {
            return Some(globs);
        };
        self.problems.add(at, reason, "fewer and shorter globs: `*` stands for any run of characters");
        None
    }
}
