//! The words of mail servers that report a failure without the format of RFC 3464: a table.

use crate::feedback::mail::meaning::DeliveryAction::{self, Delayed, Failed};

/// A phrase that reports what happened to a letter.
pub(super) struct BouncePhrase {
    /// In lower case, with one blank between words.
    pub(super) phrase: &'static str,
    /// What happened.
    pub(super) action: DeliveryAction,
}

const fn failed(phrase: &'static str) -> BouncePhrase {
    BouncePhrase { phrase, action: Failed }
}

const fn delayed(phrase: &'static str) -> BouncePhrase {
    BouncePhrase { phrase, action: Delayed }
}

/// The phrases, with the mail servers that write them. Those of warnings are first, since warnings repeat phrases of
/// failures.
pub(super) const PHRASES: [BouncePhrase; 99] = [
    // Exim, kundenserver.de, demon.co.uk.
    delayed("has not yet been delivered"),
    delayed("not yet been delivered"),
    // Sendmail.
    delayed("this is a warning message only"),
    // Postfix.
    delayed("your message could not be delivered for more than"),
    delayed("your message has been delayed"),
    // OpenSMTPD.
    delayed("a message is delayed for more than"),
    // Gmail.
    delayed("delivery to the following recipient has been delayed"),
    // Exchange.
    delayed("this is an advisory-only email"),
    delayed("delivery to these recipients or distribution lists has been delayed"),
    delayed("delivery to these recipients or groups has been delayed"),
    // MessageSwitch, Symantec's gateway.
    delayed("this is just a warning, you do not need to take any action"),
    delayed("delivery attempts will continue to be made"),
    // qmail, and Yahoo in its words.
    failed("i'm afraid i wasn't able to deliver"),
    failed("wasn't able to deliver your message"),
    failed("wasn't able to deliver the following message"),
    failed("this is a permanent error"),
    failed("this is the qmail-send program"),
    failed("we were unable to deliver your message to the following address"),
    failed("unable to deliver message to the following address"),
    failed("sorry, unable to deliver your message"),
    failed("this is the deliver program at"),
    failed("this is the email server at"),
    failed("able to deliver your message to the following"),
    failed("sorry, no mailbox here by that name"),
    // Exim, GMX, Mail.ru, 1&1, and gateways that imitate them.
    failed("this message was created automatically by mail delivery software"),
    failed("could not be delivered to one or more of its recipients"),
    failed("could not be delivered to all of its recipients"),
    failed("message that you sent could not be delivered"),
    failed("message that you sent was rejected"),
    failed("the following address failed"),
    failed("recipient addresses that were incorrectly constructed"),
    failed("failed addresses follow"),
    // Postfix.
    failed("could not be delivered to one or more recipients"),
    failed("could not be delivered to one or more destinations"),
    failed("this is the postfix program at host"),
    failed("this is the mail system at host"),
    failed("your message could not be delivered"),
    // Sendmail.
    failed("the following addresses had permanent fatal errors"),
    failed("the following addresses had delivery errors"),
    failed("the following addresses had delivery problems"),
    failed("the following addresses had"),
    failed("transcript of session follows"),
    failed("----- unsent message follows"),
    // Exchange, Outlook, Microsoft's SMTP service.
    failed("did not reach the following recipient"),
    failed("delivery to the following recipients failed"),
    failed("delivery has failed to these recipients"),
    failed("delivery to the following recipient failed"),
    failed("delivery to the following recipients was aborted"),
    failed("delevery to the following recipients was aborted"),
    failed("could not be delivered to the following user"),
    failed("your message couldn't be delivered"),
    failed("wasn't delivered to"),
    failed("couldn't be delivered to"),
    // Gmail.
    failed("your message wasn't delivered"),
    failed("delivery to the following address failed"),
    // Lotus Domino.
    failed("was not delivered to:"),
    failed("not listed in domino directory"),
    failed("failure reasons"),
    // DragonFly, OpenSMTPD, Dovecot's "reject", PMDF.
    failed("there was an error delivering your mail to"),
    failed("an error has occurred while attempting to deliver"),
    failed("was automatically rejected"),
    failed("your message cannot be delivered to the following"),
    // IMail and SMTP32.
    failed("delivery failed 20 attempts"),
    failed("undeliverable to"),
    failed("user mailbox exceeds allowed size"),
    // MailMarshal, Mimecast, X6, LSMTP, Netscape, and mobile networks in Japan and America.
    failed("could not be delivered because of"),
    failed("to the following address could not be delivered"),
    failed("recipients returned permanent errors"),
    failed("we had trouble delivering your message"),
    failed("error was detected while processing the enclosed message"),
    failed("did not receive your message"),
    failed("did not receive this message"),
    failed("recipients was rejected by a remote mail server"),
    failed("the user(s) account is disabled"),
    failed("could not be delivered to:"),
    failed("requested action not taken: no such user here"),
    // InterScan, m-FILTER.
    failed("sent <<< rcpt to:"),
    failed("-------server message"),
    // LLNL, Yale.
    failed("did not exactly match an"),
    failed("message not delivered to the following"),
    failed("delivery to the following address has been failed"),
    // AOL, InterScan, MDaemon, MailEnable, LSMTP, GroupWise, usa.net and others.
    failed("your mail to the following recipients could not be delivered"),
    failed("the following mail could not be delivered"),
    failed("unable to deliver message to"),
    failed("did not receive a copy of your message"),
    failed("message could not be delivered"),
    failed("could not deliver message to"),
    failed("message not delivered to"),
    failed("not delivered to the following addresses"),
    failed("recipient(s) could not be reached"),
    failed("failed recipient"),
    failed("undeliverable address"),
    failed("invalid final delivery userid"),
    failed("your message has encountered delivery problems"),
    failed("delivery failure notification"),
    failed("delivery has failed"),
    failed("user's mailbox is full"),
    failed("unknown user:"),
    failed("no such user here"),
];

