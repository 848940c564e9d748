//! Runs the rules.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use trustctl_catalog::Catalogue;
use trustctl_claims::UnixTime;
use trustctl_diag::{Diagnostic, Place};
use trustctl_eval::Evaluator;
use trustctl_policy::{ConditionId, GrantId, Origin, Policy, ProviderId};

use crate::facts::overlap::{self, Pairs};
use crate::facts::{self, GrantFacts, ProviderFacts};
use crate::finding::Report;
use crate::rule::Check;
use crate::{Finding, Rule, rules};

/// A policy to be linted.
#[derive(Debug, Clone)]
pub struct LintInput {
    policy: Arc<Policy>,
}

impl LintInput {
    /// Shares the policy with whoever else holds it.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self { policy }
    }
}

/// What a caller can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LintOptions {
    /// A grant that expires within this many days is reported.
    pub soon_days: u32,
}

impl Default for LintOptions {
    fn default() -> Self {
        Self { soon_days: 30 }
    }
}

/// What every rule finds in the policies, in the order of file, place and rule.
///
/// Language errors are not among them: the reader reports those, and
/// [`Finding::from_diagnostic`] makes findings of them. Why a policy does not load for deciding
/// ([`Policy::refusals`]) is said by the rules in their own words.
pub fn lint(inputs: &[LintInput], now: UnixTime, options: &LintOptions) -> Vec<Finding> {
    let catalogue = Catalogue::bundled().ok();
    let mut all = Vec::new();
    for input in inputs {
        let cx = PolicyContext::new(&input.policy, catalogue, now, *options);
        let mut findings = Findings::default();
        for (id, _) in cx.policy.grants() {
            let Some(facts) = cx.facts(id) else { continue };
            findings.table = Some((Table::of(cx.policy, &facts), facts.grant.place));
            for rule in rules() {
                if let Check::Grant(check) = rule.check
                    && !findings.has_enough_of(rule)
                {
                    findings.rule = Some(rule);
                    check(&facts, &mut findings);
                }
            }
        }
        findings.table = None;
        for rule in rules() {
            if let Check::Policy(check) = rule.check {
                findings.rule = Some(rule);
                check(&cx, &mut findings);
            }
        }
        all.extend(findings.finish());
    }
    Finding::sort(&mut all);
    all
}

/// A policy and what rules need beside it.
pub(crate) struct PolicyContext<'a> {
    pub(crate) policy: &'a Policy,
    shared: &'a Arc<Policy>,
    pub(crate) catalogue: Option<&'a Catalogue>,
    pub(crate) now: UnixTime,
    pub(crate) options: LintOptions,
    providers: Vec<ProviderFacts<'a>>,
    refused: HashSet<Place>,
    evaluator: OnceCell<Evaluator>,
    pairs: OnceCell<Pairs>,
}

impl<'a> PolicyContext<'a> {
    pub(crate) fn new(
        policy: &'a Arc<Policy>,
        catalogue: Option<&'a Catalogue>,
        now: UnixTime,
        options: LintOptions,
    ) -> Self {
        let providers = facts::providers(policy, catalogue);
        Self {
            policy,
            shared: policy,
            catalogue,
            now,
            options,
            providers,
            refused: policy.refusals().iter().filter_map(Diagnostic::place).collect(),
            evaluator: OnceCell::new(),
            pairs: OnceCell::new(),
        }
    }

    pub(crate) fn provider(&self, id: ProviderId) -> Option<&ProviderFacts<'a>> {
        self.providers.get(usize::from(id.0))
    }

    pub(crate) fn providers(&self) -> &[ProviderFacts<'a>] {
        &self.providers
    }

    /// A grant with what rules ask of it.
    pub(crate) fn facts(&self, id: GrantId) -> Option<GrantFacts<'_>> {
        GrantFacts::new(self, id, self.policy.grant(id)?)
    }

    /// Whether the reader refuses the grant that stands there.
    pub(crate) fn is_refused(&self, place: Place) -> bool {
        self.refused.contains(&place)
    }

    /// The pairs of grants of which one is of no use.
    pub(crate) fn pairs(&self) -> &Pairs {
        self.pairs.get_or_init(|| overlap::pairs(self))
    }

    /// The evaluator of the policy, built when the first witness wants it.
    pub(crate) fn evaluator(&self) -> &Evaluator {
        self.evaluator.get_or_init(|| Evaluator::new(Arc::clone(self.shared)))
    }
}

/// Findings of one rule in one policy: nobody reads more, and a file with a million grants would give a million.
const MOST_OF_A_RULE: usize = 1000;

/// Collects what rules report.
#[derive(Default)]
pub(crate) struct Findings<'a> {
    rule: Option<&'a Rule>,
    /// The table of the grant that rules look at, and the grant's place.
    table: Option<(Table, Place)>,
    found: Vec<Finding>,
    /// How many there are of each rule.
    counts: HashMap<&'a str, usize>,
    /// What was said of a table's rows at a place (none: at the row itself), and of how many more the same holds.
    rows: HashMap<(Table, &'a str, Option<Place>), (usize, usize)>,
}

impl<'a> Findings<'a> {
    pub(crate) fn add(&mut self, report: Report<'_>) {
        let Some(rule) = self.rule.filter(|rule| !self.has_enough_of(rule)) else { return };
        if let Some((table, row)) = self.table {
            let is_at_the_row = report.place().file == row.file && report.place().span.start == row.span.start;
            let key = (table, rule.name, (!is_at_the_row).then_some(report.place()));
            if let Some((_, more)) = self.rows.get_mut(&key) {
                *more += 1;
                return;
            }
            self.rows.insert(key, (self.found.len(), 0));
        }
        let count = self.counts.entry(rule.name).or_insert(0);
        *count += 1;
        let is_last = *count == MOST_OF_A_RULE;
        self.found.push(report.into_finding(rule));
        if is_last {
            self.say_of(self.found.len().saturating_sub(1), "the rule looks no further in this policy");
        }
    }

