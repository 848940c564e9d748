//! One grant, asked about everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trustctl_catalog::model::Hosts;
use trustctl_pattern::{Language, Piece};
use trustctl_policy::Provider;

use super::asked::{Asked, Signs, asked, ignoring_case};
use super::bound::{Bound, BoundAdversary};
use super::customised::{MOST_ROWS, all_of};
use super::named::Named;
use super::shape::{BoundShape, Choice};
use super::subtract::{self, Conditions, Rest};
use super::system::Built;
use super::{Answer, Reach, tenants, token};
use crate::facts::GrantFacts;
use crate::witness::{Adversary, Confirmed, Wanted, Witness};

/// A grant with what it asks, ready to be asked about adversaries.
pub(crate) struct Question<'g, 'a> {
    grant: &'g GrantFacts<'a>,
    pub(super) bound: Arc<Bound>,
    pub(super) asked: Vec<Asked>,
    signs: Signs,
    named: Named,
    /// Names that differ in case alone are one to some provider; a grant that compares so means all of them.
    folds: bool,
    wanted: Wanted,
    ways: Vec<Way>,
    /// Whose hosts the issuer is on.
    hosts: Hosts,
    /// Variables of which the issuer says what they are.
    fixed: Vec<(usize, String)>,
}

/// Shapes that are one as far as the grant's conditions go, and what those ask of them.
struct Way {
    /// What they are chosen by.
    choices: Vec<Choice>,
    /// The first of them.
    shape: Arc<BoundShape>,
    built: Built,
}

/// What came of looking through the shapes.
enum Found {
    Token(Box<Witness>),
    Nothing,
    Unclear(String),
}

impl<'g, 'a> Question<'g, 'a> {
    /// `None` for a grant that has ended or names nothing to act on.
    pub(crate) fn new(grant: &'g GrantFacts<'a>) -> Option<Self> {
        Self::of(grant, Wanted::of(grant)?)
    }

    /// The same about tokens that have these values.
    pub(crate) fn with(grant: &'g GrantFacts<'a>, values: &[(String, String)]) -> Option<Self> {
        let mut question = Self::new(grant)?;
        for (claim, value) in values {
            let further = Asked { language: Language::words([value.as_str()]), absent: false, ..Asked::nothing(claim) };
            match question.asked.iter_mut().find(|asked| asked.claim == *claim) {
                Some(asked) => *asked = asked.clone().and(&further),
                None => question.asked.push(further),
            }
        }
        question.ways = question.find_ways();
        Some(question)
    }

    /// The same about one of the grant's names.
    pub(crate) fn about(grant: &'g GrantFacts<'a>, name: &str) -> Option<Self> {
        let mut wanted = Wanted::of(grant)?;
        name.clone_into(&mut wanted.resource);
        Self::of(grant, wanted)
    }

    fn of(grant: &'g GrantFacts<'a>, wanted: Wanted) -> Option<Self> {
        let bound = Bound::of(grant.provider.provider, grant.provider.entry);
        let mut signs = Signs::default();
        let (asked, spelt) = asked(grant, &wanted.resource, &mut signs);
        let folds = grant.facts.iter().any(|fact| ignores_case(fact.matcher));
        let hosts = grant.provider.hosts(grant.policy());
        let issuer = grant.policy().issuer(grant.provider.provider.issuer).map_or("", |issuer| issuer.text.as_str());
        let fixed = bound.variables.iter().enumerate();
        let fixed = fixed.filter_map(|(at, variable)| Some((at, variable.of_issuer(issuer)?.to_owned()))).collect();
        let (named, ways) = (Named::default(), Vec::new());
        let mut question = Self { grant, bound, asked, signs, named, folds, wanted, ways, hosts, fixed };
        question.ways = question.find_ways();
        // What is spelt out names something only in tokens that all conditions leave.
        question.named = Named::new(&question.bound, question.ways.iter().map(|way| way.shape.as_ref()), &spelt);
        Some(question)
    }

