//! From a decision to its trace, by the checks that decided.

use trustctl_policy::{Audience, Condition, ConditionId, Grant, GrantId, Policy};

use super::near;
use super::nearness::{Nearness, Weight};
use super::text::{expected, shown};
use super::{GrantTrace, Line, Shown, Trace, What};
use crate::cause::{self, Failed};
use crate::condition::{Context, Status};
use crate::decision::{Decision, DenyReason, Effect};
use crate::evaluate::{Asked, Evaluator, is_expired};
use crate::value::{AudienceClaim, Pieces};
use crate::{Request, Target};

/// Grants that are shown.
const MOST_GRANTS: usize = 20;

pub(crate) fn build(decision: &Decision<'_>) -> Trace {
    let evaluator = decision.evaluator;
    let mut trace = Trace {
        effect: decision.effect(),
        reason: decision.reason().cloned(),
        request: request_in_words(&decision.request),
        issuer: evaluator.sources.issuer(decision.claims).map_or(Shown::Absent, |iss| Shown::Value(shown(iss))),
        catalogue_version: decision.catalogue_version().to_owned(),
        grants: Vec::new(),
        left_out: 0,
        near: Vec::new(),
    };
    match evaluator.asked(&decision.request) {
        Ok(asked) => {
            let tracer = Tracer {
                decision,
                evaluator,
                policy: evaluator.policy(),
                context: evaluator.context(decision.claims, &asked, &decision.request),
                asked,
            };
            tracer.grants(&mut trace);
            if trace.effect == Effect::Deny && !trace.grants.iter().any(action_holds) {
                trace.near = near::resources(decision, &asked);
            }
        }
        Err(reason) => trace.near = near::requests(decision, &reason),
    }
    trace
}

fn action_holds(grant: &GrantTrace) -> bool {
    grant.lines.iter().all(|line| line.what != What::Action || line.status == Status::Pass)
}

fn request_in_words(request: &Request<'_>) -> String {
    let registry = shown(request.registry);
    match request.target {
        Target::Package { name, version: Some(version), action } => {
            format!("{} {} {} at {registry}", shown(action), shown(name), shown(version))
        }
        Target::Package { name, version: None, action } => format!("{} {} at {registry}", shown(action), shown(name)),
        Target::Account { name } => format!("act as {} at {registry}", shown(name)),
    }
}

