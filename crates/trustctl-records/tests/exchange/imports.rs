//! An imported trust file decides as the registry does, but for what the import says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use trustctl_catalog::profile::Direction;
use trustctl_catalog::{AudienceForm, Catalogue};
use trustctl_diag::FileId;
use trustctl_records::{
    Explanation, Import, ImportError, Imported, Profile, Record, Settings, StepReport, Written, read_written,
};

use crate::native::{Answer, Native, roots};
use crate::vectors::{Case, cases, pinned_cases};

/// Rows of each registry that must be compared at least: what cannot be imported must not grow in silence.
const FLOOR: [(&str, usize); 7] =
    [("crates-io", 100), ("jsr", 90), ("npm", 60), ("nuget", 150), ("pub-dev", 55), ("pypi", 120), ("rubygems", 115)];

/// Rows whose token no provider makes, or whose registry its operator switched off: they may differ, and do.
pub(crate) const BEYOND: [(&str, &str); 7] = [
    ("crates.io-0359", "the operator has switched the issuer off"),
    ("nuget-0612", "`job_workflow_ref` is written in capitals"),
    ("nuget-m41", "`job_workflow_ref` ends in `@`"),
    ("nuget-m97", "`ref_type` is written in capitals"),
    ("nuget-m105", "the audience of GitHub's tokens is no list"),
    ("pub-dev-m44", "the audience of GitHub's tokens is no list"),
    ("pypi-m09", "one project's path is spelt in two ways"),
];

/// An import, and its trust file made ready.
pub(crate) type Made = Arc<(Imported, Native)>;

/// The import of a record; rows of vectors share theirs, and each is made once.
pub(crate) fn import(case: &Case, record: &Record) -> Result<Made, ImportError> {
    static MADE: Mutex<BTreeMap<String, Result<Made, ImportError>>> = Mutex::new(BTreeMap::new());
    let key = format!("{} {:?} {record:?}", case.profile.registry, case.settings);
    let known = MADE.lock().unwrap().get(&key).cloned();
    known.unwrap_or_else(|| {
        let made = make(case, record).map(|imported| {
            let native = Native::new(&imported.text);
            Arc::new((imported, native))
        });
        MADE.lock().unwrap().insert(key, made.clone());
        made
    })
}

fn make(case: &Case, record: &Record) -> Result<Imported, ImportError> {
    let catalogue = Catalogue::bundled().unwrap();
    let registry = catalogue.registry(&case.profile.registry).unwrap();
    let fields = registry.fields.iter().filter(|(name, _)| case.settings.one(name).is_none());
    let mut fields: BTreeMap<String, String> =
        fields.map(|(name, field)| (name.clone(), field.example.clone())).collect();
    if registry.audience == AudienceForm::Given {
        fields.insert("audience".to_owned(), "https://packages.acme.example".to_owned());
    }
    let packages = [registry.packages.as_ref().unwrap().example.clone()];
    let import = Import { profile: case.profile, settings: &case.settings, fields: &fields, packages: &packages };
    import.trust_file(catalogue, &[Written::alone(record.clone(), Vec::new())])
}

