//! Policy objects of all kinds, called in the same way.

use pointsman_plugin_api::Order;
use pointsman_plugin_api::abi::{
    AdmissionBox, CompletionCall, Failure, FilterBox, KvCall, PickerBox, PriorityBox, QueueCall, ROk,
    RResult, RSlice, RStr, SchedulerBox, ScoreCall, ScorerBox,
};

use super::answers::Answers;
use super::situation::Call;
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
