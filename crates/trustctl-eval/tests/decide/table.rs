//! The exhaustive table: every matcher × every state a claim can be in × plain and under `not`.

use trustctl_claims::Claims;
use trustctl_eval::{Evaluator, Request, Status, Target, What};

use crate::common::{NOW, evaluator};

/// A matcher on a claim of some type, a value that it matches and one that it does not.
struct Matcher {
    kind: &'static str,
    text: &'static str,
    hit: &'static str,
    miss: &'static str,
    /// A value that it would match but for a byte outside printable ASCII; `None` for types that cannot have one.
    foreign: Option<&'static str>,
    /// Whether such a byte fails it.
    holds_pattern: bool,
    wrong_types: &'static [&'static str],
    negatable: bool,
}

const NO_STRING: &[&str] = &["42", "true", "false", "[\"main\"]", "{\"a\":\"main\"}", "0", "[null]", "{}"];
const NO_INTEGER: &[&str] = &["\"42\"", "42.0", "4.2e1", "42e0", "-0", "true", "[42]", "{}"];
const NO_BOOLEAN: &[&str] = &["\"true\"", "1", "0", "[true]", "{}", "\"false\""];
const NO_LIST: &[&str] = &["\"main\"", "1", "false", "{}", "[1]", "[\"main\", 1]", "[\"main\", null]", "[[\"main\"]]"];

#[rustfmt::skip]
const MATCHERS: &[Matcher] = &[
    Matcher { kind: "string", text: "main", hit: "\"main\"", miss: "\"mai\"", foreign: Some("\"m\u{e4}in\""), holds_pattern: false, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "{ equals: MAIN, ignore-case: true }", hit: "\"maIn\"", miss: "\"mains\"", foreign: Some("\"ma\u{131}n\""), holds_pattern: false, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "[next, main]", hit: "\"main\"", miss: "\"other\"", foreign: Some("\"main\u{200b}\""), holds_pattern: false, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "{ glob: \"m*n\" }", hit: "\"main\"", miss: "\"m/n\"", foreign: Some("\"m\u{e4}n\""), holds_pattern: true, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "{ glob: \"m**\" }", hit: "\"m/a:i@n\"", miss: "\"am\"", foreign: Some("\"ma\\n\""), holds_pattern: true, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "{ regex: \"m.*n|x\" }", hit: "\"x\"", miss: "\"mainx\"", foreign: Some("\"m\\u0000n\""), holds_pattern: true, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "[next, { glob: \"ma*\" }, { regex: \"x+\" }]", hit: "\"main\"", miss: "\"m\"", foreign: Some("\"ma\\u007f\""), holds_pattern: true, wrong_types: NO_STRING, negatable: true },
    Matcher { kind: "string", text: "{ glob: \"v*\", not: { glob: \"*-rc*\" } }", hit: "\"v1\"", miss: "\"v1-rc1\"", foreign: Some("\"v\u{e4}\""), holds_pattern: true, wrong_types: NO_STRING, negatable: false },
    Matcher { kind: "string", text: "{ present: true }", hit: "\" \"", miss: "", foreign: None, holds_pattern: false, wrong_types: NO_STRING, negatable: false },
    Matcher { kind: "integer", text: "42", hit: "42", miss: "-42", foreign: None, holds_pattern: false, wrong_types: NO_INTEGER, negatable: true },
    Matcher { kind: "integer", text: "[7, 123456789012345678901234567890]", hit: "123456789012345678901234567890", miss: "123456789012345678901234567891", foreign: None, holds_pattern: false, wrong_types: NO_INTEGER, negatable: true },
    Matcher { kind: "integer", text: "{ present: true }", hit: "0", miss: "", foreign: None, holds_pattern: false, wrong_types: NO_INTEGER, negatable: false },
    Matcher { kind: "boolean", text: "true", hit: "true", miss: "false", foreign: None, holds_pattern: false, wrong_types: NO_BOOLEAN, negatable: true },
    Matcher { kind: "boolean", text: "false", hit: "false", miss: "true", foreign: None, holds_pattern: false, wrong_types: NO_BOOLEAN, negatable: true },
    Matcher { kind: "boolean", text: "{ present: true }", hit: "false", miss: "", foreign: None, holds_pattern: false, wrong_types: NO_BOOLEAN, negatable: false },
    Matcher { kind: "list", text: "{ contains: main }", hit: "[\"x\", \"main\"]", miss: "[\"x\", \"\"]", foreign: Some("[\"m\u{e4}in\"]"), holds_pattern: false, wrong_types: NO_LIST, negatable: true },
    Matcher { kind: "list", text: "{ contains: { glob: \"ma*\" } }", hit: "[\"x\", \"main\"]", miss: "[\"am\"]", foreign: Some("[\"main\", \"\u{e4}\"]"), holds_pattern: true, wrong_types: NO_LIST, negatable: true },
    Matcher { kind: "list", text: "{ contains: [next, main] }", hit: "[\"main\"]", miss: "[\"m\"]", foreign: Some("[\"\u{e4}\"]"), holds_pattern: false, wrong_types: NO_LIST, negatable: true },
    Matcher { kind: "list", text: "{ present: true }", hit: "[\"\"]", miss: "", foreign: None, holds_pattern: false, wrong_types: NO_LIST, negatable: false },
];

