use std::collections::HashSet;

use trustctl_pattern::{Language, Pattern, PatternKind, disjoint};
use trustctl_policy::Matcher;

use crate::facts::{Fact, GrantFacts};
use crate::finding::Report;
use crate::lint::{Findings, PolicyContext};
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A `not` beside a pattern that takes nothing away: no value matches both.
    ///
    /// ## Why it is dangerous
    ///
    /// Whoever wrote it meant to keep something out, and it gets in. Most often a `*` was to reach over a `/`, which it
    /// never does: `*-draft` does not match `release/1.4-draft`.
    ///
    /// ## Who can use it
    ///
    /// Whoever the `not` was written for.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when:
    ///       repository-pin: acme@1234567/widgets@556677
    ///       environment: npm
    ///       branch: { glob: "release/*", not: { glob: "*-draft" } }
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when:
    ///       repository-pin: acme@1234567/widgets@556677
    ///       environment: npm
    ///       branch: { glob: "release/*", not: { glob: "release/*-draft" } }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Silent for a `not` that stands alone, and for a list under `not` of which any member takes something away. What
    /// ignores case and what is filled in from the request is not compared.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax (`*` stops at `/`, as here)
    "exclusion-excludes-nothing" {
        family: Grants,
        severity: Warning,
        known: Proved,
        since: "0.1.0",
        summary: "a `not` that takes nothing away from the pattern beside it",
        check: Policy(check),
    }
}

fn check(cx: &PolicyContext<'_>, findings: &mut Findings<'_>) {
    // What `require` says stands in every grant, and comparing patterns takes its time.
    let mut seen = HashSet::new();
    for grant in cx.policy.grants().filter_map(|(id, _)| cx.facts(id)) {
        for fact in grant.facts.iter().filter(|fact| fact.is_written()) {
            if seen.insert((fact.condition.matcher, fact.place())) {
                look(&grant, fact, fact.matcher, findings);
            }
        }
    }
}

/// Looks for a pattern and a `not` at once, under `contains` as well; a list has `not` beside it, never in it.
fn look(grant: &GrantFacts<'_>, fact: &Fact<'_>, matcher: &Matcher, findings: &mut Findings<'_>) {
    match matcher {
        Matcher::AllOf(members) => compare(grant, fact, members, findings),
        Matcher::Contains(inner) => look(grant, fact, inner, findings),
        _ => {}
    }
}

fn compare(grant: &GrantFacts<'_>, fact: &Fact<'_>, members: &[Matcher], findings: &mut Findings<'_>) {
    let positive = members.iter().filter(|member| member.holds_pattern() && !matches!(member, Matcher::Not(_)));
    // A member whose language is not known only narrows what the others let through.
    let Some(let_in) = positive.filter_map(|member| language(grant, member)).reduce(|all, next| all.intersect(&next))
    else {
        return;
    };
    for member in members {
        let Matcher::Not(excluded) = member else { continue };
        let Some(out) = language(grant, excluded) else { continue };
        // A pattern that lets nothing in is another matter.
        if !disjoint(&let_in, &out).is_yes() || let_in.is_empty().is_yes() {
            continue;
        }
        let what = in_words(grant, excluded);
        let title = format!("`not` {what} takes nothing away from what `{}` lets in", fact.claim.name);
        let mend = match reaching(grant, members, excluded, &let_in) {
            Some(glob) => format!("`*` never crosses `/`: write `not: {{ glob: \"{glob}\" }}`"),
            None => "correct what is under `not`, or take it away".to_owned(),
        };
        findings.add(Report::at(fact.place(), title).here("nothing matches both").help(mend));
    }
}

/// The texts that match; `None` where the matcher asks for more than the text shows.
fn language(grant: &GrantFacts<'_>, matcher: &Matcher) -> Option<Language> {
    match matcher {
        Matcher::Equals(text) => Some(Language::words([grant.policy().text(*text)])),
        Matcher::Pattern(id) => grant.policy().pattern(*id).map(Pattern::language),
        Matcher::AnyOf(members) => members
            .iter()
            .map(|member| language(grant, member))
            .try_fold(Language::none(), |all, next| Some(all.union(&next?))),
        _ => None,
    }
}

/// The excluded glob behind the folders that everything let in stands in, where they are all it lacks.
fn reaching(grant: &GrantFacts<'_>, members: &[Matcher], excluded: &Matcher, let_in: &Language) -> Option<String> {
    let pattern = |matcher: &Matcher| match matcher {
        Matcher::Pattern(id) => grant.policy().pattern(*id),
        _ => None,
    };
    let excluded = pattern(excluded).filter(|pattern| pattern.kind() == PatternKind::Glob)?;
    let mut folders =
        members.iter().filter_map(pattern).filter_map(|pattern| Some(pattern.literal_prefix().rsplit_once('/')?.0));
    let longer = format!("{}/{}", folders.next()?, excluded.source());
    let reaches = disjoint(let_in, &Pattern::glob(&longer).ok()?.language()).witness().is_some();
    reaches.then_some(longer)
}

fn in_words(grant: &GrantFacts<'_>, excluded: &Matcher) -> String {
    match excluded {
        Matcher::Equals(text) => format!("`{}`", grant.policy().text(*text)),
        Matcher::Pattern(id) => {
            grant.policy().pattern(*id).map_or_else(String::new, |pattern| format!("`{}`", pattern.source()))
        }
        Matcher::AnyOf(members) => {
            members.iter().map(|member| in_words(grant, member)).collect::<Vec<_>>().join(" or ")
        }
        _ => "what it names".to_owned(),
    }
}
