//! What holds for every policy, token and request.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Effect, Evaluator, Request, Target};

use crate::aim::{Aim, aimed};
use crate::common::evaluator;
use crate::reference::{AUDIENCES, END, Grant, ISSUERS, Json, Matcher, Question, Token, decide, to_yaml};

/// One policy is asked this often, because reading it is what takes time.
const QUESTIONS: usize = 100;

fn config() -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 8 };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_reference_agrees((grants, asked) in policy_and_questions()) {
        let evaluator = evaluator(&to_yaml(&grants));
        for (token, question) in &asked {
            let expected = decide(&grants, token, question);
            prop_assert_eq!(allowed(&evaluator, token, question), expected, "{:?} {:?}\n{}", token, question, to_yaml(&grants));
        }
    }

    #[test]
    fn the_trace_says_what_was_decided((grants, asked) in policy_and_questions()) {
        let evaluator = evaluator(&to_yaml(&grants));
        for (token, question) in &asked {
            let (claims, request) = (claims(token), request(question));
            let decision = evaluator.evaluate(&claims, &request, UnixTime(question.now));
            let trace = decision.trace();
            let holds: BTreeSet<_> = trace.grants.iter().filter(|grant| grant.holds).map(|grant| grant.grant).collect();
            let allowed: BTreeSet<_> = decision.allowed_by().iter().map(|allowed| allowed.grant).collect();
            prop_assert_eq!(&holds, &allowed, "{}", trace);
            prop_assert_eq!(trace.effect == Effect::Allow, !allowed.is_empty());
            prop_assert_eq!(decision.reason().is_none(), decision.is_allow());
            for grant in &trace.grants {
                prop_assert_eq!(grant.holds, grant.failed().next().is_none());
                prop_assert!(grant.failed().all(|line| line.mend.is_none()) || grant.do_not_widen.is_none());
            }
        }
    }

    #[test]
    fn order_matters_nowhere((grants, asked) in policy_and_questions(), order in any::<u64>()) {
        let mut shuffled = grants.clone();
        shuffled.sort_by_key(|grant| grant.label.bytes().fold(order, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
        let (one, other) = (evaluator(&to_yaml(&grants)), evaluator(&to_yaml(&shuffled)));
        for (token, question) in &asked {
            let (claims, request, now) = (claims(token), request(question), UnixTime(question.now));
            let (one, other) = (one.evaluate(&claims, &request, now), other.evaluate(&claims, &request, now));
            prop_assert_eq!(one.effect(), other.effect());
            prop_assert_eq!(one.reason(), other.reason());
            let labels = |decision: &trustctl_eval::Decision<'_>| -> Vec<String> {
                decision.trace().grants.into_iter().map(|grant| grant.label).collect()
            };
            prop_assert_eq!(labels(&one), labels(&other));
        }
    }

    #[test]
    fn a_further_condition_never_allows_more((grants, asked) in policy_and_questions(), added in condition(0), added_corp in condition(1)) {
        let before = evaluator(&to_yaml(&grants));
        let mut narrower = grants.clone();
        for grant in &mut narrower {
            let (claim, matcher) = if grant.provider == 0 { &added } else { &added_corp };
            // To say which events are meant takes the place of what the provider requires: not a further condition.
            let fits = !(grant.account && matches!(matcher, Matcher::Template(..)));
            if fits && *claim != "event_name" {
                grant.when.entry(claim).or_insert_with(|| matcher.clone());
            }
        }
        let after = evaluator(&to_yaml(&narrower));
        for (token, question) in &asked {
            let labels = |evaluator| -> BTreeSet<String> { allowed(evaluator, token, question).into_iter().map(|(label, _)| label).collect() };
            prop_assert!(labels(&after).is_subset(&labels(&before)), "{:?} {:?}\n{}", token, question, to_yaml(&narrower));
        }
    }

    /// Whatever the claims are: an answer, and a trace of printable ASCII.
    #[test]
    fn evaluation_is_total(grants in policy(), junk in junk(), name in ".{0,12}", version in proptest::option::of(".{0,8}"), now in any::<i64>()) {
        let evaluator = evaluator(&to_yaml(&grants));
        for mut token in junk {
            token.entry("iss".to_owned()).or_insert_with(|| format!("{:?}", ISSUERS[0].1));
            let members: Vec<String> = token.iter().map(|(name, json)| format!("{}:{json}", serde_text(name))).collect();
            let text = format!("{{{}}}", members.join(","));
            let claims = Claims::parse(&text).unwrap();
            for name in [name.as_str(), "widgets"] {
                let target = Target::Package { name, version: version.as_deref(), action: "publish" };
                let decision_request = Request { registry: "one", target };
                let trace = evaluator.evaluate(&claims, &decision_request, UnixTime(now)).trace().to_string();
                prop_assert!(trace.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{}", trace);
            }
        }
    }
}

fn claims(token: &Token) -> Claims<'static> {
    let members: Vec<String> = token.iter().map(|(name, json)| format!("{name:?}:{}", json.text())).collect();
    Claims::parse(&format!("{{{}}}", members.join(","))).unwrap().into_owned()
}

