//! What a reader is told of a signal or an attribute.

/// The documentation of one signal or attribute, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// Its id.
    pub id: &'static str,
    /// The type of its values, as an author names it.
    pub ty: &'static str,
    /// The unit of its values.
    pub unit: &'static str,
    /// One sentence on its meaning.
    pub doc: &'static str,
    /// Whether its value is always current; otherwise it is as old as the instance's last report.
    pub current: bool,
}
