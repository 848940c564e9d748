//! The kinds of vector, one function each. All give `Err` with what was got and why where it is not what is expected.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use trustctl_catalog::profile::{AudienceCheck, Operation, Profile, Publisher, Stage, Take};
use trustctl_claims::Claims;
use trustctl_records::{
    Explanation, FieldValue, Header, Judge, Question, Record, RecordProblem, Settings, StepState, Used, is_reusable,
    take,
};

use super::row::Row;
use super::{Find, scale, why};

/// What ran well, perhaps with a measurement.
type Done = Result<Option<String>, String>;

/// Runs one vector.
pub(super) fn run(row: &Row, find: &Find<'_, '_>) -> Done {
    let profile = find(&row.registry)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| format!("and there is no profile `{}`", row.registry))?;
    let bench = Bench { row, profile };
    match row.kind.as_str() {
        "policy-eval" => bench.policy(),
        "claim-check" => bench.claim(),
        "token-verify" => bench.token(),
        "record-validate" => bench.validate(),
        "record-normalise" => bench.normalise(),
        "parse" => bench.parse(),
        "claims-existence" => bench.existence(),
        "replay" => bench.replay(),
        "lint-at-eval" => bench.suggestion(),
        "derive" => bench.derive(),
        "request-format" => bench.request(),
        other => Err(format!("and there is no kind of vector `{other}`")),
    }
}

struct Bench<'a> {
    row: &'a Row,
    profile: &'a Profile,
}

impl<'a> Bench<'a> {
    /// A whole decision over all candidate records.
    fn policy(&self) -> Done {
        let (claims, texts) = self.claims()?;
        let claims = Claims::parse(&texts).map_err(|error| format!("the claims are refused: {error} ({claims:?})"))?;
        let question = self.question(&claims);
        let judge = self.judge()?;
        if judge.is_empty() && !self.row.records().is_empty() {
            return Err("and no record can be made of it".to_owned());
        }
        // Tests of a lookup fill in what the lookup reads and nothing else.
        if self.is_lookup()? {
            let found = judge.looked_up(&claims, &question);
            return self.settle(!found.is_empty(), found.first().copied(), || format!("{found:?} are looked up"));
        }
        let whole = ["iss", "aud", "exp"].iter().all(|claim| claims.named(claim).is_some());
        let ruling = if whole {
            judge.decide(self.header().as_ref(), &claims, &question, &Used::Unknown)
        } else {
            judge.rule(&claims, &question)
        };
        let explanation = judge.explain(self.header().as_ref(), &claims, &question, &Used::Unknown);
        self.settle(ruling.is_allow(), ruling.records.first().copied(), || why::of(&explanation, whole))?;
        self.disclosed(&explanation)?;
        self.granted(&ruling.grants)?;
        self.state(&judge, &ruling)?;
        Ok(None)
    }

    /// Whether the row says that it is about the lookup alone; what it expects never decides that.
    fn is_lookup(&self) -> Result<bool, String> {
        match self.row.get("stage") {
            None => Ok(false),
            Some(Value::String(stage)) if stage == "lookup" => Ok(true),
            Some(other) => Err(format!("and there is no stage {other}")),
        }
    }

    /// Whether a refusal is told to the caller, where the vector says so.
    fn disclosed(&self, explanation: &Explanation) -> Result<(), String> {
        let Some(expected) = self.row.get("disclosable").and_then(Value::as_bool).filter(|_| !self.row.allow) else {
            return Ok(());
        };
        let failure = explanation.nearest.and_then(|at| explanation.records.get(at)?.first_failure());
        match failure {
            Some(step) if step.told == expected => Ok(()),
            Some(step) => Err(format!("got it for `{}`, which is told: {}", step.name, step.told)),
            None => Err("got no step that fails".to_owned()),
        }
    }

    /// What the token may do by name, where the vector says so.
    fn granted(&self, grants: &[String]) -> Result<(), String> {
        match self.row.get("grants").and_then(Value::as_array) {
            Some(expected)
                if !expected.iter().map(Value::as_str).eq(grants.iter().map(|grant| Some(grant.as_str()))) =>
            {
                Err(format!("got {grants:?} granted"))
            }
            _ => Ok(()),
        }
    }

