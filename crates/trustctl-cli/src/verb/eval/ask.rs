//! Putting the question to every policy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Effect, Evaluator, Request, Target};
use trustctl_policy::{Audience, Policy, Registry};

use crate::failure::Failure;
use crate::input::nearest;
use crate::request::PackageArgument;
use crate::verdict::{Bound, PolicyAnswer, Question, Resource, Verdict};

use super::Eval;

/// What is asked, with the command's defaults: the only registry that the policies name, and its main action.
pub(super) fn question(policies: &[(String, Policy)], given: &Eval) -> Result<Question, Failure> {
    let registry = chosen_registry(policies, given.registry.as_deref())?;
    one_registry(policies, &registry.name)?;
    let resource = match &given.package {
        Some(PackageArgument { name, version }) => Resource::Package {
            name: name.clone(),
            version: version.clone(),
            action: match &given.action {
                Some(action) => known_action(policies, registry, action)?,
                None => main_action(registry)?,
            },
        },
        None => Resource::Account { name: given.account.clone().unwrap_or_default() },
    };
    Ok(Question { registry: registry.name.clone(), resource })
}

fn chosen_registry<'p>(policies: &'p [(String, Policy)], given: Option<&str>) -> Result<&'p Registry, Failure> {
    let mut registries: Vec<&Registry> =
        policies.iter().flat_map(|(_, policy)| policy.registries().map(|(_, registry)| registry)).collect();
    registries.sort_by(|a, b| a.name.cmp(&b.name));
    registries.dedup_by(|a, b| a.name == b.name);
    let names = || registries.iter().map(|registry| registry.name.as_str());
    let listed = || names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (given, registries.as_slice()) {
        (Some(given), _) => registries.iter().find(|registry| registry.name == given).copied().ok_or_else(|| {
            let help = nearest(given, names())
                .map_or_else(|| format!("there are {}", listed()), |near| format!("did you mean `{near}`?"));
            Failure::new(format!("no trust file names a registry `{given}`")).help(help)
        }),
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::new("the trust files name several registries")
            .help(format!("choose one with --registry: {}", listed()))),
    }
}

/// Refuses policies that give the name to different registries: what one of them allows would be reported as allowed
/// at the other's.
fn one_registry(policies: &[(String, Policy)], name: &str) -> Result<(), Failure> {
    let mut first: Option<(&str, &str)> = None;
    let mut known: BTreeMap<&str, (&str, BTreeSet<Option<&str>>)> = BTreeMap::new();
    for (file, policy) in policies {
        let Some((_, registry)) = policy.registry_named(name) else { continue };
        let (other, kind) = *first.get_or_insert((file, &registry.kind));
        if kind != registry.kind {
            return Err(two_registries(name, other, file, &format!("a `{kind}` and a `{}`", registry.kind)));
        }
        for (issuer, audiences) in audiences(policy, name) {
            match known.get(issuer) {
                Some((other, there)) if *there != audiences => {
                    return Err(two_registries(name, other, file, &format!("other audiences for `{issuer}`")));
                }
                Some(_) => {}
                None => _ = known.insert(issuer, (file, audiences)),
            }
        }
    }
    Ok(())
}

/// The audiences that tokens of each issuer must have at the registry, `None` for whatever one.
fn audiences<'p>(policy: &'p Policy, name: &str) -> BTreeMap<&'p str, BTreeSet<Option<&'p str>>> {
    let mut all: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    let Some((registry, _)) = policy.registry_named(name) else { return all };
    for (id, provider) in policy.providers() {
        let (Some(issuer), Some(audience)) = (policy.issuer(provider.issuer), policy.audience(registry, id)) else {
            continue;
        };
        let text = match audience {
            Audience::Exact(text) => Some(text.as_str()),
            Audience::Any => None,
        };
        all.entry(&issuer.text).or_default().insert(text);
    }
    all
}

fn two_registries(name: &str, one: &str, other: &str, difference: &str) -> Failure {
    Failure::new(format!(
        "`{one}` and `{other}` each have a registry `{name}`, and they are not the same: {difference}"
    ))
    .help("ask one of them with `--policy FILE`, or name the registries apart with `registries:`")
}

fn main_action(registry: &Registry) -> Result<String, Failure> {
    let main = registry
        .actions
        .first()
        .ok_or_else(|| Failure::new(format!("the registry `{}` has no packages", registry.name)))?;
    Ok(main.name.clone())
}

fn known_action(policies: &[(String, Policy)], registry: &Registry, given: &str) -> Result<String, Failure> {
    let same_name = policies.iter().filter_map(|(_, policy)| policy.registry_named(&registry.name));
    let actions: Vec<&str> =
        same_name.flat_map(|(_, registry)| &registry.actions).map(|action| action.name.as_str()).collect();
    if actions.contains(&given) {
        return Ok(given.to_owned());
    }
    let help = match nearest(given, actions.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", actions.join(", ")),
    };
    Err(Failure::new(format!("nothing at `{}` is called `{given}`", registry.name)).help(help))
}

/// Asks every policy that has the registry; one that allows is enough.
pub(super) fn ask(policies: Vec<(String, Policy)>, claims: &Claims<'_>, verdict: &mut Verdict) {
    let (mut any_version, mut versions) = (false, Vec::new());
    for (name, policy) in policies {
        if policy.registry_named(&verdict.question.registry).is_none() {
            verdict.not_asked.push(name);
            continue;
        }
        let evaluator = Evaluator::new(Arc::new(policy));
        let request = request(&verdict.question);
        let decision = evaluator.evaluate(claims, &request, UnixTime(verdict.at));
        if decision.is_allow() {
            verdict.effect = Effect::Allow;
            any_version |= decision.binding().is_any();
            versions.extend(decision.binding().versions().map(str::to_owned));
        }
        verdict.answers.push(PolicyAnswer { policy: name, trace: decision.trace() });
    }
    versions.sort();
    versions.dedup();
    verdict.bound = if any_version { Bound::Any } else { Bound::Versions(versions) };
}

fn request(question: &Question) -> Request<'_> {
    Request {
        registry: &question.registry,
        target: match &question.resource {
            Resource::Package { name, version, action } => {
                Target::Package { name, version: version.as_deref(), action }
            }
            Resource::Account { name } => Target::Account { name },
        },
    }
}
