//! What is written although it lets in more than what it was made of.

use clap::Args;
use trustctl_catalog::profile::Direction;

/// Whatever makes it wider.
const ALL: &str = "all";

/// What may be wider.
#[derive(Debug, Args)]
pub(crate) struct AllowWider {
    /// Write also what lets in more than it was made of; with names, only where that comes of these claims
    #[arg(
        long,
        value_name = "CLAIM,...",
        num_args = 0..=1,
        require_equals = true,
        value_delimiter = ',',
        default_missing_value = ALL
    )]
    allow_wider: Option<Vec<String>>,
}

impl AllowWider {
    /// The option that would accept what is wider and was not accepted; `None` where nothing is left.
    pub(crate) fn lacks<'w>(&self, warnings: impl Iterator<Item = (Direction, &'w [String])>) -> Option<String> {
        let accepted = self.allow_wider.as_deref().unwrap_or_default();
        let is_accepted = |name: &str| accepted.iter().any(|one| one == ALL || !name.is_empty() && one == name);
        let mut open: Vec<&str> = Vec::new();
        for (_, claims) in warnings.filter(|(is, _)| *is == Direction::Wider) {
            // What has no name is accepted with all else only.
            let names = if claims.is_empty() { vec![""] } else { claims.iter().map(String::as_str).collect() };
            open.extend(names.into_iter().filter(|name| !is_accepted(name)));
        }
        open.sort_unstable();
        open.dedup();
        match open.first()? {
            // The name of none sorts first.
            &"" => Some("--allow-wider".to_owned()),
            _ => Some(format!("--allow-wider={}", open.join(","))),
        }
    }
}
