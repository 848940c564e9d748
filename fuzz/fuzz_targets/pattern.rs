//! Any text as a pattern compiles or errs, and what compiles is one language however it is asked.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use trustctl_pattern::{Pattern, looks_like_pattern};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    pattern: &'a str,
    text: &'a str,
    cuts: Vec<u8>,
}

fuzz_target!(|input: Input<'_>| {
    let Input { pattern: source, text, cuts } = input;
    for build in [Pattern::glob, Pattern::crossing_glob, Pattern::regex, Pattern::search] {
        let pattern = match build(source) {
            Ok(pattern) => pattern,
            Err(error) => {
                assert!(error.span().is_none_or(|span| source.get(span).is_some()), "{error:?}");
                let _ = (error.to_string(), error.help());
                continue;
            }
        };
        check(&pattern, text, &cuts);
        match pattern.language().shortest() {
            Ok(Some(shortest)) => {
                assert!(pattern.is_match(&shortest), "{pattern:?} refuses {shortest:?}");
                check(&pattern, &shortest, &cuts);
            }
            Ok(None) => assert!(!pattern.is_match(text), "{pattern:?} accepts {text:?}"),
            Err(limit) => panic!("{pattern:?}: {limit}"),
        }
    }
    check(&Pattern::literal(source), text, &cuts);
    if let Some(suspicion) = looks_like_pattern(source) {
        assert!(source.get(suspicion.span.clone()).is_some());
        let _ = (suspicion.matcher(), suspicion.pattern());
    }
});

fn check(pattern: &Pattern, text: &str, cuts: &[u8]) {
    let is_match = pattern.is_match(text);
    assert_eq!(pattern.is_match_pieces(pieces(text, cuts)), is_match);
    assert_eq!(pattern.match_ends(text).any(|end| end == text.len()), is_match);
    assert!(!is_match || text.starts_with(pattern.literal_prefix()));
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        assert_eq!(pattern.language().contains(text), is_match);
    }
}

/// The text in pieces, as long as the cuts say.
fn pieces<'a>(mut rest: &'a str, cuts: &[u8]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    for &cut in cuts {
        if let Some((piece, behind)) = rest.split_at_checked(usize::from(cut)) {
            pieces.push(piece);
            rest = behind;
        }
    }
    pieces.push(rest);
    pieces
}
