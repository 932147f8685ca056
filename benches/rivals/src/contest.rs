//! Times contenders that answer the same question. In each round every contender runs two short
//! batches, so other work on the machine slows all of them down.
//!
//! In the first batch, the inputs take turns. In the second batch, the contender gets the same input
//! again and again. Then the processor learns every branch that depends on the input, which it cannot
//! do on a server. The second batch shows how much this matters.

use std::error::Error;
use std::hint::black_box;
use std::iter;
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
    /// The inputs that take turns. There must be at least one.
    pub(crate) right: Vec<Box<Input>>,
    /// An input that every contender must refuse.
    pub(crate) wrong: Box<Input>,
    /// The others are compared with the first.
    pub(crate) contenders: Vec<Contender<Input>>,
}

/// The result of one contender in a contest.
pub(crate) struct Standing {
    pub(crate) name: String,
    /// With inputs that take turns.
    pub(crate) in_turn: Timing,
    /// With the same input again and again.
    pub(crate) repeated: Timing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timing {
    /// The median, over the rounds, of the contender's time divided by the time of the first
    /// contender in the same round.
    pub(crate) ratio: f64,
    /// Nanoseconds per answer.
    pub(crate) median: f64,
    pub(crate) minimum: f64,
}

pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) standings: Vec<Standing>,
}

/// A contender with its nanoseconds per answer in each round.
struct Entry<'a, Input: ?Sized> {
    contender: &'a Contender<Input>,
    /// The number of answers in a batch.
    repetitions: usize,
    in_turn: Vec<f64>,
    repeated: Vec<f64>,
}

impl<Input: ?Sized> Contest<Input> {
    /// Checks that every contender accepts a right input and refuses the wrong one, then times
    /// them.
    pub(crate) fn run(self, rounds: usize) -> Result<Outcome, Fault> {
        eprintln!("{} ...", self.name);
        self.check()?;
        let mut entries = Vec::new();
        for contender in &self.contenders {
            let repetitions = self.repetitions(contender)?;
            let (in_turn, repeated) = (Vec::new(), Vec::new());
            entries.push(Entry { contender, repetitions, in_turn, repeated });
        }
        let longest = entries.iter().map(|entry| entry.repetitions).max().unwrap_or(0);
        for round in 0..rounds {
            // The contenders take turns in beginning a round.
            let (last, first) = entries.split_at_mut(round % self.contenders.len());
            for entry in first.iter_mut().chain(last) {
                let Entry { contender, repetitions, in_turn, repeated } = entry;
                // Every contender begins with the same input.
                let inputs = self.in_turn(round * longest, *repetitions);
                in_turn.push(self.batch(contender, *repetitions, inputs)?);
                let inputs = iter::repeat_n(self.first()?, *repetitions);
                repeated.push(self.batch(contender, *repetitions, inputs)?);
            }
        }
        Ok(Outcome { standings: standings(&entries), name: self.name })
    }

    fn first(&self) -> Result<&Input, Fault> {
        Ok(self.right.first().ok_or_else(|| format!("{}: there is no input", self.name))?)
    }

    fn check(&self) -> Result<(), Fault> {
        let right = self.first()?;
        for Contender { name, accepts } in &self.contenders {
            if !accepts(right) {
                return Err(format!("{}: {name} refuses the right input", self.name).into());
            }
            if accepts(&self.wrong) {
                return Err(format!("{}: {name} accepts the wrong input", self.name).into());
            }
        }
        Ok(())
    }

    /// Returns the number of answers in a batch.
    fn repetitions(&self, contender: &Contender<Input>) -> Result<usize, Fault> {
        let mut repetitions = 1;
        loop {
            let time = self.batch(contender, repetitions, self.in_turn(0, repetitions))?;
            if time * repetitions as f64 >= BATCH.as_nanos() as f64 {
                return Ok(repetitions);
            }
            repetitions *= 2;
        }
    }

    /// Returns `count` inputs, beginning with this one, and with the first one after the last one.
    fn in_turn(&self, begin: usize, count: usize) -> impl Iterator<Item = &Input> {
        let (before, after) = self.right.split_at(begin % self.right.len().max(1));
        after.iter().chain(before).cycle().take(count).map(AsRef::as_ref)
    }

