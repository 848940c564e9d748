//! The verbs, one file each: its arguments and their help, and what it does.

mod diff;
mod eval;
mod explain;
mod export;
mod import;
mod lint;
mod providers;
mod token;
mod who;

use clap::{Parser, Subcommand};
use trustctl_catalog::Catalogue;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::format::Format;
use crate::{Looks, Outside};

const EXAMPLES: &str = "\
Examples:
  trustctl eval --token token.jwt --package left-pad@1.4.0    may this token publish it?
  trustctl eval --as pypi --token token.jwt                   what would PyPI itself say of it?
  trustctl lint                                               what is wrong with our trust files?
  trustctl who                                                who can get in, and with what token?
  trustctl diff origin/main: .                                what does this change let in?
  trustctl explain npm.trust.yaml                             what does this file allow, in words?
  trustctl import --from pypi publisher.yaml                  the registry's records as a trust file
  trustctl export --to npm npm.trust.yaml                     a trust file as the registry's records
  trustctl token token.jwt                                    what is in this token?
  trustctl providers github-actions                           what is known of this provider?

Exit codes: 0 yes (allowed, clean), 1 no (denied, findings), 2 it could not be done.
Trust files are named NAME.trust.yaml or trust.yaml. NO_COLOR turns colours off.";

/// Decide which machine identities may publish packages, lint what you decided, and see why.
///
/// A trust file says which CI jobs and other machine identities may do what to which packages. trustctl checks a
/// token against it and explains the decision, and finds what in the file would let strangers in.
#[derive(Debug, Parser)]
#[command(name = "trustctl", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Eval(Box<eval::Eval>),
    Lint(lint::Lint),
    Who(who::Who),
    Diff(diff::Diff),
    Explain(explain::Explain),
    Import(import::Import),
    Export(export::Export),
    Token(token::Token),
    Providers(providers::Providers),
}

impl Command {
    pub(crate) fn run(&self, outside: &mut Outside<'_>, looks: Looks) -> Answer {
        let catalogue = match Catalogue::bundled() {
            Ok(catalogue) => catalogue,
            Err(error) => {
                return Failure::new(format!("the catalogue cannot be read: {error}"))
                    .answer(Format::Human, looks.stderr);
            }
        };
        let (format, result) = match &self.verb {
            Verb::Eval(eval) => (eval.format, eval.run(catalogue, outside, looks)),
            Verb::Lint(lint) => (lint.format, lint.run(catalogue, outside, looks)),
            Verb::Who(who) => (who.format, who.run(catalogue, outside, looks)),
            Verb::Diff(diff) => (diff.format(), diff.run(catalogue, outside, looks)),
            Verb::Explain(explain) => (Format::Human, explain.run(catalogue, looks)),
            Verb::Import(import) => (Format::Human, import.run(catalogue, outside, looks)),
            Verb::Export(export) => (Format::Human, export.run(catalogue, looks)),
            Verb::Token(token) => (Format::Human, token.run(catalogue, outside, looks)),
            Verb::Providers(providers) => (Format::Human, providers.run(catalogue, looks)),
        };
        result.unwrap_or_else(|failure| failure.answer(format, looks.stderr))
    }
}
