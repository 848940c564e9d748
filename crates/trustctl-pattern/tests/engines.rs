//! The automaton against other engines that read the same patterns, on words near the pattern.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail as tests do")]

use proptest::prelude::*;
use regex_automata::nfa::thompson::{self, pikevm::PikeVM};
use regex_automata::util::syntax;
use trustctl_pattern::{Pattern, PatternError};

/// A character that decides something: letters, delimiters, characters with a meaning, and outsiders.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        6 => prop::sample::select(vec!['a', 'b', 'A', '1']),
        3 => prop::sample::select(vec!['/', ':', '@', '-', '.']),
        2 => prop::sample::select(vec!['*', '?', '\\', '[', '|', '^', '$', ' ', '~']),
        1 => prop::sample::select(vec!['\n', '\r', '\0', '\t', '\u{7f}', 'é', '٣', '\u{1f600}']),
    ]
}

fn word() -> impl Strategy<Value = String> {
    prop::collection::vec(character(), 0..9).prop_map(String::from_iter)
}

/// The text of a glob, often well formed.
fn glob() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "A", "1", "."]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["/", ":", "@", "-"]).prop_map(str::to_owned),
        4 => Just("*".to_owned()),
        2 => Just("?".to_owned()),
        2 => prop::sample::select(vec!['*', '?', '\\', '[', 'a', '/']).prop_map(|c| format!("\\{c}")),
    ];
    (prop::collection::vec(piece, 0..7), prop::bool::weighted(0.2))
        .prop_map(|(pieces, crossing)| pieces.concat() + if crossing { "**" } else { "" })
}

/// The text of a regex, sometimes malformed: raw pieces may unbalance it.
fn regex() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "1", "/", ":", "@", r"\.", " "]).prop_map(str::to_owned),
        3 => prop::sample::select(vec![".", r"\d", r"\w", r"\s", r"\W", "[ab]", "[^/]", "[a-f&&[^b]]", r"[^\n]"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["", "()", ")|(", "|", "[", "(?:a|)"]).prop_map(str::to_owned),
    ];
    atom.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join("|"))),
            1 => prop::collection::vec(inner.clone(), 2..3).prop_map(|parts| parts.join("|")),
            3 => (inner, prop::sample::select(vec!["*", "+", "?", "{2}", "{1,3}", "{0}", "*?", "{2,}"]))
                .prop_map(|(part, count)| format!("(?:{part}){count}")),
        ]
    })
}

/// The same with anchors here and there.
fn search() -> impl Strategy<Value = String> {
    let anchor = || prop::sample::select(vec!["", "", "^", "$", r"\A", r"\z", "(^|/)", "($|/)"]);
    (anchor(), regex(), anchor(), regex(), anchor()).prop_map(|(a, b, c, d, e)| format!("{a}{b}{c}{d}{e}"))
}

/// Words from nowhere, and one that matches with one place changed.
fn near(pattern: &Pattern, words: &[String], at: usize, put: char) -> Vec<String> {
    let mut near = words.to_vec();
    if let Ok(Some(shortest)) = pattern.language().shortest() {
        let at = at % (shortest.len() + 1);
        let (start, end) = shortest.split_at(at);
        near.push(format!("{start}{put}{end}"));
        near.push(format!("{start}{put}{}", end.chars().skip(1).collect::<String>()));
        near.push(format!("{start}{}", end.chars().skip(1).collect::<String>()));
        near.push(shortest.to_uppercase());
        near.push(format!("{shortest}{shortest}"));
        near.push(shortest);
    }
    near
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// A glob by backtracking, straight from its definition.
fn by_hand(pattern: &[char], text: &[char], crossing: bool) -> bool {
    let plain = |c: &char| matches!(c, ' '..='~') && (crossing || !matches!(c, '/' | ':' | '@'));
    match pattern {
        [] => text.is_empty(),
        ['*', '*'] => text.iter().all(|c| matches!(c, ' '..='~')),
        ['*', rest @ ..] => (0..=text.len())
            .take_while(|&run| text[..run].iter().all(plain))
            .any(|run| by_hand(rest, &text[run..], crossing)),
        ['?', rest @ ..] => text.first().is_some_and(plain) && by_hand(rest, &text[1..], crossing),
        ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && by_hand(rest, &text[1..], crossing),
    }
}

/// A glob written as a regex.
fn translated(glob: &str, crossing: bool) -> String {
    let one = if crossing { "." } else { "[^/:@]" };
    let mut regex = String::new();
    let mut chars = glob.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => regex += ".*",
            '*' => regex += &format!("{one}*"),
            '?' => regex += one,
            '\\' => regex += &regex_syntax::escape(&chars.next().unwrap().to_string()),
            c => regex += &regex_syntax::escape(&c.to_string()),
        }
    }
    regex
}

