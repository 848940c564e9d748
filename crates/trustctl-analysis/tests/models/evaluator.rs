//! What the evaluator finds in a token for each derived claim.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use trustctl_catalog::model::Hosts;
use trustctl_catalog::{Claim, ClaimType, Derivation, Issuer, Provider};
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Evaluator, Request, Shown, Target};
use trustctl_pattern::{Pattern, Piece, readings};
use trustctl_policy::read_text;

/// Claims by name as the trust language has their values: `true` for a boolean.
pub(crate) type Texts = BTreeMap<String, String>;

/// Tokens of one issuer, as the evaluator reads them.
pub(crate) struct Reader {
    evaluator: Evaluator,
    pub(crate) issuer: String,
    derived: Vec<String>,
}

impl Reader {
    /// For tokens of that issuer; of the provider's first form where there is none.
    pub(crate) fn new(provider: &Provider, issuer: Option<&str>) -> Self {
        let fields = issuer.map(|issuer| settings(provider, issuer)).unwrap_or_default();
        let fields: Vec<String> = match (issuer, provider.issuers.first()) {
            (Some(_), _) => fields,
            (None, first) => {
                let fields = first.into_iter().flat_map(|first| &first.fields);
                fields.map(|(name, field)| format!("{name}: {:?}", field.example)).collect()
            }
        };
        let derived = derived(provider);
        assert!(!derived.is_empty(), "{} has none", provider.kind);
        let asked: Vec<String> = derived.iter().map(|name| format!("{name:?}: {{ present: true }}")).collect();
        let text = format!(
            "trust: 1\nregistry: {{ kind: generic, audience: https://packages.acme.example }}\n\
             providers: {{ p: {{ kind: {}, {} }} }}\n\
             grants: [{{ packages: [widgets], actions: [publish], provider: p, when: {{ {} }} }}]\n",
            provider.kind,
            fields.join(", "),
            asked.join(", ")
        );
        let reading = read_text("trust.yaml", &text);
        assert_eq!(reading.diagnostics, [], "{text}");
        let policy = Arc::new(reading.policy.expect("a policy"));
        let (_, of_policy) = policy.providers().next().expect("a provider");
        let issuer = policy.issuer(of_policy.issuer).expect("an issuer").text.clone();
        Self { evaluator: Evaluator::new(policy), issuer, derived }
    }

    /// The derived claims of a token; those that it has not are absent.
    pub(crate) fn derived(&self, token: &Map<String, Value>) -> Texts {
        let mut token = token.clone();
        token.insert("iss".to_owned(), json!(self.issuer));
        let json = serde_json::to_string(&token).unwrap();
        let claims = Claims::parse(&json).unwrap_or_else(|problem| panic!("{problem}: {json}"));
        let target = Target::Package { name: "widgets", version: None, action: "publish" };
        let request = Request { registry: "generic", target };
        let trace = self.evaluator.evaluate(&claims, &request, UnixTime(1_795_262_400)).trace();
        let lines = &trace.grants.first().unwrap_or_else(|| panic!("no grant for {json}")).lines;
        let value = |name: &String| {
            let line = lines.iter().find(|line| line.claim == *name).unwrap_or_else(|| panic!("`{name}` is not asked"));
            match &line.found {
                Shown::Absent => None,
                Shown::Value(value) => Some((name.clone(), value.clone())),
            }
        };
        self.derived.iter().filter_map(value).collect()
    }
}

/// Whose host the issuer is on; the provider's where there is none.
pub(crate) fn hosts(provider: &Provider, issuer: Option<&str>) -> Hosts {
    let form = issuer.and_then(|issuer| provider.issuers.iter().find(|form| values(form, issuer).is_some()));
    if form.is_some_and(|form| form.template.starts_with("https://{host}")) { Hosts::Others } else { Hosts::Own }
}

/// What a trust file writes to mean that issuer.
fn settings(provider: &Provider, issuer: &str) -> Vec<String> {
    let found = provider.issuers.iter().find_map(|form| Some((form, values(form, issuer)?)));
    let (form, values) = found.unwrap_or_else(|| panic!("{}: no form of `{issuer}`", provider.kind));
    let switch = form.switch.iter().map(|switch| format!("{switch}: true"));
    values.into_iter().map(|(name, value)| format!("{name}: {value:?}")).chain(switch).collect()
}

/// The fields of an issuer of that form.
fn values(form: &Issuer, issuer: &str) -> Option<Vec<(String, String)>> {
    let names: Vec<&String> = form.fields.keys().collect();
    let mut pieces = Vec::new();
    let mut rest = form.template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Variable(names.iter().position(|other| *other == name)?));
        rest = behind;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    let patterns: Vec<Pattern> = form.fields.values().map(|field| Pattern::regex(&field.pattern).unwrap()).collect();
    let reading = readings(issuer, &pieces, |at, value| patterns[at].is_match(value))?.into_iter().next()?;
    Some(reading.into_iter().map(|(at, value)| (names[at].clone(), value)).collect())
}

/// The token with these claims, each of its type and at its place.
pub(crate) fn token(provider: &Provider, claims: &Texts) -> Map<String, Value> {
    let mut token = Map::new();
    for (name, text) in claims {
        let claim = &provider.claims[name];
        if claim.derived.is_some() {
            continue;
        }
        let value = match claim.kind {
            ClaimType::String => json!(text),
            ClaimType::Integer | ClaimType::Boolean => serde_json::from_str(text).unwrap(),
            ClaimType::List => json!([text]),
        };
        let path = claim.at.as_deref().map_or_else(|| name.clone(), |at| at.trim_start_matches('/').to_owned());
        let mut path: Vec<&str> = if claim.at.is_some() { path.split('/').collect() } else { vec![&path] };
        let last = path.pop().unwrap();
        let outer = path
            .into_iter()
            .fold(&mut token, |outer, name| outer.entry(name).or_insert_with(|| json!({})).as_object_mut().unwrap());
        outer.insert(last.to_owned(), value);
    }
    token
}

/// The claims of a token that the provider knows, those aside that are null, empty or no text.
pub(crate) fn texts(provider: &Provider, token: &Value) -> Texts {
    let own = provider.claims.iter().filter(|(_, claim)| claim.derived.is_none() && claim.kind != ClaimType::List);
    own.filter_map(|(name, claim)| {
        let value = match &claim.at {
            Some(at) => token.pointer(at)?,
            None => token.get(name)?,
        };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then(|| (name.clone(), text))
    })
    .collect()
}

/// The provider's derived claims; another name of a claim is that claim.
pub(crate) fn derived(provider: &Provider) -> Vec<String> {
    let is_derived = |claim: &Claim| !matches!(claim.derived, None | Some(Derivation::Alias { .. }));
    provider.claims.iter().filter(|(_, claim)| is_derived(claim)).map(|(name, _)| name.clone()).collect()
}
