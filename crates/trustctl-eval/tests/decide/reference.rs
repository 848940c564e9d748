//! A second evaluator, written from the language's description alone: plain strings, no index, no borrowing.
//!
//! It reads policies in its own form, which `to_yaml` writes as a trust file for the real one.

use std::collections::{BTreeMap, BTreeSet};

pub(crate) const ISSUERS: [(&str, &str); 2] =
    [("github-actions", "https://token.actions.githubusercontent.com"), ("corp", "https://ci.acme.example")];
pub(crate) const AUDIENCES: [(&str, &str); 2] =
    [("one", "https://one.acme.example"), ("two", "https://two.acme.example")];
const EVENTS: [&str; 8] =
    ["push", "release", "workflow_dispatch", "repository_dispatch", "schedule", "merge_group", "create", "deployment"];
/// 2027-01-01T00:00:00Z, the end of `expires: 2026-12-31`.
pub(crate) const END: i64 = 1_798_761_600;

#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) label: String,
    pub(crate) registry: usize,
    pub(crate) provider: usize,
    pub(crate) account: bool,
    pub(crate) name: &'static str,
    pub(crate) action: &'static str,
    pub(crate) expires: bool,
    pub(crate) when: BTreeMap<&'static str, Matcher>,
}

#[derive(Debug, Clone)]
pub(crate) enum Matcher {
    Is(&'static str),
    Folded(&'static str),
    OneOf(Vec<&'static str>),
    Glob(&'static str),
    Template(&'static str, &'static str),
    Contains(Box<Matcher>),
    Not(Box<Matcher>),
    Present(bool),
}

/// JSON as the reference sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(&'static str),
    Text(String),
    List(Vec<Json>),
}

impl Json {
    pub(crate) fn of(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(yes) => yes.to_string(),
            Self::Number(digits) => (*digits).to_owned(),
            Self::Text(text) => format!("{text:?}"),
            Self::List(members) => format!("[{}]", members.iter().map(Self::text).collect::<Vec<_>>().join(",")),
        }
    }
}

pub(crate) type Token = BTreeMap<&'static str, Json>;

#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) registry: &'static str,
    pub(crate) account: bool,
    pub(crate) name: &'static str,
    pub(crate) version: Option<&'static str>,
    pub(crate) action: &'static str,
    pub(crate) now: i64,
}

/// The labels of the grants that allow, each with the version it is bound to.
pub(crate) fn decide(grants: &[Grant], token: &Token, question: &Question) -> BTreeSet<(String, Option<String>)> {
    grants.iter().filter_map(|grant| Some((grant.label.clone(), allows(grant, token, question)?))).collect()
}

fn allows(grant: &Grant, token: &Token, question: &Question) -> Option<Option<String>> {
    let (registry, audience) = AUDIENCES[grant.registry];
    let named = question.registry == registry && question.account == grant.account && question.name == grant.name;
    let acted = question.account || question.action == grant.action;
    let issued =
        token.get("iss") == Some(&Json::of(ISSUERS[grant.provider].1)) && token.get("aud") == Some(&Json::of(audience));
    if !named || !acted || !issued || (grant.expires && question.now >= END) {
        return None;
    }
    let mut bound = BTreeSet::new();
    for (claim, matcher) in &grant.when {
        if !holds(matcher, &value(claim, token), question, &mut bound) {
            return None;
        }
    }
    let own_event = matches!(grant.when.get("event_name"), Some(Matcher::Is(_) | Matcher::OneOf(_)));
    let asks_event = grant.provider == 0 && !own_event;
    if asks_event && !matches!(value("event_name", token), Value::Text(event) if EVENTS.contains(&event.as_str())) {
        return None;
    }
    (bound.len() < 2).then(|| bound.into_iter().next())
}

enum Value {
    Absent,
    Wrong,
    Text(String),
    List(Vec<String>),
}

fn value(claim: &str, token: &Token) -> Value {
    let of = |name: &str| value(name, token);
    let cut = |source: Value, cut: &dyn Fn(&str) -> Option<String>| match source {
        Value::Text(text) => cut(&text).filter(|text| !text.is_empty()).map_or(Value::Absent, Value::Text),
        other => other,
    };
    match claim {
        "branch" => cut(of("ref"), &|text| text.strip_prefix("refs/heads/").map(str::to_owned)),
        "tag" => cut(of("ref"), &|text| text.strip_prefix("refs/tags/").map(str::to_owned)),
        "repository-name" => cut(of("repository"), &|text| text.split_once('/').map(|(_, name)| name.to_owned())),
        "repository-pin" => {
            let parts = ["repository_owner", "repository_owner_id", "repository-name", "repository_id"].map(of);
            if parts.iter().any(|part| matches!(part, Value::Wrong)) {
                return Value::Wrong;
            }
            let texts: Vec<&String> =
                parts.iter().filter_map(|part| if let Value::Text(text) = part { Some(text) } else { None }).collect();
            match texts.as_slice() {
                [owner, owner_id, name, id] => Value::Text(format!("{owner}@{owner_id}/{name}@{id}")),
                _ => Value::Absent,
            }
        }
        "own-workflow-file" => {
            let parts = ["job_workflow_ref", "repository", "ref", "sha"].map(of);
            if parts.iter().any(|part| matches!(part, Value::Wrong)) {
                return Value::Wrong;
            }
            let [whole, repository, rest @ ..] = &parts;
            let (Value::Text(whole), Value::Text(repository)) = (whole, repository) else { return Value::Absent };
            let files: BTreeSet<&str> = rest.iter().filter_map(|end| own_file(whole, repository, end)).collect();
            match files.iter().collect::<Vec<_>>().as_slice() {
                [only] => Value::Text((**only).to_owned()),
                _ => Value::Absent,
            }
        }
        _ => match (claim, token.get(claim)) {
            (_, None | Some(Json::Null)) => Value::Absent,
            (_, Some(Json::Text(text))) if text.is_empty() => Value::Absent,
            (_, Some(Json::List(members))) if members.is_empty() => Value::Absent,
            ("labels", Some(Json::List(members))) => {
                let texts: Vec<String> = members
                    .iter()
                    .filter_map(|member| if let Json::Text(text) = member { Some(text.clone()) } else { None })
                    .collect();
                if texts.len() == members.len() { Value::List(texts) } else { Value::Wrong }
            }
            ("build", Some(Json::Number(digits))) if !digits.contains(['.', 'e', 'E']) && *digits != "-0" => {
                Value::Text((*digits).to_owned())
            }
            ("nightly", Some(Json::Bool(yes))) => Value::Text(yes.to_string()),
            ("labels" | "build" | "nightly", _) => Value::Wrong,
            (_, Some(Json::Text(text))) => Value::Text(text.clone()),
            _ => Value::Wrong,
        },
    }
}

/// What is between them, where that is the name of a workflow's file.
fn own_file<'w>(whole: &'w str, repository: &str, end: &Value) -> Option<&'w str> {
    let Value::Text(end) = end else { return None };
    let file = whole.strip_prefix(&format!("{repository}/.github/workflows/"))?.strip_suffix(&format!("@{end}"))?;
    let stem = file.strip_suffix(".yml").or_else(|| file.strip_suffix(".yaml"))?;
    (!stem.is_empty() && file.chars().all(|c| c != '/' && (' '..='~').contains(&c))).then_some(file)
}