/// Another engine of the same library: no DFA, anchored in the text rather than in the tree.
fn other_engine(pattern: &str) -> PikeVM {
    PikeVM::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(false))
        .build(pattern)
        .unwrap()
}

fn check_shape(pattern: &Pattern, text: &str, at: usize) -> Result<(), TestCaseError> {
    let is_match = pattern.is_match(text);
    let cut = text.char_indices().map(|(at, _)| at).nth(at % (text.chars().count() + 1)).unwrap_or(text.len());
    let (start, end) = text.split_at(cut);
    prop_assert_eq!(pattern.is_match_pieces([start, "", end]), is_match);
    prop_assert_eq!(pattern.language().contains(text), is_match);
    prop_assert!(!is_match || (is_printable(text) && text.starts_with(pattern.literal_prefix())));
    let ends: Vec<usize> = pattern.match_ends(text).collect();
    let expected: Vec<usize> =
        (0..=text.len()).filter(|&end| text.get(..end).is_some_and(|start| pattern.is_match(start))).collect();
    prop_assert_eq!(ends, expected);
    Ok(())
}

proptest! {
    #[test]
    fn a_glob_is_its_definition_and_its_regex(
        text in glob(), words in prop::collection::vec(word(), 8), at in 0usize..16, put in character(),
    ) {
        for crossing in [false, true] {
            let compiled = if crossing { Pattern::crossing_glob(&text) } else { Pattern::glob(&text) };
            let pattern = match compiled {
                Ok(pattern) => pattern,
                Err(error) => {
                    let is_double_star = matches!(error, PatternError::DoubleStar { .. });
                    prop_assert!(is_double_star && !crossing, "{}", error);
                    continue;
                }
            };
            let regex = Pattern::regex(&translated(&text, crossing)).unwrap();
            prop_assert!(pattern.language().is_subset_of(&regex.language()).is_yes());
            prop_assert!(regex.language().is_subset_of(&pattern.language()).is_yes());
            let chars: Vec<char> = text.chars().collect();
            for word in near(&pattern, &words, at, put) {
                let expected = by_hand(&chars, &word.chars().collect::<Vec<_>>(), crossing);
                prop_assert_eq!(pattern.is_match(&word), expected, "{} {:?}", text, word);
                prop_assert_eq!(regex.is_match(&word), expected, "{} {:?}", text, word);
                check_shape(&pattern, &word, at)?;
            }
        }
    }

    #[test]
    fn a_regex_is_the_whole_match_of_another_engine(
        text in regex(), words in prop::collection::vec(word(), 8), at in 0usize..16, put in character(),
    ) {
        let pattern = match Pattern::regex(&text) {
            Ok(pattern) => pattern,
            Err(PatternError::Syntax { .. }) => {
                prop_assert!(regex_syntax::parse(&text).is_err() || text.contains('\\'), "{}", text);
                return Ok(());
            }
            Err(error) => return Err(TestCaseError::fail(format!("{text}: {error}"))),
        };
        let other = other_engine(&format!(r"\A(?:{text})\z"));
        let mut cache = other.create_cache();
        for word in near(&pattern, &words, at, put) {
            let expected = is_printable(&word) && other.is_match(&mut cache, &word);
            prop_assert_eq!(pattern.is_match(&word), expected, "{} {:?}", text, word);
            check_shape(&pattern, &word, at)?;
        }
    }

    #[test]
    fn a_search_is_the_search_of_another_engine(
        text in search(), words in prop::collection::vec(word(), 8), at in 0usize..16, put in character(),
    ) {
        let Ok(pattern) = Pattern::search(&text) else { return Ok(()) };
        let other = other_engine(&text);
        let mut cache = other.create_cache();
        for word in near(&pattern, &words, at, put) {
            let expected = is_printable(&word) && other.is_match(&mut cache, &word);
            prop_assert_eq!(pattern.is_match(&word), expected, "{} {:?}", text, word);
            check_shape(&pattern, &word, at)?;
        }
    }

    #[test]
    fn any_text_compiles_or_errs_at_a_place_in_it(text in ".{0,40}|[a-c*?(|)\\[\\]{}^$.+\\\\0-9,:=!<>&-]{0,40}") {
        for build in [Pattern::glob, Pattern::crossing_glob, Pattern::regex, Pattern::search] {
            match build(&text) {
                Ok(pattern) => prop_assert_eq!(pattern.source(), &text),
                Err(error) => {
                    let span = error.span();
                    prop_assert!(span.clone().is_none_or(|span| text.get(span).is_some()), "{:?} in {:?}", span, text);
                    prop_assert!(!error.to_string().contains('\n'));
                    let _ = error.help();
                }
            }
        }
        if let Some(suspicion) = trustctl_pattern::looks_like_pattern(&text) {
            prop_assert!(text.get(suspicion.span.clone()).is_some());
            prop_assert!(suspicion.matcher().contains(": '"));
            let _ = suspicion.pattern();
        }
    }
}
