//! `trustctl eval`: may this token do that?

mod as_registry;
mod ask;
mod keys;
mod verify;

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use trustctl_catalog::Catalogue;
use trustctl_claims::Claims;
use trustctl_diag::Sources;
use trustctl_eval::Effect;
use trustctl_policy::Policy;

use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::files::TrustFiles;
use crate::format::{Format, human, json};
use crate::input::{Input, read_text};
use crate::moment::At;
use crate::request::PackageArgument;
use crate::token_text;
use crate::verdict::{Basis, Bound, Question, UnjudgedTime, Verdict};
use crate::{Looks, Outside};

use keys::Keys;

const NOTES: &str = "\
Examples:
  trustctl eval --token token.jwt --package left-pad@1.4.0
  trustctl eval --token - --policy npm.trust.yaml --package @acme/widgets < token.jwt
  trustctl eval --token token.jwt --jwks keys.json --at issued --package left-pad
  trustctl eval --claims claims.json --account ci-publisher --registry production --format json
  trustctl eval --as pypi --token token.jwt --record publisher.json
  trustctl eval --as all --token token.jwt --at issued

Exit codes: 0 allow, 1 deny, 2 it could not be decided: usage, a file that cannot be read, a trust file or record with errors, \
a file that holds no token, no keys. With `--as`, 0 only where a given --record lets the token in, of `--as all` at some registry. With `--format json` the reason for a 2 is JSON too, on standard output, unless it is the usage.

A file that `--policy` names and another one includes is judged with that one, which is looked for upwards: inside the \
repository (up to the folder with `.git`), or where there is none, up to the current folder.

With `--as`, no trust file is read: a registry decides by its own trust records. A --record file holds one record or a list of \
them, in the registry's own form; or `REGISTRY: RECORDS` for several registries, which `--as all` needs. Without --record the \
token is judged by the record that it would need, which is shown: `possible` says that there can be one, and the exit code is 1. With --package, a record that names another package, or lets nobody publish, does not count. The registry's own \
rules for audience and times hold, also for claims that nobody signed; `--at issued` judges a captured token at the moment it \
was issued.

The token is never printed. Whether it was used before (replay) is not checked.";

/// Decide whether a token may do something, and say why
///
/// Checks the token's signature, times and form, asks every trust file, and explains the answer: which grant allows
/// it, or how far the nearest one is from it. A token that does not stand up to verification is denied. Keys are
/// fetched from the issuer (only from one that a trust file, a registry or a record names) unless --jwks gives them.
/// With --as, a registry's own rules and trust records decide in place of trust files.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
#[command(group = ArgGroup::new("who").required(true).args(["token", "claims"]))]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["package", "account", "as"]))]
pub(crate) struct Eval {
    /// A file that holds a signed token (JWT), or `-` for standard input
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    token: Option<String>,

    /// A file that holds claims as a JSON object, or `-`: decided upon WITHOUT any verification
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "jwks")]
    claims: Option<String>,

    /// Trust files, or folders that hold some; without it, those below the current folder that git does not ignore
    #[arg(long, value_name = "PATH", num_args = 1.., value_hint = clap::ValueHint::AnyPath)]
    policy: Vec<PathBuf>,

    /// The package to act on: left-pad, left-pad@1.4.0, @acme/widgets@1.4.0
    #[arg(long, value_name = "NAME[@VERSION]")]
    package: Option<PackageArgument>,

    /// The service account to act as
    #[arg(long, value_name = "NAME", conflicts_with = "package")]
    account: Option<String>,

    /// What to do with the package; without it, what the registry is mainly for, such as `publish`
    #[arg(long, value_name = "NAME", conflicts_with = "account")]
    action: Option<String>,

    /// The registry, as the trust files name it; needed only where they name several
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,

    #[command(flatten)]
    as_registry: as_registry::Arguments,

    /// The issuer's key set (JWK set), or `-`; without it, keys are fetched from the issuer
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    jwks: Option<String>,

    /// The time to judge at: now, issued (when the token was issued), or RFC 3339 such as 2026-11-20T12:00:00Z
    #[arg(long, value_name = "TIME", default_value = "now")]
    at: At,

    /// How to write the answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// More bytes than any token or set of claims has; the verifier's own limit is lower.
