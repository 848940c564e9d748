//! The members of a JSON object, found by name without a hash map.
//!
//! Members stay in the order of the text; each lends a word to a list of `(hash, index)` that is sorted.
//! So an object is one allocation and one sort of a few machine words, which finds duplicates on the
//! way, and a lookup with a [`ClaimKey`] hashes nothing.

use std::borrow::Cow;
use std::fmt;
use std::hash::Hasher;

use crate::error::ClaimsError;
use crate::value::{Value, write_string};

/// The claims of a token: its members, no two of one name.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims<'a>(Object<'a>);

impl<'a> Claims<'a> {
    pub(crate) fn new(object: Object<'a>) -> Claims<'a> {
        Claims(object)
    }

    /// Claims from members that are values already, as tests and provers make them.
    ///
    /// # Errors
    /// [`ClaimsError::Duplicate`] when two have the same name.
    pub fn from_members(
        members: impl IntoIterator<Item = (impl Into<Cow<'a, str>>, Value<'a>)>,
    ) -> Result<Claims<'a>, ClaimsError> {
        Object::from_members(members).map(Claims)
    }

    /// The claim of that name.
    #[must_use]
    pub fn claim(&self, key: &ClaimKey) -> Option<&Value<'a>> {
        self.0.find(key.hash, &key.name)
    }

    /// The claim of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Value<'a>> {
        self.0.named(name)
    }

    /// The value that a JSON Pointer leads to, by its segments; see [`Value::pointer`]. `None` without segments.
    #[must_use]
    pub fn pointer<S: AsRef<str>>(&self, segments: &[S]) -> Option<&Value<'a>> {
        let (first, rest) = segments.split_first()?;
        self.named(first.as_ref())?.pointer(rest)
    }

    /// Every claim, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter()
    }

    /// Every claim, in the order of the text.
    pub fn as_written(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.members.iter().map(Member::pair)
    }

    /// The claims as members of one object.
    #[must_use]
    pub fn as_object(&self) -> &Object<'a> {
        &self.0
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same claims with nothing borrowed from the text.
    #[must_use]
    pub fn into_owned(self) -> Claims<'static> {
        Claims(self.0.into_owned())
    }
}

/// Writes the claims as a JSON object, members sorted by name at every depth.
impl fmt::Display for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A claim's name with its hash, made once when a policy loads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey {
    name: Box<str>,
    hash: u32,
}

impl ClaimKey {
    /// A key for the claim of that name.
    #[must_use]
    pub fn new(name: &str) -> ClaimKey {
        ClaimKey { name: name.into(), hash: hash(name) }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The members of a JSON object, no two of one name.
#[derive(Clone)]
pub struct Object<'a> {
    /// INVARIANT: in the order of the text, no name twice; the entries of all of them together are every member's, sorted by hash, then by name.
    members: Vec<Member<'a>>,
}

/// A member of an object, and one entry of the list by which members are found.
#[derive(Clone)]
pub(crate) struct Member<'a> {
    name: Cow<'a, str>,
    value: Value<'a>,
    entry: Entry,
}

/// `hash(name) << 32 | index` of a member; it need not be that of the member it lies in.
type Entry = u64;

impl<'a> Member<'a> {
    /// A member that is not sorted in yet.
    pub(crate) fn new(name: Cow<'a, str>, value: Value<'a>) -> Member<'a> {
        let entry = u64::from(hash(&name)) << 32;
        Member { name, value, entry }
    }

    fn pair(&self) -> (&str, &Value<'a>) {
        (&self.name, &self.value)
    }
}

/// The most members whose entries are sorted on the stack.
const FEW: usize = 64;

impl<'a> Object<'a> {
    /// An object from members that are values already.
    ///
    /// # Errors
    /// [`ClaimsError::Duplicate`] when two have the same name.
    pub fn from_members(
        members: impl IntoIterator<Item = (impl Into<Cow<'a, str>>, Value<'a>)>,
    ) -> Result<Object<'a>, ClaimsError> {
        Object::sorted(members.into_iter().map(|(name, value)| Member::new(name.into(), value)).collect())
    }

    /// An object from members that are not sorted in yet, of which there must be fewer than 2^32.
    ///
    /// # Errors
    /// [`ClaimsError::Duplicate`] when two have the same name.
    pub(crate) fn sorted(mut members: Vec<Member<'a>>) -> Result<Object<'a>, ClaimsError> {
        let (mut few, mut many) = ([0; FEW], Vec::new());
        let entries = match few.get_mut(..members.len()) {
            Some(few) => few,
            None => {
                many.resize(members.len(), 0);
                many.as_mut_slice()
            }
        };
        for ((entry, member), index) in entries.iter_mut().zip(&members).zip(0_u64..) {
            *entry = member.entry | index;
        }
        sort(entries, &members)?;
        for (member, entry) in members.iter_mut().zip(entries) {
            member.entry = *entry;
        }
        Ok(Object { members })
    }

    /// The member of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Value<'a>> {
        self.find(hash(name), name)
    }

    fn find(&self, hash: u32, name: &str) -> Option<&Value<'a>> {
        let first = self.first(hash);
        let entry = self.members.get(first)?.entry;
        if hash_of(entry) != hash {
            return None;
        }
        let member = self.members.get(index_of(entry))?;
        if member.name == name { Some(&member.value) } else { self.find_in_run(first, hash, name) }
    }

    /// Where the first entry of that hash stands, or would.
    ///
    /// Hashes spread evenly, so it is looked for around its share of the list; where names were made to crowd, the
    /// search is the one that any sorted list has.
    fn first(&self, hash: u32) -> usize {
        const NEAR: usize = 4;
        let smaller = |at: usize| self.members.get(at).is_some_and(|member| hash_of(member.entry) < hash);
        let share = (u64::from(hash) * self.members.len() as u64) >> 32;
        let guess = usize::try_from(share).unwrap_or(0);
        let found = if smaller(guess) {
            (guess + 1..=guess + NEAR).find(|at| !smaller(*at))
        } else {
            (guess.saturating_sub(NEAR)..=guess).rev().find(|at| *at == 0 || smaller(*at - 1))
        };
        found.unwrap_or_else(|| self.members.partition_point(|member| hash_of(member.entry) < hash))
    }

    /// Names of one hash: the first of them is another.
    #[cold]
    fn find_in_run(&self, first: usize, hash: u32, name: &str) -> Option<&Value<'a>> {
        let rest = self.members.get(first..)?;
        let run = rest.get(..rest.partition_point(|member| hash_of(member.entry) == hash))?;
        let found = run.binary_search_by(|member| name_of(&self.members, member.entry).cmp(name)).ok()?;
        self.members.get(index_of(run.get(found)?.entry)).map(|member| &member.value)
    }

    /// Every member, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        let mut members: Vec<(&str, &Value<'a>)> = self.members.iter().map(Member::pair).collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        members.into_iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The same object with nothing borrowed from the text.
    #[must_use]
    pub fn into_owned(self) -> Object<'static> {
        let owned = |member: Member<'a>| Member {
            name: Cow::Owned(member.name.into_owned()),
            value: member.value.into_owned(),
            entry: member.entry,
        };
        Object { members: self.members.into_iter().map(owned).collect() }
    }
}

