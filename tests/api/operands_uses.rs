//! Uses counted over contracts.

use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::flow::PURPOSE;
use tests::member::Member;
use tests::on_both;
use tests::operands::{offer, stage};

on_both!(uses_are_counted_over_contracts);

async fn uses_are_counted_over_contracts(engine: Engine) {
    let (federation, _) = stage(engine, &["eau", "epci", "region"]).await;
    let [eau, epci, region] = [0, 1, 2].map(|i| federation.member(i));
    let ready = async |consumer: &Member, dataset: &str| {
        let agreement = consumer.contract(&eau, dataset, PURPOSE).await;
        consumer.address(&consumer.transfer(&agreement, PURPOSE).await).await
    };
    let by_all = eau.publish(&offer("fiducie:countOfDataset", "lteq", json!(2))).await;
    let (first, second) = (ready(&epci, &by_all).await, ready(&region, &by_all).await);
    // A range that does not exist lets nothing out, and is no use.
    assert_eq!(epci.fetch(&first, &[("range", "bytes=99-")]).await.status, 416);
    assert_eq!((epci.fetch(&first, &[]).await.status, region.fetch(&second, &[]).await.status), (200, 200));
    epci.fetch(&first, &[]).await.problem(403);
    let by_each = eau.publish(&offer("fiducie:countOfAssignee", "lt", json!(2))).await;
    let (first, again) = (ready(&epci, &by_each).await, ready(&epci, &by_each).await);
    let other = ready(&region, &by_each).await;
    assert_eq!(epci.fetch(&first, &[]).await.status, 200);
    let refused = epci.fetch(&again, &[]).await.problem(403).to_string();
    assert!(refused.contains("1 so far") || refused.contains("déjà 1"), "{refused}");
    assert_eq!(region.fetch(&other, &[]).await.status, 200);
    check(&federation).await;
}
