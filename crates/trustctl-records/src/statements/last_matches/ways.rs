//! A role's statements for a translator: each that allows lets in whom no later one denies.

use super::{Asks, Condition, Role, Statement};
use crate::statements::{Form, Scalar, Test, TestOf, Way};

impl Role {
    /// One way for each statement that allows.
    pub(in crate::statements) fn ways(&self) -> Vec<Result<Way, String>> {
        let mut ways = Vec::new();
        for (at, statement) in self.statements.iter().enumerate().filter(|(_, statement)| statement.is_allow) {
            let number = at + 1;
            let Some(issuer) = &statement.issuer else {
                ways.push(Err(format!("statement {number} cannot be read")));
                continue;
            };
            if self.provider.as_ref().is_some_and(|provider| provider != issuer) {
                ways.push(Err(format!(
                    "tokens of `{issuer}`, which statement {number} is about, do not reach the role"
                )));
                continue;
            }
            let same = |other: &&Statement| other.issuer.as_ref() == Some(issuer);
            // The registry judges every statement, and fails whole where it cannot judge one.
            if self.statements.iter().any(|other| other.issuer.is_none() || same(&other) && other.is_unread()) {
                ways.push(Err(format!("statement {number} stands beside a pattern that is not read here")));
                continue;
            }
            let later = self.statements.iter().skip(number).filter(|other| !other.is_allow);
            let but = later.filter(same).map(Statement::tests).collect();
            let issuer = Some(issuer.clone());
            ways.push(Ok(Way { issuer, tests: statement.tests(), but, gives: self.scopes.clone() }));
        }
        ways
    }
}

impl Statement {
    fn is_unread(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition.asks, Asks::Unread(_)))
    }

    fn tests(&self) -> Vec<Test> {
        self.conditions.iter().map(Condition::test).collect()
    }
}

impl Condition {
    fn test(&self) -> Test {
        let asks = match &self.asks {
            Asks::Equal => TestOf::In(vec![Scalar::Text(self.value.clone())]),
            Asks::Found(_) | Asks::Unread(_) => {
                TestOf::Matches { forms: vec![Form::Search(self.value.clone())], others_pass: false }
            }
        };
        Test { claim: self.claim.name().to_owned(), asks }
    }
}
