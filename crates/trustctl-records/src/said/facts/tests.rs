use trustctl_catalog::Catalogue;

use super::*;

fn facts(kind: &str, conditions: &[(&str, Ask)]) -> Facts {
    let conditions: Vec<Condition> =
        conditions.iter().map(|(claim, asks)| Condition { claim: (*claim).to_owned(), asks: asks.clone() }).collect();
    Facts::new(Catalogue::bundled().unwrap().provider(kind), &conditions)
}

fn is(text: &str) -> Ask {
    Ask::Equals(vec![text.to_owned()])
}

#[test]
fn a_pin_says_owner_repository_and_both_ids() {
    let facts = facts("github-actions", &[("repository-pin", is("acme@1234567/widgets@556677"))]);
    for (claim, text) in [
        ("repository", "acme/widgets"),
        ("repository_owner", "acme"),
        ("repository_owner_id", "1234567"),
        ("repository-name", "widgets"),
        ("repository_id", "556677"),
    ] {
        assert_eq!(facts.value(claim).map(|known| known.text.as_str()), Some(text), "{claim}");
    }
}

#[test]
fn a_workflow_of_ones_own_says_which_is_called() {
    let own = [("repository", is("acme/widgets")), ("own-workflow-file", is("release.yml"))];
    let known = facts("github-actions", &own);
    assert_eq!(known.value("called-workflow-file").unwrap().text, "release.yml");
    assert_eq!(known.value("called-workflow-repository").unwrap().text, "acme/widgets");
    assert_eq!(known.value("called-workflow-ref"), None);
    assert_eq!(facts("github-actions", &own[1..]).value("called-workflow-repository"), None);
}

#[test]
fn what_is_known_in_whatever_case_is_not_known_exactly() {
    let folded = Ask::EqualsIgnoringCase(vec!["Acme/Widgets".to_owned()]);
    let facts = facts("github-actions", &[("repository", folded)]);
    let owner = facts.value("repository_owner").unwrap();
    assert_eq!((owner.text.as_str(), owner.is_exact), ("Acme", false));
    let provider = Catalogue::bundled().unwrap().provider("github-actions");
    let says = |asks| facts.say(provider, &Condition { claim: "repository".to_owned(), asks });
    assert!(!says(is("Acme/Widgets")));
    assert!(says(Ask::EqualsIgnoringCase(vec!["acme/widgets".to_owned()])));
    assert!(says(Ask::Present));
    assert!(says(Ask::Not(vec!["acme/gadgets".to_owned()])));
    assert!(!says(Ask::Not(vec!["acme/widgets".to_owned()])));
}

#[test]
fn a_branch_says_the_ref_and_a_ref_the_branch() {
    assert_eq!(facts("github-actions", &[("branch", is("main"))]).value("ref").unwrap().text, "refs/heads/main");
    assert_eq!(facts("github-actions", &[("ref", is("refs/tags/v1"))]).value("tag").unwrap().text, "v1");
    assert_eq!(facts("github-actions", &[("ref", is("refs/tags/v1"))]).value("branch"), None);
    let gitlab = facts("gitlab", &[("branch", is("main"))]);
    assert_eq!(gitlab.value("ref_type").unwrap().text, "branch");
    assert_eq!(facts("gitlab", &[("ref", is("main"))]).value("branch"), None);
    let pin = facts("gitlab", &[("project-pin", is("acme/tools/widgets@4711"))]);
    assert_eq!(pin.value("project_path").unwrap().text, "acme/tools/widgets");
}

#[test]
fn long_names_are_the_short_ones() {
    let facts =
        facts("circleci", &[("oidc.circleci.com/org-id", is("x")), ("context-ids", Ask::Contains(vec!["c".into()]))]);
    assert_eq!(facts.value("org-id").unwrap().text, "x");
    let provider = Catalogue::bundled().unwrap().provider("circleci");
    let holds = Condition { claim: "oidc.circleci.com/context-ids".to_owned(), asks: Ask::Contains(vec!["c".into()]) };
    assert!(facts.say(provider, &holds));
}
