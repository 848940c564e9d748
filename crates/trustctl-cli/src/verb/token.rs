//! `trustctl token`: what is in this token?

use clap::Args;
use trustctl_catalog::Catalogue;
use trustctl_token::inspect;

use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::format::human;
use crate::input::{Input, read_text};
use crate::token_text;
use crate::{Looks, Outside};

use super::eval::{LARGEST, no_token};

const NOTES: &str = "\
Examples:
  trustctl token token.jwt
  jq -r .value response.json | trustctl token -

Exit codes: 0 shown, 2 the file cannot be read or holds no token.

Nothing is verified: whoever made the token chose what it says. `trustctl eval` verifies.";

/// Show what is in a token, without verifying anything
///
/// Header and claims with their times in words, the provider that its issuer belongs to, and what conditions of a
/// trust file could say about it. The signature, and so the token, is never shown.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Token {
    /// A file that holds a signed token (JWT), or `-` for standard input
    #[arg(value_hint = clap::ValueHint::FilePath)]
    file: String,
}

impl Token {
    pub(crate) fn run(
        &self,
        catalogue: &Catalogue,
        outside: &mut Outside<'_>,
        looks: Looks,
    ) -> Result<Answer, Failure> {
        let input = Input::from(self.file.as_str());
        let text = read_text(&input, outside.stdin, LARGEST)?;
        let token = token_text::token(&text).map_err(|error| no_token(&error, &input))?;
        let (header, claims) = inspect(token)
            .map_err(|error| Failure::new(format!("{input} holds no token that can be read: {error}")))?;
        Ok(Answer::new(Exit::Yes, human::claims::token(&header, &claims, catalogue, outside.now, looks.stdout)))
    }
}
