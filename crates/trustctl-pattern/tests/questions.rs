//! Questions about languages, against another library and against trying every word.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "helpers of tests may fail as tests do")]

use proptest::prelude::*;
use regexsolver::Term;
use trustctl_pattern::{Answer, Cut, Language, Pattern, ambiguous_cut, disjoint};

/// A small regex over `a`, `b`, `1`, `/`.
fn regex() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec!["a", "b", "1", "/", ".", "[ab]", "[^/]", "[0-9]", ""]).prop_map(str::to_owned);
    atom.prop_recursive(4, 14, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join("|"))),
            2 => (inner, prop::sample::select(vec!["*", "+", "?", "{2}", "{1,3}"])).prop_map(|(part, count)| format!("(?:{part}){count}")),
        ]
    })
}

fn language(text: &str) -> Language {
    Pattern::regex(text).unwrap().language()
}

/// Every word of the letters up to a length, in the order of preference.
fn words(letters: &[char], longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last.iter().flat_map(|word| letters.iter().map(move |letter| format!("{word}{letter}"))).collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// The representatives of what the regexes above tell apart, in the order of preference (`c` for all the rest).
const LETTERS: [char; 5] = ['a', 'b', 'c', '0', '1'];
const LETTERS_AND_SLASH: [char; 6] = ['a', 'b', 'c', '0', '1', '/'];

fn term(text: &str) -> Term {
    Term::from_pattern(text).unwrap().intersection([&Term::from_pattern("[ -~]*").unwrap()]).unwrap()
}

/// The text shows what the answer says, and no lesser word does.
fn check_least(answer: &Answer, is_witness: impl Fn(&str) -> bool) -> Result<(), TestCaseError> {
    let least = words(&LETTERS_AND_SLASH, 4).into_iter().find(|word| is_witness(word));
    match answer {
        Answer::Yes => prop_assert_eq!(least, None),
        Answer::No(text) => {
            prop_assert!(is_witness(text), "{:?}", text);
            if text.len() <= 4 {
                prop_assert_eq!(least.as_ref(), Some(text));
            } else {
                prop_assert_eq!(least, None);
            }
        }
        Answer::Unknown(limit) => return Err(TestCaseError::fail(limit.to_string())),
    }
    Ok(())
}

proptest! {
    #[test]
    fn another_library_answers_the_same(a in regex(), b in regex()) {
        let (left, right) = (language(&a), language(&b));
        let (left_term, right_term) = (term(&a), term(&b));
        let both = left_term.intersection([&right_term]).unwrap();
        prop_assert_eq!(disjoint(&left, &right).is_yes(), both.is_empty().unwrap(), "{} {}", a, b);
        prop_assert_eq!(left.is_subset_of(&right).is_yes(), left_term.subset(&right_term).unwrap(), "{} {}", a, b);
        prop_assert_eq!(right.is_subset_of(&left).is_yes(), right_term.subset(&left_term).unwrap(), "{} {}", a, b);
        prop_assert_eq!(left.is_empty().is_yes(), left_term.is_empty().unwrap(), "{}", a);
        if let Some(text) = disjoint(&left, &right).witness() {
            prop_assert!(both.matches(text).unwrap(), "{}", text);
        }
    }

    #[test]
    fn witnesses_are_members_and_least(a in regex(), b in regex(), c in regex()) {
        let [x, y, z] = [&a, &b, &c].map(|text| Pattern::regex(text).unwrap());
        let [left, right, third] = [&x, &y, &z].map(Pattern::language);
        check_least(&left.is_empty(), |word| x.is_match(word))?;
        check_least(&disjoint(&left, &right), |word| x.is_match(word) && y.is_match(word))?;
        check_least(&left.is_subset_of(&right), |word| x.is_match(word) && !y.is_match(word))?;
        check_least(&left.complement().is_empty(), |word| !x.is_match(word))?;
        let mixed = left.union(&right).intersect(&third.complement()).union(&right.difference(&left)).complement();
        let is_mixed = |word: &str| !(((x.is_match(word) || y.is_match(word)) && !z.is_match(word)) || (y.is_match(word) && !x.is_match(word)));
        check_least(&mixed.is_empty(), is_mixed)?;
        for word in words(&LETTERS_AND_SLASH, 2) {
            prop_assert_eq!(mixed.contains(&word), is_mixed(&word));
        }
    }

    #[test]
    fn laws_hold(a in regex(), b in regex()) {
        let (left, right) = (language(&a), language(&b));
        prop_assert!(left.intersect(&right).is_subset_of(&left).is_yes());
        prop_assert!(left.is_subset_of(&left.union(&right)).is_yes());
        prop_assert!(left.is_subset_of(&left).is_yes());
        prop_assert!(disjoint(&left, &left.complement()).is_yes());
        prop_assert!(left.union(&left.complement()).complement().is_empty().is_yes());
        let outside = left.union(&right).complement();
        let same = left.complement().intersect(&right.complement());
        prop_assert!(outside.is_subset_of(&same).is_yes() && same.is_subset_of(&outside).is_yes());
        prop_assert!(left.complement().complement().is_subset_of(&left).is_yes());
    }

    #[test]
    fn a_cut_is_ambiguous_exactly_when_trying_finds_one(a in regex(), b in regex()) {
        let [left, right] = [&a, &b].map(|text| Pattern::regex(text).unwrap());
        let cuts = |word: &str| -> Vec<usize> {
            (0..=word.len()).filter(|&at| left.is_match(&word[..at]) && right.is_match(&word[at..])).collect()
        };
        let found = words(&LETTERS_AND_SLASH, 4).into_iter().find(|word| cuts(word).len() > 1);
        match ambiguous_cut(&left.language(), &right.language()) {
            Cut::Unique => prop_assert_eq!(found, None),
            Cut::Ambiguous { text, first, second } => {
                prop_assert!(first < second && cuts(&text).starts_with(&[first, second]), "{}", text);
                if text.len() <= 4 {
                    prop_assert_eq!(found, Some(text));
                } else {
                    prop_assert_eq!(found, None);
                }
            }
            Cut::Unknown(limit) => return Err(TestCaseError::fail(limit.to_string())),
        }
    }

    #[test]
    fn words_are_the_alternation_of_literals(texts in prop::collection::vec("[ab/é]{0,3}", 0..6)) {
        let set = Language::words(texts.iter().map(String::as_str));
        for word in words(&LETTERS_AND_SLASH, 3) {
            prop_assert_eq!(set.contains(&word), texts.contains(&word));
        }
        prop_assert!(!set.contains("é"));
    }
}

#[test]
fn the_order_of_witnesses() {
    for (text, least) in [
        ("[ -~]", "a"),
        ("[^a-y]", "z"),
        ("[^a-z]", "A"),
        ("[^a-zA-Z]", "0"),
        ("[^a-zA-Z0-9]", "!"),
        ("[ ~]", "~"),
        (" ", " "),
        ("z|aa", "z"),
        ("(b|1|/)a?", "b"),
        ("[0-9-]{2}", "00"),
    ] {
        assert_eq!(language(text).shortest(), Ok(Some(least.to_owned())), "{text}");
    }
    assert_eq!(words(&LETTERS, 1).concat(), "abc01");
}

#[test]
fn all_and_none() {
    assert_eq!(Language::all().shortest(), Ok(Some(String::new())));
    assert_eq!(Language::none().shortest(), Ok(None));
    assert!(Language::all().contains("any text") && !Language::all().contains("é") && !Language::all().contains("\n"));
    assert!(!Language::none().complement().contains("\n"));
    assert!(Language::all().is_subset_of(&language(".*")).is_yes());
    assert!(Language::words([]).is_empty().is_yes());
    assert_eq!(Language::words([""]).is_empty(), Answer::No(String::new()));
}

#[test]
fn the_questions_of_a_linter() {
    let glob = |text| Pattern::glob(text).unwrap().language();
    // A prefix without a delimiter reaches other repositories.
    assert_eq!(glob("acme/app*").is_subset_of(&Language::words(["acme/app"])), Answer::No("acme/appa".to_owned()));
    // The same text as a crossing glob accepts more.
    let crossing = Pattern::crossing_glob("repo:acme/*:ref:refs/heads/main").unwrap().language();
    let narrow = language("repo:acme/[^:/@]*:ref:refs/heads/main");
    assert_eq!(crossing.is_subset_of(&narrow), Answer::No("repo:acme//:ref:refs/heads/main".to_owned()));
    assert_eq!(narrow.is_subset_of(&crossing), Answer::Yes);
    // An unanchored alternation: the first becomes a prefix, the second a suffix.
    let search = Pattern::search("^refs/heads/main|refs/tags/v1$").unwrap().language();
    let meant = language("refs/heads/main|refs/tags/v1");
    assert_eq!(search.is_subset_of(&meant), Answer::No("arefs/tags/v1".to_owned()));
}

#[test]
fn composed_claims_are_cut_in_one_place() {
    let pin = language("[A-Za-z0-9-]+@[0-9]+");
    let rest = language("/[A-Za-z0-9._-]+@[0-9]+");
    assert_eq!(ambiguous_cut(&pin, &rest), Cut::Unique);
    // A file name and a ref may both hold `@`: cutting anywhere is not unique, at the first one it is.
    let file = language("[a-z@.]+");
    let reference = language("@refs/[a-z@/.]+");
    assert!(matches!(ambiguous_cut(&file, &reference), Cut::Unique));
    let reference = language("@[a-z@/.]+");
    assert_eq!(ambiguous_cut(&file, &reference), Cut::Ambiguous { text: "a@@a".to_owned(), first: 1, second: 2 });
    assert_eq!(ambiguous_cut(&language("[a-z.]+"), &reference), Cut::Unique);
    assert_eq!(
        ambiguous_cut(&Language::all(), &Language::all()),
        Cut::Ambiguous { text: "a".to_owned(), first: 0, second: 1 }
    );
    assert_eq!(ambiguous_cut(&Language::none(), &Language::all()), Cut::Unique);
}
