//! The project's vectors as records and tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};
use trustctl_catalog::Catalogue;
use trustctl_catalog::profile::{AudienceCheck, Operation, Publisher, Stage, TemplateText};
use trustctl_claims::Claims;
use trustctl_records::{Explanation, Header, Judge, Profile, Question, Record, Settings, Used};

/// A moment at which every token of these tests holds.
pub(crate) const NOW: i64 = 1_795_219_260;

/// A registry's records and a token, as a row has them.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) profile: &'static Profile,
    pub(crate) settings: Settings,
    pub(crate) records: Vec<Record>,
    /// The token's claims, as JSON text.
    pub(crate) claims: String,
    pub(crate) version: Option<String>,
}

impl Case {
    /// What the registry says of the token, by these of its records; `None` where the token is judged before any record is:
    /// whose token it is and for whom is a trust file's to say as well, all else of the envelope is its verifier's, and so
    /// are claims that the registry wants of every token.
    pub(crate) fn explain(&self, records: Vec<Record>) -> Option<Explanation> {
        self.explain_by(&Judge::new(self.profile, self.settings.clone(), records))
    }

    /// The same by a judge that is made already.
    pub(crate) fn explain_by(&self, judge: &Judge<'_>) -> Option<Explanation> {
        let claims = Claims::parse(&self.claims).ok()?;
        let header = Header { algorithm: Some("RS256"), key: Some("a") };
        let question = Question { package: None, version: self.version.as_deref(), now: NOW };
        let explained = judge.explain(Some(&header), &claims, &question, &Used::Tokens(&[]));
        let is_judged = explained.refused().is_none_or(|step| matches!(step.claim.as_deref(), Some("aud" | "iss")));
        let lacks = explained.records.iter().flat_map(|record| record.failures());
        let lacks = lacks.into_iter().any(|step| step.stage == Some(Stage::Presence));
        (is_judged && !lacks).then_some(explained)
    }

    /// The token as it comes to whoever decides by a trust file: where a registry reads in the audience what a token may do,
    /// and has let that pass, with the audience that the trust files of these tests have.
    pub(crate) fn native_claims(&self, explained: &Explanation) -> String {
        let is_permissions = self.profile.envelope.audiences == AudienceCheck::Permissions;
        if !is_permissions || explained.refused().is_some() {
            return self.claims.clone();
        }
        let mut claims: Value = serde_json::from_str(&self.claims).unwrap();
        claims["aud"] = "https://packages.acme.example".into();
        claims.to_string()
    }

    /// Whether the records are lists of statements.
    pub(crate) fn has_statements(&self) -> bool {
        self.publisher().statements.is_some()
    }

    fn publisher(&self) -> &'static Publisher {
        self.profile.publisher(&self.records[0].publisher).unwrap()
    }

    /// What the registry gives to the token: actions by the catalogue's names, or accounts.
    pub(crate) fn given(&self, explained: &Explanation) -> BTreeSet<String> {
        let granted = &explained.ruling.grants;
        match &self.publisher().gives.actions {
            Some(actions) => granted.iter().filter_map(|grant| actions.are.get(grant).cloned()).collect(),
            None => granted.iter().cloned().collect(),
        }
    }
}

/// Every row that holds a record and a token.
pub(crate) fn cases() -> Vec<Case> {
    rows().iter().filter_map(case).collect()
}

/// Every row with statements once more, each statement with the tenant in it: without one no trust file says it.
pub(crate) fn pinned_cases() -> Vec<Case> {
    rows().iter().filter_map(pinned).filter_map(|row| case(&row)).collect()
}

fn pinned(row: &Value) -> Option<Value> {
    let mut row = row.clone();
    let registry = row["registry"].as_str()?.to_owned();
    row["id"] = format!("{} pinned", row["id"].as_str()?).into();
    let claims = row.get("claims")?.as_object()?;
    let (claim, value) = ["organization_slug", "repository_owner", "organization_id", "namespace_id"]
        .iter()
        .find_map(|claim| Some(((*claim).to_owned(), claims.get(*claim)?.clone())))?;
    value.as_str()?;
    let members = row.get_mut("policy")?.as_object_mut()?;
    if let Some(Value::Object(claims)) = members.get_mut("claims") {
        claims.entry(claim).or_insert(value);
        return Some(row);
    }
    // A role that gives nothing that a trust file has a word for would be no grant.
    if !members.contains_key("api_key_permissions") && registry == "rubygems" {
        members.insert("scopes".to_owned(), json!(["push_rubygem"]));
    }
    let statements = match members.get_mut("access_policy") {
        Some(policy) => policy.get_mut("statements")?,
        None => members.get_mut("statements")?,
    };
    for statement in statements.as_array_mut()? {
        if let Some(Value::Object(claims)) = statement.get_mut("claims") {
            claims.entry(claim.clone()).or_insert(value.clone());
        }
        if let Some(Value::Array(conditions)) = statement.get_mut("conditions") {
            conditions.push(json!({ "operator": "string_equals", "claim": claim, "value": value }));
        }
    }
    Some(row)
}

