//! Findings, for people.

use trustctl_diag::Severity;

use super::Quota;
use super::diagnostic::{Renderer, Shape};
use crate::findings::Findings;
use crate::look::{Look, Style, shown, wrap};

/// Every finding with its text, what could not be read, and a line that counts.
pub(crate) fn findings(findings: &Findings, look: Look) -> String {
    let mut text = String::new();
    let renderer = Renderer::new(&findings.sources, look);
    let mut quota = Quota::default();
    for finding in findings.found.iter().filter(|finding| quota.takes(finding.place())) {
        let is_rule = trustctl_analysis::rule(finding.rule).is_some();
        let code = if is_rule { format!("{} ({})", finding.rule, finding.known) } else { finding.rule.to_owned() };
        text.push_str(&renderer.draw(&Shape {
            code,
            severity: finding.severity,
            message: &finding.message,
            labels: &finding.labels,
            help: finding.help.as_deref(),
        }));
        if let Some(witness) = &finding.witness {
            let who = format!("who gets in: {}", witness.adversary.about());
            for line in wrap(&who, look.width.saturating_sub(2)) {
                text.push_str(&format!("  {}\n", look.paint(Style::Care, line)));
            }
            let column = witness.highlights.iter().map(|(claim, _)| claim.chars().count()).max().unwrap_or(0);
            for (claim, value) in &witness.highlights {
                text.push_str(&format!("    {:column$}  {}\n", shown(claim), shown(value)));
            }
        }
        text.push('\n');
    }
    let rest = quota.rest(&findings.sources, "use --format json for all");
    if !rest.is_empty() {
        text.push_str(&rest);
        text.push('\n');
    }
    for error in &findings.unreadable {
        text.push_str(&super::error(&error.to_string(), error.help().as_deref(), look));
    }
    text.push_str(&summary(findings, look));
    if !findings.found.is_empty() {
        let more = "`trustctl explain RULE` says what a rule means and what to write instead";
        for line in wrap(more, look.width) {
            text.push_str(&format!("{}\n", look.paint(Style::Faint, line)));
        }
    }
    text
}

fn summary(findings: &Findings, look: Look) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")]
        .into_iter()
        .map(|(severity, what)| (findings.count(severity), what))
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| if what == "info" { format!("{count} {what}") } else { counted(count, what) })
        .collect();
    let found = match (parts.as_slice(), findings.checked) {
        ([], 0) => "nothing was read".to_owned(),
        ([], _) => "nothing found".to_owned(),
        (parts, _) => parts.join(", "),
    };
    let style = match () {
        () if findings.any_at_least(Severity::Error) || findings.checked == 0 => Style::Bad,
        () if findings.any_at_least(Severity::Warning) => Style::Care,
        () => Style::Good,
    };
    let checked = counted(findings.checked, "trust file");
    let unread = match findings.unreadable.len() {
        0 => String::new(),
        count => format!("; {count} could not be read"),
    };
    format!("checked {checked}: {}{unread}\n", look.paint(style, found))
}
