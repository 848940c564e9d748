//! One condition against one token, decided in the order the language fixes.
//!
//! Absent, then wrong type, then bytes that no pattern may see, then the matcher. What cannot be decided
//! (an index that leads nowhere, a template where none may stand) fails, under `not` as well.

use trustctl_claims::Claims;
use trustctl_policy::{Condition, Grant, Matcher, NameGrammar, Policy, TemplateMatch};

use crate::Target;
use crate::value::{Found, Pieces, Reader, Sources};

/// What became of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It holds.
    Pass,
    /// The claim is there, and is another.
    Fail,
    /// The claim is absent.
    Missing,
    /// The claim has another JSON type.
    WrongType,
}

impl Status {
    /// The word used in every output format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Missing => "missing",
            Self::WrongType => "wrong-type",
        }
    }
}

/// All that a condition is decided by.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) sources: &'a Sources,
    pub(crate) claims: &'a Claims<'a>,
    pub(crate) target: Target<'a>,
    /// Versions of the registry that is asked.
    pub(crate) versions: Option<&'a NameGrammar>,
}

/// What became of a condition, and the version it binds the request to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checked<'a> {
    pub(crate) status: Status,
    pub(crate) version: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// The token as the grant's provider reads it.
    pub(crate) fn reader(&self, grant: &Grant) -> Reader<'a> {
        self.sources.reader(self.policy, self.claims, grant.provider)
    }

    /// Decides one condition of a grant; `pieces` is room to work in, made once per token.
    pub(crate) fn check(&self, reader: &Reader<'a>, condition: &Condition, pieces: &mut Pieces<'a>) -> Checked<'a> {
        let of = |status| Checked { status, version: None };
        let Some(matcher) = self.policy.matcher(condition.matcher) else {
            return of(Status::Fail);
        };
        let found = reader.find(condition.claim, pieces);
        match found {
            Found::Absent if condition.absent_passes || holds_when_absent(matcher) => of(Status::Pass),
            Found::Absent => of(Status::Missing),
            Found::WrongType => of(Status::WrongType),
            Found::Text(_) | Found::Joined | Found::List(_) => {
                if matcher.holds_pattern() && !found.is_printable(pieces) {
                    return of(Status::Fail);
                }
                match self.matches(matcher, &found, pieces, Inside::Nothing) {
                    Match::Yes => of(Status::Pass),
                    Match::YesFor(version) => Checked { status: Status::Pass, version: Some(version) },
                    Match::No | Match::Undecided => of(Status::Fail),
                }
            }
        }
    }

    /// Most conditions, and most members of lists, are a literal: that much is done in place.
    #[inline]
    fn matches(&self, matcher: &Matcher, found: &Found<'a>, pieces: &Pieces<'a>, inside: Inside) -> Match<'a> {
        match (matcher, found) {
            (Matcher::Equals(text), Found::Text(value)) => Match::from(self.policy.is_text(*text, value)),
            _ => self.matches_further(matcher, found, pieces, inside),
        }
    }

    #[inline(never)]
    fn matches_further(&self, matcher: &Matcher, found: &Found<'a>, pieces: &Pieces<'a>, inside: Inside) -> Match<'a> {
        match matcher {
            Matcher::Present(expected) => Match::from(*expected),
            Matcher::AllOf(members) => {
                let each = members.iter().map(|member| self.matches(member, found, pieces, inside));
                each.fold(if members.is_empty() { Match::Undecided } else { Match::Yes }, Match::and)
            }
            Matcher::AnyOf(members) => {
                let mut result = if members.is_empty() { Match::Undecided } else { Match::No };
                for member in members {
                    match self.matches(member, found, pieces, Inside::Another) {
                        Match::Yes => return Match::Yes,
                        other => result = result.or(other),
                    }
                }
                result
            }
            Matcher::Not(inner) => self.matches(inner, found, pieces, Inside::Another).not(),
            Matcher::Contains(inner) => match found {
                Found::List(list) => {
                    let each =
                        list.iter().map(|member| self.matches(inner, &Found::Text(member), pieces, Inside::Another));
                    each.fold(Match::No, Match::or)
                }
                _ => Match::Undecided,
            },
            Matcher::Equals(text) => match found {
                Found::Text(value) => Match::from(self.policy.is_text(*text, value)),
                Found::Joined => Match::from(pieces.equal(self.policy.text(*text))),
                _ => Match::Undecided,
            },
            Matcher::EqualsIgnoringCase(text) => match found {
                Found::Text(value) => Match::from(value.eq_ignore_ascii_case(self.policy.text(*text))),
                Found::Joined => Match::from(pieces.equal_ignoring_case(self.policy.text(*text))),
                _ => Match::Undecided,
            },
            Matcher::Pattern(id) => match (found, self.policy.pattern(*id)) {
                (Found::Text(value), Some(pattern)) => Match::from(pattern.is_match(value)),
                (Found::Joined, Some(pattern)) => Match::from(pattern.is_match_pieces(pieces.iter())),
                _ => Match::Undecided,
            },
            Matcher::Template(id) => match (found, self.policy.template(*id), self.target, inside) {
                (Found::Text(value), Some(template), Target::Package { name, version, .. }, Inside::Nothing) => {
                    match template.compare(value, name, version, self.versions, |text| self.policy.text(text)) {
                        TemplateMatch::Yes => Match::Yes,
                        TemplateMatch::IfVersion(version) => Match::YesFor(version),
                        TemplateMatch::No => Match::No,
                    }
                }
                _ => Match::Undecided,
            },
        }
    }
}

