//! Finds days, times and the words that join them in a text.

use std::ops::Range;

use jiff::civil::Weekday;

use crate::base::language::Lang;
use crate::base::source::nearest::nearest;
use crate::issue::when::error::{WhenError, WhenErrorKind};
use crate::issue::when::token::{WhenToken, WhenTokenKind, tokens};

/// Something that was found, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WhenPart {
    pub(super) span: Range<usize>,
    pub(super) what: WhenPartKind,
}

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenPartKind {
    /// The name of a day.
    Weekday(Weekday),
    /// A day of the calendar.
    Day(WrittenDate),
    /// A time of day.
    Time(ClockTime),
    /// Joins the first and the last of a range.
    To,
    /// Joins two that follow each other.
    And,
}

/// A day as it was written; without a year where none was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrittenDate {
    pub(super) year: Option<i16>,
    pub(super) month: i8,
    pub(super) of_month: i8,
}

/// A time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClockTime {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) half: Option<DayHalf>,
}

/// The half of a day in which English hours are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayHalf {
    /// am
    Morning,
    /// pm
    Afternoon,
}

/// Finds all pieces of a text; `known` were found before it.
pub(super) fn scan(text: &str, known: &mut Vec<WhenPart>) -> Result<(), WhenError> {
    let tokens = tokens(text);
    let mut scanner = WhenScanner { tokens: &tokens, at: 0, clock_next: false, found: known };
    while let Some(token) = scanner.tokens.get(scanner.at) {
        scanner.next(token)?;
    }
    Ok(())
}

/// A day in the text, and of how many tokens it is made.
struct FoundDay {
    day: WrittenDate,
    length: usize,
}

struct WhenScanner<'t> {
    tokens: &'t [WhenToken],
    at: usize,
    /// Whether a word such as `kl.` says that a time follows.
    clock_next: bool,
    found: &'t mut Vec<WhenPart>,
}

