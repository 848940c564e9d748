//! Records in which the owner writes statements: each way in as a clause, or why it is none.

mod issuer;
mod merge;
mod turn;

use trustctl_catalog::profile::{AudienceCheck, Direction, Profile, StatementStyle};
use trustctl_catalog::{Catalogue, Provider, Requirement};

use super::{Clause, Condition, Loss, Said, fields};
use crate::prepare::Fill;
use crate::statements::{Statements, Test, TestOf, Way};
use turn::{Turned, Turner};

pub(crate) use issuer::filled;

/// Most clauses that one way in becomes.
const MOST: usize = 32;

/// What a record of statements says.
pub(super) fn said(profile: &Profile, fill: &Fill<'_>, style: StatementStyle) -> Said {
    let mut said = Said::default();
    for way in Statements::new(style, fill.publisher, fill.record).ways() {
        match way.and_then(|way| Reader { profile, fill }.clauses(&way)) {
            Ok(clauses) if clauses.is_empty() => {
                let about = "one of the statements lets no token in, so no grant is written for it".to_owned();
                said.left_out.push(Loss { is: Direction::Beside, claims: Vec::new(), about });
            }
            Ok(clauses) => said.clauses.extend(clauses),
            Err(about) => {
                let about = format!("{about}; no grant is written for it");
                said.left_out.push(Loss { is: Direction::Narrower, claims: Vec::new(), about });
            }
        }
    }
    said
}

struct Reader<'r> {
    profile: &'r Profile,
    fill: &'r Fill<'r>,
}

impl Reader<'_> {
    /// A way in as clauses that together let in the same tokens; none where no token ever comes in by it.
    fn clauses(&self, way: &Way) -> Result<Vec<Clause>, String> {
        let publisher = self.fill.publisher;
        let named = publisher.issuer_field.as_ref().and_then(|field| self.fill.record.text(field));
        let text = way.issuer.as_deref().or(named).unwrap_or_default();
        let issuer = issuer::known(text).ok_or_else(|| format!("the catalogue does not know the issuer `{text}`"))?;
        let provider = Catalogue::bundled().ok().and_then(|all| all.provider(issuer.provider.as_deref()?));
        let provider = provider.ok_or_else(|| format!("the catalogue does not know the issuer `{text}`"))?;
        let Some(Envelope { audience, tests }) = self.envelope(way, text)? else { return Ok(Vec::new()) };
        let mut turner = Turner::new(self.profile, provider);
        let Some(own) = own(&mut turner, &tests)? else { return Ok(Vec::new()) };
        let alternatives = without(&mut turner, provider, own, &way.but)?;
        let (mut given, unsaid) = fields::given(self.profile, self.fill);
        self.give(&mut given, &way.gives);
        let mut losses: Vec<Loss> = turner.losses.drain(..).chain(unsaid).collect();
        losses.extend(publisher.loses.iter().filter(|loss| fields::applies(loss, self.fill)).map(Loss::declared));
        losses.extend(self.any_audience(audience.as_deref()));
        let clause = |conditions: Vec<Condition>| {
            let required = provider.requires.iter().filter(|one| !is_named(&one.claim, &conditions));
            let losses = losses.iter().cloned().chain(required.map(|one| self.required(provider, one))).collect();
            Clause {
                issuer: issuer.clone(),
                conditions,
                given: given.clone(),
                audience: audience.clone(),
                claims: turner.claims.clone(),
                until: None,
                losses,
            }
        };
        Ok(alternatives.into_iter().map(clause).collect())
    }

    /// That a trust file asks what the provider requires by itself.
    fn required(&self, provider: &Provider, one: &Requirement) -> Loss {
        let about = format!(
            "{} lets in whatever `{}` a statement does not exclude, and a trust file what the catalogue lists for {}",
            self.profile.title, one.claim, provider.title
        );
        Loss { is: Direction::Narrower, claims: vec![one.claim.clone()], about }
    }

    /// What the way wants of `iss` and `aud`, and the tests of everything else; `None` where no token meets it.
    fn envelope<'w>(&self, way: &'w Way, issuer: &str) -> Result<Option<Envelope<'w>>, String> {
        let mut audience: Option<String> = None;
        let mut tests = Vec::new();
        for test in &way.tests {
            match (test.claim.as_str(), turn::only_text(&test.asks)) {
                ("iss", Some(text)) if text == issuer => {}
                ("iss", Some(_)) => return Ok(None),
                ("aud", Some(text)) if audience.as_deref().is_none_or(|known| known == text) => {
                    audience = Some(text.to_owned());
                }
                ("aud", Some(_)) => return Ok(None),
                ("iss" | "aud", None) => {
                    return Err(format!("what is asked of `{}` is no single text", test.claim));
                }
                _ => tests.push(test),
            }
        }
        Ok(Some(Envelope { audience, tests }))
    }

    /// Where the registry looks at no audience unless a record does, and this one does not.
    fn any_audience(&self, audience: Option<&str>) -> Option<Loss> {
        let envelope = self.profile.envelope.with(&self.fill.publisher.envelope.clone().unwrap_or_default());
        (envelope.audiences == AudienceCheck::ByRecord && audience.is_none()).then(|| Loss {
            is: Direction::Narrower,
            claims: vec!["aud".to_owned()],
            about: format!("{} takes tokens for whatever audience, and a trust file for one", self.profile.title),
        })
    }

    /// What statements give by name: actions where the profile translates them, accounts otherwise.
    fn give(&self, given: &mut super::Given, names: &[String]) {
        let gives = &self.fill.publisher.gives;
        match &gives.actions {
            Some(actions) if actions.field.is_none() => {
                let known = names.iter().filter_map(|name| actions.are.get(name).cloned());
                given.actions = Some(known.collect());
            }
            Some(_) => {}
            None => given.accounts = Some(names.to_vec()),
        }
    }
}

