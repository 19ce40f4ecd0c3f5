//! What moves the bytes of a transfer, and what it is asked for (Data Plane Signaling 1.0-RC3).

/// Whose program moves the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DataPlane {
    /// This node itself: it decides each delivery, and does at once what it is asked.
    #[default]
    Local,
    /// Another program of the member: it is asked by messages, and decides nothing.
    Foreign(Foreign),
}

/// A data flow at another data plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The data plane, as the configuration and the log name it.
    pub name: String,
    /// Its name for the flow, once it has answered.
    pub flow: Option<String>,
    /// What it was asked for and has not done yet; what follows from it waits.
    pub asked: Option<Ask>,
}

/// What a data plane is asked for; the transfer goes on when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Consumer: make ready to take bytes; a push is given its sink.
    Prepare,
    /// Provider: let bytes flow; a pull is given its address.
    Start,
    /// Either: let them flow again.
    Resume,
}

impl DataPlane {
    /// A flow at a data plane that has not heard of it yet.
    pub fn foreign(name: &str) -> Self {
        Self::Foreign(Foreign { name: name.to_owned(), flow: None, asked: None })
    }
    /// The data plane's name, if it is not this node's own.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Local => None,
            Self::Foreign(foreign) => Some(&foreign.name),
        }
    }
    /// Waits for nothing any more.
    pub fn forget(&mut self) {
        if let Self::Foreign(foreign) = self {
            foreign.asked = None;
        }
    }
    /// What is being waited for.
    pub fn asked(&self) -> Option<Ask> {
        match self {
            Self::Local => None,
            Self::Foreign(foreign) => foreign.asked,
        }
    }
}

impl Foreign {
    /// Whether it has heard of the flow.
    pub fn knows(&self) -> bool {
        self.flow.is_some() || self.asked.is_some()
    }
}

impl Ask {
    pub const ALL: [Self; 3] = [Self::Prepare, Self::Start, Self::Resume];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Start => "start",
            Self::Resume => "resume",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ask| ask.as_str() == text)
    }
}
