//! Hostile patterns end in an error or are built quickly; a question over its budget is unknown.

use std::time::{Duration, Instant};

use trustctl_pattern::{Answer, Language, Limit, Pattern, PatternError};

/// Far above what building takes (the slowest here take 0.2 s without optimisation on a slow machine,
/// 10 ms with it), and far below what an unbounded construction would.
const PATIENCE: Duration = Duration::from_secs(5);

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < PATIENCE, "{name} took {:?}", start.elapsed());
    result
}

#[test]
fn hostile_patterns_are_refused() {
    let hostile = [
        ".*a.{12}".to_owned(),
        ".*a.{16}".to_owned(),
        ".*a.{200}".to_owned(),
        "((a{100}){100}){100}".to_owned(),
        "(((((a{9}){9}){9}){9}){9}){9}".to_owned(),
        "(.{0,100}){0,100}".to_owned(),
        "a{4294967295}".to_owned(),
        "(.?){300}a(.?){300}".to_owned(),
        "([a-z]?[0-9]?){500}".to_owned(),
        "(.{1,9}a){9}".to_owned(),
        "(a.{1,5}|b.{1,6}|c.{1,7}|d.{1,8}){30}".to_owned(),
        format!("(({}){{20}}(a|b))*a(a|b){{12}}", "|".repeat(400)),
        format!("(({}){{20}}[ab]?)*a[ab]{{12}}", "a?|".repeat(100)),
        format!("{}{}", "(".repeat(200), ")".repeat(200)),
    ];
    for text in &hostile {
        for (build, may_be_simple) in [(Pattern::regex as fn(&str) -> _, false), (Pattern::search, true)] {
            let result = timed(text, || build(text));
            // A search for some of these finds them at once, as the empty text is among them.
            if may_be_simple && result.is_ok() {
                continue;
            }
            assert!(matches!(result, Err(PatternError::TooComplex { .. })), "{text}: {result:?}");
        }
    }
    for build in [Pattern::glob, Pattern::crossing_glob] {
        let result = timed("stars and question marks", || build("*a??????????????"));
        assert!(matches!(result, Err(PatternError::TooComplex { .. })));
    }
}

#[test]
fn demanding_patterns_are_built() {
    let names: Vec<String> = (0..42).map(|n| format!("acme/svc-{n:02}")).collect();
    for text in [
        ".*a.{8}",
        "(a|aa)+",
        "(a*)*b",
        "(x+x+)+y",
        "(){1000000}",
        "(a{0}){4294967295}",
        "[a-z]{0,38}/[a-z0-9._-]{1,100}",
        "[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}",
        "refs/(heads/(main|release/[0-9]+\\.[0-9]+)|tags/v[0-9]+(\\.[0-9]+){2}(-rc\\.[0-9]+)?)",
        &names.join("|"),
        &"a?".repeat(256),
    ] {
        let pattern = timed(text, || Pattern::regex(text));
        assert!(pattern.is_ok_and(|pattern| pattern.automaton_bytes() < 100_000), "{text}");
    }
    for text in ["*a".repeat(32), "*?".repeat(32)] {
        assert!(timed(&text, || Pattern::glob(&text)).is_ok(), "{text}");
    }
}

#[test]
fn patterns_have_a_length() {
    for build in [Pattern::glob, Pattern::crossing_glob, Pattern::regex, Pattern::search] {
        assert!(build(&"acme/web".repeat(64)).is_ok());
        assert_eq!(build(&"a".repeat(513)), Err(PatternError::TooLong { length: 513, limit: 512 }));
    }
    assert!(Pattern::literal(&"a".repeat(100_000)).is_match(&"a".repeat(100_000)));
}

#[test]
fn a_question_over_its_budget_is_unknown() {
    // Common multiples of these lengths begin at 323,323.
    let lengths = ["(a{7})+", "(a{11})+", "(a{13})+", "(a{17})+", "(a{19})+"];
    let both =
        lengths.iter().fold(Language::all(), |all, text| all.intersect(&Pattern::regex(text).unwrap().language()));
    let answer = timed("common multiples", || both.is_empty());
    assert_eq!(answer, Answer::Unknown(Limit::States));
    assert!(!answer.is_yes() && answer.witness().is_none());
}

#[test]
fn a_union_of_many_is_not_made_deterministic() {
    // As one automaton, a dozen of these are past any limit.
    let globs: Vec<String> = (0..200).map(|n| format!("team-{n:03}/*-{n}-*")).collect();
    let union = globs.iter().fold(Language::none(), |all, text| all.union(&Pattern::glob(text).unwrap().language()));
    let member = Pattern::glob("team-123/a-123-*").unwrap().language();
    assert_eq!(timed("member", || member.is_subset_of(&union)), Answer::Yes);
    let other = Pattern::glob("team-123/a-124-*").unwrap().language();
    assert_eq!(timed("other", || other.is_subset_of(&union)), Answer::No("team-123/a-124-".to_owned()));
}

#[test]
fn thousands_of_words_are_one_automaton() {
    let names: Vec<String> = (0..5000).map(|n| format!("acme/service-{n}")).collect();
    let words = Language::words(names.iter().map(String::as_str));
    let pattern = Pattern::regex("acme/service-[0-9]{1,4}").unwrap().language();
    assert_eq!(timed("words", || words.is_subset_of(&pattern)), Answer::Yes);
    assert_eq!(timed("pattern", || pattern.is_subset_of(&words)), Answer::No("acme/service-00".to_owned()));
}
