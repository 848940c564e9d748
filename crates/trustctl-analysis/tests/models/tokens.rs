//! Every real or documented token of the repository is one that its provider's model makes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use trustctl_catalog::model::{Hosts, Model, ModelPart, ModelVariable};
use trustctl_catalog::{Claim, ClaimType, Provider, Role};
use trustctl_pattern::{Language, Piece, System, SystemPart, Variable};

use crate::checks::{ALWAYS, MISSING, is_listed};
use crate::evaluator::{Reader, Texts, derived, hosts, texts};
use crate::models;
use crate::shapes::{Row, Shape, shapes};
use crate::values::pattern;

/// Claims of a documented token that contradict the rest of it or are no values at all.
const SET_ASIDE: [(&str, &str, &str, &str); 4] = [
    ("github-actions", "sample", "sha", "stands for one"),
    ("gitlab", "sample", "ci_config_ref_uri", "its ref is `main` where the token's is `feature-branch-1`"),
    ("gitlab", "sample", "ci_config_sha", "goes with it"),
    ("buildkite", "sample", "sub", "its ref is a branch where the token has a tag, which it would name"),
];

/// A token of some provider.
pub(crate) struct Token {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) claims: Map<String, Value>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
}

/// Those of the suites, the captured ones, and those of `tokens.json`.
pub(crate) fn tokens() -> Vec<Token> {
    let mut tokens = Vec::new();
    for (model, _) in models() {
        tokens.extend(of_suite(&model.provider, &read(&format!("tests/suites/providers/{}.md", model.provider))));
    }
    let jwt = read("tests/captured/github-npm-publish-2022.jwt");
    let claims = serde_json::from_slice(&base64url(jwt.trim().split('.').nth(1).expect("three parts"))).unwrap();
    tokens.push(Token { kind: "github-actions".to_owned(), name: "captured".to_owned(), claims });
    let ours: Vec<Map<String, Value>> =
        serde_json::from_str(&read("crates/trustctl-analysis/tests/models/tokens.json")).unwrap();
    for token in ours {
        let text = |name: &str| token[name].as_str().expect("a text").to_owned();
        assert!(token.contains_key("of"), "{}: where it is from", text("name"));
        tokens.push(Token {
            kind: text("provider"),
            name: text("name"),
            claims: token["claims"].as_object().unwrap().clone(),
        });
    }
    tokens
}

/// The blocks of claims in a suite of cases.
fn of_suite(kind: &str, text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("\n```json claims=") {
        let (head, after) = after.split_once('\n').unwrap();
        let (json, behind) = after.split_once("\n```").unwrap();
        rest = behind;
        let mut words = head.split(' ');
        let name = words.next().unwrap().to_owned();
        let mut claims = Map::new();
        let mut without = Vec::new();
        for word in words {
            if let Some(other) = word.strip_prefix("extends=") {
                claims = tokens.iter().find(|token| token.name == other).expect("an earlier one").claims.clone();
            }
            without.extend(word.strip_prefix("without=").into_iter().flat_map(|names| names.split(',')));
        }
        claims.retain(|name, _| !without.contains(&name.as_str()));
        let own: Map<String, Value> = serde_json::from_str(json).unwrap();
        claims.extend(own);
        tokens.push(Token { kind: kind.to_owned(), name, claims });
    }
    tokens
}

fn base64url(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for letter in text.bytes() {
        held = held << 6 | u32::try_from(LETTERS.iter().position(|other| *other == letter).unwrap()).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    bytes
}

/// A model that tells which tokens it makes.
pub(crate) struct Maker<'m> {
    model: &'m Model,
    provider: &'m Provider,
    variables: Vec<Variable>,
    kinds: Vec<Kind>,
}

/// A kind of token.
struct Kind {
    claims: BTreeMap<String, Option<Vec<Piece>>>,
    /// Variables that have one of few values.
    only: BTreeMap<usize, Language>,
    hosts: Option<Hosts>,
    customised: Option<Row>,
    /// The parts of the row.
    parts: Vec<Vec<Piece>>,
}