    /// What the registry stores at this use.
    fn state(&self, judge: &Judge<'_>, ruling: &trustctl_records::Ruling) -> Result<(), String> {
        let Some(expected) = self.row.get("state_after") else { return Ok(()) };
        let after = judge.after(0, ruling);
        let publisher = self.publisher()?;
        let mut leaves = Vec::new();
        flatten("", expected, &mut leaves);
        for (at, value) in leaves {
            let field = publisher
                .fields
                .iter()
                .find(|field| field.at.contains(&at) || (field.at.is_empty() && at == format!("/{}", field.name)));
            let field = field.ok_or_else(|| format!("and `{at}` is no field"))?;
            let got = after.get(&field.name).cloned();
            let same = match (&value, &got) {
                (Value::Null, None) => true,
                (Value::String(text), Some(FieldValue::Text(got))) => text == got,
                (Value::Bool(wanted), got) => *wanted == (*got == Some(FieldValue::Boolean(true))),
                _ => false,
            };
            if !same {
                return Err(format!("got `{}` = {got:?} stored, not {value}", field.name));
            }
        }
        Ok(())
    }

    /// One claim against one field.
    fn claim(&self) -> Done {
        let check = self.row.text("check");
        let publisher = self.publisher()?;
        let judge = Judge::new(self.profile, Settings::of(self.profile), vec![self.partial_record(publisher)]);
        let (_, text) = self.claims()?;
        let claims = Claims::parse(&text).map_err(|error| error.to_string())?;
        let is_about = |operation: &Operation| {
            matches!(operation, Operation::Same { left, .. } if left.claim == check)
                || operation.claims().first() == Some(&check)
        };
        let about = |stage: Stage| publisher.rule.iter().any(|step| step.stage == stage && is_about(&step.operation));
        let stage = [Stage::Verify, Stage::Lookup].into_iter().find(|stage| about(*stage));
        let stage = stage.ok_or_else(|| format!("and no step is about `{check}`"))?;
        let explanation = judge.explain(None, &claims, &self.question(&claims), &Used::Unknown);
        let steps = explanation.records.first().map(|record| record.steps.as_slice()).unwrap_or_default();
        let failed = steps.iter().find(|step| {
            step.claim.as_deref() == Some(check) && step.stage == Some(stage) && step.state != StepState::Holds
        });
        self.settle(failed.is_none(), None, || why::of_step(failed))
    }

    /// The envelope of a token.
    fn token(&self) -> Done {
        if let Some(custom) = self.row.policy().get("supports_custom_issuer") {
            let takes = self.takes_named_issuer()?;
            if Value::Bool(takes) != *custom {
                return Err(format!("and the profile takes issuers of one's own: {takes}"));
            }
            return self.settle(takes, None, || "issuers of one's own".to_owned());
        }
        let (mut members, _) = self.claims()?;
        if members.keys().eq(["iss"]) {
            let issuer = members.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
            let judge = Judge::new(self.profile, self.settings(), Vec::new());
            return self.settle(judge.knows_issuer(&issuer), None, || format!("`{issuer}` is known or not"));
        }
        self.stand_in(&mut members);
        let text = Value::Object(members).to_string();
        let claims = match Claims::parse(&text) {
            Ok(claims) => claims,
            Err(error) => return self.settle(false, None, || error.to_string()),
        };
        // A token's envelope is judged also where the row has no record that would let it in.
        let judge = self.judge()?;
        let used = Used::Unknown;
        let explanation = judge.explain(self.header().as_ref(), &claims, &self.question(&claims), &used);
        let failed = explanation.envelope.iter().find(|step| step.state != StepState::Holds);
        self.settle(failed.is_none(), None, || why::of_step(failed))?;
        self.same_reason(failed.and_then(|step| step.claim.as_deref()))?;
        Ok(None)
    }

    /// Whether a token's issuer, which the registry does not know by itself, is taken for a record that names it, and
    /// another's is not.
    fn takes_named_issuer(&self) -> Result<bool, String> {
        let claims = self.row.claims();
        let issuer = claims.get("iss").and_then(Value::as_str).ok_or("and the token has no `iss`")?;
        let name = self.publisher_name();
        let mut fields = BTreeMap::new();
        if let Some(field) = &self.publisher()?.issuer_field {
            fields.insert(field.clone(), FieldValue::Text(issuer.to_owned()));
        }
        let record = Record { publisher: name, fields, created: None };
        let alone = Judge::new(self.profile, self.settings(), Vec::new());
        if alone.knows_issuer(issuer) {
            return Err(format!("and `{issuer}` is known without a record"));
        }
        let judge = Judge::new(self.profile, self.settings(), vec![record]);
        Ok(judge.knows_issuer(issuer) && !judge.knows_issuer(&format!("{issuer}.example")))
    }

