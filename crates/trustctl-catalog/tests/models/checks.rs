//! What can be said of a model beside its provider, as sentences: none for a model that is right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use trustctl_catalog::model::{Hosts, Model, ModelPart};
use trustctl_catalog::{
    AroundPart, Claim, ClaimType, Derivation, JoinPart, NameKind, Piece as CutPiece, Provider, Role, Shape as Form,
};
use trustctl_pattern::{Language, LanguagePart, Pattern, Piece, System, SystemPart, Variable, disjoint};

use crate::edges::{ALIKE, EDGES};
use crate::shapes::{Shape, shapes};

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

/// Claims that the provider calls optional because old tokens lack them: every kind of token has them.
pub(crate) const ALWAYS: [(&str, &str); 14] = [
    ("github-actions", "repository_visibility"),
    ("github-actions", "workflow_ref"),
    ("github-actions", "workflow_sha"),
    ("github-actions", "runner_environment"),
    ("github-actions", "ref_protected"),
    ("gitlab", "job_namespace_path"),
    ("gitlab", "job_namespace_id"),
    ("gitlab", "job_project_path"),
    ("gitlab", "job_project_id"),
    ("gitlab", "ref_path"),
    ("gitlab", "sha"),
    ("gitlab", "runner_environment"),
    ("gitlab", "runner_id"),
    ("buildkite", "runner_environment"),
];

/// Claims that every token should have, and some kinds lack all the same.
pub(crate) const MISSING: [(&str, &str); 1] = [("hcp-terraform", "terraform_run_phase")];

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

/// Everything that is wrong.
pub(crate) fn problems(model: &Model, provider: &Provider) -> Vec<String> {
    let mut problems = variables(model);
    problems.extend(edges(model));
    if problems.is_empty() {
        let shapes = shapes(model);
        problems.extend(templates(model, &shapes));
        problems.extend(claims(model, provider, &shapes));
        problems.extend(issuers(model, provider));
        problems.extend(adversaries(model));
    }
    if problems.is_empty() {
        let shapes = shapes(model);
        problems.extend(values(model, provider, &shapes));
        problems.extend(requirements(model, provider, &shapes));
    }
    problems.sort();
    problems.dedup();
    problems
}

/// Every variable's pattern compiles and has the values that witnesses show.
fn variables(model: &Model) -> Vec<String> {
    let mut problems = Vec::new();
    for variable in &model.variables {
        match Pattern::regex(&variable.values) {
            Ok(pattern) => {
                for value in std::iter::once(&variable.own).chain(&variable.fresh) {
                    if !pattern.is_match(value) {
                        problems.push(format!("`{}` cannot be `{value}`", variable.name));
                    }
                }
            }
            Err(problem) => problems.push(format!("`{}`: {problem}", variable.name)),
        }
        if variable.fresh.as_ref() == Some(&variable.own) && variable.name != "other-namespace" {
            problems.push(format!("`{}` is the same for us and for others", variable.name));
        }
    }
    problems
}

/// What is known of single variables.
fn edges(model: &Model) -> Vec<String> {
    let mut problems = Vec::new();
    let pattern = |name: &str| {
        let variable = model.variables.iter().find(|variable| variable.name == name).expect("a variable");
        Pattern::regex(&variable.values).ok()
    };
    for (_, name, values, others) in EDGES.iter().filter(|(kind, ..)| *kind == model.provider) {
        let Some(pattern) = pattern(name) else { continue };
        let lacks =
            values.iter().filter(|value| !pattern.is_match(value)).map(|value| format!("`{name}` lacks `{value}`"));
        let has = others.iter().filter(|value| pattern.is_match(value)).map(|value| format!("`{name}` has `{value}`"));
        problems.extend(lacks.chain(has));
    }
    for (_, names) in ALIKE.iter().filter(|(kind, _)| *kind == model.provider) {
        let languages: Vec<Language> = names.iter().filter_map(|name| Some(pattern(name)?.language())).collect();
        for pair in languages.windows(2) {
            if !pair[0].is_subset_of(&pair[1]).is_yes() || !pair[1].is_subset_of(&pair[0]).is_yes() {
                problems.push(format!("{names:?} are not alike"));
            }
        }
    }
    problems
}