    /// The shapes that the conditions leave, those together of which they ask the same.
    fn find_ways(&self) -> Vec<Way> {
        let mut known: BTreeMap<Key, Option<usize>> = BTreeMap::new();
        let mut ways: Vec<Way> = Vec::new();
        let claims: BTreeSet<&str> = self.asked.iter().map(|asked| asked.claim.as_str()).collect();
        for choice in self.choices(&claims) {
            let Some(shape) = self.shape(&choice, None) else { continue };
            let key = self.key(&shape, &choice, &claims);
            match known.get(&key) {
                Some(Some(way)) => ways.get_mut(*way).into_iter().for_each(|way| way.choices.push(choice.clone())),
                Some(None) => {}
                None => {
                    let built = Built::new(&self.bound, &shape, self.provider(), &self.asked, &self.fixed, None);
                    let built = built.filter(|built| built.system.is_possible());
                    known.insert(key, built.as_ref().map(|_| ways.len()));
                    ways.extend(built.map(|built| Way { choices: vec![choice], shape, built }));
                }
            }
        }
        ways
    }

    /// The shapes that differ where these claims are asked about.
    pub(super) fn choices(&self, claims: &BTreeSet<&str>) -> Vec<Choice> {
        let is_own = |claim: &str| self.provider().claim(claim).is_some_and(|(_, claim)| claim.is_of_the_token());
        let is_known = |claim: &str| is_own(claim) || self.bound.names(claim);
        // Claims of which the alternative alone says nothing are left out: free in it, they may depend on another one.
        let is_possible = |shape: &BoundShape| {
            let is_said = |asked: &&Asked| shape.claims.contains_key(&asked.claim);
            let asked: Vec<Asked> = self.asked.iter().filter(is_said).cloned().collect();
            Built::new(&self.bound, shape, self.provider(), &asked, &self.fixed, None)
                .is_some_and(|built| built.system.is_possible())
        };
        self.bound.shapes.choices(claims, self.hosts, is_known, is_possible)
    }

    /// The shape of a choice; of those that make no difference one that is the adversary's. `None` where the choice is not.
    pub(super) fn shape(&self, choice: &Choice, adversary: Option<&BoundAdversary>) -> Option<Arc<BoundShape>> {
        let whole = self.bound.shapes.complete(choice, adversary, self.hosts)?;
        self.bound.shapes.get(&whole)
    }

    /// What tells a shape from others as far as these claims go.
    pub(super) fn key(&self, shape: &BoundShape, choice: &Choice, claims: &BTreeSet<&str>) -> Key {
        let mut used = BTreeSet::new();
        let mut texts = Vec::new();
        let mut whole = None;
        for claim in claims {
            let text = shape.claims.get(*claim);
            let is_own = || self.provider().claim(claim).is_some_and(|(_, claim)| claim.is_of_the_token());
            // What is derived or customised may depend on every choice.
            if text.is_none() && (!is_own() || shape.customised.as_ref().is_some_and(|of| of.claim == **claim)) {
                whole = Some(choice.clone());
            }
            // Equal templates of one model are one.
            texts.push(text.map(|text| text.as_ref().map_or(0, |text| text.as_ptr().addr())));
            used.extend(text.into_iter().flatten().flat_map(|text| text.iter()).filter_map(|piece| match piece {
                Piece::Variable(variable) => Some(*variable),
                Piece::Text(_) => None,
            }));
        }
        let only = shape.only.iter().filter(|only| used.contains(&only.variable));
        Key { texts, only: only.map(|only| (only.variable, only.id)).collect(), whole }
    }

    /// Every adversary that there is, the strongest first.
    pub(crate) fn all(&self) -> Vec<Reach> {
        let mut is_open = false;
        let mut all = Vec::new();
        for adversary in self.bound.adversaries(tenants(self.grant)) {
            if !self.is_there(adversary) {
                continue;
            }
            let answer = (!is_open).then(|| self.answer(adversary));
            is_open |= adversary.who.stands_for_all() && matches!(answer, Some(Answer::Yes(_)));
            all.push(Reach { adversary: adversary.who, answer });
        }
        all
    }

    /// Whether that adversary gets in; `None` where the provider has none such.
    pub(crate) fn one(&self, who: Adversary) -> Option<Answer> {
        if who == Adversary::Named {
            return Some(self.answer(&BoundAdversary::named()));
        }
        let adversary = self.bound.adversaries(tenants(self.grant)).find(|adversary| adversary.who == who)?;
        self.is_there(adversary).then(|| self.answer(adversary))
    }

