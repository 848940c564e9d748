//! `trustctl import`: a registry's own trust records as a trust file.

use std::collections::BTreeMap;

use clap::Args;
use trustctl_catalog::Catalogue;
use trustctl_catalog::profile::Direction;
use trustctl_diag::{Place, Sources};
use trustctl_records::{Import as Engine, ImportError, ImportWarning, Profile, Settings, Written, read_written};

use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::files::{are_claims, is_trust_file};
use crate::format::human::error;
use crate::format::human::exchange::{Remark, remarks};
use crate::input::{Input, read_text};
use crate::output::Output;
use crate::registries::{named, one_value, unknown};
use crate::secret::{is_token, without_tokens_in_place};
use crate::wider::AllowWider;
use crate::{Looks, Outside};

/// More bytes than the records of a whole account have.
const LARGEST: u64 = 4 * 1024 * 1024;

const NOTES: &str = "\
Examples:
  trustctl import --from pypi publisher.yaml --package acme-widgets
  trustctl import --from npm trust.json --package left-pad --output npm.trust.yaml
  trustctl import --from cloudsmith provider.json --set account=acme --set repository=internal

A warning says what the registry's records do that the trust file does not: WIDER, where a token gets in that the \
registry refuses, NARROWER, where one is refused that it lets in. They stand in the trust file as comments, too. A trust file that is \
wider is not written unless `--allow-wider` accepts it.

Exit codes: 0 written, 1 the trust file would be wider than the records, and nothing was written, 2 it could not be done: usage, a record that the registry itself would refuse, one that lets \
nobody in, or one that says what no trust file may say. Then nothing is written.";

/// Write a trust file that says what a registry's own trust records say
///
/// Reads records as `trustctl eval --as REGISTRY --record FILE` does: YAML or JSON, one record or a list. What is
/// written is read again before it is given out, so a trust file that comes of an import loads.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Import {
    /// Whose records these are: `pypi`, `npm` and so on
    #[arg(long, value_name = "REGISTRY")]
    from: String,

    /// Files (YAML or JSON) with trust records of the registry, or `-`
    #[arg(required = true, value_hint = clap::ValueHint::FilePath)]
    record: Vec<String>,

    /// A package that the records are for, where they do not name any; may be given several times
    #[arg(long, value_name = "NAME")]
    package: Vec<String>,

    /// Which kind of record, where the record does not say it: `github`, `gitlab` and so on
    #[arg(long, value_name = "KIND")]
    publisher: Option<String>,

    /// What the operator has set, or what a trust file says of such a registry: `audience=test.example`, `account=acme`
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,

    #[command(flatten)]
    wider: AllowWider,

    #[command(flatten)]
    output: Output,
}

impl Import {
    pub(crate) fn run(
        &self,
        catalogue: &Catalogue,
        outside: &mut Outside<'_>,
        looks: Looks,
    ) -> Result<Answer, Failure> {
        let profile = named(&self.from)?;
        let Records { sources, written, mut settings } = self.read(profile, outside)?;
        let fields = self.fields(profile, &mut settings)?;
        let engine = Engine { profile, settings: &settings, fields: &fields, packages: &self.package };
        let imported = match engine.trust_file(catalogue, &written) {
            Ok(imported) => imported,
            Err(error) => return Err(self.failure(profile, error, &sources)),
        };
        let mut stderr = remarks(&remarks_of(&imported.warnings), &profile.title, &sources, looks.stderr);
        let widening = imported.warnings.iter().map(|one| (one.is, one.claims.as_slice()));
        if let Some(flag) = self.wider.lacks(widening) {
            let message = format!("nothing was written: the trust file would let in more than {}", profile.title);
            let help = format!("change the records, or accept it with `{flag}`");
            stderr.push_str(&error(&message, Some(&help), looks.stderr));
            return Ok(Answer { stdout: String::new(), stderr, exit: Exit::No });
        }
        let stdout = self.output.write(imported.text)?;
        if self.output.path().is_some_and(|path| !is_trust_file(path)) {
            let about = "trust files are named `NAME.trust.yaml` or `trust.yaml`; under this name `trustctl lint` reads it \
                         only where it is given";
            let remark = Remark { is: Direction::Beside, about, places: &[] };
            stderr.push_str(&remarks(&[remark], &profile.title, &sources, looks.stderr));
        }
        Ok(Answer { stdout, stderr, exit: Exit::Yes })
    }

