//! Medians, their spread, and when two subjects are not told apart.

/// Where the middle of some samples is, and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The lower quartile.
    pub low: f64,
    /// The upper quartile.
    pub high: f64,
}

/// Differences below this share are noise on any machine: code placement alone moves figures so far.
const LEAST: f64 = 0.03;

impl Spread {
    /// Of some samples; none of none.
    pub fn of(samples: &[f64]) -> Option<Spread> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| -> Option<f64> {
            let place = share * sorted.len().checked_sub(1)? as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            Some(below + (above - below) * place.fract())
        };
        Some(Spread { median: at(0.5)?, low: at(0.25)?, high: at(0.75)? })
    }

    /// Half the distance between the quartiles, as a share of the median: `± 4 %`.
    pub fn share(&self) -> f64 {
        (self.high - self.low) / 2.0 / self.median.max(f64::MIN_POSITIVE)
    }

    /// Whether this and the other are not told apart: each median lies within the other's noise.
    pub fn ties(&self, other: &Spread) -> bool {
        let noise = self.share().max(other.share()).max(LEAST);
        (self.median - other.median).abs() <= noise * self.median.min(other.median)
    }
}

/// A place in a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked<T> {
    /// The place, from 1; those that tie with the first of a place share it.
    pub place: usize,
    /// Who.
    pub who: T,
    /// How fast.
    pub spread: Spread,
}

/// Ranks by median, the least first.
pub fn rank<T>(all: impl IntoIterator<Item = (T, Spread)>) -> Vec<Ranked<T>> {
    let mut sorted: Vec<(T, Spread)> = all.into_iter().collect();
    sorted.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
    let mut ranked: Vec<Ranked<T>> = Vec::new();
    let mut first: Option<(usize, Spread)> = None;
    for (at, (who, spread)) in sorted.into_iter().enumerate() {
        let place = match first {
            Some((place, leader)) if leader.ties(&spread) => place,
            _ => {
                first = Some((at + 1, spread));
                at + 1
            }
        };
        ranked.push(Ranked { place, who, spread });
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn around(middle: f64, spread: f64) -> Spread {
        Spread { median: middle, low: middle * (1.0 - spread), high: middle * (1.0 + spread) }
    }

    #[test]
    fn the_middle_of_few_samples() {
        let check = |samples: &[f64], median, low, high| {
            assert_eq!(Spread::of(samples), Some(Spread { median, low, high }), "{samples:?}");
        };
        check(&[7.0], 7.0, 7.0, 7.0);
        check(&[4.0, 1.0, 3.0, 2.0], 2.5, 1.75, 3.25);
        check(&[5.0, 1.0, 100.0, 2.0, 3.0], 3.0, 2.0, 5.0);
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn what_is_within_the_noise_is_a_tie() {
        let places = |all: &[(f64, f64)]| {
            let all = all.iter().enumerate().map(|(at, (middle, spread))| (at, around(*middle, *spread)));
            rank(all).iter().map(|r| (r.who, r.place)).collect::<Vec<_>>()
        };
        assert_eq!(places(&[(100.0, 0.0), (102.0, 0.0), (110.0, 0.0)]), [(0, 1), (1, 1), (2, 3)]);
        assert_eq!(places(&[(100.0, 0.0), (110.0, 0.2), (120.0, 0.0)]), [(0, 1), (1, 1), (2, 3)]);
        assert_eq!(places(&[(120.0, 0.01), (100.0, 0.01)]), [(1, 1), (0, 2)]);
        // A chain of ties does not make the last as good as the first.
        assert_eq!(places(&[(100.0, 0.0), (102.5, 0.0), (105.0, 0.0)]), [(0, 1), (1, 1), (2, 3)]);
    }

    proptest! {
        #[test]
        fn ties_are_mutual(a in 1.0..1e6, b in 1.0..1e6, x in 0.0..0.5, y in 0.0..0.5) {
            let (a, b) = (around(a, x), around(b, y));
            prop_assert_eq!(a.ties(&b), b.ties(&a));
        }

        #[test]
        fn the_median_is_among_the_samples(samples in prop::collection::vec(1.0..1e9, 1..20)) {
            let spread = Spread::of(&samples).expect("some");
            let (least, most) = samples.iter().fold((f64::MAX, 0.0_f64), |(l, m), s| (l.min(*s), m.max(*s)));
            prop_assert!(least <= spread.low && spread.low <= spread.median);
            prop_assert!(spread.median <= spread.high && spread.high <= most);
        }
    }
}