impl<'m> Maker<'m> {
    pub(crate) fn new(model: &'m Model, provider: &'m Provider) -> Self {
        let place = |name: &str| model.variables.iter().position(|variable| variable.name == name).unwrap();
        let piece = |part: ModelPart<'_>| match part {
            ModelPart::Text(text) => Piece::Text(text.to_owned()),
            ModelPart::Name(name) => Piece::Variable(place(name)),
        };
        let pieces = |template: &String| Model::parts(template).into_iter().map(piece).collect();
        let kind = |shape: Shape<'_>| Kind {
            claims: shape.claims.iter().map(|(name, text)| (name.clone(), text.as_ref().map(pieces))).collect(),
            only: shape
                .only
                .iter()
                .map(|(name, words)| (place(name), Language::words(words.iter().map(String::as_str))))
                .collect(),
            parts: shape.customised.iter().flat_map(|row| &row.parts).map(pieces).collect(),
            customised: shape.customised,
            hosts: shape.hosts,
        };
        let variable = |variable: &ModelVariable| Variable {
            language: pattern(&variable.values).language(),
            preferred: [].into(),
        };
        Self {
            model,
            provider,
            variables: model.variables.iter().map(variable).collect(),
            kinds: shapes(model).into_iter().map(kind).collect(),
        }
    }

    /// Whether the token is of some kind.
    pub(crate) fn makes(&self, claims: &Texts, token: &Map<String, Value>) -> bool {
        let hosts = hosts(self.provider, token.get("iss").and_then(Value::as_str));
        let mut kinds = self.kinds.iter().filter(|kind| kind.hosts.is_none_or(|of| of == hosts));
        self.has_elements(token) && kinds.any(|kind| self.is_of(kind, claims))
    }

    /// Whether some parts give the token all its claims at once.
    fn is_of(&self, kind: &Kind, claims: &Texts) -> bool {
        // An example that lacks what every token has says nothing of what else it lacks.
        let mut required = self.provider.claims.iter().filter(|(_, claim)| is_required(claim));
        let is_cut_short = required.any(|(name, _)| !claims.contains_key(name) && !self.is_listed(&MISSING, name));
        let mut parts = Vec::new();
        for (name, template) in &kind.claims {
            match (template, claims.get(name)) {
                (None, None) => {}
                (None, Some(_)) => return false,
                (Some(template), Some(value)) => {
                    parts.push(SystemPart { template: template.clone(), language: Language::words([value.as_str()]) });
                }
                // An old token lacks what is new.
                (Some(_), None) => {
                    let may_lack = match self.provider.claims[name].derived {
                        Some(_) => !has_sources(self.provider, name, claims),
                        None => is_cut_short || self.is_listed(&ALWAYS, name),
                    };
                    if !may_lack {
                        return false;
                    }
                }
            }
        }
        let mut variables = self.variables.clone();
        for (place, only) in &kind.only {
            variables[*place].language = variables[*place].language.intersect(only);
        }
        let solves = |template: Vec<Piece>, value: &str| {
            let mut parts = parts.clone();
            parts.push(SystemPart { template, language: Language::words([value]) });
            System { variables: variables.clone(), parts }.solve().expect("an answer").is_some()
        };
        match kind.customised.as_ref().and_then(|row| Some((row, claims.get(&row.claim)?))) {
            Some((row, value)) => rows(&kind.parts, &row.between, value).into_iter().any(|row| solves(row, value)),
            None => solves(Vec::new(), ""),
        }
    }

    /// Whether its lists hold what their variable can be.
    fn has_elements(&self, token: &Map<String, Value>) -> bool {
        self.model.variables.iter().all(|variable| {
            let Some(list) = &variable.element_of else { return true };
            assert_eq!(self.provider.claims[list].kind, ClaimType::List);
            let elements = token.get(list).and_then(Value::as_array).into_iter().flatten();
            elements
                .map(|element| element.as_str().unwrap_or_default())
                .all(|it| pattern(&variable.values).is_match(it))
        })
    }

    fn is_listed(&self, list: &[(&str, &str)], claim: &str) -> bool {
        is_listed(list, self.model, claim)
    }
}

