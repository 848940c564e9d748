//! The steps of a rule in words.

use trustctl_catalog::profile::{Case, FieldType, Operation, Publisher, Stage, Step, Take, TemplateText};

use super::{code, codes};

/// One step as a sentence, with the records that it is for.
pub(super) fn sentence(step: &Step, publisher: &Publisher) -> String {
    let is_switch = |name: &str| publisher.field(name).is_some_and(|field| field.kind == FieldType::Boolean);
    let mut text = format!("**{}**: ", step.name);
    if let Some(field) = &step.when {
        text.push_str(&match is_switch(field) {
            true => format!("where `{field}` is on, "),
            false => format!("where the record has `{field}`, "),
        });
    }
    if let Some(field) = &step.unless {
        text.push_str(&match is_switch(field) {
            true => format!("where `{field}` is off, "),
            false => format!("where the record has no `{field}`, "),
        });
    }
    text.push_str(&asks(&step.operation));
    match step.stage {
        Stage::Lookup => text.push_str(" (finds the record)"),
        Stage::Presence | Stage::Verify => {}
    }
    if step.told {
        text.push_str(" (told)");
    }
    match &step.why {
        Some(why) => text.push_str(&format!("; {why}.")),
        None => text.push('.'),
    }
    text
}

fn asks(operation: &Operation) -> String {
    match operation {
        Operation::Present { claims, blank_passes } => {
            let verb = if claims.len() == 1 { "is" } else { "are" };
            let blank = if *blank_passes { ", empty or not" } else { "" };
            format!("{} {verb} there{blank}", codes(claims, ", "))
        }
        Operation::Same { left, right, case, every } => {
            let piece = match left.take {
                Take::Whole => String::new(),
                take => format!("the piece `{}` of ", take.name()),
            };
            let all = if *every { ", all of whose parts are there" } else { "" };
            format!("{piece}`{}` is {}{}{all}", left.claim, templates(right), in_case(*case))
        }
        Operation::NoneOf { claim, values, case } => {
            format!("`{claim}` is not {}{}", templates(values), in_case(*case))
        }
        Operation::Among { claim, values } => {
            let values = values.iter().map(|(value, field)| match field.as_str() {
                "" => code(value),
                field => format!("{} where `{field}` is on", code(value)),
            });
            format!("`{claim}` is {}", values.collect::<Vec<_>>().join(" or "))
        }
        Operation::InSetting { claim, setting, case } => {
            format!("`{claim}` is one of the operator's `{setting}`{}", in_case(*case))
        }
        Operation::Boolean { claim, value } => format!("`{claim}` is the boolean `{value}`"),
        Operation::Integer { claim } => format!("`{claim}` is a whole number"),
        Operation::Switch { field, on: true } => format!("the record's `{field}` is on"),
        Operation::Switch { field, on: false } => format!("the record's `{field}` is off"),
        Operation::Until { field } => format!("it is not later than the record's `{field}`"),
        Operation::Holds { claim, field } => format!("`{claim}` holds each of the record's `{field}`"),
        Operation::Locked(lock) => {
            let mut text =
                format!("`{}` is the record's `{}`, which is learned at the first use", lock.claim, lock.field);
            if lock.undone_by_refusal {
                text.push_str(" that is let in");
            }
            if let Some(field) = &lock.disables {
                text.push_str(&format!("; another one switches `{field}` off"));
            }
            text
        }
    }
}

/// What a claim is compared with.
fn templates(templates: &[TemplateText]) -> String {
    codes(templates.iter().map(|template| template.text.as_str()), " or ")
}

fn in_case(case: Case) -> &'static str {
    match case {
        Case::Exact => "",
        Case::Ignored => ", ASCII letters in whatever case",
        Case::Lowered | Case::Ordinal => ", in whatever case",
    }
}
