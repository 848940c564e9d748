//! The usual cause of a refusal, in words.

use trustctl_claims::{Claims, Value};

use crate::envelope::Refused;
use crate::explain::StepReport;
use crate::judge::{Judge, Question};
use crate::prepare::Prepared;

/// Why the registry refuses the envelope.
pub(crate) fn refusal(judge: &Judge<'_>, refused: &Refused, claims: &Claims<'_>, question: &Question<'_>) -> String {
    let _ = question;
    let title = &judge.profile.title;
    match refused {
        Refused::Algorithm => format!("{title} takes no token that is signed like this"),
        Refused::Missing(claim) => format!("the token has no `{claim}`"),
        Refused::WrongType(claim) => format!("`{claim}` is of another type than {title} takes"),
        Refused::IssuerForm => "`iss` is no `https` address".to_owned(),
        Refused::Issuer => {
            format!("{title} takes no tokens of `{}`", claims.named("iss").and_then(Value::as_str).unwrap_or_default())
        }
        Refused::Expired => "the token has expired".to_owned(),
        Refused::Early => "the token does not hold yet".to_owned(),
        Refused::Future => "the token was issued in the future".to_owned(),
        Refused::LongLife => "the token lives longer than the registry takes".to_owned(),
        Refused::AudienceForm => "`aud` is not one text".to_owned(),
        Refused::Audience => "the token was made for another audience".to_owned(),
        Refused::Used => "the token was used before".to_owned(),
    }
}

/// The usual cause of a refused envelope.
pub(crate) fn of_envelope(judge: &Judge<'_>, refused: &Refused, claims: &Claims<'_>) -> Option<String> {
    let _ = (judge, refused, claims);
    None
}

/// The usual cause of a step that does not hold; `steps` are all of its record.
pub(crate) fn of(
    judge: &Judge<'_>,
    prepared: &Prepared<'_>,
    step: &StepReport,
    steps: &[StepReport],
    claims: &Claims<'_>,
) -> Option<String> {
    let _ = (judge, prepared, step, steps, claims);
    None
}