fn request(question: &Question) -> Request<'static> {
    let Question { registry, account, name, version, action, .. } = *question;
    let target = if account { Target::Account { name } } else { Target::Package { name, version, action } };
    Request { registry, target }
}

fn allowed(evaluator: &Evaluator, token: &Token, question: &Question) -> BTreeSet<(String, Option<String>)> {
    let (claims, request) = (claims(token), request(question));
    let decision = evaluator.evaluate(&claims, &request, UnixTime(question.now));
    let label = |id| evaluator.policy().grant_label(evaluator.policy().grant(id).unwrap());
    decision.allowed_by().iter().map(|allowed| (label(allowed.grant), allowed.version.map(str::to_owned))).collect()
}

const NAMES: [&str; 2] = ["widgets", "gadgets"];
const TEXTS: [&str; 6] = ["main", "MAIN", "acme/widgets", "next", "v1", "m\u{e4}in"];
const REFS: [&str; 6] =
    ["refs/heads/main", "refs/tags/v1.4.0", "refs/tags/v2.0.0-rc1", "refs/tags/v", "refs/heads/", "main"];
const WORKFLOWS: [&str; 6] = [
    "acme/widgets/.github/workflows/publish.yml@refs/heads/main",
    "acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
    "acme/widgets/.github/workflows/ci.yml@c0ffee",
    "acme/gadgets/.github/workflows/ci.yml@refs/heads/main",
    "acme/widgets/.github/workflows/c\u{e4}.yml@refs/heads/main",
    "acme/.github/workflows/@main",
];
const IDS: [&str; 2] = ["1", "22"];

fn policy() -> impl Strategy<Value = Vec<Grant>> {
    proptest::collection::vec(grant(), 1..10).prop_map(|mut grants| {
        for (at, grant) in grants.iter_mut().enumerate() {
            grant.label = format!("g{at}");
        }
        grants
    })
}

fn grant() -> impl Strategy<Value = Grant> {
    let fields =
        (0..2_usize, 0..2_usize, any::<bool>(), select(&NAMES[..]), select(&["publish", "read"][..]), any::<bool>());
    fields.prop_flat_map(|(registry, provider, account, name, action, expires)| {
        proptest::collection::vec(condition(provider), 1..4).prop_map(move |conditions| {
            let mut when: BTreeMap<&'static str, Matcher> = conditions.into_iter().collect();
            if account {
                // A template needs a package.
                when.retain(|_, matcher| !matches!(matcher, Matcher::Template(..)));
            }
            if when.is_empty() {
                when.insert(if provider == 0 { "repository" } else { "pipeline" }, Matcher::Present(true));
            }
            Grant { label: String::new(), registry, provider, account, name, action, expires, when }
        })
    })
}

