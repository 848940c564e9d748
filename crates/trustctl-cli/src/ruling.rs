//! What `trustctl eval --as` found out: what registries would say of a token, as every format writes it.

use trustctl_catalog::profile::Profile;
use trustctl_records::{Explanation, Miss, RecordProblem, Ruling, StepReport, StepState};

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
    /// Whether records were given; if not, every registry is asked by the record that the token would need.
    pub(crate) records_given: bool,
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
    /// Records that were given and do not count for what is asked.
    pub(crate) set_aside: Vec<SetAside>,
    /// What an operator has set, where it is not the registry's own.
    pub(crate) settings: Vec<OtherSetting>,
}

/// A setting that is not the registry's own.
#[derive(Debug, Clone)]
pub(crate) struct OtherSetting {
    /// Its name.
    pub(crate) name: String,
    /// Its values.
    pub(crate) values: Vec<String>,
    /// The record file that says it; `None` for `--set`.
    pub(crate) file: Option<String>,
}

impl OtherSetting {
    /// Who says it.
    pub(crate) fn origin(&self) -> String {
        self.file.as_ref().map_or_else(|| "`--set`".to_owned(), |file| format!("`{file}`"))
    }
}

/// A record that does not count for what is asked.
#[derive(Debug)]
pub(crate) struct SetAside {
    /// Where it comes from; `None` for the one that was asked, where what it grants is something else.
    pub(crate) record: Option<Origin>,
    /// Why, in words.
    pub(crate) reason: String,
}

/// A record that was asked.
#[derive(Debug)]
pub(crate) struct AskedRecord {
    /// Which kind, in words: `GitHub Actions`.
    pub(crate) kind: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// The packages that its file says it is for; none where it says nothing of them.
    pub(crate) packages: Vec<String>,
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

    /// The audience that the registry takes, as far as it is known: `{NAME}` stands for what nobody has set.
    pub(crate) fn audience(&self) -> Option<String> {
        let step = self.explanation.refused().filter(|step| is_audience(step))?;
        let form = || Some(self.profile.envelope.audience.as_ref()?.text.replace("setting.", ""));
        step.expected.first().cloned().or_else(form)
    }

    /// What to do about a step that does not hold because the record lacks what the registry fills in by itself.
    pub(crate) fn help(&self, publisher: &str, step: &StepReport) -> Option<String> {
        let StepState::Misses(Miss::NothingToCompare(_)) = &step.state else { return None };
        let fields = step.fields.iter().filter_map(|name| self.profile.publisher(publisher)?.field(name));
        let field = fields.into_iter().find(|field| field.resolved)?;
        Some(format!("add `{}` to the record: {}", field.name, field.about))
    }

    /// The check of the envelope that does not hold, the audience's aside.
    pub(crate) fn refused_otherwise(&self) -> Option<&StepReport> {
        self.explanation.refused().filter(|step| !is_audience(step))
    }
}

/// Whether a check of the token itself is passed over here, because what it is about is not known: earlier uses, when the
/// issuer's keys were fetched, and of claims from a file the header.
pub(crate) fn is_unchecked(step: &StepReport, believed: &Believed) -> bool {
    match step.name.as_str() {
        "first use" | "keys" => step.holds(),
        "header" => *believed == Believed::Unverified,
        _ => false,
    }
}

/// Whether this is the check of the audience. It is the last one that a token can fail here, for earlier uses are unknown:
/// all others hold.
pub(crate) fn is_audience(step: &StepReport) -> bool {
    step.claim.as_deref() == Some("aud")
}

impl Rulings {
    /// Whether some registry takes the token by a record that was given.
    pub(crate) fn is_by_record(&self) -> bool {
        self.records_given && self.is_allow()
    }

    /// Whether some registry takes the token, or would by the record that it needs.
    pub(crate) fn is_allow(&self) -> bool {
        self.answers.iter().any(|answer| answer.taken() == Taken::Yes)
    }
}
