//! `registry` and `registries`.

use serde_json::{Map, Value, json};
use trustctl_catalog::{AudienceForm, Catalogue, Registry};

use super::{Dialect, providers, reference, whole_text};

pub(super) fn define(catalogue: &Catalogue, definitions: &mut Map<String, Value>) {
    let audience = json!({
        "type": ["string", "number", "boolean"],
        "minLength": 1,
        "pattern": "^[^*]+$",
        "patternErrorMessage": "Audiences are compared as they stand: no patterns."
    });
    definitions.insert("audience".to_owned(), audience);
    for dialect in Dialect::ALL {
        definitions.insert(dialect.name("registry"), registry(catalogue, dialect));
    }
}

fn registry(catalogue: &Catalogue, dialect: Dialect) -> Value {
    // The short form is for kinds that need nothing said.
    let short: Vec<&str> =
        catalogue.registries().filter(|entry| !needs_more(entry)).map(|entry| entry.kind.as_str()).collect();
    let kinds: Vec<Value> =
        catalogue.registries().map(|entry| json!({ "const": entry.kind, "description": entry.about })).collect();
    let mut rules = vec![json!({ "if": { "type": "string" }, "then": { "enum": short } })];
    for entry in catalogue.registries() {
        rules.push(json!({
            "if": { "type": "object", "properties": { "kind": { "const": entry.kind } }, "required": ["kind"] },
            "then": keys(catalogue, entry, dialect)
        }));
    }
    json!({
        "description": "A kind, or a map with `kind` and what that kind needs.",
        "type": ["string", "object"],
        "properties": { "kind": { "description": "The registry's profile.", "anyOf": kinds } },
        "required": ["kind"],
        "allOf": rules
    })
}

fn needs_more(entry: &Registry) -> bool {
    !entry.fields.is_empty() || entry.audience == AudienceForm::Given
}

fn keys(catalogue: &Catalogue, entry: &Registry, dialect: Dialect) -> Value {
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!(true));
    let mut required: Vec<&str> = entry.fields.keys().map(String::as_str).collect();
    for (name, field) in &entry.fields {
        let schema = json!({
            "description": format!("{}. Example: `{}`", field.about, field.example),
            "type": ["string", "number", "boolean"],
            "pattern": whole_text(&field.pattern),
            "patternErrorMessage": format!("{}; such as {}", field.about, field.example),
            "examples": [field.example]
        });
        properties.insert(name.clone(), schema);
    }
    let by_provider: Map<String, Value> =
        providers::known(catalogue).map(|entry| (entry.kind.clone(), reference("audience"))).collect();
    let by_provider = json!({
        "type": "object",
        "minProperties": 1,
        "properties": by_provider,
        "additionalProperties": reference("audience")
    });
    let (about, schema) = match (&entry.audience, dialect) {
        (AudienceForm::Fixed(text), Dialect::Trust) => {
            (format!("Fixed: `{text}`; here only by provider, for one that cannot be asked for it."), by_provider)
        }
        (AudienceForm::Fixed(_), Dialect::Generic) => {
            ("By provider, or `any`.".to_owned(), json!({ "anyOf": [{ "const": "any" }, by_provider] }))
        }
        (AudienceForm::Default(text), _) => (
            format!("`{text}` where nothing is said; or by provider."),
            json!({ "anyOf": [reference("audience"), by_provider] }),
        ),
        (AudienceForm::Given, _) => {
            required.push("audience");
            let about = "The audience that its tokens carry, a text that no other service uses; or by provider.";
            (about.to_owned(), json!({ "anyOf": [reference("audience"), by_provider] }))
        }
    };
    properties.insert("audience".to_owned(), json!({ "description": about, "allOf": [schema] }));
    let require: Map<String, Value> = providers::known(catalogue)
        .map(|entry| (entry.kind.clone(), dialect.reference(&format!("conditions-{}", entry.kind))))
        .collect();
    let require = json!({
        "description": "By provider: conditions of every grant that answers for this registry.",
        "type": "object",
        "minProperties": 1,
        "properties": require,
        "additionalProperties": dialect.reference("conditions")
    });
    properties.insert("require".to_owned(), require);
    json!({ "properties": properties, "additionalProperties": false, "required": required })
}

/// With a single registry, its kind says which actions there are, and whether there are accounts.
pub(super) fn actions_of_the_registry(catalogue: &Catalogue) -> Vec<Value> {
    let rule = |entry: &Registry| {
        let actions: Vec<&str> = entry.actions.iter().map(|action| action.name.as_str()).collect();
        let mut grant = json!({ "properties": { "actions": { "items": { "enum": actions } } } });
        if let (Some(grant), None) = (grant.as_object_mut(), &entry.accounts) {
            grant.insert("not".to_owned(), json!({ "required": ["accounts"] }));
        }
        json!({
            "if": {
                "properties": {
                    "registry": {
                        "anyOf": [
                            { "const": entry.kind },
                            { "type": "object", "properties": { "kind": { "const": entry.kind } }, "required": ["kind"] }
                        ]
                    }
                },
                "required": ["registry"]
            },
            "then": { "properties": { "grants": { "items": grant } } }
        })
    };
    catalogue.registries().map(rule).collect()
}
