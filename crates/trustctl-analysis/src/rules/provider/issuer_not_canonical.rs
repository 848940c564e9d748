use trustctl_diag::Severity;

use crate::finding::Report;
use crate::lint::{Findings, PolicyContext};
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// An issuer that is written in a form in which no provider writes its own: capitals in the host, the default
    /// port, a doubled slash, `..`, percent signs, a slash behind the bare host.
    ///
    /// ## Why it is dangerous
    ///
    /// Issuers are compared byte for byte, as RFC 8414 and OpenID Connect ask. One that is spelt otherwise than in
    /// the token lets nobody in, and the usual next step, to compare less strictly, is how one issuer comes to be taken
    /// for another.
    ///
    /// ## Who can use it
    ///
    /// Nobody as it stands. With a looser comparison elsewhere (a gateway, a script), whoever can get tokens from an
    /// issuer that is spelt nearly the same.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: { kind: generic, audience: https://packages.acme.example }
    /// providers:
    ///   corp: { issuer: "https://CI.corp.example:443", tenants: ours, claims: { pipeline: string } }
    /// grants:
    ///   - packages: [widgets]
    ///     actions: [publish]
    ///     provider: corp
    ///     when: { pipeline: release }
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: { kind: generic, audience: https://packages.acme.example }
    /// providers:
    ///   corp: { issuer: "https://ci.corp.example", tenants: ours, claims: { pipeline: string } }
    /// grants:
    ///   - packages: [widgets]
    ///     actions: [publish]
    ///     provider: corp
    ///     when: { pipeline: release }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// A few providers do write a slash behind the bare host; that alone is for your information.
    ///
    /// ## Sources
    ///
    /// - https://openid.net/specs/openid-connect-discovery-1_0.html (section 4.3)
    /// - https://www.rfc-editor.org/rfc/rfc8414#section-3.3
    /// - https://www.rfc-editor.org/rfc/rfc3986#section-6.2
    "issuer-not-canonical" {
        family: Provider,
        severity: Error,
        known: Heuristic,
        since: "0.1.0",
        summary: "an issuer in a form that tokens do not have",
        check: Policy(check),
    }
}

fn check(cx: &PolicyContext<'_>, findings: &mut Findings<'_>) {
    for provider in cx.providers() {
        let Some(place) = provider.provider.place else { continue };
        let Some(issuer) = cx.policy.issuer(provider.provider.issuer) else { continue };
        if issuer.pattern.is_some() {
            continue;
        }
        let Some((what, severity)) = problem(&issuer.text) else { continue };
        findings.add(
            Report::at(place, format!("no token is likely to say `{}`", issuer.text))
                .here(what)
                .severity(severity)
                .help("copy `iss` from a token, or `issuer` from the provider's `/.well-known/openid-configuration`"),
        );
    }
}

/// What is not as providers write it.
fn problem(issuer: &str) -> Option<(&'static str, Severity)> {
    let Some((scheme, rest)) = issuer.split_once("://") else {
        return Some(("is no `https://` address", Severity::Error));
    };
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let problem = if scheme.eq_ignore_ascii_case("http") {
        "is not `https`"
    } else if scheme != "https" || host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        "holds capitals before the path, which addresses do not tell apart and comparison does"
    } else if host.ends_with(":443") || host.ends_with(':') {
        "names the port that `https` has anyway"
    } else if host.ends_with('.') {
        "ends its host with a full stop"
    } else if issuer.contains('%') {
        "holds percent signs"
    } else if path.is_some_and(|path| path.starts_with('/') || path.contains("//")) {
        "holds a doubled slash"
    } else if path.is_some_and(|path| path.split('/').any(|segment| matches!(segment, "." | ".."))) {
        "holds `.` or `..` as a part of its path"
    } else if path == Some("") {
        return Some(("ends in a slash behind the bare host", Severity::Info));
    } else {
        return None;
    };
    Some((problem, Severity::Error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_providers_write_them() {
        for good in [
            "https://token.actions.githubusercontent.com",
            "https://gitlab.acme.example:8443",
            "https://oidc.circleci.com/org/8C4B1D1E",
            "https://host.example/_services/token",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
    }

    #[test]
    fn otherwise() {
        for bad in [
            "http://ci.example",
            "HTTPS://ci.example",
            "https://CI.example",
            "https://ci.example:443",
            "https://ci.example:",
            "https://ci.example./x",
            "https://ci.example//x",
            "https://ci.example/x//y",
            "https://ci.example/x/../y",
            "https://ci.example/%61",
            "ci.example",
        ] {
            assert_eq!(problem(bad).map(|(_, severity)| severity), Some(Severity::Error), "{bad}");
        }
        assert_eq!(problem("https://tenant.example/").map(|(_, severity)| severity), Some(Severity::Info));
    }
}
