//! What can be checked of any profile, so that adding one is adding a file.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};
use trustctl_catalog::profile::{AudienceCheck, Direction, Field, FieldType, Profile, Publisher, Sense};
use trustctl_catalog::{AudienceForm, Catalogue, ClaimType, Provider};
use trustctl_pattern::Pattern;
use trustctl_records::{Judge, Question, Record, Settings};

fn profiles() -> impl Iterator<Item = &'static Profile> {
    Profile::names().map(|name| Profile::bundled(name).unwrap_or_else(|error| panic!("{error}")).unwrap())
}

/// Every kind of record, with how a failure names it.
fn publishers() -> impl Iterator<Item = (String, &'static Profile, &'static Publisher)> {
    profiles().flat_map(|profile| {
        let named = profile.publishers.iter();
        named.map(move |(name, publisher)| (format!("{}, {name}", profile.registry), profile, publisher))
    })
}

fn provider(publisher: &Publisher) -> Option<&'static Provider> {
    Catalogue::bundled().unwrap().provider(publisher.provider.as_ref()?)
}

/// A field's example as a record file has it.
fn example(field: &Field) -> Value {
    let json = || serde_json::from_str(&field.example).unwrap_or_else(|error| panic!("{}: {error}", field.name));
    match field.kind {
        FieldType::Text | FieldType::Moment => Value::String(field.example.clone()),
        FieldType::Integer | FieldType::Boolean | FieldType::List | FieldType::Any => json(),
    }
}

/// Puts a value where a JSON Pointer says.
fn put(record: &mut Value, at: &str, value: Value) {
    let mut place = record;
    for name in at.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[name.replace("~1", "/").replace("~0", "~")];
    }
    *place = value;
}

/// A record of one field's example, and of the field without which it counts for nothing.
fn alone(publisher: &Publisher, field: &Field) -> Value {
    let mut record = Value::Object(Map::new());
    let fellow = field.only_with.as_ref().and_then(|name| publisher.field(name));
    for field in fellow.into_iter().chain([field]) {
        let own = format!("/{}", field.name);
        put(&mut record, field.at.first().unwrap_or(&own), example(field));
    }
    record
}

#[test]
fn every_profile_is_of_a_registry_of_the_catalogue() {
    for profile in profiles() {
        let registry = Catalogue::bundled().unwrap().registry(&profile.registry);
        let registry = registry.unwrap_or_else(|| panic!("registries/{}.yaml is missing", profile.registry));
        // The same audience in both files: what a trust file for the registry asks for is what the registry takes.
        if let (AudienceForm::Fixed(audience), AudienceCheck::OneString | AudienceCheck::ExactlyOne) =
            (&registry.audience, profile.envelope.audiences)
        {
            let judged = profile.envelope.audience.as_ref().unwrap();
            let settings = Settings::of(profile);
            let named: Vec<&str> = judged.settings().filter_map(|name| settings.one(name)).collect();
            assert!(
                named == [audience] || judged.text == *audience,
                "registries/{}.yaml has the audience `{audience}`, and its profile {named:?}",
                profile.registry
            );
        }
    }
}

#[test]
fn regular_expressions_compile() {
    let check =
        |name: &str, text: &str| _ = Pattern::regex(text).unwrap_or_else(|error| panic!("{name}: `{text}`: {error}"));
    for (name, _, publisher) in publishers() {
        publisher.issuer_pattern.iter().for_each(|text| check(&name, text));
        let rules = publisher.fields.iter().flat_map(|field| &field.rules);
        rules.flat_map(|rule| rule.matches.iter().chain(&rule.never)).for_each(|text| check(&name, text));
        publisher.loses.iter().filter_map(|loss| loss.field.as_ref()).for_each(|(_, text)| check(&name, text));
    }
}

#[test]
fn examples_are_values_that_the_registry_takes() {
    for (name, _, publisher) in publishers() {
        // Lists of statements are judged as wholes.
        let is_single = |field: &&Field| publisher.statements.is_none() || field.kind != FieldType::Any;
        for field in publisher.fields.iter().filter(is_single) {
            for (field, read) in Record::read_fields(publisher, &alone(publisher, field)) {
                assert!(matches!(read, Ok(Some(_))), "{name}: the example of `{field}` is not taken: {read:?}");
            }
        }
    }
}

#[test]
fn what_a_registry_says_of_a_record_is_a_reason_and_a_mend() {
    for (name, _, publisher) in publishers() {
        let of_fields = publisher.fields.iter().flat_map(|field| field.rules.iter().map(|rule| &rule.says));
        for words in of_fields.chain(publisher.record_rules.iter().map(|rule| &rule.says)) {
            for text in [&words.reason, &words.mend] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{name}: `{text}` says nothing, or has a full stop");
            }
        }
        for step in publisher.rule.iter().filter_map(|step| step.why.as_ref()) {
            assert!(!step.ends_with('.'), "{name}: `{step}` has a full stop");
        }
    }
}

