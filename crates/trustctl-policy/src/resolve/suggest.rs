//! "Did you mean".

use crate::syntax::Entry;

/// The known word nearest to `word`, if it is near enough to be a slip of the fingers.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let limit = match word.chars().count() {
        0..=2 => 1,
        3..=6 => 2,
        _ => 3,
    };
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let word = plain(word);
    let known: Vec<&str> = known.into_iter().collect();
    let best = known.iter().map(|candidate| (strsim::osa_distance(&word, &plain(candidate)), *candidate)).min();
    // `github` means `github-actions` before it means `gitlab`.
    let begun = |candidate: &&&str| plain(candidate).strip_prefix(&word).is_some_and(|rest| rest.starts_with('-'));
    match (best, known.iter().find(begun)) {
        (Some((0 | 1, near)), _) => Some(near),
        (_, Some(whole)) => Some(whole),
        (Some((distance, near)), None) if distance <= limit => Some(near),
        _ => None,
    }
}

/// The entry with that key; else one whose key is none of the known ones and was meant to be it.
///
/// The slip is an error of its own. What stands behind it is read all the same, so that the key does not count as
/// missing as well.
pub(crate) fn entry_meant<'n, 's>(entries: &'n [Entry<'s>], key: &str, known: &[&str]) -> Option<&'n Entry<'s>> {
    entries.iter().find(|entry| entry.key.text == key).or_else(|| {
        entries.iter().find(|entry| {
            let text = &*entry.key.text;
            !known.contains(&text) && nearest(text, known.iter().copied()) == Some(key)
        })
    })
}

/// `a, b or c`, each in backticks.
pub(crate) fn one_of<'k>(known: impl IntoIterator<Item = &'k str>) -> String {
    let quoted: Vec<String> = known.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Help for a word that is none of the known ones.
pub(crate) fn unknown_help<'k>(word: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write {}", one_of(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word() {
        let known = ["repository", "repository_owner", "workflow-file"];
        assert_eq!(nearest("repositroy", known), Some("repository"));
        assert_eq!(nearest("workflow_file", known), Some("workflow-file"));
        assert_eq!(nearest("branch", known), None);
    }

    #[test]
    fn a_beginning_is_more_than_a_slip() {
        assert_eq!(nearest("github", ["gitlab", "github-actions"]), Some("github-actions"));
        assert_eq!(nearest("circle", ["circleci", "gitlab"]), Some("circleci"));
        assert_eq!(nearest("Repository", ["repository-name", "repository"]), Some("repository"));
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(unknown_help("x", ["publish"]), "write `publish`");
    }
}
