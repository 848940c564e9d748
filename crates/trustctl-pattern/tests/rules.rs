//! What each kind of pattern accepts and refuses, rule by rule.

#![expect(clippy::panic, reason = "helpers of tests may fail as tests do")]

use trustctl_pattern::{Language, LanguagePart, Pattern, PatternError, PatternKind};

fn glob(text: &str) -> Pattern {
    Pattern::glob(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn regex(text: &str) -> Pattern {
    Pattern::regex(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn check(pattern: &Pattern, matches: &[&str], others: &[&str]) {
    for text in matches {
        assert!(pattern.is_match(text), "{pattern:?} refuses {text:?}");
    }
    for text in others {
        assert!(!pattern.is_match(text), "{pattern:?} accepts {text:?}");
    }
}

#[test]
fn star_stops_at_delimiters() {
    check(
        &glob("v*"),
        &["v", "v1", "v1.2-rc.1+x", "v v"],
        &["", "xv", "v/1", "v:1", "v@1", "V1", "v\n", "v1\n", "vé", "v\0"],
    );
    check(&glob("*/*"), &["/", "a/b"], &["a", "a/b/c", "a/b@c"]);
    check(&glob("repo:acme/*"), &["repo:acme/x"], &["repo:acme/x:ref:refs/heads/main", "repo:acme/x@1"]);
}

#[test]
fn question_mark_is_one_character_and_no_delimiter() {
    check(&glob("v?"), &["v1", "v?", "v "], &["v", "v12", "v/", "v:", "v@", "v\n", "vé"]);
}

#[test]
fn double_star_is_any_run_at_the_end() {
    check(&glob("acme/**"), &["acme/", "acme/a", "acme/a/b:c@d"], &["acme", "acme/a\n", "acme/é"]);
    check(&glob("**"), &["", "a/b"], &["\t"]);
    check(&glob("a?**"), &["ab", "abc/"], &["a", "a/"]);
    for (text, span) in [("**/a", 0..2), ("a/**/b", 2..4), ("***", 0..2), ("a**?", 1..3)] {
        assert_eq!(Pattern::glob(text), Err(PatternError::DoubleStar { span }), "{text}");
    }
}

#[test]
fn backslash_makes_the_next_character_literal() {
    check(&glob(r"a\*b"), &["a*b"], &["ab", "axb", r"a\*b"]);
    check(&glob(r"\\"), &["\\"], &["", r"\\"]);
    check(&glob(r"dependabot\[bot\]"), &["dependabot[bot]"], &["dependabotb"]);
    check(&glob(r"\**"), &["*", "*a"], &["a", "*/"]);
    check(&glob(r"\d"), &["d"], &["1"]);
    assert_eq!(Pattern::glob(r"a\"), Err(PatternError::DanglingEscape { span: 1..2 }));
    assert!(Pattern::glob(r"a\\").is_ok());
}

#[test]
fn characters_with_a_meaning_elsewhere_are_errors_in_a_glob() {
    for found in "[]{}()|^$".chars() {
        let text = format!("ab{found}c");
        let error = Pattern::glob(&text).unwrap_err();
        assert_eq!(error, PatternError::GlobCharacter { span: 2..3, found });
        assert!(error.help().unwrap().contains(&format!("`\\{found}`")));
        assert_eq!(Pattern::crossing_glob(&text).unwrap_err(), error);
        check(&glob(&format!("ab\\{found}c")), &[&text], &["abc"]);
    }
    // And what has a meaning in a regex only is itself.
    check(&glob("a.b+c"), &["a.b+c"], &["axb+c", "a.bbc"]);
}

#[test]
fn crossing_globs_know_no_delimiters() {
    let crossing = |text| Pattern::crossing_glob(text).unwrap();
    check(&crossing("repo:acme/*"), &["repo:acme/x:ref:refs/heads/main"], &["repo:acme/x\n", "repo:acme/é"]);
    check(&crossing("a?b"), &["a/b", "a:b", "a@b", "axb"], &["ab", "a\nb"]);
    check(&crossing("**a**"), &["a", "/a/"], &["b"]);
    check(&crossing(r"\*"), &["*"], &["a"]);
}

#[test]
fn a_regex_matches_the_whole_value() {
    check(&regex("acme/app"), &["acme/app"], &["evil-acme/app", "acme/app-x", "acme/app\n", "\nacme/app"]);
    check(&regex("a|b"), &["a", "b"], &["ax", "xb", "a|b", "ab", ""]);
    check(&regex("(a|)b|"), &["ab", "b", ""], &["a", "abx"]);
    check(&regex("main|refs/tags/v.*"), &["main", "refs/tags/v1"], &["main-x", "x/refs/tags/v1"]);
    check(&regex(""), &[""], &["a"]);
    check(&regex("(?:a)(?P<name>b)(c)"), &["abc"], &["ab"]);
}

#[test]
fn nothing_outside_printable_ascii_matches() {
    for text in ["[^/]*", ".*", r"\W*", r"\D*", r"\S*|\s*", "[[:^alpha:]]*", r"[^\n]*", "[^a-z]*", r"[\x00-\x7f]*"] {
        check(&regex(text), &[""], &["\n", "\0", "\t", "\u{7f}", "é", "٣", "\u{80}", "a\n"]);
        assert!(!Pattern::search(text).unwrap().is_match("a\nb"), "{text}");
    }
    check(&regex(r"\s"), &[" "], &["\t", "\n", "\u{a0}"]);
    check(&regex(r"\d"), &["7"], &["٣"]);
    check(&regex(r"\w"), &["_", "A"], &["é"]);
    assert!(regex(r"[\n]").language().is_empty().is_yes());
}

#[test]
fn nothing_but_printable_ascii_is_written() {
    for (text, span, found) in
        [("aé", 1..3, 'é'), ("a\n", 1..2, '\n'), ("\u{202e}x", 0..3, '\u{202e}'), ("a\u{7f}", 1..2, '\u{7f}')]
    {
        let error = PatternError::NotPrintable { span, found };
        for build in [Pattern::glob, Pattern::crossing_glob, Pattern::regex, Pattern::search] {
            assert_eq!(build(text), Err(error.clone()), "{text:?}");
        }
    }
    for (text, span) in [(r"a\n", 1..3), (r"\x00", 0..4), (r"\u{e9}", 0..6), (r"\t", 0..2), (r"\x{7f}", 0..6)] {
        let error = Pattern::regex(text).unwrap_err();
        assert!(matches!(error, PatternError::NotPrintable { .. }), "{text}: {error:?}");
        assert_eq!(error.span(), Some(span), "{text}");
    }
    assert!(Pattern::regex(r"[\u{e9}]").is_err());
    check(&regex(r"\x41"), &["A"], &["a"]);
}

#[test]
fn what_a_regex_may_not_hold() {
    for (text, span) in [("^a", 0..1), ("a$", 1..2), (r"\Aa", 0..2), (r"a\z", 1..3), ("(^|/)a", 1..2), ("a|^$", 2..3)] {
        let error = Pattern::regex(text).unwrap_err();
        assert!(matches!(error, PatternError::Anchor { .. }), "{text}: {error:?}");
        assert_eq!(error.span(), Some(span), "{text}");
    }
    for text in [r"\ba", r"a\B", r"\b{start}a", r"\<a", r"a\>"] {
        for build in [Pattern::regex, Pattern::search] {
            assert!(matches!(build(text), Err(PatternError::WordBoundary { .. })), "{text}");
        }
    }
    for text in ["(?i)a", "(?s).", "(?m)a", "(?x)a b", "(?i:a)", "(?-u)a", "a(?U)b*", "(?-i:a)", "(?j)a"] {
        for build in [Pattern::regex, Pattern::search] {
            assert!(matches!(build(text), Err(PatternError::Flags { .. })), "{text}: {:?}", build(text));
        }
    }
    for text in ["(?=a)", "(?!a)b", "(?<=a)b", "(?<!a)b"] {
        assert!(matches!(Pattern::regex(text), Err(PatternError::LookAround { .. })), "{text}");
    }
    assert_eq!(Pattern::regex(r"(a)\1"), Err(PatternError::BackReference { span: 3..5 }));
    for text in [r"\p{L}", r"[\p{L}]", r"\pN", r"\P{Greek}"] {
        assert!(matches!(Pattern::regex(text), Err(PatternError::UnicodeClass { .. })), "{text}");
    }
    for text in
        [")|(", "(", ")", "a)(b", "[", "*", "a{2", "[z-a]", "a{3,2}", r"\", r"\q", "(?P<n>a)(?P<n>b)", "(?P<>a)", "|*"]
    {
        let error = Pattern::regex(text).unwrap_err();
        assert!(matches!(error, PatternError::Syntax { .. }), "{text}: {error:?}");
        assert!(!error.to_string().contains('\n'), "{text}: {error}");
    }
}

#[test]
fn errors_say_what_to_write() {
    for (text, message, help) in [
        (
            "^main",
            "`^` is not allowed: a pattern always matches the whole value",
            "write it without `^`, or `\\^` for the character itself",
        ),
        (r"main\z", r"`\z` is not allowed: a pattern always matches the whole value", r"write it without `\z`"),
        (
            "(?i)prod",
            "flags such as `(?i)` are not allowed",
            "write both cases, `[Aa]`; for a fixed value use `{ equals: …, ignore-case: true }`",
        ),
        (
            r"\p{L}",
            r"the Unicode class `\p{L}` is not allowed: patterns are ASCII",
            "write the ASCII characters, such as `[A-Za-z]`",
        ),
        ("(?!main)", "look-around is not allowed", "add a second condition under `not`"),
        ("é", r"`\u{e9}` is not printable ASCII, and patterns match nothing else", "give the values as literals"),
    ] {
        let error = Pattern::regex(text).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.help().as_deref()), (message, Some(help)));
    }
}

#[test]
fn a_search_is_found_anywhere() {
    let search = |text| Pattern::search(text).unwrap();
    check(&search("acme/app"), &["acme/app", "evil-acme/app-x"], &["acme/ap", "acme/app\n", "é acme/app"]);
    check(&search("^acme/"), &["acme/", "acme/x"], &["x-acme/", "\nacme/"]);
    check(&search("/app$"), &["/app", "x/app"], &["/app\n", "/apps"]);
    check(&search(r"\Aa\z"), &["a"], &["aa", "a\n"]);
    check(&search("^a|b$"), &["a", "axx", "b", "xxb"], &["xa", "bx"]);
    check(&search(""), &["", "anything"], &["\n"]);
    check(&search("a^b"), &[], &["ab", "a^b", "a\nb"]);
    check(&search("(^|/)x($|/)"), &["x", "a/x", "x/b", "a/x/b"], &["ax", "xb"]);
}

#[test]
fn a_literal_is_itself() {
    let literal = Pattern::literal("a*é\n");
    check(&literal, &["a*é\n"], &["a*é", "a", ""]);
    assert_eq!((literal.literal_prefix(), literal.source(), literal.kind()), ("a*é\n", "a*é\n", PatternKind::Literal));
    assert!(literal.language().is_empty().is_yes());
    assert!(literal.is_match_pieces(["a*", "", "é", "\n"]) && !literal.is_match_pieces(["a*", "é"]));
    assert!(!literal.is_match_pieces(["a*é\n", "x"]) && Pattern::literal("").is_match_pieces([]));
    assert_eq!(Pattern::literal("ab").match_ends("abc").collect::<Vec<_>>(), [2]);
    assert_eq!(Pattern::literal("ab").match_ends("xab").count(), 0);
    assert_eq!(Pattern::literal("").match_ends("x").collect::<Vec<_>>(), [0]);
}

#[test]
fn what_every_match_starts_with() {
    for (text, prefix) in [
        ("acme/widgets", "acme/widgets"),
        ("acme/(app|api)", "acme/ap"),
        ("acme/(app)?", "acme/"),
        ("(a|b)c", ""),
        ("a+b", "a"),
        ("aa*", "a"),
        ("(ab){3}c*", "ababab"),
        ("[a&&b]|xy", "xy"),
        ("a([a&&b]|x)y", "axy"),
        ("a[a&&b]", ""),
        ("a*[a&&b]", ""),
        ("", ""),
        ("main|main-x", "main"),
    ] {
        assert_eq!(regex(text).literal_prefix(), prefix, "{text}");
    }
    assert_eq!(glob("acme/*").literal_prefix(), "acme/");
    assert_eq!(glob(r"a\*b*").literal_prefix(), "a*b");
    assert_eq!(Pattern::search("a").unwrap().literal_prefix(), "");
    assert_eq!(Pattern::search("^ab").unwrap().literal_prefix(), "ab");
}

#[test]
fn ends_of_matching_starts() {
    let ends = |pattern: &Pattern, text| pattern.match_ends(text).collect::<Vec<_>>();
    assert_eq!(ends(&regex("(ab)*"), "ababx"), [0, 2, 4]);
    assert_eq!(ends(&glob("*"), "ab/c"), [0, 1, 2]);
    assert_eq!(ends(&regex(".*"), "aé"), [0, 1]);
    assert_eq!(ends(&regex("a|abc"), "abcd"), [1, 3]);
    assert_eq!(ends(&regex("x"), ""), []);
}

#[test]
fn typical_patterns_are_small() {
    for text in ["refs/heads/*", "v*", "acme/**", "repo:acme/*"] {
        assert!(glob(text).automaton_bytes() < 4096, "{text}: {}", glob(text).automaton_bytes());
    }
    assert!(Pattern::literal("refs/heads/main").automaton_bytes() < 128);
}

#[test]
fn parts_in_a_row() {
    let name = regex("[a-z]+|");
    let parts = [LanguagePart::Literal("a|("), LanguagePart::Pattern(&name), LanguagePart::Literal(")")];
    let language = Language::concat(&parts).unwrap();
    assert!(language.contains("a|()") && language.contains("a|(x)") && !language.contains("a"));
    assert!(Language::concat(&[]).unwrap().contains(""));

    let found = Pattern::search("b").unwrap();
    let language = Language::concat(&[LanguagePart::Literal("a"), LanguagePart::Pattern(&found)]).unwrap();
    assert!(language.contains("axbx") && !language.contains("ba"));
    let anchored = Pattern::search("^b").unwrap();
    let error = Language::concat(&[LanguagePart::Pattern(&anchored)]).unwrap_err();
    assert_eq!(error, PatternError::AnchoredPart);
    assert!(Language::concat(&[LanguagePart::Literal("é")]).is_err());
}

#[test]
fn patterns_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Pattern>();
    shared::<Language>();
    shared::<PatternError>();
}