impl WhenScanner<'_> {
    fn next(&mut self, token: &WhenToken) -> Result<(), WhenError> {
        let fault = |mistake| WhenError { mistake, span: token.span.clone() };
        match &token.kind {
            WhenTokenKind::Word(word) => self.word(word, &token.span),
            WhenTokenKind::Sign(',' | '.' | ';' | '(' | ')' | ':') => {
                self.at += 1;
                Ok(())
            }
            WhenTokenKind::Sign(_) => match self.link(0) {
                Some(link) => {
                    self.push(link, 1);
                    Ok(())
                }
                None => Err(fault(WhenErrorKind::NotUnderstood)),
            },
            WhenTokenKind::Number { .. } if self.number() => Ok(()),
            WhenTokenKind::Number { .. } => Err(self.misspelt_month().unwrap_or(fault(WhenErrorKind::NotUnderstood))),
        }
    }

    /// An error for the word behind a day that resembles a month.
    fn misspelt_month(&self) -> Option<WhenError> {
        let ahead = 1 + self.ordinal(1);
        let mistake = similar_word(self.word_at(ahead));
        let span = self.tokens.get(self.at + ahead)?.span.clone();
        (mistake != WhenErrorKind::NotUnderstood).then_some(WhenError { mistake, span })
    }

    fn push(&mut self, what: WhenPartKind, length: usize) {
        let end = self.at + length;
        let span = self.tokens.get(self.at).map_or(0, |token| token.span.start)
            ..self.tokens.get(end - 1).map_or(0, |token| token.span.end);
        self.found.push(WhenPart { span, what });
        self.at = end;
    }

    fn word(&mut self, word: &str, span: &Range<usize>) -> Result<(), WhenError> {
        if let Some(weekday) = weekday(word) {
            self.push(WhenPartKind::Weekday(weekday), 1);
        } else if month(word).is_some() {
            if !self.month_first() {
                return Err(WhenError { mistake: WhenErrorKind::NoDay, span: span.clone() });
            }
        } else if let Some(week) = self.week(word) {
            return Err(week);
        } else if let Some(link) = self.link(0) {
            self.push(link, 1);
        } else if is_connective(word, |words| words.clock) {
            self.clock_next = true;
            self.at += 1;
        } else if is_connective(word, |words| words.fillers) || word == "t" {
            self.at += 1;
        } else {
            return Err(WhenError { mistake: similar_word(word), span: span.clone() });
        }
        Ok(())
    }

    /// The error for `uge 12`, which is not a day.
    fn week(&self, word: &str) -> Option<WhenError> {
        if !is_connective(word, |words| words.weeks) {
            return None;
        }
        let at = 1 + usize::from(self.sign(1, &['.']).is_some());
        let number = self.small(at)?;
        let (year, length) = self.year_behind(at + 1);
        let span = self.tokens.get(self.at)?.span.start..self.tokens.get(self.at + length - 1)?.span.end;
        Some(WhenError { mistake: WhenErrorKind::Week { number, year }, span })
    }

    /// The number that many tokens ahead, with the count of its digits.
    fn digits(&self, ahead: usize) -> Option<(u32, usize)> {
        match self.tokens.get(self.at + ahead)?.kind {
            WhenTokenKind::Number { value, digits } => Some((value, digits)),
            WhenTokenKind::Word(_) | WhenTokenKind::Sign(_) => None,
        }
    }

    /// A number of one or two digits.
    fn small(&self, ahead: usize) -> Option<i8> {
        let (value, digits) = self.digits(ahead)?;
        i8::try_from(value).ok().filter(|_| digits <= 2)
    }

    fn year(&self, ahead: usize) -> Option<i16> {
        let (value, digits) = self.digits(ahead)?;
        i16::try_from(value).ok().filter(|_| digits == 4)
    }

    fn sign(&self, ahead: usize, signs: &[char]) -> Option<char> {
        match self.tokens.get(self.at + ahead)?.kind {
            WhenTokenKind::Sign(sign) => Some(sign).filter(|sign| signs.contains(sign)),
            WhenTokenKind::Word(_) | WhenTokenKind::Number { .. } => None,
        }
    }

    fn month_at(&self, ahead: usize) -> Option<i8> {
        match &self.tokens.get(self.at + ahead)?.kind {
            WhenTokenKind::Word(word) => month(word),
            WhenTokenKind::Sign(_) | WhenTokenKind::Number { .. } => None,
        }
    }

    fn word_at(&self, ahead: usize) -> &str {
        match self.tokens.get(self.at + ahead).map(|token| &token.kind) {
            Some(WhenTokenKind::Word(word)) => word,
            Some(WhenTokenKind::Sign(_) | WhenTokenKind::Number { .. }) | None => "",
        }
    }

    /// What joins two days or times.
    fn link(&self, ahead: usize) -> Option<WhenPartKind> {
        match &self.tokens.get(self.at + ahead)?.kind {
            WhenTokenKind::Sign('-') => Some(WhenPartKind::To),
            WhenTokenKind::Sign('&') => Some(WhenPartKind::And),
            WhenTokenKind::Word(word) if is_connective(word, |words| words.to) => Some(WhenPartKind::To),
            WhenTokenKind::Word(word) if is_connective(word, |words| words.and) => Some(WhenPartKind::And),
            WhenTokenKind::Word(_) | WhenTokenKind::Sign(_) | WhenTokenKind::Number { .. } => None,
        }
    }

    /// A day, or else a time, that begins with a number.
    fn number(&mut self) -> bool {
        self.year_first() || self.day_before_month() || self.day_and_month() || self.time()
    }

    fn day(&mut self, day: WrittenDate, length: usize) -> bool {
        self.push(WhenPartKind::Day(day), length);
        self.clock_next = false;
        true
    }

    /// `2027-01-21`
    fn year_first(&mut self) -> bool {
        let Some((year, sign)) = self.year(0).zip(self.sign(1, &['-', '/', '.'])) else { return false };
        let (Some(month), Some(_), Some(day)) = (self.small(2), self.sign(3, &[sign]), self.small(4)) else {
            return false;
        };
        self.day(WrittenDate { year: Some(year), month, of_month: day }, 5)
    }

    /// `21.` in `21.-22. januar`, `torsdag 21. – fredag 22.1.2027` and `21., 22. og 23. januar`: a day whose month and year are
    /// written with a later day.
    fn day_before_month(&mut self) -> bool {
        // In `kl. 20 - 22. januar` the first number is a time.
        if self.clock_next || !self.expects_day() {
            return false;
        }
        let Some(of_month) = self.small(0) else { return false };
        let length = 1 + self.ordinal(1);
        let Some(later) = self.later_day(length) else { return false };
        self.day(WrittenDate { of_month, ..later }, length);
        if self.sign(0, &[',']).is_some() {
            self.push(WhenPartKind::And, 1);
        }
        true
    }

    /// The first day with a month behind a joining word, if only days without one are between.
    fn later_day(&self, ahead: usize) -> Option<WrittenDate> {
        const MOST_DAYS: usize = 31;
        let mut at = ahead;
        for _ in 0..MOST_DAYS {
            if self.link(at).is_none() && self.sign(at, &[',']).is_none() {
                return None;
            }
            at += 1;
            while self.is_before_day(at) {
                at += 1;
            }
            if let Some(found) = self.whole_day(at) {
                return Some(found.day);
            }
            self.small(at)?;
            at += 1 + self.ordinal(at + 1);
        }
        None
    }

    /// Whether a token may occur between a joining word and a day: `fredag`, `d.`
    fn is_before_day(&self, ahead: usize) -> bool {
        let word = self.word_at(ahead);
        let is_word = weekday(word).is_some() || is_connective(word, |words| words.fillers);
        !word.is_empty() && is_word || self.sign(ahead, &['.']).is_some()
    }

    /// `21. januar 2027`, `21/1 2027`
    fn day_and_month(&mut self) -> bool {
        let Some(found) = self.whole_day(0) else { return false };
        self.day(found.day, found.length)
    }

    /// The day with its month that begins at a token.
    fn whole_day(&self, ahead: usize) -> Option<FoundDay> {
        self.day_of_named_month(ahead).or_else(|| self.numeric_day(ahead))
    }

    /// `21. januar 2027`, `21st of January`
    fn day_of_named_month(&self, ahead: usize) -> Option<FoundDay> {
        let of_month = self.small(ahead)?;
        let mut at = ahead + 1 + self.ordinal(ahead + 1);
        at += usize::from(self.word_at(at) == "of");
        let month = self.month_at(at)?;
        let (year, end) = self.year_behind(at + 1);
        Some(FoundDay { day: WrittenDate { year, month, of_month }, length: end - ahead })
    }

    /// `January 21, 2027`, `January 21-22`
    fn month_first(&mut self) -> bool {
        let Some(month) = self.month_at(0) else { return false };
        let at = 1 + usize::from(self.sign(1, &['.']).is_some());
        let Some(first) = self.small(at) else { return false };
        let end = at + 1 + self.ordinal(at + 1);
        if self.sign(end, &['-']).is_some()
            && let Some(last) = self.small(end + 1).filter(|_| self.sign(end + 2, &[':', '.']).is_none())
        {
            let (year, length) = self.year_behind(end + 2 + self.ordinal(end + 2));
            self.day(WrittenDate { year, month, of_month: first }, end);
            self.push(WhenPartKind::To, 1);
            return self.day(WrittenDate { year, month, of_month: last }, length - end - 1);
        }
        let (year, length) = self.year_behind(end);
        self.day(WrittenDate { year, month, of_month: first }, length)
    }

    /// How many tokens make an ordinal of a number: the full stop of `21.`, the letters of `21st`.
    fn ordinal(&self, ahead: usize) -> usize {
        let letters = matches!(self.word_at(ahead), "st" | "nd" | "rd" | "th");
        usize::from(letters || self.sign(ahead, &['.']).is_some())
    }

    /// The year behind the name of a month, and how many tokens there are up to its end.
    fn year_behind(&self, at: usize) -> (Option<i16>, usize) {
        let skipped = usize::from(self.sign(at, &['.', ',', '-']).is_some());
        match self.year(at + skipped) {
            Some(year) => (Some(year), at + skipped + 1),
            None => self.short_year(at),
        }
    }

    /// `21/1 2027`, `21.1.2027`, `21-1-2027`, `21/1-27`, `21/1`
    fn numeric_day(&self, ahead: usize) -> Option<FoundDay> {
        let of_month = self.small(ahead)?;
        let sign = self.sign(ahead + 1, &['/', '.', '-'])?;
        let month = self.small(ahead + 2)?;
        let (year, end) = self.numeric_year(ahead + 3, sign);
        let is_calendar_day = (1..=12).contains(&month) && (1..=31).contains(&of_month);
        let is_day = match (year, sign) {
            // In `kl. 10 – 22.1.2027` a second day follows a time.
            (Some(_), _) => !self.clock_next || self.follows_link(),
            (None, '/') => !self.clock_next || self.follows_link() && is_calendar_day,
            (None, '.') => !self.clock_next && is_calendar_day && (ahead > 0 || self.expects_day()),
            (None, _) => false,
        };
        let end = if year.is_some() { end } else { ahead + 3 };
        is_day.then_some(FoundDay { day: WrittenDate { year, month, of_month }, length: end - ahead })
    }

    /// The year behind a month in digits, and how many tokens there are up to its end. Two digits are a year behind the same sign
    /// as before the month, and in `21/1-27`.
    fn numeric_year(&self, at: usize, sign: char) -> (Option<i16>, usize) {
        let skipped = usize::from(self.sign(at, &['.', ',', '-', '/']).is_some());
        if let Some(year) = self.year(at + skipped) {
            return (Some(year), at + skipped + 1);
        }
        let same_sign = sign != '-' && self.sign(at, &[sign]).is_some();
        // `21/1 – 27` with spaces is more likely a time.
        let dash = sign == '/' && self.sign(at, &['-']).is_some() && self.is_joined(at - 1) && self.is_joined(at);
        match self.two_digits(at + 1).filter(|_| same_sign || dash) {
            Some(year) => (Some(2000 + year), at + 2),
            None => self.short_year(at),
        }
    }

    /// The year in `21. januar 27` and `21/1 '27`. Up to 24 it may be an hour, unless it has an apostrophe.
    fn short_year(&self, at: usize) -> (Option<i16>, usize) {
        let apostrophe = self.sign(at, &['\'', '\u{2019}']).is_some();
        let skipped = usize::from(apostrophe || self.sign(at, &['.']).is_some());
        match self.two_digits(at + skipped).filter(|number| apostrophe || *number > 24) {
            Some(year) => (Some(2000 + year), at + skipped + 1),
            None => (None, at),
        }
    }

    /// A number of two digits that is not part of a longer day or time.
    fn two_digits(&self, at: usize) -> Option<i16> {
        let (value, _) = self.digits(at).filter(|(_, digits)| *digits == 2)?;
        let goes_on = self.sign(at + 1, &['.', ':', '-', '/']).is_some() && self.digits(at + 2).is_some();
        i16::try_from(value).ok().filter(|_| !goes_on && self.month_at(at + 1).is_none())
    }

    /// Whether no space separates a token from the next one.
    fn is_joined(&self, ahead: usize) -> bool {
        let [first, second] = [0, 1].map(|next| self.tokens.get(self.at + ahead + next));
        first.zip(second).is_some_and(|(first, second)| first.span.end == second.span.start)
    }

    /// What was found last, without the names of days.
    fn last_found(&self) -> [Option<WhenPartKind>; 2] {
        let mut kinds = self.found.iter().rev().map(|part| part.what);
        let mut kinds = kinds.by_ref().filter(|kind| !matches!(kind, WhenPartKind::Weekday(_)));
        [kinds.next(), kinds.next()]
    }

    /// Whether a joining word was found last.
    fn follows_link(&self) -> bool {
        matches!(self.last_found()[0], Some(WhenPartKind::To | WhenPartKind::And))
    }

    /// Whether a day and a joining word were found last.
    fn follows_linked_day(&self) -> bool {
        self.follows_link() && matches!(self.last_found()[1], Some(WhenPartKind::Day(_)))
    }

    /// Whether `10.12` is more likely a day than a time: Danes write both with a full stop.
    fn expects_day(&self) -> bool {
        self.follows_linked_day() || !self.found.iter().any(|part| matches!(part.what, WhenPartKind::Day(_)))
    }

    /// `9`, `9.30`, `9:30 am`, `0930`, `9,30`
    fn time(&mut self) -> bool {
        let Some((value, digits)) = self.digits(0) else { return false };
        let (mut hour, mut minute, mut length) = (value, 0, 1);
        let comma = self.sign(1, &[',']).is_some() && self.is_joined(0) && self.is_joined(1);
        if (3..=4).contains(&digits) && self.clock_next {
            (hour, minute) = (value / 100, value % 100);
        } else if digits > 2 {
            return false;
        } else if (comma || self.sign(1, &[':', '.']).is_some())
            && let Some((value, 2)) = self.digits(2)
        {
            (minute, length) = (value, 3);
            length += if self.sign(3, &[':']).is_some() && self.small(4).is_some() { 2 } else { 0 };
        }
        let (half, letters) = self.half(length);
        let is_marked = self.clock_next || half.is_some() || self.sign(1, &[':']).is_some();
        // In `21/1 – 22` the second number may be a day or an hour.
        let is_clear = length > 1 || !self.follows_linked_day();
        let (Ok(hour), Ok(minute)) = (i8::try_from(hour), i8::try_from(minute)) else { return false };
        if !is_marked && (self.found.is_empty() || !is_clear) {
            return false;
        }
        self.push(WhenPartKind::Time(ClockTime { hour, minute, half }), length + letters);
        self.clock_next = true;
        true
    }

    /// `am`, `p.m.`, and of how many tokens it is made.
    fn half(&self, at: usize) -> (Option<DayHalf>, usize) {
        let half = |letter: &str| match letter {
            "a" | "am" => Some(DayHalf::Morning),
            "p" | "pm" => Some(DayHalf::Afternoon),
            _ => None,
        };
        let word = self.word_at(at);
        if word.len() == 2 {
            return (half(word), usize::from(half(word).is_some()));
        }
        let dotted = self.sign(at + 1, &['.']).is_some() && self.word_at(at + 2) == "m";
        match half(word).filter(|_| dotted) {
            Some(half) => (Some(half), 3 + usize::from(self.sign(at + 3, &['.']).is_some())),
            None => (None, 0),
        }
    }
}

