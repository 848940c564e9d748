//! A list that needs no memory of its own while it is short.

const INLINE: usize = 2;

/// Up to two items in place, more on the heap.
#[derive(Debug, Clone)]
pub(crate) struct Few<T> {
    inline: [T; INLINE],
    len: usize,
    /// Holds every item once there are more than fit in place.
    spilled: Vec<T>,
}

impl<T: Copy> Few<T> {
    /// A list of this one.
    pub(crate) fn of(first: T) -> Self {
        Self { inline: [first; INLINE], len: 1, spilled: Vec::new() }
    }

    pub(crate) fn push(&mut self, item: T) {
        if let Some(place) = self.inline.get_mut(self.len) {
            *place = item;
        } else {
            if self.spilled.is_empty() {
                self.spilled.extend_from_slice(&self.inline);
            }
            self.spilled.push(item);
        }
        self.len += 1;
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        if self.spilled.is_empty() { self.inline.get(..self.len).unwrap_or(&[]) } else { &self.spilled }
    }
}

#[cfg(test)]
mod tests {
    use super::{Few, INLINE};

    #[test]
    fn keeps_the_order_in_place_and_beyond() {
        let mut few = Few::of(0);
        for item in 1..10_usize {
            few.push(item);
            assert_eq!(few.as_slice(), (0..=item).collect::<Vec<_>>());
            assert_eq!(few.spilled.is_empty(), item < INLINE);
        }
    }
}