/// Every row of the project's files.
pub(crate) fn rows() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let matrix = std::fs::read_dir(folder.join("matrix")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = matrix.chain([folder.join("registries.jsonl")]).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let parse = |text: String| text.lines().map(|line| serde_json::from_str(line).expect(line)).collect::<Vec<Value>>();
    texts.flat_map(parse).collect()
}

fn case(row: &Value) -> Option<Case> {
    // Tests of registries make ids up; a trust file says that no token has such a one.
    let row: Value = serde_json::from_str(&row.to_string().replace("\"id-", "\"").replace("-id-", "")).unwrap();
    let registry = row["registry"].as_str().unwrap().replace('.', "-");
    let profile = Profile::bundled(&registry).unwrap()?;
    let policies = match row.get("policy")? {
        Value::Array(policies) => policies.clone(),
        Value::Object(members) if members.is_empty() => return None,
        one => vec![one.clone()],
    };
    let kind = row["provider"].as_str().filter(|kind| profile.publisher(kind).is_some());
    let mut settings = Settings::of(profile);
    let records = policies.into_iter().filter_map(|policy| {
        let Value::Object(mut members) = policy else { return None };
        take_settings(profile, &mut members, &mut settings);
        let kind = kind.filter(|_| !members.contains_key("statements"));
        Record::read(profile, kind, &Value::Object(members)).ok()
    });
    let records: Vec<Record> = records.collect();
    let mut claims = row.get("claims")?.as_object()?.clone();
    if records.is_empty() || claims.is_empty() {
        return None;
    }
    let publisher = profile.publisher(&records[0].publisher)?;
    fill_in(profile, publisher, &records[0], &settings, &mut claims);
    let version = row.get("version").and_then(Value::as_str).map(str::to_owned);
    let id = row["id"].as_str().unwrap().to_owned();
    Some(Case { id, profile, settings, records, claims: Value::Object(claims).to_string(), version })
}

/// An operator's settings stand beside a record's fields in some rows.
fn take_settings(profile: &Profile, members: &mut Map<String, Value>, settings: &mut Settings) {
    members.remove("used_jtis");
    let names: BTreeMap<String, String> = members
        .keys()
        .map(|name| (name.clone(), name.replace('_', "-")))
        .filter(|(_, setting)| profile.settings.contains_key(setting))
        .collect();
    for (name, setting) in names {
        let values = match members.remove(&name) {
            Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Some(Value::String(text)) => vec![text],
            _ => continue,
        };
        settings.set(&setting, values);
    }
}

/// Gives every token times that hold, and to one that a test of a single claim left bare its issuer and audience.
fn fill_in(
    profile: &Profile,
    publisher: &Publisher,
    record: &Record,
    settings: &Settings,
    claims: &mut Map<String, Value>,
) {
    for (claim, second) in [("iat", NOW - 60), ("nbf", NOW - 60), ("exp", NOW + 200)] {
        claims.insert(claim.to_owned(), second.into());
    }
    let own = publisher.issuer_field.as_ref().and_then(|field| record.text(field)).map(str::to_owned);
    if let Some(issuer) = own.or_else(|| publisher.issuers.first().cloned()) {
        claims.entry("iss").or_insert(issuer.into());
    }
    let envelope = profile.envelope.with(&publisher.envelope.clone().unwrap_or_default());
    let audience = envelope.audience.as_ref().and_then(TemplateText::only_setting).and_then(|name| settings.one(name));
    if let Some(audience) = audience {
        claims.entry("aud").or_insert(audience.into());
    }
    let present = publisher.rule.iter().filter_map(|step| match &step.operation {
        Operation::Present { claims, .. } => Some(claims),
        _ => None,
    });
    for claim in present.flatten().chain(&envelope.requires) {
        if let Some(value) = stand_in(publisher, claim, claims).filter(|_| !claims.contains_key(claim)) {
            claims.insert(claim.clone(), value);
        }
    }
}

/// A value for a claim that a row leaves out because it is about another one.
fn stand_in(publisher: &Publisher, claim: &str, claims: &Map<String, Value>) -> Option<Value> {
    if let ("repository_owner", Some(repository)) = (claim, claims.get("repository").and_then(Value::as_str)) {
        return Some(repository.split('/').next()?.into());
    }
    let provider = Catalogue::bundled().unwrap().provider(publisher.provider.as_ref()?)?;
    let example = &provider.claims.get(claim)?.example;
    // An example of several claims together would contradict the row's own.
    (!example.is_empty() && !example.contains('{')).then(|| example.as_str().into())
}

/// The name of a setting that a template is nothing but.
trait OnlySetting {
    fn only_setting(&self) -> Option<&str>;
}

impl OnlySetting for TemplateText {
    fn only_setting(&self) -> Option<&str> {
        self.settings().next().filter(|_| self.parts.len() == 1)
    }
}