    /// Fills in what a fixture fills in: claims that a row leaves out because it is about another.
    fn stand_in(&self, members: &mut Map<String, Value>) {
        let issuer = self.profile.publishers.values().find_map(|publisher| publisher.issuers.first().cloned());
        let mut fill = |claim: &str, value: Value| _ = members.entry(claim).or_insert(value);
        if self.row.text("note").contains("filled by the test fixture") {
            fill("exp", Value::from(4_102_444_800_i64));
            fill("iat", Value::from(1_750_000_000_i64));
            fill("nbf", Value::from(1_750_000_000_i64));
            fill("jti", Value::from("id"));
            fill("aud", self.settings().one("audience").unwrap_or_default().into());
            fill("iss", issuer.clone().unwrap_or_default().into());
        }
        // A row about the audience alone has any issuer.
        let about_audience = self.row.provider == "generic" && self.row.policy().contains_key("audience");
        if let Some(issuer) = issuer.filter(|_| about_audience) {
            members.insert("iss".to_owned(), issuer.into());
        }
    }

    /// A token that is refused for its audience must not pass for a vector about its expiry.
    fn same_reason(&self, claim: Option<&str>) -> Result<(), String> {
        let reason = self.row.text("reason");
        let names = |claim: &str| reason.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == claim);
        match claim {
            Some(claim)
                if !names(claim) && ["iss", "aud", "exp", "nbf", "iat", "jti"].iter().any(|other| names(other)) =>
            {
                Err(format!("got it for `{claim}`"))
            }
            _ => Ok(()),
        }
    }

    /// A record that the registry takes or refuses.
    fn validate(&self) -> Done {
        let publisher = self.publisher()?;
        let policy = Value::Object(self.row.policy());
        // A row with one field is about this field; a whole form is judged as a whole.
        if self.row.policy().len() == 1 && publisher.fields.len() > 1 {
            let read = Record::read_fields(publisher, &policy);
            if read.is_empty() {
                return Err(format!("and no field is called {:?}", self.row.policy().keys().next()));
            }
            let problem: Vec<RecordProblem> = read.into_iter().find_map(|(_, read)| read.err()).into_iter().collect();
            return self.settle(problem.is_empty(), None, || why::problems(&problem));
        }
        let problems = Record::read(self.profile, Some(&self.publisher_name()), &policy).err().unwrap_or_default();
        self.settle(problems.is_empty(), None, || why::problems(&problems))?;
        self.same_places(&problems)?;
        Ok(None)
    }

    /// A record that is refused for one field must not pass for a vector about another.
    fn same_places(&self, problems: &[RecordProblem]) -> Result<(), String> {
        let got: BTreeSet<&str> = problems.iter().map(|problem| problem.at.as_str()).collect();
        let expected: BTreeSet<&str> = match self.row.get("refused_at") {
            None if self.row.allow => return Ok(()),
            Some(Value::String(at)) => [at.as_str()].into(),
            Some(Value::Array(places)) => places.iter().filter_map(Value::as_str).collect(),
            _ => return Err(format!("and `refused_at` does not say where; got it at {got:?}")),
        };
        if got == expected { Ok(()) } else { Err(format!("got it at {got:?}, not at {expected:?}")) }
    }

    /// A member of the row that says what is expected: an object with something in it.
    fn expected(&self, name: &str) -> Result<&Map<String, Value>, String> {
        let members = self.row.get(name).and_then(Value::as_object).filter(|members| !members.is_empty());
        members.ok_or_else(|| format!("and `{name}` does not say what"))
    }

    /// What the registry makes of fields.
    fn normalise(&self) -> Done {
        let publisher = self.publisher()?;
        let read: BTreeMap<String, _> =
            Record::read_fields(publisher, &Value::Object(self.row.policy())).into_iter().collect();
        for (name, value) in self.expected("normalised")? {
            let at = format!("/{name}");
            let field = publisher.fields.iter().find(|field| field.name == *name || field.at.contains(&at));
            let got = field.and_then(|field| read.get(&field.name));
            let got = match got {
                Some(Ok(Some(FieldValue::Text(text)))) => text.as_str(),
                Some(Ok(None)) => "",
                other => return Err(format!("got {other:?} for `{name}`")),
            };
            if Some(got) != value.as_str().or(value.is_null().then_some("")) {
                return Err(format!("got `{got}` for `{name}`"));
            }
        }
        self.settle(true, None, String::new)
    }

    /// A piece of a claim.
    fn parse(&self) -> Done {
        let publisher = self.publisher()?;
        let pieces = publisher.rule.iter().filter_map(|step| match &step.operation {
            Operation::Same { left, .. } => Some(left.take),
            _ => None,
        });
        let cuts_file = |take: &Take| {
            use Take::{ConfigFilepath, ConfigFilepathBySuffix, WorkflowFile, WorkflowFilename};
            matches!(take, WorkflowFilename | WorkflowFile | ConfigFilepath | ConfigFilepathBySuffix)
        };
        let piece = pieces.into_iter().find(cuts_file).ok_or("and no step cuts a file's name")?;
        let claims = self.row.claims();
        let text = claims.values().next().and_then(Value::as_str).ok_or("and there is nothing to cut")?;
        if self.row.text("note").starts_with("input described") {
            return scale::is_linear(piece).map(Some);
        }
        let got = take(piece, text);
        let expected = self.row.get("extracted").and_then(Value::as_str);
        if got != expected {
            return Err(format!("got {got:?}"));
        }
        self.settle(got.is_some(), None, || format!("{got:?}"))
    }

    /// The claims that every token must have, and those the registry does not know.
    fn existence(&self) -> Done {
        let (_, text) = self.claims()?;
        let claims = Claims::parse(&text).map_err(|error| error.to_string())?;
        let judge = self.judge()?;
        let missing = judge.presence(&self.publisher_name(), &claims).err();
        let envelope = self.profile.envelope.requires.iter().find(|claim| claims.named(claim).is_none());
        self.settle(missing.is_none() && envelope.is_none(), None, || format!("{missing:?} {envelope:?}"))?;
        if let Some(expected) = self.row.get("warning").and_then(Value::as_bool) {
            let unknown = judge.unknown_to(self.publisher()?, &claims);
            if unknown.is_empty() == expected {
                return Err(format!("got {unknown:?} as unknown claims"));
            }
        }
        Ok(None)
    }

    /// A second use.
    fn replay(&self) -> Done {
        let (_, text) = self.claims()?;
        let claims = Claims::parse(&text).map_err(|error| error.to_string())?;
        let issuer = claims.named("iss").and_then(trustctl_claims::Value::as_str).unwrap_or_default();
        let used = self.used(issuer)?;
        // The record counts, where there is one: a registry may remember the tokens of one kind and not those of another.
        let judge = self.judge()?;
        self.settle(!judge.is_used(&claims, &Used::Tokens(&used)), None, || "whether it was used".to_owned())
    }

    /// Issuer and id of each token that was used; an id alone is of the row's own issuer.
    fn used(&self, issuer: &str) -> Result<Vec<(String, String)>, String> {
        let policy = self.row.policy();
        let used = policy.get("used_jtis").and_then(Value::as_array).ok_or("and there is no list `used_jtis`")?;
        let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
        let read = |one: &Value| match one {
            Value::String(id) => Some((issuer.to_owned(), id.clone())),
            one => Some((text(one, "iss")?, text(one, "jti")?)),
        };
        used.iter().map(|one| read(one).ok_or_else(|| format!("and {one} is no token's id"))).collect()
    }

    /// Whether the registry suggests to name an environment.
    fn suggestion(&self) -> Done {
        let (_, text) = self.claims()?;
        let claims = Claims::parse(&text).map_err(|error| error.to_string())?;
        let judge = Judge::new(self.profile, self.settings(), vec![self.partial_record(self.publisher()?)]);
        let explanation = judge.explain(None, &claims, &self.question(&claims), &Used::Unknown);
        let expected = self.row.get("warning").and_then(Value::as_bool).unwrap_or_default();
        match explanation.suggests_environment.is_empty() {
            true if !expected => Ok(None),
            false if expected => Ok(None),
            none => Err(format!("got a suggestion: {}", !none)),
        }
    }

    /// Values that the registry computes.
    fn derive(&self) -> Done {
        let (_, text) = self.claims()?;
        let claims = Claims::parse(&text).map_err(|error| error.to_string())?;
        let judge = self.judge()?;
        for (name, value) in self.expected("derived")? {
            let got = match name.as_str() {
                "is_reusable" => Value::Bool(is_reusable(&claims)),
                name => match name.strip_prefix("accepted_") {
                    Some(claim) => accepted(&judge, claim, &claims, &self.question(&claims)),
                    None => judge.value(0, name).map_or(Value::Null, Value::from),
                },
            };
            if got != *value {
                return Err(format!("got `{name}` = {got}"));
            }
        }
        self.settle(true, None, String::new)
    }

    /// The body of an exchange request.
    fn request(&self) -> Done {
        let members = self.profile.exchange_body.as_ref().ok_or("and the exchange's body is not known")?;
        let body = self.row.get("request_body").and_then(Value::as_object);
        let fits = body.is_some_and(|body| {
            body.len() == members.len()
                && members
                    .iter()
                    .all(|name| body.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty()))
        });
        self.settle(fits, None, || "the body's form".to_owned())
    }

    fn settle(&self, allow: bool, selected: Option<usize>, why: impl FnOnce() -> String) -> Done {
        if allow != self.row.allow {
            return Err(format!("got {}: {}", if allow { "allow" } else { "deny" }, why()));
        }
        match self.row.get("selected").and_then(Value::as_u64).filter(|_| allow) {
            Some(expected) if selected.map(|at| at as u64) != Some(expected) => {
                Err(format!("and record {expected}, got record {selected:?}"))
            }
            _ => Ok(None),
        }
    }

    fn publisher_name(&self) -> String {
        let members = self.row.policy();
        let fits = |publisher: &Publisher| {
            let places = publisher
                .fields
                .iter()
                .flat_map(|field| field.at.iter().filter_map(|at| at.strip_prefix('/')).chain([&*field.name]));
            places.filter(|place| members.contains_key(*place)).count()
        };
        // A row names the provider; records of another kind that take its tokens as well are told by their fields.
        let named = self.profile.publishers.get_key_value(&self.row.provider);
        let has_statements = members.contains_key("statements");
        let named = named.filter(|(_, publisher)| !has_statements || publisher.statements.is_some());
        let most = || self.profile.publishers.iter().rev().max_by_key(|(_, publisher)| fits(publisher));
        named.or_else(most).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    fn publisher(&self) -> Result<&'a Publisher, String> {
        let name = self.publisher_name();
        self.profile.publisher(&name).ok_or_else(|| format!("and there is no kind of record `{name}`"))
    }

    /// The operator's settings that a row's policy holds beside the record.
    fn settings(&self) -> Settings {
        let mut settings = Settings::of(self.profile);
        for (name, value) in self.row.policy() {
            let setting = name.replace('_', "-");
            if self.profile.settings.contains_key(&setting) {
                let values = match value {
                    Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
                    Value::String(text) => vec![text],
                    _ => continue,
                };
                settings.set(&setting, values);
            }
        }
        settings
    }

    fn judge(&self) -> Result<Judge<'a>, String> {
        let abstracted = self.row.text("note") == "abstracted";
        let name = self.publisher_name();
        let mut records = Vec::new();
        for policy in self.row.records() {
            if abstracted {
                let created = policy.get("created").and_then(Value::as_i64);
                records.push(Record { publisher: name.clone(), fields: BTreeMap::new(), created });
            } else if let Some(statements) = self.bare_statements(&policy)? {
                records.push(statements);
            } else if let Some(policy) = self.record_of(policy) {
                let record = Record::read(self.profile, Some(&name), &policy)
                    .map_err(|problems| format!("and the record is refused: {}", why::problems(&problems)))?;
                records.push(record);
            }
        }
        let judge = Judge::new(self.profile, self.settings(), records);
        Ok(match self.row.get("keys_fetched").and_then(Value::as_i64) {
            Some(second) => judge.with_keys_fetched(second),
            None => judge,
        })
    }

    /// Statements without the rest of their record: what becomes of a token, whether or not they could be stored.
    fn bare_statements(&self, policy: &Value) -> Result<Option<Record>, String> {
        let publisher = self.publisher()?;
        let is_whole = publisher.issuer_field.as_ref().is_none_or(|field| policy.get(field).is_some());
        Ok(match policy.get("statements") {
            Some(statements) if publisher.statements.is_some() && !is_whole => {
                let fields = BTreeMap::from([("statements".to_owned(), FieldValue::Any(statements.clone()))]);
                Some(Record { publisher: self.publisher_name(), fields, created: None })
            }
            _ => None,
        })
    }

    /// A row's policy without what is no part of the record; `None` where nothing is left.
    fn record_of(&self, policy: Value) -> Option<Value> {
        let Value::Object(mut members) = policy else { return Some(policy) };
        members.retain(|name, _| {
            let setting = name.replace('_', "-");
            !self.profile.settings.contains_key(&setting)
                && !["pending_project", "issuer", "leeway_s", "used_jtis", "supports_custom_issuer"]
                    .contains(&name.as_str())
        });
        // Another use stored its ids while this one was judged: this one is judged by what is stored.
        if let Some(Value::Object(stored)) = members.remove("concurrent_lock") {
            members.extend(stored);
        }
        (!members.is_empty()).then_some(Value::Object(members))
    }

    /// A record of the fields that a row gives, unchecked; computed values may be given as well.
    fn partial_record(&self, publisher: &Publisher) -> Record {
        let fields = self.row.policy().into_iter().filter_map(|(name, value)| {
            let at = format!("/{name}");
            let computed = publisher.computed.contains_key(&name);
            // A computed value may have the name under which a form shows a field.
            let known =
                publisher.fields.iter().find(|field| field.name == name || (!computed && field.at.contains(&at)));
            let text = value.as_str().map(str::to_owned)?;
            match known {
                Some(field) if !text.is_empty() => Some((field.name.clone(), FieldValue::Text(text))),
                Some(_) => None,
                None => computed.then_some((name, FieldValue::Text(text))),
            }
        });
        Record { publisher: self.publisher_name(), fields: fields.collect(), created: None }
    }

    fn claims(&self) -> Result<(Map<String, Value>, String), String> {
        let mut members = self.row.claims();
        // Where `aud` holds JSON text of its own, a row may write it as an object.
        if self.profile.envelope.audiences == AudienceCheck::Permissions
            && let Some(audience) = members.get_mut("aud").filter(|audience| audience.is_object())
        {
            *audience = Value::String(audience.to_string());
        }
        let text = Value::Object(members.clone()).to_string();
        Ok((members, text))
    }

    fn header(&self) -> Option<Header<'_>> {
        let header = self.row.get("header")?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        Some(Header { algorithm: text("alg"), key: text("kid") })
    }

    fn question<'q>(&'q self, claims: &Claims<'_>) -> Question<'q> {
        let second = |claim: &str| claims.named(claim).and_then(|value| value.as_integer()?.parse::<i64>().ok());
        let now = self.row.get("now").and_then(Value::as_i64);
        // Rows without a time are about something else; their tokens hold when they were issued.
        let now = now.or_else(|| second("iat").max(second("nbf"))).unwrap_or(1_750_000_000);
        let text = |key: &str| self.row.get(key).and_then(Value::as_str);
        Question { package: text("package"), version: text("version"), now }
    }
}

/// The texts that a claim may be, by the last step about it.
fn accepted(judge: &Judge<'_>, claim: &str, claims: &Claims<'_>, question: &Question<'_>) -> Value {
    let explanation = judge.explain(None, claims, question, &Used::Unknown);
    let steps = explanation.records.first().map(|record| record.steps.as_slice()).unwrap_or_default();
    let step = steps.iter().rev().find(|step| step.claim.as_deref() == Some(claim));
    step.map_or(Value::Null, |step| step.expected.iter().cloned().collect())
}

fn flatten(at: &str, value: &Value, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| flatten(&format!("{at}/{name}"), value, leaves));
        }
        leaf => leaves.push((at.to_owned(), leaf.clone())),
    }
}
