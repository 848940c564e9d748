//! Records that were made of grants decide as the grants do, but for what the export says.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::Catalogue;
use trustctl_catalog::profile::Direction;
use trustctl_records::{Export, Exported, Judge, Profile, Record, Settings};

use crate::native::{Native, roots};
use crate::vectors::cases;

/// Grants that records can say well, badly, and in part; of the vectors' own repositories.
const FILES: [(&str, &str); 7] = [
    ("npm", include_str!("grants/npm.trust.yaml")),
    ("pypi", include_str!("grants/pypi.trust.yaml")),
    ("crates-io", include_str!("grants/crates-io.trust.yaml")),
    ("rubygems", include_str!("grants/rubygems.trust.yaml")),
    ("nuget", include_str!("grants/nuget.trust.yaml")),
    ("pub-dev", include_str!("grants/pub-dev.trust.yaml")),
    ("jsr", include_str!("grants/jsr.trust.yaml")),
];

/// Rows whose token no provider makes, each with the package for which it differs.
const BEYOND: [(&str, &str, &str); 9] = [
    ("circle", "npm-m09", "the organisation is another than the issuer's"),
    ("circle", "npm-m10", "the token of an organisation's issuer names no organisation"),
    ("gitlab", "nuget-m97", "`ref_type` is written in capitals"),
    ("gitlab", "pypi-m09", "one project's path is spelt in two ways"),
    ("plain", "nuget-m04", "the repository's owner is not `repository_owner`"),
    ("plain", "nuget-m17", "an id is a number"),
    ("plain", "nuget-m105", "the audience of GitHub's tokens is no list"),
    ("plain", "pub-dev-m44", "the audience of GitHub's tokens is no list"),
    ("plain", "pypi-m06", "the repository's owner is not `repository_owner`"),
];

#[test]
fn what_an_export_says_of_grants_is_so() {
    let (mut asked, mut differ, mut beyond) = (0, 0, 0);
    let mut wrong = Vec::new();
    let cases = cases();
    for (registry, text) in FILES {
        let profile = Profile::bundled(registry).unwrap().unwrap();
        let settings = Settings::of(profile);
        let native = Native::new(text);
        let names: BTreeSet<String> =
            native.policy().grants().flat_map(|(_, grant)| native.policy().names(grant)).map(str::to_owned).collect();
        for name in names {
            let export = Export { profile, settings: &settings, package: Some(&name), publisher: None };
            let exported = export.records(Catalogue::bundled().unwrap(), native.policy());
            let exported = exported.unwrap_or_else(|problems| panic!("{registry}, {name}: {problems:?}"));
            assert!(!exported.records.is_empty(), "{registry}, {name}");
            let records: Vec<Record> = exported.records.iter().map(|one| one.record.clone()).collect();
            let judge = Judge::new(profile, settings.clone(), records.clone());
            let own = cases.iter().filter(|case| case.profile.registry == registry && case.settings == settings);
            for case in own {
                let Some(explained) = case.explain_by(&judge) else { continue };
                let answer = native.ask_for(&name, &case.native_claims(&explained), case.version.as_deref());
                asked += 1;
                let is_told = match (answer.is_allow, explained.ruling.is_allow()) {
                    (one, other) if one == other => continue,
                    // The file refuses what a record lets in.
                    (false, true) => told(&answer.failing, &exported, Direction::Wider),
                    _ => {
                        let nearest = explained.nearest.map(|at| explained.records[at].failures()).unwrap_or_default();
                        let claims: Vec<String> = nearest.iter().filter_map(|step| step.claim.clone()).collect();
                        told(&claims, &exported, Direction::Narrower)
                    }
                };
                differ += 1;
                if BEYOND.iter().any(|(package, id, _)| *package == name && *id == case.id) {
                    assert!(!is_told, "{name}, {}: this is told now, so take it out of the list", case.id);
                    beyond += 1;
                } else if !is_told {
                    let steps = explained.nearest.map(|at| explained.records[at].failures()).unwrap_or_default();
                    let steps: Vec<&String> = steps.iter().map(|step| &step.name).collect();
                    wrong.push(format!(
                        "{registry}, {name}, {}: the file says {}, the record {}: {:?}, {steps:?}\n{}\n{records:?}\n{:?}",
                        case.id,
                        answer.is_allow,
                        explained.ruling.is_allow(),
                        answer.failing,
                        case.claims,
                        exported.warnings
                    ));
                }
            }
        }
    }
    eprintln!("asked {asked}, {differ} differ as was said");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    assert_eq!(beyond, BEYOND.len(), "some rows of the list do not differ any more");
    assert!(asked > 2400 && differ > 120, "asked {asked}, {differ} differ");
}

/// Whether every one of the claims is among those that the export names for the direction.
fn told(claims: impl IntoIterator<Item = impl AsRef<str>>, exported: &Exported, is: Direction) -> bool {
    let of_direction = exported.warnings.iter().filter(|warning| warning.is == is);
    let said: BTreeSet<String> =
        of_direction.flat_map(|warning| &warning.claims).flat_map(|claim| family(claim)).collect();
    let mut claims = claims.into_iter().peekable();
    claims.peek().is_some() && claims.all(|claim| family(claim.as_ref()).iter().any(|root| said.contains(root)))
}

/// A claim, what it is derived from, and what it is joined of.
fn family(claim: &str) -> BTreeSet<String> {
    let joined: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("repository-pin", &["repository", "repository_owner", "repository_owner_id", "repository_id"][..]),
        ("project-pin", &["project_path", "project_id"][..]),
    ]);
    let parts = joined.get(claim).copied().unwrap_or_default();
    roots(claim).into_iter().chain(parts.iter().map(|part| (*part).to_owned())).collect()
}