fn holds(matcher: &Matcher, value: &Value, question: &Question, bound: &mut BTreeSet<String>) -> bool {
    let texts = match value {
        Value::Absent => return matches!(matcher, Matcher::Present(false)),
        Value::Wrong => return false,
        Value::Text(text) => vec![text.clone()],
        Value::List(texts) => texts.clone(),
    };
    let printable = texts.iter().all(|text| text.chars().all(|c| (' '..='~').contains(&c)));
    if !printable && has_glob(matcher) {
        return false;
    }
    match matcher {
        Matcher::Present(there) => *there,
        Matcher::Not(inner) => !plain(inner, &texts),
        Matcher::Template(before, after) => {
            let version = texts[0].strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            match (version, question.version) {
                (Some(found), Some(asked)) => found == asked,
                (Some(found), None) if is_version(found) => {
                    bound.insert(found.to_owned());
                    true
                }
                _ => false,
            }
        }
        _ => plain(matcher, &texts),
    }
}

fn plain(matcher: &Matcher, texts: &[String]) -> bool {
    match matcher {
        Matcher::Is(text) => texts == [*text],
        Matcher::Folded(text) => texts[0].eq_ignore_ascii_case(text),
        Matcher::OneOf(members) => members.contains(&texts[0].as_str()),
        Matcher::Glob(glob) => matches_glob(&glob.chars().collect::<Vec<_>>(), &texts[0].chars().collect::<Vec<_>>()),
        Matcher::Contains(inner) => texts.iter().any(|text| plain(inner, std::slice::from_ref(text))),
        Matcher::Not(_) | Matcher::Present(_) | Matcher::Template(..) => panic!("stands alone"),
    }
}

