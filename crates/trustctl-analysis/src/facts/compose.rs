//! Composed values, taken apart: `repo:acme/widgets:environment:npm` is an owner, a repository and an environment.
//!
//! The catalogue says how: forms and shapes of composed claims, derivations, and examples that name other claims.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use trustctl_catalog::{self as catalog, Derivation, JoinPart, Piece, Shape};
use trustctl_pattern::{Language, LanguagePart, Pattern};
use trustctl_policy::{ClaimId, ClaimSource, Cut};

/// How the values of a provider's claims are taken apart.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    ways: BTreeMap<String, Vec<Way>>,
    /// Claims with forms: each form as a language, and the names of its pieces.
    forms: BTreeMap<String, Vec<(Language, BTreeSet<String>)>>,
}

/// One way a claim's value is put together.
#[derive(Debug)]
enum Way {
    /// Of pieces with languages; beside each the claim that has its value.
    Shape(Cut, Vec<(usize, String)>),
    /// Of claims and the text between them.
    Text(Vec<TemplatePart>),
    /// Another claim has this text and the value.
    After(String, String),
    /// Holds only beside this value of another claim.
    Beside(String, String),
}

/// A stretch of a template such as `{repository_owner}/{repository-name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TemplatePart {
    /// As it stands.
    Text(String),
    /// The value of this claim.
    Claim(String),
}

/// Claims of claims of claims: as deep as real providers go, and a bound.
const DEEPEST: u8 = 4;

impl Apart {
    /// How values of that kind of provider are taken apart; for one that is not in the catalogue, not at all.
    ///
    /// Compiled once a process: it takes longer than everything else that linting a small file does.
    pub(crate) fn of(kind: &str) -> &'static Self {
        static NOT_AT_ALL: Apart = Apart { ways: BTreeMap::new(), forms: BTreeMap::new() };
        static ALL: OnceLock<BTreeMap<&str, OnceLock<Apart>>> = OnceLock::new();
        let Ok(catalogue) = catalog::Catalogue::bundled() else { return &NOT_AT_ALL };
        let all = ALL.get_or_init(|| catalogue.provider_kinds().map(|kind| (kind, OnceLock::new())).collect());
        let read = || catalogue.provider(kind).map(Self::new).unwrap_or_default();
        all.get(kind).map_or(&NOT_AT_ALL, |apart| apart.get_or_init(read))
    }

    fn new(entry: &catalog::Provider) -> Self {
        let mut ways: BTreeMap<String, Vec<Way>> = BTreeMap::new();
        let mut forms = BTreeMap::new();
        for (name, claim) in &entry.claims {
            if !claim.forms.is_empty() {
                forms.insert(name.clone(), claim.forms.iter().filter_map(language).collect());
            }
            let mut of_claim = Vec::new();
            match &claim.derived {
                Some(Derivation::Alias { of }) => of_claim.push(Way::After(of.clone(), String::new())),
                Some(Derivation::After { of, prefix, only_if }) => {
                    of_claim.push(Way::After(of.clone(), prefix.clone()));
                    of_claim.extend(only_if.iter().map(|(claim, value)| Way::Beside(claim.clone(), value.clone())));
                }
                Some(Derivation::Join { parts }) => of_claim.push(Way::Text(join(parts))),
                Some(Derivation::Piece { .. } | Derivation::AfterLast { .. } | Derivation::Between { .. }) => {}
                None if !claim.forms.is_empty() => {
                    of_claim.extend(claim.forms.iter().filter_map(|form| shape(form, |piece| Some(piece.to_owned()))));
                }
                None => match &claim.shape {
                    Some(form) => of_claim.extend(shape(form, |piece| claim_of_piece(entry, name, piece))),
                    None => {
                        let parts = template(&claim.example);
                        if parts.iter().any(|part| matches!(part, TemplatePart::Claim(_))) {
                            of_claim.push(Way::Text(parts));
                        }
                    }
                },
            }
            if !of_claim.is_empty() {
                ways.insert(name.clone(), of_claim);
            }
        }
        Self { ways, forms }
    }

    /// The claim with its value, and every claim whose value follows from it.
    pub(crate) fn all(&self, claim: &str, value: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        self.collect(claim, value, DEEPEST, &mut all);
        all
    }

    /// The claims that are part of every value of a composed claim which the pattern lets through: with
    /// `repo:acme/*:environment:*`, no token without an environment gets in.
    pub(crate) fn always(&self, claim: &str, pattern: &Language) -> BTreeSet<String> {
        let forms = self.forms.get(claim).map_or(&[][..], Vec::as_slice);
        let possible = forms
            .iter()
            .filter(|(form, _)| !pattern.intersect(form).is_empty().is_yes())
            .map(|(_, names)| names.clone());
        possible.reduce(|all, names| all.intersection(&names).cloned().collect()).unwrap_or_default()
    }

    fn collect(&self, claim: &str, value: &str, depth: u8, all: &mut Vec<(String, String)>) {
        all.push((claim.to_owned(), value.to_owned()));
        let Some(depth) = depth.checked_sub(1) else { return };
        for way in self.ways.get(claim).map_or(&[][..], Vec::as_slice) {
            let mut next = |name: &str, value: &str| self.collect(name, value, depth, all);
            match way {
                Way::Shape(cut, pieces) => {
                    let mut fits = false;
                    for (index, name) in pieces {
                        if let Some(piece) = cut.piece(value, *index) {
                            next(name, piece);
                            fits = true;
                        }
                    }
                    // No value has two forms.
                    if fits {
                        break;
                    }
                }
                Way::Text(parts) => {
                    for (name, value) in cut_at_texts(parts, value) {
                        next(name, value);
                    }
                }
                Way::After(of, prefix) => next(of, &format!("{prefix}{value}")),
                // The empty value stands for "absent", which is no value.
                Way::Beside(of, value) if !value.is_empty() => next(of, value),
                Way::Beside(..) => {}
            }
        }
    }
}

