//! What may stand as a condition's value.

use serde_json::{Map, Value, json};
use trustctl_catalog::{Claim, ClaimType, Provider};

use super::{Dialect, reference, whole_text};
use crate::pages::example;

/// The definitions that conditions share.
pub(super) fn define(definitions: &mut Map<String, Value>) {
    let name = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
    let mut define = |name: &str, value: Value| _ = definitions.insert(name.to_owned(), value);
    define(
        "name",
        json!({ "pattern": name, "patternErrorMessage": "Letters, digits, `-`, `_` and `.`, beginning with a letter or digit; at most 64." }),
    );
    // YAML makes numbers and booleans of unquoted text; the language reads the text itself.
    define("value", json!({ "type": ["string", "number", "boolean"], "minLength": 1 }));
    define("text", reference("value"));
    define(
        "bound",
        json!({ "type": ["string", "number", "boolean"], "minLength": 1, "description": "A name, or a glob as in `@left/*`." }),
    );
    define("bounds", json!({ "type": "array", "minItems": 1, "items": reference("bound") }));

    let member = keys(&["equals", "ignore-case", "glob", "regex"]);
    define("member-matcher", member.clone());
    define("member", with(json!({ "type": ["string", "number", "boolean", "object"], "minLength": 1 }), &member));
    let negated = json!({ "type": ["string", "number", "boolean", "array", "object"], "minLength": 1, "minItems": 1, "items": reference("member") });
    define("negated", with(negated.clone(), &member));
    define("contained", with(negated, &keys(&["equals", "ignore-case", "glob", "regex", "not"])));
    let text_keys = ["equals", "ignore-case", "glob", "regex", "not", "present"];
    define("matcher", keys(&text_keys));
    define("matcher-or-template", keys(&[&text_keys[..], &["template"]].concat()));
    define("plain-matcher", keys(&["equals", "not", "present"]));
    define("whole-value-matcher", keys(&["equals"]));
    let mut list = keys(&["contains", "present"]);
    if let Some(properties) = list.pointer_mut("/properties").and_then(Value::as_object_mut) {
        let not =
            json!({ "description": "Does not hold what this says.", "allOf": [keys(&["contains"])], "type": "object" });
        properties.insert("not".to_owned(), not);
    }
    define("list-matcher", with(json!({ "type": "object" }), &list));
    // Of a provider whose claims only the file itself declares: any matcher that some type takes.
    let any = json!({ "type": ["string", "number", "boolean", "array", "object"], "minLength": 1, "minItems": 1, "items": reference("member") });
    let keys_of_all = ["equals", "ignore-case", "glob", "regex", "contains"];
    define("negated-condition", with(any.clone(), &keys(&keys_of_all)));
    let mut condition = with(any, &keys(&[&keys_of_all[..], &["template", "not", "present"]].concat()));
    if let Some(place) = condition.pointer_mut("/properties/not") {
        *place = described("The claim is there and does not match.", reference("negated-condition"));
    }
    define("condition", condition);
    let all =
        ["equals", "ignore-case", "glob", "crossing", "regex", "search", "template", "contains", "not", "present"];
    let mut generic = json!({
        "type": ["string", "number", "boolean", "array", "object"],
        "minLength": 1,
        "minItems": 1,
        "items": reference("generic-condition")
    });
    generic = with(generic, &keys(&all));
    for key in ["not", "contains"] {
        if let Some(place) = generic.pointer_mut(&format!("/properties/{key}")) {
            *place = reference("generic-condition");
        }
    }
    define("generic-condition", generic);
}

/// A map of these matchers.
fn keys(names: &[&str]) -> Value {
    let properties: Map<String, Value> = names.iter().map(|&name| (name.to_owned(), matcher(name))).collect();
    let mut map = json!({ "properties": properties, "additionalProperties": false, "minProperties": 1 });
    if let Some(map) = map.as_object_mut() {
        let mut needs = Map::new();
        for (key, needed) in [("ignore-case", "equals"), ("crossing", "glob")] {
            if names.contains(&key) {
                needs.insert(key.to_owned(), json!([needed]));
            }
        }
        if !needs.is_empty() {
            map.insert("dependencies".to_owned(), Value::Object(needs));
        }
        if names.contains(&"present") {
            map.insert("if".to_owned(), json!({ "type": "object", "required": ["present"] }));
            map.insert("then".to_owned(), json!({ "maxProperties": 1 }));
        }
    }
    map
}