#[test]
fn an_imported_file_decides_as_the_registry_does() {
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut shut: BTreeMap<&str, usize> = BTreeMap::new();
    let mut left_out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut beyond = 0;
    let mut kinds = BTreeSet::new();
    for case in cases().into_iter().filter(|case| !case.has_statements()) {
        let Some(explained) = case.explain(case.records.clone()) else {
            left_out.entry("judged before any record".to_owned()).or_default().push(case.id.clone());
            continue;
        };
        let (mut imports, mut is_refused) = (Vec::new(), false);
        for record in &case.records {
            match import(&case, record) {
                Ok(imported) => imports.push(imported),
                // A record that lets nobody in is no grant.
                Err(ImportError::Nothing(_)) => {}
                Err(ImportError::Refused { diagnostics, .. }) => {
                    left_out.entry(diagnostics[0].message.clone()).or_default().push(case.id.clone());
                    is_refused = true;
                }
                Err(other) => panic!("{}: {other:?}", case.id),
            }
        }
        if imports.is_empty() {
            // No grant at all is a deny, which is what the registry must say then as well.
            if !is_refused && explained.ruling.is_allow() {
                wrong.push(format!("{}: the registry lets in, and no grant is written", case.id));
            }
            *shut.entry(&case.profile.registry).or_default() += usize::from(!is_refused);
            continue;
        }
        let claims = case.native_claims(&explained);
        let answers: Vec<Answer> = imports.iter().map(|made| made.1.ask(&claims, case.version.as_deref())).collect();
        *compared.entry(&case.profile.registry).or_default() += 1;
        kinds.extend(case.records.iter().map(|record| (case.profile.registry.as_str(), record.publisher.clone())));
        let allowed = answers.iter().any(|answer| answer.is_allow);
        let is_told = match (explained.ruling.is_allow(), allowed) {
            (one, other) if one == other => continue,
            (true, false) => answers.iter().zip(&imports).any(|(answer, made)| is_narrower(answer, &made.0)),
            _ => answers
                .iter()
                .zip(&imports)
                .enumerate()
                .filter(|(_, (answer, _))| answer.is_allow)
                .all(|(at, (_, made))| is_wider(&explained, at, &made.0)),
        };
        if BEYOND.iter().any(|(id, _)| *id == case.id) {
            assert!(!is_told, "{}: this is told now, so take it out of the list", case.id);
            beyond += 1;
        } else if !is_told {
            let failing: Vec<_> = answers.iter().map(|answer| &answer.failing).collect();
            let text = &imports[0].0.text;
            let steps: Vec<_> = explained
                .records
                .iter()
                .map(|record| record.failures().into_iter().map(|step| &step.name).collect::<Vec<_>>())
                .collect();
            wrong.push(format!(
                "{}: the registry says {}, the file {allowed}; {failing:?}, {steps:?} {:?}\n{}\n{text}",
                case.id,
                explained.ruling.is_allow(),
                explained.refused().map(|step| &step.claim),
                case.claims
            ));
        }
    }
    eprintln!("compared {compared:?}; no grant, and none let in: {shut:?}");
    for (why, ids) in &left_out {
        eprintln!("left out {}: {why} {}", ids.len(), ids.join(" "));
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    every_kind_is_compared(&kinds, false);
    assert_eq!(beyond, BEYOND.len(), "some rows of the list do not differ any more");
    for (registry, floor) in FLOOR {
        assert!(compared.get(registry).is_some_and(|count| *count >= floor), "{registry}: {compared:?}");
    }
}

/// Rows with statements of each registry that must be compared at least.
const FLOOR_OF_STATEMENTS: [(&str, usize); 3] = [("buildkite", 60), ("cloudsmith", 40), ("rubygems", 40)];

#[test]
fn imported_statements_give_what_the_registry_gives() {
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut given, mut nothing, mut wrong) = (0, Vec::new(), Vec::new());
    let mut kinds = BTreeSet::new();
    for case in cases().into_iter().chain(pinned_cases()).filter(Case::has_statements) {
        let Some(explained) = case.explain(case.records.clone()) else { continue };
        let (mut gives, mut warnings, mut texts) = (BTreeSet::new(), Vec::new(), Vec::new());
        for record in &case.records {
            match import(&case, record) {
                Ok(made) => {
                    gives.extend(made.1.gives(&case.claims));
                    warnings.extend(made.0.warnings.clone());
                    texts.push(made.0.text.clone());
                }
                Err(ImportError::Nothing(reasons)) => {
                    nothing.push(case.id.clone());
                    warnings.extend(reasons);
                }
                Err(other) => wrong.push(format!("{}: {other:?}", case.id)),
            }
        }
        *compared.entry(&case.profile.registry).or_default() += 1;
        kinds.extend(case.records.iter().map(|record| (case.profile.registry.as_str(), record.publisher.clone())));
        let registrys = case.given(&explained);
        given += gives.len();
        let said = |is: Direction| warnings.iter().any(|warning| warning.is == is);
        let of_audience = explained.refused().is_some_and(|step| step.claim.as_deref() == Some("aud"));
        let is_told = (registrys.is_subset(&gives) || said(Direction::Narrower))
            && (gives.is_subset(&registrys) || said(Direction::Wider) && !of_audience);
        if !is_told {
            let all: Vec<_> = warnings.iter().map(|warning| (warning.is, &warning.about)).collect();
            wrong.push(format!(
                "{}: the registry gives {registrys:?}, the file {gives:?}: {all:?}\n{:?}\n{}\n{}",
                case.id,
                case.records,
                case.claims,
                texts.join("\n")
            ));
        }
    }
    eprintln!("compared {compared:?}, given {given}; nothing to write: {} {}", nothing.len(), nothing.join(" "));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    every_kind_is_compared(&kinds, true);
    for (registry, floor) in FLOOR_OF_STATEMENTS {
        assert!(compared.get(registry).is_some_and(|count| *count >= floor), "{registry}: {compared:?}");
    }
}

