//! Data requests made by hand, with right or wrong tokens and proofs.

use contracts::id::Pid;
use node::domain::transfer::Address;
use node::identity::dpop::{self, Request};
use reqwest::{Method, Response};

use crate::answer::Answer;
use crate::flow::segment;
use crate::member::Member;

impl Member {
    /// Where and with what token this member may fetch.
    pub async fn address(&self, transfer: &str) -> Address {
        let pid = Pid::from_segment(segment(transfer)).unwrap();
        let mut reader = self.app().store.read(self.hosted().id()).await.unwrap();
        reader.transfer(&pid).await.unwrap().unwrap().address.expect("the transfer has no address yet")
    }

    /// A proof of possession of this member's key for one request.
    pub fn proof(&self, url: &str, token: &str) -> String {
        let request = Request { method: "GET", url, token };
        dpop::make(&self.keys(), &self.thumbprint(), &request, self.app().now()).unwrap()
    }

    /// A data request as it should be, with more headers.
    pub async fn fetch(&self, address: &Address, headers: &[(&str, &str)]) -> Answer {
        let proof = self.proof(&address.endpoint, &address.token);
        self.fetch_with(&address.endpoint, &format!("DPoP {}", address.token), &proof, headers).await
    }

    /// A data request as it should be, whose bytes the test takes as it likes.
    pub async fn flow(&self, address: &Address) -> Response {
        let proof = self.proof(&address.endpoint, &address.token);
        let request = self.client.get(&address.endpoint).header("dpop", proof);
        request.header("authorization", format!("DPoP {}", address.token)).send().await.unwrap()
    }

    /// A data request with any authorization and proof (none when empty).
    pub async fn fetch_with(
        &self,
        url: &str,
        authorization: &str,
        proof: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.client.request(Method::GET, url);
        for (name, value) in [("authorization", authorization), ("dpop", proof)].iter().chain(headers) {
            if !value.is_empty() {
                request = request.header(*name, *value);
            }
        }
        let asked = format!("GET {url}");
        Answer::of(asked.clone(), request.send().await.unwrap_or_else(|e| panic!("{asked}: {e:?}"))).await
    }
}
