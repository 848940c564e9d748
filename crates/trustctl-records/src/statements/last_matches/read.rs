//! A role's policy as its author wrote it.

use serde_json::{Map, Value as Json};
use trustctl_catalog::{Catalogue, Provider};
use trustctl_claims::ClaimKey;

use super::{Asks, Condition, Role, Statement};
use crate::statements::ruby;
use crate::statements::shape::{Problems, below};
use crate::statements::value::kind;
use crate::{FieldValue, Record, RecordProblem};

const EXAMPLE: &str = "[{effect: allow, principal: {oidc: https://token.actions.githubusercontent.com}, conditions: [\
     {operator: string_equals, claim: repository, value: acme/widgets}]}]";

/// Reads a role, with everything that the registry would object to.
pub(in crate::statements) fn read(record: &Record, at: &dyn Fn(&str) -> String) -> (Role, Vec<RecordProblem>) {
    let mut reader = Reader { provider: record.text("provider"), problems: Problems::new("statements") };
    let at = at("statements");
    let items = match record.fields.get("statements") {
        Some(FieldValue::Any(value)) => {
            let items = reader.problems.list(&at, "a role's policy", EXAMPLE, value);
            if items.is_empty() && reader.problems.is_empty() {
                reader.problems.add(&at, "a role has at least one statement", format!("as in `{EXAMPLE}`"));
            }
            items
        }
        _ => &[],
    };
    let statements = items.iter().enumerate().map(|(index, value)| reader.statement(&format!("{at}/{index}"), value));
    let statements = statements.collect();
    let scopes = match record.fields.get("scopes") {
        Some(FieldValue::List(scopes)) => scopes.clone(),
        _ => Vec::new(),
    };
    let provider = record.text("provider").map(str::to_owned);
    (Role { statements, provider, scopes }, reader.problems.into_list())
}

/// The provider of which the catalogue knows the claims: those of its documentation, for want of the discovery document.
fn known_provider(issuer: &str) -> Option<&'static Provider> {
    let catalogue = Catalogue::bundled().ok()?;
    catalogue.provider(catalogue.fixed_issuer(issuer)?.0)
}

struct Reader<'r> {
    /// The role's issuer, which a statement has that names none.
    provider: Option<&'r str>,
    problems: Problems,
}

impl Reader<'_> {
    fn statement(&mut self, at: &str, value: &Json) -> Statement {
        let nothing = Statement { is_allow: false, issuer: None, conditions: Vec::new() };
        let Some(members) = self.problems.object(at, "a statement", EXAMPLE, value) else { return nothing };
        self.problems.known(at, "a statement", members, &["effect", "principal", "conditions"]);
        let is_allow = match self.problems.text(at, "a statement", "effect: allow", members, "effect") {
            Some("allow") => Some(true),
            Some("deny") => Some(false),
            Some(other) => {
                let at = below(at, "effect");
                self.problems.add(&at, format!("`{other}` is no effect"), "`allow` or `deny`");
                None
            }
            None => None,
        };
        let issuer = self.principal(&below(at, "principal"), members.get("principal"));
        let conditions = self.conditions(&below(at, "conditions"), members.get("conditions"));
        if let Some(provider) = self.provider.or(issuer.as_deref()).and_then(known_provider) {
            self.claims(&below(at, "conditions"), provider, conditions.as_deref().unwrap_or_default());
        }
        // What the registry would not store it would still judge; only what cannot be read is nothing here.
        match (is_allow, conditions) {
            (Some(is_allow), Some(conditions)) if issuer.is_some() => Statement { is_allow, issuer, conditions },
            _ => nothing,
        }
    }

    fn principal(&mut self, at: &str, value: Option<&Json>) -> Option<String> {
        const PRINCIPAL: &str = "principal: {oidc: https://token.actions.githubusercontent.com}";
        let named = match value {
            None | Some(Json::Null) => None,
            Some(value) => {
                let members = self.problems.object(at, "`principal`", PRINCIPAL, value)?;
                self.problems.known(at, "a principal", members, &["oidc"]);
                match members.get("oidc") {
                    None | Some(Json::Null) => None,
                    Some(Json::String(text)) if text.trim().is_empty() => None,
                    Some(_) => Some(self.problems.text(at, "a principal", PRINCIPAL, members, "oidc")?),
                }
            }
        };
        let issuer = named.or(self.provider);
        if issuer.is_none() {
            self.problems.add(at, "a statement names no issuer", format!("as in `{PRINCIPAL}`"));
        }
        issuer.map(str::to_owned)
    }

    /// The registry takes conditions only on claims that the provider's discovery document lists.
    fn claims(&mut self, at: &str, provider: &Provider, conditions: &[Condition]) {
        for (index, condition) in conditions.iter().enumerate() {
            let name = condition.claim.name();
            let is_listed =
                provider.claims.get(name).is_some_and(|claim| claim.derived.is_none() && claim.at.is_none());
            if !is_listed {
                let at = format!("{at}/{index}/claim");
                let reason = format!("{} does not say that its tokens have a claim `{name}`", provider.title);
                self.problems.add(
                    &at,
                    reason,
                    format!("one of those that `trustctl providers {}` lists", provider.kind),
                );
            }
        }
    }

    fn conditions(&mut self, at: &str, value: Option<&Json>) -> Option<Vec<Condition>> {
        const CONDITION: &str = "{operator: string_equals, claim: repository, value: acme/widgets}";
        let Some(value) = value else {
            self.problems.add(at, "a statement has no `conditions`", format!("as in `conditions: [{CONDITION}]`"));
            return None;
        };
        let before = self.problems.len();
        let items = self.problems.list(at, "`conditions`", &format!("conditions: [{CONDITION}]"), value);
        let conditions: Option<Vec<Condition>> = items
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let at = format!("{at}/{index}");
                let members = self.problems.object(&at, "a condition", CONDITION, value)?;
                self.condition(&at, CONDITION, members)
            })
            .collect();
        if self.problems.len() > before {
            return None;
        }
        if items.is_empty() {
            self.problems.add(at, "a statement has at least one condition", format!("as in `[{CONDITION}]`"));
        }
        conditions
    }

    fn condition(&mut self, at: &str, example: &str, members: &Map<String, Json>) -> Option<Condition> {
        self.problems.known(at, "a condition", members, &["operator", "claim", "value"]);
        let operator = self.problems.text(at, "a condition", example, members, "operator");
        let operator = operator.and_then(|operator| match operator {
            "string_equals" => Some("string_equals"),
            "string_matches" => Some("string_matches"),
            other => {
                let at = below(at, "operator");
                self.problems.add(&at, format!("`{other}` is no operator"), "`string_equals` or `string_matches`");
                None
            }
        });
        let claim = self.problems.text(at, "a condition", example, members, "claim").map(ClaimKey::new);
        let value = match members.get("value") {
            Some(Json::String(text)) => Some(text.clone()),
            Some(other) => {
                let reason = format!("`value` is a text, and this is {}", kind(other));
                self.problems.add(&below(at, "value"), reason, "put it in quotes, where the claim is a text");
                None
            }
            None => {
                self.problems.add(&below(at, "value"), "a condition has no `value`", format!("as in `{example}`"));
                None
            }
        };
        let (operator, claim, value) = (operator?, claim?, value?);
        let asks = match operator {
            "string_equals" => Asks::Equal,
            _ => ruby::compile(&value).map_or_else(Asks::Unread, Asks::Found),
        };
        Some(Condition { claim, operator, value, asks })
    }
}
