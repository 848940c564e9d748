//! Cloudsmith's provider settings: every claim of a map is as it says, and then a service account is given or chosen.
//!
//! Values are compared as they stand, except that `.*` at the end stands for any rest. Nothing forces a claim that names a
//! tenant, or any at all. Source: cloudsmith-io/cloudsmith-docs, authentication/openid-connect (91ce55a) and
//! authentication/dynamic-oidc-mapping (efef7a2), read 2026-11-20.

mod read;
mod ways;

use serde_json::Value as Json;
use trustctl_claims::{ClaimKey, Claims, Value};

use super::value::{Sameness, Scalar};
use super::{Told, bare_step, step};
use crate::Miss;

pub(super) use read::read;

/// A provider's settings.
#[derive(Debug)]
pub(crate) struct Provider {
    claims: Vec<(ClaimKey, Wanted)>,
    /// The service accounts that a token may act as.
    accounts: Accounts,
}

#[derive(Debug)]
enum Accounts {
    /// Any of these.
    Fixed(Vec<String>),
    /// The one that a claim's value chooses.
    Chosen(ClaimKey, Vec<Choice>),
    /// What the record says cannot be read, or is nothing.
    Nobody,
}

#[derive(Debug)]
struct Choice {
    wanted: Wanted,
    /// One account.
    account: [String; 1],
}

/// What a claim's value must be.
#[derive(Debug)]
enum Wanted {
    Exactly(Scalar),
    /// A text that begins with this.
    Prefix(String),
}

impl Provider {
    pub(super) fn decide(&self, claims: &Claims<'_>) -> Result<&[String], Miss> {
        for (key, wanted) in &self.claims {
            if let Some(miss) = wanted.miss(key, claims) {
                return Err(miss);
            }
        }
        self.account(claims)
    }

    fn account(&self, claims: &Claims<'_>) -> Result<&[String], Miss> {
        let (key, choices) = match &self.accounts {
            Accounts::Fixed(accounts) => return Ok(accounts),
            Accounts::Nobody => return Err(Miss::NoStatement),
            Accounts::Chosen(key, choices) => (key, choices),
        };
        let claim = || key.name().to_owned();
        let value = claims.claim(key).ok_or_else(|| Miss::Missing(claim()))?;
        let literal =
            choices.iter().find(|choice| matches!(choice.wanted, Wanted::Exactly(_)) && choice.wanted.is(value));
        if let Some(choice) = literal {
            return Ok(&choice.account);
        }
        let mut fitting = choices.iter().filter(|choice| choice.wanted.is(value));
        match (fitting.next(), fitting.next()) {
            (Some(first), None) => Ok(&first.account),
            (Some(first), Some(second))
                if std::iter::once(second).chain(fitting).all(|other| other.account == first.account) =>
            {
                Ok(&first.account)
            }
            (Some(_), Some(_)) => {
                Err(Miss::Unclear(claim(), "several mappings match, and which one counts is not documented".to_owned()))
            }
            (None, _) => Err(Miss::Differs(claim())),
        }
    }

    pub(super) fn explain(&self, claims: &Claims<'_>) -> Told {
        let mut told = Told { steps: Vec::new(), warnings: self.warnings() };
        for (key, wanted) in &self.claims {
            let mut report =
                step(key.name().to_owned(), key.name(), vec![wanted.shown()], claims, wanted.miss(key, claims));
            report.fields.push("claims".to_owned());
            told.steps.push(report);
        }
        let miss = self.account(claims).err();
        match &self.accounts {
            Accounts::Fixed(_) => {}
            Accounts::Nobody => told.steps.push(bare_step("service account", miss)),
            Accounts::Chosen(key, choices) => {
                let expected = choices.iter().map(|choice| choice.wanted.shown()).collect();
                let mut report = step("service account".to_owned(), key.name(), expected, claims, miss);
                report.fields.extend(["mapping_claim".to_owned(), "dynamic_mappings".to_owned()]);
                told.steps.push(report);
            }
        }
        told
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let names_anything = self.claims.iter().any(|(key, wanted)| key.name() != "iss" && !wanted.is_anything());
        if !names_anything {
            warnings.push(
                "nothing is asked of any claim: every token of the provider is let in, whoever's it is".to_owned(),
            );
        } else if self.claims.iter().all(|(key, _)| matches!(key.name(), "aud" | "iss")) {
            warnings.push(
                "`aud` is the only claim that is asked for, and whoever asks for a token chooses it: \
                 name the organisation or the repository as well"
                    .to_owned(),
            );
        }
        let star = self.claims.iter().filter(|(_, wanted)| wanted.looks_like_wildcard());
        warnings.extend(star.map(|(key, wanted)| {
            format!("`{}` of `{key}` is compared as it stands; the wildcard is `.*`, at the end", wanted.shown())
        }));
        warnings
    }
}

impl Wanted {
    /// `None` for what is no scalar.
    fn read(value: &Json) -> Option<Self> {
        Some(match Scalar::read(value)? {
            Scalar::Text(text) => match text.strip_suffix(".*") {
                Some(prefix) => Self::Prefix(prefix.to_owned()),
                None => Self::Exactly(Scalar::Text(text)),
            },
            other => Self::Exactly(other),
        })
    }

    fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Exactly(scalar), value) => scalar.compare(value) == Sameness::Same,
            (Self::Prefix(prefix), Value::String(text)) => text.starts_with(prefix.as_str()),
            (Self::Prefix(_), _) => false,
        }
    }

    fn miss(&self, key: &ClaimKey, claims: &Claims<'_>) -> Option<Miss> {
        let claim = || key.name().to_owned();
        match claims.claim(key) {
            None | Some(Value::Null) => Some(Miss::Missing(claim())),
            Some(value) if self.is(value) => None,
            Some(Value::List(_) | Value::Object(_)) => Some(Miss::WrongType(claim())),
            Some(value) => Some(match (self, value) {
                (Self::Exactly(Scalar::Text(_)) | Self::Prefix(_), Value::String(_)) => Miss::Differs(claim()),
                (Self::Exactly(Scalar::Text(_)) | Self::Prefix(_), _) => Miss::WrongType(claim()),
                (_, Value::String(_)) => Miss::WrongType(claim()),
                _ => Miss::Differs(claim()),
            }),
        }
    }

    fn is_anything(&self) -> bool {
        matches!(self, Self::Prefix(prefix) if prefix.is_empty())
    }

    /// A `*` where an author may have meant any text.
    fn looks_like_wildcard(&self) -> bool {
        match self {
            Self::Exactly(Scalar::Text(text)) | Self::Prefix(text) => text.contains('*'),
            Self::Exactly(_) => false,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Exactly(scalar) => scalar.shown(),
            Self::Prefix(prefix) => format!("{prefix}.*"),
        }
    }
}
