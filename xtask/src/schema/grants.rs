//! `grants`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use trustctl_catalog::Catalogue;

use super::{Dialect, providers, reference};

pub(super) fn define(catalogue: &Catalogue, dialect: Dialect, definitions: &mut Map<String, Value>) {
    let names: BTreeMap<&str, &str> = catalogue
        .registries()
        .flat_map(|entry| &entry.actions)
        .map(|action| (action.name.as_str(), action.about.as_str()))
        .collect();
    let actions: Vec<Value> =
        names.iter().map(|(name, about)| json!({ "const": name, "description": about })).collect();
    let kinds: Vec<Value> = providers::known(catalogue)
        .map(|entry| json!({ "const": entry.kind, "description": entry.title }))
        .chain([json!({ "type": ["string", "number", "boolean"], "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" })])
        .collect();
    let list = json!({ "minItems": 1, "uniqueItems": true, "items": { "type": ["string", "number", "boolean"], "minLength": 1 } });
    let packages = merged(
        json!({
            "description": "Names; or a table of names to conditions, one grant per row, its conditions beside `when`.",
            "type": ["array", "object"],
            "minProperties": 1
        }),
        &list,
    );
    let accounts = merged(json!({ "description": "Service accounts to act as.", "type": "array" }), &list);
    let mut grant = json!({
        "type": "object",
        "properties": {
            "name": {
                "description": "How traces and suppressions call it; FILE:LINE otherwise.",
                "type": ["string", "number", "boolean"],
                "allOf": [reference("name")]
            },
            "registry": { "description": "Which of `registries` it answers for.", "type": ["string", "number", "boolean"], "minLength": 1 },
            "packages": packages,
            "accounts": accounts,
            "actions": {
                "description": "What it allows.",
                "type": "array",
                "minItems": 1,
                "uniqueItems": true,
                "items": { "anyOf": actions }
            },
            "provider": { "description": "Whose tokens: an entry of the catalogue, or of `providers`.", "anyOf": kinds },
            "when": { "description": "Claims and what is asked of them; all must hold.", "type": "object", "minProperties": 1 },
            "expires": {
                "description": "The last day on which it holds, in UTC.",
                "type": "string",
                "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
                "patternErrorMessage": "A day, as in 2027-06-30.",
                "examples": ["2027-06-30"]
            }
        },
        "additionalProperties": false,
        "required": ["provider"],
        "oneOf": [{ "required": ["packages"] }, { "required": ["accounts"] }],
        "dependencies": { "packages": ["actions"], "accounts": { "not": { "required": ["actions"] } } },
        "allOf": conditions(catalogue, dialect)
    });
    if let (Some(grant), Dialect::Trust) = (grant.as_object_mut(), dialect) {
        // A table's rows have the conditions, so `when` may be left out there.
        grant.insert(
            "if".to_owned(),
            json!({ "properties": { "packages": { "type": "object" } }, "required": ["packages"] }),
        );
        grant.insert("else".to_owned(), json!({ "required": ["when"] }));
    }
    definitions.insert(dialect.name("grant"), grant);
}

/// `when` and the rows know the claims of the grant's provider.
fn conditions(catalogue: &Catalogue, dialect: Dialect) -> Vec<Value> {
    let kinds: Vec<&str> = providers::known(catalogue).map(|entry| entry.kind.as_str()).collect();
    let mut rules: Vec<Value> = kinds
        .iter()
        .map(|kind| json!({ "if": of(kind), "then": wherever(&dialect.reference(&format!("conditions-{kind}"))) }))
        .collect();
    let known = json!({ "properties": { "provider": { "enum": kinds } }, "required": ["provider"] });
    rules.push(json!({ "if": known, "else": wherever(&dialect.reference("conditions")) }));
    rules
}

/// Where the file declares no claims of a provider beside the catalogue's, a grant of that provider names no others.
pub(super) fn known_claims_only(catalogue: &Catalogue) -> Vec<Value> {
    let rule = |kind: &str| {
        let declares = json!({ "properties": { kind: { "required": ["claims"] } }, "required": [kind] });
        let only = reference(&format!("only-{kind}"));
        let registry = json!({ "properties": { "require": { "properties": { kind: only.clone() } } } });
        json!({
            "if": { "properties": { "providers": declares }, "required": ["providers"] },
            "else": {
                "properties": {
                    "registry": registry,
                    "registries": { "additionalProperties": registry },
                    "grants": { "items": { "if": of(kind), "then": wherever(&only) } }
                }
            }
        })
    };
    providers::known(catalogue).map(|entry| rule(&entry.kind)).collect()
}

fn of(kind: &str) -> Value {
    json!({ "properties": { "provider": { "const": kind } }, "required": ["provider"] })
}

/// The same for `when` and for the rows of a table.
fn wherever(conditions: &Value) -> Value {
    json!({ "properties": { "when": conditions, "packages": { "additionalProperties": conditions } } })
}

fn merged(mut base: Value, more: &Value) -> Value {
    if let (Some(base), Some(more)) = (base.as_object_mut(), more.as_object()) {
        base.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    base
}
