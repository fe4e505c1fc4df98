//! Tests of SPF, on zones.

use std::net::IpAddr;

use crate::delivery::dns::name::DnsName;
use crate::delivery::dns::sample_zone::SampleZone;
use crate::delivery::sender_domain::spf_remedy::{self, SpfNeed};
use crate::delivery::sender_domain::spf_survey::{self, SpfFault, SpfResult, SpfSurvey};

const DOMAIN: &str = "forening.example";

fn name(text: &str) -> DnsName {
    DnsName::parse(text).unwrap()
}

fn survey(zone: &str) -> SpfSurvey {
    spf_survey::survey(&SampleZone::parse(zone), &name(DOMAIN))
}

fn result(zone: &str, address: &str) -> SpfResult {
    survey(zone).result(address.parse().unwrap())
}

/// Texts by their number, behind one another.
fn joined(number: usize, text: impl Fn(usize) -> String) -> String {
    (0..number).map(text).collect::<Vec<_>>().concat()
}

/// A zone in which the domain has a record, and others have theirs.
fn zone(record: &str) -> String {
    format!(
        "{DOMAIN} TXT {record}\n\
         {DOMAIN} A 192.0.2.1\n\
         {DOMAIN} MX 10 mail.{DOMAIN}\n\
         mail.{DOMAIN} A 192.0.2.2\n\
         mail.{DOMAIN} AAAA 2001:db8::2\n\
         relay.example TXT v=spf1 ip4:198.51.100.0/24 include:deep.relay.example -all\n\
         deep.relay.example TXT v=spf1 ip6:2001:db8:1::/48 ~all\n\
         loop.example TXT v=spf1 include:{DOMAIN} -all\n\
         bare.example A 192.0.2.9\n\
         broken.example TXT v=spf1 ip4:1 -all\n\
         macro.example TXT v=spf1 exists:%{{i}}.macro.example -all\n"
    )
}

#[test]
fn an_address_is_judged_as_receivers_do() {
    for (record, address, expected) in [
        ("v=spf1 a mx -all", "192.0.2.1", SpfResult::Pass),
        ("v=spf1 a mx -all", "192.0.2.2", SpfResult::Pass),
        ("v=spf1 mx -all", "2001:db8::2", SpfResult::Pass),
        ("v=spf1 a mx -all", "192.0.2.3", SpfResult::Fail),
        ("v=spf1 a/24 -all", "192.0.2.200", SpfResult::Pass),
        ("v=spf1 -a +mx ~all", "192.0.2.1", SpfResult::Fail),
        ("v=spf1 include:relay.example ~all", "198.51.100.7", SpfResult::Pass),
        ("v=spf1 include:relay.example ~all", "2001:db8:1::7", SpfResult::Pass),
        ("v=spf1 include:relay.example ~all", "203.0.113.1", SpfResult::SoftFail),
        ("v=spf1 redirect=relay.example", "203.0.113.1", SpfResult::Fail),
        ("v=spf1 include:relay.example", "203.0.113.1", SpfResult::Neutral),
        ("v=spf1 include:bare.example -all", "203.0.113.1", SpfResult::Error),
        ("v=spf1 include:macro.example -all", "203.0.113.1", SpfResult::Unknown),
        ("v=spf1 ip4:203.0.113.1 include:macro.example -all", "203.0.113.1", SpfResult::Pass),
        ("v=spf1 exists:bare.example -all", "203.0.113.1", SpfResult::Pass),
    ] {
        assert_eq!(result(&zone(record), address), expected, "{record}: {address}");
    }
}

#[test]
fn what_makes_a_record_an_error_is_found() {
    let fault = |record: &str| survey(&zone(record)).fault().cloned();
    let of = |text: &str| name(text);
    assert_eq!(fault("v=spf1 include:relay.example -all"), None);
    assert_eq!(fault("v=spf2 -all"), Some(SpfFault::NoRecord { domain: of(DOMAIN) }));
    assert_eq!(fault("v=spf1 include:bare.example -all"), Some(SpfFault::NoRecord { domain: of("bare.example") }));
    assert_eq!(fault("v=spf1 include:loop.example -all"), Some(SpfFault::Circle { domain: of(DOMAIN) }));
    let bad = SpfFault::BadTerm { domain: of("broken.example"), term: "ip4:1".to_owned() };
    assert_eq!(fault("v=spf1 include:broken.example -all"), Some(bad));
    let three = zone("v=spf1 a -all") + &format!("{DOMAIN} TXT v=spf1 mx -all\n{DOMAIN} TXT v=spf1 ~all\n");
    assert!(matches!(survey(&three).fault(), Some(SpfFault::SeveralRecords { texts, .. }) if texts.len() == 3));
    let many = joined(11, |host| format!("many.example MX {host} mx{host}.example\n"));
    let fault = survey(&(zone("v=spf1 mx:many.example -all") + &many)).fault().cloned();
    assert_eq!(fault, Some(SpfFault::TooManyExchanges { domain: of("many.example") }));
}

