//! What an input costs: making one (`generate/PROTOCOL`) and editing one (`mutate/PROTOCOL`).

use std::hint::black_box;

use arbitrary::Unstructured;
use criterion::{Criterion, criterion_group, criterion_main};
use wireproof_engine::{Input, Target, generate, mutate};

/// Choices enough for an input, the same at every run.
fn noise() -> Vec<Vec<u8>> {
    let mut random = fastrand::Rng::with_seed(1);
    (0..1024).map(|_| (0..512).map(|_| random.u8(..)).collect()).collect()
}

fn generated(target: Target, number: usize, choices: &[u8]) -> Input {
    let families = generate::families(target);
    let family = families[number % families.len()];
    generate::generate(target, family, &mut Unstructured::new(choices)).expect("choices")
}

fn generating(criterion: &mut Criterion) {
    let noise = noise();
    for target in Target::ALL {
        let mut inputs = noise.iter().enumerate().cycle();
        let mut next = || inputs.next().map(|(number, choices)| generated(target, number, choices));
        criterion
            .bench_function(&format!("generate/{}", target.spec().name), |bencher| bencher.iter(|| black_box(next())));
    }
}

fn mutating(criterion: &mut Criterion) {
    let noise = noise();
    for target in Target::ALL {
        let inputs: Vec<Input> = noise.iter().enumerate().map(|(n, choices)| generated(target, n, choices)).collect();
        let mut pairs = inputs.iter().zip(noise.iter().rev()).cycle();
        let mut edited = inputs[0].clone();
        let mut next = || {
            let Some((input, choices)) = pairs.next() else { return };
            edited.clone_from(input);
            mutate::mutate(&mut edited, &mut Unstructured::new(choices)).expect("choices");
            black_box(&edited);
        };
        criterion.bench_function(&format!("mutate/{}", target.spec().name), |bencher| bencher.iter(&mut next));
    }
}

criterion_group!(benches, generating, mutating);
criterion_main!(benches);
