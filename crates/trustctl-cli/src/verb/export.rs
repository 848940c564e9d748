//! `trustctl export`: trust files as a registry's own trust records.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value as Json;
use trustctl_catalog::Catalogue;
use trustctl_catalog::profile::Direction;
use trustctl_diag::{Diagnostic, Sources};
use trustctl_records::{Export as Engine, ExportProblem, ExportWarning, ExportedRecord, Profile, Settings};

use crate::Looks;
use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::files::TrustFiles;
use crate::format::human::error;
use crate::format::human::exchange::{Remark, remarks};
use crate::output::Output;
use crate::registries::{named, one_value, unknown};
use crate::wider::AllowWider;

const NOTES: &str = "\
Examples:
  trustctl export --to pypi                                           all below the current folder
  trustctl export --to npm npm.trust.yaml --package @acme/widgets     what npm's API takes for it
  trustctl export --to npm npm.trust.yaml --allow-wider=event_name --output trust.json

A warning says what the trust file says and a record cannot: WIDER, where a token gets in that the trust file refuses, \
NARROWER, where one is refused that it lets in. Records that are wider are not written unless `--allow-wider` accepts it.

Exit codes: 0 written, 1 the records would be wider than the trust file, and nothing was written, 2 it could not be \
done: usage, a trust file with errors, or a grant that no record of the registry can say.";

/// Write the records with which a registry itself would decide as a trust file does
///
/// The records are JSON, a list, in the registry's own shape. Beside it each has the name of its package, where the shape
/// has no place for that; with --package they are for that one package alone and nothing is beside. `trustctl eval --as
/// REGISTRY --record FILE` reads them, and `trustctl import`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Export {
    /// Whose records to write: `pypi`, `npm` and so on
    #[arg(long, value_name = "REGISTRY")]
    to: String,

    /// Trust files, or folders that hold some; without any, those below the current folder that git does not ignore
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    path: Vec<PathBuf>,

    /// Only the records of this package
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// The kind of record, where the registry has several for one provider's tokens
    #[arg(long, value_name = "KIND")]
    publisher: Option<String>,

    /// What the registry's operator has set, such as `audience=test.example`
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,

    #[command(flatten)]
    wider: AllowWider,

    #[command(flatten)]
    output: Output,
}

impl Export {
    pub(crate) fn run(&self, catalogue: &Catalogue, looks: Looks) -> Result<Answer, Failure> {
        let profile = named(&self.to)?;
        if let Some(kind) = self.publisher.as_deref().filter(|kind| profile.publisher(kind).is_none()) {
            let message = format!("{} has no kind of record `{kind}`", profile.title);
            return Err(unknown(message, kind, profile.publishers.keys().map(String::as_str)));
        }
        let settings = self.settings(profile)?;
        let engine = Engine {
            profile,
            settings: &settings,
            package: self.package.as_deref(),
            publisher: self.publisher.as_deref(),
        };
        let made = self.made(&engine, catalogue)?;
        let than = "the trust file";
        let told: Vec<Remark<'_>> =
            made.warnings.iter().map(|one| Remark { is: one.is, about: &one.about, places: &one.places }).collect();
        let mut stderr = remarks(&told, than, &made.sources, looks.stderr);
        let widening = made.warnings.iter().map(|one| (one.is, one.claims.as_slice()));
        if let Some(flag) = self.wider.lacks(widening) {
            let message = "nothing was written: the records would let in more than the trust file";
            let help = format!("change the trust file, or accept it with `{flag}`");
            stderr.push_str(&error(message, Some(&help), looks.stderr));
            return Ok(Answer { stdout: String::new(), stderr, exit: Exit::No });
        }
        let records: Vec<Json> = made.records.into_iter().map(|one| one.written).collect();
        // A record may be a list itself.
        let records = match <[Json; 1]>::try_from(records) {
            Ok([Json::Array(only)]) => only,
            Ok([only]) => vec![only],
            Err(several) => several,
        };
        let mut text = serde_json::to_string_pretty(&records)
            .map_err(|cause| Failure::new(format!("the records cannot be written: {cause}")))?;
        text.push('\n');
        Ok(Answer { stdout: self.output.write(text)?, stderr, exit: Exit::Yes })
    }

