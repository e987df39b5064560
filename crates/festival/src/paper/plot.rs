//! Plots as inline SVG: lines over an axis, nothing else. Colors and fonts come from the page's style, so
//! that a plot follows light, dark and print.

use std::fmt::Write;

/// How values are laid out on the upright axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// From zero on, evenly.
    Linear,
    /// By powers of ten; zero and less are not drawn.
    Log,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// A line.
    Solid,
    /// A broken line, for what was planned or limits.
    Dashed,
    /// A line with the ground below it filled.
    Filled,
    /// A line with a dot at every value.
    Dotted,
}

/// One series.
#[derive(Debug, Clone)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// How it is drawn.
    pub stroke: Stroke,
    /// Which of the page's six colors it has, from 1.
    pub color: u8,
    /// Values in order; a gap where there is none.
    pub points: Vec<(f64, Option<f64>)>,
}

/// A plot.
#[derive(Debug, Clone)]
pub struct Plot {
    /// What it shows, for who cannot see it.
    pub title: String,
    /// The unit of the values.
    pub unit: String,
    /// Where the level axis begins and ends.
    pub span: (f64, f64),
    /// Its marks.
    pub marks: Vec<(f64, String)>,
    /// Moments that an upright line with a word shows, from left to right.
    pub moments: Vec<(f64, String)>,
    /// The upright axis.
    pub scale: Scale,
    /// What is drawn, the first at the bottom.
    pub series: Vec<Series>,
}

/// How large a plot is, in units of its own.
#[derive(Debug, Clone, Copy)]
struct Sheet {
    width: f64,
    height: f64,
    left: f64,
    /// Marks of the level axis at most.
    marks_max: usize,
    class: &'static str,
}

const WIDE: Sheet = Sheet {
    width: 960.0,
    height: 300.0,
    left: 64.0,
    marks_max: 13,
    class: "wide",
};
const NARROW: Sheet = Sheet {
    width: 360.0,
    height: 240.0,
    left: 52.0,
    marks_max: 5,
    class: "narrow",
};
const TOP: f64 = 24.0;
const BOTTOM: f64 = 26.0;
const RIGHT: f64 = 22.0;

impl Plot {
    /// The plot twice, for wide and for narrow screens: the page shows one of them.
    pub fn svg(&self) -> String {
        let mut out = String::new();
        for sheet in [WIDE, NARROW] {
            self.draw(&sheet, &mut out).expect("a string takes all");
        }
        out
    }

    /// The legend as a list.
    pub fn legend(&self) -> String {
        let mut out = "<ul class=\"legend\">".to_string();
        for series in &self.series {
            let (color, name) = (series.color, escaped(&series.name));
            let dashed = if series.stroke == Stroke::Dashed {
                " dashed"
            } else {
                ""
            };
            write!(out, "<li><i class=\"key c{color}{dashed}\"></i>{name}</li>")
                .expect("a string takes all");
        }
        out + "</ul>"
    }

    fn draw(&self, sheet: &Sheet, out: &mut String) -> std::fmt::Result {
        let (width, height) = (sheet.width, sheet.height);
        let frame = self.frame(sheet);
        write!(
            out,
            "<svg class=\"{}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">",
            sheet.class,
            escaped(&self.title)
        )?;
        let (left, right, base) = (sheet.left, width - RIGHT, height - BOTTOM);
        for &value in &frame.ticks {
            let y = frame.y(value);
            write!(
                out,
                "<line class=\"grid\" x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 6.0,
                y + 4.0,
                figure(value)
            )?;
        }
        write!(
            out,
            "<text x=\"{left}\" y=\"12\" class=\"unit\">{}</text>",
            escaped(&self.unit)
        )?;
        let step = self.marks.len().div_ceil(sheet.marks_max).max(1);
        for (value, text) in self.marks.iter().step_by(step) {
            let x = frame.x(*value);
            write!(
                out,
                "<line class=\"tick\" x1=\"{x:.1}\" y1=\"{base}\" x2=\"{x:.1}\" y2=\"{}\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                base + 4.0,
                height - 6.0,
                escaped(text)
            )?;
        }
        for series in &self.series {
            series.draw(&frame, base, out)?;
        }
        for (value, text) in &self.moments {
            let x = frame.x(*value);
            // A word never leaves the sheet: behind the middle it stands before its line.
            let (anchor, at) = if x > width / 2.0 {
                ("end", x - 4.0)
            } else {
                ("start", x + 4.0)
            };
            write!(
                out,
                "<line class=\"moment\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{base}\"/><text class=\"moment\" x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                TOP + 10.0,
                escaped(text)
            )?;
        }
        write!(
            out,
            "<line class=\"axis\" x1=\"{left}\" y1=\"{base}\" x2=\"{right}\" y2=\"{base}\"/></svg>"
        )
    }

    fn frame(&self, sheet: &Sheet) -> Frame {
        let values = self.series.iter().flat_map(|s| &s.points);
        let values = values.filter_map(|(_, value)| *value);
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values {
            high = high.max(value);
            if value > 0.0 {
                low = low.min(value);
            }
        }
        let (from, to, ticks) = match self.scale {
            Scale::Linear => linear(high),
            Scale::Log => log(low, high),
        };
        Frame {
            scale: self.scale,
            span: self.span,
            level: (sheet.left, sheet.width - RIGHT),
            values: (from, to),
            upright: (sheet.height - BOTTOM, TOP),
            ticks,
        }
    }
}

