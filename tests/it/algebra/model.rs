//! A model of audiences that evaluates each rule for each address: slow, but simple enough to trust.

use std::cmp::Ordering;

use newsletter::base::digest::Digest;

use crate::algebra::invent::{ADDRESSES, Audience, Expression, Operand, Row, Rule, Sample, World};

/// The value of a field in a rule.
#[derive(Clone, Debug)]
enum Held {
    Nothing,
    Text(String),
    Number(f64),
    Bool(bool),
    List(Vec<String>),
}

/// A row as one audience reads it.
struct Reader<'a> {
    row: &'a Row,
    audience: &'a Audience,
    rules: &'a [Rule],
    /// Whether any row of any audience has several roles.
    several: bool,
}

impl World {
    /// The row of an address that counts in an audience; `None` if it is not in it.
    pub(super) fn member(&self, audience: usize, address: usize) -> Option<&Row> {
        let candidate = self.candidate(&self.audiences[audience], address)?;
        self.is_drawn(&self.audiences[audience], address).then_some(candidate)
    }

    /// Whether an address, which would be in an audience, is in its sample: few enough have a lower digest.
    fn is_drawn(&self, audience: &Audience, address: usize) -> bool {
        let Some(sample) = audience.sample else { return true };
        let all: Vec<usize> =
            (0..ADDRESSES.len()).filter(|address| self.candidate(audience, *address).is_some()).collect();
        let digest = |index: usize| Digest::of([audience.name, ADDRESSES[index][0]].map(str::as_bytes));
        let before = all.iter().filter(|member| digest(**member) < digest(address)).count();
        match sample {
            Sample::Count(count) => before < count,
            Sample::Percent(share) => before * 100 < all.len() * share,
        }
    }

    /// The same, before a sample is taken.
    fn candidate<'a>(&'a self, audience: &'a Audience, address: usize) -> Option<&'a Row> {
        if audience.within.iter().any(|other| self.member(*other, address).is_none()) {
            return None;
        }
        if audience.exclude.iter().any(|other| self.member(*other, address).is_some()) {
            return None;
        }
        let is_them = |row: &&Row| row.address == address;
        let listed = audience.list.and_then(|list| self.lists[list].iter().find(is_them));
        let meant = listed.filter(|row| self.is_meant(audience, row));
        meant
            .or_else(|| audience.recipients.iter().find(is_them))
            .or_else(|| audience.include.iter().find_map(|other| self.member(*other, address)))
    }

    /// The marks of an audience's members, in the order in which they are written to.
    pub(super) fn members(&self, audience: usize) -> Vec<&str> {
        let asked = &self.audiences[audience];
        let listed = asked.list.iter().flat_map(|list| &self.lists[*list]).filter(|row| self.is_meant(asked, row));
        let own = listed.chain(&asked.recipients).map(|row| row.mark.as_str());
        let included = asked.include.iter().flat_map(|other| self.members(*other));
        let counts: Vec<&str> =
            (0..ADDRESSES.len()).filter_map(|address| Some(self.member(audience, address)?.mark.as_str())).collect();
        let mut members = Vec::new();
        for mark in own.chain(included) {
            if counts.contains(&mark) && !members.contains(&mark) {
                members.push(mark);
            }
        }
        members
    }

    /// Each reader of the issue: the mark, the audience that brought them in, those that show them a block, and those that
    /// withhold one from them.
    pub(super) fn readers(&self) -> Vec<(&str, &str, [Vec<&str>; 2])> {
        let mut readers = Vec::new();
        let mut reached: Vec<usize> = Vec::new();
        for audience in &self.to {
            for mark in self.members(*audience) {
                let is_it = |address: &usize| self.member(*audience, *address).is_some_and(|row| row.mark == mark);
                let address = (0..ADDRESSES.len()).find(is_it).unwrap();
                let left_out = self.except.iter().any(|other| self.member(*other, address).is_some());
                if left_out || reached.contains(&address) {
                    continue;
                }
                reached.push(address);
                let shown: Vec<usize> = self.shown.iter().copied().filter(|other| other != audience).collect();
                let followed = [&shown, &self.withheld].map(|named| {
                    let theirs = named.iter().filter(|other| self.member(**other, address).is_some());
                    let mut theirs: Vec<&str> = theirs.map(|other| self.audiences[*other].name).collect();
                    theirs.sort_unstable();
                    theirs
                });
                readers.push((mark, self.audiences[*audience].name, followed));
            }
        }
        readers
    }

    fn is_meant(&self, audience: &Audience, row: &Row) -> bool {
        let reader = Reader { row, audience, rules: &self.rules, several: self.several() };
        audience.rule.as_ref().is_none_or(|rule| reader.meets(rule))
    }

    fn several(&self) -> bool {
        self.audiences.iter().any(|audience| {
            audience.list.is_some() && audience.several || audience.recipients.iter().any(|row| !row.roles.is_empty())
        })
    }
}

