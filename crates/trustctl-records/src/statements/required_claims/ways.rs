//! A provider's settings for a translator: one way where accounts are fixed, one for each account that is chosen.

use super::{Accounts, Choice, Provider, Wanted};
use crate::statements::{Form, Test, TestOf, Way};

impl Provider {
    /// The ways to its accounts.
    pub(in crate::statements) fn ways(&self) -> Vec<Result<Way, String>> {
        let tests = || self.claims.iter().map(|(key, wanted)| wanted.test(key.name())).collect::<Vec<_>>();
        match &self.accounts {
            Accounts::Nobody => vec![Err("no service account is named".to_owned())],
            Accounts::Fixed(accounts) => {
                vec![Ok(Way { issuer: None, tests: tests(), but: Vec::new(), gives: accounts.clone() })]
            }
            Accounts::Chosen(key, choices) => choices
                .iter()
                .enumerate()
                .map(|(at, choice)| {
                    let mut tests = tests();
                    tests.push(choice.wanted.test(key.name()));
                    // A literal comes before a wildcard, and of two wildcards with different accounts neither counts.
                    let others = choices.iter().enumerate().filter(|(_, other)| other.account != choice.account);
                    let others = others.filter(|(other_at, other)| other.hides(choice, *other_at < at));
                    let but = others.map(|(_, other)| vec![other.wanted.test(key.name())]).collect();
                    Ok(Way { issuer: None, tests, but, gives: choice.account.to_vec() })
                })
                .collect(),
        }
    }
}

impl Choice {
    /// Whether this choice, which may come first, keeps another from counting where both fit.
    fn hides(&self, other: &Self, is_first: bool) -> bool {
        match (&self.wanted, &other.wanted) {
            (Wanted::Prefix(_), Wanted::Exactly(_)) => false,
            (Wanted::Exactly(_), Wanted::Exactly(_)) => is_first,
            (_, Wanted::Prefix(_)) => true,
        }
    }
}

impl Wanted {
    fn test(&self, claim: &str) -> Test {
        let asks = match self {
            Self::Exactly(scalar) => TestOf::In(vec![scalar.clone()]),
            Self::Prefix(prefix) => TestOf::Matches { forms: vec![Form::Prefix(prefix.clone())], others_pass: false },
        };
        Test { claim: claim.to_owned(), asks }
    }
}
