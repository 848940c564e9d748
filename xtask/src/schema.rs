//! The JSON Schema of trust files, made from the catalogue: what an editor completes and checks.
//!
//! Draft 7, which the YAML language server knows best. The schema is a help, the reader is the judge: what one file
//! alone cannot tell (names that other keys declare, what a pattern lets in) is left to `trustctl lint`, and where the
//! two could differ the schema is the one that lets through. Values are checked flat, keyword by keyword, rather than
//! by alternatives, because editors explain a failed keyword and not a failed alternative.

use serde_json::{Map, Value, json};
use trustctl_catalog::Catalogue;

mod grants;
mod matchers;
mod providers;
mod registries;

/// Which rules a file follows: the trust language's own, or those of `dialect: generic`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Trust,
    Generic,
}

impl Dialect {
    const ALL: [Self; 2] = [Self::Trust, Self::Generic];

    /// The name of a definition in this dialect.
    fn name(self, name: &str) -> String {
        match self {
            Self::Trust => name.to_owned(),
            Self::Generic => format!("generic-{name}"),
        }
    }

    fn reference(self, name: &str) -> Value {
        reference(&self.name(name))
    }
}

/// The schema as it stands in `schema/trust.schema.json`.
///
/// # Errors
///
/// None in practice: JSON values always have a text.
pub fn text(catalogue: &Catalogue) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&sorted(whole(catalogue)))?;
    text.push('\n');
    Ok(text)
}

/// The schema.
pub fn whole(catalogue: &Catalogue) -> Value {
    let mut definitions = Map::new();
    matchers::define(&mut definitions);
    for dialect in Dialect::ALL {
        providers::define(catalogue, dialect, &mut definitions);
        grants::define(catalogue, dialect, &mut definitions);
        definitions.insert(dialect.name("file"), file(catalogue, dialect));
    }
    registries::define(catalogue, &mut definitions);
    let is_root = json!({ "anyOf": [{ "required": ["registry"] }, { "required": ["registries"] }] });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://trustctl.example/schema/trust.schema.json",
        "title": "Trust file of trustctl, version 1",
        "description": "Which machine identities may do what to which packages. Nothing is allowed that no grant allows.",
        "type": "object",
        "properties": {
            "trust": {
                "description": "Version of the language; fixes what everything in the file means.",
                "enum": [1, "1"],
                "default": 1
            },
            "dialect": {
                "description": "The file stands for a policy that another system enforces: it is linted, and never loads for deciding.",
                "enum": ["generic"]
            },
            "registry": { "description": "Who is asked: a kind, or a map with `kind` and what that kind needs." },
            "registries": {
                "description": "Several registries by name, in place of `registry`; each grant then says which one.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": reference("name")
            },
            "providers": {
                "description": "What the catalogue does not say of the issuers: which organisation, and what holds for every grant.",
                "type": "object",
                "propertyNames": reference("name")
            },
            "grants": {
                "description": "Who may do what. Nothing is allowed that no grant allows.",
                "type": "array",
                "minItems": 1
            },
            "include": {
                "description": "Further files, each with the packages and accounts that it may grant at most.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {
                    "not": { "pattern": "^/|\\\\|:|(^|/)\\.{1,2}(/|$)|//" },
                    "description": "A path below this file's folder, such as `teams/left-pad/*.yaml`."
                },
                "additionalProperties": {
                    "description": "Names, of the one registry; or by registry: `{ staging: { packages: [\"@left/*\"], accounts: [left-ci] } }`.",
                    "type": ["array", "object"],
                    "minItems": 1,
                    "items": reference("bound"),
                    "minProperties": 1,
                    "additionalProperties": {
                        "type": "object",
                        "minProperties": 1,
                        "properties": { "packages": reference("bounds"), "accounts": reference("bounds") },
                        "additionalProperties": false
                    }
                }
            }
        },
        "additionalProperties": false,
        "required": ["trust"],
        "not": { "required": ["registry", "registries"] },
        // A file with `trust` and `grants` alone is one that another includes.
        "dependencies": { "providers": is_root, "include": is_root, "dialect": is_root },
        "anyOf": [{ "required": ["grants"] }, { "required": ["include"] }],
        "if": { "properties": { "dialect": { "const": "generic" } }, "required": ["dialect"] },
        "then": Dialect::Generic.reference("file"),
        "else": Dialect::Trust.reference("file"),
        "definitions": definitions
    })
}

/// What a dialect makes of the outermost keys.
fn file(catalogue: &Catalogue, dialect: Dialect) -> Value {
    let mut rules = Vec::new();
    if dialect == Dialect::Trust {
        rules.extend(grants::known_claims_only(catalogue));
        rules.extend(registries::actions_of_the_registry(catalogue));
    }
    let mut file = json!({
        "properties": {
            "registry": dialect.reference("registry"),
            "registries": { "additionalProperties": dialect.reference("registry") },
            "providers": dialect.reference("providers"),
            "grants": { "items": dialect.reference("grant") }
        }
    });
    if let (Some(file), false) = (file.as_object_mut(), rules.is_empty()) {
        file.insert("allOf".to_owned(), Value::Array(rules));
    }
    file
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// A regular expression of the catalogue, as JSON Schema wants it: of the whole text.
fn whole_text(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}

/// Keys in alphabetical order, whatever the features that another crate chose for `serde_json`.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(members) => Value::Array(members.into_iter().map(sorted).collect()),
        other => other,
    }
}
