//! Building policies: everything is checked that can be before a library runs, then it is loaded.

use pointsman_plugin_api::{
    abi::{AdmissionBox, Failure, FilterBox, PickerBox, PriorityBox, SchedulerBox, ScorerBox},
    attribute, hook,
    manifest::HOOK_PREFIX,
    signal,
};

use super::{
    Catalogue, Facts, Kind, LibraryRecord, Need, PluginError, Policy, PolicyName, PolicyRef, Provenance,
    error::near, lookup::Resolved, object::Object,
};

/// A policy that is ready to be called.
pub struct Handle<T> {
    /// The object to call.
    pub object: T,
    /// The signals to pass, in this order; empty for kinds that read none.
    pub signals: Vec<Need>,
    /// The attributes to pass, in this order.
    pub attributes: Vec<Need>,
    /// The hooks that it has, besides `routed`.
    pub hooks: Vec<Need>,
    /// Of a picker: whether it reads total scores.
    pub uses_scores: bool,
    /// Where it came from.
    pub provenance: Provenance,
}

/// A scorer that is ready to be called.
pub type ScorerHandle = Handle<ScorerBox>;
/// A scheduler that is ready to be called.
pub type SchedulerHandle = Handle<SchedulerBox>;
/// A priority policy that is ready to be called.
pub type PriorityHandle = Handle<PriorityBox>;

/// Defines the constructor of one kind.
macro_rules! constructors {
    ($($doc:literal, $name:ident, $object:ty;)*) => {
        impl Catalogue {$(
            #[doc = $doc]
            ///
            /// # Errors
            ///
            /// Why there is no such policy, or why it cannot be built.
            pub fn $name(&self, wanted: &PolicyRef, facts: &Facts) -> Result<Handle<$object>, PluginError> {
                self.create(wanted, facts)
            }
        )*}
    };
}

constructors! {
    "Builds a scorer.", create_scorer, ScorerBox;
    "Builds the scheduler of one instance.", create_scheduler, SchedulerBox;
    "Builds the priority policy of one instance.", create_priority, PriorityBox;
    "Builds a filter.", create_filter, FilterBox;
    "Builds a picker.", create_picker, PickerBox;
    "Builds an admission policy.", create_admission, AdmissionBox;
}

impl Catalogue {
    fn create<T: Object>(&self, wanted: &PolicyRef, facts: &Facts) -> Result<Handle<T>, PluginError> {
        let kind = T::KIND;
        let provenance = self.check(kind, wanted)?;
        let resolved = self.resolve(kind, wanted)?;
        let built = self.build(wanted, facts, &provenance.parameters.to_string())?;
        let object = built.map_err(|Failure { message, panicked }| {
            let policy = policy_name(kind, resolved);
            let message = message.into_string();
            if panicked {
                PluginError::Panicked { policy, message }
            } else {
                PluginError::Refused { policy, message }
            }
        })?;
        let Policy { signals, attributes, hooks, uses_scores, .. } = resolved.policy().clone();
        Ok(Handle { object, signals, attributes, hooks, uses_scores, provenance })
    }

    /// What a policy says about itself.
    ///
    /// # Errors
    ///
    /// Why there is no such policy.
    pub fn policy(&self, kind: Kind, wanted: &PolicyRef) -> Result<&Policy, PluginError> {
        self.resolve(kind, wanted).map(Resolved::policy)
    }

    /// Checks without building or loading anything: that the policy exists, that the host has what
    /// it needs, and that it has the parameters that are given.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub fn check(&self, kind: Kind, wanted: &PolicyRef) -> Result<Provenance, PluginError> {
        let resolved = self.resolve(kind, wanted)?;
        let name = policy_name(kind, resolved);
        check_needs(&name, resolved.policy())?;
        let parameters = check_parameters(&name, resolved.policy(), &wanted.params)?;
        Ok(Provenance {
            kind,
            policy: name.name,
            version: resolved.policy().version.clone(),
            parameters: parameters.into(),
            library: match resolved {
                Resolved::BuiltIn(_) => None,
                Resolved::Library(found, _) => Some(LibraryRecord::from(&found.library)),
            },
        })
    }
}

pub(super) fn policy_name(kind: Kind, resolved: Resolved<'_>) -> PolicyName {
    let library = match resolved {
        Resolved::BuiltIn(_) => None,
        Resolved::Library(found, _) => Some(found.library.path.clone()),
    };
    PolicyName { kind, name: resolved.policy().name.clone(), library }
}

/// What it cannot do without must be something that this host has for its kind.
fn check_needs(name: &PolicyName, policy: &Policy) -> Result<(), PluginError> {
    let attributes: &[&[&str]] = match name.kind {
        Kind::Scorer | Kind::Filter | Kind::Picker | Kind::Admission => &[attribute::ALL],
        Kind::Priority => &[attribute::ALL, attribute::WAITING],
        Kind::Scheduler => &[attribute::ALL, attribute::WAITING, attribute::PRIORITIZED],
    };
    let lacking = |what, needs: &[Need], known: &[&[&str]]| {
        let has = |id: &str| known.iter().any(|ids| ids.contains(&id));
        let missing = needs.iter().find(|need| need.required && !has(&need.id));
        missing.map(|need| PluginError::Lacking { policy: name.clone(), what, id: need.id.clone() })
    };
    let has = |id: &String| {
        let hook = id.strip_prefix(HOOK_PREFIX);
        hook.is_some_and(|id| hook::ALL.iter().any(|hook| hook.id() == id))
    };
    let ability = policy.requires.iter().find(|id| !has(id)).map(|id| PluginError::Lacking {
        policy: name.clone(),
        what: "ability",
        id: id.clone(),
    });
    let missing = lacking("signal", &policy.signals, &[signal::ALL])
        .or_else(|| lacking("attribute", &policy.attributes, attributes))
        .or(ability);
    missing.map_or(Ok(()), Err)
}

/// Names and types are checked here, against the manifest; what values mean by the policy itself.
fn check_parameters(
    name: &PolicyName,
    policy: &Policy,
    params: &serde_json::Value,
) -> Result<serde_json::Map<String, serde_json::Value>, PluginError> {
    let params = match params {
        serde_json::Value::Null => return Ok(serde_json::Map::new()),
        serde_json::Value::Object(params) => params,
        _ => return Err(PluginError::ParametersNotAMap { policy: name.clone() }),
    };
    let known = policy.parameters.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>();
    if let Some(key) = params.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(PluginError::UnknownParameter {
            policy: name.clone(),
            parameter: key.clone(),
            hint: near(key, &known, &[]),
        });
    }
    for parameter in &policy.parameters {
        let Some(value) = params.get(&parameter.name) else { continue };
        if let Some(expected) = parameter.refusal(value) {
            return Err(PluginError::ParameterType {
                policy: name.clone(),
                parameter: parameter.name.clone(),
                expected,
                found: found(value),
            });
        }
    }
    Ok(params.clone())
}

/// What was given, for a message.
fn found(value: &serde_json::Value) -> String {
    const MOST: usize = 40;
    match value {
        serde_json::Value::Null => "nothing".to_owned(),
        serde_json::Value::Array(_) => "a list".to_owned(),
        serde_json::Value::Object(_) => "a map".to_owned(),
        serde_json::Value::String(text) if text.chars().nth(MOST).is_some() => "a longer text".to_owned(),
        serde_json::Value::String(text) => format!("text `{}`", text.escape_debug()),
        other => format!("`{other}`"),
    }
}
