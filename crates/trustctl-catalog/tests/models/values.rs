//! What claims can be beside what the provider lets through, as languages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use trustctl_catalog::model::{Model, ModelPart};
use trustctl_catalog::{Claim, ClaimType, NameKind, Piece as CutPiece, Provider, Role, Shape as Form};
use trustctl_pattern::{Language, LanguagePart, Pattern, Piece, System, SystemPart, Variable, disjoint};

use crate::checks::{is_listed, names};
use crate::shapes::Shape;

/// Claims that can be more than the provider says.
const WIDER: [(&str, &str); 11] = [
    // Their `values` leave out texts that people write by mistake, `refs/heads/main` for `main`; tokens can have them.
    ("github-actions", "branch"),
    ("github-actions", "tag"),
    ("gitlab", "ref"),
    ("gitlab", "branch"),
    ("gitlab", "tag"),
    ("circleci", "branch"),
    ("circleci", "tag"),
    // A fork's branch can have the fork's owner before it.
    ("buildkite", "branch"),
    // Nothing is cut by the further forms of these, so the provider does not give them.
    ("buildkite", "sub"),
    ("circleci", "sub"),
    ("github-actions", "sub"),
];

/// Values that no kind of token has, although the provider's pattern lets them through.
const NARROWER: [(&str, &str); 10] = [
    // A pull request's head is never what a run is for.
    ("github-actions", "ref"),
    // An environment with a colon is left out, and said to be.
    ("github-actions", "environment"),
    // An origin without an owner is left out, and said to be; other refs than these were never seen.
    ("circleci", "oidc.circleci.com/vcs-origin"),
    ("circleci", "oidc.circleci.com/vcs-ref"),
    // The pieces of these are looser than ids and refs are.
    ("circleci", "sub"),
    ("github-actions", "sub"),
    ("gitlab", "sub"),
    ("buildkite", "sub"),
    ("gitlab", "ref_path"),
    ("buildkite", "pipeline-pin"),
];

/// What claims can be is what the provider lets through, no more and no less.
pub(crate) fn values(model: &Model, provider: &Provider, shapes: &[Shape<'_>]) -> Vec<String> {
    /// Of a claim and all its templates: models that are changed in one place are compared by the hundred.
    static KNOWN: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());
    let patterns: BTreeMap<&str, Pattern> =
        model.variables.iter().map(|variable| (variable.name.as_str(), pattern(&variable.values))).collect();
    let mut problems = Vec::new();
    for (name, claim) in &provider.claims {
        let templates: BTreeSet<&str> = shapes.iter().filter_map(|shape| shape.claims.get(name)?.as_deref()).collect();
        let used = templates.iter().flat_map(|template| names(template));
        let used: BTreeSet<String> = used.map(|name| patterns[name.as_str()].source().to_owned() + &name).collect();
        let key = format!("{} {name} {} {templates:?} {used:?}", model.provider, model.free.contains(name));
        let known = KNOWN.lock().unwrap().get(&key).cloned();
        let found = known.unwrap_or_else(|| of_claim(model, name, claim, &templates, &patterns));
        KNOWN.lock().unwrap().insert(key, found.clone());
        problems.extend(found);
    }
    for variable in &model.variables {
        let Some(list) = &variable.element_of else { continue };
        let allowed = allowed(&provider.claims[list]).expect("what its elements are");
        let own = patterns[variable.name.as_str()].language();
        if !own.is_subset_of(&allowed).is_yes() || !allowed.is_subset_of(&own).is_yes() {
            problems.push(format!("`{}` is not what `{list}` holds", variable.name));
        }
    }
    problems
}

