//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Judge, compare and explain sans-I/O protocol implementations.
#[derive(Debug, Parser)]
#[command(
    name = "wireproof",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  wireproof run                      every case on every bundled subject
  wireproof run h11 --only 'h1.chunked.*'
  wireproof run h11 h11@0.14.0       this version and an older one
  wireproof diff 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'
  wireproof explain h1.simple.get

Exit codes:
  0    all held
  1    something did not: a failure that is not in the ledger, a divergence
  2    usage, or a file that cannot be read
  3    a subject asked for by name could not start
  130  interrupted; `run` reports what was done until then"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Read vectors from this folder instead of the bundled ones.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) vectors: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Diff(Diff),
    List(List),
    Explain(Explain),
    Repro(Repro),
    Coverage(Coverage),
    Pair(Pair),
    Bench(Bench),
    Fuzz(Fuzz),
    Findings(FindingsArgs),
    Setup(Setup),
    Vectors(Vectors),
    Adapter(Adapter),
}

/// Which cases.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Only this protocol.
    #[arg(long, value_name = "NAME")]
    pub(crate) protocol: Option<String>,
    /// Only cases whose id, suite, tag, level or requirement fits the glob; repeatable.
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Vec<String>,
    /// No cases whose id, suite, tag, level or requirement fits the glob; repeatable.
    #[arg(long, value_name = "GLOB")]
    pub(crate) skip: Vec<String>,
}

/// Which subjects, and how they are got.
#[derive(Debug, Args)]
pub(crate) struct Subjects {
    /// An external adapter that speaks the child protocol; repeatable.
    #[arg(long = "adapter", value_name = "NAME=COMMAND")]
    pub(crate) adapters: Vec<String>,
    /// Do not set up what is missing: such subjects are unavailable.
    #[arg(long)]
    pub(crate) no_setup: bool,
    /// Seconds a subject may be silent while a case is due.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub(crate) deadline: f64,
}

