//! What `trustctl eval --as` found out: what registries would say of a token, as every format writes it.

use trustctl_catalog::profile::Profile;
use trustctl_records::{Explanation, RecordProblem, Ruling, StepReport};

use crate::request::PackageArgument;
use crate::verdict::Refusal;

/// What was asked, of one registry or of several, with the answers.
#[derive(Debug)]
pub(crate) struct Rulings {
    /// How far the claims are to be believed.
    pub(crate) believed: Believed,
    /// The claims' own `aud`, as it is shown.
    pub(crate) audience: Option<String>,
    /// What is published, where that was said.
    pub(crate) package: Option<PackageArgument>,
    /// The time it was about, in seconds since 1970.
    pub(crate) at: i64,
    /// The time the command ran, to put `at` in words.
    pub(crate) now: i64,
    /// The catalogue that has the registries' rules.
    pub(crate) catalogue: String,
    /// The registries that were asked, by name.
    pub(crate) asked: Vec<&'static Profile>,
    /// Their answers in the same order; none for a token whose signature does not hold.
    pub(crate) answers: Vec<RegistryAnswer>,
}

/// How far claims are to be believed. Audience and times are the registry's to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Believed {
    /// Their issuer's key signed them.
    Signed(Signed),
    /// Claims from a file: nobody signed them.
    Unverified,
    /// A token whose signature does not hold, or could not be looked at, so that no registry was asked.
    Refused(Refusal),
}

/// The signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    /// `iss`.
    pub(crate) issuer: String,
    /// JWS algorithm.
    pub(crate) algorithm: String,
    /// `kid` of the key that it holds under.
    pub(crate) key: String,
    /// Where the key comes from.
    pub(crate) keys_from: String,
}

/// One registry's answer.
#[derive(Debug)]
pub(crate) struct RegistryAnswer {
    /// The registry.
    pub(crate) profile: &'static Profile,
    /// The records that were asked, in the order of the explanation's.
    pub(crate) records: Vec<AskedRecord>,
    /// The decision with its reasons.
    pub(crate) explanation: Explanation,
    /// What the records alone say, the envelope aside.
    pub(crate) rule: Ruling,
    /// Why the registry would take no record of the kind that this token needs; empty where records were given.
    pub(crate) unfit: Vec<RecordProblem>,
    /// The version that the token's tag shows, where none was given and the rule needs one.
    pub(crate) version: Option<String>,
    /// Settings that were taken from the token's own audience, with their values.
    pub(crate) from_token: Vec<(String, String)>,
    /// Settings without a value that the audience is made of.
    pub(crate) unset: Vec<String>,
}

/// A record that was asked.
#[derive(Debug)]
pub(crate) struct AskedRecord {
    /// Which kind, in words: `GitHub Actions`.
    pub(crate) kind: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// Where a record comes from.
#[derive(Debug)]
pub(crate) enum Origin {
    /// A file.
    File {
        /// Its name, or the words for standard input.
        file: String,
        /// Which of its records, from 1; 0 where it holds one alone.
        place: usize,
    },
    /// No record was given: this is the one that the token would need.
    Token {
        /// The fields that the token gives, with their values.
        fields: Vec<(String, String)>,
    },
}

/// How near a registry is to taking the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Taken {
    /// It refuses it.
    No,
    /// It refuses it for its audience alone.
    WithAudience,
    /// It takes it.
    Yes,
}

impl RegistryAnswer {
    /// How near the registry is to taking the token.
    pub(crate) fn taken(&self) -> Taken {
        if self.explanation.ruling.is_allow() {
            return Taken::Yes;
        }
        match self.explanation.refused() {
            Some(step) if is_audience(step) && self.rule.is_allow() => Taken::WithAudience,
            _ => Taken::No,
        }
    }

    /// The check of the envelope that does not hold, the audience's aside.
    pub(crate) fn refused_otherwise(&self) -> Option<&StepReport> {
        self.explanation.refused().filter(|step| !is_audience(step))
    }
}

/// Whether this is the check of the audience. It is the last one that a token can fail here, for earlier uses are unknown:
/// all others hold.
pub(crate) fn is_audience(step: &StepReport) -> bool {
    step.claim.as_deref() == Some("aud")
}

impl Rulings {
    /// Whether some registry takes the token.
    pub(crate) fn is_allow(&self) -> bool {
        self.answers.iter().any(|answer| answer.taken() == Taken::Yes)
    }
}