/// Sorts the entries by hash, then by name, and finds names that are there twice.
fn sort(entries: &mut [Entry], members: &[Member<'_>]) -> Result<(), ClaimsError> {
    entries.sort_unstable();
    if !entries.is_sorted_by(|a, b| hash_of(*a) < hash_of(*b)) {
        return sort_runs(entries, members);
    }
    Ok(())
}

/// Names of one hash are rare by chance, yet whoever writes the claims can make many: they are sorted too, so that nothing is quadratic.
#[cold]
fn sort_runs(entries: &mut [Entry], members: &[Member<'_>]) -> Result<(), ClaimsError> {
    for run in entries.chunk_by_mut(|a, b| hash_of(*a) == hash_of(*b)) {
        run.sort_unstable_by_key(|entry| name_of(members, *entry));
        let twice = run.iter().zip(run.iter().skip(1)).find(|(a, b)| name_of(members, **a) == name_of(members, **b));
        if let Some((first, _)) = twice {
            return Err(ClaimsError::Duplicate { name: name_of(members, *first).to_owned() });
        }
    }
    Ok(())
}

/// Two objects are equal when their members are, in whatever order they were written.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.members.iter().all(|member| other.named(&member.name) == Some(&member.value))
    }
}

impl Eq for Object<'_> {}

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (at, (name, value)) in self.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "," })?;
            write_string(name, f)?;
            write!(f, ":{value}")?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

fn hash(name: &str) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(name.as_bytes());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low half is as good as the whole, and leaves room for the index"
    )]
    {
        hasher.finish() as u32
    }
}

fn hash_of(entry: Entry) -> u32 {
    (entry >> 32) as u32
}

fn index_of(entry: Entry) -> usize {
    (entry & 0xffff_ffff) as usize
}

fn name_of<'m>(members: &'m [Member<'_>], entry: Entry) -> &'m str {
    members.get(index_of(entry)).map_or("", |member| member.name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(names: &[&str]) -> Result<Object<'static>, ClaimsError> {
        Object::from_members(
            names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), Value::Number(at.to_string().into()))),
        )
    }

    #[test]
    fn every_member_is_found_and_no_other() {
        let names: Vec<String> = (0..300).map(|at| format!("claim-{at}")).collect();
        let object = numbered(&names.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(object.named(name), Some(&Value::Number(at.to_string().into())));
        }
        assert_eq!(object.named("claim-300"), None);
        assert_eq!(object.named(""), None);
    }

    #[test]
    fn names_of_one_hash_are_told_apart() {
        // Found by the birthday: among 300,000 names some share 32 bits.
        let mut seen = std::collections::BTreeMap::new();
        let (a, b) = (0_u32..)
            .map(|n| format!("n{n}"))
            .find_map(|name| seen.insert(hash(&name), name.clone()).map(|other| (other, name)))
            .unwrap();
        assert_eq!(hash(&a), hash(&b));
        let object = numbered(&[&b, "x", &a]).unwrap();
        assert_eq!(object.named(&a), Some(&Value::Number("2".into())));
        assert_eq!(object.named(&b), Some(&Value::Number("0".into())));
        assert_eq!(numbered(&[&a, &b, "x", &a]).unwrap_err(), ClaimsError::Duplicate { name: a });
    }

    #[test]
    fn members_come_sorted_by_name_and_equality_ignores_their_order() {
        let object = numbered(&["zeta", "alpha", "mid"]).unwrap();
        assert_eq!(object.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["alpha", "mid", "zeta"]);
        assert_eq!(object.to_string(), r#"{"alpha":1,"mid":2,"zeta":0}"#);
        assert_ne!(object, numbered(&["alpha", "mid", "zeta"]).unwrap());
        let backwards = Object::from_members([
            ("mid", Value::Number("2".into())),
            ("alpha", Value::Number("1".into())),
            ("zeta", Value::Number("0".into())),
        ]);
        assert_eq!(object, backwards.unwrap());
    }
}
