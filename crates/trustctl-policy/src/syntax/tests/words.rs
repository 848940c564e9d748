//! The words: what is marked, what is said, what to write.

use super::{only, problems};

#[track_caller]
fn says(text: &str, raw: &str, message: &str, help: &str) {
    let found = only(text);
    assert_eq!((found.0.as_str(), found.1.as_str(), found.2.as_str()), (raw, message, help));
}

#[test]
fn the_quoted_text_is_shown() {
    let begins = |c| format!("a value cannot begin with `{c}` unless it stands in quotes");
    says("packages: [@acme/a, b]\n", "@acme/a", &begins('@'), "put it in quotes: `\"@acme/a\"`");
    says("packages: *\n", "*", &begins('*'), "put it in quotes: `\"*\"`");
    says("branch: *-dev # all\n", "*-dev", &begins('*'), "put it in quotes: `\"*-dev\"`");
    says("tag: {version}-rc\n", "{version}-rc", &begins('{'), "put it in quotes: `\"{version}-rc\"`");
    says("a: %\\d\"x\n", "%\\d\"x", &begins('%'), "put it in quotes: `'%\\d\"x'`");
    says("  @acme/core: { a: b }\n", "@acme/core", &begins('@'), "put it in quotes: `\"@acme/core\"`");
    says(
        "tag: release #1\n",
        "#1",
        "`#1` is read as a comment, not as part of the value `release`",
        "put it in quotes: `\"release #1\"`; a comment has a blank after its `#`",
    );
    says("tag: #1\n", "#1", "`#1` is read as a comment", "put it in quotes: `\"#1\"`");
}

#[test]
fn a_template_without_quotes() {
    says(
        "tag: {version}\n",
        "version",
        "`version` has no value",
        "write `{ version: … }`; if `{version}` is meant as text, put it in quotes: `\"{version}\"`",
    );
    says(
        "tag: {{ v }}\n",
        "{ v }",
        "a map stands where a key is expected: `{{ v }}`",
        "a key is text; if this is meant as text, put it in quotes: `\"{{ v }}\"`",
    );
}

#[test]
fn the_mend_is_what_to_write() {
    says(
        "a: \"\\d+\"\n",
        "\"\\d+\"",
        "`\\` between double quotes begins an escape that YAML does not know",
        "write it between single quotes, where `\\` is itself: `'\\d+'`",
    );
    says(
        "a: b: c\n",
        "b: c",
        "`b: c` holds a colon and a blank, and the line has a key already",
        "put the value in quotes: `\"b: c\"`; a map begins on the next line",
    );
    says("a: 1\nb:2\n", "b:2", "`b:2` has no colon", "write a blank after the colon: `b: 2`");
    says("a: ' b '\n", "' b '", "a blank at the edge of `' b '`", "write it without: `\"b\"`");
    says(
        "a: \"x\\u200by\"\n",
        "\"x\\u200by\"",
        "a character of no width in `\"x\\u200by\"`: U+200B",
        "a value is visible text on one line; remove the character",
    );
    says("", "", "the file is empty", "a trust file begins with `trust: 1`");
}

#[test]
fn both_places_of_a_key() {
    let text = "a: 1\n'a': 2\n";
    let found = problems(text);
    let raw = |index: usize| {
        let label = &found[0].labels[index];
        (text.get(label.place.span.start as usize..label.place.span.end as usize).unwrap(), label.text.as_str())
    };
    assert_eq!([raw(0), raw(1)], [("'a'", "here again"), ("a", "first here")]);
    assert_eq!(found[0].message, "the key `a` stands twice in one map");
}
