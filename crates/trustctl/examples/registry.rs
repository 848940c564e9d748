//! How a registry embeds trustctl: a policy, the issuer's keys, a token, a request, a decision.
//!
//! Run it with `cargo run -p trustctl --example registry`. The token is a real one, captured in 2022, and judged at
//! the moment it was issued; a registry passes the current time.

use std::error::Error;
use std::sync::Arc;

use trustctl::{Decision, KeySet, Policy, Request, Target, TokenBuffer, UnixTime, Verifier, decide};

/// The registry's policy: usually a file that is read at start and replaced as a whole when it changes.
const POLICY: &str = r#"
trust: 1
registry: { kind: generic, audience: https://github.com/varunsh-coder }
grants:
  - name: playground
    packages: [actions-playground]
    actions: [publish]
    provider: github-actions
    when:
      repository-pin: varunsh-coder@25015917/actions-playground@433903792
      branch: main
"#;

/// What a registry keeps between requests.
pub struct Registry {
    policy: Policy,
    verifier: Verifier,
}

impl Registry {
    /// At start. `trustctl-jwks` fetches keys over HTTPS; here they come from a file.
    pub fn new(keys: &str) -> Result<Self, Box<dyn Error>> {
        let policy = Policy::parse("registry.trust.yaml", POLICY)?;
        let keys = Arc::new(KeySet::parse(keys)?);
        let verifier = policy.verifier(|_issuer| Some(Arc::clone(&keys)))?;
        Ok(Self { policy, verifier })
    }

    /// For each upload: what to answer, and what to write into the log.
    pub fn publish(&self, token: &str, package: &str, now: UnixTime) -> (u16, String, String) {
        let mut buffer = TokenBuffer::default();
        let token = match self.verifier.verify(&mut buffer, token.trim(), now) {
            Ok(token) => token,
            // The caller learns nothing; the operator learns why. Neither sees the token.
            Err(error) => return (401, "the token is not accepted".to_owned(), error.to_string()),
        };
        // The version is not known yet: the decision may bind one, and the upload is held to it.
        let target = Target::Package { name: package, version: None, action: "publish" };
        let request = Request { registry: "generic", target };
        let decision = decide(&self.policy, &token, &request, now);
        let status = if decision.is_allow() { 200 } else { 403 };
        (status, answer(&decision), decision.trace().to_string())
    }
}

fn answer(decision: &Decision<'_>) -> String {
    let versions: Vec<&str> = decision.binding().versions().collect();
    let only = if versions.is_empty() { String::new() } else { format!(", for {} only", versions.join(", ")) };
    format!("{}{only}", decision.public_message())
}

fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::new(include_str!("../../../tests/captured/github-jwks-2022.json"))?;
    let token = include_str!("../../../tests/captured/github-npm-publish-2022.jwt");
    for package in ["actions-playground", "left-pad"] {
        let (status, answer, log) = registry.publish(token, package, UnixTime(1_659_662_993));
        println!("{status} {answer}\n{log}\n");
    }
    Ok(())
}
