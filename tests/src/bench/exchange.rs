//! All figures of an exchange, in order: the machine, an empty node, many datasets, contracts, reads, pulls, revocation.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::figure::Figure;
use super::machine::Machine;
use super::{SMALL, Sizes, log, negotiation, pull, read, ready, revocation};
use crate::pair::Pair;
use crate::process::Setup;
use crate::random::Random;
use crate::reader::Reader;

/// Revocations in full flow.
const REVOKED: usize = 5;

/// Measures, and tells each group as it comes.
pub async fn run(folder: &Path, sizes: &Sizes, tell: impl Fn(&[Figure])) -> Vec<Figure> {
    let mut all = Vec::new();
    let mut add = |figures: Vec<Figure>| {
        tell(&figures);
        all.extend(figures);
    };
    let mut pair = pair(folder, "exchange");
    let machine = Machine::measure(folder, &pair.authority, sizes.seconds.min(2.0)).await;
    add(machine.figures());
    if sizes.wants("log") {
        add(log::measure(folder, &machine, sizes.seconds).await);
    }
    if sizes.wants("ready") {
        // Nodes of their own: ten thousand datasets would weigh on every figure after.
        let mut other = self::pair(folder, "ready");
        std::fs::write(other.data("small.csv"), SMALL).unwrap();
        add(ready::measure(&mut other, sizes).await);
    }
    std::fs::write(pair.data("small.csv"), SMALL).unwrap();
    pair.start().await;
    let small = pair.publish("small.csv").await;
    if sizes.wants("negotiation") {
        add(negotiation::measure(&pair, &small, &machine, sizes).await);
    }
    if sizes.wants("read") {
        let transfer = pair.transfer(&pair.contract(&small).await).await;
        let reader = readers(&mut pair, &[transfer]).await.remove(0);
        add(read::measure(&pair.provider, &reader, &machine, sizes).await);
    }
    if sizes.wants("pull") {
        let file = pair.data("large.bin");
        large(&file, sizes.megabytes);
        let dataset = pair.publish("large.bin").await;
        let transfer = pair.transfer(&pair.contract(&dataset).await).await;
        add(pull::measure(&pair, &transfer, &file, &machine, sizes).await);
        let _ = std::fs::remove_file(file);
    }
    if sizes.wants("revocation") {
        // Long enough to be still under way; it is never read to its end.
        File::create(pair.data("endless.bin")).unwrap().set_len(16 << 30).unwrap();
        let dataset = pair.publish("endless.bin").await;
        let (mut contracts, mut transfers) = (Vec::new(), Vec::new());
        for _ in 0..REVOKED {
            contracts.push(pair.contract(&dataset).await);
            transfers.push(pair.transfer(&contracts[contracts.len() - 1]).await);
        }
        let readers = contracts.into_iter().zip(readers(&mut pair, &transfers).await).collect::<Vec<_>>();
        add(revocation::measure(&pair, &readers).await);
    }
    pair.provider.stop();
    pair.consumer.stop();
    all
}

fn pair(folder: &Path, name: &str) -> Pair {
    Pair::init(&folder.join(name), &Setup::default(), &Setup::default())
}

/// Readers with the consumer's keys and tokens; its node is stopped for a moment, then serves its identity again.
async fn readers(pair: &mut Pair, transfers: &[String]) -> Vec<Reader> {
    pair.consumer.stop();
    let mut readers = Vec::new();
    for transfer in transfers {
        readers.push(Reader::of(&pair.consumer, &pair.authority.pem(), transfer).await);
    }
    pair.consumer.start().await;
    readers
}

/// A file of bytes that do not compress.
fn large(path: &Path, megabytes: u64) {
    let (mut file, mut random) = (File::create(path).unwrap(), Random::new(1));
    for _ in 0..megabytes {
        file.write_all(&random.bytes(1_000_000)).unwrap();
    }
    file.sync_all().unwrap();
}
