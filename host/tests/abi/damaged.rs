//! Libraries that end early or contradict themselves: always an error, never a crash. That the test
//! process is alive at the end is half of each test.

use std::fs;

use pointsman::registry::{PluginError, load, probe};
use tempfile::TempDir;

use crate::support::{library, private};

/// Probes and, if that finds nothing wrong, loads.
fn try_load(directory: &TempDir, bytes: &[u8]) -> Result<(), PluginError> {
    let path = directory.path().join("damaged.so");
    fs::write(&path, bytes).unwrap();
    load(&probe(&path, true)?).map(drop)
}

#[test]
fn a_library_truncated_anywhere_is_refused() {
    let directory = private();
    let whole = fs::read(library("kv-pressure")).unwrap();
    // Each of the first bytes, where the header lies, then across the file, then near its end,
    // where the section table lies.
    let header = 0..256;
    let across = (256..whole.len()).step_by(whole.len() / 61);
    let end = whole.len() - 64..whole.len();
    for length in header.chain(across).chain(end) {
        let error = try_load(&directory, &whole[..length]).err();
        let error = error.unwrap_or_else(|| panic!("{length} of {} bytes were accepted", whole.len()));
        assert!(error.to_string().contains("damaged.so"), "{error}");
        if length >= 64 {
            assert!(matches!(error, PluginError::Damaged { .. }), "{length}: {error:?}");
        }
    }
}

#[test]
fn a_damaged_header_does_not_crash_the_probe() {
    let directory = private();
    let whole = fs::read(library("kv-pressure")).unwrap();
    let path = directory.path().join("damaged.so");
    for at in 0..64 {
        for value in [0x00, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            fs::write(&path, &bytes).unwrap();
            // Some of these bytes are padding: then it is still a good library.
            if let Err(error) = probe(&path, true) {
                assert!(error.to_string().contains("damaged.so"), "{error}");
            }
        }
    }
}

/// With the section table intact, only the program headers tell that mapping it would kill.
#[test]
fn a_segment_beyond_the_end_of_the_file_is_refused() {
    const TABLE: usize = 32;
    const ENTRY: usize = 56;
    const SIZE_IN_FILE: usize = 32;
    let directory = private();
    let whole = fs::read(library("kv-pressure")).unwrap();
    let number = |at: usize| u64::from_le_bytes(whole[at..at + 8].try_into().unwrap()) as usize;
    let load = |at: &usize| whole[*at..*at + 4] == 1_u32.to_le_bytes();
    let last = (0..8).map(|entry| number(TABLE) + entry * ENTRY).rfind(load).unwrap();
    for size in [whole.len() as u64, u64::MAX] {
        let mut bytes = whole.clone();
        bytes[last + SIZE_IN_FILE..last + SIZE_IN_FILE + 8].copy_from_slice(&size.to_le_bytes());
        let error = try_load(&directory, &bytes).unwrap_err();
        assert!(error.to_string().contains("a segment ends after the file"), "{error}");
    }
}
