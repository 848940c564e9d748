//! The last day of a grant, where a record must have been used first within a time.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use trustctl_catalog::profile::Direction;

use crate::Profile;
use crate::said::{Clause, Loss};

/// The last whole day before a record's time is over, UTC: a grant ends with a day, and rather too soon than too late.
pub(super) fn day(clause: &Clause) -> Option<Date> {
    let end = Timestamp::from_second(clause.until?).ok()?;
    end.to_zoned(TimeZone::UTC).date().yesterday().ok()
}

/// That the grant ends, where the record would go on once it was used.
pub(super) fn loss(profile: &Profile, clause: &Clause) -> Option<Loss> {
    let day = day(clause)?;
    let about = format!(
        "{} keeps a record that was used in time; the grant ends on {day}, unless the ids that were learned are in the record",
        profile.title
    );
    Some(Loss { is: Direction::Narrower, claims: vec!["expires".to_owned()], about })
}
