//! Small reads of closed data: token, proof, decision, entry on disk, bytes, closing entry. Nothing of it is cached.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::Sizes;
use super::figure::Figure;
use super::machine::Machine;
use crate::process::{Node, processor_ms};
use crate::reader::Reader;

const IN_FLIGHT: usize = 64;

pub async fn measure(provider: &Node, reader: &Reader, machine: &Machine, sizes: &Sizes) -> Vec<Figure> {
    let load = |time: Duration| async move {
        let begun = Instant::now();
        let counts = join_all((0..IN_FLIGHT).map(|_| async {
            let mut count = 0_u64;
            while begun.elapsed() < time {
                let answer = reader.read().await;
                assert_eq!(answer.bytes().await.unwrap().len(), super::SMALL.len());
                count += 1;
            }
            count
        }));
        let count = counts.await.iter().sum::<u64>() as f64;
        (count / begun.elapsed().as_secs_f64(), count)
    };
    load(Duration::from_secs_f64(sizes.seconds.min(1.0))).await;
    let busy = || processor_ms(provider.pid().unwrap());
    let before = busy();
    let (rate, count) = load(Duration::from_secs_f64(sizes.seconds)).await;
    let cpu = (busy() - before) / count;
    vec![
        Figure::new("gated_reads_per_s", rate, "/s")
            .at_least(3000.0)
            .of("https_echo/s", machine.https_echo)
            .note(format!("{IN_FLIGHT} in flight; the client signs each proof on the same cores")),
        Figure::new("cpu_ms_per_read", cpu, "ms").note("the provider alone"),
    ]
}
