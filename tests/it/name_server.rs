//! A name server for tests: it answers from lines of a name, a type and a value, over UDP and TCP of one port.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::thread;

/// Its behaviour for a query over UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameServerTrick {
    /// It answers.
    None,
    /// It sends a response with another number first, as an attacker would.
    ForgedFirst,
    /// It responds that the answer is too long, so that it is asked over TCP.
    Truncated,
    /// It responds with SERVFAIL.
    Fails,
}

/// Starts a server that runs until the tests end; its port.
pub(crate) fn start(zone: &'static str, trick: NameServerTrick) -> u16 {
    // The port that is free for TCP may be taken for UDP.
    let (tcp, udp) = loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()) {
            break (tcp, udp);
        }
    };
    let port = tcp.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut octets = [0; 512];
        while let Ok((length, client)) = udp.recv_from(&mut octets) {
            for response in over_udp(zone, trick, &octets[..length]) {
                udp.send_to(&response, client).unwrap();
            }
        }
    });
    thread::spawn(move || {
        for stream in tcp.incoming() {
            let mut stream = stream.unwrap();
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut octets = vec![0; u16::from_be_bytes(length).into()];
            stream.read_exact(&mut octets).unwrap();
            let response = answer(zone, &octets);
            stream.write_all(&[&u16::try_from(response.len()).unwrap().to_be_bytes(), &response[..]].concat()).unwrap();
        }
    });
    port
}

fn over_udp(zone: &str, trick: NameServerTrick, question: &[u8]) -> Vec<Vec<u8>> {
    let mut response = answer(zone, question);
    match trick {
        NameServerTrick::None => vec![response],
        NameServerTrick::ForgedFirst => {
            let mut forged = answer("forening.example TXT v=spf1 +all\n", question);
            forged[0] ^= 0xff;
            vec![forged, response]
        }
        NameServerTrick::Truncated => {
            response[2] |= 2;
            response.truncate(60);
            vec![response]
        }
        NameServerTrick::Fails => {
            response.truncate(12);
            response[3] = 0x82;
            response[4..8].fill(0);
            vec![response]
        }
    }
}

/// The response to a question: its records, or that the name does not exist.
fn answer(zone: &str, question: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        name.push(std::str::from_utf8(&question[at + 1..end]).unwrap());
        at = end;
    }
    let (name, kind) = (name.join("."), u16::from_be_bytes([question[at + 1], question[at + 2]]));
    let lines = zone.lines().filter_map(|line| line.split_once(' ')).filter(|(owner, _)| *owner == name);
    let records: Vec<Vec<u8>> = lines.clone().filter_map(|(_, rest)| record(rest, kind)).collect();
    let code = if lines.count() == 0 { 3 } else { 0 };
    let mut response = question[..at + 5].to_vec();
    response[2..4].copy_from_slice(&[0x81, 0x80 | code]);
    response[6..8].copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
    response[8..12].fill(0);
    response.extend(records.concat());
    response
}

/// A record of the name in the question, if it is of the type that is asked for, or an alias.
fn record(rest: &str, kind: u16) -> Option<Vec<u8>> {
    let (word, value) = rest.split_once(' ').unwrap();
    let (own, data) = match word {
        "A" => (1, value.parse::<Ipv4Addr>().unwrap().octets().to_vec()),
        "CNAME" => (5, wire_name(value)),
        "PTR" => (12, wire_name(value)),
        "MX" => (15, [vec![0, 10], wire_name(value)].concat()),
        "TXT" => {
            let strings = value.as_bytes().chunks(255);
            (16, strings.flat_map(|piece| [&[u8::try_from(piece.len()).unwrap()], piece].concat()).collect())
        }
        other => panic!("unknown type {other}"),
    };
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    let head = [0xc0, 12, 0, own, 0, 1, 0, 0, 0, 60];
    (u16::from(own) == kind || own == 5).then(|| [&head[..], &length, &data].concat())
}

fn wire_name(name: &str) -> Vec<u8> {
    let labels = name.split('.').flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat());
    labels.chain([0]).collect()
}