    fn has_enough_of(&self, rule: &Rule) -> bool {
        self.counts.get(rule.name).is_some_and(|count| *count >= MOST_OF_A_RULE)
    }

    /// What was found; what holds of many rows of one table is said once.
    fn finish(mut self) -> Vec<Finding> {
        for (at, more) in std::mem::take(&mut self.rows).into_values().filter(|(_, more)| *more > 0) {
            let rows = if more == 1 { "row" } else { "rows" };
            self.say_of(at, &format!("the same holds of {more} more {rows} of the table"));
        }
        self.found
    }

    /// Adds to what stands at the place of a finding.
    fn say_of(&mut self, at: usize, what: &str) {
        let Some(label) = self.found.get_mut(at).and_then(|finding| finding.labels.first_mut()) else { return };
        if !label.text.is_empty() {
            label.text.push_str("; ");
        }
        label.text.push_str(what);
    }
}

/// A table of packages: the rows of one have the same conditions but for their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Table {
    /// The grant itself where it is no row.
    grant: Option<GrantId>,
    first_and_last: Option<(ConditionId, ConditionId)>,
}

impl Table {
    fn of(policy: &Policy, facts: &GrantFacts<'_>) -> Self {
        let is_row = facts.facts.iter().any(|fact| fact.condition.origin == Origin::Row);
        let mut shared =
            policy.conditions(facts.grant).filter(|(_, condition)| condition.origin != Origin::Row).map(|(id, _)| id);
        match (is_row, shared.next()) {
            (true, Some(first)) => Self { grant: None, first_and_last: Some((first, shared.last().unwrap_or(first))) },
            _ => Self { grant: Some(facts.id), first_and_last: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use trustctl_policy::read_text;

    use super::*;

    /// 2026-11-21 12:00 UTC.
    const NOW: UnixTime = UnixTime(1_795_262_400);

    fn said(text: &str) -> Vec<String> {
        let reading = read_text("trust.yaml", text);
        let policy = Arc::new(reading.policy.ok_or(reading.diagnostics).unwrap());
        let findings = lint(&[LintInput::new(policy)], NOW, &LintOptions::default());
        let first = |finding: &Finding| finding.labels.first().map_or(String::new(), |label| label.text.clone());
        findings.iter().map(|finding| format!("{}: {} ({})", finding.rule, finding.message, first(finding))).collect()
    }

    #[test]
    fn what_holds_of_many_rows_is_said_once() {
        let table = "trust: 1\nregistry: npm\ngrants:\n  - packages:\n\
            \x20     a: { repository-pin: acme@1/a@2 }\n\
            \x20     b: { repository-pin: acme@1/b@3, environment: npm }\n\
            \x20     c: { repository-pin: acme@1/c@4 }\n\
            \x20     d: { repository-pin: acme@1/d@5 }\n\
            \x20   actions: [publish]\n    provider: github-actions\n    when: { workflow-file: publish.yml }\n";
        assert_eq!(
            said(table),
            ["missing-environment: everybody who can push to the repository can publish `a` \
                 (asks for no environment; the same holds of 2 more rows of the table)"]
        );
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_of_the_row() {
        let table = "trust: 1\nregistry: npm\ngrants:\n  - packages:\n\
            \x20     a: { repository: acme/a }\n\
            \x20     b: { repository: acme/b }\n\
            \x20   actions: [publish]\n    provider: github-actions\n    when: { environment: npm }\n";
        assert_eq!(said(table).len(), 2);
    }

    #[test]
    fn a_flood_is_cut_and_says_so() {
        let grant = |at: usize| {
            format!(
                "  - {{ packages: [p{at}], actions: [publish], provider: gitlab, when: {{ project_id: {at}, environment: x }} }}\n"
            )
        };
        let head =
            "trust: 1\nregistry: { kind: generic, audience: https://packages.acme.example }\ngrants:\n".to_owned();
        let text: String = std::iter::once(head).chain((1..=1_200).map(grant)).collect();
        let said = said(&text);
        assert_eq!(said.len(), MOST_OF_A_RULE);
        assert!(said.last().unwrap().ends_with("the rule looks no further in this policy)"));
    }

    #[test]
    fn require_rescues_every_grant() {
        let text = "trust: 1\nregistry: npm\nproviders:\n  github-actions:\n    require: { repository_owner_id: 1, environment: npm }\n\
            grants:\n  - { packages: [a], actions: [publish], provider: github-actions, when: { repository: acme/a } }\n";
        assert_eq!(said(text), Vec::<String>::new());
    }

    #[test]
    fn a_grant_that_ended_lets_nobody_in() {
        let text = "trust: 1\nregistry: npm\ngrants:\n  - packages: [a]\n    actions: [publish]\n    provider: github-actions\n\
            \x20   when: { branch: main, environment: npm }\n    expires: 2026-01-01\n";
        let policy = Arc::new(read_text("trust.yaml", text).policy.unwrap());
        let at = |now| lint(&[LintInput::new(Arc::clone(&policy))], now, &LintOptions::default());
        let with_witness = |findings: Vec<Finding>| findings.iter().filter(|finding| finding.witness.is_some()).count();
        assert_eq!(with_witness(at(UnixTime(1_700_000_000))), 1);
        assert_eq!(with_witness(at(NOW)), 0);
        assert!(at(NOW).iter().any(|finding| finding.rule == "expired-grant"));
        assert!(at(NOW).iter().any(|finding| finding.rule == "missing-tenant-claim"));
    }
}
