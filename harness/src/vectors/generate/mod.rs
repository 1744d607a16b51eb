//! Expands the tables of `vectors/generate/` to ordinary vector files: templates of cases, and dimensions whose cross
//! product fills them. The notation is described in `vectors/generate/README.md`.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::build::{Lets, octets};
use super::format::tidy;
use super::load::Defect;

/// Stands before the first octet at which refusing is right; no Latin-1 character, so never an octet of a case.
const FIRST: char = '⟨';

/// Stands behind the last octet at which refusing is right.
const LAST: char = '⟩';

/// How deep a value may name others.
const DEEPEST: usize = 16;

/// A file that a table makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Its path below the vectors folder.
    pub path: String,
    /// Its text, in the layout of `vectors fmt`.
    pub text: String,
}

/// What a table makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    /// The files, in the order in which the table first names them.
    pub files: Vec<Generated>,
    /// Ids of other cases that the table says fill a cell of its grids.
    pub covered: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    writes: String,
    #[serde(default)]
    file: Map<String, Json>,
    #[serde(default)]
    parts: Map<String, Json>,
    #[serde(default)]
    templates: Map<String, Json>,
    #[serde(default)]
    grids: Vec<Grid>,
    matrix: Option<Dimension>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grid {
    /// The template of every cell whose rows name no other.
    template: Option<String>,
    dimensions: Vec<Dimension>,
    #[serde(default)]
    except: Vec<Map<String, Json>>,
}

/// Rows of values under names; the first column names the row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dimension {
    columns: Vec<String>,
    rows: Vec<Vec<Json>>,
}

/// The files that the table `name` makes, or the first thing that is wrong with it.
pub fn generate(name: &str, text: &str) -> Result<Family, Defect> {
    let wrong = |line: usize, member: String, what: String| Defect {
        place: format!("{name}:{line}"),
        case: None,
        member,
        what,
    };
    let table: Table =
        serde_json::from_str(text).map_err(|e| wrong(e.line(), String::new(), format!("not a table: {e}")))?;
    let (mut files, mut covered) = (Vec::<(String, Map<String, Json>)>::new(), Vec::new());
    for (at, grid) in table.grids.iter().enumerate() {
        for values in cells(grid).map_err(|what| wrong(1, format!("grids/{at}"), what))? {
            let cell = describe(grid, &values);
            let at = || format!("grids/{at} {cell}");
            match excepted(grid, values).map_err(|what| wrong(1, at(), what))? {
                Cell::Left => {}
                Cell::Covered(ids) => covered.extend(ids),
                Cell::Made(values) => {
                    table.add(name, grid, &values, &mut files).map_err(|what| wrong(1, at(), what))?;
                }
            }
        }
    }
    if let Some(matrix) = &table.matrix {
        covered.extend(filled(matrix).map_err(|what| wrong(1, "matrix".to_owned(), what))?);
    }
    let files = files.into_iter().map(|(path, file)| Generated { path, text: tidy(&Json::Object(file)) }).collect();
    Ok(Family { files, covered })
}

impl Table {
    /// Adds one cell's case to the file it belongs to.
    fn add(
        &self,
        name: &str,
        grid: &Grid,
        values: &Map<String, Json>,
        files: &mut Vec<(String, Map<String, Json>)>,
    ) -> Result<(), String> {
        let names = Names { parts: &self.parts, values };
        let template = match (values.get("template").and_then(Json::as_str), &grid.template) {
            (Some(named), _) => named,
            (None, Some(named)) => named,
            (None, None) => return Err("neither the grid nor a row names a template".to_owned()),
        };
        let template = self.templates.get(template).ok_or_else(|| format!("no template {template:?}"))?;
        let mut case = names.expand(template, 0)?.ok_or("an empty template")?;
        let path = names.text(&self.writes, 0)?;
        let file = match files.iter().position(|(known, _)| *known == path) {
            Some(at) => &mut files[at].1,
            None => {
                let mut file = names.object(&self.file, 0)?;
                file.insert("generated".into(), name.into());
                file.insert("cases".into(), Json::Array(Vec::new()));
                files.push((path, file));
                &mut files.last_mut().ok_or("a file was just added")?.1
            }
        };
        let lets = match file.get("lets") {
            Some(lets) => serde_json::from_value(lets.clone()).map_err(|e| e.to_string())?,
            None => Lets::new(),
        };
        place_marks(&mut case, &lets)?;
        if let Some(Json::Array(cases)) = file.get_mut("cases") {
            cases.push(case);
        }
        Ok(())
    }
}

