use contracts::duty::Said;
use contracts::id::{AgreementId, DatasetId, ParticipantId};

use super::*;
use crate::domain::calendar::Calendar;

const DAY: i64 = 86_400;
const CALENDAR: Calendar = Calendar { remind: 30 * DAY, suspend: Some(10 * DAY), list: Some(60 * DAY) };

fn day(days: i64) -> Timestamp {
    Timestamp::from_seconds(days * DAY)
}

fn duty(role: Role, deadline: Option<i64>, after: Option<&str>) -> Duty {
    Duty {
        agreement: AgreementId::parse("urn:a").unwrap(),
        pointer: "/obligation/3".into(),
        occurrence: 1,
        role,
        peer: ParticipantId::did("did:web:peer.example").unwrap(),
        dataset: DatasetId::parse("urn:d").unwrap(),
        action: "delete".into(),
        deadline: deadline.map(|at| Deadline(day(at))),
        after: after.map(str::to_owned),
        every: None,
        state: State::Pending,
        measure: Measure::None,
        evidence: None,
        version: 0,
    }
}

fn kinds(step: &Step) -> Vec<&'static str> {
    step.events.iter().map(Event::kind).collect()
}

#[test]
fn years_pass_and_each_thing_is_told_once() {
    let mut own = duty(Role::Provider, Some(1_000), None);
    let mut told = Vec::new();
    for at in 0..2_000 {
        let step = own.at(None, day(at), CALENDAR);
        told.extend(kinds(&step).into_iter().map(|kind| (at, kind)));
        own = step.next;
    }
    let expected =
        [(970, "duty.due"), (1_001, "duty.overdue"), (1_011, "duty.suspended"), (1_061, "duty.listed")];
    assert_eq!(told, expected);
    assert!(own.suspends());
    // Who owes it is told, and does nothing to itself.
    let step = duty(Role::Consumer, Some(1), None).at(None, day(500), CALENDAR);
    assert_eq!((kinds(&step), step.next.measure), (vec!["duty.overdue"], Measure::Told));
    assert!(!step.next.suspends());
}

#[test]
fn a_duty_that_runs_from_the_first_delivery_waits_for_it() {
    let own = duty(Role::Provider, None, Some("P1M"));
    let step = own.at(None, day(5_000), CALENDAR);
    assert_eq!((step.next.deadline, step.events.len()), (None, 0));
    // 31 January 1970, and a month by the calendar.
    let step = step.next.at(Some(day(30)), day(31), CALENDAR);
    assert_eq!(step.next.deadline, Some(Deadline(day(58))));
    assert_eq!(kinds(&step), ["duty.due"]);
}

#[test]
fn what_is_to_be_done_every_year_comes_again_until_the_end() {
    let mut own = Duty { every: Some("P1Y".into()), ..duty(Role::Provider, Some(365), None) };
    assert_eq!(own.next(None), None, "not before it is done or overdue");
    let mut deadlines = Vec::new();
    for _ in 0..9 {
        let Deadline(last) = own.deadline.unwrap();
        own = own.at(None, last.plus_seconds(1), CALENDAR).next;
        let Some(next) = own.next(Some(day(365 * 4))) else { break };
        assert_eq!(
            (next.state, next.measure, next.occurrence),
            (State::Pending, Measure::None, own.occurrence + 1)
        );
        deadlines.push(next.deadline.unwrap().0.rfc3339()[..10].to_owned());
        own = next;
    }
    assert_eq!(deadlines, ["1972-01-01", "1973-01-01", "1974-01-01"]);
}

#[test]
fn it_is_settled_once_by_who_may() {
    let said = |said, by: &str| Evidence {
        said,
        by: ParticipantId::did(by).unwrap(),
        words: "fait".into(),
        document: None,
        at: day(2),
        notice: "a.b.c".into(),
    };
    let own = duty(Role::Provider, Some(1), None).at(None, day(50), CALENDAR).next;
    assert!(own.suspends() && own.ours_to_say(Said::Waived) && !own.ours_to_say(Said::Fulfilled));
    let done = own.settle(said(Said::Fulfilled, "did:web:peer.example")).unwrap();
    assert_eq!(kinds(&done), ["duty.fulfilled-by-peer"]);
    assert!(!done.next.suspends(), "what was done late suspends nothing");
    assert_eq!(done.next.number(), 3);
    assert!(done.next.clone().settle(said(Said::Waived, "did:web:me.example")).is_err());
    assert_eq!(done.next.at(None, day(900), CALENDAR).events, []);
}
