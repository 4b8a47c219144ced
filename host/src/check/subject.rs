//! A policy under test: how objects of it are built and called, the same for every kind.

use pointsman_plugin_api::abi::{
    Failure, PriorityBox, QueueCall, RErr, ROk, RResult, RSlice, RSliceMut, SchedulerBox, ScoreCall,
    ScorerBox,
};
use pointsman_plugin_api::{Key, Order};

use super::fault::Fault;
use super::situation::{Call, Feed};
use super::world::World;
use crate::policy::mark::{self, Mark, Stage};
use crate::registry::{Catalogue, Kind, PluginError, Policy, PolicyName, PolicyRef};

/// What a policy declared that it reads, and what of that it gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub(super) signals: Vec<String>,
    pub(super) attributes: Vec<String>,
    /// Those among both that are left out, as a host may that does not have them.
    pub(super) withheld: Vec<String>,
}

impl Reads {
    /// Whether it is left out.
    pub(super) fn withheld(&self, id: &str) -> bool {
        self.withheld.iter().any(|other| other == id)
    }
}

/// One policy, of which objects are built again and again.
pub(super) struct Subject<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) wanted: PolicyRef,
    pub(super) kind: Kind,
    /// What it says about itself.
    pub(super) policy: Policy,
}

impl Subject<'_> {
    /// What it gets when everything is there.
    pub(super) fn reads(&self) -> Reads {
        let ids = |needs: &[crate::registry::Need]| needs.iter().map(|need| need.id.clone()).collect();
        Reads {
            signals: ids(&self.policy.signals),
            attributes: ids(&self.policy.attributes),
            withheld: Vec::new(),
        }
    }

    /// What it gets when all is missing that it does not require.
    pub(super) fn reads_required(&self) -> Reads {
        let needs = self.policy.signals.iter().chain(&self.policy.attributes);
        let withheld = needs.filter(|need| !need.required).map(|need| need.id.clone()).collect();
        Reads { withheld, ..self.reads() }
    }

    /// Whether its rows are instances, for one request.
    pub(super) fn is_routing(&self) -> bool {
        match self.kind {
            Kind::Scorer => true,
            Kind::Scheduler | Kind::Priority => false,
        }
    }

    /// Builds an object from parameters as they are: nothing of them is checked before.
    pub(super) fn build(&self, world: &World, params: &str) -> Result<Box<dyn Object>, BuildError> {
        let facts = world.facts((!self.is_routing()).then_some(0));
        let (catalogue, wanted) = (self.catalogue, &self.wanted);
        match self.kind {
            Kind::Scorer => self.noted(catalogue.build_scorer(wanted, &facts, params)),
            Kind::Scheduler => self.noted(catalogue.build_scheduler(wanted, &facts, params)),
            Kind::Priority => self.noted(catalogue.build_priority(wanted, &facts, params)),
        }
    }

    fn noted<T: Object + 'static>(&self, built: Built<T>) -> Result<Box<dyn Object>, BuildError> {
        let object = match built {
            Ok(Ok(object)) => object,
            Ok(Err(failure)) => return Err(BuildError::Policy(Fault::from(failure))),
            Err(error) => return Err(BuildError::Library(error)),
        };
        let name = PolicyName {
            kind: self.kind,
            name: self.policy.name.clone(),
            library: self.wanted.library.clone(),
        };
        let mark = |stage| Mark::of(&name.subject(stage));
        Ok(Box::new(Noted { object, decide: mark(Stage::Decide), drop: mark(Stage::Drop), dropping: None }))
    }

    /// Builds an object with the defaults of all parameters.
    pub(super) fn build_default(&self, world: &World) -> Result<Box<dyn Object>, Fault> {
        self.build(world, "{}").map_err(BuildError::into_fault)
    }
}

/// Why there is no object.
#[derive(Debug)]
pub(super) enum BuildError {
    /// The library does not offer it.
    Library(PluginError),
    /// Its constructor refuses or fails.
    Policy(Fault),
}

impl BuildError {
    /// As what went wrong with the policy.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Library(error) => Fault::Refused(error.to_string()),
            Self::Policy(fault) => fault,
        }
    }
}