/// A condition as written, with the type of its claim.
type Cell = (&'static str, String);

#[test]
fn every_matcher_in_every_state() {
    let mut cells: Vec<(Cell, Option<&str>, Status)> = Vec::new();
    for matcher in MATCHERS {
        for negated in [false, true] {
            if negated && !matcher.negatable {
                continue;
            }
            let text = if negated { format!("{{ not: {} }}", matcher.text) } else { matcher.text.to_owned() };
            let mut cell = |value, expected| cells.push(((matcher.kind, text.clone()), value, expected));
            let matched = |yes: bool| if yes == negated { Status::Fail } else { Status::Pass };
            for absent in ABSENT {
                cell(absent, Status::Missing);
            }
            for wrong in matcher.wrong_types {
                cell(Some(wrong), Status::WrongType);
            }
            cell(Some(matcher.hit), matched(true));
            if !matcher.miss.is_empty() {
                cell(Some(matcher.miss), matched(false));
            }
            if let Some(foreign) = matcher.foreign {
                cell(Some(foreign), if matcher.holds_pattern { Status::Fail } else { matched(false) });
            }
        }
    }
    for (kind, there, wrong) in
        [("string", "\"x\"", "1"), ("integer", "1", "\"1\""), ("boolean", "false", "\" \""), ("list", "[\"x\"]", "{}")]
    {
        let mut cell = |value, expected| cells.push(((kind, "{ present: false }".to_owned()), value, expected));
        for absent in ABSENT {
            cell(absent, Status::Pass);
        }
        cell(Some(there), Status::Fail);
        cell(Some(wrong), Status::WrongType);
    }
    assert!(cells.len() > 300, "{}", cells.len());

    let evaluator = policy_of(&cells);
    for (at, ((kind, text), value, expected)) in cells.iter().enumerate() {
        let status = status(&evaluator, at, kind, *value);
        assert_eq!(status, *expected, "{kind} claim, {text}, value {}", value.unwrap_or("missing"));
    }
}

const ABSENT: [Option<&str>; 4] = [None, Some("null"), Some("\"\""), Some("[]")];

/// One account for each cell.
fn policy_of(cells: &[(Cell, Option<&str>, Status)]) -> Evaluator {
    let mut text = r#"
trust: 1
registry: { kind: generic, audience: "https://registry.acme.example" }
providers:
  corp: { issuer: "https://ci.acme.example", tenants: ours, claims: { string: string, integer: integer, boolean: boolean, list: list } }
grants:
"#
    .to_owned();
    for (at, ((kind, matcher), _, _)) in cells.iter().enumerate() {
        text.push_str(&format!("  - {{ accounts: [cell{at}], provider: corp, when: {{ {kind}: {matcher} }} }}\n"));
    }
    evaluator(&text)
}

/// The status of one cell's condition, after checking that decision and trace say the same.
fn status(evaluator: &Evaluator, at: usize, kind: &str, value: Option<&str>) -> Status {
    let member = value.map_or_else(String::new, |json| format!(r#", "{kind}": {json}"#));
    let json = format!(r#"{{"iss":"https://ci.acme.example","aud":"https://registry.acme.example"{member}}}"#);
    let claims = Claims::parse(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let name = format!("cell{at}");
    let request = Request { registry: "generic", target: Target::Account { name: &name } };
    let decision = evaluator.evaluate(&claims, &request, NOW);
    let trace = decision.trace();
    let grant = trace.grants.first().unwrap_or_else(|| panic!("{trace}"));
    let line = grant.lines.iter().find(|line| matches!(line.what, What::Condition { .. })).unwrap();
    assert_eq!(line.status == Status::Pass, decision.is_allow(), "{trace}");
    assert_eq!(grant.holds, decision.is_allow(), "{trace}");
    line.status
}
