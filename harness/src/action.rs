//! Actions without their protocol's types: JSON, and beside it, made once, what an adapter of this process takes.

use std::any::{Any, TypeId};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

/// An action in its JSON form. It is cheap to clone, and reading it into a protocol's type happens once, however often
/// and by however many subjects it is sent: doing it each time would cost more than most subjects take to send it.
#[derive(Clone)]
pub struct AnyAction(Arc<Inner>);

struct Inner {
    json: Json,
    /// What it was read as: the protocol's type, and what goes through the C ABI.
    read: [OnceLock<(TypeId, Result<Made, String>)>; 2],
}

type Made = Box<dyn Any + Send + Sync>;

impl AnyAction {
    /// Its JSON form.
    pub fn json(&self) -> &Json {
        &self.0.json
    }

    /// It as a protocol's type, or why it is none.
    pub fn typed<A: DeserializeOwned + Send + Sync + 'static>(&self) -> Result<&A, String> {
        self.read_as(|json| A::deserialize(json).map_err(|e| format!("not an action: {e}")))
    }

    /// It as whatever `read` makes of the JSON form, the first time.
    pub fn read_as<A: Send + Sync + 'static>(&self, read: impl Fn(&Json) -> Result<A, String>) -> Result<&A, String> {
        let made = || (TypeId::of::<A>(), read(self.json()).map(|action| Box::new(action) as Made));
        let mut slots = self.0.read.iter().map(|slot| slot.get_or_init(made));
        let (_, made) =
            slots.find(|(of, _)| *of == TypeId::of::<A>()).ok_or("an action is read as two types at most")?;
        made.as_ref().map_err(Clone::clone)?.downcast_ref().ok_or_else(String::new) // the type was compared
    }
}

impl From<Json> for AnyAction {
    fn from(json: Json) -> AnyAction {
        AnyAction(Arc::new(Inner { json, read: Default::default() }))
    }
}

impl Deref for AnyAction {
    type Target = Json;

    fn deref(&self) -> &Json {
        self.json()
    }
}

impl PartialEq for AnyAction {
    fn eq(&self, other: &AnyAction) -> bool {
        self.json() == other.json()
    }
}

impl fmt::Debug for AnyAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json().fmt(f)
    }
}

impl Serialize for AnyAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AnyAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AnyAction, D::Error> {
        Json::deserialize(deserializer).map(AnyAction::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::Action;
    use serde_json::json;

    #[test]
    fn an_action_is_read_once() {
        let action = AnyAction::from(json!({"data": "a\u{ff}"}));
        let first: *const Action = action.clone().typed::<Action>().expect("an action");
        let again: *const Action = action.typed::<Action>().expect("an action");
        assert_eq!(first, again);
        assert!(matches!(action.typed::<Action>(), Ok(Action::Data(data)) if **data == *b"a\xff"));
        let length = action.read_as(|json| Ok(json.to_string().len()));
        let written = action.to_string().len();
        assert_eq!((length, action.read_as(|_| Ok(0_usize))), (Ok(&written), Ok(&written)));
        assert!(action.read_as(|_| Ok(())).is_err_and(|why| why.contains("two types")));
    }

    #[test]
    fn what_is_no_action_says_so_each_time() {
        for json in [json!({"shout": {}}), json!({"data": "→"})] {
            let action = AnyAction::from(json);
            let why = action.typed::<Action>().expect_err("no action");
            assert!(why.starts_with("not an action"), "{why}");
            assert_eq!(action.typed::<Action>(), Err(why));
        }
    }
}