/// The rows of parts that the value begins like, as templates; a token's own are short.
fn rows(parts: &[Vec<Piece>], between: &str, value: &str) -> Vec<Vec<Piece>> {
    let begins = |part: &[Piece], text: &str| match part.first() {
        Some(Piece::Text(first)) => text.starts_with(first.as_str()),
        _ => true,
    };
    let mut rows = Vec::new();
    let mut open = vec![(value, Vec::new())];
    while let Some((rest, row)) = open.pop() {
        for (at, _) in parts.iter().enumerate().filter(|(_, part)| begins(part, rest)) {
            if row.contains(&at) || row.len() == 4 {
                continue;
            }
            let longer: Vec<usize> = row.iter().copied().chain([at]).collect();
            let behind = rest.match_indices(between).map(|(at, text)| rest.split_at(at + text.len()).1);
            open.extend(behind.map(|behind| (behind, longer.clone())));
            rows.push(longer);
        }
    }
    let template = |row: Vec<usize>| {
        let joined = row.into_iter().enumerate().flat_map(|(at, part)| {
            let text = (at > 0).then(|| Piece::Text(between.to_owned()));
            text.into_iter().chain(parts[part].iter().cloned())
        });
        joined.collect()
    };
    rows.into_iter().map(template).collect()
}

fn is_required(claim: &Claim) -> bool {
    !claim.optional && claim.derived.is_none() && claim.role != Role::Envelope
}

/// Whether the token has what the claim is derived from.
fn has_sources(provider: &Provider, name: &str, claims: &Texts) -> bool {
    let derived = provider.claims[name].derived.as_ref().unwrap();
    crate::checks::sources(provider, derived).iter().all(|source| claims.contains_key(source))
}

/// A token's own claims, with what the evaluator derives from them.
pub(crate) fn whole(provider: &Provider, token: &Token) -> Texts {
    let mut claims = texts(provider, &Value::Object(token.claims.clone()));
    if !derived(provider).is_empty() {
        let issuer = token.claims.get("iss").and_then(Value::as_str);
        claims.extend(Reader::new(provider, issuer).derived(&token.claims));
    }
    claims
}

/// What is set aside of a token.
pub(crate) fn aside(token: &Token) -> Vec<&'static str> {
    let of = SET_ASIDE.iter().filter(|(kind, name, ..)| *kind == token.kind && *name == token.name);
    of.map(|(_, _, claim, _)| *claim).collect()
}

#[test]
fn every_token_is_one_that_the_model_makes() {
    let models: BTreeMap<String, _> =
        models().into_iter().map(|(model, provider)| (model.provider.clone(), (model, provider))).collect();
    let mut problems = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut set_aside = 0;
    for mut token in tokens() {
        let (model, provider) = models[&token.kind];
        let maker = Maker::new(model, provider);
        *seen.entry(token.kind.clone()).or_default() += 1;
        let aside = aside(&token);
        set_aside += aside.len();
        if !aside.is_empty() && maker.makes(&whole(provider, &token), &token.claims) {
            problems.push(format!("{} {}: nothing need be set aside", token.kind, token.name));
        }
        token.claims.retain(|name, _| !aside.contains(&name.as_str()));
        let claims = whole(provider, &token);
        if !maker.makes(&claims, &token.claims) {
            problems.push(format!("{} {}: {claims:?}", token.kind, token.name));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(set_aside, SET_ASIDE.len());
    assert!(seen.len() == models.len() && seen.values().all(|tokens| *tokens > 1), "{seen:?}");
}
