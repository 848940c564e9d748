//! Time as tokens have it: RFC 7519's NumericDate, in whole seconds.

use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted (RFC 7519 section 2, `NumericDate`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// This time and `seconds` more; `None` beyond the range of `i64`.
    #[must_use]
    pub fn checked_add(self, seconds: i64) -> Option<UnixTime> {
        self.0.checked_add(seconds).map(UnixTime)
    }

    /// This time and `seconds` less; `None` beyond the range of `i64`.
    #[must_use]
    pub fn checked_sub(self, seconds: i64) -> Option<UnixTime> {
        self.0.checked_sub(seconds).map(UnixTime)
    }

    /// Seconds from `earlier` until this time, negative when `earlier` is later; `None` beyond the range of `i64`.
    #[must_use]
    pub fn checked_since(self, earlier: UnixTime) -> Option<i64> {
        self.0.checked_sub(earlier.0)
    }

    /// This time and `seconds` more, or the last time there is.
    #[must_use]
    pub fn saturating_add(self, seconds: i64) -> UnixTime {
        UnixTime(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` until this time, held within the range of `i64`.
    #[must_use]
    pub fn saturating_since(self, earlier: UnixTime) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
