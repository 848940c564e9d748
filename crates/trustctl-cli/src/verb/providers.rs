//! `trustctl providers`: what the catalogue knows.

use clap::Args;
use trustctl_catalog::Catalogue;

use crate::Looks;
use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::format::human;
use crate::input::nearest;

const NOTES: &str = "\
Examples:
  trustctl providers                   every provider and registry
  trustctl providers github-actions    issuers, claims, what it requires by itself
  trustctl providers npm               audience, names, versions, actions

Exit codes: 0 shown, 2 there is none of that kind.";

/// Show what is known of identity providers and registries
///
/// Without KIND, all of them. With KIND, a provider's issuers, audience, lifetimes, claims and what it requires by
/// itself, or a registry's audience, names, versions and actions: each fact with its source and the day it was
/// compared with it.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Providers {
    /// What a trust file calls it: `github-actions`, `npm`
    kind: Option<String>,
}

impl Providers {
    pub(crate) fn run(&self, catalogue: &Catalogue, looks: Looks) -> Result<Answer, Failure> {
        // Every other verb reads what it needs, and takes what cannot be read for absent.
        catalogue.check().map_err(|error| Failure::new(format!("the catalogue cannot be read: {error}")))?;
        let Some(kind) = &self.kind else {
            return Ok(Answer::new(Exit::Yes, human::catalogue::list(catalogue, looks.stdout)));
        };
        let mut pages = Vec::new();
        pages.extend(catalogue.provider(kind).map(|found| human::catalogue::provider(found, looks.stdout)));
        pages.extend(catalogue.registry(kind).map(|found| human::catalogue::registry(found, looks.stdout)));
        if pages.is_empty() {
            return Err(unknown(catalogue, kind));
        }
        Ok(Answer::new(Exit::Yes, pages.join("\n")))
    }
}

/// A kind that there is not, with all that there are.
fn unknown(catalogue: &Catalogue, kind: &str) -> Failure {
    let kinds = || catalogue.provider_kinds().chain(catalogue.registry_kinds());
    let near = nearest(&kind.to_lowercase(), kinds()).map_or(String::new(), |near| format!("did you mean `{near}`? "));
    let listed = |kinds: &mut dyn Iterator<Item = &str>| kinds.collect::<Vec<_>>().join(", ");
    Failure::new(format!("no provider and no registry is called `{kind}`")).help(format!(
        "{near}there are the providers {}; and the registries {}",
        listed(&mut catalogue.provider_kinds()),
        listed(&mut catalogue.registry_kinds())
    ))
}