/// The values of every cell of a grid, the last dimension varying first.
fn cells(grid: &Grid) -> Result<Vec<Map<String, Json>>, String> {
    let mut cells = vec![Map::new()];
    for dimension in &grid.dimensions {
        let rows: Vec<Map<String, Json>> =
            dimension.rows.iter().map(|row| named(&dimension.columns, row)).collect::<Result<_, _>>()?;
        let with = |cell: &Map<String, Json>, row: &Map<String, Json>| {
            let mut cell = cell.clone();
            cell.extend(row.clone());
            cell
        };
        cells = cells.iter().flat_map(|cell| rows.iter().map(move |row| with(cell, row))).collect();
    }
    Ok(cells)
}

/// A row's values under their columns' names; an object behind them names more.
fn named(columns: &[String], row: &[Json]) -> Result<Map<String, Json>, String> {
    let more = match (row.get(columns.len()), row.len().saturating_sub(columns.len())) {
        (None, _) if row.len() == columns.len() => Map::new(),
        (Some(Json::Object(more)), 1) => more.clone(),
        _ => return Err(format!("the row {} does not fit the columns {columns:?}", Json::from(row))),
    };
    let mut values: Map<String, Json> = columns.iter().cloned().zip(row.iter().cloned()).collect();
    values.extend(more);
    Ok(values)
}

/// A cell by the names of its rows.
fn describe(grid: &Grid, values: &Map<String, Json>) -> String {
    let names = grid.dimensions.iter().filter_map(|d| d.columns.first());
    names.filter_map(|name| values.get(name)).map(Json::to_string).collect::<Vec<_>>().join(" × ")
}

/// What becomes of a cell.
enum Cell {
    Made(Map<String, Json>),
    Covered(Vec<String>),
    Left,
}

/// A cell after the exceptions that name it: other values, a case elsewhere, or none for a reason.
fn excepted(grid: &Grid, mut values: Map<String, Json>) -> Result<Cell, String> {
    let mut covered = Vec::new();
    for exception in &grid.except {
        let about = |name: &str| !matches!(name, "covered" | "left" | "set");
        let fits = exception.iter().filter(|(name, _)| about(name)).all(|(name, wanted)| match wanted {
            Json::Array(any) => values.get(name).is_some_and(|value| any.contains(value)),
            one => values.get(name) == Some(one),
        });
        if !fits {
            continue;
        }
        match (exception.get("covered"), exception.get("left"), exception.get("set")) {
            (Some(Json::String(id)), None, None) => covered.push(id.clone()),
            (None, Some(Json::String(_)), None) => return Ok(Cell::Left),
            (None, None, Some(Json::Object(set))) => values.extend(set.clone()),
            _ => return Err("an exception has one of \"covered\" (an id), \"left\" (a reason), \"set\"".to_owned()),
        }
    }
    Ok(if covered.is_empty() { Cell::Made(values) } else { Cell::Covered(covered) })
}

/// The ids in a matrix. Every cell holds the id of a case, a list of ids, or why there is none.
fn filled(matrix: &Dimension) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for row in &matrix.rows {
        if row.len() != matrix.columns.len() {
            return Err(format!(
                "the row {} does not fit the columns {:?}",
                Json::from(row.as_slice()),
                matrix.columns
            ));
        }
        for (cell, column) in row.iter().zip(&matrix.columns).skip(1) {
            let id = |id: &Json| id.as_str().map(str::to_owned);
            let some = match cell {
                Json::Array(list) if !list.is_empty() => list.iter().map(id).collect(),
                Json::Object(left) if left.get("left").is_some_and(Json::is_string) => Some(Vec::new()),
                one => id(one).map(|id| vec![id]),
            };
            ids.extend(some.ok_or_else(|| format!("{} × {column}: an id, ids, or {{\"left\": why}}", row[0]))?);
        }
    }
    Ok(ids)
}

/// What `${name}` stands for: a cell's values, and the table's parts.
struct Names<'a> {
    parts: &'a Map<String, Json>,
    values: &'a Map<String, Json>,
}