/// A number of seconds, or milliseconds, that is some time.
fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|s| *s > 0.0 && std::time::Duration::try_from_secs_f64(*s).is_ok());
    number.ok_or_else(|| "expected a number of seconds above 0".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CutsArg {
    /// As written, octet by octet, and at every position.
    All,
    /// As written, octet by octet, and at 8 seeded positions.
    Some,
    /// As written.
    None,
}

/// Run cases on subjects and report verdicts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof run                      all bundled subjects, all cases, all cuts
  wireproof run wireproof-http1 llhttp --only '*smuggling*'
  wireproof run --only MUST --skip 'h1.limits.*' --cuts some
  wireproof run mine --adapter mine='python3 my_adapter.py'
  wireproof run h11 h11@0.14.0       two versions of the same
  wireproof run --format junit > results.xml
  wireproof run --results results.jsonl --shard 1/4
  wireproof run h11 llhttp --compare where these two part, and which of it the RFCs permit

A subject is a bundled one (wireproof list subjects) or one of --adapter.
NAME@VERSION is another version of one that setup installs from PyPI or npm,
beside the current one. The ledger holds for the version it was reviewed at.
Failures that the ledger knows are shown and counted and do not fail the run;
ledger entries that no longer say what is do.")]
pub(crate) struct Run {
    /// The subjects, NAME or NAME@VERSION; all bundled ones and all --adapter ones if none is named.
    #[arg(value_name = "SUBJECT")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
    /// How the octets are cut.
    #[arg(long, value_enum, default_value_t = CutsArg::All)]
    pub(crate) cuts: CutsArg,
    /// Threads; the number of cores if not given.
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// The seed of sampled cuts.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Only every Nth case, beginning with the Kth.
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<String>,
    /// Write the results, as JSON Lines, to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// The form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = ["terminal", "json", "jsonl", "junit", "markdown"])]
    pub(crate) format: String,
    /// A file of known failures, in the form of adapters/ledger; repeatable.
    #[arg(long, value_name = "FILE")]
    pub(crate) waivers: Vec<PathBuf>,
    /// Leave the bundled ledger out of account.
    #[arg(long)]
    pub(crate) no_ledger: bool,
    /// Compare what the subjects make of each case, too, and report where they part.
    #[arg(long)]
    pub(crate) compare: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleArg {
    Server,
    Client,
    Decoder,
}

/// Feed octets to several subjects and compare what they make of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof diff 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'
  wireproof diff --file request.bin
  printf 'GET / HTTP/1.1\\nHost: a\\n\\n' | wireproof diff -
  wireproof diff --role client --asked HEAD --eof \\
    'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n'

Escapes in OCTETS: \\r \\n \\t \\0 \\\\ \\\" \\xHH.
Exit code 1 if the subjects do not all agree.")]
pub(crate) struct Diff {
    /// The octets, escaped; `-` reads them as they are from standard input.
    #[arg(value_name = "OCTETS", required_unless_present = "file")]
    pub(crate) octets: Option<String>,
    /// Read the octets from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "octets")]
    pub(crate) file: Option<PathBuf>,
    /// The protocol of the octets.
    #[arg(long, value_name = "NAME", default_value = "http1")]
    pub(crate) protocol: String,
    /// The role of the subjects.
    #[arg(long, value_enum, default_value_t = RoleArg::Server)]
    pub(crate) role: RoleArg,
    /// For clients: the method of a request that was sent before; repeatable, in order. HTTP/2 leaves POST and CONNECT
    /// open.
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    pub(crate) asked: Vec<String>,
    /// End the stream after the octets.
    #[arg(long)]
    pub(crate) eof: bool,
    /// Only this subject, NAME or NAME@VERSION; repeatable.
    #[arg(long = "subject", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Compare without this rule of normalisation: fold-names, trim-values or sort-settings; repeatable.
    #[arg(long, value_name = "RULE")]
    pub(crate) without_rule: Vec<String>,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
    /// Machine-readable output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    Subjects,
    Cases,
    Requirements,
    Capabilities,
}

/// List subjects, cases, requirements or capabilities.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof list subjects
  wireproof list cases --only smuggling --json")]
pub(crate) struct List {
    /// What to list.
    #[arg(value_enum)]
    pub(crate) what: What,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Machine-readable output, one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchFormat {
    /// Tables for people.
    Terminal,
    /// Tables for a document.
    Markdown,
    /// All figures.
    Json,
}

/// Measure how fast subjects are, all on the same workloads.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof bench                               all subjects, all workloads
  wireproof bench --protocol http1 --to llhttp  ratios to llhttp
  wireproof bench h11 h11@0.14.0 --workload 'h1.browser-*'
  wireproof bench --json today.json --charts today
  wireproof bench --baseline yesterday.json

Rounds are interleaved: each starts every subject anew and measures it once on
every workload. Costs are processor time, measured where the subject lives, so
that pipes are not timed; medians with half the distance of the quartiles.
Subjects that are not told apart by more than the noise share a place (=).
Events are counted and thrown away; what that and the driving cost by themselves
is shown below each table. Who does not do the whole work is shown below the
line and not ranked.

Exit code 1 if something is slower than in --baseline by more than the noise.")]
pub(crate) struct Bench {
    /// The subjects, NAME or NAME@VERSION; all bundled ones and all --adapter ones if none is named.
    #[arg(value_name = "SUBJECT")]
    pub(crate) names: Vec<String>,
    /// Only this protocol.
    #[arg(long, value_name = "NAME")]
    pub(crate) protocol: Option<String>,
    /// Only workloads whose id fits the glob; repeatable.
    #[arg(long = "workload", value_name = "GLOB")]
    pub(crate) workloads: Vec<String>,
    /// How often every subject is measured on every workload.
    #[arg(long, value_name = "NUMBER", default_value_t = 9, value_parser = rounds)]
    pub(crate) rounds: usize,
    /// Milliseconds that a measurement is to take.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 20.0, value_parser = seconds)]
    pub(crate) slice: f64,
    /// Show ratios to this subject; to the first one if not given.
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) to: Option<String>,
    /// The form of what is shown.
    #[arg(long, value_enum, default_value_t = BenchFormat::Terminal)]
    pub(crate) format: BenchFormat,
    /// Write all figures to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Compare with the figures of an earlier run.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Draw charts into this folder, and a page with all of them.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) charts: Option<PathBuf>,
    /// Count instructions too, for subjects of this binary; needs valgrind, and takes its time.
    #[arg(long)]
    pub(crate) instructions: bool,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

/// A number of rounds.
fn rounds(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(|| "expected a number from 1 to 1000".to_owned())
}

/// Look for inputs on which subjects part, break, or break a law.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof fuzz                                a minute over all HTTP/1.1 subjects
  wireproof fuzz --protocol http2 --time 10m --jobs 2
  wireproof fuzz --subject httparse --subject llhttp --time 1h
  wireproof fuzz --corpus night --sync /mnt/shared/wireproof --time 8h

What it finds stands in FOLDER/PROTOCOL/findings, one file for each cause; see
`wireproof findings`. The folder can be used again: the corpus is where it was.
Any number of loops, on any number of machines, can share one --sync folder.
Ctrl-C ends it with its report.

Exit code 1 if there is a finding outside the ledger of known differences.")]
pub(crate) struct Fuzz {
    /// The protocol.
    #[arg(long, value_name = "NAME", default_value = "http1")]
    pub(crate) protocol: String,
    /// Only this subject, NAME or NAME@VERSION; repeatable.
    #[arg(long = "subject", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// How long: 90s, 10m, 8h.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub(crate) time: std::time::Duration,
    /// The start of all chance; the loops of several jobs count on from it. Without it: the time of day.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Loops at the same time; 0 is one for each core.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) jobs: usize,
    /// The folder of the corpus and the findings.
    #[arg(long, value_name = "FOLDER", default_value = "wireproof-fuzz")]
    pub(crate) corpus: PathBuf,
    /// A folder that is shared with other loops: new inputs and findings go both ways.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) sync: Option<PathBuf>,
    /// The least bad divergence that is looked into: S1 framing, S2 fields, S3 accepted or refused, S4 how it is
    /// refused.
    #[arg(long, value_name = "SEVERITY", default_value = "S3", value_parser = severity)]
    pub(crate) severity: wireproof::compare::Severity,
    /// What guides the search: octets, structure or tuples; for measurements.
    #[arg(long, value_name = "GUIDE", default_value = "tuples", hide = true)]
    pub(crate) guide: wireproof_engine::hunt::Guide,
    /// A file of known differences, beside the bundled ones; repeatable.
    #[arg(long, value_name = "FILE")]
    pub(crate) known: Vec<PathBuf>,
    /// Leave the bundled known differences out of account.
    #[arg(long)]
    pub(crate) no_ledger: bool,
    /// Run as one loop of a fuzz run, under this name.
    #[arg(long, value_name = "NAME", hide = true)]
    pub(crate) worker: Option<String>,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

/// A time such as 90s, 10m or 8h.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("{unit:?} is no unit; s, m and h are")),
    };
    let seconds = number.parse::<f64>().map_err(|_| format!("{number:?} is no number"))? * factor;
    let time = std::time::Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())?;
    if time.is_zero() { Err("no time at all".to_owned()) } else { Ok(time) }
}

fn severity(text: &str) -> Result<wireproof::compare::Severity, String> {
    let known = wireproof::compare::Severity::ALL;
    known.into_iter().find(|s| s.to_string() == text).ok_or_else(|| "the severities are S0 to S5".to_owned())
}

/// List, show, replay, make smaller, promote or merge what fuzzing found.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof findings list
  wireproof findings show http1-bare-lf
  wireproof findings replay http1-bare-lf
  wireproof findings prune
  wireproof findings promote http1-bare-lf >> case.json
  wireproof findings ledger http1-bare-lf --subject llhttp \\
    --clause 'RFC 9112, 2.2' --reason 'takes LF alone as a line end'
  wireproof findings merge machine1 machine2 --into all")]
pub(crate) struct FindingsArgs {
    #[command(subcommand)]
    pub(crate) action: FindingsAction,
    /// The folder of the fuzz run.
    #[arg(long, global = true, value_name = "FOLDER", default_value = "wireproof-fuzz")]
    pub(crate) corpus: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FindingsAction {
    /// One line for each finding, the worst first.
    List {
        /// Also those that are in the ledger of known differences.
        #[arg(long)]
        all: bool,
        /// Machine-readable output.
        #[arg(long)]
        json: bool,
    },
    /// What a finding is: what differs, at which octet, who stands with whom, which clause.
    Show {
        /// Its id, or a file.
        id: String,
    },
    /// Run a finding again, on the subjects as they are now; exit code 1 if they still part.
    Replay {
        /// Its id, or a file.
        id: String,
        #[command(flatten)]
        subjects: Subjects,
    },
    /// Run every finding again, and drop what does not part any longer: after a new version of a subject, of wireproof.
    Prune {
        #[command(flatten)]
        subjects: Subjects,
    },
    /// Make a finding's input smaller again, with more patience.
    Minimise {
        /// Its id, or a file.
        id: String,
        #[command(flatten)]
        subjects: Subjects,
    },
    /// Write a finding as a case for the vectors, with the outcomes to be reviewed.
    Promote {
        /// Its id, or a file.
        id: String,
    },
    /// Write a finding as an entry of the ledger of known differences.
    Ledger {
        /// Its id, or a file.
        id: String,
        /// A subject that is known to part from the others here; repeatable.
        #[arg(long = "subject", value_name = "NAME")]
        subjects: Vec<String>,
        /// What decides it: 'RFC 9112, 2.2'.
        #[arg(long)]
        clause: String,
        /// What they do, and who is right.
        #[arg(long)]
        reason: String,
        /// The day from which it counts no longer: 2027-06-30.
        #[arg(long)]
        expires: Option<String>,
    },
    /// Merge the corpora and findings of several folders into one.
    Merge {
        /// The folders.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Where to; may hold findings already.
        #[arg(long)]
        into: PathBuf,
    },
}

/// Join every HTTP/2 client with every server in memory, and see whether a workload goes well.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof pair                     all HTTP/2 subjects
  wireproof pair wireproof-http2 nghttp2

The workload: seven requests at once, among them 100,000 octets each way over
windows of 65,535, HEAD, 204, an interim response, trailers, and a field
section of several frames. Credit is given by hand, as content comes.")]
pub(crate) struct Pair {
    /// The subjects; all HTTP/2 ones if none is named.
    #[arg(value_name = "SUBJECT")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
    /// Machine-readable output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Explain a case: what it feeds, what the RFC says, what conforms.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wireproof explain h1.simple.get")]
pub(crate) struct Explain {
    /// The case's id.
    pub(crate) case: String,
    /// Machine-readable output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Run one case on one subject and show the whole transcript.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof repro h1.simple.get --subject llhttp
  wireproof repro h1.simple.get --subject llhttp --cut octets
  wireproof repro h1.simple.get --subject llhttp --cut 'at 17'")]
pub(crate) struct Repro {
    /// The case's id.
    pub(crate) case: String,
    /// The subject, NAME or NAME@VERSION.
    #[arg(long, short, value_name = "NAME")]
    pub(crate) subject: String,
    /// One cut: whole, octets, or at N (a split before octet N); all if not given.
    #[arg(long, value_name = "CUT")]
    pub(crate) cut: Option<String>,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

/// Show which requirements have cases, and which have none.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wireproof coverage\n  wireproof coverage --bare\n  wireproof coverage --bare --check\n  wireproof coverage --json"
)]
pub(crate) struct Coverage {
    /// Only requirements without a case.
    #[arg(long)]
    pub(crate) bare: bool,
    /// Exit with 1 if a testable MUST or MUST NOT has no case.
    #[arg(long)]
    pub(crate) check: bool,
    /// Machine-readable output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Fetch, check and build what bundled subjects need, into the private environment.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof setup                 everything
  wireproof setup llhttp h11
  wireproof setup h11@0.14.0      another version, beside the current one

Other versions are those of subjects that come from PyPI or npm. Some are
pinned by hash (wireproof list subjects); of any other, what the registry gives
on the first set-up is recorded in its folder, with hashes, and used ever after.
Everything goes into $WIREPROOF_HOME; if that is not set, into target/wireproof
of the checkout; outside of one, into the user's cache folder.")]
pub(crate) struct Setup {
    /// The subjects, NAME or NAME@VERSION; all if none is named.
    #[arg(value_name = "SUBJECT")]
    pub(crate) names: Vec<String>,
}

/// Check, lay out and export vector files.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof vectors lint
  wireproof vectors fmt --check
  wireproof vectors generate --check
  wireproof vectors export > cases.jsonl")]
pub(crate) struct Vectors {
    #[command(subcommand)]
    pub(crate) command: VectorsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VectorsCommand {
    /// Check everything that a machine can check.
    Lint,
    /// Lay out files anew; the folder of --vectors, or ./vectors.
    Fmt {
        /// Change nothing; say which files differ, and exit with 1.
        #[arg(long)]
        check: bool,
    },
    /// Write the families that the tables in generate/ make.
    Generate {
        /// Change nothing; say which files differ from their table, and exit with 1.
        #[arg(long)]
        check: bool,
    },
    /// Print every case as a line of JSON, octets as hex, every notation resolved.
    Export,
}

/// Serve a bundled subject over the child protocol, or check an adapter.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wireproof adapter serve wireproof-http1
  wireproof adapter check 'python3 my_adapter.py'")]
pub(crate) struct Adapter {
    #[command(subcommand)]
    pub(crate) command: AdapterCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdapterCommand {
    /// Make a bundled subject speak the child protocol on standard input and output.
    Serve {
        /// The subject.
        subject: String,
    },
    /// Test an adapter by itself and say what to mend.
    Check {
        /// The command that starts it.
        command: String,
    },
}
