//! Which value each claim of a witness has.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::{self as catalog, Derivation, NameKind, Piece, Role, Shape};
use trustctl_pattern::Pattern;
use trustctl_policy::{Between, ClaimSource, Matcher};

use super::{Adversary, choose};
use crate::facts::{Fact, GrantFacts, TemplatePart, template};

/// Values of claims, those of derived claims and of parts of composed ones among them.
pub(super) struct Draft<'g, 'a> {
    grant: &'g GrantFacts<'a>,
    /// What conditions and the adversary ask for.
    values: BTreeMap<String, String>,
    /// What the adversary has where nothing is asked for. All else is the catalogue's example.
    habits: BTreeMap<String, String>,
    absent: BTreeSet<String>,
}

/// Claims in claims in claims: as deep as the catalogue goes, and a bound.
const DEEPEST: u8 = 5;

impl<'g, 'a> Draft<'g, 'a> {
    /// A token of the adversary that should meet every condition; `None` where a condition finds no value.
    pub(super) fn of(
        grant: &'g GrantFacts<'a>,
        adversary: Adversary,
        extra: &[(String, String)],
        package: &str,
    ) -> Option<Self> {
        let mut draft = Self { grant, values: BTreeMap::new(), habits: BTreeMap::new(), absent: BTreeSet::new() };
        for (claim, value) in extra {
            draft.set(claim, value);
        }
        for fact in &grant.facts {
            draft.set_literal(fact, package);
        }
        draft.become_adversary(adversary);
        for fact in &grant.facts {
            draft.meet(fact, package)?;
        }
        Some(draft)
    }

    /// The value of a claim; `None` where the token lacks it.
    pub(super) fn value(&self, claim: &str) -> Option<String> {
        self.render(claim, DEEPEST).filter(|value| !value.is_empty())
    }

    /// The claims that the token has: what every token has, what conditions are about, and what either mentions.
    pub(super) fn claims(&self) -> BTreeSet<String> {
        let mut claims: BTreeSet<String> = self.values.keys().cloned().collect();
        claims.extend(self.grant.touched().iter().map(|claim| (*claim).to_owned()));
        if let Some(entry) = self.entry() {
            let always = entry.claims.iter().filter(|(_, claim)| !claim.optional && claim.derived.is_none());
            claims.extend(always.map(|(name, _)| name.clone()));
            let mut open: Vec<String> = claims.iter().cloned().collect();
            while let Some(name) = open.pop() {
                for mentioned in self.mentions(entry, &name) {
                    if claims.insert(mentioned.clone()) {
                        open.push(mentioned);
                    }
                }
            }
        }
        claims.retain(|claim| self.is_of_the_token(claim) && !self.absent.contains(claim));
        claims
    }

    /// Whether a claim derived from this one shows that it says the same as the token's own.
    pub(super) fn says_its_own(&self, claim: &str) -> bool {
        let all = self.entry().into_iter().flat_map(|entry| &entry.claims);
        let cut =
            |derived: &catalog::Claim| matches!(&derived.derived, Some(Derivation::Between { of, .. }) if of == claim);
        all.filter(|(_, derived)| cut(derived)).any(|(name, _)| self.value(name).is_some())
    }

    /// Claims of the token that show whose it is, with their values.
    pub(super) fn identifying_names(&self) -> impl Iterator<Item = (String, String)> {
        self.identifying()
            .filter(|(_, claim)| claim.name_kind != NameKind::Id)
            .filter_map(|(name, _)| Some((name.clone(), self.value(name)?)))
    }

    /// Ids of the token that show whose it is, with their values.
    pub(super) fn identifying_ids(&self) -> impl Iterator<Item = (String, String)> {
        self.identifying()
            .filter(|(_, claim)| claim.name_kind == NameKind::Id)
            .filter_map(|(name, _)| Some((name.clone(), self.value(name)?)))
    }

    fn identifying(&self) -> impl Iterator<Item = (&'a String, &'a catalog::Claim)> {
        let claims = self.claims();
        let entry = self.entry();
        let all = entry.into_iter().flat_map(|entry| &entry.claims);
        all.filter(move |(name, claim)| claims.contains(*name) && self.identifies(claim))
    }

