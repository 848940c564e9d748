//! A token's header, issuer, times and audience, as the registry judges them before it looks at any record.

use trustctl_catalog::ClaimType;
use trustctl_catalog::profile::{AudienceCheck, Envelope as Rule, Publisher, ReplayScope, WhenIssued};
use trustctl_claims::{ClaimKey, Claims, Value};

use crate::judge::{Judge, Question, Settings};
use crate::permissions;
use crate::prepare::is_of;

/// What of a token's header registries look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header<'h> {
    /// `alg`.
    pub algorithm: Option<&'h str>,
    /// `kid`.
    pub key: Option<&'h str>,
}

/// What is known of earlier uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used<'u> {
    /// Nothing: replay is not judged.
    Unknown,
    /// These tokens were used, by issuer and `jti`; the issuer may be left empty where it does not matter.
    Tokens(&'u [(String, String)]),
}

/// What is wrong with a token's envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    Algorithm,
    NoKeyId,
    Missing(String),
    WrongType(String),
    IssuerForm,
    Issuer,
    OldKeys,
    Expired,
    Early,
    Future,
    LongLife,
    AudienceForm,
    Audience,
    Used,
}

/// The names of the checks, in the order they are made.
pub(crate) const CHECKS: [&str; 10] = [
    "header",
    "claims of every token",
    "issuer",
    "keys",
    "expiry",
    "not before",
    "issued",
    "lifetime",
    "audience",
    "first use",
];

/// The setting that lists the issuers an operator has switched on, where a registry has one.
const SUPPORTED_ISSUERS: &str = "supported-issuers";

/// An envelope's rule, ready to judge by.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) rule: Rule,
    /// The kind of record that it is for, where that names its issuers by itself and has a way in of its own.
    kind: Option<String>,
    pub(crate) audience: Option<String>,
    requires: Vec<ClaimKey>,
    types: Vec<(ClaimKey, ClaimType)>,
    keys: Keys,
}

/// The envelope's own claims.
#[derive(Debug)]
struct Keys {
    issuer: ClaimKey,
    audience: ClaimKey,
    expiry: ClaimKey,
    not_before: ClaimKey,
    issued: ClaimKey,
    id: ClaimKey,
}

