//! Claims blocks: JSON objects that build on each other, filled up from the policy they are judged by.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use trustctl_claims::Claims;
use trustctl_policy::{Audience, Policy};

use crate::block::ClaimsBlock;

/// Claims by name, as JSON text, so that numbers keep their digits.
pub(crate) type Members = BTreeMap<String, Box<RawValue>>;

/// Claims before they meet a policy.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) members: Members,
    /// Taken out, so never filled in again.
    without: Vec<String>,
    provider: Option<String>,
    raw: bool,
}

impl Draft {
    /// Reads a block; `known` finds the claims it extends.
    ///
    /// # Errors
    ///
    /// What is wrong with the block.
    pub(crate) fn read<'d>(block: &ClaimsBlock<'_>, known: impl Fn(&str) -> Option<&'d Self>) -> Result<Self, String> {
        let text = block.fence.lines.join("\n");
        let own: Members =
            serde_json::from_str(&text).map_err(|error| format!("the claims are no JSON object: {error}"))?;
        let mut draft = match &block.extends {
            Some(name) => known(name).ok_or_else(|| format!("there are no claims `{name}` to extend"))?.clone(),
            None => Self { members: Members::new(), without: Vec::new(), provider: None, raw: false },
        };
        for name in &block.without {
            draft.take_out(name)?;
        }
        draft.without.retain(|name| !own.contains_key(name));
        draft.members.extend(own);
        draft.provider = block.provider.clone().or(draft.provider);
        draft.raw |= block.raw;
        Ok(draft)
    }

    /// # Errors
    ///
    /// The claim is not there: the test means another.
    pub(crate) fn take_out(&mut self, name: &str) -> Result<(), String> {
        const FILLED_IN: [&str; 5] = ["iss", "aud", "sub", "exp", "iat"];
        if self.members.remove(name).is_none() && !FILLED_IN.contains(&name) {
            return Err(format!("there is no claim `{name}` to take out"));
        }
        self.without.push(name.to_owned());
        Ok(())
    }

    /// The claims as a token for `registry` has them at second `now`.
    ///
    /// # Errors
    ///
    /// What cannot be filled in, or why they are no claims.
    pub(crate) fn for_policy(&self, policy: &Policy, registry: &str, now: i64) -> Result<Claims<'static>, String> {
        let mut members = self.members.clone();
        if !self.raw {
            self.fill(&mut members, policy, registry, now)?;
        }
        let json = serde_json::to_string(&members).map_err(|error| error.to_string())?;
        Claims::parse(&json).map(Claims::into_owned).map_err(|error| error.to_string())
    }

    fn fill(&self, members: &mut Members, policy: &Policy, registry: &str, now: i64) -> Result<(), String> {
        let wants =
            |members: &Members, name: &str| !members.contains_key(name) && !self.without.iter().any(|out| out == name);
        if wants(members, "iss") || wants(members, "aud") {
            let (id, provider) = match &self.provider {
                Some(name) => policy
                    .providers()
                    .find(|(_, provider)| provider.name == *name)
                    .ok_or_else(|| format!("the policy has no provider `{name}`"))?,
                None => {
                    if policy.issuers().len() != 1 {
                        return Err(
                            "the policy has several issuers: say which claims these are with `provider=`".to_owned()
                        );
                    }
                    policy.providers().next().ok_or("the policy has no provider")?
                }
            };
            if wants(members, "iss") {
                let issuer = policy.issuer(provider.issuer).map_or("", |issuer| issuer.text.as_str());
                members.insert("iss".to_owned(), raw(&serde_json::json!(issuer))?);
            }
            if wants(members, "aud")
                && let Some((registry, _)) = policy.registry_named(registry)
                && let Some(Audience::Exact(audience)) = policy.audience(registry, id)
            {
                members.insert("aud".to_owned(), raw(&serde_json::json!(audience))?);
            }
        }
        for (name, value) in [
            ("sub", serde_json::json!("test")),
            ("iat", serde_json::json!(now)),
            ("exp", serde_json::json!(now.saturating_add(300))),
        ] {
            if wants(members, name) {
                members.insert(name.to_owned(), raw(&value)?);
            }
        }
        Ok(())
    }
}

fn raw(value: &serde_json::Value) -> Result<Box<RawValue>, String> {
    serde_json::value::to_raw_value(value).map_err(|error| error.to_string())
}