#[test]
fn issuers_are_the_providers_own() {
    let catalogue = Catalogue::bundled().unwrap();
    for (name, _, publisher) in publishers() {
        let Some(kind) = &publisher.provider else { continue };
        assert!(catalogue.provider(kind).is_some(), "{name}: there is no provider `{kind}`");
        for issuer in &publisher.issuers {
            let (owner, _) = catalogue
                .fixed_issuer(issuer)
                .unwrap_or_else(|| panic!("{name}: no provider of the catalogue has `{issuer}`"));
            assert_eq!(owner, kind, "{name}: whose `{issuer}` is");
        }
    }
}

#[test]
fn claims_are_the_providers_own() {
    for (name, _, publisher) in publishers() {
        let Some(provider) = provider(publisher) else { continue };
        let is_known = |claim: &str| {
            provider.claims.contains_key(claim) || provider.families.iter().any(|family| claim.starts_with(family))
        };
        for step in &publisher.rule {
            let derived = |claim: &str| provider.claims.get(claim).is_some_and(|claim| claim.derived.is_some());
            for claim in step.operation.claims() {
                let step = &step.name;
                assert!(is_known(claim), "{name}, step `{step}`: `{claim}` is no claim of {}", provider.kind);
                assert!(
                    !derived(claim),
                    "{name}, step `{step}`: `{claim}` is derived, and a registry reads what is in the token"
                );
            }
        }
        for meaning in &publisher.means {
            let claim = provider.claims.get(&meaning.claim);
            let claim =
                claim.unwrap_or_else(|| panic!("{name}, means: no claim `{}` of {}", meaning.claim, provider.kind));
            let is_list = claim.kind == ClaimType::List;
            assert_eq!(
                meaning.is == Sense::Contains,
                is_list,
                "{name}, means: `contains` is for lists: `{}`",
                meaning.claim
            );
            assert!(
                meaning.is != Sense::Template || claim.template,
                "{name}: no template stands on `{}`",
                meaning.claim
            );
        }
        for loss in &publisher.loses {
            for claim in &loss.claims {
                assert!(is_known(claim), "{name}, loses: `{claim}` is no claim of {}", provider.kind);
            }
            let silent = loss.claims.is_empty() && loss.is == Direction::Narrower;
            assert!(!silent, "{name}: a token shows what it is refused by: {}", loss.about);
        }
    }
}

#[test]
fn what_records_give_are_the_registrys_actions() {
    for (name, profile, publisher) in publishers() {
        let registry = Catalogue::bundled().unwrap().registry(&profile.registry).unwrap();
        for action in publisher.gives.actions.iter().flat_map(|actions| actions.are.values()) {
            let known = registry.actions.iter().any(|known| known.name == *action);
            assert!(known, "{name}, gives: `{action}` is no action of registries/{}.yaml", profile.registry);
        }
    }
}

/// An empty record and an empty token must never come to an agreement.
#[test]
fn nothing_is_let_in_by_a_record_without_values() {
    for (name, profile, publisher) in publishers() {
        let kind = profile.publishers.iter().find(|(_, other)| std::ptr::eq(*other, publisher)).unwrap().0;
        let bare = Record { publisher: kind.clone(), fields: Default::default(), created: None };
        let judge = Judge::new(profile, Settings::of(profile), vec![bare]);
        let claims: BTreeSet<&str> = publisher.rule.iter().flat_map(|step| step.operation.claims()).collect();
        let question = Question { package: None, version: None, now: 0 };
        for value in [r#""""#, "null", "0", "true", "[]", "{}"] {
            let members: Vec<String> = claims.iter().map(|claim| format!("{claim:?}:{value}")).collect();
            let token = format!("{{{}}}", members.join(","));
            let claims = trustctl_claims::Claims::parse(&token).unwrap();
            assert!(!judge.rule(&claims, &question).is_allow(), "{name}: {token}");
        }
    }
}

/// Every vector of the project.
fn vectors() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let matrix = std::fs::read_dir(folder.join("matrix")).unwrap().map(|entry| entry.unwrap().path());
    let files = matrix.chain([folder.join("registries.jsonl")]).map(|file| std::fs::read_to_string(file).unwrap());
    files
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).expect(line)).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_kind_of_record_has_vectors_that_allow_and_that_deny() {
    let vectors = vectors();
    for (about, profile, publisher) in publishers() {
        let name = about.rsplit(' ').next().unwrap();
        let is_about = |row: &Value| {
            let registry = row["registry"].as_str().unwrap().replace('.', "-");
            // A record that is a list of statements may be for any provider.
            let is_kind = row["provider"] == name || publisher.statements.is_some();
            registry == profile.registry && row["kind"] == "policy-eval" && is_kind && !row["policy"].is_null()
        };
        for expected in ["allow", "deny"] {
            assert!(
                vectors.iter().any(|row| is_about(row) && row["expect"] == expected),
                "{about}: no vector of the kind `policy-eval` in tests/vectors expects {expected}"
            );
        }
    }
}
