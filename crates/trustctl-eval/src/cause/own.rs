//! Claims that are there only where another says the same as the token's own: a workflow of another repository.

use trustctl_policy::{ClaimId, ClaimSource, MisfitAt};

use super::Failed;
use crate::Status;
use crate::trace::shown;

/// Whose it is instead, as far as the texts around it show.
pub(super) fn of_another(failed: &Failed<'_, '_>) -> Option<String> {
    let ClaimSource::Between { of, between } = &failed.claim.source else { return None };
    if failed.status != Status::Missing {
        return None;
    }
    let value = failed.text_of(*of)?;
    let filled: Vec<Option<String>> = between.claims().iter().map(|id| failed.text_of(*id)).collect();
    let filled: Vec<Option<&str>> = filled.iter().map(Option::as_deref).collect();
    let misfit = between.misfit(&value, &filled);
    let provider = failed.provider()?;
    let name = |id: &ClaimId| Some(format!("`{}`", provider.claims.get(usize::from(id.0))?.name));
    let own = misfit.claims.iter().map(name).collect::<Option<Vec<_>>>()?.join(" or ");
    if own.is_empty() {
        return None;
    }
    let (source, texts) = (name(of)?, misfit.texts.iter().map(|text| format!("`{}`", shown(text))));
    let texts = texts.collect::<Vec<_>>().join(" or ");
    Some(match misfit.at {
        MisfitAt::Before => format!("{source} does not begin with {texts}: it is not of the token's own {own}"),
        MisfitAt::After => format!("{source} does not end in {texts}: it is not of the token's own {own}"),
        MisfitAt::Missing => format!("{source} is not compared with the token's own {own}: the token has none"),
        MisfitAt::Piece => return None,
    })
}