fn matcher(name: &str) -> Value {
    match name {
        "equals" => described("Is this value, also where it looks like a pattern.", reference("value")),
        "ignore-case" => json!({ "type": "boolean", "description": "`equals` folds ASCII case." }),
        "glob" => described(
            "Matches as a whole: `*` is any run and `?` one, of characters other than `/` `:` `@`; `**` any run, last in the pattern.",
            reference("text"),
        ),
        "crossing" => json!({ "type": "boolean", "description": "`*` of the glob crosses `/`, `:` and `@` as well." }),
        "regex" => json!({
            "type": "string",
            "minLength": 1,
            "maxLength": 512,
            "description": "Matches as a whole: ASCII, without flags, anchors and look-around."
        }),
        "search" => described("A regular expression that matches somewhere in the value.", reference("text")),
        "template" => json!({
            "type": "string",
            "minLength": 1,
            "pattern": "\\{(version|package|package\\.scope|package\\.name)\\}",
            "patternErrorMessage": "A template has a hole: {version}, {package}, {package.scope} or {package.name}.",
            "description": "Equals the text with the request's parts filled in: `v{version}`.",
            "examples": ["v{version}", "{package.name}-v{version}"]
        }),
        "contains" => described("Some member of the list matches.", reference("contained")),
        "not" => described("The claim is there and does not match.", reference("negated")),
        _ => json!({ "type": "boolean", "description": "Whether the claim is there at all; stands alone." }),
    }
}

fn described(description: &str, schema: Value) -> Value {
    json!({ "description": description, "allOf": [schema] })
}

/// `base` and the keywords of `more`, which it has none of.
fn with(mut base: Value, more: &Value) -> Value {
    if let (Some(base), Some(more)) = (base.as_object_mut(), more.as_object()) {
        base.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    base
}

/// What may stand as the value of one claim.
pub(super) fn claim(provider: &Provider, claim: &Claim, dialect: Dialect) -> Value {
    let about = about(provider, claim);
    if dialect == Dialect::Generic {
        return described(&about, reference("generic-condition"));
    }
    let pattern = claim.values.as_deref().map(whole_text);
    let hint = claim.hint.as_ref().map(|hint| format!("Write {hint}."));
    match claim.kind {
        ClaimType::List => described(&about, reference("list-matcher")),
        ClaimType::Integer => {
            let number = json!({ "type": ["integer", "string"], "pattern": "^(0|-?[1-9][0-9]*)$" });
            several(json!({ "description": about }), &number, "plain-matcher", "whole-value-matcher")
        }
        ClaimType::Boolean => {
            let word = json!({ "type": ["boolean", "string"], "pattern": "^(true|false)$" });
            several(json!({ "description": about }), &word, "plain-matcher", "whole-value-matcher")
        }
        ClaimType::String => {
            let mut value = json!({ "type": ["string", "number", "boolean"], "minLength": 1 });
            if let (Some(value), Some(pattern)) = (value.as_object_mut(), &pattern) {
                value.insert("pattern".to_owned(), json!(pattern));
                if let Some(hint) = hint {
                    value.insert("patternErrorMessage".to_owned(), json!(hint));
                }
            }
            let example = example(provider, &claim.example);
            let base = if example.is_empty() {
                json!({ "description": about })
            } else {
                json!({ "description": about, "examples": [example] })
            };
            if claim.shape.is_some() {
                return several(base, &value, "whole-value-matcher", "whole-value-matcher");
            }
            let matcher = if claim.template { "matcher-or-template" } else { "matcher" };
            several(base, &value, matcher, "member-matcher")
        }
    }
}

/// A value, a list of such values, or a map of matchers, in one flat schema.
fn several(base: Value, value: &Value, matcher: &str, member_matcher: &str) -> Value {
    let mut types = value.get("type").and_then(Value::as_array).cloned().unwrap_or_default();
    types.push(json!("object"));
    // A member may be written out as a map: `{ equals: "a*b" }`.
    let member = with(value.clone(), &json!({ "type": types, "allOf": [reference(member_matcher)] }));
    types.push(json!("array"));
    let flat = with(with(base, value), &json!({ "minItems": 1, "items": member, "allOf": [reference(matcher)] }));
    with(flat, &json!({ "type": types }))
}

fn about(provider: &Provider, claim: &Claim) -> String {
    let mut about = claim.about.clone();
    if let Some(by) = claim.pinned_by.first() {
        about.push_str(&format!(" A name that somebody else can come to have; `{by}` pins it."));
    }
    let example = example(provider, &claim.example);
    if !example.is_empty() {
        about.push_str(&format!(" Example: `{example}`"));
    }
    about
}
