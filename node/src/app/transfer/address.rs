//! Data addresses, as the protocol carries them, read.

use contracts::dsp::transfer::{DataAddress, RESUMABLE};

use crate::app::peer::check_address;
use crate::app::{App, Error};
use crate::domain::transfer::{Address, Sink};
use crate::text::{Sentence, say};

/// Where to fetch. An address without a token asks for none.
pub fn pull(wire: &DataAddress) -> Option<Address> {
    Some(Address {
        endpoint: wire.url()?.to_owned(),
        token: wire.property("authorization").unwrap_or_default().to_owned(),
        scheme: match wire.property("authType").unwrap_or("bearer").to_lowercase() {
            bearer if bearer == "bearer" && wire.is_edc() => "none".into(),
            named => named,
        },
    })
}

/// Where to push. Reads the properties of EDC's HTTP sinks too.
fn sink(wire: &DataAddress) -> Result<Sink, Error> {
    let wrong = |said: Sentence| Error::malformed(said, "/dataAddress");
    let endpoint = wire.url().ok_or_else(|| wrong(say("malformed.no-endpoint")))?;
    let method = wire.property("method").unwrap_or("POST").to_ascii_uppercase();
    if !matches!(method.as_str(), "POST" | "PUT") {
        return Err(wrong(say("malformed.push-method").with("found", method)));
    }
    let authorization = match (wire.property("authKey"), wire.property("authCode")) {
        (Some(key), Some(code)) => Some((key.to_ascii_lowercase(), code.to_owned())),
        _ => wire.property("authorization").map(|token| ("authorization".to_owned(), bearer(token))),
    };
    if let Some((name, _)) = &authorization
        && FRAMING.contains(&name.as_str())
    {
        return Err(wrong(say("malformed.auth-key").with("found", name)));
    }
    let resumable = wire.property(RESUMABLE) == Some("true");
    Ok(Sink { endpoint: endpoint.to_owned(), method, authorization, resumable })
}

/// A sink that this node may call.
pub fn checked_sink(app: &App, address: &DataAddress) -> Result<Sink, Error> {
    let sink = sink(address)?;
    check_address(app, &sink.endpoint, "/dataAddress/endpoint")?;
    Ok(sink)
}

/// Fields that a peer may not set: they say where a message ends and for whom it is.
const FRAMING: [&str; 7] =
    ["host", "content-length", "transfer-encoding", "connection", "content-range", "te", "upgrade"];

fn bearer(token: &str) -> String {
    if token.contains(' ') { token.to_owned() } else { format!("Bearer {token}") }
}
