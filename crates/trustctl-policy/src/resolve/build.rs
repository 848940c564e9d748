//! What the resolver builds up: arenas, lookups, diagnostics.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use trustctl_catalog::{self as catalog, Catalogue};
use trustctl_diag::{Diagnostic, FileId, Place};
use trustctl_pattern::{Pattern, PatternKind};

use crate::model::{
    ClaimId, Condition, Dialect, Matcher, MatcherId, Parts, PatternId, PolicyFile, ProviderId, RegistryId, Template,
    TemplateId, Text,
};
use crate::syntax::{Node, NodeKind, Scalar};

/// Memory that all automata of one policy may take together.
const MOST_AUTOMATA: usize = 256 << 20;

/// The policy in the making.
pub(crate) struct Builder<'c> {
    pub(crate) catalogue: &'c Catalogue,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) parts: Parts,
    /// Beside the policy's providers, in their order.
    pub(crate) providers: Vec<ProviderFacts<'c>>,
    /// Beside the policy's registries, in their order.
    pub(crate) registries: Vec<RegistryFacts<'c>>,
    patterns: FxHashMap<(u8, String), PatternId>,
    automata: usize,
    last_file: Option<(FileId, usize)>,
}

/// What the resolver knows of a provider beyond what the policy keeps.
pub(crate) struct ProviderFacts<'c> {
    /// `None` for one that is not in the catalogue.
    pub(crate) entry: Option<&'c catalog::Provider>,
    /// Claims by name, for conditions.
    pub(crate) claims: FxHashMap<String, ClaimId>,
    /// Compiled value languages of claims, as needed.
    pub(crate) values: FxHashMap<ClaimId, Option<Pattern>>,
    /// Patterns that some value of the claim is in.
    pub(crate) fitting: FxHashSet<(ClaimId, PatternId)>,
    /// Its `require`.
    pub(crate) require: Vec<Condition>,
    /// Claims that the trust file declares as fixing the tenant.
    pub(crate) tenant_claims: Vec<ClaimId>,
    /// Claims that the trust file declares as naming one source.
    pub(crate) source_claims: Vec<ClaimId>,
    /// Whether the root's `providers` names it.
    pub(crate) opened: bool,
    /// Default audience of the chosen issuer form.
    pub(crate) audience: Option<String>,
}

/// What the resolver knows of a registry beyond what the policy keeps.
pub(crate) struct RegistryFacts<'c> {
    pub(crate) entry: &'c catalog::Registry,
    /// The audience for every provider that has none of its own.
    pub(crate) audience: Option<crate::model::Audience>,
    /// `audience` by provider name, with its place.
    pub(crate) audiences: BTreeMap<String, (String, Place)>,
    /// `require` by provider.
    pub(crate) require: BTreeMap<ProviderId, Vec<Condition>>,
}

