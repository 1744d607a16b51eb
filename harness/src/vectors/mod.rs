//! Vectors: cases as data. The format is described for readers in any language in `vectors/README.md`, and by the
//! JSON Schema in `vectors/schema/`.

mod build;
mod export;
mod format;
mod generate;
mod lint;
mod load;
mod model;
mod schema;
mod sheet;
mod workload;

pub use export::{digest, export};
pub use format::{format_file, tidy};
pub use generate::{Family, Generated, generate};
pub use lint::lint;
pub use load::{Defect, Suite};
pub use model::{Case, CaseCuts, Condition, EventPattern, Is, Level, MemberPattern, Outcome};
pub use schema::SCHEMA;
pub(crate) use sheet::{Sheets, mark};
pub use workload::{Chart, Workload};