/// Templates hold variables alone, none of them twice; every variable is of use; lists are of its values.
fn templates(model: &Model, shapes: &[Shape<'_>]) -> Vec<String> {
    let known: BTreeSet<&str> = model.variables.iter().map(|variable| variable.name.as_str()).collect();
    let elements = model.variables.iter().filter(|variable| variable.element_of.is_some());
    let mut used: BTreeSet<String> = elements.map(|variable| variable.name.clone()).collect();
    let mut problems = Vec::new();
    for shape in shapes {
        let row = shape.customised.iter().flat_map(|row| row.parts.iter().map(|part| (&row.claim, part)));
        let of_claims = shape.claims.iter().filter_map(|(claim, template)| Some((claim, template.as_ref()?)));
        for (claim, template) in of_claims.chain(row) {
            let mut here = BTreeSet::new();
            for name in names(template) {
                if !known.contains(name.as_str()) {
                    problems.push(format!("`{claim}`: nothing stands for `{name}` in {:?}", shape.alternatives));
                }
                if !here.insert(name.clone()) {
                    problems.push(format!("`{claim}`: `{name}` stands twice"));
                }
                used.insert(name);
            }
        }
        for (name, words) in &shape.only {
            let pattern = pattern(&model.variables.iter().find(|of| of.name == *name).unwrap().values);
            for word in words.iter().filter(|word| !pattern.is_match(word)) {
                problems.push(format!("`{name}` cannot be `{word}`"));
            }
        }
    }
    for hosts in [Hosts::Own, Hosts::Others] {
        if !shapes.iter().any(|shape| shape.hosts.is_none_or(|of| of == hosts)) {
            problems.push(format!("no kind of token is on {hosts:?}"));
        }
    }
    for row in shapes.iter().filter_map(|shape| shape.customised.as_ref()) {
        if row.between.is_empty() || row.parts.is_empty() {
            problems.push(format!("`{}` has nothing between its parts, or no parts", row.claim));
        }
    }
    for name in known.into_iter().filter(|name| !used.contains(*name)) {
        problems.push(format!("`{name}` stands nowhere"));
    }
    problems
}

/// Every claim of the provider is in every kind of token or free on purpose, and so is what is derived from it.
fn claims(model: &Model, provider: &Provider, shapes: &[Shape<'_>]) -> Vec<String> {
    let mut problems = Vec::new();
    let named = shapes.iter().flat_map(|shape| shape.claims.keys()).chain(&model.free);
    let lists = model.variables.iter().filter_map(|variable| variable.element_of.as_ref());
    for name in named.chain(lists) {
        if provider.claims.get(name).is_none_or(|claim| claim.role == Role::Envelope) {
            problems.push(format!("`{name}` is no claim of the provider"));
        }
    }
    let has = |shape: &Shape<'_>, name: &str| {
        shape.claims.contains_key(name) || shape.customised.as_ref().is_some_and(|row| row.claim == name)
    };
    let in_all = |name: &str| shapes.iter().all(|shape| has(shape, name));
    let in_none = |name: &str| !shapes.iter().any(|shape| has(shape, name));
    for (name, claim) in provider.claims.iter().filter(|(_, claim)| claim.role != Role::Envelope) {
        let is_free = model.free.contains(name);
        if let Some(derived) = &claim.derived {
            // Another name of a claim is that claim.
            let is_alias = matches!(derived, Derivation::Alias { .. });
            let sources = sources(provider, derived);
            let is_left_open = in_none(name) && sources.iter().all(|source| in_none(source));
            if !(is_alias || in_all(name) || is_left_open) {
                problems.push(format!("`{name}` is derived, and not in every kind of token"));
            }
            if is_alias && !in_none(name) || is_free {
                problems.push(format!("`{name}` is derived, and has no place here"));
            }
        } else if in_all(name) == is_free {
            problems.push(format!("`{name}` is neither in every kind of token nor free, or both"));
        }
        let is_lacked = shapes.iter().any(|shape| shape.claims.get(name) == Some(&None));
        let is_had = shapes.iter().any(|shape| matches!(shape.claims.get(name), Some(Some(_))));
        if claim.optional && !is_free && is_lacked == is_listed(&ALWAYS, model, name) {
            problems.push(format!("`{name}` is optional, and every kind of token has it"));
        }
        if in_all(name) && !is_had {
            problems.push(format!("no kind of token has `{name}`"));
        }
        let may_lack = claim.optional || claim.derived.is_some() || is_listed(&MISSING, model, name);
        if is_lacked && !may_lack {
            problems.push(format!("`{name}` is in every token"));
        }
    }
    problems
}

/// The claims of the token that a derived one comes from.
pub(crate) fn sources(provider: &Provider, derived: &Derivation) -> BTreeSet<String> {
    let own = |name: &String| match provider.claims.get(name).and_then(|claim| claim.derived.as_ref()) {
        Some(derived) => sources(provider, derived),
        None => BTreeSet::from([name.clone()]),
    };
    let direct: Vec<&String> = match derived {
        Derivation::Alias { of } | Derivation::AfterLast { of, .. } | Derivation::Piece { of, .. } => vec![of],
        Derivation::After { of, only_if, .. } => std::iter::once(of).chain(only_if.keys()).collect(),
        Derivation::Between { of, templates, .. } => {
            let around = templates.iter().flat_map(|around| around.before.iter().chain(&around.after));
            let claims = around.filter_map(|part| match part {
                AroundPart::Claim(name) => Some(name),
                AroundPart::Text(_) | AroundPart::Issuer => None,
            });
            std::iter::once(of).chain(claims).collect()
        }
        Derivation::Join { parts } => {
            let claims = parts.iter().filter_map(|part| match part {
                JoinPart::Claim(name) => Some(name),
                JoinPart::Text(_) => None,
            });
            claims.collect()
        }
    };
    direct.into_iter().flat_map(own).collect()
}

/// A variable that comes from the issuer has a value for at least one of the provider's forms, and only right ones.
fn issuers(model: &Model, provider: &Provider) -> Vec<String> {
    let mut problems = Vec::new();
    for variable in model.variables.iter().filter(|variable| variable.issuer.is_some()) {
        let pattern = pattern(&variable.values);
        let mut seen = 0;
        for form in &provider.issuers {
            let example = |text: String, (name, field): (&String, &trustctl_catalog::IssuerField)| {
                text.replace(&format!("{{{name}}}"), &field.example)
            };
            let issuer = form.fields.iter().fold(form.template.clone(), example);
            let Some(value) = variable.of_issuer(&issuer) else { continue };
            seen += 1;
            if !pattern.is_match(value) {
                problems.push(format!("`{}` cannot be `{value}`", variable.name));
            }
        }
        if seen == 0 {
            problems.push(format!("`{}` fits no issuer", variable.name));
        }
    }
    problems
}

/// Nobody has a value both of their own and of ours, and whose own they are has one to show.
fn adversaries(model: &Model) -> Vec<String> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for adversary in &model.adversaries {
        if !seen.insert(&adversary.who) {
            problems.push(format!("`{}` stands twice", adversary.who));
        }
        for name in adversary.fresh.iter().chain(&adversary.unnamed) {
            if adversary.named.contains(name) {
                problems.push(format!("`{}`: `{name}` is both named and not", adversary.who));
            }
            let variable = model.variables.iter().find(|variable| variable.name == *name).unwrap();
            if variable.fresh.is_none() {
                problems.push(format!("`{}`: `{name}` has no `fresh` value", adversary.who));
            }
        }
        if adversary.stranger && adversary.fresh.is_empty() {
            problems.push(format!("`{}` has nothing of their own", adversary.who));
        }
    }
    problems
}