/// Whether an absent claim satisfies it: `present: false`, also as a member of a list, where another system has that.
fn holds_when_absent(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Present(expected) => !expected,
        Matcher::AnyOf(members) => members.iter().any(holds_when_absent),
        Matcher::AllOf(members) => !members.is_empty() && members.iter().all(holds_when_absent),
        _ => false,
    }
}

/// Where a matcher stands: a template binds the request's version only as a condition's whole or as one of its conjuncts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Another,
}

/// What a matcher says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match<'v> {
    No,
    Yes,
    /// Only if the version is this one.
    YesFor(&'v str),
    /// It has no answer, so the condition fails whatever stands around it.
    Undecided,
}

impl<'v> Match<'v> {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::YesFor(one), Self::YesFor(two)) if one != two => Self::No,
            (Self::YesFor(version), _) | (_, Self::YesFor(version)) => Self::YesFor(version),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// A yes is enough, whatever else is undecided.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Undecided | Self::YesFor(_), _) | (_, Self::Undecided | Self::YesFor(_)) => Self::Undecided,
            (Self::No, Self::No) => Self::No,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::YesFor(_) | Self::Undecided => Self::Undecided,
        }
    }
}

impl From<bool> for Match<'_> {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Match::{self, No, Undecided, Yes, YesFor};

    const ALL: [Match<'static>; 5] = [No, Yes, YesFor("1.0.0"), YesFor("2.0.0"), Undecided];

    #[test]
    fn what_is_undecided_stays_so() {
        for other in ALL {
            for result in [Undecided.and(other), other.and(Undecided), Undecided.or(No), No.or(Undecided)] {
                assert_eq!(result, Undecided);
            }
        }
        assert_eq!(Undecided.not(), Undecided);
        assert_eq!(YesFor("1.0.0").not(), Undecided);
    }

    #[test]
    fn order_matters_nowhere() {
        for one in ALL {
            for two in ALL {
                assert_eq!(one.and(two), two.and(one), "{one:?} and {two:?}");
                assert_eq!(one.or(two), two.or(one), "{one:?} or {two:?}");
                for three in ALL {
                    assert_eq!(one.and(two).and(three), one.and(two.and(three)), "{one:?} {two:?} {three:?}");
                    assert_eq!(one.or(two).or(three), one.or(two.or(three)), "{one:?} {two:?} {three:?}");
                }
            }
        }
    }

    #[test]
    fn two_versions_at_once_are_none() {
        assert_eq!(YesFor("1.0.0").and(YesFor("2.0.0")), No);
        assert_eq!(YesFor("1.0.0").and(YesFor("1.0.0")), YesFor("1.0.0"));
        assert_eq!(Yes.and(YesFor("1.0.0")), YesFor("1.0.0"));
    }
}