    /// Every file's records, and what they say of the operator's settings.
    fn read(&self, profile: &'static Profile, outside: &mut Outside<'_>) -> Result<Records, Failure> {
        if let Some(kind) = self.publisher.as_deref().filter(|kind| profile.publisher(kind).is_none()) {
            let message = format!("{} has no kind of record `{kind}`", profile.title);
            return Err(unknown(message, kind, profile.publishers.keys().map(String::as_str)));
        }
        let mut records = Records { sources: Sources::default(), written: Vec::new(), settings: Settings::of(profile) };
        let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in &self.record {
            let input = Input::from(name.as_str());
            let text = read_text(&input, outside.stdin, LARGEST)?;
            if let Some(failure) = mistaken(&input, &text) {
                return Err(failure);
            }
            let shown = match &input {
                Input::Stdin => input.to_string(),
                Input::File(path) => path.display().to_string(),
            };
            let file = records.sources.add(shown, without_tokens_in_place(&text));
            let (written, settings) = match read_written(profile, self.publisher.as_deref(), file, &text) {
                Ok(read) => read,
                Err(problems) => {
                    let failure =
                        Failure::new(format!("{input} holds what {} would not take as a record", profile.title));
                    return Err(failure.problems(records.sources, problems));
                }
            };
            records.written.extend(written);
            for name in profile.settings.keys().filter(|name| settings.is_given(name)) {
                let values = settings.all(name).to_vec();
                if given.insert(name.clone(), values.clone()).is_some_and(|other| other != values) {
                    let failure =
                        Failure::new(format!("`{name}` has another value in an earlier file than in {input}"));
                    return Err(failure.help("it is the registry's, and has one value for all of its records"));
                }
                records.settings.set(name, values);
            }
        }
        Ok(records)
    }

    /// What `--set` says of the registry in a trust file; what it says of the operator's settings goes there.
    fn fields(&self, profile: &Profile, settings: &mut Settings) -> Result<BTreeMap<String, String>, Failure> {
        let mut fields = BTreeMap::new();
        for text in &self.set {
            let Some((name, value)) =
                text.split_once('=').filter(|(_, value)| value.split(',').all(|one| !one.trim().is_empty()))
            else {
                return Err(Failure::new(format!("`{text}` sets nothing")).help("write `--set NAME=VALUE`"));
            };
            if profile.settings.contains_key(name) {
                one_value(profile, name, value)?;
                settings.set(name, value.split(',').map(|value| value.trim().to_owned()).collect());
            } else {
                fields.insert(name.to_owned(), value.trim().to_owned());
            }
        }
        Ok(fields)
    }

    fn failure(&self, profile: &Profile, error: ImportError, sources: &Sources) -> Failure {
        let title = &profile.title;
        let at = |place: Place| match sources.name(place.file) {
            "" => "the record".to_owned(),
            name => format!("the record at {name}:{}", sources.range(place).start.line),
        };
        match error {
            ImportError::NoRegistry => Failure::new(format!("the catalogue has no registry `{}`", profile.registry)),
            ImportError::NoPackage(place) => {
                Failure::new(format!("{} does not say which package it is for", at(place)))
                    .help("add `--package NAME`, or `package: NAME` to the record")
            }
            ImportError::NoField { name, about, example } => {
                Failure::new(format!("a trust file for {title} needs its `{name}`"))
                    .help(format!("add it as in `--set {name}={example}`: {about}"))
            }
            ImportError::UnknownField { name, known } => unknown(
                format!("`{name}` is nothing that is set for {title}"),
                &name,
                known.iter().map(String::as_str).chain(profile.settings.keys().map(String::as_str)),
            ),
            ImportError::Nothing(reasons) => {
                let reasons: Vec<&str> = reasons.iter().map(|reason| reason.about.as_str()).collect();
                let reasons = if reasons.is_empty() { "they hold none".to_owned() } else { reasons.join("; ") };
                Failure::new("nothing of these records can be granted, so there is no trust file").help(reasons)
            }
            ImportError::Refused { text, diagnostics } => {
                let mut sources = Sources::default();
                sources.add("the trust file that was not written", text);
                Failure::new(format!("these records of {title} say what no trust file may say"))
                    .help("mend the records, or write the trust file by hand")
                    .problems(sources, diagnostics)
            }
        }
    }
}

/// What was read.
struct Records {
    sources: Sources,
    written: Vec<Written>,
    settings: Settings,
}

/// A file that is something else than records.
fn mistaken(input: &Input, text: &str) -> Option<Failure> {
    let is = |what: &str| Failure::new(format!("{input} {what}, not a registry's own record"));
    if is_token(text) {
        return Some(is("holds a token").help("it is a credential: keep it out of files that others read"));
    }
    if are_claims(text) {
        return Some(is("looks like a token's claims").help("`trustctl eval --as REGISTRY --claims FILE` reads them"));
    }
    let is_trust = text.lines().any(|line| line.starts_with("trust:"));
    is_trust.then(|| is("is a trust file").help("`trustctl export --to REGISTRY FILE` goes that way"))
}

fn remarks_of(warnings: &[ImportWarning]) -> Vec<Remark<'_>> {
    warnings.iter().map(|one| Remark { is: one.is, about: &one.about, places: &one.records }).collect()
}
