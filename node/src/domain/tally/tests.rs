use contracts::framework::Words;

use super::*;

fn words() -> Words {
    Words { fr: "x".into(), en: "x".into() }
}

fn body(majority: Majority, quorum: u32) -> Body {
    let college =
        |id: &str, seats, voice| College { id: id.into(), name: words(), seats, voice, citizens: false };
    Body {
        id: "b".into(),
        name: words(),
        about: words(),
        colleges: vec![
            college("a", 4, Voice::Vote),
            college("v", 1, Voice::Veto),
            college("c", 2, Voice::Advice),
        ],
        quorum,
        majority,
        days: 10,
    }
}

/// `y n - r` of the seats a/1 to a/4, then v/1; a space: silent.
fn cast(said: &str) -> Vec<Cast> {
    let seats = ["a/1", "a/2", "a/3", "a/4", "v/1", "c/1", "c/2"];
    let choice = |c| match c {
        'y' => Some(Choice::Yes),
        'n' => Some(Choice::No),
        '-' => Some(Choice::Abstain),
        'r' => Some(Choice::Recused),
        _ => None,
    };
    let all = seats.iter().zip(said.chars());
    all.filter_map(|(seat, c)| Some(Cast { seat: (*seat).to_owned(), choice: choice(c)? })).collect()
}

#[test]
fn what_ballots_come_to() {
    use Majority::{Absolute, Simple, TwoThirds, Unanimous};
    use Outcome::{No, NoQuorum, Yes};
    for (majority, said, expected) in [
        (Simple, "yy", NoQuorum),
        (Simple, "yy-", Yes),
        (Simple, "yyr", NoQuorum),
        (Simple, "yyn", Yes),
        (Simple, "yn-", No),
        (Simple, "---", No),
        (Simple, "yyyyn", No),
        (Simple, "yyyy-", Yes),
        (Simple, "yy   nn", NoQuorum),
        (Simple, "yyy  nn", Yes),
        (Absolute, "yyn", No),
        (Absolute, "yyynn", No),
        (Absolute, "yyyn-", Yes),
        (TwoThirds, "yyn", Yes),
        (TwoThirds, "yynn", No),
        (TwoThirds, "y--", Yes),
        (TwoThirds, "---", No),
        (Unanimous, "yy-", Yes),
        (Unanimous, "yyn", No),
        (Unanimous, "---", No),
    ] {
        assert_eq!(tally(&body(majority, 3), &cast(said)).outcome, expected, "{majority:?} {said}");
    }
}

#[test]
fn a_body_is_complete_when_every_voting_seat_has_spoken() {
    let body = body(Majority::Simple, 1);
    assert!(!complete(&body, &cast("yyyy"), &[]) && !complete(&body, &cast("yyyy yy"), &[]));
    assert!(complete(&body, &cast("yn-ry"), &[]));
    // A seat in conflict is not waited for.
    let seats: Vec<String> = cast("yyyyy").into_iter().map(|one| one.seat).collect();
    assert!(complete(&body, &cast("yyyy"), &seats[4..]) && !complete(&body, &cast("yyy"), &seats[4..]));
    for wrong in ["a/0", "a/5", "a/01", "a", "z/1", "/1", "a/"] {
        assert!(college(&body, wrong).is_none(), "{wrong}");
    }
}

/// Every set of ballots of five seats, by the same small alphabet: 5⁵ of them, in each majority and quorum.
#[test]
fn what_holds_whatever_was_said() {
    let alphabet = ['y', 'n', '-', 'r', ' '];
    let majorities = [Majority::Simple, Majority::Absolute, Majority::TwoThirds, Majority::Unanimous];
    for number in 0..5_usize.pow(5) {
        let said: String = (0..5).map(|i| alphabet[number / 5_usize.pow(i) % 5]).collect();
        let ballots = cast(&said);
        for majority in majorities {
            for quorum in 1..=5 {
                let body = body(majority, quorum);
                let found = tally(&body, &ballots);
                // Who speaks last does not matter, nor does who is only heard, nor who speaks again.
                let mut turned = ballots.clone();
                turned.reverse();
                turned.extend([Cast { seat: "c/1".into(), choice: Choice::No }]);
                turned.extend(ballots.iter().map(|one| Cast { seat: one.seat.clone(), choice: Choice::No }));
                let again = tally(&body, &turned);
                assert_eq!(
                    (again.yes, again.no, again.outcome),
                    (found.yes, found.no, found.outcome),
                    "{said}"
                );
                let present = found.yes + found.no + found.abstain;
                assert_eq!(found.outcome == Outcome::NoQuorum, present < quorum, "{said}");
                if found.outcome == Outcome::Yes {
                    assert!(
                        found.yes > 0 && !found.vetoed && found.yes > found.no.saturating_sub(1),
                        "{said}"
                    );
                }
                // One more yes never takes a yes back.
                for seat in ["a/1", "a/2", "a/3", "a/4", "v/1"] {
                    if ballots.iter().all(|one| one.seat != seat) {
                        let mut more = ballots.clone();
                        more.push(Cast { seat: seat.into(), choice: Choice::Yes });
                        let more = tally(&body, &more).outcome;
                        assert!(found.outcome != Outcome::Yes || more == Outcome::Yes, "{said} {seat}");
                    }
                }
            }
        }
    }
}