/// From zero to a round number, with four or five marks.
fn linear(high: f64) -> (f64, f64, Vec<f64>) {
    let high = if high > 0.0 { high } else { 1.0 };
    let raw = high / 4.0;
    let power = 10_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|n| n * power)
        .find(|step| *step >= raw)
        .unwrap_or(10.0 * power);
    let count = (high / step).ceil().max(1.0);
    let ticks = (0..=count as usize).map(|n| n as f64 * step);
    (0.0, count * step, ticks.collect())
}

/// From one power of ten to another, with a mark at each.
fn log(low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let low = if low.is_finite() { low } else { 1.0 };
    let from = low.log10().floor();
    let to = high.max(low).log10().ceil().max(from + 1.0);
    let ticks = (from as i32..=to as i32).map(|n| 10_f64.powi(n));
    (10_f64.powf(from), 10_f64.powf(to), ticks.collect())
}

/// Where values are on the sheet.
struct Frame {
    scale: Scale,
    span: (f64, f64),
    level: (f64, f64),
    values: (f64, f64),
    upright: (f64, f64),
    ticks: Vec<f64>,
}

impl Frame {
    fn x(&self, value: f64) -> f64 {
        let share = (value - self.span.0) / (self.span.1 - self.span.0).max(f64::EPSILON);
        self.level.0 + share.clamp(0.0, 1.0) * (self.level.1 - self.level.0)
    }

    fn y(&self, value: f64) -> f64 {
        let (from, to) = self.values;
        let share = match self.scale {
            Scale::Linear => (value - from) / (to - from),
            Scale::Log => (value / from).log10() / (to / from).log10(),
        };
        self.upright.0 + share * (self.upright.1 - self.upright.0)
    }
}

impl Series {
    fn draw(&self, frame: &Frame, base: f64, out: &mut String) -> std::fmt::Result {
        let color = self.color;
        for run in self.runs(frame) {
            let (first, last) = (run[0], run[run.len() - 1]);
            let mut line = String::new();
            for (at, (x, y)) in run.iter().enumerate() {
                let word = if at == 0 { 'M' } else { 'L' };
                write!(line, "{word}{x:.1} {y:.1}")?;
            }
            if self.stroke == Stroke::Filled {
                let (from, to) = (first.0, last.0);
                write!(
                    out,
                    "<path class=\"fill c{color}\" d=\"{line}L{to:.1} {base}L{from:.1} {base}Z\"/>"
                )?;
            }
            let class = if self.stroke == Stroke::Dashed {
                "line dashed"
            } else {
                "line"
            };
            if run.len() > 1 {
                write!(out, "<path class=\"{class} c{color}\" d=\"{line}\"/>")?;
            }
            if self.stroke == Stroke::Dotted || run.len() == 1 {
                for (x, y) in &run {
                    write!(
                        out,
                        "<circle class=\"dot c{color}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>"
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Stretches without a gap, in sheet units.
    fn runs(&self, frame: &Frame) -> Vec<Vec<(f64, f64)>> {
        let mut runs = vec![Vec::new()];
        for (at, value) in &self.points {
            let drawn = value.filter(|v| frame.scale == Scale::Linear || *v > 0.0);
            match (drawn, runs.last_mut()) {
                (Some(value), Some(run)) => run.push((frame.x(*at), frame.y(value))),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }
}

/// A number as people read it: thousands apart, three significant digits below a hundred.
pub fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    if value.abs() < 100.0 {
        let digits = if value.abs() < 1.0 { 3 } else { 1 };
        let text = format!("{value:.digits$}");
        return text.trim_end_matches('0').trim_end_matches('.').to_string();
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Text as it may stand in a page.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        assert_eq!(linear(0.0).1, 1.0);
        assert_eq!(
            linear(97.0),
            (0.0, 100.0, vec![0.0, 25.0, 50.0, 75.0, 100.0])
        );
        assert_eq!(linear(1_030.0).1, 1_500.0);
        assert_eq!(log(0.4, 35.0), (0.1, 100.0, vec![0.1, 1.0, 10.0, 100.0]));
        assert_eq!(log(f64::INFINITY, 0.0).1, 10.0);
        for (value, text) in [
            (0.0, "0"),
            (0.05, "0.05"),
            (2.5, "2.5"),
            (99.96, "100"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn gaps_break_the_line_and_names_are_escaped() {
        let plot = Plot {
            title: "a < b".to_string(),
            unit: "orders/s".to_string(),
            span: (0.0, 4.0),
            marks: vec![(0.0, "0:00".to_string())],
            moments: vec![(3.0, "<it> ends".to_string())],
            scale: Scale::Log,
            series: vec![Series {
                name: "<p99>".to_string(),
                stroke: Stroke::Solid,
                color: 1,
                points: vec![
                    (0.0, Some(1.0)),
                    (1.0, Some(2.0)),
                    (2.0, None),
                    (3.0, Some(0.0)),
                    (4.0, Some(5.0)),
                ],
            }],
        };
        let svg = plot.svg();
        assert_eq!(svg.matches("<path class=\"line c1\"").count(), 2);
        assert_eq!(svg.matches("<circle").count(), 2, "a value alone is a dot");
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"));
        assert!(svg.contains("text-anchor=\"end\">&lt;it&gt; ends"));
        assert!(plot.legend().contains("&lt;p99&gt;"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
