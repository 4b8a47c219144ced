//! Requests that are read from a trace, line by line.

mod civil;
mod columns;
mod decimal;
mod detect;
mod input;
mod json;
mod mooncake;
mod native;
mod ordered;
mod own;
mod record;
mod source;
mod table;

pub(crate) use source::TraceSource;

#[cfg(test)]
mod tests;
