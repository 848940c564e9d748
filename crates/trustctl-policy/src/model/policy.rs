//! The whole of it.

use std::ops::Range;

use trustctl_diag::{Diagnostic, FileId, LineIndex, Place};
use trustctl_pattern::Pattern;

use super::{
    Audience, Claim, Condition, ConditionId, Grant, GrantId, Holder, Issuer, IssuerId, Matcher, MatcherId, PatternId,
    Provider, ProviderId, Registry, RegistryAction, RegistryId, Template, TemplateId, Text,
};

/// Whose meaning a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Ours, `trust: 1`.
    Trust,
    /// Another system's policy, written down to be linted; it never loads for deciding.
    Generic,
}

/// A file the policy was read from, without its text.
#[derive(Debug, Clone)]
pub struct PolicyFile {
    /// The file that places of this policy name.
    pub id: FileId,
    /// As the user knows it.
    pub name: String,
    /// Its lines.
    pub lines: LineIndex,
}

/// A resolved policy.
#[derive(Debug, Clone)]
pub struct Policy {
    parts: Parts,
}

/// What the resolver fills in; [`Policy`] is the same, read-only.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) dialect: Dialect,
    pub(crate) catalogue_version: String,
    pub(crate) files: Vec<PolicyFile>,
    pub(crate) registries: Vec<Registry>,
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) providers: Vec<Provider>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) names: Vec<Text>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) templates: Vec<Template>,
    pub(crate) texts: String,
    pub(crate) reasons: Vec<String>,
    pub(crate) refusals: Vec<Diagnostic>,
}

impl Parts {
    /// Whether an arena has outgrown its 32-bit indices, which the resolver then left at their bound.
    pub(crate) fn overflows(&self) -> bool {
        let most = u32::MAX as usize - 1;
        let lengths =
            [self.texts.len(), self.names.len(), self.conditions.len(), self.matchers.len(), self.grants.len()];
        lengths.into_iter().any(|length| length > most)
    }
}

impl Policy {
    pub(crate) fn new(mut parts: Parts) -> Self {
        parts.grants.shrink_to_fit();
        parts.names.shrink_to_fit();
        parts.conditions.shrink_to_fit();
        parts.matchers.shrink_to_fit();
        parts.texts.shrink_to_fit();
        Self { parts }
    }

    /// Whose meaning it has.
    pub fn dialect(&self) -> Dialect {
        self.parts.dialect
    }

    /// The catalogue it was resolved with.
    pub fn catalogue_version(&self) -> &str {
        &self.parts.catalogue_version
    }

    /// Why it does not load for deciding: grants that let every tenant in, or another system's dialect.
    /// Empty for a policy that does.
    pub fn refusals(&self) -> &[Diagnostic] {
        &self.parts.refusals
    }

    /// The files it was read from, the root first.
    pub fn files(&self) -> &[PolicyFile] {
        &self.parts.files
    }

    /// Its registries.
    pub fn registries(&self) -> impl ExactSizeIterator<Item = (RegistryId, &Registry)> {
        self.parts.registries.iter().enumerate().map(|(at, registry)| (RegistryId(small(at)), registry))
    }

    /// The registry of that name.
    pub fn registry_named(&self, name: &str) -> Option<(RegistryId, &Registry)> {
        self.registries().find(|(_, registry)| registry.name == name)
    }

    /// A registry.
    #[inline]
    pub fn registry(&self, id: RegistryId) -> Option<&Registry> {
        self.parts.registries.get(usize::from(id.0))
    }

    /// Its providers: those of the trust file and those that a grant names.
    pub fn providers(&self) -> impl ExactSizeIterator<Item = (ProviderId, &Provider)> {
        self.parts.providers.iter().enumerate().map(|(at, provider)| (ProviderId(small(at)), provider))
    }

    /// A provider.
    #[inline]
    pub fn provider(&self, id: ProviderId) -> Option<&Provider> {
        self.parts.providers.get(usize::from(id.0))
    }

    /// Its issuers, each once.
    pub fn issuers(&self) -> impl ExactSizeIterator<Item = (IssuerId, &Issuer)> {
        self.parts.issuers.iter().enumerate().map(|(at, issuer)| (IssuerId(small(at)), issuer))
    }

    /// An issuer.
    #[inline]
    pub fn issuer(&self, id: IssuerId) -> Option<&Issuer> {
        self.parts.issuers.get(usize::from(id.0))
    }

    /// The audience a token of the provider must carry at the registry.
    pub fn audience(&self, registry: RegistryId, provider: ProviderId) -> Option<&Audience> {
        self.registry(registry)?.audiences.get(usize::from(provider.0))
    }