/// The claims that a derived one is made from; none for a claim of the token.
pub(super) fn sources(source: &ClaimSource) -> Vec<ClaimId> {
    match source {
        ClaimSource::Token | ClaimSource::Nested(_) => Vec::new(),
        ClaimSource::Alias(of) | ClaimSource::Piece { of, .. } | ClaimSource::AfterLast { of, .. } => vec![*of],
        ClaimSource::After { of, only_if, .. } => {
            std::iter::once(*of).chain(only_if.iter().map(|(claim, _)| *claim)).collect()
        }
        ClaimSource::Between { of, between } => std::iter::once(*of).chain(between.claims().iter().copied()).collect(),
        ClaimSource::Join(parts) => parts
            .iter()
            .filter_map(|part| match part {
                trustctl_policy::JoinPart::Claim(claim) => Some(*claim),
                trustctl_policy::JoinPart::Text(_) => None,
            })
            .collect(),
    }
}

/// The parts of `{repository_owner}/{repository-name}`; a doubled brace is one of the text, and so is one that does not close.
pub(crate) fn template(text: &str) -> Vec<TemplatePart> {
    let (mut parts, mut literal, mut rest) = (Vec::new(), String::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        literal.push_str(before);
        let doubled = from.strip_prefix("{{").map(|after| ('{', after));
        if let Some((brace, after)) = doubled.or_else(|| from.strip_prefix("}}").map(|after| ('}', after))) {
            literal.push(brace);
            rest = after;
        } else if let Some((name, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
            if !literal.is_empty() {
                parts.push(TemplatePart::Text(std::mem::take(&mut literal)));
            }
            parts.push(TemplatePart::Claim(name.to_owned()));
            rest = after;
        } else {
            rest = from;
            break;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(TemplatePart::Text(literal));
    }
    parts
}

/// The catalogue's example of a claim, with the examples of the claims that it names filled in.
pub(crate) fn example(entry: &catalog::Provider, claim: &str) -> String {
    fn fill(entry: &catalog::Provider, claim: &str, depth: u8) -> String {
        let Some((known, depth)) = entry.claims.get(claim).zip(depth.checked_sub(1)) else { return String::new() };
        let part = |part: TemplatePart| match part {
            TemplatePart::Text(text) => text,
            TemplatePart::Claim(name) => fill(entry, &name, depth),
        };
        template(&known.example).into_iter().map(part).collect()
    }
    fill(entry, claim, DEEPEST)
}

fn join(parts: &[JoinPart]) -> Vec<TemplatePart> {
    let part = |part: &JoinPart| match part {
        JoinPart::Text(text) => TemplatePart::Text(text.clone()),
        JoinPart::Claim(claim) => TemplatePart::Claim(claim.clone()),
    };
    parts.iter().map(part).collect()
}

fn language(form: &Shape) -> Option<(Language, BTreeSet<String>)> {
    let (mut patterns, mut names) = (Vec::new(), BTreeSet::new());
    for piece in &form.pieces {
        patterns.push(match piece {
            Piece::Text(text) => Pattern::literal(text),
            Piece::Named { name, pattern } => {
                names.insert(name.clone());
                Pattern::regex(pattern).ok()?
            }
        });
    }
    let parts: Vec<LanguagePart<'_>> = patterns.iter().map(LanguagePart::Pattern).collect();
    Some((Language::concat(&parts).ok()?, names))
}

fn shape(shape: &Shape, claim_of: impl Fn(&str) -> Option<String>) -> Option<Way> {
    let cut = Cut::new(shape).ok()?;
    let pieces = shape.pieces.iter().filter_map(|piece| match piece {
        Piece::Named { name, .. } => Some((cut.index(name)?, claim_of(name)?)),
        Piece::Text(_) => None,
    });
    let pieces = pieces.collect();
    Some(Way::Shape(cut, pieces))
}

/// The claim that is this piece: a derived one, or, where none is, the claim of the piece's name.
fn claim_of_piece(entry: &catalog::Provider, composed: &str, piece: &str) -> Option<String> {
    let is_it = |claim: &catalog::Claim| matches!(&claim.derived, Some(Derivation::Piece { of, piece: name }) if of == composed && name == piece);
    let derived = entry.claims.iter().find(|(_, claim)| is_it(claim)).map(|(name, _)| name.clone());
    derived.or_else(|| entry.claims.contains_key(piece).then(|| piece.to_owned()))
}

/// The claims' parts of `value`, each up to the first occurrence of the text behind it; none where it does not fit.
fn cut_at_texts<'p, 'v>(parts: &'p [TemplatePart], value: &'v str) -> Vec<(&'p str, &'v str)> {
    let (mut found, mut rest, mut open) = (Vec::new(), value, None::<&str>);
    for part in parts {
        match part {
            TemplatePart::Text(text) => {
                let is_last = parts.last() == Some(part);
                let at = rest.split_once(text.as_str()).or_else(|| {
                    // `{namespace_path}/widgets`: of another project only the delimiter is the same.
                    let delimiter = text.chars().next().filter(|_| is_last)?;
                    rest.rsplit_once(delimiter).map(|(before, _)| (before, ""))
                });
                let Some((before, after)) = at else { return Vec::new() };
                match open.take() {
                    Some(name) if !before.is_empty() => found.push((name, before)),
                    None if before.is_empty() => {}
                    _ => return Vec::new(),
                }
                rest = after;
            }
            TemplatePart::Claim(name) if open.is_none() => open = Some(name),
            // Two claims without a text between them cannot be told apart.
            TemplatePart::Claim(_) => return Vec::new(),
        }
    }
    match open {
        Some(name) if !rest.is_empty() => found.push((name, rest)),
        None if rest.is_empty() => {}
        _ => return Vec::new(),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github() -> &'static Apart {
        Apart::of("github-actions")
    }

    fn all(claim: &str, value: &str) -> BTreeMap<String, String> {
        github().all(claim, value).into_iter().collect()
    }

    #[test]
    fn a_pin_holds_names_and_ids() {
        let parts = all("repository-pin", "acme@11/widgets@22");
        assert_eq!(parts["repository_owner"], "acme");
        assert_eq!(parts["repository_owner_id"], "11");
        assert_eq!(parts["repository_id"], "22");
    }

    #[test]
    fn a_subject_holds_what_its_form_says() {
        let parts = all("sub", "repo:acme/widgets:environment:npm");
        assert_eq!(parts["environment"], "npm");
        assert_eq!(parts["repository_owner"], "acme");
        assert!(!parts.contains_key("repository_id"));
        assert_eq!(all("sub", "repo:acme@1/widgets@2:ref:refs/heads/main")["repository_id"], "2");
        assert_eq!(all("sub", "repository_visibility:public").len(), 1);
    }

    #[test]
    fn the_called_workflow_is_not_the_started_one() {
        let parts = all("job_workflow_ref", "acme/shared/.github/workflows/publish.yml@refs/tags/v2");
        assert_eq!(parts["called-workflow-repository"], "acme/shared");
        assert!(!parts.contains_key("repository"));
        let parts = all("workflow_ref", "acme/widgets/.github/workflows/publish.yml@refs/heads/main");
        assert_eq!((parts["workflow-file"].as_str(), parts["repository_owner"].as_str()), ("publish.yml", "acme"));
    }

    #[test]
    fn a_pattern_asks_for_what_all_of_its_forms_have() {
        let always = |glob: &str| github().always("sub", &Pattern::crossing_glob(glob).unwrap().language());
        assert!(always("repo:acme/widgets:environment:*").contains("environment"));
        assert!(!always("repo:acme/widgets:*").contains("environment"));
        assert!(always("repo:acme/widgets:*").contains("repository_owner"));
        assert!(always("nonsense").is_empty());
    }

    #[test]
    fn texts_cut_or_do_not_fit() {
        let parts = template("{a}/{b}");
        assert_eq!(cut_at_texts(&parts, "x/y/z"), [("a", "x"), ("b", "y/z")]);
        assert_eq!(cut_at_texts(&parts, "x"), []);
        assert_eq!(cut_at_texts(&parts, "/y"), []);
        assert_eq!(cut_at_texts(&template("v{a}"), "w1"), []);
        assert_eq!(cut_at_texts(&template("{a}/widgets"), "acme/tools/gadgets"), [("a", "acme/tools")]);
    }

    #[test]
    fn doubled_braces_are_text() {
        let text = |text: &str| TemplatePart::Text(text.to_owned());
        let claim = |name: &str| TemplatePart::Claim(name.to_owned());
        assert_eq!(template("{{a}}"), [text("{a}")]);
        assert_eq!(template("x{{{a}:{b}"), [text("x{"), claim("a"), text(":"), claim("b")]);
        for broken in ["x{a", "a}b", "{", "}"] {
            assert_eq!(template(broken), [text(broken)]);
        }
        assert_eq!(template(""), []);
    }
}
