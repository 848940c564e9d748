//! The prover against trying every token of a small world: GitHub's tokens, put together here by other code than the model.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use serde_json::{Value, json};
use trustctl_analysis::{Adversary, Answer, diff, who};
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Evaluator, Request, Target};
use trustctl_policy::{Policy, read_text};

/// 2026-11-21 12:00 UTC.
const NOW: UnixTime = UnixTime(1_795_262_400);

/// A token of the small world, and what it was made of.
struct Token {
    claims: &'static str,
    owner: &'static str,
    owner_id: &'static str,
    name: &'static str,
    id: &'static str,
    trigger: &'static str,
    file: &'static str,
    environment: Option<&'static str>,
    called: bool,
    runner: &'static str,
    protected: bool,
    /// Whether its subject has the ids of owner and repository in it, as that of every new repository.
    with_ids: bool,
}

/// Every token of the small world. Names and ids that policies below never name: `evil-corp`, `66`, `scratch`, `77`, `made-up`, `evil.yml`.
fn world() -> &'static [(Token, Claims<'static>)] {
    static WORLD: OnceLock<Vec<(Token, Claims<'static>)>> = OnceLock::new();
    WORLD.get_or_init(|| {
        let parsed = |token: Token| {
            let claims = Claims::parse(token.claims).unwrap();
            (token, claims)
        };
        tokens().into_iter().map(parsed).collect()
    })
}

fn tokens() -> Vec<Token> {
    let mut all = Vec::new();
    for owner in ["acme", "evil-corp"] {
        for (owner_id, id) in [("1", "2"), ("66", "77"), ("1", "77")] {
            for name in ["widgets", "scratch"] {
                for file in ["publish.yml", "evil.yml"] {
                    for environment in [None, Some("npm"), Some("made-up")] {
                        for (trigger, reference, event) in [
                            ("branch", "refs/heads/main", "push"),
                            ("branch", "refs/heads/fix", "workflow_dispatch"),
                            ("tag", "refs/tags/v1.4.0", "release"),
                            ("pull", "refs/pull/7/merge", "pull_request"),
                            ("outside", "refs/heads/main", "pull_request_target"),
                            ("outside", "refs/heads/main", "issue_comment"),
                        ] {
                            for (called, runner, protected, with_ids) in [
                                (false, "github-hosted", false, true),
                                (false, "self-hosted", true, false),
                                (true, "github-hosted", true, false),
                            ] {
                                all.push(token(
                                    owner,
                                    owner_id,
                                    name,
                                    id,
                                    file,
                                    environment,
                                    trigger,
                                    reference,
                                    event,
                                    called,
                                    runner,
                                    protected,
                                    with_ids,
                                ));
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

#[expect(clippy::too_many_arguments, reason = "a row of the loops above")]
fn token(
    owner: &'static str,
    owner_id: &'static str,
    name: &'static str,
    id: &'static str,
    file: &'static str,
    environment: Option<&'static str>,
    trigger: &'static str,
    reference: &str,
    event: &str,
    called: bool,
    runner: &'static str,
    protected: bool,
    with_ids: bool,
) -> Token {
    let context = match (environment, event) {
        (Some(environment), _) => format!("environment:{environment}"),
        (None, "pull_request" | "pull_request_target") => "pull_request".to_owned(),
        (None, _) => format!("ref:{reference}"),
    };
    let repository = if with_ids { format!("{owner}@{owner_id}/{name}@{id}") } else { format!("{owner}/{name}") };
    let job = if called {
        "acme/shared/.github/workflows/build.yml@refs/heads/main".to_owned()
    } else {
        format!("{owner}/{name}/.github/workflows/{file}@{reference}")
    };
    let mut claims = json!({
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "npm:registry.npmjs.org",
        "iat": NOW.0, "nbf": NOW.0, "exp": NOW.0 + 300, "jti": "x",
        "sub": format!("repo:{repository}:{context}"),
        "repository": format!("{owner}/{name}"), "repository_owner": owner,
        "repository_id": id, "repository_owner_id": owner_id,
        "ref": reference, "ref_type": if trigger == "tag" { "tag" } else { "branch" },
        "ref_protected": protected.to_string(),
        "event_name": event, "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "workflow": "Publish", "workflow_ref": format!("{owner}/{name}/.github/workflows/{file}@{reference}"),
        "job_workflow_ref": job, "runner_environment": runner,
        "actor": "octo", "actor_id": "9", "run_id": "1", "run_number": "1", "run_attempt": "1",
    });
    if let Some(environment) = environment {
        claims.as_object_mut().unwrap().insert("environment".to_owned(), json!(environment));
    }
    let claims = claims.to_string();
    Token {
        claims: claims.leak(),
        owner,
        owner_id,
        name,
        id,
        trigger,
        file,
        environment,
        called,
        runner,
        protected,
        with_ids,
    }
}

impl Token {
    /// Whether somebody of that kind could hold it, whatever the policy names of `acme`, `1`, `widgets`, `2`.
    fn may_be_of(&self, who: Adversary) -> bool {
        let is_ours = self.owner == "acme" && self.owner_id == "1" && self.name == "widgets" && self.id == "2";
        let is_strange = self.owner_id == "66" && self.id == "77";
        let is_unguarded = self.environment != Some("npm");
        match who {
            Adversary::Anyone => self.owner == "evil-corp" && is_strange && !self.called,
            Adversary::Caller => self.owner == "evil-corp" && is_strange && self.called,
            Adversary::ReRegisteredName => {
                self.owner == "acme" && self.name == "widgets" && is_strange && self.with_ids
            }
            Adversary::SiblingRepository => {
                self.owner == "acme" && self.owner_id == "1" && self.name == "scratch" && self.id == "77"
            }
            Adversary::OutsiderEvent => {
                is_ours && self.trigger == "outside" && is_unguarded && self.file == "publish.yml"
            }
            Adversary::AnyWriter => is_ours && self.trigger != "outside" && is_unguarded && !self.protected,
            Adversary::SelfHostedRunner => is_ours && self.runner == "self-hosted",
            _ => false,
        }
    }
}

/// One condition, as a trust file writes it.
fn condition() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "repository: acme/widgets",
        "repository: { glob: acme/* }",
        "repository: { regex: 'acme.*/widgets' }",
        "repository: [acme/widgets, acme/gadgets]",
        "repository: { not: acme/old }",
        "repository_owner: acme",
        "repository_owner: { equals: ACME, ignore-case: true }",
        "repository_owner_id: 1",
        "repository_id: 2",
        "repository-name: widgets",
        "repository-pin: acme@1/widgets@2",
        "workflow-file: publish.yml",
        "workflow-file: { glob: '*.yml' }",
        "own-workflow-file: publish.yml",
        "called-workflow-repository: acme/shared",
        "called-workflow-file: { regex: '(build|publish).yml' }",
        "environment: npm",
        "environment: { glob: '*' }",
        "environment: { not: staging }",
        "environment: { present: false }",
        "branch: main",
        "branch: { glob: 'ma*' }",
        "tag: { glob: 'v*' }",
        "tag: { template: 'v{version}' }",
        "ref: { regex: 'refs/(heads/main|tags/.*)' }",
        "ref: refs/heads/main",
        "ref_type: tag",
        "ref_protected: 'true'",
        "event_name: push",
        "event_name: [push, pull_request_target]",
        "event_name: [pull_request, issue_comment]",
        "runner_environment: github-hosted",
        "sub: repo:acme/widgets:environment:npm",
        "sub: repo:acme@1/widgets@2:ref:refs/heads/main",
        "sub: repo:acme/widgets:pull_request",
        "job_workflow_ref: acme/shared/.github/workflows/build.yml@refs/heads/main",
        "actor: octo",
    ])
}

/// The conditions of a grant: no claim twice.
fn when() -> impl Strategy<Value = String> {
    prop::collection::vec(condition(), 1..5).prop_map(|conditions| {
        let mut seen = BTreeSet::new();
        let once = conditions.into_iter().filter(|condition| seen.insert(condition.split(':').next().unwrap()));
        once.collect::<Vec<_>>().join(", ")
    })
}

fn policy(whens: &[String]) -> Arc<Policy> {
    let mut text = "trust: 1\nregistry: npm\ngrants:\n".to_owned();
    for when in whens {
        text.push_str(&format!(
            "  - {{ packages: [widgets], actions: [publish], provider: github-actions, when: {{ {when} }} }}\n"
        ));
    }
    let reading = read_text("trust.yaml", &text);
    Arc::new(reading.policy.ok_or((reading.diagnostics, text)).unwrap())
}

/// Which of the grants let each token in; without the registry's own word on replays and the like.
fn admitted(policy: &Arc<Policy>, tokens: &[(Token, Claims<'static>)]) -> Vec<BTreeSet<u32>> {
    let evaluator = Evaluator::new(Arc::clone(policy));
    let target = Target::Package { name: "widgets", version: None, action: "publish" };
    let request = Request { registry: "npm", target };
    let of = |(_, claims): &(Token, Claims<'static>)| {
        let decision = evaluator.evaluate(claims, &request, NOW);
        decision.allowed_by().iter().map(|allowed| allowed.grant.0).collect()
    };
    tokens.iter().map(of).collect()
}

/// A token says the same of one thing wherever it says it.
fn is_consistent(claims: &str) -> bool {
    let claims: Value = serde_json::from_str(claims).unwrap();
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or("");
    let repository = text("repository");
    let owner = repository.split('/').next().unwrap();
    let name = repository.split('/').nth(1).unwrap();
    let with_ids = format!("repo:{owner}@{}/{name}@{}:", text("repository_owner_id"), text("repository_id"));
    let context = match (text("environment"), text("event_name")) {
        ("", "pull_request" | "pull_request_target" | "pull_request_review" | "pull_request_review_comment") => {
            "pull_request".to_owned()
        }
        ("", _) => format!("ref:{}", text("ref")),
        (environment, _) => format!("environment:{environment}"),
    };
    let sub = text("sub");
    text("repository_owner") == owner
        && [with_ids, format!("repo:{repository}:")].iter().any(|whose| {
            let rest = sub.strip_prefix(whose.as_str());
            // A customised subject may name the ref where a default one names the environment, and the environment twice.
            rest.is_some_and(|rest| [context.as_str(), &format!("ref:{}", text("ref"))].contains(&rest))
        })
        && text("workflow_ref").starts_with(&format!("{repository}/.github/workflows/"))
        && (text("ref").is_empty() || text("workflow_ref").ends_with(&format!("@{}", text("ref"))))
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100)
}

proptest! {
    // `PROPTEST_CASES` asks for more, as `cargo xtask ci` does in a release build.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn who_says_no_only_where_nobody_gets_in(whens in prop::collection::vec(when(), 1..3)) {
        let tokens = world();
        let policy = policy(&whens);
        let admitted = admitted(&policy, tokens);
        for grant in who(&policy, NOW) {
            let mut is_open = false;
            for reach in &grant.reach {
                match &reach.answer {
                    Some(Answer::Yes(witness)) => {
                        is_open |= reach.adversary == Adversary::Anyone;
                        prop_assert!(is_consistent(&witness.claims), "{}", witness.claims);
                    }
                    Some(Answer::Unknown(why)) => return Err(TestCaseError::fail(format!("{whens:?} {}: {why}", reach.adversary.word()))),
                    Some(Answer::No) => {
                        let theirs = tokens.iter().zip(&admitted).find(|((token, _), grants)| {
                            grants.contains(&grant.grant.0) && token.may_be_of(reach.adversary)
                        });
                        prop_assert!(theirs.is_none(), "{:?} {}: {}", whens, reach.adversary.word(), theirs.unwrap().0.0.claims);
                    }
                    None => prop_assert!(is_open),
                }
            }
        }
    }

    #[test]
    fn diff_is_empty_only_where_every_token_fares_the_same(
        base in prop::collection::vec(when(), 1..4),
        head in prop::collection::vec(when(), 1..4),
    ) {
        let tokens = world();
        let (old, new) = (policy(&base), policy(&head));
        let difference = diff(&old, &new, NOW);
        let (before, after) = (admitted(&old, tokens), admitted(&new, tokens));
        for (changes, from, to) in [(&difference.allowed, &before, &after), (&difference.denied, &after, &before)] {
            for change in changes {
                // Of a grant that lets nobody of the world in, it need not be clear that nobody outside of it gets in.
                let lets_in = to.iter().any(|grants| grants.contains(&change.grant.0));
                prop_assert!(
                    matches!(change.answer, Answer::Yes(_)) || !lets_in,
                    "{base:?} {head:?} {:?}",
                    change.answer
                );
            }
            let changed: BTreeSet<u32> = changes.iter().map(|change| change.grant.0).collect();
            for (((token, _), from), to) in tokens.iter().zip(from).zip(to) {
                if from.is_empty() {
                    let missed = to.difference(&changed).next();
                    prop_assert!(missed.is_none(), "{:?} {:?} grant {:?}: {}", base, head, missed, token.claims);
                }
            }
        }
    }

    #[test]
    fn a_policy_does_not_differ_from_itself_in_another_order(whens in prop::collection::vec(when(), 1..4)) {
        let reversed: Vec<String> = whens.iter().rev().cloned().collect();
        let difference = diff(&policy(&whens), &policy(&reversed), NOW);
        prop_assert!(difference.allowed.is_empty() && difference.denied.is_empty(), "{difference:?}");
    }

    #[test]
    fn a_further_condition_lets_nobody_in(when in when(), more in condition()) {
        let claim = more.split(':').next().unwrap();
        prop_assume!(!when.split(", ").any(|condition| condition.split(':').next() == Some(claim)));
        // One of event_name replaces what the provider requires.
        prop_assume!(claim != "event_name");
        let narrower = format!("{when}, {more}");
        let difference = diff(&policy(&[when]), &policy(&[narrower]), NOW);
        prop_assert!(difference.allowed.is_empty(), "{:?}", difference.allowed);
    }
}
