//! Switches of optional work: where they stand at which moment, and who may not say what.

use super::campaigns::{campaign, save};
use super::*;
use crate::campaign::CampaignState;
use crate::switch::{
    AROUND_MINUTES_MAX, CHANGES_MAX, Changed, PLANS_MAX, Plan, Position, Shed, When, Work,
};
use alloc::string::ToString;
use alloc::vec::Vec;

const CAMPAIGN: CampaignId = CampaignId(0x9000);

fn set(step: SwitchStep) -> Command {
    Command::SetSwitch(SetSwitch {
        work: Work::Exports,
        expected_version: None,
        step,
    })
}

fn throw(position: Position, until: Option<i64>) -> Command {
    set(SwitchStep::Throw(position, until))
}

fn plan(when: When) -> Plan {
    Plan {
        time_zone: "Europe/Berlin".to_string(),
        when,
        by: None,
        planned_at: 0,
    }
}

fn between(from: i64, until: i64) -> Plan {
    plan(When::Between { from, until })
}

fn around(before_minutes: u32, after_minutes: u32) -> Plan {
    plan(When::Around {
        campaign: CAMPAIGN,
        before_minutes,
        after_minutes,
    })
}

fn shed_until(bench: &Bench, at: i64) -> Option<Option<i64>> {
    let shed = bench.world.sheds(Work::Exports, at);
    shed.map(|Shed { until, .. }| until)
}

/// `0` where work is served and `1` where it is shed, minute by minute from the bench's now on.
fn course(bench: &Bench, minutes: i64) -> String {
    let now = bench.now;
    let at = |minute| bench.world.sheds(Work::Exports, now + minute * MINUTE);
    (0..minutes)
        .map(|minute| if at(minute).is_some() { '1' } else { '0' })
        .collect()
}

#[test]
fn plans_shed_in_their_time_and_a_hand_goes_before_them() {
    let mut bench = Bench::new();
    let now = bench.now;
    let at = |minute: i64| now + minute * MINUTE;
    assert_eq!(course(&bench, 4), "0000", "a switch nobody touched");
    // Two that overlap are one time.
    let plans = vec![
        between(at(2), at(4)),
        between(at(3), at(6)),
        between(at(8), at(9)),
    ];
    bench.run(set(SwitchStep::Plan(plans))).expect("planned");
    assert_eq!(course(&bench, 11), "00111100100");
    assert_eq!(shed_until(&bench, at(2)), Some(Some(at(6))));
    assert_eq!(shed_until(&bench, at(6) - 1), Some(Some(at(6))));
    assert_eq!(shed_until(&bench, at(6)), None);
    let standing = |bench: &Bench, now| {
        let switch = bench.world.switch(Work::Exports.switch());
        switch.expect("touched").standing(&bench.world, now)
    };
    let found = standing(&bench, at(5));
    assert_eq!((found.position, found.by_hand), (Position::Shed, false));
    assert_eq!((found.since, found.until), (Some(at(2)), Some(at(6))));
    assert_eq!(found.next, Some((at(8), Some(at(9)))));
    let found = standing(&bench, at(0));
    assert_eq!((found.since, found.until), (None, Some(at(2))));
    assert_eq!(found.next, Some((at(2), Some(at(6)))));
    // Served all the same for three minutes, and shed by hand after that until further notice.
    bench
        .run(throw(Position::Serve, Some(at(3))))
        .expect("thrown");
    assert_eq!(course(&bench, 11), "00011100100");
    bench
        .run(throw(Position::Shed, Some(at(1))))
        .expect("thrown");
    assert_eq!(course(&bench, 11), "10111100100");
    assert_eq!(shed_until(&bench, now), Some(Some(at(1))));
    bench.run(throw(Position::Shed, None)).expect("thrown");
    assert_eq!(course(&bench, 11), "11111111111");
    assert_eq!(shed_until(&bench, now), Some(None));
    bench.run(set(SwitchStep::LeaveToPlans)).expect("left");
    assert_eq!(course(&bench, 11), "00111100100");
    assert!(
        bench.world.sheds(Work::Refunds, at(2)).is_none(),
        "others stay"
    );
}