    /// Every file's records.
    fn made(&self, engine: &Engine<'_>, catalogue: &Catalogue) -> Result<Made, Failure> {
        let TrustFiles { sources, roots, unreadable, .. } = TrustFiles::read(catalogue, &self.path)?;
        if let Some(error) = unreadable.into_iter().next() {
            return Err(error.into());
        }
        let title = &engine.profile.title;
        let (mut broken, mut problems) = (Vec::new(), Vec::new());
        let (mut records, mut warnings, mut elsewhere) = (Vec::new(), Vec::new(), 0);
        for root in roots {
            let Some(policy) = root.reading.policy else {
                broken.extend(root.reading.diagnostics);
                continue;
            };
            if !policy.refusals().is_empty() {
                broken.extend(policy.refusals().iter().cloned());
                continue;
            }
            match engine.records(catalogue, &policy) {
                Ok(exported) => {
                    records.extend(exported.records);
                    warnings.extend(exported.warnings);
                    elsewhere += exported.elsewhere;
                }
                Err(found) => problems.extend(found.iter().map(diagnostic)),
            }
        }
        if !broken.is_empty() {
            return Err(Failure::new("a trust file that does not load is not exported").problems(sources, broken));
        }
        if !problems.is_empty() {
            let failure = Failure::new(format!("{title} has no records that could say this, so nothing was written"));
            return Err(failure.problems(sources, problems));
        }
        if records.is_empty() {
            return Err(self.nothing(engine.profile));
        }
        if elsewhere > 0 {
            let grants = if elsewhere == 1 { "1 grant answers" } else { &format!("{elsewhere} grants answer") };
            let about =
                format!("{grants} for another registry than `{}`, and became no record", engine.profile.registry);
            warnings.push(ExportWarning { is: Direction::Beside, claims: Vec::new(), about, places: Vec::new() });
        }
        Ok(Made { sources, records, warnings })
    }

    fn nothing(&self, profile: &Profile) -> Failure {
        match &self.package {
            Some(package) => Failure::new(format!("no grant gives `{package}` at `{}`", profile.registry))
                .help("`trustctl explain FILE` lists what a trust file gives"),
            None => Failure::new(format!("no grant answers for `{}`", profile.registry))
                .help(format!("a trust file with `registry: {}` has such", profile.registry)),
        }
    }

    fn settings(&self, profile: &Profile) -> Result<Settings, Failure> {
        let mut settings = Settings::of(profile);
        for text in &self.set {
            let is_whole = |(_, value): &(&str, &str)| value.split(',').all(|one| !one.trim().is_empty());
            let Some((name, value)) = text.split_once('=').filter(is_whole) else {
                return Err(Failure::new(format!("`{text}` sets nothing")).help("write `--set NAME=VALUE`"));
            };
            if !profile.settings.contains_key(name) {
                let message = format!("`{name}` is nothing that {}'s operator sets", profile.title);
                return Err(match profile.settings.is_empty() {
                    true => Failure::new(message).help("leave `--set` out"),
                    false => unknown(message, name, profile.settings.keys().map(String::as_str)),
                });
            }
            one_value(profile, name, value)?;
            settings.set(name, value.split(',').map(|value| value.trim().to_owned()).collect());
        }
        Ok(settings)
    }
}

/// What became of the trust files.
struct Made {
    sources: Sources,
    records: Vec<ExportedRecord>,
    warnings: Vec<ExportWarning>,
}

fn diagnostic(problem: &ExportProblem) -> Diagnostic {
    Diagnostic::error("no-record", problem.place, problem.about.clone()).help(problem.help.clone())
}
