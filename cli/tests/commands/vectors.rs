//! `vectors`: what is wrong with files is said with file, line, case and member.

use sha2::{Digest, Sha256};

use crate::support::{folder, holds, json, text, vectors, wireproof};

/// A file of cases like this one.
fn file(cases: &[&str]) -> String {
    let head = "{\"format\": 1, \"protocol\": \"http1\", \"suite\": \"simple\", \"cases\": [";
    format!("{head}\n{}\n]}}\n", cases.join(",\n"))
}

/// A case with this id and one more member.
fn case(id: &str, member: &str) -> String {
    format!(
        "{{\"id\": \"{id}\", \"title\": \"A GET request\", \"role\": \"server\", \"level\": \"OBSERVE\"{member}, \
         \"steps\": [{{\"receive\": \"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\"}}], \
         \"outcomes\": [{{\"name\": \"seen\", \"is\": \"seen\", \"when\": [{{\"seen\": {{\"event\": \"request\"}}}}]}}]}}"
    )
}

#[test]
fn a_broken_file_is_named_with_line_case_and_member() {
    let good = case("h1.one", "");
    for (broken, words) in [
        (file(&[&good, &case("h1.two", ", \"colour\": 1")]), &["http1/a.json:3", "h1.two", "colour"][..]),
        (file(&[&good, &case("h1.two", ", \"needs\": [\"magic\"]")]), &["http1/a.json:3", "h1.two", "needs", "magic"]),
        ("{\"format\": 1,\n oops".to_owned(), &["http1/a.json:2"]),
    ] {
        let folder = folder(&[("http1/a.json", &broken)]);
        let with = |arguments: &[&str]| wireproof(&[&["--vectors", text(folder.path())], arguments].concat());
        with(&["run", "httparse"]).complains(2, words);
        with(&["list", "cases"]).complains(2, words);
        holds(with(&["vectors", "lint"]).with_code(1), words);
    }
}

#[test]
fn an_id_taken_twice_is_named_with_both_places() {
    let one = file(&[&case("h1.one", "")]);
    let folder = folder(&[("http1/a.json", &one), ("http1/b.json", &one)]);
    let ran = wireproof(&["run", "httparse", "--vectors", text(folder.path())]);
    ran.complains(2, &["http1/b.json:2: case h1.one: id:", "taken by http1/a.json:2"]);
}

#[test]
fn other_vectors_run() {
    let folder = folder(&[("http1/a.json", &file(&[&case("h1.one", "")]))]);
    let ran = wireproof(&["run", "httparse", "--vectors", text(folder.path()), "--cuts", "none", "--no-ledger"]);
    holds(ran.with_code(0), &["1 case × 1 subject", "1 seen"]);
    let empty = crate::support::folder(&[]);
    wireproof(&["run", "httparse", "--vectors", text(empty.path())]).complains(2, &["no cases"]);
}

#[test]
fn the_bundled_vectors_have_no_defects() {
    holds(wireproof(&["vectors", "lint"]).with_code(0), &[" cases, ", ", 0 defects"]);
}

#[test]
fn fmt_says_and_mends_what_is_laid_out_otherwise() {
    let tidy = wireproof(&["vectors", "fmt", "--check", "--vectors", text(&vectors())]);
    assert_eq!(tidy.with_code(0), "");
    let folder = folder(&[("http1/a.json", &file(&[&case("h1.one", "")]))]);
    let fmt = |more: &[&str]| wireproof(&[&["vectors", "fmt", "--vectors", text(folder.path())], more].concat());
    holds(fmt(&["--check"]).with_code(1), &["would change", "http1/a.json"]);
    holds(fmt(&[]).with_code(0), &["changed", "http1/a.json"]);
    assert_eq!(fmt(&["--check"]).with_code(0), "");
    std::fs::write(folder.path().join("http1/a.json"), "{\n\n oops").expect("a file");
    fmt(&["--check"]).complains(2, &["http1/a.json:3: not JSON"]);
}

#[test]
fn generated_files_are_what_their_tables_make() {
    let tidy = wireproof(&["vectors", "generate", "--check", "--vectors", text(&vectors())]);
    assert_eq!(tidy.with_code(0), "");
    let table = format!(
        "{{\"about\": \"a\", \"writes\": \"http1/a.json\", \"file\": {{\"format\": 1, \"protocol\": \"http1\", \"suite\": \"a\"}}, \
         \"templates\": {{\"one\": {}}}, \
         \"grids\": [{{\"template\": \"one\", \"dimensions\": [{{\"columns\": [\"name\"], \"rows\": [[\"a\"], [\"b\"]]}}], \
         \"except\": [{{\"name\": \"b\", \"covered\": \"h1.b\"}}]}}]}}",
        case("h1.${name}", "")
    );
    let other = file(&[&case("h1.b", "")]).replace("{\"format\"", "{\"generated\": \"generate/gone.json\", \"format\"");
    let folder = folder(&[("generate/a.json", &table), ("http1/b.json", &other)]);
    let generate =
        |more: &[&str]| wireproof(&[&["vectors", "generate", "--vectors", text(folder.path())], more].concat());
    holds(
        generate(&["--check"]).with_code(1),
        &["would change", "http1/a.json", "http1/b.json: says that it is generated"],
    );
    std::fs::write(folder.path().join("http1/b.json"), file(&[&case("h1.c", "")])).expect("a file");
    holds(generate(&[]).with_code(1), &["changed", "http1/a.json", "a cell names h1.b: no such case"]);
    holds(generate(&["--check"]).with_code(1), &["a cell names h1.b: no such case"]);
    std::fs::write(folder.path().join("http1/b.json"), file(&[&case("h1.b", "")])).expect("a file");
    assert_eq!(generate(&["--check"]).with_code(0), "");
    std::fs::write(folder.path().join("generate/a.json"), table.replace("${name}", "${nam}")).expect("a file");
    generate(&["--check"]).complains(2, &["generate/a.json:1", "nothing is named \"nam\""]);
}

#[test]
fn every_exported_line_is_json_with_its_digest() {
    let ran = wireproof(&["vectors", "export"]);
    let out = ran.with_code(0);
    assert!(out.lines().count() > 1000);
    for line in out.lines() {
        let mut case = json(line);
        let members = case.as_object_mut().expect("an object");
        let said = members.shift_remove("sha256").expect("a digest");
        let digest: String = Sha256::digest(case.to_string()).iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(said, digest, "{}", case["id"]);
    }
}
