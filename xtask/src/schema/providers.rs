//! `providers`, and the conditions that each provider's claims allow.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use trustctl_catalog::{Catalogue, Claim, Provider, Role};

use super::{Dialect, matchers, reference, whole_text};

/// The providers that a trust file can name without declaring an issuer.
pub(super) fn known(catalogue: &Catalogue) -> impl Iterator<Item = &Provider> {
    catalogue.providers().filter(|entry| !entry.issuers.is_empty())
}

pub(super) fn define(catalogue: &Catalogue, dialect: Dialect, definitions: &mut Map<String, Value>) {
    let mut properties = Map::new();
    for entry in known(catalogue) {
        definitions.insert(dialect.name(&format!("conditions-{}", entry.kind)), conditions(entry, dialect));
        definitions.insert(dialect.name(&format!("provider-{}", entry.kind)), provider(entry, dialect));
        let reference = dialect.reference(&format!("provider-{}", entry.kind));
        properties.insert(entry.kind.clone(), json!({ "description": entry.about, "allOf": [reference] }));
        if dialect == Dialect::Trust {
            definitions.insert(format!("only-{}", entry.kind), only(entry));
        }
    }
    let open = match dialect {
        Dialect::Trust => reference("condition"),
        Dialect::Generic => reference("generic-condition"),
    };
    definitions.insert(
        dialect.name("conditions"),
        json!({ "type": "object", "minProperties": 1, "additionalProperties": open }),
    );
    definitions.insert(dialect.name("own-provider"), own(catalogue, dialect));
    definitions.insert(
        dialect.name("providers"),
        json!({ "properties": properties, "additionalProperties": dialect.reference("own-provider") }),
    );
    if dialect == Dialect::Trust {
        definitions.insert("claims".to_owned(), claims());
    }
}

/// Every claim that conditions on this provider's tokens can name.
fn claims_of(entry: &Provider) -> impl Iterator<Item = (&String, &Claim)> {
    entry.claims.iter().filter(|(_, claim)| claim.role != Role::Envelope)
}

/// Completes the claims of a provider, and checks their values; further names may be declared in the file.
fn conditions(entry: &Provider, dialect: Dialect) -> Value {
    let properties: Map<String, Value> =
        claims_of(entry).map(|(name, claim)| (name.clone(), matchers::claim(entry, claim, dialect))).collect();
    let other = match dialect {
        Dialect::Trust => reference("condition"),
        Dialect::Generic => reference("generic-condition"),
    };
    json!({ "type": "object", "minProperties": 1, "properties": properties, "additionalProperties": other })
}

/// The names that are claims where the file declares none.
fn only(entry: &Provider) -> Value {
    let names: Vec<&String> = claims_of(entry).map(|(name, _)| name).collect();
    if entry.families.is_empty() {
        return json!({ "propertyNames": { "enum": names } });
    }
    let mut any = vec![json!({ "enum": names })];
    any.extend(entry.families.iter().map(|prefix| json!({ "pattern": format!("^{prefix}.") })));
    json!({ "propertyNames": { "anyOf": any } })
}

