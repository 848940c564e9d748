//! What is asked: a package with or without a version, or a service account.

use std::fmt;
use std::str::FromStr;

use crate::secret::is_token;

/// A package as the command line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageArgument {
    /// The name, as written.
    pub(crate) name: String,
    /// What follows the last `@` that is not the first character.
    pub(crate) version: Option<String>,
}

impl FromStr for PackageArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a package has a name".to_owned());
        }
        if is_token(text) {
            return Err(
                "this is a token itself; give the package's name, and a file that holds the token with --token"
                    .to_owned(),
            );
        }
        let at = text.rfind('@').filter(|at| *at > 0);
        let Some((name, version)) = at.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))) else {
            return Ok(Self { name: text.to_owned(), version: None });
        };
        if version.is_empty() {
            return Err(format!("no version after the `@`; write `{name}@1.2.3`, or `{name}` for any version"));
        }
        Ok(Self { name: name.to_owned(), version: Some(version.to_owned()) })
    }
}

impl fmt::Display for PackageArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.version {
            Some(version) => write!(f, " {version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<(String, Option<String>), String> {
        text.parse::<PackageArgument>().map(|package| (package.name, package.version))
    }

    fn of(name: &str, version: Option<&str>) -> Result<(String, Option<String>), String> {
        Ok((name.to_owned(), version.map(str::to_owned)))
    }

    #[test]
    fn the_last_at_that_is_not_first_begins_the_version() {
        assert_eq!(parsed("left-pad"), of("left-pad", None));
        assert_eq!(parsed("left-pad@1.4.0"), of("left-pad", Some("1.4.0")));
        assert_eq!(parsed("@acme/widgets"), of("@acme/widgets", None));
        assert_eq!(parsed("@acme/widgets@1.4.0-rc.1+x"), of("@acme/widgets", Some("1.4.0-rc.1+x")));
        assert_eq!(parsed("@"), of("@", None));
        assert_eq!(parsed("a@b@c"), of("a@b", Some("c")));
        assert!(parsed("").is_err());
        assert!(parsed("left-pad@").unwrap_err().contains("`left-pad@1.2.3`"));
    }
}
