//! Words that several verbs and formats have in common.

use trustctl_analysis::Adversary;

use crate::look::shown;

/// Who that is, in the words of a table: `sibling repository`.
pub(crate) const fn adversary(adversary: Adversary) -> &'static str {
    match adversary {
        Adversary::Anyone => "anyone",
        Adversary::ReRegisteredName => "re-registered name",
        Adversary::Caller => "caller of our reusable workflow",
        Adversary::AnyWriter => "any writer",
        Adversary::OutsiderEvent => "outsider event",
        Adversary::SiblingRepository => "sibling repository",
        Adversary::SelfHostedRunner => "self-hosted runner",
        Adversary::SshRerun => "re-run with SSH",
        Adversary::SpeculativeRun => "speculative run",
        Adversary::DebugShell => "debug shell",
        Adversary::Named => "whom it names",
    }
}

/// `1 grant`, `2 grants`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `a, b and 4 more`: at most `most` of the names.
pub(crate) fn few<'n>(names: impl ExactSizeIterator<Item = &'n str>, most: usize) -> String {
    let count = names.len();
    let shown: Vec<&str> = names.take(most).collect();
    match count.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A value as it is shown: an empty one in quotes, a long one cut.
pub(crate) fn cut(value: &str, most: usize) -> String {
    if value.is_empty() {
        return "\"\"".to_owned();
    }
    let value = shown(value);
    match value.char_indices().nth(most) {
        Some((end, _)) => format!("{}... ({} bytes)", value.get(..end).unwrap_or(""), value.len()),
        None => value.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_adversary_has_words_of_its_own() {
        let mut words: Vec<&str> = Adversary::ALL.into_iter().map(adversary).collect();
        words.push(adversary(Adversary::Named));
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn many_names_are_a_few_and_a_number() {
        assert_eq!(few(["a", "b"].into_iter(), 2), "a, b");
        assert_eq!(few(["a", "b", "c"].into_iter(), 2), "a, b and 1 more");
        assert_eq!(cut("", 3), "\"\"");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "abc... (4 bytes)");
        assert_eq!(counted(1, "grant"), "1 grant");
        assert_eq!(counted(0, "grant"), "0 grants");
    }
}
