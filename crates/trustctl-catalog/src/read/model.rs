//! The written form of `models/*.yaml` is its model; what serde cannot see is checked here.

use std::collections::{BTreeMap, BTreeSet};

use super::{Head, Place, parse};
use crate::model::{Model, ModelAdversary, ModelClaims};
use crate::template::names;
use crate::{CatalogueError, DataFile};

/// Reads one file.
pub(crate) fn read(file: &DataFile<'_>) -> Result<Model, CatalogueError> {
    let (model, place) = parse::<Model>(file)?;
    place.check_head(&Head {
        key: "provider",
        kind: &model.provider,
        title: &model.provider,
        about: &model.about,
        sources: &model.sources,
        checked: &model.checked,
    })?;
    let mut variables = BTreeSet::new();
    for variable in &model.variables {
        let is_new = variables.insert(variable.name.as_str());
        place.check(is_new, "variables", || format!("`{}` stands twice", variable.name))?;
        let is_form = variable.issuer.as_ref().is_none_or(|form| form.matches("{}").count() == 1);
        place.check(is_form, "variables", || format!("the `issuer` of `{}` needs one `{{}}`", variable.name))?;
    }
    // A part is known from the dimension that has it on.
    let mut known = variables.clone();
    check_claims(&place, "claims", &model.claims, &all_parts(&model, &variables))?;
    for dimension in &model.dimensions {
        let at = format!("dimensions.{}", dimension.name);
        place.check(!dimension.alternatives.is_empty(), &at, || "has no alternatives".into())?;
        for alternative in &dimension.alternatives {
            for (name, template) in &alternative.parts {
                place.check(!variables.contains(name.as_str()), &at, || format!("`{name}` is a variable, too"))?;
                check_template(&place, &at, template, &known)?;
            }
            check_only(&place, &at, &alternative.only, &variables)?;
        }
        known
            .extend(dimension.alternatives.iter().flat_map(|alternative| alternative.parts.keys()).map(String::as_str));
        for alternative in &dimension.alternatives {
            check_claims(&place, &at, &alternative.claims, &all_parts(&model, &variables))?;
            for template in alternative.customised.iter().flat_map(|customised| customised.keys.values()) {
                check_template(&place, &at, template, &all_parts(&model, &variables))?;
            }
        }
    }
    let mut free = BTreeSet::new();
    for claim in &model.free {
        place.check(free.insert(claim), "free", || format!("`{claim}` stands twice"))?;
        let is_free = !model.claims.contains_key(claim);
        place.check(is_free, "free", || format!("`{claim}` has a template in every token"))?;
    }
    for adversary in &model.adversaries {
        check_adversary(&place, &model, adversary, &variables)?;
    }
    Ok(model)
}

/// Variables and the parts of all dimensions: a claim's template is filled in when all alternatives are chosen.
fn all_parts<'m>(model: &'m Model, variables: &BTreeSet<&'m str>) -> BTreeSet<&'m str> {
    let alternatives = model.dimensions.iter().flat_map(|dimension| &dimension.alternatives);
    variables
        .iter()
        .copied()
        .chain(alternatives.flat_map(|alternative| alternative.parts.keys()).map(String::as_str))
        .collect()
}

fn check_claims(
    place: &Place<'_>,
    at: &str,
    claims: &ModelClaims,
    known: &BTreeSet<&str>,
) -> Result<(), CatalogueError> {
    claims.values().flatten().try_for_each(|template| check_template(place, at, template, known))
}

fn check_template(place: &Place<'_>, at: &str, template: &str, known: &BTreeSet<&str>) -> Result<(), CatalogueError> {
    for name in names(template).map_err(|problem| place.error(at, problem))? {
        place.check(known.contains(name), at, || format!("`{name}` is no variable and no part"))?;
    }
    Ok(())
}

fn check_only(
    place: &Place<'_>,
    at: &str,
    only: &BTreeMap<String, Vec<String>>,
    variables: &BTreeSet<&str>,
) -> Result<(), CatalogueError> {
    only.keys()
        .try_for_each(|name| place.check(variables.contains(name.as_str()), at, || format!("`{name}` is no variable")))
}

fn check_adversary(
    place: &Place<'_>,
    model: &Model,
    adversary: &ModelAdversary,
    variables: &BTreeSet<&str>,
) -> Result<(), CatalogueError> {
    let at = format!("adversaries.{}", adversary.who);
    let lists = [&adversary.needs, &adversary.fresh, &adversary.named, &adversary.unnamed];
    for name in lists.into_iter().flatten() {
        place.check(variables.contains(name.as_str()), &at, || format!("`{name}` is no variable"))?;
    }
    check_only(place, &at, &adversary.only, variables)?;
    for (name, alternatives) in &adversary.within {
        let dimension = model.dimensions.iter().find(|dimension| dimension.name == *name);
        let has = |name: &String| {
            dimension.is_some_and(|dimension| dimension.alternatives.iter().any(|other| other.name == *name))
        };
        place.check(alternatives.iter().all(has), &at, || format!("`in` names no alternative of `{name}`"))?;
    }
    Ok(())
}
