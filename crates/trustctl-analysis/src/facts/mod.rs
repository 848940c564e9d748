//! What rules ask of a grant: which claims its conditions are about, which values they fix, whether they tie it
//! to a tenant.
//!
//! The whole effective grant counts (the provider's and the registry's own requirements, `require`, `when`,
//! the row), so a condition anywhere rescues. Computed once a grant and shared by all rules.

mod compose;
pub(crate) mod named;
pub(crate) mod overlap;
mod tenant;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::model::Hosts;
use trustctl_catalog::{self as catalog, ClaimType, NameKind, Role, Tenants};
use trustctl_diag::Place;
use trustctl_policy::{
    Audience, Claim, ClaimSource, Condition, Dialect, Grant, GrantId, Holder, Matcher, Origin, Policy, Provider,
    ProviderId, Registry,
};

use crate::lint::PolicyContext;

pub(crate) use compose::{Apart, TemplatePart, example, template};

/// A provider, with what the catalogue says of it.
pub(crate) struct ProviderFacts<'a> {
    pub(crate) provider: &'a Provider,
    /// `None` for one that is not in the catalogue.
    pub(crate) entry: Option<&'a catalog::Provider>,
}

impl<'a> ProviderFacts<'a> {
    pub(crate) fn new(provider: &'a Provider, catalogue: Option<&'a catalog::Catalogue>) -> Self {
        let entry = catalogue.and_then(|catalogue| catalogue.provider(&provider.kind));
        Self { provider, entry }
    }

    /// How values of its composed claims are taken apart.
    pub(crate) fn apart(&self) -> &'static Apart {
        Apart::of(self.entry.map_or("", |entry| entry.kind.as_str()))
    }

    /// Its claims of that role.
    pub(crate) fn claims(&self, role: Role) -> impl Iterator<Item = &'a Claim> {
        self.provider.claims.iter().filter(move |claim| claim.role == role)
    }

    /// The claim that this one is another name of; itself where it is none. Whoever asks for a claim by identity asks
    /// for this, as the reader does.
    pub(crate) fn canonical<'n>(&self, claim: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let Some((_, Claim { source: ClaimSource::Alias(of), .. })) = self.provider.claim(claim) else { return claim };
        self.provider.claims.get(usize::from(of.0)).map_or(claim, |of| of.name.as_str())
    }

    /// Whether the issuer is under a domain of the provider's, or a server that somebody else runs and updates.
    pub(crate) fn hosts(&self, policy: &Policy) -> Hosts {
        fn authority(issuer: &str) -> &str {
            let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
            rest.split_once('/').map_or(rest, |(authority, _)| authority)
        }
        let (Some(issuer), Some(entry)) = (policy.issuer(self.provider.issuer), self.entry) else {
            return Hosts::Others;
        };
        // `{host}` leaves nothing behind the brace; `token.actions.{subdomain}.ghe.com` leaves the provider's domain.
        let of_provider = entry.issuers.iter().map(|form| authority(&form.template)).map(|authority| {
            let (is_whole, domain) =
                authority.rsplit_once('}').map_or((true, authority), |(_, domain)| (false, domain));
            (is_whole, domain)
        });
        let is_own = of_provider.filter(|(_, domain)| !domain.is_empty()).any(|(is_whole, domain)| {
            let host = authority(&issuer.text);
            if is_whole { host == domain } else { host.ends_with(domain) }
        });
        if is_own { Hosts::Own } else { Hosts::Others }
    }

    /// What people call it: `GitHub Actions`, or its own name.
    pub(crate) fn title(&self) -> &'a str {
        self.entry.map_or(self.provider.name.as_str(), |entry| entry.title.as_str())
    }
}

/// One condition of a grant.
pub(crate) struct Fact<'a> {
    pub(crate) claim: &'a Claim,
    /// What the catalogue says of the claim.
    pub(crate) entry: Option<&'a catalog::Claim>,
    pub(crate) condition: &'a Condition,
    pub(crate) matcher: &'a Matcher,
}

impl Fact<'_> {
    /// Whether the trust file says it, not the catalogue.
    pub(crate) fn is_written(&self) -> bool {
        !matches!(self.condition.origin, Origin::Provider | Origin::Registry)
    }

    pub(crate) fn place(&self) -> Place {
        self.condition.place
    }
}

/// An effective grant, with everything that rules ask of it.
pub(crate) struct GrantFacts<'a> {
    pub(crate) cx: &'a PolicyContext<'a>,
    pub(crate) id: GrantId,
    pub(crate) grant: &'a Grant,
    pub(crate) provider: &'a ProviderFacts<'a>,
    pub(crate) facts: Vec<Fact<'a>>,
    touched: OnceCell<BTreeSet<&'a str>>,
    fixed: OnceCell<BTreeMap<String, BTreeSet<String>>>,
}

