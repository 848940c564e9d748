//! A registry with its records, which decides upon tokens.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::profile::{Combine, Hole, Part, Profile, Publisher, Stage, TemplateText};
use trustctl_claims::{Claims, Value};
use trustctl_pattern::Pattern;

use crate::check::{Learned, Miss, check};
use crate::envelope::{Envelope, Header, Used};
use crate::prepare::{Asks, Fill, Prepared};
use crate::{FieldValue, Record};

/// A registry's operator's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<String, Vec<String>>,
    /// Those that somebody gave, also where it is the profile's own value.
    given: BTreeSet<String>,
}

impl Settings {
    /// The profile's own.
    pub fn of(profile: &Profile) -> Self {
        let own = profile.settings.iter().map(|(name, setting)| (name.clone(), setting.default.clone()));
        Self { values: own.collect(), given: BTreeSet::new() }
    }

    /// Another value for one of them.
    pub fn set(&mut self, name: &str, values: Vec<String>) {
        self.values.insert(name.to_owned(), values);
        self.given.insert(name.to_owned());
    }

    /// Whether somebody gave it a value.
    pub fn is_given(&self, name: &str) -> bool {
        self.given.contains(name)
    }

    /// Every value of a setting.
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The value of a setting that has one.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// The texts that a list's member stands for: itself, or every value of the setting that it names.
    pub(crate) fn texts(&self, template: &TemplateText) -> Vec<String> {
        match template.parts.as_slice() {
            [Part::Text(text)] => vec![text.clone()],
            [Part::Hole(Hole::Setting(name))] => self.all(name).to_vec(),
            _ => Vec::new(),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'q> {
    /// The package, where the record is not for one alone.
    pub package: Option<&'q str>,
    /// The version that is published.
    pub version: Option<&'q str>,
    /// Seconds since 1970.
    pub now: i64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ruling {
    /// The records that let the token in, by their places in the list; none for a refusal.
    pub records: Vec<usize>,
    /// Ids that the registry stores at this use, by record. Whoever stores them does so only where the record has none
    /// yet, and decides again where another use came first.
    pub learned: Vec<(usize, Learned)>,
    /// Records that the registry switches off: a locked id is another now.
    pub disabled: Vec<usize>,
    /// What the token may do by name, or as whom (scopes, service accounts), where the records say; nothing twice.
    pub grants: Vec<String>,
}

impl Ruling {
    /// Whether the token is let in.
    pub fn is_allow(&self) -> bool {
        !self.records.is_empty()
    }
}

/// One registry with the records that are asked.
#[derive(Debug)]
pub struct Judge<'p> {
    pub(crate) profile: &'p Profile,
    pub(crate) settings: Settings,
    pub(crate) envelope: Envelope,
    /// By publisher, the envelope of those that have one of their own.
    pub(crate) envelopes: BTreeMap<&'p str, Envelope>,
    pub(crate) records: Vec<Prepared<'p>>,
    /// By publisher, its issuer pattern.
    pub(crate) issuer_patterns: BTreeMap<&'p str, Pattern>,
    /// When the issuer's keys were fetched, in seconds since 1970.
    pub(crate) keys_fetched: Option<i64>,
    /// The order in which records are tried.
    order: Vec<usize>,
}

impl<'p> Judge<'p> {
    /// Makes the records ready. Records of a kind that the profile does not have are left out: [`Record::read`] makes none.
    pub fn new(profile: &'p Profile, settings: Settings, records: Vec<Record>) -> Self {
        let prepared = records
            .into_iter()
            .filter_map(|record| Some(Prepared::new(profile.publisher(&record.publisher)?, record, &settings)));
        let records: Vec<Prepared<'p>> = prepared.collect();
        let order = order(&profile.combine, &records);
        let envelope = Envelope::new(&profile.envelope, &settings);
        let envelopes = profile.publishers.iter().filter_map(|(name, publisher)| {
            Some((name.as_str(), Envelope::of_kind(name, publisher, &profile.envelope, &settings)?))
        });
        let envelopes = envelopes.collect();
        let patterns = profile.publishers.iter().filter_map(|(name, publisher)| {
            Some((name.as_str(), Pattern::regex(publisher.issuer_pattern.as_ref()?).ok()?))
        });
        let issuer_patterns = patterns.collect();
        Self { profile, settings, envelope, envelopes, records, issuer_patterns, keys_fetched: None, order }
    }

    /// The same, where it is known when the issuer's keys were fetched, in seconds since 1970: some registries use them for
    /// so long and no longer.
    #[must_use]
    pub fn with_keys_fetched(mut self, second: i64) -> Self {
        self.keys_fetched = Some(second);
        self
    }

    /// The registry's decision upon claims whose signature somebody else has checked.
    ///
    /// Whether a token was used before is judged by `used` alone.
    pub fn decide(
        &self,
        header: Option<&Header<'_>>,
        claims: &Claims<'_>,
        question: &Question<'_>,
        used: &Used<'_>,
    ) -> Ruling {
        let holds = |envelope: &Envelope| envelope.check(self, header, claims, question, used).is_ok();
        let shared = holds(&self.envelope);
        let own: BTreeMap<&str, bool> =
            self.envelopes.iter().map(|(kind, envelope)| (*kind, holds(envelope))).collect();
        if !shared && own.is_empty() {
            return Ruling::default();
        }
        self.rule_where(claims, question, &|prepared| {
            own.get(prepared.record.publisher.as_str()).copied().unwrap_or(shared)
        })
    }

    /// How tokens are judged that come in for these records: as the first of them says that is about the token's issuer,
    /// or else as the kind of record that is about it.
    pub(crate) fn envelope_for(&self, claims: &Claims<'_>) -> &Envelope {
        let about = self.records.iter().find(|prepared| self.is_issuer(prepared, claims));
        let has_own_way = |prepared: &&Prepared<'_>| {
            self.envelopes.get(prepared.record.publisher.as_str()).is_some_and(Envelope::is_for_named_issuers)
        };
        // Whoever comes in for a record that names its issuer is judged by it, of whatever issuer the token is.
        let about = about.or_else(|| self.records.first().filter(has_own_way));
        let kind = match (about, self.kind_about(claims), self.records.first()) {
            (Some(record), _, _) | (None, None, Some(record)) => Some(record.record.publisher.as_str()),
            (None, kind, _) => kind.map(|(name, _)| name),
        };
        kind.and_then(|kind| self.envelopes.get(kind)).unwrap_or(&self.envelope)
    }

    /// The kind of record whose issuer the token has, whatever any record says.
    pub(crate) fn kind_about(&self, claims: &Claims<'_>) -> Option<(&'p str, &'p Publisher)> {
        let issuer = claims.named("iss").and_then(Value::as_str)?;
        let mut kinds = self.profile.publishers.iter().map(|(name, publisher)| (name.as_str(), publisher));
        kinds.find(|(name, publisher)| {
            publisher.issuers.iter().any(|known| known == issuer)
                || self.issuer_patterns.get(name).is_some_and(|pattern| pattern.is_match(issuer))
        })
    }

    /// What the records alone say: the envelope is not judged, and neither is the issuer.
    pub fn rule(&self, claims: &Claims<'_>, question: &Question<'_>) -> Ruling {
        self.rule_where(claims, question, &|_| true)
    }

    /// The same, of the records that the token comes in for.
    fn rule_where(
        &self,
        claims: &Claims<'_>,
        question: &Question<'_>,
        comes_in: &dyn Fn(&Prepared<'p>) -> bool,
    ) -> Ruling {
        let mut ruling = Ruling::default();
        // A registry that prefers a record looks it up first, and then judges that one alone.
        let preferred: Vec<usize>;
        let tried = match self.profile.combine {
            Combine::Prefer(_) => {
                let comes_in = |index: &usize| self.records.get(*index).is_some_and(comes_in);
                preferred = self.looked_up(claims, question).into_iter().filter(comes_in).take(1).collect();
                &preferred
            }
            _ => &self.order,
        };
        for &index in tried {
            let Some(prepared) = self.records.get(index) else { continue };
            if !self.is_issuer(prepared, claims) || !comes_in(prepared) {
                continue;
            }
            let (allowed, learned) = self.one(prepared, claims, question, Stage::Verify);
            ruling.learned.extend(learned.into_iter().map(|learned| (index, learned)));
            match allowed {
                Ok(granted) => {
                    ruling.records.push(index);
                    for grant in granted {
                        if !ruling.grants.contains(grant) {
                            ruling.grants.push(grant.clone());
                        }
                    }
                    if self.profile.combine != Combine::Union {
                        break;
                    }
                }
                Err(Miss::OtherId(claim)) if disables(prepared, &claim) => ruling.disabled.push(index),
                Err(_) => {}
            }
        }
        if !ruling.is_allow() {
            ruling.learned.retain(|(_, learned)| !learned.undone_by_refusal);
        }
        ruling
    }

    /// The records that the registry would look up for these claims, in its order of preference.
    pub fn looked_up(&self, claims: &Claims<'_>, question: &Question<'_>) -> Vec<usize> {
        let mut found: Vec<usize> = self.order.clone();
        found.retain(|index| {
            self.records.get(*index).is_some_and(|prepared| {
                self.is_issuer(prepared, claims)
                    && self.one(prepared, claims, question, Stage::Lookup).0.is_ok()
                    && self.is_preferred(prepared, claims, question)
            })
        });
        found
    }

    /// Whether the registry would find that this token was used before.
    pub fn is_used(&self, claims: &Claims<'_>, used: &Used<'_>) -> bool {
        self.envelope_for(claims).first_use(claims, used).is_err()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record's fields as the registry stores them after a ruling.
    pub fn after(&self, record: usize, ruling: &Ruling) -> BTreeMap<String, FieldValue> {
        let Some(prepared) = self.records.get(record) else { return BTreeMap::new() };
        let mut fields = prepared.record.fields.clone();
        for (_, learned) in ruling.learned.iter().filter(|(at, _)| *at == record) {
            fields.insert(learned.field.clone(), FieldValue::Text(learned.value.clone()));
            if let Some(field) = &learned.clears {
                fields.remove(field);
            }
        }
        if ruling.disabled.contains(&record) {
            let switches = prepared.steps.iter().filter_map(|step| match &step.asks {
                Asks::Locked { lock, .. } => lock.disables.clone(),
                _ => None,
            });
            fields.extend(switches.map(|field| (field, FieldValue::Boolean(false))));
        }
        fields
    }

    /// The claims that the registry wants in every token for a kind of record are there.
    ///
    /// # Errors
    ///
    /// The first that is not.
    pub fn presence(&self, publisher: &str, claims: &Claims<'_>) -> Result<(), Miss> {
        let Some(publisher) = self.profile.publisher(publisher) else { return Ok(()) };
        let nothing = Record { publisher: String::new(), fields: BTreeMap::new(), created: None };
        let prepared = Prepared::new(publisher, nothing, &self.settings);
        let question = Question { package: None, version: None, now: 0 };
        let presence = prepared.steps.iter().filter(|step| step.step.stage == Stage::Presence);
        presence.into_iter().try_for_each(|step| check(&step.asks, claims, &question))
    }

    /// A field of a record, or a value computed from its fields.
    pub fn value(&self, record: usize, name: &str) -> Option<String> {
        let prepared = self.records.get(record)?;
        Fill { publisher: prepared.publisher, record: &prepared.record }.field(name)
    }

    /// Whether the field that records are preferred by is not set or holds.
    fn is_preferred(&self, prepared: &Prepared<'p>, claims: &Claims<'_>, question: &Question<'_>) -> bool {
        let Some(field) = preferred_field(&self.profile.combine, prepared) else { return true };
        let steps = prepared.steps.iter().filter(|step| step.step.when.as_deref() == Some(field));
        steps.into_iter().all(|step| check(&step.asks, claims, question).is_ok())
    }

    /// What one record grants by name where it holds, up to and with a stage, and what is learned on the way.
    fn one<'s>(
        &self,
        prepared: &'s Prepared<'p>,
        claims: &Claims<'_>,
        question: &Question<'_>,
        last: Stage,
    ) -> (Result<&'s [String], Miss>, Vec<Learned>) {
        let mut learned = Vec::new();
        for step in &prepared.steps {
            if last == Stage::Lookup && step.step.stage != Stage::Lookup {
                continue;
            }
            if let Err(miss) = check(&step.asks, claims, question) {
                return (Err(miss), learned);
            }
            if let Asks::Locked { claim, stored: None, lock } = &step.asks {
                let value = claims.claim(claim).and_then(Value::as_str).unwrap_or_default().to_owned();
                let undone_by_refusal = lock.undone_by_refusal;
                learned.push(Learned {
                    field: lock.field.clone(),
                    value,
                    undone_by_refusal,
                    clears: lock.clears.clone(),
                });
            }
        }
        let granted = prepared.statements.as_ref().map_or(Ok(&[][..]), |statements| statements.decide(claims));
        (granted, learned)
    }

    /// Whether the record is about tokens of this issuer.
    pub(crate) fn is_issuer(&self, prepared: &Prepared<'p>, claims: &Claims<'_>) -> bool {
        // Claims without `iss` come from tests of a rule alone; the envelope refuses tokens that lack it.
        let Some(issuer) = claims.named("iss").and_then(Value::as_str) else { return true };
        let pattern = self.issuer_patterns.get(prepared.record.publisher.as_str());
        prepared.issuers.iter().any(|known| known == issuer) || pattern.is_some_and(|pattern| pattern.is_match(issuer))
    }
}

fn disables(prepared: &Prepared<'_>, claim: &str) -> bool {
    prepared.steps.iter().any(|step| match &step.asks {
        Asks::Locked { lock, .. } => lock.claim == claim && lock.disables.is_some(),
        _ => false,
    })
}

/// The order in which the registry tries records.
fn order(combine: &Combine, records: &[Prepared<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    let record = |index: &usize| records.get(*index);
    match combine {
        Combine::Only | Combine::Union => {}
        Combine::Prefer(_) => order.sort_by_key(|index| {
            !record(index).is_some_and(|prepared| {
                preferred_field(combine, prepared).is_some_and(|field| prepared.record.fields.contains_key(field))
            })
        }),
        Combine::Oldest => order.sort_by_key(|index| record(index).and_then(|prepared| prepared.record.created)),
    }
    order
}

/// The field with which a record of this kind is preferred, where the registry prefers any.
fn preferred_field<'a>(combine: &'a Combine, prepared: &'a Prepared<'_>) -> Option<&'a str> {
    match combine {
        Combine::Prefer(field) => Some(prepared.publisher.prefers.as_ref().unwrap_or(field)),
        _ => None,
    }
}
