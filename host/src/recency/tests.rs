use lru::LruCache;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Put(u64, u64, u8),
    Refresh(u64, u64),
    Pop,
    Take(u64, u64),
    Shrink(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let first = || prop_oneof![0u64..60, Just(u64::MAX - 3)];
    prop_oneof![
        4 => (first(), 0u64..20, 0u8..3).prop_map(|(first, len, value)| Act::Put(first, len, value)),
        2 => (first(), 1u64..20).prop_map(|(first, len)| Act::Refresh(first, len)),
        1 => Just(Act::Pop),
        1 => (0u64..60, 1u64..20).prop_map(|(first, len)| Act::Take(first, len)),
        1 => (0u64..50).prop_map(Act::Shrink),
    ]
}

fn identities(first: u64, len: u64) -> impl DoubleEndedIterator<Item = u64> {
    (0..len).map(move |at| first.wrapping_add(at))
}

proptest! {
    #[test]
    fn it_is_a_cache_of_the_least_recently_used(acts in prop::collection::vec(act(), 1..80)) {
        let (mut recency, mut lru) = (Recency::new(), LruCache::unbounded());
        for act in acts {
            match act {
                Act::Put(first, len, value) => {
                    recency.put(first, len, value);
                    identities(first, len).rev().for_each(|at| { lru.put(at, value); });
                }
                Act::Refresh(first, len) => {
                    let held = identities(first, len).take_while(|at| lru.contains(at)).count() as u64;
                    prop_assert_eq!(recency.prefix(first, len), held);
                    recency.refresh(first, held);
                    for at in identities(first, held).rev() {
                        lru.promote(&at);
                    }
                }
                Act::Pop => prop_assert_eq!(recency.pop_oldest(), lru.pop_lru().map(|(at, _)| at)),
                Act::Take(first, len) => {
                    let (mut ours, mut theirs) = (vec![], vec![]);
                    recency.take(first, len, |first, len, value| {
                        ours.extend(identities(first, len).rev().map(|at| (at, value)));
                    });
                    for at in identities(first, len).rev() {
                        theirs.extend(lru.pop(&at).map(|value| (at, value)));
                    }
                    prop_assert_eq!(ours, theirs);
                }
                Act::Shrink(most) => {
                    recency.shrink(most);
                    while lru.len() as u64 > most {
                        lru.pop_lru();
                    }
                }
            }
            prop_assert_eq!(recency.len(), lru.len() as u64);
            let mut gaps = vec![];
            recency.each_gap(3, 60, |first, len| gaps.extend(identities(first, len).rev()));
            let absent: Vec<u64> = identities(3, 60).rev().filter(|at| !lru.contains(at)).collect();
            prop_assert_eq!(gaps, absent);
            for at in identities(0, 90).chain(identities(u64::MAX - 3, 4)) {
                let mut value = None;
                recency.each_value(at, 1, |_, held| value = Some(held));
                prop_assert_eq!(value, lru.peek(&at).copied());
            }
        }
        while let Some(at) = recency.pop_oldest() {
            prop_assert_eq!(Some(at), lru.pop_lru().map(|(at, _)| at));
        }
        prop_assert!(lru.is_empty());
    }
}
