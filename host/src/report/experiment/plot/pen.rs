//! Shapes on an SVG page. Plotters draws them; afterwards colours become classes, so that one page
//! serves a light and a dark ground.

use std::io;

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, IntoDrawingArea as _, IntoTextStyle as _, PathElement, Polygon, RGBColor, Rectangle,
    SVGBackend, ShapeStyle, Text,
};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::palette::{self, Ink};

/// Plotters draws on whole units: this many make a pixel, so that curves are smooth.
const UNITS: f64 = 10.0;
/// What marks a colour as one of ours.
const MARK: u8 = 0x5a;
/// Lines that differ without colour: dashes and gaps in pixels.
const DASHES: [&[u32]; 5] = [&[], &[7, 4], &[2, 3], &[10, 3, 2, 3], &[4, 2]];

/// A drawing that is done: an `<svg>` element without colours of its own.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// A name for files and links.
    pub slug: String,
    /// What it shows, in a line.
    pub title: String,
    /// The element.
    pub svg: String,
}

impl Plot {
    /// The same as a file of its own, with the colours of both themes.
    pub(crate) fn standalone(&self) -> String {
        let style = format!(
            "<style>svg{{{}background:var(--plot-ground)}}@media (prefers-color-scheme: dark){{svg{{{}}}}}{}\
             text{{font-family:system-ui,sans-serif}}</style>",
            palette::variables(false),
            palette::variables(true),
            palette::rules()
        );
        self.svg.replacen("<title", &format!("{style}\n<title"), 1)
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    pub(super) ink: Ink,
    /// Width in pixels.
    pub(super) width: f64,
    /// Which of several dashes; 0 is a full line.
    pub(super) dash: usize,
    pub(super) opacity: f64,
}

impl Stroke {
    pub(super) fn new(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: 0, opacity: 1.0 }
    }

    pub(super) fn dashed(ink: Ink, width: f64, dash: usize) -> Self {
        Self { dash, ..Self::new(ink, width) }
    }
}

/// How text lies to its point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// Size of usual text. \[px\]
pub(super) const TEXT: f64 = 12.0;

/// Draws with coordinates in pixels.
pub(super) struct Pen<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

fn unit(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn colour(ink: Ink, dash: usize) -> RGBColor {
    RGBColor(ink.index() as u8, (dash % DASHES.len()) as u8, MARK)
}

fn drawn<E: std::error::Error + Send + Sync>(
    result: Result<(), plotters::drawing::DrawingAreaErrorKind<E>>,
) -> io::Result<()> {
    result.map_err(|error| io::Error::other(error.to_string()))
}

impl Pen<'_> {
    fn style(stroke: Stroke) -> ShapeStyle {
        ShapeStyle {
            color: colour(stroke.ink, stroke.dash).mix(stroke.opacity),
            filled: false,
            stroke_width: unit(stroke.width).max(1) as u32,
        }
    }

    /// A line through points.
    pub(super) fn path(&self, points: &[(f64, f64)], stroke: Stroke) -> io::Result<()> {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (unit(x), unit(y))).collect();
        drawn(self.area.draw(&PathElement::new(points, Self::style(stroke))))
    }

    /// A filled shape.
    pub(super) fn polygon(&self, points: &[(f64, f64)], ink: Ink, opacity: f64) -> io::Result<()> {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (unit(x), unit(y))).collect();
        drawn(self.area.draw(&Polygon::new(points, colour(ink, 0).mix(opacity))))
    }

    /// A filled rectangle between two corners.
    pub(super) fn rectangle(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        ink: Ink,
        opacity: f64,
    ) -> io::Result<()> {
        let corners = [(unit(from.0), unit(from.1)), (unit(to.0), unit(to.1))];
        drawn(self.area.draw(&Rectangle::new(corners, colour(ink, 0).mix(opacity).filled())))
    }

    /// A point: full, or hollow.
    pub(super) fn dot(&self, (x, y): (f64, f64), radius: f64, ink: Ink, is_hollow: bool) -> io::Result<()> {
        let circle = |ink: Ink| Circle::new((unit(x), unit(y)), unit(radius), colour(ink, 0).filled());
        drawn(self.area.draw(&circle(ink)))?;
        if is_hollow {
            drawn(self.area.draw(&Circle::new(
                (unit(x), unit(y)),
                unit(radius - 1.6),
                colour(Ink::Ground, 0).filled(),
            )))
        } else {
            Ok(())
        }
    }

    /// A point in a shape that tells arms apart without colour: circle, square, triangle, diamond.
    pub(super) fn marker(&self, (x, y): (f64, f64), arm: usize, is_hollow: bool) -> io::Result<()> {
        let shape = |r: f64| match arm % 4 {
            1 => vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
            2 => vec![(x, y - 1.2 * r), (x + 1.15 * r, y + 0.9 * r), (x - 1.15 * r, y + 0.9 * r)],
            _ => vec![(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)],
        };
        match arm % 4 {
            0 => self.dot((x, y), 4.5, Ink::Arm(arm), is_hollow),
            _ => {
                self.polygon(&shape(4.2), Ink::Arm(arm), 1.0)?;
                if is_hollow { self.polygon(&shape(2.2), Ink::Ground, 1.0) } else { Ok(()) }
            }
        }
    }

    /// Text beside, at or before a point, at half its height.
    pub(super) fn text(&self, at: (f64, f64), text: &str, ink: Ink, align: Align) -> io::Result<()> {
        self.sized(at, text, ink, align, TEXT)
    }

    /// The same in a size of its own.
    pub(super) fn sized(
        &self,
        (x, y): (f64, f64),
        text: &str,
        ink: Ink,
        align: Align,
        size: f64,
    ) -> io::Result<()> {
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        // The backend divides the size by this.
        let style = ("sans-serif", size * UNITS * 1.24).into_text_style(&self.area);
        let colour = colour(ink, 0);
        let style = style.color(&colour).pos(Pos::new(horizontal, VPos::Center));
        drawn(self.area.draw(&Text::new(crate::report::plain(text).into_owned(), (unit(x), unit(y)), style)))
    }
}

