//! Reads a shared library as a file: nothing of it runs.

use std::path::Path;

use object::{
    Endianness,
    elf::{EM_AARCH64, EM_X86_64, ET_DYN, FileHeader64, PT_LOAD, SHT_DYNSYM},
    read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _, Sym as _},
};
use pointsman_plugin_api::{abi::ROOT_SYMBOL, manifest::SECTION};

use super::PluginError;

/// This machine, in ELF's number and in words.
const HOST: (u16, &str) =
    if cfg!(target_arch = "aarch64") { (EM_AARCH64.0, "aarch64") } else { (EM_X86_64.0, "x86-64") };

/// What a library is, by its file.
pub(super) struct Elf<'a> {
    /// What its manifest section holds.
    pub(super) manifest: &'a [u8],
    /// Why this host cannot load it, though it has a manifest.
    pub(super) problem: Option<PluginError>,
}

/// Checks that `bytes` are a whole shared library of this machine with a root symbol, and returns
/// what its manifest section holds.
pub(super) fn manifest_section<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a [u8], PluginError> {
    let Elf { manifest, problem } = read(path, bytes)?;
    problem.map_or(Ok(manifest), Err)
}

/// Finds the manifest of a whole shared library, also of one that only another host can load.
pub(super) fn read<'a>(path: &Path, bytes: &'a [u8]) -> Result<Elf<'a>, PluginError> {
    let damaged =
        |what: &dyn ToString| PluginError::Damaged { path: path.to_owned(), what: what.to_string() };
    check_kind(path, bytes)?;

    let header = FileHeader64::<Endianness>::parse(bytes).map_err(|error| damaged(&error))?;
    let endian = header.endian().map_err(|error| damaged(&error))?;
    let machine = header.e_machine(endian).0;
    let mut problem = None;
    if machine != HOST.0 {
        let library = match machine {
            m if m == EM_X86_64.0 => "x86-64".to_owned(),
            m if m == EM_AARCH64.0 => "aarch64".to_owned(),
            other => format!("another machine (ELF number {other})"),
        };
        problem = Some(PluginError::OtherArchitecture { path: path.to_owned(), library, host: HOST.1 });
    }
    if header.e_type(endian) != ET_DYN {
        let what = "an object file or a program that cannot be moved";
        return Err(PluginError::NotALibrary { path: path.to_owned(), what });
    }

    // A segment beyond the end of the file is what kills a process that maps it.
    for segment in header.program_headers(endian, bytes).map_err(|error| damaged(&error))? {
        let end = segment.p_offset(endian).checked_add(segment.p_filesz(endian));
        if segment.p_type(endian) == PT_LOAD && end.is_none_or(|end| end > bytes.len() as u64) {
            return Err(damaged(&"a segment ends after the file"));
        }
    }

    let sections = header.sections(endian, bytes).map_err(|error| damaged(&error))?;
    let symbols = sections.symbols(endian, bytes, SHT_DYNSYM).map_err(|error| damaged(&error))?;
    let mut has_root = false;
    for symbol in symbols.iter() {
        let name = symbol.name(endian, symbols.strings()).map_err(|error| damaged(&error))?;
        has_root |= name == ROOT_SYMBOL.as_bytes() && !symbol.is_undefined(endian);
    }
    if !has_root {
        problem = problem.or_else(|| Some(PluginError::NoRoot { path: path.to_owned() }));
    }
    let Some((_, section)) = sections.section_by_name(endian, SECTION.as_bytes()) else {
        return Err(problem.unwrap_or_else(|| PluginError::NoManifest { path: path.to_owned() }));
    };
    let manifest = section.data(endian, bytes).map_err(|error| damaged(&error))?;
    Ok(Elf { manifest, problem })
}

/// Tells libraries from everything else by their first bytes.
fn check_kind(path: &Path, bytes: &[u8]) -> Result<(), PluginError> {
    const MAGIC: &[u8] = b"\x7fELF";
    const CLASS_64: u8 = 2;
    let path = path.to_owned();
    match bytes {
        [] => Err(PluginError::Empty { path }),
        _ if bytes.starts_with(b"#!") => Err(PluginError::NotALibrary { path, what: "it is a script" }),
        _ if bytes.starts_with(b"!<arch>") => {
            Err(PluginError::NotALibrary { path, what: "it is an archive, such as an rlib" })
        }
        _ if bytes.len() < MAGIC.len() && MAGIC.starts_with(bytes) => {
            Err(PluginError::Damaged { path, what: "it ends within its first word".to_owned() })
        }
        _ if !bytes.starts_with(MAGIC) => {
            Err(PluginError::NotALibrary { path, what: "it does not begin as one" })
        }
        [_, _, _, _, class, ..] if *class != CLASS_64 => {
            let library = "32-bit machines".to_owned();
            Err(PluginError::OtherArchitecture { path, library, host: HOST.1 })
        }
        _ => Ok(()),
    }
}
