//! A host of version 1.0 that can do one thing: load a library, and call every policy of it that
//! it can build. What they answer goes to stdout, to be compared.
//!
//! The registry is the real one, as it was. Exit codes as those of `pointsman`: 0 done, 2 not called
//! with a file, 3 the library could not be loaded.

mod drive;
mod policy;
#[allow(dead_code, unused_imports, unreachable_pub, reason = "as it was, for a whole host")]
mod registry;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use registry::{Catalogue, Facts, Kind, Need, PluginError, PluginFile, PolicyRef, Sources};

fn main() -> ExitCode {
    let Some(file) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: host-1-0 LIBRARY");
        return ExitCode::from(2);
    };
    match report(&file) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(3)
        }
    }
}

/// Every policy of a library: what it answers, or in one sentence why it is not built.
fn report(file: &Path) -> Result<String, PluginError> {
    let mut catalogue = Catalogue::new();
    let named = vec![PluginFile { file: file.to_owned(), label: None }];
    catalogue.discover(&Sources { named, ..Sources::default() })?;
    let mut said = String::new();
    for entry in catalogue.entries() {
        for params in drive::parameters(&entry.policy.name) {
            let name = &entry.policy.name;
            let wanted = PolicyRef {
                params: serde_json::from_str(params).unwrap_or_default(),
                ..PolicyRef::named(name)
            };
            let _ = writeln!(said, "{} {name} {params}", entry.kind);
            said += &match answers(&catalogue, entry.kind, &wanted) {
                Ok(answers) => answers,
                // Where the library lies is not part of what it says.
                Err(error) => {
                    format!("  refused: {}\n", error.to_string().replace(&file.display().to_string(), "FILE"))
                }
            };
        }
    }
    Ok(said)
}

fn answers(catalogue: &Catalogue, kind: Kind, wanted: &PolicyRef) -> Result<String, PluginError> {
    let instance = if kind == Kind::Scorer { None } else { Some(3) };
    let facts =
        Facts { instances: drive::INSTANCES, block_size: 16, total_kv_blocks: 1000, seed: 7, instance };
    Ok(match kind {
        Kind::Scorer => {
            let mut handle = catalogue.create_scorer(wanted, &facts)?;
            drive::scorer(&mut handle.object, &ids(&handle.signals), &ids(&handle.attributes))
        }
        Kind::Scheduler => {
            let mut handle = catalogue.create_scheduler(wanted, &facts)?;
            drive::scheduler(&mut handle.object, &ids(&handle.attributes))
        }
        Kind::Priority => {
            let mut handle = catalogue.create_priority(wanted, &facts)?;
            drive::priority(&mut handle.object, &ids(&handle.attributes))
        }
    })
}

fn ids(needs: &[Need]) -> Vec<&str> {
    needs.iter().map(|need| need.id.as_str()).collect()
}
