//! The `cluster.kv:` map.

use crate::engine::{EngineSettings, KvSettings, Reload};

use super::capacity::Placement;
use super::error::Diagnostic;
use super::limits;
use super::profile::{Blocks, Profile};
use super::reader::{Count, MapReader, Sink};
use super::source::Span;

/// vLLM's own default for so long that everybody means it.
const UTILIZATION: f64 = 0.9;

/// What the map says; the blocks may have to be counted.
pub(super) struct Kv {
    settings: KvSettings,
    blocks: Blocks,
    blocks_span: Span,
    utilization: f64,
    gb_per_s: Option<f64>,
    gb_per_s_span: Span,
}

/// Reads the map.
pub(super) fn read(mut map: MapReader<'_>, profile: Option<&Profile>) -> Kv {
    let given = profile.map_or(Blocks::Fixed(1), |profile| profile.blocks);
    let blocks_span = map.span_of("blocks");
    let blocks = match map.whole_or_word("blocks", 1..=limits::BLOCKS, "auto") {
        Some(Count::Number(blocks)) => Blocks::Fixed(narrow(blocks)),
        Some(Count::Word) => Blocks::Auto,
        None => given,
    };
    let from_profile = profile.and_then(|profile| profile.gpu_memory_utilization);
    let utilization = map.number("gpu_memory_utilization", from_profile.unwrap_or(UTILIZATION), 0.01..=1.0);
    if let Blocks::Fixed(_) = blocks {
        map.warn_without_effect(&["gpu_memory_utilization"], "`blocks` is a number, not `auto`");
    }
    let block_size = map.whole("block_size", 16, 1..=limits::BLOCK_SIZE);
    let cpu_blocks = map.whole("cpu_blocks", 0, 0..=limits::BLOCKS);
    let offload_threshold = map.number("offload_threshold", 0.9, 0.0..=1.0);
    let transfer_bandwidth = map.whole("transfer_bandwidth", 100, 1..=limits::BANDWIDTH);
    let gb_per_s_span = map.span_of("transfer_gb_per_s");
    let gb_per_s = map.number_or_null("transfer_gb_per_s", 1e-3..=limits::GB_PER_S);
    let transfer_base_latency_us = map.whole("transfer_base_latency_us", 0, 0..=limits::TRANSFER_US);
    let modes = [("blocking", Reload::Blocking), ("async", Reload::Async)];
    let reload = map.choice("reload", Reload::Blocking, &modes);
    let thrash_window_us = map.whole("thrash_window_us", 1000, 0..=limits::HORIZON_US);
    if cpu_blocks == 0 {
        let without = [
            "offload_threshold",
            "transfer_bandwidth",
            "transfer_gb_per_s",
            "transfer_base_latency_us",
            "reload",
            "thrash_window_us",
        ];
        map.warn_without_effect(&without, "there is no CPU tier: `cpu_blocks` is 0");
    } else if offload_threshold >= 1.0 {
        let why = "nothing is ever offloaded: no more than all blocks are used, and `offload_threshold` is 1";
        map.warn_without_effect(&["cpu_blocks"], why);
    }
    if gb_per_s.is_some() && map.is_set("transfer_bandwidth") {
        map.contradict("transfer_bandwidth", "transfer_gb_per_s", "both say how fast blocks move");
    }
    map.finish();
    let settings = KvSettings {
        blocks: 1,
        block_size,
        cpu_blocks: narrow(cpu_blocks),
        offload_threshold,
        transfer_bandwidth,
        transfer_base_latency_us,
        reload,
        thrash_window_us,
    };
    Kv { settings, blocks, blocks_span, utilization, gb_per_s, gb_per_s_span }
}

impl Kv {
    /// The settings, once the rest is known. What has been counted is a number then.
    pub(super) fn settle(
        mut self,
        profile: Option<&Profile>,
        engine: &EngineSettings,
        sink: &Sink,
    ) -> KvSettings {
        let placement = profile.and_then(|profile| Placement::of(&profile.figures));
        let block_size = self.settings.block_size;
        self.settings.blocks = match self.blocks {
            Blocks::Fixed(blocks) => blocks,
            Blocks::Auto => self.counted(placement.as_ref(), engine, sink).unwrap_or(1),
        };
        if let Some(gb_per_s) = self.gb_per_s.filter(|_| self.settings.cpu_blocks > 0) {
            match &placement {
                Some(placement) => {
                    let bytes = placement.architecture.kv_bytes_per_token() * block_size as f64;
                    // The engine takes base + ceil(B / bandwidth): one tick of it stands for the division.
                    let ticks = (bytes / (gb_per_s * 1e3)).ceil().max(1.0) as u64;
                    self.settings.transfer_bandwidth = block_size;
                    self.settings.transfer_base_latency_us += ticks.min(limits::TRANSFER_US) - 1;
                }
                None => sink.error(lacking(&self.gb_per_s_span, "transfer_gb_per_s")),
            }
        }
        self.settings
    }

    fn counted(
        &self,
        placement: Option<&Placement<'_>>,
        engine: &EngineSettings,
        sink: &Sink,
    ) -> Option<u32> {
        let Some(placement) = placement else {
            sink.error(lacking(&self.blocks_span, "blocks: auto"));
            return None;
        };
        let blocks = placement.blocks(self.utilization, self.settings.block_size, engine);
        if blocks < 1.0 {
            let message = format!(
                "no KV block fits: the weights take {:.1} GB of each GPU, and `gpu_memory_utilization` is {}",
                placement.weight_bytes() / 1e9,
                self.utilization
            );
            let help = "use more or larger GPUs, or smaller weights".to_owned();
            sink.error(Diagnostic::at(&self.blocks_span, message).help(help));
            return None;
        }
        Some(blocks.min(limits::BLOCKS as f64) as u32)
    }
}

fn lacking(span: &Span, what: &str) -> Diagnostic {
    let message = format!("`cluster.kv.{what}` needs the figures of the model and of the GPU");
    Diagnostic::at(span, message).help("use a profile that has `architecture` and `hardware`".to_owned())
}

/// The bounds above keep these within 32 bits.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
