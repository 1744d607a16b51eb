//! Tables become files, and what is wrong with a table is said.

use super::*;
use serde_json::json;

fn table() -> Json {
    json!({
        "about": "a test", "writes": "http1/${role}.json", "file": {"suite": "a/${role}", "lets": {"host": "Host: a\r\n"}},
        "parts": {"refused": {"name": "refused", "when": [{"expect": [{"event": "rejected", "at": "⟨⟩"}]}]}},
        "templates": {"one": {
            "id": "h1.${role}.${octet}", "twin": "${twin?}", "tags": ["a", "${...tags?}"],
            "steps": [{"receive": ["GET / HTTP/1.1\r\n", {"let": "host"}, "X: ⟨${text}b⟩\r\n\r\n"]}],
            "outcomes": ["${refused}"]
        }},
        "grids": [{
            "template": "one",
            "dimensions": [
                {"columns": ["role"], "rows": [["server"], ["client"]]},
                {"columns": ["octet", "text"], "rows": [["nul", "a⟨\u{0}", {"tags": ["control"]}], ["tab", "\t"], ["sp", " "]]},
            ],
            "except": [
                {"role": "client", "octet": ["tab"], "covered": "h1.other"},
                {"octet": "sp", "left": "it is OWS"},
                {"role": "client", "set": {"twin": "h1.twin"}},
            ],
        }],
    })
}

#[test]
fn a_grid_becomes_files_with_offsets_for_marks() {
    let family = generate("generate/a.json", &table().to_string()).unwrap();
    assert_eq!(family.covered, ["h1.other"]);
    let files: Vec<(&str, Json)> =
        family.files.iter().map(|f| (f.path.as_str(), serde_json::from_str(&f.text).unwrap())).collect();
    let [("http1/server.json", server), ("http1/client.json", client)] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!((&server["suite"], &server["generated"]), (&json!("a/server"), &json!("generate/a.json")));
    let nul = &server["cases"][0];
    assert_eq!(nul["id"], "h1.server.nul");
    assert_eq!(nul["tags"], json!(["a", "control"]));
    assert_eq!(nul["steps"][0]["receive"][2], "X: a\u{0}b\r\n\r\n");
    assert_eq!(nul["outcomes"][0]["when"][0]["expect"][0]["at"], json!([29, 30]));
    assert_eq!(server["cases"][1]["outcomes"][0]["when"][0]["expect"][0]["at"], json!([28, 29]));
    assert_eq!((server["cases"].as_array().map(Vec::len), nul.get("twin")), (Some(2), None));
    assert_eq!((client["cases"].as_array().map(Vec::len), &client["cases"][0]["twin"]), (Some(1), &json!("h1.twin")));
}

#[test]
fn what_is_wrong_with_a_table_is_said() {
    let check = |change: fn(&mut Json), expected: &str| {
        let mut table = table();
        change(&mut table);
        let defect = generate("generate/a.json", &table.to_string()).unwrap_err();
        assert!(defect.to_string().contains(expected), "{defect}");
    };
    check(|t| t["more"] = json!(1), "unknown field `more`");
    check(|t| t["templates"]["one"]["why"] = json!("${why}"), "\"server\" × \"nul\": nothing is named \"why\"");
    check(|t| t["parts"]["refused"] = json!("${refused}"), "does one name itself?");
    check(|t| t["grids"][0]["template"] = json!("two"), "no template \"two\"");
    check(|t| t["grids"][0]["except"][1]["left"] = json!(1), "an exception has one of");
    check(|t| t["grids"][0]["dimensions"][1]["rows"][1] = json!(["tab"]), "does not fit the columns");
    check(|t| t["matrix"] = json!({"columns": ["at", "NUL"], "rows": [["name", 1]]}), "\"name\" × NUL: an id");
    check(|t| t["matrix"] = json!({"columns": ["at", "NUL"], "rows": [["name"]]}), "does not fit the columns");
    check(|t| t["templates"]["one"]["steps"] = json!([{"receive": "a"}]), "without both marks");
}
