//! Small nouns: used identifiers, counters, members, receipts, first answers.

use contracts::api::token::Role as TokenRole;
use contracts::id::{AgreementId, ParticipantId};
use node::domain::event::Reference;
use node::domain::process::Role;
use node::store::{ApiToken, Error, Page, Store};

use crate::fixture::{Fixture, T0, event, record};
use crate::processes::negotiation;

pub async fn identifiers_are_used_once(f: Fixture) {
    let store = f.open().await;
    let uses = |issuer: &'static str, id: &'static str, seconds: i64| {
        let job = store.write(&f.members[0].0.id, move |tx| {
            Box::pin(async move { tx.use_once(issuer, id, T0.plus_seconds(seconds)).await })
        });
        async move { job.await.unwrap().value }
    };
    assert!(uses("a", "1", 60).await);
    assert!(!uses("a", "1", 60).await);
    assert!(uses("b", "1", 600).await);
    assert!(uses("a", "2", 600).await);
    let several = store.write(f.member(1), |tx| {
        Box::pin(async move {
            let ids = ["1", "2", "1"].map(|id| (id.to_owned(), T0.plus_seconds(60)));
            tx.use_all_once("a", &ids).await
        })
    });
    // Another member's uses are another matter.
    let several: Result<_, Error> = several.await;
    assert_eq!(several.unwrap().value, [true, true, false]);
    store.close().await;
    f.clock.advance(120_000);
    let store = f.open().await;
    let used = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let ended = tx.use_once("a", "1", T0.plus_seconds(900)).await?;
            Ok::<_, Error>((ended, tx.use_once("b", "1", T0.plus_seconds(900)).await?))
        })
    });
    assert_eq!(used.await.unwrap().value, (true, false));
}

pub async fn counters_are_idempotent(f: Fixture) {
    let store = f.open().await;
    let counted = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let agreement = AgreementId::parse("a").unwrap();
            tx.take_count(&agreement, "c", 5, "r1").await?;
            tx.take_count(&agreement, "c", 5, "r1").await?;
            tx.take_count(&agreement, "c", 2, "r2").await?;
            let before = tx.count(&agreement, "c").await?;
            let back =
                (tx.give_back(&agreement, "c", "r1").await?, tx.give_back(&agreement, "c", "r1").await?);
            let left = tx.count(&agreement, "c").await?;
            tx.take_count(&agreement, "e", 3, "r2").await?;
            tx.give_back_all(&agreement, "r2").await?;
            tx.give_back_all(&agreement, "r2").await?;
            let after = (tx.count(&agreement, "c").await?, tx.count(&agreement, "e").await?);
            Ok::<_, Error>((before, back, left, after, tx.count(&agreement, "d").await?))
        })
    });
    assert_eq!(counted.await.unwrap().value, (7, (true, false), 2, (0, 0), 0));
}

pub async fn members_keys_tokens_and_statements(f: Fixture) {
    let store = f.open().await;
    let (member, _, rows) = &f.members[0];
    let (inserted, keys) = (member.clone(), rows.clone());
    let token = ApiToken {
        id: "t1".into(),
        hash: "00ff".into(),
        role: TokenRole::Operator,
        scope: Some(contracts::api::scope::Scope { datasets: vec!["urn:d".into()], ..Default::default() }),
        label: "test".into(),
        created: T0,
        expires: Some(T0.plus_seconds(60)),
        revoked: None,
    };
    let kept = token.clone();
    let job = store.write(&member.id, move |tx| {
        Box::pin(async move {
            tx.insert_member(&inserted).await?;
            for key in &keys {
                tx.insert_key(key).await?;
            }
            tx.insert_api_token(&kept).await?;
            tx.save_own_statement("old", T0, T0.plus_seconds(10)).await?;
            tx.save_own_statement("new", T0.plus_seconds(1), T0.plus_seconds(20)).await?;
            let peer = ParticipantId::parse("did:web:peer").unwrap();
            tx.save_peer_statement(&peer, "theirs", T0, T0.plus_seconds(20)).await?;
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
    assert_eq!(store.members().await.unwrap().as_slice(), std::slice::from_ref(member));
    let mut reader = store.read(&member.id).await.unwrap();
    let mut read = reader.keys().await.unwrap();
    read.sort_by(|a, b| a.kid.cmp(&b.kid));
    let mut rows = rows.clone();
    rows.sort_by(|a, b| a.kid.cmp(&b.kid));
    assert_eq!(read, rows);
    assert_eq!(reader.api_token("00ff").await.unwrap(), Some(token));
    assert_eq!(reader.api_tokens(&Page::first(9)).await.unwrap().len(), 1);
    assert_eq!(reader.own_statement(T0.plus_seconds(5)).await.unwrap().as_deref(), Some("new"));
    assert_eq!(reader.own_statement(T0.plus_seconds(25)).await.unwrap(), None);
    let peer = ParticipantId::parse("did:web:peer").unwrap();
    assert_eq!(reader.peer_statements(&peer, T0).await.unwrap(), ["theirs"]);
    // Another member sees none of it.
    let mut other = store.read(f.member(1)).await.unwrap();
    assert!(other.keys().await.unwrap().is_empty());
    assert_eq!(other.api_token("00ff").await.unwrap(), None);
    drop((reader, other));
    let again = member.clone();
    let job = store.write(&member.id, move |tx| Box::pin(async move { tx.insert_member(&again).await }));
    assert_eq!(job.await, Err(Error::Conflict("member")));
    let revoke = || {
        let job = store.write(&member.id, |tx| Box::pin(async move { tx.revoke_api_token("t1").await }));
        async { job.await.unwrap().value }
    };
    assert!(revoke().await && !revoke().await);
}

pub async fn receipts_wait_and_are_signed(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let peer = ParticipantId::parse("did:web:peer").unwrap();
            let reference = |n: i32| Reference(n.to_string());
            for n in 0..3 {
                assert!(tx.insert_receipt(&reference(n), Role::Consumer, &peer, "waiting", "{}").await?);
            }
            assert!(!tx.insert_receipt(&reference(0), Role::Consumer, &peer, "waiting", "x").await?);
            assert!(tx.insert_receipt(&reference(0), Role::Provider, &peer, "verified", "y").await?);
            tx.receipt_signed(&reference(1), "signed").await?;
            assert_eq!(tx.receipt_signed(&reference(1), "again").await, Err(Error::Conflict("receipt")));
            let waiting = tx.receipts_waiting(10).await?;
            let signed = tx.receipt(&reference(1), Role::Consumer).await?;
            Ok::<_, Error>((waiting.len(), signed.map(|r| (r.state, r.body))))
        })
    });
    assert_eq!(job.await.unwrap().value, (2, Some(("signed".into(), "signed".into()))));
}

