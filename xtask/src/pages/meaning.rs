//! What records mean in the trust language, as a part of a registry's page.

use std::fmt::Write as _;

use trustctl_catalog::profile::{Direction, Loss, Meaning, Publisher, Sense, StatementStyle};

use super::{code, codes, table};

/// What import writes of a kind of record, and what that does not say.
pub(super) fn section(page: &mut String, publisher: &Publisher) {
    page.push_str("\nIn a trust file (`trustctl import` and `export`):\n\n");
    let _ = match publisher.statements {
        None => writeln!(page, "- conditions: {}", publisher.means.iter().map(meaning).collect::<Vec<_>>().join("; ")),
        Some(style) => writeln!(page, "- {}", statements(style)),
    };
    if let Some(actions) = &publisher.gives.actions {
        let words = actions.are.iter().map(|(word, action)| format!("{} is {}", code(word), code(action)));
        let _ = writeln!(page, "- actions: {}", words.collect::<Vec<_>>().join(", "));
    }
    if publisher.loses.is_empty() {
        return;
    }
    page.push_str("\nWhat the two do not say alike:\n\n");
    table(
        page,
        &["a trust file is", "because", "claims", "where"],
        publisher.loses.iter().map(|loss| {
            let is = match loss.is {
                Direction::Wider => "**wider**",
                Direction::Narrower => "narrower",
                Direction::Beside => "beside",
            };
            vec![is.to_owned(), loss.about.clone(), codes(&loss.claims, ", "), condition(loss)]
        }),
    );
}

fn meaning(meaning: &Meaning) -> String {
    let values = meaning.values.iter().map(|template| template.text.as_str());
    let among = meaning.among.iter().map(|(value, field)| match field.as_str() {
        "" => code(value),
        field => format!("{} where `{field}`", code(value)),
    });
    let values = values.map(code).chain(among).collect::<Vec<_>>().join(" or ");
    let asks = match meaning.is {
        Sense::Equals => format!("is {values}"),
        Sense::EqualsIgnoringCase => format!("is {values} in whatever case"),
        Sense::Not => format!("is not {values}"),
        Sense::Contains => format!("holds {values}"),
        Sense::Template => format!("is the template {values}"),
        Sense::Present => "is there".to_owned(),
    };
    let when = meaning.when.as_ref().map_or(String::new(), |field| format!(", where the record has `{field}`"));
    let unless = meaning.unless.as_ref().map_or(String::new(), |field| format!(", where it has no `{field}`"));
    format!("{} {asks}{when}{unless}", code(&meaning.claim))
}

fn statements(style: StatementStyle) -> &'static str {
    match style {
        StatementStyle::FirstMatches => {
            "a grant for each statement, without what an earlier one that gives less takes away"
        }
        StatementStyle::LastMatches => "a grant for each statement that allows, without what a later one denies",
        StatementStyle::RequiredClaims => "a grant for the accounts that are fixed, or for each one that is chosen",
    }
}

fn condition(loss: &Loss) -> String {
    let parts = [
        loss.when.as_ref().map(|field| format!("the record has `{field}`")),
        loss.unless.as_ref().map(|field| format!("the record has no `{field}`")),
        loss.field.as_ref().map(|(field, language)| format!("`{field}` is like {}", code(language))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
