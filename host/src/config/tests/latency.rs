//! Latency models, figures, and the blocks that follow from them.

use insta::assert_snapshot;

use super::super::Config;
use super::{message, resolve};
use crate::engine::StepModel;

const AFFINE: &str = "{model: affine-context, alpha: [1, 2, 3], base_us: 900, prefill_base_us: 5, \
    per_prefill_token_us: 7.5, per_prefill_pair_us: 0.001, per_decode_us: 2, per_context_token_us: 0.05, \
    graph_sizes: [1, 2, 4]}";
const ROOFLINE: &str = "{model: roofline, architecture: Mixtral-8x7B, gpu: H100-SXM-80GB, tensor_parallel: 2, \
    efficiency: {compute: 0.6}, overhead_us: 1200, sharpness: 3}";
const TABLE: &str = "{model: table, tokens: {tokens: [1, 8], us: [10, 11.5]}, \
    requests: {requests: [1], us: [3]}, attention: {prefill_tokens: [0, 16], prefill_context: [0], \
    decodes: [0, 4], decode_context: [16], us: [0, 1, 2, 3]}}";

fn with(latency: &str) -> String {
    format!("cluster: {{latency: {latency}}}\n")
}

#[test]
fn every_model_is_read_back_from_its_record() {
    for (latency, name) in [(AFFINE, "affine-context"), (ROOFLINE, "roofline"), (TABLE, "table")] {
        let resolved = resolve(&with(latency)).expect(latency);
        assert_eq!(resolved.settings.latency.step.name(), name);
        let mut value = resolved.to_value();
        value["cluster"]["profile"] = "gone".into();
        let again = Config::from_value(&value, "record", &[]).expect("good").resolve().expect(name);
        assert_eq!(again.settings, resolved.settings);
        assert!(again.warnings.is_empty(), "{:?}", again.warnings);
    }
}

#[test]
fn figures_are_found_by_name_and_may_be_given() {
    let named = resolve(&with(ROOFLINE)).expect("good").settings.latency;
    let StepModel::Roofline(model) = &named.step else { panic!("{named:?}") };
    assert_eq!((model.architecture.layers, model.gpu.memory_gb_per_s), (32, 3350.0));
    assert_eq!(model.architecture.experts.map(|experts| experts.count), Some(8));
    let own = ROOFLINE.replace(
        "H100-SXM-80GB",
        "{peak_tflops: 989.4, memory_gb_per_s: 3350, memory_gib: 79.1, link_gb_per_s: 450}",
    );
    assert_eq!(resolve(&with(&own)).expect("good").settings.latency, named);
}