impl<'a> GrantFacts<'a> {
    pub(crate) fn new(cx: &'a PolicyContext<'a>, id: GrantId, grant: &'a Grant) -> Option<Self> {
        let provider = cx.provider(grant.provider)?;
        let facts = cx.policy.conditions(grant).filter_map(|(_, condition)| {
            let claim = cx.policy.claim(grant, condition)?;
            let entry = provider.entry.and_then(|entry| entry.claims.get(&claim.name));
            Some(Fact { claim, entry, condition, matcher: cx.policy.matcher(condition.matcher)? })
        });
        Some(Self { facts: facts.collect(), cx, id, grant, provider, touched: OnceCell::new(), fixed: OnceCell::new() })
    }

    pub(crate) fn policy(&self) -> &'a Policy {
        self.cx.policy
    }

    /// Where it begins: its first line, or the row.
    pub(crate) fn place(&self) -> Place {
        let mut place = self.grant.place;
        let lines = self.cx.policy.files().iter().find(|file| file.id == place.file).map(|file| &file.lines);
        let next_line = lines.and_then(|lines| lines.start(lines.line(place.span.start).saturating_add(1)));
        if let Some(next_line) = next_line {
            place.span.end = place.span.end.min(next_line.saturating_sub(1));
        }
        place
    }

    pub(crate) fn registry(&self) -> Option<&'a Registry> {
        self.cx.policy.registry(self.grant.registry)
    }

    /// What it lets do, for messages: "publish `@acme/widgets` and 2 more packages".
    pub(crate) fn what(&self) -> String {
        let policy = self.cx.policy;
        let mut names = policy.names(self.grant);
        let first = names.next().unwrap_or("");
        let more = match names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        if self.grant.holder == Holder::Accounts {
            return format!("act as `{first}`{more}");
        }
        let actions: Vec<&str> = policy.actions(self.grant).map(|action| action.name.as_str()).collect();
        let actions = match actions.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
            None => "do nothing to".to_owned(),
        };
        format!("{actions} `{first}`{more}")
    }

    /// The claim that best fixes the tenant, with an example: what a help text proposes.
    pub(crate) fn proposal(&self) -> Option<(&'a str, String)> {
        let entry = self.provider.entry?;
        let marked = entry.claims.iter().filter(|(_, claim)| claim.tenant.is_some());
        // One source by its id is the narrowest; a derived claim that joins name and id is the clearest.
        let best =
            marked.max_by_key(|(_, claim)| (claim.name_kind == NameKind::Id, claim.source, claim.derived.is_some()));
        best.map(|(name, _)| (name.as_str(), compose::example(entry, name)))
    }

    /// What the catalogue says of the registry.
    pub(crate) fn registry_entry(&self) -> Option<&'a catalog::Registry> {
        self.cx.catalogue?.registry(&self.registry()?.kind)
    }

    pub(crate) fn audience(&self) -> Option<&'a Audience> {
        self.cx.policy.audience(self.grant.registry, self.grant.provider)
    }

    /// Whether strangers get tokens from the issuer as well.
    pub(crate) fn is_shared(&self) -> bool {
        self.provider.provider.tenants == Tenants::Shared
    }

    /// Whether it only lets packages be read.
    pub(crate) fn only_reads(&self) -> bool {
        self.grant.holder == Holder::Packages && self.cx.policy.actions(self.grant).all(|action| action.reads)
    }

    /// Whether it is in another system's dialect, where nothing is required by itself.
    pub(crate) fn is_generic(&self) -> bool {
        self.cx.policy.dialect() == Dialect::Generic
    }

    /// Its conditions on that claim, under whichever of its names.
    pub(crate) fn on<'s>(&'s self, claim: &'s str) -> impl Iterator<Item = &'s Fact<'a>> {
        let claim = self.provider.canonical(claim);
        self.facts.iter().filter(move |fact| self.provider.canonical(&fact.claim.name) == claim)
    }

    /// What the trust file writes that says anything: `present: false` and patterns that match everything do not.
    pub(crate) fn written<'s>(&'s self) -> impl Iterator<Item = &'s Fact<'a>> {
        self.facts.iter().filter(|fact| fact.is_written() && self.narrows(fact.matcher))
    }

    /// Names of the claims that its conditions are about, and of those they are derived from or composed of.
    pub(crate) fn touched(&self) -> &BTreeSet<&'a str> {
        self.touched.get_or_init(|| {
            let mut touched = BTreeSet::new();
            for fact in self.facts.iter().filter(|fact| self.narrows(fact.matcher)) {
                touch(self.provider.provider, fact.claim, &mut touched, 4);
            }
            // A literal `sub` is about the claims that it is composed of, and so is a pattern on it.
            for name in self.fixed().keys().chain(&self.asked_by_patterns()) {
                if let Some((_, claim)) = self.provider.provider.claim(name) {
                    touched.insert(claim.name.as_str());
                }
            }
            touched
        })
    }

    /// Claims that are fixed to literals, with the literals; composed literals fix what they are composed of.
    pub(crate) fn fixed(&self) -> &BTreeMap<String, BTreeSet<String>> {
        self.fixed.get_or_init(|| {
            let mut fixed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for fact in &self.facts {
                let Some(literals) = fact.matcher.literals() else { continue };
                for literal in literals {
                    let literal = self.cx.policy.text(literal);
                    for (name, value) in self.provider.apart().all(&fact.claim.name, literal) {
                        fixed.entry(name).or_default().insert(value);
                    }
                }
            }
            fixed
        })
    }

    /// Claims that are part of every composed value which a pattern lets through; only another system's dialect has
    /// patterns there.
    fn asked_by_patterns(&self) -> BTreeSet<String> {
        let mut asked = BTreeSet::new();
        for fact in self.facts.iter().filter(|fact| fact.entry.is_some_and(|claim| !claim.forms.is_empty())) {
            if let Matcher::Pattern(id) = fact.matcher
                && let Some(pattern) = self.cx.policy.pattern(*id)
            {
                asked.extend(self.provider.apart().always(&fact.claim.name, &pattern.language()));
            }
        }
        asked
    }

    /// Whether strangers get in: then whatever else is wrong with the grant matters little.
    pub(crate) fn is_open_to_strangers(&self) -> bool {
        self.is_shared() && !self.is_tied_to_a_tenant()
    }

    /// Whether an id for life is fixed that a stranger never has: of the tenant or of the repository.
    pub(crate) fn is_pinned_by_id(&self) -> bool {
        self.fixed().keys().any(|name| {
            self.provider.provider.claim(name).is_some_and(|(_, claim)| {
                claim.name_kind == NameKind::Id && matches!(claim.role, Role::Tenant | Role::Repository)
            })
        })
    }

    /// Whether conditions tie it to a tenant, as the language asks where an issuer is shared.
    pub(crate) fn is_tied_to_a_tenant(&self) -> bool {
        // In its own dialect the reader has decided, the claims that a trust file declares included.
        match self.is_generic() {
            false => !self.cx.is_refused(self.grant.place),
            true => tenant::is_tied(self),
        }
    }

    /// Whether the matcher leaves anything out.
    fn narrows(&self, matcher: &Matcher) -> bool {
        match matcher {
            Matcher::Present(present) => *present,
            Matcher::Pattern(id) => {
                let Some(pattern) = self.cx.policy.pattern(*id) else { return true };
                // Short patterns alone can match everything; asking the automaton for each would cost more than it finds.
                pattern.source().len() > 12
                    || !trustctl_pattern::Language::all().is_subset_of(&pattern.language()).is_yes()
            }
            Matcher::AnyOf(members) => members.iter().all(|member| self.narrows(member)),
            Matcher::AllOf(members) => members.iter().any(|member| self.narrows(member)),
            _ => true,
        }
    }
}