    /// Whether the grant lets in a token that none of the others does, and whose: of the strongest adversary that can have one,
    /// otherwise of whoever the grant names. `refuses` has the last word on those others.
    pub(crate) fn beyond(&self, others: &[Conditions], refuses: &dyn Fn(&Witness) -> bool) -> Answer {
        let of = |asked: (&String, &Asked)| (asked.0.clone(), asked.1.of(self.provider()));
        let others: Vec<Conditions> = others.iter().map(|other| other.iter().map(of).collect()).collect();
        let found = |adversary: Option<&BoundAdversary>| match subtract::rest(self, &others, adversary) {
            Rest::Nothing => Answer::No,
            Rest::Unclear(why) => Answer::Unknown(why),
            Rest::Token { shape, built, values } => {
                let who = adversary.map_or(Adversary::Named, |adversary| adversary.who);
                let mut unclear = "the token found gets in by the others as well".to_owned();
                for version in self.versions(&others) {
                    let wanted = Wanted { version, ..self.wanted.clone() };
                    match self.token(&shape, &built, &values, who, &wanted) {
                        Found::Token(witness) if refuses(&witness) => return Answer::Yes(witness),
                        Found::Token(_) | Found::Nothing => {}
                        Found::Unclear(why) => unclear = why,
                    }
                }
                Answer::Unknown(unclear)
            }
        };
        // What asks everything that another grant asks lets in nobody else, whatever the model makes of it.
        let asks_as_much = |other: &Conditions| {
            let same = |theirs: &Asked| {
                !theirs.is_foreign
                    && self.asked.iter().any(|own| own.claim == theirs.claim && own.imprint == theirs.imprint)
            };
            other.values().all(same)
        };
        if others.iter().any(asks_as_much) {
            return Answer::No;
        }
        let any = found(None);
        if any == Answer::No {
            // A grant that lets in no token of the model may let in one that the model leaves out.
            let is_of_the_model = self.one(Adversary::Named).is_some_and(|answer| answer != Answer::No);
            return if is_of_the_model {
                any
            } else {
                Answer::Unknown("no token that the provider's model makes gets in by this grant".to_owned())
            };
        }
        let theirs = self
            .bound
            .adversaries(tenants(self.grant))
            .filter(|adversary| self.is_there(adversary))
            .map(|adversary| found(Some(adversary)))
            .find(|answer| matches!(answer, Answer::Yes(_)));
        theirs.unwrap_or(any)
    }

    /// Versions to ask for: where a template compares the request's with a claim, one of two is another than the claim's.
    fn versions(&self, others: &[Conditions]) -> Vec<Option<String>> {
        let mut all = vec![None];
        let matter = others.iter().flat_map(|other| other.values()).chain(&self.asked).any(|asked| asked.is_rough);
        if let Some(versions) = self.grant.registry_entry().and_then(|entry| entry.versions.as_ref()).filter(|_| matter)
        {
            all.extend([Some(versions.example.clone()), Some("6.6.6".to_owned())]);
        }
        all
    }

    /// The grant's conditions by claim, for a question about another grant.
    pub(crate) fn conditions(&self) -> Conditions {
        self.asked.iter().map(|asked| (asked.claim.clone(), asked.clone())).collect()
    }

    /// Characters that the other grant's values have.
    pub(crate) fn learn(&mut self, other: &Question<'_, '_>) {
        self.signs.learn(&other.signs);
    }

    /// What it can be asked to do: a package or an account, and the action.
    pub(crate) fn wanted_mut(&mut self) -> &mut Wanted {
        &mut self.wanted
    }

