//! Systems of texts over shared variables, against trying every assignment.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use proptest::prelude::*;
use trustctl_pattern::{Language, Pattern, Piece, System, SystemPart, Variable};

/// Words that a variable can have.
fn domain() -> impl Strategy<Value = (Language, Vec<String>)> {
    let words = prop::collection::btree_set("[ab/]{0,2}", 0..5);
    let patterns = prop::sample::select(vec!["a?b?", "[ab]{0,2}", "a|bb|/", "(ab)?|b", "[^/]?", "a*&&b*", "[ab/]{2}"]);
    prop_oneof![
        words.prop_map(|words| (Language::words(words.iter().map(String::as_str)), words.into_iter().collect())),
        patterns.prop_map(|text| {
            // The set operation stands for an empty language.
            let text = if text == "a*&&b*" { "[a&&b]" } else { text };
            let language = Pattern::regex(text).unwrap().language();
            let letters = Pattern::regex("[ab/]{0,2}").unwrap().language();
            let all = every_word();
            let words = all.into_iter().filter(|word| language.contains(word)).collect();
            (language.intersect(&letters), words)
        }),
    ]
}

/// Every word that a domain above can hold.
fn every_word() -> Vec<String> {
    let mut all = vec![String::new()];
    for _ in 0..2 {
        all = all.iter().flat_map(|word| ["", "a", "b", "/"].map(|letter| format!("{word}{letter}"))).collect();
    }
    all.sort();
    all.dedup();
    all
}

fn asked() -> impl Strategy<Value = Language> {
    let pattern = prop_oneof![
        Just(".*"),
        Just("a.*"),
        Just(".*b"),
        Just("[^/]*/[^/]*"),
        Just("(a|b)*"),
        Just("ab"),
        Just("a/b"),
        Just("abab|ba/"),
        Just("(ab?/?)*"),
        Just(".{3}"),
        Just(".{0,4}a"),
        Just("/b")
    ];
    let one = (pattern, any::<bool>()).prop_map(|(text, is_not)| {
        let language = Pattern::regex(text).unwrap().language();
        if is_not { language.complement() } else { language }
    });
    let words =
        prop::collection::vec("[ab/]{0,4}", 1..4).prop_map(|words| Language::words(words.iter().map(String::as_str)));
    prop_oneof![
        3 => one.clone(),
        1 => (one.clone(), one).prop_map(|(a, b)| a.intersect(&b)),
        2 => words,
    ]
}

fn template(variables: usize) -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        3 => (0..variables).prop_map(Piece::Variable),
        1 => "[ab/]{0,2}".prop_map(Piece::Text),
    ];
    prop::collection::vec(piece, 0..5)
}

fn system() -> impl Strategy<Value = (System, Vec<Vec<String>>)> {
    (prop::collection::vec((domain(), prop::collection::vec("[ab/]{0,2}", 0..2)), 1..4)).prop_flat_map(|domains| {
        let parts = prop::collection::vec((template(domains.len()), asked()), 0..4);
        (Just(domains), parts).prop_map(|(domains, parts)| {
            let words = domains.iter().map(|((_, words), _)| words.clone()).collect();
            let variables = domains
                .into_iter()
                .map(|((language, _), preferred)| Variable { language, preferred: preferred.into() })
                .collect();
            let parts = parts.into_iter().map(|(template, language)| SystemPart { template, language }).collect();
            (System { variables, parts }, words)
        })
    })
}

/// Every assignment, in no particular order.
fn assignments(words: &[Vec<String>]) -> Vec<Vec<String>> {
    words.iter().fold(vec![Vec::new()], |all, words| {
        all.iter()
            .flat_map(|row: &Vec<String>| {
                words.iter().map(move |word| row.iter().cloned().chain([word.clone()]).collect())
            })
            .collect()
    })
}

fn text(template: &[Piece], values: &[String]) -> String {
    template
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Variable(variable) => values.get(*variable).unwrap(),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_solution_is_found_where_there_is_one((system, words) in system()) {
        let holds = |values: &Vec<String>| {
            system.parts.iter().all(|part| part.language.contains(&text(&part.template, values)))
        };
        let any = assignments(&words).into_iter().find(holds);
        let solved = system.solve();
        // Texts that repeat a variable many times may meet the limit; more than one in ten may not.
        prop_assume!(solved.is_ok());
        match solved.unwrap() {
            Some(values) => {
                prop_assert!(holds(&values), "{values:?}");
                prop_assert!(system.holds(&values));
                let is_its = |(words, value): (&Vec<String>, &String)| words.contains(value);
                prop_assert!(words.iter().zip(&values).all(is_its), "{values:?}");
            }
            None => prop_assert_eq!(any, None),
        }
    }

    #[test]
    fn a_preferred_word_is_taken_where_it_is_possible((mut system, words) in system()) {
        system.parts.truncate(2);
        let Some(first) = system.variables.first().and_then(|variable| variable.preferred.first()).cloned() else {
            return Ok(());
        };
        let holds = |values: &Vec<String>| {
            system.parts.iter().all(|part| part.language.contains(&text(&part.template, values)))
        };
        let possible = assignments(&words).into_iter().any(|values| values.first() == Some(&first) && holds(&values));
        if possible {
            let solved = system.solve();
            prop_assume!(solved.is_ok());
            let values = solved.unwrap().unwrap();
            prop_assert_eq!(values.first(), Some(&first));
        }
    }
}

#[test]
fn texts_that_repeat_and_reorder_their_variables() {
    let name = || Variable { language: Pattern::regex("[a-z]{1,9}").unwrap().language(), preferred: [].into() };
    let part = |template: &[Piece], asked: &str| SystemPart {
        template: template.to_vec(),
        language: Pattern::regex(asked).unwrap().language(),
    };
    let (x, y, colon) = (Piece::Variable(0), Piece::Variable(1), Piece::Text(":".to_owned()));
    let system = System {
        variables: vec![name(), name()],
        parts: vec![
            part(&[x.clone(), colon.clone(), y.clone(), colon.clone(), x.clone()], "ab.*:.*:.*c"),
            part(&[y, colon, x], "[d-f]+:.{4}"),
        ],
    };
    assert_eq!(system.solve(), Ok(Some(vec!["abac".to_owned(), "d".to_owned()])));
}