pub(super) const LARGEST: u64 = 1024 * 1024;

impl Eval {
    pub(super) fn run(
        &self,
        catalogue: &Catalogue,
        outside: &mut Outside<'_>,
        looks: Looks,
    ) -> Result<Answer, Failure> {
        self.one_reader_of_stdin()?;
        if let Some(asked) = &self.as_registry.registry {
            return as_registry::run(asked, self, catalogue, outside, looks);
        }
        let policies = Policies::load(TrustFiles::read(catalogue, &self.policy)?)?;
        let question = ask::question(&policies.all, self)?;
        let Believed { basis, claims, at } = self.believed(catalogue, outside, &policies, &question)?;
        let mut verdict = Verdict {
            effect: Effect::Deny,
            basis,
            question,
            at,
            now: outside.now,
            answers: Vec::new(),
            issuer: claims.as_ref().and_then(|claims| claims.named("iss")?.as_str().map(str::to_owned)),
            unjudged_times: Vec::new(),
            not_asked: Vec::new(),
            bound: Bound::Versions(Vec::new()),
            catalogue: catalogue.version.clone(),
            looked_for: self.policy.is_empty().then_some(policies.files),
            sought: policies.sought,
            sources: policies.sources,
        };
        if let Some(claims) = claims {
            if verdict.basis == Basis::Unverified {
                verdict.unjudged_times = unjudged_times(&claims, at);
            }
            ask::ask(policies.all, &claims, &mut verdict);
        }
        Ok(self.answer(&verdict, looks))
    }

    /// Reads the token or the claims, and finds out how far they are to be believed.
    fn believed(
        &self,
        catalogue: &Catalogue,
        outside: &mut Outside<'_>,
        policies: &Policies,
        question: &Question,
    ) -> Result<Believed, Failure> {
        let now = outside.now;
        if let Some(file) = &self.token {
            let input = Input::from(file.as_str());
            let text = read_text(&input, outside.stdin, LARGEST)?;
            let token = token_text::token(&text).map_err(|error| no_token(&error, &input))?;
            let at = self.at(now, || verify::issued_at(token, &input).map(|issued| issued.unwrap_or(now)))?;
            let keys = self.keys(outside)?;
            let (basis, verified) = verify::verify(token, &policies.all, question, catalogue, &keys, (at, now))?;
            let claims = verified.map(|verified| verified.claims().clone());
            return Ok(Believed { basis, claims, at });
        }
        let input = Input::from(self.claims.as_deref().unwrap_or("-"));
        let text = read_text(&input, outside.stdin, LARGEST)?;
        let claims = Claims::parse(&text).map_err(|error| no_claims(&error.to_string(), &text, &input))?.into_owned();
        let at = self.at(now, || issued_at(&claims, &input))?;
        Ok(Believed { basis: Basis::Unverified, claims: Some(claims), at })
    }

    fn one_reader_of_stdin(&self) -> Result<(), Failure> {
        let files = [&self.token, &self.claims, &self.jwks].into_iter().flatten().chain(&self.as_registry.record);
        if files.filter(|file| *file == "-").count() > 1 {
            let what = if self.as_registry.record.is_empty() { "the key set" } else { "all but one of them" };
            return Err(Failure::new("standard input can be read once, and `-` is given twice")
                .help(format!("put {what} into a file")));
        }
        Ok(())
    }

    fn at(&self, now: i64, issued: impl FnOnce() -> Result<i64, Failure>) -> Result<i64, Failure> {
        match self.at {
            At::Now => Ok(now),
            At::Second(second) => Ok(second),
            At::Issued => issued(),
        }
    }