#[test]
fn what_is_wrong_with_a_latency_model() {
    assert_snapshot!(message(&with("{model: rooflin, gpu: H100}")), @r#"
    error: `cluster.latency.model` must be `linear`, `affine-context`, `roofline` or `table`, found text `rooflin`
     --> run.yaml:1:28
      |
    1 | cluster: {latency: {model: rooflin, gpu: H100}}
      |                            ^^^^^^^
      |
      = help: did you mean `roofline`?
    "#);
    assert_snapshot!(message(&with("{model: affine-context, base_us: 1, graph_sizes: [1, 4, 2]}")), @r#"
    error: `cluster.latency.graph_sizes` must be ascending: 2 comes after 4
     --> run.yaml:1:76
      |
    1 | cluster: {latency: {model: affine-context, base_us: 1, graph_sizes: [1, 4, 2]}}
      |                                                                            ^
    "#);
    let short = message(&with(&TABLE.replace("us: [0, 1, 2, 3]", "us: [0, 1, 2]")));
    let why =
        "`cluster.latency.attention` is no table: 4 times are needed, one per combination, and there are 3";
    assert!(short.contains(why), "{short}");
    assert!(
        message(&with("{model: roofline, architecture: Llama-2-7, gpu: H100}"))
            .contains("did you mean `Llama-2-7b`?")
    );
    assert!(message(&with("{model: roofline}")).contains("`cluster.latency.architecture` is missing"));
}

#[test]
fn a_config_json_is_read_as_it_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config.json");
    let model = |json: &str| {
        std::fs::write(&file, json).expect("written");
        let latency = ROOFLINE.replace("Mixtral-8x7B", &format!("{:?}", file.display().to_string()));
        resolve(&with(&latency)).map(|resolved| match resolved.settings.latency.step {
            StepModel::Roofline(model) => model.architecture,
            other => panic!("{other:?}"),
        })
    };
    let json = r#"{"_name": "x", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2,
        "intermediate_size": 100, "vocab_size": 10, "rope_scaling": {"factor": 8.0}, "torch_dtype": "float32"}"#;
    let found = model(json).expect("good");
    assert_eq!((found.kv_heads, found.head_dim, found.weight_bytes), (4, 16, 4.0));
    let quantised =
        json.replace("\"_name\": \"x\"", r#""quantization_config": {"quant_method": "awq", "bits": 4}"#);
    assert_eq!(model(&quantised).expect("good").weight_bytes, 0.5);
    let latent = json.replace("\"_name\": \"x\"", r#""kv_lora_rank": 512"#);
    assert!(model(&latent).expect_err("bad").to_string().contains("multi-head latent attention"));
    let half = json.replace("\"hidden_size\": 64, ", "");
    assert!(model(&half).expect_err("bad").to_string().contains("`hidden_size` is missing"));
}

#[test]
fn bandwidth_in_bytes_becomes_ticks_per_block() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(directory.path().join("profiles")).expect("made");
    let profile = format!(
        "architecture: Llama-3.1-8B\nhardware: H100-SXM-80GB\ntensor_parallel: 2\nlatency: {AFFINE}\nkv: {{blocks: auto}}\n"
    );
    std::fs::write(directory.path().join("profiles/p.yaml"), profile).expect("written");
    let resolve = |kv: &str| {
        let text = format!("cluster: {{profile: p, kv: {{{kv}}}}}\nworkload: {{}}\n");
        Config::from_text(&directory.path().join("run.yaml"), &text, &[]).expect("good").resolve()
    };
    let kv = resolve("cpu_blocks: 10, transfer_gb_per_s: 20, transfer_base_latency_us: 5")
        .expect("good")
        .settings
        .kv;
    // 16 tokens of 131072 bytes at 20 GB/s take 104.9 us.
    assert_eq!(kv.transfer_base_latency_us + kv.block_size.div_ceil(kv.transfer_bandwidth), 5 + 105);
    // Two GPUs of 84.9 GB at 0.9, 8 GB of weights each, blocks of 1 MB each.
    assert!((60_000..66_000).contains(&kv.blocks), "{}", kv.blocks);
    let half = resolve("gpu_memory_utilization: 0.45").expect("good").settings.kv.blocks;
    assert!(half < kv.blocks / 2 && half > kv.blocks / 3, "{half}");
    assert!(
        resolve("gpu_memory_utilization: 0.05").expect_err("bad").to_string().contains("no KV block fits")
    );
    let both = resolve("cpu_blocks: 1, transfer_gb_per_s: 20, transfer_bandwidth: 3").expect_err("bad");
    assert!(both.to_string().contains("exclude each other"));
}

#[test]
fn blocks_that_cannot_fit_are_a_warning() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(directory.path().join("profiles")).expect("made");
    let profile = format!(
        "architecture: Llama-2-70b\nhardware: H100-SXM-80GB\ntensor_parallel: 4\nlatency: {AFFINE}\nkv: {{blocks: 60000}}\n"
    );
    std::fs::write(directory.path().join("profiles/p.yaml"), profile).expect("written");
    let text = "cluster: {profile: p}\nworkload: {}\n";
    let resolved = Config::from_text(&directory.path().join("run.yaml"), text, &[]).expect("good").resolve();
    let warnings = resolved.expect("good").warnings;
    assert!(
        warnings.iter().any(|warning| warning.message.contains("60000 KV blocks cannot fit")),
        "{warnings:?}"
    );
}
