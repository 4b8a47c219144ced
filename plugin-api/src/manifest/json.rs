//! JSON written by `const fn`s: once to count, once to fill an array of that length.

use super::{API_VERSION, HOOK_PREFIX, LibraryDoc, MANIFEST_VERSION, PolicyDoc, RUSTC};
use crate::{need::Need, params::Field};

/// Length of a manifest. \[bytes\]
#[must_use]
pub const fn len(library: &LibraryDoc) -> usize {
    document(Out { bytes: [], len: 0 }, library).len
}

/// A manifest, in exactly [`len`] bytes.
///
/// # Panics
///
/// At compile time, if `N` is another number.
#[must_use]
pub const fn write<const N: usize>(library: &LibraryDoc) -> [u8; N] {
    let out = document(Out { bytes: [0; N], len: 0 }, library);
    assert!(out.len == N, "a manifest fills its array");
    out.bytes
}

/// Keeps what fits and counts all.
struct Out<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Out<N> {
    const fn byte(mut self, byte: u8) -> Self {
        if self.len < N {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
        self
    }

    const fn raw(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self = self.byte(bytes[at]);
            at += 1;
        }
        self
    }

    /// The inside of a JSON string; UTF-8 goes as it is.
    const fn escaped(mut self, bytes: &[u8]) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            self = match byte {
                b'"' | b'\\' => self.byte(b'\\').byte(byte),
                0..0x20 => self.raw("\\u00").byte(HEX[(byte >> 4) as usize]).byte(HEX[(byte & 15) as usize]),
                _ => self.byte(byte),
            };
            at += 1;
        }
        self
    }

    /// A default as a person writes it: without the underscores between its digits.
    const fn literal(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        self = self.byte(b'"');
        let mut at = 0;
        while at < bytes.len() {
            let between = at > 0 && bytes[at - 1].is_ascii_digit() && bytes[at] == b'_';
            self = match bytes[at] {
                b'_' if between => self,
                b'"' | b'\\' => self.byte(b'\\').byte(bytes[at]),
                byte => self.byte(byte),
            };
            at += 1;
        }
        self.byte(b'"')
    }

    /// A line of documentation: its brackets are escaped for rustdoc, not for a person.
    const fn line(mut self, bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let mut at = 0;
        while at + 1 < bytes.len() {
            if bytes[at] == b'\\' && matches!(bytes[at + 1], b'[' | b']') {
                let done = bytes.len() - rest.len();
                let (before, after) = rest.split_at(at - done);
                self = self.escaped(before);
                rest = after.split_at(1).1;
            }
            at += 1;
        }
        self.escaped(rest)
    }

    const fn string(self, text: &str) -> Self {
        self.byte(b'"').escaped(text.as_bytes()).byte(b'"')
    }

    const fn number(self, value: u32) -> Self {
        let out = if value >= 10 { self.number(value / 10) } else { self };
        out.byte(b'0' + (value % 10) as u8)
    }

    const fn comma_after(self, index: usize) -> Self {
        if index > 0 { self.byte(b',') } else { self }
    }
}

const fn document<const N: usize>(out: Out<N>, library: &LibraryDoc) -> Out<N> {
    let mut out = out
        .raw("{\"manifest_version\":")
        .number(MANIFEST_VERSION)
        .raw(",\"api_version\":")
        .string(API_VERSION)
        .raw(",\"name\":")
        .string(library.name)
        .raw(",\"version\":")
        .string(library.version)
        .raw(",\"rustc\":")
        .string(RUSTC)
        .raw(",\"panic\":")
        .string(if library.panic_unwind { "unwind" } else { "abort" })
        .raw(",\"policies\":[");
    let mut at = 0;
    while at < library.policies.len() {
        out = policy(out.comma_after(at), &library.policies[at]);
        at += 1;
    }
    out.raw("]}")
}

const fn policy<const N: usize>(out: Out<N>, policy: &PolicyDoc) -> Out<N> {
    let mut out = out
        .raw("{\"kind\":")
        .string(policy.kind)
        .raw(",\"name\":")
        .string(policy.info.name)
        .raw(",\"aliases\":[");
    let mut at = 0;
    while at < policy.info.aliases.len() {
        out = out.comma_after(at).string(policy.info.aliases[at]);
        at += 1;
    }
    out = out
        .raw("],\"version\":")
        .string(policy.info.version)
        .raw(",\"summary\":")
        .string(policy.info.summary)
        .raw(",\"parameters\":[");
    at = 0;
    while at < policy.parameters.len() {
        let field = &policy.parameters[at];
        out = parameter(out.comma_after(at), field, choices(policy, field.name));
        at += 1;
    }
    out = needs(out.raw("],\"signals\":["), policy.signals);
    out = needs(out.raw("],\"attributes\":["), policy.attributes).byte(b']');
    // What 1.0 does not know stands there only where it says something.
    if !policy.hooks.is_empty() {
        out = needs(out.raw(",\"hooks\":["), policy.hooks).byte(b']');
        out = requires(out, policy.hooks);
    }
    if policy.depends_on_order {
        out = out.raw(",\"depends_on_order\":true");
    }
    if !policy.uses_scores {
        out = out.raw(",\"uses_scores\":false");
    }
    out.byte(b'}')
}

/// The abilities of a host that the policy cannot do without: a list that version 1.0 reads already.
const fn requires<const N: usize>(out: Out<N>, hooks: &[Need]) -> Out<N> {
    let mut out = out.raw(",\"requires\":[");
    let (mut at, mut listed) = (0, 0);
    while at < hooks.len() {
        if hooks[at].required {
            out =
                out.comma_after(listed).raw("\"").raw(HOOK_PREFIX).escaped(hooks[at].id.as_bytes()).raw("\"");
            listed += 1;
        }
        at += 1;
    }
    out.byte(b']')
}

/// The words that a parameter may be; none: anything of its type.
const fn choices(policy: &PolicyDoc, name: &str) -> &'static [&'static str] {
    let mut at = 0;
    while at < policy.choices.len() {
        if equal(policy.choices[at].0.as_bytes(), name.as_bytes()) {
            return policy.choices[at].1;
        }
        at += 1;
    }
    &[]
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

const fn parameter<const N: usize>(out: Out<N>, field: &Field, choices: &[&str]) -> Out<N> {
    let mut out = out
        .raw("{\"name\":")
        .string(field.name)
        .raw(",\"type\":")
        .string(field.ty)
        .raw(",\"default\":")
        .literal(field.default)
        .raw(",\"doc\":\"");
    let mut at = 0;
    while at < field.doc.len() {
        // A doc line begins with the space after its slashes: dropped from the first, and what
        // separates the others.
        out = match field.doc[at].as_bytes() {
            [b' ', line @ ..] if at == 0 => out.line(line),
            line => out.line(line),
        };
        at += 1;
    }
    out = out.byte(b'"');
    if !choices.is_empty() {
        out = out.raw(",\"choices\":[");
        at = 0;
        while at < choices.len() {
            out = out.comma_after(at).string(choices[at]);
            at += 1;
        }
        out = out.byte(b']');
    }
    out.byte(b'}')
}

const fn needs<const N: usize>(mut out: Out<N>, needs: &[Need]) -> Out<N> {
    let mut at = 0;
    while at < needs.len() {
        out = out
            .comma_after(at)
            .raw("{\"id\":")
            .string(needs[at].id)
            .raw(",\"required\":")
            .raw(if needs[at].required { "true}" } else { "false}" });
        at += 1;
    }
    out
}
