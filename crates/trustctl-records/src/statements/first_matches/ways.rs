//! A policy's statements for a translator: each gives what no earlier one withholds.

use super::{Asks, Policy, Rule, Statement};
use crate::statements::{Form, Test, TestOf, Way};

impl Policy {
    /// One way for each statement and each set of its scopes that the same earlier statements withhold.
    pub(in crate::statements) fn ways(&self) -> Vec<Result<Way, String>> {
        let mut ways = Vec::new();
        for (at, statement) in self.statements.iter().enumerate() {
            let Some(issuer) = &statement.issuer else {
                ways.push(Err(format!("statement {} cannot be read", at + 1)));
                continue;
            };
            let earlier: Vec<&Statement> =
                self.statements.iter().take(at).filter(|other| other.issuer.as_ref() == Some(issuer)).collect();
            let mut grouped: Vec<(Vec<usize>, Vec<String>)> = Vec::new();
            for scope in &statement.scopes {
                let withhold = |(_, other): &(usize, &&Statement)| !other.scopes.contains(scope);
                let by: Vec<usize> = earlier.iter().enumerate().filter(withhold).map(|(at, _)| at).collect();
                match grouped.iter_mut().find(|(known, _)| *known == by) {
                    Some((_, scopes)) => scopes.push(scope.clone()),
                    None => grouped.push((by, vec![scope.clone()])),
                }
            }
            for (by, gives) in grouped {
                let but = by.iter().filter_map(|at| earlier.get(*at)).map(|other| other.tests()).collect();
                ways.push(Ok(Way { issuer: Some(issuer.clone()), tests: statement.tests(), but, gives }));
            }
        }
        ways
    }
}

impl Statement {
    fn tests(&self) -> Vec<Test> {
        self.rules.iter().flat_map(Rule::tests).collect()
    }
}

impl Rule {
    fn tests(&self) -> impl Iterator<Item = Test> + '_ {
        self.matchers.iter().map(|matcher| Test {
            claim: self.claim.name().to_owned(),
            asks: match &matcher.asks {
                Asks::In(scalars) => TestOf::In(scalars.clone()),
                Asks::NotIn(scalars) => TestOf::NotIn(scalars.clone()),
                Asks::Matches(globs) => {
                    let forms = globs.iter().map(|glob| Form::of_glob(glob)).collect();
                    TestOf::Matches { forms, others_pass: true }
                }
            },
        })
    }
}
