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
            nearest
                .texts
                .extend(text_of(parts, filled).filter(|text| !text.is_empty() && !nearest.texts.contains(text)));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use trustctl_catalog::{Catalogue, Derivation};

    use super::*;

    /// GitHub's `own-workflow-file`: repository, ref and commit are its claims, in this order.
    fn own_file(issuer: &str) -> Between {
        of("github-actions", "own-workflow-file", issuer)
    }

    fn of(kind: &str, claim: &str, issuer: &str) -> Between {
        let entry = Catalogue::bundled().unwrap().provider(kind).unwrap();
        let Some(Derivation::Between { templates, pattern, .. }) = &entry.claims[claim].derived else {
            panic!("{claim}")
        };
        let names: Vec<&String> = entry.claims.keys().collect();
        let id = |name: &str| ClaimId(names.iter().position(|other| *other == name).unwrap() as u16);
        Between::new(templates, pattern, issuer, id).unwrap()
    }

    #[test]
    fn each_claim_is_asked_for_once() {
        assert_eq!(own_file("https://a.example").claims().len(), 3);
        assert!(own_file("https://a.example").claims().len() <= Between::MOST_CLAIMS);
    }

    #[test]
    fn the_issuer_is_part_of_the_text() {
        let own = [Some("acme/widgets"), Some("refs/heads/main"), None];
        let value = "gitlab.acme.example:8443/acme/widgets//ci/x.yml@refs/heads/main";
        let piece = |issuer| of("gitlab", "own-config-file", issuer).piece(value, &own);
        assert_eq!(piece("https://gitlab.acme.example:8443"), Some("ci/x.yml"));
        for other in ["https://gitlab.acme.example", "https://gitlab.com", "http://gitlab.acme.example:8443", ""] {
            assert_eq!(piece(other), None, "{other}");
        }
    }

    #[test]
    fn a_misfit_says_what_the_nearest_template_lacks() {
        let own = own_file("https://a.example");
        let filled = [Some("acme/widgets"), Some("refs/tags/v1"), Some("c0ffee")];
        let misfit = |value: &str, filled: &[Option<&str>]| {
            let misfit = own.misfit(value, filled);
            let claims = misfit.claims.iter().map(|id| own.claims().iter().position(|other| other == id).unwrap());
            (misfit.at, misfit.texts, claims.collect::<Vec<_>>())
        };
        let before = vec!["acme/widgets/.github/workflows/".to_owned()];
        let value = "acme/shared/.github/workflows/a.yml@refs/tags/v1";
        assert_eq!(misfit(value, &filled), (MisfitAt::Before, before, vec![0]));
        let after = vec!["@refs/tags/v1".to_owned(), "@c0ffee".to_owned()];
        let value = "acme/widgets/.github/workflows/a.yml@refs/tags/v2";
        assert_eq!(misfit(value, &filled), (MisfitAt::After, after, vec![1, 2]));
        let without_ref = [filled[0], None, filled[2]];
        assert_eq!(misfit(value, &without_ref), (MisfitAt::After, vec!["@c0ffee".to_owned()], vec![2]));
        assert_eq!(misfit(value, &[filled[0], None, None]), (MisfitAt::Missing, vec![], vec![1, 2]));
        assert_eq!(misfit(value, &[None; 3]), (MisfitAt::Missing, vec![], vec![0]));
        let value = "acme/widgets/.github/workflows/a.txt@c0ffee";
        assert_eq!(misfit(value, &filled), (MisfitAt::Piece, vec![], vec![]));
    }

    /// Texts of the scraps that the rules are about: far more often nearly right than random characters.
    fn scraps() -> impl Strategy<Value = String> {
        const SCRAPS: [&str; 9] = ["a", "a/b", "/", "@", "x.yml", ".yml", "/.github/workflows/", "refs/a", "\u{e4}"];
        proptest::collection::vec(proptest::sample::select(&SCRAPS[..]), 0..6).prop_map(|scraps| scraps.concat())
    }

    fn file() -> impl Strategy<Value = String> {
        const FILES: [&str; 6] = ["a.yml", "a.yml@b.yml", "x.yaml", "a.yml@refs/a", ".yml", "a.txt"];
        prop_oneof![3 => proptest::sample::select(&FILES[..]).prop_map(str::to_owned), 1 => scraps()]
    }

    fn filled() -> impl Strategy<Value = [Option<String>; 3]> {
        let one = || proptest::option::weighted(0.9, scraps());
        [one(), one(), one()]
    }

    proptest! {
        /// By trying every stretch of the value as the piece.
        #[test]
        fn a_piece_is_the_only_stretch_that_fits(value in file(), filled in filled(), wrap in proptest::bool::weighted(0.9)) {
            let own = own_file("https://a.example");
            let [repository, git_ref, sha] = &filled;
            let filled: Vec<Option<&str>> = filled.iter().map(Option::as_deref).collect();
            let value = match (wrap, repository, git_ref) {
                (true, Some(repository), Some(git_ref)) => format!("{repository}/.github/workflows/{value}@{git_ref}"),
                _ => value,
            };
            let pattern = Pattern::regex(r"[^/]+\.ya?ml").unwrap();
            let mut pieces = BTreeSet::new();
            for end in [git_ref, sha].into_iter().flatten().filter(|end| !end.is_empty()) {
                let Some(repository) = repository.as_ref().filter(|text| !text.is_empty()) else { continue };
                for from in 0..value.len() {
                    for to in from..value.len() {
                        let Some(piece) = value.get(from..to) else { continue };
                        if pattern.is_match(piece) && format!("{repository}/.github/workflows/{piece}@{end}") == value {
                            pieces.insert(piece);
                        }
                    }
                }
            }
            let only = pieces.pop_first().filter(|_| pieces.is_empty());
            prop_assert_eq!(own.piece(&value, &filled), only);
        }

        #[test]
        fn a_whole_value_has_its_piece(piece in file(), filled in filled()) {
            let own = own_file("https://a.example");
            let filled: Vec<Option<&str>> = filled.iter().map(Option::as_deref).collect();
            if let Some(whole) = own.whole(&piece, &filled) {
                prop_assert_eq!(own.piece(&whole, &filled), Some(piece.as_str()));
            }
        }
    }
}