/// RFC 3339, UTC; what lies outside the years it has, as seconds since 1970.
fn time_in_words(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

struct Tracer<'d, 'a> {
    decision: &'d Decision<'a>,
    evaluator: &'a Evaluator,
    policy: &'a Policy,
    context: Context<'a>,
    asked: Asked<'a>,
}

impl<'a> Tracer<'_, 'a> {
    /// The candidates, nearest first; among equals by label, so that the order of files and grants shows nowhere.
    fn grants(&self, trace: &mut Trace) {
        let Some(iss) = self.evaluator.sources.issuer(self.decision.claims) else { return };
        let mut candidates: Vec<(GrantId, &'a Grant, Nearness)> = Vec::new();
        for issuer in self.evaluator.issuers.matching(self.policy, iss) {
            for id in self.evaluator.grants.candidates(self.policy, self.asked.key(issuer)) {
                if let Some(grant) = self.policy.grant(id) {
                    candidates.push((id, grant, self.nearness(grant)));
                }
            }
        }
        candidates.sort_by_cached_key(|(id, grant, nearness)| (*nearness, self.policy.grant_label(grant), *id));
        trace.left_out = candidates.len().saturating_sub(MOST_GRANTS);
        trace.grants = candidates.iter().take(MOST_GRANTS).map(|(id, grant, _)| self.grant(*id, grant, iss)).collect();
    }

    fn nearness(&self, grant: &Grant) -> Nearness {
        let mut nearness = Nearness::default();
        if !self.asked.allows_action(grant) {
            nearness.count(Weight::Action);
        }
        if self.evaluator.check_audience(self.decision.claims, grant.registry, grant.provider).is_err() {
            nearness.count(Weight::Audience);
        }
        if is_expired(grant, self.decision.now) {
            nearness.count(Weight::Expiry);
        }
        nearness.count_conditions(&self.context, grant);
        nearness
    }

    fn grant(&self, id: GrantId, grant: &'a Grant, iss: &str) -> GrantTrace {
        let mut lines = vec![self.action(grant), self.issuer(grant, iss), self.audience(grant)];
        let mut versions: Vec<&str> = Vec::new();
        let (reader, mut pieces) = (self.context.reader(grant), Pieces::default());
        let statuses: Vec<(ConditionId, Status)> = self
            .policy
            .conditions(grant)
            .map(|(id, condition)| {
                let checked = self.context.check(&reader, condition, &mut pieces);
                versions.extend(checked.version.filter(|version| !versions.contains(version)));
                (id, checked.status)
            })
            .collect();
        for ((id, condition), (_, status)) in self.policy.conditions(grant).zip(&statuses) {
            lines.push(self.condition(grant, id, condition, *status, &statuses));
        }
        if versions.len() > 1 {
            lines.push(Line {
                expected: "one version".to_owned(),
                found: Shown::Value(shown(&versions.join(", "))),
                cause: Some("the templates of one grant are met by different versions".to_owned()),
                ..self.line(What::Version, "version", grant, Status::Fail)
            });
        }
        lines.push(self.expiry(grant));
        let holds = lines.iter().all(|line| line.status == Status::Pass);
        let do_not_widen = cause::settle_mends(self.policy, grant, &mut lines);
        GrantTrace {
            grant: id,
            label: self.policy.grant_label(grant),
            place: grant.place,
            at: self.policy.file_and_line(grant.place),
            provider: self.policy.provider(grant.provider).map_or_else(String::new, |provider| provider.name.clone()),
            holds,
            version: versions.first().filter(|_| holds).map(|version| shown(version)),
            lines,
            do_not_widen,
        }
    }

    fn line(&self, what: What, claim: &str, grant: &Grant, status: Status) -> Line {
        Line {
            what,
            claim: claim.to_owned(),
            place: grant.place,
            expected: String::new(),
            found: Shown::Absent,
            status,
            why: None,
            beside: Vec::new(),
            cause: None,
            mend: None,
        }
    }

    fn action(&self, grant: &Grant) -> Line {
        let status = if self.asked.allows_action(grant) { Status::Pass } else { Status::Fail };
        let (expected, found) = match self.decision.request.target {
            Target::Package { action, .. } => {
                let actions: Vec<&str> = self.policy.actions(grant).map(|action| action.name.as_str()).collect();
                (actions.join(", "), shown(action))
            }
            Target::Account { .. } => ("act as the account".to_owned(), "act as the account".to_owned()),
        };
        Line { expected, found: Shown::Value(found), ..self.line(What::Action, "action", grant, status) }
    }

    fn issuer(&self, grant: &Grant, iss: &str) -> Line {
        let issuer = self.policy.provider(grant.provider).and_then(|provider| self.policy.issuer(provider.issuer));
        let expected = issuer.map_or_else(String::new, |issuer| shown(&issuer.text));
        Line { expected, found: Shown::Value(shown(iss)), ..self.line(What::Issuer, "iss", grant, Status::Pass) }
    }

    fn audience(&self, grant: &Grant) -> Line {
        let result = self.evaluator.check_audience(self.decision.claims, grant.registry, grant.provider);
        let status = match &result {
            Ok(()) => Status::Pass,
            Err(DenyReason::MissingAudience) => Status::Missing,
            Err(_) => Status::Fail,
        };
        let expected = match self.policy.audience(grant.registry, grant.provider) {
            Some(Audience::Exact(audience)) => shown(audience),
            Some(Audience::Any) => "any".to_owned(),
            None => "none".to_owned(),
        };
        let raw = self.decision.claims.named("aud").filter(|value| !value.is_absent());
        let found = match self.evaluator.sources.audience(self.decision.claims) {
            AudienceClaim::Text(text) => Shown::Value(shown(text)),
            _ => raw.map_or(Shown::Absent, |value| Shown::Value(shown(&value.to_string()))),
        };
        let cause = result.is_err().then(|| cause::audience(self.evaluator, self.decision.claims, grant)).flatten();
        Line { expected, found, cause, ..self.line(What::Audience, "aud", grant, status) }
    }

    fn expiry(&self, grant: &Grant) -> Line {
        let status = if is_expired(grant, self.decision.now) { Status::Fail } else { Status::Pass };
        let expected =
            grant.expires_at().map_or_else(|| "never".to_owned(), |end| format!("before {}", time_in_words(end)));
        let cause = (status == Status::Fail).then(|| "the grant's last day is over".to_owned());
        let found = Shown::Value(time_in_words(self.decision.now.0));
        Line { expected, found, cause, ..self.line(What::Expiry, "expires", grant, status) }
    }

    fn condition(
        &self,
        grant: &'a Grant,
        id: ConditionId,
        condition: &'a Condition,
        status: Status,
        statuses: &[(ConditionId, Status)],
    ) -> Line {
        let what = What::Condition { id, origin: condition.origin };
        let (Some(claim), Some(matcher)) =
            (self.policy.claim(grant, condition), self.policy.matcher(condition.matcher))
        else {
            return self.line(what, "", grant, status);
        };
        let failed = Failed { context: &self.context, grant, condition, claim, matcher, status, statuses };
        let (cause, mend) = match status {
            Status::Pass => (None, None),
            _ => (cause::of(&failed), cause::mend(&failed)),
        };
        Line {
            place: condition.place,
            expected: expected(self.policy, matcher),
            found: failed.found(),
            why: self.policy.why(condition).map(str::to_owned),
            beside: if status == Status::Pass { Vec::new() } else { failed.beside() },
            cause,
            mend,
            ..self.line(what, &claim.name, grant, status)
        }
    }
}
