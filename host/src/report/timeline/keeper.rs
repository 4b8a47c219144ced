//! What is kept of a run until its end, thinned out where it would come to too much.

use std::io;

use super::event::Record;
use super::header::Counts;
use super::line::Lines;
use super::sampling::is_kept;
use super::spool::Spool;

/// Keeps records.
#[derive(Debug)]
pub(super) struct Keeper {
    /// The share that is kept at present.
    pub(super) share: f64,
    /// What the events may come to; `None`: any size.
    most_bytes: Option<u64>,
    /// What they come to so far, where that matters.
    pub(super) bytes: u64,
    pub(super) spool: Spool,
    /// What went wrong with it; nothing is kept any more.
    pub(super) failed: Option<io::Error>,
    pub(super) lines: Lines,
    pub(super) kept: Counts,
}

impl Keeper {
    pub(super) fn new(instances: u32, share: f64, most_bytes: Option<u64>, spool: Spool) -> Self {
        let (lines, kept) = (Lines::new(instances), Counts::default());
        Self { share, most_bytes, bytes: 0, spool, failed: None, lines, kept }
    }

    /// Whether what has this rank is kept.
    pub(super) fn keeps(&self, rank: u64) -> bool {
        is_kept(rank, self.share)
    }

    /// Keeps a record, if it belongs to what is kept. Returns whether less is kept from now on.
    pub(super) fn push(&mut self, record: &Record) -> bool {
        if self.failed.is_some() || !self.keeps(record.rank) {
            return false;
        }
        self.kept.add(&record.event);
        if let Err(why) = self.spool.push(record) {
            self.failed = Some(why);
            return false;
        }
        let Some(most_bytes) = self.most_bytes else { return false };
        self.bytes += self.lines.of(record).len() as u64;
        if self.bytes <= most_bytes {
            return false;
        }
        self.failed = self.thin_out().err();
        true
    }

    /// Keeps half of what there is, and of what comes.
    fn thin_out(&mut self) -> io::Result<()> {
        self.share /= 2.0;
        let share = self.share;
        let (lines, mut kept, mut bytes) = (&mut self.lines, Counts::default(), 0);
        lines.begin_again();
        self.spool.retain(|record| {
            let stays = is_kept(record.rank, share);
            if stays {
                kept.add(&record.event);
                bytes += lines.of(record).len() as u64;
            }
            stays
        })?;
        (self.kept, self.bytes) = (kept, bytes);
        Ok(())
    }
}
