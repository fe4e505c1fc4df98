//! The channels besides letters that a block can be for: `::: only web`, `::: not linkedin`.

/// A channel besides letters. Its readers are not in a list. No audience may have the name of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// The web: the archive, and what is pasted or copied into other websites.
    Web,
    /// A post on LinkedIn.
    LinkedIn,
    /// Points for those who present the news: the board or the secretariat.
    TalkingPoints,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Web, Self::LinkedIn, Self::TalkingPoints];

    /// The word for it behind a fence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::LinkedIn => "linkedin",
            Self::TalkingPoints => "talkingpoints",
        }
    }
}

/// The words for the channels behind a fence. No audience has one of these names.
pub const CHANNELS: [&str; 3] = [Channel::Web.name(), Channel::LinkedIn.name(), Channel::TalkingPoints.name()];