/// Puts in the claim and what it is derived from.
fn touch<'a>(provider: &'a Provider, claim: &'a Claim, touched: &mut BTreeSet<&'a str>, depth: u8) {
    touched.insert(claim.name.as_str());
    let Some(depth) = depth.checked_sub(1) else { return };
    for id in compose::sources(&claim.source) {
        if let Some(of) = provider.claims.get(usize::from(id.0)) {
            touch(provider, of, touched, depth);
        }
    }
}

/// Whether a part of the request is in it, at any depth.
pub(crate) fn has_template(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Template(_) => true,
        Matcher::AnyOf(members) | Matcher::AllOf(members) => members.iter().any(has_template),
        Matcher::Contains(inner) | Matcher::Not(inner) => has_template(inner),
        _ => false,
    }
}

/// What a value must look like in JSON.
pub(crate) fn type_of(provider: &Provider, entry: Option<&catalog::Provider>, claim: &str) -> ClaimType {
    match (provider.claim(claim), entry.and_then(|entry| entry.claims.get(claim))) {
        (Some((_, claim)), _) => claim.kind,
        (None, Some(claim)) => claim.kind,
        (None, None) => ClaimType::String,
    }
}

/// The provider of a grant, by number.
pub(crate) fn providers<'a>(policy: &'a Policy, catalogue: Option<&'a catalog::Catalogue>) -> Vec<ProviderFacts<'a>> {
    policy.providers().map(|(_, provider): (ProviderId, _)| ProviderFacts::new(provider, catalogue)).collect()
}
