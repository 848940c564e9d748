//! One vector.

use serde_json::{Map, Value};

/// One line of a file of vectors.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: String,
    /// The profile's name.
    pub(super) registry: String,
    /// The kind of record: `github`; `generic` where it does not matter.
    pub(super) provider: String,
    pub(super) kind: String,
    /// Whether the token is let in, the record taken, the text cut.
    pub(super) allow: bool,
    /// The whole object.
    all: Map<String, Value>,
}

impl Row {
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let all: Map<String, Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |key: &str| {
            all.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("`{key}` is missing"))
        };
        let allow = match text("expect")?.as_str() {
            "allow" => true,
            "deny" => false,
            other => return Err(format!("`expect` is `{other}`")),
        };
        let registry = text("registry")?.replace('.', "-");
        Ok(Self { id: text("id")?, registry, provider: text("provider")?, kind: text("kind")?, allow, all })
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.all.get(key)
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The records: one, several, or none.
    pub(super) fn records(&self) -> Vec<Value> {
        match self.get("policy") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(records)) => records.clone(),
            Some(one) => vec![one.clone()],
        }
    }

    /// The members of the only record.
    pub(super) fn policy(&self) -> Map<String, Value> {
        self.get("policy").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    pub(super) fn claims(&self) -> Map<String, Value> {
        self.get("claims").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    pub(super) fn expected(&self) -> String {
        let word = if self.allow { "allow" } else { "deny" };
        match self.text("reason") {
            "" => word.to_owned(),
            reason => format!("{word} ({reason})"),
        }
    }
}
