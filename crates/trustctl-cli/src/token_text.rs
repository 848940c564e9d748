//! Finding the token in a file that should hold one.
//!
//! People save what they have: the header line, the JSON answer of the token endpoint, a log with the token
//! masked. Each gets told what it is. Nothing here repeats any part of the text: it may be a credential.

use thiserror::Error;

use crate::input::Input;

/// Why a text is no token in the compact form (RFC 7515, section 7.1).
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum NoToken {
    /// `Bearer …` or `Authorization: …`.
    #[error("an `Authorization` header, not a bare token")]
    Header,
    /// A JSON object.
    #[error("JSON, not a token")]
    Json {
        /// Which member looks like the token.
        member: Option<&'static str>,
    },
    /// A JSON object that has `iss`.
    #[error("a token's claims as JSON, not a token")]
    Claims,
    /// What a web server says instead.
    #[error("an HTML page: the request for the token failed")]
    Html,
    /// A JWK set.
    #[error("a key set, not a token")]
    KeySet,
    /// `"…"`.
    #[error("a token in quotes")]
    Quoted,
    /// PEM.
    #[error("a key or a certificate (PEM), not a token")]
    Pem,
    /// `***`.
    #[error("a masked token: CI systems replace secrets in logs by `***`")]
    Masked,
    /// Several lines or words.
    #[error("more than a token: there are blanks or line ends in it")]
    Blanks,
    /// Five parts.
    #[error("an encrypted token (JWE, five parts); identity providers issue signed ones (three parts)")]
    Encrypted,
    /// One word: an API token (`ghp_…`), `null`.
    #[error("no JSON Web Token: it has no dots")]
    NoDots,
    /// Another number of dots.
    #[error("no token: it has {0} parts between dots, and a signed token has three")]
    Parts(usize),
    /// Three parts with other characters than base64url has.
    #[error("no token: there is a character in it that no token has")]
    Characters,
}

impl NoToken {
    /// The whole sentence for the text of `input`.
    pub(crate) fn message(&self, input: &Input) -> String {
        format!("{input} holds {self}")
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::Header => "give only what follows `Bearer `".to_owned(),
            Self::Json { member: Some(member) } => {
                format!("the token is the member `{member}`: `jq -r .{member}` takes it out")
            }
            Self::Json { member: None } => "give the token itself: three parts between dots, on one line".to_owned(),
            Self::Claims => "claims nobody signed are judged with `trustctl eval --claims FILE`".to_owned(),
            Self::Html => "look at the page, and at the address and the credentials of the request".to_owned(),
            Self::NoDots => {
                "an identity token of a CI job is three parts between dots; an API key or `null` is none".to_owned()
            }
            Self::KeySet => "give it with `trustctl eval --jwks FILE`, beside the token".to_owned(),
            Self::Quoted => "leave the quotes out: `jq -r` does".to_owned(),
            Self::Masked => {
                "write it to a file inside the job instead, and delete the file afterwards: it is a credential"
                    .to_owned()
            }
            Self::Blanks => "give the token alone, on one line".to_owned(),
            _ => return None,
        })
    }
}

/// The token in `text`: all of it but one line end.
pub(crate) fn token(text: &str) -> Result<&str, NoToken> {
    let token = text.strip_suffix('\n').unwrap_or(text);
    let token = token.strip_suffix('\r').unwrap_or(token);
    let lower = token.trim_start().get(..24).unwrap_or(token.trim_start()).to_ascii_lowercase();
    if lower.starts_with("bearer") && lower.contains(' ') || lower.starts_with("authorization") {
        return Err(NoToken::Header);
    }
    if token.contains("***") {
        return Err(NoToken::Masked);
    }
    if lower.starts_with(['{', '[']) {
        const MEMBERS: [&str; 5] = ["value", "id_token", "token", "access_token", "oidc_token"];
        if token.contains("\"keys\"") && token.contains("\"kty\"") {
            return Err(NoToken::KeySet);
        }
        let member = MEMBERS.into_iter().find(|member| token.contains(&format!("\"{member}\"")));
        return Err(match member {
            None if token.contains("\"iss\"") => NoToken::Claims,
            member => NoToken::Json { member },
        });
    }
    if lower.starts_with(['"', '\'']) {
        return Err(NoToken::Quoted);
    }
    if lower.starts_with('<') {
        return Err(NoToken::Html);
    }
    if lower.starts_with("-----begin") {
        return Err(NoToken::Pem);
    }
    if token.contains(char::is_whitespace) {
        return Err(NoToken::Blanks);
    }
    match token.split('.').count() {
        3 => {}
        1 => return Err(NoToken::NoDots),
        5 => return Err(NoToken::Encrypted),
        parts => return Err(NoToken::Parts(parts)),
    }
    // Padding and the characters of plain base64 pass: the verifier refuses them, and its refusal is a decision.
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b'+' | b'/');
    if token.bytes().all(fits) { Ok(token) } else { Err(NoToken::Characters) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_no_part_of_the_token() {
        assert_eq!(token("e30.e30.c2ln"), Ok("e30.e30.c2ln"));
        assert_eq!(token("e30.e30.c2ln\n"), Ok("e30.e30.c2ln"));
        assert_eq!(token("e30.e30.c2ln\r\n"), Ok("e30.e30.c2ln"));
        assert_eq!(token("e30.e30.c2ln\n\n"), Err(NoToken::Blanks));
        assert_eq!(token(" e30.e30.c2ln"), Err(NoToken::Blanks));
    }

    #[test]
    fn what_people_save_instead_is_named() {
        assert_eq!(token("Bearer e30.e30.c2ln"), Err(NoToken::Header));
        assert_eq!(token("authorization: bearer e30.e30.c2ln"), Err(NoToken::Header));
        assert_eq!(token(r#"{"count":1857,"value":"e30.e30.c2ln"}"#), Err(NoToken::Json { member: Some("value") }));
        assert_eq!(token(r#"{"iss":"https://ci.example"}"#), Err(NoToken::Claims));
        assert_eq!(token(r#"{"message":"Not Found"}"#), Err(NoToken::Json { member: None }));
        assert_eq!(token("<!DOCTYPE html>\n<html><title>Sign in</title>"), Err(NoToken::Html));
        assert_eq!(token(r#"{"keys":[{"kty":"RSA"}]}"#), Err(NoToken::KeySet));
        assert_eq!(token("\"e30.e30.c2ln\""), Err(NoToken::Quoted));
        assert_eq!(token("-----BEGIN PUBLIC KEY-----\nMII"), Err(NoToken::Pem));
        assert_eq!(token("***"), Err(NoToken::Masked));
        assert_eq!(token("e30.e30.e30.e30.c2ln"), Err(NoToken::Encrypted));
        assert_eq!(token("ghp_0123456789"), Err(NoToken::NoDots));
        assert_eq!(token("null\n"), Err(NoToken::NoDots));
        assert_eq!(token("a.b"), Err(NoToken::Parts(2)));
        assert_eq!(token("e30.e\u{e9}0.c2ln"), Err(NoToken::Characters));
    }

    #[test]
    fn no_message_repeats_the_text() {
        for text in
            ["Bearer s3cr3t.x.y", "{\"value\":\"s3cr3t\"}", "\"s3cr3t\"", "s3cr3t", "s3cr3t.x y.z", "s3cr3t.\u{e9}.z"]
        {
            let error = token(text).unwrap_err();
            let said = format!("{} {:?}", error.message(&Input::Stdin), error.help());
            assert!(!said.contains("s3cr3t"), "{said}");
        }
    }
}
