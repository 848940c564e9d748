//! Tokens and questions that come close to a grant, so that laws are not only about what is denied at once.

use crate::reference::{AUDIENCES, Grant, ISSUERS, Json, Matcher, Question, Token};

/// A grant, and which of its demands are met: bit 0 the request, the others a condition each.
pub(crate) struct Aim<'g> {
    pub(crate) grant: &'g Grant,
    pub(crate) keep: u32,
}

pub(crate) fn aimed(mut token: Token, mut question: Question, aim: Aim<'_>) -> (Token, Question) {
    let Aim { grant, keep } = aim;
    if keep & 1 == 1 {
        token.insert("iss", Json::of(ISSUERS[grant.provider].1));
        token.insert("aud", Json::of(AUDIENCES[grant.registry].1));
        question.registry = AUDIENCES[grant.registry].0;
        (question.account, question.name, question.action) = (grant.account, grant.name, grant.action);
        question.version = question.version.filter(|_| !grant.account);
    }
    if keep & 2 == 2 {
        token.insert("event_name", Json::of("push"));
    }
    let mut asked: Vec<_> = grant.when.iter().enumerate().collect();
    // The others decide what is the token's own.
    asked.sort_by_key(|(_, (claim, _))| **claim == "own-workflow-file");
    for (at, (claim, matcher)) in asked {
        if keep >> (at + 2) & 1 == 1 {
            meet(claim, matcher, &mut token, question.version.unwrap_or("1.4.0"));
        }
    }
    (token, question)
}

fn meet(claim: &'static str, matcher: &Matcher, token: &mut Token, version: &str) {
    match matcher {
        Matcher::Is(text) => put(claim, text, token),
        Matcher::Folded(text) => put(claim, &text.to_uppercase(), token),
        Matcher::OneOf(members) => put(claim, members[0], token),
        Matcher::Glob(glob) => put(claim, &glob.replace('*', "w"), token),
        Matcher::Template(before, after) => put(claim, &format!("{before}{version}{after}"), token),
        Matcher::Contains(inner) => meet(claim, inner, token, version),
        Matcher::Not(_) => put(claim, if claim == "build" { "7" } else { "other/x" }, token),
        Matcher::Present(true) => put(claim, if claim == "nightly" { "true" } else { "x/x" }, token),
        Matcher::Present(false) => {
            token.remove(match claim {
                "branch" | "tag" => "ref",
                "own-workflow-file" => "job_workflow_ref",
                _ => claim,
            });
        }
    }
}

fn put(claim: &'static str, text: &str, token: &mut Token) {
    match claim {
        "branch" => token.insert("ref", Json::Text(format!("refs/heads/{text}"))),
        "tag" => token.insert("ref", Json::Text(format!("refs/tags/{text}"))),
        "labels" => token.insert("labels", Json::List(vec![Json::of("x"), Json::of(text)])),
        "nightly" => token.insert("nightly", Json::Bool(text == "true")),
        "build" => token.insert("build", Json::Number(if text == "-7" { "-7" } else { "7" })),
        "own-workflow-file" => {
            let file = text.replace(".YML", ".yml");
            let file = if file.ends_with(".yml") { file.as_str() } else { "x.yml" };
            let own = |claim: &str, otherwise: &str| match token.get(claim) {
                Some(Json::Text(text)) => text.clone(),
                _ => otherwise.to_owned(),
            };
            let (repository, end) = (own("repository", "acme/widgets"), own("ref", &own("sha", "refs/heads/main")));
            token.insert("job_workflow_ref", Json::Text(format!("{repository}/.github/workflows/{file}@{end}")))
        }
        "repository-pin" => {
            let (owner, name) = text.split_once('/').unwrap();
            let ((owner, owner_id), (name, id)) = (owner.split_once('@').unwrap(), name.split_once('@').unwrap());
            token.insert("repository_owner", Json::of(owner));
            token.insert("repository_owner_id", Json::of(owner_id));
            token.insert("repository", Json::Text(format!("{owner}/{name}")));
            token.insert("repository_id", Json::of(id))
        }
        _ => token.insert(claim, Json::of(text)),
    };
}
