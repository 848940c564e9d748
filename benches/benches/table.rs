//! The benchmark table: every figure beside the unit, one RS256 signature check with a parsed key.

use std::alloc::System;
use std::sync::Arc;
use std::time::Instant;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use trustctl_benches::clock::{Table, human, median};
use trustctl_benches::others::{Cedar, Rego};
use trustctl_benches::tokens::{self, NOW, Signer};
use trustctl_benches::workload;
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Effect, Evaluator, Request, Target};
use trustctl_records::Used;
use trustctl_token::{Algorithm, IssuerRules, KeySet, TokenBuffer, Verifier};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const AUDIENCE: &str = "npm:registry.npmjs.org";

fn main() {
    let rs256 = Signer::rs256();
    let es256 = Signer::es256();
    let claims_text = tokens::claims(0);
    let rs_token = rs256.sign(&claims_text);
    let es_token = es256.sign(&claims_text);
    let check = rs256.check(&rs_token);
    let es_check = es256.check(&es_token);
    assert!(check() && es_check());
    let mut table = Table::new(|| median(&check));
    let unit = median(&check);
    table.add("**RS256-2048 check, parsed key: the unit**", "`aws-lc-rs`", unit, unit);
    table.row("ES256 check, parsed key", "`aws-lc-rs`", &es_check);

    let claims = Claims::parse(&claims_text).unwrap();
    table.row("claims text (31 claims) to typed claims", "", || Claims::parse(&claims_text).unwrap());
    let mut hot = Vec::new();
    let mut middle = None;
    for count in [1, 1_000, 100_000, 1_000_000] {
        let region = Region::new(ALLOCATOR);
        let evaluator = evaluator(count);
        let change = region.change();
        let held = change.bytes_allocated - change.bytes_deallocated.min(change.bytes_allocated);
        let name = workload::package(0);
        let request = request(&name, Some("1.4.0"));
        assert_eq!(evaluator.evaluate(&claims, &request, UnixTime(NOW)).effect(), Effect::Allow);
        let allocations = Region::new(ALLOCATOR);
        let _ = evaluator.evaluate(&claims, &request, UnixTime(NOW)).effect();
        let allocated = allocations.change().allocations;
        let note = format!("{allocated} allocations; {} MB held", held >> 20);
        hot.push(table.row(&format!("claims to decision, {count} packages"), &note, || {
            evaluator.evaluate(&claims, &request, UnixTime(NOW)).effect()
        }));
        if count == 1_000_000 {
            spread(&mut table, &evaluator, count);
        }
        if count == 100_000 {
            let other = workload::package(7);
            let request = self::request(&other, Some("1.4.0"));
            table.row("the same, denied (another's package)", "", || {
                evaluator.evaluate(&claims, &request, UnixTime(NOW)).effect()
            });
            table.row("explaining that denial", "on demand", || {
                evaluator.evaluate(&claims, &request, UnixTime(NOW)).trace()
            });
            middle = Some(evaluator);
        }
    }
    let spread = hot.iter().copied().fold(0.0, f64::max) / hot.iter().copied().fold(f64::MAX, f64::min);
    eprintln!("hot keys, slowest over fastest: {spread:.2}");

    let evaluator = middle.unwrap();
    let name = workload::package(0);
    let request = request(&name, Some("1.4.0"));
    for (what, signer, token) in [("RS256", &rs256, &rs_token), ("ES256", &es256, &es_token)] {
        let verifier = verifier(signer);
        let mut buffer = TokenBuffer::default();
        let time = || {
            let verified = verifier.verify(&mut buffer, token, UnixTime(NOW)).unwrap();
            evaluator.evaluate(verified.claims(), &request, UnixTime(NOW)).effect()
        };
        if what == "RS256" {
            table.row("token text to decision, RS256, 100,000 packages", "", time);
        } else {
            let own = median(&es_check);
            let time = median(time);
            let ratio = time.as_secs_f64() / own.as_secs_f64();
            table.add(
                "token text to decision, ES256, 100,000 packages",
                &format!("{ratio:.2} of the ES256 check"),
                time,
                median(&check),
            );
        }
    }
    for (registry, audience, record) in workload::RECORDS {
        let text = claims_text.replace(AUDIENCE, audience);
        let claims = Claims::parse(&text).unwrap();
        let judge = workload::judge(registry, record);
        let question = trustctl_records::Question { package: None, version: Some("1.4.0"), now: NOW };
        let decide = || judge.decide(None, &claims, &question, &Used::Unknown).is_allow();
        assert!(decide(), "{registry} refuses the token");
        table.row(&format!("as {registry} decides, claims and one record to decision"), "", decide);
    }

    let verifier = verifier(&rs256);
    let stranger = rs256.sign(&claims_text.replace(ISSUER, "https://ci.evil-corp.example"));
    let unknown = rs256.sign_as("k2", &claims_text);
    for (what, token) in [("refused: unknown issuer", &stranger), ("refused: unknown key", &unknown)] {
        let mut buffer = TokenBuffer::default();
        table.row(what, "before any cryptography", || verifier.verify(&mut buffer, token, UnixTime(NOW)).is_err());
    }

    let key = jsonwebtoken_key(&rs256);
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.validate_exp = false;
    table.row("`jsonwebtoken` alone, token to `Value`, no decision", "no exp check", || {
        jsonwebtoken::decode::<serde_json::Value>(&rs_token, &key, &validation).unwrap()
    });
    let value: serde_json::Value = serde_json::from_str(&claims_text).unwrap();
    for count in [1, 1_000] {
        let cedar = Cedar::new(count);
        assert!(cedar.decide(&value));
        table.row(&format!("Cedar, parsed claims to decision, {count} policies"), "no explanation", || {
            cedar.decide(&value)
        });
    }
    let input = format!(r#"{{"package":"{name}","claims":{claims_text}}}"#);
    for count in [1, 1_000, 100_000] {
        let rego = Rego::new(count);
        assert!(rego.decide(&input));
        table.row(&format!("Regorus, claims text to decision, {count} packages"), "no explanation", || {
            rego.decide(&input)
        });
    }
    let markdown = table.markdown();
    println!("{markdown}");
    println!("Hot keys, slowest over fastest: {spread:.2}.");
    reading();
    linting();
}

/// Random keys at a million packages: every look-up misses the caches.
fn spread(table: &mut Table<'_>, evaluator: &Evaluator, count: usize) {
    let texts: Vec<String> = (0..512).map(|at| tokens::claims(at * 7_919 % count)).collect();
    let claims: Vec<Claims<'_>> = texts.iter().map(|text| Claims::parse(text).unwrap()).collect();
    let names: Vec<String> = (0..512).map(|at| workload::package(at * 7_919 % count)).collect();
    let mut at = 0;
    table.row("the same, 512 packages far apart", "caches missed", || {
        at = (at + 1) % names.len();
        let decision = evaluator.evaluate(&claims[at], &request(&names[at], Some("1.4.0")), UnixTime(NOW));
        assert!(decision.effect() == Effect::Allow);
    });
}

fn reading() {
    let text = workload::policy(200_000);
    let start = Instant::now();
    let reading = trustctl_policy::read_text("big.trust.yaml", &text);
    let time = start.elapsed();
    assert!(reading.policy.is_some());
    println!(
        "Policy text: {:.1} MB in {}, {:.0} MB/s.",
        text.len() as f64 / 1e6,
        human(time),
        text.len() as f64 / 1e6 / time.as_secs_f64()
    );
}

fn linting() {
    let files: Vec<String> = (0..2_000).map(workload::typical_file).collect();
    let start = Instant::now();
    let mut findings = 0;
    for (at, text) in files.iter().enumerate() {
        let policy = trustctl_policy::read_text(&format!("{at}.trust.yaml"), text).policy.unwrap();
        findings += lint(policy);
    }
    let time = start.elapsed();
    println!("Lint: {:.0} files a second on one core ({findings} findings).", files.len() as f64 / time.as_secs_f64());
}

fn lint(policy: trustctl_policy::Policy) -> usize {
    let input = trustctl_analysis::LintInput::new(Arc::new(policy));
    trustctl_analysis::lint(&[input], UnixTime(NOW), &trustctl_analysis::LintOptions::default()).len()
}

fn evaluator(count: usize) -> Evaluator {
    let text = workload::policy(count);
    let reading = trustctl_policy::read_text("bench.trust.yaml", &text);
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    Evaluator::new(Arc::new(reading.policy.unwrap()))
}

fn request<'r>(name: &'r str, version: Option<&'r str>) -> Request<'r> {
    Request { registry: "npm", target: Target::Package { name, version, action: "publish" } }
}

fn verifier(signer: &Signer) -> Verifier {
    let algorithm = if signer.algorithm == "RS256" { Algorithm::Rs256 } else { Algorithm::Es256 };
    let rules = IssuerRules::new(ISSUER, [algorithm], [AUDIENCE]).unwrap();
    Verifier::new([(rules, Arc::new(KeySet::parse(&signer.jwks).unwrap()))]).unwrap()
}

fn jsonwebtoken_key(signer: &Signer) -> jsonwebtoken::DecodingKey {
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&signer.jwks).unwrap();
    jsonwebtoken::DecodingKey::from_jwk(&set.keys[0]).unwrap()
}
