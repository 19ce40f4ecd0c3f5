//! What others hold of a member's log: its contract partners, who are its witnesses, and files that the operator kept.

use std::path::Path;
use std::time::Duration;

use contracts::id::ParticipantId;
use contracts::tlog::note::{Checkpoint, MAX_LEN};
use futures_util::future::join_all;
use sha2::{Digest, Sha256};

use super::read;
use crate::app::{Error, Hosted};
use crate::identity::keys::{Keyring, Purpose};
use crate::log::proof;
use crate::log::verify::signed;
use crate::peer::Client;
use crate::store::Store;

/// Longest wait for all partners together: a node starts only after it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most partners asked.
const MOST: usize = 64;
/// Folder of checkpoints that the operator kept, below the node's.
pub const FOLDER: &str = "checkpoints";

/// A checkpoint of the member's log, as somebody else holds it.
#[derive(Debug, Clone)]
pub struct Known {
    pub by: String,
    pub text: String,
    pub checkpoint: Checkpoint,
}

/// What was asked, and what was answered.
#[derive(Debug, Default)]
pub struct Asked {
    pub known: Vec<Known>,
    /// Who did not answer, or not in a way that says anything.
    pub silent: Vec<String>,
}

impl Asked {
    /// The largest checkpoint that the stored log does not lead to.
    pub async fn beyond(&self, store: &Store, hosted: &Hosted) -> Result<Option<&Known>, Error> {
        let mut reader = store.read(hosted.id()).await?;
        let size = reader.log_head().await?.map_or(0, |head| head.size);
        let mut found: Option<&Known> = None;
        for known in &self.known {
            let told = &known.checkpoint;
            let leads = told.size == 0
                || told.size <= size && proof::root(&mut reader, told.size).await? == told.root;
            if !leads && found.is_none_or(|other| other.checkpoint.size < told.size) {
                found = Some(known);
            }
        }
        Ok(found)
    }

    /// Takes a file that the operator kept. It needs no signature that is known here: it is the operator's word.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn file(&mut self, path: &Path, hosted: &Hosted) -> Result<(), String> {
        let wrong = |what: String| format!("{}: {what}", path.display());
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let (_, checkpoint) = read(&text).map_err(|e| wrong(e.to_string()))?;
        if checkpoint.origin == hosted.log_origin() {
            self.known.push(Known { by: path.display().to_string(), text, checkpoint });
        }
        Ok(())
    }

    /// Takes the files of the operator's folder.
    pub fn folder(&mut self, dir: &Path, hosted: &Hosted) {
        let Ok(files) = std::fs::read_dir(dir.join(FOLDER)) else { return };
        for file in files.flatten() {
            if let Err(what) = self.file(&file.path(), hosted) {
                tracing::warn!(what, "a checkpoint that was kept cannot be read");
            }
        }
    }
}

/// Asks the partners, all at the same time, but those hosted here: they know no more than this database.
pub async fn partners(client: &Client, store: &Store, hosted: &Hosted) -> Result<Asked, Error> {
    let here: Vec<_> = store.members().await?.into_iter().map(|member| member.did).collect();
    let mut partners = store.read(hosted.id()).await?.parties(MOST + 1).await?;
    partners.retain(|partner| !here.contains(partner));
    let mut asked = Asked { silent: Vec::new(), known: Vec::new() };
    asked.silent.extend(partners.iter().skip(MOST).map(ToString::to_string));
    let (origin, keys) = (&hosted.log_origin(), &hosted.keys());
    let answers = partners.iter().take(MOST).map(|partner| async move {
        let answer = tokio::time::timeout(PATIENCE, one(client, partner, origin, keys)).await;
        (partner, answer.unwrap_or_else(|_| Err("no answer in time".into())))
    });
    for (partner, answer) in join_all(answers).await {
        match answer {
            Ok(known) => asked.known.extend(known),
            Err(what) => {
                tracing::warn!(member = %hosted.id(), %partner, what, "what a partner holds of the log is not known");
                asked.silent.push(partner.to_string());
            }
        }
    }
    Ok(asked)
}

/// What one partner cosigned last; nothing when it never did.
async fn one(
    client: &Client,
    partner: &ParticipantId,
    origin: &str,
    keys: &Keyring,
) -> Result<Option<Known>, String> {
    let base = contracts::did::base_url(partner.as_str()).map_err(|e| e.to_string())?;
    let base = base.as_str().trim_end_matches('/');
    let url = format!("{base}/witness/{}/checkpoint", hex::encode(Sha256::digest(origin.as_bytes())));
    let answer = client.get(&url, None, MAX_LEN).await.map_err(|e| e.to_string())?;
    if answer.status == 404 {
        return Ok(None);
    }
    if !answer.is_success() {
        return Err(format!("status {}", answer.status));
    }
    let text = String::from_utf8(answer.body.to_vec()).map_err(|e| e.to_string())?;
    let (note, checkpoint) = read(&text).map_err(|e| e.to_string())?;
    // A partner cannot stop us with a checkpoint that we never signed.
    let mut ours = keys.keys().iter().filter(|key| key.purpose == Purpose::Log);
    if checkpoint.origin != origin || !ours.any(|key| signed(&note, origin, &key.public)) {
        return Err("it shows a checkpoint that no log key known here signed".into());
    }
    Ok(Some(Known { by: partner.to_string(), text, checkpoint }))
}
