//! Differences between a value that somebody wrote down and the one a token has, where they are nearly the same.
//!
//! Whoever explains a decision puts them in words; none of them ever decides.

/// A small difference between two texts, or one of form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Blanks at an end.
    Blanks,
    /// Upper and lower case.
    Case,
    /// `.yml` and `.yaml`.
    Suffix,
    /// What is written is a path whose last part is the token's value: `.github/workflows/publish.yml`.
    Path,
    /// The token's value is a whole ref, and what is written is its name: `refs/heads/main`, `main`.
    WholeRef,
    /// The token's value has characters outside ASCII, which look like others or show nothing.
    FoundNotAscii,
    /// What is written has such characters.
    WrittenNotAscii,
}

impl Difference {
    /// The first of them that there is between what is written and what the token has; `None` for equal texts as well.
    #[must_use]
    pub fn between(written: &str, found: &str) -> Option<Self> {
        let stem = |text: &str| text.strip_suffix(".yaml").or_else(|| text.strip_suffix(".yml")).map(str::to_owned);
        let last = |text: &str| text.rsplit('/').next().map(str::to_owned);
        Some(match () {
            () if written == found => return None,
            () if written.trim() == found.trim() => Self::Blanks,
            () if written.eq_ignore_ascii_case(found) => Self::Case,
            () if stem(written).is_some() && stem(written) == stem(found) => Self::Suffix,
            () if last(written).as_deref() == Some(found) => Self::Path,
            () if last(found).as_deref() == Some(written) && found.starts_with("refs/") => Self::WholeRef,
            () if !found.is_ascii() => Self::FoundNotAscii,
            () if !written.is_ascii() => Self::WrittenNotAscii,
            () => return None,
        })
    }
}

/// How two subjects that are about the same differ: providers put them together in several shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectDifference {
    /// The token's has ids beside the names, and what is written only the names.
    IdsInFound,
    /// What is written has the ids, and the token's only the names.
    IdsInWritten,
    /// The token's names an environment, and what is written something else in its place.
    EnvironmentInFound,
    /// What is written names an environment, and the token's something else in its place.
    EnvironmentInWritten,
}

impl SubjectDifference {
    /// The first of them that there is between what is written and what the token has.
    #[must_use]
    pub fn between(written: &str, found: &str) -> Option<Self> {
        if without_ids(found).is_some_and(|names| names == written) {
            return Some(Self::IdsInFound);
        }
        if without_ids(written).is_some_and(|names| names == found) {
            return Some(Self::IdsInWritten);
        }
        match (found.contains(":environment:"), written.contains(":environment:")) {
            (true, false) => Some(Self::EnvironmentInFound),
            (false, true) => Some(Self::EnvironmentInWritten),
            _ => None,
        }
    }
}

/// `acme@1/widgets@2` without its ids; `None` where it has none.
#[must_use]
pub fn without_ids(text: &str) -> Option<String> {
    let mut names = String::new();
    let mut any = false;
    for (at, part) in text.split('@').enumerate() {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_id = at > 0 && rest.len() < part.len() && (rest.is_empty() || rest.starts_with(['/', ':']));
        any |= is_id;
        if at > 0 && !is_id {
            names.push('@');
        }
        names.push_str(if is_id { rest } else { part });
    }
    any.then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_told_apart() {
        for (written, found, difference) in [
            ("publish.yml", "publish.yaml", Difference::Suffix),
            ("Acme/Widgets", "acme/widgets", Difference::Case),
            ("npm", "npm ", Difference::Blanks),
            (".github/workflows/publish.yml", "publish.yml", Difference::Path),
            ("main", "refs/heads/main", Difference::WholeRef),
            ("acme", "\u{430}cme", Difference::FoundNotAscii),
            ("npm\u{200b}", "npm", Difference::WrittenNotAscii),
        ] {
            assert_eq!(Difference::between(written, found), Some(difference), "{written} {found}");
        }
        assert_eq!(Difference::between("publish.yml", "ci.yml"), None);
        assert_eq!(Difference::between("same", "same"), None);
    }

    #[test]
    fn each_shape_of_subject_is_told_from_the_others() {
        let (plain, pinned) = ("repo:acme/widgets:ref:refs/heads/main", "repo:acme@1/widgets@2:ref:refs/heads/main");
        let environment = "repo:acme/widgets:environment:npm";
        let between = SubjectDifference::between;
        assert_eq!(between(plain, pinned), Some(SubjectDifference::IdsInFound));
        assert_eq!(between(pinned, plain), Some(SubjectDifference::IdsInWritten));
        assert_eq!(between(plain, environment), Some(SubjectDifference::EnvironmentInFound));
        assert_eq!(between(environment, plain), Some(SubjectDifference::EnvironmentInWritten));
        assert_eq!(between(plain, "repo:acme/gadgets:ref:refs/heads/main"), None);
    }

    #[test]
    fn ids_are_cut_out() {
        assert_eq!(without_ids("acme@1/widgets@22").as_deref(), Some("acme/widgets"));
        assert_eq!(
            without_ids("repo:acme@1/widgets@22:ref:refs/heads/main").as_deref(),
            Some("repo:acme/widgets:ref:refs/heads/main")
        );
        assert_eq!(without_ids("acme/widgets"), None);
        assert_eq!(without_ids("user@example.com"), None);
    }
}
