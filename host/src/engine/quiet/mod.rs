//! What makes the fast engine fast: steps in which nothing happens are not simulated, but counted.
//!
//! Most steps of a server only decode: every running request gets one token, one in sixteen a new
//! block, and that is all. Such requests leave `Instance::running` for the *batch*, where nobody
//! touches them until something happens to them. What is known of a member follows from how many
//! steps the batch has done since it joined:
//!
//! ```text
//!   step end       7        8        9       10       11       12
//!   batch   -------|--------|--------|--------|--------|--------|--->
//!   A       joined at 7, 40 tokens emitted:      at 12: 40 + (12 - 7) = 45
//!   B                       joined at 9, 1 token          1 + (12 - 9) = 4
//!   gaps           | 9 ms   | 9 ms   | 11 ms  | 9 ms   | 9 ms   |
//!                    A's gaps: all from 7 on; B's: those from 9 on     (`gaps`)
//!   new blocks     residue of the step number modulo the block size -> how many members need one
//! ```
//!
//! Blocks of equal standing are interchangeable: nobody can see which member got which. So a step takes
//! as many as its residue says, and a member picks its share out of them when it leaves (`batch`).
//!
//! While nothing but that goes on, all steps of an instance are equally long, since the latency model sees
//! equal numbers: a *stretch*. (A model that looks at contexts sees others: its steps are simulated one by
//! one.) The clock then goes straight to its last step, the first at whose end a member has all its tokens,
//! or at whose start blocks could run out. Who looks at the instance in between, or changes something about
//! it, first lets it catch up (`stretch`):
//!
//! ```text
//!   plain:  start end|start end|start end|start end|start end|start ...
//!   fast:   start - - - - - - - - - - - - - - - - - - - - end          one event
//!                         ^ a router reads: the steps up to here are counted now
//!                               ^ a request enters the queue: the stretch ends with this step
//! ```
//!
//! Everything else is the plain engine's own code: requests with prompt or recompute work are in
//! `Instance::running`, steps with them are planned and ended by `step` and `step_end` around the batch. Where
//! blocks run out, the members that were admitted last leave it and are preempted. Where it could matter for more
//! than the number of its members (somebody else is to be preempted, the budget is too small), it dissolves:
//! its members go back to `running` as they would be in the plain engine (`members`), and join again when
//! that is over.
//!
//! The same idea elsewhere: blocks are kept by runs (`kv::runs`), and the ends of offloads are no events
//! where only the CPU tier changes (`kv::landing`); they happen when somebody looks at it.
//!
//! It is exact by construction, and `tests/differential` compares both engines, event for event.

mod batch;
mod gaps;
mod members;
mod stretch;

pub(super) use batch::Batch;
pub(super) use members::LARGEST_BLOCK;
pub(super) use stretch::Due;
