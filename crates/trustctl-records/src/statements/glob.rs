//! Globs in which only `*` and `?` mean something: any run of characters, also an empty one, and any one character.
//!
//! `trustctl-pattern` reads globs of the trust language, over printable ASCII, with an escape. A registry's globs know
//! neither limit, and here they only decide; nothing is proved about them.

/// Whether all of `text` matches. Takes at most as many steps as the product of both lengths, and allocates nothing.
pub(super) fn matches(glob: &str, text: &str) -> bool {
    let (mut rest, mut left) = (glob.chars(), text.chars());
    // Where to go on when what follows the latest `*` does not fit: the `*` takes one character more.
    let mut again = None;
    loop {
        let (mut next_rest, mut next_left) = (rest.clone(), left.clone());
        match (next_rest.next(), next_left.next()) {
            (Some('*'), _) => {
                again = Some((next_rest.clone(), left.clone()));
                rest = next_rest;
                continue;
            }
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (rest, left) = (next_rest, next_left);
                continue;
            }
            _ => {}
        }
        let Some((after_star, mut from)) = again.take() else { return false };
        if from.next().is_none() {
            return false;
        }
        (rest, left) = (after_star.clone(), from.clone());
        again = Some((after_star, from));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trustctl_pattern::Pattern;

    use super::matches;

    #[test]
    fn wildcards_cross_every_delimiter_and_nothing_else_is_special() {
        for (glob, text, expected) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("feature/*", "feature/", true),
            ("feature/*", "feature/a/b", true),
            ("feature/?", "feature/é", true),
            ("feature/?", "feature/", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("**", "x/y", true),
            ("*-*-*", "a-b", false),
            ("*ab*ab", "abababab", true),
            ("[ab]", "a", false),
            ("[ab]", "[ab]", true),
            (r"\*", r"\x", true),
            (r"\*", "*", false),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }

    #[test]
    fn many_stars_do_not_multiply() {
        let text = "a".repeat(20_000);
        assert!(!matches(&format!("{}b", "a*".repeat(40)), &text));
    }

    proptest! {
        /// On printable ASCII it is the same language as the one that proofs are made with.
        #[test]
        fn the_same_as_the_crossing_glob(glob in "[ab/*?]{0,8}", text in "[ab/]{0,8}") {
            prop_assert_eq!(matches(&glob, &text), Pattern::crossing_glob(&glob).unwrap().is_match(&text));
        }
    }
}
