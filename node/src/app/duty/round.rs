//! What time does to duties: looked at from time to time, asked by nobody.

use std::sync::Arc;

use super::super::transfer::act;
use super::{App, Error, Hosted, again, calendar};
use crate::domain::duty::Duty;
use crate::domain::process::Role;
use crate::domain::transfer::StateKind;
use crate::text;

/// Moves every open duty to where it stands now: reminders, what is overdue, what follows from it.
pub async fn round(app: &Arc<App>, hosted: &Arc<Hosted>) -> Result<(), Error> {
    if app.store.read(hosted.id()).await?.open_duties().await?.is_empty() {
        return Ok(());
    }
    let (now, calendar) = (app.now(), calendar(&app.config.duties));
    let moved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let mut open = Vec::new();
                for duty in tx.open_duties().await? {
                    let first = match (&duty.deadline, &duty.after) {
                        (None, Some(_)) => tx.first_delivery(&duty.agreement).await?,
                        _ => None,
                    };
                    let before = duty.clone();
                    let step = duty.at(first, now, calendar);
                    if step.next != before {
                        tx.save_duty(&step.next).await?;
                    }
                    if let Some(agreement) = tx.shared_agreement(&step.next.agreement).await? {
                        again(tx, &step.next, &agreement).await?;
                    }
                    step.events.into_iter().for_each(|event| tx.record(event));
                    open.push(step.next);
                }
                Ok::<_, Error>(open)
            })
        })
        .await?;
    for duty in moved.value.iter().filter(|duty| duty.role == Role::Provider && duty.suspends()) {
        suspend(app, hosted, duty).await?;
    }
    Ok(())
}

/// Suspends what flows under the contract of a duty; again, if it was begun and not ended before.
async fn suspend(app: &Arc<App>, hosted: &Arc<Hosted>, duty: &Duty) -> Result<(), Error> {
    let live = app.store.read(hosted.id()).await?.live_transfers(&duty.agreement).await?;
    let due = duty.deadline.map(|deadline| deadline.0.rfc3339()).unwrap_or_default();
    let why = text::fill(app.config.language(), "refusal.duty", &[("action", &duty.action), ("due", &due)]);
    for transfer in live.iter().filter(|transfer| transfer.state.kind() == StateKind::Started) {
        match act::suspend(app, hosted, &transfer.pid, Some(why.clone())).await {
            // It ended, or a word of ours is on its way: the next round looks again.
            Ok(_) | Err(Error::NotNow { .. } | Error::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
