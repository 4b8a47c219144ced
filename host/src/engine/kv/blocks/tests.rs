use super::*;
use pointsman_plugin_api::BlockRun;
use proptest::prelude::*;

/// Prompts that share beginnings, cross pages, and hold the same content twice.
fn contents() -> Vec<Content> {
    let run = |first, len| BlockRun { first, len };
    vec![
        Content::new(vec![run(5, 20)], vec![run(25, 4)]),
        Content::new(vec![run(5, 12), run(100, 9)], vec![]),
        Content::new(vec![run(5, 12), run(17, 9)], vec![run(u64::MAX - 2, 8)]),
        Content::new(vec![run(31, 2), run(31, 2), run(40, 1)], vec![]),
        Content::new(vec![run(7, 3)], vec![]),
    ]
}

#[derive(Debug, Clone)]
enum Act {
    /// A request comes and takes its hits and this many blocks more, as there are.
    Come(usize, u64),
    /// The request at this place goes.
    Go(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..5usize, 0..30u64).prop_map(|(content, more)| Act::Come(content, more)),
        any::<prop::sample::Index>().prop_map(|at| Act::Go(at.index(8))),
    ]
}

proptest! {
    /// Both ways are one memory: hits, counts, evictions and the order of the free queue.
    #[test]
    fn blocks_by_runs_are_blocks_one_at_a_time(
        total in 1u32..60,
        acts in prop::collection::vec(act(), 1..80),
    ) {
        let contents = contents();
        let mut pools = [BlockPool::individual(total), BlockPool::by_runs(total)];
        let mut requests: [Vec<Held>; 2] = [vec![], vec![]];
        for act in acts {
            for (pool, requests) in pools.iter_mut().zip(&mut requests) {
                match act {
                    Act::Go(at) if at < requests.len() => { pool.release(&mut requests.remove(at)); }
                    Act::Go(_) => {}
                    Act::Come(of, more) => {
                        let content = &contents[of];
                        let hit = pool.hit(content, content.blocks() - 1);
                        let more = more.min(content.blocks() - hit);
                        if !pool.have_beside_hits(more, content, hit) {
                            continue;
                        }
                        let mut held = Held::default();
                        pool.take_hits(content, hit, &mut held);
                        pool.allocate(more, &mut held);
                        pool.register(&mut held, content, hit + more);
                        requests.push(held);
                    }
                }
                pool.check(requests.iter(), 0);
            }
            let [plain, fast] = &pools;
            prop_assert_eq!(plain.used(), fast.used());
            prop_assert_eq!(plain.peak_used(), fast.peak_used());
            let free = |pool: &BlockPool| {
                let mut all = vec![];
                pool.each_free_content(|first, len| {
                    all.extend((0..len).rev().map(|at| first + at));
                    Ok::<(), ()>(())
                })
                .unwrap();
                all
            };
            prop_assert_eq!(free(plain), free(fast));
            let cached = |pool: &BlockPool| {
                let mut all: Vec<u64> = pool.cached().collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(cached(plain), cached(fast));
            for content in &contents {
                let most = content.blocks();
                prop_assert_eq!(plain.hit(content, most), fast.hit(content, most));
            }
        }
    }
}
