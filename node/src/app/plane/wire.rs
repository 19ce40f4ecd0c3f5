//! Domain → wire: what another data plane is asked and told.

use contracts::dps::{DataFlowMessage, Notice as Word, StartedNotification};
use contracts::dsp::transfer::{DataAddress, HTTP_PUSH};
use contracts::id::Pid;
use serde::Serialize;
use serde_json::Map;

use super::{Notice, attached};
use crate::app::peer::{outgoing_body, path_segment};
use crate::app::{App, Error, Hosted};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::plane::{Ask, DataPlane};
use crate::domain::transfer::Transfer;
use crate::identity::random;

/// Stands for the data plane's name of the flow, which may be unknown when the message is written.
const FLOW: &str = ":flow";
/// Data planes may serve several dataspaces; this node knows one.
const DATASPACE: &str = "default";

fn outgoing<M: Serialize>(
    t: &Transfer,
    kind: &'static str,
    path: &str,
    message: &M,
) -> Result<Outgoing, Error> {
    Ok(Outgoing {
        process: Process::Plane(t.pid.clone()),
        peer: t.peer.clone(),
        kind,
        url: path.to_owned(),
        body: outgoing_body(message)?,
    })
}

/// Prepare, start or resume; a push is given where to send, a resumption what the peer said.
pub(super) fn ask(
    app: &App,
    hosted: &Hosted,
    t: &Transfer,
    ask: Ask,
    given: Option<DataAddress>,
) -> Result<Outgoing, Error> {
    if ask == Ask::Resume {
        let message = StartedNotification { message_id: Some(random::nonce()), data_address: given };
        return outgoing(t, ask.as_str(), &format!("dataflows/{FLOW}/resume"), &message);
    }
    let plane = attached(app, hosted).find(|plane| Some(plane.name.as_str()) == t.plane.name());
    let profile = plane.and_then(|plane| plane.profile(&t.format)).unwrap_or(&t.format);
    let metadata =
        t.purpose.as_ref().map(|purpose| Map::from_iter([("purpose".into(), purpose.as_str().into())]));
    let message = DataFlowMessage {
        message_id: random::nonce(),
        participant_id: hosted.did().to_string(),
        counter_party_id: t.peer.to_string(),
        dataspace_context: DATASPACE.into(),
        process_id: t.pid.segment().to_owned(),
        agreement_id: t.agreement.to_string(),
        dataset_id: t.dataset.to_string(),
        profile: profile.to_owned(),
        claims: Map::from_iter([("sub".into(), t.peer.as_str().into())]),
        metadata,
        data_address: given.filter(|_| t.format == HTTP_PUSH),
    };
    outgoing(t, ask.as_str(), &format!("dataflows/{}", ask.as_str()), &message)
}

pub(super) fn notice(t: &Transfer, notice: Notice) -> Result<Outgoing, Error> {
    let message_id = Some(random::nonce());
    let (kind, reason) = match notice {
        Notice::Started(data_address) => {
            let message = StartedNotification { message_id, data_address };
            return outgoing(t, "started", &format!("dataflows/{FLOW}/started"), &message);
        }
        Notice::Suspend(reason) => ("suspend", reason),
        Notice::Terminate(reason) => ("terminate", reason),
        Notice::Completed => ("completed", None),
    };
    outgoing(t, kind, &format!("dataflows/{FLOW}/{kind}"), &Word { message_id, reason })
}

/// Where such a message goes now, and with what token: as the configuration has it.
///
/// # Errors
/// Why it cannot be sent, as a sentence.
pub async fn destination(
    app: &App,
    hosted: &Hosted,
    pid: &Pid,
    path: &str,
) -> Result<(String, String), String> {
    let found = app.store.transfer(hosted.id(), pid).await.map_err(|e| e.to_string())?;
    let Some(DataPlane::Foreign(foreign)) = found.map(|transfer| transfer.plane) else {
        return Err("its transfer has no other data plane".into());
    };
    let plane = attached(app, hosted).find(|plane| plane.name == foreign.name);
    let plane = plane.ok_or_else(|| format!("the configuration has no data plane `{}`", foreign.name))?;
    let flow = path_segment(foreign.flow.as_deref().unwrap_or(pid.segment()));
    let url = format!("{}/{}", plane.url.trim_end_matches('/'), path.replace(FLOW, &flow));
    Ok((url, plane.token(&app.config)?))
}
