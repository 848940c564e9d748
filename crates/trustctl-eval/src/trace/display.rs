//! A trace as plain text, for an operator's log. The command has a finer rendering, with the lines of the file.

use std::fmt;

use super::{GrantTrace, Line, Trace, What};
use crate::Status;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.effect.word(), self.request)?;
        if let Some(reason) = &self.reason {
            write!(f, "\n  reason   {}: {}", reason.code(), reason.about())?;
        }
        for grant in &self.grants {
            write!(f, "\n{grant}")?;
        }
        if self.left_out > 0 {
            write!(f, "\n  {} more grants are further off", self.left_out)?;
        }
        for near in &self.near {
            write!(f, "\n  near     {} {}: {}", near.kind.word(), near.name, near.about)?;
        }
        Ok(())
    }
}

impl fmt::Display for GrantTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = if self.holds { "allows " } else { "nearest" };
        let place = if self.at == self.label { "" } else { self.at.as_str() };
        let (passed, all) = (self.lines.len() - self.failed().count(), self.lines.len());
        write!(f, "  {role}  {}  {place}  {passed} of {all} hold", self.label)?;
        if let Some(version) = &self.version {
            write!(f, ", for version {version} only")?;
        }
        for line in self.failed() {
            write!(f, "\n{line}")?;
        }
        if let Some(reason) = &self.do_not_widen {
            write!(f, "\n  do not widen it: {reason}")?;
        }
        let holds: Vec<&str> =
            self.lines.iter().filter(|line| line.status == Status::Pass).map(|line| line.claim.as_str()).collect();
        write!(f, "\n  holds    {}", holds.join(", "))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = match self.what {
            What::Condition { .. } => format!(" ({})", self.what.origin()),
            _ => String::new(),
        };
        write!(
            f,
            "  {:<8} {}: {}{from}, the token says {}",
            self.status.word(),
            self.claim,
            self.expected,
            self.found
        )?;
        for beside in &self.beside {
            write!(f, "\n           {} = {}", beside.claim, beside.value)?;
        }
        if let Some(why) = &self.why {
            write!(f, "\n           {why}")?;
        }
        if let Some(cause) = &self.cause {
            write!(f, "\n  cause    {cause}")?;
        }
        if let Some(mend) = &self.mend {
            write!(f, "\n  mend     {mend}")?;
        }
        Ok(())
    }
}