/// Whether a language has a word in one of its lists.
fn is_connective(
    word: &str,
    list: impl Fn(&crate::base::language::calendar::Connectives) -> &'static [&'static str],
) -> bool {
    Lang::ALL.into_iter().any(|lang| list(&lang.language().calendar.connectives).contains(&word))
}

fn names(
    list: impl Fn(&'static crate::base::language::calendar::DateFormats) -> &'static [&'static str],
) -> Vec<(&'static str, i8)> {
    let calendars = Lang::ALL.into_iter().map(|lang| &lang.language().calendar);
    calendars.flat_map(|calendar| list(calendar).iter().copied().zip(1..)).collect()
}

/// The number of a name that a word is, or begins.
fn named(word: &str, names: &[(&'static str, i8)]) -> Option<i8> {
    let begins = |name: &str| word.chars().count() >= 3 && name.to_lowercase().starts_with(word);
    names.iter().find(|(name, _)| begins(name)).map(|(_, number)| *number)
}

fn month(word: &str) -> Option<i8> {
    named(word, &names(|calendar| &calendar.months))
}

/// Whether a word in lower case is the whole name of a day of the week.
pub(super) fn is_weekday_name(word: &str) -> bool {
    names(|calendar| &calendar.weekdays).iter().any(|(name, _)| name.to_lowercase() == word)
}

/// The day of the week that a word in lower case names, or begins to.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    named(word, &names(|calendar| &calendar.weekdays)).and_then(|number| Weekday::from_monday_one_offset(number).ok())
}

/// What an unknown word is probably meant as.
fn similar_word(word: &str) -> WhenErrorKind {
    let known = names(|calendar| &calendar.months)
        .into_iter()
        .chain(names(|calendar| &calendar.weekdays))
        .map(|(name, _)| name);
    let near = nearest(word, known).filter(|_| word.chars().count() >= 3);
    near.map_or(WhenErrorKind::NotUnderstood, WhenErrorKind::Misspelt)
}
