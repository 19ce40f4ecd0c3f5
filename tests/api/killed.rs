//! The program, killed while it pushes.

use std::time::{Duration, Instant};

use contracts::api::delivery::DeliveryView;
use contracts::api::log::EntryView;
use contracts::api::transfer::{StartTransfer, TransferView};
use tests::api::{Api, segment};
use tests::pair::Pair;
use tests::process::Setup;
use tests::temporary::Folder;

const PATIENCE: Duration = Duration::from_secs(60);

async fn completed(api: &Api, transfer: &str) -> TransferView {
    let path = format!("/transfers/{}", segment(transfer));
    let ended = |t: &TransferView| ["COMPLETED", "TERMINATED"].contains(&t.state.as_str());
    api.until(&path, PATIENCE, ended).await.unwrap_or_else(|e| panic!("{e}"))
}

async fn kinds(api: &Api) -> Vec<String> {
    let entries: Vec<EntryView> = api.entries().await.unwrap_or_else(|e| panic!("{e}"));
    entries.into_iter().map(|e| e.kind).collect()
}

#[test]
fn a_provider_that_is_killed_goes_on_with_its_push() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = Folder::default();
        let mut pair = Pair::init(folder.path(), &Setup::default(), &Setup::default());
        let content: Vec<u8> = (0..24u64 << 20).flat_map(|i| (i ^ (i >> 7)).to_le_bytes()).collect();
        std::fs::create_dir_all(pair.provider.dir.join("data")).unwrap();
        std::fs::write(pair.data("a.bin"), &content).unwrap();
        pair.start().await;
        let dataset = pair.publish("a.bin").await;
        let agreement = pair.contract(&dataset).await;
        let start = StartTransfer {
            agreement,
            format: Some("HttpData-PUSH".into()),
            to: Some("a.bin".into()),
            ..StartTransfer::default()
        };
        let asked: TransferView =
            pair.consumer.api.post("/transfers", &start).await.unwrap_or_else(|e| panic!("{e}"));
        let (begun, part) = (Instant::now(), pair.consumer.dir.join("received/a.bin.part"));
        while std::fs::metadata(&part).map_or(0, |m| m.len()) < 1 << 20 {
            assert!(begun.elapsed() < PATIENCE, "nothing comes");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        pair.provider.kill();
        assert!(part.exists(), "it was all there before the provider was killed");
        pair.provider.start().await;
        let ended = completed(&pair.consumer.api, &asked.id).await;
        assert_eq!(ended.state, "COMPLETED", "{:?}", ended.reason);
        assert!(std::fs::read(pair.consumer.dir.join("received/a.bin")).unwrap() == content);
        let theirs = ended.peer_id.unwrap();
        let path = format!("/transfers/{}/deliveries", segment(&theirs));
        let mut deliveries: Vec<DeliveryView> =
            pair.provider.api.all(&path).await.unwrap_or_else(|e| panic!("{e}"));
        deliveries.sort_by_key(|d| d.first);
        let last = deliveries.last().unwrap();
        assert!(last.first > 0 && last.ending.as_deref() == Some("complete"), "begun anew: {deliveries:#?}");
        // What the dead process had opened is closed as "at most", and everything else to the byte.
        let log = kinds(&pair.provider.api).await;
        let count = |kind: &str| log.iter().filter(|k| *k == kind).count();
        assert_eq!(count("delivery.orphaned"), 1, "{log:?}");
        assert_eq!(count("delivery.opened"), count("delivery.closed") + 1, "{log:?}");
    });
}
