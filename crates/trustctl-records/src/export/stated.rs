//! What an effective grant states, condition by condition.

use trustctl_diag::Place;
use trustctl_pattern::{Answer, Pattern, PatternKind};
use trustctl_policy::{Condition as PolicyCondition, Grant, Matcher, Origin, Policy, TemplatePart};

use crate::said::{Ask, Condition, Form};

/// One condition of a grant.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    /// The claim, as the trust file names it.
    pub(super) claim: String,
    /// What is asked; `None` for what no record says: patterns, and what must be absent.
    pub(super) asks: Option<Ask>,
    /// Whether a token without the claim passes.
    pub(super) absent_passes: bool,
    pub(super) origin: Origin,
    pub(super) place: Place,
    /// Why the provider requires it, where the trust file does not say it.
    pub(super) why: Option<String>,
}

impl Stated {
    /// As a condition, where every token that passes meets it.
    pub(super) fn condition(&self) -> Option<Condition> {
        let asks = self.asks.clone().filter(|_| !self.absent_passes)?;
        Some(Condition { claim: self.claim.clone(), asks })
    }

    /// Whether the trust file itself says it.
    pub(super) fn is_own(&self) -> bool {
        !matches!(self.origin, Origin::Provider | Origin::Registry)
    }
}

/// Every condition of a grant, templates filled in for the package.
pub(super) fn of(policy: &Policy, grant: &Grant, package: Option<&str>) -> Vec<Stated> {
    let mut all = Vec::new();
    for (_, condition) in policy.conditions(grant) {
        let (Some(claim), Some(matcher)) = (policy.claim(grant, condition), policy.matcher(condition.matcher)) else {
            continue;
        };
        let reader = Reader { policy, package };
        for asks in reader.conjuncts(matcher) {
            all.push(stated(&claim.name, asks, condition, policy));
        }
    }
    all
}

fn stated(claim: &str, asks: Option<Ask>, condition: &PolicyCondition, policy: &Policy) -> Stated {
    Stated {
        claim: claim.to_owned(),
        asks,
        absent_passes: condition.absent_passes,
        origin: condition.origin,
        place: condition.place,
        why: policy.why(condition).map(str::to_owned),
    }
}

/// A pattern in the plainest form that means the same.
fn form(pattern: &Pattern) -> Option<Form> {
    let prefix = Form::Prefix(pattern.literal_prefix().to_owned());
    let begins = Pattern::regex(&prefix.regex()).ok()?;
    let same = |one: &Pattern, other: &Pattern| one.language().is_subset_of(&other.language()) == Answer::Yes;
    if same(&begins, pattern) {
        return Some(prefix);
    }
    (pattern.kind() == PatternKind::Regex).then(|| Form::Regex(pattern.source().to_owned()))
}

struct Reader<'p> {
    policy: &'p Policy,
    package: Option<&'p str>,
}

impl Reader<'_> {
    /// What is asked at once, each by itself.
    fn conjuncts(&self, matcher: &Matcher) -> Vec<Option<Ask>> {
        match matcher {
            Matcher::AllOf(members) => members.iter().flat_map(|member| self.conjuncts(member)).collect(),
            other => vec![self.ask(other)],
        }
    }

    fn ask(&self, matcher: &Matcher) -> Option<Ask> {
        let text = |text| self.policy.text(text).to_owned();
        match matcher {
            Matcher::Equals(value) => Some(Ask::Equals(vec![text(*value)])),
            Matcher::EqualsIgnoringCase(value) => Some(Ask::EqualsIgnoringCase(vec![text(*value)])),
            Matcher::AnyOf(members) => self.any(members),
            Matcher::Not(inner) => match self.ask(inner)? {
                Ask::Equals(values) => Some(Ask::Not(values)),
                Ask::Matches { any, none } if none.is_empty() => Some(Ask::Matches { any: none, none: any }),
                _ => None,
            },
            Matcher::Contains(inner) => match self.ask(inner)? {
                Ask::Equals(values) if values.len() == 1 => Some(Ask::Contains(values)),
                _ => None,
            },
            Matcher::Template(id) => self.template(&self.policy.template(*id)?.parts),
            Matcher::Present(true) => Some(Ask::Present),
            Matcher::Pattern(id) => {
                let form = form(self.policy.pattern(*id)?)?;
                Some(Ask::Matches { any: vec![form], none: Vec::new() })
            }
            Matcher::Present(false) | Matcher::AllOf(_) => None,
        }
    }

    fn any(&self, members: &[Matcher]) -> Option<Ask> {
        let asks = members.iter().map(|member| self.ask(member)).collect::<Option<Vec<_>>>()?;
        let of = |only: fn(Ask) -> Option<Vec<String>>| {
            asks.iter().cloned().map(only).collect::<Option<Vec<_>>>().map(|values| values.concat())
        };
        let exact = of(|ask| if let Ask::Equals(values) = ask { Some(values) } else { None });
        let folded = of(|ask| if let Ask::EqualsIgnoringCase(values) = ask { Some(values) } else { None });
        let forms = || {
            let forms = asks.iter().cloned().map(|ask| match ask {
                Ask::Equals(values) => Some(values.into_iter().map(Form::Text).collect()),
                Ask::Matches { any, none } if none.is_empty() => Some(any),
                _ => None,
            });
            forms
                .collect::<Option<Vec<Vec<Form>>>>()
                .map(|forms| Ask::Matches { any: forms.concat(), none: Vec::new() })
        };
        exact.map(Ask::Equals).or(folded.map(Ask::EqualsIgnoringCase)).or_else(forms)
    }

    /// A template with all of the request in it but the version.
    fn template(&self, parts: &[TemplatePart]) -> Option<Ask> {
        let package = self.package.unwrap_or_default();
        let scoped = package.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        let mut has_version = false;
        let filled: Option<String> = parts
            .iter()
            .map(|part| match part {
                TemplatePart::Text(text) => Some(self.policy.text(*text)),
                TemplatePart::Version => {
                    has_version = true;
                    Some("{version}")
                }
                TemplatePart::Package => Some(package),
                TemplatePart::Scope => scoped.map(|(scope, _)| scope),
                TemplatePart::Name => Some(scoped.map_or(package, |(_, name)| name)),
            })
            .collect();
        let filled = filled?;
        Some(if has_version { Ask::Template(filled) } else { Ask::Equals(vec![filled]) })
    }
}
