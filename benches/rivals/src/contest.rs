//! Times contenders that answer the same question. In each round every contender runs a short
//! batch, so other work on the machine slows all of them down.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) type Fault = Box<dyn Error>;

/// Returns whether an input is right.
pub(crate) type Accepts<Input> = Box<dyn Fn(&Input) -> bool>;

pub(crate) struct Contender<Input: ?Sized> {
    pub(crate) name: String,
    pub(crate) accepts: Accepts<Input>,
}

/// The shortest time of a batch.
const BATCH: Duration = Duration::from_millis(1);

pub(crate) struct Contest<Input: ?Sized + 'static> {
    pub(crate) name: String,
    pub(crate) right: Box<Input>,
    /// The right input with one bit flipped.
    pub(crate) wrong: Box<Input>,
    /// The others are compared with the first.
    pub(crate) contenders: Vec<Contender<Input>>,
}

/// The result of one contender in a contest.
pub(crate) struct Standing {
    pub(crate) name: String,
    /// The median, over the rounds, of its time divided by the time of the first contender in the
    /// same round.
    pub(crate) ratio: f64,
    /// Nanoseconds per answer.
    pub(crate) median: f64,
    pub(crate) minimum: f64,
}

pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) standings: Vec<Standing>,
}

impl<Input: ?Sized> Contest<Input> {
    /// Checks that every contender accepts the right input and refuses the wrong one, then times
    /// them.
    pub(crate) fn run(self, rounds: usize) -> Result<Outcome, Fault> {
        eprintln!("{} ...", self.name);
        self.check()?;
        let mut entries = Vec::new();
        for contender in &self.contenders {
            entries.push((contender, self.repetitions(contender)?, Vec::new()));
        }
        for round in 0..rounds {
            // The contenders take turns in beginning a round.
            let (last, first) = entries.split_at_mut(round % self.contenders.len());
            for (contender, repetitions, times) in first.iter_mut().chain(last) {
                let time = self.batch(contender, *repetitions)?;
                times.push(time.as_secs_f64() * 1e9 / f64::from(*repetitions));
            }
        }
        let times = entries.into_iter().map(|(contender, _, times)| (&contender.name, times));
        Ok(Outcome { standings: standings(times.collect()), name: self.name })
    }

    fn check(&self) -> Result<(), Fault> {
        for Contender { name, accepts } in &self.contenders {
            if !accepts(&self.right) {
                return Err(format!("{}: {name} refuses the right input", self.name).into());
            }
            if accepts(&self.wrong) {
                return Err(format!("{}: {name} accepts the wrong input", self.name).into());
            }
        }
        Ok(())
    }

    /// Returns the number of answers in a batch.
    fn repetitions(&self, contender: &Contender<Input>) -> Result<u32, Fault> {
        let mut repetitions = 1;
        while self.batch(contender, repetitions)? < BATCH {
            repetitions *= 2;
        }
        Ok(repetitions)
    }

    fn batch(&self, contender: &Contender<Input>, repetitions: u32) -> Result<Duration, Fault> {
        let Contender { name, accepts } = contender;
        let start = Instant::now();
        let accepted = (0..repetitions).all(|_| black_box(accepts(black_box(&self.right))));
        let time = start.elapsed();
        match accepted {
            true => Ok(time),
            false => Err(format!("{}: {name} refuses the input it accepted", self.name).into()),
        }
    }
}

fn standings(contenders: Vec<(&String, Vec<f64>)>) -> Vec<Standing> {
    let base = contenders.first().map(|(_, times)| times.clone()).unwrap_or_default();
    let standing = |(name, times): (&String, Vec<f64>)| Standing {
        name: name.clone(),
        ratio: median(times.iter().zip(&base).map(|(time, base)| time / base).collect()),
        minimum: times.iter().copied().fold(f64::INFINITY, f64::min),
        median: median(times),
    };
    contenders.into_iter().map(standing).collect()
}

/// Returns the median, or NaN for an empty list.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contest(accepts: impl Fn(&str) -> bool + 'static) -> Contest<str> {
        let name = "slow".to_owned();
        let slow = |input: &str| (0..100).all(|_| black_box(input) == "right");
        let contenders = vec![
            Contender { name, accepts: Box::new(slow) },
            Contender { name: "other".to_owned(), accepts: Box::new(accepts) },
        ];
        Contest {
            name: "test".to_owned(),
            right: "right".into(),
            wrong: "wrong".into(),
            contenders,
        }
    }

    fn fault(accepts: impl Fn(&str) -> bool + 'static) -> String {
        contest(accepts).run(1).err().unwrap().to_string()
    }

    #[test]
    fn who_is_wrong_is_named_and_not_timed() {
        assert_eq!(fault(|_| true), "test: other accepts the wrong input");
        assert_eq!(fault(|_| false), "test: other refuses the right input");
        let answers = std::cell::Cell::new(0);
        let tiring = move |input: &str| answers.replace(answers.get() + 1) < 5 && input == "right";
        assert_eq!(fault(tiring), "test: other refuses the input it accepted");
    }

    #[test]
    fn ratios_are_to_the_first_contender() {
        let outcome = contest(|input| input == "right").run(5).unwrap();
        let [slow, other] = outcome.standings.as_slice() else { panic!("not two standings") };
        assert_eq!((slow.name.as_str(), slow.ratio), ("slow", 1.0));
        assert_eq!(other.name, "other");
        assert!(other.ratio < 0.5, "{}", other.ratio);
        assert!(other.minimum <= other.median && other.median < slow.median);
    }

    #[test]
    fn the_median_of_the_ratios_is_not_the_ratio_of_the_medians() {
        let (base, other) = ("base".to_owned(), "other".to_owned());
        let times = vec![(&base, vec![1.0, 10.0, 4.0]), (&other, vec![2.0, 10.0, 12.0])];
        let [base, other] = <[Standing; 2]>::try_from(standings(times)).ok().unwrap();
        assert_eq!((base.ratio, base.median, base.minimum), (1.0, 4.0, 1.0));
        assert_eq!((other.ratio, other.median, other.minimum), (2.0, 10.0, 2.0));
    }
}