/// What claims can be is what the provider lets through, no more and no less.
fn values(model: &Model, provider: &Provider, shapes: &[Shape<'_>]) -> Vec<String> {
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

/// A value that passes the provider's own requirement is one that some kind of token has.
fn requirements(model: &Model, provider: &Provider, shapes: &[Shape<'_>]) -> Vec<String> {
    let mut problems = Vec::new();
    for requirement in &provider.requires {
        let claim = match provider.claims[&requirement.claim].derived.as_ref() {
            Some(Derivation::Alias { of }) => of,
            _ => &requirement.claim,
        };
        for value in &requirement.values {
            let has = |shape: &Shape<'_>| {
                let Some(Some(template)) = shape.claims.get(claim) else { return false };
                let [ModelPart::Name(name)] = Model::parts(template)[..] else { return template == value };
                let variable = model.variables.iter().find(|variable| variable.name == name).unwrap();
                let is_one = pattern(&variable.values).is_match(value);
                is_one && shape.only.get(name).is_none_or(|words| words.contains(value))
            };
            if !shapes.iter().any(has) {
                problems.push(format!("no kind of token has `{value}` for `{claim}`"));
            }
        }
    }
    problems
}

fn names(template: &str) -> impl Iterator<Item = String> {
    Model::parts(template).into_iter().filter_map(|part| match part {
        ModelPart::Name(name) => Some(name.to_owned()),
        ModelPart::Text(_) => None,
    })
}

pub(crate) fn is_listed(list: &[(&str, &str)], model: &Model, claim: &str) -> bool {
    list.iter().any(|(kind, name)| *kind == model.provider && *name == claim)
}