/// Columns of pixels that a text takes, about: there is no font to ask.
pub(super) fn width_of(text: &str) -> f64 {
    0.56 * TEXT * text.chars().count() as f64
}

/// A text cut to a width.
pub(super) fn cut(text: &str, width: f64) -> String {
    let most = (width / (0.56 * TEXT)) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Lets `draw` fill a page of so many pixels.
///
/// `description` says in words what a picture cannot tell to those who do not see it.
pub(super) fn plot(
    slug: &str,
    title: &str,
    description: &str,
    (width, height): (f64, f64),
    draw: impl FnOnce(&Pen<'_>) -> io::Result<()>,
) -> io::Result<Plot> {
    let mut page = String::new();
    {
        let area =
            SVGBackend::with_string(&mut page, (unit(width) as u32, unit(height) as u32)).into_drawing_area();
        let pen = Pen { area };
        draw(&pen)?;
        drawn(pen.area.present())?;
    }
    let size = |pixels: f64| format!("{pixels:.0}");
    let (units_wide, units_high) = (unit(width), unit(height));
    let head = format!("<svg width=\"{units_wide}\" height=\"{units_high}\"");
    let sized = format!(
        "<svg width=\"{}\" height=\"{}\" role=\"img\" aria-labelledby=\"{slug}-title {slug}-desc\"",
        size(width),
        size(height)
    );
    let mut svg = themed(&page.replacen(&head, &sized, 1));
    let told = format!(
        "\n<title id=\"{slug}-title\">{}</title>\n<desc id=\"{slug}-desc\">{}</desc>",
        escaped(title),
        escaped(description)
    );
    if let Some(end) = svg.find('>') {
        svg.insert_str(end + 1, &told);
    }
    Ok(Plot { slug: slug.to_owned(), title: title.to_owned(), svg })
}

fn escaped(text: &str) -> String {
    crate::report::plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Marked colours become classes, beside the light colour for programs that know no style sheets.
/// Text cannot be mistaken for an attribute: its quotation marks are escaped.
fn themed(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find("=\"#") {
        let (before, behind) = rest.split_at(at);
        let code = behind.get(3..9).unwrap_or_default();
        let byte = |index: usize| code.get(index..index + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let ink = byte(0).and_then(|index| palette::at(usize::from(index)));
        let (Some((name, light)), Some(dash), Some(MARK)) = (ink, byte(2), byte(4)) else {
            out.push_str(before);
            out.push_str("=\"#");
            rest = &behind[3..];
            continue;
        };
        let is_line = before.ends_with("stroke");
        out.push_str(before.strip_suffix(if is_line { "stroke" } else { "fill" }).unwrap_or(before));
        let (class, attribute) = if is_line { ("line", "stroke") } else { ("fill", "fill") };
        out.push_str(&format!("class=\"{class}-{name}\" {attribute}=\"{light}\""));
        let lengths = DASHES.get(usize::from(dash)).copied().unwrap_or_default();
        if is_line && !lengths.is_empty() {
            let units: Vec<String> =
                lengths.iter().map(|length| unit(f64::from(*length)).to_string()).collect();
            out.push_str(&format!(" stroke-dasharray=\"{}\"", units.join(" ")));
        }
        rest = behind.get(10..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
