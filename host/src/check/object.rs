//! Policy objects of all kinds, called in the same way.

use pointsman_plugin_api::abi::{
    AdmissionBox, CompletionCall, Failure, FilterBox, KvCall, PickerBox, PriorityBox, QueueCall, RErr, ROk,
    RResult, RSlice, RSliceMut, RStr, SchedulerBox, ScoreCall, ScorerBox,
};
use pointsman_plugin_api::{Key, Order};

use super::fault::Fault;
use super::situation::{Call, Feed};
use crate::policy::mark::{self, Mark};

/// A policy object of any kind. What a kind lacks has a default.
pub(super) trait Object {
    /// Asks it once, and returns how many answers it says that it gave; they are in `answers`.
    fn ask(&mut self, call: Call<'_>, answers: &mut Answers) -> RResult<usize, Failure>;

    /// The hook after routing.
    fn routed(&mut self, call: Call<'_>, chosen: usize) -> RResult<(), Failure> {
        let _ = (call, chosen);
        ROk(())
    }

    /// The hook on completion.
    fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure> {
        let _ = call;
        ROk(())
    }

    /// The hook on KV events.
    fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure> {
        let _ = call;
        ROk(())
    }

    /// Whether it reads what it declared under this id, with the parameters that it has.
    fn reads(&self, id: &str) -> bool {
        let _ = id;
        true
    }

    /// When its order can change; a kind that orders nothing has none.
    fn order(&self) -> Option<Order> {
        None
    }

    /// Whether it has anything to do with priorities.
    fn uses_priority(&self) -> bool {
        false
    }
}

/// What a slot holds before a call. A policy that computes NaN does not compute this one.
const UNTOUCHED: u64 = 0x7ff8_0000_5107_e3d5;
/// The same for a slot of one byte, which is to become 0 or 1.
const UNTOUCHED_BYTE: u8 = 0xa5;

/// The answers of a call, as they cross the ABI. The memory is used again.
#[derive(Debug, Default)]
pub(super) enum Answers {
    /// There was no call yet.
    #[default]
    None,
    /// A number for each row.
    Numbers(Vec<f64>),
    /// A key for each row.
    Keys(Vec<Key>),
    /// 0 or 1 for each row.
    Flags(Vec<u8>),
    /// 0 or 1.
    Flag(u8),
    /// A row.
    Row(usize),
}

impl Answers {
    fn numbers(&mut self, rows: usize) -> RSliceMut<'_, f64> {
        if !matches!(self, Self::Numbers(_)) {
            *self = Self::Numbers(Vec::new());
        }
        match self {
            Self::Numbers(slots) => fresh(slots, rows, f64::from_bits(UNTOUCHED)),
            _ => unreachable!("made above"),
        }
    }

    fn keys(&mut self, rows: usize) -> RSliceMut<'_, Key> {
        let untouched = f64::from_bits(UNTOUCHED);
        if !matches!(self, Self::Keys(_)) {
            *self = Self::Keys(Vec::new());
        }
        match self {
            Self::Keys(slots) => fresh(slots, rows, Key { major: untouched, minor: untouched }),
            _ => unreachable!("made above"),
        }
    }

    fn flags(&mut self, rows: usize) -> RSliceMut<'_, u8> {
        if !matches!(self, Self::Flags(_)) {
            *self = Self::Flags(Vec::new());
        }
        match self {
            Self::Flags(slots) => fresh(slots, rows, UNTOUCHED_BYTE),
            _ => unreachable!("made above"),
        }
    }

    /// As values to compare, one a row, or one for the call.
    fn values(&self, feed: &Feed) -> Result<Vec<Key>, Fault> {
        let flag = |byte: u8| if byte > 1 { Err(Fault::NoTruth(byte)) } else { Ok(Key::of(byte.into())) };
        let untouched = |position: Option<usize>| position.map_or(Ok(()), |row| Err(Fault::Unfilled { row }));
        match self {
            Self::None => Ok(Vec::new()),
            Self::Numbers(numbers) => {
                untouched(numbers.iter().position(|number| number.to_bits() == UNTOUCHED))?;
                Ok(numbers.iter().map(|number| Key::of(*number)).collect())
            }
            Self::Keys(keys) => {
                let is_untouched = |key: &Key| [key.major, key.minor].map(f64::to_bits).contains(&UNTOUCHED);
                untouched(keys.iter().position(is_untouched))?;
                Ok(keys.clone())
            }
            Self::Flags(flags) => {
                untouched(flags.iter().position(|byte| *byte == UNTOUCHED_BYTE))?;
                flags.iter().map(|byte| flag(*byte)).collect()
            }
            Self::Flag(byte) => Ok(vec![flag(*byte)?]),
            Self::Row(row) => match feed.instance(*row) {
                Some(instance) => Ok(vec![Key::of(instance as f64)]),
                None => Err(Fault::NoRow { chosen: *row, rows: feed.rows }),
            },
        }
    }

    /// The rows that a filter left, where it left some out and not all.
    pub(super) fn kept(&self) -> Option<Vec<usize>> {
        let Self::Flags(flags) = self else { return None };
        let kept: Vec<usize> = (0..flags.len()).filter(|row| flags[*row] == 1).collect();
        (!kept.is_empty() && kept.len() < flags.len()).then_some(kept)
    }

    /// The row to which a host would send the request after this answer; `wish` where the answer leaves
    /// that open, `None` where it goes nowhere.
    pub(super) fn chosen(&self, wish: usize, feed: &Feed) -> Option<usize> {
        match self {
            Self::Row(row) => Some(*row),
            Self::Flag(0) => None,
            // By its number, not by its place: the order of the rows must not matter.
            _ => match self.kept() {
                Some(kept) if !kept.contains(&wish) => kept.into_iter().min_by_key(|row| feed.instance(*row)),
                _ => Some(wish),
            },
        }
    }
}

