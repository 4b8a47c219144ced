//! What policies may know of a request, as columns.
//!
//! Law L8: nothing here depends on the true output length.

use pointsman_plugin_api::abi::{RSlice, RStr};
use pointsman_plugin_api::{BlockRun, Column, attribute};

/// A request as a policy may see it.
#[derive(Debug, Clone, Copy)]
pub struct RequestFacts<'a> {
    /// Position in the order of creation.
    pub id: u64,
    /// Arrival at the router. \[us\]
    pub arrival_us: u64,
    /// Prompt length. \[tokens\]
    pub prompt_tokens: u64,
    /// Declared cap on the output; 0: none. \[tokens\]
    pub max_tokens: u64,
    /// SLO class; `standard` where none is given.
    pub slo_class: &'a str,
    /// Tenant; empty where none is given.
    pub tenant: &'a str,
    /// Session; empty where none is given.
    pub session: &'a str,
    /// Round within the session.
    pub round: u64,
    /// Identities of the prompt's full blocks.
    pub prompt_blocks: &'a [BlockRun],
}

/// A waiting request as a policy may see it.
#[derive(Debug, Clone, Copy)]
pub struct QueueRow<'a> {
    /// What is known of any request.
    pub facts: RequestFacts<'a>,
    /// Entry into the queue. \[us\]
    pub queued_us: u64,
    /// Prompt and emitted tokens.
    pub num_tokens: u64,
    /// Tokens emitted so far.
    pub emitted_tokens: u64,
    /// Preemptions so far.
    pub preemptions: u64,
    /// Place by order of entry.
    pub queue_position: i64,
    /// Tokens that its next admission would have to compute now; 0 where nobody reads it.
    pub remaining_prefill_tokens: u64,
}

/// The attributes that this host has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeColumn {
    Id,
    ArrivalUs,
    PromptTokens,
    MaxTokens,
    SloClass,
    Tenant,
    Session,
    Round,
    PromptBlocks,
    QueuedUs,
    NumTokens,
    EmittedTokens,
    Preemptions,
    QueuePosition,
    RemainingPrefillTokens,
    Priority,
    /// Declared as optional by a policy, and unknown to this host.
    Absent,
}

impl AttributeColumn {
    /// The attribute with this id; `Absent` if the host has none.
    pub(crate) fn with_id(id: &str) -> Self {
        let known = [
            (attribute::ID.id(), Self::Id),
            (attribute::ARRIVAL_US.id(), Self::ArrivalUs),
            (attribute::PROMPT_TOKENS.id(), Self::PromptTokens),
            (attribute::MAX_TOKENS.id(), Self::MaxTokens),
            (attribute::SLO_CLASS.id(), Self::SloClass),
            (attribute::TENANT.id(), Self::Tenant),
            (attribute::SESSION.id(), Self::Session),
            (attribute::ROUND.id(), Self::Round),
            (attribute::PROMPT_BLOCKS.id(), Self::PromptBlocks),
            (attribute::QUEUED_US.id(), Self::QueuedUs),
            (attribute::NUM_TOKENS.id(), Self::NumTokens),
            (attribute::EMITTED_TOKENS.id(), Self::EmittedTokens),
            (attribute::PREEMPTIONS.id(), Self::Preemptions),
            (attribute::QUEUE_POSITION.id(), Self::QueuePosition),
            (attribute::REMAINING_PREFILL_TOKENS.id(), Self::RemainingPrefillTokens),
            (attribute::PRIORITY.id(), Self::Priority),
        ];
        known.into_iter().find(|(known, _)| *known == id).map_or(Self::Absent, |(_, column)| column)
    }
}

/// A request in the form in which it crosses the ABI: columns of one row borrow from here.
pub(crate) struct RequestCells<'a> {
    numbers: [u64; 5],
    labels: [RStr<'a>; 3],
    prompt_blocks: RSlice<'a, BlockRun>,
}