    /// Its effective grants, in the order of the files.
    pub fn grants(&self) -> impl ExactSizeIterator<Item = (GrantId, &Grant)> {
        self.parts.grants.iter().enumerate().map(|(at, grant)| (GrantId(at as u32), grant))
    }

    /// A grant.
    #[inline]
    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.parts.grants.get(id.0 as usize)
    }

    /// The packages or accounts of a grant, in normal form.
    pub fn names(&self, grant: &Grant) -> impl ExactSizeIterator<Item = &str> {
        slice(&self.parts.names, &grant.names).iter().map(|name| self.text(*name))
    }

    /// Where the grant's names stand in the policy's list of names, for an index that must not hold texts.
    pub fn name_range(&self, grant: &Grant) -> Range<u32> {
        grant.names.clone()
    }

    /// The name at that place of the policy's list.
    #[inline]
    pub fn name_at(&self, at: u32) -> &str {
        self.parts.names.get(at as usize).map_or("", |name| self.text(*name))
    }

    /// The actions of a grant, in the registry's order; none for accounts.
    pub fn actions(&self, grant: &Grant) -> impl Iterator<Item = &RegistryAction> {
        let actions = self.registry(grant.registry).map_or(&[][..], |registry| &registry.actions);
        actions.iter().enumerate().filter(|(at, _)| grant.allows_action(*at)).map(|(_, action)| action)
    }

    /// The grant's own name.
    pub fn grant_name(&self, grant: &Grant) -> Option<&str> {
        grant.name.map(|name| self.text(name))
    }

    /// What traces and suppressions call the grant: its name, otherwise `FILE:LINE`.
    pub fn grant_label(&self, grant: &Grant) -> String {
        self.grant_name(grant).map_or_else(|| self.file_and_line(grant.place), str::to_owned)
    }

    /// `FILE:LINE` of a place.
    pub fn file_and_line(&self, place: Place) -> String {
        match self.parts.files.iter().find(|file| file.id == place.file) {
            Some(file) => format!("{}:{}", file.name, file.lines.line(place.span.start)),
            None => String::new(),
        }
    }

    /// Every condition of an effective grant: the provider's own, the registry's own, `require`, `when`, the row.
    #[inline]
    pub fn conditions(&self, grant: &Grant) -> impl Iterator<Item = (ConditionId, &Condition)> {
        let of = |range: &Range<u32>| {
            let first = range.start;
            slice(&self.parts.conditions, range).iter().zip(first..).map(|(condition, at)| (ConditionId(at), condition))
        };
        of(&grant.shared).chain(of(&grant.row))
    }

    /// The claim a condition is about.
    pub fn claim(&self, grant: &Grant, condition: &Condition) -> Option<&Claim> {
        self.provider(grant.provider)?.claims.get(usize::from(condition.claim.0))
    }

    /// Why the provider or the registry requires it, for a condition that comes from the catalogue.
    pub fn why(&self, condition: &Condition) -> Option<&str> {
        self.parts.reasons.get(usize::from(condition.why?)).map(String::as_str)
    }

    /// A matcher.
    #[inline]
    pub fn matcher(&self, id: MatcherId) -> Option<&Matcher> {
        self.parts.matchers.get(id.0 as usize)
    }

    /// A pattern.
    pub fn pattern(&self, id: PatternId) -> Option<&Pattern> {
        self.parts.patterns.get(id.0 as usize)
    }

    /// A template.
    pub fn template(&self, id: TemplateId) -> Option<&Template> {
        self.parts.templates.get(id.0 as usize)
    }

    /// Whether a piece of the policy's text is this: the same as comparing [`text`](Self::text), the lengths first.
    #[inline]
    pub fn is_text(&self, text: Text, other: &str) -> bool {
        text.len as usize == other.len() && self.text(text) == other
    }

    /// A piece of the policy's text.
    #[inline]
    pub fn text(&self, text: Text) -> &str {
        let start = text.start as usize;
        self.parts.texts.get(start..start + text.len as usize).unwrap_or("")
    }
}

impl Grant {
    /// Whether the action at that index of the registry's list is among the grant's.
    #[inline]
    pub fn allows_action(&self, index: usize) -> bool {
        self.holder == Holder::Packages
            && u32::try_from(index).is_ok_and(|at| self.actions.checked_shr(at).unwrap_or(0) & 1 == 1)
    }

    /// First second since 1970 (UTC) at which it no longer holds.
    pub fn expires_at(&self) -> Option<i64> {
        (self.expires_at != i64::MAX).then_some(self.expires_at)
    }
}

fn slice<'a, T>(all: &'a [T], range: &Range<u32>) -> &'a [T] {
    all.get(range.start as usize..range.end as usize).unwrap_or(&[])
}

fn small(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
