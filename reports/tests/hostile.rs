//! What a subject says cannot leave its place on any page.

use wireproof::judge::Verdict;
use wireproof::results::ResultRecord;
use wireproof::{Fault, FaultKind};
use wireproof_reports::{Format, Style, read_jsonl, write};

const HOSTILE: &str =
    "\0\x1b[2J\u{9b}31m\u{ff}]]><script>alert(1)</script></pre></details>\u{202e}\u{fffe}|`a`*b*@all\r\n# x\r\n";

/// The fixture's records with hostile text wherever there is text.
fn records() -> Vec<ResultRecord> {
    let mut records = read_jsonl(include_str!("fixture.jsonl")).unwrap();
    for record in &mut records {
        poison(record);
    }
    records
}

fn poison(record: &mut ResultRecord) {
    let hostile = || HOSTILE.to_owned();
    match record {
        ResultRecord::Run(run) => (run.wireproof, run.vectors, run.shard) = (hostile(), hostile(), Some(hostile())),
        ResultRecord::Subject(subject) => {
            subject.subject += HOSTILE;
            if let Some(profile) = &mut subject.profile {
                (profile.name, profile.version, profile.language) = (hostile(), hostile(), hostile());
            }
            subject.unavailable = subject.unavailable.as_ref().map(|_| hostile());
            subject.faults.push(Fault { kind: FaultKind::Panic, text: hostile() });
        }
        ResultRecord::Case(case) => {
            case.case += HOSTILE;
            (case.title, case.suite, case.why) = (hostile(), hostile(), hostile());
            case.expected = vec![hostile()];
            for quote in &mut case.requirements {
                (quote.id, quote.level, quote.text, quote.url) = (hostile(), hostile(), hostile(), hostile());
            }
        }
        ResultRecord::Verdict(verdict) => {
            verdict.subject += HOSTILE;
            verdict.case += HOSTILE;
            (verdict.outcome, verdict.why, verdict.cut) = (hostile(), hostile(), Some(hostile()));
            verdict.got = vec![hostile()];
            verdict.known = verdict.known.as_ref().map(|_| hostile());
        }
        ResultRecord::Stale(stale) => {
            stale.subject += HOSTILE;
            (stale.case, stale.outcome, stale.found) = (hostile(), hostile(), hostile());
        }
        ResultRecord::Divergence(divergence) => {
            divergence.case += HOSTILE;
            let permitted = divergence.permitted.as_mut();
            for parting in std::iter::once(&mut divergence.worst).chain(permitted) {
                (parting.what, parting.between) = (hostile(), [hostile(), hostile()]);
            }
            for group in &mut divergence.groups {
                (group.subjects, group.outcome) = (vec![hostile(), hostile()], hostile());
            }
        }
        ResultRecord::Timing(timing) => timing.subject += HOSTILE,
    }
}

fn report(format: Format) -> String {
    let mut out = Vec::new();
    write(format, &records(), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn no_page_holds_a_control_character() {
    for format in Format::ALL {
        let bad = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{fffe}".contains(c);
        assert_eq!(report(format).chars().find(|c| bad(*c)), None, "{format}");
    }
}

#[test]
fn strict_parsers_read_junit() {
    let text = report(Format::Junit);
    let document = roxmltree::Document::parse(&text).unwrap();
    let named = |name: &'static str| document.descendants().filter(move |n| n.has_tag_name(name));
    assert_eq!(named("script").count(), 0);
    assert_eq!(named("testsuite").count(), 3);
    let of = |verdict: Verdict, known: bool| {
        let matches = |r: &&ResultRecord| matches!(r, ResultRecord::Verdict(v) if v.verdict == verdict && v.known.is_some() == known);
        records().iter().filter(matches).count()
    };
    assert_eq!(named("failure").count(), of(Verdict::Fail, false) + 1, "one stale entry");
    assert_eq!(named("error").count(), of(Verdict::Fault, false) + 4, "a leak and three panics of subjects");
    let said = named("failure").next().unwrap().text().unwrap();
    assert!(said.contains(r"\0\x1b[2J\x9b31mÿ]]><script>alert(1)</script>"), "{said}");
}

#[test]
fn markdown_holds_no_tag_but_its_own() {
    let text = report(Format::Markdown);
    let known =
        ["<code>", "</code>", "<pre>", "</pre>", "<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>"];
    for (at, _) in text.match_indices('<') {
        assert!(known.iter().any(|tag| text[at..].starts_with(tag)), "{}", &text[at..(at + 20).min(text.len())]);
    }
    for (open, close) in [("<pre>", "</pre>"), ("<details>", "</details>"), ("<code>", "</code>")] {
        assert_eq!(text.matches(open).count(), text.matches(close).count(), "{open}");
    }
    // A row of the matrix keeps to its twelve cells.
    for row in text.lines().filter(|line| line.starts_with("| <code>")) {
        assert_eq!(row.matches('|').count(), 13, "{row}");
    }
}
