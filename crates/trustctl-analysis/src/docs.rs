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
    pages.push(("docs/rules/language-errors.md".to_owned(), language_page()));
    pages.sort();
    pages
}

const NOTICE: &str = "<!-- Made from the rule's file by `cargo xtask generate`; edit that. -->\n";

/// The page of a diagnostic of the reader, or of the command's own.
fn language_error(code: &str) -> Option<String> {
    let text = match code {
        "wrong-file-name" => {
            "Trust files are named `trust.yaml` or `NAME.trust.yaml`; another name is not found when a folder is given."
        }
        _ => trustctl_policy::codes::explain(code)?,
    };
    Some(format!("# `{code}`\n\nAn error of the trust language.\n\n{text}\n"))
}

/// Every diagnostic of the reader on one page.
fn language_page() -> String {
    let mut page = format!("{NOTICE}\n# Errors of the trust language\n\n");
    page.push_str("What the reader refuses; `docs/language.md` has the whole language. `trustctl explain CODE` prints one.\n\n| code | |\n|---|---|\n");
    for (code, text) in trustctl_policy::codes::CODES {
        let _ = writeln!(page, "| `{code}` | {} |", text.replace('|', "\\|"));
    }
    page
}

fn index() -> String {
    let mut page = format!("{NOTICE}\n# Rules\n\n");
    page.push_str("What `trustctl lint` looks for. `trustctl explain RULE` prints a rule's page. What the reader itself refuses is in\n[language-errors.md](language-errors.md).\n");
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
        assert_eq!(pages.len(), rules().len() + 2);
        assert!(
            pages.iter().any(|(path, text)| path.ends_with("language-errors.md") && text.contains("`unknown-claim`"))
        );
        assert!(pages.is_sorted());
        let (_, index) = pages.iter().find(|(path, _)| path.ends_with("README.md")).unwrap();
        for rule in rules() {
            assert_eq!(index.matches(&format!("]({}.md)", rule.name)).count(), 1, "{}", rule.name);
            assert!(explain(rule.name).unwrap().starts_with(&format!("# `{}`", rule.name)));
        }
        assert_eq!(explain("no-such-rule"), None);
    }
}