pub async fn first_answers_are_kept(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let sender = ParticipantId::parse("did:web:peer").unwrap();
            assert_eq!(tx.first_answer(&sender, "p", "id:1").await?, None);
            tx.remember_answer(&sender, "p", "id:1", 201, "body");
            tx.remember_answer(&sender, "p", "id:1", 400, "other");
            assert_eq!(tx.first_answer(&sender, "q", "id:1").await?, None);
            tx.first_answer(&sender, "p", "id:1").await
        })
    });
    assert_eq!(job.await.unwrap().value, Some((201, "body".into())));

    // Of a process that began here it is known what was answered: the same as is stored, and only what was kept.
    let sender = || ParticipantId::parse("did:web:peer").unwrap();
    let process = || negotiation(0).pid.to_string();
    let begin =
        store.write(f.member(0), |tx| Box::pin(async move { tx.insert_negotiation(negotiation(0)).await }));
    begin.await.unwrap();
    for (message, undone) in [("id:1", false), ("id:2", true)] {
        let answer = store.write(f.member(0), move |tx| {
            Box::pin(async move {
                tx.remember_answer(&sender(), &process(), message, 200, message);
                if undone { Err(Error::NotFound("anything")) } else { Ok(()) }
            })
        });
        assert_eq!(answer.await.is_err(), undone);
    }
    let answers = async |store: &Store| {
        let job = store.write(f.member(0), move |tx| {
            Box::pin(async move {
                let first = tx.first_answer(&sender(), &process(), "id:1").await?;
                Ok::<_, Error>((first, tx.first_answer(&sender(), &process(), "id:2").await?))
            })
        });
        job.await.unwrap().value
    };
    let known = answers(&store).await;
    assert_eq!(known, (Some((200, "id:1".into())), None));
    store.close().await;
    assert_eq!(answers(&f.open().await).await, known);
}

pub async fn a_member_that_left_writes_no_more(f: Fixture) {
    let store = f.open().await;
    for (member, _, _) in &f.members {
        let row = member.clone();
        store
            .write(&member.id, move |tx| Box::pin(async move { tx.insert_member(&row).await }))
            .await
            .unwrap();
    }
    let leave = |undone: bool| {
        store.write(f.member(0), move |tx| {
            Box::pin(async move {
                tx.record(event(1));
                tx.retire_member().await?;
                if undone { Err(Error::NotFound("anything")) } else { Ok(()) }
            })
        })
    };
    let write = |member: usize| {
        store.write(f.member(member), move |tx| {
            Box::pin(async move {
                tx.record(event(2));
                Ok::<_, Error>(())
            })
        })
    };
    // A departure that was undone is none, for the writes behind it in the same commit neither.
    let (left, after) = tokio::join!(leave(true), write(0));
    assert_eq!((left.unwrap_err(), after.is_ok()), (Error::NotFound("anything"), true));
    // All at once: what comes after it is refused, of this member only.
    let (left, after, neighbour) = tokio::join!(leave(false), write(0), write(1));
    assert!(left.is_ok() && neighbour.is_ok());
    assert_eq!(after.unwrap_err(), Error::Retired);
    assert_eq!(leave(false).await.unwrap_err(), Error::Retired);
    store.close().await;
    let store = f.open().await;
    assert_eq!(record(&store, f.member(1), 1).await.entries.len(), 1);
    let after = store.write(f.member(0), |tx| Box::pin(async move { tx.use_once("i", "j", T0).await })).await;
    assert_eq!(after.unwrap_err(), Error::Retired);
    assert_eq!(store.read(f.member(0)).await.unwrap().log_head().await.unwrap().unwrap().size, 2);
    assert_eq!(store.retired().await.unwrap().len(), 1);
    store.close().await;
}
