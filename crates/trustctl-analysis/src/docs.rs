//! The rules' documentation as pages: what `trustctl explain RULE` prints and `docs/rules/` holds.

use std::fmt::Write as _;

use crate::rule::Family;
use crate::{Known, rule, rules};

/// What a rule, or a language error, means: Markdown; `None` for a name that is neither.
pub fn explain(name: &str) -> Option<String> {
    rule(name).map(|rule| rule.documentation()).or_else(|| language_error(name))
}

/// Every page of `docs/rules/`, as path from the repository's root and text, sorted by path.
pub fn pages() -> Vec<(String, String)> {
    let mut pages: Vec<(String, String)> = rules()
        .map(|rule| (format!("docs/rules/{}.md", rule.name), format!("{NOTICE}\n{}", rule.documentation())))
        .collect();
    pages.push(("docs/rules/README.md".to_owned(), index()));
    pages.sort();
    pages
}

const NOTICE: &str = "<!-- Made from the rule's file by `cargo xtask generate`; edit that. -->\n";

/// Where the reader's codes get their paragraph once it has a list of them: the one place to add it.
fn language_error(_code: &str) -> Option<String> {
    None
}

fn index() -> String {
    let mut page = format!("{NOTICE}\n# Rules\n\n");
    page.push_str("What `trustctl lint` looks for. `trustctl explain RULE` prints a rule's page.\n");
    for family in Family::ALL {
        let _ = write!(
            page,
            "\n## {}: {}\n\n| rule | severity | known | finds |\n|---|---|---|---|\n",
            family.word(),
            family.about()
        );
        for rule in rules().filter(|rule| rule.family == family) {
            let _ = writeln!(
                page,
                "| [`{0}`]({0}.md) | {1} | {2} | {3} |",
                rule.name, rule.severity, rule.known, rule.summary
            );
        }
    }
    page.push_str("\n## How a finding is known\n\n");
    for known in [Known::Proved, Known::Catalogue, Known::Heuristic] {
        let _ = writeln!(page, "- *{known}*: {}.", known.about());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_and_stands_in_the_index() {
        let pages = pages();
        assert_eq!(pages.len(), rules().len() + 1);
        assert!(pages.is_sorted());
        let (_, index) = pages.iter().find(|(path, _)| path.ends_with("README.md")).unwrap();
        for rule in rules() {
            assert_eq!(index.matches(&format!("]({}.md)", rule.name)).count(), 1, "{}", rule.name);
            assert!(explain(rule.name).unwrap().starts_with(&format!("# `{}`", rule.name)));
        }
        assert_eq!(explain("no-such-rule"), None);
    }
}
