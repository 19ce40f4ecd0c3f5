//! Nothing flows without a signed agreement.

use serde_json::json;
use tests::engine::Engine;
use tests::flow::{PURPOSE, closed, segment};
use tests::on_both;

use super::stage;

on_both!(r29_without_a_signed_agreement_nothing_flows);

async fn r29_without_a_signed_agreement_nothing_flows(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    // No agreement, an agreement of the air, one that is only asked for.
    let none = json!({"agreement": "urn:uuid:0192a000-0000-7000-8000-000000000001", "purpose": PURPOSE});
    epci.post("/transfers", &none).await.problem(404);
    let message = json!({
        "@context": [contracts::dsp::CONTEXT], "@type": "TransferRequestMessage",
        "consumerPid": "urn:r29", "agreementId": "urn:uuid:0192a000-0000-7000-8000-000000000001",
        "format": "HttpData-PULL", "callbackAddress": format!("{}/dsp/2025-1", epci.base),
    });
    assert!(epci.say(&eau, "/transfers/request", &message).await.is_callers_fault());
    for path in
        ["/data/urn:uuid:0192a000-0000-7000-8000-000000000001", &format!("/data/{}", segment(&dataset))]
    {
        assert_eq!(eau.public(path).await.status, 401, "{path}");
    }
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.pulled(&epci.transfer(&agreement, PURPOSE).await).await;
    // Ended, it gives nothing more.
    let path = format!("/contracts/{}/revoke", segment(&agreement));
    eau.post(&path, &json!({"ground": "fin"})).await.ok();
    let again = epci.post("/transfers", &json!({"agreement": agreement, "purpose": PURPOSE})).await;
    if again.status < 300 {
        let id = again.json()["id"].as_str().unwrap().to_owned();
        epci.transfer_in(&id, "TERMINATED").await;
    }
    assert_eq!(eau.logged("delivery.opened").await, 1);
}