/// The same of one claim.
fn of_claim(
    model: &Model,
    name: &str,
    claim: &Claim,
    templates: &BTreeSet<&str>,
    patterns: &BTreeMap<&str, Pattern>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let Some(allowed) = allowed(claim).filter(|_| !templates.is_empty()) else { return problems };
    if !is_listed(&WIDER, model, name) {
        for template in templates {
            if let Some(text) = outside(patterns, template, &allowed) {
                problems.push(format!("`{name}` cannot be `{text}`, which `{template}` makes"));
            }
        }
    }
    let made: Option<Vec<Language>> = templates.iter().map(|template| made(patterns, template)).collect();
    let Some(made) = made else { return vec![format!("`{name}` is too much to compare")] };
    let all = made.into_iter().fold(Language::none(), |all, more| all.union(&more));
    for (at, form) in claim.forms.iter().enumerate() {
        if disjoint(&form_of(form), &all).is_yes() {
            problems.push(format!("no kind of token has `{name}` of the form {at}"));
        }
    }
    // Git refuses more names than the provider's patterns do.
    let is_ref = claim.role == Role::Ref && claim.name_kind == NameKind::Name;
    if !is_ref
        && !is_listed(&NARROWER, model, name)
        && !model.free.iter().any(|free| free == name)
        && let Some(text) = allowed.is_subset_of(&all).witness()
    {
        problems.push(format!("no kind of token has `{text}` for `{name}`"));
    }
    problems
}

/// The pattern, compiled once.
pub(crate) fn pattern(text: &str) -> Pattern {
    static KNOWN: Mutex<BTreeMap<String, Pattern>> = Mutex::new(BTreeMap::new());
    let known = KNOWN.lock().unwrap().get(text).cloned();
    known.unwrap_or_else(|| {
        let pattern = Pattern::regex(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        KNOWN.lock().unwrap().insert(text.to_owned(), pattern.clone());
        pattern
    })
}

/// What the provider says that the claim can be: by `values`, or by the forms of a composed one.
fn allowed(claim: &Claim) -> Option<Language> {
    if let Some(values) = &claim.values {
        return Some(pattern(values).language());
    }
    match claim.kind {
        ClaimType::Boolean => return Some(Language::words(["true", "false"])),
        ClaimType::Integer => return Some(pattern("[1-9][0-9]*").language()),
        ClaimType::String | ClaimType::List => {}
    }
    let mut forms = claim.forms.iter().map(form_of).peekable();
    forms.peek()?;
    Some(forms.fold(Language::none(), |all, form| all.union(&form)))
}

/// The texts of a composed claim's form.
fn form_of(form: &Form) -> Language {
    let of_piece = |piece: &CutPiece| match piece {
        CutPiece::Text(text) => pattern(&escaped(text)),
        CutPiece::Named { pattern: text, .. } => pattern(text),
    };
    let patterns: Vec<Pattern> = form.pieces.iter().map(of_piece).collect();
    concat(patterns.iter().map(LanguagePart::Pattern)).expect("an automaton within the limits")
}

/// A regular expression of the text alone.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("[\\{c}]") }).collect()
}

/// A text of the template that is not in the language.
fn outside(patterns: &BTreeMap<&str, Pattern>, template: &str, allowed: &Language) -> Option<String> {
    let order: Vec<&str> = patterns.keys().copied().collect();
    let variable = |name: &&str| Variable { language: patterns[name].language(), preferred: [].into() };
    let piece = |part: ModelPart<'_>| match part {
        ModelPart::Text(text) => Piece::Text(text.to_owned()),
        ModelPart::Name(name) => Piece::Variable(order.iter().position(|other| *other == name).unwrap()),
    };
    let pieces: Vec<Piece> = Model::parts(template).into_iter().map(piece).collect();
    let system = System {
        variables: order.iter().map(variable).collect(),
        parts: vec![SystemPart { template: pieces.clone(), language: allowed.complement() }],
    };
    let values = system.solve().expect("an answer")?;
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Variable(at) => values[*at].clone(),
    };
    Some(pieces.iter().map(text).collect())
}

/// The texts of the template; `None` where they are too much.
fn made(patterns: &BTreeMap<&str, Pattern>, template: &str) -> Option<Language> {
    concat(Model::parts(template).into_iter().map(|part| match part {
        ModelPart::Text(text) => LanguagePart::Literal(text),
        ModelPart::Name(name) => LanguagePart::Pattern(&patterns[name]),
    }))
}

/// `None` for an automaton over the limits.
fn concat<'p>(parts: impl Iterator<Item = LanguagePart<'p>>) -> Option<Language> {
    Language::concat(&parts.collect::<Vec<_>>()).ok()
}
