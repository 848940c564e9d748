//! A grant's conditions over one shape of token, as a system of texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use trustctl_pattern::{Language, Piece, System, SystemPart, Variable};
use trustctl_policy::{ClaimSource, CutPart, JoinPart, Provider};

use super::asked::Asked;
use super::bound::{Bound, BoundVariable};
use super::customised::escaped;
use super::shape::{BoundShape, Text};

/// Claims of claims of claims: as deep as providers go, and a bound.
const DEEPEST: u8 = 6;

/// What is known of a claim in a shape.
enum Known {
    /// Its template; `None`: the token lacks it.
    Text(Text),
    /// It could not be put together.
    Unclear,
}

/// A system, and the claims that it is about beyond the shape's own.
#[derive(Clone)]
pub(super) struct Built {
    pub(super) system: System,
    /// Claims of the token that the model leaves free, with what they are put together of here.
    free: BTreeMap<String, Text>,
    /// List claims: one variable for each element.
    pub(super) lists: BTreeMap<String, Vec<usize>>,
    /// Whether some condition could not be put into the system.
    pub(super) is_unclear: bool,
}

impl Built {
    /// `None` where no token of the shape satisfies the conditions, as can be seen at once.
    ///
    /// `fixed` are variables of which the issuer says what they are; `given` are claims that are put together so, whatever the shape says.
    pub(super) fn new(
        bound: &Bound,
        shape: &BoundShape,
        provider: &Provider,
        asked: &[Asked],
        fixed: &[(usize, String)],
        given: Option<(&str, Arc<[Piece]>)>,
    ) -> Option<Self> {
        let variable = |variable: &BoundVariable| Variable {
            language: variable.language.clone(),
            preferred: Arc::clone(&variable.own),
        };
        let system = System { variables: bound.variables.iter().map(variable).collect(), parts: Vec::new() };
        let free = given.into_iter().map(|(claim, text)| (claim.to_owned(), Some(text))).collect();
        let built = Self { system, free, lists: BTreeMap::new(), is_unclear: false };
        let mut build = Build { bound, shape, provider, built };
        for (variable, value) in fixed {
            build.built.restrict(bound, *variable, &Language::words([value.as_str()]));
        }
        for only in &shape.only {
            build.built.restrict(bound, only.variable, &only.language);
        }
        // A derived claim says how the claim that it comes from is put together.
        let is_derived =
            |asked: &&Asked| provider.claim(&asked.claim).is_some_and(|(_, claim)| !claim.is_of_the_token());
        let (derived, own): (Vec<&Asked>, Vec<&Asked>) = asked.iter().partition(is_derived);
        for asked in derived.into_iter().chain(own) {
            build.ask(asked)?;
        }
        Some(build.built)
    }

    /// The variable can have values of this language alone.
    pub(super) fn restrict(&mut self, bound: &Bound, variable: usize, language: &Language) {
        let list = bound.variables.get(variable).and_then(BoundVariable::element_of);
        for &element in list.and_then(|list| self.lists.get(list)).into_iter().flatten() {
            if let Some(variable) = self.system.variables.get_mut(element) {
                variable.language = variable.language.intersect(language);
            }
        }
        if let Some(text) = self.taken_apart(bound, variable) {
            let template = text.as_ref().map(|text| text.to_vec()).unwrap_or_default();
            self.system.parts.push(SystemPart { template, language: language.clone() });
        } else if let Some(variable) = self.system.variables.get_mut(variable) {
            variable.language = variable.language.intersect(language);
        }
    }

    /// Where nothing is modelled a variable stands for a claim, which conditions may have taken apart: into this.
    fn taken_apart(&self, bound: &Bound, variable: usize) -> Option<&Text> {
        bound.variables.get(variable).filter(|_| !bound.is_modelled).and_then(|of| self.free.get(&of.name))
    }

    /// What a variable of the model stands for in a solution; `None` where such a token has nothing of it.
    pub(super) fn value(&self, bound: &Bound, variable: usize, values: &[String]) -> Option<String> {
        match self.taken_apart(bound, variable) {
            Some(text) => filled(text.as_deref()?, values),
            None => values.get(variable).cloned(),
        }
    }

    /// The value of a claim in a solution; `None` where nothing is said of it.
    pub(super) fn value_of(&self, claim: &str, values: &[String]) -> Option<String> {
        filled(self.free.get(claim)?.as_deref()?, values)
    }

    /// The claim is one text and a variable of its own behind it.
    pub(super) fn begin(&mut self, claim: &str, first: &[Piece], rest: Language) {
        let Some(Some(text)) = self.free.get(claim).cloned() else { return };
        // The variable that stood for the whole is the text's rest from now on.
        let [Piece::Variable(variable)] = text.as_ref() else { return };
        if let Some(of) = self.system.variables.get_mut(*variable) {
            of.language = rest;
        }
        let template: Arc<[Piece]> = first.iter().cloned().chain([Piece::Variable(*variable)]).collect();
        for part in self.system.parts.iter_mut().filter(|part| part.template == *text) {
            part.template = template.to_vec();
        }
        self.free.insert(claim.to_owned(), Some(template));
    }

