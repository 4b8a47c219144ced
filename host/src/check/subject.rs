//! A policy under test: what it declares, and how objects of it are built.

use serde_json::{Map, Value};

use super::fault::Fault;
use super::object::{Noted, Object};
use super::world::World;
use crate::policy::mark::{Mark, Stage};
use crate::registry::{Built, Catalogue, Kind, Need, PluginError, Policy, PolicyName, PolicyRef};

/// What a policy declared that it reads, and what of that it gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub(super) signals: Vec<String>,
    pub(super) attributes: Vec<String>,
    /// Those among both that are left out, as a host may that does not have them.
    pub(super) withheld: Vec<String>,
    /// Of a picker: whether it gets total scores.
    pub(super) totals: bool,
    /// The hooks that are called, besides the one after routing.
    pub(super) hooks: Vec<String>,
}

impl Reads {
    /// Whether it is left out.
    pub(super) fn withholds(&self, id: &str) -> bool {
        self.withheld.iter().any(|other| other == id)
    }

    /// Leaves out what an object says that it does not read, with the parameters that it has; which
    /// that is.
    pub(super) fn leave_out_unread(&mut self, object: &dyn Object) -> Vec<String> {
        let ids = self.signals.iter().chain(&self.attributes);
        let unread: Vec<String> = ids.filter(|id| !object.reads(id)).cloned().collect();
        self.withheld.extend(unread.iter().cloned());
        unread
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

impl<'a> Subject<'a> {
    /// Looks it up.
    pub(super) fn find(
        catalogue: &'a Catalogue,
        kind: Kind,
        wanted: &PolicyRef,
    ) -> Result<Self, PluginError> {
        let policy = catalogue.policy(kind, wanted)?.clone();
        Ok(Self { catalogue, wanted: wanted.clone(), kind, policy })
    }

    /// What it gets when everything is there.
    pub(super) fn reads(&self) -> Reads {
        let ids = |needs: &[Need]| needs.iter().map(|need| need.id.clone()).collect();
        Reads {
            signals: ids(&self.policy.signals),
            attributes: ids(&self.policy.attributes),
            withheld: Vec::new(),
            totals: self.kind == Kind::Picker && self.policy.uses_scores,
            hooks: ids(&self.policy.hooks),
        }
    }

    /// What it gets when all is missing that it does not require; `None` if that is nothing.
    pub(super) fn reads_required(&self) -> Option<Reads> {
        let of = |needs: &mut dyn Iterator<Item = &Need>, required: bool| -> Vec<String> {
            needs.filter(|need| need.required == required).map(|need| need.id.clone()).collect()
        };
        let withheld = of(&mut self.policy.signals.iter().chain(&self.policy.attributes), false);
        let hooks = of(&mut self.policy.hooks.iter(), true);
        let is_less = !withheld.is_empty() || hooks.len() < self.policy.hooks.len();
        is_less.then(|| Reads { withheld, hooks, ..self.reads() })
    }

    /// Whether its rows are instances, for one request.
    pub(super) fn is_routing(&self) -> bool {
        !matches!(self.kind, Kind::Scheduler | Kind::Priority)
    }

    /// What its answer for a row is, at the beginning of a sentence.
    pub(super) fn answer(&self, row: usize) -> String {
        match self.kind {
            Kind::Scorer => format!("the score of row {row}"),
            Kind::Scheduler => format!("the key of row {row}"),
            Kind::Priority => format!("the priority of row {row}"),
            Kind::Filter => format!("whether row {row} stays (1 or 0)"),
            Kind::Picker => "the chosen instance".to_owned(),
            Kind::Admission => "whether it is let in (1 or 0)".to_owned(),
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
            Kind::Filter => self.noted(catalogue.build_filter(wanted, &facts, params)),
            Kind::Picker => self.noted(catalogue.build_picker(wanted, &facts, params)),
            Kind::Admission => self.noted(catalogue.build_admission(wanted, &facts, params)),
        }
    }

    /// Builds an object with the parameters that it is to be checked with: most often none.
    pub(super) fn build_usual(&self, world: &World) -> Result<Box<dyn Object>, Fault> {
        self.build(world, &self.params().to_string()).map_err(BuildError::into_fault)
    }

    /// The parameters that it is to be checked with, as an object.
    pub(super) fn params(&self) -> Value {
        match &self.wanted.params {
            Value::Null => Map::new().into(),
            given => given.clone(),
        }
    }

    fn noted<T: Object + 'static>(
        &self,
        built: Result<Built<T>, PluginError>,
    ) -> Result<Box<dyn Object>, BuildError> {
        let object = match built {
            Ok(Ok(object)) => object,
            Ok(Err(failure)) => return Err(BuildError::Policy(Fault::from(failure))),
            Err(error) => return Err(BuildError::Library(error)),
        };
        let (name, library) = (self.policy.name.clone(), self.wanted.library.clone());
        let name = PolicyName { kind: self.kind, name, library };
        let mark = |stage| Mark::of(&name.subject(stage));
        Ok(Box::new(Noted::new(object, mark(Stage::Decide), mark(Stage::Drop))))
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
