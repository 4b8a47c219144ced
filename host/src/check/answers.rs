//! The answers of a call: as they cross the ABI, and as values to compare.

use pointsman_plugin_api::Key;
use pointsman_plugin_api::abi::{RErr, ROk, RSliceMut};

use super::fault::Fault;
use super::object::Object;
use super::situation::Feed;

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
    /// A slot for a number for each row.
    pub(super) fn numbers(&mut self, rows: usize) -> RSliceMut<'_, f64> {
        if !matches!(self, Self::Numbers(_)) {
            *self = Self::Numbers(Vec::new());
        }
        match self {
            Self::Numbers(slots) => fresh(slots, rows, f64::from_bits(UNTOUCHED)),
            _ => unreachable!("made above"),
        }
    }

    /// A slot for a key for each row.
    pub(super) fn keys(&mut self, rows: usize) -> RSliceMut<'_, Key> {
        let untouched = f64::from_bits(UNTOUCHED);
        if !matches!(self, Self::Keys(_)) {
            *self = Self::Keys(Vec::new());
        }
        match self {
            Self::Keys(slots) => fresh(slots, rows, Key { major: untouched, minor: untouched }),
            _ => unreachable!("made above"),
        }
    }

    /// A slot for a byte for each row.
    pub(super) fn flags(&mut self, rows: usize) -> RSliceMut<'_, u8> {
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
