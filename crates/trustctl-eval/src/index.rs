//! From a request to the grants that could answer it, whatever the size of the policy.
//!
//! Entries lie sorted in buckets of a directory that has about as many buckets as entries: 12 to 16 bytes
//! a package. A hash only chooses the bucket; inside, names are compared in order, so names made to
//! collide cost a binary search and never a scan. (That is why this is no hash table: its keys are
//! chosen by whoever registers packages, and a library may not draw random seeds.)

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use trustctl_policy::{GrantId, Holder, IssuerId, Policy, RegistryId};

/// What a grant is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key<'k> {
    pub(crate) name: &'k str,
    pub(crate) registry: RegistryId,
    pub(crate) issuer: IssuerId,
    pub(crate) holder: Holder,
}

/// Grants by [`Key`].
#[derive(Debug)]
pub(crate) struct GrantIndex {
    buckets: Buckets<Entry>,
}

/// One name of one grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    grant: u32,
    /// A place in the policy's list of names.
    name: u32,
}

impl GrantIndex {
    pub(crate) fn new(policy: &Policy) -> Self {
        let entries = policy
            .grants()
            .flat_map(|(id, grant)| policy.name_range(grant).map(move |name| Entry { grant: id.0, name }));
        let mut keyed: Vec<(u32, Entry)> =
            entries.filter_map(|entry| Some((hash(&key_of(policy, entry)?), entry))).collect();
        let mask = Buckets::<Entry>::mask(keyed.len());
        keyed.sort_unstable_by(|(left_hash, left), (right_hash, right)| {
            let by_bucket = (left_hash & mask).cmp(&(right_hash & mask));
            by_bucket
                .then_with(|| key_of(policy, *left).cmp(&key_of(policy, *right)))
                .then(left.grant.cmp(&right.grant))
        });
        // A grant that names a package twice still answers once.
        keyed.dedup_by(|(_, later), (_, earlier)| {
            later.grant == earlier.grant && key_of(policy, *later) == key_of(policy, *earlier)
        });
        Self { buckets: Buckets::new(&keyed, mask) }
    }

    /// The grants of that key, in the policy's order.
    pub(crate) fn candidates<'i>(&'i self, policy: &'i Policy, key: Key<'i>) -> impl Iterator<Item = GrantId> + 'i {
        let compare = |entry: &Entry| key_of(policy, *entry).map_or(Ordering::Less, |other| other.cmp(&key));
        let near = self.buckets.near(hash(&key), compare);
        near.iter().filter(move |entry| key_of(policy, **entry) == Some(key)).map(|entry| GrantId(entry.grant))
    }
}

fn key_of(policy: &Policy, entry: Entry) -> Option<Key<'_>> {
    let grant = policy.grant(GrantId(entry.grant))?;
    let issuer = policy.provider(grant.provider)?.issuer;
    Some(Key { name: policy.name_at(entry.name), registry: grant.registry, issuer, holder: grant.holder })
}

/// Issuers that are one text, by that text.
#[derive(Debug)]
pub(crate) struct IssuerIndex {
    buckets: Buckets<IssuerId>,
    /// Issuers that are patterns: only in other systems' policies.
    patterns: Box<[IssuerId]>,
}

impl IssuerIndex {
    pub(crate) fn new(policy: &Policy) -> Self {
        let literal = policy.issuers().filter(|(_, issuer)| issuer.pattern.is_none());
        let mut keyed: Vec<(u32, IssuerId)> = literal.map(|(id, issuer)| (hash(issuer.text.as_str()), id)).collect();
        let mask = Buckets::<IssuerId>::mask(keyed.len());
        let text = |id: IssuerId| policy.issuer(id).map_or("", |issuer| issuer.text.as_str());
        keyed.sort_unstable_by(|(left_hash, left), (right_hash, right)| {
            let by_bucket = (left_hash & mask).cmp(&(right_hash & mask));
            by_bucket.then_with(|| text(*left).cmp(text(*right))).then(left.cmp(right))
        });
        let patterns = policy.issuers().filter(|(_, issuer)| issuer.pattern.is_some()).map(|(id, _)| id).collect();
        Self { buckets: Buckets::new(&keyed, mask), patterns }
    }