/// What a way wants of `aud`, and its tests of everything else.
struct Envelope<'w> {
    audience: Option<String>,
    tests: Vec<&'w Test>,
}

/// Whether conditions name the values of a claim, which then stand in place of the provider's own.
fn is_named(claim: &str, conditions: &[Condition]) -> bool {
    conditions.iter().any(|condition| condition.claim == claim && matches!(condition.asks, super::Ask::Equals(_)))
}

/// What the way asks; `None` where no token meets it.
fn own(turner: &mut Turner<'_>, tests: &[&Test]) -> Result<Option<Vec<Condition>>, String> {
    let mut conditions = Vec::new();
    for test in tests {
        match turner.turn(test)? {
            Turned::Never => return Ok(None),
            Turned::Condition(condition) => conditions.push(condition),
        }
    }
    merge::merge(conditions)
}

/// The conditions once for each way in which none of the excluded ones hold whole.
fn without(
    turner: &mut Turner<'_>,
    provider: &Provider,
    own: Vec<Condition>,
    excluded: &[Vec<Test>],
) -> Result<Vec<Vec<Condition>>, String> {
    let mut all = vec![own];
    for tests in excluded {
        // By a turner of its own: what is lost in what keeps tokens out is lost the other way round.
        let mut other = Turner::new(turner.profile, provider);
        let turned: Option<Vec<Option<Condition>>> = tests
            .iter()
            .map(|test| match other.turn(test) {
                Ok(Turned::Never) => None,
                Ok(Turned::Condition(condition)) => Some(Some(condition)),
                Err(_) => Some(None),
            })
            .collect();
        // One that no token meets excludes nothing.
        let Some(turned) = turned else { continue };
        all = all.into_iter().flat_map(|conditions| each_without(turner, conditions, &turned)).collect();
        if all.len() > MOST {
            return Err(format!("what other statements take away would be more than {MOST} grants"));
        }
    }
    Ok(all)
}

/// The conditions once for each of the excluded ones that does not hold; as they are where one contradicts them anyway.
fn each_without(
    turner: &mut Turner<'_>,
    conditions: Vec<Condition>,
    excluded: &[Option<Condition>],
) -> Vec<Vec<Condition>> {
    let with = |condition: &Condition| merge::merge(conditions.iter().cloned().chain([condition.clone()]).collect());
    if excluded.iter().flatten().any(|condition| matches!(with(condition), Ok(None))) {
        return vec![conditions];
    }
    let negated: Vec<Condition> = excluded.iter().flatten().filter_map(|condition| turner.negated(condition)).collect();
    negated.iter().filter_map(|condition| with(condition).ok().flatten()).collect()
}

impl Loss {
    fn declared(loss: &trustctl_catalog::profile::Loss) -> Self {
        Self { is: loss.is, claims: loss.claims.clone(), about: loss.about.clone() }
    }
}

/// Whether a test is of one text.
fn texts(asks: &TestOf) -> Option<Vec<&str>> {
    match asks {
        TestOf::In(scalars) => scalars
            .iter()
            .map(|scalar| match scalar {
                crate::statements::Scalar::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect(),
        TestOf::Matches { forms, others_pass: false } => forms
            .iter()
            .map(|form| match form {
                crate::statements::Form::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}
