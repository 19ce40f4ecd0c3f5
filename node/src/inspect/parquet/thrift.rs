//! Values in the compact protocol of Thrift, read where they lie: nothing is kept for what a file only claims to have.
//!
//! A container is checked to its end before it is given, so that reading in it does not fail.

/// Containers within containers.
const DEPTH: usize = 32;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// The fields of a structure.
#[derive(Debug, Clone, Copy)]
pub struct Struct<'a>(&'a [u8]);

/// Elements of one kind.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    kind: u8,
    count: u64,
    items: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Bool(bool),
    Int(i64),
    Bytes(&'a [u8]),
    List(List<'a>),
    Struct(Struct<'a>),
    /// A number with a fraction, a map, an identifier.
    Other,
}

impl<'a> Struct<'a> {
    /// The structure that bytes begin with; nothing when they are none, or not whole.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut left = bytes;
        skip(&mut left, STRUCT, DEPTH)?;
        Some(Self(bytes))
    }

    /// The value of a field, by its number.
    pub fn field(self, wanted: i64) -> Option<Value<'a>> {
        let (mut left, mut number) = (self.0, 0);
        while let Some(kind) = field(&mut left, &mut number)? {
            let found = value(&mut left, kind, DEPTH)?;
            if number == wanted {
                return Some(found);
            }
        }
        None
    }

    pub fn int(self, number: i64) -> Option<i64> {
        if let Value::Int(value) = self.field(number)? { Some(value) } else { None }
    }
    pub fn bool(self, number: i64) -> Option<bool> {
        if let Value::Bool(value) = self.field(number)? { Some(value) } else { None }
    }
    pub fn bytes(self, number: i64) -> Option<&'a [u8]> {
        if let Value::Bytes(value) = self.field(number)? { Some(value) } else { None }
    }
    pub fn text(self, number: i64) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(number)?).ok()
    }
    pub fn structure(self, number: i64) -> Option<Struct<'a>> {
        if let Value::Struct(value) = self.field(number)? { Some(value) } else { None }
    }
    /// The elements of a list; none when there is no such list.
    pub fn list(self, number: i64) -> impl Iterator<Item = Value<'a>> {
        let found = if let Some(Value::List(list)) = self.field(number) { Some(list) } else { None };
        found.into_iter().flat_map(List::items)
    }
    /// The structures in a list.
    pub fn structures(self, number: i64) -> impl Iterator<Item = Struct<'a>> {
        self.list(number).filter_map(|one| if let Value::Struct(one) = one { Some(one) } else { None })
    }
}

impl<'a> List<'a> {
    fn items(self) -> impl Iterator<Item = Value<'a>> {
        let (mut left, mut count) = (self.items, self.count);
        std::iter::from_fn(move || {
            count = count.checked_sub(1)?;
            value(&mut left, self.kind, DEPTH)
        })
    }
}

/// The head of the next field: its kind, `None` at the end; its number is put in place of the one before it.
fn field(left: &mut &[u8], number: &mut i64) -> Option<Option<u8>> {
    let head = byte(left)?;
    if head == 0 {
        return Some(None);
    }
    *number = match head >> 4 {
        0 => zigzag(left)?,
        step => number.checked_add(i64::from(step))?,
    };
    Some(Some(head & 0x0f))
}

fn value<'a>(left: &mut &'a [u8], kind: u8, depth: usize) -> Option<Value<'a>> {
    Some(match kind {
        TRUE | FALSE => Value::Bool(kind == TRUE),
        BYTE => Value::Int(i64::from(byte(left)?.cast_signed())),
        4..=6 => Value::Int(zigzag(left)?),
        BINARY => {
            let length = usize::try_from(varint(left)?).ok()?;
            Value::Bytes(left.split_off(..length)?)
        }
        LIST | SET => {
            let (kind, count) = list(left)?;
            let items = *left;
            elements(left, kind, count, depth)?;
            Value::List(List { kind, count, items })
        }
        STRUCT => {
            let fields = *left;
            skip(left, STRUCT, depth)?;
            Value::Struct(Struct(fields))
        }
        other => {
            skip(left, other, depth)?;
            Value::Other
        }
    })
}

/// Goes past a value.
fn skip(left: &mut &[u8], kind: u8, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match kind {
        TRUE | FALSE => {}
        DOUBLE => drop(left.split_off(..8)?),
        UUID => drop(left.split_off(..16)?),
        BYTE..=BINARY => drop(value(left, kind, depth)?),
        LIST | SET => {
            let (kind, count) = list(left)?;
            elements(left, kind, count, depth)?;
        }
        MAP => {
            let count = varint(left)?;
            let kinds = if count == 0 { 0 } else { byte(left)? };
            for _ in 0..count {
                elements(left, kinds >> 4, 1, depth)?;
                elements(left, kinds & 0x0f, 1, depth)?;
            }
        }
        STRUCT => {
            let mut number = 0;
            while let Some(kind) = field(left, &mut number)? {
                skip(left, kind, depth)?;
            }
        }
        _ => return None,
    }
    Some(())
}

/// Goes past elements, each of which has a byte at least.
fn elements(left: &mut &[u8], kind: u8, count: u64, depth: usize) -> Option<()> {
    for _ in 0..count {
        match kind {
            TRUE | FALSE => drop(byte(left)?),
            kind => skip(left, kind, depth)?,
        }
    }
    Some(())
}

fn list(left: &mut &[u8]) -> Option<(u8, u64)> {
    let head = byte(left)?;
    let count = if head >> 4 == 15 { varint(left)? } else { u64::from(head >> 4) };
    Some((head & 0x0f, count))
}

fn byte(left: &mut &[u8]) -> Option<u8> {
    left.split_off_first().copied()
}

fn varint(left: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(left)?;
        number |= u64::from(next & 0x7f) << shift;
        if next < 0x80 {
            return Some(number);
        }
    }
    None
}

fn zigzag(left: &mut &[u8]) -> Option<i64> {
    let number = varint(left)?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}
