//! The rules, one file each; the build script lists them.

use crate::Rule;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule and where it stands.
pub(crate) struct RuleFile {
    /// Name of the folder.
    #[cfg_attr(not(test), expect(dead_code, reason = "only a test compares it with the rule"))]
    pub(crate) family: &'static str,
    /// Name of the file without its ending.
    #[cfg_attr(not(test), expect(dead_code, reason = "only a test compares it with the rule"))]
    pub(crate) file: &'static str,
    /// The rule.
    pub(crate) rule: &'static Rule,
}

/// Every rule, by name.
pub fn rules() -> impl ExactSizeIterator<Item = &'static Rule> {
    FILES.iter().map(|file| file.rule)
}

/// The rule of that name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::HEADINGS;

    #[test]
    fn a_rule_has_the_name_of_its_file_and_the_family_of_its_folder() {
        for RuleFile { family, file, rule } in FILES {
            assert_eq!(rule.name.replace('-', "_"), *file);
            assert_eq!(rule.family.word(), *family, "{}", rule.name);
        }
        assert!(rules().is_sorted_by_key(|rule| rule.name));
        assert_eq!(rule("missing-tenant-claim").map(|rule| rule.name), Some("missing-tenant-claim"));
        assert!(rule("no-such-rule").is_none());
    }

    #[test]
    fn documentation_has_its_headings_and_both_kinds_of_example() {
        for rule in rules() {
            let page = rule.documentation();
            let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
            assert_eq!(headings, HEADINGS, "{}", rule.name);
            for kind in [true, false] {
                assert!(rule.examples().iter().any(|example| example.bad == kind), "{}", rule.name);
            }
            assert!(!rule.summary.ends_with('.') && rule.summary.len() < 100, "{}", rule.name);
            let sources = page.split("## Sources").nth(1).unwrap();
            assert!(sources.contains("- http"), "{} names no source", rule.name);
        }
    }
}