impl<'a> RequestCells<'a> {
    pub(crate) fn new(facts: &RequestFacts<'a>) -> Self {
        Self {
            numbers: [facts.id, facts.arrival_us, facts.prompt_tokens, facts.max_tokens, facts.round],
            labels: [facts.slo_class.into(), facts.tenant.into(), facts.session.into()],
            prompt_blocks: facts.prompt_blocks.into(),
        }
    }

    pub(crate) fn column(&self, attribute: AttributeColumn) -> Column<'_> {
        let number = |at: usize| Column::of(&self.numbers[at..=at]);
        let label = |at: usize| Column::of(&self.labels[at..=at]);
        match attribute {
            AttributeColumn::Id => number(0),
            AttributeColumn::ArrivalUs => number(1),
            AttributeColumn::PromptTokens => number(2),
            AttributeColumn::MaxTokens => number(3),
            AttributeColumn::Round => number(4),
            AttributeColumn::SloClass => label(0),
            AttributeColumn::Tenant => label(1),
            AttributeColumn::Session => label(2),
            AttributeColumn::PromptBlocks => Column::of(std::slice::from_ref(&self.prompt_blocks)),
            _ => Column::absent(),
        }
    }
}

/// One attribute of all asked requests, in the form in which it crosses the ABI.
pub(crate) enum QueueCells<'a> {
    U64(Vec<u64>),
    I64(Vec<i64>),
    Text(Vec<RStr<'a>>),
    Blocks(Vec<RSlice<'a, BlockRun>>),
    F64(&'a [f64]),
    Absent,
}

impl<'a> QueueCells<'a> {
    /// Gathers an attribute over the rows; priorities are not in the rows but beside them.
    pub(crate) fn gather(attribute: AttributeColumn, rows: &[QueueRow<'a>], priorities: &'a [f64]) -> Self {
        let u64s = |of: fn(&QueueRow<'a>) -> u64| Self::U64(rows.iter().map(of).collect());
        let texts = |of: fn(&QueueRow<'a>) -> &'a str| {
            Self::Text(rows.iter().map(|row| RStr::from_str(of(row))).collect())
        };
        match attribute {
            AttributeColumn::Id => u64s(|row| row.facts.id),
            AttributeColumn::ArrivalUs => u64s(|row| row.facts.arrival_us),
            AttributeColumn::PromptTokens => u64s(|row| row.facts.prompt_tokens),
            AttributeColumn::MaxTokens => u64s(|row| row.facts.max_tokens),
            AttributeColumn::Round => u64s(|row| row.facts.round),
            AttributeColumn::SloClass => texts(|row| row.facts.slo_class),
            AttributeColumn::Tenant => texts(|row| row.facts.tenant),
            AttributeColumn::Session => texts(|row| row.facts.session),
            AttributeColumn::PromptBlocks => {
                Self::Blocks(rows.iter().map(|row| RSlice::from_slice(row.facts.prompt_blocks)).collect())
            }
            AttributeColumn::QueuedUs => u64s(|row| row.queued_us),
            AttributeColumn::NumTokens => u64s(|row| row.num_tokens),
            AttributeColumn::EmittedTokens => u64s(|row| row.emitted_tokens),
            AttributeColumn::Preemptions => u64s(|row| row.preemptions),
            AttributeColumn::QueuePosition => Self::I64(rows.iter().map(|row| row.queue_position).collect()),
            AttributeColumn::RemainingPrefillTokens => u64s(|row| row.remaining_prefill_tokens),
            AttributeColumn::Priority => Self::F64(priorities),
            AttributeColumn::Absent => Self::Absent,
        }
    }

    pub(crate) fn column(&self) -> Column<'_> {
        match self {
            Self::U64(cells) => Column::of(cells),
            Self::I64(cells) => Column::of(cells),
            Self::Text(cells) => Column::of(cells),
            Self::Blocks(cells) => Column::of(cells),
            Self::F64(cells) => Column::of(cells),
            Self::Absent => Column::absent(),
        }
    }
}