/// Lines with which the copy of the returned letter begins, in lower case. Postmasters' programs draw lines around many.
pub(super) const COPY_MARKS: [&str; 36] = [
    "below this line is a copy of the message",
    "below the next line is a copy of the message",
    "this is a copy of the message",
    "this is a copy of your message",
    "a copy of the original message",
    "here is a copy of the message",
    "included is a copy of the message",
    "the header of the original message",
    "the headers of the original message",
    "original message follows",
    "original message header",
    "original message headers",
    "original message attached",
    "original message details",
    "----- original message -----",
    "-----original message-----",
    "--- original message",
    "original message:",
    "unsent message follows",
    "message text follows",
    "message header follows",
    "message headers follow",
    "message header:",
    "returned mail follows",
    "returned message",
    "returned mail --",
    "here is your returned mail",
    "start of returned message",
    "your message reads",
    "old message:",
    "-- the header",
    "the message contents follow",
    "unsent message below",
    "-------original m",
    "bounced e-mail:",
    "end of message",
];

/// Beginnings of the subjects of bounces, in lower case and in the languages of large providers.
pub(super) const SUBJECTS: [&str; 33] = [
    "undeliverable",
    "undelivered",
    "undeliver",
    "non delivery",
    "non-delivery",
    "nondeliver",
    "delivery status",
    "delivery failure",
    "delivery failed",
    "delivery notification",
    "delivery delayed",
    "mail delivery",
    "mail could not be delivered",
    "mail failure",
    "mail system error",
    "message undeliverable",
    "failure notice",
    "returned mail",
    "returned to sender",
    "warning: could not send",
    "warning: message",
    "notice: mail delivery",
    "there was an error sending your mail",
    "email delivery failure",
    "failed mail to",
    "permanent delivery failure",
    "message not delivered",
    "automatically rejected mail",
    "ikke leveret",
    "kan ikke leveres",
    "meddelelsen blev ikke leveret",
    "unzustellbar",
    "kunne ikke leveres",
];