/// An entry of the catalogue under its own name, or under another with `kind`.
fn provider(entry: &Provider, dialect: Dialect) -> Value {
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!({ "const": entry.kind, "description": format!("{}.", entry.title) }));
    let require = json!({
        "description": "Conditions of every grant of this issuer, whatever the grant says: what \"ours\" means.",
        "allOf": [dialect.reference(&format!("conditions-{}", entry.kind))]
    });
    properties.insert("require".to_owned(), require);
    properties.insert("claims".to_owned(), reference("claims"));
    let fields: BTreeMap<_, _> = entry.issuers.iter().flat_map(|form| &form.fields).collect();
    for (name, field) in &fields {
        let schema = json!({
            "description": format!("{}. Example: `{}`", field.about, field.example),
            "type": "string",
            "pattern": whole_text(&field.pattern),
            "patternErrorMessage": format!("{}; such as {}", field.about, field.example),
            "examples": [field.example]
        });
        properties.insert((*name).clone(), schema);
    }
    let switches: Vec<&String> = entry.issuers.iter().filter_map(|form| form.switch.as_ref()).collect();
    for form in &entry.issuers {
        if let Some(switch) = &form.switch {
            properties.insert(switch.clone(), json!({ "description": form.about, "enum": [true, "true"] }));
        }
    }
    // One form for each set of fields: what is given must name one, and no more than it has.
    let forms: Vec<Value> = entry
        .issuers
        .iter()
        .map(|form| {
            let has: Vec<&String> = form.fields.keys().chain(&form.switch).collect();
            let others: Map<String, Value> = fields
                .keys()
                .copied()
                .chain(switches.iter().copied())
                .filter(|name| !has.contains(name))
                .map(|name| (name.clone(), json!(false)))
                .collect();
            json!({ "required": has, "properties": others })
        })
        .collect();
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false, "anyOf": forms });
    if let (Some(schema), Dialect::Trust) = (schema.as_object_mut(), dialect) {
        schema.insert("if".to_owned(), json!({ "required": ["claims"] }));
        let closed = json!({ "properties": { "require": reference(&format!("only-{}", entry.kind)) } });
        schema.insert("else".to_owned(), closed);
    }
    schema
}

/// A provider under a name of the file's own: `kind` of the catalogue, or `issuer`.
fn own(catalogue: &Catalogue, dialect: Dialect) -> Value {
    let kinds: Vec<&str> = known(catalogue).map(|entry| entry.kind.as_str()).collect();
    let mut rules: Vec<Value> = known(catalogue)
        .map(|entry| {
            json!({
                "if": { "properties": { "kind": { "const": entry.kind } }, "required": ["kind"] },
                "then": dialect.reference(&format!("provider-{}", entry.kind))
            })
        })
        .collect();
    let issuer = match dialect {
        Dialect::Trust => json!({
            "type": "string",
            "pattern": "^https://[^/?#@*]+[^?#*]*$",
            "patternErrorMessage": "An issuer is a whole https:// address without query, fragment and patterns."
        }),
        Dialect::Generic => json!({
            "type": ["string", "object"],
            "minLength": 1,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": { "glob": reference("text"), "regex": reference("text"), "search": reference("text") },
            "additionalProperties": false
        }),
    };
    let tenants = json!({
        "enum": ["ours", "shared"],
        "description": "Who can get a token from this issuer: only us (`ours`), or others as well (`shared`)."
    });
    rules.push(json!({
        "if": { "required": ["kind"] },
        "else": {
            "properties": {
                "issuer": { "description": "`iss` of its tokens, compared byte for byte.", "allOf": [issuer] },
                "tenants": tenants,
                "claims": reference("claims"),
                "require": dialect.reference("conditions")
            },
            "additionalProperties": false,
            "required": ["issuer", "tenants"]
        }
    }));
    json!({
        "description": "A provider under a name of one's own: `kind` of the catalogue, or an `issuer` that the catalogue lacks.",
        "type": "object",
        "properties": { "kind": { "enum": kinds, "description": "An entry of the catalogue." } },
        "allOf": rules
    })
}

/// `claims: { pipeline: string, team: { at: /org/team, type: string } }`.
fn claims() -> Value {
    let types = ["string", "integer", "boolean", "list"];
    json!({
        "description": "Claims that the catalogue lacks, with their types.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "not": { "enum": ["iss", "aud", "exp", "iat", "nbf", "jti"] } },
        "additionalProperties": {
            "type": ["string", "object"],
            "if": { "type": "string" },
            "then": { "enum": types },
            "properties": {
                "type": { "enum": types, "description": "Its JSON type." },
                "at": {
                    "type": "string",
                    "pattern": "^/.",
                    "patternErrorMessage": "The way to the member, such as /org/team.",
                    "description": "JSON Pointer of a nested member."
                },
                "tenant": { "enum": [true, "true"], "description": "Its value says whose token it is." },
                "source": { "enum": [true, "true"], "description": "One value of it is one source: a repository, a pipeline." }
            },
            "additionalProperties": false,
            "required": ["type"]
        }
    })
}