#[test]
fn lookups_and_voids_are_counted() {
    let counts = |record: &str| {
        let survey = survey(&zone(record));
        [survey.lookups, survey.voids]
    };
    assert_eq!(counts("v=spf1 ip4:192.0.2.1 -all"), [0, 0]);
    assert_eq!(counts("v=spf1 a mx include:relay.example ptr exists:%{i}.example -all"), [6, 0]);
    assert_eq!(counts("v=spf1 redirect=relay.example"), [2, 0]);
    assert_eq!(counts("v=spf1 a:x.example mx:y.example exists:z.example -all"), [3, 3]);
    // RFC 7208 §4.6.4: a void answer beyond the second is an error.
    assert_eq!(result(&zone("v=spf1 a:x.example a:y.example a:z.example -all"), "192.0.2.1"), SpfResult::Error);
    let chain = joined(60, |at| format!("c{at}.example TXT v=spf1 include:c{}.example -all\n", at + 1));
    let survey = survey(&(zone("v=spf1 include:c0.example -all") + &chain));
    assert!(survey.lookups > 10 && survey.lookups < 60, "{}", survey.lookups);
}

#[test]
fn a_server_that_fails_leaves_it_unknown() {
    let zone = zone("v=spf1 include:gone.example ip4:192.0.2.1 -all") + "gone.example FAIL\n";
    assert!(matches!(survey(&zone).fault(), Some(SpfFault::Unanswered { .. })));
    assert_eq!(result(&zone, "192.0.2.1"), SpfResult::Pass);
    assert_eq!(result(&zone, "192.0.2.9"), SpfResult::Unknown);
}

#[test]
fn a_remedy_repairs_the_record_and_keeps_what_it_means() {
    let many = joined(12, |at| format!("h{at}.example A 203.0.113.{at}\n"));
    let hosts = |from: usize, to: usize| joined(to - from, |at| format!("a:h{}.example ", from + at));
    let all_hosts = format!("v=spf1 {}-all", hosts(0, 12));
    for (records, need, expected) in [
        (vec![], Some("198.51.100.9"), "v=spf1 ip4:198.51.100.9 ~all"),
        (
            vec!["v=spf1 a -all", "v=spf1 a mx ~all", "v=spf1 include:relay.example ?all"],
            None,
            "v=spf1 a mx include:relay.example -all",
        ),
        (vec!["v=spf1 mx +all"], None, "v=spf1 mx ~all"),
        (vec!["v=spf1 mx"], None, "v=spf1 mx ~all"),
        (vec!["v=spf1 mx ip4:1.2.3 ptr -all"], None, "v=spf1 mx -all"),
        (vec!["v=spf1 mx include:loop.example include:bare.example a:gone.example -all"], None, "v=spf1 mx -all"),
        (vec!["v=spf1 redirect=relay.example"], Some("198.51.100.9"), "v=spf1 include:relay.example ~all"),
        (vec!["v=spf1 -a mx -all"], Some("192.0.2.1"), "v=spf1 ip4:192.0.2.1 -a mx -all"),
        (vec![all_hosts.as_str()], None, &format!("v=spf1 ip4:203.0.113.0 ip4:203.0.113.1 {}-all", hosts(2, 12))),
        (
            vec![&format!("v=spf1 include:relay.example {}-all", hosts(0, 9))],
            None,
            &format!("v=spf1 include:relay.example ip4:203.0.113.0 {}-all", hosts(1, 9)),
        ),
    ] {
        let own = joined(records.len(), |at| format!("{DOMAIN} TXT {}\n", records[at]));
        let zone = zone("none") + &many + &own;
        let texts: Vec<String> = records.iter().map(|record| (*record).to_owned()).collect();
        let address: Option<IpAddr> = need.map(|text| text.parse().unwrap());
        let need = address.map(SpfNeed::Address);
        let remedy = spf_remedy::record(&SampleZone::parse(&zone), &name(DOMAIN), &texts, need.as_ref());
        assert_eq!(remedy, expected, "{records:?}");
        let repaired = survey(&(self::zone(&remedy) + &many));
        assert_eq!(repaired.fault(), None, "{remedy}");
        assert!(repaired.lookups <= 10 && repaired.voids <= 2, "{remedy}");
        assert!(address.is_none_or(|address| repaired.result(address) == SpfResult::Pass), "{remedy}");
    }
}