    /// Whether the claim says whose the token is, beside the claims without which it proves nothing.
    fn identifies(&self, claim: &catalog::Claim) -> bool {
        match &claim.tenant {
            Some(mark) => mark.with.iter().all(|(name, value)| self.value(name).as_ref() == Some(value)),
            None => claim.role == Role::Tenant,
        }
    }

    fn entry(&self) -> Option<&'a catalog::Provider> {
        self.grant.provider.entry
    }

    fn claim(&self, name: &str) -> Option<&'a catalog::Claim> {
        self.entry()?.claims.get(name)
    }

    fn is_of_the_token(&self, name: &str) -> bool {
        match self.claim(name) {
            Some(claim) => claim.derived.is_none() && claim.role != Role::Envelope,
            None => self.grant.provider.provider.claim(name).is_some(),
        }
    }

    /// Gives the claim and what follows from it their values, where they have none yet.
    fn set(&mut self, claim: &str, value: &str) {
        for (name, value) in self.grant.provider.apart().all(claim, value) {
            self.values.entry(name).or_insert(value);
        }
        let Some(known) = self.claim(claim) else { return };
        match &known.derived {
            // A branch build of Buildkite is one that has no tag.
            Some(Derivation::After { only_if, .. }) => {
                let without = only_if.iter().filter(|(_, value)| value.is_empty());
                self.absent.extend(without.map(|(name, _)| name.clone()));
            }
            // The file that a job is written in is mostly the one that was started.
            Some(Derivation::Between { .. }) => {
                if let [TemplatePart::Claim(usual)] = template(&known.example).as_slice() {
                    self.habits.insert(usual.clone(), value.to_owned());
                }
            }
            _ => {}
        }
    }

    /// What literals say comes first: the other conditions leave more room.
    fn set_literal(&mut self, fact: &Fact<'_>, package: &str) {
        let Some(literals) = fact.matcher.literals() else { return };
        let claim = fact.claim.name.as_str();
        let current = self.value(claim);
        let texts = literals.into_iter().map(|literal| self.grant.policy().text(literal));
        let meets_all =
            |text: &&str| self.grant.on(claim).all(|fact| choose::meets(self.grant, fact.matcher, text, package));
        let fitting: Vec<&str> = texts.filter(meets_all).collect();
        let value = fitting.iter().find(|text| current.as_deref() == Some(**text)).or(fitting.first());
        if let Some(value) = value.map(|value| (*value).to_owned()) {
            self.set(claim, &value);
        }
    }

    fn become_adversary(&mut self, adversary: Adversary) {
        let Some(entry) = self.entry() else { return };
        match adversary {
            Adversary::Anyone | Adversary::Caller => self.take_fresh(entry, |_| true),
            Adversary::ReRegisteredName => {
                self.take_fresh(entry, |claim| claim.name_kind == NameKind::Id || claim.role == Role::Actor);
                // The ids are what tells them from us, so the token shows them, also where a job must ask for them.
                let named = self.grant.touched().iter().filter_map(|name| entry.claims.get(*name));
                let ids: BTreeSet<&String> = named.flat_map(|claim| &claim.pinned_by).collect();
                for (id, claim) in ids.into_iter().filter_map(|id| Some((id, entry.claims.get(id)?))) {
                    self.set(id, &fresh(claim));
                }
            }
            Adversary::OutsiderEvent => {
                self.take_fresh(entry, |claim| claim.role == Role::Actor);
                // Such runs are for the branch that the outsider's work is proposed to.
                self.be_on_branch(entry, "main");
            }
            Adversary::AnyWriter => {
                self.take_environment(entry);
                self.be_on_branch(entry, "quick-fix");
            }
            _ => {}
        }
    }

    /// No environment or, where the grant asks anything of one, an environment of the writer's own.
    fn take_environment(&mut self, entry: &catalog::Provider) {
        let is_asked = |name: &str| self.grant.on(name).any(|fact| *fact.matcher != Matcher::Present(false));
        let asks = self.grant.touches(Role::Environment);
        let (mut absent, mut habits) = (Vec::new(), Vec::new());
        for (name, claim) in entry.claims.iter().filter(|(_, claim)| claim.role == Role::Environment) {
            match claim.name_kind {
                NameKind::Name if asks => habits.push((name.clone(), "quick-fix".to_owned())),
                NameKind::Id if is_asked(name) => habits.push((name.clone(), fresh(claim))),
                _ if is_asked(name) => {}
                _ => absent.push(name.clone()),
            }
        }
        self.absent.extend(absent);
        self.habits.extend(habits);
    }

    fn be_on_branch(&mut self, entry: &catalog::Provider, branch: &str) {
        if entry.claims.contains_key("branch") && !self.grant.touches(Role::Ref) {
            self.set("branch", branch);
        }
    }

    /// Gives what identifies a tenant, a repository or a person a stranger's values, where the policy does not fix it.
    fn take_fresh(&mut self, entry: &catalog::Provider, which: impl Fn(&catalog::Claim) -> bool) {
        for (name, claim) in &entry.claims {
            let identifies =
                claim.tenant.is_some() || matches!(claim.role, Role::Tenant | Role::Repository | Role::Actor);
            let is_part = !names(&template(&claim.example)).is_empty() || claim.derived.is_some();
            if identifies && !is_part && which(claim) {
                self.habits.insert(name.clone(), fresh(claim));
            }
            // Whoever names an address that is not theirs has not verified it.
            let companions = claim.tenant.iter().filter(|_| self.values.contains_key(name)).flat_map(|mark| &mark.with);
            let without: Vec<_> = companions
                .filter(|(_, value)| *value == "true")
                .map(|(name, _)| (name.clone(), "false".to_owned()))
                .collect();
            self.habits.extend(without);
        }
    }

    /// Gives the claim of a condition a value that meets it, if what it has does not.
    fn meet(&mut self, fact: &Fact<'_>, package: &str) -> Option<()> {
        let claim = fact.claim.name.as_str();
        if let Matcher::Present(false) = fact.matcher {
            self.absent.extend(self.grant.provider.apart().all(claim, "x").into_iter().map(|(name, _)| name));
            self.absent.extend(self.cut_from(claim).filter(|of| !self.values.contains_key(of)));
            return Some(());
        }
        let current = self.value(claim);
        if current.is_none() && fact.condition.absent_passes {
            return Some(());
        }
        let value = choose::value(self.grant, fact, current.as_deref(), package)?;
        if current.as_deref() != Some(value.as_str()) {
            // What the examples say of it and of its parts gives way; what literals say does not.
            if self.values.contains_key(claim) {
                return None;
            }
            self.set(claim, &value);
        } else if self.claim(claim).is_none() {
            self.set(claim, &value);
        }
        Some(())
    }

    /// The claim that this one is cut from, where tokens may lack it.
    fn cut_from(&self, claim: &str) -> Option<String> {
        let derived = self.claim(claim)?.derived.as_ref()?;
        let (Derivation::Piece { of, .. } | Derivation::Between { of, .. }) = derived else { return None };
        self.claim(of)?.optional.then(|| of.clone())
    }

    fn render(&self, name: &str, depth: u8) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        if self.absent.contains(name) {
            return None;
        }
        if let Some(value) = self.values.get(name).or_else(|| self.habits.get(name)) {
            return Some(value.clone());
        }
        let claim = self.claim(name)?;
        match &claim.derived {
            Some(Derivation::Alias { of }) => self.render(of, depth),
            Some(Derivation::After { of, prefix, only_if }) => {
                let holds =
                    |(claim, value): (&String, &String)| self.render(claim, depth).unwrap_or_default() == *value;
                let of = self.render(of, depth)?;
                of.strip_prefix(prefix.as_str()).filter(|_| only_if.iter().all(holds)).map(str::to_owned)
            }
            Some(Derivation::Join { parts }) => parts
                .iter()
                .map(|part| match part {
                    catalog::JoinPart::Text(text) => Some(text.clone()),
                    catalog::JoinPart::Claim(claim) => self.render(claim, depth),
                })
                .collect(),
            Some(Derivation::Piece { .. } | Derivation::AfterLast { .. }) => {
                self.fill(&template(&claim.example), depth)
            }
            Some(Derivation::Between { of, .. }) => {
                let whole = self.render(of, depth)?;
                self.with_own(name, depth, |between, own| between.piece(&whole, own).map(str::to_owned))
            }
            None => {
                let whole = self.around(name, depth).or_else(|| self.whole(claim, depth))?;
                Some(self.with_pieces(name, claim, whole))
            }
        }
    }

    /// A claim of the token put together around the piece that a condition has set, as the token's own.
    fn around(&self, name: &str, depth: u8) -> Option<String> {
        self.values.iter().find_map(|(derived, piece)| match &self.claim(derived)?.derived {
            Some(Derivation::Between { of, .. }) if of == name => {
                self.with_own(derived, depth, |between, own| between.whole(piece, own))
            }
            _ => None,
        })
    }

    /// What the templates of a derived claim say, filled in with the token's own values.
    fn with_own<T>(&self, derived: &str, depth: u8, say: impl Fn(&Between, &[Option<&str>]) -> Option<T>) -> Option<T> {
        let provider = self.grant.provider.provider;
        let (_, claim) = provider.claim(derived)?;
        let ClaimSource::Between { between, .. } = &claim.source else { return None };
        let own = |id: &trustctl_policy::ClaimId| self.render(&provider.claims.get(usize::from(id.0))?.name, depth);
        let own: Vec<Option<String>> = between.claims().iter().map(own).collect();
        say(between, &own.iter().map(Option::as_deref).collect::<Vec<_>>())
    }

    /// A claim of the token by its example or, where a part of that is not there, by the form that says the most.
    fn whole(&self, claim: &catalog::Claim, depth: u8) -> Option<String> {
        let filled = claim.forms.iter().filter(|form| self.is_for_the_event(form, depth)).filter_map(|form| {
            let pieces: Option<String> = form.pieces.iter().map(|piece| self.piece(piece, depth)).collect();
            Some((form.pieces.len(), pieces?))
        });
        self.fill(&template(&claim.example), depth)
            .or_else(|| filled.max_by_key(|(len, _)| *len).map(|(_, value)| value))
    }

    /// A piece of a form: the claim of its name or, where there is none, a word that fits.
    fn piece(&self, piece: &Piece, depth: u8) -> Option<String> {
        match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Named { name, .. } if self.claim(name).is_some() => self.render(name, depth),
            Piece::Named { pattern, .. } => {
                let pattern = Pattern::regex(pattern).ok()?;
                let branch = self.render("branch", depth).unwrap_or_else(|| "main".to_owned());
                let words = [format!("refs/heads/{branch}"), branch, "66666666-6666-4666-8666-666666666666".to_owned()];
                words.into_iter().find(|word| pattern.is_match(word))
            }
        }
    }

    /// Whether a form that ends in a word, as `…:pull_request` does, is for the event that the token names.
    fn is_for_the_event(&self, form: &Shape, depth: u8) -> bool {
        let Some(Piece::Text(end)) = form.pieces.last() else { return true };
        let word = end.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let mut events =
            self.entry().into_iter().flat_map(|entry| &entry.claims).filter(|(_, claim)| claim.role == Role::Event);
        events.any(|(name, _)| self.render(name, depth).is_some_and(|event| event.starts_with(word)))
    }

    fn fill(&self, parts: &[TemplatePart], depth: u8) -> Option<String> {
        let fill = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => Some(text.clone()),
            TemplatePart::Claim(name) => self.render(name, depth),
        };
        parts.iter().map(fill).collect()
    }

    /// The value with those pieces replaced that conditions on derived claims have set.
    fn with_pieces(&self, name: &str, claim: &catalog::Claim, whole: String) -> String {
        let (Some(shape), Some(entry)) = (&claim.shape, self.entry()) else { return whole };
        let set: BTreeMap<&str, &String> = entry
            .claims
            .iter()
            .filter_map(|(derived, claim)| match &claim.derived {
                Some(Derivation::Piece { of, piece }) if of == name => {
                    Some((piece.as_str(), self.values.get(derived)?))
                }
                _ => None,
            })
            .collect();
        if set.is_empty() {
            return whole;
        }
        let Ok(cut) = trustctl_policy::Cut::new(shape) else { return whole };
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Named { name, .. } => match set.get(name.as_str()) {
                Some(value) => Some((*value).clone()),
                None => cut.piece(&whole, cut.index(name)?).map(str::to_owned),
            },
        };
        shape.pieces.iter().map(piece).collect::<Option<String>>().unwrap_or(whole)
    }

    /// The claims that a value which is not set would be put together from.
    fn mentions(&self, entry: &catalog::Provider, name: &str) -> Vec<String> {
        let Some(claim) = entry.claims.get(name) else { return Vec::new() };
        if self.values.contains_key(name) && claim.forms.is_empty() {
            return Vec::new();
        }
        let Some(value) = self.value(name) else { return Vec::new() };
        let example = template(&claim.example);
        if self.fill(&example, DEEPEST).as_ref() == Some(&value) {
            return names(&example);
        }
        self.grant.provider.apart().all(name, &value).into_iter().skip(1).map(|(name, _)| name).collect()
    }
}

