//! Documents that others publish, in the forms that we read.

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use url::Url;

use super::client::{Answer, Client, SendError};

impl Client {
    /// GETs a document of at most `limit` bytes in one of the forms that `accept` names.
    ///
    /// # Errors
    /// As every call: refused addresses, silence, too many bytes.
    pub async fn fetch(&self, url: &str, accept: &'static str, limit: usize) -> Result<Answer, SendError> {
        let url = Url::parse(url).map_err(|e| SendError::NotAnAddress(url.chars().take(200).collect(), e))?;
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        let response = self.open(Method::GET, &url, headers).await?;
        self.read(&url, response, limit).await
    }
}
