//! What carries requests to other nodes. The program's are HTTP over TLS; who builds a node as a library may carry them
//! itself, as the simulation does (decision 0029).

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::{Request, RequestBuilder, Response};
use url::Url;

use super::client::{Client, SendError, Settings, failed, host};
use super::guard::Guard;

/// Another way for requests to leave. The guard has judged their addresses before.
pub trait Transport: Debug + Send + Sync {
    fn carry(&self, request: Request) -> BoxFuture<'static, Result<Response, SendError>>;
}

impl Client {
    /// As [`Client::new`]; nothing is connected to.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn over(
        transport: Arc<dyn Transport>,
        settings: &Settings,
        guard: Guard,
    ) -> Result<Self, super::client::BuildError> {
        let mut client = Self::new(settings, guard)?;
        client.transport = Some(transport);
        Ok(client)
    }

    pub(super) async fn carry(&self, url: &Url, request: RequestBuilder) -> Result<Response, SendError> {
        let Some(transport) = &self.transport else {
            return request.send().await.map_err(|e| failed(url, &e));
        };
        let built = request.build();
        transport.carry(built.map_err(|e| SendError::Io { host: host(url), cause: e.to_string() })?).await
    }
}
