//! Times, read and written as people do, in UTC; seconds since 1970 everywhere else.

use jiff::Timestamp;
use jiff::fmt::strtime;

/// The time that a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// When the command runs.
    Now,
    /// The token's `iat`.
    Issued,
    /// This second.
    Second(i64),
}

impl std::str::FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            "issued" => Ok(Self::Issued),
            _ => text.parse::<Timestamp>().map(|time| Self::Second(time.as_second())).map_err(|_| {
                "write `now`, `issued`, or a date and time with its offset (RFC 3339) such as `2026-11-20T12:00:00Z`".to_owned()
            }),
        }
    }
}

impl At {
    /// The second, where there is no token that could say when it was issued.
    pub(crate) const fn or(self, now: i64) -> i64 {
        match self {
            Self::Second(second) => second,
            Self::Now | Self::Issued => now,
        }
    }
}

/// The time for a verb that looks at no token.
///
/// # Errors
///
/// What to write.
pub(crate) fn without_issued(text: &str) -> Result<At, String> {
    match text.parse() {
        Ok(At::Issued) | Err(_) => {
            Err("write `now`, or a date and time with its offset (RFC 3339) such as `2026-11-20T12:00:00Z`".to_owned())
        }
        Ok(at) => Ok(at),
    }
}

/// `2026-11-20T12:00:00Z`, RFC 3339; for a second outside the years that it can write, the number.
pub(crate) fn rfc3339(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |time| time.to_string())
}

/// `2026-11-20 12:00:00 UTC`.
pub(crate) fn in_words(second: i64) -> String {
    let written = |time| strtime::format("%Y-%m-%d %H:%M:%S UTC", time).ok();
    Timestamp::from_second(second).ok().and_then(written).unwrap_or_else(|| format!("second {second} since 1970"))
}

/// `2026-11-20`: the day, where nobody asks for the second.
pub(crate) fn day(second: i64) -> String {
    let written = |time| strtime::format("%Y-%m-%d", time).ok();
    Timestamp::from_second(second).ok().and_then(written).unwrap_or_else(|| in_words(second))
}

/// `4 years ago`, `in 5 minutes`, `now`: how far `second` is from `now`, in its largest unit.
pub(crate) fn from_now(second: i64, now: i64) -> String {
    let away = second.abs_diff(now);
    if away == 0 {
        return "now".to_owned();
    }
    let long = length(away);
    if second < now { format!("{long} ago") } else { format!("in {long}") }
}

/// `5 minutes`: a span of time in its largest unit, rounded down.
pub(crate) fn length(seconds: u64) -> String {
    const UNITS: [(u64, &str); 5] =
        [(31_556_952, "year"), (2_629_746, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute")];
    // Up to two of a unit, the next smaller one says it better: 90 seconds rather than 1 minute.
    let fits = UNITS.iter().find(|(unit, _)| seconds >= 2 * unit || seconds == *unit);
    let (count, unit) = fits.map_or((seconds, "second"), |(unit, name)| (seconds / unit, *name));
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_forms() {
        assert_eq!("now".parse(), Ok(At::Now));
        assert_eq!("issued".parse(), Ok(At::Issued));
        assert_eq!("2022-08-05T01:29:53Z".parse(), Ok(At::Second(1_659_662_993)));
        assert_eq!("2022-08-05T03:29:53+02:00".parse(), Ok(At::Second(1_659_662_993)));
        for wrong in ["", "Now", "2022-08-05", "2022-08-05T01:29:53", "1659662993", "yesterday"] {
            assert!(wrong.parse::<At>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn where_there_is_no_token_nothing_was_issued() {
        assert_eq!(without_issued("2022-08-05T01:29:53Z").map(|at| at.or(5)), Ok(1_659_662_993));
        assert_eq!(without_issued("now").map(|at| at.or(5)), Ok(5));
        assert!(!without_issued("issued").unwrap_err().contains("issued"));
        assert!(!without_issued("2022-08-05").unwrap_err().contains("issued"));
    }

    #[test]
    fn says_how_far() {
        assert_eq!(in_words(1_659_662_993), "2022-08-05 01:29:53 UTC");
        assert_eq!(day(1_659_662_993), "2022-08-05");
        assert_eq!(rfc3339(1_659_662_993), "2022-08-05T01:29:53Z");
        assert_eq!(from_now(100, 100), "now");
        assert_eq!(from_now(100, 101), "1 second ago");
        assert_eq!(from_now(400, 100), "in 5 minutes");
        assert_eq!(from_now(0, 86_400), "1 day ago");
        assert_eq!(from_now(0, 100_000), "27 hours ago");
        assert_eq!(from_now(1_659_662_993, 1_795_000_000), "4 years ago");
        assert_eq!(length(0), "0 seconds");
    }

    #[test]
    fn any_second_has_words() {
        for second in [i64::MIN, i64::MAX, 0] {
            assert!(!in_words(second).is_empty());
            assert!(!day(second).is_empty());
            assert!(!rfc3339(second).is_empty());
            assert!(!from_now(second, -1).is_empty());
        }
    }
}
