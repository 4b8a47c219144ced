//! The whole file, from what was kept.

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};

use super::event::{Event, Record};
use super::keeper::Keeper;
use super::sampling::ALWAYS;
use super::{Timeline, tracks};
use crate::report::file::{OutputError, OutputFile};
use crate::run::Outcome;

impl Timeline {
    /// Writes the trace of a run that is over. A name that ends in `.gz` is compressed.
    ///
    /// # Errors
    ///
    /// Why it cannot be written, or what it is made from could not be kept.
    pub fn write(&mut self, outcome: &Outcome, place: &OutputFile) -> Result<(), OutputError> {
        if let Some(why) = self.keeper.failed.take() {
            return Err(place.error(&why));
        }
        let is_packed = place.path().extension().is_some_and(|extension| extension == "gz");
        place.write(|out| {
            if is_packed {
                let mut packed = GzEncoder::new(out, Compression::fast());
                self.write_to(outcome, &mut packed)?;
                return packed.finish().map(|_| ());
            }
            self.write_to(outcome, out)
        })
    }

    pub(super) fn write_to(&mut self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let header = self.header(outcome)?;
        // Programs that read a trace once want to know the unit before the first event.
        write!(out, "{{\"displayTimeUnit\":\"ms\",\n\"otherData\":{header},\n\"traceEvents\":[")?;
        let mut names = tracks::names(self.instances);
        if let Some(first) = names.next() {
            // Nothing comes before the first event.
            out.write_all(first.trim_start_matches(',').as_bytes())?;
        }
        names.try_for_each(|names| out.write_all(names.as_bytes()))?;

        let mut beside = self.beside();
        beside.sort_by_key(|record| record.at_us);
        let mut beside = beside.into_iter().peekable();
        let Keeper { lines, spool, .. } = &mut self.keeper;
        lines.begin(self.end_us, self.unscheduled.iter().copied());
        spool.read(|record| {
            while let Some(earlier) = beside.next_if(|earlier| earlier.at_us <= record.at_us) {
                out.write_all(lines.of(&earlier).as_bytes())?;
            }
            out.write_all(lines.of(record).as_bytes())
        })?;
        beside.try_for_each(|record| out.write_all(lines.of(&record).as_bytes()))?;
        out.write_all(lines.rest().as_bytes())?;
        out.write_all(b"\n]}\n")
    }

    /// What is not in the spool: it became known later than it happened.
    fn beside(&self) -> Vec<Record> {
        let mut beside = self.before.clone();
        if self.has_all_changes() {
            return beside;
        }
        for (at_us, values) in self.grid.points().filter(|(at_us, _)| !self.sampling.is_in_window(*at_us)) {
            beside.extend((0..).zip(values).map(|(instance, &values)| {
                let event = Event::Levels { instance, values };
                Record { rank: ALWAYS, at_us, event }
            }));
        }
        beside
    }
}