impl Envelope {
    /// The rule for all kinds of record.
    pub(crate) fn new(rule: &Rule, settings: &Settings) -> Self {
        use trustctl_catalog::profile::{Hole, Part};
        let audience = rule.audience.as_ref().and_then(|template| {
            let parts = template.parts.iter().map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Hole(Hole::Setting(name)) => settings.one(name),
                Part::Hole(_) => None,
            });
            parts.collect::<Option<String>>()
        });
        Self {
            rule: rule.clone(),
            kind: None,
            audience,
            requires: rule.requires.iter().map(|claim| ClaimKey::new(claim)).collect(),
            types: rule.types.iter().map(|(claim, kind)| (ClaimKey::new(claim), *kind)).collect(),
            keys: Keys {
                issuer: ClaimKey::new("iss"),
                audience: ClaimKey::new("aud"),
                expiry: ClaimKey::new("exp"),
                not_before: ClaimKey::new("nbf"),
                issued: ClaimKey::new("iat"),
                id: ClaimKey::new(&rule.replay.claim),
            },
        }
    }

    /// The rule for one kind of record, where it differs.
    pub(crate) fn of_kind(name: &str, publisher: &Publisher, rule: &Rule, settings: &Settings) -> Option<Self> {
        let names_issuer = publisher.issuers.is_empty() && publisher.issuer_pattern.is_none();
        let parts = publisher.envelope.as_ref()?;
        Some(Self { kind: names_issuer.then(|| name.to_owned()), ..Self::new(&rule.with(parts), settings) })
    }

    /// Whether it is for a kind of record that names its issuers by itself.
    pub(crate) fn is_for_named_issuers(&self) -> bool {
        self.kind.is_some()
    }

    /// Every check in its order; the first that does not hold ends it.
    pub(crate) fn check(
        &self,
        judge: &Judge<'_>,
        header: Option<&Header<'_>>,
        claims: &Claims<'_>,
        question: &Question<'_>,
        used: &Used<'_>,
    ) -> Result<(), (usize, Refused)> {
        let at = |check: usize| move |refused| (check, refused);
        let rule = &self.rule;
        let (now, leeway) = (question.now, i64::from(rule.leeway));
        self.header(header).map_err(at(0))?;
        self.claims(claims).map_err(at(1))?;
        self.issuer(judge, claims.claim(&self.keys.issuer)).map_err(at(2))?;
        let age = judge.keys_fetched.map(|fetched| now.saturating_sub(fetched));
        if age.zip(rule.oldest_keys).is_some_and(|(age, oldest)| age > i64::from(oldest)) {
            return Err((3, Refused::OldKeys));
        }
        let end = second(claims, &self.keys.expiry).map_err(at(4))?;
        let is_over = |end: i64| match now.saturating_sub(leeway) {
            last if rule.holds_at_exp => last > end,
            last => last >= end,
        };
        if end.is_some_and(is_over) {
            return Err((4, Refused::Expired));
        }
        let start = second(claims, &self.keys.not_before).map_err(at(5))?;
        if rule.not_before && start.is_some_and(|start| start > now.saturating_add(leeway)) {
            return Err((5, Refused::Early));
        }
        let issued = second(claims, &self.keys.issued).map_err(at(6))?;
        let in_future = issued.is_some_and(|issued| issued > now.saturating_add(leeway));
        if rule.issued == WhenIssued::RefusedInFuture && in_future {
            return Err((6, Refused::Future));
        }
        let life = end.zip(issued).map(|(end, issued)| end.saturating_sub(issued));
        if rule.longest_life.is_some_and(|longest| life.is_none_or(|life| life > i64::from(longest))) {
            return Err((7, Refused::LongLife));
        }
        self.audience(claims, question).map_err(at(8))?;
        self.first_use(claims, used).map_err(at(9))
    }

    /// Whether nothing is known of an earlier use.
    pub(crate) fn first_use(&self, claims: &Claims<'_>, used: &Used<'_>) -> Result<(), Refused> {
        let Used::Tokens(used) = used else { return Ok(()) };
        let id = claims.claim(&self.keys.id).and_then(Value::as_str);
        let issuer = claims.claim(&self.keys.issuer).and_then(Value::as_str).unwrap_or_default();
        let is_same = |(at, known): &(String, String)| match self.rule.replay.scope {
            ReplayScope::Issuer => Some(known.as_str()) == id && (at.is_empty() || issuer.is_empty() || at == issuer),
            ReplayScope::Registry => Some(known.as_str()) == id,
            ReplayScope::Nowhere | ReplayScope::Unknown => false,
        };
        if used.iter().any(is_same) { Err(Refused::Used) } else { Ok(()) }
    }

    fn claims(&self, claims: &Claims<'_>) -> Result<(), Refused> {
        for key in &self.requires {
            let is_missing = match claims.claim(key) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => self.rule.blank_is_missing && text.trim().is_empty(),
                Some(_) => false,
            };
            if is_missing {
                return Err(Refused::Missing(key.name().to_owned()));
            }
        }
        let is_wrong = |value: &Value<'_>, kind| *value != Value::Null && !is_of(kind, value);
        let wrong = self.types.iter().find(|(key, kind)| claims.claim(key).is_some_and(|value| is_wrong(value, *kind)));
        wrong.map_or(Ok(()), |(key, _)| Err(Refused::WrongType(key.name().to_owned())))
    }

    fn audience(&self, claims: &Claims<'_>, question: &Question<'_>) -> Result<(), Refused> {
        let found = claims.claim(&self.keys.audience);
        let is_ours = |text: &str| self.audience.as_deref() == Some(text);
        match (self.rule.audiences, found) {
            (AudienceCheck::ByRecord, _) => Ok(()),
            (AudienceCheck::OneString | AudienceCheck::ExactlyOne, Some(Value::String(text))) => {
                if is_ours(text) {
                    Ok(())
                } else {
                    Err(Refused::Audience)
                }
            }
            (AudienceCheck::ExactlyOne, Some(Value::List(items))) => match items.as_slice() {
                [Value::String(text)] if is_ours(text) => Ok(()),
                [Value::String(_)] => Err(Refused::Audience),
                _ => Err(Refused::AudienceForm),
            },
            (AudienceCheck::Permissions, Some(Value::String(text))) => permissions::cover(text, question),
            (_, None | Some(Value::Null)) => Err(Refused::Missing("aud".to_owned())),
            _ => Err(Refused::AudienceForm),
        }
    }

    fn header(&self, header: Option<&Header<'_>>) -> Result<(), Refused> {
        let known = &self.rule.algorithms;
        let Some(header) = header else { return Ok(()) };
        if self.rule.needs_key_id && header.key.is_none_or(str::is_empty) {
            return Err(Refused::NoKeyId);
        }
        match header.algorithm {
            // Where it is not known which a registry takes, it takes none without a signature.
            Some(algorithm) if known.is_empty() && !algorithm.eq_ignore_ascii_case("none") => Ok(()),
            Some(algorithm) if known.iter().any(|known| known == algorithm) => Ok(()),
            _ => Err(Refused::Algorithm),
        }
    }

    fn issuer(&self, judge: &Judge<'_>, issuer: Option<&Value<'_>>) -> Result<(), Refused> {
        let Some(issuer) = issuer.and_then(Value::as_str) else {
            return Err(Refused::Missing("iss".to_owned()));
        };
        if self.rule.issuer_is_https && !is_https(issuer) {
            return Err(Refused::IssuerForm);
        }
        let is_known = match &self.kind {
            Some(kind) => judge.names_issuer(kind, issuer),
            None => judge.knows_issuer(issuer),
        };
        if is_known { Ok(()) } else { Err(Refused::Issuer) }
    }
}

