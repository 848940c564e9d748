//! What a condition asks of a value.

use super::TemplateId;

/// A piece of the policy's text arena; read it with [`Policy::text`](super::Policy::text).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// One of the policy's compiled patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatternId(pub(crate) u32);

/// One of the policy's matchers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MatcherId(pub(crate) u32);

/// What a condition asks of a value that is there and well typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// Is this value. Integers in canonical decimal text, booleans as `true` or `false`.
    Equals(Text),
    /// Is this value but for the case of ASCII letters.
    EqualsIgnoringCase(Text),
    /// Matches the glob, regular expression or search as a whole.
    Pattern(PatternId),
    /// Equals the template with the request's parts filled in.
    Template(TemplateId),
    /// Some member matches.
    AnyOf(Box<[Matcher]>),
    /// All members match.
    AllOf(Box<[Matcher]>),
    /// Some element of the list claim matches.
    Contains(Box<Matcher>),
    /// Does not match. Still fails where the claim is absent or of another type.
    Not(Box<Matcher>),
    /// Is there (`true`) or absent (`false`): the one matcher that an absent claim can satisfy.
    Present(bool),
}

impl Matcher {
    /// Whether a glob, a regular expression or a search is in it, at any depth.
    ///
    /// A value with a byte outside printable ASCII fails every condition that holds one, `not` included.
    #[inline]
    pub fn holds_pattern(&self) -> bool {
        match self {
            Self::Pattern(_) => true,
            Self::AnyOf(_) | Self::AllOf(_) | Self::Contains(_) | Self::Not(_) => self.members_hold_pattern(),
            Self::Equals(_) | Self::EqualsIgnoringCase(_) | Self::Template(_) | Self::Present(_) => false,
        }
    }

    fn members_hold_pattern(&self) -> bool {
        match self {
            Self::AnyOf(members) | Self::AllOf(members) => members.iter().any(Self::holds_pattern),
            Self::Contains(inner) | Self::Not(inner) => inner.holds_pattern(),
            _ => false,
        }
    }

    /// The values, where the matcher is a literal or a list of literals and nothing else.
    pub fn literals(&self) -> Option<Vec<Text>> {
        match self {
            Self::Equals(text) => Some(vec![*text]),
            Self::AnyOf(members) => members
                .iter()
                .map(|member| match member {
                    Self::Equals(text) => Some(*text),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}