/// A kind of record that nothing is compared of could mean anything in the trust language.
fn every_kind_is_compared(compared: &BTreeSet<(&str, String)>, has_statements: bool) {
    for profile in Profile::names().map(|name| Profile::bundled(name).unwrap().unwrap()) {
        let kinds = profile.publishers.iter().filter(|(_, publisher)| publisher.statements.is_some() == has_statements);
        for (kind, _) in kinds {
            let is_compared = compared.contains(&(profile.registry.as_str(), kind.clone()));
            assert!(
                is_compared,
                "{}, {kind}: no row of tests/vectors was imported; does it lack `means`?",
                profile.registry
            );
        }
    }
}

fn claims_of(imported: &Imported, is: Direction) -> BTreeSet<String> {
    let of_direction = imported.warnings.iter().filter(|warning| warning.is == is);
    of_direction.flat_map(|warning| warning.claims.iter().flat_map(|claim| roots(claim))).collect()
}

/// Whether all that keeps the token out is said to be narrower.
pub(crate) fn is_narrower(answer: &Answer, imported: &Imported) -> bool {
    let said = claims_of(imported, Direction::Narrower);
    !answer.failing.is_empty() && answer.failing.iter().all(|claim| roots(claim).iter().any(|root| said.contains(root)))
}

/// Whether all that keeps the token out at the registry is said to be wider in the file.
pub(crate) fn is_wider(explained: &Explanation, record: usize, imported: &Imported) -> bool {
    let said = claims_of(imported, Direction::Wider);
    let failing: Vec<&StepReport> = explained.records[record].failures();
    let is_said = |step: &&StepReport| step.claim.as_ref().is_some_and(|claim| said.contains(claim));
    // A record that holds and is not looked up stands behind another that is preferred.
    !said.is_empty() && failing.iter().all(is_said)
}

#[test]
fn what_is_so_of_every_record_is_said_once_above_them_all() {
    let catalogue = Catalogue::bundled().unwrap();
    let profile = Profile::bundled("crates-io").unwrap().unwrap();
    let settings = Settings::of(profile);
    let text: String = (0..300)
        .map(|at| {
            let environment = if at == 7 { "\n  environment: release" } else { "" };
            format!(
                "- repository_owner: acme\n  repository_owner_id: 1234567\n  repository_name: w{at}\n  \
                 workflow_filename: release.yml\n  crate: w{at}{environment}\n"
            )
        })
        .collect();
    let (records, _) = read_written(profile, Some("github"), FileId(0), &text).unwrap();
    assert_eq!(records.len(), 300);
    let import = Import { profile, settings: &settings, fields: &BTreeMap::new(), packages: &[] };
    let imported = import.trust_file(catalogue, &records).unwrap();
    let head = imported.text.split("trust: 1").next().unwrap();
    let flat = |text: &str| text.replace("# ", "").split_whitespace().collect::<Vec<_>>().join(" ");
    let (head, all) = (flat(head), flat(&imported.text));
    let shared: Vec<_> = imported.warnings.iter().filter(|warning| warning.records.len() == 300).collect();
    assert!(!shared.is_empty(), "{:?}", imported.warnings);
    for warning in shared {
        assert!(head.contains(&flat(&warning.about)), "{} in {head}", warning.about);
        assert_eq!(all.matches(&flat(&warning.about)).count(), 1, "{}", warning.about);
    }
    for warning in imported.warnings.iter().filter(|warning| warning.records.len() < 300) {
        assert!(!head.contains(&flat(&warning.about)), "{}", warning.about);
    }
}