fn names(parts: &[TemplatePart]) -> Vec<String> {
    let name = |part: &TemplatePart| match part {
        TemplatePart::Claim(name) => Some(name.clone()),
        TemplatePart::Text(_) => None,
    };
    parts.iter().filter_map(name).collect()
}

/// A stranger's value in the form of the example: `evil-corp`, `666666`.
fn fresh(claim: &catalog::Claim) -> String {
    let example = claim.example.replace("{{", "{").replace("}}", "}");
    match (claim.name_kind, claim.role) {
        _ if example.contains('@') => "mallory@evil-corp.example".to_owned(),
        (NameKind::Id, _) => fresh_id(&example, claim.values.as_deref()),
        (_, Role::Tenant) => "evil-corp".to_owned(),
        (_, Role::Actor) => "mallory".to_owned(),
        _ if claim.tenant.is_some() && example.bytes().all(|byte| byte.is_ascii_digit()) => "6".repeat(example.len()),
        _ => example.replace("acme", "evil-corp"),
    }
}

/// Sixes in the form of the example; the word before its first hyphen stays where the claim's values want it: `ws-666666`.
fn fresh_id(example: &str, values: Option<&str>) -> String {
    let sixes =
        |text: &str| -> String { text.chars().map(|c| if c.is_ascii_alphanumeric() { '6' } else { c }).collect() };
    let fits =
        |id: &String| values.and_then(|values| Pattern::regex(values).ok()).is_none_or(|values| values.is_match(id));
    let kept = || example.split_once('-').map(|(word, rest)| format!("{word}-{}", sixes(rest)));
    Some(sixes(example)).filter(fits).or_else(|| kept().filter(fits)).unwrap_or_else(|| sixes(example))
}

#[cfg(test)]
mod tests {
    use trustctl_catalog::{Catalogue, Claim, NameKind};
    use trustctl_pattern::Pattern;

    use super::{fresh, names, template};

    /// A stranger's id is one that the provider could have given.
    #[test]
    fn fresh_ids_are_of_their_claims_values() {
        for entry in Catalogue::bundled().unwrap().providers() {
            let is_part = |claim: &Claim| claim.derived.is_some() || !names(&template(&claim.example)).is_empty();
            let own = entry.claims.iter().filter(|(_, claim)| !is_part(claim) && !claim.example.is_empty());
            for (name, claim) in own.filter(|(_, claim)| claim.name_kind == NameKind::Id) {
                let fits =
                    claim.values.as_ref().is_none_or(|values| Pattern::regex(values).unwrap().is_match(&fresh(claim)));
                assert!(fits, "{} {name}: {}", entry.kind, fresh(claim));
            }
        }
    }
}
