//! A certification authority for one demonstration: its key never leaves this process and dies with it.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use time::Duration;

use crate::cli::exit::Failed;
use crate::cli::private::private_file;
use crate::domain::time::Timestamp;

/// How long its certificates are valid, in days.
const DAYS: i64 = 30;

/// The authority that signs the certificates of the demonstration's nodes.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    now: Timestamp,
    /// Its certificate, PEM.
    pub file: PathBuf,
}

impl Authority {
    /// Makes an authority and writes its certificate to `file`.
    pub fn new(file: PathBuf, now: Timestamp) -> Result<Self, Failed> {
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Fiducie demo CA");
        validity(&mut params, now);
        let key = KeyPair::generate().map_err(failed)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(failed)?;
        std::fs::write(&file, issuer.pem()).map_err(|e| Failed::Setup(format!("{}: {e}", file.display())))?;
        Ok(Self { issuer, now, file })
    }

    /// Certificate chain and key for `localhost`, written to `certificate.pem` and `key.pem` of a folder.
    pub fn certify(&self, folder: &Path, name: &str) -> Result<(), Failed> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        validity(&mut params, self.now);
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        // The authority is part of the chain, so that the commands, which trust what the node shows, find its root.
        let chain = format!("{}{}", certificate.pem(), self.issuer.pem());
        private_file(&folder.join("certificate.pem"), chain.as_bytes())?;
        private_file(&folder.join("key.pem"), key.serialize_pem().as_bytes())
    }
}

fn validity(params: &mut CertificateParams, now: Timestamp) {
    params.not_before = now.to_date() - Duration::days(1);
    params.not_after = now.to_date() + Duration::days(DAYS);
}

fn failed(error: rcgen::Error) -> Failed {
    Failed::Internal(format!("certificate: {error}"))
}
