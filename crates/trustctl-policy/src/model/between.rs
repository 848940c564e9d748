//! What stands between two texts that a token's other claims fill in.
//!
//! `{repository}/.github/workflows/{}@{ref}`: in one token the texts around `{}` are fixed, so a value is cut in one way
//! or in none, whatever characters the piece and the other claims have. The texts are compared part by part and never
//! put together: a decision allocates nothing.

use trustctl_catalog::{Around, AroundPart};
use trustctl_pattern::{Pattern, PatternError};

use super::ClaimId;
use crate::known;

/// The templates of a [`trustctl_catalog::Derivation::Between`], compiled for one issuer.
#[derive(Debug, Clone)]
pub struct Between {
    claims: Vec<ClaimId>,
    ways: Vec<Way>,
    pattern: Pattern,
}

/// One template: the parts before the piece and those after it.
#[derive(Debug, Clone)]
struct Way {
    before: Vec<Part>,
    after: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// Which of the claims, from 0.
    Claim(usize),
}

/// Why a value has no piece, for explaining it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Where it differs from the template that it comes nearest to.
    pub at: MisfitAt,
    /// The texts that would stand there, one a template.
    pub texts: Vec<String>,
    /// The claims that those texts are made of, or that are missing.
    pub claims: Vec<ClaimId>,
}

/// Where a value differs from a template; the nearest miss is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MisfitAt {
    /// What stands between the texts is no piece, or is another one for another template.
    Piece,
    /// It ends in none of the texts.
    After,
    /// It begins with none of the texts.
    Before,
    /// The token lacks the claims, so there is no text.
    Missing,
}

impl Between {
    /// Claims that the templates name at most; of further ones nothing fits.
    pub const MOST_CLAIMS: usize = Around::MOST_CLAIMS;

    /// Compiles templates for the tokens of an issuer, `https://…`; `id` knows the provider's claims.
    ///
    /// # Errors
    ///
    /// The pattern does not compile, which a test of the catalogue rules out for bundled data.
    pub fn new(
        templates: &[Around],
        pattern: &str,
        issuer: &str,
        id: impl Fn(&str) -> ClaimId,
    ) -> Result<Self, PatternError> {
        let mut claims: Vec<ClaimId> = Vec::new();
        for claim in templates.iter().flat_map(Around::claims).map(&id) {
            if !claims.contains(&claim) {
                claims.push(claim);
            }
        }
        let part = |part: &AroundPart| match part {
            AroundPart::Text(text) => Some(Part::Text(text.clone())),
            AroundPart::Issuer => Some(Part::Text(issuer.strip_prefix("https://")?.to_owned())),
            AroundPart::Claim(name) => Some(Part::Claim(claims.iter().position(|claim| *claim == id(name))?)),
        };
        let side = |parts: &[AroundPart]| parts.iter().map(part).collect::<Option<Vec<Part>>>();
        let way = |around: &Around| Some(Way { before: side(&around.before)?, after: side(&around.after)? });
        let ways = templates.iter().filter_map(way).collect();
        Ok(Self { claims, ways, pattern: known::pattern(pattern)? })
    }

    /// The claims that fill the templates in, each once.
    pub fn claims(&self) -> &[ClaimId] {
        &self.claims
    }

    /// The piece of `value`; `None` where no template fits, or two fit with different pieces.
    ///
    /// `filled` has the values of [`Between::claims`] in their order. No template fits without one of its own.
    pub fn piece<'v>(&self, value: &'v str, filled: &[Option<&str>]) -> Option<&'v str> {
        let mut found = None;
        for way in &self.ways {
            let Some(piece) = way.cut(value, filled).filter(|piece| self.is_piece(piece)) else { continue };
            if found.is_some_and(|other| other != piece) {
                return None;
            }
            found = Some(piece);
        }
        found
    }

    /// The value that has this piece, by the first template whose claims are there.
    pub fn whole(&self, piece: &str, filled: &[Option<&str>]) -> Option<String> {
        let whole = |way: &Way| Some(text_of(&way.before, filled)? + piece + &text_of(&way.after, filled)?);
        self.ways.iter().filter_map(whole).find(|whole| self.piece(whole, filled) == Some(piece))
    }

    fn is_piece(&self, text: &str) -> bool {
        !text.is_empty() && self.pattern.is_match(text)
    }

    /// Why `value` has no piece; of a value that has one it says nothing.
    pub fn misfit(&self, value: &str, filled: &[Option<&str>]) -> Misfit {
        let mut nearest = Misfit { at: MisfitAt::Missing, texts: Vec::new(), claims: Vec::new() };
        for way in &self.ways {
            let (at, parts) = way.misfit(value, filled);
            if at < nearest.at {
                nearest = Misfit { at, texts: Vec::new(), claims: Vec::new() };
            }
            if at > nearest.at {
                continue;
            }
            nearest.texts.extend(text_of(parts, filled).filter(|text| !nearest.texts.contains(text)));
            for part in parts {
                let Part::Claim(number) = part else { continue };
                let is_one = at != MisfitAt::Missing || part.text(filled).is_none();
                let claim = self.claims.get(*number).filter(|claim| is_one && !nearest.claims.contains(claim));
                nearest.claims.extend(claim);
            }
        }
        nearest
    }
}

impl Way {
    fn cut<'v>(&self, value: &'v str, filled: &[Option<&str>]) -> Option<&'v str> {
        let mut rest = value;
        for part in &self.before {
            rest = rest.strip_prefix(part.text(filled)?)?;
        }
        for part in self.after.iter().rev() {
            rest = rest.strip_suffix(part.text(filled)?)?;
        }
        Some(rest)
    }

    /// Where the value differs, and the parts that should stand there.
    fn misfit(&self, value: &str, filled: &[Option<&str>]) -> (MisfitAt, &[Part]) {
        let missing = |parts: &[Part]| parts.iter().any(|part| part.text(filled).is_none());
        for side in [&self.before, &self.after] {
            if missing(side) {
                return (MisfitAt::Missing, side);
            }
        }
        let before = text_of(&self.before, filled).unwrap_or_default();
        if !value.starts_with(&before) {
            (MisfitAt::Before, &self.before)
        } else if self.cut(value, filled).is_none() {
            (MisfitAt::After, &self.after)
        } else {
            (MisfitAt::Piece, &[])
        }
    }
}

impl Part {
    fn text<'t>(&'t self, filled: &[Option<&'t str>]) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Claim(at) => filled.get(*at).copied().flatten().filter(|text| !text.is_empty()),
        }
    }
}

fn text_of(parts: &[Part], filled: &[Option<&str>]) -> Option<String> {
    parts.iter().map(|part| part.text(filled)).collect()
}
