//! What can be said of a model beside its provider, as sentences: none for a model that is right.

use std::collections::BTreeSet;

use trustctl_catalog::model::{Hosts, Model, ModelPart};
use trustctl_catalog::{AroundPart, Derivation, JoinPart, Provider, Role};
use trustctl_pattern::{Language, Pattern};

use crate::edges::{ALIKE, EDGES};
use crate::shapes::{Shape, shapes};
use crate::values::{pattern, values};

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

pub(crate) fn names(template: &str) -> impl Iterator<Item = String> {
    Model::parts(template).into_iter().filter_map(|part| match part {
        ModelPart::Name(name) => Some(name.to_owned()),
        ModelPart::Text(_) => None,
    })
}

pub(crate) fn is_listed(list: &[(&str, &str)], model: &Model, claim: &str) -> bool {
    list.iter().any(|(kind, name)| *kind == model.provider && *name == claim)
}
