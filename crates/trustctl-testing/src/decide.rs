//! Decisions: `deny publish @acme/widgets@1.4.0 as stranger: fail repository`.

mod line;

use std::sync::Arc;

use trustctl_claims::UnixTime;
use trustctl_eval::{Decision, Evaluator, Request, Status, Target, Trace};
use trustctl_policy::Policy;

use crate::claims::Draft;
use line::{Line, What};

/// When decisions are made, unless a block says another time: 2026-11-20T00:00:00Z.
pub(crate) const NOW: i64 = 1_795_132_800;

/// Judges the lines of a block, the first of them line `first` of its file.
///
/// Every problem comes with its line.
pub(crate) fn run<'d>(
    lines: &[String],
    first: usize,
    policy: &Arc<Policy>,
    claims: &dyn Fn(&str) -> Option<&'d Draft>,
    problems: &mut Vec<(usize, String)>,
) -> usize {
    let evaluator = Evaluator::new(Arc::clone(policy));
    let mut now = NOW;
    let mut judged = 0;
    for (text, at) in lines.iter().zip(first..) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let outcome = match line::read(text) {
            Ok(Line::At(time)) => {
                now = time;
                continue;
            }
            Ok(Line::Decision(line)) => judge(&line, &evaluator, claims, now),
            Err(problem) => Err(problem),
        };
        judged += 1;
        problems.extend(outcome.err().map(|problem| (at, format!("{text}\n      {problem}"))));
    }
    judged
}

fn judge<'d>(
    line: &line::Decision,
    evaluator: &Evaluator,
    claims: &dyn Fn(&str) -> Option<&'d Draft>,
    now: i64,
) -> Result<(), String> {
    let policy = evaluator.policy();
    let mut draft = claims(&line.claims).ok_or_else(|| format!("there are no claims `{}`", line.claims))?.clone();
    for name in &line.without {
        draft.take_out(name)?;
    }
    draft.members.extend(line.with.iter().cloned());
    let registry = match &line.registry {
        Some(name) => name.as_str(),
        None if policy.registries().len() == 1 => {
            policy.registries().next().map_or("", |(_, registry)| registry.name.as_str())
        }
        None => return Err("the policy has several registries: write `at REGISTRY` after the name".to_owned()),
    };
    let target = match &line.what {
        What::Account { name } => Target::Account { name },
        What::Package { name, version, action } => Target::Package { name, version: version.as_deref(), action },
    };
    let claims = draft.for_policy(policy, registry, now)?;
    let request = Request { registry, target };
    let decision = evaluator.evaluate(&claims, &request, UnixTime(now));
    let trace = decision.trace();
    agrees(&decision, &trace)?;
    let wrong = |why: String| format!("{why}\n{}", indented(&trace.to_string()));
    if decision.is_allow() != line.allow {
        return Err(wrong(format!("the decision is {}", decision.effect().word())));
    }
    if line.allow { allowed(line, &decision, &trace) } else { denied(line, &decision, &trace) }.map_err(wrong)
}

/// Decision and trace are worked out apart; they must never disagree.
fn agrees(decision: &Decision<'_>, trace: &Trace) -> Result<(), String> {
    let held = trace.grants.iter().filter(|grant| grant.holds).count();
    if trace.effect != decision.effect() || (held > 0) != decision.is_allow() {
        return Err(format!("decision and trace disagree:\n{}", indented(&trace.to_string())));
    }
    Ok(())
}

fn allowed(line: &line::Decision, decision: &Decision<'_>, trace: &Trace) -> Result<(), String> {
    let mut bound: Vec<&str> = Vec::new();
    for expected in &line.expected {
        if let Some(version) = expected.strip_prefix("bound ") {
            bound.push(version);
        } else if let Some(label) = expected.strip_prefix("by ") {
            if !trace.grants.iter().any(|grant| grant.holds && grant.label == label) {
                return Err(format!("`{label}` is none of the grants that allow it"));
            }
        } else {
            return Err(format!("an allow cannot be expected to be `{expected}`: write `bound VERSION` or `by GRANT`"));
        }
    }
    let asked = matches!(&line.what, What::Package { version: Some(_), .. });
    let versions: Vec<&str> = decision.binding().versions().collect();
    if bound.is_empty() && !asked && !decision.binding().is_any() {
        return Err(format!("it is bound to {versions:?}: say so with `bound VERSION`"));
    }
    if !bound.is_empty() && bound != versions {
        return Err(format!("it is bound to {versions:?}"));
    }
    Ok(())
}

fn denied(line: &line::Decision, decision: &Decision<'_>, trace: &Trace) -> Result<(), String> {
    let code = decision.reason().map_or("", |reason| reason.code());
    let nearest = trace.grants.first();
    let mut named: Vec<String> = Vec::new();
    for expected in &line.expected {
        match expected.split_once(' ') {
            None if expected == "..." => {}
            None if expected == code => {}
            None => return Err(format!("the reason is `{code}`, not `{expected}`")),
            Some(_) => named.push(expected.clone()),
        }
    }
    if named.is_empty() {
        return match line.expected.iter().any(|expected| expected == code) {
            true => Ok(()),
            false => Err("a deny says why: write the reason's code, or `fail CLAIM` and the like".to_owned()),
        };
    }
    let failed: Vec<String> = nearest
        .into_iter()
        .flat_map(|grant| grant.lines.iter().filter(|line| line.status != Status::Pass))
        .map(|line| format!("{} {}", line.status.word(), line.claim))
        .collect();
    if let Some(other) = named.iter().find(|name| !failed.contains(name)) {
        return Err(format!("of the nearest grant there is no `{other}`: it has {failed:?}"));
    }
    let open = line.expected.iter().any(|expected| expected == "...");
    match failed.iter().find(|name| !named.contains(name)) {
        Some(more) if !open => Err(format!("of the nearest grant there is also `{more}`: name it, or end with `...`")),
        _ => Ok(()),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}
