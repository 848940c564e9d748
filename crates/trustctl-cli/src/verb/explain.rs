//! `trustctl explain`: what does this rule mean, what does this trust file say?

use std::path::PathBuf;

use clap::Args;
use trustctl_analysis::docs;
use trustctl_catalog::Catalogue;

use crate::Looks;
use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::files::TrustFiles;
use crate::format::human;
use crate::input::{InputError, nearest};
use crate::secret::is_token;

const NOTES: &str = "\
Examples:
  trustctl explain                         every rule in a line
  trustctl explain missing-environment     what the rule finds, why, what to write instead
  trustctl explain unknown-claim           an error of the language
  trustctl explain npm.trust.yaml          what the file allows, every condition with its origin

Exit codes: 0 shown, 2 there is no such rule or file, or the file has errors.";

/// Explain a lint rule, or say in words what a trust file allows
///
/// For a file, every grant with all of its effective conditions: its own, those of `require`, and those that the
/// provider and the registry add by themselves, each with its origin.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Explain {
    /// The name of a rule or of an error of the language, or a trust file; without it, the list of rules
    #[arg(value_name = "RULE|FILE", value_hint = clap::ValueHint::FilePath)]
    what: Option<String>,
}

impl Explain {
    pub(crate) fn run(&self, catalogue: &Catalogue, looks: Looks) -> Result<Answer, Failure> {
        let Some(what) = &self.what else {
            return Ok(Answer::new(Exit::Yes, human::explanation::rules(looks.stdout)));
        };
        if let Some(page) = docs::explain(what) {
            return Ok(Answer::new(Exit::Yes, human::explanation::rule(&page, looks.stdout)));
        }
        if is_token(what) {
            return Err(InputError::IsToken { trust_file: true }.into());
        }
        let path = PathBuf::from(what);
        if !path.exists() {
            let codes = trustctl_policy::codes::CODES.iter().map(|(code, _)| *code);
            let names: Vec<&str> = trustctl_analysis::rules().map(|rule| rule.name).chain(codes).collect();
            let failure = Failure::new(format!("there is no rule and no file `{what}`"));
            let near = nearest(what, names.into_iter()).map(str::to_owned);
            let near = near.or_else(|| crate::input::near(&path).map(|path| path.display().to_string()));
            return Err(match near {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`trustctl explain` lists the rules"),
            });
        }
        explain_files(TrustFiles::read(catalogue, &[path])?, looks)
    }
}

fn explain_files(files: TrustFiles, looks: Looks) -> Result<Answer, Failure> {
    let TrustFiles { sources, roots, unreadable, .. } = files;
    if let Some(error) = unreadable.into_iter().next() {
        return Err(error.into());
    }
    let mut pages = Vec::new();
    let mut problems = Vec::new();
    for root in roots {
        match root.reading.policy {
            Some(policy) => pages.push(human::explanation::policy(&policy, &sources, looks.stdout)),
            None => problems.extend(root.reading.diagnostics),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::new("a trust file with errors says nothing").problems(sources, problems));
    }
    Ok(Answer::new(Exit::Yes, pages.join("\n")))
}
