//! The least and the greatest value of a column, as its row groups state them.

use super::thrift::Struct;

/// Columns of which anything is kept.
const MOST: usize = 20_000;

/// Physical types (parquet.thrift, `Type`).
pub const BOOLEAN: i64 = 0;
pub const INT32: i64 = 1;
pub const INT64: i64 = 2;
pub const INT96: i64 = 3;
pub const FLOAT: i64 = 4;
pub const DOUBLE: i64 = 5;

#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    Int(i64),
    Float(f64),
    Text(String),
}

/// What is stated of a column.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    pub nulls: Option<u64>,
    pub range: Option<(Value, Value)>,
}

impl Bounds {
    /// Of each column that holds values, over all row groups. What one group does not state is not known.
    pub fn all(footer: Struct<'_>) -> Vec<Self> {
        let mut all: Option<Vec<Self>> = None;
        for group in footer.structures(4) {
            let chunks = group.structures(1).take(MOST);
            let own = chunks.map(|chunk| chunk.structure(3).map(Self::stated).unwrap_or_default());
            all = Some(match all {
                None => own.collect(),
                Some(before) => before.into_iter().zip(own).map(|(before, own)| before.and(own)).collect(),
            });
        }
        all.unwrap_or_default()
    }

    fn and(self, other: Self) -> Self {
        let range = self
            .range
            .zip(other.range)
            .map(|((a, b), (c, d))| (if c < a { c } else { a }, if d > b { d } else { b }));
        Self { nulls: self.nulls.zip(other.nulls).and_then(|(a, b)| a.checked_add(b)), range }
    }

    fn stated(chunk: Struct<'_>) -> Self {
        let Some(statistics) = chunk.structure(12) else { return Self::default() };
        let kind = chunk.int(1).unwrap_or(-1);
        let read = |now: i64, before: i64, exact: i64| {
            let whole = statistics.bool(exact) != Some(false);
            // The older fields compare bytes as signed: they are right for numbers alone.
            let older = || statistics.bytes(before).filter(|_| kind <= DOUBLE);
            statistics.bytes(now).filter(|_| whole).or_else(older).and_then(|bytes| value(kind, bytes))
        };
        Self {
            nulls: statistics.int(3).and_then(|nulls| u64::try_from(nulls).ok()),
            range: read(6, 2, 8).zip(read(5, 1, 7)),
        }
    }
}

fn value(kind: i64, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        INT32 => Value::Int(i32::from_le_bytes(bytes.try_into().ok()?).into()),
        INT64 => Value::Int(i64::from_le_bytes(bytes.try_into().ok()?)),
        FLOAT => Value::Float(f32::from_le_bytes(bytes.try_into().ok()?).into()),
        DOUBLE => Value::Float(f64::from_le_bytes(bytes.try_into().ok()?)),
        BOOLEAN | INT96 => return None,
        _ => Value::Text(std::str::from_utf8(bytes).ok()?.to_owned()),
    })
}
