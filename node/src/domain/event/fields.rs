//! The clear values of events, by name.

use super::{Access, AccessEvent, Event, MemberEvent, Reading};

impl Event {
    /// Clear values by name. They are committed to in the leaf and kept in the erasable body.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Member(e) => match e {
                MemberEvent::Created
                | MemberEvent::TokenRevoked
                | MemberEvent::Retired
                | MemberEvent::Adopted => vec![],
                MemberEvent::KeyAdded { kid } | MemberEvent::KeyRetired { kid } => vec![("key", kid.clone())],
                MemberEvent::StatementMade { digest } => vec![("digest", digest.clone())],
                MemberEvent::TokenIssued { role, scope } => {
                    let mut fields = vec![("role", role.clone())];
                    fields.extend((!scope.is_empty()).then(|| ("scope", scope.clone())));
                    fields
                }
            },
            Self::Dataset { dataset, revision, digest, .. } => vec![
                ("dataset", dataset.to_string()),
                ("revision", revision.to_string()),
                ("digest", digest.clone()),
            ],
            Self::Negotiation { negotiation, peer, dataset, .. } => vec![
                ("negotiation", negotiation.to_string()),
                ("peer", peer.to_string()),
                ("dataset", dataset.to_string()),
            ],
            Self::Contract { agreement, peer, dataset, digest, .. } => vec![
                ("agreement", agreement.to_string()),
                ("peer", peer.to_string()),
                ("dataset", dataset.to_string()),
                ("digest", digest.clone()),
            ],
            Self::Convention { convention, peer, digest, .. } => vec![
                ("convention", convention.to_string()),
                ("peer", peer.to_string()),
                ("digest", digest.clone()),
            ],
            Self::Framework { framework, version, publisher, digest, .. } => vec![
                ("framework", framework.to_string()),
                ("version", version.to_string()),
                ("publisher", publisher.to_string()),
                ("digest", digest.clone()),
            ],
            Self::Transfer { transfer, agreement, peer, dataset, plane, .. } => {
                let mut fields = vec![
                    ("transfer", transfer.to_string()),
                    ("agreement", agreement.to_string()),
                    ("peer", peer.to_string()),
                    ("dataset", dataset.to_string()),
                ];
                fields.extend(plane.iter().map(|name| ("data-plane", name.clone())));
                fields
            }
            Self::Access(a) => a.fields(),
            Self::Duty(duty) => duty.fields(),
            Self::Membership(of) => of.fields(),
            Self::Question(of) => of.fields(),
            Self::UseCase(of) => of.fields(),
            Self::Request(of) => of.fields(),
            Self::Credential(credential) => credential.fields(),
            Self::LogRead(reading) => reading.fields(),
            Self::PeerEpoch { peer, number, size, known } => vec![
                ("peer", peer.to_string()),
                ("epoch", number.to_string()),
                ("size", size.to_string()),
                ("known", known.to_string()),
            ],
            Self::Epoch { number, size, root, lost } => {
                let mut fields = vec![
                    ("epoch", number.to_string()),
                    ("size", size.to_string()),
                    ("root", hexadecimal(root)),
                ];
                if let Some((size, root)) = lost {
                    fields.extend([("lost-size", size.to_string()), ("lost-root", hexadecimal(root))]);
                }
                fields
            }
            Self::Erased { year, ground } => vec![("year", year.to_string()), ("ground", ground.clone())],
            Self::Fork { peer, size } => vec![("peer", peer.to_string()), ("size", size.to_string())],
            Self::Twins { agreement, peer, digest, .. } => vec![
                ("agreement", agreement.to_string()),
                ("peer", peer.to_string()),
                ("digest", digest.clone()),
            ],
        }
    }
}

impl Reading {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("reader", &self.reader),
            ("role", &self.role),
            ("scope", &self.scope),
            ("read", &self.read),
            ("reason", &self.reason),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.clone()))
            .collect()
    }
}

fn hexadecimal(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Access {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("transfer", self.transfer.to_string()), ("peer", self.peer.to_string())];
        if let Some(agreement) = &self.agreement {
            fields.push(("agreement", agreement.to_string()));
        }
        if let Some(dataset) = &self.dataset {
            fields.push(("dataset", dataset.to_string()));
        }
        match &self.what {
            AccessEvent::Opened { first } => fields.push(("first", first.to_string())),
            AccessEvent::Closed { bytes, sha256, ending }
            | AccessEvent::Received { bytes, sha256, ending } => {
                fields.push(("bytes", bytes.to_string()));
                fields.push(("sha256", sha256.clone()));
                fields.push(("ending", ending.as_str().to_owned()));
            }
            AccessEvent::Orphaned { at_most } => fields.push(("at-most", at_most.to_string())),
            AccessEvent::Refused => {}
            AccessEvent::Unproven { cause, times } => {
                fields.push(("cause", cause.as_str().to_owned()));
                fields.push(("times", times.to_string()));
            }
            AccessEvent::Acknowledged { bytes, sha256 } => {
                fields.push(("bytes", bytes.to_string()));
                fields.push(("sha256", sha256.clone()));
            }
        }
        fields
    }
}