#[test]
fn a_plan_around_a_campaign_moves_with_it_and_ends_with_it() {
    let mut bench = Bench::new();
    let start = bench.now + 10 * MINUTE;
    let rules = vec![super::campaigns::rule(
        1,
        crate::campaign::Deal::Percent(100_000),
        crate::campaign::Limits::default(),
    )];
    let draft = campaign(start, rules);
    bench.run(save(draft.clone(), None)).expect("saved");
    let plans = vec![around(2, 1)];
    bench
        .run(set(SwitchStep::Plan(plans.clone())))
        .expect("planned");
    assert_eq!(course(&bench, 14), "00000000000000", "a draft may never be");
    let later = crate::campaign::Campaign {
        starts_at: start + MINUTE,
        ..draft
    };
    bench.run(save(later, Some(1))).expect("moved");
    let approve = Command::MoveCampaign(CAMPAIGN, None, CampaignStep::Approve);
    bench.run(approve).expect("approved");
    assert_eq!(course(&bench, 14), "00000000011100");
    let stop = Command::MoveCampaign(CAMPAIGN, None, CampaignStep::Stop);
    bench.run(stop).expect("stopped");
    assert_eq!(course(&bench, 14), "00000000000000");
    let state = bench.world.campaign(CAMPAIGN).map(|c| c.state);
    assert_eq!(state, Some(CampaignState::Stopped));
    // It goes with the next change, and cannot be planned anew.
    let other = between(bench.now + MINUTE, bench.now + 2 * MINUTE);
    let again = set(SwitchStep::Plan(vec![plans[0].clone(), other]));
    bench.run(again).expect("what was there may be sent again");
    let switch = bench.world.switch(Work::Exports.switch()).expect("touched");
    assert_eq!(switch.plans.len(), 1);
    let refused = bench.run(set(SwitchStep::Plan(plans)));
    assert_eq!(refused, Err(Refusal::FieldInvalid { field: "campaign" }));
}

#[test]
fn what_makes_no_sense_is_refused_by_its_field() {
    let mut bench = Bench::new();
    let (now, year) = (bench.now, 365 * 24 * 60 * MINUTE);
    let draft = campaign(now + MINUTE, Vec::new());
    bench.run(save(draft, None)).expect("saved");
    let planned = |plan| set(SwitchStep::Plan(vec![plan]));
    let no_zone = Plan {
        time_zone: String::new(),
        ..between(now, now + MINUTE)
    };
    let nobody = plan(When::Around {
        campaign: CampaignId(0x7700),
        before_minutes: 1,
        after_minutes: 1,
    });
    let many = (0..=PLANS_MAX as i64).map(|n| between(now + n, now + MINUTE));
    let cases = [
        ("until", throw(Position::Shed, Some(now))),
        ("until", throw(Position::Shed, Some(now + 2 * year))),
        ("until", throw(Position::Serve, Some(i64::MAX))),
        ("time_zone", planned(no_zone)),
        ("until", planned(between(now + MINUTE, now + MINUTE))),
        ("until", planned(between(now - 2 * MINUTE, now))),
        ("until", planned(between(now, now + 2 * year))),
        ("from", planned(between(i64::MIN, now + MINUTE))),
        ("from", planned(between(i64::MAX - 1, i64::MAX))),
        ("before_minutes", planned(around(AROUND_MINUTES_MAX + 1, 1))),
        ("after_minutes", planned(around(1, u32::MAX))),
        ("after_minutes", planned(around(0, 0))),
        ("plans", set(SwitchStep::Plan(many.collect()))),
    ];
    for (field, command) in cases {
        let told = format!("{command:?}");
        let refused = bench.run(command);
        assert_eq!(refused, Err(Refusal::FieldInvalid { field }), "{told}");
    }
    let refused = bench.run(planned(nobody));
    assert_eq!(refused, Err(Refusal::NotFound { what: "campaign" }));
    assert!(bench.world.switch(Work::Exports.switch()).is_none());
    let stale = Command::SetSwitch(SetSwitch {
        work: Work::Exports,
        expected_version: Some(3),
        step: SwitchStep::LeaveToPlans,
    });
    let refused = bench.run(stale);
    assert_eq!(refused, Err(Refusal::VersionConflict { current: 0 }));
    let record = crate::switch::Switch::new(Work::Exports);
    let saved = Command::SaveRecords(vec![crate::world::Record::Switch(record)]);
    let refused = bench.run(saved);
    assert_eq!(refused, Err(Refusal::FieldInvalid { field: "kind" }));
}

#[test]
fn what_was_done_is_remembered_with_who_did_it() {
    let mut bench = Bench::new();
    let ada = Actor::Operator(OperatorId(0x100));
    let until = Some(bench.now + MINUTE);
    let first = bench.run_as(ada, throw(Position::Shed, until));
    first.expect("thrown");
    let switch = bench.world.switch(Work::Exports.switch()).expect("touched");
    let hand = switch.hand.expect("it holds");
    assert_eq!((hand.by, hand.since), (Some(OperatorId(0x100)), bench.now));
    assert_eq!(switch.changes[0].by, Some(OperatorId(0x100)));
    assert_eq!(
        switch.changes[0].what,
        Changed::Thrown(Position::Shed, until)
    );
    for _ in 0..CHANGES_MAX {
        bench.run(set(SwitchStep::LeaveToPlans)).expect("left");
    }
    let switch = bench.world.switch(Work::Exports.switch()).expect("touched");
    assert_eq!(switch.changes.len(), CHANGES_MAX);
    assert_eq!(switch.version as usize, CHANGES_MAX + 1);
    assert!(
        switch
            .changes
            .iter()
            .all(|c| c.what == Changed::LeftToPlans)
    );
}