fn has_glob(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Glob(_) => true,
        Matcher::Not(inner) | Matcher::Contains(inner) => has_glob(inner),
        _ => false,
    }
}

fn matches_glob(glob: &[char], text: &[char]) -> bool {
    match (glob, text) {
        ([], []) => true,
        (['*', '*'], _) => true,
        (['*', rest @ ..], _) => {
            matches_glob(rest, text)
                || matches!(text, [c, tail @ ..] if !matches!(c, '/' | ':' | '@') && matches_glob(glob, tail))
        }
        ([one, rest @ ..], [c, tail @ ..]) => one == c && matches_glob(rest, tail),
        _ => false,
    }
}

/// The generic registry's grammar.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains("..")
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c))
}

pub(crate) fn to_yaml(grants: &[Grant]) -> String {
    let mut yaml = String::from("trust: 1\nregistries:\n");
    for (name, audience) in AUDIENCES {
        yaml.push_str(&format!("  {name}: {{ kind: generic, audience: \"{audience}\" }}\n"));
    }
    yaml.push_str("providers:\n  corp:\n    issuer: https://ci.acme.example\n    tenants: ours\n");
    yaml.push_str("    claims: { pipeline: string, build: integer, nightly: boolean, labels: list }\ngrants:\n");
    for grant in grants {
        yaml.push_str(&format!("  - name: {}\n    registry: {}\n", grant.label, AUDIENCES[grant.registry].0));
        match grant.account {
            true => yaml.push_str(&format!("    accounts: [{}]\n", grant.name)),
            false => yaml.push_str(&format!("    packages: [{}]\n    actions: [{}]\n", grant.name, grant.action)),
        }
        yaml.push_str(&format!("    provider: {}\n    when:\n", ISSUERS[grant.provider].0));
        for (claim, matcher) in &grant.when {
            yaml.push_str(&format!("      {claim}: {}\n", matcher_yaml(matcher)));
        }
        if grant.expires {
            yaml.push_str("    expires: 2026-12-31\n");
        }
    }
    yaml
}

fn matcher_yaml(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Is(text) => format!("\"{text}\""),
        Matcher::Folded(text) => format!("{{ equals: \"{text}\", ignore-case: true }}"),
        Matcher::OneOf(members) => format!("{members:?}"),
        Matcher::Glob(glob) => format!("{{ glob: \"{glob}\" }}"),
        Matcher::Template(before, after) => format!("{{ template: \"{before}{{version}}{after}\" }}"),
        Matcher::Contains(inner) => format!("{{ contains: {} }}", matcher_yaml(inner)),
        Matcher::Not(inner) => format!("{{ not: {} }}", matcher_yaml(inner)),
        Matcher::Present(there) => format!("{{ present: {there} }}"),
    }
}