    /// Every issuer that the `iss` of a token is, byte for byte.
    pub(crate) fn matching<'i>(&'i self, policy: &'i Policy, iss: &'i str) -> impl Iterator<Item = IssuerId> + 'i {
        let text = |id: IssuerId| policy.issuer(id).map_or("", |issuer| issuer.text.as_str());
        let near = self.buckets.near(hash(iss), |id| text(*id).cmp(iss));
        let literal = near.iter().filter(move |id| text(**id) == iss);
        let matches = move |id: &&IssuerId| {
            policy.issuer(**id).and_then(|issuer| issuer.pattern.as_ref()).is_some_and(|pattern| pattern.is_match(iss))
        };
        literal.chain(self.patterns.iter().filter(matches)).copied()
    }
}

/// Up to so many items are looked through one by one; more are searched.
const MOST_SCANNED: usize = 4;

/// Sorted items behind a directory of their first places.
#[derive(Debug)]
struct Buckets<T> {
    /// Where each bucket starts; one more than there are buckets, which are a power of two.
    starts: Box<[u32]>,
    items: Box<[T]>,
}

impl<T: Copy> Buckets<T> {
    /// The bits of a hash that choose the bucket.
    fn mask(items: usize) -> u32 {
        u32::try_from(items.next_power_of_two()).map_or(u32::MAX, |buckets| buckets - 1) & (u32::MAX >> 4)
    }

    /// From items that are sorted by bucket already.
    fn new(keyed: &[(u32, T)], mask: u32) -> Self {
        let mut starts = Vec::with_capacity(mask as usize + 2);
        let mut items = Vec::with_capacity(keyed.len());
        for (hash, item) in keyed {
            while starts.len() <= (hash & mask) as usize {
                starts.push(place(items.len()));
            }
            items.push(*item);
        }
        starts.resize(mask as usize + 2, place(items.len()));
        Self { starts: starts.into(), items: items.into() }
    }

    /// Every item that `compare` finds equal, and at most a handful of others beside them.
    fn near(&self, hash: u32, compare: impl Fn(&T) -> Ordering) -> &[T] {
        let bucket = self.bucket(hash);
        if bucket.len() <= MOST_SCANNED {
            return bucket;
        }
        let start = bucket.partition_point(|item| compare(item) == Ordering::Less);
        let end = bucket.partition_point(|item| compare(item) != Ordering::Greater);
        bucket.get(start..end).unwrap_or(&[])
    }

    fn bucket(&self, hash: u32) -> &[T] {
        let mask = place(self.starts.len().saturating_sub(2));
        let at = (hash & mask) as usize;
        match self.starts.get(at..at + 2) {
            Some([start, end]) => self.items.get(*start as usize..*end as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The bits of the hash that are mixed best stand at its lower end.
fn hash<T: Hash + ?Sized>(key: &T) -> u32 {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    (hasher.finish() & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_was_put_there() {
        for count in [0_u32, 1, 2, 3, 7, 8, 9, 1000] {
            let mask = Buckets::<u32>::mask(count as usize);
            let mut keyed: Vec<(u32, u32)> = (0..count).map(|item| (hash(&item), item)).collect();
            keyed.sort_unstable_by_key(|(hash, item)| (hash & mask, *item));
            let buckets = Buckets::new(&keyed, mask);
            for item in 0..count {
                assert!(buckets.bucket(hash(&item)).contains(&item), "{item} of {count}");
            }
            let all: usize = (0..=mask).map(|at| buckets.bucket(at).len()).sum();
            assert_eq!(all, count as usize);
        }
    }

    #[test]
    fn items_of_one_hash_share_a_bucket() {
        let keyed: Vec<(u32, u32)> = (0..100).map(|item| (5, item)).collect();
        let buckets = Buckets::new(&keyed, Buckets::<u32>::mask(100));
        assert_eq!(buckets.bucket(5).len(), 100);
        assert!(buckets.bucket(6).is_empty());
        assert_eq!(buckets.near(5, |item| item.cmp(&42)), [42]);
        assert!(buckets.near(5, |item| item.cmp(&100)).is_empty());
    }
}