fn condition(provider: usize) -> BoxedStrategy<(&'static str, Matcher)> {
    let with = |claim: &'static str, values: &'static [&'static str], globs: &'static [&'static str]| {
        matcher(values, globs).prop_map(move |matcher| (claim, matcher))
    };
    if provider == 0 {
        prop_oneof![
            with("repository", &["acme/widgets", "acme/gadgets"], &["acme/*", "acme/w**"]),
            with("repository_id", &IDS, &["2*"]),
            with("ref", &["refs/heads/main", "refs/tags/v1.4.0"], &["refs/tags/*", "refs/heads/**"]),
            with("branch", &["main", "next"], &["m*", "n**"]),
            with("tag", &["v1.4.0", "v2.0.0-rc1"], &["v*", "v1**"]),
            with("environment", &["main", "prod"], &["m*"]),
            with("own-workflow-file", &["publish.yml", "ci.yml"], &["p*.yml", "**"]),
            select(&["v", "", "release-"][..]).prop_map(|before| ("tag", Matcher::Template(before, ""))),
            select(&["", "-rc1"][..]).prop_map(|after| ("environment", Matcher::Template("v", after))),
            select(&["acme@1/widgets@22", "acme@1/gadgets@1"][..]).prop_map(|pin| ("repository-pin", Matcher::Is(pin))),
            select(&["push", "pull_request"][..]).prop_map(|event| ("event_name", Matcher::Is(event))),
        ]
        .boxed()
    } else {
        prop_oneof![
            with("pipeline", &["main", "next", "v1"], &["m*", "acme/*", "**"]),
            select(&["7", "-7"][..]).prop_map(|build| ("build", Matcher::Is(build))),
            select(&["7", "-7"][..]).prop_map(|build| ("build", Matcher::Not(Box::new(Matcher::Is(build))))),
            select(&["true", "false"][..]).prop_map(|nightly| ("nightly", Matcher::Is(nightly))),
            any::<bool>().prop_map(|there| ("nightly", Matcher::Present(there))),
            label().prop_map(|label| ("labels", label)),
            label().prop_map(|label| ("labels", Matcher::Not(Box::new(label)))),
            any::<bool>().prop_map(|there| ("labels", Matcher::Present(there))),
        ]
        .boxed()
    }
}

fn matcher(values: &'static [&'static str], globs: &'static [&'static str]) -> BoxedStrategy<Matcher> {
    let positive = prop_oneof![
        3 => select(values).prop_map(Matcher::Is),
        1 => select(values).prop_map(Matcher::Folded),
        1 => Just(Matcher::OneOf(values.to_vec())),
        1 => select(globs).prop_map(Matcher::Glob),
    ];
    prop_oneof![
        4 => positive.clone(),
        1 => positive.prop_map(|matcher| Matcher::Not(Box::new(matcher))),
        1 => any::<bool>().prop_map(Matcher::Present),
    ]
    .boxed()
}

fn label() -> impl Strategy<Value = Matcher> {
    let inner = prop_oneof![select(&["main", "next"][..]).prop_map(Matcher::Is), Just(Matcher::Glob("m*"))];
    inner.prop_map(|matcher| Matcher::Contains(Box::new(matcher)))
}

/// A policy with questions, most of them aimed at one of its grants: what is wholly random is never allowed.
fn policy_and_questions() -> impl Strategy<Value = (Vec<Grant>, Vec<(Token, Question)>)> {
    let aim = proptest::option::weighted(0.8, (any::<u8>(), select(&[u32::MAX, u32::MAX, !1, !2, !4, !8, !16][..])));
    (policy(), proptest::collection::vec((token(), question(), aim), QUESTIONS)).prop_map(|(grants, asked)| {
        let aim = |(token, question, aim): (Token, Question, Option<(u8, u32)>)| match aim {
            Some((at, keep)) => aimed(token, question, Aim { grant: &grants[usize::from(at) % grants.len()], keep }),
            None => (token, question),
        };
        let asked = asked.into_iter().map(aim).collect();
        (grants, asked)
    })
}

