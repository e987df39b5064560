//! The few functions of real numbers that a crate without the standard library has to bring itself. None is given
//! anything but finite numbers.

use core::f64::consts::{FRAC_PI_2, LN_2, PI, SQRT_2};

/// The square root by Newton's method.
pub(super) fn sqrt(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    // Halving the exponent is a first guess that is good to a few percent.
    let mut root = f64::from_bits((x.to_bits() >> 1) + (1023 << 51));
    for _ in 0..5 {
        root = 0.5 * (root + x / root);
    }
    root
}

/// The natural logarithm of a positive number: ln(m·2^e) with ln m = 2·artanh((m−1)/(m+1)).
pub(super) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if mantissa > SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    // |z| < 0.172, so that nine terms leave less than 1e-15.
    let mut sum = 0.0;
    for term in (0..9).rev() {
        sum = sum * square + 1.0 / f64::from(2 * term + 1);
    }
    2.0 * z * sum + exponent as f64 * LN_2
}

/// e to the power of a number between -700 and 700.
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let halves = (x / LN_2 + if x < 0.0 { -0.5 } else { 0.5 }) as i64;
    let rest = x - halves as f64 * LN_2;
    let mut sum = 1.0;
    for term in (1..16).rev() {
        sum = 1.0 + sum * rest / f64::from(term);
    }
    sum * f64::from_bits(((halves + 1023) as u64) << 52)
}

/// The sine of an angle within one turn either way.
pub(super) fn sin(x: f64) -> f64 {
    let mut x = x;
    if x > PI {
        x -= 2.0 * PI;
    }
    if x < -PI {
        x += 2.0 * PI;
    }
    if x > FRAC_PI_2 {
        x = PI - x;
    }
    if x < -FRAC_PI_2 {
        x = -PI - x;
    }
    let square = x * x;
    let mut sum = 1.0;
    for term in (1..11).rev() {
        sum = 1.0 - sum * square / f64::from((2 * term) * (2 * term + 1));
    }
    x * sum
}

/// The cosine of an angle within three quarters of a turn either way.
pub(super) fn cos(x: f64) -> f64 {
    sin(FRAC_PI_2 - x)
}

/// The arc sine of a number from 0 to 1, by Newton's method on the sine from a first guess of Hastings (1955).
pub(super) fn asin(x: f64) -> f64 {
    let guess = FRAC_PI_2
        - sqrt(1.0 - x) * (1.570_728_8 + x * (-0.212_114_4 + x * (0.074_261 - 0.018_729_3 * x)));
    let mut arc = guess;
    for _ in 0..2 {
        let slope = cos(arc);
        if slope < 1e-6 {
            break;
        }
        arc += (x - sin(arc)) / slope;
    }
    arc
}

#[cfg(test)]
mod tests {
    extern crate std;

    #[test]
    fn they_are_what_the_standard_library_says() {
        let close = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0);
        for step in 0..=1000 {
            let x = f64::from(step) / 1000.0;
            assert!(close(super::asin(x), x.asin()), "asin {x}");
            assert!(close(super::sqrt(x * 1e6), (x * 1e6).sqrt()), "sqrt {x}");
            assert!(close(super::ln(x + 1e-9), (x + 1e-9).ln()), "ln {x}");
            let turn = (x - 0.5) * 12.5;
            assert!(close(super::sin(turn), turn.sin()), "sin {turn}");
            assert!(close(super::exp(turn), turn.exp()), "exp {turn}");
            let half = (x - 0.5) * 6.0;
            assert!(close(super::cos(half), half.cos()), "cos {half}");
        }
    }
}
