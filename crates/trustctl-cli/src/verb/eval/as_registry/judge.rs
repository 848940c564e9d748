//! Putting the token to each registry.

use std::collections::BTreeMap;

use trustctl_catalog::Catalogue;
use trustctl_claims::Claims;
use trustctl_records::{Fitting, Header, Judge, Profile, Question, Record, Used};

use crate::failure::Failure;
use crate::ruling::{AskedRecord, Origin, RegistryAnswer};

use super::settings::Set;
use super::{about, token};

/// Records by registry; `None` where none were given.
pub(super) type Given = Option<BTreeMap<&'static str, Vec<(Record, AskedRecord)>>>;

/// The token, as registries are shown it.
pub(super) struct Token<'t> {
    pub(super) claims: &'t Claims<'t>,
    pub(super) header: Option<&'t token::Header>,
    /// The kind of record, where one is asked for.
    pub(super) kind: Option<&'t str>,
    /// The package that is published, and what a registry calls the same one.
    pub(super) package: Option<&'t str>,
    pub(super) catalogue: &'t Catalogue,
    /// The version that is published.
    pub(super) version: Option<&'t str>,
    pub(super) at: i64,
}

/// Each registry with the records that were given, to know whose tokens are meant.
pub(super) fn of_records(
    profiles: &[&'static Profile],
    settings: &BTreeMap<&'static str, Set>,
    given: &Given,
) -> Vec<Judge<'static>> {
    let records = |profile: &Profile| {
        let all = given.as_ref().and_then(|given| given.get(profile.registry.as_str()));
        all.map_or_else(Vec::new, |records| records.iter().map(|(record, _)| record.clone()).collect())
    };
    profiles
        .iter()
        .map(|profile| Judge::new(profile, settings_of(profile, settings).settings, records(profile)))
        .collect()
}

fn settings_of(profile: &Profile, settings: &BTreeMap<&'static str, Set>) -> Set {
    settings.get(profile.registry.as_str()).cloned().unwrap_or_else(|| Set::of(profile))
}

/// Every registry's answer. Of `all`, those without a record among those that were given are left out.
pub(super) fn ask(
    profiles: &[&'static Profile],
    settings: &BTreeMap<&'static str, Set>,
    given: Given,
    token: &Token<'_>,
    all: bool,
) -> Result<Vec<RegistryAnswer>, Failure> {
    let mut answers = Vec::new();
    let mut given = given;
    for profile in profiles {
        let mut set = settings_of(profile, settings);
        // Whose token a record lets in is for its owner to say, not for the token.
        let from_token =
            if given.is_none() { set.settings.take_from_audience(profile, token.claims) } else { Vec::new() };
        let asked = Asked { profile, set: &set, from_token, token };
        answers.push(match given.as_mut().map(|given| given.remove(profile.registry.as_str())) {
            None => asked.by_fitting(),
            Some(Some(records)) => asked.by(records, !all)?,
            Some(None) if all => continue,
            Some(None) => asked.by(Vec::new(), false)?,
        });
    }
    Ok(answers)
}

struct Asked<'a> {
    profile: &'static Profile,
    set: &'a Set,
    /// Settings that the token's audience names.
    from_token: Vec<(String, String)>,
    token: &'a Token<'a>,
}

impl Asked<'_> {
    /// The answer by the records that the token would need, the best of them.
    fn by_fitting(&self) -> RegistryAnswer {
        let fittings = Fitting::all(self.profile, self.token.kind, self.token.claims, self.token.version);
        let answers = fittings.into_iter().map(|fitting| {
            let version = fitting.version.as_deref().or(self.token.version);
            let kind = self.profile.publisher(&fitting.publisher).map_or(String::new(), |kind| kind.title.clone());
            let asked = AskedRecord { kind, origin: Origin::Token { fields: fitting.fields }, packages: Vec::new() };
            let (records, unfit) = match fitting.record {
                Ok(record) => (vec![(record, asked)], Vec::new()),
                Err(problems) => (Vec::new(), problems),
            };
            let mut answer = self.answer(records, version);
            // What an example grants is nobody's.
            answer.explanation.ruling.grants.clear();
            answer.explanation.records.iter_mut().for_each(|record| record.grants.clear());
            answer.unfit = unfit;
            answer.version.clone_from(&fitting.version);
            answer
        });
        let failing = |answer: &RegistryAnswer| {
            answer.explanation.records.iter().map(|record| record.failures().len()).sum::<usize>() + answer.unfit.len()
        };
        let best = answers.min_by_key(|answer| (std::cmp::Reverse(answer.taken()), failing(answer)));
        best.unwrap_or_else(|| self.answer(Vec::new(), self.token.version))
    }

    /// The answer by records; a version that they need and nobody gave is an error where one registry is asked.
    fn by(&self, records: Vec<(Record, AskedRecord)>, version_must_be: bool) -> Result<RegistryAnswer, Failure> {
        let unset = self.set.settings.unset(self.profile);
        if version_must_be && !unset.is_empty() {
            let set: Vec<String> = unset.iter().map(|name| format!("`--set {name}=NAME`")).collect();
            return Err(Failure::new(format!(
                "{} is asked by a record, and which one of it is not said",
                self.profile.title
            ))
            .help(format!("say it, here or beside the record: {}", set.join(" "))));
        }
        let version = self.token.version;
        let judge = self.judge(records.iter().map(|(record, _)| record.clone()).collect());
        if version_must_be && version.is_none() && judge.needs_version() {
            return Err(Failure::new(format!(
                "{} compares the token with the version that is published",
                self.profile.title
            ))
            .help("say which: `--package NAME@VERSION`"));
        }
        let Some(package) = self.token.package else { return Ok(self.answer(records, version)) };
        let about = about::About::new(self.token.catalogue, self.profile, package);
        let (records, set_aside) = about.part(records);
        let mut answer = self.answer(records, version);
        about.withhold(&mut answer);
        answer.set_aside.extend(set_aside);
        Ok(answer)
    }

    fn judge(&self, records: Vec<Record>) -> Judge<'static> {
        Judge::new(self.profile, self.set.settings.clone(), records)
    }

    fn answer(&self, records: Vec<(Record, AskedRecord)>, version: Option<&str>) -> RegistryAnswer {
        let (records, asked): (Vec<Record>, Vec<AskedRecord>) = records.into_iter().unzip();
        let judge_records = &records.clone();
        let judge = self.judge(records);
        let question = Question { package: self.token.package, version, now: self.token.at };
        let header =
            self.token.header.map(|header| Header { algorithm: Some(&header.algorithm), key: Some(&header.key) });
        let mut answer = RegistryAnswer {
            profile: self.profile,
            records: asked,
            explanation: judge.explain(header.as_ref(), self.token.claims, &question, &Used::Unknown),
            rule: judge.rule(self.token.claims, &question),
            unfit: Vec::new(),
            version: None,
            from_token: self.from_token.clone(),
            unset: self.set.settings.unset(self.profile),
            set_aside: Vec::new(),
            settings: self.set.others.clone(),
        };
        about::grant(&mut answer, judge_records);
        answer
    }
}
