//! The node's certificates: chosen by the name the client asks for, replaced without restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{SignalKind, signal};

use super::StartError;
use crate::config::Config;
use crate::workers::{Stop, stopped};

/// The certificate files and what was last read from them.
#[derive(Debug)]
pub(super) struct Certificates {
    /// The first one answers every name that no other claims.
    files: Vec<Files>,
    loaded: RwLock<Vec<Arc<CertifiedKey>>>,
}

#[derive(Debug)]
struct Files {
    names: Vec<String>,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificates {
    pub(super) fn load(config: &Config) -> Result<Arc<Self>, StartError> {
        let first = (vec![], &config.listen.certificate, &config.listen.key);
        let more = config.listen.names.iter().map(|n| (n.names.clone(), &n.certificate, &n.key));
        let files: Vec<_> = std::iter::once(first)
            .chain(more)
            .map(|(names, certificate, key)| Files {
                names: names.iter().map(|n| n.to_ascii_lowercase()).collect(),
                certificate: config.path(certificate),
                key: config.path(key),
            })
            .collect();
        let loaded = files.iter().map(Files::read).collect::<Result<_, _>>()?;
        Ok(Arc::new(Self { files, loaded: RwLock::new(loaded) }))
    }

    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    pub(super) fn server_config(self: &Arc<Self>) -> ServerConfig {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        ServerConfig::builder().with_no_client_auth().with_cert_resolver(resolver)
    }

    /// Reads the files again on SIGHUP and when they changed; keeps the old ones when the new ones are faulty.
    pub(super) async fn watch(self: Arc<Self>, every: Duration, mut stop: Stop) {
        let Ok(mut hangup) = signal(SignalKind::hangup()) else {
            return stopped(&mut stop).await;
        };
        let mut seen = self.changed();
        // A period of zero never looks by itself.
        let pause = if every.is_zero() { Duration::from_secs(u64::from(u32::MAX)) } else { every };
        loop {
            let asked = tokio::select! {
                () = stopped(&mut stop) => return,
                _ = hangup.recv() => true,
                () = tokio::time::sleep(pause) => false,
            };
            let now = self.changed();
            if asked || now != seen {
                seen = now;
                self.reload();
            }
        }
    }

    fn changed(&self) -> Vec<Option<SystemTime>> {
        let time = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
        self.files.iter().flat_map(|f| [time(&f.certificate), time(&f.key)]).collect()
    }

    fn reload(&self) {
        match self.files.iter().map(Files::read).collect::<Result<Vec<_>, _>>() {
            Ok(fresh) => {
                *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                tracing::info!("certificates read again");
            }
            Err(error) => tracing::error!(%error, "certificates not replaced: the old ones stay in use"),
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = hello.server_name().map(str::to_ascii_lowercase);
        let chosen = wanted.and_then(|name| {
            self.files.iter().position(|f| f.names.iter().any(|pattern| matches(pattern, &name)))
        });
        loaded.get(chosen.unwrap_or(0)).cloned()
    }
}

/// `*.example.org` stands for one label.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => pattern == name,
    }
}

impl Files {
    fn read(&self) -> Result<Arc<CertifiedKey>, StartError> {
        let failed =
            |file: &Path, cause: String| StartError::Certificate { file: file.display().to_string(), cause };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|e| failed(&self.certificate, format!("{e}; give a PEM certificate chain")))?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|e| failed(&self.key, format!("{e}; give its private key as PEM")))?;
        CertifiedKey::from_der(chain, key, &default_provider())
            .map(Arc::new)
            .map_err(|e| failed(&self.certificate, format!("{e}; certificate and key must belong together")))
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_wildcard_is_one_label() {
        assert!(matches("*.example.org", "eau.example.org"));
        assert!(!matches("*.example.org", "a.b.example.org") && !matches("*.example.org", "example.org"));
    }
}