    pub(super) fn provider(&self) -> &'a Provider {
        self.grant.provider.provider
    }

    /// The system of some conditions over a shape.
    pub(super) fn built<'c>(
        &self,
        shape: &BoundShape,
        conditions: impl Iterator<Item = &'c Asked>,
        adversary: Option<&BoundAdversary>,
    ) -> Option<Built> {
        let asked: Vec<Asked> = conditions.cloned().collect();
        let mut built = Built::new(&self.bound, shape, self.provider(), &asked, &self.fixed, None)?;
        if let Some(adversary) = adversary {
            self.become_adversary(&mut built, adversary);
        }
        Some(built)
    }

    /// What the proofs do not cover, a sentence each.
    pub(crate) fn leaves_out(&self) -> &[String] {
        &self.bound.leaves_out
    }

    /// Whether the policy names something of what the adversary is told apart by.
    fn is_there(&self, adversary: &BoundAdversary) -> bool {
        let is_named = |&variable: &usize| self.named.all(variable).next().is_some();
        adversary.needs.is_empty() || adversary.needs.iter().any(is_named)
    }

    fn answer(&self, adversary: &BoundAdversary) -> Answer {
        let mut unclear = None;
        for way in &self.ways {
            let theirs = way.choices.iter().find_map(|choice| self.shape(choice, Some(adversary)));
            let Some(shape) = theirs else { continue };
            match self.look(way, &shape, adversary) {
                Found::Token(witness) => return Answer::Yes(witness),
                Found::Nothing => {}
                Found::Unclear(why) => unclear = unclear.or(Some(why)),
            }
        }
        unclear.map_or(Answer::No, Answer::Unknown)
    }

    /// One kind of shape, one adversary.
    fn look(&self, way: &Way, shape: &BoundShape, adversary: &BoundAdversary) -> Found {
        let mut built = way.built.clone();
        self.become_adversary(&mut built, adversary);
        let (built, values) = match self.solve(shape, built, &self.asked, Some(adversary)) {
            Ok(Some(found)) => found,
            Ok(None) => return Found::Nothing,
            Err(why) => return Found::Unclear(why),
        };
        if !self.is_of(adversary, &built, &values) {
            return Found::Unclear("the token found is not the adversary's".to_owned());
        }
        self.token(shape, &built, &values, adversary.who, &self.wanted)
    }

    /// Solves a system over a shape; where a claim is customised, until the parts of a row agree with all the rest.
    pub(super) fn solve(
        &self,
        shape: &BoundShape,
        built: Built,
        asked: &[Asked],
        adversary: Option<&BoundAdversary>,
    ) -> Result<Option<(Built, Vec<String>)>, String> {
        let Some(customised) = &shape.customised else {
            let values = built.system.solve().map_err(|limit| limit.to_string())?;
            return Ok(values.map(|values| (built, values)));
        };
        let Some(of_claim) = asked.iter().find(|asked| asked.claim == customised.claim) else {
            let values = built.system.solve().map_err(|limit| limit.to_string())?;
            return Ok(values.map(|values| (built, values)));
        };
        let mut rows_left = MOST_ROWS;
        for (first, rest) in customised.firsts(&of_claim.language) {
            let mut begun = built.clone();
            begun.begin(&customised.claim, first, rest);
            let found =
                self.solve_row(shape, begun, asked, adversary, of_claim.language.finite().is_some(), &mut rows_left)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The rows that begin with one part.
    fn solve_row(
        &self,
        shape: &BoundShape,
        mut built: Built,
        asked: &[Asked],
        adversary: Option<&BoundAdversary>,
        is_one_of_few: bool,
        rows_left: &mut usize,
    ) -> Result<Option<(Built, Vec<String>)>, String> {
        let Some(customised) = &shape.customised else { return Ok(None) };
        while let Some(left) = rows_left.checked_sub(1) {
            *rows_left = left;
            let Some(values) = built.system.solve().map_err(|limit| limit.to_string())? else { return Ok(None) };
            let Some(text) = built.value_of(&customised.claim, &values) else { return Ok(Some((built, values))) };
            let rows = customised.rows(&text);
            for row in &rows {
                let given = Some((customised.claim.as_str(), Arc::clone(row)));
                let Some(mut exact) = Built::new(&self.bound, shape, self.provider(), asked, &self.fixed, given) else {
                    continue;
                };
                if let Some(adversary) = adversary {
                    self.become_adversary(&mut exact, adversary);
                }
                if let Some(values) = exact.system.solve().map_err(|limit| limit.to_string())? {
                    return Ok(Some((exact, values)));
                }
            }
            // None of its rows will do, so it is something else; of a pattern's many texts, whatever else reads like this one.
            if is_one_of_few || rows.is_empty() {
                built.exclude(&customised.claim, &Language::words([text.as_str()]));
            }
            for row in rows.iter().filter(|_| !is_one_of_few) {
                built.exclude(&customised.claim, &all_of(row));
            }
        }
        Err(format!("customised subjects met their limit of {MOST_ROWS} rows"))
    }

    /// The token of a solution, if the evaluator lets it in.
    fn token(&self, shape: &BoundShape, built: &Built, values: &[String], who: Adversary, wanted: &Wanted) -> Found {
        let Some(token) = token::render(self.grant, &self.bound, shape, built, values, &self.signs, self.wanted.at)
        else {
            return Found::Unclear("the token found cannot be written down".to_owned());
        };
        match wanted.confirm(self.grant, token, who) {
            Confirmed::Yes(witness) => Found::Token(witness),
            Confirmed::No if built.is_unclear => {
                Found::Unclear("a condition is on a claim whose origin the model does not know".to_owned())
            }
            Confirmed::No => Found::Unclear("the evaluator does not take the token found".to_owned()),
        }
    }

    fn become_adversary(&self, built: &mut Built, adversary: &BoundAdversary) {
        for &variable in adversary.fresh.iter().chain(&adversary.unnamed) {
            built.restrict(&self.bound, variable, &self.others(variable));
            let of = self.bound.variables.get(variable);
            let mut preferred: Vec<String> = of.and_then(|of| of.fresh.clone()).into_iter().collect();
            // `acme*` lets `acme-evil` in, which is easier to believe than `acmea`.
            preferred.extend(self.named.all(variable).flat_map(|name| [format!("{name}-evil"), format!("{name}1")]));
            if let Some(variable) = built.system.variables.get_mut(variable) {
                variable.preferred = preferred.into_iter().chain(variable.preferred.iter().cloned()).collect();
            }
        }
        for &variable in &adversary.named {
            if self.named.whole(variable).next().is_some() {
                built.restrict(&self.bound, variable, &self.names(self.named.whole(variable)));
            }
        }
        for (variable, language) in &adversary.only {
            built.restrict(&self.bound, *variable, language);
        }
    }

    /// Values of a variable that the policy does not name.
    fn others(&self, variable: usize) -> Language {
        self.names(self.named.all(variable)).complement()
    }

    /// The names as the grant compares them.
    fn names<'n>(&self, names: impl Iterator<Item = &'n str>) -> Language {
        if self.folds {
            return names.map(ignoring_case).fold(Language::none(), |all, name| all.union(&name));
        }
        Language::words(names)
    }

    /// Whether the values are the adversary's, by plain comparison.
    fn is_of(&self, adversary: &BoundAdversary, built: &Built, values: &[String]) -> bool {
        let text = |variable: usize| built.value(&self.bound, variable, values);
        let is = |name: &str, value: &str| if self.folds { name.eq_ignore_ascii_case(value) } else { name == value };
        let is_named =
            |variable: usize| text(variable).is_some_and(|value| self.named.all(variable).any(|name| is(name, &value)));
        let is_fresh = adversary.fresh.iter().chain(&adversary.unnamed).all(|&variable| !is_named(variable));
        let is_ours = adversary.named.iter().all(|&variable| {
            let mut names = self.named.whole(variable).peekable();
            names.peek().is_none() || text(variable).is_some_and(|value| names.any(|name| is(name, &value)))
        });
        let is_only = adversary
            .only
            .iter()
            .all(|(variable, language)| text(*variable).is_some_and(|value| language.contains(&value)));
        built.system.holds(values) && is_fresh && is_ours && is_only
    }
}

fn ignores_case(matcher: &trustctl_policy::Matcher) -> bool {
    use trustctl_policy::Matcher;
    match matcher {
        Matcher::EqualsIgnoringCase(_) => true,
        Matcher::AnyOf(members) | Matcher::AllOf(members) => members.iter().any(ignores_case),
        Matcher::Contains(inner) | Matcher::Not(inner) => ignores_case(inner),
        _ => false,
    }
}

/// What tells a shape from others as far as some claims go.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    texts: Vec<Option<usize>>,
    only: Vec<(usize, usize)>,
    whole: Option<Choice>,
}
