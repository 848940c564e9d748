//! What an embedder relies on: what loads, what verifies, what decides.

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use trustctl::{
        Algorithm, Claims, Effect, FileId, IncludedFile, Includes, KeySet, Policy, Request, RootFile, Target,
        TokenBuffer, TokenError, UnixTime, VerifierError, decide, simulate,
    };

    const KEYS: &str = include_str!("../../../tests/captured/github-jwks-2022.json");
    const TOKEN: &str = include_str!("../../../tests/captured/github-npm-publish-2022.jwt");
    const ISSUED: UnixTime = UnixTime(1_659_662_993);
    const GITHUB: &str = "https://token.actions.githubusercontent.com";

    fn grant(when: &str) -> String {
        format!(
            "trust: 1
registry: {{ kind: generic, audience: https://github.com/varunsh-coder }}
grants:
  - name: playground
    packages: [actions-playground]
    actions: [publish]
    provider: github-actions
    when: {{ {when} }}
"
        )
    }

    const REQUEST: Request<'static> = Request {
        registry: "generic",
        target: Target::Package { name: "actions-playground", version: None, action: "publish" },
    };

    fn judged(when: &str) -> (Effect, String) {
        let policy = Policy::parse("trust.yaml", &grant(when)).unwrap();
        let keys = Arc::new(KeySet::parse(KEYS).unwrap());
        let verifier = policy.verifier(|_| Some(Arc::clone(&keys))).unwrap();
        let mut buffer = TokenBuffer::default();
        let token = verifier.verify(&mut buffer, TOKEN.trim(), ISSUED).unwrap();
        let decision = decide(&policy, &token, &REQUEST, ISSUED);
        (decision.effect(), decision.trace().to_string())
    }

    #[test]
    fn the_captured_token_is_judged_by_what_it_has() {
        let pin = "repository-pin: varunsh-coder@25015917/actions-playground@433903792";
        assert_eq!(judged(pin).0, Effect::Allow);
        assert_eq!(judged(&format!("{pin}, called-workflow-file: mfa_release.yml, branch: main")).0, Effect::Allow);
        let (effect, trace) = judged(&format!("{pin}, environment: npm"));
        assert_eq!(effect, Effect::Deny);
        assert!(trace.contains("the job runs in no environment: it needs `environment: npm`"), "{trace}");
        // The token predates `workflow_ref`.
        let (effect, trace) = judged(&format!("{pin}, workflow-file: mfa_release.yml"));
        assert_eq!(effect, Effect::Deny);
        assert!(trace.contains("missing  workflow-file"), "{trace}");
    }

    #[test]
    fn a_policy_that_lets_everybody_in_does_not_load() {
        let error = Policy::parse("trust.yaml", &grant("branch: main")).unwrap_err();
        assert_eq!(error.problems().len(), 1, "{error}");
        assert!(error.to_string().starts_with("trust.yaml:4: "), "{error}");
    }

    #[test]
    fn another_systems_policy_does_not_load() {
        let text = "trust: 1\ndialect: generic\nregistry: { kind: generic, audience: any }\nproviders: { github: { kind: github-actions } }\ngrants:\n  - { packages: [a], actions: [publish], provider: github, when: { repository_id: 1 } }\n";
        assert_eq!(trustctl_policy::read_text("t", text).diagnostics, []);
        let error = Policy::parse("trust.yaml", text).unwrap_err();
        assert_eq!(error.problems()[0].code, "generic-dialect", "{error}");
    }

    #[test]
    fn an_error_names_every_problem_with_its_line() {
        let error = Policy::parse("trust.yaml", "trust: 1\nregistry: npm\ngrant: []\nregistries: {}\n").unwrap_err();
        assert!(
            error.problems().iter().any(|problem| (problem.file.as_str(), problem.line) == ("trust.yaml", 3)),
            "{error}"
        );
        for text in ["", "\u{0}", "a: [", "- 1", &"[".repeat(10_000)] {
            assert!(Policy::parse("trust.yaml", text).is_err(), "{text}");
        }
    }

    struct Team(&'static str);

    impl Includes for Team {
        fn matching(&mut self, pattern: &str) -> Result<Vec<IncludedFile>, String> {
            assert_eq!(pattern, "teams/*.yaml");
            Ok(vec![IncludedFile { file: FileId(7), name: "teams/pad.yaml".to_owned(), text: self.0.to_owned() }])
        }
    }

    #[test]
    fn included_files_stay_inside_their_bound() {
        let root =
            "trust: 1\nregistry: npm\nproviders: { github-actions: {} }\ninclude: { teams/*.yaml: [left-pad] }\n";
        let load = |name| {
            let text = format!(
                "trust: 1\ngrants:\n  - {{ packages: [{name}], actions: [publish], provider: github-actions, when: {{ repository_id: 1 }} }}\n"
            );
            let root = RootFile { file: FileId(0), name: "trust.yaml", text: root };
            Policy::load(root, &mut Team(text.leak()))
        };
        let policy = load("left-pad").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(policy.grant_count(), 1);
        let error = load("right-pad").unwrap_err();
        assert!(
            error.problems().iter().any(|problem| problem.file == "teams/pad.yaml" && problem.line == 3),
            "{error}"
        );
    }

    #[test]
    fn the_verifier_takes_its_rules_from_policy_and_catalogue() {
        let policy = Policy::parse("trust.yaml", &grant("repository_id: 433903792")).unwrap();
        assert_eq!(policy.issuers().collect::<Vec<_>>(), [GITHUB]);
        let rules = policy.issuer_rules().unwrap();
        assert_eq!((rules[0].issuer(), rules[0].algorithms()), (GITHUB, &[Algorithm::Rs256][..]));
        assert_eq!(rules[0].audiences(), ["https://github.com/varunsh-coder"]);
        assert!(!rules[0].audience_lists());
        let error = policy.verifier(|_| None).unwrap_err();
        assert_eq!(error, VerifierError::NoKeys { issuer: GITHUB.to_owned() });
    }

    #[test]
    fn a_token_for_another_audience_is_refused_before_the_policy_is_asked() {
        let policy =
            Policy::parse("trust.yaml", &grant("repository_id: 433903792").replace("varunsh-coder }", "acme }"))
                .unwrap();
        let keys = Arc::new(KeySet::parse(KEYS).unwrap());
        let verifier = policy.verifier(|_| Some(Arc::clone(&keys))).unwrap();
        let mut buffer = TokenBuffer::default();
        let error = verifier.verify(&mut buffer, TOKEN.trim(), ISSUED).unwrap_err();
        assert!(matches!(error, TokenError::WrongAudience { .. }), "{error}");
    }

    #[test]
    fn a_simulation_says_that_nobody_verified_it() {
        let policy = Policy::parse("trust.yaml", &grant("repository_id: 433903792")).unwrap();
        let json = format!(
            r#"{{"iss":"{GITHUB}","aud":"https://github.com/varunsh-coder","repository_id":"433903792","event_name":"push"}}"#
        );
        let claims = Claims::parse(&json).unwrap();
        let simulation = simulate(&policy, &claims, &REQUEST, ISSUED);
        assert_eq!((simulation.would_be(), simulation.verified()), (Effect::Allow, false), "{}", simulation.trace());
    }
}
