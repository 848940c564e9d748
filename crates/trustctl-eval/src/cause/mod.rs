//! The usual cause of a denial in words, and a mend where there is a safe one.
//!
//! Each cause is a small function of one failed condition; the first that knows it speaks. They explain and never
//! decide: nothing here is reached before a decision stands.

mod absence;
mod audience;
mod identity;
mod kind;
mod mend;
mod mistaken;
mod own;
mod requirement;
mod spelling;
mod subject;

use trustctl_claims::Value;
use trustctl_policy::{
    Claim, ClaimId, ClaimSource, Condition, ConditionId, Grant, JoinPart, Matcher, Policy, Provider,
};

pub(crate) use audience::audience;
pub(crate) use mend::{mend, settle_mends};

use crate::Status;
use crate::condition::Context;
use crate::trace::{Beside, Shown, shown};
use crate::value::{Found, Pieces};

/// From the most telling to the most general.
const CAUSES: [fn(&Failed<'_, '_>) -> Option<String>; 9] = [
    own::of_another,
    mistaken::another_claims_value,
    identity::renamed_or_registered_again,
    subject::other_shape,
    spelling::almost_the_same,
    kind::another_type,
    requirement::required_by_itself,
    absence::asked_and_absent,
    absence::there_and_refused,
];

/// The usual cause, if one is known.
pub(crate) fn of(failed: &Failed<'_, '_>) -> Option<String> {
    CAUSES.iter().find_map(|cause| cause(failed))
}

/// A condition that does not hold, with all there is to explain it by.
pub(crate) struct Failed<'t, 'a> {
    pub(crate) context: &'t Context<'a>,
    pub(crate) grant: &'a Grant,
    pub(crate) condition: &'a Condition,
    pub(crate) claim: &'a Claim,
    pub(crate) matcher: &'a Matcher,
    pub(crate) status: Status,
    /// What became of every condition of the grant.
    pub(crate) statuses: &'t [(ConditionId, Status)],
}

impl<'a> Failed<'_, 'a> {
    pub(crate) fn policy(&self) -> &'a Policy {
        self.context.policy
    }

    pub(crate) fn provider(&self) -> Option<&'a Provider> {
        self.policy().provider(self.grant.provider)
    }

    /// The values that would do, where the condition is a literal or a list of literals.
    pub(crate) fn literals(&self) -> Vec<&'a str> {
        let texts = match self.matcher {
            Matcher::EqualsIgnoringCase(text) => vec![*text],
            _ => self.matcher.literals().unwrap_or_default(),
        };
        texts.into_iter().map(|text| self.policy().text(text)).collect()
    }

    /// The text the token has for the claim, where it is one.
    pub(crate) fn text(&self) -> Option<String> {
        self.text_of(self.condition.claim)
    }

    /// The text the token has for another claim of the provider.
    pub(crate) fn text_of(&self, claim: ClaimId) -> Option<String> {
        let mut pieces = Pieces::default();
        match self.context.reader(self.grant).find(claim, &mut pieces) {
            Found::Text(text) => Some(text.to_owned()),
            Found::Joined => Some(pieces.iter().collect()),
            _ => None,
        }
    }

    /// Every condition of the grant with its claim and what became of it.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = (&'a Condition, &'a Claim, Status)> {
        let all = self.policy().conditions(self.grant).zip(self.statuses);
        all.filter_map(|((_, condition), (_, status))| {
            Some((condition, self.policy().claim(self.grant, condition)?, *status))
        })
    }

    /// The value as it is shown.
    pub(crate) fn found(&self) -> Shown {
        self.found_of(self.condition.claim)
    }

    fn found_of(&self, claim: ClaimId) -> Shown {
        let mut pieces = Pieces::default();
        match self.context.reader(self.grant).find(claim, &mut pieces) {
            Found::Absent => Shown::Absent,
            Found::Text(text) => Shown::Value(shown(text)),
            Found::Joined => Shown::Value(shown(&pieces.iter().collect::<String>())),
            Found::List(list) => Shown::Value(shown(&format!("[{}]", list.iter().collect::<Vec<_>>().join(", ")))),
            Found::WrongType => {
                let text = self
                    .wrongly_typed(claim)
                    .map_or_else(|| "a value of another type".to_owned(), |(_, value)| value.to_string());
                Shown::Value(shown(&text))
            }
        }
    }

    /// The claim of the token that is of another type, where a claim is read from it, with its value.
    pub(super) fn wrongly_typed(&self, claim: ClaimId) -> Option<(&'a String, &'a Value<'a>)> {
        let mut ids = Vec::new();
        self.sources_of(claim, &mut ids);
        let provider = self.provider()?;
        ids.into_iter().find_map(|id| {
            let mut pieces = Pieces::default();
            if !matches!(self.context.reader(self.grant).find(id, &mut pieces), Found::WrongType) {
                return None;
            }
            let value = self.context.sources.raw(self.policy(), self.context.claims, self.grant.provider, id)?;
            Some((&provider.claims.get(usize::from(id.0))?.name, value))
        })
    }

    /// The token's own claims behind a derived one, and behind the one it was mistaken for.
    pub(crate) fn beside(&self) -> Vec<Beside> {
        let mut ids = Vec::new();
        self.sources_of(self.condition.claim, &mut ids);
        if let Some((id, _)) = mistaken::mistaken_for(self) {
            self.sources_of(id, &mut ids);
        }
        let mut beside: Vec<Beside> = Vec::new();
        for id in ids {
            let Some(claim) = self.provider().and_then(|provider| provider.claims.get(usize::from(id.0))) else {
                continue;
            };
            if id != self.condition.claim && beside.iter().all(|other| other.claim != claim.name) {
                beside.push(Beside { claim: claim.name.clone(), value: self.found_of(id) });
            }
        }
        beside
    }

    fn sources_of(&self, id: ClaimId, ids: &mut Vec<ClaimId>) {
        let claim = self.provider().and_then(|provider| provider.claims.get(usize::from(id.0)));
        let before = ids.len();
        // A table of claims has no circles; should one, the length bounds the walk.
        if before > 32 {
            return;
        }
        match claim.map(|claim| &claim.source) {
            Some(ClaimSource::Alias(of) | ClaimSource::AfterLast { of, .. } | ClaimSource::Piece { of, .. }) => {
                self.sources_of(*of, ids)
            }
            Some(ClaimSource::After { of, only_if, .. }) => {
                self.sources_of(*of, ids);
                only_if.iter().for_each(|(id, _)| self.sources_of(*id, ids));
            }
            Some(ClaimSource::Between { of, between }) => {
                self.sources_of(*of, ids);
                between.claims().iter().for_each(|id| self.sources_of(*id, ids));
            }
            Some(ClaimSource::Join(parts)) => {
                for part in parts {
                    if let JoinPart::Claim(id) = part {
                        self.sources_of(*id, ids);
                    }
                }
            }
            Some(ClaimSource::Token | ClaimSource::Nested(_)) => ids.push(id),
            None => {}
        }
    }
}