fn question() -> impl Strategy<Value = Question> {
    let version = select(&[None, None, Some("1.4.0"), Some("2.0.0-rc1")][..]);
    let now = select(&[END - 1, END - 1, END - 1, END][..]);
    (0..2_usize, any::<bool>(), select(&NAMES[..]), version, select(&["publish", "read"][..]), now).prop_map(
        |(registry, account, name, version, action, now)| {
            let version = version.filter(|_| !account);
            Question { registry: AUDIENCES[registry].0, account, name, version, action, now }
        },
    )
}

fn token() -> impl Strategy<Value = Token> {
    let text = |values: &'static [&'static str]| json(select(values).prop_map(Json::of).boxed());
    let number = select(&["7", "-7", "7.0", "70e-1", "-0"][..]).prop_map(Json::Number);
    let labels = proptest::collection::vec(select(&TEXTS[..]).prop_map(Json::of), 0..3).prop_map(Json::List);
    (
        (
            0..2_usize,
            0..2_usize,
            text(&["acme/widgets", "acme/gadgets", "acme"]),
            text(&IDS),
            text(&["acme"]),
            text(&IDS),
        ),
        (
            text(&REFS),
            text(&["main", "prod", "v1.4.0", "v2.0.0-rc1", "m\u{e4}in"]),
            text(&["push", "push", "release", "pull_request"]),
            text(&WORKFLOWS),
            text(&["refs/heads/main", "c0ffee"]),
        ),
        (text(&TEXTS), json(number.boxed()), json(any::<bool>().prop_map(Json::Bool).boxed()), json(labels.boxed())),
    )
        .prop_map(
            |(
                (iss, aud, repository, id, owner, owner_id),
                (reference, environment, event, workflow, sha),
                (pipeline, build, nightly, labels),
            )| {
                let optional = [
                    ("repository", repository),
                    ("repository_id", id),
                    ("repository_owner", owner),
                    ("repository_owner_id", owner_id),
                    ("ref", reference),
                    ("environment", environment),
                    ("event_name", event),
                    ("job_workflow_ref", workflow),
                    ("sha", sha),
                    ("pipeline", pipeline),
                    ("build", build),
                    ("nightly", nightly),
                    ("labels", labels),
                ];
                let mut token: Token = optional.into_iter().filter_map(|(name, json)| Some((name, json?))).collect();
                token.insert("iss", Json::of(ISSUERS[iss].1));
                token.insert("aud", Json::of(AUDIENCES[aud].1));
                token
            },
        )
}

/// Mostly such a value; sometimes nothing, an absent one, or one of another type.
fn json(value: BoxedStrategy<Json>) -> impl Strategy<Value = Option<Json>> {
    let odd = [
        Json::Null,
        Json::of(""),
        Json::List(Vec::new()),
        Json::Bool(true),
        Json::Number("7"),
        Json::of("main"),
        Json::List(vec![Json::of("main"), Json::Null]),
    ];
    prop_oneof![12 => value.prop_map(Some), 1 => Just(None), 2 => select(odd.to_vec()).prop_map(Some)]
}

/// Claims by name as JSON text, of any shape.
fn junk() -> impl Strategy<Value = Vec<BTreeMap<String, String>>> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|yes| yes.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        ".{0,20}".prop_map(|text| serde_text(&text)),
        select(&REFS[..]).prop_map(serde_text),
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|members| format!("[{}]", members.join(","))),
            inner.prop_map(|member| format!("{{\"a\":{member}}}")),
        ]
    });
    let known = select(
        &[
            "iss",
            "aud",
            "ref",
            "repository",
            "repository_id",
            "environment",
            "event_name",
            "job_workflow_ref",
            "sha",
            "pipeline",
            "labels",
            "build",
        ][..],
    );
    let name = prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"];
    proptest::collection::vec(proptest::collection::btree_map(name, value, 0..8), 8)
}

/// A JSON string.
fn serde_text(text: &str) -> String {
    trustctl_claims::Value::String(text.to_owned().into()).to_string()
}
