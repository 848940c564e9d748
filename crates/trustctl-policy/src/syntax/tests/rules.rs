//! Text, and the code with line and column of each problem.

use std::borrow::Cow;

use trustctl_diag::FileId;

use super::{outline, placed};
use crate::syntax::{Comment, NodeKind, read};

#[track_caller]
fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(text, expected)| (text, expected, placed(text)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(text, expected, found)| format!("{text:?}\n  expected {expected:?}\n  found    {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_trust_file_needs_is_fine() {
    check(&[
        ("trust: 1\n", &[]),
        ("---\ntrust: 1\n...\n", &[]),
        ("a: [b, c,]\n", &[]),
        ("a: { b: c, \"d\": 'e' }\n", &[]),
        ("a:\n- b\n- c\n", &[]),
        ("a:\n  - b: c\n    d: e\n  - f: g\n", &[]),
        ("a:\tb # c\n", &[]),
        ("# ⚠️ c\na: b\n", &[]),
        ("a: b #\nc: d ## e\n", &[]),
        ("a: b#1\nc: \"d\" #1\n", &[]),
        ("a: v*\nb: \"*\"\nc: a@b\nd: x%y\ne: 50%\n", &[]),
        ("a: 'it''s'\n", &[]),
        ("a: \"q\\\"\\u00e9\"\n", &[]),
        ("\"a b\": c\n", &[]),
        ("scalar", &[]),
    ]);
}

#[test]
fn nothing_there() {
    check(&[
        ("", &["empty-file 1:1"]),
        ("\u{feff}", &["empty-file 1:1"]),
        ("  \n\n", &["empty-file 1:1"]),
        ("# only\n# comments\n", &["empty-file 1:1"]),
        ("---\n", &["empty-file 1:1"]),
        ("a:\nb: 1\n", &["missing-value 1:1"]),
        ("a: 1\nb:", &["missing-value 2:1"]),
        ("a:\n  -\n  - x\n  - \n", &["missing-value 2:3", "missing-value 4:3"]),
        ("a: {b, c}\n", &["missing-value 1:5", "missing-value 1:8"]),
        ("a: {b: , c: 1}\n", &["missing-value 1:5"]),
        ("a: [b,,c]\n", &["missing-value 1:7"]),
        ("a: \"\"\nb: ''\n", &["empty-value 1:4", "empty-value 2:4"]),
        ("a: []\nb: {}\n", &["empty-list 1:4", "empty-map 2:4"]),
        (": x\n", &["empty-key 1:1"]),
        ("\"\": x\n", &["empty-key 1:1"]),
        ("a: ~\nb: null\nc: \"null\"\n", &["null-value 1:4", "null-value 2:4"]),
        ("null\n", &["null-value 1:1"]),
        ("~: a\n", &["null-value 1:1"]),
    ]);
}

#[test]
fn scalars_that_are_more_than_a_line_of_text() {
    check(&[
        ("a: |\n  x\n  y\nb: 1\n", &["block-scalar 1:4"]),
        ("a: >- # why\n  x\n", &["block-scalar 1:4"]),
        ("- |\n x\n", &["block-scalar 1:3"]),
        ("a: >\nb: 1\n", &["block-scalar 1:4"]),
        ("a: b\n  c\nd: 1\n", &["multi-line-value 1:4"]),
        ("a: \"b\n  c\"\n", &["multi-line-value 1:4"]),
        ("a: 'b\n\n  c'\n", &["multi-line-value 1:4"]),
        ("a: [b\n  c]\n", &["multi-line-value 1:5"]),
        ("a: \" b\"\nb: 'c '\nc: \"  \"\n", &["blank-at-edge 1:4", "blank-at-edge 2:4", "blank-at-edge 3:4"]),
        ("\"a \": b\n", &["blank-at-edge 1:1"]),
    ]);
}

#[test]
fn characters_that_nobody_sees() {
    check(&[
        ("a: x\u{200b}y\n", &["hidden-character 1:5"]),
        ("a: \"\u{202e}x\"\n", &["hidden-character 1:5"]),
        ("# \u{2066} in a comment\na: b\n", &["hidden-character 1:3"]),
        ("a: x\u{a0}y\nb\u{ad}: c\n", &["hidden-character 1:5", "hidden-character 2:2"]),
        ("a: x\u{feff}y\n", &["hidden-character 1:5"]),
        ("a: b\nc: \u{feff}d\n", &["hidden-character 2:4"]),
        ("a: x\0y\nb: \u{7f}z\nc: \u{85}\n", &["hidden-character 1:5", "hidden-character 2:4", "hidden-character 3:4"]),
        ("a: w\u{fe0f}\n", &["hidden-character 1:5"]),
        ("a: \"x\\u200by\"\n", &["hidden-character 1:4"]),
        ("a: \"x\\ny\"\n", &["hidden-character 1:4"]),
        ("a: x\ty\nb: 'z\tz'\n", &["hidden-character 1:5", "hidden-character 2:6"]),
        ("a: 1\rb: 2\n", &["hidden-character 1:5"]),
        (
            "b: \u{200b}b: \r\t:",
            &["hidden-character 1:4", "tab-indentation 1:4", "second-colon 1:4", "hidden-character 1:8"],
        ),
    ]);
}

#[test]
fn yaml_that_means_more_than_it_looks() {
    check(&[
        ("a: !!str b\n", &["tag 1:4"]),
        ("a: !main\n", &["tag 1:4"]),
        ("a: !x [b]\n", &["tag 1:4"]),
        ("!x a: b\n", &["tag 1:1"]),
        ("a: &x b\nc: *x\n", &["anchor 1:4", "alias 2:4"]),
        ("a: &x\nb: 1\n", &["anchor 1:4"]),
        ("a: &x {b: c}\n<<: *x\n", &["anchor 1:4", "merge-key 2:1", "alias 2:5"]),
        ("%YAML 1.2\n---\na: 1\n", &["directive 1:1"]),
        ("# c\n%TAG ! tag:x,2000:\n%FOO\n---\na: 1\n", &["directive 2:1", "directive 3:1"]),
        ("%YAML 1.2\na: 1\n", &["directive 1:1"]),
        ("%YAML 9.9\n---\na: 1\n", &["directive 1:1"]),
        ("a: 1\n---\nb: 2\n", &["second-document 2:1"]),
        ("a: 1\n...\nb: 2\n", &["second-document 3:1"]),
        ("a: 1\n---\n\"broken", &["second-document 2:1"]),
        ("[a]: b\n", &["key-not-text 1:1"]),
        ("? {a: }\n: b\n", &["key-not-text 1:3"]),
        ("a: {{ version }}\n", &["key-not-text 1:5"]),
        ("*x : b\n", &["needs-quotes 1:1"]),
    ]);
}

#[test]
fn a_key_twice() {
    check(&[
        ("a: 1\n\"a\": 2\n", &["duplicate-key 2:1"]),
        ("a: 1\nb: {c: 1, d: 2, 'c': 3, c: 4}\n", &["duplicate-key 2:17", "duplicate-key 2:25"]),
        ("- a: 1\n- a: 1\n", &[]),
        (
            "k1: 1\nk2: 1\nk3: 1\nk4: 1\nk5: 1\nk6: 1\nk7: 1\nk8: 1\nk0: 1\n\"k2\": 1\nk2: 2\n",
            &["duplicate-key 10:1", "duplicate-key 11:1"],
        ),
    ]);
}

#[test]
fn values_that_lack_quotes() {
    check(&[
        ("a: @x\n", &["needs-quotes 1:4"]),
        ("a: @x\nb: `y\nc: %z\n", &["needs-quotes 1:4", "needs-quotes 2:4", "needs-quotes 3:4"]),
        ("a: [@x/y, @z]\n", &["needs-quotes 1:5", "needs-quotes 1:11"]),
        ("a:\n  @x/y: { b: c }\n  @x/z: { b: c }\n", &["needs-quotes 2:3", "needs-quotes 3:3"]),
        ("a: *\nb: ~\n", &["needs-quotes 1:4", "null-value 2:4"]),
        ("a: *-dev\n", &["needs-quotes 1:4"]),
        ("a: [*, b, v*]\n", &["needs-quotes 1:5"]),
        ("a: *.{js,ts}\n", &["needs-quotes 1:4"]),
        ("a: [ab]*\n", &["needs-quotes 1:4"]),
        ("a: {version}-rc\nb: &\n", &["needs-quotes 1:4", "needs-quotes 2:4"]),
        ("a: >=1.0\nb: |x\n", &["needs-quotes 1:4", "needs-quotes 2:4"]),
        ("tag: release #1\nb: 1\n", &["needs-quotes 1:14"]),
        ("tag: #1\nb: 1\n", &["needs-quotes 1:6"]),
        ("- #1\n- a\n", &["needs-quotes 1:3"]),
        ("a: {\n b: c #1\n }\n", &["needs-quotes 2:7"]),
        ("a: b: c\nd: ~\n", &["second-colon 1:4", "null-value 2:4"]),
        ("a: \"\\d+\"\nb: ~\n", &["bad-escape 1:4", "null-value 2:4"]),
    ]);
}

#[test]
fn text_that_is_not_yaml() {
    check(&[
        ("a: b\n   c: d\n", &["bad-indentation 2:4"]),
        ("a:\n  b: 1\n c: 2\n", &["bad-indentation 3:2"]),
        ("- a\nb: 1\n", &["bad-indentation 2:1"]),
        ("a: 1\n- b\n", &["bad-indentation 2:1"]),
        ("a: - b\n", &["bad-indentation 1:4"]),
        ("a:\n\tb: 1\n", &["tab-indentation 2:1"]),
        ("a: 1\n\tb: 2\n", &["tab-indentation 2:1"]),
        ("a: [\n\tb\n]\n", &["tab-indentation 2:1"]),
        ("- packages [\"a\"]\n  actions: x\n", &["missing-colon 1:3"]),
        ("a: 1\nb\nc: 2\n", &["missing-colon 2:1"]),
        ("a: 1\nb:2\n", &["missing-colon 2:1"]),
        ("a: [x, y\nb: 2\n", &["unclosed-bracket 1:4"]),
        ("a: {x: y\nb: 2\n", &["missing-comma 1:8"]),
        ("a: [b #1]\n", &["unclosed-bracket 1:4"]),
        ("a: \"x\nb: 2\n", &["unclosed-quote 1:4"]),
        ("a: [\"x, y]\nb: 2\n", &["unclosed-quote 1:5"]),
        ("a: 'x\n", &["unclosed-quote 1:4"]),
        ("a: [b}\n", &["wrong-bracket 1:4"]),
        ("a: ]\n", &["wrong-bracket 1:4"]),
        ("a: 'it's'\n", &["text-after-quote 1:8"]),
        ("a: \"x\" y\n", &["text-after-quote 1:8"]),
        ("a: {b: 1 c: 2}\n", &["missing-comma 1:11"]),
        ("a: ~\nb: [\n", &["null-value 1:4", "unclosed-bracket 2:4"]),
    ]);
}

#[test]
fn positions_count_characters_and_survive_bom_and_crlf() {
    check(&[
        ("\u{feff}a: ~\r\nb: {c: ~}\r\n", &["null-value 1:5", "null-value 2:8"]),
        ("ä: é\r\nö: ['ü', ~]\r\n", &["null-value 2:10"]),
        ("\u{feff}%YAML 1.2\r\n---\r\na: b\r\n", &["directive 1:2"]),
        ("a: b\r\n\r\nc: [\r\n", &["unclosed-bracket 3:4"]),
        ("é: @x\r\n", &["needs-quotes 1:4"]),
    ]);
    let text = "a:\r\n  - \"b\"\r\n  - 'c'\r\n";
    let tree = read(FileId(0), text, &mut Vec::new());
    let root = tree.root.unwrap();
    assert_eq!(outline(&root), "{a: ['b', 'c']}");
    assert_eq!(text.get(root.span.start as usize..root.span.end as usize).unwrap(), text.trim_end());
}

#[test]
fn bounds() {
    let deep = |depth: usize| format!("{}a{}", "[".repeat(depth), "]".repeat(depth));
    let long = |length: usize| format!("a: {}\n", "x".repeat(length));
    let steps = (0..40).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
    check(&[
        (&deep(32), &[]),
        (&deep(33), &["too-deep 1:33"]),
        (&deep(10_000), &["too-deep 1:33"]),
        (&steps, &["too-deep 33:33"]),
        (&long(64 << 10), &[]),
        (&long((64 << 10) + 1), &["value-too-long 1:4"]),
        (&format!("{}: 1\n", "k".repeat(2000)), &["key-too-long 1:1"]),
    ]);
    let found = placed(&"- ~\n".repeat(5000));
    assert_eq!(found.len(), 1001);
    assert_eq!(found.last().unwrap(), "too-many-problems 1000:3");
}

#[test]
fn trees_borrow_and_keep_comments() {
    let text = "# top\na: 'x' # beside\nb: [y, \"z\"]\n";
    let mut diagnostics = Vec::new();
    let tree = read(FileId(0), text, &mut diagnostics);
    assert_eq!(diagnostics, []);
    let raw = |comment: &Comment| {
        let span = comment.span;
        (text.get(span.start as usize..span.end as usize).unwrap(), comment.own_line)
    };
    let comments: Vec<_> = tree.comments.iter().map(raw).collect();
    assert_eq!(comments, [("# top", true), ("# beside", false)]);
    let NodeKind::Map(entries) = tree.root.unwrap().kind else { panic!("a map") };
    let NodeKind::Scalar(scalar) = &entries[0].value.kind else { panic!("a scalar") };
    assert!(scalar.quoted && matches!(scalar.text, Cow::Borrowed("x")));
    assert!(matches!(entries[1].key.text, Cow::Borrowed("b")));
    let NodeKind::List(items) = &entries[1].value.kind else { panic!("a list") };
    assert!(items.iter().all(|item| matches!(&item.kind, NodeKind::Scalar(s) if matches!(s.text, Cow::Borrowed(_)))));
}

#[test]
fn what_is_wrong_is_bad_and_the_rest_stays() {
    let mut diagnostics = Vec::new();
    let text = "a: ~\nb: [c, '', d]\n? [x]\n: y\ne: |\n  f\ng: h\n";
    let tree = read(FileId(0), text, &mut diagnostics);
    assert_eq!(outline(&tree.root.unwrap()), "{a: !, b: [c, !, d], e: !, g: h}");
    assert_eq!(diagnostics.len(), 4);
}
