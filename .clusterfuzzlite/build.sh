#!/bin/bash -eu
# What OSS-Fuzz and ClusterFuzzLite run in their image: every target with its seeds, dictionary and options into $OUT.
# fuzz/check-out runs it without Docker and checks what it made.
cd "$SRC/wireproof"
targets=$(sed -n 's/^name = "\(.*\)"/\1/p' fuzz/Cargo.toml | grep -v '^wireproof-fuzz$')
programs=$(fuzz/build $targets)

# Seeds are written by a program without instrumentation; flags for the fuzzed code would break it.
seeds=${WORK:-target/fuzz}/seeds
rm -rf "$seeds"
env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS cargo run --quiet --release -p wireproof-fuzz --example seeds -- "$seeds"

pack='import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        archive.write(path, path.name)'
for target in $targets; do
    cp "$programs/$target" "$OUT/$target"
    python3 -c "$pack" "$OUT/${target}_seed_corpus.zip" "$seeds/${target}_seed_corpus"
    cp "fuzz/dictionaries/$(fuzz/words "$target").dict" "$OUT/$target.dict"
    printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\ndict = %s.dict\n' "$target" >"$OUT/$target.options"
done
