//! Chance that repeats: every random value is a hash of the seed, of what it is for, and of where it stands.

/// What a random value is for. Two uses never share a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    Response = 1,
    ResponseSpike,
    Accuracy,
    Availability,
    ErrorRate,
    Queue,
    Requests,
    LostPoll,
    Acceptance,
    Satisfaction,
    Savings,
    WeddingCount,
    Wedding,
    Crisis,
    Errors,
    Tail,
    Cluster,
    Log,
    Usage,
}

/// 64 evenly spread bits (splitmix64).
#[must_use]
pub fn bits(seed: u64, stream: Stream, index: i64) -> u64 {
    let mut z = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add((stream as u64).wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add((index as u64).wrapping_mul(0x8cb9_2ba7_2f3d_8dd7));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Evenly spread in `0.0..1.0`.
#[must_use]
pub fn unit(seed: u64, stream: Stream, index: i64) -> f64 {
    (bits(seed, stream, index) >> 11) as f64 / (1_u64 << 53) as f64
}

/// In `-1.0..1.0`, more often near zero (the sum of two dice).
#[must_use]
pub fn jitter(seed: u64, stream: Stream, index: i64) -> f64 {
    let both = bits(seed, stream, index);
    let scale = f64::from(u32::MAX);
    (both >> 32) as f64 / scale + (both & 0xffff_ffff) as f64 / scale - 1.0
}

/// Wanders slowly in `-1.0..1.0`: a new direction every `step` seconds, without a corner.
#[must_use]
pub fn wander(seed: u64, stream: Stream, second: i64, step: i64) -> f64 {
    let knot = second.div_euclid(step);
    let along = second.rem_euclid(step) as f64 / step as f64;
    let eased = along * along * (3.0 - 2.0 * along);
    // Knots are numbered far away from the seconds that `jitter` uses on the same stream.
    let here = jitter(seed, stream, knot - (1 << 40));
    let next = jitter(seed, stream, knot + 1 - (1 << 40));
    here + (next - here) * eased
}

/// A whole number in `low..=high`.
#[must_use]
pub fn between(seed: u64, stream: Stream, index: i64, low: i64, high: i64) -> i64 {
    low + (unit(seed, stream, index) * (high - low + 1) as f64) as i64
}

/// One of `choices`, which must not be empty.
#[must_use]
pub fn pick<T: Copy>(seed: u64, stream: Stream, index: i64, choices: &[T]) -> T {
    choices[(bits(seed, stream, index) % choices.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer() {
        assert_eq!(bits(7, Stream::Queue, 42), bits(7, Stream::Queue, 42));
        assert_ne!(bits(7, Stream::Queue, 42), bits(8, Stream::Queue, 42));
        assert_ne!(bits(7, Stream::Queue, 42), bits(7, Stream::Queue, 43));
        assert_ne!(bits(7, Stream::Queue, 42), bits(7, Stream::Response, 42));
    }

    #[test]
    fn values_stay_in_range_and_spread() {
        let many: Vec<f64> = (0..10_000).map(|index| unit(7, Stream::Wedding, index)).collect();
        assert!(many.iter().all(|value| (0.0..1.0).contains(value)));
        let mean = many.iter().sum::<f64>() / many.len() as f64;
        assert!((0.48..0.52).contains(&mean), "mean {mean}");
        assert!((0..10_000).all(|second| wander(7, Stream::Accuracy, second, 600).abs() <= 1.0));
        assert!((0..10_000).all(|index| (5..=20).contains(&between(7, Stream::WeddingCount, index, 5, 20))));
    }

    #[test]
    fn wandering_has_no_jumps() {
        for second in 0..5_000 {
            let step =
                wander(7, Stream::Response, second + 1, 600) - wander(7, Stream::Response, second, 600);
            assert!(step.abs() < 0.01, "a jump of {step} at {second}");
        }
    }
}
