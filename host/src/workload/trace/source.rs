//! The source of a trace's requests.

use std::path::Path;

use super::detect;
use super::input::{Hashed, open_file};
use super::ordered::Ordered;
use super::record::Record;
use crate::workload::spec::{TraceFormat, WorkloadSpec};
use crate::workload::{Arrival, Content, End, MAX_ARRIVAL_US, Source, WorkloadError, WorkloadIdentity};

/// Replays a trace. One request is read ahead; the rest stays in the file.
pub(crate) struct TraceSource {
    identity: WorkloadIdentity,
    requests: Ordered,
    scale: Scale,
    ahead: Option<(Record, Content)>,
    next_id: u64,
    warnings: Vec<String>,
}

/// Requests that are read between two looks whether somebody asks for the end.
const RECORDS_PER_LOOK: u64 = 1024;

/// How arrival times are rescaled. Results are cut to whole microseconds, which keeps their order.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    /// As they are.
    None,
    /// Divided by this.
    Divide(f64),
    /// Multiplied by this.
    Multiply(f64),
}

/// What the first reading of a trace finds out.
struct Scan {
    sha256: String,
    requests: u64,
    first_us: u64,
    last_us: u64,
    warnings: Vec<String>,
}

impl TraceSource {
    /// Reads the trace of a validated description once, and opens it to be read again.
    pub(crate) fn open(
        spec: &WorkloadSpec,
        block_size: u64,
        is_asked: &dyn Fn() -> bool,
    ) -> Result<Self, WorkloadError> {
        let path = spec.trace.as_deref().unwrap_or(Path::new(""));
        let name = path.display().to_string();
        let format = detect::format(spec, path)?;
        let scan = scan(spec, format, path, block_size, is_asked)?;
        if scan.requests == 0 {
            return Err(WorkloadError::file(&name, "holds no request"));
        }
        let scale = Scale::new(spec, &name, &scan)?;
        scale.apply(scan.last_us)?;
        let identity = WorkloadIdentity {
            kind: format.name(),
            sha256: scan.sha256,
            requests: scan.requests,
            description: spec.describe_trace(format, scan.requests),
        };
        let records = detect::reader(spec, format, &name, open_file(path)?, block_size)?;
        let requests = Ordered::new(records, spec.limit);
        Ok(Self { identity, requests, scale, ahead: None, next_id: 0, warnings: scan.warnings })
    }

    fn fill(&mut self) -> Result<Option<&Record>, WorkloadError> {
        if self.ahead.is_none()
            && let Some(mut record) = self.requests.next()?
        {
            let content = self.requests.content(&record);
            record.arrival_us = self.scale.apply(record.arrival_us)?;
            self.ahead = Some((record, content));
        }
        Ok(self.ahead.as_ref().map(|(record, _)| record))
    }
}

fn scan(
    spec: &WorkloadSpec,
    format: TraceFormat,
    path: &Path,
    block_size: u64,
    is_asked: &dyn Fn() -> bool,
) -> Result<Scan, WorkloadError> {
    let name = path.display().to_string();
    let file = Hashed::new(open_file(path)?);
    let records = detect::reader(spec, format, &name, file.clone(), block_size)?;
    let mut requests = Ordered::new(records, spec.limit);
    let mut scan = Scan { sha256: String::new(), requests: 0, first_us: 0, last_us: 0, warnings: Vec::new() };
    while let Some(record) = requests.next()? {
        if scan.requests == 0 {
            scan.first_us = record.arrival_us;
        }
        scan.last_us = record.arrival_us;
        scan.requests += 1;
        if scan.requests.is_multiple_of(RECORDS_PER_LOOK) && is_asked() {
            return Err(WorkloadError::Interrupted);
        }
    }
    scan.warnings = requests.warnings();
    let sha256 = file.finish(is_asked);
    let sha256 = sha256.map_err(|error| WorkloadError::file(&name, format!("cannot be read: {error}")))?;
    scan.sha256 = sha256.ok_or(WorkloadError::Interrupted)?;
    Ok(scan)
}

impl Scale {
    /// The factor that `speedup` or `rate` asks for. The mean rate of n requests is
    /// `(n - 1) / (last - first)`, so that they have the rate R after multiplication of their times with
    /// `(n - 1) / ((last - first) * R)`.
    #[expect(clippy::cast_precision_loss, reason = "a factor need not be exact beyond a double")]
    fn new(spec: &WorkloadSpec, name: &str, scan: &Scan) -> Result<Self, WorkloadError> {
        let Some(rate) = spec.rate else {
            return Ok(spec.speedup.map_or(Self::None, Self::Divide));
        };
        let span_us = scan.last_us - scan.first_us;
        if span_us == 0 {
            let problem = format!("cannot rescale {name}: its {} requests arrive at one time", scan.requests);
            return Err(WorkloadError::config("workload.rate", problem));
        }
        Ok(Self::Multiply((scan.requests - 1) as f64 * 1e6 / (span_us as f64 * rate)))
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the latest arrival"
    )]
    fn apply(self, arrival_us: u64) -> Result<u64, WorkloadError> {
        let scaled = match self {
            Self::None => return Ok(arrival_us),
            Self::Divide(by) => arrival_us as f64 / by,
            Self::Multiply(by) => arrival_us as f64 * by,
        };
        if scaled <= MAX_ARRIVAL_US as f64 {
            Ok(scaled as u64)
        } else {
            let problem = format!("the arrival at {arrival_us} us would be rescaled to later than 2^62 us");
            Err(WorkloadError::Range(problem))
        }
    }
}

impl Source for TraceSource {
    fn total(&self) -> Option<u64> {
        Some(self.identity.requests)
    }

    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        Ok(self.fill()?.map(|record| record.arrival_us))
    }

    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        self.fill()?;
        let Some((record, content)) = self.ahead.take() else { return Ok(None) };
        let id = self.next_id;
        self.next_id += 1;
        Ok(Some(Arrival {
            id,
            arrival_us: record.arrival_us,
            prompt_tokens: record.prompt_tokens,
            output_tokens: record.output_tokens,
            max_tokens: record.max_tokens,
            slo_class: record.slo_class,
            tenant: record.tenant,
            session: record.session,
            round: record.round,
            content,
            ticket: None,
        }))
    }

    fn on_end(&mut self, _ticket: u64, _end: End) -> Result<Option<Arrival>, WorkloadError> {
        Ok(None)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn identity(&self) -> Option<&WorkloadIdentity> {
        Some(&self.identity)
    }
}