impl<'c> Builder<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            diagnostics: Vec::new(),
            parts: Parts {
                dialect: Dialect::Trust,
                catalogue_version: catalogue.version.clone(),
                files: Vec::new(),
                registries: Vec::new(),
                issuers: Vec::new(),
                providers: Vec::new(),
                grants: Vec::new(),
                names: Vec::new(),
                conditions: Vec::new(),
                matchers: Vec::new(),
                patterns: Vec::new(),
                templates: Vec::new(),
                texts: String::new(),
                reasons: Vec::new(),
                refusals: Vec::new(),
            },
            providers: Vec::new(),
            registries: Vec::new(),
            patterns: FxHashMap::default(),
            automata: 0,
            last_file: None,
        }
    }

    pub(crate) fn add_file(&mut self, file: PolicyFile) {
        self.parts.files.push(file);
    }

    pub(crate) fn dialect(&mut self, dialect: Dialect) {
        self.parts.dialect = dialect;
    }

    pub(crate) fn generic(&self) -> bool {
        self.parts.dialect == Dialect::Generic
    }

    /// Notes a problem, up to a thousand a file.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        const MOST: usize = 1000;
        let file = diagnostic.place().map_or(FileId(0), |place| place.file);
        let count = match &mut self.last_file {
            Some((last, count)) if *last == file => {
                *count += 1;
                *count
            }
            other => {
                *other = Some((file, 1));
                1
            }
        };
        if count <= MOST {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The scalar that `node` must be; says what was expected where it is not.
    pub(crate) fn scalar<'n, 's>(&mut self, file: FileId, node: &'n Node<'s>, what: &str) -> Option<&'n Scalar<'s>> {
        match &node.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            NodeKind::Bad => None,
            kind => {
                let found = match kind {
                    NodeKind::List(_) => "a list",
                    _ => "a map",
                };
                self.push(Diagnostic::error(
                    "not-a-value",
                    Place { file, span: node.span },
                    format!("{what} is one value, not {found}"),
                ));
                None
            }
        }
    }

    pub(crate) fn text(&mut self, text: &str) -> Text {
        let start = u32::try_from(self.parts.texts.len());
        self.parts.texts.push_str(text);
        match (start, u32::try_from(text.len())) {
            (Ok(start), Ok(len)) => Text { start, len },
            // The policy is refused in the end: see `Parts::overflows`.
            _ => Text { start: 0, len: 0 },
        }
    }

    pub(crate) fn read_text(&self, text: Text) -> &str {
        let start = text.start as usize;
        self.parts.texts.get(start..start + text.len as usize).unwrap_or("")
    }

    pub(crate) fn matcher(&mut self, matcher: Matcher) -> MatcherId {
        self.parts.matchers.push(matcher);
        MatcherId(index(self.parts.matchers.len()))
    }

    pub(crate) fn template(&mut self, template: Template) -> TemplateId {
        self.parts.templates.push(template);
        TemplateId(index(self.parts.templates.len()))
    }

    /// The pattern under one id however often the policy has it; `None` where all automata together are too large.
    pub(crate) fn pattern(&mut self, pattern: Pattern) -> Option<PatternId> {
        let kind = match pattern.kind() {
            PatternKind::Glob => 0,
            PatternKind::CrossingGlob => 1,
            PatternKind::Regex => 2,
            PatternKind::Search => 3,
            PatternKind::Literal => 4,
        };
        let key = (kind, pattern.source().to_owned());
        if let Some(id) = self.patterns.get(&key) {
            return Some(*id);
        }
        self.automata = self.automata.saturating_add(pattern.automaton_bytes());
        if self.automata > MOST_AUTOMATA {
            return None;
        }
        self.parts.patterns.push(pattern);
        let id = PatternId(index(self.parts.patterns.len()));
        self.patterns.insert(key, id);
        Some(id)
    }

    /// A compiled pattern of that kind and text, if the policy has it already.
    pub(crate) fn known_pattern(&self, kind: u8, text: &str) -> Option<PatternId> {
        // A lookup without an owned key would need a key type of its own; patterns are few beside literals.
        self.patterns.get(&(kind, text.to_owned())).copied()
    }

    pub(crate) fn reason(&mut self, why: &str) -> Option<u16> {
        let at = match self.parts.reasons.iter().position(|known| known == why) {
            Some(at) => at,
            None => {
                self.parts.reasons.push(why.to_owned());
                self.parts.reasons.len() - 1
            }
        };
        u16::try_from(at).ok()
    }

    pub(crate) fn provider_named(&self, name: &str) -> Option<ProviderId> {
        let at = self.parts.providers.iter().position(|provider| provider.name == name)?;
        u16::try_from(at).ok().map(ProviderId)
    }

    pub(crate) fn registry_named(&self, name: &str) -> Option<RegistryId> {
        let at = self.parts.registries.iter().position(|registry| registry.name == name)?;
        u16::try_from(at).ok().map(RegistryId)
    }

    pub(crate) fn facts(&self, provider: ProviderId) -> Option<&ProviderFacts<'c>> {
        self.providers.get(usize::from(provider.0))
    }

    pub(crate) fn registry_facts(&self, registry: RegistryId) -> Option<&RegistryFacts<'c>> {
        self.registries.get(usize::from(registry.0))
    }

    pub(crate) fn claim(&self, provider: ProviderId, claim: ClaimId) -> Option<&crate::model::Claim> {
        self.parts.providers.get(usize::from(provider.0))?.claims.get(usize::from(claim.0))
    }

    /// What the catalogue says of a claim.
    pub(crate) fn claim_entry(&self, provider: ProviderId, claim: ClaimId) -> Option<&'c catalog::Claim> {
        let name = &self.claim(provider, claim)?.name;
        self.facts(provider)?.entry?.claims.get(name)
    }
}

/// The index of the last of `len` things.
fn index(len: usize) -> u32 {
    u32::try_from(len.saturating_sub(1)).unwrap_or(u32::MAX)
}
