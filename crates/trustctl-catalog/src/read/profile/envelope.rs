//! How `aud` is compared, and what a kind of record changes of the envelope.

use super::{Checked, Kind};
use crate::profile::{AudienceCheck, Envelope, Hole, Part, Profile};
use crate::read::Place;

impl Kind<'_> {
    /// What a kind of record changes of the envelope.
    pub(super) fn check_envelope(&self) -> Checked {
        let Some(parts) = &self.publisher.envelope else { return Ok(()) };
        self.expect(parts.audience.is_none() || parts.audiences.is_some(), "envelope", || {
            "`audience` stands beside `audiences`".into()
        })?;
        check_audience(self.place, &format!("{}.envelope", self.at), &self.profile.envelope.with(parts), self.profile)
    }
}

/// There is an audience where one is compared, and it is made of settings.
pub(super) fn check_audience(place: &Place<'_>, at: &str, envelope: &Envelope, profile: &Profile) -> Checked {
    let at = &format!("{at}.audience");
    let compared = matches!(envelope.audiences, AudienceCheck::OneString | AudienceCheck::ExactlyOne);
    place.check(envelope.audience.is_some() || !compared, at, || {
        "is missing: `audiences` compares `aud` with it".into()
    })?;
    place.check(envelope.audience.is_none() || compared, at, || "is nothing that `audiences` compares with".into())?;
    for part in envelope.audience.iter().flat_map(|audience| &audience.parts) {
        match part {
            Part::Text(_) => {}
            Part::Hole(Hole::Setting(name)) => {
                super::Names { profile, fields: Default::default() }.check_setting(place, at, name)?;
            }
            // No record is known yet when the audience is judged.
            Part::Hole(_) => return Err(place.error(at, "may hold settings alone, as in `{setting.audience}`")),
        }
    }
    Ok(())
}
