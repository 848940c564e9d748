//! `trustctl eval --as`: what would that registry say of this token?

mod about;
mod judge;
mod mistaken;
mod records;
mod settings;
mod token;

use clap::Args;
use trustctl_catalog::Catalogue;
use trustctl_records::Profile;

use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::format::{Format, human, json};
use crate::input::nearest;
use crate::ruling::Rulings;
use crate::{Looks, Outside};

use super::Eval;

/// What is asked of registries.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Decide as this registry does, by its own trust records: `pypi`, `npm` and so on, or `all`
    #[arg(
        id = "as",
        long = "as",
        value_name = "REGISTRY",
        conflicts_with_all = ["policy", "registry", "account", "action"]
    )]
    pub(super) registry: Option<String>,

    /// A file (YAML or JSON) with trust records of the registry, or `-`; without it, the record that the token would need
    #[arg(long, value_name = "FILE", requires = "as", value_hint = clap::ValueHint::FilePath)]
    pub(super) record: Vec<String>,

    /// Which kind of record, where the record does not say it: `github`, `gitlab` and so on
    #[arg(long, value_name = "KIND", requires = "as")]
    pub(super) publisher: Option<String>,

    /// What the registry's operator has set, such as `audience=test.example`; with `--as all`, `REGISTRY.NAME=VALUE`
    #[arg(long, value_name = "NAME=VALUE", requires = "as")]
    pub(super) set: Vec<String>,
}

/// Asks one registry, or all of them.
pub(super) fn run(
    asked: &str,
    given: &Eval,
    catalogue: &Catalogue,
    outside: &mut Outside<'_>,
    looks: Looks,
) -> Result<Answer, Failure> {
    let arguments = &given.as_registry;
    let profiles = profiles(asked)?;
    let records::Given { records, settings } = records::read(arguments, &profiles, outside)?;
    let settings = settings::read(&arguments.set, settings, &profiles)?;
    let judges = judge::of_records(&profiles, &settings, &records);
    let presented = token::present(given, &profiles, &judges, catalogue, outside)?;
    let package = given.package.clone();
    let mut rulings = Rulings {
        believed: presented.believed,
        audience: None,
        package,
        at: presented.at,
        now: outside.now,
        catalogue: catalogue.version.clone(),
        records_given: records.is_some(),
        asked: profiles,
        answers: Vec::new(),
    };
    if let Some(claims) = &presented.claims {
        rulings.audience =
            claims.named("aud").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let version = rulings.package.as_ref().and_then(|package| package.version.as_deref());
        let kind = arguments.publisher.as_deref();
        let name = rulings.package.as_ref().map(|package| package.name.as_str());
        let token = judge::Token {
            claims,
            header: presented.header.as_ref(),
            kind,
            package: name,
            catalogue,
            version,
            at: presented.at,
        };
        rulings.answers = judge::ask(&rulings.asked, &settings, records, &token, asked == ALL)?;
    }
    let exit = if rulings.is_by_record() { Exit::Yes } else { Exit::No };
    let text = match (given.format, asked == ALL) {
        (Format::Human, false) => human::ruling::ruling(&rulings, looks.stdout),
        (Format::Human, true) => human::rulings::rulings(&rulings, looks.stdout),
        (Format::Json, _) => json::ruling::rulings(&rulings),
    };
    Ok(Answer::new(exit, text))
}

/// The word for every registry there is.
const ALL: &str = "all";

fn profiles(asked: &str) -> Result<Vec<&'static Profile>, Failure> {
    if asked == ALL {
        return Ok(Profile::names().map(profile).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect());
    }
    match profile(asked)? {
        Some(profile) => Ok(vec![profile]),
        None => Err(unknown(format!("there is no registry `{asked}`"), asked, Profile::names().chain([ALL]))),
    }
}

fn profile(name: &str) -> Result<Option<&'static Profile>, Failure> {
    Profile::bundled(name).map_err(|error| Failure::new(format!("the rules of `{name}` cannot be read: {error}")))
}

/// A name that is none of those there are.
fn unknown<'n>(message: String, given: &str, known: impl Iterator<Item = &'n str>) -> Failure {
    let known: Vec<&str> = known.collect();
    let listed = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let there = if known.len() == 1 { "there is" } else { "there are" };
    let near = nearest(&given.to_lowercase(), known.iter().copied())
        .map_or(String::new(), |near| format!("did you mean `{near}`? "));
    Failure::new(message).help(format!("{near}{there} {listed}"))
}