    /// Returns the nanoseconds per answer.
    fn batch<'a>(
        &self,
        contender: &Contender<Input>,
        repetitions: usize,
        mut inputs: impl Iterator<Item = &'a Input>,
    ) -> Result<f64, Fault>
    where
        Input: 'a,
    {
        let Contender { name, accepts } = contender;
        let start = Instant::now();
        let accepted = inputs.all(|input| black_box(accepts(black_box(input))));
        let time = start.elapsed();
        match accepted {
            true => Ok(time.as_nanos() as f64 / repetitions as f64),
            false => Err(format!("{}: {name} refuses a right input", self.name).into()),
        }
    }
}

fn standings<Input: ?Sized>(entries: &[Entry<'_, Input>]) -> Vec<Standing> {
    let Some(base) = entries.first() else { return Vec::new() };
    let standing = |entry: &Entry<'_, Input>| Standing {
        name: entry.contender.name.clone(),
        in_turn: timing(&entry.in_turn, &base.in_turn),
        repeated: timing(&entry.repeated, &base.repeated),
    };
    entries.iter().map(standing).collect()
}

fn timing(times: &[f64], base: &[f64]) -> Timing {
    Timing {
        ratio: median(times.iter().zip(base).map(|(time, base)| time / base).collect()),
        median: median(times.to_vec()),
        minimum: times.iter().copied().fold(f64::INFINITY, f64::min),
    }
}

/// Returns the median, or NaN for an empty list.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    fn contest(accepts: impl Fn(&str) -> bool + 'static) -> Contest<str> {
        let slow = |input: &str| (0..100).all(|_| black_box(input) != "wrong");
        let contenders = vec![
            Contender { name: "slow".to_owned(), accepts: Box::new(slow) },
            Contender { name: "other".to_owned(), accepts: Box::new(accepts) },
        ];
        Contest {
            name: "test".to_owned(),
            right: vec!["right 0".into(), "right 1".into(), "right 2".into()],
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
        // Only the first input is checked beforehand, but each one when it is timed.
        assert_eq!(fault(|input| input == "right 0"), "test: other refuses a right input");
        let nothing = Contest { right: Vec::new(), ..contest(|_| true) };
        assert_eq!(nothing.run(1).err().unwrap().to_string(), "test: there is no input");
    }

    #[test]
    fn ratios_are_to_the_first_contender() {
        let outcome = contest(|input| input != "wrong").run(5).unwrap();
        let [slow, other] = outcome.standings.as_slice() else { panic!("not two standings") };
        assert_eq!(
            (slow.name.as_str(), slow.in_turn.ratio, slow.repeated.ratio),
            ("slow", 1.0, 1.0)
        );
        assert_eq!(other.name, "other");
        for (slow, other) in [(slow.in_turn, other.in_turn), (slow.repeated, other.repeated)] {
            assert!(other.ratio < 0.5, "{other:?}");
            assert!(other.minimum <= other.median && other.median < slow.median, "{other:?}");
        }
    }

    #[test]
    fn inputs_take_turns_and_then_one_is_repeated() {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let contest = contest({
            let seen = Rc::clone(&seen);
            move |input| {
                seen.borrow_mut().push(input.to_owned());
                input != "wrong"
            }
        });
        let turns: Vec<&str> = contest.in_turn(4, 5).collect();
        assert_eq!(turns, ["right 1", "right 2", "right 0", "right 1", "right 2"]);
        contest.run(1).unwrap();
        let seen = seen.borrow();
        assert!(seen.iter().any(|input| input == "right 2"));
        let repeated = seen.iter().rev().take_while(|input| *input == "right 0").count();
        assert!(repeated > 1, "{repeated}");
    }

    #[test]
    fn the_median_of_the_ratios_is_not_the_ratio_of_the_medians() {
        let base = [1.0, 10.0, 4.0];
        assert_eq!(timing(&base, &base), Timing { ratio: 1.0, median: 4.0, minimum: 1.0 });
        let other = timing(&[2.0, 10.0, 12.0], &base);
        assert_eq!(other, Timing { ratio: 2.0, median: 10.0, minimum: 2.0 });
    }
}