    fn keys(&self, outside: &mut Outside<'_>) -> Result<Keys, Failure> {
        match &self.jwks {
            Some(file) => {
                let input = Input::from(file.as_str());
                let text = read_text(&input, outside.stdin, LARGEST)?;
                Keys::given(input, &text)
            }
            None => Ok(Keys::Fetched),
        }
    }

    fn answer(&self, verdict: &Verdict, looks: Looks) -> Answer {
        let exit = if verdict.is_allow() { Exit::Yes } else { Exit::No };
        let text = match self.format {
            Format::Human => human::decision::decision(verdict, looks.stdout),
            Format::Json => json::decision::decision(verdict),
        };
        Answer::new(exit, text)
    }
}

pub(super) fn no_token(error: &token_text::NoToken, input: &Input) -> Failure {
    let failure = Failure::new(error.message(input));
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}

fn no_claims(error: &str, text: &str, input: &Input) -> Failure {
    let failure = Failure::new(format!("{input} holds no claims: {error}"));
    if token_text::token(text).is_ok() {
        failure.help("it looks like a token: give it with --token")
    } else if !text.trim_start().starts_with(['{', '[', '"']) {
        Failure::new(format!("{input} is not JSON"))
            .help("claims are a JSON object: `{\"iss\": \"https://ci.example\"}` and so on")
    } else {
        failure
    }
}

fn issued_at(claims: &Claims<'_>, input: &Input) -> Result<i64, Failure> {
    time(claims, "iat").ok_or_else(|| never_issued(input))
}

/// Times for which a token with these claims would be refused.
fn unjudged_times(claims: &Claims<'_>, at: i64) -> Vec<UnjudgedTime> {
    let expired = time(claims, "exp").filter(|second| *second <= at).map(|second| ("exp", second));
    let early = time(claims, "nbf").filter(|second| *second > at).map(|second| ("nbf", second));
    [expired, early].into_iter().flatten().map(|(claim, second)| UnjudgedTime { claim, second }).collect()
}

fn time(claims: &Claims<'_>, claim: &str) -> Option<i64> {
    claims.named(claim)?.as_integer()?.parse().ok()
}

fn never_issued(input: &Input) -> Failure {
    Failure::new(format!("{input} does not say when it was issued: there is no `iat` that is a time"))
        .help("give the time itself: `--at 2026-11-20T12:00:00Z`")
}

/// What is known of the caller.
struct Believed {
    basis: Basis,
    /// None where the token was refused.
    claims: Option<Claims<'static>>,
    at: i64,
}

/// The policies that are asked.
struct Policies {
    /// With the names of their root files.
    all: Vec<(String, Policy)>,
    /// How many trust files they come from.
    files: usize,
    /// Root files found above what was asked for.
    sought: Vec<String>,
    sources: Sources,
}

impl Policies {
    /// Every policy, or why one cannot decide: a file that does not load is never passed over in silence.
    fn load(files: TrustFiles) -> Result<Self, Failure> {
        let count = files.count();
        let TrustFiles { sources, roots, unreadable, .. } = files;
        if let Some(error) = unreadable.into_iter().next() {
            return Err(error.into());
        }
        let sought = roots.iter().filter(|root| root.sought).map(|root| sources.name(root.file).to_owned()).collect();
        let (mut all, mut problems, mut broken) = (Vec::new(), Vec::new(), Vec::new());
        for root in roots {
            let name = sources.name(root.file).to_owned();
            match root.reading.policy {
                Some(policy) if policy.refusals().is_empty() => all.push((name, policy)),
                Some(policy) => {
                    problems.extend_from_slice(policy.refusals());
                    broken.push(name);
                }
                None => {
                    problems.extend(root.reading.diagnostics);
                    broken.push(name);
                }
            }
        }
        if broken.is_empty() {
            return Ok(Self { all, files: count, sought, sources });
        }
        let names = broken.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Err(Failure::new(format!("{names} cannot be loaded for deciding")).problems(sources, problems))
    }
}