type Built<T> = Result<Result<T, Failure>, PluginError>;

/// What a slot holds before a call. A policy that computes NaN does not compute this one.
const UNTOUCHED: u64 = 0x7ff8_0000_5107_e3d5;

/// A policy object of any kind.
pub(super) trait Object {
    /// Asks it once; as many answers as there are rows, where it does as it should. Room for them is
    /// in `scratch`.
    fn ask(&mut self, call: Call<'_>, scratch: &mut Scratch) -> RResult<usize, Failure>;

    /// The hook after routing; a kind that lacks it has nothing to say.
    fn routed(&mut self, call: Call<'_>, chosen: usize) -> RResult<(), Failure> {
        let _ = (call, chosen);
        ROk(())
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
struct Noted<T> {
    object: T,
    decide: Mark,
    drop: Mark,
    /// The last field, so that it goes when the object is gone.
    dropping: Option<mark::Call>,
}

impl<T: Object> Object for Noted<T> {
    fn ask(&mut self, call: Call<'_>, scratch: &mut Scratch) -> RResult<usize, Failure> {
        let _noted = mark::enter(self.decide);
        self.object.ask(call, scratch)
    }

    fn routed(&mut self, call: Call<'_>, chosen: usize) -> RResult<(), Failure> {
        let _noted = mark::enter(self.decide);
        self.object.routed(call, chosen)
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

/// Room for the answers of a call.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    numbers: Vec<f64>,
    keys: Vec<Key>,
}

impl Scratch {
    fn numbers(&mut self, rows: usize) -> &mut [f64] {
        self.numbers.clear();
        self.numbers.resize(rows, f64::from_bits(UNTOUCHED));
        &mut self.numbers
    }

    fn keys(&mut self, rows: usize) -> &mut [Key] {
        let untouched = f64::from_bits(UNTOUCHED);
        self.keys.clear();
        self.keys.resize(rows, Key { major: untouched, minor: untouched });
        &mut self.keys
    }
}

/// Asks an object, and looks at whether the answer is whole. Kinds that answer with one number give
/// keys of one number.
pub(super) fn ask(object: &mut dyn Object, feed: &Feed, scratch: &mut Scratch) -> Result<Vec<Key>, Fault> {
    scratch.numbers.clear();
    scratch.keys.clear();
    let rows = feed.rows();
    let given = match feed.lend(|call| object.ask(call, scratch)) {
        ROk(given) => given,
        RErr(failure) => return Err(Fault::from(failure)),
    };
    if given != rows {
        return Err(Fault::Count { given, rows });
    }
    let mut answers = scratch.keys.clone();
    answers.extend(scratch.numbers.iter().map(|number| Key::of(*number)));
    match answers.iter().position(|key| [key.major, key.minor].map(f64::to_bits).contains(&UNTOUCHED)) {
        Some(row) => Err(Fault::Unfilled { row }),
        None => Ok(answers),
    }
}

impl Object for ScorerBox {
    fn ask(&mut self, call: Call<'_>, scratch: &mut Scratch) -> RResult<usize, Failure> {
        self.score(routing(call), RSliceMut::from_mut_slice(scratch.numbers(call.rows)))
    }

    fn routed(&mut self, call: Call<'_>, chosen: usize) -> RResult<(), Failure> {
        // The method of the ABI object, not this one.
        ScorerBox::routed(self, routing(call), chosen)
    }
}

impl Object for SchedulerBox {
    fn ask(&mut self, call: Call<'_>, scratch: &mut Scratch) -> RResult<usize, Failure> {
        self.keys(queue(call), RSliceMut::from_mut_slice(scratch.keys(call.rows)))
    }

    fn order(&self) -> Option<Order> {
        Order::from_code(SchedulerBox::order(self))
    }

    fn uses_priority(&self) -> bool {
        SchedulerBox::uses_priority(self)
    }
}

impl Object for PriorityBox {
    fn ask(&mut self, call: Call<'_>, scratch: &mut Scratch) -> RResult<usize, Failure> {
        self.priorities(queue(call), RSliceMut::from_mut_slice(scratch.numbers(call.rows)))
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