fn is_https(issuer: &str) -> bool {
    let rest = issuer.strip_prefix("https://").unwrap_or_default();
    rest.split(['/', '?', '#']).next().is_some_and(|host| !host.is_empty()) && !rest.contains(char::is_whitespace)
}

impl Judge<'_> {
    /// Whether some kind of record of the registry is about tokens of this issuer.
    pub fn knows_issuer(&self, issuer: &str) -> bool {
        let by_profile = self.profile.publishers.iter().any(|(name, publisher)| {
            publisher.issuers.iter().any(|known| known == issuer)
                || self.issuer_patterns.get(name.as_str()).is_some_and(|pattern| pattern.is_match(issuer))
        });
        let by_record = || self.records.iter().any(|prepared| prepared.issuers.iter().any(|known| known == issuer));
        let supported = self.settings.all(SUPPORTED_ISSUERS);
        let is_supported =
            !self.profile.settings.contains_key(SUPPORTED_ISSUERS) || supported.iter().any(|known| known == issuer);
        is_supported && (by_profile || by_record())
    }

    /// Whether a record of this kind names the issuer.
    fn names_issuer(&self, kind: &str, issuer: &str) -> bool {
        let mut of_kind = self.records.iter().filter(|prepared| prepared.record.publisher == kind);
        of_kind.any(|prepared| prepared.issuers.iter().any(|known| known == issuer))
    }
}

fn second(claims: &Claims<'_>, claim: &ClaimKey) -> Result<Option<i64>, Refused> {
    match claims.claim(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_integer().and_then(|digits| digits.parse().ok()) {
            Some(second) => Ok(Some(second)),
            None => Err(Refused::WrongType(claim.name().to_owned())),
        },
    }
}