impl Names<'_> {
    /// A value with every name resolved; nothing where it is `"${name?}"` and there is no such value.
    fn expand(&self, json: &Json, depth: usize) -> Result<Option<Json>, String> {
        if depth > DEEPEST {
            return Err("values nest too deep; does one name itself?".to_owned());
        }
        Ok(Some(match json {
            Json::String(text) => match whole(text) {
                Some(name) => return self.value(name, depth + 1),
                None => Json::String(self.text(text, depth)?),
            },
            Json::Array(items) => Json::Array(self.list(items, depth)?),
            Json::Object(members) => Json::Object(self.object(members, depth)?),
            other => other.clone(),
        }))
    }

    fn value(&self, name: &str, depth: usize) -> Result<Option<Json>, String> {
        let (plain, optional) = match name.strip_suffix('?') {
            Some(plain) => (plain, true),
            None => (name, false),
        };
        match self.values.get(plain).or_else(|| self.parts.get(plain)) {
            Some(value) => self.expand(value, depth),
            None if optional => Ok(None),
            None => Err(format!("nothing is named {plain:?}")),
        }
    }

    fn object(&self, members: &Map<String, Json>, depth: usize) -> Result<Map<String, Json>, String> {
        let mut out = Map::new();
        for (name, value) in members {
            if let Some(value) = self.expand(value, depth + 1)? {
                out.insert(name.clone(), value);
            }
        }
        Ok(out)
    }

    /// A list; the items of `"${...name}"` stand in its place.
    fn list(&self, items: &[Json], depth: usize) -> Result<Vec<Json>, String> {
        let mut out = Vec::new();
        for item in items {
            let spliced = item.as_str().and_then(whole).and_then(|name| name.strip_prefix("..."));
            match spliced {
                Some(name) => match self.value(name, depth + 1)? {
                    Some(Json::Array(more)) => out.extend(more),
                    None => {}
                    Some(_) => return Err(format!("{name} is no list")),
                },
                None => out.extend(self.expand(item, depth + 1)?),
            }
        }
        Ok(out)
    }

    /// A text with the texts and numbers that it names in place.
    fn text(&self, text: &str, depth: usize) -> Result<String, String> {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, behind)) = rest.split_once("${") {
            let (name, after) = behind.split_once('}').ok_or_else(|| format!("{text:?}: ${{ without }}"))?;
            out.push_str(before);
            match self.value(name, depth + 1)? {
                Some(Json::String(value)) => out.push_str(&value),
                Some(Json::Number(value)) => out.push_str(&value.to_string()),
                None => {}
                Some(_) => return Err(format!("{name} stands inside a text and is no text")),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// The name in a text that is nothing but `${name}`.
fn whole(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}').filter(|name| !name.contains("${"))
}

/// Puts offsets where `"at": "⟨⟩"` stands, and takes the marks out of every text. Where there are several marks, the
/// innermost count.
fn place_marks(case: &mut Json, lets: &Lets) -> Result<(), String> {
    let (mut first, mut last, mut offset) = (None, None, 0);
    let steps = case.get("steps").and_then(Json::as_array);
    for received in steps.into_iter().flatten().filter_map(|step| step.get("receive")) {
        find_marks(received, lets, &mut offset, &mut |mark, at| match mark {
            FIRST => first = Some(at),
            _ => last = last.or(Some(at.saturating_sub(1))),
        })?;
    }
    let at = first.zip(last).map(|(first, last)| Json::from(vec![first, last]));
    strip_marks(case, &at)
}

fn find_marks(json: &Json, lets: &Lets, offset: &mut usize, found: &mut dyn FnMut(char, usize)) -> Result<(), String> {
    match json {
        Json::String(text) => {
            for c in text.chars() {
                if c == FIRST || c == LAST { found(c, *offset) } else { *offset += 1 }
            }
        }
        Json::Array(parts) => parts.iter().try_for_each(|part| find_marks(part, lets, offset, found))?,
        form => *offset += octets(form, lets)?.len(),
    }
    Ok(())
}

fn strip_marks(json: &mut Json, at: &Option<Json>) -> Result<(), String> {
    match json {
        Json::String(text) => text.retain(|c| c != FIRST && c != LAST),
        Json::Array(items) => {
            items.retain(|item| item != "⟨" && item != "⟩");
            items.iter_mut().try_for_each(|item| strip_marks(item, at))?;
        }
        Json::Object(members) => {
            for (name, value) in members {
                if name == "at" && value == "⟨⟩" {
                    *value = at.clone().ok_or("\"at\": \"⟨⟩\" without both marks in what is received")?;
                } else {
                    strip_marks(value, at)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
