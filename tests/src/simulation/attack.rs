//! What a thief or a dishonest consumer tries. None of it may bring a byte.

use contracts::id::Pid;
use node::identity::dpop::{self, Request};
use node::identity::keys::Purpose;

use super::fate::with_header;
use super::net::Sent;
use super::template::base;
use super::world::{What, World};

impl World {
    /// One of: a request heard on the wire, once more; its token, with the key of somebody else; the right consumer,
    /// where its right has ended.
    pub fn attack(&mut self) {
        let chosen = self.random.below(self.seen.len() as u64) as usize;
        let (provider, pid, sent) = self.seen[chosen].clone();
        let consumer = self.model.deals[&self.model.ways[pid.as_str()].agreement].consumer;
        match self.random.below(3) {
            0 if self.model.is_used(&sent) => self.try_for_bytes("replay", consumer, provider, &pid, sent),
            1 => {
                let thief = self.random.below(self.machines.len() as u64) as usize;
                if thief != consumer && self.is_up(thief) {
                    let stolen = self.proven_by(thief, provider, sent);
                    self.try_for_bytes("theft", thief, provider, &pid, stolen);
                }
            }
            _ if self.model.is_over(pid.as_str()) && self.is_up(consumer) => {
                let insisting = self.proven_by(consumer, provider, sent);
                self.try_for_bytes("insistence", consumer, provider, &pid, insisting);
            }
            _ => {}
        }
    }

    pub fn try_for_bytes(&mut self, how: &str, from: usize, provider: usize, pid: &Pid, sent: Sent) {
        let (seen, what) = (self.seen.clone(), What::Pull(pid.clone(), String::new()));
        let answered = self.put(from, &sent, &what);
        self.seen = seen;
        self.say(format!("{how} at n{provider}: {:?}", answered.map(|a| a.status)));
    }

    /// The same request with a proof by a node's own key.
    fn proven_by(&mut self, node: usize, provider: usize, sent: Sent) -> Sent {
        let now = self.machines[node].now();
        let keys = self.machines[node].up().hosted.keys();
        let key = keys.current(Purpose::Sign, now).unwrap().public.thumbprint().to_owned();
        let token = sent.header("authorization").and_then(|v| v.strip_prefix("DPoP ")).unwrap_or_default();
        let url = base(provider).join(&sent.path).unwrap();
        let request = Request { method: "GET", url: url.as_str(), token };
        let proof = dpop::make(&keys, &key, &request, now).unwrap();
        with_header(sent, "dpop", proof)
    }
}