    /// The claim is something else.
    pub(super) fn exclude(&mut self, claim: &str, language: &Language) {
        if let Some(Some(text)) = self.free.get(claim) {
            self.system.parts.push(SystemPart { template: text.to_vec(), language: language.complement() });
        }
    }

    /// The claims of the token that the shape or the conditions give a value, with their templates.
    pub(super) fn claims<'s>(&'s self, shape: &'s BoundShape) -> impl Iterator<Item = (&'s str, &'s Text)> {
        let of_shape = shape.claims.iter().filter(|(name, _)| !self.free.contains_key(*name));
        of_shape.chain(&self.free).map(|(name, text)| (name.as_str(), text))
    }
}

/// The text of a template in a solution.
pub(super) fn filled(text: &[Piece], values: &[String]) -> Option<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => Some(text.clone()),
        Piece::Variable(variable) => values.get(*variable).cloned(),
    };
    text.iter().map(piece).collect()
}

/// Puts conditions into a system.
struct Build<'b> {
    bound: &'b Bound,
    shape: &'b BoundShape,
    provider: &'b Provider,
    built: Built,
}

impl Build<'_> {
    fn ask(&mut self, asked: &Asked) -> Option<()> {
        if !asked.elements.is_empty() || self.is_list(&asked.claim) {
            return self.ask_list(asked);
        }
        let is_free = !self.shape.claims.contains_key(&asked.claim) && !self.built.free.contains_key(&asked.claim);
        let is_own = self.provider.claim(&asked.claim).is_none_or(|(_, claim)| claim.is_of_the_token());
        let may_lack = self.bound.may_lack(&asked.claim) || asked.language.finite() == Some(&[]);
        if is_free && is_own && asked.absent && may_lack {
            self.built.free.insert(asked.claim.clone(), None);
            return Some(());
        }
        match self.known(&asked.claim, DEEPEST) {
            Known::Text(None) => asked.absent.then_some(()),
            Known::Text(Some(template)) => {
                let part = SystemPart { template: template.to_vec(), language: asked.language.clone() };
                self.built.system.parts.push(part);
                Some(())
            }
            Known::Unclear => {
                self.built.is_unclear = true;
                Some(())
            }
        }
    }

    fn is_list(&self, claim: &str) -> bool {
        self.provider.claim(claim).is_some_and(|(_, claim)| claim.kind == trustctl_catalog::ClaimType::List)
    }

    fn ask_list(&mut self, asked: &Asked) -> Option<()> {
        if asked.elements.is_empty() && asked.absent {
            return Some(());
        }
        let allowed = asked.language.intersect(&self.bound.values_of(&asked.claim));
        let wanted = if asked.elements.is_empty() { vec![Language::all()] } else { asked.elements.clone() };
        let preferred = self.bound.element(&asked.claim).map(|(_, of)| Arc::clone(&of.own));
        for element in wanted {
            let variable = self.variable(allowed.intersect(&element));
            if let (Some(preferred), Some(variable)) = (&preferred, self.built.system.variables.get_mut(variable)) {
                variable.preferred = Arc::clone(preferred);
            }
            self.built.lists.entry(asked.claim.clone()).or_default().push(variable);
        }
        Some(())
    }

    /// A variable of its own; a claim's value is never empty.
    fn variable(&mut self, language: Language) -> usize {
        let language = language.difference(&Language::words([""]));
        self.built.system.variables.push(Variable { language, preferred: [].into() });
        self.built.system.variables.len() - 1
    }

    /// What the claim is put together of.
    fn known(&mut self, claim: &str, depth: u8) -> Known {
        if let Some(text) = self.built.free.get(claim).or_else(|| self.shape.claims.get(claim)) {
            return Known::Text(text.clone());
        }
        let (Some((_, of_policy)), Some(depth)) = (self.provider.claim(claim), depth.checked_sub(1)) else {
            return Known::Unclear;
        };
        if self.shape.customised.as_ref().is_some_and(|customised| customised.claim == claim) {
            // What it can be is gone through when the rest agrees (`Question::solve`).
            let variable = self.variable(Language::all());
            return self.keep(claim, vec![Piece::Variable(variable)]);
        }
        match &of_policy.source {
            ClaimSource::Token | ClaimSource::Nested(_) => {
                let language = self.bound.values_of(claim);
                let variable = self.variable(language);
                self.keep(claim, vec![Piece::Variable(variable)])
            }
            ClaimSource::Alias(of) => match self.name(*of) {
                Some(name) => self.known(&name, depth),
                None => Known::Unclear,
            },
            ClaimSource::Join(parts) => self.join(parts, depth),
            ClaimSource::After { of, prefix, only_if } => {
                let Some(of) = self.name(*of) else { return Known::Unclear };
                for (claim, value) in only_if {
                    let Some(name) = self.name(*claim) else { return Known::Unclear };
                    match (self.is_open(&name), value.as_str()) {
                        (true, "") => {
                            self.built.free.insert(name, None);
                        }
                        (true, value) => {
                            self.built.free.insert(name, Some(Arc::from([Piece::Text(value.to_owned())])));
                        }
                        (false, _) => return Known::Unclear,
                    }
                }
                if !self.is_open(&of) {
                    return self.behind(&of, prefix);
                }
                let variable = self.variable(self.bound.values_of(claim));
                self.keep(&of, vec![Piece::Text(prefix.clone()), Piece::Variable(variable)]);
                Known::Text(Some(Arc::from([Piece::Variable(variable)])))
            }
            ClaimSource::AfterLast { of, delimiter } => {
                let Some(of) = self.name(*of).filter(|of| self.is_open(of)) else { return Known::Unclear };
                let without = trustctl_pattern::Pattern::search(&escaped(delimiter)).map(|with| with.language());
                let Ok(with) = without else { return Known::Unclear };
                let before = self.variable(Language::all());
                let after = self.variable(with.complement());
                let pieces = vec![Piece::Variable(before), Piece::Text(delimiter.clone()), Piece::Variable(after)];
                self.keep(&of, pieces);
                Known::Text(Some(Arc::from([Piece::Variable(after)])))
            }
            ClaimSource::Piece { of, cut, piece } => {
                let Some(of) = self.name(*of).filter(|of| self.is_open(of)) else { return Known::Unclear };
                let (mut pieces, mut named) = (Vec::new(), Vec::new());
                for part in cut.parts() {
                    pieces.push(match part {
                        CutPart::Text(text) => Piece::Text(text.to_owned()),
                        CutPart::Named(pattern) => {
                            named.push(self.variable(pattern.language()));
                            Piece::Variable(self.built.system.variables.len() - 1)
                        }
                    });
                }
                self.keep(&of, pieces);
                match named.get(*piece) {
                    Some(variable) => Known::Text(Some(Arc::from([Piece::Variable(*variable)]))),
                    None => Known::Unclear,
                }
            }
            // Only providers with a model have such claims, and their models say what they are.
            ClaimSource::Between { .. } => Known::Unclear,
        }
    }

    fn keep(&mut self, claim: &str, pieces: Vec<Piece>) -> Known {
        let text: Text = Some(Arc::from(pieces));
        self.built.free.insert(claim.to_owned(), text.clone());
        Known::Text(text)
    }

    fn name(&self, claim: trustctl_policy::ClaimId) -> Option<String> {
        self.provider.claims.get(usize::from(claim.0)).map(|claim| claim.name.clone())
    }

    /// Whether nothing is said of the claim so far: the shape leaves it free, or takes it as one variable that nobody else uses.
    fn is_open(&self, claim: &str) -> bool {
        !self.built.free.contains_key(claim) && (!self.bound.is_modelled || !self.shape.claims.contains_key(claim))
    }

    fn join(&mut self, parts: &[JoinPart], depth: u8) -> Known {
        let mut pieces = Vec::new();
        for part in parts {
            match part {
                JoinPart::Text(text) => pieces.push(Piece::Text(text.clone())),
                JoinPart::Claim(claim) => {
                    let Some(name) = self.name(*claim) else { return Known::Unclear };
                    match self.known(&name, depth) {
                        Known::Text(Some(text)) => pieces.extend(text.iter().cloned()),
                        other => return other,
                    }
                }
            }
        }
        Known::Text(Some(Arc::from(pieces)))
    }

    /// What follows a prefix in a claim whose template is known.
    fn behind(&mut self, of: &str, prefix: &str) -> Known {
        let Known::Text(Some(text)) = self.known(of, DEEPEST) else { return Known::Unclear };
        match text.first() {
            Some(Piece::Text(first)) => match first.strip_prefix(prefix) {
                Some(rest) => {
                    let rest = Some(rest).filter(|rest| !rest.is_empty()).map(|rest| Piece::Text(rest.to_owned()));
                    let pieces: Vec<Piece> = rest.into_iter().chain(text.iter().skip(1).cloned()).collect();
                    if pieces.is_empty() { Known::Text(None) } else { Known::Text(Some(Arc::from(pieces))) }
                }
                None if prefix.starts_with(first.as_str()) && text.len() > 1 => Known::Unclear,
                None => Known::Text(None),
            },
            _ if prefix.is_empty() => Known::Text(Some(text)),
            _ => Known::Unclear,
        }
    }
}
