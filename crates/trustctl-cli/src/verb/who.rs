//! `trustctl who`: who can get in?

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use trustctl_catalog::Catalogue;
use trustctl_claims::UnixTime;
use trustctl_policy::{Holder, Policy};

use crate::access::{Access, PolicyAccess, strength};
use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::files::{Loaded, TrustFiles};
use crate::format::{Format, human, json};
use crate::input::nearest;
use crate::moment::{self, At};
use crate::request::PackageArgument;
use crate::{Looks, Outside};

const NOTES: &str = "\
Examples:
  trustctl who                                   every trust file below the current folder
  trustctl who npm.trust.yaml                    one file
  trustctl who --package @acme/widgets           the grants for one package
  trustctl who --at 2027-01-01T00:00:00Z         on that day
  trustctl who --format json                     every answer, with whole tokens

Who is asked about, the strongest first, where the provider has them and the grant names what they differ by:
  anyone                           somebody with an account at the provider and no rights in ours
  caller of our reusable workflow  somebody whose repository calls it
  re-registered name               whoever registers a name that we gave up, with ids of their own
  outsider event                   whoever starts a run from outside: a pull request, a comment
  sibling repository               whoever can write to another repository of ours
  speculative run                  whoever proposes a change, which is planned at once
  any writer                       whoever can push a branch to the repository
  re-run with SSH                  whoever logs in to a job that was started again
  debug shell                      whoever opens a shell in a running job
  self-hosted runner               whoever controls a machine of ours that such jobs run on

A yes comes with a token, which the evaluator was shown and let in. A no is a proof: no token of the provider's model gets in; \
below the table stands what the model leaves out. Unclear (?) is what could not be decided within its bounds: regard it as a yes.

Exit codes: 0 it is said who gets in, whoever that is; 2 it could not be: usage, no trust file, one that cannot be read or has \
errors. `trustctl lint` is what fails where strangers get in. A file that does not load for deciding, because a grant is open to \
everybody or it is in `dialect: generic`, is answered all the same.";

/// Show who can get in by each grant, decided
///
/// For each grant, everybody who could hold a token that it takes: anyone at all, other repositories, whoever can push a
/// branch, and so on. Each yes is shown with such a token, each no is a proof for the provider's model.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Who {
    /// Trust files, or folders that hold some; without any, those below the current folder that git does not ignore
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    path: Vec<PathBuf>,

    /// Only the grants for this package
    #[arg(long, value_name = "NAME")]
    package: Option<PackageArgument>,

    /// The time to ask about: now, or RFC 3339 such as 2026-11-20T12:00:00Z
    #[arg(long, value_name = "TIME", default_value = "now", value_parser = moment::without_issued)]
    at: At,

    /// How to write the answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

impl Who {
    pub(crate) fn run(&self, catalogue: &Catalogue, outside: &Outside<'_>, looks: Looks) -> Result<Answer, Failure> {
        let package = self.package()?;
        let files = TrustFiles::read(catalogue, &self.path)?;
        let access = access(files, package, self.at.or(outside.now), outside.now)?;
        let text = match self.format {
            Format::Human => human::who::who(&access, looks.stdout),
            Format::Json => json::who::who(&access),
        };
        Ok(Answer::new(Exit::Yes, text))
    }

    fn package(&self) -> Result<Option<&str>, Failure> {
        match &self.package {
            Some(PackageArgument { name, version: Some(_) }) => {
                Err(Failure::new("who gets in is asked about a package, whatever its version")
                    .help(format!("write `--package {name}`")))
            }
            Some(PackageArgument { name, version: None }) => Ok(Some(name)),
            None => Ok(None),
        }
    }
}

fn access(files: TrustFiles, package: Option<&str>, at: i64, now: i64) -> Result<Access, Failure> {
    let notes = files.notes();
    let (sources, policies) = files.policies()?;
    let mut asked = Vec::new();
    for Loaded { name, policy, .. } in policies {
        let wanted = package.map(|package| grants_for(&policy, package));
        let grants = match &wanted {
            Some(wanted) if wanted.is_empty() => Vec::new(),
            _ => trustctl_analysis::who(&policy, UnixTime(at)),
        };
        let is_wanted = |grant: &u32| wanted.as_ref().is_none_or(|wanted| wanted.contains(grant));
        let mut grants: Vec<_> = grants.into_iter().filter(|reach| is_wanted(&reach.grant.0)).collect();
        grants.iter_mut().for_each(|of| of.reach.sort_by_key(|reach| strength(reach.adversary)));
        asked.push(PolicyAccess { name, policy, grants });
    }
    let near = package.and_then(|package| near(&asked, package));
    Ok(Access { policies: asked, package: package.map(str::to_owned), near, at, now, notes, sources })
}

/// The grants for a package, in whatever spelling the registry takes for the same name.
fn grants_for(policy: &Arc<Policy>, package: &str) -> BTreeSet<u32> {
    let is_for = |grant: &trustctl_policy::Grant| {
        let grammar = policy.registry(grant.registry).and_then(|registry| registry.packages.as_ref());
        let normal = grammar.map(|grammar| grammar.normal(package));
        grant.holder == Holder::Packages && policy.names(grant).any(|name| Some(name) == normal.as_deref())
    };
    policy.grants().filter(|(_, grant)| is_for(grant)).map(|(id, _)| id.0).collect()
}

/// What a name that no grant has is probably a slip of.
fn near(policies: &[PolicyAccess], package: &str) -> Option<String> {
    if policies.iter().any(|of| !of.grants.is_empty()) {
        return None;
    }
    let names = policies.iter().flat_map(|of| {
        let grants = of.policy.grants().filter(|(_, grant)| grant.holder == Holder::Packages);
        grants.flat_map(|(_, grant)| of.policy.names(grant))
    });
    nearest(package, names).map(str::to_owned)
}