impl Reader<'_> {
    fn meets(&self, rule: &Rule) -> bool {
        match rule {
            Rule::Fields { all, none, rules, barred } => {
                let holds = |field: &str, values: &[&str]| {
                    let held: Vec<String> = self.words(field).iter().map(|word| word.to_lowercase()).collect();
                    values.iter().any(|value| held.contains(&value.to_lowercase()))
                };
                all.iter().all(|(field, values)| holds(field, values))
                    && !none.iter().any(|(field, values)| holds(field, values))
                    && (rules.is_empty() || rules.iter().any(|rule| self.meets(&self.rules[*rule])))
                    && !barred.iter().any(|rule| self.meets(&self.rules[*rule]))
            }
            Rule::Expression(expression) => self.satisfies(expression),
        }
    }

    /// The values of a field as words.
    fn words(&self, field: &str) -> Vec<String> {
        match (field, self.held(field)) {
            ("roles", _) if self.row.roles.is_empty() => Vec::new(),
            ("roles", _) if self.audience.several => self.row.roles.iter().map(ToString::to_string).collect(),
            ("roles", _) => vec![self.row.roles.join("|")],
            (_, Held::Nothing | Held::List(_)) => Vec::new(),
            (_, Held::Text(text)) => vec![text],
            (_, Held::Number(number)) => vec![number.to_string()],
            (_, Held::Bool(it)) => vec![it.to_string()],
        }
    }

    fn satisfies(&self, expression: &Expression) -> bool {
        match expression {
            Expression::And(left, right) => self.satisfies(left) && self.satisfies(right),
            Expression::Or(left, right) => self.satisfies(left) || self.satisfies(right),
            Expression::Not(it) => !self.satisfies(it),
            Expression::Rule(rule) => self.meets(&self.rules[*rule]),
            Expression::Truth(field) => match self.held(field) {
                Held::Nothing => false,
                Held::Text(text) => !text.is_empty(),
                Held::Number(number) => number != 0.0,
                Held::Bool(it) => it,
                Held::List(values) => !values.is_empty(),
            },
            Expression::Holds(role) => match self.held("roles") {
                Held::List(roles) => roles.iter().any(|held| held == role),
                Held::Text(text) => text.contains(role),
                Held::Nothing | Held::Number(_) | Held::Bool(_) => false,
            },
            Expression::OneOf(cities) => cities.contains(&self.row.city),
            Expression::Compare(field, operator, operand) => {
                let right = match operand {
                    Operand::Text(text) => Held::Text((*text).to_owned()),
                    Operand::Number(text) => Held::Number(text.parse().unwrap()),
                    Operand::Bool(it) => Held::Bool(*it),
                    Operand::Field(other) => self.held(other),
                };
                let order = order(&self.held(field), &right);
                match *operator {
                    "==" => order == Some(Ordering::Equal),
                    "!=" => order != Some(Ordering::Equal),
                    "<" => order.is_some_and(Ordering::is_lt),
                    "<=" => order.is_some_and(Ordering::is_le),
                    ">" => order.is_some_and(Ordering::is_gt),
                    _ => order.is_some_and(Ordering::is_ge),
                }
            }
        }
    }

    fn held(&self, field: &str) -> Held {
        let row = self.row;
        let text = |text: &str| if text.is_empty() { Held::Nothing } else { Held::Text(text.to_owned()) };
        let number = |written: &str| match written.replace(',', ".").parse() {
            _ if !self.audience.typed => text(written),
            Ok(number) => Held::Number(number),
            Err(_) => Held::Nothing,
        };
        match field {
            "email" => {
                // The part before the `@` stays as it is written.
                let (local, domain) = (&row.email[..1], &ADDRESSES[row.address][0][1..]);
                Held::Text(format!("{local}{domain}"))
            }
            "city" => text(row.city),
            "lang" => text(if row.lang == "fi" { "" } else { row.lang }),
            "members" => number(row.members),
            "quota" => number(row.quota),
            "paused" if self.audience.typed => match row.paused.to_lowercase().as_str() {
                "" => Held::Nothing,
                it => Held::Bool(["true", "ja"].contains(&it)),
            },
            "paused" => text(row.paused),
            _ => {
                let words = if self.audience.several {
                    self.row.roles.iter().map(ToString::to_string).collect()
                } else {
                    Some(row.roles.join("|")).filter(|role| !role.is_empty()).into_iter().collect()
                };
                if self.several { Held::List(words) } else { text(&row.roles.join("|")) }
            }
        }
    }
}

/// The order of two values; none where they cannot be compared.
fn order(left: &Held, right: &Held) -> Option<Ordering> {
    match (left, right) {
        (Held::Text(left), Held::Text(right)) => Some(left.cmp(right)),
        (Held::Number(left), Held::Number(right)) => left.partial_cmp(right),
        (Held::Bool(left), Held::Bool(right)) => Some(left.cmp(right)),
        (Held::Text(text), Held::Number(number)) => text.parse::<f64>().ok()?.partial_cmp(number),
        (Held::Number(_), Held::Text(_)) => order(right, left).map(Ordering::reverse),
        (Held::Text(text), Held::Bool(it)) => Some(text.to_lowercase().parse::<bool>().ok()?.cmp(it)),
        _ => None,
    }
}
