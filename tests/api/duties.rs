//! Duties of contracts: dated, reminded of, done late, waived; at both members, over months in seconds.

use contracts::duty::Said;
use node::identity::proof::verify_notice;
use serde_json::{Value, json};
use tests::check::check;
use tests::duties::{DAY, pairs, rounds, settle, stage, states};
use tests::engine::Engine;
use tests::flow::{PURPOSE, segment, text};
use tests::on_both;

on_both!(r42_a_deletion_is_dated_and_attested_or_transfers_stop);

async fn r42_a_deletion_is_dated_and_attested_or_transfers_stop(engine: Engine) {
    let (federation, clock, agreement) = stage(engine, "").await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let both = [&eau, &epci];
    rounds(&both).await;
    let untouched = vec![("pending", "none"), ("pending", "none")];
    for (member, ours) in [(&eau, false), (&epci, true)] {
        assert_eq!(pairs(&states(member).await), untouched);
        let duties = member.all("/duties").await;
        assert_eq!((&duties[0]["action"], &duties[0]["ours"]), (&json!("delete"), &json!(ours)));
        assert_eq!(duties[0]["due"], Value::Null, "nothing was delivered yet");
        assert_eq!(duties[1]["number"], 1);
    }
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    clock.advance(DAY);
    rounds(&both).await;
    let due = text(&eau.all("/duties").await[0]["due"]);
    assert_eq!(due, (clock.now().plus_seconds(29 * 24 * 3600)).rfc3339());
    for member in both {
        assert_eq!(pairs(&states(member).await)[0], ("due", "none"));
        assert_eq!(member.logged("duty.due").await, 1);
    }
    clock.advance(30 * DAY);
    rounds(&both).await;
    rounds(&both).await;
    for member in both {
        assert_eq!(pairs(&states(member).await)[0], ("overdue", "told"));
        assert_eq!(member.logged("duty.overdue").await, 1, "told once");
    }
    assert_eq!(epci.transfer_in(&transfer, "STARTED").await["state"], "STARTED");
    clock.advance(30 * DAY);
    rounds(&both).await;
    assert_eq!(pairs(&states(&eau).await)[0], ("overdue", "suspended"));
    assert_eq!(pairs(&states(&epci).await)[0], ("overdue", "told"), "only the creditor acts");
    epci.transfer_in(&transfer, "SUSPENDED").await;
    let body = json!({"agreement": agreement, "purpose": PURPOSE});
    let other = text(&epci.post("/transfers", &body).await.ok()["id"]);
    assert!(epci.transfer_in(&other, "TERMINATED").await.to_string().contains("delete"));
    let theirs = epci.peer_id("transfers", &transfer).await;
    eau.post(&format!("/transfers/{}/resume", segment(&theirs)), &json!({})).await.problem(403);
    // Done, late: signed by who did it, and known at both.
    let done = settle(&epci, &agreement, 0, "fulfil", "Copies supprimées, rapport 14").await.ok();
    assert_eq!((&done["state"], &done["evidence"]["by"]), (&json!("fulfilled"), &json!(epci.did)));
    let at_eau = eau.until("/duties", |page| page["items"][0]["state"] == "fulfilled").await;
    let evidence = &at_eau["items"][0]["evidence"];
    assert_eq!(
        (&evidence["words"], &evidence["notice"]),
        (&done["evidence"]["words"], &done["evidence"]["notice"])
    );
    let identity = eau.app().resolver.resolve(&epci.hosted().did().clone()).await.unwrap();
    let notice = verify_notice(evidence["notice"].as_str().unwrap(), &identity, None).unwrap();
    assert_eq!((notice.said, notice.duty.as_str()), (Said::Fulfilled, "/obligation/0"));
    assert_eq!((epci.logged("duty.fulfilled").await, eau.logged("duty.fulfilled-by-peer").await), (1, 1));
    eau.post(&format!("/transfers/{}/resume", segment(&theirs)), &json!({})).await.ok();
    epci.transfer_in(&transfer, "STARTED").await;
    // The other one is waived by whom it is owed to.
    settle(&eau, &agreement, 1, "waive", "Bilan reçu autrement").await.ok();
    epci.until("/duties", |page| page["items"][1]["state"] == "waived").await;
    clock.advance(400 * DAY);
    rounds(&both).await;
    let last = states(&eau).await;
    assert_eq!(pairs(&last), [("fulfilled", "suspended"), ("waived", "none")]);
    check(&federation).await;
}
