//! A data token in the wrong hands, and a node that was tampered with: what the provider answers to raw requests.

use contracts::id::Pid;

use super::party::Party;
use super::stage::Stage;
use crate::cli::exit::Failed;
use crate::domain::transfer::Address;
use crate::identity::dpop::{self, Request};
use crate::identity::keys::Purpose;

/// Step 7: the authority's token is stolen from its database; each way to use it without the key is tried.
pub async fn steal(stage: &mut Stage) -> Result<(), Failed> {
    let Some(transfer) = stage.transfers.last().cloned() else { return Ok(()) };
    let Stage { authority, region, voice, outsider, .. } = stage;
    voice.step("demo.steal", &[("authority", authority.name), ("region", region.name)]);
    let address = address(authority, &transfer).await?;
    let own = proof(region, &address)?;
    let tries = [
        ("demo.steal-bearer", format!("Bearer {}", address.token), None),
        ("demo.steal-bare", format!("DPoP {}", address.token), None),
        ("demo.steal-own-key", format!("DPoP {}", address.token), Some(own)),
    ];
    for (key, authorization, proof) in tries {
        voice.tell(key, &[]);
        match ask(outsider, voice.lang(), &address.endpoint, authorization, proof).await? {
            Err(reason) => voice.refused(&reason),
            Ok(()) => voice.not_refused(),
        }
    }
    Ok(())
}

/// After the revocation: even the authority's own key, used around its node, opens nothing.
pub async fn insist(stage: &mut Stage, address: &Address) -> Result<(), Failed> {
    let proof = proof(&stage.authority, address)?;
    let Stage { voice, outsider, .. } = stage;
    voice.tell("demo.insist", &[]);
    let authorization = format!("DPoP {}", address.token);
    match ask(outsider, voice.lang(), &address.endpoint, authorization, Some(proof)).await? {
        Err(reason) => voice.refused(&reason),
        Ok(()) => voice.not_refused(),
    }
    Ok(())
}

/// Where to fetch a transfer's data and with what token: taken out of the party's database, which shows it to nobody.
pub async fn address(party: &Party, transfer: &str) -> Result<Address, Failed> {
    let internal = |e: String| Failed::Internal(e);
    let pid = Pid::from_segment(transfer).map_err(|e| internal(e.to_string()))?;
    let (app, hosted) = party.inside().ok_or_else(|| internal("a node without member".into()))?;
    let mut reader = app.store.read(hosted.id()).await.map_err(|e| internal(e.to_string()))?;
    let found = reader.transfer(&pid).await.map_err(|e| internal(e.to_string()))?;
    found.and_then(|transfer| transfer.address).ok_or_else(|| internal("a transfer without address".into()))
}

/// Proof of possession of the party's own key for one request.
fn proof(party: &Party, address: &Address) -> Result<String, Failed> {
    let internal = |e: String| Failed::Internal(e);
    let (app, hosted) = party.inside().ok_or_else(|| internal("a node without member".into()))?;
    let keys = hosted.keys();
    let key = keys.current(Purpose::Sign, app.now()).map_err(|e| internal(e.to_string()))?;
    let request = Request { method: "GET", url: &address.endpoint, token: &address.token };
    dpop::make(&keys, key.public.thumbprint(), &request, app.now()).map_err(|e| internal(e.to_string()))
}

/// Asks for the data as anybody can; `Err` with the reason when they are refused.
async fn ask(
    http: &reqwest::Client,
    lang: crate::text::Lang,
    url: &str,
    authorization: String,
    proof: Option<String>,
) -> Result<Result<(), String>, Failed> {
    let mut request = http.get(url).header("authorization", authorization);
    request = request.header("accept-language", lang.pick("fr", "en"));
    if let Some(proof) = proof {
        request = request.header("dpop", proof);
    }
    let response = request.send().await.map_err(|e| Failed::Unreachable(e.to_string()))?;
    let status = response.status();
    if status.is_success() {
        return Ok(Ok(()));
    }
    let body = response.bytes().await.map_err(|e| Failed::Unreachable(e.to_string()))?;
    let said = serde_json::from_slice::<contracts::api::Problem>(&body)
        .ok()
        .map(|problem| super::voice::reason(&Failed::Answered(Box::new(problem))));
    Ok(Err(format!("{} {}", status.as_u16(), said.unwrap_or_default())))
}