fn fresh<T: Copy>(slots: &mut Vec<T>, rows: usize, untouched: T) -> RSliceMut<'_, T> {
    slots.clear();
    slots.resize(rows, untouched);
    RSliceMut::from_mut_slice(slots)
}

/// Asks an object, and looks at whether the answer is whole.
pub(super) fn ask(object: &mut dyn Object, feed: &Feed, answers: &mut Answers) -> Result<Vec<Key>, Fault> {
    let given = match feed.lend(|call| object.ask(call, answers)) {
        ROk(given) => given,
        RErr(failure) => return Err(Fault::from(failure)),
    };
    let rows = feed.rows;
    if given != rows {
        return Err(Fault::Count { given, rows });
    }
    answers.values(feed)
}

/// An object whose calls are noted, for whoever watches this process.
pub(super) struct Noted<T> {
    object: T,
    decide: Mark,
    drop: Mark,
    /// The last field, so that it goes when the object is gone.
    dropping: Option<mark::Call>,
}

impl<T> Noted<T> {
    /// Its calls are noted as `decide`, its end as `drop`.
    pub(super) fn new(object: T, decide: Mark, drop: Mark) -> Self {
        Self { object, decide, drop, dropping: None }
    }
}

impl<T: Object> Object for Noted<T> {
    fn ask(&mut self, call: Call<'_>, answers: &mut Answers) -> RResult<usize, Failure> {
        let _noted = mark::enter(self.decide);
        self.object.ask(call, answers)
    }

    fn routed(&mut self, call: Call<'_>, chosen: usize) -> RResult<(), Failure> {
        let _noted = mark::enter(self.decide);
        self.object.routed(call, chosen)
    }

    fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure> {
        let _noted = mark::enter(self.decide);
        self.object.completed(call)
    }

    fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure> {
        let _noted = mark::enter(self.decide);
        self.object.kv_events(call)
    }

    fn reads(&self, id: &str) -> bool {
        self.object.reads(id)
    }

    fn order(&self) -> Option<Order> {
        self.object.order()
    }

    fn uses_priority(&self) -> bool {
        self.object.uses_priority()
    }
}

impl<T> Drop for Noted<T> {
    fn drop(&mut self) {
        self.dropping = Some(mark::enter(self.drop));
    }
}

/// The kinds of the router: each is asked in its own way, and has the same hooks.
macro_rules! router {
    ($($object:ty: |$self:ident, $call:ident, $answers:ident| $ask:expr;)*) => {$(
        impl Object for $object {
            fn ask(&mut self, $call: Call<'_>, $answers: &mut Answers) -> RResult<usize, Failure> {
                let $self = self;
                $ask
            }

            fn routed(&mut self, call: Call<'_>, chosen: usize) -> RResult<(), Failure> {
                <$object>::routed(self, routing(call), chosen)
            }

            fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure> {
                <$object>::completed(self, call)
            }

            fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure> {
                <$object>::kv_events(self, call)
            }

            fn reads(&self, id: &str) -> bool {
                <$object>::reads(self, RStr::from_str(id))
            }
        }
    )*};
}

router! {
    ScorerBox: |object, call, answers| object.score(routing(call), answers.numbers(call.rows));
    FilterBox: |object, call, answers| object.filter(routing(call), answers.flags(call.rows));
    PickerBox: |object, call, answers| object.pick(routing(call), RSlice::from_slice(call.totals)).map(|row| {
        *answers = Answers::Row(row);
        call.rows
    });
    AdmissionBox: |object, call, answers| object.admit(routing(call)).map(|flag| {
        *answers = Answers::Flag(flag);
        call.rows
    });
}

impl Object for SchedulerBox {
    fn ask(&mut self, call: Call<'_>, answers: &mut Answers) -> RResult<usize, Failure> {
        self.keys(queue(call), answers.keys(call.rows))
    }

    fn order(&self) -> Option<Order> {
        Order::from_code(SchedulerBox::order(self))
    }

    fn uses_priority(&self) -> bool {
        SchedulerBox::uses_priority(self)
    }
}

impl Object for PriorityBox {
    fn ask(&mut self, call: Call<'_>, answers: &mut Answers) -> RResult<usize, Failure> {
        self.priorities(queue(call), answers.numbers(call.rows))
    }

    fn order(&self) -> Option<Order> {
        Order::from_code(PriorityBox::order(self))
    }
}

fn routing(call: Call<'_>) -> ScoreCall<'_> {
    ScoreCall {
        now_us: call.now_us,
        rows: call.rows,
        request: RSlice::from_slice(call.attributes),
        instances: RSlice::from_slice(call.signals),
    }
}

fn queue(call: Call<'_>) -> QueueCall<'_> {
    QueueCall { now_us: call.now_us, rows: call.rows, requests: RSlice::from_slice(call.attributes) }
}
