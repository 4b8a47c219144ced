//! The colours of plots. Data colours are those of Okabe and Ito ("Color universal design", 2008), which
//! people with any kind of colour vision can tell apart, darker or lighter where the ground asks for it.

/// A colour by what it is for. A theme says what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Text and whatever else must be read.
    Text,
    /// Labels of axes.
    Faint,
    /// Lines to read values by.
    Grid,
    /// The ground that a plot lies on.
    Ground,
    /// Where a quantity is expected.
    Expected,
    /// A claim that holds.
    Confirmed,
    /// A claim that does not.
    Refuted,
    /// A claim that stays open.
    Inconclusive,
    /// One of several arms.
    Arm(usize),
}

/// Arms that colours can tell apart.
pub(crate) const ARMS: usize = 8;

/// Name, on a light ground, on a dark one.
const INKS: [(&str, &str, &str); 8 + ARMS] = [
    ("text", "#1c2126", "#e6e9ec"),
    ("faint", "#5b6670", "#a2acb5"),
    ("grid", "#e3e6e9", "#333b43"),
    ("ground", "#ffffff", "#1a1f24"),
    ("expected", "#009e73", "#2bc596"),
    ("confirmed", "#00795a", "#2bc596"),
    ("refuted", "#b8430b", "#ff9257"),
    ("inconclusive", "#6b6f76", "#b0b6bd"),
    ("arm0", "#0072b2", "#4fa8e0"),
    ("arm1", "#d55e00", "#f08a4b"),
    ("arm2", "#009e73", "#2bc596"),
    ("arm3", "#b0568a", "#e39cc4"),
    ("arm4", "#3d9fd6", "#9ad6f7"),
    ("arm5", "#b87f00", "#f2b53c"),
    ("arm6", "#50565c", "#c3c8cd"),
    ("arm7", "#7d7300", "#f0e442"),
];

impl Ink {
    /// Its place in the table.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Text => 0,
            Self::Faint => 1,
            Self::Grid => 2,
            Self::Ground => 3,
            Self::Expected => 4,
            Self::Confirmed => 5,
            Self::Refuted => 6,
            Self::Inconclusive => 7,
            Self::Arm(index) => 8 + index % ARMS,
        }
    }
}

/// Name and colour on a light ground of what stands at a place of the table.
pub(super) fn at(index: usize) -> Option<(&'static str, &'static str)> {
    INKS.get(index).map(|&(name, light, _)| (name, light))
}

/// `--plot-text:#...;` for every colour, as a theme's block has it.
pub(crate) fn variables(is_dark: bool) -> String {
    INKS.iter()
        .map(|(name, light, dark)| format!("--plot-{name}:{};", if is_dark { dark } else { light }))
        .collect()
}

/// What the classes of a plot's shapes mean.
pub(crate) fn rules() -> String {
    INKS.iter()
        .map(|(name, ..)| {
            format!(".fill-{name}{{fill:var(--plot-{name})}}.line-{name}{{stroke:var(--plot-{name})}}")
        })
        .collect()
}
