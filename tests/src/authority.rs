//! A certification authority for one run of the tests, so that nodes on one machine speak real TLS.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where everything of a test listens.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

fn issuer() -> &'static CertifiedIssuer<'static, KeyPair> {
    static ISSUER: OnceLock<CertifiedIssuer<'static, KeyPair>> = OnceLock::new();
    ISSUER.get_or_init(|| {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Test authority");
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    })
}

/// The authority's certificate (PEM), which nodes and clients of the tests trust.
pub fn root() -> String {
    issuer().pem()
}

/// Certificate and private key (PEM) for this machine.
pub fn issue() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(NAMES.map(str::to_owned)).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Test");
    let certificate = params.signed_by(&key, issuer()).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// What a server of the tests speaks TLS with.
pub fn server() -> ServerConfig {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let (certificate, key) = issue();
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let builder = ServerConfig::builder_with_provider(provider.into());
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    builder.with_single_cert(chain, key).unwrap()
}

/// The authority in a folder, for programs that read files.
pub struct Authority {
    folder: PathBuf,
}

/// A certificate for this machine, as files.
pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    /// Writes the authority's certificate into the folder, as `ca.pem`.
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("ca.pem"), root()).unwrap();
        Self { folder: folder.to_owned() }
    }

    /// The authority's own certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub fn pem(&self) -> String {
        root()
    }

    /// Issues a certificate under this file name.
    pub fn issue(&self, name: &str) -> Certificate {
        let (certificate, key) = issue();
        let files = Certificate {
            chain: self.folder.join(format!("{name}.pem")),
            key: self.folder.join(format!("{name}.key.pem")),
        };
        std::fs::write(&files.chain, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
        files
    }
}
